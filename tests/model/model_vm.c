// SPDX-License-Identifier: MIT
/*
 * model_vm.c - address spaces against an array of bytes and permissions for each process.
 *
 * The model is in vm_space.h; here are the operations: all that a program can ask of its
 * memory, in up to four processes that fork from each other, with three files (one of
 * them open for reading only) that are read, written, cut and punched meanwhile. Each call
 * says what it must return before it is made, address and error included; each access
 * must end at the byte where the model says, with the bytes that it says. Now and then
 * everything is compared: contents, permissions, the text of maps, resident, locked and
 * committed pages; and mm_check() walks all that the machine keeps.
 *
 * All CPUs work in turn, each with a TLB of its own. Accesses go through it: a flush that
 * is missing shows as a byte that should be gone.
 *
 * The rules are Linux's. Some that are easily overlooked: what mlock(2), madvise(2) and
 * mprotect(2) did before the hole or the refusal that ends them stays done; making pages
 * present stops at the first that cannot be had; what a protection key denies ends an
 * access, but no debugger's; a private page is the program's own from
 * its first write, and stays when the file changes, but goes when the file is cut.
 */
#include "vm_space.h"
#include "vm_access.h"

enum { PLANT_KEEP_COPY, PLANT_HOLE_IS_FINE, PLANT_SHORT_UNMAP };
static const char *const plants[] = { "keep-copy", "hole-is-fine", "short-unmap", NULL };

struct range {
	unsigned int start, n;		/* pages */
};

/* small ones mostly; some large, some whole page tables */
static struct range range_of(u32 a, u32 b)
{
	struct range r = { a % PAGES, 1 + (b % 8 ? (b >> 3) % 12 : (b >> 3) % PAGES) };

	if ((b >> 16) % 32 == 0) {
		r.start &= ~511u;
		r.n = 512;
	}
	r.n = min(r.n, PAGES - r.start);
	return r;
}

static unsigned int some_prot(u32 a)
{
	static const u8 prots[] = { 3, 3, 3, 3, 1, 1, 0, 5, 7, 2 };

	return prots[a % ARRAY_SIZE(prots)];
}

static unsigned long prot_flags(unsigned int prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

static bool is_private_write(unsigned long flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_NORESERVE)) == VM_WRITE;
}

/* an address as a test writes it, or an error */
static const char *value(long v)
{
	static char text[2][40];
	static int turn;
	char *t = text[turn ^= 1];

	if (v < 0 && v > -4096)
		sprintf(t, "%ld", v);
	else
		sprintf(t, "at(%lu)", (unsigned long)(v - WINDOW) / PAGE_SIZE);
	return t;
}

static const char *file_text(int obj)
{
	static const char *const text[FILES] = { "file[0]", "file[1]", "file[2]" };

	return obj < 0 ? "NULL" : text[obj];
}

/* --- mmap, munmap -------------------------------------------------------- */

struct mapping {
	struct range r;
	int obj;			/* -1: private and anonymous; -2: shared and anonymous */
	unsigned long pgoff, flags, map_flags;
	unsigned int prot;
};

static long mmap_place(const struct mapping *m)
{
	if (m->map_flags & MAP_FIXED)
		return addr_of(m->r.start);
	if (!any_mapped(cur, m->r.start, m->r.n))
		return addr_of(m->r.start);
	if (m->map_flags & MAP_FIXED_NOREPLACE)
		return -EEXIST;
	return place_for(cur, m->r.n);
}

/* what the call gives, for a valid one: a place comes before permission */
static long mmap_result(const struct mapping *m)
{
	long place = mmap_place(m);

	if (place > 0 && m->obj >= 0 && (m->map_flags & MAP_TYPE) == MAP_SHARED &&
	    (m->prot & PROT_WRITE) && !(objects[m->obj].file->f_mode & FMODE_WRITE))
		return -EACCES;
	return place;
}

static void map_pages(const struct mapping *m, unsigned int start)
{
	unsigned int i;
	int obj = m->obj;

	if (obj == -2)
		obj = object_make(m->r.n);
	forget_range(cur, start, m->r.n);
	for (i = 0; i < m->r.n; i++) {
		struct mpage *p = &cur->page[start + i];

		p->mapped = true;
		p->flags = m->flags;
		p->obj = obj;
		p->pgoff = obj < 0 ? addr_of(start + i) >> PAGE_SHIFT : m->pgoff + i;
		object_get(obj);
	}
	if (m->obj == -2)
		objects[obj].file = area_of(cur, start)->vm_file;
}

