// SPDX-License-Identifier: GPL-2.0-or-later
/* The probes of the ftrace backend: definitions, filters, and which record is whose. */
#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "backends/ftrace/backend.h"
#include "backends/ftrace/outcome.h"
#include "compat/host/tracedir.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/feed/feed.h"

static const char *const kind_names[HOOKS_COUNT] = {
	[HOOK_MAIN] = "check",         [HOOK_CAPSET] = "capset",  [HOOK_PRCTL] = "prctl",
	[HOOK_MMAP_ADDR] = "mmap",     [HOOK_OVERCOMMIT] = "mem", [HOOK_RETURN] = "return",
	[HOOK_EPROBE] = "event",       [HOOK_TASK] = "task",      [HOOK_COMMIT] = "commit",
	[HOOK_CGROUP_ATTACH] = "move", [HOOK_NEWTASK] = "start",  [HOOK_EXEC] = "image",
};

#define IDS 65536 /* a record has 16 bits for it */

const struct ftrace_probe *ftrace_probe_of(const struct ftrace_backend *b,
					   const struct feed_record *r)
{
	struct feed_entry entry;

	if (r->size < sizeof(entry) || !b->by_id)
		return NULL;
	memcpy(&entry, feed_raw(r), sizeof(entry));
	return b->by_id[entry.type] ? &b->probes[b->by_id[entry.type] - 1] : NULL;
}

static struct ftrace_probe *new_probe(struct ftrace_backend *b)
{
	if (b->probes_len == UINT16_MAX)
		return NULL;
	if (b->probes_len == b->probes_room) {
		size_t room = MAX(b->probes_room * 2, (size_t)8);
		struct ftrace_probe *grown = realloc(b->probes, room * sizeof(*grown));

		if (!grown)
			return NULL;
		b->probes = grown;
		b->probes_room = room;
	}
	return &b->probes[b->probes_len];
}

static int define_probe(struct ftrace_backend *b, struct ftrace_probe *s, struct fetch *f,
			struct err *e)
{
	enum hook kind = s->dec.kind;

	snprintf(s->system, sizeof(s->system), "%s", probe_group_name(b->group));
	/* kprobe_profile lists events without their groups: a name that nobody else has. */
	snprintf(s->event, sizeof(s->event), "%s%d%s", kind_names[kind], MAX(s->cpu, 0),
		 s->system + strlen("captrace"));
	return probe_group_define(b->group, s->event,
				  kind == HOOK_RETURN    ? PROBE_RETURN
				  : hook_is_eprobe(kind) ? PROBE_EVENT
							 : PROBE_ENTRY,
				  hook_symbol(kind), f, &s->dec.map, e);
}

static int find_tracepoint(struct ftrace_backend *b, struct ftrace_probe *s, const struct fetch *f,
			   struct err *e)
{
	const char *name = hook_symbol(s->dec.kind);
	int len = (int)strcspn(name, "/");

	snprintf(s->system, sizeof(s->system), "%.*s", len, name);
	snprintf(s->event, sizeof(s->event), "%s", name + len + 1);
	return probe_group_find(b->group, s->system, s->event, f, &s->dec.map, e);
}

int ftrace_define(struct ftrace_backend *b, enum hook kind, int cpu, struct err *e)
{
	struct ftrace_probe *s = new_probe(b);
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));

	if (!b->by_id)
		b->by_id = calloc(IDS, sizeof(*b->by_id));
	if (!s || !f || !b->by_id)
		return err_sys(e, -ENOMEM, "probes");
	*s = (struct ftrace_probe){
		.cpu = cpu,
		.dec = {.kind = kind, .cal = &b->cal, .in_child_pidns = b->in_child_pidns},
	};
	s->dec.cfg = (struct hook_cfg){
		.machine = b->machine,
		.layout = &b->layout,
		.fields = b->cfg.fields,
		.v1 = b->v1.number ? &b->v1 : NULL,
		.current = cpu >= 0 && b->current ? b->current[cpu] : 0,
		.caps = b->caps,
		.compute = b->compute,
		/* Both ways are tried while the backend calibrates. */
		.pair = b->pair || (b->calibrator && b->main == HOOK_MAIN),
		.no_compat = b->no_compat,
		.junk = b->feed_ops == &feed_ring,
		.comm = b->comm,
		.pin_uid = b->cfg.prefilter.has_uid,
	};
	hook_fetch(f, &s->dec.cfg, kind);
	if (hook_is_eprobe(kind) && cpu >= 0)
		fetch_if(f, "common_cpu == %d", cpu);
	s->id = kind_names[kind] ? define_probe(b, s, f, e) : find_tracepoint(b, s, f, e);
	if (s->id < 0)
		return s->id;
	b->by_id[s->id % IDS] = (uint16_t)(b->probes_len + 1);
	return (int)b->probes_len++;
}

