/* SPDX-License-Identifier: MIT */
/* utsname.h - the names of the machine that can be set. */
#ifndef LINUX_UTSNAME_H
#define LINUX_UTSNAME_H

#include <linux/types.h>

void get_hostname(char *buf, size_t size);	/* may sleep */

#endif
