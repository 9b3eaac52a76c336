# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# sign [NUMBER]: warning signs are lit, repeated and cleared by the control class, both ways. With
# NUMBER that sign is lit before, and the check must fail.

IWC_PRIORITY=6
export IWC_PRIORITY
bad=0
[ -z "${1:-}" ] || nsprobe sign "$S" set "$1"

# answers WHAT OPERATION SIGN: the answer has the words of WHAT.
answers()
{
	nsprobe sign "$S" "$2" "$3" | tee /tmp/sign
	expect "$2 $3: $1" grep -q "$1" /tmp/sign || bad=1
}

before=$(page sent_control)
answers 'result=0 .*lit=0x00000020' set 5
changed=$(sed 's/.*changed_ns=//' /tmp/sign)
answers "result=0 .*lit=0x00000020 changed_ns=$changed\$" set 5
answers 'result=0 .*lit=0x80000020' set 31
answers "result=0 .*lit=0x80000020 changed_ns=$changed\$" query 5
answers 'result=0 .*lit=0x80000000' clear 5
answers 'result=2 .*lit=0x80000000' set 32
answers 'result=0 .*lit=0x00000000' clear 31
expect 'answers are urgent' [ "$(page sent_control)" -eq $((before + 7)) ] || bad=1
expect 'every check passed' [ "$(page corrupted)" -eq 0 ] || bad=1
expect 'one panel' [ "$(page sign_changes)" -eq 4 ] || bad=1
return $bad
