// SPDX-License-Identifier: MIT
/*
 * ramfs.c - files that live in the page cache and names that live in the dentry tree:
 * ramfs, tmpfs with its limits, and rootfs, which is a tmpfs as on a Linux that has one.
 *
 * A name's dentry is pinned (DCACHE_PINNED) from its creation to its removal; look-ups
 * that miss the cache therefore have nothing to ask. Pages enter the cache dirty and
 * never leave it before truncation or the last use of the inode. tmpfs counts pages and
 * inodes of the super block against size= and nr_inodes=; ramfs does not. Its pages are
 * promised memory (A1 of mm/vm/account.c) one by one, or a file's whole size at once.
 *
 * Also home of what any such tree needs: readdir over the dentry tree, and the nameless
 * files behind shared anonymous memory.
 *
 * Locks: the callers' i_rwsem for names and sizes; the counters are atomic.
 */
#include "internal.h"
#include <linux/ctype.h>

struct ramfs_info {
	atomic_long_t pages;		/* a  in the page cache of this super block */
	atomic_long_t inodes;		/* a */
	long max_pages, max_inodes;	/* 0: no limit; set by mount and remount */
	umode_t mode;
	uid_t uid;
	gid_t gid;
	bool limited;			/* i  tmpfs */
};

static const struct inode_operations ramfs_dir_iops;
static const struct inode_operations ramfs_file_iops;
static const struct inode_operations ramfs_symlink_iops;
static const struct file_operations ramfs_file_operations;
static struct mount *shm_mnt;		/* i  tmpfs that nobody sees */

static struct ramfs_info *info_of(struct super_block *sb)
{
	return sb->s_fs_info;
}

/* --- pages ------------------------------------------------------------------------ */

/* @pages more are promised, or taken back: 0, or -ENOMEM with nothing changed */
static int commit_pages(long pages)
{
	if (pages > 0)
		return vm_enough_memory(current->mm, pages);
	if (pages < 0)
		vm_unacct_memory(-pages);
	return 0;
}

static int ramfs_charge(struct address_space *mapping, long pages)
{
	struct ramfs_info *info = info_of(mapping->host->i_sb);
	long now = atomic_long_add_return(pages, &info->pages);

	if (pages > 0 && info->max_pages && now > info->max_pages) {
		atomic_long_sub(pages, &info->pages);
		return -ENOSPC;
	}
	if (!mapping->shmem || mapping->committed || !commit_pages(pages))
		return 0;
	atomic_long_sub(pages, &info->pages);
	return -ENOSPC;
}

static long size_in_pages(loff_t bytes)
{
	return PAGE_ALIGN((u64)bytes) >> PAGE_SHIFT;
}

/* no read_page: a hole reads as zeroes */
static const struct address_space_operations ramfs_aops = {
	.charge = ramfs_charge,
};

/* --- inodes ----------------------------------------------------------------------- */

static int charge_inode(struct ramfs_info *info)
{
	long now = atomic_long_inc_return(&info->inodes);

	if (info->max_inodes && now > info->max_inodes) {
		atomic_long_dec(&info->inodes);
		return -ENOSPC;
	}
	return 0;
}

/* What tmpfs of Linux counts for an entry; ramfs has directories of size 0. */
#define DIR_ENTRY_BYTES	20

static void resize_dir(struct inode *dir, int entries)
{
	if (info_of(dir->i_sb)->limited)
		dir->i_size += entries * DIR_ENTRY_BYTES;
}

static struct inode *ramfs_inode(struct super_block *sb, struct inode *dir, umode_t mode, dev_t dev)
{
	struct ramfs_info *info = info_of(sb);
	struct inode *inode;
	int err = charge_inode(info);

	if (err)
		return ERR_PTR(err);
	inode = new_inode(sb);
	if (!inode) {
		atomic_long_dec(&info->inodes);
		return ERR_PTR(-ENOMEM);
	}
	inode->i_mode = mode;
	inode->i_uid = current->cred.fsuid;
	inode->i_gid = current->cred.fsgid;
	if (dir && (dir->i_mode & S_ISGID)) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			inode->i_mode |= S_ISGID;
	}
	inode->i_mapping->a_ops = &ramfs_aops;
	inode->i_mapping->shmem = info->limited;
	inode->i_op = &ramfs_file_iops;
	if (S_ISREG(mode)) {
		inode->i_fop = &ramfs_file_operations;
		inode->i_mapping->seals = info->limited ? F_SEAL_SEAL : 0;
	} else if (S_ISDIR(mode)) {
		inode->i_op = &ramfs_dir_iops;
		inode->i_fop = &simple_dir_operations;
		inode->i_nlink = 2;
		inode->i_size = info->limited ? 2 * DIR_ENTRY_BYTES : 0;
	} else if (S_ISLNK(mode)) {
		inode->i_op = &ramfs_symlink_iops;
	} else {
		init_special_inode(inode, mode, dev);
	}
	return inode;
}

