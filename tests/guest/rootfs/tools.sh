#!/bin/sh
# Runs in the guest: programs of Debian that show the machine, each with what it prints
# between markers. tests/tools_tests.py says what of it is as on Linux.

dmesg -n 1		# what the kernel has to say does not belong to the output
export LC_ALL=C	# paths are whole: the shell prefers applets of its own
run() {			# name command...
	name=$1
	shift
	echo "== $name"
	"$@" 2>&1
	status=$?
	echo
	echo "== $name status=$status"
}
run meminfo cat /proc/meminfo
run slabinfo cat /proc/slabinfo
run free /opt/debian/bin/free
run free-w /opt/debian/bin/free -w -b
run vmstat /opt/debian/bin/vmstat
run vmstat-s /opt/debian/bin/vmstat -s
run vmstat-m /opt/debian/bin/vmstat -m
run slabtop /opt/debian/bin/slabtop -o
run lscpu /opt/debian/bin/lscpu
run lscpu-p /opt/debian/bin/lscpu -p
run lscpu-e /opt/debian/bin/lscpu -e
run lscpu-C /opt/debian/bin/lscpu -C
run numactl-hardware /opt/debian/bin/numactl --hardware
run numactl-show /opt/debian/bin/numactl --show
# a program that numactl starts has the policy: it says so itself, as do its areas
for policy in --membind=0 --membind=1 --interleave=all --preferred=1 --localalloc --membind=9; do
	run "numactl-show$policy" /opt/debian/bin/numactl $policy /opt/debian/bin/numactl --show
	run "numactl-maps$policy" /opt/debian/bin/numactl $policy sh -c \
		'cut -d" " -f2 /proc/self/numa_maps | sort -u'
done
run numastat-p /opt/debian/bin/numastat -p 1
run numastat /opt/debian/bin/numastat
run numastat-m /opt/debian/bin/numastat -m
# keys that ipcmk chooses are random
run ipcs-empty /opt/debian/bin/ipcs -m
run ipcs-limits /opt/debian/bin/ipcs -m -l
run ipcmk sh -c 'for n in 10000 1 4096; do /opt/debian/bin/ipcmk -M $n -p 0640; done'
run ipcs sh -c '/opt/debian/bin/ipcs -m | sed "s/^0x[0-9a-f]*/key/"'
run ipcs-c /opt/debian/bin/ipcs -m -c
run ipcs-u /opt/debian/bin/ipcs -m -u
run ipcs-i sh -c '/opt/debian/bin/ipcs -m -i 2 | sed "s,cpid=[0-9]*,cpid,; /time=/d"'
run ipcrm /opt/debian/bin/ipcrm -m 1
run ipcrm-again /opt/debian/bin/ipcrm -m 1
run ipcrm-all /opt/debian/bin/ipcrm --all=shm
run ipcs-none /opt/debian/bin/ipcs -m
run dmidecode /opt/debian/bin/dmidecode
run dmidecode-u /opt/debian/bin/dmidecode -u
run dmi-strings /opt/debian/bin/dmidecode -s system-product-name
run dmi-id sh -c 'cd /sys/class/dmi/id/ && for f in *; do
	case $f in power | uevent) ;; *) stat -c "%n %A %s %U" $f; [ -d $f ] || cat $f ;; esac
done'
run dmi-tables sh -c 'cd /sys/firmware/dmi/tables && stat -c "%n %A %s" * && md5sum *'
run dmi-places sh -c 'readlink /sys/class/dmi/id; echo x >/sys/class/dmi/id/bios_date'
