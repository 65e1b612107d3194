// SPDX-License-Identifier: MIT
/*
 * model_vm.c - address spaces against arrays of bytes.
 *
 * A window of pages that crosses table borders, in up to four address spaces which
 * fork from each other. The model keeps for each page whether it is mapped, how, and
 * the one byte that a program would read there; files are arrays of bytes as well.
 * Random mmap, munmap, mprotect, mremap, madvise, fork, exit, file writes, truncation,
 * and user accesses: each access must give what the model says, and mm_check() walks
 * everything every few steps. At the end all memory has come back.
 *
 *	model_vm [seed [steps [check_every]]]	a failure prints the seed that repeats it
 */
#include "vm_test.h"
#include <linux/uio.h>

#define PAGES		300
#define WINDOW		(0x40000000ul - 100 * K4)	/* crosses a border of 1 GiB */
#define SPACES		4
#define FILES		3
#define FILE_PAGES	64

struct mpage {
	bool mapped, shared, copied;	/* copied: the byte is the page's own */
	u8 prot, own;
	int file, pgoff;		/* file -1: anonymous */
};

struct space {
	struct mm_struct *mm;
	struct mpage page[PAGES];
};

static struct space spaces[SPACES];
static struct file *files[FILES];
static u8 bytes[FILES][FILE_PAGES];
static int sizes[FILES];		/* pages */
static unsigned long seed = 1, steps = 300000, check_every = 500;
static u64 rng;
static struct space *cur;
static int last_kind, last_space;	/* for the report of a failure */

static unsigned long below(unsigned long n)
{
	return quire_random(&rng) % n;
}

static unsigned long at(int page)
{
	return WINDOW + page * K4;
}

static void use(struct space *s)
{
	cur = s;
	host_use_mm(s->mm);
}

/* what reading the page gives: a byte or -EFAULT */
static int model_byte(struct mpage *p)
{
	if (!p->mapped || !p->prot)
		return -EFAULT;
	if (p->file < 0)
		return p->own;
	if (p->copied)
		return p->own;
	return p->pgoff < sizes[p->file] ? bytes[p->file][p->pgoff] : -EFAULT;
}

static void step_peek(void)
{
	int i = below(PAGES), want = model_byte(&cur->page[i]), got = vm_peek(at(i));

	if (got != want)
		fail_msg("page %d reads %d, not %d", i, got, want);
}

static void step_poke(void)
{
	int i = below(PAGES), ok;
	struct mpage *p = &cur->page[i];
	u8 v = below(256);

	ok = p->mapped && (p->prot & PROT_WRITE) && model_byte(p) >= 0;
	if (vm_poke(at(i), v) != (ok ? 0 : -EFAULT))
		fail_msg("write to page %d", i);
	if (!ok)
		return;
	if (p->file >= 0 && p->shared) {
		bytes[p->file][p->pgoff] = v;
	} else {
		p->own = v;
		p->copied = p->file >= 0;
	}
}

static void range(int *start, int *n)
{
	*start = below(PAGES);
	*n = 1 + below(below(8) ? 12 : PAGES - *start);
	if (*start + *n > PAGES)
		*n = PAGES - *start;
}

static u8 some_prot(void)
{
	static const u8 prots[] = { RW, RW, RW, PROT_READ, PROT_NONE, PROT_READ | PROT_EXEC };

	return prots[below(ARRAY_SIZE(prots))];
}

