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
# has left behind goes.

. ./live.sh

state=${SEED:-$(od -A n -N 3 -t u4 /dev/urandom | tr -d ' ')}
# each way once, at one of the ends; eight are each way at each
n=$((4 * N))
[ "$FULL" = 0 ] || n=$((100 * N))

# By the new daemon, not by what the old one has left in the kernel.
carries()
{
	on "$1" ikectl show sa | grep -q ' ESTABLISHED ' || return 1
	on ga ping -q -c 1 -w 1 169.254.0.2
}

revive()
{
	daemon "$1" -v
}

# What was replaced stays for some seconds, for its last packets.
tidy()
{
	one_pair ga
	one_pair gb
}

tidied()
{
	[ $((i % 10)) -ne 0 ] || tidy
}

children=3
pair
# gb, too, finds the other end again by itself, half of the time
both
dice 2
if [ $rolled -eq 1 ]; then
	sed -i 's/passive/active/' "$W/etc/gb/iked.conf"
fi
daemon gb -v
daemon ga -v
up ga sec0
up gb sec0

killings $n
tidy
verdict
