// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/probe/fetch.h"

#include <event-parse.h>
#include <stdarg.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"

#define TEXT_MAX 3900 /* a definition has at most 4096 bytes, including its name and place */

static const char *const names[FETCH_WORD] = {
	[FETCH_CAP] = "cap",
	[FETCH_OPTS] = "opts",
	[FETCH_RET] = "ret",
	[FETCH_COMM] = "comm",
	[FETCH_UID] = "uid",
	[FETCH_GID] = "gid",
	[FETCH_EUID] = "euid",
	[FETCH_SUID] = "suid",
	[FETCH_SGID] = "sgid",
	[FETCH_EGID] = "egid",
	[FETCH_FSUID] = "fsuid",
	[FETCH_FSGID] = "fsgid",
	[FETCH_PERMITTED] = "perm",
	[FETCH_SECUREBITS] = "sb",
	[FETCH_CAPS] = "eff",
	[FETCH_CRED_NS] = "cns",
	[FETCH_CRED_INUM] = "cin",
	[FETCH_CRED_LEVEL] = "clv",
	[FETCH_NS] = "tns",
	[FETCH_NS_INUM] = "tin",
	[FETCH_NS_LEVEL] = "tlv",
	[FETCH_NS_OWNER] = "tow",
	[FETCH_NS_PARENT] = "tpa",
	[FETCH_TID] = "tid",
	[FETCH_TGID] = "tgid",
	[FETCH_STATUS] = "st",
	[FETCH_NSPROXY] = "nsp",
	[FETCH_MNTNS] = "mnt",
	[FETCH_CGROUP] = "cg",
	[FETCH_V1_NUMBER] = "vn",
	[FETCH_V1_LEVEL] = "vl",
	[FETCH_V1_CGROUP] = "vc",
	[FETCH_NR] = "nr",
	[FETCH_IP] = "pc",
	[FETCH_MODE] = "mode",
	[FETCH_CX] = "cx",
	[FETCH_R11] = "r11",
	[FETCH_FLAGS] = "fl",
	[FETCH_INSN] = "insn",
	[FETCH_CALL_ARG] = "u0",
	[FETCH_CALL_ARG + 1] = "u1",
	[FETCH_CALL_ARG + 2] = "u2",
	[FETCH_COMPAT_ARG] = "v0",
	[FETCH_COMPAT_ARG + 1] = "v1",
	[FETCH_COMPAT_ARG + 2] = "v2",
	[FETCH_OLD_UID] = "ouid",
	[FETCH_OLD_GID] = "ogid",
	[FETCH_OLD_SUID] = "osuid",
	[FETCH_OLD_SGID] = "osgid",
	[FETCH_OLD_EUID] = "oeuid",
	[FETCH_OLD_EGID] = "oegid",
	[FETCH_OLD_FSUID] = "ofsuid",
	[FETCH_OLD_FSGID] = "ofsgid",
	[FETCH_ARG1] = "a1",
	[FETCH_ARG2] = "a2",
	[FETCH_SP] = "sp",
	[FETCH_FRAME] = "frm",
	[FETCH_PID] = "pid",
	[FETCH_ID] = "id",
	[FETCH_CLONE_FLAGS] = "clone_flags",
	[FETCH_NEW_COMM] = "newcomm",
	[FETCH_DST_ROOT] = "dst_root",
	[FETCH_DST_LEVEL] = "dst_level",
	[FETCH_TASK_FLAGS] = "tfl",
	[FETCH_EXE] = "exe",
	[FETCH_ROOT_MNT] = "rmnt",
	[FETCH_ROOT_DENTRY] = "rden",
	[FETCH_CSET] = "cs",
	[FETCH_CURRENT_CSET] = "ccs",
	[FETCH_LEVEL] = "lvl",
	[FETCH_ABOVE] = "abv",
	[FETCH_ABOVE_LEVEL] = "alv",
	[FETCH_ABOVE_V1] = "avb",
	[FETCH_ABOVE_V1_LEVEL] = "avl",
};

const char *fetch_name(enum fetch_value v, char buf[8])
{
	if (v < FETCH_WORD)
		return names[v];
	snprintf(buf, 8, "w%u", ((unsigned int)v - FETCH_WORD) % 100);
	return buf;
}

