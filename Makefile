# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make            build/captrace
#   make run        install what is missing, build, trace a small demo
#   make test       unit, native and VM tests
#   make help       the rest
#
# Non-recursive: every folder is a list of sources here, and objects mirror the tree under $(O).

O      ?= build
PREFIX ?= /usr/local
BPF    ?= 1
CC     ?= gcc
CLANG  ?= clang
BPFTOOL ?= bpftool
PKG_CONFIG ?= pkg-config

VERSION := 0.1
ifeq ($(V),1)
Q :=
else
Q := @
endif
say = $(if $(Q),@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))')

all: $(O)/captrace

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
LDFLAGS  += -static
PKG_CONFIG += --static
endif

pkgs := libcap libseccomp
ifeq ($(BPF),1)
pkgs += libbpf
CPPFLAGS += -DHAVE_BPF
endif
CPPFLAGS += $(shell $(PKG_CONFIG) --cflags $(pkgs))
LDLIBS   += $(shell $(PKG_CONFIG) --libs $(pkgs))

# --- Sources ---------------------------------------------------------------------------------

core_src   := $(filter-out core/main.c,$(wildcard core/*.c core/output/*.c))
compat_src := $(wildcard compat/*.c)
backend_src := backends/registry.c
ifeq ($(BPF),1)
backend_src += backends/bpf.c $(wildcard backends/bpf_*.c)
bpf_src     := $(wildcard bpf/*.bpf.c)
endif

obj = $(patsubst %.c,$(O)/%.o,$(1))
core_obj    := $(call obj,$(core_src))
compat_obj  := $(call obj,$(compat_src))
backend_obj := $(call obj,$(backend_src))

# --- Program ---------------------------------------------------------------------------------

$(O)/captrace: $(call obj,core/main.c) $(core_obj) $(compat_obj) $(backend_obj)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The BPF programs see only what bpf/ declares, never the build host's kernel.
bpf_arch := $(shell $(CC) -dumpmachine | sed 's/-.*//; s/x86_64/x86/; s/i.86/x86/; s/aarch64/arm64/')
BPF_CFLAGS := -target bpf -D__TARGET_ARCH_$(bpf_arch) -O2 -g -mcpu=v2 -Wall -Wextra \
	      -Wno-unused-parameter -Werror -MMD -MP -I.

$(O)/bpf/%.bpf.o: bpf/%.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c -o $@.tmp $< -MF $(O)/bpf/$*.bpf.d -MT $@
	$(Q)$(BPFTOOL) gen object $@ $@.tmp && rm $@.tmp

$(O)/bpf/%.skel.h: $(O)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf >$@.tmp && mv $@.tmp $@

skels := $(patsubst %.bpf.c,$(O)/%.skel.h,$(bpf_src))
$(filter $(O)/backends/bpf%,$(backend_obj)): | $(skels)

clean:
	rm -rf $(O)

.PHONY: all clean
.SECONDARY:

-include $(shell find $(O) -name '*.d' 2>/dev/null)
