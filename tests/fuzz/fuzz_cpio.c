// SPDX-License-Identifier: MIT
/*
 * fuzz_cpio.c - any bytes as an initial RAM disk: fs/cpio.c and lib/inflate.c.
 *
 * The first byte of the input is how long the pieces are in which the archive is fed a
 * second time. Both times the sink must see the same, and in the order of I2: each entry
 * begun, filled with as many bytes as it promised, and ended.
 */
#include "fuzz.h"
#include "../../fs/cpio.c"

static struct seen {
	u64 hash;			/* of all that the sink got */
	bool open;			/* between begin and end */
	size_t expected;		/* bytes of contents that are still to come */
} seen;

static void note(const void *p, size_t n)
{
	const u8 *byte = p;

	while (n--)
		seen.hash = (seen.hash ^ *byte++) * 0x100000001b3ull;
}

static int begin(struct cpio *c)
{
	const unsigned long numbers[] = {
		c->ino, c->mode, c->uid, c->gid, c->nlink, c->mtime, c->bytes,
		c->major, c->minor, c->rmajor, c->rminor,
	};

	fuzz_must(!seen.open && !c->error);
	fuzz_must(strlen(c->name) < PATH_MAX && strlen(c->name) + 1 == c->name_bytes);
	note(c->name, strlen(c->name) + 1);
	note(numbers, sizeof(numbers));
	seen.open = true;
	seen.expected = c->bytes;
	return 0;
}

static int data(struct cpio *c, const char *p, size_t n)
{
	fuzz_must(seen.open && !S_ISLNK(c->mode) && n && n <= seen.expected && !c->error);
	note(p, n);
	seen.expected -= n;
	return 0;
}

static void end(struct cpio *c)
{
	fuzz_must(seen.open && !seen.expected);
	seen.open = false;
	note("end", 3);
}

static int link_to(struct cpio *c, const char *target)
{
	fuzz_must(seen.open && S_ISLNK(c->mode) && strlen(target) <= c->bytes && !c->error);
	note(target, strlen(target) + 1);
	seen.open = false;
	return 0;
}

static const struct cpio_sink sink = {
	.begin = begin, .data = data, .end = end, .link = link_to,
};

/* In pieces. False: an error, or the archive is not complete. */
static bool feed(struct cpio *c, const u8 *p, size_t bytes, size_t piece)
{
	size_t n;

	for (; bytes; p += n, bytes -= n) {
		n = min(bytes, piece);
		if (cpio_feed(c, p, n)) {
			fuzz_must(c->error);
			return false;
		}
	}
	return between_archives(c) || c->state == CPIO_PAD;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	fuzz_machine(&(struct machine_config){ .ram_bytes = 16ul << 20, .nr_cpus = 1,
					       .slab_fast = true });
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t bytes)
{
	struct cpio *c = malloc(sizeof(*c));
	size_t piece = bytes ? input[0] + 1 : 1;
	struct seen whole;
	bool good;

	fuzz_must(c);
	if (bytes) {
		input++;
		bytes--;
	}
	seen = (struct seen){ .hash = 1 };
	cpio_init(c, &sink);
	good = !cpio_unpack(c, input, bytes);
	fuzz_must(good == !c->error);
	fuzz_must(!good || !seen.open);
	whole = seen;
	seen = (struct seen){ .hash = 1 };
	cpio_init(c, &sink);
	/* an image with gzip members is no plain archive */
	if (feed(c, input, bytes, piece) && good)
		fuzz_must(seen.hash == whole.hash);
	free(c);
	return 0;
}
