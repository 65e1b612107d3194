// SPDX-License-Identifier: MIT
/*
 * namei.c - from a path name to a place in the tree.
 *
 * A walk holds one struct path (mount and dentry, both counted) and goes on component
 * by component: "." stays, ".." goes up across mount roots but never above the task's
 * root, a name is looked up in the cache and else asked from the file system, mounts on
 * it are entered, a symbolic link is walked in place. Links nest at most MAXSYMLINKS
 * deep in all (ELOOP).
 *
 * Two ends: filename_lookup() resolves the whole name; path_parent() stops before the
 * last component, for the calls that make or remove it (dirops.c). Trailing slashes ask for a
 * directory.
 *
 * Invariants
 *   N1  nd->path is counted from nd_init() until the caller takes it over
 *   N2  a name is looked up, made or removed under its directory's i_rwsem held for writing
 *   N3  nd->links counts every link of the walk, nested or not
 *
 * Locks: i_rwsem of a directory, taken by the functions that say so.
 */
#include "namei.h"

#define MAXSYMLINKS	40

struct filename *getname_flags(const char __user *user, bool empty_ok)
{
	struct filename *name = kmalloc(sizeof(*name), GFP_KERNEL);
	long len = -ENOMEM;

	if (!name)
		return ERR_PTR(-ENOMEM);
	name->name = kmalloc(PATH_MAX, GFP_KERNEL);
	if (name->name)
		len = strncpy_from_user(name->name, user, PATH_MAX);
	if (len == PATH_MAX)
		len = -ENAMETOOLONG;
	else if (len == 0 && !empty_ok)
		len = -ENOENT;
	if (len >= 0)
		return name;
	putname(name);
	return ERR_PTR(len);
}

struct filename *getname(const char __user *user)
{
	return getname_flags(user, false);
}

struct filename *getname_kernel(const char *text)
{
	struct filename *name = kmalloc(sizeof(*name), GFP_KERNEL);

	if (!name)
		return ERR_PTR(-ENOMEM);
	name->name = kstrdup(text, GFP_KERNEL);
	if (!name->name) {
		kfree(name);
		return ERR_PTR(-ENOMEM);
	}
	return name;
}

void putname(struct filename *name)
{
	kfree(name->name);
	kfree(name);
}

void path_get(const struct path *path)
{
	atomic_inc(&path->mnt->mnt_count);
	dget(path->dentry);
}

static void follow_dotdot(struct nameidata *nd)
{
	for (;;) {
		struct dentry *parent;

		if (nd->path.dentry == nd->root.dentry && nd->path.mnt == nd->root.mnt)
			return;
		if (nd->path.dentry != nd->path.mnt->mnt_root) {
			spin_lock(&dcache_lock);
			parent = dget(nd->path.dentry->d_parent);
			spin_unlock(&dcache_lock);
			dput(nd->path.dentry);
			nd->path.dentry = parent;
			break;
		}
		if (!follow_up(&nd->path))
			return;
	}
	while (follow_mount(&nd->path))
		;
}

/* Ask the file system; the directory is locked for writing (N2). */
static struct dentry *lookup_real(struct dentry *parent, const char *name, unsigned int len)
{
	struct inode *dir = parent->d_inode;
	struct dentry *dentry, *other;

	if (parent->d_flags & DCACHE_UNHASHED)
		return ERR_PTR(-ENOENT);
	dentry = d_alloc(parent, name, len);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	other = dir->i_op->lookup(dir, dentry);
	if (other)
		dput(dentry);
	return other ? other : dentry;
}

/**
 * lookup_locked() - the child @name of @parent, possibly negative, counted.
 * Locks:  the directory's i_rwsem held for writing.
 * Return: dentry or ERR_PTR.
 */
struct dentry *lookup_locked(struct dentry *parent, const char *name, unsigned int len)
{
	struct dentry *dentry;