static unsigned long mapping_flags(const struct mapping *m)
{
	unsigned long flags = prot_flags(m->prot) | VM_MAYWRITE | cur->def_lock;

	if (m->map_flags & MAP_LOCKED)
		flags |= VM_LOCKED;
	if (m->map_flags & MAP_NORESERVE)
		flags |= VM_NORESERVE;
	if ((m->map_flags & MAP_TYPE) == MAP_SHARED)
		flags |= VM_SHARED | VM_MAYSHARE;
	if ((flags & VM_SHARED) && m->obj >= 0 && !(objects[m->obj].file->f_mode & FMODE_WRITE))
		flags &= ~(VM_SHARED | VM_MAYWRITE);
	return flags | (is_private_write(flags) ? VM_ACCOUNT : 0);
}

/*
 * Fork shares page tables that hold nothing but private anonymous memory. The second one
 * of the window is left to that, mostly.
 */
static void keep_to_first_table(struct mapping *m)
{
	m->map_flags = (m->map_flags & ~MAP_FIXED_NOREPLACE) | MAP_FIXED;
	m->r.start %= PAGES / 2;
	m->r.n = min(m->r.n, PAGES / 2 - m->r.start);
}

static void choose_mapping(struct mapping *m, const u32 *arg)
{
	static const unsigned int where[] = { MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED,
					      MAP_FIXED_NOREPLACE, 0, 0 };
	unsigned int kind = arg[2] % 16;

	m->r = range_of(arg[0], arg[1]);
	m->prot = some_prot(arg[1] >> 20);
	m->map_flags = where[arg[3] % ARRAY_SIZE(where)];
	m->map_flags |= (arg[3] >> 4) % 10 == 1 ? MAP_POPULATE : 0;
	m->map_flags |= (arg[3] >> 8) % 12 == 1 ? MAP_NORESERVE : 0;
	m->map_flags |= (arg[3] >> 12) % 32 == 1 ? MAP_LOCKED : 0;
	m->map_flags |= kind < 11 ? MAP_PRIVATE : MAP_SHARED;
	m->pgoff = 0;
	m->obj = -1;
	if (kind >= 7 && kind < 14) {
		m->obj = (arg[2] >> 4) % FILES;
		m->r.n = min(m->r.n, (unsigned int)FILE_PAGES);
		m->pgoff = (arg[2] >> 8) % (FILE_PAGES - m->r.n + 1);
	} else if (kind >= 14) {
		m->obj = -2;
		m->r.n = min(m->r.n, (unsigned int)SHARED_PAGES);
	} else {
		m->map_flags |= MAP_ANONYMOUS;
	}
	if (m->obj == -2)
		m->map_flags |= MAP_ANONYMOUS;
	if (m->obj != -1 && (arg[2] >> 20) % 64)
		keep_to_first_table(m);
	m->flags = mapping_flags(m);
}

static bool out_of_objects(void)
{
	int i;

	for (i = FILES; i < OBJECTS; i++)
		if (!objects[i].refs)
			return false;
	return true;
}

static void do_map(struct mapping *m, unsigned int less)
{
	struct mmap_request req = { .addr = addr_of(m->r.start), .len = m->r.n * PAGE_SIZE - less,
				    .prot = m->prot, .flags = m->map_flags, .pgoff = m->pgoff };
	long got, want = mmap_result(m);
	struct mpage was[PAGES];

	req.file = m->obj >= 0 ? objects[m->obj].file : NULL;
	model_say("\tassert_int_equal(vm_map_file(mm[%d], at(%u), %lu, %u, %#x, %s, %lu), %s);",
		  nr_of(cur), m->r.start, req.len, m->prot, (unsigned int)m->map_flags,
		  file_text(m->obj), m->pgoff, value(want));
	got = vm_mmap(cur->mm, &req);
	if (!returned(got, want, "mmap") || got < 0)
		return;
	m->r.start = (got - WINDOW) / PAGE_SIZE;
	map_pages(m, m->r.start);
	memcpy(was, &cur->page[m->r.start], m->r.n * sizeof(was[0]));
	if ((m->map_flags & (MAP_POPULATE | MAP_LOCKED)) || cur->def_lock == VM_LOCKED)
		populate(cur, m->r.start, m->r.n);
	if (model_faulted())
		settle_own(cur, was, m->r.start, m->r.n);
}

static void op_mmap(const u32 *arg)
{
	struct mapping m;

	choose_mapping(&m, arg);
	if (m.obj != -2 || !out_of_objects())
		do_map(&m, arg[0] % 3);
}

/* all of the second page table for private anonymous memory */
static void op_refill(const u32 *arg)
{
	struct mapping m = {
		.r = { PAGES / 2, PAGES / 2 }, .obj = -1, .prot = PROT_READ | PROT_WRITE,
		.map_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
	};

	m.map_flags |= arg[0] % 2 ? MAP_POPULATE : 0;
	m.flags = mapping_flags(&m);
	do_map(&m, 0);
}

