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

# lint.sh: what can be checked without running anything.  Each fault is one
# line; the checks are the functions below.

set -u
cd "$(dirname "$0")/../.." || exit 1
CONF=${CONF:-GENERIC}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# Files of the tree, not what is built from them.
files()
{
	find Makefile README .ci share sbin sys regress \
	    -path sys/arch/um/compile -prune -o \
	    -type d -name '[A-Z]*[A-Z]' -prune -o \
	    -type f "$@" -print 2>/dev/null
}

check_layout()
{
	find . -mindepth 1 -maxdepth 1 ! -name '.*' | sed 's,^\./,,' |
	    grep -vxE 'Makefile|README|regress|sbin|share|sys' |
	    sed 's/$/: has no place at the top/'
	files \( -name '*.[chy]' -o -name '*.sh' -o -name '*.awk' \
	    -o -path .ci/run \) | xargs awk -f share/mk/lint.awk
	files \( -name '*.mk' -o -name 'Makefile*' \) |
	    xargs grep -nE '[ 	]$' /dev/null |
	    sed 's/:\([0-9]*\):.*/:\1: blank at the end of the line/'
	files -name '*.[1-9]' | xargs grep -L 'Permission to use, copy' \
	    /dev/null | sed -n '/^\/dev/!s/$/: no ISC licence/p'
}

# The words of the first pattern are split so that this file has none.
check_words()
{
	files | xargs grep -nwE 'TO''DO|FIX''ME|XX''X|HA''CK' /dev/null |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: says that something is missing/'
	files | xargs grep -nE \
	    '(^|[^A-Za-z0-9_.])/(work|root|home)/' /dev/null |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: path of one machine/'
}

# "file:line include" of the C files in the directories.
includes()
{
	b='[[:space:]]*'
	find "$@" -name '*.[chy]' -type f 2>/dev/null |
	    xargs grep -nE "^#${b}include" /dev/null |
	    sed -nE "s/^([^:]*:[0-9]*):#${b}include$b([<\"][^>\"]*).*/\1 \2/p"
}

# Kernel: names of the tree; <machine/host.h> below arch/um only; the
# compiler's vector headers in um/crypto_*.c; what config.sh generates and
# the neighbours between quotes.
kernel_includes()
{
	for d in kern net netinet netinet6 crypto lib sys; do
		includes sys/$d
	done | sed 's/^/pure /'
	includes sys/arch/um/um sys/arch/um/dev | sed 's/^/port /'
}

check_kernel_includes()
{
	generated=$(sed -n 's/^pseudo-device[	 ]*\([a-z0-9]*\).*/\1/p' \
	    sys/conf/files | tr '\n' ' ')
	kernel_includes | while read -r kind at inc; do
		name=${inc#?}
		dir=${at%/*}
		case $kind:$at:$inc in
		pure:*:*machine/host.h|pure:*:*umproto.h)
			echo "$at: machine-independent, knows the host" ;;
		pure:sys/kern/kern_*:\<net*)
			echo "$at: kern_* knows no net" ;;
		port:sys/arch/um/um/crypto_*:\<*mmintrin.h|\
		port:sys/arch/um/um/crypto_*:\<cpuid.h) ;;
		# what OpenBSD has and this kernel has not yet
		pure:sys/net/if_sec.c:*:\<net/bpf.h|\
		pure:sys/net/if_sec.c:*:\<net/pfvar.h) ;;
		*:\<machine/*)
			[ -f "sys/arch/um/include/${name#machine/}" ] ||
			    echo "$at: no <$name> in the tree" ;;
		*:\<*)	[ -f "sys/$name" ] ||
			    echo "$at: no <$name> in the tree" ;;
		*)	case " $generated" in
			*" ${name%.h} "*) continue ;;
			esac
			[ -f "$dir/$name" ] ||
			    echo "$at: no \"$name\" beside it" ;;
		esac
	done
}

# Host side and libum: host headers, host.h and the protocols.  Tools: the
# overlay and the host's.  A name that only our kernel has betrays itself.
host_has()
{
	for i in /usr/include /usr/include/*-linux-gnu \
	    /usr/lib/gcc/*/*/include; do
		[ ! -e "$i/$1" ] || return 0
	done
	return 1
}

check_host_includes()
{
	includes sys/arch/um/host sys/arch/um/user/*.c |
	while read -r at inc; do
		name=${inc#?}
		name=${name#machine/}
		case $inc in
		*/host.h|*host.h|*proto.h) ;;
		*)	if [ -f "sys/arch/um/include/$name" ] &&
			    ! host_has "$name"; then
				echo "$at: host side knows machine/$name"
			elif [ -f "sys/$name" ] && ! host_has "$name"; then
				echo "$at: host side knows the tree's $name"
			fi ;;
		esac
	done
	includes sbin | while read -r at inc; do
		case $inc in
		*host.h|*proto.h|\<machine/*|*../*)
			echo "$at: a tool knows ${inc#?}" ;;
		esac
	done
	grep -nE -e '-I[^ ]*TOP}/sys([ /]*$| |/(sys|kern|net|netinet))' \
	    sbin/Makefile sbin/*/Makefile 2>/dev/null |
	    sed 's/^\([^:]*:[0-9]*\):.*/\1: tools never get -I sys/'
}

