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
# them, every one a bsd(8) of its own; a tunnel that iked(8) makes in no more
# than two seconds, or isakmpd(8) in three, a ping through it, and the proof.
# With -i a shell on the customer's gateway follows.
#
#	host-a -- customer ==[wire]== internet ====== provider -- host-b
#
# In: BSD (the program), HUB (the wire that records), PCAPLS (lists what it
# recorded), as `make run' sets them; IKE, 1 or 2 (2): its version, where 1
# puts the files of ../s2s1 into the place of iked.conf; BSDFLAGS, more flags
# for bsd(8).

set -u
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/s2s.XXXXXX") || exit 1
version=${IKE:-2}
interactive=0
gateways=
others=
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

# End what was started, one after the other, and gateways first: they tell
# their peers.  The folder stays, for the pcap in it.
finish()
{
	for p in $gateways $others; do
		kill "$p" 2>/dev/null
		wait "$p" 2>/dev/null
	done
	gateways= others=
}

now()
{
	echo $(($(date +%s%N) / 1000000))
}

# await MILLISECONDS COMMAND ...: until it succeeds
await()
{
	deadline=$(($(now) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now)" -lt $deadline ] || return 1
		sleep 0.01
	done
}

# machine NAME umN=BACKEND ...: boot it from its folder of configuration
machine()
{
	name=$1
	shift
	mkdir -p "$dir/etc/$name"
	install -m 600 "$here/$name"/* "$dir/etc/$name" || exit 1
	if [ $version = 1 ] && [ -d "$here/../s2s1/$name" ]; then
		rm "$dir/etc/$name/iked.conf"
		install -m 600 "$here/../s2s1/$name"/* "$dir/etc/$name" ||
		    exit 1
	fi
	"$BSD" -D ${BSDFLAGS:-} -d "$dir/$name" -e "$dir/etc/$name" "$@" \
	    >"$dir/$name.log" 2>&1 &
	if [ -e "$here/$name/iked.conf" ]; then
		gateways="$! $gateways"
	else
		others="$! $others"
	fi
}

booted()
{
	for m; do
		await 10000 test -e "$dir/$m/up" && continue
		cat "$dir/$m.log" >&2
		fail "$m does not boot"
		return 1
	done
}

# on NAME COMMAND ...: show the command, and run it on that machine
on()
{
	name=$1
	shift
	printf '\n%s# %s\n' "$name" "$*"
	quietly_on "$name" "$@" ||
	    fail "$name: \"$*\" failed"
}

quietly_on()
{
	name=$1
	shift
	"$BSD" -a "$dir/$name" -- "$@"
}

# link NAME: whether the tunnel stands, as far as this gateway knows
link()
{
	quietly_on "$1" ifconfig sec0 | grep -q 'status: active'
}

start()
{
	"$HUB" -w "$dir/wire.pcap" "$dir/wire-c" "$dir/wire-i" \
	    >"$dir/hub.log" 2>&1 &
	others=$!
	machine internet um0=wire:"$dir/wire-i" um1=wire:"$dir/wire-p"
	machine provider um0=wire:"$dir/wire-p" um1=wire:"$dir/lan-b"
	machine host-a um0=wire:"$dir/lan-a"
	machine host-b um0=wire:"$dir/lan-b"
	booted internet provider host-a host-b || return 1
	began=$(now)
	machine customer um0=wire:"$dir/wire-c" um1=wire:"$dir/lan-a"
	booted customer
}

# Both ends have a tunnel, and had it in time.
tunnel()
{
	if await 10000 link customer && await 1000 link provider; then
		took=$(($(now) - began))
		echo "The tunnel was up $took ms after the customer's gateway" \
		    "was switched on."
		[ $took -le $patience ] ||
		    fail "that should not take more than $patience ms"
		return 0
	fi
	fail "there is no tunnel"
	for m in customer provider; do
		known $m
	done
	return 1
}

# What a gateway's daemon knows of it.
known()
{
	case $version in
	1)	on "$1" sh -c 'echo r >$UM_RUN/isakmpd.fifo; sleep 0.5
		    cat $UM_RUN/isakmpd.report' ;;
	2)	on "$1" ikectl show sa
		on "$1" ikectl -q show stats ;;
	esac
}

show()
{
	on customer ifconfig sec0
	case $version in
	1)	on customer ipsecctl -sa -v ;;
	2)	on customer ikectl show sa
		on customer ipsecctl -sa ;;
	esac
	on customer ping -c 2 -i 0.2 -w 5 169.254.229.41
	on host-a ping -c 4 -i 0.2 -w 5 10.2.0.10
}

exchanges()
{
	case $version in
	1)	for p in '192.0.2.8 > 198.51.100.14' \
		    '198.51.100.14 > 192.0.2.8'; do
			for x in MAIN_MODE QUICK_MODE; do
				grep -q " IKE $p $x " "$dir/wire.txt" ||
				    fail "no $x, $p, on the wire"
			done
		done ;;
	2)	for x in IKE_SA_INIT IKE_AUTH; do
			for r in request response; do
				grep -q " IKE .* $x $r " "$dir/wire.txt" ||
				    fail "no $x $r on the wire"
			done
		done ;;
	esac
}

# What went over the customer's wire: only ARP, and between the two IKE,
# both exchanges with their answers, and ESP.  Before its daemon runs, the
# customer's kernel may have told the provider's, by ICMP, that it does not.
proof()
{
	all="ARP, IKE or ESP"
	early=' IP 192.0.2.8 > 198.51.100.14 proto 1 '
	first=' IKE 192.0.2.8 > 198.51.100.14 '
	printf '\nThe wire, %s:\n' "$dir/wire.pcap"
	"$PCAPLS" "$dir/wire.pcap" >"$dir/wire.txt" ||
	    { fail "the pcap cannot be read"; return; }
	cat "$dir/wire.txt"
	if sed "/$first/,\$d" "$dir/wire.txt" | grep -q "$early"
	then
		all="ARP, IKE, ESP, or ICMP from before $daemon ran"
	fi
	if sed "1,/$first/{/$early/d}" "$dir/wire.txt" |
	    grep -v -e ' ARP ' \
	    -e ' \(IKE\|ESP\) 192.0.2.8 > 198.51.100.14 ' \
	    -e ' \(IKE\|ESP\) 198.51.100.14 > 192.0.2.8 '; then
		fail "that should not be on the wire"
	fi
	exchanges
	n=$(grep -c ' ESP ' "$dir/wire.txt")
	if [ "$n" -lt 12 ]; then
		fail "$n ESP packets on the wire, expected at least 12"
	fi
	[ $failed -eq 0 ] && echo "All of it is $all."
}

while getopts i opt; do
	case $opt in
	i)	interactive=1 ;;
	*)	usage ;;
	esac
done
case $version in
1)	daemon=isakmpd patience=3000 ;;	# ms from power on to a tunnel
2)	daemon=iked patience=2000 ;;
*)	echo "run: IKE=$version: the versions are 1 and 2" >&2
	exit 1 ;;
esac
: "${BSD:?run.sh wants BSD, the path of bsd(8); use make run}"
: "${HUB:?run.sh wants HUB, the wire that records; use make run}"
: "${PCAPLS:?run.sh wants PCAPLS, which lists a pcap; use make run}"
trap finish EXIT
trap 'exit 1' INT TERM

echo "Two gateways, one tunnel: customer 192.0.2.8, provider 198.51.100.14."
start || exit 1
tunnel || exit 1
show
proof
if [ $interactive -eq 1 ] && [ $failed -eq 0 ]; then
	echo
	echo "A shell on the customer's gateway; exit ends all of it."
	"$BSD" -a "$dir/customer"
fi
exit $failed
