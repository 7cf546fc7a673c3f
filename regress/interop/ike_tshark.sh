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


# ike_tshark.sh SUITE: what Wireshark makes of IKE and ESP between two of
# ours, with the keys that iked -K writes: everything is decrypted, nothing
# is malformed, and in it are the payloads that belong there.

. ../lib/lib.sh

command -v tshark >/dev/null || { echo "no tshark"; exit 77; }
# no preferences of whoever runs this
HOME=$W
export HOME

case ${1:?a suite} in
gcm)	ikesa="enc aes-256-gcm prf hmac-sha2-384 group ecp256"
	childsa="enc aes-128-gcm group curve25519" ;;
cbc)	ikesa="enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"
	childsa="enc aes-256 auth hmac-sha2-256 group ecp384" ;;
sha512)	ikesa="enc aes-128 auth hmac-sha2-512 prf hmac-sha2-512 group ecp521"
	childsa="enc aes-128 auth hmac-sha2-512" ;;
esac

# end NAME ADDRESS PEER MODE [option ...]: a gateway and its daemon
end()
{
	name=$1
	on $name sh -ec "ifconfig um0 $2/24 up
	    ifconfig sec0 create
	    ifconfig sec0 169.254.0.${2##*.}/30 169.254.0.${3##*.} up"
	cat >"$W/etc/$name/iked.conf" <<-END
	set fragmentation
	ikev2 "t" $4 from any to any local $2 peer $3 ikesa $ikesa \
	    childsa $childsa noesn srcid $2 dstid $3 \
	    $5 psk "open-sesame" iface sec0
	END
	chmod 600 "$W/etc/$name/iked.conf"
	shift 5
	# what a sanitizer of root's iked cannot do: see charon.sh
	start $name env ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS= \
	    iked -dvv "$@" 2>"$W/$name.iked"
}

enough()
{
	[ "$(grep -c "$2" "$W/gb.iked")" -ge "$1" ]
}

negotiate()
{
	hub wire "$W/wa" "$W/wb"
	machine ga um0=wire:"$W/wa"
	machine gb um0=wire:"$W/wb"
	booted
	mkdir "$W/keys"
	end gb 192.0.2.2 192.0.2.1 passive ''
	end ga 192.0.2.1 192.0.2.2 active 'ikelifetime 4 lifetime 4' \
	    -K "$W/keys"
	iked=$started
	await 5 on ga ping -q -c 1 -w 1 169.254.0.2 ||
	    fail "no tunnel: $(cat "$W/ga.iked")"
	# until both kinds of SA were renewed
	await 10 enough 1 'rekeyed as .* by the peer' &&
	    await 10 enough 3 'loaded SPIs' || fail "$(cat "$W/gb.iked")"
	on ga ping -q -c 3 -i 0.1 169.254.0.2 >/dev/null ||
	    fail "no tunnel any more"
	kill -TERM $iked
	wait $iked || fail "iked ended with $?"
}

# decode KEYS tshark-option ...
decode()
{
	keys=$1
	shift
	for table in ikev2_decryption_table esp_sa; do
		while read -r line; do
			set -- "$@" -o "uat:$table:$line"
		done <"$keys/$table"
	done
	tshark -n -r "$W/wire.pcap" -o esp.enable_encryption_decode:TRUE \
	    -o esp.enable_authentication_check:TRUE "$@" \
	    2>"$W/tshark.err" || {
		fail "tshark: $(cat "$W/tshark.err")"
		exit 1
	}
}

# What it sees, one line for each packet of IKE or ESP:
# exchange|response|payloads|decrypted|ICV is good|ICMP|errors
see()
{
	decode "${1:-$W/keys}" -Y '(isakmp || esp) && !(icmp.type == 3)' \
	    -T fields -E separator='|' \
	    -e isakmp.exchangetype -e isakmp.flag_r -e isakmp.typepayload \
	    -e isakmp.enc.decrypted -e esp.icv_good \
	    -e icmp.checksum.status -e _ws.malformed -e _ws.expert.message \
	    >"$W/seen"
}

# message EXCHANGE RESPONSE PAYLOAD ...: there is such a one
message()
{
	awk -F'|' -v what="$*" '
	BEGIN { n = split(what, w, " ") }
	$1 == w[1] && $2 == w[2] {
		for (i = 3; i <= n && ("," $3 ",") ~ ("," w[i] ","); i++)
			continue
		if (i > n)
			found = 1
	}
	END { exit !found }' "$W/seen" || fail "no message $*: $(cat "$W/seen")"
}

negotiate
# The last packet may not be complete yet, which tshark calls an error.
recorded()
{
	(see) && [ "$(grep -c '^37|.*,42|' "$W/seen")" -ge 3 ]
}
await 5 recorded || fail "tshark finds no deletes: $(cat "$W/seen")"

# Only who has just started may say INVALID_SPI to everybody, in the clear.
if grep -v -e '^34|[01]|[0-9,]*|||||$' -e '^3[567]|[01]|46[0-9,]*|1||||$' \
    -e '^||||1|1||$' -e '^37|0|41|||||$' "$W/seen" >"$W/odd"; then
	fail "malformed, or not decrypted: $(cat "$W/odd")"
fi
n=$(grep -c '^||||1|1||$' "$W/seen")
[ "$n" -ge 8 ] || fail "pings in $n ESP packets"

# IKE_SA_INIT: SA KE Ni V N
message 34 0 33 34 40 43 41
message 34 1 33 34 40 43 41
# IKE_AUTH: IDi IDr AUTH SA TSi TSr
message 35 0 46 35 36 39 33 44 45
message 35 1 46 36 39 33 44 45
# CREATE_CHILD_SA for the Child SA, N(REKEY_SA), and for the IKE SA, KE
message 36 0 46 41 33 40 44 45
message 36 1 46 33 40 44 45
message 36 0 46 33 40 34
message 36 1 46 33 40 34
# INFORMATIONAL: D
message 37 0 46 42
message 37 1 46 42

# with the keys of the other direction there is nothing of that
mkdir "$W/wrong"
awk -F, -v OFS=, '{ print $1, $2, $4, $3, $5, $7, $6, $8 }' \
    "$W/keys/ikev2_decryption_table" >"$W/wrong/ikev2_decryption_table"
: >"$W/wrong/esp_sa"
see "$W/wrong"
! grep '^3[567]|[01]|46,.*39' "$W/seen" || fail "any key decrypts"
verdict
