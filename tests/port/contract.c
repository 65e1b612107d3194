// SPDX-License-Identifier: MIT
/*
 * contract.c - does this port keep the contract? Each check names the entry of
 * include/mm/port.h that it is about. What an entry promises to other CPUs is checked
 * with a second thread, when the runner has another CPU for it.
 *
 * Entry 18, port_bug(), ends the machine: the runner's own tests have it.
 *
 *   C1  a check that fails reports and goes on; none leaves anything behind
 */
#include "contract.h"
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mempolicy.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <mm/machine.h>
#include <linux/stacktrace.h>
#include <mm/port.h>
#include <asm/hooks.h>
#include <asm/irqflags.h>
#include <asm/processor.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>

#define USER_BYTES	(8 * PAGE_SIZE)

/* --- level 1 ---------------------------------------------------------------------- */

static void check_cpu(const struct contract_runner *r)
{
	const struct machine *machine = this_machine();
	unsigned int cpu = smp_processor_id();
	unsigned long flags;
	bool good;

	r->report(1, "this_machine", machine == this_machine() && machine->facts.nr_cpus);
	r->report(2, "smp_processor_id", cpu < this_machine()->facts.nr_cpus &&
		  cpu == smp_processor_id());
	cpu_relax();
	r->report(3, "cpu_relax", cpu == smp_processor_id());
	good = !arch_irqs_disabled();
	flags = arch_local_irq_save();
	good = good && arch_irqs_disabled();
	arch_local_irq_restore(flags);
	good = good && !arch_irqs_disabled();
	arch_local_irq_disable();
	flags = arch_local_irq_save();
	arch_local_irq_restore(flags);
	good = good && arch_irqs_disabled();		/* nested: stays off */
	arch_local_irq_enable();
	r->report(4, "interrupts", good && !arch_irqs_disabled());
}

static bool frames_agree(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), i;
	bool good = true;

	for (i = 0; i < 1ul << order; i++)
		good = good && pfn_valid(pfn + i) && pfn_to_page(pfn + i) == page + i &&
		       page_address(page + i) == __va((pfn + i) << PAGE_SHIFT);
	return good;
}

static void check_memory(const struct contract_runner *r)
{
	struct page *page = alloc_pages(GFP_KERNEL, 4), *copy = alloc_page(GFP_KERNEL);
	char *at, *to;

	if (!page || !copy) {
		r->report(5, "memory to test with", false);
		return;
	}
	at = page_address(page);
	to = page_address(copy);
	memset(at, 0xa5, PAGE_SIZE << 4);
	r->report(5, "direct map", (char *)__va(__pa(at)) == at &&
		  (unsigned long)at >= PAGE_OFFSET && virt_to_page(at + 5000) == page + 1);
	r->report(6, "memmap", frames_agree(page, 4));
	copy_page(to, at);
	clear_page(at + PAGE_SIZE);
	r->report(7, "clear and copy", !memcmp(to, at, PAGE_SIZE) && !at[PAGE_SIZE] &&
		  !memchr_inv(at + PAGE_SIZE, 0, PAGE_SIZE) && at[2 * PAGE_SIZE] == (char)0xa5);
	r->report(9, "hooks", arch_hooks_armed() ==
		  (atomic_read(&this_machine()->debug.hooks) != 0));
	r->report(10, "pfn_valid", !pfn_valid(ULONG_MAX) && !pfn_valid(ULONG_MAX >> PAGE_SHIFT));
	r->report(11, "memmap of all RAM", pfn_valid(this_machine()->max_pfn - 1));
	__free_pages(page, 4);
	__free_page(copy);
}

static void check_entries(const struct contract_runner *r)
{
	struct page *page = alloc_page(GFP_KERNEL);
	pte_t none = __pte(0), pte;

	if (!page) {
		r->report(8, "entries", false);
		return;
	}
	pte = pfn_pte(page_to_pfn(page), PAGE_SHARED);
	r->report(8, "entries", !pte_present(none) && pte_present(pte) && pte_write(pte) &&
		  pte_pfn(pte) == page_to_pfn(page) && !pte_write(pte_wrprotect(pte)) &&
		  pte_dirty(pte_mkdirty(pte_wrprotect(pte))) &&
		  !pte_young(pte_mkold(pte)) && pte_young(pte_mkyoung(pte_mkold(pte))) &&
		  pte_present(pfn_pte(page_to_pfn(page), PAGE_NONE)));
	__free_page(page);
}

/* a page of the direct map that went and came back is as it was, where that is possible */
static bool direct_map_good(void)
{
	unsigned long at = __get_free_page(GFP_KERNEL);
	bool good = at != 0;
	int err;

	if (!good)
		return false;
	*(char *)at = 7;
	err = arch_direct_map_split(at, at + PAGE_SIZE);
	if (!err)
		good = !arch_direct_map_set(at, false) && !arch_direct_map_set(at, true);
	else
		good = err == -EOPNOTSUPP || err == -ENOMEM;
	good = good && *(char *)at == 7;
	free_page(at);
	return good;
}