static void op_munmap(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);

	model_say("\tassert_int_equal(vm_munmap(mm[%d], at(%u), %lu), 0);", nr_of(cur), r.start,
		  r.n * PAGE_SIZE);
	if (!returned(vm_munmap(cur->mm, addr_of(r.start), r.n * PAGE_SIZE), 0, "munmap"))
		return;
	if (model_planted(PLANT_SHORT_UNMAP) && r.n > 10)
		r.n--;
	forget_range(cur, r.start, r.n);
}

/* --- mprotect, madvise, mlock: page by page until something ends it ------ */

static void op_mprotect(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	unsigned int prot = some_prot(arg[2]), i, slice_end = PAGES;
	int key = arg[3] % 4 ? -1 : (int)(arg[3] >> 2) % NR_PKEYS;
	struct mpage was[PAGES];
	bool full = false;
	long want = key < 0 || (cur->keys >> key & 1) ? 0 : -EINVAL;

	memcpy(was, &cur->page[r.start], r.n * sizeof(was[0]));
	for (i = r.start; i < r.start + r.n && !want; i++) {
		struct mpage *p = &cur->page[i];
		unsigned long old = p->flags;
		unsigned long flags = (p->flags & ~VM_ACCESS_FLAGS) | prot_flags(prot);

		if (key >= 0)
			flags = (flags & ~VM_PKEY_MASK) | vm_pkey_flags(key);
		if (p->mapped && (i == r.start || i == slice_end)) {
			slice_end = area_end(cur, i);
			full = false;
		}
		if (!p->mapped) {
			want = model_planted(PLANT_HOLE_IS_FINE) ? 0 : -ENOMEM;
		} else if ((prot & PROT_WRITE) && !(p->flags & VM_MAYWRITE)) {
			want = -EACCES;
		} else {
			if ((flags & VM_WRITE) &&
			    !(p->flags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE)))
				flags |= VM_ACCOUNT;
			p->flags = flags;
			/* what is locked gets its copies, as far as the area has something */
			if ((old & (VM_WRITE | VM_SHARED | M_LOCK)) == VM_LOCKED &&
			    (flags & VM_WRITE) && !full)
				full = key_says_no(p, true) || !populate_page(p, true);
		}
	}
	model_say("\tassert_int_equal(vm_pkey_mprotect(mm[%d], at(%u), %lu, %u, %d), %ld);",
		  nr_of(cur), r.start, r.n * PAGE_SIZE, prot, key, want);
	returned(vm_pkey_mprotect(cur->mm, addr_of(r.start), r.n * PAGE_SIZE, prot, key), want,
		 "mprotect");
	if (!model_faulted())
		return;
	settle_flags(cur, was, r.start, r.n);
	settle_own(cur, was, r.start, r.n);
}

/* --- protection keys ------------------------------------------------------- */

static void set_denied(u32 word)
{
	denied = word;
	model_say("\thost_set_pkey_denied(%#x);", denied);
	host_set_pkey_denied(denied);
}

/* all rights mostly, as programs have them; else to some keys */
static void op_rights(const u32 *arg)
{
	set_denied(arg[0] % 3 ? arg[1] & arg[2] & arg[3] : 0);
}

static void op_key(const u32 *arg)
{
	int key = arg[0] % NR_PKEYS, want = -ENOSPC;
	unsigned int rights = arg[1] % 4;

	if (arg[2] % 4 == 0 && key) {
		want = cur->keys >> key & 1 ? 0 : -EINVAL;
		model_say("\tassert_int_equal(vm_pkey_free(mm[%d], %d), %d);", nr_of(cur), key, want);
		model_expect(vm_pkey_free(cur->mm, key), want, "pkey_free");
		cur->keys &= ~(1u << key);
		return;
	}
	for (key = NR_PKEYS - 1; key >= 0 && this_machine()->facts.nr_pkeys; key--)
		want = cur->keys >> key & 1 ? want : key;
	model_say("\tassert_int_equal(vm_pkey_alloc(mm[%d], %u), %d);", nr_of(cur), rights, want);
	model_expect(vm_pkey_alloc(cur->mm, rights), want, "pkey_alloc");
	if (want < 0)
		return;
	cur->keys |= 1u << want;
	denied = (denied & ~(3u << 2 * want)) | rights << 2 * want;
	model_expect(host_pkey_denied(), denied, "rights");
}

