// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/runtime/state.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/util.h"

#define STATE_MAX ((size_t)16 << 20) /* fits a containers.json of some ten thousand containers */

int state_path(const struct state_env *env, char *buf, const char *fmt, ...)
{
	size_t root = strlen(env->root);
	va_list ap;
	int n;

	if (root >= STATE_PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(buf, env->root, root);
	va_start(ap, fmt);
	n = vsnprintf(buf + root, STATE_PATH_MAX - root, fmt, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= STATE_PATH_MAX - root ? -ENAMETOOLONG : 0;
}

/*
 * Reads until the end of the file or the limit, because a file that is being replaced changes its
 * size.
 */
static char *read_all(int fd, size_t *len)
{
	size_t room = 16384;
	char *buf = malloc(room);

	*len = 0;
	while (buf) {
		ssize_t n = read(fd, buf + *len, room - *len - 1);
		char *more;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		*len += (size_t)n;
		if (!n) {
			buf[*len] = '\0';
			return buf;
		}
		if (*len + 1 < room)
			continue;
		if (room >= STATE_MAX) {
			errno = EFBIG;
			break;
		}
		room *= 2;
		more = realloc(buf, room);
		if (!more)
			break;
		buf = more;
	}
	free(buf);
	return NULL;
}

char *state_read(const char *path, size_t *len)
{
	cleanup_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	size_t n;

	if (fd < 0 || fstat(fd, &st))
		return NULL;
	/* Reading a FIFO or a device could block. */
	if (!S_ISREG(st.st_mode)) {
		errno = EMEDIUMTYPE;
		return NULL;
	}
	return read_all(fd, len ? len : &n);
}

json_t *state_json(const char *path)
{
	size_t len;
	cleanup_free char *text = state_read(path, &len);
	json_t *j;

	if (!text)
		return NULL;
	j = json_loadb(text, len, 0, NULL);
	if (!j)
		errno = EBADMSG;
	return j;
}

const char *state_str(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s && *s ? s : NULL;
}
