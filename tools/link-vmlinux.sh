#!/bin/sh
# link-vmlinux.sh OUTPUT LDFLAGS OBJECTS...: link the kernel with its symbols.
#
# Adding the table moves what stands behind it, hence three links: with an
# empty table (names), with a table of the right size (addresses), final.  A
# fourth table made from the result has to equal the one linked in.

set -eu
out=$1
flags=$2
shift 2

table() {	# vmlinux or nothing -> kallsyms.o of that number
	n=$1
	if [ -n "${2:-}" ]; then
		"$NM" -n "$2" | "$PYTHON" tools/kallsyms.py >"$out.kallsyms$n.S"
	else
		"$PYTHON" tools/kallsyms.py </dev/null >"$out.kallsyms$n.S"
	fi
	"$CC" -m64 -c -o "$out.kallsyms$n.o" "$out.kallsyms$n.S"
}

link() {	# output, number of the table, objects
	target=$1
	n=$2
	shift 2
	# shellcheck disable=SC2086
	"$LD" $flags -o "$target" "$@" "$out.kallsyms$n.o"
}

table 0
link "$out.tmp0" 0 "$@"
table 1 "$out.tmp0"
link "$out.tmp1" 1 "$@"
table 2 "$out.tmp1"
link "$out.tmp2" 2 "$@"
"$NM" -n "$out.tmp2" | "$PYTHON" tools/kallsyms.py | cmp -s - "$out.kallsyms2.S" || {
	echo "link-vmlinux.sh: addresses moved in the last link" >&2
	exit 1
}
mv "$out.tmp2" "$out"
"$NM" -n "$out" >"${out%vmlinux}System.map"
rm -f "$out".tmp? "$out".kallsyms?.S "$out".kallsyms?.o
