/* SPDX-License-Identifier: MIT */
/* tiny.h - the port of level 1 that level1.c and level2.c boot (tiny.c). */
#ifndef PORT_TINY_H
#define PORT_TINY_H

/* RAM, direct map, memblock, tables of the window, then @init: its result */
int tiny_boot(int (*init)(void));
unsigned long tiny_settled(void);	/* free pages once nothing is kept for later */
void tiny_check_zones(void);

#endif
