// SPDX-License-Identifier: MIT
/*
 * smp.c - the other CPUs: found, started one by one, interrupted, stopped.
 *
 * The MADT lists the CPUs by APIC number; the boot CPU is CPU 0, the others follow
 * in the order of the list. smp_init() gives each its struct cpu_tables, interrupt
 * stacks and an idle task, and wakes it with INIT and STARTUP; it comes through
 * trampoline_64.S to secondary_start() and ends in the idle loop. P1 to P3 stand
 * in asm/smp.h.
 *
 * Calls: a CPU that wants others to run a function publishes it in its own
 * call_slot and sets its bit in the target's call_pending; the target's interrupt
 * takes all bits at once and runs each sender's function.
 *
 *   P4  a call_slot is written by its CPU, in thread context, only while left == 0
 *   P5  the sender sets its bits after the slot is complete; the target decrements
 *       left after the function has returned, and touches the slot no more
 *
 * Locks: none. One sender per CPU at a time, since kernel code is not preempted and
 * interrupt handlers do not call.
 */
#include <linux/acpi.h>
#include <linux/atomic.h>
#include <linux/clockchips.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/fpu.h>
#include <asm/kdebug.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/setup.h>
#include <asm/smp.h>
#include <asm/vdso.h>

#define START_TIMEOUT_NS	NSEC_PER_SEC
#define LOCK_TURNS		200

extern char trampoline_start[], trampoline_end[], trampoline_long[], trampoline_gdt[];
extern char trampoline_gdtr[], trampoline_far[], trampoline_pgd[], trampoline_efer[];
extern char trampoline_stack[], trampoline_arg[], trampoline_entry[];
extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

/* a: atomic   s: the sending CPU */
struct call_slot {
	void (*fn)(void *arg);		/* s  (P4) */
	void *arg;			/* s */
	atomic_t left;			/* a  CPUs that have not finished */
	unsigned long pending;		/* a  bit c: CPU c's slot is for this CPU */
} ____cacheline_aligned;

unsigned int nr_cpu_ids __ro_after_init = 1;
struct cpumask cpu_online_mask_bits = { { 1 } };
struct cpumask cpu_possible_mask_bits = { { 1 } };
struct cpu_local *cpu_locals[NR_CPUS];
static u32 apic_ids[NR_CPUS] __ro_after_init;
static unsigned int max_cpus __initdata = NR_CPUS;
static struct call_slot boot_slot;
static struct call_slot *call_slots[NR_CPUS] = { &boot_slot };

static_assert(NR_CPUS <= 64, "call_slot.pending is one word");

/* --- who there is ------------------------------------------------------------ */

static int __init param_maxcpus(char *value)
{
	int error = value ? kstrtouint(value, 0, &max_cpus) : -EINVAL;

	if (!error && !max_cpus)
		max_cpus = 1;
	return error;
}
early_param("maxcpus", param_maxcpus);

static int __init param_nosmp(char *value)
{
	max_cpus = 1;
	return 0;
}
early_param("nosmp", param_nosmp);

static u32 __init boot_apic_id(void)
{
	u32 r[4];

	cpuid_count(1, 0, r);
	return r[1] >> 24;
}

static void __init add_cpu(u32 id, u32 flags)
{
	if (!(flags & ACPI_MADT_ENABLED) || id == apic_ids[0])
		return;
	if (nr_cpu_ids >= max_cpus || nr_cpu_ids >= NR_CPUS) {
		pr_info("smp: CPU with APIC %u is not used\n", id);
		return;
	}
	apic_ids[nr_cpu_ids] = id;
	__cpumask_set_cpu(nr_cpu_ids, &cpu_possible_mask_bits);
	nr_cpu_ids++;
}

static void __init read_madt(const struct acpi_table_madt *madt)
{
	const struct acpi_subtable_header *entry;

	acpi_for_each_subtable(entry, &madt->header, sizeof(*madt)) {
		if (entry->type == ACPI_MADT_TYPE_LOCAL_APIC &&
		    entry->length >= sizeof(struct acpi_madt_local_apic)) {
			const struct acpi_madt_local_apic *a = (const void *)entry;

			add_cpu(a->id, a->lapic_flags);
		} else if (entry->type == ACPI_MADT_TYPE_LOCAL_X2APIC &&
			   entry->length >= sizeof(struct acpi_madt_local_x2apic)) {
			const struct acpi_madt_local_x2apic *a = (const void *)entry;

			add_cpu(a->local_apic_id, a->lapic_flags);
		}
	}
}

/**
 * smp_detect_cpus() - number the CPUs of the MADT, and note their nodes.
 * Locks: none. Context: boot CPU, after acpi_numa_init(). Return: how many, at least 1.
 */
