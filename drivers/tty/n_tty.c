// SPDX-License-Identifier: MIT
/*
 * n_tty.c - the line discipline: from received bytes to what a program reads.
 *
 * In canonical mode a line is edited in the buffer until its end arrives; then
 * canon_head moves and readers see it. In raw mode every byte is readable at once.
 *
 *        tail          canon_head            head
 *         v                v                   v
 *   ......LLLLLnLLLLLLLLLnEEEEEEEEEEEEEEEEEEEEE.....   L: readable lines  E: being edited
 *
 * Invariants
 *   N1  line_end has a bit for each position below canon_head where a line ends; a line
 *       that was ended by VEOF ends in a 0 byte that no reader gets
 *   N2  tail <= canon_head <= head <= tail + TTY_BUF
 *   N3  in raw mode canon_head is not looked at
 *
 * A full buffer drops input (with a bell for IMAXBEL), but always keeps room for the
 * byte that ends the line.
 *
 * Locks: tty->lock held throughout.
 */
#include "tty_internal.h"
#include <linux/ctype.h>
#include <linux/bitops.h>

#define AT(tty, pos)	((tty)->buf[(pos) & (TTY_BUF - 1)])

static bool is_cc(struct tty_struct *tty, unsigned int which, u8 c)
{
	return c && tty->termios.c_cc[which] == c;
}

static unsigned int room(struct tty_struct *tty)
{
	return TTY_BUF - (tty->head - tty->tail);
}

static void put(struct tty_struct *tty, u8 c)
{
	__clear_bit(tty->head & (TTY_BUF - 1), tty->line_end);
	AT(tty, tty->head) = c;
	tty->head++;
}

void n_tty_flush_input(struct tty_struct *tty)
{
	tty->tail = tty->canon_head = tty->head = 0;
	tty->lnext = false;
	memset(tty->line_end, 0, sizeof(tty->line_end));
}

/* The line is complete with @c (0 for VEOF). */
static void end_line(struct tty_struct *tty, u8 c)
{
	put(tty, c);
	__set_bit((tty->head - 1) & (TTY_BUF - 1), tty->line_end);
	tty->canon_head = tty->head;
	wake_up_interruptible_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
}

/* --- erasing ---------------------------------------------------------------------------- */

static bool is_continuation(struct tty_struct *tty, u8 c)
{
	return I_FLAG(tty, IUTF8) && (c & 0xc0) == 0x80;
}

/* The column behind the edited line, counted again from its start. */
static unsigned int column_of_line(struct tty_struct *tty)
{
	unsigned int column = tty->line_start;

	for (unsigned int i = tty->canon_head; i != tty->head; i++) {
		u8 c = AT(tty, i);

		if (c == '\t')
			column += 8 - (column & 7);
		else if (iscntrl(c))
			column += L_FLAG(tty, ECHOCTL) ? 2 : 0;
		else if (!is_continuation(tty, c))
			column++;
	}
	return column;
}

static void rub_out(struct tty_struct *tty, u8 erased)
{
	unsigned int want;

	if (erased == '\t') {
		want = column_of_line(tty);
		while (tty->column > want)
			tty_echo_raw(tty, "\b");
		return;
	}
	if (!iscntrl(erased) || L_FLAG(tty, ECHOCTL))
		tty_echo_raw(tty, "\b \b");
	if (iscntrl(erased) && L_FLAG(tty, ECHOCTL))
		tty_echo_raw(tty, "\b \b");
}

/* Take the last character back; false when the line is empty. */
static bool erase_one(struct tty_struct *tty)
{
	u8 c;

	if (tty->head == tty->canon_head)
		return false;
	do {
		tty->head--;
		c = AT(tty, tty->head);
	} while (is_continuation(tty, c) && tty->head != tty->canon_head);
	if (L_FLAG(tty, ECHO)) {
		if (L_FLAG(tty, ECHOE))
			rub_out(tty, c);
		else
			tty_echo(tty, tty->termios.c_cc[VERASE]);
	}
	return true;
}

static void erase_word(struct tty_struct *tty)
{
	bool in_word = false;

	while (tty->head != tty->canon_head) {
		u8 c = AT(tty, tty->head - 1);
		bool word = isalnum(c) || c == '_' || c >= 0x80;

		if (in_word && !word)
			return;
		in_word = in_word || word;
		erase_one(tty);
	}
}

