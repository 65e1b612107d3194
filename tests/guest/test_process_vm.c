// SPDX-License-Identifier: MIT
/* Calls about other processes' memory and about barriers: process_vm_*, pidfd, membarrier. */
#define _GNU_SOURCE
#include <poll.h>
#include <sched.h>
#include <sys/uio.h>
#include "vmutil.h"

#define SYS_pidfd_send_signal_	424
#define SYS_pidfd_open_		434
#define SYS_pidfd_getfd_	438
#define SYS_process_madvise_	440
#define COLD			20
#define PAGEOUT			21

static char mine[4 * 4096], theirs[4 * 4096];

static long vm_rw(int write, pid_t pid, struct iovec *l, unsigned long ln, struct iovec *r,
		  unsigned long rn, unsigned long flags)
{
	return syscall(write ? SYS_process_vm_writev : SYS_process_vm_readv, pid, l, ln, r, rn,
		       flags);
}

/* a child that waits; its memory is a copy of what ours was */
static pid_t child(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_read_write(void)
{
	struct iovec l[3], r[3];
	pid_t pid;

	memset(theirs, 'c', sizeof(theirs));
	theirs[4096] = 'x';
	pid = child();
	memset(theirs, 'p', sizeof(theirs));
	l[0] = (struct iovec){ mine, 100 };
	r[0] = (struct iovec){ theirs + 4050, 100 };
	is(vm_rw(0, pid, l, 1, r, 1, 0), 100, 0, "100 bytes over the end of a page");
	ok(mine[45] == 'c' && mine[46] == 'x' && mine[47] == 'c', "are the child's");
	l[1] = (struct iovec){ mine + 200, 0 };
	l[2] = (struct iovec){ mine + 300, 10000 };
	r[1] = (struct iovec){ theirs, 5000 };
	r[2] = (struct iovec){ theirs + 8192, 20 };
	is(vm_rw(0, pid, l, 3, r, 3, 0), 5120, 0, "what the other side has is less");
	l[2].iov_len = 10;
	is(vm_rw(0, pid, l, 3, r, 3, 0), 110, 0, "or what there is room for");
	memcpy(mine, "hello", 5);
	l[0].iov_len = 5;
	is(vm_rw(1, pid, l, 1, r, 1, 0), 5, 0, "written");
	memset(mine, 0, 5);
	is(vm_rw(0, pid, l, 1, r, 1, 0), 5, 0, "and read again");
	ok(!memcmp(mine, "hello", 5), "the same");
	ok(theirs[4050] == 'p', "not here");
	is(vm_rw(0, getpid(), l, 1, r, 1, 0), 5, 0, "one's own");
	is_int(mine[0], 'p', "is what it is");
	end(pid);
	is(vm_rw(0, pid, l, 1, r, 1, 0), -1, ESRCH, "nobody");
}

static void test_obstacles(void)
{
	char *p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0), *ro = mmap(NULL, K4, PROT_READ, PRIV, -1, 0);
	char *none = mmap(NULL, K4, PROT_NONE, PRIV, -1, 0);
	struct iovec l = { mine, 3 * K4 }, r = { p, 3 * K4 }, many[2];
	pid_t pid;

	memset(p, 5, 4 * K4);
	munmap(p + 2 * K4, K4);
	pid = child();
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), 2 * K4, 0, "as far as there are pages");
	r.iov_base = p + 2 * K4;
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EFAULT, "none");
	many[0] = (struct iovec){ p, 10 };
	many[1] = (struct iovec){ p + 2 * K4, 10 };
	is(vm_rw(0, pid, &l, 1, many, 2, 0), 10, 0, "the first of two");
	r = (struct iovec){ ro, 10 };
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), 10, 0, "reading what may be read");
	is(vm_rw(1, pid, &l, 1, &r, 1, 0), -1, EFAULT, "is not writing");
	r.iov_base = none;
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EFAULT, "nor what may not");
	r.iov_base = (void *)(1ul << 47);
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EFAULT, "nor behind the address space");
	r.iov_base = (void *)-K4;
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EFAULT, "nor the kernel's");
	r = (struct iovec){ p, 10 };
	is(vm_rw(0, pid, &l, 1, &r, 1, 1), -1, EINVAL, "no flags");
	is(vm_rw(0, pid, &l, 1025, &r, 1, 0), -1, EINVAL, "too many here");
	is(vm_rw(0, pid, &l, 1, &r, 1025, 0), -1, EINVAL, "too many there");
	is(vm_rw(0, pid, &l, 0, &r, 1, 0), 0, 0, "none here");
	is(vm_rw(0, pid, &l, 1, &r, 0, 0), 0, 0, "none there");
	is(vm_rw(0, -5, &l, 1, &r, 0, 0), 0, 0, "then nobody is asked for");
	is(vm_rw(0, -5, &l, 1, &r, 1, 0), -1, ESRCH, "no such process");
	is(vm_rw(0, pid, (void *)8, 1, &r, 1, 0), -1, EFAULT, "no vector here");
	is(vm_rw(0, pid, &l, 1, (void *)8, 1, 0), -1, EFAULT, "no vector there");
	l.iov_base = (void *)8;
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EFAULT, "no room here");
	l.iov_base = (void *)-K4;
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EFAULT, "the kernel's");
	l = (struct iovec){ mine, -1 };
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EINVAL, "less than nothing here");
	l.iov_len = 10;
	r.iov_len = -1;
	is(vm_rw(0, pid, &l, 1, &r, 1, 0), -1, EINVAL, "or there");
	if (fork() == 0) {
		r.iov_len = 10;
		if (setresuid(1000, 1000, 1000))
			_exit(9);
		_exit(vm_rw(0, pid, &l, 1, &r, 1, 0) != -1 || errno != EPERM);
	}
	int status;

	wait(&status);
	is_int(status, 0, "not of another user's process");
	end(pid);
	munmap(p, 4 * K4);
	munmap(ro, K4);
	munmap(none, K4);
}

