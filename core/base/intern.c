// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/intern.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * A hash table with open addressing. A slot holds the number of a string plus one; 0: empty. The
 * size is a power of two, which doubles when half of the slots are used.
 */
struct intern {
	char **strings;
	size_t used;
	uint32_t *slots;
	size_t size;
};

#define SIZE_FIRST 64

struct intern *intern_new(void)
{
	return calloc(1, sizeof(struct intern));
}

void intern_free(struct intern *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->used; i++)
		free(in->strings[i]);
	free(in->strings);
	free(in->slots);
	free(in);
}

/* FNV-1a */
static size_t hash(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return (size_t)h;
}

/* The slot that holds the number of @s, or the empty one where it belongs. */
static uint32_t *slot(const struct intern *in, const char *s)
{
	size_t i = hash(s) & (in->size - 1);

	while (in->slots[i] && strcmp(in->strings[in->slots[i] - 1], s) != 0)
		i = (i + 1) & (in->size - 1);
	return &in->slots[i];
}

static int grow(struct intern *in)
{
	size_t size = in->size ? in->size * 2 : SIZE_FIRST;
	char **strings = realloc(in->strings, size / 2 * sizeof(*strings));
	uint32_t *slots = calloc(size, sizeof(*slots));

	if (strings)
		in->strings = strings;
	if (!strings || !slots) {
		free(slots);
		return -ENOMEM;
	}
	free(in->slots);
	in->slots = slots;
	in->size = size;
	for (size_t i = 0; i < in->used; i++)
		*slot(in, in->strings[i]) = (uint32_t)i + 1;
	return 0;
}

int intern_number(struct intern *in, const char *s)
{
	uint32_t *at;

	if (in->used * 2 >= in->size && grow(in))
		return -ENOMEM;
	at = slot(in, s);
	if (*at)
		return (int)*at - 1;
	in->strings[in->used] = strdup(s);
	if (!in->strings[in->used])
		return -ENOMEM;
	*at = (uint32_t)++in->used;
	return (int)in->used - 1;
}

const char *intern_string(struct intern *in, const char *s)
{
	int n = intern_number(in, s);

	return n < 0 ? NULL : in->strings[n];
}
