// SPDX-License-Identifier: GPL-2.0-or-later
/* Which class a capability gets, from the checks and their outcomes. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "core/advise/expect.h"
#include "core/advise/format.h"
#include "tests/unit/advise_helper.h"

/* A check by process 100, "x". */
static char *ask(int us, int cap, const char *syscall, const char *verdict)
{
	return line_check((struct check){us, 100, "x", syscall, cap, 1, verdict, 0, 0, 0, 0});
}

static char *quiet(int us, int cap, const char *syscall, const char *verdict)
{
	return line_check((struct check){us, 100, "x", syscall, cap, 0, verdict, 0, 0, 0, 0});
}

static char *ended(int since, int until, int ret)
{
	return line_outcome(since, until, 100, ret, NULL);
}

static struct advised advice_of(char *text)
{
	const char *texts[] = {text};
	struct advised a = advise(NULL, texts, 1);

	free(text);
	return a;
}

/* "required; missing; unknown; optional" of the first subject. */
static void expect_classes(struct advised *a, const char *want)
{
	static const char *const keys[] = {"required", "missing", "unknown", "optional"};
	char text[512];
	size_t n = 0;

	for (int i = 0; i < 4; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? "; " : "",
				      names_of(a, keys[i]));
	cr_assert_str_eq(text, want, "'%s', not '%s':\n%s", text, want, a->text);
}

static void expect_advice(char *text, const char *want, int code)
{
	struct advised a = advice_of(text);

	expect_classes(&a, want);
	cr_assert_eq(a.code, code, "code %d:\n%s", a.code, a.text);
	advised_free(&a);
}

Test(advise, granted_is_required)
{
	expect_advice(lines(HEADER, ask(1, CAP_SYS_NICE, "setpriority", "Allow"), NULL),
		      "SYS_NICE; ; ; ", 0);
}

Test(advise, denied_and_failed_is_missing)
{
	expect_advice(lines(HEADER, ask(1, CAP_SYS_NICE, "setpriority", "Deny"), ended(1, 2, -13),
			    ask(5, CAP_SYS_CHROOT, "chroot", "Deny"), ended(5, 6, -1), NULL),
		      "; SYS_CHROOT SYS_NICE; ; ", 0);
}

Test(advise, denied_and_succeeded_is_optional)
{
	struct advised a = advice_of(
		lines(HEADER, ask(1, CAP_SYS_NICE, "setpriority", "Deny"), ended(1, 2, 0), NULL));

	expect_classes(&a, "; ; ; SYS_NICE");
	cr_assert(strstr(reason_of(&a, "SYS_NICE"), "but the system calls succeeded"));
	advised_free(&a);
}

Test(advise, denied_and_failed_for_another_reason_is_optional)
{
	expect_advice(lines(HEADER, ask(1, CAP_SYS_ADMIN, "mount", "Deny"), ended(1, 2, -2), NULL),
		      "; ; ; SYS_ADMIN", 0);
	/* But some errors do mean a missing capability. */
	expect_advice(lines(HEADER, ask(1, CAP_IPC_LOCK, "mlock", "Deny"), ended(1, 2, -12),
			    ask(3, CAP_SYS_RESOURCE, "clone", "Deny"), ended(3, 4, -11), NULL),
		      "; IPC_LOCK SYS_RESOURCE; ; ", 0);
}

Test(advise, an_outcome_that_never_came_is_unknown)
{
	struct advised a =
		advice_of(lines(HEADER, ask(1, CAP_SYS_NICE, "setpriority", "Deny"), NULL));

	expect_classes(&a, "; ; SYS_NICE; ");
	cr_assert_eq(a.code, EXIT_INCOMPLETE);
	cr_assert(json_is_false(json_object_get(a.json, "complete")));
	advised_free(&a);
	/* The outcome belongs to a later call of the thread; the first call's was lost. */
	expect_advice(lines(HEADER, ask(1, CAP_SYS_NICE, "setpriority", "Deny"),
			    ask(900000, CAP_SYS_CHROOT, "chroot", "Deny"),
			    ended(900000, 900001, -1), NULL),
		      "; SYS_CHROOT; SYS_NICE; ", EXIT_INCOMPLETE);
	/* The call was interrupted and will be restarted: it has not ended. */
	expect_advice(
		lines(HEADER, ask(1, CAP_SYS_NICE, "setpriority", "Deny"), ended(1, 2, -512), NULL),
		"; ; SYS_NICE; ", EXIT_INCOMPLETE);
}

