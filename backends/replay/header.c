// SPDX-License-Identifier: GPL-2.0-or-later
/* The first line of a recording. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "backends/replay/replay.h"
#include "core/base/err.h"
#include "core/base/intern.h"
#include "core/base/util.h"
#include "core/output/record.h"

static void copy_string(const json_t *o, const char *key, char *to, size_t size)
{
	const char *s = json_string_value(json_object_get(o, key));

	snprintf(to, size, "%s", s ? s : "");
}

static uint64_t get_bits(const json_t *o, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(o, key));
}

/* Names of fields that this version doesn't know are no fields of its events either. */
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

static int get_command(struct replay_origin *rs, const json_t *list, struct intern *in)
{
	size_t len = json_array_size(list), n = 0;

	if (!len)
		return 0;
	rs->command = calloc(len + 1, sizeof(*rs->command));
	for (size_t i = 0; rs->command && i < len; i++) {
		const char *arg = json_string_value(json_array_get(list, i));

		if (arg && !(rs->command[n++] = (char *)intern_string(in, arg)))
			return -ENOMEM;
	}
	rs->src.command = rs->command;
	return rs->command ? 0 : -ENOMEM;
}

static int get_pids(struct replay_origin *rs, const json_t *list)
{
	size_t len = json_array_size(list);

	if (!len)
		return 0;
	rs->pids = calloc(len, sizeof(*rs->pids));
	for (size_t i = 0; rs->pids && i < len; i++)
		rs->pids[i] = (pid_t)json_integer_value(json_array_get(list, i));
	rs->src.pids = rs->pids;
	rs->src.pids_len = rs->pids ? len : 0;
	return rs->pids ? 0 : -ENOMEM;
}

static void get_sets(struct cap_sets *sets, const json_t *o)
{
	sets->known = json_is_object(o);
	sets->bounding = get_bits(o, "bounding");
	sets->permitted = get_bits(o, "permitted");
	sets->inheritable = get_bits(o, "inheritable");
	sets->ambient = get_bits(o, "ambient");
}

int replay_header(struct replay_origin *rs, const json_t *header, struct intern *in, struct err *e)
{
	const char *format = json_string_value(json_object_get(header, "format"));
	const json_t *path = json_object_get(header, "path");
	json_int_t version = json_integer_value(json_object_get(header, "version"));
	struct cap_origin *src = &rs->src;
	int rc;

	if (!format || strcmp(format, RECORD_FORMAT) != 0 || version < 1)
		return err_set(e, -EBADMSG, "no recording of captrace's");
	if (version > RECORD_VERSION)
		return err_set(e, -EBADMSG,
			       "made by a newer captrace (version %" JSON_INTEGER_FORMAT
			       " of the format, this one reads %d)",
			       version, RECORD_VERSION);
	copy_string(header, "host", src->host, sizeof(src->host));
	copy_string(header, "kernel", src->kernel, sizeof(src->kernel));
	copy_string(header, "build", src->build, sizeof(src->build));
	copy_string(header, "machine", src->arch, sizeof(src->arch));
	copy_string(header, "variant", src->variant, sizeof(src->variant));
	src->fields = get_fields(json_object_get(header, "fields"));
	src->start = get_bits(header, "start");
	src->unaudited = json_is_true(json_object_get(header, "unaudited"));
	get_sets(&src->sets, json_object_get(header, "capabilities"));
	src->path = json_is_string(path) ? intern_string(in, json_string_value(path)) : NULL;
	rc = get_command(rs, json_object_get(header, "command"), in);
	if (!rc)
		rc = get_pids(rs, json_object_get(header, "pids"));
	return rc ? err_nomem(e) : 0;
}

void replay_origin_clear(struct replay_origin *rs)
{
	free(rs->command);
	free(rs->pids);
	*rs = (struct replay_origin){0};
}
