// SPDX-License-Identifier: MIT
/*
 * test_coredump.c - core files: when there is one, what it is called, who may read it, and
 * what is in it: notes, registers, threads, memory.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <elf.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>

#include "vmutil.h"

#define DIR_NAME	"/tmp/cores"
#define PATTERN		"/proc/sys/kernel/core_pattern"
#define MARK		0x1234567890abcdeful
#define MAX_NOTES	64

/* --- the file, read whole -------------------------------------------------------------- */

static struct {
	char *data;
	size_t size;
	struct {
		unsigned int type;
		const char *name;
		size_t bytes;
		const void *desc;
	} note[MAX_NOTES];
	unsigned int notes;
} core;

static void drop_core(void)
{
	free(core.data);
	memset(&core, 0, sizeof(core));
}

static const Elf64_Phdr *phdr(unsigned int i)
{
	return (const Elf64_Phdr *)(core.data + ((Elf64_Ehdr *)core.data)->e_phoff) + i;
}

static int read_notes(void)
{
	const char *p = core.data + phdr(0)->p_offset, *end = p + phdr(0)->p_filesz;

	if (phdr(0)->p_type != PT_NOTE || phdr(0)->p_offset + phdr(0)->p_filesz > core.size)
		return -1;
	while (p < end && core.notes < MAX_NOTES) {
		const Elf64_Nhdr *n = (const void *)p;

		core.note[core.notes].type = n->n_type;
		core.note[core.notes].name = p + sizeof(*n);
		core.note[core.notes].bytes = n->n_descsz;
		core.note[core.notes].desc = p + sizeof(*n) + ((n->n_namesz + 3) & ~3u);
		p = (const char *)core.note[core.notes++].desc + ((n->n_descsz + 3) & ~3u);
	}
	return p == end ? 0 : -1;
}

/* 0: it is a whole core file */
static int load_core(const char *name)
{
	struct stat st;
	const Elf64_Ehdr *eh;
	int fd = open(name, O_RDONLY);
	size_t got = 0;

	drop_core();
	if (fd < 0 || fstat(fd, &st))
		return -1;
	core.data = malloc(st.st_size + 1);
	core.size = st.st_size;
	while (got < core.size) {
		ssize_t n = read(fd, core.data + got, core.size - got);

		if (n <= 0)
			break;
		got += n;
	}
	close(fd);
	eh = (const void *)core.data;
	if (got != core.size || got < sizeof(*eh) || memcmp(core.data, ELFMAG, SELFMAG) ||
	    eh->e_type != ET_CORE || eh->e_machine != EM_X86_64)
		return -1;
	return read_notes();
}

/* the @nth note of @type, NULL: there is none */
static const void *note(unsigned int type, unsigned int nth)
{
	for (unsigned int i = 0; i < core.notes; i++)
		if (core.note[i].type == type && !nth--)
			return core.note[i].desc;
	return NULL;
}

static const char *note_list(void)
{
	static char text[1024];
	size_t n = 0;

	text[0] = 0;
	for (unsigned int i = 0; i < core.notes; i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%s:%x", i ? " " : "",
			      core.note[i].name, core.note[i].type);
	return text;
}

/* the segment of @addr, NULL: none */
static const Elf64_Phdr *segment(const void *addr)
{
	unsigned long a = (unsigned long)addr;

	for (unsigned int i = 1; i < ((Elf64_Ehdr *)core.data)->e_phnum; i++)
		if (a >= phdr(i)->p_vaddr && a - phdr(i)->p_vaddr < phdr(i)->p_memsz)
			return phdr(i);
	return NULL;
}

/* what was at @addr; NULL: it is not in the file */
static const void *in_core(const void *addr)
{
	const Elf64_Phdr *ph = segment(addr);
	unsigned long off;

	if (!ph)
		return NULL;
	off = (unsigned long)addr - ph->p_vaddr;
	if (off >= ph->p_filesz || ph->p_offset + off >= core.size)
		return NULL;
	return core.data + ph->p_offset + off;
}

/* pages of @addr's area that are in the file, -1: no such area */
static long dumped_pages(const void *addr)
{
	const Elf64_Phdr *ph = segment(addr);

	return ph ? (long)(ph->p_filesz / K4) : -1;
}

