// SPDX-License-Identifier: GPL-2.0-or-later
/* The formats of advice, and --expect. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/advise/expect.h"
#include "core/advise/format.h"
#include "core/base/err.h"
#include "tests/unit/advise_helper.h"

static char *sample(int uid)
{
	struct check bind = {1,         100, "x", "bind", CAP_NET_BIND_SERVICE, 1, "Allow",
			     0x2001fff, 0,   0,   uid};
	struct check nice = {2, 100, "x", "setpriority", CAP_SYS_NICE, 1, "Deny", 0x2001fff,
			     0, 0,   uid};
	struct check link = {4,         100, "x", "sendmsg", CAP_NET_ADMIN, 1, "Deny",
			     0x2001fff, 0,   0,   uid};
	struct check mm = {6, 100, "x", "mmap", CAP_SYS_ADMIN, 0, "Deny", 0x2001fff, 0, 0, uid};

	return lines(HEADER, line_check(bind), line_check(nice), line_outcome(2, 3, 100, -13, NULL),
		     line_check(link), line_outcome(4, 5, 100, 20, NULL), line_check(mm), NULL);
}

static void expect_text_of(char *text, const char *format, const char *want)
{
	const struct advise_cfg cfg = {.format = advice_format_find(format, NULL),
				       .explain = UINT64_C(1) << CAP_SYS_NICE | UINT64_C(1)};
	const char *texts[] = {text};
	struct advised a = advise(&cfg, texts, 1);

	cr_assert_str_eq(a.text, want, "%s gives\n%s\nnot\n%s", format, a.text, want);
	advised_free(&a);
	free(text);
}

#define COMMENT                             \
	"# captrace advice for command x\n" \
	"# not granted yet: SYS_NICE\n"     \
	"# not included, but perhaps needed (how the calls ended is not known): NET_ADMIN\n"

Test(advise_formats, kubernetes)
{
	expect_text_of(sample(0), "kubernetes",
		       COMMENT "securityContext:\n  capabilities:\n    drop:\n    - ALL\n    add:\n"
			       "    - NET_BIND_SERVICE\n    - SYS_NICE\n");
	expect_text_of(lines(HEADER, NULL), "kubernetes", "");
}

Test(advise_formats, engines)
{
	expect_text_of(sample(0), "docker",
		       COMMENT "--cap-drop=ALL --cap-add=NET_BIND_SERVICE --cap-add=SYS_NICE\n");
	expect_text_of(sample(33), "docker",
		       COMMENT "# Docker grants these only to root: with --user the program's file "
			       "must have them (setcap)\n"
			       "--cap-drop=ALL --cap-add=NET_BIND_SERVICE --cap-add=SYS_NICE\n");
	expect_text_of(sample(33), "podman",
		       COMMENT "--cap-drop=ALL --cap-add=NET_BIND_SERVICE --cap-add=SYS_NICE\n");
}

Test(advise_formats, systemd)
{
	expect_text_of(sample(0), "systemd",
		       COMMENT "[Service]\nCapabilityBoundingSet=\n"
			       "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SYS_NICE\n"
			       "AmbientCapabilities=\n");
	expect_text_of(sample(33), "systemd",
		       COMMENT "[Service]\nCapabilityBoundingSet=\n"
			       "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SYS_NICE\n"
			       "AmbientCapabilities=\n"
			       "AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_SYS_NICE\n");
}

Test(advise_formats, setcap)
{
	expect_text_of(sample(0), "setcap",
		       COMMENT "setcap cap_net_bind_service,cap_sys_nice=ep /usr/bin/x\n");
	expect_text_of(
		lines(HEADER_OF("it's $x", ALL_FIELDS),
		      line_check((struct check){1, 1, "x", "mmap", 21, 0, "Deny", 0, 0, 0, 0}),
		      NULL),
		"setcap",
		"# captrace advice for command it's $x\nsetcap -r '/usr/bin/it'\\''s $x'\n");
}

Test(advise_formats, oci)
{
	expect_text_of(sample(0), "oci",
		       "{\n  \"process\": {\n    \"capabilities\": {\n"
		       "      \"bounding\": [\n        \"CAP_NET_BIND_SERVICE\",\n"
		       "        \"CAP_SYS_NICE\"\n      ],\n"
		       "      \"effective\": [\n        \"CAP_NET_BIND_SERVICE\",\n"
		       "        \"CAP_SYS_NICE\"\n      ],\n"
		       "      \"permitted\": [\n        \"CAP_NET_BIND_SERVICE\",\n"
		       "        \"CAP_SYS_NICE\"\n      ],\n"
		       "      \"inheritable\": [],\n      \"ambient\": []\n    }\n  }\n}\n");
}

Test(advise_formats, text)
{
	expect_text_of(
		sample(0), "text",
		"x: needs NET_BIND_SERVICE SYS_NICE\n"
		"  required\n"
		"    NET_BIND_SERVICE    1 granted; bind; x; first 2023-11-14T22:13:20Z\n"
		"  missing (denied, and the system call failed because of it)\n"
		"    SYS_NICE            1 denied; failed with EACCES; setpriority; x; first "
		"2023-11-14T22:13:20Z\n"
		"        checks: 1 denied, and the call failed because of it\n"
		"        system call: setpriority, 1 denied, 1 failed because of it\n"
		"        processes: 100 x\n"
		"        time: 2023-11-14T22:13:20Z\n"
		"        kernel stack: not recorded\n"
		"        instead: RLIMIT_NICE (LimitNICE= in a unit, nice in limits.conf, --ulimit "
		"nice= in a container)\n"
		"  perhaps missing (denied; whether that mattered is not known)\n"
		"    NET_ADMIN           1 denied; sendmsg; x; first 2023-11-14T22:13:20Z\n"
		"                        denied; whether that was an error is in the netlink "
		"reply, "
		"not in the\n"
		"                        result of the system call\n"
		"  optional (asked for, but not needed)\n"
		"    SYS_ADMIN           1 denied (without audit); mmap; x; first "
		"2023-11-14T22:13:20Z\n"
		"                        memory overcommit: checked at every growth of memory, to "
		"let an\n"
		"                        administrator use the last 3 %; without it nothing fails "
		"unless "
		"memory\n"
		"                        is that short\n"
		"  unused (granted, never asked for)\n"
		"    CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP "
		"LINUX_IMMUTABLE\n"
		"    NET_BROADCAST SYS_TIME\n"
		"  never asked for: CHOWN\n"
		"  granted: 14 capabilities (seen in effective sets)\n"
		"    can be dropped: all unused ones, and NET_ADMIN\n"
		"    to be added: SYS_NICE\n"
		"\n"
		"4 checks seen by bpf:test on Linux 6.1 (FILE)\n");
}

/* chmod() with a set-group-ID bit, interrupted: -ERESTARTSYS, an error without a name. */
Test(advise_formats, text_of_an_error_without_a_name)
{
	struct check c = {1, 100, "x", "chmod", CAP_FSETID, 1, "Deny", 0, 0, 0, 1000};
	const struct advise_cfg cfg = {.format = advice_format_find("text", NULL)};
	char *text = lines(HEADER, line_check(c),
			   line_outcome(1, 2, 100, -512, ",\"args\":[0,1517,0]"), NULL);
	const char *texts[] = {text};
	struct advised a = advise(&cfg, texts, 1);

	cr_assert_not_null(strstr(a.text, "1 denied; failed; chmod; x"), "%s", a.text);
	advised_free(&a);
	free(text);
}

