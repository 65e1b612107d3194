// SPDX-License-Identifier: MIT
/*
 * Pipes and FIFOs: capacity, atomic writes, blocking and not, the ends that
 * close, SIGPIPE, and the rules of opening a FIFO.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static char buf[1 << 17];
static int p[2];
static volatile int signals;

static void count(int sig)
{
	signals++;
}

static int queued(int fd)
{
	int n = -1;

	ioctl(fd, FIONREAD, &n);
	return n;
}

static long ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void basics(void)
{
	struct stat st;

	is(pipe(p), 0, 0, "pipe");
	is(write(p[1], "hello", 5), 5, 0, "five bytes in");
	is_int(queued(p[0]), 5, "FIONREAD counts them");
	is(read(p[0], buf, 2), 2, 0, "two out");
	is(read(p[0], buf + 2, 10), 3, 0, "the rest");
	ok(!memcmp(buf, "hello", 5), "in order");
	is(write(p[0], "x", 1), -1, EBADF, "the reading end does not write");
	is(read(p[1], buf, 1), -1, EBADF, "nor the writing end read");
	is(fstat(p[0], &st), 0, 0, "fstat");
	ok(S_ISFIFO(st.st_mode), "says FIFO");
	is_int(fcntl(p[0], F_GETFL), O_RDONLY, "flags of one end");
	is_int(fcntl(p[1], F_GETFL), O_WRONLY, "and the other");
	is(write(p[1], (void *)1, 5), -1, EFAULT, "from a bad address");
	write(p[1], "abc", 3);
	is(read(p[0], (void *)1, 5), -1, EFAULT, "to a bad address");
	is_int(queued(p[0]), 3, "takes nothing");
	is(write(p[1], buf, 0), 0, 0, "nothing written");
	close(p[1]);
	is(read(p[0], buf, 10), 3, 0, "what is in comes out after the close");
	is(read(p[0], buf, 10), 0, 0, "then the end");
	close(p[0]);
	is(syscall(SYS_pipe2, p, 0x100), -1, EINVAL, "pipe2 with a bad flag");
	is(syscall(SYS_pipe, (int *)1), -1, EFAULT, "pipe to a bad address");
	is(pipe2(p, O_CLOEXEC | O_NONBLOCK), 0, 0, "pipe2");
	is_int(fcntl(p[1], F_GETFL), O_WRONLY | O_NONBLOCK, "O_NONBLOCK");
	is_int(fcntl(p[1], F_GETFD), FD_CLOEXEC, "O_CLOEXEC");
	close(p[0]);
	close(p[1]);
}

static void capacity(void)
{
	int n, total = 0;

	pipe2(p, O_NONBLOCK);
	is(read(p[0], buf, 1), -1, EAGAIN, "an empty pipe");
	while ((n = write(p[1], buf, 1000)) > 0)
		total += n;
	is_int(errno, EAGAIN, "until it is full");
	ok(total >= 61440 && total <= 65536, "at about 64 KiB");
	while (read(p[0], buf, sizeof(buf)) > 0)
		;
	is(write(p[1], buf, sizeof(buf)), 65536, 0, "65536 bytes fit at once");
	is(write(p[1], buf, 1), -1, EAGAIN, "not one more");
	is(read(p[0], buf, 100), 100, 0, "100 out");
	is(write(p[1], buf, 4096), -1, EAGAIN, "less than a page is no room for PIPE_BUF");
	is(read(p[0], buf, 3996), 3996, 0, "the whole page out");
	is(write(p[1], buf, 4096), 4096, 0, "makes room for one");
	is(write(p[1], buf, 5000), -1, EAGAIN, "full again");
	read(p[0], buf, 4096 + 4096);
	is(write(p[1], buf, 20000), 8192, 0, "more than PIPE_BUF may be cut");
	is_int(fcntl(p[0], F_GETPIPE_SZ), 65536, "F_GETPIPE_SZ");
	is(fcntl(p[0], F_SETPIPE_SZ, 4096), -1, EBUSY, "not smaller than what is in");
	is_int(fcntl(p[0], F_SETPIPE_SZ, 100000), 131072, "larger");
	is(write(p[1], buf, sizeof(buf)), 65536, 0, "has more room");
	while (read(p[0], buf, sizeof(buf)) > 0)
		;
	is_int(fcntl(p[0], F_SETPIPE_SZ, 1), 4096, "one page at least");
	is(write(p[1], buf, 9000), 4096, 0, "takes a page");
	is(fcntl(0, F_GETPIPE_SZ), -1, EBADF, "F_GETPIPE_SZ of no pipe");
	close(p[0]);
	close(p[1]);
	pipe2(p, O_NONBLOCK);
	for (n = 0; write(p[1], "x", 1) == 1; n++)
		;
	is_int(n, 65536, "single bytes share pages");
	close(p[0]);
	close(p[1]);
}

static void broken(void)
{
	int status;

	pipe(p);
	close(p[0]);
	signal(SIGPIPE, count);
	is(write(p[1], "x", 1), -1, EPIPE, "no reader");
	is_int(signals, 1, "SIGPIPE");
	is(write(p[1], "x", 0), 0, 0, "nothing hurts nobody");
	signal(SIGPIPE, SIG_IGN);
	is(write(p[1], "x", 1), -1, EPIPE, "SIGPIPE ignored");
	signal(SIGPIPE, SIG_DFL);
	if (fork() == 0) {
		write(p[1], "x", 1);
		_exit(0);
	}
	wait(&status);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE, "it kills");
	close(p[1]);
}

static void blocking(void)
{
	int status, i, bad = 0;
	long start, sum = 0;
	pid_t child;

	pipe(p);
	start = ms();
	child = fork();
	if (child == 0) {
		usleep(200000);
		write(p[1], "late", 4);
		_exit(0);
	}
	is(read(p[0], buf, 100), 4, 0, "a reader waits");
	ok(ms() - start >= 190, "as long as it takes");
	wait(&status);
	child = fork();
	if (child == 0) {
		close(p[0]);
		for (i = 0; i < (int)sizeof(buf); i++)
			buf[i] = i * 13;
		for (i = 0; i < 8; i++)
			if (write(p[1], buf, sizeof(buf)) != sizeof(buf))
				_exit(1);
		_exit(0);
	}
	close(p[1]);
	for (;;) {
		char part[777];
		int n = read(p[0], part, sizeof(part));

		if (n <= 0)
			break;
		for (i = 0; i < n; i++)
			bad += part[i] != (char)((sum + i) % (int)sizeof(buf) * 13);
		sum += n;
	}
	wait(&status);
	is_int(sum, 8 * sizeof(buf), "one MiB comes through a full pipe");
	is_int(bad + status, 0, "in order");
	close(p[0]);
}

/* Writers of PIPE_BUF bytes each: no record may be torn. */
static void atomic(void)
{
	static char record[4096];
	int w, i, n, bad = 0, got = 0, fill;

	pipe(p);
	for (w = 0; w < 4; w++) {
		if (fork() == 0) {
			memset(record, 'a' + w, sizeof(record));
			for (i = 0; i < 40; i++)
				write(p[1], record, sizeof(record));
			_exit(0);
		}
	}
	close(p[1]);
	for (;;) {
		for (fill = 0; fill < 4096; fill += n)
			if ((n = read(p[0], record + fill, 4096 - fill)) <= 0)
				break;
		if (fill < 4096)
			break;
		got++;
		for (i = 1; i < 4096; i++)
			bad += record[i] != record[0];
	}
	is_int(got, 160, "160 records of four writers");
	is_int(bad, 0, "none is torn");
	for (w = 0; w < 4; w++)
		wait(NULL);
	close(p[0]);
}

