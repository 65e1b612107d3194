/* SPDX-License-Identifier: MIT */
/* random.h - the kernel's random numbers: ChaCha20 seeded by the machine. */
#ifndef LINUX_RANDOM_H
#define LINUX_RANDOM_H

#include <linux/types.h>

struct file_operations;

void get_random_bytes(void *buf, size_t bytes);		/* any context */
u64 get_random_u64(void);				/* any context */
void add_device_randomness(const void *buf, size_t bytes);	/* any context */
u64 arch_random_seed(void);	/* the port: 64 bits of what entropy it has */

extern const struct file_operations urandom_fops;	/* /dev/urandom and /dev/random */

#endif
