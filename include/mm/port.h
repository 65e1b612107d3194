/* SPDX-License-Identifier: MIT */
/*
 * port.h - the contract: all that mm/ and lib/ ask of the machine and of the kernel
 * around them, in 40 entries. docs/porting.md tells how to provide them.
 *
 * Three levels, each with those above it: a kernel that wants only pages, objects and
 * vmalloc provides level 1.
 *
 *   1  physical memory   mm/{boot,phys,slab,kspace,defrag,debug}, lib/ entries 1-23, 40
 *   2  address spaces    mm/vm                                      entries 24-38
 *   3  page cache        mm/cache                                   entry   39
 *
 * A level needs no symbol of a later one: the tests port/level1, port/level2 and
 * port/levels show it.
 *
 * "Any" context: interrupts on or off, spinlocks held. "Thread": none held, interrupts
 * on. Unless an entry says otherwise it never sleeps and cannot fail.
 *
 * Besides the entries: mem*() and str*(), from lib/string.c or the kernel's own, and the
 * types of <asm/page.h> (pte_t ... pgd_t, pgprot_t). tests/port exercises the contract.
 */
#ifndef MM_PORT_H
#define MM_PORT_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/bug.h>
#include <mm/memtype.h>
#include <asm/page.h>

struct mm_struct;
struct task_struct;
struct seq_file;
struct held_locks;
struct task_mempolicy;
struct fault_task;

/* === level 1: physical memory, entries that are inlines of the port =============== */
/*
 *  1  this_machine()                                              <asm/machine.h>
 *     Before: any time.  After: the struct machine that the caller works for, zeroed
 *     before mm_boot_init(). Any context.
 *
 *  2  smp_processor_id()                                          <asm/processor.h>
 *     Before: the caller stays on its CPU: kernel code is not preempted.  After: its
 *     number, below facts.nr_cpus; no other thread has it at the same time. Any context.
 *
 *  3  cpu_relax()                                                 <asm/processor.h>
 *     Before: the caller spins.  After: time passed, others may have run. Any context.
 *     A port that runs several CPUs on one thread may define arch_lock_point(lock): called
 *     before a lock of any kind is taken and after it was released. One whose threads can
 *     run at once may define arch_lock_turns(): how many cpu_relax() cost less than to
 *     sleep and be woken.
 *
 *  4  arch_local_irq_save(), _restore(), _enable(), _disable(),
 *     arch_irqs_disabled()                                        <asm/irqflags.h>
 *     Before: any.  After: no interrupt handler runs on this CPU until they are on
 *     again. A compiler barrier. Any context.
 *
 *  5  __va(), __pa(), PAGE_OFFSET, virt_to_page() ...             <asm/page.h>
 *     Before: lowmem RAM, a frame below facts.lowmem_limit_pfn, if that is not 0. PORT_HIGHMEM
 *     is 1 where it may be set, else 0.  After: where the direct map has it, readable and
 *     writable; constant for ever. Any context.
 *
 *  6  pfn_to_page(), page_to_pfn()                                <asm/page.h>
 *     Before: pfn_valid(), entry 10.  After: its struct page; those of the frames of
 *     one block of the largest order are adjacent. Any context.
 *
 *  7  clear_page(), copy_page()                                   <asm/page.h>
 *     Before: page-aligned addresses of whole mapped pages.  After: zeroes; the same
 *     bytes. Any context.
 *
 *  8  set_pte(), pte_present(), pfn_pte(), pgd_offset_pgd() ...   <asm/pgtable.h>
 *     Before: an entry of a table that is mapped.  After: one aligned store or load; a
 *     walk by the MMU sees the old entry or the new one. mm/pgtable_x86_64.h shows the
 *     whole list. Any context. arch_entry_point(), if the port defines it, is called after
 *     each store. A port with protection keys (facts.nr_pkeys) defines arch_pkey_denied() and
 *     arch_pkey_set_denied(): what the calling thread denies itself, as linux/pkeys.h has it.
 *
 *  9  arch_hooks_armed(), arch_hooks_changed(machine)             <asm/hooks.h>
 *     After: true while machine->debug.hooks is not 0; asked by each allocation and free,
 *     so it should be one load. The other one: the word has changed, all CPUs are to know
 *     soon. Any context. A port that runs several CPUs on one thread may define
 *     arch_alloc_point(): called before each allocation.
 */

/* --- level 1: the memmap ------------------------------------------------------------ */

/*
 * 10  bool pfn_valid(unsigned long pfn)                           <asm/page.h>
 *     Before: any number.  After: true exactly when vmemmap_populate() covered the frame.
 *     Any context.
 *
 * 11  int vmemmap_populate(start_pfn, end_pfn, nid)               <asm/page.h>
 *     Before: boot, memblock works; blocks of the largest order.  After: struct pages for
 *     the range, whatever is in them, of memory of node @nid where the port can choose.
 *     May fail: -ENOMEM, then the machine does not come up.
 */

/* --- level 1: kernel mappings --------------------------------------------------------- */

