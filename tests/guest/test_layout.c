// SPDX-License-Identifier: MIT
/*
 * test_layout.c - where a program's memory lies: the order of areas, which bits of an
 * address are random and what switches that off, what the limit of the stack and the
 * personality change.
 */
#define _GNU_SOURCE
#include <sys/personality.h>
#include "vmutil.h"

#define TOP	0x7ffffffff000ul	/* where programs' addresses end */

struct place {
	unsigned long stack_end, stack_pages, map, brk, text, vdso;
	char stack[5], heap[5], plain[5], zero[5];
	unsigned int personality;
};

static char *program;

/* what the line of maps that has @at says: its permissions; *@start, *@end */
static const char *area_of(unsigned long at, unsigned long *start, unsigned long *end)
{
	static char perms[8];
	char *line = vm_proc("/proc/self/maps");

	for (; *line; line = strchr(line, '\n') + 1)
		if (sscanf(line, "%lx-%lx %7s", start, end, perms) == 3 && at >= *start && at < *end)
			return perms;
	*start = *end = 0;
	return "none";
}

/* as a fresh program: tell the parent */
static int look(void)
{
	struct place p = { .text = (unsigned long)look & ~0xfffff };
	unsigned long start, end;
	char *name;

	p.brk = syscall(SYS_brk, 0);
	syscall(SYS_brk, p.brk + K4);
	snprintf(p.heap, 5, "%s", area_of(p.brk, &start, &end));
	p.map = (unsigned long)mmap(NULL, K4, PROT_READ, PRIV, -1, 0);
	snprintf(p.plain, 5, "%s", area_of(p.map, &start, &end));
	snprintf(p.stack, 5, "%s", area_of((unsigned long)&p, &start, &p.stack_end));
	p.stack_pages = (p.stack_end - start) / K4;
	snprintf(p.zero, 5, "%s", area_of(0, &start, &end));
	name = strstr(vm_proc("/proc/self/maps"), "[vdso]");
	while (name && name[-1] != '\n')
		name--;
	p.vdso = name ? strtoul(name, NULL, 16) : 0;
	p.personality = personality(0xffffffff);
	return write(1, &p, sizeof(p)) != sizeof(p);
}

static struct place run(unsigned long persona, unsigned long stack_limit)
{
	char *argv[] = { program, "look", NULL }, *env[] = { NULL };
	struct rlimit limit = { stack_limit, RLIM_INFINITY };
	struct place p = { 0 };
	int fds[2];
	pid_t pid;

	pipe(fds);
	pid = fork();
	if (pid == 0) {
		personality(persona);
		if (stack_limit)
			setrlimit(RLIMIT_STACK, &limit);
		dup2(fds[1], 1);
		execve(program, argv, env);
		_exit(9);
	}
	close(fds[1]);
	read(fds[0], &p, sizeof(p));
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return p;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		diag("%s: cannot write %s", path, text);
	close(fd);
}

#define RANDOMIZE "/proc/sys/kernel/randomize_va_space"

static void test_fixed(void)
{
	struct place p = run(ADDR_NO_RANDOMIZE, 0), q = run(ADDR_NO_RANDOMIZE, 0);

	ok(!memcmp(&p, &q, sizeof(p)), "ADDR_NO_RANDOMIZE: the same each time");
	ok(p.stack_end == TOP, "the stack ends where programs' addresses do");
	is_int(p.stack_pages, 33, "it has 33 pages to begin with");
	ok(p.text == 0x400000, "the program");
	ok(p.text < p.brk && p.brk < p.map && p.map < p.stack_end, "program, heap, mappings, stack");
	ok(p.brk < p.text + (1 << 21), "the heap follows the program");
	ok(p.map < p.vdso && p.vdso < p.stack_end, "the vDSO is between mappings and stack");
	is_int((p.stack_end - p.map) >> 20, 128, "MiB from mappings to the end");
	q = run(ADDR_NO_RANDOMIZE, 1ul << 30);
	is_int((p.map - q.map) >> 20, 1024 + 1 - 128,
	       "a stack of 1 GiB and its guard are left free");
	q = run(ADDR_NO_RANDOMIZE, 16 * K4);
	ok(q.stack_pages == 16, "a stack of 64 KiB has all of them");
	ok(q.map == p.map, "mappings lie as before: 128 MiB are the least");
	q = run(ADDR_NO_RANDOMIZE, RLIM_INFINITY);
	ok(q.map < TOP / 6 + K4 && q.map > TOP / 6 - (1 << 21),
	   "no limit: mappings go down from a sixth");
	q = run(ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT, 0);
	ok(q.map >= TOP / 3 && q.map < TOP / 3 + (1 << 21),
	   "ADDR_COMPAT_LAYOUT: mappings go up from a third");
}

