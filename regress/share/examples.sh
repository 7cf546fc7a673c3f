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


# The gateways of share/examples.  Those for a cloud are booted, with nobody
# at the other end: each line of their files is obeyed, and would come to an
# agreement with what the cloud is known to take.  s2s has both ends, and s2s1
# what is different of it for IKEv1.

. "${TOP:=$(cd ../.. && pwd)}/regress/lib/lib.sh"
examples=$TOP/share/examples
iked=$KERN/sbin/iked

# Processes of the machines in $W: each has the directory in its environment.
processes()
{
	grep -l "UM_RUN=$W/" /proc/[0-9]*/environ 2>/dev/null |
	    sed 's/[^0-9]//g'
}

none_left()
{
	[ -z "$(processes)" ]
}

# said FILE text: FILE has it, at the beginning of a word
said()
{
	grep -q -e "\(^\|[[:space:]]\)$2" "$1" ||
	    { fail "no \"$2\" in"; cat "$1"; }
}

# agree OURS THEIRS, as they would
agree()
{
	"$iked" -n -f "$1" -C "$2" >"$W/agree" 2>&1 ||
	    { fail "no agreement of $1 and $2:"; cat "$W/agree"; }
}

# What a cloud takes: ADDRESS key iface ikesa ... and childsa ...; all of
# them expect 32-bit sequence numbers.
their_policy()
{
	echo "ikev2 passive from 0.0.0.0/0 to 0.0.0.0/0 local $1" \
	    "peer 198.51.100.2 $4 srcid $1 dstid 198.51.100.2" \
	    "psk \"$2\" iface $3"
}

theirs_aws()
{
	g= p=
	for n in 14 15 16 17 18 19 20 21; do
		g="$g group grp$n"
	done
	for n in 256 384 512; do
		p="$p prf hmac-sha2-$n"
	done
	cbc="enc aes-128 enc aes-256 $(echo "$p" | sed 's/prf/auth/g')"
	gcm="enc aes-128-gcm enc aes-256-gcm"
	for t in 1,203.0.113.7,sec0 2,203.0.113.135,sec1; do
		IFS=, read -r n addr iface <<-END
		$t
		END
		their_policy $addr CHANGE.ME_the_key_of_tunnel_$n $iface \
		    "ikesa $cbc $p $g ikesa $gcm $p $g
		    childsa $cbc $g noesn childsa $gcm $g noesn"
	done | tr '\n' ' ' | sed 's/ikev2/\
ikev2/g; s/$/\
/'
}

theirs_azure()
{
	their_policy 203.0.113.7 CHANGE.ME_the_key_of_the_connection sec0 \
	    "ikesa enc aes-256 enc aes-128 auth hmac-sha1 \
	    auth hmac-sha2-256 prf hmac-sha1 prf hmac-sha2-256 \
	    group modp1024 \
	    childsa enc aes-256-gcm group none noesn"
}

theirs_gcp()
{
	their_policy 203.0.113.7 CHANGE.ME_the_key_of_the_tunnel sec0 \
	    "ikesa enc aes-128-gcm enc aes-256-gcm prf hmac-sha2-256 \
	    group curve25519 group ecp256 group modp2048 \
	    childsa enc aes-128-gcm enc aes-256-gcm group curve25519 \
	    group ecp256 noesn"
}

