// SPDX-License-Identifier: MIT
/*
 * Hard links, symbolic links and the ways to follow them or not.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static struct stat st, st2;

static int links(const char *name)
{
	struct stat s;

	return lstat(name, &s) ? -1 : (int)s.st_nlink;
}

static void hard(void)
{
	int fd = open("a", O_CREAT | O_RDWR, 0600);
	char c = 0;

	is(link("a", "b"), 0, 0, "link");
	is_int(links("a"), 2, "two links");
	stat("a", &st);
	stat("b", &st2);
	ok(st.st_ino == st2.st_ino && st.st_dev == st2.st_dev, "to one file");
	is(link("a", "b"), -1, EEXIST, "again");
	is(link("none", "c"), -1, ENOENT, "to nothing");
	is(link("a", "none/c"), -1, ENOENT, "in no directory");
	is(link("a", "a/c"), -1, ENOTDIR, "in a file");
	is(link(".", "c"), -1, EPERM, "to a directory");
	is(link("/proc/version", "c"), -1, EXDEV, "across file systems");
	is(link("a", "c/"), -1, ENOENT, "with a slash");
	write(fd, "x", 1);
	close(fd);
	is(unlink("a"), 0, 0, "the first name goes");
	fd = open("b", O_RDONLY);
	is(read(fd, &c, 1), 1, 0, "the other leads to what was written");
	is_int(links("b"), 1, "one link");
	unlink("b");
	fstat(fd, &st);
	is_int(st.st_nlink, 0, "no link, still open");
	is(linkat(fd, "", AT_FDCWD, "back", AT_EMPTY_PATH), -1, ENOENT, "and none comes back");
	is(rename("none", "b"), -1, ENOENT, "rename of nothing");
	close(fd);
	close(open("a", O_CREAT | O_RDWR, 0600));
	link("a", "b");
	is(rename("a", "b"), 0, 0, "rename between two links of one file");
	is_int(links("a"), 2, "does nothing");
	unlink("a");
	unlink("b");
}

static void many(void)
{
	char name[20];
	int i, bad = 0;

	close(open("m", O_CREAT | O_RDWR, 0600));
	for (i = 0; i < 1000; i++) {
		sprintf(name, "m%d", i);
		bad += link("m", name) != 0;
	}
	is_int(bad, 0, "1000 links");
	is_int(links("m"), 1001, "are counted");
	for (i = 0; i < 1000; i++) {
		sprintf(name, "m%d", i);
		bad += unlink(name) != 0;
	}
	is_int(links("m") + bad, 1, "and go again");
	unlink("m");
}

static void symbolic(void)
{
	char buf[PATH_MAX + 8];
	int fd;

	is(symlink("target", "s"), 0, 0, "symlink to nothing");
	is(symlink("x", "s"), -1, EEXIST, "again");
	is(symlink("", "e"), -1, ENOENT, "to the empty name");
	is(symlink("x", ""), -1, ENOENT, "without a name");
	is(readlink("s", buf, sizeof(buf)), 6, 0, "readlink");
	ok(!memcmp(buf, "target", 6), "tells the target");
	is(readlink("s", buf, 3), 3, 0, "cut to what fits");
	is(syscall(SYS_readlink, "s", buf, 0), -1, EINVAL, "no room");
	is(readlink("s", (char *)1, 9), -1, EFAULT, "a bad address");
	is(readlink(".", buf, 9), -1, EINVAL, "of a directory");
	is(readlink("none", buf, 9), -1, ENOENT, "of nothing");
	is(lstat("s", &st), 0, 0, "lstat");
	ok(S_ISLNK(st.st_mode) && st.st_size == 6 && (st.st_mode & 0777) == 0777,
	   "a link of six bytes that all may follow");
	is(stat("s", &st), -1, ENOENT, "stat follows it");
	is(open("s", O_RDONLY), -1, ENOENT, "so does open");
	is(open("s", O_CREAT | O_EXCL | O_RDWR, 0600), -1, EEXIST, "O_EXCL does not");
	is(open("s", O_RDONLY | O_NOFOLLOW), -1, ELOOP, "nor O_NOFOLLOW");
	is(open("s/", O_RDWR | O_CREAT, 0600), -1, EISDIR, "a slash behind it");
	is(mkdir("s", 0700), -1, EEXIST, "mkdir does not follow");
	fd = open("s", O_RDWR | O_CREAT, 0600);
	ok(fd >= 0, "O_CREAT makes the target");
	is(stat("target", &st), 0, 0, "it is there");
	close(fd);
	fd = open("s", O_PATH | O_NOFOLLOW);
	is(fstat(fd, &st), 0, 0, "O_PATH with O_NOFOLLOW");
	ok(S_ISLNK(st.st_mode), "is the link itself");
	is(readlinkat(fd, "", buf, 9), 6, 0, "that can be read");
	close(fd);
	is(link("s", "h"), 0, 0, "link does not follow");
	lstat("h", &st);
	ok(S_ISLNK(st.st_mode), "it is another name of the link");
	is(linkat(AT_FDCWD, "s", AT_FDCWD, "h2", AT_SYMLINK_FOLLOW), 0, 0, "AT_SYMLINK_FOLLOW");
	is_int(links("target"), 2, "does");
	is(rename("s", "r"), 0, 0, "rename moves the link");
	is(unlink("r"), 0, 0, "unlink removes the link");
	is_int(links("target"), 2, "not the target");
	is(lchown("h", 5, 5), 0, 0, "lchown");
	stat("target", &st);
	is_int(st.st_uid, 0, "leaves the target");
	is(chmod("h", 0611), 0, 0, "chmod follows");
	stat("target", &st);
	is_int(st.st_mode & 0777, 0611, "it changed the target");
	unlink("h");
	unlink("h2");
	unlink("target");
}

static void chains(void)
{
	char name[20], to[20], longer[PATH_MAX + 1];
	int i;

	close(open("c0", O_CREAT | O_RDWR, 0600));
	for (i = 1; i <= 41; i++) {
		sprintf(name, "c%d", i);
		sprintf(to, "c%d", i - 1);
		symlink(to, name);
	}
	is(stat("c40", &st), 0, 0, "40 links in a row are followed");
	is(stat("c41", &st), -1, ELOOP, "41 are not");
	is(lstat("c41", &st), 0, 0, "lstat follows one less");
	for (i = 0; i <= 41; i++) {
		sprintf(name, "c%d", i);
		unlink(name);
	}
	symlink("l1", "l2");
	symlink("l2", "l1");
	is(stat("l1", &st), -1, ELOOP, "a circle");
	is(open("l1", O_CREAT | O_RDWR, 0600), -1, ELOOP, "to open");
	unlink("l1");
	unlink("l2");
	memset(longer, 'x', sizeof(longer));
	longer[PATH_MAX - 1] = 0;
	is(symlink(longer, "long"), 0, 0, "a target of 4095 bytes");
	is(readlink("long", longer, sizeof(longer)), PATH_MAX - 1, 0, "is kept");
	is(stat("long", &st), -1, ENAMETOOLONG, "but leads nowhere");
	unlink("long");
	longer[PATH_MAX - 1] = 'x';
	longer[PATH_MAX] = 0;
	is(symlink(longer, "long"), -1, ENAMETOOLONG, "4096 are too many");
}

static void directories(void)
{
	mkdir("d", 0755);
	mkdir("d/e", 0755);
	symlink("d/e", "s");
	symlink("../../d", "d/e/up");
	is(stat("s/up/e/up/e", &st), 0, 0, "links within a path");
	is(stat("s/", &st), 0, 0, "a slash behind a link to a directory");
	is(lstat("s/", &st), 0, 0, "follows for lstat, too");
	ok(S_ISDIR(st.st_mode), "to the directory");
	is(rmdir("s"), -1, ENOTDIR, "rmdir of a link");
	is(rmdir("s/"), -1, ENOTDIR, "with a slash");
	is(open("s", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), -1, ENOTDIR, "O_NOFOLLOW");
	is(close(open("s/up", O_RDONLY | O_NOFOLLOW)), -1, EBADF, "only the last part counts");
	is(mkdir("s/new", 0755), 0, 0, "mkdir behind a link");
	is(rmdir("d/e/new"), 0, 0, "is where the link leads");
	symlink("/", "root");
	is(stat("root/proc", &st), 0, 0, "an absolute link");
	is(stat("root/../../proc", &st), 0, 0, "and dots");
	unlink("root");
	unlink("d/e/up");
	unlink("s");
	rmdir("d/e");
	rmdir("d");
}

int main(void)
{
	plan(0);
	hard();
	many();
	symbolic();
	chains();
	directories();
	return done();
}
