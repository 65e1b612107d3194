// SPDX-License-Identifier: MIT
/*
 * process.h - the cases of mmbench about processes, switches and signals.
 *
 * Part of mmbench.c, which says what a case is.  Each waits for the children it
 * makes; a child that fails ends the case.
 */
/* ---- processes ----------------------------------------------------------- */

static void reap(pid_t pid)
{
	int status;

	must(pid, "fork");
	must(waitpid(pid, &status, 0), "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		report("child-failed");
		_exit(0);
	}
}

static void fork_exit(unsigned long len)
{
	unsigned long loops = len <= MIB ? 20 : len <= 16 * MIB ? 10 : 3;

	touched_once(len);
	start();
	for (unsigned long i = 0; i < loops; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		reap(pid);
	}
	stop(loops);
}

static void fork_write_all(unsigned long len)
{
	char *p = touched_once(len);
	pid_t pid;

	start();
	pid = fork();
	if (!pid) {
		touch(p, len);
		_exit(0);
	}
	reap(pid);
	stop(len / PAGE);
}

static void fork_write_one(unsigned long len)
{
	char *p = touched_once(len);

	start();
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		if (!pid) {
			p[len / 2] = 2;
			_exit(0);
		}
		reap(pid);
	}
	stop(3);
}

/* The programs to execute, by the word that names the size. */
static void exec_program(void)
{
	static const struct {
		const char *word, *path;
	} programs[] = {
		{"mmbench", "/bin/mmbench"},
		{"busybox", "/bin/busybox"},
		{"musl", "/bin/dynamic-musl"},
		{"glibc", "/bin/dynamic-glibc"},
	};
	char *env[] = {NULL};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!strcmp(case_size, programs[i].word)) {
			char *argv[] = {"true", "--exit", NULL};

			execve(programs[i].path, argv, env);
		}
	}
	_exit(127);
}

static void fork_exec(unsigned long n)
{
	start();
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid)
			exec_program();
		reap(pid);
	}
	stop(10);
}

static void vfork_exec(unsigned long n)
{
	start();
	for (int i = 0; i < 10; i++) {
		pid_t pid = vfork();

		if (!pid)
			exec_program();
		reap(pid);
	}
	stop(10);
}

/* ---- switches, signals, reading ------------------------------------------ */

static int ping[2], pong[2];
static unsigned long message_bytes;

static void move_message(ssize_t (*io)(int, void *, size_t), int fd, char *buf)
{
	must(io(fd, buf, message_bytes) == (ssize_t)message_bytes ? 0 : -1, "pipe");
}

static ssize_t write_out(int fd, void *buf, size_t n)
{
	return write(fd, buf, n);
}

static void *echo(void *arg)
{
	static char buf[PAGE];

	while (read(ping[0], buf, message_bytes) > 0)
		move_message(write_out, pong[1], buf);
	return NULL;
}

static void rounds(void)
{
	static char buf[PAGE];

	start();
	for (int i = 0; i < 200; i++) {
		move_message(write_out, ping[1], buf);
		move_message(read, pong[0], buf);
	}
	stop(200);
}

static void make_pipes(unsigned long n)
{
	message_bytes = n;
	must(pipe(ping), "pipe");
	must(pipe(pong), "pipe");
}

static void close_pipes(void)
{
	for (int i = 0; i < 2; i++) {
		close(ping[i]);
		close(pong[i]);
	}
}

static void pipe_processes(unsigned long n)
{
	pid_t pid;

	make_pipes(n);
	pid = fork();
	if (!pid) {
		close(ping[1]);
		echo(NULL);
		_exit(0);
	}
	must(pid, "fork");
	rounds();
	close_pipes();
	reap(pid);
}

static void pipe_threads(unsigned long n)
{
	pthread_t thread;

	make_pipes(n);
	errno = pthread_create(&thread, NULL, echo, NULL);
	if (errno)
		fail("pthread_create");
	rounds();
	close(ping[1]);
	pthread_join(thread, NULL);
	close(ping[0]);
	close(pong[0]);
	close(pong[1]);
}

static void skip_store(int sig, siginfo_t *info, void *context)
{
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 3;
}

static void segv(unsigned long n)
{
	struct sigaction act = {.sa_sigaction = skip_store, .sa_flags = SA_SIGINFO};
	char *p = map(PAGE, PROT_NONE, ANON, -1);

	must(sigaction(SIGSEGV, &act, NULL), "sigaction");
	start();
	for (unsigned long i = 0; i < n; i++) /* movb $0, (%rdi): 3 bytes */
		__asm__ volatile(".byte 0xc6, 0x07, 0x00" : : "D"(p) : "memory");
	stop(n);
	unmap(p, PAGE);
}

static void no_action(int sig)
{
}

static void kill_self(unsigned long n)
{
	pid_t pid = getpid();

	signal(SIGUSR1, no_action);
	start();
	for (unsigned long i = 0; i < n; i++)
		must(kill(pid, SIGUSR1), "kill");
	stop(n);
}

static void read_file(unsigned long len)
{
	int fd = data_file(MIB), loops = len < MIB ? 100 : 5;
	char *p = touched_once(MIB);

	start();
	for (int i = 0; i < loops; i++)
		must(pread(fd, p, len, 0), "pread");
	stop(loops);
}

/* Memory that one process has filled, mapped by the faults of another. */
static void shared_memory(unsigned long len)
{
	char *p = map(len, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid_t pid;

	touch(p, len);
	pid = fork();
	if (!pid) {
		start();
		touch(p, len);
		stop(len / PAGE);
		_exit(0);
	}
	reap(pid);
	unmap(p, len);
}
