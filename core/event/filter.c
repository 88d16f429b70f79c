// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/filter.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/parse.h"
#include "core/base/util.h"
#include "core/event/column.h"

enum op { OP_EQ, OP_NE, OP_GE, OP_LE, OP_NOT_MATCH, OP_GT, OP_LT, OP_MATCH };

/* Longer ones first: "<=" must not be read as "<" and a value "=…". */
static const struct {
	const char *text;
	enum op op;
} ops[] = {
	{"==", OP_EQ},        {"!=", OP_NE}, {">=", OP_GE}, {"<=", OP_LE},
	{"!~", OP_NOT_MATCH}, {">", OP_GT},  {"<", OP_LT},  {"~", OP_MATCH},
};

struct rule {
	struct rule *next;
	uint64_t needs;           /* FIELD() bits */
	const struct column *col; /* NULL: `test` decides */
	bool (*test)(const char *arg, const struct cap_event *ev);
	char *arg;
	enum op op;
	bool has_regex;
	regex_t regex;
	/*
	 * What the event's value is compared with: OP_EQ may have several, one of which must match.
	 */
	size_t len;
	struct value values[];
};

struct filter {
	struct rule *first, **last;
};

struct filter *filter_new(void)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (f)
		f->last = &f->first;
	return f;
}

static void rule_free(struct rule *r)
{
	if (r->has_regex)
		regfree(&r->regex);
	for (size_t i = 0; i < r->len; i++)
		if (r->values[i].type == VALUE_STR)
			free((char *)r->values[i].s);
	free(r->arg);
	free(r);
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	while (f->first) {
		struct rule *next = f->first->next;

		rule_free(f->first);
		f->first = next;
	}
	free(f);
}

static struct rule *rule_new(const struct column *col, enum op op, size_t max)
{
	struct rule *r = calloc(1, sizeof(*r) + max * sizeof(r->values[0]));

	if (r) {
		r->needs = col ? col->needs : 0;
		r->col = col;
		r->op = op;
	}
	return r;
}

static void filter_append(struct filter *f, struct rule *r)
{
	*f->last = r;
	f->last = &r->next;
}

/* Compares two values of one type as strcmp() does: numbers by size, texts by their bytes. */
static int compare(const struct value *a, const struct value *b)
{
	switch (b->type) {
	case VALUE_INT:
		return (a->i > b->i) - (a->i < b->i);
	case VALUE_UINT:
	case VALUE_HEX:
	case VALUE_TIME:
		return (a->u > b->u) - (a->u < b->u);
	case VALUE_BOOL:
		return a->b - b->b;
	default:
		return strcmp(a->s, b->s);
	}
}

/* Adds a value to the rule; the rule owns its text. */
static int add_value(struct rule *r, const char *text, struct err *e)
{
	struct value *v = &r->values[r->len];
	int rc;

	rc = column_parse(r->col, text, v, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < r->len; i++)
		if (!compare(v, &r->values[i]))
			return err_set(e, -EINVAL, "'%s' is given twice", text);
	if (v->type == VALUE_STR) {
		v->s = strdup(v->s);
		if (!v->s)
			return err_nomem(e);
	}
	r->len++;
	return 0;
}

static bool is_ordered(enum value_type type)
{
	return type == VALUE_INT || type == VALUE_UINT || type == VALUE_HEX || type == VALUE_TIME;
}

static int add_regex(struct rule *r, const char *text, struct err *e)
{
	/* Where == ignores case, ~ ignores it, too. */
	int flags = REG_EXTENDED | REG_NOSUB | (r->col->parse ? REG_ICASE : 0);
	char why[128];
	int rc;

	rc = regcomp(&r->regex, text, flags);
	if (rc) {
		regerror(rc, &r->regex, why, sizeof(why));
		return err_set(e, -EINVAL,
			       "%s: '%s' is not a POSIX extended regular expression: %s",
			       r->col->name, text, why);
	}
	r->has_regex = true;
	return 0;
}

static int rule_set(struct rule *r, const char *text, struct err *e)
{
	switch (r->op) {
	case OP_MATCH:
	case OP_NOT_MATCH:
		return add_regex(r, text, e);
	case OP_EQ:
	case OP_NE:
		return add_value(r, text, e);
	default:
		if (!is_ordered(r->col->type))
			return err_set(
				e, -EINVAL,
				"%s is not a number: use == != ~ !~, not < <= > >=", r->col->name);
		return add_value(r, text, e);
	}
}

