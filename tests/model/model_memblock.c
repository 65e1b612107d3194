// SPDX-License-Identifier: MIT
/*
 * model_memblock.c - the boot-time map of memory against a byte for each 64 bytes of it.
 *
 * A booted machine's map is emptied and used again, for a stretch of addresses of which
 * the model keeps, unit by unit: is it RAM, of which node, with which flags; is it
 * reserved. From that follow the two arrays, as memblock merges what is alike; every
 * answer to a question; what an iteration visits; and the address that each allocation
 * gives, top down or bottom up, with its node, its mirrored memory first, its limits.
 *
 * The addresses are none of the machine's RAM where that begins at 0, since slab serves
 * the arrays when they grow and memblock asks its own map where an old array came from.
 */
#include "model.h"
#include <linux/memblock.h>

#define UNIT		64ul
#define UNITS		4096u
#define IS		0x80u			/* a unit that is RAM, or reserved */
#define NO_NID		MAX_NUMNODES
#define ATTR(nid, flags)	(IS | (u8)((flags) << 4) | (u8)(nid))
#define NID(attr)	((attr) & 0xf)
#define FLAGS(attr)	((attr) >> 4 & 7)

enum { PLANT_RESERVE_SHORT, PLANT_KEEP_NODE };
static const char *const plants[] = { "reserve-short", "keep-node", NULL };

static u8 ram[UNITS], taken[UNITS];	/* ATTR() or 0 */
static phys_addr_t base;		/* of unit 0 */
static phys_addr_t limit;		/* memblock's current limit */
static bool bottom_up;
static struct memblock saved;

#define MB	memblock_mem()

struct range {
	unsigned int start, end;	/* units */
	phys_addr_t addr, size;
};

/* small ones mostly; now and then a large one */
static struct range range_of(u32 a, u32 b)
{
	struct range r;

	r.start = a % UNITS;
	r.end = r.start + 1 + ((b >> 16) % 8 ? (b & 0xffff) % 40 : (b & 0xffff) % UNITS);
	r.end = min(r.end, UNITS);
	r.addr = base + r.start * UNIT;
	r.size = (r.end - r.start) * UNIT;
	return r;
}

#define RANGE_FMT	"%#llx, %#llx"
#define RANGE_ARGS(r)	(unsigned long long)(r).addr, (unsigned long long)(r).size

/* --- the map ------------------------------------------------------------- */

/* a call that fails for want of memory has changed nothing */
static bool refused(int error)
{
	if (!error)
		return false;
	if (error != -ENOMEM || !model_faulted())
		model_fail("error %d", error);
	return true;
}

static void set_free_units(u8 *map, struct range r, u8 attr)
{
	unsigned int i;

	for (i = r.start; i < r.end; i++)
		if (!map[i])
			map[i] = attr;
}

static void op_add(const u32 *arg)
{
	static const int flags[] = {
		0, 0, 0, 0, 0, MEMBLOCK_HOTPLUG, MEMBLOCK_MIRROR, MEMBLOCK_NOMAP,
	};
	struct range r = range_of(arg[0], arg[1]);
	int nid = arg[2] % 4, flag = flags[(arg[2] >> 8) % 8];

	if (arg[3] % 4 == 0) {
		model_say("\tassert_int_equal(memblock_add(" RANGE_FMT "), 0);", RANGE_ARGS(r));
		if (!refused(memblock_add(r.addr, r.size)))
			set_free_units(ram, r, ATTR(NO_NID, 0));
		return;
	}
	model_say("\tassert_int_equal(memblock_add_node(" RANGE_FMT ", %d, %d), 0);",
		  RANGE_ARGS(r), nid, flag);
	if (!refused(memblock_add_node(r.addr, r.size, nid, flag)))
		set_free_units(ram, r, ATTR(nid, flag));
}

static void op_remove(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);

	model_say("\tassert_int_equal(memblock_remove(" RANGE_FMT "), 0);", RANGE_ARGS(r));
	if (!refused(memblock_remove(r.addr, r.size)))
		memset(ram + r.start, 0, r.end - r.start);
}

static void op_reserve(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);

	model_say("\tassert_int_equal(memblock_reserve(" RANGE_FMT "), 0);", RANGE_ARGS(r));
	if (refused(memblock_reserve(r.addr, r.size)))
		return;
	if (model_planted(PLANT_RESERVE_SHORT) && r.end - r.start > 20)
		r.end--;
	set_free_units(taken, r, ATTR(NO_NID, 0));
}

