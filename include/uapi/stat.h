/* SPDX-License-Identifier: MIT */
/* stat.h - file types and modes, struct stat of x86-64, statx, statfs: Linux's ABI. */
#ifndef UAPI_STAT_H
#define UAPI_STAT_H

#include <linux/types.h>

#define S_IFMT		00170000
#define S_IFSOCK	0140000
#define S_IFLNK		0120000
#define S_IFREG		0100000
#define S_IFBLK		0060000
#define S_IFDIR		0040000
#define S_IFCHR		0020000
#define S_IFIFO		0010000
#define S_ISUID		0004000
#define S_ISGID		0002000
#define S_ISVTX		0001000
#define S_ISLNK(m)	(((m) & S_IFMT) == S_IFLNK)
#define S_ISREG(m)	(((m) & S_IFMT) == S_IFREG)
#define S_ISDIR(m)	(((m) & S_IFMT) == S_IFDIR)
#define S_ISCHR(m)	(((m) & S_IFMT) == S_IFCHR)
#define S_ISBLK(m)	(((m) & S_IFMT) == S_IFBLK)
#define S_ISFIFO(m)	(((m) & S_IFMT) == S_IFIFO)
#define S_ISSOCK(m)	(((m) & S_IFMT) == S_IFSOCK)
#define S_IRWXUGO	0777
#define S_IALLUGO	07777
#define S_IRUGO		0444
#define S_IWUGO		0222
#define S_IXUGO		0111
#define S_IXGRP		0010

struct stat {
	u64 st_dev, st_ino, st_nlink;
	u32 st_mode, st_uid, st_gid, pad0;
	u64 st_rdev;
	s64 st_size, st_blksize, st_blocks;
	u64 st_atime_sec, st_atime_nsec, st_mtime_sec, st_mtime_nsec, st_ctime_sec, st_ctime_nsec;
	s64 unused[3];
};

struct statfs {
	s64 f_type, f_bsize;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	s32 f_fsid[2];
	s64 f_namelen, f_frsize, f_flags, f_spare[4];
};

struct statx_timestamp {
	s64 tv_sec;
	u32 tv_nsec;
	s32 reserved;
};

struct statx {
	u32 stx_mask, stx_blksize;
	u64 stx_attributes;
	u32 stx_nlink, stx_uid, stx_gid;
	u16 stx_mode, spare0;
	u64 stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	u32 stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	u64 stx_mnt_id, spare2, spare3[12];
};
#define STATX_BASIC_STATS	0x7ffu
#define STATX_MNT_ID		0x1000u
#define STATX__RESERVED		0x80000000u

/* d_type of getdents64: the file type bits of the mode, shifted */
#define DT_UNKNOWN	0
#define DT_FIFO		1
#define DT_CHR		2
#define DT_DIR		4
#define DT_BLK		6
#define DT_REG		8
#define DT_LNK		10
#define DT_SOCK		12

#define MS_RDONLY	1ul
#define MS_NOSUID	2ul
#define MS_NODEV	4ul
#define MS_NOEXEC	8ul
#define MS_SYNCHRONOUS	16ul
#define MS_REMOUNT	32ul
#define MS_MANDLOCK	64ul
#define MS_DIRSYNC	128ul
#define MS_NOATIME	1024ul
#define MS_NODIRATIME	2048ul
#define MS_BIND		4096ul
#define MS_MOVE		8192ul
#define MS_REC		16384ul
#define MS_PRIVATE	(1ul << 18)
#define MS_SILENT	32768ul
#define MS_RELATIME	(1ul << 21)
#define MS_STRICTATIME	(1ul << 24)
#define MS_MGC_VAL	0xc0ed0000ul
#define MNT_FORCE	1
#define MNT_DETACH	2
#define MNT_EXPIRE	4
#define UMOUNT_NOFOLLOW	8

#define TMPFS_MAGIC	0x01021994
#define RAMFS_MAGIC	0x858458f6
#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC	0x62656572
#define DEBUGFS_MAGIC	0x64626720
#define PIPEFS_MAGIC	0x50495045

#endif
