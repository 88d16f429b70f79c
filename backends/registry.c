// SPDX-License-Identifier: GPL-2.0-or-later
/* The one place that names concrete backends, in the order in which `auto` tries them. */
#include <string.h>

#include "compat/syscalls.h"
#include "core/backend.h"
#include "core/cli.h"
#include "core/err.h"
#include "core/log.h"
#include "core/util.h"

#ifdef HAVE_BPF
#include <bpf/libbpf.h>
extern const struct backend_ops bpf_backend_ops;
#endif
#ifdef HAVE_FTRACE
extern const struct backend_ops ftrace_backend_ops;
#endif

extern const struct backend_ops replay_backend_ops;

const struct backend_ops *const backends[] = {
#ifdef HAVE_BPF
	&bpf_backend_ops,
#endif
#ifdef HAVE_FTRACE
	&ftrace_backend_ops,
#endif
	&replay_backend_ops,
	NULL,
};

bool backend_spec_allows(const char *spec, const struct backend_ops *ops,
			 const struct backend_variant *v)
{
	size_t len = strlen(ops->name);

	if (!strcmp(spec, "auto"))
		return !ops->recorded;
	if (strncmp(spec, ops->name, len))
		return false;
	return !spec[len] || (spec[len] == ':' && !strcmp(spec + len + 1, v->name));
}

static void list_variants(char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "auto");

	for (size_t i = 0; backends[i]; i++) {
		if (backends[i]->recorded)
			continue;
		n += (size_t)snprintf(buf + n, n < size ? size - n : 0, ", %s", backends[i]->name);
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (n < size)
				n += (size_t)snprintf(buf + n, size - n, ", %s:%s",
						      backends[i]->name, v->name);
	}
}

int backend_check_spec(const char *spec, struct err *e)
{
	char known[256];

	for (size_t i = 0; backends[i]; i++)
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (backend_spec_allows(spec, backends[i], v))
				return 0;
	list_variants(known, sizeof(known));
	return err_set(e, -EINVAL, "no backend '%s' in this build; there is %s", spec, known);
}

static int open_variant(struct backend **b, const struct backend_ops *ops,
			const struct backend_variant *v, struct backend_cfg *cfg, struct err *e)
{
	int rc;

	cfg->variant = v->name;
	rc = ops->open(b, cfg, e);
	if (rc)
		return rc == -EBADMSG || ops->recorded ? rc
						       : err_wrap(e, "%s:%s", ops->name, v->name);
	log_verbose("using %s:%s", ops->name, v->name);
	return 0;
}

int backend_open(struct backend **b, const char *spec, struct backend_cfg *cfg, struct err *e)
{
	char reasons[sizeof(e->msg)] = "";
	size_t len = 0;
	int rc = -ENOENT;

	for (size_t i = 0; backends[i]; i++) {
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++) {
			struct err why = {0};
			int n;

			if (!backend_spec_allows(spec, backends[i], v))
				continue;
			rc = open_variant(b, backends[i], v, cfg, &why);
			if (!rc)
				return 0;
			if (rc == -EBADMSG)
				return err_set(e, rc, "%s", why.msg);
			log_verbose("%s", why.msg);
			/* The same want of privilege would be told by each variant. */
			n = strstr(reasons, why.msg + strcspn(why.msg, " "))
				    ? 0
				    : snprintf(reasons + len, sizeof(reasons) - len, "%s%s",
					       len ? "; " : "", why.msg);
			len = MIN(len + (size_t)MAX(n, 0), sizeof(reasons) - 1);
		}
	}
	return err_set(e, rc, "%s", len ? reasons : "no backend that traces a kernel is built in");
}

bool backend_knows_syscall(const char *name)
{
	return syscall_known(name);
}

const char *backend_name(const struct backend *b, char *buf, size_t size)
{
	snprintf(buf, size, "%s:%s", b->ops->name, b->variant->name);
	return buf;
}

const char *backend_giving(uint64_t fields, char *buf, size_t size)
{
	for (size_t i = 0; backends[i]; i++)
		for (const struct backend_variant *v = backends[i]->variants; v->name; v++)
			if (!backends[i]->recorded && (v->fields & fields) == fields) {
				snprintf(buf, size, "%s:%s", backends[i]->name, v->name);
				return buf;
			}
	return NULL;
}

void backend_print_builtin(void)
{
#ifdef HAVE_BPF
	printf("bpf: yes (libbpf %s)\n", libbpf_version_string());
#else
	printf("bpf: no (built with BPF=0)\n");
#endif
#ifdef HAVE_FTRACE
#ifdef HAVE_DW
	printf("ftrace: yes (libtracefs, libtraceevent, libelf, libdw)\n");
#else
	printf("ftrace: yes (libtracefs, libtraceevent, libelf; without libdw)\n");
#endif
#else
	printf("ftrace: no (built with FTRACE=0)\n");
#endif
#ifdef HAVE_PFM
	printf("overhead: yes (libpfm4)\n");
#else
	printf("overhead: no (built without libpfm4)\n");
#endif
}