static void step_mmap(void)
{
	int start, n, i, file = (int)below(FILES + 2) - 2, pgoff = 0;
	bool shared = file >= 0 && below(2), populate = !below(10);
	u8 prot = some_prot();
	unsigned long got;

	range(&start, &n);
	if (file >= 0) {
		n = min(n, FILE_PAGES);
		pgoff = below(FILE_PAGES - n + 1);
	}
	got = vm_map_file(cur->mm, at(start), n * K4, prot,
			  MAP_FIXED | (shared ? MAP_SHARED : MAP_PRIVATE) |
			  (file < 0 ? MAP_ANONYMOUS : 0) | (populate ? MAP_POPULATE : 0),
			  file < 0 ? NULL : files[file], pgoff);
	assert_true(got == at(start));
	for (i = 0; i < n; i++) {
		struct mpage *p = &cur->page[start + i];

		*p = (struct mpage){ .mapped = true, .shared = shared, .prot = prot,
				     .file = file < 0 ? -1 : file, .pgoff = pgoff + i };
		/* populating a private, writable mapping writes to it: copies */
		p->copied = populate && file >= 0 && !shared && (prot & PROT_WRITE) &&
			    p->pgoff < sizes[file];
		if (p->copied)
			p->own = bytes[file][p->pgoff];
	}
}

static void step_munmap(void)
{
	int start, n;

	range(&start, &n);
	assert_int_equal(vm_munmap(cur->mm, at(start), n * K4), 0);
	memset(&cur->page[start], 0, n * sizeof(cur->page[0]));
}

static void step_mprotect(void)
{
	int start, n, i, done;
	u8 prot = some_prot();

	range(&start, &n);
	for (done = 0; done < n && cur->page[start + done].mapped; done++)
		;
	assert_int_equal(vm_mprotect(cur->mm, at(start), n * K4, prot), done < n ? -ENOMEM : 0);
	for (i = 0; i < done; i++)
		cur->page[start + i].prot = prot;
}

static void step_dontneed(void)
{
	int start, n, i;
	bool hole = false;

	range(&start, &n);
	for (i = start; i < start + n; i++) {
		struct mpage *p = &cur->page[i];

		hole |= !p->mapped;
		p->copied = false;
		p->own = 0;
	}
	assert_int_equal(vm_madvise(cur->mm, at(start), n * K4, MADV_DONTNEED),
			 hole ? -ENOMEM : 0);
}

static void step_mremap(void)
{
	struct mpage moved[PAGES];
	int from, to, n;
	unsigned long got;

	range(&from, &n);
	to = below(PAGES - n + 1);
	got = vm_mremap(cur->mm, at(from), n * K4, n * K4, MREMAP_MAYMOVE | MREMAP_FIXED, at(to));
	if (from + n > to && to + n > from) {
		assert_int_equal(got, cur->page[from].mapped ? -EINVAL : -EFAULT);
		return;
	}
	if (IS_ERR_VALUE(got)) {	/* not one area */
		assert_int_equal(got, -EFAULT);
		return;
	}
	memcpy(moved, &cur->page[from], n * sizeof(moved[0]));
	memset(&cur->page[from], 0, n * sizeof(moved[0]));
	memcpy(&cur->page[to], moved, n * sizeof(moved[0]));
}

static void step_fork(void)
{
	struct space *to = &spaces[below(SPACES)];
	int error;

	if (to == cur)
		return;
	if (to->mm)
		mmput(to->mm);
	to->mm = dup_mm(cur->mm, &error);
	assert_non_null(to->mm);
	memcpy(to->page, cur->page, sizeof(to->page));
}

static void step_switch(void)
{
	struct space *s = &spaces[below(SPACES)];

	if (s->mm)
		use(s);
}

static void step_file_write(void)
{
	int file = below(FILES), page = below(FILE_PAGES);
	struct kiocb iocb = { .ki_filp = files[file], .ki_pos = page * K4 };
	struct iov_iter iter;
	u8 v = below(256);

	iov_iter_kbuf(&iter, &v, 1);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), 1);
	bytes[file][page] = v;
	sizes[file] = max(sizes[file], page + 1);
}

