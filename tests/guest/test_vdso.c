// SPDX-License-Identifier: MIT
/*
 * test_vdso.c - the code that the kernel puts into each program: that it is an ELF object
 * with Linux's names, that its clocks are those of the system calls without being system
 * calls, and what a program may do with its memory.
 *
 * That no system call is made is seen instruction by instruction: with the trap flag set
 * each one ends in a SIGTRAP, whose handler looks whether SYSCALL comes next. Where Linux
 * takes the time from a device, the precise clocks have to be system calls.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

#include "vmutil.h"

#define ROUNDS	5000
#define TF	0x100

typedef long (*gettime_fn)(clockid_t, struct timespec *);
typedef long (*gettimeofday_fn)(struct timeval *, struct timezone *);
typedef long (*time_fn)(long *);
typedef long (*getcpu_fn)(unsigned int *, unsigned int *, void *);

static gettime_fn vdso_gettime, vdso_getres;
static gettimeofday_fn vdso_gettimeofday;
static time_fn vdso_time;
static getcpu_fn vdso_getcpu;
static char *vdso;

/* the place of @name, which has to be of version LINUX_2.6 */
static void *vdso_symbol(const char *name)
{
	const Elf64_Ehdr *eh = (const void *)vdso;
	const Elf64_Phdr *ph = (const void *)(vdso + eh->e_phoff);
	const Elf64_Dyn *dyn = NULL;
	const Elf64_Verdef *def = NULL;
	const Elf64_Sym *sym = NULL;
	const uint16_t *versions = NULL;
	const uint32_t *hash = NULL;
	const char *names = NULL;
	unsigned int i;

	for (i = 0; i < eh->e_phnum; i++)
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const void *)(vdso + ph[i].p_offset);
	for (; dyn && dyn->d_tag; dyn++) {
		const void *at = vdso + dyn->d_un.d_ptr;

		switch (dyn->d_tag) {
		case DT_STRTAB: names = at; break;
		case DT_SYMTAB: sym = at; break;
		case DT_HASH: hash = at; break;
		case DT_VERSYM: versions = at; break;
		case DT_VERDEF: def = at; break;
		}
	}
	if (!names || !sym || !hash || !versions || !def)
		return NULL;
	for (i = 0; i < hash[1]; i++) {
		const Elf64_Verdef *d = def;

		if (!sym[i].st_shndx || strcmp(names + sym[i].st_name, name))
			continue;
		while (d->vd_ndx != (versions[i] & 0x7fff) && d->vd_next)
			d = (const void *)((const char *)d + d->vd_next);
		const Elf64_Verdaux *aux = (const void *)((const char *)d + d->vd_aux);

		if (!strcmp(names + aux->vda_name, "LINUX_2.6"))
			return vdso + sym[i].st_value;
	}
	return NULL;
}

static void test_object(void)
{
	static const char *const aliases[] = { "clock_gettime", "clock_getres", "gettimeofday",
					       "time", "getcpu" };
	const Elf64_Ehdr *eh;
	unsigned int i;
	char name[64];

	vdso = (char *)getauxval(AT_SYSINFO_EHDR);
	if (!ok(vdso, "the auxiliary vector tells where it is"))
		bail("no vDSO");
	eh = (const void *)vdso;
	ok(!memcmp(vdso, ELFMAG, SELFMAG) && eh->e_type == ET_DYN && eh->e_machine == EM_X86_64,
	   "it is a shared object for this machine");
	vdso_gettime = (gettime_fn)vdso_symbol("__vdso_clock_gettime");
	vdso_getres = (gettime_fn)vdso_symbol("__vdso_clock_getres");
	vdso_gettimeofday = (gettimeofday_fn)vdso_symbol("__vdso_gettimeofday");
	vdso_time = (time_fn)vdso_symbol("__vdso_time");
	vdso_getcpu = (getcpu_fn)vdso_symbol("__vdso_getcpu");
	if (!ok(vdso_gettime && vdso_getres && vdso_gettimeofday && vdso_time && vdso_getcpu,
		"five functions"))
		bail("functions are missing");
	for (i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "__vdso_%s", aliases[i]);
		ok(vdso_symbol(aliases[i]) == vdso_symbol(name), "%s is a second name",
		   aliases[i]);
	}
	ok(!vdso_symbol("vvar") && !vdso_symbol("syscall2"), "nothing else has a name");
}

