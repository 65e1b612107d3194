// SPDX-License-Identifier: MIT
/*
 * test_ptrace_attach.c - tracers that come later: ATTACH and SEIZE of what runs, sleeps or
 * has stopped, stops of the whole process, detaching, tracers that exit, rights.
 */
#include "ptutil.h"
#include <sys/prctl.h>

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = sig;
}

/* in a group of its own, which somebody could continue: SIGTSTP would stop it */
static pid_t sleeper(void)
{
	pid_t pid = must_fork();

	if (pid) {
		setpgid(pid, pid);
		return pid;
	}
	for (;;)
		pause();
}

static pid_t spinner(void)
{
	pid_t pid = must_fork();

	if (pid)
		return pid;
	for (;;)
		;
}

static int waitid_code(pid_t pid, int options, siginfo_t *info)
{
	memset(info, 0, sizeof(*info));
	return waitid(P_PID, pid, info, options) ? -errno : info->si_code;
}

/* --- attach, detach ------------------------------------------------------------------------ */

static void test_attach(void)
{
	pid_t pid = sleeper();
	siginfo_t info;
	int status;

	until_state(pid, 'S');
	is_int(PT(PTRACE_ATTACH, pid, 0, 0), 0, "attach to a sleeper");
	is_int(waitid_code(pid, WSTOPPED | WNOWAIT, &info), CLD_TRAPPED, "waitid: trapped");
	ok(info.si_status == SIGSTOP && info.si_pid == pid, "by SIGSTOP");
	stops(pid, "stop 19", "SIGSTOP is what stops it");
	is_int(waitpid(pid, &status, WNOHANG), 0, "once");
	ok(regs_of(pid).orig_rax == SYS_pause, "it is in pause()");
	ok((long)regs_of(pid).rax == -514, "which is interrupted: %ld", (long)regs_of(pid).rax);
	is_int(PT(PTRACE_DETACH, pid, 0, 0), 0, "detach");
	ok(atoi(status_line(pid, "TracerPid")) == 0, "TracerPid is 0");
	is_int(PT(PTRACE_CONT, pid, 0, 0), -ESRCH, "it is no longer ours");
	until_state(pid, 'S');
	is_int(PT(PTRACE_ATTACH, pid, 0, 0), 0, "attach again");
	stops(pid, "stop 19", "SIGSTOP again");
	is_int(PT(PTRACE_DETACH, pid, 0, SIGTERM), 0, "detach with SIGTERM");
	stops(pid, "killed 15", "kills it");
	pid = spinner();
	is_int(PT(PTRACE_ATTACH, pid, 0, 0), 0, "attach to one that runs");
	stops(pid, "stop 19", "SIGSTOP");
	is_int(PT(PTRACE_KILL, pid, 0, 0), 0, "PTRACE_KILL");
	stops(pid, "killed 9", "kills it");
}

static void test_attach_stopped(void)
{
	pid_t pid = sleeper();
	siginfo_t info;
	int status;

	kill(pid, SIGSTOP);
	ok(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), "a stopped child");
	is_int(PT(PTRACE_ATTACH, pid, 0, 0), 0, "attach to it");
	stops(pid, "stop 19", "it shows the stop");
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), -EINVAL, "that has no siginfo");
	ok(status_line(pid, "State")[0] == 't', "it is in the tracer's stop");
	is_int(PT(PTRACE_CONT, pid, 0, 0), 0, "continue");
	stops(pid, "stop 19", "then comes the SIGSTOP of attaching");
	is_int(PT(PTRACE_DETACH, pid, 0, 0), 0, "detach");
	until_state(pid, 'T');
	ok(1, "the process is still stopped");
	kill(pid, SIGCONT);
	until_state(pid, 'S');
	ok(1, "SIGCONT lets it run");
	finish(pid);
}

/* --- stops of the process of who was attached to -------------------------------------------- */

static void test_group_stop(void)
{
	pid_t pid = sleeper();
	siginfo_t info;

	PT(PTRACE_ATTACH, pid, 0, 0);
	stops(pid, "stop 19", "attached");
	pt(PTRACE_CONT, pid, 0, 0);
	kill(pid, SIGTSTP);
	stops(pid, "stop 20", "SIGTSTP arrives");
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), 0, "as a signal");
	pt(PTRACE_CONT, pid, 0, SIGTSTP);
	stops(pid, "stop 20", "and stops the process");
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), -EINVAL, "which is no signal");
	kill(pid, SIGCONT);
	ok(status_line(pid, "State")[0] == 't', "SIGCONT does not wake from there");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 18", "but is seen later");
	pt(PTRACE_CONT, pid, 0, 0);
	until_state(pid, 'S');
	finish(pid);
}

