"""What mm_bench measured inside the kernels, as a table (bench/kernel-run, bench/document)."""

import json
import math
import os

import machine
import report

RESULTS = os.path.join(machine.BENCH_OUT, "kernel.json")
EVERY, MEAN = 0.5, 0.25
HEADING = "## Inside the kernel"

INTRO = """%s

`make bench-kernel` runs one source, `bench/kernel/mm_bench.c`, in Quire (as
`boot_test=mm_bench`) and as a module in Debian's Linux %s, tuned and counted as above:
instructions for one allocation with its free. `pair`: one at a time; `batch`: up to 1,000
at a time, freed in order; `random`: as many live, a random one replaced; `bulk`: 16 with
one call. Sizes are orders of pages, or bytes. The goal is %.1f in every row and %.2f in the
geometric mean.

Measured at commit %s.

"""


def rows(ours, theirs):
    return [(name, ours[name], theirs[name], ours[name] / theirs[name])
            for name in ours if theirs.get(name)]


def geometric_mean(table):
    return math.exp(sum(math.log(r[3]) for r in table) / len(table)) if table else None


def text(data):
    table = rows(data["quire"], data["linux"])
    lines = ["| operation | size | Quire | Linux | ratio |", "|---|--:|--:|--:|--:|"]
    for name, ours, theirs, ratio in table:
        what, size = name.split()
        lines.append("| %s | %s | %s | %s | %s |" % (
            what, size, report.figure(ours), report.figure(theirs), report.share(ratio)))
    missed = ["%s %s" % (name, report.share(ratio)) for name, _, _, ratio in table
              if ratio > EVERY]
    lines += ["", "Geometric mean of %d rows: %s. Above %.1f: %s." % (
        len(table), report.share(geometric_mean(table)), EVERY,
        ", ".join(missed) or "none")]
    return "\n".join(lines)


def section():
    """The part of docs/benchmarks.md, or None when nothing was measured."""
    try:
        with open(RESULTS) as f:
            data = json.load(f)
    except OSError:
        return None
    return INTRO % (HEADING, data["version"], EVERY, MEAN, data["commit"]) + text(data) + "\n"
