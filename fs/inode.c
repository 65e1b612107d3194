// SPDX-License-Identifier: MIT
/*
 * inode.c - one inode per file: allocation, references, times, attributes.
 *
 * An inode lives while somebody holds i_count; dentries and open files do. When the
 * last reference goes, its pages leave the page cache and the file system frees what
 * it hung there (evict_inode). There is no cache of unused inodes: a file system that
 * wants to keep a file holds its dentry (ramfs).
 *
 * atime moves as the mount says: never (noatime, read-only), with "relatime" only when it
 * is not newer than mtime and ctime or older than a day, else with every use.
 *
 * Locks: i_rwsem guards size, mode, owner, links, times; i_count is atomic.
 */
#include "internal.h"
#include <linux/cred.h>
#include <linux/time.h>

static struct kmem_cache *inode_cachep;

void __init inode_init(void)
{
	inode_cachep = kmem_cache_create("inode_cache", sizeof(struct inode), 8,
					 SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, NULL);
}

/**
 * new_inode() - a fresh inode of @sb.
 * Context: may sleep.
 * Return:  i_count 1, i_nlink 1, all times now; NULL when out of memory.
 */
struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = kmem_cache_zalloc(inode_cachep, GFP_KERNEL);

	if (!inode)
		return NULL;
	inode->i_sb = sb;
	inode->i_ino = atomic64_inc_return(&sb->s_next_ino);
	inode->i_nlink = 1;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time_spec();
	atomic_set(&inode->i_count, 1);
	init_rwsem(&inode->i_rwsem);
	inode->i_mapping = &inode->i_data;
	address_space_init(&inode->i_data, inode);
	return inode;
}

void ihold(struct inode *inode)
{
	mm_assert(atomic_read(&inode->i_count) > 0);
	atomic_inc(&inode->i_count);
}

/** iput() - drop a reference; the last one frees the inode and its pages. May sleep. */
void iput(struct inode *inode)
{
	if (!inode || !atomic_dec_and_test(&inode->i_count))
		return;
	if (inode->i_data.nrpages)
		truncate_inode_pages(&inode->i_data, 0);
	mm_assert(list_empty(&inode->i_data.i_mmap));
	if (inode->i_sb->s_op && inode->i_sb->s_op->evict_inode)
		inode->i_sb->s_op->evict_inode(inode);
	kmem_cache_free(inode_cachep, inode);
}

void inc_nlink(struct inode *inode)
{
	inode->i_nlink++;
	inode->i_ctime = current_time_spec();
}

void drop_nlink(struct inode *inode)
{
	mm_assert(inode->i_nlink > 0);
	inode->i_nlink--;
	inode->i_ctime = current_time_spec();
}

static bool time_before_spec(struct timespec64 a, struct timespec64 b)
{
	return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec);
}

static bool atime_wanted(unsigned long mnt_flags, const struct inode *inode,
			 const struct timespec64 *now)
{
	if (mnt_flags & (MS_NOATIME | MS_RDONLY))
		return false;
	if ((mnt_flags & MS_NODIRATIME) && S_ISDIR(inode->i_mode))
		return false;
	return !(mnt_flags & MS_RELATIME) || time_before_spec(inode->i_atime, inode->i_mtime) ||
	       time_before_spec(inode->i_atime, inode->i_ctime) ||
	       now->tv_sec - inode->i_atime.tv_sec >= 24 * 60 * 60;
}

/**
 * touch_atime() - what lies at @path was read.
 * Locks:   none: a time that two readers write at once is one of theirs.
 */
void touch_atime(const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	struct timespec64 now = current_time_spec();

	if (atime_wanted(READ_ONCE(path->mnt->mnt_flags), inode, &now))
		inode->i_atime = now;
}

/** file_accessed() - @file was read; O_NOATIME leaves no trace. */
void file_accessed(struct file *file)
{
	if (!(file->f_flags & O_NOATIME))
		touch_atime(&file->f_path);
}

/** touch_mtime() - the file or directory was changed. */
void touch_mtime(struct inode *inode)
{
	inode->i_mtime = inode->i_ctime = current_time_spec();
}

void generic_fillattr(struct inode *inode, struct kstat *stat)
{
	*stat = (struct kstat){
		.ino = inode->i_ino, .dev = inode->i_sb->s_dev, .rdev = inode->i_rdev,
		.mode = inode->i_mode, .nlink = inode->i_nlink,
		.uid = inode->i_uid, .gid = inode->i_gid, .size = inode->i_size,
		.atime = inode->i_atime, .mtime = inode->i_mtime,
		.ctime = inode->i_ctime, .btime = inode->i_ctime,
		.blksize = PAGE_SIZE,
		.blocks = (u64)inode->i_data.nrpages << (PAGE_SHIFT - 9),
	};
}

int vfs_getattr(const struct path *path, struct kstat *stat)
{
	struct inode *inode = path->dentry->d_inode;

	if (inode->i_op && inode->i_op->getattr)
		return inode->i_op->getattr(path->dentry, stat);
	generic_fillattr(inode, stat);
	return 0;
}

