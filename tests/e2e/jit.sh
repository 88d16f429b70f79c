#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/jit.sh CAPTRACE WORKLOADS VARIANT...
#
# A kernel whose BPF JIT is off, as riscv64's is at boot (ci/vm switches it on): the BPF variants say
# what to do, doctor too, and the best of the others is taken. In VMs, as root.

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
		check "$spec: says how to switch it on" grep -q 'JIT is off: sysctl net.core.bpf_jit_enable=1' "$tmp/err"
	done
	"$captrace" doctor >"$tmp/out" 2>"$tmp/err"
	check 'doctor: says that it is off' grep -q '^BPF .*its JIT is off$' "$tmp/out"
	check 'doctor: says what to do' grep -q 'sysctl net.core.bpf_jit_enable=1$' "$tmp/out"
	check 'doctor: the best is another' grep -q '^Best  *ftrace:' "$tmp/out"
	"$captrace" -- chroot / /bin/true >"$tmp/out" 2>"$tmp/err"
	check 'without a backend named, one that works is taken' grep -q ' SYS_CHROOT ' "$tmp/out"
	echo "$was" >$jit
fi
finish
