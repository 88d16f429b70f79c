#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/advise.sh CAPTRACE WORKLOADS VARIANT...
#
# Tests advice with each variant that works here: what nice needs, granted and denied; the exit codes
# of --expect; merged and truncated recordings. Run as root; works with a VM's busybox too.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
workloads=$2
shift 2
fixtures=$(dirname "$(readlink -f "$0")")/../fixtures/recordings

chmod 755 "$tmp"
cd / || exit 1
# Only directories open to every user: a search in closed ones would add checks.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if ! command -v nice >/dev/null; then
	ln -s "$workloads/workload" "$tmp/nice"
	PATH=$PATH:$tmp
fi

advise() {
	"$captrace" advise --backend="$spec" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
}

# listed CLASS: prints the capabilities of that class from JSON with one subject.
listed() {
	tr -d '\n ' <"$tmp/out" | sed -n "s/.*\"$1\":\[\([^]]*\)\].*/\1/p" | tr -d '"'
}

nice_needs() {
	advise -o json -- nice -n -5 true
	check "$spec: advice is complete" equals $? 0
	check "$spec: nice requires SYS_NICE" equals "$(listed required)" SYS_NICE
	check "$spec: and misses nothing" equals "$(listed missing)" ''
	# The caller may be one whose checks this variant cannot see.
	case $(listed optional) in
	*SYS_ADMIN*) check "$spec: SYS_ADMIN is overcommit's" grep -q 'memory overcommit' "$tmp/out" ;;
	*) echo "# $spec: overcommit's checks are not seen here" ;;
	esac
	advise --user nobody -o json -- nice -n -5 true
	check "$spec: of nobody complete, too" equals $? 0
	check "$spec: nobody misses SYS_NICE" equals "$(listed missing)" SYS_NICE
	check "$spec: and requires nothing" equals "$(listed required)" ''
}

# Without event probes ftrace:tracepoint reports neither system calls nor credentials, and advice has to
# say that it is incomplete.
tracepoint_needs() {
	advise -o json -- nice -n -5 true
	code=$?
	check "$spec: nice requires SYS_NICE" sh -c "echo '$(listed required)' | grep -q SYS_NICE"
	[ $code = 0 ] || {
		check "$spec: incomplete" equals $code 5
		check "$spec: and says why" grep -q 'the advice is incomplete: .* checks' "$tmp/err"
	}
}

# As set-user-ID programs and daemons do, setpriv changes its ids: it needs the capabilities for that,
# but not those that it drops by it.
gives_away() {
	setpriv --help 2>&1 | grep -q -e --reuid || {
		echo "# $spec: no setpriv --reuid here"
		return
	}
	advise -o json -- setpriv --reuid 65534 --clear-groups chroot / true
	check "$spec: setpriv requires its ids" equals "$(listed required)" SETGID,SETUID
	check "$spec: and what it gave away is not missing" equals "$(listed missing)" ''
}

# needs WANT CALL,...: checks that one process making these calls requires WANT and misses nothing.
needs() {
	want=$1 calls=$2
	chmod 644 "$tmp/file"
	advise -o json -- "$w" once "$calls" "$tmp/file"
	check "$spec: ${w##*/}: $calls: complete" equals $? 0
	check "$spec: ${w##*/}: requires ${want:-nothing}, misses nothing" equals \
		"$(listed required)/$(listed missing)" "$want/"
}

# Whether arguments of 32-bit calls are known. Kernels before 4.4 may not save them, and captrace cannot
# tell these from kernels before 4.9: in both thread_info is on the stack.
tells_arguments32() {
	! "$captrace" -vv --backend="$spec" -- true 2>&1 >/dev/null |
		grep -q 'layout: thread_info.status on the stack: [0-9]'
}