Test(advise, one_failure_among_successes_is_missing)
{
	expect_advice(lines(HEADER, ask(1, CAP_KILL, "kill", "Deny"), ended(1, 2, 0),
			    ask(3, CAP_KILL, "kill", "Deny"), ended(3, 4, -1), NULL),
		      "; KILL; ; ", 0);
	/* Granted once, it is required. */
	expect_advice(lines(HEADER, ask(1, CAP_KILL, "kill", "Allow"),
			    ask(3, CAP_KILL, "kill", "Deny"), ended(3, 4, -1), NULL),
		      "KILL; ; ; ", 0);
}

Test(advise, unaudited_is_optional_with_its_reason)
{
	struct advised a = advice_of(lines(HEADER, quiet(1, CAP_SYS_ADMIN, "mmap", "Allow"),
					   quiet(2, CAP_SYS_PTRACE, "readlink", "Deny"),
					   quiet(3, CAP_SYSLOG, "openat", "Allow"), NULL));

	expect_classes(&a, "; ; ; SYS_PTRACE SYS_ADMIN SYSLOG");
	cr_assert(strstr(reason_of(&a, "SYS_ADMIN"), "overcommit"));
	cr_assert(strstr(reason_of(&a, "SYS_PTRACE"), "ptrace_may_access"));
	cr_assert(strstr(reason_of(&a, "SYSLOG"), "kernel addresses"));
	cr_assert_eq(a.code, 0);
	advised_free(&a);
	/* Except where the call fails without it: a filter without no_new_privs. */
	expect_advice(lines(HEADER, quiet(1, CAP_SYS_ADMIN, "seccomp", "Allow"), NULL),
		      "SYS_ADMIN; ; ; ", 0);
	expect_advice(lines(HEADER, quiet(1, CAP_SYS_ADMIN, "seccomp", "Deny"), NULL),
		      "; SYS_ADMIN; ; ", 0);
}

Test(advise, of_a_chain_the_narrower_is_missing)
{
	expect_advice(lines(HEADER, ask(1, CAP_DAC_READ_SEARCH, "openat", "Deny"),
			    ask(2, CAP_DAC_OVERRIDE, "openat", "Deny"), ended(1, 3, -13), NULL),
		      "; DAC_READ_SEARCH; ; DAC_OVERRIDE", 0);
	/* To write, the kernel checks only the wider one, which then covers both. */
	expect_advice(lines(HEADER, ask(1, CAP_DAC_READ_SEARCH, "openat", "Deny"),
			    ask(2, CAP_DAC_OVERRIDE, "openat", "Deny"), ended(1, 3, -13),
			    ask(4, CAP_DAC_OVERRIDE, "openat", "Deny"), ended(4, 5, -13), NULL),
		      "; DAC_OVERRIDE; ; DAC_READ_SEARCH", 0);
}

Test(advise, of_a_chain_the_narrower_is_enough)
{
	struct advised a = advice_of(lines(HEADER, ask(1, CAP_DAC_READ_SEARCH, "openat", "Deny"),
					   ask(2, CAP_DAC_OVERRIDE, "openat", "Allow"), NULL));

	expect_classes(&a, "DAC_READ_SEARCH; ; ; DAC_OVERRIDE");
	cr_assert(strstr(reason_of(&a, "DAC_READ_SEARCH"), "this narrower one is enough"));
	cr_assert_eq(a.code, 0);
	advised_free(&a);
	expect_advice(lines(HEADER, ask(1, CAP_BPF, "bpf", "Deny"),
			    ask(2, CAP_SYS_ADMIN, "bpf", "Allow"), NULL),
		      "BPF; ; ; SYS_ADMIN", 0);
}

