// SPDX-License-Identifier: MIT
/*
 * model_vmalloc.c - the kernel's mapping range against a list of intervals.
 *
 * The model is a table of areas in use and one of areas that were unmapped and wait for
 * the flush. Each has its interval, guard page included; the two tables together are what
 * the range holds. From it follow
 *
 *   - where the next area goes: the lowest gap that is large enough, aligned as asked;
 *     for one with room for large pages the highest
 *   - that an unmapped interval is not used again before the flush, and is after it
 *   - the pages that count as used and as lazy, the number of flushes
 *   - the text of /proc/vmallocinfo
 *
 * and the machine is asked page by page: vmalloc_to_page() is the page itself, nothing
 * for the guard; both ends of each page hold what was written there, as seen from the
 * mapping and from the direct map. vmap() maps frames of the model's own, some of them
 * several times at once. The window is small, so that it is full now and then.
 */
#include "model.h"
#include <linux/io.h>
#include <linux/vmalloc.h>
#include <linux/seq_file.h>

#define SLOTS		200
#define FRAMES		64		/* that vmap() maps */
#define LAZY_MAX	4000
#define VA_BYTES	(16ul << 20)

enum { PLANT_NO_GUARD, PLANT_FORGET_FLUSH };
static const char *const plants[] = { "no-guard", "forget-flush", NULL };

enum kind { NONE, VMALLOC, VMAP, IOREMAP };

struct area {
	enum kind kind;
	unsigned long start, end;	/* with the guard */
	unsigned int pages;
	u32 fill;
	u8 frame[32];			/* of VMAP */
};

struct interval {
	unsigned long start, end;
};

static struct area areas[SLOTS];
static struct interval lazy[LAZY_MAX];
static unsigned int nr_lazy;
static unsigned long lazy_pages, used_pages, purges;
static struct page *frames[FRAMES];

static struct vmalloc_state *state(void)
{
	return &this_machine()->vmalloc;
}

static int at(const struct area *a)
{
	return a - areas;
}

/* --- the intervals ------------------------------------------------------- */

static struct interval sorted[SLOTS + LAZY_MAX];

static int by_start(const void *a, const void *b)
{
	const struct interval *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static unsigned int sort_intervals(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < SLOTS; i++)
		if (areas[i].kind)
			sorted[nr++] = (struct interval){ areas[i].start, areas[i].end };
	memcpy(sorted + nr, lazy, nr_lazy * sizeof(lazy[0]));
	nr += nr_lazy;
	qsort(sorted, nr, sizeof(sorted[0]), by_start);
	return nr;
}

/*
 * The lowest gap that has room for @bytes wherever it begins, or the highest, for areas
 * of large pages. Returns where the area goes, 0: nowhere
 */
static unsigned long find_gap(unsigned long bytes, unsigned long align)
{
	unsigned long from = state()->start, want = bytes + align - PAGE_SIZE, found = 0;
	unsigned int i, nr = sort_intervals();

	for (i = 0; i <= nr; i++) {
		unsigned long to = i < nr ? sorted[i].start : state()->end;

		if (to - from >= want && align < PMD_SIZE)
			return ALIGN(from, align);
		if (to - from >= want)
			found = ALIGN_DOWN(to - bytes, align);
		if (i < nr)
			from = sorted[i].end;
	}
	return found;
}

static void flushed(void)
{
	if (!nr_lazy)
		return;
	if (!model_planted(PLANT_FORGET_FLUSH))
		purges++;
	nr_lazy = 0;
	lazy_pages = 0;
}

static void retire(unsigned long start, unsigned long end)
{
	lazy[nr_lazy++] = (struct interval){ start, end };
	lazy_pages += (end - start) >> PAGE_SHIFT;
	if (lazy_pages > state()->lazy_max_pages)
		flushed();
}

/* where @pages go; when the range is full, what is lazy is flushed and it is tried again */
static unsigned long place(unsigned int pages, unsigned long align, bool guard)
{
	unsigned long bytes = ((unsigned long)pages + guard) * PAGE_SIZE;
	unsigned long start;

	if (nr_lazy > LAZY_MAX - 10)
		model_fail("%u areas wait for a flush", nr_lazy);
	start = find_gap(bytes, align);
	if (start)
		return start;
	flushed();
	start = find_gap(bytes, align);
	return start || align < PMD_SIZE ? start : find_gap(bytes, PAGE_SIZE);
}

