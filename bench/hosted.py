"""What the hosted benchmark printed, as tables (bench/hosted, bench/document)."""

import json
import os
import statistics

import machine

RESULTS = os.path.join(machine.BENCH_OUT, "host.json")
OURS = ["kmem_cache", "kmalloc"]
REFERENCE = 15.0        # ns, the malloc pair of the machine that the goals are meant for
GOALS = {               # ns on that machine
    "page pair order 0": 25.0, "page pair order 9": 100.0,
}
REMOTE_GOAL, GOAL = 1.3, 1.0


def goal(row):
    return REMOTE_GOAL if row["pattern"] == "remote" else GOAL


def parse(text):
    """The lines of host_bench: rows of allocators, cases of Quire alone."""
    rows, cases = {}, {}
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "row":
            pattern, size, threads, subject, *ns = rest.split()
            key = (pattern, int(size), int(threads))
            rows.setdefault(key, {})[subject] = [float(x) for x in ns]
        elif kind in ("case", "case-pair"):
            name, _, ns = rest.partition(" = ")
            cases.setdefault(name, {})[kind] = [float(x) for x in ns.split()]
    return ([row_of(*key, figures) for key, figures in rows.items()],
            [case_of(name, figures) for name, figures in cases.items()])


def row_of(pattern, size, threads, figures):
    """Medians, and Quire against the best of the others: the median over the rounds."""
    median = {s: statistics.median(ns) for s, ns in figures.items()}
    others = [s for s in median if s not in OURS]
    best = min(others, key=lambda s: median[s]) if others else None
    ratio = {s: statistics.median(a / b for a, b in zip(figures[s], figures[best]))
             for s in OURS if best and s in figures}
    return {"pattern": pattern, "size": size, "threads": threads, "ns": median,
            "best": best, "ratio": ratio}


def case_of(name, figures):
    ns, pair = figures["case"], figures["case-pair"]
    ratio = statistics.median(a / b for a, b in zip(ns, pair))
    return {"name": name, "ns": statistics.median(ns), "pair": statistics.median(pair),
            "ratio": ratio}


def table(data):
    """Markdown; also what the terminal shows."""
    subjects = data["subjects"]
    lines = ["| pattern | bytes | threads | %s | best | kmem_cache / best | kmalloc / best |"
             % " | ".join(subjects),
             "|---|--:|--:|%s---|--:|--:|" % ("--:|" * len(subjects))]
    for r in data["rows"]:
        lines.append("| %s | %d | %d | %s | %s | %s |" % (
            r["pattern"], r["size"], r["threads"],
            " | ".join("%.1f" % r["ns"][s] for s in subjects), r["best"],
            " | ".join("%.2f" % r["ratio"][s] for s in OURS)))
    lines += ["", "| operation | ns | glibc's pair, ns | ratio | goal |", "|---|--:|--:|--:|--:|"]
    for c in data["cases"]:
        at = GOALS.get(c["name"])
        lines.append("| %s | %.1f | %.1f | %.2f | %s |" % (
            c["name"], c["ns"], c["pair"], c["ratio"],
            "%.2f" % (at / REFERENCE) if at else ""))
    return "\n".join(lines)


def verdict(data):
    """One line on the goals: how many of the rows of one thread and of remote frees."""
    counted = [(r, s) for r in data["rows"] for s in OURS
               if r["threads"] == 1 or r["pattern"] == "remote"]
    good = sum(r["ratio"][s] <= goal(r) for r, s in counted)
    text = "%d of %d figures of one thread and of remote frees are at or below their goal " \
           "(%.1f times the best of the others, remote %.1f)" % (
               good, len(counted), GOAL, REMOTE_GOAL)
    missed = ["%s %d %s %.2f" % (r["pattern"], r["size"], s, r["ratio"][s])
              for r, s in counted if r["ratio"][s] > goal(r)]
    missed += ["%s %.2f" % (c["name"], c["ratio"]) for c in data["cases"]
               if c["name"] in GOALS and c["ratio"] > GOALS[c["name"]] / REFERENCE]
    return text + (", not: " + ", ".join(missed) if missed else "") + "."


HEADING = "## At native speed, hosted"

INTRO = """%s

`make bench-host` measures the allocators of `libquire.so` beside those of Debian
(%s) in one process: CPU time in nanoseconds for one
allocation with its free, medians of %d rounds in which all take turns. The others are
loaded with `dlopen(RTLD_LOCAL)`, and all are called through function pointers. `pair`:
one at a time; `lifo`: 100 at a time, freed in reverse; `fifo`: 1,000 at a time, freed in
order; `random`: 100,000 live, a random one replaced; `remote`: batches of 1,000 freed by
another thread, both threads' time added. A ratio is the median over the rounds against the
best of the others in that row. Frames and address spaces have no counterpart there: they
are given as multiples of glibc's `malloc(64)`/`free` pair, measured in turn with them; the
goal is meant for a machine where that pair takes 15 ns.

Measured at commit %s on %s.

"""


def section():
    """The part of docs/benchmarks.md, or None when nothing was measured."""
    try:
        with open(RESULTS) as f:
            data = json.load(f)
    except OSError:
        return None
    others = [s for s in data["subjects"] if s not in OURS]
    return (INTRO % (HEADING, ", ".join(others), data["rounds"], data["commit"], data["cpu"]) +
            table(data) + "\n\n" + verdict(data) + "\n")
