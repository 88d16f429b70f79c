// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/mountinfo.h"

#include <string.h>

#include "core/base/util.h"

#define FIELDS_MAX 6 /* on each side of " - "; later ones are ignored */

int mountinfo_open(struct mountinfo *m, const char *root)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/proc/self/mountinfo", root);
	*m = (struct mountinfo){.f = fopen(path, "re")};
	return m->f ? 0 : -errno;
}

void mountinfo_close(struct mountinfo *m)
{
	cleanup_fclosep(&m->f);
	free(m->line);
}

/* Decodes "\040" and the like in place: the kernel escapes space, tab, newline and backslash. */
static char *unescape(char *s)
{
	char *to = s;

	for (const char *p = s; *p; p++) {
		if (p[0] == '\\' && strspn(p + 1, "01234567") >= 3) {
			*to++ = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			p += 3;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
	return s;
}

/* Not strtok_r(), because a field may be empty: the source of mount("", ...). */
static int split(char *text, char *fields[FIELDS_MAX])
{
	int n = 0;

	while (text && n < FIELDS_MAX)
		fields[n++] = strsep(&text, " \n");
	return n;
}

/* "36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw" */
bool mountinfo_parse(char *line, struct mount *mount)
{
	char *dash = strstr(line, " - "), *fields[FIELDS_MAX];

	if (!dash)
		return false;
	*dash = '\0';
	if (split(line, fields) < 5)
		return false;
	mount->root = unescape(fields[3]);
	mount->point = unescape(fields[4]);
	if (split(dash + 3, fields) < 3)
		return false;
	mount->type = fields[0];
	mount->options = fields[2];
	return true;
}

bool mountinfo_next(struct mountinfo *m, struct mount *mount)
{
	while (m->f && getline(&m->line, &m->room, m->f) > 0)
		if (mountinfo_parse(m->line, mount))
			return true;
	return false;
}

bool mountinfo_list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = list; *p; p += *p == ',' || *p == ' ') {
		size_t n = strcspn(p, ", \n");

		if (n == len && !strncmp(p, word, len))
			return true;
		p += n;
		if (*p == '\n')
			break;
	}
	return false;
}
