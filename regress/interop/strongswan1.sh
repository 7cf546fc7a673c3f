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



# strongswan1.sh CASE: isakmpd(8) and strongSwan's charon with IKEv1, with
# pings through the tunnel in each case.
#
# marks: root

. ./charon1.sh

case_psk_init()
{
	peers
	ours active
	theirs
	begin we
	said 1 'established: peer IPV4/192.0.2.2, PRE_SHARED, ECP_256'
	said 1 'up, peer 192.0.2.2:4500, ESP in UDP'
	tunnels 1
	end_said
}

case_psk_resp()
{
	peers
	ours passive
	theirs
	begin they
	tunnels 1
	from_now
	sw --terminate --ike c --timeout 5 >/dev/null ||
	    fail "they cannot end it"
	said 1 'from-sec0-to-sec0: down'
	live 0
	isakmpd_down
}

# With what there is unless something is said.
case_psk_default()
{
	IKE=aes128-sha1-modp3072 ESP=aes128-sha256-modp3072
	peers
	echo "ike interface sec0 local $us peer $them psk \"$SECRET\"" \
	    >"$W/ipsec.conf"
	theirs
	begin we
	heard 1 'selected proposal: IKE:AES_CBC_128/HMAC_SHA1_96/.*MODP_3072'
	heard 1 'selected proposal: ESP:AES_CBC_128/HMAC_SHA2_256_128/MODP_3072'
	end_said
}

# The example of ipsec.conf(5) as it stands there, addresses and all.
case_manual()
{
	IKE=aes128-sha1-modp3072 ESP=aes128-sha256-modp3072
	peers
	us=192.0.2.8 them=198.51.100.14
	OURSELVES=$us THEMSELVES=$them
	on g ifconfig um0 $us/24 alias
	ip -n $far addr add $them/32 dev tap0
	sed -n '/^ike interface sec0 local 192.0.2.8 /,/psk/p' \
	    ../../sbin/ipsecctl/ipsec.conf.5 | sed 's/\\e$/\\/' >"$W/ipsec.conf"
	SECRET=$(sed -n 's/.*psk "\(.*\)"$/\1/p' "$W/ipsec.conf")
	[ -n "$SECRET" ] || fail "no such example"
	theirs
	begin we
	said 1 'up, peer 198.51.100.14:4500, ESP in UDP'
	end_said
}

# names MODE [name ...]: certificates, and names as IDs
names()
{
	mode=$1
	shift
	ca
	issue g rsa "$@"
	issue s rsa "$@"
	enrol
	OURSELVES=g.test THEMSELVES=s.test
	peers
	ours $mode '' "srcid g.test dstid s.test rsa"
	theirs
}

case_rsa_init()
{
	names active
	begin we
	said 1 'established: peer FQDN/s.test, RSA_SIG'
	heard 1 "of 'g.test' with RSA_EMSA_PKCS1_NULL"
	tunnels 1
	end_said
}

case_rsa_resp()
{
	names passive
	begin they
	said 1 'established: peer FQDN/s.test, RSA_SIG'
	tunnels 1
	end_said
}

# So large that IP has to fragment what they are in.
case_rsa_large()
{
	names active $(seq -f 'a-long-name-%g.interop.example.test' 60)
	begin we
	heard 2 '4500. ([2-9][0-9][0-9][0-9] bytes)'
	end_said
}

# Distinguished names, that ipsec.conf cannot say.
case_rsa_dn()
{
	names active
	OURSELVES='"CN=g"' THEMSELVES='"CN=s"'
	theirs
	ours active '' rsa
	conf <<-END
	[peer-$them-local-$us]
	ID=us
	Remote-ID=them
	[us]
	ID-type=ASN1_DN
	Name=/CN=g
	[them]
	ID-type=ASN1_DN
	Name=/CN=s
	END
	begin we
	said 1 'established: peer ASN1_DN//CN=s, RSA_SIG'
	end_said
}

