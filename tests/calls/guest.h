/* SPDX-License-Identifier: MIT */
/*
 * guest.h - the calls of calls.h as system calls, by a program that knows its own place.
 *
 * The program is static and has no libc memory: nothing but the calls changes its address
 * space. place_prepare() fills all that is neither window nor heap. What a call means that
 * is more than numbers, files, shared memory, other processes, stands in struct place.
 */
#ifndef TESTS_CALLS_GUEST_H
#define TESTS_CALLS_GUEST_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "births.h"

#define POOL_FD		210	/* FILE_POOL files; the same for reading only behind them */
#define FILLER		(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

struct place {
	struct gen gen;
	unsigned int number;		/* of calls so far */
	unsigned int files[FILES], next_file;
	int segment[SEGMENTS];		/* System V's ids, -1: none */
	int pid[SLOTS];			/* 0: nobody */
};

static inline long result(long ret)
{
	return ret == -1 ? -errno : ret;
}

static inline int place_fd(const struct place *p, unsigned int file)
{
	return POOL_FD + (file == FILES - 1 ? FILE_POOL : 0) + p->files[file];
}

/* --- accesses ------------------------------------------------------------ */

static __thread sigjmp_buf access_jump;
static __thread volatile int access_fault;

static void access_handler(int sig, siginfo_t *info, void *ctx)
{
	access_fault = sig * 100 + info->si_code;
	siglongjmp(access_jump, 1);
}

