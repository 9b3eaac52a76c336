#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The dissector and the profile, by tshark with a home of its own.

load ../sim/cli_helper

setup()
{
	cli_setup
	command -v tshark >/dev/null || skip "tshark is missing"
	export HOME=$work/home
	unset XDG_CONFIG_HOME
	mkdir -p "$HOME/.local/lib/wireshark/plugins" "$HOME/.config/wireshark/profiles"
	cp "$top/tap-bridge/wireshark/iwc.lua" "$HOME/.local/lib/wireshark/plugins"
	cp -r "$top/tap-bridge/wireshark/profile" "$HOME/.config/wireshark/profiles/iwc"
}

teardown()
{
	cli_teardown
}

# run_to FILE SCENARIO [OPTION...]: the stream of a run, whatever the verdict.
run_to()
{
	local file=$1 scenario=$2

	shift 2
	"$iwc" run "$top/scenarios/$scenario.cfg" -q --pcapng "$file" "$@" >"$work/said" ||
		[ $? -eq 1 ]
}

# shark FILE OPTION...: tshark on a file; what Lua complains about, in whatever way, is a failure.
shark()
{
	local file=$1

	shift
	tshark -r "$file" "$@" 2>"$work/shark.err" || return 1
	! grep 'Lua' "$work/shark.err"
}

# count FILE FILTER: packets that match.
count()
{
	shark "$1" -Y "$2" -T fields -e frame.number | wc -l
}

