/* SPDX-License-Identifier: MIT */
/*
 * vm_access.h - the operations of model_vm.c that move bytes: accesses of programs and
 * debuggers to memory, reads and writes of files, files that are cut.
 *
 * A program's access goes over pages as far as all of them may be reached, and ends at
 * the first byte of the first that may not: the number of bytes that were not done tells.
 */
#ifndef MODEL_VM_ACCESS_H
#define MODEL_VM_ACCESS_H

#include "vm_space.h"

static u8 buffer[3 * PAGE_SIZE];

/*
 * What a call returned. True: the model goes on. False: it failed for want of memory, as
 * this run wanted, and nothing has happened.
 */
static bool returned(long got, long want, const char *call)
{
	if (got != want && model_faulted() && (got == -ENOMEM || got == -EAGAIN))
		return false;
	if (got != want)
		model_fail("%s returns %#lx, not %#lx", call, got, want);
	return true;
}

/* --- accesses ------------------------------------------------------------ */

/*
 * Bytes of the window, from one of the OFFSETS on. A few pages are used over and over: so
 * one CPU still has in its TLB what another one changes.
 */
#define HOT_PAGE	504
#define HOT_PAGES	16
struct bytes {
	unsigned int page, offset, len;
};

static struct bytes bytes_of(u32 a, u32 b)
{
	struct bytes r = { a % PAGES, OFFSETS[b % SUBS], 1 };

	if ((a >> 20) % 3 == 0)
		r.page = HOT_PAGE + a % HOT_PAGES;
	if ((b >> 2) % 4 == 0)
		r.len = 1 + (b >> 4) % (2 * PAGE_SIZE);
	if (r.page * PAGE_SIZE + r.offset + r.len > PAGES * PAGE_SIZE)
		r.len = PAGES * PAGE_SIZE - r.page * PAGE_SIZE - r.offset;
	return r;
}

/* the pages that it touches, and where each begins in the buffer */
#define for_each_page_of(r, i, skip)						\
	for (i = (r).page, skip = 0; skip < (r).len;				\
	     skip = (i + 1 - (r).page) * PAGE_SIZE - (r).offset, i++)

/* is byte @sub of page @i among the first @len of @r? Then *@pos is its place */
static bool within(struct bytes r, unsigned int i, unsigned int sub, unsigned int len,
		   unsigned int *pos)
{
	unsigned int at = (i - r.page) * PAGE_SIZE + OFFSETS[sub];

	*pos = at - r.offset;
	return at >= r.offset && *pos < len;
}

/* bytes that a read or write can do */
static unsigned int possible(struct bytes r, bool write)
{
	unsigned int i, skip;

	for_each_page_of(r, i, skip) {
		struct mpage *p = &cur->page[i];

		if (!byte_at(p, 0) || !(p->flags & (write ? VM_WRITE : VM_ACCESS_FLAGS)) ||
		    key_says_no(p, write))
			return skip;
	}
	return r.len;
}

/* @left bytes were not done: so many as could not be */
static unsigned int check_left(struct bytes r, unsigned long left, unsigned int can,
			       const char *call)
{
	if (r.len - left != can && !(model_faulted() && r.len - left < can))
		model_fail("%s at page %u+%u: %lu of %u bytes, not %u", call, r.page, r.offset,
			   r.len - left, r.len, can);
	return r.len - left;
}

static void op_read(const u32 *arg)
{
	struct bytes r = bytes_of(arg[0], arg[1]);
	unsigned int can = possible(r, false), done, i, skip, sub, pos;
	void *at = (void *)(addr_of(r.page) + r.offset);

	model_say("\tassert_int_equal(copy_from_user(buf, (void *)(at(%u) + %u), %u), %u);", r.page,
		  r.offset, r.len, r.len - can);
	done = check_left(r, copy_from_user(buffer, at, r.len), can, "read");
	for_each_page_of(r, i, skip) {
		if (skip >= done)
			break;
		for (sub = 0; sub < SUBS; sub++) {
			if (!within(r, i, sub, done, &pos))
				continue;
			model_pending("\tassert_int_equal(buf[%u], %u);", pos,
				      *byte_at(&cur->page[i], sub));
			model_expect(buffer[pos], *byte_at(&cur->page[i], sub),
				     "byte %u of page %u", OFFSETS[sub], i);
		}
		touch(&cur->page[i]);
	}
}

