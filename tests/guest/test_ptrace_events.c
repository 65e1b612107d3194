// SPDX-License-Identifier: MIT
/*
 * test_ptrace_events.c - what a tracer hears of fork, vfork, clone, exec and exit, of threads
 * and of those that exec, and who traces the new ones.
 */
#include "ptutil.h"
#include <pthread.h>
#include <sys/stat.h>

#define O_ALL	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
		 PTRACE_O_TRACEEXEC | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT)

static char *self_path;
static char *const exec_args[] = { "test_ptrace_events", "--exit", NULL };

static unsigned long message(pid_t pid)
{
	unsigned long msg = ~0ul;

	PT(PTRACE_GETEVENTMSG, pid, 0, &msg);
	return msg;
}

static void cont(pid_t pid)
{
	is_int(PT(PTRACE_CONT, pid, 0, 0), 0, "continue");
}

/* --- fork, vfork, clone --------------------------------------------------------------------- */

static void forks(void)
{
	pid_t pid = syscall(SYS_fork);
	int status;

	if (!pid)
		syscall(SYS_exit_group, 5);
	if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 5)
		_exit(20);
	_exit(21);
}

static void test_fork(void)
{
	pid_t pid = traced_child(forks), child;
	siginfo_t info;

	is_int(PT(PTRACE_SETOPTIONS, pid, 0, O_ALL), 0, "all options");
	cont(pid);
	stops(pid, "event 1, 5", "fork");
	PT(PTRACE_GETSIGINFO, pid, 0, &info);
	ok(info.si_code == EVENT(PTRACE_EVENT_FORK) && info.si_pid == pid, "its siginfo");
	child = message(pid);
	ok(child > 0 && child != pid, "the message is the child's number");
	stops(child, "stop 19", "the child has stopped, and is traced");
	ok(atoi(status_line(child, "TracerPid")) == getpid(), "by us");
	ok(atoi(status_line(child, "PPid")) == pid, "though it is the other's child");
	cont(child);
	stops(child, "event 6, 5", "it is about to exit");
	is_int(message(child), 5 << 8, "with this status");
	cont(child);
	stops(child, "exit 5", "its tracer sees the end");
	cont(pid);
	stops(pid, "stop 17", "SIGCHLD for its parent");
	PT(PTRACE_GETSIGINFO, pid, 0, &info);
	ok(info.si_pid == child && info.si_code == CLD_EXITED && info.si_status == 5,
	   "after the tracer has seen it");
	cont(pid);
	stops(pid, "event 6, 5", "which can wait for it, too");
	cont(pid);
	stops(pid, "exit 21", "and did");
}

static void test_untraced_fork(void)
{
	pid_t pid = traced_child(forks);
	int status;

	cont(pid);
	stops(pid, "stop 17", "without options a child is not seen");
	is_int(waitpid(-1, &status, WNOHANG), 0, "there is no other");
	cont(pid);
	stops(pid, "exit 21", "the end");
}

static char clone_stack[65536] __attribute__((aligned(16)));

static int clone_main(void *arg)
{
	(void)arg;
	return 6;
}

static void clones(unsigned long flags)
{
	int status;
	pid_t pid = clone(clone_main, clone_stack + sizeof(clone_stack), flags, NULL);

	waitpid(pid, &status, __WALL);
	_exit(WEXITSTATUS(status) == 6 ? 22 : 23);
}

static void clones_silently(void)
{
	clones(0);
}

static void clones_untraced(void)
{
	clones(SIGCHLD | 0x00800000);
}

static void clones_traced(void)
{
	clones(SIGCHLD | 0x00002000);
}

static void test_clone(void)
{
	pid_t pid = traced_child(clones_silently), child;

	PT(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACECLONE);
	cont(pid);
	stops(pid, "event 3, 5", "clone without SIGCHLD");
	child = message(pid);
	stops(child, "stop 19", "its child");
	cont(child);
	stops(child, "exit 6", "ends");
	cont(pid);
	stops(pid, "exit 22", "the end");

	pid = traced_child(clones_untraced);
	PT(PTRACE_SETOPTIONS, pid, 0, O_ALL & ~PTRACE_O_TRACEEXIT);
	cont(pid);
	stops(pid, "stop 17", "CLONE_UNTRACED is not seen");
	cont(pid);
	stops(pid, "exit 22", "the end");

	pid = traced_child(clones_traced);
	cont(pid);
	child = waitpid(-1, &(int){ 0 }, __WALL);
	ok(child > 0 && child != pid, "CLONE_PTRACE: the child stops without an option");
	ok(atoi(status_line(child, "PPid")) == pid, "it is the other's");
	cont(child);
	stops(child, "exit 6", "and ends");
	stops(pid, "stop 17", "SIGCHLD");
	cont(pid);
	stops(pid, "exit 22", "the end");
}

static void vforks(void)
{
	pid_t pid = vfork();
	int status;

	if (!pid) {
		execv(self_path, exec_args);
		_exit(9);
	}
	waitpid(pid, &status, 0);
	_exit(WEXITSTATUS(status) == 77 ? 24 : 25);
}