# What trace.txt says of events, as "who kind" and the values of their fields.
expected()
{
	awk '
	BEGIN {
		word["ring full"] = "ring-full"; word["link down"] = "link-down"
		word["length"] = "bad-length"; word["filter"] = "filter"
		word["no buffers"] = "no-buffers"; word["session over"] = "session-end"
		word["end-to-end"] = "check"
	}
	{ who = $2; kind = $3; rest = $0; values = "" }
	kind ~ /^(publish|send|deliver|access)$/ { next }
	{ sub(/^ *[0-9]+ [a-z]+ +[a-z]+ */, "", rest) }
	kind == "boot" { values = $5 }
	kind == "renew" { values = $8 }
	kind == "crash" { values = $4 == "hangs" ? "hang" : "crash" }
	kind == "session" { values = $4 " " $6 " " $8 }
	kind == "announce" { values = $5 " " $7 }
	kind == "drop" { why = rest; sub(/^[^ ]+ #[0-9]+ /, "", why)
		values = $4 " " substr($5, 2) " " word[why] }
	kind == "interrupt" { values = $5 }
	kind == "wake" { values = $5 }
	kind == "violation" { values = $8 }
	kind == "fault" { match($5, /[0-9]+/); index_ = substr($5, RSTART, RLENGTH)
		values = $4 " " index_ " " $7 + 0 }
	kind == "deadline" { values = $6 }
	kind == "property" { values = $4 " " $6 }
	kind == "phase" { values = "closing" }
	{ print who, kind (values != "" ? " " values : "") }' "$1"
}

# The same from the fields of a capture.
dissected()
{
	shark "$1" -Y iwc.event -E separator=' ' -T fields -e iwc.world -e iwc.event \
		-e iwc.class -e iwc.frame.id -e iwc.drop.cause -e iwc.state -e iwc.crash.how \
		-e iwc.epoch -e iwc.peer_epoch -e iwc.interrupt.to -e iwc.wake.by \
		-e iwc.violation -e iwc.fault -e iwc.fault.index -e iwc.fault.firing \
		-e iwc.response_ns -e iwc.property -e iwc.detector -e iwc.phase |
		sed 's/  */ /g; s/ $//'
}

@test "every event of the trace has its fields, and nothing is wrong with any" {
	for scenario in hostile everything restart-both warning-sign T08-doorbell-storm; do
		run_to r.pcapng $scenario --out d --force
		expected d/trace.txt >a
		dissected r.pcapng >b
		[ "$(wc -l <a)" -gt 100 ]
		diff a b | head -n 5
		cmp a b
		[ "$(count r.pcapng "_ws.lua.error || iwc.error || iwc.expert.malformed")" -eq 0 ]
		[ "$(count r.pcapng "iwc.word")" -eq 0 ]
	done
	# the deliberate break: one word of the dissector's table is another
	sed 's/cause = { f.cause }/reason = { f.cause }/' "$top/tap-bridge/wireshark/iwc.lua" \
		>"$HOME/.local/lib/wireshark/plugins/iwc.lua"
	run_to r.pcapng everything --out d --force
	expected d/trace.txt >a
	dissected r.pcapng >b
	cmp -s a b && return 1
	[ "$(count r.pcapng 'iwc.word contains "cause="')" -gt 100 ]
}

@test "every event in the files of --out has them too" {
	"$iwc" run "$top/scenarios/restart-both.cfg" -q --out d >/dev/null
	expected d/trace.txt >a
	dissected d/events.pcapng >b
	cmp a b
}

@test "what matters has expert information of its severity" {
	run_to r.pcapng everything
	# PI_WARN and PI_NOTE, as Wireshark numbers them
	warn=6291456 note=4194304 error=8388608
	for pair in drop:$warn crash:$warn fault:$note deferred:$note; do
		kind=${pair%:*}
		n=$(count r.pcapng "iwc.event == \"$kind\"")
		[ "$n" -gt 0 ]
		[ "$(count r.pcapng "iwc.event == \"$kind\" && iwc.expert.$kind && \
			_ws.expert.severity == ${pair#*:}")" -eq "$n" ]
	done
	run_to r.pcapng T04-past-end --off
	[ "$(count r.pcapng "iwc.property == \"P1\" && iwc.expert.property && \
		_ws.expert.severity == $error")" -eq 1 ]
	run_to r.pcapng T04-past-end
	n=$(count r.pcapng 'iwc.event == "violation"')
	[ "$n" -gt 0 ]
	[ "$(count r.pcapng "iwc.violation && iwc.expert.violation && \
		_ws.expert.severity == $error")" -eq "$n" ]
	[ "$(count r.pcapng 'iwc.state == "frozen" && iwc.expert.frozen')" -gt 0 ]
	[ "$(count r.pcapng 'iwc.event == "boot" && _ws.expert')" -eq 0 ]
}

@test "columns: protocol and a line that people read" {
	run_to r.pcapng restart-linux
	shark r.pcapng -T fields -e _ws.col.Protocol -e _ws.col.Info -Y iwc.event >a
	[ "$(cut -f 1 a | sort -u)" = IWC ]
	grep -q "NS boots, epoch 2" a
	grep -q "NS session up, epoch [0-9]*, peer [0-9]*" a
	grep -q "S loses [a-z]* #[0-9]*: " a
	[ "$(grep -c '?' a)" -eq 0 ]
	shark r.pcapng -Y "eth.type == 0x88b5" -T fields -e _ws.col.Info >a
	grep -qx "generated, class 1 #[0-9]*" a
}

@test "a frame and its loss point at each other" {
	run_to r.pcapng everything
	shark r.pcapng -2 -Y "iwc.lost_in" -T fields -e frame.number -e iwc.lost_in \
		-e iwc.frame.id -e frame.interface_name | sort -n >frames
	shark r.pcapng -2 -Y "iwc.event == \"drop\" && iwc.sent_in" -T fields -e iwc.sent_in \
		-e frame.number -e iwc.frame.id -e iwc.drop.cause -e iwc.world | sort -n >events
	[ "$(wc -l <frames)" -gt 1000 ]
	cut -f 1-2 frames >a
	cut -f 1-2 events >b
	cmp a b
	# a generated frame says its number itself
	paste events frames | awk -F '\t' '$8 != "" { n++; bad += $3 != $8 }
		END { exit bad > 0 || n < 1000 }'
	# who lost it at the sender sent it, and every frame that a comment calls dropped is linked
	paste events frames | awk -F '\t' '
		{ peer = $5 == "s" ? "ns" : "s" }
		$4 ~ /^(ring-full|link-down|bad-length)$/ && $9 != $5 "-to-" peer { bad++ }
		$4 == "session-end" && $9 != peer "-to-" $5 { bad++ }
		END { exit bad > 0 }'
	[ "$(count r.pcapng 'frame.comment contains "dropped" && !iwc.lost_in')" -eq 0 ]
}

# Writes a capture with the events given, one a line with escapes, and an ARP frame after each.
mutilate()
{
	need_python
	python3 "$top/tap-bridge/wireshark/mutilate.py" "$@"
}

@test "mutilated events: no error of Lua, a note in each, frames as readable as ever" {
	need_python
	cat >bad <<'END'
world=ns kind=boot epoch=
world=ns kind=boot epoch=4294967296
world=ns kind=boot epoch=-1
world=ns kind=boot epoch=1e3
world=ns kind=boot epoch=0x10
world=ns kind=boot epoch=1 epoch=2
world=ns kind=drop class=bulk frame=18446744073709551616 cause=bad-length
world=ns kind=drop class=bulk frame=99999999999999999999999999 cause=bad-length
world= kind=drop
kind=drop class=bulk frame=1 cause=ring-full
world=ns
=
==
world=ns kind
nothing
world=ns kind=drop %s %n %d class
\x00\x01\x02
\xff\xfe\xfd kind=\xff world=\x80
world=ns\x00kind=boot
 \t
{}[]"'`$(rm)<b>
END
	cat >good <<'END'
world=ns kind=boot epoch=4294967295
world=ns kind=drop class=bulk frame=18446744073709551615 cause=ring-full
world=s kind=something-new
world=s kind=boot epoch=1 colour=blue shape=round
  world=s    kind=late
END
	mutilate m.pcapng bad
	n=$(wc -l <bad)
	[ "$(count m.pcapng "iwc.expert.malformed")" -eq "$n" ]
	[ "$(count m.pcapng "_ws.lua.error || iwc.error")" -eq 0 ]
	[ "$(count m.pcapng "arp.dst.proto_ipv4 == 10.77.0.2")" -eq "$n" ]
	shark m.pcapng -2 -V >text
	mutilate g.pcapng good
	n=$(wc -l <good)
	[ "$(count g.pcapng "iwc.expert.malformed || _ws.lua.error || iwc.error")" -eq 0 ]
	[ "$(count g.pcapng iwc.event)" -eq "$n" ]
	[ "$(count g.pcapng "iwc.epoch == 4294967295")" -eq 1 ]
	[ "$(count g.pcapng "iwc.frame.id == 18446744073709551615")" -eq 1 ]
	[ "$(shark g.pcapng -Y iwc.word -T fields -e iwc.word)" = "colour=blue,shape=round" ]
}

@test "mutilated events: two thousand by chance" {
	need_python
	for seed in 1 2; do
		mutilate m.pcapng --random $seed 1000
		[ "$(count m.pcapng "_ws.lua.error || iwc.error")" -eq 0 ]
		[ "$(count m.pcapng "arp")" -eq 1000 ]
		[ "$(count m.pcapng "iwc")" -ge 1000 ]
		[ "$(count m.pcapng "iwc.expert.malformed")" -gt 500 ]
		shark m.pcapng -2 -V >text
	done
}

@test "a broken dissector: it says so, and frames stay readable" {
	plugin=$HOME/.local/lib/wireshark/plugins/iwc.lua
	run_to r.pcapng bulk-transfer
	n=$(count r.pcapng tcp)
	[ "$n" -gt 100 ]
	# at run time, inside
	sed 's/^local function dissect_event(.*/&\n\terror("broken")/' \
		"$top/tap-bridge/wireshark/iwc.lua" >"$plugin"
	[ "$(count r.pcapng tcp)" -eq "$n" ]
	[ "$(count r.pcapng 'iwc.error contains "broken" && iwc.expert.failed')" -gt 100 ]
	[ "$(count r.pcapng _ws.lua.error)" -eq 0 ]
	sed 's/^local function link_frame(.*/&\n\terror("broken")/' \
		"$top/tap-bridge/wireshark/iwc.lua" >"$plugin"
	[ "$(count r.pcapng "tcp && iwc.error")" -eq "$n" ]
	# without the guard Wireshark catches it, and this is how we would see it
	sed 's/^local function guarded(.*/&\n\tif true then return part(...) end/;
		s/^local function dissect_event(.*/&\n\terror("broken")/' \
		"$top/tap-bridge/wireshark/iwc.lua" >"$plugin"
	[ "$(tshark -r r.pcapng -Y _ws.lua.error 2>/dev/null | wc -l)" -gt 100 ]
	# a file that does not even load
	echo 'this is no Lua' >"$plugin"
	tshark -r r.pcapng -Y tcp -T fields -e frame.number >a 2>err
	[ "$(wc -l <a)" -eq "$n" ]
	grep -q 'Lua' err
}

@test "profile: its columns, its colours, and no filter that Wireshark refuses" {
	run_to r.pcapng everything
	shark r.pcapng -C iwc -T fields -e _ws.col.Way -e _ws.col.Class -e _ws.col.Frame \
		-Y 'iwc.event == "drop"' >a
	[ "$(head -n 1 a)" = "$(printf 'iwc-events\tcontrol\t1')" ]
	sed -n 's/^@[^@]*@\([^@]*\)@\[.*/\1/p' "$top/tap-bridge/wireshark/profile/colorfilters" \
		>filters
	[ "$(wc -l <filters)" -gt 5 ]
	while read -r filter; do
		shark r.pcapng -Y "$filter" -c 10 >/dev/null
	done <filters
	shark r.pcapng -C iwc --color -T fields -e frame.coloring_rule.name -e iwc.event \
		-e iwc.lost_in >a
	while IFS=$'\t' read -r rule event lost; do
		case $event:$lost in
		drop:* | :?*) [ "$rule" = "IWC lost" ] ;;
		crash:) [ "$rule" = "IWC crash, frozen, late" ] ;;
		fault:) [ "$rule" = "IWC fault" ] ;;
		boot: | renew:) [ "$rule" = "IWC session" ] ;;
		wake:) [ "$rule" = "IWC other event" ] ;;
		:) [ "${rule#IWC}" = "$rule" ] ;;
		esac || { echo "$rule: $event:$lost"; return 1; }
	done <a
	[ "$(cut -f 1 a | sort -u | grep -c '^IWC')" -ge 5 ]
}

