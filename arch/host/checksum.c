// SPDX-License-Identifier: MIT
/*
 * checksum.c - one number for all that a machine's state is.
 *
 *	struct machine, init_mm    word by word
 *	the port's own             clock, random state, counters, limits, log, bits of stale.c
 *	each CPU                   its TLBs and their counters
 *	struct pages               of every section that exists
 *	frames                     all but free blocks and frames that are all zeroes
 *
 * The state is full of addresses of this process, which differ from run to run. A word
 * that is an address of one of the machine's parts therefore counts as the number of the
 * part and the offset in it; one that is an address in a loaded file (a function, a name)
 * as the file and the offset; one of any other mapping (a stack, the heap) as the mere
 * fact. So two runs that did the same have the same number, in one process or in two.
 * A number that looks like an address is confused with it, in words of 64 bits hardly
 * ever; in words of 32 bits numbers of two processes cannot be compared.
 *
 *   C1  reading changes nothing: frames that were never touched stay untouched
 *
 * Locks: none: nobody changes the machine meanwhile.
 */
#include "host_internal.h"

#define MAX_MAPS	4096

struct part {
	unsigned long start, bytes;
};

struct sum {
	u64 hash;
	struct part parts[6];		/* i  of the machine; an address counts by its place here */
	const struct os_map *maps;	/* i  of the process, by address */
	size_t nr_maps;			/* i */
};

static void mix(struct sum *s, u64 value)
{
	s->hash = (s->hash ^ value) * 0x9e3779b97f4a7c15ull;
	s->hash ^= s->hash >> 29;
}

/* --- words --------------------------------------------------------------- */

static const struct os_map *find_map(const struct sum *s, unsigned long addr)
{
	size_t low = 0, high = s->nr_maps, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (addr < s->maps[mid].start)
			high = mid;
		else if (addr >= s->maps[mid].end)
			low = mid + 1;
		else
			return &s->maps[mid];
	}
	return NULL;
}

/* What counts of a word: itself, or what it is the address of. */
static u64 meaning(const struct sum *s, unsigned long word)
{
	const struct os_map *map;
	unsigned int i;

	if (word < PAGE_SIZE || word > TASK_SIZE_MAX)
		return word;
	for (i = 0; i < ARRAY_SIZE(s->parts); i++)
		if (word - s->parts[i].start < s->parts[i].bytes)
			return (u64)(i + 1) << 56 ^ (word - s->parts[i].start);
	for (i = 0; i < ARRAY_SIZE(s->parts); i++)
		if (word == s->parts[i].start + s->parts[i].bytes)
			return (u64)(i + 1) << 56 ^ s->parts[i].bytes;
	map = find_map(s, word);
	if (!map)
		return word;
	return map->file ? map->file ^ (word - map->file_start) : 1ull << 63;
}

static u64 words_sum(const struct sum *s, const void *at, size_t bytes)
{
	const unsigned long *word = at, *end = word + bytes / sizeof(*word);
	struct sum sub = { .hash = 0 };
	bool zero = true;

	for (; word < end; word++) {
		zero = zero && !*word;
		mix(&sub, meaning(s, *word));
	}
	return zero ? 0 : sub.hash;
}

static void mix_words(struct sum *s, const void *at, size_t bytes)
{
	mix(s, words_sum(s, at, bytes));
}

/* --- what there is ---------------------------------------------------------- */

static void mix_tlb(struct sum *s, const struct host_tlb_array *a)
{
	const struct host_tlb_entry *e;

	for (e = a->entry; e < a->entry + a->nr; e++) {
		if (!e->tag)
			continue;
		mix(s, e - a->entry);
		mix(s, e->tag);
		mix(s, e->key);
		mix(s, e->pfn);
		mix(s, e->used);
		mix(s, e->perm);
	}
}

static void mix_cpus(struct sum *s, const struct host_machine *hm)
{
	const struct host_cpu *cpu;

	for (cpu = hm->cpus; cpu < hm->cpus + hm->config.nr_cpus; cpu++) {
		mix_tlb(s, &cpu->l1);
		mix_tlb(s, &cpu->huge);
		mix_tlb(s, &cpu->l2);
		mix_tlb(s, &cpu->walk);
		mix_words(s, &cpu->asids, sizeof(cpu->asids));
		mix(s, cpu->lazy);
		mix(s, cpu->ticks);
		mix_words(s, &cpu->stats, sizeof(cpu->stats));
	}
}

/* All but a table's place that has been moved by the address of RAM. */
static void mix_machine(struct sum *s, const struct machine *m)
{
	size_t skip = offsetof(struct machine, slab.frame_ids);
	size_t after = skip + sizeof(m->slab.frame_ids);

	mix_words(s, m, skip);
	mix(s, m->slab.frame_ids != NULL);
	mix_words(s, (const char *)m + after, sizeof(*m) - after);
}

