// SPDX-License-Identifier: MIT
/*
 * Decompression of deflate (RFC 1951) and gzip (RFC 1952).
 *
 * Input is one buffer; output goes through a window of 32 KiB, which is what
 * back references may reach, and is handed on whenever the window is full. All
 * memory is the caller's struct inflate_state. Whatever the input is, the
 * decoder ends, reads only the input and writes only the window:
 *
 *   I1  in <= in_end; the bits taken from the reservoir were in the input
 *   I2  a back reference reaches at most as far as output exists (and 32 KiB)
 *   I3  a code is used only when its lengths make a prefix code: not more codes
 *       than there is room for, and not fewer, except for a single code of one bit
 *
 * Bits are read lowest first into a reservoir of 64. Near the end of the input
 * the reservoir holds fewer bits than a code may have; decoding sees zeros behind
 * them, and taking more bits than there are is the error "input ends early".
 *
 * A code with canonical lengths needs only the number of codes of each length and
 * the symbols in order (by length, then value). Codes of up to FAST_BITS bits,
 * which are nearly all that occur, are found by one look-up in a table indexed by
 * the next bits; an entry is length << 12 | symbol, 0 where no short code
 * matches. Longer ones are decoded bit by bit: at each length, the codes of that
 * length are a range of numbers that starts where the previous length left off.
 *
 * Locks: none, the state belongs to one caller. It may sleep as flush does.
 */
#include <linux/bug.h>
#include <linux/byteorder.h>
#include <linux/crc32.h>
#include <linux/err.h>
#include <linux/inflate.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define MAX_CODE_BITS	15
#define FAST_BITS	9
#define NR_LIT		288
#define NR_DIST		30
#define END_OF_BLOCK	256

static int damaged(struct inflate_state *st, const char *why)
{
	st->error = why;
	return -EINVAL;
}

static void refill(struct inflate_state *st)
{
	while (st->nbits <= 56 && st->in < st->in_end) {
		st->bits |= (u64)*st->in++ << st->nbits;
		st->nbits += 8;
	}
}

/* Take n <= 16 bits; the value, or -EINVAL at the end of the input. */
static int take_bits(struct inflate_state *st, unsigned int n)
{
	int value;

	if (st->nbits < n) {
		refill(st);
		if (st->nbits < n)					/* I1 */
			return damaged(st, "input ends early");
	}
	value = (int)(st->bits & ((1u << n) - 1));
	st->bits >>= n;
	st->nbits -= n;
	return value;
}

/* Hand on what is in the window since the last time. */
static int flush_window(struct inflate_state *st)
{
	int err;

	if (!st->pos)
		return 0;
	st->crc = crc32_le(st->crc, st->window, st->pos);
	st->out_bytes += st->pos;
	err = st->flush(st->ctx, st->window, st->pos);
	if (err < 0) {
		st->error = "output refused";
		return err;
	}
	return 0;
}

static int window_full(struct inflate_state *st)
{
	int err = flush_window(st);

	st->pos = 0;
	st->wrapped = true;
	return err;
}

static inline int put_byte(struct inflate_state *st, u8 byte)
{
	mm_assert(st->pos < INFLATE_WINDOW_BYTES);
	st->window[st->pos++] = byte;
	return unlikely(st->pos == INFLATE_WINDOW_BYTES) ? window_full(st) : 0;
}

/* Copy length bytes from distance back; the areas may overlap. */
static int copy_back(struct inflate_state *st, unsigned int length, unsigned int distance)
{
	unsigned int from;
	int err;

	if (distance > INFLATE_WINDOW_BYTES || (!st->wrapped && distance > st->pos))
		return damaged(st, "reference before the beginning");	/* I2 */
	from = (st->pos - distance) & (INFLATE_WINDOW_BYTES - 1);
	if (distance >= length && from + length <= INFLATE_WINDOW_BYTES &&
	    st->pos + length < INFLATE_WINDOW_BYTES) {
		memcpy(st->window + st->pos, st->window + from, length);
		st->pos += length;
		return 0;
	}
	while (length--) {
		err = put_byte(st, st->window[from]);
		if (err)
			return err;
		from = (from + 1) & (INFLATE_WINDOW_BYTES - 1);
	}
	return 0;
}

static unsigned int reverse_bits(unsigned int code, unsigned int n)
{
	unsigned int out = 0;

	while (n--) {
		out = (out << 1) | (code & 1);
		code >>= 1;
	}
	return out;
}

