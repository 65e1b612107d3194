// SPDX-License-Identifier: MIT
/*
 * test_proc.c - /proc: that its texts have Linux's form and say the truth about this very
 * process, its descriptors, memory, signals and children, also while they go away.
 */
#define _GNU_SOURCE
#include "proctext.h"
#include "tap.h"
#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul

/* What stands behind "@key:\t" in text[], up to the end of the line. */
static const char *value(const char *key)
{
	static char line[512];
	size_t n = strlen(key);

	for (const char *p = text; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (!strncmp(p, key, n) && p[n] == ':') {
			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p + n + 2, "\n"), p + n + 2);
			return line;
		}
	return "absent";
}

static const char *status(const char *key)
{
	slurp("/proc/self/status");
	return value(key);
}

static unsigned long status_hex(const char *key)
{
	return strtoul(status(key), NULL, 16);
}

/* Field @n (from 1) of a stat text; the name in parentheses may have blanks. */
static const char *field(int n)
{
	static char word[64];
	const char *p = strrchr(text, ')');

	if (!p)
		return "absent";
	for (n -= 2; n > 0 && p; n--)
		p = strchr(p + 1, ' ');
	snprintf(word, sizeof(word), "%.*s", p ? (int)strcspn(p + 1, " \n") : 0, p ? p + 1 : "");
	return word;
}

static int count_fields(void)
{
	int n = 2;

	for (const char *p = strrchr(text, ')'); p && *p; p++)
		n += *p == ' ';
	return n;
}

static const char *link_of(const char *path)
{
	static char target[512];
	int n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		snprintf(target, sizeof(target), "errno %d", errno);
	else
		target[n] = 0;
	return target;
}

/* --- the file system ------------------------------------------------------ */

static void test_root(void)
{
	struct statfs sfs;
	struct stat st;
	char pid[32];

	ok(!statfs("/proc", &sfs) && sfs.f_type == 0x9fa0, "statfs says proc");
	ok(!stat("/proc", &st) && st.st_mode == (S_IFDIR | 0555) && st.st_ino == 1, "its root");
	ok(!stat("/proc/version", &st) && st.st_mode == (S_IFREG | 0444) && !st.st_size,
	   "a file has size 0");
	ok(!stat("/proc/slabinfo", &st) && (st.st_mode & 0777) == 0400, "slabinfo is root's");
	snprintf(pid, sizeof(pid), "%d", getpid());
	is_str(link_of("/proc/self"), pid, "self");
	is_str(link_of("/proc/mounts"), "self/mounts", "mounts");
	is(mkdir("/proc/nothing", 0755), -1, ENOENT, "mkdir");
	is(open("/proc/nothing", O_CREAT | O_WRONLY, 0644), -1, ENOENT, "create");
	is(unlink("/proc/version"), -1, EPERM, "unlink");
	is(rmdir("/proc/sys"), -1, EPERM, "rmdir");
	is(chmod("/proc/self/status", 0777), -1, EPERM, "chmod of a file about a task");
	is(open("/proc/0", O_RDONLY), -1, ENOENT, "no process 0");
	is(open("/proc/01", O_RDONLY), -1, ENOENT, "no leading zeroes");
	is(open("/proc/-1", O_RDONLY), -1, ENOENT, "no negative numbers");
	is(open("/proc/99999999999999", O_RDONLY), -1, ENOENT, "no absurd numbers");
	is_int(put("/proc/version", "x"), -EIO, "writing what cannot be written");
	is(open("/proc/self/status/x", O_RDONLY), -1, ENOTDIR, "a file is no directory");
}

