/* SPDX-License-Identifier: MIT */
/* utsname.h - the names of the machine that can be set (kernel/sys.c). */
#ifndef LINUX_UTSNAME_H
#define LINUX_UTSNAME_H

#include <linux/types.h>
#include <uapi/utsname.h>

enum uts_name { UTS_NODENAME, UTS_DOMAINNAME, NR_UTS_NAMES };

/* @name: __NEW_UTS_LEN + 1 bytes, 0-terminated. Both may sleep */
void uts_get(enum uts_name which, char *name);
void uts_set(enum uts_name which, const char *name, size_t bytes);	/* cut to __NEW_UTS_LEN */

#endif
