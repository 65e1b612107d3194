// SPDX-License-Identifier: MIT
/*
 * fpu.c - the floating-point and vector registers of user mode.
 *
 * The kernel never uses them, so between an entry and the return they still
 * hold the program's values. Each user task has a buffer, thread.fpu, of
 * fpu_state_bytes: the standard (not compacted) XSAVE format with all features
 * that Quire enables, or FXSAVE's 512 bytes on a CPU without XSAVE. That is also
 * the format of a signal frame, so frames are copies.
 *
 *   F1  while a user task is current, the registers are its state and the buffer
 *       is stale; while it is not running, the buffer is its state
 *   F2  switch_to() saves the registers of a user task that it leaves and loads
 *       those of one that it enters, unless they are still there
 *       (cpu_local.fpu_owner and thread.fpu_cpu agree)
 *   F3  a buffer that came from a program has only features and MXCSR bits that
 *       exist, so loading it cannot fault
 *   F4  kernel threads have a buffer too, so that exec cannot fail for want of one,
 *       but it is neither saved nor loaded
 *   F5  start_state is what programs and signal handlers begin with
 *
 * Features: x87, SSE, AVX, AVX-512, PKRU (what protection keys deny the program) as far
 * as the CPU has them; no AMX. PKRU alone matters to the kernel: it makes its copies to and
 * from user memory with the rights of the program.
 *
 * Locks: none, a buffer belongs to its task. Register accesses that must be
 * whole have interrupts off only where a task switch could come between.
 */
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/bug.h>
#include <asm/cpufeature.h>
#include <asm/elf.h>
#include <asm/fpu.h>
#include <asm/msr.h>
#include <asm/irqflags.h>
#include <asm/uaccess.h>

#define FP_XSTATE_MAGIC1	0x46505853u
#define FP_XSTATE_MAGIC2	0x46505845u
#define MXCSR_MASK_DEFAULT	0x0000ffbfu
#define CPUID1_XSAVE		(1u << 26)

unsigned int fpu_state_bytes __ro_after_init = sizeof(struct fxregs_state);
u64 fpu_xfeatures __ro_after_init;
u32 fpu_mxcsr_mask __ro_after_init = MXCSR_MASK_DEFAULT;
static struct kmem_cache *fpu_cachep __ro_after_init;
static union {
	union fpu_state state;
	u8 bytes[PAGE_SIZE];		/* fpu_state_bytes of them count */
} start_state __aligned(64) __ro_after_init;

static void xsetbv(u32 reg, u64 v)
{
	asm volatile("xsetbv" : : "c"(reg), "a"((u32)v), "d"((u32)(v >> 32)));
}

/**
 * fpu_init_cpu() - x87 and SSE on, errors as exceptions, XSAVE's features on.
 * Locks: none. Context: each CPU once, interrupts off. Return: nothing.
 */
void fpu_init_cpu(void)
{
	unsigned long cr4 = X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT;

	write_cr0((read_cr0() | X86_CR0_MP | X86_CR0_NE) & ~(X86_CR0_EM | X86_CR0_TS));
	if (fpu_xfeatures)
		cr4 |= X86_CR4_OSXSAVE;
	cr4_set_bits(cr4);
	if (fpu_xfeatures)
		xsetbv(0, fpu_xfeatures);
	asm volatile("fninit");
}

static u64 wanted_xfeatures(void)
{
	u32 r[4];
	u64 has;

	cpuid_count(0, 0, r);
	if (r[0] < 0xd)
		return 0;
	cpuid_count(1, 0, r);
	if (!(r[2] & CPUID1_XSAVE))
		return 0;
	cpuid_count(0xd, 0, r);
	has = r[0] | (u64)r[3] << 32;
	if ((has & XFEATURE_FPSSE) != XFEATURE_FPSSE)
		return 0;
	has &= XFEATURE_FPSSE | XFEATURE_AVX | XFEATURE_AVX512;
	if (!(has & XFEATURE_AVX) || (has & XFEATURE_AVX512) != XFEATURE_AVX512)
		has &= ~XFEATURE_AVX512;
	return has | (boot_cpu_has(X86_FEATURE_OSPKE) ? XFEATURE_PKRU : 0);
}

/* F5: all of it in its initial state but the control words and PKRU */
static void make_start_state(void)
{
	union fpu_state *s = &start_state.state;
	u32 r[4];

	s->fx.cwd = 0x37f;
	s->fx.mxcsr = MXCSR_DEFAULT;
	if (!(fpu_xfeatures & XFEATURE_PKRU))
		return;
	cpuid_count(0xd, ilog2(XFEATURE_PKRU), r);	/* ebx: where it lies */
	mm_bug_on(r[1] > fpu_state_bytes - sizeof(u32));
	*(u32 *)(start_state.bytes + r[1]) = PKRU_DEFAULT;
	s->xsave.header.xfeatures = XFEATURE_PKRU;
}

