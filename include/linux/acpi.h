/* SPDX-License-Identifier: MIT */
/*
 * acpi.h - the firmware's static tables. Layouts are those of the ACPI
 * specification 6.4, chapter 5; all integers little endian, nothing aligned.
 */
#ifndef LINUX_ACPI_H
#define LINUX_ACPI_H

#include <linux/types.h>

struct acpi_table_rsdp {
	char signature[8];		/* "RSD PTR " */
	u8 checksum;			/* first 20 bytes sum to 0 */
	char oem_id[6];
	u8 revision;			/* >= 2: what follows exists */
	u32 rsdt_address;
	u32 length;
	u64 xsdt_address;
	u8 extended_checksum;		/* all bytes sum to 0 */
	u8 reserved[3];
} __packed;

struct acpi_table_header {
	char signature[4];
	u32 length;			/* bytes, this header included */
	u8 revision;
	u8 checksum;			/* all bytes sum to 0 */
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	char asl_compiler_id[4];
	u32 asl_compiler_revision;
} __packed;

struct acpi_generic_address {
	u8 space_id;			/* 0 memory, 1 I/O port */
	u8 bit_width, bit_offset, access_width;
	u64 address;
} __packed;

#define ACPI_SIG_MADT	"APIC"
#define ACPI_SIG_FADT	"FACP"
#define ACPI_SIG_HPET	"HPET"
#define ACPI_SIG_SRAT	"SRAT"
#define ACPI_SIG_SLIT	"SLIT"
#define ACPI_SIG_DSDT	"DSDT"		/* found through the FADT */

struct acpi_subtable_header {
	u8 type;
	u8 length;
} __packed;

/* --- MADT: interrupt controllers, and with them the CPUs ------------------------ */

struct acpi_table_madt {
	struct acpi_table_header header;
	u32 address;			/* of the local APIC */
	u32 flags;			/* 1: 8259s exist too */
} __packed;

enum acpi_madt_type {
	ACPI_MADT_TYPE_LOCAL_APIC = 0,
	ACPI_MADT_TYPE_IO_APIC = 1,
	ACPI_MADT_TYPE_INTERRUPT_OVERRIDE = 2,
	ACPI_MADT_TYPE_NMI_SOURCE = 3,
	ACPI_MADT_TYPE_LOCAL_APIC_NMI = 4,
	ACPI_MADT_TYPE_LOCAL_APIC_OVERRIDE = 5,
	ACPI_MADT_TYPE_LOCAL_X2APIC = 9,
};

#define ACPI_MADT_ENABLED	1u
#define ACPI_MADT_ONLINE_CAPABLE 2u
#define ACPI_MADT_POLARITY_MASK	3u	/* 0 bus default, 1 high, 3 low */
#define ACPI_MADT_TRIGGER_MASK	0xcu	/* 0 bus default, 4 edge, 0xc level */

struct acpi_madt_local_apic {
	struct acpi_subtable_header header;
	u8 processor_id;
	u8 id;
	u32 lapic_flags;
} __packed;

struct acpi_madt_io_apic {
	struct acpi_subtable_header header;
	u8 id;
	u8 reserved;
	u32 address;
	u32 global_irq_base;
} __packed;

struct acpi_madt_interrupt_override {
	struct acpi_subtable_header header;
	u8 bus;
	u8 source_irq;
	u32 global_irq;
	u16 inti_flags;
} __packed;

struct acpi_madt_local_apic_nmi {
	struct acpi_subtable_header header;
	u8 processor_id;		/* 0xff: all */
	u16 inti_flags;
	u8 lint;
} __packed;

struct acpi_madt_local_apic_override {
	struct acpi_subtable_header header;
	u16 reserved;
	u64 address;
} __packed;

struct acpi_madt_local_x2apic {
	struct acpi_subtable_header header;
	u16 reserved;
	u32 local_apic_id;
	u32 lapic_flags;
	u32 uid;
} __packed;

/* --- FADT: fixed hardware ---------------------------------------------------------- */

