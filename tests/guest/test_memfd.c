// SPDX-License-Identifier: MIT
/* memfd_create: names, flags, each seal against each way to change a file; MADV_REMOVE. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include "vmutil.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x10
#endif
#define MFD_CLOEXEC_	1u
#define MFD_SEALS_	2u
#define MFD_HUGETLB_	4u
#define SHARED		MAP_SHARED

static int memfd(const char *name, unsigned int flags)
{
	return syscall(SYS_memfd_create, name, flags);
}

/* a sealable file of two pages full of 1 */
static int file_of_two(void)
{
	static char page[K4];
	int fd = memfd("two", MFD_SEALS_);

	memset(page, 1, K4);
	if (fd < 0 || write(fd, page, K4) != (int)K4 || write(fd, page, K4) != (int)K4)
		bail("no file of two pages");
	return fd;
}

static int seals(int fd)
{
	return fcntl(fd, F_GET_SEALS);
}

static void test_names(void)
{
	char name[300], link[64], target[400] = "";
	int fd;

	memset(name, 'n', sizeof(name));
	name[249] = 0;
	fd = memfd(name, 0);
	ok(fd >= 0, "a name of 249 bytes");
	close(fd);
	name[249] = 'n';
	name[250] = 0;
	is(memfd(name, 0), -1, EINVAL, "one of 250");
	is(memfd((char *)8, 0), -1, EFAULT, "no name");
	is(memfd("x", 8), -1, EINVAL, "a flag that is none");
	is(memfd("x", 21u << 26), -1, EINVAL, "a size without MFD_HUGETLB");
	is(memfd("x", MFD_HUGETLB_ | 8), -1, EINVAL, "MFD_HUGETLB and one that is none");
	fd = memfd("a b/c", 0);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ok(readlink(link, target, sizeof(target) - 1) > 0, "its link");
	is_str(target, "/memfd:a b/c (deleted)", "tells the name");
	close(fd);
	fd = memfd("", 0);
	ok(fd >= 0, "an empty name");
	close(fd);
}

static void test_file(void)
{
	struct statfs fs;
	struct stat st;
	int fd = memfd("f", 0), again;
	char path[64], *map, want[64];

	is_int(fcntl(fd, F_GETFD), 0, "stays open at exec");
	close(fd);
	fd = memfd("f", MFD_CLOEXEC_);
	is_int(fcntl(fd, F_GETFD), FD_CLOEXEC, "MFD_CLOEXEC");
	is_int(fcntl(fd, F_GETFL) & ~O_LARGEFILE, O_RDWR, "is open for reading and writing");
	is(fstat(fd, &st), 0, 0, "fstat");
	is_int(st.st_mode, S_IFREG | 0777, "a regular file that everybody may use");
	is_int(st.st_nlink, 0, "without a name");
	is_int(st.st_size, 0, "and empty");
	is(fstatfs(fd, &fs), 0, 0, "fstatfs");
	is_int(fs.f_type, 0x01021994, "in a tmpfs");
	is(ftruncate(fd, 3 * K4), 0, 0, "gets longer");
	map = mmap(NULL, 3 * K4, RW, SHARED, fd, 0);
	is_int(vm_write(map + K4, 7), 0, "is mapped and written");
	is_int(pread(fd, want, 1, K4), 1, "read");
	is_int(want[0], 7, "as it was written");
	fstat(fd, &st);
	is_int(st.st_blocks, 8, "only the written page is there");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	ok(again >= 0, "opened again through /proc");
	is(ftruncate(again, 0), -1, EINVAL, "for reading alone: no ftruncate");
	close(again);
	ok(strstr(vm_proc("/proc/self/maps"), "/memfd:f (deleted)") != NULL, "/proc/self/maps");
	is(ftruncate(fd, K4), 0, 0, "gets shorter");
	is_int(vm_read(map + K4), -702, "what was mapped behind the end is a bus error");
	munmap(map, 3 * K4);
	close(fd);
}

