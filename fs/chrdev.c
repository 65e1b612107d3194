// SPDX-License-Identifier: MIT
/*
 * chrdev.c - from a device number to the driver's file operations.
 *
 * A table of (major, minor) that drivers fill at boot and that never shrinks. A device
 * node's inode carries def_chr_fops; opening it puts the driver's operations into the
 * file. Block devices have no driver: opening one says ENXIO. Also start-up of fs/.
 *
 * Locks: the table is written during boot only.
 */
#include "internal.h"

struct chrdev {
	dev_t dev;
	const char *name;
	const struct file_operations *fops;
};

#define MAX_CHRDEVS	64	/* registered at boot; more is a bug of the kernel */

static struct chrdev chrdevs[MAX_CHRDEVS];
static unsigned int nr_chrdevs;

int register_chrdev(unsigned int major, unsigned int minor, const char *name,
		    const struct file_operations *fops)
{
	if (nr_chrdevs == MAX_CHRDEVS)
		return -ENOSPC;
	chrdevs[nr_chrdevs++] = (struct chrdev){ MKDEV(major, minor), name, fops };
	return 0;
}

static const struct chrdev *find_chrdev(dev_t dev)
{
	for (unsigned int i = 0; i < nr_chrdevs; i++)
		if (chrdevs[i].dev == dev)
			return &chrdevs[i];
	return NULL;
}

static int chrdev_open(struct inode *inode, struct file *file)
{
	const struct chrdev *dev = find_chrdev(inode->i_rdev);

	if (!dev)
		return -ENXIO;
	file->f_op = dev->fops;
	return dev->fops->open ? dev->fops->open(inode, file) : 0;
}

static int blkdev_open(struct inode *inode, struct file *file)
{
	return -ENXIO;
}

const struct file_operations def_chr_fops = { .open = chrdev_open };
const struct file_operations no_blk_fops = { .open = blkdev_open };

/* the address of a socket's node says nothing to anybody: open is refused in may_open() */
static const struct file_operations no_fops;

void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev)
{
	inode->i_rdev = rdev;
	inode->i_fop = S_ISCHR(mode) ? &def_chr_fops : S_ISBLK(mode) ? &no_blk_fops :
		       S_ISFIFO(mode) ? &fifo_fops : &no_fops;
}

/* The memory devices share one driver, the others have one each. */
static const char *driver_name(const struct chrdev *dev)
{
	return MAJOR(dev->dev) == 1 ? "mem" : dev->name;
}

/** devices_show() - /proc/devices: each driver of a major once, in the order of registration. */
void devices_show(struct seq_file *m)
{
	seq_puts(m, "Character devices:\n");
	for (unsigned int i = 0; i < nr_chrdevs; i++) {
		const char *name = driver_name(&chrdevs[i]);
		bool seen = false;

		for (unsigned int j = 0; j < i; j++)
			seen = seen || (MAJOR(chrdevs[j].dev) == MAJOR(chrdevs[i].dev) &&
					!strcmp(driver_name(&chrdevs[j]), name));
		if (!seen)
			seq_printf(m, "%3u %s\n", MAJOR(chrdevs[i].dev), name);
	}
	seq_puts(m, "\nBlock devices:\n");
}

/** vfs_init() - caches, types, the root file system. Boot, after slab. */
void __init vfs_init(void)
{
	dcache_init();
	inode_init();
	files_init();
	ramfs_init();
	namespace_init();
	shmem_mount_init();
	pipe_init();
	anon_inode_init();
	mem_devices_init();
	sysfs_init();
	debugfs_init();
	proc_init();
}
