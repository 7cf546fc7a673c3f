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

# netstart: configure the network from the files hostname.* and mygate.
# It obeys hostname.if(5); the lines are read by awk, which gives back one
# command a line, quoted so that the shell takes it as it is.

set -u
export LC_ALL=C
unset IFS

usage()
{
	echo "usage: netstart [-n] [-d etcdir] [interface ...]" >&2
	exit 1
}

# One complaint; the work goes on, but the exit status tells.
complain()
{
	echo "netstart: $1" >&2
	status=1
}

# Run a command, or show it.
run()
{
	if [ "$print" -eq 1 ]; then
		echo "$*"
	else
		"$@"
	fi
}

# Without a um kernel the host's own network would be at stake.
check_user()
{
	[ -z "${UM_SOCKET:-}" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		echo "netstart: need root privileges" >&2
		exit 1
	fi
	if [ "$(uname -s)" = Linux ]; then
		echo "netstart: no um kernel here: UM_SOCKET is not set," \
		    "see bsd(8)" >&2
		exit 1
	fi
}

check_tools()
{
	[ "$(uname -s)" = Linux ] || return 0
	for t in ifconfig route sysctl; do
		[ -x "$here/$t" ] || {
			echo "netstart: $here/$t: is missing, and the" \
			    "host's $t must not be used instead" >&2
			exit 1
		}
	done
}

# Letters, then digits, as in sec0.
is_name()
{
	case $1 in
	''|[0-9]*|*[!a-z0-9]*|*[0-9][a-z]*|*[!0-9])
		return 1 ;;
	esac
}

# The interfaces that have a file, sorted.
all_names()
{
	for f in "$etc"/hostname.*; do
		[ -e "$f" ] || continue
		n=${f##*/hostname.}
		! is_name "$n" || echo "$n"
	done
}

# Is the driver of interface $1 one of the others?
driver_in()
{
	driver=${1%%[0-9]*}
	shift
	case " $* " in
	*" $driver "*)
		return 0 ;;
	esac
	return 1
}

create()
{
	if [ "$print" -eq 1 ]; then
		echo "{ ifconfig $1 || ifconfig $1 create; }"
	elif ! ifconfig "$1" >/dev/null 2>&1; then
		ifconfig "$1" create
	fi
}

# Pseudo interfaces first, so that files may name each other's.
create_pseudo()
{
	cloners=$(ifconfig -C 2>/dev/null)
	for n; do
		[ -e "$etc/hostname.$n" ] && driver_in "$n" $cloners ||
		    continue
		case $n in
		lo*)	;;
		*)	create "$n" 2>/dev/null ;;
		esac
	done
}

# Keys may be inside: nobody else shall read it.
check_mode()
{
	[ -n "$(find -L "$1" -prune \( -perm -001 -o -perm -002 -o \
	    -perm -004 \))" ] || return 0
	if [ ! -O "$1" ]; then
		echo "netstart: WARNING: $1 is insecure, and another user's" >&2
		return 0
	fi
	echo "WARNING: $1 is insecure, fixing permissions." >&2
	run chmod o-rwx "$1" ||
	    complain "$1: its permissions could not be fixed"
}

