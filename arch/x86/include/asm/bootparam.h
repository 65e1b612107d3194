/* SPDX-License-Identifier: MIT */
/*
 * asm/bootparam.h - the "zero page" of the Linux/x86 boot protocol.
 *
 * Offsets are those of Documentation/x86/{boot,zero-page}.rst, protocol 2.15.
 * Both the 16-bit setup code and the kernel read it, so only fixed-width types
 * stand here. What Quire does not read is padding.
 */
#ifndef ASM_X86_BOOTPARAM_H
#define ASM_X86_BOOTPARAM_H

#include <linux/types.h>

#define LOADED_HIGH		0x01	/* loadflags: payload at 1 MiB */
#define QUIET_FLAG		0x20
#define CAN_USE_HEAP		0x80	/* heap_end_ptr is valid */

#define E820_MAX_ENTRIES_ZEROPAGE 128

struct setup_header {
	u8 setup_sects;			/* 0x1f1 */
	u16 root_flags;
	u32 syssize;			/* 0x1f4  payload in 16-byte units */
	u16 ram_size;
	u16 vid_mode;
	u16 root_dev;
	u16 boot_flag;			/* 0x1fe  0xaa55 */
	u16 jump;			/* 0x200 */
	u32 header;			/* 0x202  "HdrS" */
	u16 version;			/* 0x206 */
	u32 realmode_swtch;
	u16 start_sys_seg;
	u16 kernel_version;
	u8 type_of_loader;		/* 0x210 */
	u8 loadflags;			/* 0x211 */
	u16 setup_move_size;
	u32 code32_start;		/* 0x214 */
	u32 ramdisk_image;		/* 0x218 */
	u32 ramdisk_size;		/* 0x21c */
	u32 bootsect_kludge;
	u16 heap_end_ptr;		/* 0x224 */
	u8 ext_loader_ver;
	u8 ext_loader_type;
	u32 cmd_line_ptr;		/* 0x228 */
	u32 initrd_addr_max;		/* 0x22c */
	u32 kernel_alignment;
	u8 relocatable_kernel;
	u8 min_alignment;
	u16 xloadflags;
	u32 cmdline_size;		/* 0x238 */
	u32 hardware_subarch;
	u64 hardware_subarch_data;
	u32 payload_offset;
	u32 payload_length;
	u64 setup_data;
	u64 pref_address;		/* 0x258 */
	u32 init_size;			/* 0x260 */
	u32 handover_offset;
	u32 kernel_info_offset;
} __packed;

struct boot_e820_entry {
	u64 addr;
	u64 size;
	u32 type;
} __packed;

struct boot_params {
	u8 pad0[0x002];
	u16 ext_mem_k;			/* 0x002  KiB above 1 MiB by INT 15h, AH 88h */
	u8 pad1[0x070 - 0x004];
	u64 acpi_rsdp_addr;		/* 0x070  0: search for it */
	u8 pad2[0x0c0 - 0x078];
	u32 ext_ramdisk_image;		/* 0x0c0  upper halves */
	u32 ext_ramdisk_size;
	u32 ext_cmd_line_ptr;		/* 0x0c8 */
	u8 pad3[0x1e0 - 0x0cc];
	u32 alt_mem_k;			/* 0x1e0  KiB above 1 MiB by INT 15h, AX E801h */
	u32 scratch;
	u8 e820_entries;		/* 0x1e8 */
	u8 pad4[0x1f1 - 0x1e9];
	struct setup_header hdr;	/* 0x1f1 */
	u8 pad5[0x2d0 - 0x1f1 - sizeof(struct setup_header)];
	struct boot_e820_entry e820_table[E820_MAX_ENTRIES_ZEROPAGE];	/* 0x2d0 */
	u8 pad6[0x1000 - 0xcd0];
} __packed;

static_assert(offsetof(struct boot_params, acpi_rsdp_addr) == 0x70);
static_assert(offsetof(struct boot_params, alt_mem_k) == 0x1e0);
static_assert(offsetof(struct boot_params, hdr.header) == 0x202);
static_assert(offsetof(struct boot_params, hdr.code32_start) == 0x214);
static_assert(offsetof(struct boot_params, hdr.cmd_line_ptr) == 0x228);
static_assert(offsetof(struct boot_params, hdr.init_size) == 0x260);
static_assert(offsetof(struct boot_params, e820_table) == 0x2d0);
static_assert(sizeof(struct boot_params) == 4096);

#endif
