// SPDX-License-Identifier: GPL-2.0-or-later
/* Each type of record: the bytes that are written, and that reading them gives the same record. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/intern.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "core/output/record_format.h"
#include "tests/unit/helper.h"

/* Writes @object, compares the line with @text, and reads it into @again. */
static void there_and_back(enum record_type type, const void *object, const char *text, void *again,
			   struct intern *in)
{
	struct json_writer w = {.out = out_new(-1)};
	struct err e = {0};
	const char *line;
	size_t len;
	json_t *o;

	record_write(&w, type, object);
	line = out_data(w.out, &len);
	cr_assert_eq(len, strlen(text), "%.*s", (int)len, line);
	cr_assert(!memcmp(line, text, len), "%.*s", (int)len, line);
	o = json_loadb(line, len, 0, NULL);
	cr_assert_eq(record_type_of(json_string_value(json_object_get(o, "type"))), type);
	cr_assert_eq(record_read(o, type, again, in, &e), 0, "%s", e.msg);
	json_decref(o);
	out_free(w.out);
}

Test(record_format, a_header)
{
	static char *command[] = {"nice", "-n", NULL};
	static const pid_t pids[] = {7, 8};
	struct record_header h = {
		.format = RECORD_FORMAT,
		.version = RECORD_VERSION,
		.captrace = "0.1",
		.origin =
			{
				.host = "h",
				.kernel = "6.1",
				.build = "#1",
				.arch = "x86_64",
				.variant = "bpf:fexit",
				.fields = FIELD(PID) | FIELD(OUTCOME),
				.start = 17,
				.unaudited = true,
				.command = command,
				.path = "/usr/bin/nice",
				.pids = pids,
				.pids_len = 2,
				.sets = {true, 1, 2, 4, UINT64_C(0x1ffffffffff)},
			},
	};
	struct record_header again = {0};
	struct intern *in = intern_new();

	there_and_back(RECORD_HEADER, &h,
		       "{\"type\":\"header\",\"format\":\"captrace\",\"version\":1,"
		       "\"captrace\":\"0.1\",\"host\":\"h\",\"kernel\":\"6.1\",\"build\":\"#1\","
		       "\"machine\":\"x86_64\",\"variant\":\"bpf:fexit\","
		       "\"fields\":[\"pid\",\"outcome\"],\"start\":17,\"unaudited\":true,"
		       "\"command\":[\"nice\",\"-n\"],\"path\":\"/usr/bin/nice\",\"pids\":[7,8],"
		       "\"capabilities\":{\"bounding\":1,\"permitted\":2,\"inheritable\":4,"
		       "\"ambient\":2199023255551}}\n",
		       &again, in);
	cr_assert_str_eq(again.origin.host, "h");
	cr_assert_str_eq(again.origin.arch, "x86_64");
	cr_assert_eq(again.origin.fields, h.origin.fields);
	cr_assert_eq(again.origin.start, 17);
	cr_assert(again.origin.unaudited);
	cr_assert_str_eq(again.origin.command[1], "-n");
	cr_assert_null(again.origin.command[2]);
	cr_assert_str_eq(again.origin.path, "/usr/bin/nice");
	cr_assert_eq(again.origin.pids_len, 2);
	cr_assert_eq(again.origin.pids[1], 8);
	cr_assert(again.origin.sets.known);
	cr_assert_eq(again.origin.sets.inheritable, 4);
	cr_assert_eq(again.origin.sets.ambient, h.origin.sets.ambient);
	record_header_clear(&again);
	/* Of a whole machine: neither a command nor processes. */
	h.origin = (struct cap_origin){.host = "h"};
	there_and_back(RECORD_HEADER, &h,
		       "{\"type\":\"header\",\"format\":\"captrace\",\"version\":1,"
		       "\"captrace\":\"0.1\",\"host\":\"h\",\"kernel\":\"\",\"build\":\"\","
		       "\"machine\":\"\",\"variant\":\"\",\"fields\":[],\"start\":0,"
		       "\"unaudited\":false}\n",
		       &again, in);
	cr_assert_null(again.origin.command);
	cr_assert_not(again.origin.sets.known);
	record_header_clear(&again);
	intern_free(in);
}

