#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# conform_all.sh scenarios | seeds [FROM TO [SCENARIO...]]: does the specification allow what the
# simulator does? Every scenario once with its own seed, or many seeds of scenarios without an
# attack. Ends in one line of JSON. O=build is where the program is.

set -u
iwc=${O:-build}/iwc
what=${1:-}
begin=$EPOCHREALTIME
runs=0 judged=0 alone=0 bad='' undecided=''

# say VERDICT WHY
say()
{
	printf '{"check":"conform-%s","verdict":"%s","bounds":"%s","executions":%d,"events":%d,' \
		"$what" "$1" "$bounds" "$runs" "$judged"
	printf '"events_alone":%d,"seconds":%.1f' "$alone" \
		"$(awk "BEGIN { print $EPOCHREALTIME - $begin }")"
	[ -z "$2" ] || printf ',"why":"%s"' "${2//\"/\'}"
	printf '}\n'
}

# conform SCENARIO [OPTION...]: one run.
conform()
{
	local text word n

	text=$("$iwc" run "$@" --conform -q 2>&1)
	runs=$((runs + 1))
	word=$(sed -n 's/^conform: \([A-Z]*\): .*/\1/p' <<<"$text" | head -1)
	n=$(sed -n 's/^conform: PASS: \([0-9]*\) .*/\1/p' <<<"$text" | head -1)
	judged=$((judged + n))
	n=$(sed -n 's/.*damage on, \([0-9]*\) events.*/\1/p' <<<"$text" | head -1)
	alone=$((alone + n))
	case $word in
	PASS) ;;
	FAIL) bad="$bad $*: $(sed -n 's/^conform: FAIL: //p' <<<"$text");" ;;
	*) undecided="$undecided $*: ${word:-$text};" ;;
	esac
}

case $what in
scenarios)
	bounds='each scenario once, with its seed'
	for file in scenarios/*.cfg; do
		conform "$file"
	done
	;;
seeds)
	from=${2:-1} to=${3:-1000}
	shift $(($# < 3 ? $# : 3))
	[ $# -gt 0 ] || set -- restart-linux restart-rtos restart-both T45-reboot-under-a-copy \
		T46-former-credit R3-start-early T37-wraps everything
	bounds="seeds $from to $to, in turn over: $*; 2 ms of virtual time and the closing phase"
	for ((seed = from; seed <= to; seed++)); do
		pick=$((seed % $# + 1))
		conform "${!pick}" --seed "$seed" --duration '2 ms'
	done
	;;
*)
	echo 'conform_all.sh: scenarios, or seeds [FROM TO [SCENARIO...]]' >&2
	exit 2
	;;
esac
if [ -n "$bad" ]; then
	say FAIL "${bad# }"
	exit 1
elif [ -n "$undecided" ] || [ "$judged" = 0 ]; then
	say UNDECIDED "${undecided# }"
	exit 125
fi
say PASS ''
