#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/units.sh CAPTRACE [VARIANT]...
#
# Tests --unit where systemd is PID 1 (ci/vm --root systemd), under each variant that works there: a
# unit that is restarted, compared with a trace of the whole machine at the same time; templates,
# slices, scopes and a user's units. Also runs units with the drop-in that advice prints. Run as
# root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
shift
cd / || exit 1
[ -d /run/systemd/system ] || { skip units 'systemd is not PID 1'; finish; }
units=/run/systemd/system
mkdir -p $units
tracers=''

# --- captrace --------------------------------------------------------------------------------

# trace NAME OPTION...: starts captrace in the background, with its rows in $tmp/NAME; returns once
# it has written its heading and is live.
trace() {
	name=$1
	shift
	: >"$tmp/$name"
	"$captrace" ${spec:+--backend=$spec} \
		-o columns=pid,comm,syscall,uid,capname,audit,verdict,unit,startup "$@" \
		>"$tmp/$name" 2>"$tmp/$name.err" &
	tracers="$tracers $!"
	wait_until test -s "$tmp/$name"
}

end_traces() {
	for pid in $tracers; do
		kill -INT "$pid" 2>/dev/null
		wait "$pid"
	done
	tracers=''
}

# units NAME: the units in the rows of that trace.
units() {
	awk 'NR > 1 { print $8 }' "$tmp/$1" | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# chroots NAME: how many of its rows are SYS_CHROOT checks by chroot, of which each unit makes one a
# round.
chroots() {
	awk '$2 == "chroot" && $5 == "SYS_CHROOT"' "$tmp/$1" | wc -l
}

# --- Units -----------------------------------------------------------------------------------

# service NAME COMMAND [LINE...]
service() {
	file="$units/$1.service" command=$2
	shift 2
	{
		echo '[Service]'
		echo "ExecStart=/bin/sh -c '$command'"
		printf '%s\n' "$@"
	} >"$file"
}

ended() {
	[ "$(systemctl is-active "$1")" != active ] && [ "$(systemctl is-active "$1")" != activating ]
}

# Traces a unit that fails three times and is restarted each time.
restarted() {
	rm -f /run/tries
	trace all
	trace mine --unit e2e
	check "$spec: captrace waits for the unit" \
		grep -q "no unit 'e2e.service' yet: waiting" "$tmp/mine.err"
	systemctl start --no-block e2e other
	wait_until test -e /run/e2e-done
	wait_until ended e2e
	# Wait until both traces have seen the last check.
	chroot / /bin/true
	wait_until seen_all
	systemctl stop other
	end_traces
	rm -f /run/e2e-done
	systemctl reset-failed 2>/dev/null
	check "$spec: a check of each of its four runs" equals "$(chroots mine)" 4
	check "$spec: nothing of others" equals "$(units mine)" e2e.service
	check "$spec: the same rows as in the trace of the whole machine" same_rows
	check "$spec: start-up by systemd is told apart" told_apart
	cp "$tmp/mine.err" "$tmp/err"
	check "$spec: no event is lost, no unit unknown" sh -c "! grep -qE 'lost|unknown' '$tmp/mine.err'"
}

# systemd's own checks are those with the name that systemd gives its child.
told_apart() {
	awk '$8 == "e2e.service" && $9 != ($2 == "(sh)" ? "true" : "false")' "$tmp/all" >"$tmp/out"
	[ ! -s "$tmp/out" ] && grep -q '^[0-9]*  *(sh) .* e2e\.service  *true' "$tmp/all"
}

seen_all() {
	[ "$(chroots all)" -ge 9 ] && [ "$(chroots mine)" -ge 4 ]
}

# Only the trace of the whole machine shows what systemd does before the unit's program; --unit
# leaves it out where the variant can tell it apart.
same_rows() {
	awk '$8 == "e2e.service" && $9 != "true"' "$tmp/all" >"$tmp/want"
	sed 1d "$tmp/mine" | diff "$tmp/want" - >"$tmp/out" && [ -s "$tmp/want" ]
}

names() {
	# Columns double each backslash, so that a name can't forge an escape.
	trace template --unit 'e2e@a\x2db.service'
	trace all-instances --unit e2e-sub.slice
	systemctl start 'e2e@a\x2db' 'e2e@c'
	wait_until ended 'e2e@a\x2db'
	wait_until ended 'e2e@c'
	end_traces
	check 'a template with an escaped instance' equals "$(units template)" 'e2e@a\\x2db.service'
	check 'its check' equals "$(chroots template)" 1
	check 'a slice' \
		equals "$(units all-instances)" 'e2e@a\\x2db.service e2e@c.service'
	trace scope --unit e2e.scope
	systemd-run -q --scope --unit e2e chroot / /bin/true
	chroot / /bin/true
	end_traces
	check 'a scope' equals "$(units scope)" e2e.scope
	check 'its check' equals "$(chroots scope)" 1
	"$captrace" --unit nosuch --timeout 1 >"$tmp/out" 2>"$tmp/err"
	check 'an unknown unit with --timeout: exit code' equals $? 0
	check 'and that it did not appear' \
		grep -q "^captrace: no unit 'nosuch.service' appeared" "$tmp/err"
}

# Starts the user's manager without PAM and logind, because this guest has neither.
of_user() {
	echo 'e2e:x:1000:1000::/tmp:/bin/sh' >>/etc/passwd
	echo 'e2e:x:1000:' >>/etc/group
	mkdir -p "$units/user@1000.service.d"
	printf '[Service]\nPAMName=\nEnvironment=XDG_RUNTIME_DIR=/run/user/1000\n' \
		>"$units/user@1000.service.d/e2e.conf"
	systemctl daemon-reload
	install -d -o 1000 -g 1000 -m 700 /run/user/1000
	systemctl start user@1000 || return 1
	trace unit --unit e2e-user
	trace manager --unit user@1000
	setpriv --reuid 1000 --regid 1000 --clear-groups env XDG_RUNTIME_DIR=/run/user/1000 \
		systemd-run --user -q --unit e2e-user sh -c 'chroot / true; nice -n -5 true'
	wait_until grep -q ' nice ' "$tmp/manager"
	wait_until grep -q ' nice ' "$tmp/unit"
	end_traces
	check 'a unit of a user' equals "$(units unit)" e2e-user.service
	check 'its denial' grep -q ' nice  *setpriority  *1000  *SYS_NICE  *[^ ]*  *Deny ' "$tmp/unit"
	check 'it is within the manager, which is a unit, too' \
		grep -q ' nice .* e2e-user.service ' "$tmp/manager"
	systemctl stop user@1000
}

# --- Advice ----------------------------------------------------------------------------------

# The exit code has a bit for each operation that failed.
cat >/run/e2e-work <<'END'
rc=0
chroot / /bin/true || rc=$((rc | 1))
chown 7:7 /run/e2e-file || rc=$((rc | 2))
[ "$(nice -n -5 nice)" = -5 ] || rc=$((rc | 4))
exit $rc
END

# work COMMAND...: runs this script with COMMAND and returns its exit code.
work() {
	: >/run/e2e-file
	chown 0:0 /run/e2e-file
	"$@" /bin/sh /run/e2e-work >"$tmp/said" 2>&1
}

# transient FILE OPTION...: runs a unit with the properties in the drop-in FILE.
transient() {
	dropin=$1
	shift
	while read -r property; do
		set -- "$@" -p "$property"
	done <<-END
		$(sed '1,/^\[Service\]$/d' "$dropin")
	END
	work systemd-run -q --wait --collect "$@"
}

# in_dropin FILE OPTION...: runs a unit that has FILE as a drop-in.
in_dropin() {
	mkdir -p "$units/e2e-advice.service.d"
	cp "$1" "$units/e2e-advice.service.d/50-captrace.conf"
	systemctl daemon-reload
	shift
	work systemd-run -q --wait --collect --unit e2e-advice "$@"
}

# follows_advice USER BEFORE: BEFORE is the exit code of the work without the advice.
follows_advice() {
	: >/run/e2e-file
	"$captrace" advise --format systemd --user "$1" -- /bin/sh /run/e2e-work \
		>"$tmp/advice" 2>"$tmp/err"
	check "advice for user $1: what it needs" grep -q -x \
		'CapabilityBoundingSet=CAP_CHOWN CAP_SYS_CHROOT CAP_SYS_NICE' "$tmp/advice"
	work systemd-run -q --wait --collect --uid "$1"
	check "advice for user $1: without it" equals $? "$2"
	transient "$tmp/advice" --uid "$1"
	check "advice for user $1: a transient unit works with exactly these" equals $? 0
	in_dropin "$tmp/advice" --uid "$1"
	check "advice for user $1: and with the drop-in itself" equals $? 0
	for less in 1:CAP_SYS_CHROOT 2:CAP_CHOWN 4:CAP_SYS_NICE; do
		sed "s/ *${less#*:}//" "$tmp/advice" >"$tmp/less"
		transient "$tmp/less" --uid "$1"
		check "advice for user $1: and fails without ${less#*:}" equals $? "${less%:*}"
		in_dropin "$tmp/less" --uid "$1"
		check "advice for user $1: so does the drop-in" equals $? "${less%:*}"
	done
}

asks='chroot / /bin/true; nice -n -5 true'
service e2e "$asks; echo >>/run/tries; \
[ \$\$(wc -l </run/tries) -lt 4 ] || { touch /run/e2e-done; exit 0; }; exit 1" \
	Restart=on-failure RestartSec=50ms
service other "for i in 1 2 3 4; do $asks; done; sleep 60"
service e2e@ "$asks" Slice=e2e-sub.slice
systemctl daemon-reload
[ $# -gt 0 ] || set -- bpf:fexit bpf:kprobe bpf:tracepoint ftrace:perf ftrace:ring
for spec; do
	if works "$spec"; then
		restarted
	else
		skip "$spec" "$(tail -n 1 "$tmp/err")"
	fi
done
spec=''
names
of_user || fail 'the manager of a user does not start'
follows_advice 0 0
follows_advice 65534 7
finish
