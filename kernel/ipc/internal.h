/* SPDX-License-Identifier: MIT */
/* kernel/ipc/internal.h - what System V objects have in common, and segments of memory. */
#ifndef KERNEL_IPC_INTERNAL_H
#define KERNEL_IPC_INTERNAL_H

#include <linux/types.h>
#include <linux/xarray.h>
#include <uapi/ipc.h>

struct file;
struct user_struct;

#define IPCMNI_SHIFT	15		/* an id is its generation and, below, its index */
#define IPCMNI		(1 << IPCMNI_SHIFT)

/* --- ids.c --- */
struct kern_ipc_perm {
	int id, key;			/* i  but a key is given up */
	uid_t uid, cuid;		/* cuid: i */
	gid_t gid, cgid;		/* cgid: i */
	umode_t mode;
};

/* All objects of a kind; the kind's mutex guards them and this. */
struct ipc_ids {
	struct xarray objects;		/* struct kern_ipc_perm by index */
	int in_use;
	int last_idx;			/* -1: none was given */
	unsigned int seq;		/* generation */
};

int __must_check ipc_add(struct ipc_ids *ids, struct kern_ipc_perm *new, int limit);
void ipc_remove(struct ipc_ids *ids, struct kern_ipc_perm *perm);
struct kern_ipc_perm *ipc_find(struct ipc_ids *ids, int id);
struct kern_ipc_perm *ipc_find_index(struct ipc_ids *ids, int id);
struct kern_ipc_perm *ipc_find_key(struct ipc_ids *ids, int key);
struct kern_ipc_perm *ipc_next(struct ipc_ids *ids, int *idx);
int ipc_max_idx(struct ipc_ids *ids);
int ipc_permission(const struct kern_ipc_perm *perm, int wanted);
int ipc_may_control(const struct kern_ipc_perm *perm);
void ipc_to_user(const struct kern_ipc_perm *perm, struct ipc64_perm *out);

/* --- shm.c --- */
/* One segment; all under shm_mutex. */
struct shm_segment {
	struct kern_ipc_perm perm;
	struct file *file;		/* i  the memory: a file of the hidden tmpfs */
	size_t bytes;			/* i  as shmget(2) had them */
	unsigned long nattch;		/* areas that map it, and calls that are about to */
	s64 atime, dtime, ctime;	/* seconds; 0: never */
	pid_t cpid, lpid;		/* i; who attached or detached last */
	struct user_struct *locker;	/* SHM_LOCK: whose limit it counts against */
};

extern struct mutex shm_mutex;
extern struct ipc_ids shm_ids;		/* shm_mutex */
extern unsigned long shm_total_pages;	/* shm_mutex  of all segments */

static inline struct shm_segment *shm_of(struct kern_ipc_perm *perm)
{
	return perm ? container_of(perm, struct shm_segment, perm) : NULL;
}
unsigned long shm_pages(const struct shm_segment *shm);
s64 shm_now(void);
void shm_remove(struct shm_segment *shm);
void shm_unlock_pages(struct shm_segment *shm);

#endif
