/* SPDX-License-Identifier: MIT */
/* tty.h - the terminal as the rest of the kernel sees it. */
#ifndef LINUX_TTY_H
#define LINUX_TTY_H

#include <linux/types.h>

struct tty_struct;

/**
 * disassociate_ctty() - the caller gives up its controlling terminal. A session leader
 * takes it from the whole session: the foreground group gets SIGHUP and SIGCONT, and
 * with @on_exit the terminal is hung up. Thread context, no lock held; may sleep.
 */
void disassociate_ctty(int on_exit);

/* device number of a controlling terminal as /proc/PID/stat shows it, 0 for NULL */
unsigned int tty_devnum(const struct tty_struct *tty);
/* the foreground process group, -1 for NULL */
pid_t tty_foreground_pgrp(const struct tty_struct *tty);

#endif
