// SPDX-License-Identifier: MIT
/*
 * fault.c (x86-64) - page faults: sort them, ask mm/ to resolve them, report the rest.
 *
 *	address		from		what
 *	user half	user mode	mm_fault(); SIGSEGV, SIGBUS or out of memory
 *	user half	a user copy	mm_fault() when it may sleep, else and on failure
 *					the copy's way out
 *	kernel half	kernel		a guarded object (mm/debug/kfence.c): reported there,
 *					then the access goes on
 *	any		kernel, else	a bug: report and stop
 *	kernel half	user mode	SIGSEGV, SEGV_MAPERR; the program learns nothing
 *					about what is mapped there
 *
 *   F1  the kernel touches user addresses only from instructions that have a fix-up
 *   F2  the kernel's half of every page table is complete from the start (the upper
 *       entries are shared), so a fault there is never repaired
 *   F3  mm_fault() is called only with interrupts on and no spinlock held: a user
 *       copy under a spinlock has interrupts off or is a bug
 *
 * Locks: none of its own; mm_fault() takes mmap_lock.
 */
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/mm.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/oom.h>
#include <linux/pkeys.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/irqflags.h>
#include <asm/kdebug.h>
#include <asm/msr.h>
#include <asm/percpu.h>
#include <asm/traps.h>

static void note_fault(unsigned long address, unsigned long error)
{
	struct thread_struct *t = &current->thread;

	t->cr2 = address;
	t->trap_nr = X86_TRAP_PF;
	/* nothing about the kernel's half: always "protection" there, and "user" */
	if (address >= TASK_SIZE_MAX)
		error |= X86_PF_PROT;
	t->error_code = error | X86_PF_USER;
}

/**
 * describe_vma() - name the mapping that contains @ip.
 * Locks: tries mmap_lock for reading. Context: thread. Return: nothing; text in @buf.
 */
void describe_vma(char *buf, size_t bytes, unsigned long ip)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	char path[128], *name;

	buf[0] = 0;
	if (!mm || !down_read_trylock(&mm->mmap_lock))
		return;
	vma = find_vma(mm, ip);
	if (vma && vma->vm_start <= ip && vma->vm_file) {
		name = d_path(&vma->vm_file->f_path, path, sizeof(path));
		if (IS_ERR(name))
			name = "?";
		snprintf(buf, bytes, " in %s[%lx+%lx]", kbasename(name), vma->vm_start,
			 vma->vm_end - vma->vm_start);
	}
	mmap_read_unlock(mm);
}

static void show_segfault(struct pt_regs *regs, unsigned long error, unsigned long address)
{
	char where[160];

	describe_vma(where, sizeof(where), regs->ip);
	printk("%s%s[%d]: segfault at %lx ip %016lx sp %016lx error %lx%s\n",
	       current->pid > 1 ? KERN_INFO : KERN_EMERG, current->comm, current->pid, address,
	       regs->ip, regs->sp, error, where);
}

static void user_bad_access(struct pt_regs *regs, unsigned long error, unsigned long address,
			    int sig, int code)
{
	note_fault(address, error);
	if (sig == SIGSEGV && unhandled_signal(SIGSEGV))
		show_segfault(regs, current->thread.error_code, address);
	if (sig == SIGSEGV && code == SEGV_PKUERR)
		force_sig_pkuerr((void __user *)address, vm_pkey_at(current->mm, address));
	else
		force_sig_fault(sig, code, (void __user *)address);
}

static void __noreturn kernel_oops(struct pt_regs *regs, unsigned long error,
				   unsigned long address)
{
	const char *did = error & X86_PF_INSTR ? "instruction fetch" :
			  error & X86_PF_WRITE ? "write access" : "read access";

	if (address < PAGE_SIZE)
		pr_alert("BUG: kernel NULL pointer dereference, address: %016lx\n", address);
	else
		pr_alert("BUG: unable to handle page fault for address: %016lx\n", address);
	pr_alert("#PF: supervisor %s in kernel mode\n", did);
	pr_alert("#PF: error_code(0x%04lx) - %s\n", error,
		 !(error & X86_PF_PROT) ? "not-present page" :
		 error & X86_PF_RSVD ? "reserved bit violation" : "permissions violation");
	die("Oops", regs, error);
}

