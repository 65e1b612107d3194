"""Boot a kernel in QEMU and run one command line in it.

A command travels in a second cpio archive behind the initrd: /cmd holds the
script, /cmd.mark a marker that no output contains.  /init of the guest prints

    MARK begin
    ...output of the command...
    MARK status=N

on the serial line and switches the machine off.  What stands between is the
output, to the byte; should the guest's terminal turn LF into CR LF, the first
marker line shows it and the translation is undone here.

Results that are not the command's own: 124 when the time is over, 125 when
the machine stopped (panic, triple fault, QEMU error) before the command ended.
"""

import gzip
import os
import re
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import newc  # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(TOP, "out")
QEMU = "qemu-system-x86_64"
# the kernel under test; the variable lets the tests run on another build
KERNEL = os.environ.get("QUIRE_KERNEL") or os.path.join(OUT, "x86_64", "bzImage")
ORACLE = os.path.join(OUT, "oracle", "vmlinuz")
INITRD = os.path.join(OUT, "initramfs.cpio")

ST_TIMEOUT = 124
ST_MACHINE = 125


class Machine:
    """What QEMU is to emulate; every field has the default of `make run`."""

    def __init__(self, kernel=KERNEL, initrd=INITRD, mem="512", smp="1",
                 append="", cpu=None, accel=None, extra=(), numa=None):
        self.kernel = kernel
        self.initrd = initrd
        self.mem = str(mem)
        self.smp = str(smp)
        self.append = append
        self.cpu = cpu
        self.accel = accel
        self.extra = list(extra)
        self.numa = []
        if numa:
            self.mem, self.numa = numa_args(numa, self.mem, int(self.smp))

    def argv(self, initrd):
        accel = self.accel or probe_accel()
        cpu = self.cpu or ("host" if accel == "kvm" else "max,la57=off")
        words = ["console=ttyS0", "rdinit=/init", "quiet", "panic=-1"]
        if self.kernel == ORACLE:       # on a busy host its test of the timer fails
            words.append("no_timer_check")
        if self.append:
            words.append(self.append)
        return [QEMU, "-accel", accel, "-cpu", cpu,
                "-m", self.mem, "-smp", self.smp, *self.numa,
                "-kernel", self.kernel, "-initrd", initrd,
                "-append", " ".join(words),
                "-display", "none", "-vga", "none", "-nic", "none",
                "-no-reboot",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
                *self.extra]


# -- nodes ------------------------------------------------------------------

def _mebibytes(size):
    number, unit = re.fullmatch(r"(\d+)([MmGg]?)", size).groups()
    return int(number) << (10 if unit in ("G", "g") else 0)


