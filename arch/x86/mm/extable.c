// SPDX-License-Identifier: MIT
/*
 * extable.c - where the kernel goes on after an instruction that may fault did.
 *
 * Each access to user memory leaves an entry in the section __ex_table: the
 * address of the instruction and the address of its way out, both relative to
 * the field itself. The entries come in link order; sort_extable() puts them in
 * the order of the instructions once, while the image is still writable, so that
 * a fault finds its entry by bisection.
 *
 *   X1  after sort_extable() insn addresses ascend strictly
 *   X2  a fix-up runs with the registers of the fault, only ip is changed
 *
 * Also here: switching SMAP's STAC and CLAC on. Every place that needs one holds
 * a 3-byte NOP, listed in the sections smap_stac and smap_clac.
 *
 * Locks: none; written once by the boot CPU before anybody else runs.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/bug.h>
#include <asm/uaccess.h>
#include <asm/traps.h>
#include <asm/msr.h>

extern struct exception_table_entry __start___ex_table[], __stop___ex_table[];
extern s32 __start_smap_stac[], __stop_smap_stac[];
extern s32 __start_smap_clac[], __stop_smap_clac[];

static unsigned long ex_insn(const struct exception_table_entry *e)
{
	return (unsigned long)&e->insn + e->insn;
}

static unsigned long ex_fixup(const struct exception_table_entry *e)
{
	return (unsigned long)&e->fixup + e->fixup;
}

static void ex_set(struct exception_table_entry *e, unsigned long insn, unsigned long fixup)
{
	e->insn = (s32)(insn - (unsigned long)&e->insn);
	e->fixup = (s32)(fixup - (unsigned long)&e->fixup);
}

/**
 * sort_extable() - establish X1. Insertion sort: the linker leaves long sorted runs.
 * Locks: none. Context: boot CPU, image writable. Return: nothing.
 */
void sort_extable(void)
{
	struct exception_table_entry *first = __start___ex_table, *e, *at;

	for (e = first + 1; e < __stop___ex_table; e++) {
		unsigned long insn = ex_insn(e), fixup = ex_fixup(e);

		for (at = e; at > first && ex_insn(at - 1) > insn; at--)
			ex_set(at, ex_insn(at - 1), ex_fixup(at - 1));
		if (at != e)
			ex_set(at, insn, fixup);
	}
	for (e = first + 1; e < __stop___ex_table; e++)
		mm_assert(ex_insn(e - 1) < ex_insn(e));
}

static const struct exception_table_entry *find_entry(unsigned long ip)
{
	const struct exception_table_entry *low = __start___ex_table, *high = __stop___ex_table;

	while (low < high) {
		const struct exception_table_entry *mid = low + (high - low) / 2;

		if (ex_insn(mid) == ip)
			return mid;
		if (ex_insn(mid) < ip)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/**
 * has_fixup() - may the instruction at @ip fault?
 * Locks: none. Context: any. Return: true when it has a way out.
 */
bool has_fixup(unsigned long ip)
{
	return find_entry(ip);
}

/**
 * fixup_exception() - if the instruction at @regs->ip has a way out, take it.
 * Locks: none. Context: any. Return: false when it has none; @regs is unchanged then.
 */
bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_table_entry *e = find_entry(regs->ip);

	if (!e)
		return false;
	regs->ip = ex_fixup(e);
	return true;
}

static void patch_sites(s32 *site, s32 *end, const u8 bytes[3])
{
	for (; site < end; site++) {
		u8 *insn = (u8 *)((unsigned long)site + *site);

		mm_bug_on(insn[0] != 0x0f || insn[1] != 0x1f || insn[2] != 0x00);
		insn[1] = bytes[1];
		insn[2] = bytes[2];
	}
}

/**
 * smap_patch() - write STAC and CLAC where the CPU has them (CPUID 7, EBX bit 20).
 * Locks: none. Context: boot CPU, image writable. Return: nothing.
 */
void smap_patch(void)
{
	static const u8 stac[3] = { 0x0f, 0x01, 0xcb }, clac[3] = { 0x0f, 0x01, 0xca };
	u32 r[4];

	cpuid_count(0, 0, r);
	if (r[0] < 7)
		return;
	cpuid_count(7, 0, r);
	if (!(r[1] & 1u << 20))
		return;
	patch_sites(__start_smap_stac, __stop_smap_stac, stac);
	patch_sites(__start_smap_clac, __stop_smap_clac, clac);
}
