// SPDX-License-Identifier: MIT
/*
 * poll, ppoll, select and pselect: which bits each kind of file shows, time
 * limits, signals while waiting, and bad arguments.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define ALL (POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLWRNORM)

static volatile int signals;
static char buf[65536];

static void count(int sig)
{
	signals++;
}

static long ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int bits(int fd)
{
	struct pollfd pfd = { fd, ALL, 0 };

	return poll(&pfd, 1, 0) < 0 ? -1 : pfd.revents;
}

static void kinds(void)
{
	int p[2], fd;

	pipe(p);
	is_int(bits(p[0]), 0, "an empty pipe: nothing to read");
	is_int(bits(p[1]), POLLOUT | POLLWRNORM, "but to write");
	write(p[1], "x", 1);
	is_int(bits(p[0]), POLLIN | POLLRDNORM, "something in it");
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	while (write(p[1], buf, 4096) > 0)
		;
	is_int(bits(p[1]), 0, "a full pipe takes nothing");
	read(p[0], buf, 1);
	is_int(bits(p[1]), POLLOUT | POLLWRNORM, "the byte had a page for itself");
	is(write(p[1], buf, 4096), 4096, 0, "that takes more");
	read(p[0], buf, 1);
	is_int(bits(p[1]), 0, "one byte out of a page is no page out");
	read(p[0], buf, 4096);
	is_int(bits(p[1]), POLLOUT | POLLWRNORM, "a page out is");
	close(p[0]);
	is_int(bits(p[1]), POLLOUT | POLLWRNORM | POLLERR, "no reader: POLLERR");
	close(p[1]);
	pipe(p);
	write(p[1], "x", 1);
	close(p[1]);
	is_int(bits(p[0]), POLLIN | POLLRDNORM | POLLHUP, "no writer, one byte");
	read(p[0], buf, 1);
	is_int(bits(p[0]), POLLHUP, "no writer, nothing");
	close(p[0]);
	is_int(bits(99), POLLNVAL, "no file");
	is_int(bits(-1), 0, "a negative number is passed over");
	fd = open("reg", O_CREAT | O_RDWR, 0600);
	is_int(bits(fd), ALL & ~POLLPRI, "a regular file is always ready");
	close(fd);
	unlink("reg");
	fd = open("/dev/null", O_RDWR);
	is_int(bits(fd), ALL & ~POLLPRI, "so is /dev/null");
	close(fd);
	fd = open("/dev/zero", O_RDWR);
	is_int(bits(fd), ALL & ~POLLPRI, "and /dev/zero");
	close(fd);
	fd = open(".", O_RDONLY);
	is_int(bits(fd), ALL & ~POLLPRI, "and a directory");
	close(fd);
	mkfifo("f", 0600);
	fd = open("f", O_RDONLY | O_NONBLOCK);
	is_int(bits(fd), 0, "a FIFO that never had a writer");
	close(open("f", O_WRONLY));
	is_int(bits(fd), POLLHUP, "and one that had");
	close(fd);
	fd = open("f", O_RDWR);
	is_int(bits(fd), POLLOUT | POLLWRNORM, "both ends of a FIFO");
	close(fd);
	unlink("f");
}

static void waiting(void)
{
	struct pollfd pfd[3] = { { -1, POLLIN, 7 }, { 0, POLLIN, 0 }, { 99, POLLIN, 0 } };
	struct timespec ts = { 0, 100000000 };
	int p[2];
	long start = ms();

	pipe(p);
	is(poll(NULL, 0, 100), 0, 0, "poll of nothing");
	ok(ms() - start >= 100, "takes its time");
	pfd[1].fd = p[0];
	start = ms();
	is(poll(pfd, 2, 100), 0, 0, "nothing becomes ready");
	ok(ms() - start >= 100, "in that time");
	is_int(pfd[0].revents, 0, "revents is cleared for a negative number");
	start = ms();
	is(ppoll(pfd, 2, &ts, NULL), 0, 0, "ppoll");
	ok(ms() - start >= 100, "takes its time, too");
	is(poll(pfd, 3, -1), 1, 0, "a bad file ends it at once");
	is_int(pfd[2].revents, POLLNVAL, "and is named");
	start = ms();
	if (fork() == 0) {
		usleep(150000);
		write(p[1], "x", 1);
		_exit(0);
	}
	is(poll(pfd, 2, 5000), 1, 0, "a write wakes it");
	ok(ms() - start >= 140 && ms() - start < 4000, "when it comes");
	is_int(pfd[1].revents, POLLIN, "only what was asked for is shown");
	wait(NULL);
	read(p[0], buf, 1);
	if (fork() == 0) {
		usleep(100000);
		close(p[1]);
		_exit(0);
	}
	close(p[1]);
	pfd[1].events = 0;
	is(poll(pfd, 2, 5000), 1, 0, "a close wakes it");
	is_int(pfd[1].revents, POLLHUP, "POLLHUP is always shown");
	wait(NULL);
	close(p[0]);
}

static void bad_arguments(void)
{
	struct timespec ts = { 0, 1000000000 };
	struct pollfd pfd = { 0, 0, 0 };
	struct rlimit lim;
	unsigned long mask = 0;

	is(syscall(SYS_poll, (void *)1, 1, 0), -1, EFAULT, "poll at a bad address");
	is(syscall(SYS_poll, (void *)1, 0, 0), 0, 0, "of nothing there");
	getrlimit(RLIMIT_NOFILE, &lim);
	is(syscall(SYS_poll, &pfd, lim.rlim_cur + 1, 0), -1, EINVAL, "of too many");
	is(syscall(SYS_ppoll, &pfd, 1, &ts, NULL, 8), -1, EINVAL, "too many nanoseconds");
	ts.tv_nsec = 0;
	ts.tv_sec = -1;
	is(syscall(SYS_ppoll, &pfd, 1, &ts, NULL, 8), -1, EINVAL, "a negative time");
	ts.tv_sec = 0;
	is(syscall(SYS_ppoll, &pfd, 1, &ts, &mask, 7), -1, EINVAL, "a bad size of the mask");
	is(syscall(SYS_ppoll, &pfd, 1, &ts, (void *)1, 8), -1, EFAULT, "a bad mask");
	is(syscall(SYS_ppoll, &pfd, 1, (void *)1, NULL, 8), -1, EFAULT, "a bad time");
}

static void signals_in_ppoll(void)
{
	sigset_t block, old;
	struct pollfd pfd;
	int p[2];

	signal(SIGUSR1, count);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &old);
	kill(getpid(), SIGUSR1);
	is_int(signals, 0, "a blocked signal waits");
	pipe(p);
	pfd.fd = p[0];
	pfd.events = POLLIN;
	is(poll(&pfd, 1, 10), 0, 0, "poll does not see it");
	is(ppoll(&pfd, 1, NULL, &old), -1, EINTR, "ppoll lets it in");
	is_int(signals, 1, "its handler ran");
	kill(getpid(), SIGUSR1);
	is_int(signals, 1, "afterwards it is blocked again");
	sigprocmask(SIG_SETMASK, &old, NULL);
	is_int(signals, 2, "until it is not");
	if (fork() == 0) {
		usleep(100000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	is(poll(&pfd, 1, 5000), -1, EINTR, "a handler ends poll");
	wait(NULL);
	close(p[0]);
	close(p[1]);
}

static void selects(void)
{
	struct timeval tv = { 0, 100000 };
	struct timespec ts = { 0, 50000000 };
	fd_set r, w, e;
	int p[2];
	long start;

	pipe(p);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	FD_SET(p[0], &e);
	is(select(p[1] + 1, &r, &w, &e, NULL), 1, 0, "select: the pipe can be written");
	ok(!FD_ISSET(p[0], &r) && FD_ISSET(p[1], &w) && !FD_ISSET(p[0], &e), "only that");
	FD_SET(p[0], &r);
	start = ms();
	is(syscall(SYS_select, p[1] + 1, &r, NULL, NULL, &tv), 0, 0, "nothing to read");
	ok(ms() - start >= 100, "after the time");
	ok(!FD_ISSET(p[0], &r), "the set is empty");
	is_int(tv.tv_sec + tv.tv_usec, 0, "no time is left");
	write(p[1], "x", 1);
	FD_SET(p[0], &r);
	FD_SET(p[1], &w);
	tv.tv_sec = 5;
	is(syscall(SYS_select, p[1] + 1, &r, &w, NULL, &tv), 2, 0, "both are ready");
	ok(tv.tv_sec == 5 || tv.tv_sec == 4, "the time that is left is told");
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	is(select(p[0], &r, NULL, NULL, &tv), 0, 0, "numbers from n on are not looked at");
	FD_ZERO(&r);
	FD_SET(40, &r);
	is(select(41, &r, NULL, NULL, &tv), -1, EBADF, "no such file");
	is(select(-1, &r, NULL, NULL, &tv), -1, EINVAL, "a negative n");
	tv.tv_sec = -1;
	is(syscall(SYS_select, 0, NULL, NULL, NULL, &tv), -1, EINVAL, "a negative time");
	is(syscall(SYS_select, 10, (void *)1, NULL, NULL, NULL), -1, EFAULT, "a bad set");
	start = ms();
	is(pselect(0, NULL, NULL, NULL, &ts, NULL), 0, 0, "pselect of nothing");
	ok(ms() - start >= 50, "sleeps");
	close(p[1]);
	FD_ZERO(&r);
	FD_ZERO(&e);
	read(p[0], buf, 1);
	FD_SET(p[0], &r);
	FD_SET(p[0], &e);
	is(select(p[0] + 1, &r, NULL, &e, NULL), 1, 0, "the end can be read");
	ok(FD_ISSET(p[0], &r) && !FD_ISSET(p[0], &e), "and is no exception");
	close(p[0]);
}

static void many(void)
{
	static struct pollfd pfd[600];
	int p[300][2], i, bad = 0;

	for (i = 0; i < 300; i++) {
		bad += pipe(p[i]) != 0;
		pfd[2 * i].fd = p[i][0];
		pfd[2 * i].events = POLLIN;
		pfd[2 * i + 1].fd = p[i][1];
	}
	if (fork() == 0) {
		usleep(100000);
		write(p[250][1], "x", 1);
		_exit(0);
	}
	is(poll(pfd, 600, 10000), 1, 0, "one of 600");
	is_int(pfd[500].revents, POLLIN, "the right one");
	wait(NULL);
	for (i = 0; i < 300; i++)
		bad += close(p[i][0]) || close(p[i][1]);
	is_int(bad, 0, "all closed");
}

int main(void)
{
	plan(0);
	kinds();
	waiting();
	bad_arguments();
	signals_in_ppoll();
	selects();
	many();
	return done();
}
