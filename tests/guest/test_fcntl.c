// SPDX-License-Identifier: MIT
/*
 * fcntl: descriptors, flags, record locks and their owners, deadlock, open file
 * description locks; flock.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static int fd;

static int lock(int cmd, int f, int type, long start, long len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	return fcntl(f, cmd, &fl);
}

/* What a process that is not the owner sees at [start, start + len): type, start, len. */
static long test_lock(int type, long start, long len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };
	int status;

	fflush(stdout);
	if (fork() == 0) {
		if (fcntl(fd, F_GETLK, &fl))
			_exit(255);
		if (fl.l_type == F_UNLCK)
			_exit(0);
		_exit(fl.l_type == F_RDLCK ? 100 + fl.l_start : 150 + fl.l_start);
	}
	wait(&status);
	return WEXITSTATUS(status);
}

/* In a child: 0 when the lock is had, else the error */
static int child_lock(int cmd, int type, long start, long len)
{
	int status;

	fflush(stdout);
	if (fork() == 0)
		_exit(lock(cmd, fd, type, start, len) ? errno : 0);
	wait(&status);
	return WEXITSTATUS(status);
}

static void descriptors(void)
{
	int d = fcntl(fd, F_DUPFD, 30);

	is_int(d, 30, "F_DUPFD from 30 on");
	is_int(fcntl(fd, F_DUPFD, 30), 31, "the next one");
	is_int(fcntl(fd, F_DUPFD_CLOEXEC, 30), 32, "F_DUPFD_CLOEXEC");
	is_int(fcntl(32, F_GETFD), FD_CLOEXEC, "has it set");
	is_int(fcntl(30, F_GETFD), 0, "the other has not");
	is(fcntl(30, F_SETFD, FD_CLOEXEC), 0, 0, "F_SETFD");
	is_int(fcntl(30, F_GETFD), FD_CLOEXEC, "sets it");
	is(fcntl(fd, F_DUPFD, -1), -1, EINVAL, "a negative number");
	is(fcntl(99, F_GETFD), -1, EBADF, "no such file");
	is(fcntl(fd, 9999), -1, EINVAL, "no such command");
	is_int(fcntl(fd, F_GETFL) & ~0100000, O_RDWR, "F_GETFL");
	is(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_WRONLY), 0, 0, "F_SETFL");
	is_int(fcntl(fd, F_GETFL) & ~0100000, O_RDWR | O_APPEND | O_NONBLOCK,
	       "changes what may change");
	is_int(fcntl(30, F_GETFL) & O_APPEND, O_APPEND, "for all that share the file");
	fcntl(fd, F_SETFL, 0);
	close(30);
	close(31);
	close(32);
}