static void step_truncate(void)
{
	int file = below(FILES), size = below(FILE_PAGES + 1), i, j;

	down_write(&files[file]->f_inode->i_rwsem);
	truncate_setsize(files[file]->f_inode, size * K4);
	up_write(&files[file]->f_inode->i_rwsem);
	for (i = size; i < FILE_PAGES; i++)
		bytes[file][i] = 0;
	if (size < sizes[file])
		for (j = 0; j < SPACES; j++)
			for (i = 0; i < PAGES; i++) {
				struct mpage *p = &spaces[j].page[i];

				if (p->mapped && p->file == file && p->pgoff >= size)
					p->copied = false;
			}
	sizes[file] = size;
}

static void step_read_file(void)
{
	int file = below(FILES), page = below(FILE_PAGES);
	struct kiocb iocb = { .ki_filp = files[file], .ki_pos = page * K4 };
	struct iov_iter iter;
	u8 v;

	iov_iter_kbuf(&iter, &v, 1);
	/* a file may end inside of its last page */
	if (generic_file_read_iter(&iocb, &iter) == 1)
		assert_int_equal(v, bytes[file][page]);
	else
		assert_true(page >= sizes[file]);
}

static const struct {
	void (*fn)(void);
	int weight;
} kinds[] = {
	{ step_peek, 300 }, { step_poke, 300 }, { step_mmap, 60 }, { step_munmap, 30 },
	{ step_mprotect, 60 }, { step_dontneed, 20 }, { step_mremap, 30 }, { step_fork, 10 },
	{ step_switch, 20 }, { step_file_write, 30 }, { step_truncate, 5 }, { step_read_file, 30 },
};

static void step(void)
{
	unsigned int i;
	int total = 0, pick;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		total += kinds[i].weight;
	pick = below(total);
	for (i = 0; pick >= kinds[i].weight; i++)
		pick -= kinds[i].weight;
	kinds[i].fn();
	last_kind = i;
	last_space = cur - spaces;
}

static void fail_model(int space, int page)
{
	struct mpage *p = &spaces[space].page[page];

	printf("space %d page %d: prot %d shared %d copied %d own %d file %d pgoff %d size %d, "
	       "after step kind %d in space %d\n%s\n", space, page, p->prot, p->shared, p->copied,
	       p->own, p->file, p->pgoff, p->file < 0 ? 0 : sizes[p->file], last_kind, last_space,
	       vm_layout(spaces[space].mm));
	fail_msg("reads %d, not %d", vm_peek(at(page)), model_byte(p));
}

static void check_everything(void)
{
	int i, j;

	for (j = 0; j < SPACES; j++) {
		if (!spaces[j].mm)
			continue;
		vm_check(spaces[j].mm);
		use(&spaces[j]);
		for (i = 0; i < PAGES; i++)
			if (vm_peek(at(i)) != model_byte(&cur->page[i]))
				fail_model(j, i);
		vm_check(spaces[j].mm);
	}
}

static void test_model(void **state)
{
	struct vm_test t;
	unsigned long i;
	int j;

	rng = seed * 0x9e3779b97f4a7c15ull;
	vm_begin(&t);
	for (j = 0; j < FILES; j++) {
		sizes[j] = FILE_PAGES / 2;
		files[j] = shmem_file_setup("model", sizes[j] * K4);
		assert_false(IS_ERR(files[j]));
	}
	spaces[0].mm = t.mm;
	mmget(t.mm);
	use(&spaces[0]);
	for (i = 0; i < steps; i++) {
		step();
		if (i % check_every == check_every - 1) {
			struct space *back = cur;

			check_everything();
			use(back);
		}
	}
	host_use_mm(NULL);
	for (j = 0; j < SPACES; j++)
		if (spaces[j].mm)
			mmput(spaces[j].mm);
	for (j = 0; j < FILES; j++)
		fput(files[j]);
	vm_end(&t);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { quire_fast_test(test_model) };

	if (argc > 1)
		seed = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		steps = strtoul(argv[2], NULL, 0);
	if (argc > 3)
		check_every = strtoul(argv[3], NULL, 0);
	printf("model_vm: seed %lu, %lu steps\n", seed, steps);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
