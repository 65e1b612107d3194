#!/bin/sh
# unpack.sh DIR PACKAGE... - put files of Debian's packages into DIR, for the guest.
#
# For packages that cannot be installed beside what is here, as gdb-minimal beside gdb, or
# that would bring other versions of it: they are only downloaded and unpacked.

set -eu

dir=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "  APT     $*" >&2
(cd "$work" && apt-get -q -o APT::Sandbox::User="$(id -un)" download "$@") >"$work/log" 2>&1 || {
	tail -n 5 "$work/log" >&2
	echo "unpack.sh: apt-get cannot download: $*" >&2
	exit 1
}
for package in "$work"/*.deb; do
	dpkg-deb -x "$package" "$work/root"
done
rm -rf "$dir"
mkdir -p "$(dirname "$dir")"
cp -r "$work/root" "$dir.tmp"
mv "$dir.tmp" "$dir"
