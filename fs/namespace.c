// SPDX-License-Identifier: MIT
/*
 * namespace.c - mounts: file systems put onto directories.
 *
 * A mount shows the tree of one super block (or a part of it: bind) at a mount point
 * of its parent mount. All mounts hang in one list, oldest first, which is what
 * /proc/mounts prints. There is one mount namespace.
 *
 * Invariants
 *   M1  the mount point of every attached mount has DCACHE_MOUNTED
 *   M2  an attached mount holds references on its parent and its mount point, and one on itself
 *   M3  mnt_count == 1 (attached) + one for each path that lies in it + one for each child
 *   M4  mnt_parent == NULL for the root and for detached mounts
 *
 * Locks: mount_mutex makes changes one at a time; mount_lock (m, a spinlock) guards the
 * list and the links for those who only look. It is the outermost spinlock: dcache_lock
 * is taken inside of it.
 */
#include "internal.h"
#include <linux/lock_rank.h>

static DEFINE_MUTEX(mount_mutex);
DEFINE_SPINLOCK_RANK(mount_lock, RANK_FS);
static LIST_HEAD(mounts);		/* m */
static LIST_HEAD(fs_types);		/* m */
static int next_mnt_id = 1;		/* mount_mutex */
static unsigned int next_anon_dev;	/* mount_mutex */

/* --- file system types ------------------------------------------------------------ */

int register_filesystem(struct file_system_type *type)
{
	spin_lock(&mount_lock);
	list_add_tail(&type->list, &fs_types);
	spin_unlock(&mount_lock);
	return 0;
}

static struct file_system_type *find_type(const char *name)
{
	struct file_system_type *type;

	list_for_each_entry(type, &fs_types, list)
		if (!strcmp(type->name, name))
			return type;
	return NULL;
}

void filesystems_show(struct seq_file *m)
{
	struct file_system_type *type;

	list_for_each_entry(type, &fs_types, list)
		seq_printf(m, "%s\t%s\n", type->nodev ? "nodev" : "", type->name);
}

static struct super_block *new_super(struct file_system_type *type, const char *data)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);
	int err;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	sb->s_type = type;
	sb->s_dev = MKDEV(0, ++next_anon_dev);
	atomic_set(&sb->s_active, 1);
	err = type->fill_super(sb, data);
	if (!err)
		return sb;
	kfree(sb);
	return ERR_PTR(err);
}

/* Pinned dentries lose their own reference, leaves first. */
static void shrink_tree(struct dentry *root)
{
	for (;;) {
		struct dentry *leaf = root, *child, *found = NULL;

		spin_lock(&dcache_lock);
		do {
			found = NULL;
			list_for_each_entry(child, &leaf->d_subdirs, d_child)
				if (child->d_flags & DCACHE_PINNED)
					found = child;
			if (found)
				leaf = found;
		} while (found);
		spin_unlock(&dcache_lock);
		if (leaf == root)
			return;
		d_delete(leaf);
	}
}

static void put_super(struct super_block *sb)
{
	if (!atomic_dec_and_test(&sb->s_active))
		return;
	shrink_tree(sb->s_root);
	dput(sb->s_root);
	if (sb->s_op && sb->s_op->put_super)
		sb->s_op->put_super(sb);
	kfree(sb);
}

/* --- one mount -------------------------------------------------------------------- */

static struct mount *alloc_mount(struct dentry *root, const char *devname)
{
	struct mount *mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);

	if (!mnt)
		return NULL;
	mnt->mnt_devname = kstrdup(devname, GFP_KERNEL);
	if (!mnt->mnt_devname) {
		kfree(mnt);
		return NULL;
	}
	atomic_set(&mnt->mnt_count, 1);
	mnt->mnt_id = next_mnt_id++;
	mnt->mnt_root = dget(root);
	mnt->mnt_sb = root->d_sb;
	INIT_LIST_HEAD(&mnt->mnt_list);
	return mnt;
}

static void mntput(struct mount *mnt)
{
	if (!atomic_dec_and_test(&mnt->mnt_count))
		return;
	mm_assert(!mnt->mnt_parent && list_empty(&mnt->mnt_list));
	dput(mnt->mnt_root);
	put_super(mnt->mnt_sb);
	kfree(mnt->mnt_devname);
	kfree(mnt);
}

void path_put(const struct path *path)
{
	dput(path->dentry);
	mntput(path->mnt);
}

/* The file system that @type has only once, which it keeps from the first mount on. */
static struct super_block *single_super(struct file_system_type *type, const char *data)
{
	struct super_block *sb = type->single;
	int err = 0;

