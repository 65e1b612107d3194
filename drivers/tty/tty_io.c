// SPDX-License-Identifier: MIT
/*
 * tty_io.c - the terminal on the serial line: its three device nodes, its thread, its
 * open files.
 *
 * Received bytes go from the UART's interrupt into a ring and wake the tty thread, which
 * feeds them to the line discipline: editing, echo and signals happen in a thread, never
 * in the interrupt. Writers process their own output and write it through.
 *
 * /dev/ttyS0 is the line, /dev/console the same but never a controlling terminal,
 * /dev/tty whatever controls the caller. A hang-up (exit of the session leader) kills
 * the open files of ttyS0 and tty: they read end of file and fail to write; the files of
 * the console survive.
 *
 * Invariants
 *   T1  rx_head is written by the interrupt alone, rx_tail by the thread alone
 *   T2  a file is hung up iff its hang-up count differs from the terminal's
 *
 * Locks: tty->lock; it is never held while waiting for input.
 */
#include "tty_internal.h"
#include <linux/console.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/serial.h>
#include <linux/slab.h>
#include <linux/time.h>
#include <asm/uaccess.h>

struct tty_struct serial_tty = {
	.lock = __MUTEX_INITIALIZER(serial_tty.lock),
	.rx_wait = __WAIT_QUEUE_HEAD_INITIALIZER(serial_tty.rx_wait),
	.read_wait = __WAIT_QUEUE_HEAD_INITIALIZER(serial_tty.read_wait),
	.write_wait = __WAIT_QUEUE_HEAD_INITIALIZER(serial_tty.write_wait),
	.termios = {
		.c_iflag = ICRNL | IXON,
		.c_oflag = OPOST | ONLCR,
		.c_cflag = B9600 | CS8 | CREAD | HUPCL | CLOCAL,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.c_cc = { [VINTR] = 3, [VQUIT] = 28, [VERASE] = 127, [VKILL] = 21, [VEOF] = 4,
			  [VTIME] = 0, [VMIN] = 1, [VSTART] = 17, [VSTOP] = 19, [VSUSP] = 26,
			  [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22 },
		.c_ispeed = 9600, .c_ospeed = 9600,
	},
};

/* what an open file remembers: the count of hang-ups at its opening */
#define CONSOLE_FILE	((void *)~0ul)

static bool hung_up(struct file *file)
{
	return file->private_data != CONSOLE_FILE &&
	       (unsigned long)file->private_data != READ_ONCE(serial_tty.hangups);
}

void tty_hangup_files(struct tty_struct *tty)
{
	mutex_assert_held(&tty->lock);
	tty->hangups++;
	n_tty_flush_input(tty);
	tty->stopped = false;
	wake_up_all(&tty->read_wait);
	wake_up_all(&tty->write_wait);
}

/* --- receiving -------------------------------------------------------------------- */

/* Interrupt context: T1. What does not fit is lost, as on a line without flow control. */
static void tty_rx(const u8 *data, size_t n)
{
	struct tty_struct *tty = &serial_tty;
	unsigned int head = tty->rx_head;

	while (n-- && head - READ_ONCE(tty->rx_tail) < TTY_RX_RING)
		tty->rx[head++ & (TTY_RX_RING - 1)] = *data++;
	smp_store_release(&tty->rx_head, head);
	wake_up(&tty->rx_wait);
}

static int tty_thread(void *unused)
{
	struct tty_struct *tty = &serial_tty;
	u8 chunk[64];

	for (;;) {
		unsigned int n = 0, head, tail = tty->rx_tail;

		wait_event(tty->rx_wait, smp_load_acquire(&tty->rx_head) != tail);
		head = smp_load_acquire(&tty->rx_head);
		while (tail != head && n < sizeof(chunk))
			chunk[n++] = tty->rx[tail++ & (TTY_RX_RING - 1)];
		smp_store_release(&tty->rx_tail, tail);
		mutex_lock(&tty->lock);
		n_tty_receive(tty, chunk, n);
		mutex_unlock(&tty->lock);
	}
	return 0;
}

/* --- reading ---------------------------------------------------------------------- */

/* VMIN and VTIME of raw mode: what read waits for. */
struct read_wait {
	unsigned int min;		/* bytes */
	u64 gap_ns;			/* 0: no timer */
	bool first_timed;		/* the timer also runs before the first byte */
};

static struct read_wait read_rules(struct tty_struct *tty, size_t count)
{
	struct read_wait w = { .min = 1 };

