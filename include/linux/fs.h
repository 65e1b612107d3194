/* SPDX-License-Identifier: MIT */
/*
 * fs.h - files: inode, dentry, file, mount, and their operation tables.
 *
 * Lock letters: d dentry tree lock (dcache_lock)   n inode->i_rwsem   k mapping->lock
 *               f files->file_lock   p file->f_pos_lock   m mount_lock   a atomic   i fixed
 */
#ifndef LINUX_FS_H
#define LINUX_FS_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/xarray.h>
#include <linux/kdev_t.h>
#include <linux/time.h>
#include <uapi/fcntl.h>
#include <uapi/stat.h>

struct inode;
struct file;
struct dentry;
struct super_block;
struct vm_area_struct;
struct page;
struct poll_table;
struct seq_file;
struct pipe_inode_info;
struct iov_iter;
struct path;
struct address_space;
struct kstatfs;
struct task_struct;


/* --- the page cache of one inode -------------------------------------------- */

struct address_space_operations {
	/* fill @page (locked, in the cache) from the file: 0 and PG_uptodate, or -E. May sleep */
	int (*read_page)(struct file *file, struct page *page);
	void (*dirty_page)(struct page *page);
	/* @pages (negative: back) for the cache: 0 or -ENOSPC; NULL: no limit. Never sleeps */
	int (*charge)(struct address_space *mapping, long pages);
};

struct address_space {
	struct inode *host;			/* i */
	struct xarray i_pages;			/* its own lock: pages by index */
	spinlock_t lock;			/* k */
	struct list_head i_mmap;		/* k  vma->shared of every mapping */
	atomic_t i_mmap_writable;		/* a  shared writable mappings; negative: none may be */
	unsigned long nrpages;			/* under i_pages' lock */
	const struct address_space_operations *a_ops;	/* i */
	gfp_t gfp_mask;				/* i */
	bool shmem;				/* i  pages count as shared memory */
	bool committed;				/* i  shmem: its size is promised, not its pages */
	unsigned int seals;			/* n  F_SEAL_*, of shared memory (mm/cache/shmem.c) */
};

/* A mapping that may write comes: 0, undone by unmap_writable, or -EPERM. Any context. */
static inline int mapping_map_writable(struct address_space *mapping)
{
	int count = atomic_read(&mapping->i_mmap_writable);

	while (count >= 0)
		if (atomic_try_cmpxchg(&mapping->i_mmap_writable, &count, count + 1))
			return 0;
	return -EPERM;
}
static inline void mapping_unmap_writable(struct address_space *mapping)
{
	atomic_dec(&mapping->i_mmap_writable);
}
/* From now on none may come: 0, or -EBUSY as there are some. Any context. */
static inline int mapping_deny_writable(struct address_space *mapping)
{
	int count = atomic_read(&mapping->i_mmap_writable);

	while (count <= 0)
		if (atomic_try_cmpxchg(&mapping->i_mmap_writable, &count, count - 1))
			return 0;
	return -EBUSY;
}

/* --- inode ---------------------------------------------------------------------- */

struct kstat {
	u64 ino;
	dev_t dev, rdev;
	umode_t mode;
	unsigned int nlink;
	uid_t uid;
	gid_t gid;
	loff_t size;
	struct timespec64 atime, mtime, ctime, btime;
	unsigned long blksize;
	u64 blocks;
};

/* no file is longer: pgoff_t numbers its pages, loff_t its bytes */
#define MAX_LFS_FILESIZE \
	(sizeof(pgoff_t) < sizeof(loff_t) ? (loff_t)ULONG_MAX << PAGE_SHIFT : LLONG_MAX)

#define ATTR_MODE	0x01u
#define ATTR_UID	0x02u
#define ATTR_GID	0x04u
#define ATTR_SIZE	0x08u
#define ATTR_ATIME	0x10u
#define ATTR_MTIME	0x20u
#define ATTR_CTIME	0x40u
#define ATTR_TOUCH	0x80u	/* both times become now: being allowed to write is enough */
struct iattr {
	unsigned int ia_valid;
	umode_t ia_mode;
	uid_t ia_uid;
	gid_t ia_gid;
	loff_t ia_size;
	struct timespec64 ia_atime, ia_mtime, ia_ctime;
};

