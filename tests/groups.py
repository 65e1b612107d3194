"""The groups of tests: what they run and how a result is judged.

    unit/NAME             tests/unit/test_NAME.c, hosted, sanitized, cmocka
    unit/GEOMETRY/NAME    the same on another machine of tests/geometry.h
    unit32/..., model32/GEOMETRY/NAME  both as programs of 32 bit, on two of the machines
    model/GEOMETRY/NAME   tests/model/model_NAME.c: a random run against a slow model;
                          NAME-faults: with allocations that fail
    model/plant/NAME-X    the model shrinks a run with mistake X to a test of it
    model/broken/NAME-F   the same with a bug in function F of mm/
    threads/PART          tests/threads: 2 to 8 CPUs at once, under ThreadSanitizer
    fuzz/TARGET           tests/fuzz: the inputs that are kept, run again
    port/NAME             tests/port: the contract of mm/port.h; levels 1 and 2 alone
    host/NAME             the host library, installed and used from outside
    globals/PORT          mm/ and lib/ define no writable symbol
    levels/PORT           no part of mm/ refers to a symbol of a later level
    image/size            bzImage is below 1 MiB
    image/bench           instructions of the boot and MemTotal, next to Linux's
    guest/CONFIG/NAME     tests/guest/NAME.c on Quire, TAP compared with Linux
    programs/CONFIG/NAME  each line of tests/programs/NAME.cmds, as on Linux
    numa/NAME             nodes, zones and /sys of a machine with -numa, as on Linux;
                          policy-NAME: where memory comes from by policies
    cpu/NAME              a guest test on another CPU: without protection keys
    tools/MACHINE         Debian's free, lscpu, numactl, dmidecode ... beside Linux
    checked/BOOT/NAME     some of guest/ with slub_debug=, or with pages filled when they
                          are freed and handed out; log: the kernel reports no damage
    proc/MACHINE          /proc about physical memory, line by line beside Linux
    debian/NAME           bash, coreutils, perl, gawk, sqlite3 and Python's own tests print
                          what they print on Linux
    stress/NAME           a stressor of Debian's stress-ng with verification, on four CPUs
    scale/STATE           many areas, threads, processes, forks: no more memory than Linux
    calls/NAME            random calls about memory, answers as on Linux; storm: many at once
    console/KERNEL/NAME   the dialogue tests/console/NAME.con on the serial line
    boot/NAME             ways to boot, damaged initrds
    docs/errors           docs/errors.md has the lines of tests/guest/test_errno.c

CONFIG is MEMxCPUS.  A job is what runs at one go (one boot, mostly) and yields
one Item per name.  Linux (the oracle) runs each guest job once; its output is
kept in out/oracle/cache under a hash of all that went in.
"""

import difflib
import glob
import hashlib
import json
import os
import re
import subprocess
import threading

import newc
import qemu
import boot_tests
import calls_tests
import console
import debian_tests
import errors
import host_tests
import model_tests
import proc_tests
import scale_tests
import tools_tests

TOP = qemu.TOP
CONFIGS = [(mem, smp) for mem in (64, 8192) for smp in (1, 4)]
BOOT_TIMEOUT = 600
TOOLS_CPIO = "out/debian-tools.cpio"
GDB_CPIO = "out/debian-gdb.cpio"
STRESS_CPIO = "out/debian-stress.cpio"

# make test-long: the counts that the tests of leaks are meant for
# nine rounds of a quarter each: 101,000 processes, 1,000 pipelines
LONG = "TEST_TIMEOUT=20000 LEAK_FORKS=45000 LEAK_PIPELINES=444 "
if os.environ.get("QUIRE_LONG"):
    BOOT_TIMEOUT = 20000
else:
    LONG = ""
# operations of a short run of a model: some seconds each with sanitizers
MODEL_OPS = {"buddy": "60000", "memblock": "40000", "slab": "100000", "vm": "100000",
             "vmalloc": "20000"}


class Item:
    """One named test with its counts and, for failures, the reason."""

    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0
        self.detail = ""
        self.repeat = ""        # the command, where it is not tests/run --only

    def ok(self, count=1):
        self.passed += count
        return self

    def fail(self, detail, count=1):
        self.failed += count
        self.detail += detail.rstrip() + "\n"
        return self

    def skip(self, why, count=1):
        self.skipped += count
        self.detail += why + "\n"
        return self

    def counts(self):
        parts = ["%d ok" % self.passed] if self.passed else []
        if self.failed:
            parts.append("%d failed" % self.failed)
        if self.skipped:
            parts.append("%d skipped" % self.skipped)
        return ", ".join(parts) or "empty"


class Job:
    def __init__(self, names, func):
        self.names = names
        self.func = func

    def run(self, report):
        """Run and report each item; a bug of the driver is a failed item."""
        try:
            for item in self.func():
                report(item)
        except Exception as e:      # the other jobs go on
            report(Item(self.names[0]).fail("test driver: %r" % e))


