"""Ways to boot, good and bad.  Each test returns "" or what went wrong.

A damaged initrd must give a message that names it and an end: either the
system comes up with what could be unpacked, or the kernel panics and, told
panic=-1, stops the machine.  It must never hang.
"""

import gzip
import os
import re
import select
import subprocess
import tempfile
import threading
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


def nmi_any_gs():
    """Interrupts that nothing masks find programs whose GS base is the kernel's."""
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    ar = newc.Archive()
    with open("out/guest/tests/test_fsgsbase", "rb") as f:
        ar.file("tests/bin/test_fsgsbase", f.read(), 0o755)
    over = threading.Event()
    with tempfile.TemporaryDirectory(prefix="quire-") as tmp:
        path = os.path.join(tmp, "monitor")
        os.mkfifo(path + ".in")
        os.mkfifo(path + ".out")

        def send():
            monitor = os.open(path + ".in", os.O_RDWR)  # does not wait for the other end
            while not over.wait(0.05):
                os.write(monitor, b"nmi\n")
            os.close(monitor)

        sender = threading.Thread(target=send)

        seen = bytearray()

        def sink(data):
            seen.extend(data)
            if b"spinning" in seen and not sender.ident:
                sender.start()

        machine = qemu.Machine(smp=2, extra=["-chardev", "pipe,id=monitor,path=" + path,
                                             "-mon", "chardev=monitor,mode=readline"])
        try:
            res = qemu.run(machine, "/tests/bin/test_fsgsbase nmi 40", [ar.bytes()], LIMIT, sink)
        finally:
            over.set()
            if sender.is_alive():
                sender.join()
    if res.status == 0 and b"kept" in res.output:
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, qemu.log_tail(res))


def eight_cpus():
    return _come_up(qemu.Machine(smp=8))


def slab_checks():
    """Every object of every cache checked, those of some, and caches that stay apart."""
    for option in ("slub_debug=FZPU", "slub_debug=FZ,kmalloc-64,vm*;-", "slab_nomerge",
                   "slub_debug=FZPUO slab_nomerge"):
        error = _come_up(qemu.Machine(append=option))
        if error:
            return "%s: %s" % (option, error)
    return ""


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