static void mix_port(struct sum *s, const struct host_machine *hm)
{
	size_t window = BITS_TO_LONGS(hm->config.vmalloc_bytes >> PAGE_SHIFT) * sizeof(long);
	const char *c;

	mix(s, atomic64_read(&hm->clock_ns));
	mix(s, atomic64_read(&hm->next_ctx_id));
	mix(s, atomic64_read(&hm->random_state));
	mix_words(s, hm->flushes, sizeof(hm->flushes));
	mix(s, atomic_long_read(&hm->swallow_nth));
	mix(s, atomic_long_read(&hm->warnings));
	mix_words(s, hm->rlimit, sizeof(hm->rlimit));
	mix(s, hm->capable_admin);
	mix_words(s, hm->kernel_mapped, window);
	mix_words(s, hm->kernel_stale, window);
	for (c = hm->log; *c; c++)
		mix(s, (unsigned char)*c);
}

/* Of the kernel's top table the entries of the window: where they stand is an address. */
static void mix_kernel_top(struct sum *s, const struct host_machine *hm)
{
	unsigned long addr, end = hm->ctx.vmalloc_end;

	for (addr = hm->ctx.vmalloc_start; addr < end; addr = pgd_addr_end(addr, end))
		mix(s, pgd_val(*pgd_offset_pgd(hm->init_mm.pgd, addr)));
}

/* The struct pages of one section, and the frames that are somebody's. */
static void mix_section(struct sum *s, struct host_machine *hm, unsigned long pfn,
			unsigned long end)
{
	unsigned long data = pfn, free_until = pfn, lazy_until = pfn;
	const struct page *page;
	u64 hash;

	for (; pfn < end; pfn++) {
		page = pfn_to_page(pfn);
		if (pfn < lazy_until)
			continue;
		hash = words_sum(s, page, sizeof(*page));
		if (hash) {
			mix(s, pfn);
			mix(s, hash);
		}
		if (PageBuddy(page))
			free_until = pfn + (1ul << page->private);
		if (PageLazy(page))
			lazy_until = free_until;
		if (pfn < free_until)
			continue;
		if (pfn >= data)
			data = host_next_data_frame(hm, pfn);			/* C1 */
		if (pfn != data)
			continue;
		if (host_frame(pfn) != hm->init_mm.pgd)
			mix(s, words_sum(s, host_frame(pfn), PAGE_SIZE));
		data++;
	}
}

static void mix_memory(struct sum *s, struct host_machine *hm)
{
	unsigned long section, start;

	for (section = 0; section < hm->nr_sections; section++) {
		mix(s, hm->sections[section]);
		start = section * HOST_SECTION_PAGES;
		if (hm->sections[section])
			mix_section(s, hm, start,
				    min(start + HOST_SECTION_PAGES, host_ctx.nr_frames));
	}
}

static void sum_init(struct sum *s, struct host_machine *hm, struct os_map *maps)
{
	const struct part parts[] = {
		{ (unsigned long)hm->direct_map, hm->ram_end - hm->ram_start },
		{ (unsigned long)hm->ctx.mem_map, hm->mem_map_bytes },
		{ hm->ctx.vmalloc_start, hm->config.vmalloc_bytes },
		{ (unsigned long)hm, sizeof(*hm) },
		{ (unsigned long)hm->cpus, hm->config.nr_cpus * sizeof(*hm->cpus) },
		{ (unsigned long)hm->stacks, hm->stacks_bytes },
	};

	static_assert(sizeof(parts) == sizeof(s->parts), "all parts are known");
	s->hash = 0;
	memcpy(s->parts, parts, sizeof(parts));
	s->maps = maps;
	s->nr_maps = os_maps_read(maps, MAX_MAPS);
}

/* comment: see mm/host.h */
u64 machine_checksum(struct machine *machine)
{
	struct host_machine *hm = to_host(machine);
	struct host_context saved = host_ctx;
	struct os_map *maps;
	struct sum s;

	if (host_ctx.machine && host_ctx.machine != machine)
		host_misuse("machine_checksum: this thread is in another machine");
	maps = os_alloc(MAX_MAPS * sizeof(*maps));
	mm_bug_on(!maps);
	if (!host_ctx.machine)
		host_ctx = hm->ctx;
	sum_init(&s, hm, maps);
	mix_machine(&s, &hm->machine);
	mix_words(&s, &hm->init_mm, sizeof(hm->init_mm));
	mix_port(&s, hm);
	mix_cpus(&s, hm);
	mix_kernel_top(&s, hm);
	mix_memory(&s, hm);
	host_ctx = saved;
	os_free(maps);
	return s.hash;
}
