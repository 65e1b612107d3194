#!/bin/sh
# gdb.sh - what Debian's debugger says of a core file; tests/tools_tests.py has the rules.
# Each command is a section, as in tools.sh.
run() {
	name=$1
	shift
	echo "== $name"
	"$@" 2>&1
	status=$?
	echo
	echo "== $name status=$status"
}
dmesg -n 1
# Numbers and addresses that differ from run to run are left out, and what gdb says about
# a C library without tables of characters.
gdb() {
	/opt/debian/bin/gdb -nx -batch "$@" /opt/quire/crash core 2>&1 |
		sed 's/LWP [0-9]* */LWP N /; s/0x7f[0-9a-f]*/A/g; s/\(Segmentation fault\)\./\1/
			/^\.$/d; /^warning: could not convert/d; /^This normally should not/d'
}
cd /tmp || exit
ulimit -c unlimited
run crash sh -c '/opt/quire/crash; echo $?'
run core sh -c 'stat -c "%n %A %U" core'
run gdb-backtrace gdb -ex 'bt full'
run gdb-signal gdb -ex 'p $_siginfo.si_signo' -ex 'p $_siginfo.si_code' \
	-ex 'p $_siginfo._sifields._sigfault.si_addr'
run gdb-registers gdb -ex 'p/x $rip' -ex 'p $eflags' -ex 'p/x $cs' -ex 'p $mxcsr' \
	-ex 'p $_siginfo._sifields._sigfault.si_addr == $rsi'
run gdb-memory gdb -ex 'p places' -ex 'frame 2' -ex 'p argv[0]' -ex 'p *argv@argc'
run gdb-threads gdb -ex 'info threads'
run gdb-files sh -c '/opt/debian/bin/gdb -nx -batch -ex "info proc mappings" /opt/quire/crash core 2>&1 |
	grep -c /opt/quire/crash'
run gdb-vdso sh -c '/opt/debian/bin/gdb -nx -batch -ex "info auxv" /opt/quire/crash core 2>&1 |
	grep -e AT_SYSINFO_EHDR -e AT_PAGESZ -e AT_ENTRY -e AT_EXECFN | sed "s/0x7f[0-9a-f]*/A/"'
run readelf sh -c '/opt/debian/bin/readelf -n core | grep -o "NT_[A-Z0-9_]*" | sort'
run readelf-header sh -c '/opt/debian/bin/readelf -h core | grep -v "Number of program"'
