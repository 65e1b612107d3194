// SPDX-License-Identifier: MIT
/* System V shared memory: shmget, shmat, shmdt, shmctl, /proc/sysvipc/shm. */
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/shm.h>
#include "vmutil.h"

#ifndef SHM_STAT_ANY
#define SHM_STAT_ANY 15
#endif
#ifndef SHM_EXEC
#define SHM_EXEC 0100000
#endif
#define KEY	0x51

static int get(key_t key, size_t bytes, int flags)
{
	return syscall(SYS_shmget, key, bytes, flags);
}

static char *at(int id, void *addr, int flags)
{
	return (char *)syscall(SYS_shmat, id, addr, flags);
}

#define FAILED	((char *)-1)
/* a call of at() that fails so */
#define no_at(call, err, ...) ({ errno = 0; ok((call) == FAILED && errno == (err), __VA_ARGS__); })

static struct shmid_ds stat_of(int id)
{
	struct shmid_ds ds;

	memset(&ds, 0, sizeof(ds));
	if (shmctl(id, IPC_STAT, &ds))
		bail("no IPC_STAT");
	return ds;
}

static int nattch(int id)
{
	return stat_of(id).shm_nattch;
}

static void test_get(void)
{
	int id, other;

	is(get(KEY, K4, 0600), -1, ENOENT, "no segment with this key");
	id = get(KEY, 5000, IPC_CREAT | 0640);
	ok(id >= 0, "a new one");
	is(get(KEY, 5000, 0), id, 0, "is found");
	is(get(KEY, 0, 0600), id, 0, "by any size that is not larger");
	is(get(KEY, 5000, IPC_CREAT | 0600), id, 0, "IPC_CREAT finds it, too");
	is(get(KEY, 5000, IPC_CREAT | IPC_EXCL | 0600), -1, EEXIST, "IPC_EXCL does not");
	is(get(KEY, 5000, IPC_EXCL), id, 0, "but with IPC_CREAT");
	is(get(KEY, 5001, 0600), -1, EINVAL, "larger than it is");
	is(get(IPC_PRIVATE, 0, IPC_CREAT | 0600), -1, EINVAL, "no bytes");
	is(get(IPC_PRIVATE, -1ul, 0600), -1, EINVAL, "above shmmax");
	is(get(IPC_PRIVATE, 1, 04000 | 0600), -1, ENOMEM, "SHM_HUGETLB without such pages");
	is(get(IPC_PRIVATE, 1, 04000 | (5 << 26) | 0600), -1, EINVAL, "of a size that is none");
	other = get(IPC_PRIVATE, 1, 0600);
	is_int(other, id + 1, "the next gets the next id");
	is(shmctl(other, IPC_RMID, NULL), 0, 0, "IPC_RMID");
	is(shmctl(other, IPC_RMID, NULL), -1, EINVAL, "once");
	other = get(IPC_PRIVATE, 1, 0600);
	is_int(other, id + 2, "an id is not used again at once");
	shmctl(other, IPC_RMID, NULL);
	shmctl(id, IPC_RMID, NULL);
	is(get(KEY, 5000, 0), -1, ENOENT, "nor a key");
}

/* ids after many rounds, and the same index again with another generation */
static void test_ids(void)
{
	int first = get(IPC_PRIVATE, K4, 0600), last = first, wraps = 0, up = 1, i;

	for (i = 0; i < 200; i++) {
		int id = get(IPC_PRIVATE, 1, 0600);

		if (id <= last)
			up = 0;
		if ((id >> 15) != (last >> 15))
			wraps++;
		last = id;
		shmctl(id, IPC_RMID, NULL);
	}
	ok(up, "ids grow");
	is_int(wraps, 3, "and count their rounds above 15 bits");
	is(shmctl(first + 32768, IPC_STAT, NULL), -1, EINVAL, "another generation is another id");
	shmctl(first, IPC_RMID, NULL);
}

