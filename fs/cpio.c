// SPDX-License-Identifier: MIT
/*
 * cpio.c - reading archives in the "newc" format (man 5 cpio: magic 070701, or 070702
 * with sums).
 *
 * An image is a chain of archives, each plain or as a gzip member, with zero bytes
 * between. A stream machine takes the bytes in whatever pieces they come:
 *
 *   HEADER --110 bytes--> NAME --namesize, padded--> DATA or LINK --filesize, padded--> HEADER
 *                           \-- "TRAILER!!!" ------> HEADER (of the next archive)
 *
 * What it finds goes to a sink (cpio.h), the contents of plain archives without a copy.
 * Here is nothing of files or of the kernel, so that hosted tests can feed it any bytes.
 *
 * Invariants
 *   I1  have <= need for what is collected; both bounded by PATH_MAX
 *   I2  the sink sees begin, then data of bytes in all, then end; or begin, then link
 *   I3  after the first error the sink sees nothing more, and c->error says what
 *
 * Context: one thread; no locks.
 */
#include "cpio.h"
#include <linux/errno.h>
#include <linux/inflate.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/stat.h>

#define CPIO_HEADER_BYTES	110

static int cpio_fail(struct cpio *c, const char *error)
{
	if (!c->error)
		c->error = error;
	return -EINVAL;
}

static int parse_hex(const char *p, unsigned long *v)
{
	*v = 0;
	for (int i = 0; i < 8; i++) {
		char ch = p[i];
		int digit = ch >= '0' && ch <= '9' ? ch - '0' :
			    ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 :
			    ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;

		if (digit < 0)
			return -EINVAL;
		*v = *v << 4 | digit;
	}
	return 0;
}

static int parse_header(struct cpio *c)
{
	unsigned long sum, *fields[] = {
		&c->ino, &c->mode, &c->uid, &c->gid, &c->nlink, &c->mtime, &c->bytes,
		&c->major, &c->minor, &c->rmajor, &c->rminor, &c->name_bytes, &sum,
	};

	if (memcmp(c->buf, "070701", 6) && memcmp(c->buf, "070702", 6))
		return cpio_fail(c, memcmp(c->buf, "070707", 6) ? "no cpio magic" :
				 "incorrect cpio method used: use -H newc option");
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (parse_hex(c->buf + 6 + 8 * i, fields[i]))
			return cpio_fail(c, "broken cpio header: not a hexadecimal number");
	if (!c->name_bytes || c->name_bytes > PATH_MAX)
		return cpio_fail(c, "broken cpio header: name length");
	return 0;
}

/* What follows is padded to a multiple of 4 from the archive's start. */
static void pad_then(struct cpio *c, enum cpio_state next)
{
	c->pad = -c->offset & 3;
	c->after_pad = next;
	c->state = c->pad ? CPIO_PAD : next;
	c->have = 0;
}

static void next_header(struct cpio *c)
{
	c->need = CPIO_HEADER_BYTES;
	pad_then(c, CPIO_HEADER);
}

/* The name is complete: the sink learns of the entry, its data come next. */
static int start_entry(struct cpio *c)
{
	if (strnlen(c->buf, c->name_bytes) != c->name_bytes - 1)
		return cpio_fail(c, "broken cpio header: name is not a string");
	strcpy(c->name, c->buf);
	if (!strcmp(c->name, "TRAILER!!!")) {
		next_header(c);
		c->offset = -c->pad;	/* the next archive begins behind the padding */
		return 0;
	}
	if (S_ISLNK(c->mode) && (c->bytes > PATH_MAX || !c->bytes))
		return cpio_fail(c, "broken cpio header: link length");
	c->left = c->bytes;
	if (c->sink->begin(c))
		return cpio_fail(c, "out of memory");
	if (S_ISLNK(c->mode)) {
		c->need = c->bytes;
		pad_then(c, CPIO_LINK);
	} else if (c->left) {
		pad_then(c, CPIO_DATA);
	} else {
		c->sink->end(c);
		next_header(c);
	}
	return 0;
}

static int finish_link(struct cpio *c)
{
	c->buf[c->have] = 0;
	if (c->sink->link(c, c->buf))
		return cpio_fail(c, "out of memory");
	next_header(c);
	return 0;
}

