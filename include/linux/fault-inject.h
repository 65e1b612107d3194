/* SPDX-License-Identifier: MIT */
/* fault-inject.h - allocations that fail on request: mm/debug/fault_inject.c. */
#ifndef LINUX_FAULT_INJECT_H
#define LINUX_FAULT_INJECT_H

#include <mm/debug_state.h>

struct machine;

int __must_check setup_fault_attr(struct fault_attr *attr, const char *text);
void fault_attr_set_probability(struct fault_attr *attr, unsigned long percent);
void fault_task_set_nth(struct fault_task *task, unsigned int nth);
void fault_task_exit(struct fault_task *task);
void fault_set_nth(struct machine *machine, unsigned long nth, bool and_after);

#endif
