"""/proc's files about physical memory, line by line beside Linux.

Both kernels boot with the same memory, CPUs and nodes. What each has used differs, so a
line is compared by its shape: its words, their order, and the columns of its numbers.
Numbers that only the machine decides are the same; numbers that follow from others by a
rule are calculated again:

    zoneinfo      the same lines; spanned, present and start_pfn the same; watermarks, what
                  lower zones keep back, high and batch of each CPU by Linux's formulas
    buddyinfo     the same lines
    pagetypeinfo  the same lines; as many pageblocks in each zone
    vmallocinfo   both obey one grammar; areas ascend, their pages are those of the nodes
    slabinfo      both obey one grammar; objects fit their slabs; kmalloc has Linux's classes
    iomem         each line is one of Linux's, but for the places of the kernel; what Linux
                  has beyond it hangs on PCI or on a PNP device
    ioports       likewise
    vmstat        the same names in the same order
    meminfo       the same lines

debugfs of a boot with slub_debug=U says who holds the objects of a cache:

    names, errors the same to the byte
    traces        both obey one grammar; most come first; what is common is in the range
"""

import re

from tools_tests import exact, same, want

MACHINES = {
    "small": {"mem": 128, "smp": 1},
    "uneven": {"smp": 4, "numa": "256:0-1+128:2+64+0:3"},
    "large": {"mem": 6144, "smp": 2},
}

PAGE = 4096


def left(line):
    """The shape of a line whose numbers begin at fixed columns."""
    return re.sub(r"\d+", "#", line)


def right(line):
    """The shape of a line whose numbers end at fixed columns."""
    return re.sub(r" *\b\d+\b", lambda m: "#" * len(m[0]), line)


def same_lines(got, linux, shape):
    for a, b in zip(got.split("\n"), linux.split("\n")):
        want(shape(a) == shape(b), "line %r, on Linux %r" % (a, b))
    same(got.count("\n"), linux.count("\n"), "lines")


# -- zoneinfo ---------------------------------------------------------------------

def zones(text):
    """{(node, name): {field: number}}; cpus: [(count, high, batch)], protection: [pages]."""
    found = {}
    for part in re.split(r"^(?=Node)", text, flags=re.M)[1:]:
        head = re.match(r"Node (\d+), zone +(\S+)\n", part)
        # a CPU has a "high" too
        whole = re.sub(r"^  pagesets\n(    .*\n|  vm stats.*\n)*", "", part, flags=re.M)
        zone = {m[1]: int(m[2]) for m in
                re.finditer(r"^ +(?:pages )?(\w+):? +(\d+)$", whole, re.M)}
        zone["protection"] = [int(n) for n in
                              re.search(r"protection: \((.*)\)", part)[1].split(", ")]
        zone["cpus"] = [tuple(int(n) for n in m.groups()) for m in
                        re.finditer(r"count: (\d+)\n +high: +(\d+)\n +batch: (\d+)", part)]
        found[int(head[1]), head[2]] = zone
    return found