/**
 * fpu_init_boot() - find out what the CPU has; then fpu_init_cpu() for this one.
 * Locks: none. Context: boot CPU, before any task but the first. Return: nothing.
 */
void fpu_init_boot(void)
{
	static struct fxregs_state probe __aligned(16);
	u32 r[4];

	fpu_xfeatures = wanted_xfeatures();
	fpu_init_cpu();
	if (fpu_xfeatures) {
		cpuid_count(0xd, 0, r);		/* ebx: size for what XCR0 enables now */
		fpu_state_bytes = r[1];
	}
	asm volatile("fxsave64 %0" : "=m"(probe));
	if (probe.mxcsr_mask)
		fpu_mxcsr_mask = probe.mxcsr_mask;
	mm_bug_on(fpu_state_bytes < sizeof(struct fxregs_state) || fpu_state_bytes > PAGE_SIZE);
	make_start_state();
}

/**
 * fpu_alloc() - a zeroed buffer for one task (XSAVE leaves holes); the first call makes
 * the cache (the boot CPU is alone then).
 * Locks: the slab's. Context: may sleep. Return: the buffer, or NULL.
 */
union fpu_state *fpu_alloc(void)
{
	if (unlikely(!fpu_cachep)) {
		fpu_cachep = kmem_cache_create_usercopy("x86_fpu", fpu_state_bytes, 64,
							 SLAB_PANIC, 0, fpu_state_bytes, NULL);
		if (!fpu_cachep)
			return NULL;
	}
	return kmem_cache_zalloc(fpu_cachep, GFP_KERNEL);
}

/**
 * fpu_free() - give @state back; NULL is nothing.
 * Locks: the slab's. Context: thread. Return: nothing.
 */
void fpu_free(union fpu_state *state)
{
	if (state)
		kmem_cache_free(fpu_cachep, state);
}

/**
 * fpu_state_reset() - make @state what a fresh program finds.
 * Locks: none. Context: any. Return: nothing.
 */
void fpu_state_reset(union fpu_state *state)
{
	memcpy(state, &start_state, fpu_state_bytes);
}

/**
 * fpu_save() - the registers into @state.
 * Locks: none. Context: no task switch in between. Return: nothing.
 */
void fpu_save(union fpu_state *state)
{
	if (fpu_xfeatures)
		asm volatile("xsave64 %0"
			     : "+m"(*state)
			     : "a"((u32)fpu_xfeatures), "d"((u32)(fpu_xfeatures >> 32)) : "memory");
	else
		asm volatile("fxsave64 %0" : "=m"(*state) : : "memory");
}

/**
 * fpu_restore() - @state into the registers; it satisfies F3.
 * Locks: none. Context: no task switch in between. Return: nothing.
 */
void fpu_restore(const union fpu_state *state)
{
	if (fpu_xfeatures)
		asm volatile("xrstor64 %0"
			     : : "m"(*state),
			     "a"((u32)fpu_xfeatures), "d"((u32)(fpu_xfeatures >> 32)) : "memory");
	else
		asm volatile("fxrstor64 %0" : : "m"(*state) : "memory");
}

/**
 * fpu_registers_reset() - current goes on with what a fresh program finds (F5).
 * Locks: none. Context: thread. Return: nothing.
 */
void fpu_registers_reset(void)
{
	fpu_restore(&start_state.state);
}

/**
 * fpu_frame_bytes() - what a signal frame needs for the registers.
 * Locks: none. Context: any. Return: bytes.
 */
unsigned long fpu_frame_bytes(void)
{
	return fpu_xfeatures ? fpu_state_bytes + sizeof(u32) : sizeof(struct fxregs_state);
}

/* sw_reserved: magic, bytes with the second magic, features (2 words), bytes */
static void frame_mark(union fpu_state *s)
{
	u32 *sw = s->fx.sw_reserved;

	memset(sw, 0, sizeof(s->fx.sw_reserved));
	if (!fpu_xfeatures)
		return;
	sw[0] = FP_XSTATE_MAGIC1;
	sw[1] = fpu_state_bytes + sizeof(u32);
	sw[2] = (u32)fpu_xfeatures;
	sw[3] = (u32)(fpu_xfeatures >> 32);
	sw[4] = fpu_state_bytes;
	/* a program that knows only FXSAVE may change the legacy part */
	s->xsave.header.xfeatures |= XFEATURE_FPSSE;
}

/**
 * fpu_to_frame() - the registers of current into the 64-byte aligned @buf.
 * Locks: none. Context: thread, may sleep. Return: 0 or -EFAULT.
 */
int fpu_to_frame(void __user *buf)
{
	union fpu_state *s = current->thread.fpu;
	u32 magic2 = FP_XSTATE_MAGIC2;

	/* The buffer is stale while current runs (F1), so it may serve as scratch;
	 * a switch while the copy sleeps saves the same registers again. */
	fpu_save(s);
	frame_mark(s);
	if (copy_to_user(buf, s, fpu_state_bytes))
		return -EFAULT;
	if (fpu_xfeatures && copy_to_user((char __user *)buf + fpu_state_bytes, &magic2, 4))
		return -EFAULT;
	return 0;
}

