/* SPDX-License-Identifier: MIT */
#ifndef _MM_PORT_LIB_H
#define _MM_PORT_LIB_H

/*
 * The part of the port's contract that lib/ stands on (include/mm/port.h is
 * the whole). Besides these, linux/bug.h declares port_bug(), port_warn() and
 * port_warn_once(); <asm/irqflags.h> has arch_local_irq_save(), _restore(),
 * _enable(), _disable() and arch_irqs_disabled(); <asm/processor.h> has
 * cpu_relax().
 */
#include <linux/types.h>

struct task_struct;
struct held_locks;

/*
 * The calling thread. Before the scheduler runs it is the boot thread, which
 * never blocks; the value then only has to be constant.
 */
struct task_struct *port_self(void);

/*
 * Sleep until woken, without losing a wake:
 *
 *	port_block_prepare();		the thread counts as asleep
 *	while (!condition) {
 *		port_block();		give up the CPU until port_wake()
 *		port_block_prepare();
 *	}
 *	port_block_cancel();		the thread counts as running
 *
 * A port_wake() after port_block_prepare() makes the next port_block() return
 * at once. port_block() may also return without a wake. Signals do not end it.
 * Context: may sleep; no spinlock held. None of these fails.
 */
void port_block_prepare(void);
void port_block(void);
void port_block_cancel(void);

/*
 * Make @thread runnable; nothing happens when it is already. A full barrier
 * before the state is looked at.
 * Context: any, also interrupts off and spinlocks of a rank below RANK_RQ held.
 */
void port_wake(struct task_struct *thread);

/*
 * CONFIG_DEBUG_LOCKS: where this CPU (hosted: this thread) notes the spinlocks
 * it holds; NULL as long as there is no such place, then nothing is checked.
 */
struct held_locks *port_held_locks(void);

/*
 * The text of %pS, "name+0x12/0x40": returns the number of bytes that the
 * whole text has, as snprintf() does, or 0 when the address has no name.
 */
size_t port_symbol(char *buf, size_t size, unsigned long addr);

#endif
