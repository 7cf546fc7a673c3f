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


# A file that others may write or read is refused, as it may hold keys; so is
# what is no file.

set -u
model=${MODEL:-$(pwd)/${CONF:-}/model}
umask 077
status=0
cd "$W" || exit 1

# refused file text: exit 1 and that one line
refused()
{
	"$model" -f "$1" >got 2>&1
	rc=$?
	echo "$1: $2" >want
	if [ $rc -ne 1 ] || ! cmp -s want got; then
		echo "exit $rc"
		diff -u want got
		status=1
	fi
}

open='group writable or world read/writable: chmod 600 it'
for mode in 604 602 601 620 610 666; do
	echo '[General]' >open
	chmod $mode open
	refused open "$open"
done
chmod 640 open
"$model" -f open || { echo "mode 640: refused"; status=1; }
printf '\357\273\277[General]\r\nRetransmits= 3\r\n' >crlf
"$model" -f crlf || { echo "CR LF: refused"; status=1; }
: >empty
"$model" -f empty || { echo "empty: refused"; status=1; }
mkdir directory
refused directory 'is no regular file'
mkfifo fifo
refused fifo 'is no regular file'
refused missing 'No such file or directory'
"$model" -m missing || { echo "missing: refused"; status=1; }
head -c 16777217 /dev/zero >large
refused large 'is larger than 16 MB'

# However many errors, no more lines than people read.
yes 'no value' | head -c 1048576 | { echo '[s]'; cat; } >many
"$model" -f many >got 2>&1
if [ $? -ne 1 ] || [ "$(wc -l <got)" -ne 101 ]; then
	echo "many: $(wc -l <got) lines"
	status=1
fi
# What may be a key is in no message.
if printf '[s]\nAuthentication secret\n' >key && "$model" -f key 2>got ||
    grep secret got; then
	status=1
fi
exit $status
