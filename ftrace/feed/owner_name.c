// SPDX-License-Identifier: GPL-2.0-or-later
#include "ftrace/feed/owner_name.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "core/base/pidns.h"
#include "core/base/util.h"

#define PREFIX       "captrace_"
#define PID_DIGITS   5 /* of base 36 */
#define START_DIGITS 7
#define START_MAX    UINT64_C(78364164096) /* 36^7: 24 years */
#define NS_DIGITS    7

_Static_assert(sizeof(PREFIX) - 1 + PID_DIGITS + START_DIGITS + NS_DIGITS == OWNER_NAME_INSTANCES,
	       "the length that feeds rely on");

/* Clock ticks after boot, field 22 of proc(5)'s stat; 0 if there is no such process. */
static uint64_t start_time(int pid)
{
	cleanup_fclose FILE *f = NULL;
	char path[32], line[1024], *p;
	uint64_t start;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f || !fgets(line, sizeof(line), f))
		return 0;
	p = strrchr(line, ')'); /* the comm before it may contain spaces and parentheses */
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p && sscanf(p, "%" SCNu64, &start) == 1 ? start : 0;
}

static char *put_digits(char *p, uint64_t v, int n)
{
	for (int i = n - 1; i >= 0; i--, v /= 36)
		p[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
	return p + n;
}

static bool take_digits(const char **p, uint64_t *v, int n)
{
	char digits[16], *end;

	snprintf(digits, sizeof(digits), "%.*s", n, *p);
	if (strspn(digits, "0123456789abcdefghijklmnopqrstuvwxyz") != (size_t)n)
		return false;
	*v = strtoull(digits, &end, 36);
	*p += n;
	return true;
}

/*
 * Before 4.1 the kernel takes an instance's name from the dentry's inline name (d_iname), which
 * holds at most 31 characters. A longer name is not stored there, and the instance would appear
 * under the name of something else.
 */
static void name_instances(char *name, int pid, uint64_t start, uint32_t ns)
{
	char *p = name + snprintf(name, sizeof(PREFIX), PREFIX);

	p = put_digits(p, (uint64_t)pid, PID_DIGITS);
	p = put_digits(p, start % START_MAX, START_DIGITS);
	p = put_digits(p, ns, NS_DIGITS);
	*p = '\0';
}

static bool parse_instance(const char *name, int *pid, uint64_t *start, uint32_t *ns)
{
	uint64_t pid64, ns64;

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	name += strlen(PREFIX);
	if (!take_digits(&name, &pid64, PID_DIGITS) || !take_digits(&name, start, START_DIGITS) ||
	    !take_digits(&name, &ns64, NS_DIGITS))
		return false;
	*pid = (int)pid64;
	*ns = (uint32_t)ns64;
	return true;
}

static bool parse_name(const char *name, int *pid, uint64_t *start, uint32_t *ns)
{
	return sscanf(name, PREFIX "%d_%" SCNu64 "_%" SCNu32, pid, start, ns) == 3 ||
	       parse_instance(name, pid, start, ns);
}

void owner_name_init(struct owner_name *own)
{
	uint64_t start = start_time(getpid());
	uint32_t ns = pidns_of("self");

	snprintf(own->group, sizeof(own->group), PREFIX "%d_%" PRIu64 "_%" PRIu32, (int)getpid(),
		 start, ns);
	name_instances(own->instances, (int)getpid(), start, ns);
}

int owner_name_is_one(const char *name)
{
	uint64_t start;
	uint32_t ns;
	int pid;

	return parse_name(name, &pid, &start, &ns);
}

int owner_name_is_stale(const char *name)
{
	uint32_t ns, own = pidns_of("self");
	uint64_t start;
	int pid;

	if (!parse_name(name, &pid, &start, &ns))
		return 0;
	if (ns == own)
		return start_time(pid) % START_MAX != start % START_MAX;
	/* Only in the initial namespace are all processes visible. */
	return own == PIDNS_INIT_INO && !pidns_lives(ns);
}
