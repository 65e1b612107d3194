"""One boot of mmbench, the program that measures, as the first process.

The same initramfs boots on every kernel: mmbench is /init, the programs that
its exec cases run stand in /bin with the libraries that the dynamic ones need,
and /mmbench.args holds mmbench's arguments.  What it prints on the serial line
comes back as a dict

    "case size" -> {"unit": ..., "figure": ..., "ops": ...}
                   or {"unit": ..., "error": ...}

A kernel that stops within a case does not end the run: the case is noted and
the machine boots again for what follows it.
"""

import os
import select
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tools"))
import newc  # noqa: E402
import qemu  # noqa: E402

MMBENCH = os.path.join(qemu.OUT, "guest", "user", "mmbench")
BENCH_OUT = os.path.join(qemu.OUT, "bench")
# What makes Debian's Linux the hardest opponent, and its layout repeatable.
TUNED = ("mitigations=off init_on_alloc=0 cgroup_disable=memory "
         "randomize_kstack_offset=off audit=0 apparmor=0 nokaslr norandmaps")
ICOUNT = ["-icount", "shift=0,sleep=off"]
MEM = "2048"
# No "fast rep" on this CPU: with it Linux clears and copies by bytes, and each
# byte would count as an instruction.
CPU = "qemu64"
STALL = 150             # seconds without a line before a case is given up
RESTARTS = 12

FILES = (               # in the guest, on this machine
    ("bin/busybox", "/bin/busybox"),
    ("bin/dynamic-musl", os.path.join(BENCH_OUT, "dynamic-musl")),
    ("lib/ld-musl-x86_64.so.1", "/lib/ld-musl-x86_64.so.1"),
    ("bin/dynamic-glibc", os.path.join(BENCH_OUT, "dynamic-glibc")),
    ("lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2"),
    ("lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6"),
)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def initrd(arguments, more=()):
    ar = newc.Archive()
    for name in ("dev", "proc", "tmp", "bin", "lib", "lib64"):
        ar.dir(name)
    ar.char("dev/console", 5, 1, 0o600)
    ar.char("dev/null", 1, 3)
    program = read(MMBENCH)
    ar.file("init", program, 0o755)
    ar.file("bin/mmbench", program, 0o755)
    for name, path in FILES:
        if os.path.exists(path):
            ar.file(name, read(path), 0o755)
    ar.file("mmbench.args", " ".join(arguments) + "\n")
    for name, data in more:
        ar.file(name, data)
    return ar.bytes()


class Kernel:
    """A kernel to measure: its name in tables, image, more command line."""

    def __init__(self, name, image, append=""):
        self.name = name
        self.image = image
        self.append = append


def quire():
    return Kernel("Quire", qemu.KERNEL, "")


def linux(series, fetch=True):
    """Debian's Linux 6.1 or 6.12; None where the package cannot be had."""
    if fetch and subprocess.call([os.path.join(TOP, "tools", "oracle.sh"), series],
                                 stdout=sys.stderr):
        return None
    folder = "oracle" if series == "6.1" else "oracle-" + series
    image = os.path.join(qemu.OUT, folder, "vmlinuz")
    if not os.path.exists(image):
        return None
    package = read(os.path.join(qemu.OUT, folder, "version")).decode().strip()
    version = package.removeprefix("linux-image-").removesuffix("-cloud-amd64")
    return Kernel("Linux " + version, image, TUNED)


