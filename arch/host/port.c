// SPDX-License-Identifier: MIT
/*
 * port.c - the rest of the contract (mm/port.h) for a hosted machine: threads, time,
 * the log, bugs and warnings, limits.
 *
 * The log is a buffer of the last 64 KiB in each machine. Nothing is printed, unless the
 * configuration asks for it or a bug ends the process; then the log goes to stderr.
 * Threads that are in no machine log to stderr.
 *
 * A bug calls the hook that the thread has set, which has to leave by longjmp() as
 * port_bug() never returns; without a hook the process aborts.
 *
 * Locks: log_lock. Limits and capabilities are set by tests before they matter.
 */
#include "host_internal.h"
#include <linux/highmem.h>
#include <linux/kfence.h>
#include <linux/printk.h>
#include <linux/fault-inject.h>
#include <linux/stacktrace.h>
#include <asm/hooks.h>

__thread struct host_thread host_own_thread;

static struct host_thread *this_thread(void)
{
	return unlikely(host_ctx.vcpu != NULL) ? host_vcpu_thread() : &host_own_thread;
}

/**
 * host_thread_reset() - the thread enters or leaves a machine: it holds no locks.
 * Locks:   none.  Context: thread.
 */
void host_thread_reset(void)
{
	struct host_thread *own = &host_own_thread;

	own->held_locks.depth = own->held_sleeping.depth = 0;
	own->held_locks.reporting = own->held_locks.irqs_were_on = false;
	own->fatal_signal = false;
	if (this_machine()) {
		fault_task_exit(&own->faults);
		task_mempolicy_set(&own->mempolicy, NULL);
	}
	own->faults.make_it_fail = false;
}

struct held_locks *port_held_locks(void)
{
	struct host_thread *own = this_thread();

	own->held_locks.sleeping = &own->held_sleeping;
	return &own->held_locks;
}

/* A thread that is alone in its machine waits for nobody who could go on. */
void host_cpu_relax(void)
{
	if (host_ctx.vcpu)
		host_vcpu_relax();
	else if (!this_machine() || atomic_read(&this_host()->nr_inside) > 1)
		os_yield();
}

/* --- threads and time --------------------------------------------------- */

struct task_struct *port_self(void)
{
	return host_ctx.vcpu ? (void *)host_ctx.vcpu : os_thread_self();
}

void port_block_prepare(void)
{
	if (host_ctx.vcpu)
		host_vcpu_block_prepare();
	else
		os_thread_prepare();
}

void port_block(void)
{
	might_sleep();
	kmap_local_check_none();
	if (host_ctx.vcpu)
		host_vcpu_block();
	else
		os_thread_block();
}

void port_block_cancel(void)
{
	/* being about to sleep is no state here: a late wake only sets the flag */
}

void port_wake(struct task_struct *thread)
{
	if (host_ctx.vcpu)
		host_vcpu_wake(thread);
	else
		os_thread_wake(thread);
}

void port_cond_resched(void)
{
	might_sleep();
	kmap_local_check_none();
	kfence_tick();
	host_sched_point(HOST_POINT_RESCHED);
}

u64 port_clock_ns(void)
{
	struct host_machine *hm;

	if (!this_machine())
		return os_clock_ns();
	hm = this_host();
	if (hm->config.virtual_clock)
		return atomic64_read(&hm->clock_ns);
	return os_clock_ns() - hm->start_ns;
}

/**
 * host_clock_advance() - let @ns pass on this machine's virtual clock.
 * Locks:   none.  Context: thread in a machine.
 */
void host_clock_advance(u64 ns)
{
	mm_bug_on(!this_host()->config.virtual_clock);
	atomic64_add(ns, &this_host()->clock_ns);
	kfence_tick();
}

