// SPDX-License-Identifier: MIT
/*
 * test_pkey.c - protection keys: the three calls with every error, what a key denies to
 * the program and to the kernel on its behalf, memory that may be executed only, and who
 * inherits rights and keys. On a CPU without keys: what the calls say there.
 */
#define _GNU_SOURCE
#include "vmutil.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/uio.h>
#include <ucontext.h>

#define DENY_ACCESS	1
#define DENY_WRITE	2
#define PKRU_AT_START	0x55555554u
#define PKUERR		1104
#define MPOL_F_NODE	1
#define MPOL_F_ADDR	2
#define ACCERR		1102

static int has_keys;
static char *area;		/* four private pages */

/* --- the register, the calls ------------------------------------------------- */

static unsigned int rdpkru(void)
{
	unsigned int pkru, rest;

	asm volatile(".byte 0x0f,0x01,0xee" : "=a"(pkru), "=d"(rest) : "c"(0));
	return pkru;
}

static void wrpkru(unsigned int pkru)
{
	asm volatile(".byte 0x0f,0x01,0xef" : : "a"(pkru), "c"(0), "d"(0) : "memory");
}

static int key_alloc(unsigned long flags, unsigned long rights)
{
	return syscall(SYS_pkey_alloc, flags, rights);
}

static int key_free(int key)
{
	return syscall(SYS_pkey_free, key);
}

static int key_protect(void *p, size_t len, int prot, int key)
{
	return syscall(SYS_pkey_mprotect, p, len, prot, key);
}

static void deny(int key, unsigned int rights)
{
	wrpkru((rdpkru() & ~(3u << 2 * key)) | rights << 2 * key);
}

/* a number of smaps for the area that has @p; -1: no such line */
static long smaps(void *p, const char *field)
{
	unsigned long from, to, at = (unsigned long)p;
	char *line = vm_proc("/proc/self/smaps");
	int here = 0;

	for (; *line; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = at >= from && at < to;
		else if (here && !strncmp(line, field, strlen(field)))
			return atol(strchr(line, ':') + 1);
	}
	return -1;
}

#define key_of(p)	smaps(p, "ProtectionKey:")

/* --- the calls ----------------------------------------------------------------- */

static void no_keys(void)
{
	is(key_alloc(0, 0), -1, ENOSPC, "no key to have");
	is(key_alloc(0, DENY_WRITE), -1, ENOSPC, "nor one with less rights");
	is(key_alloc(1, 0), -1, EINVAL, "a flag");
	is(key_alloc(0, 4), -1, EINVAL, "no such right");
	is(key_free(0), -1, EINVAL, "key 0 was not given out");
	is(key_free(1), -1, EINVAL, "nor key 1");
	is(key_protect(area, K4, PROT_READ, 0), -1, EINVAL, "pages cannot have key 0");
	is(key_protect(area, K4, PROT_READ, 1), -1, EINVAL, "nor key 1");
	is(key_protect(area, K4, PROT_READ, -1), 0, 0, "no key is mprotect");
	is_str(vm_areas(area, 4), "0+1 r--p,1+3 rw-p", "so it did");
	is(key_protect(area, K4, RW, -1), 0, 0, "and back");
	is(mprotect(area, K4, PROT_EXEC), 0, 0, "pages to execute only");
	ok(vm_read(area) >= 0, "can be read");
	is(mprotect(area, K4, RW), 0, 0, "and back");
	is_int(key_of(area), -1, "no line in smaps");
}

static void calls(void)
{
	int i;

	is(key_alloc(1, 0), -1, EINVAL, "pkey_alloc: a flag");
	is(key_alloc(0, 4), -1, EINVAL, "no such right");
	is(key_alloc(0, ~0ul), -1, EINVAL, "no such rights");
	is(key_free(1), -1, EINVAL, "pkey_free: not given out");
	is(key_free(-1), -1, EINVAL, "no key");
	is(key_free(16), -1, EINVAL, "no such key");
	for (i = 1; i < 16; i++)
		is(key_alloc(0, i % 4), i, 0, "key %d", i);
	is(key_alloc(0, 0), -1, ENOSPC, "all are given out");
	is_int(rdpkru(), 0xe4e4e4e4u, "and the rights to them taken");
	is(key_free(5), 0, 0, "one comes back");
	is(key_free(5), -1, EINVAL, "once");
	is_int(rdpkru() >> 10 & 3, 1, "the rights stay");
	is(key_alloc(0, DENY_WRITE), 5, 0, "and is given out again");
	is_int(rdpkru() >> 10 & 3, 2, "with new rights");
	for (i = 1; i < 16; i++)
		key_free(i);
	wrpkru(PKRU_AT_START);
}

