// SPDX-License-Identifier: GPL-2.0-or-later
#include "compat/layout/btf_types.h"

#include <fcntl.h>
#include <linux/types.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "compat/layout/elf_section.h"
#include "core/base/err.h"
#include "core/base/util.h"

#define DEPTH_MAX 16 /* of typedefs and qualifiers, and of nested structures */

/* Kinds that some headers lack. */
#define KIND_DECL_TAG 17
#define KIND_TYPE_TAG 18
#define KIND_ENUM64   19

struct btf_types {
	void *owned; /* the file's contents, or NULL */
	const char *strings;
	uint32_t strings_len;
	const struct btf_type **types; /* by id; 0 is void */
	uint32_t types_len;
	uint32_t *structs; /* ids of the named structures, a tenth of all types */
	uint32_t structs_len;
};

/* Returns the bytes that follow struct btf_type, or -1 for an unknown kind. */
static long trailing_size(const struct btf_type *t)
{
	uint32_t vlen = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return (long)(vlen * sizeof(struct btf_member));
	case BTF_KIND_ENUM:
		return (long)(vlen * sizeof(struct btf_enum));
	case BTF_KIND_FUNC_PROTO:
		return (long)(vlen * sizeof(struct btf_param));
	case BTF_KIND_DATASEC:
		return (long)(vlen * sizeof(struct btf_var_secinfo));
	case KIND_ENUM64:
		return (long)vlen * 12;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case 16: /* float */
	case KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

/* Fills @t->types and @t->structs, or only counts the types if these are NULL. */
static int walk(struct btf_types *t, const char *p, const char *end)
{
	uint32_t id = 1;

	while (p < end) {
		const struct btf_type *type = (const void *)p;
		long extra;

		if ((size_t)(end - p) < sizeof(*type))
			return -EBADMSG;
		extra = trailing_size(type);
		if (extra < 0 || extra > end - p - (long)sizeof(*type))
			return -EBADMSG;
		if (t->types)
			t->types[id] = type;
		if (t->structs && BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT && type->name_off)
			t->structs[t->structs_len++] = id;
		id++;
		p += (long)sizeof(*type) + extra;
	}
	t->types_len = id;
	return 0;
}

static int parse(struct btf_types *t, const void *data, size_t size)
{
	const struct btf_header *h = data;
	const char *types, *base = data;
	int rc;

	if (!h || size < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len < sizeof(*h))
		return -EBADMSG;
	if (h->hdr_len > size || h->type_off > size - h->hdr_len ||
	    h->type_len > size - h->hdr_len - h->type_off || h->str_off > size - h->hdr_len ||
	    h->str_len > size - h->hdr_len - h->str_off || h->type_off % 4 || h->hdr_len % 4)
		return -EBADMSG;
	types = base + h->hdr_len + h->type_off;
	t->strings = base + h->hdr_len + h->str_off;
	t->strings_len = h->str_len;
	if (!t->strings_len || t->strings[t->strings_len - 1])
		return -EBADMSG;
	rc = walk(t, types, types + h->type_len);
	if (rc)
		return rc;
	t->types = calloc(t->types_len, sizeof(struct btf_type *));
	t->structs = calloc(t->types_len, sizeof(*t->structs));
	if (!t->types || !t->structs)
		return -ENOMEM;
	walk(t, types, types + h->type_len);
	return 0;
}

int btf_types_parse(struct btf_types **out, const void *data, size_t size, struct err *e)
{
	struct btf_types *t = calloc(1, sizeof(*t));
	int rc = t ? parse(t, data, size) : -ENOMEM;

	if (rc) {
		btf_types_free(t);
		return rc == -ENOMEM ? err_nomem(e)
				     : err_set(e, rc, "BTF is damaged or not of this byte order");
	}
	*out = t;
	return 0;
}

static int read_all(const char *path, void **data, size_t *size, struct err *e)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup_free char *buf = NULL;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return err_sys(e, -errno, "%s", path);
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return err_sys(e, -ENOMEM, "%s", path);
	*size = 0;
	while ((n = read(fd, buf + *size, (size_t)st.st_size - *size)) > 0)
		*size += (size_t)n;
	if (n < 0)
		return err_sys(e, -errno, "%s", path);
	*data = buf;
	buf = NULL;
	return 0;
}

