// SPDX-License-Identifier: MIT
/*
 * memfd.c - memfd_create(2): a file of shared memory that has no name in any directory.
 *
 * It is a file of the hidden tmpfs (ramfs.c), which has no limits; what its descriptor
 * is linked to in /proc is "/memfd:NAME (deleted)". With MFD_ALLOW_SEALING it begins
 * without seals, so that some can be added (mm/cache/shmem.c), else sealed against them.
 *
 * There are no huge pages: MFD_HUGETLB gets what a Linux without hugetlbfs says.
 *
 * Locks: none; nobody knows the file before its descriptor.
 */
#include "internal.h"
#include <uapi/mman.h>

#define MFD_CLOEXEC		0x1u
#define MFD_ALLOW_SEALING	0x2u
#define MFD_HUGETLB		0x4u

#define MFD_PREFIX	"memfd:"
#define MFD_NAME_MAX	(255 - (sizeof(MFD_PREFIX) - 1))

static long check_flags(unsigned int flags)
{
	unsigned int all = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB;

	if (flags & MFD_HUGETLB)
		all |= (unsigned int)MAP_HUGE_MASK << MAP_HUGE_SHIFT;
	return flags & ~all ? -EINVAL : 0;
}

/* the prefix and the caller's name, in @buf; 0, -EFAULT, -EINVAL: too long */
static long memfd_name(char *buf, const char __user *uname)
{
	size_t prefix = sizeof(MFD_PREFIX) - 1;
	long n;

	memcpy(buf, MFD_PREFIX, prefix);
	n = strncpy_from_user(buf + prefix, uname, MFD_NAME_MAX + 1);
	if (n < 0)
		return n;
	return n > (long)MFD_NAME_MAX ? -EINVAL : 0;
}

/* a new file of @name at descriptor @fd, as memfd_create(2) has it */
static long install_memfd(int fd, const char *name, unsigned int flags)
{
	struct file *file = shmem_file_setup(name, 0, VM_NORESERVE);

	if (IS_ERR(file))
		return PTR_ERR(file);
	file->f_flags |= O_LARGEFILE;
	if (flags & MFD_ALLOW_SEALING)
		file->f_mapping->seals &= ~F_SEAL_SEAL;
	fd_install(fd, file);
	return 0;
}

/** sys_memfd_create() - memfd_create(2). May sleep. A descriptor or -E. */
long sys_memfd_create(const char __user *uname, unsigned int flags)
{
	char name[sizeof(MFD_PREFIX) + MFD_NAME_MAX];
	long err = check_flags(flags);
	int fd;

	if (!err)
		err = memfd_name(name, uname);
	if (err)
		return err;
	if (flags & MFD_HUGETLB)
		return -ENOSYS;
	fd = get_unused_fd_flags(flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
	if (fd < 0)
		return fd;
	err = install_memfd(fd, name, flags);
	if (err) {
		put_unused_fd(fd);
		return err;
	}
	return fd;
}
