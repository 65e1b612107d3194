// SPDX-License-Identifier: MIT
/* test_sysctl_vm.c - /proc/sys/vm: modes, what may be written, and that each value acts. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define MIB		(1ul << 20)
#define ULONGS		"18446744073709551615"

static char text[8192];

static char *path_of(const char *name)
{
	static char path[80];

	snprintf(path, sizeof(path), "/proc/sys/vm/%s", name);
	return path;
}

/* what the file says, without the newline */
static char *get(const char *name)
{
	static char line[80];
	int fd = open(path_of(name), O_RDONLY);
	long n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	line[n > 0 ? n - 1 : 0] = 0;
	return line;
}

static long put_at(const char *name, const char *value, long pos)
{
	int fd = open(path_of(name), O_WRONLY);
	long n = fd < 0 ? -errno : pwrite(fd, value, strlen(value), pos);

	if (fd < 0)
		return n;
	n = n < 0 ? -errno : n;
	close(fd);
	return n;
}

static long put(const char *name, const char *value)
{
	return put_at(name, value, 0);
}

/* kB of a line of meminfo */
static unsigned long meminfo(const char *label)
{
	int fd = open("/proc/meminfo", O_RDONLY);
	long n = read(fd, text, sizeof(text) - 1);
	char *line;

	close(fd);
	text[n > 0 ? n : 0] = 0;
	line = strstr(text, label);
	return line ? strtoul(line + strlen(label), NULL, 10) : 0;
}

/* --- what may be written ---------------------------------------------------- */

enum { ANY_INT, COUNTED, SIZE };

static const struct {
	const char *name;
	unsigned int mode;
	int kind;
	const char *low, *below, *high, *above;	/* NULL: by the kind */
} files[] = {
	{ "admin_reserve_kbytes", 0644, SIZE, NULL, NULL, NULL, NULL },
	{ "legacy_va_layout", 0644, COUNTED, NULL, NULL, NULL, NULL },
	{ "max_map_count", 0644, COUNTED, NULL, NULL, NULL, NULL },
	{ "min_free_kbytes", 0644, COUNTED, NULL, NULL, "3000", NULL },
	{ "mmap_min_addr", 0644, SIZE, NULL, NULL, NULL, NULL },
	{ "mmap_rnd_bits", 0600, COUNTED, "28", "27", "32", "33" },
	{ "oom_dump_tasks", 0644, ANY_INT, NULL, NULL, NULL, NULL },
	{ "oom_kill_allocating_task", 0644, ANY_INT, NULL, NULL, NULL, NULL },
	{ "overcommit_kbytes", 0644, SIZE, NULL, NULL, NULL, NULL },
	{ "overcommit_memory", 0644, COUNTED, "0", "-1", "1", "3" },
	{ "panic_on_oom", 0644, COUNTED, "0", "-1", "2", "3" },
	{ "percpu_pagelist_high_fraction", 0644, COUNTED, NULL, NULL, NULL, NULL },
	{ "user_reserve_kbytes", 0644, SIZE, NULL, NULL, NULL, NULL },
	{ "watermark_boost_factor", 0644, COUNTED, NULL, NULL, NULL, NULL },
	{ "watermark_scale_factor", 0644, COUNTED, "1", "0", "3000", "3001" },
};

static void test_limits(unsigned int i)
{
	static const char *const low[] = { "-2147483648", "0", "0" };
	static const char *const below[] = { "-2147483649", "-1", "-1" };
	static const char *const high[] = { "2147483647", "2147483647", ULONGS };
	static const char *const above[] = { "2147483648", "2147483648", "18446744073709551616" };
	const char *name = files[i].name, *v;
	char old[80];

	strcpy(old, get(name));
	v = files[i].low ? files[i].low : low[files[i].kind];
	ok(put(name, v) == (long)strlen(v) && !strcmp(get(name), v), "%s may be %s", name, v);
	put(name, old);
	v = files[i].high ? files[i].high : high[files[i].kind];
	ok(put(name, v) == (long)strlen(v) && !strcmp(get(name), v), "%s may be %s", name, v);
	put(name, old);
	v = files[i].below ? files[i].below : below[files[i].kind];
	is_int(put(name, v), -EINVAL, "%s may not be %s", name, v);
	v = files[i].above ? files[i].above : above[files[i].kind];
	is_int(put(name, v), -EINVAL, "%s may not be %s", name, v);
	is_str(get(name), old, "%s is as it was", name);
}