/* copy-on-write: writing into the child leaves the parent's page */
static void test_cow(void)
{
	char *p = mmap(NULL, K4, RW, PRIV, -1, 0);
	struct iovec l = { mine, 1 }, r = { p, 1 };
	pid_t pid;

	p[0] = 1;
	pid = child();
	mine[0] = 7;
	is(vm_rw(1, pid, &l, 1, &r, 1, 0), 1, 0, "a page that fork shares");
	is_int(p[0], 1, "the parent keeps its own");
	mine[0] = 0;
	vm_rw(0, pid, &l, 1, &r, 1, 0);
	is_int(mine[0], 7, "the child has the new");
	end(pid);
	munmap(p, K4);
}

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static void test_pidfd(void)
{
	pid_t pid = child();
	int fd = syscall(SYS_pidfd_open_, pid, 0), status, other;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char link[64], target[64] = "";
	siginfo_t info;

	ok(fd >= 0, "pidfd_open");
	is_int(fcntl(fd, F_GETFD), FD_CLOEXEC, "closes at exec");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ok(readlink(link, target, sizeof(target) - 1) > 0, "its link");
	is_str(target, "anon_inode:[pidfd]", "tells what it is");
	is(read(fd, target, 1), -1, EINVAL, "nothing to read");
	is(write(fd, target, 1), -1, EINVAL, "nor to write");
	other = syscall(SYS_pidfd_open_, pid, O_NONBLOCK);
	is_int(fcntl(other, F_GETFL) & O_NONBLOCK, O_NONBLOCK, "PIDFD_NONBLOCK");
	close(other);
	is(syscall(SYS_pidfd_open_, pid, 1), -1, EINVAL, "a flag that is none");
	is(syscall(SYS_pidfd_open_, 0, 0), -1, EINVAL, "pid 0");
	is(syscall(SYS_pidfd_open_, -1, 0), -1, EINVAL, "pid -1");
	is(syscall(SYS_pidfd_open_, 30000, 0), -1, ESRCH, "nobody");
	is_int(poll(&pfd, 1, 0), 0, "poll: it lives");
	is(syscall(SYS_pidfd_send_signal_, fd, 0, NULL, 0), 0, 0, "signal 0");
	is(syscall(SYS_pidfd_send_signal_, fd, 0, NULL, 1), -1, EINVAL, "with a flag");
	is(syscall(SYS_pidfd_send_signal_, fd, 99, NULL, 0), -1, EINVAL, "no such signal");
	is(syscall(SYS_pidfd_send_signal_, 0, 0, NULL, 0), -1, EBADF, "not a pidfd");
	is(syscall(SYS_pidfd_send_signal_, 99, 0, NULL, 0), -1, EBADF, "nothing open");
	memset(&info, 0, sizeof(info));
	info.si_signo = SIGTERM;
	info.si_code = SI_QUEUE;
	is(syscall(SYS_pidfd_send_signal_, fd, SIGKILL, &info, 0), -1, EINVAL, "another's info");
	info.si_code = SI_USER;
	is(syscall(SYS_pidfd_send_signal_, fd, SIGTERM, &info, 0), -1, EPERM, "a forged one");
	info.si_code = SI_QUEUE;
	is(syscall(SYS_pidfd_send_signal_, fd, SIGTERM, &info, 0), 0, 0, "its end");
	is_int(poll(&pfd, 1, -1), 1, "poll waits for it");
	is_int(pfd.revents, POLLIN, "and says so");
	is(syscall(SYS_pidfd_send_signal_, fd, 0, NULL, 0), 0, 0, "a zombie can be signalled");
	waitpid(pid, &status, 0);
	is_int(status, SIGTERM, "by that signal");
	is_int(poll(&pfd, 1, 0), 1, "poll: still");
	is(syscall(SYS_pidfd_send_signal_, fd, 0, NULL, 0), -1, ESRCH, "nobody any more");
	close(fd);
}

