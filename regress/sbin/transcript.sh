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

# transcript.sh name: run the lines of name.in, each a command, inside a
# kernel of their own.  What they print, and how they end when that is not
# 0, must be name.ok, but for what is different each time: link addresses
# and times.  With name.peer, um0 is a wire to a second kernel that has run
# the lines of that, and has a um1, too.

set -eu
: "${TOP:=../../..}" "${CONF:=GENERIC}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
KERN=$(cd "$TOP/sys/arch/um/compile/$CONF" && pwd)
PATH=$KERN:$PATH
export PATH W

cat >"$W/run.sh" <<'END'
while IFS= read -r line; do
	printf '$ %s\n' "$line"
	rc=0
	(eval "$line") </dev/null || rc=$?
	[ $rc -eq 0 ] || echo "[$rc]"
done
END

same()
{
	sed -e 's/lladdr [0-9a-f:]*$/lladdr LLADDR/' \
	    -e 's/time=[0-9.]* ms/time=T ms/' \
	    -e 's/pltime 99[0-9] vltime 299[0-9]/pltime 1000 vltime 3000/' \
	    -e 's|^\(round-trip .* = \)[0-9./]* ms$|\1T/T/T/T ms|' \
	    -e "s|$W|W|g"
}

backend=inject:
peer=
if [ -f "$1.peer" ]; then
	backend=wire:$W/wire
	bsd um0="$backend" um1=inject: -- sh -ec "
		$(cat "$1.peer")
		touch '$W/ready'
		while [ ! -e '$W/done' ]; do sleep 0.1; done" &
	peer=$!
	while [ ! -e "$W/ready" ]; do
		kill -0 $peer 2>/dev/null || exit 1
		sleep 0.1
	done
fi

rc=0
bsd um0="$backend" -- sh "$W/run.sh" <"$1.in" >"$W/out" 2>&1 || rc=$?
touch "$W/done"
[ -z "$peer" ] || wait $peer
[ $rc -eq 0 ] || {
	cat "$W/out"
	echo "bsd ended with $rc"
	exit 1
}
same <"$W/out" >"$W/out.same"
diff -u "$1.ok" "$W/out.same"
