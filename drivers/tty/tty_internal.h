/* SPDX-License-Identifier: MIT */
/*
 * tty_internal.h - the terminal's state and the functions that cross its files.
 *
 * Lock letters: t tty->lock   i interrupt handler writes, tty thread reads   a atomic
 *               s tasklist_lock and tty->lock both to write, either to read
 */
#ifndef DRIVERS_TTY_INTERNAL_H
#define DRIVERS_TTY_INTERNAL_H

#include <linux/fs.h>
#include <linux/tty.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/poll.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/init.h>
#include <uapi/termios.h>

#define TTY_BUF		4096u	/* a line and the unread input; a power of two */
#define TTY_RX_RING	4096u	/* from interrupt to thread; a power of two */

struct tty_struct {
	struct mutex lock;
	struct ktermios termios;		/* t */
	struct winsize winsize;			/* t */
	pid_t pgrp, session;			/* s  0: none */
	unsigned int hangups;			/* t  files opened before the last one are dead */

	u8 rx[TTY_RX_RING];			/* i */
	unsigned int rx_head, rx_tail;		/* i  free running; head by the interrupt */
	struct wait_queue_head rx_wait;		/* the tty thread sleeps here */

	u8 buf[TTY_BUF];			/* t */
	unsigned long line_end[TTY_BUF / BITS_PER_LONG];	/* t  N1 */
	unsigned int head, canon_head, tail;	/* t  free running, N2 */
	unsigned int column;			/* t  of the cursor, for tabs and erasing */
	unsigned int line_start;		/* t  column where the unread line began */
	bool lnext;				/* t  the next byte is taken literally */
	bool stopped;				/* t  by VSTOP or TCOOFF */
	struct wait_queue_head read_wait, write_wait;
};

extern struct tty_struct serial_tty;

#define I_FLAG(tty, f)	((tty)->termios.c_iflag & (f))
#define O_FLAG(tty, f)	((tty)->termios.c_oflag & (f))
#define L_FLAG(tty, f)	((tty)->termios.c_lflag & (f))

/* --- n_tty.c: the line discipline; all with tty->lock held --- */
void n_tty_receive(struct tty_struct *tty, const u8 *data, unsigned int n);
void n_tty_flush_input(struct tty_struct *tty);
void n_tty_mode_changed(struct tty_struct *tty, const struct ktermios *old);
unsigned int n_tty_readable(struct tty_struct *tty);	/* bytes a read would get now */
size_t n_tty_copy(struct tty_struct *tty, struct iov_iter *to);	/* one line, or what is there */

/* --- n_tty_out.c: output processing and echo; tty->lock held --- */
void tty_output(struct tty_struct *tty, const u8 *data, unsigned int n);
void tty_echo(struct tty_struct *tty, u8 c);
void tty_echo_raw(struct tty_struct *tty, const char *text);

/* --- tty_job.c --- */
int tty_check_change(struct tty_struct *tty, int sig);	/* 0, -EIO, -ERESTARTSYS */
void tty_open_ctty(struct tty_struct *tty);
long tty_job_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg);

/* --- tty_ioctl.c --- */
long tty_mode_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg);

int tty_baud_cflag(unsigned int baud);

/* --- tty_io.c --- */
void tty_hangup_files(struct tty_struct *tty);	/* tty->lock held */

#endif