	if (L_FLAG(tty, ICANON))
		return w;
	w.gap_ns = (u64)tty->termios.c_cc[VTIME] * (NSEC_PER_SEC / 10);
	w.first_timed = !tty->termios.c_cc[VMIN];
	w.min = min_t(size_t, max_t(unsigned int, tty->termios.c_cc[VMIN], w.gap_ns ? 1 : 0), count);
	return w;
}

static bool readable(struct tty_struct *tty, struct file *file, unsigned int more_than)
{
	bool yes;

	mutex_lock(&tty->lock);
	yes = n_tty_readable(tty) > more_than;
	mutex_unlock(&tty->lock);
	return yes || hung_up(file);
}

/*
 * wait_input() - until more than @have bytes are readable.
 * Return: 0; -EAGAIN when the timer ran out; -ERESTARTSYS.
 */
static int wait_input(struct tty_struct *tty, struct file *file, unsigned int have, u64 timeout_ns)
{
	DEFINE_WAIT(wait);
	int err;

	for (;;) {
		err = prepare_to_wait_event(&tty->read_wait, &wait, TASK_INTERRUPTIBLE);
		/* readable() takes a sleeping lock: look, then sleep only if nobody woke us */
		if (err || n_tty_readable(tty) > have || hung_up(file))
			break;
		if (!timeout_ns) {
			schedule();
		} else if (!(timeout_ns = schedule_timeout_ns(timeout_ns))) {
			err = -EAGAIN;
			break;
		}
	}
	finish_wait(&tty->read_wait, &wait);
	return err;
}

/* Wait until the rules are met: 0, or why not. Data that is there wins over a timeout. */
static int wait_rules(struct tty_struct *tty, struct file *file, const struct read_wait *w)
{
	unsigned int have = 0;
	int err = 0;

	while (!err && !readable(tty, file, w->min ? w->min - 1 : 0)) {
		if (!w->min)
			return 0;	/* VMIN 0, VTIME 0: only what is there */
		mutex_lock(&tty->lock);
		have = n_tty_readable(tty);
		mutex_unlock(&tty->lock);
		err = wait_input(tty, file, have, have || w->first_timed ? w->gap_ns : 0);
	}
	return err;
}

static ssize_t tty_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct tty_struct *tty = &serial_tty;
	struct file *file = iocb->ki_filp;
	struct read_wait rules;
	ssize_t n;
	int err;

	do {
		if (hung_up(file))
			return 0;
		err = tty_check_change(tty, SIGTTIN);
		if (err)
			return err;
		rules = read_rules(tty, iov_iter_count(to));
		if (!iov_iter_count(to))
			return 0;
		if (file->f_flags & O_NONBLOCK) {
			if (!readable(tty, file, 0))
				return rules.min ? -EAGAIN : 0;
		} else {
			err = wait_rules(tty, file, &rules);
			if (err == -ERESTARTSYS)
				return err;
		}
		mutex_lock(&tty->lock);
		n = n_tty_readable(tty);
		if (n)
			n = n_tty_copy(tty, to) ?: (L_FLAG(tty, ICANON) ? 0 : -EFAULT);
		else
			n = err || !rules.min ? 0 : -EAGAIN;
		mutex_unlock(&tty->lock);
	} while (n == -EAGAIN && !hung_up(file));	/* another reader was faster */
	return n == -EAGAIN ? 0 : n;
}

/* --- writing ---------------------------------------------------------------------- */

/* Output was stopped: wait until it goes on. tty->lock is dropped meanwhile. */
static int wait_output(struct tty_struct *tty, struct file *file)
{
	int err = 0;

	while (tty->stopped && !err && !hung_up(file)) {
		mutex_unlock(&tty->lock);
		if (file->f_flags & O_NONBLOCK)
			err = -EAGAIN;
		else
			err = wait_event_interruptible(tty->write_wait, !READ_ONCE(tty->stopped) ||
						       hung_up(file));
		mutex_lock(&tty->lock);
	}
	return err ? err : hung_up(file) ? -EIO : 0;
}

