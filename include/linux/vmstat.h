/* SPDX-License-Identifier: MIT */
/*
 * vmstat.h - counters. Events are per CPU and only summed when somebody looks;
 * zone and node items are per-CPU deltas too, so that the hot paths never write
 * a shared line. Lock letters: c owning CPU (others only read, word-sized).
 */
#ifndef LINUX_VMSTAT_H
#define LINUX_VMSTAT_H

#include <linux/types.h>
#include <linux/mmzone.h>

struct vm_cpu_stat {
	unsigned long event[NR_VM_EVENT_ITEMS];					/* c */
	long node[MAX_NUMNODES][NR_VM_NODE_STAT_ITEMS];				/* c */
} __aligned(64);

struct vm_statistics {
	struct vm_cpu_stat *cpu;	/* i  array by CPU; one static slot before it exists */
	struct vm_cpu_stat boot;	/* the boot CPU's, until per_cpu_pagesets_init() */
};

/* All of these: any context, never sleep. */
void count_vm_events(enum vm_event_item item, unsigned long n);
void mod_node_page_state(struct pglist_data *pgdat, enum node_stat_item item, long delta);
void mod_zone_page_state(struct zone *zone, enum zone_stat_item item, long delta);
unsigned long global_node_page_state(enum node_stat_item item);
unsigned long node_page_state(struct pglist_data *pgdat, enum node_stat_item item);
unsigned long zone_page_state(struct zone *zone, enum zone_stat_item item);
unsigned long global_zone_page_state(enum zone_stat_item item);
unsigned long sum_vm_event(enum vm_event_item item);

static inline void count_vm_event(enum vm_event_item item) { count_vm_events(item, 1); }

/* free pages of the whole machine, those on per-CPU lists included */
unsigned long nr_free_pages(void);
/* what programs could get without swapping: /proc/meminfo's MemAvailable, in pages */
long si_mem_available(void);

#endif
