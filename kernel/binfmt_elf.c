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
 *   L1  every segment lies in [0, TASK_SIZE_MAX), and its size does not wrap
 *   L2  p_filesz <= p_memsz; memory past the file's part reads as zero
 *   L3  a position-independent image is first reserved in one piece, so no part
 *       of it can land on something else
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
#include <asm/elf.h>
#include <asm/uaccess.h>
#include "binfmt.h"

#define PATH_MAX	4096
#define MAX_PHDR_BYTES	65536ul

/* One ELF file on its way into memory. */
struct elf_image {
	struct file *file;
	Elf64_Ehdr hdr;
	Elf64_Phdr *phdr;		/* kmalloc'ed, hdr.e_phnum of them */
	unsigned long bias;		/* added to every address of the file */
	unsigned long load_addr;	/* where the first byte of the file is mapped */
	unsigned long end_brk;		/* end of the highest segment */
	unsigned long start_code, end_code, start_data, end_data;
};

/* --- reading and checking the headers --------------------------------------------- */

static int elf_read(struct file *file, void *buf, size_t bytes, loff_t pos)
{
	ssize_t n = kernel_read(file, buf, bytes, &pos);

	if (n < 0)
		return n;
	return (size_t)n == bytes ? 0 : -EIO;
}

static bool elf_header_good(const Elf64_Ehdr *h)
{
	return !memcmp(h->e_ident, ELFMAG, SELFMAG) && h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       (h->e_type == ET_EXEC || h->e_type == ET_DYN) && h->e_machine == ELF_ARCH;
}

/* The program headers; 0, -ENOEXEC or another -E. */
static int elf_read_phdrs(struct elf_image *img)
{
	size_t bytes = img->hdr.e_phnum * sizeof(Elf64_Phdr);
	int ret;

	if (img->hdr.e_phentsize != sizeof(Elf64_Phdr) || !bytes || bytes > MAX_PHDR_BYTES)
		return -ENOEXEC;
	if ((loff_t)img->hdr.e_phoff < 0)
		return -ENOEXEC;
	img->phdr = kmalloc(bytes, GFP_KERNEL);
	if (!img->phdr)
		return -ENOMEM;
	ret = elf_read(img->file, img->phdr, bytes, img->hdr.e_phoff);
	return ret == -EIO ? -ENOEXEC : ret;
}

static bool segment_good(const Elf64_Phdr *ph)
{
	return ph->p_filesz <= ph->p_memsz && ph->p_memsz <= TASK_SIZE_MAX &&
	       ph->p_vaddr <= TASK_SIZE_MAX - ph->p_memsz;	/* L1, L2 */
}

#define for_each_phdr(img, ph) \
	for (ph = (img)->phdr; ph < (img)->phdr + (img)->hdr.e_phnum; ph++)

/* Bytes from the first to the end of the last segment, page-rounded; 0: none or bad. */
static unsigned long elf_span(struct elf_image *img, unsigned long *low)
{
	unsigned long min = ULONG_MAX, max = 0;
	Elf64_Phdr *ph;

	for_each_phdr(img, ph) {
		if (ph->p_type != PT_LOAD)
			continue;
		if (!segment_good(ph))
			return 0;
		min = min_t(unsigned long, min, ph->p_vaddr & PAGE_MASK);
		max = max_t(unsigned long, max, ph->p_vaddr + ph->p_memsz);
	}
	*low = min;
	return max > min ? PAGE_ALIGN(max - min) : 0;
}

static unsigned long elf_alignment(struct elf_image *img)
{
	unsigned long align = PAGE_SIZE;
	Elf64_Phdr *ph;

	for_each_phdr(img, ph)
		if (ph->p_type == PT_LOAD && !(ph->p_align & (ph->p_align - 1)))
			align = max_t(unsigned long, align, ph->p_align);
	return align;
}

/* --- mapping one segment ---------------------------------------------------------- */

