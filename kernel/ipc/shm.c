// SPDX-License-Identifier: MIT
/*
 * shm.c - System V shared memory: segments, and who has them in its address space.
 *
 * A segment is a file of the hidden tmpfs (fs/ramfs.c) with an id. shmat(2) maps it through
 * an open file of its own, whose vm_operations count the areas: fork, a split, mremap and
 * munmap are seen by their open() and close(). shmctl(2) stands in shmctl.c, ids, keys and
 * permissions in ids.c.
 *
 *   G1  nattch is the number of areas that map the segment, and of calls to shmat(2) that
 *       have found it and not mapped it yet
 *   G2  a segment with SHM_DEST has no key, and goes when nattch becomes 0
 *   G3  an area with shm_vm_ops holds its segment: vm_file->private_data, by G1 and G2
 *   G4  shm_total_pages is the sum over all segments
 *
 * Locks: shm_mutex, inside mmap_lock: user memory is touched without it.
 */
#include "internal.h"
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/shm.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <uapi/mman.h>

/* what cannot be exceeded by adding a request to it, as Linux has the limits */
#define NO_LIMIT	(ULONG_MAX - (1ul << 24))

unsigned long shm_ctlmax = NO_LIMIT, shm_ctlall = NO_LIMIT;
int shm_ctlmni = 4096;

DEFINE_MUTEX(shm_mutex);
struct ipc_ids shm_ids = { .objects = XARRAY_INIT(shm_ids.objects, 0), .last_idx = -1 };
unsigned long shm_total_pages;

/* --- segments -------------------------------------------------------------------------- */

/** shm_pages() - of the segment, present or not. Any context. */
unsigned long shm_pages(const struct shm_segment *shm)
{
	return PAGE_ALIGN(shm->bytes) >> PAGE_SHIFT;
}

/** shm_now() - the time as segments keep it, in seconds. Any context. */
s64 shm_now(void)
{
	return current_time_spec().tv_sec;
}

/* nobody has it any more; shm_mutex held */
static void destroy(struct shm_segment *shm)
{
	mm_assert(!shm->nattch && shm_total_pages >= shm_pages(shm));	/* G1, G4 */
	ipc_remove(&shm_ids, &shm->perm);
	shm_total_pages -= shm_pages(shm);
	shm_unlock_pages(shm);
	fput(shm->file);
	kfree(shm);
}

static void put_attach(struct shm_segment *shm)
{
	mm_assert(shm->nattch);						/* G1 */
	if (!--shm->nattch && (shm->perm.mode & SHM_DEST))
		destroy(shm);						/* G2 */
}

/** shm_remove() - IPC_RMID: @shm goes, now or with its last attach (G2). shm_mutex is held. */
void shm_remove(struct shm_segment *shm)
{
	shm->perm.mode |= SHM_DEST;
	shm->perm.key = IPC_PRIVATE;
	if (!shm->nattch)
		destroy(shm);
}

static long check_new(size_t bytes, int flags)
{
	unsigned long pages = PAGE_ALIGN(bytes) >> PAGE_SHIFT;

	if (bytes < SHMMIN || bytes > shm_ctlmax)
		return -EINVAL;
	if (pages << PAGE_SHIFT < bytes)
		return -ENOSPC;
	if (shm_total_pages + pages < shm_total_pages || shm_total_pages + pages > shm_ctlall)
		return -ENOSPC;
	return flags & SHM_HUGETLB ? map_hugetlb_error(flags) : 0;
}

static struct file *segment_file(int key, size_t bytes, int flags)
{
	bool promised = !(flags & SHM_NORESERVE) ||
			this_machine()->tunables.overcommit_memory == OVERCOMMIT_NEVER;
	char name[16];

	snprintf(name, sizeof(name), "SYSV%08x", key);
	return shmem_file_setup(name, bytes, promised ? 0 : VM_NORESERVE);
}

/* shm_mutex held; the new id or -E */
static long new_segment(int key, size_t bytes, int flags)
{
	struct shm_segment *shm;
	long err = check_new(bytes, flags);

	if (err)
		return err;
	shm = kzalloc(sizeof(*shm), GFP_KERNEL);
	if (!shm)
		return -ENOMEM;
	shm->file = segment_file(key, bytes, flags);
	err = PTR_ERR_OR_ZERO(shm->file);
	if (err)
		goto free;
	shm->perm.key = key;
	shm->perm.mode = flags & S_IRWXUGO;
	shm->bytes = bytes;
	shm->cpid = current->tgid;
	shm->ctime = shm_now();
	err = ipc_add(&shm_ids, &shm->perm, shm_ctlmni);
	if (err)
		goto put_file;
	file_inode(shm->file)->i_ino = shm->perm.id;	/* what /proc/PID/maps shows */
	shm_total_pages += shm_pages(shm);				/* G4 */
	return shm->perm.id;

put_file:
	fput(shm->file);
free:
	kfree(shm);
	return err;
}

