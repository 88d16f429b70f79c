# SPDX-License-Identifier: GPL-2.0-or-later
#
# Compares what a tracer showed (the input, slurped) with the workload's words ($words), thread by
# thread and in order, and prints one object: what agreed, what did not, and the whole as lines in
# which nothing depends on the run, so that two runs can be compared with diff.
#
#   $words    the words (see tests/workload/expect.h)
#   $all      whether unaudited checks were asked for
#   $given    the keys that this tracer is expected to give; others have to be null
#   $tids     whether what other threads than the workload's did may be there too
#   $inlined  whether the tracer sees the inlined callers
#   pass      (defined by ./compare) the filter that was given to the tracer
#   $tables   {table: {number: name}} to name system calls of a tracer that shows their numbers

def known: ["pid", "tid", "comm", "syscall", "uid", "gid", "cap", "capName", "audit", "verdict",
	"insetid", "targetuserns", "currentuserns", "caps", "mountnsid", "cgroupid"];

# Keys in which the event $e does not hold what the word $w says.
def differing($w; $e):
	[known[] as $k
	| select($w | has($k))
	| if ($given | index($k)) then
		select($e[$k] != $w[$k])
	  else
		select($e[$k] != null)
	  end
	| $k]
	+ if ($e | has("nr")) and ($tables | length) > 0 then
		if $w.syscall == null then
			if $e.nr == null then [] else ["nr"] end
		elif [$tables[][$e.nr | tostring]] | index($w.syscall) then []
		else ["nr"] end
	  else [] end;

# In a "ua:" window unaudited checks are compared; elsewhere they are the C library's and the
# kernel's own. What can't tell audit shows overcommit's SYS_ADMIN everywhere.
def window: (.comm // "") | startswith("ua:");
def may_drop($e):
	if $e.audit == null then $e.cap == 21 and ($e | window | not)
	elif $e.audit == 0 then $all and ($e | window | not)
	else false end;

def show($e): [known[] as $k | $e[$k] | if . == null then "-" else tostring end] | join(" ");

# A word that may repeat takes in those after it that it can't be told from by what is given.
def merged:
	($given + if $tables | length > 0 then ["syscall"] else [] end) as $told
	| def covers($w): . as $r | all($told[]; . as $k | ($r | has($k) | not) or $r[$k] == $w[$k]);
	reduce .[] as $w ([];
		if length > 0 and .[-1]["repeat"] and (.[-1] | covers($w)) then .
		else . + [$w] end);

# One thread. i: the word that is due; on: it has been matched and may repeat.
def align($ws; $es):
	reduce $es[] as $e (
		{i: 0, on: false, n: 0, drop: 0, bad: [], lines: []};
		. as $s
		| $ws[$s.i] as $w
		| (if $w then differing($w; $e) else null end) as $d
		| (if $s.on and $ws[$s.i + 1] then differing($ws[$s.i + 1]; $e) else null end) as $next
		| def take($at):
			.n += 1 | .lines += [$e]
			| if $ws[$at]["repeat"] then .i = $at | .on = true else .i = $at + 1 | .on = false end;
		  if $d == [] then take($s.i)
		  elif $next == [] then take($s.i + 1)
		  elif may_drop($e) then .drop += 1
		  else
			# The next word that it could be; those between are missing.
			(first(range($s.i; $ws | length) | select(differing($ws[.]; $e) == [])) // null) as $j
			| if $j != null then
				.bad += [range(if $s.on then $s.i + 1 else $s.i end; $j)
					| "missing     \(show($ws[.]))"]
				| take($j)
			  elif $w and ($s.on | not) and $w.cap == $e.cap then
				.bad += ["expected    \(show($w))", "      shown \(show($e))"
					+ "   differs in: \($d | join(" "))"]
				| .i = $s.i + 1
			  else
				.bad += ["unexpected  \(show($e))"]
			  end
		  end)
	| .bad += [range(if .on then .i + 1 else .i end; $ws | length) | "missing     \(show($ws[.]))"];

# Inodes as names, by first appearance within one thread: the kernel uses freed ones again.
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
| [$words[] | select(.cap != null or .verdict != null)
	| select($inlined or (.inlined | not))
	| select($all or .audit != 0 or ($given | index("audit") | not))
	| select(pass)] as $ws
| (if $tids then reduce $ws[] as $w ({}; .[$w.tid | tostring] = true) else {} end) as $ours
| [$input[] | select(.type == "normal") | select(($tids | not) or $ours[.tid | tostring])] as $es
# By sorting: an object of 20,000 threads would be copied for each.
| [([$ws[] | {tid, w: .}] + [$es[] | {tid, e: .}]) | group_by(.tid)[]
	| [.[].w | values] as $w
	| align($w | merged; [.[].e | values]) + {
		task: ($w | map(.task) | unique | join("+")),
		tid: .[0].tid}] as $threads
| {
	words: ($ws | length),
	events: ($es | length),
	matched: ([$threads[].n] | add // 0),
	dropped: ([$threads[].drop] | add // 0),
	lost: ([$input[] | select(.type == "lost") | .count] | add // 0),
	wrong: [$threads[] | select(.bad != []) | "\(.task) (\(.tid)):", ("  " + .bad[])],
	skipped: [$words[] | select(.skip) | "\(.workload): \(.skip)"],
	failed: [$words[] | select(.failed) | "\(.workload): \(.failed)"],
	strange: [$input[] | select(.type != "normal" and .type != "lost")],
	given: [known[] as $k | select(any($es[]; .[$k] != null)) | $k],
	lines: [$threads | sort_by(.task)[] | .task as $task | .lines | lines_of($task)]
}
