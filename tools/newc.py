"""The "newc" cpio format, as far as an initramfs needs it.

An archive is a list of entries, each a 110-byte header of ASCII hex fields,
the name and the content, all padded to 4 bytes, closed by an entry named
TRAILER!!!.  Archives may follow each other in one initramfs; the kernel
unpacks them in order, so a later one adds to or replaces what an earlier one
made.  Nothing here needs root: device nodes are only numbers in a header.

The output is a function of the input alone: every time stamp is 0, owners are
root and inode numbers count from 1.
"""

import stat

TRAILER = "TRAILER!!!"


def _pad(data, to):
    return data + b"\0" * (-len(data) % to)


class Archive:
    """Entries in the order in which they were added."""

    def __init__(self):
        self._parts = []
        self._names = set()
        self._ino = 0

    def _entry(self, name, mode, data=b"", nlink=1, rdev=(0, 0)):
        raw = name.encode() + b"\0"
        fields = (self._ino, mode, 0, 0, nlink, 0, len(data), 0, 0,
                  rdev[0], rdev[1], len(raw), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields)
        self._parts.append(_pad(head + raw, 4) + _pad(data, 4))

    def _add(self, name, mode, data=b"", nlink=1, rdev=(0, 0)):
        name = name.strip("/")
        if name in self._names:
            raise ValueError("%s: added twice" % name)
        parent = name.rpartition("/")[0]
        if parent and parent not in self._names:
            self.dir(parent)
        self._names.add(name)
        self._ino += 1
        self._entry(name, mode, data, nlink, rdev)

    def has(self, name):
        return name.strip("/") in self._names

    def dir(self, name, perm=0o755):
        self._add(name, stat.S_IFDIR | perm, nlink=2)

    def file(self, name, data, perm=0o644):
        if isinstance(data, str):
            data = data.encode()
        self._add(name, stat.S_IFREG | perm, data)

    def symlink(self, name, target):
        self._add(name, stat.S_IFLNK | 0o777, target.encode())

    def char(self, name, major, minor, perm=0o666):
        self._add(name, stat.S_IFCHR | perm, rdev=(major, minor))

    def bytes(self):
        """The archive, closed and padded to the customary 512 bytes."""
        done = Archive()
        done._parts = list(self._parts)
        done._entry(TRAILER, 0)
        return _pad(b"".join(done._parts), 512)
