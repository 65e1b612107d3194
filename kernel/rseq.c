// SPDX-License-Identifier: MIT
/*
 * rseq.c - restartable sequences: per-CPU critical sections of user mode.
 *
 * A thread registers a struct in its memory. When it returns to user mode after
 * it was preempted, migrated or given a signal, the kernel writes the CPU number
 * there; and when it was inside a critical section that the struct points to, it
 * continues at the section's abort address instead.
 *
 *   R1  TIF_NOTIFY_RESUME is set for a registered thread from the moment it lost
 *       the CPU until it is back in user mode with the struct up to date
 *   R2  what the program wrote wrongly (unmapped, no signature before the abort
 *       address, an abort inside the section) ends it with SIGSEGV
 *
 * Locks: none; the fields belong to the thread itself.
 */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/ptrace.h>
#include <asm/uaccess.h>
#include <uapi/rseq.h>

/* the flags word of struct rseq and of a section: none may be set any more */
static int write_cpu_id(struct task_struct *t, u32 start, u32 id)
{
	if (put_user(start, &t->rseq->cpu_id_start) || put_user(id, &t->rseq->cpu_id))
		return -EFAULT;
	return 0;
}

static int read_section(struct task_struct *t, struct rseq_cs *cs)
{
	u32 __user *sig_at;
	u64 addr;
	u32 sig;

	if (get_user(addr, &t->rseq->rseq_cs))
		return -EFAULT;
	if (!addr) {
		cs->start_ip = 0;
		return 0;
	}
	if (addr >= TASK_SIZE_MAX)
		return -EINVAL;
	if (copy_from_user(cs, (void __user *)(unsigned long)addr, sizeof(*cs)))
		return -EFAULT;
	if (cs->start_ip >= TASK_SIZE_MAX || cs->abort_ip >= TASK_SIZE_MAX || cs->version ||
	    cs->start_ip + cs->post_commit_offset >= TASK_SIZE_MAX ||
	    cs->start_ip + cs->post_commit_offset < cs->start_ip)
		return -EINVAL;
	if (cs->abort_ip - cs->start_ip < cs->post_commit_offset)	/* inside itself */
		return -EINVAL;
	sig_at = (u32 __user *)(unsigned long)(cs->abort_ip - sizeof(u32));
	if (get_user(sig, sig_at))
		return -EFAULT;
	return sig == t->rseq_sig ? 0 : -EINVAL;			/* R2 */
}

/* Leave a critical section by its abort address. */
static int fix_ip(struct task_struct *t, struct pt_regs *regs)
{
	struct rseq_cs cs;
	u32 flags;
	int ret = read_section(t, &cs);

	if (ret || !cs.start_ip)
		return ret;
	if (regs->ip - cs.start_ip >= cs.post_commit_offset)
		return put_user((u64)0, &t->rseq->rseq_cs);	/* it has left already */
	if (get_user(flags, &t->rseq->flags))
		return -EFAULT;
	if (flags || cs.flags)
		return -EINVAL;
	if (put_user((u64)0, &t->rseq->rseq_cs))
		return -EFAULT;
	regs->ip = cs.abort_ip;
	return 0;
}

/**
 * resume_user_mode_work() - bring current's struct up to date on the way to user mode.
 * Context: thread, may fault.
 */
void resume_user_mode_work(struct pt_regs *regs)
{
	struct task_struct *t = current;
	u32 cpu;

	if (!t->rseq || (t->flags & PF_EXITING))
		return;
	if (fix_ip(t, regs))
		goto bad;
	cpu = smp_processor_id();
	if (!write_cpu_id(t, cpu, cpu))
		return;
bad:
	force_sig(SIGSEGV);						/* R2 */
}

/** rseq_signal_deliver() - a handler is about to run: no section goes on under it. */
void rseq_signal_deliver(struct pt_regs *regs)
{
	if (current->rseq)
		resume_user_mode_work(regs);
}

/* A child in the same memory has not registered; a copy keeps the registration. */
void rseq_migrate_fork(struct task_struct *p, u64 clone_flags)
{
	if (clone_flags & CLONE_VM)
		rseq_execve(p);
	else
		rseq_preempt(p);
}

void rseq_execve(struct task_struct *p)
{
	p->rseq = NULL;
	p->rseq_sig = 0;
}

long sys_rseq(struct rseq __user *rseq, u32 rseq_len, int flags, u32 sig)
{
	struct task_struct *t = current;

	if (flags & RSEQ_FLAG_UNREGISTER) {
		if ((flags & ~RSEQ_FLAG_UNREGISTER) || t->rseq != rseq || !t->rseq ||
		    rseq_len != sizeof(*rseq))
			return -EINVAL;
		if (t->rseq_sig != sig)
			return -EPERM;
		if (write_cpu_id(t, 0, RSEQ_CPU_ID_UNINITIALIZED))
			return -EFAULT;
		rseq_execve(t);
		return 0;
	}
	if (flags)
		return -EINVAL;
	if (t->rseq) {
		if (t->rseq != rseq || rseq_len != sizeof(*rseq))
			return -EINVAL;
		return t->rseq_sig == sig ? -EBUSY : -EPERM;
	}
	if (((unsigned long)rseq & (__alignof__(*rseq) - 1)) || rseq_len != sizeof(*rseq))
		return -EINVAL;
	if (!access_ok(rseq, rseq_len))
		return -EFAULT;
	t->rseq = rseq;
	t->rseq_sig = sig;
	rseq_preempt(t);						/* R1 */
	return 0;
}
