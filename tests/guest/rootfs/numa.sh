# What a machine with nodes says of itself; compared with Linux to the byte. How much
# memory is managed or free differs, as the kernels are of different size.
echo "== zones"
awk '/^Node/ { zone = $0 } /spanned|present|start_pfn/ { print zone, $0 }' /proc/zoneinfo
echo "== free lists"
cut -c 1-22 /proc/buddyinfo
echo "== log"
dmesg | sed -n 's/.*\(Fallback order.*\|SRAT: PXM.*\|ACPI: SRAT: Node.*\)/\1/p;
	s/.*\(Initmem setup.*\|NUMA turned off.*\|  Node [0-9]*: 0x.*\)/\1/p'
grep Mems_allowed_list /proc/self/status
echo "== tunables"
cd /proc/sys/vm
cat lowmem_reserve_ratio watermark_scale_factor
echo "4 8 -1" >lowmem_reserve_ratio
cat lowmem_reserve_ratio
for value in x "1 2 3 4 5 6" "" 99999999999; do
	echo "$value" >lowmem_reserve_ratio
	echo "status $?"
done 2>&1 | sed 's/^.*: //'
cat lowmem_reserve_ratio
echo "== /sys"
stat -f -c %t /sys
cd /sys/devices/system/node
ls -d node* has* online possible
grep . has_cpu has_memory has_normal_memory online possible
for node in node*; do
	cd $node
	grep . /dev/null cpulist cpumap distance
	# numbers are as they are: names, order and columns
	awk '{ print $1, $2, $3, NF, length }' meminfo
	awk '{ print FILENAME, $1, NF }' numastat vmstat
	for cpu in cpu[0-9]*; do
		[ -L $cpu ] && echo "$cpu -> $(readlink $cpu): $(cat $cpu/topology/core_id)"
	done
	stat -c '%n %A %h %s %U %G' cpulist cpumap distance meminfo numastat vmstat
	cd ..
done
cd ../cpu
grep . online offline possible present smt/*
for cpu in cpu[0-9]*; do
	for file in $cpu/topology/* $cpu/cache/index*/*; do
		case $file in
		*/uevent) ;;
		*) echo "$file $(stat -c '%A %s' $file): $(cat $file)" ;;
		esac
	done
	readlink $cpu/node*
done
sed -n '/^physical id/,/^initial/p' /proc/cpuinfo
for file in online cpu0/topology/core_id nosuch cpu00 cpu99; do
	echo 1 >$file
	echo "$file: status $?"
done 2>&1 | sed 's/^.*: \(.*: \)/\1/'
