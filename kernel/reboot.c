// SPDX-License-Identifier: MIT
/*
 * reboot.c - reboot(2): how a program ends the machine.
 *
 * The caller proves that it means it by two magic numbers. Every end leaves a
 * line in the log and then calls the port, which does not come back; a machine
 * that cannot be switched off is halted, as on Linux.
 */
#include <linux/reboot.h>
#include <linux/cred.h>
#include <linux/printk.h>
#include <linux/syscalls.h>
#include <asm/uaccess.h>

void __noreturn kernel_power_off(void)
{
	pr_emerg("reboot: Power down\n");
	arch_poweroff();
}

void __noreturn kernel_restart(void)
{
	pr_emerg("reboot: Restarting system\n");
	arch_reboot();
}

void __noreturn kernel_halt(void)
{
	pr_emerg("reboot: System halted\n");
	arch_halt();
}

static bool magic_good(unsigned int magic1, unsigned int magic2)
{
	return magic1 == LINUX_REBOOT_MAGIC1 &&
	       (magic2 == LINUX_REBOOT_MAGIC2 || magic2 == LINUX_REBOOT_MAGIC2A ||
		magic2 == LINUX_REBOOT_MAGIC2B || magic2 == LINUX_REBOOT_MAGIC2C);
}

long sys_reboot(int magic1, int magic2, unsigned int cmd, void __user *arg)
{
	char text[256];

	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if (!magic_good(magic1, magic2))
		return -EINVAL;
	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		kernel_restart();
	case LINUX_REBOOT_CMD_RESTART2:
		if (strncpy_from_user(text, arg, sizeof(text) - 1) < 0)
			return -EFAULT;
		kernel_restart();
	case LINUX_REBOOT_CMD_HALT:
		kernel_halt();
	case LINUX_REBOOT_CMD_POWER_OFF:
		kernel_power_off();
	case LINUX_REBOOT_CMD_CAD_ON:		/* there is no keyboard to press it on */
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;
	}
	return -EINVAL;
}
