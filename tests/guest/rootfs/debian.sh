#!/bin/sh
# Runs in the guest: Debian's own bash, coreutils, perl, gawk, sqlite3 and python3 with what
# is in tests/guest/debian, each between markers. "debian.sh short" or "debian.sh long".

dmesg -n 1		# what the kernel has to say does not belong to the output
size=$1
shift
export PATH=/opt/debian/bin:$PATH LC_ALL=C PYTHONHASHSEED=0
cd /tmp || exit
run() {			# name command...
	name=$1
	shift
	echo "== $name"
	timeout -s KILL 1500 "$@" </dev/null 2>&1
	status=$?
	echo
	echo "== $name status=$status"
}
at=/tests/debian
python() {		# module: all of its tests but those that this file leaves out
	leave=$(sed -n "s/^$1 $size //p; s/^$1 always //p" $at/python-left-out)
	run python-$1 python3.11 $at/pytests.py test.test_$1 $leave
}
[ $size = long ] && rows=1000000 || rows=100000
for part; do
	case $part in
	bash) run bash bash $at/bash.sh ;;
	coreutils) run coreutils bash $at/coreutils.sh ;;
	perl) run perl perl $at/perl.pl ;;
	gawk) run gawk gawk -f $at/gawk.awk ;;
	sqlite) sed "s/ROWS/$rows/" $at/sqlite.sql >/tmp/sql && run sqlite sqlite3 :memory: ".read /tmp/sql" ;;
	python-*) python ${part#python-} ;;
	esac
done
