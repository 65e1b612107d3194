// SPDX-License-Identifier: MIT
/*
 * ptrace_info.c - what a tracer reads and writes of a thread that it holds, besides memory
 * and registers: why it stopped, its siginfo, what is pending, what it blocks, and the
 * system call that it is in.
 *
 * All of it belongs to the tracer as long as it holds the thread (T3 of ptrace.c), but for
 * the queues of pending signals, to which others may add. The caller knows that the thread
 * is held; a request that is not known here goes on to the port.
 *
 *   N1  nothing is copied to or from user memory under a lock, nor directly from another
 *       task's structures: a request works on copies on its own stack
 *   N2  SIGKILL and SIGSTOP are never in a blocked set (G3 of signal.c)
 *
 * Locks: siglock of the thread, for its queues and its blocked set.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <asm/elf.h>
#include <asm/uaccess.h>

/* --- this stop, and the mask ----------------------------------------------------------- */

static long get_siginfo(struct task_struct *p, void __user *to)
{
	kernel_siginfo_t info;

	if (!p->last_siginfo)
		return -EINVAL;
	info = *p->last_siginfo;
	return copy_siginfo_to_user(to, &info);
}

static long set_siginfo(struct task_struct *p, const void __user *from)
{
	kernel_siginfo_t info;

	if (copy_siginfo_from_user(&info, from))
		return -EFAULT;
	if (!p->last_siginfo)
		return -EINVAL;
	*p->last_siginfo = info;
	return 0;
}

static long get_sigmask(struct task_struct *p, unsigned long size, void __user *to)
{
	sigset_t mask = p->restore_sigmask ? p->saved_sigmask : p->blocked;

	if (size != sizeof(mask))
		return -EINVAL;
	return copy_to_user(to, &mask, sizeof(mask)) ? -EFAULT : 0;
}

static long set_sigmask(struct task_struct *p, unsigned long size, const void __user *from)
{
	sigset_t mask;

	if (size != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, from, sizeof(mask)))
		return -EFAULT;
	sigdelsetmask(&mask, SIG_KERNEL_ONLY_MASK);
	spin_lock_irq(&p->signal->siglock);
	p->blocked = mask;
	p->restore_sigmask = false;
	spin_unlock_irq(&p->signal->siglock);
	return 0;
}

/* --- what is pending ------------------------------------------------------------------ */

/* Entry number @nr of what is pending: false when there are fewer. */
static bool pending_siginfo(struct task_struct *p, bool shared, u64 nr, kernel_siginfo_t *info)
{
	struct sigpending *pending = shared ? &p->signal->shared_pending : &p->pending;
	struct sigqueue *q;
	bool found = false;

	spin_lock_irq(&p->signal->siglock);
	list_for_each_entry(q, &pending->list, list) {
		if (nr--)
			continue;
		*info = q->info;
		found = true;
		break;
	}
	spin_unlock_irq(&p->signal->siglock);
	return found;
}

/* Entries copied, or -E when none was. */
static long peek_siginfo(struct task_struct *p, const void __user *uargs, char __user *to)
{
	struct ptrace_peeksiginfo_args args;
	kernel_siginfo_t info;
	int i;

	if (copy_from_user(&args, uargs, sizeof(args)))
		return -EFAULT;
	if ((args.flags & ~PTRACE_PEEKSIGINFO_SHARED) || args.nr < 0)
		return -EINVAL;
	for (i = 0; i < args.nr; i++) {
		if (!pending_siginfo(p, args.flags & PTRACE_PEEKSIGINFO_SHARED, args.off + i, &info))
			break;
		if (copy_siginfo_to_user(to + (size_t)i * SI_MAX_SIZE, &info))
			return i ?: -EFAULT;
		if (signal_pending(current))
			return i + 1;
		cond_resched();
	}
	return i;
}

/* --- system calls ---------------------------------------------------------------------- */

/* Is it in a stop of a system call that says so (TRACESYSGOOD), and in which? */
static u8 syscall_stop_kind(struct task_struct *p)
{
	if (!p->last_siginfo || p->last_siginfo->si_code != (SIGTRAP | 0x80))
		return PTRACE_SYSCALL_INFO_NONE;
	return p->ptrace_message == PTRACE_EVENTMSG_SYSCALL_ENTRY ? PTRACE_SYSCALL_INFO_ENTRY :
								    PTRACE_SYSCALL_INFO_EXIT;
}

/* Bytes that there are to say; as many of them as @size were copied. */
static long get_syscall_info(struct task_struct *p, unsigned long size, void __user *to)
{
	struct ptrace_syscall_info info = { .op = syscall_stop_kind(p), .arch = SYSCALL_ARCH };
	size_t bytes = offsetof(struct ptrace_syscall_info, entry);
	unsigned long words[9];
	long rval;
	int i;

	syscall_words(p, words);
	info.instruction_pointer = words[8];
	info.stack_pointer = words[7];
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		info.entry.nr = words[0];
		for (i = 0; i < 6; i++)
			info.entry.args[i] = words[i + 1];
		bytes += sizeof(info.entry);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		rval = regs_return_value(task_pt_regs(p));
		info.exit.rval = rval;
		info.exit.is_error = rval < 0 && rval >= -4095;
		bytes += offsetof(typeof(info.exit), is_error) + 1;
	}
	return copy_to_user(to, &info, min(size, bytes)) ? -EFAULT : (long)bytes;
}

/* see linux/ptrace.h */
long ptrace_info(struct task_struct *p, long request, unsigned long addr, unsigned long data)
{
	void __user *udata = (void __user *)data;

	switch (request) {
	case PTRACE_GETEVENTMSG:
		return put_user(p->ptrace_message, (unsigned long __user *)udata);
	case PTRACE_GETSIGINFO:
		return get_siginfo(p, udata);
	case PTRACE_SETSIGINFO:
		return set_siginfo(p, udata);
	case PTRACE_PEEKSIGINFO:
		return peek_siginfo(p, (const void __user *)addr, udata);
	case PTRACE_GETSIGMASK:
		return get_sigmask(p, addr, udata);
	case PTRACE_SETSIGMASK:
		return set_sigmask(p, addr, udata);
	case PTRACE_GET_SYSCALL_INFO:
		return get_syscall_info(p, addr, udata);
	}
	return arch_ptrace(p, request, addr, data);
}
