# SPDX-License-Identifier: GPL-2.0-or-later
#
# Building
#   make                        build/captrace
#   make run [ARGS=…]           install missing packages, build, run captrace
#                               with ARGS (default: trace a demo)
#   make static [ARCH=…]        static build/ARCH/captrace and test programs
#                               (amd64 arm64 armhf i386 riscv64)
#   make install [PREFIX=/usr/local] [DESTDIR=]
#   make clean                  remove the build folder
#
# Testing on this machine
#   make check                  unit tests, without root
#   make format-check           formatting, with clang-format
#   make headers-check          each header compiles alone; include guards
#   make link-check             source folders use only those they may use
#   make lint                   clang-tidy, cppcheck and shellcheck
#   make lint/FILE              clang-tidy on one file
#   make lint/cppcheck          cppcheck only
#   make lint/shellcheck        shellcheck only
#   make help-check             this text lists exactly the targets there are
#   make workloads              build the programs that the tests trace
#   make e2e-native             trace on this machine's kernel (root)
#   make e2e-identity           containers of this machine's runtimes (root)
#   make e2e-programs           run forty programs as advised (root)
#
# Testing in virtual machines
#   make vm KERNEL=… [CMD=…]    boot a kernel of ci/kernels with captrace
#                               in /bin: a shell, or run CMD
#   make e2e-KERNEL             the tests that tests/e2e/matrix lists for KERNEL
#   make e2e-3.10               a short test of the oldest kernel
#   make e2e-bpf-5.4            BPF without the features of 5.5 and 5.8
#   make e2e-systemd            systemd units, with systemd as PID 1
#   make e2e-systemd-v1         the same with cgroup v1
#   make e2e-docker             Docker, in a VM where it has every privilege
#
# Everything
#   make e2e                    native and VM tests, without the slow kernels
#   make test                   all checks, unit tests and `make e2e`
#   make test-all               the same and the slow kernels (minutes each)
#
# Benchmarks
#   make bench                  what a check costs the traced program
#   make bench-crowd            the same beside a thousand busy processes
#   make bench-sinks            what a row costs in each output format
#
# Variables
#   O=DIR                       build in DIR instead of build/
#   V=1                         show the commands
#   WERROR=1                    treat warnings as errors
#   SAN=1                       address and undefined-behaviour sanitizers
#   STATIC=1                    link statically
#   BPF=0, FTRACE=0             leave out a backend
#   DWARF=0                     leave out DWARF support (libdw)
#   PFM=0                       leave out --overhead (libpfm)
#   CC, CLANG, CFLAGS, CPPFLAGS, LDFLAGS, LDLIBS, PKG_CONFIG, BPFTOOL
#   CC32=CC                     the compiler for 32-bit workloads; CC32= for none
#   SYSROOT=DIR                 libraries for CC's target (ci/fetch --sysroot)
#
# A changed variable or header rebuilds what depends on it, and nothing else.

# Non-recursive: each room (see below) is a list of sources, and objects mirror the source tree
# under $(O).

O      ?= build
PREFIX ?= /usr/local
BPF    ?= 1
FTRACE ?= 1
PFM    ?= $(shell echo '\#include <perfmon/pfmlib_perf_event.h>' | \
	    $(CC) $(if $(SYSROOT),-I$(SYSROOT)/usr/include) -E - >/dev/null 2>&1 && echo 1)
CC     ?= gcc
CLANG  ?= clang
# Debian has bpftool in /usr/sbin, which is not in the PATH of every user.
BPFTOOL ?= $(shell PATH="$$PATH:/usr/sbin" command -v bpftool || echo bpftool)
PKG_CONFIG ?= pkg-config

VERSION := 0.1

# Debian's name for this architecture.
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
	@sed '1,2d; /^$$/,$$d; s/^# \{0,1\}//' Makefile

# --- Flags -----------------------------------------------------------------------------------

