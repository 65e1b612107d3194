/* SPDX-License-Identifier: MIT */
/* fs/pipe.h - the ring of a pipe: pipe.c has its rules, splice.c moves pages through it. */
#ifndef FS_PIPE_H
#define FS_PIPE_H

#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/wait.h>

struct pipe_slot {
	struct page *page;
	unsigned int off;		/* bytes to read: [off, off + len) */
	unsigned int len : 31;
	unsigned int own : 1;		/* may be written to behind them, and kept (P4) */
};

/* p: mutex   f: fifo_mutex   i: fixed at init */
struct pipe_inode_info {
	struct mutex mutex;
	struct wait_queue_head rd_wait, wr_wait;
	unsigned int head, tail;	/* p  counts of slots; the difference is what matters */
	unsigned int slots;		/* p */
	unsigned int readers, writers;	/* p  open files */
	unsigned int r_counter, w_counter;	/* p  opens ever: FIFO opening waits for a change */
	unsigned int files;		/* f  open files of both kinds; the last one frees */
	struct page *spare;		/* p */
	struct pipe_slot *ring;		/* p */
};

static inline bool pipe_empty(const struct pipe_inode_info *pipe)
{
	return READ_ONCE(pipe->head) == READ_ONCE(pipe->tail);
}

static inline bool pipe_full(const struct pipe_inode_info *pipe)
{
	return READ_ONCE(pipe->head) - READ_ONCE(pipe->tail) >= READ_ONCE(pipe->slots);
}

static inline struct pipe_slot *pipe_slot(struct pipe_inode_info *pipe, unsigned int count)
{
	return &pipe->ring[count & (pipe->slots - 1)];
}

/* the slot at tail was read to its end. Mutex held */
void pipe_release_slot(struct pipe_inode_info *pipe);
/* the pipe that @file is an end of, or NULL */
struct pipe_inode_info *file_pipe(const struct file *file);

#endif
