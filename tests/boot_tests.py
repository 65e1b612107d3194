"""Ways to boot, good and bad.  Each test returns "" or what went wrong.

A damaged initrd must give a message that names it and an end: either the
system comes up with what could be unpacked, or the kernel panics and, told
panic=-1, stops the machine.  It must never hang.
"""

import gzip
import os
import select
import subprocess
import tempfile
import time

import newc
import qemu

COMMAND = "echo booted; cat /proc/cmdline"
WORDS = ("initramfs", "initrd", "cpio")
LIMIT = 120


def _come_up(machine, archives=(), want="booted"):
    if not os.path.exists(machine.kernel):
        return "there is no kernel to boot"
    res = qemu.run(machine, COMMAND, archives, LIMIT)
    if res.status == 0 and res.output.startswith(want.encode()):
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, qemu.log_tail(res))


def plain_cpu():
    """QEMU's own defaults: no SMEP, no SMAP, no PCID."""
    return _come_up(qemu.Machine(cpu="qemu64"))


def gzip_initrd():
    return _come_up(qemu.Machine(initrd="out/initramfs.cpio.gz"))


def cpio_by_cpio():
    """An archive as cpio(1) writes it, with hard links."""
    with tempfile.TemporaryDirectory(prefix="quire-") as tmp:
        tree = os.path.join(tmp, "tree")
        os.mkdir(tree)
        with open(os.path.join(tree, "one"), "w") as f:
            f.write("content\n")
        os.link(os.path.join(tree, "one"), os.path.join(tree, "two"))
        data = subprocess.run("find . | cpio -o -H newc --quiet", shell=True, cwd=tree,
                              check=True, stdout=subprocess.PIPE).stdout
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    res = qemu.run(qemu.Machine(), "cat /one /two; stat -c %h /one", [data], LIMIT)
    if res.output == b"content\ncontent\n2\n":
        return ""
    return "hard links of a cpio: %r %s" % (res.output, res.error)


def eight_cpus():
    return _come_up(qemu.Machine(smp=8))


def long_command_line():
    return _come_up(qemu.Machine(append="x=" + "y" * 1500))


def odd_command_line():
    return _come_up(qemu.Machine(
        append='mem= memmap=@ memmap=1$ "a b" = == loglevel=zz -- one two'))


def _grub(how):
    mark = qemu.new_mark()
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    with tempfile.TemporaryDirectory(prefix="quire-") as tmp:
        initrd = os.path.join(tmp, "initrd")
        with open(initrd, "wb") as f:
            f.write(qemu.join_initrd(qemu.INITRD, qemu.command_archive(COMMAND, mark)))
        iso = os.path.join(tmp, "quire.iso")
        p = subprocess.run(["tools/mkcd.sh", qemu.KERNEL, initrd, iso, how],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if p.returncode:
            return "mkcd.sh: " + p.stdout
        res = qemu.run_argv([qemu.QEMU, "-accel", qemu.probe_accel(), "-m", "256",
                             "-cdrom", iso, "-boot", "d", "-display", "none",
                             "-nic", "none", "-no-reboot"], mark, LIMIT)
    if res.status == 0 and res.output.startswith(b"booted"):
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, qemu.log_tail(res))


def grub_protected():
    return _grub("linux")


def grub_real_mode():
    return _grub("linux16")


def _until_end(proc):
    """What the machine says until it stops or offers a shell; None: neither."""
    end = time.monotonic() + LIMIT
    log = b""
    try:
        while time.monotonic() < end:
            if not select.select([proc.stdout], [], [], 1)[0]:
                continue
            data = os.read(proc.stdout.fileno(), 65536)
            log += data
            if not data or b"built-in shell" in log:
                return log.decode(errors="replace")
        return None
    finally:
        proc.kill()
        proc.wait()
        proc.stdout.close()


def _damaged(data):
    """Boot with @data as initrd: words about it, and an end."""
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    with tempfile.NamedTemporaryFile(prefix="quire-") as f:
        f.write(data)
        f.flush()
        argv = qemu.Machine().argv(f.name)
        p = subprocess.Popen(argv + ["-monitor", "none", "-serial", "stdio"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        log = _until_end(p)
    if log is None:
        return "it hangs"
    if any(word in log.lower() for word in WORDS):
        return ""
    return "no message names the initrd\n" + log[-3000:]


def _good():
    with open(qemu.INITRD, "rb") as f:
        return f.read()


def _patched(at, new):
    data = bytearray(_good())
    data[at:at + len(new)] = new
    return bytes(data)


def _entries(data):
    """Offsets of the headers."""
    at = 0
    while data[at:at + 6] == b"070701":
        yield at
        name = int(data[at + 94:at + 102], 16)
        size = int(data[at + 54:at + 62], 16)
        at = (at + 110 + name + 3) & ~3
        at = (at + size + 3) & ~3


def truncated_content():
    return _damaged(_good()[:300000])


def truncated_header():
    data = _good()
    third = list(_entries(data))[30]
    return _damaged(data[:third + 50])


def bad_magic():
    third = list(_entries(_good()))[2]
    return _damaged(_patched(third, b"070999"))


def bad_hex():
    third = list(_entries(_good()))[2]
    return _damaged(_patched(third + 54, b"zzzzzzzz"))


def absurd_name_size():
    third = list(_entries(_good()))[2]
    return _damaged(_patched(third + 94, b"FFFFFFFF"))


def absurd_file_size():
    third = list(_entries(_good()))[2]
    return _damaged(_patched(third + 54, b"FFFFFFF0"))


def garbage():
    return _damaged(bytes((i * 167 + 13) & 0xff for i in range(100000)))


def truncated_gzip():
    data = gzip.compress(_good(), 6, mtime=0)
    return _damaged(data[:len(data) // 2])


def flipped_gzip():
    data = bytearray(gzip.compress(_good(), 6, mtime=0))
    data[len(data) // 3] ^= 0x10
    return _damaged(bytes(data))


def no_init():
    """An archive without /init: a panic that says so, no hang."""
    ar = newc.Archive()
    ar.file("README", "no init here\n")
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    with tempfile.NamedTemporaryFile(prefix="quire-") as f:
        f.write(ar.bytes())
        f.flush()
        p = subprocess.run(qemu.Machine().argv(f.name)
                           + ["-monitor", "none", "-serial", "stdio"],
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=LIMIT)
    log = p.stdout.decode(errors="replace")
    if "init" in log and p.returncode:
        return ""
    return "status %d\n%s" % (p.returncode, log[-3000:])


TESTS = [(f.__name__, f) for f in (
    plain_cpu, gzip_initrd, cpio_by_cpio, eight_cpus, long_command_line,
    odd_command_line, grub_protected, grub_real_mode, truncated_content,
    truncated_header, bad_magic, bad_hex, absurd_name_size, absurd_file_size,
    garbage, truncated_gzip, flipped_gzip, no_init)]
