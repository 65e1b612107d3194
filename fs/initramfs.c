// SPDX-License-Identifier: MIT
/*
 * initramfs.c - unpack the archive that the loader left in memory into the root.
 *
 * cpio.c reads the archive; here its entries become files, in the order in which they
 * come. Data of a plain archive go from the image into the page cache in one copy.
 *
 * Invariants
 *   I1  a path names a file inside the root: ".." cannot leave it
 *   I2  an entry that cannot be made is reported and its data are passed over; only a
 *       lack of memory ends the unpacking
 *
 * Context: one kernel thread at boot; no locks of its own.
 */
#include "internal.h"
#include "cpio.h"

struct hard_link {
	struct hard_link *next;
	unsigned long ino, major, minor;
	char name[];
};

struct unpacking {
	struct cpio cpio;		/* first: a sink gets it */
	struct file *file;		/* regular file being filled */
	loff_t pos;
	struct hard_link *links;
};

/* --- making files ----------------------------------------------------------------- */

static int with_name(const char *text, int (*fn)(struct filename *, struct cpio *), struct cpio *c)
{
	struct filename *name = getname_kernel(text);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = fn(name, c);
	putname(name);
	return err;
}

static void set_attributes(struct cpio *c)
{
	struct iattr attr = {
		.ia_valid = ATTR_UID | ATTR_GID | ATTR_MODE | ATTR_MTIME | ATTR_ATIME,
		.ia_mode = c->mode, .ia_uid = c->uid, .ia_gid = c->gid,
		.ia_mtime.tv_sec = c->mtime, .ia_atime.tv_sec = c->mtime,
	};
	struct path path;

	if (kern_path(c->name, 0, &path))
		return;
	if (S_ISLNK(c->mode))
		attr.ia_valid &= ~ATTR_MODE;
	notify_change(path.dentry, &attr);
	path_put(&path);
}

/* An older entry of that name makes way, unless both are directories. */
static int clean_name(struct filename *name, struct cpio *c)
{
	struct path path;
	umode_t mode;
	int err = filename_lookup(AT_FDCWD, name, 0, &path);

	if (err)
		return 0;
	mode = path.dentry->d_inode->i_mode;
	path_put(&path);
	if (S_ISDIR(mode))
		return S_ISDIR(c->mode) ? 0 : do_rmdirat(AT_FDCWD, name);
	return S_ISREG(mode) && S_ISREG(c->mode) ? 0 : do_unlinkat(AT_FDCWD, name);
}

static int make_dir(struct filename *name, struct cpio *c)
{
	int err = do_mkdirat(AT_FDCWD, name, c->mode & S_IALLUGO);

	return err == -EEXIST ? 0 : err;
}

static int make_node(struct filename *name, struct cpio *c)
{
	return do_mknodat(AT_FDCWD, name, c->mode, MKDEV(c->rmajor, c->rminor));
}

static int make_symlink(struct filename *name, struct cpio *c)
{
	return do_symlinkat(c->buf, AT_FDCWD, name);	/* the target was collected there */
}

/* The first entry of a file with several names is remembered, the others link to it. */
static int link_or_remember(struct unpacking *u)
{
	struct cpio *c = &u->cpio;
	struct hard_link *l;
	struct filename *old, *name;
	int err;

	for (l = u->links; l; l = l->next)
		if (l->ino == c->ino && l->major == c->major && l->minor == c->minor)
			break;
	if (!l) {
		l = kmalloc(sizeof(*l) + strlen(c->name) + 1, GFP_KERNEL);
		if (!l)
			return -ENOMEM;
		l->ino = c->ino;
		l->major = c->major;
		l->minor = c->minor;
		strcpy(l->name, c->name);
		l->next = u->links;
		u->links = l;
		return 0;
	}
	old = getname_kernel(l->name);
	if (IS_ERR(old))
		return PTR_ERR(old);
	name = getname_kernel(c->name);
	err = PTR_ERR_OR_ZERO(name);
	if (!err) {
		err = do_unlinkat(AT_FDCWD, name);
		if (!err || err == -ENOENT)
			err = do_linkat(AT_FDCWD, old, AT_FDCWD, name, 0);
		putname(name);
	}
	putname(old);
	return err ? err : 1;
}

