// SPDX-License-Identifier: MIT
/*
 * test_caps.c - capabilities: reading and changing the sets, what user ids and exec do to
 * them, and that a right that was given up is gone; unshare and setns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define V3	0x20080522u
#define ALL	0x1ffffffffffull
#define BIT(n)	(1ull << (n))
enum { CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, KILL = 5, SETGID, SETUID, SETPCAP,
       SYS_CHROOT = 18, SYS_ADMIN = 21, SYS_RESOURCE = 24, MKNOD = 27 };

struct sets { unsigned long long eff, prm, inh; };

static int get(struct sets *s)
{
	unsigned int head[2] = { V3, 0 }, d[6];

	if (syscall(SYS_capget, head, d))
		return -errno;
	s->eff = d[0] | (unsigned long long)d[3] << 32;
	s->prm = d[1] | (unsigned long long)d[4] << 32;
	s->inh = d[2] | (unsigned long long)d[5] << 32;
	return 0;
}

static int set(unsigned long long eff, unsigned long long prm, unsigned long long inh)
{
	unsigned int head[2] = { V3, 0 };
	unsigned int d[6] = { eff, prm, inh, eff >> 32, prm >> 32, inh >> 32 };

	return syscall(SYS_capset, head, d) ? -errno : 0;
}

static void has(unsigned long long eff, unsigned long long prm, const char *what)
{
	struct sets s = { 0 };

	if (get(&s) || !ok(s.eff == eff && s.prm == prm, "%s", what))
		diag("effective %llx permitted %llx", s.eff, s.prm);
}

static int err(int ret)
{
	return ret < 0 ? -errno : ret;
}

/* run @fn in a child, whose checks count here */
static void in_child(void (*fn)(void))
{
	int status;

	fflush(stdout);
	if (!fork()) {
		fn();
		_exit(tap_number - tap_failed == tap_number ? tap_number : 255);
	}
	wait(&status);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 255)
		tap_number = WEXITSTATUS(status);
	else
		ok(0, "the child fails");
}

static void versions(void)
{
	unsigned int head[2] = { 1, 0 }, d[6];

	is_int(err(syscall(SYS_capget, head, d)), -EINVAL, "a version that nobody knows");
	is_int(head[0], V3, "is told the one that is");
	head[0] = 1;
	is_int(err(syscall(SYS_capget, head, NULL)), 0, "which is how to ask for it");
	head[0] = 0x19980330;
	is_int(err(syscall(SYS_capget, head, d)), 0, "the first version");
	ok(d[0] == 0xffffffff, "has 32 bits");
	head[0] = V3;
	head[1] = 4000000;
	is_int(err(syscall(SYS_capget, head, d)), -ESRCH, "of nobody");
	head[1] = -1;
	is_int(err(syscall(SYS_capget, head, d)), -EINVAL, "of a negative number");
	head[1] = 1;
	is_int(err(syscall(SYS_capset, head, d)), -EPERM, "capset of another");
	has(ALL, ALL, "root has all");
}

static void losing(void)
{
	is_int(set(BIT(CHOWN), BIT(CHOWN) | BIT(KILL), 0), 0, "keep two, use one");
	has(BIT(CHOWN), BIT(CHOWN) | BIT(KILL), "that is what is left");
	is_int(set(BIT(KILL), BIT(CHOWN) | BIT(KILL), 0), 0, "use the other");
	is_int(set(ALL, ALL, 0), -EPERM, "what is given up does not come back");
	is_int(set(BIT(CHOWN), BIT(KILL), 0), -EPERM, "effective is a part of permitted");
	is_int(set(0, 0, BIT(SETUID)), -EPERM, "inheritable only what is permitted");
	is_int(err(mount("none", "/tmp", "tmpfs", 0, NULL)), -EPERM, "mount without SYS_ADMIN");
	is_int(err(chroot("/tmp")), -EPERM, "chroot without SYS_CHROOT");
	is_int(err(setuid(5)), -EPERM, "setuid without SETUID");
	is_int(err(sethostname("x", 1)), -EPERM, "sethostname without SYS_ADMIN");
	is_int(err(unshare(CLONE_NEWUTS)), -EPERM, "a namespace without SYS_ADMIN");
	is_int(err(chown("/tmp/caps.f", 3, 3)), -EPERM, "chown without CHOWN");
	chmod("/tmp/caps.f", 0);
	is_int(err(open("/tmp/caps.f", O_RDONLY)), -EACCES, "even root reads by the mode then");
}

static void reading(void)
{
	int fd;

	chmod("/tmp/caps.f", 0);
	set(BIT(DAC_READ_SEARCH), BIT(DAC_READ_SEARCH), 0);
	fd = open("/tmp/caps.f", O_RDONLY);
	ok(fd >= 0, "DAC_READ_SEARCH reads");
	is_int(err(open("/tmp/caps.f", O_WRONLY)), -EACCES, "and does not write");
}

static void ids(void)
{
	is_int(err(seteuid(7)), 0, "seteuid");
	has(0, ALL, "nothing is effective");
	is_int(err(seteuid(0)), 0, "and back");
	has(ALL, ALL, "all is again");
	setfsuid(7);
	has(ALL & ~(BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(9) | BIT(MKNOD) | BIT(32)), ALL,
	    "setfsuid: not the rights over files");
	setfsuid(0);
	has(ALL, ALL, "and back");
	is_int(err(setuid(7)), 0, "setuid");
	has(0, 0, "nothing is left");
	is_int(err(setuid(0)), -EPERM, "no way back");
}