/* one page at two addresses: what one writes the other reads, until it is gone */
static void check_kernel_mapping(const struct contract_runner *r)
{
	struct page *page[2] = { alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL) };
	char *at = NULL;
	enum memory_type type;
	bool good = false;

	if (page[0] && page[1])
		at = vmap(page, 2, VM_MAP, PAGE_KERNEL);
	if (at) {
		at[0] = 1;
		at[PAGE_SIZE] = 2;
		good = *(char *)page_address(page[0]) == 1 &&
		       *(char *)page_address(page[1]) == 2 &&
		       vmalloc_to_page(at + PAGE_SIZE) == page[1];
		vunmap(at);
		vm_unmap_aliases();
		at = vmap(page + 1, 1, VM_MAP, PAGE_KERNEL);
		good = good && at && *at == 2;		/* no old translation is left */
		vunmap(at);
		vm_unmap_aliases();
	}
	r->report(12, "kernel mappings", good && direct_map_good());
	r->report(13, "kernel flush", good);
	for (good = true, type = MEMTYPE_WB; type < NR_MEMTYPES; type++) {
		pte_t pte = pfn_pte(1, port_memtype_prot(type));

		good = good && pte_present(pte) && pte_write(pte) && pte_pfn(pte) == 1;
	}
	r->report(14, "memory types", good);
	if (page[0])
		__free_page(page[0]);
	if (page[1])
		__free_page(page[1]);
}

static void check_reports(const struct contract_runner *r)
{
	struct seq_file m = { 0 };
	char name[64] = "?";
	unsigned long stack[2];
	u64 now = port_clock_ns(), later;
	size_t bytes;
	int i;

	port_cond_resched();
	later = port_clock_ns();
	r->report(15, "clock", later >= now);
	r->report(16, "cond_resched", !arch_irqs_disabled());
	r->report(17, "printk", printk(KERN_DEBUG "contract %d\n", 17) > 0);
	r->report(20, "name", port_self_name() && port_self_name()[0]);
	r->report(20, "number", port_self_pid() >= 0);
	r->report(20, "policy", !port_self_mempolicy()->policy);
	r->report(20, "scopes", !(*port_self_flags() & PF_MEMALLOC_SCOPES));
	bytes = port_symbol(name, sizeof(name), (unsigned long)check_reports);
	r->report(21, "symbol", !bytes || (strlen(name) < sizeof(name) && name[0] != '?'));
	arch_report_meminfo(&m);
	r->report(22, "meminfo", !m.error);
	seq_release(&m);
	r->report(23, "held locks", port_held_locks() == port_held_locks());
	for (i = 0; i < 2; i++)
		port_warn_once("contract.c", 19, "a warning on request, once");
	port_warn("contract.c", 19, "a warning on request");
	r->report(19, "warnings, and the caller goes on", true);
	stack[1] = 0x5a5a;
	r->report(19, "a stack of at most that many", stack_trace_save(stack, 1, 0) <= 1 &&
		  stack[1] == 0x5a5a);
}

/* --- level 2: threads --------------------------------------------------------------- */

struct sleeper {
	struct task_struct *thread;
	int woken;
	int seen;
};

static void sleeper_main(void *arg)
{
	struct sleeper *s = arg;

	WRITE_ONCE(s->thread, port_self());
	port_block_prepare();
	while (!smp_load_acquire(&s->woken)) {
		port_block();
		port_block_prepare();
	}
	port_block_cancel();
	smp_store_release(&s->seen, 1);
}

static void check_threads(const struct contract_runner *r)
{
	struct sleeper s = { NULL, 0, 0 };
	bool other;

	r->report(24, "self", port_self() && port_self() == port_self());
	port_block_prepare();
	port_wake(port_self());
	port_block();				/* the wake came before */
	port_block_prepare();
	port_block_cancel();
	r->report(25, "a wake before the block", true);
	r->start(sleeper_main, &s);
	while (!READ_ONCE(s.thread)) {
		cpu_relax();
		port_cond_resched();
	}
	other = READ_ONCE(s.thread) != port_self();
	smp_store_release(&s.woken, 1);
	port_wake(s.thread);
	r->join();
	r->report(26, "wake", other && smp_load_acquire(&s.seen));
}

/* --- level 2: address spaces ---------------------------------------------------------- */

static unsigned long map_user(struct mm_struct *mm)
{
	const struct mmap_request req = { .len = USER_BYTES, .prot = PROT_READ | PROT_WRITE,
					  .flags = MAP_PRIVATE | MAP_ANONYMOUS };

	return vm_mmap(mm, &req);
}

