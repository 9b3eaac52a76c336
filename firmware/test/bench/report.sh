#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# report.sh OUT: the tables of the firmware's bench, out of the rows that run.sh left in OUT, and a
# verdict on the goals. Exit 1: the slower S does not show in the frames' way as it must.

set -eu

out=$1
slow=1000

# medians FILE: "BYTES A B C D", medians of each column of the lines "path BYTES A B C D".
medians()
{
	for bytes in 16 64 256 512 1024 1472; do
		printf '%s' "$bytes"
		for column in 3 4 5 6; do
			awk -v b="$bytes" -v c="$column" '$1 == "path" && $2 == b { print $c }' \
				"$1" | sort -n | awk '{ v[NR] = $1 }
				END { printf " %d", v[int((NR + 1) / 2)] }'
		done
		printf '\n'
	done
}

medians "$out/path.rows" >"$out/path.medians"
medians "$out/slow.rows" >"$out/slow.medians"

cat <<END
Instructions under QEMU's -icount, cortex-a57. They are exact, and they are not time: a
processor executes some of them in parallel, and waits hundreds of cycles for others.

Calls and interrupts
END
awk '
$1 == "monitor" { mon[$2] = $3 }
$1 == "call" { call[$2] = $3 }
$1 == "fiq" { fiq[$2] = $3 }
function row(what, n, goal) {
	printf "  %-58s %6d", what, n
	if (goal)
		printf "  goal %d: %s", goal, n <= goal ? "met" : "not met"
	printf "\n"
}
END {
	row("PSCI_VERSION", mon["psci-version"])
	row("a call that does not exist", mon["unknown"])
	row("RING, S on another processor: no switch", mon["ring-from-another-processor"], 150)
	row("RING, deferred by the bucket", mon["ring-deferred"], 150)
	row("NS, S and back by RING, with an S that does nothing", mon["ring-to-s-and-back"], 600)
	row("the same with this S: wakes, looks, finds nothing", call["ring-trip"])
	row("S'"'"'s tick: from an instruction of Linux to S'"'"'s handler", fiq["entry"])
	row("S'"'"'s tick, until Linux goes on", fiq["all"])
}' "$out/monitor.rows" "$out/path.rows"

printf '\nA ping of Linux to S on the same processor: from ndo_start_xmit to\n'
printf '  %5s %14s %14s %14s %14s\n' bytes "S's handler" "S's lwIP" "its answer" "Linux's stack"
awk '{ printf "  %5d %14d %14d %14d %14d\n", $1, $2, $3, $4, $5 }' "$out/path.medians"

cat <<END

Round trips between programs, medians of 101. "all": Linux, monitor and S. "mean" has the waits
for tokens of the bucket in it, while an instruction is 1 ns; "1 us": with a token each 1 us in
place of 100 us. virtio-net: both ends of it are in one Linux, and what QEMU does for it is not
counted.

       bytes          all        Linux         mean   mean, 1 us   virtio-net
END
awk '
$1 != "ping" && $1 != "udp" { next }
FILENAME ~ /virtio/ { virtio[$1, $2] = $7; next }
FILENAME ~ /free/ { free[$1, $2] = $5; next }
{
	rows[$1] = rows[$1] sprintf("  %-4s %5d %12d %12d %12d %12d %12d\n", $1, $2, $4, $7, $5,
		free[$1, $2], virtio[$1, $2])
}
END { printf "%s%s", rows["ping"], rows["udp"] }
' "$out/virtio.rows" "$out/free.rows" "$out/rounds.rows"

cat <<END

One way: instructions a datagram (of 1000), and a byte of TCP (4 MB). "S" is S and the monitor,
from a run where Linux does not idle; "elapsed" has the waits in it.

           bytes        Linux            S         both      elapsed      at 1 us   virtio-net
END
awk '
FILENAME ~ /virtio/ { virtio[$1, $2] = $7; next }
FILENAME ~ /free/ { free[$1, $2] = $4; next }
FILENAME ~ /busy/ { rest[$1, $2] = $4 - $7; next }
/^(udp-to|tcp)/ {
	n = /^tcp/ ? $2 : 1
	f = /^tcp/ ? "%13.2f" : "%13d"
	printf "  %-8s %5s" f f f f f f "\n", $1, /^tcp/ ? "" : $2, $7 / n, rest[$1, $2] / n,
		($7 + rest[$1, $2]) / n, $4 / n, free[$1, $2] / n, virtio[$1, $2] / n
}' "$out/virtio.rows" "$out/free.rows" "$out/busy.rows" "$out/rounds.rows"

printf '\nTwo runs counted the same. '
paste -d ' ' "$out/path.medians" "$out/slow.medians" | awk -v slow="$slow" '
{
	more = ($9 - $8) - ($4 - $3)
	if (more < slow || more > slow + 8)
		bad = 1
	all = all " " more
}
END {
	printf "An S slowed by %d instructions a frame shows as%s: %s\n", slow, all,
		bad ? "FAILED" : "seen"
	exit bad
}'
