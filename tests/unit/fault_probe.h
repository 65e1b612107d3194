/* SPDX-License-Identifier: MIT */
/* fault_probe.h - is there memory at an address of this process? */
#ifndef FAULT_PROBE_H
#define FAULT_PROBE_H

#include <signal.h>
#include <setjmp.h>

/* does a read of @p fault? */
static sigjmp_buf fault_env;

static inline void on_fault(int sig)
{
	siglongjmp(fault_env, 1);
}

static inline bool faults(volatile char *p)
{
	struct sigaction sa = { .sa_handler = on_fault }, old_segv, old_bus;
	volatile bool hit = false;

	sigaction(SIGSEGV, &sa, &old_segv);
	sigaction(SIGBUS, &sa, &old_bus);
	if (!sigsetjmp(fault_env, 1))
		(void)*p;
	else
		hit = true;
	sigaction(SIGSEGV, &old_segv, NULL);
	sigaction(SIGBUS, &old_bus, NULL);
	return hit;
}

#endif
