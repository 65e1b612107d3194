/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

/*
 * Spinlocks: one word, 0 while the lock is free; who changes it to 1 has it.
 *
 * They are not fair, on purpose. In a queue of tickets the next holder may be a CPU
 * that does not run: a virtual one whose host has fewer cores, or a thread of a
 * hosted machine. Then all others wait for it through one time slice of the host
 * after another. Here whoever runs takes the lock.
 *
 * Kernel code is not preempted, so the plain forms only exclude other CPUs. A
 * lock that interrupt handlers take is taken with interrupts off everywhere.
 *
 * CONFIG_DEBUG_LOCKS adds the holder, the rank (linux/lock_rank.h) and the checks
 * D1 to D7 of lib/spinlock.c; each report names the lock, its holder and the rule.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/lock_rank.h>
#include <asm/irqflags.h>
#include <asm/processor.h>

typedef struct spinlock {
	u32 locked;			/* a */
#ifdef CONFIG_DEBUG_LOCKS
	u16 rank;			/* i  enum lock_rank */
	const char *name;		/* i  for the reports */
	struct held_locks *holder;	/* holder's CPU, NULL when free */
	unsigned int cpu;		/* its number, and where it took the lock */
	unsigned long where;
#endif
} spinlock_t;

#ifdef CONFIG_DEBUG_LOCKS
#define SPIN_LOCK_RANK_INIT(lock, lock_rank) \
	{ .locked = 0, .rank = (lock_rank), .name = #lock }
#else
#define SPIN_LOCK_RANK_INIT(lock, lock_rank)	{ .locked = 0 }
#endif
#define __SPIN_LOCK_UNLOCKED(lock)	SPIN_LOCK_RANK_INIT(lock, RANK_NONE)
#define DEFINE_SPINLOCK(lock)		spinlock_t lock = __SPIN_LOCK_UNLOCKED(lock)
#define DEFINE_SPINLOCK_RANK(lock, rank) \
	spinlock_t lock = SPIN_LOCK_RANK_INIT(lock, rank)

static inline void spin_lock_init_rank(spinlock_t *lock, enum lock_rank rank, const char *name)
{
	lock->locked = 0;
#ifdef CONFIG_DEBUG_LOCKS
	lock->rank = rank;
	lock->name = name;
	lock->holder = NULL;
#endif
}
#define spin_lock_init(lock)	spin_lock_init_rank(lock, RANK_NONE, #lock)

/* The mutexes and rw_semaphores that a thread holds; the port keeps one for each thread. */
#define HELD_SLEEPING_MAX	12
struct held_sleeping {
	unsigned int depth;
	struct held_sleeplock {
		const struct spinlock *wait_lock;	/* whose name is the lock's */
		unsigned long where;			/* it was taken */
		bool shared;				/* as one of several readers */
	} lock[HELD_SLEEPING_MAX];
};

/* What a CPU holds, innermost last; the port keeps one for each CPU. */
#define HELD_LOCKS_MAX	16
struct held_locks {
	unsigned int depth;
	bool irqs_were_on;		/* boot is over here: interrupts off have a reason */
	bool reporting;			/* a rule is broken: the report itself is not checked */
	spinlock_t *lock[HELD_LOCKS_MAX];
	struct held_sleeping *sleeping;	/* of the thread that runs; NULL: not noted */
};

/* Who has a sleeping lock for itself alone. */
struct lock_owner {
	struct task_struct *thread;	/* NULL: nobody */
	unsigned long where;		/* it took the lock */
	unsigned int cpu;
	char name[16];
};

#ifdef CONFIG_DEBUG_LOCKS
void debug_lock_check(spinlock_t *lock, bool nested);	/* lib/spinlock.c */
void debug_lock_acquired(spinlock_t *lock);
void debug_lock_release(spinlock_t *lock);
bool debug_lock_held(const spinlock_t *lock);
void debug_assert_held(const spinlock_t *lock);
void debug_may_sleep(void);
void debug_leave(void);
void debug_owner_set(struct lock_owner *owner);
void debug_sleeplock_acquired(const spinlock_t *wait_lock, bool shared, unsigned long where);
bool debug_sleeplock_release(const spinlock_t *wait_lock);
bool debug_sleeplock_held(const spinlock_t *wait_lock);
void debug_report_sleeping(void);
bool debug_owner_is_self(const struct lock_owner *owner);
void __noreturn debug_sleeplock_bug(const spinlock_t *wait_lock, const struct lock_owner *owner,
				    const char *rule);
#define spin_assert_held(lock)	debug_assert_held(lock)
/* A place that may sleep: no spinlock may be held, interrupts are on. */
#define might_sleep()		debug_may_sleep()
#else
static inline void debug_lock_check(spinlock_t *lock, bool nested) { }
static inline void debug_lock_acquired(spinlock_t *lock) { }
static inline void debug_lock_release(spinlock_t *lock) { }
#define spin_assert_held(lock)	mm_assert(spin_is_locked(lock))
#define might_sleep()		do { } while (0)
static inline void debug_leave(void) { }
#endif
#define might_sleep_if(cond)	do { if (cond) might_sleep(); } while (0)

void spin_lock_wait(spinlock_t *lock);	/* lib/spinlock.c */

/*
 * Before a lock of any kind is taken and after it was released, when it may be gone
 * already: a port may let others run there.
 */
#ifndef arch_lock_point
#define arch_lock_point(lock)	do { } while (0)
#endif

static inline bool spin_is_locked(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->locked, __ATOMIC_RELAXED);
}

static inline void __spin_lock(spinlock_t *lock)
{
	if (unlikely(__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE)))
		spin_lock_wait(lock);
}

static inline void spin_lock(spinlock_t *lock)
{
	arch_lock_point(lock);
	debug_lock_check(lock, false);
	__spin_lock(lock);
	debug_lock_acquired(lock);
}

/* For a second lock of the same rank, in an order that the caller knows. */
static inline void spin_lock_nested(spinlock_t *lock, int subclass)
{
	arch_lock_point(lock);
	debug_lock_check(lock, true);
	__spin_lock(lock);
	debug_lock_acquired(lock);
}

static inline bool spin_trylock(spinlock_t *lock)
{
	if (spin_is_locked(lock) || __atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE))
		return false;
	debug_lock_acquired(lock);
	return true;
}

static inline void spin_unlock(spinlock_t *lock)
{
	debug_lock_release(lock);
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
	arch_lock_point(lock);
}

static inline void spin_lock_irq(spinlock_t *lock)
{
	arch_local_irq_disable();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	arch_local_irq_enable();
}

#define local_irq_save(flags)		((flags) = arch_local_irq_save())
#define local_irq_restore(flags)	arch_local_irq_restore(flags)
#define local_irq_disable()		arch_local_irq_disable()
#define local_irq_enable()		arch_local_irq_enable()
#define irqs_disabled()			arch_irqs_disabled()

#define spin_lock_irqsave(lock, flags)					\
do {									\
	(flags) = arch_local_irq_save();				\
	spin_lock(lock);						\
} while (0)

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	arch_local_irq_restore(flags);
}

#define spin_trylock_irqsave(lock, flags)				\
({									\
	(flags) = arch_local_irq_save();				\
	bool __got = spin_trylock(lock);				\
	if (!__got)							\
		arch_local_irq_restore(flags);				\
	__got;								\
})

#endif