/* a line of /proc/self/fdinfo/@fd that begins with @field */
static const char *fdinfo(int fd, const char *field)
{
	static char text[64];
	char path[64], *line;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	line = strstr(vm_proc(path), field);
	snprintf(text, sizeof(text), "%.*s", line ? (int)strcspn(line, "\n") : 0, line ? line : "");
	return text;
}

static long clone_pidfd(unsigned long flags, int *pidfd)
{
	return syscall(SYS_clone, flags | SIGCHLD, NULL, pidfd, NULL, 0);
}

static void test_clone_pidfd(void)
{
	struct pollfd pfd = { .events = POLLIN };
	siginfo_t info = { .si_pid = 0 };
	char want[32];
	int fd = -1;
	pid_t pid;

	is(clone_pidfd(CLONE_PIDFD | CLONE_PARENT_SETTID, &fd), -1, EINVAL,
	   "CLONE_PIDFD: a descriptor and a number in one place");
	is(clone_pidfd(CLONE_PIDFD | CLONE_DETACHED, &fd), -1, EINVAL, "with CLONE_DETACHED");
	is(clone_pidfd(CLONE_PIDFD | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, &fd), -1, EINVAL,
	   "of a thread");
	is(clone_pidfd(CLONE_PIDFD, (void *)8), -1, EFAULT, "nowhere to put it");
	is(dup(0), 3, 0, "which leaves no descriptor");
	close(3);
	pid = clone_pidfd(CLONE_PIDFD, &fd);
	if (pid == 0) {
		for (;;)
			pause();
	}
	is_int(fd, 3, "a process with its descriptor");
	is_int(fcntl(fd, F_GETFD), FD_CLOEXEC, "which closes at exec");
	snprintf(want, sizeof(want), "Pid:\t%d", pid);
	is_int(strcmp(fdinfo(fd, "Pid:"), want), 0, "fdinfo has the number");
	snprintf(want, sizeof(want), "NSpid:\t%d", pid);
	is_int(strcmp(fdinfo(fd, "NSpid:"), want), 0, "and again");
	is(waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG), 0, 0, "waitid: it lives");
	is_int(info.si_pid, 0, "no news");
	is(waitid(P_PIDFD, 0, &info, WEXITED), -1, EBADF, "not a pidfd");
	is(waitid(P_PIDFD, 99, &info, WEXITED), -1, EBADF, "nothing open");
	is(waitid(P_PIDFD, -1, &info, WEXITED), -1, EINVAL, "no descriptor");
	is(waitid(P_PIDFD, fd, &info, 0), -1, EINVAL, "nothing to wait for");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	is(waitid(P_PIDFD, fd, &info, WEXITED), -1, EAGAIN, "a descriptor that does not block");
	fcntl(fd, F_SETFL, 0);
	syscall(SYS_pidfd_send_signal_, fd, SIGKILL, NULL, 0);
	is(waitid(P_PIDFD, fd, &info, WEXITED | WNOWAIT), 0, 0, "its end");
	ok(info.si_pid == pid && info.si_code == CLD_KILLED && info.si_status == SIGKILL, "is told");
	is(waitid(P_PIDFD, fd, &info, WEXITED), 0, 0, "and taken");
	is(waitid(P_PIDFD, fd, &info, WEXITED), -1, ECHILD, "once");
	is_str(fdinfo(fd, "Pid:"), "Pid:\t-1", "fdinfo: nobody");
	pfd.fd = fd;
	is(poll(&pfd, 1, -1), 1, 0, "poll tells it");
	close(fd);
}

