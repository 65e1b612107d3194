// SPDX-License-Identifier: MIT
/*
 * seq_file.c - text that grows: what a /proc file's content is written into.
 *
 * The buffer is empty at first and doubles when a piece does not fit. Once there is no
 * memory for that, the text is given up as a whole: count is set to size, error to
 * -ENOMEM, and every later write does nothing; a reader gets the error, not half a text.
 *
 *   F1  count < size while error is 0 and buf is not NULL
 *   F2  error != 0 implies that nothing is written any more
 *
 * Locks: none, one writer. Context: thread; writing may sleep.
 */
#include <linux/seq_file.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/page.h>

#define SEQ_MAX_BYTES	(64ul << 20)	/* no /proc text is near it: a writer that runs away */

static void seq_fail(struct seq_file *m)
{
	m->error = -ENOMEM;
	m->count = m->size;
}

/* Make room for @bytes more and one. */
static bool seq_reserve(struct seq_file *m, size_t bytes)
{
	size_t size = m->size ? m->size : PAGE_SIZE;
	char *buf;

	if (m->error)
		return false;
	if (m->count + bytes < m->size)
		return true;
	while (size <= m->count + bytes && size <= SEQ_MAX_BYTES)
		size *= 2;
	buf = size <= SEQ_MAX_BYTES ? kvmalloc(size, GFP_KERNEL) : NULL;
	if (!buf) {
		seq_fail(m);
		return false;
	}
	if (m->count)
		memcpy(buf, m->buf, m->count);
	kvfree(m->buf);
	m->buf = buf;
	m->size = size;
	return true;
}

/**
 * seq_write() - append @bytes of @data.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_write(struct seq_file *m, const void *data, size_t bytes)
{
	if (!seq_reserve(m, bytes))
		return;
	memcpy(m->buf + m->count, data, bytes);
	m->count += bytes;
}

/**
 * seq_puts() - append a string.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

/**
 * seq_putc() - append one character.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

/* Format into what room there is. Returns the bytes that the whole text has. */
static size_t seq_try_printf(struct seq_file *m, const char *fmt, va_list args)
{
	va_list copy;
	int bytes;

	va_copy(copy, args);
	bytes = vsnprintf(m->buf + m->count, m->size - m->count, fmt, copy);
	va_end(copy);
	return bytes;
}

/**
 * seq_printf() - append formatted text.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	size_t bytes;
	va_list args;

	if (!seq_reserve(m, 1))
		return;
	va_start(args, fmt);
	bytes = seq_try_printf(m, fmt, args);
	if (m->count + bytes >= m->size && seq_reserve(m, bytes))
		bytes = seq_try_printf(m, fmt, args);
	va_end(args);
	if (!m->error)
		m->count += bytes;
}

/**
 * seq_put_decimal_ull() - append @delimiter (NULL: none) and @num.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num)
{
	char digits[20];
	unsigned int at = sizeof(digits);

	do {
		digits[--at] = '0' + num % 10;
		num /= 10;
	} while (num);
	if (delimiter)
		seq_puts(m, delimiter);
	seq_write(m, digits + at, sizeof(digits) - at);
}

/**
 * seq_pad() - append spaces up to column @column_start + @width; one at least where the
 * text is there already.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_pad(struct seq_file *m, size_t column_start, size_t width)
{
	size_t column = m->count - column_start;

	if (m->error)
		return;
	do {
		seq_putc(m, ' ');
		column++;
	} while (column < width);
}

/**
 * seq_escape() - append @s, each character of @esc as a backslash and 3 octal digits.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_escape(struct seq_file *m, const char *s, const char *esc)
{
	for (; *s; s++) {
		unsigned char c = *s;
		char octal[4] = { '\\', '0' + (c >> 6), '0' + (c >> 3 & 7), '0' + (c & 7) };

		if (strchr(esc, c))
			seq_write(m, octal, sizeof(octal));
		else
			seq_putc(m, c);
	}
}

/**
 * seq_release() - free the text; @m may be used again, from the start.
 * Locks:   none.  Context: thread; may sleep.
 */
void seq_release(struct seq_file *m)
{
	kvfree(m->buf);
	m->buf = NULL;
	m->size = 0;
	m->count = 0;
	m->error = 0;
}
