"""Runs in the guest: pytests.py MODULE [NAME...]: Python's own tests but for those NAMEs,
each CLASS or CLASS.TEST.

One line for each test, in order of their names, with what became of it; then why it failed.
QUIRE_TIMES=1 prints the seconds of those that take more than one, too.
"""
import os
import sys
import time
import unittest


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.lines = {}
        self.why = []

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        self.note(test, "ok")

    def stopTest(self, test):
        super().stopTest(test)
        seconds = time.monotonic() - self.started
        if os.environ.get("QUIRE_TIMES") and seconds > 1:
            print("%6.1f s %s" % (seconds, test.id()), flush=True)

    def note(self, test, outcome):
        self.lines[test.id()] = outcome

    def bad(self, test, err):
        self.note(test, "FAILED")
        self.why.append("%s\n%s" % (test.id(), self._exc_info_to_string(err, test)))

    def addError(self, test, err):
        self.bad(test, err)

    def addFailure(self, test, err):
        self.bad(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.bad(test, err)

    def addSkip(self, test, reason):
        self.note(test, "skipped: " + reason)

    def addUnexpectedSuccess(self, test):
        self.note(test, "FAILED: unexpected success")


def chosen(suite, left_out):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from chosen(test, left_out)
        elif not any("." + name + "." in test.id() + "." for name in left_out):
            yield test


module, left_out = sys.argv[1], sys.argv[2:]
result = Result()
# what a test prints for people is not compared
stdout = os.dup(1)
null = os.open("/dev/null", os.O_WRONLY)
os.dup2(null, 1)
os.dup2(null, 2)
sys.stdout = os.fdopen(stdout, "w") if os.environ.get("QUIRE_TIMES") else sys.stdout
unittest.TestSuite(chosen(unittest.defaultTestLoader.loadTestsFromName(module), left_out)).run(result)
os.dup2(stdout, 1)
for name in sorted(result.lines):
    os.write(1, ("%s %s\n" % (name, result.lines[name])).encode())
for why in result.why:
    os.write(1, why.encode())
sys.exit(bool(result.why))