static void test_getfd(void)
{
	int fds[2], end[2], fd, got;
	char path[32], byte = 0;
	pid_t pid;

	pipe(fds);
	pipe(end);
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		dup2(fds[1], 40);
		close(fds[1]);
		write(end[1], "x", 1);
		for (;;)
			pause();
	}
	read(end[0], &byte, 1);
	fd = syscall(SYS_pidfd_open_, pid, 0);
	got = syscall(SYS_pidfd_getfd_, fd, 40, 0);
	ok(got > 0, "pidfd_getfd");
	is_int(fcntl(got, F_GETFD), FD_CLOEXEC, "closes at exec");
	is(write(got, "y", 1), 1, 0, "another's pipe");
	is(read(fds[0], &byte, 1), 1, 0, "leads here");
	is(syscall(SYS_pidfd_getfd_, fd, 40, 1), -1, EINVAL, "a flag");
	is(syscall(SYS_pidfd_getfd_, fd, 41, 0), -1, EBADF, "what is not open there");
	is(syscall(SYS_pidfd_getfd_, fds[0], 40, 0), -1, EBADF, "not a pidfd");
	is(syscall(SYS_pidfd_getfd_, 99, 40, 0), -1, EBADF, "nothing open");
	snprintf(path, sizeof(path), "/proc/%d", pid);
	got = open(path, O_RDONLY | O_DIRECTORY);
	is(syscall(SYS_pidfd_getfd_, got, 40, 0), -1, EBADF, "a folder of /proc is no pidfd");
	is(syscall(SYS_pidfd_send_signal_, got, 0, NULL, 0), 0, 0, "but can be signalled");
	if (fork() == 0) {
		setresuid(1000, 1000, 1000);
		_exit(syscall(SYS_pidfd_getfd_, fd, 40, 0) == -1 ? errno : 0);
	}
	is_int((wait(fds + 1), WEXITSTATUS(fds[1])), EPERM, "another user's process");
	kill(pid, SIGKILL);
	waitid(P_PID, pid, NULL, WEXITED | WNOWAIT);
	is(syscall(SYS_pidfd_getfd_, fd, 40, 0), -1, ESRCH, "it has ended");
	waitpid(pid, NULL, 0);
	is(syscall(SYS_pidfd_getfd_, fd, 40, 0), -1, ESRCH, "nobody any more");
	is(syscall(SYS_pidfd_send_signal_, got, 0, NULL, 0), -1, ESRCH, "by the folder, too");
	for (fd = 3; fd < 20; fd++)
		close(fd);
}