def truncated_anywhere():
    """Cut at 12 places, within headers, names and contents."""
    data = _good()
    heads = list(_entries(data))
    cuts = [1, 5, 109, 111, heads[1] + 6, heads[2] + 108, heads[-1] + 3]
    cuts += [heads[i] + 112 for i in (3, len(heads) // 2, len(heads) - 1)]
    cuts += [len(data) // 7, len(data) // 2 + 1]
    for cut in cuts:
        error = _damaged(data[:cut])
        if error:
            return "cut at %d: %s" % (cut, error)
    return ""


def _stops(append="", files=None, words=(), mem="64"):
    """An end within the time, and @words in what is said before."""
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    with tempfile.NamedTemporaryFile(prefix="quire-") as f:
        f.write(files if files is not None else _good())
        f.flush()
        argv = qemu.Machine(mem=mem, append=append).argv(f.name)
        p = subprocess.Popen(argv + ["-monitor", "none", "-serial", "stdio"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        log = _until_end(p)
    if log is None:
        return "it hangs"
    if words and not any(word in log.lower() for word in words):
        return "no message with any of %s\n%s" % (words, log[-3000:])
    return ""


def bad_init():
    """/init is an ELF file with nonsense in it: the kernel says so and stops."""
    with open("out/bench/init", "rb") as f:
        good = f.read()
    phoff = int.from_bytes(good[32:40], "little")

    def put(at, size, value):
        data = bytearray(good)
        data[at:at + size] = value.to_bytes(size, "little")
        return bytes(data)

    bad = {
        "4 bytes": good[:4], "the header alone": good[:64],
        "cut in the headers": good[:phoff + 20],
        "phoff beyond the end": put(32, 8, 1 << 40),
        "phnum 65535": put(56, 2, 65535), "phentsize 1": put(54, 2, 1),
        "machine 40": put(18, 2, 40), "entry 0": put(24, 8, 0),
        "entry in the kernel": put(24, 8, 0xffffffff80000000),
        "offset beyond the end": put(phoff + 8, 8, 1 << 50),
        "address in the kernel": put(phoff + 16, 8, 0xffffffff80000000),
        "filesz above memsz": put(phoff + 32, 8, 1 << 40),
        "memsz 2^62": put(phoff + 40, 8, 1 << 62),
        "an odd alignment": put(phoff + 16, 8, 0x400123),
    }
    for what, data in bad.items():
        ar = newc.Archive()
        ar.char("dev_console", 5, 1, 0o600)
        ar.file("init", data, 0o755)
        error = _stops(files=ar.bytes(), words=("init",))
        if error:
            return "%s: %s" % (what, error)
    return ""


def command_lines():
    """Nonsense on the command line: the machine comes up, or says what is wrong."""
    for append in ("x" * 1900, "mem=garbage", "mem=-1", "memmap=nonsense", "memmap=1G@1E",
                   "memmap=64K$0x100000000000", "maxcpus=0", "nosuch nosuch= =nosuch",
                   "console=nosuch console=ttyS0", "a" * 300 + "=" + "b" * 300,
                   "loglevel=-5 panic=x panic=-1", "rdinit= rdinit=/init", "\t\v quiet"):
        error = _stops(append)
        if error:
            return "%s: %s" % (append[:40], error)
    for append in ("mem=0", "mem=1M", "mem=4M", "memmap=exactmap", "rdinit=/nosuch"):
        error = _stops(append, words=("panic", "memory", "init", "built-in shell"))
        if error:
            return "%s: %s" % (append, error)
    return ""


def debug_options():
    """Each debugging aid on the command line: the machine works, and the aid too."""
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    work = ("for i in 1 2 3 4 5 6 7 8; do ls -l / /proc | sort | tail -n 1 > /tmp/f; done; "
            "mount -t debugfs d /sys/kernel/debug; ")
    for append, command, want in (
            ("init_on_alloc=1", "dmesg | grep -c 'heap alloc:on, heap free:off'", "1\n"),
            ("init_on_free=1", "dmesg | grep -c 'heap alloc:off, heap free:on'", "1\n"),
            ("page_poison=1 init_on_free=1",
             "dmesg | grep -c 'page_poison is on, will take precedence'", "1\n"),
            ("failslab=7,0,11,13", "cd /sys/kernel/debug/failslab; "
             "cat interval probability space times", "7\n0\n11\n13\n"),
            ("fail_page_alloc=1,2,3", "dmesg | grep -c 'Malformed option .fail_page_alloc'",
             "1\n"),
            ("page_owner=on", "cd /sys/kernel/debug; cat page_owner > /tmp/o; "
             "grep -q '^Page allocated via order 0, mask 0x[0-9a-f]*(GFP_[A-Z_|]*), "
             "pid 1, tgid 1 (init), ts [0-9]* ns, free_ts [0-9]* ns$' /tmp/o; echo $?; "
             "grep -q '^PFN [0-9]* type Movable Block [0-9]* type Movable Flags "
             "0x[0-9a-f]*(.*node=0|zone=[01])$' /tmp/o; echo $?; "
             "grep -q '^ handle_mm_fault+0x' /tmp/o; echo $?; "
             "test $(grep -c '^Page' /tmp/o) = $(grep -c '^$' /tmp/o); echo $?",
             "0\n0\n0\n0\n"),
            ("kfence.sample_interval=5", "cd /sys/kernel/debug/kfence; "
             "for i in $(seq 300); do ls -l /proc >/tmp/f; "
             "[ $(sed -n 's/total allocations: //p' stats) -gt 20 ] && break; done; "
             "grep -c '^enabled: 1$' stats; sed -n 's/total bugs: //p' stats; "
             "grep -c '^allocated by task [0-9]* on cpu [01] at [0-9.]*s:$' objects >/tmp/n; "
             "[ $(cat /tmp/n) -gt 20 ]; echo $?; grep -c '^------' objects",
             "1\n0\n0\n255\n"),
            ("", "ls -1 /sys/kernel/debug", "fail_page_alloc\nfailslab\nslab\nx86\n")):
        res = qemu.run(qemu.Machine(mem=64, smp=2, append=append), work + command, (), LIMIT)
        out = res.output.decode(errors="replace").replace("\r", "")
        log = res.log.decode(errors="replace")
        if res.status != 0 or out != want or "BUG" in log or "pagealloc:" in log:
            return "%s: %r, want %r\n%s\n%s" % (append, out, want, res.error, log[-3000:])
    return ""


def kernel_bug():
    """echo c > /proc/sysrq-trigger: registers, symbols, and a failing status."""
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    res = qemu.run(qemu.Machine(), "echo c > /proc/sysrq-trigger; echo alive", (), LIMIT)
    log = res.log.decode(errors="replace")
    missing = [w for w in ("sysrq", "RIP", "RSP", "CR2", "Call Trace", "Kernel panic")
               if w not in log]
    if missing or res.status != qemu.ST_MACHINE or "status None" in res.error:
        return "status %s, without %s\n%s" % (res.status, missing, log[-3000:])
    return ""


def _port(smp):
    """The contract of include/mm/port.h in the kernel: the same checks as port/contract."""
    kernel = os.environ.get("QUIRE_TEST_KERNEL") or \
        os.path.join(qemu.OUT, "x86_64-test", "bzImage")
    if not os.path.exists(kernel):
        return "there is no %s (make image-test)" % kernel
    res = qemu.run(qemu.Machine(kernel=kernel, smp=smp,
                                append="boot_test=port loglevel=7"), COMMAND, (), LIMIT)
    log = res.log.replace(b"\r", b"").decode(errors="replace")
    end = re.search(r"port: (\d+) passed, (\d+) failed$", log, re.M)
    if res.status == 0 and end and int(end[1]) > 40 and end[2] == "0":
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, log[-6000:])


def exhausted_32():
    """Every zone used up with every combination of flags in 32 MiB (tests/port/exhaust.c)."""
    kernel = os.environ.get("QUIRE_TEST_KERNEL") or \
        os.path.join(qemu.OUT, "x86_64-test", "bzImage")
    if not os.path.exists(kernel):
        return "there is no %s (make image-test)" % kernel
    res = qemu.run(qemu.Machine(kernel=kernel, smp=1, mem=32,
                                append="boot_test=exhaust loglevel=7"), COMMAND, (), LIMIT)
    log = res.log.replace(b"\r", b"").decode(errors="replace")
    end = re.search(r"exhaust: (\d+) requests, (\d+) pages, \d+ free: all held", log)
    if res.status == 0 and end and int(end[1]) > 30000 and int(end[2]) > 20000:
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, log[-6000:])


def lock_rules():
    """Rules of locks broken in the checking kernel: each is reported (tests/port/locks.c)."""
    kernel = os.environ.get("QUIRE_DEBUG_TEST_KERNEL") or \
        os.path.join(qemu.OUT, "x86_64-debug-test", "bzImage")
    if not os.path.exists(kernel):
        return "there is no %s (make DEBUG=1 image-test)" % kernel
    res = qemu.run(qemu.Machine(kernel=kernel, smp=4,
                                append="boot_test=locks loglevel=7"), COMMAND, (), LIMIT)
    log = res.log.replace(b"\r", b"").decode(errors="replace")
    end = re.search(r"locks: (\d+) passed, (\d+) failed$", log, re.M)
    if res.status == 0 and end and int(end[1]) >= 15 and end[2] == "0":
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, log[-6000:])


def _kfence(smp):
    """Guarded objects misused in the kernel: every report, with its stacks."""
    kernel = os.environ.get("QUIRE_TEST_KERNEL") or \
        os.path.join(qemu.OUT, "x86_64-test", "bzImage")
    if not os.path.exists(kernel):
        return "there is no %s (make image-test)" % kernel
    res = qemu.run(qemu.Machine(kernel=kernel, smp=smp, append="boot_test=kfence loglevel=7 "
                                "kfence.sample_interval=1"), COMMAND, (), LIMIT)
    log = re.sub(r"^\[ *\d+\.\d+\] ", "", res.log.replace(b"\r", b"").decode(errors="replace"),
                 flags=re.M)
    near = r" at 0x[0-9a-f]{16} "
    rest = (r"\n( \w+\+0x\w+/0x\w+\n)+\nkfence-#\d+: 0x[0-9a-f]{16}-0x[0-9a-f]{16}, "
            r"size=\d+, cache=kmalloc-\d+\n\nallocated by task 1 on cpu \d at \d+\.\d{6}s:\n"
            r" (?!kmalloc|__kmalloc)\w+\+0x")
    for title, what in (
            ("out-of-bounds read in kfence_test_look", r"Out-of-bounds read%s\(1B left of " % near),
            ("memory corruption in kfence_test_free",
             r"Corrupted memory%s\[ 0x55( \.){15} \] \(in " % near),
            ("out-of-bounds write in kfence_test_write", r"Out-of-bounds write%s\(64B right of " % near),
            ("invalid free in kfence_test_free", r"Invalid free of 0x[0-9a-f]{16} \(in "),
            ("use-after-free read in kfence_test_look", r"Use-after-free read%s\(in " % near),
            (r"use-after-free read in \w*copy_user", r"Use-after-free read%s\(in " % near)):
        if not re.search(r"BUG: KFENCE: %s\w*\+0x\w+/0x\w+\n\n%skfence-#\d+\):%s"
                         % (title, what, rest), log):
            return "no report: %s\n%s" % (title, log[-8000:])
    if res.status == 0 and re.search(r"^kfence: 7 reports$", log, re.M) and \
            len(re.findall(r"\nfreed by task 1 on cpu", log)) == 4:
        return ""
    return "%s\n%s" % (res.error or "status %s" % res.status, log[-8000:])


def kfence_1():
    return _kfence(1)


def kfence_4():
    return _kfence(4)


def _kmemleak(smp):
    """Memory is lost in the kernel: found, with who lost it, and nothing else is."""
    kernel = os.environ.get("QUIRE_TEST_KERNEL") or \
        os.path.join(qemu.OUT, "x86_64-test", "bzImage")
    if not os.path.exists(kernel):
        return "there is no %s (make image-test)" % kernel
    # other work goes on, and a leak has to be five seconds old; a stale address in a stack
    # that is in use may hide one, until that stack is used for something else
    command = (
        "mount -t debugfs d /sys/kernel/debug; cd /sys/kernel/debug; sleep 6; "
        "for i in $(seq 20); do ls -lR /proc/self /sys | sort | tail -n 1 >/tmp/f; "
        "echo scan >kmemleak; [ $(grep -c ^unref kmemleak) -ge 4 ] && break; done; "
        "echo scan >kmemleak; cat kmemleak; echo clear >kmemleak; echo cleared; cat kmemleak; "
        "echo nonsense >kmemleak; echo off >kmemleak; echo scan >kmemleak; echo clear >kmemleak; "
        "dmesg | grep -c 'memory leak detector disabled$'; "
        "dmesg | grep -c 'kmemleak: Automatic memory scanning thread started$'")
    res = qemu.run(qemu.Machine(kernel=kernel, smp=smp, append="boot_test=kmemleak kmemleak=on"),
                   command, (), LIMIT)
    out = res.output.decode(errors="replace").replace("\r", "")
    leak = (r'unreferenced object 0x[0-9a-f]{16} \(size %d\):\n'
            r'  comm "init", pid 1, jiffies \d+ \(age \d+\.\d{3}s\)\n'
            r'  hex dump \(first 32 bytes\):\n    %s\n    .*\n'
            r'  backtrace:\n(    \[<[0-9a-f]{16}>\] [\w.]+\+0x\w+/0x\w+\n)*'
            r'    \[<[0-9a-f]{16}>\] %s\+0x\w+/0x\w+\n')
    for size, text, who, times in (
            (64, r"6c 6f 73 74 20 62 79 20 61 20 74 65 73 74 00 ..  lost by a test\..", "lose_object", 1),
            (12288, r"(5e ){16} \^{16}", "lose_area", 1),
            (256, r"(00 ){16} \.{16}", "lose_pair", 2)):
        if len(re.findall(leak % (size, text, who), out)) != times:
            return "not %d of %s\n%s\n%s" % (times, who, out, qemu.log_tail(res))
    if out.count("unreferenced") != 4 or res.status != 0 or not out.endswith(
            "cleared\nsh: write error: Invalid argument\n"
            "sh: write error: Operation not permitted\n1\n1\n"):
        return "%s\n%s" % (out, qemu.log_tail(res))
    return ""


def kmemleak_1():
    return _kmemleak(1)


def kmemleak_4():
    return _kmemleak(4)


def port_contract_1():
    return _port(1)


def port_contract_4():
    return _port(4)


def oom_switches():
    """/proc/sys/vm: who is killed when memory is out, what is listed, and the panic."""
    if not os.path.exists(qemu.KERNEL):
        return "there is no kernel to boot"
    # a process of 40 MB that waits, then one that asks until memory is out
    command = (
        "cd /proc/sys/vm; (dd if=/dev/zero bs=40M count=1 2>/dev/null | sleep 1000) & "
        "for n in $(seq 600); do rss=$(awk '/VmRSS/ { print $2 }' /proc/$(pidof dd)/status); "
        "[ ${rss:-0} -gt 40000 ] && break; sleep 0.1; done; "
        "echo 1 >oom_kill_allocating_task; tail /dev/zero; echo tail $?; "
        "dmesg | grep -c 'Out of memory (oom_kill_allocating_task): Killed process .* (tail)'; "
        "pidof dd >/dev/null; echo dd $?; dmesg | grep -c 'Tasks state'; "
        "echo 0 >oom_kill_allocating_task; echo 0 >oom_dump_tasks; tail /dev/zero; "
        "dmesg | grep -c 'Out of memory: Killed process .* (dd)'; dmesg | grep -c 'Tasks state'")
    res = qemu.run(qemu.Machine(mem=64), command, (), LIMIT)
    lines = [x for x in res.output.decode(errors="replace").replace("\r", "").split("\n")
             if re.match(r"(tail |dd )?\d+$", x)]
    if lines != ["tail 137", "1", "dd 0", "1", "1", "1"]:
        return "%r\n%s\n%s" % (lines, res.output[-2000:], qemu.log_tail(res))
    res = qemu.run(qemu.Machine(mem=64), "echo 1 >/proc/sys/vm/panic_on_oom; tail /dev/zero",
                   (), LIMIT)
    log = res.log.decode(errors="replace")
    if "Out of memory: system-wide panic_on_oom is enabled" not in log:
        return "no panic: %s" % log[-3000:]
    return ""


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
    plain_cpu, nmi_any_gs, gzip_initrd, cpio_by_cpio, eight_cpus, slab_checks, long_command_line,
    odd_command_line, grub_protected, grub_real_mode, truncated_content,
    truncated_header, bad_magic, bad_hex, absurd_name_size, absurd_file_size,
    truncated_anywhere, bad_init, command_lines, kernel_bug, debug_options,
    port_contract_1, port_contract_4, exhausted_32, lock_rules, kfence_1, kfence_4, kmemleak_1, kmemleak_4, garbage, truncated_gzip,
    flipped_gzip, no_init, oom_switches)]
