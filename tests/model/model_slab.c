// SPDX-License-Identifier: MIT
/*
 * model_slab.c - kmem_cache and kmalloc against a table of live objects.
 *
 * Each live object has its address, its size and the byte that it is filled with. The
 * bytes of all of them are marked in byte_map.h. So nothing may overlap, nobody else may
 * write to an object, and what is freed has its contents still.
 *
 * Caches of many sizes and alignments, with and without constructor, checks, memory for
 * DMA or reclaimable, come and go and shrink; objects go back one by one or in bulk, on
 * another CPU than the one they came from, in the order they came or not. A cache that is
 * destroyed with objects in it says so and stays; some are alike, so that they become one,
 * which stays until the last is destroyed. What a constructor made stands in every
 * object that a cache hands out, and has to be there again when it is given back.
 *
 * kmalloc in all its forms: any size up to the largest, zeroed, krealloc, kmemdup, kstrndup,
 * kvmalloc, ksize.
 */
#include "model.h"
#include <linux/vmalloc.h>
#define BYTES_FAIL model_fail
#include "byte_map.h"

#define CACHES		10
#define LIVE		4000
#define CTOR_WORD	0x5eedul

enum { PLANT_SHORT_OBJECT, PLANT_FORGET_FREE };
static const char *const plants[] = { "short-object", "forget-free", NULL };

enum kind { FREE, CACHE, KMALLOC, KVMALLOC };

struct live {
	enum kind kind;
	u8 *p;
	size_t bytes;
	unsigned int cache;
	u8 fill;
};

struct cache {
	struct kmem_cache *s;
	size_t bytes;
	unsigned int align, count;
	bool ctor, dma;
};

static struct live lives[LIVE];
static struct cache caches[CACHES];

static int at(const struct live *l)
{
	return l - lives;
}

/* --- contents ------------------------------------------------------------ */

static void construct(void *p)
{
	*(unsigned long *)p = CTOR_WORD;
}

/* what the constructor made stays; the rest is the user's */
static size_t user_from(const struct live *l)
{
	return l->kind == CACHE && caches[l->cache].ctor ? sizeof(long) : 0;
}

static bool mapped_elsewhere(const struct live *l)
{
	return is_vmalloc_addr(l->p);
}

static void take(struct live *l)
{
	size_t from = user_from(l);

	if (!mapped_elsewhere(l)) {
		model_say("\tbytes_take(p[%d], %zu);", at(l), l->bytes);
		bytes_take(l->p, l->bytes);
	}
	if (from && *(unsigned long *)l->p != CTOR_WORD)
		model_fail("object %d is not constructed", at(l));
	model_say("\tmemset((u8 *)p[%d] + %zu, %d, %zu);", at(l), from, l->fill, l->bytes - from);
	memset(l->p + from, l->fill, l->bytes - from);
}

static void verify(const struct live *l)
{
	size_t from = user_from(l);

	model_say("\tbytes_are((u8 *)p[%d] + %zu, %zu, %d);", at(l), from, l->bytes - from,
		  l->fill);
	bytes_are(l->p + from, l->bytes - from, l->fill);
	if (from && *(unsigned long *)l->p != CTOR_WORD)
		model_fail("object %d lost what its constructor made", at(l));
}

/* its contents are as they were, and its bytes are nobody's now */
static void give(struct live *l)
{
	verify(l);
	if (mapped_elsewhere(l))
		return;
	model_say("\tbytes_give(p[%d], %zu);", at(l), l->bytes);
	bytes_give(l->p, l->bytes);
}

/* --- objects ------------------------------------------------------------- */

static void release(struct live *l)
{
	struct cache *c = &caches[l->cache];

	give(l);
	if (l->kind == CACHE && (l->fill & 7)) {
		model_say("\tkmem_cache_free(cache[%u], p[%d]);", l->cache, at(l));
		kmem_cache_free(c->s, l->p);
	} else if (l->kind == KVMALLOC) {
		model_say("\tkvfree(p[%d]);", at(l));
		kvfree(l->p);
	} else {
		model_say("\tkfree(p[%d]);", at(l));
		kfree(l->p);
	}
	if (l->kind == CACHE && !(model_planted(PLANT_FORGET_FREE) && l->bytes > 1000))
		c->count--;
	l->kind = FREE;
}

static struct live *free_slot(u32 arg)
{
	struct live *l = &lives[arg % LIVE];

	if (l->kind)
		release(l);
	return l;
}

static void check_aligned(const struct live *l, size_t align)
{
	model_say("\tassert_int_equal((unsigned long)p[%d] %% %zu, 0);", at(l), align);
	if ((unsigned long)l->p & (align - 1))
		model_fail("object %d is at %p, not aligned to %zu", at(l), l->p, align);
}