# When they can have no tunnel: disagree OUR-LOG OUR-LOG PHASES [AUTH]: what
# we say when we begin, and what when they do.
disagree()
{
	theirs
	charon_up
	ours active "$3" ${4+"$4"}
	isakmpd_up
	said 1 "$1"
	isakmpd_down
	from_now
	ours passive "$3" ${4+"$4"}
	isakmpd_up
	! sw --initiate --child t --timeout 2 >"$W/initiate" ||
	    fail "they do agree"
	said 1 "$2"
	! grep -q ': up,' "$W/$ourlog" || fail "there was a tunnel"
	isakmpd_down
}

case_mismatch_psk()
{
	peers
	disagree 'INFO from .* cannot be read .*: the pre-shared keys differ' \
	    'MAIN_MODE from .* cannot be read .*: the pre-shared keys differ' \
	    '' 'psk "open-barley"'
}

case_mismatch_main()
{
	IKE=aes256-sha384-ecp384
	peers
	disagree 'NO-PROPOSAL-CHOSEN: it takes none of our transforms' \
	    'MAIN_MODE from 192.0.2.2:500 refused: .*write .main auth' ''
}

case_mismatch_quick()
{
	ESP=aes256-sha512
	peers
	disagree 'NO-PROPOSAL-CHOSEN: it takes none of our transforms' \
	    'QUICK_MODE from .* failed: ' ''
}

case_mismatch_ids()
{
	LOCAL=10.2.0.0/16 REMOTE=10.1.0.0/16
	peers
	disagree 'from-sec0-to-sec0: the peer answers with other IDs' \
	    'the peer wants 10.1.0.0/16 here and 10.2.0.0/16 there' ''
}

# They are not who we take them for.
case_rsa_id()
{
	names active
	disagree 'the peer says it is FQDN/s.test, FQDN/t.test is expected' \
	    'the peer says it is FQDN/s.test, FQDN/t.test is expected' '' \
	    'srcid g.test dstid t.test rsa'
}

# Their certificate is of an authority that we do not know.
case_rsa_unknown()
{
	ca
	issue g rsa
	issue s rsa
	enrol
	mv "$W/ca.crt" "$W/good.crt"
	ca
	issue s rsa
	cp "$W/s.crt" "$W/sw/x509"
	cp "$W/s.key" "$W/sw/private"
	OURSELVES=g.test THEMSELVES=s.test
	peers
	disagree 'CN=s: unable to get local issuer' \
	    'CN=s: unable to get local issuer' '' \
	    'srcid g.test dstid s.test rsa'
}

# suite THEIR-IKE THEIR-ESP OUR-MAIN OUR-QUICK: with these, and who begins
# is the one and the other
suite()
{
	IKE=$1 ESP=$2
	connection >"$W/sw/swanctl.conf"
	sw --load-all >/dev/null
	case $who in
	active)	who=passive ;;
	*)	who=active ;;
	esac
	ours $who "main $3 quick $4"
	from_now
	isakmpd_up
	[ $who = active ] || initiate
	established
	end_said
}

suites()
{
	peers
	theirs
	charon_up
	who=
}

