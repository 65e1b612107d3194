/* SPDX-License-Identifier: MIT */
/*
 * init.h - the order of the boot, as the list of its steps.
 *
 * start_kernel() (init/main.c) calls the functions declared here, top to
 * bottom. Each part of the house owns the one named beside it. Unless a line
 * says otherwise a step runs on the boot CPU, in thread context of the boot
 * task, interrupts off, once; it cannot fail: what cannot be done without it
 * ends in panic().
 *
 * __init and __initdata (linux/compiler.h) mark what free_initmem() gives back;
 * __initbss is __initdata that begins as zeroes and takes no place in the image.
 */
#ifndef LINUX_INIT_H
#define LINUX_INIT_H

#include <linux/types.h>
#include <linux/compiler.h>

#define __initbss	__section(".bss..init")

/* --- who we are (init/version.c) ------------------------------------------- */

extern const char linux_banner[];	/* "Linux version 6.1.0-quire ..." with '\n' */
extern const char uts_sysname[], uts_release[], uts_version[], uts_machine[], uts_machine32[];

/* --- the command line (kernel/params.c) -------------------------------------- */

#define COMMAND_LINE_SIZE	2048	/* bytes with the final 0; as x86 Linux */

extern char boot_command_line[COMMAND_LINE_SIZE];	/* i  /proc/cmdline */

/*
 * A parameter of the kernel: "name" or "name=value" on the command line.
 * @setup gets the text after '=' (NULL without one) and returns 0, or -E for
 * a value that it cannot use, which is reported in the log. The first ones run
 * before anything is printed, early ones before there is any allocator, the
 * others after slab and vmalloc are up.
 */
enum param_stage { PARAM_LATE, PARAM_EARLY, PARAM_FIRST };

struct kernel_param {
	const char *name;
	int (*setup)(char *value);
	enum param_stage stage;
};

#define __kernel_param(_name, _fn, _stage)				\
	static const struct kernel_param __UNIQUE_ID(kparam)		\
	__used __section(".init.setup") __aligned(8) =			\
		{ .name = _name, .setup = _fn, .stage = _stage }
#define first_param(name, fn)	__kernel_param(name, fn, PARAM_FIRST)
#define early_param(name, fn)	__kernel_param(name, fn, PARAM_EARLY)
#define __setup(name, fn)	__kernel_param(name, fn, PARAM_LATE)

/* A test inside the kernel, run by boot_test=NAME before /init (kernel/boot_test.c):
 * the function may sleep and prints its result. */
struct boot_test {
	const char *name;
	void (*run)(void);
};

#define boot_test(_name, _fn)						\
	static const struct boot_test __UNIQUE_ID(boot_test)		\
	__used __section(".init.tests") __aligned(8) =			\
		{ .name = _name, .run = _fn }
void run_boot_tests(void);
#ifdef CONFIG_DEBUG_MM
extern void (*bug_hook)(const char *expr);	/* port_bug() calls it first */
#endif

void parse_first_params(void);	/* how much is printed; needs boot_command_line alone */
void parse_early_params(void);	/* early_param()s of boot_command_line */
void parse_params(void);	/* the others; what nobody knows goes to init */

/* What init gets: argv and envp, NULL-terminated, from unknown words and `--`. */
extern const char *argv_init[], *envp_init[];
const char *rdinit_command(void);	/* rdinit=, else "/init" */
const char *init_command(void);		/* init=, or NULL */
extern int panic_timeout;	/* panic=: seconds to the reboot, 0 never, <0 at once */
extern int console_loglevel;	/* messages below this level reach the console */

/* --- arch/x86, from power-on to the kernel's address space ------------------------ */

void __noreturn start_kernel(void);	/* init/main.c, from x86_64_start_kernel() */
/* command line, memory map, memblock, direct map, ACPI tables found */
void setup_arch(void);			/* arch/x86/kernel/setup.c */
void early_serial_init(void);		/* arch/x86/kernel/early_printk.c */
/* polled write to the first serial port; any context; "\n" gets its "\r" */
void early_serial_write(const char *text, size_t bytes);
void mark_rodata_ro(void);		/* arch/x86/mm/init.c: W^X from here on */
void free_initmem(void);		/* .init.* to the buddy; no __init call after it */
void free_initrd_mem(void);		/* the archive is unpacked */
/* the archive that the loader left, in the direct map; 0 bytes: none */
extern unsigned long initrd_start, initrd_end;

/* --- arch/x86, CPUs --------------------------------------------------------------- */

/* GDT, TSS, IDT, per-CPU base of the boot CPU: static, no allocation, first of all;
 * from then on smp_processor_id(), current and locks work and faults are reported */
void trap_init(void);
/* count the CPUs of the ACPI MADT: at least 1, at most NR_CPUS; before mm_boot_init() */
unsigned int smp_detect_cpus(void);
void apic_init(void);			/* local APIC, IO-APIC; after vmalloc (ioremap) */
void time_init(void);			/* TSC, tick of the boot CPU */
void smp_init(void);			/* start the other CPUs; interrupts on, may sleep */

/* --- kernel/ ---------------------------------------------------------------------- */

void sched_init(void);			/* run queues, the boot task becomes idle/0 */
void fork_init(void);			/* task, signal, files, pid caches */
void signals_init(void);
void futex_init(void);
void timers_init(void);
void random_init(void);			/* kernel/random.c: seed from RDRAND, TSC, time */
/* a thread that runs @fn(@arg) once it is scheduled; it may kernel_execve(). Its pid, or -E */
pid_t kernel_thread(int (*fn)(void *arg), void *arg, const char *name);
void __noreturn cpu_startup_entry(void);	/* the idle loop; turns interrupts on */
__printf(1, 2) void __noreturn panic(const char *fmt, ...);

/* --- fs/, drivers/ ------------------------------------------------------------------ */

void vfs_init(void);			/* inode/dentry/file caches, rootfs mounted at / */
void console_init(void);		/* tty layer, 8250 with interrupts, console= */
void devices_init(void);		/* the terminal's thread and interrupt; thread context */
void populate_rootfs(void);		/* initrd archive into rootfs; may sleep */
int console_on_rootfs(void);		/* open /dev/console as 0, 1, 2; 0 or -E */
bool init_file_exists(const char *path);	/* in rootfs: rdinit= is used only then */

/* 16 KiB: the stack that the boot task runs on, later the boot CPU's idle task */
extern char init_stack[];		/* arch/x86/kernel/head_64.S */

/* --- linker's marks (arch/x86/kernel/vmlinux.lds) ------------------------------------ */

extern char _text[], _etext[];			/* [_text, _etext): code */
extern char __start_rodata[], __end_rodata[];	/* read-only data */
extern char _sdata[], _edata[];			/* data that stays */
extern char __start_ro_after_init[], __end_ro_after_init[];
extern char __init_begin[], __init_end[];	/* freed by free_initmem() */
extern char __init_text_begin[], __init_text_end[];	/* the code in it */
extern char __bss_start[], __bss_stop[];
extern char _end[];				/* end of the image in memory */
extern const struct kernel_param __setup_start[], __setup_end[];
extern const struct boot_test __boot_tests_start[], __boot_tests_end[];

#endif
