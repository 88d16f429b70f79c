// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cli/options_target.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/err.h"
#include "core/base/parse.h"
#include "core/base/util.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"
#include "core/identity/cgroup_path.h"
#include "core/identity/hierarchy.h"
#include "core/identity/pending_target.h"
#include "core/identity/selector.h"

#define PID_LIMIT 4194304 /* include/linux/threads.h, PID_MAX_LIMIT */

/* kill() accepts a thread's id too, but tracing compares thread groups and would show nothing. */
static int check_thread_group(pid_t pid, struct err *e)
{
	cleanup_fclose FILE *f = NULL;
	char path[64], line[128];
	int tgid;

	if (kill(pid, 0) && errno == ESRCH)
		return err_set(e, -EINVAL, "there is no process %d", (int)pid);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Tgid: %d", &tgid) != 1)
			continue;
		if (tgid != pid)
			return err_set(e, -EINVAL, "%d is a thread; its process is %d", (int)pid,
				       tgid);
		break;
	}
	return 0;
}

static int add_pid(struct cli *cli, const char *text, struct err *e)
{
	uint64_t pid;
	int rc;

	if (parse_u64(text, PID_LIMIT, &pid) || !pid)
		return err_set(e, -EINVAL, "'%s' is not a process id (1 to %d)", text, PID_LIMIT);
	rc = check_thread_group((pid_t)pid, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < cli->pids_len; i++)
		if (cli->pids[i] == (pid_t)pid)
			return err_set(e, -EINVAL, "%s is given twice", text);
	cli->pids[cli->pids_len++] = (pid_t)pid;
	return 0;
}

int cli_set_pids(struct cli_state *st, const char *list, struct err *e)
{
	const char *item;
	size_t len;
	int rc;

	st->cli->pids = calloc(parse_count(list), sizeof(*st->cli->pids));
	if (!st->cli->pids)
		return err_nomem(e);
	while ((rc = parse_item(&list, &item, &len)) > 0) {
		cleanup_free char *text = strndup(item, len);

		if (!text)
			return err_nomem(e);
		rc = add_pid(st->cli, text, e);
		if (rc)
			return rc;
	}
	return rc ? err_set(e, rc, "empty process id in the list") : 0;
}

typedef int (*add_fn)(struct filter *f, const char *text, struct err *e);

/*
 * Waits for target @name, a @what. It exists once an event passes the filter that @add makes of
 * @text.
 */
static int await(struct cli *cli, const char *what, const char *name, add_fn add, const char *text,
		 struct err *e)
{
	struct filter *f = filter_new();
	int rc;

	if (!cli->pending)
		cli->pending = pending_target_new();
	if (!f || !cli->pending) {
		filter_free(f);
		return err_nomem(e);
	}
	rc = add(f, text, e);
	if (rc) {
		filter_free(f);
		return rc;
	}
	return pending_target_add(cli->pending, what, name, f) ? err_nomem(e) : 0;
}

/* The same for each name in @list. */
static int await_each(struct cli *cli, const char *what, const char *list, add_fn add,
		      struct err *e)
{
	const char *item;
	size_t len;
	int rc;

	while ((rc = parse_item(&list, &item, &len)) > 0) {
		cleanup_free char *name = strndup(item, len);

		if (!name)
			return err_nomem(e);
		rc = await(cli, what, name, add, name, e);
		if (rc)
			return rc;
	}
	return rc ? err_set(e, rc, "empty name in the list") : 0;
}

static int add_runtime(struct filter *f, const char *text, struct err *e)
{
	return filter_add_any(f, "runtime", text, e);
}

static int add_container(struct filter *f, const char *text, struct err *e)
{
	return filter_add_any(f, "container", text, e);
}

static int add_namespace(struct filter *f, const char *text, struct err *e)
{
	return filter_add_any(f, "namespace", text, e);
}

static int add_pod(struct filter *f, const char *text, struct err *e)
{
	return filter_add_any(f, "pod", text, e);
}

