// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ftrace/probe/fetch.h"

static char *rendered(struct fetch *f)
{
	char *text = NULL;

	cr_assert_eq(fetch_render(f, &text), 0);
	return text;
}

Test(ftrace_fetch, arguments)
{
	struct fetch *f = calloc(1, sizeof(*f));
	char *text;

	fetch_expr(f, FETCH_CAP, FETCH_S32, "%dx");
	fetch_expr(f, FETCH_COMM, FETCH_STRING, "$comm");
	fetch_mem(f, FETCH_CAPS, FETCH_U64, 60, "+%d(%s)", 136, "%di");
	fetch_mem(f, FETCH_INSN, FETCH_U32, -4, "%s", "%ip");
	fetch_array(f, FETCH_WORD, 64, 512, "@0xffff");
	fetch_expr(f, FETCH_SP, FETCH_U64, "$stack");
	fetch_expr(f, FETCH_OPTS, FETCH_U32, "$stack1");
	text = rendered(f);
	/* $comm has a default type and is rendered without one. */
	cr_assert_str_eq(text, "cap=%dx:s32 comm=$comm eff=+60(+136(%di)):u64 "
			       "insn=-4(%ip):u32 w0=+512(@0xffff):u64[64] sp=$stack "
			       "opts=$stack1:u32 ");
	free(text);
	free(f);
}

/* Two adjacent values are read as one, unless a filter uses one of them. */
Test(ftrace_fetch, neighbours_are_read_together)
{
	struct fetch *f = calloc(1, sizeof(*f));
	char *text;

	fetch_mem(f, FETCH_UID, FETCH_U32, 8, "%%di");
	fetch_mem(f, FETCH_GID, FETCH_U32, 12, "%%di");
	fetch_mem(f, FETCH_TID, FETCH_S32, 100, "@0x1");
	fetch_mem(f, FETCH_TGID, FETCH_S32, 104, "@0x2"); /* another base */
	fetch_mem(f, FETCH_EUID, FETCH_U32, 24, "%%di");
	text = rendered(f);
	cr_assert_str_eq(text, "uid=+8(%di):u64 tid=+100(@0x1):s32 tgid=+104(@0x2):s32 "
			       "euid=+24(%di):u32 ");
	free(text);
	memset(f, 0, sizeof(*f));
	fetch_mem(f, FETCH_UID, FETCH_U32, 8, "%%di");
	fetch_mem(f, FETCH_GID, FETCH_U32, 12, "%%di");
	fetch_keep_alone(f, FETCH_UID);
	text = rendered(f);
	cr_assert_str_eq(text, "uid=+8(%di):u32 gid=+12(%di):u32 ");
	free(text);
	free(f);
}

Test(ftrace_fetch, a_condition)
{
	struct fetch *f = calloc(1, sizeof(*f));
	char *text = NULL;

	fetch_expr(f, FETCH_CAP, FETCH_S32, "$cap");
	fetch_if(f, "common_cpu == %d", 7);
	text = rendered(f);
	cr_assert_str_eq(text, "cap=$cap:s32 if common_cpu == 7");
	free(text);
	text = NULL;
	fetch_if(f, "common_cpu == %d && %s", 7, "what is too long for it");
	cr_assert_eq(fetch_render(f, &text), -E2BIG);
	cr_assert_null(text);
	free(f);
}

Test(ftrace_fetch, too_much)
{
	struct fetch *f = calloc(1, sizeof(*f));
	char *text = NULL;

	for (int i = 0; i < FETCH_ARGS_MAX + 1; i++)
		fetch_expr(f, (enum fetch_value)(FETCH_WORD + i % 100), FETCH_U64, "%di");
	cr_assert_eq(fetch_render(f, &text), -E2BIG);
	cr_assert_null(text);
	memset(f, 0, sizeof(*f));
	for (int i = 0; i < 90; i++)
		fetch_mem(f, (enum fetch_value)(FETCH_WORD + i), FETCH_U64, i,
			  "+1000000(+1000000(+1000000(%%di)))");
	cr_assert_eq(fetch_render(f, &text), -E2BIG, "4,096 bytes of text");
	free(f);
}

static const char format[] =
	"name: check0\nID: 1555\nformat:\n"
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
	"\tfield:unsigned long __probe_ip;\toffset:8;\tsize:8;\tsigned:0;\n"
	"\tfield:s32 cap;\toffset:16;\tsize:4;\tsigned:1;\n"
	"\tfield:__data_loc char[] comm;\toffset:20;\tsize:4;\tsigned:1;\n"
	"\tfield:u64 uid;\toffset:24;\tsize:8;\tsigned:0;\n"
	"\tfield:u64 w0[2];\toffset:32;\tsize:16;\tsigned:0;\n\n"
	"print fmt: \"(%lx) cap=%d comm=\\\"%s\\\"\", REC->__probe_ip, REC->cap, __get_str(comm)\n";