Test(advise_formats, what_could_drive_a_terminal_does_not)
{
	struct check c = {1, 100, "a\\u001b[31m", "kill", CAP_KILL, 1, "Allow", 0, 0, 0, 0};
	struct advise_cfg cfg = {.by = ADVISE_BY_COMM};

	for (size_t i = 0; i < advice_formats_len; i++) {
		char *text = lines(HEADER, line_check(c), NULL);
		const char *texts[] = {text};
		struct advised a;

		cfg.format = &advice_formats[i];
		a = advise(&cfg, texts, 1);
		cr_assert_null(strchr(a.text, '\x1b'), "%s", cfg.format->name);
		advised_free(&a);
		free(text);
	}
}

Test(advise_formats, incomplete_is_said_in_each)
{
	struct advise_cfg cfg = {0};

	for (size_t i = 0; i < advice_formats_len; i++) {
		char *text = lines(HEADER,
				   line_check((struct check){1, 100, "x", "kill", CAP_KILL, 1,
							     "Deny", 0, 0, 0, 0}),
				   NULL);
		const char *texts[] = {text};
		struct advised a;

		cfg.format = &advice_formats[i];
		a = advise(&cfg, texts, 1);
		cr_assert_eq(a.code, EXIT_INCOMPLETE);
		/* The OCI format has no place for it: there are the exit code and stderr. */
		cr_assert(!strcmp(cfg.format->name, "oci") || strstr(a.text, "INCOMPLETE") ||
				  strstr(a.text, "\"incomplete\": [\n"),
			  "%s: %s", cfg.format->name, a.text);
		advised_free(&a);
		free(text);
	}
}

