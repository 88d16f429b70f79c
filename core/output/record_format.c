// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/output/record_format.h"

#include <string.h>

#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/record_keys.h"

#define SIZE(s, m) sizeof(((struct s *)NULL)->m)
#define KEY(name, kind, s, m, ...)                                                          \
	{                                                                                   \
		.key = name, .type = kind, .at = offsetof(struct s, m), .size = SIZE(s, m), \
		__VA_ARGS__                                                                 \
	}
#define WITH(s, m) .with = {offsetof(struct s, m), SIZE(s, m)}
#define END                 \
	{                   \
		.key = NULL \
	}

/* clang-format off: one row per key */

static const struct record_key set_keys[] = {KEY("bounding", KEY_U64, cap_sets, bounding),
					     KEY("permitted", KEY_U64, cap_sets, permitted),
					     KEY("inheritable", KEY_U64, cap_sets, inheritable),
					     KEY("ambient", KEY_U64, cap_sets, ambient), END};

static const struct record_key header_keys[] = {
	KEY("format", KEY_STR, record_header, format, .required = true),
	KEY("version", KEY_U64, record_header, version, .required = true),
	KEY("captrace", KEY_STR, record_header, captrace),
	KEY("host", KEY_CHARS, record_header, origin.host),
	KEY("kernel", KEY_CHARS, record_header, origin.kernel),
	KEY("build", KEY_CHARS, record_header, origin.build),
	KEY("machine", KEY_CHARS, record_header, origin.arch),
	KEY("variant", KEY_CHARS, record_header, origin.variant),
	KEY("fields", KEY_FIELDS, record_header, origin.fields),
	KEY("start", KEY_U64, record_header, origin.start),
	KEY("unaudited", KEY_BOOL, record_header, origin.unaudited),
	KEY("command", KEY_STRINGS, record_header, origin.command,
	    WITH(record_header, origin.command)),
	KEY("path", KEY_STR, record_header, origin.path, WITH(record_header, origin.command)),
	KEY("pids", KEY_PIDS, record_header, origin.pids, WITH(record_header, origin.pids_len)),
	KEY("capabilities", KEY_OBJECT, record_header, origin.sets,
	    WITH(record_header, origin.sets.known), .keys = set_keys),
	END};

static const struct record_key outcome_keys[] = {
	KEY("timestamp", KEY_TIME, cap_outcome, until),
	KEY("pid", KEY_I32, cap_outcome, pid, .required = true),
	KEY("tid", KEY_I32, cap_outcome, tid, .required = true),
	KEY("since", KEY_TIME, cap_outcome, since),
	KEY("refused", KEY_BOOL, cap_outcome, refused, .required = true),
	KEY("ret", KEY_S64, cap_outcome, ret, WITH(cap_outcome, has_ret)),
	KEY("idschanged", KEY_BOOL, cap_outcome, ids_changed, WITH(cap_outcome, has_ids)),
	KEY("permitted", KEY_U64, cap_outcome, permitted, WITH(cap_outcome, has_permitted)),
	KEY("args", KEY_S64S, cap_outcome, args, WITH(cap_outcome, has_args)),
	END};

static const struct record_key exec_keys[] = {
	KEY("timestamp", KEY_TIME, cap_exec, timestamp),
	KEY("pid", KEY_I32, cap_exec, pid, .required = true),
	KEY("tid", KEY_I32, cap_exec, tid, .required = true),
	KEY("filename", KEY_STR, cap_exec, filename, .required = true), END};

static const struct record_key override_keys[] = {END};

static const struct record_key lost_keys[] = {
	KEY("count", KEY_U64, record_lost, count, .required = true),
	KEY("where", KEY_STR, record_lost, where, .required = true), END};

static const struct record_key end_keys[] = {
	KEY("timestamp", KEY_TIME, record_end, timestamp),
	KEY("events", KEY_U64, record_end, events, .required = true),
	KEY("lost", KEY_U64, record_end, lost),
	KEY("unaudited", KEY_U64, record_end, unaudited),
	KEY("limit", KEY_BOOL, record_end, limit),
	KEY("signal", KEY_U64, record_end, signal),
	END};

/* clang-format on */

const struct record_type_desc record_types[RECORD_TYPES] = {
	[RECORD_HEADER] = {"header", header_keys},
	[RECORD_EVENT] = {"normal", NULL},
	[RECORD_OUTCOME] = {"outcome", outcome_keys},
	[RECORD_EXEC] = {"exec", exec_keys},
	[RECORD_CRED_OVERRIDE] = {"override", override_keys},
	[RECORD_LOST] = {"lost", lost_keys},
	[RECORD_END] = {"end", end_keys},
};

enum record_type record_type_of(const char *name)
{
	for (int i = RECORD_OTHER + 1; i < RECORD_TYPES; i++)
		if (!strcmp(record_types[i].name, name))
			return (enum record_type)i;
	return RECORD_OTHER;
}

const char *record_type_name(enum record_type type)
{
	return record_types[type].name;
}

static bool is_there(const struct record_key *k, const char *object)
{
	const char *with = object + k->with.at;

	for (size_t i = 0; i < k->with.size; i++)
		if (with[i])
			return true;
	return !k->with.size;
}

static void write_list(struct json_writer *w, const struct record_key *k, const char *object)
{
	const char *at = object + k->at;

	jw_begin(w, '[');
	if (k->type == KEY_FIELDS) {
		for (int i = 0; i < CAP_FIELD_COUNT; i++)
			if (*(const uint64_t *)at >> i & 1)
				jw_str(w, event_field_name((enum cap_field)i));
	} else if (k->type == KEY_STRINGS) {
		for (char *const *s = *(char *const *const *)at; *s; s++)
			jw_str(w, *s);
	} else if (k->type == KEY_PIDS) {
		for (size_t i = 0; i < *(const size_t *)(object + k->with.at); i++)
			jw_u64(w, (uint64_t)(*(const pid_t *const *)at)[i]);
	} else {
		for (size_t i = 0; i < k->size / sizeof(int64_t); i++)
			jw_s64(w, ((const int64_t *)at)[i]);
	}
	jw_end(w, ']');
}

static void write_keys(struct json_writer *w, const struct record_key *keys, const char *object);

static void write_value(struct json_writer *w, const struct record_key *k, const char *object)
{
	const char *at = object + k->at;

	switch (k->type) {
	case KEY_TIME:
		jw_time(w, *(const uint64_t *)at);
		break;
	case KEY_U64:
		jw_u64(w, *(const uint64_t *)at);
		break;
	case KEY_S64:
		jw_s64(w, *(const int64_t *)at);
		break;
	case KEY_I32:
		jw_u64(w, (uint64_t) * (const int32_t *)at);
		break;
	case KEY_BOOL:
		jw_bool(w, *(const bool *)at);
		break;
	case KEY_STR:
		jw_str(w, *(const char *const *)at);
		break;
	case KEY_CHARS:
		jw_str(w, at);
		break;
	case KEY_OBJECT:
		jw_begin(w, '{');
		write_keys(w, k->keys, at);
		jw_end(w, '}');
		break;
	default:
		write_list(w, k, object);
	}
}

static void write_keys(struct json_writer *w, const struct record_key *keys, const char *object)
{
	for (const struct record_key *k = keys; k->key; k++)
		if (is_there(k, object)) {
			jw_key(w, k->key);
			write_value(w, k, object);
		}
}

void record_write(struct json_writer *w, enum record_type type, const void *object)
{
	jw_begin(w, '{');
	jw_key_str(w, "type", record_types[type].name);
	write_keys(w, record_types[type].keys, object);
	jw_end(w, '}');
}
