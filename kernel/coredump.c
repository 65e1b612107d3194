// SPDX-License-Identifier: MIT
/*
 * coredump.c - a process that dies of certain signals leaves a file for the debugger.
 *
 * The thread that took the signal does the work on its way out. It makes all others end;
 * each of them stops at the beginning of its exit, with the registers of its user mode on
 * its kernel stack, and waits until the file is written.
 *
 *   get_signal -> do_coredump: stop the others -> open -> elf_core_dump() -> let them go
 *
 * The name comes from /proc/sys/kernel/core_pattern (core(5)), relative to the directory
 * of the process. A pattern for a program that is to read the file from a pipe is refused
 * when it is set.
 *
 *   C1  SIGNAL_GROUP_EXIT is set before the first byte is written: no thread runs in user
 *       mode meanwhile, none is made, and no other signal but SIGKILL arrives
 *   C2  core->missing counts the threads without PF_POSTCOREDUMP but for the writer; who
 *       sets that flag looks for core_state in the same siglock
 *   C3  a core_thread lies on the stack of its task: it is not touched after task is NULL
 *   C4  the file is new, regular, owned by the process and nobody else may read it
 *
 * RLIMIT_CORE bounds what is written, holes do not count; below a page there is no file.
 * A file that is cut short, by the limit or a full file system, counts as one.
 *
 * Locks: siglock; pattern_mutex for the pattern.
 */
#include <linux/coredump.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/utsname.h>
#include <uapi/fcntl.h>
#include "coredump.h"
#include "internal.h"

static DEFINE_MUTEX(pattern_mutex);
static char core_pattern[CORENAME_MAX_SIZE] = "core";	/* pattern_mutex */
int core_uses_pid;

/** core_pattern_get() - the pattern into CORENAME_MAX_SIZE bytes. May sleep. */
void core_pattern_get(char *pattern)
{
	mutex_lock(&pattern_mutex);
	strscpy(pattern, core_pattern, CORENAME_MAX_SIZE);
	mutex_unlock(&pattern_mutex);
}

/**
 * core_pattern_set() - names of core files from now on; what is too long is cut off.
 * Context: may sleep. Return: 0, or -EOPNOTSUPP for a pipe to a program.
 */
int core_pattern_set(const char *pattern)
{
	if (pattern[0] == '|')
		return -EOPNOTSUPP;
	mutex_lock(&pattern_mutex);
	strscpy(core_pattern, pattern, CORENAME_MAX_SIZE);
	mutex_unlock(&pattern_mutex);
	return 0;
}

/* --- the name ----------------------------------------------------------------------- */

struct core_name {
	char *text;			/* PATH_MAX bytes */
	size_t used;
	bool failed;			/* too long */
	bool has_pid;
};

static void __printf(2, 3) name_printf(struct core_name *cn, const char *fmt, ...)
{
	va_list args;
	size_t room = PATH_MAX - cn->used;
	int n;

	va_start(args, fmt);
	n = vsnprintf(cn->text + cn->used, room, fmt, args);
	va_end(args);
	if (n >= (int)room)
		cn->failed = true;
	else
		cn->used += n;
}

/* a name that others chose is one component of the path, and not one that leads away */
static void name_component(struct core_name *cn, const char *s)
{
	size_t from = cn->used, i;

	name_printf(cn, "%s", s);
	if (!strcmp(s, ".") || !strcmp(s, ".."))
		cn->text[from] = '!';
	if (cn->used == from)
		name_printf(cn, "!");
	for (i = from; i < cn->used; i++)
		if (cn->text[i] == '/')
			cn->text[i] = '!';
}

/* the program's file: its path with ! for each /, or the name alone */
static void name_program(struct core_name *cn, bool whole_path)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *path;

	if (!buf) {
		cn->failed = true;
		return;
	}
	path = current->mm->exe_file ? d_path(&current->mm->exe_file->f_path, buf, PATH_MAX) :
				       ERR_PTR(-ENOENT);
	if (IS_ERR(path)) {
		name_component(cn, current->comm);
		name_printf(cn, " (path unknown)");
	} else {
		name_component(cn, whole_path ? path : kbasename(path));
	}
	kfree(buf);
}