static void op_free(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);

	model_say("\tassert_int_equal(memblock_phys_free(" RANGE_FMT "), 0);", RANGE_ARGS(r));
	if (!refused(memblock_phys_free(r.addr, r.size)))
		memset(taken + r.start, 0, r.end - r.start);
}

static void op_set_node(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	bool reserved = arg[2] % 4 == 0;
	u8 *map = reserved ? taken : ram;
	int nid = (arg[2] >> 8) % 4;
	unsigned int i;

	model_say("\tassert_int_equal(memblock_set_node(" RANGE_FMT
		  ", &memblock_mem()->%s, %d), 0);",
		  RANGE_ARGS(r), reserved ? "reserved" : "memory", nid);
	if (refused(memblock_set_node(r.addr, r.size, reserved ? &MB->reserved : &MB->memory, nid)))
		return;
	for (i = r.start; i < r.end; i++)
		if (map[i] && !(model_planted(PLANT_KEEP_NODE) && FLAGS(map[i])))
			map[i] = ATTR(nid, FLAGS(map[i]));
}

static const struct {
	int (*call)(phys_addr_t base, phys_addr_t size);
	const char *name;
	int flag;
	bool set;
} marks[] = {
	{ memblock_mark_nomap, "memblock_mark_nomap", MEMBLOCK_NOMAP, true },
	{ memblock_clear_nomap, "memblock_clear_nomap", MEMBLOCK_NOMAP, false },
	{ memblock_mark_hotplug, "memblock_mark_hotplug", MEMBLOCK_HOTPLUG, true },
	{ memblock_clear_hotplug, "memblock_clear_hotplug", MEMBLOCK_HOTPLUG, false },
	{ memblock_mark_mirror, "memblock_mark_mirror", MEMBLOCK_MIRROR, true },
};

static void op_mark(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	unsigned int i, which = arg[2] % ARRAY_SIZE(marks);
	int flag = marks[which].flag;

	model_say("\tassert_int_equal(%s(" RANGE_FMT "), 0);", marks[which].name, RANGE_ARGS(r));
	if (refused(marks[which].call(r.addr, r.size)))
		return;
	for (i = r.start; i < r.end; i++)
		if (ram[i])
			ram[i] = ATTR(NID(ram[i]), marks[which].set ? FLAGS(ram[i]) | flag :
				      FLAGS(ram[i]) & ~flag);
}

/* these three report no error: none of their allocations may fail */
static void without_faults(void)
{
	host_fail_nth(this_machine(), 0, false);
	model_say("\thost_fail_nth(this_machine(), 0, false);");
}

static void op_memory_limit(const u32 *arg)
{
	unsigned int i, left = arg[0] % UNITS;
	phys_addr_t bytes = left * UNIT;

	without_faults();
	model_say("\tmemblock_enforce_memory_limit(%#llx);", (unsigned long long)bytes);
	memblock_enforce_memory_limit(bytes);
	for (i = 0; i < UNITS && left; i++)
		left -= !!ram[i];
	if (!bytes || left)
		return;
	memset(ram + i, 0, UNITS - i);
	memset(taken + i, 0, UNITS - i);
}

static void op_cap(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	unsigned int i;

	without_faults();
	model_say("\tmemblock_cap_memory_range(" RANGE_FMT ");", RANGE_ARGS(r));
	memblock_cap_memory_range(r.addr, r.size);
	for (i = 0; i < UNITS; i++) {
		if (i >= r.start && i < r.end)
			continue;
		taken[i] = 0;
		if (!(FLAGS(ram[i]) & MEMBLOCK_NOMAP))
			ram[i] = 0;
	}
}

/* the end of the run of like units that begins at @i */
static unsigned int run_end(const u8 *map, unsigned int i)
{
	unsigned int end = i;

	while (end < UNITS && map[end] == map[i])
		end++;
	return end;
}

static void op_trim(const u32 *arg)
{
	unsigned int align = 1u << arg[0] % 5, i, end, from, to;

	model_say("\tmemblock_trim_memory(%#lx);", align * UNIT);
	memblock_trim_memory(align * UNIT);
	for (i = 0; i < UNITS; i = end) {
		end = run_end(ram, i);
		from = roundup(i, align);	/* base is aligned */
		to = end & ~(align - 1);
		if (!ram[i])
			continue;
		if (from >= to)
			from = to = end;
		memset(ram + i, 0, from - i);
		memset(ram + to, 0, end - to);
	}
}