Test(advise, of_a_chain_the_wider_that_is_needed_does)
{
	struct advised a = advice_of(lines(HEADER, ask(1, CAP_DAC_READ_SEARCH, "openat", "Allow"),
					   ask(2, CAP_DAC_OVERRIDE, "openat", "Allow"), NULL));

	expect_classes(&a, "DAC_OVERRIDE; ; ; DAC_READ_SEARCH");
	cr_assert(strstr(reason_of(&a, "DAC_READ_SEARCH"), "DAC_OVERRIDE, which is needed"));
	advised_free(&a);
	/* Not where the kernel accepts only the narrower one. */
	expect_advice(lines(HEADER, ask(1, CAP_DAC_READ_SEARCH, "open_by_handle_at", "Allow"),
			    ask(2, CAP_DAC_OVERRIDE, "openat", "Allow"), NULL),
		      "DAC_OVERRIDE DAC_READ_SEARCH; ; ; ", 0);
	expect_advice(lines(HEADER, ask(1, CAP_NET_RAW, "socket", "Allow"),
			    ask(2, CAP_NET_ADMIN, "ioctl", "Allow"), NULL),
		      "NET_ADMIN NET_RAW; ; ; ", 0);
}

Test(advise, neighbours_are_a_chain_only_in_one_operation)
{
	/* Another call. */
	expect_advice(lines(HEADER, ask(1, CAP_DAC_READ_SEARCH, "openat", "Deny"), ended(1, 2, -13),
			    ask(3, CAP_DAC_OVERRIDE, "openat", "Deny"), ended(3, 4, -13), NULL),
		      "; DAC_OVERRIDE DAC_READ_SEARCH; ; ", 0);
	/* Not a chain: both are needed. */
	expect_advice(lines(HEADER, ask(1, CAP_SYS_CHROOT, "setns", "Deny"),
			    ask(2, CAP_SYS_ADMIN, "setns", "Deny"), ended(1, 3, -1), NULL),
		      "; SYS_CHROOT SYS_ADMIN; ; ", 0);
	/* The wider one first. */
	expect_advice(lines(HEADER, ask(1, CAP_SYS_ADMIN, "ioprio_set", "Deny"),
			    ask(2, CAP_SYS_NICE, "ioprio_set", "Deny"), ended(1, 3, -1), NULL),
		      "; SYS_NICE; ; SYS_ADMIN", 0);
}

Test(advise, asked_first_and_nothing_changed_is_optional)
{
	struct advised a = advice_of(lines(HEADER, ask(1, CAP_SETUID, "setuid", "Allow"),
					   line_outcome(1, 2, 100, 0, ",\"idschanged\":false"),
					   ask(3, CAP_SETGID, "setgid", "Allow"),
					   line_outcome(3, 4, 100, 0, ",\"idschanged\":true"),
					   ask(5, CAP_SETPCAP, "capset", "Allow"), ended(5, 6, 0),
					   ask(7, CAP_FSETID, "fchmodat", "Allow"), NULL));

	expect_classes(&a, "SETGID; ; ; FSETID SETUID SETPCAP");
	cr_assert(strstr(reason_of(&a, "SETUID"), "changed no user id"));
	cr_assert(strstr(reason_of(&a, "SETPCAP"), "capset checks it at every call"));
	cr_assert(strstr(reason_of(&a, "FSETID"), "set-group-ID"));
	advised_free(&a);
	/* setgroups changes none of these ids, and without an outcome the call may have changed one. */
	expect_advice(lines(HEADER, ask(1, CAP_SETGID, "setgroups", "Allow"),
			    line_outcome(1, 2, 100, 0, ",\"idschanged\":false"),
			    ask(3, CAP_SETUID, "setuid", "Allow"), NULL),
		      "SETGID SETUID; ; ; ", 0);
	/* Other calls do need SETPCAP. */
	expect_advice(lines(HEADER, ask(1, CAP_SETPCAP, "prctl", "Allow"), NULL), "SETPCAP; ; ; ",
		      0);
}

static char *with_args(int since, int until, int ret, const char *args)
{
	char more[64];

	snprintf(more, sizeof(more), ",\"args\":[%s]", args);
	return line_outcome(since, until, 100, ret, more);
}