# The kernel checks some capabilities before it knows whether the call needs them. The call's effect,
# arguments or result show whether it did.
asks_first() {
	: >"$tmp/file"
	chown 0:12345 "$tmp/file"
	# Only where the file system has such attributes.
	there='' missing='' more=''
	"$workloads/workload" once setxattr "$tmp/file" 2>/dev/null &&
		there=getxattr, missing=getxattr-vain, more=,SYS_ADMIN
	for w in "$workloads/workload" "$workloads/workload32"; do
		[ -x "$w" ] || continue
		if [ "${w##*/}" = workload32 ] && ! tells_arguments32; then
			skip "$spec: workload32: what it asks in vain" \
				"this kernel may not save a 32-bit call's arguments"
			continue
		fi
		needs '' "${missing}setuid-vain,setgid-vain,setresuid-vain,chmod-vain,sockopt-vain"
		needs "SETUID$more" "$there${missing}chmod-vain,setuid-vain,setuid,setuid-vain"
		needs FSETID,SETGID,NET_ADMIN \
			"sockopt,chmod,sockopt-vain,chmod-vain,setuid-vain,setgroups,setgid-vain"
	done
}

the_gate() {
	if advise --expect SYS_NICE,CHOWN -- nice -n -5 true; then
		pass "$spec: --expect holds"
	else
		fail "$spec: --expect does not hold: $?"
	fi
	if advise --expect CHOWN -- nice -n -5 true; then
		fail "$spec: --expect holds that should not"
	else
		check "$spec: --expect does not hold: 4" equals $? 4
	fi
	check "$spec: and names the excess" grep -q 'needs SYS_NICE, which --expect' "$tmp/err"
	advise -o json -w "$tmp/expected" -- nice -n -5 true
	advise --expect "$tmp/expected" -- nice -n -5 true
	check "$spec: what it said before is a list to expect" equals $? 0
}

recorded() {
	"$captrace" record --backend="$spec" -o "$tmp/rec" -- nice -n -5 true 2>"$tmp/err"
	check "$spec: a recording" equals $? 0
	"$captrace" advise -o json "$tmp/rec" >"$tmp/out" 2>"$tmp/err"
	check "$spec: advice on it is complete" equals $? 0
	check "$spec: and is the same" equals "$(listed required)" SYS_NICE
	size=$(wc -c <"$tmp/rec")
	for part in 90 50 30; do
		head -c $((size * part / 100)) "$tmp/rec" >"$tmp/cut"
		"$captrace" replay --all -o json "$tmp/cut" >"$tmp/out" 2>"$tmp/err"
		lines=$(grep -c '"type":"normal"' "$tmp/cut")
		# The last line may be cut off, so one line fewer is accepted.
		check "$spec: cut at $part % it replays to the cut" sh -c \
			"[ \$(wc -l <'$tmp/out') -ge $((lines - 1)) ]"
		"$captrace" advise "$tmp/cut" >"$tmp/out" 2>"$tmp/err"
		check "$spec: and advice on it is incomplete" equals $? 5
		"$captrace" advise --allow-incomplete "$tmp/cut" >"$tmp/out" 2>"$tmp/err"
		check "$spec: unless that is allowed" equals $? 0
	done
}

# Recordings of two other kernels and of this one, merged in the order of their times.
merged() {
	[ -d "$fixtures" ] || { echo '# recordings of other kernels are not here'; return; }
	"$captrace" replay -o json "$fixtures/5.10-fexit-nice-nobody.rec" \
		"$fixtures/7.2-tracepoint-nice-root.rec" "$tmp/rec" >"$tmp/out" 2>"$tmp/err"
	check 'recordings of three kernels replay together' equals $? 0
	sed 's/.*"timestamp":\([0-9]*\).*/\1/' "$tmp/out" >"$tmp/times"
	check 'in the order of their times' sort -n -c "$tmp/times"
	"$captrace" advise -o json "$fixtures/5.10-fexit-nice-nobody.rec" \
		"$fixtures/7.2-tracepoint-nice-root.rec" "$tmp/rec" >"$tmp/out" 2>"$tmp/err"
	check 'and advice on them is one' equals "$? $(listed required)" '0 SYS_NICE'
}

for spec; do
	works "$spec" || { skip "$spec" "$(tail -n 1 "$tmp/err")"; continue; }
	[ "$spec" != ftrace:tracepoint ] || { tracepoint_needs; continue; }
	nice_needs
	gives_away
	asks_first
	# What follows does not depend on the variant: once is enough.
	[ ! -e "$tmp/rec" ] || continue
	the_gate
	recorded
	merged
done
finish
