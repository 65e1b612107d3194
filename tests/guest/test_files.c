// SPDX-License-Identifier: MIT
/*
 * Regular files: open and its flags, reading and writing at every kind of
 * position, holes, sizes, times, modes and owners, and the error of each call.
 * The working directory is on a tmpfs; what depends on the file system runs on
 * a ramfs as well.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static const char *where = "tmpfs";
static char buf[65536], back[65536];

static long size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) ? -1 : (long)st.st_size;
}

static int mode_of(const char *name)
{
	struct stat st;

	return stat(name, &st) ? -1 : (int)(st.st_mode & 07777);
}

static void open_flags(void)
{
	struct stat st;
	int fd, fd2;

	is(open("none", O_RDONLY), -1, ENOENT, "%s: no such file", where);
	is(open("none/x", O_RDONLY | O_CREAT, 0600), -1, ENOENT, "no such directory");
	is(open("", O_RDONLY), -1, ENOENT, "the empty name");
	is(open((char *)1, O_RDONLY), -1, EFAULT, "a name at a bad address");
	fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0640);
	ok(fd >= 0, "a file is made");
	is_int(mode_of("f"), 0640, "with the mode asked for");
	is(open("f", O_RDWR | O_CREAT | O_EXCL, 0640), -1, EEXIST, "O_EXCL finds it");
	is(open("f/", O_RDONLY), -1, ENOTDIR, "a file with a slash");
	is(open("f/x", O_RDONLY), -1, ENOTDIR, "a file as directory");
	is(open("f", O_RDONLY | O_DIRECTORY), -1, ENOTDIR, "O_DIRECTORY on a file");
	is(open(".", O_RDWR), -1, EISDIR, "a directory for writing");
	is(open(".", O_RDONLY | O_CREAT, 0600), -1, EISDIR, "a directory with O_CREAT");
	is(open("new/", O_RDWR | O_CREAT, 0600), -1, EISDIR, "O_CREAT with a slash");
	is(write(fd, "hello", 5), 5, 0, "five bytes");
	fd2 = open("f", O_WRONLY | O_TRUNC);
	is_int(size_of("f"), 0, "O_TRUNC");
	is(read(fd2, buf, 1), -1, EBADF, "reading where only writing is allowed");
	close(fd2);
	fd2 = open("f", O_RDONLY);
	is(write(fd2, buf, 1), -1, EBADF, "writing where only reading is allowed");
	is(ftruncate(fd2, 0), -1, EINVAL, "ftruncate of what is open for reading");
	close(fd2);
	fd2 = open("f", O_PATH);
	ok(fd2 >= 0, "O_PATH");
	is(read(fd2, buf, 1), -1, EBADF, "no reading through it");
	is(syscall(SYS_fchmod, fd2, 0600), -1, EBADF, "no fchmod");
	is(fstat(fd2, &st), 0, 0, "fstat goes");
	is_int(fcntl(fd2, F_GETFL) & O_PATH, O_PATH, "F_GETFL tells");
	close(fd2);
	fd2 = open("f", O_RDWR | O_CLOEXEC);
	is_int(fcntl(fd2, F_GETFD), FD_CLOEXEC, "O_CLOEXEC");
	close(fd2);
	is(close(fd2), -1, EBADF, "closing twice");
	is(close(fd), 0, 0, "close");
	is_int(open("f", O_RDONLY), fd, "the lowest number comes first");
	close(fd);
	unlink("f");
}

static void create_modes(void)
{
	umask(027);
	close(open("m", O_CREAT | O_WRONLY, 0777));
	is_int(mode_of("m"), 0750, "%s: umask takes bits away", where);
	unlink("m");
	close(open("m", O_CREAT | O_WRONLY, 07777));
	is_int(mode_of("m"), 07750, "special bits stay");
	unlink("m");
	is_int(umask(0), 027, "umask returns the old one");
	int fd = open("m", O_CREAT | O_RDWR, 0);
	is(write(fd, "x", 1), 1, 0, "mode 0 does not bind who made it");
	close(fd);
	unlink("m");
	umask(022);
	is(creat("m", 0644), fd, 0, "creat");
	is_int(fcntl(fd, F_GETFL) & O_ACCMODE, O_WRONLY, "is for writing");
	close(fd);
	is(creat("m", 0600), fd, 0, "creat of what exists");
	is_int(mode_of("m"), 0644, "leaves its mode");
	close(fd);
	unlink("m");
}

static void positions(void)
{
	int fd = open("p", O_RDWR | O_CREAT, 0600);

	is(write(fd, "0123456789", 10), 10, 0, "%s: ten bytes", where);
	is(lseek(fd, 0, SEEK_CUR), 10, 0, "behind them");
	is(lseek(fd, -3, SEEK_END), 7, 0, "three before the end");
	is(read(fd, buf, 10), 3, 0, "three are read");
	ok(!memcmp(buf, "789", 3), "the right ones");
	is(read(fd, buf, 10), 0, 0, "then the end");
	is(lseek(fd, -1, SEEK_SET), -1, EINVAL, "no position before the start");
	is(lseek(fd, -11, SEEK_END), -1, EINVAL, "nor counted from the end");
	is(lseek(fd, 0, 99), -1, EINVAL, "no such way to seek");
	is(lseek(99, 0, SEEK_SET), -1, EBADF, "no such file");
	is(lseek(fd, 0, SEEK_CUR), 10, 0, "an error moves nothing");
	is(pread(fd, buf, 4, 2), 4, 0, "pread");
	ok(!memcmp(buf, "2345", 4), "reads there");
	is(pwrite(fd, "ab", 2, 20), 2, 0, "pwrite behind the end");
	is(lseek(fd, 0, SEEK_CUR), 10, 0, "neither moves the position");
	is_int(size_of("p"), 22, "the file grew");
	is(pread(fd, buf, 12, 10), 12, 0, "the hole");
	ok(!memcmp(buf, "\0\0\0\0\0\0\0\0\0\0ab", 12), "is of zeroes");
	is(pread(fd, buf, 1, -1), -1, EINVAL, "pread at -1");
	is(pwrite(fd, buf, 1, -1), -1, EINVAL, "pwrite at -1");
	is(pread(fd, buf, 1, 1000), 0, 0, "pread behind the end");
	is(read(fd, (void *)1, 5), -1, EFAULT, "read to a bad address");
	is(write(fd, (void *)1, 5), -1, EFAULT, "write from a bad address");
	is(read(fd, (void *)1, 0), 0, 0, "none of it");
	is(lseek(fd, 0, SEEK_CUR), 10, 0, "an error moves nothing");
	close(fd);
	unlink("p");
}

static void append(void)
{
	int a = open("a", O_RDWR | O_CREAT | O_APPEND, 0600), b = open("a", O_WRONLY);

	write(a, "one", 3);
	lseek(a, 0, SEEK_SET);
	write(a, "two", 3);
	is_int(size_of("a"), 6, "%s: O_APPEND writes behind the end", where);
	is(lseek(a, 0, SEEK_CUR), 6, 0, "and is there then");
	write(b, "ONE", 3);
	write(a, "!", 1);
	is(pwrite(a, "?", 1, 0), 1, 0, "pwrite with O_APPEND");
	is(pread(a, buf, 20, 0), 8, 0, "appends, too");
	ok(!memcmp(buf, "ONEtwo!?", 8), "the file is what it should be");
	is(fcntl(a, F_SETFL, 0), 0, 0, "O_APPEND taken away");
	is(pwrite(a, "x", 1, 0), 1, 0, "now pwrite overwrites");
	is_int(size_of("a"), 8, "and nothing grows");
	close(a);
	close(b);
	unlink("a");
}

static void vectors(void)
{
	struct iovec iov[4] = {
		{ "abc", 3 }, { "", 0 }, { "defgh", 5 }, { (void *)1, 4 },
	};
	struct iovec in[2] = { { buf, 2 }, { back, 100 } };
	int fd = open("v", O_RDWR | O_CREAT, 0600);

	is(writev(fd, iov, 3), 8, 0, "%s: writev of three parts", where);
	is(writev(fd, iov, 0), 0, 0, "of none");
	is(writev(fd, iov, -1), -1, EINVAL, "of -1");
	is(writev(fd, iov, 1025), -1, EINVAL, "of more than 1024");
	is(writev(fd, (void *)1, 1), -1, EFAULT, "a bad vector");
	is(writev(fd, iov + 3, 1), -1, EFAULT, "a bad address in it");
	is(writev(fd, iov, 4), 8, 0, "what comes before a bad address is written");
	lseek(fd, 0, SEEK_SET);
	is(readv(fd, in, 2), 16, 0, "readv of two parts");
	ok(!memcmp(buf, "ab", 2) && !memcmp(back, "cdefghabcdefgh", 14), "in order");
	is(preadv(fd, in, 2, 6), 10, 0, "preadv");
	ok(!memcmp(buf, "gh", 2), "reads there");
	is(pwritev(fd, iov, 3, 100), 8, 0, "pwritev");
	is_int(size_of("v"), 108, "writes there");
	in[0].iov_len = -1;
	is(readv(fd, in, 1), -1, EINVAL, "a negative length");
	in[0].iov_len = in[1].iov_len = LONG_MAX;
	is(readv(fd, in, 2), -1, EFAULT, "a length beyond the address space");
	close(fd);
	unlink("v");
}

static void sizes(void)
{
	int fd = open("s", O_RDWR | O_CREAT, 0600);
	int i, bad = 0;

	for (i = 0; i < (int)sizeof(buf); i++)
		buf[i] = i * 7 + i / 256;
	is(write(fd, buf, sizeof(buf)), sizeof(buf), 0, "%s: 64 KiB at once", where);
	for (i = 0; i < 20000; i += 997) {
		int n = pread(fd, back, 5000, i);

		bad += n != 5000 || memcmp(back, buf + i, 5000);
	}
	is_int(bad, 0, "pieces across pages come back");
	is(ftruncate(fd, 5000), 0, 0, "cut in the middle of a page");
	is(ftruncate(fd, 10000), 0, 0, "and grown again");
	is(pread(fd, back, 10000, 0), 10000, 0, "all of it is readable");
	ok(!memcmp(back, buf, 5000), "the first part is kept");
	for (i = 5000, bad = 0; i < 10000; i++)
		bad += back[i] != 0;
	is_int(bad, 0, "what was cut off is zero now");
	is(ftruncate(fd, -1), -1, EINVAL, "no negative size");
	is(truncate("s", 3), 0, 0, "truncate by name");
	is_int(size_of("s"), 3, "cuts");
	is(truncate("none", 3), -1, ENOENT, "truncate of nothing");
	is(truncate(".", 3), -1, EISDIR, "of a directory");
	is(truncate("s", -1), -1, EINVAL, "to -1");
	is(ftruncate(fd, 1L << 40), 0, 0, "a size of one TiB");
	is(pread(fd, back, 10, (1L << 40) - 5), 5, 0, "its last bytes");
	is(pwrite(fd, "x", 1, LONG_MAX), -1, EINVAL, "the last byte of all");
	close(fd);
	unlink("s");
}

static void big_writes(void)
{
	int fd = open("b", O_RDWR | O_CREAT, 0600), i, bad = 0;
	size_t len = 3 << 20;
	char *p = malloc(len), *q = malloc(len);

	for (i = 0; i < (int)len; i++)
		p[i] = i * 31 + (i >> 12);
	is(write(fd, p, len), len, 0, "%s: three MiB in one write", where);
	is(pread(fd, q, len, 0), len, 0, "and in one read");
	is_int(memcmp(p, q, len), 0, "they are the same");
	for (i = 0; i < 200; i++) {
		int at = (i * 7919 * 13) % (len - 9000), n = 1 + (i * 331) % 8999;

		memset(p + at, i, n);
		bad += pwrite(fd, p + at, n, at) != n;
	}
	is_int(bad, 0, "200 writes of many sizes anywhere");
	is(pread(fd, q, len, 0), len, 0, "read back");
	is_int(memcmp(p, q, len), 0, "the file is what it should be");
	free(p);
	free(q);
	close(fd);
	unlink("b");
}

static void holes(void)
{
	int fd = open("h", O_RDWR | O_CREAT, 0600);
	struct stat st;

	pwrite(fd, "x", 1, 1 << 20);
	fstat(fd, &st);
	is_int(st.st_size, (1 << 20) + 1, "a file with a hole");
	ok(st.st_blocks <= 16, "takes room only for what was written");
	is(lseek(fd, 0, SEEK_DATA), 1 << 20, 0, "SEEK_DATA");
	is(lseek(fd, 0, SEEK_HOLE), 0, 0, "SEEK_HOLE");
	is(lseek(fd, 1 << 20, SEEK_HOLE), (1 << 20) + 1, 0, "a hole at the end");
	is(lseek(fd, 1 << 21, SEEK_DATA), -1, ENXIO, "no data behind the end");
	is(fallocate(fd, 0, 0, 1 << 21), 0, 0, "fallocate");
	is_int(size_of("h"), 1 << 21, "grows the file");
	is(fallocate(fd, FALLOC_FL_KEEP_SIZE, 1 << 21, 8192), 0, 0, "or keeps its size");
	is_int(size_of("h"), 1 << 21, "does it");
	is(fallocate(fd, 0, -1, 10), -1, EINVAL, "a bad start");
	is(fallocate(fd, 0, 0, 0), -1, EINVAL, "no length");
	is(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10), -1, EOPNOTSUPP, "a hole needs KEEP_SIZE");
	is(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 20, 4096), 0, 0,
	   "a hole is punched");
	is(pread(fd, buf, 1, 1 << 20), 1, 0, "there");
	is_int(buf[0], 0, "is zero now");
	close(fd);
	fd = open("h", O_RDONLY);
	is(fallocate(fd, 0, 0, 10), -1, EBADF, "fallocate needs a file open for writing");
	close(fd);
	unlink("h");
}

static void file_limit(void)
{
	struct rlimit old, lim;
	int status;

	getrlimit(RLIMIT_FSIZE, &old);
	if (fork() == 0) {
		int fd = open("l", O_RDWR | O_CREAT, 0600);

		lim.rlim_cur = lim.rlim_max = 1000;
		setrlimit(RLIMIT_FSIZE, &lim);
		if (write(fd, buf, 1500) != 1000)
			_exit(1);
		signal(SIGXFSZ, SIG_IGN);
		if (write(fd, buf, 1) != -1 || errno != EFBIG)
			_exit(2);
		if (ftruncate(fd, 2000) != -1 || errno != EFBIG)
			_exit(3);
		signal(SIGXFSZ, SIG_DFL);
		write(fd, buf, 1);
		_exit(4);
	}
	wait(&status);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ, "RLIMIT_FSIZE ends in SIGXFSZ");
	unlink("l");
}

static void times(void)
{
	struct timespec t[2] = { { 1000, 5 }, { 2000, 7 } };
	struct stat st, st2;
	int fd = open("t", O_RDWR | O_CREAT, 0600);

	is(utimensat(AT_FDCWD, "t", t, 0), 0, 0, "%s: utimensat", where);
	stat("t", &st);
	ok(st.st_atim.tv_sec == 1000 && st.st_atim.tv_nsec == 5, "the access time");
	ok(st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 7, "the change time");
	t[0].tv_nsec = UTIME_OMIT;
	t[1].tv_nsec = UTIME_NOW;
	is(futimens(fd, t), 0, 0, "UTIME_OMIT and UTIME_NOW");
	stat("t", &st);
	ok(st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec > 2000, "one stays, one is now");
	t[0].tv_nsec = 1000000000;
	is(futimens(fd, t), -1, EINVAL, "too many nanoseconds");
	is(utimensat(AT_FDCWD, "none", NULL, 0), -1, ENOENT, "of nothing");
	stat("t", &st);
	usleep(20000);
	write(fd, "x", 1);
	stat("t", &st2);
	ok(st2.st_mtim.tv_sec * 1000000000L + st2.st_mtim.tv_nsec >
	   st.st_mtim.tv_sec * 1000000000L + st.st_mtim.tv_nsec, "writing changes the time");
	usleep(20000);
	chmod("t", 0644);
	stat("t", &st);
	ok(st.st_ctim.tv_sec * 1000000000L + st.st_ctim.tv_nsec >
	   st2.st_ctim.tv_sec * 1000000000L + st2.st_ctim.tv_nsec, "chmod changes ctime");
	ok(!memcmp(&st.st_mtim, &st2.st_mtim, sizeof(st.st_mtim)), "and not mtime");
	close(fd);
	unlink("t");
}

static void stat_calls(void)
{
	struct stat st, st2;
	struct {		/* struct statx, as far as it is looked at */
		unsigned int mask, words[6];
		unsigned short mode, pad;
		unsigned long ino, size, rest[26];
	} stx;
	int fd = open("st", O_RDWR | O_CREAT, 0600);

	write(fd, buf, 5000);
	is(stat("st", &st), 0, 0, "%s: stat", where);
	is_int(st.st_mode, S_IFREG | 0600, "the mode");
	is_int(st.st_nlink, 1, "one link");
	is_int(st.st_size, 5000, "the size");
	is_int(st.st_uid + st.st_gid, 0, "owned by root");
	is_int(st.st_blksize, 4096, "the block size");
	is(fstat(fd, &st2), 0, 0, "fstat");
	is_int(memcmp(&st, &st2, sizeof(st)), 0, "says the same");
	is(lstat("st", &st2), 0, 0, "lstat");
	is_int(memcmp(&st, &st2, sizeof(st)), 0, "says the same");
	is(fstatat(fd, "", &st2, AT_EMPTY_PATH), 0, 0, "AT_EMPTY_PATH");
	is_int(st2.st_ino == st.st_ino, 1, "is the file itself");
	is(fstatat(fd, "", &st2, 0), -1, ENOENT, "without it an empty name is none");
	is(fstatat(AT_FDCWD, "st", &st2, 0x4000000), -1, EINVAL, "an unknown flag");
	is(syscall(SYS_stat, "st", (void *)1), -1, EFAULT, "to a bad address");
	is(syscall(SYS_stat, (void *)1, back), -1, EFAULT, "from a bad address");
	is(fstat(99, &st), -1, EBADF, "no such file");
	is(syscall(SYS_statx, AT_FDCWD, "st", 0, 0x7ff, &stx), 0, 0, "statx");
	ok(stx.size == 5000 && stx.ino == st.st_ino && stx.mode == st.st_mode,
	   "says the same");
	is_int(stx.mask & 0x7ff, 0x7ff, "and that it knows");
	close(fd);
	unlink("st");
}

