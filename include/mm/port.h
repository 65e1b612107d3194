/* SPDX-License-Identifier: MIT */
/*
 * port.h - the contract: all that mm/ asks of the machine and of the kernel around it.
 *
 * A port provides the headers named below (inlines and types) and the functions
 * declared here. Each entry says what holds before and after, whether it may
 * sleep and whether it may fail.
 *
 *  <asm/irqflags.h>   arch_local_irq_save/restore/enable/disable, arch_irqs_disabled
 *  <asm/processor.h>  cpu_relax, smp_processor_id (never fails, any context)
 *  <asm/page.h>       PAGE_SHIFT, pte_t..pgd_t, pgprot_t, __va/__pa, pfn_to_page,
 *                     page_to_pfn, pfn_valid, virt_to_page, clear_page, copy_page
 *  <asm/pgtable.h>    levels and entries: see the list there; entry writes are
 *                     single aligned stores that the MMU's walk sees whole
 *  <asm/mmu.h>        mm_context_t, what the port keeps per address space
 *  <asm/uaccess.h>    copy_to_user, copy_from_user, clear_user, get_user, put_user:
 *                     may fault and therefore sleep; never fail fatally
 *  <asm/machine.h>    this_machine()
 *  <asm/failpoint.h>  fail_point(), asked once by every allocation of pages, of an
 *                     object or of boot memory: true makes it fail, for tests
 */
#ifndef MM_PORT_H
#define MM_PORT_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/page.h>

struct mm_struct;
struct task_struct;
struct seq_file;

/* --- threads: what sleeping locks are made of ------------------------------ */

/**
 * port_self() - the calling thread. Any thread context, never NULL there.
 */
struct task_struct *port_self(void);

/**
 * port_block_prepare() - announce that the caller is about to sleep.
 * After:   a port_wake() of the caller from now on makes port_block() return.
 * Context: thread; spinlocks may be held; does not sleep.
 */
void port_block_prepare(void);

/**
 * port_block() - sleep until woken; returns at once when a wake came since
 * port_block_prepare(). May return spuriously.
 * Context: thread, no spinlock held, interrupts on. Sleeps.
 */
void port_block(void);

/** port_block_cancel() - undo port_block_prepare() without sleeping. */
void port_block_cancel(void);

/** port_wake() - make @thread's port_block() return. Any context, never sleeps. */
void port_wake(struct task_struct *thread);

/* --- time ------------------------------------------------------------------ */

/** port_clock_ns() - nanoseconds since the machine started; monotonic; any context. */
u64 port_clock_ns(void);

/* --- TLB ------------------------------------------------------------------- */
/*
 * Before: the entries of [start, end) have been changed. After return: no CPU
 * uses the old ones any more. Interrupts must be on (other CPUs are asked and
 * waited for); no spinlock that an interrupt handler takes may be held.
 */

/**
 * flush_tlb_mm_range() - forget translations of @mm in [@start, @end).
 * @freed_tables: page tables are about to be freed too.
 */
void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			bool freed_tables);
void flush_tlb_mm(struct mm_struct *mm);
/** flush_tlb_kernel_range() - the same for the kernel's half, on every CPU. */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);
/** local_flush_tlb_page() - this CPU only, for entries that became more permissive. */
void local_flush_tlb_page(struct mm_struct *mm, unsigned long address);

/* --- page tables ------------------------------------------------------------ */

/** arch_pgd_init() - fill the kernel's half of a fresh zeroed @pgd. Cannot fail. */
void arch_pgd_init(struct mm_struct *mm, pgd_t *pgd);
/** arch_mm_context_init() - a fresh mm: no CPU has its translations. Cannot fail. */
void arch_mm_context_init(struct mm_struct *mm);
/** arch_mm_context_destroy() - the last reference is gone; no CPU runs on it. */
void arch_mm_context_destroy(struct mm_struct *mm);
/**
 * arch_sync_kernel_mapping() - entries of the kernel's half for [@start, @end) were set
 * or cleared. Ports whose MMU walks those very tables have nothing to do.
 * Context: thread, no spinlock held. Cannot fail.
 */
void arch_sync_kernel_mapping(unsigned long start, unsigned long end);
/** ioremap_prot() - protection bits of uncached device memory. */
pgprot_t port_uncached_prot(void);

/** arch_report_meminfo() - the port's own lines of /proc/meminfo (DirectMap4k ...). */
void arch_report_meminfo(struct seq_file *m);

/* --- reports ------------------------------------------------------------------ */

/** port_bug() - a broken invariant: report and stop the machine. */
void __noreturn port_bug(const char *file, int line, const char *expr);
/** port_warn() - report with a backtrace and go on. */
void port_warn(const char *file, int line, const char *expr);
/** port_self_name() - what the calling task is called (comm), for reports. Any context. */
const char *port_self_name(void);
/** port_log() - one formatted log line, any context. @level as in KERN_*. */
void port_log(int level, const char *text, size_t bytes);

/* --- the kernel around mm/ ------------------------------------------------------ */

/** port_random_ull() - 64 random bits for address-space layout; any context. */
u64 port_random_ull(void);
/** port_fatal_signal_pending() - the calling task is being killed; stop long work. */
bool port_fatal_signal_pending(void);
/** port_cond_resched() - let others run during long work. Thread context; may sleep. */
void port_cond_resched(void);
/** port_rlimit() - soft limit RLIMIT_@which of the calling task, in bytes (or units). */
unsigned long port_rlimit(unsigned int which);
/** port_capable_admin() - the caller may exceed its limits (superuser). */
bool port_capable_admin(void);

#endif