/* "column OP value", split into its parts. */
struct expr {
	const char *name;
	size_t name_len;
	enum op op;
	char *value; /* allocated */
};

static int find_op(const char *p, struct expr *x, size_t *len)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		*len = strlen(ops[i].text);
		if (!strncmp(p, ops[i].text, *len)) {
			x->op = ops[i].op;
			return 0;
		}
	}
	return -EINVAL;
}

static int split(const char *text, struct expr *x, struct err *e)
{
	const char *p = text, *end;
	size_t len;

	p += strspn(p, " \t\n");
	if (!*p)
		return err_set(e, -EINVAL,
			       "empty filter; write 'column OP value', as in cap==SYS_NICE");
	x->name = p;
	while (isalnum((unsigned char)*p) || *p == '.' || *p == '_' || *p == '-')
		p++;
	x->name_len = (size_t)(p - x->name);
	p += strspn(p, " \t\n");
	if (!x->name_len)
		return err_set(e, -EINVAL,
			       "'%s' does not start with a column; write 'column OP value'", text);
	if (find_op(p, x, &len))
		return err_set(e, -EINVAL,
			       "'%s' has no operator%s after the column (== != > >= < <= ~ !~)",
			       text, *p == '=' ? " '=='" : "");
	p += len;
	p += strspn(p, " \t\n");
	for (end = p + strlen(p); end > p && strchr(" \t\n", end[-1]); end--)
		;
	if (end == p)
		return err_set(e, -EINVAL, "'%s' has no value after the operator", text);
	x->value = strndup(p, (size_t)(end - p));
	return x->value ? 0 : err_nomem(e);
}

int filter_add(struct filter *f, const char *text, struct err *e)
{
	cleanup_free char *value = NULL;
	const struct column *col;
	struct expr x = {0};
	struct rule *r;
	int rc;

	rc = split(text, &x, e);
	value = x.value;
	if (rc)
		return rc;
	col = column_find(x.name, x.name_len);
	if (!col)
		return column_unknown(x.name, x.name_len, e);
	r = rule_new(col, x.op, 1);
	if (!r)
		return err_nomem(e);
	rc = rule_set(r, value, e);
	if (rc) {
		rule_free(r);
		return rc;
	}
	filter_append(f, r);
	return 0;
}

static int add_items(struct rule *r, const char *values, struct err *e)
{
	const char *item;
	size_t len;
	int rc;

	while ((rc = parse_item(&values, &item, &len)) > 0) {
		cleanup_free char *text = strndup(item, len);

		if (!text)
			return err_nomem(e);
		rc = add_value(r, text, e);
		if (rc)
			return rc;
	}
	return rc ? err_set(e, rc, "empty value in the list") : 0;
}

int filter_add_any(struct filter *f, const char *column, const char *values, struct err *e)
{
	const struct column *col = column_find(column, strlen(column));
	struct rule *r;
	size_t max = 1;
	int rc;

	if (!col)
		return column_unknown(column, strlen(column), e);
	for (const char *p = values; *p; p++)
		max += *p == ',';
	r = rule_new(col, OP_EQ, max);
	if (!r)
		return err_nomem(e);
	rc = add_items(r, values, e);
	if (rc) {
		rule_free(r);
		return rc;
	}
	filter_append(f, r);
	return 0;
}

int filter_add_test(struct filter *f, uint64_t needs,
		    bool (*test)(const char *arg, const struct cap_event *ev), const char *arg)
{
	struct rule *r = rule_new(NULL, OP_EQ, 0);

	if (!r)
		return -ENOMEM;
	r->needs = needs;
	r->test = test;
	r->arg = strdup(arg);
	if (!r->arg) {
		rule_free(r);
		return -ENOMEM;
	}
	filter_append(f, r);
	return 0;
}

static bool text_match(const struct rule *r, const struct value *v)
{
	cleanup_free char *big = NULL;
	char buf[1024];
	const char *text = value_whole(v, buf, sizeof(buf), &big);

	return r->has_regex ? !regexec(&r->regex, text, 0, NULL, 0) : !strcmp(text, r->values[0].s);
}

