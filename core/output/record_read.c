// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads recordings: most lines by the tables of record_format.c, checks by the columns. */
#include <string.h>

#include "core/base/err.h"
#include "core/base/intern.h"
#include "core/base/util.h"
#include "core/event/column.h"
#include "core/output/record_keys.h"

static int bad(struct err *e, const char *key)
{
	return err_set(e, -EBADMSG, "'%s' is missing or not valid", key);
}

static bool is_absent(const json_t *j)
{
	return !j || json_is_null(j);
}

/* Returns 1, 0 if it is absent or null, or -EBADMSG. */
static int get_integer(const json_t *j, int64_t min, int64_t max, int64_t *v)
{
	if (is_absent(j))
		return 0;
	*v = json_integer_value(j);
	return json_is_integer(j) && *v >= min && *v <= max ? 1 : -EBADMSG;
}

static int get_bool(const json_t *j, bool *v)
{
	if (is_absent(j))
		return 0;
	*v = json_is_true(j);
	return json_is_boolean(j) ? 1 : -EBADMSG;
}

static int get_string(const json_t *j, struct intern *in, const char **v)
{
	if (is_absent(j))
		return 0;
	if (!json_is_string(j))
		return -EBADMSG;
	*v = intern_string(in, json_string_value(j));
	return *v ? 1 : -ENOMEM;
}

static int get_chars(const json_t *j, char *to, size_t size)
{
	if (is_absent(j))
		return 0;
	if (!json_is_string(j))
		return -EBADMSG;
	snprintf(to, size, "%s", json_string_value(j));
	return 1;
}

/* Unknown names are skipped: events of this version do not have those fields. */
static uint64_t get_fields(const json_t *list)
{
	const json_t *name;
	uint64_t fields = 0;
	size_t i;

	json_array_foreach(list, i, name)
	{
		for (int f = 0; json_is_string(name) && f < CAP_FIELD_COUNT; f++)
			if (!strcmp(event_field_name((enum cap_field)f), json_string_value(name)))
				fields |= UINT64_C(1) << f;
	}
	return fields;
}

static int get_strings(const json_t *list, struct intern *in, char *const **v)
{
	size_t len = json_array_size(list), n = 0;
	char **strings = len ? calloc(len + 1, sizeof(*strings)) : NULL;

	*v = strings;
	for (size_t i = 0; strings && i < len; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		if (s && !(strings[n++] = (char *)intern_string(in, s)))
			return -ENOMEM;
	}
	return strings || !len ? 1 : -ENOMEM;
}

static int get_pids(const json_t *list, const pid_t **v, size_t *v_len)
{
	size_t len = json_array_size(list);
	pid_t *pids = len ? calloc(len, sizeof(*pids)) : NULL;

	for (size_t i = 0; pids && i < len; i++)
		pids[i] = (pid_t)json_integer_value(json_array_get(list, i));
	*v = pids;
	*v_len = pids ? len : 0;
	return pids || !len ? 1 : -ENOMEM;
}

static int get_integers(const json_t *list, int64_t *v, size_t len)
{
	if (json_array_size(list) != len)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++)
		if (get_integer(json_array_get(list, i), INT64_MIN, INT64_MAX, &v[i]) <= 0)
			return -EBADMSG;
	return 1;
}

static int get_list(const json_t *j, const struct record_key *k, char *object, struct intern *in)
{
	char *at = object + k->at;

	if (is_absent(j))
		return 0;
	if (!json_is_array(j))
		return -EBADMSG;
	switch (k->type) {
	case KEY_FIELDS:
		*(uint64_t *)at = get_fields(j);
		return 1;
	case KEY_STRINGS:
		return get_strings(j, in, (char *const **)at);
	case KEY_PIDS:
		return get_pids(j, (const pid_t **)at, (size_t *)(object + k->with.at));
	default:
		return get_integers(j, (int64_t *)at, k->size / sizeof(int64_t));
	}
}

static int read_keys(const json_t *o, const struct record_key *keys, char *object,
		     struct intern *in, struct err *e);

static int get_object(const json_t *j, const struct record_key *k, char *at, struct intern *in,
		      struct err *e)
{
	if (is_absent(j))
		return 0;
	if (!json_is_object(j))
		return -EBADMSG;
	return read_keys(j, k->keys, at, in, e) ? e->code : 1;
}

/* Returns 1, 0 if it is absent, or a negative errno. */
static int read_value(const json_t *j, const struct record_key *k, char *object, struct intern *in,
		      struct err *e)
{
	char *at = object + k->at;
	int64_t v = 0;
	int rc;

	switch (k->type) {
	case KEY_TIME:
	case KEY_U64:
		return get_integer(j, 0, INT64_MAX, (int64_t *)at);
	case KEY_S64:
		return get_integer(j, INT64_MIN, INT64_MAX, (int64_t *)at);
	case KEY_I32:
		rc = get_integer(j, 0, INT32_MAX, &v);
		*(int32_t *)at = (int32_t)v;
		return rc;
	case KEY_BOOL:
		return get_bool(j, (bool *)at);
	case KEY_STR:
		return get_string(j, in, (const char **)at);
	case KEY_CHARS:
		return get_chars(j, at, k->size);
	case KEY_OBJECT:
		return get_object(j, k, at, in, e);
	default:
		return get_list(j, k, object, in);
	}
}