case_suites()
{
	suites
	suite aes256-sha256-modp2048 aes256-sha256-modp2048 \
	    'auth hmac-sha2-256 enc aes-256 group modp2048' \
	    'auth hmac-sha2-256 enc aes-256 group modp2048'
	suite aes192-sha384-ecp384 aes256gcm16-ecp256 \
	    'auth hmac-sha2-384 enc aes-192 group ecp384' \
	    'enc aes-256-gcm group ecp256'
	suite aes128-sha512-ecp256 aes128-sha384 \
	    'auth hmac-sha2-512 enc aes group ecp256' \
	    'auth hmac-sha2-384 enc aes group none'
	suite aes256-sha1-modp1024 aes256-sha512-ecp384 \
	    'auth hmac-sha1 enc aes-256 group modp1024' \
	    'auth hmac-sha2-512 enc aes-256 group ecp384'
	suite 3des-sha384-ecp256 3des-sha1 \
	    'auth hmac-sha2-384 enc 3des group ecp256' \
	    'auth hmac-sha1 enc 3des group none'
	suite aes128-sha256-ecp256 aes128-sha1 \
	    'auth hmac-sha2-256 enc aes group ecp256' \
	    'auth hmac-sha1 enc aes group none'
	suite aes128-sha256-ecp256 null-sha256 \
	    'auth hmac-sha2-256 enc aes group ecp256' \
	    'auth hmac-sha2-256 enc null group none'
	suite aes128-sha256-ecp256 aes256ctr-sha512 \
	    'auth hmac-sha2-256 enc aes group ecp256' \
	    'auth hmac-sha2-512 enc aes-256-ctr group none'
}

case_more_suites()
{
	suites
	suite aes128-sha256-modp4096 aes128gcm16-modp4096 \
	    'auth hmac-sha2-256 enc aes group modp4096' \
	    'enc aes-128-gcm group modp4096'
	suite aes256-sha256-ecp521 aes192gcm16-ecp521 \
	    'auth hmac-sha2-256 enc aes-256 group ecp521' \
	    'enc aes-192-gcm group ecp521'
	suite 3des-sha1-modp1536 aes192-sha384-modp1536 \
	    'auth hmac-sha1 enc 3des group modp1536' \
	    'auth hmac-sha2-384 enc aes-192 group modp1536'
	suite aes128-md5-modp2048 aes192ctr-sha1 \
	    'auth hmac-md5 enc aes group modp2048' \
	    'auth hmac-sha1 enc aes-192-ctr group none'
	suite aes128-sha256-ecp256bp aes128-sha256-ecp256bp \
	    'auth hmac-sha2-256 enc aes group bp256' \
	    'auth hmac-sha2-256 enc aes group bp256'
	suite aes128-sha256-modp6144 aes256-sha256-modp3072 \
	    'auth hmac-sha2-256 enc aes group modp6144' \
	    'auth hmac-sha2-256 enc aes-256 group modp3072'
}

# By IPv6, with IPv4 inside, which is all that a rule with an interface asks
# for.
case_six()
{
	peers
	six
	OURSELVES=$us THEMSELVES=$them
	ours active
	theirs
	begin we
	said 1 'established: peer IPV6/2001:db8::2, PRE_SHARED, ECP_256'
	said 1 'up, peer \[2001:db8::2\]:4500, ESP in UDP'
	tunnels 1
	sw --rekey --child t >/dev/null || fail "they do not rekey"
	children 2
	data
	end_said
	ours passive
	from_now
	isakmpd_up
	initiate
	established
	end_said
}

children()
{
	heard $1 'CHILD_SA t.* established' 20
}

GCM='enc aes-128-gcm'
SHA2='auth hmac-sha2-256 enc aes'

case_child_rekey_ours()
{
	ESP=aes128gcm16-ecp256
	peers
	ours active "main $SHA2 group ecp256
	    quick $GCM group ecp256 lifetime 3"
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
	ours active "main $SHA2 group ecp256 quick $GCM group modp2048"
	theirs
	begin we
	load 0.02 g 169.254.0.2
	for n in 2 3 4; do
		sw --rekey --child t >/dev/null || fail "they do not rekey"
		children $n
		flow 20
	done
	live 1
	steady
	end_said
}

case_ike_rekey_ours()
{
	peers
	ours active "main $SHA2 group ecp256 lifetime 2
	    quick $GCM group none"
	theirs
	begin we
	load 0.02 g 169.254.0.2
	heard 3 'IKE_SA c\[[0-9]*\] established between' 20
	flow 20
	steady
	end_said
}

