#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# report.sh ROWS: the table of the tap's bench, and a verdict per goal. ROWS has lines of
# "round subject load value"; a cell is the median over the rounds, a ratio the median of the
# ratios within each round.

awk '
function median(list, n, i, j, t, v) {
	n = split(list, v, " ")
	for (i = 2; i <= n; i++) {
		t = v[i] + 0
		for (j = i - 1; j > 0 && v[j] + 0 > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
{
	value[$1, $2, $3] = $4
	all[$2, $3] = all[$2, $3] " " $4
	if ($1 > rounds)
		rounds = $1
}
END {
	subjects = split("veth direct apart shared", subject, " ")
	loads = split("ping tcp-in tcp-out", load, " ")
	what["veth"] = "veth pair, the kernel at both ends"
	what["direct"] = "TAP and lwIP without a channel"
	what["apart"] = "iwc tap --cpus apart"
	what["shared"] = "iwc tap --cpus shared"
	unit["ping"] = "round trips a second, ping -f"
	unit["tcp-in"] = "Mbit/s of TCP to S, iperf 2"
	unit["tcp-out"] = "Mbit/s of TCP from S, iperf 2 -R"
	goal["ping"] = 0.85
	goal["tcp-in"] = goal["tcp-out"] = 0.90
	printf "tap: medians of %d rounds; in brackets: ratio to the second line\n\n", rounds
	printf "%-36s %18s %18s %18s\n", "", load[1], load[2], load[3]
	for (s = 1; s <= subjects; s++) {
		printf "%-36s", what[subject[s]]
		for (l = 1; l <= loads; l++) {
			list = ""
			for (r = 1; r <= rounds; r++) {
				x = value[r, subject[s], load[l]] / value[r, "direct", load[l]]
				list = list " " x
				if (r == 1 || x < least[subject[s], load[l]])
					least[subject[s], load[l]] = x
				if (x > most[subject[s], load[l]])
					most[subject[s], load[l]] = x
			}
			ratio[subject[s], load[l]] = median(list)
			printf "  %8.0f (%5.2f)", median(all[subject[s], load[l]]), median(list)
		}
		printf "\n"
	}
	printf "\n"
	for (l = 1; l <= loads; l++)
		printf "%-8s %s\n", load[l], unit[load[l]]
	printf "\n"
	for (l = 1; l <= loads; l++) {
		best = ratio["apart", load[l]] > ratio["shared", load[l]] ? "apart" : "shared"
		r = ratio[best, load[l]]
		printf "%-8s --cpus %-7s %.2f of the rate without a channel (%.2f to %.2f), ",
			load[l], best ":", r, least[best, load[l]], most[best, load[l]]
		printf "goal at least %.2f: %s\n", goal[load[l]],
			(r >= goal[load[l]]) ? "met" : "not met"
	}
}' "$1"
