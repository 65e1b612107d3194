"""The models find mistakes: each is given some, and has to shrink its run to a short test.

A mistake is one in the model (--plant), which makes right answers look wrong. What is
looked at is the way from there on: the run fails, no more than ten operations are left,
and the test that is printed compiles against the headers of tests/unit and fails too.
"""

import os
import re
import subprocess

OUT = "out/tests/model"
MOST = 10           # operations

PLANTS = {
    "buddy": ("lose-order-3", "forget-reference"),
    "slab": ("short-object", "forget-free"),
    "vmalloc": ("no-guard", "forget-flush"),
    "vm": ("keep-copy", "hole-is-fine", "short-unmap"),
    "memblock": ("reserve-short", "keep-node"),
}


def _run(command):
    p = subprocess.run(command, text=True, timeout=300, stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    return p.returncode, p.stdout


def _compile(source, program):
    flags = ("-std=gnu11 -g -O1 -Wall -Wno-pointer-sign -fno-strict-aliasing -pthread "
             "-fsanitize=address,undefined -DCONFIG_DEBUG_MM -DCONFIG_DEBUG_LOCKS "
             "-DCONFIG_DEBUG_MM_SLOW -Iarch/host/include -Iinclude -Itests/unit -I.").split()
    return _run([os.environ.get("CC", "gcc"), *flags, "-o", program, source,
                 "out/host-san/libquire.a", "-lcmocka"])


def plant(name, mistake):
    """"" or what went wrong."""
    source = "%s/shrunk_%s_%s.c" % (OUT, name, mistake)
    program = source[:-2]
    if os.path.exists(source):
        os.unlink(source)
    status, out = _run(["%s/model_%s" % (OUT, name), "--plant", mistake, "--out", source,
                        "--round", "5000"])
    found = re.search(r"shrunk to (\d+) operations", out)
    if status != 1 or not found:
        return "model_%s --plant %s: status %d\n%s" % (name, mistake, status, out)
    if int(found.group(1)) > MOST:
        return "%s operations are left\n%s" % (found.group(1), out)
    status, out = _compile(source, program)
    if status:
        return "%s does not compile\n%s" % (source, out)
    status, out = _run([program])
    if not status:
        return "%s passes\n%s" % (source, out)
    return ""


TESTS = [("%s-%s" % (name, mistake), name, mistake)
         for name, mistakes in sorted(PLANTS.items()) for mistake in mistakes]
