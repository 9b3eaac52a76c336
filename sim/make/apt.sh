# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# apt.sh, sourced: apt with sources, state and cache of our own in a work folder, so that the
# system's configuration and lists stay as they are and no root is needed. apt checks the chain from
# the signed release file to the hash of every downloaded file.

# apt_prepare WORK STATUS [LINE...]: make the folders of WORK and its apt.conf. Source entries go
# into WORK/sources, downloads are best put into WORK/download. STATUS is the dpkg status file that
# apt sees; LINEs are added to the configuration.
apt_prepare()
{
	apt_work=$1
	mkdir -p "$1/sources" "$1/state/lists/partial" "$1/cache/archives/partial" "$1/download"
	cat >"$1/apt.conf" <<-CONF
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Dir::Etc::sourcelist "/dev/null";
		Dir::Etc::sourceparts "$1/sources";
		Dir::State "$1/state";
		Dir::State::lists "$1/state/lists";
		Dir::State::status "$2";
		Dir::Cache "$1/cache";
		Dir::Log "$1";
	CONF
	shift 2
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$apt_work/apt.conf"
}

# apt_private TOOL ARGUMENT...: apt-get or apt-cache, by that configuration.
apt_private()
{
	apt_tool=$1
	shift
	"$apt_tool" -q -c "$apt_work/apt.conf" "$@"
}