static void free_zero(void)
{
	if (key_free(0) || key_free(0) != -1 || errno != EINVAL)
		_exit(1);
	if (key_protect(area, K4, RW, 0) != -1 || errno != EINVAL)
		_exit(2);
	_exit(key_alloc(0, 0) == 0 ? 0 : 3);
}

static void protect_errors(void)
{
	char *p = vm_place(4);
	int key = key_alloc(0, 0), fd = open("/proc/self/exe", O_RDONLY);
	char *file = mmap(NULL, K4, PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	is(key, 1, 0, "key 1");
	is(key_protect(area, K4, RW, 2), -1, EINVAL, "a key that was not given out");
	is(key_protect(area, K4, RW, 16), -1, EINVAL, "no such key");
	is(key_protect(area, K4, RW, -2), -1, EINVAL, "a negative one");
	is(key_protect(area, 0, RW, 77), 0, 0, "nothing to do, whatever the key");
	is(key_protect(area + 1, K4, RW, key), -1, EINVAL, "no page begins there");
	is(key_protect(area, K4, 0x100, key), -1, EINVAL, "no such protection");
	is(key_protect(area, K4, RW | PROT_GROWSDOWN | PROT_GROWSUP, key), -1, EINVAL,
	   "down and up");
	is(key_protect(area, K4, RW | PROT_GROWSUP, key), -1, EINVAL, "up");
	is(key_protect(area, K4, RW | PROT_GROWSDOWN, key), -1, EINVAL, "down, no stack");
	is(key_protect(p, K4, RW, key), -1, ENOMEM, "nothing there");
	is(key_protect(p, K4, RW, 2), -1, EINVAL, "the key is looked at first");
	is(key_protect(area, -K4, RW, key), -1, ENOMEM, "too far");
	is(key_protect(file, K4, RW, key), -1, EACCES, "the file is not open for writing");
	is_int(key_of(file), 0, "then it has no other key");
	is(key_protect(area + 2 * K4, 64 * K4, RW, key), -1, ENOMEM, "a hole behind");
	is_int(key_of(area + 2 * K4), 1, "the pages before it have the key");
	is(key_protect(area, 4 * K4, RW, 0), 0, 0, "key 0 again");
	munmap(file, K4);
	key_free(key);
}

static void layout(void)
{
	int key = key_alloc(0, 0), other = key_alloc(0, 0);
	char *p;

	is(key_protect(area + K4, K4, RW, key), 0, 0, "the second page");
	is_str(vm_areas(area, 4), "0+1 rw-p,1+1 rw-p,2+2 rw-p", "is an area of its own");
	is_int(key_of(area), 0, "key 0 before");
	is_int(key_of(area + K4), key, "the key");
	is(mprotect(area, 4 * K4, PROT_READ), 0, 0, "mprotect of all");
	is_int(key_of(area + K4), key, "keeps it");
	is_str(vm_areas(area, 4), "0+1 r--p,1+1 r--p,2+2 r--p", "and the areas");
	is(key_protect(area + 2 * K4, 2 * K4, PROT_READ, key), 0, 0, "the rest gets it");
	is_str(vm_areas(area, 4), "0+1 r--p,1+3 r--p", "one area with the second");
	is(key_protect(area, 4 * K4, RW, other), 0, 0, "another key for all");
	is_str(vm_areas(area, 4), "0+4 rw-p", "one area");
	is(key_protect(area, 4 * K4, PROT_READ, -1), 0, 0, "no key");
	is_int(key_of(area), other, "is the one that is there");
	p = mremap(area, K4, K4, MREMAP_MAYMOVE | MREMAP_FIXED, vm_place(1));
	is_int(key_of(p), other, "a page that moved has its key");
	munmap(p, K4);
	p = mmap(area, K4, RW, PRIV | MAP_FIXED, -1, 0);
	is_int(key_of(p), 0, "a new one in its place has none");
	key_protect(area, 4 * K4, RW, 0);
	is_str(vm_areas(area, 4), "0+4 rw-p", "as before");
	key_free(key);
	key_free(other);
}

/* --- what is denied ------------------------------------------------------------ */

static volatile int seen_key;
static volatile unsigned int handler_pkru;

static void on_segv(int sig, siginfo_t *info, void *ctx)
{
	seen_key = *(int *)((char *)info + 32);		/* si_pkey */
	handler_pkru = rdpkru();
	vm_signal = sig;
	vm_code = info->si_code;
	vm_addr = info->si_addr;
	siglongjmp(vm_jump, 1);
}

static void catch_keys(void)
{
	struct sigaction sa = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSEGV, &sa, NULL);
}

