// SPDX-License-Identifier: MIT
/*
 * test_overcommit.c - what may be promised, in the three modes of overcommit_memory.
 *
 * For mode 2 the limit is put ROOM above what is promised already. Linux counts with
 * errors of a few MiB, so that sizes stay as far from the edge.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include "vmutil.h"

#define MIB		(1ul << 20)
#define ROOM		(96 * MIB)
#define NORES		(PRIV | MAP_NORESERVE)
#define SHARED		(MAP_SHARED | MAP_ANONYMOUS)
#define SYS_VM		"/proc/sys/vm/"

static long meminfo(const char *key)
{
	char *p = strstr(vm_proc("/proc/meminfo"), key);

	return p ? atol(p + strlen(key)) : -1;
}

static long get(const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), SYS_VM "%s", name);
	return atol(vm_proc(path));
}

/* 0 or -1 with errno, as write() */
static int set(const char *name, const char *value)
{
	char path[80];
	int fd, n, error;

	snprintf(path, sizeof(path), SYS_VM "%s", name);
	fd = open(path, O_WRONLY);
	n = write(fd, value, strlen(value));
	error = errno;
	close(fd);
	errno = error;
	return n == (int)strlen(value) ? 0 : -1;
}

static void set_number(const char *name, long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	if (set(name, text))
		bail("%s", name);
}

static void set_mode(int mode)
{
	set_number("overcommit_memory", mode);
}

/* the limit is @room above what is promised */
static void leave_room(unsigned long room)
{
	set_number("overcommit_kbytes", meminfo("\nCommitted_AS:") + room / 1024);
}

static char *map(unsigned long bytes, int prot, int flags)
{
	return mmap(NULL, bytes, prot, flags, -1, 0);
}

/* 1: can be had, and is given back; 0: ENOMEM */
static int can_map(unsigned long bytes, int prot, int flags)
{
	char *p = map(bytes, prot, flags);

	if (p == MAP_FAILED)
		return errno == ENOMEM ? 0 : -errno;
	munmap(p, bytes);
	return 1;
}

static int about(long kb, unsigned long bytes)
{
	long off = kb - (long)(bytes / 1024);

	return off > -4096 && off < 4096;
}

/* the status of a child that runs @func: 0, or 256 for ENOMEM of fork itself */
static int in_child(int (*func)(void))
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return errno == ENOMEM ? 256 : -1;
	if (!pid)
		_exit(func ? func() : 0);
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- the files ------------------------------------------------------------------------- */

static void test_files(void)
{
	long total = meminfo("MemTotal:"), limit = meminfo("\nCommitLimit:");

	is_int(get("overcommit_memory"), 0, "mode 0");
	is_int(get("overcommit_ratio"), 50, "half of the memory");
	is_int(get("overcommit_kbytes"), 0, "no kbytes");
	ok(limit <= total / 2 && limit > total / 2 - 8, "CommitLimit is half");
	is(set("overcommit_kbytes", "123456"), 0, 0, "kbytes");
	is_int(meminfo("\nCommitLimit:"), 123456, "CommitLimit is that");
	is_int(get("overcommit_ratio"), 0, "and the ratio 0");
	is(set("overcommit_ratio", "80"), 0, 0, "a ratio");
	is_int(get("overcommit_kbytes"), 0, "the kbytes are gone");
	ok(meminfo("\nCommitLimit:") > total / 100 * 79, "CommitLimit is 80 percent");
	is(set("overcommit_ratio", "250"), 0, 0, "more than there is");
	ok(meminfo("\nCommitLimit:") > total * 2, "is a limit too");
	is(set("overcommit_ratio", "50"), 0, 0, "50 again");
	is(set("overcommit_memory", "3"), -1, EINVAL, "no mode 3");
	is(set("overcommit_memory", "-1"), -1, EINVAL, "nor -1");
	is(set("overcommit_kbytes", "x"), -1, EINVAL, "no number");
	ok(get("admin_reserve_kbytes") <= 8192 && get("admin_reserve_kbytes") > 0, "a reserve");
	ok(get("user_reserve_kbytes") <= 131072 && get("user_reserve_kbytes") > 0, "another");
}

/* --- modes 0 and 1 --------------------------------------------------------------------- */

