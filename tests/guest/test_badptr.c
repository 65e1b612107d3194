// SPDX-License-Identifier: MIT
/*
 * test_badptr.c - system calls with every pointer wrong: EFAULT, never more, and
 * nothing read or written that should not be.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

static long raw(long nr, long a, long b, long c, long d, long e)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = e;
	long ret;

	asm volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
		     : "rcx", "r11", "memory");
	return ret;
}

static const struct {
	const char *name;
	unsigned long addr;
} bad[] = {
	{ "NULL", 0 },
	{ "page 0", 0x10 },
	{ "unmapped", 0x123456789000 },
	{ "last page", 0x7ffffffff000 - 1 },
	{ "end of user memory", 0x7ffffffff000 },
	{ "non-canonical", 0x800000000000 },
	{ "direct map", 0xffff888000001000 },
	{ "kernel text", 0xffffffff81000000 },
	{ "minus one", 0xffffffffffffffff },
};
#define NR_BAD ((int)(sizeof(bad) / sizeof(bad[0])))

static int fds[2], file;

#define ALL(call, want, what)							\
do {										\
	int i_, good_ = 1;							\
	long got_ = 0;								\
	for (i_ = 0; i_ < NR_BAD; i_++) {					\
		long p = (long)bad[i_].addr;					\
		(void)p;							\
		got_ = (call);							\
		if (got_ != (want)) {						\
			good_ = 0;						\
			diag("%s with %s: %ld", what, bad[i_].name, got_);	\
		}								\
	}									\
	ok(good_, "%s", what);							\
} while (0)

static void pointers(void)
{
	ALL(raw(SYS_write, fds[1], p, 16, 0, 0), -EFAULT, "write to a pipe");
	ALL(raw(SYS_read, file, p, 16, 0, 0), -EFAULT, "read of a file");
	ALL(raw(SYS_open, p, O_RDONLY, 0, 0, 0), -EFAULT, "open");
	ALL(raw(SYS_stat, (long)"/", p, 0, 0, 0), -EFAULT, "stat to");
	ALL(raw(SYS_stat, p, (long)&file, 0, 0, 0), -EFAULT, "stat of");
	ALL(raw(SYS_pipe, p, 0, 0, 0, 0), -EFAULT, "pipe");
	ALL(raw(SYS_uname, p, 0, 0, 0, 0), -EFAULT, "uname");
	ALL(raw(SYS_sysinfo, p, 0, 0, 0, 0), -EFAULT, "sysinfo");
	ALL(raw(SYS_clock_gettime, CLOCK_MONOTONIC, p, 0, 0, 0), -EFAULT, "clock_gettime");
	ALL(raw(SYS_getcwd, p, 4096, 0, 0, 0), -EFAULT, "getcwd");
	ALL(raw(SYS_chdir, p, 0, 0, 0, 0), -EFAULT, "chdir");
	ALL(raw(SYS_mkdir, p, 0700, 0, 0, 0), -EFAULT, "mkdir");
	ALL(raw(SYS_unlink, p, 0, 0, 0, 0), -EFAULT, "unlink");
	ALL(raw(SYS_rename, (long)"/x", p, 0, 0, 0), -EFAULT, "rename");
	ALL(raw(SYS_readlink, (long)"/proc/self/exe", p, 64, 0, 0), -EFAULT, "readlink");
	ALL(raw(SYS_execve, p, 0, 0, 0, 0), -EFAULT, "execve of");
	ALL(raw(SYS_nanosleep, p, 0, 0, 0, 0), -EFAULT, "nanosleep");
	ALL(raw(SYS_writev, fds[1], p, 1, 0, 0), -EFAULT, "writev, the vector");
	ALL(raw(SYS_getrlimit, RLIMIT_NOFILE, p, 0, 0, 0), -EFAULT, "getrlimit");
	ALL(raw(SYS_getrusage, RUSAGE_SELF, p, 0, 0, 0), -EFAULT, "getrusage");
	ALL(raw(SYS_getrandom, p, 16, 0, 0, 0), -EFAULT, "getrandom");
	ALL(raw(SYS_poll, p, 1, 0, 0, 0), -EFAULT, "poll");
	ALL(raw(SYS_getdents64, file, p, 1024, 0, 0), -ENOTDIR, "getdents64 of a file");
}

static void optional(void)
{
	int i, good = 1;

	/* NULL means "nothing" to these: begin with the next */
	for (i = 1; i < NR_BAD; i++) {
		long p = (long)bad[i].addr;

		good &= raw(SYS_rt_sigaction, SIGUSR1, p, 0, 8, 0) == -EFAULT;
		good &= raw(SYS_rt_sigaction, SIGUSR1, 0, p, 8, 0) == -EFAULT;
		good &= raw(SYS_rt_sigprocmask, SIG_BLOCK, p, 0, 8, 0) == -EFAULT;
		good &= raw(SYS_rt_sigprocmask, SIG_BLOCK, 0, p, 8, 0) == -EFAULT;
		good &= raw(SYS_sigaltstack, p, 0, 0, 0, 0) == -EFAULT;
		good &= raw(SYS_gettimeofday, p, 0, 0, 0, 0) == -EFAULT;
		good &= raw(SYS_time, p, 0, 0, 0, 0) == -EFAULT;
		good &= raw(SYS_times, p, 0, 0, 0, 0) == -EFAULT;
		good &= raw(SYS_select, 1, p, 0, 0, 0) == -EFAULT;
		if (!good) {
			diag("with %s", bad[i].name);
			break;
		}
	}
	ok(good, "optional pointers");
}

