// SPDX-License-Identifier: GPL-2.0-or-later
/* Decoding a record's system call and new credentials, and what the probes fetch for that. */
#include <criterion/criterion.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/hook.h"

#define TID 77

static struct layout layout;

static void all_known(void)
{
	for (int f = 0; f < LAYOUT_FIELDS; f++)
		layout.at[f] = f * 8;
}

static struct hook_cfg cfg_of(const char *machine)
{
	return (struct hook_cfg){
		.machine = machine_find(machine),
		.layout = &layout,
		.fields = FIELD(SYSCALL) | FIELD(OUTCOME),
		.current = 0x1000,
	};
}

static char *rendered(const struct hook_cfg *cfg, enum hook hook)
{
	struct fetch *f = calloc(1, sizeof(*f));
	char *text = NULL;

	hook_fetch(f, cfg, hook);
	cr_assert_eq(fetch_render(f, &text), 0);
	free(f);
	return text;
}

Test(ftrace_call, arguments_are_fetched_where_outcomes_are_wanted, .init = all_known)
{
	struct hook_cfg cfg = cfg_of("x86_64");
	char *text = rendered(&cfg, HOOK_MAIN);

	cr_assert(strstr(text, " u0=+") && strstr(text, " u2=+") && strstr(text, " v1=+"), "%s",
		  text);
	cr_assert_null(strstr(text, " v2="), "both ABIs pass the third argument in dx");
	free(text);
	text = rendered(&cfg, HOOK_OVERCOMMIT);
	cr_assert_null(strstr(text, " u0="));
	free(text);
	cfg.fields = FIELD(SYSCALL);
	text = rendered(&cfg, HOOK_MAIN);
	cr_assert_null(strstr(text, " u0="));
	free(text);
}

/* Before 4.9 TS_COMPAT is on the stack; such kernels may not save a 32-bit task's registers. */
Test(ftrace_call, a_status_on_the_stack, .init = all_known)
{
	struct hook_cfg cfg = cfg_of("x86_64");
	char want[64], *text;

	layout.at[LAYOUT_TASK_STATUS] = LAYOUT_ABSENT;
	text = rendered(&cfg, HOOK_MAIN);
	snprintf(want, sizeof(want), " st=+%d(+%d(@0x1000)):u32", layout.at[LAYOUT_STACK_STATUS],
		 layout.at[LAYOUT_TASK_STACK]);
	cr_assert(strstr(text, want), "%s", text);
	cr_assert(strstr(text, " u0=") && !strstr(text, " v0=") && !strstr(text, " cx="));
	free(text);
	/* If the kernel has no 32-bit system calls, the number and the address are enough. */
	layout.at[LAYOUT_STACK_STATUS] = LAYOUT_ABSENT;
	cfg.no_compat = true;
	text = rendered(&cfg, HOOK_MAIN);
	cr_assert(strstr(text, " nr=") && !strstr(text, " st=") && !strstr(text, " cx="));
	free(text);
	cfg.no_compat = false;
	text = rendered(&cfg, HOOK_MAIN);
	cr_assert(strstr(text, " cx=") && strstr(text, " fl="));
	free(text);
}

Test(ftrace_call, a_commit_is_fetched_whole_or_not_at_all, .init = all_known)
{
	struct hook_cfg cfg = cfg_of("x86_64");
	char *text = rendered(&cfg, HOOK_COMMIT);

	cr_assert(strstr(text, "fsgid=+") && strstr(text, "(%di)") && strstr(text, "ouid=+"));
	free(text);
	cr_assert(hook_can_commit(&layout));
	layout.at[LAYOUT_CRED_SGID] = LAYOUT_ABSENT;
	cr_assert_not(hook_can_commit(&layout));
	text = rendered(&cfg, HOOK_COMMIT);
	cr_assert_str_eq(text, "");
	free(text);
}

/* Makes a decoder for records with the entry and then each of these values in 8 bytes. */
static struct hook_decoder decoder(const struct hook_cfg *cfg, const enum fetch_value *values,
				   size_t len)
{
	struct hook_decoder d = {.cfg = *cfg};

	for (size_t i = 0; i < len; i++) {
		d.map.at[values[i]].offset = (uint16_t)(8 + 8 * i);
		d.map.at[values[i]].size = 8;
	}
	d.map.size = (uint32_t)(8 + 8 * len);
	return d;
}

struct record {
	struct feed_record r;
	struct feed_entry entry;
	uint64_t values[20];
};

static struct record record_of(const uint64_t *values, size_t len)
{
	struct record rec = {.r.size = (uint32_t)(8 + 8 * len), .entry.pid = TID};

	memcpy(rec.values, values, len * sizeof(*values));
	return rec;
}