# cloud NAME mtu "network priority interface" ...
cloud()
{
	name=$1
	mtu=$2
	shift 2
	mkdir -p "$W/etc/$name"
	install -m 600 "$examples/$name"/* "$W/etc/$name" || exit 1
	conf=$W/etc/$name/iked.conf
	[ "$(grep -c '^ikev2 ' "$conf")" -eq \
	    "$(grep -c 'psk "CHANGE\.ME_' "$conf")" ] ||
	    fail "a key of $name looks as if it were one"
	theirs_"$name" >"$W/theirs"
	chmod 600 "$W/theirs"
	agree "$conf" "$W/theirs"

	machine "$name" um0=inject: um1=inject:
	booted
	[ ! -s "$W/$name.log" ] || { fail "boot:"; cat "$W/$name.log"; }
	on "$name" route -n show -inet >"$W/routes"
	on "$name" ikectl -j show sa >"$W/sa"
	n=0
	for r; do
		set -- $r
		on "$name" ifconfig "$3" >"$W/if"
		said "$W/if" "mtu $mtu\$"
		said "$W/if" 'status: down'
		grep -q "^$1 .* $2 $3 *\$" "$W/routes" ||
		    { fail "not routed: $r"; cat "$W/routes"; }
		n=$((n + 1))
	done
	policies=$(sed -n 's/^ikev2 \("[^"]*"\).*/\1/p' "$conf")
	[ "$(echo "$policies" | wc -l)" -eq $n ] || fail "policies: $policies"
	for p in $policies; do
		grep -q "$p" "$W/sa" || { fail "no $p in:"; cat "$W/sa"; }
	done
	processes >"$W/alive"
	[ "$(wc -l <"$W/alive")" -ge 4 ] || fail "iked is not found by /proc"
	kill "$(cat "$W/$name/pid")"
	await 10 none_left || fail "left behind: $(processes)"
}

case_aws()
{
	cloud aws 1446 "172.31/16 8 sec0" "172.31/16 16 sec1"
}

case_azure()
{
	cloud azure 1400 "10.100/16 8 sec0"
}

case_gcp()
{
	cloud gcp 1390 "10.128.0/20 8 sec0"
}

# run VERSION: make run, and what is left of it.
run()
{
	BSD=$KERN/bsd HUB=$HUB PCAPLS=$PCAPLS TMPDIR=$W IKE=$1 \
	    sh "$examples/s2s/run.sh" >"$W/run" 2>&1 ||
	    { fail "run.sh:"; cat "$W/run"; }
	said "$W/run" 'All of it is ARP, IKE.* ESP'
	none_left || fail "left behind: $(processes)"
	"$PCAPLS" "$W"/s2s.*/wire.pcap >"$W/wire"
	# goodbye, after the last of the pings
	sed '1,/ESP/d' "$W/wire" >"$W/end"
	said "$W/end" 'IKE 192.0.2.8 > 198.51.100.14 INFORMATIONAL'
}

case_s2s()
{
	for m in customer provider; do
		install -m 600 "$examples/s2s/$m/iked.conf" "$W/$m.conf"
	done
	agree "$W/customer.conf" "$W/provider.conf"
	agree "$W/provider.conf" "$W/customer.conf"
	run 2
	said "$W/end" 'IKE 198.51.100.14 > 192.0.2.8 INFORMATIONAL response'
}

# The rules of a file, without comments.
rules()
{
	grep -v '^#' "$examples/s2s1/$1/ipsec.conf"
}

# What is shown is the manual's, to the letter; the other end its mirror.
case_s2s1()
{
	sed -n '/^ike interface sec0 local/,/^\.Ed/p' \
	    "$TOP/sbin/ipsecctl/ipsec.conf.5" |
	    sed '/^\.Ed/,$d; s/\\e$/\\/' >"$W/manual"
	[ -s "$W/manual" ] || fail "no ike interface sec0 in ipsec.conf.5"
	rules customer >"$W/customer"
	rules provider | sed 's/192\.0\.2\.8/@/; s/198\.51\.100\.14/192.0.2.8/
	    s/@/198.51.100.14/' >"$W/provider"
	for m in customer provider; do
		diff "$W/manual" "$W/$m" || fail "s2s1: not the manual's: $m"
	done
	run 1
	said "$W/run" 'interface: sec0 direction in'
	said "$W/run" 'interface: sec0 direction out'
	grep -e IKE_SA_INIT -e IKE_AUTH "$W/wire" && fail "IKEv2 on the wire"
}

case_"$1"
verdict