static const struct {
	int advice;
	const char *name;
	unsigned long set, clear;
	bool drops;
} advices[] = {
	{ MADV_DONTNEED, "MADV_DONTNEED", .drops = true },
	{ MADV_DONTNEED, "MADV_DONTNEED", .drops = true },
	{ MADV_DONTNEED_LOCKED, "MADV_DONTNEED_LOCKED", .drops = true },
	{ MADV_FREE, "MADV_FREE", .drops = true },
	{ MADV_DONTFORK, "MADV_DONTFORK", .set = VM_DONTCOPY },
	{ MADV_DOFORK, "MADV_DOFORK", .clear = VM_DONTCOPY },
	{ MADV_WIPEONFORK, "MADV_WIPEONFORK", .set = VM_WIPEONFORK },
	{ MADV_KEEPONFORK, "MADV_KEEPONFORK", .clear = VM_WIPEONFORK },
	{ MADV_RANDOM, "MADV_RANDOM", .set = 0 }, { MADV_NORMAL, "MADV_NORMAL", .set = 0 },
	{ MADV_WILLNEED, "MADV_WILLNEED", .set = 0 }, { MADV_DODUMP, "MADV_DODUMP", .set = 0 },
};

static long advise_page(struct mpage *p, unsigned int which)
{
	int advice = advices[which].advice;

	if ((advice == MADV_DONTNEED || advice == MADV_FREE) && (p->flags & VM_LOCKED))
		return -EINVAL;
	if ((advice == MADV_FREE || advice == MADV_WIPEONFORK) && p->obj >= 0)
		return -EINVAL;
	if (advices[which].drops && !(model_planted(PLANT_KEEP_COPY) && p->obj >= 0))
		drop(p);
	p->flags = (p->flags | advices[which].set) & ~advices[which].clear;
	return 0;
}

static void op_madvise(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	unsigned int which = arg[2] % ARRAY_SIZE(advices), i;
	struct mpage was[PAGES];
	long want = 0, hole = 0;

	if (advices[which].set && (arg[3] % 16)) {
		r.start %= PAGES / 2;		/* see keep_to_first_table() */
		r.n = min(r.n, PAGES / 2 - r.start);
	}
	memcpy(was, &cur->page[r.start], r.n * sizeof(was[0]));
	for (i = r.start; i < r.start + r.n && !want; i++) {
		if (cur->page[i].mapped)
			want = advise_page(&cur->page[i], which);
		else
			hole = -ENOMEM;
	}
	want = want ? want : hole;
	model_say("\tassert_int_equal(vm_madvise(mm[%d], at(%u), %lu, %s), %ld);", nr_of(cur),
		  r.start, r.n * PAGE_SIZE, advices[which].name, want);
	returned(vm_madvise(cur->mm, addr_of(r.start), r.n * PAGE_SIZE, advices[which].advice),
		 want, "madvise");
	if (!model_faulted())
		return;
	settle_flags(cur, was, r.start, r.n);
	settle_drop(cur, was, r.start, r.n);
}

static void op_advise_populate(const u32 *arg)
{
	struct range r = range_of(arg[0], arg[1]);
	bool write = arg[2] & 1;
	struct mpage was[PAGES];
	unsigned int i;
	long want = 0, hole = 0;

	memcpy(was, &cur->page[r.start], r.n * sizeof(was[0]));
	for (i = r.start; i < r.start + r.n && !want; i++) {
		struct mpage *p = &cur->page[i];

		if (!p->mapped)
			hole = -ENOMEM;
		else if (!(p->flags & (write ? VM_WRITE : VM_READ)) || key_says_no(p, write))
			want = -EINVAL;
		else if (!populate_page(p, write))
			want = -EFAULT;
	}
	want = want ? want : hole;
	model_say("\tassert_int_equal(vm_madvise(mm[%d], at(%u), %lu, %s), %ld);", nr_of(cur),
		  r.start, r.n * PAGE_SIZE, write ? "MADV_POPULATE_WRITE" : "MADV_POPULATE_READ",
		  want);
	returned(vm_madvise(cur->mm, addr_of(r.start), r.n * PAGE_SIZE,
			    write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ), want, "madvise");
	if (model_faulted())
		settle_own(cur, was, r.start, r.n);
}

static void op_mlock(const u32 *arg)
{
	static const unsigned long locks[] = { 0, 0, 0, VM_LOCKED, M_LOCK };
	struct range r = range_of(arg[0], arg[1]);
	unsigned long lock = locks[arg[2] % ARRAY_SIZE(locks)];
	struct mpage was[PAGES];
	unsigned int i;
	long want = 0, got;

	memcpy(was, &cur->page[r.start], r.n * sizeof(was[0]));
	for (i = r.start; i < r.start + r.n && !want; i++) {
		if (cur->page[i].mapped)
			cur->page[i].flags = (cur->page[i].flags & ~M_LOCK) | lock;
		else
			want = -ENOMEM;
	}
	if (!want && lock == VM_LOCKED && populate(cur, r.start, r.n))
		want = -ENOMEM;
	if (lock) {
		model_say("\tassert_int_equal(vm_mlock(mm[%d], at(%u), %lu, %#lx), %ld);",
			  nr_of(cur), r.start, r.n * PAGE_SIZE, lock, want);
		got = vm_mlock(cur->mm, addr_of(r.start), r.n * PAGE_SIZE, lock);
	} else {
		model_say("\tassert_int_equal(vm_munlock(mm[%d], at(%u), %lu), %ld);", nr_of(cur),
			  r.start, r.n * PAGE_SIZE, want);
		got = vm_munlock(cur->mm, addr_of(r.start), r.n * PAGE_SIZE);
	}
	returned(got, want, "mlock");
	if (!model_faulted())
		return;
	settle_flags(cur, was, r.start, r.n);
	settle_own(cur, was, r.start, r.n);
}

