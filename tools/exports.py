#!/usr/bin/env python3
"""What libquire shows of itself: exports.py HEADER_DIR ... -- OBJECT ...

A function or object that the headers name is part of the interface; what only
the sources share is not. Prints the names, one a line.
"""

import os
import re
import subprocess
import sys


def declared(folders):
    names = set()
    for top in folders:
        for folder, _, files in os.walk(top):
            for name in files:
                with open(os.path.join(folder, name)) as f:
                    text = re.sub(r"/\*.*?\*/", " ", f.read(), flags=re.S)
                names.update(re.findall(r"\b([A-Za-z_]\w*)\s*[(;\[]", text))
                names.update(re.findall(r"#define\s+\w+(?:\([^)]*\))?\s+(\w+)\s*$", text, re.M))
    return names


def defined(objects):
    out = subprocess.run([os.environ.get("NM", "nm"), "-g", "--defined-only", "-P", *objects],
                         check=True, text=True, stdout=subprocess.PIPE).stdout
    return {line.split()[0] for line in out.split("\n") if len(line.split()) > 2}


def main():
    cut = sys.argv.index("--")
    print("\n".join(sorted(declared(sys.argv[1:cut]) & defined(sys.argv[cut + 1:]))))


main()