static void kill_line(struct tty_struct *tty)
{
	if (L_FLAG(tty, ECHO) && !(L_FLAG(tty, ECHOKE) && L_FLAG(tty, ECHOE))) {
		tty->head = tty->canon_head;
		tty_echo(tty, tty->termios.c_cc[VKILL]);
		if (L_FLAG(tty, ECHOK))
			tty_echo_raw(tty, "\n");
		return;
	}
	while (erase_one(tty))
		;
}

static void reprint(struct tty_struct *tty)
{
	tty_echo(tty, tty->termios.c_cc[VREPRINT]);
	tty_echo_raw(tty, "\n");
	for (unsigned int i = tty->canon_head; i != tty->head; i++)
		tty_echo(tty, AT(tty, i));
}

/* --- receiving ------------------------------------------------------------------------------ */

static void signal_char(struct tty_struct *tty, int sig, u8 c)
{
	if (!L_FLAG(tty, NOFLSH))
		n_tty_flush_input(tty);
	if (tty->stopped) {
		tty->stopped = false;
		wake_up_interruptible_all(&tty->write_wait);
	}
	if (L_FLAG(tty, ECHO))
		tty_echo(tty, c);
	if (tty->pgrp > 0)
		kill_pgrp(tty->pgrp, sig, 1);
}

/* INTR, QUIT, SUSP */
static bool receive_signal(struct tty_struct *tty, u8 c)
{
	static const struct { u8 cc, sig; } map[] = {
		{ VINTR, SIGINT }, { VQUIT, SIGQUIT }, { VSUSP, SIGTSTP },
	};

	for (unsigned int i = 0; L_FLAG(tty, ISIG) && i < ARRAY_SIZE(map); i++) {
		if (!is_cc(tty, map[i].cc, c))
			continue;
		signal_char(tty, map[i].sig, c);
		return true;
	}
	return false;
}

/* STOP and START */
static bool receive_flow(struct tty_struct *tty, u8 c)
{
	bool start = is_cc(tty, VSTART, c), stop = is_cc(tty, VSTOP, c);

	if (!I_FLAG(tty, IXON))
		return false;
	if (tty->stopped && (start || (I_FLAG(tty, IXANY) && !stop))) {
		tty->stopped = false;
		wake_up_interruptible_all(&tty->write_wait);
	} else if (stop) {
		tty->stopped = true;
	}
	return start || stop;
}

static void echo_input(struct tty_struct *tty, u8 c)
{
	if (c == '\n' && L_FLAG(tty, ECHONL) && L_FLAG(tty, ICANON))
		tty_echo_raw(tty, "\n");
	else if (L_FLAG(tty, ECHO))
		tty_echo(tty, c);
}

/* An ordinary byte; the last place is for the byte that ends the line. */
static void receive_plain(struct tty_struct *tty, u8 c)
{
	if (room(tty) <= 1) {
		if (I_FLAG(tty, IMAXBEL))
			tty_echo_raw(tty, "\a");
		return;
	}
	if (tty->head == tty->canon_head)
		tty->line_start = tty->column;
	echo_input(tty, c);
	put(tty, c);
	if (!L_FLAG(tty, ICANON))
		wake_up_interruptible_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
}

/* The editing characters; true when @c was one. */
static bool receive_edit(struct tty_struct *tty, u8 c)
{
	if (is_cc(tty, VERASE, c)) {
		erase_one(tty);
	} else if (is_cc(tty, VKILL, c)) {
		kill_line(tty);
	} else if (L_FLAG(tty, IEXTEN) && is_cc(tty, VWERASE, c)) {
		erase_word(tty);
	} else if (L_FLAG(tty, IEXTEN) && is_cc(tty, VLNEXT, c)) {
		tty->lnext = true;
		if (L_FLAG(tty, ECHO) && L_FLAG(tty, ECHOCTL))
			tty_echo_raw(tty, "^\b");
	} else if (L_FLAG(tty, IEXTEN) && L_FLAG(tty, ECHO) && is_cc(tty, VREPRINT, c)) {
		reprint(tty);
	} else {
		return false;
	}
	return true;
}

