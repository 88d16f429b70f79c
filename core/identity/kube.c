// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/identity/kube.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/util.h"
#include "core/identity/runtime/state.h"

/* The common name in the client certificate, https://kubernetes.io/docs/reference/access-authn-authz/node */
#define SUBJECT "system:node:"

enum { DER_UTF8 = 0x0c, DER_PRINTABLE = 0x13 };

static const char *const certificates[] = {
	"/var/lib/kubelet/pki/kubelet-client-current.pem",
	"/var/lib/rancher/k3s/agent/client-kubelet.crt",
	"/var/lib/rancher/rke2/agent/client-kubelet.crt",
	"/var/lib/k0s/kubelet/pki/kubelet-client-current.pem",
	"/var/snap/microk8s/current/certs/kubelet.crt",
};

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Decodes the base64 in front of the next "-----END" in place. Returns the decoded length. */
static size_t decode_pem(char *text)
{
	unsigned int bits = 0, held = 0;
	size_t len = 0;

	for (const char *p = text; *p && *p != '-'; p++) {
		int digit = base64_digit(*p);

		if (digit < 0)
			continue;
		held = held << 6 | (unsigned int)digit;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		text[len++] = (char)(held >> bits);
	}
	return len;
}

/* X.690: a string's type and length come before it; 0x81 precedes a length of 128 or more. */
static bool is_string_of(const unsigned char *at, size_t before, size_t len)
{
	if (len < 128)
		return before >= 2 && (at[-2] == DER_UTF8 || at[-2] == DER_PRINTABLE);
	return before >= 3 && at[-2] == 0x81 && (at[-3] == DER_UTF8 || at[-3] == DER_PRINTABLE);
}

static int find_subject(const char *der, size_t len, char *buf, size_t size)
{
	const char *at = memmem(der, len, SUBJECT, strlen(SUBJECT));
	size_t n;

	if (!at || at == der)
		return -ENOENT;
	n = (unsigned char)at[-1];
	if (!is_string_of((const unsigned char *)at, (size_t)(at - der), n) ||
	    n <= strlen(SUBJECT) || n > len - (size_t)(at - der))
		return -ENOENT;
	at += strlen(SUBJECT);
	n -= strlen(SUBJECT);
	if (n >= size || memchr(at, 0, n))
		return -ENOENT;
	memcpy(buf, at, n);
	buf[n] = '\0';
	return 0;
}

static int read_certificate(const char *path, char *buf, size_t size)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	cleanup_free char *text = state_read(path, NULL);
	char *pem = text ? strstr(text, begin) : NULL;

	if (!pem)
		return -ENOENT;
	pem += strlen(begin);
	return find_subject(pem, decode_pem(pem), buf, size);
}

int kube_node(const struct state_env *env, char *buf, size_t size)
{
	const char *name = getenv("NODE_NAME");
	char path[STATE_PATH_MAX];

	if (name && *name && strlen(name) < size) {
		memcpy(buf, name, strlen(name) + 1);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(certificates); i++)
		if (!state_path(env, path, "%s", certificates[i]) &&
		    !read_certificate(path, buf, size))
			return 0;
	return -ENOENT;
}