/**
 * 12 arch_sync_kernel_mapping() - entries of [@start, @end) in vmalloc's window changed.
 * Before:  the entries in init_mm's tables are as they shall be.
 * After:   new ones are usable on every CPU. Ports whose MMU walks those very tables have
 *          nothing to do. Entries that were cleared may be used until entry 13.
 * Context: thread; any for the one page of kmap_local_page().
 */
void arch_sync_kernel_mapping(unsigned long start, unsigned long end);

/*
 * arch_direct_map_split() - pages of the direct map in [@start, @end) are to come and go one
 * by one. Context: thread; may sleep. Return: 0; -ENOMEM; -EOPNOTSUPP where they cannot.
 *
 * arch_direct_map_set() - the page at @addr, of such a range, is there, or an access faults.
 * After: so on this CPU at once; others may still use a page that is gone. Any context.
 * Return: 0, or -E: it is as it was.
 */
int __must_check arch_direct_map_split(unsigned long start, unsigned long end);
int __must_check arch_direct_map_set(unsigned long addr, bool present);

/**
 * 13 flush_tlb_kernel_range() - forget translations of kernel addresses [@start, @end).
 * Before:  their entries have been cleared or changed.
 * After:   no CPU uses the old ones.
 * Context: interrupts on, as other CPUs are asked and waited for; no spinlock held that
 *          an interrupt handler takes. May wait, does not sleep.
 *
 * local_flush_tlb_kernel_page() - this CPU alone forgets the page at @address: needed
 * where a machine can have memory outside the direct map (PORT_HIGHMEM). Any context.
 */
void flush_tlb_kernel_range(unsigned long start, unsigned long end);
void local_flush_tlb_kernel_page(unsigned long address);

/**
 * 14 port_memtype_prot() - protection bits of kernel mappings of memory type @type.
 * After: a type that the CPU does not have is replaced by a stricter one. Any context.
 */
pgprot_t port_memtype_prot(enum memory_type type);

/* --- level 1: time, reports --------------------------------------------------------------- */

/** 15 port_clock_ns() - nanoseconds since the machine started. Monotonic. Any context. */
u64 port_clock_ns(void);

/**
 * 16 port_cond_resched() - let others run during long work. Where CPUs may sleep, those of
 * which drain_pending() is true are woken when drain_wanted() says so.
 * After: time may have passed. Context: thread. May sleep.
 */
void port_cond_resched(void);

/*
 * 17  int printk(fmt, ...), int vprintk(fmt, args)               <linux/printk.h>
 *     Before: a level may stand in front (KERN_*).  After: the text is in the log.
 *     lib/vsprintf.c formats. Any context.
 *
 * 18  void port_bug(file, line, expr)                            <linux/bug.h>
 *     Before: an invariant is broken.  After: it never returns to the caller; the port
 *     reports and stops the machine. Any context.
 *
 * 19  void port_warn(file, line, expr), port_warn_once()         <linux/bug.h>
 *     dump_stack()                                               <linux/printk.h>
 *     stack_trace_save(store, size, skipnr)                      <linux/stacktrace.h>
 *     After: reported, the second form at least once for each place; the third says how
 *     the caller came here, where the port can tell; the fourth notes the same in @store
 *     and returns how many return addresses there are, 1 where the port knows no more
 *     than its caller. The caller goes on. Any context.
 */

/**
 * 20 port_self_name() - what the calling task is called, for reports.
 * port_self_pid(), port_self_tgid(): its number and its process's, 0 where there are no tasks.
 * port_self_flags(): the word that keeps its scopes (linux/sched/mm.h), 0 when a task
 * starts; only the task itself uses it. port_self_faults(): which of its allocations fail
 * on request, zeroed when it starts; fault_task_exit() when it ends. port_self_mempolicy():
 * the nodes it prefers (linux/mempolicy.h), zeroed or forked. Any context.
 */
const char *port_self_name(void);
int port_self_pid(void);
int port_self_tgid(void);
unsigned int *port_self_flags(void);
struct fault_task *port_self_faults(void);
struct task_mempolicy *port_self_mempolicy(void);

/**
 * 21 port_symbol() - the text of %pS for @addr, "name+0x12/0x40".
 * After:  at most @size bytes of @buf are written, terminated.
 * Return: bytes of the whole text, as snprintf(); 0 when the address has no name, which
 *         a port without a table of symbols says always. Any context.
 */
size_t port_symbol(char *buf, size_t size, unsigned long addr);

/** 22 arch_report_meminfo() - the port's own lines of /proc/meminfo, if any. Thread. */
void arch_report_meminfo(struct seq_file *m);

/**
 * 23 port_held_locks() - where CONFIG_DEBUG_LOCKS notes the spinlocks of this CPU
 * (hosted: this thread), and in ->sleeping those of the calling thread's mutexes and
 * semaphores (NULL: these are not noted).
 * Return: the place; NULL as long as there is none, then nothing is checked. Any context.
 */
struct held_locks *port_held_locks(void);