def lines_of(argv, stall):
    """The lines on the serial port; raises TimeoutError when they stop."""
    proc = subprocess.Popen(argv + ["-monitor", "none", "-serial", "stdio"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    fd = proc.stdout.fileno()
    rest = b""
    last = time.monotonic()
    try:
        while True:
            left = last + stall - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not select.select([fd], [], [], left)[0]:
                continue
            data = os.read(fd, 65536)
            if not data:
                break
            last = time.monotonic()
            *whole, rest = (rest + data).replace(b"\r", b"").split(b"\n")
            for line in whole:
                yield line.decode(errors="replace")
        yield rest.decode(errors="replace")
    finally:
        if proc.poll() is None:
            proc.kill()
        proc.wait()
        proc.stdout.close()


def machine_argv(kernel, path, icount, smp, extra=()):
    extra = (ICOUNT if icount else []) + list(extra)
    accel = "tcg" if icount else qemu.probe_accel()
    return qemu.Machine(kernel.image, mem=MEM, smp=str(smp), append=kernel.append,
                        accel=accel, cpu=CPU if accel == "tcg" else None,
                        extra=extra).argv(path)


class Boot:
    """Takes the lines of one boot apart."""

    def __init__(self, results, progress):
        self.results = results
        self.progress = progress
        self.current = None     # (case, size, unit) that is running
        self.started = 0
        self.ended = False
        self.tail = []

    def take(self, line):
        self.tail = (self.tail + [line])[-30:]
        word = line.split()
        if word[:2] == ["#", "end"]:
            self.ended = True
        elif word[:1] == ["#"] and len(word) == 4:
            self.current = word[1:]
            self.started += 1
            self.progress(" ".join(word[1:3]))
        elif self.current and word[:2] == self.current[:2]:
            self.finish(word[2:])

    def finish(self, rest):
        entry = {"unit": self.current[2]}
        try:
            entry["figure"] = float(rest[0])
            entry["ops"] = int(rest[1])
        except (ValueError, IndexError):
            entry["error"] = " ".join(rest)
        self.results[" ".join(self.current[:2])] = entry
        self.current = None

    def gave_up(self, why):
        """The machine stopped: within a case, that case is to blame."""
        if self.current:
            self.results[" ".join(self.current[:2])] = {
                "unit": self.current[2], "error": why}
        self.current = None


def run(kernel, arguments=(), patterns=(), icount=True, smp=1,
        progress=lambda text: None, stall=STALL):
    """Measure the cases that match @patterns (all without); the results."""
    results = {}
    skip = 0
    for _ in range(RESTARTS):
        words = (["-t"] if icount else []) + list(arguments)
        words += ["-s", str(skip)] + list(patterns)
        boot = Boot(results, progress)
        why = "kernel stopped"
        with tempfile.NamedTemporaryFile(prefix="quire-") as f:
            f.write(initrd(words))
            f.flush()
            try:
                for line in lines_of(machine_argv(kernel, f.name, icount, smp), stall):
                    boot.take(line)
            except TimeoutError:
                why = "no end"
        if boot.ended:
            break
        boot.gave_up(why)
        skip += boot.started
        save_log(kernel, boot)
        print("%s: %s\n  %s" % (kernel.name, why, "\n  ".join(boot.tail[-12:])),
              file=sys.stderr)
        if not boot.started:
            break
    return results


def save_log(kernel, boot):
    os.makedirs(BENCH_OUT, exist_ok=True)
    name = kernel.name.lower().replace(" ", "-") + ".log"
    with open(os.path.join(BENCH_OUT, name), "w") as f:
        f.write("\n".join(boot.tail) + "\n")


def wanted():
    """All "case size", in mmbench's order, with their units."""
    text = subprocess.run([MMBENCH, "-l", "-w"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return {" ".join(w[:2]): w[2] for w in map(str.split, text.splitlines())
            if w[0] != "#"}


def commit():
    def git(*words):
        p = subprocess.run(["git", "-C", TOP, *words], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return p.stdout.strip()

    subject = git("log", "-1", "--format=%h %s").split(" ", 1)
    dirty = git("status", "--porcelain", "-uno", "--", "arch", "mm", "lib", "kernel",
                "fs", "drivers", "init", "include")
    return {"commit": subject[0], "subject": subject[-1], "changed": bool(dirty)}


def commit_name():
    """The commit that is measured, with a + when files were changed since."""
    of = commit()
    return of["commit"] + ("+" if of["changed"] else "")


DOCUMENT = os.path.join(TOP, "docs", "benchmarks.md")


def replace_section(heading, text):
    """Write one section of docs/benchmarks.md anew, or append it; the others stay."""
    with open(DOCUMENT) as f:
        lines = f.read().split("\n")
    start = lines.index(heading) if heading in lines else len(lines)
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("## ")),
               len(lines))
    before = "\n".join(lines[:start]).rstrip("\n")
    after = "\n".join(lines[end:]).rstrip("\n")
    parts = [part for part in (before, text.rstrip("\n"), after) if part]
    with open(DOCUMENT + ".tmp", "w") as f:
        f.write("\n\n".join(parts) + "\n")
    os.replace(DOCUMENT + ".tmp", DOCUMENT)