static void keeping(void)
{
	is_int(prctl(PR_SET_KEEPCAPS, 1), 0, "keep them");
	is_int(prctl(PR_GET_SECUREBITS), 0x10, "which is a secure bit");
	setresuid(7, 7, 7);
	has(0, ALL, "permitted stays");
	is_int(set(BIT(KILL), BIT(KILL), BIT(KILL)), 0, "and may be used");
	is_int(err(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, SETUID, 0, 0)), -EPERM,
	       "ambient: not what is not permitted");
	is_int(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, KILL, 0, 0), 0, "what is");
	is_int(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, KILL, 0, 0), 1, "it is set");
	is_int(set(BIT(KILL), BIT(KILL), 0), 0, "no longer inheritable");
	is_int(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, KILL, 0, 0), 0, "nor ambient then");
	is_int(kill(1, 0), 0, "KILL is a right to kill");
}

static void bounding(void)
{
	is_int(prctl(PR_CAPBSET_READ, KILL), 1, "in the bounding set");
	is_int(prctl(PR_CAPBSET_DROP, KILL), 0, "drop it");
	is_int(prctl(PR_CAPBSET_READ, KILL), 0, "it is gone");
	is_int(err(prctl(PR_CAPBSET_DROP, 41)), -EINVAL, "there are 41");
	has(ALL, ALL, "the others do not change");
	set(ALL & ~BIT(SETPCAP), ALL, 0);
	is_int(err(prctl(PR_CAPBSET_DROP, CHOWN)), -EPERM, "without SETPCAP no more");
}

static void sharing(void)
{
	int fd = open("/", O_RDONLY);

	is_int(err(unshare(0)), 0, "unshare nothing");
	is_int(err(unshare(CLONE_FS | CLONE_FILES)), 0, "files and directories");
	is_int(err(unshare(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)), 0, "what one has alone");
	is_int(err(unshare(1)), -EINVAL, "what cannot be shared");
	is_int(err(syscall(SYS_setns, fd, 0)), -EINVAL, "setns to no namespace");
	is_int(err(syscall(SYS_setns, -1, 0)), -EBADF, "setns to nothing");
	close(fd);
}

static void files(void)
{
	char buf[8];
	int p[2], fd = open("/tmp/caps.f", O_RDWR);

	pipe(p);
	is_int(err(syscall(SYS_getxattr, "/tmp/caps.f", "user.x", buf, 8)), -EOPNOTSUPP, "getxattr");
	is_int(err(syscall(SYS_setxattr, "/tmp/caps.f", "user.x", buf, 1, 0)), -EOPNOTSUPP, "setxattr");
	is_int(err(syscall(SYS_getxattr, "/tmp/caps.g", "user.x", buf, 8)), -ENOENT, "of no file");
	is_int(err(syscall(SYS_setxattr, "/tmp/caps.f", "user.x", buf, 1, 9)), -EINVAL, "a wrong flag");
	is_int(err(syscall(SYS_getxattr, "/tmp/caps.f", "", buf, 8)), -ERANGE, "no name");
	is_int(err(syscall(SYS_listxattr, "/tmp/caps.f", buf, 8)), 0, "listxattr");
	is_int(err(syscall(SYS_flistxattr, -1, buf, 8)), -EBADF, "of nothing");
	is_int(err(syscall(SYS_syncfs, fd)), 0, "syncfs");
	is_int(err(syscall(SYS_syncfs, -1)), -EBADF, "of nothing");
	is_int(err(syscall(SYS_sync_file_range, fd, 0l, 0l, 7)), 0, "sync_file_range");
	is_int(err(syscall(SYS_sync_file_range, fd, 0l, 0l, 8)), -EINVAL, "a wrong flag");
	is_int(err(syscall(SYS_sync_file_range, fd, -1l, 0l, 0)), -EINVAL, "a wrong place");
	is_int(err(syscall(SYS_sync_file_range, p[0], 0l, 0l, 0)), -ESPIPE, "a pipe");
	is_int(err(syscall(SYS_fadvise64, fd, 0l, 0l, 4)), 0, "fadvise64");
	is_int(err(syscall(SYS_fadvise64, fd, 0l, 0l, 6)), -EINVAL, "no advice");
	is_int(err(syscall(SYS_fadvise64, p[0], 0l, 0l, 0)), -ESPIPE, "a pipe");
	is_int(err(syscall(SYS_readahead, fd, 0l, 10l)), 0, "readahead");
	is_int(err(syscall(SYS_readahead, p[0], 0l, 10l)), -EINVAL, "a pipe");
	is_int(err(syscall(SYS_readahead, p[1], 0l, 10l)), -EBADF, "what is not to be read");
}

int main(void)
{
	plan(0);
	close(open("/tmp/caps.f", O_CREAT | O_RDWR, 0600));
	versions();
	in_child(losing);
	in_child(reading);
	in_child(ids);
	in_child(keeping);
	in_child(bounding);
	in_child(sharing);
	chmod("/tmp/caps.f", 0600);
	files();
	unlink("/tmp/caps.f");
	return done();
}
