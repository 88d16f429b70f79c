// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/layout/elf_section.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/util.h"

bool elf_is(const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[SELFMAG];

	return fd >= 0 && read(fd, magic, SELFMAG) == SELFMAG && !memcmp(magic, ELFMAG, SELFMAG);
}

static int copy_section(Elf *elf, const char *name, void **data, size_t *size)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (elf_getshdrstrndx(elf, &strings))
		return -EBADMSG;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *this;
		Elf_Data *d;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh))
			return -EBADMSG;
		this = elf_strptr(elf, strings, sh.sh_name);
		if (!this || strcmp(this, name))
			continue;
		d = elf_rawdata(scn, NULL);
		if (!d || !d->d_buf || sh.sh_type == SHT_NOBITS)
			return -ENODATA;
		*data = malloc(d->d_size + 1);
		if (!*data)
			return -ENOMEM;
		memcpy(*data, d->d_buf, d->d_size);
		*size = d->d_size;
		return 0;
	}
	return -ENODATA;
}

int elf_section_read(const char *path, const char *name, void **data, size_t *size, struct err *e)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf *elf;
	int rc;

	if (fd < 0)
		return err_sys(e, -errno, "%s", path);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf)
		return err_set(e, -EBADMSG, "%s: %s", path, elf_errmsg(-1));
	rc = copy_section(elf, name, data, size);
	elf_end(elf);
	if (rc == -ENODATA)
		return err_set(e, rc, "%s has no %s section", path, name);
	return rc ? err_sys(e, rc, "%s", path) : 0;
}