void ftrace_undefine(struct ftrace_backend *b)
{
	/* Of the kernel's own events the group knows nothing. */
	while (b->probes_len)
		probe_group_remove(b->group, b->probes[--b->probes_len].event);
	free(b->by_id);
	b->by_id = NULL;
}

static int cap_of(enum hook kind)
{
	switch (kind) {
	case HOOK_CAPSET:
	case HOOK_PRCTL:
		return CAP_SETPCAP;
	case HOOK_MMAP_ADDR:
		return CAP_SYS_RAWIO;
	case HOOK_OVERCOMMIT:
		return CAP_SYS_ADMIN;
	default:
		break;
	}
	return -1;
}

bool ftrace_wanted(const struct ftrace_backend *b, enum hook kind)
{
	int cap = cap_of(kind);

	if (cap >= 0 && !(b->cfg.prefilter.caps >> cap & 1))
		return false;
	/* A probe at every mmap and brk, for checks that would all be left out. */
	return kind != HOOK_OVERCOMMIT || !b->cfg.prefilter.audited_only;
}

/* Whichever list is shorter: older kernels take 128 comparisons at most. */
static void filter_caps(FILE *out, uint64_t caps)
{
	bool few = __builtin_popcountll(caps) <= 32;
	const char *sep = "(";

	if (caps == UINT64_MAX)
		return;
	for (int cap = 0; cap < 64; cap++) {
		if ((caps >> cap & 1) != few)
			continue;
		fprintf(out, few ? "%scap == %d" : "%scap != %d", sep, cap);
		sep = few ? " || " : " && ";
	}
	fprintf(out, few && caps ? " || cap > 63) && " : few ? "(cap > 63) && " : ") && ");
}

/*
 * @unaudited: what passes all but audited_only, so that what was left out can be counted. A verdict
 * is known in user space only; then user space has to count.
 */
static void filter_main(const struct ftrace_backend *b, FILE *out, bool unaudited)
{
	const struct prefilter *pre = &b->cfg.prefilter;
	bool by_verdict = pre->verdicts != ((1 << CAP_ALLOW) | (1 << CAP_DENY));

	filter_caps(out, pre->caps);
	/* What others did mustn't be counted. */
	if (!pre->audited_only || by_verdict || !b->feed_ops->counts || !b->cfg.target.all ||
	    b->main != HOOK_MAIN)
		return;
	if (b->cal.form == OPTS_BITS)
		fputs(unaudited ? "opts & 2 && " : "!(opts & 2) && ", out);
	else if (b->cal.form == OPTS_AUDIT)
		fputs(unaudited ? "opts == 0 && " : "opts != 0 && ", out);
}

int ftrace_filter(const struct ftrace_backend *b, enum hook kind, bool unaudited, char **out)
{
	cleanup_free char *text = NULL;
	size_t len = 0;
	FILE *f;

	*out = NULL;
	if (kind == HOOK_SYSCALL) {
		*out = outcomes_filter(b->machine);
		return *out ? 0 : -ENOMEM;
	}
	f = open_memstream(&text, &len);
	if (!f)
		return -ENOMEM;
	if (kind == b->main || kind == HOOK_TASK)
		filter_main(b, f, unaudited);
	if (kind == HOOK_PRCTL)
		fputs("a1 == 28 && ", f); /* PR_SET_SECUREBITS */
	if (kind == HOOK_MMAP_ADDR)
		fprintf(f, "a1 < %" PRIu64 " && ", b->cal.mmap_min_addr);
	if (b->cfg.prefilter.has_uid &&
	    (kind == HOOK_MAIN || hook_is_eprobe(kind) || hook_caller(kind)))
		fprintf(f, "uid == %" PRIu32 " && ", b->cfg.prefilter.uid);
	if (fclose(f))
		return -ENOMEM;
	if (len < 4)
		return 0;
	text[len - 4] = '\0'; /* the last " && " */
	*out = text;
	text = NULL;
	return 0;
}

/*
 * "  check0_123_456_789         10        2": a hit missed by one is missed by all on its function.
 */
uint64_t ftrace_missed(const struct ftrace_backend *b)
{
	char path[4200], name[128];
	cleanup_fclose FILE *f = NULL;
	cleanup_free char *line = NULL;
	uint64_t most[HOOKS_COUNT] = {0}, sum = 0, missed;
	size_t room = 0;

	snprintf(path, sizeof(path), "%s/kprobe_profile", tracedir_path(b->tracedir));
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0) {
		if (sscanf(line, "%127s %*u %" SCNu64, name, &missed) != 2 || !missed)
			continue;
		for (size_t i = 0; i < b->probes_len; i++)
			if (!strcmp(b->probes[i].event, name))
				most[b->probes[i].dec.kind] =
					MAX(most[b->probes[i].dec.kind], missed);
	}
	for (int kind = 0; kind < HOOKS_COUNT; kind++)
		sum += most[kind];
	return sum;
}
