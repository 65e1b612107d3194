// SPDX-License-Identifier: MIT
/*
 * exec.c - execve: replace the program of a process.
 *
 * The new address space is built beside the old one. Its stack gets the strings,
 * top down: the file name, the environment, the arguments; a bounce buffer
 * collects one page of them at a time. Then the format's loader checks the file,
 * calls begin_new_exec(), and maps the program.
 *
 *   X1  up to begin_new_exec() a failure leaves the caller as it was: its memory,
 *       files, handlers and threads
 *   X2  after it, what was the caller is gone: a failure ends in SIGSEGV
 *   X3  afterwards the process has one thread, whose number is the process's
 *
 * What execve resets follows exec(2): handlers (not ignored signals), alternate
 * stack, close-on-exec files, robust lists, TLS and FPU state, the name. Set-id
 * files change the effective ids, unless the mount or no_new_privs forbids it.
 *
 * Locks: tasklist_lock > siglock for the threads; task_lock for mm.
 */
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/personality.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/trace.h>
#include <asm/uaccess.h>
#include "binfmt.h"
#include "internal.h"

#define PATH_MAX		4096
#define STACK_RND_PAGES		0x400000ul	/* 16 GiB of addresses for the stack's top */
#define STACK_SPARE_BYTES	(128 * 1024ul)	/* mapped below the strings, as Linux leaves it */
#define ARG_SPACE_MIN		(32 * 4096ul)
#define ARG_SPACE_MAX		(6ul << 20)	/* 3/4 of the default stack limit */
#define MAX_ARG_STRINGS		0x7fffffff
#define MS_NOSUID_FLAG		2ul

/* argv and envp come from a program or from the kernel */
struct arg_list {
	bool kernel;
	const void *ptr;
};

static const char *get_arg(const struct arg_list *list, int i)
{
	const char __user *s;

	if (list->kernel)
		return ((const char *const *)list->ptr)[i];
	if (get_user(s, (const char __user *const __user *)list->ptr + i))
		return ERR_PTR(-EFAULT);
	return s;
}

/* How many strings there are, -EFAULT or -E2BIG. */
static int count_args(const struct arg_list *list)
{
	int n;

	if (!list->ptr)
		return 0;
	for (n = 0; n < MAX_ARG_STRINGS; n++) {
		const char *s = get_arg(list, n);

		if (IS_ERR(s))
			return PTR_ERR(s);
		if (!s)
			return n;
		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		if (!(n & 1023))
			cond_resched();
	}
	return -E2BIG;
}

/* --- strings onto the new stack ------------------------------------------------------- */

/**
 * flush_arg_page() - write the bounce buffer to the new stack.
 * Context: thread, may sleep. Return: 0 or -E2BIG (no stack there, no memory).
 */
int flush_arg_page(struct linux_binprm *bprm)
{
	unsigned long addr = bprm->page_low, end = bprm->page_addr + PAGE_SIZE;
	int bytes = end - addr;

	if (!bprm->page_addr)
		return 0;
	bprm->page_addr = 0;
	if (!bytes)
		return 0;
	return access_remote_vm(bprm->mm, addr, bprm->page + (addr & ~PAGE_MASK), bytes, true) ==
	       bytes ? 0 : -E2BIG;
}

/* Make the page of @addr the one in the buffer. */
static int select_arg_page(struct linux_binprm *bprm, unsigned long addr)
{
	unsigned long page = addr & PAGE_MASK;
	int ret;

	if (bprm->page_addr == page)
		return 0;
	ret = flush_arg_page(bprm);
	if (ret)
		return ret;
	if (page < bprm->stack->vm_start) {
		mmap_write_lock(bprm->mm);
		ret = expand_stack(bprm->stack, page);
		mmap_write_unlock(bprm->mm);
		if (ret)
			return -E2BIG;
	}
	bprm->page_addr = page;
	bprm->page_low = page + PAGE_SIZE;
	return 0;
}