static void as_nobody(void (*func)(void))
{
	int *counts = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			   -1, 0);
	int status;

	fflush(stdout);
	if (fork() == 0) {
		setgid(1000);
		if (setuid(1000))
			_exit(99);
		func();
		counts[0] = tap_number;
		counts[1] = tap_failed;
		_exit(0);
	}
	wait(&status);
	if (status)
		bail("the stranger ended with %#x", status);
	tap_number = counts[0];
	tap_failed = counts[1];
	munmap(counts, 4096);
}

static void stranger(void)
{
	int fd;

	is(open("root", O_RDWR), -1, EACCES, "a stranger may not write");
	fd = open("root", O_RDONLY);
	ok(fd >= 0, "but read");
	is(fchmod(fd, 0777), -1, EPERM, "not change the mode");
	is(fchown(fd, 1000, 1000), -1, EPERM, "nor the owner");
	is(truncate("root", 0), -1, EACCES, "nor the size");
	is(utimensat(AT_FDCWD, "root", NULL, 0), -1, EACCES, "nor the times");
	is(access("root", R_OK), 0, 0, "access: reading");
	is(access("root", W_OK), -1, EACCES, "access: writing");
	is(access("root", F_OK), 0, 0, "access: being there");
	is(unlink("root"), -1, EACCES, "nor remove it");
	is(open("mine", O_CREAT | O_WRONLY, 0600), -1, EACCES, "nor make a file there");
	is(open("shut/x", O_RDONLY), -1, EACCES, "a directory that cannot be searched");
	is(chmod("/", 0777), -1, EPERM, "the root is root's");
	close(fd);
	fd = open("/tmp/stranger", O_CREAT | O_RDWR, 0600);
	ok(fd >= 0, "in a public directory");
	is(fchown(fd, 0, -1), -1, EPERM, "no giving away");
	is(fchown(fd, 1000, 1000), 0, 0, "to oneself is fine");
	is(fchmod(fd, 04755), 0, 0, "set-user-id by the owner");
	is_int(mode_of("/tmp/stranger"), 04755, "is set");
	write(fd, "x", 1);
	is_int(mode_of("/tmp/stranger"), 0755, "and gone after a write");
	is(mknod("/tmp/dev", S_IFCHR | 0600, 0x103), -1, EPERM, "no devices for strangers");
	close(fd);
	is(unlink("/tmp/stranger"), 0, 0, "unlink one's own");
}

