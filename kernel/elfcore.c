// SPDX-License-Identifier: MIT
/*
 * elfcore.c - the contents of a core file: an ELF file without sections.
 *
 *	header
 *	program headers		PT_NOTE, then PT_LOAD for each area, in order
 *	notes			of the writer: PRSTATUS PRPSINFO SIGINFO AUXV FILE FPREGS XSTATE
 *				of each other thread: PRSTATUS FPREGS XSTATE
 *	memory			from the next page on; what was never there is a hole
 *
 * The notes are written twice by the same code: first only to learn their size.
 *
 *   E1  the process is stopped (C1 of coredump.c), but another one may share its memory:
 *       the areas are noted once, with mmap_lock held, and only the note is believed
 *   E2  an area has p_memsz bytes in memory and p_filesz in the file; which of them are
 *       left out says coredump_filter
 *   E3  a page that cannot be read is a hole
 *
 * Locks: takes mmap_lock for reading.
 */
#include <linux/coredump.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <uapi/auxvec.h>
#include <uapi/elfcore.h>
#include <uapi/fcntl.h>
#include <asm/elf.h>
#include "coredump.h"

#define NOTE_PADDING(n)	(-(n) & 3)

struct core_area {
	unsigned long start, end, flags;
	unsigned long dump_bytes;
	bool anon;			/* pages that are not present were never there */
};

/* what a core file is made of; see elf_core_dump() */
struct core_plan {
	struct core_area *areas;
	unsigned int nr_areas;
	char *files;			/* the contents of NT_FILE */
	size_t files_bytes;
	void *page;			/* scratch */
};

/* --- which memory --------------------------------------------------------------------- */

static bool has_own_pages(struct vm_area_struct *vma)
{
	struct mem_usage u = { .resident = 0 };

	vma_usage(vma, &u);
	return u.anonymous;
}

/* E2: bytes from the start of the area */
static unsigned long dump_size(struct vm_area_struct *vma, unsigned int filter)
{
	unsigned long whole = vma->vm_end - vma->vm_start;
	struct inode *inode = vma->vm_file ? file_inode(vma->vm_file) : NULL;

	if (vma->vm_ops && vma->vm_ops->name && vma->vm_ops->name(vma) &&
	    !(vma->vm_flags & VM_IO))
		return whole;			/* the vDSO: nobody else has it */
	if (vma->vm_flags & (VM_IO | VM_DONTDUMP))
		return 0;
	if (vma->vm_flags & VM_SHARED)
		return filter & (!inode || !inode->i_nlink ? MMF_DUMP_ANON_SHARED :
							     MMF_DUMP_MAPPED_SHARED) ? whole : 0;
	if ((filter & MMF_DUMP_ANON_PRIVATE) && has_own_pages(vma))
		return whole;
	if (!inode)
		return 0;
	if (filter & MMF_DUMP_MAPPED_PRIVATE)
		return whole;
	/* the first page of a program or library tells the debugger which one it is */
	if ((filter & MMF_DUMP_ELF_HEADERS) && !vma->vm_pgoff && (vma->vm_flags & VM_READ) &&
	    (inode->i_mode & 0111))
		return PAGE_SIZE;
	return 0;
}

static int note_areas(struct core_plan *plan, struct mm_struct *mm)
{
	unsigned int filter = READ_ONCE(current->signal->coredump_filter);
	struct vm_area_struct *vma;

	plan->areas = kvmalloc_array(mm->map_count, sizeof(*plan->areas), GFP_KERNEL);
	if (!plan->areas)
		return -ENOMEM;
	for_each_vma(mm, vma) {
		struct core_area *a = &plan->areas[plan->nr_areas++];

		a->start = vma->vm_start;
		a->end = vma->vm_end;
		a->flags = vma->vm_flags;
		a->anon = !vma->vm_ops;
		a->dump_bytes = dump_size(vma, filter);
	}
	return plan->nr_areas + 1 < PN_XNUM ? 0 : -E2BIG;
}

/* --- NT_FILE: which file is mapped where ------------------------------------------------ */

static unsigned int count_file_areas(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	unsigned int n = 0;

	for_each_vma(mm, vma)
		n += vma->vm_file != NULL;
	return n;
}

/* count, page size, (start, end, page offset) of each, names; into @room bytes */
static int put_files(struct core_plan *plan, struct mm_struct *mm, unsigned int n, size_t room)
{
	unsigned long *word = (unsigned long *)plan->files;
	char *names = plan->files + (2 + 3 * (size_t)n) * sizeof(long), *path;
	struct vm_area_struct *vma;

	*word++ = n;
	*word++ = PAGE_SIZE;
	for_each_vma(mm, vma) {
		size_t len;

		if (!vma->vm_file)
			continue;
		path = d_path(&vma->vm_file->f_path, plan->page, PAGE_SIZE);
		if (IS_ERR(path))
			path = "?";
		len = strlen(path) + 1;
		if (len > room - (names - plan->files))
			return -ENOSPC;
		memcpy(names, path, len);
		names += len;
		*word++ = vma->vm_start;
		*word++ = vma->vm_end;
		*word++ = vma->vm_pgoff;
	}
	plan->files_bytes = names - plan->files;
	return 0;
}