/* --expect against the sample, which needs NET_BIND_SERVICE and SYS_NICE. */
static void gate(const char *expected, int code)
{
	struct advise_cfg cfg = {.format = advice_format_find("json", NULL),
				 .allow_incomplete = true};
	char *text = sample(0);
	const char *texts[] = {text};
	struct advised a;
	struct err e = {0};

	cr_assert_eq(expect_parse(&cfg.expect, expected, &e), 0, "%s: %s", expected, e.msg);
	a = advise(&cfg, texts, 1);
	cr_assert_eq(a.code, code, "'%s': code %d", expected, a.code);
	expect_free(cfg.expect);
	advised_free(&a);
	free(text);
}

static char *write_file(const char *text)
{
	static char name[32];
	int fd;

	snprintf(name, sizeof(name), "/tmp/captrace-test-XXXXXX");
	fd = mkstemp(name);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return name;
}

Test(advise_gate, lists)
{
	gate("SYS_NICE,NET_BIND_SERVICE", 0);
	gate("cap_sys_nice,net_bind_service,CHOWN", 0);
	gate("SYS_NICE", EXIT_UNEXPECTED);
	gate("none", EXIT_UNEXPECTED);
}

Test(advise_gate, files)
{
	char *name = write_file("# ours\nSYS_NICE cap_net_bind_service # both\n");

	gate(name, 0);
	unlink(name);
	name = write_file("");
	gate(name, EXIT_UNEXPECTED);
	unlink(name);
}

Test(advise_gate, advice_of_an_earlier_run)
{
	char *text = sample(0);
	const char *texts[] = {text};
	struct advised a = advise(NULL, texts, 1);
	char *name = write_file(a.text);

	gate(name, 0);
	unlink(name);
	advised_free(&a);
	free(text);
	name = write_file(
		"{\"type\":\"advice\",\"version\":1,\"subjects\":[{\"name\":\"y\","
		"\"needed\":[]},{\"name\":\"x\",\"needed\":[\"SYS_NICE\",23,\"KILL\"]}]}");
	{
		struct expect *x;
		struct err e = {0};

		cr_assert_eq(expect_parse(&x, name, &e), -EINVAL);
		cr_assert(strstr(e.msg, "a capability that is not a name"));
	}
	unlink(name);
	name = write_file(
		"{\"type\":\"advice\",\"version\":1,\"subjects\":[{\"name\":\"y\",\"needed\":"
		"[\"SYS_NICE\"]},{\"name\":\"x\",\"needed\":[\"NET_BIND_SERVICE\"]}]}");
	gate(name, EXIT_UNEXPECTED); /* SYS_NICE is allowed for y only */
	unlink(name);
}

static void expect_bad(const char *text, const char *part)
{
	char *name = write_file(text);
	struct expect *x;
	struct err e = {0};

	cr_assert_eq(expect_parse(&x, name, &e), -EINVAL, "'%s' was taken", text);
	cr_assert(strstr(e.msg, part), "%s: %s", text, e.msg);
	unlink(name);
}

Test(advise_gate, what_is_no_list)
{
	expect_bad("SYS_NICEE", "unknown capability 'SYS_NICEE'");
	expect_bad("{", "not valid JSON");
	expect_bad("{}", "not the output of captrace advise");
	expect_bad("{\"type\":\"advice\",\"version\":2,\"subjects\":[]}",
		   "another captrace version");
	expect_bad("{\"type\":\"advice\",\"version\":1,\"subjects\":[{}]}", "a subject has no");
}