/* the jump out of the handler leaves the rights that the handler had */
static int try_read(char *p, unsigned int pkru)
{
	int got;

	wrpkru(pkru);
	got = vm_read(p);
	wrpkru(PKRU_AT_START);
	return got;
}

static int try_write(char *p, unsigned int pkru)
{
	int got;

	wrpkru(pkru);
	got = vm_write(p, 7);
	wrpkru(PKRU_AT_START);
	return got;
}

static void faults(void)
{
	int key = key_alloc(0, 0), second = key_alloc(0, 0);
	unsigned int access = DENY_ACCESS << 2 * key, write = DENY_WRITE << 2 * key;

	catch_keys();
	area[0] = 3;
	is(key_protect(area, 4 * K4, RW, key), 0, 0, "four pages with a key");
	is_int(try_read(area, 0), 3, "all rights: read");
	is_int(try_write(area, 0), 0, "write");
	is_int(try_read(area, write), 7, "no write: read");
	is_int(try_write(area, write), PKUERR, "write");
	is_int(seen_key, key, "si_pkey");
	ok(vm_addr == area, "si_addr");
	is_int(handler_pkru, PKRU_AT_START, "a handler has the rights that programs begin with");
	is_int(try_read(area, access), -PKUERR, "no access: read");
	is_int(try_write(area, access), PKUERR, "write");
	is_int(try_write(area, 3u << 2 * second), 0, "another key does not matter");
	is_int(smaps(area, "Rss:"), 4, "one page is there");
	is_int(try_read(area + K4, access), -PKUERR, "a page that is not: read");
	is_int(try_write(area + 2 * K4, write), PKUERR, "write");
	is_int(smaps(area, "Rss:"), 4, "no page came of that");
	is_int(try_read(area + 3 * K4, write), 0, "one that may be read");
	is_int(try_write(area + 3 * K4, write), PKUERR, "but not be written");
	mprotect(area, K4, PROT_READ);
	is_int(try_write(area, 0), ACCERR, "pages to be read only: no right to write");
	is_int(try_write(area, write), PKUERR, "nor by the key, which is told first");
	mprotect(area, K4, PROT_NONE);
	is_int(try_read(area, 0), -ACCERR, "no right at all");
	is_int(try_read(area, access), -PKUERR, "nor by the key");
	is(key_protect(area, K4, RW, second), 0, 0, "the other key");
	is_int(try_read(area, access), 7, "is asked for now");
	is_int(try_read(area, DENY_ACCESS << 2 * second), -PKUERR, "and denied");
	is_int(seen_key, second, "with its number");
	munmap(area + K4, K4);
	is_int(try_read(area + K4, ~3u), -1101, "nothing there is nothing denied");
	mmap(area + K4, K4, RW, PRIV | MAP_FIXED, -1, 0);
	key_protect(area, 4 * K4, RW, 0);
	key_free(key);
	key_free(second);
	vm_catch();
}

