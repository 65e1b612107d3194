/* SPDX-License-Identifier: MIT */
/* cpio.h - reading cpio archives in the "newc" format, plain or as gzip members. */
#ifndef FS_CPIO_H
#define FS_CPIO_H

#include <linux/types.h>
#include <uapi/fcntl.h>		/* PATH_MAX */

enum cpio_state { CPIO_HEADER, CPIO_NAME, CPIO_DATA, CPIO_LINK, CPIO_PAD };

struct cpio;

/* Where the entries go. An error of begin, data or link ends the reading. */
struct cpio_sink {
	int (*begin)(struct cpio *c);		/* name and numbers of an entry are complete */
	int (*data)(struct cpio *c, const char *p, size_t n);	/* n bytes of its contents */
	void (*end)(struct cpio *c);		/* all of its contents came, or none */
	int (*link)(struct cpio *c, const char *target);	/* after begin() of a symlink */
};

struct cpio {
	const struct cpio_sink *sink;
	enum cpio_state state, after_pad;
	char buf[PATH_MAX + 1];		/* header, name or link text being collected */
	char name[PATH_MAX + 1];	/* of the current entry, terminated */
	size_t have, need;		/* bytes of buf (I1) */
	size_t offset;			/* bytes of this archive: padding counts from its start */
	size_t pad;
	unsigned long ino, mode, uid, gid, nlink, mtime, bytes, major, minor, rmajor, rminor,
		      name_bytes;
	size_t left;			/* bytes of data still to come */
	const char *error;
};

void cpio_init(struct cpio *c, const struct cpio_sink *sink);
int cpio_unpack(struct cpio *c, const void *image, size_t bytes);	/* 0, or -E and c->error */
int cpio_feed(void *cpio, const void *buf, size_t bytes);	/* the next bytes of plain archives */

#endif
