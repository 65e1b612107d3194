/* SPDX-License-Identifier: MIT */
/* fs/internal.h - the functions of fs/ that cross files, under the file that defines them. */
#ifndef FS_INTERNAL_H
#define FS_INTERNAL_H

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/uio.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/slab.h>
#include <linux/sched.h>
#include <linux/printk.h>
#include <linux/log2.h>
#include <linux/init.h>
#include <linux/bug.h>
#include <linux/seq_file.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <asm/uaccess.h>

/* --- dcache.c --- */
extern spinlock_t dcache_lock;		/* the shape of the tree and every name in it */
void dcache_init(void);
struct dentry *d_lookup(struct dentry *parent, const char *name, unsigned int len);
void d_move(struct dentry *dentry, struct dentry *new_parent, const char *name, unsigned int len);
void d_exchange(struct dentry *a, struct dentry *b);
bool d_is_ancestor(struct dentry *ancestor, struct dentry *dentry);
bool d_empty(struct dentry *dentry);	/* no positive child */
char *dentry_path(struct dentry *dentry, char *buf, int size);	/* within its file system */
char *d_path_root(const struct path *path, const struct path *root, char *buf, int size);

/* --- inode.c --- */
void inode_init(void);
void touch_atime(const struct path *path);	/* as the mount wants it */
void file_accessed(struct file *file);		/* unless O_NOATIME */
bool inode_owner_or_capable(const struct inode *inode);
void touch_mtime(struct inode *inode);
int notify_change(struct dentry *dentry, struct iattr *attr);
int simple_setattr(struct dentry *dentry, struct iattr *attr);
void file_remove_privs(struct file *file);	/* after a write by who is not root */
bool inode_drops_setid(const struct inode *inode, umode_t *mode);

/* --- namei.c --- */
struct filename {
	char *name;			/* a page from kmalloc */
};
struct filename *getname(const char __user *name);		/* ERR_PTR; "" is -ENOENT */
struct filename *getname_flags(const char __user *name, bool empty_ok);
struct filename *getname_kernel(const char *name);
void putname(struct filename *name);
int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path);
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);
struct file *do_filp_open(int dfd, struct filename *name, int flags, umode_t mode);
int do_mkdirat(int dfd, struct filename *name, umode_t mode);
int do_mknodat(int dfd, struct filename *name, umode_t mode, dev_t dev);
int do_symlinkat(const char *target, int dfd, struct filename *name);
int do_linkat(int olddfd, struct filename *old, int newdfd, struct filename *name, int flags);
int do_unlinkat(int dfd, struct filename *name);
int do_rmdirat(int dfd, struct filename *name);

/* --- namespace.c --- */
extern spinlock_t mount_lock;		/* who is mounted where; outside of dcache_lock */
int mnt_want_write(struct mount *mnt);	/* 0 or -EROFS */
void namespace_init(void);
bool follow_mount(struct path *path);	/* onto the topmost mount; true when it moved */
bool follow_up(struct path *path);	/* from a mount's root to its mount point */
struct mount *vfs_kern_mount(struct file_system_type *type, const char *devname, const char *data);

/* --- file.c --- */
#define NR_OPEN_MAX	(1u << 20)	/* descriptors of a table: /proc/sys/fs/nr_open */
void files_init(void);
struct fd {
	struct file *file;		/* NULL: bad descriptor */
	bool counted;			/* this use holds a reference */
};
struct fd fdget(unsigned int fd);		/* O_PATH: as if it were bad */
struct fd fdget_raw(unsigned int fd);
static inline void fdput(struct fd f)
{
	if (f.counted)
		fput(f.file);
}
struct file *alloc_file(const struct path *path, int flags, const struct file_operations *fops);

/* --- read_write.c --- */
#define MAX_RW_COUNT	(0x7ffff000ul)	/* bytes that one call moves at most */
ssize_t vfs_read_iter(struct file *file, struct iov_iter *to, loff_t *pos);
ssize_t vfs_write_iter(struct file *file, struct iov_iter *from, loff_t *pos);

/* --- chrdev.c --- */
extern const struct file_operations def_chr_fops;
extern const struct file_operations no_blk_fops;
void init_special_inode(struct inode *inode, umode_t mode, dev_t rdev);

/* --- locks.c --- */
long fcntl_lock(struct file *file, unsigned int cmd, void __user *arg);
void locks_remove_posix(struct file *file, void *owner);	/* a close by @owner's table */
void locks_remove_file(struct file *file);			/* the last reference is gone */

/* --- pipe.c --- */
#define PIPE_MAX_BYTES	(1u << 20)	/* what F_SETPIPE_SZ may ask: /proc/sys/fs/pipe-max-size */
long pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg);
extern const struct file_operations fifo_fops;
void pipe_init(void);

/* --- anon_inodes.c --- */
void anon_inode_init(void);
int pseudo_fill_super(struct super_block *sb, unsigned long magic);

/* --- textfile.c --- */
int text_file_open(struct file *file);
int text_file_release(struct inode *inode, struct file *file);
ssize_t text_file_read(struct kiocb *iocb, struct iov_iter *to,
		       int (*fill)(struct inode *inode, struct seq_file *m));
struct text_value {
	char small[64];
};
char *text_file_value(struct text_value *value, struct iov_iter *from);
void text_file_value_free(struct text_value *value, char *text);
bool dir_emit_dots(struct file *file, struct dir_context *ctx, loff_t next);
loff_t endless_llseek(struct file *file, loff_t offset, int whence);

/* --- ramfs.c --- */
void ramfs_init(void);
void shmem_mount_init(void);

/* --- proc/ --- */
void proc_init(void);

/* --- sysfs/, debugfs/ --- */
void sysfs_init(void);
void debugfs_init(void);

/* --- mem.c --- */
void mem_devices_init(void);

#endif