static void records(void)
{
	is(lock(F_SETLK, fd, F_WRLCK, 10, 10), 0, 0, "a write lock on 10 to 20");
	is_int(test_lock(F_RDLCK, 0, 0), 160, "another process sees it");
	is_int(test_lock(F_RDLCK, 0, 10), 0, "not before");
	is_int(test_lock(F_RDLCK, 20, 0), 0, "nor behind");
	is_int(child_lock(F_SETLK, F_RDLCK, 19, 1), EAGAIN, "and does not get it");
	is_int(child_lock(F_SETLK, F_WRLCK, 20, 5), 0, "but what is next to it");
	is(lock(F_SETLK, fd, F_RDLCK, 12, 2), 0, 0, "12 to 14 for reading");
	is_int(test_lock(F_WRLCK, 12, 1), 112, "the middle is a read lock now");
	is_int(test_lock(F_WRLCK, 14, 1), 164, "the rest begins at 14");
	is_int(child_lock(F_SETLK, F_RDLCK, 12, 2), 0, "readers share");
	is_int(child_lock(F_SETLK, F_WRLCK, 12, 2), EAGAIN, "writers do not");
	is(lock(F_SETLK, fd, F_UNLCK, 0, 13), 0, 0, "unlock to 13");
	is_int(test_lock(F_WRLCK, 0, 0), 113, "what is left begins there");
	is(lock(F_SETLK, fd, F_WRLCK, 0, 0), 0, 0, "all of it");
	is_int(test_lock(F_RDLCK, 1000, 1), 150, "to the end of all files");
	close(dup(fd));
	is_int(test_lock(F_RDLCK, 0, 0), 0, "closing any descriptor of the file unlocks it");
	is(lock(F_SETLK, fd, 77, 0, 0), -1, EINVAL, "no such lock");
	is(lock(F_SETLK, fd, F_WRLCK, -1, 5), -1, EINVAL, "a negative start");
	is(lock(F_SETLK, fd, F_WRLCK, 10, -5), 0, 0, "a negative length");
	is_int(test_lock(F_RDLCK, 0, 0), 155, "goes before the start");
	is(lock(F_SETLK, fd, F_UNLCK, 0, 0), 0, 0, "unlock all");
	is(fcntl(fd, F_SETLK, (void *)1), -1, EFAULT, "a bad address");
	int r = open("lockfile", O_RDONLY);
	is(lock(F_SETLK, r, F_WRLCK, 0, 1), -1, EBADF, "a write lock needs a file open for it");
	is(lock(F_SETLK, r, F_RDLCK, 0, 1), 0, 0, "a read lock does not");
	close(r);
}

static void owners(void)
{
	int status, p[2], q[2];
	char c;

	pipe(p);
	pipe(q);
	if (fork() == 0) {
		lock(F_SETLK, fd, F_WRLCK, 0, 10);
		write(p[1], "x", 1);
		read(q[0], &c, 1);
		usleep(150000);
		_exit(0);
	}
	read(p[0], &c, 1);
	is(lock(F_SETLK, fd, F_WRLCK, 5, 1), -1, EAGAIN, "the child has it");
	struct flock fl = { .l_type = F_WRLCK };
	fcntl(fd, F_GETLK, &fl);
	ok(fl.l_pid > 0 && fl.l_len == 10, "F_GETLK tells who and what");
	write(q[1], "x", 1);
	is(lock(F_SETLKW, fd, F_WRLCK, 5, 1), 0, 0, "F_SETLKW waits for its end");
	wait(&status);
	is_int(child_lock(F_SETLK, F_WRLCK, 5, 1), EAGAIN, "a child does not inherit locks");
	lock(F_SETLK, fd, F_UNLCK, 0, 0);
	/* two processes wait for each other */
	lock(F_SETLK, fd, F_WRLCK, 0, 1);
	if (fork() == 0) {
		lock(F_SETLK, fd, F_WRLCK, 1, 1);
		write(p[1], "x", 1);
		lock(F_SETLKW, fd, F_WRLCK, 0, 1);
		_exit(0);
	}
	read(p[0], &c, 1);
	usleep(200000);
	is(lock(F_SETLKW, fd, F_WRLCK, 1, 1), -1, EDEADLK, "a deadlock is seen");
	lock(F_SETLK, fd, F_UNLCK, 0, 0);
	wait(&status);
	is_int(status, 0, "and the other goes on");
}

static void on_alarm(int sig)
{
}

static void interrupted(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	int p[2];
	pid_t child;
	char c;

	sigaction(SIGALRM, &sa, NULL);
	pipe(p);
	child = fork();
	if (child == 0) {
		lock(F_SETLK, fd, F_WRLCK, 0, 1);
		flock(open("lockfile", O_RDWR), LOCK_EX);
		write(p[1], "x", 1);
		pause();
	}
	read(p[0], &c, 1);
	alarm(1);
	is(lock(F_SETLKW, fd, F_WRLCK, 0, 1), -1, EINTR, "a signal ends the waiting");
	alarm(1);
	is(flock(fd, LOCK_EX), -1, EINTR, "for flock, too");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	is(lock(F_SETLK, fd, F_WRLCK, 0, 1), 0, 0, "a killed process leaves no record lock");
	is(flock(fd, LOCK_EX | LOCK_NB), 0, 0, "nor a flock");
	lock(F_SETLK, fd, F_UNLCK, 0, 0);
	flock(fd, LOCK_UN);
}

