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


# charon.sh: strongSwan's IKE daemon as the peer of a gateway of ours, with
# its ESP in user space, so that the host's kernel needs none; sourced.
#
#	g 192.0.2.1 --[tap0]-- namespace $far, 192.0.2.2, charon
#	169.254.0.1 ======[sec0]======[ipsec0]====== 169.254.0.2
#
#	peers [natted|natting]	the networks, with no daemon running yet.
#				"natted": a namespace between them, $mid,
#				translates the address of g; "natting": that
#				of charon
#	six			behind peers: they are 2001:db8::1 and ::2
#				instead, with 2001:db8:f::1 and ::2 inside
#	ours; theirs		write their configurations, from the variables
#				below, and from standard input
#	iked_up; iked_down	start ours; end it, as somebody would
#	iked_gone		end it with no time to say so
#	charon_up; charon_gone	start theirs; end it with no time to say so
#	sw argument ...		ask theirs, see swanctl(8)
#	ca			make an authority
#	issue NAME rsa|ec [name ...]
#				certificates of its, $W/NAME.crt, for NAME.test
#				and other names; keys are $W/NAME.key
#	enrol			give each end its own, of g and s
#	from_now		where said and heard begin to look
#	said N PATTERN		wait for N such lines in our log
#	heard N PATTERN		the same of theirs
#	begin we|they		start both, and who begins
#	initiate		have theirs begin
#	established		wait until both ends say so, and for the data:
#	data			in both directions, small and large
#	flow N			of the pings of load, so many more get through
#	steady			has what load sent been answered, all of it?
#	tunnels N		wait until each end has so many IKE SAs, with
#				as many Child SAs, and no others
#	live N			the same, but for those that are replaced
#
# charon's own ESP is in UDP always, so it pretends that there is a NAT.  It
# does not know sequence numbers of 64 bits.

. ../lib/lib.sh

charon=/usr/lib/ipsec/charon
us=192.0.2.1 inner_us=169.254.0.1
them=192.0.2.2 inner_them=169.254.0.2
far=umswan.$$
mid=umnat.$$
names=
iked=
peer=
ourlog=g.iked

# What both are told; a test changes it before it calls ours and theirs.
VERSION=2
IKE=aes128-sha256-x25519 ESP=aes128gcm16
OURSELVES=g.test THEMSELVES=s.test SECRET=open-sesame
START=none FROM_TO='from 0.0.0.0/0 to 0.0.0.0/0'
# more lines for their connection, its child, both ends' authentication and
# the daemon; CERT, LOCAL and REMOTE are its certificate and its selectors
CONNECTION= CHILD= AUTH='auth = psk' CHARON=

skip()
{
	echo "$*"
	exit 77
}

the_end_of_peers()
{
	rc=$?
	for n in $names; do
		ip netns del "$n" 2>/dev/null
	done
	if [ $rc -ne 0 ] && [ $rc -ne 77 ]; then
		for f in $ourlog charon.log load; do
			[ ! -e "$W/$f" ] || sed "s/^/$f: /" "$W/$f"
		done
	fi
	(exit $rc)
	the_end
}

needs()
{
	[ -x $charon ] && command -v swanctl >/dev/null &&
	    [ -e /usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so ] ||
	    skip "needs strongSwan: charon, swanctl, kernel-libipsec"
	needs_space
}

needs_space()
{
	command -v ip >/dev/null || skip "needs ip(8) of iproute2"
	[ -c /dev/net/tun ] || skip "needs /dev/net/tun"
	trap the_end_of_peers EXIT
	namespace $far
}

namespace()
{
	ip netns add "$1" 2>"$W/netns" ||
	    skip "needs network namespaces: $(cat "$W/netns")"
	names="$names $1"
	ip -n "$1" link set lo up
}

at_far()
{
	ip netns exec $far "$@"
}

# Netfilter's rules of a namespace, from standard input.
filter()
{
	ip netns exec "$1" nft -f - 2>"$W/nft" ||
	    skip "needs nft(8) and nf_tables: $(cat "$W/nft")"
}

# Who sends through here is seen as its address on that interface.
nat()
{
	namespace $mid
	filter $mid <<-END
	table ip nat {
		chain post {
			type nat hook postrouting priority 100
			oifname "$1" masquerade
		}
	}
	END
	ip netns exec $mid sysctl -q -w net.ipv4.ip_forward=1
	ip -n $mid link add out type veth peer name in netns $far
	ip -n $mid addr add 198.51.100.1/24 dev out
	ip -n $mid link set out up
	them=198.51.100.2
	ip -n $far addr add $them/24 dev in
	ip -n $far link set in up
	ip -n $far route add 192.0.2.0/24 via 198.51.100.1
}

# Boot g in a namespace whose address on tap0 is this.
gateway()
{
	space=$1
	outside=$2
	shift 2
	mkdir -p "$W/etc/g"
	ip netns exec $space "$KERN/bsd" $OPTS -D -d "$W/g" -e "$W/etc/g" "$@" \
	    >"$W/g.out" 2>"$W/g.log" &
	pids="$pids $!"
	machines=g
	booted
	ip -n $space addr add $outside dev tap0 &&
	    ip -n $space link set tap0 up || fail "no tap0"
}

