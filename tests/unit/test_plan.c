// SPDX-License-Identifier: GPL-2.0-or-later
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "core/advise/advise.h"
#include "core/backend.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/event/filter.h"
#include "core/event/origin.h"
#include "core/output/record.h"
#include "core/output/sinks.h"
#include "core/session/plan.h"
#include "tests/unit/helper.h"

#define FIELDS_SMALL (FIELD(PID) | FIELD(COMM) | FIELD(CAP) | FIELD(VERDICT) | FIELD(AUDIT))

/*
 * One variant that gives little, two that give more, and recordings, which give everything but are
 * never suggested.
 */
static const struct backend_variant small_variants[] = {{"small", FIELDS_SMALL}, {0}};
static const struct backend_variant large_variants[] = {
	{"most", FIELDS_BACKEND & ~FIELD(KSTACK) & ~FIELD(CGROUP_KEY)},
	{"keys", FIELDS_SMALL | FIELD(CGROUP_KEY)},
	{0},
};
static const struct backend_variant recorded_variants[] = {{"file", ~UINT64_C(0)}, {0}};
static const struct backend_ops small_ops = {.name = "one", .variants = small_variants};
static const struct backend_ops large_ops = {.name = "two", .variants = large_variants};
static const struct backend_ops recorded_ops = {
	.name = "rec", .recorded = true, .variants = recorded_variants};
static const struct backend_ops *const table[] = {&small_ops, &large_ops, &recorded_ops, NULL};
static const struct backend_ops *const only_small[] = {&small_ops, &recorded_ops, NULL};

static const struct plan_command no_command;

/* What a row of the tables below asks for. */
struct asked {
	const struct sink_ops *sink; /* NULL: columns */
	const char *cols;            /* as -o columns= has it */
	const char *filter;          /* one rule, or NULL */
	uint64_t test; /* fields that a rule without a column needs, as --unit makes one */
	enum {
		ASK_UNIQUE = 1 << 0,
		ASK_KSTACK = 1 << 1,
		ASK_HIDE_STARTUP = 1 << 2,
		ASK_REPLAY = 1 << 3
	} flags;
	struct advise_cfg advise;
};

struct request {
	struct plan_request q;
	struct filter *f;
	const struct column *cols[64];
};

static bool pass(const char *arg, const struct cap_event *ev)
{
	return true;
}

static struct filter *make_filter(const char *rule, uint64_t test)
{
	struct filter *f = filter_new();
	struct err e = {0};

	if (rule)
		cr_assert_eq(filter_add(f, rule, &e), 0, "%s: %s", rule, e.msg);
	if (test)
		cr_assert_eq(filter_add_test(f, test, pass, ""), 0);
	return f;
}

static void request(struct request *r, const struct asked *a)
{
	static char file[] = "x.rec", *files[] = {file};

	memset(r, 0, sizeof(*r));
	r->f = make_filter(a->filter, a->test);
	r->q = (struct plan_request){
		.sink = a->sink ? a->sink : &columns_sink_ops,
		.cols = r->cols,
		.cols_len = find_columns(a->cols ? a->cols : "cap", r->cols),
		.filter = r->f,
		.advise = &a->advise,
		.unique = a->flags & ASK_UNIQUE,
		.kstack = a->flags & ASK_KSTACK,
		.hide_startup = a->flags & ASK_HIDE_STARTUP,
		.files = a->flags & ASK_REPLAY ? files : NULL,
		.files_len = a->flags & ASK_REPLAY ? 1 : 0,
		.backend = "auto",
	};
}

#define FIELDS_KEY (FIELD(CGROUP_KEY) | FIELD(CGROUPID))