/* @len bytes with the final 0 */
static int copy_one_string(struct linux_binprm *bprm, const char *s, unsigned long len,
			   bool kernel)
{
	unsigned long pos = bprm->p;

	if (len > MAX_ARG_STRLEN || pos - bprm->arg_limit < len)
		return -E2BIG;
	bprm->p -= len;
	bprm->arg0_bytes = len;
	while (len) {
		unsigned long piece = min(len, ((pos - 1) & ~PAGE_MASK) + 1);
		char *to;
		int ret;

		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		pos -= piece;
		len -= piece;
		ret = select_arg_page(bprm, pos);
		if (ret)
			return ret;
		to = bprm->page + (pos & ~PAGE_MASK);
		if (kernel)
			memcpy(to, s + len, piece);
		else if (copy_from_user(to, (const char __user *)s + len, piece))
			return -EFAULT;
		bprm->page_low = pos;
	}
	return 0;
}

int copy_string_kernel(struct linux_binprm *bprm, const char *s)
{
	return copy_one_string(bprm, s, strlen(s) + 1, true);
}

static int copy_strings(struct linux_binprm *bprm, const struct arg_list *list, int n)
{
	while (n-- > 0) {
		const char *s = get_arg(list, n);
		long len;
		int ret;

		if (IS_ERR_OR_NULL(s))
			return -EFAULT;
		if (list->kernel) {
			len = strlen(s) + 1;
		} else {
			len = strnlen_user((const char __user *)s, MAX_ARG_STRLEN);
			if (!len)
				return -EFAULT;
		}
		ret = copy_one_string(bprm, s, len, list->kernel);
		if (ret)
			return ret;
		cond_resched();
	}
	return 0;
}

/* A script's first argument makes room for the interpreter's. */
void remove_arg_zero(struct linux_binprm *bprm)
{
	if (!bprm->argc)
		return;
	bprm->p += bprm->arg0_bytes;
	if (bprm->page_addr && bprm->page_addr <= bprm->p && bprm->p < bprm->page_addr + PAGE_SIZE)
		bprm->page_low = bprm->p;
	else if (bprm->page_addr)
		bprm->page_addr = 0;	/* all of it was that string */
	bprm->argc--;
}

static int set_arg_limit(struct linux_binprm *bprm)
{
	unsigned long space = min_t(unsigned long, ARG_SPACE_MAX, rlimit(RLIMIT_STACK) / 4);
	unsigned long pointers = (max(bprm->argc, 1) + (unsigned long)bprm->envc) * sizeof(void *);

	space = max(space, ARG_SPACE_MIN);
	if (pointers >= space)
		return -E2BIG;
	bprm->arg_limit = bprm->p - (space - pointers);
	return 0;
}

/* --- the new address space -------------------------------------------------------------- */

int randomize_va_space = 2;

/** layout_is_random() - does chance place what current is going to execute? Any thread. */
bool layout_is_random(void)
{
	return !(current->personality & ADDR_NO_RANDOMIZE) && READ_ONCE(randomize_va_space);
}

static unsigned long random_stack_top(void)
{
	unsigned long top = TASK_SIZE_MAX;

	if (layout_is_random())
		top -= (get_random_u64() % STACK_RND_PAGES) << PAGE_SHIFT;
	return top;
}

/*
 * From the end of addresses to where the stack may reach. No limit is not the legacy layout:
 * mappings go down all the same, from where the largest stack would end.
 */
static unsigned long stack_reach(void)
{
	unsigned long limit = rlimit(RLIMIT_STACK);
	unsigned long random = layout_is_random() ? (STACK_RND_PAGES - 1) << PAGE_SHIFT : 0;

	if (current->personality & ADDR_COMPAT_LAYOUT)
		return RLIM_INFINITY;
	return min(limit, TASK_SIZE_MAX) + random;
}

/* room below the strings, as far as the limit allows */
static int spare_stack(struct linux_binprm *bprm)
{
	struct vm_area_struct *vma = bprm->stack;
	unsigned long limit = rlimit(RLIMIT_STACK) & PAGE_MASK, bytes;
	int ret = 0;

	mmap_write_lock(vma->vm_mm);
	bytes = min(vma->vm_end - vma->vm_start + STACK_SPARE_BYTES, limit);
	if (vma->vm_end - bytes < vma->vm_start)
		ret = expand_stack(vma, vma->vm_end - bytes);
	mmap_write_unlock(vma->vm_mm);
	return ret ? -EFAULT : 0;
}

