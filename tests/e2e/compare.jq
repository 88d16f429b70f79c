# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compares a tracer's events (the input, slurped) with the workload's expectations, thread by thread
# and in order. Prints one object: what matched, what did not, and all events as lines in which
# nothing depends on the run, so that two runs can be compared with diff.
#
#   $expected  the expectations (see tests/workload/expect.h)
#   $all       whether the tracer was to show unaudited checks
#   $given     the keys that this tracer has to give; others must be null
#   $tids      whether events of other threads than the workload's are allowed
#   $inlined   whether the tracer sees the inlined callers
#   pass       (defined by ./compare) the filter that the tracer used
#   $tables    {table: {number: name}} to name system calls of a tracer that shows their numbers

def known: ["pid", "tid", "comm", "syscall", "uid", "gid", "cap", "capName", "audit", "verdict",
	"insetid", "targetuserns", "currentuserns", "caps", "mountnsid", "cgroupid"];

# The keys in which the event $e differs from the expectation $x.
def differing($x; $e):
	[known[] as $k
	| select($x | has($k))
	| if ($given | index($k)) then
		select($e[$k] != $x[$k])
	  else
		select($e[$k] != null)
	  end
	| $k]
	+ if ($e | has("nr")) and ($tables | length) > 0 then
		if $x.syscall == null then
			if $e.nr == null then [] else ["nr"] end
		elif [$tables[][$e.nr | tostring]] | index($x.syscall) then []
		else ["nr"] end
	  else [] end;

# Unaudited checks are compared in a "ua:" window. Elsewhere the C library and the kernel cause some
# of their own, which may be dropped. A tracer that does not report audit always shows overcommit's
# checks of SYS_ADMIN (21).
def window: (.comm // "") | startswith("ua:");
def may_drop($e):
	if $e.audit == null then $e.cap == 21 and ($e | window | not)
	elif $e.audit == 0 then $all and ($e | window | not)
	else false end;

def show($e): [known[] as $k | $e[$k] | if . == null then "-" else tostring end] | join(" ");

# An expectation that may repeat absorbs those after it that have the same values of the given keys.
def merged:
	($given + if $tables | length > 0 then ["syscall"] else [] end) as $told
	| def covers($x): . as $r | all($told[]; . as $k | ($r | has($k) | not) or $r[$k] == $x[$k]);
	reduce .[] as $x ([];
		if length > 0 and .[-1]["repeat"] and (.[-1] | covers($x)) then .
		else . + [$x] end);

# Compares one thread. i: the expectation that is due; on: it has matched and may match again.
def align($xs; $es):
	reduce $es[] as $e (
		{i: 0, on: false, n: 0, drop: 0, bad: [], lines: []};
		. as $s
		| $xs[$s.i] as $x
		| (if $x then differing($x; $e) else null end) as $d
		| (if $s.on and $xs[$s.i + 1] then differing($xs[$s.i + 1]; $e) else null end) as $next
		| def take($at):
			.n += 1 | .lines += [$e]
			| if $xs[$at]["repeat"] then .i = $at | .on = true else .i = $at + 1 | .on = false end;
		  if $d == [] then take($s.i)
		  elif $next == [] then take($s.i + 1)
		  elif may_drop($e) then .drop += 1
		  else
			# The next expectation that $e matches; events for those before it are missing.
			(first(range($s.i; $xs | length) | select(differing($xs[.]; $e) == [])) // null) as $j
			| if $j != null then
				.bad += [range(if $s.on then $s.i + 1 else $s.i end; $j)
					| "missing     \(show($xs[.]))"]
				| take($j)
			  elif $x and ($s.on | not) and $x.cap == $e.cap then
				.bad += ["expected    \(show($x))", "      shown \(show($e))"
					+ "   differs in: \($d | join(" "))"]
				| .i = $s.i + 1
			  else
				.bad += ["unexpected  \(show($e))"]
			  end
		  end)
	| .bad += [range(if .on then .i + 1 else .i end; $xs | length) | "missing     \(show($xs[.]))"];

# Replaces inodes by names, in order of appearance within one thread, because the kernel reuses freed
# inode numbers.
def renamed($name; key):
	reduce .[] as $l ({seen: {}, out: []};
		($l | key | tostring) as $v
		| if .seen[$v] then . else .seen[$v] = "\($name)\(.seen | length)" end
		| .out += [if $v == "null" or $v == "4026531837" then $l else .seen[$v] as $n | $l | key = $n end])
	| .out;

# A thread's events as lines in which nothing depends on the run.
def lines_of($task):
	renamed("userns"; .currentuserns) | renamed("userns"; .targetuserns)
	| renamed("mntns"; .mountnsid) | renamed("cgroup"; .cgroupid)
	| .[]
	| "\($task) \((.comm // "-") | sub("^iou-wrk-[0-9]+$"; "iou-wrk-N") | tojson) \(.syscall) "
		+ "\(.uid):\(.gid) \(.cap) \(.capName) \(.audit) \(.verdict) \(.insetid) "
		+ "\(.currentuserns)>\(.targetuserns) \(.caps) \(.mountnsid) \(.cgroupid) "
		+ "\(.capsNames | tojson)";

. as $input
| [$expected[] | select(.cap != null or .verdict != null)
	| select($inlined or (.inlined | not))
	| select($all or .audit != 0 or ($given | index("audit") | not))
	| select(pass)] as $xs
| (if $tids then reduce $xs[] as $x ({}; .[$x.tid | tostring] = true) else {} end) as $ours
| [$input[] | select(.type == "normal") | select(($tids | not) or $ours[.tid | tostring])] as $es
# Group by sorting, because an object of 20,000 threads would be copied for each one.
| [([$xs[] | {tid, x: .}] + [$es[] | {tid, e: .}]) | group_by(.tid)[]
	| [.[].x | values] as $x
	| align($x | merged; [.[].e | values]) + {
		task: ($x | map(.task) | unique | join("+")),
		tid: .[0].tid}] as $threads
| {
	expected: ($xs | length),
	events: ($es | length),
	matched: ([$threads[].n] | add // 0),
	dropped: ([$threads[].drop] | add // 0),
	lost: ([$input[] | select(.type == "lost") | .count] | add // 0),
	wrong: [$threads[] | select(.bad != []) | "\(.task) (\(.tid)):", ("  " + .bad[])],
	skipped: [$expected[] | select(.skip) | "\(.workload): \(.skip)"],
	failed: [$expected[] | select(.failed) | "\(.workload): \(.failed)"],
	strange: [$input[] | select(.type != "normal" and .type != "lost")],
	given: [known[] as $k | select(any($es[]; .[$k] != null)) | $k],
	lines: [$threads | sort_by(.task)[] | .task as $task | .lines | lines_of($task)]
}