Test(record_format, outcomes)
{
	const struct cap_outcome all = {
		.since = 1,
		.until = 2,
		.pid = 3,
		.tid = 4,
		.refused = true,
		.has_ret = true,
		.ret = -13,
		.has_ids = true,
		.ids_changed = true,
		.has_permitted = true,
		.permitted = 5,
		.has_args = true,
		.args = {0, UINT64_MAX, 6},
	};
	const struct cap_outcome least = {.pid = 3, .tid = 4};
	struct cap_outcome again;

	memset(&again, 0, sizeof(again));
	there_and_back(RECORD_OUTCOME, &all,
		       "{\"type\":\"outcome\",\"timestamp\":2,\"pid\":3,\"tid\":4,\"since\":1,"
		       "\"refused\":true,\"ret\":-13,\"idschanged\":true,\"permitted\":5,"
		       "\"args\":[0,-1,6]}\n",
		       &again, NULL);
	cr_assert_eq(again.since, 1);
	cr_assert_eq(again.until, 2);
	cr_assert_eq(again.pid, 3);
	cr_assert_eq(again.tid, 4);
	cr_assert(again.refused && again.has_ret && again.has_ids && again.ids_changed);
	cr_assert(again.has_permitted && again.has_args);
	cr_assert_eq(again.ret, -13);
	cr_assert_eq(again.permitted, 5);
	cr_assert(!memcmp(again.args, all.args, sizeof(all.args)));
	memset(&again, 0, sizeof(again));
	there_and_back(RECORD_OUTCOME, &least,
		       "{\"type\":\"outcome\",\"timestamp\":null,\"pid\":3,\"tid\":4,"
		       "\"since\":null,\"refused\":false}\n",
		       &again, NULL);
	cr_assert(!again.has_ret && !again.has_ids && !again.has_permitted && !again.has_args);
	cr_assert_eq(again.until, 0);
}

Test(record_format, other_types)
{
	const struct cap_exec x = {.timestamp = 1, .pid = 2, .tid = 3, .filename = "/a\n\"b\""};
	const struct record_lost l = {.count = 3, .where = "ring buffer"};
	const struct record_end end = {.timestamp = 9,
				       .events = 1,
				       .lost = 2,
				       .unaudited = 3,
				       .limit = true,
				       .signal = 15};
	struct intern *in = intern_new();
	struct cap_exec x2 = {0};
	struct record_lost l2 = {0};
	struct record_end end2 = {0};

	there_and_back(RECORD_EXEC, &x,
		       "{\"type\":\"exec\",\"timestamp\":1,\"pid\":2,\"tid\":3,"
		       "\"filename\":\"/a\\n\\\"b\\\"\"}\n",
		       &x2, in);
	cr_assert(x2.timestamp == 1 && x2.pid == 2 && x2.tid == 3);
	cr_assert_str_eq(x2.filename, x.filename);
	there_and_back(RECORD_CRED_OVERRIDE, NULL, "{\"type\":\"override\"}\n", NULL, in);
	there_and_back(RECORD_LOST, &l,
		       "{\"type\":\"lost\",\"count\":3,\"where\":\"ring buffer\"}\n", &l2, in);
	cr_assert_eq(l2.count, 3);
	cr_assert_str_eq(l2.where, l.where);
	there_and_back(RECORD_END, &end,
		       "{\"type\":\"end\",\"timestamp\":9,\"events\":1,\"lost\":2,"
		       "\"unaudited\":3,\"limit\":true,\"signal\":15}\n",
		       &end2, in);
	cr_assert(end2.timestamp == 9 && end2.events == 1 && end2.lost == 2);
	cr_assert(end2.unaudited == 3 && end2.limit && end2.signal == 15);
	intern_free(in);
}

/* Each member that a column shows as it is comes back into that member. */
Test(record_format, every_column_of_a_check)
{
	const struct sink_ops *ops = sink_find("json");
	struct intern *in = intern_new();
	struct cap_frame frames[4];
	struct cap_event ev, again;
	char *text, *text2;
	struct err e = {0};
	json_t *o;

	event_chroot(&ev);
	ev.have = FIELDS_BACKEND & ~FIELD(CGROUP_KEY);
	ev.have |= FIELDS_IDENTITY;
	ev.insetid = ev.startup = true;
	ev.runtime = "docker";
	ev.container = "test";
	ev.containerid = "0123";
	ev.pod = "p";
	ev.namespace = "default";
	ev.node = "n";
	ev.unit = "a.service";
	ev.cgroup = "/a/b";
	ev.kstack = (const struct cap_frame[]){{.symbol = "cap_capable", .offset = 16},
					       {.addr = UINT64_C(0xffffffffc0000123)}};
	ev.kstack_len = 2;
	text = render(ops->name, NULL, 0, &ev, 0);
	o = json_loads(text, 0, NULL);
	cr_assert_eq(record_type_of(json_string_value(json_object_get(o, "type"))), RECORD_EVENT);
	cr_assert_eq(record_read_event(o, &again, frames, ARRAY_SIZE(frames), in, &e), 0, "%s",
		     e.msg);
	cr_assert_eq(again.have, ev.have, "%llx", (unsigned long long)(again.have ^ ev.have));
	text2 = render(ops->name, NULL, 0, &again, 0);
	cr_assert_str_eq(text, text2);
	json_decref(o);
	free(text);
	free(text2);
	intern_free(in);
}

Test(record_format, types_have_names)
{
	for (int i = RECORD_OTHER + 1; i < RECORD_TYPES; i++)
		cr_assert_eq(record_type_of(record_type_name((enum record_type)i)), i);
	cr_assert_eq(record_type_of("another"), RECORD_OTHER);
}
