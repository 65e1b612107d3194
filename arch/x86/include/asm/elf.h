/* SPDX-License-Identifier: MIT */
/* asm/elf.h (x86-64) - what the loader of programs has to know of the machine. */
#ifndef ASM_X86_ELF_H
#define ASM_X86_ELF_H

#include <asm/cpufeature.h>
#include <asm/fpu.h>
#include <asm/pgtable.h>
#include <uapi/elf.h>

#define ELF_ARCH		EM_X86_64
#define ELF_PLATFORM		"x86_64"
#define ELF_HWCAP		boot_cpu_data.x86_capability[CPUID_1_EDX]
/* bit 1: programs may use the FSGSBASE instructions */
#define ELF_HWCAP2		(boot_cpu_has(X86_FEATURE_FSGSBASE) ? 2 : 0)
/* where position-independent programs with an interpreter begin, before ASLR */
#define ELF_ET_DYN_BASE		(TASK_SIZE_MAX / 3 * 2)
#define BRK_RND_BYTES		0x40000000ul
/* largest signal frame: return address, ucontext, siginfo, and the FPU's part aligned */
#define ELF_MINSIGSTKSZ		((8 + 304 + 128 + 63 + fpu_frame_bytes() + 15) & ~15ul)

/* what the machine adds to a program whose stack is there; *ehdr: for AT_SYSINFO_EHDR */
struct mm_struct;
int arch_setup_additional_pages(struct mm_struct *mm, unsigned long *ehdr);

/* core files; the thread is current or does not run */
struct task_struct;
void elf_core_regs(struct task_struct *t, unsigned long *regs);	/* ELF_NGREG words */
/* number of the system call (-1: in none), six arguments, stack pointer, address of the next
 * instruction: of a task that is current or not running */
void syscall_words(struct task_struct *t, unsigned long words[9]);
/* into a page: bytes of the extended state, 0: there are only the first 512 */
size_t elf_core_fpu(struct task_struct *t, void *page);

#endif
