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


# lib.sh: what scenarios are made of; sourced, with what runtests.sh sets.
#
#	machine NAME umN=BACKEND ...	boot one (in $W/NAME)
#	booted				all of them are up
#	on NAME command ...		run it there
#	start NAME command ...		the same in the background, as $started
#	hub NAME port ...		a wire that records $W/NAME.pcap
#	await SECONDS command ...	until it succeeds; 1 if it never does
#	gateways			the pair below, with a tunnel
#	tunnel UNIT A ADDR B ADDR	secUNIT between two machines, with keys
#	keys UNIT [cipher]		its SAs, anew
#	load SECONDS [NAME ADDR]; unload	pings from ha to hb, or others,
#					one each so many seconds; how many
#					were $sent and $lost
#	daemon NAME [option ...]	$DAEMON there (iked), with what is in
#				its etc, logging to $W/NAME.$DAEMON
#	undaemon NAME			end it; it has to leave nothing behind
#	active NAME secN ...		whether all these have link
#	up NAME secN ...		they have, before long
#	fail text			say what is wrong, and go on
#	verdict				exit as the failures say
#
# Everything that was started ends with the script.  OPTS are options for
# machines, such as "-j 2".

set -u
: "${TOP:=$(cd ../../.. && pwd)}" "${CONF:=GENERIC}" "${FULL:=0}" "${N:=1}"
: "${KERN:=$TOP/sys/arch/um/compile/$CONF}" "${OPTS:=}" "${DAEMON:=iked}"
: "${W:?lib.sh wants W, a scratch directory; see runtests.sh}"
HUB=$TOP/regress/lib/$CONF/hub
PCAPLS=$TOP/regress/lib/$CONF/pcapls
# an await that succeeds costs nothing: room for a machine with much to do
patience=30
[ "$CONF" = GENERIC ] || patience=60
machines=
pids=
clients=
failed=0
umask 077

fail()
{
	echo "$*"
	failed=1
}

verdict()
{
	exit $failed
}

