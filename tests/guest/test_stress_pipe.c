// SPDX-License-Identifier: MIT
/*
 * Pipes under stress: many writers and readers on one pipe, lines of processes,
 * poll() with hundreds of descriptors, descriptors that one thread closes while
 * another uses them.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include "stress.h"

#define RECORD	512		/* below PIPE_BUF: written at once */

static int fds[2], sums[2];

/* records of one letter arrive whole, each once */
static void record_writer(int self)
{
	char rec[RECORD];
	int i;

	memset(rec, 'a' + self, RECORD);
	for (i = 0; i < 80 * stress_factor; i++)
		must(write(fds[1], rec, RECORD) == RECORD);
}

static void record_reader(void)
{
	char rec[RECORD];
	unsigned int got[5] = { 0 };
	ssize_t n;
	int i;

	close(fds[1]);
	while ((n = read(fds[0], rec, RECORD)) > 0) {
		must(n == RECORD);
		for (i = 1; i < RECORD; i++)
			must(rec[i] == rec[0]);
		got[rec[0] - 'a']++;
	}
	must(!n && write(sums[1], got, sizeof(got)) == sizeof(got));
}

static void records(void)
{
	unsigned int got[5], all[5] = { 0 }, i, k, good = 1;
	pid_t pids[8];

	must(!pipe(fds) && !pipe(sums));
	for (i = 0; i < 8; i++) {
		pids[i] = must_fork();
		if (!pids[i]) {
			if (i < 5)
				record_writer(i);
			else
				record_reader();
			_exit(0);
		}
	}
	close(fds[0]);
	close(fds[1]);
	for (i = 0; i < 3; i++) {
		if (read(sums[0], got, sizeof(got)) != sizeof(got))
			good = 0;
		for (k = 0; k < 5; k++)
			all[k] += got[k];
	}
	for (k = 0; k < 5; k++)
		good = good && all[k] == 80u * stress_factor;
	for (i = 0; i < 8; i++)
		good = status_of(pids[i]) == 0 && good;
	ok(good, "records of five writers reach three readers");
	close(sums[0]);
	close(sums[1]);
}

/* --- a line of processes ------------------------------------------------------------------ */

static void stage(int in, int out, int extra)
{
	char buf[1000];
	ssize_t n;

	close(extra);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		must(write(out, buf, n) == n);
	_exit(n != 0);
}

static int line_of(int length, int bytes)
{
	int in[2], next[2], i, bad = 0, status, got = 0;
	char buf[1000] = { 1 };
	ssize_t n;
	pid_t pid;

	must(!pipe(in));
	pid = must_fork();
	if (!pid) {
		for (i = 0; i < bytes; i += sizeof(buf))
			must(write(in[1], buf, sizeof(buf)) == sizeof(buf));
		_exit(0);
	}
	close(in[1]);
	for (i = 0; i < length; i++) {
		must(!pipe(next));
		if (!must_fork())
			stage(in[0], next[1], next[0]);
		close(next[1]);
		close(in[0]);
		in[0] = next[0];
	}
	while ((n = read(in[0], buf, sizeof(buf))) > 0)
		got += n;
	close(in[0]);
	while (wait(&status) > 0)
		bad += status != 0;
	return bad || got != bytes;
}

static void line_body(int self, void *unused)
{
	int i;

	for (i = 0; i < stress_factor; i++)
		must(!line_of(30, 20000));
}

/* --- poll ------------------------------------------------------------------------------------- */

#define PIPES	150

static int many[PIPES][2];

static void poll_body(int self, void *unused)
{
	unsigned int seed = self + 1;
	struct pollfd p[PIPES];
	char c = 0;
	int i, left, n;

	if (self) {		/* three writers, each closes its third at the end */
		for (i = 0; i < 100 * stress_factor; i++)
			must(write(many[next_random(&seed) % (PIPES / 3) * 3 + self - 1][1],
				   &c, 1) == 1);
		return;
	}
	for (i = 0; i < PIPES; i++) {
		close(many[i][1]);
		p[i] = (struct pollfd){ many[i][0], POLLIN, 0 };
	}
	for (left = PIPES, n = 0; left;) {
		must(poll(p, PIPES, 5000) > 0);
		for (i = 0; i < PIPES; i++) {
			if (!p[i].revents)
				continue;
			if (read(p[i].fd, &c, 1) == 1) {
				n++;
				continue;
			}
			p[i].fd = -1;
			left--;
		}
	}
	must(n == 300 * stress_factor);
}

static void many_polled(void)
{
	int i;

	for (i = 0; i < PIPES; i++)
		must(!pipe(many[i]));
	/* a child, so that no writing end is left here */
	pid_t pid = must_fork();

	if (!pid) {
		pid_t pids[4];

		for (i = 0; i < 4; i++) {
			pids[i] = must_fork();
			if (!pids[i]) {
				poll_body(i, NULL);
				_exit(0);
			}
		}
		for (i = 0; i < PIPES; i++)
			close(many[i][1]);
		for (i = 0; i < 4; i++)
			must(status_of(pids[i]) == 0);
		_exit(0);
	}
	for (i = 0; i < PIPES; i++) {
		close(many[i][0]);
		close(many[i][1]);
	}
	is_int(status_of(pid), 0, "poll sees every byte and every end of 150 pipes");
}

/* --- closing what another thread uses ----------------------------------------------------------- */

static volatile int stop;

static void *user(void *arg)
{
	unsigned int seed = (uintptr_t)arg;
	struct pollfd p[8];
	char buf[100];
	int i, fd;

	while (!stop) {
		fd = 3 + next_random(&seed) % 24;
		switch (next_random(&seed) % 5) {
		case 0:
			(void)!read(fd, buf, sizeof(buf));
			break;
		case 1:
			(void)!write(fd, buf, sizeof(buf));
			break;
		case 2:
			dup2(fd, 3 + next_random(&seed) % 24);
			break;
		case 3:
			for (i = 0; i < 8; i++)
				p[i] = (struct pollfd){ fd + i, POLLIN | POLLOUT, 0 };
			poll(p, 8, 1);
			break;
		default:
			close(fd);
		}
	}
	return NULL;
}

static void *opener(void *arg)
{
	struct rlimit lim = { 40, 40 };
	int p[2];

	setrlimit(RLIMIT_NOFILE, &lim);
	while (!stop) {
		if (!pipe2(p, O_NONBLOCK))
			continue;
		for (int i = 3; i < 40; i += 2)
			close(i);
	}
	return NULL;
}

static void close_in_use(int self, void *unused)
{
	pthread_t t[5];
	uintptr_t i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 5; i++)
		must(!pthread_create(&t[i], NULL, i ? user : opener, (void *)i));
	sleep_ms(250 * stress_factor);
	stop = 1;
	for (i = 0; i < 5; i++)
		pthread_join(t[i], NULL);
}

int main(int argc, char **argv)
{
	stress_init(argc, argv);
	plan(4);
	records();
	is_int(in_processes(2, line_body, NULL), 0, "lines of thirty processes");
	many_polled();
	is_int(in_processes(1, close_in_use, NULL), 0, "descriptors are closed while in use");
	return done();
}
