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


# strongswan.sh CASE: iked(8) and strongSwan's charon, with pings through the
# tunnel in each case.
#
# marks: root

. ./charon.sh

# The other end is told.
end_said()
{
	live 1
	from_now
	iked_down
	heard 1 'received DELETE for IKE_SA'
}

case_psk_init()
{
	peers
	ours active </dev/null
	theirs
	begin we
	said 1 'as initiator (enc aes-128 auth hmac-sha2-256 group curve25519'
	end_said
}

case_psk_resp()
{
	peers
	ours passive </dev/null
	theirs
	begin they
	said 1 'as responder'
	tunnels 1
	from_now
	sw --terminate --ike c --timeout 5 >/dev/null ||
	    fail "they cannot end it"
	said 1 'received delete'
	tunnels 0
	iked_down
}

case_cert_init()
{
	ca
	issue g rsa
	issue s ec
	enrol
	peers
	ours active '' '' '' </dev/null
	theirs
	begin we
	heard 1 "of 'g.test' with RSA_EMSA_PKCS1_SHA2"
	heard 1 "of 's.test' (myself) with ECDSA"
	end_said
}

case_cert_resp()
{
	ca
	issue g ec
	issue s rsa
	enrol
	peers
	ours passive '' '' '' </dev/null
	theirs
	begin they
	end_said
}

# Before RFC 7427.
case_cert_old()
{
	ca
	issue g ec
	issue s rsa
	enrol
	CHARON='signature_authentication = no'
	peers
	ours active '' '' '' </dev/null
	theirs
	begin we
	end_said
}

# so many were made
children()
{
	heard $1 'CHILD_SA t.* established' 20
}

# By IPv6, for both families: who begins is the one and the other.
case_six()
{
	LOCAL=0.0.0.0/0,::/0 REMOTE=0.0.0.0/0,::/0 FROM_TO='from any to any'
	peers
	six
	theirs
	charon_up
	ip -n $far addr add 2001:db8:f::2 peer 2001:db8:f::1 dev ipsec0 nodad
	ours active </dev/null
	iked_up
	established
	data6
	said 1 'established peer \[2001:db8::2\]:4500'
	tunnels 1
	sw --rekey --child t >/dev/null || fail "they do not rekey"
	heard 2 'CHILD_SA t{[0-9]*} established'
	data
	end_said

	ours passive </dev/null
	from_now
	iked_up
	initiate
	established
	data6
	end_said
}

# The echo of the host at the other end is answered by our kernel.
data6()
{
	for size in 56 1000; do
		at_far ping -6 -q -n -c 1 -W 2 -s $size 2001:db8:f::1 \
		    >/dev/null || fail "$size bytes do not come back by IPv6"
	done
}

case_child_rekey_ours()
{
	ESP=aes128gcm16-x25519
	peers
	ours active 'childsa enc aes-128-gcm group curve25519' 'lifetime 4' \
	    </dev/null
	theirs
	begin we
	load 0.02 g 169.254.0.2
	children 3
	steady
	end_said
}

case_child_rekey_theirs()
{
	ESP=aes128gcm16-modp2048
	peers
	ours active 'childsa enc aes-128-gcm group modp2048' </dev/null
	theirs
	begin we
	load 0.02 g 169.254.0.2
	for n in 2 3 4; do
		sw --rekey --child t >/dev/null || fail "they do not rekey"
		children $n
		flow 20
	done
	tunnels 1
	steady
	end_said
}

case_ike_rekey_ours()
{
	peers
	ours active '' 'ikelifetime 2' </dev/null
	theirs
	begin we
	load 0.02 g 169.254.0.2
	heard 3 'IKE_SA c\[[0-9]*\] \(established\|rekeyed\) between' 20
	steady
	end_said
}

case_ike_rekey_theirs()
{
	peers
	ours passive </dev/null
	theirs
	begin they
	load 0.02 g 169.254.0.2
	for n in 2 3 4; do
		sw --rekey --ike c >/dev/null || fail "they do not rekey"
		heard $n 'IKE_SA c\[[0-9]*\] \(established\|rekeyed\) between'
		flow 20
	done
	# the child goes on under the new one
	sw --rekey --child t >/dev/null || fail "they do not rekey the child"
	children 2
	steady
	end_said
}

