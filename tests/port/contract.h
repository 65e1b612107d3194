/* SPDX-License-Identifier: MIT */
/*
 * contract.h - the contract of mm/port.h as a list of checks. contract.c uses nothing but
 * the contract and mm/, so that the same source runs in a process and in a booted kernel;
 * what differs between the two is a struct of calls that the runner provides.
 */
#ifndef PORT_CONTRACT_H
#define PORT_CONTRACT_H

#include <linux/types.h>

struct mm_struct;

struct contract_runner {
	/* user accesses of this thread go to @mm from now on; NULL: to none */
	void (*use_mm)(struct mm_struct *mm);
	/* run @fn in another thread, on another CPU when @cpus > 1; do not wait for it */
	void (*start)(void (*fn)(void *arg), void *arg);
	void (*join)(void);			/* wait until it has ended */
	unsigned int cpus;
	/* the result of entry @number of mm/port.h; @what is a word or two */
	void (*report)(unsigned int number, const char *what, bool good);
};

/* Check every entry. Context: thread in a machine that has booted; may sleep. */
void contract_run(const struct contract_runner *runner);

#endif
