"""Debian's own programs in the guest, which have to print what they print on Linux.

bash, coreutils, perl, gawk and sqlite3 run what is in tests/guest/debian; python3.11 runs
its own test_mmap, test_gc, test_threading, test_signal and test_subprocess. The output is
compared to the byte: the scripts print nothing that differs from run to run, and of
Python's tests only what became of each, which must not be a failure.

The long run (QUIRE_LONG=1, `make test-programs`) has a million rows for sqlite3 and all of
Python's tests but those that tests/guest/debian/python-left-out names for any run.
"""

import glob
import os

import newc

CPIO = "out/debian-programs.cpio"
CONFIG = {"mem": 1024, "smp": 2}
# what one boot runs
BOOTS = (
    ("bash", "coreutils", "perl", "gawk", "sqlite"),
    ("python-mmap", "python-gc", "python-threading", "python-signal"),
    ("python-subprocess",),
)


def command(names, long_run):
    return "sh /tests/debian.sh %s %s" % ("long" if long_run else "short", " ".join(names))


def archive():
    """The programs, and the scripts that they run."""
    ar = newc.Archive()
    with open("tests/guest/rootfs/debian.sh", "rb") as f:
        ar.file("tests/debian.sh", f.read(), 0o755)
    for path in sorted(glob.glob("tests/guest/debian/*")):
        with open(path, "rb") as f:
            ar.file("tests/debian/" + os.path.basename(path), f.read())
    with open(CPIO, "rb") as f:
        return f.read() + ar.bytes()


def wrong(name, got, linux):
    """What is wrong with a section (body, status) beside Linux's, or None."""
    if name.startswith("python") and linux[1]:
        return "fails on Linux:\n" + linux[0]
    if got[1] != linux[1]:
        return "status %d, on Linux %d" % (got[1], linux[1])
    return None if got[0] == linux[0] else "prints something else"
