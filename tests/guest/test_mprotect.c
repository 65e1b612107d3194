// SPDX-License-Identifier: MIT
/* mprotect: what may be touched, how areas split and merge, every error. */
#define _GNU_SOURCE
#include "vmutil.h"

/* not the library's, which rounds the address */
static int raw_mprotect(void *addr, size_t len, int prot)
{
	return syscall(SYS_mprotect, addr, len, prot);
}
#define mprotect raw_mprotect

static void test_access(void)
{
	char *p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
	unsigned char ret = 0xc3;

	p[0] = 1;
	is(mprotect(p, K4, PROT_READ), 0, 0, "read only");
	is_int(vm_write(p, 2), 1102, "no write");
	is_int(vm_read(p), 1, "read");
	is(mprotect(p, K4, PROT_NONE), 0, 0, "nothing");
	is_int(vm_read(p), -1102, "no read");
	is(mprotect(p, K4, PROT_WRITE), 0, 0, "write only");
	is_int(vm_write(p, 3), 0, "write");
	is_int(vm_read(p), 3, "and read, as the processor has it");
	memcpy(p, &ret, 1);
	is(mprotect(p, K4, PROT_READ | PROT_EXEC), 0, 0, "executable");
	((void (*)(void))p)();
	ok(1, "a function in it returns");
	is(mprotect(p, K4, RW), 0, 0, "as before");
	is_int(vm_read(p), 0xc3, "contents stay");
	is_int(vm_write(p + 3 * K4, 1), 0, "the rest was not touched");
}

static void test_areas(void)
{
	char *p = vm_place(16);
	int i;

	mmap(p, 10 * K4, RW, PRIV | MAP_FIXED, -1, 0);
	mprotect(p + 3 * K4, 4 * K4, PROT_READ);
	is_str(vm_areas(p, 10), "0+3 rw-p,3+4 r--p,7+3 rw-p", "three areas");
	mprotect(p + 3 * K4, 2 * K4, RW);
	is_str(vm_areas(p, 10), "0+5 rw-p,5+2 r--p,7+3 rw-p", "a border moves");
	mprotect(p + 6 * K4, K4, RW);
	is_str(vm_areas(p, 10), "0+5 rw-p,5+1 r--p,6+4 rw-p", "the other one as well");
	mprotect(p + 5 * K4, K4, RW);
	is_str(vm_areas(p, 10), "0+10 rw-p", "one area");
	for (i = 0; i < 10; i += 2)
		mprotect(p + i * K4, K4, PROT_READ);
	is_str(vm_areas(p, 10), "0+1 r--p,1+1 rw-p,2+1 r--p,3+1 rw-p,4+1 r--p,5+1 rw-p,6+1 r--p,"
	       "7+1 rw-p,8+1 r--p,9+1 rw-p", "ten areas");
	mprotect(p, 10 * K4, PROT_NONE);
	is_str(vm_areas(p, 10), "0+10 ---p", "one area");
}

static void test_errors(void)
{
	char *p = mmap(NULL, 8 * K4, RW, PRIV, -1, 0);

	munmap(p + 4 * K4, K4);
	is(mprotect(p + 1, K4, RW), -1, EINVAL, "not aligned");
	is(mprotect(p, 0, RW), 0, 0, "nothing");
	is(mprotect(p, K4, 0x80), -1, EINVAL, "no such protection");
	is(mprotect(p, K4, PROT_GROWSDOWN | PROT_GROWSUP), -1, EINVAL, "both ways");
	is(mprotect(p, K4, RW | PROT_GROWSDOWN), -1, EINVAL, "it does not grow");
	is(mprotect(p, -K4, RW), -1, ENOMEM, "around the end");
	is(mprotect(p + 4 * K4, K4, RW), -1, ENOMEM, "not mapped");
	is(mprotect(p, 8 * K4, PROT_READ), -1, ENOMEM, "over a hole");
	is_str(vm_areas(p, 8), "0+4 r--p,5+3 rw-p", "up to the hole it was done");
}

static void test_accounting(void)
{
	char *p = mmap(NULL, 256 * K4, PROT_READ, PRIV, -1, 0);
	long data = vm_status("VmData");

	mprotect(p, 128 * K4, RW);
	is_int(vm_status("VmData") - data, 512, "VmData grows with writable pages");
	mprotect(p, 256 * K4, PROT_READ);
	is_int(vm_status("VmData") - data, 0, "and shrinks");
}

/* a page that was copied stays private through changes of protection */
static void test_cow(void)
{
	char *p = mmap(NULL, K4, RW, PRIV, -1, 0);
	int status;

	p[0] = 1;
	if (!fork()) {
		mprotect(p, K4, PROT_READ);
		mprotect(p, K4, RW);
		p[0] = 2;
		_exit(p[0]);
	}
	wait(&status);
	is_int(WEXITSTATUS(status), 2, "the child writes its own");
	is_int(p[0], 1, "the parent keeps its own");
}

int main(void)
{
	plan(0);
	vm_catch();
	test_access();
	test_areas();
	test_errors();
	test_accounting();
	test_cow();
	return done();
}