int btf_types_load(struct btf_types **t, const char *path, struct err *e)
{
	cleanup_free void *data = NULL;
	size_t size = 0;
	int rc;

	if (elf_is(path))
		rc = elf_section_read(path, ".BTF", &data, &size, e);
	else
		rc = read_all(path, &data, &size, e);
	if (rc)
		return rc;
	rc = btf_types_parse(t, data, size, e);
	if (rc)
		return err_wrap(e, "%s", path);
	(*t)->owned = data;
	data = NULL;
	return 0;
}

void btf_types_free(struct btf_types *t)
{
	if (!t)
		return;
	free(t->types);
	free(t->structs);
	free(t->owned);
	free(t);
}

static const char *string_at(const struct btf_types *t, uint32_t off)
{
	return off < t->strings_len ? t->strings + off : "";
}

static const struct btf_type *type_at(const struct btf_types *t, uint32_t id)
{
	return id && id < t->types_len ? t->types[id] : NULL;
}

/* Follows typedefs and qualifiers to the type itself. */
static const struct btf_type *resolve(const struct btf_types *t, uint32_t id)
{
	const struct btf_type *type = type_at(t, id);

	for (int depth = 0; type && depth < DEPTH_MAX; depth++) {
		switch (BTF_INFO_KIND(type->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case KIND_TYPE_TAG:
			type = type_at(t, type->type);
			break;
		default:
			return type;
		}
	}
	return NULL;
}

static bool is_composite(const struct btf_type *type)
{
	return type && (BTF_INFO_KIND(type->info) == BTF_KIND_STRUCT ||
			BTF_INFO_KIND(type->info) == BTF_KIND_UNION);
}

static int member_offset(const struct btf_types *t, const struct btf_type *type, const char *path,
			 int depth)
{
	const struct btf_member *m = (const void *)(type + 1);
	size_t len = strcspn(path, ".");

	for (uint32_t i = 0; depth < DEPTH_MAX && i < BTF_INFO_VLEN(type->info); i++) {
		const char *name = string_at(t, m[i].name_off);
		bool flag = BTF_INFO_KFLAG(type->info);
		uint32_t bits = flag ? BTF_MEMBER_BIT_OFFSET(m[i].offset) : m[i].offset;
		const struct btf_type *inner = resolve(t, m[i].type);
		const char *rest = *name ? path + len : path;
		int off = -ENOENT;

		if (*name && (strncmp(name, path, len) || name[len]))
			continue;
		if (*name && !*rest)
			return bits % 8 || (flag && BTF_MEMBER_BITFIELD_SIZE(m[i].offset))
				       ? -EINVAL
				       : (int)(bits / 8);
		if (is_composite(inner))
			off = member_offset(t, inner, rest + (*rest == '.'), depth + 1);
		if (off >= 0)
			return off + (int)(bits / 8);
		if (*name)
			return off;
	}
	return -ENOENT;
}

/*
 * Finds the next structure of that name, from index *@from on. Different source files may use one
 * name for different structures.
 */
static const struct btf_type *next_struct(const struct btf_types *t, const char *name,
					  uint32_t *from)
{
	while (*from < t->structs_len) {
		const struct btf_type *type = t->types[t->structs[(*from)++]];

		if (!strcmp(string_at(t, type->name_off), name))
			return type;
	}
	return NULL;
}

int btf_types_offset(const struct btf_types *t, const char *name, const char *member)
{
	const struct btf_type *type;
	uint32_t from = 0;

	while ((type = next_struct(t, name, &from))) {
		int off = member_offset(t, type, member, 0);

		if (off >= 0)
			return off;
	}
	return -ENOENT;
}