Test(advise, the_calls_arguments_tell)
{
	struct advised a = advice_of(lines(
		HEADER, ask(1, CAP_NET_ADMIN, "setsockopt", "Allow"), with_args(1, 2, 0, "3,1,33"),
		ask(3, CAP_FSETID, "fchmodat", "Allow"), with_args(3, 4, 0, "-100,7,420"), NULL));

	expect_classes(&a, "; ; ; FSETID NET_ADMIN");
	cr_assert(strstr(reason_of(&a, "NET_ADMIN"), "SO_RCVBUFFORCE"));
	advised_free(&a);
	/* SO_MARK, and mode 2755. */
	expect_advice(lines(HEADER, ask(1, CAP_NET_ADMIN, "setsockopt", "Allow"),
			    with_args(1, 2, 0, "3,1,36"), ask(3, CAP_FSETID, "fchmodat", "Allow"),
			    with_args(3, 4, 0, "-100,7,1517"), NULL),
		      "FSETID NET_ADMIN; ; ; ", 0);
	/* Denied: setsockopt fails but is not needed, chmod succeeds but does less. */
	a = advice_of(lines(HEADER, ask(1, CAP_NET_ADMIN, "setsockopt", "Deny"),
			    with_args(1, 2, -1, "3,1,33"), ask(3, CAP_FSETID, "chmod", "Deny"),
			    with_args(3, 4, 0, "7,1517,0"), NULL));
	expect_classes(&a, "; FSETID; ; NET_ADMIN");
	cr_assert(strstr(reason_of(&a, "FSETID"), "bits are cleared"));
	advised_free(&a);
}

Test(advise, what_is_tried_and_done_without)
{
	struct advised a = advice_of(lines(
		HEADER, ask(1, CAP_FOWNER, "openat", "Deny"), ended(1, 2, -1),
		ask(3, CAP_FOWNER, "chmod", "Allow"), ask(4, CAP_SYS_ADMIN, "listxattr", "Allow"),
		ask(5, CAP_SYS_ADMIN, "getxattr", "Allow"), ended(5, 6, -61), NULL));

	expect_classes(&a, "FOWNER; ; ; SYS_ADMIN");
	advised_free(&a);
	expect_advice(lines(HEADER, ask(1, CAP_FOWNER, "openat", "Allow"), ended(1, 2, 3),
			    ask(5, CAP_SYS_ADMIN, "getxattr", "Allow"), ended(5, 6, 4), NULL),
		      "SYS_ADMIN; ; ; FOWNER", 0);
}

Test(advise, what_was_given_away_is_not_missing)
{
	struct check first = {1, 100, "x", "mmap", CAP_SYS_ADMIN, 0, "Allow", 0x1ff, 0, 0, 0};
	struct check after = {2, 200, "x", "kill", CAP_KILL, 1, "Deny", 0, 0, 0, 33};
	struct check never = {4, 200, "x", "chroot", CAP_SYS_CHROOT, 1, "Deny", 0, 0, 0, 33};
	struct advised a = advice_of(lines(HEADER, line_check(first), line_check(after),
					   line_outcome(2, 3, 200, -1, NULL), line_check(never),
					   line_outcome(4, 5, 200, -1, NULL), NULL));

	expect_classes(&a, "; SYS_CHROOT; ; KILL SYS_ADMIN");
	cr_assert(strstr(reason_of(&a, "KILL"), "dropped it"));
	advised_free(&a);
}

/* overlayfs acts with its mounter's credentials, access() with the task's real ids. */
Test(advise, others_credentials_are_not_judged)
{
	struct advised a = advice_of(lines(
		HEADER, ask(1, CAP_KILL, "kill", "Allow"), strdup("{\"type\":\"override\"}\n"),
		ask(2, CAP_SYS_ADMIN, "openat", "Allow"), strdup("{\"type\":\"override\"}\n"),
		ask(3, CAP_DAC_READ_SEARCH, "faccessat", "Allow"),
		ask(4, CAP_SYS_CHROOT, "chroot", "Allow"), NULL));

	expect_classes(&a, "DAC_READ_SEARCH KILL SYS_CHROOT; ; ; ");
	cr_assert_eq(json_integer_value(json_object_get(a.json, "ignored")), 1);
	advised_free(&a);
}

