#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Real programs through the channel: ping, nc, iperf, iperf3 to lwIP and to a second TAP, captures
# of their traffic, and the account of it from outside.

load tap_helper

setup()
{
	tap_setup
	need python3 ping
}

teardown()
{
	tap_teardown
}

pings()
{
	in_tap "$@" <<-'END'
		for size in 0 1 16 56 1471 1472 1473 4000; do
			ping -n -q -c 3 -i 0.01 -W 5 -s $size 10.77.0.2
		done
		ping -n -q -c 3 -i 0.01 -M do -s 1472 10.77.0.2
		# as long as a link of 1500 bytes takes in one piece
		! ping -n -q -c 1 -M do -s 1473 10.77.0.2 2>/dev/null
		account
	END
	printf '%s\n' "$output"
	even
	# A machine may keep a world from its processor; what is lost by that is counted.
	[ "$(lost)" -ne 0 ] || [ "$(grep -c ' 3 received' <<<"$output")" -eq 9 ]
}

@test "ping, from empty to longer than a frame" {
	everywhere pings
}

flood()
{
	local sent received

	in_tap "$@" <<-'END'
		ping -n -q -f -c 3000 -W 5 10.77.0.2 || true
		account
	END
	read -r sent received < <(sed -n \
		's/^\([0-9]*\) packets transmitted, \([0-9]*\) received.*/\1 \2/p' <<<"$output")
	[ "$sent" -eq 3000 ]
	even
	# A machine may keep a world from its processor; what is lost by that is counted.
	[ "$((sent - received))" -eq "$(lost)" ]
}

@test "ping -f: what does not come back is counted" {
	everywhere flood
}

echoes()
{
	in_tap "$@" <<-'END'
		for size in 1 512 1472; do
			head -c $size blob >sent
			timeout 10 nc -u -W 1 10.77.0.2 7 <sent >back
			cmp sent back
		done
		timeout 60 nc -N 10.77.0.2 7 <blob >back
		cmp blob back
		account
	END
	even
}

@test "nc: echo over UDP and TCP gives back what was sent" {
	need nc
	head -c 3000000 /dev/urandom >blob
	chmod 644 blob
	everywhere echoes
}

streams()
{
	in_tap "$@" <<-'END'
		timeout 60 nc -N 10.77.0.2 9 <blob >back
		[ ! -s back ]
		# a reader that has enough closes its end, which is no error here
		{ timeout 60 nc 10.77.0.2 19 || true; } | head -c 30000 >text
		account
	END
	python3 - <<-'END'
		ring = [chr(c) for c in range(32, 127)]
		lines = ("".join(ring[(i + k) % 95] for k in range(72)) for i in range(500))
		text = "".join(line + "\r\n" for line in lines)
		assert open("text", newline="").read() == text[:30000]
	END
}

@test "nc: discard takes all and says nothing, chargen gives its text" {
	need nc
	head -c 3000000 /dev/urandom >blob
	chmod 644 blob
	everywhere streams
}

iperf2()
{
	in_tap "$@" <<-'END'
		for way in '' -R --full-duplex; do
			timeout 60 iperf -c 10.77.0.2 -n 2M $way
		done
		timeout 60 iperf -u -c 10.77.0.2 -b 4M -l 1000 -n 200K >udp
		account
	END
	[ "$(grep -c 'MBytes .*bits/sec' <<<"$output")" -ge 4 ]
	even
	# All that the client has sent is in the server's account, as received or as lost.
	local sent lost total
	sent=$(sed -n 's/.* Sent \([0-9]*\) datagrams.*/\1/p' udp)
	read -r lost total < <(sed -n 's|.* ms *\([0-9]*\)/ *\([0-9]*\) (.*|\1 \2|p' udp)
	[ "$sent" -ge 200 ]
	[ "$total" -ge "$((sent - 1))" ]
	[ "$lost" -le "$(lost)" ]
}

@test "iperf 2: TCP either way and both at once, UDP with the server's account" {
	need iperf
	everywhere iperf2
}

@test "two TAPs: ping and iperf3 either way" {
	need iperf3 nsenter pgrep
	local mode

	cat >body <<-'END'
		serve()
		{
			rm -f server
			at_s timeout 60 iperf3 -s --one-off --forceflush >server 2>&1 & server=$!
			soon grep 'Server listening' server
		}
		ping -n -q -c 5 -i 0.01 -W 5 -s 1400 10.77.0.2
		at_s ping -n -q -c 5 -i 0.01 -W 5 10.77.0.1
		for way in '-n 2M' '-n 2M -R' '-u -b 20M -n 500K' '-u -b 20M -n 500K -R'; do
			serve
			timeout 60 iperf3 -c 10.77.0.2 $way
			wait $server
		done
		sleep 0.2
		account
	END
	for mode in "${modes[@]}"; do
		in_tap "$mode" --secure tap <body
		[ "$(grep -c ' 5 received' <<<"$output")" -eq 2 ]
		[ "$(grep -c 'iperf Done' <<<"$output")" -eq 4 ]
		even
	done
}

