/* SPDX-License-Identifier: MIT */
/* reboot.h - how the machine ends; the port declares arch_poweroff() and its like. */
#ifndef LINUX_REBOOT_H
#define LINUX_REBOOT_H

#include <asm/kdebug.h>
#include <uapi/reboot.h>

/* never return; flush what is pending first. Thread context. */
void __noreturn kernel_power_off(void);
void __noreturn kernel_restart(void);
void __noreturn kernel_halt(void);

#endif