	if (!sb) {
		sb = new_super(type, data);
		if (IS_ERR(sb))
			return sb;
		type->single = sb;
	} else if (data && *data && sb->s_op && sb->s_op->remount) {
		err = sb->s_op->remount(sb, data);
	}
	if (err)
		return ERR_PTR(err);
	atomic_inc(&sb->s_active);
	return sb;
}

/** vfs_kern_mount() - a file system of @type, mounted nowhere yet; ERR_PTR. */
struct mount *vfs_kern_mount(struct file_system_type *type, const char *devname, const char *data)
{
	struct super_block *sb = type->is_single ? single_super(type, data) : new_super(type, data);
	struct mount *mnt;

	if (IS_ERR(sb))
		return ERR_CAST(sb);
	mnt = alloc_mount(sb->s_root, devname);
	if (!mnt) {
		put_super(sb);
		return ERR_PTR(-ENOMEM);
	}
	return mnt;
}

int mnt_want_write(struct mount *mnt)
{
	return READ_ONCE(mnt->mnt_flags) & MS_RDONLY ? -EROFS : 0;
}

/* The newest mount on exactly this place; mount_lock held. */
static struct mount *mounted_on(const struct path *path)
{
	struct mount *mnt;

	list_for_each_entry_reverse(mnt, &mounts, mnt_list)
		if (mnt->mnt_parent == path->mnt && mnt->mnt_mountpoint == path->dentry)
			return mnt;
	return NULL;
}

bool follow_mount(struct path *path)
{
	struct mount *mnt;

	if (likely(!(READ_ONCE(path->dentry->d_flags) & DCACHE_MOUNTED)))
		return false;
	spin_lock(&mount_lock);
	mnt = mounted_on(path);
	if (mnt)
		atomic_inc(&mnt->mnt_count);
	spin_unlock(&mount_lock);
	if (!mnt)
		return false;
	path_put(path);
	path->mnt = mnt;
	path->dentry = dget(mnt->mnt_root);
	return true;
}

bool follow_up(struct path *path)
{
	struct path up;

	spin_lock(&mount_lock);
	up.mnt = path->mnt->mnt_parent;
	up.dentry = path->mnt->mnt_mountpoint;
	if (up.mnt)
		path_get(&up);
	spin_unlock(&mount_lock);
	if (!up.mnt)
		return false;
	path_put(path);
	*path = up;
	return true;
}

/* --- attaching and detaching; mount_mutex held ------------------------------------ */

static void attach(struct mount *mnt, const struct path *at)
{
	path_get(at);
	spin_lock(&mount_lock);
	mnt->mnt_parent = at->mnt;
	mnt->mnt_mountpoint = at->dentry;
	list_add_tail(&mnt->mnt_list, &mounts);
	spin_unlock(&mount_lock);
	spin_lock(&dcache_lock);
	at->dentry->d_flags |= DCACHE_MOUNTED;
	spin_unlock(&dcache_lock);
}

static bool is_mountpoint(struct dentry *dentry)
{
	struct mount *mnt;

	list_for_each_entry(mnt, &mounts, mnt_list)
		if (mnt->mnt_parent && mnt->mnt_mountpoint == dentry)
			return true;
	return false;
}

/* Take @mnt off its mount point; its own reference stays with the caller. */
static void detach(struct mount *mnt)
{
	struct path at = { mnt->mnt_parent, mnt->mnt_mountpoint };

	spin_lock(&mount_lock);
	mnt->mnt_parent = NULL;
	mnt->mnt_mountpoint = NULL;
	list_del_init(&mnt->mnt_list);
	spin_unlock(&mount_lock);
	if (!is_mountpoint(at.dentry)) {
		spin_lock(&dcache_lock);
		at.dentry->d_flags &= ~DCACHE_MOUNTED;
		spin_unlock(&dcache_lock);
	}
	path_put(&at);
}

static bool has_children(struct mount *parent)
{
	struct mount *mnt;

	list_for_each_entry(mnt, &mounts, mnt_list)
		if (mnt->mnt_parent == parent)
			return true;
	return false;
}

/* MNT_DETACH: the whole tree of mounts below goes, newest first. */
static void detach_tree(struct mount *top)
{
	for (;;) {
		struct mount *mnt, *child = NULL, *at = top;

		do {
			child = NULL;
			list_for_each_entry(mnt, &mounts, mnt_list)
				if (mnt->mnt_parent == at)
					child = mnt;
			if (child)
				at = child;
		} while (child);
		detach(at);
		mntput(at);
		if (at == top)
			return;
	}
}

