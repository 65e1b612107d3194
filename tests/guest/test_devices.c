// SPDX-License-Identifier: MIT
/*
 * The nodes of /dev: null, zero, full, random, urandom, kmsg, tty, and nodes made
 * with mknod.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char buf[100000], zero[100000];

static void null(void)
{
	int fd = open("/dev/null", O_RDWR | O_TRUNC);

	ok(fd >= 0, "/dev/null, even with O_TRUNC");
	is(read(fd, buf, 10), 0, 0, "nothing to read");
	is(write(fd, buf, sizeof(buf)), sizeof(buf), 0, "takes all");
	is(write(fd, (void *)1, 10), 10, 0, "without looking");
	is(lseek(fd, 1234, SEEK_SET), 0, 0, "seeks nowhere");
	is(pread(fd, buf, 10, 5), 0, 0, "pread");
	is(ftruncate(fd, 10), -1, EINVAL, "has no size");
	is(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0, -1, ENODEV,
	   "cannot be mapped");
	is(ioctl(fd, TIOCGWINSZ, buf), -1, ENOTTY, "is no terminal");
	close(fd);
}

static void zeroes(void)
{
	struct iovec iov[2] = { { buf, 50000 }, { buf + 50000, 50000 } };
	int fd = open("/dev/zero", O_RDWR), bad = 0;
	char *p;

	memset(buf, 1, sizeof(buf));
	is(read(fd, buf, sizeof(buf)), sizeof(buf), 0, "/dev/zero");
	is_int(memcmp(buf, zero, sizeof(buf)), 0, "gives zeroes");
	memset(buf, 1, sizeof(buf));
	is(readv(fd, iov, 2), sizeof(buf), 0, "readv");
	is_int(memcmp(buf, zero, sizeof(buf)), 0, "gives them, too");
	is(read(fd, (void *)1, 10), -1, EFAULT, "not to a bad address");
	is(write(fd, buf, 100), 100, 0, "takes all");
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ok(p != MAP_FAILED, "a private mapping");
	p[5000] = 7;
	for (int i = 0; i < 8192; i++)
		bad += p[i] != (i == 5000 ? 7 : 0);
	is_int(bad, 0, "is memory");
	munmap(p, 8192);
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ok(p != MAP_FAILED, "a shared mapping");
	fflush(stdout);
	if (fork() == 0) {
		p[0] = 9;
		_exit(0);
	}
	wait(NULL);
	is_int(p[0], 9, "is shared with the child");
	munmap(p, 8192);
	close(fd);
}

static void full(void)
{
	int fd = open("/dev/full", O_RDWR);

	is(read(fd, buf, 100), 100, 0, "/dev/full gives zeroes");
	is(write(fd, buf, 1), -1, ENOSPC, "and is full");
	is(write(fd, buf, 0), -1, ENOSPC, "even for nothing");
	is(lseek(fd, 5, SEEK_SET), 0, 0, "seeks nowhere");
	close(fd);
}

static void randoms(const char *name)
{
	int fd = open(name, O_RDWR), count[256] = { 0 }, low = 1 << 30, high = 0;

	is(read(fd, buf, 65536), 65536, 0, "%s: 64 KiB", name);
	for (int i = 0; i < 65536; i++)
		count[(unsigned char)buf[i]]++;
	for (int i = 0; i < 256; i++) {
		low = count[i] < low ? count[i] : low;
		high = count[i] > high ? count[i] : high;
	}
	ok(low > 150 && high < 370, "every byte about 256 times");
	is(read(fd, buf, 16) + read(fd, buf + 16, 16), 32, 0, "two reads");
	ok(memcmp(buf, buf + 16, 16), "differ");
	is(write(fd, "entropy", 7), 7, 0, "takes what is given");
	is(read(fd, (void *)1, 10), -1, EFAULT, "not to a bad address");
	close(fd);
}

static void nodes(void)
{
	struct stat st;
	int fd;

	is(mknod("n", S_IFCHR | 0640, makedev(1, 3)), 0, 0, "mknod");
	stat("n", &st);
	is_int(st.st_mode, S_IFCHR | 0640, "a character device");
	is_int(st.st_rdev, makedev(1, 3), "with its number");
	fd = open("n", O_RDWR);
	is(write(fd, buf, 100), 100, 0, "is /dev/null");
	close(fd);
	unlink("n");
	is(mknod("n", S_IFCHR | 0600, makedev(250, 77)), 0, 0, "a device that is not there");
	is(open("n", O_RDWR), -1, ENXIO, "does not open");
	unlink("n");
	is(mknod("n", S_IFBLK | 0600, makedev(250, 77)), 0, 0, "nor a block device");
	is(open("n", O_RDWR), -1, ENXIO, "that is not there");
	unlink("n");
	is(mknod("n", S_IFREG | 0600, 0), 0, 0, "mknod of a file");
	is(mknod("n", S_IFCHR | 0600, 0), -1, EEXIST, "again");
	unlink("n");
	is(mknod("n", S_IFDIR | 0600, 0), -1, EPERM, "of a directory");
	is(mknod("n", 0170000, 0), -1, EINVAL, "of nonsense");
	is(mknod("n", 0600, 0), 0, 0, "no type is a file");
	unlink("n");
}

static void kmsg(void)
{
	int w = open("/dev/kmsg", O_WRONLY), r = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	int n, found = 0;

	is(write(w, "<5>guest test writes\n", 21), 21, 0, "/dev/kmsg takes a line");
	while ((n = read(r, buf, 8192)) > 0 || errno == EPIPE) {
		buf[n > 0 ? n : 0] = 0;
		found += strstr(buf, ";guest test writes\n") != NULL;
	}
	is_int(found, 1, "and gives it back");
	is_int(errno, EAGAIN, "then there is no more");
	is(read(r, buf, 1), -1, EAGAIN, "really");
	is(lseek(r, 0, SEEK_SET), 0, 0, "from the start");
	is(read(r, buf, 3), -1, EINVAL, "a record is not cut");
	ok(read(r, buf, 8192) > 0, "it is the first one");
	is_int(buf[0] >= '0' && buf[0] <= '9', 1, "that begins with its level");
	close(w);
	close(r);
}

static void tty(void)
{
	int fd = open("/dev/tty", O_RDWR), status;

	ok(fd >= 0, "/dev/tty is the controlling terminal");
	is(isatty(fd), 1, 0, "a terminal");
	close(fd);
	fflush(stdout);
	if (fork() == 0) {
		setsid();
		_exit(open("/dev/tty", O_RDWR) < 0 ? errno : 0);
	}
	wait(&status);
	is_int(WEXITSTATUS(status), ENXIO, "a new session has none");
}

int main(void)
{
	plan(0);
	null();
	zeroes();
	full();
	randoms("/dev/urandom");
	randoms("/dev/random");
	nodes();
	kmsg();
	tty();
	return done();
}
