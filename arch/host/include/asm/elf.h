/* SPDX-License-Identifier: MIT */
/* asm/elf.h (host) - programs are those of x86-64, whose page tables the walked MMU has. */
#ifndef ASM_HOST_ELF_H
#define ASM_HOST_ELF_H

#include <asm/pgtable.h>
#include <uapi/elf.h>

#define ELF_ARCH	EM_X86_64

#endif
