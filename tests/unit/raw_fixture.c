// SPDX-License-Identifier: GPL-2.0-or-later
#include "raw_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "backends/ftrace/outcome.h"
#include "compat/host/machine.h"
#include "core/backend.h"
#include "core/base/util.h"
#include "core/event/syscalls.h"
#include "helper.h"

/* The fields that a record alone gives: all up to CGROUPID. */
#define RECORDED      (2 * FIELD(CGROUPID) - 1)
#define PROBE_CURRENT 0xffff888000000000 /* any address: the probes are recorded */

static void load_bytes(struct raw_bytes *b, const struct raw_fixture *x, const char *name)
{
	cleanup_fclose FILE *f = NULL;
	char path[256];
	long size;

	snprintf(path, sizeof(path), "%s/%s", x->dir, name);
	f = fopen(path, "re");
	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	cr_assert_gt(size, 0, "%s", path);
	rewind(f);
	b->size = (size_t)size;
	/* With room for a NUL, and aligned to 8 bytes. */
	b->data = calloc(1, b->size + 8);
	cr_assert_not_null(b->data);
	cr_assert_eq(fread(b->data, 1, b->size, f), b->size);
}

static void load_layout(struct raw_fixture *x)
{
	struct raw_bytes text;
	int found = 0;

	layout_init(&x->layout);
	load_bytes(&text, x, "layout");
	for (char *save, *line = strtok_r((char *)text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *colon = strrchr(line, ':');

		cr_assert_not_null(colon);
		*colon = '\0';
		for (int i = 0; i < LAYOUT_FIELDS; i++)
			if (!strcmp(layout_field_name((enum layout_field)i), line)) {
				x->layout.at[i] = (int)strtol(colon + 1, NULL, 10);
				found++;
			}
	}
	cr_assert_gt(found, 20);
	free(text.data);
}

static void load_probe(struct raw_fixture *x, struct raw_probe *p, enum hook hook, const char *name)
{
	struct fetch *f = calloc(1, sizeof(*f));
	struct raw_bytes format;
	char file[64], *args;
	const char *id;

	cr_assert_not_null(f);
	snprintf(file, sizeof(file), "events/%s.format", name);
	load_bytes(&format, x, file);
	p->dec.hook = hook;
	p->dec.cal = &x->cal;
	hook_fetch(f, &p->dec.cfg, hook);
	/* Rendering decides which values are read together. */
	cr_assert_eq(fetch_render(f, &args), 0);
	free(args);
	cr_assert_eq(fetch_map_init(&p->dec.map, f, (const char *)format.data, format.size, NULL),
		     0, "%s", name);
	id = strstr((const char *)format.data, "\nID: ");
	cr_assert_not_null(id);
	p->id = (int)strtol(id + 5, NULL, 10);
	free(format.data);
	free(f);
}

static void load_probes(struct raw_fixture *x, const char *machine)
{
	static const struct {
		enum hook hook;
		const char *name;
	} all[RAW_PROBES] = {
		{HOOK_MAIN, "check0"},  {HOOK_MAIN, "check1"},      {HOOK_PRCTL, "prctl0"},
		{HOOK_PRCTL, "prctl1"}, {HOOK_SYSCALL, "sys_exit"},
	};

	x->cal = (struct calibration){.form = OPTS_BITS, .securebits_mask = 0xff};
	for (size_t i = 0; i < RAW_PROBES; i++) {
		x->probes[i].dec.cfg = (struct hook_cfg){
			.machine = machine_find(machine),
			.layout = &x->layout,
			.fields = FIELDS_BACKEND,
			.current = PROBE_CURRENT,
			.compute = true,
			.comm = true,
		};
		load_probe(x, &x->probes[i], all[i].hook, all[i].name);
	}
}

static void load_want(struct raw_want *w, const char *line)
{
	struct cap_event *ev = &w->ev;
	char verdict[8];
	int insetid;

	cr_assert_eq(sscanf(line,
			    "cpu %*d pid %" SCNd32 " tid %" SCNd32
			    " comm %15s syscall %15s cap %d insetid %d verdict %7s uid %" SCNu32
			    " gid %" SCNu32 " caps %" SCNx64 " current %" SCNu32 " target %" SCNu32
			    " mntns %" SCNu32 " ret %d",
			    &ev->pid, &ev->tid, ev->comm, w->syscall, &ev->cap, &insetid, verdict,
			    &ev->uid, &ev->gid, &ev->caps, &ev->current_userns, &ev->target_userns,
			    &ev->mntns, &w->ret),
		     14, "%s", line);
	ev->insetid = insetid;
	ev->verdict = strcmp(verdict, "Deny") ? CAP_ALLOW : CAP_DENY;
}

static void load_wants(struct raw_fixture *x)
{
	struct raw_bytes text;

	load_bytes(&text, x, "expected");
	for (char *save, *line = strtok_r((char *)text.data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		cr_assert_lt(x->wants_len, RAW_WANTS);
		load_want(&x->wants[x->wants_len++], line);
	}
	free(text.data);
}

void raw_fixture_load(struct raw_fixture *x, const char *kernel, const char *machine)
{
	char name[16];

	memset(x, 0, sizeof(*x));
	snprintf(x->dir, sizeof(x->dir), FIXTURES "/raw/%s", kernel);
	load_layout(x);
	load_probes(x, machine);
	load_wants(x);
	for (int cpu = 0; cpu < RAW_CPUS; cpu++) {
		snprintf(name, sizeof(name), "perf.cpu%d", cpu);
		load_bytes(&x->perf[cpu], x, name);
		snprintf(name, sizeof(name), "ring.cpu%d", cpu);
		load_bytes(&x->ring[cpu], x, name);
		cr_assert_eq(x->ring[cpu].size % RAW_PAGE, 0);
	}
	x->outcomes = outcomes_new(machine_find(machine));
	cr_assert_not_null(x->outcomes);
}

void raw_fixture_free(struct raw_fixture *x)
{
	for (int cpu = 0; cpu < RAW_CPUS; cpu++) {
		free(x->perf[cpu].data);
		free(x->ring[cpu].data);
	}
	outcomes_free(x->outcomes);
}

const struct raw_probe *raw_fixture_probe(const struct raw_fixture *x, const struct feed_record *r)
{
	struct feed_entry entry;

	cr_assert_geq(r->size, sizeof(entry));
	memcpy(&entry, feed_raw(r), sizeof(entry));
	for (size_t i = 0; i < RAW_PROBES; i++)
		if (x->probes[i].id == entry.type)
			return &x->probes[i];
	return NULL;
}

static void compare(const struct cap_event *ev, const struct raw_want *w)
{
	const struct cap_event *want = &w->ev;

	cr_expect_eq(~ev->have & RECORDED, 0, "%s lacks %#llx", want->comm,
		     (unsigned long long)(~ev->have & RECORDED));
	cr_expect(!strcmp(ev->comm, want->comm), "%s is called %s", want->comm, ev->comm);
	cr_expect_str_eq(ev->syscall, w->syscall, "%s", want->comm);
	cr_expect(ev->audit, "%s", want->comm);
#define SAME(member)                                                                              \
	cr_expect_eq(ev->member, want->member, "%s: " #member " is %#llx, not %#llx", want->comm, \
		     (unsigned long long)ev->member, (unsigned long long)want->member)
	SAME(pid);
	SAME(tid);
	SAME(uid);
	SAME(gid);
	SAME(cap);
	SAME(caps);
	SAME(insetid);
	SAME(verdict);
	SAME(current_userns);
	SAME(target_userns);
	SAME(mntns);
#undef SAME
}

struct outcome_seen {
	struct event_handler handler;
	size_t refused;
};

static void on_outcome(struct event_handler *handler, const struct cap_outcome *o)
{
	container_of(handler, struct outcome_seen, handler)->refused += o->refused;
}

/* Like the kernel's filter, passes only errors that a missing capability may have caused. */
static void take_return(struct raw_fixture *x, const struct raw_probe *p,
			const struct feed_record *r)
{
	int64_t ret = fetch_get(&p->dec.map, FETCH_RET, feed_raw(r), r->size);
	struct outcome_seen seen = {.handler = {.outcome = on_outcome}};
	struct feed_entry entry;

	memcpy(&entry, feed_raw(r), sizeof(entry));
	if (!x->seen || (int32_t)entry.pid != x->wants[x->seen - 1].ev.tid)
		return;
	/* It is the call with the check that fails so; the thread's other calls do not. */
	if ((int32_t)ret == -EPERM || (int32_t)ret == -EACCES) {
		cr_expect_eq((int32_t)ret, x->wants[x->seen - 1].ret);
		outcomes_return(x->outcomes, entry.pid,
				fetch_get(&p->dec.map, FETCH_ID, feed_raw(r), r->size), ret,
				r->time, &seen.handler);
	}
	x->refused += seen.refused;
}

void raw_fixture_take(void *arg, const struct feed_record *r)
{
	struct raw_fixture *x = arg;
	const struct raw_probe *p = raw_fixture_probe(x, r);
	struct outcome_seen seen = {.handler = {.outcome = on_outcome}};
	struct hook_call call;
	struct cap_event ev;

	cr_assert_not_null(p);
	if (p->dec.hook == HOOK_SYSCALL) {
		take_return(x, p, r);
		return;
	}
	if (!hook_decode(&p->dec, r, &ev)) {
		cr_expect_eq(p->dec.hook, HOOK_PRCTL);
		x->quiet++;
		return;
	}
	/* Checks by other programs are not among the expected ones. */
	if (strncmp(ev.comm, "ask", 3) && strncmp(ev.comm, "thread", 6))
		return;
	cr_assert_lt(x->seen, x->wants_len, "%s", ev.comm);
	compare(&ev, &x->wants[x->seen++]);
	hook_call(&p->dec, r, &call);
	outcomes_before(x->outcomes, ev.tid, &call, &seen.handler);
	outcomes_after(x->outcomes, &ev, &call);
}

void raw_fixture_complete(const struct raw_fixture *x)
{
	size_t denied = 0;

	for (size_t i = 0; i < x->wants_len; i++)
		denied += x->wants[i].ev.verdict == CAP_DENY;
	cr_expect_eq(x->seen, x->wants_len);
	cr_expect_geq(x->quiet, x->wants_len, "each thread set its name");
	/* System calls are looked up in the tables of the machine on which captrace runs. */
	if (syscall_abi_native() == SYSCALL_ABI_X86_64)
		cr_expect_eq(x->refused, denied);
}
