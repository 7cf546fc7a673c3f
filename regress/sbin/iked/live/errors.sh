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


# What does not fit is told on both ends, with what was offered and the word
# that would mend it, and no key is ever told.

. ./live.sh

theirs=776f6e6465727761666665

# What the last attempt failed by.
told()
{
	on ga ikectl -j show sa | grep -q '"why":"..*"'
}

# differ WHAT "sed program for ga" "for gb" "ga says" "gb says": patterns;
# those of sed act on the one policy both begin with
differ()
{
	both
	echo "== $1" >>"$W/all"
	cat "$W/ga.iked" "$W/gb.iked" >>"$W/all"
	: >"$W/ga.iked"
	: >"$W/gb.iked"
	sed -i "$2" "$W/etc/ga/iked.conf"
	sed -i "$3" "$W/etc/gb/iked.conf"
	for m in gb ga; do
		on $m ikectl reload >>"$W/all" 2>&1 || fail "$1: reload of $m"
	done
	[ -z "$4" ] || says "$W/ga.iked" "policy 's0': $4"
	[ -z "$5" ] || says "$W/gb.iked" "$5"
	active ga sec0 && fail "$1: sec0 is up"
	[ -z "$4" ] || await 100 told ||
	    fail "$1: ikectl says nothing: $(on ga ikectl -j show sa)"
	if [ $failed = 1 ]; then
		tail -n 5 "$W/ga.iked" "$W/gb.iked"
		exit 1
	fi
}

pair
for m in ga gb; do
	conf $m 'set passive'
	daemon $m -vv
	await 10 on $m ikectl show stats || fail "no daemon"
done

differ 'IKE proposals' \
    's/ srcid/ ikesa enc aes-256 auth hmac-sha2-384 group modp2048&/' \
    's/ srcid/ ikesa enc aes-128-gcm group ecp256&/' \
    'no proposal chosen: .*aes-256.*modp2048.*`ikesa' \
    'no proposal chosen for 192.0.2.1.*aes-256.*ikesa'
differ 'Child proposals' \
    's/ srcid/ childsa enc aes-256 auth hmac-sha2-384&/' \
    's/ srcid/ childsa enc aes-128-gcm&/' \
    'no proposal chosen: .*aes-256.*`childsa' \
    'no proposal chosen for the Child SA of 192.0.2.1.*aes-256.*childsa'
differ 'selectors' \
    's/from any to any/from 10.1.0.0\/24 to 10.2.0.0\/24/' \
    's/from any to any/from 10.3.0.0\/24 to 10.1.0.0\/24/' \
    'the peer does not take our traffic selectors: from 10.1.0.0/24 to' \
    'traffic selectors of 192.0.2.1.*10.2.0.0/24.*10.3.0.0/24'
differ 'keys' "s/psk .* iface/psk 0x$theirs iface/" '' \
    '192.0.2.2:500 does not accept us as FQDN/a0.test.*psk' \
    'authentication failed for 192.0.2.1:500: the pre-shared key of'
differ 'their name for us' '' 's/dstid a0/dstid c0/' \
    '192.0.2.2:500 does not accept us as FQDN/a0.test.*dstid' \
    'FQDN/a0.test.*dstid'
differ 'our name for them' 's/dstid b0.test/dstid e0.test/' '' \
    '192.0.2.2:500 does not accept us.*srcid FQDN.e0.test; .* dstid and' \
    'FQDN/a0.test asks 192.0.2.2:500 for FQDN/e0.test; .*dstid.*srcid'
differ 'no policy for us' '' 's/peer 192.0.2.1/peer 192.0.2.7/' \
    '192.0.2.2:500 refuses IKE_SA_INIT\|no proposal chosen' \
    'no compatible policy found: 192.0.2.1'
differ 'kinds of proof' '' 's/psk .* iface/rsa iface/' \
    '192.0.2.2:500 does not accept us' \
    'authentication failed for 192.0.2.1:500'
differ 'nobody there' 's/peer 192.0.2.2/peer 192.0.2.77/' '' \
    'no answer from 192.0.2.77:500, .*`peer.*firewall' ''

cat "$W/ga.iked" "$W/gb.iked" >>"$W/all"
hex=$(printf %s "${PSK}0" | od -A n -v -t x1 | tr -d ' \n')
grep -i -e "${PSK}" -e "$hex" -e "$theirs" \
    -e "$(printf %s "${PSK}0" | base64 | cut -c 1-12)" "$W/all" &&
    fail "a key in the log"
[ "$(wc -l <"$W/all")" -gt 100 ] || fail "the log is empty"
undaemon ga
undaemon gb
verdict
