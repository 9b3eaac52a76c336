# SPDX-License-Identifier: BSD-2-Clause
# Completion of iwc for bash.

_iwc_commands="run sweep replay shrink report list explain demo explore check tap version help"

# The options of command $1.
_iwc_options()
{
	local case="--off --set --duration --replay --filter --scenarios"

	case $1 in
	run)
		echo "$case --seed --mute --threads --keep-going --trace-accesses --conform --pcapng" \
			"--speed --out --force --json --quiet --help"
		;;
	sweep)
		echo "$case --seeds --jobs --shard --fail-fast --merge --out --force --json" \
			"--quiet --help"
		;;
	replay) echo "--steps --around --json --quiet --help" ;;
	shrink) echo "$case --seed --runs --out --force --json --quiet --help" ;;
	report) echo "--quiet --help" ;;
	list) echo "--scenarios --json --help" ;;
	explain) echo "--json --help" ;;
	demo) echo "--scenarios --jobs --out --force --json --quiet --help" ;;
	explore)
		echo "--walk --seed --core --claim --depth --memory --time --out --force --json" \
			"--quiet --help"
		;;
	check)
		echo "--full --jobs --shard --resume --strict --list --report --out --force --json" \
			"--quiet --help"
		;;
	tap)
		echo "--set --duration --filter --scenarios --seed --json --quiet --help --tap" \
			"--netns --addr --peer --secure --secure-tap --secure-netns --cpus --write" \
			"--events --snaplen --ring-buffer --interval --control --status"
		;;
	version | help) echo "--help" ;;
	*) echo "--help --version" ;;
	esac
}

# The command among the words before the cursor: the first that is neither option nor value.
_iwc_command()
{
	local i word

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case " $_iwc_commands " in
		*" $word "*)
			echo "$word"
			return
			;;
		esac
	done
}

# Names in the folder of scenarios, without .cfg.
_iwc_scenarios()
{
	local folder=${IWC_SCENARIOS:-scenarios} file

	for file in "$folder"/*.cfg; do
		[ -e "$file" ] || continue
		file=${file##*/}
		echo "${file%.cfg}"
	done
}

_iwc_checks()
{
	"${COMP_WORDS[0]}" check --list --full 2>/dev/null | sed 's/ .*//'
}

_iwc_topics()
{
	"${COMP_WORDS[0]}" explain 2>/dev/null | sed -e '1,2d' -e 's/^[a-z]*: / /'
}

_iwc()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command words=

	command=$(_iwc_command)
	COMPREPLY=()
	case $prev in
	--claim)
		mapfile -t COMPREPLY < <(compgen -W "recovery progress delivery" -- "$cur")
		return
		;;
	--secure)
		mapfile -t COMPREPLY < <(compgen -W "lwip tap" -- "$cur")
		return
		;;
	--cpus)
		mapfile -t COMPREPLY < <(compgen -W "apart shared" -- "$cur")
		return
		;;
	--out | -o | --replay | --scenarios | --report | --pcapng | --write | -w | \
		--events | --control)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--seed | -s | --seeds | --set | --duration | --filter | --mute | --jobs | -j | --shard | \
		--runs | --steps | -n | --walk | --core | --depth | --memory | --time | \
		--speed | --tap | --netns | --addr | --peer | --secure-tap | --secure-netns | \
		--snaplen | --ring-buffer | -b | --interval | --status)
		return
		;;
	esac
	case $cur in
	-*) words=$(_iwc_options "$command") ;;
	*)
		case $command in
		"") words=$_iwc_commands ;;
		run | shrink | sweep | tap) words=$(_iwc_scenarios) ;;
		list) words="scenarios threats properties faults cores weaknesses" ;;
		explain) words=$(_iwc_topics) ;;
		check) words="$(echo P{1..13}) $(_iwc_checks)" ;;
		help) words=$_iwc_commands ;;
		esac
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	case $command in
	run | sweep | shrink | replay | report | explore | tap)
		[[ $cur == -* ]] ||
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
		;;
	esac
}

complete -o filenames -F _iwc iwc
