// SPDX-License-Identifier: MIT
/*
 * test_pkeys.c - protection keys: which are given out, which one an area gets and keeps,
 * what they deny, on which CPU; that the flush after another key is needed; machines
 * without keys.
 */
#include "vm_test.h"
#include <linux/pkeys.h>

#define FIXED	(PRIV | MAP_FIXED)

static int setup_keys(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.pkeys = BITS_PER_LONG == 64;
	return quire_setup_config(state, &config);
}

#define keys_test(f)	cmocka_unit_test_setup_teardown(f, setup_keys, quire_teardown)

static int key_at(unsigned long addr)
{
	return vm_pkey_at(host_current_mm(), addr);
}

/* @pages from BASE on, and key 1 to have */
static struct vm_test begin(unsigned long pages)
{
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, pages * K4, RW, FIXED), BASE);
	assert_int_equal(vm_pkey_alloc(t.mm, 0), 1);
	return t;
}

static void test_given_out(void **state)
{
	struct vm_test t;
	int key;

	quire_needs_64bit("entries have keys");
	vm_begin(&t);
	assert_int_equal(vm_pkey_alloc(t.mm, 4), -EINVAL);
	for (key = 1; key < NR_PKEYS; key++)
		assert_int_equal(vm_pkey_alloc(t.mm, key % 4), key);
	assert_int_equal(host_pkey_denied(), 0xe4e4e4e4u);
	assert_int_equal(vm_pkey_alloc(t.mm, 0), -ENOSPC);
	assert_int_equal(vm_pkey_free(t.mm, 7), 0);
	assert_int_equal(vm_pkey_free(t.mm, 7), -EINVAL);
	assert_int_equal(vm_pkey_free(t.mm, -1), -EINVAL);
	assert_int_equal(vm_pkey_free(t.mm, NR_PKEYS), -EINVAL);
	assert_int_equal(vm_pkey_alloc(t.mm, PKEY_DISABLE_WRITE), 7);
	assert_int_equal(host_pkey_denied() >> 14 & 3, PKEY_DISABLE_WRITE);
	vm_end(&t);
}

static void test_areas(void **state)
{
	struct vm_test t;

	quire_needs_64bit("entries have keys");
	t = begin(4);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, K4, RW, 2), -EINVAL);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, 0, RW, 2), 0);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE + K4, K4, RW, 1), 0);
	assert_string_equal(vm_layout(t.mm), "0-1 rw-p,1-2 rw-p,2-4 rw-p");
	assert_int_equal(key_at(BASE + K4), 1);
	assert_int_equal(key_at(BASE), 0);
	assert_int_equal(key_at(BASE + 4 * K4), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE, 4 * K4, PROT_READ), 0);
	assert_string_equal(vm_layout(t.mm), "0-1 r--p,1-2 r--p,2-4 r--p");
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, 4 * K4, RW, 1), 0);
	assert_string_equal(vm_layout(t.mm), "0-4 rw-p");
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, 5 * K4, RW, 0), -ENOMEM);
	assert_int_equal(key_at(BASE), 0);
	vm_end(&t);
}

static void test_denied(void **state)
{
	struct vm_test t;
	u8 byte = 9;
	int code;

	quire_needs_64bit("entries have keys");
	t = begin(4);
	assert_int_equal(vm_poke(BASE, 3), 0);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, 4 * K4, RW | PROT_EXEC, 1), 0);
	host_set_pkey_denied(PKEY_DISABLE_WRITE << 2);
	assert_int_equal(vm_peek(BASE), 3);
	assert_int_equal(vm_poke(BASE, 4), -EFAULT);
	assert_int_equal(vm_peek(BASE + K4), 0);
	assert_int_equal(mm_fault(t.mm, BASE, FAULT_FLAG_WRITE, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_PKUERR);
	host_set_pkey_denied(PKEY_DISABLE_ACCESS << 2);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(vm_poke(BASE + 2 * K4, 4), -EFAULT);
	assert_int_equal(vm_rss(t.mm), 1);
	assert_int_equal(host_fetch_user(&byte, (void *)BASE, 1), 0);
	assert_int_equal(byte, 3);
	assert_int_equal(access_remote_vm(t.mm, BASE, &byte, 1, true), 1);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_POPULATE_READ), -EINVAL);
	assert_int_equal(vm_mlock(t.mm, BASE, K4, VM_LOCKED), -ENOMEM);
	assert_int_equal(vm_munlock(t.mm, BASE, K4), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_NONE), 0);
	assert_int_equal(mm_fault(t.mm, BASE, 0, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_PKUERR);
	host_set_pkey_denied(~0u << 4);
	assert_int_equal(mm_fault(t.mm, BASE, 0, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_ACCERR);
	vm_end(&t);
}

/* a key denies nothing of what another CPU's thread does */
static void test_cpus(void **state)
{
	struct vm_test t;

	quire_needs_64bit("entries have keys");
	t = begin(1);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, K4, RW, 1), 0);
	host_set_pkey_denied(PKEY_DISABLE_ACCESS << 2);
	assert_int_equal(vm_poke(BASE, 4), -EFAULT);
	quire_switch_cpu(1);
	host_use_mm(t.mm);
	assert_int_equal(host_pkey_denied(), 0);
	assert_int_equal(vm_poke(BASE, 4), 0);
	host_set_pkey_denied(PKEY_DISABLE_ACCESS << 2);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	host_set_pkey_denied(0);
	assert_int_equal(vm_peek(BASE), 4);
	assert_int_equal(host_tlb_check(*state), 0);
	vm_end(&t);
}