/* --- processes that die ------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		diag("%s: %s", path, strerror(errno));
	close(fd);
}

static void set_limit(unsigned long bytes)
{
	struct rlimit rl = { bytes, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &rl);
}

static pid_t last_child;

/* wait status of a child that runs @fn in the directory of cores */
static int die(void (*fn)(void))
{
	int status = -1;

	last_child = fork();
	if (!last_child) {
		for (int sig = 1; sig < 32; sig++)
			signal(sig, SIG_DFL);
		if (chdir(DIR_NAME))
			_exit(99);
		fn();
		_exit(0);
	}
	waitpid(last_child, &status, 0);
	return status;
}

/* the names in the directory, with commas; they are removed */
static const char *take_names(void)
{
	static char text[512];
	DIR *d = opendir(DIR_NAME);
	struct dirent *e;
	char path[512];
	size_t n = 0;

	text[0] = 0;
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		n += snprintf(text + n, sizeof(text) - n, "%s%s", n ? "," : "", e->d_name);
		snprintf(path, sizeof(path), DIR_NAME "/%s", e->d_name);
		unlink(path);
	}
	closedir(d);
	return text;
}

static void segv(void)
{
	*(volatile int *)0x1238 = 1;
}

static int signal_to_raise;

static void raise_it(void)
{
	raise(signal_to_raise);
}

/* --- when there is one ------------------------------------------------------------------------ */

static void test_signals(void)
{
	static const int dumping[] = { SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV,
				       SIGXCPU, SIGXFSZ, SIGSYS };
	static const int others[] = { SIGHUP, SIGINT, SIGKILL, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1 };
	unsigned int i;

	for (i = 0; i < sizeof(dumping) / sizeof(int); i++) {
		signal_to_raise = dumping[i];
		is_int(die(raise_it), 0x80 | dumping[i], "signal %d leaves a core", dumping[i]);
		is_str(take_names(), "core", "so it is there");
	}
	for (i = 0; i < sizeof(others) / sizeof(int); i++) {
		signal_to_raise = others[i];
		is_int(die(raise_it), others[i], "signal %d leaves none", others[i]);
		is_str(take_names(), "", "so it is not there");
	}
}

static void no_dump(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	segv();
}

static void half_limit(void)
{
	set_limit(16384);
	segv();
}

static void low_limit(void)
{
	set_limit(K4 - 1);
	segv();
}

static void zero_limit(void)
{
	set_limit(0);
	segv();
}

static void no_directory(void)
{
	if (chdir("/proc/self"))
		_exit(98);
	segv();
}

static void as_nobody(void)
{
	if (setgid(1000) || setuid(1000))
		_exit(97);
	prctl(PR_SET_DUMPABLE, 1);
	segv();
}

static void test_conditions(void)
{
	siginfo_t info = { 0 };
	struct stat st;
	pid_t pid;

	is_int(die(zero_limit), SIGSEGV, "not with a limit of 0");
	is_int(die(low_limit), SIGSEGV, "nor less than a page");
	is_int(die(no_dump), SIGSEGV, "nor of who shall not be dumped");
	is_int(die(no_directory), SIGSEGV, "nor where no file can be made");
	is_str(take_names(), "", "there is none of all these");
	is_int(die(half_limit), SIGSEGV | 0x80, "a limit that is too low");
	ok(!stat(DIR_NAME "/core", &st) && st.st_size <= 16384, "gives what fits");
	is_int(die(as_nobody), SIGSEGV, "nobody cannot write here");
	chmod(DIR_NAME, 0777);
	take_names();
	is_int(die(as_nobody), SIGSEGV | 0x80, "with rights he can");
	ok(!stat(DIR_NAME "/core", &st) && st.st_uid == 1000 && st.st_mode == (S_IFREG | 0600),
	   "it is his own, and only his");
	is_int(die(segv), SIGSEGV | 0x80, "another one");
	ok(!stat(DIR_NAME "/core", &st) && st.st_uid == 0, "takes its place");
	take_names();
	if (symlink("/tmp/elsewhere", DIR_NAME "/core"))
		diag("no link");
	is_int(die(segv), SIGSEGV | 0x80, "also that of a link");
	ok(!lstat(DIR_NAME "/core", &st) && S_ISREG(st.st_mode) && access("/tmp/elsewhere", F_OK),
	   "which leads nowhere then");
	pid = fork();
	if (!pid) {
		if (chdir(DIR_NAME))
			_exit(1);
		signal(SIGSEGV, SIG_DFL);
		segv();
	}
	is(waitid(P_PID, pid, &info, WEXITED), 0, 0, "waitid");
	ok(info.si_code == CLD_DUMPED && info.si_status == SIGSEGV, "tells of the core");
	take_names();
}