static void alloc_object(struct live *l, unsigned int cache, u32 how)
{
	struct cache *c = &caches[cache];
	bool zero = !c->ctor && how % 8 == 0;

	*l = (struct live){ .bytes = c->bytes, .cache = cache, .fill = how >> 8 };
	if (model_planted(PLANT_SHORT_OBJECT) && c->bytes > 200)
		l->bytes += 64;
	model_say("\tp[%d] = kmem_cache_%salloc(cache[%u], GFP_KERNEL | __GFP_NOWARN);", at(l),
		  zero ? "z" : "", cache);
	l->p = zero ? kmem_cache_zalloc(c->s, GFP_KERNEL | __GFP_NOWARN) :
		      kmem_cache_alloc(c->s, GFP_KERNEL | __GFP_NOWARN);
	if (!l->p)
		return;
	l->kind = CACHE;
	c->count++;
	check_aligned(l, max(c->align, 8u));
	if (zero)
		bytes_are(l->p, c->bytes, 0);
	take(l);
}

static void op_alloc(const u32 *arg)
{
	unsigned int cache = arg[1] % CACHES;
	struct live *l = free_slot(arg[0]);

	if (caches[cache].s)
		alloc_object(l, cache, arg[2]);
}

static void op_alloc_bulk(const u32 *arg)
{
	unsigned int cache = arg[1] % CACHES, i;

	for (i = 0; i < arg[3] % 64 && caches[cache].s; i++) {
		struct live *l = &lives[(arg[0] + i) % LIVE];

		if (!l->kind)
			alloc_object(l, cache, arg[2] + i);
	}
}

static void op_free(const u32 *arg)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		if (lives[(arg[0] + i) % LIVE].kind) {
			release(&lives[(arg[0] + i) % LIVE]);
			return;
		}
}

static void op_free_bulk(const u32 *arg)
{
	unsigned int i, n = arg[1] % 128;

	for (i = 0; i < n; i++) {
		/* forwards, backwards, or every other one */
		unsigned int k = arg[2] % 3 == 0 ? i : arg[2] % 3 == 1 ? n - i : i * 2;
		struct live *l = &lives[(arg[0] + k) % LIVE];

		if (l->kind)
			release(l);
	}
}

/* --- kmalloc ------------------------------------------------------------- */

static size_t some_size(u32 a)
{
	switch (a % 32) {
	case 0:
		return 1 + (a >> 5) % 40000;
	case 1:
		return 1ul << (a >> 5) % 15;
	case 2:
		return (1ul << (a >> 5) % 15) + 1;
	default:
		return 1 + (a >> 5) % 600;
	}
}

static const struct {
	gfp_t gfp;
	const char *text;
} kinds_of_gfp[] = {
	{ GFP_KERNEL, "GFP_KERNEL" }, { GFP_KERNEL, "GFP_KERNEL" },
	{ GFP_KERNEL | __GFP_ZERO, "GFP_KERNEL | __GFP_ZERO" },
	{ GFP_KERNEL | __GFP_RECLAIMABLE, "GFP_KERNEL | __GFP_RECLAIMABLE" },
	{ GFP_KERNEL | GFP_DMA, "GFP_KERNEL | GFP_DMA" }, { GFP_ATOMIC, "GFP_ATOMIC" },
};

/* all of ksize() may be used */
static void got_kmalloc(struct live *l)
{
	size_t usable = ksize(l->p);

	model_say("\tassert_true(ksize(p[%d]) >= %zu);", at(l), l->bytes);
	if (usable < l->bytes)
		model_fail("ksize is %zu for %zu bytes", usable, l->bytes);
	if (l->fill & 1)
		l->bytes = usable;
	take(l);
}

static void op_kmalloc(const u32 *arg)
{
	unsigned int how = arg[2] % ARRAY_SIZE(kinds_of_gfp);
	gfp_t gfp = kinds_of_gfp[how].gfp;
	struct live *l = free_slot(arg[0]);

	*l = (struct live){ .bytes = some_size(arg[1]), .fill = arg[3] };
	model_say("\tp[%d] = kmalloc(%zu, %s | __GFP_NOWARN);", at(l), l->bytes,
		  kinds_of_gfp[how].text);
	l->p = kmalloc(l->bytes, gfp | __GFP_NOWARN);
	if (!l->p)
		return;
	l->kind = KMALLOC;
	if (gfp & __GFP_ZERO)
		bytes_are(l->p, l->bytes, 0);
	if (!(l->bytes & (l->bytes - 1)))	/* a power of two is aligned to itself */
		check_aligned(l, min(max(l->bytes, (size_t)8), (size_t)PAGE_SIZE));
	got_kmalloc(l);
}