peers()
{
	needs
	tapped=$far
	case ${1:-} in
	natted)	nat out
		tapped=$mid ;;
	natting) nat tap0
		tapped=$mid ;;
	esac
	gateway $tapped 192.0.2.2/24 um0=tap:tap0
	on g sh -ec "ifconfig um0 192.0.2.1/24 up
	    route -q add default 192.0.2.2
	    ifconfig sec0 create
	    ifconfig sec0 169.254.0.1/30 169.254.0.2 up"
	peer=$them
	[ "${1:-}" != natting ] || peer=192.0.2.2
}

six()
{
	on g sh -ec "sysctl -q net.inet6.ip6.dad_count=0
	    ifconfig um0 inet6 2001:db8::1/64
	    ifconfig sec0 inet6 2001:db8:f::1 2001:db8:f::2 prefixlen 128"
	ip -n $tapped addr add 2001:db8::2/64 dev tap0 nodad ||
	    skip "needs IPv6"
	us=2001:db8::1 them=2001:db8::2 peer=$them
}

# ours MODE TRANSFORMS LIFETIMES AUTHENTICATION: the policy, after what comes
# from standard input
ours()
{
	cat >"$W/etc/g/iked.conf"
	cat >>"$W/etc/g/iked.conf" <<-END
	ikev2 "t" $1 $FROM_TO local $us peer $peer ${2:-} \
	    srcid $OURSELVES dstid $THEMSELVES ${3:-} \
	    ${4-psk \"$SECRET\"} iface sec0
	END
	chmod 600 "$W/etc/g/iked.conf"
}

theirs()
{
	mkdir -p "$W/sw"
	cat >"$W/strongswan.conf" <<-END
	charon {
		load = random nonce openssl sha1 sha2 hmac kdf gcm aes pem \
		    pkcs1 pkcs8 x509 pubkey constraints revocation \
		    kernel-libipsec kernel-netlink socket-default vici updown
		install_virtual_ip = no
		retransmit_timeout = 1
		filelog {
			stderr {
				default = 1
				ike = 2
				flush_line = yes
			}
		}
		plugins {
			vici {
				socket = unix://$W/vici
			}
			kernel-libipsec {
				allow_peer_ts = yes
			}
			kernel-netlink {
				fwmark = !0x42
			}
			socket-default {
				fwmark = 0x42
			}
		}
		$CHARON
	}
	END
	connection >"$W/sw/swanctl.conf"
}

# Whose secret that is.
key_of()
{
	echo "id-1 = $OURSELVES"
	echo "id-2 = $THEMSELVES"
}

connection()
{
	cat <<-END
	connections {
		c {
			version = $VERSION
			local_addrs = $them
			remote_addrs = ${SEEN:-$us}
			proposals = $IKE
			$CONNECTION
			local {
				$AUTH
				${CERT:+certs = $CERT}
				id = $THEMSELVES
			}
			remote {
				$AUTH
				id = $OURSELVES
			}
			children {
				t {
					local_ts = ${LOCAL:-0.0.0.0/0}
					remote_ts = ${REMOTE:-0.0.0.0/0}
					esp_proposals = $ESP
					start_action = $START
					$CHILD
				}
			}
		}
	}
	secrets {
		ike-1 {
			$(key_of)
			secret = "$SECRET"
		}
	}
	END
}

ca()
{
	key ec "$W/ca.key"
	openssl req -x509 -new -key "$W/ca.key" -subj /CN=interop -days 2 \
	    -addext keyUsage=critical,keyCertSign,cRLSign -out "$W/ca.crt" ||
	    skip "openssl(1) makes no certificate"
}

key()
{
	case $1 in
	ec)	set -- "$2" EC ec_paramgen_curve:P-256 ;;
	rsa)	set -- "$2" RSA rsa_keygen_bits:2048 ;;
	esac
	openssl genpkey -quiet -algorithm "$2" -pkeyopt "$3" -out "$1" ||
	    skip "openssl(1) makes no $2 key"
}

issue()
{
	who=$1
	key "$2" "$W/$who.key"
	shift 2
	{
		echo "keyUsage = critical,digitalSignature"
		printf 'subjectAltName = DNS:%s.test' "$who"
		for n; do
			printf ',DNS:%s' "$n"
		done
	} >"$W/$who.ext"
	openssl req -new -key "$W/$who.key" -subj "/CN=$who" |
	    openssl x509 -req -CA "$W/ca.crt" -CAkey "$W/ca.key" -days 2 \
	    -CAcreateserial -extfile "$W/$who.ext" -out "$W/$who.crt" \
	    2>/dev/null || fail "no certificate for $who"
}

