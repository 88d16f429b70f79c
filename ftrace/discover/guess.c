// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the current task of a CPU without data symbols (no CONFIG_KALLSYMS_ALL). task_curr()
 * compares its argument with `per_cpu(runqueues, cpu).curr`, so its code has the addresses of
 * runqueues and of __per_cpu_offset and the offset of curr. The contents of memory show which
 * constant is which. The results are guesses: the caller has to verify that one leads to a task
 * that it knows.
 */
#include <string.h>

#include "compat/host/ksyms.h"
#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "ftrace/discover/code_refs.h"
#include "ftrace/discover/internal.h"
#include "ftrace/discover/layout_find.h"

#define CODE_MAX   128
#define REFS_MAX   160
#define PLACES_MAX 192
#define OFFSET_MAX 0x4000   /* of a member of struct rq */
#define PERCPU_MAX 0x400000 /* x86-64's per-CPU symbols started at 0 until 6.15 */
#define RQ_ALIGN   64       /* at least a cache line */
#define TASK_ALIGN 32

struct place {
	uint64_t array; /* of the CPUs' offsets; 0: none, a kernel without CONFIG_SMP */
	uint64_t base;  /* the address to which the offsets are added */
	uint64_t addr;  /* the sum for the calibrator's CPU */
};

struct guessing {
	struct discovery *d;
	struct probe_context *ctx;
	uint64_t refs[REFS_MAX], values[REFS_MAX];
	size_t refs_len;
	struct place places[PLACES_MAX];
	size_t len;
};

static bool is_address(const struct probe_context *ctx, uint64_t v)
{
	const struct dump d = {.word = ctx->machine->word};

	return v % ctx->machine->word == 0 && dump_is_pointer(&d, v);
}

static uint64_t wrap(const struct probe_context *ctx, uint64_t v)
{
	return ctx->machine->word == 4 ? v & UINT32_MAX : v;
}

