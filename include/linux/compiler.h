/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_COMPILER_H
#define _LINUX_COMPILER_H

/*
 * What the rest of the tree asks of the compiler, under Linux's names.
 * GCC 12 and clang 14 are the two that must accept it. Nothing here depends
 * on the machine; memory barriers stand in linux/atomic.h.
 */

#ifdef __has_feature
#define __has_feature_thread_sanitizer	__has_feature(thread_sanitizer)
#else
#define __has_feature_thread_sanitizer	0
#endif

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)

#define barrier()		__asm__ __volatile__("" ::: "memory")
#define barrier_data(p)		__asm__ __volatile__("" : : "r"(p) : "memory")

/* where the function that asks returns to: who called it, for reports */
#define _RET_IP_		((unsigned long)__builtin_return_address(0))

/* One access, neither split, repeated nor left out, for the word sizes. */
#if defined(__SANITIZE_THREAD__) || __has_feature_thread_sanitizer
/* ThreadSanitizer takes a volatile access for a plain one, an atomic one as it is meant. */
#define READ_ONCE(x)							\
({									\
	union { __typeof__(x) __val; char __bytes[sizeof(x)]; } __once;	\
									\
	__read_once(&(x), __once.__bytes, sizeof(x));			\
	__once.__val;							\
})
#define WRITE_ONCE(x, val)						\
do {									\
	union { __typeof__(x) __val; char __bytes[sizeof(x)]; } __once = { (val) }; \
									\
	__write_once(&(x), __once.__bytes, sizeof(x));			\
} while (0)

static __always_inline void __read_once(const volatile void *p, void *to, unsigned long bytes)
{
	switch (bytes) {
	case 1:
		*(char *)to = __atomic_load_n((const volatile char *)p, __ATOMIC_RELAXED);
		break;
	case 2:
		*(short *)to = __atomic_load_n((const volatile short *)p, __ATOMIC_RELAXED);
		break;
	case 4:
		*(int *)to = __atomic_load_n((const volatile int *)p, __ATOMIC_RELAXED);
		break;
	case 8:
		*(long long *)to = __atomic_load_n((const volatile long long *)p,
						   __ATOMIC_RELAXED);
		break;
	default:
		__builtin_trap();
	}
}

static __always_inline void __write_once(volatile void *p, const void *from, unsigned long bytes)
{
	switch (bytes) {
	case 1:
		__atomic_store_n((volatile char *)p, *(const char *)from, __ATOMIC_RELAXED);
		break;
	case 2:
		__atomic_store_n((volatile short *)p, *(const short *)from, __ATOMIC_RELAXED);
		break;
	case 4:
		__atomic_store_n((volatile int *)p, *(const int *)from, __ATOMIC_RELAXED);
		break;
	case 8:
		__atomic_store_n((volatile long long *)p, *(const long long *)from,
				 __ATOMIC_RELAXED);
		break;
	default:
		__builtin_trap();
	}
}

#define ADD_ONCE(x, n)		WRITE_ONCE(x, (x) + (n))

/* not instrumented: the one load that the sanitizer does not see */
__attribute__((__noinline__, __no_sanitize__("thread"), __unused__))
static void __data_race_read(const volatile void *p, void *to, unsigned long bytes)
{
	const volatile char *from = p;

	if (bytes == 8)
		*(volatile long long *)to = *(const volatile long long *)p;
	else
		while (bytes--)
			((volatile char *)to)[bytes] = from[bytes];
}

#define data_race(x)							\
({									\
	union { __typeof__(x) __val; char __bytes[sizeof(x)]; } __once;	\
									\
	__data_race_read(&(x), __once.__bytes, sizeof(x));		\
	__once.__val;							\
})
#define data_race_acquire(x)	data_race(x)
#define lockless_dereference(x)						\
({									\
	__typeof__(x) __ptr;						\
									\
	__atomic_load(&(x), &__ptr, __ATOMIC_ACQUIRE);			\
	__ptr;								\
})
#else
#define READ_ONCE(x)		(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, val)						\
do {									\
	*(volatile __typeof__(x) *)&(x) = (val);			\
} while (0)

/*
 * x += n where others read x meanwhile but nobody else writes it: a counter of this CPU,
 * or one that its lock protects. A whole-word store, as that is what compilers make of it.
 */
