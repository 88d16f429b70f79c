// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/column_parse.h"

#include <stdbool.h>
#include <strings.h>

#include "core/base/account.h"
#include "core/base/err.h"
#include "core/base/parse.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/column.h"
#include "core/event/runtime_name.h"
#include "core/event/syscalls.h"

int column_parse_cap(const char *text, struct value *v, struct err *e)
{
	v->i = capname_parse(text);
	return v->i < 0 ? capname_unknown(text, e) : 0;
}

int column_parse_capname(const char *text, struct value *v, struct err *e)
{
	int cap = capname_parse(text);

	if (cap < 0)
		return capname_unknown(text, e);
	v->s = capname_of(cap, v->buf, sizeof(v->buf));
	return 0;
}

static int parse_truth(const char *text, bool *truth)
{
	static const char *const words[][3] = {{"0", "false", "no"}, {"1", "true", "yes"}};

	for (size_t t = 0; t < ARRAY_SIZE(words); t++) {
		for (size_t i = 0; i < ARRAY_SIZE(words[t]); i++) {
			if (!strcasecmp(text, words[t][i])) {
				*truth = t;
				return 0;
			}
		}
	}
	return -EINVAL;
}

int column_parse_audit(const char *text, struct value *v, struct err *e)
{
	bool truth;

	if (parse_truth(text, &truth))
		return err_set(e, -EINVAL, "audit is 1 or 0, not '%s'", text);
	v->u = truth;
	return 0;
}

int column_parse_verdict(const char *text, struct value *v, struct err *e)
{
	if (!strcasecmp(text, "allow"))
		v->s = "Allow";
	else if (!strcasecmp(text, "deny"))
		v->s = "Deny";
	else
		return err_set(e, -EINVAL, "a verdict is Allow or Deny, not '%s'", text);
	return 0;
}

int column_parse_syscall(const char *text, struct value *v, struct err *e)
{
	if (!syscall_known(text))
		return err_set(e, -EINVAL,
			       "unknown system call '%s'; names are as in strace, such as "
			       "setpriority",
			       text);
	v->s = text;
	return 0;
}

int column_parse_uid(const char *text, struct value *v, struct err *e)
{
	struct account user;

	if (!parse_u64(text, UINT32_MAX, &v->u))
		return 0;
	if (!account_by_name(text, &user))
		return err_set(e, -EINVAL, "'%s' is neither a user name nor a number up to %u",
			       text, UINT32_MAX);
	v->u = user.uid;
	return 0;
}

int column_parse_gid(const char *text, struct value *v, struct err *e)
{
	gid_t gid;

	if (!parse_u64(text, UINT32_MAX, &v->u))
		return 0;
	if (!account_group(text, &gid))
		return err_set(e, -EINVAL, "'%s' is neither a group name nor a number up to %u",
			       text, UINT32_MAX);
	v->u = gid;
	return 0;
}

int column_parse_runtime(const char *text, struct value *v, struct err *e)
{
	int id = runtime_name_parse(text);

	if (id < 0)
		return runtime_name_unknown(text, e);
	v->s = runtime_name_of((enum runtime_id)id);
	return 0;
}

static int parse_number(const struct column *col, const char *text, struct value *v, struct err *e)
{
	uint64_t ignored;
	int rc;

	rc = col->type == VALUE_INT ? parse_s64(text, &v->i) : parse_u64(text, UINT64_MAX, &v->u);
	if (!rc)
		return 0;
	if (rc == -ERANGE)
		return err_set(e, -EINVAL, "%s: number '%s' is out of range", col->name, text);
	/* The column shows it without 0x, so users will paste it like that. */
	if (col->type == VALUE_HEX) {
		char hex[64];

		snprintf(hex, sizeof(hex), "0x%s", text);
		if (!parse_u64(hex, UINT64_MAX, &ignored))
			return err_set(e, -EINVAL, "%s: write hexadecimal with 0x, as in %s",
				       col->name, hex);
	}
	return err_set(e, -EINVAL, "%s: '%s' is not a number (decimal or 0x hexadecimal)",
		       col->name, text);
}

int column_parse(const struct column *col, const char *text, struct value *v, struct err *e)
{
	v->type = col->type == VALUE_LIST ? VALUE_STR : col->type;
	if (col->parse)
		return col->parse(text, v, e);
	switch (col->type) {
	case VALUE_BOOL:
		if (parse_truth(text, &v->b))
			return err_set(e, -EINVAL, "%s is true or false, not '%s'", col->name,
				       text);
		return 0;
	case VALUE_TIME:
		if (!parse_u64(text, UINT64_MAX, &v->u) || !parse_time(text, &v->u))
			return 0;
		return err_set(e, -EINVAL,
			       "%s: '%s' is not a time (Unix ns, or as in 2023-02-22T15:06:08.5Z)",
			       col->name, text);
	case VALUE_STR:
	case VALUE_LIST:
		v->s = text;
		return 0;
	default:
		return parse_number(col, text, v, e);
	}
}
