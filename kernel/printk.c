// SPDX-License-Identifier: MIT
/*
 * printk.c - the kernel log: a ring of records, the console, syslog(2).
 *
 * Each message becomes one record per line: a header (time, level, length) and
 * the text, at an 8-byte boundary of a ring; the oldest records give way. Readers
 * keep the sequence number of the record they want next and its place in the
 * ring; who was overtaken goes on with the oldest that is left.
 *
 *   L1  records [first, next) stand in the ring one behind the other, a record is
 *       never split; a header with total 0 says: go on at the start of the ring
 *   L2  only the newest record may be open (no newline yet); KERN_CONT adds to it
 *   L3  one CPU at a time writes to the console: whoever has console_lock prints
 *       all that is there, whoever does not get it leaves the text to that CPU
 *   L4  waking readers is left to the tick, as printk() is called with run queue
 *       locks held
 *
 * Locks: logbuf_lock (innermost but the console's), interrupts off; console_lock is
 * only ever tried. A panic resets both.
 */
#include <linux/printk.h>
#include <linux/console.h>
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "printk.h"

#define LOG_BUF_BYTES	(64 * 1024u)
#define DEFAULT_LEVEL	4		/* KERN_WARNING */
#define MIN_CONSOLE_LEVEL 1
#define LOG_CONT_OPEN	1u		/* flags: no newline yet (L2) */

static char log_buf[LOG_BUF_BYTES] __aligned(8);
static DEFINE_SPINLOCK_RANK(logbuf_lock, RANK_PRINTK);
static DEFINE_SPINLOCK_RANK(console_lock, RANK_CONSOLE_OUT);

static struct log_pos first, next;	/* logbuf_lock */
static struct log_pos clear_pos;	/* logbuf_lock  dmesg -c came so far */
static struct log_pos syslog_pos;	/* logbuf_lock  of syslog(2) read */
static struct log_pos console_pos;	/* logbuf_lock */
static unsigned int console_done;	/* logbuf_lock  bytes of an open record printed */
static u32 newest;			/* logbuf_lock  index of the newest record */

static void (*console_write)(const char *text, size_t bytes);
static int saved_loglevel = -1;
static bool wake_readers;		/* word; the tick looks at it */
static bool bust;			/* a panic: no lock is waited for */
DECLARE_WAIT_QUEUE_HEAD(log_wait);

/* --- the ring; logbuf_lock held --------------------------------------------------- */

static struct log_record *record_at(u32 idx)
{
	struct log_record *r = (struct log_record *)(log_buf + idx);

	if (idx + sizeof(*r) > LOG_BUF_BYTES || !r->total)		/* L1 */
		r = (struct log_record *)log_buf;
	return r;
}

static void step(struct log_pos *pos)
{
	struct log_record *r = record_at(pos->idx);

	pos->idx = (char *)r - log_buf + r->total;
	pos->seq++;
}

static void catch_up(struct log_pos *pos)
{
	if (pos->seq < first.seq)
		*pos = first;
}

static u32 record_bytes(u32 text)
{
	return (sizeof(struct log_record) + text + 7) & ~7u;
}

/* true: [idx, idx + bytes) and a header behind it are free */
static bool fits(u32 idx, u32 bytes)
{
	u32 end = idx + bytes + sizeof(struct log_record);

	if (first.seq == next.seq)
		return end <= LOG_BUF_BYTES;
	if (first.idx >= next.idx)		/* the ring has wrapped */
		return idx >= next.idx ? end <= first.idx : false;
	return idx >= next.idx ? end <= LOG_BUF_BYTES : end <= first.idx;
}

static struct log_record *reserve_record(u32 text)
{
	u32 bytes = record_bytes(text);
	struct log_record *r;

	while (!fits(next.idx, bytes)) {
		/* too near the end: leave a mark there and start over */
		if (next.idx + bytes + sizeof(*r) > LOG_BUF_BYTES &&
		    (first.seq == next.seq || first.idx < next.idx)) {
			if (first.seq == next.seq)
				first.idx = 0;
			if (next.idx + sizeof(*r) <= LOG_BUF_BYTES)
				((struct log_record *)(log_buf + next.idx))->total = 0;
			next.idx = 0;
			if (first.seq == next.seq || first.idx > 0)
				continue;
		}
		step(&first);
	}
	r = (struct log_record *)(log_buf + next.idx);
	r->total = bytes;
	newest = next.idx;
	next.idx += bytes;
	next.seq++;
	return r;
}