static int set_names(struct cli *cli, const char *what, const char *list, add_fn add, struct err *e)
{
	int rc = add(cli->filter, list, e);

	return rc ? rc : await_each(cli, what, list, add, e);
}

int cli_set_runtimes(struct cli_state *st, const char *list, struct err *e)
{
	st->cli->by |= CLI_BY_CONTAINER;
	return set_names(st->cli, PENDING_RUNTIME, list, add_runtime, e);
}

int cli_set_containers(struct cli_state *st, const char *list, struct err *e)
{
	st->cli->by |= CLI_BY_CONTAINER;
	return set_names(st->cli, "container", list, add_container, e);
}

int cli_set_namespaces(struct cli_state *st, const char *list, struct err *e)
{
	st->cli->by |= CLI_BY_POD;
	return set_names(st->cli, "pod in namespace", list, add_namespace, e);
}

int cli_set_pods(struct cli_state *st, const char *list, struct err *e)
{
	st->cli->by |= CLI_BY_POD;
	return set_names(st->cli, "pod", list, add_pod, e);
}

static bool test_selector(const char *arg, const struct cap_event *ev)
{
	return event_has(ev, FIELD(CONTAINERID)) && selector_match(arg, ev->labels);
}

static int add_selector(struct filter *f, const char *text, struct err *e)
{
	return filter_add_test(f, FIELD(CONTAINERID), test_selector, text) ? err_nomem(e) : 0;
}

int cli_set_selector(struct cli_state *st, const char *list, struct err *e)
{
	int rc = selector_check(list, e);

	if (!rc)
		rc = add_selector(st->cli->filter, list, e);
	st->cli->by |= CLI_BY_LABEL;
	return rc ? rc : await(st->cli, "container or pod with", list, add_selector, list, e);
}

/* Whether @ev is in one of the comma-separated units in @arg. */
static bool test_units(const char *arg, const struct cap_event *ev)
{
	const char *item;
	char unit[256];
	size_t len;

	if (!event_has(ev, FIELD(CGROUP)))
		return false;
	while (parse_item(&arg, &item, &len) > 0) {
		snprintf(unit, sizeof(unit), "%.*s", (int)len, item);
		if (cgroup_path_in_unit(ev->cgroup, unit))
			return true;
	}
	return false;
}

static int add_units(struct filter *f, const char *text, struct err *e)
{
	return filter_add_test(f, FIELD(CGROUP), test_units, text) ? err_nomem(e) : 0;
}

/* Whether the name ends in a unit type of systemd.unit(5). */
static bool has_type(const char *name, size_t len)
{
	static const char *const types[] = {".service",   ".scope",  ".slice", ".socket",
					    ".mount",     ".swap",   ".timer", ".target",
					    ".automount", ".device", ".path"};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t n = strlen(types[i]);

		if (len > n && !memcmp(name + len - n, types[i], n))
			return true;
	}
	return false;
}

/* Adds .service to names without a type, as systemctl(1) does. */
static int whole_names(const char *list, char **names, struct err *e)
{
	cleanup_free char *all = strdup("");
	const char *item;
	size_t len;
	int rc;

	while ((rc = parse_item(&list, &item, &len)) > 0) {
		bool typed = has_type(item, len);
		char *longer;

		if (len + strlen(".service") > 255 || memchr(item, '/', len))
			return err_set(e, -EINVAL, "'%.*s' is not a unit name", (int)MIN(len, 64u),
				       item);
		if (!all || asprintf(&longer, "%s%s%.*s%s", all, *all ? "," : "", (int)len, item,
				     typed ? "" : ".service") < 0)
			return err_nomem(e);
		free(all);
		all = longer;
	}
	if (rc)
		return err_set(e, rc, "empty name in the list");
	*names = all;
	all = NULL;
	return 0;
}

int cli_set_units(struct cli_state *st, const char *list, struct err *e)
{
	cleanup_free char *names = NULL;
	int rc = whole_names(list, &names, e);

	if (!rc)
		rc = add_units(st->cli->filter, names, e);
	st->cli->by |= CLI_BY_UNIT;
	return rc ? rc : await_each(st->cli, "unit", names, add_units, e);
}

