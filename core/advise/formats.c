// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of formats, and the formats for container engines, systemd and setcap. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/advise/format.h"
#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/column.h"
#include "core/output/cell.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"

const struct advice_format advice_formats[] = {
	{"text", "for people (default)", advice_write_text},
	{"json", "all of it, for programs", advice_write_json},
	{"kubernetes", "a container's securityContext", advice_write_kubernetes},
	{"docker", "flags of docker run", advice_write_docker},
	{"podman", "flags of podman run", advice_write_podman},
	{"systemd", "a drop-in of a unit", advice_write_systemd},
	{"setcap", "the command that sets the file's capabilities", advice_write_setcap},
	{"oci", "what goes into an OCI bundle's config.json", advice_write_oci},
};

const size_t advice_formats_len = ARRAY_SIZE(advice_formats);

const struct advice_format *advice_format_find(const char *name, struct err *e)
{
	char all[128], hint[64];
	struct nearest near;
	size_t n = 0;

	nearest_init(&near, name, strlen(name));
	for (size_t i = 0; i < advice_formats_len; i++) {
		if (!strcmp(advice_formats[i].name, name))
			return &advice_formats[i];
		nearest_offer(&near, advice_formats[i].name);
		n += (size_t)snprintf(all + n, sizeof(all) - n, " %s", advice_formats[i].name);
	}
	err_set(e, -EINVAL, "unknown format '%.64s'%s (choose:%s)", name,
		nearest_hint(&near, hint, sizeof(hint)), all);
	return NULL;
}

void advice_safe(struct out *o, const char *s)
{
	cell_write(o, s, strlen(s), CELL_WHOLE, cell_locale_is_utf8());
}

void advice_time(struct out *o, uint64_t ns)
{
	const struct value v = {.type = VALUE_TIME, .u = ns};
	char buf[64];

	value_text(&v, buf, sizeof(buf));
	out_write(o, buf, strcspn(buf, "."));
	out_char(o, 'Z');
}

static void write_part(struct out *o, const char *part)
{
	if (part)
		out_str(o, part);
}

void advice_names(struct out *o, uint64_t set, struct name_style style)
{
	bool first = true;

	for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
		char name[CAPNAME_MAX];

		if (!(set >> cap & 1))
			continue;
		write_part(o, first ? NULL : style.between);
		write_part(o, style.before);
		out_str(o, style.lower ? capname_lower(cap, name, sizeof(name))
				       : capname_of(cap, name, sizeof(name)));
		write_part(o, style.after);
		first = false;
	}
}

static void comment_set(struct out *o, const char *mark, const char *what, uint64_t set)
{
	if (!set)
		return;
	out_str(o, mark);
	out_str(o, what);
	advice_names(o, set, (struct name_style){.before = " "});
	out_char(o, '\n');
}

void advice_comment(const struct advice *a, const struct advice_subject *s, const char *mark,
		    struct out *o)
{
	out_str(o, mark);
	out_str(o, "captrace advice for ");
	out_str(o, advise_by_name(a->by));
	out_char(o, ' ');
	advice_safe(o, s->subject->name);
	out_char(o, '\n');
	comment_set(o, mark, "not granted yet:", s->sets[ADVICE_MISSING]);
	comment_set(o, mark, "needed only at start-up, dropped afterwards:", s->startup);
	comment_set(o, mark, "not included, but perhaps needed (how the calls ended is not known):",
		    s->sets[ADVICE_UNKNOWN]);
	for (size_t i = 0; i < a->incomplete_len; i++) {
		out_str(o, mark);
		out_str(o, "INCOMPLETE: ");
		advice_safe(o, a->incomplete[i]);
		out_char(o, '\n');
	}
}

/* For users other than root: being in the bounding set alone makes no capability effective. */
static bool needs_ambient(const struct advice_subject *s)
{
	return s->subject->has_uid && s->subject->uid && s->needed;
}

void advice_write_kubernetes(const struct advice *a, struct out *o)
{
	for (size_t i = 0; i < a->len; i++) {
		const struct advice_subject *s = &a->subjects[i];

		if (i)
			out_str(o, "---\n");
		advice_comment(a, s, "# ", o);
		if (needs_ambient(s))
			out_str(o, "# Kubernetes grants these only to root: with runAsUser the "
				   "program's file must have them (setcap)\n");
		out_str(o, "securityContext:\n  capabilities:\n    drop:\n    - ALL\n");
		if (s->needed)
			out_str(o, "    add:\n");
		advice_names(o, s->needed, (struct name_style){.before = "    - ", .after = "\n"});
	}
}

