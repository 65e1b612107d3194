// SPDX-License-Identifier: MIT
/*
 * fuzz_e820.c - any list of ranges as the firmware's memory map, with any mem= and
 * memmap= options: arch/x86/kernel/e820_table.c.
 *
 *	byte			number of entries
 *	entries			control byte: bit 0 full 64 bits, else 16 bits in pages;
 *				bits 1..3 the type; then address and size
 *	the rest		text of options: memmap=, after a '!' mem=, separated by spaces
 *
 * The table after e820_update_table() satisfies E1 to E3 and says of each border of a
 * range, and of the bytes beside it, what the raw entries say (E4).
 */
#include "fuzz.h"
#include "../../arch/x86/kernel/e820_table.c"

static struct e820_table raw, t;

static void entries_take(struct fuzz_input *in)
{
	unsigned int nr = fuzz_take(in, 1);

	memset(&raw, 0, sizeof(raw));
	while (nr-- && in->left) {
		u8 control = fuzz_take(in, 1);
		bool full = control & 1;
		u64 start = fuzz_take(in, full ? 8 : 2), size = fuzz_take(in, full ? 8 : 2);

		if (!full) {
			start <<= PAGE_SHIFT;
			size <<= PAGE_SHIFT;
		}
		(void)!e820_append(&raw, start, size, control >> 1 & 7);
	}
}

static void table_check(void)
{
	const struct e820_entry *e;
	u32 i;

	fuzz_must(t.nr_entries <= E820_MAX_ENTRIES);
	for (i = 0; i < t.nr_entries; i++) {
		e = &t.entries[i];
		fuzz_must(e->size && e->addr + e->size - 1 >= e->addr);		/* E1 */
		if (!i)
			continue;
		fuzz_must(last_byte(e - 1) < e->addr);				/* E2 */
		fuzz_must(last_byte(e - 1) + 1 < e->addr || e[-1].type != e->type); /* E3 */
	}
}

/* E4 for one byte. */
static void byte_check(u64 at)
{
	u32 want = 0, got = 0;
	bool in_raw = type_at(&raw, at, &want), in_t = type_at(&t, at, &got);

	if (at == ~0ull && t.entries[t.nr_entries - 1].size == ~0ull)
		return;			/* one type from end to end: the last byte is left out */
	if (in_raw != in_t || want != got)
		fuzz_fail("byte %#llx: %d type %u, not %d type %u", (unsigned long long)at,
			  in_t, got, in_raw, want);
}

static void update_check(void)
{
	u32 i;

	t = raw;
	if (e820_update_table(&t)) {
		table_check();
		return;			/* more ranges than there is room for */
	}
	table_check();
	for (i = 0; i < raw.nr_entries; i++) {
		const struct e820_entry *e = &raw.entries[i];

		byte_check(e->addr);
		byte_check(e->addr - 1);
		byte_check(last_byte(e));
		byte_check(last_byte(e) + 1);
	}
}

static void options(struct fuzz_input *in)
{
	char text[64];
	unsigned int n;
	char c;

	while (in->left) {
		for (n = 0; in->left && n < sizeof(text) - 1; n++) {
			c = fuzz_take(in, 1);
			if (c == ' ' || !c)
				break;
			text[n] = c;
		}
		text[n] = '\0';
		if (text[0] == '!')
			(void)!e820_parse_mem(&t, text + 1);
		else
			(void)!e820_parse_memmap(&t, text);
		fuzz_must(t.nr_entries <= E820_MAX_ENTRIES);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_machine(&(struct machine_config){ .ram_bytes = 16ul << 20, .nr_cpus = 1 });
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t bytes)
{
	struct fuzz_input in = { input, bytes };
	char name[24];
	u32 type;

	entries_take(&in);
	update_check();
	options(&in);
	(void)!e820_range_update(&t, 0, PAGE_SIZE, E820_TYPE_RAM, E820_TYPE_RESERVED);
	if (!e820_update_table(&t)) {
		table_check();
		fuzz_must(!type_at(&t, 0, &type) || type != E820_TYPE_RAM);
	}
	(void)e820_end_of(&t, E820_TYPE_RAM, 1ull << 46);
	for (type = 0; type < 16; type++)
		fuzz_must(strlen(e820_type_text(type, name, sizeof(name))));
	return 0;
}
