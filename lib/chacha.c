// SPDX-License-Identifier: MIT
/*
 * ChaCha20 (RFC 8439) and a random generator on it.
 *
 * The block function turns a state of 16 words (4 constants, 8 of key, a block
 * counter, 3 of nonce) into 64 bytes which nobody can tell from random without
 * the key.
 *
 * The generator is a key. Each request makes blocks from it; the first 32 bytes
 * of the first block become the next key, the caller gets what follows:
 *
 *   G1  the key that made an output no longer exists when the caller sees it
 *   G2  mixing in maps different keys to different ones before the block function
 *       scrambles them: what was unpredictable stays so
 *
 * So who reads the machine's memory later learns nothing about earlier output.
 * The caller decides when enough was mixed in, and serialises.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/byteorder.h>
#include <linux/chacha.h>
#include <linux/string.h>

#define QUARTER(a, b, c, d)						\
do {									\
	a += b; d = rol32(d ^ a, 16);					\
	c += d; b = rol32(b ^ c, 12);					\
	a += b; d = rol32(d ^ a, 8);					\
	c += d; b = rol32(b ^ c, 7);					\
} while (0)

/**
 * chacha_init() - the state for a key of 32 and a nonce of 12 bytes.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void chacha_init(u32 state[CHACHA_STATE_WORDS], const u8 *key, u32 counter, const u8 *nonce)
{
	static const char constant[] = "expand 32-byte k";
	unsigned int i;

	for (i = 0; i < 4; i++)
		state[i] = get_unaligned_le32(constant + 4 * i);
	for (i = 0; i < 8; i++)
		state[4 + i] = get_unaligned_le32(key + 4 * i);
	state[12] = counter;
	for (i = 0; i < 3; i++)
		state[13 + i] = get_unaligned_le32(nonce + 4 * i);
}

/**
 * chacha20_block() - the next 64 bytes; the block counter advances.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void chacha20_block(u32 state[CHACHA_STATE_WORDS], u8 *out)
{
	u32 x[CHACHA_STATE_WORDS];
	unsigned int i;

	memcpy(x, state, sizeof(x));
	for (i = 0; i < 10; i++) {
		QUARTER(x[0], x[4], x[8], x[12]);
		QUARTER(x[1], x[5], x[9], x[13]);
		QUARTER(x[2], x[6], x[10], x[14]);
		QUARTER(x[3], x[7], x[11], x[15]);
		QUARTER(x[0], x[5], x[10], x[15]);
		QUARTER(x[1], x[6], x[11], x[12]);
		QUARTER(x[2], x[7], x[8], x[13]);
		QUARTER(x[3], x[4], x[9], x[14]);
	}
	for (i = 0; i < CHACHA_STATE_WORDS; i++)
		put_unaligned_le32(x[i] + state[i], out + 4 * i);
	state[12]++;
	memzero_explicit(x, sizeof(x));
}

/* A state from the generator's key; the nonce is never the same twice. */
static void rng_state(struct chacha_rng *rng, u32 state[CHACHA_STATE_WORDS])
{
	u8 nonce[12] = { 0 };

	put_unaligned_le64(rng->generation, nonce + 4);
	rng->generation++;
	chacha_init(state, rng->key, 0, nonce);
}

/* The first half of the next block becomes the key, the rest stays in block. */
static void rng_next_key(struct chacha_rng *rng, u32 state[CHACHA_STATE_WORDS], u8 *block)
{
	chacha20_block(state, block);
	memcpy(rng->key, block, CHACHA_KEY_SIZE);
	memzero_explicit(block, CHACHA_KEY_SIZE);
}

/**
 * chacha_rng_mix() - make the key depend on @n more bytes (G2).
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void chacha_rng_mix(struct chacha_rng *rng, const void *data, size_t n)
{
	u32 state[CHACHA_STATE_WORDS];
	u8 block[CHACHA_BLOCK_SIZE];
	const u8 *p = data;
	size_t i, part;

	while (n) {
		part = n < CHACHA_KEY_SIZE ? n : CHACHA_KEY_SIZE;
		for (i = 0; i < part; i++)
			rng->key[i] ^= p[i];
		rng_state(rng, state);
		rng_next_key(rng, state, block);
		p += part;
		n -= part;
	}
	memzero_explicit(state, sizeof(state));
	memzero_explicit(block, sizeof(block));
}

/**
 * chacha_rng_bytes() - @n random bytes to @out.
 * Locks:   the caller's.
 * Context: any.
 * Return:  nothing.
 */
void chacha_rng_bytes(struct chacha_rng *rng, void *out, size_t n)
{
	u32 state[CHACHA_STATE_WORDS];
	u8 block[CHACHA_BLOCK_SIZE], *p = out;
	size_t part;

	rng_state(rng, state);
	rng_next_key(rng, state, block);				/* G1 */
	part = n < CHACHA_BLOCK_SIZE - CHACHA_KEY_SIZE ?
	       n : CHACHA_BLOCK_SIZE - CHACHA_KEY_SIZE;
	memcpy(p, block + CHACHA_KEY_SIZE, part);
	p += part;
	n -= part;
	while (n) {
		/* Counters end at 2^32 blocks, 256 GiB: no caller asks for more. */
		mm_assert(state[12] != 0);
		chacha20_block(state, block);
		part = n < CHACHA_BLOCK_SIZE ? n : CHACHA_BLOCK_SIZE;
		memcpy(p, block, part);
		p += part;
		n -= part;
	}
	memzero_explicit(state, sizeof(state));
	memzero_explicit(block, sizeof(block));
}
