// SPDX-License-Identifier: MIT
/*
 * dirops.c - making, linking, removing and renaming names.
 *
 * Each call walks to the parent of the name (path_parent() in namei.c), locks that
 * directory, looks the last component up under the lock, checks, and lets the file
 * system do it. create_begin()/create_end() and remove_begin()/create_end() are the two
 * brackets; rename has two parents and a lock order of its own.
 *
 * Invariants
 *   O1  between a bracket's begin and end the parent's i_rwsem is held for writing
 *   O2  a name that is a mount point is neither removed nor renamed (EBUSY)
 *   O3  a directory never becomes its own descendant
 *
 * Locks: rename_mutex, then the i_rwsem of one or two directories: the ancestor first,
 * else by address; then that of the file whose names change, for its link count.
 */
#include "namei.h"

/* In a sticky directory only the owners remove. */
static int may_delete(struct inode *dir, struct dentry *victim)
{
	uid_t uid = current->cred.fsuid;
	int err = inode_permission(dir, MAY_WRITE | MAY_EXEC);

	if (err || !(dir->i_mode & S_ISVTX) || capable(CAP_FOWNER))
		return err;
	return dir->i_uid == uid || victim->d_inode->i_uid == uid ? 0 : -EPERM;
}

/*
 * create_begin() - find the place where a new name goes; the directory stays locked.
 * A directory only may be made with a trailing slash.
 */
static struct dentry *create_begin(struct nameidata *nd, int dfd, struct filename *name, bool dir)
{
	struct dentry *dentry;
	int err = path_parent(nd, dfd, name);

	if (err)
		return ERR_PTR(err);
	down_write(&nd->path.dentry->d_inode->i_rwsem);
	if (!nd->last || is_dots(nd)) {
		dentry = ERR_PTR(-EEXIST);
		goto unlock;
	}
	dentry = lookup_locked(nd->path.dentry, nd->last, nd->last_len);
	if (IS_ERR(dentry))
		goto unlock;
	if (dentry->d_inode)
		err = -EEXIST;
	else if ((nd->flags & LOOKUP_DIRECTORY) && !dir)
		err = -ENOENT;
	else
		err = may_create(nd);
	if (!err)
		return dentry;
	dput(dentry);
	dentry = ERR_PTR(err);
unlock:
	up_write(&nd->path.dentry->d_inode->i_rwsem);
	nd_done(nd, false);
	return dentry;
}

static void create_end(struct nameidata *nd, struct dentry *dentry)
{
	up_write(&nd->path.dentry->d_inode->i_rwsem);
	dput(dentry);
	nd_done(nd, false);
}

int do_mkdirat(int dfd, struct filename *name, umode_t mode)
{
	struct nameidata nd;
	struct dentry *dentry = create_begin(&nd, dfd, name, true);
	struct inode *dir;
	int err = -EPERM;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	if (dir->i_op->mkdir)
		err = dir->i_op->mkdir(dir, dentry, apply_umask(mode & (0777 | S_ISVTX)));
	create_end(&nd, dentry);
	return err;
}

int do_mknodat(int dfd, struct filename *name, umode_t mode, dev_t dev)
{
	struct nameidata nd;
	struct dentry *dentry;
	struct inode *dir;
	int err = -EPERM;

	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (S_ISDIR(mode))
		return -EPERM;
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode))
		return -EINVAL;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable(CAP_MKNOD))
		return -EPERM;
	dentry = create_begin(&nd, dfd, name, false);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	mode = apply_umask(mode);
	if (S_ISREG(mode) && dir->i_op->create)
		err = dir->i_op->create(dir, dentry, mode);
	else if (!S_ISREG(mode) && dir->i_op->mknod)
		err = dir->i_op->mknod(dir, dentry, mode, dev);
	create_end(&nd, dentry);
	return err;
}

int do_symlinkat(const char *target, int dfd, struct filename *name)
{
	struct nameidata nd;
	struct dentry *dentry = create_begin(&nd, dfd, name, false);
	struct inode *dir;
	int err = -EPERM;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	if (dir->i_op->symlink)
		err = dir->i_op->symlink(dir, dentry, target);
	create_end(&nd, dentry);
	return err;
}

