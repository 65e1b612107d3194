/* SPDX-License-Identifier: MIT */
/* config.h - what a machine is asked to be; see config.c. */
#ifndef ARCH_HOST_CONFIG_H
#define ARCH_HOST_CONFIG_H

#include <mm/machine.h>

void host_config_fill(struct machine_config *to, const struct machine_config *from);
bool __must_check host_config_good(const struct machine_config *c);
phys_addr_t host_config_ram_start(const struct machine_config *c);
phys_addr_t host_config_ram_end(const struct machine_config *c);

#endif