static void test_mount_twice(void)
{
	mkdir("/tmp/proc2", 0755);
	is(mount("proc", "/tmp/proc2", "proc", 0, NULL), 0, 0, "a second mount");
	ok(slurp("/tmp/proc2/self/status") > 0 && atoi(value("Pid")) == getpid(), "shows the same");
	ok(slurp("/proc/self/mounts") > 0 && strstr(text, "proc /tmp/proc2 proc rw,relatime 0 0\n"),
	   "stands in mounts");
	is(umount("/tmp/proc2"), 0, 0, "and goes");
	ok(slurp("/proc/self/mounts") > 0 && !strstr(text, "/tmp/proc2"), "from mounts, too");
	rmdir("/tmp/proc2");
}

/* --- reading -------------------------------------------------------------- */

static void test_reading(void)
{
	static char pieces[8192];
	int fd = open("/proc/self/limits", O_RDONLY), len = 0, whole;
	char c;

	while (read(fd, &c, 1) == 1)
		pieces[len++] = c;
	whole = slurp("/proc/self/limits");
	ok(whole == len && !memcmp(pieces, text, len), "byte by byte the same as at once");
	ok(pread(fd, &c, 1, 3) == 1 && c == 'i', "pread in the middle");
	is(pread(fd, &c, 1, 100000), 0, 0, "pread behind the end");
	is(lseek(fd, 0, SEEK_END), -1, EINVAL, "there is no end to seek from");
	is(lseek(fd, 6, SEEK_SET), 6, 0, "seek");
	ok(read(fd, &c, 1) == 1 && c == pieces[6], "and read there");
	is(read(fd, (void *)8, 100), -1, EFAULT, "to a bad address");
	close(fd);
	fd = open("/proc/self/comm", O_RDONLY);
	prctl(PR_SET_NAME, "before");
	len = read(fd, pieces, 100);
	ok(len == 7 && !memcmp(pieces, "before\n", 7), "comm");
	prctl(PR_SET_NAME, "after");
	lseek(fd, 0, SEEK_SET);
	len = read(fd, pieces, 100);
	ok(len == 6 && !memcmp(pieces, "after\n", 6), "is read anew from the beginning");
	close(fd);
}

/* --- status and stat ------------------------------------------------------ */

static const char *const status_keys[] = {
	"Name", "Umask", "State", "Tgid", "Ngid", "Pid", "PPid", "TracerPid", "Uid", "Gid",
	"FDSize", "Groups", "NStgid", "NSpid", "NSpgid", "NSsid", "VmPeak", "VmSize", "VmLck",
	"VmPin", "VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmData", "VmStk", "VmExe",
	"VmLib", "VmPTE", "VmSwap", "HugetlbPages", "CoreDumping", "THP_enabled", "Threads",
	"SigQ", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff",
	"CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters",
	"Speculation_Store_Bypass", "SpeculationIndirectBranch", "Cpus_allowed",
	"Cpus_allowed_list", "Mems_allowed", "Mems_allowed_list", "voluntary_ctxt_switches",
	"nonvoluntary_ctxt_switches",
};

static int keys_in_order(void)
{
	const char *p = text;
	size_t i;

	for (i = 0; i < sizeof(status_keys) / sizeof(status_keys[0]); i++) {
		size_t n = strlen(status_keys[i]);

		if (strncmp(p, status_keys[i], n) || p[n] != ':' || p[n + 1] != '\t') {
			diag("expected %s at: %.20s", status_keys[i], p);
			return 0;
		}
		p = strchr(p, '\n') + 1;
	}
	return !*p;
}

static void on_signal(int sig)
{
}

