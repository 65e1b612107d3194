// SPDX-License-Identifier: MIT
/*
 * anon_inodes.c - open files that stand for something that is no file.
 *
 * They have a type of file system of their own with one inode, which all of them share;
 * what they are is their operations and private_data. /proc/PID/fd shows them as
 * "anon_inode:" and the name that their maker gives.
 *
 * Locks: none; the mount is made at boot.
 */
#include "internal.h"

#define ANON_INODE_FS_MAGIC	0x09041934

static struct mount *anon_mnt;			/* i */
static struct inode *anon_inode;		/* i  of all files */

static int anon_dname(struct dentry *dentry, char *buf, int size)
{
	return snprintf(buf, size, "anon_inode:%s", dentry->d_name);
}

static const struct dentry_operations anon_dops = { .d_dname = anon_dname };

/**
 * anon_inode_getfile() - an open file with @fops and @priv, of which release() is called
 *	with the last reference.
 * Locks:   none.
 * Context: may sleep.
 * Return:  the file, or ERR_PTR(-ENOMEM) without a call of release().
 */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops,
				void *priv, int flags)
{
	struct path path = { .mnt = anon_mnt };
	struct file *file;

	path.dentry = d_alloc(anon_mnt->mnt_root, name, strlen(name));
	if (!path.dentry)
		return ERR_PTR(-ENOMEM);
	ihold(anon_inode);
	path.dentry->d_inode = anon_inode;
	path.dentry->d_flags = DCACHE_UNHASHED;
	path.dentry->d_op = &anon_dops;
	file = alloc_file(&path, flags, fops);
	dput(path.dentry);
	if (!IS_ERR(file))
		file->private_data = priv;
	return file;
}

/** pseudo_fill_super() - an empty root for a file system that nobody mounts. 0 or -ENOMEM. */
int pseudo_fill_super(struct super_block *sb, unsigned long magic)
{
	struct inode *root = new_inode(sb);

	sb->s_magic = magic;
	if (!root)
		return -ENOMEM;
	root->i_mode = S_IFDIR;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static int anon_fill_super(struct super_block *sb, const char *data)
{
	return pseudo_fill_super(sb, ANON_INODE_FS_MAGIC);
}

static struct file_system_type anon_type = {
	.name = "anon_inodefs", .nodev = true, .fill_super = anon_fill_super,
};

/** anon_inode_init() - the mount and the inode. Boot, once. */
void __init anon_inode_init(void)
{
	anon_mnt = vfs_kern_mount(&anon_type, "anon_inodefs", NULL);
	if (IS_ERR(anon_mnt))
		panic("cannot mount anon_inodefs: %ld", PTR_ERR(anon_mnt));
	anon_inode = new_inode(anon_mnt->mnt_sb);
	if (!anon_inode)
		panic("no memory for the inode of nameless files");
	anon_inode->i_mode = 0600;
}