static void op_mlockall(const u32 *arg)
{
	static const int kinds[] = { 0, 0, MCL_CURRENT, MCL_FUTURE, MCL_CURRENT | MCL_FUTURE,
				     MCL_CURRENT | MCL_ONFAULT, MCL_FUTURE | MCL_ONFAULT };
	int flags = kinds[arg[0] % ARRAY_SIZE(kinds)];
	unsigned long lock = VM_LOCKED | (flags & MCL_ONFAULT ? VM_LOCKONFAULT : 0);
	struct mpage was[PAGES];
	unsigned int i;

	memcpy(was, cur->page, sizeof(was));
	cur->def_lock = flags & MCL_FUTURE ? lock : 0;
	for (i = 0; i < PAGES; i++)
		if (cur->page[i].mapped && (!flags || (flags & MCL_CURRENT)))
			cur->page[i].flags = (cur->page[i].flags & ~M_LOCK) | (flags ? lock : 0);
	if ((flags & (MCL_CURRENT | MCL_ONFAULT)) == MCL_CURRENT)
		populate_all(cur);
	if (flags) {
		model_say("\tassert_int_equal(vm_mlockall(mm[%d], %d), 0);", nr_of(cur), flags);
		model_expect(vm_mlockall(cur->mm, flags), 0, "mlockall");
	} else {
		model_say("\tassert_int_equal(vm_munlockall(mm[%d]), 0);", nr_of(cur));
		model_expect(vm_munlockall(cur->mm), 0, "munlockall");
	}
	if (!model_faulted())
		return;
	settle_flags(cur, was, 0, PAGES);
	settle_own(cur, was, 0, PAGES);
}

/* --- mremap -------------------------------------------------------------- */

struct move {
	unsigned int from, old, new, to, unmap;	/* pages */
	unsigned long flags;
	unsigned int area_end;		/* of the area that has from */
};

static bool is_shared(const struct mpage *p)
{
	return p->flags & (VM_SHARED | VM_MAYSHARE);
}

/* what a resized area may not be; m->from is mapped */
static long check_resize(const struct move *m)
{
	if (!m->old && !is_shared(&cur->page[m->from]))
		return -EINVAL;
	return m->old > m->area_end - m->from ? -EFAULT : 0;
}

/* where a move goes, or an error; m->old is not above m->new */
static long move_target(struct move *m)
{
	if (m->flags & MREMAP_FIXED)
		return addr_of(m->to);
	if ((m->flags & MREMAP_DONTUNMAP) && !any_mapped(cur, m->to, m->new))
		return addr_of(m->to);
	return place_for(cur, m->new);
}

static long mremap_result(struct move *m)
{
	unsigned int end;
	long error;

	if (!cur->page[m->from].mapped)
		return -EFAULT;
	if (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
		if (m->from + m->old > m->to && m->to + m->new > m->from)
			return -EINVAL;
		/* a second mapping in the place of the first: that one goes before it is looked up */
		if ((m->flags & MREMAP_FIXED) && m->from == m->to)
			return -EFAULT;
		m->old = min(m->old, m->new);
		error = check_resize(m);
		return error ? error : move_target(m);
	}
	if (m->old >= m->new)
		return addr_of(m->from);
	error = check_resize(m);
	if (error)
		return error;
	end = m->area_end + m->new - m->old;
	if (m->old == m->area_end - m->from && end <= PAGES &&
	    !any_mapped(cur, m->area_end, end - m->area_end))
		return addr_of(m->from);
	return m->flags & MREMAP_MAYMOVE ? move_target(m) : -ENOMEM;
}

/* more pages like @like, which is its area's page @index */
static void extend(const struct mpage *like, unsigned int start, unsigned int n,
		   unsigned long pgoff)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct mpage *p = &cur->page[start + i];

		p->mapped = true;
		p->flags = like->flags;
		p->obj = like->obj;
		p->pgoff = pgoff + i;
		object_get(p->obj);
	}
}

/* MREMAP_DONTUNMAP leaves empty pages, which are not locked */
static void leave_behind(const struct move *m, const struct mpage *moved)
{
	unsigned int i;

	extend(&moved[0], m->from, m->old, moved[0].pgoff);
	for (i = m->from; i < m->from + m->old; i++)
		cur->page[i].flags &= ~M_LOCK;
}

