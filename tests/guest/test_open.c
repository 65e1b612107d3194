// SPDX-License-Identifier: MIT
/*
 * test_open.c - what open(2) makes of its flags, descriptors that are only a place
 * (O_PATH), and access times.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

#define LARGEFILE	0100000		/* what F_GETFL shows; the C library says 0 */

static long call(long nr, long a, long b, long c, long d)
{
	long ret = syscall(nr, a, b, c, d);

	return ret < 0 ? -errno : ret;
}

static int open_errno(const char *name, int flags)
{
	int fd = call(SYS_open, (long)name, flags, 0600, 0);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static int flags_of(const char *name, int flags)
{
	int fd = open(name, flags, 0600), got = fcntl(fd, F_GETFL);

	close(fd);
	return got;
}

static void flags(void)
{
	char c = 'x';
	int fd, p[2];

	close(open("f", O_CREAT | O_RDWR, 0600));
	mkdir("d", 0755);
	is_int(open_errno("new", O_CREAT | O_DIRECTORY | O_RDWR), -EINVAL, "O_CREAT | O_DIRECTORY");
	is_int(access("new", F_OK) ? -errno : 0, -ENOENT, "makes nothing");
	is_int(open_errno("d", O_CREAT), -EISDIR, "O_CREAT of a directory");
	is_int(open_errno("d", 020000000 | O_RDWR), -EINVAL, "half of O_TMPFILE");
	is_int(open_errno("d", O_TMPFILE | O_RDONLY), -EINVAL, "O_TMPFILE to read");
	is_int(open_errno("d", O_TMPFILE | O_RDWR), 0, "O_TMPFILE");
	is_int(open_errno("none", O_RDONLY | O_DIRECT), -ENOENT, "what is missing comes first");
	is_int(open_errno("/dev/null", O_RDONLY | O_DIRECT), -EINVAL, "O_DIRECT of a device");
	is_int(flags_of("f", O_RDWR | O_APPEND), O_RDWR | O_APPEND | LARGEFILE, "F_GETFL");
	is_int(flags_of("/dev/null", O_WRONLY), O_WRONLY | LARGEFILE, "of a device");
	is_int(flags_of("f", O_RDWR | 0x20000000), O_RDWR | LARGEFILE, "a flag that nobody knows");
	is_int(flags_of("f", O_PATH | O_RDWR), O_PATH, "O_PATH knows no others");
	pipe(p);
	is_int(fcntl(p[1], F_GETFL), O_WRONLY, "of a pipe");
	fd = open("f", 3);
	ok(fd >= 0, "mode 3, for ioctl alone");
	is_int(read(fd, &c, 1) < 0 ? -errno : 0, -EBADF, "is not to be read");
	is_int(write(fd, &c, 1) < 0 ? -errno : 0, -EBADF, "nor to be written");
	close(fd);
}

static void place(void)
{
	struct pollfd pf = { .events = POLLIN };
	int fd = open("f", O_PATH), dir = open("d", O_PATH);
	struct stat st;
	char c;

	is_int(call(SYS_read, fd, (long)&c, 1, 0), -EBADF, "O_PATH: read");
	is_int(call(SYS_ftruncate, fd, 0, 0, 0), -EBADF, "ftruncate");
	is_int(call(SYS_fchmod, fd, 0600, 0, 0), -EBADF, "fchmod");
	is_int(call(SYS_fsync, fd, 0, 0, 0), -EBADF, "fsync");
	is_int(call(SYS_fallocate, fd, 0, 0, 10), -EBADF, "fallocate");
	is_int(call(SYS_flock, fd, 1, 0, 0), -EBADF, "flock");
	is_int(call(SYS_ioctl, fd, 0x541b, (long)&c, 0), -EBADF, "ioctl");
	is_int(call(SYS_getdents64, dir, (long)&st, 100, 0), -EBADF, "getdents64");
	pf.fd = fd;
	is_int(poll(&pf, 1, 0), 1, "poll");
	is_int(pf.revents, POLLNVAL, "says that it is no descriptor");
	is_int(fstat(fd, &st), 0, "fstat");
	is_int(call(SYS_fchdir, fd, 0, 0, 0), -ENOTDIR, "fchdir to a file");
	is_int(fchdir(dir), 0, "fchdir to a directory");
	is_int(chdir(".."), 0, "and back");
	is_int(close(dup(fd)), 0, "dup");
	is_int(fcntl(fd, F_GETFD), 0, "F_GETFD");
	is_int(fcntl(fd, F_SETFL, 0) < 0 ? -errno : 0, -EBADF, "F_SETFL");
	close(fd);
	close(dir);
}

static time_t atime_of(const char *name)
{
	struct stat st;

	return stat(name, &st) ? -1 : st.st_atime;
}

static void set_times(const char *name, time_t atime, time_t mtime)
{
	struct timespec t[2] = { { .tv_sec = atime }, { .tv_sec = mtime } };

	utimensat(AT_FDCWD, name, t, 0);
}

static void read_file(const char *name, int flags)
{
	char c;
	int fd = open(name, O_RDONLY | flags);

	if (read(fd, &c, 1) < 0)
		diag("read %s: %s", name, strerror(errno));
	close(fd);
}

static void access_times(void)
{
	time_t now = time(NULL);
	DIR *d;

	mkdir("m", 0755);
	is_int(mount("none", "m", "tmpfs", 0, NULL), 0, "a tmpfs");
	close(open("m/f", O_CREAT | O_RDWR, 0600));
	set_times("m/f", 1000, 2000);
	read_file("m/f", O_NOATIME);
	is_int(atime_of("m/f"), 1000, "O_NOATIME leaves the time");
	read_file("m/f", 0);
	ok(atime_of("m/f") >= now, "a read moves it");
	mkdir("m/d", 0755);
	set_times("m/d", 1000, 2000);
	d = opendir("m/d");
	while (readdir(d))
		;
	closedir(d);
	ok(atime_of("m/d") >= now, "and reading a directory");
	is_int(mount("none", "m", NULL, MS_REMOUNT | MS_NODIRATIME, NULL), 0, "nodiratime");
	set_times("m/d", 1000, 2000);
	d = opendir("m/d");
	while (readdir(d))
		;
	closedir(d);
	is_int(atime_of("m/d"), 1000, "not of a directory");
	is_int(mount("none", "m", NULL, MS_REMOUNT | MS_NOATIME, NULL), 0, "noatime");
	set_times("m/f", 1000, 2000);
	read_file("m/f", 0);
	is_int(atime_of("m/f"), 1000, "not at all");
	is_int(umount("m"), 0, "umount");
}

int main(void)
{
	char dir[] = "/tmp/open.XXXXXX";

	plan(0);
	if (!mkdtemp(dir) || chdir(dir))
		bail("%s: %s", dir, strerror(errno));
	flags();
	place();
	access_times();
	return done();
}
