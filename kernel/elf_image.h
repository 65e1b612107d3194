/* SPDX-License-Identifier: MIT */
/* elf_image.h - an ELF file and its place in memory: what elf_image.c does for its callers. */
#ifndef KERNEL_ELF_IMAGE_H
#define KERNEL_ELF_IMAGE_H

#include <linux/types.h>
#include <asm/elf.h>

struct file;
struct mm_struct;

/* One ELF file on its way into memory. */
struct elf_image {
	struct file *file;
	Elf64_Ehdr hdr;
	Elf64_Phdr *phdr;		/* kmalloc'ed, hdr.e_phnum of them; NULL at first */
	unsigned long bias;		/* added to every address of the file */
	unsigned long load_addr;	/* where the first byte of the file is mapped */
	unsigned long end_brk;		/* end of the highest segment */
	unsigned long start_code, end_code, start_data, end_data;
};

#define for_each_phdr(img, ph) \
	for (ph = (img)->phdr; ph < (img)->phdr + (img)->hdr.e_phnum; ph++)

int elf_read(struct file *file, void *buf, size_t bytes, loff_t pos);
bool elf_header_good(const Elf64_Ehdr *h);
int elf_read_phdrs(struct elf_image *img);	/* 0, -ENOEXEC or another -E */
/* kmalloc'ed text of a PT_INTERP, or ERR_PTR */
char *elf_read_interp_path(struct elf_image *img, const Elf64_Phdr *ph);
bool elf_loadable(struct elf_image *img);	/* there is something, and it has room */
int elf_map_image(struct mm_struct *mm, struct elf_image *img, unsigned long where);
unsigned long elf_phdr_address(struct elf_image *img);	/* AT_PHDR, once it is mapped */

#endif