/**
 * 40 port_out_of_memory() - nothing is left for a request that may sleep: see that memory
 * comes back.
 * After:   CPUs of which drain_pending() is true had a chance to call drain_if_asked(); or
 *          somebody who has memory is giving it up.
 * Return:  1: it is worth trying again. 0: nobody can give anything up, which a port
 *          without tasks says always. -1: the calling task is giving up itself.
 * Context: thread; sleeping locks may be held. May sleep.
 */
int port_out_of_memory(gfp_t gfp, unsigned int order);

/* === level 2: address spaces ================================================== */

/* --- threads: what sleeping locks are made of ------------------------------------- */

/**
 * 24 port_self() - the calling thread.
 * After: never NULL; before there are threads any constant. Context: thread.
 */
struct task_struct *port_self(void);

/**
 * 25 port_block() - sleep without losing a wake:
 *
 *	port_block_prepare();		the thread counts as asleep
 *	while (!condition) {
 *		port_block();		give up the CPU until port_wake()
 *		port_block_prepare();
 *	}
 *	port_block_cancel();		the thread counts as running
 *
 * Before:  port_block_prepare().
 * After:   somebody called port_wake() since then, or for no reason at all. Signals do
 *          not end it.
 * Context: thread. port_block() sleeps; the other two do not, and may be called with
 *          spinlocks held.
 */
void port_block_prepare(void);
void port_block(void);
void port_block_cancel(void);

/**
 * 26 port_wake() - make @thread's port_block() return.
 * Before:  a thread that may have ended, as long as its struct has not been freed.
 * After:   it runs, or will not sleep at its next port_block(). A full barrier before
 *          its state is looked at.
 * Context: any, with spinlocks of a rank below RANK_RQ.
 */
void port_wake(struct task_struct *thread);

/* --- TLB ---------------------------------------------------------------------------- */

/**
 * 27 flush_tlb_mm_range() - forget translations of @mm in [@start, @end); flush_tlb_mm():
 * all of them.
 * @freed_tables: page tables left the range too, to be freed or to serve another one:
 *          nobody walks them for these addresses afterwards.
 * Before:  the entries have been changed.
 * After:   no CPU uses the old ones any more, and accesses that did have ended: the pages
 *          may be freed.
 * Context: as flush_tlb_kernel_range().
 */
void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			bool freed_tables);
void flush_tlb_mm(struct mm_struct *mm);

/**
 * 28 local_flush_tlb_page() - this CPU forgets its translation of @address.
 * Before: the entry became more permissive: others notice by a fault. Any context.
 */
void local_flush_tlb_page(struct mm_struct *mm, unsigned long address);

/* --- address spaces ------------------------------------------------------------------- */

/** 29 arch_pgd_init() - fill the kernel's half of a fresh zeroed @pgd: the same for every
 * @mm and for ever, as tables are used again. Any context. */
void arch_pgd_init(struct mm_struct *mm, pgd_t *pgd);

/**
 * 30 arch_mm_context_init() - @mm->context (mm_context_t of <asm/mmu.h>) of a fresh mm.
 * After: no CPU has translations of it. Any context.
 */
void arch_mm_context_init(struct mm_struct *mm);

/**
 * 31 arch_mm_context_destroy() - the last reference to @mm is gone.
 * Before: no CPU runs on it. After: no CPU has translations of it. Context: thread.
 */
void arch_mm_context_destroy(struct mm_struct *mm);

/*
 * 32  copy_to_user(), (raw_)copy_from_user(), clear_user()       <asm/uaccess.h>
 *     Before: any address.  After: bytes in memory of the current address space are
 *     copied in order, with faults taken where needed; the number of bytes that were not
 *     done. A bad address does no harm. Thread, mmap_lock not held. May sleep. May fail.
 */

/* --- the kernel around mm/ ---------------------------------------------------------------- */

/** 33 port_random_ull() - 64 bits for address-space layout: random, or 0 where the
 * caller wants the same layout each time. Any context. */
u64 port_random_ull(void);

/** 34 port_fatal_signal_pending() - the calling task is being killed: stop long work. Any. */
bool port_fatal_signal_pending(void);

/** 35 port_rlimit() - soft limit RLIMIT_@which of the calling task, as prlimit(2). Any. */
unsigned long port_rlimit(unsigned int which);

/** 36 port_capable_admin() - the caller may exceed its limits (superuser). Any context. */
bool port_capable_admin(void);

/*
 * 37  struct file *shmem_file_setup(name, size, vm_flags)        <linux/fs.h>
 *     After: a nameless file of holes in the page cache, the store of shared anonymous
 *     memory. Without VM_NORESERVE in @vm_flags a port may count its size as promised
 *     (vm_enough_memory()) as long as it exists. Thread. May sleep. May fail: ERR_PTR(-ENOMEM),
 *     which a port without a page cache says always: then there is no shared anonymous memory.
 *
 * 38  void fput(struct file *file)                               <linux/fs.h>
 *     Before: a reference to @file: areas hold them.  After: it is dropped, with the last
 *     one the file is closed. Thread. May sleep. Never called where no file is mapped.
 */

/* === level 3: page cache ======================================================= */
/*
 * 39  struct timespec64 current_time_spec(void)                  <linux/fs.h>
 *     After: the time of day, for the times of an inode. Any context.
 */

#endif
