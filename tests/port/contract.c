// SPDX-License-Identifier: MIT
/*
 * contract.c - does this port keep the contract? Each check names the entry of
 * include/mm/port.h that it is about. What an entry promises to other CPUs is checked
 * with a second thread, when the runner has another CPU for it.
 *
 * Entries whose effect ends the machine (18, port_bug) or which only report (19, 22) are
 * called where that is harmless, or left to the runner's own tests.
 *
 *   C1  a check that fails reports and goes on; none leaves anything behind
 */
#include "contract.h"
#include <linux/mm.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <mm/machine.h>
#include <mm/port.h>
#include <asm/failpoint.h>
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
	r->report(9, "fail_point", !fail_point());
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

/* one page at two addresses: what one writes the other reads, until it is gone */
static void check_kernel_mapping(const struct contract_runner *r)
{
	struct page *page[2] = { alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL) };
	char *at = NULL;
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
	r->report(12, "kernel mappings", good);
	r->report(13, "kernel flush", good);
	r->report(14, "uncached", pte_present(pfn_pte(1, port_uncached_prot())));
	if (page[0])
		__free_page(page[0]);
	if (page[1])
		__free_page(page[1]);
}

static void check_reports(const struct contract_runner *r)
{
	struct seq_file m = { 0 };
	char name[64] = "?";
	u64 now = port_clock_ns(), later;
	size_t bytes;

	port_cond_resched();
	later = port_clock_ns();
	r->report(15, "clock", later >= now);
	r->report(16, "cond_resched", !arch_irqs_disabled());
	r->report(17, "printk", printk(KERN_DEBUG "contract %d\n", 17) > 0);
	r->report(20, "name", port_self_name() && port_self_name()[0]);
	bytes = port_symbol(name, sizeof(name), (unsigned long)check_reports);
	r->report(21, "symbol", !bytes || (strlen(name) < sizeof(name) && name[0] != '?'));
	arch_report_meminfo(&m);
	r->report(22, "meminfo", !m.error);
	seq_release(&m);
	r->report(23, "held locks", port_held_locks() == port_held_locks());
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

/* another CPU reads a page, its place is taken by zeroes, and it has to notice */
struct reader {
	const struct contract_runner *r;
	struct mm_struct *mm;
	unsigned long at;
	int state;			/* 1: has read the old page; 2: look again */
	char first, second;
};

static void reader_main(void *arg)
{
	struct reader *reader = arg;
	char c = 0;

	reader->r->use_mm(reader->mm);
	if (!get_user(c, (char __user *)reader->at))
		reader->first = c;
	smp_store_release(&reader->state, 1);
	while (smp_load_acquire(&reader->state) != 2) {
		cpu_relax();
		port_cond_resched();
	}
	if (!get_user(c, (char __user *)reader->at))
		reader->second = c;
	reader->r->use_mm(NULL);
}

static void check_flush(const struct contract_runner *r, struct mm_struct *mm, unsigned long at)
{
	struct reader reader = { .r = r, .mm = mm, .at = at, .second = 1 };
	char c = 'x';
	bool good = !put_user(c, (char __user *)at);

	r->start(reader_main, &reader);
	while (smp_load_acquire(&reader.state) != 1) {
		cpu_relax();
		port_cond_resched();
	}
	good = good && !vm_madvise(mm, at, PAGE_SIZE, MADV_DONTNEED);	/* zap, flush, free */
	smp_store_release(&reader.state, 2);
	r->join();
	r->report(27, "flush", good && reader.first == 'x' && reader.second == 0);
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
	struct file *file = shmem_file_setup("contract", 3 * PAGE_SIZE);
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
