// SPDX-License-Identifier: MIT
/*
 * kallsyms.c - names for addresses of the kernel's code.
 *
 * The build appends the table to the image in a second link: offsets from
 * __START_KERNEL_map in ascending order, and for each the place of its name in
 * a string table. The first link has none; the symbols are weak, and lookups
 * then find nothing.
 *
 *   K1  kallsyms_offsets ascends; equal addresses are aliases
 *   K2  a symbol reaches to the next higher address in the table, the last one to
 *       the end of the code
 *
 * Locks: none, all constant. Context: any, also inside a panic.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <mm/port.h>
#include <asm/kdebug.h>
#include <asm/page.h>

extern const u32 kallsyms_num_syms[] __weak;
extern const u32 kallsyms_offsets[] __weak;
extern const u32 kallsyms_names[] __weak;
extern const char kallsyms_strtab[] __weak;

static u32 symbols(void)
{
	const u32 *num = kallsyms_num_syms;

	OPTIMIZER_HIDE_VAR(num);	/* weak: it may well be NULL */
	return num ? *num : 0;
}

static unsigned long symbol_address(u32 i)
{
	return __START_KERNEL_map + kallsyms_offsets[i];
}

/**
 * kallsyms_lookup() - the symbol around @addr.
 * Locks: none. Context: any. Return: its name, or NULL; results only with a name.
 */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset, unsigned long *size)
{
	u32 low = 0, high = symbols(), total = high, next;
	unsigned long end;

	if (!total || addr < symbol_address(0) || addr >= (unsigned long)_end)
		return NULL;
	while (high - low > 1) {
		u32 mid = low + (high - low) / 2;

		if (symbol_address(mid) <= addr)
			low = mid;
		else
			high = mid;
	}
	while (low && symbol_address(low - 1) == symbol_address(low))
		low--;
	for (next = low + 1; next < total && symbol_address(next) == symbol_address(low); next++)
		;
	end = next < total ? symbol_address(next) : (unsigned long)_etext;
	if (next == total && addr >= end && addr >= (unsigned long)__init_text_end)
		return NULL;
	*offset = addr - symbol_address(low);
	*size = end > symbol_address(low) ? end - symbol_address(low) : 0;
	return kallsyms_strtab + kallsyms_names[low];
}

/**
 * kallsyms_lookup_name() - the address of @name.
 * Locks: none. Context: any. Return: 0 when there is none.
 */
unsigned long kallsyms_lookup_name(const char *name)
{
	u32 i, total = symbols();

	for (i = 0; i < total; i++)
		if (!strcmp(kallsyms_strtab + kallsyms_names[i], name))
			return symbol_address(i);
	return 0;
}

/**
 * port_symbol() - see mm/port.h.
 * Locks: none. Context: any. Return: bytes of the whole text; 0 without a name.
 */
size_t port_symbol(char *buf, size_t size, unsigned long addr)
{
	unsigned long offset, bytes;
	const char *name = kallsyms_lookup(addr, &offset, &bytes);

	if (!name)
		return 0;
	return snprintf(buf, size, "%s+0x%lx/0x%lx", name, offset, bytes);
}