static void add_record(int level, const char *text, u32 len, bool open)
{
	struct log_record *r = reserve_record(len);

	r->ts_ns = ktime_get_ns();
	r->len = len;
	r->level = level;
	r->flags = open ? LOG_CONT_OPEN : 0;
	memcpy(r->text, text, len);
}

/* Add to the open record when there is one and room behind it (L2). */
static bool continue_record(const char *text, u32 len, bool open)
{
	struct log_record *r = (struct log_record *)(log_buf + newest);
	u32 bytes;

	if (first.seq == next.seq || !(r->flags & LOG_CONT_OPEN))
		return false;
	bytes = record_bytes(r->len + len);
	if (newest + bytes + sizeof(*r) > LOG_BUF_BYTES ||
	    (first.idx > newest && newest + bytes + sizeof(*r) > first.idx))
		return false;
	memcpy(r->text + r->len, text, len);
	r->len += len;
	r->total = bytes;
	if (!open)
		r->flags &= ~LOG_CONT_OPEN;
	next.idx = newest + bytes;
	return true;
}

/* One record per line; an empty line counts, the end of the last does not. */
static void store_message(int level, bool cont, const char *text, u32 len)
{
	while (len) {
		const char *nl = memchr(text, '\n', len);
		u32 line = nl ? (u32)(nl - text) : len;

		if (!cont || !continue_record(text, line, !nl)) {
			struct log_record *r = (struct log_record *)(log_buf + newest);

			if (first.seq != next.seq)
				r->flags &= ~LOG_CONT_OPEN;
			add_record(level, text, line, !nl);
		}
		cont = false;
		text += line + (nl ? 1 : 0);
		len -= line + (nl ? 1 : 0);
	}
}

/* --- reading ---------------------------------------------------------------------- */

static int print_time(u64 ts_ns, char *buf, size_t size)
{
	u64 us = ts_ns / NSEC_PER_USEC;

	return scnprintf(buf, size, "[%5lu.%06lu] ", (unsigned long)(us / USEC_PER_SEC),
			 (unsigned long)(us % USEC_PER_SEC));
}

/* The record as a line of text; @level: with "<6>" in front. Its bytes. */
static size_t format_record(const struct log_record *r, bool level, char *buf, size_t size)
{
	size_t n = 0;

	if (level)
		n = scnprintf(buf, size, "<%u>", r->level);
	n += print_time(r->ts_ns, buf + n, size - n);
	n += scnprintf(buf + n, size - n, "%.*s\n", r->len, r->text);
	return n;
}

/**
 * log_read() - copy the record at @pos and go on to the next.
 * Locks:   takes logbuf_lock. Context: any.
 * Return:  bytes of @r->text in @text, -EAGAIN when there is none yet, -EPIPE when @pos
 *          was overtaken (it is at the oldest record then).
 */
int log_read(struct log_pos *pos, struct log_record *r, char *text, size_t size)
{
	struct log_record *from;
	unsigned long flags;
	int ret = -EAGAIN;

	spin_lock_irqsave(&logbuf_lock, flags);
	if (pos->seq < first.seq) {
		*pos = first;
		ret = -EPIPE;
	} else if (pos->seq < next.seq) {
		from = record_at(pos->idx);
		if (!(from->flags & LOG_CONT_OPEN)) {
			*r = *from;
			ret = min_t(size_t, size, from->len);
			memcpy(text, from->text, ret);
			step(pos);
		}
	}
	spin_unlock_irqrestore(&logbuf_lock, flags);
	return ret;
}

void log_seek(struct log_pos *pos, int whence)
{
	unsigned long flags;

	spin_lock_irqsave(&logbuf_lock, flags);
	catch_up(&clear_pos);
	*pos = whence == LOG_SEEK_END ? next : whence == LOG_SEEK_CLEAR ? clear_pos : first;
	spin_unlock_irqrestore(&logbuf_lock, flags);
}

bool log_has(const struct log_pos *pos)
{
	return READ_ONCE(next.seq) > pos->seq;
}

/* --- the console (L3) ------------------------------------------------------------- */

static void write_console(const char *text, size_t bytes)
{
	if (console_write)
		console_write(text, bytes);
	else
		early_serial_write(text, bytes);
}