# Each end has its own, and the authority's.  Our process that reads them
# is not root's.
enrol()
{
	dir=$W/etc/g/${ourlog#g.}
	mkdir -p "$dir/ca" "$dir/certs" "$dir/private" "$W/sw/x509" \
	    "$W/sw/x509ca" "$W/sw/private"
	cp "$W/ca.crt" "$dir/ca"
	cp "$W/g.crt" "$dir/certs"
	cp "$W/g.key" "$dir/private/local.key"
	chmod -R a+rX "$dir/ca" "$dir/certs"
	chmod a+rx "$dir"
	cp "$W/ca.crt" "$W/sw/x509ca"
	cp "$W/s.crt" "$W/sw/x509"
	cp "$W/s.key" "$W/sw/private"
	AUTH='auth = pubkey' CERT=s.crt
}

# A sanitizer cannot look into /proc for leaks from where root's iked is, nor
# write into $W; whatever else it finds ends the process.
iked_up()
{
	start g env ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS= iked -dvv \
	    2>>"$W/g.iked"
	iked=$started
	await 5 on g ikectl show sa || { fail "iked does not start"; exit 1; }
}

iked_down()
{
	kill -TERM $iked
	wait $iked || fail "iked ended with $?"
	iked=
}

iked_gone()
{
	kill -KILL $iked
	wait $iked 2>/dev/null
	iked=
}

# charon wants a /run of its own, for its pid; the mount ends with it.
charon_up()
{
	ip netns exec $far sh -c 'mount -t tmpfs none /run && exec env \
	    STRONGSWAN_CONF="$0" "$1"' "$W/strongswan.conf" $charon \
	    2>>"$W/charon.log" >&2 &
	swan=$!
	clients="$clients $swan"
	await 5 sw --stats || { fail "charon does not start"; exit 1; }
	ip -n $far addr add $inner_them/30 dev ipsec0
	ip -n $far link set ipsec0 up
	sw --load-all >"$W/swanctl" || { cat "$W/swanctl"; exit 1; }
}

charon_gone()
{
	kill -KILL $swan
	wait $swan 2>/dev/null
	rm -f "$W/vici"
}

sw()
{
	STRONGSWAN_CONF=$W/strongswan.conf SWANCTL_DIR=$W/sw swanctl "$@" \
	    --uri "unix://$W/vici" 2>>"$W/swanctl.err"
}

lines()
{
	cat "$1" 2>/dev/null | wc -l
}

from_now()
{
	from_ours=$(lines "$W/$ourlog")
	from_theirs=$(lines "$W/charon.log")
}

from_ours=0
from_theirs=0

enough()
{
	[ "$(tail -n +$(($2 + 1)) "$1" | grep -c -e "$4")" -ge "$3" ]
}

said()
{
	await ${3:-5} enough "$W/$ourlog" $from_ours "$1" "$2" ||
	    fail "our log says fewer than $1: $2"
}

heard()
{
	await ${3:-5} enough "$W/charon.log" $from_theirs "$1" "$2" ||
	    fail "charon's log has fewer than $1: $2"
}

ping_us()
{
	at_far ping -q -n -c 1 -W 2 "$@" $inner_us
}

ping_them()
{
	on g ping -q -c 1 -w 2 "$@" $inner_them
}

data()
{
	await 5 ping_them || fail "nothing comes back through the tunnel"
	for size in 0 1200; do
		ping_them -s $size >/dev/null ||
		    fail "$size bytes do not come back"
		ping_us -s $size >/dev/null ||
		    fail "$size bytes from there do not come back"
	done
}

established()
{
	said 1 'established peer' ${1:-5}
	heard 1 'IKE_SA c\[[0-9]*\] established' ${1:-5}
	[ $failed -eq 0 ] || exit 1
	data
}

steady()
{
	unload
	[ $sent -gt ${1:-20} ] || fail "only $sent pings"
	[ $lost -eq 0 ] || fail "$lost of $sent pings lost:" \
	    "$(on g netstat -s | grep -v '	0 '; on g netstat -i)"
}

begin()
{
	charon_up
	iked_up
	[ "$1" = we ] || initiate
	established
}

initiate()
{
	sw --initiate --child t --timeout 5 >"$W/initiate" ||
	    fail "$(tail -n 3 "$W/initiate")"
}

# as many pings as that go through, of those of load
flow()
{
	passed=$(replies)
	await 5 eval '[ $(($(replies) - passed)) -ge '"$1"' ]' ||
	    fail "the pings have stopped"
}

count()
{
	[ "$(grep -o -e "$2" "$W/$3" | wc -l)" -eq "$1" ]
}

# sas N OUR-CHILD THEIR-IKE THEIR-CHILD: so many of each
sas()
{
	on g ikectl -j show sa >"$W/sa.json" &&
	    sw --list-sas --raw >"$W/sa.raw" &&
	    count "$1" '"ESTABLISHED"' sa.json && count "$1" "$2" sa.json &&
	    count "$1" "$3" sa.raw && count "$1" "$4" sa.raw
}

no_sas()
{
	fail "not $1 IKE SA with $1 Child SA:" \
	    "$(on g ikectl show sa; sw --list-sas)"
}

tunnels()
{
	await 10 sas "$1" '"spi_in"' 'list-sa event' 'spi-in=' || no_sas "$1"
}

# The same, but with no regard to those that only wait for their end.
live()
{
	await 10 sas "$1" '"state":"LIVE"' ' state=ESTABLISHED' \
	    'state=INSTALLED' || no_sas "$1"
}
