// SPDX-License-Identifier: MIT
/*
 * namei.c - from a path name to a place in the tree.
 *
 * A walk holds one struct path (mount and dentry, both counted) and goes on component
 * by component: "." stays, ".." goes up across mount roots but never above the task's
 * root, a name is looked up in the cache and else asked from the file system, mounts on
 * it are entered, the text of a symbolic link is walked in place of it. A walk follows at
 * most MAXSYMLINKS links in all (ELOOP).
 *
 * Two ends: filename_lookup() resolves the whole name; path_parent() stops before the
 * last component, for the calls that make or remove it (dirops.c). Trailing slashes ask for a
 * directory.
 *
 * Invariants
 *   N1  nd->path is counted from nd_init() until the caller takes it over
 *   N2  a name is looked up, made or removed under its directory's i_rwsem held for writing
 *   N3  nd->links counts every link of the walk, nested or not
 *   N4  nd->texts holds each text that is not at its end, and that of nd->last
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

/* Links are walked without recursion: nobody chooses how deep the kernel's stack gets. */

/* A text with a slash in front starts at the root. */
static void start_text(struct nameidata *nd, const char *text)
{
	if (*text != '/')
		return;
	path_get(&nd->root);
	path_put(&nd->path);
	nd->path = nd->root;
}

/* The innermost text is at its end: what is left to walk of the one around it. */
static const char *leave_text(struct nameidata *nd)
{
	struct link_text *t = nd->texts;
	const char *rest = t->rest ? t->rest : "";

	nd->texts = t->outer;
	kfree(t);
	return rest;
}

static bool nothing_follows(const struct nameidata *nd)
{
	const struct link_text *t;

	for (t = nd->texts; t; t = t->outer)
		if (t->rest)
			return false;
	return true;
}

/*
 * @link is a symbolic link in the directory where the walk stands, @rest follows it.
 * Return: the text to go on with, or ERR_PTR.
 */
static const char *follow_link(struct nameidata *nd, struct dentry *link, const char *rest)
{
	const struct inode_operations *op = link->d_inode->i_op;
	struct link_text *t;
	struct path target;
	int n;

	if (++nd->links > MAXSYMLINKS)
		return ERR_PTR(-ELOOP);
	if (op->get_path) {		/* /proc: a place, not a text */
		n = op->get_path(link, &target);
		if (n)
			return ERR_PTR(n);
		path_put(&nd->path);
		nd->path = target;
		return rest;
	}
	t = kmalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return ERR_PTR(-ENOMEM);
	n = op->readlink(link, t->text, PATH_MAX - 1);
	if (n <= 0) {
		kfree(t);
		return ERR_PTR(n ? n : -ENOENT);
	}
	t->text[n] = 0;
	t->rest = *rest ? rest : NULL;
	t->outer = nd->texts;
	nd->texts = t;							/* N4 */
	touch_atime(&(struct path){ nd->path.mnt, link });
	start_text(nd, t->text);
	return t->text;
}

