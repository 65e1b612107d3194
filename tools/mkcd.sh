#!/bin/sh
# mkcd.sh KERNEL INITRD OUTPUT [linux|linux16] [COMMAND LINE]
#
# A CD image that GRUB boots: `linux` enters the kernel in protected mode with
# GRUB's own memory map, `linux16` in real mode, through the kernel's setup.

set -eu
[ $# -ge 3 ] || {
	echo "usage: mkcd.sh KERNEL INITRD OUTPUT [linux|linux16] [CMDLINE]" >&2
	exit 2
}
kernel=$1
initrd=$2
output=$3
how=${4:-linux}
cmdline=${5:-console=ttyS0 rdinit=/init quiet panic=-1}

tree=$(mktemp -d)
log=$(mktemp)			# not in the tree: it grows while that is written to the disc
trap 'rm -rf "$tree" "$log"' EXIT
mkdir -p "$tree/boot/grub"
cp "$kernel" "$tree/boot/quire"
cp "$initrd" "$tree/boot/initrd"
cat >"$tree/boot/grub/grub.cfg" <<END
serial --unit=0 --speed=115200
terminal_input serial
terminal_output serial
set timeout=0
menuentry "Quire" {
	$how /boot/quire $cmdline
	initrd${how#linux} /boot/initrd
}
END
grub-mkrescue -d /usr/lib/grub/i386-pc -o "$output.tmp" "$tree" >"$log" 2>&1 || {
	cat "$log" >&2
	exit 1
}
mv "$output.tmp" "$output"