static int take_data(struct cpio *c, const char *p, size_t n)
{
	if (c->sink->data(c, p, n))
		return cpio_fail(c, "out of memory");
	c->left -= n;
	if (!c->left) {
		c->sink->end(c);
		next_header(c);
	}
	return 0;
}

static int collected(struct cpio *c)
{
	switch (c->state) {
	case CPIO_HEADER:
		if (parse_header(c))
			return -EINVAL;
		c->have = 0;
		c->need = c->name_bytes;
		c->state = CPIO_NAME;
		return 0;
	case CPIO_NAME:
		return start_entry(c);
	default:
		return finish_link(c);
	}
}

/* One step over at most @n bytes at @p: bytes used, or -E. */
static ssize_t cpio_step(struct cpio *c, const char *p, size_t n)
{
	int err = 0;

	switch (c->state) {
	case CPIO_PAD:
		n = min(n, c->pad);
		c->pad -= n;
		if (!c->pad)
			c->state = c->after_pad;
		c->offset += n;
		break;
	case CPIO_DATA:
		n = min(n, c->left);
		c->offset += n;
		err = take_data(c, p, n);
		break;
	default:
		n = min(n, c->need - c->have);
		memcpy(c->buf + c->have, p, n);
		c->have += n;
		c->offset += n;
		if (c->have == c->need)
			err = collected(c);
	}
	return err ? err : (ssize_t)n;
}

/**
 * cpio_feed() - take the next @n bytes of plain archives, of a stream of any length.
 * Locks:   none.  Context: as the sink.  Return: 0, or -E with @ctx's error set.
 */
int cpio_feed(void *ctx, const void *buf, size_t n)
{
	struct cpio *c = ctx;
	const char *p = buf, *end = p + n;

	while (p < end) {
		ssize_t used;

		/* between archives zero bytes are skipped */
		if (c->state == CPIO_HEADER && !c->have && !*p) {
			p++;
			c->offset = 0;
			continue;
		}
		used = cpio_step(c, p, end - p);
		if (used < 0)
			return used;
		p += used;
	}
	return 0;
}

static bool between_archives(const struct cpio *c)
{
	return c->state == CPIO_HEADER && !c->have;
}

static ssize_t feed_gzip(struct cpio *c, const char *p, size_t n)
{
	struct inflate_state *st = kvmalloc(sizeof(*st), GFP_KERNEL);
	const char *error = NULL;
	size_t used = 0;
	int err;

	if (!st)
		return cpio_fail(c, "out of memory");
	err = gunzip(st, p, n, cpio_feed, c, &used, &error);
	kvfree(st);
	if (err)
		return cpio_fail(c, error ? error : "broken gzip data");
	return used;
}

/**
 * cpio_unpack() - a whole image: archives, gzip members and zero bytes.
 * Locks:   none.  Context: as the sink; sleeps for memory.
 * Return:  0; -E, and c->error says what. The sink has got all that came before.
 */
int cpio_unpack(struct cpio *c, const void *image, size_t n)
{
	const char *p = image, *end = p + n;

	while (p < end) {
		ssize_t used;

		if (between_archives(c) && (u8)p[0] == 0x1f && end - p > 1 && (u8)p[1] == 0x8b) {
			used = feed_gzip(c, p, end - p);
		} else if (between_archives(c) && *p && *p != '0') {
			return cpio_fail(c, "invalid magic at start of archive");
		} else if (between_archives(c) && !*p) {
			used = 1;
			c->offset = 0;
		} else {
			used = cpio_step(c, p, end - p);
		}
		if (used < 0)
			return used;
		p += used;
	}
	if (between_archives(c) || c->state == CPIO_PAD)
		return 0;
	return cpio_fail(c, "unexpected end of archive");
}

/**
 * cpio_init() - begin to read, for @sink.
 * Locks:   none.  Context: any.
 */
void cpio_init(struct cpio *c, const struct cpio_sink *sink)
{
	memset(c, 0, sizeof(*c));
	c->sink = sink;
	c->need = CPIO_HEADER_BYTES;
}
