// SPDX-License-Identifier: MIT
/*
 * dcache.c - the tree of names.
 *
 * A dentry is one name in one directory. It is found by a hash over (parent, name)
 * and hangs in its parent's list, which is what readdir of ramfs walks. A file system
 * that lives in memory alone (ramfs, tmpfs) keeps each of its dentries with one
 * reference of its own (DCACHE_PINNED); all others (proc) exist only while somebody
 * holds them, so that nothing unused is ever kept and memory counts are exact.
 *
 * Invariants
 *   D1  a hashed dentry has d_count > 0, or is about to be taken out by the dput()
 *       that holds dcache_lock
 *   D2  a dentry holds a reference on its parent (a root is its own parent, without one)
 *   D3  d_child is on the parent's d_subdirs iff the dentry is hashed, or is the cursor of
 *       an open directory (ramfs.c): a dentry without an inode that no look-up finds
 *   D4  the name is changed only under dcache_lock
 *
 * Locks: dcache_lock guards shape and names. It is a leaf but for the slab's locks;
 * inodes are put after it was released.
 */
#include "internal.h"
#include <linux/hash.h>
#include <linux/lock_rank.h>

#define DCACHE_HASH_BITS	10

DEFINE_SPINLOCK_RANK(dcache_lock, RANK_DENTRY);
static struct hlist_head dentry_hash[1u << DCACHE_HASH_BITS];
static struct kmem_cache *dentry_cachep;

void __init dcache_init(void)
{
	dentry_cachep = kmem_cache_create("dentry", sizeof(struct dentry), 8,
					  SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
}

/* FNV-1a, 32 bits (Fowler, Noll, Vo): short names, no table. */
static u32 name_hash(const char *name, unsigned int len)
{
	u32 h = 2166136261u;

	while (len--)
		h = (h ^ (u8)*name++) * 16777619u;
	return h;
}

static struct hlist_head *hash_slot(struct dentry *parent, u32 hash)
{
	return &dentry_hash[hash_long((unsigned long)parent ^ hash, DCACHE_HASH_BITS)];
}

static int set_name(struct dentry *dentry, const char *name, unsigned int len)
{
	char *p = dentry->d_iname;

	if (len >= sizeof(dentry->d_iname)) {
		p = kmalloc(len + 1, GFP_KERNEL);
		if (!p)
			return -ENOMEM;
	}
	memcpy(p, name, len);
	p[len] = 0;
	dentry->d_name = p;
	dentry->d_len = len;
	dentry->d_hash_value = name_hash(name, len);
	return 0;
}

static void free_name(struct dentry *dentry)
{
	if (dentry->d_name != dentry->d_iname)
		kfree(dentry->d_name);
}

/**
 * d_alloc() - a fresh unhashed dentry for @name under @parent (NULL: a root).
 * Context: may sleep.
 * Return:  with one reference, holding one on @parent; NULL when out of memory.
 */
struct dentry *d_alloc(struct dentry *parent, const char *name, unsigned int len)
{
	struct dentry *dentry = kmem_cache_zalloc(dentry_cachep, GFP_KERNEL);

	if (!dentry)
		return NULL;
	if (set_name(dentry, name, len)) {
		kmem_cache_free(dentry_cachep, dentry);
		return NULL;
	}
	atomic_set(&dentry->d_count, 1);
	INIT_HLIST_NODE(&dentry->d_hash);
	INIT_LIST_HEAD(&dentry->d_child);
	INIT_LIST_HEAD(&dentry->d_subdirs);
	dentry->d_parent = dentry;
	if (parent) {
		dentry->d_parent = dget(parent);
		dentry->d_sb = parent->d_sb;
	}
	return dentry;
}

static void hash_dentry(struct dentry *dentry)
{
	spin_assert_held(&dcache_lock);
	hlist_add_head(&dentry->d_hash, hash_slot(dentry->d_parent, dentry->d_hash_value));
	list_add(&dentry->d_child, &dentry->d_parent->d_subdirs);
}

static void unhash_dentry(struct dentry *dentry)
{
	spin_assert_held(&dcache_lock);
	hlist_del_init(&dentry->d_hash);
	list_del_init(&dentry->d_child);
}

/**
 * d_add() - give @dentry its inode (NULL: the name does not exist) and make it findable.
 * Takes over the caller's reference on @inode.
 */
void d_add(struct dentry *dentry, struct inode *inode)
{
	spin_lock(&dcache_lock);
	mm_assert(hlist_unhashed(&dentry->d_hash));
	dentry->d_inode = inode;
	hash_dentry(dentry);
	spin_unlock(&dcache_lock);
}

/** d_instantiate() - a negative @dentry becomes a file; hashed already. Takes @inode over. */
void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	spin_lock(&dcache_lock);
	mm_assert(!dentry->d_inode);
	dentry->d_inode = inode;
	spin_unlock(&dcache_lock);
}