static void op_krealloc(const u32 *arg)
{
	struct live *l = &lives[arg[0] % LIVE], old = *l;
	u8 *p;

	if (l->kind != KMALLOC)
		return;
	give(l);
	l->bytes = some_size(arg[1]);
	model_say("\tq = krealloc(p[%d], %zu, GFP_KERNEL | __GFP_NOWARN);", at(l), l->bytes);
	p = krealloc(l->p, l->bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!p) {
		model_say("\tassert_null(q);");
		*l = old;
		bytes_take(l->p, l->bytes);
		verify(l);
		return;
	}
	model_say("\tp[%d] = q;\n\tbytes_are(p[%d], %zu, %d);", at(l), at(l),
		  min(old.bytes, l->bytes), l->fill);
	bytes_are(p, min(old.bytes, l->bytes), l->fill);
	l->p = p;
	got_kmalloc(l);
}

/* a copy of another object */
static void op_kmemdup(const u32 *arg)
{
	struct live *from = &lives[arg[1] % LIVE], *l = &lives[arg[0] % LIVE];

	if (!from->kind || l->kind || user_from(from) || from->bytes > 10000)
		return;
	*l = (struct live){ .bytes = from->bytes, .fill = from->fill };
	model_say("\tp[%d] = kmemdup(p[%d], %zu, GFP_KERNEL | __GFP_NOWARN);", at(l), at(from),
		  l->bytes);
	l->p = kmemdup(from->p, l->bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!l->p)
		return;
	l->kind = KMALLOC;
	bytes_are(l->p, l->bytes, l->fill);
	take(l);
}

static void op_kvmalloc(const u32 *arg)
{
	struct live *l = free_slot(arg[0]);

	*l = (struct live){ .bytes = 1 + arg[1] % (arg[2] % 8 ? 20000 : 200000), .fill = arg[3] };
	model_say("\tp[%d] = kvmalloc(%zu, GFP_KERNEL | __GFP_NOWARN);", at(l), l->bytes);
	l->p = kvmalloc(l->bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!l->p)
		return;
	l->kind = KVMALLOC;
	take(l);
}

/* --- caches -------------------------------------------------------------- */

static const struct {
	slab_flags_t flags;
	const char *text;
} kinds_of_cache[] = {
	{ 0, "0" }, { 0, "0" }, { 0, "0" },
	{ SLAB_HWCACHE_ALIGN, "SLAB_HWCACHE_ALIGN" },
	{ SLAB_RECLAIM_ACCOUNT, "SLAB_RECLAIM_ACCOUNT" },
	{ SLAB_RED_ZONE, "SLAB_RED_ZONE" }, { SLAB_POISON, "SLAB_POISON" },
	{ SLAB_CACHE_DMA, "SLAB_CACHE_DMA" },
	{ SLAB_CONSISTENCY_CHECKS | SLAB_STORE_USER, "SLAB_CONSISTENCY_CHECKS | SLAB_STORE_USER" },
	{ SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER,
	  "SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER" },
	{ SLAB_NO_MERGE, "SLAB_NO_MERGE" }, { SLAB_ACCOUNT, "SLAB_ACCOUNT" },
};

/* Objects of all names of cache @i, with its own or without; -1: it has no other name. */
static long shared_objects(unsigned int i, bool own)
{
	long objects = own ? caches[i].count : -1;
	unsigned int k;

	for (k = 0; k < CACHES; k++)
		if (k != i && caches[k].s == caches[i].s)
			objects = max(objects, 0l) + caches[k].count;
	return objects;
}

static void create(unsigned int i, const u32 *arg)
{
	static const unsigned int aligns[] = { 0, 0, 0, 8, 16, 64, 256, 4096 };
	unsigned int how = arg[1] % ARRAY_SIZE(kinds_of_cache);
	struct cache *c = &caches[i];
	char name[16];

	*c = (struct cache){
		/* few sizes often: caches that are alike */
		.bytes = arg[2] % 8 == 7 ? 100 + (arg[2] >> 3) % 10 :
			 8 + (arg[2] % 4 ? (arg[2] >> 2) % 300 : (arg[2] >> 2) % 6000),
		.align = aligns[arg[3] % ARRAY_SIZE(aligns)], .ctor = (arg[3] >> 8) % 4 == 0,
	};
	snprintf(name, sizeof(name), "model-%u", i);
	model_say("\tcache[%u] = kmem_cache_create(\"%s\", %zu, %u, %s, %s);", i, name, c->bytes,
		  c->align, kinds_of_cache[how].text, c->ctor ? "construct" : "NULL");
	c->s = kmem_cache_create(name, c->bytes, c->align, kinds_of_cache[how].flags,
				 c->ctor ? construct : NULL);
	if (!c->s && !model_faulted() && nr_free_pages() > 1000)
		model_fail("no cache");
	if (!c->s)
		return;
	/* a cache that others have too may have objects for the largest of them */
	if (shared_objects(i, false) < 0)
		model_expect(kmem_cache_size(c->s), c->bytes, "size of cache %u", i);
	else if (kmem_cache_size(c->s) < c->bytes)
		model_fail("cache %u has objects of %u bytes", i, kmem_cache_size(c->s));
}

