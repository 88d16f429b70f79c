#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/e2e/usage.sh CAPTRACE
#
# Tests wrong usage: the exit code, one line on stderr that names what is wrong, and nothing on stdout.
# Run as root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# A copy that the user nobody may run too.
cp "$captrace" "$tmp/captrace"
chmod 755 "$tmp"
: >"$tmp/empty"

# CODE @ PATTERN of the message @ ARGUMENTS, in shell syntax
while IFS=@ read -r code pattern arguments; do
	case $code in '#'* | '') continue ;; esac
	code=${code%% *}
	pattern=$(echo "$pattern" | sed 's/^ *//; s/ *$//')
	eval "set -- $arguments"
	"$tmp/captrace" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
	if ! wait_until gone $pid; then
		kill $pid
		wait $pid
		fail "captrace$arguments: does not end"
		continue
	fi
	wait $pid
	got=$?
	if [ $got != "$code" ]; then
		fail "captrace$arguments: exit code $got, not $code"
	elif [ "$(wc -l <"$tmp/err")" != 1 ]; then
		fail "captrace$arguments: says it in $(wc -l <"$tmp/err") lines"
	elif ! grep -q -E "^captrace: .*$pattern" "$tmp/err"; then
		fail "captrace$arguments: does not say /$pattern/"
	elif [ -s "$tmp/out" ]; then
		fail "captrace$arguments: writes to stdout"
	else
		pass "captrace$arguments"
	fi
done <<EOT
2   @ --nonsense                 @ --nonsense
2   @ extra                      @ extra
2   @ command                    @ --
2   @ nonsense.*capname          @ -o columns=nonsense
2   @ empty                      @ -o columns=
2   @ xml.*jsonpretty            @ -o xml
2   @ output.*needs              @ -o
2   @ NOSUCH                     @ --cap NOSUCH
2   @ 64                         @ --cap 64
2   @ empty                      @ --cap ''
2   @ nosuch.*bpf:fexit          @ --backend=nosuch
2   @ bpf:nosuch.*bpf:fexit      @ --backend=bpf:nosuch
2   @ needs                      @ --pid
2   @ 'x'                        @ --pid x
2   @ '0'                        @ --pid 0
2   @ -1                         @ --pid -1
2   @ 4194303                    @ --pid 4194303
2   @ together                   @ --pid 1 -- true
2   @ --pid                      @ --follow
2   @ empty                      @ -F ''
2   @ operator                   @ -F pid
2   @ nosuch                     @ -F nosuch==1
2   @ abc.*number                @ -F pid==abc
2   @ regular expression         @ -F 'comm~('
2   @ Allow or Deny.*Maybe       @ --verdict Maybe
2   @ nosuchuser                 @ --uid nosuchuser
2   @ nosuchcall                 @ --syscall nosuchcall --timeout 1
2   @ timeout.*x                 @ --timeout x
2   @ timeout.*-1                @ --timeout -1
2   @ max-events.*0              @ --max-events 0
2   @ max-events.*99999999999999 @ --max-events 99999999999999999999
2   @ buffer-size.*1x            @ --buffer-size 1x
2   @ buffer-size.*'?0           @ --buffer-size 0
2   @ overhead.*no-such          @ --overhead=no-such
2   @ overhead.*empty            @ --overhead=task-clock,,
2   @ nosuchuser                 @ --user nosuchuser -- true
2   @ command                    @ --user nobody
2   @ /no/such                   @ --btf /no/such -- true
2   @ takes no value             @ --print-stack=3
2   @ nosuch.*docker.*podman     @ -r nosuch
2   @ empty                      @ -c a,,b
2   @ empty                      @ -p ''
2   @ a/b.*unit                  @ --unit a/b
2   @ x.*cgroup path             @ --cgroup x
2   @ KEY=VALUE                  @ --selector =x
2   @ /no/such                   @ --host-root /no/such
2   @ bundle.*'/no/such/x'       @ doctor --bundle /no/such/x
2   @ empty.*already exists      @ doctor --bundle $tmp/empty
2   @ bundle.*empty              @ doctor --bundle ''
2   @ bundle.*doctor             @ --bundle $tmp/new
127 @ /no/such.*(found|such)    @ -- /no/such
127 @ nosuchcommand.*found       @ -- nosuchcommand
126 @ empty.*(denied|executed)  @ -- $tmp/empty
126 @ $tmp                       @ -- $tmp
EOT