static void check_user_copy(const struct contract_runner *r, unsigned long at)
{
	static const char text[] = "one page and the next";
	void __user *cross = (void __user *)(at + PAGE_SIZE - 7);
	char back[sizeof(text)] = "";
	bool good;

	good = !copy_to_user(cross, text, sizeof(text)) &&
	       !copy_from_user(back, cross, sizeof(text)) && !memcmp(back, text, sizeof(text));
	good = good && !clear_user(cross, 4) && !copy_from_user(back, cross, 5) &&
	       !back[0] && !back[3] && back[4] == text[4];
	/* the end of the mapping: what fits is done, the rest is counted */
	good = good && copy_to_user((void __user *)(at + USER_BYTES - 4), text, 10) == 6 &&
	       copy_from_user(back, (void __user *)(at + USER_BYTES), 3) == 3 &&
	       clear_user((void __user *)TASK_SIZE_MAX, 1) == 1;
	r->report(32, "user copies", good);
}

/* what must fail does no harm, and says how much was not done */
static void check_bad_copies(const struct contract_runner *r, struct mm_struct *mm,
			     unsigned long at)
{
	unsigned long kernel = (unsigned long)mm, hole = at + 2 * PAGE_SIZE;
	char buf[16] = "untouched";
	bool good;

	good = copy_to_user((void __user *)kernel, buf, 8) == 8 &&
	       copy_from_user(buf, (void __user *)kernel, 8) == 8 &&
	       clear_user((void __user *)kernel, 8) == 8 &&
	       copy_to_user((void __user *)~7ul, buf, 16) == 16 &&
	       copy_from_user(buf, NULL, 8) == 8 && clear_user((void __user *)8, 8) == 8;
	r->report(32, "addresses that are no user's", good && mm->mm_users.counter);
	good = !vm_mprotect(mm, hole, PAGE_SIZE, PROT_NONE) &&
	       copy_to_user((void __user *)(hole - 3), "abcdef", 6) == 3 &&
	       copy_from_user(buf, (void __user *)(hole - 3), 6) == 3 &&
	       !memcmp(buf, "abc", 3);
	good = good && !vm_mprotect(mm, hole, PAGE_SIZE, PROT_READ) &&
	       clear_user((void __user *)(hole - 1), 2) == 1 &&
	       !copy_from_user(buf, (void __user *)hole, 1) && !buf[0] &&
	       !vm_mprotect(mm, hole, PAGE_SIZE, PROT_READ | PROT_WRITE);
	r->report(32, "copies that end early", good);
}

/*
 * Another CPU stores at @at, so that it has a translation; this one takes something away;
 * the other one stores again and has to notice.
 */
struct writer {
	const struct contract_runner *r;
	struct mm_struct *mm;
	unsigned long at;
	int state;			/* 1: the first store is done; 2: store again */
	bool first, second;		/* did it work? */
};

static void writer_main(void *arg)
{
	struct writer *w = arg;

	w->r->use_mm(w->mm);
	w->first = !put_user('1', (char __user *)w->at);
	smp_store_release(&w->state, 1);
	while (smp_load_acquire(&w->state) != 2) {
		cpu_relax();
		port_cond_resched();
	}
	w->second = !put_user('2', (char __user *)w->at);
	w->r->use_mm(NULL);
}

static void writer_start(struct writer *w)
{
	w->r->start(writer_main, w);
	while (smp_load_acquire(&w->state) != 1) {
		cpu_relax();
		port_cond_resched();
	}
}

static bool writer_end(struct writer *w)
{
	smp_store_release(&w->state, 2);
	w->r->join();
	return w->first;
}

/* the page goes: the second store is into a fresh one */
static bool flush_for_zap(struct writer w)
{
	char c[2] = "";

	writer_start(&w);
	if (vm_madvise(w.mm, w.at, PAGE_SIZE, MADV_DONTNEED))
		return false;
	return writer_end(&w) && w.second && !copy_from_user(c, (char __user *)w.at, 2) &&
	       c[0] == '2' && !c[1];
}

/* the right to store goes, then comes back */
static bool flush_for_protection(struct writer w)
{
	char c = 0;

	writer_start(&w);
	if (vm_mprotect(w.mm, w.at, PAGE_SIZE, PROT_READ))
		return false;
	return writer_end(&w) && !w.second && !get_user(c, (char __user *)w.at) && c == '1' &&
	       !vm_mprotect(w.mm, w.at, PAGE_SIZE, PROT_READ | PROT_WRITE) &&
	       !put_user('3', (char __user *)w.at);
}

