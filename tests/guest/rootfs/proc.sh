#!/bin/sh
# Runs in the guest: files of /proc about physical memory, each between markers.
# tests/proc_tests.py says what of them is as on Linux.

dmesg -n 1		# what the kernel has to say does not belong to the output
for name in zoneinfo buddyinfo pagetypeinfo vmallocinfo slabinfo iomem ioports vmstat \
	    meminfo sys/vm/min_free_kbytes sys/vm/watermark_scale_factor \
	    sys/vm/lowmem_reserve_ratio; do
	echo "== $name"
	cat /proc/$name
	echo "== $name status=$?"
done