#define ADD_ONCE(x, n)		((x) += (n))

/*
 * A read that need not agree with who writes the word now, because the part of it that
 * counts does not change, or because it is checked again; the writer owns the word and
 * needs no marks.
 */
#define data_race(x)		(x)
/* the same; what the writer stored before is seen by what is read after */
#define data_race_acquire(x)	__atomic_load_n(&(x), __ATOMIC_ACQUIRE)

/*
 * READ_ONCE() of what leads to other memory, without the lock of its writer. Loads
 * through it come after it on every machine that Quire knows, as they need its value;
 * the writer published it with a release store.
 */
#define lockless_dereference(x)	READ_ONCE(x)
#endif

#define __must_check		__attribute__((__warn_unused_result__))
#define __noreturn		__attribute__((__noreturn__))
#define __packed		__attribute__((__packed__))
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __section(s)		__attribute__((__section__(s)))
#define __printf(f, a)		__attribute__((__format__(__printf__, f, a)))
#define __weak			__attribute__((__weak__))
#define __pure			__attribute__((__pure__))
#undef __attribute_const__
#define __attribute_const__	__attribute__((__const__))
#define __malloc		__attribute__((__malloc__))
#define __cold			__attribute__((__cold__))
#define __maybe_unused		__attribute__((__unused__))
#define __always_unused		__attribute__((__unused__))
#ifndef __used
#define __used			__attribute__((__used__))
#endif
#define __visible		__attribute__((__externally_visible__))
#define __assume_aligned(a)	__attribute__((__assume_aligned__(a)))
#define __alloc_size(...)	__attribute__((__alloc_size__(__VA_ARGS__)))
#ifndef __always_inline
#define __always_inline		inline __attribute__((__always_inline__))
#endif
#undef noinline
#define noinline		__attribute__((__noinline__))
#define fallthrough		__attribute__((__fallthrough__))
#define noinline_for_stack	noinline

/* Cache line of every machine that Quire knows, or a multiple of it. */
#define SMP_CACHE_BYTES		64
#define L1_CACHE_BYTES		64
#define ____cacheline_aligned	__aligned(SMP_CACHE_BYTES)
#define ____cacheline_aligned_in_smp ____cacheline_aligned

/* Address-space marks: for the reader, no code. */
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)

/*
 * Code and data that only the boot needs; their pages are freed before the
 * first user program. __init code may call any code, other code must not
 * refer to it. __ro_after_init data is read-only from then on.
 */
#define __init			__section(".init.text") __cold
#define __initdata		__section(".init.data")
#define __initconst		__section(".init.rodata")
#define __ro_after_init		__section(".data..ro_after_init")
#define __read_mostly		__section(".data..read_mostly")
#define __ref
#define __meminit
#define __exit			__maybe_unused

/* static_assert(cond) or static_assert(cond, "text"). */
#undef static_assert
#define static_assert(expr, ...) \
	static_assert_text(expr, ##__VA_ARGS__, #expr)
#define static_assert_text(expr, msg, ...)	_Static_assert(expr, msg)
#define BUILD_BUG_ON(cond)	_Static_assert(!(cond), "BUILD_BUG_ON: " #cond)
#define BUILD_BUG_ON_ZERO(cond)	\
	((int)sizeof(struct { int : (-!!(cond)); int one; }) * 0)

#define __same_type(a, b)	\
	__builtin_types_compatible_p(__typeof__(a), __typeof__(b))

#ifndef offsetof
#define offsetof(type, member)	__builtin_offsetof(type, member)
#endif
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof(((type *)0)->member))
#define sizeof_field(type, member)	sizeof(((type *)0)->member)

#define unreachable()		__builtin_unreachable()
#define OPTIMIZER_HIDE_VAR(v)	__asm__("" : "=r"(v) : "0"(v))

#define __stringify_1(...)	#__VA_ARGS__
#define __stringify(...)	__stringify_1(__VA_ARGS__)
#define __paste_1(a, b)		a##b
#define __paste(a, b)		__paste_1(a, b)
#define __UNIQUE_ID(prefix)	__paste(__unique_##prefix##_, __COUNTER__)

#endif