/** simple_setattr() - apply checked attributes to the inode itself; i_rwsem held. */
int simple_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;

	if (attr->ia_valid & ATTR_SIZE)
		truncate_setsize(inode, attr->ia_size);
	if (attr->ia_valid & ATTR_MODE)
		inode->i_mode = (inode->i_mode & S_IFMT) | (attr->ia_mode & S_IALLUGO);
	if (attr->ia_valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (attr->ia_valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (attr->ia_valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (attr->ia_valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	inode->i_ctime = current_time_spec();
	if (attr->ia_valid & ATTR_SIZE)
		inode->i_mtime = inode->i_ctime;
	return 0;
}

/** inode_owner_or_capable() - may the caller do what only the owner may? */
bool inode_owner_or_capable(const struct inode *inode)
{
	return current->cred.fsuid == inode->i_uid || capable(CAP_FOWNER);
}

/*
 * May the caller change these attributes? Owner: mode and times, and the
 * group to one of its own. Others need CAP_CHOWN and CAP_FOWNER.
 */
static int setattr_prepare(struct inode *inode, struct iattr *attr)
{
	bool owner = current->cred.fsuid == inode->i_uid;

	if ((attr->ia_valid & ATTR_UID) && (!owner || attr->ia_uid != inode->i_uid) &&
	    !capable(CAP_CHOWN))
		return -EPERM;
	if ((attr->ia_valid & ATTR_GID) && (!owner || !in_group_p(attr->ia_gid)) &&
	    !capable(CAP_CHOWN))
		return -EPERM;
	if (owner || capable(CAP_FOWNER))
		return 0;
	if (attr->ia_valid & ATTR_TOUCH)
		return inode_permission(inode, MAY_WRITE);
	return attr->ia_valid & (ATTR_MODE | ATTR_ATIME | ATTR_MTIME) ? -EPERM : 0;
}

/* A new owner loses set-user-id; set-group-id too where it is one (group execute). */
static void drop_setid(struct inode *inode, struct iattr *attr)
{
	umode_t mode = inode->i_mode;

	if (!(attr->ia_valid & (ATTR_UID | ATTR_GID)) || (attr->ia_valid & ATTR_MODE) ||
	    S_ISDIR(mode) || !(mode & (S_ISUID | S_ISGID)))
		return;
	mode &= ~S_ISUID;
	if (mode & 0010)
		mode &= ~S_ISGID;
	attr->ia_valid |= ATTR_MODE;
	attr->ia_mode = mode;
}

/**
 * inode_drops_setid() - does a change of the content by the caller take set-id bits away?
 * Context: any. Return: true, and the mode without them in *@mode.
 */
bool inode_drops_setid(const struct inode *inode, umode_t *mode)
{
	umode_t drop = inode->i_mode & S_ISUID;

	if ((inode->i_mode & (S_ISGID | 0010)) == (S_ISGID | 0010))
		drop |= S_ISGID;
	*mode = inode->i_mode & ~drop;
	return drop && !capable(CAP_FSETID);
}

/**
 * file_remove_privs() - a program that a stranger wrote to runs with nobody's rights.
 * Locks:   takes i_rwsem for writing when there is something to do.
 * Context: may sleep.
 */
void file_remove_privs(struct file *file)
{
	struct inode *inode = file->f_inode;
	umode_t mode;

	if (likely(!inode_drops_setid(inode, &mode)))
		return;
	down_write(&inode->i_rwsem);
	if (inode_drops_setid(inode, &mode))
		inode->i_mode = mode;
	up_write(&inode->i_rwsem);
}

/**
 * notify_change() - check and apply @attr to @dentry's inode.
 * Locks:   takes i_rwsem for writing.
 * Context: may sleep.
 * Return:  0, -EPERM, or the file system's error; nothing changed then.
 */
int notify_change(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int err;

	down_write(&inode->i_rwsem);
	err = setattr_prepare(inode, attr);
	if (!err) {
		drop_setid(inode, attr);
		if ((attr->ia_valid & ATTR_MODE) && !in_group_p(inode->i_gid) && !capable(CAP_FSETID))
			attr->ia_mode &= ~S_ISGID;
		if (inode->i_op && inode->i_op->setattr)
			err = inode->i_op->setattr(dentry, attr);
		else
			err = simple_setattr(dentry, attr);
	}
	up_write(&inode->i_rwsem);
	return err;
}

/** generic_permission() - the same by owner, group and mode alone, for ->permission methods. */
int generic_permission(struct inode *inode, int mask)
{
	umode_t mode = inode->i_mode;
	bool may_run = S_ISDIR(mode) || (mode & S_IXUGO);

	mask &= MAY_READ | MAY_WRITE | MAY_EXEC;
	if (current->cred.fsuid == inode->i_uid)
		mode >>= 6;
	else if (in_group_p(inode->i_gid))
		mode >>= 3;
	if (!(mask & ~mode))
		return 0;
	/* reading files and searching directories */
	if ((mask == MAY_READ || (S_ISDIR(inode->i_mode) && !(mask & MAY_WRITE))) &&
	    capable(CAP_DAC_READ_SEARCH))
		return 0;
	/* anything, but to run what nobody may run */
	return capable(CAP_DAC_OVERRIDE) && (!(mask & MAY_EXEC) || may_run) ? 0 : -EACCES;
}

/**
 * inode_permission() - may the caller do @mask (MAY_READ | MAY_WRITE | MAY_EXEC)?
 * Return: 0 or -EACCES.
 */
int inode_permission(struct inode *inode, int mask)
{
	if (inode->i_op && inode->i_op->permission)
		return inode->i_op->permission(inode, mask);
	return generic_permission(inode, mask);
}