def _equal_nodes(count, mem, smp):
    """(MiB, [cpus]) of each: equal shares, CPUs in order."""
    share = mem // count
    for n in range(count):
        cpus = [c for c in range(smp) if c * count // smp == n]
        yield (share if n < count - 1 else mem - share * n, cpus)


def _listed_nodes(text):
    for node in text.split("+"):
        size, _, cpus = node.partition(":")
        found = []
        for part in cpus.split(",") if cpus else ():
            first, _, last = part.partition("-")
            found += range(int(first), int(last or first) + 1)
        yield (_mebibytes(size), found)


def numa_args(spec, mem, smp):
    """(memory, arguments) for the nodes of @spec:

        2                       two nodes with equal shares of memory and CPUs
        256:0-1+128:2+64+0:3    memory and CPUs of each; both may be missing
        ...@0-1=15,0-2=30       and distances, the same both ways
    """
    nodes, _, distances = spec.partition("@")
    try:
        if nodes.isdigit():
            table = list(_equal_nodes(int(nodes), _mebibytes(mem), smp))
        else:
            table = list(_listed_nodes(nodes))
        links = re.findall(r"(\d+)-(\d+)=(\d+)", distances)
        if len(links) != len([d for d in distances.split(",") if d]):
            raise ValueError
    except (AttributeError, ValueError, ZeroDivisionError):
        sys.exit("numa: %s: not a list of nodes (see tools/qemu.py)" % spec)
    args = []
    for n, (size, cpus) in enumerate(table):
        backend = ""
        if size:
            args += ["-object", "memory-backend-ram,id=node%d,size=%dM" % (n, size)]
            backend = ",memdev=node%d" % n
        args += ["-numa", "node,nodeid=%d%s%s" % (n, "".join(",cpus=%d" % c for c in cpus),
                                                  backend)]
    known = {(int(a), int(b)): value for a, b, value in links}
    for a in range(len(table) if known else 0):
        for b in range(a + 1, len(table)):
            value = known.get((a, b)) or known.get((b, a)) or "20"
            args += ["-numa", "dist,src=%d,dst=%d,val=%s" % (a, b, value)]
    return str(sum(size for size, _ in table)), args


# -- hardware virtualisation ------------------------------------------------

def _try_kvm():
    """Run two instructions under KVM.  /dev/kvm may exist and yet hang."""
    code = bytes((0xb0, 0x15, 0xe6, 0xf4, 0xf4))    # mov al,15h; out f4h,al; hlt
    rom = bytearray(b"\xf4" * 65536)
    rom[0xfff0:0xfff0 + len(code)] = code           # the reset vector
    with tempfile.NamedTemporaryFile(suffix=".rom") as f:
        f.write(rom)
        f.flush()
        p = subprocess.Popen(
            [QEMU, "-accel", "kvm", "-cpu", "host", "-nodefaults",
             "-display", "none", "-m", "16", "-bios", f.name,
             "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            return p.wait(3) == (0x15 << 1 | 1)
        except subprocess.TimeoutExpired:
            p.kill()
        try:
            p.wait(1)
        except subprocess.TimeoutExpired:
            pass                # stuck in the kernel: nothing more to do
        return False


def _two_level_paging():
    """A KVM without EPT or NPT (nested, software MMU) emulates instructions
    on page tables and gives up on some that kernels use: it is no help."""
    for path in ("kvm_intel/parameters/ept", "kvm_amd/parameters/npt"):
        try:
            with open("/sys/module/" + path) as f:
                if f.read().strip() in ("Y", "1"):
                    return True
        except OSError:
            pass
    return False


def probe_accel():
    """"kvm" where it really works, else "tcg"; asked once per host boot."""
    if os.environ.get("ACCEL"):
        return os.environ["ACCEL"]
    if not os.access("/dev/kvm", os.R_OK | os.W_OK) or not _two_level_paging():
        return "tcg"
    with open("/proc/sys/kernel/random/boot_id") as f:
        boot = f.read().strip()
    cache = os.path.join(OUT, ".accel")
    try:
        with open(cache) as f:
            seen, accel = f.read().split()
        if seen == boot:
            return accel
    except (OSError, ValueError):
        pass
    accel = "kvm" if _try_kvm() else "tcg"
    os.makedirs(OUT, exist_ok=True)
    with open(cache, "w") as f:
        f.write("%s %s\n" % (boot, accel))
    return accel


# -- initrd -----------------------------------------------------------------

def join_initrd(path, *archives):
    """The bytes of @path with @archives behind it, in the form it came in."""
    with open(path, "rb") as f:
        data = f.read()
    packed = data[:2] == b"\x1f\x8b"
    if packed:
        data = gzip.decompress(data)
    data += b"\0" * (-len(data) % 512)
    data += b"".join(archives)
    return gzip.compress(data, 1) if packed else data


def command_archive(command, mark):
    ar = newc.Archive()
    ar.file("cmd", command if command.endswith("\n") else command + "\n")
    ar.file("cmd.mark", mark + "\n")
    return ar.bytes()


# -- one command ------------------------------------------------------------

class Result:
    """status as of a shell, output between the markers, the whole log."""

    def __init__(self):
        self.status = None
        self.output = b""
        self.log = b""
        self.error = ""
        self.seconds = 0.0


class _Frame:
    """Cuts the command's output out of the serial stream as it arrives."""

    def __init__(self, mark, sink):
        self.begin = mark.encode() + b" begin"
        self.end = b"\n" + mark.encode() + b" status="
        self.sink = sink
        self.buf = b""
        self.out = []
        self.state = 0          # 0 before, 1 inside, 2 behind the output
        self.crlf = False
        self.status = None

    def _emit(self, data):
        if data:
            self.out.append(data)
            if self.sink:
                self.sink(data)

    def feed(self, data):
        self.buf += data
        if self.state == 0:
            self._find_begin()
        if self.state == 1:
            self._find_end()
        if self.state == 2 and self.status is None:
            line, sep, _ = self.buf.partition(b"\n")
            if sep:
                self.status = int(line.split()[0])

    def _find_begin(self):
        at = self.buf.find(self.begin)
        eol = self.buf.find(b"\n", at)
        if at < 0 or eol < 0:
            return
        self.crlf = self.buf[eol - 1:eol] == b"\r"
        self.buf = self.buf[eol + 1:]
        if self.crlf:
            self.end = b"\r" + self.end
        self.state = 1

    def _plain(self, data):
        return data.replace(b"\r\n", b"\n") if self.crlf else data

    def _find_end(self):
        at = self.buf.find(self.end)
        if at >= 0:
            self._emit(self._plain(self.buf[:at]))
            self.buf = self.buf[at + len(self.end):]
            self.state = 2
            return
        keep = len(self.end) + 1
        if len(self.buf) > keep:
            cut = len(self.buf) - keep
            if self.buf[cut - 1:cut] == b"\r":
                cut -= 1
            self._emit(self._plain(self.buf[:cut]))
            self.buf = self.buf[cut:]

    def flush(self):
        """The machine is gone: what is held back belongs to the output."""
        if self.state == 1:
            self._emit(self._plain(self.buf))
            self.buf = b""


def _stop(proc):
    """Give the machine a moment to switch itself off, then end it."""
    try:
        return proc.wait(10)
    except subprocess.TimeoutExpired:
        proc.kill()
        proc.wait()
        return None


def _pump(proc, frame, res, deadline):
    """Move the serial stream into @frame until it closes or time is over."""
    fd = proc.stdout.fileno()
    os.set_blocking(fd, False)
    while frame.status is None:
        left = deadline - time.monotonic() if deadline else 3600
        if left <= 0:
            return False
        if not _readable(fd, left):
            continue
        data = os.read(fd, 65536)
        if not data:
            return True
        res.log += data
        frame.feed(data)
        if b"KVM internal error" in data:
            proc.kill()         # QEMU would only pause the machine
    return True


def _readable(fd, seconds):
    return bool(select.select([fd], [], [], min(seconds, 3600))[0])


def new_mark():
    return "@" + secrets.token_hex(8)


def run(machine, command, archives=(), timeout=600, sink=None):
    """Boot @machine, run @command in it, return a Result."""
    mark = new_mark()
    with tempfile.TemporaryDirectory(prefix="quire-") as tmp:
        initrd = os.path.join(tmp, "initrd")
        with open(initrd, "wb") as f:
            f.write(join_initrd(machine.initrd, *archives,
                                command_archive(command, mark)))
        return run_argv(machine.argv(initrd), mark, timeout, sink)


def run_argv(argv, mark, timeout, sink=None):
    """The same for a QEMU command line whose initrd already has the command."""
    res = Result()
    start = time.monotonic()
    frame = _Frame(mark, sink)
    proc = subprocess.Popen(argv + ["-monitor", "none", "-serial", "stdio"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)
    try:
        in_time = _pump(proc, frame, res, start + timeout if timeout else None)
        if not in_time:
            proc.kill()
        code = _stop(proc)
    finally:
        if proc.poll() is None:
            proc.kill()
            proc.wait()
        proc.stdout.close()
    frame.flush()
    res.seconds = time.monotonic() - start
    res.output = b"".join(frame.out)
    _judge(res, frame, in_time, code, timeout)
    return res


def _judge(res, frame, in_time, code, timeout):
    if frame.status is not None:
        res.status = frame.status
        if code is None:
            res.error = "the machine did not switch itself off"
        elif code != 0:
            res.status = ST_MACHINE
            res.error = "the machine stopped with status %d" % code
    elif not in_time:
        res.status = ST_TIMEOUT
        res.error = "no end after %d seconds" % timeout
    else:
        res.status = ST_MACHINE
        res.error = "the machine stopped (QEMU status %s) before the end" % code


def log_tail(res, lines=40):
    text = res.log.replace(b"\r\n", b"\n").decode(errors="replace")
    return "\n".join(text.split("\n")[-lines:])


# -- a shell on the terminal ------------------------------------------------

def interactive(machine):
    """Boot with the terminal as serial line; Ctrl-A X leaves.  Returns status."""
    ar = newc.Archive()
    try:
        size = os.get_terminal_size(1)
        if size.lines and size.columns:
            ar.file("etc/winsize", "%d %d\n" % (size.lines, size.columns))
    except OSError:
        pass
    saved = None
    if os.isatty(0):
        import termios
        saved = termios.tcgetattr(0)
    with tempfile.TemporaryDirectory(prefix="quire-") as tmp:
        initrd = os.path.join(tmp, "initrd")
        with open(initrd, "wb") as f:
            f.write(join_initrd(machine.initrd, ar.bytes()))
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return subprocess.call(machine.argv(initrd)
                                   + ["-serial", "mon:stdio"])
        finally:
            signal.signal(signal.SIGINT, previous)
            if saved:
                termios.tcsetattr(0, termios.TCSANOW, saved)
