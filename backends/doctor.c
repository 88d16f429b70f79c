// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/doctor.h"

#include <string.h>

#include "backends/doctor_bundle.h"
#include "backends/doctor_facts.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"

#define HEADING_WIDTH 18
#define DETAILS_MAX   16

/* The result of trying one variant. */
struct variant_result {
	char name[64];
	bool works;
	struct err why;          /* the reason, if it does not work */
	uint64_t given, missing; /* FIELD() bits */
	struct {
		const char *key; /* static */
		char value[512];
	} details[DETAILS_MAX];
	size_t details_len;
};

/* One destination of the report, with its format. */
struct view {
	struct out *out;
	bool json;
	struct json_writer *jw;
};

struct doctor {
	const struct doctor_cfg *cfg;
	struct view views[2]; /* the user's and the bundle's */
	size_t views_len;
	struct bundle *bundle; /* or NULL */
	struct doctor_facts facts;
	char best[64]; /* the first variant that works, which `auto` would take; "": none does */
};

/* "heading            text" */
static void print_line(struct view *v, const char *heading, const char *text)
{
	size_t len = strlen(heading);

	out_str(v->out, heading);
	out_repeat(v->out, ' ', len < HEADING_WIDTH ? HEADING_WIDTH + 1 - len : 1);
	out_str(v->out, text);
	out_char(v->out, '\n');
}

static void print_fact(struct view *v, const char *key, const char *heading, const char *value)
{
	if (v->json)
		jw_key_str(v->jw, key, strcmp(value, "-") ? value : NULL);
	else
		print_line(v, heading, value);
}

static void print_detail(struct view *v, const char *key, const char *value)
{
	if (v->json) {
		jw_key_str(v->jw, key, value);
		return;
	}
	out_str(v->out, "    ");
	for (; *key; key++)
		out_char(v->out, *key == '_' ? ' ' : *key);
	out_str(v->out, ": ");
	out_str(v->out, value);
	out_char(v->out, '\n');
}

static void print_fields(struct view *v, const char *key, uint64_t fields)
{
	if (v->json) {
		jw_key(v->jw, key);
		jw_begin(v->jw, '[');
	} else {
		out_str(v->out, "    ");
		out_str(v->out, key);
		out_str(v->out, fields ? ":" : ": none");
	}
	for (int f = 0; f < CAP_FIELD_COUNT; f++) {
		if (!(fields >> f & 1))
			continue;
		if (v->json) {
			jw_str(v->jw, event_field_name((enum cap_field)f));
			continue;
		}
		out_char(v->out, ' ');
		out_str(v->out, event_field_name((enum cap_field)f));
	}
	if (v->json)
		jw_end(v->jw, ']');
	else
		out_char(v->out, '\n');
}

static void print_variant(struct view *v, const struct variant_result *t)
{
	if (v->json) {
		jw_begin(v->jw, '{');
		jw_key_str(v->jw, "name", t->name);
		jw_key_bool(v->jw, "works", t->works);
		jw_key_str(v->jw, "reason", t->works ? NULL : t->why.msg);
	} else {
		print_line(v, t->name, t->works ? "works" : t->why.msg);
	}
	if (t->works) {
		print_fields(v, "fields", t->given);
		if (t->missing)
			print_fields(v, "missing", t->missing);
	}
	for (size_t i = 0; i < t->details_len; i++)
		print_detail(v, t->details[i].key, t->details[i].value);
	if (v->json)
		jw_end(v->jw, '}');
	out_flush(v->out);
}

/* Takes one detail that a variant found out about the kernel (backend_ops.describe). */
static void on_detail(void *arg, const char *key, const char *value)
{
	struct variant_result *t = arg;

	if (t->details_len == DETAILS_MAX)
		return;
	t->details[t->details_len].key = key;
	snprintf(t->details[t->details_len++].value, sizeof(t->details[0].value), "%s", value);
}