unsigned int __init smp_detect_cpus(void)
{
	const struct acpi_table_madt *madt = acpi_find_table(ACPI_SIG_MADT);
	unsigned int cpu;

	apic_ids[0] = boot_apic_id();
	if (madt)
		read_madt(madt);
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		this_machine()->numa.cpu_node[cpu] = acpi_cpu_node(apic_ids[cpu]);
	return nr_cpu_ids;
}

/* --- starting ------------------------------------------------------------------ */

/* First C of another CPU: from here on it is CPU local->cpu. */
static void __noreturn secondary_start(struct cpu_local *local)
{
	write_cr3(__pa_symbol(swapper_pg_dir));
	cpu_load_tables(local);
	cpu_enable_paging_features();
	tlb_init_cpu();
	cpu_syscall_init();
	fpu_init_cpu();
	apic_setup_local();
	identify_secondary_cpu(local->cpu);
	local_timer_setup();
	vdso_getcpu_init();
	cpumask_set_cpu(local->cpu, &cpu_online_mask_bits);	/* P2 */
	cpu_idle_loop();
}

/* Tables, stacks and idle task of @cpu; NULL without memory. */
static struct cpu_local *__init prepare_cpu(unsigned int cpu)
{
	struct cpu_tables *tables = kzalloc(sizeof(*tables), GFP_KERNEL);
	struct call_slot *slot = kzalloc(sizeof(*slot), GFP_KERNEL);
	void *ist = vmalloc(NR_IST * IST_STACK_SIZE);
	struct task_struct *idle = idle_task_for(cpu);

	if (!tables || !slot || !ist || !idle) {
		vfree(ist);
		kfree(slot);
		kfree(tables);
		return NULL;
	}
	cpu_tables_init(tables, cpu, ist);
	tables->local.apic_id = apic_ids[cpu];
	tables->local.current_task = idle;
	tables->local.stack_top = task_stack_top(idle);
	tables->tss.sp0 = tables->local.stack_top;
	call_slots[cpu] = slot;
	cpu_locals[cpu] = &tables->local;
	return &tables->local;
}

static void *__init in_page(u8 *page, const char *label)
{
	return page + (label - trampoline_start);
}

/* Copy the code and fill in what is the same for all. */
static void __init fill_trampoline(u8 *page, phys_addr_t phys, phys_addr_t pgd)
{
	mm_bug_on(trampoline_end - trampoline_start > PAGE_SIZE);
	memcpy(page, trampoline_start, trampoline_end - trampoline_start);
	*(u32 *)(in_page(page, trampoline_gdtr) + 2) = phys + (trampoline_gdt - trampoline_start);
	*(u32 *)in_page(page, trampoline_far) = phys + (trampoline_long - trampoline_start);
	*(u32 *)in_page(page, trampoline_pgd) = pgd;
	*(u32 *)in_page(page, trampoline_efer) = rdmsr(MSR_EFER) & ~(u32)EFER_LMA;
	*(u64 *)in_page(page, trampoline_entry) = (u64)secondary_start;
}

static bool __init wait_online(unsigned int cpu, u64 ns)
{
	u64 until = ktime_get_ns() + ns;

	while (!cpu_online(cpu)) {
		if (ktime_get_ns() > until)
			return false;
		cpu_relax();
	}
	return true;
}

/* INIT, STARTUP, and STARTUP once more for a CPU that needs it. */
static bool __init start_cpu(unsigned int cpu, struct cpu_local *local, u8 *page,
			     phys_addr_t phys)
{
	u32 vector = phys >> PAGE_SHIFT;

	*(u64 *)in_page(page, trampoline_stack) = local->stack_top;
	*(u64 *)in_page(page, trampoline_arg) = (u64)local;
	smp_mb();
	apic_send_ipi(local->apic_id, APIC_DM_INIT | APIC_INT_ASSERT | APIC_INT_LEVEL);
	udelay(10);
	apic_send_ipi(local->apic_id, APIC_DM_INIT | APIC_INT_LEVEL);
	udelay(10);
	apic_send_ipi(local->apic_id, APIC_DM_STARTUP | vector);
	if (wait_online(cpu, START_TIMEOUT_NS / 100))
		return true;
	apic_send_ipi(local->apic_id, APIC_DM_STARTUP | vector);
	return wait_online(cpu, START_TIMEOUT_NS);
}

static void __init start_all(u8 *page, phys_addr_t phys)
{
	unsigned int cpu;

	for (cpu = 1; cpu < nr_cpu_ids; cpu++) {
		struct cpu_local *local = cpu_locals[cpu];

		if (!start_cpu(cpu, local, page, phys)) {
			/* It may still come: nothing it could use is taken away. */
			pr_err("smpboot: CPU %u (APIC %u) does not respond\n", cpu,
			       local->apic_id);
			break;
		}
	}
}

/**
 * smp_init() - start the other CPUs.
 * Locks: allocators'. Context: thread, interrupts on, may sleep. Return: nothing;
 * CPUs that cannot be started stay offline, with a line in the log.
 */