/* @done bytes of value @v are in memory now */
static void written(struct bytes r, unsigned int done, u8 v)
{
	unsigned int i, skip, sub, pos;

	for_each_page_of(r, i, skip) {
		if (skip >= done)
			break;
		for (sub = 0; sub < SUBS; sub++)
			if (within(r, i, sub, done, &pos))
				*byte_to_write(&cur->page[i], sub) = v;
		byte_to_write(&cur->page[i], 0);
		touch(&cur->page[i]);
	}
}

static void op_write(const u32 *arg)
{
	struct bytes r = bytes_of(arg[0], arg[1]);
	unsigned int can = possible(r, true), done;
	u8 v = arg[2];

	model_say("\tmemset(buf, %u, %u);", v, r.len);
	model_say("\tassert_int_equal(copy_to_user((void *)(at(%u) + %u), buf, %u), %u);", r.page,
		  r.offset, r.len, r.len - can);
	memset(buffer, v, r.len);
	done = check_left(r, copy_to_user((void *)(addr_of(r.page) + r.offset), buffer, r.len), can,
			  "write");
	written(r, done, v);
}

/* as a debugger does: only what can never be written is refused */
static void op_remote(const u32 *arg)
{
	struct space *s = &spaces[arg[0] % SPACES], *back = cur;
	struct bytes r = bytes_of(arg[1], arg[2] & 3);
	struct mpage *p = &s->page[r.page];
	bool write = arg[2] & 4;
	u8 v = arg[3];
	int want, got;

	if (!s->mm)
		return;
	want = byte_at(p, 0) ? 1 : 0;
	if (write && !(p->flags & VM_WRITE) &&
	    ((p->flags & VM_SHARED) || !(p->flags & VM_MAYWRITE)))
		want = 0;
	model_say("\tbuf[0] = %u;", v);
	model_say("\tassert_int_equal(access_remote_vm(mm[%d], at(%u) + %u, buf, 1, %d), %d);",
		  nr_of(s), r.page, r.offset, write, want);
	got = access_remote_vm(s->mm, addr_of(r.page) + r.offset, &v, 1, write);
	if (!got && model_faulted())
		return;
	model_expect(got, want, "remote access to page %u", r.page);
	if (!want)
		return;
	cur = s;
	if (write)
		written(r, 1, v);
	cur = back;
	if (write)
		return;
	model_pending("\tassert_int_equal(buf[0], %u);", *byte_at(p, arg[2] & 3));
	model_expect(v, *byte_at(p, arg[2] & 3), "remote byte %u of page %u", r.offset, r.page);
	touch(p);
}

/* --- files --------------------------------------------------------------- */

static struct bytes file_bytes(u32 a, u32 b)
{
	struct bytes r = bytes_of((a % FILE_PAGES) | (1u << 20), b);

	r.len = min(r.len, (FILE_PAGES - r.page) * (unsigned int)PAGE_SIZE - r.offset);
	return r;
}

static loff_t position(struct bytes r)
{
	return (loff_t)r.page * PAGE_SIZE + r.offset;
}

