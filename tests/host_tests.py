"""The host library as somebody else uses it. Each test returns "" or what went wrong.

It is installed into a folder of its own; what is tested then knows nothing of the tree
but what pkg-config says. And a rule about the sources: what the unit tests of flushes name.
"""

import glob
import os
import re
import subprocess

PLACE = os.path.abspath("out/tests/installed")
PREFIX = "/opt/quire"
LIB = PLACE + PREFIX + "/lib"
ENV = {**os.environ, "PKG_CONFIG_PATH": LIB + "/pkgconfig",
       "PKG_CONFIG_SYSROOT_DIR": PLACE, "LD_LIBRARY_PATH": LIB}


def _sh(command):
    """(status, output) of a shell command."""
    p = subprocess.run(command, shell=True, text=True, env=ENV, timeout=300,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    return p.returncode, p.stdout


def _install():
    status, out = _sh("rm -rf '%s' && make --no-print-directory install DESTDIR='%s' PREFIX=%s"
                      % (PLACE, PLACE, PREFIX))
    return out if status else ""


def _example(libs):
    """Build examples/two_nodes.c against the installed library; run it twice."""
    error = _install()
    if error:
        return error
    program = "out/tests/two_nodes"
    status, out = _sh("${CC:-gcc} -Wall -Wextra -Werror -O2 -o %s examples/two_nodes.c "
                      "$(pkg-config --cflags quire) %s" % (program, libs))
    if status:
        return out
    runs = [_sh(program) for _ in range(2)]
    status, out = runs[0]
    if status or not out.endswith("\n0 leaks\n"):
        return "status %d\n%s" % (status, out)
    if len(re.findall(r"^Node [01], zone ", out, re.M)) < 4:
        return "no two nodes in\n" + out
    if not re.search(r"^[0-9a-f]{8,}-[0-9a-f]{8,} rw-p 00000000 00:00 0", out, re.M):
        return "no areas in\n" + out
    if "parent reads a, child reads c" not in out:
        return out
    return "" if runs[0] == runs[1] else "two runs differ:\n%s\n%s" % (out, runs[1][1])


def example_shared():
    return _example("$(pkg-config --libs quire)")


def example_static():
    return _example("%s/libquire.a -pthread" % LIB)


def example_32bit():
    """The same program for 32 bit, with 2-level page tables, from the tree's own archive."""
    program = "out/tests/two_nodes32"
    status, out = _sh("${CC:-gcc} -m32 -Wall -Wextra -Werror -O2 -o %s examples/two_nodes.c "
                      "-isystem include -isystem arch/host/include out/host32/libquire.a -pthread" % program)
    if status:
        return out
    status, out = _sh(program)
    good = not status and out.endswith("\n0 leaks\n") and "child reads c" in out
    return "" if good else "status %d\n%s" % (status, out)


def _names(command):
    return {line.split()[0].split("@")[0] for line in _sh(command)[1].split("\n") if line}


def symbols():
    """Both libraries show what the headers declare, and nothing else."""
    with open("out/host/exports") as f:
        want = set(f.read().split())
    archive = _names("nm -g --defined-only -P out/host/libquire.a | grep -v ':$'")
    shared = _names("nm -D --defined-only -P out/host/libquire.so")
    libc = _names("nm -D --defined-only -P $(${CC:-gcc} -print-file-name=libc.so.6)")
    errors = ["%s: only in %s" % (" ".join(sorted(names)), where) for names, where in (
        (archive ^ want, "the archive or the headers"),
        (shared ^ want, "the shared library or the headers"),
        (want & libc, "both this and the C library")) if names]
    for name in ("machine_create", "alloc_pages", "kmem_cache_create", "vm_mmap", "dup_mm"):
        if name not in want:
            errors.append(name + " is hidden")
    for name in ("os_ram_map", "rmqueue_buddy", "slab_alloc", "vma_merge"):
        if name in want:
            errors.append(name + " is not")
    return "\n".join(errors)


def _flush_calls():
    """{"file function"} of each flush in mm/ that other CPUs take part in."""
    found = set()
    for path in glob.glob("mm/*/*.c"):
        function = None
        with open(path) as f:
            for line in f:
                head = re.match(r"[a-z].*?(\w+)\([^;]*$", line)
                function = head.group(1) if head else function
                if re.match(r"\t+flush_tlb_(mm|mm_range|kernel_range)\(", line):
                    found.add("%s %s" % (os.path.basename(path), function))
    return found


def flush_sites():
    """tests/unit/test_flush_sites.c takes away each TLB flush that there is."""
    with open("tests/unit/test_flush_sites.c") as f:
        tested = set(re.findall(r'"(\w+\.c \w+)"', f.read()))
    calls = _flush_calls()
    errors = ["%s: %s" % (text, ", ".join(sorted(sites))) for sites, text in (
        (calls - tested, "flushes that no test takes away"),
        (tested - calls, "tests of flushes that are gone")) if sites]
    return "\n".join(errors)


TESTS = [(f.__name__, f) for f in (example_shared, example_static, example_32bit, symbols,
                                         flush_sites)]
