// SPDX-License-Identifier: GPL-2.0-or-later
/* From a line of a recording to what it stands for. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "backends/replay/replay.h"
#include "core/base/err.h"
#include "core/base/intern.h"
#include "core/base/util.h"

enum member_type { MEMBER_U64, MEMBER_U32, MEMBER_I32, MEMBER_BOOL, MEMBER_FLAG, MEMBER_STR };

/* The keys of a check that hold a field as it is; a test holds this together with the columns. */
static const struct {
	const char *key;
	uint64_t have;
	enum member_type type;
	size_t offset;
} members[] = {
	{"timestamp", FIELD(TIMESTAMP), MEMBER_U64, offsetof(struct cap_event, timestamp)},
	{"pid", FIELD(PID), MEMBER_I32, offsetof(struct cap_event, pid)},
	{"tid", FIELD(TID), MEMBER_I32, offsetof(struct cap_event, tid)},
	{"uid", FIELD(UID), MEMBER_U32, offsetof(struct cap_event, uid)},
	{"gid", FIELD(GID), MEMBER_U32, offsetof(struct cap_event, gid)},
	{"cap", FIELD(CAP), MEMBER_I32, offsetof(struct cap_event, cap)},
	{"audit", FIELD(AUDIT), MEMBER_FLAG, offsetof(struct cap_event, audit)},
	{"insetid", FIELD(INSETID), MEMBER_BOOL, offsetof(struct cap_event, insetid)},
	{"syscall", FIELD(SYSCALL), MEMBER_STR, offsetof(struct cap_event, syscall)},
	{"caps", FIELD(CAPS), MEMBER_U64, offsetof(struct cap_event, caps)},
	{"targetuserns", FIELD(TARGET_USERNS), MEMBER_U32,
	 offsetof(struct cap_event, target_userns)},
	{"currentuserns", FIELD(CURRENT_USERNS), MEMBER_U32,
	 offsetof(struct cap_event, current_userns)},
	{"mountnsid", FIELD(MNTNS), MEMBER_U32, offsetof(struct cap_event, mntns)},
	{"cgroupid", FIELD(CGROUPID), MEMBER_U64, offsetof(struct cap_event, cgroupid)},
	{"runtime", FIELD(RUNTIME), MEMBER_STR, offsetof(struct cap_event, runtime)},
	{"container", FIELD(CONTAINER), MEMBER_STR, offsetof(struct cap_event, container)},
	{"containerid", FIELD(CONTAINERID), MEMBER_STR, offsetof(struct cap_event, containerid)},
	{"pod", FIELD(POD), MEMBER_STR, offsetof(struct cap_event, pod)},
	{"namespace", FIELD(NAMESPACE), MEMBER_STR, offsetof(struct cap_event, namespace)},
	{"node", FIELD(NODE), MEMBER_STR, offsetof(struct cap_event, node)},
	{"unit", FIELD(UNIT), MEMBER_STR, offsetof(struct cap_event, unit)},
	{"startup", FIELD(STARTUP), MEMBER_BOOL, offsetof(struct cap_event, startup)},
	{"cgroup", FIELD(CGROUP), MEMBER_STR, offsetof(struct cap_event, cgroup)},
};

static int bad(struct err *e, const char *key)
{
	return err_set(e, -EBADMSG, "'%s' isn't what it has to be", key);
}

/* 1, 0 if it is absent or null, or -EBADMSG. */
static int get_integer(const json_t *o, const char *key, int64_t min, int64_t max, int64_t *v,
		       struct err *e)
{
	const json_t *j = json_object_get(o, key);

	if (!j || json_is_null(j))
		return 0;
	*v = json_integer_value(j);
	return json_is_integer(j) && *v >= min && *v <= max ? 1 : bad(e, key);
}

static int get_bool(const json_t *o, const char *key, bool *v, struct err *e)
{
	const json_t *j = json_object_get(o, key);

	if (!j || json_is_null(j))
		return 0;
	*v = json_is_true(j);
	return json_is_boolean(j) ? 1 : bad(e, key);
}

static int get_string(const json_t *o, const char *key, struct intern *in, const char **v,
		      struct err *e)
{
	const json_t *j = json_object_get(o, key);

	if (!j || json_is_null(j))
		return 0;
	if (!json_is_string(j))
		return bad(e, key);
	*v = intern_string(in, json_string_value(j));
	return *v ? 1 : err_nomem(e);
}