check_filelists()
{
	(cd sys/arch/um && sh conf/config.sh -u) | while read -r _ f; do
		echo "sys/$f: in no list of files"
	done
}

check_manuals()
{
	command -v mandoc >/dev/null || {
		echo "lint: mandoc is not installed, manuals unchecked" >&2
		return
	}
	# Whether the manuals referred to are installed says nothing.
	files -name '*.[1-9]' | xargs -r mandoc -Tlint -Wstyle 2>/dev/null |
	    grep -vE 'referenced manual not found|outdated mandoc.db' |
	    sed 's/^mandoc: //'
}

check_scripts()
{
	files -name '*.sh' | while read -r f; do
		sh -n "$f" 2>&1 | sed "s|^|$f: |"
	done
	bash -n .ci/run 2>&1
}

cppcheck_run()
{
	cppcheck -q --std=c11 --enable=warning,portability \
	    --inline-suppr --suppressions-list=share/mk/cppcheck.supp \
	    --template='{file}:{line}: {message} ({id})' \
	    -D__GNUC__=12 -D__x86_64__ -D__LP64__ "$@" 2>&1
}

check_cppcheck()
{
	command -v cppcheck >/dev/null || {
		echo "lint: cppcheck is not installed" >&2
		return
	}
	mkdir "$out/k"
	ln -s "$PWD/sys/arch/um/include" "$out/k/machine"
	for h in $(sed -n 's/^pseudo-device[	 ]*\([a-z0-9]*\).*/\1/p' \
	    sys/conf/files); do
		echo "#define N$(echo "$h" | tr a-z A-Z) 1" >"$out/k/$h.h"
	done
	find sys/kern sys/net sys/netinet sys/netinet6 sys/crypto sys/lib \
	    sys/arch/um/um sys/arch/um/dev -name '*.c' 2>/dev/null \
	    >"$out/kernel"
	find sys/arch/um/host sys/arch/um/user -name '*.c' \
	    ! -path '*/[A-Z]*[A-Z]/*' 2>/dev/null >"$out/host"
	find sbin -name '*.c' ! -path '*/[A-Z]*[A-Z]/*' >"$out/sbin"
	cppcheck_run -D_KERNEL -DIPSEC -DCRYPTO -DDIAGNOSTIC -DINET6 \
	    -I"$out/k" -Isys --file-list="$out/kernel" >"$out/k.log" &
	[ ! -s "$out/host" ] || cppcheck_run --file-list="$out/host"
	cppcheck_run -Isys/arch/um/user/include --file-list="$out/sbin"
	wait
	cat "$out/k.log"
}

check_symbols()
{
	k=sys/arch/um/compile/$CONF/kernel.o
	[ ! -f "$k" ] || sh sys/arch/um/conf/checksyms.sh "$k" 2>&1
}

status=0
for c in layout words kernel_includes host_includes filelists manuals \
    scripts symbols cppcheck; do
	check_$c | sort -u >"$out/faults"
	[ ! -s "$out/faults" ] || {
		status=1
		cat "$out/faults"
	}
done
[ $status -ne 0 ] || echo "lint: clean"
exit $status