/* Enter a code in every place of the table whose low bits it is. */
static void fill_fast(struct inflate_code *c, unsigned int code, unsigned int len,
		      unsigned int symbol)
{
	unsigned int i;

	for (i = reverse_bits(code, len); i < 1u << FAST_BITS; i += 1u << len)
		c->fast[i] = (u16)(len << 12 | symbol);
}

/*
 * Build a code from the lengths of n symbols (0: unused). Returns 0; 1 when there
 * is no code at all; -EINVAL when I3 does not hold.
 */
static int build_code(struct inflate_state *st, struct inflate_code *c, const u8 *lengths,
		      unsigned int n)
{
	u16 next_index[MAX_CODE_BITS + 2], next_code[MAX_CODE_BITS + 2];
	unsigned int len, i, used;
	int room = 1;

	memset(c->count, 0, sizeof(c->count));
	memset(c->fast, 0, sizeof(c->fast));
	for (i = 0; i < n; i++)
		c->count[lengths[i]]++;
	used = n - c->count[0];
	c->count[0] = 0;
	if (!used)
		return 1;
	next_index[1] = 0;
	next_code[1] = 0;
	for (len = 1; len <= MAX_CODE_BITS; len++) {
		room = 2 * room - c->count[len];
		if (room < 0)
			return damaged(st, "too many codes");
		next_index[len + 1] = next_index[len] + c->count[len];
		next_code[len + 1] = (u16)((next_code[len] + c->count[len]) << 1);
	}
	if (room > 0 && !(used == 1 && c->count[1] == 1))
		return damaged(st, "too few codes");
	for (i = 0; i < n; i++) {
		len = lengths[i];
		if (!len)
			continue;
		c->symbol[next_index[len]++] = (u16)i;
		if (len <= FAST_BITS)
			fill_fast(c, next_code[len], len, i);
		next_code[len]++;
	}
	return 0;
}

/* A code longer than FAST_BITS, or none: count through the lengths. */
static int decode_slow(struct inflate_state *st, const struct inflate_code *c)
{
	unsigned int len, code = 0, first = 0, index = 0;

	for (len = 1; len <= MAX_CODE_BITS; len++) {
		code |= (st->bits >> (len - 1)) & 1;
		if (code - first < c->count[len]) {
			if (len > st->nbits)				/* I1 */
				return damaged(st, "input ends early");
			st->bits >>= len;
			st->nbits -= len;
			return c->symbol[index + code - first];
		}
		index += c->count[len];
		first = (first + c->count[len]) << 1;
		code <<= 1;
	}
	return damaged(st, st->nbits < MAX_CODE_BITS ? "input ends early" : "no such code");
}

static inline int decode(struct inflate_state *st, const struct inflate_code *c)
{
	unsigned int entry, len;

	if (st->nbits < MAX_CODE_BITS)
		refill(st);
	entry = c->fast[st->bits & ((1u << FAST_BITS) - 1)];
	len = entry >> 12;
	if (unlikely(!len || len > st->nbits))
		return decode_slow(st, c);
	st->bits >>= len;
	st->nbits -= len;
	return entry & 0xfff;
}

/* Symbols 257..285 and 0..29: base value and number of extra bits. */
static const u16 length_base[29] = {
	3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31,
	35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
};
static const u8 length_extra[29] = {
	0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2,
	3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
};
static const u16 dist_base[NR_DIST] = {
	1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769,
	1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
};

static int inflate_reference(struct inflate_state *st, unsigned int symbol)
{
	int extra, dist_symbol, distance;
	unsigned int length;

	symbol -= END_OF_BLOCK + 1;
	if (symbol >= ARRAY_SIZE(length_base))
		return damaged(st, "no such length");
	extra = take_bits(st, length_extra[symbol]);
	if (extra < 0)
		return extra;
	length = length_base[symbol] + extra;
	dist_symbol = decode(st, &st->dist);
	if (dist_symbol < 0)
		return dist_symbol;
	if (dist_symbol >= NR_DIST)
		return damaged(st, "no such distance");
	distance = take_bits(st, dist_symbol < 2 ? 0 : dist_symbol / 2 - 1);
	if (distance < 0)
		return distance;
	return copy_back(st, length, dist_base[dist_symbol] + distance);
}

static int inflate_symbols(struct inflate_state *st)
{
	int symbol, err;

	for (;;) {
		symbol = decode(st, &st->lit);
		if (symbol < 0)
			return symbol;
		if (symbol == END_OF_BLOCK)
			return 0;
		if (symbol < END_OF_BLOCK)
			err = put_byte(st, (u8)symbol);
		else
			err = inflate_reference(st, symbol);
		if (err)
			return err;
	}
}