# The end of the script, whatever its cause.  A kernel that stopped by
# itself or leaked spoils it.
the_end()
{
	rc=$?
	trap - EXIT
	for p in $clients; do
		kill -KILL "$p" 2>/dev/null
	done
	for p in $pids; do
		kill "$p" 2>/dev/null
	done
	for p in $pids; do
		wait "$p" 2>/dev/null
		case $? in
		0|143)	;;
		*)	echo "process $p ended with $?"
			rc=1 ;;
		esac
	done
	if [ $rc -ne 0 ] && [ $rc -ne 77 ]; then
		[ -z "$machines" ] || grep -H . "$W"/*.log
		for f in "$W"/*."$DAEMON"; do
			[ ! -e "$f" ] || tail -v -n 100 "$f"
		done
		for m in $machines; do
			grep -H 'panic\|leak' "$W/$m/console"
		done
	fi
	exit $rc
}
trap the_end EXIT
trap 'exit 1' HUP INT TERM

# await SECONDS command ...: three times as long where nothing else runs, and
# longer if the kernels are slow ones.
await()
{
	deadline=$(($(date +%s%N) + $1 * patience * 100000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s%N)" -lt $deadline ] || return 1
		sleep 0.02
	done
}

machine()
{
	name=$1
	shift
	mkdir -p "$W/etc/$name"
	echo "$name" >"$W/etc/$name/myname"
	BSD_LEAKS=1 "$KERN/bsd" $OPTS -D -d "$W/$name" -e "$W/etc/$name" "$@" \
	    >"$W/$name.out" 2>"$W/$name.log" &
	pids="$pids $!"
	echo $! >"$W/$name.pid"
	machines="$machines $name"
}

booted()
{
	for m in $machines; do
		await 10 test -e "$W/$m/up" && continue
		fail "$m does not boot: $(cat "$W/$m.log")"
		exit 1
	done
}

# In the foreground, in a process of its own that exec makes the command's.
on()
{
	name=$1
	shift
	"$KERN/bsd" -a "$W/$name" -- "$@"
}

start()
{
	name=$1
	shift
	"$KERN/bsd" -a "$W/$name" -- "$@" &
	started=$!
	clients="$clients $started"
}

hub()
{
	name=$1
	shift
	"$HUB" ${SEED:+-s "$SEED"} -w "$W/$name.pcap" -c "$W/$name.ctl" "$@" \
	    >"$W/$name.out" 2>"$W/$name.log" &
	pids="$pids $!"
	hubpid=$!
}

daemon()
{
	name=$1
	shift
	san=${ASAN_OPTIONS:-}
	# who has given up root and the files cannot look for leaks
	[ "$(id -u)" != 0 ] || san=$san:detect_leaks=0
	start "$name" env ASAN_OPTIONS="$san" "$DAEMON" -d "$@" \
	    2>>"$W/$name.$DAEMON"
	echo $started >"$W/$name.$DAEMON.pid"
}

undaemon()
{
	p=$(cat "$W/$1.$DAEMON.pid")
	kill "$p" && wait "$p" || fail "$DAEMON of $1: exit $?"
	set -- "$1" "$(on "$1" ipsecctl -s sa)"
	[ -z "$2" ] || fail "$DAEMON of $1 leaves SAs: $2"
}

active()
{
	name=$1
	shift
	for i; do
		on "$name" ifconfig "$i" | grep -q 'status: active' || return 1
	done
}

up()
{
	await 10 active "$@" && return
	fail "not active: $*"
	exit 1
}

# Hexadecimal digits of n random bytes, at most 64.
random()
{
	[ -z "${SEED:-}" ] || {
		echo >>"$W/random"
		echo "$SEED $(wc -l <"$W/random")" | sha512sum |
		    cut -c "1-$(($1 * 2))"
		return
	}
	od -A n -v -N "$1" -t x1 /dev/urandom | tr -d ' \n'
}

spi=4096
pinger=ha

# keys UNIT [cipher ...]: new SAs for a tunnel, at both ends.  The cipher is
# "aes", or "aes-128-gcm testonly".
keys()
{
	cipher=${2:-aes}
	auth="auth hmac-sha2-256" akey="authkey 0x$(random 32):0x$(random 32)"
	n=16
	[ "$cipher" = aes ] || auth='' akey='' n=20
	spi=$((spi + 2))
	ekey="enckey 0x$(random $n):0x$(random $n)"
	swapped=$(echo "$ekey $akey" |
	    sed 's/\(0x[0-9a-f]*\):\(0x[0-9a-f]*\)/\2:\1/g')
	eval "set -- $1 \$ends_$1"
	echo "esp from $3 to $5 spi $spi:$((spi + 1)) $auth enc $cipher" \
	    "$ekey $akey interface sec$1" >"$W/$2.sec$1.conf"
	echo "esp from $5 to $3 spi $((spi + 1)):$spi $auth enc $cipher" \
	    "$swapped interface sec$1" >"$W/$4.sec$1.conf"
	on "$2" ipsecctl -f "$W/$2.sec$1.conf" &&
	    on "$4" ipsecctl -f "$W/$4.sec$1.conf" ||
	    fail "no keys for sec$1"
}

# tunnel UNIT A ADDR B ADDR: A has 169.254.UNIT.1 inside, B .2.
tunnel()
{
	eval "ends_$1='$2 $3 $4 $5'"
	on "$2" sh -ec "ifconfig sec$1 create
	    ifconfig sec$1 169.254.$1.1/30 169.254.$1.2 up"
	on "$4" sh -ec "ifconfig sec$1 create
	    ifconfig sec$1 169.254.$1.2/30 169.254.$1.1 up"
	keys "$1"
}

# ha 10.1.0.2 -- ga 192.0.2.1 ==[wire]== 192.0.2.2 gb -- 10.2.0.2 hb
gateways()
{
	hub wire "$W/wa" "$W/wb"
	machine ga um0=wire:"$W/wa" um1=wire:"$W/la"
	machine gb um0=wire:"$W/wb" um1=wire:"$W/lb"
	machine ha um0=wire:"$W/la"
	machine hb um0=wire:"$W/lb"
	booted
	router ga 192.0.2.1 10.1.0.1
	router gb 192.0.2.2 10.2.0.1
	on ha sh -ec 'ifconfig um0 10.1.0.2/24; route -q add default 10.1.0.1'
	on hb sh -ec 'ifconfig um0 10.2.0.2/24; route -q add default 10.2.0.1'
	tunnel 0 ga 192.0.2.1 gb 192.0.2.2
	on ga route -q add 10.2.0.0/24 169.254.0.2
	on gb route -q add 10.1.0.0/24 169.254.0.1
	await 10 on ha ping -q -c 1 -w 1 10.2.0.2 ||
	    fail "nothing comes through the tunnel"
}

router()
{
	on "$1" sh -ec "ifconfig um0 $2/24
	    ifconfig um1 $3/24
	    sysctl -q net.inet.ip.forwarding=1"
}

# Answers that it ever had, whether ping was still there to see them or not.
replies()
{
	on "$pinger" netstat -s -p icmp | awk '
	/Input histogram/ { on = 1 }
	on && /echo reply:/ { n = $3 }
	END { print n + 0 }'
}

load()
{
	pinger=${2:-ha}
	replied=$(replies)
	start "$pinger" ping -q -i "$1" -c 1000000 -w 1 "${3:-10.2.0.2}" \
	    >"$W/load" 2>&1
	loader=$started
}

unload()
{
	kill -INT "$loader"
	wait "$loader"
	sent=$(awk '/packets transmitted/ { print $1 }' "$W/load")
	[ -n "$sent" ] || { sent=0; cat "$W/load"; }
	# what was on its way arrives, or nothing does any more
	lost=$((sent - $(replies) + replied))
	quiet=0
	while [ $lost -gt 0 ] && [ $quiet -lt 10 ]; do
		sleep 0.1
		quiet=$((quiet + 1)) missed=$lost
		lost=$((sent - $(replies) + replied))
		[ $lost -eq $missed ] || quiet=0
	done
}

# counter MACHINE text netstat-option ...: the number before the text
counter()
{
	name=$1
	text=$2
	shift 2
	on "$name" netstat -s "$@" | sed -n "s/^	\([0-9]*\) $text.*/\1/p"
}

# clear_text WIRE: frames on it that are neither ARP nor ESP
clear_text()
{
	"$PCAPLS" "$W/$1.pcap" | grep -v -e ' ARP ' -e ' ESP ' | head -n 5
}

esp_frames()
{
	"$PCAPLS" "$W/$1.pcap" | grep -c ' ESP '
}
