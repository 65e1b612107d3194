# What a machine with nodes says of itself; compared with Linux to the byte. How much
# memory is managed or free differs, as the kernels are of different size.
echo "== zones"
awk '/^Node/ { zone = $0 } /spanned|present|start_pfn/ { print zone, $0 }' /proc/zoneinfo
echo "== free lists"
cut -c 1-22 /proc/buddyinfo
echo "== log"
dmesg | sed -n 's/.*\(Fallback order.*\|SRAT: PXM.*\|ACPI: SRAT: Node.*\)/\1/p;
	s/.*\(Initmem setup.*\|NUMA turned off.*\|  Node [0-9]*: 0x.*\)/\1/p'
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
