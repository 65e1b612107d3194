"""Large states (tests/scale/states.c): Quire keeps no more for them than Linux does.

    scale/areas           65,530 areas of one process
    scale/giant           one area of all addresses but the stack's
    scale/threads         1,200 threads
    scale/processes       1,000 processes; in a long run 10,000
    scale/forks           a process of 64 MiB with 100 children; in a long run of 4 GiB

Each figure of a state is compared with Linux's: page tables, slab, kernel stacks, and all
memory that is gone. On Linux the free memory in the lists of the CPUs is not in MemFree,
so it is added to it.
"""

import re

import newc

STATES = "out/guest/scale/states"
MEM = 8192
END = r"VmPTE \d+\n(#.*\n)*"
# what the programs around the state leave or take meanwhile, kB
NOISE = 128
SHORT = {"areas": "areas", "giant": "giant", "threads": "threads", "processes": "processes 1000",
         "forks": "forks 100 64"}
LONG = {"areas": "areas", "giant": "giant", "threads": "threads", "processes": "processes",
        "forks": "forks"}
FIGURES = ("PageTables", "SecPageTables", "Slab", "SUnreclaim", "KernelStack", "VmPTE", "Used")


def archive():
    ar = newc.Archive()
    with open(STATES, "rb") as f:
        ar.file("tests/bin/states", f.read(), 0o755)
    return ar.bytes()


def figures(body, linux):
    """{figure: kB} of what `states` printed."""
    kb = {m[1]: int(m[2]) for m in re.finditer(r"^(\w+) (-?\d+)$", body, re.M)}
    kb["Used"] = -kb["MemFree"] - (kb["Stock"] if linux else 0)
    return kb


def wrong(got, want):
    """Lines about figures that are above Linux's."""
    quire, linux = figures(got, False), figures(want, True)
    return ["%s: %d kB, on Linux %d kB" % (key, quire[key], linux[key])
            for key in FIGURES if quire[key] > linux[key] + NOISE]