static void op_direction(const u32 *arg)
{
	bottom_up = arg[0] & 1;
	model_say("\tmemblock_set_bottom_up(%d);", bottom_up);
	memblock_set_bottom_up(bottom_up);
}

static void op_limit(const u32 *arg)
{
	limit = arg[0] % 4 ? MEMBLOCK_ALLOC_ANYWHERE : base + (arg[1] % UNITS) * UNIT;
	model_say("\tmemblock_set_current_limit(%#llxull);", (unsigned long long)limit);
	memblock_set_current_limit(limit);
}

/* --- allocation ---------------------------------------------------------- */

struct search {
	phys_addr_t size, align, start, end;
	int nid, flags;
};

static bool excluded(u8 attr, int nid, int flags)
{
	if (!attr || (nid >= 0 && nid < MAX_NUMNODES && NID(attr) != nid))
		return true;
	if ((flags & MEMBLOCK_MIRROR) && !(FLAGS(attr) & MEMBLOCK_MIRROR))
		return true;
	return !(flags & MEMBLOCK_NOMAP) && (FLAGS(attr) & MEMBLOCK_NOMAP);
}

/* the end of the free piece at @i: like RAM, not reserved. @i itself: no such piece */
static unsigned int piece_end(unsigned int i, int nid, int flags)
{
	unsigned int end = i;

	if (excluded(ram[i], nid, flags))
		return i;
	while (end < UNITS && ram[end] == ram[i] && !taken[end])
		end++;
	return end;
}

/* where a fitting range lies in [lo, hi), or 0 */
static phys_addr_t fit(const struct search *s, phys_addr_t lo, phys_addr_t hi)
{
	phys_addr_t addr;

	lo = max(lo, s->start);
	hi = min(hi, s->end);
	if (lo >= hi || hi - lo < s->size)
		return 0;
	addr = bottom_up ? (lo + s->align - 1) & ~(s->align - 1) : (hi - s->size) & ~(s->align - 1);
	return addr >= lo && addr + s->size <= hi ? addr : 0;
}

static phys_addr_t search(const struct search *s)
{
	phys_addr_t found = 0, addr;
	unsigned int i, end;

	for (i = 0; i < UNITS; i = end) {
		end = piece_end(i, s->nid, s->flags);
		if (end == i) {
			end++;
			continue;
		}
		addr = fit(s, base + i * UNIT, base + end * UNIT);
		if (addr)
			found = addr;
		if (addr && bottom_up)
			break;
	}
	return found;
}

/* where memblock_phys_alloc_*() has to find it */
static phys_addr_t expected(phys_addr_t size, phys_addr_t align, phys_addr_t start,
			    phys_addr_t end, int nid)
{
	struct search s = { .size = size, .align = align ? align : UNIT, .nid = nid };
	phys_addr_t addr;
	unsigned int i;

	s.start = max(start, (phys_addr_t)PAGE_SIZE);
	s.end = end == MEMBLOCK_ALLOC_ACCESSIBLE ? limit : end;
	for (i = 0; i < UNITS; i++)
		if (ram[i] && (FLAGS(ram[i]) & MEMBLOCK_MIRROR))
			s.flags = MEMBLOCK_MIRROR;
	addr = search(&s);
	if (!addr && s.flags) {
		s.flags = 0;
		addr = search(&s);
	}
	if (addr || nid < 0)
		return addr;
	return expected(size, align, start, end, NUMA_NO_NODE);
}

static void take(phys_addr_t got, phys_addr_t want, phys_addr_t size)
{
	struct range r;

	if (!got && model_faulted())
		return;
	if (got != want)
		model_fail("allocated %#llx, not %#llx", (unsigned long long)got,
			   (unsigned long long)want);
	if (!got)
		return;
	r.start = (got - base) / UNIT;
	r.end = r.start + size / UNIT;
	set_free_units(taken, r, ATTR(NO_NID, 0));
}

static phys_addr_t some_size(u32 a)
{
	return UNIT * (1 + (a >> 8) % (a % 8 ? 30 : 300));
}

static phys_addr_t some_align(u32 a)
{
	return a % 3 ? (phys_addr_t)1 << (a >> 8) % 15 : 0;
}

static phys_addr_t some_bound(u32 a)
{
	return base + (a % UNITS) * UNIT;
}

