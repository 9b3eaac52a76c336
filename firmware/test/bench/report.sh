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
				"$1" | sort -n | awk '{ v[NR] = $1 } END { printf " %d", v[int((NR + 1) / 2)] }'
		done
		printf '\n'
	done
}

medians "$out/path.rows" >"$out/path.medians"
medians "$out/slow.rows" >"$out/slow.medians"

cat <<-END
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

cat <<-END

	Round trips between programs: medians of 101. "all" is Linux, monitor and S together; of
	virtio-net, both ends of it are in the same Linux, and what QEMU does for it is not counted.
	  bytes     ping: all   Linux alone    virtio-net      udp: all   Linux alone    virtio-net
END
awk '
FILENAME ~ /virtio/ { virtio[$1, $2] = $9; next }
$1 == "ping" || $1 == "udp" { all[$1, $2] = $5; own[$1, $2] = $9; size[$2] = 1 }
END {
	n = split("16 64 256 512 1024 1472", sizes, " ")
	for (i = 1; i <= n; i++) {
		printf "  %5d", sizes[i]
		for (k = 1; k <= 2; k++) {
			kind = k == 1 ? "ping" : "udp"
			printf " %13d %13d %13d", all[kind, sizes[i]], own[kind, sizes[i]],
				virtio[kind, sizes[i]]
		}
		printf "\n"
	}
}' "$out/virtio.rows" "$out/rounds.rows"

cat <<-END

	TCP, instructions a byte of 4 MB, one way
	                  all   Linux alone    virtio-net
END
awk '
FILENAME ~ /virtio/ { virtio[$1] = $9 / $2; next }
$1 ~ /^tcp/ { all[$1] = $5 / $2; own[$1] = $9 / $2 }
END {
	printf "  to S    %11.2f   %11.2f   %11.2f\n", all["tcp-to"], own["tcp-to"], virtio["tcp-to"]
	printf "  from S  %11.2f   %11.2f   %11.2f\n", all["tcp-from"], own["tcp-from"],
		virtio["tcp-from"]
}' "$out/virtio.rows" "$out/rounds.rows"

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