# Either end is killed, and is back.
case_dpd()
{
	CONNECTION='dpd_delay = 1s'
	peers
	ours active <<-END
	set dpd_check_interval 1
	END
	theirs
	begin we
	from_now
	heard 1 'sending DPD request'
	heard 2 'parsed INFORMATIONAL response'

	load 0.1 g 169.254.0.2
	from_now
	charon_gone
	said 1 'retransmit limit reached' 10
	charon_up
	established 10
	tunnels 1
	unload

	iked_gone
	from_now
	iked_up
	established 10
	tunnels 1
	end_said
}

fragmented()
{
	ca
	many=$(seq -f 'a-long-name-%g.interop.example.test' 60)
	issue g rsa $many
	issue s rsa $many
	enrol
	CONNECTION='fragmentation = force'
	CHARON='fragment_size = 576'
	peers
	ours $1 '' '' '' <<-END
	set fragmentation
	END
	theirs
	begin $2
	heard 3 "parsed IKE_AUTH re.* EF("
	heard 3 "generating IKE_AUTH re.* EF("
	stats=$(on g ikectl show stats)
	echo "$stats" | grep -q 'fragments* sent' &&
	    echo "$stats" | grep -q 'reassembled' || fail "$stats"
	end_said
}

case_fragment_init()
{
	fragmented active we
}

case_fragment_resp()
{
	fragmented passive they
}

# Our address is translated, then to another one.
case_natted()
{
	SEEN=%any
	peers natted
	ours active <<-END
	set dpd_check_interval 1
	END
	theirs
	begin we
	said 1 'NAT'
	tunnels 1
	ip -n $mid addr add 198.51.100.3/24 dev out
	ip -n $mid addr del 198.51.100.1/24 dev out
	ip -n $mid addr add 198.51.100.3/24 dev out 2>/dev/null
	start g ping -q -i 0.2 -c 100 -w 1 169.254.0.2 >/dev/null
	await 10 ping_them || fail "not back from another address"
	data
	tunnels 1
	sw --list-sas | grep -q '198.51.100.3\[' || fail "$(sw --list-sas)"
	end_said
}

# The same of theirs: we follow.
case_natting()
{
	CONNECTION='dpd_delay = 1s'
	peers natting
	ours passive </dev/null
	sed -i 's/ peer [0-9.]*/ peer any/' "$W/etc/g/iked.conf"
	theirs
	begin they
	tunnels 1
	from_now
	ip -n $mid addr add 192.0.2.3/24 dev tap0
	ip -n $mid addr del 192.0.2.2/24 dev tap0
	ip -n $mid addr add 192.0.2.3/24 dev tap0 2>/dev/null
	said 1 'peer is at 192.0.2.3:[0-9]* now, was at 192.0.2.2:' 10
	data
	tunnels 1
	end_said
}

# The first group that one end tries is not the one it gets.
case_invalid_ke()
{
	IKE=aes128-sha256-modp2048
	peers
	ours active 'ikesa enc aes-128 group curve25519 group modp2048' \
	    </dev/null
	theirs
	begin we
	heard 1 'N(INVAL_KE)'
	said 1 'group modp2048'
	end_said

	from_now
	IKE=aes128-sha256-x25519-modp2048
	ours passive 'ikesa enc aes-128 group modp2048' </dev/null
	connection >"$W/sw/swanctl.conf"
	sw --load-all >/dev/null
	iked_up
	initiate
	heard 1 'accept DH group CURVE_25519, it requested MODP_2048'
	established
	end_said
}

# A daemon of theirs that has a half-open IKE SA wants to see a cookie.
case_cookie()
{
	CHARON='cookie_threshold = 1'
	peers
	filter $far <<-END
	table ip f {
		chain in {
			type filter hook input priority 0
			udp dport 4500 drop
		}
	}
	END
	ours active </dev/null
	theirs
	charon_up
	iked_up
	said 1 'retransmit 1 IKE_AUTH'
	iked_gone
	at_far nft delete table ip f
	from_now
	iked_up
	established
	heard 1 'N(COOKIE)'
	heard 1 'parsed IKE_SA_INIT request 0 \[ N(COOKIE)'
	iked_down
}

