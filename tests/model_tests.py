"""The models find bugs: each is given some, and has to shrink its run to a short test.

plant   a mistake in the model makes right answers look wrong: the test that is printed
        compiles against the headers of tests/unit, and fails
broken  a bug in mm/ (tests/model/broken.c): the test fails with the bug and passes
        without it

No more than ten operations may be left in either.
"""

import os
import re
import subprocess

OUT = "out/tests/model"
LIB = "out/host-san/libquire.a"
ENGINE = ["tests/model/%s.c" % name for name in ("main", "run", "shrink", "os")]
MOST = 10           # operations

CC = os.environ.get("CC", "gcc")
FLAGS = ("-std=gnu11 -g -O0 -Wall -Wno-pointer-sign -fno-strict-aliasing -pthread "
         "-DCONFIG_DEBUG_MM -DCONFIG_DEBUG_LOCKS -DCONFIG_DEBUG_MM_SLOW "
         "-Iarch/host/include -Iinclude -Itests -Itests/unit -I.").split()

PLANTS = [("buddy", "lose-order-3"), ("memblock", "keep-node"), ("slab", "short-object"),
          ("vm", "hole-is-fine"), ("vm", "keep-copy"), ("vmalloc", "forget-flush")]
BROKEN = [("buddy", "free_one_page"), ("memblock", "__next_mem_range_rev"),
          ("slab", "slab_flush_cpu"), ("vm", "flush_tlb_mm_range"), ("vmalloc", "kernel_unmap")]


def _run(*command):
    p = subprocess.run(command, text=True, timeout=300, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    return p.returncode, p.stdout


def _compile(program, sources, wrapped=""):
    """The library is sanitized; what is compiled here is not, which is quicker."""
    defines, objects = [], []
    if wrapped:
        sources = [*sources, "tests/model/broken.c"]
        defines = ["-DWRAP_" + wrapped]
    for source in sources:
        objects.append("%s.%s.o" % (program, os.path.basename(source)))
        status, out = _run(CC, *FLAGS, *defines, "-c", "-o", objects[-1], source)
        if status:
            return status, out
    return _run(CC, "-pthread", "-fsanitize=address,undefined", "-o", program, *objects,
                *(["-Wl,--wrap=" + wrapped] if wrapped else []), LIB, "-lcmocka")


def _shrink(program, source, *args):
    """Run a model that must fail. Returns "" or what went wrong."""
    if os.path.exists(source):
        os.unlink(source)
    status, out = _run(program, *args, "--out", source)
    found = re.search(r"shrunk to (\d+) operations", out)
    if status != 1 or not found:
        return "%s %s: status %d\n%s" % (program, " ".join(args), status, out)
    if int(found.group(1)) > MOST:
        return "%s operations are left\n%s" % (found.group(1), out)
    return ""


def _verdict(source, wrapped, passes):
    """Compile what was printed, with or without the bug; run it."""
    program = source[:-2] + ("-broken" if wrapped else "")
    status, out = _compile(program, [source], wrapped)
    if status:
        return "%s does not compile\n%s" % (source, out)
    status, out = _run(program)
    if passes == (status == 0):
        return ""
    return "%s ends with %d\n%s" % (program, status, out)


def plant(name, mistake):
    source = "%s/shrunk_%s_%s.c" % (OUT, name, mistake)
    return (_shrink("%s/model_%s" % (OUT, name), source, "--plant", mistake) or
            _verdict(source, "", False))


def broken(name, function):
    program = "%s/model_%s-%s" % (OUT, name, function)
    source = "%s/shrunk_%s_%s.c" % (OUT, name, function)
    status, out = _compile(program, ["tests/model/model_%s.c" % name, *ENGINE], function)
    if status:
        return out
    return (_shrink(program, source, "--ops", "1000000") or
            _verdict(source, function, False) or _verdict(source, "", True))


TESTS = ([("plant/%s-%s" % job, plant, job) for job in PLANTS] +
         [("broken/%s-%s" % job, broken, job) for job in BROKEN])
