// SPDX-License-Identifier: MIT
/*
 * Files under stress: names that come and go while others look them up and list
 * them, contents that are truncated while mapped, mounts, programs that are
 * replaced while they run, /proc while its processes exit.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "stress.h"

#define DIR_NAME "/tmp/stress_fs"

static void name_of(char *buf, unsigned int nr)
{
	sprintf(buf, DIR_NAME "/%s/%s%u", nr & 8 ? "a" : "b",
		nr & 16 ? "a_long_name_that_does_not_fit_into_the_entry_itself" : "f", nr & 7);
}

static int expected(int err)
{
	return err == ENOENT || err == EEXIST || err == ENOTDIR || err == EISDIR ||
	       err == ENOTEMPTY || err == EINVAL;
}

/* any result that some order of the calls can have, and no other error */
static void names_body(int self, void *unused)
{
	unsigned int seed = self + 1;
	char a[100], b[100];
	struct stat st;
	int i, ret, fd;

	for (i = 0; i < 600 * stress_factor; i++) {
		name_of(a, next_random(&seed));
		name_of(b, next_random(&seed));
		switch (next_random(&seed) % 8) {
		case 0:
			fd = open(a, O_CREAT | O_RDWR, 0644);
			must(fd >= 0 || expected(errno));
			if (fd >= 0) {
				must(write(fd, a, 10) == 10);
				must(!fstat(fd, &st));
				close(fd);
			}
			continue;
		case 1:
			ret = unlink(a);
			break;
		case 2:
		case 3:
			ret = rename(a, b);
			break;
		case 4:
			ret = mkdir(a, 0755);
			break;
		case 5:
			ret = rmdir(a);
			break;
		case 6:
			ret = link(a, b);
			if (ret)
				must(expected(errno) || errno == EPERM);
			continue;
		default:
			ret = stat(a, &st);
		}
		must(!ret || expected(errno));
	}
}

static void list_body(int self, void *unused)
{
	struct dirent *d;
	char path[400];
	struct stat st;
	int i;

	for (i = 0; i < 60 * stress_factor; i++) {
		const char *name = i & 1 ? DIR_NAME "/a" : DIR_NAME "/b";
		DIR *dir = opendir(name);

		must(dir);
		while ((d = readdir(dir))) {
			snprintf(path, sizeof(path), "%s/%s", name, d->d_name);
			must(!lstat(path, &st) || errno == ENOENT);
		}
		closedir(dir);
	}
}

static void names_and_lists(int self, void *unused)
{
	if (self < 4)
		names_body(self, NULL);
	else
		list_body(self, NULL);
}

/* --- the size of a mapped file changes -------------------------------------------- */

static sig_atomic_t sigbus_seen;

