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

# Manual SAs in a kernel: load, show, delete, flush, watch, and what the
# kernel refuses.

set -u
[ -n "${UM_SOCKET:-}" ] || exec "$KERN/bsd" um0=inject: -- sh "$0"
umask 077
# With its full name: a function in the background has a shell of its own.
ipsecctl=${IPSECCTL:-$KERN/sbin/ipsecctl}
status=0
fail()
{
	echo "$*"
	status=1
}

# same name: file name is what it should be; seconds are any
same()
{
	sed 's/ add [1-9][0-9]*/ add SECONDS/' "$W/$1" >"$W/$1.got"
	diff -u "$W/want" "$W/$1.got" || fail "$1"
}

# says text: the last command failed, and said so
says()
{
	[ $rc -eq 1 ] || fail "exit $rc, not 1"
	grep -qF "$1" "$W/err" || { fail "not said: $1"; cat "$W/err"; }
}

# the line of -s sa: spi, algorithms
in_sa()
{
	printf '%s\n' "esp tunnel from 198.51.100.14 to 192.0.2.8 spi $1 $2"
}

out_sa()
{
	printf '%s\n' "esp tunnel from 192.0.2.8 to 198.51.100.14 spi $1 $2"
}

k16=00112233445566778899aabbccddeeff
k32=$k16$k16
k36=$k32$(echo $k16 | cut -c1-8)
hosts="from 192.0.2.8 to 198.51.100.14"

ifconfig um0 inet 192.0.2.8/24 up || exit 1
ifconfig lo0 inet 127.0.0.1/8 || exit 1
ifconfig sec0 create || exit 1

# Nothing there.
"$ipsecctl" -s all >"$W/empty" || fail "-s all"
printf 'FLOWS:\nNo flows\n\nSAD:\nNo entries\n' >"$W/want"
same empty
"$ipsecctl" -s sa >"$W/empty" || fail "-s sa"
"$ipsecctl" -s flow >>"$W/empty" || fail "-s flow"
: >"$W/want"
same empty

cat >"$W/conf" <<END
esp $hosts spi 0x200:0x100 enc aes-256 authkey 0x$k32:0x$k32 \\
	enckey 0x$k32:0x$k32 esn interface sec0
esp from 198.51.100.14 to um0 spi 0x300:0x400 enc aes-256-gcm \\
	enckey 0x$k36:0x$k36 interface sec1 testonly
esp $hosts spi 0xfffffff0 enc null authkey 0x$k32 udpencap
END

"$ipsecctl" -m >"$W/monitor" &
monitor=$!
# when it begins to listen is its own affair
i=0
until [ -s "$W/monitor" ]; do
	i=$((i + 1))
	[ $i -lt 300 ] || { fail "the monitor hears nothing"; break; }
	"$ipsecctl" -F
	sleep 0.1
done

"$ipsecctl" -f "$W/conf" 2>"$W/err" || fail "-f"
grep -q 'conf: 3: warning: aes-256-gcm with static keys' "$W/err" ||
    fail "no warning"
{
	in_sa 0x00000100 "auth hmac-sha2-256 enc aes-256"
	out_sa 0x00000200 "auth hmac-sha2-256 enc aes-256"
	in_sa 0x00000300 "enc aes-256-gcm"
	out_sa 0x00000400 "enc aes-256-gcm"
	out_sa 0xfffffff0 "auth hmac-sha2-256 enc null"
} >"$W/want"
"$ipsecctl" -s sa >"$W/sas"
same sas
"$ipsecctl" -sa >"$W/all"
{ printf 'FLOWS:\nNo flows\n\nSAD:\n'; cat "$W/want"; } >"$W/want2"
mv "$W/want2" "$W/want"
same all

# Which way is told by the end that is local, whichever is written first.
"$ipsecctl" -ss -v | awk '/^esp/ { spi = $8 } /interface:/ { print spi, $0 }' \
    >"$W/ifaces"
printf '%s \t%s\n' 0x00000100 'interface: sec0 direction in' \
    0x00000200 'interface: sec0 direction out' \
    0x00000300 'interface: sec1 direction in' \
    0x00000400 'interface: sec1 direction out' >"$W/want"
same ifaces

# Keys with -k alone.
"$ipsecctl" -ss -vv | grep -q $k16 && fail "keys without -k"
"$ipsecctl" -ss -vvk >"$W/verbose"
sed -n '1,22p' "$W/verbose" >"$W/one"
in_sa 0x00000100 "auth hmac-sha2-256 enc aes-256 \\" |
    sed 's/^/@0 /' >"$W/want"
