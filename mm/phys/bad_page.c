// SPDX-License-Identifier: MIT
/*
 * bad_page.c - a frame that is not as free memory must be.
 *
 * The allocator looks at each frame twice: when it is freed (nobody may still use
 * it) and when it is handed out (nobody wrote to its struct page in between). A frame
 * that fails is reported and leaked on purpose: whoever still uses it keeps it,
 * and the damage stays where it is.
 *
 *	wrong			means
 *	_mapcount != -1		freed while a page table maps it
 *	_refcount != 0		freed twice, or a reference taken without one held
 *	mapping != NULL		freed while in a page cache
 *	flags			freed while locked, on a list, part of a slab, reserved
 *	order			freed as another block than it was given (page_debug.c)
 *
 * Invariant:
 *   BP1  a frame that was reported never reaches a free list
 *
 * Locks: none. The report may tear when two CPUs report at once, nothing else.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include "../internal.h"

static const char *const pageflag_names[NR_PAGEFLAGS] = {
	[PG_locked] = "locked", [PG_referenced] = "referenced", [PG_uptodate] = "uptodate",
	[PG_dirty] = "dirty", [PG_lru] = "lru", [PG_active] = "active", [PG_slab] = "slab",
	[PG_reserved] = "reserved", [PG_private] = "private",
	[PG_writeback] = "writeback", [PG_head] = "head", [PG_swapbacked] = "swapbacked",
	[PG_unevictable] = "unevictable", [PG_mlocked] = "mlocked", [PG_buddy] = "buddy",
	[PG_table] = "table", [PG_anon_exclusive] = "anon_exclusive",
	[PG_waiters] = "waiters", [PG_lazy] = "lazy",
};

/**
 * page_bad_reason() - why @page is not as a free frame must be.
 * Locks:   none.
 * Context: any.
 * Return:  a text, or NULL when nothing is wrong.
 */
const char *page_bad_reason(const struct page *page, unsigned long bad_flags)
{
	if (atomic_read(&page->_mapcount) != -1)
		return "nonzero mapcount";
	if (page->mapping)
		return "non-NULL mapping";
	if (atomic_read(&page->_refcount))
		return "nonzero _refcount";
	if (page->flags & bad_flags)
		return "page flags that must not be set";
	return NULL;
}

/**
 * page_flags_text() - the names of @page's flags, "slab|head", to @buf.
 * Locks:   none.  Context: any.
 */
void page_flags_text(const struct page *page, char *buf, size_t size)
{
	size_t at = 0;
	int i;

	buf[0] = '\0';
	for (i = 0; i < NR_PAGEFLAGS; i++)
		if (page->flags & (1ul << i))
			at += scnprintf(buf + at, size - at, "%s%s", at ? "|" : "",
					pageflag_names[i] ? pageflag_names[i] : "?");
}

/**
 * dump_page() - the state of @page, who allocated it and who freed it, to the log.
 * Locks:   none.
 * Context: any.
 * Return:  nothing.
 */
void __cold dump_page(struct page *page, const char *reason)
{
	char flags[160];

	page_flags_text(page, flags, sizeof(flags));
	pr_warn("page:%p refcount:%d mapcount:%d mapping:%p index:%#lx pfn:%#lx\n", page,
		atomic_read(&page->_refcount), page_mapcount(page), page->mapping,
		page->index, page_to_pfn(page));
	pr_warn("flags: %#lx(%s|node=%d|zone=%d)\n", page->flags, flags, page_to_nid(page),
		(int)page_zonenum(page));
	pr_warn("page dumped because: %s\n", reason);
	page_debug_print(page);
	page_owner_print(page);
}

/**
 * bad_page() - report @page; the caller leaks it.
 * Locks:   none.
 * Context: any but interrupt handlers.
 * Return:  nothing.
 */
void __cold bad_page(struct page *page, const char *reason)
{
	pr_alert("BUG: Bad page state in process %s  pfn:%05lx\n", port_self_name(),
		 page_to_pfn(page));
	dump_page(page, reason);
}
