# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# storm WORD...: as restart, while Linux sends as fast as it can and its queue is held back.

bad=0
echo 8192 >"/sys/class/net/$DEV/queues/tx-1/byte_queue_limits/limit_max"
nsprobe ping "$S" 1 1 56 || bad=1
nsprobe send "$S" 9 100000000 1400 &
sender=$!
for word in "$@"; do
	ups=$(stat ups)
	came_up()
	{
		[ "$(stat ups)" -gt "$ups" ] && carrier
	}
	IWC_PRIORITY=6 nsprobe ask "$S" 7703 "$word" >/dev/null
	expect "$word: a new session" until_true 20 came_up || bad=1
	before=$(stat bulk_sent)
	sleep 1
	expect "$word: frames go on" [ $(($(stat bulk_sent) - before)) -gt 100 ] || bad=1
done
kill "$sender"
expect 'and are answered' until_true 10 nsprobe ping "$S" 1 1 56 || bad=1
return $bad
