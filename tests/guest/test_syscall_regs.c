// SPDX-License-Identifier: MIT
/*
 * test_syscall_regs.c - registers, flags and segment bases across the system-call
 * instruction, and system-call numbers that do not exist.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003
#define ARCH_GET_GS 0x1004

struct regs {
	uint64_t bx, bp, r12, r13, r14, r15, di, si, dx, r8, r9, r10, ax, flags, sp_same, cx_ok;
};

/* All registers set to known values around one system call with number @nr. */
static void call_with(long nr, unsigned long flags_set, struct regs *out)
{
	asm volatile(
		"pushq %%rbx; pushq %%rbp\n"
		"movq %0, %%rax\n"
		"pushq %1\n"			/* out */
		"movq %2, %%rcx\n"
		"pushfq; orq %%rcx, (%%rsp); popfq\n"
		"movq $0x1111, %%rbx; movq $0x2222, %%rbp\n"
		"movq $0x3333, %%r12; movq $0x4444, %%r13\n"
		"movq $0x5555, %%r14; movq $0x6666, %%r15\n"
		"movq $0x7777, %%rdi; movq $0x8888, %%rsi\n"
		"movq $0x9999, %%rdx; movq $0xaaaa, %%r8\n"
		"movq $0xbbbb, %%r9; movq $0xcccc, %%r10\n"
		"syscall\n"
		"9: pushfq\n"
		"pushq %%rcx\n"
		"movq 16(%%rsp), %%rcx\n"
		"movq %%rbx, 0(%%rcx); movq %%rbp, 8(%%rcx)\n"
		"movq %%r12, 16(%%rcx); movq %%r13, 24(%%rcx)\n"
		"movq %%r14, 32(%%rcx); movq %%r15, 40(%%rcx)\n"
		"movq %%rdi, 48(%%rcx); movq %%rsi, 56(%%rcx)\n"
		"movq %%rdx, 64(%%rcx); movq %%r8, 72(%%rcx)\n"
		"movq %%r9, 80(%%rcx); movq %%r10, 88(%%rcx)\n"
		"movq %%rax, 96(%%rcx)\n"
		"popq %%rax\n"
		"leaq 9b(%%rip), %%rdx; xorl %%esi, %%esi; cmpq %%rax, %%rdx; sete %%sil\n"
		"movq %%rsi, 120(%%rcx)\n"
		"popq %%rax; movq %%rax, 104(%%rcx)\n"
		"pushq $0x202; popfq\n"
		"addq $8, %%rsp; popq %%rbp; popq %%rbx\n"
		: : "a"(nr), "d"(out), "c"(flags_set)
		: "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory",
		  "cc");
}

static void test_registers(long nr, unsigned long flags, const char *what)
{
	struct regs r;

	memset(&r, 0, sizeof(r));
	call_with(nr, flags, &r);
	ok(r.bx == 0x1111 && r.bp == 0x2222 && r.r12 == 0x3333 && r.r13 == 0x4444 &&
	   r.r14 == 0x5555 && r.r15 == 0x6666, "%s: saved registers", what);
	ok(r.di == 0x7777 && r.si == 0x8888 && r.dx == 0x9999 && r.r8 == 0xaaaa &&
	   r.r9 == 0xbbbb && r.r10 == 0xcccc, "%s: argument registers", what);
	is_int(r.flags & (flags | 0x200), flags | 0x200, "%s: flags come back", what);
	ok(r.cx_ok, "%s: rcx is the return address", what);
}

static long raw2(long nr, long a, long b)
{
	long ret;

	asm volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b) : "rcx", "r11", "memory");
	return ret;
}

static void test_numbers(void)
{
	is_int(raw2(-1, 0, 0), -ENOSYS, "system call -1");
	is_int(raw2(999, 0, 0), -ENOSYS, "system call 999");
	is_int(raw2(0x7fffffff, 0, 0), -ENOSYS, "system call 0x7fffffff");
	is_int(raw2(0xffffffff, 0, 0), -ENOSYS, "system call 0xffffffff");
	is_int(raw2((long)(0x100000000ul | SYS_getpid), 0, 0), getpid(),
	       "the upper half of rax does not count");
	is_int(raw2(512, 0, 0), -ENOSYS, "system call 512");
}

