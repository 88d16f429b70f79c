# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make                       build/captrace
#   make run [ARGS=…]          install what is missing, build, trace a small demo (or ARGS)
#   make test                  unit tests, checks of the source, native and VM tests
#   make test-all              all of that, and kernels that take minutes each
#   make check                 unit tests alone, without root
#   make bench                 what a check costs the traced program
#   make static [ARCH=…]       build/ARCH/captrace, needing nothing where it runs (i386 arm64 armhf riscv64)
#   make vm KERNEL=… [CMD=…]   a kernel of ci/kernels with captrace in it: a shell, or CMD
#   make install [PREFIX= DESTDIR=]
#
# BPF=0 and FTRACE=0 leave out a backend, DWARF=0 what reads DWARF, PFM=0 what --overhead needs. O=DIR builds there, V=1 shows commands, SAN=1 adds sanitizers,
# WERROR=1 makes warnings errors.
#
# Non-recursive: every folder is a list of sources here, and objects mirror the tree under $(O).

O      ?= build
PREFIX ?= /usr/local
BPF    ?= 1
FTRACE ?= 1
DWARF  ?= $(shell $(PKG_CONFIG) --exists libdw && echo 1)
PFM    ?= $(shell echo '\#include <perfmon/pfmlib_perf_event.h>' | \
	    $(CC) $(if $(SYSROOT),-I$(SYSROOT)/usr/include) -E - >/dev/null 2>&1 && echo 1)
CC     ?= gcc
CLANG  ?= clang
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config

VERSION := 0.1

# As Debian names it.
native_arch := $(shell gcc -dumpmachine | sed 's/-.*//; s/x86_64/amd64/; s/i.86/i386/; s/aarch64/arm64/; s/^arm$$/armhf/')
ARCH   ?= $(native_arch)
ifeq ($(V),1)
Q :=
else
Q := @
endif
say = $(if $(Q),@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))')

all: $(O)/captrace
	@:

help:
	@sed -n 's/^#  *\(make .*\)/\1/p' Makefile

# --- Flags -----------------------------------------------------------------------------------

CPPFLAGS += -D_GNU_SOURCE -DCAPTRACE_VERSION='"$(VERSION)"' -I. -I$(O)
CFLAGS   ?= -O2 -g
CFLAGS   += -std=gnu11 -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes \
	    -Wmissing-prototypes -Wno-unused-parameter -MMD -MP
ifeq ($(WERROR),1)
CFLAGS   += -Werror
endif
ifeq ($(SAN),1)
CFLAGS   += -fsanitize=address,undefined -fno-omit-frame-pointer
LDFLAGS  += -fsanitize=address,undefined
endif
ifeq ($(STATIC),1)
LDFLAGS  += -static -s
PKG_CONFIG += --static
else
CPPFLAGS += -DCAPTRACE_NSS
endif

comma := ,

