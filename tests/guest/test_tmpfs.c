// SPDX-License-Identifier: MIT
/* tmpfs: options, limits, holes, what is counted as shared and as promised memory. */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include "vmutil.h"

#define DIR	"/mnt/t"
#define SHARED	(MAP_SHARED | MAP_ANONYMOUS)

static int mount_it(const char *options)
{
	return mount("x", DIR, "tmpfs", 0, options);
}

static struct statfs fs(void)
{
	struct statfs s;

	if (statfs(DIR, &s))
		bail("no statfs");
	return s;
}

static int make(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), DIR "/%s", name);
	return open(path, O_RDWR | O_CREAT, 0600);
}

/* a field of /proc/meminfo in pages */
static long meminfo(const char *field)
{
	char *line = vm_proc("/proc/meminfo");
	size_t len = strlen(field);

	for (; *line; line = strchr(line, '\n') + 1)
		if (!strncmp(line, field, len) && line[len] == ':')
			return atol(line + len + 1) / 4;
	return -1;
}

static const char *mounted(void)
{
	static char text[256];
	char *at = strstr(vm_proc("/proc/mounts"), "x " DIR " ");

	snprintf(text, sizeof(text), "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
	return text;
}

static void test_options(void)
{
	struct stat st;

	is(mount_it("size=1m,nr_inodes=5,mode=0710,uid=3,gid=4"), 0, 0, "mounted with all options");
	is_str(mounted(), "x " DIR " tmpfs rw,relatime,size=1024k,nr_inodes=5,mode=710,uid=3,gid=4,"
	       "inode64 0 0", "shown");
	is(stat(DIR, &st), 0, 0, "the root");
	is_int(st.st_mode, S_IFDIR | 0710, "has the mode");
	is_int(st.st_uid * 10 + st.st_gid, 34, "and the owner");
	is_int(fs().f_blocks, 256, "blocks");
	is_int(fs().f_bsize, 4096, "of a page");
	is_int(fs().f_files, 5, "inodes");
	is_int(fs().f_ffree, 4, "of which the root has one");
	is(mount("x", DIR, "tmpfs", MS_REMOUNT, "size=2m"), 0, 0, "remounted");
	is_int(fs().f_blocks, 512, "larger");
	is_int(fs().f_files, 5, "the rest stays");
	is(umount(DIR), 0, 0, "umount");
	is(mount_it("size=10x"), -1, EINVAL, "a bad size");
	is(mount_it("mode=9"), -1, EINVAL, "a bad mode");
	is(mount_it("color=red"), -1, EINVAL, "no such option");
	is(mount_it("nr_blocks=7"), 0, 0, "nr_blocks");
	is_int(fs().f_blocks, 7, "counts pages");
	umount(DIR);
	is(mount_it("size=0,nr_inodes=0"), 0, 0, "no limits");
	is_int(fs().f_blocks + fs().f_files, 0, "are shown as 0");
	umount(DIR);
}

static void test_limits(void)
{
	char page[4096] = { 1 };
	int a, b;
	char *map;

	mount_it("size=16k,nr_inodes=3");
	a = make("a");
	b = make("b");
	ok(a >= 0 && b >= 0, "two files");
	is(make("c"), -1, ENOSPC, "no third inode");
	unlink(DIR "/b");
	is(make("c"), -1, ENOSPC, "while the removed one is open");
	close(b);
	b = make("c");
	ok(b >= 0, "but then");
	is_int(pwrite(a, page, 4096, 0) + pwrite(a, page, 4096, 8192), 8192, "two pages and a hole");
	is_int(fs().f_bfree, 2, "two are left");
	is(fallocate(b, 0, 0, 3 * 4096), -1, ENOSPC, "not three");
	is_int(fs().f_bfree, 2, "none is lost");
	is(fallocate(b, 0, 0, 2 * 4096), 0, 0, "two");
	is(pwrite(a, page, 4096, 4096), -1, ENOSPC, "the hole cannot be filled");
	map = mmap(NULL, 3 * K4, RW, MAP_SHARED, a, 0);
	is_int(vm_write(map + K4, 1), 702, "nor by a mapping");
	is_int(vm_write(map + 2 * K4, 1), 0, "what is there can be written");
	is(fallocate(a, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), 0, 0, "another hole");
	is_int(fs().f_bfree, 1, "gives its page back");
	is_int(vm_read(map), 0, "to look at it through a mapping takes one");
	is_int(vm_write(map + K4, 1), 702, "which the first hole does not get then");
	is_int(fs().f_bfree, 0, "full");
	is(ftruncate(a, 0), 0, 0, "truncated");
	is_int(fs().f_bfree, 2, "two are free");
	is_int(vm_read(map), -702, "nothing is mapped");
	is(mount("x", DIR, "tmpfs", MS_REMOUNT, "size=4k"), -1, EINVAL, "not smaller than its files");
	is(umount(DIR), -1, EBUSY, "busy");
	munmap(map, 3 * K4);
	close(a);
	close(b);
	is(umount(DIR), 0, 0, "umount");
}

static void test_room_behind_the_end(void)
{
	char page[4096] = { 1 };
	int a;

	mount_it("size=32k");
	a = make("a");
	is_int(pwrite(a, page, 4096, 0), 4096, "one page");
	is(fallocate(a, FALLOC_FL_KEEP_SIZE, 0, 4 * 4096), 0, 0, "room for four");
	is_int(fs().f_bfree, 4, "is taken");
	is(ftruncate(a, 4096), 0, 0, "cut to the size that it has");
	is_int(fs().f_bfree, 7, "gives back what is behind the end");
	close(a);
	is(umount(DIR), 0, 0, "umount");
}

/* 1024 pages of shared memory: each counter moves by as many, give or take what others do */
static int about(long got, long want)
{
	return got > want - 128 && got < want + 128;
}

static void test_counters(void)
{
	long shmem = meminfo("Shmem"), committed = meminfo("Committed_AS");
	long rss = vm_status("RssShmem") / 4;
	char *p = mmap(NULL, 1024 * K4, RW, SHARED, -1, 0);
	int fd, id, i;

	ok(about(meminfo("Committed_AS") - committed, 1024), "shared memory is promised at once");
	ok(about(vm_status("RssShmem") / 4 - rss, 0), "and not there");
	memset(p, 1, 512 * K4);
	ok(about(vm_status("RssShmem") / 4 - rss, 512), "RssShmem: what was touched");
	ok(about(meminfo("Shmem") - shmem, 512), "Shmem, too");
	ok(about(meminfo("Committed_AS") - committed, 1024), "nothing more is promised");
	munmap(p, 1024 * K4);
	ok(about(meminfo("Shmem") - shmem, 0), "all of it goes");
	ok(about(meminfo("Committed_AS") - committed, 0), "the promise as well");
	p = mmap(NULL, 1024 * K4, RW, SHARED | MAP_NORESERVE, -1, 0);
	ok(about(meminfo("Committed_AS") - committed, 0), "MAP_NORESERVE promises nothing");
	memset(p, 1, 512 * K4);
	ok(about(meminfo("Committed_AS") - committed, 512), "but pages that are there");
	munmap(p, 1024 * K4);
	fd = syscall(SYS_memfd_create, "f", 0);
	i = ftruncate(fd, 1024 * K4);
	ok(i == 0 && about(meminfo("Committed_AS") - committed, 0), "memfd: nothing");
	i = fallocate(fd, 0, 0, 1024 * K4);
	ok(i == 0 && about(meminfo("Committed_AS") - committed, 1024), "but its pages");
	close(fd);
	ok(about(meminfo("Committed_AS") - committed, 0), "while they are there");
	id = shmget(IPC_PRIVATE, 1024 * K4, 0600);
	ok(about(meminfo("Committed_AS") - committed, 1024), "a System V segment: all");
	shmctl(id, IPC_RMID, NULL);
	id = shmget(IPC_PRIVATE, 1024 * K4, 0600 | 010000);
	ok(about(meminfo("Committed_AS") - committed, 0), "not with SHM_NORESERVE");
	shmctl(id, IPC_RMID, NULL);
}

static void set_overcommit(const char *mode)
{
	int fd = open("/proc/sys/vm/overcommit_memory", O_WRONLY);

	if (write(fd, mode, 1) != 1)
		bail("cannot set overcommit_memory");
	close(fd);
}

static int maps(size_t bytes, int flags)
{
	char *p = mmap(NULL, bytes, RW, flags, -1, 0);
	int good = p != MAP_FAILED;

	if (good)
		munmap(p, bytes);
	return good;
}

static void test_overcommit(void)
{
	size_t huge = 1ul << 42;
	int fd;

	is(maps(huge, SHARED), 0, 0, "more than the machine has, shared");
	is_int(errno, ENOMEM, "ENOMEM");
	is(maps(huge, SHARED | MAP_NORESERVE), 1, 0, "MAP_NORESERVE");
	set_overcommit("1");
	is(maps(huge, SHARED), 1, 0, "mode 1");
	set_overcommit("2");
	is(maps(huge, SHARED | MAP_NORESERVE), 0, 0, "mode 2: MAP_NORESERVE is no word");
	is(shmget(IPC_PRIVATE, huge, 0600 | 010000), -1, ENOMEM, "nor SHM_NORESERVE");
	fd = syscall(SYS_memfd_create, "f", 0);
	is(ftruncate(fd, huge), 0, 0, "a file may be long");
	close(fd);
	set_overcommit("0");
	is(shmget(IPC_PRIVATE, huge, 0600), -1, ENOMEM, "mode 0: a segment");
}

static void test_keys(void)
{
	char *p = mmap(NULL, K4, RW, PRIV, -1, 0);

	is(syscall(SYS_pkey_alloc, 1, 0), -1, EINVAL, "pkey_alloc: a flag");
	is(syscall(SYS_pkey_alloc, 0, 4), -1, EINVAL, "no such right");
	is(syscall(SYS_pkey_free, 77), -1, EINVAL, "pkey_free of none");
	is(syscall(SYS_pkey_mprotect, p, K4, PROT_READ, 77), -1, EINVAL, "pkey_mprotect with none");
	is(syscall(SYS_pkey_mprotect, p, K4, PROT_READ, -1), 0, 0, "with -1");
	is_int(vm_write(p, 1), 1102, "protects");
	is(syscall(SYS_pkey_mprotect, p, K4, RW, 0), 0, 0, "with 0");
	is_int(vm_write(p, 1), 0, "allows");
	munmap(p, K4);
}

int main(void)
{
	plan(0);
	vm_catch();
	mkdir("/mnt", 0755);
	mkdir(DIR, 0755);
	test_options();
	test_limits();
	test_room_behind_the_end();
	test_counters();
	test_overcommit();
	test_keys();
	rmdir(DIR);
	return done();
}
