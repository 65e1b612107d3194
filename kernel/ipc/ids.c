// SPDX-License-Identifier: MIT
/*
 * ids.c - what the objects of System V IPC have in common: ids, keys, permissions.
 *
 * An id is an index and, above it, a generation that grows whenever the indices start
 * again from a lower one: who keeps the id of a removed object does not get another's.
 * Indices go round; as on Linux they come back early while few objects are there (to 0
 * behind 64 or one and a half times the objects, whatever is more), so that ids stay
 * short.
 *
 *   I1  the object at an index has an id with that index
 *   I2  in_use is the number of objects
 *
 * Locks: the mutex of the kind, held by each caller.
 */
#include "internal.h"
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define CYCLE_MIN	64			/* indices before the first round ends */
#define SEQ_MAX		(INT_MAX >> IPCMNI_SHIFT)

static int index_of(int id)
{
	return id & (IPCMNI - 1);
}

/* the next free index, round and round; there is one, as in_use is below the cycle */
static int next_index(const struct ipc_ids *ids)
{
	int cycle = min(max(ids->in_use * 3 / 2, CYCLE_MIN), IPCMNI);
	int idx = ids->last_idx;

	do {
		idx = idx + 1 < cycle ? idx + 1 : 0;
	} while (xa_load((struct xarray *)&ids->objects, idx));
	return idx;
}

/**
 * ipc_add() - give @new an id; its owner and creator is the caller.
 * Locks:   the kind's mutex.
 * Context: may sleep.
 * Return:  0; -ENOSPC: @limit objects are there; -ENOMEM. Nothing changed then.
 */
int ipc_add(struct ipc_ids *ids, struct kern_ipc_perm *new, int limit)
{
	int idx, err;

	if (ids->in_use >= min(limit, IPCMNI))
		return -ENOSPC;
	idx = next_index(ids);
	err = xa_err(xa_store(&ids->objects, idx, new, GFP_KERNEL));
	if (err)
		return err;
	if (idx <= ids->last_idx)
		ids->seq = ids->seq < SEQ_MAX ? ids->seq + 1 : 0;
	ids->last_idx = idx;
	ids->in_use++;							/* I2 */
	new->id = (int)(ids->seq << IPCMNI_SHIFT) + idx;		/* I1 */
	new->uid = new->cuid = current_euid();
	new->gid = new->cgid = current_egid();
	return 0;
}

/** ipc_remove() - the id of @perm means nothing any more. The kind's mutex is held. */
void ipc_remove(struct ipc_ids *ids, struct kern_ipc_perm *perm)
{
	void *was = xa_erase(&ids->objects, index_of(perm->id));

	mm_assert(was == perm && ids->in_use > 0);			/* I1, I2 */
	ids->in_use--;
}

/** ipc_find_index() - the object at the index of @id, or NULL. The kind's mutex is held. */
struct kern_ipc_perm *ipc_find_index(struct ipc_ids *ids, int id)
{
	return id < 0 ? NULL : xa_load(&ids->objects, index_of(id));
}

/** ipc_find() - the object with @id, or NULL. The kind's mutex is held. */
struct kern_ipc_perm *ipc_find(struct ipc_ids *ids, int id)
{
	struct kern_ipc_perm *perm = ipc_find_index(ids, id);

	return perm && perm->id == id ? perm : NULL;
}

/**
 * ipc_next() - the object at *@idx or behind it, which *@idx becomes.
 * Locks:   the kind's mutex. Context: any. Return: NULL: there is none.
 */
struct kern_ipc_perm *ipc_next(struct ipc_ids *ids, int *idx)
{
	unsigned long found = *idx;
	void *perm = xa_find(&ids->objects, &found, IPCMNI - 1, XA_PRESENT);

	*idx = found;
	return perm;
}

/** ipc_find_key() - the object that others find by @key, or NULL. The kind's mutex is held. */
struct kern_ipc_perm *ipc_find_key(struct ipc_ids *ids, int key)
{
	struct kern_ipc_perm *perm;
	int idx = 0;

	mm_assert(key != IPC_PRIVATE);
	for (; (perm = ipc_next(ids, &idx)); idx++)
		if (perm->key == key)
			return perm;
	return NULL;
}

/** ipc_max_idx() - the highest index in use, 0 when there is none. The kind's mutex is held. */
int ipc_max_idx(struct ipc_ids *ids)
{
	int idx = 0, last = 0;

	for (; ipc_next(ids, &idx); idx++)
		last = idx;
	return last;
}

/**
 * ipc_permission() - may the caller do @wanted, bits of a mode in any of its three parts?
 * Locks:   the kind's mutex. Context: any. Return: 0 or -EACCES.
 */
int ipc_permission(const struct kern_ipc_perm *perm, int wanted)
{
	int need = (wanted >> 6) | (wanted >> 3) | wanted, granted = perm->mode;
	uid_t uid = current_euid();

	if (uid == perm->cuid || uid == perm->uid)
		granted >>= 6;
	else if (in_group_p(perm->cgid) || in_group_p(perm->gid))
		granted >>= 3;
	return (need & ~granted & 07) && !capable(CAP_IPC_OWNER) ? -EACCES : 0;
}

/** ipc_may_control() - is the caller owner or creator? 0 or -EPERM. The mutex is held. */
int ipc_may_control(const struct kern_ipc_perm *perm)
{
	uid_t uid = current_euid();

	return uid == perm->cuid || uid == perm->uid || capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

/** ipc_to_user() - @perm as programs see it. The kind's mutex is held. */
void ipc_to_user(const struct kern_ipc_perm *perm, struct ipc64_perm *out)
{
	*out = (struct ipc64_perm){
		.key = perm->key, .uid = perm->uid, .gid = perm->gid, .cuid = perm->cuid,
		.cgid = perm->cgid, .mode = perm->mode, .seq = perm->id >> IPCMNI_SHIFT,
	};
}
