// SPDX-License-Identifier: MIT
/*
 * hexdump.c - bytes as text: columns of hexadecimal, and what they are as characters.
 *
 *	prefix 0xffff888003a4b040: 6b 6b 6b 6b 6b 6b 6b 6b  kkkkkkkk
 *
 * A row has 16 or 32 bytes in groups of 1, 2, 4 or 8; a group of more than one byte is
 * a number of the machine's own byte order. Characters that are not printable are dots.
 * The characters stand in the same column in each row, however short it is.
 *
 * No locks, no allocation, any context.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

/* The widest row: 32 bytes as 3 characters each, 32 characters, spaces, the end. */
#define ROW_TEXT	(32 * 3 + 2 + 32 + 1)

static u64 group_value(const u8 *p, int bytes)
{
	u64 value = 0;

	switch (bytes) {
	case 8:
		memcpy(&value, p, 8);
		return value;
	case 4: {
		u32 word;

		memcpy(&word, p, 4);
		return word;
	}
	case 2: {
		u16 half;

		memcpy(&half, p, 2);
		return half;
	}
	default:
		return *p;
	}
}

/**
 * hex_dump_to_buffer() - one row of at most @rowsize of the @len bytes at @buf, as text.
 * Locks:   none.  Context: any.
 * Return:  the length of the whole row; no more than @linebuflen bytes are written.
 */
int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *linebuf,
		       size_t linebuflen, bool ascii)
{
	const u8 *p = buf;
	size_t i, at = 0;
	int column;

	if (rowsize != 32)
		rowsize = 16;
	len = min_t(size_t, len, rowsize);
	if (groupsize != 2 && groupsize != 4 && groupsize != 8)
		groupsize = 1;
	if (len % groupsize)
		groupsize = 1;
	column = rowsize * 2 + rowsize / groupsize + 1;
	linebuf[0] = '\0';
	for (i = 0; i < len; i += groupsize)
		at += snprintf(linebuf + min(at, linebuflen), linebuflen - min(at, linebuflen),
			       "%s%0*llx", i ? " " : "", groupsize * 2,
			       (unsigned long long)group_value(p + i, groupsize));
	if (!ascii || !len)
		return at;
	at += snprintf(linebuf + min(at, linebuflen), linebuflen - min(at, linebuflen), "%*s",
		       column - (int)at, "");
	for (i = 0; i < len; i++)
		at += snprintf(linebuf + min(at, linebuflen), linebuflen - min(at, linebuflen),
			       "%c", p[i] >= 0x20 && p[i] < 0x7f ? p[i] : '.');
	return at;
}

/**
 * print_hex_dump() - @len bytes at @buf to the log, a row a line, of @level (KERN_*).
 * Locks:   none.  Context: any.
 */
void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize,
		    int groupsize, const void *buf, size_t len, bool ascii)
{
	char row[ROW_TEXT];
	size_t i;

	if (rowsize != 32)
		rowsize = 16;
	for (i = 0; i < len; i += rowsize) {
		const char *at = (const char *)buf + i;

		hex_dump_to_buffer(at, len - i, rowsize, groupsize, row, sizeof(row), ascii);
		if (prefix_type == DUMP_PREFIX_ADDRESS)
			printk("%s%s%p: %s\n", level, prefix_str, at, row);
		else if (prefix_type == DUMP_PREFIX_OFFSET)
			printk("%s%s%.8zx: %s\n", level, prefix_str, i, row);
		else
			printk("%s%s%s\n", level, prefix_str, row);
	}
}
