#!/bin/sh
# Copyright (c) 2026 The um project
#
# Permission to use, copy, modify, and distribute this software for any
# purpose with or without fee is hereby granted, provided that the above
# copyright notice and this permission notice appear in all copies.
#
# THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
# WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
# MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
# ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
# WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
# ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
# OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.


# run.sh [-i]: two gateways, a host behind each, and the Internet between
# them, every one a bsd(8) of its own; a tunnel, a ping through it, and the
# proof.  With -i a shell on the customer's gateway follows.
#
#	host-a -- customer ==[wire]== internet ====== provider -- host-b
#
# In: BSD (the program), HUB (the wire that records), PCAPLS (lists what it
# recorded), as `make run' sets them; BSDFLAGS, more flags for bsd(8).

set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/s2s.XXXXXX") || exit 1
machines="internet customer provider host-a host-b"
interactive=0
pids=
failed=0

usage()
{
	echo "usage: run.sh [-i]" >&2
	exit 1
}

fail()
{
	echo "run: $*" >&2
	failed=1
}

# End what was started; the folder stays, for the pcap in it.
finish()
{
	for p in $pids; do
		kill "$p" 2>/dev/null
	done
	for p in $pids; do
		wait "$p" 2>/dev/null
	done
	pids=
}

# Wait, at most 10 seconds, for a file to appear.
await()
{
	tries=0
	until [ -e "$1" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 200 ]; then
			fail "$1 did not appear within 10 seconds"
			return 1
		fi
		sleep 0.05
	done
}

# machine NAME umN=BACKEND ...: boot it from its folder of configuration
machine()
{
	name=$1
	shift
	mkdir -p "$dir/etc/$name"
	install -m 600 "$here/$name"/* "$dir/etc/$name" || exit 1
	"$BSD" -D ${BSDFLAGS:-} -d "$dir/$name" -e "$dir/etc/$name" "$@" \
	    >"$dir/$name.log" 2>&1 &
	pids="$pids $!"
}

# on NAME COMMAND ...: show the command, and run it on that machine
on()
{
	name=$1
	shift
	printf '\n%s# %s\n' "$name" "$*"
	"$BSD" -a "$dir/$name" -- "$@" ||
	    fail "$name: \"$*\" failed"
}

quietly_on()
{
	name=$1
	shift
	"$BSD" -a "$dir/$name" -- "$@" || fail "$name: \"$*\" failed"
}

start()
{
	"$HUB" -w "$dir/wire.pcap" "$dir/wire-c" "$dir/wire-i" \
	    >"$dir/hub.log" 2>&1 &
	hub=$!
	pids="$pids $hub"
	machine internet um0=wire:"$dir/wire-i" um1=wire:"$dir/wire-p"
	machine customer um0=wire:"$dir/wire-c" um1=wire:"$dir/lan-a"
	machine provider um0=wire:"$dir/wire-p" um1=wire:"$dir/lan-b"
	machine host-a um0=wire:"$dir/lan-a"
	machine host-b um0=wire:"$dir/lan-b"
	for m in $machines; do
		if ! await "$dir/$m/up"; then
			cat "$dir/$m.log" >&2
			return 1
		fi
	done
	for m in customer provider; do
		quietly_on $m ipsecctl -f /etc/ipsec.conf
	done
}

show()
{
	echo "Two gateways, one tunnel: customer 192.0.2.8, provider" \
	    "198.51.100.14."
	on customer ifconfig sec0
	on customer ipsecctl -sa
	on customer ping -c 2 -i 0.2 -w 5 169.254.229.41
	on host-a ping -c 4 -i 0.2 -w 5 10.2.0.10
}

# What went over the customer's wire: only ARP, and ESP between the two.
proof()
{
	printf '\nThe wire, %s:\n' "$dir/wire.pcap"
	"$PCAPLS" "$dir/wire.pcap" >"$dir/wire.txt" ||
	    { fail "the pcap cannot be read"; return; }
	cat "$dir/wire.txt"
	if grep -v -e ' ARP ' -e ' ESP 192.0.2.8 > 198.51.100.14 ' \
	    -e ' ESP 198.51.100.14 > 192.0.2.8 ' "$dir/wire.txt"; then
		fail "that should not be on the wire"
	fi
	n=$(grep -c ' ESP ' "$dir/wire.txt")
	if [ "$n" -lt 12 ]; then
		fail "$n ESP packets on the wire, expected at least 12"
	fi
	[ $failed -eq 0 ] && echo "All of it is ARP or ESP."
}

while getopts i opt; do
	case $opt in
	i)	interactive=1 ;;
	*)	usage ;;
	esac
done
: "${BSD:?run.sh wants BSD, the path of bsd(8); use make run}"
: "${HUB:?run.sh wants HUB, the wire that records; use make run}"
: "${PCAPLS:?run.sh wants PCAPLS, which lists a pcap; use make run}"
trap finish EXIT
trap 'exit 1' INT TERM

start || exit 1
show
proof
if [ $interactive -eq 1 ] && [ $failed -eq 0 ]; then
	echo
	echo "A shell on the customer's gateway; exit ends all of it."
	"$BSD" -a "$dir/customer"
fi
exit $failed