static bool anything_own(void)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (cur->page[i].own)
			return true;
	return false;
}

static void move_pages(struct move *m, unsigned int to)
{
	struct mpage moved[PAGES], like = cur->page[m->from];
	unsigned int i;

	m->to = to;
	if (like.obj < 0 && !anything_own())
		like.pgoff = addr_of(to) >> PAGE_SHIFT;	/* nothing to find by it */
	memcpy(moved, &cur->page[m->from], max(m->old, 1u) * sizeof(moved[0]));
	for (i = 0; i < m->old; i++)
		object_get(moved[i].obj);
	object_get(like.obj);		/* it lives through the unmapping */
	forget_range(cur, to, m->new);
	if (!m->old)
		extend(&like, to, m->new, like.pgoff);
	for (i = 0; i < m->old; i++) {
		cur->page[to + i] = moved[i];
		cur->page[to + i].pgoff = like.pgoff + i;
	}
	if (m->old) {
		forget_range(cur, m->from, m->unmap);
		extend(&like, to + m->old, m->new - m->old, like.pgoff + m->old);
	}
	if (m->flags & MREMAP_DONTUNMAP)
		leave_behind(m, moved);
	object_put(like.obj);
}

/* locked pages that came new are made present */
static void populate_new(unsigned int start, unsigned int n)
{
	struct mpage was[PAGES];

	if (!n || !(cur->page[start].flags & VM_LOCKED))
		return;
	memcpy(was, &cur->page[start], n * sizeof(was[0]));
	populate(cur, start, n);
	if (model_faulted())
		settle_own(cur, was, start, n);
}

static void mremap_done(struct move *m, unsigned int to)
{
	struct mpage like = cur->page[m->from];

	if (to != m->from || (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))) {
		move_pages(m, to);
		populate_new(to + m->old, m->new - m->old);
		return;
	}
	if (m->old > m->new) {
		forget_range(cur, m->from + m->new, m->old - m->new);
	} else if (m->new > m->old) {
		extend(&like, m->from + m->old, m->new - m->old, like.pgoff + m->old);
		populate_new(m->from + m->old, m->new - m->old);
	}
}