/* "offset+size perms" of the line of maps that ends with @name */
static const char *line_of(const char *name)
{
	static char text[128];
	char *line = vm_proc("/proc/self/maps"), perms[8], rest[64];
	unsigned long from, to;

	for (; *line; line = strchr(line, '\n') + 1) {
		rest[0] = 0;
		if (sscanf(line, "%lx-%lx %7s 00000000 00:00 0 %63s", &from, &to, perms, rest) == 4 &&
		    !strcmp(rest, name)) {
			snprintf(text, sizeof(text), "%ld+%ld %s",
				 ((long)from - (long)vdso) / (long)K4, (to - from) / K4, perms);
			return text;
		}
	}
	return "none";
}

static void test_maps(void)
{
	char own[3];
	int fd;

	is_str(line_of("[vdso]"), "0+2 r-xp", "[vdso] is there");
	is_str(line_of("[vvar]"), "-4+4 r--p", "[vvar] is in front of it");
	fd = open("/proc/self/mem", O_RDONLY);
	is(pread(fd, own, 3, (off_t)vdso + 1), 3, 0, "/proc/self/mem shows its code");
	ok(!memcmp(own, "ELF", 3), "as it is");
	is(pread(fd, own, 1, (off_t)vdso - 4 * K4), -1, EIO, "but not its data");
	close(fd);
	is_int(vm_read(vdso - 4 * K4) >= 0, 1, "the data can be read");
	is_int(vm_read(vdso - K4), -702, "its last page has nothing behind it");
	is_int(vm_write(vdso, 0), 1102, "nobody writes the code");
	is_int(vm_write(vdso - 4 * K4, 0), 1102, "nor the data");
}

/* --- the clocks ------------------------------------------------------------------------ */

static long long ns_of(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000ll + ts->tv_nsec;
}

static const struct {
	clockid_t id;
	const char *name;
} clocks[] = {
	{ CLOCK_REALTIME, "REALTIME" }, { CLOCK_MONOTONIC, "MONOTONIC" },
	{ CLOCK_MONOTONIC_RAW, "MONOTONIC_RAW" }, { CLOCK_BOOTTIME, "BOOTTIME" },
	{ CLOCK_REALTIME_COARSE, "REALTIME_COARSE" },
	{ CLOCK_MONOTONIC_COARSE, "MONOTONIC_COARSE" }, { CLOCK_TAI, "TAI" },
};
#define NCLOCKS	(sizeof(clocks) / sizeof(clocks[0]))

static void test_same_clocks(void)
{
	struct timespec call, own, res, vres;
	unsigned int i, n;

	for (i = 0; i < NCLOCKS; i++) {
		long long last = 0;
		int back = 0, bad = 0;

		for (n = 0; n < ROUNDS; n++) {
			syscall(SYS_clock_gettime, clocks[i].id, &call);
			bad |= vdso_gettime(clocks[i].id, &own);
			bad |= own.tv_nsec < 0 || own.tv_nsec > 999999999;
			back += ns_of(&call) < last || ns_of(&own) < ns_of(&call);
			last = ns_of(&own);
		}
		ok(!bad && !back, "CLOCK_%s never goes back between call and function",
		   clocks[i].name);
		syscall(SYS_clock_getres, clocks[i].id, &res);
		ok(!vdso_getres(clocks[i].id, &vres) && ns_of(&vres) == ns_of(&res),
		   "and has the same resolution");
	}
	is_int(vdso_getres(CLOCK_MONOTONIC, NULL), 0, "a resolution for nobody");
	ok(!vdso_gettime(CLOCK_THREAD_CPUTIME_ID, &own) && ns_of(&own) > 0, "CPU time as well");
	is_int(vdso_gettime(77, &own), -EINVAL, "no clock 77");
	is_int(vdso_getres(77, &own), -EINVAL, "nor a resolution of it");
	if (sigsetjmp(vm_jump, 1) == 0) {
		vdso_gettime(CLOCK_MONOTONIC, (void *)8);
		vm_signal = 0;
	}
	is_int(vm_signal, SIGSEGV, "a bad pointer faults");
}

static void test_other_functions(void)
{
	struct timezone tz = { 1, 1 }, ctz = { 2, 2 };
	struct timeval tv, ctv;
	long t = 0, ct, back = 0;
	unsigned int n;

	for (n = 0; n < ROUNDS; n++) {
		syscall(SYS_gettimeofday, &ctv, &ctz);
		back += vdso_gettimeofday(&tv, &tz);
		back += tv.tv_sec * 1000000ll + tv.tv_usec < ctv.tv_sec * 1000000ll + ctv.tv_usec;
		ct = syscall(SYS_time, NULL);
		back += vdso_time(&t) < ct || t < ct;
	}
	is_int(back, 0, "gettimeofday and time never go back");
	ok(tz.tz_minuteswest == ctz.tz_minuteswest && tz.tz_dsttime == ctz.tz_dsttime,
	   "the same time zone");
	is_int(vdso_gettimeofday(NULL, NULL), 0, "nothing asked, nothing told");
	ok(vdso_time(NULL) >= t, "time for nobody");
}

