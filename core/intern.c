// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/intern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing; a power of two, grown at half full. */
struct intern {
	char **slots;
	size_t size, used;
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
	for (size_t i = 0; i < in->size; i++)
		free(in->slots[i]);
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

/* Where @s is, or would be. */
static char **slot(char **slots, size_t size, const char *s)
{
	size_t i = hash(s) & (size - 1);

	while (slots[i] && strcmp(slots[i], s) != 0)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int grow(struct intern *in)
{
	size_t size = in->size ? in->size * 2 : SIZE_FIRST;
	char **slots = calloc(size, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i < in->size; i++)
		if (in->slots[i])
			*slot(slots, size, in->slots[i]) = in->slots[i];
	free(in->slots);
	in->slots = slots;
	in->size = size;
	return 0;
}

const char *intern_string(struct intern *in, const char *s)
{
	char **at;

	if (in->used * 2 >= in->size && grow(in))
		return NULL;
	at = slot(in->slots, in->size, s);
	if (!*at) {
		*at = strdup(s);
		in->used += *at != NULL;
	}
	return *at;
}