/* among 64 places: how far apart they are, as a power of 2 rounded up, and the bits that differ */
struct spread {
	unsigned long low, high, bits, first;
};

static void note(struct spread *s, unsigned long at)
{
	s->first = s->first ? s->first : at;
	s->bits |= at ^ s->first;
	s->low = !s->low || at < s->low ? at : s->low;
	s->high = at > s->high ? at : s->high;
}

/* of 2^@log bytes, by pages: half of it at least is between the first and the last of 64 */
static int is_spread(const struct spread *s, int log)
{
	unsigned long span = s->high - s->low;

	if (log == 0)
		return span == 0;
	return span < 1ul << log && span >= 1ul << (log - 1) && s->bits & K4 && !(s->bits & 0xfff);
}

static void test_random(int level)
{
	struct spread stack = { 0 }, map = { 0 }, brk = { 0 }, vdso = { 0 };
	char text[4];
	int i;

	snprintf(text, sizeof(text), "%d", level);
	put(RANDOMIZE, text);
	is_int(atoi(vm_proc(RANDOMIZE)), level, "randomize_va_space");
	for (i = 0; i < 64; i++) {
		struct place p = run(0, 0);

		note(&stack, p.stack_end);
		note(&map, p.map);
		note(&brk, p.brk);
		note(&vdso, p.vdso);
	}
	ok(is_spread(&stack, level ? 34 : 0), "the stack's end: %d bits", level ? 22 : 0);
	ok(is_spread(&map, level ? 40 : 0), "mappings: %d bits", level ? 28 : 0);
	ok(is_spread(&brk, level > 1 ? 30 : 0), "the heap: %d bits", level > 1 ? 18 : 0);
	ok(!vdso.bits == !level, "the vDSO %s", level ? "too" : "neither");
	ok(!level || stack.high <= TOP, "the stack is the last");
	ok(map.high < stack.low, "mappings are below any stack");
	put(RANDOMIZE, "2");
}

static void test_persona(void)
{
	struct place p = run(ADDR_NO_RANDOMIZE, 0);
	char *q;

	is_str(p.plain, "r--p", "PROT_READ");
	is_str(p.heap, "rw-p", "the heap");
	is_str(p.stack, "rw-p", "the stack");
	is_str(p.zero, "none", "nothing at 0");
	p = run(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC, 0);
	is_int(p.personality, ADDR_NO_RANDOMIZE, "READ_IMPLIES_EXEC ends at exec");
	is_str(p.plain, "r--p", "PROT_READ");
	is_str(p.heap, "rw-p", "the heap");
	is_str(p.stack, "rw-p", "the stack");
	p = run(MMAP_PAGE_ZERO, 0);
	is_str(p.zero, "r-xp", "MMAP_PAGE_ZERO");
	personality(READ_IMPLIES_EXEC);
	q = mmap(NULL, K4, PROT_READ, PRIV, -1, 0);
	is_str(vm_areas(q, 1), "0+1 r-xp", "mmap");
	mprotect(q, K4, PROT_WRITE);
	is_str(vm_areas(q, 1), "0+1 -w-p", "mprotect without PROT_READ");
	mprotect(q, K4, RW);
	is_str(vm_areas(q, 1), "0+1 rwxp", "and with it");
	munmap(q, K4);
	personality(0);
}

/* prlimit(2) of another process, by ids */
static int other_limits(int uid)
{
	struct rlimit r = { 100, 200 }, old = { 0, 0 };
	int status;
	pid_t pid = fork(), by;

	if (pid == 0) {
		for (;;)
			pause();
	}
	by = fork();
	if (by == 0) {
		if (uid && setresuid(uid, uid, uid))
			_exit(99);
		if (syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, &r, &old))
			_exit(errno);
		if (syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, &r) || r.rlim_cur != 100)
			_exit(98);
		_exit(old.rlim_max > 200 ? 0 : 97);
	}
	waitpid(by, &status, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return WEXITSTATUS(status);
}

static void test_prlimit(void)
{
	struct rlimit r = { 200, 100 };

	is_int(other_limits(0), 0, "prlimit of another process");
	is_int(other_limits(1000), EPERM, "of another user's");
	is(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &r, NULL), -1, EINVAL, "soft above hard");
	r.rlim_max = 1ul << 40;
	is(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &r, NULL), -1, EPERM, "above fs.nr_open");
	is(syscall(SYS_prlimit64, 0, RLIM_NLIMITS, NULL, &r), -1, EINVAL, "no such limit");
	is(syscall(SYS_prlimit64, -1, RLIMIT_NOFILE, NULL, &r), -1, ESRCH, "nobody");
	is(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, (void *)8, NULL), -1, EFAULT, "no limit there");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return look();
	program = argv[0];
	plan(0);
	test_fixed();
	test_random(2);
	test_random(1);
	test_random(0);
	test_persona();
	test_prlimit();
	return done();
}
