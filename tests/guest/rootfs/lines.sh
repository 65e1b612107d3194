#!/bin/sh
# Runs in the guest: lines.sh NAME runs /programs/NAME/NNN, each a command line
# of tests/programs/NAME.cmds, in one working directory, one after the other.
# Input is /dev/null and the output a file, so that nothing depends on timing
# between writers; what is not printable is shown as cat -v shows it.

dmesg -n 1		# what the kernel has to say does not belong to the output
for name; do
	mkdir -p /tmp/lines.$name
	cd /tmp/lines.$name || exit 1
	for script in /programs/$name/*; do
		number=${script##*/}
		timeout -s KILL 120 sh $script </dev/null >/tmp/lines.out 2>&1
		status=$?
		echo "== $name:$number"
		cat -v /tmp/lines.out
		echo
		echo "== $name:$number status=$status"
	done
	cd /
	rm -rf /tmp/lines.$name /tmp/lines.out
done