static void test_attach(void)
{
	int id = get(IPC_PRIVATE, 2 * K4 + 1, 0600);
	char *p, *q, *place;
	struct shmid_ds ds;

	p = at(id, NULL, 0);
	ok(p != FAILED, "attached");
	is_str(vm_areas(p, 4), "0+3 rw-s", "all its pages, shared");
	is_int(vm_write(p, 5), 0, "writable");
	q = at(id, NULL, SHM_RDONLY);
	is_int(vm_read(q), 5, "again: the same memory");
	is_int(vm_write(q, 6), 1102, "SHM_RDONLY");
	is(mprotect(q, K4, RW), -1, EACCES, "for ever");
	is_int(nattch(id), 2, "two are attached");
	is(shmdt(q), 0, 0, "shmdt");
	is(shmdt(q), -1, EINVAL, "once");
	is(shmdt(p + 1), -1, EINVAL, "not aligned");
	is(shmdt(p + K4), -1, EINVAL, "not its start");
	is_int(nattch(id), 1, "one is left");
	place = vm_place(8);
	is_int(at(id, place, 0) - place, 0, "at a place");
	no_at(at(id, place, 0), EINVAL, "not where something is");
	no_at(at(id, place - K4, 0), EINVAL, "nor over it");
	no_at(at(id, place + 1, 0), EINVAL, "not aligned");
	is(at(id, place + 8 * K4 + 5, SHM_RND) - place, 8 * K4, 0, "SHM_RND rounds down");
	shmdt(place + 8 * K4);
	no_at(at(id, NULL, SHM_REMAP), EINVAL, "SHM_REMAP needs a place");
	no_at(at(id, (void *)5, SHM_REMAP | SHM_RND), EINVAL, "not 0 by rounding");
	is_int(at(id, place + K4, SHM_REMAP) - place, K4, "SHM_REMAP over what is there");
	is_str(vm_areas(place, 5), "0+1 rw-s,1+3 rw-s", "replaces that");
	is_int(nattch(id), 3, "the rest of the old one counts");
	is(shmdt(place), 0, 0, "and is detached by its start");
	is_str(vm_areas(place, 5), "1+3 rw-s", "it alone");
	shmdt(place + K4);
	no_at(at(-1, NULL, 0), EINVAL, "no such id");
	no_at(at(id + 1, NULL, 0), EINVAL, "nor this");
	no_at(at(id, (void *)(1ul << 47), 0), ENOMEM, "nowhere");
	no_at(at(id, (void *)-K4, 0), EINVAL, "around the end");
	q = at(id, NULL, SHM_EXEC);
	ok(q == FAILED && errno == EACCES ? 1 : strstr(vm_areas(q, 1), "rwxs") != NULL,
	   "SHM_EXEC asks for execution");
	if (q != FAILED)
		shmdt(q);
	ds = stat_of(id);
	is_int(ds.shm_segsz, 2 * K4 + 1, "the size is the one that was asked for");
	is_int(ds.shm_cpid, getpid(), "who made it");
	is_int(ds.shm_lpid, getpid(), "who attached last");
	ok(ds.shm_atime && ds.shm_dtime && ds.shm_ctime, "and when");
	is_int(ds.shm_perm.mode, 0600, "mode");
	is_int(ds.shm_perm.__key, IPC_PRIVATE, "no key");
	is(shmdt(p), 0, 0, "shmdt");
	is_int(nattch(id), 0, "nobody");
	p = at(id, NULL, 0);
	is_int(vm_read(p), 5, "the contents stay");
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
}

