// SPDX-License-Identifier: MIT
/*
 * execve: what the new program gets, what is reset and what stays, scripts, limits,
 * and files that are no programs. The test runs itself: argv[1] names a check.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static const char *self = "/proc/self/exe";
static char *const no_env[] = { NULL };
static void *volatile bad = (void *)8;

/* --- what the new program looks at ---------------------------------------------------- */

static int check_args(int argc, char **argv, char **envp)
{
	return !(argc == 5 && !strcmp(argv[0], "zero") && !strcmp(argv[2], "") &&
		 !strcmp(argv[3], "two words") && !strcmp(argv[4], "last") && !argv[5] &&
		 !strcmp(envp[0], "A=1") && !strcmp(envp[1], "B=") && !envp[2]);
}

static int check_aux(void)
{
	const unsigned char *random = (void *)getauxval(AT_RANDOM);
	const char *platform = (void *)getauxval(AT_PLATFORM);
	int i, sum = 0;

	for (i = 0; random && i < 16; i++)
		sum |= random[i];
	if (!sum || getauxval(AT_PAGESZ) != 4096 || getauxval(AT_CLKTCK) != 100)
		return 1;
	if (!platform || strcmp(platform, "x86_64") || getauxval(AT_SECURE))
		return 2;
	if (getauxval(AT_UID) != getuid() || getauxval(AT_EGID) != getegid())
		return 3;
	if (getauxval(AT_PHENT) != sizeof(Elf64_Phdr) || !getauxval(AT_PHNUM) ||
	    !getauxval(AT_PHDR) || !getauxval(AT_ENTRY) || getauxval(AT_BASE))
		return 4;
	return 0;
}

static int check_state(void)
{
	struct sigaction sa;
	sigset_t set;
	stack_t ss;
	char name[16];

	sigaction(SIGUSR1, NULL, &sa);
	if (sa.sa_handler != SIG_DFL)
		return 1;
	sigaction(SIGUSR2, NULL, &sa);
	if (sa.sa_handler != SIG_IGN)
		return 2;
	sigprocmask(SIG_BLOCK, NULL, &set);
	if (!sigismember(&set, SIGHUP))
		return 3;
	sigaltstack(NULL, &ss);
	if (!(ss.ss_flags & SS_DISABLE))
		return 4;
	if (fcntl(100, F_GETFD) != -1 || fcntl(101, F_GETFD) != 0)
		return 5;
	prctl(PR_GET_NAME, name);
	return strcmp(name, "exe") ? 6 : 0;
}

static int run_check(int argc, char **argv, char **envp)
{
	const char *what = argv[1];

	if (!strcmp(what, "args"))
		return check_args(argc, argv, envp);
	if (!strcmp(what, "aux"))
		return check_aux();
	if (!strcmp(what, "state"))
		return check_state();
	if (!strcmp(what, "pid"))
		return getpid() != atoi(argv[2]) || syscall(SYS_gettid) != getpid();
	if (!strcmp(what, "script"))
		return !(argc == 4 && strstr(argv[0], "test_exec") &&
			 !strcmp(argv[2], "/tmp/script") && !strcmp(argv[3], "arg"));
	return 99;
}

/* --- running it --------------------------------------------------------------------------- */

static int result(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int run(const char *file, char *const argv[], char *const envp[])
{
	pid_t pid = vfork();

	if (!pid) {
		execve(file, argv, envp);
		_exit(errno);
	}
	return result(pid);
}

static void test_args(void)
{
	char *args[] = { "zero", "args", "", "two words", "last", NULL };
	char *env[] = { "A=1", "B=", NULL };
	char *aux[] = { "x", "aux", NULL };

	is_int(run(self, args, env), 0, "arguments and environment");
	is_int(run(self, aux, no_env), 0, "auxiliary vector");
}

static void on_signal(int sig)
{
}

static void test_state(void)
{
	char *args[] = { "x", "state", NULL };
	static char stack[16384];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	sigset_t set;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGUSR1, on_signal);
		signal(SIGUSR2, SIG_IGN);
		sigemptyset(&set);
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_SETMASK, &set, NULL);
		sigaltstack(&ss, NULL);
		dup2(0, 101);
		dup3(0, 100, O_CLOEXEC);
		execve(self, args, no_env);
		_exit(90);
	}
	is_int(result(pid), 0, "handlers, mask, stack, descriptors, name");
}