/* --- SEIZE, INTERRUPT, LISTEN ------------------------------------------------------------------ */

static void test_seize_errors(pid_t pid)
{
	is_int(PT(PTRACE_SEIZE, pid, 1, 0), -EIO, "SEIZE with an address");
	is_int(PT(PTRACE_SEIZE, pid, 0, 0x40000000), -EIO, "SEIZE with unknown options");
	is_int(PT(PTRACE_SEIZE, getpid(), 0, 0), -EPERM, "SEIZE of oneself");
	is_int(PT(PTRACE_INTERRUPT, pid, 0, 0), -ESRCH, "INTERRUPT of who is not traced");
	is_int(PT(PTRACE_LISTEN, pid, 0, 0), -ESRCH, "LISTEN to who is not traced");
}

static void test_seize(void)
{
	pid_t pid = sleeper();
	siginfo_t info;
	int status;

	until_state(pid, 'S');
	test_seize_errors(pid);
	is_int(PT(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACESYSGOOD), 0, "SEIZE");
	is_int(PT(PTRACE_SEIZE, pid, 0, 0), -EPERM, "not twice");
	is_int(waitpid(pid, &status, WNOHANG), 0, "it does not stop");
	is_int(PT(PTRACE_CONT, pid, 0, 0), -ESRCH, "so there is nothing to continue");
	is_int(PT(PTRACE_INTERRUPT, pid, 0, 0), 0, "INTERRUPT");
	stops(pid, "event 128, 5", "stops it");
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), 0, "with a siginfo");
	ok(info.si_signo == SIGTRAP && info.si_code == (128 << 8 | SIGTRAP), "%d, %x",
	   info.si_signo, info.si_code);
	is_int(PT(PTRACE_INTERRUPT, pid, 0, 0), 0, "INTERRUPT while it is stopped");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "event 128, 5", "stops it once more");
	pt(PTRACE_SYSCALL, pid, 0, 0);
	stops(pid, "stop 5 in a call", "then pause() begins again");
	pt(PTRACE_CONT, pid, 0, 0);
	finish(pid);
}

static void test_listen(void)
{
	pid_t pid = sleeper();
	siginfo_t info;
	int status;

	until_state(pid, 'S');
	PT(PTRACE_SEIZE, pid, 0, 0);
	kill(pid, SIGTSTP);
	stops(pid, "stop 20", "a stop signal");
	is_int(PT(PTRACE_LISTEN, pid, 0, 0), -EIO, "LISTEN in the stop for a signal");
	pt(PTRACE_CONT, pid, 0, SIGTSTP);
	stops(pid, "event 128, 20", "stops the process");
	is_int(PT(PTRACE_LISTEN, pid, 0, 0), 0, "LISTEN");
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), -ESRCH, "now it is left alone");
	is_int(waitpid(pid, &status, WNOHANG), 0, "and does not show");
	kill(pid, SIGCONT);
	stops(pid, "event 128, 5", "that it runs again is an event");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 18", "then SIGCONT comes");
	pt(PTRACE_CONT, pid, 0, 0);
	kill(pid, SIGSTOP);
	stops(pid, "stop 19", "stop it again");
	pt(PTRACE_CONT, pid, 0, SIGSTOP);
	stops(pid, "event 128, 19", "as a whole");
	is_int(PT(PTRACE_LISTEN, pid, 0, 0), 0, "LISTEN");
	is_int(PT(PTRACE_INTERRUPT, pid, 0, 0), 0, "INTERRUPT");
	stops(pid, "event 128, 19", "shows the same stop");
	is_int(PT(PTRACE_DETACH, pid, 0, 0), 0, "detach");
	until_state(pid, 'T');
	ok(1, "it stays stopped");
	kill(pid, SIGCONT);
	until_state(pid, 'S');
	finish(pid);
}

static void test_seize_stopped(void)
{
	pid_t pid = sleeper();
	int status;

	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	is_int(PT(PTRACE_SEIZE, pid, 0, 0), 0, "SEIZE of a stopped process");
	stops(pid, "event 128, 19", "shows its stop");
	pt(PTRACE_CONT, pid, 0, 0);
	until_state(pid, 'S');
	ok(1, "it runs, though its process counts as stopped");
	finish(pid);
}

/* --- tracers that are not the parent ------------------------------------------------------------ */

/* The tracer is another child; both tell through pipes. */
static int to_tracer[2], from_tracer[2];

static void say(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(90);
}

static void hear(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		_exit(91);
}