int do_linkat(int olddfd, struct filename *old, int newdfd, struct filename *name, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	struct nameidata nd;
	struct path from;
	struct dentry *dentry;
	struct inode *dir, *inode;
	int err = filename_lookup(olddfd, old, lookup, &from);

	if (err)
		return err;
	dentry = create_begin(&nd, newdfd, name, false);
	err = PTR_ERR_OR_ZERO(dentry);
	if (err)
		goto put;
	dir = nd.path.dentry->d_inode;
	inode = from.dentry->d_inode;
	if (from.mnt != nd.path.mnt) {
		err = -EXDEV;
	} else if (S_ISDIR(inode->i_mode) || !dir->i_op->link) {
		err = -EPERM;
	} else {
		down_write(&inode->i_rwsem);
		err = inode->i_nlink ? dir->i_op->link(from.dentry, dir, dentry) : -ENOENT;
		up_write(&inode->i_rwsem);
	}
	create_end(&nd, dentry);
put:
	path_put(&from);
	return err;
}

/* Find the name to remove; the directory stays locked until create_end(). */
static struct dentry *remove_begin(struct nameidata *nd, int dfd, struct filename *name,
				   bool want_dir)
{
	struct dentry *dentry;
	int err = path_parent(nd, dfd, name);

	if (err)
		return ERR_PTR(err);
	if (!nd->last)
		err = want_dir ? -EBUSY : -EISDIR;
	else if (is_dots(nd))
		err = !want_dir ? -EISDIR : nd->last_len == 1 ? -EINVAL : -ENOTEMPTY;
	else
		err = mnt_want_write(nd->path.mnt);
	if (err) {
		nd_done(nd, false);
		return ERR_PTR(err);
	}
	down_write(&nd->path.dentry->d_inode->i_rwsem);
	dentry = lookup_locked(nd->path.dentry, nd->last, nd->last_len);
	if (IS_ERR(dentry))
		goto unlock;
	if (!dentry->d_inode)
		err = -ENOENT;
	else if (!want_dir && (nd->flags & LOOKUP_DIRECTORY))
		err = S_ISDIR(dentry->d_inode->i_mode) ? -EISDIR : -ENOTDIR;
	else
		err = may_delete(nd->path.dentry->d_inode, dentry);
	if (!err && want_dir != !!S_ISDIR(dentry->d_inode->i_mode))
		err = want_dir ? -ENOTDIR : -EISDIR;
	if (!err && (dentry->d_flags & DCACHE_MOUNTED))
		err = -EBUSY;
	if (!err)
		return dentry;
	dput(dentry);
	dentry = ERR_PTR(err);
unlock:
	up_write(&nd->path.dentry->d_inode->i_rwsem);
	nd_done(nd, false);
	return dentry;
}

/* The file system removes the name, then the tree does, both under the victim's lock: its
 * link count changes, and in a directory that goes nobody makes a name any more. */
static int remove_name(int dfd, struct filename *name, bool is_dir)
{
	struct nameidata nd;
	struct dentry *dentry = remove_begin(&nd, dfd, name, is_dir);
	int (*op)(struct inode *dir, struct dentry *dentry);
	struct inode *dir;
	int err = -EPERM;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	dir = nd.path.dentry->d_inode;
	op = is_dir ? dir->i_op->rmdir : dir->i_op->unlink;
	if (op) {
		down_write(&dentry->d_inode->i_rwsem);
		err = op(dir, dentry);
		if (!err)
			d_delete(dentry);
		up_write(&dentry->d_inode->i_rwsem);
	}
	create_end(&nd, dentry);
	return err;
}

int do_unlinkat(int dfd, struct filename *name)
{
	return remove_name(dfd, name, false);
}

/** kern_unlink() - remove the name @path; 0 or -E as unlink(2). May sleep. */
int kern_unlink(const char *path)
{
	struct filename *name = getname_kernel(path);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_unlinkat(AT_FDCWD, name);
	putname(name);
	return err;
}

int do_rmdirat(int dfd, struct filename *name)
{
	return remove_name(dfd, name, true);
}

/* --- rename ------------------------------------------------------------------- */

static DEFINE_MUTEX(rename_mutex);	/* keeps ancestry still while two directories are locked */

