# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# iperf SECONDS: TCP to S, from S, and both at once. S's page says what it took and gave; that is
# judged, at a speed that any machine reaches.

bad=0
seconds=${1:-2}
least=$((seconds * 50000))

# flows KEY OPTION...: bytes by which the page's KEY has grown.
flows()
{
	local key=$1 before

	shift
	before=$(page "$key")
	iperf -c "$S" -t "$seconds" "$@" >>/tmp/iperf 2>&1 || return 1
	echo $(($(page "$key") - before))
}

: >/tmp/iperf
expect 'to S' [ "$(flows service_tcp_in_bytes)" -ge "$least" ] || bad=1
expect 'from S' [ "$(flows service_tcp_out_bytes -R)" -ge "$least" ] || bad=1
expect 'both at once: to S' \
	[ "$(flows service_tcp_in_bytes --full-duplex)" -ge "$least" ] || bad=1
expect 'both at once: from S' \
	[ "$(flows service_tcp_out_bytes --full-duplex)" -ge "$least" ] || bad=1
sed -n 's/^/iperf: /p' /tmp/iperf | grep 'bits/sec'
expect 'nothing failed' [ -z "$(grep -i 'fail\|error' /tmp/iperf)" ] || bad=1
return $bad
