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



# ike_tshark1.sh SUITE: what Wireshark makes of IKEv1 and ESP between two of
# ours: of the packet log of isakmpd -L, which has IKE decrypted, and of the
# wire, with the keys that ipsecctl -k shows.  Nothing is malformed, and in it
# are the payloads that belong there.

. ../lib/lib.sh

command -v tshark >/dev/null || { echo "no tshark"; exit 77; }
# no preferences of whoever runs this
HOME=$W
export HOME

case ${1:?a suite} in
gcm)	rule='main auth hmac-sha2-384 enc aes-256 group ecp256
	    quick enc aes-128-gcm group ecp256' ;;
cbc)	rule='main auth hmac-sha2-256 enc aes group modp2048
	    quick auth hmac-sha2-256 enc aes-256 group none' ;;
aggressive)
	rule='aggressive auth hmac-sha2-256 enc aes group ecp256
	    quick auth hmac-sha2-512 enc aes group none' ;;
esac

# end NAME ADDRESS PEER MODE: a gateway and its daemon
end()
{
	on $1 sh -ec "ifconfig um0 $2/24 up
	    ifconfig sec0 create
	    ifconfig sec0 169.254.0.${2##*.}/30 169.254.0.${3##*.} up"
	echo "ike $4 interface sec0 local $2 peer $3" $rule \
	    'psk "open-sesame"' >"$W/$1.conf"
	mkdir -p "$W/etc/$1/isakmpd"
	printf '[General]\nDPD-check-interval=1\n' \
	    >"$W/etc/$1/isakmpd/isakmpd.conf"
	# what a sanitizer of root's daemon cannot do: see charon1.sh
	start $1 env ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS= \
	    isakmpd -d -K -L 2>"$W/$1.isakmpd"
	await 5 test -p "$W/$1/run/isakmpd.fifo" ||
	    fail "isakmpd of $1: $(cat "$W/$1.isakmpd")"
	on $1 ipsecctl -f "$W/$1.conf" 2>>"$W/$1.isakmpd" ||
	    fail "ipsecctl of $1: $(cat "$W/$1.isakmpd")"
}

enough()
{
	[ "$(grep -c "$2" "$W/gb.isakmpd")" -ge "$1" ]
}

negotiate()
{
	hub wire "$W/wa" "$W/wb"
	machine ga um0=wire:"$W/wa"
	machine gb um0=wire:"$W/wb"
	booted
	end gb 192.0.2.2 192.0.2.1 passive
	end ga 192.0.2.1 192.0.2.2 active
	isakmpd=$started
	await 5 on ga ping -q -c 1 -w 1 169.254.0.2 || {
		fail "no tunnel: $(cat "$W"/g?.isakmpd)"
		exit 1
	}
	on ga ping -q -c 3 -i 0.1 169.254.0.2 >/dev/null ||
	    fail "no tunnel any more"
	on ga ipsecctl -s sa -k >"$W/sas"
	# a while without ESP has the peer asked whether it is there
	await 10 asked || fail "nobody is asked"
	kill -TERM $isakmpd
	wait $isakmpd || fail "isakmpd ended with $?"
	cp "$W/ga/run/isakmpd.pcap" "$W/ike.pcap"
}

asked()
{
	"$PCAPLS" "$W/wire.pcap" | grep -c INFORMATIONAL | grep -q '[2-9]'
}

# read_pcap FILE tshark-option ...
read_pcap()
{
	tshark -n -r "$@" 2>"$W/tshark.err" || {
		fail "tshark: $(cat "$W/tshark.err")"
		exit 1
	}
}

# What it sees in the packet log, one line for each message:
# exchange|encrypted|payloads|notifies|errors
see()
{
	read_pcap "$W/ike.pcap" -T fields -E separator='|' \
	    -e isakmp.exchangetype -e isakmp.flag_e -e isakmp.typepayload \
	    -e isakmp.notify.msgtype -e _ws.malformed -e _ws.expert.message \
	    >"$W/seen"
	n=$(grep -c -v '^\(2\|4\|5\|32\)|0|[0-9,]*|[0-9]*||$' "$W/seen")
	[ "$n" -eq 0 ] ||
	    fail "malformed, or not decrypted: $(cat "$W/seen")"
}

# message N EXCHANGE PAYLOADS [NOTIFY]: there are so many
message()
{
	n=$(grep -c "^$2|0|$3|${4:-}|" "$W/seen")
	[ "$n" -eq "$1" ] ||
	    fail "$n and not $1 messages $2 $3: $(cat "$W/seen")"
}

# The SAs as tshark's table; "wrong": with the keys of each other.
table()
{
	sed -e :a -e '/\\$/N' -e 's/\\\n\t*/ /' -e ta "$W/sas" |
	    awk -v wrong="${1:+1}" '
	{
		for (i = 1; i < NF; i++)
			v[NR, $i] = $(i + 1)
	}
	END {
		for (i = 1; i <= NR; i++) {
			k = wrong ? NR + 1 - i : i
			auth = "HMAC-SHA-256-128 [RFC4868]"
			if (v[i, "auth"] == "hmac-sha2-512")
				auth = "HMAC-SHA-512-256 [RFC4868]"
			enc = "AES-CBC [RFC3602]"
			if (v[i, "enc"] ~ /gcm/) {
				enc = "AES-GCM with 16 octet ICV [RFC4106]"
				auth = "NULL"
			}
			printf "\"IPv4\",\"%s\",\"%s\",\"%s\",\"%s\"," \
			    "\"%s\",\"%s\",\"%s\"\n", v[i, "from"],
			    v[i, "to"], v[i, "spi"], enc, v[k, "enckey"],
			    auth, v[k, "authkey"]
		}
	}'
}

# ESP that has a good ICV, and an echo in it
echoes()
{
	table "$@" >"$W/table"
	set --
	while read -r line; do
		set -- "$@" -o "uat:esp_sa:$line"
	done <"$W/table"
	read_pcap "$W/wire.pcap" -o esp.enable_encryption_decode:TRUE \
	    -o esp.enable_authentication_check:TRUE "$@" \
	    -Y "esp.icv_good == 1 && icmp.checksum.status == 1" | wc -l
}

negotiate
see
case $1 in
aggressive)
	# SA KE N ID VID; SA VID KE N ND ID HASH; HASH, in the clear or not
	message 1 4 '1,2,3,4,10,5,[13,]*'
	message 1 4 '1,2,3,[13,]*,4,10,20,20,5,8'
	message 1 4 '8,[0-9,]*' 24578 ;;
*)	# SA VID; KE N ND; ID HASH
	message 2 2 '1,2,3,[13,]*'
	message 2 2 '4,10,20,20'
	message 2 2 '5,8,11' 24578 ;;
esac
case $rule in
*'group none')
	# HASH SA N ID ID
	message 2 32 '8,1,2,3,10,5,5' ;;
*)	message 2 32 '8,1,2,3,10,4,5,5' ;;
esac
message 1 32 8
# N(R-U-THERE), its answer; and D, of what there was
[ "$(grep -c '^5|0|8,11|36136|' "$W/seen")" -ge 1 ] &&
    [ "$(grep -c '^5|0|8,11|36137|' "$W/seen")" -ge 1 ] ||
    fail "nobody is asked: $(cat "$W/seen")"
grep -q '^5|0|8,[12,]*12|' "$W/seen" || fail "no delete: $(cat "$W/seen")"

all=$(esp_frames wire)
[ "$all" -ge 8 ] || fail "pings in $all ESP packets"
n=$(echoes)
[ "$n" -eq "$all" ] || fail "tshark approves of $n of $all ESP packets"
n=$(echoes wrong)
[ "$n" -eq 0 ] || fail "tshark approves of $n packets with wrong keys"
verdict
