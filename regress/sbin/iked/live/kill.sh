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

seed=${SEED:-$(od -A n -N 3 -t u4 /dev/urandom | tr -d ' ')}
# each way once, at one of the ends; eight are each way at each
n=$((4 * N))
[ "$FULL" = 0 ] || n=$((100 * N))

# dice N: $rolled, 0 to N - 1
dice()
{
	state=$(((state * 1103515245 + 12345) & 0x7fffffff))
	rolled=$((state / 65536 % $1))
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

family()
{
	p=$(cat "$W/$1.iked.pid")
	echo "$p" $(ps -o pid= --ppid "$p")
}

all_gone()
{
	for p; do
		await 5 gone "$p" || fail "$what: process $p stays"
	done
}

# Those that have ended are nobody's to kill any more.
forget()
{
	for p; do
		clients=$(echo "$clients " | sed "s/ $p / /")
		pids=$(echo "$pids " | sed "s/ $p / /")
	done
}

kill_daemon()
{
	all=$(family "$1")
	parent=${all%% *}
	case $2 in
	all)	kill -KILL $all ;;
	parent)	kill -KILL "$parent" ;;
	child)	set -- $(echo "${all#* }" | cut -d ' ' -f $((1 + $3)))
		kill -KILL "$1" ;;
	esac
	wait "$parent" 2>/dev/null
	forget "$parent"
	all_gone $all
}

kill_kernel()
{
	all=$(family "$1")
	k=$(cat "$W/$1.pid")
	kill -KILL "$k"
	wait "$k" 2>/dev/null
	wait "${all%% *}" 2>/dev/null
	forget "$k" "${all%% *}"
	all_gone $all
	rm -f "$W/$1/up"
	case $1 in
	ga)	machine ga um0=wire:"$W/wa" ;;
	gb)	machine gb um0=wire:"$W/wb" ;;
	esac
	booted
	case $1 in
	ga)	addresses ga 1 2 ;;
	gb)	addresses gb 2 1 ;;
	esac
}

# By the new daemon, not by what the old one has left in the kernel.
carries()
{
	on "$1" ikectl show sa | grep -q ' ESTABLISHED ' || return 1
	on ga ping -q -c 1 -w 1 169.254.0.2
}

# What was replaced stays for some seconds, for its last packets.
tidy()
{
	one_pair ga
	one_pair gb
}

state=$seed
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

i=0
while [ $i -lt "$n" ]; do
	m=ga
	[ $(((i + i / 4 + seed) % 2)) -eq 0 ] || m=gb
	how=$(((i + seed) % 4))
	what="kill $i of $m, way $how, seed $seed"
	case $how in
	0)	kill_daemon $m all ;;
	1)	dice 3
		kill_daemon $m child $rolled ;;
	2)	kill_kernel $m ;;
	3)	kill_daemon $m parent ;;
	esac
	# down for a while or not at all
	dice 10
	sleep 0.$rolled
	begin=$(date +%s%N)
	daemon $m -v
	await 10 carries $m || fail "$what: nothing comes through"
	took=$((($(date +%s%N) - begin) / 1000000))
	echo "$what: $took ms"
	[ "$CONF" != GENERIC ] || [ $took -le 10000 ] || fail "too late"
	[ $failed = 0 ] || break
	i=$((i + 1))
	[ $((i % 10)) -ne 0 ] || tidy
done
tidy
verdict
