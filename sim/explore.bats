#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
#
# iwc explore. Most tests put scripts in the place of verifier and walk, so that these can lie in
# every way that pan knows: it exits with 0 whatever happened. The last ones use the real programs.

load cli_helper

setup()
{
	cli_setup
	mkdir model
	export IWC_MODEL=$work/model
	cat >c.cfg <<'END'
name = "c";
classes = ({ from_ns: { frames = 2; }; });
END
}

teardown()
{
	cli_teardown
}

# program NAME: stdin becomes a script that stands for verifier or walk.
program()
{
	{
		echo '#!/bin/bash'
		cat
	} >"model/$1"
	chmod +x "model/$1"
}

# report [SED-SCRIPT]: what pan prints after a complete search for safety, edited.
report()
{
	sed -e "${1:-}" <<'END'

(Spin Version 6.5.2 -- 6 December 2019)
	+ Partial Order Reduction

Full statespace search for:
	never claim         	- (none specified)
	assertion violations	+
	cycle checks       	- (disabled by -DSAFETY)
	invalid end states	+

State-vector 512 byte, depth reached 77, errors: 0
     1234 states, stored
      600 states, matched
     1834 transitions (= stored+matched)
        0 atomic steps
hash conflicts:         0 (resolved)

    3.500	total actual memory usage

pan: elapsed time 0.1 seconds
END
}

# verifier_says TEXT: a verifier that prints it and exits with 0, as pan does.
verifier_says()
{
	printf '%s\n' "$1" >said
	program verifier <<END
cat "$work/said"
END
}

# A verifier that finds an error, and a walk that sees the same.
failing()
{
	{
		echo 'pan:1: assertion violated 0 (at depth 40)'
		echo 'pan: wrote v.pml.trail'
		report 's/errors: 0/errors: 1/'
	} >said
	program verifier <<END
echo "client \$IWC_CLIENT" >>"$work/log"
if [ "\$1" = -r ]; then
	[ -f "\$2" ] && printf 'ns 0\ns 2\n' >"\$IWC_SCHEDULE"
else
	echo trail >v.pml.trail
	cat "$work/said"
fi
END
	program walk <<'END'
case "$*" in
*--replay*)
	[ -f "$4" ] || exit 70
	sed 's/^/step: /' "$4"
echo '{"check":"c","verdict":"FAIL","property":"P3","detector":"race","text":"torn","step":2}'
	exit 1
	;;
esac
END
}

@test "explore: a complete search passes and says its bounds" {
	verifier_says "$(report)"
	expect 0 "$iwc" explore c.cfg
	says "classes 1, lines 2, frames 2+0"
	says "PASS: for every schedule"
	says "states 1234  transitions 1834  depth 77  memory 4 MB"
	quiet
	expect 0 "$iwc" explore c.cfg --json
	printf '%s\n' "$output" >j
	[ "$(wc -l <j)" -eq 1 ]
	need_python
	[ "$(member j 'j["schema"], j["verdict"], j["states"]')" \
		= "('iwc-explore-1', 'PASS', 1234)" ]
}

@test "explore: the verifier runs in a folder of its own that is gone afterwards" {
	program verifier <<END
pwd >"$work/where"
ls >"$work/there"
printf '%s\n' "\$*" >"$work/arguments"
cat "$work/said"
END
	report >said
	expect 0 "$iwc" explore c.cfg --depth 5000
	[ "$(cat where)" != "$work" ]
	[ ! -e "$(cat where)" ]
	grep -qx client.cfg there
	grep -q -- '-m5000 -w22' arguments
}

