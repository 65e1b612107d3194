// SPDX-License-Identifier: MIT
/*
 * Directories: making, removing, renaming, listing, the working directory and
 * the root, names that are too long, dots and slashes, counts of links.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static const char *where = "tmpfs";

static int links(const char *name)
{
	struct stat st;

	return lstat(name, &st) ? -1 : (int)st.st_nlink;
}

static void touch(const char *name)
{
	close(open(name, O_CREAT | O_WRONLY, 0644));
}

static int there(const char *name)
{
	return access(name, F_OK) == 0;
}

static void make_remove(void)
{
	char name[300];
	struct stat st;

	is_int(links("."), 2, "%s: an empty directory has two links", where);
	is(mkdir("d", 0755), 0, 0, "mkdir");
	is(mkdir("d", 0755), -1, EEXIST, "again");
	is(mkdir("d/", 0755), -1, EEXIST, "with a slash");
	is(mkdir("e/", 0755), 0, 0, "a new one with a slash");
	is(mkdir("none/d", 0755), -1, ENOENT, "in no directory");
	is(mkdir("", 0755), -1, ENOENT, "without a name");
	is(mkdir(".", 0755), -1, EEXIST, "the dot");
	is(mkdir("d/..", 0755), -1, EEXIST, "the dots");
	is(mkdir((char *)1, 0755), -1, EFAULT, "at a bad address");
	is_int(links("."), 4, "each has a link to its parent");
	stat("d", &st);
	is_int(st.st_mode, S_IFDIR | 0755, "the mode");
	umask(077);
	mkdir("d/u", 07777);
	stat("d/u", &st);
	is_int(st.st_mode, S_IFDIR | 01700, "the umask, and the sticky bit stays");
	umask(022);
	is(rmdir("d"), -1, ENOTEMPTY, "rmdir of what is not empty");
	is(rmdir("d/u/."), -1, EINVAL, "of a dot");
	is(rmdir("d/u/.."), -1, ENOTEMPTY, "of dots");
	is(rmdir("/"), -1, EBUSY, "of the root");
	is(unlink("d/u"), -1, EISDIR, "unlink of a directory");
	is(rmdir("d/u/"), 0, 0, "rmdir with a slash");
	touch("f");
	is(rmdir("f"), -1, ENOTDIR, "of a file");
	is(rmdir("none"), -1, ENOENT, "of nothing");
	is(unlink("f/"), -1, ENOTDIR, "unlink of a file with a slash");
	is(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR), -1, ENOTDIR, "AT_REMOVEDIR of a file");
	is(unlinkat(AT_FDCWD, "e", 0), -1, EISDIR, "unlinkat of a directory");
	is(unlinkat(AT_FDCWD, "e", AT_REMOVEDIR), 0, 0, "AT_REMOVEDIR");
	is(unlinkat(AT_FDCWD, "f", 1), -1, EINVAL, "an unknown flag");
	is(unlink("f"), 0, 0, "unlink");
	is(unlink("f"), -1, ENOENT, "again");
	memset(name, 'n', 299);
	name[255] = 0;
	is(mkdir(name, 0755), 0, 0, "a name of 255 bytes");
	is(rmdir(name), 0, 0, "goes as well");
	name[255] = 'n';
	name[256] = 0;
	is(mkdir(name, 0755), -1, ENAMETOOLONG, "one of 256 not");
	is(rmdir("d"), 0, 0, "the last");
	is_int(links("."), 2, "two links again");
}

static void long_paths(void)
{
	char path[PATH_MAX + 2];
	int i;

	for (i = 0; i < PATH_MAX; i += 2)
		memcpy(path + i, "./", 2);
	path[PATH_MAX - 1] = 0;
	is(access(path, F_OK), 0, 0, "%s: a path of 4095 bytes", where);
	path[PATH_MAX - 1] = '/';
	path[PATH_MAX] = 0;
	is(access(path, F_OK), -1, ENAMETOOLONG, "one of 4096");
	is(access("////.//../././///", F_OK), 0, 0, "slashes and dots");
	is(access("/../../..", F_OK), 0, 0, "above the root is the root");
}

static void renames(void)
{
	mkdir("a", 0755);
	mkdir("b", 0755);
	touch("f");
	touch("g");
	is(rename("f", "f"), 0, 0, "%s: rename to itself", where);
	is(rename("f", "g"), 0, 0, "over a file");
	ok(!there("f") && there("g"), "one is left");
	is(rename("g", "a"), -1, EISDIR, "a file over a directory");
	is(rename("a", "g"), -1, ENOTDIR, "a directory over a file");
	is(rename("a", "b"), 0, 0, "a directory over an empty one");
	touch("b/x");
	mkdir("a", 0755);
	is(rename("a", "b"), -1, ENOTEMPTY, "over one that is not empty");
	is(rename("b", "b/c"), -1, EINVAL, "into itself");
	is(rename("b", "b/c/d"), -1, ENOENT, "into what is not there");
	mkdir("b/c", 0755);
	is(rename("b", "b/c/d"), -1, EINVAL, "into what is below it");
	is(rename("b/c", "b"), -1, ENOTEMPTY, "onto its parent");
	is(rename("none", "x"), -1, ENOENT, "of nothing");
	is(rename("g", "none/x"), -1, ENOENT, "to no directory");
	is(rename("g", "x/"), -1, ENOTDIR, "of a file to a name with a slash");
	is(rename("a", "x/"), 0, 0, "of a directory to a name with a slash");
	is(rename(".", "y"), -1, EBUSY, "of the dot");
	is(rename("x", "."), -1, EBUSY, "to the dot");
	is(rename("x", "b/.."), -1, EBUSY, "to dots");
	is(rename("b/c", "c"), 0, 0, "to another directory");
	is_int(links("b") * 10 + links("."), 25, "moves the link to the parent");
	ok(there("c/../g"), "the dots lead to the new parent");
	is(rename("/proc/version", "v"), -1, EXDEV, "to another file system");
	is(syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "c", 1), -1, EEXIST,
	   "RENAME_NOREPLACE");
	is(syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "c", 2), 0, 0, "RENAME_EXCHANGE");
	ok(open("g", O_DIRECTORY) >= 0 && open("c", O_DIRECTORY) < 0, "exchanges them");
	is(syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "none", 2), -1, ENOENT,
	   "exchange with nothing");
	is(syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "c", 3), -1, EINVAL, "both flags");
	is(syscall(SYS_renameat2, AT_FDCWD, "g", AT_FDCWD, "c", 64), -1, EINVAL,
	   "an unknown flag");
	rmdir("g");
	unlink("c");
	unlink("b/x");
	rmdir("b");
	rmdir("x");
	is_int(links("."), 2, "all gone");
}

static void listing(void)
{
	static char seen[400];
	struct dirent *e;
	char name[20], tiny[8];
	int i, n = 0, twice = 0, fd;
	long at[3] = { 0 };
	DIR *dir;

	memset(seen, 0, sizeof(seen));
	mkdir("l", 0755);
	chdir("l");
	for (i = 0; i < 400; i++) {
		sprintf(name, "entry%03d", i);
		touch(name);
	}
	dir = opendir(".");
	while ((e = readdir(dir))) {
		if (sscanf(e->d_name, "entry%d", &i) == 1) {
			twice += seen[i]++;
			n += e->d_type == DT_REG;
		} else {
			twice += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
		}
	}
	is_int(n, 400, "%s: 400 files are listed", where);
	is_int(twice, 0, "each once, and the dots");
	rewinddir(dir);
	for (n = 0; (e = readdir(dir)); n++)
		if (n < 3)
			at[n] = telldir(dir);
	is_int(n, 402, "again after rewinddir");
	seekdir(dir, at[1]);
	for (n = 0; readdir(dir); n++)
		;
	is_int(n, 400, "from where one has been");
	rewinddir(dir);
	for (i = 0; i < 400; i++) {
		sprintf(name, "entry%03d", i);
		unlink(name);
	}
	for (n = 0; readdir(dir); n++)
		;
	is_int(n, 2, "removed files are not listed");
	closedir(dir);
	for (i = 0; i < 300; i++) {
		sprintf(name, "entry%03d", i);
		touch(name);
	}
	dir = opendir(".");
	while ((e = readdir(dir)))
		unlink(e->d_name);
	closedir(dir);
	chdir("..");
	is(rmdir("l"), 0, 0, "removing while listing removes all");
	fd = open(".", O_RDONLY);
	is(syscall(SYS_getdents64, fd, tiny, 8), -1, EINVAL, "no room for one entry");
	is(syscall(SYS_getdents64, fd, (char *)1, 4096), -1, EFAULT, "a bad address");
	is(syscall(SYS_getdents64, 99, tiny, 8), -1, EBADF, "no such file");
	is(read(fd, tiny, 8), -1, EISDIR, "a directory is not read");
	is(syscall(SYS_getdents64, open("/dev/null", O_RDONLY), tiny, 8), -1, ENOTDIR,
	   "a device is not listed");
	mkdir("gone", 0755);
	fd = open("gone", O_RDONLY);
	rmdir("gone");
	is(syscall(SYS_getdents64, fd, seen, 400), -1, ENOENT, "a removed directory");
	is(openat(fd, "x", O_CREAT | O_WRONLY, 0600), -1, ENOENT, "takes no files");
	while (fd > 2)
		close(fd--);
}

static void working_directory(void)
{
	char cwd[PATH_MAX], want[PATH_MAX];
	int fd = open(".", O_RDONLY);

	getcwd(want, sizeof(want));
	strcat(want, "/w/x");
	mkdir("w", 0755);
	mkdir("w/x", 0755);
	is(chdir("w/x"), 0, 0, "%s: chdir", where);
	is_str(getcwd(cwd, sizeof(cwd)), want, "getcwd");
	is(syscall(SYS_getcwd, cwd, sizeof(cwd)), strlen(want) + 1, 0, "returns the length");
	is(syscall(SYS_getcwd, cwd, strlen(want)), -1, ERANGE, "no room for it");
	is(syscall(SYS_getcwd, (char *)1, 4096), -1, EFAULT, "a bad address");
	is(chdir(".."), 0, 0, "up");
	is(chdir("none"), -1, ENOENT, "to nothing");
	is(chdir("/dev/null"), -1, ENOTDIR, "to a file");
	is(fchdir(99), -1, EBADF, "fchdir to nothing");
	is(fchdir(0), -1, ENOTDIR, "fchdir to a file");
	chdir("x");
	is(rmdir("../x"), 0, 0, "the working directory can be removed");
	is(syscall(SYS_getcwd, cwd, sizeof(cwd)), -1, ENOENT, "then it has no name");
	is(mkdir("y", 0755), -1, ENOENT, "and takes nothing");
	is(chdir(".."), 0, 0, "but has a parent");
	is(fchdir(fd), 0, 0, "fchdir back");
	is(rmdir("w"), 0, 0, "all gone");
	close(fd);
}

static void at_calls(void)
{
	int fd, f, path;

	mkdir("at", 0755);
	fd = open("at", O_RDONLY | O_DIRECTORY);
	path = open("at", O_PATH);
	f = openat(fd, "f", O_CREAT | O_RDWR, 0600);
	ok(f >= 0, "%s: openat", where);
	is(faccessat(path, "f", F_OK, 0), 0, 0, "O_PATH serves as directory");
	is(openat(f, "x", O_RDONLY), -1, ENOTDIR, "a file as directory");
	is(openat(99, "x", O_RDONLY), -1, EBADF, "nothing as directory");
	is(close(openat(99, "/dev/null", O_RDONLY)), 0, 0, "an absolute name needs none");
	is(mkdirat(fd, "d", 0700), 0, 0, "mkdirat");
	is(mknodat(fd, "p", S_IFIFO | 0600, 0), 0, 0, "mknodat");
	is(renameat(fd, "f", fd, "g"), 0, 0, "renameat");
	is(linkat(fd, "g", fd, "h", 0), 0, 0, "linkat");
	is(symlinkat("g", fd, "s"), 0, 0, "symlinkat");
	is(fchmodat(fd, "g", 0640, 0), 0, 0, "fchmodat");
	is(fchownat(fd, "s", 3, 3, AT_SYMLINK_NOFOLLOW), 0, 0, "fchownat");
	is(fchownat(f, "", 4, 4, AT_EMPTY_PATH), 0, 0, "with AT_EMPTY_PATH");
	is(unlinkat(fd, "g", 0) | unlinkat(fd, "h", 0) | unlinkat(fd, "s", 0) |
	   unlinkat(fd, "p", 0) | unlinkat(fd, "d", AT_REMOVEDIR), 0, 0, "unlinkat");
	is(rmdir("at"), 0, 0, "all gone");
	close(fd);
	close(f);
	close(path);
}

static void child_chroot(void)
{
	int status;

	mkdir("jail", 0755);
	mkdir("jail/in", 0755);
	fflush(stdout);
	if (fork() == 0) {
		char cwd[100];

		if (chroot("jail/none") == 0 || errno != ENOENT)
			_exit(1);
		if (chroot("jail") || chdir("/"))
			_exit(2);
		if (!there("/in") || there("/proc") || !there("/../../in"))
			_exit(3);
		getcwd(cwd, sizeof(cwd));
		if (strcmp(cwd, "/"))
			_exit(4);
		setuid(1000);
		if (chroot("/in") == 0 || errno != EPERM)
			_exit(5);
		_exit(0);
	}
	wait(&status);
	is_int(status, 0, "%s: chroot", where);
	rmdir("jail/in");
	rmdir("jail");
}

static void special_bits(void)
{
	struct stat st;

	mkdir("sg", 0755);
	chown("sg", 0, 77);
	chmod("sg", 02755);
	mkdir("sg/d", 0755);
	touch("sg/f");
	stat("sg/d", &st);
	ok(st.st_gid == 77 && (st.st_mode & S_ISGID), "%s: a set-group-id directory", where);
	stat("sg/f", &st);
	ok(st.st_gid == 77 && !(st.st_mode & S_ISGID), "gives its group to what is in it");
	unlink("sg/f");
	rmdir("sg/d");
	rmdir("sg");
}

static void on_any(void)
{
	make_remove();
	long_paths();
	renames();
	listing();
	working_directory();
	at_calls();
	child_chroot();
	special_bits();
}

int main(void)
{
	plan(0);
	umask(022);
	on_any();
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
