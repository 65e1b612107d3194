#!/bin/sh
# cmocka32.sh DIR - put the i386 libcmocka.so of this Debian release into DIR.
#
# libcmocka-dev of the own architecture has the headers, and its linker script finds
# only its own library. To install the i386 package would make this machine one of two
# architectures for good; so it is only downloaded, with lists of its own, and unpacked.

set -eu

dir=$1
[ ! -e "$dir/libcmocka.so" ] || exit 0

give_up() {
	echo "cmocka32.sh: $1" >&2
	echo "cmocka32.sh: the tests of the 32-bit library need the package libcmocka0:i386" >&2
	exit 1
}

command -v apt-get >/dev/null || give_up "there is no apt-get here"
command -v dpkg-deb >/dev/null || give_up "there is no dpkg-deb here"
mkdir -p "$dir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
apt() {
	apt-get -q -o APT::Architecture=i386 -o APT::Architectures=i386 \
		-o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
		-o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" "$@"
}
echo "  APT     libcmocka0:i386" >&2
# one list of several may be out of reach: what counts is whether the package comes
apt update >"$work/log" 2>&1 || :
(cd "$work" && apt download libcmocka0:i386) >>"$work/log" 2>&1 || {
	tail -n 5 "$work/log" >&2
	give_up "apt-get cannot download it"
}
dpkg-deb -x "$work"/libcmocka0_*.deb "$work/root"
cp "$work"/root/usr/lib/i386-linux-gnu/libcmocka.so.0 "$dir/libcmocka.so.0"
ln -sf libcmocka.so.0 "$dir/libcmocka.so"
