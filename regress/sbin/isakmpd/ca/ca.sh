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


# The ca of isakmpd(8): what it signs and what it believes, with keys and
# certificates that openssl(1) makes, and signatures that openssl(1) checks
# and makes.

set -u
command -v openssl >/dev/null || { echo "no openssl(1)"; exit 77; }
catest=./$CONF/catest
failed=0
hash=000102030405060708090a0b0c0d0e0f10111213
export OPENSSL_CONF="$W/openssl.cnf"
umask 077

fail()
{
	echo "$*"
	failed=1
}

# is text command ...: that is in what it says
is()
{
	want=$1
	shift
	"$catest" "$@" >"$W/out" 2>&1
	grep -qF -e "$want" "$W/out" || {
		fail "$*: not \"$want\":"
		cat "$W/out"
	}
}

key()
{
	openssl genrsa -out "$1" "${2:-2048}" 2>/dev/null
}

# cert name key ca extensions [option ...]: $W/name.crt and .der
cert()
{
	name=$1 key=$2 issuer=$3
	openssl req -new -key "$key" -subj "/O=test/CN=$name" -out "$W/req"
	printf '%b' "$4" >"$W/ext"
	shift 4
	if [ "$issuer" = self ]; then
		openssl x509 -req -in "$W/req" -signkey "$key" \
		    -extfile "$W/ext" -days 9 "$@" -out "$W/$name.crt"
	else
		openssl x509 -req -in "$W/req" -CA "$W/$issuer.crt" \
		    -CAkey "$W/$issuer.key" -CAcreateserial -extfile "$W/ext" \
		    -days 9 "$@" -out "$W/$name.crt"
	fi 2>/dev/null
	openssl x509 -in "$W/$name.crt" -outform DER -out "$W/$name.der"
}

# name file: the subject of a certificate, in DER
name()
{
	n=$(openssl asn1parse -inform DER -in "$W/$1.der" |
	    awk '/d=2 .*SEQUENCE/ && ++n == 4 { print $1 }' | cut -d: -f1)
	openssl asn1parse -inform DER -in "$W/$1.der" -strparse "$n" \
	    -noout -out "$2"
}

# opensign key hash file: PKCS#1 v1.5 around the hash alone
opensign()
{
	"$catest" octets "$2" "$W/hash"
	openssl pkeyutl -sign -inkey "$1" -in "$W/hash" -out "$3"
}

cat >"$OPENSSL_CONF" <<END
[req]
distinguished_name = dn
[dn]
END

mkdir -p "$W/east/private" "$W/east/certs" "$W/east/ca"
mkdir -p "$W/west/ca" "$W/west/certs" "$W/west/pubkeys/fqdn" \
    "$W/west/pubkeys/ipv4"

