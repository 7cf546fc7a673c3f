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

# daemon.sh: what the tests of iked's processes are made of, with proc.sh;
# sourced.
#
#	config NAME [policy ...]	$W/NAME, with a policy for sec0 at least

DAEMON=iked
FLAGS=-d
CHILDREN='ca control ikev2'
LEFT=iked.sock
. ../../../lib/proc.sh

config()
{
	f=$W/$1
	shift
	{
		echo 'ikev2 "zero" from any to any local 192.0.2.1' \
		    'peer 192.0.2.2 psk "open sesame" iface sec0'
		for p; do
			echo "$p"
		done
	} >"$f"
}

runs()
{
	ikectl show stats
}

goodbye()
{
	says "$W/log" "parent terminating"
}