static void test_seal_calls(void)
{
	int fd = memfd("s", 0), p[2], ro, dir;
	char path[64];

	is_int(seals(fd), F_SEAL_SEAL, "without MFD_ALLOW_SEALING: sealed");
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), -1, EPERM, "no seal");
	is(fcntl(fd, F_ADD_SEALS, 0), -1, EPERM, "not even none");
	close(fd);
	fd = memfd("s", MFD_SEALS_);
	is_int(seals(fd), 0, "with it: none");
	is(fcntl(fd, F_ADD_SEALS, 0x40), -1, EINVAL, "no such seal");
	is(fcntl(fd, F_ADD_SEALS, 0x100000001ul), -1, EINVAL, "nor one above 32 bits");
	is(fcntl(fd, F_ADD_SEALS, 0), 0, 0, "none");
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0, 0, "one");
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK), 0, 0, "and another");
	is_int(seals(fd), F_SEAL_GROW | F_SEAL_SHRINK, "both are there");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY);
	is(fcntl(ro, F_ADD_SEALS, F_SEAL_WRITE), -1, EPERM, "needs a file open for writing");
	is_int(seals(ro), F_SEAL_GROW | F_SEAL_SHRINK, "but not to be asked");
	close(ro);
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), 0, 0, "sealed");
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1, EPERM, "for ever");
	close(fd);
	if (pipe(p))
		bail("no pipe");
	is(seals(p[0]), -1, EINVAL, "a pipe has none");
	is(fcntl(p[1], F_ADD_SEALS, 0), -1, EINVAL, "and gets none");
	is(fcntl(p[0], F_ADD_SEALS, 0), -1, EPERM, "its end to read is not for writing");
	close(p[0]);
	close(p[1]);
	fd = open("/tmp/seals", O_RDWR | O_CREAT, 0600);
	is_int(seals(fd), F_SEAL_SEAL, "a file with a name is sealed");
	dir = open("/tmp", O_RDONLY);
	is(seals(dir), -1, EINVAL, "a directory has none");
	close(dir);
	close(fd);
	unlink("/tmp/seals");
	is(seals(fd), -1, EBADF, "nothing open");
}

static void test_size_seals(void)
{
	struct iovec three = { .iov_base = calloc(3, K4), .iov_len = 3 * K4 };
	int fd = file_of_two();
	struct stat st;

	is(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0, 0, "F_SEAL_SHRINK");
	is(ftruncate(fd, K4), -1, EPERM, "not shorter");
	is(ftruncate(fd, 2 * K4), 0, 0, "as long as it is");
	is(ftruncate(fd, 3 * K4), 0, 0, "longer");
	is(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, K4), 0, 0, "a hole");
	close(fd);

	fd = file_of_two();
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0, 0, "F_SEAL_GROW");
	is(ftruncate(fd, 3 * K4), -1, EPERM, "not longer");
	is(fallocate(fd, 0, 0, 3 * K4), -1, EPERM, "nor by fallocate");
	is(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 3 * K4), -1, EPERM, "nor room behind the end");
	is(fallocate(fd, 0, 0, 2 * K4), 0, 0, "room within");
	is(pwrite(fd, "x", 1, 2 * K4), -1, EPERM, "nor by write");
	is(pwrite(fd, "xy", 2, 2 * K4 - 1), 1, 0, "a write over the end writes what is before it");
	is(pwritev(fd, &three, 1, 10), 2 * K4 - 10, 0, "of several pages, too");
	is(pwrite(fd, "x", 1, 2 * K4 - 1), 1, 0, "a write within");
	lseek(fd, 0, SEEK_END);
	is(write(fd, "x", 1), -1, EPERM, "at the end");
	is(write(fd, "x", 0), 0, 0, "nothing");
	fstat(fd, &st);
	is_int(st.st_size, 2 * K4, "the size is what it was");
	is(ftruncate(fd, K4), 0, 0, "shorter");
	close(fd);
	free(three.iov_base);
}

