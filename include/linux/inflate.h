/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_INFLATE_H
#define _LINUX_INFLATE_H

/* Decompression of gzip members (RFC 1952) and raw deflate (RFC 1951). */
#include <linux/types.h>

#define INFLATE_WINDOW_BYTES	32768

/* What takes the output; a negative value ends the decompression with it. */
typedef int (*inflate_flush_t)(void *ctx, const void *buf, size_t n);

/* One Huffman code: how many codes of each length, and the symbols in order. */
struct inflate_code {
	u16 count[16];
	u16 symbol[288];
	u16 fast[512];		/* length << 12 | symbol for codes of <= 9 bits */
};

/* All the memory a run needs: about 36 KiB that the caller provides. */
struct inflate_state {
	const u8 *in;		/* next byte of input */
	const u8 *in_end;
	u64 bits;		/* bits read and not used, lowest first */
	unsigned int nbits;
	unsigned int pos;	/* next place in the window */
	bool wrapped;		/* the window was filled once */
	u32 crc;
	u32 out_bytes;		/* modulo 2^32, as gzip counts */
	inflate_flush_t flush;
	void *ctx;
	const char *error;
	struct inflate_code lit, dist;
	u8 lengths[320];
	u8 window[INFLATE_WINDOW_BYTES];
};

int inflate_raw(struct inflate_state *st, const void *in, size_t in_bytes,
		inflate_flush_t flush, void *ctx, size_t *consumed, const char **error);
int gunzip(struct inflate_state *st, const void *in, size_t in_bytes,
	   inflate_flush_t flush, void *ctx, size_t *consumed, const char **error);

#endif
