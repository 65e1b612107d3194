/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

/*
 * Linux's basic types. A hosted unit test sees the C library's types under
 * some of the same names: there the library's headers come in first, and the
 * few types whose representation differs (dev_t, loff_t) are renamed, so that
 * a test and the objects of the library always agree on every layout.
 */
#if __STDC_HOSTED__
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#define dev_t		quire_dev_t
#define loff_t		quire_loff_t
#endif

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/compiler.h>

#define BITS_PER_LONG		(__SIZEOF_LONG__ * 8)
#define BITS_PER_LONG_LONG	64
#define BITS_PER_BYTE		8

typedef signed char		s8;
typedef unsigned char		u8;
typedef short			s16;
typedef unsigned short		u16;
typedef int			s32;
typedef unsigned int		u32;
typedef long long		s64;
typedef unsigned long long	u64;

typedef s8			__s8;
typedef u8			__u8;
typedef s16			__s16;
typedef u16			__u16;
typedef s32			__s32;
typedef u32			__u32;
typedef s64			__s64;
typedef u64			__u64;

typedef u16			__le16;
typedef u32			__le32;
typedef u64			__le64;
typedef u16			__be16;
typedef u32			__be32;
typedef u64			__be64;

#if __SIZEOF_LONG__ == 8
typedef long			ssize_t;
#else
typedef int			ssize_t;
#endif
typedef long long		loff_t;
typedef long			off_t;
typedef int			pid_t;
typedef unsigned int		uid_t;
typedef unsigned int		gid_t;
typedef unsigned int		mode_t;
typedef unsigned short		umode_t;
typedef u32			dev_t;
typedef unsigned long		ino_t;
typedef int			clockid_t;
typedef s64			ktime_t;
typedef unsigned int		__poll_t;

typedef unsigned int		gfp_t;
typedef unsigned int		slab_flags_t;
typedef unsigned int		fmode_t;

typedef u64			phys_addr_t;
typedef u64			resource_size_t;
typedef u64			dma_addr_t;
typedef u64			sector_t;
typedef unsigned long		pgoff_t;

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} __aligned(8) atomic64_t;

typedef struct {
	long counter;
} atomic_long_t;

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};
#define callback_head rcu_head

#endif