def pcp_batch(managed):
    batch = max(min(managed >> 10, (1 << 20) // PAGE) // 4, 1)
    return (1 << ((batch + batch // 2).bit_length() - 1)) - 1 or 1


def watermarks(all_zones, q):
    pages_min = int(q["sys/vm/min_free_kbytes"]) // (PAGE >> 10)
    scale = int(q["sys/vm/watermark_scale_factor"])
    total = sum(z["managed"] for z in all_zones.values())
    for name, z in all_zones.items():
        if not z["managed"]:
            continue
        least = pages_min * z["managed"] // total
        step = max(least // 4, z["managed"] * scale // 10000)
        same([z["min"], z["low"], z["high"]], [least, least + step, least + 2 * step],
             "watermarks of %s %s" % name)


def reserves(all_zones, q):
    """A zone keeps back a share of the pages of those above it in its node."""
    ratio = [int(n) for n in q["sys/vm/lowmem_reserve_ratio"].split()]
    names = ["DMA", "DMA32", "Normal", "Movable", "Device"]
    for (node, name), z in all_zones.items():
        i = names.index(name)
        above, expected = 0, [0] * len(names)
        for j in range(i + 1, len(names)):
            above += all_zones[node, names[j]]["managed"]
            if i < len(ratio) and ratio[i] and z["managed"]:
                expected[j] = above // ratio[i]
        same(z["protection"], expected, "protection of %d %s" % (node, name))


def pagesets(all_zones, machine):
    for (node, name), z in all_zones.items():
        if not z["managed"]:
            continue
        batch = pcp_batch(z["managed"])
        high = max(z["low"] // (machine["cpus"].get(node) or machine["smp"]), 4 * batch)
        for cpu, (_, cpu_high, cpu_batch) in enumerate(z["cpus"]):
            same((cpu_high, cpu_batch), (high, batch),
                 "high and batch of CPU %d in %d %s" % (cpu, node, name))
        same(len(z["cpus"]), machine["smp"], "CPUs of %d %s" % (node, name))


def zoneinfo(got, linux, q, machine):
    same_lines(got, linux, left)
    mine, theirs = zones(got), zones(linux)
    same(list(mine), list(theirs), "zones")
    for name, z in mine.items():
        for field in ("spanned", "present", "start_pfn"):
            same(z.get(field), theirs[name].get(field), "%s of %s %s" % ((field,) + name))
        want(z["free"] <= z["managed"] <= z["present"] <= z["spanned"], "pages of", name, z)
    watermarks(mine, q)
    reserves(mine, q)
    pagesets(mine, machine)


# -- the free lists ------------------------------------------------------------------

def buddyinfo(got, linux, q, machine):
    same_lines(got, linux, right)


def pagetypeinfo(got, linux, q, machine):
    def blocks(text):
        rows = re.findall(r"^Node (\d+), zone +(\S+) +((?:\d+ +)+)$", text, re.M)
        return {(node, name): sum(int(n) for n in row.split()) for node, name, row in rows}

    same_lines(got, linux, right)
    same(got.split("\n")[:2], linux.split("\n")[:2], "size of a block")
    same(blocks(got), blocks(linux), "pageblocks")


# -- vmallocinfo, slabinfo -------------------------------------------------------------

AREA = re.compile(r"0x([0-9a-f]{16})-0x([0-9a-f]{16}) ( {0,6}\d+)"
                  r"(?: ([\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+))?(?: pages=(\d+))?"
                  r"(?: phys=0x[0-9a-f]{16})?( ioremap)?( vmalloc)?( vmap)?( user)?"
                  r"(?: dma-coherent)?(?: vpages)?((?: N\d+=\d+)*)"
                  r"|0x[0-9a-f]{16}-0x[0-9a-f]{16}  {0,6}\d+ unpurged vm_area")


def vmallocinfo(got, linux, q, machine):
    for text in (got, linux):
        for line in text.splitlines():
            want(AREA.fullmatch(line), "line", repr(line))
    last = 0
    for line in got.splitlines():
        m = AREA.fullmatch(line)
        if not m[1]:
            continue
        start, end, pages = int(m[1], 16), int(m[2], 16), int(m[5] or 0)
        want(last <= start < end and int(m[3]) == end - start, "area", line)
        last = end
        if pages:
            same(sum(int(n) for n in re.findall(r"=(\d+)", m[10])), pages, line)
            want(pages * PAGE < end - start, "no guard page:", line)
    # a stack of a task is the same on both
    stack = r"20480 \S+ pages=4 vmalloc N0=4$"
    want(re.search(stack, got, re.M) and re.search(stack, linux, re.M), "no stack of a task")


def slab_line(line):
    """[name, numbers...] of a line, which is printed as Linux prints it."""
    words = [w for w in line.split() if w not in (":", "tunables", "slabdata")]
    row = words[:1] + [int(w) for w in words[1:]]
    same(line, "%-17s %6d %6d %6d %4d %4d : tunables %4d %4d %4d : slabdata %6d %6d %6d"
         % tuple(row), "line")
    return row


def slabinfo(got, linux, q, machine):
    def parse(text):
        return {row[0]: row for row in map(slab_line, text.splitlines()[2:])}

    same(got.split("\n")[:2], linux.split("\n")[:2], "headings")
    mine, theirs = parse(got), parse(linux)
    for name, (_, active, objects, size, each, pages, *_, used, slabs, _) in mine.items():
        want(active <= objects <= slabs * each and used <= slabs, "objects of", name)
        want(0 < each * size <= pages * PAGE and not pages & (pages - 1), "a slab of", name)
    plain = [n for n in theirs if re.match(r"(dma-)?kmalloc-(rcl-)?\d", n)]
    same([n for n in mine if "kmalloc-" in n], plain, "classes of kmalloc")
    for name in plain:
        same(mine[name][3], theirs[name][3], "size of " + name)


# -- resources ----------------------------------------------------------------------

def iomem(got, linux, q, machine):
    kernel = re.compile(r"  [0-9a-f]{8,}-[0-9a-f]{8,} : (Kernel \w+)")

    def split(text):
        lines = text.splitlines()
        return ([x for x in lines if not kernel.fullmatch(x)],
                [m[1] for m in map(kernel.fullmatch, lines) if m])

    (mine, parts), (theirs, linux_parts) = split(got), split(linux)
    same(parts, linux_parts, "parts of the kernel")
    beyond_linux(mine, theirs, r"PCI Bus|PNP|^  .* 0000:|QEMU")


def ioports(got, linux, q, machine):
    def lines(text):
        return [x.strip() for x in text.splitlines()]

    beyond_linux(sorted(lines(got)), sorted(lines(linux)), r"PCI|0000:00:|cga|QEMU")


def beyond_linux(mine, theirs, others):
    same([x for x in mine if x not in theirs], [], "lines that Linux has not")
    same([x for x in theirs if x in mine], mine, "order")
    same([x for x in theirs if x not in mine and not re.search(others, x)], [], "missing")


# -- counters -----------------------------------------------------------------------

def vmstat(got, linux, q, machine):
    same_lines(got, linux, left)


def meminfo(got, linux, q, machine):
    same_lines(got, linux, right)


def number(got, linux, q, machine):
    want(left(got) == left(linux), "%r, on Linux %r" % (got, linux))


RULES = {
    "zoneinfo": zoneinfo, "buddyinfo": buddyinfo, "pagetypeinfo": pagetypeinfo,
    "vmallocinfo": vmallocinfo, "slabinfo": slabinfo, "iomem": iomem, "ioports": ioports,
    "vmstat": vmstat, "meminfo": meminfo, "sys/vm/min_free_kbytes": number,
    "sys/vm/watermark_scale_factor": number, "sys/vm/lowmem_reserve_ratio": number,
}


# -- who holds objects --------------------------------------------------------------

CODE = r"[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+"
PLACE = re.compile(r" *(\d+) (?:%s|<not-available>)(?: waste=\d+/\d+)?"
                   r" age=(\d+)(?:/(\d+)/(\d+))? pid=(\d+)(?:-\d+)?"
                   r"( cpus=[\d,-]+)?( nodes=[\d,-]+)?" % CODE)


def places(text, machine):
    """[objects] of the places in a text; each is a line, its stack, and an empty line."""
    found = []
    for block in text.rstrip("\n").split("\n\n"):
        lines = block.split("\n")
        # who has no stack has no empty line either
        while lines and PLACE.fullmatch(lines[0]):
            m = PLACE.fullmatch(lines.pop(0))
            want(m[1].rjust(7) + " " == m[0][:len(m[1].rjust(7)) + 1], "columns of", m[0])
            want(not m[3] or int(m[2]) <= int(m[3]) <= int(m[4]), "ages of", m[0])
            same(bool(m[6]), machine["smp"] > 1, "CPUs of " + m[0])
            same(bool(m[7]), len(machine["cpus"]) > 1, "nodes of " + m[0])
            found.append(int(m[1]))
        for line in lines:
            want(re.fullmatch("        " + CODE, line), "a stack:", repr(line))
    return found


def traces(got, linux, q, machine):
    for text in (got, linux):
        found = places(text, machine)
        want(found and found == sorted(found, reverse=True), "order of", found)


TRACE_MACHINES = {
    "traces": {"smp": 2, "mem": 256, "append": "slub_debug=U,vm_area_struct,filp"},
    "traces-nodes": {"smp": 2, "numa": "2", "append": "slub_debug=U,vm_area_struct,filp"},
}
TRACE_RULES = {
    "names": exact, "errors": exact, "vm_area_struct/alloc_traces": traces,
    "vm_area_struct/free_traces": traces, "filp/alloc_traces": traces,
}


def cpus_of_nodes(config):
    """{node: CPUs that it has}: nodes are numbered as ACPI's table names them, CPUs first."""
    if "numa" not in config:
        return {0: config["smp"]}
    if ":" not in config["numa"]:
        nodes = int(config["numa"])
        return {node: config["smp"] // nodes for node in range(nodes)}
    parts = config["numa"].split("@")[0].split("+")
    ranges = [part.split(":")[1].split("-") for part in parts if ":" in part]
    counts = [int(cpus[-1]) - int(cpus[0]) + 1 for cpus in ranges]
    return dict(enumerate(counts + [0] * (len(parts) - len(counts))))
