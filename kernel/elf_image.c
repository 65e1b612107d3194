// SPDX-License-Identifier: MIT
/*
 * elf_image.c - an ELF file as it is in the file, and as it comes into an address space.
 *
 * The file is hostile until proven good: every number of it is checked here, before it is
 * used. binfmt_elf.c does the rest of an exec. Here is nothing of tasks or of the file
 * system but kernel_read(), so that hosted tests feed this file with any bytes.
 *
 *   file    header | program headers | ... segment ... segment
 *   memory  [p_vaddr, + p_filesz) from the file, zeroes up to p_memsz, all moved by bias
 *
 *   L1  every segment lies in [0, TASK_SIZE_MAX), and its size does not wrap
 *   L2  p_filesz <= p_memsz; memory past the file's part reads as zero
 *   L3  a position-independent image is first reserved in one piece, so no part
 *       of it can land on something else
 *
 * Locks: none of its own; vm_mmap() and its like take mmap_lock.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/fcntl.h>
#include <uapi/mman.h>
#include <asm/uaccess.h>
#include "elf_image.h"

#define MAX_PHDR_BYTES	65536ul

/* --- reading and checking the headers --------------------------------------------- */

/**
 * elf_read() - @bytes of @file at @pos, all of them.
 * Locks:   none.  Context: thread; may sleep.
 * Return:  0; -EIO when the file ends before, -EINVAL for no position, an error of the file.
 */
int elf_read(struct file *file, void *buf, size_t bytes, loff_t pos)
{
	ssize_t n;

	if (pos < 0)
		return -EINVAL;
	n = kernel_read(file, buf, bytes, &pos);
	if (n < 0)
		return n;
	return (size_t)n == bytes ? 0 : -EIO;
}

/**
 * elf_header_good() - is this the header of a program for this machine?
 * Locks:   none.  Context: any.  Return: true when it is.
 */
bool elf_header_good(const Elf64_Ehdr *h)
{
	return !memcmp(h->e_ident, ELFMAG, SELFMAG) && h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       (h->e_type == ET_EXEC || h->e_type == ET_DYN) && h->e_machine == ELF_ARCH;
}

/**
 * elf_read_phdrs() - read the program headers that img->hdr tells of.
 * Locks:   none.  Context: thread; may sleep.
 * Return:  0; -ENOEXEC when they cannot be, -ENOMEM, or an error of the file. img->phdr
 *          is the caller's to free in any case.
 */
int elf_read_phdrs(struct elf_image *img)
{
	size_t bytes = img->hdr.e_phnum * sizeof(Elf64_Phdr);
	int ret;

	if (img->hdr.e_phentsize != sizeof(Elf64_Phdr) || !bytes || bytes > MAX_PHDR_BYTES)
		return -ENOEXEC;
	img->phdr = kmalloc(bytes, GFP_KERNEL);
	if (!img->phdr)
		return -ENOMEM;
	ret = elf_read(img->file, img->phdr, bytes, img->hdr.e_phoff);
	return ret == -EIO || ret == -EINVAL ? -ENOEXEC : ret;
}

static bool segment_good(const Elf64_Phdr *ph)
{
	return ph->p_filesz <= ph->p_memsz && ph->p_memsz <= TASK_SIZE_MAX &&
	       ph->p_vaddr <= TASK_SIZE_MAX - ph->p_memsz;	/* L1, L2 */
}

/**
 * elf_read_interp_path() - the path in segment @ph, a PT_INTERP.
 * Locks:   none.  Context: thread; may sleep.
 * Return:  a terminated string to kfree(), or ERR_PTR: -ENOEXEC when it is none, -EIO when
 *          the file ends before it does.
 */
char *elf_read_interp_path(struct elf_image *img, const Elf64_Phdr *ph)
{
	char *path;
	int ret;

	if (ph->p_filesz > PATH_MAX || ph->p_filesz < 2)
		return ERR_PTR(-ENOEXEC);
	path = kmalloc(ph->p_filesz, GFP_KERNEL);
	if (!path)
		return ERR_PTR(-ENOMEM);
	ret = elf_read(img->file, path, ph->p_filesz, ph->p_offset);
	if (!ret && path[ph->p_filesz - 1])
		ret = -ENOEXEC;
	if (!ret)
		return path;
	kfree(path);
	return ERR_PTR(ret);
}

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

/**
 * elf_loadable() - do the segments make an image that fits user space (L1, L2)?
 * Locks:   none.  Context: any.  Return: true when they do.
 */
bool elf_loadable(struct elf_image *img)
{
	unsigned long low;

	return elf_span(img, &low);
}

/* --- mapping one segment ---------------------------------------------------------- */

static unsigned long segment_prot(const Elf64_Phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* The part that comes from the file. @total: reserve so much, for the first of an image. */
static unsigned long map_file_part(struct mm_struct *mm, struct elf_image *img, const Elf64_Phdr *ph,
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
	ret = vm_mmap(mm, &req);
	if (!IS_ERR_VALUE(ret) && total > bytes)
		(void)vm_munmap(mm, ret + bytes, total - bytes);
	return ret;
}

/* What lies in memory only: the rest of the last page of the file, and whole pages. */
static int map_zero_part(struct mm_struct *mm, const Elf64_Phdr *ph, unsigned long addr)
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
	return vm_brk_flags(mm, page, PAGE_ALIGN(to) - page,
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

/**
 * elf_map_image() - map all segments of @img, which is elf_loadable(), into @mm.
 * @where: 0 lets mmap choose a place for a position-independent image; ET_EXEC ignores it.
 * Locks:   none held; takes mmap_lock.
 * Context: thread whose user accesses go to @mm; may sleep.
 * Return:  0, or -E: then parts of it may be mapped.
 */
int elf_map_image(struct mm_struct *mm, struct elf_image *img, unsigned long where)
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
			at = map_file_part(mm, img, ph, addr, flags, total);
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
		ret = map_zero_part(mm, ph, addr);
		if (ret)
			return ret;
		note_segment(img, ph, addr);
	}
	return first ? -EINVAL : 0;
}

/**
 * elf_phdr_address() - where the program finds its own headers, once it is mapped.
 * Locks:   none.  Context: any.
 */
unsigned long elf_phdr_address(struct elf_image *img)
{
	Elf64_Phdr *ph;

	for_each_phdr(img, ph)
		if (ph->p_type == PT_LOAD && ph->p_offset <= img->hdr.e_phoff &&
		    img->hdr.e_phoff - ph->p_offset < ph->p_filesz)
			return img->hdr.e_phoff - ph->p_offset + ph->p_vaddr + img->bias;
	return img->load_addr + img->hdr.e_phoff;
}
