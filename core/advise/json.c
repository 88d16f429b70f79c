// SPDX-License-Identifier: GPL-2.0-or-later
/* The advice as JSON, which --expect reads (expect.c). */
#include <errno.h>
#include <string.h>

#include "core/advise/expect.h"
#include "core/advise/format.h"
#include "core/advise/rules.h"
#include "core/base/util.h"
#include "core/event/capname.h"
#include "core/event/origin.h"
#include "core/output/json_writer.h"

static void names(struct json_writer *w, const char *key, uint64_t set)
{
	jw_key(w, key);
	jw_begin(w, '[');
	for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
		char name[CAPNAME_MAX];

		if (set >> cap & 1)
			jw_str(w, capname_of(cap, name, sizeof(name)));
	}
	jw_end(w, ']');
}

static void calls(struct json_writer *w, const struct tally *t)
{
	jw_key(w, "syscalls");
	jw_begin(w, '[');
	for (size_t i = 0; i < t->calls_len; i++) {
		const struct tally_call *c = &t->calls[i];

		jw_begin(w, '{');
		jw_key_str(w, "name", c->name);
		jw_key_u64(w, "granted", c->granted);
		jw_key_u64(w, "denied", c->denied);
		jw_key_u64(w, "refused", c->refused);
		jw_key_u64(w, "unaudited", c->unaudited);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

static void processes(struct json_writer *w, const struct tally *t)
{
	jw_key_u64(w, "processCount", t->processes);
	jw_key(w, "processes");
	jw_begin(w, '[');
	for (size_t i = 0; i < t->procs_len; i++) {
		jw_begin(w, '{');
		jw_key_u64(w, "pid", (uint64_t)t->procs[i].pid);
		jw_key_str(w, "comm", t->procs[i].comm);
		jw_key_u64(w, "source", t->procs[i].origin);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

static void stacks(struct json_writer *w, const struct tally *t)
{
	jw_key(w, "kstacks");
	jw_begin(w, '[');
	for (size_t i = 0; i < t->stacks_len; i++) {
		const struct tally_stack *s = &t->stacks[i];

		jw_begin(w, '{');
		jw_key_str(w, "syscall", s->syscall);
		jw_key_str(w, "verdict", s->denied ? "Deny" : "Allow");
		jw_key(w, "kstack");
		jw_begin(w, '[');
		for (size_t j = 0; j < s->len; j++)
			jw_str(w, s->frames[j]);
		jw_end(w, ']');
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

/* The alternative for the system call that checked most often. */
static const char *alternative(const struct tally *t)
{
	const struct tally_call *most = NULL;

	for (size_t i = 0; i < t->calls_len; i++)
		if (!most ||
		    t->calls[i].granted + t->calls[i].denied > most->granted + most->denied)
			most = &t->calls[i];
	return rule_alternative(t->cap, most ? most->name : NULL);
}

static void evidence(struct json_writer *w, const struct tally *t)
{
	jw_key_u64(w, "granted", tally_granted(t));
	jw_key_u64(w, "denied", tally_denied(t));
	jw_key_u64(w, "refused", t->n[DENIED_FATAL]);
	jw_key_u64(w, "outcomeUnknown", t->n[DENIED_UNKNOWN] + t->n[DENIED_NETLINK]);
	jw_key_u64(w, "unaudited", t->unaudited);
	jw_key_u64(w, "auditUnknown", t->audit_unknown);
	jw_key_time(w, "first", t->first);
	jw_key_time(w, "last", t->last);
	calls(w, t);
	processes(w, t);
	stacks(w, t);
	jw_key_str(w, "alternative", alternative(t));
}

static void row(struct json_writer *w, const struct advice_row *r)
{
	char name[CAPNAME_MAX];

	jw_begin(w, '{');
	jw_key_u64(w, "cap", (uint64_t)r->cap);
	jw_key_str(w, "capName", capname_of(r->cap, name, sizeof(name)));
	jw_key_str(w, "class", advice_class_name(r->class));
	jw_key_bool(w, "startup", r->startup);
	jw_key_str(w, "reason", r->reason[0] ? r->reason : NULL);
	if (r->tally)
		evidence(w, r->tally);
	jw_end(w, '}');
}

static void namespaces(struct json_writer *w, const struct subject *sub)
{
	static const char *const keys[SCOPES] = {
		[SCOPE_OWN] = "ownNamespaces",
		[SCOPE_BEYOND] = "beyondNamespace",
	};

	for (int scope = SCOPE_OWN; scope < SCOPES; scope++) {
		jw_key(w, keys[scope]);
		jw_begin(w, '[');
		for (int cap = 0; cap < SUBJECT_CAPS; cap++) {
			const struct tally *t = sub->tallies[scope][cap];
			char name[CAPNAME_MAX];

			if (!t)
				continue;
			jw_begin(w, '{');
			jw_key_u64(w, "cap", (uint64_t)cap);
			jw_key_str(w, "capName", capname_of(cap, name, sizeof(name)));
			jw_key_u64(w, "userns", t->userns);
			evidence(w, t);
			jw_end(w, '}');
		}
		jw_end(w, ']');
	}
}

static void subject(struct json_writer *w, const struct advice_subject *s)
{
	jw_begin(w, '{');
	jw_key_str(w, "name", s->subject->name);
	for (int class = 0; class < ADVICE_CLASSES; class ++)
		names(w, advice_class_name((enum advice_class) class), s->sets[class]);
	names(w, "startup", s->startup);
	names(w, "needed", s->needed);
	jw_key(w, "granted");
	if (s->granted.known) {
		jw_begin(w, '{');
		jw_key_str(w, "from", s->granted.from);
		names(w, "capabilities", s->granted.caps);
		jw_end(w, '}');
	} else {
		jw_null(w);
	}
	names(w, "drop", s->drop);
	names(w, "add", s->add);
	jw_key(w, "capabilities");
	jw_begin(w, '[');
	for (size_t i = 0; i < s->rows_len; i++)
		row(w, &s->rows[i]);
	jw_end(w, ']');
	namespaces(w, s->subject);
	jw_end(w, '}');
}

static void origins(struct json_writer *w, const struct advice *a)
{
	jw_key(w, "sources");
	jw_begin(w, '[');
	for (size_t i = 0; i < a->origins_len; i++) {
		const struct cap_origin *src = &a->origins[i];

		jw_begin(w, '{');
		jw_key_str(w, "file", src->file);
		jw_key_str(w, "host", src->host);
		jw_key_str(w, "kernel", src->kernel);
		jw_key_str(w, "machine", src->arch);
		jw_key_str(w, "variant", src->variant);
		jw_key_u64(w, "start", src->start);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

void advice_write_json(const struct advice *a, struct out *o)
{
	struct json_writer w = {.out = o, .pretty = true};

	jw_begin(&w, '{');
	jw_key_str(&w, "type", ADVICE_TYPE);
	jw_key_u64(&w, "version", ADVICE_VERSION);
	jw_key_str(&w, "by", advise_by_name(a->by));
	jw_key_bool(&w, "complete", !a->incomplete_len);
	jw_key(&w, "incomplete");
	jw_begin(&w, '[');
	for (size_t i = 0; i < a->incomplete_len; i++)
		jw_str(&w, a->incomplete[i]);
	jw_end(&w, ']');
	jw_key_u64(&w, "events", a->events);
	jw_key_u64(&w, "lost", a->lost);
	jw_key_u64(&w, "ignored", a->ignored);
	origins(&w, a);
	jw_key(&w, "subjects");
	jw_begin(&w, '[');
	for (size_t i = 0; i < a->len; i++)
		subject(&w, &a->subjects[i]);
	jw_end(&w, ']');
	jw_end(&w, '}');
}
