/* SPDX-License-Identifier: MIT */
/*
 * usercopy.c - copies between user memory and objects of caches stay within the part of
 * an object that its cache was created for (kmem_cache_create_usercopy()).
 *
 * A wrong length or address in such a copy shows kernel memory to a program, or lets it
 * write there. Debug builds look at each copy: one that touches a slab has to lie within
 * the part of one object. All of what kmalloc() gives is such a part, and memory that is
 * in no slab is not looked at. What does not, stops the machine before anything is copied:
 *
 *	usercopy: Kernel memory exposure attempt detected from SLUB object 'name' (offset 8,
 *	size 100)!
 *
 *   UC1  a copy with user memory lies within [useroffset, useroffset + usersize) of an
 *        object, or within no slab
 *
 * Locks: none: the object is the caller's, so its slab stays.
 */
#include "slab_internal.h"
#include <linux/usercopy.h>

#ifdef CONFIG_DEBUG_MM

static void __noreturn usercopy_abort(const char *what, const char *name, bool to_user,
				      unsigned long offset, unsigned long n)
{
	pr_emerg("usercopy: Kernel memory %s attempt detected %s %s%s%s%s (offset %lu, size %lu)!\n",
		 to_user ? "exposure" : "overwrite", to_user ? "from" : "to", what,
		 name ? " '" : "", name ? name : "", name ? "'" : "", offset, n);
	port_bug(__FILE__, __LINE__, "UC1: copy with user memory outside of an object's part");
}

static bool in_user_part(const struct kmem_cache *s, unsigned long offset, unsigned long n)
{
	return offset >= s->useroffset && offset - s->useroffset <= s->usersize &&
	       n <= s->useroffset - offset + s->usersize;
}

/* An object of the pool; what is none is left to the fault that follows. */
static void check_guarded(const void *ptr, unsigned long n, bool to_user)
{
	struct kfence_info info;
	unsigned long offset;

	if (!kfence_lookup(ptr, &info) || !info.cache || !info.allocated)
		return;
	offset = (unsigned long)ptr - info.start;
	if (!in_user_part(info.cache, offset, n))
		usercopy_abort("SLUB object", info.cache->name, to_user, offset, n);
}

/**
 * __check_object_size() - @n bytes at @ptr go to user memory (@to_user) or come from it.
 * Locks:   none.  Context: any.
 * Return:  nothing; a copy that UC1 forbids stops the machine.
 */
void __check_object_size(const void *ptr, unsigned long n, bool to_user)
{
	struct page *slab = n ? slab_of(ptr) : NULL;
	unsigned long offset;
	struct kmem_cache *s;

	if (is_kfence_address(ptr)) {
		check_guarded(ptr, n, to_user);
		return;
	}
	if (!slab || !PageSlab(slab))
		return;
	s = slab->slab_cache;
	offset = ((const char *)ptr - (char *)page_address(slab)) % s->size;
	if (offset < s->red_left)
		usercopy_abort("SLUB object in left red zone", s->name, to_user, offset, n);
	offset -= s->red_left;
	if (!in_user_part(s, offset, n))
		usercopy_abort("SLUB object", s->name, to_user, offset, n);
}

#endif