static struct fetch_arg *add(struct fetch *f, enum fetch_value v, enum fetch_type type)
{
	struct fetch_arg *a = &f->args[f->len];

	if (f->len == FETCH_ARGS_MAX) {
		f->overflow = true;
		return NULL;
	}
	f->len++;
	*a = (struct fetch_arg){.value = v, .type = type};
	return a;
}

void fetch_mem(struct fetch *f, enum fetch_value v, enum fetch_type type, long offset,
	       const char *base, ...)
{
	struct fetch_arg *a = add(f, v, type);
	va_list ap;

	if (!a)
		return;
	a->deref = true;
	a->offset = offset;
	va_start(ap, base);
	if (vsnprintf(a->base, sizeof(a->base), base, ap) >= (int)sizeof(a->base))
		f->overflow = true;
	va_end(ap);
}

void fetch_array(struct fetch *f, enum fetch_value v, unsigned int count, long offset,
		 const char *base)
{
	struct fetch_arg *a;

	fetch_mem(f, v, FETCH_U64, offset, "%s", base);
	a = &f->args[f->len - 1];
	a->count = count;
}

void fetch_expr(struct fetch *f, enum fetch_value v, enum fetch_type type, const char *expr)
{
	struct fetch_arg *a = add(f, v, type);

	if (a && snprintf(a->base, sizeof(a->base), "%s", expr) >= (int)sizeof(a->base))
		f->overflow = true;
}

void fetch_keep_alone(struct fetch *f, enum fetch_value v)
{
	for (size_t i = 0; i < f->len; i++)
		if (f->args[i].value == v)
			f->args[i].alone = true;
}

static bool is_word(const struct fetch_arg *a)
{
	return a->deref && !a->alone && !a->merged &&
	       (a->type == FETCH_U32 || a->type == FETCH_S32);
}

/* The merged value keeps the order in memory: in the record, too, the second follows the first. */
static void merge(struct fetch *f)
{
	for (size_t i = 0; i + 1 < f->len; i++) {
		struct fetch_arg *a = &f->args[i], *b = &f->args[i + 1];

		if (is_word(a) && is_word(b) && b->offset == a->offset + 4 &&
		    !strcmp(a->base, b->base))
			b->merged = true;
	}
}

static int render_one(const struct fetch_arg *a, bool wide, char *out, size_t room)
{
	static const char *const types[] = {[FETCH_U32] = ":u32",
					    [FETCH_S32] = ":s32",
					    [FETCH_U64] = ":u64",
					    [FETCH_STRING] = ":string"};
	const char *type = wide ? ":u64" : types[a->type];
	char buf[8];

	if (a->count)
		return snprintf(out, room, "%s=%+ld(%s):u64[%u] ", fetch_name(a->value, buf),
				a->offset, a->base, a->count);
	if (a->deref)
		return snprintf(out, room, "%s=%+ld(%s)%s ", fetch_name(a->value, buf), a->offset,
				a->base, type);
	/*
	 * $comm and $stack have a default type. Older kernels reject any type given for $comm, and
	 * before 533059281ee5 (4.20) all but the default type for $stack, which was u64 before
	 * 17ce3dc7e5a0 (4.9) and has been x64 since then.
	 */
	if (a->type == FETCH_STRING || !strcmp(a->base, "$stack"))
		type = "";
	return snprintf(out, room, "%s=%s%s ", fetch_name(a->value, buf), a->base, type);
}

void fetch_if(struct fetch *f, const char *condition, ...)
{
	va_list ap;
	int n;

	va_start(ap, condition);
	n = vsnprintf(f->condition, sizeof(f->condition), condition, ap);
	va_end(ap);
	f->overflow |= n < 0 || (size_t)n >= sizeof(f->condition);
}

int fetch_render(struct fetch *f, char **text)
{
	char *out = malloc(TEXT_MAX);
	size_t n = 0;

	if (!out)
		return -ENOMEM;
	merge(f);
	for (size_t i = 0; i < f->len && n < TEXT_MAX; i++) {
		bool wide = i + 1 < f->len && f->args[i + 1].merged;

		if (!f->args[i].merged)
			n += (size_t)render_one(&f->args[i], wide, out + n, TEXT_MAX - n);
	}
	if (f->condition[0] && n < TEXT_MAX)
		n += (size_t)snprintf(out + n, TEXT_MAX - n, "if %s", f->condition);
	if (n >= TEXT_MAX || f->overflow) {
		free(out);
		return -E2BIG;
	}
	out[n] = '\0';
	*text = out;
	return 0;
}