/* The next piece for the console in @buf; 0: all is written. */
static size_t next_console_text(char *buf, size_t size, bool *show)
{
	struct log_record *r;
	size_t n = 0;

	catch_up(&console_pos);
	if (console_pos.seq >= next.seq)
		return 0;
	r = record_at(console_pos.idx);
	*show = (r->level & 7) < console_loglevel;
	if (!console_done)
		n = print_time(r->ts_ns, buf, size);
	else if (console_done - 1 == r->len && (r->flags & LOG_CONT_OPEN))
		return 0;
	n += scnprintf(buf + n, size - n, "%.*s",
		       (int)(r->len - (console_done ? console_done - 1 : 0)),
		       r->text + (console_done ? console_done - 1 : 0));
	console_done = r->len + 1;
	if (!(r->flags & LOG_CONT_OPEN)) {
		n += scnprintf(buf + n, size - n, "\n");
		console_done = 0;
		step(&console_pos);
	}
	return n;
}

static void flush_console(void)
{
	char buf[LOG_LINE_MAX + 32];
	unsigned long flags;
	bool show = false;
	size_t n;

	do {
		if (!spin_trylock_irqsave(&console_lock, flags))
			return;
		for (;;) {
			if (!spin_trylock(&logbuf_lock)) {
				if (bust)
					break;
				spin_lock(&logbuf_lock);
			}
			n = next_console_text(buf, sizeof(buf), &show);
			spin_unlock(&logbuf_lock);
			if (!n)
				break;
			if (show)
				write_console(buf, n);
		}
		spin_unlock_irqrestore(&console_lock, flags);
		/* what came while the lock was held was left to us */
	} while (READ_ONCE(next.seq) > READ_ONCE(console_pos.seq) + 1 && !bust);
}

/**
 * register_console() - the log goes through @write from now on; NULL: polled again.
 * Context: thread.
 */
void register_console(void (*write)(const char *text, size_t bytes))
{
	unsigned long flags;

	spin_lock_irqsave(&console_lock, flags);
	console_write = write;
	spin_unlock_irqrestore(&console_lock, flags);
}

/** console_verbose() - a report that must be seen: every level is shown. */
void console_verbose(void)
{
	console_loglevel = 15;
}

/** printk_bust_locks() - a panic: whoever held the locks will not let them go. */
void printk_bust_locks(void)
{
	bust = true;
	spin_lock_init_rank(&logbuf_lock, RANK_PRINTK, "logbuf_lock");
	spin_lock_init_rank(&console_lock, RANK_CONSOLE_OUT, "console_lock");
	console_write = NULL;
}

/* --- writing ---------------------------------------------------------------------- */

/**
 * vprintk() - add to the log, and to the console what its level lets through.
 * Context: any, also with interrupts off and locks held. Return: bytes.
 */
int vprintk(const char *fmt, va_list args)
{
	char buf[LOG_LINE_MAX];
	const char *text = buf;
	int level, len = vscnprintf(buf, sizeof(buf), fmt, args);
	unsigned long flags;

	level = printk_get_level(text);
	text = printk_skip_level(text);
	len -= text - buf;
	spin_lock_irqsave(&logbuf_lock, flags);
	store_message(level >= '0' && level <= '7' ? level - '0' : DEFAULT_LEVEL, level == 'c',
		      text, len);
	spin_unlock_irqrestore(&logbuf_lock, flags);
	WRITE_ONCE(wake_readers, true);				/* L4 */
	flush_console();
	return len;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vprintk(fmt, args);
	va_end(args);
	return n;
}

/** log_add_user() - a line that a program wrote into /dev/kmsg. Context: thread. */
void log_add_user(unsigned int level, const char *text, u32 len)
{
	spin_lock_irq(&logbuf_lock);
	store_message(level, false, text, len);
	((struct log_record *)(log_buf + newest))->flags &= ~LOG_CONT_OPEN;
	spin_unlock_irq(&logbuf_lock);
	WRITE_ONCE(wake_readers, true);
	flush_console();
}

/** printk_tick() - the tick wakes who reads the log (L4). Context: interrupt. */
void printk_tick(void)
{
	if (unlikely(READ_ONCE(wake_readers))) {
		WRITE_ONCE(wake_readers, false);
		wake_up_interruptible_all(&log_wait);
	}
}

/* --- syslog(2) -------------------------------------------------------------------- */

static size_t line_bytes(struct log_record *r)
{
	char buf[48];

	return scnprintf(buf, sizeof(buf), "<%u>", r->level) +
	       print_time(r->ts_ns, buf, sizeof(buf)) + r->len + 1;
}

