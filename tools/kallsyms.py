#!/usr/bin/env python3
"""Turn `nm -n` of the kernel into the table that backtraces are named with.

Writes assembly that defines, all read-only:

    kallsyms_num_syms   u32, how many symbols follow
    kallsyms_offsets    u32 each, address - 0xffffffff80000000, ascending
    kallsyms_names      u32 each, where the name starts in the string table
    kallsyms_strtab     the names, each closed by a zero byte

Only text symbols are listed: they are what a backtrace and /proc/vmallocinfo
need.  The size depends on the names alone, never on the addresses.
"""

import sys

BASE = 0xffffffff80000000
SKIP = ("__pfx_", ".L", "$", "__kallsyms")


def symbols(lines):
    for line in lines:
        words = line.split()
        if len(words) != 3 or words[1] not in "TtWw":
            continue
        addr = int(words[0], 16)
        if addr >= BASE and not words[2].startswith(SKIP):
            yield addr - BASE, words[2]


def emit(out, table):
    out.write("\t.section .rodata.kallsyms, \"a\"\n")
    out.write("\t.balign 8\n\t.globl kallsyms_num_syms\n")
    out.write("kallsyms_num_syms:\n\t.long %d\n" % len(table))
    out.write("\t.globl kallsyms_offsets\nkallsyms_offsets:\n")
    for offset, _ in table:
        out.write("\t.long %#x\n" % offset)
    out.write("\t.globl kallsyms_names\nkallsyms_names:\n")
    at = 0
    for _, name in table:
        out.write("\t.long %d\n" % at)
        at += len(name) + 1
    out.write("\t.globl kallsyms_strtab\nkallsyms_strtab:\n")
    for _, name in table:
        out.write("\t.asciz \"%s\"\n" % name)
    out.write("\t.section .note.GNU-stack, \"\", @progbits\n")


def main():
    # equal addresses are ordered by name, so that passes agree
    emit(sys.stdout, sorted(symbols(sys.stdin)))


if __name__ == "__main__":
    main()
