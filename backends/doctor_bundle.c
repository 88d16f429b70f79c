// SPDX-License-Identifier: GPL-2.0-or-later
#include "backends/doctor_bundle.h"

#include <string.h>

#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/new_file.h"
#include "core/base/scrub.h"
#include "core/base/util.h"
#include "core/output/json_writer.h"
#include "core/output/out.h"

/* Limits for each variant, in bytes: LOG_TRACE lines (attempts, dumps of memory), and all others. */
#define TRACE_MAX   (512U * 1024)
#define MESSAGE_MAX (128U * 1024)
#define LAST_MAX    64 /* lines that are kept beyond the limits: a failure is reported last */

struct bundle {
	struct scrub scrub;
	struct out *out;   /* the whole bundle */
	struct out *lines; /* the logs of the variants */
	struct json_writer w, log;
	size_t trace_bytes, message_bytes; /* of the current variant */
	char *last[LAST_MAX];              /* a ring of the lines beyond the limits */
	size_t beyond;                     /* lines beyond the limits */
	bool logging;
};

static void add_line(struct bundle *b, const char *text)
{
	cleanup_free char *clean = scrub_line(&b->scrub, text);

	jw_str(&b->log, clean);
}

/* libbpf prints hundreds of lines that are the same on any kernel. */
static bool is_noise(const char *text)
{
	return !strncmp(text, "libbpf: ", 8) &&
	       (strstr(text, ": found ") || strstr(text, "collecting relocation") ||
		strstr(text, "relo #") || strstr(text, "CO-RE relocating"));
}

static void on_line(void *arg, int level, const char *text)
{
	struct bundle *b = arg;
	size_t *used = level >= LOG_TRACE ? &b->trace_bytes : &b->message_bytes;

	if (!b->logging || is_noise(text))
		return;
	*used += strlen(text) + 1;
	if (*used <= (level >= LOG_TRACE ? TRACE_MAX : MESSAGE_MAX)) {
		add_line(b, text);
		return;
	}
	free(b->last[b->beyond % LAST_MAX]);
	b->last[b->beyond++ % LAST_MAX] = strdup(text);
}

static void add_last(struct bundle *b)
{
	size_t from = b->beyond > LAST_MAX ? b->beyond - LAST_MAX : 0;
	char text[64];

	if (from) {
		snprintf(text, sizeof(text), "(%zu lines left out)", from);
		add_line(b, text);
	}
	for (size_t i = from; i < b->beyond; i++) {
		if (b->last[i % LAST_MAX])
			add_line(b, b->last[i % LAST_MAX]);
		free(b->last[i % LAST_MAX]);
		b->last[i % LAST_MAX] = NULL;
	}
	b->beyond = 0;
}

static unsigned int address_flags(const struct machine *m)
{
	return (!m || m->word == 4 ? SCRUB_NARROW : 0U) | (m && m->has_gap ? SCRUB_GAP : 0U);
}

int bundle_new(struct bundle **out, struct err *e)
{
	struct bundle *b = calloc(1, sizeof(*b));
	int rc;

	if (b)
		b->out = out_new(-1);
	if (b)
		b->lines = out_new(-1);
	if (!b || !b->out || !b->lines) {
		bundle_free(b);
		return err_sys(e, -ENOMEM, "bundle");
	}
	rc = scrub_init(&b->scrub, address_flags(machine_of_kernel(0)), e);
	if (rc) {
		bundle_free(b);
		return rc;
	}
	b->w = (struct json_writer){.out = b->out, .pretty = true};
	/* The depth at which the lines stand in the bundle, so that they are indented right. */
	b->log = (struct json_writer){.out = b->lines, .pretty = true, .depth = 2};
	jw_begin(&b->w, '{');
	jw_key_u64(&b->w, "bundle", 1);
	jw_key_str(&b->w, "captrace", CAPTRACE_VERSION);
	jw_key_str(&b->w, "about",
		   "Kernel addresses are replaced by P<hash of the page>_<offset in it>; the hash "
		   "key was not kept.");
	log_set_tap(on_line, b);
	*out = b;
	return 0;
}

void bundle_free(struct bundle *b)
{
	if (!b)
		return;
	log_set_tap(NULL, NULL);
	for (size_t i = 0; i < LAST_MAX; i++)
		free(b->last[i]);
	out_free(b->out);
	out_free(b->lines);
	free(b);
}

void bundle_begin(struct bundle *b, const char *name)
{
	if (!b)
		return;
	b->trace_bytes = b->message_bytes = 0;
	b->logging = true;
	jw_key(&b->log, name);
	jw_begin(&b->log, '[');
}

void bundle_end(struct bundle *b)
{
	if (!b)
		return;
	bundle_log_probes();
	b->logging = false;
	add_last(b);
	jw_end(&b->log, ']');
}

struct json_writer *bundle_writer(struct bundle *b, const char *key)
{
	jw_key(&b->w, key);
	return &b->w;
}

/* Cleans the finished bundle once more, in case a part of it was not cleaned when it was added. */
static int clean_all(const struct bundle *b, struct out *to)
{
	size_t len;
	const char *data = out_data(b->out, &len), *end;

	for (size_t at = 0; at < len; at = (size_t)(end - data) + 1) {
		cleanup_free char *line = NULL, *clean = NULL;

		end = memchr(data + at, '\n', len - at);
		end = end ? end : data + len;
		line = strndup(data + at, (size_t)(end - data) - at);
		clean = line ? scrub_line(&b->scrub, line) : NULL;
		if (!clean)
			return -ENOMEM;
		out_str(to, clean);
		out_char(to, '\n');
	}
	return 0;
}

static int write_out(const struct bundle *b, const char *path, struct err *e)
{
	bool to_stdout = !strcmp(path, "-");
	struct out *clean = out_new(to_stdout ? STDOUT_FILENO : -1);
	const char *data;
	size_t len;
	int rc = clean ? clean_all(b, clean) : -ENOMEM;

	if (rc) {
		err_sys(e, rc, "bundle");
	} else if (to_stdout) {
		rc = out_flush(clean);
		rc = rc ? err_sys(e, rc, "writing the bundle") : 0;
	} else {
		data = out_data(clean, &len);
		rc = new_file_write(path, data, len, e);
	}
	out_free(clean);
	return rc;
}

int bundle_write(struct bundle *b, const char *path, struct err *e)
{
	const char *lines;
	size_t len;

	log_set_tap(NULL, NULL);
	jw_key(&b->w, "starts");
	jw_begin(&b->w, '{');
	lines = out_data(b->lines, &len);
	out_write(b->out, lines, len);
	b->w.filled |= b->log.filled & 1U << 2;
	jw_end(&b->w, '}');
	bundle_machine(&b->w, &b->scrub);
	jw_end(&b->w, '}');
	return write_out(b, path, e);
}