/* The newest lines that fit in @size, oldest first. */
static long syslog_read_all(char __user *ubuf, int size, bool clear)
{
	char *line = kmalloc(LOG_LINE_MAX + 64, GFP_KERNEL);
	struct log_pos pos, end;
	size_t total = 0;
	long done = 0;

	if (!line)
		return -ENOMEM;
	spin_lock_irq(&logbuf_lock);
	catch_up(&clear_pos);
	end = next;
	for (pos = clear_pos; pos.seq < end.seq; step(&pos))
		total += line_bytes(record_at(pos.idx));
	for (pos = clear_pos; pos.seq < end.seq && total > (size_t)size; step(&pos))
		total -= line_bytes(record_at(pos.idx));
	while (pos.seq < end.seq) {
		size_t n;

		if (pos.seq < first.seq) {	/* overtaken while copying */
			pos = first;
			continue;
		}
		n = format_record(record_at(pos.idx), true, line, LOG_LINE_MAX + 64);
		step(&pos);
		if (done + (long)n > size)
			break;
		spin_unlock_irq(&logbuf_lock);
		if (copy_to_user(ubuf + done, line, n))
			done = -EFAULT;
		else
			done += n;
		spin_lock_irq(&logbuf_lock);
		if (done < 0)
			break;
	}
	if (clear)
		clear_pos = end;
	spin_unlock_irq(&logbuf_lock);
	kfree(line);
	return done;
}

/* Whole lines, as they come; sleeps for the first. */
static long syslog_read(char __user *ubuf, int size)
{
	char *line = kmalloc(LOG_LINE_MAX + 64, GFP_KERNEL);
	long done = 0;

	if (!line)
		return -ENOMEM;
	if (wait_event_interruptible(log_wait, log_has(&syslog_pos))) {
		kfree(line);
		return -ERESTARTSYS;
	}
	for (;;) {
		size_t n = 0;

		spin_lock_irq(&logbuf_lock);
		catch_up(&syslog_pos);
		if (syslog_pos.seq < next.seq) {
			n = format_record(record_at(syslog_pos.idx), true, line, LOG_LINE_MAX + 64);
			if (done + (long)n <= size)
				step(&syslog_pos);
			else
				n = 0;
		}
		spin_unlock_irq(&logbuf_lock);
		if (!n)
			break;
		if (copy_to_user(ubuf + done, line, n)) {
			done = done ?: -EFAULT;
			break;
		}
		done += n;
	}
	kfree(line);
	return done;
}

static long syslog_unread(void)
{
	struct log_pos pos;
	long bytes = 0;

	spin_lock_irq(&logbuf_lock);
	catch_up(&syslog_pos);
	for (pos = syslog_pos; pos.seq < next.seq; step(&pos))
		bytes += line_bytes(record_at(pos.idx));
	spin_unlock_irq(&logbuf_lock);
	return bytes;
}

static long set_console_level(int level)
{
	if (level < 1 || level > 8)
		return -EINVAL;
	console_loglevel = max(level, MIN_CONSOLE_LEVEL);
	saved_loglevel = -1;
	return 0;
}

long sys_syslog(int type, char __user *buf, int len)
{
	if (!capable(CAP_SYSLOG) && !capable_admin())
		return -EPERM;
	switch (type) {
	case SYSLOG_ACTION_CLOSE:
	case SYSLOG_ACTION_OPEN:
		return 0;
	case SYSLOG_ACTION_READ:
	case SYSLOG_ACTION_READ_ALL:
	case SYSLOG_ACTION_READ_CLEAR:
		if (!buf || len < 0)
			return -EINVAL;
		if (!len)
			return 0;
		if (!access_ok(buf, len))
			return -EFAULT;
		if (type == SYSLOG_ACTION_READ)
			return syslog_read(buf, len);
		return syslog_read_all(buf, len, type == SYSLOG_ACTION_READ_CLEAR);
	case SYSLOG_ACTION_CLEAR:
		spin_lock_irq(&logbuf_lock);
		clear_pos = next;
		spin_unlock_irq(&logbuf_lock);
		return 0;
	case SYSLOG_ACTION_CONSOLE_OFF:
		if (saved_loglevel == -1)
			saved_loglevel = console_loglevel;
		console_loglevel = MIN_CONSOLE_LEVEL;
		return 0;
	case SYSLOG_ACTION_CONSOLE_ON:
		if (saved_loglevel != -1)
			console_loglevel = saved_loglevel;
		saved_loglevel = -1;
		return 0;
	case SYSLOG_ACTION_CONSOLE_LEVEL:
		return set_console_level(len);
	case SYSLOG_ACTION_SIZE_UNREAD:
		return syslog_unread();
	case SYSLOG_ACTION_SIZE_BUFFER:
		return LOG_BUF_BYTES;
	}
	return -EINVAL;
}
