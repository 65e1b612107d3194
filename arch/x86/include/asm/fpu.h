/* SPDX-License-Identifier: MIT */
/* asm/fpu.h (x86-64) - user mode's x87, SSE and AVX state. fpu.c has the theory. */
#ifndef ASM_X86_FPU_H
#define ASM_X86_FPU_H

#include <linux/types.h>
#include <linux/compiler.h>

struct task_struct;

/* FXSAVE's 512 bytes: SDM volume 1, 10.5.1; also the ABI of a signal frame */
struct fxregs_state {
	u16 cwd, swd, twd, fop;
	u64 rip, rdp;
	u32 mxcsr, mxcsr_mask;
	u32 st_space[32];
	u32 xmm_space[64];
	u32 padding[12];
	u32 sw_reserved[12];		/* the kernel's, in a signal frame */
};
static_assert(sizeof(struct fxregs_state) == 512, "FXSAVE image");

struct xstate_header {
	u64 xfeatures, xcomp_bv, reserved[6];
};

union fpu_state {
	struct fxregs_state fx;
	struct {
		struct fxregs_state i387;
		struct xstate_header header;
		u8 extended[];
	} xsave;
};

#define XFEATURE_FP		0x01ull
#define XFEATURE_SSE		0x02ull
#define XFEATURE_FPSSE		0x03ull
#define XFEATURE_AVX		0x04ull
#define XFEATURE_AVX512		0xe0ull
#define XFEATURE_PKRU		0x200ull
#define MXCSR_DEFAULT		0x1f80u
#define PKRU_DEFAULT		0x55555554u	/* access by key 0 alone */

extern unsigned int fpu_state_bytes;	/* i  of a union fpu_state on this CPU */
extern u64 fpu_xfeatures;		/* i  0: FXSAVE only */
extern u32 fpu_mxcsr_mask;		/* i  bits that exist */

void fpu_init_boot(void);		/* what this CPU has; once */
void fpu_init_cpu(void);		/* control registers; each CPU */
union fpu_state *__must_check fpu_alloc(void);		/* zeroes; NULL */
void fpu_free(union fpu_state *state);
void fpu_state_reset(union fpu_state *state);		/* as a program begins */
void fpu_registers_reset(void);				/* the same, of current */
void fpu_save(union fpu_state *state);			/* registers -> memory */
void fpu_restore(const union fpu_state *state);		/* memory -> registers */
/* signal frames: bytes there, writing the registers, reading them back */
unsigned long fpu_frame_bytes(void);
int __must_check fpu_to_frame(void __user *buf);
int __must_check fpu_from_frame(const void __user *buf);	/* NULL: fresh state */
int fpu_check_state(const union fpu_state *s);	/* 0, -EINVAL: loading it would fault */
int fpu_exception_code(struct task_struct *p, bool simd);	/* FPE_* */

#endif
