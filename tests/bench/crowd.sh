#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# crowd.sh CAPTRACE CROWD: measures what it costs PROCESSES (1000) busy processes if captrace traces
# a cgroup that they are not in: medians of ROUNDS (9) measurements, and their ratio to untraced.
# The processes do rounds of CALLS (1000) checks, and of checks with a file each. For comparison,
# the whole machine is traced with a filter that leaves out every event. All events of the traced
# cgroup must be shown, and none of the busy processes'. BACKEND names a variant. As root, natively
# or in a VM.

set -u
captrace=$1 crowd=$2
processes=${PROCESSES:-1000} rounds=${ROUNDS:-9} calls=${CALLS:-1000}
backend=${BACKEND:+--backend=$BACKEND}
dir=$(mktemp -d) || exit 1
[ "$(id -u)" = 0 ] || { echo 'crowd: needs root' >&2; exit 2; }
group=/captrace-crowd-$$
for mount in /sys/fs/cgroup /sys/fs/cgroup/pids ''; do
	[ ! -e "$mount/cgroup.procs" ] || break
done
[ -n "$mount" ] || { echo 'crowd: no cgroups here' >&2; exit 3; }
mkdir "$mount$group" || exit 1
clean_up() {
	rmdir "$mount$group"
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
tracer='' bad=0

# trace OPTION...: starts captrace, and waits until it is live: it has printed the heading.
trace() {
	: >"$dir/rows"
	# shellcheck disable=SC2086
	"$captrace" $backend -o columns=pid,comm,capname "$@" >"$dir/rows" 2>"$dir/log" &
	tracer=$!
	tries=400
	until [ -s "$dir/rows" ] || [ $tries = 0 ]; do
		tries=$((tries - 1))
		usleep 50000 2>/dev/null || sleep 0.05
	done
}

end_trace() {
	kill "$tracer"
	wait "$tracer" || { cat "$dir/log" >&2; bad=1; }
}

# Traces the cgroup, in which five checks are made while the busy processes run.
targeted() {
	trace --cgroup "$group"
	sh -c 'echo 0 >"$0/cgroup.procs"; for i in 1 2 3 4 5; do chroot / /bin/true; done' \
		"$mount$group" &
	"$crowd" "$processes" "$calls" "$1"
	wait $!
	usleep 200000 2>/dev/null || sleep 0.2
	end_trace
	awk 'NR > 1 && $2 != "chroot" && $2 != "sh"' "$dir/rows" >"$dir/others"
	if [ -s "$dir/others" ] || [ "$(grep -c ' SYS_CHROOT' "$dir/rows")" != 5 ]; then
		echo 'crowd: expected five SYS_CHROOT events, and none of the busy processes:' >&2
		head -n 5 "$dir/rows" "$dir/log" >&2
		bad=1
	fi
}

whole() {
	trace --cap SYS_BOOT
	"$crowd" "$processes" "$calls" "$1"
	end_trace
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

for work in check file; do
	for _ in $(seq "$rounds"); do
		"$crowd" "$processes" "$calls" $work >>"$dir/untraced.$work"
		targeted $work >>"$dir/targeted.$work"
		whole $work >>"$dir/whole.$work"
	done
done
printf '%-48s %10s %10s %8s\n' "$processes processes, CPU ns a round" untraced traced ratio
for work in check file; do
	for way in targeted whole; do
		awk -v u="$(median "$dir/untraced.$work")" -v t="$(median "$dir/$way.$work")" \
			-v name="$way, $work" 'BEGIN {
			sub("targeted", "--cgroup of another", name)
			sub("whole", "--cap SYS_BOOT of the whole machine", name)
			sub("check", "a check", name)
			sub("file", "a check, open, read, close", name)
			printf "%-48s %10.1f %10.1f %8.3f\n", name, u, t, t / u
		}'
	done
done
exit $bad