/* what the kernel does for the program has the program's rights */
static void kernel_access(void)
{
	int key = key_alloc(0, 0), fds[2], fd;
	struct iovec mine = { area, 4 }, buf = { (char[4]){ 0 }, 4 };
	unsigned int word = 0;
	int node;

	pipe(fds);
	memset(area, 5, 4);
	key_protect(area, 4 * K4, RW, key);
	deny(key, DENY_WRITE);
	is(write(fds[1], area, 4), 4, 0, "no write: written to a pipe");
	is(read(fds[0], area, 4), -1, EFAULT, "not read from it");
	is(read(fds[0], &word, 4), 4, 0, "it is still there");
	is(vmsplice(fds[1], &mine, 1, 0), 4, 0, "its page goes into the pipe");
	is(read(fds[0], &word, 4), 4, 0, "and is read there");
	is(syscall(SYS_futex, area, FUTEX_WAKE, 1, NULL, NULL, 0), -1, EFAULT,
	   "who cannot write to a word has no shared futex");
	deny(key, DENY_ACCESS);
	is(vmsplice(fds[1], &mine, 1, 0), -1, EFAULT, "no access: its page does not go");
	is(write(fds[1], area, 4), -1, EFAULT, "no access: not written");
	is(open(area, O_RDONLY), -1, EFAULT, "no name");
	is(syscall(SYS_futex, area, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0), -1, EFAULT, "no futex");
	is(syscall(SYS_futex, area, FUTEX_WAIT, 1, NULL, NULL, 0), -1, EFAULT, "nor a shared one");
	is(syscall(SYS_futex, area, FUTEX_WAKE, 1, NULL, NULL, 0), -1, EFAULT, "nor to wake others at");
	is(syscall(SYS_get_mempolicy, &node, NULL, 0, area, MPOL_F_NODE | MPOL_F_ADDR), -1, EFAULT,
	   "nor is told where its page is");
	is(process_vm_readv(getpid(), &buf, 1, &mine, 1, 0), 4, 0, "process_vm_readv of oneself");
	is(process_vm_writev(getpid(), &buf, 1, &mine, 1, 0), 4, 0, "and process_vm_writev");
	fd = open("/proc/self/mem", O_RDWR);
	is(pread(fd, &word, 4, (off_t)(unsigned long)area), 4, 0, "/proc/self/mem");
	is_int(word, 0x05050505, "what was written");
	is(pwrite(fd, &word, 4, (off_t)(unsigned long)area), 4, 0, "and back");
	close(fd);
	is(mlock(area + K4, K4), -1, ENOMEM, "mlock");
	is_str(vm_areas(area, 4), "0+1 rw-p,1+1 rw-p,2+2 rw-p", "the page is locked all the same");
	munlock(area, 4 * K4);
	is(madvise(area + K4, K4, 22), -1, EINVAL, "MADV_POPULATE_READ");
	is(madvise(area + K4, K4, 23), -1, EINVAL, "MADV_POPULATE_WRITE");
	is(madvise(area + 2 * K4, K4, MADV_DONTNEED), 0, 0, "pages may go");
	is(mincore(area, K4, (unsigned char *)&word), 0, 0, "mincore");
	deny(key, DENY_WRITE);
	is(madvise(area + K4, K4, 22), 0, 0, "no write: MADV_POPULATE_READ");
	is(madvise(area + K4, K4, 23), -1, EINVAL, "MADV_POPULATE_WRITE");
	key_protect(area, 4 * K4, RW, 0);
	key_free(key);
	wrpkru(PKRU_AT_START);
	close(fds[0]);
	close(fds[1]);
}

/* --- execute only --------------------------------------------------------------- */

static const unsigned char return_42[] = { 0xb8, 42, 0, 0, 0, 0xc3 };

static void execute_only(void)
{
	char *p = mmap(NULL, K4, RW, PRIV, -1, 0), *q;
	int key, last;

	memcpy(p, return_42, sizeof(return_42));
	is(mprotect(p, K4, PROT_EXEC), 0, 0, "PROT_EXEC alone");
	key = key_of(p);
	is_int(key, 1, "takes a key");
	is_int(rdpkru() >> 2 & 3, DENY_ACCESS, "and the right to it");
	catch_keys();
	is_int(((int (*)(void))p)(), 42, "it runs");
	is_int(vm_read(p), -PKUERR, "and cannot be read");
	is_int(seen_key, key, "by the key");
	vm_catch();
	is_int(key_alloc(0, 0), 2, "the next key is another one");
	is(key_free(1), -1, EINVAL, "the key is not to be freed");
	is(key_protect(p, K4, PROT_EXEC, 1), -1, EINVAL, "nor to be used");
	q = mmap(NULL, K4, PROT_EXEC, PRIV, -1, 0);
	is_int(key_of(q), key, "mmap: the same key");
	wrpkru(0);
	mprotect(q, K4, PROT_EXEC);
	is_int(rdpkru(), DENY_ACCESS << 2, "who had taken the right gives it up again");
	is(mprotect(p, K4, PROT_READ), 0, 0, "PROT_READ");
	is_int(key_of(p), 0, "back to key 0");
	is_int(vm_read(p), 0xb8, "and it can be read");
	is(key_protect(q, K4, PROT_EXEC, 2), 0, 0, "another key for PROT_EXEC");
	is_int(key_of(q), 2, "is kept");
	is(mprotect(q, K4, PROT_EXEC), 0, 0, "PROT_EXEC alone again");
	is_int(key_of(q), key, "and back to the one for it");
	key_free(2);
	for (last = 0; key_alloc(0, 0) > 0; last++)
		;
	is_int(last, 14, "14 keys are left");
	munmap(p, K4);
	munmap(q, K4);
}

