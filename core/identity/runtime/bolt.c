// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/bolt.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/util.h"

#define MAGIC      0xED0CDAED
#define VERSION    2
#define TRIES      5
#define DEPTH_MAX  32         /* of a tree; a deeper one has a loop */
#define PAGE_MAX   (16 << 20) /* with overflow pages; holds a container's whole configuration */
#define PAGES_MAX  65536      /* read in one iteration */
#define READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

enum { PAGE_BRANCH = 1, PAGE_LEAF = 2, PAGE_META = 4 };
enum { LEAF_BUCKET = 1 };

/* The structures of the file, in its writer's byte order. */
struct page {
	uint64_t id;
	uint16_t flags, count;
	uint32_t overflow; /* number of following pages that belong to it */
};

struct meta {
	uint32_t magic, version, page_size, flags;
	uint64_t root, sequence; /* of the bucket that holds the others */
	uint64_t freelist, pages, txid, checksum;
};

struct branch_element {
	uint32_t pos, key_len; /* pos is relative to the element itself */
	uint64_t page;
};

struct leaf_element {
	uint32_t flags, pos, key_len, value_len;
};

struct bucket {
	uint64_t root, sequence; /* root 0: the bucket's only page follows inline */
};

struct bolt {
	int fd;
	uint64_t size; /* of the file */
	struct meta meta;
	unsigned int pages; /* read so far */
};

/* A page in memory, from the file or inline in another page. */
struct view {
	const struct page *page;
	size_t size;
	char *owned; /* to be freed, or NULL */
};

static uint64_t fnv64(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(1099511628211);
	return h;
}

static bool meta_valid(const struct meta *m)
{
	return m->magic == MAGIC && m->version == VERSION && m->page_size >= 512 &&
	       m->page_size <= 1 << 16 && m->checksum == fnv64(m, offsetof(struct meta, checksum));
}

/*
 * Reads the two meta pages and takes the newer valid one. The second one starts a page size after
 * the first.
 */
static int read_meta(const struct bolt *b, struct meta *out)
{
	bool found = false;

	for (uint64_t at = 0; at <= 1 << 16; at = at ? at * 2 : 512) {
		struct meta m;

		if (pread(b->fd, &m, sizeof(m), (off_t)(at + sizeof(struct page))) != sizeof(m))
			break;
		if (!meta_valid(&m) || (at && at != m.page_size))
			continue;
		if (!found || m.txid > out->txid)
			*out = m;
		found = true;
	}
	return found ? 0 : -EBADMSG;
}

static int read_page(struct bolt *b, uint64_t id, struct view *v)
{
	uint64_t page_size = b->meta.page_size, at = id * page_size, size;
	struct page head;

	*v = (struct view){0};
	if (id < 2 || id >= b->meta.pages || ++b->pages > PAGES_MAX)
		return -EBADMSG;
	if (pread(b->fd, &head, sizeof(head), (off_t)at) != sizeof(head))
		return -EBADMSG;
	size = (1 + (uint64_t)head.overflow) * page_size;
	if (head.id != id || size > PAGE_MAX || at + size > b->size)
		return -EBADMSG;
	v->owned = malloc(size);
	if (!v->owned)
		return -ENOMEM;
	if (pread(b->fd, v->owned, size, (off_t)at) != (ssize_t)size) {
		free(v->owned);
		v->owned = NULL;
		return -EBADMSG;
	}
	v->page = (const struct page *)v->owned;
	v->size = size;
	return 0;
}

/*
 * The bytes that @pos and @len of the element @element refer to; NULL if they are not all inside
 * the page.
 */
static const char *part(const struct view *v, const void *element, uint64_t pos, uint64_t len)
{
	uint64_t at = (uint64_t)((const char *)element - (const char *)v->page) + pos;

	return at + len <= v->size ? (const char *)v->page + at : NULL;
}

static const void *element_at(const struct view *v, size_t i, size_t size)
{
	size_t at = sizeof(struct page) + i * size;

	return at + size <= v->size ? (const char *)v->page + at : NULL;
}