static void test_names(void)
{
	char want[256], host[65] = "";
	unsigned int i;
	static const struct {
		const char *pattern, *name;
	} cases[] = {
		{ "a%%b", "a%b" }, { "x%s.%u.%g", "x11.0.0" }, { "%e.c", "test_coredump.c" },
		{ "%f-", "test_coredump-" }, { "un%qknown", "unknown" }, { "end%", "end" },
		{ "d%d", "d1" }, { "/tmp/cores/abs", "abs" }, { "c%c", "c18446744073709551615" },
	};

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(PATTERN, cases[i].pattern);
		is_int(die(segv), SIGSEGV | 0x80, "pattern %s", cases[i].pattern);
		is_str(take_names(), cases[i].name, "is that name");
	}
	write_file(PATTERN, "p%p-%P-%i-%I");
	die(segv);
	snprintf(want, sizeof(want), "p%d-%d-%d-%d", last_child, last_child, last_child, last_child);
	ok(!strcmp(take_names(), want), "numbers of process and thread");
	write_file(PATTERN, "%h");
	gethostname(host, sizeof(host));
	die(segv);
	ok(!strcmp(take_names(), host), "name of the machine");
	write_file(PATTERN, "%E");
	die(segv);
	snprintf(want, sizeof(want), "%s", take_names());
	ok(want[0] == '!' && strstr(want, "!test_coredump"), "path of the program");
	write_file(PATTERN, "nowhere/%p");
	is_int(die(segv), SIGSEGV, "a directory that is not there");
	write_file(PATTERN, "core");
	write_file("/proc/sys/kernel/core_uses_pid", "1");
	die(segv);
	snprintf(want, sizeof(want), "core.%d", last_child);
	ok(!strcmp(take_names(), want), "core_uses_pid adds the number");
	write_file(PATTERN, "c%p");
	die(segv);
	snprintf(want, sizeof(want), "c%d", last_child);
	ok(!strcmp(take_names(), want), "unless it is there already");
	write_file("/proc/sys/kernel/core_uses_pid", "0");
	write_file(PATTERN, "core");
	is_str(vm_proc(PATTERN), "core\n", "the pattern can be read");
}

/* --- what is in it ------------------------------------------------------------------------------- */

static void die_with_registers(void)
{
	asm volatile("movq %0, %%r12\n\t"
		     "movq %0, %%xmm5\n\t"
		     "movq $0x77, %%rdi\n\t"
		     "movq $0x1238, %%rax\n\t"
		     "movl $1, (%%rax)"
		     : : "r"(MARK) : "r12", "rdi", "rax", "xmm5", "memory");
}

