/* SPDX-License-Identifier: MIT */
/*
 * vmallocinfo.c - the text of /proc/vmallocinfo: a line for each area of both windows,
 * in the order of addresses, areas that wait for their flush at the end.
 *
 *   0xffffc90000000000-0xffffc90000005000   20480 caller+0x10/0x40 pages=4 vmalloc N0=4
 *
 * Locks: the window's, area by area: the text may be long, and writing it allocates.
 * What is shown of one area is from one moment; areas that come or go meanwhile are
 * shown or not.
 */
#include "vmalloc_internal.h"
#include <linux/seq_file.h>

struct area_line {
	unsigned long start, end;
	struct vm_struct vm;		/* a copy; pages is not looked at */
	unsigned int per_node[MAX_NUMNODES];
	bool used, lazy;
};

/* Copy the first area that ends above @from. The lock keeps it, and its pages, alive. */
static bool copy_area(struct vmalloc_state *vs, unsigned long from, struct area_line *line)
{
	struct vmap_area *va;
	unsigned int i;

	memset(line, 0, sizeof(*line));
	spin_lock(&vs->lock);
	va = vmap_area_next(vs, from);
	if (va) {
		line->start = va->va_start;
		line->end = va->va_end;
		line->used = va->used;
		line->lazy = !list_empty(&va->lazy_list);
	}
	if (va && va->used) {
		line->vm = va->vm;
		for (i = 0; va->vm.pages && i < va->vm.nr_pages; i++)
			line->per_node[page_to_nid(va->vm.pages[i])]++;
	}
	spin_unlock(&vs->lock);
	return va;
}

#define ADDR_DIGITS	(2 * (int)sizeof(long))

static void show_area(struct seq_file *m, const struct area_line *line)
{
	static const struct {
		unsigned long flag;
		const char *text;
	} kinds[] = {
		{ VM_IOREMAP, " ioremap" }, { VM_ALLOC, " vmalloc" }, { VM_MAP, " vmap" },
		{ VM_USERMAP, " user" },
	};
	const struct vm_struct *vm = &line->vm;
	size_t i;
	int nid;

	seq_printf(m, "0x%0*lx-0x%0*lx %7ld", ADDR_DIGITS, line->start, ADDR_DIGITS, line->end,
		   (long)(line->end - line->start));
	if (vm->caller)
		seq_printf(m, " %pS", vm->caller);
	if (vm->nr_pages)
		seq_printf(m, " pages=%u", vm->nr_pages);
	if (vm->flags & VM_IOREMAP)
		seq_printf(m, " phys=0x%016llx", (unsigned long long)vm->phys_addr);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (vm->flags & kinds[i].flag)
			seq_puts(m, kinds[i].text);
	if (is_vmalloc_addr(vm->pages))
		seq_puts(m, " vpages");
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (line->per_node[nid])
			seq_printf(m, " N%d=%u", nid, line->per_node[nid]);
	seq_putc(m, '\n');
}

static void show_window(struct seq_file *m, struct vmalloc_state *vs)
{
	struct area_line line;
	unsigned long at;

	for (at = 0; copy_area(vs, at, &line); at = line.end)
		if (line.used)
			show_area(m, &line);
	for (at = 0; copy_area(vs, at, &line); at = line.end)
		if (line.lazy)
			seq_printf(m, "0x%0*lx-0x%0*lx %7ld unpurged vm_area\n",
				   ADDR_DIGITS, line.start, ADDR_DIGITS, line.end,
				   (long)(line.end - line.start));
}

/**
 * vmallocinfo_show() - the whole text of /proc/vmallocinfo.
 * Locks:   takes each window's lock, area by area.  Context: thread; sleeps.
 */
void vmallocinfo_show(struct seq_file *m)
{
	struct machine *machine = this_machine();

	show_window(m, &machine->vmalloc);
	if (machine->modules.end)
		show_window(m, &machine->modules);
}
