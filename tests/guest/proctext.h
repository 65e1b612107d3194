/* SPDX-License-Identifier: MIT */
/* proctext.h - a file of /proc as text, and a value to one. */
#ifndef TESTS_GUEST_PROCTEXT_H
#define TESTS_GUEST_PROCTEXT_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char text[1 << 18];

/* The whole of @path in text[], NUL-terminated: its length or -errno. */
static inline int slurp(const char *path)
{
	int fd = open(path, O_RDONLY), n, len = 0;

	text[0] = 0;
	if (fd < 0)
		return -errno;
	while ((n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	if (n < 0)
		len = -errno;
	close(fd);
	text[len > 0 ? len : 0] = 0;
	return len;
}

/* @value to @path: bytes taken or -errno. */
static inline int put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY), n;

	if (fd < 0)
		return -errno;
	n = write(fd, value, strlen(value));
	if (n < 0)
		n = -errno;
	close(fd);
	return n;
}

#endif
