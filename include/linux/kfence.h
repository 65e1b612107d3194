/* SPDX-License-Identifier: MIT */
/* kfence.h - objects between pages that are not there: mm/debug/kfence.c. */
#ifndef LINUX_KFENCE_H
#define LINUX_KFENCE_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <mm/kfence_state.h>
#include <mm/machine.h>

struct kmem_cache;
struct seq_file;

/* Does @addr lie in the pool? Costs two loads; also of what never was memory. */
static inline bool is_kfence_address(const void *addr)
{
	const struct kfence_state *k = &this_machine()->debug.kfence;

	return unlikely((unsigned long)addr - READ_ONCE(k->pool) < READ_ONCE(k->pool_bytes));
}

/* What the pool knows of the object whose page @addr lies on. */
struct kfence_info {
	unsigned int number;
	unsigned long start;
	size_t size;
	struct kmem_cache *cache;	/* NULL: it is gone, or there was no object yet */
	bool allocated;
};

/* --- for the allocators ------------------------------------------------------------ */
void *kfence_alloc_object(struct kmem_cache *s, size_t size, unsigned int align, gfp_t gfp,
			  unsigned long caller);
void kfence_free_object(void *object, bool clear, unsigned long caller);
bool kfence_lookup(const void *addr, struct kfence_info *info);
unsigned int kfence_cache_objects(const struct kmem_cache *s);
void kfence_report_leaks(const struct kmem_cache *s);
void kfence_forget_cache(const struct kmem_cache *s);
bool kfence_dump_obj(const void *addr);

/* --- for the port -------------------------------------------------------------------- */
void kfence_init(void);
int __must_check kfence_set_interval(unsigned long ms);
void kfence_tick(void);
bool kfence_handle_page_fault(unsigned long addr, bool is_write, const unsigned long *stack,
			      unsigned int nr);

/* --- text ------------------------------------------------------------------------------ */
void kfence_stats_show(struct seq_file *m);
void kfence_objects_show(struct seq_file *m);

#endif