static void interrupted(void)
{
	struct sigaction sa = { .sa_handler = count };
	struct itimerspec;
	pid_t child;
	int n;

	pipe(p);
	signals = 0;
	sigaction(SIGUSR1, &sa, NULL);
	child = fork();
	if (child == 0) {
		usleep(150000);
		kill(getppid(), SIGUSR1);
		usleep(150000);
		write(p[1], "x", 1);
		_exit(0);
	}
	is(read(p[0], buf, 1), -1, EINTR, "a handler interrupts a read");
	is(read(p[0], buf, 1), 1, 0, "the next one reads");
	waitpid(child, NULL, 0);
	sa.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &sa, NULL);
	child = fork();
	if (child == 0) {
		usleep(150000);
		kill(getppid(), SIGUSR1);
		usleep(150000);
		write(p[1], "y", 1);
		_exit(0);
	}
	is(read(p[0], buf, 1), 1, 0, "SA_RESTART goes on reading");
	is_int(signals, 2, "after the handler");
	waitpid(child, NULL, 0);
	sa.sa_flags = 0;
	sigaction(SIGUSR1, &sa, NULL);
	child = fork();
	if (child == 0) {
		usleep(150000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	n = write(p[1], buf, sizeof(buf));
	is_int(n, 65536, "an interrupted write tells what it wrote");
	waitpid(child, NULL, 0);
	close(p[0]);
	close(p[1]);
}

static void fifos(void)
{
	int r, w, status;
	struct stat st;

	is(mkfifo("f", 0640), 0, 0, "mkfifo");
	stat("f", &st);
	is_int(st.st_mode, S_IFIFO | 0640, "its mode");
	is(open("f", O_WRONLY | O_NONBLOCK), -1, ENXIO, "no reader: O_NONBLOCK does not write");
	r = open("f", O_RDONLY | O_NONBLOCK);
	ok(r >= 0, "but reads");
	is(read(r, buf, 1), 0, 0, "no writer: the end");
	w = open("f", O_WRONLY | O_NONBLOCK);
	ok(w >= 0, "now it writes");
	is(read(r, buf, 1), -1, EAGAIN, "a writer, but nothing there");
	is(write(w, "abc", 3), 3, 0, "three bytes");
	is_int(queued(r), 3, "are in it");
	fstat(r, &st);
	is_int(st.st_size, 0, "its size is nothing");
	close(w);
	is(read(r, buf, 10), 3, 0, "they come out");
	close(r);
	if (fork() == 0) {
		usleep(100000);
		w = open("f", O_WRONLY);
		write(w, "later", 5);
		_exit(0);
	}
	r = open("f", O_RDONLY);
	is(read(r, buf, 10), 5, 0, "opening waits for the other end");
	is(read(r, buf, 10), 0, 0, "and the end comes");
	wait(&status);
	close(r);
	if (fork() == 0) {
		usleep(100000);
		r = open("f", O_RDONLY);
		usleep(100000);
		_exit(0);
	}
	w = open("f", O_WRONLY);
	ok(w >= 0, "a writer waits, too");
	wait(&status);
	signal(SIGPIPE, SIG_IGN);
	is(write(w, "x", 1), -1, EPIPE, "the reader is gone");
	close(w);
	w = open("f", O_RDWR);
	ok(w >= 0, "O_RDWR needs nobody");
	write(w, "keep", 4);
	is(read(w, buf, 10), 4, 0, "reads what it wrote");
	write(w, "lost", 4);
	close(w);
	r = open("f", O_RDONLY | O_NONBLOCK);
	is(read(r, buf, 10), 0, 0, "what nobody held is lost");
	close(r);
	is(lseek(open("f", O_RDWR), 0, SEEK_CUR), -1, ESPIPE, "no position");
	unlink("f");
}

static void many_pipes(void)
{
	int fds[200][2], i, n = 0, bad = 0;

	for (i = 0; i < 200; i++)
		bad += pipe(fds[i]) != 0;
	for (i = 0; i < 200; i++)
		bad += write(fds[i][1], &i, sizeof(i)) != sizeof(i);
	for (i = 0; i < 200; i++)
		bad += read(fds[i][0], &n, sizeof(n)) != sizeof(n) || n != i;
	for (i = 0; i < 200; i++)
		bad += close(fds[i][0]) || close(fds[i][1]);
	is_int(bad, 0, "200 pipes do not mix");
}

static void vectors(void)
{
	struct iovec iov[3] = { { "ab", 2 }, { "cde", 3 }, { "f", 1 } };
	struct iovec in[2] = { { buf, 4 }, { buf + 100, 10 } };

	pipe(p);
	is(writev(p[1], iov, 3), 6, 0, "writev");
	is(readv(p[0], in, 2), 6, 0, "readv");
	ok(!memcmp(buf, "abcd", 4) && !memcmp(buf + 100, "ef", 2), "in order");
	close(p[0]);
	close(p[1]);
}

/*
 * Both ends are opened at nearly the same moment, and the writer may be gone before the
 * reader looks: each finds the other all the same.
 */
static void fifo_meetings(void)
{
	enum { ROUNDS = 3000 };
	int go[2], i, end, good = 0;
	pid_t pid;
	char c;

	mkfifo("f", 0600);
	pipe(go);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		for (i = 0; i < ROUNDS && read(go[0], &c, 1) == 1; i++) {
			end = open("f", O_WRONLY);
			write(end, &c, 1);
			close(end);
		}
		_exit(0);
	}
	alarm(100);
	for (i = 0; i < ROUNDS; i++) {
		write(go[1], "x", 1);
		for (volatile int wait = i % 300 * 20; wait > 0; wait--)
			;
		end = open("f", O_RDONLY);
		good += read(end, buf, 2) == 1 && read(end, buf, 2) == 0;
		close(end);
	}
	alarm(0);
	is_int(good, ROUNDS, "the ends of a FIFO meet");
	is(waitpid(pid, NULL, 0), pid, 0, "no writer is left");
	close(go[0]);
	close(go[1]);
	unlink("f");
}

int main(void)
{
	plan(0);
	basics();
	capacity();
	broken();
	blocking();
	atomic();
	interrupted();
	fifos();
	fifo_meetings();
	many_pipes();
	vectors();
	return done();
}