static bool equals_any(const struct rule *r, const struct value *v)
{
	if (v->type == VALUE_LIST)
		return text_match(r, v);
	for (size_t i = 0; i < r->len; i++)
		if (!compare(v, &r->values[i]))
			return true;
	return false;
}

static bool rule_match(const struct rule *r, const struct cap_event *ev)
{
	struct value v;

	if (r->test)
		return r->test(r->arg, ev);
	column_get(r->col, ev, &v);
	if (v.type == VALUE_NONE)
		return r->op == OP_NE || r->op == OP_NOT_MATCH;
	switch (r->op) {
	case OP_EQ:
		return equals_any(r, &v);
	case OP_NE:
		return !equals_any(r, &v);
	case OP_MATCH:
		return text_match(r, &v);
	case OP_NOT_MATCH:
		return !text_match(r, &v);
	case OP_GT:
		return compare(&v, &r->values[0]) > 0;
	case OP_GE:
		return compare(&v, &r->values[0]) >= 0;
	case OP_LT:
		return compare(&v, &r->values[0]) < 0;
	case OP_LE:
		return compare(&v, &r->values[0]) <= 0;
	}
	return false;
}

bool filter_match(const struct filter *f, const struct cap_event *ev)
{
	for (const struct rule *r = f->first; r; r = r->next)
		if (!rule_match(r, ev))
			return false;
	return true;
}

const char *filter_refusal(const struct filter *f, uint64_t given, const struct cap_event *ev)
{
	for (const struct rule *r = f->first; r; r = r->next)
		if (!(r->needs & ~given) && !rule_match(r, ev))
			return r->col ? r->col->name : r->arg;
	return NULL;
}

uint64_t filter_needs(const struct filter *f)
{
	uint64_t needs = 0;

	for (const struct rule *r = f->first; r; r = r->next)
		needs |= r->needs;
	return needs;
}

const struct column *filter_unmet(const struct filter *f, uint64_t given)
{
	for (const struct rule *r = f->first; r; r = r->next)
		if (r->col && r->needs & ~given)
			return r->col;
	return NULL;
}

bool filter_match_given(const struct filter *f, uint64_t given, const struct cap_event *ev)
{
	for (const struct rule *r = f->first; r; r = r->next)
		if (!(r->needs & ~given) && !rule_match(r, ev))
			return false;
	return true;
}

bool filter_match_rest(const struct filter *f, uint64_t given, const struct cap_event *ev)
{
	for (const struct rule *r = f->first; r; r = r->next)
		if (r->needs & ~given && !rule_match(r, ev))
			return false;
	return true;
}

/* Whether @ev, which has one field, passes all rules that look at that field alone. */
static bool field_passes(const struct filter *f, const struct cap_event *ev)
{
	for (const struct rule *r = f->first; r; r = r->next)
		if (r->needs == ev->have && !rule_match(r, ev))
			return false;
	return true;
}

bool filter_allows_audit(const struct filter *f, bool audit)
{
	const struct cap_event ev = {.have = FIELD(AUDIT), .audit = audit};

	return field_passes(f, &ev);
}

/*
 * A rule about one field is a function of that field alone, so it is evaluated here for each value
 * that the field can have. Thus the kernel's answer cannot differ from filter_match()'s, whatever
 * the operator is.
 */
void filter_pushdown(const struct filter *f, bool audited_only, struct prefilter *out)
{
	memset(out, 0, sizeof(*out));
	out->audited_only = audited_only;
	for (int cap = 0; cap < 64; cap++) {
		const struct cap_event ev = {.have = FIELD(CAP), .cap = cap};

		if (field_passes(f, &ev))
			out->caps |= UINT64_C(1) << cap;
	}
	for (enum cap_verdict verdict = CAP_ALLOW; verdict <= CAP_DENY; verdict++) {
		const struct cap_event ev = {.have = FIELD(VERDICT), .verdict = verdict};

		if (field_passes(f, &ev))
			out->verdicts |= (uint8_t)(1u << verdict);
	}
	/* If rules name several uids, the first is enough: user space drops the rest. */
	for (const struct rule *r = f->first; r && !out->has_uid; r = r->next) {
		if (r->needs == FIELD(UID) && r->op == OP_EQ && r->len == 1) {
			out->has_uid = true;
			out->uid = (uint32_t)r->values[0].u;
		}
	}
}