static void ramfs_evict(struct inode *inode)
{
	if (inode->i_mapping->committed)
		commit_pages(-size_in_pages(inode->i_size));
	atomic_long_dec(&info_of(inode->i_sb)->inodes);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_link);
}

/* The new name stays: the file system holds its dentry. */
static void pin(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	d_instantiate(dentry, inode);
	dget(dentry);
	spin_lock(&dcache_lock);
	dentry->d_flags |= DCACHE_PINNED;
	spin_unlock(&dcache_lock);
	resize_dir(dir, 1);
	touch_mtime(dir);
}

static struct dentry *ramfs_lookup(struct inode *dir, struct dentry *dentry)
{
	d_add(dentry, NULL);
	return NULL;
}

static int ramfs_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev)
{
	struct inode *inode = ramfs_inode(dir->i_sb, dir, mode, dev);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	pin(dir, dentry, inode);
	return 0;
}

static int ramfs_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ramfs_mknod(dir, dentry, mode | S_IFREG, 0);
}

static int ramfs_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	int err = ramfs_mknod(dir, dentry, mode | S_IFDIR, 0);

	if (!err)
		inc_nlink(dir);
	return err;
}

static int ramfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	char *text = kstrdup(target, GFP_KERNEL);
	struct inode *inode;

	if (!text)
		return -ENOMEM;
	inode = ramfs_inode(dir->i_sb, dir, S_IFLNK | S_IRWXUGO, 0);
	if (IS_ERR(inode)) {
		kfree(text);
		return PTR_ERR(inode);
	}
	inode->i_link = text;
	inode->i_size = strlen(text);
	pin(dir, dentry, inode);
	return 0;
}

static int ramfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	ihold(inode);
	inc_nlink(inode);
	pin(dir, dentry, inode);
	return 0;
}

static void left_dir(struct inode *dir)
{
	resize_dir(dir, -1);
	touch_mtime(dir);
}

static int ramfs_unlink(struct inode *dir, struct dentry *dentry)
{
	drop_nlink(dentry->d_inode);
	left_dir(dir);
	return 0;
}

static int ramfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!d_empty(dentry))
		return -ENOTEMPTY;
	drop_nlink(dentry->d_inode);
	drop_nlink(dentry->d_inode);
	drop_nlink(dir);
	left_dir(dir);
	return 0;
}

static void replace_target(struct inode *dir, struct dentry *target)
{
	if (S_ISDIR(target->d_inode->i_mode)) {
		drop_nlink(target->d_inode);
		drop_nlink(dir);
	}
	drop_nlink(target->d_inode);
	left_dir(dir);
}

static int ramfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
			struct dentry *new, unsigned int flags)
{
	bool old_is_dir = S_ISDIR(old->d_inode->i_mode), new_is_dir;

	if (flags & RENAME_EXCHANGE) {
		new_is_dir = S_ISDIR(new->d_inode->i_mode);
		if (old_dir != new_dir && old_is_dir != new_is_dir) {
			drop_nlink(old_is_dir ? old_dir : new_dir);
			inc_nlink(old_is_dir ? new_dir : old_dir);
		}
	} else {
		if (new->d_inode)
			replace_target(new_dir, new);
		if (old_is_dir && old_dir != new_dir) {
			drop_nlink(old_dir);
			inc_nlink(new_dir);
		}
		left_dir(old_dir);
		resize_dir(new_dir, 1);
	}
	touch_mtime(new_dir);
	old->d_inode->i_ctime = current_time_spec();
	return 0;
}

static int ramfs_readlink(struct dentry *dentry, char *buf, int size)
{
	int len = min_t(int, dentry->d_inode->i_size, size);

	memcpy(buf, dentry->d_inode->i_link, len);
	return len;
}

