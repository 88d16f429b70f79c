// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/discover/dump.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <string.h>

#include "compat/host/machine.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "ftrace/discover/trial.h"
#include "ftrace/feed/feed.h"
#include "ftrace/probe/probe_context.h"

/*
 * perf records hold 2,048 bytes on older kernels; since 2026 the data of a probe is 3,072 at most.
 */
#define ARRAY_WORDS  64
#define RETRIES      3
#define CHUNK_ARRAYS 3
#define CHUNK_WORDS  100 /* without arrays: one value for each word */

struct reading {
	const struct dump_request *req;
	struct dump_seen args;
	const struct fetch_map *map;
	enum reference_act act;
	size_t at, size; /* of this chunk, in req->out */
	bool seen;
};

const char *dump_cred_arg(const struct probe_context *ctx)
{
	return ctx->main == HOOK_EPROBE ? "$cred" : ctx->machine->args[0];
}

const char *dump_ns_arg(const struct probe_context *ctx)
{
	return ctx->main == HOOK_EPROBE ? "$target_ns" : ctx->machine->args[1];
}

static bool is_ours(enum reference_act act, int64_t cap)
{
	return act == REFERENCE_OVERRIDE ? cap == CAP_DAC_READ_SEARCH || cap == CAP_DAC_OVERRIDE
					 : cap == CAP_SETPCAP;
}

static void on_dump(void *arg, const struct feed_record *r)
{
	struct reading *rd = arg;
	const void *raw = feed_raw(r);
	size_t done = 0;

	/* The last check counts (ask() in ftrace/discover/reference_child.c). */
	if (!is_ours(rd->act, fetch_get(rd->map, FETCH_CAP, raw, r->size)))
		return;
	rd->args.cred = (uint64_t)fetch_get(rd->map, FETCH_CRED_NS, raw, r->size);
	rd->args.ns = (uint64_t)fetch_get(rd->map, FETCH_NS, raw, r->size);
	rd->args.sp = (uint64_t)fetch_get(rd->map, FETCH_SP, raw, r->size);
	for (int i = 0; i < CHUNK_WORDS && done < rd->size; i++) {
		size_t len;
		const void *p = fetch_get_array(rd->map, (enum fetch_value)(FETCH_WORD + i), raw,
						r->size, &len);

		if (!p)
			break;
		len = MIN(len, rd->size - done);
		memcpy(rd->req->out + rd->at + done, p, len);
		done += len;
	}
	rd->seen = true;
}

static void fetch_head(const struct probe_context *ctx, struct fetch *f)
{
	enum fetch_type word = ctx->machine->word == 8 ? FETCH_U64 : FETCH_U32;

	f->len = 0;
	f->overflow = false;
	fetch_expr(f, FETCH_CAP, FETCH_S32,
		   ctx->main == HOOK_EPROBE ? "$cap" : ctx->machine->args[2]);
	fetch_expr(f, FETCH_CRED_NS, word, dump_cred_arg(ctx));
	fetch_expr(f, FETCH_NS, word, dump_ns_arg(ctx));
	if (ctx->main != HOOK_EPROBE)
		fetch_expr(f, FETCH_SP, word, "$stack");
}

/* Adds the values of one chunk, from @at on. Returns the number of bytes that they read. */
static size_t fetch_chunk(struct fetch *f, const struct dump_request *req, size_t at, bool arrays)
{
	size_t done = 0;

	for (int i = 0; at + done < req->size; i++) {
		size_t words = (req->size - at - done + 7) / 8;
		long off = (long)(req->from + at + done);

		if (i == (arrays ? CHUNK_ARRAYS : CHUNK_WORDS))
			break;
		if (arrays) {
			words = MIN(words, (size_t)ARRAY_WORDS);
			fetch_array(f, (enum fetch_value)(FETCH_WORD + i), (unsigned int)words, off,
				    req->base);
		} else {
			words = 1;
			fetch_mem(f, (enum fetch_value)(FETCH_WORD + i), FETCH_U64, off, "%s",
				  req->base);
		}
		done += words * 8;
	}
	return done;
}