static int get_member(const json_t *o, size_t i, struct intern *in, struct cap_event *ev,
		      struct err *e)
{
	void *at = (char *)ev + members[i].offset;
	const char *key = members[i].key;
	int64_t v = 0;
	int rc;

	switch (members[i].type) {
	case MEMBER_U64:
		rc = get_integer(o, key, 0, INT64_MAX, &v, e);
		*(uint64_t *)at = (uint64_t)v;
		return rc;
	case MEMBER_U32:
		rc = get_integer(o, key, 0, UINT32_MAX, &v, e);
		*(uint32_t *)at = (uint32_t)v;
		return rc;
	case MEMBER_I32:
		rc = get_integer(o, key, INT32_MIN, INT32_MAX, &v, e);
		*(int32_t *)at = (int32_t)v;
		return rc;
	case MEMBER_FLAG:
		rc = get_integer(o, key, 0, 1, &v, e);
		*(bool *)at = v;
		return rc;
	case MEMBER_BOOL:
		return get_bool(o, key, at, e);
	case MEMBER_STR:
		return get_string(o, key, in, at, e);
	}
	return 0;
}

/* As the column kstack writes it: "symbol+0xoffset" or "0xaddress". */
static int get_frame(struct cap_frame *f, const char *text, struct intern *in, struct err *e)
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
	return f->symbol ? 0 : err_nomem(e);
}

static int get_stack(struct replay_item *item, const json_t *o, struct intern *in, struct err *e)
{
	const json_t *list = json_object_get(o, "kstack");
	size_t len = json_array_size(list);

	if (!list || json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return bad(e, "kstack");
	item->ev.kstack = item->frames;
	item->ev.kstack_len = MIN(len, (size_t)REPLAY_FRAMES_MAX);
	item->ev.have |= FIELD(KSTACK);
	for (size_t i = 0; i < item->ev.kstack_len; i++) {
		const json_t *frame = json_array_get(list, i);

		if (!json_is_string(frame))
			return bad(e, "kstack");
		if (get_frame(&item->frames[i], json_string_value(frame), in, e))
			return e->code;
	}
	return 0;
}

static int get_verdict(struct cap_event *ev, const json_t *verdict, struct err *e)
{
	const char *text = json_string_value(verdict);

	if (!verdict || json_is_null(verdict))
		return 0;
	if (!text || (strcmp(text, "Allow") && strcmp(text, "Deny")))
		return bad(e, "verdict");
	ev->verdict = strcmp(text, "Allow") ? CAP_DENY : CAP_ALLOW;
	ev->have |= FIELD(VERDICT);
	return 0;
}

static int get_event(struct replay_item *item, const json_t *o, struct intern *in, struct err *e)
{
	struct cap_event *ev = &item->ev;
	const json_t *comm = json_object_get(o, "comm");
	int rc;

	*ev = (struct cap_event){0};
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		rc = get_member(o, i, in, ev, e);
		if (rc < 0)
			return rc;
		ev->have |= rc ? members[i].have : 0;
	}
	if (json_is_string(comm)) {
		snprintf(ev->comm, sizeof(ev->comm), "%s", json_string_value(comm));
		ev->have |= FIELD(COMM);
	} else if (comm && !json_is_null(comm)) {
		return bad(e, "comm");
	}
	item->time = ev->timestamp;
	rc = get_verdict(ev, json_object_get(o, "verdict"), e);
	return rc ? rc : get_stack(item, o, in, e);
}

/* What an outcome and an exec have in common. */
static int get_beside(const json_t *o, uint64_t *time, int32_t *pid, int32_t *tid, struct err *e)
{
	int64_t t = 0, p, d;

	if (get_integer(o, "timestamp", 0, INT64_MAX, &t, e) < 0)
		return bad(e, "timestamp");
	if (get_integer(o, "pid", 0, INT32_MAX, &p, e) <= 0)
		return bad(e, "pid");
	if (get_integer(o, "tid", 0, INT32_MAX, &d, e) <= 0)
		return bad(e, "tid");
	*time = (uint64_t)t;
	*pid = (int32_t)p;
	*tid = (int32_t)d;
	return 0;
}

/* Those of an older recording are not known. */
static int get_args(struct cap_outcome *out, const json_t *list, struct err *e)
{
	if (!list || json_is_null(list))
		return 0;
	if (json_array_size(list) != ARRAY_SIZE(out->args))
		return bad(e, "args");
	for (size_t i = 0; i < ARRAY_SIZE(out->args); i++) {
		const json_t *arg = json_array_get(list, i);

		if (!json_is_integer(arg))
			return bad(e, "args");
		out->args[i] = (uint64_t)json_integer_value(arg);
	}
	out->has_args = true;
	return 0;
}

