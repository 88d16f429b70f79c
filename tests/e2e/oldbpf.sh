#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/oldbpf.sh CAPTRACE WORKLOADS VARIANT...
#
# BPF as it was before 5.5, without maps that user space can map and without ring buffers
# (CAPTRACE_BPF_OLD=1): captrace traces, and what goes through system calls there works. In VMs, as
# root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift 2

export CAPTRACE_BPF_OLD=1

"$captrace" --backend=bpf:fexit -- true >"$tmp/out" 2>"$tmp/err"
check 'bpf:fexit: refused with 125' equals $? 125
check 'bpf:fexit: says that mapped maps are missing' grep -q 'no maps that user space can map' "$tmp/err"
"$captrace" doctor >"$tmp/out" 2>"$tmp/err"
check 'doctor: no ring is a BPF ring buffer' test "$(grep -c 'ring: BPF' "$tmp/out")" = 0
check 'doctor: perf buffers' grep -q 'ring: perf buffers' "$tmp/out"

# Many checks of one process, faster than they are read.
: >"$tmp/file"
chown 1 "$tmp/file"
many=$(yes "$tmp/file" | head -n 2000)
# shellcheck disable=SC2086 # a list
chowns() {
	"$captrace" --backend="$spec" "$@" -o json --cap CHOWN -- chown 1 $many >"$tmp/out" 2>"$tmp/err"
}

sum() {
	sed -n 's/.*"type":"lost","count":\([0-9]*\),.*/\1/p' "$tmp/out" | awk '{ n += $1 } END { print n + 0 }'
}

for spec; do
	chowns --buffer-size 16777216
	made=$(grep -c '"CHOWN"' "$tmp/out")
	check "$spec: a large buffer loses none" test "$made" -ge 2000 -a "$(sum)" = 0
	chowns --buffer-size 4096
	lost=$(sum)
	check "$spec: a small one loses some" test "$lost" -gt 0
	check "$spec: checks shown and lost add up to all" equals \
		$(($(grep -c '"CHOWN"' "$tmp/out") + lost)) "$made"

	"$captrace" --backend="$spec" --unique -o json -- sh -c 'chroot / true; chroot / true' >"$tmp/out" 2>"$tmp/err"
	check "$spec: --unique" grep -q SYS_CHROOT "$tmp/out"
	"$captrace" advise --backend="$spec" -- chroot / true >"$tmp/out" 2>"$tmp/err"
	check "$spec: advise" grep -q 'needs SYS_CHROOT$' "$tmp/out"

	# The process exists at the start and is known by its number, its children by their descent.
	sh -c 'sh -c "while :; do chroot / /bin/true; done" & wait' &
	traced=$!
	"$captrace" --backend="$spec" --pid $traced --follow -o json --max-events 5 >"$tmp/out" 2>"$tmp/err"
	check "$spec: --pid --follow: children from before" equals "$(grep -c SYS_CHROOT "$tmp/out")" 5
	pkill -P $traced 2>/dev/null
	kill $traced
done
finish