static void no_key_left(void)
{
	char *p = mmap(NULL, K4, RW, PRIV, -1, 0);

	while (key_alloc(0, 0) > 0)
		;
	if (mprotect(p, K4, PROT_EXEC) || key_of(p) != 0)
		_exit(1);
	_exit(vm_read(p) == 0 ? 0 : 2);
}

/* --- who inherits ---------------------------------------------------------------- */

static void *thread(void *result)
{
	*(unsigned int *)result = rdpkru();
	wrpkru(0);
	sched_yield();
	return NULL;
}

static void on_usr1(int sig, siginfo_t *info, void *ctx)
{
	handler_pkru = rdpkru();
	wrpkru(0x44);
}

static char *program;

static int in_child_status(int how)
{
	int status = -1;
	pid_t pid = fork();
	char *argv[] = { program, "child", NULL };

	if (pid == 0 && how) {
		execv(program, argv);
		_exit(99);
	}
	if (pid == 0)
		_exit(rdpkru() == 0x12345670 && key_alloc(0, 0) == 2 && key_of(area) == 1 ? 0 : 1);
	waitpid(pid, &status, 0);
	return status;
}

/* two of these on one CPU: each has its own rights all the time */
static void keep_rights(unsigned int pkru)
{
	int i, wrong = 0;

	wrpkru(pkru);
	for (i = 0; i < 200; i++) {
		sched_yield();
		wrong += rdpkru() != pkru;
	}
	_exit(wrong ? 1 : 0);
}

static void switches(void)
{
	cpu_set_t one, all;
	int i, status, bad = 0;

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (i = 0; i < 3; i++)
		if (fork() == 0)
			keep_rights(i * 0x11111110u);
	for (i = 0; i < 3; i++)
		bad += wait(&status) < 0 || status;
	is_int(bad, 0, "each of three processes on one CPU keeps its rights");
	sched_setaffinity(0, sizeof(all), &all);
}

static void inheritance(void)
{
	struct sigaction sa = { .sa_sigaction = on_usr1, .sa_flags = SA_SIGINFO };
	int key = key_alloc(0, 0);
	unsigned int got = 0;
	pthread_t t;

	is(key_protect(area, K4, RW, key), 0, 0, "a page with key 1");
	wrpkru(0x12345670);
	is_int(in_child_status(0), 0, "fork: the rights, the keys and the page's key");
	is_int(in_child_status(1), 0, "execve: rights and keys are new");
	pthread_create(&t, NULL, thread, &got);
	pthread_join(t, NULL);
	is_int(got, 0x12345670, "a thread has the rights of who made it");
	is_int(rdpkru(), 0x12345670, "and changes its own alone");
	sigaction(SIGUSR1, &sa, NULL);
	handler_pkru = 0;
	raise(SIGUSR1);
	is_int(handler_pkru, PKRU_AT_START, "a handler begins with the rights of a new program");
	is_int(rdpkru(), 0x12345670, "and leaves those that were");
	wrpkru(PKRU_AT_START);
	key_protect(area, K4, RW, 0);
	key_free(key);
	switches();
}

/* execve() has given the kernel's rights and no keys */
static int child(void)
{
	if (rdpkru() != PKRU_AT_START)
		return 1;
	return key_alloc(0, 0) == 1 ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return child();
	program = argv[0];
	plan(0);
	vm_catch();
	area = vm_place(4);
	mmap(area, 4 * K4, RW, PRIV | MAP_FIXED, -1, 0);
	has_keys = strstr(vm_proc("/proc/cpuinfo"), " ospke") != NULL;
	ok(1, "the CPU has %s keys", has_keys ? "protection" : "no");
	if (!has_keys) {
		no_keys();
		return done();
	}
	is_int(rdpkru(), PKRU_AT_START, "the rights that a program begins with");
	calls();
	is_int(vm_in_child(free_zero), 0, "key 0 can be freed, and be had again");
	protect_errors();
	layout();
	faults();
	kernel_access();
	inheritance();
	is_int(vm_in_child(no_key_left), 0, "no key left: PROT_EXEC alone can be read");
	execute_only();
	return done();
}