static inline void access_catch(void *stack, size_t bytes)
{
	struct sigaction sa = { .sa_sigaction = access_handler,
				.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	stack_t ss = { .ss_sp = stack, .ss_size = bytes };

	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

/* the byte, or minus signal * 100 + si_code */
static inline long access_byte(unsigned long addr, int value)
{
	volatile unsigned char *byte = (void *)addr;

	if (sigsetjmp(access_jump, 0))
		return -(long)access_fault;
	if (value < 0)
		return *byte;
	*byte = value;
	return 0;
}

/* --- the place ----------------------------------------------------------- */

/* flags that no area of the window has together: it never becomes one with the filler */
static inline void place_fill(unsigned long size)
{
	void *p;

	while ((p = mmap(NULL, size, PROT_NONE, FILLER, -1, 0)) != MAP_FAILED) {
		madvise(p, size, MADV_SEQUENTIAL);
		madvise(p, size, 18 /* MADV_WIPEONFORK */);
		madvise(p, size, MADV_DONTDUMP);
	}
}

/*
 * All of the address space is taken, but the window and @heap. The program's own data
 * before the heap may be executed: the heap is an area of its own, unless that may be
 * executed, too. Its last page is there, so that it can be told from the heap's.
 */
static inline void place_prepare(unsigned long heap)
{
	volatile unsigned char *last = (void *)(heap - 1);
	const int fixed = FILLER | MAP_FIXED_NOREPLACE;
	unsigned long size;

	mprotect((void *)(heap - C_PAGE), C_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
	*last = *last;

	mmap((void *)WINDOW, PAGES * C_PAGE, PROT_NONE, fixed, -1, 0);
	mmap((void *)heap, HEAP_PAGES * C_PAGE, PROT_NONE, fixed, -1, 0);
	for (size = 1ul << 46; size >= C_PAGE; size >>= 1)
		place_fill(size);
	munmap((void *)WINDOW, PAGES * C_PAGE);
	munmap((void *)heap, HEAP_PAGES * C_PAGE);
}

static inline unsigned long place_heap(void)
{
	return (syscall(SYS_brk, 0) + C_PAGE - 1) & -C_PAGE;
}

static inline int place_open_files(struct place *p)
{
	char name[40];
	unsigned int i;
	int fd, ro;

	for (i = 0; i < FILE_POOL; i++) {
		snprintf(name, sizeof(name), "%u", i);
		fd = syscall(SYS_memfd_create, name, 2);
		if (fd < 0 || ftruncate(fd, FILE_PAGES / 2 * C_PAGE))
			return -1;
		fchmod(fd, 0666);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		ro = open(name, O_RDONLY);
		if (ro < 0 || dup2(ro, POOL_FD + FILE_POOL + i) < 0 || dup2(fd, POOL_FD + i) < 0)
			return -1;
		close(ro);
		close(fd);
	}
	for (i = 0; i < FILES; i++)
		p->files[i] = i;
	p->next_file = FILES;
	for (i = 0; i < SEGMENTS; i++)
		p->segment[i] = -1;
	return 0;
}

/* a field of /proc/self/status in kB */
static inline long place_status(const char *field)
{
	char text[4096], *line;
	int fd = open("/proc/self/status", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	line = strstr(text, field);
	return line ? atol(line + strlen(field) + 1) : -1;
}

/* --- the calls ----------------------------------------------------------- */

/* which pages are present, look.h compares */
static inline long call_mincore(const unsigned long *a)
{
	unsigned char vec[PAGES + HEAP_PAGES + 8];

	return result(syscall(SYS_mincore, a[0], a[1], vec));
}

/*
 * Linux empties a fixed place before it finds out that it has nothing to put there, and
 * mremap(2) the end of what gets shorter too; here a call that fails changes nothing.
 */
static inline long call_fixed(long ret, unsigned long place, unsigned long bytes)
{
	if (ret < 0 && ret > -4096)
		syscall(SYS_munmap, place, bytes);
	return ret;
}

static inline long call_mmap(struct place *p, const unsigned long *a)
{
	int fd = a[4] == -1ul ? -1 : place_fd(p, a[4]);
	long ret = result(syscall(SYS_mmap, a[0], a[1], a[2], a[3], fd, a[5] * C_PAGE));

	return a[3] & MAP_FIXED ? call_fixed(ret, a[0], a[1]) : ret;
}

static inline long call_mremap(const unsigned long *a)
{
	long ret = result(syscall(SYS_mremap, a[0], a[1], a[2], a[3], a[4]));

	if (!(a[3] & MREMAP_FIXED))
		return ret;
	if (a[1] > a[2])
		call_fixed(ret, a[0] + a[2], a[1] - a[2]);
	return call_fixed(ret, a[4], a[2]);
}

/* pages that MADV_FREE leaves go sooner or later; here they go at once */
static inline long call_madvise(const unsigned long *a)
{
	long ret = result(syscall(SYS_madvise, a[0], a[1], a[2]));

	if (a[2] == 8)
		syscall(SYS_madvise, a[0], a[1], 4);
	return ret;
}

static inline long call_mlock(const unsigned long *a)
{
	if (a[2] < 2)
		return result(syscall(a[2] ? SYS_mlock : SYS_munlock, a[0], a[1]));
	return result(syscall(SYS_mlock2, a[0], a[1], a[2] - 2));
}

static inline long call_file(struct place *p, const struct call *c)
{
	static __thread unsigned char bytes[4 * C_PAGE];
	const unsigned long *a = c->a;
	int fd = place_fd(p, a[0]);

	switch (c->kind) {
	case C_FWRITE:
		memset(bytes, a[3], a[2]);
		return result(syscall(SYS_pwrite64, fd, bytes, a[2], a[1]));
	case C_FREAD:
		return read_result(result(syscall(SYS_pread64, fd, bytes, a[2], a[1])), bytes);
	case C_TRUNC:
		return result(syscall(SYS_ftruncate, fd, a[1]));
	case C_FALLOC:
		return result(syscall(SYS_fallocate, fd, a[1], a[2], a[3]));
	case C_SEAL:
		return result(fcntl(fd, F_ADD_SEALS, a[1]));
	case C_RENEW:
		if (p->next_file < FILE_POOL)
			p->files[a[0]] = p->next_file++;
		return 0;
	case C_KREAD:
		return result(syscall(SYS_pread64, fd, a[2], a[3], a[1]));
	default:
		return result(syscall(SYS_pwrite64, fd, a[2], a[3], a[1]));
	}
}

/* another process, by system calls or by its file in /proc */
static inline long call_remote(struct place *p, const struct call *c)
{
	static __thread unsigned char bytes[4 * C_PAGE];
	const unsigned long *a = c->a;
	struct iovec local = { bytes, a[2] }, remote = { (void *)a[1], a[2] };
	int pid = p->pid[a[0]], fd;
	char name[40];
	long n;

	if (!pid)
		return -ESRCH;
	memset(bytes, a[3], sizeof(bytes));
	if (c->kind == C_VMREAD)
		return read_result(result(syscall(SYS_process_vm_readv, pid, &local, 1, &remote, 1,
						  0)), bytes);
	if (c->kind == C_VMWRITE)
		return result(syscall(SYS_process_vm_writev, pid, &local, 1, &remote, 1, 0));
	if (c->kind == C_PADVISE) {
		fd = syscall(SYS_pidfd_open, pid, 0);
		n = result(syscall(SYS_process_madvise, fd, &remote, 1, a[3], 0));
	} else {
		snprintf(name, sizeof(name), "/proc/%d/mem", pid);
		fd = open(name, O_RDWR);
		if (c->kind == C_PEEK)
			n = read_result(result(pread(fd, bytes, a[2], a[1])), bytes);
		else
			n = result(pwrite(fd, bytes, a[2], a[1]));
	}
	close(fd);
	return n;
}

static inline long call_shm(struct place *p, const struct call *c)
{
	const unsigned long *a = c->a;
	int *id = c->kind == C_SHMDT ? NULL : &p->segment[a[0]];
	long ret;

	switch (c->kind) {
	case C_SHMGET:
		if (*id >= 0)
			return -EEXIST;
		ret = result(syscall(SYS_shmget, 0, a[1], 01600));
		*id = ret < 0 ? -1 : ret;
		return ret < 0 ? ret : 0;
	case C_SHMAT:
		return result(syscall(SYS_shmat, *id, a[1], a[2]));
	case C_SHMDT:
		return result(syscall(SYS_shmdt, a[0]));
	default:
		ret = result(syscall(SYS_shmctl, *id, 0, NULL));
		*id = -1;
		return ret;
	}
}

/* so many pages more than there are now may be had */
static inline long call_rlimit(const unsigned long *a)
{
	const char *field = a[0] == RLIMIT_AS ? "\nVmSize" : a[0] == RLIMIT_DATA ? "\nVmData" :
								     "\nVmLck";
	struct rlimit limit;

	getrlimit(a[0], &limit);
	limit.rlim_cur = a[1] == -1ul ? limit.rlim_max : place_status(field) * 1024ul + a[1] * C_PAGE;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return result(setrlimit(a[0], &limit));
}

static inline long call_futex(const unsigned long *a)
{
	struct timespec now = { 0, 0 };
	int kind = a[1] & 127;
	void *timeout = kind == 0 || kind == 9 ? (void *)&now : (void *)1ul;

	return result(syscall(SYS_futex, a[0], a[1], a[2], timeout, a[3], kind == 4 || kind == 5 ?
			      0 : -1));
}

static inline long call_vfork(struct place *p)
{
	int status = 0, pid = vfork();

	if (!pid)
		_exit(3);
	if (pid > 0)
		waitpid(pid, &status, 0);
	return pid < 0 ? -errno : status;
}

/* all but what is about turns of processes: the result, or -errno */
static inline long call_make(struct place *p, const struct call *c)
{
	const unsigned long *a = c->a;

	switch (c->kind) {
	case C_TOUCH:
		return access_byte(a[0], -1);
	case C_STORE:
		return access_byte(a[0], a[1]);
	case C_MMAP:
		return call_mmap(p, a);
	case C_MUNMAP:
		return result(syscall(SYS_munmap, a[0], a[1]));
	case C_MPROTECT:
		return result(syscall(SYS_mprotect, a[0], a[1], a[2]));
	case C_MADVISE:
		return call_madvise(a);
	case C_MLOCK:
		return call_mlock(a);
	case C_MLOCKALL:
		return result(a[0] ? syscall(SYS_mlockall, a[0]) : syscall(SYS_munlockall));
	case C_MREMAP:
		return call_mremap(a);
	case C_BRK:
		return syscall(SYS_brk, a[0]);
	case C_MSYNC:
		return result(syscall(SYS_msync, a[0], a[1], a[2]));
	case C_MINCORE:
		return call_mincore(a);
	case C_REMAP:
		return result(syscall(SYS_remap_file_pages, a[0], a[1], a[2], a[3], a[4]));
	case C_FWRITE ... C_RENEW: case C_KREAD: case C_KWRITE:
		return call_file(p, c);
	case C_PEEK: case C_POKE: case C_VMREAD: case C_VMWRITE: case C_PADVISE:
		return call_remote(p, c);
	case C_MEMBARRIER:
		return result(syscall(SYS_membarrier, a[0], a[1], 0));
	case C_SHMGET: case C_SHMAT: case C_SHMDT: case C_SHMRM:
		return call_shm(p, c);
	case C_RLIMIT:
		return call_rlimit(a);
	case C_FUTEX:
		return call_futex(a);
	case C_VFORK:
		return call_vfork(p);
	default:
		return -ENOSYS;
	}
}

#endif
