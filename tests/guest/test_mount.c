// SPDX-License-Identifier: MIT
/*
 * Mounting: ramfs, tmpfs with its limits, proc, bind mounts, remounting, mounts
 * over mounts, busy and lazy umount, and who may.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char buf[1 << 16];

static int there(const char *name)
{
	return access(name, F_OK) == 0;
}

static int touch(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY, 0644);

	return fd < 0 ? -errno : close(fd);
}

static void errors(void)
{
	is(mount("none", "m", "nosuchfs", 0, NULL), -1, ENODEV, "no such file system");
	is(mount("none", "none", "tmpfs", 0, NULL), -1, ENOENT, "no such directory");
	close(open("f", O_CREAT | O_WRONLY, 0600));
	is(mount("none", "f", "tmpfs", 0, NULL), -1, ENOTDIR, "a file");
	is(mount("none", "m", NULL, 0, NULL), -1, EINVAL, "no type");
	is(mount("none", (char *)1, "tmpfs", 0, NULL), -1, EFAULT, "a bad name");
	is(mount("none", "m", (char *)1, 0, NULL), -1, EFAULT, "a bad type");
	is(mount("none", "m", "tmpfs", 0, "size=x"), -1, EINVAL, "a bad size");
	is(mount("none", "m", "tmpfs", 0, "nosuchoption=1"), -1, EINVAL, "a bad option");
	is(umount("m"), -1, EINVAL, "umount of what is no mount");
	is(umount("none"), -1, ENOENT, "of nothing");
	is(umount2("m", 0x100), -1, EINVAL, "a bad flag");
	is(mount("none", "m", NULL, MS_REMOUNT, NULL), -1, EINVAL, "remount of no mount");
	is(mount("none", "m", NULL, MS_BIND, NULL), -1, ENOENT, "bind of nothing");
	unlink("f");
}

static void a_tmpfs(void)
{
	struct stat st, up;
	struct statfs sf;
	int fd;

	is(mount("none", "m", "tmpfs", 0, "size=64k,nr_inodes=6,mode=0750,uid=3,gid=4"), 0, 0,
	   "a tmpfs with limits");
	stat("m", &st);
	stat(".", &up);
	is_int(st.st_mode, S_IFDIR | 0750, "mode=");
	is_int(st.st_uid * 10 + st.st_gid, 34, "uid= and gid=");
	ok(st.st_dev != up.st_dev, "a device of its own");
	is(statfs("m", &sf), 0, 0, "statfs");
	is_int(sf.f_type, 0x01021994, "says tmpfs");
	is_int(sf.f_blocks * sf.f_bsize, 65536, "of 64 KiB");
	is_int(sf.f_bfree * sf.f_bsize, 65536, "all free");
	is_int(sf.f_files * 10 + sf.f_ffree, 65, "six inodes, one is the root");
	fd = open("m/f", O_CREAT | O_RDWR, 0600);
	is(write(fd, buf, 65536), 65536, 0, "64 KiB fit");
	is(write(fd, buf, 1), -1, ENOSPC, "not one byte more");
	is(ftruncate(fd, 4096), 0, 0, "cut");
	is(write(fd, buf, 1), 1, 0, "and there is room again");
	statfs("m", &sf);
	is_int(sf.f_bfree, 14, "a hole takes no room");
	is(touch("m/2") | touch("m/3") | touch("m/4") | touch("m/5"), 0, 0, "five files");
	is_int(touch("m/6"), -ENOSPC, "the sixth is too much");
	is(unlink("m/2"), 0, 0, "one goes");
	is_int(touch("m/6"), 0, "another comes");
	is(umount("m"), -1, EBUSY, "an open file keeps it busy");
	close(fd);
	is(mount("none", "m", "tmpfs", MS_REMOUNT, "size=4k"), -1, EINVAL, "remount too small");
	is(mount("none", "m", "tmpfs", MS_REMOUNT, "size=128k"), 0, 0, "remount larger");
	statfs("m", &sf);
	is_int(sf.f_blocks, 32, "is larger");
	ok(there("m/3"), "with everything in it");
	is(umount("m"), 0, 0, "umount");
	ok(!there("m/3"), "all is gone");
}

static void flags(void)
{
	int fd, status;

	is(mount("none", "m", "tmpfs", MS_RDONLY, NULL), 0, 0, "a read-only tmpfs");
	is_int(touch("m/f"), -EROFS, "takes no file");
	is(mkdir("m/d", 0755), -1, EROFS, "and no directory");
	is(mount("none", "m", NULL, MS_REMOUNT, NULL), 0, 0, "remount for writing");
	fd = open("m/f", O_CREAT | O_RDWR, 0755);
	ok(fd >= 0, "takes files");
	write(fd, "#!/bin/sh\n", 10);
	is(mount("none", "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), -1, EBUSY,
	   "a file open for writing forbids read-only");
	close(fd);
	is(mount("none", "m", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0, 0, "now read-only");
	is(open("m/f", O_RDWR), -1, EROFS, "no writing");
	is(unlink("m/f"), -1, EROFS, "no removing");
	is(chmod("m/f", 0), -1, EROFS, "no mode");
	is(truncate("m/f", 0), -1, EROFS, "no size");
	is(rename("m/f", "m/g"), -1, EROFS, "no name");
	is(link("m/f", "m/g"), -1, EROFS, "no link");
	is(access("m/f", W_OK), -1, EROFS, "access says so");
	is(open("m/f", O_RDONLY | O_CREAT, 0600) >= 0, 1, 0, "O_CREAT of what is there");
	close(fd);
	is(umount("m"), 0, 0, "umount");
	is(mount("none", "m", "tmpfs", MS_NOEXEC | MS_NODEV, NULL), 0, 0, "noexec, nodev");
	fd = open("m/f", O_CREAT | O_RDWR, 0755);
	write(fd, "#!/bin/sh\n", 10);
	close(fd);
	is(access("m/f", X_OK), -1, EACCES, "nothing is executable");
	if (fork() == 0) {
		execl("m/f", "f", NULL);
		_exit(errno == EACCES ? 0 : 1);
	}
	wait(&status);
	is_int(status, 0, "nor runs");
	mknod("m/null", S_IFCHR | 0666, 0x103);
	is(open("m/null", O_RDWR), -1, EACCES, "no device opens");
	is(umount("m"), 0, 0, "umount");
}

static void binds(void)
{
	mkdir("src", 0755);
	touch("src/a");
	touch("file");
	is(mount("src", "m", NULL, MS_BIND, NULL), 0, 0, "a bind mount");
	ok(there("m/a"), "shows the directory");
	touch("m/b");
	ok(there("src/b"), "both ways");
	is(rmdir("src"), -1, ENOTEMPTY, "the source is what it is");
	is(rename("src/a", "m/a2"), -1, EXDEV, "no rename between mounts of one file system");
	is(link("src/a", "m/a2"), -1, EXDEV, "nor a link");
	is(mount("none", "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0, 0,
	   "read-only here");
	is_int(touch("m/c"), -EROFS, "does not write");
	is_int(touch("src/c"), 0, "but there");
	is(umount("m"), 0, 0, "umount");
	is(mount("file", "src/a", NULL, MS_BIND, NULL), 0, 0, "a file over a file");
	is(unlink("src/a"), -1, EBUSY, "a mount point is not removed");
	is(umount("src/a"), 0, 0, "umount");
	is(mount("src", "file", NULL, MS_BIND, NULL), -1, ENOTDIR, "a directory over a file");
	is(mount("file", "m", NULL, MS_BIND, NULL), -1, ENOTDIR, "a file over a directory");
	is(mount(".", "m", NULL, MS_BIND, NULL), 0, 0, "what contains it");
	ok(there("m/src/a") && there("m/m"), "shows itself once");
	ok(!there("m/m/src"), "but not again");
	is(umount("m"), 0, 0, "umount");
	unlink("src/a");
	unlink("src/b");
	unlink("src/c");
	unlink("file");
	rmdir("src");
}

static void stacks(void)
{
	int fd, status;

	mount("none", "m", "tmpfs", 0, NULL);
	touch("m/lower");
	mkdir("m/d", 0755);
	is(mount("none", "m", "tmpfs", 0, NULL), 0, 0, "a mount over a mount");
	ok(!there("m/lower"), "hides it");
	mkdir("m/d", 0755);
	mount("none", "m/d", "ramfs", 0, NULL);
	touch("m/d/deep");
	is(umount("m"), -1, EBUSY, "a mount below keeps it busy");
	is(rmdir("m/d"), -1, EBUSY, "a mount point is not removed");
	is(rename("m/d", "m/e"), -1, EBUSY, "nor renamed");
	fd = open("m/d/deep", O_RDWR);
	is(umount2("m/d", MNT_DETACH), 0, 0, "MNT_DETACH");
	ok(!there("m/d/deep"), "takes it away at once");
	is(write(fd, "x", 1), 1, 0, "what is open stays");
	close(fd);
	is(umount("m"), 0, 0, "the upper one");
	ok(there("m/lower"), "the lower one is back");
	if (fork() == 0) {
		chdir("m");
		sleep(1);
		_exit(0);
	}
	usleep(300000);
	is(umount("m"), -1, EBUSY, "a working directory keeps it busy");
	wait(&status);
	is(umount("m"), 0, 0, "until it is left");
	is(umount("m"), -1, EINVAL, "no more");
	mount("none", "m", "tmpfs", 0, NULL);
	chdir("m");
	touch("here");
	is(umount2(".", MNT_DETACH), 0, 0, "detach the working directory");
	ok(there("here"), "it is still there");
	chdir("/tmp");
}

static void by_link(void)
{
	symlink("m", "s");
	mount("none", "m", "tmpfs", 0, NULL);
	is(umount2("s", UMOUNT_NOFOLLOW), -1, EINVAL, "UMOUNT_NOFOLLOW");
	is(umount("s"), 0, 0, "through a link");
	unlink("s");
}

static void in_proc(void)
{
	char line[400], want[200];
	int found = 0;
	FILE *f;

	mount("source", "m", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=1m");
	getcwd(want, 100);
	strcat(want, "/m");
	f = fopen("/proc/self/mounts", "r");
	while (fgets(line, sizeof(line), f)) {
		char dev[100], dir[200], type[50], opt[200];

		if (sscanf(line, "%s %s %s %s", dev, dir, type, opt) == 4 && !strcmp(dir, want)) {
			found++;
			is_str(dev, "source", "/proc/mounts: the source");
			is_str(type, "tmpfs", "the type");
			ok(strncmp(opt, "rw,nosuid,nodev,noexec,relatime,size=1024k", 42) == 0,
			   "the options");
		}
	}
	fclose(f);
	is_int(found, 1, "one line");
	umount("m");
	is(mount("p", "m", "proc", 0, NULL), 0, 0, "another proc");
	ok(there("m/self/maps"), "with what belongs there");
	umount("m");
}

/* sysfs and debugfs are the same wherever they are mounted, proc and tmpfs new each time */
static void single(void)
{
	static const char *const names[] = { "sysfs", "debugfs" };
	struct stat a, b;

	mkdir("m2", 0755);
	for (int i = 0; i < 2; i++) {
		const char *type = names[i];

		is(mount("p", "m", type, 0, NULL), 0, 0, "%s", type);
		is(mount("p", "m", type, 0, NULL), -1, EBUSY, "not where it is already");
		is(mount("p", "m2", type, MS_NOEXEC, NULL), 0, 0, "but in another place");
		stat("m", &a);
		stat("m2", &b);
		ok(a.st_dev == b.st_dev && a.st_ino == b.st_ino, "the same one");
		is(mount("p", "m2", "tmpfs", 0, NULL), 0, 0, "covered");
		is(mount("p", "m2", type, 0, NULL), 0, 0, "it can be mounted again");
		is(umount("m2") || umount("m2") || umount("m2") || umount("m"), 0, 0, "umount");
	}
	for (int i = 0; i < 2; i++) {
		is(mount("p", "m", i ? "tmpfs" : "proc", 0, NULL), 0, 0, "a new one");
		stat("m", &a);
		is(mount("p", "m", i ? "tmpfs" : "proc", 0, NULL), 0, 0, "each time");
		stat("m", &b);
		ok(a.st_dev != b.st_dev, "they differ");
		umount("m");
		umount("m");
	}
	is(mount("m", "m", NULL, MS_BIND, NULL) || mount("m", "m", NULL, MS_BIND, NULL), 0, 0,
	   "a bind mount may show what is there");
	umount("m");
	umount("m");
	rmdir("m2");
}