# Without privileges captrace has to say which capabilities it needs.
if command -v setpriv >/dev/null 2>&1 && setpriv --reuid 65534 true 2>/dev/null; then
	as_nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
else
	# busybox's su would take the shell from passwd.
	as_nobody='su -s /bin/sh nobody -c'
fi
case $as_nobody in
su*) $as_nobody "$tmp/captrace --timeout 1" >"$tmp/out" 2>"$tmp/err" ;;
*) $as_nobody "$tmp/captrace" --timeout 1 >"$tmp/out" 2>"$tmp/err" ;;
esac
check 'as nobody: exit code 3' equals $? 3
check 'as nobody: names the capabilities' grep -q 'CAP_' "$tmp/err"
check 'as nobody: in one line' equals "$(wc -l <"$tmp/err")" 1

# The bundle for bug reports: readable only by its owner, and without kernel addresses.
"$captrace" doctor --bundle "$tmp/bundle" >"$tmp/out" 2>"$tmp/err"
code=$?
check 'doctor --bundle: exit code 0 or 3' [ $code = 0 -o $code = 3 ]
check 'doctor --bundle: reports all the same' grep -q '^Best ' "$tmp/out"
# shellcheck disable=SC2012 # busybox has no stat
check 'doctor --bundle: for its owner alone' equals "$(ls -l "$tmp/bundle" | cut -c 1-10)" -rw-------
check 'doctor --bundle: has the kernel' grep -q "\"release\": \"$(uname -r)\"" "$tmp/bundle"
check 'doctor --bundle: has what was tried' grep -q '"ftrace:perf": \[' "$tmp/bundle"
no_addresses() {
	# Text, modules and direct map of 64-bit kernels, and of 32-bit kernels that begin at 3 GB.
	case $(uname -m) in
	*64) addresses='(ffffffff[89a-e]|ffff[89a-e])[0-9a-f]{7,}' ;;
	*) addresses='0x[cde][0-9a-f]{7}([^0-9a-f]|$)' ;;
	esac
	! grep -Ei "$addresses" "$1" | sed 's/^/#   /' | grep .
}
check 'doctor --bundle: has no address of the kernel' no_addresses "$tmp/bundle"
"$captrace" doctor --bundle - >"$tmp/out" 2>"$tmp/err"
check 'doctor --bundle -: is all that there is on stdout' equals "$(head -c 1 "$tmp/out")$(tail -n 1 "$tmp/out")" '{}'
rm -f "$tmp/bundle"
ln -s "$tmp/nothing" "$tmp/bundle"
"$captrace" doctor --bundle "$tmp/bundle" >"$tmp/out" 2>"$tmp/err"
check 'doctor --bundle: follows no link' equals "$? $(test -e "$tmp/nothing" && echo made)" '2 '

# CAPTRACE_DEBUG is not an option, but a wrong value gets as clear a message.
CAPTRACE_DEBUG=drop,nosuch "$captrace" --version >"$tmp/out" 2>"$tmp/err"
check 'CAPTRACE_DEBUG with an unknown tag: exit code 2' equals $? 2
check 'CAPTRACE_DEBUG with an unknown tag: names it' grep -q "^captrace: .*'nosuch'" "$tmp/err"
check 'CAPTRACE_DEBUG with an unknown tag: in one line' equals "$(cat "$tmp/err" "$tmp/out" | wc -l)" 1
CAPTRACE_DEBUG=help "$captrace" >"$tmp/out" 2>"$tmp/err"
check 'CAPTRACE_DEBUG=help: exit code 0' equals $? 0
check 'CAPTRACE_DEBUG=help: lists the tags' grep -q '^ *drop ' "$tmp/out"
echo '{"type":"normal","pid":7,"comm":"x","cap":18,"audit":1}' |
	CAPTRACE_DEBUG=drop "$captrace" replay --cap CHOWN - >"$tmp/out" 2>"$tmp/err"
check 'CAPTRACE_DEBUG=drop: says what left a check out' \
	grep -q '^captrace: drop: pid=7 comm=x cap=SYS_CHROOT: filter: cap$' "$tmp/err"

# --help and --version write to stdout, and fail if that fails.
"$captrace" --help >"$tmp/out" 2>"$tmp/err"
check '--help: exit code 0' equals $? 0
check '--help: on stdout' grep -q -e --backend "$tmp/out"
"$captrace" --version >"$tmp/out" 2>"$tmp/err"
check '--version: exit code 0' equals $? 0
"$captrace" --help >/dev/full 2>"$tmp/err"
check '--help to a full disk: fails' equals $? 1
finish