static void test_stranger(void)
{
	pid_t pid = sleeper(), tracer;
	siginfo_t info;
	int status;

	until_state(pid, 'S');
	if (pipe(to_tracer) || pipe(from_tracer))
		bail("pipe");
	tracer = must_fork();
	if (!tracer) {
		if (PT(PTRACE_ATTACH, pid, 0, 0))
			_exit(60);
		if (strcmp(next_stop(pid), "stop 19"))
			_exit(61);
		say(from_tracer[1]);
		hear(to_tracer[0]);
		pt(PTRACE_CONT, pid, 0, 0);
		if (strcmp(next_stop(pid), "stop 15"))
			_exit(62);
		pt(PTRACE_CONT, pid, 0, SIGTERM);
		if (strcmp(next_stop(pid), "killed 15"))
			_exit(63);
		if (waitpid(pid, &status, 0) != -1 || errno != ECHILD)
			_exit(64);
		say(from_tracer[1]);
		hear(to_tracer[0]);
		_exit(0);
	}
	hear(from_tracer[0]);
	ok(atoi(status_line(pid, "TracerPid")) == tracer, "TracerPid is the tracer's");
	is_int(waitpid(pid, &status, WNOHANG | WUNTRACED), 0, "the parent does not see the stop");
	is_int(PT(PTRACE_CONT, pid, 0, 0), -ESRCH, "nor is it the tracer");
	is_int(PT(PTRACE_ATTACH, pid, 0, 0), -EPERM, "and there is only one");
	kill(pid, SIGTERM);
	say(to_tracer[1]);
	hear(from_tracer[0]);
	is_int(waitid_code(pid, WEXITED | WNOWAIT, &info), CLD_KILLED, "the parent sees the end, too");
	stops(pid, "killed 15", "and takes it");
	say(to_tracer[1]);
	stops(tracer, "exit 0", "the tracer saw what it should");
}

/* --- tracers that exit ----------------------------------------------------------------------------- */

static void test_tracer_exits(unsigned long options, const char *what)
{
	pid_t pid = sleeper(), tracer;
	int status;

	until_state(pid, 'S');
	tracer = must_fork();
	if (!tracer) {
		if (PT(PTRACE_ATTACH, pid, 0, 0) || strcmp(next_stop(pid), "stop 19"))
			_exit(70);
		if (PT(PTRACE_SETOPTIONS, pid, 0, options))
			_exit(71);
		_exit(0);
	}
	stops(tracer, "exit 0", "a tracer exits, %s", what);
	if (options) {
		stops(pid, "killed 9", "that kills whom it traced");
		return;
	}
	until_state(pid, 'S');
	ok(atoi(status_line(pid, "TracerPid")) == 0, "whom it traced goes on");
	is_int(waitpid(pid, &status, WNOHANG), 0, "alive");
	finish(pid);
}

/* A tracer that is killed while the other is in a system call. */
static void test_tracer_killed(void)
{
	pid_t pid, tracer;
	int fds[2];

	if (pipe(fds))
		bail("pipe");
	pid = must_fork();
	if (!pid) {
		int i;

		hear(fds[0]);
		for (i = 0; i < 1000; i++)
			getppid();
		_exit(80);
	}
	tracer = must_fork();
	if (!tracer) {
		if (PT(PTRACE_ATTACH, pid, 0, 0) || strcmp(next_stop(pid), "stop 19"))
			_exit(81);
		say(fds[1]);
		while (!pt(PTRACE_SYSCALL, pid, 0, 0)) {
			next_stop(pid);
			if (regs_of(pid).orig_rax == SYS_getppid)
				raise(SIGKILL);
		}
		_exit(82);
	}
	stops(tracer, "killed 9", "a tracer dies in the middle of a call");
	stops(pid, "exit 80", "the program goes on as if there had been none");
}

/* --- SIGKILL, and zombies ---------------------------------------------------------------------------- */

static void test_kill(void)
{
	pid_t pid = sleeper();
	long word;
	int status;

	PT(PTRACE_ATTACH, pid, 0, 0);
	stops(pid, "stop 19", "attached");
	kill(pid, SIGKILL);
	stops(pid, "killed 9", "SIGKILL ends it in its stop");
	pid = sleeper();
	PT(PTRACE_ATTACH, pid, 0, 0);
	next_stop(pid);
	kill(pid, SIGKILL);
	while (status_line(pid, "State")[0] != 'Z')
		sched_yield();
	is_int(PT(PTRACE_PEEKDATA, pid, &caught, &word), -ESRCH, "peek at a zombie");
	is_int(PT(PTRACE_DETACH, pid, 0, 0), -ESRCH, "detach from a zombie");
	is_int(PT(PTRACE_INTERRUPT, pid, 0, 0), -EIO, "INTERRUPT of a zombie that was not seized");
	is_int(PT(PTRACE_ATTACH, pid, 0, 0), -EPERM, "attach to a zombie");
	is_int(waitpid(pid, &status, 0), pid, "it is waited for");
	is_int(waitpid(pid, &status, 0), -1, "once");
}