Test(plan, fields_are_those_that_are_needed)
{
	static const struct {
		struct asked asked;
		uint64_t some, none; /* bits that have to be set, and bits that have to be clear */
	} cases[] = {
		/* Audit is always needed, to leave out unaudited checks. */
		{{.cols = "cap"}, FIELD(CAP) | FIELD(AUDIT), ~(FIELD(CAP) | FIELD(AUDIT))},
		{{.cols = "comm,uid"}, FIELD(COMM) | FIELD(UID), FIELD(CAP) | FIELDS_KEY},
		{{.filter = "gid==1"}, FIELD(GID), FIELD(UID)},
		{{.flags = ASK_KSTACK}, FIELD(KSTACK), FIELD(CGROUP)},
		{{.advise = {.explain = 1}}, FIELD(KSTACK), 0},
		/*
		 * Identity needs a cgroup, and the mount namespace of a container that has no
		 * cgroup of its own.
		 */
		{{.cols = "unit"}, FIELD(UNIT) | FIELDS_KEY, FIELD(MNTNS)},
		{{.cols = "runtime"}, FIELD(RUNTIME) | FIELDS_KEY | FIELD(MNTNS), FIELD(UNIT)},
		{{.filter = "pod==web"}, FIELD(POD) | FIELDS_KEY | FIELD(MNTNS), 0},
		{{.test = FIELD(CGROUP)}, FIELD(CGROUP) | FIELDS_KEY, FIELD(MNTNS)},
		{{.flags = ASK_HIDE_STARTUP},
		 FIELD(STARTUP) | FIELD(CGROUP) | FIELDS_KEY,
		 FIELD(MNTNS)},
		{{.flags = ASK_UNIQUE},
		 (UNIQUE_FIELDS & ~FIELD(STARTUP)) | FIELDS_KEY,
		 FIELD(STARTUP) | FIELD(PID)},
		/* Sinks that show the whole event, whatever the columns. */
		{{.sink = &json_sink_ops},
		 (FIELDS_BACKEND & ~FIELD(KSTACK)) | FIELDS_IDENTITY,
		 FIELD(KSTACK) | FIELDS_EXTRA},
		{{.sink = &json_sink_ops, .flags = ASK_KSTACK}, FIELD(KSTACK), FIELDS_EXTRA},
		{{.sink = &record_sink_ops}, FIELDS_EXTRA, FIELD(KSTACK)},
		{{.sink = &advise_sink_ops}, FIELDS_EXTRA, FIELD(KSTACK)},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request r;
		uint64_t fields;

		request(&r, &cases[i].asked);
		fields = plan_fields(&r.q);
		cr_expect_eq(fields & cases[i].some, cases[i].some, "case %zu lacks %llx", i,
			     (unsigned long long)(cases[i].some & ~fields));
		cr_expect_eq(fields & cases[i].none, 0, "case %zu has %llx", i,
			     (unsigned long long)(fields & cases[i].none));
		filter_free(r.f);
	}
}