static void test_status(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	char line[64];
	sigset_t set, old;

	slurp("/proc/self/status");
	ok(keys_in_order(), "status has Linux's lines in Linux's order");
	umask(027);
	is_str(status("Umask"), "0027", "Umask");
	umask(022);
	is_str(status("State"), "R (running)", "State");
	is_int(atoi(status("Pid")), getpid(), "Pid");
	is_int(atoi(status("PPid")), getppid(), "PPid");
	is_str(status("Uid"), "0\t0\t0\t0", "Uid");
	snprintf(line, sizeof(line), "%d", getpgrp());
	is_str(status("NSpgid"), line, "NSpgid");
	prctl(PR_SET_NAME, "a\nb\\c (d)");
	is_str(status("Name"), "a\\nb\\\\c (d)", "a strange name is escaped");
	slurp("/proc/self/stat");
	ok(strstr(text, " (a\nb\\c (d)) R ") != NULL, "but not in stat");
	prctl(PR_SET_NAME, "test_proc");

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, 40);
	sigprocmask(SIG_BLOCK, &set, &old);
	ok(status_hex("SigBlk") == (1ul << 9 | 1ul << 11 | 1ul << 39), "SigBlk");
	kill(getpid(), SIGUSR1);
	syscall(SYS_tkill, getpid(), SIGUSR2);
	ok(status_hex("ShdPnd") == 1ul << 9, "ShdPnd");
	ok(status_hex("SigPnd") == 1ul << 11, "SigPnd");
	is_int(atoi(status("SigQ")), 2, "SigQ");
	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	ok((status_hex("SigCgt") & 0xfff) == (1ul << 9 | 1ul << 11), "SigCgt");
	signal(SIGHUP, SIG_IGN);
	ok(status_hex("SigIgn") & 1, "SigIgn");
	sigprocmask(SIG_SETMASK, &old, NULL);
	ok(!status_hex("SigPnd") && !status_hex("ShdPnd"), "none are pending after delivery");
	signal(SIGHUP, SIG_DFL);
}

static void test_stat(void)
{
	struct timespec now;

	slurp("/proc/self/stat");
	is_int(count_fields(), 52, "stat has 52 fields");
	is_int(atoi(text), getpid(), "1 pid");
	is_str(field(3), "R", "3 state");
	is_int(atoi(field(4)), getppid(), "4 ppid");
	is_int(atoi(field(5)), getpgrp(), "5 pgrp");
	is_int(atoi(field(6)), getsid(0), "6 session");
	is_str(field(18), "20", "18 priority");
	is_str(field(19), "0", "19 nice");
	is_str(field(20), "1", "20 threads");
	clock_gettime(CLOCK_BOOTTIME, &now);
	ok(atol(field(22)) <= now.tv_sec * 100 + now.tv_nsec / 10000000 &&
	   atol(field(22)) > (now.tv_sec - 100) * 100, "22 start time");
	is_str(field(25), "18446744073709551615", "25 limit of RSS");
	ok(strtoul(field(26), NULL, 10) <= (unsigned long)count_fields &&
	   strtoul(field(27), NULL, 10) > (unsigned long)count_fields, "26, 27 the code");
	is_str(field(38), "17", "38 exit signal");
	ok(strtoul(field(48), NULL, 10) < strtoul(field(49), NULL, 10), "48, 49 the arguments");
}

/* --- memory --------------------------------------------------------------- */

/* The line of maps that begins at @addr. */
static const char *map_line(void *addr)
{
	static char line[512];
	char start[32];
	const char *p;

	slurp("/proc/self/maps");
	snprintf(start, sizeof(start), "%08lx-", (unsigned long)addr);
	p = strncmp(text, start, strlen(start)) ? strstr(text, start) : text;
	snprintf(line, sizeof(line), "%.*s", p ? (int)strcspn(p, "\n") : 0, p ? p : "");
	return line;
}

static const char *map_wanted(void *addr, int pages, const char *rest)
{
	static char line[512];

	snprintf(line, sizeof(line), "%08lx-%08lx %s", (unsigned long)addr,
		 (unsigned long)addr + pages * PAGE, rest);
	return line;
}

static int maps_ascend(void)
{
	unsigned long start, end, last = 0;

	slurp("/proc/self/maps");
	for (char *p = text; *p; p = strchr(p, '\n') + 1) {
		if (sscanf(p, "%lx-%lx ", &start, &end) != 2 || start < last || end <= start)
			return 0;
		last = end;
	}
	return 1;
}