static void op_alloc_range(const u32 *arg)
{
	phys_addr_t size = some_size(arg[0]), align = some_align(arg[1]), want;
	phys_addr_t start = arg[2] % 3 ? some_bound(arg[2] >> 4) : 0;
	phys_addr_t end = arg[3] % 3 ? some_bound(arg[3] >> 4) : MEMBLOCK_ALLOC_ACCESSIBLE;

	want = expected(size, align, start, end, NUMA_NO_NODE);
	model_say(
		"\tassert_int_equal(memblock_phys_alloc_range(%#llx, %#llx, %#llx, %#llx), %#llx);",
		(unsigned long long)size, (unsigned long long)align, (unsigned long long)start,
		(unsigned long long)end, (unsigned long long)want);
	take(memblock_phys_alloc_range(size, align, start, end), want, size);
}

static void op_alloc_nid(const u32 *arg)
{
	phys_addr_t size = some_size(arg[0]), align = some_align(arg[1]), want;
	int nid = (int)(arg[2] % 5) - 1;

	want = expected(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, nid);
	model_say("\tassert_int_equal(memblock_phys_alloc_try_nid(%#llx, %#llx, %d), %#llx);",
		  (unsigned long long)size, (unsigned long long)align, nid,
		  (unsigned long long)want);
	take(memblock_phys_alloc_try_nid(size, align, nid), want, size);
}

/* the virtual address of the same; slab would serve it, were it up */
static void op_alloc_virt(const u32 *arg)
{
	phys_addr_t size = some_size(arg[0]), align = some_align(arg[1]), want;
	phys_addr_t start = arg[2] % 3 ? some_bound(arg[2] >> 4) : 0;
	phys_addr_t end = arg[3] % 3 ? some_bound(arg[3] >> 4) : MEMBLOCK_ALLOC_ACCESSIBLE;
	phys_addr_t to = end == MEMBLOCK_ALLOC_ACCESSIBLE || end > limit ? limit : end;
	int nid = (int)(arg[1] >> 24) % 5 - 1;
	void *p;

	if (MB->reserved.cnt + 2 >= MB->reserved.max)
		return;			/* an array of memblock's own memory */
	without_faults();
	want = to ? expected(size, align, start, to, nid) : 0;
	if (!want && start)
		want = expected(size, align, 0, to, nid);
	model_say("\tthis_machine()->slab.up = false;");
	model_say("\tp = memblock_alloc_try_nid_raw(%#llx, %#llx, %#llx, %#llx, %d);",
		  (unsigned long long)size, (unsigned long long)align, (unsigned long long)start,
		  (unsigned long long)end, nid);
	model_say("\tthis_machine()->slab.up = true;");
	model_say("\tassert_int_equal(p ? __pa(p) : 0, %#llx);", (unsigned long long)want);
	this_machine()->slab.up = false;
	p = memblock_alloc_try_nid_raw(size, align, start, end, nid);
	this_machine()->slab.up = true;
	take(p ? __pa(p) : 0, want, size);
}

/* --- questions ----------------------------------------------------------- */