case_ike_rekey_theirs()
{
	peers
	ours passive
	theirs
	begin they
	load 0.02 g 169.254.0.2
	# the old ones stay for a while
	for n in 2 3 4; do
		sw --rekey --ike-id $((n - 1)) >/dev/null ||
		    fail "they do not rekey"
		heard $n 'IKE_SA c\[[0-9]*\] established between'
		flow 20
	done
	# the child goes on under the new one
	sw --rekey --child t >/dev/null || fail "they do not rekey the child"
	children 2
	flow 20
	live 1
	steady
	end_said
}

# Whatever they choose to renew, and whoever is first, or both at once: no
# ping is lost.
case_renew_both()
{
	CONNECTION='rekey_time = 0s
			reauth_time = 5s
			over_time = 60s
			rand_time = 1s'
	CHILD='rekey_time = 3s
					life_time = 60s
					rand_time = 1s'
	peers
	ours active "main $SHA2 group ecp256 lifetime 6
	    quick $GCM group none lifetime 4"
	theirs
	begin we
	load 0.02 g 169.254.0.2
	for n in 5 10 15 20; do
		children $n
		flow 20
	done
	heard 5 'IKE_SA c\[[0-9]*\] established between'
	steady
	end_said
}

# Both begin at the same time, with two ISAKMP SAs.  Their pairs end with the SA
# that they were made under, so that it has to stay as long as they do.
case_both()
{
	peers
	ours active
	theirs
	charon_up
	filter $far <<-END
	table ip f {
		chain in {
			type filter hook input priority 0
			udp dport 500 drop
		}
	}
	END
	isakmpd_up
	sw --initiate --child t --timeout 5 >/dev/null &
	said 1 'send MAIN_MODE'
	heard 1 'initiating Main Mode'
	at_far nft delete table ip f
	established
	wait $!
	await 5 twice || fail "not two: $(sw --list-sas)"
	load 0.1 g 169.254.0.2
	# longer than one of the two is kept for nothing
	sleep 35
	steady
	data
	end_said
}

twice()
{
	shown && ours_are 2 '^SA phase 1 .*'
}

# Either end is killed, and is back; INITIAL-CONTACT ends what was before.
case_restart()
{
	peers
	ours active
	theirs
	begin we
	isakmpd_gone
	from_now
	isakmpd_up
	established
	tunnels 1

	charon_gone
	from_now
	charon_up
	initiate
	established
	live 1
	end_said
}

# They ask us, and see that we are gone.
case_dpd_theirs()
{
	CONNECTION='dpd_delay = 1s
			dpd_timeout = 3s'
	CHILD='dpd_action = clear'
	peers
	ours active
	theirs
	begin we
	from_now
	heard 2 'parsed INFORMATIONAL_V1 request .*N(DPD_ACK)'
	isakmpd_gone
	heard 1 'DPD check timed out' 10
}

# We ask them, and see that they are gone; when they are back, there is a
# tunnel again.
case_dpd_ours()
{
	peers
	ours active
	conf <<-END
	[General]
	DPD-check-interval=1
	END
	theirs
	begin we
	from_now
	heard 2 'parsed INFORMATIONAL_V1 request .*N(DPD)'
	charon_gone
	said 1 'does not answer any more (dead peer detection)' 40
	[ -z "$(on g ipsecctl -s sa)" ] || fail "$(on g ipsecctl -s sa)"
	from_now
	charon_up
	established 40
	tunnels 1
	end_said
}