Test(advise, a_search_in_path_is_overcome)
{
	struct advised a =
		advice_of(lines(HEADER, ask(1, CAP_KILL, "kill", "Allow"),
				ask(2, CAP_DAC_READ_SEARCH, "execve", "Deny"),
				ask(3, CAP_DAC_OVERRIDE, "execve", "Deny"), ended(2, 4, -13),
				ask(5, CAP_DAC_READ_SEARCH, "execve", "Deny"),
				ask(6, CAP_DAC_OVERRIDE, "execve", "Deny"), ended(5, 7, -13),
				line_exec(8, 100, "/usr/bin/true"), NULL));

	expect_classes(&a, "KILL; ; ; DAC_OVERRIDE DAC_READ_SEARCH");
	cr_assert(strstr(reason_of(&a, "DAC_READ_SEARCH"), "a search in PATH"));
	advised_free(&a);
	/* It gave up: something else followed. */
	expect_advice(lines(HEADER, ask(1, CAP_KILL, "kill", "Allow"),
			    ask(2, CAP_DAC_READ_SEARCH, "execve", "Deny"),
			    ask(3, CAP_DAC_OVERRIDE, "execve", "Deny"), ended(2, 4, -13),
			    quiet(5, CAP_SYS_ADMIN, "mmap", "Deny"),
			    line_exec(8, 100, "/usr/bin/true"), NULL),
		      "KILL; DAC_READ_SEARCH; ; DAC_OVERRIDE SYS_ADMIN", 0);
}

Test(advise, netlinks_answer_is_not_the_calls)
{
	struct advised a = advice_of(
		lines(HEADER, ask(1, CAP_NET_ADMIN, "sendmsg", "Deny"), ended(1, 2, 40), NULL));

	expect_classes(&a, "; ; NET_ADMIN; ");
	cr_assert(strstr(reason_of(&a, "NET_ADMIN"), "netlink reply"));
	advised_free(&a);
	expect_advice(
		lines(HEADER, ask(1, CAP_NET_ADMIN, "sendmsg", "Deny"), ended(1, 2, -1), NULL),
		"; NET_ADMIN; ; ", 0);
	expect_advice(
		lines(HEADER, ask(1, CAP_NET_ADMIN, "setsockopt", "Deny"), ended(1, 2, 0), NULL),
		"; ; ; NET_ADMIN", 0);
}

static char *in_ns(int us, int cap, const char *verdict, unsigned int target, unsigned int current)
{
	return line_check(
		(struct check){us, 100, "x", "mount", cap, 1, verdict, 0, target, current, 0});
}

static size_t rows_in(const struct advised *a, const char *key)
{
	return json_array_size(
		json_object_get(json_array_get(json_object_get(a->json, "subjects"), 0), key));
}

Test(advise, user_namespaces_are_apart)
{
	struct advised a = advice_of(lines(
		HEADER, ask(1, CAP_KILL, "kill", "Allow"), in_ns(2, CAP_SYS_ADMIN, "Allow", 77, 77),
		in_ns(3, CAP_SETUID, "Allow", 77, 0), in_ns(4, CAP_MKNOD, "Deny", 0, 77),
		ended(4, 5, -1), NULL));

	expect_classes(&a, "KILL; ; ; ");
	cr_assert_eq(rows_in(&a, "ownNamespaces"), 2);
	cr_assert_eq(rows_in(&a, "beyondNamespace"), 1);
	cr_assert_eq(a.code, 0);
	advised_free(&a);
	/* Home is where the subject starts: here, in a namespace of its own, as a container does. */
	a = advice_of(lines(HEADER, in_ns(1, CAP_NET_BIND_SERVICE, "Allow", 77, 77),
			    in_ns(2, CAP_SYS_ADMIN, "Deny", 0, 77), ended(2, 3, -1),
			    in_ns(4, CAP_CHOWN, "Allow", 78, 78), NULL));
	expect_classes(&a, "NET_BIND_SERVICE; ; ; ");
	cr_assert_eq(rows_in(&a, "beyondNamespace"), 1);
	cr_assert_eq(rows_in(&a, "ownNamespaces"), 1);
	advised_free(&a);
}

Test(advise, before_the_first_exec_nothing_counts)
{
	const char *execs = HEADER_OF("x", ALL_FIELDS ",\"outcome\",\"exec\"");
	struct advised a = advice_of(lines(execs, ask(1, CAP_SETUID, "setuid", "Allow"),
					   ask(2, CAP_DAC_READ_SEARCH, "execve", "Allow"),
					   line_exec(3, 100, "/usr/bin/x"),
					   ask(4, CAP_KILL, "kill", "Allow"), NULL));

	expect_classes(&a, "KILL; ; ; ");
	cr_assert_eq(json_integer_value(json_object_get(a.json, "ignored")), 2);
	advised_free(&a);
	/* Without exec records: the checks of the first execve(). */
	expect_advice(lines(HEADER, ask(2, CAP_DAC_READ_SEARCH, "execve", "Allow"),
			    ask(4, CAP_KILL, "kill", "Allow"),
			    ask(5, CAP_DAC_READ_SEARCH, "execve", "Allow"), NULL),
		      "DAC_READ_SEARCH KILL; ; ; ", 0);
}