static void test_sigchld(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sigset_t block, old;
	pid_t pid;

	sigaction(SIGCHLD, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &old);
	pid = sleeper();
	PT(PTRACE_ATTACH, pid, 0, 0);
	next_stop(pid);
	sigsuspend(&old);
	is_int(caught, SIGCHLD, "a stop sends SIGCHLD");
	caught = 0;
	sa.sa_flags = SA_NOCLDSTOP;
	sigaction(SIGCHLD, &sa, NULL);
	pt(PTRACE_CONT, pid, 0, SIGSTOP);
	next_stop(pid);
	sigpending(&old);
	ok(!sigismember(&old, SIGCHLD), "not with SA_NOCLDSTOP");
	finish(pid);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
	caught = 0;
	signal(SIGCHLD, SIG_IGN);
	pid = sleeper();
	PT(PTRACE_ATTACH, pid, 0, 0);
	stops(pid, "stop 19", "stops are seen with SIGCHLD ignored");
	pt(PTRACE_CONT, pid, 0, SIGKILL);
	kill(pid, SIGKILL);
	stops(pid, "killed 9", "and the end of who is traced is");
	signal(SIGCHLD, SIG_DFL);
}

/* --- rights ------------------------------------------------------------------------------------------------ */

static int as_user(uid_t uid, pid_t target)
{
	pid_t pid = must_fork();
	int status;

	if (!pid) {
		long ret;

		if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
			_exit(100);
		ret = PT(PTRACE_SEIZE, target, 0, 0);
		_exit(ret ? -ret : 0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t user_sleeper(uid_t uid, int dumpable)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		bail("pipe");
	pid = must_fork();
	if (!pid) {
		if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
			_exit(100);
		prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
		say(fds[1]);
		for (;;)
			pause();
	}
	hear(fds[0]);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

static void test_rights(void)
{
	pid_t own = sleeper(), other = user_sleeper(1000, 1), hidden = user_sleeper(1000, 0);

	is_int(as_user(1000, own), EPERM, "a user may not trace root");
	is_int(as_user(1001, other), EPERM, "nor another user");
	is_int(as_user(1000, hidden), EPERM, "nor who does not want to be dumped");
	is_int(as_user(1000, other), 0, "but his own programs");
	is_int(as_user(1000, 1), EPERM, "and not init");
	is_int(PT(PTRACE_SEIZE, hidden, 0, 0), 0, "root may");
	finish(own);
	finish(other);
	finish(hidden);
}

/* --- many times ----------------------------------------------------------------------------------------------- */

static void test_many(void)
{
	pid_t sleeps = sleeper(), runs = spinner();
	int i, good = 0;

	for (i = 0; i < 500; i++) {
		pid_t pid = i & 1 ? sleeps : runs;

		good += !PT(PTRACE_ATTACH, pid, 0, 0) && !strcmp(next_stop(pid), "stop 19") &&
			!PT(PTRACE_DETACH, pid, 0, 0);
	}
	is_int(good, 500, "500 times attached and detached");
	for (i = good = 0; i < 500; i++) {
		pid_t pid = i & 1 ? sleeps : runs;

		good += !PT(PTRACE_SEIZE, pid, 0, 0) && !PT(PTRACE_INTERRUPT, pid, 0, 0) &&
			!strcmp(next_stop(pid), "event 128, 5") && !PT(PTRACE_DETACH, pid, 0, 0);
	}
	is_int(good, 500, "500 times seized, interrupted and detached");
	finish(sleeps);
	finish(runs);
}

/* SIGKILL at any moment of a tracer's work. */
static void test_kill_races(void)
{
	int i, good = 0;

	for (i = 0; i < 100; i++) {
		pid_t pid = spinner(), killer;
		struct user_regs_struct regs;
		int status;

		PT(PTRACE_ATTACH, pid, 0, 0);
		next_stop(pid);
		killer = must_fork();
		if (!killer) {
			kill(pid, SIGKILL);
			_exit(0);
		}
		while (!PT(PTRACE_GETREGS, pid, 0, &regs) && !PT(PTRACE_SETREGS, pid, 0, &regs))
			;
		good += waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
		waitpid(killer, &status, 0);
	}
	is_int(good, 100, "100 times killed while its registers are read and written");
}

int main(void)
{
	plan(0);
	test_attach();
	test_attach_stopped();
	test_group_stop();
	test_seize();
	test_listen();
	test_seize_stopped();
	test_stranger();
	test_tracer_exits(0, "without EXITKILL");
	test_tracer_exits(PTRACE_O_EXITKILL, "with EXITKILL");
	test_tracer_killed();
	test_kill();
	test_sigchld();
	test_rights();
	test_many();
	test_kill_races();
	return done();
}
