/* SPDX-License-Identifier: MIT */
/*
 * header.S - first sectors of the bzImage: the header of the Linux/x86 boot
 * protocol 2.15 and the real-mode entry behind it.
 *
 * A loader of the 16-bit kind (QEMU -kernel) bios_puts these sectors anywhere below
 * 1 MiB at a segment, sets DS = ES = SS to it and jumps to segment + 0x20 : 0,
 * that is offset 0x200 here. One of the 32-bit kind (GRUB linux) only reads the
 * header and enters the payload at code32_start itself.
 *
 * setup_sects, syssize and init_size are filled by the build, which alone knows
 * the sizes. The payload is not compressed and runs where it is linked, at
 * physical 1 MiB, so relocatable_kernel is 0.
 */
#define HEADER_VERSION	0x020f
#define PAYLOAD_ADDR	0x100000
#define LOADED_HIGH	0x01
#define CAN_USE_HEAP	0x80
#define STACK_BYTES	1024

	.code16
	.section ".bstext", "ax"
	.globl	bootsect_start
bootsect_start:
	/* Started as a boot sector: say what is wrong and wait for a key. */
	ljmp	$0x07c0, $1f
1:	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	xorw	%sp, %sp
	sti
	cld
	movw	$no_loader_text, %si
2:	lodsb
	testb	%al, %al
	jz	3f
	movb	$0x0e, %ah
	movw	$7, %bx
	int	$0x10
	jmp	2b
3:	xorw	%ax, %ax
	int	$0x16
	int	$0x19
4:	hlt
	jmp	4b

no_loader_text:
	.ascii	"This is a kernel image: use a boot loader.\r\n"
	.ascii	"Press any key to reboot.\r\n\0"

	.section ".header", "a"		/* placed at 0x1f1 by setup.ld */
	.globl	hdr
hdr:
	.byte	0			/* setup_sects: by the build */
	.word	1			/* root_flags: read-only */
	.long	0			/* syssize: by the build */
	.word	0			/* ram_size */
	.word	0xffff			/* vid_mode: normal */
	.word	0			/* root_dev */
	.word	0xaa55

	.globl	_start
_start:
	/* A short jump: its second byte is also the length of the header. */
	.byte	0xeb, start_of_setup - 1f
1:	.ascii	"HdrS"
	.word	HEADER_VERSION
	.long	0			/* realmode_swtch */
	.word	0x1000			/* start_sys_seg */
	.word	version_text - 512	/* kernel_version */
	.byte	0			/* type_of_loader */
	.byte	LOADED_HIGH
	.word	0x8000			/* setup_move_size */
	.long	PAYLOAD_ADDR		/* code32_start */
	.long	0			/* ramdisk_image */
	.long	0			/* ramdisk_size */
	.long	0			/* bootsect_kludge */
	.word	_end + STACK_BYTES - 512	/* heap_end_ptr */
	.byte	0			/* ext_loader_ver */
	.byte	0			/* ext_loader_type */
	.long	0			/* cmd_line_ptr */
	.long	0x7fffffff		/* initrd_addr_max */
	.long	0x100000		/* kernel_alignment */
	.byte	0			/* relocatable_kernel */
	.byte	20			/* min_alignment, log2 */
	.word	0			/* xloadflags: no 64-bit entry point */
	.long	2047			/* cmdline_size without its 0 */
	.long	0			/* hardware_subarch: PC */
	.quad	0
	.long	0			/* payload_offset: none is compressed */
	.long	0			/* payload_length */
	.quad	0			/* setup_data */
	.quad	PAYLOAD_ADDR		/* pref_address */
	.long	0			/* init_size: by the build */
	.long	0			/* handover_offset */
	.long	0			/* kernel_info_offset */

	.section ".entrytext", "ax"
start_of_setup:
	cld
	movw	%ds, %ax
	movw	%ax, %es
	/* Keep the loader's stack when it is in our segment, else take our own. */
	movw	%ss, %dx
	cmpw	%ax, %dx
	movw	%sp, %dx
	je	2f
	movw	$_end, %dx
	testb	$CAN_USE_HEAP, loadflags
	jz	1f
	movw	heap_end_ptr, %dx
1:	addw	$STACK_BYTES, %dx
	jnc	2f
	xorw	%dx, %dx
2:	andw	$~3, %dx
	jnz	3f
	movw	$0xfffc, %dx		/* the segment's end: 0 means 64 KiB */
3:	movw	%ax, %ss
	movzwl	%dx, %esp
	sti
	/* CS still is DS + 0x20; from here offsets are the same in all segments. */
	pushw	%ds
	pushw	$4f
	lretw
4:	cmpl	$0x5a5aaa55, setup_signature
	jne	setup_bad
	movw	$__bss_start, %di
	movw	$_end + 3, %cx
	xorl	%eax, %eax
	subw	%di, %cx
	shrw	$2, %cx
	rep	stosl
	calll	main
setup_bad:
	movl	$setup_corrupt, %eax
	calll	bios_puts
	.globl	die
	.type	die, @function
die:	hlt
	jmp	die

	.set	loadflags, hdr + 0x20
	.set	heap_end_ptr, hdr + 0x33

	.section ".rodata", "a"
setup_corrupt:
	.ascii	"No setup signature found...\n\0"
version_text:
	.ascii	"6.1.0-quire (quire@localhost) Quire\0"

	.section ".signature", "a"
	.globl	setup_signature
setup_signature:
	.long	0x5a5aaa55

	.section .note.GNU-stack, "", @progbits