static unsigned long segment_prot(const Elf64_Phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* The part that comes from the file. @total: reserve so much, for the first of an image. */
static unsigned long map_file_part(struct elf_image *img, const Elf64_Phdr *ph,
				   unsigned long addr, unsigned long flags, unsigned long total)
{
	unsigned long offset = ph->p_vaddr & ~PAGE_MASK;
	unsigned long bytes = PAGE_ALIGN(ph->p_filesz + offset), ret;
	struct mmap_request req = {
		.file = img->file, .addr = addr & PAGE_MASK, .len = total ?: bytes,
		.prot = segment_prot(ph), .flags = flags | MAP_PRIVATE,
		.pgoff = (ph->p_offset - offset) >> PAGE_SHIFT,
	};

	if (ph->p_offset < offset || ((ph->p_offset - offset) & ~PAGE_MASK))
		return -EINVAL;
	ret = vm_mmap(current->mm, &req);
	if (!IS_ERR_VALUE(ret) && total > bytes)
		(void)vm_munmap(current->mm, ret + bytes, total - bytes);
	return ret;
}

/* What lies in memory only: the rest of the last page of the file, and whole pages. */
static int map_zero_part(const Elf64_Phdr *ph, unsigned long addr)
{
	unsigned long from = addr + ph->p_filesz, to = addr + ph->p_memsz;
	unsigned long page = ph->p_filesz ? PAGE_ALIGN(from) : from & PAGE_MASK;

	if (from == to)
		return 0;
	if (ph->p_filesz && page > from && clear_user((void __user *)from, page - from) &&
	    (ph->p_flags & PF_W))
		return -EFAULT;
	if (PAGE_ALIGN(to) <= page)
		return 0;
	return vm_brk_flags(current->mm, page, PAGE_ALIGN(to) - page,
			    ph->p_flags & PF_X ? VM_EXEC : 0);
}

static void note_segment(struct elf_image *img, const Elf64_Phdr *ph, unsigned long addr)
{
	unsigned long file_end = addr + ph->p_filesz;

	if (ph->p_flags & PF_X) {
		img->start_code = min(img->start_code, addr);
		img->end_code = max(img->end_code, file_end);
	}
	img->start_data = max(img->start_data, addr);
	img->end_data = max(img->end_data, file_end);
	img->end_brk = max(img->end_brk, addr + (unsigned long)ph->p_memsz);
}

/*
 * Map all segments. @where: 0 lets mmap choose a place for a position-independent
 * image; ET_EXEC ignores it. 0 or -E.
 */
static int map_image(struct elf_image *img, unsigned long where)
{
	unsigned long low, span = elf_span(img, &low), total = 0, flags;
	bool first = true;
	Elf64_Phdr *ph;

	if (!span)
		return -EINVAL;
	img->start_code = ULONG_MAX;
	img->bias = 0;
	if (img->hdr.e_type == ET_DYN && where)
		img->bias = (where & ~(elf_alignment(img) - 1)) - low;
	for_each_phdr(img, ph) {
		unsigned long addr, at;
		int ret;

		if (ph->p_type != PT_LOAD || !ph->p_memsz)
			continue;
		addr = ph->p_vaddr + img->bias;
		flags = first ? MAP_FIXED_NOREPLACE : MAP_FIXED;
		if (first && img->hdr.e_type == ET_DYN) {	/* L3 */
			total = span - ((ph->p_vaddr & PAGE_MASK) - low);
			if (!where) {
				flags = 0;
				addr = 0;
			}
		}
		if (ph->p_filesz || total) {
			if (!ph->p_filesz)
				return -ENOEXEC;	/* an image cannot begin with bss */
			at = map_file_part(img, ph, addr, flags, total);
			if (IS_ERR_VALUE(at))
				return at;
			if (first && img->hdr.e_type == ET_DYN && !where)
				img->bias = at - (ph->p_vaddr & PAGE_MASK);
			if (first)
				img->load_addr = at - ((ph->p_offset) & PAGE_MASK);
		}
		first = false;
		total = 0;
		addr = ph->p_vaddr + img->bias;
		if (addr > TASK_SIZE_MAX - ph->p_memsz)		/* L1 with the bias */
			return -EINVAL;
		ret = map_zero_part(ph, addr);
		if (ret)
			return ret;
		note_segment(img, ph, addr);
	}
	return first ? -EINVAL : 0;
}

/* --- the interpreter -------------------------------------------------------------- */

static int open_interpreter(struct elf_image *img, const Elf64_Phdr *ph, struct elf_image *interp)
{
	char *path;
	int ret;

	if (ph->p_filesz > PATH_MAX || ph->p_filesz < 2)
		return -ENOEXEC;
	path = kmalloc(ph->p_filesz, GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	ret = elf_read(img->file, path, ph->p_filesz, ph->p_offset);
	if (!ret && path[ph->p_filesz - 1])
		ret = -ENOEXEC;
	if (!ret) {
		struct file *file = open_exec(path);

		if (IS_ERR(file))
			ret = PTR_ERR(file);
		else
			interp->file = file;
	}
	kfree(path);
	if (ret)
		return ret;
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

static unsigned long phdr_address(struct elf_image *img)
{
	Elf64_Phdr *ph;

	for_each_phdr(img, ph)
		if (ph->p_type == PT_LOAD && ph->p_offset <= img->hdr.e_phoff &&
		    img->hdr.e_phoff - ph->p_offset < ph->p_filesz)
			return img->hdr.e_phoff - ph->p_offset + ph->p_vaddr + img->bias;
	return img->load_addr + img->hdr.e_phoff;
}

static int fill_auxv(struct aux_entry *aux, struct linux_binprm *bprm, struct elf_image *img,
		     struct elf_image *interp, unsigned long random, unsigned long platform)
{
	const struct cred *cred = &current->cred;
	int n = 0;

#define NEW_AUX(key, val) do { aux[n].id = (key); aux[n].value = (val); n++; } while (0)
	NEW_AUX(AT_MINSIGSTKSZ, ELF_MINSIGSTKSZ);
	NEW_AUX(AT_HWCAP, ELF_HWCAP);
	NEW_AUX(AT_PAGESZ, PAGE_SIZE);
	NEW_AUX(AT_CLKTCK, USER_HZ);
	NEW_AUX(AT_PHDR, phdr_address(img));
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
	NEW_AUX(AT_HWCAP2, 0);
	NEW_AUX(AT_EXECFN, bprm->exec);
	NEW_AUX(AT_PLATFORM, platform);
	NEW_AUX(AT_NULL, 0);
#undef NEW_AUX
	return n;
}
#define AUX_ENTRIES	20
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

	if (!(current->personality & ADDR_NO_RANDOMIZE))
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

static unsigned long program_place(struct elf_image *img, bool dynamic)
{
	unsigned long base = ELF_ET_DYN_BASE;

	if (img->hdr.e_type != ET_DYN || !dynamic)
		return 0;
	if (!(current->personality & ADDR_NO_RANDOMIZE))
		base += (get_random_u64() % ELF_RND_PAGES) << PAGE_SHIFT;
	return base;
}

static void place_brk(struct mm_struct *mm, struct elf_image *img, bool dynamic)
{
	unsigned long brk = PAGE_ALIGN(img->end_brk);

	if (!(current->personality & ADDR_NO_RANDOMIZE)) {
		/* a static-PIE program lies in the mmap area, where the heap has no room */
		if (img->hdr.e_type == ET_DYN && !dynamic)
			brk = ELF_ET_DYN_BASE;
		brk += (get_random_u64() % (BRK_RND_BYTES >> PAGE_SHIFT)) << PAGE_SHIFT;
	}
	mm->start_brk = mm->brk = brk;
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
	ret = map_image(img, program_place(img, dynamic));
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
		ret = map_image(interp, 0);
		if (ret)
			return ret;
		entry = interp->hdr.e_entry + interp->bias;
	}
	if (entry >= TASK_SIZE_MAX)
		return -EINVAL;
	ret = create_elf_tables(bprm, img, interp, &stack);
	if (ret)
		return ret;
	mm->start_stack = stack;
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
	unsigned long low;
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
	if (!elf_span(img, &low) || (interp->file && !elf_span(interp, &low)))
		goto out;
	ret = start_image(bprm, img, interp, exec_stack);
out:
	drop_image(interp, true);
	drop_image(img, false);
	kfree(img);
	return ret;
}
