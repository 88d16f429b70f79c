// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/doctor.h"

#include <string.h>

#include "backends/doctor_facts.h"
#include "core/backend.h"
#include "core/err.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/util.h"

#define HEADING_WIDTH 18

struct doctor {
	const struct doctor_cfg *cfg;
	struct out *out;
	struct json_writer json;
	struct doctor_facts facts;
	char best[64]; /* the first variant that works, which is what `auto` takes; or empty */
};

/* "heading            text" */
static void print_line(struct doctor *d, const char *heading, const char *text)
{
	size_t len = strlen(heading);

	out_str(d->out, heading);
	out_repeat(d->out, ' ', len < HEADING_WIDTH ? HEADING_WIDTH + 1 - len : 1);
	out_str(d->out, text);
	out_char(d->out, '\n');
}

static void print_fact(struct doctor *d, const char *key, const char *heading, const char *value)
{
	if (d->cfg->json)
		jw_key_str(&d->json, key, strcmp(value, "-") ? value : NULL);
	else
		print_line(d, heading, value);
}

/* What a variant found out about the kernel (backend_ops.describe). */
static void on_detail(void *arg, const char *key, const char *value)
{
	struct doctor *d = arg;

	if (d->cfg->json) {
		jw_key_str(&d->json, key, value);
		return;
	}
	out_str(d->out, "    ");
	for (; *key; key++)
		out_char(d->out, *key == '_' ? ' ' : *key);
	out_str(d->out, ": ");
	out_str(d->out, value);
	out_char(d->out, '\n');
}

static void print_fields(struct doctor *d, const char *key, uint64_t fields)
{
	bool first = true;

	if (d->cfg->json) {
		jw_key(&d->json, key);
		jw_begin(&d->json, '[');
	} else {
		out_str(d->out, "    ");
		out_str(d->out, key);
		out_str(d->out, ":");
	}
	for (int f = 0; f < CAP_FIELD_COUNT; f++) {
		if (!(fields >> f & 1))
			continue;
		if (d->cfg->json) {
			jw_str(&d->json, event_field_name((enum cap_field)f));
			continue;
		}
		out_char(d->out, ' ');
		out_str(d->out, event_field_name((enum cap_field)f));
		first = false;
	}
	if (d->cfg->json)
		jw_end(&d->json, ']');
	else
		out_str(d->out, first ? " none\n" : "\n");
}

static void try_variant(struct doctor *d, const struct backend_ops *ops,
			const struct backend_variant *v)
{
	struct backend_cfg cfg = {
		.variant = v->name,
		.btf_path = d->cfg->btf_path,
		.fields = CAP_HAVE_BACKEND,
		.cgroups = d->cfg->cgroups,
		.target.all = true,
		.prefilter = {.caps = ~UINT64_C(0), .verdicts = 3},
	};
	struct backend *b;
	struct err why = {0};
	char name[64];
	int rc = ops->open(&b, &cfg, &why);
	uint64_t given = rc ? 0 : ops->fields(b) & v->fields;

	snprintf(name, sizeof(name), "%s:%s", ops->name, v->name);
	if (d->cfg->json) {
		jw_begin(&d->json, '{');
		jw_key_str(&d->json, "name", name);
		jw_key_bool(&d->json, "works", !rc);
		jw_key_str(&d->json, "reason", rc ? why.msg : NULL);
	} else {
		print_line(d, name, rc ? why.msg : "works");
	}
	if (!rc) {
		if (!*d->best)
			snprintf(d->best, sizeof(d->best), "%s", name);
		print_fields(d, "fields", given);
		if (v->fields & CAP_HAVE_BACKEND & ~given)
			print_fields(d, "missing", v->fields & CAP_HAVE_BACKEND & ~given);
		if (ops->describe)
			ops->describe(b, on_detail, d);
		ops->close(b);
	}
	if (d->cfg->json)
		jw_end(&d->json, '}');
	out_flush(d->out);
}

static void try_variants(struct doctor *d)
{
	for (size_t i = 0; backends[i]; i++)
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (!backends[i]->recorded &&
			    backend_spec_allows(d->cfg->backend, backends[i], v))
				try_variant(d, backends[i], v);
}

static void print_facts(struct doctor *d)
{
	for (int i = 0; i < DOCTOR_FACTS; i++)
		print_fact(d, doctor_fact_key((enum doctor_fact)i),
			   doctor_fact_heading((enum doctor_fact)i), d->facts.text[i]);
}

static void on_advice(void *arg, const char *text)
{
	struct doctor *d = arg;

	if (d->cfg->json)
		jw_str(&d->json, text);
	else
		print_line(d, "Advice", text);
}

static void print_end(struct doctor *d)
{
	if (d->cfg->json) {
		jw_end(&d->json, ']');
		jw_key_str(&d->json, "best", *d->best ? d->best : NULL);
		jw_key_bool(&d->json, "works", *d->best);
		jw_key(&d->json, "advice");
		jw_begin(&d->json, '[');
	} else {
		out_char(d->out, '\n');
		print_line(d, "Best", *d->best ? d->best : "none works here");
	}
	doctor_advise(&d->facts, *d->best, on_advice, d);
	if (d->cfg->json) {
		jw_end(&d->json, ']');
		jw_end(&d->json, '}');
		out_char(d->out, '\n');
	}
}

bool doctor_run(const struct doctor_cfg *cfg, struct out *out)
{
	struct doctor d = {
		.cfg = cfg,
		.out = out,
		.json = {.out = out, .pretty = cfg->pretty},
	};

	doctor_facts_get(&d.facts, cfg->btf_path);
	if (cfg->json)
		jw_begin(&d.json, '{');
	print_facts(&d);
	if (cfg->json) {
		jw_key(&d.json, "variants");
		jw_begin(&d.json, '[');
	} else {
		out_char(out, '\n');
	}
	try_variants(&d);
	print_end(&d);
	out_flush(out);
	return *d.best;
}