	if (len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	dentry = d_lookup(parent, name, len);
	if (dentry && dentry->d_op && dentry->d_op->d_revalidate &&
	    !dentry->d_op->d_revalidate(dentry)) {
		d_delete(dentry);
		dput(dentry);
		dentry = NULL;
	}
	return dentry ? dentry : lookup_real(parent, name, len);
}

static struct dentry *lookup_child(struct dentry *parent, const char *name, unsigned int len)
{
	struct dentry *dentry = d_lookup(parent, name, len);

	if (dentry && !(dentry->d_op && dentry->d_op->d_revalidate))
		return dentry;
	if (dentry)
		dput(dentry);
	down_write(&parent->d_inode->i_rwsem);
	dentry = lookup_locked(parent, name, len);
	up_write(&parent->d_inode->i_rwsem);
	return dentry;
}

static int walk_name(struct nameidata *nd, const char *name);

/* Replace nd->path by the place that a magic link of /proc stands for. */
static int jump_to(struct nameidata *nd, const struct path *target)
{
	path_put(&nd->path);
	nd->path = *target;
	return 0;
}

static int follow_text(struct nameidata *nd, struct dentry *link)
{
	char *text = kmalloc(PATH_MAX, GFP_KERNEL);
	int len;

	if (!text)
		return -ENOMEM;
	len = link->d_inode->i_op->readlink(link, text, PATH_MAX - 1);
	if (len >= 0) {
		text[len] = 0;
		touch_atime(link->d_inode);
		len = len ? walk_name(nd, text) : -ENOENT;
	}
	kfree(text);
	return len;
}

/* @link is a symbolic link in the directory that nd->path stands at. */
static int follow_link(struct nameidata *nd, struct dentry *link)
{
	struct path target;
	int err;

	if (++nd->links > MAXSYMLINKS)
		return -ELOOP;
	if (link->d_inode->i_op->get_path) {
		err = link->d_inode->i_op->get_path(link, &target);
		return err ? err : jump_to(nd, &target);
	}
	return follow_text(nd, link);
}

/* One step of the walk to an ordinary name. @follow: resolve a link found there. */
static int walk_component(struct nameidata *nd, const char *name, unsigned int len, bool follow)
{
	struct dentry *dentry;
	struct path next;
	int err = 0;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	dentry = lookup_child(nd->path.dentry, name, len);
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	if (!dentry->d_inode) {
		err = -ENOENT;
	} else if (S_ISLNK(dentry->d_inode->i_mode) && follow) {
		err = follow_link(nd, dentry);
	} else {
		next.mnt = nd->path.mnt;
		next.dentry = dget(dentry);
		atomic_inc(&next.mnt->mnt_count);
		path_put(&nd->path);
		nd->path = next;
		while (follow_mount(&nd->path))
			;
	}
	dput(dentry);
	return err;
}

static int may_walk(struct nameidata *nd)
{
	struct inode *dir = nd->path.dentry->d_inode;

	if (!S_ISDIR(dir->i_mode) || !dir->i_op || !dir->i_op->lookup)
		return -ENOTDIR;
	return inode_permission(dir, MAY_EXEC);
}

static int step(struct nameidata *nd, const char *name, unsigned int len, bool follow)
{
	if (len == 1 && name[0] == '.')
		return 0;
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		follow_dotdot(nd);
		return 0;
	}
	return walk_component(nd, name, len, follow);
}

/* The last component: left alone for LOOKUP_PARENT, else resolved as the flags say. */
static int last_step(struct nameidata *nd, const char *name, unsigned int len, bool slash)
{
	bool follow = slash || (nd->flags & LOOKUP_FOLLOW);
	int err;

	if (nd->flags & LOOKUP_PARENT) {
		nd->last = name;
		nd->last_len = len;
		if (slash)
			nd->flags |= LOOKUP_DIRECTORY;
		return 0;
	}
	err = step(nd, name, len, follow);
	if (!err && slash && !S_ISDIR(nd->path.dentry->d_inode->i_mode))
		err = -ENOTDIR;
	return err;
}

