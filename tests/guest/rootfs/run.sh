#!/bin/sh
# Runs in the guest: every program in /tests/bin, its output between markers.
# Arguments are names to run instead of all.

cd /tmp || exit 1
dmesg -n 1		# what the kernel has to say does not belong to the output
[ $# -gt 0 ] || set -- $(ls /tests/bin)
for name; do
	mkdir -p /tmp/test.$$
	cd /tmp/test.$$
	echo "== $name"
	timeout -s KILL ${TEST_TIMEOUT:-120} /tests/bin/$name </dev/null 2>&1
	echo "== $name status=$?"
	cd /tmp
	rm -rf /tmp/test.$$
done