static int open_regular(struct unpacking *u)
{
	struct cpio *c = &u->cpio;
	int linked = c->nlink >= 2 ? link_or_remember(u) : 0;

	if (linked < 0)
		return linked;
	if (linked && !c->bytes)
		return 0;
	u->file = filp_open(c->name, O_WRONLY | O_CREAT | O_TRUNC, c->mode & S_IALLUGO);
	if (IS_ERR(u->file)) {
		int err = PTR_ERR(u->file);

		u->file = NULL;
		return err;
	}
	u->pos = 0;
	return 0;
}

/* --- what the archive's reader calls ---------------------------------------------- */

static struct unpacking *unpacking(struct cpio *c)
{
	return container_of(c, struct unpacking, cpio);
}

/* 0, or the error that ends it all; others are reported. */
static int report(struct cpio *c, const char *what, int err)
{
	if (err == -ENOMEM || err == -ENOSPC)
		return err;
	if (err)
		pr_err("initramfs: cannot %s \"%s\": error %d\n", what, c->name, err);
	return 0;
}

static int begin_entry(struct cpio *c)
{
	int err = with_name(c->name, clean_name, c);

	if (!err && S_ISREG(c->mode))
		err = open_regular(unpacking(c));
	else if (!err && S_ISDIR(c->mode))
		err = with_name(c->name, make_dir, c);
	else if (!err && !S_ISLNK(c->mode))
		err = with_name(c->name, make_node, c);
	if (!err && !S_ISREG(c->mode) && !S_ISLNK(c->mode))
		set_attributes(c);
	return report(c, "create", err);
}

static int take_data(struct cpio *c, const char *p, size_t n)
{
	struct unpacking *u = unpacking(c);

	if (u->file && kernel_write(u->file, p, n, &u->pos) != (ssize_t)n)
		return -ENOSPC;
	return 0;
}

static void end_entry(struct cpio *c)
{
	struct unpacking *u = unpacking(c);

	if (!u->file)
		return;
	fput(u->file);
	u->file = NULL;
	set_attributes(c);
}

static int make_link(struct cpio *c, const char *target)
{
	int err = with_name(c->name, make_symlink, c);

	if (!err)
		set_attributes(c);
	return report(c, "link", err);
}

static const struct cpio_sink sink = {
	.begin = begin_entry, .data = take_data, .end = end_entry, .link = make_link,
};

static void free_links(struct unpacking *u)
{
	while (u->links) {
		struct hard_link *next = u->links->next;

		kfree(u->links);
		u->links = next;
	}
}

/**
 * populate_rootfs() - unpack [initrd_start, initrd_end) into the root file system.
 * What is wrong with the archive is reported; what was unpacked before stays.
 * Context: kernel thread at boot; sleeps.
 */
void populate_rootfs(void)
{
	size_t bytes = initrd_end - initrd_start;
	struct unpacking *u;

	if (!bytes)
		return;
	u = kvmalloc(sizeof(*u), GFP_KERNEL | __GFP_ZERO);
	if (!u) {
		pr_err("Initramfs unpacking failed: out of memory\n");
		return;
	}
	cpio_init(&u->cpio, &sink);
	if (cpio_unpack(&u->cpio, (const void *)initrd_start, bytes))
		pr_err("Initramfs unpacking failed: %s\n", u->cpio.error);
	end_entry(&u->cpio);
	free_links(u);
	kvfree(u);
}

/** init_file_exists() - is there something to run at @path? May sleep. */
bool init_file_exists(const char *path)
{
	struct path found;

	if (kern_path(path, LOOKUP_FOLLOW, &found))
		return false;
	path_put(&found);
	return true;
}

/**
 * console_on_rootfs() - the first program's descriptor table: /dev/console as 0, 1, 2.
 * Return: 0, or -E when it cannot be opened; then the table is empty.
 */
int console_on_rootfs(void)
{
	struct file *file;
	int err;

	current->files = dup_fd(NULL, &err);	/* kernel threads have none */
	if (!current->files)
		panic("no memory for the first descriptor table");
	file = filp_open("/dev/console", O_RDWR, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	for (int i = 0; i < 3; i++) {
		int fd = get_unused_fd_flags(0);

		if (fd < 0) {
			fput(file);
			return fd;
		}
		fd_install(fd, get_file(file));
	}
	fput(file);
	return 0;
}
