#!/bin/sh
# Runs in the guest: stressors of Debian's stress-ng that use memory, each for a number of
# its operations with two workers, which verify what they did.

dmesg -n 1
cd /tmp
stress() {		# name operations [option...]
	name=$1
	ops=$2
	shift 2
	echo "== $name"
	/opt/debian/bin/stress-ng --$name 2 --$name-ops $ops --verify --temp-path /tmp "$@" 2>&1
	echo "== $name status=$?"
}
stress mmap 8 --mmap-bytes 4M
stress mmapfork 4
stress mmapmany 2
stress mremap 8 --mremap-bytes 2M
stress brk 2000
stress stack 20
stress bad-altstack 50
stress vm 200 --vm-bytes 4M
stress vm-rw 20 --vm-rw-bytes 1M
stress vm-splice 200
stress mlock 200
stress mprotect 200
stress mincore 50
stress msync 10 --msync-bytes 1M
stress munmap 2
stress fork 100
stress vfork 100
stress clone 50
stress pthread 50
stress shm 4 --shm-bytes 1M
stress shm-sysv 4 --shm-sysv-bytes 1M
stress memfd 2 --memfd-bytes 4M
stress resources 4
stress sigsegv 500
stress fault 200
stress tlb-shootdown 4
stress vm-segv 20
