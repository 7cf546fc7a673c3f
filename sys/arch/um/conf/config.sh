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

# config.sh CONF: what config(8) does.  Run in sys/arch/um, it reads
# conf/CONF, ../../conf/files and conf/files.um and writes compile/CONF:
# Makefile, ioconf.c, one NAME.h per pseudo-device and the link machine.
# A file that would not change is not touched.
#
# config.sh -u prints the sources that no list of files names.
#
# A configuration CONF.BASE is CONF with everything BASE says, too; a file
# included twice counts once.  Statements of a configuration:
#
#	include "path below sys"
#	option NAME [or NAME=value], rmoption NAME	-DNAME; attribute name
#	pseudo-device NAME [count], no pseudo-device NAME
#	makeoptions NAME="value"			into the Makefile
#
# Statements of a list of files, paths below sys:
#
#	include "path"
#	define NAME [: attribute, ...]		an attribute
#	defoption NAME				an option there is
#	pseudo-device NAME [: attribute, ...]
#	file PATH [condition ...] [needs-count] [notsan] [simd]
#	host PATH [condition ...] [notsan]	host side: the host's headers
#
# A condition is an attribute, !attribute or a|b; all have to hold.
# needs-count says that the file reads NAME.h of its pseudo-device, notsan
# that it is compiled without thread sanitizer, simd that it may include
# the compiler's own vector headers.

set -eu
S=../..
here=$(pwd)

die()
{
	echo "config: $*" >&2
	exit 1
}

# Sources on the disk, as statements.
sources()
{
	(cd $S && find kern lib net netinet netinet6 crypto \
	    arch/um/um arch/um/dev -name '*.c' 2>/dev/null) |
	    sed 's/^/file	/'
	(cd $S && find arch/um/host -name '*.c') | sed 's/^/host	/'
}

unlisted()
{
	sed -n 's/^\(file\|host\)[[:space:]]*\([^[:space:]]*\).*/\1	\2/p' \
	    $S/conf/files conf/files.um | sort >"$tmp/listed"
	sources | sort | comm -13 "$tmp/listed" -
}

# compile/CONF from what config.awk wrote into $tmp.  All objects depend on
# flags, which is all of the Makefile that says how to compile.
install_new()
{
	mkdir -p "compile/$conf"
	ln -sfn ../../include "compile/$conf/machine"
	cd "$tmp"
	{
		echo "# Made by config.sh for $conf; changes get lost."
		cat Makefile.head Makefile.objs "$here/conf/Makefile.um" \
		    Makefile.rules
	} >Makefile
	{
		echo "${CC:-cc}"
		cat Makefile.head "$here/conf/Makefile.um"
	} >flags
	rm Makefile.*
	cd "$here"
	for f in "$tmp"/*; do
		cmp -s "$f" "compile/$conf/${f##*/}" ||
		    mv "$f" "compile/$conf/${f##*/}"
	done
}

[ $# -eq 1 ] || die "usage: config.sh CONF | -u"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
if [ "$1" = -u ]; then
	unlisted
	exit
fi

conf=$1
parts=
for c in $(echo "$conf" | tr . ' '); do
	[ -f "conf/$c" ] || die "no configuration $c in sys/arch/um/conf"
	parts="arch/um/conf/$c $parts"
done
awk -v S=$S -v out="$tmp" -v confs="$parts" -f conf/config.awk ||
    exit 1
install_new