static int ramfs_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	int err = 0;

	if (attr->ia_valid & ATTR_SIZE)
		err = shmem_may_resize(inode, attr->ia_size);
	if (!err && (attr->ia_valid & ATTR_SIZE) && inode->i_mapping->committed)
		err = commit_pages(size_in_pages(attr->ia_size) - size_in_pages(inode->i_size));
	return err ? err : simple_setattr(dentry, attr);
}

static const struct inode_operations ramfs_file_iops = { .setattr = ramfs_setattr };
static const struct inode_operations ramfs_symlink_iops = {
	.readlink = ramfs_readlink, .setattr = simple_setattr,
};
static const struct inode_operations ramfs_dir_iops = {
	.lookup = ramfs_lookup, .create = ramfs_create, .link = ramfs_link,
	.unlink = ramfs_unlink, .symlink = ramfs_symlink, .mkdir = ramfs_mkdir,
	.rmdir = ramfs_rmdir, .mknod = ramfs_mknod, .rename = ramfs_rename,
	.setattr = simple_setattr,
};

static int ramfs_fsync(struct file *file)
{
	return 0;			/* memory is as stable as it gets */
}

/* tmpfs knows its holes: what is not in the page cache */
static loff_t ramfs_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file->f_inode;
	loff_t size = inode->i_size;

	if ((whence != SEEK_DATA && whence != SEEK_HOLE) || !inode->i_mapping->shmem)
		return default_llseek(file, offset, whence);
	if (offset < 0 || offset >= size)
		return -ENXIO;
	offset = mapping_seek(inode->i_mapping, offset, whence == SEEK_DATA);
	if (offset >= size) {
		if (whence == SEEK_DATA)
			return -ENXIO;
		offset = size;
	}
	file->f_pos = offset;
	return offset;
}

static const struct file_operations ramfs_file_operations = {
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.llseek = ramfs_llseek,
	.mmap = generic_file_mmap,
	.fsync = ramfs_fsync,
	.fallocate = shmem_fallocate,
	.splice_read = generic_file_splice_read,
	.splice_write = iter_file_splice_write,
};

/* --- readdir over the dentry tree ------------------------------------------------- */

/*
 * The position is the number of entries given out; a cursor dentry would survive changes
 * of the directory better, an entry can be missed only when an earlier one is removed
 * between two calls, so a hidden cursor child marks the place instead (private_data).
 */
static int dcache_dir_open(struct inode *inode, struct file *file)
{
	file->private_data = d_alloc(file->f_path.dentry, ".", 1);
	return file->private_data ? 0 : -ENOMEM;
}

static int dcache_dir_release(struct inode *inode, struct file *file)
{
	struct dentry *cursor = file->private_data;

	spin_lock(&dcache_lock);
	list_del_init(&cursor->d_child);
	spin_unlock(&dcache_lock);
	dput(cursor);
	return 0;
}

/* The next real entry behind the cursor, counted, with the cursor moved behind it. */
static struct dentry *next_entry(struct dentry *dir, struct dentry *cursor)
{
	struct list_head *pos;
	struct dentry *found = NULL;

	spin_lock(&dcache_lock);
	pos = list_empty(&cursor->d_child) ? dir->d_subdirs.next : cursor->d_child.next;
	for (; pos != &dir->d_subdirs && !found; pos = pos->next) {
		struct dentry *child = list_entry(pos, struct dentry, d_child);

		if (child->d_inode) {
			atomic_inc(&child->d_count);
			found = child;
		}
	}
	if (found)
		list_move(&cursor->d_child, &found->d_child);
	spin_unlock(&dcache_lock);
	return found;
}

/* Put the cursor back in front of @entry, which did not fit. */
static void step_back(struct dentry *cursor, struct dentry *entry)
{
	spin_lock(&dcache_lock);
	if (!hlist_unhashed(&entry->d_hash))
		list_move_tail(&cursor->d_child, &entry->d_child);
	spin_unlock(&dcache_lock);
}

static int dcache_readdir(struct file *file, struct dir_context *ctx)
{
	struct dentry *dir = file->f_path.dentry, *cursor = file->private_data, *entry;

	down_read(&dir->d_inode->i_rwsem);
	while (dir_emit_dots(file, ctx, 2) && (entry = next_entry(dir, cursor))) {
		struct inode *inode = entry->d_inode;
		bool ok = ctx->actor(ctx->ctx, entry->d_name, entry->d_len, ctx->pos + 1,
				     inode->i_ino, (inode->i_mode & S_IFMT) >> 12);

		if (ok)
			ctx->pos++;
		else
			step_back(cursor, entry);
		dput(entry);
		if (!ok)
			break;
	}
	up_read(&dir->d_inode->i_rwsem);
	return 0;
}

