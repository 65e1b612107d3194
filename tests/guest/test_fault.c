// SPDX-License-Identifier: MIT
/* Faults: which signal, which code, which address; the zero page; counters of use. */
#define _GNU_SOURCE
#include <fcntl.h>
#include "vmutil.h"

static volatile unsigned long null_like = 8;

static void kill_by_null(void) { *(volatile char *)null_like = 1; }

static void kill_by_rodata(void)
{
	char *p = mmap(NULL, K4, PROT_READ, PRIV, -1, 0);

	*(volatile char *)p = 1;
}

static void kill_by_jump(void)
{
	((void (*)(void))0x123456789000)();
}

static void kill_by_exec_of_data(void)
{
	char *p = mmap(NULL, K4, RW, PRIV, -1, 0);

	p[0] = (char)0xc3;
	((void (*)(void))p)();
}

static void kill_by_kernel_address(void)
{
	*(volatile char *)0xffff888000000000 = 1;
}

static void test_signals(void)
{
	char *p = mmap(NULL, 2 * K4, PROT_READ, PRIV, -1, 0);

	is_int(vm_write((char *)8, 1), 1101, "a null write: SEGV_MAPERR");
	ok(vm_addr == (void *)8, "with its address");
	is_int(vm_read((char *)0x7fffffffe000), -1101, "far up: SEGV_MAPERR");
	is_int(vm_write(p + 100, 1), 1102, "a read-only page: SEGV_ACCERR");
	ok(vm_addr == p + 100, "with its address");
	is_int(vm_read(p), 0, "which can be read");
	mprotect(p, K4, PROT_NONE);
	is_int(vm_read(p), -1102, "PROT_NONE: SEGV_ACCERR");
	is_int(vm_read((char *)0xffff888000000000), -1101, "a kernel address: SEGV_MAPERR");
	is_int(vm_read((char *)0x8000000000000000), -(SIGSEGV * 100 + SI_KERNEL),
	       "no address at all: a general protection fault");
}

static void test_deaths(void)
{
	signal(SIGSEGV, SIG_DFL);
	is_int(WTERMSIG(vm_in_child(kill_by_null)), SIGSEGV, "null write kills");
	is_int(WTERMSIG(vm_in_child(kill_by_rodata)), SIGSEGV, "write to read-only memory kills");
	is_int(WTERMSIG(vm_in_child(kill_by_jump)), SIGSEGV, "a wild jump kills");
	is_int(WTERMSIG(vm_in_child(kill_by_exec_of_data)), SIGSEGV, "data is not executable");
	is_int(WTERMSIG(vm_in_child(kill_by_kernel_address)), SIGSEGV, "a kernel address kills");
	vm_catch();
}

static long minor_faults(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_minflt;
}

static void test_counts(void)
{
	char *p = mmap(NULL, 64 * K4, RW, PRIV, -1, 0);
	long before, i;

	before = minor_faults();
	for (i = 0; i < 64; i++)
		(void)*(volatile char *)(p + i * K4);
	is_int(minor_faults() - before, 64, "a fault for each page read");
	before = minor_faults();
	for (i = 0; i < 64; i++)
		p[i * K4] = 1;
	is_int(minor_faults() - before, 64, "and for each page written after it");
	before = minor_faults();
	for (i = 0; i < 64; i++)
		p[i * K4] = 2;
	is_int(minor_faults() - before, 0, "then none");
	munmap(p, 64 * K4);
}

static void test_rss(void)
{
	long before = vm_status("RssAnon"), i;
	char *p = mmap(NULL, 1024 * K4, RW, PRIV, -1, 0);

	for (i = 0; i < 1024; i++)
		(void)*(volatile char *)(p + i * K4);
	ok(vm_status("RssAnon") - before < 256, "reading takes no memory");
	for (i = 0; i < 1024; i++)
		p[i * K4] = i;
	i = vm_status("RssAnon") - before;
	ok(i >= 3900 && i <= 4400, "writing takes 4 MiB");
	munmap(p, 1024 * K4);
	ok(vm_status("RssAnon") - before < 256, "and it comes back");
	ok(vm_status("VmHWM") >= 4096, "VmHWM remembers");
}

/* read(2) into memory that is not there: the kernel's own faults */
static void test_kernel_faults(void)
{
	int fd = open("/dev/zero", O_RDONLY), fds[2];
	char *p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
	int i, zero = 1;

	is(read(fd, p, 4 * K4), 4 * K4, 0, "read into fresh memory");
	munmap(p + 2 * K4, K4);
	is(read(fd, p + K4, K4), K4, 0, "up to a hole");
	is(read(fd, p + 2 * K4, K4), -1, EFAULT, "into it");
	mprotect(p, K4, PROT_READ);
	is(read(fd, p, 10), -1, EFAULT, "into read-only memory");
	is(read(fd, (void *)0xffff888000000000, 10), -1, EFAULT, "into the kernel");
	is(read(fd, (void *)-1, 10), -1, EFAULT, "around the end");
	if (pipe(fds))
		bail("no pipe");
	is(write(fds[1], p + 2 * K4, 10), -1, EFAULT, "write from a hole");
	is(write(fds[1], p + K4, 10), 10, 0, "write from memory");
	is(read(fds[0], (void *)8, 10), -1, EFAULT, "read to null");
	for (i = 0; i < (int)K4; i++)
		zero &= p[K4 + i] == 0;
	ok(zero, "all zeroes");
	close(fd);
}

static void test_shared_anon(void)
{
	char *p = mmap(NULL, 16 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status, i, sum = 0;

	p[0] = 1;
	for (i = 1; i < 8; i++)
		if (!fork()) {
			p[i * K4] = i;
			_exit(p[0]);
		}
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	is_int(sum, 7, "children see what was written before");
	for (i = 1, sum = 0; i < 8; i++)
		sum += p[i * K4];
	is_int(sum, 28, "and the parent what they wrote");
}

int main(void)
{
	plan(0);
	vm_catch();
	test_signals();
	test_deaths();
	test_counts();
	test_rss();
	test_kernel_faults();
	test_shared_anon();
	return done();
}