static void receive_canonical(struct tty_struct *tty, u8 c)
{
	if (receive_edit(tty, c))
		return;
	if (c == '\n') {
		echo_input(tty, c);
		if (room(tty))
			end_line(tty, c);
	} else if (is_cc(tty, VEOF, c)) {
		if (room(tty))
			end_line(tty, 0);
	} else if (is_cc(tty, VEOL, c) || (L_FLAG(tty, IEXTEN) && is_cc(tty, VEOL2, c))) {
		echo_input(tty, c);
		if (room(tty))
			end_line(tty, c);
	} else {
		receive_plain(tty, c);
	}
}

static void receive_byte(struct tty_struct *tty, u8 c)
{
	if (I_FLAG(tty, ISTRIP))
		c &= 0x7f;
	if (I_FLAG(tty, IUCLC) && L_FLAG(tty, IEXTEN))
		c = tolower(c);
	if (tty->lnext) {
		tty->lnext = false;
		receive_plain(tty, c);
		return;
	}
	if (receive_flow(tty, c) || receive_signal(tty, c))
		return;
	if (c == '\r') {
		if (I_FLAG(tty, IGNCR))
			return;
		if (I_FLAG(tty, ICRNL))
			c = '\n';
	} else if (c == '\n' && I_FLAG(tty, INLCR)) {
		c = '\r';
	}
	if (L_FLAG(tty, ICANON))
		receive_canonical(tty, c);
	else
		receive_plain(tty, c);
}

void n_tty_receive(struct tty_struct *tty, const u8 *data, unsigned int n)
{
	mutex_assert_held(&tty->lock);
	while (n--)
		receive_byte(tty, *data++);
	mm_assert(tty->head - tty->tail <= TTY_BUF);	/* N2 */
}

/* --- reading ---------------------------------------------------------------------------------- */

/*
 * Switching between canonical and raw: what was typed so far becomes readable (to raw),
 * or what is unread counts as one finished line (to canonical), as n_tty of Linux does.
 */
void n_tty_mode_changed(struct tty_struct *tty, const struct ktermios *old)
{
	if (!((old->c_lflag ^ tty->termios.c_lflag) & ICANON))
		return;
	memset(tty->line_end, 0, sizeof(tty->line_end));
	tty->canon_head = tty->tail;
	if (L_FLAG(tty, ICANON) && tty->head != tty->tail) {
		tty->canon_head = tty->head;
		__set_bit((tty->head - 1) & (TTY_BUF - 1), tty->line_end);
	}
	tty->lnext = false;
	wake_up_interruptible_all(&tty->read_wait);
}

/* Bytes up to and with the end of the first line; its VEOF mark is not counted. */
static unsigned int first_line(struct tty_struct *tty, bool *eof)
{
	unsigned int n = 0;

	*eof = false;
	while (tty->tail + n != tty->canon_head) {
		unsigned int at = (tty->tail + n) & (TTY_BUF - 1);

		if (test_bit(at, tty->line_end)) {
			*eof = !tty->buf[at];
			return *eof ? n : n + 1;
		}
		n++;
	}
	return n;
}

unsigned int n_tty_readable(struct tty_struct *tty)
{
	bool eof;
	unsigned int n;

	if (!L_FLAG(tty, ICANON))
		return tty->head - tty->tail;
	n = first_line(tty, &eof);
	return eof ? n + 1 : n;
}

/**
 * n_tty_copy() - move readable bytes to @to: one line at most in canonical mode.
 * Return: bytes moved; 0 also for a lone VEOF, which is consumed.
 */
size_t n_tty_copy(struct tty_struct *tty, struct iov_iter *to)
{
	bool eof = false;
	unsigned int n = L_FLAG(tty, ICANON) ? first_line(tty, &eof) : tty->head - tty->tail;
	size_t done = 0, want = min_t(size_t, n, iov_iter_count(to));

	while (done < want) {
		unsigned int at = tty->tail & (TTY_BUF - 1);
		size_t part = min_t(size_t, want - done, TTY_BUF - at);
		size_t got = copy_to_iter(tty->buf + at, part, to);

		tty->tail += got;
		done += got;
		if (got != part)
			return done;
	}
	if (eof && done == n)	/* the mark goes with the last byte before it */
		tty->tail++;
	return done;
}