static void test_anon_maps(void)
{
	char *room = mmap(NULL, 16 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *p = room + 4 * PAGE;
	const char *name;

	mprotect(p, 3 * PAGE, PROT_READ | PROT_WRITE);
	is_str(map_line(p), map_wanted(p, 3, "rw-p 00000000 00:00 0 "), "an anonymous area");
	mprotect(p + PAGE, PAGE, PROT_READ);
	is_str(map_line(p + PAGE), map_wanted(p + PAGE, 1, "r--p 00000000 00:00 0 "), "split");
	mprotect(p + PAGE, PAGE, PROT_READ | PROT_WRITE);
	is_str(map_line(p), map_wanted(p, 3, "rw-p 00000000 00:00 0 "), "and merged");
	mmap(p, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	name = strrchr(map_line(p), '/');
	is_str(name ? name : "none", "/zero (deleted)", "shared anonymous memory");
	ok(strstr(map_line(p), " r-xs 00000000 ") != NULL, "is shared");
	munmap(room, 16 * PAGE);
	is_str(map_line(p), "", "gone");
}

static void test_file_maps(void)
{
	int fd = open("/tmp/test_proc.file", O_RDWR | O_CREAT | O_TRUNC, 0644);
	char wanted[256], *p;
	struct stat st;

	ftruncate(fd, 8 * PAGE);
	fstat(fd, &st);
	p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 3 * PAGE);
	snprintf(wanted, sizeof(wanted), "r--p 00003000 %02x:%02x %lu ", (int)(st.st_dev >> 8),
		 (int)(st.st_dev & 0xff), (unsigned long)st.st_ino);
	snprintf(text, sizeof(text), "%-73s/tmp/test_proc.file", map_wanted(p, 2, wanted));
	strcpy(wanted, text);
	is_str(map_line(p), wanted, "a mapped file");
	unlink("/tmp/test_proc.file");
	strcat(wanted, " (deleted)");
	is_str(map_line(p), wanted, "and when its name is gone");
	munmap(p, 2 * PAGE);
	close(fd);
}

static unsigned long statm(int n)
{
	char *p = text;

	slurp("/proc/self/statm");
	while (--n > 0)
		strtoul(p, &p, 10);
	return strtoul(p, NULL, 10);
}

static void test_memory(void)
{
	unsigned long size = statm(1), rss = statm(2);
	char *p = mmap(NULL, 256 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	is_int(statm(1) - size, 256, "statm: the size grows by what is mapped");
	memset(p, 1, 128 * PAGE);
	/* Linux counts up to 64 pages of a task late */
	ok(statm(2) - rss >= 64 && statm(2) - rss <= 192 + 8, "resident: by what is touched");
	is_int(strtoul(status("VmSize"), NULL, 10), statm(1) * 4, "VmSize is the same in kB");
	is_int(strtoul(status("VmRSS"), NULL, 10), statm(2) * 4, "VmRSS, too");
	slurp("/proc/self/stat");
	ok(strtoul(field(23), NULL, 10) == statm(1) * PAGE, "vsize in bytes");
	rss = strtoul(status("VmRSS"), NULL, 10);
	munmap(p, 256 * PAGE);
	ok(strtoul(status("VmRSS"), NULL, 10) <= rss - 64 * 4, "and all comes back");
	ok(strtoul(status("VmHWM"), NULL, 10) >= rss, "but the peak stays");
	is_int(statm(1), size, "size as before");
	ok(maps_ascend(), "maps ascend and do not overlap");
	syscall(SYS_brk, syscall(SYS_brk, 0) + PAGE);
	ok(slurp("/proc/self/maps") > 0 && strstr(text, " [heap]\n"), "there is a heap");
	ok(strstr(text, " [stack]\n") != NULL, "and a stack");
}

static void test_mem(void)
{
	static char secret[] = "forty-two", copy[16];
	static const char constant[] = "constant";
	int fd = open("/proc/self/mem", O_RDWR);

	ok(pread(fd, copy, sizeof(secret), (long)secret) == sizeof(secret) &&
	   !strcmp(copy, secret), "mem: own memory can be read");
	is(pwrite(fd, "F", 1, (long)secret), 1, 0, "and written");
	is_str(secret, "Forty-two", "as one sees");
	is(pwrite(fd, "C", 1, (long)constant), 1, 0, "also what is read-only");
	is(pread(fd, copy, 1, 0), -1, EIO, "not where nothing is");
	close(fd);
}

/* --- descriptors ---------------------------------------------------------- */

static int listed(const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int found = 0;

	while (d && (e = readdir(d)))
		found |= !strcmp(e->d_name, name);
	if (d)
		closedir(d);
	return found;
}

static void test_fd(void)
{
	int fd = open("/tmp/test_proc.fd", O_WRONLY | O_CREAT | O_APPEND, 0600), copy, pair[2];
	char path[64], number[16];
	struct stat st;

	fd = dup2(fd, 100);
	snprintf(number, sizeof(number), "%d", fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	is_str(link_of(path), "/tmp/test_proc.fd", "fd: the name of a file");
	ok(!lstat(path, &st) && st.st_mode == (S_IFLNK | 0300) && st.st_size == 64,
	   "the mode of the link is that of the opening");
	ok(listed("/proc/self/fd", number), "readdir knows it");
	write(fd, "text", 4);
	unlink("/tmp/test_proc.fd");
	is_str(link_of(path), "/tmp/test_proc.fd (deleted)", "a deleted file");
	copy = open(path, O_RDONLY);
	ok(copy >= 0 && read(copy, text, 10) == 4 && !memcmp(text, "text", 4),
	   "can still be opened there");
	close(copy);
	close(fd);
	is(readlink(path, text, 10), -1, ENOENT, "a closed one is gone");
	ok(!listed("/proc/self/fd", number), "for readdir, too");
	pipe(pair);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pair[1]);
	fstat(pair[1], &st);
	snprintf(text, sizeof(text), "pipe:[%lu]", (unsigned long)st.st_ino);
	strcpy(number, "");
	is_str(link_of(path), text, "a pipe has a name of its own");
	copy = open(path, O_WRONLY);
	ok(copy >= 0 && write(copy, "x", 1) == 1 && read(pair[0], text, 10) == 1,
	   "and can be opened again");
	close(copy);
	close(pair[0]);
	close(pair[1]);
	is(open("/proc/self/fd/12345", O_RDONLY), -1, ENOENT, "one that never was");
	is(open("/proc/self/fd/x", O_RDONLY), -1, ENOENT, "no number");
}

static void test_fdinfo(void)
{
	int fd = open("/tmp/test_proc.fd", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct stat st;
	char path[64];

	unlink("/tmp/test_proc.fd");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	write(fd, "12345", 5);
	ok(slurp(path) > 0, "fdinfo");
	is_str(value("pos"), "5", "pos");
	is_str(value("flags"), "02100002", "flags with O_CLOEXEC");
	fstat(fd, &st);
	ok(strtoul(value("ino"), NULL, 10) == st.st_ino, "ino");
	fcntl(fd, F_SETFD, 0);
	slurp(path);
	is_str(value("flags"), "0100002", "and without");
	close(fd);
	is_int(slurp(path), -ENOENT, "closed");
}

static void test_links(void)
{
	char cwd[256], *before = getcwd(cwd, sizeof(cwd));

	chdir("/proc/self");
	chdir("/tmp");
	is_str(link_of("/proc/self/cwd"), "/tmp", "cwd");
	chdir(before);
	is_str(link_of("/proc/self/root"), "/", "root");
	is_str(link_of("/proc/self/exe"), "/tests/bin/test_proc", "exe");
	ok(open("/proc/self/exe", O_RDWR) == -1 && errno == ETXTBSY, "exe leads to the program");
}

/* --- strings -------------------------------------------------------------- */

/* the program runs itself: as "show FILE" it prints /proc/self/FILE; as "title" it takes a title */
static int second_life(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "title"))
		memset(argv[0], 't', argv[1] + 6 - argv[0]);
	slurp(argc == 4 ? "/proc/self/environ" : "/proc/self/cmdline");
	for (char *p = text; *p; p += strlen(p) + 1)
		printf("%s;", p);
	printf("\n");
	return 0;
}

static const char *run_self(char **argv, char **envp)
{
	static char out[512];
	int pair[2], n, len = 0;

	pipe(pair);
	fflush(stdout);
	if (!fork()) {
		dup2(pair[1], 1);
		close(pair[0]);
		execve("/proc/self/exe", argv, envp);
		_exit(1);
	}
	close(pair[1]);
	while ((n = read(pair[0], out + len, sizeof(out) - 1 - len)) > 0)
		len += n;
	close(pair[0]);
	wait(NULL);
	out[len] = 0;
	return out;
}

static void test_strings(void)
{
	char *args[] = { "first", "second word", "", NULL };
	char *title[] = { "longname", "title", NULL };
	char *four[] = { "a", "b", "c", "d", NULL };
	char *env[] = { "ONE=1", "TWO=2", NULL };
	Elf64_auxv_t *av = (void *)text;
	int n, pagesz = 0, entry = 0;

	is_str(run_self(args, env), "first;second word;\n", "cmdline");
	is_str(run_self(four, env), "ONE=1;TWO=2;\n", "environ");
	is_str(run_self(title, env), "tttttttttttttttONE=1;\n", "a title that runs into the environment");
	n = slurp("/proc/self/auxv") / (int)sizeof(*av);
	for (int i = 0; i < n; i++) {
		pagesz |= av[i].a_type == AT_PAGESZ && av[i].a_un.a_val == PAGE;
		entry |= av[i].a_type == AT_ENTRY && av[i].a_un.a_val;
	}
	ok(pagesz && entry && n > 0 && av[n - 1].a_type == AT_NULL, "auxv");
}

/* --- children ------------------------------------------------------------- */

static void path_of(char *path, pid_t pid, const char *name)
{
	sprintf(path, "/proc/%d%s%s", pid, *name ? "/" : "", name);
}

static void wait_for_state(pid_t pid, char state)
{
	char path[64];

	path_of(path, pid, "stat");
	do {
		slurp(path);
	} while (*field(3) != state && text[0] && !sched_yield());
}

static void test_zombie(void)
{
	char path[64], c;
	int stat_fd, dir_fd, status_word;
	pid_t pid = fork();

	if (!pid)
		_exit(3);
	wait_for_state(pid, 'Z');
	is_str(field(3), "Z", "a zombie");
	is_int(atoi(field(52)), 0x300, "and how it ended");
	is_str(field(23), "0", "has no memory");
	path_of(path, pid, "maps");
	is_int(slurp(path), 0, "no maps");
	path_of(path, pid, "cmdline");
	is_int(slurp(path), 0, "no arguments");
	path_of(path, pid, "status");
	slurp(path);
	is_str(value("State"), "Z (zombie)", "a status");
	is_str(value("FDSize"), "0", "no descriptors");
	is_str(value("VmSize"), "absent", "no sizes");
	path_of(path, pid, "exe");
	is_str(link_of(path), "errno 2", "no program");
	path_of(path, pid, "cwd");
	is_str(link_of(path), "errno 2", "no directory");
	path_of(path, pid, "stat");
	stat_fd = open(path, O_RDONLY);
	path_of(path, pid, "");
	dir_fd = open(path, O_RDONLY | O_DIRECTORY);
	waitpid(pid, &status_word, 0);
	is(read(stat_fd, &c, 1), -1, ESRCH, "after wait an open file is empty");
	is(openat(dir_fd, "statm", O_RDONLY), -1, ESRCH, "nothing is in its directory");
	is(syscall(SYS_getdents64, dir_fd, text, sizeof(text)), -1, ENOENT, "which cannot be listed");
	is(open(path, O_RDONLY), -1, ENOENT, "nor found");
	close(stat_fd);
	close(dir_fd);
}

static pthread_barrier_t barrier;

static void *thread(void *arg)
{
	*(pid_t *)arg = syscall(SYS_gettid);
	prctl(PR_SET_NAME, "second");
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return (void *)strdup(link_of("/proc/thread-self"));
}

static void test_threads(void)
{
	char path[64], number[16];
	pid_t tid;
	pthread_t t;
	void *seen;
	struct stat st;

	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&t, NULL, thread, &tid);
	pthread_barrier_wait(&barrier);
	snprintf(number, sizeof(number), "%d", tid);
	ok(listed("/proc/self/task", number), "task/ lists a thread");
	ok(!listed("/proc", number), "/proc does not");
	is_str(status("Threads"), "2", "status counts it");
	ok(!stat("/proc/self/task", &st) && st.st_nlink == 4, "so do the links of task/");
	path_of(path, tid, "comm");
	ok(slurp(path) == 7 && !strcmp(text, "second\n"), "but /proc/TID can be named");
	sprintf(path, "/proc/self/task/%d/stat", tid);
	slurp(path);
	is_int(atoi(text), tid, "its own stat");
	is_str(field(38), "-1", "a thread has no exit signal");
	sprintf(path, "/proc/self/task/%d/status", tid);
	slurp(path);
	is_int(atoi(value("Tgid")), getpid(), "Tgid");
	is_int(atoi(value("Pid")), tid, "Pid");
	sprintf(path, "/proc/self/task/%d/task", tid);
	is(stat(path, &st), -1, ENOENT, "a thread has no threads");
	pthread_barrier_wait(&barrier);
	pthread_join(t, &seen);
	sprintf(path, "%d/task/%d", getpid(), tid);
	is_str((char *)seen, path, "thread-self");
	free(seen);
	sprintf(path, "/proc/self/task/%d", tid);
	while (!stat(path, &st))	/* joined before it is quite gone */
		sched_yield();
	ok(errno == ENOENT, "gone");
	is(access("/proc/self/task/1", F_OK), -1, ENOENT, "others' threads are not here");
}