static void op_file_write(const u32 *arg)
{
	unsigned int f = arg[0] % FILES, i, skip, sub, pos;
	struct bytes r = file_bytes(arg[1], arg[2]);
	struct object *o = &objects[f];
	u8 v = arg[3];
	long done;

	model_say("\tmemset(buf, %u, %u);", v, r.len);
	model_say("\tassert_int_equal(file_write(file[%u], %lld, buf, %u), %u);", f,
		  (long long)position(r), r.len, r.len);
	memset(buffer, v, r.len);
	done = file_write(o->file, position(r), buffer, r.len);
	if (done != r.len && !model_faulted())
		model_fail("write of %u bytes to a file returns %ld", r.len, done);
	if (done <= 0)
		return;
	for_each_page_of(r, i, skip)
		for (sub = 0; sub < SUBS; sub++)
			if (within(r, i, sub, done, &pos))
				o->bytes[i][sub] = v;
	o->size = max(o->size, position(r) + done);
}

static void op_file_read(const u32 *arg)
{
	unsigned int f = arg[0] % FILES, i, skip, sub, pos;
	struct bytes r = file_bytes(arg[1], arg[2]);
	struct object *o = &objects[f];
	long want = clamp(o->size - position(r), (loff_t)0, (loff_t)r.len), got;

	model_say("\tassert_int_equal(file_read(file[%u], %lld, buf, %u), %ld);", f,
		  (long long)position(r), r.len, want);
	got = file_read(o->file, position(r), buffer, r.len);
	if (!returned(got, want, "read"))
		return;
	for_each_page_of(r, i, skip)
		for (sub = 0; sub < SUBS; sub++) {
			if (!within(r, i, sub, want, &pos))
				continue;
			model_pending("\tassert_int_equal(buf[%u], %u);", pos, o->bytes[i][sub]);
			model_expect(buffer[pos], o->bytes[i][sub], "byte %u of page %u of file %u",
				     OFFSETS[sub], i, f);
		}
}

/* pages [first, last) of a file leave all page tables, @copies too */
static void unmap_everywhere(int obj, unsigned int first, unsigned int last, bool copies)
{
	unsigned int s, i;

	for (s = 0; s < SPACES; s++)
		for (i = 0; i < PAGES && spaces[s].mm; i++) {
			struct mpage *p = &spaces[s].page[i];

			if (!p->mapped || p->obj != obj || p->pgoff < first || p->pgoff >= last)
				continue;
			p->touched = false;
			if (copies)
				p->own = false;
		}
}

static void zero_bytes(struct object *o, loff_t start, loff_t end)
{
	unsigned int i, sub;

	for (i = 0; i < o->pages; i++)
		for (sub = 0; sub < SUBS; sub++) {
			loff_t at = (loff_t)i * PAGE_SIZE + OFFSETS[sub];

			if (at >= start && at < end)
				o->bytes[i][sub] = 0;
		}
}

static void op_truncate(const u32 *arg)
{
	static const unsigned int extra[] = { 0, 0, 1, 2048 };
	unsigned int f = arg[0] % FILES, page = arg[1] % FILE_PAGES;
	struct object *o = &objects[f];
	loff_t size = (loff_t)page * PAGE_SIZE + extra[arg[2] % ARRAY_SIZE(extra)];

	model_say("\tfile_truncate(file[%u], %lld);", f, (long long)size);
	file_truncate(o->file, size);
	if (size < o->size) {
		zero_bytes(o, size, (loff_t)(FILE_PAGES * PAGE_SIZE));
		unmap_everywhere(f, DIV_ROUND_UP((unsigned long)size, PAGE_SIZE), FILE_PAGES, true);
	}
	o->size = size;
}

static void op_punch(const u32 *arg)
{
	unsigned int f = arg[0] % FILES;
	struct bytes r = file_bytes(arg[1], arg[2]);
	loff_t start = position(r), end = start + r.len * (1 + arg[3] % 4);

	end = min(end, (loff_t)(FILE_PAGES * PAGE_SIZE));
	model_say("\tfile_punch(file[%u], %lld, %lld);", f, (long long)start, (long long)end);
	file_punch(objects[f].file, start, end);
	zero_bytes(&objects[f], start, end);
	unmap_everywhere(f, DIV_ROUND_UP((unsigned long)start, PAGE_SIZE),
			 (unsigned long)end / PAGE_SIZE, false);
}

#endif