static void owners(void)
{
	int fd = open("root", O_CREAT | O_RDWR, 0644);

	mkdir("shut", 0700);
	close(open("shut/x", O_CREAT | O_RDWR, 0666));
	is(fchown(fd, 5, 6), 0, 0, "fchown");
	chmod("root", 06755);
	is(chown("root", 7, -1), 0, 0, "chown of the user");
	is_int(mode_of("root"), 0755, "takes the special bits away");
	is(chown("none", 0, 0), -1, ENOENT, "chown of nothing");
	is(chmod("none", 0), -1, ENOENT, "chmod of nothing");
	is(fchmod(99, 0), -1, EBADF, "fchmod of nothing");
	is(chown("root", 0, 0), 0, 0, "back to root");
	chmod("root", 0644);
	as_nobody(stranger);
	is(access("root", X_OK), -1, EACCES, "not even root executes what nobody may");
	is(access("root", 8), -1, EINVAL, "access: an unknown bit");
	is(access("none", F_OK), -1, ENOENT, "access: nothing there");
	close(fd);
	unlink("root");
	unlink("shut/x");
	rmdir("shut");
}

static void descriptors(void)
{
	struct rlimit lim = { 20, 20 }, old;
	int fds[40], n = 0, fd;

	fd = open("d", O_CREAT | O_RDWR, 0600);
	write(fd, "12345", 5);
	is(dup2(fd, 15), 15, 0, "dup2");
	lseek(15, 2, SEEK_SET);
	is(lseek(fd, 0, SEEK_CUR), 2, 0, "shares the position");
	is(dup2(fd, fd), fd, 0, "dup2 onto itself");
	is(dup2(99, 98), -1, EBADF, "dup2 of nothing");
	is(dup2(fd, -1), -1, EBADF, "dup2 to -1");
	is(dup3(fd, fd, 0), -1, EINVAL, "dup3 onto itself");
	is(dup3(fd, 16, O_CLOEXEC), 16, 0, "dup3");
	is_int(fcntl(16, F_GETFD), FD_CLOEXEC, "with O_CLOEXEC");
	is(syscall(SYS_dup3, fd, 16, 1), -1, EINVAL, "dup3 with a bad flag");
	is(unlink("d"), 0, 0, "the name goes");
	is(pread(fd, buf, 9, 0), 5, 0, "what is open stays");
	close(15);
	close(16);
	getrlimit(RLIMIT_NOFILE, &old);
	lim.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	while (n < 40 && (fds[n] = dup(fd)) >= 0)
		n++;
	is_int(errno, EMFILE, "dup until there are too many");
	is(open("/dev/null", O_RDONLY), -1, EMFILE, "open, too");
	is(dup2(fd, 20), -1, EBADF, "dup2 beyond the limit");
	is(fcntl(fd, F_DUPFD, 20), -1, EINVAL, "F_DUPFD beyond the limit");
	is(fcntl(999, F_DUPFD, 20), -1, EBADF, "of what is not open: that comes first");
	is_int(fds[n - 1], 19, "the last number is 19");
	while (n--)
		close(fds[n]);
	setrlimit(RLIMIT_NOFILE, &old);
	is(syscall(SYS_close_range, 100, 50, 0), -1, EINVAL, "close_range backwards");
	dup2(fd, 50);
	dup2(fd, 52);
	is(syscall(SYS_close_range, 50, 60, 0), 0, 0, "close_range");
	ok(fcntl(50, F_GETFD) < 0 && fcntl(52, F_GETFD) < 0, "closes what is there");
	close(fd);
}

