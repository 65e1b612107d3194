"""Debian's tools that show the machine: what each has to print, beside Linux.

Programs, loader and libraries are Debian's files (tools/mkinitramfs --program). For
each tool a function compares its output on Quire with that on Linux, booted with the
same memory, CPUs and nodes, by these rules:

    exact       the same to the byte: dmidecode, /sys/class/dmi, lscpu -p, -e, -C,
                numactl --show, also of a program that numactl gives a policy; ipcs, ipcmk
                and ipcrm of shared memory
    lscpu       the same lines but for BogoMIPS (measured), Flags (Quire names none that
                Linux does not) and Vulnerabilities (Linux says what it does against them)
    sizes       managed memory, as a total: at least Linux's and at most the machine's
    free        the same rows and columns; total as MemTotal; what is shared (the files of
                the initramfs) within 2 %; used + available is total; no swap
    vmstat      the same headings and labels; no swap, no blocks; CPU shares sum to 100
    slabs       the same heading; kmalloc classes have Linux's object sizes; objects fit
                the slabs that hold them
    numactl -H  the same nodes, CPUs and distances; sizes as above, free below them
    numastat    the same nodes and rows; hits + misses = local + other; nothing missed
    numastat -p the same rows; totals are the sum over nodes
    numastat -m the same rows but for what Quire lacks; totals are the sum over nodes

    gdb         the same backtrace, registers, memory, threads and notes of a core file
    trace       the same of running programs: strace's lines, gdb's stops, steps and values

Every tool ends with Linux's status. A difference names the tool and the line.
"""

import re

MACHINES = {
    "small": {"mem": 128, "smp": 1},
    "nodes": {"smp": 4, "numa": "2"},
    "uneven": {"smp": 4, "numa": "256:0-1+128:2+64+0:3"},
    "intel": {"smp": "4,cores=2,threads=2", "cpu": "Skylake-Server", "mem": 1024},
}


class Differs(Exception):
    pass


def want(condition, *words):
    if not condition:
        raise Differs(" ".join(str(w) for w in words))


def same(got, linux, what):
    want(got == linux, "%s: %r, on Linux %r" % (what, got, linux))


def numbers(line):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", line)]


def kilobytes(text, label):
    return int(re.search(r"^%s: +(\d+) kB" % label, text, re.M)[1])


def near(a, b, share, slack):
    return abs(a - b) <= share * max(abs(a), abs(b)) + slack


def sizes(got, linux, limit, what):
    want(linux <= got <= limit, "%s: %s, on Linux %s, of %s" % (what, got, linux, limit))


# -- the tools ------------------------------------------------------------------

def exact(got, linux, q, machine):
    for a, b in zip(got.split("\n"), linux.split("\n")):
        same(a, b, "line")
    same(got, linux, "output")


def status_only(got, linux, q, machine):
    """What is compared of it stands in other rules, or nowhere."""


def lscpu(got, linux, q, machine):
    def split(text):
        """The words of Flags, folded at a width that differs, and the lines around."""
        m = re.match(r"(.*?\n) *Flags:( +)(.*?)\n(\S.*?)(?:Vulnerabilities:.*)?$", text, re.S)
        lines = m[3].split("\n")
        # a fold drops nothing: a line that begins with one more space begins a word
        flags = "".join([lines[0]] + [x[column(text):] for x in lines[1:]])
        rest = [" ".join(x.split()) for x in (m[1] + m[4]).split("\n") if x.strip()]
        return flags.split(), rest

    def column(text):
        return re.match(r"Architecture: +", text).end()

    (q_flags, q_lines), (l_flags, l_lines) = split(got), split(linux)
    same([x for x in q_lines if not x.startswith("BogoMIPS")],
         [x for x in l_lines if not x.startswith("BogoMIPS")], "lines")
    speed = [x for x in q_lines if x.startswith("BogoMIPS")]
    want(len(speed) == 1 and numbers(speed[0])[0] > 0, "no BogoMIPS")
    want(set(q_flags) <= set(l_flags), "flags that Linux has not:",
         sorted(set(q_flags) - set(l_flags)))


def free(got, linux, q, machine):
    g, li = got.split("\n"), linux.split("\n")
    same(g[0].split(), li[0].split(), "headings")
    same([x.split(":")[0] for x in g], [x.split(":")[0] for x in li], "rows")
    unit = 1024 if "buffers" in g[0] else 1
    row, linux_row = numbers(g[1].split(":")[1]), numbers(li[1].split(":")[1])
    same(row[0], float(kilobytes(q["meminfo"], "MemTotal") * unit), "total and MemTotal")
    sizes(row[0], linux_row[0], machine["kb"] * unit, "total")
    want(near(row[3], linux_row[3], 0.02, 256 * unit), "shared", row[3], linux_row[3])
    same(row[1], row[0] - row[-1], "used, beside total less available")
    want(row[2] < row[0] and row[-1] <= row[0], "more free than there is")
    want(near(row[2], kilobytes(q["meminfo"], "MemFree") * unit, 0.02, 2048 * unit),
         "free", row[2])
    same(numbers(g[2].split(":")[1]), [0.0, 0.0, 0.0], "swap")


