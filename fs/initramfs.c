// SPDX-License-Identifier: MIT
/*
 * initramfs.c - unpack the archive that the loader left in memory into the root.
 *
 * The image is a chain of cpio archives in the "newc" format (man 5 cpio: magic 070701,
 * or 070702 with sums), each plain or as a gzip member, with zero bytes between. A
 * stream machine takes the bytes in whatever pieces they come:
 *
 *   HEADER --110 bytes--> NAME --namesize, padded--> DATA or LINK --filesize, padded--> HEADER
 *                           \-- "TRAILER!!!" ------> HEADER (of the next archive)
 *
 * Data of a plain archive goes from the image into the page cache in one copy.
 *
 * Invariants
 *   I1  have <= need for what is collected; both bounded by PATH_MAX
 *   I2  a path names a file inside the root: ".." cannot leave it
 *   I3  after the first error nothing more is created, and the error says where
 *
 * Context: one kernel thread at boot; no locks of its own.
 */
#include "internal.h"
#include <linux/inflate.h>

enum cpio_state { CPIO_HEADER, CPIO_NAME, CPIO_DATA, CPIO_LINK, CPIO_PAD };

#define CPIO_HEADER_BYTES	110

struct hard_link {
	struct hard_link *next;
	unsigned long ino, major, minor;
	char name[];
};

struct cpio {
	enum cpio_state state, after_pad;
	char buf[PATH_MAX + 1];		/* header, name or link text being collected */
	char name[PATH_MAX + 1];	/* of the current entry */
	size_t have, need;		/* bytes of buf (I1) */
	size_t offset;			/* bytes of this archive: padding counts from its start */
	size_t pad;
	unsigned long ino, mode, uid, gid, nlink, mtime, bytes, major, minor, rmajor, rminor,
		      name_bytes;
	struct file *file;		/* regular file being filled */
	loff_t pos;
	size_t left;			/* bytes of data still to come */
	struct hard_link *links;
	const char *error;
};

static int fail(struct cpio *c, const char *error)
{
	if (!c->error)
		c->error = error;
	return -EINVAL;
}

static int parse_hex(const char *p, unsigned long *v)
{
	*v = 0;
	for (int i = 0; i < 8; i++) {
		char ch = p[i];
		int digit = ch >= '0' && ch <= '9' ? ch - '0' :
			    ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 :
			    ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;

		if (digit < 0)
			return -EINVAL;
		*v = *v << 4 | digit;
	}
	return 0;
}

static int parse_header(struct cpio *c)
{
	unsigned long sum, *fields[] = {
		&c->ino, &c->mode, &c->uid, &c->gid, &c->nlink, &c->mtime, &c->bytes,
		&c->major, &c->minor, &c->rmajor, &c->rminor, &c->name_bytes, &sum,
	};

	if (memcmp(c->buf, "070701", 6) && memcmp(c->buf, "070702", 6))
		return fail(c, memcmp(c->buf, "070707", 6) ? "no cpio magic" :
			    "incorrect cpio method used: use -H newc option");
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (parse_hex(c->buf + 6 + 8 * i, fields[i]))
			return fail(c, "broken cpio header: not a hexadecimal number");
	if (!c->name_bytes || c->name_bytes > PATH_MAX)
		return fail(c, "broken cpio header: name length");
	return 0;
}

/* What follows is padded to a multiple of 4 from the archive's start. */
static void pad_then(struct cpio *c, enum cpio_state next)
{
	c->pad = -c->offset & 3;
	c->after_pad = next;
	c->state = c->pad ? CPIO_PAD : next;
	c->have = 0;
}

static void next_header(struct cpio *c)
{
	c->need = CPIO_HEADER_BYTES;
	pad_then(c, CPIO_HEADER);
}

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
	c->buf[c->have] = 0;
	return do_symlinkat(c->buf, AT_FDCWD, name);
}