# -- hosted -----------------------------------------------------------------

SAN_ENV = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0",
           "TSAN_OPTIONS": "halt_on_error=1",
           "UBSAN_OPTIONS": "print_stacktrace=1", "CMOCKA_MESSAGE_OUTPUT": "TAP"}


def hosted_job(name, binary, *args, geometry="", seconds=300):
    """A program of tests/unit or tests/model: one item."""
    def run():
        item = Item(name)
        if not os.path.exists(binary):
            yield item.fail(binary + " was not built")
            return
        try:
            p = subprocess.run([binary, *args], stdin=subprocess.DEVNULL, timeout=seconds,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env={**os.environ, **SAN_ENV, "QUIRE_GEOMETRY": geometry})
        except subprocess.TimeoutExpired as e:
            yield item.fail("no end after %d s\n%s" % (seconds, text(e.output or b"")[-4000:]))
            return
        out = text(p.stdout)
        points = parse_tap(out)
        for good, label in points:
            item.ok() if good else item.fail("not ok: " + label)
        if p.returncode and not item.failed:
            item.fail("exit status %d" % p.returncode)
        if not points and not item.failed:
            item.ok()               # a plain program: its status is the test
        if item.failed:
            item.detail += out
        yield item
    return Job([name], run)


def geometries():
    """The machines of tests/geometry.h; the first is the one of a run that names none."""
    with open("tests/geometry.h") as f:
        return re.findall(r"\.name = \"(\w+)\"", f.read())


def geometries32():
    """Those that machines of 32 bit have; in a long run all."""
    return geometries() if LONG else ["i386", "arm"]


def has_machine(path):
    """Does a test make machines? Those of lib/ do not."""
    with open(path) as f:
        return re.search(r"\bquire_(unit|fast)_test\b|\bgeometry_config\b", f.read())


def hosted_jobs():
    for path in sorted(glob.glob("tests/unit/test_*.c")):
        name = os.path.basename(path)[:-2]
        yield hosted_job("unit/" + name[5:], "out/tests/unit/" + name)
        for geometry in geometries()[1:] if has_machine(path) else []:
            yield hosted_job("unit/%s/%s" % (geometry, name[5:]), "out/tests/unit/" + name,
                             geometry=geometry)


def hosted32_jobs():
    for path in sorted(glob.glob("tests/unit/test_*.c")):
        name = os.path.basename(path)[:-2]
        for geometry in geometries32() if has_machine(path) else [""]:
            yield hosted_job("/".join(filter(None, ("unit32", geometry, name[5:]))),
                             "out/tests32/unit/" + name, geometry=geometry)
    for name in model_names():
        for geometry in geometries32():
            for how in ("", "-faults"):
                args = ["--geometry", geometry, "--ops", "500000" if LONG else "20000"]
                if how:
                    args.append("--check-nth-fault")
                yield hosted_job("model32/%s/%s%s" % (geometry, name, how),
                                 "out/tests32/model/model_" + name, *args,
                                 seconds=3600 if LONG else 300)


def model_names():
    return sorted(os.path.basename(p)[6:-2] for p in glob.glob("tests/model/model_*.c"))


def model_jobs():
    """Short runs with sanitizers; with QUIRE_LONG, long ones of a quicker build."""
    for name in model_names():
        for geometry in geometries():
            if os.environ.get("QUIRE_LONG"):
                yield from long_model_jobs(name, geometry)
                continue
            for how in ("", "-faults"):
                args = ["--geometry", geometry, "--ops", MODEL_OPS[name]]
                if how:
                    args.append("--check-nth-fault")
                yield hosted_job("model/%s/%s%s" % (geometry, name, how),
                                 "out/tests/model/model_" + name, *args)
    for label, func, args in model_tests.TESTS:
        def run(label=label, func=func, args=args):
            item = Item("model/" + label)
            error = func(*args)
            yield item.fail(error) if error else item.ok()
        yield Job(["model/" + label], run)


def long_model_jobs(name, geometry):
    for how, ops in (("", "10000000"), ("-faults", "1000000")):
        args = ["--geometry", geometry, "--ops", ops]
        if how:
            args.append("--check-nth-fault")
        yield hosted_job("model/%s/%s%s" % (geometry, name, how), "out/model/model_" + name,
                         *args, seconds=3600)


def threads_jobs():
    seconds = ("-t", "240") if LONG else ()
    return [hosted_job("threads/" + part, "out/tests/threads/stress", *seconds, part)
            for part in ("pages", "slab", "vmalloc", "vm")]


def fuzz_jobs():
    for path in sorted(glob.glob("tests/fuzz/corpus/*")):
        target = os.path.basename(path)
        yield hosted_job("fuzz/" + target, "tests/fuzz/run", "--replay", target)