static int bprm_mm_init(struct linux_binprm *bprm)
{
	unsigned long top = random_stack_top();
	struct vm_area_struct *vma;

	bprm->mm = mm_alloc();
	if (!bprm->mm)
		return -ENOMEM;
	arch_pick_mmap_layout(bprm->mm, stack_reach());
	mmap_write_lock(bprm->mm);
	vma = vm_setup_stack(bprm->mm, top, PAGE_SIZE, false);
	mmap_write_unlock(bprm->mm);
	if (IS_ERR_OR_NULL(vma))
		return vma ? PTR_ERR(vma) : -ENOMEM;
	bprm->stack = vma;
	bprm->p = top - sizeof(void *);		/* the last word of the stack is 0 */
	bprm->page = (char *)__get_free_page(GFP_KERNEL);
	return bprm->page ? 0 : -ENOMEM;
}

static int copy_all_strings(struct linux_binprm *bprm, const struct arg_list *argv,
			    const struct arg_list *envp)
{
	int ret = copy_string_kernel(bprm, bprm->filename);

	if (ret)
		return ret;
	bprm->exec = bprm->env_end = bprm->p;
	ret = copy_strings(bprm, envp, bprm->envc);
	if (ret)
		return ret;
	bprm->arg_end = bprm->p;
	ret = copy_strings(bprm, argv, bprm->argc);
	if (!ret && !bprm->argc) {	/* programs count on an argv[0] */
		ret = copy_string_kernel(bprm, "");
		bprm->argc = 1;
	}
	return ret;
}

/* --- the file ----------------------------------------------------------------------------- */

static void close_exec_file(struct file **file)
{
	if (!*file)
		return;
	allow_write_access(*file);
	fput(*file);
	*file = NULL;
}