# Another architecture's libraries: unpacked packages (ci/fetch --sysroot). In a 32-bit program
# times and file sizes have 64 bits all the same.
ifneq ($(SYSROOT),)
triplet := $(notdir $(patsubst %/pkgconfig,%,$(wildcard $(SYSROOT)/usr/lib/*/pkgconfig)))
PKG_CONFIG := PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(triplet)/pkgconfig \
	      PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) $(PKG_CONFIG)
CPPFLAGS += -isystem $(SYSROOT)/usr/include/$(triplet) -isystem $(SYSROOT)/usr/include
LDFLAGS  += -L$(SYSROOT)/usr/lib/$(triplet)
# Where it has a C library of its own, that one's start files. Such a sysroot's libelf has a crc32
# beside zlib's, which is the one to take whatever the order of the archives.
crt1     := $(wildcard $(SYSROOT)/usr/lib/$(triplet)/crt1.o)
LDFLAGS  += $(crt1:%/crt1.o=-B%)
LDLIBS   += $(if $(crt1),-Wl$(comma)-u$(comma)crc32 -lz)
endif
CPPFLAGS += -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64

pkgs := libcap libseccomp jansson zlib
ifeq ($(BPF),1)
pkgs += libbpf
CPPFLAGS += -DHAVE_BPF
endif
ifeq ($(FTRACE),1)
pkgs += libtracefs libtraceevent libelf
CPPFLAGS += -DHAVE_FTRACE
ifeq ($(DWARF),1)
pkgs += libdw
CPPFLAGS += -DHAVE_DW
endif
endif
CPPFLAGS += $(shell $(PKG_CONFIG) --cflags $(pkgs) 2>/dev/null)
LDLIBS   += $(shell $(PKG_CONFIG) --libs $(pkgs) 2>/dev/null) -pthread
ifeq ($(PFM),1)
CPPFLAGS += -DHAVE_PFM
LDLIBS   += -lpfm
endif

# --- Sources ---------------------------------------------------------------------------------

# The BPF programs are for 64-bit kernels, on which a 32-bit captrace may run, and for its own.
bpf_arch   := $(shell $(CC) -dumpmachine | sed 's/-.*//; s/x86_64/x86/; s/i.86/x86/; s/aarch64/arm64/; \
	s/^arm$$/arm64/; s/riscv64/riscv/')
bpf_arch32 := $(shell $(CC) -dumpmachine | sed -n 's/-.*//; s/i.86/x86/p; s/^arm$$/arm/p')

core_src   := $(filter-out core/main.c,$(wildcard core/*.c core/*/*.c core/*/*/*.c))
compat_src := $(wildcard compat/*/*.c)
backend_src := backends/registry.c $(wildcard backends/doctor*.c backends/replay/*.c)
ifeq ($(BPF),1)
# bpf:nobtf has ftrace/discover find the kernel's structures.
backend_src += $(filter-out $(if $(filter 1,$(FTRACE)),,backends/bpf/nobtf.c backends/bpf/btf.c),\
	       $(wildcard backends/bpf/*.c))
bpf_src     := $(filter-out $(if $(bpf_arch32),,bpf/kprobe32.bpf.c),$(wildcard bpf/*.bpf.c))
ifneq ($(bpf_arch32),)
CPPFLAGS += -DHAVE_BPF32
endif
endif
ifeq ($(FTRACE),1)
backend_src += $(wildcard backends/ftrace/*.c)
ftrace_src  := $(wildcard ftrace/*/*.c)
else
compat_src  := $(filter-out compat/host/tracedir.c compat/layout/%.c,$(compat_src))
endif

obj = $(patsubst %.c,$(O)/%.o,$(1))
core_obj    := $(call obj,$(core_src))
compat_obj  := $(call obj,$(compat_src))
ftrace_obj  := $(call obj,$(ftrace_src))
backend_obj := $(call obj,$(backend_src))

# --- Program ---------------------------------------------------------------------------------

$(O)/captrace: $(call obj,core/main.c) $(core_obj) $(compat_obj) $(ftrace_obj) $(backend_obj)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The BPF programs see only what bpf/ declares, never the build host's kernel.
$(O)/bpf/kprobe32.bpf.o: bpf_arch = $(bpf_arch32)
BPF_CFLAGS = -target bpf -D__TARGET_ARCH_$(bpf_arch) -O2 -g -mcpu=v2 -Wall -Wextra \
	      -Wno-unused-parameter -Werror -MMD -MP -I.

$(O)/%.bpf.o: %.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c -o $@.tmp $< -MF $(O)/$*.bpf.d -MT $@
	$(Q)$(BPFTOOL) gen object $@ $@.tmp && rm $@.tmp

$(O)/%.skel.h: $(O)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $(notdir $*)_bpf >$@.tmp && mv $@.tmp $@

skels := $(patsubst %.bpf.c,$(O)/%.skel.h,$(bpf_src))
$(filter $(O)/backends/bpf/%,$(backend_obj)): | $(skels)

# --- Tests and checks ------------------------------------------------------------------------

# Archives, so that a test links only what it reaches: core without backends has to do.
$(O)/core.a: $(core_obj)
$(O)/compat.a: $(compat_obj)
$(O)/backends.a: $(backend_obj)
$(O)/ftrace.a: $(ftrace_obj)
$(O)/%.a:
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

test_pkgs := criterion yaml-0.1
unit_obj  := $(call obj,$(wildcard tests/unit/*.c))
$(unit_obj): CPPFLAGS += $(shell $(PKG_CONFIG) --cflags $(test_pkgs))

$(O)/tests/unit/run: $(unit_obj) $(O)/backends.a $(O)/ftrace.a $(O)/compat.a $(O)/core.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell $(PKG_CONFIG) --libs $(test_pkgs)) $(LDLIBS)

check: $(O)/tests/unit/run
	$(Q)$(O)/tests/unit/run

# core may include core alone, and a build without a backend needs none of its libraries.
link-check:
	$(Q)! grep -rnE --exclude=main.c '#include "(backends|bpf|ftrace|compat)/' core
	$(Q)$(submake) BPF=0 O=$(O)/nobpf all
	$(Q)! ldd $(O)/nobpf/captrace | grep libbpf
	$(Q)$(submake) FTRACE=0 O=$(O)/noftrace all
	$(Q)! ldd $(O)/noftrace/captrace | grep -E 'libtracefs|libtraceevent|libdw'
	$(Q)$(submake) BPF=0 FTRACE=0 O=$(O)/replay all
	$(Q)! ldd $(O)/replay/captrace | grep -E 'libbpf|libtracefs|libtraceevent|libdw'

# What changes with every commit is tested first, what takes longest last. VMs get the static
# binary; a rolling suite's kernel that can't be had is reported and not failed.
kernels    := $(shell awk '!/^\#/ && NF { print $$1 ":" $$2 }' ci/kernels)
kernel_arch = $(patsubst $(1):%,%,$(filter $(1):%,$(kernels)))
vm_all     := $(foreach k,$(kernels),$(firstword $(subst :, ,$(k))))
# Left out of `make test`, because they take minutes each and other kernels show the same: `make test-all`
# or make e2e-NAME runs them. A kernel takes ten minutes to build on a slow machine, so `make test` uses
# only three built ones.
vm_slow    := riscv64-sid appliance-nobpf appliance-tponly appliance-old appliance-3.10 \
	      $(patsubst %,appliance-3.10-%,i386 arm64 armhf)
vm_kernels ?= $(filter-out $(vm_slow),$(vm_all))

test:
	$(Q)ci/deps all
	$(Q)$(submake) format-check headers-check link-check lint
	$(Q)$(submake) check
	$(Q)$(submake) SAN=1 O=$(O)/san check
	$(Q)$(submake) e2e

test-all: test
	+$(Q)$(submake) -j2 --output-sync=target $(addprefix e2e-,$(vm_slow))

# Two guests at a time, because each is one thread of emulation.
e2e: e2e-native e2e-identity
	+$(Q)$(submake) -j2 --output-sync=target $(addprefix e2e-,$(vm_kernels)) e2e-3.10 e2e-bpf-5.4 \
		e2e-systemd e2e-docker

# One that hangs must fail; in VMs it is ci/vm that ends it. Ctrl-C still reaches the script.
limited := timeout --foreground --kill-after=30 1000

e2e-native: all workloads
	$(Q)tests/e2e/run native
	$(Q)$(limited) tests/e2e/consumers.sh $(O)/captrace

# Minutes, and programs that `make test` does without.
e2e-programs: all
	$(Q)ci/deps programs
	$(Q)tests/e2e/real-programs.sh --captrace $(O)/captrace

$(foreach k,$(vm_all),$(eval e2e-$(k): static-$(call kernel_arch,$(k))))
$(addprefix e2e-,$(vm_all)): e2e-%:
	$(Q)tests/e2e/run $(e2e_options) $*

# All that old kernels have to give; `make test` asks one of them for the least.
e2e-appliance-old e2e-appliance-3.10: e2e_options := --storm 1000 --timeout 3000

e2e-3.10: static-amd64
	$(Q)tests/e2e/run --variants ftrace:perf,ftrace:ring --runs audited --scripts '' appliance-3.10

# BPF without mapped maps and ring buffers, which came with 5.5 and 5.8.
e2e-bpf-5.4: static-amd64
	$(Q)tests/e2e/run --env CAPTRACE_BPF_OLD=1 --variants bpf:kprobe,bpf:nobtf \
		--runs audited,nobody,machine,pid --scripts oldbpf amd64-6.1

# Containers of this machine's runtimes, which ci/deps has installed: none may be skipped.
e2e-identity: all
	$(Q)E2E_NO_SKIPS=1 $(limited) tests/e2e/identity.sh $(O)/captrace

# Units under a systemd that is PID 1, and Docker with all of a machine's privileges.
e2e-systemd: static
	$(Q)ci/vm amd64-6.12 --root systemd --memory 1024 --timeout 400 \
		--add $(O)/$(ARCH)/captrace:/captrace --add tests/e2e:/e2e -- \
		/bin/sh /e2e/units.sh /captrace

# The same where version 1 has what controllers there are for it; by hand only.
e2e-systemd-v1: static
	$(Q)ci/vm amd64-6.1 --root systemd --memory 1024 --timeout 400 \
		--append systemd.unified_cgroup_hierarchy=0 \
		--add $(O)/$(ARCH)/captrace:/captrace --add tests/e2e:/e2e -- \
		/bin/sh /e2e/units.sh /captrace

e2e-docker: static
	$(Q)ci/vm amd64-6.12 --root systemd --root docker --memory 3072 --timeout 400 \
		--append apparmor=0 \
		--add $(O)/$(ARCH)/captrace:/captrace --add tests/e2e:/e2e -- \
		/bin/sh /e2e/identity.sh /captrace example example:ftrace:perf example:ftrace:ring

# --- Running and installing ------------------------------------------------------------------

# A sub-make, because what ci/deps installs is looked up when a Makefile is read.
submake := $(MAKE) --no-print-directory
asroot  := $(if $(filter 0,$(shell id -u)),,sudo)
demo    := nice -n -5 true; f=$$(mktemp); chown 1:1 "$$f"; rm "$$f"; chroot / true

run:
	$(Q)ci/deps build
	$(Q)$(submake) all
	$(Q)$(asroot) $(O)/captrace $(if $(ARGS),$(ARGS),-- sh -c '$(demo)')

install: $(O)/captrace
	install -D -m 755 $(O)/captrace $(DESTDIR)$(PREFIX)/bin/captrace

# With the workloads, which go into guests together with it.
static: static-$(ARCH)
static-%:
	+$(Q)$(if $(filter riscv64,$*),ci/deps slow &&) $(submake) STATIC=1 O=$(O)/$* $(if $(filter $*,$(native_arch)),,CC="$(or $(cc_$*),$(error no \
		compiler for $*))" SYSROOT="$$(ci/fetch --sysroot $*)") all workloads

cc_amd64 := x86_64-linux-gnu-gcc
cc_i386  := i686-linux-gnu-gcc
cc_arm64 := aarch64-linux-gnu-gcc
cc_armhf := arm-linux-gnueabihf-gcc
# Its archives are from a later suite (ci/lib.sh), made with ULEB128 relocations, which binutils has
# since 2.41 and lld since 17.
cc_riscv64 := riscv64-linux-gnu-gcc -B/usr/lib/llvm-19/bin -fuse-ld=lld

vm: static-$(call kernel_arch,$(KERNEL))
	$(Q)ci/vm $(KERNEL) --add $(O)/$(call kernel_arch,$(KERNEL))/captrace:/bin/captrace $(if $(CMD),-- sh -c '$(CMD)')

# --- Measurements ----------------------------------------------------------------------------

$(O)/tests/bench/sinks: $(O)/tests/bench/sinks.o $(O)/core.a
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/tests/bench/loop: $(O)/tests/bench/loop.o
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^

$(O)/tests/bench/floor.o: $(O)/tests/bench/floor.skel.h
$(O)/tests/bench/floor: $(O)/tests/bench/floor.o
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

bench: $(O)/captrace $(O)/tests/bench/loop $(O)/tests/bench/floor
	$(Q)tests/bench/check-cost.sh $(O)

# Static, as it runs in guests, too.
$(O)/tests/bench/crowd: tests/bench/crowd.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -D_GNU_SOURCE $(filter-out -MMD -MP -fsanitize%,$(CFLAGS)) -static -s -o $@ $<

bench-crowd: $(O)/captrace $(O)/tests/bench/crowd
	$(Q)tests/bench/crowd.sh $^

bench-sinks: $(O)/tests/bench/sinks
	$(Q)$(O)/tests/bench/sinks

# --- Workloads ------------------------------------------------------------------------------

# Programs that make known checks (tests/workload/main.c), static: they run in bare guests. For another
# machine: make O=build-arm64 CC=aarch64-linux-gnu-gcc workloads. A 64-bit kernel's other ABI is
# tested by a second program.
machine := $(shell $(CC) -dumpmachine)
CC32 ?= $(if $(filter x86_64-%,$(machine)),i686-linux-gnu-gcc)$(if $(filter \
	aarch64-%,$(machine)),arm-linux-gnueabihf-gcc)
workload_src := $(wildcard tests/workload/*.c)
workloads := $(O)/tests/workload/workload $(if $(CC32),$(O)/tests/workload/workload32)
$(O)/tests/workload/workload32: override CC := $(CC32)

$(O)/tests/workload/workload $(O)/tests/workload/workload32: $(workload_src) \
		$(wildcard tests/workload/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -D_GNU_SOURCE $(filter-out -MMD -MP -fsanitize%,$(CFLAGS)) -static -pthread -s \
		-o $@ $(workload_src)

tools := $(addprefix $(O)/tests/workload/,withcaps rawtrace)
$(tools): $(O)/tests/workload/%: tests/tools/%.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -D_GNU_SOURCE $(filter-out -MMD -MP -fsanitize%,$(CFLAGS)) -static -pthread -s \
		-o $@ $<

workloads: $(workloads) $(tools)

# --- Checks of the source --------------------------------------------------------------------

code_dirs := $(wildcard core backends bpf ftrace compat tests)
all_c := $(shell find $(code_dirs) -name '*.c')
all_h := $(shell find $(code_dirs) -name '*.h')

# What a formatter or a linter says depends on its version: Debian 12's decides, newer ones inform.
llvm_judge := 14
llvm = $(shell $(1) --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')

format-check:
	$(Q)clang-format --dry-run $(if $(filter $(llvm_judge),$(call llvm,clang-format)),-Werror) \
		$(all_c) $(all_h)

# Not the BPF programs, which have another target, nor the workloads, odd on purpose.
linted := $(filter core/% backends/% ftrace/% compat/% tests/unit/%,$(all_c))
lint: $(skels)
	$(Q)$(submake) -j$$(nproc) --output-sync=target $(addprefix lint/,$(linted))

$(addprefix lint/,$(linted)): lint/%:
	$(Q)clang-tidy --quiet $(if $(filter $(llvm_judge),$(call llvm,clang-tidy)),,--warnings-as-errors=-*) \
		$* -- $(CPPFLAGS) -std=gnu11

headers-check:
	$(Q)for h in $(filter-out bpf/%,$(all_h)); do \
		$(CC) $(CPPFLAGS) $(filter-out -MMD -MP,$(CFLAGS)) -fsyntax-only -x c $$h || exit 1; \
	done

clean:
	rm -rf $(O)

.PHONY: all help run install static vm check link-check test test-all e2e e2e-3.10 e2e-bpf-5.4 \
	e2e-native e2e-programs e2e-identity e2e-systemd e2e-systemd-v1 e2e-docker bench bench-crowd \
	bench-sinks workloads format-check lint headers-check clean
.SECONDARY:

-include $(shell find $(O) -name '*.d' 2>/dev/null)