Test(plan, identity_only_if_it_is_needed)
{
	static const struct {
		struct asked asked;
		bool needs;
	} cases[] = {
		{{.cols = "cap,comm,pid"}, false},
		{{.cols = "unit"}, true},
		{{.filter = "container==web"}, true},
		{{.test = FIELD(CGROUP)}, true},
		{{.flags = ASK_HIDE_STARTUP}, true},
		{{.cols = "startup"}, true},
		{{.sink = &json_sink_ops}, true},
		/* A recording contains the identity fields. */
		{{.cols = "unit", .flags = ASK_REPLAY}, false},
		{{.sink = &advise_sink_ops, .flags = ASK_REPLAY}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request r;

		request(&r, &cases[i].asked);
		cr_expect_eq(plan_needs_identity(&r.q), cases[i].needs, "case %zu", i);
		filter_free(r.f);
	}
}

Test(plan, what_the_kernel_may_count)
{
	static const struct {
		struct asked asked;
		bool unique, aggregates;
	} cases[] = {
		{{0}, false, false},
		{{.flags = ASK_UNIQUE}, true, false},
		{{.flags = ASK_UNIQUE, .filter = "cap==SYS_NICE"}, true, false},
		{{.flags = ASK_UNIQUE, .filter = "unit==a.service"}, true, false},
		{{.flags = ASK_UNIQUE, .test = FIELD(CGROUP)}, true, false},
		/*
		 * The one check that the kernel delivers might have another pid or uid than those
		 * that pass.
		 */
		{{.flags = ASK_UNIQUE, .filter = "pid>1"}, false, false},
		{{.flags = ASK_UNIQUE, .filter = "uid==0"}, false, false},
		{{.flags = ASK_UNIQUE, .filter = "insetid==true"}, false, false},
		{{.sink = &json_sink_ops}, false, false},
		{{.sink = &record_sink_ops}, false, false},
		{{.sink = &advise_sink_ops}, false, true},
		{{.sink = &advise_sink_ops, .filter = "comm==nice"}, false, true},
		{{.sink = &advise_sink_ops, .filter = "gid==0"}, false, false},
		{{.sink = &advise_sink_ops, .advise = {.by = ADVISE_BY_UNIT}}, false, true},
		{{.sink = &advise_sink_ops, .advise = {.by = ADVISE_BY_UID}}, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct backend_cfg cfg;
		struct request r;

		request(&r, &cases[i].asked);
		cr_expect_eq(plan_counts_unique(&r.q), cases[i].unique, "case %zu", i);
		cr_expect_eq(plan_aggregates(&r.q), cases[i].aggregates, "case %zu", i);
		plan_backend(&r.q, &no_command, &cfg);
		cr_expect_eq(cfg.unique, cases[i].unique, "case %zu", i);
		cr_expect_eq(cfg.aggregate, cases[i].aggregates, "case %zu", i);
		filter_free(r.f);
	}
}

Test(plan, an_undecidable_filter_is_refused)
{
	static const struct {
		const char *filter;
		uint64_t test, given;
		const struct backend_ops *const *table;
		const char *says; /* NULL: it can be decided */
	} cases[] = {
		{NULL, 0, 0, table, NULL},
		{"comm==x", 0, FIELDS_SMALL, table, NULL},
		{"uid==0", 0, FIELDS_SMALL | FIELD(UID), table, NULL},
		{"unit==x", 0, FIELDS_SMALL | FIELDS_IDENTITY, table, NULL},
		{"uid==0", 0, FIELDS_SMALL, table,
		 "filter on 'uid': one:small does not report it on this kernel; two:most does "
		 "where it is supported (captrace doctor shows what works)"},
		/* A field that only recordings give can't be had here. */
		{"uid==0", 0, FIELDS_SMALL, only_small,
		 "filter on 'uid': no backend of this build reports it"},
		{"unit==x", 0, FIELDS_SMALL, table,
		 "one:small does not report cgroups on this kernel, so containers, pods and units "
		 "are unknown; two:keys does where it is supported"},
		{"unit==x", 0, FIELDS_SMALL, only_small,
		 "one:small does not report cgroups on this kernel, so containers, pods and units "
		 "are unknown"},
		/* A rule without a column has no name to report. */
		{NULL, FIELD(CGROUP), FIELDS_SMALL, only_small,
		 "one:small does not report cgroups on this kernel, so containers, pods and units "
		 "are unknown"},
		{"uid==0", FIELD(CONTAINERID), FIELDS_SMALL, only_small,
		 "one:small does not report cgroups on this kernel, so containers, pods and units "
		 "are unknown"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter *f = make_filter(cases[i].filter, cases[i].test);
		struct err e = {0};
		int rc = plan_check_filter(f, cases[i].given, "one:small", cases[i].table, &e);

		cr_expect_eq(rc, cases[i].says ? -EINVAL : 0, "case %zu: %s", i, e.msg);
		if (cases[i].says)
			cr_expect_str_eq(e.msg, cases[i].says, "case %zu", i);
		filter_free(f);
	}
}

Test(plan, targets)
{
	static const pid_t pids[] = {7, 8};
	const struct plan_command command = {.pid = 5, .path = "/bin/true"};
	struct backend_cfg cfg;
	struct request r;

	request(&r, &(struct asked){0});
	plan_backend(&r.q, &no_command, &cfg);
	cr_assert(cfg.target.all && !cfg.target.follow && !cfg.target.pids_len);
	r.q.pids = pids;
	r.q.pids_len = 2;
	plan_backend(&r.q, &no_command, &cfg);
	cr_assert(!cfg.target.all && !cfg.target.follow && !cfg.target.command);
	cr_assert_eq(cfg.target.pids, pids);
	cr_assert_eq(cfg.target.pids_len, 2);
	r.q.follow = true;
	plan_backend(&r.q, &no_command, &cfg);
	cr_assert(cfg.target.follow);
	/* A command is always followed. */
	r.q.pids_len = 0;
	r.q.follow = false;
	plan_backend(&r.q, &command, &cfg);
	cr_assert(!cfg.target.all && cfg.target.follow);
	cr_assert_eq(cfg.target.pids_len, 1);
	cr_assert_eq(cfg.target.pids[0], 5);
	cr_assert_eq(cfg.target.command, 5);
	filter_free(r.f);
}

Test(plan, backend_configuration)
{
	struct backend_cfg cfg;
	struct request r;

	request(&r, &(struct asked){.filter = "verdict==Deny"});
	r.q.btf_path = "/x";
	r.q.buffer_size = 4096;
	plan_backend(&r.q, &no_command, &cfg);
	cr_assert(cfg.prefilter.audited_only && !cfg.by_cgroup && !cfg.cgroups);
	cr_assert_eq(cfg.prefilter.verdicts, 1 << CAP_DENY);
	cr_assert_str_eq(cfg.btf_path, "/x");
	cr_assert_eq(cfg.buffer_size, 4096);
	cr_assert_eq(cfg.fields, plan_fields(&r.q));
	cr_assert_str_eq(plan_spec(&r.q), "auto");
	r.q.unaudited = true;
	plan_backend(&r.q, &no_command, &cfg);
	cr_assert_not(cfg.prefilter.audited_only);
	filter_free(r.f);
	request(&r, &(struct asked){.filter = "unit==x", .flags = ASK_REPLAY});
	plan_backend(&r.q, &no_command, &cfg);
	cr_assert(cfg.by_cgroup);
	cr_assert_eq(cfg.files_len, 1);
	cr_assert_str_eq(plan_spec(&r.q), "replay");
	filter_free(r.f);
}

Test(plan, a_recording_describes_what_was_traced)
{
	static char word[] = "true", *argv[] = {word, NULL};
	const pid_t pids[] = {getpid()};
	const struct plan_command command = {.pid = getpid(), .path = "/bin/true"};
	struct cap_origin origin = {0};
	struct request r;

	request(&r, &(struct asked){.cols = "cap,comm"});
	plan_describe(&r.q, FIELD(CAP) | FIELD(UID), "one:small", &no_command, &origin);
	cr_assert_str_eq(origin.variant, "one:small");
	/* Only fields that are both given and needed. */
	cr_assert_eq(origin.fields, FIELD(CAP));
	cr_assert(!origin.unaudited && !origin.command && !origin.path && !origin.sets.known);
	r.q.pids = pids;
	r.q.pids_len = 1;
	r.q.unaudited = true;
	plan_describe(&r.q, 0, "one:small", &no_command, &origin);
	cr_assert(origin.unaudited && origin.sets.known);
	cr_assert_eq(origin.pids_len, 1);
	r.q.command = argv;
	plan_describe(&r.q, 0, "one:small", &command, &origin);
	cr_assert_eq(origin.command, argv);
	cr_assert_str_eq(origin.path, "/bin/true");
	cr_assert(origin.sets.known);
	filter_free(r.f);
}