static void test_notes(void)
{
	const struct elf_prstatus *st;
	const struct elf_prpsinfo *ps;
	const siginfo_t *info;
	const unsigned long *auxv, *files;
	const unsigned char *fpu;
	unsigned long i, mark = MARK, covers = 0;

	is_int(die(die_with_registers), SIGSEGV | 0x80, "die with known registers");
	if (!is_int(load_core(DIR_NAME "/core"), 0, "the file is a core file"))
		bail("no core");
	is_str(note_list(), "CORE:1 CORE:3 CORE:53494749 CORE:6 CORE:46494c45 CORE:2 LINUX:202",
	       "the notes in their order");
	is_int(core.note[0].bytes, 336, "size of prstatus");
	is_int(core.note[1].bytes, 136, "size of prpsinfo");
	is_int(core.note[2].bytes, 128, "size of siginfo");
	is_int(core.note[5].bytes, 512, "size of the FPU's registers");
	st = note(NT_PRSTATUS, 0);
	ok(st->pr_pid == last_child && st->pr_ppid == getpid() && st->pr_pgrp == getpgrp() &&
	   st->pr_sid == getsid(0), "who it was");
	ok(st->pr_cursig == SIGSEGV && st->pr_info.si_signo == SIGSEGV && st->pr_fpvalid == 1,
	   "of what it died");
	/* struct user_regs_struct: r15 r14 r13 r12 ... rax is 10, rdi 14, rip 16, cs 17, ss 20 */
	ok(st->pr_reg[3] == MARK && st->pr_reg[10] == 0x1238 && st->pr_reg[14] == 0x77,
	   "its registers");
	ok(st->pr_reg[16] > (unsigned long)die_with_registers &&
	   st->pr_reg[16] < (unsigned long)die_with_registers + 256, "where it was");
	ok(st->pr_reg[17] == 0x33 && st->pr_reg[20] == 0x2b && st->pr_reg[21], "segments, TLS");
	ps = note(NT_PRPSINFO, 0);
	ok(ps->pr_pid == last_child && ps->pr_sname == 'R' && !ps->pr_zomb && !ps->pr_uid,
	   "what it did");
	is_str(ps->pr_fname, "test_coredump", "its name");
	ok(strstr(ps->pr_psargs, "test_coredump"), "its arguments");
	info = note(NT_SIGINFO, 0);
	ok(info->si_signo == SIGSEGV && info->si_code == SEGV_MAPERR &&
	   info->si_addr == (void *)0x1238, "the signal and its address");
	auxv = note(NT_AUXV, 0);
	for (i = 0; auxv[i] && auxv[i] != AT_PAGESZ; i += 2)
		;
	is_int(auxv[i + 1], K4, "the auxiliary vector");
	files = note(NT_FILE, 0);
	ok(files[0] >= 3 && files[1] == K4, "files are mapped");
	for (i = 0; i < files[0]; i++)
		covers += files[2 + 3 * i] <= st->pr_reg[16] && st->pr_reg[16] < files[3 + 3 * i];
	is_int(covers, 1, "one of them has the code");
	ok(strstr((const char *)(files + 2 + 3 * files[0]), "test_coredump"), "its name");
	fpu = note(NT_FPREGSET, 0);
	ok(!memcmp(fpu + 160 + 5 * 16, &mark, 8), "xmm5");
	fpu = note(NT_X86_XSTATE, 0);
	ok(!memcmp(fpu + 160 + 5 * 16, &mark, 8), "xmm5 in the extended state");
	ok((fpu[464] & 3) == 3, "which says what it has");
	is_int(phdr(1)->p_offset % K4, 0, "memory begins at a page");
	take_names();
}

static char *area[8];
static char in_data[K4 * 2] = "in data";

static void die_with_memory(void)
{
	in_data[5] = 'X';
	strcpy(area[0], "anonymous");
	area[0][5 * K4] = 7;
	strcpy(area[2], "not this");
	strcpy(area[3], "shared");
	segv();
}