static void test_guess(void)
{
	unsigned long ram = meminfo("MemTotal:") * 1024ul, most = ram / 4 * 3 & ~4095ul;
	long before = meminfo("\nCommitted_AS:");
	char *p, *q;

	is_int(can_map(ram + 64 * MIB, RW, PRIV), 0, "mode 0: not more than the machine has");
	is_int(can_map(ram + 64 * MIB, RW, SHARED), 0, "nor shared");
	is_int(can_map(ram + 64 * MIB, RW, NORES), 1, "MAP_NORESERVE: yes");
	is_int(can_map(ram + 64 * MIB, PROT_READ, PRIV), 1, "and what nobody writes");
	p = map(most, RW, PRIV);
	q = map(most, RW, PRIV);
	ok(p != MAP_FAILED && q != MAP_FAILED, "twice three quarters");
	ok(about(meminfo("\nCommitted_AS:") - before, 2 * most), "are promised");
	ok(mremap(q, most, most + ram + 64 * MIB, MREMAP_MAYMOVE) == MAP_FAILED && errno == ENOMEM,
	   "mremap by more than there is");
	munmap(p, most);
	munmap(q, most);
	p = map(64 * MIB, RW, NORES);
	ok(about(meminfo("\nCommitted_AS:") - before, 0), "MAP_NORESERVE promises nothing");
	is(mprotect(p, 64 * MIB, PROT_READ) | mprotect(p, 64 * MIB, RW), 0, 0, "nor later");
	ok(about(meminfo("\nCommitted_AS:") - before, 0), "by mprotect");
	munmap(p, 64 * MIB);
	p = map(64 * MIB, PROT_READ, PRIV);
	is(mprotect(p, 32 * MIB, RW), 0, 0, "writable now");
	ok(about(meminfo("\nCommitted_AS:") - before, 32 * MIB), "is a promise");
	is(mprotect(p, 32 * MIB, PROT_READ), 0, 0, "not writable any more");
	ok(about(meminfo("\nCommitted_AS:") - before, 32 * MIB), "still is");
	munmap(p, 64 * MIB);
	ok(about(meminfo("\nCommitted_AS:") - before, 0), "all is given back");
}

static void test_always(void)
{
	long before = meminfo("\nCommitted_AS:");
	char *p;

	set_mode(1);
	p = map(1ul << 42, RW, PRIV);
	ok(p != MAP_FAILED, "mode 1: 4 TiB");
	ok(meminfo("\nCommitted_AS:") - before > 4000000000l, "are counted");
	munmap(p, 1ul << 42);
	is_int(can_map(1ul << 42, RW, SHARED), 1, "shared as well");
	p = map(1ul << 42, RW, NORES);
	ok(about(meminfo("\nCommitted_AS:") - before, 0), "not with MAP_NORESERVE");
	munmap(p, 1ul << 42);
	set_mode(0);
}

/* --- mode 2 ------------------------------------------------------------------------------ */