/* --- contents ------------------------------------------------------------ */

static u32 mark(const struct area *a, unsigned int page, bool last)
{
	return a->fill + page * 2 + last;
}

static volatile u32 *word(const struct area *a, unsigned int page, bool last)
{
	return (u32 *)(a->start + page * PAGE_SIZE + (last ? PAGE_SIZE - sizeof(u32) : 0));
}

static void fill(struct area *a)
{
	unsigned int i;

	for (i = 0; i < a->pages && a->kind == VMALLOC; i++) {
		*word(a, i, false) = mark(a, i, false);
		*word(a, i, true) = mark(a, i, true);
	}
}

static void check_word(const struct area *a, unsigned int page, bool last, u32 want)
{
	u32 got = *word(a, page, last);

	if (got != want)
		model_fail("page %u of area %d has %#x, not %#x", page, at(a), got, want);
}

static void check_contents(const struct area *a)
{
	unsigned int i;

	for (i = 0; i < a->pages; i++) {
		struct page *page = vmalloc_to_page((void *)(a->start + i * PAGE_SIZE));

		if (a->kind == IOREMAP)
			continue;
		if (!page)
			model_fail("page %u of area %d is not mapped", i, at(a));
		if (a->kind == VMALLOC) {
			check_word(a, i, false, mark(a, i, false));
			check_word(a, i, true, mark(a, i, true));
			continue;
		}
		if (page != frames[a->frame[i]])
			model_fail("page %u of area %d is frame %#lx", i, at(a), page_to_pfn(page));
		check_word(a, i, false, a->frame[i]);
	}
}

/* as long as it shall be; the page behind the last one is never mapped */
static void check_size(const struct area *a)
{
	unsigned long guard = a->start + a->pages * PAGE_SIZE;
	struct vm_struct *vm = find_vm_area((void *)a->start);

	model_pending("\tassert_int_equal(find_vm_area(area[%d])->size, %lu);", at(a),
		      a->end - a->start);
	if (!vm || vm->addr != (void *)a->start)
		model_fail("area %d is not found", at(a));
	model_expect(vm->size, a->end - a->start, "size of area %d", at(a));
	model_pending("\tassert_null(vmalloc_to_page((char *)area[%d] + %lu));", at(a),
		      a->pages * PAGE_SIZE);

	if (guard < a->end && vmalloc_to_page((void *)guard))
		model_fail("the guard of area %d is mapped", at(a));
}

/* --- operations ---------------------------------------------------------- */

/* as somebody who may not flush, and then somebody who may */
static void vfree_now_and_then(void *p)
{
	model_say("\tvfree_deferred();");
	vfree_atomic(p);
	vfree_deferred();
}

static void release(struct area *a)
{
	static const char *const call[] = { [VMALLOC] = "vfree", [VMAP] = "vunmap",
					    [IOREMAP] = "iounmap" };
	void *p = (void *)a->start;

	check_contents(a);
	check_size(a);
	model_say("\t%s(area[%d]);",
		  a->kind == VMALLOC && a->fill % 8 == 7 ? "vfree_atomic" : call[a->kind], at(a));
	if (a->kind == VMALLOC) {
		if (a->fill % 8 == 7)
			vfree_now_and_then(p);
		else
			vfree(p);
		used_pages -= a->pages;
	} else if (a->kind == VMAP) {
		vunmap(p);
	} else {
		iounmap(p);
	}
	a->kind = NONE;
	retire(a->start, a->end);
}

static struct area *free_slot(u32 arg)
{
	struct area *a = &areas[arg % SLOTS];

	if (a->kind)
		release(a);
	return a;
}

