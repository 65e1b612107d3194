// SPDX-License-Identifier: MIT
/*
 * test_names.c - walks over links: as many as are allowed, nested or in a row, long
 * texts, making a file through them; and the flags of rename.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tap.h"

#define NOREPLACE	1
#define EXCHANGE	2

static int ren(const char *from, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags) ? -errno : 0;
}

static int exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) ? -errno : 1;
}

static int make(const char *name, int flags)
{
	int fd = open(name, O_CREAT | O_RDWR | flags, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static void link_to(const char *text, const char *name)
{
	if (symlink(text, name))
		bail("symlink %s: %s", name, strerror(errno));
}

/* link 0 -> link 1 -> ... -> link @n - 1 -> @end, with @tail behind each text */
static void chain(const char *stem, int n, const char *tail, const char *end)
{
	char name[64], text[64];

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%d", stem, i);
		snprintf(text, sizeof(text), "%s%d%s", stem, i + 1, tail);
		link_to(i == n - 1 ? end : text, name);
	}
}

static void depth(void)
{
	struct stat st;

	mkdir("dir", 0755);
	chain("a", 40, "", "dir");
	is_int(stat("a0", &st), 0, "40 links in a row");
	is_int(stat("a0/", &st), 0, "with a slash behind");
	is_int(make("a0/in", 0), 0, "a file in the directory at their end");
	is_int(exists("dir/in"), 1, "is there");
	chain("b", 41, "", "dir");
	is_int(stat("b0", &st) ? errno : 0, ELOOP, "41 are too many");
	is_int(stat("b1", &st), 0, "from the second they are 40");
	chain("c", 40, "/.", "dir/.");
	is_int(stat("c0", &st), 0, "40 nested links");
	chain("d", 40, "/", "dir/");
	is_int(stat("d0", &st), 0, "40 texts that end in a slash");
	link_to("self/x", "self");
	is_int(stat("self", &st) ? errno : 0, ELOOP, "a link into itself");
}

static void creating(void)
{
	chain("e", 40, "", "dir/new");
	is_int(make("e0", 0), 0, "O_CREAT through 40 links");
	is_int(exists("dir/new"), 1, "makes the file at their end");
	is_int(make("e0", O_EXCL), -EEXIST, "O_EXCL sees the link");
	is_int(make("e0", O_NOFOLLOW), -ELOOP, "O_NOFOLLOW too");
	chain("f", 41, "", "dir/new2");
	is_int(make("f0", 0), -ELOOP, "41 links are too many");
	link_to("dir/slash/", "g");
	is_int(make("g", 0), -EISDIR, "a text with a slash behind");
	link_to("nowhere/file", "h");
	is_int(make("h", 0), -ENOENT, "a directory that is missing");
	link_to("../dir/up", "dir/rel");
	is_int(make("dir/rel", 0), 0, "a text relative to the link's directory");
	is_int(exists("dir/up"), 1, "is taken from there");
	is_int(make("a0", 0), -EISDIR, "a directory at the end");
}

/* texts as long as they get, one behind the other */
static void long_texts(void)
{
	char text[4096], name[16];
	int i;

	for (i = 0; i < 8; i++) {
		int n = snprintf(name, sizeof(name), "dir/n%d", i + 1);

		memset(text, '.', sizeof(text));
		for (int j = 1; j < 4095 - n; j += 2)
			text[j] = '/';
		/* "./././" and the name in the parent of dir, without its "dir/" */
		n = (4095 - n) & ~1;
		snprintf(text + n, sizeof(text) - n, "n%d", i + 1);
		snprintf(name, sizeof(name), "dir/n%d", i);
		link_to(text, name);
	}
	is_int(make("dir/n0", 0), 0, "O_CREAT through 8 texts of 4 KiB");
	is_int(exists("dir/n8"), 1, "makes the file at their end");
}

static void renaming(void)
{
	struct stat st;

	mkdir("p", 0755);
	mkdir("q", 0755);
	make("p/inp", 0);
	make("q/a_name_that_is_too_long_to_lie_inside_of_the_entry_itself", 0);
	is_int(ren("p", "q", NOREPLACE), -EEXIST, "NOREPLACE onto a directory");
	is_int(ren("p", "p", NOREPLACE), -EEXIST, "NOREPLACE onto itself");
	is_int(ren("p", "none", EXCHANGE), -ENOENT, "EXCHANGE with nothing");
	is_int(ren("p", "q", EXCHANGE), 0, "EXCHANGE of two directories");
	is_int(exists("q/inp"), 1, "what was in one");
	is_int(exists("p/a_name_that_is_too_long_to_lie_inside_of_the_entry_itself"), 1,
	       "and in the other");
	is_int(ren("q/inp", "p/a_name_that_is_too_long_to_lie_inside_of_the_entry_itself",
		   EXCHANGE), 0, "EXCHANGE of a short and a long name");
	is_int(unlink("q/inp") || unlink("p/a_name_that_is_too_long_to_lie_inside_of_the_entry_itself"),
	       0, "both can be removed");
	is_int(rmdir("p") || rmdir("q"), 0, "and their directories");
	mkdir("p", 0755);
	mkdir("p/sub", 0755);
	is_int(ren("p", "p/sub", EXCHANGE), -EINVAL, "EXCHANGE with a descendant");
	is_int(ren("p/sub", "p", EXCHANGE), -EINVAL, "and with an ancestor");
	make("dir/file", 0);
	is_int(ren("p", "dir/file", EXCHANGE), 0, "EXCHANGE of a directory and a file");
	is_int(stat("dir", &st) ? -1 : (int)st.st_nlink, 3, "the directory counts its new child");
	is_int(ren("dir/file/sub", "dir/sub", 0), 0, "a directory moves up");
	is_int(ren("dir/sub", "dir/sub/in", 0), -EINVAL, "never into itself");
	is_int(ren("dir", "a0", 0), -ENOTDIR, "a directory onto a link");
	is_int(ren("a0/", "zz", 0), -ENOTDIR, "a link with a slash");
}

static void empty(void)
{
	char buf[16];
	int fd;

	is_int(readlink("", buf, sizeof(buf)) < 0 ? -errno : 0, -ENOENT, "readlink of \"\"");
	is_int(readlinkat(AT_FDCWD, "", buf, sizeof(buf)) < 0 ? -errno : 0, -ENOENT,
	       "readlinkat of \"\" that is no link");
	is_int(readlink("dir", buf, sizeof(buf)) < 0 ? -errno : 0, -EINVAL,
	       "readlink of a directory");
	link_to("text", "lnk");
	fd = open("lnk", O_PATH | O_NOFOLLOW);
	is_int(readlinkat(fd, "", buf, sizeof(buf)), 4, "readlinkat of an open link");
	close(fd);
}

int main(void)
{
	char dir[] = "/tmp/names.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir))
		bail("%s: %s", dir, strerror(errno));
	depth();
	creating();
	long_texts();
	renaming();
	empty();
	return done();
}
