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



# gates.sh: two gateways with a daemon each that negotiates, whichever it is;
# sourced, instead of lib.sh, with DAEMON.
#
#	ga 192.0.2.1 ==[wire]== 192.0.2.2 gb
#
#	pair [UNIT ...]		boot them, with sec0 or these: secN has
#				169.254.N.1 at ga and .2 at gb
#	addresses NAME own other [UNIT ...]	these, once it is up
#	six [UNIT ...]		IPv6 for both, behind pair: 2001:db8::1 and ::2
#				on the wire, 2001:db8:f:N::1 and ::2 inside
#	nets N			so many networks at each, behind six: 10.1.I.1
#				and 2001:db8:1:I::1 of ga, 10.2 and 2001:db8:2
#				of gb, and routes
#	behind ga|gb		boot them with a NAT, 192.0.2.9, before one of
#				them, which is 10.0.0.1; $nat forgets its
#				ports with USR1
#	through [N]		ga pings gb through secN
#	through6 [N]		the same by IPv6, with UDP
#	talk size address [-I source]	so large a datagram from ga to gb, and
#				back; gb begins to listen by the first one
#	pinger UNIT [interval]	ping there until pinged, which says how many
#	pinged UNIT		were $sent and $lost
#	says FILE text		it is there, before long
#	one_pair NAME [N]	the kernel has N (1) pairs of SAs, no more
#	hubsum what		of the wire's ports together
#	accounted		$all the pings sent, and each place they passed
#				on their way has seen as many, but for what the
#				wire lost: $lost; $places says what each saw
#	frames N		what is on the wire behind its first N frames,
#				without ARP
#	dice N			$rolled, 0 to N - 1, by $state
#	kill_daemon NAME all|parent|child [which]	without a word
#	kill_kernel NAME	and its daemon; boot it anew
#	killings N		so many times kill what chance says, revive it
#				(revive NAME), and it carries (carries NAME)
#				within 10 seconds; each time tidied is called;
#				$children is how many the daemon has
. "${TOP:=$(cd ../../../.. && pwd)}/regress/lib/lib.sh"
TALK=$TOP/regress/lib/talk/$CONF/talk

pair()
{
	hub wire "$W/wa" "$W/wb" ${WIRES:-}
	machine ga um0=wire:"$W/wa"
	machine gb um0=wire:"$W/wb"
	booted
	addresses ga 1 2 "$@"
	addresses gb 2 1 "$@"
}

addresses()
{
	name=$1 a=$2 b=$3
	shift 3
	on "$name" sh -ec 'a=$1 b=$2
	shift 2
	ifconfig um0 192.0.2.$a/24 up
	for u; do
		ifconfig sec$u create
		ifconfig sec$u 169.254.$u.$a/30 169.254.$u.$b up
	done' - "$a" "$b" "${@:-0}"
}

# Nobody else is there to have these addresses.
six()
{
	for m in ga:1:2 gb:2:1; do
		set -- "${m%%:*}" "${m##*:}" "${m#*:}" "$@"
		on "$1" sh -ec 'b=$1 a=${2%%:*}
		shift 2
		sysctl -q net.inet6.ip6.dad_count=0
		ifconfig um0 inet6 2001:db8::$a/64
		for u; do
			ifconfig sec$u inet6 2001:db8:f:$u::$a \
			    2001:db8:f:$u::$b prefixlen 128
		done' - "$2" "$3" "${4:-0}"
		shift 3
	done
}

nets()
{
	for m in ga:1:2 gb:2:1; do
		on "${m%%:*}" sh -ec 'a=${1%%:*} b=${1#*:} i=0
		ifconfig lo1 create
		while [ $i -lt $2 ]; do
			ifconfig lo1 inet 10.$a.$i.1/24 alias
			ifconfig lo1 inet6 2001:db8:$a:$i::1/64
			i=$((i + 1))
		done
		route -qn add 10.$b.0.0/16 192.0.2.$b
		route -qn add -inet6 2001:db8:$b::/48 2001:db8::$b' - \
		    "${m#*:}" "$1"
	done
}

mac()
{
	on "$1" ifconfig um0 | sed -n 's/.*lladdr //p'
}

behind()
{
	hidden=$1 open=gb number=2
	[ "$hidden" = ga ] || open=ga number=1
	hub inside "$W/ih" "$W/in"
	hub wire "$W/wo" "$W/wn"
	machine "$hidden" um0=wire:"$W/ih"
	machine "$open" um0=wire:"$W/wo"
	booted
	addresses ga 1 2 0
	addresses gb 2 1 0
	on "$hidden" ifconfig um0 10.0.0.1/24
	on "$hidden" route -qn add default 10.0.0.254
	"$TOP/regress/sbin/iked/live/$CONF/nat" "$W/in" "$(mac "$hidden")" \
	    10.0.0.1 10.0.0.254 "$W/wn" "$(mac "$open")" 192.0.2.9 &
	nat=$!
	pids="$pids $nat"
}

through()
{
	on ga ping -q -c 3 -i 0.02 -w 1 "169.254.${1:-0}.2" >/dev/null
}

talk()
{
	[ -e "$W/talks" ] || {
		start gb "$TALK" -l
		: >"$W/talks"
		await 5 on gb "$TALK" 127.0.0.1 >/dev/null
	}
	size=$1 to=$2
	shift 2
	on ga "$TALK" "$@" "$to" 1 "$size"
}

