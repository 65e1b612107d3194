"""Random calls about memory (tests/calls): the same answers as Linux, and none that hurts.

    calls/trace-MIX-N     rounds of random calls: their hashes are Linux's; where one is
                          not, the round runs again on both and the first line that
                          differs is shown
    calls/hosted          the same rounds made to mm/ in a process: Linux's answers, too
    calls/hosted-storm    several address spaces and CPUs of hosted machines, every check on
    calls/storm           several processes and threads at once on four CPUs of a checking
                          kernel: it finds no damage, neither in objects of slabs nor when
                          it walks all of memory management in between, and keeps nothing

The kernel that is compared with has no transparent huge pages (a program asks for that)
and, like Quire's machine here, a CPU without protection keys: which area is executed only
is not what is compared.
"""

import difflib
import os
import re
import subprocess
import sys
import threading

if __name__ == "__main__":
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))

import newc
import qemu

TRACE = "out/guest/calls/trace"
CPU = "max,la57=off,pku=off"
# mix, first seed, rounds, calls of each
TRACES = {"core-1": ("core", 1, 6, 1500), "core-2": ("core", 1000, 6, 1500),
          "full-1": ("full", 1, 8, 1500), "full-2": ("full", 1000, 8, 1500)}


def text(raw):
    return raw.decode(errors="replace")


def archive(*paths):
    ar = newc.Archive()
    for path in paths:
        with open(path, "rb") as f:
            ar.file("tests/bin/" + os.path.basename(path), f.read(), 0o755)
    return ar.bytes()


def run_quire(words, timeout=300):
    return qemu.run(qemu.Machine(mem=256, cpu=CPU), "/tests/bin/trace " + words,
                    [archive(TRACE)], timeout)


def run_linux(oracle, words, lock=None):
    return oracle.output("/tests/bin/trace " + words, archive(TRACE), lock or threading.Lock(),
                         r"core [0-9a-f]{16}(, full [0-9a-f]{16})?\n", mem=256, cpu=CPU)


def first_difference(oracle, mix, seed, calls):
    """The lines about the first one of a round that is not Linux's."""
    words = "-v %s %d 1 %d" % (mix, seed, calls)
    want = run_linux(oracle, words).split("\n")
    got = text(run_quire(words).output).split("\n")
    for at, (a, b) in enumerate(zip(want, got)):
        if a != b:
            lines = [line for line in want[:at] if not line.startswith(" ")][-6:]
            return "trace %s\n  %s\n- %s\n+ %s" % (words, "\n  ".join(lines), a, b)
    return "trace %s: the same when it ran again" % words


def compare(oracle, item, mix, seed, rounds, calls):
    """Judge @rounds; item.ok() for each that is Linux's."""
    words = "%s %d %d %d" % (mix, seed, rounds, calls)
    res = run_quire(words)
    got = text(res.output).splitlines()
    if res.status:
        return item.fail("\n".join(got[-5:]) + "\n" + qemu.log_tail(res, 40))
    if not oracle.available():
        return item.skip(oracle.reason)
    want = run_linux(oracle, words).splitlines()
    for a, b in zip(want, got):
        if a == b:
            item.ok()
        elif not item.failed:
            bad = int(re.match(r"\w+ (\d+):", a)[1])
            item.fail("".join(line + "\n" for line in difflib.ndiff([a], [b])) +
                      first_difference(oracle, mix, bad, calls))
    if len(want) != len(got) and not item.failed:
        item.fail("%d rounds, not %d" % (len(got), len(want)))
    return item


HOSTED = "out/tests/calls/hosted"


def run_hosted(words, timeout=300):
    """(status, standard output, the end of what else it said)"""
    try:
        res = subprocess.run([HOSTED] + words.split(), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=timeout)
    except subprocess.TimeoutExpired:
        return 124, "", "no end after %d s" % timeout
    return res.returncode, text(res.stdout), text(res.stderr)[-4000:]