# Each of these exits with 0.
@test "explore: what pan gave up is UNDECIDED" {
	cut='Warning: Search not completed'
	verifier_says "$(report 's/^.Spin/error: max search depth too small\n&/')"
	expect 125 "$iwc" explore c.cfg --depth 80
	says "UNDECIDED: depth: longer schedules were cut off (--depth 80)"
	verifier_says "$(report "s/^.Spin/pan: out of memory\n&\n$cut/")"
	expect 125 "$iwc" explore c.cfg --memory 100
	says "UNDECIDED: memory: it ended before the search (--memory 100)"
	verifier_says "$(report "s/^.Spin/pan: reached -DMEMLIM bound\n&\n$cut/")"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: memory"
	verifier_says "$(report "s/^.Spin/Interrupted\n&\n$cut/")"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: interrupted"
	verifier_says "$(report "s/^.Spin/&\n$cut/")"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: the search was not completed"
	verifier_says "pan: out of memory"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: memory: it ended before the search"
}

@test "explore: a search over hashes or over nothing is UNDECIDED" {
	verifier_says "$(report 's/^Full/Bit/')"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: states were kept as hashes"
	verifier_says "$(report 's/^Full statespace/Hash-Compact 4/')"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: states were kept as hashes"
	verifier_says "$(report 's/ 1234 states/    0 states/')"
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: no state was searched"
}

@test "explore: a verifier without a report is a bug, whatever it exits with" {
	for code in 0 1 125; do
		program verifier <<END
echo "what now?"
exit $code
END
		expect 70 "$iwc" explore c.cfg
		says_not PASS
		complains "the verifier printed no report; its exit code is $code"
		complains "what now?"
	done
	program verifier <<'END'
kill -SEGV $$
END
	expect 70 "$iwc" explore c.cfg --json
	says_not verdict
	complains "ended by signal 11"
}

@test "explore: a client that the verifier refuses is wrong use" {
	program verifier <<'END'
echo "c: a section is too large" >&2
exit 2
END
	expect 2 "$iwc" explore c.cfg
	complains "a section is too large"
}

@test "explore: a complaint in a good report is a bug" {
	text='warning: never claim + accept labels requires -a flag to fully verify'
	verifier_says "$(report "s/^.Spin/$text\n&/")"
	expect 70 "$iwc" explore c.cfg
	complains "the verifier complained: warning: never claim"
	verifier_says "$(report 's/^.Spin/pan: error: VECTORSZ too small, recompile pan.c\n&/')"
	expect 70 "$iwc" explore c.cfg
	complains "VECTORSZ"
}

@test "explore: the search must be the one that was asked for" {
	live='s/- (none specified)/+ (no_loss)/'
	live+='; s/.*cycle checks.*/\tacceptance   cycles \t+ (fairness enabled)/'
	verifier_says "$(report "$live")"
	expect 70 "$iwc" explore c.cfg
	complains "a claim was searched though none was asked for"
	expect 125 "$iwc" explore c.cfg --claim no_loss
	complains "the program 'verifier-live' is not in"
	ln -s verifier model/verifier-live
	expect 0 "$iwc" explore c.cfg --claim no_loss
	says "claim no_loss under weak fairness"
	expect 70 "$iwc" explore c.cfg --claim other
	complains "the claim that was asked for was not searched"
	verifier_says "$(report "$live; s/fairness enabled/fairness disabled/")"
	expect 70 "$iwc" explore c.cfg --claim no_loss
	complains "cycles were not searched under weak fairness"
}

@test "explore: the time limit ends it" {
	program verifier <<END
trap 'echo Interrupted; cat "$work/said"; exit 0' INT
for i in \$(seq 100); do sleep 0.1; done
END
	report 's/^.Spin/&\nWarning: Search not completed/' >said
	expect 125 "$iwc" explore c.cfg --time 1
	says "UNDECIDED: time: 1 s were over before the search"
	says "states 1234"
}

@test "explore: a complete report after the time limit is no PASS" {
	program verifier <<END
trap 'cat "$work/said"; exit 0' INT
for i in \$(seq 100); do sleep 0.1; done
END
	report >said
	expect 125 "$iwc" explore c.cfg --time 1
	says_not PASS
}