@test "docs: every field and every expert is in wireshark.md" {
	names=$(grep -oE '"iwc\.[a-z_.]+"' "$top/tap-bridge/wireshark/iwc.lua" | tr -d '"')
	for name in $names; do
		grep -q "\`$name\`" "$top/docs/wireshark.md" || { echo "$name"; return 1; }
	done
}

@test "docs: what wireshark.md shows of tshark is what it prints" {
	ln -s "$iwc" iwc
	sed -n '/^    \$ iwc run/,/^$/s/^    //p' "$top/docs/wireshark.md" >shown
	[ "$(wc -l <shown)" -gt 5 ]
	grep '^\$' shown | sed 's/^\$ //' >commands
	[ "$(wc -l <commands)" -eq 2 ]
	PATH=$work:$PATH IWC_SCENARIOS=$top/scenarios bash -e ./commands 2>/dev/null |
		sed 's/ *$//' >printed
	grep -v '^\$' shown | diff - printed
}

# How many pixels of picture $1 have colour $2, or nearly.
pixels()
{
	convert "$1" -fuzz 2% -fill black +opaque "$2" -fill white -opaque "$2" \
		-format '%[fx:int(mean*w*h)]' info:
}

@test "pictures: Wireshark itself, with our columns and colours, on a file and live" {
	for tool in wireshark Xvfb import convert; do
		command -v $tool >/dev/null || skip "env: no $tool"
	done
	status=0
	"$top/tap-bridge/wireshark/pictures.sh" "$iwc" p || status=$?
	[ "$status" -ne 77 ] || skip "env: no screen for Wireshark"
	[ "$status" -eq 0 ]
	[ "$(convert p/restart.png -format '%w %h' info:)" = "1180 640" ]
	# in the colours of a loss, of a session, and of TCP: three rows or more
	[ "$(pixels p/restart.png '#ffe6a6')" -gt 30000 ]
	[ "$(pixels p/restart.png '#d7fad7')" -gt 30000 ]
	[ "$(pixels p/live.png '#e7e6ff')" -gt 30000 ]
	# without the dissector there is nothing of that
	cp -r "$top/tap-bridge/wireshark" broken
	mkdir scenarios && cp "$top"/scenarios/*.cfg scenarios
	: >broken/iwc.lua
	sed -i 's|/../../scenarios|/../scenarios|' broken/pictures.sh
	broken/pictures.sh "$iwc" q || true
	[ ! -e q/restart.png ] || [ "$(pixels q/restart.png '#ffe6a6')" -lt 10000 ]
}