/* parts, moves, copies by fork, the end of a process: all are counted */
static void test_count(void)
{
	int id = get(IPC_PRIVATE, 4 * K4, 0600), status;
	char *p = at(id, NULL, 0), *q, *place = vm_place(16);
	pid_t pid;

	munmap(p + K4, K4);
	is_int(nattch(id), 2, "a hole makes two");
	mprotect(p + 2 * K4, K4, PROT_READ);
	is_int(nattch(id), 3, "other protection: three");
	mprotect(p + 2 * K4, K4, RW);
	is_int(nattch(id), 3, "they stay apart");
	q = mremap(p, K4, K4, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	is_int(nattch(id), 3, "moved");
	is(shmdt(q), 0, 0, "detached where it is now");
	is_int(nattch(id), 2, "the others are not there");
	is(shmdt(p), 0, 0, "and by the address they had");
	is_int(nattch(id), 0, "all are gone");
	p = at(id, NULL, 0);
	pid = fork();
	if (pid == 0) {
		p[K4] = 7;
		_exit(nattch(id) != 2);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "a child has it, too");
	is_int(vm_read(p + K4), 7, "the same memory");
	is_int(nattch(id), 1, "until it ends");
	is_int(stat_of(id).shm_lpid, pid, "which detached last");
	pid = fork();
	if (pid == 0) {
		char *arg[] = { "/proc/self/exe", "exec", NULL }, *env[] = { NULL };

		execve(arg[0], arg, env);
		_exit(9);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "exec");
	is_int(nattch(id), 1, "detaches");
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
}

static void test_rmid(void)
{
	int id = get(KEY, K4, IPC_CREAT | 0600), again;
	char *p = at(id, NULL, 0), *q;

	is(shmctl(id, IPC_RMID, NULL), 0, 0, "IPC_RMID of what is attached");
	is_int(stat_of(id).shm_perm.mode, 01600, "SHM_DEST");
	is_int(stat_of(id).shm_perm.__key, 0, "has no key any more");
	is(get(KEY, K4, 0), -1, ENOENT, "which finds nothing");
	again = get(KEY, K4, IPC_CREAT | 0600);
	ok(again != id, "and is free");
	is_int(vm_write(p, 3), 0, "the memory is there");
	q = at(id, NULL, 0);
	is_int(vm_read(q), 3, "attached again");
	shmdt(p);
	is_int(nattch(id), 1, "still there");
	munmap(q, K4);
	is(shmctl(id, IPC_STAT, &(struct shmid_ds){ 0 }), -1, EINVAL, "gone with the last");
	shmctl(again, IPC_RMID, NULL);
}

static void test_ctl(void)
{
	int id = get(KEY, 3 * K4, IPC_CREAT | 0642), max, i;
	struct shmid_ds ds;
	struct shminfo lim;
	struct shm_info info;
	char *p = at(id, NULL, 0), line[400], *text;

	p[0] = p[K4] = 1;
	ds = stat_of(id);
	is_int(ds.shm_perm.__key, KEY, "key");
	ds.shm_perm.mode = 07755;
	ds.shm_perm.uid = 11;
	ds.shm_perm.gid = 12;
	is(shmctl(id, IPC_SET, &ds), 0, 0, "IPC_SET");
	ds = stat_of(id);
	is_int(ds.shm_perm.mode, 0755, "the mode's permissions");
	is_int(ds.shm_perm.uid * 100 + ds.shm_perm.gid, 1112, "and the owner");
	is_int(ds.shm_perm.cuid, 0, "not who made it");
	ds.shm_perm.uid = -1;
	is(shmctl(id, IPC_SET, &ds), -1, EINVAL, "nobody");
	is(shmctl(id, IPC_SET, (void *)8), -1, EFAULT, "from nowhere");
	is(shmctl(id, IPC_STAT, (void *)8), -1, EFAULT, "to nowhere");
	is(shmctl(id, 99, &ds), -1, EINVAL, "no such command");
	is(shmctl(-1, IPC_STAT, &ds), -1, EINVAL, "no such id");
	is(shmctl(id, -1, &ds), -1, EINVAL, "negative");
	is_int(shmctl(0, IPC_INFO, (void *)&lim), shmctl(0, SHM_INFO, (void *)&info),
	       "IPC_INFO and SHM_INFO tell the highest index");
	is_int(lim.shmmin, 1, "shmmin");
	is_int(lim.shmmni, 4096, "shmmni");
	is_int(lim.shmseg, 4096, "shmseg");
	ok(lim.shmmax == -1ul - (1ul << 24) && lim.shmall == lim.shmmax, "shmmax, shmall");
	is_int(info.used_ids, 1, "used_ids");
	is_int(info.shm_tot, 3, "shm_tot");
	is_int(info.shm_rss, 2, "shm_rss");
	is_int(info.shm_swp, 0, "shm_swp");
	max = shmctl(0, IPC_INFO, (void *)&lim);
	is_int(max, id & 32767, "that is this one");
	is_int(shmctl(max, SHM_STAT, &ds), id, "SHM_STAT: by index, the id");
	is_int(ds.shm_segsz, 3 * K4, "with its size");
	is_int(shmctl(max, SHM_STAT_ANY, &ds), id, "SHM_STAT_ANY");
	is(shmctl(max + 1, SHM_STAT, &ds), -1, EINVAL, "an index of none");
	is(shmctl(id, SHM_LOCK, NULL), 0, 0, "SHM_LOCK");
	is_int(stat_of(id).shm_perm.mode, 02755, "shows");
	is(shmctl(id, SHM_LOCK, NULL), 0, 0, "again");
	is(shmctl(id, SHM_UNLOCK, NULL), 0, 0, "SHM_UNLOCK");
	is_int(stat_of(id).shm_perm.mode, 0755, "and not any more");
	text = vm_proc("/proc/sysvipc/shm");
	i = strcspn(text, "\n");
	text[i] = 0;
	is_str(text, "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid"
	       "  cgid      atime      dtime      ctime                   rss                  swap",
	       "head of /proc/sysvipc/shm");
	ds = stat_of(id);
	snprintf(line, sizeof(line), "%10d %10d  %4o %21lu %5u %5u  %5lu %5u %5u %5u %5u %10lu %10lu "
		 "%10lu %21lu %21lu\n", KEY, id, 0755, 3 * K4, getpid(), getpid(), 1l, 11, 12, 0, 0,
		 (long)ds.shm_atime, (long)ds.shm_dtime, (long)ds.shm_ctime, 2 * K4, 0l);
	is_str(text + i + 1, line, "its line");
	text = strstr(vm_proc("/proc/self/maps"), "/SYSV00000051 (deleted)");
	ok(text != NULL, "/proc/self/maps has the key");
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
	is(shmctl(0, SHM_INFO, (void *)&info), 0, 0, "nothing is left");
	is_int(info.used_ids + info.shm_tot, 0, "of it");
}

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		bail("cannot write %s", path);
	close(fd);
}

