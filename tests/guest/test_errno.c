// SPDX-License-Identifier: MIT
/*
 * test_errno.c - the calls about memory, and every error that their manual pages name and
 * that can be provoked, each by its simplest way. A label is "CALL ERROR: how". The list
 * in docs/errors.md has the same lines; tests/run compares.
 */
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "vmutil.h"

#define fails(call, err, how, ...)	is(__VA_ARGS__, -1, err, call " " #err ": " how)

#define HOLE	(p + 4 * K4)		/* nothing is mapped there */

static char *p;				/* eight private pages, the fifth is not mapped */
static int ro, wo, rw;			/* a file of one page, three times */

static long map(void *at, size_t len, int prot, int flags, int fd, unsigned long off)
{
	return syscall(SYS_mmap, at, len, prot, flags, fd, off) == -1 ? -1 : 0;
}

static void set_limit(int which, unsigned long soft)
{
	struct rlimit r;

	getrlimit(which, &r);
	r.rlim_cur = soft;
	setrlimit(which, &r);
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (write(fd, text, strlen(text)) < 0)
		diag("cannot write %s", path);
	close(fd);
}

/* no more areas than there are */
static void few_areas(void)
{
	put("/proc/sys/vm/max_map_count", "1");
}

static void many_areas(void)
{
	put("/proc/sys/vm/max_map_count", "65530");
}

static void lay_out(void)
{
	p = vm_place(8);
	mmap(p, 4 * K4, RW, PRIV | MAP_FIXED, -1, 0);
	mmap(p + 5 * K4, 3 * K4, RW, PRIV | MAP_FIXED, -1, 0);
	rw = open("file", O_RDWR | O_CREAT, 0600);
	ftruncate(rw, K4);
	ro = open("file", O_RDONLY);
	wo = open("file", O_WRONLY);
}

