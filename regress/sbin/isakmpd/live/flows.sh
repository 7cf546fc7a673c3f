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

# marks: I2 I4

# Connections without an interface, all at once: both protocols, modes and
# families, inside and outside.  Their flows come and go with them; a rule
# that waits begins when a flow has a packet.

. ./live.sh

# rules NAME mode: the same of either end, seen from there
rules()
{
	case $1 in
	ga)	a=1 b=2 ;;
	gb)	a=2 b=1 ;;
	esac
	while read -r net peers rest; do
		echo "ike $2 $rest psk $PSK" | sed "s/AA/$a/g; s/BB/$b/g
		    s/FAST/main group ecp256 quick group none/
		    s/NET4/from 10.$a.$net.0\/24 to 10.$b.$net.0\/24/
		    s,NET6,from 2001:db8:$a:$net::/64 to 2001:db8:$b:$net::/64,
		    s/\$/ $(echo "$peers" |
		    sed "s/4/local 192.0.2.$a peer 192.0.2.$b/
		    s/6/local 2001:db8::$a peer 2001:db8::$b/")/"
	done <<-END
	0 4 esp NET4 FAST
	1 4 ah NET4 FAST auth hmac-sha1
	2 4 esp tunnel NET6 FAST enc aes-128-gcm
	3 6 esp NET6 FAST enc 3des auth hmac-sha1
	4 6 ah tunnel NET6 FAST
	5 6 esp NET4 FAST enc aesctr
	6 4 esp transport proto udp from 192.0.2.AA to 192.0.2.BB FAST
	7 6 ah transport proto udp from 2001:db8::AA to 2001:db8::BB FAST
	END
}

flows()
{
	[ "$(on "$1" ipsecctl -s flow | wc -l)" -eq $((2 * $2)) ]
}

# pairs and flows of that many connections; of what goes, the peer's SAs wait
# for what may be under way
all()
{
	await 20 pairs ga "$1" || fail "$2: $(on ga ipsecctl -s sa)"
	for m in ga gb; do
		await 20 flows $m "$1" ||
		    fail "$2: $m: $(on $m ipsecctl -s flow)"
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
rules gb passive | conf gb
rules ga active | conf ga
for m in gb ga; do
	run $m
	load $m 2>/dev/null	# 3des is weak, it warns
done
all 8 "all"
carries '4 in 4' ' esp 192.0.2.' four 0
carries '6 in 4' ' esp 192.0.2.' six_net 2
carries '6 in 6' ' esp 2001:db8::' six_net 3
carries '4 in 6' ' esp 2001:db8::' four 5
carries 'transport' ' esp 192.0.2.' talk 500 192.0.2.2
carries 'AH' ' ah 192.0.2.' four 1
carries 'AH, 6' ' ah 2001:db8::' six_net 4
carries 'AH, transport' ' ah 2001:db8::' talk 500 2001:db8::2

# one goes, and its flows with it; the others stay
rules ga active | sed -n 1p >"$W/etc/ga/one.conf"
on ga ipsecctl -d -f /etc/one.conf || fail "ipsecctl -d: $?"
all 7 "one less"

# without a word, and back
kill_daemon ga all
run ga
load ga 2>/dev/null
says "$W/ga.isakmpd" 'deleted 14 SAs that were left over'
all 8 "killed"
for n in 3 4; do
	six_net $n >/dev/null || fail "killed: nothing comes through"
done
undaemon ga
all 0 "none"

# who waits begins when a packet wants it
rules ga passive | sed -n 3,4p >"$W/etc/ga/ipsec.conf"
run ga
load ga 2>/dev/null
echo 'flow from 2001:db8:1:3::/64 to 2001:db8:2:3::/64 local 2001:db8::1' \
    'peer 2001:db8::2' | conf ga
await 5 eval 'report ga | grep -q Passive-Connections=.*:2:3' ||
    fail "the rule does not arrive"
load ga
six_net 3 >/dev/null 2>&1 && fail "in the clear"
await 10 pairs ga 1 || fail "the kernel asks in vain"
carries 'asked for' ' esp 2001:db8::' six_net 3
undaemon ga
undaemon gb
on ga ipsecctl -F
clear=$("$KERN/sbin/tcpdump" -n -r "$W/wire.pcap" 2>/dev/null |
    grep -v -i -e ' esp ' -e ' ah ' -e arp -e isakmp -e icmp6)
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