static void test_getcpu(void)
{
	unsigned int cpu, node, ccpu, cnode, n, wrong = 0;
	cpu_set_t all, one;

	sched_getaffinity(0, sizeof(all), &all);
	for (n = 0; n < 64; n++) {
		if (!CPU_ISSET(n, &all))
			continue;
		CPU_ZERO(&one);
		CPU_SET(n, &one);
		sched_setaffinity(0, sizeof(one), &one);
		syscall(SYS_getcpu, &ccpu, &cnode, NULL);
		wrong += vdso_getcpu(&cpu, &node, NULL) || cpu != n || cpu != ccpu ||
			 node != cnode;
	}
	sched_setaffinity(0, sizeof(all), &all);
	is_int(wrong, 0, "getcpu tells CPU and node, on each CPU");
	is_int(vdso_getcpu(NULL, NULL, NULL), 0, "or neither");
}

/* the wall clock jumps, and the zone changes: programs see it at once */
static void test_settings(void)
{
	struct timezone zone = { 60, 0 }, none = { 0, 0 }, tz;
	struct timespec before, jump, after, mono;

	vdso_gettime(CLOCK_REALTIME, &before);
	vdso_gettime(CLOCK_MONOTONIC, &mono);
	jump = before;
	jump.tv_sec += 100000;
	is(clock_settime(CLOCK_REALTIME, &jump), 0, 0, "set the clock");
	vdso_gettime(CLOCK_REALTIME, &after);
	ok(after.tv_sec >= jump.tv_sec && vdso_time(NULL) >= jump.tv_sec, "the function knows");
	vdso_gettime(CLOCK_REALTIME_COARSE, &after);
	ok(after.tv_sec >= jump.tv_sec, "the coarse clock, too");
	vdso_gettime(CLOCK_MONOTONIC, &after);
	ok(after.tv_sec - mono.tv_sec < 50000, "the monotonic one does not care");
	is(clock_settime(CLOCK_REALTIME, &before), 0, 0, "set it back");
	vdso_gettime(CLOCK_REALTIME, &after);
	ok(after.tv_sec < jump.tv_sec, "and back it is");
	/* the first setting of a zone may move the clock: not looked at */
	is(syscall(SYS_settimeofday, NULL, &zone), 0, 0, "set the zone");
	vdso_gettimeofday(NULL, &tz);
	is_int(tz.tz_minuteswest, 60, "the function knows the zone");
	syscall(SYS_settimeofday, NULL, &none);
	vdso_gettimeofday(NULL, &tz);
	is_int(tz.tz_minuteswest, 0, "and that it is gone");
}

/* --- without a system call -------------------------------------------------------------- */

static volatile long steps, calls;

static void on_step(int sig, siginfo_t *info, void *ctx)
{
	const unsigned char *next = (void *)((ucontext_t *)ctx)->uc_mcontext.gregs[REG_RIP];

	steps++;
	calls += next[0] == 0x0f && next[1] == 0x05;
}

static inline __attribute__((always_inline)) void step_on(void)
{
	steps = calls = 0;
	asm volatile("pushf; orq %0, (%%rsp); popf" : : "i"(TF) : "memory", "cc");
}

static inline __attribute__((always_inline)) void step_off(void)
{
	asm volatile("pushf; andq %0, (%%rsp); popf" : : "i"(~TF) : "memory", "cc");
}

/* is @clock one of those that a device may have to be asked for? */
static int from_device(clockid_t clock)
{
	const char *source = vm_proc("/sys/devices/system/clocksource/clocksource0/current_clocksource");

	if (clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE)
		return 0;
	return *source && strcmp(source, "tsc\n");
}