@test "explore: SIGINT reaches the verifier, nothing is left" {
	program verifier <<END
trap 'echo got >"$work/got"; cat "$work/said"; exit 0' INT
pwd >"$work/where"
for i in \$(seq 100); do sleep 0.1; done
END
	report 's/^.Spin/Interrupted\n&\nWarning: Search not completed/' >said
	"$iwc" explore c.cfg >out 2>err &
	pid=$!
	while [ ! -s where ]; do sleep 0.05; done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 125 ]
	grep -q "UNDECIDED: interrupted" out
	[ -f got ]
	[ ! -e "$(cat where)" ]
}

@test "explore: the memory limit holds for the verifier" {
	need_python
	program verifier <<END
if python3 -c 'x = bytearray(300 << 20)' 2>/dev/null; then cat "$work/said"
else echo 'pan: out of memory'; fi
END
	report >said
	expect 0 "$iwc" explore c.cfg --memory 2000
	expect 125 "$iwc" explore c.cfg --memory 200
	says "UNDECIDED: memory"
}

@test "explore: an error becomes a folder that can be replayed" {
	failing
	expect 1 "$iwc" explore c.cfg --out found
	says "FAIL: P3 race at step 2: torn"
	says "> step: s 2"
	says "iwc replay found"
	for file in client.cfg schedule steps.txt result.json report.html; do
		[ -s "found/$file" ]
	done
	grep -q "P3 race at step 2: torn" found/report.html
	[ "$(sort -u log)" = "client client.cfg" ]
	expect 0 "$iwc" replay found
	says "FAIL: P3 race at step 2: torn"
	says "same violation as recorded"
	says "> step: s 2"
	expect 0 "$iwc" replay found --json
	says '"same": true'
	rm found/report.html
	expect 0 "$iwc" report found
	[ -s found/report.html ]
}

@test "explore: without --out the folder is named" {
	failing
	expect 1 "$iwc" explore c.cfg
	says "counterexample: iwc-explore-c"
	[ -s iwc-explore-c/schedule ]
	mkdir build
	expect 1 "$iwc" explore c.cfg
	says "counterexample: build/explore-c"
	[ -s build/explore-c/schedule ]
}

@test "explore: a replay that shows something else says so" {
	failing
	expect 1 "$iwc" explore c.cfg --out found
	sed -i 's/"race"/"duplicate"/' model/walk
	expect 1 "$iwc" replay found
	says "DIFFERENT"
	says "recorded P3 race at step 2: torn"
	says "now FAIL P3 duplicate at step 2: torn"
	sed -i 's/"FAIL"/"PASS", "bounds": "x"/; s/exit 1/exit 0/' model/walk
	expect 1 "$iwc" replay found
	says "DIFFERENT"
	sed -i 's/.*verdict.*/:/' model/walk
	expect 70 "$iwc" replay found
	rm found/schedule
	expect 70 "$iwc" replay found
}

@test "explore: an error that the walk does not confirm is a bug" {
	failing
	sed -i 's/"FAIL"/"PASS", "bounds": "x"/; s/exit 1/exit 0/' model/walk
	expect 70 "$iwc" explore c.cfg --out found
	complains "the search found 'assertion violated 0 (at depth 40)', and its replay does not"
}

@test "explore: an error without a trail or a schedule is a bug" {
	verifier_says "$(report 's/errors: 0/errors: 1/')"
	expect 70 "$iwc" explore c.cfg --out found
	complains "it found an error and wrote no trail"
	verifier_says "$(report 's/errors: 0/errors: 1/; s/^.Spin/pan: wrote v.pml.trail\n&/')"
	expect 70 "$iwc" explore c.cfg --out found
	complains "it wrote no schedule of the error it found"
}

@test "explore: a claim's counterexample is replayed by its steps" {
	failing
	sed -i 's/- (none specified)/+ (served)/' said
	sed -i 's/.*cycle checks.*/\tacceptance   cycles \t+ (fairness enabled)/' said
	sed -i 's/assertion violated 0/acceptance cycle/' said
	sed -i 's/"FAIL".*}/"PASS", "bounds": "x"}/; s/exit 1/exit 0/' model/walk
	mv model/verifier model/verifier-live
	expect 1 "$iwc" explore c.cfg --claim served --out found
	says "FAIL: served: acceptance cycle"
	expect 0 "$iwc" replay found
	says "same violation"
	sed -i 's/step:/stop:/' model/walk
	expect 1 "$iwc" replay found
	says "DIFFERENT"
}