/* --- mount(2) --------------------------------------------------------------------- */

#define MNT_KEPT_FLAGS	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | \
			 MS_NODIRATIME | MS_RELATIME)

static unsigned long kept_flags(unsigned long flags)
{
	if (!(flags & (MS_NOATIME | MS_STRICTATIME)))
		flags |= MS_RELATIME;
	return flags & MNT_KEPT_FLAGS;
}

static int mount_new(const char *type_name, const char *devname, const char *data,
		     unsigned long flags, const struct path *at)
{
	struct file_system_type *type = type_name ? find_type(type_name) : NULL;
	struct mount *mnt;

	if (!type_name)
		return -EINVAL;
	if (!type)
		return -ENODEV;
	mnt = vfs_kern_mount(type, devname && *devname ? devname : "none", data);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	if (at->mnt->mnt_sb == mnt->mnt_sb && at->dentry == at->mnt->mnt_root) {
		mntput(mnt);
		return -EBUSY;		/* it is what is there */
	}
	mnt->mnt_flags = kept_flags(flags);
	attach(mnt, at);
	return 0;
}

static int mount_bind(const struct path *from, const struct path *at)
{
	struct mount *mnt;

	if (S_ISDIR(from->dentry->d_inode->i_mode) != S_ISDIR(at->dentry->d_inode->i_mode))
		return -ENOTDIR;
	mnt = alloc_mount(from->dentry, from->mnt->mnt_devname);
	if (!mnt)
		return -ENOMEM;
	atomic_inc(&mnt->mnt_sb->s_active);
	mnt->mnt_flags = from->mnt->mnt_flags;
	attach(mnt, at);
	return 0;
}

static int mount_move(const struct path *from, const struct path *at)
{
	struct mount *mnt = from->mnt, *up;

	if (from->dentry != mnt->mnt_root || !mnt->mnt_parent)
		return -EINVAL;
	for (up = at->mnt; up; up = up->mnt_parent)
		if (up == mnt)
			return -ELOOP;
	detach(mnt);
	attach(mnt, at);
	return 0;
}

static int mount_remount(const struct path *at, unsigned long flags, const char *data)
{
	struct super_block *sb = at->mnt->mnt_sb;
	int err = 0;

	if (at->dentry != at->mnt->mnt_root)
		return -EINVAL;
	if ((flags & MS_RDONLY) && atomic_read(&at->mnt->mnt_writers))
		return -EBUSY;
	if (data && *data && !(flags & MS_BIND))
		err = sb->s_op && sb->s_op->remount ? sb->s_op->remount(sb, data) : 0;
	if (!err)
		WRITE_ONCE(at->mnt->mnt_flags, kept_flags(flags));
	return err;
}

struct mount_args {
	char *devname, *type, *data;	/* kernel copies, or NULL */
};

/* Every mount is private here, so that asking for it changes nothing. */
static int mount_private(const struct path *at)
{
	return at->dentry == at->mnt->mnt_root ? 0 : -EINVAL;
}

static int mount_at(const struct path *at, const struct mount_args *a, unsigned long flags)
{
	struct path from;
	int err;

	if (flags & MS_REMOUNT)
		return mount_remount(at, flags, a->data);
	if (flags & MS_PRIVATE)
		return flags & ~(MS_PRIVATE | MS_REC | MS_SILENT) ? -EINVAL : mount_private(at);
	if (at->dentry->d_flags & DCACHE_UNHASHED)
		return -ENOENT;		/* the directory was removed */
	if (!(flags & (MS_BIND | MS_MOVE))) {
		if (!S_ISDIR(at->dentry->d_inode->i_mode))
			return -ENOTDIR;
		return mount_new(a->type, a->devname, a->data, flags, at);
	}
	if (!a->devname || !*a->devname || (flags & MS_REC))
		return -EINVAL;		/* recursive bind is not built */
	err = kern_path(a->devname, LOOKUP_FOLLOW, &from);
	if (err)
		return err;
	err = flags & MS_BIND ? mount_bind(&from, at) : mount_move(&from, at);
	path_put(&from);
	return err;
}

/* A user's string, or NULL for a null pointer. */
static int copy_string(const char __user *user, char **copy)
{
	long len;

	*copy = NULL;
	if (!user)
		return 0;
	*copy = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!*copy)
		return -ENOMEM;
	len = strncpy_from_user(*copy, user, PATH_MAX);
	return len < 0 ? len : len == PATH_MAX ? -EINVAL : 0;
}