static void name_field(struct core_name *cn, char what, int sig)
{
	char host[__NEW_UTS_LEN + 1];

	switch (what) {
	case 'p': case 'P':
		cn->has_pid = true;
		name_printf(cn, "%d", current->tgid);
		break;
	case 'i': case 'I':
		name_printf(cn, "%d", current->pid);
		break;
	case 'u':
		name_printf(cn, "%u", current->cred.uid);
		break;
	case 'g':
		name_printf(cn, "%u", current->cred.gid);
		break;
	case 'd':
		name_printf(cn, "%d", current->dumpable);
		break;
	case 's':
		name_printf(cn, "%d", sig);
		break;
	case 't':
		name_printf(cn, "%lld", (long long)(ktime_get_real_ns() / NSEC_PER_SEC));
		break;
	case 'h':
		uts_get(UTS_NODENAME, host);
		name_component(cn, host);
		break;
	case 'e':
		name_component(cn, current->comm);
		break;
	case 'f':
		name_program(cn, false);
		break;
	case 'E':
		name_program(cn, true);
		break;
	case 'c':
		name_printf(cn, "%lu", rlimit(RLIMIT_CORE));
		break;
	case '%':
		name_printf(cn, "%%");
		break;
	}		/* an unknown letter gives nothing */
}

/* the path in a buffer of its own, or ERR_PTR */
static char *core_file_name(int sig)
{
	struct core_name cn = { .text = kmalloc(PATH_MAX, GFP_KERNEL) };
	char *pattern = kmalloc(CORENAME_MAX_SIZE, GFP_KERNEL), *p;

	if (!cn.text || !pattern) {
		cn.failed = true;
		goto out;
	}
	core_pattern_get(pattern);
	cn.text[0] = 0;
	for (p = pattern; *p && !cn.failed; p++) {
		if (*p != '%')
			name_printf(&cn, "%c", *p);
		else if (*++p)
			name_field(&cn, *p, sig);
		else
			break;				/* a single % at the end */
	}
	if (READ_ONCE(core_uses_pid) && !cn.has_pid)
		name_printf(&cn, ".%d", current->tgid);
out:
	kfree(pattern);
	if (!cn.failed)
		return cn.text;
	kfree(cn.text);
	return ERR_PTR(-ENOMEM);
}

/* C4 */
static struct file *open_core_file(int sig)
{
	char *name = core_file_name(sig);
	struct file *file;
	struct inode *inode;

	if (IS_ERR(name))
		return ERR_CAST(name);
	kern_unlink(name);		/* an older one; what else is wrong shows below */
	file = filp_open(name, O_CREAT | O_RDWR | O_NOFOLLOW | O_EXCL, 0600);
	kfree(name);
	if (IS_ERR(file))
		return file;
	inode = file_inode(file);
	if (S_ISREG(inode->i_mode) && inode->i_nlink == 1 &&
	    inode->i_uid == current->cred.fsuid && (inode->i_mode & 0677) == 0600)
		return file;
	fput(file);
	return ERR_PTR(-EPERM);
}

/* --- writing ------------------------------------------------------------------------- */

bool core_emit(struct core_file *cf, const void *buf, size_t bytes)
{
	loff_t pos = cf->pos;
	ssize_t n;

	if (cf->measure || cf->error) {
		cf->pos += bytes;
		return !cf->error;
	}
	if (fatal_signal_pending(current))
		cf->error = -EINTR;
	else if (bytes > cf->limit - cf->written)
		cf->error = -EFBIG;
	if (cf->error)
		return false;
	n = kernel_write(cf->file, buf, bytes, &pos);
	if (n != (ssize_t)bytes)
		cf->error = n < 0 ? n : -ENOSPC;
	cf->pos += bytes;
	cf->written += bytes;
	return !cf->error;
}

void core_skip(struct core_file *cf, size_t bytes)
{
	cf->pos += bytes;
}

