// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds backends and variants by name or by their fields, and opens the first that works. */
#include <stdio.h>
#include <string.h>

#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/util.h"

bool backend_spec_allows(const char *spec, const struct backend_ops *ops,
			 const struct backend_variant *v)
{
	size_t len = strlen(ops->name);

	if (!strcmp(spec, "auto"))
		return !ops->recorded;
	if (strncmp(spec, ops->name, len))
		return false;
	return !spec[len] || (spec[len] == ':' && !strcmp(spec + len + 1, v->name));
}

/* "auto, bpf, bpf:fexit, …" */
static void list_specs(const struct backend_ops *const *table, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "auto");

	for (; *table; table++) {
		if ((*table)->recorded)
			continue;
		n += (size_t)snprintf(buf + n, n < size ? size - n : 0, ", %s", (*table)->name);
		for (const struct backend_variant *v = (*table)->variants; v->name; v++)
			if (n < size)
				n += (size_t)snprintf(buf + n, size - n, ", %s:%s", (*table)->name,
						      v->name);
	}
}

int backend_check_spec(const struct backend_ops *const *table, const char *spec, struct err *e)
{
	char known[256];

	for (size_t i = 0; table[i]; i++)
		for (const struct backend_variant *v = table[i]->variants; v->name; v++)
			if (backend_spec_allows(spec, table[i], v))
				return 0;
	list_specs(table, known, sizeof(known));
	return err_set(e, -EINVAL, "this build has no backend '%s' (choose: %s)", spec, known);
}

const char *backend_giving(const struct backend_ops *const *table, uint64_t fields, char *buf,
			   size_t size)
{
	for (; *table; table++)
		for (const struct backend_variant *v = (*table)->variants; v->name; v++)
			if (!(*table)->recorded && (v->fields & fields) == fields) {
				snprintf(buf, size, "%s:%s", (*table)->name, v->name);
				return buf;
			}
	return NULL;
}

const char *backend_name(const struct backend *b, char *buf, size_t size)
{
	snprintf(buf, size, "%s:%s", b->ops->name, b->variant->name);
	return buf;
}

static int open_variant(struct backend **b, const struct backend_ops *ops,
			const struct backend_variant *v, struct backend_cfg *cfg, struct err *e)
{
	int rc;

	cfg->variant = v;
	rc = ops->open(b, cfg, e);
	if (rc)
		return rc == -EBADMSG || ops->recorded ? rc
						       : err_wrap(e, "%s:%s", ops->name, v->name);
	log_verbose("using %s:%s", ops->name, v->name);
	return 0;
}

/* The next variant that the search allows and has not tried, or NULL. */
static const struct backend_variant *next_variant(const struct backend_search *s,
						  const struct backend_ops **ops, size_t *at)
{
	size_t n = 0;

	for (const struct backend_ops *const *b = s->table; *b; b++)
		for (const struct backend_variant *v = (*b)->variants; v->name; v++)
			if (++n > s->tried && backend_spec_allows(s->spec, *b, v)) {
				*ops = *b;
				*at = n;
				return v;
			}
	return NULL;
}

static void add_reason(struct backend_search *s, const char *why)
{
	size_t len = strlen(s->reasons);

	log_verbose("%s", why);
	/* A missing privilege would be reported again by each variant. */
	if (!strstr(s->reasons, why + strcspn(why, " ")))
		snprintf(s->reasons + len, sizeof(s->reasons) - len, "%s%s", len ? "; " : "", why);
}

int backend_open(struct backend **b, struct backend_search *s, struct backend_cfg *cfg,
		 struct err *e)
{
	const struct backend_variant *v;
	const struct backend_ops *ops;
	int rc = -ENOENT;

	while ((v = next_variant(s, &ops, &s->tried))) {
		struct err why = {0};

		rc = open_variant(b, ops, v, cfg, &why);
		if (!rc)
			return 0;
		if (rc == -EBADMSG)
			return err_set(e, rc, "%s", why.msg);
		add_reason(s, why.msg);
	}
	return err_set(e, rc, "%s",
		       *s->reasons ? s->reasons : "this build has no backend that traces a kernel");
}

bool backend_reject(struct backend_search *s, const struct backend *b, struct err *why)
{
	const struct backend_ops *ops;
	char name[64];
	size_t at;

	err_wrap(why, "%s: cannot start", backend_name(b, name, sizeof(name)));
	add_reason(s, why->msg);
	if (next_variant(s, &ops, &at))
		return true;
	err_set(why, why->code, "%s", s->reasons);
	return false;
}