@test "explore: what the specification refuses is replayed by its steps" {
	failing
	sed -i '1i refused: R4: announcements and acknowledgements ring first' said
	sed -i 's/"FAIL".*}/"PASS", "bounds": "x", "steps": 2}/; s/exit 1/exit 0/' model/walk
	expect 1 "$iwc" explore c.cfg --out found
	says "FAIL: R4 specification at step 2: announcements and acknowledgements ring first"
	expect 0 "$iwc" replay found
	says "same violation"
	sed -i 's/step:/stop:/' model/walk
	expect 1 "$iwc" replay found
}

@test "explore: a bound of the machine is UNDECIDED" {
	failing
	sed -i '1i bound: versions' said
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: bound of the machine: versions"
	sed -i '1s/.*/refused: bound: more frames in flight than there is room for/' said
	expect 125 "$iwc" explore c.cfg
	says "UNDECIDED: bound of the machine: more frames in flight"
}

@test "explore: there is nothing to replay in a PASS" {
	verifier_says "$(report)"
	expect 0 "$iwc" explore c.cfg --out fine
	[ -s fine/result.json ]
	expect 2 "$iwc" replay fine
	complains "the verdict is PASS, there is no counterexample"
}

@test "explore: random walks" {
	program walk <<'END'
printf '%s\n' "$*" >>"${0%/*}/../arguments"
echo '{"check": "walk", "verdict": "PASS", "bounds": "b", "executions": 500, "steps": 9000}'
END
	expect 0 "$iwc" explore c.cfg --walk 500 --seed 7 --depth 300
	says "500 random walks from seed 7"
	says "PASS: in every walk, which are a sample"
	says "walks 500  steps 9000"
	grep -q -- '--client client.cfg --schedule schedule --runs 500 --seed 7' arguments
	grep -q -- '--depth 300' arguments
}

@test "explore: walks that were cut off, or ended by a bound, say so" {
	program walk <<'END'
echo '{"check": "walk", "verdict": "PASS", "bounds": "b", "executions": 500, "cut": 20}'
END
	expect 0 "$iwc" explore c.cfg --walk 500
	says "500 random walks from seed 1, 20 of them cut off"
	program walk <<'END'
echo "out of memory" >&2
exit 125
END
	expect 125 "$iwc" explore c.cfg --walk 500
	says "UNDECIDED: memory: it ended before the walks (--memory 4096)"
}

@test "explore: a walk that lies is no PASS" {
	program walk <<'END'
echo '{"check": "walk", "verdict": "PASS", "bounds": "b", "executions": 500}'
exit 1
END
	expect 70 "$iwc" explore c.cfg --walk 500
	complains "verdict and exit code do not agree"
	program walk <<'END'
echo '{"check": "walk", "verdict": "PASS", "bounds": "b", "executions": 0}'
END
	expect 70 "$iwc" explore c.cfg --walk 500
	complains "PASS over nothing"
	program walk <<'END'
echo "all is well"
END
	expect 70 "$iwc" explore c.cfg --walk 500
	complains "its last line is no JSON object"
	program walk <<'END'
END
	expect 70 "$iwc" explore c.cfg --walk 500
	complains "it printed nothing"
}

@test "explore: a missing verifier is a SKIP that says where it was looked for" {
	expect 125 "$iwc" explore c.cfg
	says "SKIP"
	complains "the program 'verifier' is not in $work/model: SPIN was not installed"
	expect 125 "$iwc" explore c.cfg --json
	says '"verdict":"SKIP"'
	says_not PASS
}