def first_hosted_difference(oracle, seed, calls):
    """As first_difference(); which fault an access ends with, a hosted machine does not say."""
    words = "-v core %d 1 %d" % (seed, calls)
    fault = re.compile(r"((?:touch|store)\(.*\) = -)\d+$", re.M)
    want = fault.sub(r"\g<1>1", run_linux(oracle, words)).split("\n")
    got = run_hosted(words)[1].split("\n")
    for at, (a, b) in enumerate(zip(want, got)):
        if a != b:
            lines = [line for line in want[:at] if not line.startswith(" ")][-6:]
            return "hosted %s\n  %s\n- %s\n+ %s" % (words, "\n  ".join(lines), a, b)
    return "hosted %s: the same when it ran again" % words


def compare_hosted(oracle, item):
    """The rounds of TRACES that need mm/ alone."""
    for mix, seed, rounds, calls in TRACES.values():
        words = "%s %d %d %d" % (mix, seed, rounds, calls)
        if mix != "core":
            continue
        status, out, said = run_hosted(words)
        if status:
            return item.fail("hosted %s: status %d\n%s" % (words, status, said))
        if not oracle.available():
            return item.skip(oracle.reason)
        want, got = run_linux(oracle, words).splitlines(), out.splitlines()
        for a, b in zip(want, got):
            if a != b:
                bad = int(re.match(r"\w+ (\d+):", a)[1])
                return item.fail(first_hosted_difference(oracle, bad, calls))
            item.ok()
        if len(want) != len(got):
            return item.fail("%d rounds, not %d" % (len(got), len(want)))
    return item


def hosted_storm(seed, count, threads):
    """Nothing, or what went wrong."""
    status, out, said = run_hosted("storm %d %d %d" % (seed, count, threads))
    return "" if not status else "status %d\n%s%s" % (status, out, said)


STORM = "out/guest/calls/storm"
STORM_CALLS, STORM_PROCESSES, STORM_THREADS = 1500, 3, 3
CHECKING = os.environ.get("QUIRE_DEBUG_TEST_KERNEL") or \
    os.path.join(qemu.OUT, "x86_64-debug-test", "bzImage")
DAMAGE = re.compile(r"^.*(?:\b(?:BUG|WARNING)\b|\bFIX \w|[Cc]orrupt|overwritten|Bad page).*$",
                    re.M)


def storm(seed, count, calls, timeout):
    """Nothing, or what went wrong in @count storms of so many @calls by each thread."""
    script = ("mount -t debugfs debug /sys/kernel/debug; "
              "for seed in $(seq %d %d); do /tests/bin/storm $seed %d %d %d || exit 1; done"
              % (seed, seed + count - 1, calls, STORM_PROCESSES, STORM_THREADS))
    res = qemu.run(qemu.Machine(CHECKING, mem=512, smp=4, append="slub_debug=FZPU page_poison=1"),
                   script, [archive(STORM)], timeout)
    found = DAMAGE.findall(text(res.log))
    if found:
        return "\n".join(found)
    good = re.findall(r"storm: all is well, [1-9]\d* checks", text(res.output))
    if res.status or len(good) != count:
        return "status %s\n%s\n%s" % (res.status, text(res.output)[-2000:],
                                       qemu.log_tail(res, 40))
    return ""


def main():
    """Storms longer than those of the tests: calls_tests.py CALLS SEED."""
    wanted, seed, calls = int(sys.argv[1]), int(sys.argv[2]), 5000
    each = calls * STORM_PROCESSES * STORM_THREADS
    done = 0
    while done < wanted:
        count = min(10, -(-(wanted - done) // each))
        error = storm(seed, count, calls, 3600)
        if error:
            sys.exit("storms from seed %d on:\n%s" % (seed, error))
        seed += count
        done += count * each
        print("%d calls without a report" % done, flush=True)


if __name__ == "__main__":
    main()
