/* SPDX-License-Identifier: MIT */
/* exhaust.h - every zone is used up with every combination of flags: hosted and at boot. */
#ifndef TESTS_PORT_EXHAUST_H
#define TESTS_PORT_EXHAUST_H

#include <linux/types.h>

struct exhaust_result {
	unsigned long taken;		/* pages that were had in all */
	unsigned long requests;
	const char *wrong;		/* what did not hold, NULL: all did */
	gfp_t gfp;			/* at which flags */
};

/* @thorough: the checker walks every zone after each combination, not after each 64th */
struct exhaust_result exhaust_zones(bool thorough);

#endif
