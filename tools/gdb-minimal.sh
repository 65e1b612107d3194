#!/bin/sh
# gdb-minimal.sh DIR - put Debian's gdb without Python into DIR, for the guest.
#
# The package gdb-minimal cannot be installed beside gdb, which may be here, and gdb would
# need all of Python in the guest; so it is only downloaded and unpacked.

set -eu

dir=$1
[ ! -e "$dir/gdb" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "  APT     gdb-minimal" >&2
(cd "$work" && apt-get -q -o APT::Sandbox::User="$(id -un)" download gdb-minimal) \
	>"$work/log" 2>&1 || {
	tail -n 5 "$work/log" >&2
	echo "gdb-minimal.sh: apt-get cannot download the package gdb-minimal" >&2
	exit 1
}
dpkg-deb -x "$work"/gdb-minimal_*.deb "$work/root"
mkdir -p "$dir"
cp "$work/root/usr/bin/gdb" "$dir/gdb.tmp"
mv "$dir/gdb.tmp" "$dir/gdb"
