/* SPDX-License-Identifier: MIT */
/* ioport.h - who uses which physical addresses and ports: the trees of /proc/iomem, ioports. */
#ifndef LINUX_IOPORT_H
#define LINUX_IOPORT_H

#include <linux/types.h>

/* l: resource_lock  i: fixed once it is in the tree */
struct resource {
	resource_size_t start, end;	/* i  [start, end], end inclusive as in Linux */
	const char *name;		/* i */
	unsigned long flags;		/* i  IORESOURCE_* */
	struct resource *parent, *sibling, *child;	/* l  siblings ascending, disjoint */
};

#define IORESOURCE_IO		0x00000100ul
#define IORESOURCE_MEM		0x00000200ul
#define IORESOURCE_SYSTEM_RAM	0x01000000ul
#define IORESOURCE_BUSY		0x80000000ul

extern struct resource iomem_resource, ioport_resource;

static inline resource_size_t resource_size(const struct resource *r)
{
	return r->end - r->start + 1;
}

int __must_check request_resource(struct resource *root, struct resource *new);
int __must_check insert_resource(struct resource *root, struct resource *new);
int release_resource(struct resource *old);

struct seq_file;
void iomem_show(struct seq_file *m);
void ioports_show(struct seq_file *m);

#endif
