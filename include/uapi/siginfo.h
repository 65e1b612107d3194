/* SPDX-License-Identifier: MIT */
/* uapi/siginfo.h - what a signal says about its cause; 128 bytes for a program. */
#ifndef UAPI_SIGINFO_H
#define UAPI_SIGINFO_H

#include <linux/types.h>

#define SI_MAX_SIZE	128

typedef union sigval {
	int sival_int;
	void __user *sival_ptr;
} sigval_t;

/* The 48 bytes that mean something; the rest of the 128 is zero. */
typedef struct kernel_siginfo {
	int si_signo;
	int si_errno;
	int si_code;
	union {
		struct {			/* kill, tkill, sigqueue */
			pid_t si_pid;
			uid_t si_uid;
			sigval_t si_value;
		};
		struct {			/* SIGCHLD */
			pid_t si_chld_pid;
			uid_t si_chld_uid;
			int si_status;
			long si_utime, si_stime;	/* clock ticks */
		};
		struct {			/* SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP */
			void __user *si_addr;
			short si_addr_lsb;
			u32 si_pkey __aligned(sizeof(long));	/* SEGV_PKUERR */
		};
		struct {			/* timers */
			int si_tid, si_overrun;
			sigval_t si_tvalue;
		};
		struct {			/* SIGIO */
			long si_band;
			int si_fd;
		};
	};
} kernel_siginfo_t;
static_assert(sizeof(kernel_siginfo_t) == (sizeof(long) == 8 ? 48 : 32), "siginfo layout");
static_assert(offsetof(kernel_siginfo_t, si_pid) == (sizeof(long) == 8 ? 16 : 12), "siginfo layout");

#define SI_USER		0
#define SI_KERNEL	0x80
#define SI_QUEUE	(-1)
#define SI_TIMER	(-2)
#define SI_MESGQ	(-3)
#define SI_ASYNCIO	(-4)
#define SI_SIGIO	(-5)
#define SI_TKILL	(-6)

#define ILL_ILLOPC	1
#define ILL_ILLOPN	2
#define ILL_PRVOPC	5
#define ILL_BADSTK	8
#define FPE_INTDIV	1
#define FPE_INTOVF	2
#define FPE_FLTDIV	3
#define FPE_FLTOVF	4
#define FPE_FLTUND	5
#define FPE_FLTRES	6
#define FPE_FLTINV	7
#define FPE_FLTSUB	8
#define FPE_FLTUNK	14
#define SEGV_MAPERR	1
#define SEGV_ACCERR	2
#define SEGV_PKUERR	4
#define BUS_ADRALN	1
#define BUS_ADRERR	2
#define BUS_OBJERR	3
#define TRAP_BRKPT	1
#define TRAP_TRACE	2
#define CLD_EXITED	1
#define CLD_KILLED	2
#define CLD_DUMPED	3
#define CLD_TRAPPED	4
#define CLD_STOPPED	5
#define CLD_CONTINUED	6
#define POLL_IN		1
#define POLL_HUP	6

#endif
