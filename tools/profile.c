// SPDX-License-Identifier: MIT
/*
 * profile.c - a QEMU plugin that counts how often each kernel instruction ran.
 *
 * mmbench brackets what it measures with two no-ops of its own; between them
 * every instruction counts.  All kernel code shares one set of addresses, so a
 * kernel instruction is known by its address; user instructions count together.
 * At the end the file named by the argument out= gets one line for each address
 * that ran, "address count", and for user mode "user count".
 *
 * QEMU calls on translation and adds to a counter by itself on execution, hence
 * counting costs no call.  The counters always run: the first no-op notes their
 * values, the second adds what they gained.  The table of addresses only grows,
 * as translated code keeps pointers into it.
 *
 * The part of QEMU's plugin interface (version 1) that is used is declared
 * here, as Debian packages no header for it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { NO_REGISTERS = 0 };
enum { INLINE_ADD = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id,
					   void (*cb)(plugin_id id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *ptr,
						uint64_t imm);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int cpu, void *data), int flags,
					    void *data);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*cb)(plugin_id id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv);

#define TABLE_BITS 21 /* a kernel has fewer instructions that run */
#define TABLE_SIZE (1UL << TABLE_BITS)

struct counter {
	uint64_t address; /* 0: the slot is free */
	uint64_t count; /* QEMU adds to it */
	uint64_t before; /* count at the last start */
	uint64_t measured;
};

static struct counter *table;
static struct counter user;
static const char *out_path = "profile.out";

static const unsigned char start_mark[] = {0x0f, 0x1f, 0x80, 0x31, 0x47, 0x42, 0x51};
static const unsigned char stop_mark[] = {0x0f, 0x1f, 0x80, 0x32, 0x47, 0x42, 0x51};

static struct counter *counter_of(uint64_t address)
{
	uint64_t at = address * 0x9e3779b97f4a7c15ULL >> (64 - TABLE_BITS);

	if (!(address >> 63))
		return &user;
	for (uint64_t tries = 0; tries < TABLE_SIZE; tries++) {
		struct counter *c = &table[(at + tries) % TABLE_SIZE];

		if (!c->address)
			c->address = address;
		if (c->address == address)
			return c;
	}
	fprintf(stderr, "profile: more than %lu addresses\n", TABLE_SIZE);
	exit(1);
}

static void at_start(unsigned int cpu, void *data)
{
	user.before = user.count;
	for (uint64_t i = 0; i < TABLE_SIZE; i++)
		table[i].before = table[i].count;
}

static void at_stop(unsigned int cpu, void *data)
{
	user.measured += user.count - user.before;
	for (uint64_t i = 0; i < TABLE_SIZE; i++)
		table[i].measured += table[i].count - table[i].before;
}

static int is_mark(struct qemu_plugin_insn *insn, const unsigned char *mark)
{
	return qemu_plugin_insn_size(insn) == sizeof(start_mark) &&
	       !memcmp(qemu_plugin_insn_data(insn), mark, sizeof(start_mark));
}

static void translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		struct counter *c = counter_of(qemu_plugin_insn_vaddr(insn));

		if (c == &user && is_mark(insn, start_mark))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_start, NO_REGISTERS, NULL);
		else if (c == &user && is_mark(insn, stop_mark))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, at_stop, NO_REGISTERS, NULL);
		else
			qemu_plugin_register_vcpu_insn_exec_inline(insn, INLINE_ADD, &c->count, 1);
	}
}

static void at_exit(plugin_id id, void *data)
{
	FILE *f = fopen(out_path, "w");

	if (!f) {
		perror(out_path);
		return;
	}
	fprintf(f, "user %lu\n", user.measured);
	for (uint64_t i = 0; i < TABLE_SIZE; i++) {
		if (table[i].measured)
			fprintf(f, "%lx %lu\n", table[i].address, table[i].measured);
	}
	fclose(f);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const void *info,
							       int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out_path = strdup(argv[i] + 4);
	}
	table = calloc(TABLE_SIZE, sizeof(*table));
	if (!table)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