#define ASK(call, want, fmt, ...)							\
do {											\
	model_say("\tassert_int_equal(" #call "(" fmt "), %d);", ##__VA_ARGS__, (int)(want)); \
	model_expect(got, want, #call "(" fmt ")", ##__VA_ARGS__);			\
} while (0)

static bool all_ram(struct range r)
{
	unsigned int i;

	for (i = r.start; i < r.end; i++)
		if (!ram[i] || ram[i] != ram[r.start])
			return false;
	return true;
}

static bool any_taken(struct range r)
{
	unsigned int i;

	for (i = r.start; i < r.end; i++)
		if (taken[i])
			return true;
	return false;
}

static void op_ask(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	unsigned long long addr = r.addr + arg[2] % UNIT, size = r.size;
	u8 attr = ram[r.start];
	long got;

	got = memblock_is_memory(addr);
	ASK(memblock_is_memory, !!attr, "%#llx", addr);
	got = memblock_is_map_memory(addr);
	ASK(memblock_is_map_memory, attr && !(FLAGS(attr) & MEMBLOCK_NOMAP), "%#llx", addr);
	got = memblock_is_reserved(addr);
	ASK(memblock_is_reserved, !!taken[r.start], "%#llx", addr);
	addr = r.addr;
	got = memblock_is_region_memory(addr, size);
	ASK(memblock_is_region_memory, all_ram(r), "%#llx, %#llx", addr, size);
	got = memblock_is_region_reserved(addr, size);
	ASK(memblock_is_region_reserved, any_taken(r), "%#llx, %#llx", addr, size);
}

static void op_ask_frame(const u32 *arg)
{
	unsigned int unit = (arg[0] % UNITS) & ~(unsigned int)(PAGE_SIZE / UNIT - 1);
	unsigned long pfn = (base + unit * UNIT) >> PAGE_SHIFT, start, end, got;
	unsigned int first = unit, last;

	got = memblock_search_pfn_nid(pfn, &start, &end);
	model_say("\tassert_int_equal(memblock_search_pfn_nid(%#lx, &start, &end), %d);", pfn,
		  ram[unit] ? NID(ram[unit]) : -1);
	model_expect((int)got, ram[unit] ? NID(ram[unit]) : -1, "node of frame %#lx", pfn);
	if (!ram[unit])
		return;
	while (first && ram[first - 1] == ram[unit])
		first--;
	last = run_end(ram, unit);
	model_pending("\tassert_int_equal(start, %#llx);",
		      (unsigned long long)(base + first * UNIT) >> PAGE_SHIFT);
	model_expect(start, (base + first * UNIT) >> PAGE_SHIFT, "first frame");
	model_pending("\tassert_int_equal(end, %#llx);",
		      (unsigned long long)(base + last * UNIT) >> PAGE_SHIFT);
	model_expect(end, (base + last * UNIT) >> PAGE_SHIFT, "last frame");
}

/* --- iteration ----------------------------------------------------------- */

/* the pieces in order of address: start and end unit, node */
struct piece {
	unsigned int start, end;
	int nid;
};
static struct piece pieces[UNITS];

static unsigned int list_pieces(int nid, int flags)
{
	unsigned int i, end, nr = 0;

	for (i = 0; i < UNITS; i = end) {
		end = taken[i] ? i : piece_end(i, nid, flags);
		if (end > i)
			pieces[nr++] = (struct piece){ i, end, NID(ram[i]) };
		end = max(end, i + 1);
	}
	return nr;
}

static void compare_piece(unsigned int n, phys_addr_t start, phys_addr_t end, int nid)
{
	const struct piece *p = &pieces[n];

	if (start != base + p->start * UNIT || end != base + p->end * UNIT || nid != p->nid)
		model_fail("free piece %u is [%#llx, %#llx) of node %d, not [%#llx, %#llx) of %d",
			   n, (unsigned long long)start, (unsigned long long)end, nid,
			   (unsigned long long)base + p->start * UNIT,
			   (unsigned long long)base + p->end * UNIT, p->nid);
}

static void op_walk(const u32 *arg)
{
	static const int flags[] = { 0, 0, MEMBLOCK_MIRROR, MEMBLOCK_NOMAP };
	int want_nid = (int)(arg[0] % 5) - 1, flag = flags[arg[1] % 4], nid;
	unsigned int nr = list_pieces(want_nid, flag), n = 0;
	phys_addr_t start, end;
	u64 i;

	model_say("\tn = 0;\n\tfor_each_free_mem_range(i, %d, %d, &lo, &hi, NULL)\n\t\tn++;\n"
		  "\tassert_int_equal(n, %u);", want_nid, flag, nr);
	for_each_free_mem_range(i, want_nid, flag, &start, &end, &nid) {
		if (n >= nr)
			model_fail("more than %u free pieces", nr);
		compare_piece(n++, start, end, nid);
	}
	model_expect(n, nr, "number of free pieces");
	model_say("\tn = 0;\n\tfor_each_free_mem_range_reverse(i, %d, %d, &lo, &hi, NULL)\n"
		  "\t\tn++;\n\tassert_int_equal(n, %u);", want_nid, flag, nr);
	for_each_free_mem_range_reverse(i, want_nid, flag, &start, &end, &nid) {
		if (!n)
			model_fail("more than %u free pieces downwards", nr);
		compare_piece(--n, start, end, nid);
	}
	model_expect(n, 0, "number of free pieces left");
}

/* whole frames of RAM */
static void op_walk_frames(const u32 *arg)
{
	int want_nid = (int)(arg[0] % 5) - 1, i, nid;
	unsigned long per = PAGE_SIZE / UNIT, sum = 0, want = 0, start, end;
	unsigned int u, stop;

	for (u = 0; u < UNITS; u = stop) {
		stop = run_end(ram, u);
		if (ram[u] && (want_nid < 0 || NID(ram[u]) == want_nid) &&
		    roundup(u, per) < stop / per * per)
			want += stop / per - roundup(u, per) / per;
	}
	model_say("\tn = 0;\n\tfor_each_mem_pfn_range(j, %d, &start, &end, NULL)\n"
		  "\t\tn += end - start;\n\tassert_int_equal(n, %lu);", want_nid, want);
	for_each_mem_pfn_range(i, want_nid, &start, &end, &nid)
		sum += end - start;
	model_expect(sum, want, "whole frames of node %d", want_nid);
}

/* --- the whole ----------------------------------------------------------- */

static void say_region(const char *name, unsigned long i, const char *field,
		       unsigned long long want)
{
	model_pending("\tassert_int_equal(memblock_mem()->%s.regions[%lu].%s, %#llx);", name, i,
		      field, want);
}

static void compare_array(const struct memblock_type *type, const u8 *map)
{
	unsigned long n = 0;
	unsigned int i, end;

	for (i = 0; i < UNITS; i = end) {
		const struct memblock_region *r = &type->regions[n];

		end = run_end(map, i);
		if (!map[i])
			continue;
		if (n++ >= type->cnt)
			break;
		say_region(type->name, n - 1, "base", base + i * UNIT);
		model_expect(r->base, base + i * UNIT, "%s %lu base", type->name, n - 1);
		say_region(type->name, n - 1, "size", (end - i) * UNIT);
		model_expect(r->size, (end - i) * UNIT, "%s %lu size", type->name, n - 1);
		say_region(type->name, n - 1, "nid", NID(map[i]));
		model_expect(r->nid, NID(map[i]), "%s %lu node", type->name, n - 1);
		say_region(type->name, n - 1, "flags", FLAGS(map[i]));
		model_expect(r->flags, FLAGS(map[i]), "%s %lu flags", type->name, n - 1);
	}
	model_pending("\tassert_int_equal(memblock_mem()->%s.cnt, %lu);", type->name, n);
	model_expect(type->cnt, n, "regions of %s", type->name);
}

static void check(void)
{
	model_pending("\tmemblock_check();");
	memblock_check();
	compare_array(&MB->memory, ram);
	compare_array(&MB->reserved, taken);
}

static void begin(void)
{
	saved = *MB;
	base = memblock_start_of_DRAM() ? 0 : 0x20000000;
	limit = MEMBLOCK_ALLOC_ANYWHERE;
	model_say("\tstruct memblock saved = *memblock_mem();\n\n"
		  "\tmemblock_init(memblock_mem());\n\tmemblock_allow_resize();");
	memblock_init(MB);
	memblock_allow_resize();
}

static void end(void)
{
	if (MB->memory.regions != MB->memory_init)
		kfree(MB->memory.regions);
	if (MB->reserved.regions != MB->reserved_init)
		kfree(MB->reserved.regions);
	*MB = saved;
	model_say("\t*memblock_mem() = saved;");
}

static const struct model_kind kinds[] = {
	{ "add", op_add, 30, 15 }, { "remove", op_remove, 10, 30 },
	{ "reserve", op_reserve, 20, 10 }, { "free", op_free, 15, 30 },
	{ "set_node", op_set_node, 8, 8 }, { "mark", op_mark, 10, 10 },
	{ "memory_limit", op_memory_limit, 0, 1 }, { "cap", op_cap, 0, 1 },
	{ "trim", op_trim, 0, 1 }, { "direction", op_direction, 2, 2 },
	{ "limit", op_limit, 2, 2 }, { "alloc_range", op_alloc_range, 15, 10 },
	{ "alloc_nid", op_alloc_nid, 15, 10 }, { "alloc_virt", op_alloc_virt, 10, 5 },
	{ "ask", op_ask, 40, 40 }, { "ask_frame", op_ask_frame, 10, 10 },
	{ "walk", op_walk, 2, 2 }, { "walk_frames", op_walk_frames, 2, 2 },
};

static const struct model model = {
	.name = "memblock", .kinds = kinds, .nr_kinds = ARRAY_SIZE(kinds), .check_every = 20,
	.includes = "#include \"phys_test.h\"\n\n"
		    "static unsigned long start, end, n;\nstatic phys_addr_t lo, hi;\n"
		    "static void *p;\nstatic u64 i;\nstatic int j;\n",
	.begin = begin, .check = check, .end = end, .plants = plants,
};

int main(int argc, char **argv)
{
	return model_main(&model, argc, argv);
}