static void lock_two(struct dentry *a, struct dentry *b)
{
	mutex_lock(&rename_mutex);
	if (a == b) {
		down_write(&a->d_inode->i_rwsem);
	} else if (d_is_ancestor(a, b) || (!d_is_ancestor(b, a) && a < b)) {
		down_write(&a->d_inode->i_rwsem);
		down_write(&b->d_inode->i_rwsem);
	} else {
		down_write(&b->d_inode->i_rwsem);
		down_write(&a->d_inode->i_rwsem);
	}
}

static void unlock_two(struct dentry *a, struct dentry *b)
{
	up_write(&a->d_inode->i_rwsem);
	if (a != b)
		up_write(&b->d_inode->i_rwsem);
	mutex_unlock(&rename_mutex);
}

/* What must hold of two names before one takes the other's place. */
static int rename_check(struct dentry *from, struct dentry *to, unsigned int flags)
{
	bool from_dir = S_ISDIR(from->d_inode->i_mode);

	if (!to->d_inode || (flags & RENAME_EXCHANGE))
		return 0;
	if (from_dir && !S_ISDIR(to->d_inode->i_mode))
		return -ENOTDIR;
	if (!from_dir && S_ISDIR(to->d_inode->i_mode))
		return -EISDIR;
	if (from_dir && !d_empty(to))
		return -ENOTEMPTY;
	return 0;
}

static int rename_may(struct nameidata *old, struct nameidata *new, struct dentry *from,
		      struct dentry *to)
{
	struct inode *old_dir = old->path.dentry->d_inode, *new_dir = new->path.dentry->d_inode;
	int err = mnt_want_write(old->path.mnt);

	if (!err)
		err = may_delete(old_dir, from);
	if (!err)
		err = to->d_inode ? may_delete(new_dir, to)
				  : inode_permission(new_dir, MAY_WRITE | MAY_EXEC);
	/* ".." of a directory that moves is changed too */
	if (!err && old_dir != new_dir && S_ISDIR(from->d_inode->i_mode))
		err = inode_permission(from->d_inode, MAY_WRITE);
	if (!err && ((from->d_flags | to->d_flags) & DCACHE_MOUNTED))
		err = -EBUSY;
	if (!err && !old_dir->i_op->rename)
		err = -EPERM;
	return err;
}

/* The names change in the file system, then in the tree. The link count of what is
 * replaced is its own lock's, as it may have names elsewhere. */
static int rename_commit(struct inode *old_dir, struct dentry *from, struct nameidata *new,
			 struct dentry *to, unsigned int flags)
{
	struct inode *victim = to->d_inode;
	int err;

	if (victim)
		down_write(&victim->i_rwsem);
	err = old_dir->i_op->rename(old_dir, from, new->path.dentry->d_inode, to, flags);
	if (!err && !(flags & RENAME_EXCHANGE))
		d_delete(to);
	if (victim)
		up_write(&victim->i_rwsem);
	if (err)
		return err;
	if (flags & RENAME_EXCHANGE)
		d_exchange(from, to);
	else
		d_move(from, new->path.dentry, new->last, new->last_len);
	return 0;
}

/* Both directories are locked. */
static int rename_locked(struct nameidata *old, struct nameidata *new, unsigned int flags)
{
	struct dentry *from, *to;
	bool trailing = (old->flags | new->flags) & LOOKUP_DIRECTORY;
	int err;

	from = lookup_locked(old->path.dentry, old->last, old->last_len);
	if (IS_ERR(from))
		return PTR_ERR(from);
	err = -ENOENT;
	if (!from->d_inode)
		goto put_from;
	err = -ENOTDIR;
	if (trailing && !S_ISDIR(from->d_inode->i_mode))
		goto put_from;
	err = -EINVAL;
	if (d_is_ancestor(from, new->path.dentry))
		goto put_from;
	to = lookup_locked(new->path.dentry, new->last, new->last_len);
	err = PTR_ERR_OR_ZERO(to);
	if (err)
		goto put_from;
	if (to->d_inode && (flags & RENAME_NOREPLACE))
		err = -EEXIST;
	else if (!to->d_inode && (flags & RENAME_EXCHANGE))
		err = -ENOENT;
	else if (d_is_ancestor(to, old->path.dentry))
		err = flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
	if (err || to->d_inode == from->d_inode)
		goto put_to;		/* the same file: nothing to do, success */
	err = rename_may(old, new, from, to);
	if (!err)
		err = rename_check(from, to, flags);
	if (!err)
		err = rename_commit(old->path.dentry->d_inode, from, new, to, flags);
put_to:
	dput(to);
put_from:
	dput(from);
	return err;
}

