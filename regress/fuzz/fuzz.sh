#!/bin/sh
#
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

# fuzz.sh target: build fuzz_target.c with what it needs of sbin/iked, or of
# sbin/isakmpd if its name begins with v1, and let libFuzzer try it with some
# thousand inputs, which are the same each time if SEED and the corpus are, or
# for a minute with FULL=1.
#
# In:	SEED (chosen and printed), N, W (scratch directory), FULL, CLANG (clang)
#	CORPUS, a directory to read more inputs from and to keep new ones in
#
# deadline: 300

# Variables of flags are lists.
# shellcheck disable=SC2086

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
top=$here/../..
iked=$top/sbin/iked
libike=$top/sbin/libike
sim=$top/regress/lib/sim
ikedsim=$top/regress/sbin/iked/sim
v1sim=$top/regress/sbin/isakmpd/sim
um=$top/sys/arch/um
target=$1
case $target in
v1*)	own=$top/sbin/isakmpd ;;
*)	own=$iked ;;
esac
: "${W:?a scratch directory}"
CLANG=${CLANG:-clang}

skip()
{
	echo "skipped: $*"
	exit 77
}

fail()
{
	echo "$target: $*"
	exit 1
}

# The sanitizers are the fuzzer's own, whatever the configuration.
[ "${CONF:-GENERIC}" = GENERIC ] || skip "CONF=GENERIC does the same"
command -v "$CLANG" >/dev/null || skip "clang is not installed"

flags="-std=gnu11 -g -O1 -Wall -Wextra -Werror -Wno-unused-parameter
    -Wno-sign-compare -fno-sanitize-recover=undefined -I$own -I$iked -I$libike
    -I$here"
san=-fsanitize=fuzzer,address,undefined
nolink=-fsanitize=fuzzer-no-link,address,undefined
objs=$here/GENERIC/objs
umflags="-U_FORTIFY_SOURCE -I$um/user/include"

common="buf types"
props="props explain ts xform"
conf="conf draft host lex print psk"
ca="auth_msg ca ca_why ca_alg ca_chain ca_id ca_key ca_peer ca_sign ca_store
    ca_verify"
# all of isakmpd but its processes, and what is theirs alone
v1engine=$(cd "$top/sbin/isakmpd" && find . -name '*.c' | sed 's/^..//; s/..$//
    /^\(main\|parent.*\|ike\|ca_proc\|fifo\|files\|pcap\|sock\|ui\)$/d')
v1engine="$v1engine payload crypto dh xform ca_why ca_alg ca_chain ca_id ca_key
    ca_peer ca_store"
v1conf=$(cd "$top/sbin/isakmpd" && find . -name 'conf*.c' -o -name 'model*.c' |
    sed 's/^..//; s/..$//')
case $target in
msg)	srcs="payload msg_parse msg_make $props" libs= ;;
sk)	srcs="payload msg_parse msg_make msg_sk frags crypto $props" libs= ;;
conf)	srcs="$conf $props" libs= ;;
cert)	srcs="$ca conf crypto $props" libs= ;;
ctl)	srcs="control ctl" libs="-levent_core" ;;
engine)	srcs="engine plan tunnel job sa send recv init ikeauth child create
	    flow ikerekey info natt keylog show payload msg_parse msg_make
	    msg_sk frags crypto dh agree $ca $conf $props" libs= ;;
v1msg)	srcs="payload msg_parse msg_make choose names keys crypto dh xform"
	libs= ;;
v1engine) srcs=$v1engine libs= ;;
v1conf)	srcs="ui debug builtin names keys crypto dh xform $v1conf"
	libs= ;;
v1proc)	srcs="$v1engine fifo pcap timer" libs="-levent_core" ;;
*)	echo "usage: fuzz.sh msg | sk | conf | cert | ctl | engine | v1msg |"
	echo "    v1engine | v1conf | v1proc"
	exit 1 ;;
esac

# cc object source flags ...: targets and runs share what is the same to the
# compiler
cc()
{
	o=$W/$1.o src=$2
	shift 2
	sum=$({ echo "$version $flags $nolink $*"
	    "$CLANG" $flags $nolink "$@" -E "$src"; } | sha256sum)
	shared=$objs/${sum%% *}.o
	if [ ! -e "$shared" ]; then
		"$CLANG" $flags $nolink "$@" -c "$src" -o "$o" ||
		    fail "cannot build"
		mv "$o" "$shared.$$" && mv "$shared.$$" "$shared"
	fi
	touch -c "$shared"
	ln -f "$shared" "$o" 2>/dev/null || cp "$shared" "$o"
}

# engine directory own nodes: a target of whole engines
engine()
{
	umflags="$umflags -I$sim -I$1"
	for s in input play world $2; do
		cc "fuzz_$s" "$here/fuzz_$s.c" $umflags
	done
	for s in world daemon end sadb; do
		cc "sim_$s" "$sim/$s.c" $umflags
	done
	for s in $3; do
		cc "sim_$s" "$1/$s.c" $umflags
	done
}