/* The value's size in the record: four bytes if two values were read as one. */
static uint16_t width(const struct fetch *f, size_t i, const struct tep_format_field *field)
{
	if (f->args[i].merged || (i + 1 < f->len && f->args[i + 1].merged))
		return 4;
	return (uint16_t)MIN(field->size, UINT16_MAX);
}

static void map_args(struct fetch_map *m, const struct fetch *f, struct tep_event *event)
{
	char buf[8];

	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < f->len; i++) {
		const struct fetch_arg *a = &f->args[i];
		const struct fetch_arg *lead = a->merged ? a - 1 : a;
		struct tep_format_field *field =
			tep_find_field(event, fetch_name(lead->value, buf));

		if (!field)
			continue;
		m->at[a->value].offset = (uint16_t)(field->offset + (a->merged ? 4 : 0));
		m->at[a->value].size = width(f, i, field);
		m->at[a->value].is_signed = a->type == FETCH_S32;
	}
	for (struct tep_format_field *p = event->format.fields; p; p = p->next)
		m->size = MAX(m->size, (uint32_t)(p->offset + p->size));
}

int fetch_map_init(struct fetch_map *m, const struct fetch *f, const char *format, size_t len,
		   struct err *e)
{
	struct tep_handle *tep = tep_alloc();
	struct tep_event *event = NULL;
	int rc = 0;

	if (!tep)
		return err_sys(e, -ENOMEM, "event format");
	tep_set_loglevel(TEP_LOG_NONE);
	/* Ignores the result, because it also fails on print formats, which are not needed here. */
	tep_parse_event(tep, format, (unsigned long)len, "captrace");
	event = tep_get_first_event(tep);
	if (event && event->format.fields)
		map_args(m, f, event);
	else
		rc = err_set(e, -EBADMSG, "cannot parse the format of a trace event");
	tep_free(tep);
	return rc;
}

int64_t fetch_get(const struct fetch_map *m, enum fetch_value v, const void *raw, uint32_t size)
{
	const char *p = (const char *)raw + m->at[v].offset;
	uint32_t u = 0;
	int64_t s = 0;

	if (!m->at[v].size || m->at[v].size > 8 || m->at[v].offset + (uint32_t)m->at[v].size > size)
		return 0;
	if (m->at[v].size == 8) {
		memcpy(&s, p, 8);
		return s;
	}
	memcpy(&u, p, MIN(m->at[v].size, 4));
	return m->at[v].is_signed ? (int64_t)(int32_t)u : (int64_t)u;
}

const void *fetch_get_array(const struct fetch_map *m, enum fetch_value v, const void *raw,
			    uint32_t size, size_t *len)
{
	if (!m->at[v].size || m->at[v].offset + (uint32_t)m->at[v].size > size)
		return NULL;
	*len = m->at[v].size;
	return (const char *)raw + m->at[v].offset;
}

bool fetch_get_string(const struct fetch_map *m, enum fetch_value v, const void *raw, uint32_t size,
		      char *to, size_t room)
{
	uint32_t at = m->at[v].offset, len = m->at[v].size, loc;

	/* __data_loc: the string's offset in the low half, its length in the high half. */
	if (len == 4) {
		loc = (uint32_t)fetch_get(m, v, raw, size);
		at = loc & 0xffff;
		len = loc >> 16;
	}
	/*
	 * A length of 0 means that the string could not be read. The current task's name can always
	 * be read, but before 533059281ee5 (4.20) its length does not include the NUL and may be 0.
	 */
	if ((!len && (v != FETCH_COMM || !at)) || at + len > size)
		return false;
	len = (uint32_t)strnlen((const char *)raw + at, MIN(len, (uint32_t)room - 1));
	memcpy(to, (const char *)raw + at, len);
	memset(to + len, 0, room - len);
	return true;
}
