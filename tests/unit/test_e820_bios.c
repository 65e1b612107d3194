/* SPDX-License-Identifier: MIT */
/*
 * test_e820_bios.c - the setup code's memory probes against simulated firmware.
 *
 * arch/x86/boot/memory.c is built here as it is; intcall() below is the machine.
 * A struct bios says what the firmware answers, call by call, and how it lies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../arch/x86/boot/memory.c"

struct boot_params boot_params;

struct bios {
	const struct boot_e820_entry *map;
	unsigned int nr_map;
	bool no_e820;			/* CF at the first call */
	bool end_by_cf;			/* CF behind the last entry, not EBX = 0 */
	int bad_smap_at;		/* this call returns another EAX; -1: none */
	bool endless;			/* never EBX = 0, entries repeat */
	bool trashes;			/* destroys every register it may */
	bool no_e801, no_88;
	u16 ax, bx, cx, dx;		/* E801 */
	u16 ax_88;
	unsigned int calls;		/* E820 calls so far */
	u32 want_ebx;			/* the continuation that it handed out */
	bool caller_was_right;		/* every call had the right registers */
};

static struct bios bios;

void initregs(struct biosregs *regs)
{
	memset(regs, 0, sizeof(*regs));
	regs->eflags = X86_EFLAGS_CF;
}

static void e820_call(const struct biosregs *in, struct biosregs *out)
{
	unsigned int n = bios.calls++, at = bios.endless ? n % bios.nr_map : n;

	bios.caller_was_right &= in->edx == SMAP && in->ecx >= 20 && in->ebx == bios.want_ebx &&
				 in->edi == (u32)(size_t)&e820_buf;
	if (bios.no_e820 || at >= bios.nr_map)
		return;			/* CF stays set */
	out->eflags &= ~X86_EFLAGS_CF;
	out->eax = (int)n == bios.bad_smap_at ? 0x12345678 : SMAP;
	out->ecx = 20;
	if (bios.trashes)
		out->esi = out->edi = out->ebp = out->edx = 0xdeadbeef;
	e820_buf = bios.map[at];
	out->ebx = !bios.endless && !bios.end_by_cf && at + 1 == bios.nr_map ? 0 : 0x1000 + n;
	bios.want_ebx = out->ebx;
}

void intcall(u8 vector, const struct biosregs *in, struct biosregs *out)
{
	assert_int_equal(vector, 0x15);
	*out = *in;
	switch (in->eax) {
	case 0xe820:
		e820_call(in, out);
		return;
	case 0xe801:
		if (bios.no_e801)
			return;
		out->eax = 0xffff0000 | bios.ax;	/* upper halves are not defined */
		out->ebx = 0xffff0000 | bios.bx;
		out->ecx = bios.cx;
		out->edx = bios.dx;
		break;
	case 0x8800:
		if (bios.no_88)
			return;
		out->eax = 0xabcd0000 | bios.ax_88;
		break;
	default:
		fail();
	}
	out->eflags &= ~X86_EFLAGS_CF;
}

static int fresh(void **state)
{
	memset(&boot_params, 0, sizeof(boot_params));
	memset(&e820_buf, 0x5a, sizeof(e820_buf));
	memset(&bios, 0, sizeof(bios));
	bios.bad_smap_at = -1;
	bios.caller_was_right = true;
	bios.no_e801 = bios.no_88 = true;
	return 0;
}

static void answer(const struct boot_e820_entry *map, unsigned int nr)
{
	bios.map = map;
	bios.nr_map = nr;
}

#define NR(a) (sizeof(a) / sizeof((a)[0]))

static const struct boot_e820_entry pc[] = {
	{ 0, 0x9fc00, 1 }, { 0x9fc00, 0x400, 2 }, { 0xf0000, 0x10000, 2 },
	{ 0x100000, 0x7ee0000, 1 }, { 0x7fe0000, 0x20000, 2 },
};

static void test_honest(void **state)
{
	answer(pc, NR(pc));
	detect_memory();
	assert_true(bios.caller_was_right);
	assert_int_equal(bios.calls, NR(pc));
	assert_int_equal(boot_params.e820_entries, NR(pc));
	assert_memory_equal(boot_params.e820_table, pc, sizeof(pc));
	assert_int_equal(boot_params.alt_mem_k, 0);
	assert_int_equal(boot_params.ext_mem_k, 0);
}

static void test_ended_by_carry(void **state)
{
	answer(pc, NR(pc));
	bios.end_by_cf = true;
	detect_memory();
	assert_int_equal(bios.calls, NR(pc) + 1);
	assert_int_equal(boot_params.e820_entries, NR(pc));
	assert_memory_equal(boot_params.e820_table, pc, sizeof(pc));
}

static void test_registers_trashed(void **state)
{
	answer(pc, NR(pc));
	bios.trashes = true;
	detect_memory();
	assert_true(bios.caller_was_right);
	assert_int_equal(boot_params.e820_entries, NR(pc));
}

static void test_wrong_signature_at_once(void **state)
{
	answer(pc, NR(pc));
	bios.bad_smap_at = 0;
	detect_memory();
	assert_int_equal(boot_params.e820_entries, 0);
}