static void flocks(void)
{
	int other = open("lockfile", O_RDWR), same = dup(fd), status;

	is(flock(fd, LOCK_EX), 0, 0, "flock");
	is(flock(other, LOCK_EX | LOCK_NB), -1, EWOULDBLOCK, "another open file does not get it");
	is(flock(same, LOCK_EX | LOCK_NB), 0, 0, "the same one has it");
	is(flock(other, LOCK_SH | LOCK_NB), -1, EWOULDBLOCK, "nor a shared one");
	is(flock(same, LOCK_SH), 0, 0, "made shared through the copy");
	is(flock(other, LOCK_SH | LOCK_NB), 0, 0, "now both");
	is(flock(fd, LOCK_EX | LOCK_NB), -1, EWOULDBLOCK, "none alone");
	is(flock(other, LOCK_UN), 0, 0, "one less");
	is(flock(fd, LOCK_EX | LOCK_NB), 0, 0, "alone again");
	close(same);
	is(flock(other, LOCK_EX | LOCK_NB), -1, EWOULDBLOCK, "the last close counts");
	fflush(stdout);
	if (fork() == 0) {
		flock(fd, LOCK_UN);
		_exit(0);
	}
	wait(&status);
	is(flock(other, LOCK_EX | LOCK_NB), 0, 0, "a child shares it and unlocks it");
	is(flock(fd, 16), -1, EINVAL, "no such operation");
	is(flock(99, LOCK_EX), -1, EBADF, "no such file");
	is(lock(F_SETLK, fd, F_WRLCK, 0, 0), 0, 0, "record locks are another matter");
	lock(F_SETLK, fd, F_UNLCK, 0, 0);
	close(other);
}

static void of_open_files(void)
{
	int other = open("lockfile", O_RDWR);

	is(lock(F_OFD_SETLK, fd, F_WRLCK, 0, 10), 0, 0, "a lock of the open file");
	is(lock(F_OFD_SETLK, other, F_WRLCK, 0, 10), -1, EAGAIN, "another one does not get it");
	is(lock(F_SETLK, fd, F_WRLCK, 0, 1), -1, EAGAIN, "nor the process");
	close(dup(fd));
	is(lock(F_OFD_SETLK, other, F_WRLCK, 0, 10), -1, EAGAIN, "a close of a copy keeps it");
	is(lock(F_OFD_SETLK, fd, F_UNLCK, 0, 10), 0, 0, "unlocked");
	is(lock(F_OFD_SETLK, other, F_WRLCK, 0, 10), 0, 0, "the other has it");
	close(other);
	is(lock(F_OFD_SETLK, fd, F_WRLCK, 0, 10), 0, 0, "and loses it with its close");
	lock(F_OFD_SETLK, fd, F_UNLCK, 0, 0);
}

static void many(void)
{
	int i, bad = 0;

	for (i = 0; i < 500; i++)
		bad += lock(F_SETLK, fd, i & 1 ? F_RDLCK : F_WRLCK, i * 2, 1) != 0;
	is_int(bad, 0, "500 locks");
	is_int(child_lock(F_SETLK, F_WRLCK, 998, 1), EAGAIN, "each is there");
	is_int(child_lock(F_SETLK, F_WRLCK, 997, 1), 0, "between them is nothing");
	is(lock(F_SETLK, fd, F_UNLCK, 0, 0), 0, 0, "all gone at once");
	is_int(test_lock(F_WRLCK, 0, 0), 0, "really");
}

int main(void)
{
	plan(0);
	fd = open("lockfile", O_CREAT | O_RDWR, 0600);
	descriptors();
	records();
	owners();
	interrupted();
	flocks();
	of_open_files();
	many();
	close(fd);
	unlink("lockfile");
	return done();
}
