#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# iwc list, explain, help, version and demo; and that docs and completions know every command and
# option.

load cli_helper

setup()
{
	cli_setup
}

teardown()
{
	cli_teardown
}

commands()
{
	"$iwc" help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# The long options of command $1.
options()
{
	"$iwc" help "$1" | sed -n 's/^  .* \(--[a-z-]*\).*/\1/p'
}

# The candidates of bash for the words given; the last one is being typed.
complete_bash()
{
	(
		cd "$top" || exit 1
		. docs/completions/iwc.bash
		COMP_WORDS=("$@")
		COMP_WORDS[0]=$iwc
		COMP_CWORD=$(($# - 1))
		_iwc
		printf '%s\n' "${COMPREPLY[@]}"
	)
}

@test "version and help" {
	expect 0 "$iwc" version
	[[ $output == "iwc "[0-9]*.[0-9]*.[0-9]* ]]
	version=$output
	expect 0 "$iwc" --version
	[ "$output" = "$version" ]
	expect 0 "$iwc" help
	help=$output
	expect 0 "$iwc" --help
	[ "$output" = "$help" ]
	for command in $(commands); do
		expect 0 "$iwc" help "$command"
		says "usage: iwc $command"
		help=$output
		expect 0 "$iwc" "$command" --help
		[ "$output" = "$help" ]
	done
	[ "$(commands | wc -l)" -eq 13 ]
}

@test "docs: every command and option is in cli.md, the manual page and both completions" {
	words=$(complete_bash iwc "")
	for command in $(commands); do
		grep -q "iwc $command" "$top/docs/cli.md"
		grep -q "^\*$command\*" "$top/docs/man/iwc.1.scd"
		grep -q "'$command:" "$top/docs/completions/_iwc"
		grep -qx "$command" <<<"$words"
		known=$(options "$command" | sort)
		[ "$(complete_bash iwc "$command" -- | sort)" = "$known" ]
	done
	for option in $(for command in $(commands); do options "$command"; done | sort -u); do
		grep -q -- "$option" "$top/docs/cli.md"
		grep -q -- "\*$option\*" "$top/docs/man/iwc.1.scd"
		grep -q -- "$option\[\|,$option}" "$top/docs/completions/_iwc"
	done
}

@test "docs: every member of the result of a sweep is in cli.md" {
	expect 1 "$iwc" sweep storm.cfg --off --seeds 1..2 --json
	for member in $(sed -n 's/^ *"\([a-z_]*\)": .*/\1/p' <<<"$output" | sort -u); do
		grep -q "\`$member\`" "$top/docs/cli.md"
	done
}

@test "completion: bash" {
	[ "$(complete_bash iwc sw)" = sweep ]
	[ "$(complete_bash iwc list thr)" = threats ]
	complete_bash iwc explain double | grep -qx double-fetch
	complete_bash iwc explain T0 | grep -qx T08
	complete_bash iwc run scenarios/T0 | grep -q '^scenarios/T01.*cfg$'
	complete_bash iwc run T0 | grep -q '^T01[^/]*$'
	[ -z "$(complete_bash iwc run good.cfg --seed "")" ]
	complete_bash iwc --seed 3 run -- | grep -qx -- --off
	[ "$(complete_bash iwc help repl)" = replay ]
}

@test "completion: zsh" {
	command -v zsh >/dev/null || skip "env: no zsh"
	zsh -n "$top/docs/completions/_iwc"
}

@test "list: every kind, as text and as JSON" {
	need_python
	for kind in scenarios threats properties faults cores weaknesses; do
		expect 0 "$iwc" list $kind --scenarios .
		[ "$(wc -l <<<"$output")" -gt 2 ]
		lines=$(($(wc -l <<<"$output") - 1))
		expect 0 "$iwc" list $kind --scenarios . --json
		echo "$output" >r.json
		[ "$(member r.json 'j["schema"], j["kind"], len(j["items"])')" = \
			"('iwc-list-1', '$kind', $lines)" ]
	done
	IWC_SCENARIOS=. expect 0 "$iwc" list
	says "storm"
}

@test "explain: knows every name that iwc lists, and in several spellings" {
	need_python
	expect 0 "$iwc" explain --json
	echo "$output" >all.json
	for kind in threats properties faults cores weaknesses; do
		expect 0 "$iwc" list $kind --json
		echo "$output" >$kind.json
		[ "$(member $kind.json "{i.get('id', i.get('name')) for i in j['items']} - \
			{t['name'] for t in json.load(open('all.json'))['topics']}")" = "set()" ]
	done
	for name in T35 P13 bell-lost attack-skip core no-bucket; do
		expect 0 "$iwc" explain $name
		says "$name"
	done
	expect 0 "$iwc" explain p4
	property=$output
	expect 0 "$iwc" explain P4
	[ "$output" = "$property" ]
	expect 0 "$iwc" explain t4
	says "T04 (threat)"
	expect 0 "$iwc" explain IWC_VIOLATION_PAST_END
	says "past-end (violation)"
	[ "$(member all.json 'all(t["text"] for t in j["topics"])')" = True ]
}

@test "explain: knows every detector, violation and error in the sources, and every patched core" {
	for name in $(grep -hoE 'violate\([^"]*"[a-z-]+"' "$top"/sim/*.c | sed 's/.*"\(.*\)"/\1/' |
		sort -u); do
		expect 0 "$iwc" explain "$name"
		says "$name (detector)"
	done
	for name in $(grep -hoE 'IWC_VIOLATION_[A-Z_]+' "$top"/core/*.h | sort -u); do
		[ "$name" = IWC_VIOLATION_NONE ] || expect 0 "$iwc" explain "$name"
	done
	for name in $(sed -n 's/^\t\(IWC_E[A-Z]*\) = -.*/\1/p' "$top/core/iwc.h"); do
		expect 0 "$iwc" explain "$name"
	done
	for patch in "$top"/sim/weak/*.patch; do
		name=${patch##*/}
		expect 0 "$iwc" explain "${name%.patch}"
		says_not "its patch in sim/weak says which"
	done
}

@test "threats: the catalogue knows the threat of every scenario" {
	need_python
	expect 0 "$iwc" list scenarios --scenarios "$top/scenarios" --json
	echo "$output" >s.json
	expect 0 "$iwc" list threats --scenarios "$top/scenarios" --json
	echo "$output" >t.json
	[ "$(member s.json 'len(j["items"])')" -gt 0 ]
	for id in $(member s.json '" ".join(i["threat"] for i in j["items"])'); do
		filed="[i for i in j['items'] if i['id'] == '$id' if i['scenario']]"
		[ "$(member t.json "$filed")" != "[]" ]
	done
	[ "$(member t.json 'len([i for i in j["items"] if i["id"][0] == "T"])')" -eq 46 ]
}

@test "demo: a threat has to hold and to break, a demonstration to pass" {
	need_python
	mkdir s
	cp good.cfg s/good.cfg
	cp storm.cfg s/T08.cfg
	expect 0 "$iwc" demo --scenarios s
	says "T08     P5        PASS       broke P5, interrupt-rate"
	says "1 threats: 1 held with the countermeasure on, 1 broke as announced with it off"
	says "1 demonstrations: 1 passed"
	table=$output
	expect 0 "$iwc" demo --scenarios s -j 1
	[ "$output" = "$table" ]
	expect 0 "$iwc" demo --scenarios s --out d
	for dir in T08-on T08-off good; do
		[ -s d/$dir/result.json ]
		[ -s d/$dir/channel.pcapng ]
		grep -q "$dir/report.html" d/index.html
	done
	expect 0 "$iwc" replay d/T08-off
	expect 0 "$iwc" demo --scenarios s --json
	echo "$output" >r.json
	[ "$(member r.json 'j["schema"], j["threats"], j["broke_as_announced"], len(j["rows"])')" \
		= "('iwc-demo-1', 1, 1, 2)" ]
	[ "$(member r.json j)" = "$(member d/demo.json j)" ]
}

@test "demo: what does not hold, does not break, or breaks otherwise is a failure" {
	mkdir s
	sed 's/"P5"/"P8"/' storm.cfg >s/T08.cfg
	expect 1 "$iwc" demo --scenarios s
	says "BROKE P5"
	says "0 broke as announced"
	sed '/bell-storm/s/probability = 1.0/probability = 0.0/' storm.cfg >s/T08.cfg
	expect 1 "$iwc" demo --scenarios s
	says "did NOT break"
	sed 's/^threat/weak = ["no-bucket"];\nthreat/' storm.cfg >s/T08.cfg
	expect 1 "$iwc" demo --scenarios s
	says "0 held with the countermeasure on"
	mv s/T08.cfg bad.cfg
	sed '/^threat/,$d' bad.cfg >s/bad.cfg
	expect 1 "$iwc" demo --scenarios s
	says "1 demonstrations: 0 passed"
}
