// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/hook.h"

#include <linux/capability.h>

#include "ftrace/probe/hook_table.h"
#include "ftrace/probe/startup_probe.h"

#define ARG(value, type, n)                 \
	{                                   \
		value, type, false, n, NULL \
	}
#define ARG_WORD(value, n)                      \
	{                                       \
		value, FETCH_U64, true, n, NULL \
	}
#define EXPR(value, type, expr)             \
	{                                   \
		value, type, false, 0, expr \
	}
#define TRACE_FIELD(value, type) EXPR(value, type, "")

/* clang-format off */
const struct hook_row hook_table[HOOKS_COUNT] = {
	[HOOK_MAIN] = {
		.symbol = "cap_capable",
		.event = "check",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_CHECK | HOOK_IS_PER_CPU,
		.values = {ARG(FETCH_CAP, FETCH_S32, 3), ARG(FETCH_OPTS, FETCH_U32, 4)},
	},
	[HOOK_CAPSET] = {
		.symbol = "cap_capset",
		.event = "capset",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_CHECK | HOOK_IS_PER_CPU | HOOK_ASKS_AUDITED,
		.caller = CALLER_CAPSET,
		.cap = CAP_SETPCAP,
	},
	[HOOK_PRCTL] = {
		.symbol = "cap_task_prctl",
		.event = "prctl",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_CHECK | HOOK_IS_PER_CPU | HOOK_ASKS_AUDITED,
		.caller = CALLER_PRCTL,
		.cap = CAP_SETPCAP,
		.values = {ARG(FETCH_ARG1, FETCH_S32, 1), ARG_WORD(FETCH_ARG2, 2)},
	},
	[HOOK_MMAP_ADDR] = {
		.symbol = "cap_mmap_addr",
		.event = "mmap",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_CHECK | HOOK_IS_PER_CPU | HOOK_ASKS_AUDITED | HOOK_ASKS_INIT_NS,
		.caller = CALLER_MMAP_ADDR,
		.cap = CAP_SYS_RAWIO,
		.values = {ARG_WORD(FETCH_ARG1, 1)},
	},
	[HOOK_OVERCOMMIT] = {
		.symbol = "cap_vm_enough_memory",
		.event = "mem",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_CHECK | HOOK_IS_PER_CPU | HOOK_ASKS_INIT_NS,
		.caller = CALLER_OVERCOMMIT,
		.cap = CAP_SYS_ADMIN,
	},
	[HOOK_RETURN] = {
		.symbol = "cap_capable",
		.event = "return",
		.type = PROBE_RETURN,
		.values = {EXPR(FETCH_RET, FETCH_S32, "$retval")},
		.fetch = hook_fetch_frame,
	},
	[HOOK_EPROBE] = {
		.symbol = "capability/cap_capable",
		.event = "event",
		.type = PROBE_EVENT,
		.flags = HOOK_IS_CHECK,
		.values = {EXPR(FETCH_CAP, FETCH_S32, "$cap"), EXPR(FETCH_RET, FETCH_S32, "$ret")},
	},
	[HOOK_TASK] = {
		.symbol = "capability/cap_capable",
		.event = "task",
		.type = PROBE_EVENT,
		.flags = HOOK_IS_CHECK | HOOK_IS_PER_CPU,
		.values = {EXPR(FETCH_CAP, FETCH_S32, "$cap")},
	},
	[HOOK_TRACEPOINT] = {
		.symbol = "capability/cap_capable",
		.values = {TRACE_FIELD(FETCH_CAP, FETCH_S32), TRACE_FIELD(FETCH_RET, FETCH_S32)},
	},
	[HOOK_FORK] = {
		.symbol = "task/task_newtask",
		.values = {TRACE_FIELD(FETCH_PID, FETCH_S32),
			   TRACE_FIELD(FETCH_CLONE_FLAGS, FETCH_U64),
			   TRACE_FIELD(FETCH_COMM, FETCH_STRING)},
	},
	[HOOK_RENAME] = {
		.symbol = "task/task_rename",
		.values = {TRACE_FIELD(FETCH_PID, FETCH_S32),
			   TRACE_FIELD(FETCH_NEW_COMM, FETCH_STRING)},
	},
	[HOOK_FREE] = {
		.symbol = "sched/sched_process_free",
		.values = {TRACE_FIELD(FETCH_PID, FETCH_S32)},
	},
	[HOOK_SYSCALL] = {
		.symbol = "raw_syscalls/sys_exit",
		.values = {TRACE_FIELD(FETCH_ID, FETCH_U64), TRACE_FIELD(FETCH_RET, FETCH_U64)},
	},
	[HOOK_COMMIT] = {
		.symbol = "commit_creds",
		.event = "commit",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_PER_CPU,
		.fetch = hook_fetch_commit,
	},
	[HOOK_CGROUP_ATTACH] = {
		.symbol = "cgroup_attach_task",
		.event = "move",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_PER_CPU,
		.fetch = startup_fetch_attach,
	},
	[HOOK_CGROUP_ATTACHED] = {
		.symbol = "cgroup/cgroup_attach_task",
		.values = {TRACE_FIELD(FETCH_PID, FETCH_S32),
			   TRACE_FIELD(FETCH_DST_ROOT, FETCH_S32),
			   TRACE_FIELD(FETCH_DST_LEVEL, FETCH_S32)},
	},
	[HOOK_NEWTASK] = {
		.symbol = "wake_up_new_task",
		.event = "start",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_PER_CPU,
		.fetch = startup_fetch_newtask,
	},
	[HOOK_EXEC] = {
		.symbol = "setup_new_exec",
		.event = "image",
		.type = PROBE_ENTRY,
		.flags = HOOK_IS_PER_CPU,
		.fetch = startup_fetch_exec,
	},
	[HOOK_EXECED] = {
		.symbol = "sched/sched_process_exec",
		.values = {TRACE_FIELD(FETCH_PID, FETCH_S32)},
	},
};
/* clang-format on */

const char *hook_symbol(enum hook hook)
{
	return hook_table[hook].symbol;
}

const char *hook_event(enum hook hook)
{
	return hook_table[hook].event;
}

enum probe_type hook_probe_type(enum hook hook)
{
	return hook_table[hook].type;
}

unsigned int hook_caller(enum hook hook)
{
	return hook_table[hook].caller;
}

int hook_caller_cap(enum hook hook)
{
	return hook_table[hook].caller ? hook_table[hook].cap : -1;
}

bool hook_is_per_cpu(enum hook hook)
{
	return hook_table[hook].flags & HOOK_IS_PER_CPU;
}

bool hook_is_eprobe(enum hook hook)
{
	return hook_table[hook].event && hook_table[hook].type == PROBE_EVENT;
}
