// SPDX-License-Identifier: MIT
/*
 * splice, tee, vmsplice: what moves, what is shared, positions, sizes, waiting, errors.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define PAGE 4096
static char data[200000], back[200000];
static char *page;		/* two of memory, one that is not there */

static int bytes_in(int fd)
{
	int n = -1;

	ioctl(fd, FIONREAD, &n);
	return n;
}

/* whether @fd gives @n bytes that are those of @want */
static int gives(int fd, const char *want, int n)
{
	memset(back, 0, n);
	return read(fd, back, n) == n && !memcmp(back, want, n);
}

static void from_memory(void)
{
	struct iovec two[] = { { page, PAGE }, { page + PAGE - 10, 20 } };
	struct iovec one = { page, PAGE }, big = { data, sizeof(data) };
	struct iovec bad = { page + 2 * PAGE, 10 }, half = { page + 2 * PAGE - 10, 20 };
	int p[2];

	pipe(p);
	memset(page, 'a', 2 * PAGE);
	is(vmsplice(p[1], &one, 1, 0), PAGE, 0, "vmsplice a page");
	is_int(bytes_in(p[0]), PAGE, "it is in the pipe");
	memset(page, 'b', PAGE);
	is_int(gives(p[0], page, PAGE), 1, "what is written later is read");
	is(vmsplice(p[1], two, 2, SPLICE_F_GIFT), PAGE + 20, 0, "two pieces");
	is(write(p[1], "tail", 4), 4, 0, "and a write");
	is_int(bytes_in(p[0]), PAGE + 24, "which goes behind them");
	is_int(page[PAGE + 10], 'a', "but not into the page of memory");
	is_int(gives(p[0], page, PAGE) && gives(p[0], page + PAGE - 10, 20) &&
	       gives(p[0], "tail", 4), 1, "all in order");
	is(vmsplice(p[1], &half, 1, 0), 10, 0, "as far as there is memory");
	is(vmsplice(p[1], &bad, 1, 0), -1, EFAULT, "none");
	is_int(bytes_in(p[0]), 10, "ten bytes");
	is_int(gives(p[0], page + 2 * PAGE - 10, 10), 1, "the right ones");
	is(vmsplice(p[1], &big, 1, 0) / PAGE, 15 + ((unsigned long)data % PAGE == 0), 0,
	   "more than a pipe takes");
	is(vmsplice(p[1], &one, 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "a full pipe");
	is(vmsplice(p[1], &one, 0, 0), 0, 0, "nothing at all does not wait");
	close(p[0]);
	close(p[1]);
}

static void to_memory(void)
{
	struct iovec two[] = { { back, 3 }, { back + 10, 5 } }, bad = { (void *)8, 10 };
	int p[2];

	pipe(p);
	write(p[1], "0123456789", 10);
	is(vmsplice(p[0], two, 2, 0), 8, 0, "out of a pipe to two pieces");
	is_int(!memcmp(back, "012", 3) && !memcmp(back + 10, "34567", 5), 1, "the bytes");
	is(vmsplice(p[0], two, 2, 0), 2, 0, "what there is");
	is(vmsplice(p[0], two, 2, SPLICE_F_NONBLOCK), -1, EAGAIN, "nothing now");
	write(p[1], "abc", 3);
	is(vmsplice(p[0], &bad, 1, 0), -1, EFAULT, "to a bad address");
	is_int(gives(p[0], "abc", 3), 1, "loses nothing");
	close(p[1]);
	is(vmsplice(p[0], two, 2, 0), 0, 0, "nothing ever");
	close(p[0]);
}

/* a page that pipe and memory share, and who changes it */
static void shared_pages(void)
{
	struct iovec one = { page, PAGE };
	int p[2], status;
	pid_t pid;

	pipe(p);
	memset(page, 'p', PAGE);
	vmsplice(p[1], &one, 1, 0);
	pid = fork();
	if (!pid) {
		memset(page, 'c', PAGE);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	is_int(gives(p[0], page, PAGE) && back[7] == 'p', 1, "a child's write is its own");
	vmsplice(p[1], &one, 1, 0);
	madvise(page, PAGE, MADV_DONTNEED);
	memset(data, 'p', PAGE);
	is_int(gives(p[0], data, PAGE), 1, "a page that memory gave up is still in the pipe");
	is_int(page[0], 0, "memory has a new one");
	vmsplice(p[1], &one, 1, 0);
	page[0] = 'n';
	is_int(read(p[0], back, PAGE), PAGE, "the page of zeroes");
	is_int(back[1], 0, "has none");
	close(p[0]);
	close(p[1]);
}

static void file_to_pipe(void)
{
	int in = open("in", O_RDWR | O_CREAT | O_TRUNC, 0600), p[2];
	off_t off = 100;

	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = i * 7 + i / 4096;
	write(in, data, 10000);
	lseek(in, 0, SEEK_SET);
	pipe(p);
	is(splice(in, NULL, p[1], NULL, 5000, 0), 5000, 0, "file to pipe");
	is(lseek(in, 0, SEEK_CUR), 5000, 0, "moves the file's position");
	is_int(gives(p[0], data, 5000), 1, "and the bytes");
	is(splice(in, &off, p[1], NULL, 20000, SPLICE_F_MOVE | SPLICE_F_MORE), 9900, 0,
	   "up to the end");
	is_int(off, 10000, "moves the offset");
	is(lseek(in, 0, SEEK_CUR), 5000, 0, "not the position");
	is_int(gives(p[0], data + 100, 9900), 1, "the bytes");
	is(splice(in, &off, p[1], NULL, 1, 0), 0, 0, "nothing behind the end");
	off = 0;
	splice(in, &off, p[1], NULL, 10, 0);
	write(p[1], "tail", 4);
	pwrite(in, "XX", 2, 4);
	memcpy(data + 4, "XX", 2);
	is_int(gives(p[0], data, 10), 1, "what is written to the file is read");
	is_int(gives(p[0], "tail", 4), 1, "what is written to the pipe comes after");
	pread(in, back, 14, 0);
	is_int(memcmp(back, data, 14), 0, "and did not go to the file");
	off = 0;
	splice(in, &off, p[1], NULL, 10, 0);
	ftruncate(in, 0);
	is_int(gives(p[0], data, 10), 1, "a file cut short leaves the pipe its bytes");
	ftruncate(in, 3 * PAGE);
	off = 10;
	is(splice(in, &off, p[1], NULL, 2 * PAGE, 0), 2 * PAGE, 0, "a hole");
	memset(data, 0, 2 * PAGE);
	is_int(gives(p[0], data, 2 * PAGE), 1, "zeroes");
	ftruncate(in, sizeof(data));
	off = 0;
	is(splice(in, &off, p[1], NULL, sizeof(data), 0), 16 * PAGE, 0, "as much as a pipe takes");
	is(splice(in, &off, p[1], NULL, 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "a full pipe");
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	is(splice(in, &off, p[1], NULL, 1, 0), -1, EAGAIN, "a full pipe that does not wait");
	close(in);
	close(p[0]);
	close(p[1]);
}

static void pipe_to_file(void)
{
	int out = open("out", O_RDWR | O_CREAT | O_TRUNC, 0600), null = open("/dev/null", O_WRONLY);
	off_t off = 7;
	int p[2];

	pipe(p);
	write(p[1], data, 10000);
	is(splice(p[0], NULL, out, NULL, 6000, 0), 6000, 0, "pipe to file");
	is(splice(p[0], NULL, out, NULL, 6000, 0), 4000, 0, "what there is");
	is(lseek(out, 0, SEEK_CUR), 10000, 0, "moves the position");
	pread(out, back, 10000, 0);
	is_int(memcmp(back, data, 10000), 0, "the bytes");
	write(p[1], "abcdef", 6);
	is(splice(p[0], NULL, out, &off, 3, 0), 3, 0, "to an offset");
	is_int(off, 10, "which moves");
	pread(out, back, 3, 7);
	is_int(memcmp(back, "abc", 3), 0, "the bytes");
	is(splice(p[0], NULL, null, NULL, 100, 0), 3, 0, "to /dev/null");
	is(splice(p[0], NULL, out, NULL, 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "nothing now");
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	is(splice(p[0], NULL, out, NULL, 1, 0), -1, EAGAIN, "nothing in what does not wait");
	close(p[1]);
	is(splice(p[0], NULL, out, NULL, 1, 0), 0, 0, "nothing ever");
	close(p[0]);
	close(null);
	close(out);
}

static void between_pipes(void)
{
	int a[2], b[2];

	pipe(a);
	pipe(b);
	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = i * 5 + i / 4096;
	write(a[1], data, 3 * PAGE);
	is(splice(a[0], NULL, b[1], NULL, PAGE + 100, 0), PAGE + 100, 0, "pipe to pipe");
	is_int(bytes_in(a[0]), 2 * PAGE - 100, "out of the one");
	is_int(bytes_in(b[0]), PAGE + 100, "into the other");
	write(b[1], "tail", 4);
	is_int(gives(b[0], data, PAGE + 100) && gives(b[0], "tail", 4), 1, "the bytes");
	is_int(gives(a[0], data + PAGE + 100, 2 * PAGE - 100), 1, "and those that stayed");
	write(a[1], "abcdef", 6);
	splice(a[0], NULL, b[1], NULL, 100, 0);
	write(b[1], "ghi", 3);
	is_int(gives(b[0], "abcdefghi", 9), 1, "a write behind a slot that moved");
	is(splice(a[0], NULL, b[1], NULL, 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "nothing now");
	write(a[1], data, 6000);
	is(tee(a[0], b[1], 5000, 0), 5000, 0, "tee");
	is_int(bytes_in(a[0]), 6000, "takes nothing out");
	write(a[1], "more", 4);
	write(b[1], "other", 5);
	is_int(gives(b[0], data, 5000) && gives(b[0], "other", 5), 1, "the copy and its own end");
	is_int(gives(a[0], data, 6000) && gives(a[0], "more", 4), 1, "the first and its own");
	is(tee(a[0], b[1], 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "nothing to tee now");
	while (write(b[1], data, PAGE) == PAGE && bytes_in(b[0]) < 16 * PAGE)
		;
	write(a[1], "x", 1);
	is(tee(a[0], b[1], 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "tee to a full pipe");
	is(splice(a[0], NULL, b[1], NULL, 1, SPLICE_F_NONBLOCK), -1, EAGAIN, "splice to one");
	is_int(gives(a[0], "x", 1), 1, "nothing was lost");
	close(a[1]);
	read(b[0], back, PAGE);
	is(splice(a[0], NULL, b[1], NULL, 1, 0), 0, 0, "nothing ever");
	is(tee(a[0], b[1], 1, 0), 0, 0, "nor for tee");
	close(a[0]);
	close(b[0]);
	close(b[1]);
}

static volatile int caught;

static void catch(int sig)
{
	caught = sig;
}

static void nobody_reads(void)
{
	struct iovec one = { page, 1 };
	int a[2], b[2], in = open("in", O_RDONLY);

	signal(SIGPIPE, catch);
	pipe(a);
	pipe(b);
	write(a[1], "abc", 3);
	close(b[0]);
	is(splice(a[0], NULL, b[1], NULL, 3, 0), -1, EPIPE, "pipe to one that nobody reads");
	is_int(caught, SIGPIPE, "with a signal");
	caught = 0;
	is(tee(a[0], b[1], 3, 0), -1, EPIPE, "tee");
	is_int(caught, SIGPIPE, "with a signal");
	caught = 0;
	is(vmsplice(b[1], &one, 1, 0), -1, EPIPE, "vmsplice");
	is_int(caught, SIGPIPE, "with a signal");
	is(splice(in, NULL, b[1], NULL, 3, 0), -1, EPIPE, "file to it");
	is_int(gives(a[0], "abc", 3), 1, "the bytes are where they were");
	signal(SIGPIPE, SIG_DFL);
	close(a[0]);
	close(a[1]);
	close(b[1]);
	close(in);
}

static void errors(void)
{
	int rd = open("in", O_RDONLY), wr = open("out", O_WRONLY), dir = open(".", O_RDONLY);
	int path = open("in", O_PATH), p[2], q[2];
	struct iovec one = { page, 1 }, negative = { page, -1 };
	off_t off = 0, below = -1, end = 0x7fffffffffffffff;

	pipe(p);
	pipe(q);
	write(p[1], "abc", 3);
	is(splice(rd, NULL, wr, NULL, 1, 0), -1, EINVAL, "no pipe");
	is(splice(p[0], NULL, p[1], NULL, 1, 0), -1, EINVAL, "a pipe to itself");
	is(tee(p[0], p[1], 1, 0), -1, EINVAL, "tee a pipe to itself");
	is(tee(rd, p[1], 1, 0), -1, EINVAL, "tee from a file");
	is(tee(p[0], wr, 1, 0), -1, EINVAL, "tee to a file");
	is(splice(p[1], NULL, wr, NULL, 1, 0), -1, EBADF, "from the end that writes");
	is(splice(rd, NULL, p[0], NULL, 1, 0), -1, EBADF, "to the end that reads");
	is(splice(wr, NULL, p[1], NULL, 1, 0), -1, EBADF, "from what is open for writing");
	is(splice(p[0], NULL, rd, NULL, 1, 0), -1, EBADF, "to what is open for reading");
	is(tee(p[1], q[1], 1, 0), -1, EBADF, "tee from the end that writes");
	is(tee(p[0], q[0], 1, 0), -1, EBADF, "tee to the end that reads");
	is(splice(99, NULL, p[1], NULL, 1, 0), -1, EBADF, "from nothing");
	is(splice(rd, NULL, 99, NULL, 1, 0), -1, EBADF, "to nothing");
	is(splice(path, NULL, p[1], NULL, 1, 0), -1, EBADF, "from a path");
	is(tee(99, p[1], 1, 0), -1, EBADF, "tee from nothing");
	is(vmsplice(99, &one, 1, 0), -1, EBADF, "vmsplice to nothing");
	is(vmsplice(wr, &one, 1, 0), -1, EBADF, "to a file");
	is(vmsplice(wr, &one, 0, 0), 0, 0, "nothing to a file");
	is(vmsplice(p[1], &negative, 1, 0), -1, EINVAL, "a length below 0");
	is(vmsplice(p[1], &one, 1025, 0), -1, EINVAL, "too many pieces");
	is(vmsplice(p[1], (void *)8, 1, 0), -1, EFAULT, "pieces at a bad address");
	is(vmsplice(p[1], &one, 1, 16), -1, EINVAL, "vmsplice with a wrong flag");
	is(tee(p[0], q[1], 1, 16), -1, EINVAL, "tee with one");
	is(tee(99, 99, 0, 16), -1, EINVAL, "also of nothing");
	is(tee(99, 99, 0, 0), 0, 0, "tee of nothing");
	is(splice(rd, NULL, p[1], NULL, 1, 16), -1, EINVAL, "splice with one");
	is(splice(99, NULL, 99, NULL, 0, 16), 0, 0, "splice of nothing");
	is(splice(p[0], &off, q[1], NULL, 1, 0), -1, ESPIPE, "a pipe has no offset");
	is(splice(p[0], NULL, q[1], &off, 1, 0), -1, ESPIPE, "nor has the other");
	is(splice(rd, &off, p[1], &off, 1, 0), -1, ESPIPE, "nor beside a file");
	is(splice(rd, (off_t *)8, p[1], NULL, 1, 0), -1, EFAULT, "an offset at a bad address");
	is(splice(p[0], NULL, wr, (off_t *)8, 1, 0), -1, EFAULT, "also to a file");
	is(splice(rd, &below, p[1], NULL, 1, 0), -1, EINVAL, "an offset below 0");
	is(splice(p[0], NULL, wr, &below, 1, 0), -1, EINVAL, "also to a file");
	is(splice(p[0], NULL, wr, &end, 1, 0), -1, EINVAL, "an offset beyond all");
	is(splice(dir, NULL, p[1], NULL, 1, 0), -1, EINVAL, "from a directory");
	fcntl(wr, F_SETFL, O_APPEND);
	is(splice(p[0], NULL, wr, NULL, 1, 0), -1, EINVAL, "to a file with O_APPEND");
	is_int(gives(p[0], "abc", 3), 1, "the bytes are where they were");
	close(rd);
	close(wr);
	close(dir);
	close(path);
	close(p[0]);
	close(p[1]);
	close(q[0]);
	close(q[1]);
}

static void devices(void)
{
	static const char *const names[] = { "null", "zero", "full", "urandom", "random" };
	int p[2];

	pipe(p);
	for (int i = 0; i < 5; i++) {
		char name[32];
		int fd, n;

		snprintf(name, sizeof(name), "/dev/%s", names[i]);
		fd = open(name, O_RDWR);
		n = splice(fd, NULL, p[1], NULL, 5000, 0);
		ok(n > 0 || errno == EINVAL, "from %s: %d", names[i], n);
		while (bytes_in(p[0]) > 0)
			read(p[0], back, sizeof(back));
		write(p[1], data, 5000);
		n = splice(p[0], NULL, fd, NULL, 6000, 0);
		ok(n > 0 || errno == EINVAL, "to %s: %d", names[i], n);
		while (bytes_in(p[0]) > 0)
			read(p[0], back, sizeof(back));
		close(fd);
	}
	close(p[0]);
	close(p[1]);
}

static void limits(void)
{
	struct rlimit limit, small = { 5000, 5000 };
	int out = open("small", O_RDWR | O_CREAT | O_TRUNC, 0600), p[2];

	getrlimit(RLIMIT_FSIZE, &limit);
	small.rlim_max = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	signal(SIGXFSZ, catch);
	caught = 0;
	pipe(p);
	write(p[1], data, 9000);
	is(splice(p[0], NULL, out, NULL, 9000, 0), 5000, 0, "up to RLIMIT_FSIZE");
	is_int(bytes_in(p[0]), 4000, "the others stay in the pipe");
	caught = 0;
	is(splice(p[0], NULL, out, NULL, 9000, 0), -1, EFBIG, "and not beyond");
	is_int(caught, SIGXFSZ, "with a signal");
	setrlimit(RLIMIT_FSIZE, &limit);
	is_int(gives(p[0], data + 5000, 4000), 1, "nothing is lost");
	close(p[0]);
	close(p[1]);
	close(out);
}

/* a chain of processes: memory, pipe, tee, pipe, file; each waits for the one before */
static void chain(void)
{
	int a[2], b[2], c[2], status, good = 1;
	long total = 0, n;

	pipe(a);
	pipe(b);
	pipe(c);
	for (int part = 0; part < 2; part++) {
		if (fork())
			continue;
		close(b[0]);
		close(c[0]);
		if (!part) {
			close(a[0]);
			for (int i = 0; i < 1000; i++) {
				struct iovec v = { data + i * 37 % 100000, 3000 + i };
				ssize_t done;

				for (; v.iov_len; v.iov_base += done, v.iov_len -= done) {
					done = vmsplice(a[1], &v, 1, 0);
					if (done <= 0)
						_exit(1);
				}
			}
			_exit(0);
		}
		close(a[1]);
		while ((n = tee(a[0], b[1], 70000, 0)) > 0)
			for (; n > 0; n -= total) {
				total = splice(a[0], NULL, c[1], NULL, n, 0);
				if (total <= 0)
					_exit(1);
			}
		_exit(n < 0);
	}
	close(a[0]);
	close(a[1]);
	close(b[1]);
	close(c[1]);
	total = 0;
	for (int i = 0; i < 1000; i++) {
		for (int k = 0; k < 2; k++) {
			int left = 3000 + i, at = 0;

			for (; left; left -= n, at += n) {
				n = read(k ? c[0] : b[0], back + at, left);
				if (n <= 0)
					break;
				total += n;
			}
			good &= !left && !memcmp(back, data + i * 37 % 100000, 3000 + i);
			if (!good)
				break;
		}
	}
	is_int(good, 1, "1000 pieces through two pipes");
	is(total, 2 * (3000 * 1000 + 999 * 500), 0, "all of them");
	for (int part = 0; part < 2; part++) {
		wait(&status);
		is_int(status, 0, "a process of the chain");
	}
	close(b[0]);
	close(c[0]);
}

/* is it asleep, or gone, in call @nr (-1: any)? */
static int rests(pid_t pid, int nr)
{
	char path[64], text[512], *p;
	int n, fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (nr >= 0 && (n <= 0 || atoi(text) != nr || text[0] == 'r'))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	p = strrchr(text, ')');
	return p && strchr("SDZ", p[2]) != NULL;
}

/* nothing is typed: whoever splices from the terminal has its pipe until it dies */
static void waits_for_terminal(void)
{
	pid_t reader, opener;
	int p[2], q[2], tty, status = 0;
	char path[64];

	pipe(p);
	reader = fork();
	if (reader == 0) {
		setsid();
		tty = open("/dev/ttyS0", O_RDONLY | O_NOCTTY);
		splice(tty, NULL, p[1], NULL, 10, 0);
		_exit(0);
	}
	while (!rests(reader, 275))
		usleep(1000);
	opener = fork();
	if (opener == 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
		_exit(open(path, O_RDONLY) < 0);
	}
	while (!rests(opener, -1))
		usleep(1000);
	ok(!pipe(q) && !close(q[0]) && !close(q[1]), "others have and close pipes meanwhile");
	kill(reader, SIGKILL);
	waitpid(reader, &status, 0);
	is_int(status, SIGKILL, "the one that waits dies");
	waitpid(opener, &status, 0);
	is_int(status, 0, "and its pipe can be opened");
	close(p[0]);
	close(p[1]);
}

int main(void)
{
	plan(0);
	page = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page + 2 * PAGE, PAGE);
	from_memory();
	to_memory();
	shared_pages();
	file_to_pipe();
	pipe_to_file();
	between_pipes();
	nobody_reads();
	errors();
	devices();
	waits_for_terminal();
	limits();
	chain();
	return done();
}