static void test_write_seal(void)
{
	int fd = file_of_two(), ro;
	char *map, *priv, path[64];

	map = mmap(NULL, K4, RW, SHARED, fd, 0);
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1, EBUSY, "F_SEAL_WRITE of what is mapped");
	is_int(seals(fd), 0, "adds nothing");
	mprotect(map, K4, PROT_READ);
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW), -1, EBUSY,
	   "even where nobody can write now");
	is_int(seals(fd), 0, "nor another one");
	munmap(map, K4);
	priv = mmap(NULL, K4, RW, MAP_PRIVATE, fd, 0);
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0, 0, "a private mapping is no obstacle");
	is_int(seals(fd), F_SEAL_WRITE, "sealed");
	is_int(vm_write(priv, 5), 0, "the private one is still written");
	munmap(priv, K4);
	is(write(fd, "x", 1), -1, EPERM, "no write");
	is(pwrite(fd, "x", 1, 0), -1, EPERM, "nowhere");
	is(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, K4), -1, EPERM, "no hole");
	is(fallocate(fd, 0, 0, K4), 0, 0, "room");
	ok(mmap(NULL, K4, RW, SHARED, fd, 0) == MAP_FAILED && errno == EPERM, "no shared mapping");
	map = mmap(NULL, K4, PROT_READ, SHARED, fd, 0);
	ok(map != MAP_FAILED, "but to read");
	is(mprotect(map, K4, RW), -1, EACCES, "and never to write");
	munmap(map, K4);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ro = open(path, O_RDONLY);
	map = mmap(NULL, K4, PROT_READ, SHARED, ro, 0);
	ok(map != MAP_FAILED, "by a file that is open for reading alone");
	is_int(vm_read(map), 1, "shows the contents");
	is(mprotect(map, K4, RW), -1, EACCES, "and cannot be made writable");
	munmap(map, K4);
	close(ro);
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0, 0, "the same seal again");
	is(ftruncate(fd, K4), 0, 0, "shorter");
	is(ftruncate(fd, 3 * K4), 0, 0, "longer");
	close(fd);
}

static void test_future_write(void)
{
	int fd = file_of_two();
	char *old = mmap(NULL, K4, RW, SHARED, fd, 0), *ro;

	is(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0, 0, "F_SEAL_FUTURE_WRITE");
	is_int(vm_write(old, 9), 0, "an old mapping is written");
	ok(mmap(NULL, K4, RW, SHARED, fd, 0) == MAP_FAILED && errno == EPERM, "no new one");
	ro = mmap(NULL, 2 * K4, PROT_READ, SHARED, fd, 0);
	ok(ro != MAP_FAILED, "but to read");
	is_int(vm_read(ro), 9, "what the old one writes");
	is(mprotect(ro, K4, RW), -1, EACCES, "and never to write");
	is(pwrite(fd, "x", 1, 0), -1, EPERM, "no write");
	is(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, K4), -1, EPERM, "no hole");
	is(madvise(old, K4, MADV_REMOVE), -1, EPERM, "nor by MADV_REMOVE");
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1, EBUSY, "F_SEAL_WRITE has to wait");
	munmap(old, K4);
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0, 0, "until it is gone");
	munmap(ro, 2 * K4);
	close(fd);
}

/* seals are the file's: a child, another descriptor and another mapping meet them */
static void in_child(void)
{
	char path[64];
	int fd = file_of_two(), other, status;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	other = open(path, O_RDWR);
	fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK);
	pid = fork();
	if (pid == 0) {
		int bad = write(other, "x", 1) != -1 || errno != EPERM;

		bad += ftruncate(fd, 0) != -1 || errno != EPERM;
		bad += seals(other) != (F_SEAL_WRITE | F_SEAL_SHRINK);
		bad += open(path, O_RDWR | O_TRUNC) != -1 || errno != EPERM;
		_exit(bad);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "another descriptor, another process, O_TRUNC");
	close(fd);
	close(other);
}