struct inode_operations {
	/* find @dentry's name in @dir: NULL after d_add(), or ERR_PTR. n of dir held for reading */
	struct dentry *(*lookup)(struct inode *dir, struct dentry *dentry);
	int (*create)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, umode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	int (*mknod)(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t rdev);
	int (*rename)(struct inode *old_dir, struct dentry *old_dentry,
		      struct inode *new_dir, struct dentry *new_dentry, unsigned int flags);
	/* the target: copies at most size bytes (no NUL) and returns its length, or -E */
	int (*readlink)(struct dentry *dentry, char *buf, int size);
	/* magic links of /proc: jumps straight to a path; NULL where readlink decides */
	int (*get_path)(struct dentry *dentry, struct path *path);
	int (*setattr)(struct dentry *dentry, struct iattr *attr);
	int (*getattr)(struct dentry *dentry, struct kstat *stat);
	int (*permission)(struct inode *inode, int mask);
};

struct file_operations;

struct inode {
	u64 i_ino;				/* i */
	umode_t i_mode;				/* n */
	unsigned int i_nlink;			/* n */
	uid_t i_uid;				/* n */
	gid_t i_gid;				/* n */
	dev_t i_rdev;				/* i */
	loff_t i_size;				/* n  bytes */
	struct timespec64 i_atime, i_mtime, i_ctime;	/* n */
	atomic_t i_count;			/* a */
	atomic_t i_writecount;			/* a  writers; negative: mapped for execution */
	struct rw_semaphore i_rwsem;		/* n */
	struct super_block *i_sb;		/* i */
	const struct inode_operations *i_op;	/* i */
	const struct file_operations *i_fop;	/* i */
	struct address_space *i_mapping;	/* i  &i_data */
	struct address_space i_data;
	union {
		void *i_private;
		struct pipe_inode_info *i_pipe;
		char *i_link;			/* symlink target of ramfs */
	};
};

/* --- dentry: a name. ramfs and tmpfs live in the dentry tree alone --------------- */

struct dentry_operations {
	/* 1: still true; 0: forget it and look it up again */
	int (*d_revalidate)(struct dentry *dentry);
	/* text of a pathless object: "pipe:[12]" into buf; its length */
	int (*d_dname)(struct dentry *dentry, char *buf, int size);
};

struct dentry {
	atomic_t d_count;			/* a */
	unsigned int d_flags;			/* d  DCACHE_* */
	struct dentry *d_parent;		/* d */
	struct inode *d_inode;			/* d  NULL: negative */
	struct hlist_node d_hash;		/* d */
	struct list_head d_child;		/* d  in the parent's d_subdirs */
	struct list_head d_subdirs;		/* d  newest first */
	struct super_block *d_sb;		/* i */
	const struct dentry_operations *d_op;	/* i */
	void *d_fsdata;
	unsigned int d_len;			/* d */
	u32 d_hash_value;			/* d */
	char *d_name;				/* d  points to d_iname or to kmalloc */
	char d_iname[40];
};
#define DCACHE_MOUNTED	0x1u	/* something is mounted here */
#define DCACHE_PINNED	0x2u	/* d_count holds one for the file system (ramfs) */
#define DCACHE_UNHASHED	0x4u	/* removed: "(deleted)" */

struct mount {
	atomic_t mnt_count;			/* a */
	int mnt_id;				/* i */
	struct dentry *mnt_root;		/* i */
	struct super_block *mnt_sb;		/* i */
	struct mount *mnt_parent;		/* m */
	struct dentry *mnt_mountpoint;		/* m */
	struct list_head mnt_list;		/* m  all mounts, oldest first */
	unsigned long mnt_flags;		/* m  MS_RDONLY, MS_NOSUID ... */
	atomic_t mnt_writers;			/* a  regular files open for writing */
	char *mnt_devname;			/* i */
};

struct path {
	struct mount *mnt;
	struct dentry *dentry;
};

/* --- super block, file system type ------------------------------------------------ */

struct super_operations {
	void (*evict_inode)(struct inode *inode);	/* last reference and no link: free its own data */
	int (*statfs)(struct super_block *sb, struct kstatfs *buf);
	int (*show_options)(struct seq_file *m, struct super_block *sb);
	void (*put_super)(struct super_block *sb);
	int (*remount)(struct super_block *sb, const char *options);
};