static int read_code(struct guessing *g, struct err *e)
{
	const size_t word = g->ctx->machine->word;
	uint64_t addrs[CODE_MAX / 4], words[CODE_MAX / 4], end;
	struct ksym sym = {.name = "task_curr"};
	unsigned char code[CODE_MAX];
	size_t n;
	int rc = ksyms_resolve_ranges(&sym, &end, 1, e);

	if (rc || !sym.addr)
		return rc ? rc : err_set(e, -ENOENT, "no symbol task_curr");
	n = MIN((size_t)(end > sym.addr ? end - sym.addr : CODE_MAX), (size_t)CODE_MAX) / word;
	for (size_t i = 0; i < n; i++)
		addrs[i] = sym.addr + i * word;
	rc = trial_peek(g->d->trial, addrs, words, n, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		memcpy(code + i * word, &words[i], word);
	g->refs_len =
		code_refs(g->ctx->machine, sym.addr, code, n * word, g->refs, ARRAY_SIZE(g->refs));
	return 0;
}

static void add_place(struct guessing *g, uint64_t array, uint64_t offset, uint64_t base)
{
	uint64_t addr = wrap(g->ctx, base + offset);

	if (g->len == PLACES_MAX || !is_address(g->ctx, addr))
		return;
	for (size_t i = 0; i < g->len; i++)
		if (g->places[i].addr == addr)
			return;
	g->places[g->len++] = (struct place){array, base, addr};
}

/* Combines each constant that could be runqueues with each that could be the offset of curr. */
static void add_places(struct guessing *g, uint64_t array, uint64_t offset)
{
	for (size_t i = 0; i < g->refs_len; i++) {
		uint64_t rq = g->refs[i];

		if (rq == array || (!is_address(g->ctx, rq) && (!array || rq >= PERCPU_MAX)))
			continue;
		/* The compiler may have added curr's offset to a fixed address already. */
		if (!array)
			add_place(g, 0, 0, rq);
		if (rq % RQ_ALIGN)
			continue;
		for (size_t k = 0; k < g->refs_len; k++)
			if (g->refs[k] < OFFSET_MAX && g->refs[k] % g->ctx->machine->word == 0)
				add_place(g, array, offset, rq + g->refs[k]);
	}
}

/*
 * The offsets of CPUs are multiples of the page size, since each one is the distance to a copy of
 * the per-CPU area. That shows which constant is their array.
 */
static int list_places(struct guessing *g, struct err *e)
{
	uint64_t addrs[REFS_MAX] = {0}, values[REFS_MAX] = {0};
	const size_t word = g->ctx->machine->word;
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < g->refs_len; i++)
		if (is_address(g->ctx, g->refs[i]))
			addrs[n++] = g->refs[i] + (uint64_t)g->d->cfg.cpu * word;
	rc = trial_peek(g->d->trial, addrs, values, n, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		if (values[i] && values[i] % 4096 == 0)
			add_places(g, addrs[i] - (uint64_t)g->d->cfg.cpu * word, values[i]);
	if (!g->len)
		add_places(g, 0, 0);
	return 0;
}

static int peek_places(struct guessing *g, uint64_t values[PLACES_MAX], struct err *e)
{
	uint64_t addrs[PLACES_MAX];

	for (size_t i = 0; i < g->len; i++)
		addrs[i] = g->places[i].addr;
	return trial_peek(g->d->trial, addrs, values, g->len, e);
}

/*
 * Keeps the places that hold the same pointer, with the alignment of tasks, in two checks of the
 * calibrator.
 */
static int keep_likely(struct guessing *g, struct err *e)
{
	uint64_t first[PLACES_MAX], again[PLACES_MAX];
	size_t n = 0;
	int rc = peek_places(g, first, e);

	if (!rc)
		rc = peek_places(g, again, e);
	for (size_t i = 0; i < g->len && !rc; i++)
		if (first[i] == again[i] && first[i] % TASK_ALIGN == 0 &&
		    is_address(g->ctx, first[i])) {
			g->values[n] = first[i];
			g->places[n++] = g->places[i];
		}
	g->len = n;
	return rc;
}

/* If the layout is known, keeps only the places that lead to a task with the calibrator's id. */
static int keep_calibrator(struct guessing *g, struct err *e)
{
	uint64_t addrs[PLACES_MAX], tids[PLACES_MAX];
	size_t n = 0;
	int rc;

	if (!layout_has(&g->ctx->layout, LAYOUT_TASK_TID) || g->ctx->in_child_pidns)
		return 0;
	for (size_t i = 0; i < g->len; i++)
		addrs[i] = g->values[i] + (uint64_t)g->ctx->layout.at[LAYOUT_TASK_TID];
	rc = trial_peek(g->d->trial, addrs, tids, g->len, e);
	for (size_t i = 0; i < g->len && !rc; i++)
		if ((int32_t)tids[i] == calibrator_pid(g->d->cfg.calibrator))
			g->places[n++] = g->places[i];
	g->len = n;
	return rc;
}

static int set_guesses(struct guessing *g, struct err *e)
{
	struct discovery *d = g->d;
	size_t cpus = (size_t)d->ctx->cpus_room, n = MIN(g->len, ARRAY_SIZE(d->guesses));
	cleanup_free uint64_t *addrs = calloc(cpus, sizeof(*addrs));

	if (!addrs)
		return err_sys(e, -ENOMEM, "per-CPU offsets");
	for (size_t i = 0; i < n; i++) {
		uint64_t *at = calloc(cpus, sizeof(*at));
		int rc = 0;

		if (!at)
			return err_sys(e, -ENOMEM, "per-CPU offsets");
		d->guesses[d->guesses_len++] = at;
		for (size_t cpu = 0; cpu < cpus; cpu++)
			addrs[cpu] = g->places[i].array + cpu * d->ctx->machine->word;
		if (g->places[i].array)
			rc = trial_peek(g->d->trial, addrs, at, cpus, e);
		for (size_t cpu = 0; cpu < cpus; cpu++)
			at[cpu] = wrap(d->ctx, at[cpu] + g->places[i].base);
		if (rc)
			return rc;
	}
	return 0;
}

int discovery_guess_current(struct discovery *d, struct err *e)
{
	cleanup_free struct guessing *g = calloc(1, sizeof(*g));
	int rc;

	if (!g)
		return err_sys(e, -ENOMEM, "the current task");
	g->d = d;
	g->ctx = d->ctx;
	rc = read_code(g, e);
	if (!rc)
		rc = list_places(g, e);
	if (!rc && g->len)
		rc = keep_likely(g, e);
	if (!rc && g->len)
		rc = keep_calibrator(g, e);
	if (!rc && g->len)
		rc = set_guesses(g, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < g->len; i++)
		log_debug("the current task may be at %#llx of each CPU, with offsets at %#llx",
			  (unsigned long long)g->places[i].base,
			  (unsigned long long)g->places[i].array);
	return g->len ? 0 : err_set(e, -ENOENT, "the code of task_curr does not lead to it");
}

bool discovery_next_guess(struct discovery *d)
{
	free(d->ctx->current);
	d->ctx->current = d->guesses_len ? d->guesses[--d->guesses_len] : NULL;
	return d->ctx->current;
}