static char *by_pid(int us, int pid, int cap, const char *syscall)
{
	return line_check((struct check){us, pid, "x", syscall, cap, 1, "Allow", 0x1ff, 0, 0, 0});
}

static bool is_startup(const struct advised *a, const char *cap)
{
	return json_is_true(json_object_get(row_of(a, cap), "startup"));
}

Test(advise, what_is_given_away_is_startup)
{
	const char *drop = ",\"idschanged\":true,\"permitted\":0";
	struct advised a = advice_of(lines(
		HEADER, by_pid(1, 100, CAP_CHOWN, "chown"), by_pid(2, 100, CAP_SETGID, "setgid"),
		by_pid(3, 101, CAP_SETGID, "setgid"), by_pid(4, 101, CAP_SETUID, "setuid"),
		line_outcome(4, 5, 101, 0, drop), NULL));

	/* 100 kept SETGID. */
	cr_assert(is_startup(&a, "SETUID") && !is_startup(&a, "SETGID") &&
		  !is_startup(&a, "CHOWN"));
	cr_assert_str_eq(names_of(&a, "startup"), "SETUID");
	advised_free(&a);
	/* Used again by the same process: it was not dropped for good. */
	a = advice_of(lines(HEADER, by_pid(1, 100, CAP_SETUID, "setuid"),
			    line_outcome(1, 2, 100, 0, drop), by_pid(5, 100, CAP_SETUID, "setuid"),
			    NULL));
	cr_assert_not(is_startup(&a, "SETUID"));
	advised_free(&a);
}

Test(advise, startup_by_the_effective_set_where_outcomes_are_missing)
{
	const char *header = HEADER_OF("x", ALL_FIELDS);
	struct advised a =
		advice_of(lines(header, by_pid(1, 100, CAP_SETUID, "setuid"),
				line_check((struct check){2, 100, "x", "mmap", CAP_SYS_ADMIN, 0,
							  "Deny", 0x40, 0, 0, 33}),
				NULL));

	cr_assert(is_startup(&a, "SETUID"));
	advised_free(&a);
}

Test(advise, audit_that_is_not_known)
{
	const char *header = HEADER_OF("x", "\"pid\",\"cap\",\"verdict\",\"syscall\"");
	struct check c = {1, 100, "x", "setpriority", CAP_SYS_NICE, -1, "Allow", 0, 0, 0, 0};
	struct check mm = {1, 100, "x", "mmap", CAP_SYS_ADMIN, -1, "Allow", 0, 0, 0, 0};

	expect_advice(lines(header, line_check(c), line_check(mm), NULL), "SYS_NICE; ; ; SYS_ADMIN",
		      EXIT_INCOMPLETE);
	expect_advice(lines(header, line_check(mm), NULL), "; ; ; SYS_ADMIN", 0);
}

Test(advise, losses_and_cuts_are_incomplete)
{
	const char *text =
		HEADER "{\"type\":\"lost\",\"count\":2,\"where\":\"ring buffer\"}\n" END(0);
	const char *cut = HEADER, *broken = HEADER "{broken\n" END(0);
	struct advise_cfg cfg = {.format = advice_format_find("json", NULL),
				 .allow_incomplete = true};
	struct advised a = advise(NULL, &text, 1);

	cr_assert_eq(a.code, EXIT_INCOMPLETE);
	cr_assert(strstr(a.text, "2 events were lost"));
	advised_free(&a);
	a = advise(NULL, &cut, 1);
	cr_assert_eq(a.code, EXIT_INCOMPLETE);
	cr_assert(strstr(a.text, "is truncated"));
	advised_free(&a);
	a = advise(NULL, &broken, 1);
	cr_assert_eq(a.code, EXIT_INCOMPLETE);
	cr_assert(strstr(a.text, "before all checks were read"));
	advised_free(&a);
	a = advise(&cfg, &cut, 1);
	cr_assert_eq(a.code, 0);
	cr_assert(json_is_false(json_object_get(a.json, "complete")));
	advised_free(&a);
}

