// SPDX-License-Identifier: MIT
/*
 * fuzz_elf.c - any bytes as a program: kernel/elf_image.c with the address spaces below.
 *
 * The first byte of the input says where a position-independent image goes and whether
 * the path of an interpreter is asked for; the rest is the file. What could be mapped must
 * lie where the headers say and contain what the file contains, with zeroes behind; an
 * address space always passes its checks and gives everything back.
 */
#include "fuzz.h"
#include <linux/pagemap.h>
#include <linux/uio.h>
#include "../../kernel/elf_image.c"

#define FILE_LIMIT	(64ul << 10)

static const u8 *image;			/* the file's bytes */
static size_t image_bytes;

/* what the loader reads with: the real one has the file system's locks around it */
ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	size_t n;

	fuzz_must(*pos >= 0);
	if ((u64)*pos >= image_bytes)
		return 0;
	n = min(count, image_bytes - (size_t)*pos);
	memcpy(buf, image + *pos, n);
	*pos += n;
	return n;
}

static struct file *image_file(void)
{
	struct file *file = shmem_file_setup("image", 0, VM_NORESERVE);
	struct kiocb iocb = { .ki_filp = file };
	struct iov_iter iter;

	fuzz_must(!IS_ERR(file));
	iov_iter_kbuf(&iter, (void *)image, image_bytes);
	if (image_bytes)
		fuzz_must(generic_file_write_iter(&iocb, &iter) == (ssize_t)image_bytes);
	return file;
}

static bool pages_overlap(const Elf64_Phdr *a, const Elf64_Phdr *b)
{
	return (a->p_vaddr & PAGE_MASK) < PAGE_ALIGN(b->p_vaddr + b->p_memsz) &&
	       (b->p_vaddr & PAGE_MASK) < PAGE_ALIGN(a->p_vaddr + a->p_memsz);
}

/* No other segment, which might have taken its place, touches a page of @ph. */
static bool alone(struct elf_image *img, const Elf64_Phdr *ph)
{
	const Elf64_Phdr *other;

	for_each_phdr(img, other)
		if (other != ph && other->p_type == PT_LOAD && other->p_memsz &&
		    pages_overlap(ph, other))
			return false;
	return true;
}

static void byte_check(struct elf_image *img, const Elf64_Phdr *ph, u64 at)
{
	unsigned long addr = ph->p_vaddr + img->bias + at;
	u8 got, want = 0;

	fuzz_must(addr < TASK_SIZE_MAX);
	if (at < ph->p_filesz) {
		if (ph->p_offset + at >= image_bytes)
			return;			/* behind the file's end: zero or SIGBUS */
		want = image[ph->p_offset + at];
	} else if (!(ph->p_flags & PF_W)) {
		return;				/* the file goes on to the page's end */
	}
	if (copy_from_user(&got, (void *)addr, 1))
		fuzz_fail("byte %#llx of the segment at %#llx cannot be read",
			  (unsigned long long)at, (unsigned long long)ph->p_vaddr);
	if (got != want)
		fuzz_fail("byte %#llx of the segment at %#llx is %#x, not %#x",
			  (unsigned long long)at, (unsigned long long)ph->p_vaddr, got, want);
}

static void segments_check(struct elf_image *img)
{
	const Elf64_Phdr *ph;

	for_each_phdr(img, ph) {
		if (ph->p_type != PT_LOAD || !ph->p_memsz || !(ph->p_flags & PF_R) ||
		    !alone(img, ph))
			continue;
		byte_check(img, ph, 0);
		byte_check(img, ph, ph->p_memsz - 1);
		if (ph->p_filesz)
			byte_check(img, ph, ph->p_filesz - 1);
		if (ph->p_filesz < ph->p_memsz)
			byte_check(img, ph, ph->p_filesz);
	}
}

static void map_it(struct elf_image *img, unsigned long where)
{
	struct mm_struct *mm = mm_alloc();
	struct vm_area_struct *vma;

	fuzz_must(mm);
	arch_pick_mmap_layout(mm, 8ul << 20);
	host_use_mm(mm);
	if (!elf_map_image(mm, img, where)) {
		segments_check(img);
		(void)elf_phdr_address(img);
	}
	mmap_write_lock(mm);
	mm_check(mm);
	for_each_vma(mm, vma)
		fuzz_must(vma->vm_end <= TASK_SIZE_MAX);
	mmap_write_unlock(mm);
	host_use_mm(NULL);
	mmput(mm);
}

static void interp_paths(struct elf_image *img)
{
	const Elf64_Phdr *ph;
	char *path;

	for_each_phdr(img, ph) {
		if (ph->p_type != PT_INTERP)
			continue;
		path = elf_read_interp_path(img, ph);
		if (IS_ERR(path))
			continue;
		fuzz_must(strlen(path) < ph->p_filesz);
		kfree(path);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_machine(&(struct machine_config){ .ram_bytes = 32ul << 20, .nr_cpus = 1,
					       .slab_fast = true });
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t bytes)
{
	struct elf_image img = { .phdr = NULL };
	u8 how = bytes ? input[0] : 0;

	if (!bytes || bytes - 1 > FILE_LIMIT)
		return -1;
	image = input + 1;
	image_bytes = bytes - 1;
	img.file = image_file();
	/* as exec: the first bytes of a short file are followed by zeroes */
	memcpy(&img.hdr, image, min(image_bytes, sizeof(img.hdr)));
	if (elf_header_good(&img.hdr) && !elf_read_phdrs(&img)) {
		if (how & 1)
			interp_paths(&img);
		if (elf_loadable(&img))
			map_it(&img, how & 2 ? TASK_SIZE_MAX / 3 * 2 : 0);
	}
	kfree(img.phdr);
	fput(img.file);
	fuzz_must(!vm_memory_committed() && !global_node_page_state(NR_ANON_MAPPED));
	fuzz_must(!global_node_page_state(NR_FILE_PAGES));
	fuzz_must(!global_node_page_state(NR_PAGETABLE));
	return 0;
}