/* --- writing -------------------------------------------------------------- */

static void test_writing(void)
{
	is_int(put("/proc/self/comm", "a name that is too long"), 23, "comm can be written");
	slurp("/proc/self/comm");
	is_str(text, "a name that is \n", "and is cut");
	is_int(put("/proc/1/comm", "x"), -EINVAL, "only one's own");
	prctl(PR_SET_NAME, "test_proc");
	is_int(put("/proc/self/oom_score_adj", "500\n"), 4, "oom_score_adj");
	slurp("/proc/self/oom_score_adj");
	is_str(text, "500\n", "reads as written");
	is_int(put("/proc/self/oom_score_adj", "1001"), -EINVAL, "not above 1000");
	is_int(put("/proc/self/oom_score_adj", "-1001"), -EINVAL, "not below -1000");
	is_int(put("/proc/self/oom_score_adj", "many"), -EINVAL, "a number");
	is_int(put("/proc/self/oom_score_adj", "0"), 1, "back");
	slurp("/proc/sys/vm/overcommit_memory");
	is_str(text, "0\n", "overcommit_memory");
	is_int(put("/proc/sys/vm/overcommit_memory", "3"), -EINVAL, "out of range");
	is_int(put("/proc/sys/vm/overcommit_memory", "x"), -EINVAL, "not a number");
	is_int(put("/proc/sys/vm/overcommit_memory", " 1\n"), 3, "a value");
	slurp("/proc/sys/vm/overcommit_memory");
	is_str(text, "1\n", "is set");
	is_int(put("/proc/sys/vm/overcommit_memory", "0"), 1, "and set back");
	is_int(put("/proc/sys/kernel/ostype", "x"), -EACCES, "a constant");
	slurp("/proc/sys/kernel/random/boot_id");
	ok(strlen(text) == 37 && text[8] == '-' && text[14] == '4' && text[36] == '\n', "boot_id");
}