static void *exec_thread(void *arg)
{
	execve(self, arg, no_env);
	_exit(91);
}

static void *idle_thread(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void test_thread(void)
{
	char num[16];
	char *args[] = { "x", "pid", num, NULL };
	pid_t pid = fork();
	pthread_t t;
	int i;

	if (!pid) {
		sprintf(num, "%d", getpid());
		for (i = 0; i < 4; i++)
			pthread_create(&t, NULL, idle_thread, NULL);
		pthread_create(&t, NULL, exec_thread, args);
		for (;;)
			pause();
	}
	is_int(result(pid), 0, "exec by a thread: it becomes the process");
}

/* --- scripts --------------------------------------------------------------------------------- */

static void put(const char *path, const void *data, size_t n, int mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);

	if (write(fd, data, n) != (ssize_t)n)
		perror(path);
	fchmod(fd, mode);
	close(fd);
}

static void test_scripts(void)
{
	char *args[] = { "x", "arg", NULL };
	char text[PATH_MAX + 300], me[PATH_MAX] = "";
	ssize_t n = readlink(self, me, sizeof(me) - 1);
	int i;

	me[n > 0 ? n : 0] = 0;
	sprintf(text, "#! %s \t script  \nrest", me);
	put("/tmp/script", text, strlen(text), 0755);
	is_int(run("/tmp/script", args, no_env), 0, "#! with an argument");
	put("/tmp/script2", "#!/tmp/script2\n", 15, 0755);
	is_int(run("/tmp/script2", args, no_env), ELOOP, "its own interpreter");
	put("/tmp/script2", "#!/nowhere/sh\n", 14, 0755);
	is_int(run("/tmp/script2", args, no_env), ENOENT, "no such interpreter");
	put("/tmp/script2", "#!\n", 3, 0755);
	is_int(run("/tmp/script2", args, no_env), ENOEXEC, "no interpreter");
	put("/tmp/script2", "#!  \t ", 6, 0755);
	is_int(run("/tmp/script2", args, no_env), EACCES, "blanks up to the end of the file");
	memset(text, 'a', sizeof(text));
	memcpy(text, "#!/", 3);
	put("/tmp/script2", text, sizeof(text), 0755);
	is_int(run("/tmp/script2", args, no_env), ENOEXEC, "a line without end");
	put("/tmp/script2", text, 0, 0755);
	is_int(run("/tmp/script2", args, no_env), ENOEXEC, "an empty file");
	put("/tmp/script2", text, 2, 0644);
	is_int(run("/tmp/script2", args, no_env), EACCES, "not executable");
	is_int(run("/tmp", args, no_env), EACCES, "a directory");
	is_int(run("/tmp/none", args, no_env), ENOENT, "nothing");
	is_int(run("", args, no_env), ENOENT, "no name");
	is_int(run("/tmp/script2/x", args, no_env), ENOTDIR, "below a file");
	for (i = 0; i < PATH_MAX; i++)
		text[i] = '/';
	text[PATH_MAX] = 0;
	is_int(run(text, args, no_env), ENAMETOOLONG, "a long name");
	is(execve(bad, args, no_env), -1, EFAULT, "a bad name");
	is(execve(self, bad, no_env), -1, EFAULT, "bad arguments");
	is(execve(self, args, bad), -1, EFAULT, "a bad environment");
	args[1] = bad;
	is(execve(self, args, no_env), -1, EFAULT, "a bad argument");
}

/* --- limits -------------------------------------------------------------------------------------- */

static void test_limits(void)
{
	size_t n = 131072;
	char *big = malloc(n + 1), **many = malloc(100001 * sizeof(*many));
	char *args[] = { "x", big, NULL };
	int i;

	memset(big, 'x', n);
	big[n] = 0;
	is_int(run(self, args, no_env), E2BIG, "an argument of 128 KiB");
	big[n - 1] = 0;
	is_int(run(self, args, no_env), 99, "one byte less");
	big[1000] = 0;
	for (i = 0; i < 10000; i++)
		many[i] = big;
	many[i] = NULL;
	is_int(run(self, many, no_env), E2BIG, "10 MB of arguments");
	many[1000] = NULL;
	is_int(run(self, many, no_env), 99, "1 MB is fine");
	free(big);
	free(many);
}

/* --- broken ELF files --------------------------------------------------------------------------------- */

struct tiny {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[2];
	unsigned char code[64];
};