#define FILES_MAX_BYTES	(4ul << 20)

static int note_files(struct core_plan *plan, struct mm_struct *mm)
{
	unsigned int n = count_file_areas(mm);
	size_t room = (2 + 3 * (size_t)n) * sizeof(long) + n * 64 + PATH_MAX;
	int error;

	for (;;) {
		plan->files = kvmalloc(room, GFP_KERNEL);
		if (!plan->files)
			return -ENOMEM;
		error = put_files(plan, mm, n, room);
		if (error != -ENOSPC)
			return error;
		kvfree(plan->files);
		plan->files = NULL;
		room *= 2;
		if (room > FILES_MAX_BYTES)
			return 0;		/* without the note, as Linux does it */
	}
}

/* --- notes ------------------------------------------------------------------------------- */

static bool put_note(struct core_file *cf, const char *name, unsigned int type, const void *desc,
		     size_t bytes)
{
	static const char zeroes[4];
	Elf64_Nhdr n = { strlen(name) + 1, bytes, type };

	return core_emit(cf, &n, sizeof(n)) && core_emit(cf, name, n.n_namesz) &&
	       core_emit(cf, zeroes, NOTE_PADDING(n.n_namesz)) && core_emit(cf, desc, bytes) &&
	       core_emit(cf, zeroes, NOTE_PADDING(bytes));
}

static bool put_prstatus(struct core_file *cf, struct task_struct *t)
{
	struct signal_struct *sig = t->signal;
	struct elf_prstatus st;
	u64 ut, stm;

	memset(&st, 0, sizeof(st));
	st.pr_info.si_signo = st.pr_cursig = cf->info->si_signo;
	st.pr_sigpend = t->pending.signal.sig[0];
	st.pr_sighold = t->blocked.sig[0];
	st.pr_pid = t->pid;
	st.pr_ppid = task_ppid(t);
	st.pr_pgrp = sig->pgrp;
	st.pr_sid = sig->session;
	if (thread_group_leader(t))
		thread_group_cputime(t, &ut, &stm);
	else
		task_cputime(t, &ut, &stm);
	st.pr_utime = ns_to_kernel_timeval(ut);
	st.pr_stime = ns_to_kernel_timeval(stm);
	st.pr_cutime = ns_to_kernel_timeval(sig->cutime);
	st.pr_cstime = ns_to_kernel_timeval(sig->cstime);
	elf_core_regs(t, st.pr_reg);
	st.pr_fpvalid = 1;
	return put_note(cf, "CORE", NT_PRSTATUS, &st, sizeof(st));
}

static bool put_fpu(struct core_file *cf, struct core_plan *plan, struct task_struct *t)
{
	size_t bytes = elf_core_fpu(t, plan->page);

	if (!put_note(cf, "CORE", NT_PRFPREG, plan->page, 512))
		return false;
	return !bytes || put_note(cf, "LINUX", NT_X86_XSTATE, plan->page, bytes);
}

static void read_arguments(struct mm_struct *mm, char *args)
{
	int len = min(mm->arg_end - mm->arg_start, (unsigned long)ELF_PRARGSZ - 1), i;

	len = access_remote_vm(mm, mm->arg_start, args, len, false);
	for (i = 0; i < len; i++)
		if (!args[i])
			args[i] = ' ';
}

static bool put_prpsinfo(struct core_file *cf)
{
	struct task_struct *t = current;
	struct elf_prpsinfo ps;

	memset(&ps, 0, sizeof(ps));
	ps.pr_sname = 'R';
	ps.pr_nice = task_nice(t);
	ps.pr_flag = t->flags;
	ps.pr_uid = t->cred.uid;
	ps.pr_gid = t->cred.gid;
	ps.pr_pid = t->tgid;
	ps.pr_ppid = task_ppid(t);
	ps.pr_pgrp = t->signal->pgrp;
	ps.pr_sid = t->signal->session;
	strscpy(ps.pr_fname, t->comm, sizeof(ps.pr_fname));
	read_arguments(t->mm, ps.pr_psargs);
	return put_note(cf, "CORE", NT_PRPSINFO, &ps, sizeof(ps));
}

static bool put_siginfo(struct core_file *cf)
{
	char info[SI_MAX_SIZE] = { 0 };

	memcpy(info, cf->info, sizeof(*cf->info));
	return put_note(cf, "CORE", NT_SIGINFO, info, sizeof(info));
}

static bool put_auxv(struct core_file *cf)
{
	const unsigned long *auxv = current->mm->saved_auxv;
	unsigned int words = 0;

	do {
		words += 2;
	} while (words < AT_VECTOR_SIZE && auxv[words - 2] != AT_NULL);
	return put_note(cf, "CORE", NT_AUXV, auxv, words * sizeof(long));
}

