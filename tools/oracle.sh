#!/bin/sh
# Fetch Debian's own Linux, the kernel Quire is compared with: oracle.sh [6.1]
#
# The package is only unpacked, never installed.  Result: out/oracle/vmlinuz
# and out/oracle/version.  Where it cannot be had one line starting with
# "SKIP oracle:" says why, and the exit status is 77.  Another series of
# Debian's, as "oracle.sh 6.12", goes to out/oracle-6.12: speed is compared with
# both.

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
series=${1:-6.1}
if [ "$series" = 6.1 ]; then
	dir=$top/out/oracle
	meta=linux-image-cloud-amd64
else
	dir=$top/out/oracle-$series
	meta=linux-image-$series-cloud-amd64
fi
like=$(echo "$series" | sed 's/\./\\./g')

skip() {
	echo "SKIP oracle: $*"
	exit 77
}

[ -s "$dir/vmlinuz" ] && exit 0

command -v apt-get >/dev/null || skip "no apt-get to fetch $meta with"
command -v dpkg-deb >/dev/null || skip "no dpkg-deb to unpack $meta with"

real_package() {
	apt-cache depends $meta 2>/dev/null |
		sed -n 's/.*Depends: \(linux-image-'"$like"'\..*-cloud-amd64\)$/\1/p' |
		head -n 1
}

# two tests may ask at once: one fetches, the other finds it done
mkdir -p "$dir"
exec 9>"$dir/lock"
flock 9
[ -s "$dir/vmlinuz" ] && exit 0

pkg=$(real_package)
if [ -z "$pkg" ]; then
	sudo=
	[ "$(id -u)" = 0 ] || sudo="sudo -n"
	$sudo apt-get -q update >/dev/null 2>&1 || true
	pkg=$(real_package)
fi
[ -n "$pkg" ] || skip "apt knows no $meta with Linux $series"

echo "  GET     $pkg"
cd "$dir"
apt-get -q download "$pkg" >fetch.log 2>&1 ||
	skip "cannot download $pkg (see $dir/fetch.log)"
rm -rf tree
dpkg-deb -x "$pkg"_*.deb tree || skip "$pkg does not unpack"
echo "$pkg" >version
# the rest of the tree is 100 MiB of modules that nothing here loads
cp tree/boot/vmlinuz-* vmlinuz.new
rm -rf tree "$pkg"_*.deb
mv vmlinuz.new vmlinuz
