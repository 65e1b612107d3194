// SPDX-License-Identifier: MIT
/*
 * mm_params.c - words of the command line for the memory manager. Two size its zones:
 *
 *   kernelcore=nn[KMG] or nn%	this much for everybody, the rest is ZONE_MOVABLE
 *   movablecore=nn[KMG] or nn%	this much is ZONE_MOVABLE
 *   cma=nn[KMG][@start[-end]]	the default area of contiguous memory (mm/defrag/cma.c): just
 *				there, or somewhere in the range
 *
 * They are facts for mm/boot and mm/defrag, read before any zone exists. A percentage that
 * is given beside an amount of the same wins. kernelcore=mirror is refused: no firmware
 * that Quire boots from tells which memory is mirrored.
 *
 * And words that switch debugging aids (mm/debug) on:
 *
 *   init_on_alloc=, init_on_free=, page_poison=, page_owner=, kmemleak=	on or off
 *   kfence.sample_interval=ms	an object in so many is a guarded one (mm/debug/kfence.c); 0: none
 *   kfence.skip_covered_thresh=%	of the pool in use, from which stacks are to differ
 *   slub_debug[=...]	which caches are checked: mm/slab/slab_options.c
 *   slab_nomerge		caches that are alike stay apart
 *   failslab=, fail_page_alloc=	interval,probability,space,times of failures
 *
 * Boot CPU only, no locks.
 */
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

static int __init parse_core(char *value, unsigned long *pages, unsigned int *percent)
{
	unsigned int n;
	char *end;
	u64 bytes;

	if (!value || !*value)
		return -EINVAL;
	end = value + strlen(value) - 1;
	if (*end == '%') {
		*end = 0;
		if (kstrtouint(value, 0, &n) || n > 100)
			return -EINVAL;
		*percent = n;
		return 0;
	}
	bytes = memparse(value, &end);
	if (end == value || *end)
		return -EINVAL;
	*pages = bytes >> PAGE_SHIFT;
	*percent = 0;
	return 0;
}

static int __init param_kernelcore(char *value)
{
	struct machine_facts *facts = &this_machine()->facts;

	return parse_core(value, &facts->kernelcore_pages, &facts->kernelcore_percent);
}
early_param("kernelcore", param_kernelcore);

static int __init param_movablecore(char *value)
{
	struct machine_facts *facts = &this_machine()->facts;

	return parse_core(value, &facts->movablecore_pages, &facts->movablecore_percent);
}
early_param("movablecore", param_movablecore);

static int __init param_slub_debug(char *value)
{
	return slab_debug_setup(value);
}
early_param("slub_debug", param_slub_debug);

static int __init param_nomerge(char *value)
{
	this_machine()->slab.nomerge = true;
	return 0;
}
early_param("slab_nomerge", param_nomerge);
early_param("slub_nomerge", param_nomerge);

/* --- debugging ---------------------------------------------------------------------- */

#define DEBUG_SWITCH(name)						\
static int __init param_##name(char *value)				\
{									\
	if (!value)							\
		return -EINVAL;						\
	return kstrtobool(value, &this_machine()->debug.config.name);	\
}									\
early_param(#name, param_##name)

DEBUG_SWITCH(init_on_alloc);
DEBUG_SWITCH(init_on_free);
DEBUG_SWITCH(page_poison);
DEBUG_SWITCH(page_owner);
DEBUG_SWITCH(kmemleak);

static int __init param_kfence_interval(char *value)
{
	if (!value)
		return -EINVAL;
	return kstrtoul(value, 0, &this_machine()->debug.config.kfence_interval_ms);
}
early_param("kfence.sample_interval", param_kfence_interval);

static int __init param_kfence_covered(char *value)
{
	if (!value)
		return -EINVAL;
	return kstrtoul(value, 0, &this_machine()->debug.config.kfence_skip_covered);
}
early_param("kfence.skip_covered_thresh", param_kfence_covered);

static int __init param_failslab(char *value)
{
	return value ? setup_fault_attr(&this_machine()->debug.fault.failslab, value) : -EINVAL;
}
__setup("failslab", param_failslab);

static int __init param_fail_page_alloc(char *value)
{
	struct fault_attr *attr = &this_machine()->debug.fault.fail_page_alloc;

	return value ? setup_fault_attr(attr, value) : -EINVAL;
}
__setup("fail_page_alloc", param_fail_page_alloc);

static int __init param_cma(char *value)
{
	struct machine_facts *facts = &this_machine()->facts;
	u64 bytes, base = 0, limit = 0;
	char *at = value;

	if (!value)
		return -EINVAL;
	bytes = memparse(value, &at);
	if (at == value || (*at && *at != '@'))
		return -EINVAL;
	if (*at) {
		value = at + 1;
		base = memparse(value, &at);
		if (at == value || (*at && *at != '-'))
			return -EINVAL;
		limit = base + bytes;
	}
	if (*at) {
		value = at + 1;
		limit = memparse(value, &at);
		if (at == value || *at)
			return -EINVAL;
	}
	facts->cma_bytes = bytes;
	facts->cma_base = base;
	facts->cma_limit = limit;
	facts->cma_fixed = limit && base + bytes == limit;
	return 0;
}
early_param("cma", param_cma);