/* mov $60,%eax; mov $7,%edi; syscall */
static const unsigned char exit7[] = { 0xb8, 60, 0, 0, 0, 0xbf, 7, 0, 0, 0, 0x0f, 0x05 };
#define BASE 0x400000ul

static struct tiny good_elf(void)
{
	struct tiny t;

	memset(&t, 0, sizeof(t));
	memcpy(t.eh.e_ident, ELFMAG, SELFMAG);
	t.eh.e_ident[EI_CLASS] = ELFCLASS64;
	t.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	t.eh.e_ident[EI_VERSION] = EV_CURRENT;
	t.eh.e_type = ET_EXEC;
	t.eh.e_machine = EM_X86_64;
	t.eh.e_version = EV_CURRENT;
	t.eh.e_entry = BASE + offsetof(struct tiny, code);
	t.eh.e_phoff = offsetof(struct tiny, ph);
	t.eh.e_ehsize = sizeof(t.eh);
	t.eh.e_phentsize = sizeof(t.ph[0]);
	t.eh.e_phnum = 1;
	t.ph[0].p_type = PT_LOAD;
	t.ph[0].p_flags = PF_R | PF_X;
	t.ph[0].p_vaddr = t.ph[0].p_paddr = BASE;
	t.ph[0].p_filesz = t.ph[0].p_memsz = sizeof(t);
	t.ph[0].p_align = 4096;
	memcpy(t.code, exit7, sizeof(exit7));
	return t;
}

static int run_elf(const struct tiny *t, size_t bytes)
{
	char *args[] = { "x", NULL };

	put("/tmp/elf", t, bytes, 0755);
	return run("/tmp/elf", args, no_env);
}

#define BROKEN(want, what, change)						\
	do {									\
		struct tiny t = good_elf();					\
		change;								\
		is_int(run_elf(&t, sizeof(t)), want, what);			\
	} while (0)

static void test_elf(void)
{
	struct tiny t0 = good_elf();
	unsigned int seed = 12345, i, j, bad = 0;

	is_int(run_elf(&t0, sizeof(t0)), 7, "a tiny program");
	BROKEN(ENOEXEC, "wrong magic", t.eh.e_ident[0] = 'x');
	BROKEN(ENOEXEC, "wrong machine", t.eh.e_machine = EM_ARM);
	BROKEN(ENOEXEC, "wrong type", t.eh.e_type = ET_REL);
	BROKEN(ENOEXEC, "no program headers", t.eh.e_phnum = 0);
	BROKEN(ENOEXEC, "wrong size of headers", t.eh.e_phentsize = 55);
	BROKEN(7, "position independent", t.eh.e_type = ET_DYN);
	BROKEN(-SIGSEGV, "entry elsewhere", t.eh.e_entry = 0x1000);
	BROKEN(-SIGSEGV, "not executable memory", t.ph[0].p_flags = PF_R);
	/* every byte of the headers changed at random, a hundred times: no harm */
	for (i = 0; i < 100; i++) {
		struct tiny t = good_elf();
		unsigned char *p = (void *)&t;
		pid_t pid;
		int status, k;

		for (k = 0; k < 4; k++) {
			seed = seed * 1103515245 + 12345;
			j = 16 + (seed >> 8) % (offsetof(struct tiny, ph[1]) - 16);
			p[j] = seed >> 24;
		}
		put("/tmp/elf", &t, sizeof(t), 0755);
		pid = fork();
		if (!pid) {
			char *args[] = { "x", NULL };
			struct rlimit core = { 0, 0 };

			setrlimit(RLIMIT_CORE, &core);
			alarm(2);
			execve("/tmp/elf", args, no_env);
			_exit(200);
		}
		if (waitpid(pid, &status, 0) != pid)
			bad++;
	}
	is_int(bad, 0, "100 random changes: the program dies, nothing else");
	for (i = 0; i < sizeof(t0); i += 8)
		if (run_elf(&t0, i) == -1000)
			bad++;
	is_int(bad, 0, "cut short at every length");
}

int main(int argc, char **argv, char **envp)
{
	if (argc > 1)
		return run_check(argc, argv, envp);
	if (argc == 1 && !strcmp(argv[0], "x"))
		return 99;
	plan(36);
	test_args();
	test_state();
	test_thread();
	test_scripts();
	test_limits();
	test_elf();
	return done();
}
