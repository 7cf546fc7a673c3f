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

# Rules without an interface: policies and SAs for them, between two hosts
# in either mode, with ESP and AH, and between networks; nothing goes in the
# clear while they are there, and all of it goes when the daemon does.

. ./live.sh

# both daemons, with such a rule each
try()
{
	for m in ga.1.2 gb.2.1; do
		IFS=. read -r name a b <<-END
		$m
		END
		begins=active
		[ $name = ga ] || begins=passive
		echo "ike $begins $1 local 192.0.2.$a peer 192.0.2.$b" \
		    "psk \"$PSK\"" |
		    sed "s/HERE/192.0.2.$a/; s/THERE/192.0.2.$b/
			s/NEAR/10.$a.0.0\/24/; s/FAR/10.$b.0.0\/24/" |
		    conf $name
	done
	for m in gb ga; do
		run $m
		load $m
	done
}

# shown FLOW SA: they are there, at both ends
shown()
{
	for m in gb ga; do
		on $m ipsecctl -s all >"$W/shown"
		grep -q "^flow $1 out " "$W/shown" &&
		    [ "$(grep -c "^$2 from 192.0.2" "$W/shown")" -eq 2 ] ||
		    return 1
	done
	grep -q "^flow $1 out from $3 .*type require" "$W/shown"
}

wire()
{
	"$PCAPLS" "$W/wire.pcap" 2>/dev/null
}

# flows RULE FRAMES PROTO MODE FLOW PING ...: comes up, is shown so, and
# carries, with all of the wire such frames or IKE
flows()
{
	what=$1 kind=$2 proto=$3 mode=$4 flow=$5
	shift 5
	try "$what"
	await 10 shown "$proto" "$proto $mode" "$flow" ||
	    fail "$what: other flows or SAs: $(cat "$W/shown")"
	n=$(wire | wc -l)
	await 2 on ga "$@" || fail "$what: nothing comes through"
	clear=$(wire | tail -n +$((n + 1)) |
	    grep -v -e ' ARP ' -e ' IKE ' -e "$kind")
	[ -z "$clear" ] || fail "$what: in the clear: $clear"
	undaemon ga
	undaemon gb
	for m in ga gb; do
		[ -z "$(on $m ipsecctl -s flow)" ] || fail "$what: $m has flows"
	done
	[ $failed = 0 ] || exit 1
}

pair
for m in ga.1 gb.2; do
	on ${m%.*} sh -ec 'ifconfig lo0 alias 10.$1.0.1/24' - ${m#*.}
done
ping="ping -q -c 1 -w 1"
hosts='192.0.2.1 to 192.0.2.2'
flows 'esp from HERE to THERE' ' ESP ' esp tunnel "$hosts" $ping 192.0.2.2
flows 'esp transport from HERE to THERE' ' ESP ' esp transport "$hosts" \
    $ping 192.0.2.2
flows 'ah transport from HERE to THERE' ' proto 51 ' ah transport "$hosts" \
    $ping 192.0.2.2
flows 'esp from NEAR to FAR' ' ESP ' esp tunnel '10.1.0.0/24 to 10.2.0.0/24' \
    $ping -I 10.1.0.1 10.2.0.1

# Two rules between the same gateways: each policy sends by its own SA.
used()
{
	on ga ipsecctl -s sa -vv | awk '
	/ from 192.0.2.1 to / { out = 1 }
	/ from 192.0.2.2 to / { out = 0 }
	out && / output packets?$/ && $1 > 0 { n++ }
	END { exit n != 2 }'
}

for m in ga.1.2 gb.2.1; do
	IFS=. read -r name a b <<-END
	$m
	END
	begins=active
	[ $name = ga ] || begins=passive
	on $name ifconfig lo0 alias 10.$a.1.1/24
	for n in 0 1; do
		echo "ike $begins esp from 10.$a.$n.0/24 to 10.$b.$n.0/24" \
		    "local 192.0.2.$a peer 192.0.2.$b psk \"$PSK\""
	done | conf $name
done
for m in gb ga; do
	run $m
	load $m
done
for n in 0 1; do
	await 10 on ga $ping -I 10.1.$n.1 10.2.$n.1 ||
	    fail "two rules: nothing comes through the tunnel of $n"
done
await 2 used || fail "two rules: $(on ga ipsecctl -s sa -vv)"
undaemon ga
undaemon gb
verdict
