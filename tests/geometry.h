/* SPDX-License-Identifier: MIT */
/*
 * geometry.h - the machines that the hosted tests run on.
 *
 *	struct machine_config config = geometry_config(NULL);
 *
 *	config.nr_cpus = 2;
 *	machine = machine_create(&config);
 *
 * NULL asks for the geometry of this run: what QUIRE_GEOMETRY names in the environment,
 * else the first one. An unknown name ends the program with the list of names. Sizes are
 * scaled down: 64 MiB of RAM have all the zones that the real machine has.
 *
 *	name     frames from  RAM            zones                   nodes
 *	pc64     0            64             DMA DMA32 Normal        1
 *	numa64   0            12+12, 16+24   DMA DMA32 Normal        2, holes in both
 *	high64   0            24+40          DMA DMA32 HighMem       1, a hole between
 *	i386     0            64             DMA Normal HighMem      1
 *	arm      0x60000000   40, 24         Normal HighMem          1, a hole between
 *
 * A 32-bit build has 2 levels of page tables, a 64-bit one has 4. The last two have the
 * limits of 32-bit machines, scaled; both builds run all of them.
 */
#ifndef TESTS_GEOMETRY_H
#define TESTS_GEOMETRY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/kernel.h>
#include <mm/machine.h>

#define GEOMETRY_MIB(n)	((phys_addr_t)(n) << 20)
#define GEOMETRY_NO_ZONE	(~(phys_addr_t)0)

struct geometry {
	const char *name;
	const struct machine_range *ranges;
	unsigned int nr_ranges, nr_nodes;
	phys_addr_t dma_limit, dma32_limit, lowmem_limit;
};

static const struct machine_range geometry_pc64[] = {
	{ 0, GEOMETRY_MIB(64), 0 },
};
static const struct machine_range geometry_numa64[] = {
	{ 0, GEOMETRY_MIB(12), 0 },
	{ GEOMETRY_MIB(16), GEOMETRY_MIB(28), 0 },
	{ GEOMETRY_MIB(32), GEOMETRY_MIB(48), 1 },
	{ GEOMETRY_MIB(56), GEOMETRY_MIB(80), 1 },
};
static const struct machine_range geometry_high64[] = {
	{ 0, GEOMETRY_MIB(24), 0 },
	{ GEOMETRY_MIB(28), GEOMETRY_MIB(68), 0 },
};
static const struct machine_range geometry_arm[] = {
	{ 0x60000000, 0x60000000 + GEOMETRY_MIB(40), 0 },
	{ 0x68000000, 0x68000000 + GEOMETRY_MIB(24), 0 },
};

static const struct geometry geometries[] = {
	{ .name = "pc64", .ranges = geometry_pc64, .nr_ranges = ARRAY_SIZE(geometry_pc64),
	  .nr_nodes = 1, .dma_limit = GEOMETRY_MIB(4), .dma32_limit = GEOMETRY_MIB(24) },
	{ .name = "numa64", .ranges = geometry_numa64, .nr_ranges = ARRAY_SIZE(geometry_numa64),
	  .nr_nodes = 2, .dma_limit = GEOMETRY_MIB(4), .dma32_limit = GEOMETRY_MIB(40) },
	{ .name = "high64", .ranges = geometry_high64, .nr_ranges = ARRAY_SIZE(geometry_high64),
	  .nr_nodes = 1, .dma_limit = GEOMETRY_MIB(4), .dma32_limit = GEOMETRY_MIB(32),
	  .lowmem_limit = GEOMETRY_MIB(32) },
	{ .name = "i386", .ranges = geometry_pc64, .nr_ranges = ARRAY_SIZE(geometry_pc64),
	  .nr_nodes = 1, .dma_limit = GEOMETRY_MIB(4), .dma32_limit = GEOMETRY_NO_ZONE,
	  .lowmem_limit = GEOMETRY_MIB(28) },
	{ .name = "arm", .ranges = geometry_arm, .nr_ranges = ARRAY_SIZE(geometry_arm),
	  .nr_nodes = 1, .dma_limit = GEOMETRY_NO_ZONE, .dma32_limit = GEOMETRY_NO_ZONE,
	  .lowmem_limit = 0x60000000 + GEOMETRY_MIB(30) },
};

static inline const struct geometry *geometry_find(const char *name)
{
	unsigned int i;

	if (!name)
		name = getenv("QUIRE_GEOMETRY");
	if (!name || !*name)
		return &geometries[0];
	for (i = 0; i < ARRAY_SIZE(geometries); i++)
		if (!strcmp(geometries[i].name, name))
			return &geometries[i];
	fprintf(stderr, "no geometry %s; there are:", name);
	for (i = 0; i < ARRAY_SIZE(geometries); i++)
		fprintf(stderr, " %s", geometries[i].name);
	fprintf(stderr, "\n");
	exit(2);
}

static inline struct machine_config geometry_config(const char *name)
{
	const struct geometry *g = geometry_find(name);

	return (struct machine_config){
		.ranges = g->ranges, .nr_ranges = g->nr_ranges, .nr_nodes = g->nr_nodes,
		.dma_limit = g->dma_limit, .dma32_limit = g->dma32_limit,
		.lowmem_limit = g->lowmem_limit,
	};
}

#endif