static void make_map(struct fetch_map *m)
{
	struct fetch *f = calloc(1, sizeof(*f));

	fetch_expr(f, FETCH_CAP, FETCH_S32, "%dx");
	fetch_expr(f, FETCH_COMM, FETCH_STRING, "$comm");
	fetch_mem(f, FETCH_UID, FETCH_U32, 8, "%%di");
	fetch_mem(f, FETCH_GID, FETCH_U32, 12, "%%di");
	fetch_array(f, FETCH_WORD, 2, 0, "%di");
	fetch_expr(f, FETCH_OPTS, FETCH_U32, "%cx"); /* missing in the format */
	free(rendered(f));
	cr_assert_eq(fetch_map_init(m, f, format, sizeof(format) - 1, NULL), 0);
	free(f);
}

Test(ftrace_fetch, values_of_a_record)
{
	unsigned char raw[48 + 8] = {0};
	const int32_t cap = -1;
	const uint32_t ids[] = {1000, 4294967295U}, loc = 48 | 8 << 16;
	const uint64_t words[] = {7, UINT64_MAX};
	struct fetch_map m;
	const uint64_t *array;
	char comm[16];
	static const char name[8] = {'n', 'i', 'c', 'e', 0, 'x', 'y', 'z'};
	size_t len;

	make_map(&m);
	memcpy(raw + 16, &cap, 4);
	memcpy(raw + 20, &loc, 4);
	memcpy(raw + 24, ids, 8);
	memcpy(raw + 32, words, 16);
	memcpy(raw + 48, name, sizeof(name));
	cr_assert_eq(m.size, 48);
	cr_assert_eq(fetch_get(&m, FETCH_CAP, raw, sizeof(raw)), -1);
	cr_assert_eq(fetch_get(&m, FETCH_UID, raw, sizeof(raw)), 1000);
	cr_assert_eq(fetch_get(&m, FETCH_GID, raw, sizeof(raw)), 4294967295);
	cr_assert_not(fetch_has(&m, FETCH_OPTS));
	cr_assert_eq(fetch_get(&m, FETCH_OPTS, raw, sizeof(raw)), 0);
	array = fetch_get_array(&m, FETCH_WORD, raw, sizeof(raw), &len);
	cr_assert_eq(len, 16);
	cr_assert_eq(array[1], UINT64_MAX);
	cr_assert(fetch_get_string(&m, FETCH_COMM, raw, sizeof(raw), comm, sizeof(comm)));
	cr_assert_str_eq(comm, "nice");
}

/* Before 4.20: the empty name of a thread. */
Test(ftrace_fetch, empty_strings)
{
	unsigned char raw[56] = {0};
	uint32_t empty = 48, ended = 48 | 1 << 16, unread = 0;
	char comm[16] = "before";
	struct fetch_map m;

	make_map(&m);
	memcpy(raw + 20, &empty, 4);
	cr_assert(fetch_get_string(&m, FETCH_COMM, raw, sizeof(raw), comm, sizeof(comm)));
	cr_assert_str_eq(comm, "");
	memcpy(raw + 20, &ended, 4);
	cr_assert(fetch_get_string(&m, FETCH_COMM, raw, sizeof(raw), comm, sizeof(comm)));
	cr_assert_str_eq(comm, "");
	memcpy(raw + 20, &unread, 4);
	cr_assert_not(fetch_get_string(&m, FETCH_COMM, raw, sizeof(raw), comm, sizeof(comm)));
	/* Any other string of length 0 could not be read. */
	m.at[FETCH_NEW_COMM] = m.at[FETCH_COMM];
	memcpy(raw + 20, &empty, 4);
	cr_assert_not(fetch_get_string(&m, FETCH_NEW_COMM, raw, sizeof(raw), comm, sizeof(comm)));
}

/* A truncated record, and a string whose offset is outside its record. */
Test(ftrace_fetch, damaged_records)
{
	unsigned char raw[64];
	struct fetch_map m;
	uint32_t loc = 60 | 8 << 16;
	char comm[16];
	size_t len;

	make_map(&m);
	memset(raw, 0xff, sizeof(raw));
	for (uint32_t size = 0; size < 48; size++) {
		fetch_get(&m, FETCH_CAP, raw, size);
		cr_assert_null(fetch_get_array(&m, FETCH_WORD, raw, size, &len));
		cr_assert_not(fetch_get_string(&m, FETCH_COMM, raw, size, comm, sizeof(comm)));
	}
	memcpy(raw + 20, &loc, 4);
	cr_assert_not(fetch_get_string(&m, FETCH_COMM, raw, sizeof(raw), comm, sizeof(comm)));
}

Test(ftrace_fetch, what_is_no_format)
{
	struct fetch *f = calloc(1, sizeof(*f));
	struct fetch_map m;

	cr_assert_lt(fetch_map_init(&m, f, "", 0, NULL), 0);
	cr_assert_lt(fetch_map_init(&m, f, "nonsense\n", 9, NULL), 0);
	cr_assert_lt(fetch_map_init(&m, f, format, 60, NULL), 0);
	free(f);
}
