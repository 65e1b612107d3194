// SPDX-License-Identifier: MIT
/*
 * binfmt_elf.c - ELF programs: static, position-independent, and dynamic ones with
 * their interpreter.
 *
 *	low   text, data, bss of the program, then its heap   (ET_EXEC: where it says;
 *	      ET_DYN with an interpreter: from 2/3 of the address space up, at random)
 *	...   mmap area, growing down: the interpreter, libraries, static-PIE programs
 *	high  stack: argc, argv[], envp[], auxiliary vector, random bytes, strings
 *
 * The file is hostile until proven good. All headers are read and checked before
 * begin_new_exec(); afterwards only mapping can fail, which kills the program.
 *
 * What the file says is checked and mapped by elf_image.c.
 *
 * Locks: none; the new address space is current's alone. vm_mmap() and its like
 * take mmap_lock themselves.
 */
#include <linux/sched.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/personality.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/auxvec.h>
#include <uapi/mman.h>
#include <asm/uaccess.h>
#include "binfmt.h"
#include "elf_image.h"

/* --- the interpreter -------------------------------------------------------------- */

static int open_interpreter(struct elf_image *img, const Elf64_Phdr *ph, struct elf_image *interp)
{
	char *path = elf_read_interp_path(img, ph);
	struct file *file;
	int ret;

	if (IS_ERR(path))
		return PTR_ERR(path);
	file = open_exec(path);
	kfree(path);
	if (IS_ERR(file))
		return PTR_ERR(file);
	interp->file = file;
	ret = elf_read(interp->file, &interp->hdr, sizeof(interp->hdr), 0);
	if (ret)
		return ret;
	if (!elf_header_good(&interp->hdr))
		return -ELIBBAD;
	ret = elf_read_phdrs(interp);
	return ret == -ENOEXEC ? -ELIBBAD : ret;
}

/* What the program headers ask for besides memory. */
static int find_interpreter(struct elf_image *img, struct elf_image *interp, bool *exec_stack)
{
	Elf64_Phdr *ph;
	int ret = 0;

	*exec_stack = false;
	for_each_phdr(img, ph) {
		if (ph->p_type == PT_INTERP && !interp->file)
			ret = open_interpreter(img, ph, interp);
		else if (ph->p_type == PT_GNU_STACK)
			*exec_stack = ph->p_flags & PF_X;
		if (ret)
			return ret;
	}
	return 0;
}

static void drop_image(struct elf_image *img, bool file_too)
{
	kfree(img->phdr);
	if (file_too && img->file) {
		allow_write_access(img->file);
		fput(img->file);
	}
}

/* --- the stack that the program finds --------------------------------------------- */

struct aux_entry {
	unsigned long id, value;
};

static int fill_auxv(struct aux_entry *aux, struct linux_binprm *bprm, struct elf_image *img,
		     struct elf_image *interp, unsigned long random, unsigned long platform)
{
	const struct cred *cred = &current->cred;
	int n = 0;

#define NEW_AUX(key, val) do { aux[n].id = (key); aux[n].value = (val); n++; } while (0)
	NEW_AUX(AT_SYSINFO_EHDR, bprm->vdso);
	NEW_AUX(AT_MINSIGSTKSZ, ELF_MINSIGSTKSZ);
	NEW_AUX(AT_HWCAP, ELF_HWCAP);
	NEW_AUX(AT_PAGESZ, PAGE_SIZE);
	NEW_AUX(AT_CLKTCK, USER_HZ);
	NEW_AUX(AT_PHDR, elf_phdr_address(img));
	NEW_AUX(AT_PHENT, sizeof(Elf64_Phdr));
	NEW_AUX(AT_PHNUM, img->hdr.e_phnum);
	NEW_AUX(AT_BASE, interp->file ? interp->load_addr : 0);
	NEW_AUX(AT_FLAGS, 0);
	NEW_AUX(AT_ENTRY, img->hdr.e_entry + img->bias);
	NEW_AUX(AT_UID, cred->uid);
	NEW_AUX(AT_EUID, cred->euid);
	NEW_AUX(AT_GID, cred->gid);
	NEW_AUX(AT_EGID, cred->egid);
	NEW_AUX(AT_SECURE, bprm->secure);
	NEW_AUX(AT_RANDOM, random);
	NEW_AUX(AT_HWCAP2, ELF_HWCAP2);
	NEW_AUX(AT_EXECFN, bprm->exec);
	NEW_AUX(AT_PLATFORM, platform);
	NEW_AUX(AT_NULL, 0);
#undef NEW_AUX
	return n;
}
#define AUX_ENTRIES	21
static_assert(AUX_ENTRIES * 2 <= AT_VECTOR_SIZE, "saved_auxv holds all");

