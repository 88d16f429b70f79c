// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/layout/layout_dwarf.h"

#include <errno.h>

#include "core/base/err.h"

#ifndef HAVE_DW

int layout_from_dwarf(struct layout *l, const char *path, struct err *e)
{
	return err_set(e, -EOPNOTSUPP, "%s has no BTF, and this build can't read DWARF (no libdw)",
		       path);
}

#else

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <string.h>

#include "compat/layout/layout_members.h"
#include "core/base/util.h"

#define DEPTH_MAX 16

static bool composite(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_structure_type || tag == DW_TAG_union_type;
}

/* Finds the type of @die and follows typedefs and qualifiers. */
static bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;
	Dwarf_Die direct;

	return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, &direct) &&
	       !dwarf_peel_type(&direct, type);
}

static int member_at(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word off = 0;

	if (dwarf_attr(die, DW_AT_bit_size, &attr))
		return -EINVAL;
	/* Members of a union have no location. */
	if (dwarf_attr(die, DW_AT_data_member_location, &attr) && dwarf_formudata(&attr, &off))
		return -EINVAL;
	return (int)off;
}

static int member_offset(Dwarf_Die *type, const char *path, int depth)
{
	size_t len = strcspn(path, ".");
	Dwarf_Die child;

	if (depth > DEPTH_MAX || dwarf_child(type, &child))
		return -ENOENT;
	do {
		const char *name = dwarf_diename(&child);
		const char *rest = name ? path + len : path;
		int at, off = -ENOENT;
		Dwarf_Die inner;

		if (dwarf_tag(&child) != DW_TAG_member)
			continue;
		if (name && (strncmp(name, path, len) || name[len]))
			continue;
		at = member_at(&child);
		if (at < 0 || (name && !*rest))
			return at;
		if (type_of(&child, &inner) && composite(&inner))
			off = member_offset(&inner, rest + (*rest == '.'), depth + 1);
		if (off >= 0)
			return at + off;
		if (name)
			return off;
	} while (!dwarf_siblingof(&child, &child));
	return -ENOENT;
}

/* Takes the fields that are still unknown from one definition. Returns their number. */
static int take(struct layout *l, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	int found = 0;

	if (!name || dwarf_tag(die) != DW_TAG_structure_type ||
	    dwarf_hasattr(die, DW_AT_declaration))
		return 0;
	for (int f = 0; f < LAYOUT_FIELDS; f++) {
		const struct layout_member *m = &layout_members[f];
		int off;

		if (!m->type || layout_has(l, (enum layout_field)f) || strcmp(m->type, name))
			continue;
		off = member_offset(die, m->member, 0);
		if (off < 0 && m->older)
			off = member_offset(die, m->older, 0);
		if (off < 0)
			continue;
		l->at[f] = off;
		found++;
	}
	return found;
}

/*
 * Counts the fields that are still unknown, without those that some architectures lack: a vmlinux
 * has many compilation units, and the scan ends as soon as nothing is left to find.
 */
static int count_unknown(const struct layout *l)
{
	int n = 0;

	for (int f = 0; f < LAYOUT_FIELDS; f++)
		n += layout_members[f].type && !layout_has(l, (enum layout_field)f) &&
		     f != LAYOUT_TASK_STATUS && f != LAYOUT_STACK_STATUS;
	return n;
}

static void scan(struct layout *l, Dwarf *dw)
{
	Dwarf_Off off = 0, next;
	size_t header;

	while (count_unknown(l) && !dwarf_nextcu(dw, off, &next, &header, NULL, NULL, NULL)) {
		Dwarf_Die cu, die;

		if (dwarf_offdie(dw, off + header, &cu) && !dwarf_child(&cu, &die))
			do
				take(l, &die);
			while (!dwarf_siblingof(&die, &die));
		off = next;
	}
}

int layout_from_dwarf(struct layout *l, const char *path, struct err *e)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	Dwarf *dw;

	if (fd < 0)
		return err_sys(e, -errno, "%s", path);
	dw = dwarf_begin(fd, DWARF_C_READ);
	if (!dw)
		return err_set(e, -ENODATA, "%s has neither BTF nor DWARF: %s", path,
			       dwarf_errmsg(-1));
	scan(l, dw);
	dwarf_end(dw);
	return 0;
}

#endif