# pre-shared keys: prf(psk, Ni | Nr)
ni=00112233445566778899aabbccddeeff
nr=ffeeddccbbaa99887766554433221100
"$catest" octets $ni$nr "$W/nonces"
for h in 1:md5 2:sha1 4:sha256 5:sha384 6:sha512; do
	want=$(openssl dgst -${h#*:} -hmac 'open sesame' -r "$W/nonces" |
	    cut -d' ' -f1)
	is "$want" skeyid 'open sesame' ${h%:*} $ni $nr
done
is 'no: hash 3 is unknown' skeyid x 3 $ni $nr
is 'no: [east] has no pre-shared key: it needs Authentication' \
    skeyid - 2 $ni $nr
is 'no: the peer is not in the configuration any more' \
    skeyid gone 2 $ni $nr

# who is who
key "$W/root.key"
key "$W/east/private/local.key"
local=$W/east/private/local.key
ca='basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n'
san='subjectAltName=DNS:east.example.org,IP:192.0.2.1,email:me@east.org\n'
cert root "$W/root.key" self "$ca"
cert east "$local" root "$san"
openssl pkey -in "$local" -pubout -out "$W/east.pub" 2>/dev/null

# no key
mv "$local" "$W/key"
is 'no: ' sign "$W/east" east.example.org $hash "$W/sig"
is '/private/local.key: no private key; see isakmpd(8)' \
    sign "$W/east" east.example.org $hash "$W/sig"
is '/private/local.key: no private key; see isakmpd(8)' \
    -k sign "$W/east" east.example.org $hash "$W/sig"
openssl ecparam -genkey -name prime256v1 -noout -out "$local"
is 'no: private/local.key is ECDSA P-256: IKEv1 signatures here are by RSA' \
    sign "$W/east" east.example.org $hash "$W/sig"
mv "$W/key" "$local"

# what it signs, openssl(1) believes, and with the right octets
cp "$W/east.crt" "$W/root.crt" "$W/east/certs"
for h in $hash ${hash}001122334455667788990011 $hash$hash$hash$hash; do
	h=$(printf %.128s $h)
	is '1 certificates' sign "$W/east" east.example.org "$h" "$W/sig"
	"$catest" octets "$h" "$W/hash"
	openssl pkeyutl -verify -pubin -inkey "$W/east.pub" \
	    -sigfile "$W/sig" -in "$W/hash" >"$W/out" 2>&1 ||
	    fail "openssl does not believe a hash of ${#h} digits"
	openssl pkeyutl -verifyrecover -pubin -inkey "$W/east.pub" \
	    -in "$W/sig" -out "$W/out" && cmp -s "$W/out" "$W/hash" ||
	    fail "there is more than the hash in it"
	cmp -s "$W/sig.0" "$W/east.der" || fail "another certificate"
done
is '1 certificates' -k sign "$W/east" east.example.org $hash "$W/sig"
is '1 certificates' sign "$W/east" /O=test/CN=east $hash "$W/sig"
is '1 certificates' sign "$W/east" 192.0.2.1 $hash "$W/sig"
is '1 certificates' sign "$W/east" me@east.org $hash "$W/sig"
is 'certs/east.crt has our key but is not for FQDN/else.example.org' \
    sign "$W/east" else.example.org $hash "$W/sig"
is '0 certificates' sign "$W/east" else.example.org $hash "$W/sig"
is 'no: the hash to be signed has 0 octets' \
    sign "$W/east" east.example.org '' "$W/sig"
# With its name in front it would be the signature of anything at all.
is 'no: the hash to be signed has 51 octets' sign "$W/east" east.example.org \
    3031300d060960864801650304020105000420$(printf '%064d' 1) "$W/sig"

# the one by a CA that the peer asks for, with those between
key "$W/mid.key"
cert mid "$W/mid.key" root "$ca"
cert east2 "$local" mid "$san"
cp "$W/mid.crt" "$W/east/certs"
cp "$W/east2.crt" "$W/east/certs"
name mid "$W/mid.name"
name root "$W/root.name"
printf junk >"$W/junk.name"
: >"$W/no.name"
is '2 certificates' sign "$W/east" east.example.org $hash "$W/s" \
    "$W/junk.name" "$W/no.name" "$W/mid.name"
cmp -s "$W/s.0" "$W/east2.der" || fail "not the one of the CA asked for"
cmp -s "$W/s.1" "$W/mid.der" || fail "not the CA between"
[ "$("$catest" names "$W/east")" = "" ] || fail "CERTREQ without CAs"
cp "$W/root.crt" "$W/mid.crt" "$W/east/ca"
want=$(for n in mid root; do
	printf '%08x' "$(wc -c <"$W/$n.name")"
	od -An -v -tx1 "$W/$n.name" | tr -d ' \n'
done)
is "$want" names "$W/east"

# what openssl(1) signs, it believes
v="verify $W/west east.example.org $hash $W/sig"
opensign "$local" $hash "$W/sig"
is 'no: certificate /O=test/CN=east: ' $v "4:$W/east.der"
is "put the certificate of its CA into $W/west/ca" $v "4:$W/east.der"
cp "$W/root.crt" "$W/west/ca"
is ok $v "4:$W/east.der"
is ok $v "4:$W/root.der" "4:$W/east.der"
is ok verify "$W/west" /O=test/CN=east $hash "$W/sig" "4:$W/east.der"
is ok verify "$W/west" 192.0.2.1 $hash "$W/sig" "4:$W/east.der"
is 'no: certificate /O=test/CN=east2: ' $v "4:$W/east2.der"
is ok $v "4:$W/east2.der" "4:$W/mid.der"
is ok $v "4:$W/mid.der" "4:$W/east2.der"
# a CA that is no root is trusted as well as one
mv "$W/west/ca/root.crt" "$W/west"
cp "$W/mid.crt" "$W/west/ca"
is ok $v "4:$W/east2.der"
rm "$W/west/ca/mid.crt"
mv "$W/west/root.crt" "$W/west/ca"

# and nothing else
is 'the signature of FQDN/east.example.org is not by the key' \
    verify "$W/west" east.example.org "${hash%3}4" "$W/sig" "4:$W/east.der"
is 'not for FQDN/else.example.org: it needs that subjectAltName' \
    verify "$W/west" else.example.org $hash "$W/sig" "4:$W/east.der"
cert thief "$W/mid.key" root "$san"
is 'is not by the key' $v "4:$W/thief.der"
opensign "$W/root.key" $hash "$W/other"
is 'is not by the key' verify "$W/west" east.example.org $hash "$W/other" \
    "4:$W/east.der"
# a signature with the name of the hash in it, as IKEv2 has it
"$catest" octets $hash "$W/hash"
openssl pkeyutl -sign -inkey "$local" -in "$W/hash" -pkeyopt digest:sha1 \
    -out "$W/named"
is 'is not by the key' verify "$W/west" east.example.org $hash "$W/named" \
    "4:$W/east.der"
: >"$W/empty"
is 'is not by the key' verify "$W/west" east.example.org $hash "$W/empty" \
    "4:$W/east.der"
is 'no: the hash to be signed has 0 octets' \
    verify "$W/west" east.example.org '' "$W/sig" "4:$W/east.der"
head -c 100 "$W/east.der" >"$W/cut"
is 'certificate 1 of the peer is none' $v "4:$W/cut"
cert old "$local" root "$san" -days -1
is 'certificate has expired' $v "4:$W/old.der"
is 'renew it' $v "4:$W/old.der"
cert ca2 "$W/root.key" self "$ca"
cert usage "$local" root "${san}keyUsage=critical,keyEncipherment\n"
is 'must not sign: its keyUsage needs digitalSignature' $v "4:$W/usage.der"
openssl ecparam -genkey -name prime256v1 -noout -out "$W/ec.key"
cert ec "$W/ec.key" root "$san"
is 'no: FQDN/east.example.org is ECDSA P-256: IKEv1 signatures' \
    $v "4:$W/ec.der"

# no CA: refused, but for what we have a copy of and want to accept so
cert alone "$local" self "$san"
is 'no: certificate /O=test/CN=alone: self-signed' $v "4:$W/alone.der"
is 'no: certificate /O=test/CN=alone: self-signed' -s $v "4:$W/alone.der"
cp "$W/alone.crt" "$W/west/certs"
is 'no: certificate /O=test/CN=alone: self-signed' $v "4:$W/alone.der"
is ok -s $v "4:$W/alone.der"
is ok -s $v
is 'not for FQDN/else.example.org' -s verify "$W/west" else.example.org \
    $hash "$W/sig" "4:$W/alone.der"
rm "$W/west/certs/alone.crt"

# no certificate came
is 'no: FQDN/east.example.org sent no certificate, and there is neither' $v
is "its public key in $W/west/pubkeys/fqdn" $v
cp "$W/east.crt" "$W/west/certs"
is ok $v
rm "$W/west/certs/east.crt"
cp "$W/east.pub" "$W/west/pubkeys/fqdn/east.example.org"
cp "$W/east.pub" "$W/west/pubkeys/ipv4/192.0.2.1"
is ok $v
is ok verify "$W/west" 192.0.2.1 $hash "$W/sig"
is 'is not by the key' verify "$W/west" 192.0.2.1 $hash "$W/other"
# a bare key: the one that we have a copy of
openssl rsa -in "$local" -RSAPublicKey_out -outform DER -out "$W/raw" \
    2>/dev/null
openssl rsa -in "$W/root.key" -RSAPublicKey_out -outform DER \
    -out "$W/otherraw" 2>/dev/null
is ok $v "11:$W/raw"
is 'is not that of' $v "11:$W/otherraw"
rm "$W/west/pubkeys/fqdn/east.example.org"
is "put its local.pub into $W/west/pubkeys/fqdn" $v "11:$W/raw"
# an encoding that says nothing to us is as if it had not come
is 'sent no certificate' $v "1:$W/raw"

is ok messages
exit $failed