/* Walk @name from where nd stands (or from the root); nested calls walk link texts. */
static int walk_name(struct nameidata *nd, const char *name)
{
	const char *end;
	unsigned int len, saved;
	int err;

	if (*name == '/') {
		path_get(&nd->root);
		path_put(&nd->path);
		nd->path = nd->root;
	}
	for (;;) {
		while (*name == '/')
			name++;
		if (!*name)
			return 0;
		err = may_walk(nd);
		if (err)
			return err;
		for (len = 0; name[len] && name[len] != '/'; len++)
			;
		for (end = name + len; *end == '/'; end++)
			;
		if (!*end)
			return last_step(nd, name, len, name[len] == '/');
		/* inside a name a link is always followed and never a "last" one */
		saved = nd->flags;
		nd->flags = (saved & ~LOOKUP_PARENT) | LOOKUP_FOLLOW;
		err = step(nd, name, len, true);
		nd->flags = saved;
		if (err)
			return err;
		name = end;
	}
}

static int nd_init(struct nameidata *nd, int dfd, const char *name, unsigned int flags)
{
	struct fs_struct *fs = current->fs;
	struct fd f;
	int err = 0;

	memset(nd, 0, sizeof(*nd));
	nd->flags = flags;
	spin_lock(&fs->lock);
	nd->root = fs->root;
	path_get(&nd->root);
	if (dfd == AT_FDCWD || *name == '/') {
		nd->path = *name == '/' ? fs->root : fs->pwd;
		path_get(&nd->path);
	}
	spin_unlock(&fs->lock);
	if (nd->path.dentry)
		return 0;
	f = fdget(dfd);
	if (!f.file)
		err = -EBADF;
	else if (*name && !S_ISDIR(f.file->f_inode->i_mode))
		err = -ENOTDIR;
	if (!err) {
		nd->path = f.file->f_path;
		path_get(&nd->path);
	} else {
		path_put(&nd->root);
	}
	fdput(f);
	return err;
}

void nd_done(struct nameidata *nd, bool keep_path)
{
	path_put(&nd->root);
	if (!keep_path)
		path_put(&nd->path);
}

/**
 * filename_lookup() - resolve @name from directory @dfd.
 * Context: may sleep.
 * Return:  0 and *@path counted, or -E with *@path untouched.
 */
int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int err = nd_init(&nd, dfd, name->name, flags & ~LOOKUP_PARENT);

	if (err)
		return err;
	err = walk_name(&nd, name->name);
	if (!err && (flags & LOOKUP_DIRECTORY) && !S_ISDIR(nd.path.dentry->d_inode->i_mode))
		err = -ENOTDIR;
	if (!err)
		*path = nd.path;
	nd_done(&nd, !err);
	return err;
}

int user_path_at(int dfd, const char __user *user, unsigned int flags, struct path *path)
{
	struct filename *name = getname_flags(user, flags & LOOKUP_EMPTY);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = filename_lookup(dfd, name, flags, path);
	putname(name);
	return err;
}

int kern_path(const char *text, unsigned int flags, struct path *path)
{
	struct filename *name = getname_kernel(text);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = filename_lookup(AT_FDCWD, name, flags, path);
	putname(name);
	return err;
}

/* Walk to the parent of @name; nd->last names the rest (NULL: the root itself). */
int path_parent(struct nameidata *nd, int dfd, struct filename *name)
{
	int err = nd_init(nd, dfd, name->name, LOOKUP_PARENT);

	if (err)
		return err;
	err = walk_name(nd, name->name);
	if (err)
		nd_done(nd, false);
	return err;
}

int may_create(struct nameidata *nd)
{
	int err = mnt_want_write(nd->path.mnt);

	return err ? err : inode_permission(nd->path.dentry->d_inode, MAY_WRITE | MAY_EXEC);
}