static void test_wrong_signature_in_the_middle(void **state)
{
	answer(pc, NR(pc));
	bios.bad_smap_at = 3;
	bios.no_e801 = false;
	bios.ax = 15 * 1024;
	bios.bx = 1024;
	detect_memory();
	assert_int_equal(bios.calls, 4);
	assert_int_equal(boot_params.e820_entries, 0);
	assert_int_equal(boot_params.alt_mem_k, 15 * 1024 + (1024 << 6));
}

static void test_too_many(void **state)
{
	answer(pc, NR(pc));
	bios.endless = true;
	detect_memory();
	assert_int_equal(bios.calls, E820_MAX_ENTRIES_ZEROPAGE);
	assert_int_equal(boot_params.e820_entries, E820_MAX_ENTRIES_ZEROPAGE);
	assert_memory_equal(&boot_params.e820_table[125], &pc[0], sizeof(pc[0]) * 3);
}

static void test_exactly_128(void **state)
{
	struct boot_e820_entry map[E820_MAX_ENTRIES_ZEROPAGE];
	unsigned int i;

	for (i = 0; i < NR(map); i++)
		map[i] = (struct boot_e820_entry){ i * 0x2000ull, 0x1000, 1 + i % 2 };
	answer(map, NR(map));
	detect_memory();
	assert_int_equal(boot_params.e820_entries, 128);
	assert_memory_equal(boot_params.e820_table, map, sizeof(map));
}

/* what is wrong in an entry is not the probe's business: it is kept as it came */
static void test_nonsense_is_kept(void **state)
{
	static const struct boot_e820_entry map[] = {
		{ 0x100000, 0x1000000, 1 }, { 0, 0x9fc00, 1 }, { 0x80000, 0x100000, 2 },
		{ 0x5000, 0, 1 }, { ~0ull - 0xfff, 0x2000, 1 }, { 0x100000, 0x1000000, 1 },
		{ 0x2000000, 0x1000, 0 }, { 0x3000000, 0x1000, 0xffffffff },
	};

	answer(map, NR(map));
	detect_memory();
	assert_int_equal(boot_params.e820_entries, NR(map));
	assert_memory_equal(boot_params.e820_table, map, sizeof(map));
}

static void test_nothing_answers(void **state)
{
	bios.no_e820 = true;
	detect_memory();
	assert_int_equal(bios.calls, 1);
	assert_int_equal(boot_params.e820_entries, 0);
	assert_int_equal(boot_params.alt_mem_k, 0);
	assert_int_equal(boot_params.ext_mem_k, 0);
}

static void test_e801(void **state)
{
	static const struct { u16 ax, bx, cx, dx; u32 kb; } cases[] = {
		{ 15360, 1024, 0, 0, 15360 + 65536 },
		{ 0, 0, 15360, 1024, 15360 + 65536 },		/* only "configured" */
		{ 15360, 0xffff, 15360, 1024, 15360 + 65536 },	/* which wins over "extended" */
		{ 15360, 0, 0, 0, 15360 },
		{ 7168, 0, 0, 0, 7168 },
		{ 7168, 2048, 0, 0, 7168 },			/* a hole below 16 MiB */
		{ 15361, 1024, 0, 0, 0 },			/* cannot be */
		{ 0xffff, 0xffff, 0, 0, 0 },
		{ 0, 0, 0, 0, 0 },
		{ 15360, 0xffff, 0, 0, 15360 + (0xffffu << 6) },
	};
	unsigned int i;

	for (i = 0; i < NR(cases); i++) {
		fresh(NULL);
		bios.no_e820 = true;
		bios.no_e801 = false;
		bios.ax = cases[i].ax;
		bios.bx = cases[i].bx;
		bios.cx = cases[i].cx;
		bios.dx = cases[i].dx;
		detect_memory();
		assert_int_equal(boot_params.alt_mem_k, cases[i].kb);
	}
}

static void test_88(void **state)
{
	bios.no_e820 = true;
	bios.no_88 = false;
	bios.ax_88 = 0xfc00;
	detect_memory();
	assert_int_equal(boot_params.ext_mem_k, 0xfc00);
}

static void test_header_is_left_alone(void **state)
{
	boot_params.hdr.cmd_line_ptr = 0x20000;
	answer(pc, NR(pc));
	bios.endless = true;
	detect_memory();
	assert_int_equal(boot_params.hdr.cmd_line_ptr, 0x20000);
	assert_int_equal(boot_params.pad6[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_honest, fresh),
		cmocka_unit_test_setup(test_ended_by_carry, fresh),
		cmocka_unit_test_setup(test_registers_trashed, fresh),
		cmocka_unit_test_setup(test_wrong_signature_at_once, fresh),
		cmocka_unit_test_setup(test_wrong_signature_in_the_middle, fresh),
		cmocka_unit_test_setup(test_too_many, fresh),
		cmocka_unit_test_setup(test_exactly_128, fresh),
		cmocka_unit_test_setup(test_nonsense_is_kept, fresh),
		cmocka_unit_test_setup(test_nothing_answers, fresh),
		cmocka_unit_test_setup(test_e801, fresh),
		cmocka_unit_test_setup(test_88, fresh),
		cmocka_unit_test_setup(test_header_is_left_alone, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
