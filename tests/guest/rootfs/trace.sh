#!/bin/sh
# trace.sh - Debian's strace and gdb at work on running programs; tests/tools_tests.py has
# the rules. Each command is a section, as in tools.sh.
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
# what differs from run to run: addresses, numbers of processes
plain() {
	sed 's/0x[0-9a-f]*/A/g; s/\(pid\|PID\|process\|Process\|LWP\)\([ =]*\)[0-9][0-9]*/\1\2N/g
		s/^[0-9][0-9]* //; s/^\(v*fork\|clone\)\(.*\) = [0-9]*$/\1\2 = N/
		s/)  *= /) = /; s/si_[us]time=[0-9]*/si_time=N/g
		s/^\(set_tid_address\|getp*pid\|rt_sigreturn\)\((.*)\) .*/\1\2/
		s/^kill([0-9]*/kill(N/; s/ N . [0-9.]* s .}/ N}/; s,si_time=N /[*].*[*]/,si_time=N,
		/^getrandom/d'
}
# One file for each process, so that their order is that of their numbers.
trace() {
	rm -f log.*
	/opt/debian/bin/strace -o log -ff "$@"
	echo "status $?"
	cat $(ls log.* | sort -t. -k2n) | plain
}
# (the death of a child comes before or after the call that waits for it)
traced_shell() { trace -e trace='!wait4' sh -c 'echo a; (echo b; exit 3); echo $?; kill -TERM $$'; }
traced_calls() { trace -qq -e trace=openat,close,exit_group /bin/busybox cat /etc/passwd; }
traced_signals() {
	trace -qq -e trace=none -e signal=all sh -c 'trap "echo usr1" USR1; kill -USR1 $$; kill $$'
}
changed_calls() {
	trace -qq -e trace=getuid -e inject=getuid:retval=77 -e trace=openat \
		-e inject=openat:error=EMFILE /bin/busybox cat /etc/passwd
	trace -qq -e trace=getuid -e inject=getuid:retval=77 busybox id -u
}
counted_calls() {
	/opt/debian/bin/strace -f -c -S name -U name,calls,errors -e trace=execve,fork,vfork \
		sh -c 'busybox true; busybox true' 2>&1 | plain
}
# a process that sleeps, with all that attaching to it does
attached() {
	sleep 1000 &
	pid=$!
	until grep -q '(sleeping)' /proc/$pid/status && [ "$(cat /proc/$pid/comm)" = sleep ]; do :; done
	/opt/debian/bin/strace -qq -o log -p $pid &
	tracer=$!
	until [ -s log ]; do :; done
	kill $pid
	wait $tracer
	echo "status $?"
	plain <log | sed 's/tv_n*sec=[0-9]*/N/g'
}
gdb() {
	/opt/debian/bin/gdb -nx -batch -ex 'set width 0' "$@" 2>&1 |
		sed 's/warning: could not convert.*//; /^This normally should not/d; /^\.*$/d
			s/\(Segmentation fault\)\.$/\1/' | plain
}
cd /tmp || exit
crash=/opt/quire/crash
run strace-shell traced_shell
run strace-calls traced_calls
run strace-signals traced_signals
run strace-inject changed_calls
run strace-count counted_calls
run strace-attach attached
run gdb-break gdb -ex 'break walk' -ex run -ex bt -ex 'info args' -ex continue -ex bt -ex kill $crash
run gdb-step gdb -ex 'break look' -ex run -ex 'p *p' -ex finish -ex stepi -ex 'p/x $rax' -ex step \
	-ex step -ex 'p sum' -ex kill --args $crash 0x400000
run gdb-write gdb -ex 'break walk' -ex run -ex 'set var n = 0' -ex 'set var places[0].x = 9' \
	-ex 'p places' -ex 'p $xmm0.uint128' -ex 'set var $xmm0.uint128 = 5' -ex 'p $xmm0.uint128' \
	-ex finish -ex continue $crash
run gdb-call gdb -ex 'break walk' -ex run -ex 'p look(&places[1], &places[0].x)' -ex kill $crash
run gdb-watch gdb -ex 'set can-use-hw-watchpoints 0' -ex 'break walk' -ex run -ex 'watch sum' \
	-ex continue -ex continue -ex kill --args $crash 0x400000
run gdb-signal gdb -ex 'handle SIGSEGV nostop' -ex run $crash
run gdb-catch gdb -ex 'catch syscall 231' -ex run -ex 'p $rdi' -ex continue \
	--args /bin/busybox false
sleep 1000 &
pid=$!
until [ "$(cat /proc/$pid/comm)" = sleep ]; do :; done
run gdb-attach gdb -ex 'p $cs' -ex 'info threads' -ex detach -p $pid
run gdb-kill gdb -ex kill -p $pid
wait $pid
run after echo $?