static void test_never(void)
{
	char *p, *q;
	int fd;

	leave_room(ROOM);
	p = map(64 * MIB, RW, PRIV);
	ok(p != MAP_FAILED, "mode 2: two thirds of the room");
	is_int(can_map(64 * MIB, RW, PRIV), 0, "not once more");
	is_int(can_map(64 * MIB, RW, NORES), 0, "MAP_NORESERVE is no word");
	is_int(can_map(64 * MIB, RW, SHARED), 0, "nor shared");
	is_int(can_map(64 * MIB, RW, SHARED | MAP_NORESERVE), 0, "nor both");
	is(shmget(IPC_PRIVATE, 64 * MIB, 0600), -1, ENOMEM, "nor a segment");
	is_int(can_map(64 * MIB, PROT_READ, PRIV), 1, "what is only read");
	is_int(can_map(64 * MIB, PROT_NONE, PRIV), 1, "or not at all");
	is_int(can_map(16 * MIB, RW, PRIV), 1, "and less");
	q = map(64 * MIB, PROT_READ, PRIV);
	is(mprotect(q, 64 * MIB, RW), -1, ENOMEM, "mprotect to writable");
	is_int(vm_write(q, 1), 1102, "changed nothing");
	is(mprotect(q, 16 * MIB, RW), 0, 0, "a part of it");
	is(mprotect(q, 64 * MIB, RW), -1, ENOMEM, "the rest");
	munmap(q, 64 * MIB);
	q = mremap(p, 64 * MIB, 128 * MIB, MREMAP_MAYMOVE);
	ok(q == MAP_FAILED && errno == ENOMEM, "mremap to more than the room");
	q = mremap(p, 64 * MIB, 72 * MIB, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED, "to less");
	ok(mremap(q, 72 * MIB, 64 * MIB, 0) == q, "and back");
	p = q;
	fd = syscall(SYS_memfd_create, "f", 0);
	is(ftruncate(fd, 64 * MIB), 0, 0, "a file");
	ok(mmap(NULL, 64 * MIB, RW, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == ENOMEM,
	   "a private mapping that is written");
	q = mmap(NULL, 64 * MIB, RW, MAP_SHARED, fd, 0);
	ok(q != MAP_FAILED, "not a shared one of a file");
	munmap(q, 64 * MIB);
	close(fd);
	munmap(p, 64 * MIB);
	is_int(can_map(64 * MIB, RW, PRIV), 1, "what was given back can be had again");
}

/* what takes the place of a promise is measured without it */
static void test_replaced(void)
{
	char *p = map(64 * MIB, RW, PRIV), *q;

	q = mmap(p, 64 * MIB, RW, PRIV | MAP_FIXED, -1, 0);
	ok(q == p, "MAP_FIXED over as much");
	q = mmap(p + 16 * MIB, 48 * MIB, RW, PRIV | MAP_FIXED, -1, 0);
	ok(q == p + 16 * MIB, "over a part");
	ok(mmap(p + 32 * MIB, 96 * MIB, RW, PRIV | MAP_FIXED, -1, 0) == MAP_FAILED &&
	   errno == ENOMEM, "more than that and the room");
	munmap(p, 128 * MIB);
	p = map(40 * MIB, RW, PRIV);
	q = map(40 * MIB, RW, PRIV);
	ok(p != MAP_FAILED && q != MAP_FAILED, "two of 40 MiB");
	ok(mremap(p, 40 * MIB, 40 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q,
	   "one takes the place of the other");
	ok(mremap(q, 40 * MIB, 40 * MIB, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p, "and moves back");
	munmap(p, 40 * MIB);
	p = map(80 * MIB, RW, PRIV);
	munmap(p + 64 * MIB, 16 * MIB);
	q = mmap(p + 64 * MIB, K4, PROT_NONE, NORES | MAP_FIXED, -1, 0);
	q = mremap(p, 64 * MIB, 72 * MIB, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && q != p, "a move for a little more");
	munmap(q, 72 * MIB);
	munmap(p + 64 * MIB, K4);
	p = map(64 * MIB, RW, PRIV);
	ok(mremap(p, 64 * MIB, 64 * MIB, MREMAP_MAYMOVE | 4) == MAP_FAILED && errno == ENOMEM,
	   "MREMAP_DONTUNMAP gives nothing back");
	munmap(p, 64 * MIB);
}

static unsigned long brk_to(unsigned long addr)
{
	return syscall(SYS_brk, addr);
}

static void test_brk(void)
{
	unsigned long old = brk_to(0);

	ok(brk_to(old + 128 * MIB) == old, "brk: more than the room");
	ok(brk_to(old + 32 * MIB) == old + 32 * MIB, "less");
	ok(brk_to(old + 128 * MIB) == old + 32 * MIB, "more again");
	ok(brk_to(old) == old, "and back");
}

static int deep(unsigned long bytes)
{
	volatile char page[4096];

	page[0] = bytes;
	return bytes > 4096 ? deep(bytes - 4096) + page[0] : 0;
}

static int deep_stack(void)
{
	struct rlimit unlimited = { 256 * MIB, 256 * MIB };

	if (map(80 * MIB, RW, PRIV) == MAP_FAILED)
		return 98;		/* little is left: a small machine has so much memory */
	setrlimit(RLIMIT_STACK, &unlimited);
	signal(SIGSEGV, SIG_DFL);
	deep(200 * MIB);
	return 0;
}

static void test_fork(void)
{
	char *p = map(64 * MIB, RW, PRIV);

	is_int(in_child(NULL), 256, "fork: the child would need as much again");
	is(madvise(p, 64 * MIB, MADV_DONTFORK), 0, 0, "DONTFORK");
	is_int(in_child(NULL), 0, "it does not get it");
	munmap(p, 64 * MIB);
	p = map(64 * MIB, RW, PRIV);
	is(mprotect(p, 64 * MIB, PROT_READ), 0, 0, "a promise once given");
	is_int(in_child(NULL), 256, "is asked for again");
	munmap(p, 64 * MIB);
	p = map(64 * MIB, PROT_READ, PRIV);
	is_int(in_child(NULL), 0, "what is no promise is not");
	munmap(p, 64 * MIB);
	is_int(in_child(deep_stack), 1000 + SIGSEGV, "the stack ends where the room does");
}

static int as_nobody(void)
{
	if (setresuid(1000, 1000, 1000))
		return 99;
	return can_map(64 * MIB, RW, PRIV);
}

static int as_root(void)
{
	return can_map(64 * MIB, RW, PRIV);
}

static void test_reserves(void)
{
	long admin = get("admin_reserve_kbytes"), user = get("user_reserve_kbytes");
	char *p;

	set_number("admin_reserve_kbytes", 48 * 1024);
	is_int(in_child(as_root), 1, "the reserve of the administrator");
	is_int(in_child(as_nobody), 0, "is not for others");
	set_number("admin_reserve_kbytes", 0);
	is_int(in_child(as_nobody), 1, "none");
	set_number("admin_reserve_kbytes", admin);
	/* a 32nd of a large process is left to others, but no more than the reserve */
	p = map(2048 * MIB, PROT_NONE, PRIV);
	set_number("user_reserve_kbytes", 128 * 1024);
	is_int(can_map(64 * MIB, RW, PRIV), 0, "a large process");
	set_number("user_reserve_kbytes", 4 * 1024);
	is_int(can_map(64 * MIB, RW, PRIV), 1, "and a small reserve");
	set_number("user_reserve_kbytes", user);
	munmap(p, 2048 * MIB);
	is_int(can_map(64 * MIB, RW, PRIV), 1, "a small process");
}

int main(void)
{
	plan(0);
	vm_catch();
	test_files();
	test_guess();
	test_always();
	set_mode(2);
	test_never();
	test_replaced();
	test_brk();
	test_fork();
	test_reserves();
	set_mode(0);
	set_number("overcommit_ratio", 50);
	return done();
}