static void test_madvise(void)
{
	char *p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
	struct iovec v[2] = { { p, K4 }, { p + 2 * K4, 2 * K4 } };
	pid_t pid;
	int fd, i;

	memset(p, 3, 4 * K4);
	pid = child();
	fd = syscall(SYS_pidfd_open_, pid, 0);
	is(syscall(SYS_process_madvise_, fd, v, 2, COLD, 0), 3 * K4, 0, "MADV_COLD");
	is(syscall(SYS_process_madvise_, fd, v, 2, PAGEOUT, 0), 3 * K4, 0, "MADV_PAGEOUT");
	is(syscall(SYS_process_madvise_, fd, v, 2, MADV_WILLNEED, 0), 3 * K4, 0, "MADV_WILLNEED");
	is(syscall(SYS_process_madvise_, fd, v, 2, MADV_DONTNEED, 0), -1, EINVAL, "MADV_DONTNEED");
	is(syscall(SYS_process_madvise_, fd, v, 2, COLD, 1), -1, EINVAL, "with a flag");
	is(syscall(SYS_process_madvise_, fd, v, 0, COLD, 0), 0, 0, "of nothing");
	is(syscall(SYS_process_madvise_, 0, v, 2, COLD, 0), -1, EBADF, "not a pidfd");
	is(syscall(SYS_process_madvise_, fd, v, 1025, COLD, 0), -1, EINVAL, "too many");
	is(syscall(SYS_process_madvise_, fd, (void *)8, 1, COLD, 0), -1, EFAULT, "from nowhere");
	v[1].iov_base = p + 1;
	is(syscall(SYS_process_madvise_, fd, v, 2, COLD, 0), K4, 0, "up to what is not aligned");
	end(pid);
	is(syscall(SYS_process_madvise_, fd, v, 1, COLD, 0), -1, ESRCH, "nobody");
	close(fd);
	for (i = 0; i < 2; i++) {
		int advice = i ? PAGEOUT : COLD;

		is(madvise(p, 4 * K4, advice), 0, 0, i ? "PAGEOUT" : "COLD");
		is_int(vm_read(p), 3, "loses nothing");
		is(mlock(p, K4), 0, 0, "locked");
		is(madvise(p, 4 * K4, advice), -1, EINVAL, "memory stays");
		munlock(p, K4);
		munmap(p + K4, K4);
		is(madvise(p, 4 * K4, advice), -1, ENOMEM, "over a hole");
		if (mmap(p + K4, K4, RW, PRIV | MAP_FIXED, -1, 0) != p + K4)
			bail("no page in the hole");
	}
	munmap(p, 4 * K4);
}

static long barrier(int cmd, unsigned int flags, int cpu)
{
	return syscall(SYS_membarrier, cmd, flags, cpu);
}

static void test_membarrier(void)
{
	static const int private[] = { 8, 32, 128 };
	int i, status;

	is(barrier(0, 0, 0), 511, 0, "MEMBARRIER_CMD_QUERY");
	is(barrier(0, 1, 0), -1, EINVAL, "with a flag");
	is(barrier(512, 0, 0), -1, EINVAL, "no such command");
	is(barrier(3, 0, 0), -1, EINVAL, "two at once");
	is(barrier(-1, 0, 0), -1, EINVAL, "all");
	is(barrier(1, 0, 0), 0, 0, "GLOBAL");
	is(barrier(1, 1, 0), -1, EINVAL, "GLOBAL with a flag");
	is(barrier(2, 0, 0), 0, 0, "GLOBAL_EXPEDITED");
	is(barrier(4, 0, 0), 0, 0, "its registration");
	for (i = 0; i < 3; i++) {
		is(barrier(private[i], 0, 0), -1, EPERM, "private %d: not registered", i);
		is(barrier(private[i] << 1, 1, 0), -1, EINVAL, "registering with a flag");
		is(barrier(private[i] << 1, 0, 0), 0, 0, "registered");
		is(barrier(private[i] << 1, 0, 0), 0, 0, "again");
		is(barrier(private[i], 0, 0), 0, 0, "done");
	}
	is(barrier(8, 1, 0), -1, EINVAL, "only RSEQ takes a CPU");
	is(barrier(128, 1, 0), 0, 0, "CPU 0");
	is(barrier(128, 1, 100000), 0, 0, "one that is not there");
	is(barrier(128, 2, 0), -1, EINVAL, "another flag");
	if (fork() == 0)
		_exit(barrier(8, 0, 0) != 0);
	wait(&status);
	is_int(status, 0, "a child is registered");
	if (fork() == 0) {
		char *arg[] = { "/proc/self/exe", "barrier", NULL }, *env[] = { NULL };

		execve(arg[0], arg, env);
		_exit(9);
	}
	wait(&status);
	is_int(status, 0, "exec ends it");
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return barrier(8, 0, 0) != -1 || errno != EPERM;
	plan(0);
	vm_catch();
	test_read_write();
	test_obstacles();
	test_cow();
	test_pidfd();
	test_clone_pidfd();
	test_getfd();
	test_madvise();
	test_membarrier();
	return done();
}
