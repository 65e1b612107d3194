// SPDX-License-Identifier: MIT
/*
 * test_ptrace_abuse.c - requests at random, with arguments at random, to children that do
 * what programs do: the machine lives, and so does who asks. Only that is compared.
 * ROUNDS=N in the environment: how many tracers.
 */
#include "ptutil.h"
#include <pthread.h>
#include <sys/mman.h>

#define ROUNDS	150
#define REQUESTS 200
#define HARMLESS 65533

static unsigned int seed = 20221211;

static unsigned int rnd(unsigned int below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

static char buffer[16384];

static unsigned long any_word(void)
{
	static const unsigned long edges[] = { 0, 1, 7, 8, 9, 19, 64, 65, 0x7f, 0x80, 216, 904,
		0x1000, 0x7fffffffefff, 0x7ffffffff000, 1ul << 47, 1ul << 63, -1ul, -8ul };

	switch (rnd(5)) {
	case 0:
		return edges[rnd(sizeof(edges) / sizeof(edges[0]))];
	case 1:
		return rnd(128) * 8;
	case 2:
		return (unsigned long)rnd(1u << 24) << rnd(41);
	case 3:
		return rnd(1024);
	}
	return (unsigned long)buffer + rnd(64) * 8;
}

static void on_signal(int sig)
{
	(void)sig;
}

static void *idles(void *arg)
{
	for (;;)
		sched_yield();
	return arg;
}

/* a bit of everything that has stops of its own */
static void lives(void)
{
	char *args[] = { "test_ptrace_abuse", "--again", NULL };
	int i;

	for (i = 1; i < 32; i++)
		signal(i, i & 1 ? on_signal : SIG_DFL);
	for (i = 0; i < 40; i++) {
		pthread_t t;
		pid_t pid;

		switch (i % 5) {
		case 0:
			kill(getpid(), 1 + i % 31);
			break;
		case 1:
			pid = fork();
			if (!pid)
				_exit(0);
			break;
		case 2:
			pthread_create(&t, NULL, idles, NULL);
			break;
		case 3:
			munmap(mmap(NULL, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
			break;
		case 4:
			if (i > 30)
				execv("/proc/self/exe", args);
		}
	}
}

static void ask(pid_t pid)
{
	static const long common[] = { PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SINGLESTEP,
		PTRACE_SETOPTIONS, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_POKEUSER,
		PTRACE_GETREGSET, PTRACE_SETREGSET, PTRACE_SETFPREGS, PTRACE_INTERRUPT,
		PTRACE_LISTEN, PTRACE_SETSIGINFO, PTRACE_GETSIGINFO, PTRACE_POKEDATA };
	unsigned long addr = any_word(), data = any_word();
	long request;
	int i;

	switch (rnd(4)) {
	case 0:
		request = rnd(40);
		break;
	case 1:
		request = 0x4200 + rnd(20);
		break;
	default:
		request = common[rnd(sizeof(common) / sizeof(common[0]))];
	}
	if (request == PTRACE_TRACEME || request == PTRACE_KILL)
		return;
	if (request == PTRACE_SETREGS || request == PTRACE_SETREGSET) {
		pt(PTRACE_GETREGS, pid, 0, (unsigned long)buffer);
		((unsigned long *)buffer)[rnd(27)] = any_word();
		if (rnd(2))
			data = (unsigned long)buffer;
	}
	if (request == PTRACE_GETREGSET || request == PTRACE_SETREGSET) {
		static struct iovec iov;

		iov = (struct iovec){ buffer, rnd(600) * 8 };
		addr = (unsigned long[]){ 1, 2, 0x202, 0x201, 6 }[rnd(5)];
		data = (unsigned long)&iov;
	}
	if (request == PTRACE_SETOPTIONS && rnd(2))
		data = 0x7f & rnd(128);
	pt(request, pid, addr, data);
	if (rnd(2))
		sched_yield();
	for (i = 0; i < 3; i++)
		waitpid(-1, NULL, WNOHANG | __WALL | (rnd(4) ? 0 : WUNTRACED | WCONTINUED));
}

/* Whoever it becomes cannot do much harm: all of them are of one user, and say nothing. */
static void become_harmless(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 ||
	    setresgid(HARMLESS, HARMLESS, HARMLESS) || setresuid(HARMLESS, HARMLESS, HARMLESS))
		_exit(1);
}

static void round_of_requests(int seize)
{
	pid_t pid = must_fork();
	int i;

	if (!pid) {
		alarm(20);
		if (!seize && pt(PTRACE_TRACEME, 0, 0, 0))
			_exit(1);
		lives();
		_exit(0);
	}
	if (seize)
		pt(PTRACE_SEIZE, pid, 0, rnd(128));
	for (i = 0; i < REQUESTS; i++)
		ask(pid);
}

int main(int argc, char **argv)
{
	int round, rounds = getenv("ROUNDS") ? atoi(getenv("ROUNDS")) : ROUNDS, status;
	pid_t pid;

	(void)argv;
	if (argc > 1) {
		lives();
		return 0;
	}
	plan(1);
	for (round = 0; round < rounds; round++) {
		/* a tracer for each: what it left behind dies with it */
		pid = must_fork();
		if (!pid) {
			seed += round * 7919;
			become_harmless();
			alarm(60);
			round_of_requests(round & 1);
			_exit(0);
		}
		if (waitpid(pid, &status, 0) != pid)
			break;
		pid = must_fork();
		if (!pid) {
			become_harmless();
			kill(-1, SIGKILL);		/* all but itself */
			_exit(0);
		}
		waitpid(pid, &status, 0);
	}
	is_int(round, rounds, "tracers asked for this and that");
	return done();
}