struct kstatfs {
	long f_type, f_bsize;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	long f_namelen, f_flags;
};

struct super_block {
	dev_t s_dev;				/* i */
	struct dentry *s_root;			/* i */
	const struct super_operations *s_op;	/* i */
	struct file_system_type *s_type;	/* i */
	unsigned long s_magic;			/* i */
	atomic_t s_active;			/* a  mounts */
	atomic64_t s_next_ino;			/* a */
	void *s_fs_info;
};

struct file_system_type {
	const char *name;
	bool nodev;
	bool is_single;				/* i  all its mounts show one and the same */
	struct super_block *single;		/* m  that one; NULL: not mounted yet */
	/* a new super block with a root; -E. @data: mount options, may be NULL */
	int (*fill_super)(struct super_block *sb, const char *data);
	struct list_head list;
};

/* --- open files --------------------------------------------------------------------- */

struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	int ki_flags;
};

typedef bool (*filldir_t)(void *ctx, const char *name, int len, loff_t off, u64 ino, unsigned int type);
struct dir_context {
	filldir_t actor;			/* false: full, stop here */
	loff_t pos;
	void *ctx;
};

struct file_operations {
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);	/* last close */
	int (*flush)(struct file *file);			/* every close */
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);	/* NULL: -ESPIPE */
	int (*iterate)(struct file *file, struct dir_context *ctx);
	unsigned int (*poll)(struct file *file, struct poll_table *pt);	/* EPOLL bits */
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	int (*fsync)(struct file *file);
	/* FALLOC_FL_* of checked bytes of a regular file; takes i_rwsem, may sleep */
	long (*fallocate)(struct file *file, int mode, loff_t offset, loff_t len);
	/* more lines of /proc/PID/fdinfo */
	void (*show_fdinfo)(struct seq_file *m, struct file *file);
	/* bytes from *@pos on into free slots of @pipe, whose mutex is held: fs/splice.c */
	ssize_t (*splice_read)(struct file *file, loff_t *pos, struct pipe_inode_info *pipe,
			       size_t len);
	/* bytes of @pipe, whose mutex is held and dropped to wait for some */
	ssize_t (*splice_write)(struct pipe_inode_info *pipe, struct file *file, loff_t *pos,
				size_t len, unsigned int flags);
};

#define FMODE_READ	0x1u
#define FMODE_WRITE	0x2u
#define FMODE_EXEC	0x4u
#define FMODE_PATH	0x8u
#define FMODE_NOEXEC	0x20u	/* of a mount whose files are not to be executed */
#define FMODE_ADMIN	0x10u	/* whoever opened it had CAP_SYS_ADMIN */

struct file {
	atomic_long_t f_count;			/* a */
	unsigned int f_flags;			/* O_*; word-sized */
	unsigned int f_mode;			/* i  FMODE_* */
	struct path f_path;			/* i */
	struct inode *f_inode;			/* i */
	struct address_space *f_mapping;	/* i */
	const struct file_operations *f_op;	/* i */
	struct mutex f_pos_lock;		/* p */
	loff_t f_pos;				/* p */
	void *private_data;
	pid_t f_owner;				/* F_SETOWN */
};

#define MAY_EXEC	1
#define MAY_WRITE	2
#define MAY_READ	4

static inline struct inode *file_inode(const struct file *f) { return f->f_inode; }
static inline struct inode *d_inode(const struct dentry *d) { return d->d_inode; }
static inline struct file *get_file(struct file *f) { atomic_long_inc(&f->f_count); return f; }
void fput(struct file *file);			/* may sleep with the last reference */