static unsigned int fault_flags(unsigned long error)
{
	/* the bits stand in the same order: moved instead of asked for one by one */
	return FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE | (error & X86_PF_WRITE) >> 1 |
	       (error & (X86_PF_USER | X86_PF_INSTR)) << 4;
}
static_assert(X86_PF_WRITE >> 1 == FAULT_FLAG_WRITE, "bits of the error code");
static_assert(X86_PF_USER << 4 == FAULT_FLAG_USER, "bits of the error code");
static_assert(X86_PF_INSTR << 4 == FAULT_FLAG_INSTRUCTION, "bits of the error code");

static void count_fault(vm_fault_t fault)
{
	if (fault & VM_FAULT_MAJOR)
		current->maj_flt++;
	else
		current->min_flt++;
}

static void user_fault(struct pt_regs *regs, unsigned long error, unsigned long address)
{
	int code = SEGV_MAPERR;
	vm_fault_t fault;

	local_irq_enable();
	if (unlikely(address >= TASK_SIZE_MAX || error & X86_PF_RSVD)) {
		if (error & X86_PF_RSVD)
			kernel_oops(regs, error, address);	/* a damaged page table */
		user_bad_access(regs, error, address, SIGSEGV, SEGV_MAPERR);
		return;
	}
	fault = mm_fault(current->mm, address, fault_flags(error), &code);
	if (likely(!(fault & VM_FAULT_ERROR))) {
		count_fault(fault);
		return;
	}
	if (fault & VM_FAULT_OOM) {
		/* a dying task goes on to its signal, others try again */
		if (!fatal_signal_pending(current))
			pagefault_out_of_memory();
	} else if (fault & VM_FAULT_SIGBUS) {
		user_bad_access(regs, error, address, SIGBUS, code);
	} else {
		user_bad_access(regs, error, address, SIGSEGV, code);
	}
}

/* An access of a guarded object that is not there? Then it is reported, and is there now. */
static bool kfence_fault(struct pt_regs *regs, unsigned long error, unsigned long address)
{
	unsigned long stack[KFENCE_STACK_DEPTH];

	if (error & X86_PF_PROT || !is_kfence_address((void *)address))
		return false;
	return kfence_handle_page_fault(address, error & X86_PF_WRITE, stack,
					stack_trace_save_regs(regs, stack, ARRAY_SIZE(stack)));
}

/* F1, F3: a user copy. */
static void kernel_fault(struct pt_regs *regs, unsigned long error, unsigned long address)
{
	int code = SEGV_MAPERR;
	vm_fault_t fault;

	if (unlikely(address >= TASK_SIZE_MAX) && kfence_fault(regs, error, address))
		return;
	if (!has_fixup(regs->ip))
		kernel_oops(regs, error, address);
	if (address >= TASK_SIZE_MAX || error & X86_PF_RSVD || !current->mm ||
	    arch_irqs_disabled_flags(regs->flags) || this_cpu_local()->in_irq)
		goto out_fixup;
	local_irq_enable();
	fault = mm_fault(current->mm, address, fault_flags(error), &code);
	if (unlikely(fault & VM_FAULT_OOM) && !fatal_signal_pending(current)) {
		pagefault_out_of_memory();
		local_irq_disable();
		return;			/* the copy tries again */
	}
	local_irq_disable();
	if (likely(!(fault & (VM_FAULT_ERROR | VM_FAULT_RETRY)))) {
		count_fault(fault);
		return;
	}
	note_fault(address, error);
out_fixup:
	if (!fixup_exception(regs))
		kernel_oops(regs, error, address);
}

/**
 * do_page_fault() - #PF at @address.
 * Locks:   none held, or the copy that faulted has interrupts off (F3).
 * Context: interrupts off at entry; may sleep.
 * Return:  nothing; @regs is where to go on.
 */
void do_page_fault(struct pt_regs *regs, unsigned long error, unsigned long address)
{
	if (user_mode(regs))
		user_fault(regs, error, address);
	else
		kernel_fault(regs, error, address);
}