long sys_mount(char __user *dev, char __user *dir, char __user *type, unsigned long flags,
	       void __user *data)
{
	struct mount_args a = { 0 };
	struct path at;
	int err;

	if ((flags & 0xffff0000) == MS_MGC_VAL)
		flags &= 0xffff;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (flags & ~(MNT_KEPT_FLAGS | MS_REMOUNT | MS_BIND | MS_MOVE | MS_REC | MS_SILENT |
		      MS_STRICTATIME | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_PRIVATE))
		return -EINVAL;
	err = copy_string(dev, &a.devname);
	if (!err)
		err = copy_string(type, &a.type);
	if (!err)
		err = copy_string(data, &a.data);
	if (!err)
		err = user_path_at(AT_FDCWD, dir, LOOKUP_FOLLOW, &at);
	if (!err) {
		mutex_lock(&mount_mutex);
		err = mount_at(&at, &a, flags);
		mutex_unlock(&mount_mutex);
		path_put(&at);
	}
	kfree(a.devname);
	kfree(a.type);
	kfree(a.data);
	return err;
}

/* The caller's look-up holds one reference of its own. */
static int umount_path(const struct path *path, int flags)
{
	struct mount *mnt = path->mnt;

	if (path->dentry != mnt->mnt_root)
		return -EINVAL;
	if (!mnt->mnt_parent)
		return -EINVAL;		/* detached already, or the first of all */
	if (flags & MNT_DETACH) {
		detach_tree(mnt);
		return 0;
	}
	if (atomic_read(&mnt->mnt_count) > 2 || has_children(mnt))
		return -EBUSY;
	detach(mnt);
	mntput(mnt);
	return 0;
}

long sys_umount2(char __user *name, int flags)
{
	struct path path;
	int err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW))
		return -EINVAL;		/* MNT_EXPIRE is not built */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = user_path_at(AT_FDCWD, name, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	mutex_lock(&mount_mutex);
	err = umount_path(&path, flags);
	mutex_unlock(&mount_mutex);
	path_put(&path);
	return err;
}

/* --- pivot_root(2) ---------------------------------------------------------------- */

/* Who had @old for root or working directory has @new; fs_structs of current are enough
 * to find all, as each hangs on a task. */
static void move_roots(const struct path *old, const struct path *new)
{
	struct task_struct *p, *t;
	int drop = 0;

	spin_lock(&tasklist_lock);
	for_each_process(p) {
		for_each_thread(p, t) {
			struct fs_struct *fs;

			task_lock(t);
			fs = t->fs;
			if (fs) {
				spin_lock(&fs->lock);
				if (fs->root.mnt == old->mnt && fs->root.dentry == old->dentry) {
					path_get(new);
					fs->root = *new;
					drop++;
				}
				if (fs->pwd.mnt == old->mnt && fs->pwd.dentry == old->dentry) {
					path_get(new);
					fs->pwd = *new;
					drop++;
				}
				spin_unlock(&fs->lock);
			}
			task_unlock(t);
		}
	}
	spin_unlock(&tasklist_lock);
	while (drop--)
		path_put(old);		/* may free: not under the locks */
}

/* Is @path reachable from @root, through mounts? mount_mutex held. */
static bool is_below(const struct path *path, const struct path *root)
{
	struct mount *mnt = path->mnt;
	struct dentry *dentry = path->dentry;

	while (mnt != root->mnt) {
		if (!mnt->mnt_parent)
			return false;
		dentry = mnt->mnt_mountpoint;
		mnt = mnt->mnt_parent;
	}
	return d_is_ancestor(root->dentry, dentry);
}

/* @new becomes the root mount where the old root was, which moves to @put_old. */
static int pivot(const struct path *new, const struct path *put_old)
{
	struct path root, at;
	int err = -EINVAL;

	spin_lock(&current->fs->lock);
	root = current->fs->root;
	path_get(&root);
	spin_unlock(&current->fs->lock);
	if (new->dentry->d_flags & DCACHE_UNHASHED) {
		err = -ENOENT;
	} else if (new->mnt == root.mnt || put_old->mnt == root.mnt) {
		err = -EBUSY;		/* moving a mount onto itself */
	} else if (root.dentry == root.mnt->mnt_root && root.mnt->mnt_parent &&
		   new->dentry == new->mnt->mnt_root && new->mnt->mnt_parent &&
		   is_below(put_old, new) && is_below(new, &root)) {
		at = (struct path){ root.mnt->mnt_parent, root.mnt->mnt_mountpoint };
		path_get(&at);
		detach(new->mnt);
		detach(root.mnt);
		attach(root.mnt, put_old);
		attach(new->mnt, &at);
		path_put(&at);
		move_roots(&root, new);
		err = 0;
	}
	path_put(&root);
	return err;
}