/* fs/open.c, namei.c: kernel callers; ERR_PTR on failure; all may sleep */
struct file *filp_open(const char *path, int flags, umode_t mode);
struct file *dentry_open(const struct path *path, int flags);	/* access was checked */
struct file *open_exec(const char *path);	/* regular, executable by current, writers denied */
void allow_write_access(struct file *file);
int deny_write_access(struct file *file);
ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos);
ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos);
int kern_unlink(const char *path);
int vfs_truncate(const struct path *path, loff_t length);
int kern_path(const char *name, unsigned int lookup_flags, struct path *path);
void path_get(const struct path *path);
void path_put(const struct path *path);
#define LOOKUP_FOLLOW		0x1u
#define LOOKUP_DIRECTORY	0x2u
#define LOOKUP_PARENT		0x4u
#define LOOKUP_EMPTY		0x8u
/* text of @path as seen from the caller's root, written at the end of @buf; ERR_PTR(-ENAMETOOLONG) */
char *d_path(const struct path *path, char *buf, int size);
int inode_permission(struct inode *inode, int mask);
int generic_permission(struct inode *inode, int mask);	/* without the inode's own method */
int vfs_getattr(const struct path *path, struct kstat *stat);
void generic_fillattr(struct inode *inode, struct kstat *stat);

/* dentries and inodes, for file systems (fs/dcache.c, fs/inode.c) */
struct dentry *d_alloc(struct dentry *parent, const char *name, unsigned int len);
void d_add(struct dentry *dentry, struct inode *inode);	/* inode NULL: negative; hashes it */
void d_instantiate(struct dentry *dentry, struct inode *inode);
void d_delete(struct dentry *dentry);			/* unhash, goes with the last reference */
struct dentry *dget(struct dentry *dentry);
void dput(struct dentry *dentry);
struct inode *new_inode(struct super_block *sb);	/* i_count 1, times now, next i_ino; NULL */
void iput(struct inode *inode);
void ihold(struct inode *inode);
void inc_nlink(struct inode *inode);
void drop_nlink(struct inode *inode);
struct timespec64 current_time_spec(void);
struct dentry *d_make_root(struct inode *inode);
int register_filesystem(struct file_system_type *type);

/* files without a path: pipes and the like; name "pipe:[ino]" */
struct file *alloc_file_pseudo(struct inode *inode, const struct file_operations *fops, int flags, const char *kind);
struct inode *alloc_anon_inode(void);

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops,
				void *priv, int flags);

/* character devices: fops by device number */
int register_chrdev(unsigned int major, unsigned int minor, const char *name, const struct file_operations *fops);

/* descriptors (fs/file.c) */
struct files_struct;
struct file *fget(unsigned int fd);			/* counted or NULL; O_PATH: NULL */
struct file *fget_raw(unsigned int fd);			/* counted or NULL */
struct file *fget_task(struct task_struct *task, unsigned int fd);
/* the same, with what F_GETFD says of the descriptor */
struct file *fget_task_cloexec(struct task_struct *task, unsigned int fd, bool *cloexec);
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);
int close_fd(unsigned int fd);
struct files_struct *dup_fd(struct files_struct *old, int *error);	/* fork */
struct files_struct *get_files_struct(struct task_struct *task);
void put_files_struct(struct files_struct *files);
void exit_files(struct task_struct *task);
void do_close_on_exec(void);
int unshare_files(void);
int files_max_fd(struct files_struct *files);

struct fs_struct {
	refcount_t users;
	spinlock_t lock;
	int umask;
	struct path root, pwd;
};
struct fs_struct *copy_fs_struct(struct fs_struct *old);	/* NULL: out of memory */
void exit_fs(struct task_struct *task);

/* for file_operations: fs/splice.c */
ssize_t generic_file_splice_read(struct file *file, loff_t *pos, struct pipe_inode_info *pipe,
				 size_t len);
ssize_t copy_splice_read(struct file *file, loff_t *pos, struct pipe_inode_info *pipe, size_t len);
ssize_t iter_file_splice_write(struct pipe_inode_info *pipe, struct file *file, loff_t *pos,
			       size_t len, unsigned int flags);
ssize_t null_splice_write(struct pipe_inode_info *pipe, struct file *file, loff_t *pos, size_t len,
			  unsigned int flags);

loff_t default_llseek(struct file *file, loff_t offset, int whence);
loff_t noop_llseek(struct file *file, loff_t offset, int whence);

/* /proc: text of the mount table and of the registered types */
void mounts_show(struct seq_file *m, struct fs_struct *fs);
void mountinfo_show(struct seq_file *m, struct fs_struct *fs);
void filesystems_show(struct seq_file *m);
void devices_show(struct seq_file *m);

extern const struct file_operations simple_dir_operations;

/* a nameless file of tmpfs, @size bytes: shared anonymous memory. ERR_PTR. May sleep */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags);

#endif