static ssize_t tty_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct tty_struct *tty = &serial_tty;
	struct file *file = iocb->ki_filp;
	ssize_t done = 0;
	u8 chunk[256];
	int err = 0;

	if (hung_up(file))
		return -EIO;
	if (L_FLAG(tty, TOSTOP))
		err = tty_check_change(tty, SIGTTOU);
	while (!err && iov_iter_count(from)) {
		size_t n = min_t(size_t, sizeof(chunk), iov_iter_count(from));
		size_t got = copy_from_iter(chunk, n, from);

		mutex_lock(&tty->lock);
		err = got ? wait_output(tty, file) : -EFAULT;
		if (!err) {
			tty_output(tty, chunk, got);
			done += got;
		}
		mutex_unlock(&tty->lock);
		if (!err && signal_pending(current) && iov_iter_count(from))
			err = -ERESTARTSYS;
	}
	return done ? done : err;
}

static unsigned int tty_poll(struct file *file, struct poll_table *pt)
{
	struct tty_struct *tty = &serial_tty;
	unsigned int mask = 0, min;

	poll_wait(file, &tty->read_wait, pt);
	poll_wait(file, &tty->write_wait, pt);
	if (hung_up(file))
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM;
	mutex_lock(&tty->lock);
	min = L_FLAG(tty, ICANON) || tty->termios.c_cc[VTIME] || !tty->termios.c_cc[VMIN] ? 1 :
	      tty->termios.c_cc[VMIN];
	if (n_tty_readable(tty) >= min)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!tty->stopped)
		mask |= EPOLLOUT | EPOLLWRNORM;
	mutex_unlock(&tty->lock);
	return mask;
}

static long tty_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long ret;

	if (hung_up(file))
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	ret = tty_job_ioctl(&serial_tty, cmd, arg);
	return ret == -ENOIOCTLCMD ? tty_mode_ioctl(&serial_tty, cmd, arg) : ret;
}

/* --- opening ---------------------------------------------------------------------- */

static int tty_open(struct inode *inode, struct file *file)
{
	dev_t dev = inode->i_rdev;

	if (dev == MKDEV(5, 0) && !READ_ONCE(current->signal->tty))
		return -ENXIO;
	if (dev == MKDEV(5, 1)) {
		file->private_data = CONSOLE_FILE;
		return 0;
	}
	file->private_data = (void *)(unsigned long)serial_tty.hangups;
	if (!(file->f_flags & O_NOCTTY) && dev != MKDEV(5, 0))
		tty_open_ctty(&serial_tty);
	return 0;
}

static const struct file_operations tty_fops = {
	.open = tty_open, .read_iter = tty_read, .write_iter = tty_write, .poll = tty_poll,
	.unlocked_ioctl = tty_ioctl,
	.splice_read = copy_splice_read, .splice_write = iter_file_splice_write,
};

/* console=ttyS0[,BAUD[PARITY[BITS]]]: the one console there is; 8n1 is all it does. */
static int __init console_setup(char *value)
{
	unsigned int baud = 9600;
	char *end;

	if (!value || strncmp(value, "ttyS0", 5) || (value[5] && value[5] != ',')) {
		pr_warn("console=%s: only ttyS0 is built\n", value ? value : "");
		return 0;
	}
	if (value[5]) {
		baud = simple_strtoul(value + 6, &end, 10);
		if (end == value + 6 || (*end && strcmp(end, "n") && strcmp(end, "n8")) ||
		    tty_baud_cflag(baud) < 0)
			return -EINVAL;
	}
	serial_tty.termios.c_cflag = tty_baud_cflag(baud) | CS8 | CREAD | HUPCL | CLOCAL;
	serial_tty.termios.c_ispeed = serial_tty.termios.c_ospeed = baud;
	return 0;
}
__setup("console", console_setup);

/** console_init() - device numbers, and the kernel log through the driver. Boot. */
void __init console_init(void)
{
	int err = register_chrdev(4, 64, "ttyS", &tty_fops);

	err = err ? err : register_chrdev(5, 0, "/dev/tty", &tty_fops);
	err = err ? err : register_chrdev(5, 1, "/dev/console", &tty_fops);
	mm_bug_on(err);
	if (!uart_init())
		register_console(uart_write);
}

/** devices_init() - the tty thread and the UART's interrupt. Thread context, once. */
void __init devices_init(void)
{
	struct task_struct *thread = kthread_run(tty_thread, NULL, "ttyS0");

	if (IS_ERR(thread))
		panic("cannot start the thread of the terminal: %ld", PTR_ERR(thread));
	if (uart_set_receiver(tty_rx))
		pr_warn("ttyS0: no input\n");
}