static void busy_text(void)
{
	int fd, status;

	fd = open("/proc/self/exe", O_RDONLY);
	ok(fd >= 0, "the program itself can be read");
	close(fd);
	is(open("/proc/self/exe", O_RDWR), -1, ETXTBSY, "and not written while it runs");
	fd = open("script", O_CREAT | O_RDWR, 0755);
	write(fd, "#!/bin/sh\nexit 3\n", 17);
	if (fork() == 0) {
		execl("./script", "script", NULL);
		_exit(errno == ETXTBSY ? 0 : 1);
	}
	wait(&status);
	is_int(status, 0, "nor executed while it is open for writing");
	close(fd);
	unlink("script");
}

static void sync_calls(void)
{
	int fd = open("y", O_CREAT | O_RDWR, 0600), p[2];

	is(fsync(fd), 0, 0, "fsync");
	is(fdatasync(fd), 0, 0, "fdatasync");
	is(fsync(99), -1, EBADF, "fsync of nothing");
	pipe(p);
	is(fsync(p[0]), -1, EINVAL, "fsync of a pipe");
	is(lseek(p[0], 0, SEEK_SET), -1, ESPIPE, "a pipe has no position");
	is(pread(p[0], buf, 1, 0), -1, ESPIPE, "nor pread");
	is(ftruncate(p[1], 0), -1, EINVAL, "nor a size");
	is(fallocate(p[1], 0, 0, 1), -1, ESPIPE, "nor room");
	is(pread(fd, buf, -1, 0), -1, EFAULT, "a length that cannot be");
	close(fd);
	unlink("y");
}

static void on_any(void)
{
	open_flags();
	create_modes();
	positions();
	append();
	vectors();
	sizes();
	big_writes();
	times();
	stat_calls();
}

int main(void)
{
	plan(0);
	on_any();
	holes();
	file_limit();
	chmod(".", 0755);
	owners();
	descriptors();
	busy_text();
	sync_calls();
	mkdir("r", 0755);
	is(mount("none", "r", "ramfs", 0, NULL), 0, 0, "a ramfs");
	chdir("r");
	where = "ramfs";
	on_any();
	chdir("..");
	is(umount("r"), 0, 0, "nothing holds it");
	rmdir("r");
	return done();
}
