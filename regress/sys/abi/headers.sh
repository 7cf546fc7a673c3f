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

# Every header a program sees, in four orders and alone, with the host's,
# libevent's and OpenSSL's: BSD's types and numbers win, the calls go to
# libum, and nothing is left of what the host calls otherwise.

set -eu
export LC_ALL=C
: "${TOP:=../../..}" "${FULL:=0}"
[ -n "${W:-}" ] || { W=$(mktemp -d); trap 'rm -rf "$W"' EXIT; }
OVERLAY=$(cd "$TOP/sys/arch/um/user/include" && pwd)
SYS=$(cd "$TOP/sys" && pwd)
OPTS="-Wall -Wextra -Werror -Wno-unused-parameter"
OPTS="$OPTS -Wno-deprecated-declarations -U_FORTIFY_SOURCE -I$OVERLAY"
failed=0

[ -r /usr/include/event2/event.h ] || { echo "needs libevent-dev"; exit 77; }
[ -r /usr/include/openssl/ssl.h ] || { echo "needs libssl-dev"; exit 77; }

fail()
{
	echo "FAIL: $*"
	failed=1
}

ours=$(cd "$OVERLAY" && find . -name '*.h' | sed 's|^\./||' |
    grep -v -e '/_' -e '^netinet6/in6\.h$' | sort)
host="assert.h ctype.h dirent.h endian.h err.h errno.h fcntl.h fnmatch.h
    getopt.h glob.h grp.h inttypes.h libgen.h limits.h locale.h math.h
    netinet/ether.h paths.h poll.h pthread.h pwd.h regex.h resolv.h search.h
    signal.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h
    strings.h sys/epoll.h sys/file.h sys/mman.h sys/prctl.h sys/resource.h
    sys/select.h sys/stat.h sys/statvfs.h sys/syscall.h sys/time.h
    sys/times.h sys/utsname.h sys/wait.h syslog.h termios.h time.h wchar.h"
event="event.h evdns.h evhttp.h evutil.h $(cd /usr/include &&
    ls event2/*.h | grep -v event-config)"
ssl=$(cd /usr/include && ls openssl/*.h |
    grep -v -e asn1_mac -e _legacy -e ebcdic)

include()
{
	printf '#include <%s>\n' "$@"
}

# A program that includes the headers named and looks at what it got.
program()
{
	include "$@" sys/socket.h netinet/in.h sys/ioctl.h net/if.h
	cat <<-'END'
	_Static_assert(AF_INET6 == 24 && SOL_SOCKET == 0xffff, "numbers");
	_Static_assert(sizeof(struct cmsghdr) == 12, "cmsghdr");
	_Static_assert(__builtin_offsetof(struct sockaddr, sa_family) == 1 &&
	    __builtin_offsetof(struct sockaddr_in6, sin6_family) == 1,
	    "sa_len");
	_Static_assert(SIOCGIFMTU == 0xc020697e, "ioctl");
	_Static_assert((unsigned short)htons(0x1234) ==
	    (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 0x1234 : 0x3412),
	    "htons");
	extern int probe(void);
	int probe(void) { return (socket(AF_INET6, SOCK_DGRAM, 0)); }
	END
}

# compile what compiler options ...: $W/try.c
compile()
{
	what=$1
	shift
	"$@" $OPTS -c -o "$W/try.o" "$W/try.c" >"$W/try.log" 2>&1 && return 0
	fail "$what: $*"
	head -n 8 "$W/try.log"
	return 1
}

orders()
{
	n=0
	for order in "$ours $host $event $ssl" "$host $ours $ssl $event" \
	    "$ssl $event $host $ours" "$event $ours $ssl $host"; do
		n=$((n + 1))
		program $order >"$W/try.c"
		compile "order $n" $cc -std=gnu11 || :
		compile "order $n" $cc -std=gnu11 -O2 -D_GNU_SOURCE || :
	done
}

alone()
{
	for h in $ours; do
		program $h >"$W/try.c"
		compile "$h alone" $cc -std=gnu11 || :
	done
	[ "$FULL" = 1 ] || return 0
	for h in $host $event $ssl; do
		include $h | $cc -x c -fsyntax-only - 2>/dev/null ||
		    continue	# needs company on the host, too
		program $h >"$W/try.c"
		compile "$h alone" $cc -std=gnu11 || :
	done
}

# Both sides of every header they share: the kernel's compiles too, after
# nothing but <sys/param.h>.
kernel_alone()
{
	for h in $ours; do
		[ -e "$SYS/$h" ] || continue
		include sys/param.h $h | $cc -x c -std=gnu11 -Wall -Wextra \
		    -Werror -nostdinc -ffreestanding -D_KERNEL -I"$SYS" \
		    -I"$W/inc" -fsyntax-only - >"$W/try.log" 2>&1 ||
		    { fail "$h alone in the kernel"; head -n 8 "$W/try.log"; }
	done
}

# Every name of stubs.ok, and no other, is one that the headers give to
# libum: undefined as um_name.
stubs()
{
	(cd "$OVERLAY" && grep -hoE '__UM_STUB\([a-z0-9_]+\)' $ours) |
	    sed 's/.*(\(.*\))/\1/' | grep -vx name | sort -u |
	    diff stubs.ok - || fail "the headers and stubs.ok differ"
	{
		include $ours $host
		echo 'extern void *const stubs[]; void *const stubs[] = {'
		sed 's/.*/(void *)&,/' stubs.ok
		echo '};'
	} >"$W/try.c"
	compile stubs $cc -std=gnu11 -D_GNU_SOURCE || return 0
	nm -u "$W/try.o" | awk '{ print $2 }' | sort >"$W/have"
	sed 's/^/um_/' stubs.ok | sort | diff - "$W/have" ||
	    fail "names that miss libum"
}

# macros [option ...]: the macros of <sys/ioctl.h>, "name value".
macros()
{
	echo '#include <sys/ioctl.h>' | $cc -dM -E "$@" - |
	    sed -n 's/^#define \([A-Za-z0-9_]*\)\(([^)]*)\)\{0,1\} /\1 /p' |
	    sort
}

# Host names of ioctls that are still there, or whose numbers would now be
# computed with BSD's _IO().
hostnames()
{
	for d in -D_DEFAULT_SOURCE -D_GNU_SOURCE; do
		macros $d >"$W/host"
		macros $d -I"$OVERLAY" >"$W/overlay"
		comm -12 "$W/host" "$W/overlay" |
		    grep -E '^(SIOC|_IO|IOC)|[ (]_IO[RW]*\(' >"$W/left" || :
		[ -s "$W/left" ] || continue
		fail "left of the host:"
		cat "$W/left"
	done
}

links()
{
	find "$OVERLAY" -type l | while read -r l; do
		case $(readlink "$l") in
		/*)	echo "absolute: $l" ;;
		esac
		[ -e "$l" ] || echo "dangling: $l"
	done >"$W/links"
	[ ! -s "$W/links" ] || { fail "links"; cat "$W/links"; }
}

mkdir "$W/inc"
ln -s "$SYS/arch/um/include" "$W/inc/machine"
links
seen=
for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	seen=$cc
	orders
	alone
	kernel_alone
	stubs
	hostnames
done
[ -n "$seen" ] || { echo "needs gcc or clang"; exit 77; }
exit $failed