# Only the pair, or all: by either end.
case_delete()
{
	peers
	ours active
	theirs
	begin we

	from_now
	tell 't from-sec0-to-sec0'
	heard 1 'received DELETE for ESP CHILD_SA'
	said 1 'from-sec0-to-sec0: down'
	await 5 no_pair || fail "$(cat "$result"; sw --list-sas)"

	from_now
	tell 'c from-sec0-to-sec0'
	said 1 'from-sec0-to-sec0: up'
	data

	# who shall have it up begins again
	from_now
	sw --terminate --child t --timeout 5 >/dev/null
	said 1 'from-sec0-to-sec0: down'
	said 1 'from-sec0-to-sec0: up'
	data
	live 1

	from_now
	sw --terminate --ike c --timeout 5 >/dev/null
	said 1 'from-sec0-to-sec0: up'
	heard 1 'IKE_SA c\[[0-9]*\] established'
	data
	live 1

	from_now
	tell T
	heard 1 'received DELETE for IKE_SA'
	said 1 'from-sec0-to-sec0: down'
	isakmpd_down
}

no_pair()
{
	shown && ours_are 0 '^SA phase 2 .* mature$' &&
	    ! sw --list-sas --raw | grep -q 'spi-in='
}

# Our address is translated, then to another one, which they follow.
case_natted()
{
	peers natted
	SEEN=%any
	ours active
	conf <<-END
	[General]
	DPD-check-interval=1
	END
	theirs
	begin we
	said 1 'we are behind a NAT'
	tunnels 1
	ip -n $mid addr add 198.51.100.3/24 dev out
	ip -n $mid addr del 198.51.100.1/24 dev out
	ip -n $mid addr add 198.51.100.3/24 dev out 2>/dev/null
	start g ping -q -i 0.2 -c 100 -w 1 169.254.0.2 >/dev/null
	await 10 ping_them || fail "not back from another address"
	data
	live 1
	end_said
}

# The same of theirs: we follow.
case_natting()
{
	CONNECTION='dpd_delay = 1s'
	peers natting
	ours passive
	# whoever calls
	sed -i 's/ peer [0-9.]*//' "$W/ipsec.conf"
	theirs
	begin they
	said 1 'peer behind a NAT'
	tunnels 1
	from_now
	ip -n $mid addr add 192.0.2.3/24 dev tap0
	ip -n $mid addr del 192.0.2.2/24 dev tap0
	ip -n $mid addr add 192.0.2.3/24 dev tap0 2>/dev/null
	said 1 'the peer is at 192.0.2.3:[0-9]* now' 10
	data
	tunnels 1
	end_said
}

AGGRESSIVE='aggressive auth hmac-sha2-256 enc aes group ecp256
	quick enc aes-128-gcm group none'

# A machine whose address changes: it is known by its name, and asks every 5
# seconds whether the peer is still there.
case_dynamic()
{
	mkdir -p "$W/etc/g"
	echo g.test >"$W/etc/g/myname"
	OURSELVES=g.test
	peers
	ours dynamic
	theirs
	begin we
	heard 1 'established between .*\[g.test\]'
	from_now
	heard 1 'parsed INFORMATIONAL_V1 request .*N(DPD)' 10
	end_said
}

# Only where both are told so, as what it says of the key can be guessed at.
case_aggressive_init()
{
	CONNECTION='aggressive = yes'
	CHARON='i_dont_care_about_security_and_use_aggressive_mode_psk = yes'
	peers
	ours active "$AGGRESSIVE"
	theirs
	begin we
	heard 1 'is initiating a Aggressive Mode IKE_SA'
	tunnels 1
	end_said
}

# Our answer proves who we are to anybody who asks: it must not be longer than
# the question, which theirs is if they offer enough.
case_aggressive_resp()
{
	CONNECTION='aggressive = yes'
	peers
	ours passive "$AGGRESSIVE"
	theirs
	charon_up
	isakmpd_up
	! sw --initiate --child t --timeout 2 >"$W/initiate" ||
	    fail "there was a tunnel"
	said 1 'our answer would have .*: use main mode, or let it offer more'
	sw --terminate --ike c --timeout 1 --force >/dev/null
	IKE=$IKE,aes192-sha256-ecp256,aes256-sha256-ecp256
	connection >"$W/sw/swanctl.conf"
	sw --load-all >/dev/null
	initiate
	established
	tunnels 1
	end_said
}