static void test_no_calls(void)
{
	struct sigaction sa = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO };
	struct timespec ts;
	struct timeval tv;
	unsigned int i, cpu;

	sigaction(SIGTRAP, &sa, NULL);
	for (i = 0; i < NCLOCKS; i++) {
		step_on();
		vdso_gettime(clocks[i].id, &ts);
		step_off();
		ok(steps > 10 && calls == from_device(clocks[i].id),
		   "CLOCK_%s needs no system call", clocks[i].name);
		step_on();
		clock_gettime(clocks[i].id, &ts);
		step_off();
		ok(steps > 10 && calls == from_device(clocks[i].id),
		   "nor does the C library for it");
	}
	step_on();
	vdso_gettimeofday(&tv, NULL);
	step_off();
	is_int(calls, from_device(CLOCK_REALTIME), "nor does gettimeofday");
	step_on();
	vdso_time(NULL);
	vdso_getcpu(&cpu, NULL, NULL);
	vdso_getres(CLOCK_REALTIME, &ts);
	step_off();
	ok(steps > 30 && !calls, "nor do the other functions");
	step_on();
	vdso_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	step_off();
	is_int(calls, 1, "CPU time is asked of the kernel");
}

/* --- its memory -------------------------------------------------------------------------- */

static void write_own_copy(void)
{
	if (mprotect(vdso, 2 * K4, PROT_READ | PROT_WRITE | PROT_EXEC) || vm_write(vdso + 8, 77))
		_exit(1);
	_exit(vdso[8] == 77 ? 0 : 2);
}

static void unmap_it(void)
{
	if (munmap(vdso - 4 * K4, 6 * K4))
		_exit(1);
	_exit(strcmp(line_of("[vdso]"), "none") || vm_read(vdso) != -1101);
}

/* both parts keep their distance: the code goes on working */
static void move_it(void)
{
	char *to = vm_place(6);
	struct timespec before, after;

	vdso_gettime(CLOCK_MONOTONIC, &before);
	if (mremap(vdso - 4 * K4, 4 * K4, 4 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
		_exit(1);
	if (mremap(vdso, 2 * K4, 2 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, to + 4 * K4) != to + 4 * K4)
		_exit(2);
	vdso_gettime = (gettime_fn)((char *)vdso_gettime + (to + 4 * K4 - vdso));
	vdso = to + 4 * K4;
	if (vdso_gettime(CLOCK_MONOTONIC, &after) || ns_of(&after) < ns_of(&before))
		_exit(3);
	_exit(strcmp(line_of("[vdso]"), "0+2 r-xp") || strcmp(line_of("[vvar]"), "-4+4 r--p"));
}

static void look_after_fork(void)
{
	struct timespec ts;

	_exit(vdso_gettime(CLOCK_REALTIME, &ts) || ts.tv_sec < 1600000000 || vdso[1] != 'E');
}

static void test_memory(void)
{
	char was = vdso[8];

	is(munmap(vdso, K4), -1, EINVAL, "half of it cannot be unmapped");
	is(munmap(vdso - K4, 2 * K4), -1, EINVAL, "nor part of both");
	ok(mmap(vdso, K4, RW, PRIV | MAP_FIXED, -1, 0) == MAP_FAILED && errno == ENOMEM,
	   "or replaced");
	is(mprotect(vdso, K4, PROT_READ), -1, EINVAL, "or get other rights");
	is(madvise(vdso, K4, MADV_DONTFORK), -1, EINVAL, "or other advice");
	ok(mremap(vdso, 2 * K4, K4, 0) == MAP_FAILED && errno == EINVAL, "or be cut off");
	ok(mremap(vdso, 2 * K4, 3 * K4, MREMAP_MAYMOVE) == MAP_FAILED && errno == EFAULT,
	   "it does not grow");
	is(mprotect(vdso - 4 * K4, 4 * K4, RW), -1, EACCES, "the data stays read-only");
	is(madvise(vdso - 4 * K4, 4 * K4, MADV_DONTNEED), -1, EINVAL, "and where it is");
	is_str(line_of("[vdso]"), "0+2 r-xp", "nothing changed");
	is_int(vm_in_child(look_after_fork), 0, "a child has it as well");
	is_int(vm_in_child(write_own_copy), 0, "a program may write a copy of its own");
	ok(vdso[8] == was, "which is nobody else's");
	is_int(vm_in_child(move_it), 0, "it can be moved, and works there");
	is_int(vm_in_child(unmap_it), 0, "it can be unmapped as a whole");
	is_int(mprotect(vdso, 2 * K4, PROT_NONE), 0, "or taken away");
	is_int(vm_read(vdso), -1102, "so it is");
	is_int(mprotect(vdso, 2 * K4, PROT_READ | PROT_EXEC), 0, "and given back");
	is_int(vm_read(vdso + 1), 'E', "as it was");
}

int main(void)
{
	plan(0);
	vm_catch();
	test_object();
	test_maps();
	test_same_clocks();
	test_other_functions();
	test_getcpu();
	test_settings();
	test_no_calls();
	test_memory();
	return done();
}
