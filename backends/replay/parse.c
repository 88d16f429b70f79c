// SPDX-License-Identifier: GPL-2.0-or-later
/* Parses a line of a recording. */
#include <errno.h>
#include <string.h>

#include "backends/replay/replay.h"
#include "core/base/err.h"

static int read_item(struct replay_item *item, const json_t *o, struct intern *in, struct err *e)
{
	if (item->type == RECORD_OTHER || item->type == RECORD_HEADER)
		return 0;
	if (item->type == RECORD_EVENT)
		return record_read_event(o, &item->ev, item->frames, REPLAY_FRAMES_MAX, in, e);
	memset(&item->object, 0, sizeof(item->object));
	return record_read(o, item->type, &item->object, in, e);
}

static uint64_t time_of(const struct replay_item *item)
{
	switch (item->type) {
	case RECORD_EVENT:
		return item->ev.timestamp;
	case RECORD_OUTCOME:
		return item->object.outcome.until;
	case RECORD_EXEC:
		return item->object.exec.timestamp;
	default:
		return 0;
	}
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
		return err_set(e, -EBADMSG, "%s", o ? "not a line of a recording" : why.text);
	}
	item->type = record_type_of(json_string_value(type));
	rc = read_item(item, o, in, e);
	if (!rc)
		item->time = time_of(item);
	if (!rc && item->type == RECORD_HEADER)
		*header = o;
	else
		json_decref(o);
	return rc;
}