static void test_vfork(void)
{
	pid_t pid = traced_child(vforks), child;
	int status;

	PT(PTRACE_SETOPTIONS, pid, 0, O_ALL);
	cont(pid);
	stops(pid, "event 2, 5", "vfork");
	child = message(pid);
	stops(child, "stop 19", "its child");
	cont(pid);
	is_int(waitpid(pid, &status, WNOHANG), 0, "the parent waits for it");
	cont(child);
	stops(child, "event 4, 5", "exec");
	is_int(message(child), child, "by the same number");
	stops(pid, "event 5, 5", "lets the parent go on");
	is_int(message(pid), child, "and tells whose it is");
	cont(child);
	stops(child, "event 6, 5", "exit");
	cont(child);
	stops(child, "exit 77", "the end of the child");
	cont(pid);
	stops(pid, "stop 17", "SIGCHLD");
	cont(pid);
	stops(pid, "event 6, 5", "exit");
	cont(pid);
	stops(pid, "exit 24", "the end of the parent");
}

/* --- exec -------------------------------------------------------------------------------------- */

static void execs(void)
{
	execv(self_path, exec_args);
	_exit(9);
}

static void test_exec(void)
{
	pid_t pid = traced_child(execs);
	siginfo_t info;

	cont(pid);
	stops(pid, "stop 5", "without an option exec is SIGTRAP");
	PT(PTRACE_GETSIGINFO, pid, 0, &info);
	ok(info.si_code == SI_USER && info.si_pid == pid, "that it sent itself");
	cont(pid);
	stops(pid, "exit 77", "the new program runs");

	pid = traced_child(execs);
	PT(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD);
	cont(pid);
	stops(pid, "event 4, 5", "with the option it is an event");
	ok(regs_of(pid).orig_rax == SYS_execve, "within the call");
	PT(PTRACE_SYSCALL, pid, 0, 0);
	stops(pid, "stop 5 in a call", "whose end is shown");
	ok(regs_of(pid).rax == 0, "as 0");
	cont(pid);
	stops(pid, "exit 77", "the new program runs");
}

/* --- threads ----------------------------------------------------------------------------------------- */

static void *thread_main(void *arg)
{
	return arg;
}

static void starts_thread(void)
{
	pthread_t t;

	pthread_create(&t, NULL, thread_main, NULL);
	for (;;)
		pause();
}

/* @pid goes on and makes a thread, which is traced, too. */
static pid_t new_thread(pid_t pid)
{
	pid_t thread;

	cont(pid);
	stops(pid, "event 3, 5", "a thread is made");
	thread = message(pid);
	ok(thread != pid, "it has a number of its own");
	stops(thread, "stop 19", "and stops");
	return thread;
}

static void test_thread(void)
{
	pid_t pid = traced_child(starts_thread), thread;

	PT(PTRACE_SETOPTIONS, pid, 0, O_ALL);
	thread = new_thread(pid);
	ok(atoi(status_line(thread, "Tgid")) == pid, "it belongs to the process");
	cont(pid);
	cont(thread);
	stops(thread, "event 6, 5", "the thread exits");
	is_int(message(thread), 0, "with 0");
	cont(thread);
	stops(thread, "exit 0", "and is waited for by its tracer");
	finish(pid);
}

static void *thread_execs(void *arg)
{
	(void)arg;
	execv(self_path, exec_args);
	_exit(9);
}

static void execs_by_thread(void)
{
	pthread_t t;

	pthread_create(&t, NULL, thread_execs, NULL);
	for (;;)
		pause();
}

/* exec by a thread: the others go, it becomes the leader */
static void test_thread_exec(void)
{
	pid_t pid = traced_child(execs_by_thread), thread;

	PT(PTRACE_SETOPTIONS, pid, 0, O_ALL & ~PTRACE_O_TRACEEXIT);
	thread = new_thread(pid);
	cont(pid);
	cont(thread);
	stops(pid, "event 4, 5", "its exec comes under the number of the process");
	is_int(message(pid) == (unsigned long)thread, 1, "with the one that it had as message");
	ok(waitpid(thread, &(int){ 0 }, __WALL | WNOHANG) == -1 && errno == ECHILD,
	   "nobody has that one any more");
	cont(pid);
	stops(pid, "exit 77", "the new program runs");
}

