// SPDX-License-Identifier: MIT
/*
 * two_nodes.c - a machine of two nodes and 256 MiB in this process: two address spaces,
 * a fork whose child writes, what /proc would show of it, and nothing left at the end.
 *
 *	cc two_nodes.c $(pkg-config --cflags --libs quire) && ./a.out
 */
#include <stdio.h>
#include <stdlib.h>
#include <mm/host.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/err.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>

#define MIB (1ul << 20)

static void check(bool good, const char *what)
{
	if (!good) {
		fprintf(stderr, "two_nodes: %s failed\n", what);
		exit(1);
	}
}

static unsigned long map(struct mm_struct *mm, unsigned long bytes)
{
	struct mmap_request request = { .len = bytes, .prot = PROT_READ | PROT_WRITE,
					.flags = MAP_PRIVATE | MAP_ANONYMOUS };
	unsigned long at = vm_mmap(mm, &request);

	check(!IS_ERR_VALUE(at), "mmap");
	return at;
}

/* one store into each page, as the program that runs in @mm */
static void touch(struct mm_struct *mm, unsigned long at, unsigned long bytes, char value)
{
	host_use_mm(mm);
	for (unsigned long end = at + bytes; at < end; at += PAGE_SIZE)
		check(!put_user(value, (char *)at), "store");
}

static char load(struct mm_struct *mm, unsigned long at)
{
	char value;

	host_use_mm(mm);
	check(!get_user(value, (char *)at), "load");
	return value;
}

static void show(const char *what, struct mm_struct *mm)
{
	struct seq_file text = { 0 };
	struct vm_area_struct *vma;

	if (!mm)
		buddyinfo_show(&text);
	for (vma = mm ? find_vma(mm, 0) : NULL; vma; vma = find_vma(mm, vma->vm_end))
		seq_printf(&text, "%08lx-%08lx %c%c%c%c 00000000 00:00 0\n", vma->vm_start,
			   vma->vm_end, "-r"[!!(vma->vm_flags & VM_READ)],
			   "-w"[!!(vma->vm_flags & VM_WRITE)], "-x"[!!(vma->vm_flags & VM_EXEC)],
			   "ps"[!!(vma->vm_flags & VM_MAYSHARE)]);
	printf("%s, %lu pages free\n%.*s", what, nr_free_pages(), (int)text.count, text.buf);
	seq_release(&text);
}

int main(void)
{
	const struct machine_config config = { .ram_bytes = 256 * MIB, .nr_nodes = 2 };
	struct machine *machine = machine_create(&config);
	struct mm_struct *a, *b = NULL, *child;
	unsigned long at_a, at_b;
	int error;

	check(machine != NULL, "machine_create");
	machine_cpu_enter(machine, 0);
	check((a = mm_alloc()) && (b = mm_alloc()), "mm_alloc");
	at_a = map(a, 140 * MIB);		/* more than node 0 has */
	at_b = map(b, 1 * MIB);
	touch(a, at_a, 140 * MIB, 'a');
	touch(b, at_b, 1 * MIB, 'b');
	show("touched", NULL);
	check((child = dup_mm(a, &error)) != NULL, "fork");
	touch(child, at_a, 2 * MIB, 'c');
	printf("parent reads %c, child reads %c\n", load(a, at_a), load(child, at_a));
	show("child", child);
	show("written", NULL);
	host_use_mm(NULL);
	mmput(child);
	mmput(b);
	mmput(a);
	machine_cpu_leave();
	error = machine_destroy(machine);
	printf("%s\n", error ? "leaks" : "0 leaks");
	return error != 0;
}