struct dentry *d_make_root(struct inode *inode)
{
	struct dentry *root;

	if (!inode)
		return NULL;
	root = d_alloc(NULL, "/", 1);
	if (!root) {
		iput(inode);
		return NULL;
	}
	root->d_sb = inode->i_sb;
	root->d_inode = inode;
	return root;
}

struct dentry *dget(struct dentry *dentry)
{
	if (dentry) {
		mm_assert(atomic_read(&dentry->d_count) > 0);
		atomic_inc(&dentry->d_count);
	}
	return dentry;
}

/* Drop one of several references without the lock: 0 when it may be the last. */
static bool dput_fast(struct dentry *dentry)
{
	int count = atomic_read(&dentry->d_count);

	while (count > 1)
		if (atomic_try_cmpxchg(&dentry->d_count, &count, count - 1))
			return true;
	return false;
}

/**
 * dput() - drop a reference; the last one takes the dentry out of the tree and frees
 * it, then does the same for its parent.
 * Context: may sleep (the last reference may free an inode with its pages).
 */
void dput(struct dentry *dentry)
{
	struct dentry *parent;

	while (dentry && !dput_fast(dentry)) {
		spin_lock(&dcache_lock);
		if (!atomic_dec_and_test(&dentry->d_count)) {
			spin_unlock(&dcache_lock);
			return;
		}
		if (!hlist_unhashed(&dentry->d_hash))
			unhash_dentry(dentry);
		mm_assert(list_empty(&dentry->d_subdirs));
		parent = dentry->d_parent != dentry ? dentry->d_parent : NULL;
		spin_unlock(&dcache_lock);
		if (dentry->d_inode)
			iput(dentry->d_inode);
		free_name(dentry);
		kmem_cache_free(dentry_cachep, dentry);
		dentry = parent;
	}
}

/**
 * d_lookup() - the hashed child @name of @parent with a reference, or NULL.
 */
struct dentry *d_lookup(struct dentry *parent, const char *name, unsigned int len)
{
	u32 hash = name_hash(name, len);
	struct dentry *dentry;

	spin_lock(&dcache_lock);
	hlist_for_each_entry(dentry, hash_slot(parent, hash), d_hash) {
		if (dentry->d_hash_value != hash || dentry->d_parent != parent ||
		    dentry->d_len != len || memcmp(dentry->d_name, name, len))
			continue;
		atomic_inc(&dentry->d_count);
		spin_unlock(&dcache_lock);
		return dentry;
	}
	spin_unlock(&dcache_lock);
	return NULL;
}

/**
 * d_delete() - the name is gone: no look-up finds it any more, users keep the object.
 * Drops the file system's own reference of a pinned dentry.
 */
void d_delete(struct dentry *dentry)
{
	bool pinned;

	spin_lock(&dcache_lock);
	if (!hlist_unhashed(&dentry->d_hash))
		unhash_dentry(dentry);
	pinned = dentry->d_flags & DCACHE_PINNED;
	dentry->d_flags = (dentry->d_flags & ~DCACHE_PINNED) | DCACHE_UNHASHED;
	spin_unlock(&dcache_lock);
	if (pinned)
		dput(dentry);
}

/**
 * d_move() - @dentry becomes @name in @new_parent.
 * Locks:   takes dcache_lock; both directories are locked by the caller, and what had
 *          the name was deleted.
 * Context: may sleep. It cannot fail: memory for a long name is waited for.
 */
void d_move(struct dentry *dentry, struct dentry *new_parent, const char *name, unsigned int len)
{
	struct dentry *old_parent = dentry->d_parent;
	char *old_name = dentry->d_name, *heap = NULL;

	if (len >= sizeof(dentry->d_iname))
		heap = kmalloc(len + 1, GFP_KERNEL | __GFP_NOFAIL);
	dget(new_parent);
	spin_lock(&dcache_lock);
	unhash_dentry(dentry);
	dentry->d_name = heap ? heap : dentry->d_iname;
	memmove(dentry->d_name, name, len);
	dentry->d_name[len] = 0;
	dentry->d_len = len;
	dentry->d_hash_value = name_hash(dentry->d_name, len);
	dentry->d_parent = new_parent;
	hash_dentry(dentry);
	spin_unlock(&dcache_lock);
	if (old_name != dentry->d_iname)
		kfree(old_name);
	dput(old_parent);
}

/* The names of two dentries change places; long ones lie outside of the structs. */
static void swap_names(struct dentry *a, struct dentry *b)
{
	char *a_long = a->d_name == a->d_iname ? NULL : a->d_name;
	char *b_long = b->d_name == b->d_iname ? NULL : b->d_name;
	char tmp[sizeof(a->d_iname)];

	memcpy(tmp, a->d_iname, sizeof(tmp));
	memcpy(a->d_iname, b->d_iname, sizeof(tmp));
	memcpy(b->d_iname, tmp, sizeof(tmp));
	a->d_name = b_long ? b_long : a->d_iname;
	b->d_name = a_long ? a_long : b->d_iname;
	swap(a->d_len, b->d_len);
	swap(a->d_hash_value, b->d_hash_value);
}