cat >>"$W/want" <<END
	authkey 0x$k32 \\
	enckey 0x$k32
	sa: spi 0x00000100 auth hmac-sha2-256 enc aes
		state mature replay 64 flags 0x404<tunnel,esn>
	lifetime_cur: alloc 0 bytes 0 add SECONDS first 0
	address_src: 198.51.100.14
	address_dst: 192.0.2.8
	key_auth: bits 256: $k32
	key_encrypt: bits 256: $k32
	counter:
		0 input packets
		0 output packets
		0 input bytes
		0 output bytes
		0 input bytes, decompressed
		0 output bytes, uncompressed
		0 packets dropped on input
		0 packets dropped on output
	replay: rpl 0
	interface: sec0 direction in
END
out_sa 0x00000200 "auth hmac-sha2-256 enc aes-256 \\" |
    sed 's/^/@1 /' >>"$W/want"
same one
grep -q '	udpencap: udpencap port 4500' "$W/verbose" || fail "no udpencap"

# Once more: each SA exists; the others of the file are tried all the same.
"$ipsecctl" -f "$W/conf" 2>"$W/err"
rc=$?
says "ipsecctl: failed to add rule 0: $W/conf: 1: esp rule: spi 0x00000200"
says "failed to add rule 4: $W/conf: 5: esp rule: spi 0xfffffff0"

# A file with an error changes nothing, not even with -F.
{ cat "$W/conf"; echo foo; } >"$W/bad"
"$ipsecctl" -F -f "$W/bad" 2>"$W/err"
rc=$?
says "$W/bad: 6: syntax error near \"foo\""
[ "$("$ipsecctl" -ss | wc -l)" -eq 5 ] || fail "a bad file cost SAs"

"$ipsecctl" -d -f "$W/conf" 2>"$W/err" || fail "-d"
[ -z "$("$ipsecctl" -ss)" ] || fail "SAs after -d"
"$ipsecctl" -d -f "$W/conf" 2>"$W/err"
rc=$?
says "failed to delete rule 1: $W/conf: 1: esp rule: spi 0x00000100 to \
192.0.2.8: there is no such SA"

"$ipsecctl" -n -f "$W/conf" 2>/dev/null || fail "-n"
[ -z "$("$ipsecctl" -ss)" ] || fail "-n loaded SAs"
"$ipsecctl" -f "$W/conf" 2>/dev/null
"$ipsecctl" -F -f "$W/conf" 2>/dev/null || fail "-F and -f"
[ "$("$ipsecctl" -ss | wc -l)" -eq 5 ] || fail "SAs after -F -f"
"$ipsecctl" -F || fail "-F"
[ -z "$("$ipsecctl" -ss)" ] || fail "SAs after -F"

# Interfaces and groups stand for their addresses.
echo "esp from um0 to lo spi 0x100 enc null authkey 0x$k32" |
    "$ipsecctl" -nv -f - >"$W/names" || fail "names"
echo "esp tunnel from 192.0.2.8 to 127.0.0.1 spi 0x00000100 auth\
 hmac-sha2-256 enc null" >"$W/want"
same names

# Ends of which none is local, or both are.
iface="spi 0x100:0x200 enc null authkey 0x$k32:0x$k32 interface sec0"
echo "esp from 10.0.0.1 to 10.0.0.2 $iface" | "$ipsecctl" -f - 2>"$W/err"
rc=$?
says "stdin: 1: interface sec0: neither 10.0.0.1 nor 10.0.0.2 is an address"
echo "esp from um0 to lo0 $iface" | "$ipsecctl" -f - 2>"$W/err"
rc=$?
says "stdin: 1: interface sec0: both 192.0.2.8 and 127.0.0.1 are addresses"
echo "esp from sec0 to 10.0.0.2 $iface" | "$ipsecctl" -f - 2>"$W/err"
rc=$?
says "stdin: 1: sec0 has no address"

# Each algorithm that this kernel has, by the names it goes by.
k20=$(echo $k32 | cut -c1-40) k24=$(echo $k32 | cut -c1-48) k28=$k24$(
    echo $k16 | cut -c1-8) k48=$k32$k16 k64=$k32$k32
n=4095
while read -r auth akey enc ekey; do
	n=$((n + 1))
	spi=$(printf '0x%08x' $n)
	[ $akey = - ] && rule= || rule="auth $auth authkey 0x$akey"
	[ $ekey = - ] && rule="$rule enc $enc" ||
	    rule="$rule enc $enc enckey 0x$ekey"
	case $enc in
	aesctr|*gcm|*gmac|chacha*|*ctr)
		rule="$rule testonly" ;;
	esac
	echo "esp $hosts spi $spi $rule" >>"$W/each"
	[ $akey = - ] && out_sa $spi "enc $enc" ||
	    out_sa $spi "auth $auth enc $enc"
