/* SPDX-License-Identifier: MIT */
/* page-isolation.h - ranges of frames that nobody gets: what is free there stays free. */
#ifndef LINUX_PAGE_ISOLATION_H
#define LINUX_PAGE_ISOLATION_H

#include <linux/mmzone.h>
#include <linux/gfp.h>

#define MEMORY_OFFLINE	0x1	/* the range is to leave the machine */
#define REPORT_FAILURE	0x2	/* say in the log which page stands in the way */

static inline bool is_migrate_isolate(int migratetype)
{
	return migratetype == MIGRATE_ISOLATE;
}
bool is_migrate_isolate_page(struct page *page);

int __must_check start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
					  unsigned int migratetype, int flags, gfp_t gfp);
void undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype);
int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn, int isol_flags);

#endif