void __init smp_init(void)
{
	phys_addr_t phys = smp_trampoline_phys, pgd;
	unsigned int cpu;

	if (nr_cpu_ids == 1)
		return;
	for (cpu = 1; cpu < nr_cpu_ids; cpu++) {		/* P1 */
		if (!prepare_cpu(cpu)) {
			pr_err("smpboot: no memory for CPU %u\n", cpu);
			nr_cpu_ids = cpu;
			break;
		}
	}
	pgd = phys ? trampoline_pgd_create() : 0;
	if (!pgd) {
		pr_err("smpboot: no memory to start other CPUs in\n");
		return;
	}
	fill_trampoline(__va(phys), phys, pgd);
	start_all(__va(phys), phys);
	if (num_online_cpus() == nr_cpu_ids)
		trampoline_pgd_destroy(pgd);
	pr_info("smp: Brought up %u node%s, %u CPUs\n", num_online_nodes(),
		num_online_nodes() == 1 ? "" : "s", num_online_cpus());
}

/* --- asking and stopping ----------------------------------------------------------- */

/**
 * smp_send_reschedule() - see asm/smp.h.
 * Locks: none. Context: any. Return: nothing.
 */
void smp_send_reschedule(unsigned int cpu)
{
	mm_assert(cpu < nr_cpu_ids);
	apic_send_ipi(cpu_locals[cpu]->apic_id, RESCHEDULE_VECTOR);
}

/**
 * smp_call_function_interrupt() - run what other CPUs ask for.
 * Locks: none. Context: interrupt. Return: nothing.
 */
void smp_call_function_interrupt(void)
{
	struct call_slot *mine = call_slots[smp_processor_id()];
	unsigned long from = xchg(&mine->pending, 0ul);

	while (from) {
		struct call_slot *slot = call_slots[__builtin_ctzl(from)];

		from &= from - 1;
		slot->fn(slot->arg);
		atomic_fetch_sub_release(1, &slot->left);	/* P5 */
	}
}

/**
 * smp_call_function_mask() - see asm/smp.h.
 * Locks: none that is taken with interrupts off. Context: thread, interrupts on (P3).
 * Return: nothing; all have run @fn.
 */
void smp_call_function_mask(const struct cpumask *mask, void (*fn)(void *arg), void *arg)
{
	unsigned int cpu, self = smp_processor_id();
	struct call_slot *slot = call_slots[self];
	struct cpumask todo;
	int count;

	cpumask_and(&todo, mask, cpu_online_mask);
	__cpumask_clear_cpu(self, &todo);
	count = cpumask_weight(&todo);
	if (!count)
		return;
	mm_bug_on(arch_irqs_disabled() || atomic_read(&slot->left));	/* P3, P4 */
	slot->fn = fn;
	slot->arg = arg;
	atomic_set(&slot->left, count);
	for_each_cpu(cpu, &todo) {
		/* an order as well: the slot is complete before the bit is seen (P5) */
		if (!__atomic_fetch_or(&call_slots[cpu]->pending, 1ul << self, __ATOMIC_SEQ_CST))
			apic_send_ipi(cpu_locals[cpu]->apic_id, CALL_FUNCTION_VECTOR);
	}
	while (atomic_read_acquire(&slot->left))
		cpu_relax();
}

/**
 * on_each_cpu() - see asm/smp.h.
 * Locks, context: as smp_call_function_mask(); with one CPU online, any.
 * Return: nothing.
 */
void on_each_cpu(void (*fn)(void *arg), void *arg)
{
	unsigned long flags = arch_local_irq_save();

	fn(arg);
	arch_local_irq_restore(flags);
	if (num_online_cpus() > 1)
		smp_call_function_mask(cpu_online_mask, fn, arg);
}

/**
 * arch_lock_turns() - how long a thread spins for a semaphore: some ten microseconds, of
 * which an interrupt to an idle CPU and the switch there take more.
 * Locks: none. Context: any. Return: turns of cpu_relax(); 0 on a CPU that is alone.
 */
unsigned int arch_lock_turns(void)
{
	return num_online_cpus() > 1 ? LOCK_TURNS : 0;
}

/**
 * smp_stop_this_cpu() - out of use for good.
 * Locks: none. Context: any. Return: never.
 */
void smp_stop_this_cpu(void)
{
	arch_halt();
}

/**
 * smp_send_stop() - stop all other CPUs by NMI.
 * Locks: none. Context: any. Return: nothing; they may take some microseconds.
 */
void smp_send_stop(void)
{
	unsigned int cpu, self = smp_processor_id();

	if (num_online_cpus() == 1)
		return;
	WRITE_ONCE(panic_in_progress, true);
	for_each_online_cpu(cpu)
		if (cpu != self && cpu_locals[cpu])
			apic_send_ipi(cpu_locals[cpu]->apic_id, APIC_DM_NMI);
	udelay(100);
}