/* Does the frame carry all that XSAVE wrote, or only FXSAVE's part? */
static bool frame_is_extended(const union fpu_state *s, const void __user *buf)
{
	const u32 *sw = s->fx.sw_reserved;
	u32 magic2;

	if (!fpu_xfeatures || sw[0] != FP_XSTATE_MAGIC1)
		return false;
	if (sw[4] < sizeof(struct fxregs_state) + sizeof(struct xstate_header) ||
	    sw[4] > fpu_state_bytes || sw[4] > sw[1])
		return false;
	return !get_user(magic2, (const u32 __user *)((const char __user *)buf + sw[4])) &&
	       magic2 == FP_XSTATE_MAGIC2;
}

static inline int check_state(const union fpu_state *s)
{
	int i;

	if (s->fx.mxcsr & ~fpu_mxcsr_mask)
		return -EINVAL;
	if (!fpu_xfeatures)
		return 0;
	if (s->xsave.header.xcomp_bv || (s->xsave.header.xfeatures & ~fpu_xfeatures))
		return -EINVAL;
	for (i = 0; i < 6; i++)
		if (s->xsave.header.reserved[i])
			return -EINVAL;
	return 0;
}

/**
 * fpu_check_state() - does @s satisfy F3?
 * Locks: none. Context: any. Return: 0 or -EINVAL.
 */
int fpu_check_state(const union fpu_state *s)
{
	return check_state(s);
}

/* Establish F3 for what a program wrote. */
static int frame_sanitise(union fpu_state *s, bool extended)
{
	if (fpu_xfeatures && !extended) {
		memset(&s->xsave.header, 0, fpu_state_bytes - sizeof(struct fxregs_state));
		s->xsave.header.xfeatures = XFEATURE_FPSSE;
	}
	return check_state(s);
}

/* The new state takes effect: buffer and registers in one step. */
static void adopt_state(union fpu_state *s)
{
	unsigned long flags = arch_local_irq_save();

	current->thread.fpu = s;
	fpu_restore(s);
	arch_local_irq_restore(flags);
}

/**
 * fpu_from_frame() - load the registers of current from @buf as sigreturn finds it.
 * Locks: none. Context: thread, may sleep.
 * Return: 0, or -EFAULT, -EINVAL, -ENOMEM with the registers unchanged.
 */
int fpu_from_frame(const void __user *buf)
{
	union fpu_state *fresh, *old = current->thread.fpu;
	bool extended = false;
	int error = -EFAULT;

	/* FXSAVE's part, which the copy fills, may be all that there is */
	fresh = fpu_xfeatures ? fpu_alloc() : kmem_cache_alloc(fpu_cachep, GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	if (!buf) {
		fpu_state_reset(fresh);
	} else {
		if (copy_from_user(fresh, buf, sizeof(struct fxregs_state)))
			goto out_free;
		extended = frame_is_extended(fresh, buf);
		if (extended && copy_from_user(fresh, buf, fresh->fx.sw_reserved[4]))
			goto out_free;
		error = frame_sanitise(fresh, extended);
		if (error)
			goto out_free;
	}
	adopt_state(fresh);
	fpu_free(old);
	return 0;
out_free:
	fpu_free(fresh);
	return error;
}

/**
 * elf_core_fpu() - the FPU registers of @t, current or not running, as a debugger reads
 *	them, into a page.
 * Locks: none. Context: thread.
 * Return: bytes of the extended state; 0: there are only FXSAVE's 512.
 */
size_t elf_core_fpu(struct task_struct *t, void *page)
{
	union fpu_state *s = page;

	if (t == current)
		fpu_save(t->thread.fpu);
	memcpy(s, t->thread.fpu, fpu_state_bytes);
	/* where debuggers look for the features, as ptrace has them */
	memset(s->fx.sw_reserved, 0, sizeof(s->fx.sw_reserved));
	memcpy(s->fx.sw_reserved, &fpu_xfeatures, sizeof(fpu_xfeatures));
	return fpu_xfeatures ? fpu_state_bytes : 0;
}

/**
 * fpu_exception_code() - why #MF or #XM (@simd) came, from the saved state of @p.
 * Locks: none. Context: @p is current. Return: FPE_*.
 */
int fpu_exception_code(struct task_struct *p, bool simd)
{
	const struct fxregs_state *fx = &p->thread.fpu->fx;
	u32 err;

	fpu_save(p->thread.fpu);
	if (simd)
		err = ~(fx->mxcsr >> 7) & fx->mxcsr;
	else
		err = fx->swd & ~fx->cwd;
	if (err & 0x01)
		return FPE_FLTINV;
	if (err & 0x04)
		return FPE_FLTDIV;
	if (err & 0x08)
		return FPE_FLTOVF;
	if (err & 0x12)
		return FPE_FLTUND;
	if (err & 0x20)
		return FPE_FLTRES;
	return FPE_FLTUNK;
}