static void stranger(void)
{
	int status;

	mount("none", "m", "tmpfs", 0, NULL);
	if (fork() == 0) {
		setuid(1000);
		if (mount("none", "m", "tmpfs", 0, NULL) == 0 || errno != EPERM)
			_exit(1);
		if (umount("m") == 0 || errno != EPERM)
			_exit(2);
		_exit(0);
	}
	wait(&status);
	is_int(status, 0, "only root mounts");
	umount("m");
}

static void many(void)
{
	char name[20];
	int i, bad = 0;

	for (i = 0; i < 60; i++) {
		sprintf(name, "m%d", i);
		bad += mkdir(name, 0755) || mount("none", name, i & 1 ? "tmpfs" : "ramfs", 0, NULL);
		strcat(name, "/file");
		bad += touch(name) != 0;
	}
	is_int(bad, 0, "60 mounts");
	for (i = 0; i < 60; i++) {
		sprintf(name, "m%d", i);
		bad += umount(name) || rmdir(name);
	}
	is_int(bad, 0, "and none of them");
}

int main(void)
{
	char cwd[100];

	plan(0);
	getcwd(cwd, sizeof(cwd));
	mkdir("m", 0755);
	errors();
	a_tmpfs();
	flags();
	binds();
	stacks();
	chdir(cwd);
	by_link();
	in_proc();
	single();
	stranger();
	many();
	is(rmdir("m"), 0, 0, "nothing is left");
	return done();
}
