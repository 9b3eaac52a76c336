# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash disable=SC2154
#
# capture: a little traffic from its first frame on, as a pcap file on the console.

nsprobe capture "$DEV" /tmp/capture.pcap 1000 3 &
usleep 300000
bad=0
nsprobe ping "$S" 5 1 56 || bad=1
nsprobe ping "$S" 2 1 1472 || bad=1
for bytes in 1 18 100 1472; do
	nsprobe udp "$S" 7 2 "$bytes" || bad=1
done
wait
echo 'iwc-file: capture.pcap'
base64 /tmp/capture.pcap
echo 'iwc-file: end'
return $bad