/* the call gave @p where @want was due: @a is in use, or nothing could be had */
static bool placed(struct area *a, enum kind kind, void *p, unsigned long want, unsigned int pages,
		   bool guard)
{
	unsigned long got = (unsigned long)p;

	if (!p && model_faulted())
		return false;
	if (got != want)
		model_fail("area %d at %#lx, not %#lx of the range", at(a),
			   got ? got - state()->start : 0, want ? want - state()->start : 0);
	if (!p)
		return false;
	a->kind = kind;
	a->pages = pages;
	a->start = got;
	if (model_planted(PLANT_NO_GUARD) && pages == 5)
		guard = false;
	a->end = got + ((unsigned long)pages + guard) * PAGE_SIZE;
	return true;
}

/* what a test may say of an address: the range is elsewhere each time */
static void say_placed(const struct area *a, unsigned long want)
{
	if (want)
		model_say("\tassert_int_equal(area[%d], this_machine()->vmalloc.start + %#lx);",
			  at(a), want - state()->start);
	else
		model_say("\tassert_null(area[%d]);", at(a));
}

static void without_faults(void)
{
	host_fail_nth(this_machine(), 0, false);
	model_say("\thost_fail_nth(this_machine(), 0, false);");
}

/*
 * A call that fails after it had a place leaves that place to the next flush, and the
 * model cannot see where it was: it is flushed at once.
 */
static void settle_after_fault(void)
{
	if (!model_faulted())
		return;
	host_fail_nth(this_machine(), 0, false);
	model_say("\tvm_unmap_aliases();");
	vm_unmap_aliases();
	nr_lazy = 0;
	lazy_pages = 0;
	purges = state()->nr_purges;
}

/* areas this large take large pages where the machine has them */
#define LARGE	(PTRS_PER_PMD > 1 ? PMD_SIZE / PAGE_SIZE : PAGES_NEVER)
#define PAGES_NEVER	100000

static unsigned int some_pages(u32 a)
{
	return 1 + (a % 64 ? (a >> 8) % 6 : (a >> 8) % 250);
}

/* arg: slot, pages, alignment and bytes less than all of the last page, options */
static void op_vmalloc(const u32 *arg)
{
	unsigned int pages = arg[1] % 512 == 0 ? 512 + (arg[1] >> 9) % 200 : some_pages(arg[1]), i;
	unsigned long align = arg[2] % 4 ? 1 : PAGE_SIZE << (arg[2] >> 2) % 5;
	unsigned long bytes = pages * PAGE_SIZE - (arg[2] >> 8) % PAGE_SIZE, want;
	struct area *a = free_slot(arg[0]);
	bool zero = arg[3] % 4 == 0;
	void *p;

	a->fill = arg[3];
	/* the array of so many pages could itself come from vmalloc() when memory is short */
	if (pages > 500)
		without_faults();
	want = place(pages, max(align, pages >= LARGE ? PMD_SIZE : PAGE_SIZE), true);
	model_say("\tarea[%d] = __vmalloc_node(%lu, %lu, GFP_KERNEL | __GFP_NOWARN%s, -1, NULL);",
		  at(a), bytes, align, zero ? " | __GFP_ZERO" : "");
	say_placed(a, want);
	p = __vmalloc_node(bytes, align, GFP_KERNEL | __GFP_NOWARN | (zero ? __GFP_ZERO : 0), -1,
			   NULL);
	if (placed(a, VMALLOC, p, want, pages, true)) {
		used_pages += pages;
		for (i = 0; i < pages && zero; i++)
			check_word(a, i, true, 0);
		fill(a);
	}
	settle_after_fault();
}

static void op_vmap(const u32 *arg)
{
	struct area *a = free_slot(arg[0]);
	unsigned int pages = 1 + arg[1] % ARRAY_SIZE(a->frame), i;
	bool guard = arg[3] % 8;
	unsigned long want = place(pages, PAGE_SIZE, guard);
	struct page *list[ARRAY_SIZE(a->frame)];
	void *p;

	for (i = 0; i < pages; i++) {
		a->frame[i] = (arg[2] + i * (1 + arg[3] % 3)) % FRAMES;
		list[i] = frames[a->frame[i]];
		model_say("\tlist[%u] = frame[%u];", i, a->frame[i]);
	}
	model_say("\tarea[%d] = vmap(list, %u, %s, PAGE_KERNEL);", at(a), pages,
		  guard ? "VM_MAP" : "VM_MAP | VM_NO_GUARD");
	say_placed(a, want);
	p = vmap(list, pages, guard ? VM_MAP : VM_MAP | VM_NO_GUARD, PAGE_KERNEL);
	placed(a, VMAP, p, want, pages, guard);
	settle_after_fault();
}

