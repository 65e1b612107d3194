// SPDX-License-Identifier: MIT
/*
 * boot_init.c - the first user program of the boot measurement.
 *
 * Its first instruction reads the time-stamp counter.  Under QEMU with
 * -icount shift=0 that counter starts at 0 with power-on and advances by one
 * with every instruction of the guest, so the value is the length of the boot.
 * Then it prints MemTotal and switches the machine off.  No C library, only
 * system calls that the first boot already needs.
 */
#include <asm/unistd_64.h>

#define O_RDONLY	0
#define REBOOT_MAGIC1	0xfee1dead
#define REBOOT_MAGIC2	672274793
#define POWER_OFF	0x4321fedc
#define RESTART		0x01234567

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}

static long length(const char *s)
{
	long n = 0;

	while (s[n])
		n++;
	return n;
}

static void put(const char *s)
{
	call(__NR_write, 1, (long)s, length(s), 0, 0);
}

static void put_number(unsigned long value)
{
	char buf[24];
	char *p = buf + sizeof(buf);

	*--p = 0;
	do {
		*--p = '0' + value % 10;
		value /= 10;
	} while (value);
	put(p);
}

/* The line of /proc/meminfo that starts the file, "MemTotal: ... kB\n". */
static void put_first_line(const char *path)
{
	static char buf[4096];
	long fd = call(__NR_open, (long)path, O_RDONLY, 0, 0, 0);
	long n = fd < 0 ? -1 : call(__NR_read, fd, (long)buf, sizeof(buf) - 1, 0, 0);
	long i = 0;

	if (n <= 0) {
		put("no meminfo\n");
		return;
	}
	while (i < n && buf[i] != '\n')
		i++;
	buf[i] = 0;
	put(buf);
	put("\n");
}

__attribute__((used)) static void begin(unsigned long tsc)
{
	put("\nBENCH instructions ");
	put_number(tsc);
	put("\nBENCH ");
	call(__NR_mount, (long)"proc", (long)"/proc", (long)"proc", 0, 0);
	put_first_line("/proc/meminfo");
	put("BENCH end\n");
	call(__NR_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, POWER_OFF, 0, 0);
	call(__NR_reboot, REBOOT_MAGIC1, REBOOT_MAGIC2, RESTART, 0, 0);
	for (;;)
		call(__NR_pause, 0, 0, 0, 0, 0);
}

__asm__(".globl _start\n"
	"_start:\n"
	"	rdtsc\n"
	"	shlq	$32, %rdx\n"
	"	leaq	(%rax,%rdx), %rdi\n"
	"	andq	$-16, %rsp\n"
	"	call	begin\n");
