# SPDX-License-Identifier: BSD-2-Clause
# What the tests of the command line share: the program, a folder of their own, small scenarios.

export LC_ALL=C
unset NO_COLOR IWC_SCENARIOS

cli_setup()
{
	iwc=$(realpath "${IWC:-build/iwc}")
	export iwc
	top=$PWD
	work=$(mktemp -d)
	cd "$work" || return 1
	cat >good.cfg <<'END'
# SPDX-License-Identifier: BSD-2-Clause
name = "good";
title = "frames both ways";
seed = 5;
duration = "2 ms";
closing = "10 ms";
recovery_polls = 5;
traffic = (
	{ kind = "frames"; from = "ns"; class = "bulk"; gap = "20 us"; size = ["64 B", "600 B"]; },
	{ kind = "frames"; from = "s"; class = "control"; gap = "50 us"; size = "64 B"; });
END
	# Without the bucket it fails in every seed, and in the same way.
	cat >storm.cfg <<'END'
name = "storm";
title = "doorbells without end";
duration = "2 ms";
closing = "10 ms";
recovery_polls = 5;
traffic = (
	{ kind = "frames"; from = "ns"; class = "bulk"; gap = "20 us"; size = "64 B"; },
	{ kind = "frames"; from = "s"; class = "control"; gap = "50 us"; size = "64 B"; });
faults = (
	{ kind = "bell-duplicated"; world = "s"; probability = 1.0; },
	{ kind = "bell-storm"; world = "ns"; probability = 1.0; from = "300 us";
	  amount = "1 ms"; interval = "1 us"; });
threat: {
	id = "T08"; attacker = "NS"; what = "a storm"; countermeasure = "the bucket";
	breaks = ["P5"]; off: { weak = ["no-bucket"]; };
};
END
}

cli_teardown()
{
	cd "$top" || return 1
	rm -rf "$work"
}

# expect CODE COMMAND...: run it, with stderr in $work/stderr, and check its exit code.
expect()
{
	local code=$1

	shift
	status=0
	output=$("$@" 2>"$work/stderr") || status=$?
	if [ "$status" -ne "$code" ]; then
		printf 'exit code %s, expected %s: %s\n%s\n' "$status" "$code" "$*" "$output"
		cat "$work/stderr"
		return 1
	fi
}

# says TEXT: stdout holds it. complains TEXT: stderr holds it.
says()
{
	[[ $output == *"$1"* ]] || { printf 'no "%s" in:\n%s\n' "$1" "$output"; return 1; }
}

says_not()
{
	[[ $output != *"$1"* ]] || { printf '"%s" in:\n%s\n' "$1" "$output"; return 1; }
}

complains()
{
	grep -qF -- "$1" "$work/stderr" && return
	printf 'no "%s" in:\n' "$1"
	cat "$work/stderr"
	return 1
}

quiet()
{
	[ ! -s "$work/stderr" ] || { cat "$work/stderr"; return 1; }
}

# member PYTHON-EXPRESSION over j, the JSON on $1.
member()
{
	python3 -c 'import json, sys
j = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

need_python()
{
	command -v python3 >/dev/null || skip "python3 is missing"
}
