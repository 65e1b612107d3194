// SPDX-License-Identifier: MIT
/*
 * random.c - the kernel's random numbers.
 *
 * One ChaCha20 generator (lib/chacha.c, RFC 8439) whose key is replaced before each use,
 * so that output which was given away says nothing about what comes later. It is seeded
 * at boot with RDRAND where the CPU has it, the jitter of the cycle counter and the
 * clocks; what a program writes into /dev/random is mixed in, never trusted.
 *
 * Seeding is finished before the first program runs: getrandom(2) never waits.
 *
 * Locks: random_lock (rank RANDOM, interrupts off) guards the key.
 */
#include <linux/chacha.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/lock_rank.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/uio.h>
#include <mm/port.h>

#define GRND_NONBLOCK	1u
#define GRND_RANDOM	2u
#define GRND_INSECURE	4u

#define SEED_WORDS	8		/* 512 bits of arch_random_seed() */
#define CHUNK_BYTES	256u		/* made at once for a reader */

static DEFINE_SPINLOCK_RANK(random_lock, RANK_RANDOM);
static struct chacha_rng rng;		/* random_lock */

struct random_batch {
	u64 word[8];			/* own CPU, interrupts off */
	unsigned int left;
};
static struct random_batch batches[NR_CPUS];

void add_device_randomness(const void *buf, size_t bytes)
{
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	chacha_rng_mix(&rng, buf, bytes);
	spin_unlock_irqrestore(&random_lock, flags);
}

void get_random_bytes(void *buf, size_t bytes)
{
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	chacha_rng_bytes(&rng, buf, bytes);
	spin_unlock_irqrestore(&random_lock, flags);
}

/*
 * Words for address-space layout and the like are made in batches, one per CPU; a word
 * that was given away is wiped.
 */
u64 get_random_u64(void)
{
	struct random_batch *b;
	unsigned long flags;
	u64 v;

	local_irq_save(flags);
	b = &batches[smp_processor_id()];
	if (!b->left) {
		get_random_bytes(b->word, sizeof(b->word));
		b->left = ARRAY_SIZE(b->word);
	}
	v = b->word[--b->left];
	b->word[b->left] = 0;
	local_irq_restore(flags);
	return v;
}

/** random_init() - seed the generator. Boot, after time_init(). */
void __init random_init(void)
{
	u64 clocks[2] = { ktime_get_ns(), ktime_get_real_ns() };

	add_device_randomness(clocks, sizeof(clocks));
	for (int i = 0; i < SEED_WORDS; i++) {
		u64 seed = arch_random_seed();

		add_device_randomness(&seed, sizeof(seed));
	}
}

/* Fill @to; a signal ends long reads after the first chunk. */
static ssize_t random_to_iter(struct iov_iter *to)
{
	u8 chunk[CHUNK_BYTES];
	ssize_t done = 0;

	while (iov_iter_count(to)) {
		size_t n = min_t(size_t, sizeof(chunk), iov_iter_count(to)), put;

		get_random_bytes(chunk, n);
		put = copy_to_iter(chunk, n, to);
		done += put;
		if (put != n)
			return done ? done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t urandom_read(struct kiocb *iocb, struct iov_iter *to)
{
	return random_to_iter(to);
}

static ssize_t urandom_write(struct kiocb *iocb, struct iov_iter *from)
{
	u8 chunk[CHUNK_BYTES];
	ssize_t done = 0;

	while (iov_iter_count(from)) {
		size_t want = min_t(size_t, sizeof(chunk), iov_iter_count(from));
		size_t n = copy_from_iter(chunk, want, from);

		if (!n)
			return done ? done : -EFAULT;
		add_device_randomness(chunk, n);
		done += n;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

const struct file_operations urandom_fops = {
	.read_iter = urandom_read, .write_iter = urandom_write, .llseek = noop_llseek,
	.splice_read = copy_splice_read, .splice_write = iter_file_splice_write,
};

long sys_getrandom(char __user *buf, size_t count, unsigned int flags)
{
	struct iov_iter iter;

	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	iov_iter_ubuf(&iter, buf, min_t(size_t, count, 0x7ffff000));
	return random_to_iter(&iter);
}