build()
{
	echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n)
	    { return (0); }' >"$W/none.c"
	"$CLANG" $san -w -o "$W/none" "$W/none.c" 2>/dev/null ||
	    skip "clang has no libFuzzer here"
	# what nobody has used for a week is of other sources
	mkdir -p "$objs"
	find "$objs" -name '*.o*' -mtime +7 -exec rm -f {} +
	ln -sfn "$um/include" "$objs/machine"
	version=$("$CLANG" --version)
	cc fuzz "$here/fuzz.c"
	cc compat "$um/user/compat.c" -I"$objs" -I"$um/user"
	cc addr "$um/user/addr.c" -I"$objs" -I"$um/user"
	for s in $common $srcs; do
		# the loop of the control process is the target's
		f=$own/$s.c
		[ -f "$f" ] || f=$libike/$s.c
		cc "iked_$s" "$f" $umflags \
		    -Devent_base_dispatch=fuzz_dispatch
	done
	if [ "$target" = conf ] || [ "$target" = engine ]; then
		bison -y -Wno-yacc -o "$W/parse.c" "$iked/parse.y" || exit 1
		cc iked_parse "$W/parse.c" $umflags
	fi
	case $target in
	engine)	engine "$ikedsim" "inside forge seeds" node ;;
	v1engine) engine "$v1sim" "v1inside v1forge v1seeds v1world" \
		    "node rules" ;;
	esac
	# these have descriptors of the host
	case $target in
	v1proc)	umflags="-Devent_base_dispatch=fuzz_dispatch"
		for s in v1ca v1ike; do
			cc "fuzz_$s" "$here/fuzz_$s.c" $umflags
		done ;;
	ctl)	umflags= ;;
	esac
	cc target "$here/fuzz_$target.c" $umflags
	"$CLANG" $san -o "$W/fuzz_$target" "$W"/*.o $libs -lcrypto ||
	    fail "cannot link"
}

# east has a certificate, west a key that east knows.
ca_dir()
{
	command -v openssl >/dev/null || skip "openssl(1) is not installed"
	(
	cd "$W" && mkdir ca &&
	for h in east west; do
		mkdir -p ca/$h/ca ca/$h/certs ca/$h/private ca/$h/pubkeys/fqdn
	done &&
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout ca.key -out ca/east/ca/ca.crt -subj /CN=CA -days 3650 &&
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout ca/east/private/local.key -out east.csr -subj /CN=east &&
	echo subjectAltName=DNS:east.example.org >ext &&
	openssl x509 -req -in east.csr -CA ca/east/ca/ca.crt -CAkey ca.key \
	    -set_serial 1 -extfile ext -days 3650 -out ca/east/certs/east.crt &&
	openssl genrsa -out ca/west/private/local.key 2048 &&
	openssl pkey -in ca/west/private/local.key -pubout \
	    -out ca/west/local.pub &&
	cp ca/west/local.pub ca/east/pubkeys/fqdn/west.example.org &&
	chmod 600 ca/*/private/local.key
	) >"$W/ca.log" 2>&1 || { cat "$W/ca.log"; fail "no certificates"; }
	CADIR=$W/ca
	export CADIR
}

# The words of the grammar, for the fuzzer to put together.
dictionary()
{
	sed -n 's/.*"\([a-z0-9_-]\{2,\}\)".*/"\1"/p' "$iked/parse.y" \
	    "$libike/xform.c" "$iked/draft.c" | sort -u
	printf '"%s"\n' '\\x0a' ' {' '}' '\\x5c\\x0a' '0.0.0.0/0' '::/0' \
	    '$' '0x' '\\x22' 'iface sec0' | sed 's/\\\\/\\/g'
}

# Sections, tags and values, and what stands between them.
v1dictionary()
{
	cat "$own/model"*.c "$own/names.c" "$own/builtin.c" "$own/ui.c" |
	    grep -o '"[][A-Za-z0-9_:-]\{2,\}"' | sort -u
	printf '"%s"\n' '\\x0a' '\\x0a%%\\x0a' '\\x0aC set [' ']:' '=' \
	    '\\x0aM\\x0a' ' force' '\\x0a[' ']\\x0a' '-SUITE' 'QM-ESP-' \
	    '0.0.0.0' '255.255.0.0' '2001:db8::1' '128,128:256' |
	    sed 's/\\\\/\\/g'
}

build
[ "$target" != cert ] || ca_dir
mkdir -p "$W/corpus" "$W/seeds"
SEEDS=$W/seeds "$W/fuzz_$target" >"$W/log" 2>&1 ||
    { tail -n 20 "$W/log"; fail "the seeds are no good"; }
args="-max_len=4096"
case $target in
conf)	cp "$top"/regress/sbin/iked/conf/*.in "$W/seeds"
	dictionary >"$W/words" ;;
v1conf)	cp "$top"/regress/sbin/isakmpd/conf/*.in "$W/seeds"
	v1dictionary >"$W/words" ;;
esac
[ ! -f "$W/words" ] || args="$args -dict=$W/words"
# beyond the seeds, which come first
case $target in
*engine) more=100 ;;
conf | v1proc) more=1000 ;;
v1conf)	more=1500 ;;
cert)	more=4000 ;;
ctl)	more=5000 ;;
*)	more=20000 ;;
esac
limit=-runs=$((more * ${N:-1} + $(ls "$W/seeds" | wc -l)))
[ "${FULL:-0}" = 0 ] || limit=-max_total_time=$((60 * ${N:-1}))
SEED=${SEED:-$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')}
echo "SEED=$SEED"
"$W/fuzz_$target" $args -seed="$SEED" $limit \
    -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$W/" \
    "${CORPUS:-$W/corpus}" "$W/seeds" >"$W/log" 2>&1
rc=$?
if [ $rc -ne 0 ]; then
	grep -av '^#[0-9]' "$W/log" | tail -n 60
	for f in "$W"/crash-* "$W"/leak-* "$W"/timeout-* "$W"/oom-*; do
		[ -f "$f" ] && echo "input, base64:" && base64 "$f"
	done
	fail "SEED=$SEED: $rc"
fi
# One that tries nothing finds nothing.
grep -a '^Done [1-9][0-9][0-9]* runs' "$W/log" || fail "nothing was tried"