/* device memory: above all RAM. Only its place is looked at */
static void op_ioremap(const u32 *arg)
{
	struct area *a = free_slot(arg[0]);
	unsigned int pages = some_pages(arg[1]);
	unsigned long align = PAGE_SIZE, want;
	phys_addr_t phys = (phys_addr_t)0x80000000ul + ((phys_addr_t)(arg[2] % 4096) << PAGE_SHIFT);
	void __iomem *p;

	while (align * 2 <= pages * PAGE_SIZE && align < (1ul << 21))
		align *= 2;
	want = place(pages, align, true);
	model_say("\tarea[%d] = (void *)ioremap(%#llx, %lu);", at(a), (unsigned long long)phys,
		  pages * PAGE_SIZE);
	say_placed(a, want);
	p = ioremap(phys, pages * PAGE_SIZE);
	placed(a, IOREMAP, (void *)p, want, pages, true);
	settle_after_fault();
}

static void op_free(const u32 *arg)
{
	unsigned int i;

	for (i = 0; i < 16; i++)
		if (areas[(arg[0] + i) % SLOTS].kind) {
			release(&areas[(arg[0] + i) % SLOTS]);
			return;
		}
}

static void op_flush(const u32 *arg)
{
	model_say("\tvm_unmap_aliases();");
	vm_unmap_aliases();
	flushed();
}

static void op_find(const u32 *arg)
{
	struct area *a = &areas[arg[0] % SLOTS];
	unsigned long addr = a->start + (arg[1] % 2) * PAGE_SIZE;
	struct vm_struct *vm;
	unsigned int i;
	bool want = false;

	if (!a->start)
		return;			/* never used */
	for (i = 0; i < SLOTS; i++)
		want |= areas[i].kind && areas[i].start == addr;
	vm = find_vm_area((void *)addr);
	model_say("\tassert_int_equal(!find_vm_area((void *)(this_machine()->vmalloc.start + "
		  "%#lx)), %d);",
		  addr - state()->start, !want);
	model_expect(!!vm, want, "an area at %#lx", addr - state()->start);
	model_expect(is_vmalloc_addr((void *)addr), 1, "is_vmalloc_addr");
}

/* one page of an area, from both of its addresses */
static void op_write(const u32 *arg)
{
	struct area *a = &areas[arg[0] % SLOTS];
	struct page *page;
	unsigned int i;
	u32 value;

	if (a->kind != VMALLOC)
		return;
	i = arg[1] % a->pages;
	check_word(a, i, false, mark(a, i, false));
	page = vmalloc_to_page((void *)(a->start + i * PAGE_SIZE));
	page_write(page, 0, &arg[2], sizeof(value));
	check_word(a, i, false, arg[2]);
	*word(a, i, false) = mark(a, i, false);
	page_read(page, 0, &value, sizeof(value));
	if (value != mark(a, i, false))
		model_fail("page %u of area %d: %#x in the frame itself", i, at(a), value);
}

static void op_switch_cpu(const u32 *arg)
{
	struct machine *m = this_machine();

	model_say("\tquire_switch_cpu(%u);", arg[0] % MODEL_CPUS);
	machine_cpu_leave();
	machine_cpu_enter(m, arg[0] % MODEL_CPUS);
}

/* --- the whole ----------------------------------------------------------- */

static void begin(void)
{
	unsigned int i;

	model_say("\tvm_unmap_aliases();");
	vm_unmap_aliases();
	purges = state()->nr_purges;
	model_say("\tfor (i = 0; i < %d; i++) {\n\t\tframe[i] = alloc_page(GFP_KERNEL);\n"
		  "\t\tassert_non_null(frame[i]);\n\t}", FRAMES);
	for (i = 0; i < FRAMES; i++) {
		frames[i] = alloc_page(GFP_KERNEL);
		if (!frames[i])
			model_fail("no frame");
		*(u32 *)page_address(frames[i]) = i;
	}
}

