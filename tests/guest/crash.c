// SPDX-License-Identifier: MIT
/*
 * crash.c - dies three calls deep, so that a debugger has something to show.
 */
#include <stdlib.h>

struct place {
	int x, y;
	const char *name;
};

static struct place places[2] = { { 1, 2, "first" }, { 3, 4, "second" } };

static __attribute__((noinline)) int look(const struct place *p, int *at)
{
	return p->x + *at;
}

static __attribute__((noinline)) int walk(int n, int *at)
{
	int sum = 0;

	while (n-- > 0)
		sum += look(&places[n], at);
	return sum;
}

int main(int argc, char **argv)
{
	return walk(2, (int *)(argc > 1 ? strtol(argv[1], NULL, 0) : 0x1238)) + 1;
}