static void test_numbers(unsigned int i)
{
	static const char *const bad[] = {
		" \n", "x", "5x", "+28", "-", "28\00132", "000000000000000000028",
	};
	const char *name = files[i].name, *v = files[i].low ? files[i].low : "28";
	char old[80], line[96];
	unsigned int j;

	strcpy(old, get(name));
	for (j = 0; j < sizeof(bad) / sizeof(*bad); j++)
		is_int(put(name, bad[j]), -EINVAL, "%s: %d is no number", name, j);
	is_int(put(name, ""), 0, "%s: nothing is no error", name);
	is_str(get(name), old, "%s: nor a change", name);
	snprintf(line, sizeof(line), " \t%s \n", v);
	is_int(put(name, line), strlen(line), "%s: space around a number", name);
	is_str(get(name), v, "%s: has it", name);
	snprintf(line, sizeof(line), "%s 77\n", v);
	is_int(put(name, line), strlen(v) + 1, "%s: of two numbers the first is taken", name);
	is_str(get(name), v, "%s: and no other", name);
	is_int(put_at(name, "29", 1), 2, "%s: a write from the middle", name);
	is_str(get(name), v, "%s: changes nothing", name);
	snprintf(line, sizeof(line), "0x%lx", strtoul(v, NULL, 10));
	is_int(put(name, line), strlen(line), "%s: hexadecimal", name);
	is_str(get(name), v, "%s: is the same", name);
	put(name, old);
}

static void test_files(void)
{
	struct stat st;
	unsigned int i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		ok(!stat(path_of(files[i].name), &st) && (st.st_mode & 07777) == files[i].mode &&
		   !st.st_size && !st.st_uid, "%s is a file of its mode", files[i].name);
		test_limits(i);
		test_numbers(i);
	}
	put("overcommit_ratio", "50");	/* overcommit_kbytes was written */
}

static void test_reading(void)
{
	int fd = open(path_of("max_map_count"), O_RDONLY);
	char b[8];

	is_int(read(fd, b, 2), 2, "two bytes of a number");
	ok(!memcmp(b, "65", 2), "are its first");
	/* what is left can be read: a file of /proc/sys has a place */
	is_int(lseek(fd, 0, SEEK_SET), 0, "from the beginning again");
	is_int(read(fd, b, 8), 6, "all of it");
	is_int(read(fd, b, 8), 0, "and its end");
	close(fd);
	is(open(path_of("drop_caches"), O_RDONLY), -1, EACCES, "drop_caches cannot be read");
	is_int(put("drop_caches", "0"), -EINVAL, "nor be 0");
	is_int(put("drop_caches", "5"), -EINVAL, "nor 5");
	is_int(put("drop_caches", "1\n"), 2, "but 1");
	is_str(get("numa_zonelist_order"), "Node", "zonelists are by node");
	is_int(put("numa_zonelist_order", "node"), 4, "as may be asked for");
	is_int(put("numa_zonelist_order", "Default\n"), 8, "by two names");
	is_int(put("numa_zonelist_order", "zone"), -EINVAL, "and no other");
	fd = open(path_of("stat_refresh"), O_RDWR);
	is_int(read(fd, b, 8), 0, "stat_refresh reads as nothing");
	is_int(write(fd, "any", 3), 3, "and takes any word");
	close(fd);
}

/* --- the CPUs' stocks of pages ------------------------------------------------ */