static void test_mmap(void)
{
	int fd, fds[2];
	char *file;

	fails("mmap", EACCES, "the file is not open for reading",
	      map(0, K4, PROT_READ, MAP_PRIVATE, wo, 0));
	fails("mmap", EACCES, "shared and writable, the file is open for reading",
	      map(0, K4, RW, MAP_SHARED, ro, 0));
	seteuid(1000);
	set_limit(RLIMIT_MEMLOCK, K4);
	fails("mmap", EAGAIN, "MAP_LOCKED beyond RLIMIT_MEMLOCK",
	      map(0, 2 * K4, RW, PRIV | MAP_LOCKED, -1, 0));
	set_limit(RLIMIT_MEMLOCK, 0);
	fails("mmap", EPERM, "MAP_LOCKED, and RLIMIT_MEMLOCK is 0",
	      map(0, K4, RW, PRIV | MAP_LOCKED, -1, 0));
	set_limit(RLIMIT_MEMLOCK, 64 * K4);
	fails("mmap", EPERM, "below mmap_min_addr", map((void *)K4, K4, RW, PRIV | MAP_FIXED, -1, 0));
	seteuid(0);
	fails("mmap", EBADF, "nothing is open", map(0, K4, RW, MAP_PRIVATE, 99, 0));
	fails("mmap", EEXIST, "MAP_FIXED_NOREPLACE where something is",
	      map(p, K4, RW, PRIV | MAP_FIXED_NOREPLACE, -1, 0));
	fails("mmap", EINVAL, "no length", map(0, 0, RW, PRIV, -1, 0));
	fails("mmap", EINVAL, "an offset that is not whole pages", map(0, K4, RW, PRIV, -1, 1));
	fails("mmap", EINVAL, "MAP_FIXED at no page", map(p + 1, K4, RW, PRIV | MAP_FIXED, -1, 0));
	fails("mmap", EINVAL, "neither private nor shared", map(0, K4, RW, MAP_ANONYMOUS, -1, 0));
	pipe(fds);
	fails("mmap", ENODEV, "a pipe", map(0, K4, PROT_READ, MAP_PRIVATE, fds[0], 0));
	close(fds[0]);
	close(fds[1]);
	fails("mmap", ENOMEM, "more than memory", map(0, 1ul << 45, RW, PRIV, -1, 0));
	fails("mmap", ENOMEM, "more than there are addresses", map(0, 1ul << 47, RW, PRIV, -1, 0));
	few_areas();
	fails("mmap", ENOMEM, "more areas than max_map_count", map(0, K4, PROT_READ, PRIV, -1, 0));
	many_areas();
	set_limit(RLIMIT_DATA, K4);
	fails("mmap", ENOMEM, "beyond RLIMIT_DATA", map(0, 2 * K4, RW, PRIV, -1, 0));
	set_limit(RLIMIT_DATA, RLIM_INFINITY);
	set_limit(RLIMIT_AS, K4);
	fails("mmap", ENOMEM, "beyond RLIMIT_AS", map(0, 2 * K4, PROT_READ, PRIV, -1, 0));
	set_limit(RLIMIT_AS, RLIM_INFINITY);
	fails("mmap", EOPNOTSUPP, "MAP_SYNC of a file in memory",
	      map(0, K4, RW, MAP_SHARED_VALIDATE | MAP_SYNC, rw, 0));
	fails("mmap", EOVERFLOW, "behind the last offset of a file",
	      map(0, K4, PROT_READ, MAP_PRIVATE, ro, -K4));
	fd = memfd_create("sealed", MFD_ALLOW_SEALING);
	fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
	fails("mmap", EPERM, "a seal against writing", map(0, K4, RW, MAP_SHARED, fd, 0));
	close(fd);
	mkdir("noexec", 0700);
	mount("none", "noexec", "tmpfs", MS_NOEXEC, "");
	fd = open("noexec/file", O_RDWR | O_CREAT, 0700);
	fails("mmap", EPERM, "to execute, of a file system mounted noexec",
	      map(0, K4, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	file = mmap(NULL, K4, PROT_READ, MAP_PRIVATE, fd, 0);
	fails("mprotect", EACCES, "to execute, of a file system mounted noexec",
	      mprotect(file, K4, PROT_EXEC));
	munmap(file, K4);
	close(fd);
	umount("noexec");
	rmdir("noexec");
}

static void test_unmap_protect(void)
{
	char *file = mmap(NULL, K4, PROT_READ, MAP_SHARED, ro, 0);

	fails("munmap", EINVAL, "at no page", munmap(p + 1, K4));
	fails("munmap", EINVAL, "no length", munmap(p, 0));
	fails("munmap", EINVAL, "behind the end of addresses", munmap((void *)(1ul << 47), K4));
	few_areas();
	fails("munmap", ENOMEM, "a hole in an area, more areas than max_map_count",
	      munmap(p + K4, K4));
	fails("mprotect", ENOMEM, "a part of an area, more areas than max_map_count",
	      mprotect(p + K4, K4, PROT_READ));
	many_areas();
	fails("mprotect", EACCES, "to write, the file is open for reading", mprotect(file, K4, RW));
	fails("mprotect", EINVAL, "at no page", syscall(SYS_mprotect, p + 1, K4, RW));
	fails("mprotect", EINVAL, "to grow up and down",
	      mprotect(p, K4, RW | PROT_GROWSUP | PROT_GROWSDOWN));
	fails("mprotect", EINVAL, "to grow down what does not", mprotect(p, K4, RW | PROT_GROWSDOWN));
	fails("mprotect", EINVAL, "no such protection", mprotect(p, K4, 0x100));
	fails("mprotect", ENOMEM, "nothing is mapped", mprotect(HOLE, K4, RW));
	fails("mprotect", ENOMEM, "a part is not mapped", mprotect(p, 8 * K4, RW));
	fails("mprotect", ENOMEM, "around the end of addresses", mprotect(p, -K4, RW));
	munmap(file, K4);
}

static void test_keys(void)
{
	int keys = 0;

	fails("pkey_alloc", EINVAL, "a flag", syscall(SYS_pkey_alloc, 1, 0));
	fails("pkey_alloc", EINVAL, "no such right", syscall(SYS_pkey_alloc, 0, 4));
	while (keys < 16 && syscall(SYS_pkey_alloc, 0, 0) > 0)
		keys++;
	fails("pkey_alloc", ENOSPC, "all keys are given out, or there are none",
	      syscall(SYS_pkey_alloc, 0, 0));
	while (keys)
		syscall(SYS_pkey_free, keys--);
	fails("pkey_free", EINVAL, "a key that was not given out", syscall(SYS_pkey_free, 3));
	fails("pkey_free", EINVAL, "no key", syscall(SYS_pkey_free, -1));
	fails("pkey_mprotect", EINVAL, "a key that was not given out",
	      syscall(SYS_pkey_mprotect, p, K4, RW, 3));
	fails("pkey_mprotect", EINVAL, "no such key", syscall(SYS_pkey_mprotect, p, K4, RW, 77));
	fails("pkey_mprotect", EINVAL, "at no page", syscall(SYS_pkey_mprotect, p + 1, K4, RW, -1));
	fails("pkey_mprotect", ENOMEM, "nothing is mapped",
	      syscall(SYS_pkey_mprotect, HOLE, K4, RW, -1));
}

static long move(void *old, size_t len, size_t size, int flags, void *to)
{
	return syscall(SYS_mremap, old, len, size, flags, to) == -1 ? -1 : 0;
}

static void test_mremap(void)
{
	char *file = mmap(NULL, K4, RW, MAP_SHARED, rw, 0);

	seteuid(1000);
	set_limit(RLIMIT_MEMLOCK, 3 * K4);
	mlock(p + 5 * K4, 3 * K4);
	fails("mremap", EAGAIN, "locked memory beyond RLIMIT_MEMLOCK",
	      move(p + 5 * K4, 3 * K4, 4 * K4, MREMAP_MAYMOVE, 0));
	munlock(p + 5 * K4, 3 * K4);
	set_limit(RLIMIT_MEMLOCK, 64 * K4);
	seteuid(0);
	fails("mremap", EFAULT, "nothing is mapped", move(HOLE, K4, 2 * K4, MREMAP_MAYMOVE, 0));
	fails("mremap", EFAULT, "more than one area", move(p, 8 * K4, 9 * K4, MREMAP_MAYMOVE, 0));
	fails("mremap", EINVAL, "at no page", move(p + 1, K4, K4, 0, 0));
	fails("mremap", EINVAL, "no such flag", move(p, K4, K4, 64, 0));
	fails("mremap", EINVAL, "no new length", move(p, K4, 0, 0, 0));
	fails("mremap", EINVAL, "to no page",
	      move(p, K4, K4, MREMAP_MAYMOVE | MREMAP_FIXED, p + 1));
	fails("mremap", EINVAL, "onto itself",
	      move(p, 2 * K4, 2 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, p + K4));
	fails("mremap", EINVAL, "MREMAP_FIXED without MREMAP_MAYMOVE",
	      move(p, K4, K4, MREMAP_FIXED, p + 16 * K4));
	fails("mremap", EINVAL, "MREMAP_DONTUNMAP without MREMAP_MAYMOVE", move(p, K4, K4, 4, 0));
	fails("mremap", EINVAL, "MREMAP_DONTUNMAP with another length",
	      move(p, K4, 2 * K4, MREMAP_MAYMOVE | 4, 0));
	fails("mremap", EINVAL, "a second mapping of private memory",
	      move(p, 0, K4, MREMAP_MAYMOVE, 0));
	fails("mremap", ENOMEM, "a second mapping without MREMAP_MAYMOVE", move(file, 0, K4, 0, 0));
	fails("mremap", ENOMEM, "no room and no MREMAP_MAYMOVE",
	      move(p, 4 * K4, 64 * K4, 0, 0));
	fails("mremap", ENOMEM, "more than there are addresses",
	      move(p, K4, 1ul << 47, MREMAP_MAYMOVE, 0));
	few_areas();
	fails("mremap", ENOMEM, "more areas than max_map_count",
	      move(p, K4, 2 * K4, MREMAP_MAYMOVE, 0));
	many_areas();
	munmap(file, K4);
}

static void test_madvise(void)
{
	char *file = mmap(NULL, 2 * K4, PROT_READ, MAP_SHARED, ro, 0);

	fails("madvise", EACCES, "MADV_REMOVE of a file that is open for reading",
	      madvise(file, K4, MADV_REMOVE));
	fails("madvise", EFAULT, "MADV_POPULATE_READ behind the end of the file",
	      madvise(file, 2 * K4, 22));
	fails("madvise", EINVAL, "at no page", madvise(p + 1, K4, MADV_DONTNEED));
	fails("madvise", EINVAL, "a negative length", madvise(p, -K4, MADV_DONTNEED));
	fails("madvise", EINVAL, "no such advice", madvise(p, K4, 1234));
	mlock(p, K4);
	fails("madvise", EINVAL, "MADV_COLD of locked memory", madvise(p, K4, 20));
	fails("madvise", EINVAL, "MADV_PAGEOUT of locked memory", madvise(p, K4, 21));
	fails("madvise", EINVAL, "MADV_DONTNEED of locked memory", madvise(p, K4, MADV_DONTNEED));
	fails("madvise", EINVAL, "MADV_REMOVE of locked memory", madvise(p, K4, MADV_REMOVE));
	munlock(p, K4);
	fails("madvise", EINVAL, "MADV_FREE of a file", madvise(file, K4, MADV_FREE));
	fails("madvise", EINVAL, "MADV_WIPEONFORK of a file", madvise(file, K4, 18));
	fails("madvise", EINVAL, "MADV_POPULATE_WRITE of memory that cannot be written",
	      madvise(file, K4, 23));
	fails("madvise", ENOMEM, "a part is not mapped", madvise(p, 8 * K4, MADV_DONTNEED));
	fails("madvise", ENOMEM, "MADV_POPULATE_READ, a part is not mapped", madvise(p, 8 * K4, 22));
	munmap(file, 2 * K4);
}

static void test_mlock(void)
{
	fails("mlock", EINVAL, "around the end of addresses", mlock(p, -K4));
	fails("mlock", ENOMEM, "a part is not mapped", mlock(p, 8 * K4));
	fails("munlock", EINVAL, "around the end of addresses", munlock(p, -K4));
	fails("munlock", ENOMEM, "a part is not mapped", munlock(p, 8 * K4));
	few_areas();
	fails("mlock", ENOMEM, "a part of an area, more areas than max_map_count",
	      mlock(p + 6 * K4, K4));
	many_areas();
	fails("mlock2", EINVAL, "no such flag", syscall(SYS_mlock2, p, K4, 2));
	fails("mlock2", ENOMEM, "nothing is mapped", syscall(SYS_mlock2, HOLE, K4, 1));
	fails("mlockall", EINVAL, "no flag", mlockall(0));
	fails("mlockall", EINVAL, "no such flag", mlockall(8));
	fails("mlockall", EINVAL, "MCL_ONFAULT alone", mlockall(4));
	seteuid(1000);
	set_limit(RLIMIT_MEMLOCK, K4);
	fails("mlock", ENOMEM, "beyond RLIMIT_MEMLOCK", mlock(p, 2 * K4));
	fails("mlock2", ENOMEM, "beyond RLIMIT_MEMLOCK", syscall(SYS_mlock2, p, 2 * K4, 0));
	fails("mlockall", ENOMEM, "beyond RLIMIT_MEMLOCK", mlockall(MCL_CURRENT));
	set_limit(RLIMIT_MEMLOCK, 0);
	fails("mlock", EPERM, "RLIMIT_MEMLOCK is 0", mlock(p, K4));
	fails("mlock2", EPERM, "RLIMIT_MEMLOCK is 0", syscall(SYS_mlock2, p, K4, 0));
	fails("mlockall", EPERM, "RLIMIT_MEMLOCK is 0", mlockall(MCL_CURRENT));
	set_limit(RLIMIT_MEMLOCK, 64 * K4);
	seteuid(0);
	munlockall();
}

static void test_pages(void)
{
	unsigned char vec[8];
	char *shared = mmap(NULL, 2 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	mlock(p, K4);
	fails("msync", EBUSY, "MS_INVALIDATE of locked memory", msync(p, K4, MS_INVALIDATE));
	munlock(p, K4);
	fails("msync", EINVAL, "at no page", msync(p + 1, K4, MS_SYNC));
	fails("msync", EINVAL, "no such flag", msync(p, K4, 64));
	fails("msync", EINVAL, "MS_SYNC and MS_ASYNC", msync(p, K4, MS_SYNC | MS_ASYNC));
	fails("msync", ENOMEM, "a part is not mapped", msync(p, 8 * K4, MS_ASYNC));
	fails("mincore", EFAULT, "nowhere to write", mincore(p, K4, (void *)8));
	fails("mincore", EINVAL, "at no page", mincore(p + 1, K4, vec));
	fails("mincore", ENOMEM, "behind the end of addresses", mincore(p, -K4, vec));
	fails("mincore", ENOMEM, "a part is not mapped", mincore(p, 8 * K4, vec));
	fails("remap_file_pages", EINVAL, "private memory",
	      syscall(SYS_remap_file_pages, p, K4, 0, 0, 0));
	fails("remap_file_pages", EINVAL, "a protection",
	      syscall(SYS_remap_file_pages, shared, K4, 1, 0, 0));
	fails("remap_file_pages", EINVAL, "no length",
	      syscall(SYS_remap_file_pages, shared, 0, 0, 0, 0));
	fails("remap_file_pages", EINVAL, "pages behind the last one",
	      syscall(SYS_remap_file_pages, shared, 2 * K4, 0, -1ul, 0));
	fails("remap_file_pages", EINVAL, "nothing is mapped",
	      syscall(SYS_remap_file_pages, HOLE, K4, 0, 0, 0));
	munmap(shared, 2 * K4);
}

static void test_memfd(void)
{
	char name[300];

	memset(name, 'x', sizeof(name));
	name[250] = 0;
	fails("memfd_create", EFAULT, "no name is there", memfd_create((char *)8, 0));
	fails("memfd_create", EINVAL, "no such flag", memfd_create("x", 0x80));
	fails("memfd_create", EINVAL, "a name of 250 bytes", memfd_create(name, 0));
	set_limit(RLIMIT_NOFILE, 3);
	fails("memfd_create", EMFILE, "beyond RLIMIT_NOFILE", memfd_create("x", 0));
	set_limit(RLIMIT_NOFILE, 1024);
}

static long vm(int write, pid_t pid, struct iovec *l, long ln, struct iovec *r, long rn, long flags)
{
	return syscall(write ? SYS_process_vm_writev : SYS_process_vm_readv, pid, l, ln, r, rn, flags);
}

/* a process of user 1000 that waits */
static pid_t other_process(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setresuid(1000, 1000, 1000);
	for (;;)
		pause();
}

static void test_others(void)
{
	struct iovec l = { p, 4 }, r = { p + K4, 4 }, none = { (void *)8, 4 }, much = { p, -1ul };
	pid_t pid = other_process(), me = getpid();
	int fd = syscall(434, pid, 0), mine = syscall(434, me, 0);

	fails("process_vm_readv", EFAULT, "no memory here", vm(0, me, &none, 1, &r, 1, 0));
	fails("process_vm_readv", EFAULT, "no memory there", vm(0, me, &l, 1, &none, 1, 0));
	fails("process_vm_readv", EFAULT, "no vector", vm(0, me, (void *)8, 1, &r, 1, 0));
	fails("process_vm_readv", EINVAL, "a length that is negative", vm(0, me, &much, 1, &r, 1, 0));
	fails("process_vm_readv", EINVAL, "a flag", vm(0, me, &l, 1, &r, 1, 1));
	fails("process_vm_readv", EINVAL, "1025 pieces here", vm(0, me, &l, 1025, &r, 1, 0));
	fails("process_vm_readv", EINVAL, "1025 pieces there", vm(0, me, &l, 1, &r, 1025, 0));
	fails("process_vm_readv", ESRCH, "no such process", vm(0, 30000, &l, 1, &r, 1, 0));
	fails("process_vm_writev", EFAULT, "memory there cannot be written",
	      (mprotect(p + K4, K4, PROT_READ), vm(1, me, &l, 1, &r, 1, 0)));
	mprotect(p + K4, K4, RW);
	fails("process_vm_writev", EINVAL, "a flag", vm(1, me, &l, 1, &r, 1, 1));
	fails("process_vm_writev", ESRCH, "no such process", vm(1, 30000, &l, 1, &r, 1, 0));
	fails("process_madvise", EBADF, "no pidfd", syscall(440, 0, &l, 1, 20, 0));
	fails("process_madvise", EFAULT, "no vector", syscall(440, mine, (void *)8, 1, 20, 0));
	fails("process_madvise", EINVAL, "a flag", syscall(440, mine, &l, 1, 20, 1));
	fails("process_madvise", EINVAL, "1025 pieces", syscall(440, mine, &l, 1025, 20, 0));
	fails("process_madvise", EINVAL, "a length that is negative", syscall(440, mine, &much, 1, 20, 0));
	fails("process_madvise", EINVAL, "an advice that is not for others",
	      syscall(440, mine, &l, 1, MADV_DONTNEED, 0));
	/* the child's ids are those of the user when its status says so */
	for (;;) {
		char path[32];

		snprintf(path, sizeof(path), "/proc/%d/status", pid);
		if (strstr(vm_proc(path), "Uid:\t1000\t1000\t1000"))
			break;
	}
	seteuid(1001);
	fails("process_vm_readv", EPERM, "another user's process", vm(0, pid, &l, 1, &r, 1, 0));
	fails("process_vm_writev", EPERM, "another user's process", vm(1, pid, &l, 1, &r, 1, 0));
	fails("process_madvise", EACCES, "another user's process", syscall(440, fd, &l, 1, 20, 0));
	fails("prlimit", EPERM, "another user's process",
	      syscall(SYS_prlimit64, pid, RLIMIT_CORE, NULL, &(struct rlimit){ 0 }));
	seteuid(0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fails("process_madvise", ESRCH, "a process that was waited for", syscall(440, fd, &l, 1, 20, 0));
	fails("membarrier", EINVAL, "no such command", syscall(SYS_membarrier, 1 << 20, 0, 0));
	fails("membarrier", EINVAL, "a flag", syscall(SYS_membarrier, 1, 1, 0));
	fails("membarrier", EPERM, "PRIVATE_EXPEDITED before it was registered",
	      syscall(SYS_membarrier, 8, 0, 0));
	close(fd);
	close(mine);
}

static void test_shm(void)
{
	int id = shmget(77, 2 * K4, IPC_CREAT | 0600), one;
	struct shmid_ds ds;

	fails("shmget", EEXIST, "IPC_EXCL, and there is one", shmget(77, K4, IPC_CREAT | IPC_EXCL));
	fails("shmget", EINVAL, "no size", shmget(78, 0, IPC_CREAT | 0600));
	fails("shmget", EINVAL, "larger than the one that is there", shmget(77, 3 * K4, 0600));
	fails("shmget", ENOENT, "there is none", shmget(78, K4, 0600));
	put("/proc/sys/kernel/shmmax", "4096");
	fails("shmget", EINVAL, "larger than shmmax", shmget(78, 2 * K4, IPC_CREAT | 0600));
	put("/proc/sys/kernel/shmmax", "18446744073692774399");
	put("/proc/sys/kernel/shmmni", "1");
	fails("shmget", ENOSPC, "more segments than shmmni", shmget(78, K4, IPC_CREAT | 0600));
	put("/proc/sys/kernel/shmmni", "4096");
	put("/proc/sys/kernel/shmall", "2");
	fails("shmget", ENOSPC, "more pages than shmall", shmget(78, K4, IPC_CREAT | 0600));
	put("/proc/sys/kernel/shmall", "18446744073692774399");
	fails("shmat", EINVAL, "no such segment", (long)shmat(-1, NULL, 0));
	fails("shmat", EINVAL, "at no page", (long)shmat(id, p + 1, 0));
	fails("shmat", EINVAL, "where something is", (long)shmat(id, p, 0));
	fails("shmat", EINVAL, "SHM_REMAP nowhere", (long)shmat(id, NULL, SHM_REMAP));
	set_limit(RLIMIT_AS, K4);
	fails("shmat", ENOMEM, "beyond RLIMIT_AS", (long)shmat(id, NULL, 0));
	set_limit(RLIMIT_AS, RLIM_INFINITY);
	fails("shmdt", EINVAL, "nothing attached there", shmdt(p));
	fails("shmdt", EINVAL, "at no page", shmdt(p + 1));
	fails("shmctl", EFAULT, "IPC_STAT to nowhere", shmctl(id, IPC_STAT, (void *)8));
	fails("shmctl", EFAULT, "IPC_SET from nowhere", shmctl(id, IPC_SET, (void *)8));
	fails("shmctl", EINVAL, "no such segment", shmctl(-1, IPC_STAT, &ds));
	fails("shmctl", EINVAL, "no such command", shmctl(id, 99, &ds));
	fails("shmctl", EINVAL, "SHM_STAT of an index without one", shmctl(4095, SHM_STAT, &ds));
	seteuid(1000);
	fails("shmget", EACCES, "another user's", shmget(77, K4, 0600));
	fails("shmat", EACCES, "another user's", (long)shmat(id, NULL, 0));
	fails("shmctl", EACCES, "IPC_STAT of another user's", shmctl(id, IPC_STAT, &ds));
	fails("shmctl", EPERM, "IPC_RMID of another user's", shmctl(id, IPC_RMID, NULL));
	fails("shmctl", EPERM, "SHM_LOCK of another user's", shmctl(id, SHM_LOCK, NULL));
	one = shmget(IPC_PRIVATE, 2 * K4, 0600);
	set_limit(RLIMIT_MEMLOCK, K4);
	fails("shmctl", ENOMEM, "SHM_LOCK beyond RLIMIT_MEMLOCK", shmctl(one, SHM_LOCK, NULL));
	set_limit(RLIMIT_MEMLOCK, 64 * K4);
	seteuid(0);
	shmctl(one, IPC_RMID, NULL);
	shmctl(id, IPC_RMID, NULL);
}

static void test_limits(void)
{
	struct rlimit bad = { 2, 1 }, r;

	fails("getrlimit", EFAULT, "nowhere to write", syscall(SYS_getrlimit, RLIMIT_CORE, (void *)8));
	fails("getrlimit", EINVAL, "no such limit", syscall(SYS_getrlimit, RLIM_NLIMITS, &r));
	fails("setrlimit", EFAULT, "nothing to read", syscall(SYS_setrlimit, RLIMIT_CORE, (void *)8));
	fails("setrlimit", EINVAL, "no such limit", syscall(SYS_setrlimit, RLIM_NLIMITS, &r));
	fails("setrlimit", EINVAL, "soft above hard", syscall(SYS_setrlimit, RLIMIT_CORE, &bad));
	r.rlim_cur = r.rlim_max = 1 << 30;
	fails("setrlimit", EPERM, "RLIMIT_NOFILE above nr_open",
	      syscall(SYS_setrlimit, RLIMIT_NOFILE, &r));
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_max++;
	seteuid(1000);
	fails("setrlimit", EPERM, "a user raises a hard limit", syscall(SYS_setrlimit, RLIMIT_NOFILE, &r));
	seteuid(0);
	fails("prlimit", EFAULT, "nothing to read",
	      syscall(SYS_prlimit64, 0, RLIMIT_CORE, (void *)8, NULL));
	fails("prlimit", EINVAL, "no such limit", syscall(SYS_prlimit64, 0, RLIM_NLIMITS, NULL, &r));
	fails("prlimit", EINVAL, "soft above hard", syscall(SYS_prlimit64, 0, RLIMIT_CORE, &bad, NULL));
	fails("prlimit", ESRCH, "no such process", syscall(SYS_prlimit64, 30000, RLIMIT_CORE, NULL, &r));
}

static long trace(int request, pid_t pid, unsigned long addr, unsigned long data)
{
	return syscall(SYS_ptrace, (long)request, (long)pid, addr, data);
}

static void test_ptrace(void)
{
	pid_t pid = fork();
	long word;

	if (!pid)
		for (;;)
			pause();
	fails("ptrace", ESRCH, "no such thread", trace(PTRACE_ATTACH, 30000, 0, 0));
	fails("ptrace", ESRCH, "a request to a thread that is not traced",
	      trace(PTRACE_CONT, pid, 0, 0));
	fails("ptrace", EPERM, "to trace oneself", trace(PTRACE_ATTACH, getpid(), 0, 0));
	fails("ptrace", EPERM, "to trace a thread of the kernel", trace(PTRACE_SEIZE, 2, 0, 0));
	fails("ptrace", EIO, "to seize with an address", trace(PTRACE_SEIZE, pid, 1, 0));
	fails("ptrace", EIO, "to seize with options that nobody knows",
	      trace(PTRACE_SEIZE, pid, 0, 1ul << 30));
	trace(PTRACE_SEIZE, pid, 0, 0);
	fails("ptrace", EPERM, "to trace what is traced", trace(PTRACE_ATTACH, pid, 0, 0));
	fails("ptrace", ESRCH, "a request to a thread that runs", trace(PTRACE_CONT, pid, 0, 0));
	trace(PTRACE_INTERRUPT, pid, 0, 0);
	waitpid(pid, NULL, 0);
	fails("ptrace", EIO, "a request that nobody knows", trace(0x4fff, pid, 0, 0));
	fails("ptrace", EIO, "a signal that there is not", trace(PTRACE_CONT, pid, 0, 65));
	fails("ptrace", EIO, "no memory there", trace(PTRACE_PEEKDATA, pid, 8, (long)&word));
	fails("ptrace", EIO, "no word of struct user",
	      trace(PTRACE_PEEKUSER, pid, 3, (long)&word));
	fails("ptrace", EINVAL, "options that nobody knows",
	      trace(PTRACE_SETOPTIONS, pid, 0, 1ul << 30));
	fails("ptrace", EINVAL, "a set of registers that nobody knows",
	      trace(PTRACE_GETREGSET, pid, 77, (long)&(struct iovec){ &word, 8 }));
	fails("ptrace", EINVAL, "a mask of signals that is too long",
	      trace(PTRACE_GETSIGMASK, pid, 16, (long)&word));
	fails("ptrace", EFAULT, "nowhere to write", trace(PTRACE_GETREGS, pid, 0, 8));
	fails("ptrace", EFAULT, "nothing to read", trace(PTRACE_SETREGS, pid, 0, 8));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	plan(0);
	lay_out();
	test_mmap();
	test_unmap_protect();
	test_keys();
	test_mremap();
	test_madvise();
	test_mlock();
	test_pages();
	test_memfd();
	test_others();
	test_shm();
	test_limits();
	test_ptrace();
	return done();
}