Test(advise, evidence)
{
	struct advised a = advice_of(lines(HEADER, by_pid(1, 100, CAP_KILL, "kill"),
					   by_pid(2, 101, CAP_KILL, "tgkill"),
					   by_pid(3, 101, CAP_KILL, "kill"),
					   line_check((struct check){4, 100, "x", "kill", CAP_KILL,
								     1, "Deny", 0x1ff, 0, 0, 0}),
					   ended(4, 5, -1), NULL));
	const json_t *row = row_of(&a, "KILL");

	cr_assert_eq(json_integer_value(json_object_get(row, "granted")), 3);
	cr_assert_eq(json_integer_value(json_object_get(row, "denied")), 1);
	cr_assert_eq(json_integer_value(json_object_get(row, "refused")), 1);
	cr_assert_eq(json_integer_value(json_object_get(row, "processCount")), 2);
	cr_assert_eq(json_array_size(json_object_get(row, "syscalls")), 2);
	cr_assert_eq(json_integer_value(json_object_get(row, "first")), 1700000000000001000);
	cr_assert_eq(json_integer_value(json_object_get(row, "last")), 1700000000000004000);
	cr_assert(strstr(json_string_value(json_object_get(row, "alternative")), "same user"));
	cr_assert_str_eq(names_of(&a, "unused"), "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID "
						 "SETGID SETUID SETPCAP");
	cr_assert_str_eq(names_of(&a, "drop"), names_of(&a, "unused"));
	cr_assert_str_eq(names_of(&a, "add"), "");
	advised_free(&a);
}

Test(advise, several_recordings_are_merged)
{
	char *one = lines(HEADER, ask(1, CAP_KILL, "kill", "Deny"), ended(1, 2, 0), NULL);
	/* The same thread ids on another machine. */
	char *two = lines(HEADER, ask(1, CAP_CHOWN, "chown", "Deny"), ended(1, 2, -1),
			  in_ns(5, CAP_MKNOD, "Allow", 0, 0), NULL);
	const char *texts[] = {one, two};
	struct advised a = advise(NULL, texts, 2);

	expect_classes(&a, "MKNOD; CHOWN; ; KILL");
	cr_assert_eq(json_array_size(json_object_get(a.json, "sources")), 2);
	cr_assert_eq(json_array_size(json_object_get(a.json, "subjects")), 1);
	advised_free(&a);
	free(one);
	free(two);
}

Test(advise, by_what_subjects_are_told_apart)
{
	struct advise_cfg cfg = {.format = advice_format_find("json", NULL)};
	char *text = lines(HEADER, line_exec(1, 100, "/bin/a"), by_pid(2, 100, CAP_KILL, "kill"),
			   line_check((struct check){3, 101, "b", "chown", CAP_CHOWN, 1, "Allow", 0,
						     0, 0, 33}),
			   NULL);
	const char *texts[] = {text};
	struct advised a;

	cfg.by = ADVISE_BY_COMM;
	a = advise(&cfg, texts, 1);
	cr_assert_str_eq(names_at(&a, 0, "required"), "CHOWN");
	cr_assert_str_eq(names_at(&a, 1, "required"), "KILL");
	advised_free(&a);
	cfg.by = ADVISE_BY_UID;
	a = advise(&cfg, texts, 1);
	cr_assert_str_eq(names_at(&a, 0, "required"), "KILL");
	cr_assert_str_eq(names_at(&a, 1, "required"), "CHOWN");
	cr_assert(strstr(a.text, "\"name\": \"33\""));
	advised_free(&a);
	cfg.by = ADVISE_BY_EXE;
	a = advise(&cfg, texts, 1);
	cr_assert(strstr(a.text, "\"name\": \"/bin/a\""));
	cr_assert(strstr(a.text, "\"name\": \"[b]\""));
	advised_free(&a);
	cfg.by = ADVISE_BY_CONTAINER;
	a = advise(&cfg, texts, 1);
	cr_assert(strstr(a.text, "(no container)"));
	advised_free(&a);
	free(text);
}

Test(advise, nothing_was_asked_for)
{
	expect_advice(lines(HEADER, ask(1, 63, "kill", "Allow"), NULL), "CAP_63; ; ; ", 0);
	{
		struct advised a = advice_of(lines(HEADER, ask(1, 64, "kill", "Allow"), NULL));

		cr_assert_eq(a.code, EXIT_INCOMPLETE);
		cr_assert(strstr(a.text, "above 63"));
		advised_free(&a);
	}
}
