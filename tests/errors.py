#!/usr/bin/env python3
"""The list docs/errors.md beside tests/guest/test_errno.c, whose lines it repeats.

    tests/errors.py            what differs; status 1 if anything does
    tests/errors.py --write    put the lines of the test into the document

tests/run asks for the first (item docs/errors), and each run of the test in a guest has
to print every line of the list as passed.
"""

import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENT = os.path.join(TOP, "docs/errors.md")
SOURCE = os.path.join(TOP, "tests/guest/test_errno.c")
TEST = "test_errno"
BEGIN, END = "<!-- lines of the test -->\n", "<!-- end of the lines -->\n"


def read(path):
    with open(path) as f:
        return f.read()


def tested():
    """[(call, error, how)] in the order of the test."""
    found = re.findall(r'fails\("(\w+)", (E\w+),\s*"([^"]*)"', read(SOURCE))
    return [tuple(line) for line in found]


def listed():
    table = read(DOCUMENT).partition(BEGIN)[2].partition(END)[0]
    return re.findall(r"^\| (\w+) \| `(E\w+)` \| (.*) \|$", table, re.M)


def labels():
    return {"%s %s: %s" % line for line in listed()}


def error():
    """What is wrong with the list, or None."""
    want, have = tested(), listed()
    bad = ["only in the test: %s %s: %s" % line for line in want if line not in have]
    bad += ["only in docs/errors.md: %s %s: %s" % line for line in have if line not in want]
    bad += ["twice: %s %s: %s" % line for line in set(want) if want.count(line) > 1]
    return "\n".join(bad) or None


def not_passed(points):
    """Lines of the list that are not among the [(good, label)] of a run."""
    return sorted(labels() - {label for good, label in points if good})


def write():
    rows = sorted(tested(), key=lambda line: (line[0], line[1]))
    text = read(DOCUMENT)
    head, _, rest = text.partition(BEGIN)
    table = "| call | error | how |\n|---|---|---|\n"
    table += "".join("| %s | `%s` | %s |\n" % row for row in rows)
    with open(DOCUMENT, "w") as f:
        f.write(head + BEGIN + table + END + rest.partition(END)[2])


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    elif sys.argv[1:]:
        sys.exit(__doc__)
    wrong = error()
    if wrong:
        sys.exit(wrong)
