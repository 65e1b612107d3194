// SPDX-License-Identifier: MIT
/* sysfs: mounting, names, reading in pieces, and what cannot be done in it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "tap.h"

#define AT	"/tmp/sysfs_test"
#define CPU	AT "/devices/system/cpu"
#define NODE	AT "/devices/system/node"

static int count_names(DIR *dir, const char *want, int *found)
{
	struct dirent *e;
	int n = 0;

	*found = 0;
	while ((e = readdir(dir))) {
		*found += !strcmp(e->d_name, want);
		n++;
	}
	return n;
}

static void test_reading(void)
{
	char whole[4096], part[4096];
	int fd = open(NODE "/node0/meminfo", O_RDONLY), n, got = 0, k;

	n = read(fd, whole, sizeof(whole));
	ok(n > 500 && !strncmp(whole, "Node 0 MemTotal: ", 17), "meminfo of node 0");
	close(fd);
	fd = open(NODE "/node0/distance", O_RDONLY);
	n = read(fd, whole, sizeof(whole));
	is(lseek(fd, 0, SEEK_SET), 0, 0, "back to the start");
	while ((k = read(fd, part + got, 1)) == 1)
		got++;
	ok(n > 2 && got == n && !memcmp(whole, part, n), "byte by byte it is the same");
	is(read(fd, part, 10), 0, 0, "the end");
	is(lseek(fd, 1, SEEK_SET), 1, 0, "into the middle");
	ok(read(fd, part, 1) == 1 && part[0] == whole[1], "of the text");
	is(read(fd, (void *)8, 10), -1, EFAULT, "to a bad address");
	close(fd);
}

static void test_names(void)
{
	static const char *const none[] = { "cpu00", "cpu01", "cpu-0", "cpu+0", "cpu", "cpu0x",
		"cpu4294967296", "cpu99999999999999999999", "cpu64", "ONLINE", "online " };
	struct stat st, link;
	char path[200], text[64];
	int found, n;
	size_t i;
	DIR *dir;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		snprintf(path, sizeof(path), CPU "/%s", none[i]);
		is(stat(path, &st), -1, ENOENT, "no \"%s\"", none[i]);
	}
	is(stat(CPU "/cpu0", &st), 0, 0, "cpu0");
	ok(S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0755 && !st.st_size, "is a directory");
	is(lstat(CPU "/cpu0/node0", &link), 0, 0, "the link to its node");
	n = readlink(CPU "/cpu0/node0", text, sizeof(text));
	ok(n == 16 && !memcmp(text, "../../node/node0", 16), "leads there");
	is(stat(CPU "/cpu0/node0/cpu0/node0/cpu0", &link), 0, 0, "round and round");
	ok(link.st_ino == st.st_ino && link.st_dev == st.st_dev, "to the same place");
	is(stat(CPU "/online/x", &st), -1, ENOTDIR, "a file is no directory");

	dir = opendir(CPU);
	n = count_names(dir, "cpu0", &found);
	ok(n > 5 && found == 1, "the directory has cpu0, once");
	rewinddir(dir);
	is(count_names(dir, "online", &found), n, 0, "as many names the second time");
	closedir(dir);
}

static void test_changing(void)
{
	is(open(CPU "/online", O_WRONLY), -1, EACCES, "no file to write");
	is(open(CPU "/online", O_RDWR), -1, EACCES, "nor to read and write");
	is(open(CPU "/new", O_CREAT | O_RDONLY, 0644), -1, EACCES, "no new file");
	is(mkdir(CPU "/new", 0755), -1, EPERM, "no new directory");
	is(mkdir(CPU "/cpu0", 0755), -1, EEXIST, "nor an old one");
	is(symlink("x", CPU "/new"), -1, EPERM, "no link");
	is(unlink(CPU "/online"), -1, EPERM, "no file goes");
	is(rmdir(CPU "/cpu0"), -1, EPERM, "no directory goes");
	is(rename(CPU "/online", CPU "/offline2"), -1, EPERM, "nothing is renamed");
	is(truncate(CPU "/online", 0), 0, 0, "truncation does nothing");
}

int main(void)
{
	struct statfs fs;

	plan(0);
	mkdir(AT, 0755);
	is(mount("none", AT, "sysfs", 0, NULL), 0, 0, "mounted");
	is(statfs(AT, &fs), 0, 0, "statfs");
	ok(fs.f_type == 0x62656572, "knows the type");
	test_reading();
	test_names();
	test_changing();
	is(umount(AT), 0, 0, "unmounted");
	return done();
}
