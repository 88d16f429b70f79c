#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check-cost.sh BUILD-DIR: measures what a capability check costs the traced program, in ns of its
# CPU time and as ratios. Machines are shared and noisy, so each round measures all ways of tracing
# in turn, and medians are shown. A lost event costs less than one that is delivered, so one of the
# ways has a ring with room for all events. It asserts nothing.

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

# Each prints the loop's ns per call on stdout. While captrace traces, the loop writes to a file,
# because stdout has the trace. The losses of all rounds are kept, one line per round.
way_untraced() { "$loop" "$calls"; }
way_floor() { "$floor" "$hook" "$loop" "$calls" 2>/dev/null; }
traced() {
	local out=$1; shift
	"$captrace" --backend="bpf:$hook" "$@" -- sh -c '"$1" "$2" >"$3"' - "$loop" "$calls" \
		"$dir/ns" >"$out" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
	sed -n 's/.*lost \([0-9]*\) events in all.*/\1/p' "$dir/log" >>"$dir/$way.lost"
	cat "$dir/ns"
}
way_json() { traced "$dir/trace.json" -o json; }
way_roomy() { traced "$dir/trace.json" -o json --buffer-size $((calls / 8))K; }
way_filtered() { traced /dev/null -o json --cap SYS_BOOT; }
way_other() {
	# captrace traces another process and not the loop. It prints the heading when tracing is
	# live.
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

ways="untraced floor json roomy filtered other"
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
	[roomy]='the same, a ring for all events'
	[filtered]='captrace, filtered away (--cap)'
	[other]='captrace --pid of another process'
	[perf]='perf record -e capability:cap_capable'
)
printf '%-45s %10s %10s %12s %10s\n' "" 'ns/check' overhead 'x the floor' lost
for way in $ways; do
	lost=$(awk -v n=$((rounds * (calls + calls / 20))) \
		'{ s += $1 } END { printf "%.0f%%", s * 100 / n }' "$dir/$way.lost" 2>/dev/null || true)
	awk -v name="${label[$way]}" -v v="$(median "$way")" -v u="$untraced" -v b="$base" \
		-v lost="$lost" 'BEGIN {
		x = b > u && name != "untraced" ? sprintf("%.1f", (v - u) / (b - u)) : ""
		printf "%-45s %10.1f %10.1f %12s %10s\n", name, v, v - u, x, lost
	}'
done
echo "$rounds rounds of $calls checks"
