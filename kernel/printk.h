/* SPDX-License-Identifier: MIT */
/* printk.h - what printk.c and kmsg.c share: records of the log and places in it. */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <linux/types.h>
#include <linux/wait.h>

#define LOG_LINE_MAX	1024		/* bytes of one printk(), cut there */

struct log_record {
	u64 ts_ns;
	u16 total;			/* bytes with header and padding; 0: ring starts over */
	u16 len;			/* bytes of text */
	u8 level;			/* kernel: 0-7; from programs: facility << 3 | level */
	u8 flags;
	char text[];
};

struct log_pos {
	u64 seq;			/* number of the record since boot */
	u32 idx;			/* where it stands */
};

enum { LOG_SEEK_FIRST, LOG_SEEK_CLEAR, LOG_SEEK_END };

#define SYSLOG_ACTION_CLOSE		0
#define SYSLOG_ACTION_OPEN		1
#define SYSLOG_ACTION_READ		2
#define SYSLOG_ACTION_READ_ALL		3
#define SYSLOG_ACTION_READ_CLEAR	4
#define SYSLOG_ACTION_CLEAR		5
#define SYSLOG_ACTION_CONSOLE_OFF	6
#define SYSLOG_ACTION_CONSOLE_ON	7
#define SYSLOG_ACTION_CONSOLE_LEVEL	8
#define SYSLOG_ACTION_SIZE_UNREAD	9
#define SYSLOG_ACTION_SIZE_BUFFER	10

extern struct wait_queue_head log_wait;
int log_read(struct log_pos *pos, struct log_record *r, char *text, size_t size);
void log_seek(struct log_pos *pos, int whence);
bool log_has(const struct log_pos *pos);
void log_add_user(unsigned int level, const char *text, u32 len);
void printk_tick(void);

#endif