spis()
{
	on g ikectl -j show sa | grep -o '"spi_[a-z]*":"[^"]*"'
}

# What did not change goes on, what did is negotiated anew, and an error
# changes nothing.
case_reload()
{
	peers
	ours active </dev/null
	theirs
	begin we
	load 0.02 g 169.254.0.2
	before=$(spis)
	cp "$W/etc/g/iked.conf" "$W/conf"
	from_now
	for how in same comment error; do
		case $how in
		comment) ours active <<-END ;;
			# a comment
			set fragmentation
			END
		error)	echo 'ikev2 "t" actively' >"$W/etc/g/iked.conf" ;;
		esac
		on g ikectl reload >"$W/reload" 2>&1
		flow 10
		[ "$(spis)" = "$before" ] || fail "$how: other SAs"
	done
	said 1 'iked.conf: 1: syntax error'
	said 1 'the old configuration stays'
	steady 20

	from_now
	ours active 'childsa enc aes-256 auth hmac-sha2-256' </dev/null
	sed -i 's/aes128gcm16/aes256-sha256/' "$W/sw/swanctl.conf"
	sw --load-all >/dev/null
	on g ikectl reload
	established
	said 1 'enc aes-256 auth hmac-sha2-256)'
	tunnels 1
	end_said
}

# When they can have no tunnel: what we say when we begin, what we say when
# they do; and what that tells to change.
disagree()
{
	theirs
	charon_up
	ours active "$3" '' ${4+"$4"} </dev/null
	iked_up
	said 1 "$1"
	iked_down
	from_now
	ours passive "$3" '' ${4+"$4"} </dev/null
	iked_up
	! sw --initiate --child t --timeout 5 >"$W/initiate" ||
	    fail "they do agree"
	said 1 "$2"
	cure=$(sed -n 's/.* \(add\|write\) "\(.*\)".*/\2/p' "$W/g.iked" |
	    tail -n 1)
	from_now
}

# cured SED-SCRIPT: with what our log said
cured()
{
	[ -n "$cure" ] || fail "there is no cure"
	sed -i "$1" "$W/etc/g/iked.conf"
	on g ikectl reload
	initiate
	established
	end_said
}

case_mismatch_ike()
{
	IKE=aes256-sha384-ecp384
	peers
	ours='enc aes-128 prf hmac-sha2-256 auth hmac-sha2-256 group ecp256'
	disagree "takes none of what ikesa offers: $ours; .* \`ikesa'" \
	    "we have $ours; no common enc, prf, auth, group: add" "ikesa $ours"
	cured "s/ srcid/ $cure&/"
}

case_mismatch_esp()
{
	ESP=aes256-sha512
	peers
	disagree "takes none of what childsa offers: enc aes-128-gcm .*\
\`childsa'" 'peer offered enc aes-256 auth hmac-sha2-512 noesn; we have' \
	    'childsa enc aes-128-gcm'
	cured "s/ srcid/ $cure&/"
}

case_mismatch_ts()
{
	FROM_TO='from 10.1.0.0/16 to 10.2.0.0/16'
	LOCAL=169.254.0.0/24 REMOTE=10.1.0.0/16
	peers
	disagree "does not take .*selectors: from 10.1.0.0/16 to 10.2.0.0/16" \
	    'peer wants from 169.254.0.0/24 to 10.1.0.0/16; we have' ''
	[ "$cure" = "to 169.254.0.0/24" ] || fail "the cure is $cure"
	iked_down
}

case_mismatch_psk()
{
	peers
	disagree 'does not accept us as FQDN/g.test: it may have another psk' \
	    'pre-shared key of FQDN/s.test and that of policy .* not the same' \
	    '' 'psk "open-barley"'
	iked_down
}

# suite THEIR-IKE THEIR-ESP OUR-IKE OUR-ESP: with these
suite()
{
	IKE=$1 ESP=$2
	connection >"$W/sw/swanctl.conf"
	sw --load-all >/dev/null
	ours active "ikesa $3 childsa $4" </dev/null
	from_now
	on g ikectl reload
	said 1 "loaded SPIs: .*($4"
	established
}

