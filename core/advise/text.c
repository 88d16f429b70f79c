// SPDX-License-Identifier: GPL-2.0-or-later
/* The advice as text for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/advise/format.h"
#include "core/event/capname.h"
#include "core/event/origin.h"
#include "core/output/out.h"

#define WIDTH      96 /* of wrapped lines */
#define NAME_CELLS 19

static const char *const headings[ADVICE_CLASSES] = {
	[ADVICE_REQUIRED] = "required",
	[ADVICE_MISSING] = "missing (denied, and the system call failed because of it)",
	[ADVICE_UNKNOWN] = "perhaps missing (denied; whether that mattered is not known)",
	[ADVICE_OPTIONAL] = "optional (asked for, but not needed)",
	[ADVICE_UNUSED] = "unused (granted, never asked for)",
};

static void number(struct out *o, uint64_t n, const char *what)
{
	out_u64(o, n);
	out_char(o, ' ');
	out_str(o, what);
}

/* Writes @text in lines indented by @indent; the caller has begun the first line. */
static void wrapped(struct out *o, const char *text, size_t indent)
{
	size_t at = indent;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > indent && at + 1 + len > WIDTH) {
			out_char(o, '\n');
			out_repeat(o, ' ', indent);
			at = indent;
		} else if (at > indent) {
			out_char(o, ' ');
			at++;
		}
		out_write(o, text, len);
		at += len;
		text += len;
		text += *text == ' ';
	}
	out_char(o, '\n');
}

static void wrapped_names(struct out *o, uint64_t set, size_t indent)
{
	struct out *names = out_new(-1);
	const char *text;
	size_t len;

	if (!names)
		return;
	advice_names(names, set, (struct name_style){.after = " "});
	out_char(names, '\0');
	text = out_data(names, &len);
	wrapped(o, len > 1 ? text : "nothing", indent);
	out_free(names);
}

static void line(struct out *o, const char *text)
{
	out_repeat(o, ' ', 4 + NAME_CELLS + 1);
	wrapped(o, text, 4 + NAME_CELLS + 1);
}

static void counts(struct out *o, const struct tally *t)
{
	uint64_t granted = tally_granted(t), denied = tally_denied(t);
	/* NULL for errors that only the kernel uses, such as ERESTARTSYS. */
	const char *error = t->refused_error ? strerrorname_np(t->refused_error) : NULL;

	if (granted)
		number(o, granted, "granted");
	if (granted && denied)
		out_str(o, ", ");
	if (denied)
		number(o, denied, "denied");
	if (t->unaudited == granted + denied) {
		out_str(o, " (without audit)");
	} else if (t->unaudited) {
		out_str(o, " (");
		number(o, t->unaudited, "without audit)");
	}
	if (t->n[DENIED_FATAL]) {
		out_str(o, error ? "; failed with " : "; failed");
		out_str(o, error ? error : "");
	}
}

#define SHOWN_MAX 4

static void some_calls(struct out *o, const struct tally *t)
{
	size_t shown = 0;

	for (size_t i = 0; i < t->calls_len && shown < SHOWN_MAX; i++)
		if (t->calls[i].name) {
			out_str(o, shown++ ? ", " : "; ");
			out_str(o, t->calls[i].name);
		}
	if (t->calls_len > shown && shown == SHOWN_MAX)
		out_str(o, ", …");
}

static void some_processes(struct out *o, const struct tally *t)
{
	size_t shown = 0;

	for (size_t i = 0; i < t->procs_len && shown < SHOWN_MAX; i++) {
		bool again = false;

		for (size_t j = 0; j < i; j++)
			again |= !strcmp(t->procs[j].comm, t->procs[i].comm);
		if (again || !t->procs[i].comm[0])
			continue;
		out_str(o, shown++ ? ", " : "; ");
		advice_safe(o, t->procs[i].comm);
	}
	if (t->processes > 1) {
		out_str(o, " (");
		number(o, t->processes, "processes)");
	}
}

static void row(const struct advice *a, const struct advice_row *r, struct out *o)
{
	char name[CAPNAME_MAX];
	const char *text = capname_of(r->cap, name, sizeof(name));

	out_repeat(o, ' ', 4);
	out_str(o, text);
	out_repeat(o, ' ', NAME_CELLS > strlen(text) ? NAME_CELLS + 1 - strlen(text) : 1);
	counts(o, r->tally);
	some_calls(o, r->tally);
	some_processes(o, r->tally);
	if (r->tally->first) {
		out_str(o, "; first ");
		advice_time(o, r->tally->first);
	}
	out_char(o, '\n');
	if (r->reason[0])
		line(o, r->reason);
	if (r->startup)
		line(o, "start-up only: used before a setuid or capset dropped it, not afterwards");
	if (a->explain >> r->cap & 1)
		advice_explain(a, r, o);
}

static void scope_rows(const struct advice *a, const struct subject *sub, enum scope scope,
		       const char *heading, struct out *o)
{
	bool any = false;

	for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
		const struct advice_row r = {.cap = cap, .tally = sub->tallies[scope][cap]};

		if (!r.tally)
			continue;
		if (!any) {
			out_str(o, heading);
			out_char(o, '\n');
		}
		any = true;
		row(a, &r, o);
	}
}