# What the file $1 says about interface $2, one record a line: number of the
# line, "c" and a command, or "e" and what is wrong.
commands()
{
	awk -v ifname="$2" '
	function fail(line, text) {
		print line, "e", text
	}
	# A word for the shell: in quotes when it needs them.
	function quote(w) {
		if (w != "" && w !~ /[^A-Za-z0-9_.,:\/%@+=-]/)
			return (w)
		gsub(/\047/, "\047\\\047\047", w)
		return ("\047" w "\047")
	}
	# Words of a line into W[1..]; 0 when a quote is not closed.
	function split_words(s,		i, c, q, w, inword) {
		q = w = ""
		inword = 0
		nw = 0
		for (i = 1; i <= length(s); i++) {
			c = substr(s, i, 1)
			if (q != "") {
				if (c == q)
					q = ""
				else
					w = w c
			} else if (c == "\"" || c == "\047") {
				q = c
				inword = 1
			} else if (c == " " || c == "\t") {
				if (inword)
					W[++nw] = w
				w = ""
				inword = 0
			} else if (c == "#" && !inword) {
				break
			} else {
				w = w c
				inword = 1
			}
		}
		if (inword)
			W[++nw] = w
		return (q == "")
	}
	function rest(from,	i, out) {
		out = ""
		for (i = from; i <= nw; i++)
			out = out " " quote(W[i])
		return (out)
	}
	# $if and ${if}, but not $iface
	function shell(s,	out, name) {
		out = ""
		while (match(s, /\$if|\$\{if\}/)) {
			name = substr(s, RSTART, RLENGTH)
			out = out substr(s, 1, RSTART - 1)
			s = substr(s, RSTART + RLENGTH)
			if (name == "$if" && s ~ /^[A-Za-z0-9_]/)
				out = out name
			else
				out = out ifname
		}
		return (out s)
	}
	# An address waits for the dest line that may follow it.
	function flush() {
		if (head != "")
			print at, "c", head tail
		head = tail = ""
	}
	function command(text) {
		print FNR, "c", text
	}
	function address(family,	i) {
		head = "ifconfig " ifname " " family
		at = FNR
		tail = ""
		i = 2
		if (W[i] == "alias") {
			head = head " alias"
			i++
		}
		if (i > nw) {
			fail(FNR, "no address behind " family)
			head = ""
			return
		}
		head = head " " quote(W[i++])
		if (i <= nw)
			tail = (family == "inet" ? " netmask " : \
			    " prefixlen ") quote(W[i++])
		if (family == "inet" && i <= nw) {
			if (W[i] != "NONE")
				tail = tail " broadcast " quote(W[i])
			i++
		}
		tail = tail rest(i)
	}
	function line(	w) {
		w = W[1]
		if (w == "dest") {
			if (head == "")
				fail(FNR, "dest does not follow an address")
			else if (nw != 2)
				fail(FNR, "dest wants one address")
			else
				head = head " " quote(W[2])
			flush()
			return
		}
		flush()
		if ((w == "inet" || w == "inet6") && (nw == 1 ||
		    W[2] == "alias" || W[2] ~ /[.:]/))
			address(w)
		else if (w == "dhcp" && nw == 1)
			command("ifconfig " ifname " inet autoconf")
		else
			command("ifconfig " ifname rest(1))
	}
	{ sub(/\r$/, "") }
	/[\001-\010\013-\037\177]/ {
		fail(FNR, "control character")
		next
	}
	/^[ \t]*!/ {
		flush()
		sub(/^[ \t]*![ \t]*/, "")
		if ($0 == "")
			fail(FNR, "no command behind !")
		else
			command(shell($0))
		next
	}
	{
		if (!split_words($0))
			fail(FNR, "quotation mark without its other half")
		else if (nw > 0)
			line()
		for (w in W)
			delete W[w]
	}
	END { flush() }
	' "$1"
}

# The command $3 of line $2 of file $1.
obey()
{
	if [ "$print" -eq 1 ]; then
		printf '%s\n' "$3"
	else
		sh -c "$3" </dev/null || complain "$1:$2: failed: $3"
	fi
}

# Configure interface $1.
start()
{
	file=$etc/hostname.$1
	if [ ! -e "$file" ]; then
		complain "$file: No such file or directory"
		return
	fi
	if [ ! -f "$file" ] || [ ! -r "$file" ]; then
		complain "$file: cannot be read"
		return
	fi
	check_mode "$file"
	if ! create "$1"; then
		complain "$file: $1 cannot be created"
		return
	fi
	commands "$file" "$1" >"$tmp/commands"
	! grep -q "inet autoconf" "$tmp/commands" || v4auto=1
	! grep -q "inet6 autoconf" "$tmp/commands" || v6auto=1
	while read -r num kind text <&3; do
		if [ "$kind" = e ]; then
			complain "$file:$num: $text"
		else
			obey "$file" "$num" "$text"
		fi
	done 3<"$tmp/commands"
}

start_those()
{
	for n; do
		start "$n"
	done
}

# Line of mygate, gateway, "" or -inet6.
default_route()
{
	run route -qn add -host $3 default "$2" && return
	out=$(route -n change -host $3 default "$2" 2>&1) ||
	    complain "$etc/mygate:$1: no default route: $out"
}

