/* SPDX-License-Identifier: MIT */
/* seq_file.h - text that grows: what every /proc file writes into. One writer, no lock. */
#ifndef LINUX_SEQ_FILE_H
#define LINUX_SEQ_FILE_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/kernel.h>

struct seq_file {
	char *buf;		/* kvmalloc'ed, grows by doubling */
	size_t size;		/* bytes of buf */
	size_t count;		/* bytes written; == size once overflowed */
	int error;		/* 0, -ENOMEM, or why whoever writes the text has none */
	void *private;		/* the file's own */
};

void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *data, size_t bytes);
void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num);
void seq_pad(struct seq_file *m, size_t column_start, size_t width);
void seq_escape(struct seq_file *m, const char *s, const char *esc);	/* octal, as /proc/mounts */
void seq_release(struct seq_file *m);	/* frees the buffer */

#endif