/**
 * d_exchange() - RENAME_EXCHANGE: two dentries change names and parents.
 * Locks:   takes dcache_lock; both directories are locked by the caller, and neither
 *          dentry is an ancestor of the other.
 */
void d_exchange(struct dentry *a, struct dentry *b)
{
	spin_lock(&dcache_lock);
	unhash_dentry(a);
	unhash_dentry(b);
	swap_names(a, b);
	swap(a->d_parent, b->d_parent);		/* with the references (D2) */
	hash_dentry(a);
	hash_dentry(b);
	spin_unlock(&dcache_lock);
}

bool d_is_ancestor(struct dentry *ancestor, struct dentry *dentry)
{
	bool found = false;

	spin_lock(&dcache_lock);
	for (;;) {
		found = dentry == ancestor;
		if (found || dentry->d_parent == dentry)
			break;
		dentry = dentry->d_parent;
	}
	spin_unlock(&dcache_lock);
	return found;
}

bool d_empty(struct dentry *dentry)
{
	struct dentry *child;
	bool empty = true;

	spin_lock(&dcache_lock);
	list_for_each_entry(child, &dentry->d_subdirs, d_child)
		empty = empty && !child->d_inode;
	spin_unlock(&dcache_lock);
	return empty;
}

/* Put @text in front of *@p; false when buf is full. */
static bool prepend(char **p, const char *buf, const char *text, unsigned int len)
{
	if (*p - buf < (long)len)
		return false;
	*p -= len;
	memcpy(*p, text, len);
	return true;
}

/* The walk of d_path() from the leaf up; mount_lock and dcache_lock held. */
static bool prepend_path(const struct path *path, const struct path *root, char **p,
			 const char *buf)
{
	struct dentry *dentry = path->dentry;
	struct mount *mnt = path->mnt;
	bool named = false;

	while (dentry != root->dentry || mnt != root->mnt) {
		if (dentry == mnt->mnt_root) {
			if (!mnt->mnt_parent || mnt->mnt_parent == mnt)
				break;
			dentry = mnt->mnt_mountpoint;
			mnt = mnt->mnt_parent;
			continue;
		}
		if (dentry->d_parent == dentry)
			break;
		if (!prepend(p, buf, dentry->d_name, dentry->d_len) || !prepend(p, buf, "/", 1))
			return false;
		named = true;
		dentry = dentry->d_parent;
	}
	return named || prepend(p, buf, "/", 1);
}

/**
 * d_path_root() - the text of @path below @root, at the end of @buf.
 * Return: a pointer into @buf, or ERR_PTR(-ENAMETOOLONG).
 */
char *d_path_root(const struct path *path, const struct path *root, char *buf, int size)
{
	char *p = buf + size - 1;
	bool ok = true;

	*p = 0;
	if (path->dentry->d_op && path->dentry->d_op->d_dname) {
		char name[64];
		int len = path->dentry->d_op->d_dname(path->dentry, name, sizeof(name));

		return prepend(&p, buf, name, len) ? p : ERR_PTR(-ENAMETOOLONG);
	}
	spin_lock(&mount_lock);		/* a mount that is in use may be detached meanwhile */
	spin_lock(&dcache_lock);
	if (path->dentry->d_flags & DCACHE_UNHASHED)
		ok = prepend(&p, buf, " (deleted)", 10);
	ok = ok && prepend_path(path, root, &p, buf);
	spin_unlock(&dcache_lock);
	spin_unlock(&mount_lock);
	return ok ? p : ERR_PTR(-ENAMETOOLONG);
}

/**
 * dentry_path() - the text of @dentry from the root of its file system, at the end of @buf.
 * Locks:  takes dcache_lock.
 * Return: a pointer into @buf, or ERR_PTR(-ENAMETOOLONG).
 */
char *dentry_path(struct dentry *dentry, char *buf, int size)
{
	char *p = buf + size - 1;
	bool ok = true;

	*p = 0;
	spin_lock(&dcache_lock);
	if (dentry->d_parent == dentry)
		ok = prepend(&p, buf, "/", 1);
	for (; ok && dentry->d_parent != dentry; dentry = dentry->d_parent)
		ok = prepend(&p, buf, dentry->d_name, dentry->d_len) && prepend(&p, buf, "/", 1);
	spin_unlock(&dcache_lock);
	return ok ? p : ERR_PTR(-ENAMETOOLONG);
}

char *d_path(const struct path *path, char *buf, int size)
{
	struct path root;
	char *text;

	spin_lock(&current->fs->lock);
	root = current->fs->root;
	path_get(&root);
	spin_unlock(&current->fs->lock);
	text = d_path_root(path, &root, buf, size);
	path_put(&root);
	return text;
}