/* "high:" of all zones; NULL when it is not what @fraction says (0: any) */
static const char *stocks(unsigned long fraction)
{
	static char text[4096];
	static char all[65536];
	unsigned long managed = 0, high = 0, n, cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int fd = open("/proc/zoneinfo", O_RDONLY), len = 0, got;
	char *line, *rest = all;

	text[0] = 0;
	while ((got = read(fd, all + len, sizeof(all) - 1 - len)) > 0)
		len += got;
	close(fd);
	all[len] = 0;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (sscanf(line, " managed %lu", &n) == 1)
			managed = n;
		if (sscanf(line, " high: %lu", &n) == 1)
			high = n;
		if (sscanf(line, " batch: %lu", &n) != 1)
			continue;
		sprintf(text + strlen(text), "%lu ", high);
		if (fraction && high != (managed / fraction / cpus > 4 * n ?
					 managed / fraction / cpus : 4 * n))
			return NULL;
	}
	return text;
}

static void test_stocks(void)
{
	const char *name = "percpu_pagelist_high_fraction";
	char before[4096];

	is_str(get(name), "0", "the low mark is the CPUs'");
	strcpy(before, stocks(0));
	ok(*before, "each CPU has a stock of each zone");
	is_int(put(name, "7"), -EINVAL, "a 7th of a zone is too much");
	is_str(get(name), "0", "nothing has changed");
	is_str(stocks(0), before, "nor in the zones");
	is_int(put(name, "8"), 1, "an 8th may be");
	ok(stocks(8) != NULL, "and is shared out");
	is_int(put(name, "1000"), 4, "a 1000th");
	ok(stocks(1000) != NULL, "too");
	is_int(put(name, "0"), 1, "as it was");
	is_str(stocks(0), before, "the sizes are");
}

/* --- overcommit: what mode 2 promises ---------------------------------------- */