static void wait_status(void)
{
	int i, good = 1;

	for (i = 1; i < NR_BAD; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(3);
		good &= raw(SYS_wait4, pid, (long)bad[i].addr, 0, 0, 0) == -EFAULT;
		/* the child is gone all the same */
		good &= raw(SYS_wait4, pid, 0, 0, 0, 0) == -ECHILD;
	}
	ok(good, "wait4");
}

/* A buffer whose second page is missing: what can be done is done. */
static void straddle(void)
{
	char *m = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *end = m + 4096;
	struct stat *st = (struct stat *)(end - 8);
	struct iovec iov[2] = { { m, 4 }, { end, 4 } };
	char c;

	munmap(end, 4096);
	memset(m, 'a', 4096);
	is_int(raw(SYS_uname, (long)(end - 8), 0, 0, 0, 0), -EFAULT, "uname across the edge");
	is_int(raw(SYS_stat, (long)"/", (long)st, 0, 0, 0), -EFAULT, "stat across the edge");
	end[-1] = '/';
	is_int(raw(SYS_open, (long)(end - 1), O_RDONLY, 0, 0, 0), -EFAULT,
	       "a path without an end");
	memcpy(end - 2, "/", 2);
	c = raw(SYS_access, (long)(end - 2), F_OK, 0, 0, 0);
	is_int(c, 0, "a path that ends with the page");
	is_int(raw(SYS_writev, fds[1], (long)iov, 2, 0, 0), -EFAULT, "writev with a bad part");
	is_int(raw(SYS_write, fds[1], (long)end, 1, 0, 0), -EFAULT, "the bad part alone fails");
	is_int(raw(SYS_read, file, (long)(m + 8), 0, 0, 0), 0, "nothing to read needs no buffer");
	munmap(m, 4096);
}

static void read_only(void)
{
	char *m = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *lazy = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	is_int(raw(SYS_read, file, (long)m, 16, 0, 0), -EFAULT, "read into a read-only page");
	is_int(raw(SYS_uname, (long)m, 0, 0, 0, 0), -EFAULT, "uname into a read-only page");
	is_int(raw(SYS_getrandom, (long)lazy + 4090, 100, 0, 0, 0), 100,
	       "the kernel may be the first to touch a page");
	munmap(m, 4096);
	munmap(lazy, 65536);
}

static void nothing(int sig)
{
}

/* Many calls, all arguments wild, in a child: it lives, or dies by itself. */
static void storm(void)
{
	static const int calls[] = {
		SYS_read, SYS_write, SYS_open, SYS_stat, SYS_fstat, SYS_lstat, SYS_poll,
		SYS_lseek, SYS_rt_sigprocmask, SYS_ioctl, SYS_pread64, SYS_readv, SYS_writev,
		SYS_access, SYS_pipe, SYS_select, SYS_mincore, SYS_madvise, SYS_nanosleep,
		SYS_getitimer, SYS_uname, SYS_fcntl, SYS_truncate, SYS_getcwd, SYS_chdir,
		SYS_rename, SYS_link, SYS_symlink, SYS_readlink, SYS_chmod, SYS_gettimeofday,
		SYS_getrlimit, SYS_getrusage, SYS_sysinfo, SYS_times, SYS_getgroups,
		SYS_sigaltstack, SYS_statfs, SYS_futex, SYS_sched_getaffinity, SYS_getdents64,
		SYS_clock_gettime, SYS_openat, SYS_newfstatat, SYS_pselect6, SYS_ppoll,
		SYS_utimensat, SYS_pipe2, SYS_prlimit64, SYS_getrandom, SYS_statx, SYS_execve,
		SYS_mount, SYS_rt_sigaction, SYS_mremap, SYS_msync,
	};
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } };
	struct sigaction sa = { .sa_handler = nothing };
	unsigned long x = 88172645463325252ul;
	unsigned int i, j;
	int status;

	if (!fork()) {
		sigaction(SIGALRM, &sa, NULL);	/* no SA_RESTART: what blocks is ended */
		setitimer(ITIMER_REAL, &it, NULL);
		close(0);
		for (i = 0; i < 4000; i++) {
			long a[5];

			for (j = 0; j < 5; j++) {
				x ^= x << 13;
				x ^= x >> 7;
				x ^= x << 17;
				a[j] = x & 8 ? (long)bad[x / 64 % NR_BAD].addr : (long)x;
			}
			raw(calls[i % (sizeof(calls) / sizeof(calls[0]))],
			    a[0] | (long)0xffffffff00000000, a[1], a[2], a[3], a[4]);
		}
		_exit(0);
	}
	wait(&status);
	is_int(status, 0, "4000 wild calls");
}

int main(void)
{
	plan(0);
	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds))
		bail("pipe");
	file = open("/proc/self/exe", O_RDONLY);
	if (file < 0)
		bail("open");
	pointers();
	optional();
	wait_status();
	straddle();
	read_only();
	storm();
	return done();
}
