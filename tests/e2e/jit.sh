#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/jit.sh CAPTRACE WORKLOADS VARIANT...
#
# On a kernel whose BPF JIT is off, as on riscv64 at boot (ci/vm switches it on), the BPF variants
# and doctor say what to do, and the best of the other variants is taken. In VMs, as root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift 2

jit=/proc/sys/net/core/bpf_jit_enable
was=$(cat $jit 2>/dev/null)
if [ "$(uname -n)" != captrace-vm ]; then
	skip 'JIT off' 'only in VMs'
elif ! echo 0 2>/dev/null >$jit; then
	skip 'JIT off' 'this kernel does not run without it (CONFIG_BPF_JIT_ALWAYS_ON)'
else
	for spec; do
		case $spec in bpf:*) ;; *) continue ;; esac
		"$captrace" --backend="$spec" -- true >"$tmp/out" 2>"$tmp/err"
		code=$?
		check "$spec: refused with 125" equals $code 125
		check "$spec: says how to switch it on" grep -q 'JIT is off; switch it on with sysctl net.core.bpf_jit_enable=1' "$tmp/err"
	done
	"$captrace" doctor >"$tmp/out" 2>"$tmp/err"
	check 'doctor: says that it is off' grep -q '^BPF .*its JIT is off$' "$tmp/out"
	check 'doctor: says what to do' grep -q 'sysctl net.core.bpf_jit_enable=1$' "$tmp/out"
	check 'doctor: the best one is of ftrace' grep -q '^Best  *ftrace:' "$tmp/out"
	"$captrace" -- chroot / /bin/true >"$tmp/out" 2>"$tmp/err"
	check 'without --backend, one that works is taken' grep -q ' SYS_CHROOT ' "$tmp/out"
	echo "$was" >$jit
fi
finish
