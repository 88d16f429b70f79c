// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/host/ksyms.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"

struct ksyms {
	struct ksym *syms; /* by address */
	size_t len, room;
	char *names; /* NUL-terminated, one after the other */
	size_t names_len, names_room;
};

struct symbol {
	uint64_t addr;
	const char *name;
	size_t len; /* of the name */
	char type;
};

/* Parses "ffffffff81000000 T _text\t[module]", which ends at @end. Terminates the name in place. */
static bool parse_line(char *line, char *end, struct symbol *s)
{
	char *p = line;

	*end = '\0';
	for (s->addr = 0; isxdigit((unsigned char)*p); p++)
		s->addr =
			s->addr << 4 | (unsigned int)(*p <= '9' ? *p - '0' : (*p | ' ') - 'a' + 10);
	if (p == line || p[0] != ' ' || !p[1] || p[2] != ' ')
		return false;
	s->type = p[1];
	s->name = p + 3;
	s->len = strcspn(s->name, "\t ");
	p[3 + s->len] = '\0';
	return true;
}

/* Calls @fn for each symbol until it returns 1 (it needs no more) or a negative errno. */
static int each_symbol(int (*fn)(void *arg, const struct symbol *s), void *arg, struct err *e)
{
	cleanup_close int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	char buf[8192]; /* a read returns a page at most */
	struct symbol s;
	size_t len = 0;
	bool empty = true, hidden = true;
	ssize_t n;
	int rc;

	if (fd < 0)
		return err_sys(e, -errno, "/proc/kallsyms");
	while ((n = read(fd, buf + len, sizeof(buf) - len)) > 0) {
		char *line = buf, *end;

		len += (size_t)n;
		while ((end = memchr(line, '\n', (size_t)(buf + len - line)))) {
			if (parse_line(line, end, &s)) {
				/* Some may really be 0: x86-64's per-CPU symbols start there. */
				hidden &= s.addr == 0;
				empty = false;
				rc = fn(arg, &s);
				if (rc)
					return rc > 0 ? 0 : err_sys(e, rc, "/proc/kallsyms");
			}
			line = end + 1;
		}
		len = (size_t)(buf + len - line);
		memmove(buf, line, len);
	}
	if (n < 0)
		return err_sys(e, -errno, "/proc/kallsyms");
	if (empty)
		return err_set(e, -ENOENT, "/proc/kallsyms is empty");
	if (hidden)
		return err_set(e, -EPERM,
			       "/proc/kallsyms hides addresses: needs CAP_SYSLOG, and "
			       "kernel.kptr_restrict to be 0 or 1");
	return 0;
}

static bool is_text(char type)
{
	return strchr("tTwW", type) != NULL;
}

static int append(void *arg, const struct symbol *s)
{
	struct ksyms *k = arg;
	size_t size = s->len + 1;

	if (!is_text(s->type))
		return 0;
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
	if (!k->names) /* never true, since the room is not 0; for the static analyser */
		return -ENOMEM;
	memcpy(k->names + k->names_len, s->name, size);
	/* The name's index for now: realloc() may still move the buffer. */
	k->syms[k->len++] = (struct ksym){.addr = s->addr, .name = (char *)k->names_len};
	k->names_len += size;
	return 0;
}

static int by_addr(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

int ksyms_load(struct ksyms **out, struct err *e)
{
	struct ksyms *k = calloc(1, sizeof(*k));
	int rc;

	if (!k)
		return err_sys(e, -ENOMEM, "kernel symbols");
	rc = each_symbol(append, k, e);
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

struct wanted {
	struct ksym *syms;
	uint64_t *ends; /* NULL: not wanted */
	size_t *lens;   /* of the names */
	size_t len;
	size_t left; /* not found yet */
	size_t open; /* found, but not their ends */
};

static int match(void *arg, const struct symbol *s)
{
	struct wanted *w = arg;

	/*
	 * The kernel's own symbols come sorted by address, so that the next higher one is the end.
	 */
	for (size_t i = 0; i < w->len && w->open; i++) {
		if (!w->syms[i].addr || w->ends[i] || s->addr <= w->syms[i].addr)
			continue;
		w->ends[i] = s->addr;
		w->open--;
	}
	for (size_t i = 0; i < w->len; i++) {
		if (w->lens[i] != s->len || w->syms[i].addr || !s->addr ||
		    memcmp(w->syms[i].name, s->name, s->len) != 0)
			continue;
		w->syms[i].addr = s->addr;
		w->left--;
		w->open += w->ends != NULL;
	}
	return !w->left && !w->open;
}

int ksyms_resolve_ranges(struct ksym *syms, uint64_t *ends, size_t len, struct err *e)
{
	cleanup_free size_t *lens = calloc(len + 1, sizeof(*lens));
	struct wanted w = {.syms = syms, .ends = ends, .lens = lens, .len = len, .left = len};

	if (!lens)
		return err_sys(e, -ENOMEM, "/proc/kallsyms");
	for (size_t i = 0; i < len; i++) {
		lens[i] = strlen(syms[i].name);
		syms[i].addr = 0;
		if (ends)
			ends[i] = 0;
	}
	return each_symbol(match, &w, e);
}

int ksyms_resolve(struct ksym *syms, size_t len, struct err *e)
{
	return ksyms_resolve_ranges(syms, NULL, len, e);
}