@test "explore: the programs are found beside iwc, and once installed in libexec" {
	unset IWC_MODEL
	mkdir -p tree inst/bin inst/libexec
	cp "$iwc" tree/iwc
	expect 125 tree/iwc explore c.cfg
	complains "is not in $(realpath tree)/model:"
	verifier_says "$(report)"
	cp -r model tree/model
	expect 0 tree/iwc explore c.cfg
	cp "$iwc" inst/bin/iwc
	expect 125 inst/bin/iwc explore c.cfg
	complains "$(realpath inst)/bin/../libexec/iwc"
	cp -r model inst/libexec/iwc
	expect 0 inst/bin/iwc explore c.cfg
}

@test "explore: wrong use" {
	expect 2 "$iwc" explore
	expect 2 "$iwc" explore nowhere.cfg
	complains "nowhere.cfg: No such file or directory"
	echo 'classes = ({ from_ns: { frames = 99; }; });' >bad.cfg
	expect 2 "$iwc" explore bad.cfg
	complains "bad.cfg:1: frames: 99 is out of range, 0 to 15"
	echo 'classes = ({ from_ns: { frames = 1; }; }); s: { core = "no-rechek"; };' >bad.cfg
	expect 2 "$iwc" explore bad.cfg
	complains "bad.cfg: there is no core 'no-rechek', did you mean no-recheck?"
	expect 2 "$iwc" explore c.cfg --core no-recheckk
	complains "--core: there is no core 'no-recheckk', did you mean no-recheck?"
	expect 2 "$iwc" explore c.cfg --walk 0
	expect 2 "$iwc" explore c.cfg --walk 5 --claim x
	complains "--claim goes with a search"
	expect 2 "$iwc" explore c.cfg --seed 5
	complains "--seed goes with --walk"
	expect 2 "$iwc" explore c.cfg --memory 1
	complains "a number from 64 to"
	mkdir full
	touch full/file
	expect 2 "$iwc" explore c.cfg --out full
	complains "holds other files"
}

# --- the real programs -----------------------------------------------------------------------

real()
{
	unset IWC_MODEL
	[ -z "${IWC_SAN:-}" ] || skip "env: a sanitizer does not live within a limit of memory"
	[ -x "$(dirname "$iwc")/model/verifier" ] || skip "the verifier is missing"
}

@test "explore: the real core holds over a small client" {
	real
	expect 0 "$iwc" explore c.cfg
	says "PASS: for every schedule"
	expect 0 "$iwc" explore c.cfg --walk 200
	says "walks 200"
}

@test "explore: real searches that are cut off are UNDECIDED" {
	real
	expect 125 "$iwc" explore c.cfg --depth 20
	says "UNDECIDED: depth"
	cat >large.cfg <<'END'
classes = ({
	lines = 8;
	from_ns: { frames = 15; burst = 4; };
	from_s: { frames = 15; burst = 3; };
});
ns: { crashes = 3; };
s: { crashes = 3; };
END
	expect 125 "$iwc" explore large.cfg --time 2
	says "UNDECIDED: time"
	expect 125 "$iwc" explore large.cfg --memory 256 --time 60
	says "UNDECIDED: memory"
}

@test "explore: a core without its re-check fails, and the replay shows the same" {
	real
	cat >weak.cfg <<'END'
classes = ({ lines = 2; from_ns: { frames = 2; }; });
ns: { crashes = 1; };
s: { core = "no-recheck"; };
END
	expect 1 "$iwc" explore weak.cfg --out found
	says "FAIL: P"
	expect 0 "$iwc" replay found
	says "same violation as recorded"
	expect 1 "$iwc" explore weak.cfg --walk 1000000 --out walked
	expect 0 "$iwc" replay walked
	expect 1 "$iwc" explore weak.cfg --core publish-first
	says "FAIL: P"
	expect 1 "$iwc" explore weak.cfg --core no-ring-on-ack --out refused
	says "FAIL: R4 specification at step"
	expect 0 "$iwc" replay refused
	# The same client with the core as it is must hold: what was found is the re-check's doing.
	sed -i 's/no-recheck/core/' weak.cfg
	expect 0 "$iwc" explore weak.cfg
}
