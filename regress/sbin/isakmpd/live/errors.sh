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


# What does not fit is told on both ends, with the word that would mend it;
# what the kernel cannot do is refused with its reason; and no key is ever
# told.

. ./live.sh

# stopped, and started anew: nothing of former rules is left
anew()
{
	for m in ga gb; do
		cat "$W/$m.isakmpd" >>"$W/all" 2>/dev/null
		: >"$W/$m.isakmpd"
		[ ! -e "$W/$m.isakmpd.pid" ] || undaemon $m
		: >"$W/$m.isakmpd"
	done
	for m in gb ga; do
		run $m
		load $m
	done
}

# differ WHAT "sed program for ga" "for gb" "ga says" "gb says": patterns;
# those of sed act on the one rule both begin with
differ()
{
	rule ga 0 active "${words:-}" | sed "$2" | conf ga
	rule gb 0 passive "${words:-}" | sed "$3" | conf gb
	anew >"$W/anew" 2>&1
	[ -z "$4" ] || says "$W/ga.isakmpd" "$4"
	[ -z "$5" ] || says "$W/gb.isakmpd" "$5"
	active ga sec0 && fail "$1: sec0 is up"
	if [ $failed = 1 ]; then
		echo "$1:"
		cat "$W/anew"
		tail -n 5 "$W/ga.isakmpd" "$W/gb.isakmpd"
		exit 1
	fi
}

pair
differ 'pre-shared keys' 's/psk "[^"]*/&-and-more/' '' \
    'PAYLOAD-MALFORMED: do both ends have the same pre-shared key' \
    'the pre-shared keys differ? Let both ends'
differ 'phase 1 transforms' 's/psk/main auth hmac-sha2-256 group ecp256 &/' '' \
    'NO-PROPOSAL-CHOSEN: it takes none of our transforms' \
    '192.0.2.1:500 refused: .*wrong: hash, group.*`main auth'
differ 'phase 2 transforms' 's/psk/quick auth hmac-sha2-512 &/' '' \
    'from-sec0-to-sec0: .*NO-PROPOSAL-CHOSEN' \
    'from-sec0-to-sec0: QUICK_MODE from .*SHA2_512.*quick'
differ 'phase 2 IDs' '' 's/interface sec0/from 10.1.0.0\/24 to 10.2.0.0\/24/' \
    'INVALID-ID-INFORMATION: it knows no such IDs; let both ends' \
    'the peer wants 0.0.0.0/0 here .* there is 10.1.0.0/24 here and 10.2'
differ 'its name' 's/psk/srcid west.test &/' 's/psk/dstid east.test &/' \
    '\(INVALID-ID\|AUTHENTICATION\)' \
    'FQDN/west.test, FQDN/east.test is expected: write `dstid west.test'
differ 'no rule' '' 's/peer 192.0.2.1/peer 192.0.2.7/' \
    '' 'no ike rule'
differ 'aggressive and main' 's/psk/aggressive auth hmac-sha1 &/' '' \
    '' 'it wants another exchange than is configured: write .aggressive. '
differ 'kinds of proof' '' 's/psk .*/rsa/' '' \
    'wrong: authentication.*to authenticate, `psk. in ipsec.conf'

# kernel "words" "ga says": both have such a rule, for two hosts or networks
kernel()
{
	for m in ga.1.2 gb.2.1; do
		IFS=. read -r name a b <<-END
		$m
		END
		echo "ike $1 local 192.0.2.$a peer 192.0.2.$b" \
		    "${3:-} psk \"$PSK\"" |
		    sed "s/HERE/192.0.2.$a/; s/THERE/192.0.2.$b/" | conf $name
	done
	anew >"$W/anew" 2>&1
	says "$W/ga.isakmpd" "$2"
	on ga ipsecctl -s sa | grep . && fail "$1: an SA"
	[ $failed = 0 ] || { tail -n 5 "$W/ga.isakmpd"; exit 1; }
}

no="the kernel refuses .*: this kernel's"
kernel 'interface sec0' "$no ESP has no CAST (it has: .*AES-GCM" \
    'quick enc cast128'
kernel 'esp from HERE to THERE' "$no ESP has no Blowfish (it has: NULL, 3DES" \
    'quick enc blowfish'
kernel 'esp transport from HERE to THERE' \
    "$no ESP has no HMAC-MD5 (it has: HMAC-SHA1" 'quick auth hmac-md5'
kernel 'ah from HERE to THERE' "$no AH has no HMAC-MD5 (it has: " \
    'quick auth hmac-md5'

# one machine has one port 500
undaemon gb
run gb
echo 'set passive' >"$W/etc/gb/iked.conf"
chmod 600 "$W/etc/gb/iked.conf"
on gb timeout 5 iked -d >"$W/second" 2>&1 && fail "iked runs beside isakmpd"
says "$W/second" 'port 500 is in use: is there another IKE daemon'
[ "$(on gb timeout 5 isakmpd -d -K >"$W/second" 2>&1; echo $?)" = 1 ] ||
    fail "isakmpd runs twice"
says "$W/second" 'another isakmpd is running'
undaemon gb
start gb iked -d 2>"$W/iked"
await 10 on gb ikectl show stats || fail "no iked: $(cat "$W/iked")"
on gb timeout 5 isakmpd -d -K >"$W/second" 2>&1 &&
    fail "isakmpd runs beside iked"
says "$W/second" 'port 500 is in use: is there another IKE daemon'
kill $started
wait $started
cat "$W/ga.isakmpd" "$W/gb.isakmpd" >>"$W/all"
grep -i -e "$PSK" -e "$(printf %s "${PSK}0" | od -A n -v -t x1 |
    tr -d ' \n')" "$W/all" && fail "a key in the log"
verdict