/** sys_pivot_root() - pivot_root(2): not away from the first root file system, as on Linux. */
long sys_pivot_root(const char __user *new_root, const char __user *put_old)
{
	struct path new, old;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = user_path_at(AT_FDCWD, new_root, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &new);
	if (err)
		return err;
	err = user_path_at(AT_FDCWD, put_old, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &old);
	if (!err) {
		mutex_lock(&mount_mutex);
		err = pivot(&new, &old);
		mutex_unlock(&mount_mutex);
		path_put(&old);
	}
	path_put(&new);
	return err;
}

/* --- /proc/mounts ----------------------------------------------------------------- */

static void show_flags(struct seq_file *m, unsigned long flags)
{
	static const struct { unsigned long flag; const char *text; } names[] = {
		{ MS_NOSUID, ",nosuid" }, { MS_NODEV, ",nodev" }, { MS_NOEXEC, ",noexec" },
		{ MS_NOATIME, ",noatime" }, { MS_NODIRATIME, ",nodiratime" },
		{ MS_RELATIME, ",relatime" },
	};

	seq_puts(m, flags & MS_RDONLY ? "ro" : "rw");
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			seq_puts(m, names[i].text);
}

/* @what: the part of the file system that is mounted, for mountinfo */
static void show_mount(struct seq_file *m, struct mount *mnt, const char *where,
		       const char *what, bool info)
{
	struct super_block *sb = mnt->mnt_sb;

	if (info) {
		seq_printf(m, "%d %d %u:%u ", mnt->mnt_id,
			   mnt->mnt_parent ? mnt->mnt_parent->mnt_id : mnt->mnt_id,
			   MAJOR(sb->s_dev), MINOR(sb->s_dev));
		seq_escape(m, what, " \t\n\\");
		seq_putc(m, ' ');
		seq_escape(m, where, " \t\n\\");
		seq_putc(m, ' ');
		show_flags(m, mnt->mnt_flags);
		seq_printf(m, " - %s ", sb->s_type->name);
		seq_escape(m, mnt->mnt_devname, " \t\n\\");
		seq_puts(m, " rw");
	} else {
		seq_escape(m, mnt->mnt_devname, " \t\n\\");
		seq_putc(m, ' ');
		seq_escape(m, where, " \t\n\\");
		seq_printf(m, " %s ", sb->s_type->name);
		show_flags(m, mnt->mnt_flags);
	}
	if (sb->s_op && sb->s_op->show_options)
		sb->s_op->show_options(m, sb);
	seq_puts(m, info ? "\n" : " 0 0\n");
}

static void show_all(struct seq_file *m, struct fs_struct *fs, bool info)
{
	char *buf = kmalloc(2 * PATH_MAX, GFP_KERNEL), *where, *what;
	struct mount *mnt;

	if (!buf) {
		m->error = -ENOMEM;
		return;
	}
	mutex_lock(&mount_mutex);
	list_for_each_entry(mnt, &mounts, mnt_list) {
		struct path path = { mnt, mnt->mnt_root };

		where = d_path_root(&path, &fs->root, buf, PATH_MAX);
		what = dentry_path(mnt->mnt_root, buf + PATH_MAX, PATH_MAX);
		if (!IS_ERR(where) && !IS_ERR(what))
			show_mount(m, mnt, where, what, info);
	}
	mutex_unlock(&mount_mutex);
	kfree(buf);
}

void mounts_show(struct seq_file *m, struct fs_struct *fs)
{
	show_all(m, fs, false);
}

void mountinfo_show(struct seq_file *m, struct fs_struct *fs)
{
	show_all(m, fs, true);
}

/* --- the root --------------------------------------------------------------------- */

static struct fs_struct init_fs;

/** namespace_init() - ramfs becomes the root, also of init_task. Boot, once. */
void __init namespace_init(void)
{
	struct mount *mnt = vfs_kern_mount(find_type("rootfs"), "rootfs", NULL);

	if (IS_ERR(mnt))
		panic("cannot mount rootfs: error %ld", PTR_ERR(mnt));
	spin_lock(&mount_lock);
	list_add_tail(&mnt->mnt_list, &mounts);
	spin_unlock(&mount_lock);
	refcount_set(&init_fs.users, 1);
	spin_lock_init(&init_fs.lock);
	init_fs.umask = 0022;
	init_fs.root = init_fs.pwd = (struct path){ mnt, mnt->mnt_root };
	path_get(&init_fs.root);
	path_get(&init_fs.pwd);
	init_task.fs = &init_fs;
}