/* --- open ----------------------------------------------------------------------- */

/* May an existing file be opened like this? */
static int may_open(const struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	int acc = flags & O_ACCMODE, mask;

	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	if (S_ISDIR(inode->i_mode) && (acc != O_RDONLY || (flags & (O_CREAT | O_TRUNC))))
		return -EISDIR;
	if (S_ISSOCK(inode->i_mode))
		return -ENXIO;
	if ((S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode)) && (path->mnt->mnt_flags & MS_NODEV))
		return -EACCES;
	mask = acc == O_RDONLY ? MAY_READ : acc == O_WRONLY ? MAY_WRITE : MAY_READ | MAY_WRITE;
	if (flags & O_TRUNC)
		mask |= MAY_WRITE;
	if ((mask & MAY_WRITE) && (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))) {
		int err = mnt_want_write(path->mnt);

		if (err)
			return err;
	}
	if ((flags & O_NOATIME) && current->cred.fsuid && current->cred.fsuid != inode->i_uid)
		return -EPERM;
	return inode_permission(inode, mask);
}

static struct file *open_found(const struct path *path, int flags, bool created)
{
	struct inode *inode = path->dentry->d_inode;
	struct file *file;
	int err = 0;

	if ((flags & O_DIRECTORY) && !S_ISDIR(inode->i_mode))
		return ERR_PTR(-ENOTDIR);
	if (!(flags & O_PATH) && !created)
		err = may_open(path, flags);
	if (err)
		return ERR_PTR(err);
	file = dentry_open(path, flags);
	if (IS_ERR(file) || created || (flags & O_PATH) || !(flags & O_TRUNC) ||
	    !S_ISREG(inode->i_mode))
		return file;
	err = vfs_truncate(path, 0);
	if (err) {
		fput(file);
		return ERR_PTR(err);
	}
	return file;
}

/* A nameless regular file in directory @path. */
static struct file *open_tmpfile(const struct path *path, int flags, umode_t mode)
{
	struct inode *dir = path->dentry->d_inode;
	struct dentry *dentry;
	struct path child = { .mnt = path->mnt };
	struct file *file;
	int err = (flags & O_ACCMODE) == O_RDONLY ? -EINVAL : mnt_want_write(path->mnt);

	if (!err)
		err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	if (!err && !dir->i_op->create)
		err = -EOPNOTSUPP;
	if (err)
		return ERR_PTR(err);
	dentry = d_alloc(path->dentry, "#tmpfile", 8);
	if (!dentry)
		return ERR_PTR(-ENOMEM);
	down_write(&dir->i_rwsem);
	d_add(dentry, NULL);
	err = dir->i_op->create(dir, dentry, apply_umask(mode & S_IALLUGO) | S_IFREG);
	if (!err && dir->i_op->unlink)
		err = dir->i_op->unlink(dir, dentry);
	d_delete(dentry);
	up_write(&dir->i_rwsem);
	child.dentry = dentry;
	file = err ? ERR_PTR(err) : open_found(&child, flags & ~O_DIRECTORY, true);
	dput(dentry);
	return file;
}

/*
 * open_create() - O_CREAT: the last component is looked up and made under one lock.
 * A link found there is followed by the caller's retry with its whole path.
 */