static int read_keys(const json_t *o, const struct record_key *keys, char *object,
		     struct intern *in, struct err *e)
{
	for (const struct record_key *k = keys; k->key; k++) {
		int rc = read_value(json_object_get(o, k->key), k, object, in, e);

		if (rc == -ENOMEM)
			return err_nomem(e);
		if (rc < 0 || (!rc && k->required))
			return bad(e, k->key);
		if (k->with.size == sizeof(bool))
			*(bool *)(object + k->with.at) = rc > 0;
	}
	return 0;
}

/* Called before anything else is read: a newer version's keys may have other types. */
static int check_version(const json_t *o, struct err *e)
{
	const char *format = json_string_value(json_object_get(o, "format"));
	json_int_t version = json_integer_value(json_object_get(o, "version"));

	if (!format || strcmp(format, RECORD_FORMAT) != 0 || version < 1)
		return err_set(e, -EBADMSG, "not a captrace recording");
	if (version > RECORD_VERSION)
		return err_set(e, -EBADMSG,
			       "made by a newer captrace (version %" JSON_INTEGER_FORMAT
			       " of the format, this one reads %d)",
			       version, RECORD_VERSION);
	return 0;
}

int record_read(const json_t *o, enum record_type type, void *object, struct intern *in,
		struct err *e)
{
	if (type == RECORD_HEADER && check_version(o, e))
		return e->code;
	return read_keys(o, record_types[type].keys, object, in, e);
}

void record_header_clear(struct record_header *h)
{
	free((void *)h->origin.command);
	free((void *)h->origin.pids);
	*h = (struct record_header){0};
}

/* Reads a column whose value is a member of the event. */
static int read_member(const json_t *j, const struct column *col, struct cap_event *ev,
		       struct intern *in)
{
	void *at = (char *)ev + col->offset;
	int64_t v = 0;
	int rc;

	switch (col->member) {
	case MEMBER_NONE:
		return 0;
	case MEMBER_U64:
		return get_integer(j, 0, INT64_MAX, at);
	case MEMBER_U32:
		rc = get_integer(j, 0, UINT32_MAX, &v);
		*(uint32_t *)at = (uint32_t)v;
		return rc;
	case MEMBER_I32:
		rc = get_integer(j, INT32_MIN, INT32_MAX, &v);
		*(int32_t *)at = (int32_t)v;
		return rc;
	case MEMBER_BOOL:
		if (col->type == VALUE_BOOL)
			return get_bool(j, at);
		rc = get_integer(j, 0, 1, &v);
		*(bool *)at = v;
		return rc;
	case MEMBER_STR:
		return get_string(j, in, at);
	case MEMBER_CHARS:
		return get_chars(j, at, sizeof(ev->comm));
	}
	return 0;
}

/* Reads a frame as the column kstack writes it: "symbol+0xoffset" or "0xaddress". */
static int read_frame(struct cap_frame *f, const char *text, struct intern *in)
{
	const char *plus = strrchr(text, '+');
	cleanup_free char *symbol = NULL;

	*f = (struct cap_frame){0};
	if (!plus || plus == text) {
		f->addr = strtoull(text, NULL, 16);
		return 0;
	}
	symbol = strndup(text, (size_t)(plus - text));
	f->symbol = symbol ? intern_string(in, symbol) : NULL;
	f->offset = strtoull(plus + 1, NULL, 16);
	return f->symbol ? 0 : -ENOMEM;
}

static int read_stack(const json_t *list, struct cap_event *ev, struct cap_frame *frames,
		      size_t frames_max, struct intern *in)
{
	size_t len = MIN(json_array_size(list), frames_max);

	if (is_absent(list))
		return 0;
	if (!json_is_array(list))
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		const char *frame = json_string_value(json_array_get(list, i));

		if (!frame)
			return -EBADMSG;
		if (read_frame(&frames[i], frame, in))
			return -ENOMEM;
	}
	ev->kstack = frames;
	ev->kstack_len = len;
	return 1;
}

static int read_verdict(const json_t *j, struct cap_event *ev)
{
	const char *text = json_string_value(j);

	if (is_absent(j))
		return 0;
	if (!text || (strcmp(text, "Allow") && strcmp(text, "Deny")))
		return -EBADMSG;
	ev->verdict = strcmp(text, "Allow") ? CAP_DENY : CAP_ALLOW;
	return 1;
}

int record_read_event(const json_t *o, struct cap_event *ev, struct cap_frame *frames,
		      size_t frames_max, struct intern *in, struct err *e)
{
	*ev = (struct cap_event){0};
	for (size_t i = 0; i < columns_len; i++) {
		const struct column *col = &columns[i];
		const json_t *j = json_object_get(o, col->key);
		int rc;

		if (col->needs == FIELD(VERDICT))
			rc = read_verdict(j, ev);
		else if (col->needs == FIELD(KSTACK))
			rc = read_stack(j, ev, frames, frames_max, in);
		else
			rc = read_member(j, col, ev, in);
		if (rc == -ENOMEM)
			return err_nomem(e);
		if (rc < 0)
			return bad(e, col->key);
		ev->have |= rc ? col->needs : 0;
	}
	return 0;
}
