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

# marks: S8 N7

# A tunnel comes up, carries, is shown, and goes: each mode of either end,
# each way to prove who one is, kinds of transforms.

. ./live.sh

# try WHAT: with the rules as they are
try()
{
	begin "$1"
	one_pair ga
	one_pair gb
}

# One that it sends by, and others that it still receives by
one_mature()
{
	report "$1" >"$W/report"
	[ "$(grep -c '^SA phase 2 .* mature$' "$W/report")" -eq 1 ]
}

end()
{
	undaemon ga
	await 5 eval '! active gb sec0' || fail "the other end is not told"
	undaemon gb
}

# rules WORDS [shown]: of both, and what ipsecctl says of the SAs
rules()
{
	both passive "$(echo $1)"
	try "$1"
	case ${2:-} in
	?*)	on ga ipsecctl -s sa | grep -q "$2" || fail "no $2 with $1" ;;
	esac
	end
}

# shows NAME own peer: what is said of sec0 there
shows()
{
	on "$1" ipsecctl -s sa -v >"$W/show"
	for dir in in out; do
		says "$W/show" "interface: sec0 direction $dir"
	done
	[ "$(grep -c 'interface: sec0' "$W/show")" -eq 2 ] ||
	    fail "$1: $(cat "$W/show")"
	says "$W/show" "esp tunnel from $2 to $3 spi .* auth hmac-sha2-256 enc"
	on "$1" ipsecctl -s flow | grep . && fail "$1 has flows"
}

pair
for m in ga gb; do
	on $m ifconfig sec0 | grep -q 'status: down' || fail "link too early"
done
both
try psk
shows ga 192.0.2.1 192.0.2.2
shows gb 192.0.2.2 192.0.2.1

# what both say of themselves
sas ga >"$W/ga.sas"
sas gb >"$W/gb.sas"
says "$W/ga.sas" ' cookies .* initiator established'
says "$W/gb.sas" ' cookies .* responder established'
for f in '/ cookies /s/.*cookies \([^ ]*\).*/\1/p'; do
	[ "$(sed -n "$f" "$W/ga.sas")" = "$(sed -n "$f" "$W/gb.sas")" ] ||
	    fail "other cookies: $(cat "$W/ga.sas" "$W/gb.sas")"
done
[ "$(sed -n 's/.*spi in \([^ ]*\) out \([^ ]*\) .*/\1 \2/p' "$W/ga.sas")" = \
    "$(sed -n 's/.*spi in \([^ ]*\) out \([^ ]*\) .*/\2 \1/p' "$W/gb.sas")" ] ||
    fail "other SPIs: $(cat "$W/ga.sas" "$W/gb.sas")"
says "$W/ga.sas" 'interface sec0'
[ "$(stat ga 'ISAKMP SAs established') $(stat gb 'messages malformed')" = \
    '1 0' ] || fail "$(report ga)"
says "$W/ga.isakmpd" 'from-sec0-to-sec0: up, peer 192.0.2.2:500, spi in 0x'

end

# transforms, modes, groups; a cipher with its MAC in it
rules 'aggressive auth hmac-sha2-256 enc aes-192 group modp2048'
rules 'main auth hmac-sha2-512 enc aes-256 group ecp384
    quick auth hmac-sha2-512 enc aes-256 group ecp256' \
    'auth hmac-sha2-512 enc aes-256'
rules 'main auth hmac-sha1 group modp1536 lifetime 90
    quick enc aes-256-gcm group none lifetime 80' 'enc aes-256-gcm'
rules 'quick enc null auth hmac-sha2-384 group bp256
    srcid e.test dstid e.test' 'enc null'

# who begins: both, one that anybody may call, one that has a name
both active
begin "both active"
for m in ga gb; do
	await 5 one_mature $m || fail "both active: $(cat "$W/report")"
done
end
rule gb 0 passive | sed 's/peer [^ ]*//' | conf gb
try "any peer"
end
rule gb 0 passive "srcid hb.test dstid ga" | conf gb
rule ga 0 dynamic "dstid hb.test" | conf ga
try "dynamic"
report ga >"$W/report"
says "$W/report" 'DPD-check-interval= 5'
says "$W/report" 'peer is FQDN/hb.test, DPD'
end

# RSA: both ends know a CA, or each the other's key
command -v openssl >/dev/null || { echo "no openssl(1)"; exit 77; }
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=ca -days 9 \
    -keyout "$W/ca.key" -out "$W/ca.crt" 2>/dev/null || fail "no CA"
chmod 755 "$W" "$W/etc"
for m in ga.1 gb.2; do
	d=$W/etc/${m%.*}/isakmpd a=192.0.2.${m#*.}
	mkdir -p "$d/private" "$d/certs" "$d/ca" "$d/pubkeys/ipv4"
	openssl req -newkey rsa:2048 -nodes -subj "/CN=$a" \
	    -keyout "$d/private/local.key" -out "$W/req" 2>/dev/null
	echo "subjectAltName=IP:$a" >"$W/ext"
	openssl x509 -req -in "$W/req" -CA "$W/ca.crt" -CAkey "$W/ca.key" \
	    -CAcreateserial -days 9 -extfile "$W/ext" \
	    -out "$d/certs/$a.crt" 2>/dev/null || fail "no certificate"
	cp "$W/ca.crt" "$d/ca"
	openssl pkey -in "$d/private/local.key" -pubout -out "$W/$a.pub"
	rule "${m%.*}" 0 | sed 's/psk.*/rsa/' | conf "${m%.*}"
	sed -i 's/active/passive/' "$W/etc/gb/ipsec.conf"
	find "$W/etc/${m%.*}" -type d -exec chmod 755 {} +
	chmod 644 "$d"/*/*.crt
done
proven()
{
	try "$1"
	report ga >"$W/report"
	says "$W/report" 'RSA_SIG'
	end
}
proven "certificates"
rm "$W"/etc/g?/isakmpd/ca/* "$W"/etc/g?/isakmpd/certs/*
install -m 644 "$W/192.0.2.2.pub" "$W/etc/ga/isakmpd/pubkeys/ipv4/192.0.2.2"
install -m 644 "$W/192.0.2.1.pub" "$W/etc/gb/isakmpd/pubkeys/ipv4/192.0.2.1"
proven "public keys"
clear=$(frames 0 | grep -v -e ' ESP ' -e ' IKE ')
[ -z "$clear" ] || fail "in the clear: $clear"
verdict
