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


# Policies without an interface, all at once: both protocols, modes and
# families, inside and outside, and one end that narrows.  Their flows come
# and go with them; who waits begins when a flow has a packet.

. ./live.sh

# policies NAME mode: the same of either end, seen from there
policies()
{
	case $1 in
	ga)	a=1 b=2 me=a it=b ;;
	gb)	a=2 b=1 me=b it=a ;;
	esac
	while read -r net peers rest; do
		id=$net
		# what they are for tells these apart
		[ $net != 2 ] || id=0
		echo "ikev2 \"p$net\" $2 $rest CHILD srcid $me$id dstid" \
		    "$it$id psk $PSK" | sed "s/AA/$a/g; s/BB/$b/g
		    s/NET4/from 10.$a.$net.0\/24 to 10.$b.$net.0\/24/
		    s,NET6,from 2001:db8:$a:$net::/64 to 2001:db8:$b:$net::/64,
		    s/ \(childsa.*\)* *CHILD/ $(echo "$peers" |
		    sed "s/4/local 192.0.2.$a peer 192.0.2.$b/
		    s/6/local 2001:db8::$a peer 2001:db8::$b/") \1/"
	done <<-END
	0 4 esp NET4
	1 4 ah NET4 childsa auth hmac-sha1 group ecp256
	2 4 tunnel NET6
	3 6 NET6 childsa enc 3des auth hmac-sha1
	4 6 tunnel ah inet6 NET6
	5 6 NET4 NET6
	6 4 transport esp proto udp from 192.0.2.AA to 192.0.2.BB
	7 6 transport ah proto udp from 2001:db8::AA to 2001:db8::BB
	END
}

flows()
{
	[ "$(on "$1" ipsecctl -s flow | wc -l)" -eq $((2 * $2)) ]
}

# all PAIRS FLOWS what; no number of pairs while SAs wait for what may be
# under way
all()
{
	[ -z "$1" ] || await 20 pairs ga "$1" ||
	    fail "$3: $(on ga ipsecctl -s sa)"
	for m in ga gb; do
		await 20 flows $m "$2" ||
		    fail "$3: $m: $(on $m ipsecctl -s flow)"
	done
}

# on_wire words: so many packets that tcpdump(8) shows with these
on_wire()
{
	"$KERN/sbin/tcpdump" -n -r "$W/wire.pcap" 2>/dev/null | grep -c -e "$1"
}

# carries WHAT words command ...: by SAs that tcpdump(8) calls so
carries()
{
	what=$1 words=$2
	shift 2
	n=$(on_wire "$words")
	"$@" >/dev/null || fail "$what: nothing comes through"
	[ "$(on_wire "$words")" -ge $((n + 2)) ] || fail "$what: not by $words"
}

four()
{
	on ga ping -q -c 1 -w 2 -I "10.1.$1.1" "10.2.$1.1"
}

six_net()
{
	talk 64 "2001:db8:2:$1::1" -I "2001:db8:1:$1::1"
}

pair
six
nets 6
policies gb passive | conf gb
policies ga active | conf ga
# narrowed: gb has more than ga asks for, and less
sed -i '/"p0"/s/10.2.0.0.24 to 10.1.0.0.24/10.2.0.0\/16 to 10.1.0.0\/16/
    /"p2"/s/ from/ proto udp&/' "$W/etc/gb/iked.conf"
daemon gb -v
daemon ga -v
all 8 9 "all"
carries '4 in 4' ' esp 192.0.2.' four 0
carries '6 in 4' ' esp 192.0.2.' six_net 2
carries '6 in 6' ' esp 2001:db8::' six_net 3
carries '4 in 6' ' esp 2001:db8::' four 5
carries '6 beside 4' ' esp 2001:db8::' six_net 5
carries 'transport' ' esp 192.0.2.' talk 500 192.0.2.2
carries 'AH' ' ah 192.0.2.' four 1
carries 'AH, 6' ' ah 2001:db8::' six_net 4
carries 'AH, transport' ' ah 2001:db8::' talk 500 2001:db8::2
on gb ipsecctl -s flow >"$W/flows"
says "$W/flows" 'esp in from 10.1.0.0/24 to 10.2.0.0/24 local 192.0.2.2 peer '
says "$W/flows" 'esp out proto udp from 2001:db8:2:2::/64 to 2001:db8:1:2::/64'
on ga ikectl show sa >"$W/sa"
says "$W/sa" 'sa_childsas: .* AH 0x'
says "$W/sa" 'sa_flows: .* AH out 10.1.1.0/24 -> 10.2.1.0/24 \[0\]@-1 (L)'
says "$W/ga.iked" 'loaded flows: ESP-10.1.5.0/24=10.2.5.0/24(0), ESP-2001:'

# one goes, and its flows with it; the others stay
policies ga active | sed 1d | conf ga
on ga ikectl reload
all "" 8 "one less"

# without a word, and back
kill_daemon ga all
daemon ga -v
says "$W/ga.iked" 'deleted 1[456] SAs that were left over'
all 7 8 "killed"
for n in 3 4; do
	six_net $n >/dev/null || fail "killed: nothing comes through"
done
undaemon ga
all 0 0 "none"

# who waits begins when a packet wants it
policies ga passive | sed -n 4p | conf ga
echo 'flow from 2001:db8:1:3::/64 to 2001:db8:2:3::/64 local 2001:db8::1' \
    'peer 2001:db8::2' >"$W/etc/ga/ipsec.conf"
daemon ga
await 10 on ga ikectl show stats || fail "no iked"
on ga ipsecctl -f /etc/ipsec.conf || fail "no flow"
six_net 3 >/dev/null 2>&1 && fail "in the clear"
await 10 pairs ga 1 || fail "the kernel asks in vain"
carries 'asked for' ' esp 2001:db8::' six_net 3

# another mode is another tunnel
undaemon ga
policies ga active | sed -n '7s/transport //p' | conf ga
daemon ga -v
says "$W/gb.iked" 'the peer wants tunnel mode, the policy is transport'
undaemon ga
undaemon gb
on ga ipsecctl -F
clear=$("$KERN/sbin/tcpdump" -n -r "$W/wire.pcap" 2>/dev/null |
    grep -v -i -e ' esp ' -e ' ah ' -e arp -e isakmp -e icmp6)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