static void try_variant(struct doctor *d, const struct backend_ops *ops,
			const struct backend_variant *v)
{
	struct backend_cfg cfg = {
		.variant = v,
		.btf_path = d->cfg->btf_path,
		.fields = FIELDS_BACKEND,
		.cgroups = d->cfg->cgroups,
		.target.all = true,
		.prefilter = {.caps = ~UINT64_C(0), .verdicts = 3},
	};
	struct variant_result t = {0};
	struct backend *b;

	snprintf(t.name, sizeof(t.name), "%s:%s", ops->name, v->name);
	bundle_begin(d->bundle, t.name);
	t.works = !ops->open(&b, &cfg, &t.why);
	if (t.works) {
		t.given = ops->fields(b) & (FIELDS_BACKEND | FIELDS_EXTRA);
		t.missing = v->fields & FIELDS_BACKEND & ~t.given;
		backend_describe(b, on_detail, &t);
	}
	bundle_end(d->bundle);
	if (t.works)
		ops->close(b);
	if (t.works && !*d->best)
		snprintf(d->best, sizeof(d->best), "%s", t.name);
	for (size_t i = 0; i < d->views_len; i++)
		print_variant(&d->views[i], &t);
}

static void try_variants(struct doctor *d)
{
	for (const struct backend_ops *const *b = d->cfg->table; *b; b++)
		for (const struct backend_variant *v = (*b)->variants; v->name; v++)
			if (!(*b)->recorded && backend_spec_allows(d->cfg->backend, *b, v))
				try_variant(d, *b, v);
}

static void print_facts(struct doctor *d, struct view *v)
{
	if (v->json)
		jw_begin(v->jw, '{');
	for (int i = 0; i < DOCTOR_FACTS; i++)
		print_fact(v, doctor_fact_key((enum doctor_fact)i),
			   doctor_fact_heading((enum doctor_fact)i), d->facts.text[i]);
	if (v->json) {
		jw_key(v->jw, "variants");
		jw_begin(v->jw, '[');
	} else {
		out_char(v->out, '\n');
	}
}

static void on_advice(void *arg, const char *text)
{
	struct view *v = arg;

	if (v->json)
		jw_str(v->jw, text);
	else
		print_line(v, "Advice", text);
}

static void print_end(struct doctor *d, struct view *v)
{
	if (v->json) {
		jw_end(v->jw, ']');
		jw_key_str(v->jw, "best", *d->best ? d->best : NULL);
		jw_key_bool(v->jw, "works", *d->best);
		jw_key(v->jw, "advice");
		jw_begin(v->jw, '[');
	} else {
		out_char(v->out, '\n');
		print_line(v, "Best", *d->best ? d->best : "none works here");
	}
	doctor_advise(&d->facts, *d->best, on_advice, v);
	if (v->json) {
		jw_end(v->jw, ']');
		jw_end(v->jw, '}');
	}
}

static int open_bundle(struct doctor *d, struct err *e)
{
	struct json_writer *jw;
	int rc;

	if (!d->cfg->bundle)
		return 0;
	rc = bundle_new(&d->bundle, e);
	if (rc)
		return rc;
	jw = bundle_writer(d->bundle, "doctor");
	d->views[d->views_len++] = (struct view){.out = jw->out, .json = true, .jw = jw};
	return 0;
}

int doctor_run(const struct doctor_cfg *cfg, struct out *out, struct err *e)
{
	struct json_writer jw = {.out = out, .pretty = cfg->pretty};
	struct doctor d = {.cfg = cfg};
	int rc;

	if (out)
		d.views[d.views_len++] = (struct view){out, cfg->json, &jw};
	rc = open_bundle(&d, e);
	if (rc)
		return rc;
	doctor_facts_get(&d.facts, cfg->btf_path);
	for (size_t i = 0; i < d.views_len; i++)
		print_facts(&d, &d.views[i]);
	try_variants(&d);
	for (size_t i = 0; i < d.views_len; i++)
		print_end(&d, &d.views[i]);
	if (out)
		out_flush(out);
	if (d.bundle)
		rc = bundle_write(d.bundle, cfg->bundle, e);
	bundle_free(d.bundle);
	if (rc)
		return rc;
	return *d.best ? 0 : err_set(e, -ENOTSUP, "no variant works here");
}
