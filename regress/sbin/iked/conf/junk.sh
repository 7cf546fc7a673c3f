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


# junk.sh B50: files that nobody meant as a configuration.  Each is refused
# with a few readable lines, and nothing crashes.

set -u
parse=${PARSE:-$(pwd)/${CONF:-}/parse}
N=${N:-1}
umask 077
cp ./*.in ./*.inc ./*.psk "$W"
cd "$W" || exit 1
status=0

# refused file [lines]: exit 1, so many lines or what 20 errors make, all of
# them short and printable
refused()
{
	"$parse" -c "$1" >out 2>err
	rc=$?
	lines=$(wc -l <err)
	if [ $rc -ne 1 ] || [ "$lines" -lt 1 ] ||
	    [ "$lines" -gt "${2:-21}" ] || [ -s out ] ||
	    LC_ALL=C grep -q '[^[:print:]]' err || grep -q '.\{600\}' err; then
		echo "$1: exit $rc, $lines lines"
		LC_ALL=C tr -dc '[:print:]\n' <err
		cp "$1" "$W/failed.$1"
		status=1
	fi
}

# parsed file: whatever it says, it ends by itself, and what is understood
# is printed so that it is understood again
parsed()
{
	"$parse" -c "$1" >out 2>err
	rc=$?
	if [ $rc -gt 1 ]; then
		echo "$1: exit $rc"
		cat err
		status=1
	fi
}

seed=${SEED:-$$}
echo "seed $seed"
i=0
while [ $i -lt $((30 * N)) ]; do
	i=$((i + 1))
	LC_ALL=C awk -v seed="$((seed + i))" 'BEGIN {
		srand(seed)
		printf "%c", 128
		for (n = int(rand() * 3000); n > 0; n--)
			printf "%c", int(rand() * 256)
	}' >random
	refused random
done

mib()
{
	head -c 1048576 /dev/zero | tr '\0' "$1"
}

mib a >line1
refused line1 1
{ printf 'ikev2 '; yes 'from any to any' | head -c 1048576 | tr '\n' ' '; } \
    >line2
refused line2 1
{ printf 'x = "'; mib b; echo '"'; } >line3
refused line3 1
{ printf '# '; mib c; echo; } >line4
refused line4 1
{ printf 'set foo\n'; mib d; printf '\nset bar\n'; } >line5
refused line5 3
grep -q '^line5: 3: .*bar' err || { echo "lost behind a long line"; cat err
    status=1; }
yes 'ikev2 from any to any \' | head -c 1048576 >line6
refused line6 1
yes 'ikev2' | head -c 1048576 >line7
refused line7 21
{ printf 'ikev2 from any to any srcid "'; head -c 200000 /dev/zero | tr '\0' e
    echo '"'; } >line8
refused line8 1
{ echo 'set mobike'; head -c 9 /dev/zero; } >nul
refused nul 1
mib '\0' >nuls
refused nuls 1
printf 'set mobike "\n' >string
refused string 1
yes '"' | head -c 1048576 >strings
refused strings 21
mkdir directory
refused directory 1
refused nosuchfile 1
mkfifo fifo
refused fifo 1
echo 'include "self"' >self
refused self 1
echo 'include "ping"' >pong
echo 'include "pong"' >ping
refused ping 1
for mode in 604 602 601 620 610 666; do
	cp sec4.in open
	chmod $mode open
	refused open 1
done
chmod 640 open
parsed open
[ $rc -eq 0 ] || { echo "mode 640: refused"; cat err; status=1; }

{ echo 'ikev2 "one" from any to any srcid a iface sec0'
    echo 'ikev2 "two" from any to any srcid a iface sec0'; } >twice
refused twice 1
# Keys that begin with 0, have 7 characters, have 65: all good.
parsed psk.in
[ $rc -eq 0 ] || { echo "psk.in: refused"; cat err; status=1; }

# Sixteen files deep is too deep, fifteen is not.
i=0
while [ $i -lt 15 ]; do
	i=$((i + 1))
	echo "include \"deep$((i + 1))\"" >deep$i
done
cp sec4.in deep16
parsed deep1
[ $rc -eq 0 ] || { echo "16 files deep: refused"; cat err; status=1; }
echo 'include "deep1"' >deep0
refused deep0 1

# Each beginning of a file, and each file with a byte that is another.
cat two-gateways.in ids.in props.in psk.in >whole
size=$(wc -c <whole)
step=$((71 / N + 1))
i=$((seed % step))
set -- '"' '\\' '{' ' ' '\n' '$' x 0
while [ $i -lt "$size" ]; do
	i=$((i + step))
	{ head -c $i whole; printf "$1"; tail -c +$((i + 2)) whole; } >changed
	parsed changed
	head -c $i whole >part
	parsed part
	set -- "$@" "$1"
	shift
done

exit $status
