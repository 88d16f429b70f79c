# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by the scripts that test captrace, natively or in a VM's busybox. Prints results as TAP,
# keeps files in $tmp, and has functions to examine captrace's output. The first argument of such a
# script is captrace.

set -u
captrace=$1
count=0 failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

pass() {
	count=$((count + 1))
	echo "ok $count - $*"
}

fail() {
	count=$((count + 1)) failed=1
	echo "not ok $count - $*"
	# An excerpt of what the last command printed.
	[ ! -s "$tmp/err" ] || sed 's/^/#   stderr: /' "$tmp/err" | head -n 5
	[ ! -s "$tmp/out" ] || sed 's/^/#   stdout: /' "$tmp/out" | cut -c 1-400 | tail -n 5
}

skip() {
	count=$((count + 1))
	if [ -n "${E2E_NO_SKIPS:-}" ]; then
		failed=1
		echo "not ok $count - $1: skipped, but E2E_NO_SKIPS is set: $2"
		return
	fi
	echo "ok $count - $1 # SKIP $2"
}

# check WHAT COMMAND...: passes if COMMAND succeeds.
check() {
	what=$1
	shift
	if "$@"; then pass "$what"; else fail "$what"; fi
}

equals() {
	[ "$1" = "$2" ] || {
		echo "#   '$1' is not '$2'"
		return 1
	}
}

# row FILE KEY=VALUE...: succeeds if a JSON line of FILE has all of these. VALUE is in JSON syntax.
row() {
	rows "$@" | grep -q .
}

# rows FILE KEY=VALUE...: prints these lines.
rows() {
	row_file=$1
	shift
	sed 's/": */":/g; s/, *"/,"/g' "$row_file" | awk -v want="$*" '
		BEGIN { n = split(want, pair, " ") }
		{
			for (i = 1; i <= n; i++) {
				at = index(pair[i], "=")
				key = "\"" substr(pair[i], 1, at - 1) "\":"
				value = substr(pair[i], at + 1)
				p = index($0, key)
				rest = substr($0, p + length(key))
				if (!p || (index(rest, value ",") != 1 && index(rest, value "}") != 1))
					next
			}
			print
		}'
}

# value LINE KEY: prints KEY's number in a JSON line.
value() {
	echo "$1" | sed 's/": */":/g' | sed "s/.*\"$2\":\([^,}]*\)[,}].*/\1/"
}

# wait_until COMMAND...: waits until COMMAND succeeds, for up to 20 s.
wait_until() {
	tries=400
	until "$@"; do
		[ $tries -gt 0 ] || return 1
		tries=$((tries - 1))
		usleep 50000 2>/dev/null || sleep 0.05
	done
}

# gone PID: succeeds if the process has ended. An empty PID, of a process that never reported it,
# counts as ended, too; busybox's kill would take it for 0.
gone() {
	[ -z "$1" ] || ! kill -0 "$1" 2>/dev/null
}

# works SPEC: succeeds if captrace --backend=SPEC works here; if not, $tmp/err has the reason.
works() {
	"$captrace" --backend="$1" -- true >"$tmp/out" 2>"$tmp/err"
}

finish() {
	echo "1..$count"
	exit $failed
}