static unsigned long read_gs0(void)
{
	unsigned long v;

	asm volatile("movq %%gs:0, %0" : "=r"(v));
	return v;
}

static void test_bases(void)
{
	static unsigned long cell = 0x12345678;
	unsigned long v = 0;
	int i, status, good = 1;

	is_int(raw2(SYS_arch_prctl, ARCH_GET_FS, (long)&v), 0, "ARCH_GET_FS");
	ok(v, "the C library has a thread pointer");
	is_int(raw2(SYS_arch_prctl, ARCH_GET_GS, (long)&v), 0, "ARCH_GET_GS");
	is_int(v, 0, "GS begins at 0");
	is_int(raw2(SYS_arch_prctl, ARCH_SET_GS, (long)&cell), 0, "ARCH_SET_GS");
	is_int(read_gs0(), 0x12345678, "GS works");
	is_int(raw2(SYS_arch_prctl, ARCH_SET_GS, 0x7ffffffff000), -EPERM,
	       "ARCH_SET_GS above user memory");
	is_int(raw2(SYS_arch_prctl, ARCH_SET_FS, (long)0xffff888000000000), -EPERM,
	       "ARCH_SET_FS to the kernel");
	is_int(raw2(SYS_arch_prctl, 0x9999, 0), -EINVAL, "arch_prctl of nothing");
	is_int(raw2(SYS_arch_prctl, ARCH_GET_GS, 8), -EFAULT, "ARCH_GET_GS to a bad pointer");
	for (i = 0; i < 3; i++) {
		if (!fork()) {
			unsigned long mine = i + 1;
			int n;

			if (read_gs0() != 0x12345678)
				_exit(1);
			raw2(SYS_arch_prctl, ARCH_SET_GS, (long)&mine);
			for (n = 0; n < 1000; n++) {
				sched_yield();
				if (read_gs0() != mine)
					_exit(2);
			}
			_exit(0);
		}
	}
	for (i = 0; i < 3; i++) {
		wait(&status);
		good &= !status;
	}
	ok(good, "each process has its own GS");
	is_int(read_gs0(), 0x12345678, "and the parent's is as it was");
}

static void test_selectors(void)
{
	unsigned int ds, cs, ss;
	int status;

	asm volatile("movl %%cs, %0; movl %%ss, %1" : "=r"(cs), "=r"(ss));
	is_int(cs, 0x33, "cs");
	is_int(ss, 0x2b, "ss");
	if (!fork()) {
		asm volatile("movl %0, %%ds; movl %0, %%es" : : "r"(0x2b));
		sched_yield();
		asm volatile("movl %%ds, %0" : "=r"(ds));
		_exit(ds == 0x2b ? 0 : 1);
	}
	wait(&status);
	is_int(status, 0, "ds keeps what it is set to");
	asm volatile("movl %%ds, %0" : "=r"(ds));
	is_int(ds, 0, "in one process only");
}

/* The last two bytes of user memory that can be mapped are a SYSCALL. */
static void test_edge(void)
{
	unsigned char *page = mmap((void *)0x7fffffffe000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	int status;

	if (page == MAP_FAILED) {
		skip(1, "the last page cannot be mapped");
		return;
	}
	page[4094] = 0x0f;
	page[4095] = 0x05;
	if (!fork()) {
		asm volatile("movl $39, %%eax; jmp *%0" : : "r"(page + 4094));
		_exit(77);
	}
	wait(&status);
	is_int(status, 11, "a system call at the very end of user memory");
	munmap(page, 4096);
}

int main(void)
{
	plan(0);
	test_registers(SYS_getpid, 0, "getpid");
	test_registers(SYS_getpid, 0x8d5 & ~0x10, "getpid with all arithmetic flags");
	test_registers(SYS_sched_yield, 0x400, "sched_yield with the direction flag");
	test_registers(SYS_getpid, 0x40000, "getpid with AC");
	test_registers(600, 0, "a call that does not exist");
	test_numbers();
	test_bases();
	test_selectors();
	test_edge();
	return done();
}