static int read_chunk(struct trial *t, struct reading *rd, struct fetch *f, struct err *e)
{
	int rc = trial_define(t, f, e);

	if (rc)
		return rc;
	rd->map = trial_map(t);
	rd->seen = false;
	rc = trial_do(t, rd->act);
	trial_read(t, on_dump, rd);
	trial_undefine(t);
	if (rc)
		return err_sys(e, rc, "a reference task's check");
	return rd->seen ? 0 : err_set(e, -ENODATA, "a reference task's check was not seen");
}

int dump_read(struct trial *t, enum reference_act act, const struct dump_request *req,
	      struct dump_seen *seen, struct err *e)
{
	struct probe_context *ctx = trial_context(t);
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));
	int unseen = 0;
	size_t done = 0;

	if (!f)
		return err_sys(e, -ENOMEM, "layout discovery");
	while (done < req->size) {
		struct reading rd = {.req = req, .act = act, .at = done};
		size_t chunk;
		int rc;

		fetch_head(ctx, f);
		chunk = fetch_chunk(f, req, done, !ctx->no_arrays);
		rd.size = MIN(chunk, req->size - done);
		rc = read_chunk(t, &rd, f, e);
		/* Kernels before 40b53b771806 (4.20) have no arrays. */
		if (rc == -EINVAL && !ctx->no_arrays) {
			ctx->no_arrays = true;
			continue;
		}
		/* On a busy machine the record may be late. Only REFERENCE_ASK can be repeated. */
		if (rc == -ENODATA && act == REFERENCE_ASK && unseen++ < RETRIES)
			continue;
		if (rc)
			return rc;
		if (seen)
			*seen = rd.args;
		done += rd.size;
	}
	dump_log(req, ctx->machine->word);
	return 0;
}

struct word_reading {
	const struct fetch_map *map;
	uint64_t *words;
	size_t len;
	bool seen;
};

static void on_words(void *arg, const struct feed_record *r)
{
	struct word_reading *rd = arg;

	if (fetch_get(rd->map, FETCH_CAP, feed_raw(r), r->size) != CAP_SETPCAP)
		return;
	for (size_t i = 0; i < rd->len; i++)
		rd->words[i] = (uint64_t)fetch_get(rd->map, (enum fetch_value)(FETCH_WORD + i),
						   feed_raw(r), r->size);
	rd->seen = true;
}

static int read_words(struct trial *t, struct fetch *f, struct word_reading *rd, struct err *e)
{
	int rc = trial_define(t, f, e);

	if (rc)
		return rc;
	rd->map = trial_map(t);
	for (int i = 0; !rc && !rd->seen && i < RETRIES; i++) {
		rc = trial_do(t, REFERENCE_ASK);
		trial_read(t, on_words, rd);
	}
	trial_undefine(t);
	if (rc)
		return err_sys(e, rc, "a reference task's check");
	return rd->seen ? 0 : err_set(e, -EAGAIN, "a reference task's check was not seen");
}

int dump_words(struct trial *t, const uint64_t *addrs, uint64_t *words, size_t len, struct err *e)
{
	struct probe_context *ctx = trial_context(t);
	enum fetch_type type = ctx->machine->word == 8 ? FETCH_U64 : FETCH_U32;
	cleanup_free struct fetch *f = calloc(1, sizeof(*f));

	if (!f)
		return err_sys(e, -ENOMEM, "layout discovery");
	for (size_t done = 0; done < len;) {
		struct word_reading rd = {.words = words + done,
					  .len = MIN(len - done, (size_t)CHUNK_WORDS)};
		int rc;

		fetch_head(ctx, f);
		for (size_t i = 0; i < rd.len; i++) {
			char expr[32];

			snprintf(expr, sizeof(expr), "@0x%" PRIx64, addrs[done + i]);
			fetch_expr(f, (enum fetch_value)(FETCH_WORD + i), type, expr);
		}
		rc = read_words(t, f, &rd, e);
		if (rc)
			return rc;
		done += rd.len;
	}
	return 0;
}