static void destroy(unsigned int i)
{
	bool last = shared_objects(i, false) < 0;
	struct cache *c = &caches[i];
	int ret = c->count && last ? -EBUSY : 0;

	/* who leaves a cache to others leaves nothing of his own in it */
	if (c->count && !last)
		return;
	model_say("\tassert_int_equal(kmem_cache_destroy(cache[%u]), %d);", i, ret);
	model_expect(kmem_cache_destroy(c->s), ret, "kmem_cache_destroy of cache %u", i);
	if (ret)
		host_log_clear(this_machine());
	else
		c->s = NULL;
}

static void op_cache(const u32 *arg)
{
	unsigned int i = arg[0] % CACHES;

	if (!caches[i].s)
		create(i, arg);
	else if (!caches[i].count || arg[1] % 8 == 0)
		destroy(i);
}

/* all objects of one cache go, so that it can */
static void op_empty(const u32 *arg)
{
	unsigned int i;

	for (i = 0; i < LIVE; i++)
		if (lives[i].kind == CACHE && lives[i].cache == arg[0] % CACHES)
			release(&lives[i]);
}

static void op_shrink(const u32 *arg)
{
	unsigned int i = arg[0] % CACHES;

	if (!caches[i].s)
		return;
	model_say("\tkmem_cache_shrink(cache[%u]);", i);
	if (!kmem_cache_shrink(caches[i].s) && shared_objects(i, true))
		model_fail("cache %u has no slab and %u objects", i, caches[i].count);
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
	static const u32 first[CACHES][MODEL_ARGS] = {
		{ 0, 0, 32, 0x100 }, { 1, 3, 4 * 60 + 1, 0x100 }, { 2, 5, 4 * 90 + 1, 0x100 },
		{ 3, 0, 4 * 1000, 0x100 }, { 4, 4, 4 * 100 + 1, 0 },
	};
	unsigned int i;

	model_say("\tbytes_begin();");
	bytes_begin();
	for (i = 0; i < 5; i++)
		create(i, first[i]);
}

static void check(void)
{
	struct zone *zone;
	unsigned int i;

	model_pending("\tslab_check();");
	slab_check();
	for_each_populated_zone(zone)
		zone_check(zone);
	for (i = 0; i < LIVE; i++) {
		const struct live *l = &lives[i];

		if (!l->kind)
			continue;
		model_pending("\tbytes_are((u8 *)p[%d] + %zu, %zu, %d);", at(l), user_from(l),
			      l->bytes - user_from(l), l->fill);
		bytes_are(l->p + user_from(l), l->bytes - user_from(l), l->fill);
	}
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < LIVE; i++)
		if (lives[i].kind)
			release(&lives[i]);
	for (i = 0; i < CACHES; i++)
		if (caches[i].s)
			destroy(i);
	bytes_end();
	model_say("\tbytes_end();");
}

static const struct model_kind kinds[] = {
	{ "alloc", op_alloc, 60, 20 }, { "alloc_bulk", op_alloc_bulk, 2, 1 },
	{ "free", op_free, 30, 60 }, { "free_bulk", op_free_bulk, 1, 2 },
	{ "kmalloc", op_kmalloc, 60, 20 }, { "krealloc", op_krealloc, 15, 10 },
	{ "kmemdup", op_kmemdup, 5, 2 }, { "kvmalloc", op_kvmalloc, 1, 1 },
	{ "cache", op_cache, 2, 2 }, { "empty", op_empty, 0, 1 }, { "shrink", op_shrink, 1, 1 },
	{ "switch_cpu", op_switch_cpu, 4, 4 },
};

static const struct model model = {
	.name = "slab", .kinds = kinds, .nr_kinds = ARRAY_SIZE(kinds), .check_every = 2000,
	.includes = "#include \"quire_test.h\"\n#include \"byte_map.h\"\n\n"
		    "static void *p[4000], *q;\nstatic struct kmem_cache *cache[10];\n\n"
		    "static void construct(void *object)\n{\n"
		    "\t*(unsigned long *)object = 0x5eed;\n}\n",
	.begin = begin, .check = check, .end = end, .plants = plants,
};

int main(int argc, char **argv)
{
	return model_main(&model, argc, argv);
}