/* Does a process of @uid get @kb kB more? It ends with the answer. */
static int gets(unsigned int uid, unsigned long kb)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (uid && (setgid(uid) || setuid(uid)))
			_exit(9);
		_exit(mmap(NULL, kb << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0) != MAP_FAILED);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_overcommit(void)
{
	unsigned long total = meminfo("MemTotal:"), now, area = 64 * MIB;
	char limit[24];
	void *p;

	is_int(put("overcommit_ratio", "30"), 2, "a ratio");
	ok(labs((long)(meminfo("CommitLimit:") - total * 30 / 100)) <= 4, "is the limit");
	is_int(put("overcommit_kbytes", "123456"), 6, "a size");
	is_int(meminfo("CommitLimit:"), 123456, "is the limit then");
	is_str(get("overcommit_ratio"), "0", "and the ratio 0");
	is_int(put("overcommit_ratio", "50"), 2, "the ratio again");
	is_str(get("overcommit_kbytes"), "0", "makes the size 0");

	put("admin_reserve_kbytes", "0");
	put("user_reserve_kbytes", "0");
	now = meminfo("Committed_AS:");
	snprintf(limit, sizeof(limit), "%lu", now + 40 * 1024);
	put("overcommit_kbytes", limit);
	put("overcommit_memory", "2");
	is_int(gets(0, 20 * 1024), 1, "room for 20 of 40 MiB");
	is_int(gets(0, 41 * 1024), 0, "not for 41");
	put("admin_reserve_kbytes", "30720");
	is_int(gets(1000, 20 * 1024), 0, "30 MiB are kept for the administrator");
	is_int(gets(1000, 5 * 1024), 1, "the rest is anybody's");
	is_int(gets(0, 20 * 1024), 1, "the administrator has them");
	put("admin_reserve_kbytes", "0");
	is_int(gets(1000, 20 * 1024), 1, "nothing is kept any more");
	/* a process of 640 MiB, most of which is promised to nobody */
	p = mmap(NULL, 10 * area, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	put("user_reserve_kbytes", "131072");
	is_int(gets(1000, 25 * 1024), 0, "a 32nd of a large process is kept from it");
	is_int(gets(1000, 15 * 1024), 1, "and no more");
	put("user_reserve_kbytes", "1024");
	is_int(gets(1000, 25 * 1024), 1, "or as much as the reserve is");
	munmap(p, 10 * area);
	put("overcommit_memory", "1");
	is_int(gets(0, 1ul << 32), 1, "mode 1 promises anything");
	put("overcommit_memory", "0");
}

/* --- address spaces ---------------------------------------------------------- */

/* Where a program's mappings begin, told by itself; @kind: what its first one is like. */
static unsigned long child_place(const char *self)
{
	unsigned long place = 0;
	int fd[2], status;
	pid_t pid;

	if (pipe(fd))
		return 0;
	pid = fork();
	if (!pid) {
		dup2(fd[1], 1);
		execl(self, self, "where", NULL);
		_exit(1);
	}
	close(fd[1]);
	if (read(fd[0], &place, sizeof(place)) != sizeof(place))
		place = 0;
	close(fd[0]);
	waitpid(pid, &status, 0);
	return place;
}

static int where(void)
{
	unsigned long p = (unsigned long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
					      -1, 0);

	return write(1, &p, sizeof(p)) != sizeof(p);
}

static void test_layout(const char *self)
{
	unsigned long third = 0x7ffffffff000ul / 3, at, bits[2], i;
	char *p;
	int n = 0;

	put("legacy_va_layout", "1");
	at = child_place(self);
	ok(at >= third && at < third + (1ul << 41), "mappings go up from a third");
	put("legacy_va_layout", "0");
	at = child_place(self);
	ok(at > 0x7ffffffff000ul - (1ul << 42), "mappings go down from the stack");

	for (i = 0; i < 2; i++) {
		unsigned long seen = 0, first;
		int round;

		put("mmap_rnd_bits", i ? "32" : "28");
		first = child_place(self);
		for (round = 0; round < 24; round++)
			seen |= first ^ child_place(self);
		bits[i] = seen >> 41;
	}
	ok(!bits[0] || bits[0] == 1, "28 bits of a place are random: those above are the same");
	ok(bits[1], "32 bits reach further");
	put("mmap_rnd_bits", "28");

	put("max_map_count", "40");
	p = mmap(NULL, 256 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < 256; i += 2)
		if (mprotect(p + i * 4096, 4096, PROT_NONE))
			break;
		else
			n++;
	ok(n && n < 20 && errno == ENOMEM, "an address space has no more areas than it may");
	put("max_map_count", "65530");
	is_int(mprotect(p + 255 * 4096, 4096, PROT_READ | PROT_WRITE), 0, "now it may");
	munmap(p, 256 * 4096);
}

/* can a program of @uid have its memory at @addr? */
static int maps_at(unsigned int uid, unsigned long addr)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (uid && setuid(uid))
			_exit(9);
		_exit(mmap((void *)addr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			   -1, 0) != (void *)addr);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static void test_min_addr(void)
{
	is_int(maps_at(1000, 65536), 1, "a program's memory begins at mmap_min_addr");
	is_int(maps_at(1000, 65536 - 4096), 0, "not below");
	put("mmap_min_addr", "4096");
	is_int(maps_at(1000, 4096), 1, "which can be lower");
	is_int(maps_at(1000, 0), 0, "but then not below either");
	put("mmap_min_addr", "131072");
	is_int(maps_at(1000, 65536), 0, "or higher");
	put("mmap_min_addr", "65536");
}

static void as_user(void)
{
	unsigned int i, refused = 0;

	setuid(1000);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		refused += put(files[i].name, "1") == -EACCES;
	is_int(refused, i, "nobody else may write");
	is(open(path_of("mmap_rnd_bits"), O_RDONLY), -1, EACCES, "nor read some");
	_exit(tap_failed != 0);
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	if (argc > 1 && !strcmp(argv[1], "where"))
		return where();
	plan(0);
	test_files();
	test_reading();
	test_stocks();
	test_overcommit();
	test_layout("/proc/self/exe");
	test_min_addr();
	fflush(stdout);
	pid = fork();
	if (!pid)
		as_user();
	waitpid(pid, &status, 0);
	tap_number += 2;
	ok(WIFEXITED(status) && !WEXITSTATUS(status), "the child's checks hold");
	return done();
}