/* What ids the new program has. */
static void set_ids_from_file(struct linux_binprm *bprm)
{
	struct inode *inode = file_inode(bprm->file);

	bprm->euid = current_euid();
	bprm->egid = current_egid();
	if (current->no_new_privs || (bprm->file->f_path.mnt->mnt_flags & MS_NOSUID_FLAG))
		return;
	if (inode->i_mode & S_ISUID)
		bprm->euid = inode->i_uid;
	if ((inode->i_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		bprm->egid = inode->i_gid;
}

/**
 * prepare_binprm() - the first bytes of bprm->file, and whose rights it brings.
 * Context: may sleep. Return: 0 or -E.
 */
int prepare_binprm(struct linux_binprm *bprm)
{
	loff_t pos = 0;
	ssize_t n;

	set_ids_from_file(bprm);
	memset(bprm->buf, 0, BINPRM_BUF_SIZE);
	n = kernel_read(bprm->file, bprm->buf, BINPRM_BUF_SIZE, &pos);
	return n < 0 ? n : 0;
}

/* --- the point of no return ----------------------------------------------------------------- */

static int wait_for_threads(struct task_struct *me)
{
	struct signal_struct *sig = me->signal;

	spin_lock_irq(&sig->siglock);
	if ((sig->flags & SIGNAL_GROUP_EXIT) || sig->group_exec_task) {
		spin_unlock_irq(&sig->siglock);
		return -EAGAIN;
	}
	sig->group_exec_task = me;
	zap_other_threads(me);
	sig->notify_count = thread_group_leader(me) ? 1 : 2;
	while (sig->nr_threads > sig->notify_count) {
		if (fatal_signal_pending(me)) {
			sig->group_exec_task = NULL;
			spin_unlock_irq(&sig->siglock);
			return -EAGAIN;
		}
		set_current_state(TASK_KILLABLE);
		spin_unlock_irq(&sig->siglock);
		schedule();
		spin_lock_irq(&sig->siglock);
	}
	spin_unlock_irq(&sig->siglock);
	return 0;
}

static void adopt_children(struct task_struct *from, struct task_struct *to)
{
	struct task_struct *child, *t;

	list_for_each_entry(child, &from->children, sibling)
		for_each_thread(child, t)
			t->real_parent = to;
	list_splice_init(&from->children, &to->children);
}

/* The old leader is dead: @me takes its number and its place in every list (X3). */
static int become_leader(struct task_struct *me)
{
	struct task_struct *leader = me->group_leader;

	for (;;) {
		spin_lock(&tasklist_lock);
		if (leader->exit_state)
			break;
		set_current_state(TASK_KILLABLE);
		spin_unlock(&tasklist_lock);
		schedule();
		if (fatal_signal_pending(me))
			return -EAGAIN;
	}
	__set_current_state(TASK_RUNNING);
	me->start_time = leader->start_time;
	pid_exchange(me, leader);
	list_replace_init(&leader->tasks, &me->tasks);
	list_replace_init(&leader->sibling, &me->sibling);
	adopt_children(leader, me);
	me->group_leader = leader->group_leader = me;
	me->exit_signal = SIGCHLD;
	leader->exit_signal = -1;
	leader->exit_state = EXIT_DEAD;
	if (leader->tracer)		/* it may be waiting for this thread alone */
		wake_up_interruptible_all(&leader->tracer->signal->wait_chldexit);
	me->signal->leader_task = me->signal->curr_target = me;
	spin_unlock(&tasklist_lock);
	release_task(leader);
	return 0;
}

static int de_thread(struct task_struct *me)
{
	struct signal_struct *sig = me->signal;
	int ret = 0;

	if (!thread_group_empty(me)) {
		ret = wait_for_threads(me);
		if (ret)
			return ret;
	}
	if (!thread_group_leader(me)) {
		sig->group_exec_task = me;
		ret = become_leader(me);
	}
	spin_lock_irq(&sig->siglock);
	if (sig->group_exec_task == me)
		sig->group_exec_task = NULL;
	spin_unlock_irq(&sig->siglock);
	if (!ret)
		me->exit_signal = SIGCHLD;
	return ret;
}

static int unshare_sighand(struct task_struct *me)
{
	struct sighand_struct *old = me->sighand, *new;

	if (refcount_read(&old->count) == 1)
		return 0;
	new = kmem_cache_alloc(sighand_cachep, GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	refcount_set(&new->count, 1);
	spin_lock_init_rank(&new->lock, RANK_SIGACTION, "sighand");
	spin_lock(&tasklist_lock);
	spin_lock_irq(&me->signal->siglock);
	spin_lock(&old->lock);
	memcpy(new->action, old->action, sizeof(new->action));
	spin_unlock(&old->lock);
	me->sighand = new;
	spin_unlock_irq(&me->signal->siglock);
	spin_unlock(&tasklist_lock);
	sighand_put(old);
	return 0;
}

/* The new address space takes over; the old one loses this user. */
static void exec_mmap(struct linux_binprm *bprm)
{
	struct task_struct *me = current;
	struct mm_struct *old = me->mm, *active;

	mm_release(me, old);
	task_lock(me);
	local_irq_disable();
	active = me->active_mm;
	me->mm = me->active_mm = bprm->mm;
	activate_mm(active, bprm->mm);
	local_irq_enable();
	task_unlock(me);
	bprm->mm = NULL;
	if (old) {
		me->signal->maxrss = max(me->signal->maxrss, get_mm_hiwater_rss(old));
		mmput(old);
	} else {
		mmdrop(active);		/* what the kernel thread had borrowed */
	}
}

static void apply_ids(struct linux_binprm *bprm)
{
	struct cred *cred = &current->cred;
	/* who may only run the file shall not look at it in memory either */
	bool readable = !inode_permission(file_inode(bprm->file), MAY_READ);

	spin_lock(&tasklist_lock);		/* T5 of ptrace.c */
	if (current->ptrace && !(current->ptrace & PT_TRACER_CAP) && !capable(CAP_SETUID)) {
		bprm->euid = cred->uid;
		bprm->egid = cred->gid;
	}
	bprm->secure = bprm->euid != cred->uid || bprm->egid != cred->gid;
	if (bprm->euid != cred->euid || bprm->egid != cred->egid || bprm->secure) {
		current->pdeath_signal = 0;
		current->personality &= ~PER_CLEAR_ON_SETID;
	}
	current->dumpable = !bprm->secure && readable;
	task_lock(current);
	cred->euid = cred->suid = cred->fsuid = bprm->euid;
	cred->egid = cred->sgid = cred->fsgid = bprm->egid;
	caps_after_exec(cred, bprm->secure);
	task_unlock(current);
	spin_unlock(&tasklist_lock);
	current->keep_caps = false;
}

/**
 * begin_new_exec() - from here on there is no way back to the old program (X2).
 * Context: thread, may sleep. Return: 0 or -E; then the caller has to die.
 */
int begin_new_exec(struct linux_binprm *bprm)
{
	struct task_struct *me = current;
	int ret;

	ret = flush_arg_page(bprm);
	if (ret)
		return ret;
	bprm->point_of_no_return = true;
	ret = de_thread(me);
	if (ret)
		return ret;
	ret = unshare_files();
	if (ret)
		return ret;
	set_mm_exe_file(bprm->mm, bprm->file);
	exec_mmap(bprm);
	ret = unshare_sighand(me);
	if (ret)
		return ret;
	me->flags &= ~(PF_FORKNOEXEC | PF_KTHREAD | PF_RANDOMIZE);
	if (layout_is_random())
		me->flags |= PF_RANDOMIZE;
	me->personality &= ~READ_IMPLIES_EXEC;	/* programs of 64 bits say what they need */
	flush_thread();
	do_close_on_exec();
	apply_ids(bprm);
	me->sas_ss_sp = me->sas_ss_size = 0;
	me->sas_ss_flags = SS_DISABLE;
	me->restart_block.fn = NULL;
	rseq_execve(me);
	spin_lock_irq(&me->signal->siglock);
	flush_signal_handlers(me, false);
	spin_unlock_irq(&me->signal->siglock);
	set_task_comm(me, kbasename(bprm->filename));
	return spare_stack(bprm);	/* a limit that is too low ends the program, as on Linux */
}

/* --- execve ----------------------------------------------------------------------------------- */

static int search_formats(struct linux_binprm *bprm)
{
	int ret;

	for (;;) {
		ret = prepare_binprm(bprm);
		if (ret)
			return ret;
		ret = load_script(bprm);
		if (ret == -ENOEXEC)
			return load_elf_binary(bprm);
		if (ret < 0)
			return ret;
		if (++bprm->depth > MAX_REWRITES)
			return -ELOOP;
	}
}

static int exec_strings(struct linux_binprm *bprm, const struct arg_list *argv,
			const struct arg_list *envp)
{
	int ret;

	bprm->argc = count_args(argv);
	if (bprm->argc < 0)
		return bprm->argc;
	bprm->envc = count_args(envp);
	if (bprm->envc < 0)
		return bprm->envc;
	ret = bprm_mm_init(bprm);
	if (ret)
		return ret;
	ret = set_arg_limit(bprm);
	if (ret)
		return ret;
	return copy_all_strings(bprm, argv, envp);
}

static void free_bprm(struct linux_binprm *bprm)
{
	if (bprm->page)
		free_page((unsigned long)bprm->page);
	if (bprm->mm)
		mmput(bprm->mm);
	close_exec_file(&bprm->file);
	kfree(bprm->interp);
	kfree(bprm);
}

static int exec_common(const char *path, const struct arg_list *argv, const struct arg_list *envp)
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	pid_t old_pid = current->pid;
	int ret;

	if (!bprm)
		return -ENOMEM;
	bprm->filename = path;
	bprm->file = open_exec(path);
	if (IS_ERR(bprm->file)) {
		ret = PTR_ERR(bprm->file);
		bprm->file = NULL;
		goto out;
	}
	ret = exec_strings(bprm, argv, envp);
	if (!ret)
		ret = search_formats(bprm);
	trace_event("exec pid %ld ret %ld", current->pid, ret, 0);
	/* nothing to return to (X2): the process dies of this */
	if (ret && bprm->point_of_no_return && !fatal_signal_pending(current))
		force_fatal_sig(SIGSEGV);
out:
	free_bprm(bprm);
	if (!ret)
		ptrace_event(PTRACE_EVENT_EXEC, old_pid);
	return ret;
}

/**
 * do_execve() - run @path (in kernel memory) with arguments of the calling program.
 * Context: thread. Return: 0, registers set for the new program, or -E (X1).
 */
int do_execve(const char *path, const char __user *const __user *argv,
	      const char __user *const __user *envp)
{
	struct arg_list a = { false, argv }, e = { false, envp };

	return exec_common(path, &a, &e);
}

int kernel_execve(const char *path, const char *const *argv, const char *const *envp)
{
	struct arg_list a = { true, argv }, e = { true, envp };

	return exec_common(path, &a, &e);
}

long sys_execve(const char __user *filename, const char __user *const __user *argv,
		const char __user *const __user *envp)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	long ret;

	if (!path)
		return -ENOMEM;
	ret = strncpy_from_user(path, filename, PATH_MAX);
	if (ret == PATH_MAX)
		ret = -ENAMETOOLONG;
	else if (!ret)
		ret = -ENOENT;
	else if (ret > 0)
		ret = do_execve(path, argv, envp);
	kfree(path);
	return ret;
}
