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


# Daemons and kernels of both ends are killed at random: once they are
# started again the tunnel carries within 10 seconds, and what the dead one
# has left behind is gone.

. ./live.sh

state=${SEED:-$(od -A n -N 3 -t u4 /dev/urandom | tr -d ' ')}
children=2
# each way once, at one of the ends; eight are each way at each
n=$((4 * N))
[ "$FULL" = 0 ] || n=$((100 * N))

# By the new daemon, not by what the old one has left in the kernel.
carries()
{
	sas "$1" | grep -q '^SA phase 2 .* mature$' || return 1
	on ga ping -q -c 1 -w 1 169.254.0.2
}

revive()
{
	run "$1"
	load "$1"
}

# The kernels have what the daemons know of, and nothing else.
known()
{
	for m in ga gb; do
		sas $m | sed -n 's/.* spi in 0x\([^ ]*\) .*/\1/p' |
		    sort >"$W/known"
		on $m ipsecctl -s sa -v | awk '
		/^esp / {
			for (i = 1; i < NF; i++)
				if ($i == "spi")
					spi = substr($(i + 1), 3)
		}
		/direction in/ { print spi }' | sort >"$W/there"
		cmp "$W/known" "$W/there" || return 1
	done
}

tidied()
{
	await 10 known || fail "$what: SAs of nobody"
}

pair
both active
begin first
killings $n
undaemon ga
undaemon gb
verdict
