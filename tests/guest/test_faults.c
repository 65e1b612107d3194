// SPDX-License-Identifier: MIT
/*
 * Calls of which each allocation fails once, and a machine in which allocations fail at
 * random: every call works, or fails with an error that says so and does nothing.
 *
 *	nth	a call is made with its 1st, 2nd, 3rd ... allocation failing
 *		(/proc/self/fail-nth), until one passes clean
 *	random	processes come and go while a tenth of their allocations fail
 *
 * A Linux without fault injection does the same calls, and nothing of it fails.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define AT	"/tmp/debugfs"
#define DIR	"/tmp/faults"
#define MOST	200			/* no call has so many allocations */
#define PAGE	4096

static int injects;			/* this kernel has failslab */
static int nth_fd = -1;

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), n = fd < 0 ? -1 : (int)write(fd, text, strlen(text));
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return n < 0 ? -1 : 0;
}

static int set_attr(const char *kind, const char *name, const char *text)
{
	char path[100];

	snprintf(path, sizeof(path), AT "/%s/%s", kind, name);
	return write_file(path, text);
}

static const char *get_attr(const char *kind, const char *name)
{
	static char text[64];
	char path[100];
	int fd, n;

	snprintf(path, sizeof(path), AT "/%s/%s", kind, name);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? 0 : (int)read(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = 0;
	if (fd >= 0)
		close(fd);
	return text;
}

static void set_both(const char *name, const char *text)
{
	set_attr("failslab", name, text);
	set_attr("fail_page_alloc", name, text);
}

/* --- the calls: 0, or an errno ------------------------------------------------------------ */

static int result(long ret)
{
	return ret < 0 ? errno : 0;
}

static int call_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static int call_pipe(void)
{
	int fd[2], err = result(pipe(fd));

	if (!err) {
		err = write(fd[1], "x", 1) == 1 ? 0 : errno;
		close(fd[0]);
		close(fd[1]);
	}
	return err;
}

static int call_open(void)
{
	int fd = open(DIR "/file", O_RDWR | O_CREAT, 0600), err;

	if (fd < 0)
		return errno;
	err = write(fd, "text", 4) == 4 ? 0 : errno;
	close(fd);
	return err;
}

static int call_names(void)
{
	int err;

	/* what a child that was killed on the way may have left */
	unlink(DIR "/dir/link");
	unlink(DIR "/dir/other");
	rmdir(DIR "/dir");
	err = result(mkdir(DIR "/dir", 0700));
	if (!err)
		err = result(symlink("file", DIR "/dir/link"));
	if (!err)
		err = result(rename(DIR "/dir/link", DIR "/dir/other"));
	unlink(DIR "/dir/link");
	unlink(DIR "/dir/other");
	rmdir(DIR "/dir");
	return err;
}

static int call_map(void)
{
	char *p = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int err = 0;

	if (p == MAP_FAILED)
		return errno;
	if (mprotect(p + 2 * PAGE, PAGE, PROT_READ))
		err = errno;
	if (!err)
		err = result(munmap(p + 5 * PAGE, PAGE));
	munmap(p, 8 * PAGE);
	return err;
}

static int call_move(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *q;
	int err = 0;

	if (p == MAP_FAILED)
		return errno;
	q = mremap(p, PAGE, 600 * PAGE, MREMAP_MAYMOVE);
	if (q == MAP_FAILED)
		err = errno;
	else
		munmap(q, 600 * PAGE);
	if (err)
		munmap(p, PAGE);
	return err;
}

static int child_main(void *arg)
{
	return 0;
}

static int call_clone(void)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t pid = clone(child_main, stack + sizeof(stack), CLONE_VM | CLONE_FILES | SIGCHLD,
			  NULL);

	if (pid < 0)
		return errno;
	waitpid(pid, NULL, 0);
	return 0;
}

static const struct call {
	const char *name;
	int (*fn)(void);
} calls[] = {
	{ "fork", call_fork }, { "pipe", call_pipe }, { "open", call_open },
	{ "names", call_names }, { "mmap", call_map }, { "mremap", call_move },
	{ "clone", call_clone },
};
#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

/* --- one after the other -------------------------------------------------------------- */

static unsigned int nth_left(void)
{
	char text[16] = "";

	return pread(nth_fd, text, sizeof(text) - 1, 0) > 0 ? strtoul(text, NULL, 10) : 0;
}

static void set_nth(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	if (nth_fd >= 0 && pwrite(nth_fd, text, n, 0) != n)
		injects = 0;
}

static int is_memory_error(int err)
{
	return !err || err == ENOMEM || err == EAGAIN || err == ENFILE;
}

static void test_nth(const struct call *call)
{
	unsigned int nth, left = 0;
	int bad = 0, err, failed = 0;

	for (nth = 1; nth < MOST; nth++) {
		set_nth(nth);
		err = call->fn();
		left = injects ? nth_left() : nth;
		set_nth(0);
		failed += err != 0;
		if (!is_memory_error(err)) {
			printf("# %s: allocation %u: %s\n", call->name, nth, strerror(err));
			bad++;
		}
		if (left)
			break;
	}
	printf("# %s: %u allocations, %d failures seen\n", call->name, nth - 1, failed);
	ok(!bad && left && nth < MOST, "%s: each allocation fails once", call->name);
	ok(!injects || nth > 1, "%s: it allocates", call->name);
	is(call->fn(), 0, 0, "%s: it works afterwards", call->name);
}