static void as_user(void)
{
	setgid(1000);
	setuid(1000);
	prctl(PR_SET_DUMPABLE, 1);
	is(open("/proc/1/environ", O_RDONLY), -1, EACCES, "another user: no environ");
	is_int(slurp("/proc/1/maps"), -EACCES, "no maps");
	is(open("/proc/1/fd", O_RDONLY), -1, EACCES, "no descriptors");
	is_str(link_of("/proc/1/exe"), "errno 13", "no exe");
	is_str(link_of("/proc/1/cwd"), "errno 13", "no cwd");
	ok(slurp("/proc/1/status") > 0, "but status");
	ok(slurp("/proc/1/stat") > 0 && !strcmp(field(26), "1") && !strcmp(field(28), "0"),
	   "and stat without addresses");
	is(open("/proc/slabinfo", O_RDONLY), -1, EACCES, "no slabinfo");
	is_int(put("/proc/sys/vm/overcommit_memory", "1"), -EACCES, "no tuning");
	ok(slurp("/proc/self/maps") > 0, "one's own maps");
	is_int(put("/proc/self/oom_score_adj", "100"), 3, "a worse score");
	is_int(put("/proc/self/oom_score_adj", "-1"), -EACCES, "not a better one");
}

/* The numbers go on in the child and come back by its exit status. */
static void test_permissions(void)
{
	int word;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		tap_failed = 0;
		as_user();
		fflush(stdout);
		_exit(tap_failed);
	}
	waitpid(pid, &word, 0);
	tap_failed += !WIFEXITED(word) || WEXITSTATUS(word);
	tap_number += 12;
}

