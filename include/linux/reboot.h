/* SPDX-License-Identifier: MIT */
/* reboot.h - how the machine ends; the port's part never returns on success. */
#ifndef LINUX_REBOOT_H
#define LINUX_REBOOT_H

void arch_poweroff(void);	/* returns when the machine cannot be switched off */
void arch_reboot(void);
void arch_halt(void);		/* stop all CPUs; returns never */

#endif