static bool put_notes(struct core_file *cf, struct core_plan *plan)
{
	struct core_thread *ct;

	if (!put_prstatus(cf, current) || !put_prpsinfo(cf) || !put_siginfo(cf) || !put_auxv(cf))
		return false;
	if (plan->files && !put_note(cf, "CORE", NT_FILE, plan->files, plan->files_bytes))
		return false;
	if (!put_fpu(cf, plan, current))
		return false;
	list_for_each_entry(ct, &cf->core->threads, link)
		if (!put_prstatus(cf, ct->task) || !put_fpu(cf, plan, ct->task))
			return false;
	return true;
}

/* --- headers --------------------------------------------------------------------------------- */

static bool put_headers(struct core_file *cf, const struct core_plan *plan, size_t note_bytes)
{
	unsigned int i, nr = plan->nr_areas + 1;
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG[0], ELFMAG[1], ELFMAG[2], ELFMAG[3], ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_CORE, .e_machine = ELF_ARCH, .e_version = EV_CURRENT,
		.e_phoff = sizeof(eh), .e_ehsize = sizeof(eh), .e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = nr,
	};
	Elf64_Phdr ph = {
		.p_type = PT_NOTE, .p_offset = sizeof(eh) + nr * sizeof(ph), .p_filesz = note_bytes,
	};
	u64 offset = PAGE_ALIGN(ph.p_offset + note_bytes);

	if (!core_emit(cf, &eh, sizeof(eh)) || !core_emit(cf, &ph, sizeof(ph)))
		return false;
	for (i = 0; i < plan->nr_areas; i++) {
		const struct core_area *a = &plan->areas[i];

		ph = (Elf64_Phdr){
			.p_type = PT_LOAD, .p_offset = offset, .p_vaddr = a->start,
			.p_filesz = a->dump_bytes, .p_memsz = a->end - a->start,
			.p_align = PAGE_SIZE,
			.p_flags = (a->flags & VM_READ ? PF_R : 0) |
				   (a->flags & VM_WRITE ? PF_W : 0) |
				   (a->flags & VM_EXEC ? PF_X : 0),
		};
		offset += a->dump_bytes;
		if (!core_emit(cf, &ph, sizeof(ph)))
			return false;
	}
	return true;
}

/* --- memory ------------------------------------------------------------------------------------ */

#define WINDOW_PAGES	512

/* the pages of [start, end), at most a window; @words: scratch */
static bool put_window(struct core_file *cf, struct core_plan *plan, const struct core_area *a,
		       unsigned long start, unsigned long end, u64 *words)
{
	struct mm_struct *mm = current->mm;
	unsigned long i, n = (end - start) >> PAGE_SHIFT;

	if (a->anon)
		vm_pagemap(mm, start, end, words, false);
	for (i = 0; i < n; i++) {
		bool there = !a->anon || (words[i] & PM_PRESENT);

		if (there && access_remote_vm(mm, start + i * PAGE_SIZE, plan->page, PAGE_SIZE,
					      false) == PAGE_SIZE) {
			if (!core_emit(cf, plan->page, PAGE_SIZE))
				return false;
		} else {
			core_skip(cf, PAGE_SIZE);					/* E3 */
		}
	}
	cond_resched();
	return !fatal_signal_pending(current);
}

static void put_memory(struct core_file *cf, struct core_plan *plan)
{
	u64 *words = kvmalloc_array(WINDOW_PAGES, sizeof(*words), GFP_KERNEL);
	unsigned int i;
	bool good = words;

	if (!good)
		cf->error = -ENOMEM;
	for (i = 0; good && i < plan->nr_areas; i++) {
		const struct core_area *a = &plan->areas[i];
		unsigned long addr = a->start, end = a->start + a->dump_bytes;

		for (; good && addr < end; addr += WINDOW_PAGES * PAGE_SIZE)
			good = put_window(cf, plan, a, addr,
					  min(end, addr + WINDOW_PAGES * PAGE_SIZE), words);
	}
	kvfree(words);
}

static int make_plan(struct core_plan *plan)
{
	struct mm_struct *mm = current->mm;
	int error;

	plan->page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!plan->page)
		return -ENOMEM;
	mmap_read_lock(mm);						/* E1 */
	error = note_areas(plan, mm);
	if (!error)
		error = note_files(plan, mm);
	mmap_read_unlock(mm);
	return error;
}

/**
 * elf_core_dump() - write the core file of current's process.
 * Locks:   takes mmap_lock for reading.
 * Context: thread, may sleep; the other threads are stopped.
 * Return:  0 or -E when there is nothing to write; cf->pos is the size of the file, of
 *          which less is there when cf->error says why.
 */
int elf_core_dump(struct core_file *cf)
{
	struct core_plan plan = { .nr_areas = 0 };
	size_t note_bytes;
	int error = make_plan(&plan);

	if (error)
		goto out;
	cf->measure = true;
	put_notes(cf, &plan);
	note_bytes = cf->pos;
	cf->measure = false;
	cf->pos = 0;
	if (!put_headers(cf, &plan, note_bytes) || !put_notes(cf, &plan))
		goto out;
	core_skip(cf, PAGE_ALIGN(cf->pos) - cf->pos);
	put_memory(cf, &plan);
out:
	kvfree(plan.areas);
	kvfree(plan.files);
	kfree(plan.page);
	return error;
}
