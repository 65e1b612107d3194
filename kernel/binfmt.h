/* SPDX-License-Identifier: MIT */
/* binfmt.h - one exec on its way: what exec.c, binfmt_script.c and binfmt_elf.c share. */
#ifndef KERNEL_BINFMT_H
#define KERNEL_BINFMT_H

#include <linux/types.h>

struct file;
struct mm_struct;
struct vm_area_struct;

#define BINPRM_BUF_SIZE	256
#define MAX_ARG_STRLEN	(32 * 4096ul)	/* bytes of one argument */
#define MAX_REWRITES	5		/* interpreters of interpreters */

/* All fields belong to the task that execs. */
struct linux_binprm {
	char buf[BINPRM_BUF_SIZE];	/* first bytes of file, zero-filled */
	struct file *file;		/* open_exec()ed */
	struct file *executable;	/* the binary that runs in the end: file */
	struct mm_struct *mm;		/* the new address space, ours until it is current's */
	struct vm_area_struct *stack;
	unsigned long p;		/* lowest byte of the strings so far */
	unsigned long arg_limit;	/* p may not fall below */
	unsigned long arg0_bytes;	/* bytes of the string at p, argv[0] */
	unsigned long exec;		/* address of the file name string */
	unsigned long arg_start, arg_end, env_end;
	int argc, envc;
	const char *filename;		/* as given to execve */
	char *interp;			/* NULL, or the interpreter that a script named */
	char *page;			/* bounce buffer for the page at page_addr */
	unsigned long page_addr;	/* 0: none */
	unsigned long page_low;		/* the part [page_low, end of page) is filled */
	unsigned int depth;
	bool point_of_no_return;
	bool secure;			/* AT_SECURE */
	unsigned long vdso;		/* AT_SYSINFO_EHDR */
	uid_t euid;
	gid_t egid;
};

/* exec.c */
int copy_string_kernel(struct linux_binprm *bprm, const char *s);	/* 0 or -E */
int flush_arg_page(struct linux_binprm *bprm);
void remove_arg_zero(struct linux_binprm *bprm);
int begin_new_exec(struct linux_binprm *bprm);	/* after this only death or success */
int prepare_binprm(struct linux_binprm *bprm);

/* the formats: 0 done, -ENOEXEC not mine, 1 (script) try bprm->file again */
int load_script(struct linux_binprm *bprm);
int load_elf_binary(struct linux_binprm *bprm);

#endif