static bool test_cgroups(const char *arg, const struct cap_event *ev)
{
	const char *item;
	char top[CGROUP_PATH_SIZE];
	size_t len;

	if (!event_has(ev, FIELD(CGROUP)))
		return false;
	while (parse_item(&arg, &item, &len) > 0) {
		snprintf(top, sizeof(top), "%.*s", (int)len, item);
		if (cgroup_path_under(ev->cgroup, top))
			return true;
	}
	return false;
}

static int add_cgroups(struct filter *f, const char *text, struct err *e)
{
	return filter_add_test(f, FIELD(CGROUP), test_cgroups, text) ? err_nomem(e) : 0;
}

/* Turns paths under a cgroup mount point into paths from the hierarchy's root. */
static int cgroup_names(const char *list, char **names, struct err *e)
{
	cleanup_free char *all = strdup("");
	const char *item;
	size_t len;
	int rc;

	while ((rc = parse_item(&list, &item, &len)) > 0) {
		cleanup_free char *path = strndup(item, len);
		char *longer;

		if (path && (*path != '/' || len >= CGROUP_PATH_SIZE))
			return err_set(e, -EINVAL,
				       "'%.64s' is not a cgroup path, such as /system.slice or "
				       "/sys/fs/cgroup/system.slice",
				       path);
		if (!path || !all ||
		    asprintf(&longer, "%s%s%s", all, *all ? "," : "", hierarchy_strip(path)) < 0)
			return err_nomem(e);
		free(all);
		all = longer;
	}
	if (rc)
		return err_set(e, rc, "empty path in the list");
	*names = all;
	all = NULL;
	return 0;
}

int cli_set_cgroups(struct cli_state *st, const char *list, struct err *e)
{
	cleanup_free char *names = NULL;
	int rc = cgroup_names(list, &names, e);

	if (!rc)
		rc = add_cgroups(st->cli->filter, names, e);
	return rc ? rc : await_each(st->cli, "cgroup", names, add_cgroups, e);
}

int cli_set_startup(struct cli_state *st, const char *arg, struct err *e)
{
	st->cli->startup = true;
	return 0;
}

int cli_set_host_root(struct cli_state *st, const char *arg, struct err *e)
{
	struct stat s;

	if (stat(arg, &s) || !S_ISDIR(s.st_mode))
		return err_set(e, -EINVAL, "'%s' is not a directory", arg);
	/* "/" before an absolute path would double its slash. */
	st->cli->host_root = strcmp(arg, "/") != 0 ? arg : "";
	return 0;
}

bool cli_hides_startup(const struct cli *cli)
{
	return cli->by && !cli->startup && !(filter_needs(cli->filter) & FIELD(STARTUP));
}

static void show(struct cli *cli, const char *name)
{
	cli->cols[cli->cols_len++] = column_find(name, strlen(name));
}

/* The columns that targets were chosen by come first, as in Inspektor Gadget. */
int cli_default_columns(struct cli *cli, struct err *e)
{
	bool pod =
		cli->by & CLI_BY_POD || (cli->by & CLI_BY_LABEL && !(cli->by & CLI_BY_CONTAINER));

	if (cli->cols)
		return 0;
	cli->cols = calloc(columns_len + 1, sizeof(*cli->cols));
	if (!cli->cols)
		return err_nomem(e);
	if (pod) {
		show(cli, "k8s.node");
		show(cli, "k8s.namespace");
		show(cli, "k8s.pod");
		show(cli, "k8s.container");
	} else if (cli->by & CLI_BY_CONTAINER) {
		show(cli, "container");
	}
	if (cli->by & CLI_BY_UNIT)
		show(cli, "unit");
	for (size_t i = 0; i < columns_len; i++)
		if (columns[i].shown)
			cli->cols[cli->cols_len++] = &columns[i];
	return 0;
}