# frames FILE FILTER: one line a frame, without time, as bytes.
frames()
{
	tcpdump -n -t -xx -r "$1" "$2" 2>/dev/null | grep $'^\t' | awk '
		$1 == "0x0000:" && NR > 1 { print line; line = "" }
		{ for (i = 2; i <= NF; i++) line = line $i }
		END { print line }'
}

@test "a capture has the frames that the interface had" {
	need tcpdump
	# tcpdump gives up root's rights, which a namespace of one user can't
	[ "${modes[0]}" = root ] || skip "env: only root may have tcpdump listen"
	in_tap root --write got.pcapng <<-'END'
		tcpdump -n -i "$tap" --immediate-mode -U -w seen.pcap 2>log & dump=$!
		soon grep 'listening on' log
		ping -n -q -c 20 -i 0.01 -W 5 -s 900 10.77.0.2
		ping -n -q -c 5 -i 0.01 -W 5 10.77.0.2
		sleep 0.5
		kill -INT $dump
		wait $dump || true
	END
	# The worlds' threads hand over their frames, so order is kept in each direction.
	for type in 8 0; do
		frames got.pcapng "icmp[0] == $type" >got
		frames seen.pcap "icmp[0] == $type" >seen
		[ "$(wc -l <seen)" -eq 25 ]
		diff seen got
	done
}

@test "tshark reads the capture; filter and snap length cut it" {
	need tshark tcpdump
	in_tap "${modes[0]}" --write got.pcapng --filter 'icmp[0] == 8' --snaplen 60 <<-'END'
		ping -n -q -c 10 -i 0.01 -W 5 -s 500 10.77.0.2
	END
	tshark -n -r got.pcapng -T fields -e icmp.type -e frame.len -e frame.cap_len \
		>fields 2>tshark.err
	[ "$(sort fields | uniq -c | awk '{ print $1, $2, $3, $4 }')" = "10 8 542 60" ]
	[ "$(tcpdump -n -r got.pcapng 2>/dev/null | wc -l)" -eq 10 ]
}

@test "a ring of files keeps the last ones, and no frame between them is missing" {
	need tshark
	in_tap "${modes[0]}" --write ring.pcapng -b filesize:20 -b files:3 <<-'END'
		ping -n -q -c 100 -i 0.005 -W 5 -s 1000 10.77.0.2
	END
	local files=(ring_*.pcapng)
	[ "${#files[@]}" -eq 3 ]
	for file in "${files[@]}"; do
		[ "$(stat -c %s "$file")" -le 24000 ]
		tshark -n -r "$file" -Y icmp -T fields -e icmp.seq -e icmp.type
	done >fields
	# ping counts from 1; each request and its answer
	[ "$(tail -n 1 fields)" = $'100\t0' ]
	seq "$(head -n 1 fields | cut -f 1)" 100 >numbers
	[ "$(cut -f 1 fields | sort -nu | diff - numbers)" = "" ]
	[ "$(wc -l <fields)" -ge 30 ]
}

@test "frames marked CS5 or above take the class of their own" {
	need tshark
	in_tap "${modes[0]}" --write got.pcapng <<-'END'
		ping -n -q -c 7 -i 0.01 -W 5 -Q 0xa0 10.77.0.2
		ping -n -q -c 5 -i 0.01 -W 5 -Q 0x9c 10.77.0.2
		# longer than the class can carry
		ping -n -q -c 3 -i 0.01 -W 5 -Q 0xb8 -s 1000 10.77.0.2
	END
	# requests, by class: the capture has it as the queue
	tshark -n -r got.pcapng -Y 'icmp.type == 8' -T fields -e frame.interface_queue \
		-e ip.dsfield.dscp >fields 2>tshark.err
	[ "$(sort fields | uniq -c | awk '{ print $1, $2, $3 }')" = $'7 0 40\n5 1 39\n3 1 46' ]
}

@test "status from another process agrees with the kernel" {
	in_tap "${modes[0]}" <<-'END'
		ping -n -q -f -c 500 -W 5 10.77.0.2
		account
		ip -json -stats link show dev "$tap" >link.json
		"$iwc" tap --status "$tap" | head -n 1
		"$iwc" tap --status "$tap" --interval '50 ms' --json | head -n 3 | wc -l
	END
	even
	kernel='j[0]["stats64"]["tx"]["packets"], j[0]["stats64"]["rx"]["packets"]'
	ours='j["flows"]["ns-to-s"]["offered"], j["flows"]["s-to-ns"]["delivered"]'
	[ "$(member link.json "$kernel")" = "$(member account.json "$ours")" ]
	says "scenario tap"
	says $'\n3'
}
