#!/bin/sh
# Runs in the guest with slub_debug=U,vm_area_struct,filp: who holds the objects of these
# caches. tests/proc_tests.py says what of it is as on Linux.

dmesg -n 1
mount -t debugfs none /sys/kernel/debug
cd /sys/kernel/debug/slab
echo "== names"
stat -c '%n %A %h %s %U' . * */*
echo "== names status=$?"
sleep 1000 &
for file in vm_area_struct/alloc_traces vm_area_struct/free_traces filp/alloc_traces; do
	echo "== $file"
	cat $file
	echo "== $file status=$?"
done
echo "== errors"
for file in nosuch/alloc_traces vm_area_struct/nosuch kmalloc-64/alloc_traces; do
	cat $file 2>&1
done
mkdir new 2>/dev/null || echo no directory
rm filp/alloc_traces 2>/dev/null || echo no unlink
echo "== errors status=$?"
kill %1