/* --- races ---------------------------------------------------------------- */

static int harmless(int n)
{
	return n >= 0 || n == -ENOENT || n == -ESRCH || n == -EINVAL;	/* the last: mounts */
}

static int read_all_of(pid_t pid)
{
	static const char *const names[] = {
		"stat", "status", "maps", "cmdline", "environ", "limits", "statm", "mounts",
		"auxv", "oom_score", "fdinfo/0",
	};
	char path[64];
	int good = 1;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int n = (path_of(path, pid, names[i]), slurp(path));

		if (!harmless(n)) {
			diag("%s: %s", path, strerror(-n));
			good = 0;
		}
	}
	path_of(path, pid, "fd");
	listed(path, "0");
	path_of(path, pid, "exe");
	link_of(path);
	return good;
}

static void test_races(void)
{
	int good = 1, listings = 0;

	fflush(stdout);
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork(), other;

		if (!pid) {
			for (volatile int spin = i * 500; spin > 0; spin--)
				;
			_exit(0);
		}
		other = fork();
		if (!other)
			_exit(read_all_of(pid) ? 0 : 1);
		good &= read_all_of(pid) && read_all_of(other);
		listings += listed("/proc", "1");
		for (int word; wait(&word) > 0; )
			good &= WIFEXITED(word) && !WEXITSTATUS(word);
	}
	ok(good, "reading about processes that exit meanwhile");
	is_int(listings, 100, "and listing them");
}

int main(int argc, char **argv)
{
	if (argc != 1 || !strcmp(argv[0], "a"))
		return second_life(argc, argv);
	plan(0);
	test_root();
	test_mount_twice();
	test_reading();
	test_status();
	test_stat();
	test_anon_maps();
	test_file_maps();
	test_memory();
	test_mem();
	test_fd();
	test_fdinfo();
	test_links();
	test_strings();
	test_threads();
	test_zombie();
	test_writing();
	test_permissions();
	test_races();
	return done();
}
