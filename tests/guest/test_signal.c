// SPDX-License-Identifier: MIT
/*
 * Signals: sets, queues, handlers and their flags, who may send, waiting for them.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static volatile int count, last_code, last_value, nested, depth, raises;
static volatile pid_t last_pid;
static volatile sig_atomic_t order[16], order_n;

static void handler(int sig, siginfo_t *info, void *uc)
{
	count++;
	last_code = info->si_code;
	last_pid = info->si_pid;
	last_value = info->si_value.sival_int;
	if (order_n < 16)
		order[order_n++] = sig;
}

static void nesting(int sig)
{
	if (++depth > nested)
		nested = depth;
	if (raises++ < 3)
		raise(sig);
	depth--;
}

static void catch(int sig, int flags)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };

	sigaction(sig, &sa, NULL);
}

static sigset_t set_of(int sig)
{
	sigset_t s;

	sigemptyset(&s);
	if (sig)
		sigaddset(&s, sig);
	return s;
}

static void block(int sig, int how)
{
	sigset_t s = set_of(sig);

	sigprocmask(how, &s, NULL);
}

static void test_actions(void)
{
	struct sigaction sa = { .sa_handler = SIG_IGN };

	is(sigaction(SIGKILL, &sa, NULL), -1, EINVAL, "SIGKILL has no action");
	is(sigaction(SIGSTOP, &sa, NULL), -1, EINVAL, "nor SIGSTOP");
	is(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8), -1, EINVAL, "65 is no signal");
	is(syscall(SYS_rt_sigaction, 1, NULL, NULL, 4), -1, EINVAL, "a set has 8 bytes");
	catch(SIGUSR1, 0);
	is(kill(getpid(), SIGUSR1), 0, 0, "to oneself");
	is_int(count, 1, "handled before kill returns");
	is_int(last_code, SI_USER, "from a user");
	ok(last_pid == getpid(), "namely us");
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1);
	is_int(last_code, SI_TKILL, "tgkill says so");
	catch(SIGUSR1, SA_RESETHAND);
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &sa);
	ok(sa.sa_handler == SIG_DFL, "SA_RESETHAND: once");
}

static void test_nesting(void)
{
	struct sigaction sa = { .sa_handler = nesting };

	sigaction(SIGUSR2, &sa, NULL);
	raise(SIGUSR2);
	is_int(nested, 1, "a handler is not interrupted by its own signal");
	is_int(raises, 4, "it comes again after it returned");
	nested = raises = 0;
	sa.sa_flags = SA_NODEFER;
	sigaction(SIGUSR2, &sa, NULL);
	raise(SIGUSR2);
	is_int(nested, 4, "SA_NODEFER: it is");
	signal(SIGUSR2, SIG_DFL);
}

static void test_mask(void)
{
	sigset_t pending, old, all;

	catch(SIGUSR1, 0);
	count = 0;
	block(SIGUSR1, SIG_BLOCK);
	raise(SIGUSR1);
	raise(SIGUSR1);
	raise(SIGUSR1);
	is_int(count, 0, "blocked");
	sigpending(&pending);
	ok(sigismember(&pending, SIGUSR1) == 1, "pending");
	block(SIGUSR1, SIG_UNBLOCK);
	is_int(count, 1, "a standard signal is queued once");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	sigprocmask(SIG_SETMASK, &old, &all);
	ok(!sigismember(&all, SIGKILL) && !sigismember(&all, SIGSTOP), "never blocked");
	is(syscall(SYS_rt_sigprocmask, 9, &old, NULL, 8), -1, EINVAL, "how?");
	block(SIGUSR1, SIG_BLOCK);
	raise(SIGUSR1);
	signal(SIGUSR1, SIG_IGN);
	sigpending(&pending);
	ok(!sigismember(&pending, SIGUSR1), "ignoring drops what is pending");
	block(SIGUSR1, SIG_UNBLOCK);
}

static void test_queue(void)
{
	union sigval v;
	int i, rt = SIGRTMIN + 2;

	catch(rt, 0);
	catch(rt + 1, 0);
	count = order_n = 0;
	block(rt, SIG_BLOCK);
	block(rt + 1, SIG_BLOCK);
	for (i = 0; i < 5; i++) {
		v.sival_int = i;
		sigqueue(getpid(), rt + (i == 0), v);
	}
	block(rt, SIG_UNBLOCK);
	is_int(count, 4, "real-time signals queue");
	is_int(last_value, 4, "in order, with values");
	is_int(last_code, SI_QUEUE, "and say where from");
	block(rt + 1, SIG_UNBLOCK);
	is_int(count, 5, "each its own");
	v.sival_int = 1;
	is(sigqueue(getpid(), 0, v), 0, 0, "signal 0 only looks");
	is(sigqueue(getpid(), 99, v), -1, EINVAL, "99 is no signal");
}

static void test_wait(void)
{
	struct timespec ts = { 0, 20000000 };
	sigset_t s = set_of(SIGUSR1);
	siginfo_t info;
	pid_t pid;

	catch(SIGUSR1, 0);
	count = 0;
	block(SIGUSR1, SIG_BLOCK);
	is(sigtimedwait(&s, &info, &ts), -1, EAGAIN, "sigtimedwait: time is up");
	raise(SIGUSR1);
	is(sigtimedwait(&s, &info, &ts), SIGUSR1, 0, "sigtimedwait: takes it");
	pid = fork();
	if (!pid) {
		usleep(20000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	is(sigwaitinfo(&s, &info), SIGUSR1, 0, "sigwaitinfo sleeps for it");
	ok(info.si_pid == pid && info.si_code == SI_USER, "and tells who sent it");
	waitpid(pid, NULL, 0);
	is_int(count, 0, "the handler was not called");
	pid = fork();
	if (!pid) {
		usleep(20000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	s = set_of(0);
	is(sigsuspend(&s), -1, EINTR, "sigsuspend");
	is_int(count, 1, "ran the handler");
	sigprocmask(SIG_BLOCK, NULL, &s);
	ok(sigismember(&s, SIGUSR1) == 1, "and put back the mask");
	block(SIGUSR1, SIG_UNBLOCK);
	waitpid(pid, NULL, 0);
}

static void poke_parent_later(void)
{
	if (!fork()) {
		usleep(50000);
		kill(getppid(), SIGUSR1);
		usleep(50000);
		kill(getppid(), SIGUSR2);
		_exit(0);
	}
}

static void test_restart(void)
{
	int fd[2];
	char c;

	catch(SIGUSR1, SA_RESTART);
	catch(SIGUSR2, 0);
	count = 0;
	if (pipe(fd))
		return;
	poke_parent_later();
	is(read(fd[0], &c, 1), -1, EINTR, "read: restarted by one, ended by the other");
	is_int(count, 2, "both came");
	while (waitpid(-1, NULL, 0) > 0)
		;
	poke_parent_later();
	is(pause(), -1, EINTR, "pause is never restarted");
	while (wait(NULL) > 0 || errno == EINTR)
		;
	signal(SIGPIPE, SIG_IGN);
	close(fd[0]);
	is(write(fd[1], "x", 1), -1, EPIPE, "nobody reads");
	close(fd[1]);
}

static void test_permission(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setgid(1000) || setuid(1000))
			_exit(1);
		_exit(kill(getppid(), SIGUSR1) == -1 && errno == EPERM &&
		      kill(getppid(), 0) == -1 && errno == EPERM ? 0 : 2);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "another user may not");
	is(kill(99999, 0), -1, ESRCH, "nobody there");
	is(kill(getpid(), 65), -1, EINVAL, "65 is no signal");
	is(syscall(SYS_tgkill, 1, getpid(), 0), -1, ESRCH, "not a thread of that process");
	is(syscall(SYS_tgkill, -1, getpid(), 0), -1, EINVAL, "a process below 1");
}

static int death_of(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		fn();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int *volatile bad = (int *)8;

static void die_blocked(void)
{
	sigset_t s;

	sigfillset(&s);
	sigprocmask(SIG_SETMASK, &s, NULL);
	kill(getpid(), SIGKILL);
}

static void die_segv_blocked(void)
{
	block(SIGSEGV, SIG_BLOCK);
	*(volatile int *)bad = 1;
}

static void die_segv_ignored(void)
{
	signal(SIGSEGV, SIG_IGN);
	*(volatile int *)bad = 1;
}

static void *thread_dies(void *arg)
{
	abort();
}

static void die_in_thread(void)
{
	pthread_t t;

	pthread_create(&t, NULL, thread_dies, NULL);
	for (;;)
		pause();
}

static void live_ignored(void)
{
	raise(SIGCHLD);
	raise(SIGURG);
	raise(SIGWINCH);
	raise(SIGCONT);
}

static void test_default(void)
{
	is_int(death_of(die_blocked), SIGKILL, "SIGKILL is not blocked");
	is_int(death_of(die_segv_blocked), SIGSEGV, "a fault with SIGSEGV blocked kills");
	is_int(death_of(die_segv_ignored), SIGSEGV, "or ignored");
	is_int(death_of(die_in_thread), SIGABRT, "a thread takes its process along");
	is_int(death_of(live_ignored), 0, "four do nothing by themselves");
}

static void test_itimer(void)
{
	struct itimerval it = { { 0, 10000 }, { 0, 10000 } }, old;

	catch(SIGALRM, 0);
	catch(SIGVTALRM, 0);
	count = 0;
	is(setitimer(ITIMER_REAL, &it, NULL), 0, 0, "an interval timer");
	while (count < 3)
		pause();
	ok(count >= 3, "ticks");
	is_int(last_code, SI_KERNEL, "from the kernel");
	getitimer(ITIMER_REAL, &old);
	is_int(old.it_interval.tv_usec, 10000, "its interval can be read");
	memset(&it, 0, sizeof(it));
	setitimer(ITIMER_REAL, &it, &old);
	is(alarm(100), 0, 0, "no alarm was set");
	is(alarm(0), 100, 0, "100 s were left");
	count = 0;
	it.it_value.tv_usec = 30000;
	setitimer(ITIMER_VIRTUAL, &it, NULL);
	while (!count)
		;
	ok(count == 1, "CPU time runs out");
	it.it_value.tv_usec = 1000000;
	is(setitimer(ITIMER_REAL, &it, NULL), -1, EINVAL, "a million microseconds");
	is(setitimer(3, &it, NULL), -1, EINVAL, "a fourth timer");
}

static sigjmp_buf env;

static void jump(int sig)
{
	siglongjmp(env, sig);
}

static void test_jump(void)
{
	volatile int n = 0;

	signal(SIGSEGV, jump);
	if (!sigsetjmp(env, 1) || n < 100) {
		n++;
		*(volatile int *)bad = 0;
	}
	is_int(n, 100, "out of a fault, a hundred times");
	signal(SIGSEGV, SIG_DFL);
}

int main(void)
{
	plan(57);
	test_actions();
	test_nesting();
	test_mask();
	test_queue();
	test_wait();
	test_restart();
	test_permission();
	test_default();
	test_itimer();
	test_jump();
	return done();
}