def port_jobs():
    return [hosted_job("port/" + name, "out/tests/port/" + name)
            for name in ("contract", "level1", "level2")]


def host_jobs():
    """One after the other: they install into the same folder."""
    def run():
        for name, func in host_tests.TESTS:
            item = Item("host/" + name)
            error = func()
            yield item.fail(error) if error else item.ok()
    return [Job(["host/" + name for name, _ in host_tests.TESTS], run)]


def parse_tap(out):
    """[(good, label)] of the test points, with SKIP counted as good."""
    points = []
    for m in re.finditer(r"^(not )?ok\b[ \t]*\d*[ \t]*(.*)$", out, re.M):
        good = not m[1] or "# SKIP" in m[2]
        points.append((good, m[2].lstrip("- ")))
    return points


def globals_job(port, root):
    """Every symbol of mm/ and lib/ lies in a section that nobody writes."""
    def run():
        item = Item("globals/" + port)
        objs = [path for part in ("mm", "lib")
                for path in glob.glob("%s/%s/**/*.o" % (root, part), recursive=True)]
        if not objs:
            yield item.fail("no objects in " + root)
            return
        bad = []
        for path in sorted(objs):
            table = subprocess.run(["objdump", "-t", path], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout
            for line in table.split("\n"):
                m = re.match(r"[0-9a-f]+ .{7} (\S+)\t([0-9a-f]+) (?:\.hidden )?(\S+)$", line)
                if m and writable(m[1]) and int(m[2], 16):
                    bad.append("%s: %s in %s" % (path, m[3], m[1]))
        if bad:
            yield item.fail("\n".join(bad))
        else:
            yield item.ok()
    return Job(["globals/" + port], run)


# the levels of include/mm/port.h, lowest first
LEVELS = (("boot", "phys", "slab", "kspace", "defrag", "debug"), ("vm",), ("cache",))


def symbols(root, parts):
    """(defined, wanted) of the objects of these parts of mm/."""
    defined, wanted = set(), {}
    for part in parts:
        for source in glob.glob("mm/%s/*.c" % part):
            path = "%s/%s.o" % (root, source[:-2])
            if not os.path.exists(path):
                continue
            table = subprocess.run(["nm", "-P", path], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout
            for line in table.splitlines():
                name, kind = line.split()[:2]
                if kind in "Uw":
                    wanted[name] = path
                elif kind.isupper():
                    defined.add(name)
    return defined, wanted


def levels_job(port, root):
    """A kernel that wants the first levels alone can have them."""
    def run():
        item = Item("levels/" + port)
        levels = [symbols(root, parts) for parts in LEVELS]
        for number, (defined, wanted) in enumerate(levels, 1):
            later = set().union(*(level[0] for level in levels[number:]))
            bad = sorted(set(wanted) & later)
            if not defined:
                item.fail("no objects of level %d in %s" % (number, root))
            elif bad:
                item.fail("".join("level %d: %s refers to %s\n" % (number, wanted[name], name)
                                  for name in bad))
            else:
                item.ok()
        yield item
    return Job(["levels/" + port], run)


def writable(section):
    if section.startswith((".data.rel.ro", ".data..ro_after_init")):
        return False
    return section == "*COM*" or section.startswith((".data", ".bss", ".init.data",
                                                     ".tdata", ".tbss", ".init.bss"))


def size_job():
    def run():
        item = Item("image/size")
        if not os.path.exists(qemu.KERNEL):
            yield item.fail(qemu.KERNEL + " was not built")
            return
        size = os.path.getsize(qemu.KERNEL)
        if size < 1 << 20:
            yield item.ok()
        else:
            yield item.fail("bzImage has %d bytes, the limit is 1 MiB" % size)
    return Job(["image/size"], run)


def bench_job():
    """The boot is at most a tenth of Linux's and leaves more memory."""
    def run():
        item = Item("image/bench")
        p = subprocess.run(["bench/boot", qemu.KERNEL, "--check"], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        yield item.fail(p.stdout) if p.returncode else item.ok()
    return Job(["image/bench"], run)


# -- in the guest -----------------------------------------------------------

def text(raw):
    return raw.decode(errors="replace")


class Oracle:
    """Linux's output for a command, from the cache or by booting it once."""

    def __init__(self, enabled):
        self.lock = threading.Lock()
        self.enabled = enabled
        self.reason = None

    def available(self):
        with self.lock:
            if self.reason is None:
                if not self.enabled:
                    self.reason = "SKIP oracle: --no-oracle"
                else:
                    p = subprocess.run(["tools/oracle.sh"], text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    line = (p.stdout.strip().split("\n") or [""])[-1]
                    self.reason = "" if p.returncode == 0 else \
                        line or "SKIP oracle: tools/oracle.sh failed"
        return not self.reason

    def cache_file(self, *parts):
        """Where the output is kept that depends on @parts, the files of all boots, and Linux."""
        whole = hashlib.sha256()
        for path in (qemu.INITRD, os.path.join(qemu.OUT, "oracle", "version")):
            with open(path, "rb") as f:
                whole.update(hashlib.sha256(f.read()).digest())
        for part in parts:
            whole.update(hashlib.sha256(part).digest())
        return os.path.join(qemu.OUT, "oracle", "cache", whole.hexdigest()[:32])

    def boot(self, command, archive, end="", **config):
        """Linux's output for @command; @end: how it has to end (a pattern), or some got lost."""
        # The end of a session hangs up its terminal, and Linux then drops what the
        # serial line has not sent yet: stty waits until all of it is sent (TCSADRAIN).
        # Rarely an emulated Linux also stops for good: its timer is silent.
        for attempt in range(4):
            res = qemu.run(qemu.Machine(qemu.ORACLE, **config),
                           command + "\nstty -F /dev/console cs8\n", [archive], BOOT_TIMEOUT)
            out = text(res.output)
            stopped = res.status in (qemu.ST_TIMEOUT, qemu.ST_MACHINE)
            if not stopped and re.search(end + r"\Z", out):
                return out
        why = res.error if stopped else "no complete output"
        raise RuntimeError("oracle: %s\n%s" % (why, qemu.log_tail(res)))

    def output(self, command, archive, key_lock, end="", **config):
        words = command + "".join("\0%s=%s" % item for item in sorted(config.items()))
        path = self.cache_file(archive, words.encode())
        with key_lock:
            if not os.path.exists(path):
                save_json(path, self.boot(command, archive, end, **config))
            return load_json(path)

    def sections(self, suite, names):
        """{section: (body, status)} of @names, each kept under what it is made of."""
        paths = {n: self.cache_file(suite.common, suite.command.encode(), n.encode(),
                                    suite.parts[n]) for n in names}
        want = {}
        with suite.lock:
            missing = [n for n in names if not os.path.exists(paths[n])]
            out = self.boot(suite.command + " " + " ".join(missing), suite.archive,
                            r" status=\d+\n") if missing else ""
            for name in missing:
                own = {k: v for k, v in sections(out).items() if k.split(":")[0] == name}
                if own:
                    save_json(paths[name], own)
            for name in names:
                if os.path.exists(paths[name]):
                    want.update({k: tuple(v) for k, v in load_json(paths[name]).items()})
        return want


def load_json(path):
    with open(path) as f:
        return json.load(f)


def save_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".tmp", "w") as f:
        json.dump(value, f)
    os.replace(path + ".tmp", path)


def sections(out):
    """{name: (body, status)} of what run.sh and lines.sh print."""
    found = {}
    for m in re.finditer(r"^== (\S+)\n(.*?)^== \1 status=(\d+)$", out, re.M | re.S):
        found[m[1]] = (m[2], int(m[3]))
    return found


class Suite:
    """
    Things that one boot runs: a command with names, an archive, a judge. @parts says by
    name what of the archive only that name needs, @common what all need.
    """

    def __init__(self, group, parts, common, archive, command, judge, oracle):
        self.group = group
        self.names = sorted(parts)
        self.parts = parts
        self.common = common
        self.archive = archive
        self.command = command
        self.judge = judge
        self.oracle = oracle
        self.lock = threading.Lock()

    def jobs(self, wanted):
        for mem, smp in CONFIGS:
            config = "%s/%dx%d/" % (self.group, mem, smp)
            names = [n for n in self.names if wanted(config + n)]
            if names:
                yield Job([config + n for n in names],
                          lambda a=(config, mem, smp, names): self.run(*a))

    def run(self, config, mem, smp, names):
        if not os.path.exists(qemu.KERNEL):
            for name in names:
                yield Item(config + name).fail("there is no kernel to boot")
            return
        command = self.command + " " + " ".join(names)
        res = qemu.run(qemu.Machine(mem=mem, smp=smp), command, [self.archive],
                       BOOT_TIMEOUT)
        got = sections(text(res.output))
        want = {}
        if self.oracle.available():
            want = self.oracle.sections(self, names)
        for name in names:
            item = Item(config + name)
            self.judge(item, name, got, want, res)
            if not want:
                item.skip(self.oracle.reason)
            yield item


def machine_words(res):
    words = res.error or "it ended with status %s" % res.status
    return "the machine: %s\n%s" % (words, qemu.log_tail(res, 60))


def comparable(body):
    return [line.rstrip() for line in body.split("\n") if not line.startswith("#")]


def diff(want, got):
    return "\n".join(difflib.unified_diff(want, got, "Linux", "Quire", lineterm="", n=2))


def judge_tap(item, name, got, want, res):
    if name not in got:
        item.fail("no complete output\n" + machine_words(res))
        return
    body, status = got[name]
    for good, label in parse_tap(body):
        item.ok() if good else item.fail("not ok: " + label)
    if name == errors.TEST:
        for label in errors.not_passed(parse_tap(body)):
            item.fail("docs/errors.md names a line that did not pass: " + label)
    if status and not item.failed:
        item.fail("exit status %d" % status)
    if not item.passed and not item.failed:
        item.fail("no test points")
    if item.failed:
        item.detail += body
    if name in want:
        judge_tap_oracle(item, body, *want[name])


def judge_tap_oracle(item, body, want_body, want_status):
    if want_status or any(not good for good, _ in parse_tap(want_body)):
        item.fail("the test fails on Linux: it is wrong\n" + want_body)
    elif not item.failed and comparable(body) != comparable(want_body):
        item.fail(diff(comparable(want_body), comparable(body)))


def read_cmds(path):
    """[(script, status_only)] of a .cmds file; its head says the format."""
    lines = []
    with open(path) as f:
        for line in f:
            if line.startswith("\t") and lines:
                lines[-1] += line[1:]
            elif line.strip() and not line.startswith("#"):
                lines.append(line)
    return [(line[2:], True) if line.startswith("? ") else (line, False)
            for line in lines]


def judge_lines(cmds, item, name, got, want, res):
    last = None
    for number, (script, status_only) in enumerate(cmds[name], 1):
        key = "%s:%03d" % (name, number)
        if key not in got:
            item.fail("no output of line %d and after: %s\n%s"
                      % (number, script.strip(), machine_words(res)),
                      len(cmds[name]) - number + 1)
            return
        last = got[key]
        if key not in want:
            continue
        if last[1] != want[key][1]:
            item.fail("line %d: %s\nstatus %d, on Linux %d\n%s"
                      % (number, script.strip(), last[1], want[key][1],
                         diff(comparable_line(want[key]), comparable_line(last))))
        elif not status_only and comparable_line(last) != comparable_line(want[key]):
            item.fail("line %d: %s\n%s" % (number, script.strip(),
                      diff(comparable_line(want[key]), comparable_line(last))))
        else:
            item.ok()


def comparable_line(entry):
    return entry[0].split("\n")


def guest_suite(oracle):
    names = sorted(os.path.basename(p)[:-2] for p in glob.glob("tests/guest/test_*.c"))
    common, ar = newc.Archive(), newc.Archive()
    parts = {}
    for name in names:
        parts[name] = b""
        if os.path.exists("out/guest/tests/" + name):
            with open("out/guest/tests/" + name, "rb") as f:
                parts[name] = f.read()
            ar.file("tests/bin/" + name, parts[name], 0o755)
    for archive in (common, ar):
        add_scripts(archive)
    return Suite("guest", parts, common.bytes(), ar.bytes(), LONG + "sh /tests/run.sh",
                 judge_tap, oracle)


# boots in which memory management looks for damage itself, and what it says then
CHECKED_BOOTS = {
    "slub-debug": "slub_debug=FZPU",
    "init-poison": "init_on_alloc=1 init_on_free=1 page_poison=1",
}
CHECKED_TESTS = ("brk", "exec", "fork", "fork_cow", "files", "futex", "madvise", "mmap", "mprotect",
                 "mremap", "pipe", "poll", "signal", "stack")
DAMAGE = re.compile(r"^.*(?:\bBUG\b|\bFIX \w|[Cc]orrupt|overwritten|Bad page).*$", re.M)


def checked_jobs():
    """Some guest tests while objects or pages are filled and looked at: none finds damage."""
    for boot, options in CHECKED_BOOTS.items():
        def run(boot=boot, options=options):
            ar = newc.Archive()
            add_scripts(ar)
            for name in CHECKED_TESTS:
                with open("out/guest/tests/test_" + name, "rb") as f:
                    ar.file("tests/bin/test_" + name, f.read(), 0o755)
            names = ["test_" + name for name in CHECKED_TESTS]
            res = qemu.run(qemu.Machine(mem=128, smp=2, append=options),
                           "sh /tests/run.sh " + " ".join(names), [ar.bytes()], BOOT_TIMEOUT)
            got = sections(text(res.output))
            for name in names:
                item = Item("checked/%s/%s" % (boot, name))
                judge_tap(item, name, got, {}, res)
                yield item
            item = Item("checked/%s/log" % boot)
            found = DAMAGE.findall(text(res.log))
            yield item.fail("\n".join(found)) if found else item.ok()
        yield Job(["checked/%s/%s" % (boot, name) for name in
                   ["test_" + name for name in CHECKED_TESTS] + ["log"]], run)


def stress_jobs():
    """stress-ng by numbers of operations: its status, and no word of a failure."""
    with open("tests/guest/rootfs/stress.sh") as f:
        script = f.read()
    names = re.findall(r"^stress (\S+)", script, re.M)

    def run():
        if not os.path.exists(STRESS_CPIO):
            yield Item("stress/" + names[0]).fail(STRESS_CPIO + " was not made")
            return
        with open(STRESS_CPIO, "rb") as f:
            res = qemu.run(qemu.Machine(mem=1024, smp=4), script, [f.read()], BOOT_TIMEOUT)
        got = sections(text(res.output))
        for name in names:
            item = Item("stress/" + name)
            out, status = got.get(name, ("", None))
            if status == 0 and "successful run" in out and " fail:" not in out:
                yield item.ok()
            else:
                yield item.fail("status %s\n%s" % (status, out or machine_words(res)))
    return [Job(["stress/" + name for name in names], run)]


def add_scripts(ar):
    for name in ("run.sh", "lines.sh"):
        with open("tests/guest/rootfs/" + name, "rb") as f:
            ar.file("tests/" + name, f.read(), 0o755)
    for path in sorted(glob.glob("out/guest/user/*")):
        if not path.endswith(".d"):
            with open(path, "rb") as f:
                ar.file("usr/local/bin/" + os.path.basename(path), f.read(), 0o755)


def programs_suite(oracle):
    cmds = {os.path.basename(p)[:-5]: read_cmds(p)
            for p in sorted(glob.glob("tests/programs/*.cmds"))}
    common, ar = newc.Archive(), newc.Archive()
    for archive in (common, ar):
        add_scripts(archive)
    for name, lines in cmds.items():
        for number, (script, _) in enumerate(lines, 1):
            ar.file("programs/%s/%03d" % (name, number), script)
    parts = {name: repr(lines).encode() for name, lines in cmds.items()}

    def judge(*args):
        judge_lines(cmds, *args)
    return Suite("programs", parts, common.bytes(), ar.bytes(), "sh /tests/lines.sh", judge,
                 oracle)


def console_jobs(oracle):
    for path in sorted(glob.glob("tests/console/*.con")):
        for kernel, config in (("quire", {"smp": 1}), ("quire-smp4", {"smp": 4}),
                               ("linux", {"kernel": qemu.ORACLE})):
            name = "console/%s/%s" % (kernel, os.path.basename(path)[:-4])

            def run(name=name, path=path, kernel=kernel, config=config):
                item = Item(name)
                if kernel == "linux" and not oracle.available():
                    yield item.skip(oracle.reason)
                    return
                error = console.talk(qemu.Machine(**config), path)
                yield item.fail(error) if error else item.ok()
            yield Job([name], run)


# nodes that are equal; one without CPUs, one without memory; a row of distances; the
# movable zone in its ways
NUMA = {
    "two": {"smp": 4, "numa": "2"},
    "uneven": {"smp": 4, "numa": "256:0-1+128:2+64+0:3"},
    "row": {"smp": 8, "numa": "128:0-1+128:2-3+128:4+128:5-7@0-1=12,1-2=12,2-3=12,"
                              "0-2=24,1-3=24,0-3=36"},
    "large": {"smp": 2, "numa": "3G:0+5G:1"},
    "threads": {"smp": "8,sockets=2,cores=2,threads=2"},
    "intel": {"smp": "4,cores=2,threads=2", "cpu": "Skylake-Server"},
    "qemu64": {"smp": "2,sockets=2", "cpu": "qemu64"},
    "off": {"smp": 4, "numa": "2", "append": "numa=off"},
    "kernelcore": {"smp": 4, "numa": "256:0-1+128:2-3+128", "append": "kernelcore=128M"},
    "movablecore": {"smp": 1, "append": "movablecore=25%"},
    "both": {"smp": 2, "numa": "2", "append": "kernelcore=100M movablecore=50M"},
}


def numa_jobs(oracle):
    with open("tests/guest/rootfs/numa.sh") as f:
        script = f.read()
    lock = threading.Lock()
    for name, config in NUMA.items():
        def run(name=name, config=config):
            item = Item("numa/" + name)
            res = qemu.run(qemu.Machine(**config), script, (), BOOT_TIMEOUT)
            if res.status:
                yield item.fail(machine_words(res))
            elif not oracle.available():
                yield item.skip(oracle.reason)
            else:
                want = oracle.output(script, b"", lock, "cpu99: status 1\n",
                                     **config).split("\n")
                got = text(res.output).split("\n")
                yield item.ok() if got == want else item.fail(diff(want, got))
        yield Job(["numa/" + name], run)


# guest tests that see more on other machines: policies need nodes to choose from, and
# there are CPUs without protection keys
OTHER_MACHINES = {
    "numa/policy-two": ("test_numa", {"smp": 2, "numa": "2"}),
    "numa/policy-four": ("test_numa", {"smp": 4, "numa": "256:0+128:1+64:2+64:3"}),
    "numa/policy-bare": ("test_numa", {"smp": 2, "numa": "256:0-1+128+128"}),
    "cpu/no-pkeys": ("test_pkey", {"smp": 2, "cpu": "max,la57=off,pku=off"}),
    "cpu/no-fsgsbase": ("test_fsgsbase", {"smp": 1, "cpu": "qemu64"}),
    "cpu/nofsgsbase": ("test_fsgsbase", {"smp": 1, "append": "nofsgsbase"}),
    "cpu/no-xsave": ("test_pkey", {"smp": 1, "cpu": "qemu64"}),
}


def other_machine_jobs(oracle):
    """One guest test on a machine of its own, as on Linux."""
    lock = threading.Lock()
    for name, (test, config) in OTHER_MACHINES.items():
        def run(name=name, test=test, config=config):
            item = Item(name)
            binary = "out/guest/tests/" + test
            if not os.path.exists(binary):
                yield item.fail(binary + " was not built")
                return
            ar = newc.Archive()
            with open(binary, "rb") as f:
                ar.file("tests/bin/" + test, f.read(), 0o755)
            add_scripts(ar)
            script = "sh /tests/run.sh " + test
            res = qemu.run(qemu.Machine(**config), script, [ar.bytes()], BOOT_TIMEOUT)
            out = text(res.output)
            points = parse_tap(out)
            for good, label in points:
                item.ok() if good else item.fail("not ok: " + label)
            if not points or "status=0" not in out:
                item.fail(machine_words(res) + out[-2000:])
            elif oracle.available():
                want = oracle.output(script, ar.bytes(), lock, "status=0\n", **config)
                if want != out:
                    item.fail(diff(want.split("\n"), out.split("\n")))
            yield item
        yield Job([name], run)


def beside_job(oracle, name, config, script, archives, judge):
    """One boot on each kernel; @judge(got, linux) over their sections: errors, how many right."""
    def run():
        item = Item(name)
        with open(script) as f:
            text_of_script = f.read()
        res = qemu.run(qemu.Machine(**config), text_of_script, archives, BOOT_TIMEOUT)
        got = sections(text(res.output))
        names = re.findall(r"^== (\S+) status=", text(res.output), re.M)
        if res.status or not names:
            yield item.fail(machine_words(res))
        elif not oracle.available():
            yield item.skip(oracle.reason)
        else:
            archive = b"".join(archives)
            end = re.escape(names[-1]) + r" status=\d+\n"
            linux = oracle.output(text_of_script, archive, threading.Lock(), end, **config)
            errors, right = judge(got, sections(linux))
            item.ok(right)
            for error in errors:
                item.fail(error)
            yield item
    return Job([name], run)


def tools_jobs(oracle):
    """Debian's own programs in the guest; tests/tools_tests.py has the rules."""
    parts = [(name, config, "tools.sh", TOOLS_CPIO, tools_tests.RULES)
             for name, config in tools_tests.MACHINES.items()]
    debugger = {"smp": 2, "mem": 256}
    parts.append(("gdb", debugger, "gdb.sh", GDB_CPIO, tools_tests.GDB_RULES))
    parts.append(("trace", debugger, "trace.sh", GDB_CPIO, tools_tests.TRACE_RULES))
    for name, config, script, cpio, rules in parts:
        def run(name=name, config=config, script=script, cpio=cpio, rules=rules):
            if not os.path.exists(cpio):
                yield Item("tools/" + name).fail(cpio + " was not made")
                return
            with open(cpio, "rb") as f:
                archive = f.read()
            machine = {"kb": tools_tests.memory_kb(config)}
            yield from beside_job(
                oracle, "tools/" + name, config, "tests/guest/rootfs/" + script, [archive],
                lambda *both: tools_tests.compare(rules, machine, *both)).func()
        yield Job(["tools/" + name], run)


def debian_jobs(oracle):
    """Debian's programs at work; tests/debian_tests.py has the rules."""
    lock = threading.Lock()
    for names in debian_tests.BOOTS:
        def run(names=names):
            if not os.path.exists(debian_tests.CPIO):
                yield Item("debian/" + names[0]).fail(debian_tests.CPIO + " was not made")
                return
            command, archive = debian_tests.command(names, LONG), debian_tests.archive()
            res = qemu.run(qemu.Machine(**debian_tests.CONFIG), command, [archive], BOOT_TIMEOUT)
            got = sections(text(res.output))
            if not oracle.available():
                yield Item("debian/" + names[0]).skip(oracle.reason)
                return
            end = r"== %s status=\d+\n" % names[-1]
            want = sections(oracle.output(command, archive, lock, end, **debian_tests.CONFIG))
            for name in names:
                item = Item("debian/" + name)
                if name not in got:
                    yield item.fail(machine_words(res))
                    continue
                error = debian_tests.wrong(name, got[name], want[name])
                lines = (want[name][0].split("\n"), got[name][0].split("\n"))
                yield item.fail(error + "\n" + diff(*lines)) if error else item.ok(len(lines[0]))
        yield Job(["debian/" + name for name in names], run)


def proc_jobs(oracle):
    """/proc about physical memory; tests/proc_tests.py has the rules."""
    for machines, rules, script in (
            (proc_tests.MACHINES, proc_tests.RULES, "proc.sh"),
            (proc_tests.TRACE_MACHINES, proc_tests.TRACE_RULES, "traces.sh")):
        for name, config in machines.items():
            machine = {"smp": config["smp"], "cpus": proc_tests.cpus_of_nodes(config)}
            yield beside_job(
                oracle, "proc/" + name, config, "tests/guest/rootfs/" + script, [],
                lambda *both, r=rules, m=machine: tools_tests.compare(r, m, *both))


def docs_jobs():
    """Lists in docs/ that repeat what tests do."""
    def run():
        item = Item("docs/errors")
        wrong = errors.error()
        yield item.fail(wrong) if wrong else item.ok(len(errors.listed()))
    return [Job(["docs/errors"], run)]


def calls_jobs(oracle):
    for name, (mix, seed, rounds, calls) in calls_tests.TRACES.items():
        def run(name=name, args=(mix, seed, rounds, calls)):
            yield calls_tests.compare(oracle, Item("calls/trace-" + name), *args)
        yield Job(["calls/trace-" + name], run)

    def run_hosted():
        yield calls_tests.compare_hosted(oracle, Item("calls/hosted"))
        item = Item("calls/hosted-storm")
        error = calls_tests.hosted_storm(1, 100000, 4)
        yield item.fail(error) if error else item.ok()
    yield Job(["calls/hosted", "calls/hosted-storm"], run_hosted)

    def run_storm():
        item = Item("calls/storm")
        error = calls_tests.storm(1, 3, calls_tests.STORM_CALLS, BOOT_TIMEOUT)
        yield item.fail(error) if error else item.ok()
    yield Job(["calls/storm"], run_storm)


def scale_jobs(oracle):
    """Large states, each after a boot of its own; tests/scale_tests.py has what is compared."""
    for name, words in (scale_tests.LONG if LONG else scale_tests.SHORT).items():
        def run(name=name, words=words):
            item = Item("scale/" + name)
            if not os.path.exists(scale_tests.STATES):
                yield item.fail(scale_tests.STATES + " was not built")
                return
            command, archive = "/tests/bin/states " + words, scale_tests.archive()
            res = qemu.run(qemu.Machine(mem=scale_tests.MEM), command, [archive], BOOT_TIMEOUT)
            got = text(res.output)
            if res.status:
                yield item.fail(got + machine_words(res))
            elif not oracle.available():
                yield item.skip(oracle.reason)
            else:
                want = oracle.output(command, archive, threading.Lock(), scale_tests.END,
                                     mem=scale_tests.MEM)
                errors = scale_tests.wrong(got, want)
                yield item.fail("\n".join(errors) + "\n" + got) if errors else item.ok()
        yield Job(["scale/" + name], run)


def boot_jobs():
    for name, func in boot_tests.TESTS:
        def run(name=name, func=func):
            item = Item("boot/" + name)
            error = func()
            yield item.fail(error) if error else item.ok()
        yield Job(["boot/" + name], run)


# -- all --------------------------------------------------------------------

def all_jobs(wanted, oracle=True):
    linux = Oracle(oracle)
    jobs = list(hosted_jobs()) + list(model_jobs()) + list(hosted32_jobs()) + threads_jobs() + list(fuzz_jobs())
    jobs += port_jobs() + host_jobs()
    jobs += [globals_job("x86_64", "out/x86_64/obj"), globals_job("host", "out/host/obj"),
             levels_job("x86_64", "out/x86_64/obj"), levels_job("host", "out/host/obj"),
             size_job(), bench_job()]
    jobs += docs_jobs()
    jobs += boot_jobs()
    jobs += checked_jobs()
    jobs += numa_jobs(linux)
    jobs += other_machine_jobs(linux)
    jobs += tools_jobs(linux)
    jobs += debian_jobs(linux)
    jobs += stress_jobs()
    jobs += calls_jobs(linux)
    jobs += scale_jobs(linux)
    jobs += proc_jobs(linux)
    jobs += console_jobs(linux)
    jobs = [job for job in jobs if any(wanted(n) for n in job.names)]
    for suite in (guest_suite(linux), programs_suite(linux)):
        jobs += suite.jobs(wanted)
    return jobs
