// SPDX-License-Identifier: MIT
/*
 * vdso.c - the kernel's side of the vDSO: code and a page of data in each program's
 * memory, so that reading a clock or asking for one's CPU needs no system call.
 *
 *	[vvar]	4 pages, of which the first is there: struct vdso_data, a page of this image
 *	[vdso]	2 pages: the ELF object of arch/x86/vdso, copied once at boot
 *
 * exec maps both above the stack, at random, where they fit there. The kernel writes the
 * data through its own mapping; programs can only read it.
 *
 *   D1  each word of the data changes alone and is read alone: no reader needs a sequence
 *   D2  the clocks that programs compute from it are those of timekeeping.c, at any moment
 *
 * What LSL of CPUNODE_SELECTOR finds is in each CPU's own GDT: the limit of a segment that
 * nobody uses.
 *
 * Locks: none; mmap_lock of the new address space for mapping.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/topology.h>
#include <asm/desc.h>
#include <asm/elf.h>
#include <asm/vdso.h>

#define VDSO_PAGES	2
#define VVAR_BYTES	(VVAR_PAGES * PAGE_SIZE)
#define VDSO_BYTES	(VDSO_PAGES * PAGE_SIZE)
/* present, for user mode, data, read-only, 32 bit; the length is the message */
#define DESC_CPUNODE	0x0040f10000000000ull

extern const char vdso_image[], vdso_image_end[];

static union {
	struct vdso_data data;
	char page[PAGE_SIZE];
} vvar __section(".data..page_aligned") __aligned(4096);

static struct page *vdso_pages[VDSO_PAGES + 1];

static vm_fault_t vvar_fault(const struct vm_special_mapping *spec, struct vm_fault *vmf)
{
	if (vmf->pgoff)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf, __pa_symbol(&vvar) >> PAGE_SHIFT);
}

static const struct vm_special_mapping vvar_mapping = {
	.name = "[vvar]",
	.fault = vvar_fault,
};

static const struct vm_special_mapping vdso_mapping = {
	.name = "[vdso]",
	.pages = vdso_pages,
};

/**
 * vdso_set_clock() - how nanoseconds follow from the counter.
 * Locks: none. Context: boot, once. Return: nothing.
 */
void __init vdso_set_clock(u64 tsc_base, u64 tsc_mult)
{
	vvar.data.tsc_base = tsc_base;
	vvar.data.tsc_mult = tsc_mult;
}

/** update_vsyscall() - the wall clock was set (D1). Any context. */
void update_vsyscall(s64 real_offset_ns)
{
	WRITE_ONCE(vvar.data.real_offset_ns, real_offset_ns);
}

/** update_vsyscall_tz() - the time zone was set. Any context. */
void update_vsyscall_tz(void)
{
	WRITE_ONCE(vvar.data.tz_minuteswest, sys_tz.tz_minuteswest);
	WRITE_ONCE(vvar.data.tz_dsttime, sys_tz.tz_dsttime);
}

/**
 * vdso_getcpu_init() - write this CPU's number and node where LSL finds them.
 * Locks: none. Context: each CPU once, interrupts off. Return: nothing.
 */
void vdso_getcpu_init(void)
{
	unsigned int cpu = smp_processor_id();
	u64 limit = cpu | (u64)cpu_to_node(cpu) << CPUNODE_BITS;

	static_assert(CPUNODE_SELECTOR / 8 < GDT_ENTRIES, "in the table");
	this_cpu_local()->gdt->entry[CPUNODE_SELECTOR / 8] =
		DESC_CPUNODE | (limit & 0xffff) | (limit >> 16 & 0xf) << 48;
}

/**
 * vdso_init() - the pages of the code.
 * Locks: the allocators'. Context: boot, once; panics without memory. Return: nothing.
 */
void __init vdso_init(void)
{
	size_t bytes = vdso_image_end - vdso_image;
	int i;

	mm_bug_on(bytes > VDSO_BYTES);
	for (i = 0; i < VDSO_PAGES; i++) {
		size_t done = i * PAGE_SIZE;

		vdso_pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!vdso_pages[i])
			panic("No memory for the vDSO");
		if (bytes > done)
			memcpy(page_address(vdso_pages[i]), vdso_image + done,
			       min(bytes - done, PAGE_SIZE));
	}
	vdso_getcpu_init();
}

/* At random between the stack and the end of the page table that its top is in. */
static unsigned long place_above_stack(unsigned long stack)
{
	unsigned long start = PAGE_ALIGN(stack), end;

	end = min((start + VVAR_BYTES + VDSO_BYTES + PMD_SIZE - 1) & PMD_MASK, TASK_SIZE_MAX);
	end -= VVAR_BYTES + VDSO_BYTES;
	if (end <= start)
		return start;
	return start + (get_random_u64() % (((end - start) >> PAGE_SHIFT) + 1) << PAGE_SHIFT);
}

/**
 * arch_setup_additional_pages() - map the vDSO into @mm, whose stack is there.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0 with *@ehdr the address of the ELF header, or -E.
 */
int arch_setup_additional_pages(struct mm_struct *mm, unsigned long *ehdr)
{
	unsigned long addr, text;
	int error;

	mmap_write_lock(mm);
	addr = get_unmapped_area(mm, place_above_stack(mm->start_stack),
				 VVAR_BYTES + VDSO_BYTES, 0);
	error = IS_ERR_VALUE(addr) ? (int)addr : 0;
	if (error)
		goto out;
	text = addr + VVAR_BYTES;
	error = install_special_mapping(mm, text, VDSO_BYTES, VM_READ | VM_EXEC | VM_MAYREAD |
					VM_MAYWRITE | VM_MAYEXEC, &vdso_mapping);
	if (!error)
		error = install_special_mapping(mm, addr, VVAR_BYTES, VM_READ | VM_MAYREAD | VM_IO |
						VM_DONTDUMP | VM_PFNMAP, &vvar_mapping);
	*ehdr = text;
out:
	mmap_write_unlock(mm);
	return error;
}