static void test_limits(void)
{
	int a, b;

	is_str(vm_proc("/proc/sys/kernel/shmmni"), "4096\n", "shmmni");
	is_str(vm_proc("/proc/sys/kernel/shmmax"), "18446744073692774399\n", "shmmax");
	is_str(vm_proc("/proc/sys/kernel/shmall"), "18446744073692774399\n", "shmall");
	put("/proc/sys/kernel/shmmni", "1");
	a = get(IPC_PRIVATE, K4, 0600);
	is(get(IPC_PRIVATE, K4, 0600), -1, ENOSPC, "more than shmmni");
	put("/proc/sys/kernel/shmmni", "4096");
	put("/proc/sys/kernel/shmall", "3");
	is(get(IPC_PRIVATE, 3 * K4, 0600), -1, ENOSPC, "more than shmall");
	b = get(IPC_PRIVATE, 2 * K4, 0600);
	ok(b >= 0, "just as much");
	put("/proc/sys/kernel/shmall", "18446744073692774399");
	put("/proc/sys/kernel/shmmax", "8192");
	is(get(IPC_PRIVATE, 2 * K4 + 1, 0600), -1, EINVAL, "more than shmmax");
	put("/proc/sys/kernel/shmmax", "18446744073692774399");
	shmctl(a, IPC_RMID, NULL);
	shmctl(b, IPC_RMID, NULL);
}

/* what another user may do with a segment of root's */
static void as_stranger(void)
{
	int shut = get(0x61, K4, IPC_CREAT | 0600), open_to_read = get(0x62, K4, IPC_CREAT | 0604);
	int own, max;
	struct shmid_ds ds = stat_of(shut);
	struct rlimit lim = { K4, K4 };
	char *p;

	if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
		bail("cannot be another user");
	is(get(0x61, 0, 0), shut, 0, "its id");
	is(get(0x61, 0, 0400), -1, EACCES, "not to read");
	no_at(at(shut, NULL, SHM_RDONLY), EACCES, "not to attach");
	is(shmctl(shut, IPC_STAT, &ds), -1, EACCES, "no IPC_STAT");
	max = shut & 32767;
	is(shmctl(max, SHM_STAT, &ds), -1, EACCES, "no SHM_STAT");
	is(shmctl(max, SHM_STAT_ANY, &ds), shut, 0, "but SHM_STAT_ANY");
	is(shmctl(shut, IPC_SET, &ds), -1, EPERM, "no IPC_SET");
	is(shmctl(shut, IPC_RMID, NULL), -1, EPERM, "no IPC_RMID");
	is(shmctl(shut, SHM_LOCK, NULL), -1, EPERM, "no SHM_LOCK");
	is(shmctl(shut, SHM_UNLOCK, NULL), -1, EPERM, "no SHM_UNLOCK");
	no_at(at(open_to_read, NULL, 0), EACCES, "0604: not to write");
	p = at(open_to_read, NULL, SHM_RDONLY);
	ok(p != FAILED, "to read");
	no_at(at(open_to_read, NULL, SHM_RDONLY | SHM_EXEC), EACCES, "not to execute");
	setrlimit(RLIMIT_MEMLOCK, &lim);
	own = get(0x63, 2 * K4, IPC_CREAT | 0600);
	is(shmctl(own, SHM_LOCK, NULL), -1, ENOMEM, "its own: SHM_LOCK beyond the limit");
	is(shmctl(own, SHM_UNLOCK, NULL), 0, 0, "SHM_UNLOCK of what is not locked");
	shmctl(own, IPC_RMID, NULL);
	own = get(0x63, K4, IPC_CREAT | 0600);
	is(shmctl(own, SHM_LOCK, NULL), 0, 0, "within it");
	shmctl(own, IPC_RMID, NULL);
	own = get(0x63, K4, IPC_CREAT | 0600);
	is(shmctl(own, SHM_LOCK, NULL), 0, 0, "the limit is free again");
	lim.rlim_cur = 0;
	setrlimit(RLIMIT_MEMLOCK, &lim);
	is(shmctl(own, SHM_LOCK, NULL), -1, EPERM, "no limit left: not allowed");
	shmctl(own, IPC_RMID, NULL);
	fflush(stdout);
	_exit(tap_failed);
}

static void test_permissions(void)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		as_stranger();
	waitpid(pid, &status, 0);
	tap_number += 18;	/* what it printed */
	is_int(status, 0, "another user");
	shmctl(get(0x61, 0, 0), IPC_RMID, NULL);
	shmctl(get(0x62, 0, 0), IPC_RMID, NULL);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	plan(0);
	vm_catch();
	test_get();
	test_ids();
	test_attach();
	test_count();
	test_rmid();
	test_ctl();
	test_limits();
	test_permissions();
	return done();
}
