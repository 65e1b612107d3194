/* SPDX-License-Identifier: MIT */
/* vmutil.h - touching memory that may not be there, and reading /proc/self/maps. */
#ifndef TESTS_GUEST_VMUTIL_H
#define TESTS_GUEST_VMUTIL_H

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define K4	4096ul
#define RW	(PROT_READ | PROT_WRITE)
#define PRIV	(MAP_PRIVATE | MAP_ANONYMOUS)

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static sigjmp_buf vm_jump;
static volatile int vm_signal, vm_code;
static void *volatile vm_addr;
static char vm_altstack[16384];

static void vm_handler(int sig, siginfo_t *info, void *ctx)
{
	vm_signal = sig;
	vm_code = info->si_code;
	vm_addr = info->si_addr;
	siglongjmp(vm_jump, 1);
}

static inline void vm_catch(void)
{
	struct sigaction sa = { .sa_sigaction = vm_handler,
				.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	stack_t ss = { .ss_sp = vm_altstack, .ss_size = sizeof(vm_altstack) };

	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

/* 0, or signal * 100 + si_code: 1101 SEGV_MAPERR, 1102 SEGV_ACCERR, 702 BUS_ADRERR */
static inline int vm_write(volatile char *p, char v)
{
	if (sigsetjmp(vm_jump, 1))
		return vm_signal * 100 + vm_code;
	*p = v;
	return 0;
}

/* the byte, or minus what vm_write() returns */
static inline int vm_read(volatile char *p)
{
	if (sigsetjmp(vm_jump, 1))
		return -(vm_signal * 100 + vm_code);
	return (unsigned char)*p;
}

/* a whole file of /proc, read without stdio: its buffers are mappings too */
static inline char *vm_proc(const char *path)
{
	static char text[512 * 1024];
	int fd = open(path, O_RDONLY);
	size_t n = 0;
	ssize_t got = 0;

	while (fd >= 0 && n < sizeof(text) - 1 &&
	       (got = read(fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += got;
	close(fd);
	text[n] = 0;
	return text;
}

/* the areas that touch [start, end): "pages perms" for each, with commas */
static inline const char *vm_areas(void *start, unsigned long pages)
{
	static char text[2048];
	unsigned long from, to, lo = (unsigned long)start, hi = lo + pages * K4;
	char *line = vm_proc("/proc/self/maps"), perms[8];
	size_t n = 0;

	for (text[0] = 0; *line; line = strchr(line, '\n') + 1) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, perms) != 3)
			continue;
		if (to <= lo || from >= hi || n > sizeof(text) - 64)
			continue;
		from = from < lo ? lo : from;
		to = to > hi ? hi : to;
		n += snprintf(text + n, sizeof(text) - n, "%s%ld+%ld %s", n ? "," : "",
			      (from - lo) / K4, (to - from) / K4, perms);
	}
	return text;
}

/* a field of /proc/self/status in kB, -1: not there */
static inline long vm_status(const char *field)
{
	char *line = vm_proc("/proc/self/status");
	size_t len = strlen(field);

	for (; *line; line = strchr(line, '\n') + 1)
		if (!strncmp(line, field, len) && line[len] == ':')
			return atol(line + len + 1);
	return -1;
}

/* what became of a child that runs @fn: its wait status */
static inline int vm_in_child(void (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* a place of @pages pages with nothing around it */
static inline char *vm_place(unsigned long pages)
{
	char *p = mmap(NULL, (pages + 64) * K4, PROT_NONE, PRIV | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		bail("no place");
	munmap(p, (pages + 64) * K4);
	return p + 32 * K4;
}

#endif
