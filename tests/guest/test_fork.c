// SPDX-License-Identifier: MIT
/*
 * fork, vfork, clone and threads: what is copied, what is shared, what is
 * refused, and that numbers and memory come back.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static int global = 1;

static int wait_code(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void test_fork(void)
{
	pid_t me = getpid(), pid;
	int fd[2];
	char c = 0;

	is(pipe(fd), 0, 0, "a pipe");
	pid = fork();
	if (!pid) {
		global = 2;
		c = getppid() == me && getpid() != me ? 'y' : 'n';
		_exit(write(fd[1], &c, 1) != 1);
	}
	ok(pid > 0, "fork gives the child's number");
	is(read(fd[0], &c, 1), 1, 0, "the child writes");
	ok(c == 'y', "it is a process of its own, and knows its parent");
	is_int(wait_code(pid), 0, "it exits");
	is_int(global, 1, "its memory was a copy");
	close(fd[0]);
	close(fd[1]);
}

static void test_vfork(void)
{
	volatile int local = 1;
	pid_t pid = vfork();

	if (!pid) {
		local = 7;
		global = 5;
		_exit(3);
	}
	is_int(wait_code(pid), 3, "vfork: the child exits first");
	is_int(global, 5, "its memory was the parent's");
	is_int(local, 7, "its stack too");
	global = 1;
}

static int clone_child(void *arg)
{
	*(int *)arg = 42;
	return 9;
}

#define STACK_BYTES 65536

static void test_clone(void)
{
	char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int value = 0, tid = 0;
	pid_t pid;

	pid = clone(clone_child, stack + STACK_BYTES, CLONE_VM | SIGCHLD, &value);
	is_int(wait_code(pid), 9, "clone(CLONE_VM): the function's result is the status");
	is_int(value, 42, "memory is shared");

	value = 0;
	pid = clone(clone_child, stack + STACK_BYTES, CLONE_PARENT_SETTID | SIGCHLD, &value, &tid);
	ok(tid == pid, "CLONE_PARENT_SETTID");
	is_int(wait_code(pid), 9, "clone without CLONE_VM");
	is_int(value, 0, "memory is a copy");

	/* no exit signal: found only by who asks for it */
	pid = clone(clone_child, stack + STACK_BYTES, CLONE_VM, &value);
	is(waitpid(pid, NULL, 0), -1, ECHILD, "a child without exit signal is not seen");
	is(waitpid(pid, NULL, __WCLONE), pid, 0, "__WCLONE sees it");

	is(syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0), -1, EINVAL, "a thread shares handlers");
	is(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), -1, EINVAL, "handlers need memory");
	is(syscall(SYS_clone3, NULL, 8), -1, EINVAL, "clone3: too small");
	is(syscall(SYS_clone3, (void *)8, 64), -1, EFAULT, "clone3: a bad pointer");
	munmap(stack, STACK_BYTES);
}

static void test_clone3(void)
{
	unsigned long args[11] = { 0 };
	pid_t pid;

	args[4] = SIGCHLD;
	pid = syscall(SYS_clone3, args, 88);
	if (!pid)
		_exit(11);
	is_int(wait_code(pid), 11, "clone3 as fork");
	args[0] = 0x11;				/* CSIGNAL bits are no flags here */
	is(syscall(SYS_clone3, args, 88), -1, EINVAL, "clone3: a signal among the flags");
	args[0] = 0;
	args[5] = 4096;				/* a stack without a size */
	is(syscall(SYS_clone3, args, 88), -1, EINVAL, "clone3: a stack without a size");
}

static void *thread_fn(void *arg)
{
	*(pid_t *)arg = syscall(SYS_gettid);
	return (void *)(long)getpid();
}

static void test_threads(void)
{
	pthread_t t[8];
	pid_t tid[8];
	void *ret;
	int i, good = 0;

	for (i = 0; i < 8; i++)
		if (pthread_create(&t[i], NULL, thread_fn, &tid[i]))
			break;
	is_int(i, 8, "eight threads");
	while (i--) {
		pthread_join(t[i], &ret);
		good += (pid_t)(long)ret == getpid() && tid[i] != getpid();
	}
	is_int(good, 8, "one process, numbers of their own");
}

static void test_files_shared(void)
{
	int fd = open("/dev/null", O_RDONLY);
	pid_t pid = fork();

	if (!pid) {
		close(fd);
		_exit(0);
	}
	wait_code(pid);
	ok(fcntl(fd, F_GETFD) == 0, "closing in the child leaves the parent's");
	close(fd);
}

static void test_many(void)
{
	int i, good = 0;

	for (i = 0; i < 200; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(i & 127);
		good += wait_code(pid) == (i & 127);
	}
	is_int(good, 200, "200 children, one after the other");
	for (i = 0; i < 50; i++)
		if (!fork())
			_exit(0);
	for (good = 0; wait(NULL) > 0; good++)
		;
	is_int(good, 50, "50 children at once");
	is(wait(NULL), -1, ECHILD, "and none is left");
}

int main(void)
{
	plan(29);
	test_fork();
	test_vfork();
	test_clone();
	test_clone3();
	test_threads();
	test_files_shared();
	test_many();
	return done();
}
