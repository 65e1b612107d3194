// SPDX-License-Identifier: MIT
/*
 * quit.c - a function for GNU make that ends it with a status of our choice.
 *
 * make turns every failure of a recipe into its own status 2, while
 * `make run CMD='...'` promises the status of the command that ran in the
 * guest.  GNU make can load shared objects that add functions; this one adds
 * $(quit FILE), which removes FILE and exits make with the number it holds.  The Makefile loads it only
 * for the goals run and oracle with CMD set.
 */
#include <stdio.h>
#include <stdlib.h>

/* GNU make asks for this name in whatever it loads. */
int plugin_is_GPL_compatible;

typedef char *(*gmk_func_ptr)(const char *name, unsigned int argc, char **argv);
void gmk_add_function(const char *name, gmk_func_ptr func, unsigned int min_args,
		      unsigned int max_args, unsigned int flags);
int quit_gmk_setup(void);

static char *quit(const char *name, unsigned int argc, char **argv)
{
	int status = 2;
	FILE *f = fopen(argv[0], "r");

	(void)name;
	(void)argc;
	if (!f || fscanf(f, "%d", &status) != 1)
		status = 2;
	remove(argv[0]);
	exit(status);
}

int quit_gmk_setup(void)
{
	gmk_add_function("quit", quit, 1, 1, 0);
	return 1;
}