# The first address of each family is the default route.
default_routes()
{
	[ -e "$etc/mygate" ] || return 0
	num=0 v4= v6=
	while read -r word more <&3 || [ -n "$word" ]; do
		num=$((num + 1))
		case $word in
		''|'#'*)
			continue ;;
		!*)	obey "$etc/mygate" $num "${word#!} $more"
			continue ;;
		esac
		case $more in
		''|'#'*)
			;;
		*)	complain "$etc/mygate:$num: more than an address"
			continue ;;
		esac
		case $word in
		*:*)	[ -z "$v6$v6auto" ] || continue
			v6=$word
			default_route $num "$word" -inet6 ;;
		*[!0-9.]*)
			complain "$etc/mygate:$num: $word: not an address" ;;
		*)	[ -z "$v4$v4auto" ] || continue
			v4=$word
			default_route $num "$word" "" ;;
		esac
	done 3<"$etc/mygate"
}

# Never answered from outside, whatever the interfaces.
reject_inet6()
{
	for net in ::/96 ::ffff:0:0/96 2002:e000::/20 2002:7f00::/24 \
	    2002:0000::/24 2002:ff00::/24 fe80::/10 fec0::/10 ff01::/16 \
	    ff02::/16; do
		run route -qn add -inet6 $net ::1 -reject
	done
}

reject_inet()
{
	multicast=NO
	for f in "$etc/rc.conf" "$etc/rc.conf.local"; do
		[ -r "$f" ] || continue
		v=$(sed -n 's/^multicast=\([A-Za-z]*\).*/\1/p' "$f" |
		    tail -n 1)
		multicast=${v:-$multicast}
	done
	[ "$multicast" = YES ] ||
	    run route -qn add -net 224.0.0.0/4 127.0.0.1 -reject
	run route -qn add -net 127.0.0.0/8 127.0.0.1 -reject
}

have_inet6()
{
	sysctl -n net.inet6.ip6.forwarding >/dev/null 2>&1
}

# Wait at most ten seconds, unless only printing.
wait_until()
{
	[ "$print" -eq 0 ] || return 0
	for i in 1 2 3 4 5 6 7 8 9 10; do
		! "$@" || return 0
		sleep 1
	done
}

has_default()
{
	route -n get default >/dev/null 2>&1
}

no_dad_pending()
{
	pending=$(sysctl -n net.inet6.ip6.dad_pending 2>/dev/null)
	[ "${pending:-0}" = 0 ]
}

is_autoconf()
{
	ifconfig 2>/dev/null | grep -q 'RUNNING.*AUTOCONF[46]'
}

# The interfaces whose driver is in the list before "--".
select_names()
{
	drivers=
	while [ "$1" != -- ]; do
		drivers="$drivers $1"
		shift
	done
	shift
	for n; do
		! driver_in "$n" $drivers || echo "$n"
	done
}

reject_names()
{
	for n; do
		driver_in "$n" $second $third || echo "$n"
	done
}

full_start()
{
	names=$(all_names)
	run ifconfig lo0 inet 127.0.0.1/8
	inet6=0
	! have_inet6 || inet6=1
	[ $inet6 -eq 0 ] || reject_inet6
	create_pseudo $names
	start_those $(reject_names $names)
	start_those $(select_names $second -- $names)
	default_routes
	reject_inet
	[ "$print" -eq 1 ] || ! is_autoconf || wait_until has_default
	start_those $(select_names $third -- $names)
	[ $inet6 -eq 0 ] || wait_until no_dad_pending
}

# What sits on the first ones, and what goes through a default route.
second="aggr trunk svlan vlan carp pppoe"
third="tun tap gif etherip gre egre nvgre eoip vxlan pflow wg"

print=0 status=0 v4auto= v6auto=
etc=${UM_ETC:-/etc}
while getopts d:n opt; do
	case $opt in
	d)	etc=$OPTARG ;;
	n)	print=1 ;;
	*)	usage ;;
	esac
done
shift $((OPTIND - 1))
for n; do
	is_name "$n" || {
		echo "netstart: '$n' is no name of an interface" >&2
		usage
	}
done
check_user
if [ ! -d "$etc" ]; then
	echo "netstart: $etc: No such directory" >&2
	exit 1
fi

# The tools that belong to this script, not the host's of the same name.
here=$(cd "$(dirname "$0")" && pwd)
[ ! -x "$here/ifconfig" ] || PATH=$here:$PATH
[ "$print" -eq 1 ] || check_tools

tmp=$(mktemp -d "${TMPDIR:-/tmp}/netstart.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

if [ $# -gt 0 ]; then
	create_pseudo "$@"
	start_those "$@"
	default_routes
else
	full_start
fi
exit $status