/* --- the other threads ------------------------------------------------------------------ */

/* C1; false: somebody else ends the process already */
static bool stop_threads(struct core_state *core, int sig)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *t;
	bool first;

	spin_lock_irq(&signal->siglock);
	first = !(signal->flags & SIGNAL_GROUP_EXIT) && !signal->group_exec_task;
	if (first) {
		signal->flags = (signal->flags & SIGNAL_UNKILLABLE) | SIGNAL_GROUP_EXIT;
		signal->group_exit_code = sig;
		zap_other_threads(current);
		for_each_thread(current, t)
			if (t != current && !(t->flags & PF_POSTCOREDUMP))	/* C2 */
				core->missing++;
		signal->core_state = core;
		current->flags |= PF_DUMPCORE;
		/* what is pending does not keep the file from being written */
		__atomic_fetch_and(&current->ti_flags, ~(1u << TIF_SIGPENDING), __ATOMIC_RELAXED);
	}
	spin_unlock_irq(&signal->siglock);
	return first;
}

/* All others are on their way into coredump_task_exit(), and off their CPUs. */
static void wait_for_others(struct core_state *core)
{
	struct core_thread *ct;

	if (core->missing)
		wait_for_completion(&core->all_there);
	list_for_each_entry(ct, &core->threads, link)
		while (smp_load_acquire(&ct->task->on_cpu))
			cpu_relax();
}

static void let_threads_go(struct core_state *core, bool dumped)
{
	struct signal_struct *signal = current->signal;
	struct core_thread *ct, *next;

	spin_lock_irq(&signal->siglock);
	if (dumped)
		signal->group_exit_code |= 0x80;
	signal->core_state = NULL;
	spin_unlock_irq(&signal->siglock);
	list_for_each_entry_safe(ct, next, &core->threads, link) {
		struct task_struct *t = ct->task;

		get_task_struct(t);
		smp_store_mb(ct->task, NULL);					/* C3 */
		wake_up_process(t);
		put_task_struct(t);
	}
}

/**
 * coredump_task_exit() - @tsk (current) begins to end: if another thread writes a core
 *	file, wait until it is done.
 * Locks:   takes siglock. Context: thread; sleeps.
 */
void coredump_task_exit(struct task_struct *tsk)
{
	struct signal_struct *signal = tsk->signal;
	struct core_thread self = { .task = tsk };
	struct core_state *core;
	bool last = false;

	spin_lock_irq(&signal->siglock);
	tsk->flags |= PF_POSTCOREDUMP;						/* C2 */
	core = signal->core_state;
	if (core) {
		list_add_tail(&self.link, &core->threads);
		last = !--core->missing;
	}
	spin_unlock_irq(&signal->siglock);
	if (!core)
		return;
	if (last)
		complete(&core->all_there);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!READ_ONCE(self.task))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static bool write_core_file(struct core_file *cf, int sig)
{
	int error;

	cf->file = open_core_file(sig);
	if (IS_ERR(cf->file))
		return false;
	error = elf_core_dump(cf);
	/* it may end with a hole */
	if (!error && !cf->error && cf->pos > file_inode(cf->file)->i_size)
		cf->error = vfs_truncate(&cf->file->f_path, cf->pos);
	fput(cf->file);
	return !error;
}

/**
 * do_coredump() - current dies of the signal of @info: leave a core file if the limits
 *	say so. The process ends in any case, with the mark in its status if there is one.
 * Locks:   takes siglock. Context: thread; sleeps.
 */
void do_coredump(const kernel_siginfo_t *info)
{
	struct core_state core = { .threads = LIST_HEAD_INIT(core.threads) };
	struct core_file cf = { .limit = rlimit(RLIMIT_CORE), .info = info, .core = &core };
	bool dumped;

	if (!current->mm || !current->dumpable || cf.limit < PAGE_SIZE)
		return;
	init_completion(&core.all_there);
	if (!stop_threads(&core, info->si_signo))
		return;
	wait_for_others(&core);
	dumped = write_core_file(&cf, info->si_signo);
	let_threads_go(&core, dumped);
}
