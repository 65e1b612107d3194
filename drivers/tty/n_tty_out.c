// SPDX-License-Identifier: MIT
/*
 * n_tty_out.c - output processing (OPOST) and echo.
 *
 * Every byte that goes to the line passes put_char(), which keeps the cursor's column:
 * tabs and the erasing of typed characters need it. Bytes are collected in a small
 * buffer on the stack and go to the UART in one call.
 *
 * Locks: tty->lock held throughout.
 */
#include "tty_internal.h"
#include <linux/ctype.h>
#include <linux/serial.h>

struct out_buf {
	char text[128];
	unsigned int n;
};

static void out_flush(struct out_buf *out)
{
	if (out->n)
		uart_write(out->text, out->n);
	out->n = 0;
}

static void out_byte(struct out_buf *out, u8 c)
{
	if (out->n == sizeof(out->text))
		out_flush(out);
	out->text[out->n++] = c;
}

static void out_newline(struct tty_struct *tty, struct out_buf *out)
{
	if (O_FLAG(tty, ONLCR)) {
		out_byte(out, '\r');
		tty->column = 0;
	}
	if (O_FLAG(tty, ONLRET))
		tty->column = 0;
	tty->line_start = tty->column;
	out_byte(out, '\n');
}

static void out_return(struct tty_struct *tty, struct out_buf *out)
{
	if (O_FLAG(tty, ONOCR) && !tty->column)
		return;
	if (O_FLAG(tty, OCRNL)) {
		out_newline(tty, out);
		return;
	}
	tty->column = tty->line_start = 0;
	out_byte(out, '\r');
}

static void out_tab(struct tty_struct *tty, struct out_buf *out)
{
	unsigned int spaces = 8 - (tty->column & 7);

	tty->column += spaces;
	if (O_FLAG(tty, TABDLY) != XTABS) {
		out_byte(out, '\t');
		return;
	}
	while (spaces--)
		out_byte(out, ' ');
}

static void out_processed(struct tty_struct *tty, struct out_buf *out, u8 c)
{
	switch (c) {
	case '\n':
		out_newline(tty, out);
		return;
	case '\r':
		out_return(tty, out);
		return;
	case '\t':
		out_tab(tty, out);
		return;
	case '\b':
		if (tty->column)
			tty->column--;
		break;
	default:
		if (O_FLAG(tty, OLCUC))
			c = toupper(c);
		/* continuation bytes of UTF-8 take no column */
		if (!iscntrl(c) && !(I_FLAG(tty, IUTF8) && (c & 0xc0) == 0x80))
			tty->column++;
	}
	out_byte(out, c);
}

void tty_output(struct tty_struct *tty, const u8 *data, unsigned int n)
{
	struct out_buf out = { .n = 0 };

	if (!O_FLAG(tty, OPOST)) {
		uart_write((const char *)data, n);
		return;
	}
	while (n--)
		out_processed(tty, &out, *data++);
	out_flush(&out);
}

void tty_echo_raw(struct tty_struct *tty, const char *text)
{
	tty_output(tty, (const u8 *)text, strlen(text));
}

/** tty_echo() - show the typed byte @c; control characters as ^X with ECHOCTL. */
void tty_echo(struct tty_struct *tty, u8 c)
{
	u8 ctl[2] = { '^', c ^ 0100 };

	if (L_FLAG(tty, ECHOCTL) && iscntrl(c) && c != '\t' && c != '\n')
		tty_output(tty, ctl, 2);
	else
		tty_output(tty, &c, 1);
}