# With certificates nothing can be guessed at.
case_aggressive_rsa()
{
	CONNECTION='aggressive = yes'
	names active
	ours active "$AGGRESSIVE" "srcid g.test dstid s.test rsa"
	begin we
	said 1 'established: peer FQDN/s.test, RSA_SIG'
	tunnels 1
	end_said
}

case_aggressive_refused()
{
	CONNECTION='aggressive = yes'
	peers
	ours passive
	theirs
	charon_up
	isakmpd_up
	! sw --initiate --child t --timeout 2 >"$W/initiate" ||
	    fail "there was a tunnel"
	said 1 'AGGRESSIVE from 192.0.2.2:500 refused: .*write `aggr'
	heard 1 'received NO_PROPOSAL_CHOSEN error notify'
	isakmpd_down
}

# Whatever else they say that they can.
case_vendors()
{
	CONNECTION='fragmentation = accept'
	CHARON='cisco_unity = yes
		send_vendor_id = yes'
	peers
	ours passive
	theirs
	begin they
	heard 1 'sending Cisco Unity vendor ID'
	heard 1 'sending XAuth vendor ID'
	tunnels 1
	end_said
}

# Of two of theirs, which one is meant by what charon.sh does.
at()
{
	case $1 in
	1)	W=$first far=$far1 them=198.51.100.2 inner_them=169.254.0.2 ;;
	2)	W=$first/two far=$far2 them=203.0.113.2
		inner_them=169.254.1.2 ;;
	esac
	THEMSELVES=$them
}

# link ADDRESS: its namespace, behind a router
link()
{
	ip -n $mid link add "to$1" type veth peer name in netns $far
	ip -n $mid addr add "${them%.*}.1/24" dev "to$1"
	ip -n $mid link set "to$1" up
	ip -n $far addr add $them/24 dev in
	ip -n $far link set in up
	ip -n $far route add 192.0.2.0/24 via "${them%.*}.1"
}

# Both rules have the same IDs for phase 2.
both()
{
	for n in 0 1; do
		at $((n + 1))
		echo "ike $1 interface sec$n local $us peer $them" $PHASES \
		    "psk \"$SECRET\""
	done >"$first/ipsec.conf"
	at 1
}

# Each has its own interface.
apart()
{
	said 1 'from-sec0-to-sec0: up, peer 198.51.100.2:'
	said 1 'from-sec1-to-sec1: up, peer 203.0.113.2:'
	on g ipsecctl -s sa -v >"$W/sas"
	for n in 0 1; do
		on g ping -q -c 3 -i 0.1 -w 2 169.254.$n.2 >/dev/null ||
		    fail "no tunnel through sec$n"
		at $((n + 1))
		awk -v peer=$them '
		/^esp/ { on = $4 == peer || $6 == peer }
		on && /interface:/ { print $2 }' "$first/sas" |
		    sort | uniq -c | grep -q " 2 sec$n\$" ||
		    fail "not on sec$n: $(cat "$first/sas")"
	done
	at 1
}

case_two()
{
	needs
	first=$W far1=$far far2=umtwo.$$
	namespace $far2
	namespace $mid
	ip netns exec $mid sysctl -q -w net.ipv4.ip_forward=1
	gateway $mid 192.0.2.2/24 um0=tap:tap0
	on g sh -ec "ifconfig um0 192.0.2.1/24 up
	    route -q add default 192.0.2.2
	    for n in 0 1; do
		ifconfig sec\$n create
		ifconfig sec\$n 169.254.\$n.1/30 169.254.\$n.2 up
	    done"
	for n in 2 1; do
		at $n
		link $n
		theirs
		charon_up
	done
	both active
	isakmpd_up
	apart
	isakmpd_down
	from_now
	both passive
	isakmpd_up
	at 2
	initiate
	at 1
	initiate
	apart
	isakmpd_down
}

command="case_$(echo "${1:?which case}" | tr - _)"
$command
verdict