static const enum fetch_value of_call[] = {
	FETCH_TID,          FETCH_NR,         FETCH_IP,
	FETCH_STATUS,       FETCH_CALL_ARG,   FETCH_CALL_ARG + 1,
	FETCH_CALL_ARG + 2, FETCH_COMPAT_ARG, FETCH_COMPAT_ARG + 1};

static struct hook_call decode_call(const char *machine, const uint64_t *values, size_t len)
{
	struct hook_cfg cfg = cfg_of(machine);
	struct hook_decoder d = decoder(&cfg, of_call, len);
	struct record rec = record_of(values, len);
	struct hook_call call;

	hook_call(&d, &rec.r, &call);
	return call;
}

Test(ftrace_call, no_arguments_of_a_32_bit_task_that_were_not_saved)
{
	const uint64_t values[] = {TID, 212, 0x401000, 2, 1, 2, 3};
	struct hook_call call = decode_call("x86_64", values, ARRAY_SIZE(values));

	cr_assert_str_eq(call.syscall, "chown32");
	cr_assert_not(call.has_args);
}

Test(ftrace_call, arguments_by_abi)
{
	uint64_t v[] = {TID, 105, 0x401000, 0, UINT64_MAX, 2, 3, 0xfffffff14, 15};
	struct hook_call call = decode_call("x86_64", v, ARRAY_SIZE(v));

	cr_assert_str_eq(call.syscall, "setuid");
	cr_assert(call.has_args && call.args[0] == UINT64_MAX && call.args[1] == 2 &&
		  call.args[2] == 3);
	v[1] = 213;
	v[3] = 2; /* TS_COMPAT */
	v[6] = 0xfffffff03;
	call = decode_call("x86_64", v, ARRAY_SIZE(v));
	cr_assert_str_eq(call.syscall, "setuid32");
	cr_assert(call.has_args && call.args[0] == 0xffffff14 && call.args[1] == 15 &&
		  call.args[2] == 0xffffff03);
	/* The probe reached another task. */
	v[0] = TID + 1;
	call = decode_call("x86_64", v, ARRAY_SIZE(v));
	cr_assert(!call.syscall && !call.has_args);
	/* Without the arguments. */
	v[0] = TID;
	call = decode_call("x86_64", v, 4);
	cr_assert(call.syscall && !call.has_args);
}

static bool decode_commit(const uint64_t *values, size_t len, struct hook_commit *commit)
{
	enum fetch_value of_commit[2 * HOOK_COMMIT_IDS + 2];
	struct hook_cfg cfg = cfg_of("x86_64");
	struct record rec = record_of(values, len);
	struct hook_decoder d;

	cfg.caps = UINT64_MAX >> (63 - CAP_LAST_CAP);
	of_commit[0] = FETCH_TID;
	for (int i = 0; i < HOOK_COMMIT_IDS; i++) {
		of_commit[1 + i] = hook_ids[i].now;
		of_commit[1 + HOOK_COMMIT_IDS + i] = hook_ids[i].before;
	}
	of_commit[2 * HOOK_COMMIT_IDS + 1] = FETCH_PERMITTED;
	d = decoder(&cfg, of_commit, len);
	return hook_commit(&d, &rec.r, commit);
}

Test(ftrace_call, new_credentials)
{
	uint64_t v[2 * HOOK_COMMIT_IDS + 2] = {TID, 1, 2, 3, 4, 5, 6, 7, 8,
					       1,   2, 3, 4, 5, 6, 7, 8, 0xf0};
	struct hook_commit c;

	cr_assert(decode_commit(v, ARRAY_SIZE(v), &c));
	cr_assert(!c.ids_changed && c.has_permitted && c.permitted == 0xf0);
	for (int i = 0; i < HOOK_COMMIT_IDS; i++) {
		v[1 + i]++;
		cr_assert(decode_commit(v, ARRAY_SIZE(v), &c));
		cr_assert(c.ids_changed, "%d", i);
		v[1 + i]--;
	}
	cr_assert(decode_commit(v, ARRAY_SIZE(v) - 1, &c));
	cr_assert_not(c.has_permitted);
	cr_assert_not(decode_commit(v, ARRAY_SIZE(v) - 2, &c), "an id is missing");
	v[ARRAY_SIZE(v) - 1] = UINT64_MAX;
	cr_assert(decode_commit(v, ARRAY_SIZE(v), &c));
	cr_assert_eq(c.permitted, UINT64_MAX >> (63 - CAP_LAST_CAP), "the full set of 3.10");
	v[0]++;
	cr_assert_not(decode_commit(v, ARRAY_SIZE(v), &c), "another task");
}