static void op_mremap(const u32 *arg)
{
	static const unsigned int flags[] = {
		0, MREMAP_MAYMOVE, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED,
		MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED,
	};
	struct range r = range_of(arg[0], arg[1]), to = range_of(arg[2], arg[3]);
	struct move m = { .from = r.start, .old = r.n, .new = r.n, .to = to.start,
			  .flags = flags[(arg[3] >> 8) % ARRAY_SIZE(flags)] };
	long want, got;

	/* a range of one area is what succeeds */
	if (cur->page[m.from].mapped) {
		m.area_end = area_end(cur, m.from);
		if ((arg[2] >> 12) % 8)
			m.old = m.new = min(m.old, m.area_end - m.from);
	}
	if (!(m.flags & MREMAP_DONTUNMAP) && (arg[2] >> 16) % 2)
		m.new = to.n;
	if (!(m.flags & MREMAP_DONTUNMAP) && (arg[2] >> 20) % 32 == 0)
		m.old = 0;
	if (m.flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		m.to = min(m.to, PAGES - m.new);
	m.unmap = m.old;
	model_pending("\tvm_mremap() of mm[%d]", nr_of(cur));
	got = m.old;
	want = mremap_result(&m);
	model_say("\tassert_int_equal(vm_mremap(mm[%d], at(%u), %lu, %lu, %lu, at(%u)), %s);",
		  nr_of(cur), m.from, got * PAGE_SIZE, m.new * PAGE_SIZE, m.flags, m.to,
		  value(want));
	got = vm_mremap(cur->mm, addr_of(m.from), got * PAGE_SIZE, m.new * PAGE_SIZE, m.flags,
			addr_of(m.to));
	if (returned(got, want, "mremap") && (want >= 0 || want < -4095))
		mremap_done(&m, (want - WINDOW) / PAGE_SIZE);
}

/* --- brk ----------------------------------------------------------------- */

static void grow_heap(unsigned int from, unsigned int to)
{
	struct mpage like = {
		.flags = VM_READ | VM_WRITE | VM_MAYWRITE | VM_ACCOUNT | cur->def_lock,
		.obj = -1,
	};

	extend(&like, from, to - from, addr_of(from) >> PAGE_SHIFT);
	if (cur->def_lock == VM_LOCKED)
		populate_new(from, to - from);
}

static void op_brk(const u32 *arg)
{
	unsigned long start = addr_of(HEAP), want;
	unsigned long brk = start + arg[0] % ((PAGES - HEAP) * PAGE_SIZE);
	unsigned int from = (PAGE_ALIGN(cur->brk) - WINDOW) / PAGE_SIZE;
	unsigned int to;

	if (arg[1] % 16 == 0)
		brk = start - 1;
	else if (arg[1] % 4)
		brk = clamp(cur->brk + arg[0] % (16 * PAGE_SIZE) - 7 * PAGE_SIZE, start, TASK_END);
	to = (PAGE_ALIGN(brk) - WINDOW) / PAGE_SIZE;
	want = brk;
	/* one page stays free behind the heap */
	if (brk < start || (to < from && !any_mapped(cur, to, from - to)) ||
	    (to > from && any_mapped(cur, from, min(to + 1, (unsigned int)PAGES) - from)))
		want = cur->brk;
	model_say("\tassert_int_equal(vm_brk_set(mm[%d], %#lx), %#lx);", nr_of(cur), brk, want);
	brk = vm_brk_set(cur->mm, brk);
	if (brk == cur->brk && model_faulted())
		return;
	if (brk != want)
		model_fail("brk is %#lx, not %#lx", brk, want);
	if (want == cur->brk)
		return;
	cur->brk = want;
	if (to < from)
		forget_range(cur, to, from - to);
	else if (to > from)
		grow_heap(from, to);
}

/* --- processes ----------------------------------------------------------- */

static void use(struct space *s)
{
	cur = s;
	model_say("\thost_use_mm(mm[%d]);", nr_of(s));
	host_use_mm(s->mm);
}

static void exit_space(struct space *s)
{
	if (!s->mm)
		return;
	model_say("\tmmput(mm[%d]);", nr_of(s));
	mmput(s->mm);
	s->mm = NULL;
	forget_range(s, 0, PAGES);
}

static void new_space(struct space *s)
{
	model_say("\tmm[%d] = new_mm();", nr_of(s));
	s->mm = mm_alloc();
	if (!s->mm && model_faulted())
		return;
	if (!s->mm)
		model_fail("no address space");
	mmap_write_lock(s->mm);
	s->mm->task_size = s->mm->mmap_base = TASK_END;
	s->mm->start_brk = s->mm->brk = addr_of(HEAP);
	mmap_write_unlock(s->mm);
	s->brk = addr_of(HEAP);
	s->def_lock = 0;
	s->keys = this_machine()->facts.nr_pkeys ? 1 : 0;
}

static void op_fork(const u32 *arg)
{
	struct space *to = &spaces[arg[0] % SPACES];
	unsigned int i;
	int error;

	if (to == cur)
		return;
	exit_space(to);
	model_say("\tmm[%d] = dup_mm(mm[%d], &error);", nr_of(to), nr_of(cur));
	to->mm = dup_mm(cur->mm, &error);
	if (!to->mm && model_faulted())
		return;
	if (!to->mm)
		model_fail("fork: %d", error);
	to->brk = cur->brk;
	to->keys = cur->keys;
	to->def_lock = 0;
	for (i = 0; i < PAGES; i++) {
		struct mpage *p = &to->page[i];

		if (!cur->page[i].mapped || (cur->page[i].flags & VM_DONTCOPY))
			continue;
		*p = cur->page[i];
		object_get(p->obj);
		p->flags &= ~M_LOCK;
		p->touched = false;
		if (p->flags & VM_WIPEONFORK)
			p->own = false;
	}
}

/* pages of a table that make it worth sharing */
static void op_share(const u32 *arg)
{
	static const unsigned long pages[] = { 1, 1, 8, 128 };

	model_say("\tthis_machine()->tunables.fork_share_pages = %lu;",
		  pages[arg[0] % ARRAY_SIZE(pages)]);
	this_machine()->tunables.fork_share_pages = pages[arg[0] % ARRAY_SIZE(pages)];
}

static void op_switch(const u32 *arg)
{
	struct space *s = &spaces[arg[0] % SPACES];

	if (s->mm)
		use(s);
}

static void op_exit(const u32 *arg)
{
	struct space *s = &spaces[arg[0] % SPACES];

	if (s == cur)
		return;
	exit_space(s);
	if (arg[1] & 1)
		new_space(s);
}

static void op_switch_cpu(const u32 *arg)
{
	struct machine *m = this_machine();

	model_say("\tquire_switch_cpu(%u);", arg[0] % MODEL_CPUS);
	machine_cpu_leave();
	machine_cpu_enter(m, arg[0] % MODEL_CPUS);
	use(cur);
	set_denied(denied);
}

/* --- the whole ----------------------------------------------------------- */

static void make_file(unsigned int i)
{
	objects[i] = (struct object){ .size = FILE_PAGES / 2 * PAGE_SIZE, .pages = FILE_PAGES,
				      .refs = 1 };
	objects[i].bytes = calloc(FILE_PAGES, SUBS);
	objects[i].file = shmem_file_setup("model", objects[i].size, VM_NORESERVE);
	if (IS_ERR(objects[i].file))
		model_fail("no file");
	model_say("\tfile[%u] = shmem_file_setup(\"model\", %lld, VM_NORESERVE);", i, (long long)objects[i].size);
}

static void begin(void)
{
	unsigned int i, j;

	this_machine()->tunables.mmap_min_addr = WINDOW;
	model_say("\tthis_machine()->tunables.mmap_min_addr = %#lx;", WINDOW);
	this_machine()->tunables.fork_share_pages = 1;	/* every table that may be */
	model_say("\tthis_machine()->tunables.fork_share_pages = 1;");
	this_machine()->facts.nr_pkeys = vm_pkey_flags(1) ? NR_PKEYS : 0;
	model_say("\tthis_machine()->facts.nr_pkeys = %u;", this_machine()->facts.nr_pkeys);
	denied = 0;
	for (i = 0; i < FILES; i++)
		make_file(i);
	model_say("\tfile[%d]->f_mode &= ~FMODE_WRITE;", FILES - 1);
	objects[FILES - 1].file->f_mode &= ~FMODE_WRITE;
	committed_at_start = vm_memory_committed();
	for (i = 0; i < SPACES; i++)
		for (j = 0; j < PAGES; j++)
			spaces[i].page[j].obj = -1;
	new_space(&spaces[0]);
	use(&spaces[0]);
}

static void end(void)
{
	unsigned int i;

	model_say("\thost_use_mm(NULL);");
	host_use_mm(NULL);
	for (i = 0; i < SPACES; i++)
		exit_space(&spaces[i]);
	for (i = 0; i < FILES; i++) {
		model_say("\tfput(file[%u]);", i);
		fput(objects[i].file);
		object_put(i);
	}
	for (i = 0; i < OBJECTS; i++)
		if (objects[i].refs)
			model_fail("object %u has %u references left in the model", i,
				   objects[i].refs);
}

static const struct model_kind kinds[] = {
	{ "read", op_read, 250, 250 }, { "write", op_write, 300, 200 },
	{ "mmap", op_mmap, 80, 40 }, { "refill", op_refill, 4, 2 }, { "munmap", op_munmap, 20, 60 },
	{ "mprotect", op_mprotect, 50, 50 }, { "madvise", op_madvise, 30, 50 },
	{ "populate", op_advise_populate, 5, 2 }, { "mlock", op_mlock, 15, 15 },
	{ "mlockall", op_mlockall, 2, 2 }, { "mremap", op_mremap, 60, 40 },
	{ "brk", op_brk, 20, 20 }, { "fork", op_fork, 8, 4 }, { "share", op_share, 1, 1 },
	{ "rights", op_rights, 20, 20 }, { "key", op_key, 20, 20 }, { "switch", op_switch, 20, 20 },
	{ "exit", op_exit, 1, 4 }, { "switch_cpu", op_switch_cpu, 25, 25 },
	{ "remote", op_remote, 20, 20 }, { "file_write", op_file_write, 30, 15 },
	{ "file_read", op_file_read, 20, 20 }, { "truncate", op_truncate, 3, 6 },
	{ "punch", op_punch, 3, 6 },
};

static const struct model model = {
	.name = "vm", .kinds = kinds, .nr_kinds = ARRAY_SIZE(kinds), .check_every = 400,
	.includes = "#include \"vm_test.h\"\n#include \"vm_file.h\"\n\n"
		    "static struct mm_struct *mm[4];\nstatic struct file *file[3];\n"
		    "static u8 buf[3 * PAGE_SIZE];\nstatic int error;\n\n"
		    "static unsigned long at(unsigned long page)\n{\n"
		    "\treturn 0x200000 + page * PAGE_SIZE;\n}\n\n"
		    "static struct mm_struct *new_mm(void)\n{\n"
		    "\tstruct mm_struct *m = mm_alloc();\n\n\tassert_non_null(m);\n"
		    "\tm->task_size = m->mmap_base = 0x600000;\n"
		    "\tm->start_brk = m->brk = at(700);\n\treturn m;\n}\n\n"
		    "static inline int mapped(struct mm_struct *m, unsigned long addr)\n{\n"
		    "\tstruct vm_area_struct *vma = find_vma(m, addr);\n\n"
		    "\treturn vma && vma->vm_start <= addr;\n}\n\n"
		    "static inline int remote_byte(struct mm_struct *m, unsigned long addr)\n{\n"
		    "\treturn access_remote_vm(m, addr, buf, 1, false) == 1 ? buf[0] : -1;\n}\n",
	.begin = begin, .check = check_spaces, .end = end, .plants = plants,
};

int main(int argc, char **argv)
{
	return model_main(&model, argc, argv);
}
