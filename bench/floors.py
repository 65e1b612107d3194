"""The least a case can cost on x86-64, in instructions as QEMU counts them.

A floor is no promise that somebody can reach it: it adds up what the hardware's
interface demands and nothing of the bookkeeping, so that the distance to it
says how much of a row is policy.  The parts:

    CALL      system call: SYSCALL, SWAPGS twice, load and restore the stack,
              save and restore what user mode may expect kept, range check of
              the number, indirect call, the work of one load, SYSRET
    FAULT     exception: 15 registers saved and restored, SWAPGS twice, CR2
              read, a call, ADD and IRETQ; the faulting instruction runs twice
    CLEAR     4 KiB by REP STOSQ: 512 iterations and the set-up
    COPY      4 KiB by REP MOVSQ, the same
    WALK      four levels of a page table down to an entry and its store
    SWITCH    registers that a callee saves, stack, CR3
"""

CALL = 45
FAULT = 55
CLEAR = 520
COPY = 522
WALK = 25
SWITCH = 25
PAGE = 4096

TOUCH = FAULT + CLEAR + WALK
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def number(size):
    if size[-1] in UNITS:
        return int(size[:-1]) * UNITS[size[-1]]
    return int(size) if size.isdigit() else 0


# case -> (instructions, what they are)
FIXED = {
    "null": (CALL, "call"),
    "anon-touch": (TOUCH, "fault, clear, entry"),
    "anon-read": (FAULT + WALK, "fault, entry"),
    "anon-read-write": (TOUCH, "fault, clear, entry"),
    "populate": (CLEAR + 5, "clear, entry"),
    "huge-touch": (513, "clear"),
    "file-private": ((FAULT + WALK) // 16 + 6, "a 16th of a fault, entry"),
    "file-shared": ((FAULT + WALK) // 16 + 6, "a 16th of a fault, entry"),
    "file-private-single": (FAULT + WALK + 20, "fault, look-up, entry"),
    "file-shared-single": (FAULT + WALK + 20, "fault, look-up, entry"),
    "file-private-write": (FAULT + COPY + WALK + 20, "fault, look-up, copy, entry"),
    "file-shared-write": (FAULT + WALK + 20, "fault, look-up, entry"),
    "map-unmap": (2 * CALL + 60, "two calls, area in and out"),
    "vma-map": (CALL + 30, "call, area in"),
    "vma-fault": (TOUCH, "fault, clear, entry"),
    "vma-unmap": (CALL + 30, "call, area out"),
    "mprotect-split": (2 * CALL + 120, "two calls, split, merge"),
    "mprotect-whole": (6, "two stores to an entry"),
    "mremap-grow": (2 * CALL + 20, "two calls, bounds of the area"),
    "dontneed": (TOUCH + 15, "fault, clear, entry; entry cleared, frame freed"),
    "brk": (TOUCH + 15, "fault, clear, entry; entry cleared, frame freed"),
    "mlock": (CLEAR + 5, "clear, entry"),
    "mlock-touched": (6, "look at each entry, twice"),
    "mincore": (4, "look at each entry"),
    "msync": (CALL, "call"),
    "fork-write-all": (2 * 3 + FAULT + COPY + WALK, "fault, copy, entry"),
    "pipe-processes": (4 * CALL + 2 * SWITCH + 40, "four calls, two switches"),
    "pipe-threads": (4 * CALL + 2 * SWITCH + 40, "four calls, two switches"),
    "segv": (FAULT + CALL + 100, "fault, frame out and in, sigreturn"),
    "kill": (2 * CALL + 100, "two calls, frame out and in"),
    "shared-memory": (FAULT + WALK + 20, "fault, look-up, entry"),
}


def floor(case, size):
    """(instructions, what they are), or None where it is a matter of policy."""
    if case in FIXED:
        return FIXED[case]
    if case == "map-touch-unmap":
        pages = number(size) // PAGE
        return (TOUCH + 15 + (2 * CALL + 60) // pages,
                "fault, clear, entry; entry cleared, frame freed; calls")
    if case == "read":
        return CALL + 20 + number(size) // 8, "call, copy by 8 bytes"
    if case == "mremap-move":
        tables = number(size) // (2 << 20)
        return (CALL + 60 + (4 * tables if tables else 4 * number(size) // PAGE),
                "call, a move for each table or entry")
    return None