/* a copy is made of the whole space, which the second store must not reach */
static bool flush_for_fork(struct writer w)
{
	struct mm_struct *copy;
	int error = 0;
	char c = 0;
	bool good;

	writer_start(&w);
	copy = dup_mm(w.mm, &error);
	good = writer_end(&w) && w.second && copy;
	if (!copy)
		return false;
	w.r->use_mm(copy);
	good = good && !get_user(c, (char __user *)w.at) && c == '1';
	w.r->use_mm(w.mm);
	mmput(copy);
	return good && !get_user(c, (char __user *)w.at) && c == '2';
}

/* the area goes with its tables, and another takes its place */
static bool flush_for_tables(struct writer w)
{
	struct mmap_request req = { .addr = w.at, .len = PMD_SIZE, .prot = PROT_READ | PROT_WRITE,
				    .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED };
	char c = 1;
	bool good;

	if (vm_mmap(w.mm, &req) != w.at)
		return false;
	writer_start(&w);
	good = !vm_munmap(w.mm, w.at, PMD_SIZE) && vm_mmap(w.mm, &req) == w.at &&
	       !get_user(c, (char __user *)w.at) && !c;
	good = writer_end(&w) && w.second && good && !get_user(c, (char __user *)w.at) &&
	       c == '2';
	return !vm_munmap(w.mm, w.at, PMD_SIZE) && good;
}

static void check_flush(const struct contract_runner *r, struct mm_struct *mm, unsigned long at)
{
	struct writer w = { .r = r, .mm = mm, .at = at };

	r->report(27, "flush for a zap", flush_for_zap(w));
	r->report(27, "flush for a protection", flush_for_protection(w));
	r->report(27, "flush for a fork", flush_for_fork(w));
	w.at = 64 * PMD_SIZE;
	r->report(27, "flush for tables", flush_for_tables(w));
}

/* A store into a page that was only read: the entry becomes more permissive. */
static void check_upgrade(const struct contract_runner *r, unsigned long at)
{
	char c = 1;
	bool good = !get_user(c, (char __user *)at) && !c;

	good = good && !put_user((char)7, (char __user *)at) &&
	       !get_user(c, (char __user *)at) && c == 7;
	r->report(28, "local flush", good);
}

static void check_spaces(const struct contract_runner *r)
{
	struct mm_struct *mm = mm_alloc(), *other = mm_alloc();
	unsigned long at = 0, at2 = 0;
	char c = 0;
	bool good;

	if (mm && other) {
		arch_pick_mmap_layout(mm, 8ul << 20);
		arch_pick_mmap_layout(other, 8ul << 20);
		at = map_user(mm);
		at2 = map_user(other);
	}
	good = at && at2 && !IS_ERR_VALUE(at) && !IS_ERR_VALUE(at2);
	r->report(29, "fresh tables", good);
	if (good) {
		r->use_mm(mm);
		check_user_copy(r, at);
		check_bad_copies(r, mm, at);
		check_upgrade(r, at + 5 * PAGE_SIZE);
		check_flush(r, mm, at + 6 * PAGE_SIZE);
		good = !put_user('m', (char __user *)at);
		r->use_mm(other);
		good = good && (at != at2 || (!get_user(c, (char __user *)at) && !c)) &&
		       !put_user('o', (char __user *)at2);
		r->use_mm(mm);
		good = good && !get_user(c, (char __user *)at) && c == 'm';
		r->use_mm(NULL);
		r->report(30, "spaces apart", good);
		good = get_user(c, (char __user *)at) == -EFAULT;
	}
	if (mm)
		mmput(mm);
	if (other)
		mmput(other);
	r->report(31, "no space", good);
}

static void check_around(const struct contract_runner *r)
{
	u64 a = port_random_ull(), b = port_random_ull();

	r->report(33, "random", a != b);
	r->report(34, "no signal", !port_fatal_signal_pending());
	r->report(35, "limit of the stack", port_rlimit(3) >= PAGE_SIZE);
	port_capable_admin();
	r->report(36, "capable", port_capable_admin() == port_capable_admin());
}

/* --- levels 2 and 3: files ---------------------------------------------------------- */

static void check_files(const struct contract_runner *r)
{
	struct timespec64 now = current_time_spec();
	struct file *file = shmem_file_setup("contract", 3 * PAGE_SIZE, VM_NORESERVE);
	bool good = !IS_ERR(file);

	r->report(37, "nameless file", good && file_inode(file)->i_size == 3 * PAGE_SIZE);
	if (good)
		fput(file);
	r->report(38, "fput", good);
	r->report(39, "time of day", now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
}

void contract_run(const struct contract_runner *r)
{
	check_cpu(r);
	check_memory(r);
	check_entries(r);
	check_kernel_mapping(r);
	check_reports(r);
	check_threads(r);
	check_spaces(r);
	check_around(r);
	check_files(r);
}
