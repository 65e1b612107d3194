// SPDX-License-Identifier: MIT
/*
 * test_pivot.c - pivot_root, private mounts, what mountinfo says of a bind mount, and
 * mounting on a directory that is gone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

static int pivot(const char *new_root, const char *put_old)
{
	return syscall(SYS_pivot_root, new_root, put_old) ? -errno : 0;
}

static int mnt(const char *dev, const char *at, unsigned long flags)
{
	return mount(dev, at, "tmpfs", flags, NULL) ? -errno : 0;
}

static int is_there(const char *name)
{
	return access(name, F_OK) ? -errno : 1;
}

static void in_new_root(void)
{
	is_int(chroot("."), 0, "chroot to a mount");
	mkdir("/new", 0755);
	is_int(pivot("/new", "/new"), -EBUSY, "pivot_root: not another mount");
	is_int(mnt("none", "/new", 0), 0, "a mount below it");
	mkdir("/new/old", 0755);
	is_int(pivot("/new", "/"), -EBUSY, "the old root onto itself");
	is_int(pivot("/none", "/new/old"), -ENOENT, "no new root");
	is_int(pivot((char *)8, "/new/old"), -EFAULT, "a bad pointer");
	is_int(pivot("/new", "/new/old"), 0, "pivot_root");
	is_int(is_there("/old/new"), 1, "the old root lies below the new");
	is_int(is_there("old/new"), 1, "the working directory moved along");
	is_int(umount2("/old", MNT_DETACH), 0, "and can be taken away");
	is_int(is_there("/old/new"), -ENOENT, "it is gone");
}

static void from_rootfs(void)
{
	mkdir("r", 0755);
	is_int(mnt("none", "r", 0), 0, "a file system");
	mkdir("r/put", 0755);
	is_int(pivot("r", "r/put"), -EINVAL, "not away from the first root");
	if (!fork()) {
		if (chdir("r"))
			_exit(1);
		in_new_root();
		_exit(tap_number);
	}
	wait(&tap_number);
	tap_number = WEXITSTATUS(tap_number);
	is_int(umount("r"), 0, "umount what stands there now");
}

static void private(void)
{
	mkdir("p", 0755);
	is_int(mnt("none", "p", 0), 0, "a file system");
	is_int(mnt("none", "p", MS_PRIVATE), 0, "made private");
	is_int(mnt("none", "p", MS_PRIVATE | MS_REC), 0, "with all below");
	mkdir("p/sub", 0755);
	is_int(mnt("none", "p/sub", MS_PRIVATE), -EINVAL, "what is no mount");
	is_int(mnt("none", "p", MS_PRIVATE | MS_NODEV), -EINVAL, "together with others");
}

static void bind_in_mountinfo(void)
{
	char line[512], part[64] = "", where[256] = "", end[64];
	FILE *f = fopen("/proc/self/mountinfo", "r");

	mkdir("b", 0755);
	is_int(mnt("p/sub", "b", MS_BIND), 0, "bind a directory");
	f = freopen("/proc/self/mountinfo", "r", f);
	snprintf(end, sizeof(end), "/b");
	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "%*d %*d %*s %63s %255s", part, where);
		if (strlen(where) > 2 && !strcmp(where + strlen(where) - 2, end))
			break;
	}
	fclose(f);
	is_str(part, "/sub", "mountinfo names the part that is mounted");
	is_int(umount("b"), 0, "umount");
}

static void gone(void)
{
	int fd;

	mkdir("g", 0755);
	fd = open("g", O_RDONLY);
	rmdir("g");
	fchdir(fd);
	is_int(mnt("none", ".", 0), -ENOENT, "mount on a removed directory");
	is_int(umount("/") ? -errno : 0, -EINVAL, "umount of the first root");
	close(fd);
}

int main(void)
{
	char dir[] = "/tmp/pivot.XXXXXX";

	plan(0);
	if (!mkdtemp(dir) || chdir(dir))
		bail("%s: %s", dir, strerror(errno));
	from_rootfs();
	private();
	bind_in_mountinfo();
	umount("p");
	gone();
	return done();
}
