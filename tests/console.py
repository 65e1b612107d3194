"""A dialogue with the guest's shell on the serial line, from a .con file.

    # remark
    > text        type text and Enter; \\xNN is a byte, \\c at the end: no Enter
    < regex       wait until it appears behind what was matched before
    = seconds     let time pass, where nothing shows that the guest is ready

The machine has to switch itself off after the last line.
"""

import os
import re
import select
import subprocess
import tempfile
import time

import qemu

ESCAPES = re.compile(r"\r|\x1b\[[0-9;?]*[A-Za-z]")
WAIT = 60                   # seconds for one answer; two machines share 2 cores


def read_script(path):
    steps = []
    with open(path) as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            if line[:2] not in ("> ", "< ", "= "):
                raise ValueError("%s:%d: none of > < =" % (path, number))
            steps.append((number, line[0], line[2:]))
    return steps


def typed(words):
    """The bytes that a > line sends."""
    end = "" if words.endswith("\\c") else "\r"
    words = words[:-2] if words.endswith("\\c") else words
    words = re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), words)
    return (words + end).encode("latin-1")


class Line:
    def __init__(self, proc):
        self.proc = proc
        self.raw = ""
        self.text = ""          # raw without escape sequences and CR
        self.at = 0

    def read(self, seconds):
        """Take what arrives; False when the line is closed or silent."""
        fd = self.proc.stdout.fileno()
        if not select.select([fd], [], [], seconds)[0]:
            return False
        data = os.read(fd, 65536)
        self.raw += data.decode("latin-1")
        self.text = ESCAPES.sub("", self.raw)
        return bool(data)

    def expect(self, pattern):
        end = time.monotonic() + WAIT
        while True:
            m = re.compile(pattern, re.M).search(self.text, self.at)
            if m:
                self.at = m.end()
                return True
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                return False

    def type(self, data):
        """One byte after the other: a UART holds only 16."""
        for i in range(len(data)):
            self.proc.stdin.write(data[i:i + 1])
            self.proc.stdin.flush()
            time.sleep(0.002)


def talk(machine, path):
    """Boot @machine and hold the dialogue; "" or what went wrong."""
    if not os.path.exists(machine.kernel):
        return "there is no kernel to boot"
    steps = read_script(path)
    with tempfile.TemporaryDirectory(prefix="quire-") as tmp:
        initrd = os.path.join(tmp, "initrd")
        with open(initrd, "wb") as f:
            f.write(qemu.join_initrd(machine.initrd))
        proc = subprocess.Popen(
            machine.argv(initrd) + ["-monitor", "none", "-serial", "stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            return _dialogue(Line(proc), steps, path)
        except BrokenPipeError:
            return "the machine stopped in the middle"
        finally:
            proc.kill()
            proc.wait()
            try:
                proc.stdin.close()
            except BrokenPipeError:
                pass
            proc.stdout.close()


def _dialogue(line, steps, path):
    for number, kind, words in steps:
        if kind == ">":
            line.type(typed(words))
        elif kind == "=":
            time.sleep(float(words))
        elif not line.expect(words):
            return "%s:%d: no answer matches %s\n%s" % (path, number, words,
                                                        line.text[-2000:])
    while line.read(WAIT):
        pass
    if line.proc.poll() is None:
        try:
            line.proc.wait(5)
        except subprocess.TimeoutExpired:
            return "the machine did not switch itself off\n" + line.text[-2000:]
    if line.proc.returncode:
        return "the machine stopped with status %d\n%s" % (line.proc.returncode,
                                                           line.text[-2000:])
    return ""
