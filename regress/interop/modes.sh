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

# scapy and tshark decode packets of every kind that leave: each cipher and
# MAC, ESP and AH, tunnel and transport mode, with extended numbers, in UDP,
# over IPv4 and IPv6; what was inside is compared byte for byte.

set -u
: "${TOP:=$(cd ../.. && pwd)}" "${CONF:=GENERIC}" "${SEED:=1}"
: "${KREGRESS:=$TOP/sys/arch/um/compile/REGRESS.$CONF}"
: "${W:?a scratch directory; see runtests.sh}"
python=/usr/bin/python3
[ -x $python ] || { echo "no $python"; exit 77; }
HOME=$W
export HOME

for t in tun_show_esp tun_show_modes; do
	BSD_KTEST=$t "$KREGRESS/bsd" -s "$SEED" >"$W/$t" 2>&1 || {
		tail -n 5 "$W/$t"
		exit 1
	}
done
cat "$W/tun_show_esp" "$W/tun_show_modes" >"$W/packets"
$python -I esp_modes.py "$W/packets" "$W/pcap" "$W/table" "$W/wanted"
rc=$?
[ $rc -ne 77 ] || exit 77
command -v tshark >/dev/null || { echo "no tshark"; exit $rc; }

set --
while read -r sa; do
	set -- "$@" -o "uat:esp_sa:$sa"
done <"$W/table"
tshark -n -r "$W/pcap" -o esp.enable_encryption_decode:TRUE \
    -o esp.enable_authentication_check:TRUE "$@" -T fields -E separator=/s \
    -E occurrence=l -e frame.number -e data.data >"$W/found" 2>"$W/err" || {
	cat "$W/err"
	exit 1
}
awk '
FNR == NR {
	want[$1] = $2
	spare[$1] = $3 == "+" ? 2 * 17 : 0
	next
}
{
	if (index($2, want[$1]) == 1 &&
	    length($2) <= length(want[$1]) + spare[$1])
		n++
	else
		print "tshark finds in " $1 ": " $2 ", not " want[$1]
}
END {
	if (n != length(want))
		print "tshark finds " n " of " length(want) " packets"
}' "$W/wanted" "$W/found" >"$W/odd"
[ ! -s "$W/odd" ] || { head -n 20 "$W/odd"; rc=1; }
bad=$(tshark -n -r "$W/pcap" -o esp.enable_encryption_decode:TRUE \
    -o esp.enable_authentication_check:TRUE "$@" \
    -Y "_ws.malformed || esp.icv_bad == 1" 2>/dev/null | head -n 5)
[ -z "$bad" ] || { echo "tshark does not approve of: $bad"; rc=1; }
exit $rc
