#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-cost.sh BUILD-DIR: what a capability check costs the traced program, in ns a check and as
# ratios. Machines are shared and noisy: the ways are measured in turn, round by round, and medians
# are shown. Asserts nothing.

set -eu
build=$1
rounds=${ROUNDS:-9} calls=${CALLS:-200000}
captrace=$build/captrace loop=$build/tests/bench/loop floor=$build/tests/bench/floor
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

[ "$(id -u)" = 0 ] || { echo "check-cost: needs root" >&2; exit 2; }

hook=tracepoint
if ! "$floor" tracepoint true 2>/dev/null; then
	hook=fexit
	"$floor" fexit true 2>/dev/null || { echo "check-cost: no BPF hook here" >&2; exit 3; }
fi

# Each prints the loop's ns a call on stdout. The loop writes to a file where the output is a trace.
way_untraced() { "$loop" "$calls"; }
way_floor() { "$floor" "$hook" "$loop" "$calls" 2>/dev/null; }
traced() {
	local out=$1; shift
	"$captrace" --backend="bpf:$hook" "$@" -- sh -c '"$1" "$2" >"$3"' - "$loop" "$calls" \
		"$dir/ns" >"$out" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
	cat "$dir/ns"
}
way_json() { traced "$dir/trace.json" -o json; }
way_filtered() { traced /dev/null -o json --cap SYS_BOOT; }
way_other() {
	# Tracing something else: the loop is nobody that captrace was asked about. The heading
	# comes when tracing is live.
	"$captrace" --backend="bpf:$hook" --pid $$ >"$dir/heading" 2>"$dir/log" &
	local pid=$! tries=0
	until [ -s "$dir/heading" ] || [ $((++tries)) = 200 ]; do sleep 0.05; done
	"$loop" "$calls"
	kill "$pid"
	wait "$pid" || true
	: >"$dir/heading"
}
way_perf() {
	perf record -q -e capability:cap_capable -o "$dir/perf.data" -- \
		sh -c '"$1" "$2" >"$3"' - "$loop" "$calls" "$dir/ns" >/dev/null 2>&1
	cat "$dir/ns"
}

ways="untraced floor json filtered other"
if [ "$hook" = tracepoint ] && perf record -q -e capability:cap_capable -o "$dir/perf.data" \
	-- true >/dev/null 2>&1; then
	ways="$ways perf"
else
	echo "check-cost: perf can't record the tracepoint here" >&2
fi

for way in $ways; do : >"$dir/$way"; done
for ((i = 0; i < rounds; i++)); do
	for way in $ways; do "way_$way" >>"$dir/$way"; done
done

median() { sort -n "$dir/$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

untraced=$(median untraced) base=$(median floor)
declare -A label=(
	[untraced]='untraced'
	[floor]="counting program on the $hook (the floor)"
	[json]='captrace -o json to a file'
	[filtered]='captrace, filtered away (--cap)'
	[other]='captrace --pid of another process'
	[perf]='perf record -e capability:cap_capable'
)
printf '%-45s %10s %10s %12s\n' "" 'ns/check' overhead 'x the floor'
for way in $ways; do
	awk -v name="${label[$way]}" -v v="$(median "$way")" -v u="$untraced" -v b="$base" 'BEGIN {
		printf "%-45s %10.1f %10.1f", name, v, v - u
		if (b > u && name != "untraced")
			printf " %12.1f", (v - u) / (b - u)
		print ""
	}'
done
shown=$(wc -l <"$dir/trace.json") lost=$(jq -s 'map(select(.type == "lost").count) | add // 0' \
	<(grep '"lost"' "$dir/trace.json" || true))
echo "$rounds rounds of $calls checks; the last JSON trace: $shown lines, $lost events lost"