/* --- at random --------------------------------------------------------------------------- */

static void child(void)
{
	unsigned int i, k;

	write_file("/proc/self/make-it-fail", "1");
	for (k = 0; k < 5; k++)
		for (i = 0; i < NR_CALLS; i++)
			if (!is_memory_error(calls[i].fn()) && calls[i].fn != call_names)
				_exit(1);
	_exit(0);
}

static void test_random(void)
{
	int i, status, bad = 0;

	set_both("probability", "10");
	set_both("task-filter", "Y");
	set_both("times", "-1");
	set_both("verbose", "0");
	for (i = 0; i < 60; i++) {
		pid_t pid = fork();

		if (!pid)
			child();
		if (pid < 0 || waitpid(pid, &status, 0) != pid ||
		    (status && !(injects && WIFSIGNALED(status))))
			bad++;
	}
	set_both("probability", "0");
	ok(!bad, "children of whom a tenth of the allocations fails");
	for (i = 0; i < (int)NR_CALLS; i++)
		is(calls[i].fn(), 0, 0, "%s: it works after that", calls[i].name);
}

/* --- the files ------------------------------------------------------------------------------ */

static int differs(const char *kind, const char *name, const char *want)
{
	return injects && strcmp(get_attr(kind, name), want);
}

static int refused(const char *name, const char *text)
{
	return !injects || (set_attr("failslab", name, text) == -1 &&
			    (errno == EINVAL || errno == ERANGE));
}

static void test_files(void)
{
	struct statfs fs;
	struct stat st;

	ok(!statfs(AT, &fs) && fs.f_type == 0x64626720, "the type of file system");
	ok(!stat(AT, &st) && st.st_mode == (S_IFDIR | 0700), "root's alone");
	is(mkdir(AT "/new", 0700), -1, EPERM, "no new names");
	ok(!differs("failslab", "interval", "1\n"), "interval");
	ok(!differs("failslab", "probability", "0\n"), "probability");
	ok(!differs("failslab", "times", "1\n"), "times");
	ok(!differs("failslab", "space", "0\n"), "space");
	ok(!differs("failslab", "verbose", "2\n"), "verbose");
	ok(!differs("failslab", "ignore-gfp-wait", "Y\n"), "ignore-gfp-wait");
	ok(!differs("failslab", "cache-filter", "N\n"), "cache-filter");
	ok(!differs("fail_page_alloc", "min-order", "1\n"), "min-order");
	ok(!differs("fail_page_alloc", "ignore-gfp-highmem", "Y\n"), "ignore-gfp-highmem");
	ok(refused("interval", "x") && refused("interval", "-1") && refused("times", "1 2") &&
	   refused("times", "99999999999") && refused("task-filter", "7") &&
	   refused("probability", ""), "what is no value is refused");
	set_attr("failslab", "times", "-7\n");
	set_attr("failslab", "interval", " 0x10 ");
	ok(!differs("failslab", "times", "-7\n") && !differs("failslab", "interval", "16\n"),
	   "values are kept");
	set_attr("failslab", "times", "1");
	set_attr("failslab", "interval", "1");
}

static void test_task_files(void)
{
	if (!injects) {
		ok(1, "a task's files refuse what they cannot take");
		return;
	}
	ok(write_file("/proc/self/make-it-fail", "2") == -1 && errno == EINVAL &&
	   write_file("/proc/self/make-it-fail", "x") == -1 && errno == EINVAL &&
	   write_file("/proc/self/fail-nth", "-1") == -1 && errno == EINVAL &&
	   write_file("/proc/self/fail-nth", "4294967296") == -1 && errno == ERANGE,
	   "a task's files refuse what they cannot take");
}

int main(void)
{
	unsigned int i;

	plan(0);
	mkdir(DIR, 0700);
	mkdir(AT, 0700);
	is(mount("none", AT, "debugfs", 0, NULL), 0, 0, "debugfs is mounted");
	injects = access(AT "/failslab", F_OK) == 0;
	test_files();
	test_task_files();
	set_both("ignore-gfp-wait", "N");
	set_both("verbose", "0");
	set_attr("fail_page_alloc", "ignore-gfp-highmem", "N");
	set_attr("fail_page_alloc", "min-order", "0");
	if (injects)
		nth_fd = open("/proc/self/fail-nth", O_RDWR);
	for (i = 0; i < NR_CALLS; i++)
		calls[i].fn();
	if (injects)
		nth_left();		/* its buffer is there */
	for (i = 0; i < NR_CALLS; i++)
		test_nth(&calls[i]);
	test_random();
	set_both("ignore-gfp-wait", "Y");
	set_both("task-filter", "N");
	set_both("times", "1");
	set_both("verbose", "2");
	set_attr("fail_page_alloc", "ignore-gfp-highmem", "Y");
	set_attr("fail_page_alloc", "min-order", "1");
	is(umount(AT), 0, 0, "debugfs is unmounted");
	unlink(DIR "/file");
	rmdir(DIR);
	rmdir(AT);
	return done();
}
