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

# What a hub recorded of a tunnel, read by tshark with the keys: each ICV is
# correct, nothing is malformed, and inside are the pings that were sent.

. ../lib/lib.sh

command -v tshark >/dev/null || { echo "no tshark"; exit 77; }
# no preferences of whoever runs this
HOME=$W
export HOME

# sas [wrong]: tshark's table for the SAs in $W/rules, or with the keys of
# each SA given to the one of the reverse direction.
sas()
{
	awk -v wrong="${1:+1}" '
	function sa(src, dst, d, k) {
		printf "\"IPv4\",\"%s\",\"%s\",\"0x%x\",", v[src], v[dst],
		    spi[d]
		if (v["enc"] ~ /gcm/)
			printf "\"AES-GCM with 16 octet ICV [RFC4106]\"," \
			    "\"%s\",\"NULL\",\"\"\n", enc[k]
		else
			printf "\"AES-CBC [RFC3602]\",\"%s\"," \
			    "\"HMAC-SHA-256-128 [RFC4868]\",\"%s\"\n", enc[k],
			    auth[k]
	}
	{
		split("", v)
		for (i = 1; i < NF; i++)
			v[$i] = $(i + 1)
		split(v["spi"], spi, ":")
		split(v["enckey"], enc, ":")
		split(v["authkey"], auth, ":")
		sa("from", "to", 1, wrong ? 2 : 1)
		sa("to", "from", 2, wrong ? 1 : 2)
	}' "$W/rules"
}

# decode TABLE tshark-option ...
decode()
{
	table=$1
	shift
	while read -r sa; do
		set -- "$@" -o "uat:esp_sa:$sa"
	done <"$table"
	tshark -n -r "$W/wire.pcap" -o esp.enable_encryption_decode:TRUE \
	    -o esp.enable_authentication_check:TRUE \
	    -o ip.check_checksum:TRUE "$@" 2>"$W/tshark.err" || {
		fail "tshark: $(cat "$W/tshark.err")"
		exit 1
	}
}

frames()
{
	decode "$@" | wc -l
}

# pings CIPHER: of several sizes, from gateway to gateway, and what to find
# on the wire
pings()
{
	cat "$W/ga.sec0.conf" >>"$W/rules"
	for size in 0 1 2 3 4 14 15 16 32 56 999 1251 1252; do
		pattern=$(random 16)
		on ga ping -q -c 1 -w 2 -s $size -p "$pattern" \
		    169.254.0.2 >"$W/ping" || {
			fail "$1: $(cat "$W/ping")"
			exit 1
		}
		data=$(yes "$pattern" | tr -d '\n' | head -c $((size * 2)))
		echo "169.254.0.1 169.254.0.2 8 $data
169.254.0.2 169.254.0.1 0 $data" >>"$W/expected"
	done
}

gateways
pings aes
keys 0 "aes-128-gcm testonly" 2>"$W/warnings"
pings aes-128-gcm

all=$(esp_frames wire)
recorded()
{
	sas >"$W/right"
	[ "$(frames "$W/right" -Y esp)" -eq "$all" ]
}
await 5 recorded || fail "tshark finds no $all ESP packets"
good="esp.icv_good == 1 && !esp.icv_bad == 1 && icmp.checksum.status == 1"
n=$(frames "$W/right" -Y "$good && !ip.checksum.status == 0")
[ "$n" -eq "$all" ] ||
    fail "tshark approves of $n of $all ESP packets, not of:" \
    "$(decode "$W/right" -Y "esp && !($good)" | head -n 5)"
n=$(frames "$W/right" -Y _ws.malformed)
[ "$n" -eq 0 ] || fail "$n packets are malformed"
# the shortest padding for the cipher, and 1, 2, 3 ... in it
decode "$W/right" -Y "esp.pad" -T fields -e esp.pad >"$W/padding"
sort -u "$W/padding" | while read -r pad; do
	case 0102030405060708090a0b0c0d0e0f in
	$pad*)	;;
	*)	echo "padding $pad" ;;
	esac
done >"$W/odd"
[ -s "$W/padding" ] && [ ! -s "$W/odd" ] || fail "$(cat "$W/odd")"
decode "$W/right" -Y "icmp && ip.addr == 169.254.0.1" -T fields \
    -E separator=/s -E occurrence=l -e ip.src -e ip.dst -e icmp.type \
    -e data.data >"$W/found"
diff "$W/expected" "$W/found" >"$W/diff" ||
    fail "tshark finds something else than was sent:" \
    "$(cut -c 1-100 "$W/diff" | head -n 8)"

# Would it have noticed?
sas wrong >"$W/wrong"
n=$(frames "$W/wrong" -Y "esp.icv_good == 1")
[ "$n" -eq 0 ] || fail "tshark approves of $n packets with wrong keys"
verdict