static void test_flush(void **state)
{
	struct vm_test t;

	quire_needs_64bit("entries have keys");
	t = begin(1);
	assert_int_equal(vm_poke(BASE, 4), 0);
	host_set_pkey_denied(PKEY_DISABLE_ACCESS << 2);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, K4, RW, 1), 0);
	assert_int_equal(host_swallowed(*state), 1);
	assert_int_equal(vm_peek(BASE), 4);
	assert_true(host_tlb_check(*state) > 0);
	assert_log_has(*state, "of another protection key");
	flush_tlb_mm(t.mm);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	host_set_pkey_denied(0);
	vm_end(&t);
}

/* tables that fork shares come apart before one side's key changes */
static void test_fork(void **state)
{
	struct mm_struct *child;
	struct vm_test t;
	int error;

	quire_needs_64bit("entries have keys");
	this_machine()->tunables.fork_share_pages = 1;
	t = begin(8);
	assert_int_equal(vm_madvise(t.mm, BASE, 8 * K4, MADV_POPULATE_WRITE), 0);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, 4 * K4, RW, 1), 0);
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, 8 * K4, RW, 0), 0);
	assert_int_equal(vm_pkey_free(t.mm, 1), 0);
	host_set_pkey_denied(PKEY_DISABLE_ACCESS << 2);
	assert_int_equal(vm_peek(BASE), 0);
	host_use_mm(child);
	assert_int_equal(key_at(BASE), 1);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(vm_peek(BASE + 4 * K4), 0);
	assert_int_equal(vm_pkey_alloc(child, 0), 2);
	vm_check(child);
	host_use_mm(t.mm);
	mmput(child);
	vm_end(&t);
}

static void test_execute_only(void **state)
{
	struct vm_test t;
	u8 byte;

	quire_needs_64bit("entries have keys");
	t = begin(4);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_EXEC), 0);
	assert_int_equal(key_at(BASE), 2);
	assert_int_equal(host_pkey_denied(), PKEY_DISABLE_ACCESS << 4);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(host_fetch_user(&byte, (void *)BASE, 1), 0);
	assert_int_equal(vm_pkey_free(t.mm, 2), -EINVAL);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, K4, RW, 2), -EINVAL);
	assert_int_equal(vm_map(t.mm, BASE + K4, K4, PROT_EXEC, FIXED), BASE + K4);
	assert_string_equal(vm_layout(t.mm), "0-1 --xp,1-2 --xp,2-4 rw-p");
	host_set_pkey_denied(0);
	assert_int_equal(vm_mprotect(t.mm, BASE + 3 * K4, K4, PROT_EXEC), 0);
	assert_int_equal(host_pkey_denied(), PKEY_DISABLE_ACCESS << 4);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ | PROT_EXEC), 0);
	assert_int_equal(key_at(BASE), 0);
	assert_int_equal(vm_peek(BASE), 0);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE + K4, K4, PROT_EXEC, 1), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE + K4, K4, RW), 0);
	assert_int_equal(key_at(BASE + K4), 1);
	while (vm_pkey_alloc(t.mm, 0) > 0)
		;
	vm_end(&t);
}

static void test_none_left(void **state)
{
	struct vm_test t;

	quire_needs_64bit("entries have keys");
	t = begin(1);
	while (vm_pkey_alloc(t.mm, 0) > 0)
		;
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_EXEC), 0);
	assert_int_equal(key_at(BASE), 0);
	assert_int_equal(vm_peek(BASE), 0);
	vm_end(&t);
}

static void test_no_keys(void **state)
{
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, K4, RW, FIXED), BASE);
	assert_int_equal(vm_pkey_alloc(t.mm, 0), -ENOSPC);
	assert_int_equal(vm_pkey_alloc(t.mm, 4), -EINVAL);
	assert_int_equal(vm_pkey_free(t.mm, 0), -EINVAL);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, K4, RW, 0), -EINVAL);
	assert_int_equal(vm_pkey_mprotect(t.mm, BASE, K4, PROT_EXEC, -1), 0);
	assert_int_equal(vm_peek(BASE), 0);
	vm_end(&t);
}

static void test_config(void **state)
{
	struct machine_config config = geometry_config(NULL);
	struct machine *m;

	config.pkeys = true;
	m = machine_create(&config);
	assert_true((m != NULL) == (BITS_PER_LONG == 64));
	machine_destroy(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		keys_test(test_given_out), keys_test(test_areas), keys_test(test_denied),
		keys_test(test_cpus), keys_test(test_flush), keys_test(test_fork),
		keys_test(test_execute_only), keys_test(test_none_left),
		quire_unit_test(test_no_keys), cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