# CC, CFLAGS, CPPFLAGS, LDFLAGS and LDLIBS are for the user to set. captrace's own flags are in
# lower-case variables, so that `make CFLAGS=-O0` does not remove them.
CFLAGS   ?= -O2 -g
cppflags := -D_GNU_SOURCE -DCAPTRACE_VERSION='"$(VERSION)"' -I. -I$(O)
warnings := -std=gnu11 -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes \
	    -Wmissing-prototypes -Wno-unused-parameter
ldflags  :=
ldlibs   :=
pkg_config := $(PKG_CONFIG)
ifeq ($(WERROR),1)
warnings += -Werror
endif
ifeq ($(SAN),1)
sanitize := -fsanitize=address,undefined -fno-omit-frame-pointer
ldflags  += -fsanitize=address,undefined
endif
ifeq ($(STATIC),1)
ldflags  += -static -s
pkg_config += --static
else
cppflags += -DCAPTRACE_NSS
endif

comma := ,

# SYSROOT has another architecture's libraries, from unpacked packages (ci/fetch --sysroot).
ifneq ($(SYSROOT),)
triplet := $(notdir $(patsubst %/pkgconfig,%,$(wildcard $(SYSROOT)/usr/lib/*/pkgconfig)))
pkg_config := PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(triplet)/pkgconfig \
	      PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) $(pkg_config)
cppflags += -isystem $(SYSROOT)/usr/include/$(triplet) -isystem $(SYSROOT)/usr/include
ldflags  += -L$(SYSROOT)/usr/lib/$(triplet)
# A sysroot with its own C library also has start files, which have to be used with it. The libelf
# of such a sysroot defines a crc32, too: -u makes the linker take zlib's in any order of archives.
crt1     := $(wildcard $(SYSROOT)/usr/lib/$(triplet)/crt1.o)
ldflags  += $(crt1:%/crt1.o=-B%)
ldlibs   += $(if $(crt1),-Wl$(comma)-u$(comma)crc32 -lz)
endif
# 32-bit programs use 64-bit times and file sizes, too.
cppflags += -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64

pkgs := libcap libseccomp jansson zlib
ifeq ($(BPF),1)
pkgs += libbpf
cppflags += -DHAVE_BPF
endif
ifeq ($(FTRACE),1)
pkgs += libtracefs libtraceevent libelf
cppflags += -DHAVE_FTRACE
DWARF ?= $(shell $(pkg_config) --exists libdw && echo 1)
ifeq ($(DWARF),1)
pkgs += libdw
cppflags += -DHAVE_DW
endif
endif
cppflags += $(shell $(pkg_config) --cflags $(pkgs) 2>/dev/null)
ldlibs   += $(shell $(pkg_config) --libs $(pkgs) 2>/dev/null) -pthread
ifeq ($(PFM),1)
cppflags += -DHAVE_PFM
ldlibs   += -lpfm
endif

# A 32-bit captrace may run on a 64-bit kernel, so its BPF programs are built for 64-bit kernels,
# and kprobe32 for 32-bit ones. They know only the kernel structures that bpf/ declares, never
# those of the build host's kernel.
machine    := $(shell $(CC) -dumpmachine)
bpf_arch   := $(shell echo $(machine) | sed 's/-.*//; s/x86_64/x86/; s/i.86/x86/; s/aarch64/arm64/; \
	s/^arm$$/arm64/; s/riscv64/riscv/')
bpf_arch32 := $(shell echo $(machine) | sed -n 's/-.*//; s/i.86/x86/p; s/^arm$$/arm/p')
bpf_cflags := -target bpf -O2 -g -mcpu=v2 -Wall -Wextra -Wno-unused-parameter -Werror -I.
ifneq ($(and $(filter 1,$(BPF)),$(bpf_arch32)),)
cppflags += -DHAVE_BPF32
endif

compile   := $(CC) $(cppflags) $(CPPFLAGS) $(CFLAGS) $(warnings) $(sanitize)
link      := $(CC) $(CFLAGS) $(sanitize) $(LDFLAGS) $(ldflags)
libs      := $(ldlibs) $(LDLIBS)
# Workloads and tools are static because the guests have no libraries.
static_cc  = $(CC) -D_GNU_SOURCE $(CFLAGS) $(warnings) -static -pthread -s

# --- Rooms -----------------------------------------------------------------------------------

# A room is a folder of sources, which becomes one archive. Each row of this table names a room,
# the rooms and single headers that it may use, and the libraries that it calls; a room may also
# use what those rooms may use. A room can name only rooms above it here, so that there are no
# cycles. `make link-check` checks the sources against the table.
rooms :=
define room
$(if $(filter-out %.h $(rooms),$(2)),\
	$(error room $(1) uses $(filter-out %.h $(rooms),$(2)), not yet declared))
rooms += $(1)
uses.$(1) := $(sort $(2) $(foreach r,$(2),$(uses.$(r))))
libs.$(1) := $(sort $(3) $(foreach r,$(2),$(libs.$(r))))
endef
may = $(eval $(call room,$(strip $(1)),$(strip $(2)),$(strip $(3))))

$(call may, core/base,,                                                     libcap)
$(call may, core/event,       core/base,                                    libseccomp)
$(call may, core,             core/event)
$(call may, core/identity,    core/event,                                   jansson)
$(call may, core/output,      core/event core/sink.h,                         jansson)
$(call may, core/advise,      core/output)
$(call may, core/session,     core core/advise core/output core/identity,   pfm)
$(call may, core/cli,         core/session)
$(call may, compat/host,      core/event,                                   libtracefs)
$(call may, compat/layout,    compat/host,                                  libelf libdw)
$(call may, compat/calibrate, compat/layout)
$(call may, bpf,              compat/calibrate/calibrate_form.h compat/calibrate/caller_kind.h \
			      core/event/syscall_abi.h)
$(call may, ftrace/feed,      compat/calibrate,                             libtraceevent)
$(call may, ftrace/probe,     ftrace/feed)
$(call may, ftrace/task,      ftrace/probe)
$(call may, ftrace/discover,  ftrace/task)
$(call may, backends/replay,  core core/output core/sink.h)
$(call may, backends/ftrace,  core ftrace/discover core/identity/cgroup_feed.h)
$(call may, backends/bpf,     core ftrace/discover core/identity/cgroup_feed.h bpf, libbpf)
$(call may, backends,         core/output core/sink.h backends/replay backends/ftrace backends/bpf, \
			      zlib)

# The rooms of this build, and the files of those rooms that are left out. Without FTRACE that
# includes bpf:nobtf, which needs ftrace/discover to find the kernel's structures.
built := $(filter-out bpf $(if $(filter 1,$(FTRACE)),,ftrace/% backends/ftrace) \
	$(if $(filter 1,$(BPF)),,backends/bpf),$(rooms))
not_built := core/main.c
ifneq ($(FTRACE),1)
not_built += compat/host/tracedir.c $(wildcard compat/layout/*.c) \
	     backends/bpf/nobtf.c backends/bpf/btf.c
endif

obj         = $(patsubst %.c,$(O)/%.o,$(1))
room_files  = $(wildcard $(1)/*.$(2) $(if $(filter core/identity,$(1)),$(1)/runtime/*.$(2)))
room_obj    = $(call obj,$(filter-out $(not_built),$(call room_files,$(1),c)))
archives   := $(patsubst %,$(O)/%.a,$(built))
core_archives := $(filter $(O)/core.a $(O)/core/%,$(archives))
objects    := $(foreach r,$(built),$(call room_obj,$(r)))
unit_obj   := $(call obj,$(wildcard tests/unit/*.c))

$(foreach r,$(built),$(eval $(O)/$(r).a: $(call room_obj,$(r))))
$(archives): $(O)/config.link
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

# --- Configuration ---------------------------------------------------------------------------

# Three files hold the commands that compile C, compile BPF programs, and link (with the list of
# objects). A file is rewritten only when its content changes, as after `make BPF=0`, and what
# depends on it is then rebuilt. -Werror is left out, because it changes no object.
config.compile := $(filter-out -Werror,$(compile))
config.bpf     := $(CLANG) $(bpf_cflags) $(bpf_arch) $(bpf_arch32) $(BPFTOOL)
config.link    := $(link) $(libs) $(objects) $(unit_obj)
quote = '$(subst ','\'',$(1))'
same  = $(and $(findstring $(1),$(2)),$(findstring $(2),$(1)))
config_is = $(call same,$(config.$(1)),$(file <$(O)/config.$(1)))
configs  := $(addprefix $(O)/config.,compile bpf link)
$(foreach c,compile bpf link,$(if $(call config_is,$(c)),,$(eval $(O)/config.$(c): always)))
$(configs): $(O)/config.%:
	@mkdir -p $(@D)
	@printf '%s\n' $(call quote,$(config.$*)) >$@

# --- Program ---------------------------------------------------------------------------------

$(O)/captrace: $(call obj,core/main.c) $(objects) $(O)/config.link
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $(filter %.o,$^) $(libs)

$(O)/%.o: %.c $(O)/config.compile
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(compile) $(more_cppflags) -MMD -MP -c -o $@ $<

$(O)/bpf/kprobe32.bpf.o: bpf_arch := $(bpf_arch32)
$(O)/%.bpf.o: %.bpf.c $(O)/config.bpf
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(bpf_cflags) -D__TARGET_ARCH_$(bpf_arch) -MMD -MP -MF $(@:.o=.d) -MT $@ \
		-c -o $@.tmp $<
	$(Q)$(BPFTOOL) gen object $@ $@.tmp && rm $@.tmp

$(O)/%.skel.h: $(O)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $(notdir $*)_bpf >$@.tmp && mv $@.tmp $@

bpf_progs := $(if $(filter 1,$(BPF)),$(filter-out \
	     $(if $(bpf_arch32),,bpf/kprobe32.bpf.c),$(wildcard bpf/*.bpf.c)))
skels := $(patsubst %.bpf.c,$(O)/%.skel.h,$(bpf_progs))
$(filter $(O)/backends/bpf/%,$(objects)): | $(skels)

# --- Tests and checks ------------------------------------------------------------------------

test_pkgs := criterion yaml-0.1
$(unit_obj): private more_cppflags = $(shell $(pkg_config) --cflags $(test_pkgs))

# Linking from archives takes in only the objects that the tests reference, so that a test can
# define its own replacement for the functions of any other object.
$(O)/tests/unit/run: $(unit_obj) $(archives) $(O)/config.link
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group \
		$(shell $(pkg_config) --libs $(test_pkgs)) $(libs)

check: $(O)/tests/unit/run
	$(Q)$(O)/tests/unit/run

# Each room links with the rooms and libraries that the table allows and includes only their
# headers. A build without a backend does not need that backend's libraries.
link-check: $(archives)
	$(Q)printf '%s\n' $(foreach r,$(rooms),'$(r):$(uses.$(r)):$(libs.$(r))') | \
		O=$(O) LINK=$(call quote,$(link)) PKG_CONFIG=$(call quote,$(pkg_config)) \
		ci/rooms $(pkgs) $(if $(filter 1,$(PFM)),pfm)
	$(Q)$(submake) -j$$(nproc) --output-sync=target $(addprefix link-check/,$(without_builds))

without_builds := nobpf noftrace replay
link-check/nobpf:    without := BPF=0
link-check/noftrace: without := FTRACE=0
link-check/replay:   without := BPF=0 FTRACE=0
$(addprefix link-check/,$(without_builds)): link-check/%:
	+$(Q)$(submake) $(without) O=$(O)/$* all
	$(Q)! ldd $(O)/$*/captrace | grep -E \
		'$(if $(findstring BPF=0,$(without)),libbpf,^$$)|$(if $(findstring FTRACE=0,$(without)),libtracefs|libtraceevent|libdw,^$$)'

# The source checks and unit tests run first, the slowest tests last. VMs get the static binary. A
# kernel of a rolling suite that is unavailable today is reported, but does not fail the test.
kernels    := $(shell awk '!/^\#/ && NF { print $$1 ":" $$2 }' ci/kernels)
kernel_arch = $(patsubst $(1):%,%,$(filter $(1):%,$(kernels)))
vm_all     := $(foreach k,$(kernels),$(firstword $(subst :, ,$(k))))
# `make test` leaves these out, because they take minutes each and other kernels show the same;
# `make test-all` or `make e2e-NAME` runs them. A kernel takes ten minutes to build on a slow
# machine, so `make test` builds only three.
vm_slow    := riscv64-sid appliance-nobpf appliance-tponly appliance-old appliance-3.10 \
	      $(patsubst %,appliance-3.10-%,i386 arm64 armhf)
vm_kernels ?= $(filter-out $(vm_slow),$(vm_all))

test:
	$(Q)ci/deps all
	$(Q)$(submake) help-check format-check headers-check link-check lint
	$(Q)$(submake) check
	$(Q)$(submake) SAN=1 O=$(O)/san check
	$(Q)$(submake) e2e

test-all: test
	+$(Q)$(submake) -j2 --output-sync=target $(addprefix e2e-,$(vm_slow))

# Two guests run at a time, because the emulator uses one thread for each.
e2e: e2e-native e2e-identity
	+$(Q)$(submake) -j2 --output-sync=target $(addprefix e2e-,$(vm_kernels)) e2e-3.10 e2e-bpf-5.4 \
		e2e-systemd e2e-docker

# A script that hangs must fail; for VMs ci/vm has a timeout of its own. --foreground lets Ctrl-C
# reach the script.
limited := timeout --foreground --kill-after=30 1000

e2e-native: all workloads
	$(Q)tests/e2e/run native
	$(Q)$(limited) tests/e2e/consumers.sh $(O)/captrace

# Takes minutes and needs packages that `make test` does not.
e2e-programs: all
	$(Q)ci/deps programs
	$(Q)tests/e2e/real-programs.sh --captrace $(O)/captrace

$(foreach k,$(vm_all),$(eval e2e-$(k): static-$(call kernel_arch,$(k))))
$(addprefix e2e-,$(vm_all)): e2e-%:
	$(Q)tests/e2e/run $(e2e_options) $*

# Meanwhile other processes load BPF programs, mount, and create cgroups, instances and probes.
e2e-amd64-6.12: e2e_options := --env E2E_BUSY=1

# All tests that old kernels can run; `make test` runs only a few of them, on one old kernel.
e2e-appliance-old e2e-appliance-3.10: e2e_options := --storm 1000 --timeout 3000

e2e-3.10: static-amd64
	$(Q)tests/e2e/run --variants ftrace:perf,ftrace:ring --runs audited --scripts '' appliance-3.10

# BPF without mmap()able maps and ring buffers, which came with 5.5 and 5.8.
e2e-bpf-5.4: static-amd64
	$(Q)tests/e2e/run --env CAPTRACE_BPF_OLD=1 --variants bpf:kprobe,bpf:nobtf \
		--runs audited,nobody,machine,pid --scripts oldbpf amd64-6.1

# Containers of this machine's runtimes. ci/deps has installed them, so that no test may be skipped.
e2e-identity: all
	$(Q)E2E_NO_SKIPS=1 $(limited) tests/e2e/identity.sh $(O)/captrace

# systemd units, with systemd as PID 1. Below, Docker in a VM, where it has every privilege.
e2e-systemd: static
	$(Q)ci/vm amd64-6.12 --root systemd --memory 1024 --timeout 400 \
		--add $(O)/$(ARCH)/captrace:/captrace --add tests/e2e:/e2e -- \
		/bin/sh /e2e/units.sh /captrace

# The same with the controllers in cgroup v1; no other target runs this.
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

# A sub-make, because make looks up the packages that ci/deps installs when it reads the Makefile.
submake := $(MAKE) --no-print-directory
asroot  := $(if $(filter 0,$(shell id -u)),,sudo)
demo    := nice -n -5 true; f=$$(mktemp); chown 1:1 "$$f"; rm "$$f"; chroot / true

run:
	$(Q)ci/deps build
	$(Q)$(submake) all
	$(Q)$(asroot) $(O)/captrace $(if $(ARGS),$(ARGS),-- sh -c '$(demo)')

install: $(O)/captrace
	install -D -m 755 $(O)/captrace $(DESTDIR)$(PREFIX)/bin/captrace

# The workloads are built, too, because the guests need both.
static: static-$(ARCH)
static-%:
	+$(Q)$(if $(filter riscv64,$*),ci/deps slow &&) $(submake) STATIC=1 O=$(O)/$* $(if $(filter $*,$(native_arch)),,CC="$(or $(cc_$*),$(error no \
		compiler for $*))" SYSROOT="$$(ci/fetch --sysroot $*)") all workloads

cc_amd64 := x86_64-linux-gnu-gcc
cc_i386  := i686-linux-gnu-gcc
cc_arm64 := aarch64-linux-gnu-gcc
cc_armhf := arm-linux-gnueabihf-gcc
# riscv64's archives are from a later suite (ci/lib.sh) and have ULEB128 relocations, which binutils
# knows since 2.41 and lld since 17.
cc_riscv64 := riscv64-linux-gnu-gcc -B/usr/lib/llvm-19/bin -fuse-ld=lld

vm: static-$(call kernel_arch,$(KERNEL))
	$(Q)ci/vm $(KERNEL) --add $(O)/$(call kernel_arch,$(KERNEL))/captrace:/bin/captrace $(if $(CMD),-- sh -c '$(CMD)')

# --- Measurements ----------------------------------------------------------------------------

$(O)/tests/bench/sinks: $(O)/tests/bench/sinks.o $(core_archives)
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $< -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(libs)

$(O)/tests/bench/loop: $(O)/tests/bench/loop.o
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^

$(O)/tests/bench/floor.o: $(O)/tests/bench/floor.skel.h
$(O)/tests/bench/floor: $(O)/tests/bench/floor.o
	$(call say,LD,$@)
	$(Q)$(link) -o $@ $^ $(libs)

bench: $(O)/captrace $(O)/tests/bench/loop $(O)/tests/bench/floor
	$(Q)tests/bench/check-cost.sh $(O)

# Static, because it runs in guests, too.
$(O)/tests/bench/crowd: tests/bench/crowd.c $(O)/config.compile
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(static_cc) -o $@ $<

bench-crowd: $(O)/captrace $(O)/tests/bench/crowd
	$(Q)tests/bench/crowd.sh $^

bench-sinks: $(O)/tests/bench/sinks
	$(Q)$(O)/tests/bench/sinks

# --- Workloads ------------------------------------------------------------------------------

# Programs that make known checks (tests/workload/main.c). To build them for another machine:
# make O=build-arm64 CC=aarch64-linux-gnu-gcc workloads. A second program, built with CC32, tests
# the 32-bit ABI of a 64-bit kernel.
CC32 ?= $(if $(filter x86_64-%,$(machine)),i686-linux-gnu-gcc)$(if $(filter \
	aarch64-%,$(machine)),arm-linux-gnueabihf-gcc)
workload_src := $(wildcard tests/workload/*.c)
workloads := $(O)/tests/workload/workload $(if $(CC32),$(O)/tests/workload/workload32)
$(O)/tests/workload/workload32: override CC := $(CC32)

$(O)/tests/workload/workload $(O)/tests/workload/workload32: $(workload_src) \
		$(wildcard tests/workload/*.h) $(O)/config.compile
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(static_cc) -o $@ $(workload_src)

tools := $(addprefix $(O)/tests/workload/,withcaps rawtrace)
$(tools): $(O)/tests/workload/%: tests/tools/%.c $(O)/config.compile
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(static_cc) -o $@ $<

workloads: $(workloads) $(tools)

# --- Checks of the source --------------------------------------------------------------------

code_dirs := $(wildcard core backends bpf ftrace compat tests)
all_c := $(shell find $(code_dirs) -name '*.c')
all_h := $(shell find $(code_dirs) -name '*.h')

# Formatters and linters differ from version to version: only with Debian 12's do warnings fail.
llvm_judge := 14
llvm = $(shell $(1) --version | sed -n 's/.*version \([0-9]*\)\..*/\1/p')

format-check:
	$(Q)clang-format --dry-run $(if $(filter $(llvm_judge),$(call llvm,clang-format)),-Werror) \
		$(all_c) $(all_h)

# Without the BPF programs, which are compiled for another target, and the workloads, whose unusual
# code is on purpose.
linted := $(filter core/% backends/% ftrace/% compat/% tests/unit/%,$(all_c))
lint: $(skels)
	$(Q)$(submake) -j$$(nproc) --output-sync=target $(addprefix lint/,cppcheck shellcheck $(linted))

# Without the unit tests, whose macros cppcheck does not know. It does not know cleanup attributes
# either (resourceLeak, memleak), nor that a function may set a variable that it gets a pointer to
# (legacyUninitvar, ctuuninitvar). The last two suppressions are for one loop each.
lint/cppcheck:
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
		--suppress=resourceLeak --suppress=memleak --suppress=legacyUninitvar --suppress=ctuuninitvar \
		--suppress=identicalInnerCondition:core/advise/subject.c \
		--suppress=arrayIndexOutOfBounds:ftrace/discover/layout_find_v1_links.c \
		'-DLIBBPF_OPTS(t,n,...)=struct t n = {__VA_ARGS__}' '-DLIBBPF_OPTS_RESET(...)=' \
		-D_GNU_SOURCE -DHAVE_BPF -DHAVE_FTRACE -DHAVE_DW -DHAVE_PFM -I. \
		$(filter-out tests/unit/% %.bpf.c bpf/%,$(all_c))

# All shell scripts, whatever their names. SC2016: single quotes hold what an inner shell expands.
# SC2317: check, wait_until and trap call functions by name.
scripts = $(sort $(shell grep -rlIm 1 '^\#!/bin/\(ba\)\?sh' ci tests .ci) $(wildcard tests/*/*.sh))
lint/shellcheck:
	$(Q)shellcheck --exclude=SC2016,SC2317 $(scripts)

$(addprefix lint/,$(linted)): lint/%:
	$(Q)clang-tidy --quiet $(if $(filter $(llvm_judge),$(call llvm,clang-tidy)),,--warnings-as-errors=-*) \
		$* -- $(cppflags) $(CPPFLAGS) -std=gnu11

# Each header compiles alone, and its include guard is its path. All errors are reported at once.
headers-check: $(skels)
	$(Q)ci/headers $(call quote,$(compile)) $(call quote,$(CLANG) $(bpf_cflags) -D__TARGET_ARCH_$(bpf_arch)) $(all_h)

# `make help` lists every target that users call, and nothing else, in less than 80 columns.
help-check:
	@mkdir -p $(O)
	$(Q)$(call quote,$(MAKE)) -s help >$(O)/help
	$(Q)! grep -n '.\{80\}' $(O)/help
	$(Q)printf '%s\n' $(filter-out all help always link-check/% $(addprefix lint/,$(linted)),$(phony)) | sort >$(O)/help.targets
	$(Q)sed -n 's/^  make \([a-z][^ ]*\).*/\1/p' $(O)/help | grep -vx 'e2e-KERNEL\|lint/FILE' | \
		sort | diff $(O)/help.targets - >&2

clean:
	rm -rf $(O)

phony := all help run install static vm check link-check test test-all e2e e2e-3.10 e2e-bpf-5.4 \
	e2e-native e2e-programs e2e-identity e2e-systemd e2e-systemd-v1 e2e-docker bench bench-crowd \
	bench-sinks workloads format-check lint headers-check help-check clean always \
	$(addprefix link-check/,$(without_builds)) $(addprefix lint/,cppcheck shellcheck $(linted))
.PHONY: $(phony) $(addprefix e2e-,$(vm_all))
.SECONDARY:

-include $(patsubst %.o,%.d,$(call obj,core/main.c tests/bench/sinks.c tests/bench/loop.c tests/bench/floor.c) \
	$(objects) $(unit_obj)) $(patsubst %.c,$(O)/%.d,$(bpf_progs) tests/bench/floor.bpf.c)
