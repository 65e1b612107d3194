// SPDX-License-Identifier: MIT
/*
 * sendfile between files, pipes and devices: positions, sizes, errors.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char data[200000], back[200000];

static void files(int in, int out)
{
	off_t off = 100;

	is(sendfile(out, in, NULL, sizeof(data)), sizeof(data), 0, "a whole file");
	is(lseek(in, 0, SEEK_CUR), sizeof(data), 0, "moves the position of the one");
	is(lseek(out, 0, SEEK_CUR), sizeof(data), 0, "and the other");
	pread(out, back, sizeof(back), 0);
	is_int(memcmp(data, back, sizeof(data)), 0, "and copies");
	is(sendfile(out, in, NULL, 10), 0, 0, "nothing behind the end");
	is(sendfile(out, in, &off, 5000), 5000, 0, "from an offset");
	is_int(off, 5100, "which moves");
	is(lseek(in, 0, SEEK_CUR), sizeof(data), 0, "the position does not");
	pread(out, back, 5000, sizeof(data));
	is_int(memcmp(data + 100, back, 5000), 0, "the right bytes");
	off = sizeof(data) - 10;
	is(sendfile(out, in, &off, 5000), 10, 0, "up to the end");
	is(sendfile(out, in, NULL, 0), 0, 0, "none of it");
	off = -1;
	is(sendfile(out, in, &off, 1), -1, EINVAL, "a negative offset");
	is(sendfile(out, in, (off_t *)1, 1), -1, EFAULT, "an offset at a bad address");
}

static void errors(int in, int out)
{
	int rd = open("in", O_RDONLY), wr = open("in", O_WRONLY), p[2];
	off_t off = 0;

	pipe(p);
	is(sendfile(rd, in, NULL, 1), -1, EBADF, "to what is open for reading");
	is(sendfile(out, wr, NULL, 1), -1, EBADF, "from what is open for writing");
	is(sendfile(99, in, NULL, 1), -1, EBADF, "to nothing");
	is(sendfile(out, 99, NULL, 1), -1, EBADF, "from nothing");
	is(sendfile(p[1], p[0], &off, 1), -1, ESPIPE, "a pipe has no offset");
	fcntl(out, F_SETFL, O_APPEND);
	lseek(in, 0, SEEK_SET);
	is(sendfile(out, in, NULL, 1), -1, EINVAL, "to a file with O_APPEND");
	fcntl(out, F_SETFL, 0);
	close(rd);
	close(wr);
	close(p[0]);
	close(p[1]);
}

static void pipes(int in)
{
	int p[2], got = 0, n, status, bad = 0, null = open("/dev/null", O_WRONLY);

	pipe(p);
	lseek(in, 0, SEEK_SET);
	fflush(stdout);
	if (fork() == 0) {
		close(p[0]);
		n = 0;
		while (n < (int)sizeof(data)) {
			int part = sendfile(p[1], in, NULL, sizeof(data));

			if (part <= 0)
				_exit(1);
			n += part;
		}
		_exit(0);
	}
	close(p[1]);
	while ((n = read(p[0], back, 3333)) > 0) {
		bad += memcmp(back, data + got, n) != 0;
		got += n;
	}
	wait(&status);
	is_int(got, sizeof(data), "through a pipe");
	is_int(bad + status, 0, "unchanged");
	close(p[0]);
	pipe2(p, O_NONBLOCK);
	lseek(in, 0, SEEK_SET);
	n = sendfile(p[1], in, NULL, sizeof(data));
	is_int(n, 65536, "a pipe that does not block takes what fits");
	is(lseek(in, 0, SEEK_CUR), n, 0, "the position says so");
	is(sendfile(p[1], in, NULL, 10), -1, EAGAIN, "then nothing");
	close(p[0]);
	close(p[1]);
	lseek(in, 0, SEEK_SET);
	is(sendfile(null, in, NULL, sizeof(data)), sizeof(data), 0, "to /dev/null");
	close(null);
}

int main(void)
{
	int in = open("in", O_CREAT | O_RDWR, 0600), out = open("out", O_CREAT | O_RDWR, 0600);

	plan(0);
	for (int i = 0; i < (int)sizeof(data); i++)
		data[i] = i * 31 + i / 4096;
	write(in, data, sizeof(data));
	lseek(in, 0, SEEK_SET);
	files(in, out);
	errors(in, out);
	pipes(in);
	unlink("in");
	unlink("out");
	return done();
}
