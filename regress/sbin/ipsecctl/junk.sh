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

# Files that nobody meant as a configuration, B50 of the bad inputs: each is
# refused with a few readable lines, and nothing crashes.

set -u
IPSECCTL=${IPSECCTL:-$KERN/sbin/ipsecctl}
umask 077
cp ./*.in ./*.inc ./*.key "$W"
cd "$W" || exit 1
status=0

# refused file: exit 1, no more lines than ten errors make, all printable
refused()
{
	"$IPSECCTL" -nv -f "$1" >out 2>err
	rc=$?
	lines=$(wc -l <err)
	if [ $rc -ne 1 ] || [ "$lines" -lt 2 ] || [ "$lines" -gt 12 ] ||
	    [ -s out ] || LC_ALL=C grep -q '[^[:print:]]' err; then
		echo "$1: exit $rc, $lines lines"
		LC_ALL=C tr -dc '[:print:]\n' <err
		cp "$1" "$W/failed.$1"
		status=1
	fi
}

# parsed file: whatever it says, it ends by itself
parsed()
{
	"$IPSECCTL" -n -f "$1" >out 2>err
	rc=$?
	if [ $rc -gt 1 ]; then
		echo "$1: exit $rc"
		status=1
	fi
}

seed=${SEED:-$$}
echo "seed $seed"
i=0
while [ $i -lt $((50 * N)) ]; do
	i=$((i + 1))
	LC_ALL=C awk -v seed="$((seed + i))" -v n=$((i * 11)) 'BEGIN {
		srand(seed)
		printf "%c", 254
		while (n-- > 0)
			printf "%c", int(rand() * 256)
	}' >random
	refused random
done

head -c 1048576 /dev/zero | tr '\0' a >line1
refused line1
yes 'flow out from' | head -c 1048576 | tr '\n' ' ' >line2
refused line2
{ printf 'flow out from { '; yes 10.0.0.1 | head -c 1048576 | tr '\n' ' '
    echo '} to 10.0.0.2'; } >line3
refused line3
{ printf 'x = "'; head -c 1048576 /dev/zero | tr '\0' b; echo '"'; } >line4
refused line4
{ echo 'flow out from 10.0.0.1 to 10.0.0.2'; head -c 9 /dev/zero; } >nul
refused nul
printf 'esp from 10.0.0.1 to 10.0.0.2 spi 1 authkey 0x\001\002\n' >control
refused control
mkdir directory
refused directory
refused nosuchfile
echo 'include "self"' >self
refused self
echo 'include "ping"' >pong
echo 'include "pong"' >ping
refused ping
cp flow1.in open
chmod 644 open
refused open
chmod 660 open
refused open

# Each beginning of a file, and each file with a byte that is another.
cat sa1.in sa12.in iface1.in flow9.in word1.in ike5.in ike12.in ike19.in >whole
size=$(wc -c <whole)
i=0
while [ $i -lt "$size" ]; do
	i=$((i + 13))
	head -c $i whole >part
	parsed part
	{ head -c $i whole; printf '"'; tail -c +$((i + 2)) whole; } >changed
	parsed changed
	{ head -c $i whole; printf '{'; tail -c +$((i + 2)) whole; } >changed
	parsed changed
done

# Twenty names deep is too deep, fifteen is not.
i=0
while [ $i -lt 14 ]; do
	i=$((i + 1))
	echo "include \"deep$((i + 1))\"" >deep$i
done
cp flow1.in deep15
parsed deep1
[ $rc -eq 0 ] || { echo "15 files deep: refused"; cat err; status=1; }

exit $status
