/* SPDX-License-Identifier: MIT */
/* test_resource.c - the tree behind /proc/iomem: nesting in any order, conflicts, text. */
#include "quire_test.h"
#include "../../kernel/resource.c"

static struct resource root;

static void reset(void)
{
	memset(&root, 0, sizeof(root));
	root.end = 0xffffffff;
	iomem_resource.child = NULL;
	ioport_resource.child = NULL;
}

static struct resource range(u64 start, u64 end, const char *name)
{
	return (struct resource){ .start = start, .end = end, .name = name };
}

/* R1-R3 for the whole tree; the number of its nodes */
static unsigned int check(const struct resource *parent)
{
	const struct resource *r;
	unsigned int n = 0;

	for (r = parent->child; r; r = r->sibling) {
		assert_ptr_equal(r->parent, parent);
		assert_true(r->start >= parent->start && r->end <= parent->end);
		assert_true(r->start <= r->end);
		if (r->sibling)
			assert_true(r->end < r->sibling->start);
		n += 1 + check(r);
	}
	return n;
}

static void test_request(void **state)
{
	struct resource a = range(0x1000, 0x1fff, "a"), b = range(0x3000, 0x3fff, "b");
	struct resource mid = range(0x2000, 0x2fff, "mid"), hit = range(0x1fff, 0x2000, "hit");
	struct resource out = range(0xffffffff, 0x100000000, "out"), odd = range(5, 4, "odd");

	reset();
	assert_int_equal(request_resource(&root, &b), 0);
	assert_int_equal(request_resource(&root, &a), 0);
	assert_int_equal(request_resource(&root, &hit), -EBUSY);
	assert_int_equal(request_resource(&root, &out), -EBUSY);
	assert_int_equal(request_resource(&root, &odd), -EBUSY);
	assert_null(hit.parent);
	assert_int_equal(request_resource(&root, &mid), 0);
	assert_int_equal(check(&root), 3);
	assert_ptr_equal(root.child, &a);
	assert_ptr_equal(a.sibling, &mid);
}

static void test_insert_nests_in_any_order(void **state)
{
	static const unsigned char orders[][4] = {
		{ 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 }, { 2, 0, 3, 1 },
	};
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		struct resource r[4] = {
			range(0x0, 0xffff, "outer"), range(0x1000, 0x8fff, "middle"),
			range(0x2000, 0x2fff, "in1"), range(0x4000, 0x4fff, "in2"),
		};

		reset();
		for (k = 0; k < 4; k++)
			assert_int_equal(insert_resource(&root, &r[orders[i][k]]), 0);
		assert_int_equal(check(&root), 4);
		assert_ptr_equal(r[2].parent, &r[1]);
		assert_ptr_equal(r[3].parent, &r[1]);
		assert_ptr_equal(r[1].parent, &r[0]);
	}
}

static void test_insert_refuses_to_cut(void **state)
{
	struct resource a = range(0x1000, 0x2fff, "a"), b = range(0x2000, 0x3fff, "b");
	struct resource c = range(0x5000, 0x5fff, "c"), d = range(0x2800, 0x5fff, "d");

	reset();
	assert_int_equal(insert_resource(&root, &a), 0);
	assert_int_equal(insert_resource(&root, &c), 0);
	assert_int_equal(insert_resource(&root, &b), -EBUSY);
	assert_int_equal(insert_resource(&root, &d), -EBUSY);
	assert_null(b.parent);
	assert_null(d.parent);
	assert_int_equal(check(&root), 2);
}

static void test_release_hands_children_up(void **state)
{
	struct resource outer = range(0x0, 0xffff, "outer");
	struct resource x = range(0x1000, 0x1fff, "x"), y = range(0x3000, 0x3fff, "y");
	struct resource after = range(0x20000, 0x2ffff, "after");

	reset();
	assert_int_equal(insert_resource(&root, &x), 0);
	assert_int_equal(insert_resource(&root, &after), 0);
	assert_int_equal(insert_resource(&root, &y), 0);
	assert_int_equal(insert_resource(&root, &outer), 0);
	assert_ptr_equal(x.parent, &outer);
	assert_int_equal(release_resource(&outer), 0);
	assert_int_equal(release_resource(&outer), -EINVAL);
	assert_int_equal(check(&root), 3);
	assert_ptr_equal(x.sibling, &y);
	assert_ptr_equal(y.sibling, &after);
	assert_int_equal(release_resource(&y), 0);
	assert_int_equal(check(&root), 2);
}

static void test_text(void **state)
{
	struct resource ram = range(0x100000, 0x7fdffff, "System RAM");
	struct resource code = range(0x100000, 0x1161eb, "Kernel code");
	struct resource data = range(0x117000, 0x1177ff, "Kernel data");
	struct resource high = range(0xfd00000000, 0xffffffffff, "Reserved");
	struct resource com = range(0x3f8, 0x3ff, "serial");
	struct seq_file m = { 0 };

	reset();
	assert_int_equal(insert_resource(&iomem_resource, &code), 0);
	assert_int_equal(insert_resource(&iomem_resource, &ram), 0);
	assert_int_equal(insert_resource(&iomem_resource, &high), 0);
	assert_int_equal(insert_resource(&iomem_resource, &data), 0);
	assert_int_equal(insert_resource(&ioport_resource, &com), 0);
	iomem_show(&m);
	ioports_show(&m);
	seq_putc(&m, 0);
	assert_string_equal(m.buf,
		"00100000-07fdffff : System RAM\n"
		"  00100000-001161eb : Kernel code\n"
		"  00117000-001177ff : Kernel data\n"
		"fd00000000-ffffffffff : Reserved\n"
		"03f8-03ff : serial\n");
	seq_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_request),
		quire_unit_test(test_insert_nests_in_any_order),
		quire_unit_test(test_insert_refuses_to_cut),
		quire_unit_test(test_release_hands_children_up),
		quire_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