static void make_areas(void)
{
	int fd = open(DIR_NAME "/.file", O_RDWR | O_CREAT, 0700);

	if (ftruncate(fd, 8 * K4) || pwrite(fd, "file", 4, 0) != 4)
		bail("no file");
	/* with neighbours of other kinds: it stays an area of its own */
	area[0] = mmap(NULL, 18 * K4, PROT_NONE, PRIV, -1, 0) + K4;
	mprotect(area[0], 16 * K4, RW);
	area[1] = mmap(NULL, 1ul << 36, RW, PRIV | MAP_NORESERVE, -1, 0);
	area[2] = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
	madvise(area[2], 4 * K4, MADV_DONTDUMP);
	area[3] = mmap(NULL, 4 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	area[4] = mmap(NULL, 8 * K4, PROT_READ, MAP_SHARED, fd, 0);
	area[5] = mmap(NULL, 8 * K4, PROT_READ, MAP_PRIVATE, fd, 0);
	area[6] = mmap(NULL, 4 * K4, PROT_READ, MAP_PRIVATE, fd, 4 * K4);
	area[7] = mmap(NULL, 4 * K4, PROT_NONE, PRIV, -1, 0);
	close(fd);
}

static void use_filter(const char *filter)
{
	write_file("/proc/self/coredump_filter", filter);
	is_int(die(die_with_memory), SIGSEGV | 0x80, "die with the filter %s", filter);
	if (load_core(DIR_NAME "/core"))
		bail("no core with the filter %s", filter);
	take_names();
}

static const char *dumped_list(void)
{
	static char text[128];
	size_t n = 0;

	for (int i = 0; i < 8; i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%ld", i ? " " : "",
			      dumped_pages(area[i]));
	return text;
}

static void test_memory(void)
{
	const char *p;

	make_areas();
	is_str(vm_proc("/proc/self/coredump_filter"), "00000033\n", "the filter at first");
	use_filter("0x33");
	is_str(dumped_list(), "16 0 0 4 0 1 0 0", "pages of each area");
	ok((p = in_core(in_data)) && !strcmp(p, "in daXa"), "data");
	ok((p = in_core(area[0])) && !strcmp(p, "anonymous"), "anonymous memory");
	ok((p = in_core(area[0] + 5 * K4)) && *p == 7, "behind a hole as well");
	ok((p = in_core(area[0] + 3 * K4)) && !p[0] && !memcmp(p, p + 1, K4 - 1), "the hole");
	ok((p = in_core(area[3])) && !strcmp(p, "shared"), "shared memory");
	ok((p = in_core(area[5])) && !memcmp(p, "file", 4), "the first page of a program's file");
	ok(segment(&p) && in_core(&p), "the stack");
	use_filter("0");
	is_str(dumped_list(), "0 0 0 0 0 0 0 0", "nothing");
	use_filter("1");
	is_str(dumped_list(), "16 0 0 0 0 0 0 0", "what is anonymous and private");
	use_filter("2");
	is_str(dumped_list(), "0 0 0 4 0 0 0 0", "what is anonymous and shared");
	use_filter("4");
	is_str(dumped_list(), "0 0 0 0 0 8 4 0", "private mappings of files");
	use_filter("8");
	is_str(dumped_list(), "0 0 0 0 8 0 0 0", "shared mappings of files");
	ok((p = in_core(area[4])) && !memcmp(p, "file", 4), "with their contents");
	write_file("/proc/self/coredump_filter", "0xffff");
	is_str(vm_proc("/proc/self/coredump_filter"), "000001ff\n", "bits that do not exist");
	write_file("/proc/self/coredump_filter", "0x33");
	unlink(DIR_NAME "/.file");
}

/* --- threads --------------------------------------------------------------------------------------- */

static pthread_barrier_t barrier;
static pid_t *tids;			/* shared with the parent */

static void *wait_in_user_mode(void *arg)
{
	tids[1] = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	asm volatile("movq %0, %%r13; movl $1, %1; 1: pause; jmp 1b"
		     : : "r"(MARK + 1), "m"(tids[3]) : "r13", "memory");
	return NULL;
}

static void *wait_in_a_call(void *arg)
{
	tids[2] = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
	return NULL;
}

static void *die_as_a_thread(void *arg)
{
	tids[0] = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	while (!*(volatile pid_t *)&tids[3])	/* its register has the mark */
		sched_yield();
	segv();
	return NULL;
}

static void die_with_threads(void)
{
	pthread_t t;

	pthread_barrier_init(&barrier, NULL, 4);
	pthread_create(&t, NULL, wait_in_user_mode, NULL);
	pthread_create(&t, NULL, wait_in_a_call, NULL);
	pthread_create(&t, NULL, die_as_a_thread, NULL);
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
}

static void test_threads(void)
{
	const struct elf_prstatus *st;
	unsigned int i, found = 0;

	tids = mmap(NULL, K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	is_int(die(die_with_threads), SIGSEGV | 0x80, "one of four threads dies");
	if (load_core(DIR_NAME "/core"))
		bail("no core of threads");
	is_str(note_list(), "CORE:1 CORE:3 CORE:53494749 CORE:6 CORE:46494c45 CORE:2 LINUX:202 "
	       "CORE:1 CORE:2 LINUX:202 CORE:1 CORE:2 LINUX:202 CORE:1 CORE:2 LINUX:202",
	       "each has its notes");
	st = note(NT_PRSTATUS, 0);
	is_int(st->pr_pid == tids[0], 1, "who died comes first");
	for (i = 1; (st = note(NT_PRSTATUS, i)); i++) {
		if (st->pr_pid == tids[1])
			found += st->pr_reg[2] == MARK + 1;
		else
			found += st->pr_pid == tids[2] || st->pr_pid == last_child;
	}
	is_int(found, 3, "then the others, where they were");
	take_names();
}

int main(void)
{
	plan(0);
	mkdir(DIR_NAME, 0755);
	set_limit(RLIM_INFINITY);
	is_str(vm_proc(PATTERN), "core\n", "the pattern at first");
	is_str(vm_proc("/proc/sys/kernel/core_uses_pid"), "0\n", "without the number");
	test_signals();
	test_conditions();
	test_names();
	test_notes();
	test_memory();
	test_threads();
	rmdir(DIR_NAME);
	return done();
}
