// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/output/json_writer.h"
#include "core/output/out.h"
#include "tests/unit/helper.h"

/* The JSON of a string, checked by both readers; the caller frees it. */
static char *json_of(const char *s, size_t len)
{
	struct out *o = out_new(-1);
	const char *data;
	json_t *root;
	char *text;
	size_t n;

	json_write_string(o, s, len);
	data = out_data(o, &n);
	text = strndup(data, n);
	out_free(o);
	cr_assert(json_valid(text, n), "%s", text);
	root = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	cr_assert(json_is_string(root), "%s", text);
	json_decref(root);
	return text;
}

static void expect(const char *s, const char *json)
{
	char *text = json_of(s, strlen(s));

	cr_assert_str_eq(text, json);
	free(text);
}

Test(json, the_strict_check_is_strict)
{
	static const char *const good[] = {"{}",
					   " [1, -2,\"a\\u00e9\"] ",
					   "null",
					   "{\"a\":[true,false]}",
					   "\"\\ud83d\\ude00\"",
					   "\"é\""};
	static const char *const bad[] = {"",          "{",
					  "{}x",       "[1,]",
					  "{\"a\"}",   "01",
					  "\"\n\"",    "\"\x80\"",
					  "\"\\x\"",   "\"\\ud800\"",
					  "nul",       "'a'",
					  "{a:1}",     "\"\xc0\x80\"",
					  "\"\x7f\"",  "\"\xc2\x9b\"",
					  "\"\\u12\"", "[1 2]",
					  "\"",        "-"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_assert(json_valid(good[i], strlen(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_not(json_valid(bad[i], strlen(bad[i])), "%s", bad[i]);
}

Test(json, every_byte_alone_and_in_a_word)
{
	for (int byte = 0; byte < 256; byte++) {
		char alone[1] = {(char)byte}, word[3] = {'a', (char)byte, 'b'};
		char *text = json_of(alone, 1);
		json_t *root;

		free(text);
		text = json_of(word, 3);
		root = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		if (byte < 0x80) {
			cr_assert_eq(json_string_length(root), 3, "byte %d", byte);
			cr_assert_eq(memcmp(json_string_value(root), word, 3), 0, "byte %d", byte);
		} else {
			cr_assert_str_eq(json_string_value(root), "a\uFFFDb", "byte %d", byte);
		}
		json_decref(root);
		free(text);
	}
}

Test(json, every_pair_of_bytes)
{
	for (int pair = 0; pair < 65536; pair++) {
		char s[2] = {(char)(pair >> 8), (char)pair};

		free(json_of(s, 2));
	}
}

Test(json, random_bytes)
{
	uint32_t seed = 1;

	for (int round = 0; round < 20000; round++) {
		char s[16];
		size_t len = random_below(&seed, sizeof(s) + 1);

		/* More bytes that start and continue characters than chance would give. */
		for (size_t i = 0; i < len; i++)
			s[i] = (char)(random_below(&seed, 3) ? 0x80 + random_below(&seed, 0x80)
							     : random_below(&seed, 0x80));
		free(json_of(s, len));
	}
}

Test(json, escapes)
{
	expect("", "\"\"");
	expect("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
	expect("\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
	expect("\x01\x1b[2J\x7f", "\"\\u0001\\u001b[2J\\u007f\"");
	expect("\xc2\x9b", "\"\\u009b\"");
	expect("\xe2\x80\xa8", "\"\\u2028\"");
	expect("é中😀", "\"é中😀\"");
	expect("\xf3\xa0\x80\x81", "\"\\udb40\\udc01\"");
}

Test(json, one_replacement_for_each_maximal_subpart)
{
	expect("\xff", "\"\\ufffd\"");
	expect("\xe4\xb8", "\"\\ufffd\"");
	expect("\xe4\xb8x", "\"\\ufffdx\"");
	expect("\xf0\x9f\x98", "\"\\ufffd\"");
	expect("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
	expect("\xc0\xaf", "\"\\ufffd\\ufffd\"");
	expect("a\xe4\xb8\xad\xe4"
	       "b",
	       "\"a中\\ufffdb\"");
}

static void check_object(const char *text, const struct cap_event *ev)
{
	static const char *const keys[] = {
		"node",          "namespace", "pod",       "container", "timestamp", "type",
		"mountnsid",     "pid",       "comm",      "syscall",   "uid",       "gid",
		"cap",           "capName",   "audit",     "verdict",   "insetid",   "targetuserns",
		"currentuserns", "caps",      "capsNames", "tid",       "runtime",   "containerid",
		"unit",          "startup",   "cgroupid",  "cgroup",    "kstack"};
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *at = text;

	cr_assert_not_null(root, "%s", text);
	cr_assert_eq(json_object_size(root), sizeof(keys) / sizeof(keys[0]));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char quoted[32];

		snprintf(quoted, sizeof(quoted), "\"%s\":", keys[i]);
		at = strstr(at, quoted);
		cr_assert_not_null(at, "%s is missing or out of order", keys[i]);
	}
	cr_assert_eq(json_integer_value(json_object_get(root, "cap")), ev->cap);
	cr_assert_str_eq(json_string_value(json_object_get(root, "type")), "normal");
	json_decref(root);
}

Test(json, the_reference_to_the_byte)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	ev.caps = 1 << 17 | 1 << 18;
	text = render("json", NULL, 0, &ev, 0);
	cr_assert_str_eq(
		text,
		"{\"node\":null,\"namespace\":null,\"pod\":null,\"container\":null,"
		"\"timestamp\":1677087968732237745,\"type\":\"normal\",\"mountnsid\":4026533307,"
		"\"pid\":3277678,\"comm\":\"chroot\",\"syscall\":\"chroot\",\"uid\":0,\"gid\":0,"
		"\"cap\":18,\"capName\":\"SYS_CHROOT\",\"audit\":1,\"verdict\":\"Allow\","
		"\"insetid\":false,\"targetuserns\":4026531837,\"currentuserns\":4026531837,"
		"\"caps\":393216,\"capsNames\":[\"sys_rawio\",\"sys_chroot\"],\"tid\":3277679,"
		"\"runtime\":null,\"containerid\":null,\"unit\":null,\"startup\":false,"
		"\"cgroupid\":4711,\"cgroup\":null,\"kstack\":null}\n");
	check_object(text, &ev);
	free(text);
}

Test(json, zeros_and_absences)
{
	struct cap_event ev;
	char *text;

	event_chroot(&ev);
	ev.cap = 0;
	ev.audit = false;
	ev.caps = 0;
	text = render("json", NULL, 0, &ev, 0);
	cr_assert(strstr(text, "\"cap\":0,\"capName\":\"CHOWN\",\"audit\":0,"));
	cr_assert(strstr(text, "\"caps\":0,\"capsNames\":[],"));
	check_object(text, &ev);
	free(text);

	ev.have = 0;
	text = render("json", NULL, 0, &ev, 0);
	cr_assert(strstr(text, "\"cap\":null,\"capName\":null,\"audit\":null,\"verdict\":null,"));
	free(text);
}

Test(json, pretty_is_the_same_indented)
{
	static const struct cap_frame frames[] = {
		{.addr = 0xff, .symbol = "cap_capable", .offset = 1}};
	struct cap_event ev;
	char *plain, *pretty, *again;
	json_t *a, *b;

	event_chroot(&ev);
	ev.have |= FIELD(KSTACK);
	ev.kstack = frames;
	ev.kstack_len = 1;
	plain = render("json", NULL, 0, &ev, 0);
	pretty = render("jsonpretty", NULL, 0, &ev, 0);
	a = json_loads(plain, 0, NULL);
	b = json_loads(pretty, 0, NULL);
	cr_assert(json_equal(a, b));
	/* jansson prints as jq does, except for the final newline. */
	again = json_dumps(b, JSON_INDENT(2));
	cr_assert_eq(strncmp(pretty, again, strlen(again)), 0, "%s%s", pretty, again);
	cr_assert_str_eq(pretty + strlen(again), "\n");
	json_decref(a);
	json_decref(b);
	free(plain);
	free(pretty);
	free(again);

	ev.caps = 0;
	pretty = render("jsonpretty", NULL, 0, &ev, 0);
	cr_assert(strstr(pretty, "\n  \"capsNames\": [],\n"), "%s", pretty);
	free(pretty);
}

Test(json, sets_that_come_again)
{
	static const uint64_t sets[] = {1, 2, 3,        UINT64_MAX, 0,
					1, 2, 1u << 23, 3,          UINT64_C(1) << 63};
	const struct sink_ops *ops = sink_find("json");
	struct sink_cfg cfg = {.out = out_new(-1)};
	struct cap_event ev;
	struct sink *sink;

	event_chroot(&ev);
	cr_assert_eq(ops->open(&sink, &cfg, NULL), 0);
	for (int round = 0; round < 200; round++) {
		char *fresh, *kept;
		const char *data;
		size_t len;

		ev.caps = sets[round * 7 % 10] ^ (uint64_t)(round / 50) << 30;
		out_clear(cfg.out);
		ops->event(sink, &ev);
		data = out_data(cfg.out, &len);
		kept = strndup(data, len);
		fresh = render("json", NULL, 0, &ev, 0);
		cr_assert_str_eq(kept, fresh);
		free(kept);
		free(fresh);
	}
	ops->close(sink);
	out_free(cfg.out);
}

Test(json, losses)
{
	char *text = render("json", NULL, 0, NULL, 12);

	cr_assert_str_eq(text, "{\"type\":\"lost\",\"count\":12,\"where\":\"ring buffer\"}\n");
	free(text);
	text = render("jsonpretty", NULL, 0, NULL, 12);
	cr_assert_str_eq(text, "{\n  \"type\": \"lost\",\n  \"count\": 12,\n"
			       "  \"where\": \"ring buffer\"\n}\n");
	free(text);
}
