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



# ike_scan.sh: what ike-scan(1), as somebody whom the peer's rule is not for
# or who does not know the key, gets out of isakmpd(8).
#
# marks: root

. ./charon1.sh

command -v ike-scan >/dev/null || skip "needs ike-scan"
command -v tcpdump >/dev/null || skip "needs tcpdump"
needs()
{
	needs_space
}

RFC3947=4a131c81070358455c5728f20e95452f
DPD=afcad71368a1f1c96b8696fc77570100
# encryption, its bits, hash, by a key, group: ours, and one more bit
TRANS='(1=7,14=128,2=4,3=1,4=19)'
OTHER='(1=7,14=128,2=4,3=1,4=14)'

# One question, and what is said of the answer.
scan()
{
	at_far ike-scan --nodns --retry=1 --timeout=300 "$@" $us \
	    >"$W/scan" 2>&1
}

handshakes()
{
	grep -q " $1 returned handshake; $2 returned notify" "$W/scan" ||
	    fail "not $1 handshake and $2 notify: $(cat "$W/scan")"
}

# told NOTIFY argument ...: that is the answer
told()
{
	notify=$1
	shift
	scan "$@"
	handshakes 0 1
	grep -q "($notify)" "$W/scan" || fail "$*: $(cat "$W/scan")"
}

silent()
{
	scan "$@"
	handshakes 0 0
}

# handshake N argument ...: there is one, with so many vendor IDs
handshake()
{
	n=$1
	shift
	scan "$@"
	handshakes 1 0
	[ "$(grep -o 'VID=' "$W/scan" | wc -l)" -eq "$n" ] ||
	    fail "$*: not $n vendor IDs: $(cat "$W/scan")"
}

# Each of our answers has been asked for, by a message that is not shorter.
no_more()
{
	"$PCAPLS" "$W/scan.pcap" >"$W/seen"
	awk -v us=$us '
	{
		for (i = 6; i < NF && $i != "len"; i++)
			continue
		len = $(i + 1)
	}
	$3 == us && $5 == "192.0.2.3" {
		print "no rule is for that: " $0
		bad = 1
	}
	$5 == us {
		asked = len
		n++
	}
	$3 == us {
		asked -= len
		if (asked < 0) {
			print "longer than the question: " $0
			bad = 1
		}
	}
	END {
		if (n < 20) {
			print n " questions"
			bad = 1
		}
		exit bad
	}' "$W/seen" || fail "$(cat "$W/seen")"
}

peers
ours passive
isakmpd_up
ip netns exec $far tcpdump -i tap0 --immediate-mode -U -w "$W/scan.pcap" \
    'udp port 500' 2>"$W/tcpdump" &
dump=$!
clients="$clients $dump"
await 5 grep -q listening "$W/tcpdump" || fail "$(cat "$W/tcpdump")"

# Its own transforms are none of ours.
told NO-PROPOSAL-CHOSEN
told NO-PROPOSAL-CHOSEN --trans="$OTHER"
told NO-PROPOSAL-CHOSEN --trans="$OTHER" --trans='(1=5,2=2,3=1,4=2)'

# Ours, even among others: nobody hears of capabilities that they do not have.
handshake 0 --trans="$TRANS"
handshake 0 --trans="$OTHER" --trans="$TRANS"
handshake 0 --trans="$TRANS" --vendor=0123456789abcdef0123456789abcdef
handshake 1 --trans="$TRANS" --vendor=$DPD
handshake 2 --trans="$TRANS" --vendor=$DPD --vendor=$RFC3947
grep -q "VID=$DPD" "$W/scan" && grep -q "VID=$RFC3947" "$W/scan" ||
    fail "other vendor IDs: $(cat "$W/scan")"

# By aggressive mode there is nothing to guess at.
for id in us 192.0.2.1; do
	told NO-PROPOSAL-CHOSEN --aggressive --id=$id --trans="$TRANS" \
	    --dhgroup=19 --pskcrack="$W/psk"
	[ ! -s "$W/psk" ] || fail "a hash to guess at: $(cat "$W/psk")"
done

for e in 0 1 3 6 32 33 99 255; do
	told INVALID-COOKIE --trans="$TRANS" --exchange=$e
done
silent --trans="$TRANS" --exchange=5
told INVALID-MAJOR-VERSION --ikev2
told INVALID-MAJOR-VERSION --trans="$TRANS" --headerver=32

# Whom no rule is for.
ip -n $far addr add 192.0.2.3/24 dev tap0
silent --trans="$TRANS" --sourceip=192.0.2.3

# Where aggressive mode is what the rule says, the rule was warned of; but
# a short question is still none to be answered.
rules -d
ours passive 'aggressive auth hmac-sha2-256 enc aes group modp2048'
rules
silent --aggressive --id=us --trans="$OTHER" --dhgroup=14 \
    --pskcrack="$W/psk"
said 1 'our answer would have .* octets'
[ ! -s "$W/psk" ] || fail "a hash for a short question: $(cat "$W/psk")"

kill -TERM $dump
wait $dump
no_more
isakmpd_down
verdict