/* the line that /proc/vmallocinfo has of an area, without its caller */
static void check_line(const char *line, const struct area *a)
{
	static const char *const names[] = { [VMALLOC] = " vmalloc", [VMAP] = " vmap",
					     [IOREMAP] = " ioremap" };
	char want[100], word[32];
	int digits = 2 * sizeof(long);
	int n = snprintf(want, sizeof(want), "0x%0*lx-0x%0*lx %7ld", digits, a->start, digits, a->end,
			 (long)(a->end - a->start));

	if (strncmp(line, want, n))
		model_fail("vmallocinfo has '%.60s', not '%s'", line, want);
	snprintf(word, sizeof(word), " pages=%u", a->kind == VMALLOC ? a->pages : 0);
	if (!strstr(line, names[a->kind]) ||
	    (a->kind == VMALLOC && !strstr(line, word)))
		model_fail("vmallocinfo does not know area %d: '%.100s'", at(a), line);
}

static void check_text(void)
{
	static char text[(SLOTS + LAZY_MAX) * 100];
	struct seq_file m = { .buf = text, .size = sizeof(text) };
	unsigned int i, nr = sort_intervals(), lines = 0, j;
	char *line = text;

	vmallocinfo_show(&m);
	text[min(m.count, sizeof(text) - 1)] = '\0';
	for (i = 0; i < nr; i++)
		for (j = 0; j < SLOTS; j++) {
			if (!areas[j].kind || areas[j].start != sorted[i].start)
				continue;
			check_line(line, &areas[j]);
			line = strchr(line, '\n') + 1;
		}
	for (; (line = strstr(line, "unpurged vm_area\n")) != NULL; line++)
		lines++;
	model_expect(lines, nr_lazy, "number of unpurged areas");
}

static void check(void)
{
	unsigned int i;

	model_pending("\tvmalloc_check();");
	vmalloc_check();
	model_pending("\tassert_int_equal(vmalloc_nr_pages(), %lu);", used_pages);
	model_expect(vmalloc_nr_pages(), used_pages, "vmalloc_nr_pages()");
	model_pending("\tassert_int_equal(this_machine()->vmalloc.lazy_pages, %lu);", lazy_pages);
	model_expect(state()->lazy_pages, lazy_pages, "lazy pages");
	model_pending("\tassert_int_equal(this_machine()->vmalloc.nr_purges, %lu);", purges);
	model_expect(state()->nr_purges, purges, "purges");
	for (i = 0; i < SLOTS; i++) {
		if (!areas[i].kind)
			continue;
		check_contents(&areas[i]);
		check_size(&areas[i]);
	}
	check_text();
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (areas[i].kind)
			release(&areas[i]);
	for (i = 0; i < FRAMES; i++)
		__free_page(frames[i]);
	model_say("\tfor (i = 0; i < %d; i++)\n\t\t__free_page(frame[i]);", FRAMES);
}

static void config(struct machine_config *c)
{
	c->vmalloc_bytes = VA_BYTES;
}

static const struct model_kind kinds[] = {
	{ "vmalloc", op_vmalloc, 30, 10 }, { "vmap", op_vmap, 20, 10 },
	{ "ioremap", op_ioremap, 5, 2 }, { "free", op_free, 30, 60 },
	{ "flush", op_flush, 1, 1 }, { "find", op_find, 40, 40 }, { "write", op_write, 60, 60 },
	{ "switch_cpu", op_switch_cpu, 3, 3 },
};

static const struct model model = {
	.name = "vmalloc", .kinds = kinds, .nr_kinds = ARRAY_SIZE(kinds), .check_every = 200,
	.config = config, .config_text = "\tconfig.vmalloc_bytes = 16ul << 20;\n",
	.includes = "#include \"quire_test.h\"\n#include <linux/io.h>\n\nstatic void *area[200];\n"
		    "static struct page *frame[64], *list[32];\nstatic unsigned int i;\n",
	.begin = begin, .check = check, .end = end, .plants = plants,
};

int main(int argc, char **argv)
{
	return model_main(&model, argc, argv);
}