static void test_remove(void)
{
	int fd = file_of_two();
	char *map = mmap(NULL, 2 * K4, RW, SHARED, fd, 0), *p, *priv;
	struct stat st;

	p = mmap(NULL, K4, RW, PRIV, -1, 0);
	is(madvise(p, K4, MADV_REMOVE), -1, EINVAL, "MADV_REMOVE of memory without a file");
	priv = mmap(NULL, K4, RW, MAP_PRIVATE, fd, 0);
	is(madvise(priv, K4, MADV_REMOVE), -1, EACCES, "of a private mapping");
	is_int(vm_write(priv, 3), 0, "that has a page of its own");
	is(madvise(map, K4, MADV_REMOVE), 0, 0, "of a shared one");
	is_int(vm_read(map), 0, "zeroes");
	is_int(vm_read(map + K4), 1, "the rest stays");
	is_int(vm_read(priv), 3, "the private copy stays");
	fstat(fd, &st);
	is_int(st.st_size, 2 * K4, "so does the size");
	mprotect(map, K4, PROT_READ);
	is(madvise(map, K4, MADV_REMOVE), 0, 0, "where nobody may write now");
	mprotect(map, K4, RW);
	is(mlock(map, K4), 0, 0, "locked");
	is(madvise(map, K4, MADV_REMOVE), -1, EINVAL, "MADV_REMOVE of locked memory");
	munlock(map, K4);
	munmap(map, 2 * K4);
	map = mmap(NULL, 4 * K4, RW, SHARED | MAP_ANONYMOUS, -1, 0);
	memset(map, 4, 4 * K4);
	munmap(map + 2 * K4, K4);
	is(madvise(map, 4 * K4, MADV_REMOVE), -1, ENOMEM, "over a hole");
	is_int(vm_read(map + 3 * K4), 0, "what is behind it goes as well");
	munmap(map, 4 * K4);
	munmap(p, K4);
	munmap(priv, K4);
	close(fd);
}

/* mincore(2) sees no page where fallocate(2) made room alone */
static void test_room(void)
{
	int fd = syscall(SYS_memfd_create, "room", 0);
	char *map = mmap(NULL, K4, RW, SHARED, fd, 0), *none = mmap(NULL, K4, 0, PRIV, -1, 0);
	int sealed = syscall(SYS_memfd_create, "sealed", MFD_ALLOW_SEALING);
	unsigned char there = 9, two[2];

	fallocate(fd, 0, 0, K4);
	is(mincore(map, K4, &there) || (there & 1), 0, 0, "room is no page in memory");
	is(pwrite(fd, none, 10, 5), -1, EFAULT, "no bytes to write");
	is(mincore(map, K4, &there) || (there & 1), 0, 0, "and room it stays");
	is(pwrite(fd, "x", 1, 5), 1, 0, "a byte");
	is(mincore(map, K4, &there) || !(there & 1), 0, 0, "makes a page of it");
	munmap(map, K4);
	map = mmap(NULL, 2 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE);
	is(pwrite(sealed, map + K4 - 1, 2, 0), -1, EPERM, "a seal against the write");
	is(mincore(map, 2 * K4, two) || !(two[0] & two[1] & 1), 0, 0, "of bytes that are there now");
	munmap(map, 2 * K4);
	close(sealed);
	munmap(none, K4);
	close(fd);
}

int main(void)
{
	plan(0);
	vm_catch();
	mkdir("/tmp", 01777);
	test_names();
	test_file();
	test_seal_calls();
	test_size_seals();
	test_write_seal();
	test_future_write();
	in_child();
	test_remove();
	test_room();
	return done();
}