/* Seeking to 0 starts again; elsewhere counts entries from the start. */
static loff_t dcache_dir_lseek(struct file *file, loff_t offset, int whence)
{
	struct dentry *cursor = file->private_data, *entry;

	if (whence == SEEK_CUR)
		offset += file->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	if (offset == file->f_pos)
		return offset;
	spin_lock(&dcache_lock);
	list_del_init(&cursor->d_child);
	spin_unlock(&dcache_lock);
	for (loff_t n = 2; n < offset; n++) {
		entry = next_entry(file->f_path.dentry, cursor);
		if (!entry)
			break;
		dput(entry);
	}
	file->f_pos = offset;
	return offset;
}

const struct file_operations simple_dir_operations = {
	.open = dcache_dir_open,
	.release = dcache_dir_release,
	.iterate = dcache_readdir,
	.llseek = dcache_dir_lseek,
	.fsync = ramfs_fsync,
};

/* --- super block ------------------------------------------------------------------ */

static int ramfs_statfs(struct super_block *sb, struct kstatfs *buf)
{
	struct ramfs_info *info = info_of(sb);

	buf->f_type = sb->s_magic;
	if (info->max_pages) {
		buf->f_blocks = info->max_pages;
		buf->f_bfree = buf->f_bavail = info->max_pages - atomic_long_read(&info->pages);
	}
	if (info->max_inodes) {
		buf->f_files = info->max_inodes;
		buf->f_ffree = info->max_inodes - atomic_long_read(&info->inodes);
	}
	return 0;
}

static int ramfs_show_options(struct seq_file *m, struct super_block *sb)
{
	struct ramfs_info *info = info_of(sb);

	if (!info->limited)
		return 0;
	if (info->max_pages != (long)(totalram_pages() / 2))
		seq_printf(m, ",size=%ldk", info->max_pages << (PAGE_SHIFT - 10));
	if (info->max_inodes != (long)(totalram_pages() / 2))
		seq_printf(m, ",nr_inodes=%ld", info->max_inodes);
	if (info->mode != 01777)
		seq_printf(m, ",mode=%03o", info->mode);
	if (info->uid)
		seq_printf(m, ",uid=%u", info->uid);
	if (info->gid)
		seq_printf(m, ",gid=%u", info->gid);
	seq_puts(m, ",inode64");		/* inode numbers do not wrap at 2^32 */
	return 0;
}

/* size=: bytes with suffix, or a percentage of memory */
static int parse_size(const char *value, long *pages)
{
	char *end;
	unsigned long long bytes = memparse(value, &end);

	if (*end == '%') {
		bytes = bytes * totalram_pages() / 100 << PAGE_SHIFT;
		end++;
	}
	*pages = PFN_UP(bytes);
	return *end || end == value ? -EINVAL : 0;
}

static int parse_option(struct ramfs_info *info, const char *key, char *value)
{
	unsigned long n = 0;
	char *end;

	if (!value)
		return strcmp(key, "inode64") ? -EINVAL : 0;
	if (!strcmp(key, "size"))
		return parse_size(value, &info->max_pages);
	if (!strcmp(key, "nr_blocks") || !strcmp(key, "nr_inodes")) {
		n = memparse(value, &end);
		if (*end || end == value)
			return -EINVAL;
		*(key[3] == 'b' ? &info->max_pages : &info->max_inodes) = n;
		return 0;
	}
	if (kstrtoul(value, strcmp(key, "mode") ? 10 : 8, &n))
		return -EINVAL;
	if (!strcmp(key, "mode"))
		info->mode = n & S_IALLUGO;
	else if (!strcmp(key, "uid"))
		info->uid = n;
	else if (!strcmp(key, "gid"))
		info->gid = n;
	else
		return -EINVAL;
	return 0;
}

static int parse_options(struct ramfs_info *info, const char *data)
{
	char *copy = kstrdup(data, GFP_KERNEL), *rest = copy, *word, *value;
	int err = copy ? 0 : -ENOMEM;

	while (!err && (word = strsep(&rest, ","))) {
		if (!*word)
			continue;
		value = strchr(word, '=');
		if (value)
			*value++ = 0;
		err = parse_option(info, word, value);
	}
	kfree(copy);
	return err;
}