static struct file *open_create(int dfd, struct filename *name, int flags, umode_t mode,
				bool *follow)
{
	struct nameidata nd;
	struct inode *dir;
	struct path path;
	struct file *file;
	bool created = false;
	int err = path_parent(&nd, dfd, name);

	if (err)
		return ERR_PTR(err);
	if (!nd.last || is_dots(&nd) || (nd.flags & LOOKUP_DIRECTORY)) {
		nd_done(&nd, false);
		return ERR_PTR(-EISDIR);
	}
	dir = nd.path.dentry->d_inode;
	path.mnt = nd.path.mnt;
	down_write(&dir->i_rwsem);
	path.dentry = lookup_locked(nd.path.dentry, nd.last, nd.last_len);
	err = PTR_ERR_OR_ZERO(path.dentry);
	if (!err && !path.dentry->d_inode) {
		err = may_create(&nd);
		if (!err && !dir->i_op->create)
			err = -EACCES;
		if (!err)
			err = dir->i_op->create(dir, path.dentry,
						apply_umask(mode & S_IALLUGO) | S_IFREG);
		created = !err;
		if (err)
			dput(path.dentry);
	}
	up_write(&dir->i_rwsem);
	if (err) {
		nd_done(&nd, false);
		return ERR_PTR(err);
	}
	atomic_inc(&path.mnt->mnt_count);
	while (!created && follow_mount(&path))
		;
	if (!created && (flags & O_EXCL))
		file = ERR_PTR(-EEXIST);
	else if (!created && S_ISLNK(path.dentry->d_inode->i_mode) && !(flags & O_NOFOLLOW))
		file = ERR_PTR((*follow = true) ? -ELOOP : 0);
	else
		file = open_found(&path, flags, created);
	path_put(&path);
	nd_done(&nd, false);
	return file;
}

/* O_CREAT through a link: resolve the link's text to a name and create there. */
static struct file *open_create_link(int dfd, struct filename *name, int flags, umode_t mode)
{
	struct filename *target = getname_kernel(name->name);
	struct file *file = ERR_PTR(-ELOOP);
	bool follow = true;

	if (IS_ERR(target))
		return ERR_CAST(target);
	for (int links = 0; follow && links <= MAXSYMLINKS; links++) {
		struct path link;
		char *text, *slash;
		int len;

		follow = false;
		file = open_create(dfd, target, flags, mode, &follow);
		if (!follow)
			break;
		len = filename_lookup(dfd, target, 0, &link);
		if (len) {
			file = ERR_PTR(len);
			break;
		}
		if (link.dentry->d_inode->i_op->get_path) {	/* an open file of /proc */
			path_put(&link);
			len = filename_lookup(dfd, target, LOOKUP_FOLLOW, &link);
			file = len ? ERR_PTR(len) : open_found(&link, flags, false);
			if (!len)
				path_put(&link);
			break;
		}
		text = kzalloc(2 * PATH_MAX, GFP_KERNEL);
		len = text ? link.dentry->d_inode->i_op->readlink(link.dentry, text, PATH_MAX - 1)
			   : -ENOMEM;
		path_put(&link);
		if (len < 0) {
			kfree(text);
			file = ERR_PTR(len);
			break;
		}
		/* a relative text starts where the link lies */
		slash = strrchr(target->name, '/');
		if (text[0] != '/' && slash) {
			size_t dir_len = slash + 1 - target->name;

			memmove(text + dir_len, text, len + 1);
			memcpy(text, target->name, dir_len);
		}
		kfree(target->name);
		target->name = text;
		file = ERR_PTR(-ELOOP);
	}
	putname(target);
	return file;
}

/**
 * do_filp_open() - open(2) by kernel name: look up, create, check, open.
 * Context: may sleep.
 * Return:  an open file with one reference, or ERR_PTR.
 */
struct file *do_filp_open(int dfd, struct filename *name, int flags, umode_t mode)
{
	unsigned int lookup = flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	struct file *file;
	int err;

	if ((flags & O_CREAT) && !(flags & O_PATH))
		return open_create_link(dfd, name, flags, mode);
	if (flags & O_DIRECTORY)
		lookup |= LOOKUP_DIRECTORY;
	err = filename_lookup(dfd, name, lookup, &path);
	if (err)
		return ERR_PTR(err);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		file = open_tmpfile(&path, flags, mode);
	else
		file = open_found(&path, flags, false);
	path_put(&path);
	return file;
}