/* The first entry of a file with several names is remembered, the others link to it. */
static int link_or_remember(struct cpio *c)
{
	struct hard_link *l;
	struct filename *old, *name;
	int err;

	for (l = c->links; l; l = l->next)
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
		l->next = c->links;
		c->links = l;
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

static int open_regular(struct cpio *c)
{
	int linked = c->nlink >= 2 ? link_or_remember(c) : 0;

	if (linked < 0)
		return linked;
	if (linked && !c->bytes)
		return 0;
	c->file = filp_open(c->name, O_WRONLY | O_CREAT | O_TRUNC, c->mode & S_IALLUGO);
	if (IS_ERR(c->file)) {
		int err = PTR_ERR(c->file);

		c->file = NULL;
		return err;
	}
	c->pos = 0;
	return 0;
}

static void close_regular(struct cpio *c)
{
	if (!c->file)
		return;
	fput(c->file);
	c->file = NULL;
	set_attributes(c);
}

/* --- the stream machine ----------------------------------------------------------- */

/* The name is complete: make the entry, or get ready for its data. */
static int start_entry(struct cpio *c)
{
	int err;

	if (strnlen(c->buf, c->name_bytes) != c->name_bytes - 1)
		return fail(c, "broken cpio header: name is not a string");
	strcpy(c->name, c->buf);
	if (!strcmp(c->name, "TRAILER!!!")) {
		next_header(c);
		c->offset = 0;
		return 0;
	}
	c->left = c->bytes;
	err = with_name(c->name, clean_name, c);
	if (!err && S_ISREG(c->mode))
		err = open_regular(c);
	else if (!err && S_ISDIR(c->mode))
		err = with_name(c->name, make_dir, c);
	else if (!err && !S_ISLNK(c->mode))
		err = with_name(c->name, make_node, c);
	if (err == -ENOMEM || err == -ENOSPC)
		return fail(c, "out of memory");
	if (err)
		pr_err("initramfs: cannot create \"%s\": error %d\n", c->name, err);
	if (!err && !S_ISREG(c->mode) && !S_ISLNK(c->mode))
		set_attributes(c);
	if (S_ISLNK(c->mode)) {
		if (c->bytes > PATH_MAX || !c->bytes)
			return fail(c, "broken cpio header: link length");
		c->need = c->bytes;
		pad_then(c, CPIO_LINK);
	} else if (c->left) {
		pad_then(c, CPIO_DATA);
	} else {
		close_regular(c);
		next_header(c);
	}
	return 0;
}

static int finish_link(struct cpio *c)
{
	int err = with_name(c->name, make_symlink, c);

	if (err == -ENOMEM || err == -ENOSPC)
		return fail(c, "out of memory");
	if (err)
		pr_err("initramfs: cannot link \"%s\": error %d\n", c->name, err);
	else
		set_attributes(c);
	next_header(c);
	return 0;
}

static int take_data(struct cpio *c, const char *p, size_t n)
{
	ssize_t written = c->file ? kernel_write(c->file, p, n, &c->pos) : (ssize_t)n;

	if (written != (ssize_t)n)
		return fail(c, "out of memory");
	c->left -= n;
	if (!c->left) {
		close_regular(c);
		next_header(c);
	}
	return 0;
}

static int collected(struct cpio *c)
{
	switch (c->state) {
	case CPIO_HEADER:
		if (parse_header(c))
			return -EINVAL;
		c->have = 0;
		c->need = c->name_bytes;
		c->state = CPIO_NAME;
		return 0;
	case CPIO_NAME:
		return start_entry(c);
	default:
		return finish_link(c);
	}
}

/* One step over at most @n bytes at @p: bytes used, or -E. */
static ssize_t cpio_step(struct cpio *c, const char *p, size_t n)
{
	int err = 0;

	switch (c->state) {
	case CPIO_PAD:
		n = min(n, c->pad);
		c->pad -= n;
		if (!c->pad)
			c->state = c->after_pad;
		c->offset += n;
		break;
	case CPIO_DATA:
		n = min(n, c->left);
		c->offset += n;
		err = take_data(c, p, n);
		break;
	default:
		n = min(n, c->need - c->have);
		memcpy(c->buf + c->have, p, n);
		c->have += n;
		c->offset += n;
		if (c->have == c->need)
			err = collected(c);
	}
	return err ? err : (ssize_t)n;
}

static int cpio_feed(void *ctx, const void *buf, size_t n)
{
	struct cpio *c = ctx;
	const char *p = buf, *end = p + n;

	while (p < end) {
		ssize_t used;

		/* between archives zero bytes are skipped */
		if (c->state == CPIO_HEADER && !c->have && !*p) {
			p++;
			c->offset = 0;
			continue;
		}
		used = cpio_step(c, p, end - p);
		if (used < 0)
			return used;
		p += used;
	}
	return 0;
}

static bool between_archives(const struct cpio *c)
{
	return c->state == CPIO_HEADER && !c->have;
}

static ssize_t feed_gzip(struct cpio *c, const char *p, size_t n)
{
	struct inflate_state *st = kvmalloc(sizeof(*st), GFP_KERNEL);
	const char *error = NULL;
	size_t used = 0;
	int err;

	if (!st)
		return fail(c, "out of memory");
	err = gunzip(st, p, n, cpio_feed, c, &used, &error);
	kvfree(st);
	if (err)
		return fail(c, error ? error : "broken gzip data");
	return used;
}

/* The whole image: archives, gzip members and zero bytes. */
static int unpack(struct cpio *c, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		ssize_t used;

		if (between_archives(c) && (u8)p[0] == 0x1f && end - p > 1 && (u8)p[1] == 0x8b) {
			used = feed_gzip(c, p, end - p);
		} else if (between_archives(c) && *p && *p != '0') {
			return fail(c, "invalid magic at start of archive");
		} else if (between_archives(c) && !*p) {
			used = 1;
			c->offset = 0;
		} else {
			used = cpio_step(c, p, end - p);
		}
		if (used < 0)
			return used;
		p += used;
	}
	return between_archives(c) || c->state == CPIO_PAD ? 0 : fail(c, "unexpected end of archive");
}

static void free_links(struct cpio *c)
{
	while (c->links) {
		struct hard_link *next = c->links->next;

		kfree(c->links);
		c->links = next;
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
	struct cpio *c;

	if (!bytes)
		return;
	c = kvmalloc(sizeof(*c), GFP_KERNEL | __GFP_ZERO);
	if (!c) {
		pr_err("Initramfs unpacking failed: out of memory\n");
		return;
	}
	c->need = CPIO_HEADER_BYTES;
	if (unpack(c, (const char *)initrd_start, bytes))
		pr_err("Initramfs unpacking failed: %s\n", c->error);
	close_regular(c);
	free_links(c);
	kvfree(c);
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