static int inflate_stored(struct inflate_state *st)
{
	int length, check, err;
	unsigned int left;

	take_bits(st, st->nbits & 7);		/* up to the byte boundary */
	length = take_bits(st, 16);
	if (length < 0)
		return length;
	check = take_bits(st, 16);
	if (check < 0)
		return check;
	if (length != (~check & 0xffff))
		return damaged(st, "stored length is damaged");
	for (left = length; left; left--) {
		int byte = take_bits(st, 8);

		if (byte < 0)
			return byte;
		err = put_byte(st, (u8)byte);
		if (err)
			return err;
	}
	return 0;
}

static int inflate_fixed(struct inflate_state *st)
{
	int err;

	memset(st->lengths, 8, 144);
	memset(st->lengths + 144, 9, 112);
	memset(st->lengths + 256, 7, 24);
	memset(st->lengths + 280, 8, 8);
	err = build_code(st, &st->lit, st->lengths, NR_LIT);
	if (err)
		return err;
	memset(st->lengths, 5, 32);		/* 30 and 31 exist and are invalid */
	err = build_code(st, &st->dist, st->lengths, 32);
	return err ? err : inflate_symbols(st);
}

/* Read total code lengths, themselves coded by st->lit, into st->lengths. */
static int read_lengths(struct inflate_state *st, unsigned int total)
{
	unsigned int i = 0, repeat;
	int symbol, extra;
	u8 value;

	while (i < total) {
		symbol = decode(st, &st->lit);
		if (symbol < 0)
			return symbol;
		if (symbol < 16) {
			st->lengths[i++] = (u8)symbol;
			continue;
		}
		if (symbol == 16 && !i)
			return damaged(st, "nothing to repeat");
		value = symbol == 16 ? st->lengths[i - 1] : 0;
		extra = take_bits(st, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
		if (extra < 0)
			return extra;
		repeat = extra + (symbol == 18 ? 11 : 3);
		if (repeat > total - i)
			return damaged(st, "too many code lengths");
		memset(st->lengths + i, value, repeat);
		i += repeat;
	}
	return 0;
}

/* The code of the code lengths comes first, in an order of its own. */
static int read_length_code(struct inflate_state *st, unsigned int n)
{
	static const u8 order[19] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};
	unsigned int i;
	int bits, err;

	memset(st->lengths, 0, 19);
	for (i = 0; i < n; i++) {
		bits = take_bits(st, 3);
		if (bits < 0)
			return bits;
		st->lengths[order[i]] = (u8)bits;
	}
	err = build_code(st, &st->lit, st->lengths, 19);
	return err > 0 ? damaged(st, "no code lengths") : err;
}

static int inflate_dynamic(struct inflate_state *st)
{
	int head = take_bits(st, 14), err;
	unsigned int nlit, ndist;

	if (head < 0)
		return head;
	nlit = (head & 31) + 257;
	ndist = ((head >> 5) & 31) + 1;
	if (nlit > 286 || ndist > NR_DIST)
		return damaged(st, "too many codes");
	err = read_length_code(st, (head >> 10) + 4);
	if (err)
		return err;
	err = read_lengths(st, nlit + ndist);
	if (err)
		return err;
	if (!st->lengths[END_OF_BLOCK])
		return damaged(st, "block has no end");
	err = build_code(st, &st->lit, st->lengths, nlit);
	if (err)
		return err;
	err = build_code(st, &st->dist, st->lengths + nlit, ndist);
	return err < 0 ? err : inflate_symbols(st);	/* no distances: literals only */
}

static int inflate_blocks(struct inflate_state *st)
{
	int head, err;

	do {
		head = take_bits(st, 3);
		if (head < 0)
			return head;
		switch (head >> 1) {
		case 0:
			err = inflate_stored(st);
			break;
		case 1:
			err = inflate_fixed(st);
			break;
		case 2:
			err = inflate_dynamic(st);
			break;
		default:
			err = damaged(st, "no such block type");
			break;
		}
		if (err)
			return err;
	} while (!(head & 1));
	return flush_window(st);
}

static void start(struct inflate_state *st, const void *in, size_t in_bytes,
		  inflate_flush_t flush, void *ctx)
{
	st->in = in;
	st->in_end = st->in + in_bytes;
	st->bits = 0;
	st->nbits = 0;
	st->pos = 0;
	st->wrapped = false;
	st->crc = ~0u;
	st->out_bytes = 0;
	st->flush = flush;
	st->ctx = ctx;
	st->error = NULL;
}

