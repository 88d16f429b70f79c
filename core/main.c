// SPDX-License-Identifier: GPL-2.0-or-later
/* Parses the command line and connects the parts of the program. */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "backends/doctor.h"
#include "backends/registry.h"
#include "core/base/err.h"
#include "core/base/log.h"
#include "core/base/signals.h"
#include "core/cli/cli.h"
#include "core/cli/option.h"
#include "core/identity/identity.h"
#include "core/output/out.h"
#include "core/output/sinks.h"
#include "core/session/run.h"

static int report(const struct cli *cli, struct identity *identity, struct out *out, struct err *e)
{
	const struct doctor_cfg cfg = {
		.table = backends,
		.backend = cli->backend,
		.btf_path = cli->btf_path,
		.cgroups = identity ? identity_hierarchy(identity) : NULL,
		.json = cli->sink != &columns_sink_ops,
		.pretty = cli->sink == &jsonpretty_sink_ops,
		.bundle = cli->bundle,
	};
	bool report_too = !cfg.bundle || strcmp(cfg.bundle, "-") != 0;
	int rc = doctor_run(&cfg, report_too ? out : NULL, e);

	if (rc && rc != -ENOTSUP)
		return run_report(e, EXIT_FAILED);
	if (cfg.bundle && report_too)
		log_note("wrote %s: look it over before you send it", cfg.bundle);
	return rc ? EXIT_NO_BACKEND : EXIT_DONE;
}

static int doctor(const struct cli *cli, struct err *e)
{
	const struct identity_cfg cfg = {
		.root = cli->host_root,
		.filter = cli->filter,
		.containers = true,
	};
	struct identity *identity = NULL;
	struct out *out = out_new(STDOUT_FILENO);
	int code;

	if (!out) {
		err_nomem(e);
		return run_report(e, EXIT_FAILED);
	}
	/* Without identity, the report shows cgroup fields as missing. */
	if (identity_new(&identity, &cfg, e))
		log_verbose("containers and units are unknown: %s", e->msg);
	code = report(cli, identity, out, e);
	identity_free(identity);
	out_free(out);
	return code;
}

static int run(struct cli *cli, int argc, char **argv)
{
	const struct cli_build build = {.backends = backends, .print = registry_print_builtin};
	struct run_cfg cfg;
	struct err e = {0};
	int rc = cli_parse(cli, &build, argc, argv, &e);

	if (rc)
		return run_report(&e, rc == -EINVAL ? EXIT_USAGE : EXIT_FAILED);
	if (cli->answered)
		return EXIT_DONE;
	if (cli->cmd->bit == CLI_DOCTOR)
		return doctor(cli, &e);
	cli_run_cfg(cli, &cfg);
	return run_all(&cfg, backends);
}

int main(int argc, char **argv)
{
	struct cli cli;
	int code;

	setlocale(LC_CTYPE, "");
	signals_block();
	code = run(&cli, argc, argv);
	cli_free(&cli);
	return code;
}