static int get_outcome(struct replay_item *item, const json_t *o, struct err *e)
{
	struct cap_outcome *out = &item->outcome;
	int64_t since = 0, permitted = 0;
	int rc;

	*out = (struct cap_outcome){0};
	rc = get_beside(o, &out->until, &out->pid, &out->tid, e);
	if (rc)
		return rc;
	item->time = out->until;
	if (get_integer(o, "since", 0, INT64_MAX, &since, e) < 0)
		return bad(e, "since");
	out->since = (uint64_t)since;
	if (get_bool(o, "refused", &out->refused, e) <= 0)
		return bad(e, "refused");
	rc = get_integer(o, "ret", INT64_MIN, INT64_MAX, &out->ret, e);
	out->has_ret = rc > 0;
	if (rc >= 0) {
		rc = get_bool(o, "idschanged", &out->ids_changed, e);
		out->has_ids = rc > 0;
	}
	if (rc >= 0) {
		rc = get_integer(o, "permitted", 0, INT64_MAX, &permitted, e);
		out->has_permitted = rc > 0;
		out->permitted = (uint64_t)permitted;
	}
	return rc < 0 ? rc : get_args(out, json_object_get(o, "args"), e);
}

static int get_exec(struct replay_item *item, const json_t *o, struct intern *in, struct err *e)
{
	int rc;

	item->exec = (struct cap_exec){0};
	rc = get_beside(o, &item->exec.timestamp, &item->exec.pid, &item->exec.tid, e);
	if (rc)
		return rc;
	item->time = item->exec.timestamp;
	return get_string(o, "filename", in, &item->exec.filename, e) > 0 ? 0 : bad(e, "filename");
}

static int get_lost(struct replay_item *item, const json_t *o, struct intern *in, struct err *e)
{
	int64_t count;

	if (get_integer(o, "count", 0, INT64_MAX, &count, e) <= 0)
		return bad(e, "count");
	item->lost.count = (uint64_t)count;
	return get_string(o, "where", in, &item->lost.where, e) > 0 ? 0 : bad(e, "where");
}

static int get_end(struct replay_item *item, const json_t *o, struct err *e)
{
	int64_t events = 0, unaudited = 0;

	if (get_integer(o, "events", 0, INT64_MAX, &events, e) <= 0 ||
	    get_integer(o, "unaudited", 0, INT64_MAX, &unaudited, e) < 0)
		return bad(e, "end");
	item->end.events = (uint64_t)events;
	item->end.unaudited = (uint64_t)unaudited;
	return 0;
}

static enum replay_type type_of(const char *name)
{
	static const struct {
		const char *name;
		enum replay_type type;
	} types[] = {
		{"normal", REPLAY_EVENT}, {"outcome", REPLAY_OUTCOME},
		{"exec", REPLAY_EXEC},    {"override", REPLAY_CRED_OVERRIDE},
		{"lost", REPLAY_LOST},    {"header", REPLAY_HEADER},
		{"end", REPLAY_END},
	};

	for (size_t i = 0; name && i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i].name, name))
			return types[i].type;
	return REPLAY_OTHER;
}

static int get_item(struct replay_item *item, const json_t *o, struct intern *in, struct err *e)
{
	switch (item->type) {
	case REPLAY_EVENT:
		return get_event(item, o, in, e);
	case REPLAY_OUTCOME:
		return get_outcome(item, o, e);
	case REPLAY_EXEC:
		return get_exec(item, o, in, e);
	case REPLAY_LOST:
		return get_lost(item, o, in, e);
	case REPLAY_END:
		return get_end(item, o, e);
	case REPLAY_HEADER:
	case REPLAY_CRED_OVERRIDE:
	case REPLAY_OTHER:
		break;
	}
	return 0;
}

int replay_parse(struct replay_item *item, const char *line, size_t len, struct intern *in,
		 json_t **header, struct err *e)
{
	json_error_t why;
	json_t *o = json_loadb(line, len, 0, &why);
	const json_t *type = json_object_get(o, "type");
	int rc;

	item->time = 0;
	if (!json_is_string(type)) {
		json_decref(o);
		return err_set(e, -EBADMSG, "%s", o ? "no line of a recording" : why.text);
	}
	item->type = type_of(json_string_value(type));
	rc = get_item(item, o, in, e);
	if (!rc && item->type == REPLAY_HEADER)
		*header = o;
	else
		json_decref(o);
	return rc;
}
