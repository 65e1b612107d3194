/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CHACHA_H
#define _LINUX_CHACHA_H

/*
 * The ChaCha20 block function (RFC 8439) and a generator on it that forgets
 * its past: lib/chacha.c.
 */
#include <linux/types.h>

#define CHACHA_KEY_SIZE		32
#define CHACHA_BLOCK_SIZE	64
#define CHACHA_STATE_WORDS	16

/* key: 32 bytes; nonce: 12 bytes. */
void chacha_init(u32 state[CHACHA_STATE_WORDS], const u8 *key, u32 counter, const u8 *nonce);
/* One block of 64 bytes out of the state, whose counter (word 12) advances. */
void chacha20_block(u32 state[CHACHA_STATE_WORDS], u8 *out);

struct chacha_rng {
	u8 key[CHACHA_KEY_SIZE];	/* caller's lock */
	u64 generation;			/* caller's lock: blocks made so far */
};

/* Mix @n bytes of any quality into the key; nothing mixed in is ever lost. */
void chacha_rng_mix(struct chacha_rng *rng, const void *data, size_t n);
/* @n random bytes; the key is replaced first, so old output stays secret. */
void chacha_rng_bytes(struct chacha_rng *rng, void *out, size_t n);

#endif