static void *thread_pauses(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void pauses_with_thread(void)
{
	pthread_t t;

	pthread_create(&t, NULL, thread_pauses, NULL);
	thread_pauses(NULL);
}

/* A stop signal and a death: each thread tells of its own. */
static void test_thread_group(void)
{
	pid_t pid = traced_child(pauses_with_thread), thread;
	int status;

	PT(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACECLONE);
	thread = new_thread(pid);
	cont(pid);
	cont(thread);
	until_state(pid, 'S');
	until_state(thread, 'S');
	syscall(SYS_tgkill, pid, thread, SIGSTOP);
	stops(thread, "stop 19", "SIGSTOP for the thread");
	is_int(PT(PTRACE_CONT, thread, 0, SIGSTOP), 0, "let through");
	stops(thread, "stop 19", "stops it");
	stops(pid, "stop 19", "and the other one");
	is_int(waitpid(-1, &status, __WALL | WNOHANG), 0, "nothing else to tell");
	cont(pid);
	cont(thread);
	kill(pid, SIGKILL);
	stops(thread, "killed 9", "SIGKILL ends the thread");
	stops(pid, "killed 9", "and then its process");
}

/* A thread that attaches: others of its process wait for whom it traces, unless they say no. */
struct attacher {
	pid_t target;
	int go[2], done[2];
};

static void *thread_attaches(void *arg)
{
	struct attacher *a = arg;
	long ret = PT(PTRACE_ATTACH, a->target, 0, 0);
	char c;

	if (write(a->done[1], "x", 1) != 1 || read(a->go[0], &c, 1) != 1)
		_exit(90);
	return (void *)ret;
}

static void test_thread_tracer(void)
{
	struct attacher a;
	pthread_t t;
	void *ret;
	char c;
	int status;

	a.target = must_fork();
	if (!a.target)
		for (;;)
			pause();
	if (pipe(a.go) || pipe(a.done))
		bail("pipe");
	pthread_create(&t, NULL, thread_attaches, &a);
	if (read(a.done[0], &c, 1) != 1)
		bail("read");
	ok(atoi(status_line(a.target, "TracerPid")) != getpid(), "a thread is the tracer");
	while (waitpid(a.target, &status, WNOHANG | __WALL) == 0)
		sched_yield();
	ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "all threads may wait");
	is_int(PT(PTRACE_CONT, a.target, 0, 0), -ESRCH, "but one may trace");
	if (write(a.go[1], "x", 1) != 1)
		bail("write");
	pthread_join(t, &ret);
	is_int((long)ret, 0, "it exits");
	while (atoi(status_line(a.target, "TracerPid")))
		sched_yield();
	ok(1, "and does not trace any more");
	finish(a.target);
}

/* --- death ---------------------------------------------------------------------------------------------- */

static void dies(void)
{
	static volatile int *volatile nowhere = (volatile int *)8;

	*nowhere = 1;
}

static void test_death(void)
{
	pid_t pid = traced_child(dies);
	siginfo_t info;

	PT(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT);
	cont(pid);
	stops(pid, "stop 11", "a fault");
	PT(PTRACE_GETSIGINFO, pid, 0, &info);
	ok(info.si_code == SEGV_MAPERR && info.si_addr == (void *)8, "its siginfo");
	cont(pid);
	stops(pid, "stop 11", "taken away it comes again");
	PT(PTRACE_CONT, pid, 0, SIGSEGV);
	stops(pid, "event 6, 5", "let through it ends the program");
	ok((message(pid) & 0x7f) == SIGSEGV, "by this signal");
	cont(pid);
	ok(!strncmp(next_stop(pid), "killed 11", 9), "the end");

	pid = traced_child(dies);
	PT(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT);
	kill(pid, SIGKILL);
	stops(pid, "event 6, 5", "SIGKILL is seen at the exit");
	is_int(message(pid), SIGKILL, "with its number");
	kill(pid, SIGKILL);
	cont(pid);
	stops(pid, "killed 9", "the end");
}

/* --- a setuid program gets nothing from a tracer without rights ----------------------------------------------- */

static const char *suid_path = "/tmp/ptrace_suid";

static int copy_self(void)
{
	char buf[4096];
	int in = open(self_path, O_RDONLY), out = open(suid_path, O_WRONLY | O_CREAT, 0755);
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			return -1;
	close(in);
	close(out);
	return chmod(suid_path, 04755);
}

static void execs_suid(void)
{
	char *const args[] = { "test_ptrace_events", "--euid", NULL };

	execv(suid_path, args);
	_exit(9);
}

static void test_setuid(void)
{
	pid_t user;

	if (copy_self())
		bail("copy");
	user = must_fork();
	if (!user) {
		pid_t pid;
		int status;

		if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
			_exit(100);
		pid = traced_child(execs_suid);
		pt(PTRACE_CONT, pid, 0, 0);
		waitpid(pid, &status, 0);	/* SIGTRAP of exec */
		pt(PTRACE_CONT, pid, 0, 0);
		waitpid(pid, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	stops(user, "exit 2", "traced by a user it keeps the user's id");
	user = must_fork();
	if (!user) {
		if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
			_exit(100);
		execs_suid();
	}
	stops(user, "exit 1", "alone it is root");
	unlink(suid_path);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 77;
	if (argc > 1 && !strcmp(argv[1], "--euid"))
		return geteuid() ? 2 : 1;
	self_path = argv[0];
	plan(0);
	test_fork();
	test_untraced_fork();
	test_clone();
	test_vfork();
	test_exec();
	test_thread();
	test_thread_exec();
	test_thread_group();
	test_thread_tracer();
	test_death();
	test_setuid();
	return done();
}