/* Give whole bytes of the reservoir back to the input. */
static void unread_bytes(struct inflate_state *st)
{
	st->in -= st->nbits / 8;
	st->bits = 0;
	st->nbits = 0;
}

static int finish(struct inflate_state *st, const void *in, int err, size_t *consumed,
		  const char **error)
{
	if (consumed)
		*consumed = st->in - (const u8 *)in;
	if (error)
		*error = st->error;
	return err;
}

/**
 * inflate_raw() - decompress a deflate stream without a wrapper.
 * Locks:   none; @st is the caller's.
 * Context: may sleep if @flush does.
 * Return:  0; -EINVAL for damaged input (*@error says why); or what @flush
 *          returned. *@consumed is the number of input bytes used.
 */
int inflate_raw(struct inflate_state *st, const void *in, size_t in_bytes,
		inflate_flush_t flush, void *ctx, size_t *consumed, const char **error)
{
	int err;

	start(st, in, in_bytes, flush, ctx);
	err = inflate_blocks(st);
	unread_bytes(st);
	return finish(st, in, err, consumed, error);
}

#define GZIP_FHCRC	2
#define GZIP_FEXTRA	4
#define GZIP_FNAME	8
#define GZIP_FCOMMENT	16
#define GZIP_RESERVED	0xe0

static int skip_bytes(struct inflate_state *st, size_t n)
{
	if ((size_t)(st->in_end - st->in) < n)
		return damaged(st, "header ends early");
	st->in += n;
	return 0;
}

static int skip_text(struct inflate_state *st)
{
	const u8 *end = memchr(st->in, 0, st->in_end - st->in);

	if (!end)
		return damaged(st, "header ends early");
	st->in = end + 1;
	return 0;
}

/* The optional parts of the header, in their order. */
static int skip_options(struct inflate_state *st, const u8 *begin, u8 flags)
{
	int err = 0;

	if (flags & GZIP_FEXTRA) {
		err = skip_bytes(st, 2);
		if (!err)
			err = skip_bytes(st, get_unaligned_le16(st->in - 2));
	}
	if (!err && (flags & GZIP_FNAME))
		err = skip_text(st);
	if (!err && (flags & GZIP_FCOMMENT))
		err = skip_text(st);
	if (!err && (flags & GZIP_FHCRC)) {
		u16 crc = (u16)~crc32_le(~0u, begin, st->in - begin);

		err = skip_bytes(st, 2);
		if (!err && get_unaligned_le16(st->in - 2) != crc)
			err = damaged(st, "header is damaged");
	}
	return err;
}

static int gzip_header(struct inflate_state *st)
{
	const u8 *begin = st->in;
	u8 flags;

	if (st->in_end - st->in < 10)
		return damaged(st, "header ends early");
	if (begin[0] != 0x1f || begin[1] != 0x8b)
		return damaged(st, "not gzip");
	if (begin[2] != 8)
		return damaged(st, "no such compression method");
	flags = begin[3];
	if (flags & GZIP_RESERVED)
		return damaged(st, "unknown header flags");
	st->in += 10;
	return skip_options(st, begin, flags);
}

static int gzip_trailer(struct inflate_state *st)
{
	const u8 *p = st->in;
	int err = skip_bytes(st, 8);

	if (err)
		return damaged(st, "input ends early");
	if (get_unaligned_le32(p) != ~st->crc)
		return damaged(st, "checksum is wrong");
	if (get_unaligned_le32(p + 4) != st->out_bytes)
		return damaged(st, "length is wrong");
	return 0;
}

/**
 * gunzip() - decompress one gzip member.
 * Locks:   none; @st is the caller's.
 * Context: may sleep if @flush does.
 * Return:  0; -EINVAL for damaged input (*@error says why), when part of the
 *          output may have been handed on; or what @flush returned. *@consumed
 *          is the number of input bytes used: more members may follow.
 */
int gunzip(struct inflate_state *st, const void *in, size_t in_bytes,
	   inflate_flush_t flush, void *ctx, size_t *consumed, const char **error)
{
	int err;

	start(st, in, in_bytes, flush, ctx);
	err = gzip_header(st);
	if (err)
		goto out;
	err = inflate_blocks(st);
	unread_bytes(st);
	if (!err)
		err = gzip_trailer(st);
out:
	return finish(st, in, err, consumed, error);
}