def vmstat(got, linux, q, machine):
    g, li = got.split("\n"), linux.split("\n")
    same(g[:2], li[:2], "headings")
    names, row = g[1].split(), numbers(g[2])
    same(len(row), len(names), "columns")
    col = dict(zip(names, row))
    for name in ("swpd", "si", "so", "bi", "bo", "wa", "st"):
        same(col[name], 0.0, name)
    want(near(sum(col[n] for n in ("us", "sy", "id", "wa", "st")), 100, 0, 2), "CPU", row)
    want(near(col["free"], kilobytes(q["meminfo"], "MemFree"), 0.02, 2048), "free", row)


def vmstat_s(got, linux, q, machine):
    def parse(text):
        return [re.match(r" *(\d+) (.*)$", x).groups() for x in text.split("\n") if x.strip()]

    g, li = parse(got), parse(linux)
    same([name for _, name in g], [name for _, name in li], "labels")
    value = {name: int(n) for n, name in g}
    linux_value = {name: int(n) for n, name in li}
    sizes(value["K total memory"], linux_value["K total memory"], machine["kb"], "total")
    for name, number in value.items():
        if "swap" in name and name != "K swap cache" or "paged" in name or "stolen" in name:
            same(number, 0, name)
    for name in ("interrupts", "CPU context switches", "forks"):
        want(value[name] > 0, name, 0)
    cached = value["K active memory"] + value["K inactive memory"]
    linux_cached = linux_value["K active memory"] + linux_value["K inactive memory"]
    want(near(cached, linux_cached, 0.1, 512), "active and inactive", cached, linux_cached)
    # one clock: Linux was booted at another time, so within a day of the host's
    want(value["boot time"] > 1500000000, "boot time", value["boot time"])


def slab_rows(text):
    return {m[7]: m for m in re.finditer(
        r"^ *(\d+) +(\d+) +(\d+)% +([\d.]+)K +(\d+) +(\d+) +\d+K (\S+) *$", text, re.M)}


def slabtop(got, linux, q, machine):
    g, li = got.split("\n"), linux.split("\n")
    same([x.split(":")[0] for x in g[:5]], [x.split(":")[0] for x in li[:5]], "summary")
    same(g[6], li[6], "headings")
    rows, linux_rows = slab_rows(got), slab_rows(linux)
    want(len(rows) > 20, "only %d caches" % len(rows))
    for name, m in rows.items():
        want(int(m[2]) <= int(m[1]) <= int(m[5]) * int(m[6]), "more objects than room", m[0])
        if "kmalloc-" in name and name in linux_rows:
            same(m[4], linux_rows[name][4], "object size of " + name)
    want({"task_struct", "mm_struct", "vm_area_struct", "dentry", "filp", "kmalloc-64"}
         <= set(rows), "a cache is missing", sorted(rows))


def vmstat_m(got, linux, q, machine):
    g = got.split("\n")
    same(g[0], linux.split("\n")[0], "headings")
    info = {x.split()[0] for x in q["slabinfo"].split("\n")[2:] if x.strip()}
    rows = [x.split()[0] for x in g if x.strip() and x != g[0]]
    same(sorted(rows), sorted(n[:23] for n in info), "caches")


def numactl_hardware(got, linux, q, machine):
    def plain(text):
        return re.sub(r"((?:size|free): )\d+ MB", r"\1N MB", text)

    exact(plain(got), plain(linux), q, machine)
    found = re.findall(r"node (\d+) (size|free): (\d+) MB", got)
    on_linux = re.findall(r"node (\d+) (size|free): (\d+) MB", linux)
    total = {node: int(n) for node, kind, n in found if kind == "size"}
    for (node, kind, n), (_, _, linux_n) in zip(found, on_linux):
        if kind == "size":
            want(int(n) >= int(linux_n), "node", node, n, "on Linux", linux_n)
        else:
            want(int(n) <= total[node], "node", node, "more free than there is")
    want(sum(total.values()) * 1024 <= machine["kb"], "more than the machine has", total)


def numastat(got, linux, q, machine):
    def parse(text):
        lines = [x.split() for x in text.split("\n") if x.strip()]
        return lines[0], {x[0]: [int(n) for n in x[1:]] for x in lines[1:]}

    (nodes, row), (linux_nodes, linux_row) = parse(got), parse(linux)
    same(nodes, linux_nodes, "nodes")
    same(list(row), list(linux_row), "rows")
    for i in range(len(nodes)):
        same(row["numa_hit"][i] + row["numa_miss"][i],
             row["local_node"][i] + row["other_node"][i], "hits and misses of " + nodes[i])
        same(row["numa_miss"][i], 0, "misses of " + nodes[i])
    want(sum(row["numa_hit"]) > 500, "hits", row["numa_hit"])