static int ramfs_remount(struct super_block *sb, const char *data)
{
	struct ramfs_info *info = info_of(sb), wanted = *info;
	int err;

	if (!info->limited)
		return 0;
	err = parse_options(&wanted, data);
	if (err)
		return err;
	if ((wanted.max_pages && wanted.max_pages < atomic_long_read(&info->pages)) ||
	    (wanted.max_inodes && wanted.max_inodes < atomic_long_read(&info->inodes)))
		return -EINVAL;
	info->max_pages = wanted.max_pages;
	info->max_inodes = wanted.max_inodes;
	return 0;
}

static void ramfs_put_super(struct super_block *sb)
{
	mm_assert(atomic_long_read(&info_of(sb)->inodes) == 0);
	mm_assert(atomic_long_read(&info_of(sb)->pages) == 0);
	kfree(sb->s_fs_info);
}

static const struct super_operations ramfs_super_ops = {
	.evict_inode = ramfs_evict,
	.statfs = ramfs_statfs,
	.show_options = ramfs_show_options,
	.remount = ramfs_remount,
	.put_super = ramfs_put_super,
};

static int fill_super(struct super_block *sb, const char *data, bool limited)
{
	struct ramfs_info *info = kzalloc(sizeof(*info), GFP_KERNEL);
	struct inode *root;
	int err = 0;

	if (!info)
		return -ENOMEM;
	info->limited = limited;
	info->mode = 0755;
	if (limited) {
		info->mode = 01777;
		info->max_pages = info->max_inodes = totalram_pages() / 2;
		err = data ? parse_options(info, data) : 0;
	}
	sb->s_fs_info = info;
	sb->s_magic = limited ? TMPFS_MAGIC : RAMFS_MAGIC;
	sb->s_op = &ramfs_super_ops;
	if (err)
		goto free;
	root = ramfs_inode(sb, NULL, S_IFDIR | info->mode, 0);
	err = PTR_ERR_OR_ZERO(root);
	if (err)
		goto free;
	root->i_uid = info->uid;
	root->i_gid = info->gid;
	sb->s_root = d_make_root(root);
	if (sb->s_root)
		return 0;
	err = -ENOMEM;
free:
	kfree(info);
	return err;
}

static int ramfs_fill_super(struct super_block *sb, const char *data)
{
	return fill_super(sb, data, false);
}

static int tmpfs_fill_super(struct super_block *sb, const char *data)
{
	return fill_super(sb, data, true);
}

static struct file_system_type rootfs_type = {
	.name = "rootfs", .nodev = true, .fill_super = tmpfs_fill_super,
};
static struct file_system_type ramfs_type = {
	.name = "ramfs", .nodev = true, .fill_super = ramfs_fill_super,
};
static struct file_system_type tmpfs_type = {
	.name = "tmpfs", .nodev = true, .fill_super = tmpfs_fill_super,
};

void __init ramfs_init(void)
{
	register_filesystem(&rootfs_type);
	register_filesystem(&tmpfs_type);
	register_filesystem(&ramfs_type);
}

/* --- nameless files --------------------------------------------------------------- */

/** shmem_mount_init() - the hidden tmpfs; no limit: overcommit accounting is the mapper's. */
void __init shmem_mount_init(void)
{
	shm_mnt = vfs_kern_mount(&tmpfs_type, "tmpfs", "size=0,nr_inodes=0");
	if (IS_ERR(shm_mnt))
		panic("cannot mount the tmpfs of shared memory: %ld", PTR_ERR(shm_mnt));
}

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags)
{
	struct inode *inode;
	struct path path = { .mnt = shm_mnt };
	struct file *file;

	if (size < 0)
		return ERR_PTR(-EINVAL);
	inode = ramfs_inode(shm_mnt->mnt_sb, NULL, S_IFREG | S_IRWXUGO, 0);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	inode->i_nlink = 0;
	if (!(vm_flags & VM_NORESERVE)) {
		if (commit_pages(size_in_pages(size))) {
			iput(inode);
			return ERR_PTR(-ENOMEM);
		}
		inode->i_mapping->committed = true;
	}
	inode->i_size = size;
	path.dentry = d_alloc(shm_mnt->mnt_root, name, strlen(name));
	if (!path.dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	path.dentry->d_inode = inode;
	path.dentry->d_flags = DCACHE_UNHASHED;
	file = dentry_open(&path, O_RDWR);
	dput(path.dentry);
	return file;
}
