/* SPDX-License-Identifier: MIT */
/* uapi/elfcore.h - notes of a core file: what a debugger reads of a dead process. */
#ifndef UAPI_ELFCORE_H
#define UAPI_ELFCORE_H

#include <uapi/elf.h>
#include <uapi/time.h>

#define ET_CORE		4
#define EV_CURRENT	1
#define PN_XNUM		0xffff

#define NT_PRSTATUS	1
#define NT_PRFPREG	2
#define NT_PRPSINFO	3
#define NT_AUXV		6
#define NT_SIGINFO	0x53494749
#define NT_FILE		0x46494c45
#define NT_X86_XSTATE	0x202

typedef struct elf64_note {
	u32 n_namesz, n_descsz, n_type;
} Elf64_Nhdr;

/* general registers in the order of struct user_regs_struct */
#define ELF_NGREG	27

struct elf_prstatus {
	struct {
		int si_signo, si_code, si_errno;
	} pr_info;
	short pr_cursig;
	unsigned long pr_sigpend, pr_sighold;
	pid_t pr_pid, pr_ppid, pr_pgrp, pr_sid;
	struct __kernel_timeval pr_utime, pr_stime, pr_cutime, pr_cstime;
	unsigned long pr_reg[ELF_NGREG];
	int pr_fpvalid;
};

#define ELF_PRARGSZ	80

struct elf_prpsinfo {
	char pr_state;			/* number of the state */
	char pr_sname;			/* its letter */
	char pr_zomb;
	char pr_nice;
	unsigned long pr_flag;
	uid_t pr_uid;
	gid_t pr_gid;
	pid_t pr_pid, pr_ppid, pr_pgrp, pr_sid;
	char pr_fname[16];
	char pr_psargs[ELF_PRARGSZ];
};

#if defined(__x86_64__)
static_assert(sizeof(struct elf_prstatus) == 336, "as gdb reads it");
static_assert(sizeof(struct elf_prpsinfo) == 136, "as gdb reads it");
#endif

#endif
