// SPDX-License-Identifier: MIT
/*
 * tty_ioctl.c - terminal modes, window size, flushing, flow.
 *
 * The kernel keeps struct termios2; the older TCGETS and TCSETS see it without the two
 * speed words, which then follow from c_cflag. Output is written through at once, so
 * waiting for it to drain (TCSETSW, TCSBRK with an argument) only takes the lock.
 *
 * Locks: tty->lock.
 */
#include "tty_internal.h"
#include <linux/serial.h>
#include <asm/uaccess.h>

/* B0 .. B38400 by number, then B57600 .. behind the extension bit (termios(3)) */
static const unsigned int baud_table[] = {
	0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
	57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000,
	2000000, 2500000, 3000000, 3500000, 4000000,
};

static unsigned int cflag_baud(u32 cflag)
{
	unsigned int n = cflag & 017;

	if (cflag & BOTHER)
		n += 15;
	return n < ARRAY_SIZE(baud_table) ? baud_table[n] : 0;
}

/** tty_baud_cflag() - the CBAUD bits of @baud, or -EINVAL. */
int tty_baud_cflag(unsigned int baud)
{
	for (unsigned int i = 1; i < ARRAY_SIZE(baud_table); i++)
		if (baud_table[i] == baud)
			return i < 16 ? i : BOTHER | (i - 15);
	return -EINVAL;
}

/* Apply a new speed where the line can do it; otherwise keep the old one, as Linux does. */
static void set_speed(struct tty_struct *tty, const struct ktermios *old, bool explicit)
{
	struct ktermios *t = &tty->termios;

	if (!explicit || (t->c_cflag & CBAUD) != BOTHER)
		t->c_ospeed = t->c_ispeed = cflag_baud(t->c_cflag);
	if (t->c_ospeed == old->c_ospeed || !t->c_ospeed || !uart_set_baud(t->c_ospeed))
		return;
	t->c_cflag = (t->c_cflag & ~CBAUD) | (old->c_cflag & CBAUD);
	t->c_ispeed = old->c_ispeed;
	t->c_ospeed = old->c_ospeed;
}

static long get_termios(struct tty_struct *tty, void __user *user, size_t bytes)
{
	struct ktermios copy;

	mutex_lock(&tty->lock);
	copy = tty->termios;
	mutex_unlock(&tty->lock);
	return copy_to_user(user, &copy, bytes) ? -EFAULT : 0;
}

static long set_termios(struct tty_struct *tty, const void __user *user, size_t bytes, bool flush)
{
	struct ktermios new, old;
	long err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (copy_from_user(&new, user, bytes))
		return -EFAULT;
	mutex_lock(&tty->lock);
	old = tty->termios;
	if (bytes < sizeof(new)) {
		new.c_ispeed = old.c_ispeed;
		new.c_ospeed = old.c_ospeed;
	}
	new.c_line = 0;			/* N_TTY is the only discipline */
	if (flush)
		n_tty_flush_input(tty);
	tty->termios = new;
	set_speed(tty, &old, bytes == sizeof(new));
	n_tty_mode_changed(tty, &old);
	if (!I_FLAG(tty, IXON) && tty->stopped) {
		tty->stopped = false;
		wake_up_interruptible_all(&tty->write_wait);
	}
	mutex_unlock(&tty->lock);
	return 0;
}

static long set_winsize(struct tty_struct *tty, const struct winsize __user *user)
{
	struct winsize new;
	pid_t pgrp = 0;

	if (copy_from_user(&new, user, sizeof(new)))
		return -EFAULT;
	mutex_lock(&tty->lock);
	if (memcmp(&new, &tty->winsize, sizeof(new))) {
		tty->winsize = new;
		pgrp = tty->pgrp;
	}
	mutex_unlock(&tty->lock);
	if (pgrp > 0)
		kill_pgrp(pgrp, SIGWINCH, 1);
	return 0;
}

static long flush_queue(struct tty_struct *tty, unsigned long arg)
{
	long err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (arg > TCIOFLUSH)
		return -EINVAL;
	mutex_lock(&tty->lock);
	if (arg != TCOFLUSH)
		n_tty_flush_input(tty);
	mutex_unlock(&tty->lock);
	return 0;
}

static long flow(struct tty_struct *tty, unsigned long arg)
{
	u8 c = tty->termios.c_cc[arg == TCIOFF ? VSTOP : VSTART];
	long err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (arg > TCION)
		return -EINVAL;
	mutex_lock(&tty->lock);
	if (arg == TCOOFF || arg == TCOON)
		tty->stopped = arg == TCOOFF;
	else if (c)
		uart_write((const char *)&c, 1);
	mutex_unlock(&tty->lock);
	wake_up_interruptible_all(&tty->write_wait);
	return 0;
}

static long count_input(struct tty_struct *tty, int __user *user)
{
	unsigned int n;

	mutex_lock(&tty->lock);
	n = L_FLAG(tty, ICANON) ? tty->canon_head - tty->tail : tty->head - tty->tail;
	mutex_unlock(&tty->lock);
	return put_user((int)n, user);
}

/** tty_mode_ioctl() - all ioctls but those of job control; -ENOTTY for unknown ones. */
long tty_mode_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	void __user *p = (void __user *)arg;

	switch (cmd) {
	case TCGETS:
		return get_termios(tty, p, sizeof(struct user_termios));
	case TCGETS2:
		return get_termios(tty, p, sizeof(struct ktermios));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		return set_termios(tty, p, sizeof(struct user_termios), cmd == TCSETSF);
	case TCSETS2:
	case TCSETSW2:
	case TCSETSF2:
		return set_termios(tty, p, sizeof(struct ktermios), cmd == TCSETSF2);
	case TIOCGWINSZ:
		return copy_to_user(p, &tty->winsize, sizeof(tty->winsize)) ? -EFAULT : 0;
	case TIOCSWINSZ:
		return set_winsize(tty, p);
	case FIONREAD:
		return count_input(tty, p);
	case TIOCOUTQ:
		return put_user(0, (int __user *)p);
	case TCFLSH:
		return flush_queue(tty, arg);
	case TCXONC:
		return flow(tty, arg);
	case TCSBRK:			/* with an argument: drain; there is nothing to drain */
	case TCSBRKP:
		return tty_check_change(tty, SIGTTOU);
	}
	return -ENOTTY;
}