static long use_segment(const struct shm_segment *shm, size_t bytes, int flags)
{
	if ((flags & (IPC_CREAT | IPC_EXCL)) == (IPC_CREAT | IPC_EXCL))
		return -EEXIST;
	if (shm->bytes < bytes)
		return -EINVAL;
	return ipc_permission(&shm->perm, flags) ?: shm->perm.id;
}

/** sys_shmget() - shmget(2): the id of a segment, found by its key or made. May sleep. */
long sys_shmget(int key, size_t size, int flags)
{
	struct shm_segment *shm = NULL;
	long ret;

	mutex_lock(&shm_mutex);
	if (key != IPC_PRIVATE)
		shm = shm_of(ipc_find_key(&shm_ids, key));
	if (shm)
		ret = use_segment(shm, size, flags);
	else if (key != IPC_PRIVATE && !(flags & IPC_CREAT))
		ret = -ENOENT;
	else
		ret = new_segment(key, size, flags);
	mutex_unlock(&shm_mutex);
	return ret;
}

/* --- areas ------------------------------------------------------------------------------ */

static struct shm_segment *segment_of(const struct vm_area_struct *vma)
{
	return vma->vm_file->private_data;				/* G3 */
}

static void shm_open(struct vm_area_struct *vma)
{
	struct shm_segment *shm = segment_of(vma);

	mutex_lock(&shm_mutex);
	shm->nattch++;							/* G1 */
	shm->atime = shm_now();
	shm->lpid = current->tgid;
	mutex_unlock(&shm_mutex);
}

static void shm_close(struct vm_area_struct *vma)
{
	struct shm_segment *shm = segment_of(vma);

	mutex_lock(&shm_mutex);
	shm->dtime = shm_now();
	shm->lpid = current->tgid;
	put_attach(shm);
	mutex_unlock(&shm_mutex);
}

static const struct vm_operations_struct shm_vm_ops = {
	.open = shm_open,
	.close = shm_close,
	.fault = filemap_fault,
	.map_pages = filemap_map_pages,
	.in_core = filemap_in_core,
};

static int shm_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &shm_vm_ops;
	shm_open(vma);
	return 0;
}

static const struct file_operations shm_file_operations = {
	.mmap = shm_mmap,
	.fallocate = shmem_fallocate,
};

/* --- shmat, shmdt ------------------------------------------------------------------------ */

/* protection and place as mmap(2) has them; what the caller has to be allowed: a mode or -E */
static int check_attach(unsigned long addr, int flags, struct mmap_request *req)
{
	int wanted = S_IRUGO;

	if (addr & ~PAGE_MASK) {
		if (!(flags & SHM_RND))
			return -EINVAL;
		addr &= PAGE_MASK;
		if (!addr && (flags & SHM_REMAP))
			return -EINVAL;
		req->flags |= flags & SHM_REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	} else if (addr) {
		req->flags |= flags & SHM_REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	} else if (flags & SHM_REMAP) {
		return -EINVAL;
	}
	req->addr = addr;
	req->flags |= MAP_SHARED;
	req->prot = PROT_READ;
	if (!(flags & SHM_RDONLY)) {
		req->prot |= PROT_WRITE;
		wanted |= S_IWUGO;
	}
	if (flags & SHM_EXEC) {
		req->prot |= PROT_EXEC;
		wanted |= S_IXUGO;
	}
	return wanted;
}

/* an open file of the segment, counted as attached (G1); or ERR_PTR */
static struct file *open_segment(int id, int wanted, int flags)
{
	struct shm_segment *shm;
	struct file *file;
	int err;

	mutex_lock(&shm_mutex);
	shm = shm_of(ipc_find(&shm_ids, id));
	err = shm ? ipc_permission(&shm->perm, wanted) : -EINVAL;
	file = err ? ERR_PTR(err) :
	       dentry_open(&shm->file->f_path, flags & SHM_RDONLY ? O_RDONLY : O_RDWR);
	if (!IS_ERR(file)) {
		file->f_op = &shm_file_operations;
		file->private_data = shm;
		shm->nattch++;
	}
	mutex_unlock(&shm_mutex);
	return file;
}

/** sys_shmat() - shmat(2): where the segment is mapped, or -E. May sleep. */
long sys_shmat(int id, unsigned long addr, int flags)
{
	struct mmap_request req = { 0 };
	int wanted = check_attach(addr, flags, &req);
	struct shm_segment *shm;
	long ret;

	if (wanted < 0)
		return wanted;
	req.file = open_segment(id, wanted, flags);
	if (IS_ERR(req.file))
		return PTR_ERR(req.file);
	shm = req.file->private_data;
	req.len = shm->bytes;
	if (req.addr && req.addr + req.len < req.addr)
		ret = -EINVAL;
	else
		ret = vm_mmap(current->mm, &req);
	if (ret == -EEXIST)
		ret = -EINVAL;
	fput(req.file);
	mutex_lock(&shm_mutex);
	put_attach(shm);
	mutex_unlock(&shm_mutex);
	return ret;
}

/** sys_shmdt() - shmdt(2). May sleep. 0; -EINVAL: nothing is attached at @addr. */
long sys_shmdt(unsigned long addr)
{
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	return vm_unmap_attached(current->mm, addr, &shm_vm_ops);
}