/* splitmix64: each call steps the state and mixes it */
u64 port_random_ull(void)
{
	u64 z = atomic64_add_return((s64)0x9e3779b97f4a7c15ull, &this_host()->random_state);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* --- log ---------------------------------------------------------------- */

/* Append, dropping the older half when the buffer is full. log_lock held. */
static void log_append(struct host_machine *hm, const char *text, size_t bytes)
{
	bytes = min_t(size_t, bytes, HOST_LOG_BYTES / 2 - 1);
	if (hm->log_bytes + bytes >= HOST_LOG_BYTES) {
		size_t keep = hm->log_bytes / 2;

		memmove(hm->log, hm->log + hm->log_bytes - keep, keep);
		hm->log_bytes = keep;
	}
	memcpy(hm->log + hm->log_bytes, text, bytes);
	hm->log_bytes += bytes;
	hm->log[hm->log_bytes] = '\0';
}

static void log_text(int level, const char *text, size_t bytes)
{
	struct host_machine *hm;
	unsigned long flags;

	if (!this_machine()) {
		os_stderr(text, bytes);
		return;
	}
	hm = this_host();
	spin_lock_irqsave(&hm->log_lock, flags);
	log_append(hm, text, bytes);
	spin_unlock_irqrestore(&hm->log_lock, flags);
	if (level <= hm->config.print_level && hm->config.print_level)
		os_stderr(text, bytes);
}

/**
 * vprintk() - format one message and log it. Level 4 when it has none.
 * Locks:   log_lock.  Context: any.  Return: bytes of the message.
 */
int vprintk(const char *fmt, va_list args)
{
	int bytes, level;
	const char *text;
	char line[1024];

	bytes = vscnprintf(line, sizeof(line), fmt, args);
	level = printk_get_level(line);		/* "%s" may have been the level */
	text = printk_skip_level(line);
	bytes -= text - line;
	log_text(level >= '0' && level <= '7' ? level - '0' : 4, text, bytes);
	return bytes;
}

/**
 * printk() - vprintk() with arguments.
 * Locks:   log_lock.  Context: any.  Return: bytes of the message.
 */
int printk(const char *fmt, ...)
{
	va_list args;
	int bytes;

	va_start(args, fmt);
	bytes = vprintk(fmt, args);
	va_end(args);
	return bytes;
}

/**
 * host_log_text() - what @machine logged last.
 * Locks:   none: nobody logs meanwhile.  Context: any thread.
 */
const char *host_log_text(struct machine *machine)
{
	return to_host(machine)->log;
}

/**
 * host_log_clear() - empty the log.
 * Locks:   none: nobody logs meanwhile.  Context: any thread.
 */
void host_log_clear(struct machine *machine)
{
	to_host(machine)->log_bytes = 0;
	to_host(machine)->log[0] = '\0';
}

/* --- bugs and warnings -------------------------------------------------- */

/**
 * host_set_bug_hook() - from now on port_bug() in this thread calls @hook.
 * Locks:   none.  Context: thread.
 */
void host_set_bug_hook(host_bug_hook hook, void *arg)
{
	this_thread()->bug_hook = hook;
	this_thread()->bug_hook_arg = arg;
}

void port_bug(const char *file, int line, const char *expr)
{
	char text[256];
	int bytes;

	host_ctx.irqs_off = false;
	if (this_machine())
		WRITE_ONCE(this_host()->bugged, true);
	if (this_thread()->bug_hook)
		this_thread()->bug_hook(file, line, expr, this_thread()->bug_hook_arg);
	if (host_ctx.vcpu)
		host_vcpu_bug(file, line, expr);
	if (this_machine())
		os_stderr(this_host()->log, strlen(this_host()->log));
	bytes = scnprintf(text, sizeof(text), "kernel BUG at %s:%d: %s\n", file, line, expr);
	os_stderr(text, bytes);
	os_abort();
}

void port_warn(const char *file, int line, const char *expr)
{
	if (this_machine())
		atomic_long_inc(&this_host()->warnings);
	pr_warn("WARNING: CPU: %u at %s:%d: %s\n", host_ctx.cpu, file, line, expr);
}

void port_warn_once(const char *file, int line, const char *expr)
{
	/* a test wants to see every one */
	port_warn(file, line, expr);
}

/**
 * host_warnings() - warnings that @machine gave so far.
 * Locks:   none.  Context: any thread.
 */
unsigned long host_warnings(struct machine *machine)
{
	return atomic_long_read(&to_host(machine)->warnings);
}

/**
 * host_hooks_changed() - each thread in @machine learns whether a hook is armed.
 * Locks:   takes hooks_lock, so that of several changes the last one counts.
 * Context: any thread.
 */
void host_hooks_changed(struct machine *machine)
{
	struct host_machine *hm = to_host(machine);
	unsigned int cpu;
	bool armed;

	spin_lock(&hm->hooks_lock);
	armed = atomic_read(&machine->debug.hooks);
	hm->ctx.hooks_armed = armed;
	for (cpu = 0; cpu < hm->config.nr_cpus; cpu++) {
		struct host_context *ctx = READ_ONCE(hm->cpus[cpu].ctx);

		if (ctx)
			host_arm(ctx, armed || ctx->vcpu);
	}
	spin_unlock(&hm->hooks_lock);
}

/**
 * host_fail_nth() - see host.h.
 * Locks:   none.  Context: nobody allocates meanwhile.
 */
void host_fail_nth(struct machine *machine, unsigned long nth, bool and_after)
{
	fault_set_nth(machine, nth, and_after);
}

/**
 * host_failures() - allocations of @machine that failed because a test wanted it.
 * Locks:   none.  Context: any thread.
 */
unsigned long host_failures(struct machine *machine)
{
	return atomic_long_read(&machine->debug.fault.failures);
}

struct task_mempolicy *port_self_mempolicy(void)
{
	return &this_thread()->mempolicy;
}

struct fault_task *port_self_faults(void)
{
	return &this_thread()->faults;
}

size_t port_symbol(char *buf, size_t size, unsigned long addr)
{
	return 0;		/* the address itself is shown: a debugger knows it */
}

const char *port_self_name(void)
{
	return "host";
}

int port_self_pid(void)
{
	return 0;
}

int port_self_tgid(void)
{
	return 0;
}

#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
/*
 * Frame pointers make a list, *fp the caller's and fp[1] the return address. Code that was
 * compiled without them may leave anything in fp: nothing is read outside of this stack,
 * and fp only grows, so the walk ends.
 */
__attribute__((no_sanitize("address", "thread", "undefined")))
unsigned int host_stack_walk(const unsigned long *fp, unsigned long *store, unsigned int size,
			     unsigned int skip)
{
	const unsigned long *end = host_stack_end(fp);
	unsigned int nr = 0;

	while (end && nr < size) {
		const unsigned long *next = (const unsigned long *)fp[0];

		if (!fp[1])
			break;
		if (skip)
			skip--;
		else
			store[nr++] = fp[1];
		if (next <= fp || next + 2 > end || (unsigned long)next % sizeof(*fp))
			break;
		fp = next;
	}
	return nr;
}

unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	return host_stack_walk(__builtin_frame_address(0), store, size, skipnr);
}
#else
unsigned int host_stack_walk(const unsigned long *fp, unsigned long *store, unsigned int size,
			     unsigned int skip)
{
	return 0;
}

unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr)
{
	if (!size || skipnr)
		return 0;
	store[0] = (unsigned long)__builtin_return_address(0);
	return 1;
}
#endif

/* --- the kernel around mm/ ---------------------------------------------- */

unsigned int *port_self_flags(void)
{
	return &this_thread()->flags;
}

/* Only an address tells where: a debugger knows the rest. */
noinline void dump_stack(void)
{
	pr_warn("Call Trace:\n %pS\n", __builtin_return_address(0));
}

/* There is nobody but the test's own threads. */
int port_out_of_memory(gfp_t gfp, unsigned int order)
{
	return 0;
}

bool port_fatal_signal_pending(void)
{
	return this_thread()->fatal_signal;
}

unsigned long port_rlimit(unsigned int which)
{
	return which < HOST_RLIMITS ? this_host()->rlimit[which] : ULONG_MAX;
}

bool port_capable_admin(void)
{
	return this_host()->capable_admin;
}

/**
 * host_set_rlimit() - RLIMIT_@which of this machine's tasks.
 * Locks:   none.  Context: thread in a machine.
 */
void host_set_rlimit(unsigned int which, unsigned long value)
{
	mm_bug_on(which >= HOST_RLIMITS);
	this_host()->rlimit[which] = value;
}

/**
 * host_set_capable_admin() - may this machine's tasks exceed their limits?
 * Locks:   none.  Context: thread in a machine.
 */
void host_set_capable_admin(bool yes)
{
	this_host()->capable_admin = yes;
}

/**
 * host_set_fatal_signal() - is this thread's task being killed?
 * Locks:   none.  Context: thread in a machine.
 */
void host_set_fatal_signal(bool pending)
{
	this_thread()->fatal_signal = pending;
}
