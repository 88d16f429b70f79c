// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "core/base/util.h"
#include "tests/unit/helper.h"

/* Parses @text, which has to be one document that is a mapping. */
static void load(const char *text, yaml_document_t *doc)
{
	yaml_document_t end;
	yaml_parser_t parser;

	cr_assert(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
	cr_assert(yaml_parser_load(&parser, doc), "%s: %s", parser.problem, text);
	cr_assert_not_null(yaml_document_get_root_node(doc));
	cr_assert_eq(yaml_document_get_root_node(doc)->type, YAML_MAPPING_NODE);
	cr_assert(yaml_parser_load(&parser, &end), "%s: %s", parser.problem, text);
	cr_assert_null(yaml_document_get_root_node(&end));
	yaml_document_delete(&end);
	yaml_parser_delete(&parser);
}

static yaml_node_t *member(yaml_document_t *doc, const char *key)
{
	yaml_node_t *root = yaml_document_get_root_node(doc), *found = NULL;

	for (yaml_node_pair_t *p = root->data.mapping.pairs.start; p < root->data.mapping.pairs.top;
	     p++)
		if (!strcmp((char *)yaml_document_get_node(doc, p->key)->data.scalar.value, key))
			found = yaml_document_get_node(doc, p->value);
	cr_assert_not_null(found, "no %s", key);
	return found;
}

static void expect_scalar(yaml_document_t *doc, const char *key, const char *value)
{
	yaml_node_t *node = member(doc, key);

	cr_assert_eq(node->type, YAML_SCALAR_NODE, "%s", key);
	cr_assert_str_eq((char *)node->data.scalar.value, value);
}

Test(yaml, an_event)
{
	struct cap_event ev;
	yaml_document_t doc;
	yaml_node_t *names;
	char *text;

	event_chroot(&ev);
	ev.cap = 0;
	ev.audit = false;
	text = render("yaml", NULL, 0, &ev, 0);
	cr_assert_eq(strncmp(text, "---\nnode: null\nnamespace: null\n", 31), 0, "%s", text);
	load(text, &doc);
	expect_scalar(&doc, "type", "normal");
	expect_scalar(&doc, "timestamp", "1677087968732237745");
	expect_scalar(&doc, "pid", "3277678");
	expect_scalar(&doc, "comm", "chroot");
	expect_scalar(&doc, "cap", "0");
	expect_scalar(&doc, "audit", "0");
	expect_scalar(&doc, "capName", "CHOWN");
	expect_scalar(&doc, "insetid", "false");
	expect_scalar(&doc, "unit", "null");
	names = member(&doc, "capsNames");
	cr_assert_eq(names->type, YAML_SEQUENCE_NODE);
	cr_assert_eq(names->data.sequence.items.top - names->data.sequence.items.start, 38);
	yaml_document_delete(&doc);
	free(text);

	ev.caps = 0;
	text = render("yaml", NULL, 0, &ev, 0);
	cr_assert(strstr(text, "\ncapsNames: []\n"), "%s", text);
	load(text, &doc);
	cr_assert_eq(member(&doc, "capsNames")->type, YAML_SEQUENCE_NODE);
	yaml_document_delete(&doc);
	free(text);
}

Test(yaml, every_key_of_json_in_its_order)
{
	struct cap_event ev;
	yaml_document_t doc;
	yaml_node_pair_t *pair;
	char *text;

	event_chroot(&ev);
	text = render("yaml", NULL, 0, &ev, 0);
	load(text, &doc);
	pair = yaml_document_get_root_node(&doc)->data.mapping.pairs.start;
	for (size_t i = 0; i < columns_len; i++, pair++) {
		cr_assert_str_eq((char *)yaml_document_get_node(&doc, pair->key)->data.scalar.value,
				 columns[i].key);
		if (!strcmp(columns[i].key, "timestamp"))
			pair++;
	}
	cr_assert_eq(pair, yaml_document_get_root_node(&doc)->data.mapping.pairs.top);
	yaml_document_delete(&doc);
	free(text);
}

/* The node of a comm, parsed back. @plain: whether it may be unquoted. */
static void round_trip(const char *comm, const char *expected, bool plain)
{
	struct cap_event ev;
	yaml_document_t doc;
	yaml_node_t *node;
	char *text;

	event_chroot(&ev);
	strcpy(ev.comm, comm);
	text = render("yaml", NULL, 0, &ev, 0);
	load(text, &doc);
	node = member(&doc, "comm");
	cr_assert_str_eq((char *)node->data.scalar.value, expected, "%s", text);
	cr_assert_eq(node->data.scalar.style,
		     plain ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE, "%s", text);
	yaml_document_delete(&doc);
	free(text);
}

Test(yaml, plain_strings)
{
	static const char *const plain[] = {"nice",  "systemd-udevd", "sd_notify", "Web Content",
					    "a.b+c", "Yess",          "nullx"};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		round_trip(plain[i], plain[i], true);
}

/* Strings that a YAML 1.1 or 1.2 parser would take for something else. */
Test(yaml, quoted_strings)
{
	static const char *const quoted[] = {
		"",      "y",     "N",           "yes",      "No",       "on",
		"OFF",   "true",  "False",       "null",     "Null",     "~",
		"0",     "123",   "-1",          "0x1f",     "1e3",      ".5",
		".inf",  "-.INF", ".nan",        "1:30",     "2023-1-1", "=",
		"<<",    "-",     "- a",         "? a",      "a: b",     "a:",
		"a #b",  "#a",    "&a",          "*a",       "!a",       "|",
		">",     "%a",    "@a",          "`a",       "[a]",      "{a",
		"a,b",   "'a'",   "\"a",         " a",       "a ",       "---",
		"...",   "a\tb",  "a\nb",        "\x1b[",    "a\\b",     "_1",
		"1_000", "é",     "kworker/0:1", "(sd-pam)", "+1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++)
		round_trip(quoted[i], quoted[i], false);
}

Test(yaml, every_byte)
{
	for (int byte = 1; byte < 256; byte++) {
		char comm[4] = {'.', (char)byte, 'b'};

		round_trip(comm, byte < 0x80 ? comm : ".\uFFFDb", false);
	}
}

Test(yaml, characters_that_break_lines)
{
	round_trip("a\xc2\x85"
		   "b",
		   "a\xc2\x85"
		   "b",
		   false);
	round_trip("a\u2028b", "a\u2028b", false);
	round_trip("a\uFEFFb", "a\uFEFFb", false);
	round_trip("a\xc2\x9b"
		   "b",
		   "a\xc2\x9b"
		   "b",
		   false);
	round_trip("中😀", "中😀", false);
}

Test(yaml, a_loss)
{
	yaml_document_t doc;
	char *text = render("yaml", NULL, 0, NULL, 7);

	cr_assert_str_eq(text, "---\ntype: lost\ncount: 7\nwhere: ring buffer\n");
	load(text, &doc);
	expect_scalar(&doc, "where", "ring buffer");
	yaml_document_delete(&doc);
	free(text);
}

/* PyYAML as a second reader (YAML 1.1 with its types), if it is installed. */
Test(yaml, types_as_pyyaml_reads_them)
{
	static const char script[] =
		"python3 -c 'import yaml' 2>/dev/null || exit 77\n"
		"python3 -c 'import sys, yaml\n"
		"d = list(yaml.safe_load_all(sys.stdin))\n"
		"assert len(d) == 1 and d[0][\"comm\"] == \"on\"\n"
		"assert d[0][\"syscall\"] == \"0x10\" and d[0][\"cap\"] == 18\n"
		"assert d[0][\"unit\"] is None and d[0][\"insetid\"] is False\n"
		"assert d[0][\"capsNames\"][0] == \"chown\"'";
	struct cap_event ev;
	char *text;
	FILE *p;
	int rc;

	event_chroot(&ev);
	strcpy(ev.comm, "on");
	ev.syscall = "0x10";
	text = render("yaml", NULL, 0, &ev, 0);
	signal(SIGPIPE, SIG_IGN);
	p = popen(script, "w");
	fputs(text, p);
	rc = pclose(p);
	free(text);
	if (WEXITSTATUS(rc) == 77)
		cr_skip_test("python3-yaml is not installed");
	cr_assert_eq(rc, 0);
}
