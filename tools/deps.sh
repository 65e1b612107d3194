#!/bin/sh
# Install what a need lacks: deps.sh build|host32|run|test|oracle|coverage|bench|fuzz ...
#
# Each need is a list of "file package reason"; a file that exists costs one
# test, so a machine that has everything is passed in a few milliseconds.

set -eu

lacking=
add() {		# file package reason
	if [ ! -e "$1" ]; then
		case " $lacking " in
		*" $2 "*) ;;
		*)
			lacking="$lacking $2"
			echo "  NEED    $2 ($3)" >&2
			;;
		esac
	fi
}

# a program may stand anywhere in PATH
prog() {	# name package reason
	command -v "$1" >/dev/null 2>&1 || add "/usr/bin/$1" "$2" "$3"
}

need_build() {
	prog gcc gcc "compiles the kernel"
	prog ld binutils "links the kernel"
	prog python3 python3 "joins the kernel image"
	add /usr/include/stdio.h libc6-dev "C library of the host port"
}

need_host32() {
	need_build
	add /usr/lib32/libc.a libc6-dev-i386 "C library of the 32-bit host port"
	add /usr/include/asm gcc-multilib "compiles for 32 bit"
}

need_run() {
	need_build
	prog qemu-system-x86_64 qemu-system-x86 "the machine to boot in"
	add /usr/share/doc/busybox-static busybox-static "the guest's programs"
}

need_oracle() {
	prog python3 python3 "makes the initramfs"
	prog qemu-system-x86_64 qemu-system-x86 "the machine to boot in"
	add /usr/share/doc/busybox-static busybox-static "the guest's programs"
}

need_test() {
	need_run
	add /usr/include/cmocka.h libcmocka-dev "unit tests"
	prog musl-gcc musl-tools "static test programs for the guest"
	prog pkg-config pkgconf "finds the installed library"
	prog cpio cpio "an independent reader and writer of initramfs"
	prog grub-mkrescue grub-common "boot from a CD"
	add /usr/lib/grub/i386-pc/kernel.img grub-pc-bin "boot from a CD"
	prog xorriso xorriso "boot from a CD"
	prog mformat mtools "boot from a CD"
	prog free procps "runs in the guest, too"
	prog lscpu util-linux "runs in the guest, too"
	prog numactl numactl "runs in the guest, too"
	prog stress-ng stress-ng "runs in the guest, too"
	prog strace strace "runs in the guest, too"
	add /usr/sbin/dmidecode dmidecode "runs in the guest, too"
	prog bash bash "runs in the guest, too"
	prog perl perl-base "runs in the guest, too"
	prog gawk gawk "runs in the guest, too"
	prog sqlite3 sqlite3 "runs in the guest, too"
	prog gdb gdb "has the libraries of the guest's debugger"
	prog readelf binutils "runs in the guest, too"
	need_host32
}

need_fuzz() {
	need_build
	prog clang clang "compiles the fuzz targets"
	case $(echo /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a) in
	*\**) add /usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a \
		libclang-rt-14-dev "libFuzzer" ;;
	esac
}

need_coverage() {
	need_test
	prog gcovr gcovr "turns the compiler's counts into a report"
}

need_bench() {
	need_build
	lib=/usr/lib/$(gcc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
	add "$lib/libmimalloc.so" libmimalloc-dev "an allocator to compare with"
	add "$lib/libjemalloc.so" libjemalloc-dev "an allocator to compare with"
	add "$lib/libtcmalloc_minimal.so.4" libtcmalloc-minimal4 "an allocator to compare with"
}

# the headers of the oracle's own version, which is in out/oracle/version
need_kernel_headers() {
	prog gcc gcc "compiles the module"
	image=$(cat "$(dirname "$0")/../out/oracle/version" 2>/dev/null || echo none)
	headers=linux-headers-${image#linux-image-}
	add "/usr/src/$headers" "$headers" "a module for the kernel to compare with"
}

for need; do
	case $need in
	build | host32 | run | test | oracle | coverage | bench | fuzz) need_"$need" ;;
	kernel-headers) need_kernel_headers ;;
	*)
		echo "usage: deps.sh build|host32|run|test|oracle|coverage|bench|fuzz|kernel-headers ..." >&2
		exit 2
		;;
	esac
done
[ -n "$lacking" ] || exit 0

give_up() {
	echo "deps.sh: $1" >&2
	echo "deps.sh: please install:$lacking" >&2
	exit 1
}

command -v apt-get >/dev/null || give_up "there is no apt-get here"
sudo=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || give_up "neither root nor sudo"
	sudo=sudo
fi
echo "  APT    $lacking" >&2
export DEBIAN_FRONTEND=noninteractive
apt() {
	$sudo apt-get -q -o DPkg::Lock::Timeout=300 "$@" >&2
}
install() {
	# shellcheck disable=SC2086
	apt install -y --no-install-recommends $lacking
}
# the lists may be missing or old: update once, then it has to work
if [ -z "$(ls /var/lib/apt/lists 2>/dev/null | grep Packages)" ]; then
	apt update || give_up "apt-get update failed"
	install || give_up "apt-get install failed"
else
	install || { apt update && install; } || give_up "apt-get install failed"
fi
