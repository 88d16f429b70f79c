// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/event/capname.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>

#include "core/base/err.h"
#include "core/base/nearest.h"
#include "core/base/parse.h"
#include "core/base/util.h"

/* The kernel's sets are 64 bits wide (kernel_cap_t), however many libcap knows. */
#define CAPS 64

static struct name {
	bool known;
	char upper[CAPNAME_MAX];
	char lower[CAPNAME_MAX];
} names[CAPS];

static void set_name(struct name *name, const char *text)
{
	size_t i;

	for (i = 0; i < CAPNAME_MAX - 1 && text[i]; i++) {
		name->upper[i] = (char)toupper((unsigned char)text[i]);
		name->lower[i] = (char)tolower((unsigned char)text[i]);
	}
}

/*
 * Runs before main(); the table never changes afterwards. cap_to_name() allocates on every call,
 * and names are needed for each event.
 */
static void __attribute__((constructor)) fill_names(void)
{
	for (int cap = 0; cap < CAPS; cap++) {
		char *libcap = cap_to_name(cap), number[CAPNAME_MAX];

		/* For a capability that libcap doesn't know, it returns the bare number. */
		names[cap].known = libcap && !strncmp(libcap, "cap_", 4);
		snprintf(number, sizeof(number), "CAP_%d", cap);
		set_name(&names[cap], names[cap].known ? libcap + 4 : number);
		cap_free(libcap);
	}
}

const char *capname_of(int cap, char *buf, size_t size)
{
	if (cap >= 0 && cap < CAPS)
		return names[cap].upper;
	snprintf(buf, size, "CAP_%d", cap);
	return buf;
}

const char *capname_lower(int cap, char *buf, size_t size)
{
	if (cap >= 0 && cap < CAPS)
		return names[cap].lower;
	snprintf(buf, size, "cap_%d", cap);
	return buf;
}

int capname_parse(const char *name)
{
	uint64_t number;

	if (!strncasecmp(name, "cap_", 4))
		name += 4;
	if (!parse_u64(name, CAPS - 1, &number))
		return (int)number;
	for (int cap = 0; cap < CAPS; cap++)
		if (names[cap].known && !strcasecmp(name, names[cap].upper))
			return cap;
	return -EINVAL;
}

uint64_t capname_known(void)
{
	return UINT64_MAX >> (64 - MIN(MAX(cap_max_bits(), 1), 64));
}

int capname_unknown(const char *name, struct err *e)
{
	const char *bare = strncasecmp(name, "cap_", 4) ? name : name + 4;
	struct nearest near;

	nearest_init(&near, bare, strlen(bare));
	for (int cap = 0; cap < CAPS; cap++)
		if (names[cap].known)
			nearest_offer(&near, names[cap].upper);
	if (near.best)
		return err_set(
			e, -EINVAL,
			"unknown capability '%s' (did you mean %s? names are libcap's, as in "
			"SYS_ADMIN)",
			name, near.best);
	return err_set(
		e, -EINVAL,
		"unknown capability '%s' (names are libcap's, as in SYS_ADMIN; numbers 0 to %d)",
		name, CAPS - 1);
}
