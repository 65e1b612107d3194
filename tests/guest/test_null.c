// SPDX-License-Identifier: MIT
/*
 * The least that a program needs: it was started, has a pid, can write, and
 * is told when it asks for nonsense.
 */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tap.h"

int main(int argc, char **argv)
{
	int null = open("/dev/null", O_RDWR);

	plan(8);
	is_int(argc, 1, "one argument");
	ok(argv[0] && argv[0][0], "it is the name");
	ok(getpid() > 1, "a pid, and not that of init");
	ok(getppid() > 0, "a parent");
	ok(null >= 0, "/dev/null opens");
	is(write(null, "hello", 5), 5, 0, "it takes five bytes");
	is(write(null, (void *)1, 0), 0, 0, "and none");
	is(syscall(100000), -1, ENOSYS, "no such system call");
	return done();
}