through6()
{
	talk 64 "2001:db8:f:${1:-0}::2" >/dev/null
}

pinger()
{
	start ga ping -q -i "${2:-0.02}" -c 10000000 -w 1 "169.254.$1.2" \
	    >"$W/ping.$1" 2>&1
	echo $started >"$W/ping.$1.pid"
}

pinged()
{
	p=$(cat "$W/ping.$1.pid")
	kill -INT "$p"
	wait "$p"
	sent=$(sed -n 's/ packets transmitted.*//p' "$W/ping.$1")
	lost=$((sent - $(sed -n 's/.*transmitted, \([0-9]*\) .*/\1/p' \
	    "$W/ping.$1")))
	# the last one may be under way
	[ $lost -ne 1 ] || lost=0
}

says()
{
	await 10 grep -q -e "$2" "$1" && return
	fail "${1##*/} does not say: $2"
}

pairs()
{
	[ "$(on "$1" ipsecctl -s sa | wc -l)" -eq $((2 * $2)) ]
}

one_pair()
{
	await 20 pairs "$1" "${2:-1}" && return
	fail "$1 has other SAs than ${2:-1} pair: $(on "$1" ipsecctl -s sa)"
}

frames()
{
	"$PCAPLS" "$W/wire.pcap" | sed "1,${1}d" | grep -v ' ARP '
}

# icmp NAME Input|Output type: so many messages
icmp()
{
	on "$1" netstat -s -p icmp | awk -v dir="$2" -v type="$3:" '
	/histogram/ { on = $1 == dir }
	on && index($0, "\t" type) { n = $NF }
	END { print n + 0 }'
}

esp()
{
	counter "$1" "$2 ESP packets" -p esp
}

# Of the hub's ports together
hubsum()
{
	"$HUB" -C "$W/wire.ctl" stats | awk -v what="$1" '
	{ for (i = 4; i < NF; i += 2) if ($i == what) n += $(i + 1) }
	END { print n + 0 }'
}

# Each number equals that of the place before, but for what the wire lost.
accounted()
{
	set -- "$all" "$(esp ga output)" "$(esp gb input)" \
	    "$(icmp gb Input echo)" "$(icmp gb Output 'echo reply')" \
	    "$(esp gb output)" "$(esp ga input)" "$(icmp ga Input 'echo reply')"
	places=$*
	lost=$(($2 - $3 + $6 - $7))
	[ "$1" -eq "$2" ] && [ "$3" -eq "$4" ] && [ "$4" -eq "$5" ] &&
	    [ "$5" -eq "$6" ] && [ "$7" -eq "$8" ] &&
	    [ "$(hubsum in)" -eq $(($(hubsum out) + $(hubsum lost))) ]
}

dice()
{
	state=$(((state * 1103515245 + 12345) & 0x7fffffff))
	rolled=$((state / 65536 % $1))
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

family()
{
	p=$(cat "$W/$1.$DAEMON.pid")
	echo "$p" $(ps -o pid= --ppid "$p")
}

all_gone()
{
	for p; do
		await 5 gone "$p" || fail "$what: process $p stays"
	done
}

# Those that have ended are nobody's to kill any more.
forget()
{
	for p; do
		clients=$(echo "$clients " | sed "s/ $p / /")
		pids=$(echo "$pids " | sed "s/ $p / /")
	done
}

kill_daemon()
{
	all=$(family "$1")
	parent=${all%% *}
	case $2 in
	all)	kill -KILL $all ;;
	parent)	kill -KILL "$parent" ;;
	child)	set -- $(echo "${all#* }" | cut -d ' ' -f $((1 + $3)))
		kill -KILL "$1" ;;
	esac
	wait "$parent" 2>/dev/null
	forget "$parent"
	all_gone $all
}

kill_kernel()
{
	all=$(family "$1")
	k=$(cat "$W/$1.pid")
	kill -KILL "$k"
	wait "$k" 2>/dev/null
	wait "${all%% *}" 2>/dev/null
	forget "$k" "${all%% *}"
	all_gone $all
	rm -f "$W/$1/up"
	case $1 in
	ga)	machine ga um0=wire:"$W/wa" ;;
	gb)	machine gb um0=wire:"$W/wb" ;;
	esac
	booted
	case $1 in
	ga)	addresses ga 1 2 ;;
	gb)	addresses gb 2 1 ;;
	esac
}

killings()
{
	seed=$state i=0
	while [ $i -lt "$1" ]; do
		m=ga
		[ $(((i + i / 4 + seed) % 2)) -eq 0 ] || m=gb
		how=$(((i + seed) % 4))
		what="kill $i of $m, way $how, seed $seed"
		case $how in
		0)	kill_daemon $m all ;;
		1)	dice "$children"
			kill_daemon $m child $rolled ;;
		2)	kill_kernel $m ;;
		3)	kill_daemon $m parent ;;
		esac
		# down for a while or not at all
		dice 10
		sleep 0.$rolled
		begin=$(date +%s%N)
		revive $m
		await 10 carries $m || fail "$what: nothing comes through"
		took=$((($(date +%s%N) - begin) / 1000000))
		echo "$what: $took ms"
		[ "$CONF" != GENERIC ] || [ $took -le 10000 ] || fail "too late"
		[ $failed = 0 ] || break
		i=$((i + 1))
		tidied
	done
}
