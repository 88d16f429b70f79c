// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/advise/expect.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/capname.h"

#define FILE_MAX_BYTES (64U << 20)

struct expected {
	char *name; /* the subject's; NULL: any subject */
	uint64_t caps;
};

struct expect {
	struct expected *list;
	size_t len;
};

static int no_memory(struct err *e)
{
	return err_nomem(e);
}

static int add(struct expect *x, const char *name, uint64_t caps, struct err *e)
{
	struct expected *list = realloc(x->list, (x->len + 1) * sizeof(*list));

	if (!list)
		return no_memory(e);
	x->list = list;
	list[x->len] = (struct expected){.name = name ? strdup(name) : NULL, .caps = caps};
	if (name && !list[x->len].name)
		return no_memory(e);
	x->len++;
	return 0;
}

static int add_cap(uint64_t *caps, const char *name, struct err *e)
{
	int cap;

	if (!strcmp(name, "none"))
		return 0;
	cap = capname_parse(name);
	if (cap < 0)
		return capname_unknown(name, e);
	*caps |= UINT64_C(1) << cap;
	return 0;
}

/* Splits @text into names, in place; blank_comments() has removed the comments. */
static int parse_names(struct expect *x, char *text, struct err *e)
{
	uint64_t caps = 0;
	char *rest;
	int rc = 0;

	for (char *name = strtok_r(text, ", \t\r\n", &rest); name && !rc;
	     name = strtok_r(NULL, ", \t\r\n", &rest))
		rc = add_cap(&caps, name, e);
	return rc ? rc : add(x, NULL, caps, e);
}

static void blank_comments(char *text)
{
	for (char *p = strchr(text, '#'); p; p = strchr(p, '#'))
		while (*p && *p != '\n')
			*p++ = ' ';
}

static int parse_subject(struct expect *x, const json_t *subject, struct err *e)
{
	const json_t *name = json_object_get(subject, "name");
	const json_t *needed = json_object_get(subject, "needed"), *cap;
	uint64_t caps = 0;
	size_t i;

	if (!json_is_string(name) || !json_is_array(needed))
		return err_set(e, -EINVAL, "a subject has no \"name\" or no \"needed\"");
	json_array_foreach(needed, i, cap)
	{
		int rc = json_is_string(cap)
				 ? add_cap(&caps, json_string_value(cap), e)
				 : err_set(e, -EINVAL,
					   "\"needed\" has a capability that is not a name");

		if (rc)
			return rc;
	}
	return add(x, json_string_value(name), caps, e);
}

static int parse_advice(struct expect *x, const json_t *advice, struct err *e)
{
	const char *type = json_string_value(json_object_get(advice, "type"));
	const json_t *subjects = json_object_get(advice, "subjects"), *subject;
	size_t i;
	int rc = 0;

	if (!type || strcmp(type, ADVICE_TYPE) != 0 || !json_is_array(subjects))
		return err_set(e, -EINVAL, "JSON, but not the output of captrace advise -o json");
	if (json_integer_value(json_object_get(advice, "version")) != ADVICE_VERSION)
		return err_set(e, -EINVAL, "advice in the format of another captrace version");
	json_array_foreach(subjects, i, subject)
	{
		rc = parse_subject(x, subject, e);
		if (rc)
			return rc;
	}
	return 0;
}

static char *read_all(const char *path, struct err *e)
{
	cleanup_fclose FILE *f = fopen(path, "re");
	size_t len = 0, room = 4096;
	char *text = malloc(room + 1);

	while (f && text && len < FILE_MAX_BYTES) {
		size_t n = fread(text + len, 1, room - len, f);
		char *more;

		len += n;
		if (!n)
			break;
		if (len < room)
			continue;
		room *= 2;
		more = realloc(text, room + 1);
		if (!more)
			free(text);
		text = more;
	}
	if (!f || !text || ferror(f)) {
		err_set(e, -EINVAL, "%s: %s", path, strerror(!text ? ENOMEM : errno));
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

static int parse_file(struct expect *x, const char *path, struct err *e)
{
	cleanup_free char *text = read_all(path, e);
	json_t *advice;
	int rc;

	if (!text)
		return e->code;
	if (text[strspn(text, " \t\r\n")] == '{') {
		advice = json_loads(text, 0, NULL);
		rc = advice ? parse_advice(x, advice, e) : err_set(e, -EINVAL, "not valid JSON");
		json_decref(advice);
	} else {
		blank_comments(text);
		rc = parse_names(x, text, e);
	}
	return rc ? err_wrap(e, "%s", path) : 0;
}

int expect_parse(struct expect **out, const char *text, struct err *e)
{
	struct expect *x = calloc(1, sizeof(*x));
	struct stat st;
	int rc;

	if (!x)
		return no_memory(e);
	if (!*text) {
		rc = err_set(e, -EINVAL, "empty value; give capabilities, 'none' or a file");
	} else if (strchr(text, '/') || !stat(text, &st)) {
		rc = parse_file(x, text, e);
	} else {
		cleanup_free char *copy = strdup(text);

		rc = copy ? parse_names(x, copy, e) : no_memory(e);
	}
	if (rc) {
		expect_free(x);
		return rc;
	}
	*out = x;
	return 0;
}

void expect_free(struct expect *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->len; i++)
		free(x->list[i].name);
	free(x->list);
	free(x);
}

uint64_t expect_excess(const struct expect *x, const struct advice_subject *s)
{
	uint64_t caps = 0;

	/* Advice on a single subject applies to every subject, whatever its name. */
	for (size_t i = 0; i < x->len; i++)
		if (!x->list[i].name || x->len == 1 || !strcmp(x->list[i].name, s->subject->name))
			caps |= x->list[i].caps;
	return s->needed & ~caps;
}