struct acpi_table_fadt {
	struct acpi_table_header header;
	u32 facs;
	u32 dsdt;
	u8 model;
	u8 preferred_profile;
	u16 sci_interrupt;
	u32 smi_command;
	u8 acpi_enable;			/* written to smi_command */
	u8 acpi_disable;
	u8 s4_bios_request;
	u8 pstate_control;
	u32 pm1a_event_block;
	u32 pm1b_event_block;
	u32 pm1a_control_block;
	u32 pm1b_control_block;
	u32 pm2_control_block;
	u32 pm_timer_block;
	u32 gpe0_block;
	u32 gpe1_block;
	u8 pm1_event_length;
	u8 pm1_control_length;
	u8 pm2_control_length;
	u8 pm_timer_length;
	u8 gpe0_block_length;
	u8 gpe1_block_length;
	u8 gpe1_base;
	u8 cst_control;
	u16 c2_latency;
	u16 c3_latency;
	u16 flush_size;
	u16 flush_stride;
	u8 duty_offset;
	u8 duty_width;
	u8 day_alarm;
	u8 month_alarm;
	u8 century;			/* index in the CMOS */
	u16 boot_flags;
	u8 reserved;
	u32 flags;			/* 1 << 10: reset_register is there */
	struct acpi_generic_address reset_register;
	u8 reset_value;
	u16 arm_boot_flags;
	u8 minor_revision;
	u64 xfacs;
	u64 xdsdt;
} __packed;

#define ACPI_FADT_32BIT_TIMER	(1u << 8)
#define ACPI_FADT_RESET_REGISTER (1u << 10)

/* --- HPET, SRAT ----------------------------------------------------------------------- */

struct acpi_table_hpet {
	struct acpi_table_header header;
	u32 id;
	struct acpi_generic_address address;
	u8 sequence;
	u16 minimum_tick;
	u8 flags;
} __packed;

struct acpi_table_srat {
	struct acpi_table_header header;
	u32 table_revision;
	u64 reserved;
} __packed;

enum acpi_srat_type {
	ACPI_SRAT_TYPE_CPU_AFFINITY = 0,
	ACPI_SRAT_TYPE_MEMORY_AFFINITY = 1,
	ACPI_SRAT_TYPE_X2APIC_CPU_AFFINITY = 2,
};

#define ACPI_SRAT_ENABLED	1u
#define ACPI_SRAT_HOT_PLUGGABLE	2u	/* memory */

struct acpi_srat_cpu_affinity {
	struct acpi_subtable_header header;
	u8 proximity_domain_lo;
	u8 apic_id;
	u32 flags;
	u8 local_sapic_eid;
	u8 proximity_domain_hi[3];
	u32 clock_domain;
} __packed;

struct acpi_srat_mem_affinity {
	struct acpi_subtable_header header;
	u32 proximity_domain;
	u16 reserved;
	u64 base_address;
	u64 length;
	u32 reserved1;
	u32 flags;
	u64 reserved2;
} __packed;

struct acpi_srat_x2apic_cpu_affinity {
	struct acpi_subtable_header header;
	u16 reserved;
	u32 proximity_domain;
	u32 apic_id;
	u32 flags;
	u32 clock_domain;
	u32 reserved2;
} __packed;

struct acpi_table_slit {
	struct acpi_table_header header;
	u64 locality_count;
	u8 entry[];			/* locality_count rows of as many distances */
} __packed;

static_assert(sizeof(struct acpi_table_rsdp) == 36);
static_assert(sizeof(struct acpi_table_header) == 36);
static_assert(offsetof(struct acpi_table_fadt, flags) == 112);
static_assert(offsetof(struct acpi_table_fadt, xdsdt) == 140);
static_assert(sizeof(struct acpi_srat_mem_affinity) == 40);
static_assert(sizeof(struct acpi_srat_cpu_affinity) == 16);
static_assert(sizeof(struct acpi_srat_x2apic_cpu_affinity) == 24);

/* --- drivers/acpi/tables.c ---------------------------------------------------------------- */

/* find and map all tables; once, after init_mem_mapping() */
void acpi_table_init(void);

/* the checked table with this signature; it stays mapped, read-only; NULL: none */
const void *acpi_find_table(const char *signature);

/* --- drivers/acpi/subtable.c ------------------------------------------------------------- */

/*
 * The next entry behind @prev (NULL: the first) in a table whose header takes
 * @header_bytes; entries that would leave the table or are too short end the walk.
 */
const struct acpi_subtable_header *acpi_next_subtable(const struct acpi_table_header *table,
	size_t header_bytes, const struct acpi_subtable_header *prev);

#define acpi_for_each_subtable(entry, table, header_bytes)			\
	for (entry = acpi_next_subtable(table, header_bytes, NULL); entry;	\
	     entry = acpi_next_subtable(table, header_bytes, entry))

/* --- drivers/acpi/numa.c ------------------------------------------------------------------ */

/* nodes of RAM into memblock, distances and their number into the machine */
void acpi_numa_init(void);
/* the node of the CPU with this APIC number; until free_initmem() */
int acpi_cpu_node(u32 apic_id);

#endif