static void on_sigbus(int sig, siginfo_t *info, void *ctx)
{
	must(info->si_code == BUS_ADRERR);
	sigbus_seen++;
	/* past the end: map something there, so that the access can go on */
	must(mmap((void *)((uintptr_t)info->si_addr & ~4095ul), 4096, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
}

static void truncate_body(int self, void *unused)
{
	struct sigaction sa = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	int fd = open(DIR_NAME "/mapped", O_RDWR), i, k;
	unsigned int seed = self + 1;
	char buf[4096], *p;

	must(fd >= 0);
	sigaction(SIGBUS, &sa, NULL);
	for (i = 0; i < 40 * stress_factor; i++) {
		if (self == 0) {
			must(!ftruncate(fd, next_random(&seed) % 65536));
			must(!ftruncate(fd, 65536));
			continue;
		}
		p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
			 self & 1 ? MAP_SHARED : MAP_PRIVATE, fd, 0);
		must(p != MAP_FAILED);
		for (k = 0; k < 16; k++)
			p[k * 4096 + next_random(&seed) % 4096] = 0;
		must(pread(fd, buf, 4096, next_random(&seed) % 65536) >= 0);
		must(pwrite(fd, buf, 100, next_random(&seed) % 65436) == 100);
		must(!munmap(p, 65536));
	}
}

/* --- a file system that comes and goes ------------------------------------------------- */

static void mount_body(int self, void *unused)
{
	char path[60], file[80];
	int i, fd;

	sprintf(path, DIR_NAME "/mnt%d", self & 1);
	sprintf(file, "%s/x", path);
	for (i = 0; i < 50 * stress_factor; i++) {
		if (self < 2) {
			must(!mount("none", path, "tmpfs", 0, NULL));
			fd = open(file, O_CREAT | O_RDWR, 0644);
			must(fd >= 0 && write(fd, file, 5) == 5);
			must(umount(path) < 0 && errno == EBUSY);
			close(fd);
			while (umount(path))
				must(errno == EBUSY);	/* the other is in there */
		} else {
			fd = open(file, O_RDONLY);
			must(fd >= 0 || errno == ENOENT);
			close(fd);
			fd = open("/proc/self/mounts", O_RDONLY);
			must(fd >= 0 && read(fd, file + 60, 1) == 1);
			close(fd);
		}
	}
}

/* --- programs ---------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to)
{
	static char buf[65536];
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	ssize_t n;

	must(in >= 0 && out >= 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		must(write(out, buf, n) == n);
	close(in);
	close(out);
}

/* a program is executed, opened for writing, and replaced, all at once */
static void exec_body(int self, void *unused)
{
	char *argv[] = { DIR_NAME "/prog", "quick", NULL }, name[60];
	int i, fd, status;
	pid_t pid;

	sprintf(name, DIR_NAME "/new%d", self);
	for (i = 0; i < 8 * stress_factor; i++) {
		switch (self) {
		case 0:
			fd = open(argv[0], O_WRONLY);
			must(fd >= 0 || errno == ETXTBSY);
			sched_yield();
			close(fd);
			break;
		case 1:
			copy_file("/proc/self/exe", name);
			must(!rename(name, argv[0]));
			break;
		default:
			pid = must_fork();
			if (!pid) {
				execv(argv[0], argv);
				_exit(errno == ETXTBSY ? 0 : errno);
			}
			status = status_of(pid);
			must(status == 0);
		}
	}
}

/* --- /proc ------------------------------------------------------------------------------------ */

static void read_whole(const char *path)
{
	static char buf[4096];
	int fd = open(path, O_RDONLY | O_NONBLOCK), n = 0;

	if (fd < 0)
		return;
	while (n++ < 50 && read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

static void proc_body(int self, void *unused)
{
	static const char *const names[] = { "maps", "stat", "status", "statm", "cmdline", "comm",
					     "environ", "smaps", "limits", "io", "wchan", "mounts",
					     "fdinfo/0" };
	uint64_t end = now_ns() + 250000000ull * stress_factor;
	char path[100], target[100];
	struct dirent *d;
	DIR *dir;
	int k, fd;

	while (now_ns() < end) {
		if (self < 2) {		/* those who come and go */
			pid_t pid = must_fork();

			if (!pid) {
				fd = open("/proc/self/status", O_RDONLY);
				must(fd >= 0);
				_exit(0);
			}
			must(status_of(pid) == 0);
			continue;
		}
		dir = opendir("/proc");
		must(dir);
		while ((d = readdir(dir))) {
			if (d->d_name[0] < '1' || d->d_name[0] > '9')
				continue;
			for (k = 0; k < 13; k++) {
				snprintf(path, sizeof(path), "/proc/%.9s/%s", d->d_name, names[k]);
				read_whole(path);
			}
			for (k = 0; k < 4; k++) {
				snprintf(path, sizeof(path), "/proc/%.9s/fd/%d", d->d_name, k);
				(void)!readlink(path, target, sizeof(target));
			}
			snprintf(path, sizeof(path), "/proc/%.9s/exe", d->d_name);
			(void)!readlink(path, target, sizeof(target));
			snprintf(path, sizeof(path), "/proc/%.9s/task", d->d_name);
			closedir(opendir(path) ?: opendir("/"));
		}
		closedir(dir);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "quick"))
		return 0;
	stress_init(argc, argv);
	plan(6);
	mkdir(DIR_NAME, 0755);
	must(!mount("none", DIR_NAME, "tmpfs", 0, "size=30%"));
	mkdir(DIR_NAME "/a", 0755);
	mkdir(DIR_NAME "/b", 0755);
	mkdir(DIR_NAME "/mnt0", 0755);
	mkdir(DIR_NAME "/mnt1", 0755);
	is_int(in_processes(6, names_and_lists, NULL), 0, "names come and go");
	close(open(DIR_NAME "/mapped", O_CREAT | O_RDWR, 0644));
	must(!truncate(DIR_NAME "/mapped", 65536));
	is_int(in_processes(4, truncate_body, NULL), 0, "a mapped file changes its size");
	is_int(in_processes(4, mount_body, NULL), 0, "mounts come and go");
	copy_file("/proc/self/exe", DIR_NAME "/prog");
	is_int(in_processes(4, exec_body, NULL), 0, "a program is replaced while it runs");
	is_int(in_processes(5, proc_body, NULL), 0, "/proc is read while processes exit");
	is(umount(DIR_NAME), 0, 0, "nothing holds the file system");
	rmdir(DIR_NAME);
	return done();
}