static int do_renameat(int olddfd, struct filename *from, int newdfd, struct filename *to,
		       unsigned int flags)
{
	struct nameidata old, new;
	int err;

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	err = path_parent(&old, olddfd, from);
	if (err)
		return err;
	err = path_parent(&new, newdfd, to);
	if (err)
		goto done_old;
	err = -EXDEV;
	if (old.path.mnt != new.path.mnt)
		goto done_new;
	err = flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	if (!new.last || is_dots(&new))
		goto done_new;
	err = -EBUSY;
	if (!old.last || is_dots(&old))
		goto done_new;
	lock_two(old.path.dentry, new.path.dentry);
	err = rename_locked(&old, &new, flags);
	unlock_two(old.path.dentry, new.path.dentry);
done_new:
	nd_done(&new, false);
done_old:
	nd_done(&old, false);
	return err;
}

/* --- system calls ------------------------------------------------------------------ */

long sys_mkdirat(int dfd, const char __user *user, unsigned int mode)
{
	struct filename *name = getname(user);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_mkdirat(dfd, name, mode);
	putname(name);
	return err;
}

long sys_mkdir(const char __user *name, unsigned int mode)
{
	return sys_mkdirat(AT_FDCWD, name, mode);
}

long sys_mknodat(int dfd, const char __user *user, unsigned int mode, unsigned int dev)
{
	struct filename *name = getname(user);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = do_mknodat(dfd, name, mode, new_decode_dev(dev));
	putname(name);
	return err;
}

long sys_mknod(const char __user *name, unsigned int mode, unsigned int dev)
{
	return sys_mknodat(AT_FDCWD, name, mode, dev);
}

long sys_unlinkat(int dfd, const char __user *user, int flags)
{
	struct filename *name;
	int err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = getname(user);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = flags & AT_REMOVEDIR ? do_rmdirat(dfd, name) : do_unlinkat(dfd, name);
	putname(name);
	return err;
}

long sys_unlink(const char __user *name)
{
	return sys_unlinkat(AT_FDCWD, name, 0);
}

long sys_rmdir(const char __user *name)
{
	return sys_unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

long sys_symlinkat(const char __user *user_target, int dfd, const char __user *user)
{
	struct filename *target = getname(user_target), *name;
	int err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	name = getname(user);
	err = PTR_ERR_OR_ZERO(name);
	if (!err) {
		err = do_symlinkat(target->name, dfd, name);
		putname(name);
	}
	putname(target);
	return err;
}

long sys_symlink(const char __user *target, const char __user *name)
{
	return sys_symlinkat(target, AT_FDCWD, name);
}

long sys_linkat(int olddfd, const char __user *user_old, int newdfd, const char __user *user_new,
		int flags)
{
	struct filename *old, *name;
	int err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	old = getname_flags(user_old, flags & AT_EMPTY_PATH);
	if (IS_ERR(old))
		return PTR_ERR(old);
	name = getname(user_new);
	err = PTR_ERR_OR_ZERO(name);
	if (!err) {
		err = do_linkat(olddfd, old, newdfd, name, flags);
		putname(name);
	}
	putname(old);
	return err;
}

long sys_link(const char __user *old, const char __user *name)
{
	return sys_linkat(AT_FDCWD, old, AT_FDCWD, name, 0);
}

long sys_renameat2(int olddfd, const char __user *user_old, int newdfd,
		   const char __user *user_new, unsigned int flags)
{
	struct filename *old = getname(user_old), *name;
	int err;

	if (IS_ERR(old))
		return PTR_ERR(old);
	name = getname(user_new);
	err = PTR_ERR_OR_ZERO(name);
	if (!err) {
		err = do_renameat(olddfd, old, newdfd, name, flags);
		putname(name);
	}
	putname(old);
	return err;
}

long sys_renameat(int olddfd, const char __user *old, int newdfd, const char __user *name)
{
	return sys_renameat2(olddfd, old, newdfd, name, 0);
}

long sys_rename(const char __user *old, const char __user *name)
{
	return sys_renameat2(AT_FDCWD, old, AT_FDCWD, name, 0);
}
