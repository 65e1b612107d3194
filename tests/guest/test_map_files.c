// SPDX-License-Identifier: MIT
/*
 * test_map_files.c - /proc/PID/map_files: a link for each mapping of a file, by its
 * addresses, that leads to the file; and the flags of exec in /proc/PID/stat.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/stat.h>

#include "vmutil.h"

#define DIR_NAME "/proc/self/map_files/"

static const char *name_of(const char *p, unsigned long pages)
{
	static char name[128];

	snprintf(name, sizeof(name), DIR_NAME "%lx-%lx", (long)p, (long)p + pages * K4);
	return name;
}

static const char *target(const char *name)
{
	static char text[256];
	ssize_t n = readlink(name, text, sizeof(text) - 1);

	if (n < 0)
		return strerror(errno);
	text[n] = 0;
	return text;
}

/* lines of maps that name a file, and links in the directory that are such lines */
static void count(int *files, int *links, int *good)
{
	char *line = vm_proc("/proc/self/maps"), text[64], *maps = strdup(line);
	DIR *d = opendir(DIR_NAME);
	struct dirent *e;
	unsigned long from, to, ino;

	*files = *links = *good = 0;
	for (line = maps; *line; line = strchr(line, '\n') + 1)
		if (sscanf(line, "%lx-%lx %*s %*s %*s %lu", &from, &to, &ino) == 3 && ino)
			++*files;
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		++*links;
		if (sscanf(e->d_name, "%lx-%lx", &from, &to) != 2)
			continue;
		snprintf(text, sizeof(text), "%08lx-%08lx ", from, to);
		*good += strstr(maps, text) != NULL && e->d_type == DT_LNK;
	}
	closedir(d);
	free(maps);
}

static void as_somebody_else(void)
{
	char *p = mmap(NULL, K4, PROT_READ, MAP_PRIVATE, open("/tmp/mapped", O_RDONLY), 0);

	if (setuid(1000))
		_exit(1);
	/* reading where it leads needs rights over the process, going there the superuser's */
	_exit(open(name_of(p, 1), O_RDONLY) == -1 ? 10 + (errno == EPERM || errno == EACCES) : 2);
}

int main(void)
{
	int fd, files, links, good;
	struct stat st, file;
	char *p, *q, *s;
	unsigned int flags = 0;

	plan(0);
	fd = open("/tmp/mapped", O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || ftruncate(fd, 8 * K4) || pwrite(fd, "text", 4, 0) != 4)
		bail("no file");
	p = mmap(NULL, 4 * K4, PROT_READ, MAP_PRIVATE, open("/tmp/mapped", O_RDONLY), 0);
	q = mmap(NULL, 8 * K4, RW, MAP_SHARED, fd, 0);
	is(stat(DIR_NAME, &st), 0, 0, "the directory is there");
	is_int(st.st_mode, S_IFDIR | 0500, "for its owner");
	is_int(access("/proc/self/task/self/map_files", F_OK), -1, "not of a thread");
	is_str(target(name_of(p, 4)), "/tmp/mapped", "a link leads to the file");
	is(lstat(name_of(p, 4), &st), 0, 0, "lstat");
	is_int(st.st_mode, S_IFLNK | 0400, "the file was opened for reading");
	is_int(st.st_size, 64, "its size");
	is(lstat(name_of(q, 8), &st), 0, 0, "another area");
	is_int(st.st_mode, S_IFLNK | 0600, "for both");
	fstat(fd, &file);
	ok(!stat(name_of(q, 8), &st) && st.st_ino == file.st_ino && st.st_dev == file.st_dev,
	   "stat follows it");
	is_int(open(name_of(p, 4), O_RDONLY) >= 0, 1, "it can be opened");
	is_str(target(name_of(p, 3)), "No such file or directory", "only by the area's bounds");
	is_str(target(DIR_NAME "1-2"), "No such file or directory", "nothing there");
	is_str(target(DIR_NAME "nonsense"), "No such file or directory", "no name");
	is_str(target(DIR_NAME "0-"), "No such file or directory", "half a name");
	count(&files, &links, &good);
	ok(files == links && links == good && links >= 4, "one for each line of maps with a file");
	diag("%d %d %d", files, links, good);
	munmap(p + 2 * K4, K4);
	is_str(target(name_of(p, 4)), "No such file or directory", "a cut area is another one");
	is_str(target(name_of(p, 2)), "/tmp/mapped", "or two");
	is_str(target(name_of(p + 3 * K4, 1)), "/tmp/mapped", "by their bounds");
	is_int(WEXITSTATUS(vm_in_child(as_somebody_else)), 11, "nobody else goes there");
	unlink("/tmp/mapped");
	is_str(target(name_of(q, 8)), "/tmp/mapped (deleted)", "a deleted file");
	fd = open(name_of(q, 8), O_RDONLY);
	ok(fd >= 0 && read(fd, &flags, 4) == 4 && !memcmp(&flags, "text", 4), "can be read still");
	munmap(q, 8 * K4);
	is_str(target(name_of(q, 8)), "No such file or directory", "gone with the mapping");
	s = strrchr(vm_proc("/proc/self/stat"), ')');
	sscanf(s, ") %*c %*d %*d %*d %*d %*d %u", &flags);
	is_int(flags & 0x400040, 0x400000, "after exec, with random addresses");
	return done();
}