def numastat_p(got, linux, q, machine):
    def parse(text):
        found = {}
        for name, rest in re.findall(r"^ *([A-Z][a-z]+)((?: +-?\d+\.\d+)+) *$", text, re.M):
            found.setdefault(name, []).extend(numbers(rest))    # many nodes go on below
        return found

    row, linux_row = parse(got), parse(linux)
    same(list(row), list(linux_row), "rows")
    for name, n in row.items():
        same(len(n), len(linux_row[name]), "columns of " + name)
        want(near(sum(n[:-1]), n[-1], 0, 0.02 * len(n)), "the sum of", name, n)
    want(row["Total"][-1] > 0.01, "init has no memory", got)


def numastat_m(got, linux, q, machine):
    def parse(text):
        rows = re.findall(r"^([A-Z]\S+)((?: +-?\d+\.\d+)+) *$", text, re.M)
        found = {}
        for name, rest in rows:      # many nodes: the columns go on below
            found.setdefault(name, []).extend(numbers(rest))
        return found

    row, linux_row = parse(got), parse(linux)
    same(list(row), list(linux_row), "rows")
    same(re.findall(r"Token .*", got), re.findall(r"Token .*", linux), "unknown rows")
    for name, n in row.items():
        same(len(n), len(linux_row[name]), "columns of " + name)
        want(near(sum(n[:-1]), n[-1], 0, 0.02 * len(n)), "the sum of", name, n)
    for used, total, left in zip(row["MemUsed"], row["MemTotal"], row["MemFree"]):
        want(near(used, total - left, 0, 0.02), "used, total, free:", used, total, left)
    want(near(row["MemTotal"][-1], kilobytes(q["meminfo"], "MemTotal") / 1024, 0, 0.1),
         "MemTotal", row["MemTotal"])
    want(near(row["Shmem"][-1], linux_row["Shmem"][-1], 0.02, 0.3), "Shmem", row["Shmem"])
    for name in row:
        if "Huge" in name or name in ("Dirty", "Writeback", "Bounce", "NFS_Unstable"):
            same(row[name], [0.0] * len(row[name]), name)


POLICIES = ("--membind=0", "--membind=1", "--interleave=all", "--preferred=1", "--localalloc",
            "--membind=9")
IPC = ("ipcs-empty", "ipcs-limits", "ipcmk", "ipcs", "ipcs-c", "ipcs-u", "ipcs-i", "ipcrm",
       "ipcrm-again", "ipcrm-all", "ipcs-none")

RULES = {
    **{name: exact for name in IPC},
    **{"numactl-%s%s" % (kind, p): exact for kind in ("show", "maps") for p in POLICIES},
    "meminfo": status_only, "slabinfo": status_only, "free": free, "free-w": free,
    "vmstat": vmstat, "vmstat-s": vmstat_s, "vmstat-m": vmstat_m, "slabtop": slabtop,
    "lscpu": lscpu, "lscpu-p": exact, "lscpu-e": exact, "lscpu-C": exact,
    "numactl-hardware": numactl_hardware, "numactl-show": exact,
    "numastat-p": numastat_p, "numastat": numastat, "numastat-m": numastat_m, "dmidecode": exact,
    "dmidecode-u": exact, "dmi-strings": exact, "dmi-id": exact, "dmi-tables": exact,
    "dmi-places": exact,
}


# what gdb and readelf say of a core file: tests/guest/rootfs/gdb.sh
GDB_RULES = {name: exact for name in (
    "crash", "core", "gdb-backtrace", "gdb-signal", "gdb-registers", "gdb-memory",
    "gdb-threads", "gdb-files", "gdb-vdso", "readelf", "readelf-header")}

# what strace and gdb see of running programs: tests/guest/rootfs/trace.sh
TRACE_RULES = {name: exact for name in (
    "strace-shell", "strace-calls", "strace-signals", "strace-inject", "strace-count",
    "strace-attach", "gdb-break", "gdb-step", "gdb-write", "gdb-call", "gdb-watch",
    "gdb-signal", "gdb-catch", "gdb-attach", "gdb-kill", "after")}


def memory_kb(config):
    """RAM of a machine: of its nodes, or as a whole."""
    if "numa" in config and ":" in config["numa"]:
        parts = config["numa"].split("@")[0].split("+")
        return sum(int(p.split(":")[0]) for p in parts) << 10
    return int(config.get("mem", 512)) << 10


def compare(rules, machine, got, linux):
    """[error] over the tools, and how many were right; sections as tests/groups.py's."""
    errors, right = [], 0
    bodies = {name: body for name, (body, _) in got.items()}
    for name, rule in rules.items():
        if name not in got or name not in linux:
            errors.append("%s: no complete output" % name)
            continue
        try:
            same(got[name][1], linux[name][1], "status")
            rule(got[name][0], linux[name][0], bodies, machine)
            right += 1
        except (Differs, ValueError, TypeError, IndexError, KeyError) as e:
            errors.append("%s: %s\n%s" % (name, e or repr(e), got[name][0][:3000]))
    return errors, right