/* Lists the capabilities of --explain that were never checked. */
static void never_asked(const struct advice *a, const struct advice_subject *s, struct out *o)
{
	uint64_t never = a->explain;

	for (int cap = 0; cap < SUBJECT_CAPS; cap++)
		for (int scope = 0; scope < SCOPES; scope++)
			if (s->subject->tallies[scope][cap])
				never &= ~(UINT64_C(1) << cap);
	if (!never)
		return;
	out_str(o, "  never asked for: ");
	wrapped_names(o, never, 4);
}

static void can_be_dropped(const struct advice_subject *s, struct out *o)
{
	uint64_t unused = s->sets[ADVICE_UNUSED], others = s->drop & ~unused;

	out_str(o, "    can be dropped: ");
	if (unused)
		out_str(o, others ? "all unused ones, and " : "all unused ones\n");
	if (others || !unused)
		wrapped_names(o, others, 8);
}

/* A process that is not root has nothing of its bounding set unless another way grants it. */
static bool lacks_granted(const struct advice_subject *s)
{
	return s->granted.bounding && s->subject->has_uid && s->subject->uid &&
	       s->sets[ADVICE_MISSING];
}

static void to_be_added(const struct advice *a, const struct advice_subject *s, struct out *o)
{
	uint64_t missing = s->sets[ADVICE_MISSING];

	if (s->add || !lacks_granted(s)) {
		out_str(o, "    to be added: ");
		wrapped_names(o, s->add, 8);
	}
	if (!lacks_granted(s))
		return;
	out_str(o, "    the process is not root and lacks");
	advice_names(o, missing, (struct name_style){.before = " "});
	if (a->by == ADVISE_BY_UNIT) {
		out_str(o, ": add AmbientCapabilities=");
		advice_names(o, missing, (struct name_style){.before = "CAP_", .between = " "});
		out_char(o, '\n');
	} else {
		out_str(o, ": its file must have them (setcap)\n");
	}
}

static void granted(const struct advice *a, const struct advice_subject *s, struct out *o)
{
	if (!s->granted.known) {
		out_str(o, "  granted: not known\n");
		return;
	}
	out_str(o, s->granted.bounding ? "  bounding set: " : "  granted: ");
	number(o, (uint64_t)__builtin_popcountll(s->granted.caps), "capabilities (");
	advice_safe(o, s->granted.from);
	out_str(o, ")\n");
	can_be_dropped(s, o);
	to_be_added(a, s, o);
}

static void subject(const struct advice *a, const struct advice_subject *s, struct out *o)
{
	int class = -1;

	advice_safe(o, s->subject->name);
	out_str(o, ": needs ");
	wrapped_names(o, s->needed, 4);
	for (size_t i = 0; i < s->rows_len; i++) {
		const struct advice_row *r = &s->rows[i];

		if ((int)r->class != class) {
			out_repeat(o, ' ', 2);
			out_str(o, headings[r->class]);
			out_char(o, '\n');
		}
		class = r->class;
		if (class == ADVICE_UNUSED)
			break;
		row(a, r, o);
	}
	if (s->sets[ADVICE_UNUSED]) {
		out_repeat(o, ' ', 4);
		wrapped_names(o, s->sets[ADVICE_UNUSED], 4);
	}
	never_asked(a, s, o);
	scope_rows(a, s->subject, SCOPE_OWN,
		   "  in user namespaces of its own (nothing has to be granted for these)", o);
	scope_rows(a, s->subject, SCOPE_BEYOND,
		   "  outside its user namespace (nothing can be granted for these)", o);
	granted(a, s, o);
}

static void origins(const struct advice *a, struct out *o)
{
	number(o, a->events, a->events == 1 ? "check" : "checks");
	for (size_t i = 0; i < a->origins_len; i++) {
		const struct cap_origin *src = &a->origins[i];

		out_str(o, i ? ", " : " seen by ");
		out_str(o, src->variant[0] ? src->variant : "?");
		out_str(o, " on Linux ");
		advice_safe(o, src->kernel[0] ? src->kernel : "?");
		if (!src->file)
			continue;
		out_str(o, " (");
		advice_safe(o, src->file);
		out_char(o, ')');
	}
	out_char(o, '\n');
}

void advice_write_text(const struct advice *a, struct out *o)
{
	for (size_t i = 0; i < a->len; i++) {
		if (i)
			out_char(o, '\n');
		subject(a, &a->subjects[i], o);
	}
	if (!a->len)
		out_str(o, a->incomplete_len ? "captrace saw no capability check.\n"
					     : "No capability was checked.\n");
	out_char(o, '\n');
	origins(a, o);
	for (size_t i = 0; i < a->incomplete_len; i++) {
		out_str(o, "INCOMPLETE: ");
		advice_safe(o, a->incomplete[i]);
		out_char(o, '\n');
	}
}