/* @to_root: a note for subjects that are not root, if the engine grants only to root; or NULL. */
static void write_engine(const struct advice *a, struct out *o, const char *to_root)
{
	for (size_t i = 0; i < a->len; i++) {
		const struct advice_subject *s = &a->subjects[i];

		advice_comment(a, s, "# ", o);
		if (needs_ambient(s) && to_root)
			out_str(o, to_root);
		out_str(o, "--cap-drop=ALL");
		advice_names(o, s->needed, (struct name_style){.before = " --cap-add="});
		out_char(o, '\n');
	}
}

void advice_write_docker(const struct advice *a, struct out *o)
{
	write_engine(a, o,
		     "# Docker grants these only to root: with --user the program's file must "
		     "have them (setcap)\n");
}

/* For users other than root podman puts added capabilities into the ambient set. */
void advice_write_podman(const struct advice *a, struct out *o)
{
	write_engine(a, o, NULL);
}

/* The empty assignment resets the list; otherwise the lists of several files add up. */
static void write_list(struct out *o, const char *key, uint64_t set)
{
	out_str(o, key);
	out_str(o, "=\n");
	if (!set)
		return;
	out_str(o, key);
	out_char(o, '=');
	advice_names(o, set, (struct name_style){.before = "CAP_", .between = " "});
	out_char(o, '\n');
}

void advice_write_systemd(const struct advice *a, struct out *o)
{
	for (size_t i = 0; i < a->len; i++) {
		const struct advice_subject *s = &a->subjects[i];

		if (i)
			out_char(o, '\n');
		advice_comment(a, s, "# ", o);
		if (s->subject->unit) {
			out_str(o, "# /etc/systemd/system/");
			advice_safe(o, s->subject->unit);
			out_str(o, ".d/50-captrace.conf\n");
		}
		out_str(o, "[Service]\n");
		write_list(o, "CapabilityBoundingSet", s->needed);
		write_list(o, "AmbientCapabilities", needs_ambient(s) ? s->needed : 0);
	}
}

/* Writes @s quoted for the shell. */
static void write_quoted(struct out *o, const char *s)
{
	if (!s[strcspn(s, " \t\n'\"\\$`&|;<>()*?[]#~!{}")]) {
		out_str(o, s);
		return;
	}
	out_char(o, '\'');
	for (; *s; s++)
		if (*s == '\'')
			out_str(o, "'\\''");
		else
			out_char(o, *s);
	out_char(o, '\'');
}

/* setcap refuses symbolic links, so the path is resolved where the file is at hand. */
static void write_path(const struct subject *sub, struct out *o)
{
	char real[PATH_MAX];

	if (!sub->exe || sub->exe[0] != '/')
		out_str(o, "FILE");
	else
		write_quoted(o, sub->live && realpath(sub->exe, real) ? real : sub->exe);
	out_char(o, '\n');
}

void advice_write_setcap(const struct advice *a, struct out *o)
{
	for (size_t i = 0; i < a->len; i++) {
		const struct advice_subject *s = &a->subjects[i];

		advice_comment(a, s, "# ", o);
		if (!s->needed) {
			out_str(o, "setcap -r ");
			write_path(s->subject, o);
			continue;
		}
		out_str(o, "setcap ");
		advice_names(o, s->needed,
			     (struct name_style){.before = "cap_", .between = ",", .lower = true});
		out_str(o, "=ep ");
		write_path(s->subject, o);
	}
}

static void write_oci_set(struct json_writer *w, const char *key, uint64_t set)
{
	jw_key(w, key);
	jw_begin(w, '[');
	for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
		char name[CAPNAME_MAX], full[CAPNAME_MAX + 4];

		if (!(set >> cap & 1))
			continue;
		snprintf(full, sizeof(full), "CAP_%s", capname_of(cap, name, sizeof(name)));
		jw_str(w, full);
	}
	jw_end(w, ']');
}

/* One object a subject, to be merged into its config.json. JSON has no comments. */
void advice_write_oci(const struct advice *a, struct out *o)
{
	for (size_t i = 0; i < a->len; i++) {
		const struct advice_subject *s = &a->subjects[i];
		struct json_writer w = {.out = o, .pretty = true};
		uint64_t ambient = needs_ambient(s) ? s->needed : 0;

		jw_begin(&w, '{');
		jw_key(&w, "process");
		jw_begin(&w, '{');
		jw_key(&w, "capabilities");
		jw_begin(&w, '{');
		write_oci_set(&w, "bounding", s->needed);
		write_oci_set(&w, "effective", s->needed);
		write_oci_set(&w, "permitted", s->needed);
		write_oci_set(&w, "inheritable", ambient);
		write_oci_set(&w, "ambient", ambient);
		jw_end(&w, '}');
		jw_end(&w, '}');
		jw_end(&w, '}');
	}
}
