// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/ksyms.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "core/err.h"
#include "core/util.h"

struct ksyms {
	struct ksym *syms; /* by address */
	size_t len, room;
	char *names; /* NUL-terminated, one after the other */
	size_t names_len, names_room;
};

static FILE *open_kallsyms(struct err *e)
{
	FILE *f = fopen("/proc/kallsyms", "re");

	if (!f)
		err_sys(e, -errno, "/proc/kallsyms");
	return f;
}

/* "ffffffff81000000 T _text\t[module]\n"; the name is cut off in @line. */
static bool parse_line(char *line, uint64_t *addr, char *type, char **name)
{
	char *end;

	*addr = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return false;
	*type = end[1];
	*name = end + 3;
	end[3 + strcspn(end + 3, "\t\n ")] = '\0';
	return true;
}

static bool is_text(char type)
{
	return strchr("tTwW", type) != NULL;
}

static int append(struct ksyms *k, uint64_t addr, const char *name)
{
	size_t size = strlen(name) + 1;

	if (k->len == k->room) {
		size_t room = k->room ? k->room * 2 : 65536;
		struct ksym *syms = realloc(k->syms, room * sizeof(*syms));

		if (!syms)
			return -ENOMEM;
		k->syms = syms;
		k->room = room;
	}
	if (k->names_len + size > k->names_room) {
		size_t room = MAX(k->names_room * 2, (size_t)1 << 20);
		char *names = realloc(k->names, room);

		if (!names)
			return -ENOMEM;
		k->names = names;
		k->names_room = room;
	}
	if (!k->names) /* room is never 0: for the analyser */
		return -ENOMEM;
	memcpy(k->names + k->names_len, name, size);
	/* An index until all are read: the buffer still moves. */
	k->syms[k->len++] = (struct ksym){.addr = addr, .name = (char *)k->names_len};
	k->names_len += size;
	return 0;
}

static int by_addr(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static int read_text_symbols(struct ksyms *k, struct err *e)
{
	cleanup_fclose FILE *f = open_kallsyms(e);
	cleanup_free char *line = NULL;
	size_t size = 0;
	bool hidden = true;
	int rc;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		uint64_t addr;
		char type, *name;

		if (!parse_line(line, &addr, &type, &name) || !is_text(type))
			continue;
		hidden &= addr == 0;
		rc = append(k, addr, name);
		if (rc)
			return err_sys(e, rc, "/proc/kallsyms");
	}
	if (!k->len)
		return err_set(e, -ENOENT, "/proc/kallsyms is empty");
	if (hidden)
		return err_set(e, -EPERM,
			       "/proc/kallsyms hides addresses: needs CAP_SYSLOG and "
			       "kernel.kptr_restrict of at most 1");
	return 0;
}

int ksyms_load(struct ksyms **out, struct err *e)
{
	struct ksyms *k = calloc(1, sizeof(*k));
	int rc;

	if (!k)
		return err_sys(e, -ENOMEM, "kernel symbols");
	rc = read_text_symbols(k, e);
	if (rc) {
		ksyms_free(k);
		return rc;
	}
	for (size_t i = 0; i < k->len; i++)
		k->syms[i].name = k->names + (size_t)k->syms[i].name;
	if (k->len)
		qsort(k->syms, k->len, sizeof(*k->syms), by_addr);
	*out = k;
	return 0;
}

void ksyms_free(struct ksyms *k)
{
	if (!k)
		return;
	free(k->syms);
	free(k->names);
	free(k);
}

const struct ksym *ksyms_at(const struct ksyms *k, uint64_t addr)
{
	size_t lo = 0, hi = k->len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->syms[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? &k->syms[lo - 1] : NULL;
}

uint64_t ksyms_end(const struct ksyms *k, const struct ksym *sym)
{
	const struct ksym *last = k->syms + k->len;

	for (const struct ksym *next = sym + 1; next < last; next++)
		if (next->addr > sym->addr)
			return next->addr;
	return sym->addr + 1;
}

int ksyms_resolve(struct ksym *syms, size_t len, struct err *e)
{
	cleanup_fclose FILE *f = open_kallsyms(e);
	cleanup_free char *line = NULL;
	size_t size = 0, left = len;
	bool hidden = true;

	if (!f)
		return -errno;
	for (size_t i = 0; i < len; i++)
		syms[i].addr = 0;
	while (left && getline(&line, &size, f) > 0) {
		uint64_t addr;
		char type, *name;

		if (!parse_line(line, &addr, &type, &name))
			continue;
		/* Per-CPU symbols of x86-64 start at 0 and are rightly that. */
		hidden &= addr == 0;
		for (size_t i = 0; i < len; i++) {
			if (syms[i].addr || strcmp(syms[i].name, name))
				continue;
			syms[i].addr = addr;
			left--;
		}
	}
	if (hidden)
		return err_set(e, -EPERM,
			       "/proc/kallsyms hides addresses: needs CAP_SYSLOG and "
			       "kernel.kptr_restrict of at most 1");
	return 0;
}