/* Pointers to @n strings that stand one behind the other from *@pos on. */
static int fill_pointers(unsigned long **sp, unsigned long *pos, int n)
{
	while (n-- > 0) {
		long len = strnlen_user((const char __user *)*pos, MAX_ARG_STRLEN);

		if (!len || len > (long)MAX_ARG_STRLEN)
			return -EINVAL;
		*(*sp)++ = *pos;
		*pos += len;
	}
	*(*sp)++ = 0;
	return 0;
}

/* Below the strings: platform, random bytes, then aligned argc, argv, envp, auxv. */
static int create_elf_tables(struct linux_binprm *bprm, struct elf_image *img,
			     struct elf_image *interp, unsigned long *stack)
{
	struct mm_struct *mm = current->mm;
	unsigned long words = 1 + bprm->argc + 1 + bprm->envc + 1 + 2 * AUX_ENTRIES;
	unsigned long p = bprm->p, platform, random, pos, *table, *sp;
	u64 bytes[2] = { get_random_u64(), get_random_u64() };
	int ret = -EFAULT;

	if (current->flags & PF_RANDOMIZE)
		p -= get_random_u64() % 8192;
	p &= ~0xful;
	platform = p -= sizeof(ELF_PLATFORM);
	random = p -= sizeof(bytes);
	if (copy_to_user((void __user *)platform, ELF_PLATFORM, sizeof(ELF_PLATFORM)) ||
	    copy_to_user((void __user *)random, bytes, sizeof(bytes)))
		return -EFAULT;
	p = (p - words * sizeof(long)) & ~0xful;
	table = sp = kvmalloc(words * sizeof(long), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	*sp++ = bprm->argc;
	pos = mm->arg_start = bprm->p;
	ret = fill_pointers(&sp, &pos, bprm->argc);
	if (ret)
		goto out;
	mm->arg_end = mm->env_start = pos;
	ret = fill_pointers(&sp, &pos, bprm->envc);
	if (ret)
		goto out;
	mm->env_end = pos;
	ret = fill_auxv((struct aux_entry *)sp, bprm, img, interp, random, platform);
	mm_assert(ret == AUX_ENTRIES);
	memset(mm->saved_auxv, 0, sizeof(mm->saved_auxv));
	memcpy(mm->saved_auxv, sp, AUX_ENTRIES * sizeof(struct aux_entry));
	ret = copy_to_user((void __user *)p, table, words * sizeof(long)) ? -EFAULT : 0;
	*stack = p;
out:
	kvfree(table);
	return ret;
}

/* --- putting it together ---------------------------------------------------------- */

/* a power of 2, as for mmap_base */
static unsigned long elf_random_pages(void)
{
	return 1ul << READ_ONCE(this_machine()->tunables.mmap_rnd_bits);
}

static unsigned long program_place(struct elf_image *img, bool dynamic)
{
	unsigned long base = ELF_ET_DYN_BASE;

	if (img->hdr.e_type != ET_DYN || !dynamic)
		return 0;
	if (current->flags & PF_RANDOMIZE)
		base += (get_random_u64() & (elf_random_pages() - 1)) << PAGE_SHIFT;
	return base;
}

static void place_brk(struct mm_struct *mm, struct elf_image *img, bool dynamic)
{
	unsigned long brk = PAGE_ALIGN(img->end_brk);

	if ((current->flags & PF_RANDOMIZE) && READ_ONCE(randomize_va_space) > 1) {
		/* a static-PIE program lies in the mmap area, where the heap has no room */
		if (img->hdr.e_type == ET_DYN && !dynamic)
			brk = ELF_ET_DYN_BASE;
		brk += (get_random_u64() % (BRK_RND_BYTES >> PAGE_SHIFT)) << PAGE_SHIFT;
	}
	mm->start_brk = mm->brk = brk;
}

/* MMAP_PAGE_ZERO: old programs read through pointers that are NULL, where they may map that */
static void map_page_zero(struct mm_struct *mm)
{
	const struct mmap_request req = {
		.len = PAGE_SIZE, .prot = PROT_READ | PROT_EXEC,
		.flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS,
	};

	unsigned long addr = vm_mmap(mm, &req);

	(void)addr;	/* mmap_min_addr may be against it: as on Linux the program starts without */
}

static int make_stack_executable(struct linux_binprm *bprm)
{
	struct vm_area_struct *vma = bprm->stack;

	return vm_mprotect(current->mm, vma->vm_start, vma->vm_end - vma->vm_start,
			   PROT_READ | PROT_WRITE | PROT_EXEC);
}

/* After the point of no return: every failure is fatal to the program. */
static int start_image(struct linux_binprm *bprm, struct elf_image *img, struct elf_image *interp,
		       bool exec_stack)
{
	bool dynamic = interp->file;
	unsigned long entry, stack = 0;
	struct mm_struct *mm;
	int ret = begin_new_exec(bprm);

	if (ret)
		return ret;
	mm = current->mm;
	if (exec_stack) {
		ret = make_stack_executable(bprm);
		if (ret)
			return ret;
	}
	ret = elf_map_image(mm, img, program_place(img, dynamic));
	if (ret)
		return ret;
	place_brk(mm, img, dynamic);
	mm->start_code = img->start_code;
	mm->end_code = img->end_code;
	mm->start_data = img->start_data;
	mm->end_data = img->end_data;
	mm->start_stack = bprm->p;
	entry = img->hdr.e_entry + img->bias;
	if (dynamic) {
		ret = elf_map_image(mm, interp, 0);
		if (ret)
			return ret;
		entry = interp->hdr.e_entry + interp->bias;
	}
	if (entry >= TASK_SIZE_MAX)
		return -EINVAL;
	ret = arch_setup_additional_pages(mm, &bprm->vdso);
	if (ret)
		return ret;
	ret = create_elf_tables(bprm, img, interp, &stack);
	if (ret)
		return ret;
	mm->start_stack = stack;
	if (current->personality & MMAP_PAGE_ZERO)
		map_page_zero(mm);
	start_thread(current_pt_regs(), entry, stack);
	return 0;
}

/**
 * load_elf_binary() - run bprm->file when it is an ELF program.
 * Context: thread, may sleep. Return: 0, -ENOEXEC when it is none, or -E.
 */
int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image *img = kzalloc(2 * sizeof(*img), GFP_KERNEL), *interp;
	bool exec_stack;
	int ret = -ENOEXEC;

	if (!img)
		return -ENOMEM;
	interp = img + 1;
	img->file = bprm->file;
	memcpy(&img->hdr, bprm->buf, sizeof(img->hdr));
	if (!elf_header_good(&img->hdr))
		goto out;
	ret = elf_read_phdrs(img);
	if (ret)
		goto out;
	ret = find_interpreter(img, interp, &exec_stack);
	if (ret)
		goto out;
	/* nothing to load, or nonsense: say so while the caller still exists */
	ret = -EINVAL;
	if (!elf_loadable(img) || (interp->file && !elf_loadable(interp)))
		goto out;
	ret = start_image(bprm, img, interp, exec_stack);
out:
	drop_image(interp, true);
	drop_image(img, false);
	kfree(img);
	return ret;
}
