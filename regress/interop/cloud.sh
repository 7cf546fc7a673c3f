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


# cloud.sh aws|gcp|azure: what share/examples has for a cloud's gateway, with
# a peer that behaves as that does, only that its times are seconds: it
# compares its own proposals in their order, the lowest first, is for any
# address, renews keys of both kinds itself and asks whether we are there.
#
# marks: root S9 S10

. ./charon.sh

cloud=${1:?aws, gcp or azure}
examples=$TOP/share/examples/$cloud
us=198.51.100.2
them=203.0.113.7
CONNECTION='mobike = no
dpd_delay = 1s
rekey_time = 5s
over_time = 60s
rand_time = 0s'
CHILD='rekey_time = 2s
life_time = 60s
rand_time = 0s'

# The files as they are, but for starting iked(8), whose log we want.
as_is()
{
	[ -d "$examples" ] || { fail "no $examples"; exit 1; }
	needs
	mkdir -p "$W/etc/g"
	cp "$examples"/* "$W/etc/g"
	chmod 600 "$W/etc/g/iked.conf"
	grep -q '^iked$' "$W/etc/g/rc.local" || fail "who starts iked?"
	rm "$W/etc/g/rc.local"
	gateway $far 198.51.100.1/24 um0=tap:tap0 um1=tap:tap1
	ip -n $far addr add $them/32 dev lo
	inner_us=$(sed -n 's,^inet \([0-9.]*\).*,\1,p' "$W/etc/g/hostname.sec0")
	inner_them=$(sed -n 's,^dest ,,p' "$W/etc/g/hostname.sec0")
	SECRET=$(sed -n 's/.*psk "\(.*\)" iface sec0.*/\1/p' \
	    "$W/etc/g/iked.conf")
	OURSELVES=$us THEMSELVES=$them
	theirs
}

# renewed ALGORITHMS: both kinds by the peer, and no ping is lost.
renewed()
{
	from_now
	load 0.02 g $inner_them
	heard 2 'outbound CHILD_SA t{[0-9]*} established' 20
	heard 1 'IKE_SA c\[[0-9]*\] rekeyed between' 20
	said 1 'rekeyed as .* by the peer'
	said 2 "loaded SPIs: .*($1)"
	steady 100
	live 1
	from_now
	heard 1 'sending DPD request'
	heard 1 'parsed INFORMATIONAL response [0-9]* \[ \]'
}

# What the peer chooses when we leave the choice to it.
lowest()
{
	from_now
	sed -i -e '/^	*ikesa /d' \
	    -e "s/childsa enc [^ ]*\( group [^ ]*\)*/childsa $1/" \
	    "$W/etc/g/iked.conf"
	on g ikectl reload
	established
	said 1 "$2"
	said 1 "$3"
}

end()
{
	from_now
	iked_down
	heard 1 'received DELETE for IKE_SA'
}

case_aws()
{
	IKE=aes128-sha1-modp1024,aes128-sha256-modp2048
	IKE=$IKE,aes256-sha256-modp2048,aes128gcm16-prfsha256-modp2048
	IKE=$IKE,aes256gcm16-prfsha256-ecp256,aes256gcm16-prfsha384-ecp384
	ESP=aes128-sha1-modp1024,aes128-sha256-modp2048
	ESP=$ESP,aes256-sha256-modp2048,aes128gcm16-modp2048
	ESP=$ESP,aes256gcm16-ecp256,aes256gcm16-ecp384
	as_is
	begin we
	said 1 "aws1.*enc aes-256-gcm group ecp256 prf hmac-sha2-256"
	renewed 'enc aes-256-gcm group ecp256'
	lowest 'group modp2048' \
	    'enc aes-128 auth hmac-sha1 group modp1024 prf' \
	    'enc aes-128 auth hmac-sha2-256'
	end
}

# It begins; and its order is another one.
case_gcp()
{
	IKE=aes128gcm16-prfsha256-x25519,aes128gcm16-prfsha256-ecp256
	IKE=$IKE,aes256gcm16-prfsha256-ecp256,aes128-sha256-modp3072
	ESP=aes128gcm16-x25519,aes128gcm16-ecp256,aes256gcm16-ecp256
	ESP=$ESP,aes128-sha256-modp3072
	as_is
	sed -i 's/"gcp" active/"gcp" passive/' "$W/etc/g/iked.conf"
	begin they
	renewed 'enc aes-256-gcm group ecp256'
	end
}

# Both begin, and no group for the Child SA.
case_azure()
{
	IKE=aes256-sha1-modp1024,aes256-sha256-modp1024
	IKE=$IKE,aes128-sha1-modp1024,aes128-sha256-modp1024
	ESP=aes256gcm16,aes256-sha1,aes128-sha1,aes256-sha256
	START=start
	as_is
	begin we
	said 1 'enc aes-256 auth hmac-sha2-256 group modp1024'
	renewed 'enc aes-256-gcm'
	end
}

command="case_$(echo "${1:?which case}" | tr - _)"
$command
verdict