# Those of all ciphers, hashes and groups that both know.
case_suites()
{
	peers
	theirs
	charon_up
	ours active </dev/null
	iked_up
	established
	suite chacha20poly1305-prfsha256-x25519 aes256gcm16 \
	    'enc chacha20-poly1305 prf hmac-sha2-256 group curve25519' \
	    'enc aes-256-gcm'
	suite aes256gcm16-prfsha512-ecp384 aes192gcm16 \
	    'enc aes-256-gcm prf hmac-sha2-512 group ecp384' \
	    'enc aes-192-gcm'
	suite aes128gcm12-prfsha384-ecp521 aes192-sha384 \
	    'enc aes-128-gcm-12 prf hmac-sha2-384 group ecp521' \
	    'enc aes-192 auth hmac-sha2-384'
	suite aes192-sha384-modp3072 aes256-sha512 \
	    'enc aes-192 auth hmac-sha2-384 prf hmac-sha2-384 group modp3072' \
	    'enc aes-256 auth hmac-sha2-512'
	suite aes256-sha512-modp4096 null-sha256 \
	    'enc aes-256 auth hmac-sha2-512 prf hmac-sha2-512 group modp4096' \
	    'enc null auth hmac-sha2-256'
	suite 3des-sha1-modp1024 aes128-sha256 \
	    'enc 3des auth hmac-sha1 prf hmac-sha1 group modp1024' \
	    'enc aes-128 auth hmac-sha2-256'
	suite aes128-sha256-ecp256bp chacha20poly1305 \
	    'enc aes-128 auth hmac-sha2-256 prf hmac-sha2-256 group grp28' \
	    'enc chacha20-poly1305'
	suite aes128gcm16-prfsha256-ecp256 3des-sha1 \
	    'enc aes-128-gcm prf hmac-sha2-256 group ecp256' \
	    'enc 3des auth hmac-sha1'
	suite aes256-sha384-ecp256 aes256-sha1 \
	    'enc aes-256 auth hmac-sha2-384 prf hmac-sha2-384 group ecp256' \
	    'enc aes-256 auth hmac-sha1'
	suite aes256-sha256-x25519 aes128ctr-sha256 \
	    'enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256' \
	    'enc aes-128-ctr auth hmac-sha2-256'
	suite aes256-sha256-x25519 aes256ctr-sha512 \
	    'enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256' \
	    'enc aes-256-ctr auth hmac-sha2-512'
	end_said
}

# One end's certificate is of an authority that the other does not know.
case_cert_unknown()
{
	ca
	issue g ec
	issue s ec
	enrol
	mv "$W/ca.crt" "$W/good.crt"
	ca
	issue s ec
	cp "$W/s.crt" "$W/sw/x509"
	cp "$W/s.key" "$W/sw/private"
	peers
	disagree 'CN=s: unable to get local issuer.*: put the certificate' \
	    'CN=s: unable to get local issuer.*: put the certificate' '' ''
	iked_down
}

# collisions LIFETIMES DETECTED WHAT: both renew the same at the same time, as
# their IKE (which begins with four octets of 0) is held back until ours has
# come, too.  One is left, and no ping is lost.
collisions()
{
	CHARON='retransmit_base = 1
		retransmit_tries = 20'
	peers
	ours active '' "$1" </dev/null
	theirs
	begin we
	load 0.02 g 169.254.0.2
	from_now
	filter $far <<-END
	table ip f {
		chain out {
			type filter hook output priority 0
			udp sport 4500 @th,64,32 0 drop
		}
	}
	END
	sw --rekey $3 >/dev/null
	said 1 'send CREATE_CHILD_SA req' 10
	heard 1 "$2"
	at_far nft delete table ip f
	ours active </dev/null
	on g ikectl reload
	heard 1 "$4"
	flow 50
	live 1
	steady
	data
	end_said
}

case_collide_child()
{
	collisions 'lifetime 8' 'CHILD_REKEY collision with' '--child t' \
	    'CHILD_SA rekey collision'
}

case_collide_ike()
{
	collisions 'ikelifetime 3' 'IKE_REKEY collision with' '--ike c' \
	    'IKE_SA rekey collision'
}

command="case_$(echo "${1:?which case}" | tr - _)"
$command
verdict