done >"$W/want" <<END
hmac-sha1 $k20 null -
hmac-sha2-256 $k32 null -
hmac-sha2-384 $k48 null -
hmac-sha2-512 $k64 null -
hmac-sha1 $k20 3des-cbc $k24
hmac-sha2-384 $k48 aes-192 $k24
hmac-sha2-512 $k64 aes-256 $k32
hmac-sha1 $k20 aesctr $k20
hmac-sha2-256 $k32 aes-192-ctr $k28
hmac-sha2-256 $k32 aes-256-ctr $k36
- - aes-128-gcm $k20
- - aes-192-gcm $k28
- - aes-256-gcm $k36
- - aes-128-gmac $k20
- - aes-192-gmac $k28
- - aes-256-gmac $k36
- - chacha20-poly1305 $k36
END
"$ipsecctl" -f "$W/each" 2>"$W/err" || { fail "an algorithm"; cat "$W/err"; }
"$ipsecctl" -ss >"$W/eachsa"
same eachsa
"$ipsecctl" -F

# What this kernel has not, by name.
cat >"$W/more" <<END
ah $hosts spi 0x100 auth hmac-md5 authkey 0x$k16
ipcomp $hosts spi 0x100
tcpmd5 $hosts spi 0x100 authkey 0x$k16
flow ipcomp out from 10.1.0.0/16 to 10.2.0.0/16 peer 198.51.100.14
esp $hosts spi 0x100 enc blowfish authkey 0x$k32 enckey 0x$k16
esp $hosts spi 0x101 auth hmac-md5 enc null authkey 0x$k16
END
"$ipsecctl" -f "$W/more" 2>"$W/err"
rc=$?
says "$W/more: 1: ah rule: spi 0x00000100 to 198.51.100.14: kernel does\
 not support hmac-md5"
says "$W/more: 2: ipcomp rule: kernel does not support ipcomp"
says "$W/more: 3: tcpmd5 rule: kernel does not support tcpmd5"
says "$W/more: 4: flow rule: kernel does not support flows of ipcomp"
says "$W/more: 5: esp rule: spi 0x00000100 to 198.51.100.14: kernel does\
 not support blowfish"
says "$W/more: 6: esp rule: spi 0x00000101 to 198.51.100.14: kernel does\
 not support hmac-md5"

# Rules for isakmpd are tried for themselves, and cost no others.
cat >"$W/mixed" <<END
ike interface sec0 peer 198.51.100.14 psk Sesame
esp $hosts spi 0x102 enc null authkey 0x$k32
ike interface sec1 peer 198.51.100.15 psk Sesame
END
"$ipsecctl" -f "$W/mixed" 2>"$W/err"
rc=$?
says "failed to add ike rule 0: $W/mixed: 1: /var/run/isakmpd.fifo: isakmpd is\
 not running"
says "failed to add ike rule 2: $W/mixed: 3: /var/run/isakmpd.fifo: isakmpd is\
 not running"
[ "$("$ipsecctl" -ss | grep -c 0x00000102)" -eq 1 ] || fail "mixed rules"
mkfifo "$UM_RUN/isakmpd.fifo"
exec 3<>"$UM_RUN/isakmpd.fifo"
"$ipsecctl" -d -f "$W/mixed" || fail "mixed rules: -d"
exec 3>&-
[ -z "$("$ipsecctl" -ss)" ] || fail "mixed rules after -d"

# The monitor saw it all, no key among it; its last message is one more flush.
n=$(grep -c '^sadb_flush: ' "$W/monitor")
"$ipsecctl" -F
i=0
until [ "$(grep -c '^sadb_flush: ' "$W/monitor")" -gt "$n" ]; do
	i=$((i + 1))
	[ $i -lt 300 ] || { fail "the monitor does not end"; break; }
	sleep 0.1
done
kill $monitor
wait $monitor 2>/dev/null
for what in 'sadb_add: satype esp vers 2 len [0-9]* seq 1 pid [0-9]*$' \
    '	sa: spi 0x00000200 auth hmac-sha2-256 enc aes$' \
    '		state mature replay 64 flags 0x404<tunnel,esn>$' \
    '	address_dst: 198.51.100.14$' '	interface: sec0 direction out$' \
    '	errno 17: File exists$' '	errno 3: No such process$' \
    'sadb_delete: satype esp vers 2' 'sadb_flush: satype unspec vers 2'; do
	grep -q "^$what" "$W/monitor" || fail "monitor did not see: $what"
done
grep -q $k16 "$W/monitor" && fail "monitor shows keys"

exit $status