/* One step to the ordinary name @name; @rest, or what follows instead, or ERR_PTR. */
static const char *walk_component(struct nameidata *nd, const char *name, unsigned int len,
				  const char *rest, bool follow)
{
	struct dentry *dentry;
	struct path next;

	if (len > NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	dentry = lookup_child(nd->path.dentry, name, len);
	if (IS_ERR(dentry))
		return ERR_CAST(dentry);
	if (!dentry->d_inode) {
		rest = ERR_PTR(-ENOENT);
	} else if (S_ISLNK(dentry->d_inode->i_mode) && follow) {
		rest = follow_link(nd, dentry, rest);
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
	return rest;
}

static int may_walk(struct nameidata *nd)
{
	struct inode *dir = nd->path.dentry->d_inode;

	if (!S_ISDIR(dir->i_mode) || !dir->i_op || !dir->i_op->lookup)
		return -ENOTDIR;
	return inode_permission(dir, MAY_EXEC);
}

static const char *step(struct nameidata *nd, const char *name, unsigned int len,
			const char *rest, bool follow)
{
	if (len == 1 && name[0] == '.')
		return rest;
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		follow_dotdot(nd);
		return rest;
	}
	return walk_component(nd, name, len, rest, follow);
}

/*
 * Walk @name, and the texts of links on the way. A slash at the very end, also at that
 * of a link's text, sets LOOKUP_DIRECTORY. Return: 0, or -E.
 */
static int walk(struct nameidata *nd, const char *name)
{
	for (;;) {
		unsigned int len;
		const char *rest;
		bool last, slash;
		int err;

		while (*name == '/')
			name++;
		if (!*name) {
			if (!nd->texts)
				return 0;
			name = leave_text(nd);
			continue;
		}
		err = may_walk(nd);
		if (err)
			return err;
		for (len = 0; name[len] && name[len] != '/'; len++)
			;
		slash = name[len];
		for (rest = name + len; *rest == '/'; rest++)
			;
		last = !*rest && nothing_follows(nd);
		if (last && slash)
			nd->flags |= LOOKUP_DIRECTORY;
		if (last && (nd->flags & LOOKUP_PARENT)) {
			nd->last = name;
			nd->last_len = len;
			return 0;
		}
		name = step(nd, name, len, rest,
			    !last || slash || nd->texts || (nd->flags & LOOKUP_FOLLOW));
		if (IS_ERR(name))
			return PTR_ERR(name);
	}
}

static int walk_name(struct nameidata *nd, const char *name)
{
	start_text(nd, name);
	return walk(nd, name);
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
	f = fdget_raw(dfd);
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
	while (nd->texts)
		leave_text(nd);
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
	if (!err && (nd.flags & LOOKUP_DIRECTORY) && !S_ISDIR(nd.path.dentry->d_inode->i_mode))
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
	if ((flags & O_NOATIME) && !inode_owner_or_capable(inode))
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
 * The last component, found or made with its directory locked.
 * Return: 0, *@path counted and *@created; or -E.
 */
static int find_or_create(struct nameidata *nd, umode_t mode, struct path *path, bool *created)
{
	struct inode *dir = nd->path.dentry->d_inode;
	int err;

	if (!nd->last || is_dots(nd) || (nd->flags & LOOKUP_DIRECTORY))
		return -EISDIR;
	path->mnt = nd->path.mnt;
	down_write(&dir->i_rwsem);
	path->dentry = lookup_locked(nd->path.dentry, nd->last, nd->last_len);
	err = PTR_ERR_OR_ZERO(path->dentry);
	if (!err && !path->dentry->d_inode) {
		err = may_create(nd);
		if (!err && !dir->i_op->create)
			err = -EACCES;
		if (!err)
			err = dir->i_op->create(dir, path->dentry,
						apply_umask(mode & S_IALLUGO) | S_IFREG);
		*created = !err;
		if (err)
			dput(path->dentry);
	}
	up_write(&dir->i_rwsem);
	if (err)
		return err;
	atomic_inc(&path->mnt->mnt_count);
	while (!*created && follow_mount(path))
		;
	return 0;
}

/*
 * The last component is the link in *@path: go where it points to.
 * Return: 0 and nd stands before another last component; 1 and *@path is the place
 *         itself; or -E. The reference on the link is dropped.
 */
static int follow_last(struct nameidata *nd, struct path *path)
{
	bool magic = path->dentry->d_inode->i_op->get_path;
	const char *text;

	nd->last = NULL;
	nd->flags &= ~LOOKUP_DIRECTORY;
	text = follow_link(nd, path->dentry, "");
	path_put(path);
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (!magic)
		return walk(nd, text);
	*path = nd->path;
	path_get(path);
	return 1;
}

/* O_CREAT: the last component is looked up and made under one lock. */
static struct file *open_create(int dfd, struct filename *name, int flags, umode_t mode)
{
	struct nameidata nd;
	struct path path;
	struct file *file;
	bool created = false;
	int err = path_parent(&nd, dfd, name);

	if (err)
		return ERR_PTR(err);
	do {
		err = find_or_create(&nd, mode, &path, &created);
		if (err || created || (flags & (O_EXCL | O_NOFOLLOW)) ||
		    !S_ISLNK(path.dentry->d_inode->i_mode))
			break;
		err = follow_last(&nd, &path);
	} while (!err);
	if (err < 0) {
		file = ERR_PTR(err);
	} else {
		file = !created && (flags & O_EXCL) ? ERR_PTR(-EEXIST) :
		       open_found(&path, flags, created);
		path_put(&path);
	}
	nd_done(&nd, false);
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
		return open_create(dfd, name, flags, mode);
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