/* Opens the page of a bucket that is stored as a value. */
static int open_bucket(struct bolt *b, const void *value, size_t len, struct view *v)
{
	struct bucket head;

	if (len < sizeof(head))
		return -EBADMSG;
	memcpy(&head, value, sizeof(head));
	if (head.root)
		return read_page(b, head.root, v);
	len -= sizeof(head);
	if (len < sizeof(struct page))
		return -EBADMSG;
	/* Copied, because the enclosing page will be freed and the value may not be aligned. */
	v->owned = malloc(len);
	if (!v->owned)
		return -ENOMEM;
	memcpy(v->owned, (const char *)value + sizeof(head), len);
	v->page = (const struct page *)v->owned;
	v->size = len;
	return 0;
}

typedef int (*leaf_fn)(struct bolt *b, void *arg, const struct leaf_element *el, const char *key,
		       const char *value);

static int walk_leaf(struct bolt *b, const struct view *v, leaf_fn fn, void *arg)
{
	int rc = 0;

	for (size_t i = 0; i < v->page->count && !rc; i++) {
		const struct leaf_element *el = element_at(v, i, sizeof(*el));
		const char *key =
			el ? part(v, el, el->pos, (uint64_t)el->key_len + el->value_len) : NULL;

		rc = key ? fn(b, arg, el, key, key + el->key_len) : -EBADMSG;
	}
	return rc;
}

/* Visits all leaves below @v in the order of their keys, until @fn returns nonzero. */
static int walk(struct bolt *b, const struct view *v, int depth, leaf_fn fn, void *arg)
{
	int rc = 0;

	if (v->page->flags & PAGE_LEAF)
		return walk_leaf(b, v, fn, arg);
	if (!(v->page->flags & PAGE_BRANCH) || depth == DEPTH_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < v->page->count && !rc; i++) {
		const struct branch_element *el = element_at(v, i, sizeof(*el));
		struct view child;

		rc = el ? read_page(b, el->page, &child) : -EBADMSG;
		if (rc)
			break;
		rc = walk(b, &child, depth + 1, fn, arg);
		free(child.owned);
	}
	return rc;
}

struct search {
	const char *const *buckets; /* the names still to be entered; ends with NULL */
	bolt_fn fn;
	void *arg;
	bool found;
};

static int enter(struct bolt *b, struct search *s, const struct view *v);

static int on_leaf(struct bolt *b, void *arg, const struct leaf_element *el, const char *key,
		   const char *value)
{
	struct search *s = arg;
	struct view child;
	int rc;

	if (!*s->buckets)
		return el->flags & LEAF_BUCKET
			       ? 0
			       : s->fn(s->arg, key, el->key_len, value, el->value_len);
	if (!(el->flags & LEAF_BUCKET) || strlen(*s->buckets) != el->key_len ||
	    memcmp(key, *s->buckets, el->key_len) != 0)
		return 0;
	rc = open_bucket(b, value, el->value_len, &child);
	if (rc)
		return rc;
	s->buckets++;
	rc = enter(b, s, &child);
	s->buckets--;
	free(child.owned);
	return rc ? rc : -ECANCELED; /* bucket names are unique: stop */
}

static int enter(struct bolt *b, struct search *s, const struct view *v)
{
	int rc;

	if (!*s->buckets)
		s->found = true;
	rc = walk(b, v, 0, on_leaf, s);
	return rc == -ECANCELED ? 0 : rc;
}

static int read_once(struct bolt *b, struct search *s)
{
	struct view root;
	int rc = read_page(b, b->meta.root, &root);

	if (rc)
		return rc;
	rc = enter(b, s, &root);
	free(root.owned);
	return rc;
}

int bolt_for_each(const char *path, const char *const *buckets, bolt_fn fn, void *arg)
{
	cleanup_close int fd = open(path, READ_FLAGS);
	struct bolt b = {.fd = fd};
	struct meta after;
	struct stat st;
	int rc = -EAGAIN;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	for (int i = 0; i < TRIES; i++) {
		struct search s = {.buckets = buckets, .fn = fn, .arg = arg};

		/* The file may have grown. */
		if (fstat(fd, &st))
			return -errno;
		b.size = (uint64_t)st.st_size;
		b.pages = 0;
		/*
		 * The writer writes only one of the two meta pages at a time; the other is valid.
		 */
		rc = read_meta(&b, &b.meta);
		if (rc)
			return rc;
		rc = read_once(&b, &s);
		if (!rc && !s.found)
			rc = -ENOENT;
		if (!read_meta(&b, &after) && after.txid == b.meta.txid)
			return rc;
		rc = -EAGAIN;
	}
	return rc;
}
