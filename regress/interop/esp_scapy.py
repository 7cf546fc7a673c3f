#!/usr/bin/python3
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

"""The other end of scapy.sh's tunnels, and the host behind the gateway.

usage: esp_scapy.py -n
       esp_scapy.py seconds outside inside suites command ...

-n says in one line what is missing here, and fails then.  Otherwise: how
long to wait for a packet; the gateway's two wires; a file with a line for
each tunnel: unit, cipher, hash or "-", "esn" or "-", then SPIs, keys of the cipher and
keys of the hash, each of the SA from the gateway and of the one to it; and
how to run a command on the gateway.
"""

import os
import random
import re
import select
import socket
import struct
import subprocess
import sys
import time

try:
    import cryptography  # noqa: F401, scapy does without, but not for long
    from scapy.layers.inet import ICMP, IP, UDP
    from scapy.layers.ipsec import ESP, IPSecIntegrityError
    from scapy.layers.ipsec import SecurityAssociation
    from scapy.layers.l2 import ARP, Ether
    from scapy.packet import Raw
    missing = None
except ImportError as e:
    missing = e

chance = random.Random(os.environ.get("SEED"))
GATEWAY, PEER = "192.0.2.1", "192.0.2.2"
GATEWAY_IN, HOST = "10.1.0.1", "10.1.0.2"

# <machine/wireproto.h>
HELLO = struct.Struct("=IHHII")
FRAME = struct.Struct("=IHBB")
WIRE_MAGIC, WIRE_VERSION, WIRE_MSGMAX = 0x756d7731, 1, 64 * 1024 + 512
WIRE_ETHERNET, WIRE_F_PARTIAL = 1, 0x2

# UDP data: each length of padding, and up to the tunnel's MTU of 1280
SIZES = list(range(17)) + [64, 255, 511, 1024, 1251, 1252]


class Wrong(Exception):
    """The gateway did something else than it should."""


def check(truth, what):
    if not truth:
        raise Wrong(what)


def same(got, want, what):
    if got != want:
        raise Wrong("%s:\ngot      %s\nexpected %s" % (what, got.hex(),
            want.hex()))


class Wire:
    """An end of a wire, at which a host has one address."""

    def __init__(self, path, ether, addr, gateway, patience):
        self.ether, self.addr, self.patience = ether, addr, patience
        self.queue = []
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.settimeout(patience)
        self.sock.connect(path)
        self.sock.send(HELLO.pack(WIRE_MAGIC, WIRE_VERSION, 0, 1500, 0))
        magic, version, _, _, _ = HELLO.unpack(self.sock.recv(WIRE_MSGMAX))
        check(magic == WIRE_MAGIC and version == WIRE_VERSION, "bad hello")
        self.gateway = None
        self.ask(gateway)

    def ask(self, gateway):
        self.transmit("ff:ff:ff:ff:ff:ff", ARP(op=1, hwsrc=self.ether,
            psrc=self.addr, hwdst="00:00:00:00:00:00", pdst=gateway))
        while self.gateway is None:
            arp = self.frame()
            if ARP in arp and arp[ARP].op == 2 and arp.psrc == gateway:
                self.gateway = arp.hwsrc
            else:
                self.answer(arp)

    def transmit(self, dst, packet):
        """Short ones are filled up, with what no packet has there."""
        frame = bytes(Ether(src=self.ether, dst=dst) / packet)
        frame += b"\xee" * (60 - len(frame))
        self.sock.send(FRAME.pack(len(frame), 0, WIRE_ETHERNET, 0) + frame)

    def send(self, packet):
        self.transmit(self.gateway, packet)

    def split(self, message):
        while message:
            size, gso, kind, flags = FRAME.unpack_from(message)
            end = FRAME.size + size
            check(kind == WIRE_ETHERNET and gso == 0 and
                not flags & WIRE_F_PARTIAL and end <= len(message),
                "a frame that was not agreed upon")
            self.queue.append(message[FRAME.size:end])
            message = message[end:]

    def frame(self):
        while not self.queue:
            try:
                message = self.sock.recv(WIRE_MSGMAX)
            except socket.timeout:
                raise Wrong("nothing at %s within %g s" % (self.addr,
                    self.patience)) from None
            check(message, "the gateway hung up")
            self.split(message)
        return Ether(self.queue.pop(0))

    def answer(self, frame):
        if ARP in frame and frame[ARP].op == 1 and \
            frame.pdst == self.addr:
            self.transmit(frame.hwsrc, ARP(op=2, hwsrc=self.ether,
                psrc=self.addr, hwdst=frame.hwsrc, pdst=frame.psrc))

    def receive(self):
        """The next IP packet, without what fills up the frame."""
        while True:
            frame = self.frame()
            if IP in frame:
                check(frame.dst == self.ether, "a frame for " + frame.dst)
                return bytes(frame.payload)[:frame[IP].len]
            self.answer(frame)

    def quiet(self):
        """Whatever was sent has been answered: is there more?"""
        while self.queue or select.select([self.sock], [], [], 0)[0]:
            frame = self.frame()
            check(IP not in frame, "at %s, not expected: %s" % (self.addr,
                frame.summary()))
            self.answer(frame)


class LongAuth:
    """An HMAC with the high half of the number, which scapy's ESP omits."""

    def __init__(self, auth, sa):
        self.auth, self.sa, self.icv_size = auth, sa, auth.icv_size

    def cover(self, esp, end):
        return ESP(spi=esp.spi, seq=esp.seq,
            data=esp.data[:end] + struct.pack("!L", self.sa.esn) +
            esp.data[end:])

    def sign(self, esp, key, **_):
        covered = self.cover(esp, len(esp.data))
        self.auth.sign(covered, key)
        esp.data += covered.data[-self.icv_size:]

    def verify(self, esp, key, **_):
        self.auth.verify(self.cover(esp, len(esp.data) - self.icv_size), key)


class Cipher:
    def __init__(self, algorithm, iv, align):
        self.algorithm, self.iv, self.align = algorithm, iv, align


# The gateway's alignment is that of RFC 3602, 4106 and 7634; with AES-CTR,
# where RFC 3686 wants 4, it is 16.
CIPHERS = {
    "3des": Cipher("3DES", 8, 8),
    "chacha20-poly1305": Cipher("CHACHA20-POLY1305", 8, 4),
}
for bits in "128", "192", "256":
    CIPHERS["aes-" + bits] = Cipher("AES-CBC", 16, 16)
    CIPHERS["aes-" + bits + "-ctr"] = Cipher("AES-CTR", 8, 16)
    CIPHERS["aes-" + bits + "-gcm"] = Cipher("AES-GCM", 8, 4)

# the name of scapy and the ICV; no hash: an AEAD's
HASHES = {
    "-": (None, 16),
    "hmac-sha1": ("HMAC-SHA1-96", 12),
    "hmac-sha2-256": ("SHA2-256-128", 16),
    "hmac-sha2-384": ("SHA2-384-192", 24),
    "hmac-sha2-512": ("SHA2-512-256", 32),
}


def association(cipher, auth, esn, spi, enckey, authkey, src, dst):
    sa = SecurityAssociation(ESP, spi=spi,
        crypt_algo=cipher.algorithm, crypt_key=enckey,
        auth_algo=auth, auth_key=authkey,
        tunnel_header=IP(src=src, dst=dst), esn_en=esn)
    if esn and auth:
        sa.auth_algo = LongAuth(sa.auth_algo, sa)
    return sa


def flip(data, at):
    """A copy in which one bit of one byte is another."""
    data = bytearray(data)
    data[at] ^= 0x10
    return bytes(data)


def hop(packet):
    """The packet as a router sends it on."""
    packet = IP(bytes(packet))
    packet.ttl -= 1
    del packet.chksum
    return bytes(packet)


class Tunnel:
    def __init__(self, line, outside, inside, command):
        unit, cipher, mac, esn, spis, enc, auth = line.split()
        self.name = " ".join((cipher, mac, esn))
        self.outside, self.inside = outside, inside
        self.command = command
        self.near = "169.254.%s.1" % unit
        self.far = "169.254.%s.2" % unit
        self.beyond = "10.2.%s.2" % unit
        self.cipher = CIPHERS[cipher]
        self.auth, self.icv = HASHES[mac]
        self.aead, self.esn = mac == "-", esn == "esn"
        self.keys = [[bytes.fromhex(k) for k in pair.split(":")]
            for pair in (enc, auth)]
        self.spis = [int(s) for s in spis.split(":")]
        self.theirs = self.their_sa(self.esn)
        self.ours = self.our_sa(self.esn)
        self.seq = 0
        self.expected = dict.fromkeys(("input", "output", "bad", "replayed",
            "wrapped"), 0)

    def their_sa(self, esn, enckey=None):
        return association(self.cipher, self.auth, esn, self.spis[0],
            enckey or self.keys[0][0], self.keys[1][0], GATEWAY, PEER)

    def our_sa(self, esn, enckey=None, authkey=None):
        return association(self.cipher, self.auth, esn, self.spis[1],
            enckey or self.keys[0][1], authkey or self.keys[1][1], PEER,
            GATEWAY)

    def datagram(self, src, dst, size):
        return IP(bytes(IP(src=src, dst=dst, ttl=64, id=size + 1) /
            UDP(sport=4096, dport=9) / Raw(chance.randbytes(size))))

    # What the gateway sends

    def esp_size(self, size):
        """RFC 4303: whole blocks of the packet with 2 bytes of trailer."""
        align = self.cipher.align
        return 8 + self.cipher.iv + -(-(size + 2) // align) * align + self.icv

    def decrypt(self):
        data = self.outside.receive()
        packet = IP(data)
        check(ESP in packet, "not ESP: " + packet.summary())
        check((packet.src, packet.dst) == (GATEWAY, PEER), "outer header: " +
            packet.summary())
        del packet.chksum
        same(bytes(packet), data, "outer header with its checksum")
        self.seq += 1
        self.expected["output"] += 1
        check(packet[ESP].seq == self.seq, "number %d, expected %d" %
            (packet[ESP].seq, self.seq))
        size = len(bytes(packet[ESP]))
        try:
            inner = self.theirs.decrypt(IP(data))
        except IPSecIntegrityError as e:
            raise Wrong("the ICV of number %d: %r" % (self.seq, e)) from None
        check(size == self.esp_size(len(inner)), "%d bytes of ESP around %d" %
            (size, len(inner)))
        return data, bytes(inner)

    def outbound(self):
        for size in SIZES:
            sent = self.datagram(HOST, self.beyond, size)
            self.inside.send(sent)
            data, inner = self.decrypt()
            same(inner, hop(sent), "%d bytes, from the gateway" % size)
        wrong = self.their_sa(self.esn, flip(self.keys[0][0], 0))
        try:
            inner = bytes(wrong.decrypt(IP(data)))
        except IPSecIntegrityError:
            inner = b""
        check(inner != hop(sent), "any key decrypts")

    def ping(self, size):
        """From the gateway, which wants an answer."""
        pattern = chance.randbytes(16)
        ping = subprocess.Popen(self.command + ["ping", "-c", "1", "-q",
            "-w", "5", "-s", str(size), "-p", pattern.hex(), self.far],
            stdout=subprocess.DEVNULL)
        try:
            inner = IP(self.decrypt()[1])
            check(ICMP in inner and inner[ICMP].type == 8 and
                (inner.src, inner.dst) == (self.near, self.far),
                "not a ping: " + inner.summary())
            same(bytes(inner[ICMP].payload), (pattern * (size // 16 + 1))
                [:size], "ping of %d bytes" % size)
            self.encrypt(IP(src=self.far, dst=self.near) / ICMP(type=0,
                id=inner[ICMP].id, seq=inner[ICMP].seq) /
                Raw(bytes(inner[ICMP].payload)))
            check(ping.wait(self.outside.patience + 5) == 0,
                "ping of %d bytes: no answer" % size)
        finally:
            if ping.poll() is None:
                ping.kill()
                ping.wait()

    # What the gateway receives

    def encrypt(self, packet, seq=None, sa=None):
        """Under the next number, or any of 64 bits.  Returns what is sent."""
        sa = sa or self.ours
        if seq is not None:
            sa.seq_num, sa.esn = seq & 0xffffffff, seq >> 32
        packet = sa.encrypt(packet)
        self.send(packet)
        return bytes(packet)

    def send(self, packet):
        self.outside.send(packet)
        self.expected["input"] += 1

    def arrives(self, sent, what):
        same(self.inside.receive(), hop(sent), what)

    def inbound(self):
        for size in SIZES + [1372]:
            sent = self.datagram(self.beyond, HOST, size)
            self.encrypt(sent)
            self.arrives(sent, "%d bytes, to the gateway" % size)
            request = IP(src=self.far, dst=self.near) / ICMP(id=size,
                seq=size ^ 0xffff) / Raw(chance.randbytes(size))
            if size > 1252:
                continue        # the answer would be in two pieces
            self.encrypt(request)
            reply = IP(self.decrypt()[1])
            check((reply.src, reply.dst) == (self.near, self.far),
                "answer: " + reply.summary())
            request[ICMP].type = 0
            same(bytes(reply[ICMP]), bytes(request[ICMP]),
                "answer to %d bytes" % size)

    def forged(self, size):
        """None of these may pass, nor use up the number of the real one."""
        sent = self.datagram(self.beyond, HOST, size)
        seq = self.ours.seq_num
        real = self.ours.encrypt(sent)
        # ICV, the last of the ciphertext, its middle, IV, number
        for at in (-1, -self.icv, -self.icv - 1, 20 + 8 + 16, 20 + 8, 20 + 6):
            self.send(IP(flip(bytes(real), at)))
        enckey, authkey = self.keys[0][1], self.keys[1][1]
        self.encrypt(sent, seq, self.our_sa(self.esn,
            flip(enckey, 3) if self.aead else None,
            None if self.aead else flip(authkey, 3)))
        self.encrypt(sent, seq, self.our_sa(not self.esn))
        self.expected["bad"] += 8
        self.send(real)
        self.arrives(sent, "the real one after forged ones")
        self.send(real)
        self.expected["replayed"] += 1

    def numbers(self):
        """Up to 32 bits and beyond."""
        late = 0xfffffffe
        numbers = [0x80000000, 0xfffffff0, 0xffffffff]
        if self.esn:
            numbers += [0x100000000, 0x100000005, 0x100000001]
        for seq in numbers + [late]:
            sent = self.datagram(self.beyond, HOST, 40)
            self.encrypt(sent, seq)
            self.arrives(sent, "number %#x" % seq)
        self.encrypt(sent, late)
        self.expected["replayed"] += 1
        if not self.esn:
            self.encrypt(sent, 0)
            self.encrypt(sent, 1)
            self.expected["wrapped"] += 1
            self.expected["replayed"] += 1

    def run(self):
        before = counters(self.command)
        self.outbound()
        for size in (0, 16, 56, 1000, 1252):
            self.ping(size)
        self.inbound()
        for size in (0, 100, 1252):
            self.forged(size)
        self.numbers()
        self.settle(before)
        self.inside.quiet()
        self.outside.quiet()

    def settle(self, before):
        """Everything is counted once, under its cause."""
        names = {
            "input": "input ESP packets",
            "output": "output ESP packets",
            "bad": "packets that failed verification received",
            "replayed": "possibly replayed packets received",
            "wrapped": "packets where counter wrapping was detected",
        }
        want = {names[k]: n for k, n in self.expected.items() if n}
        end = time.monotonic() + self.inside.patience
        while True:
            now = counters(self.command)
            got = {k: n - before.get(k, 0) for k, n in now.items()
                if n != before.get(k, 0) and not k.endswith("bytes")}
            if got == want:
                return
            check(time.monotonic() < end, "counters: %s, expected %s" %
                (got, want))
            time.sleep(0.02)


def counters(command):
    """ "1 input ESP packet" counts as "packets". """
    text = subprocess.run(command + ["netstat", "-s", "-p", "esp"],
        stdout=subprocess.PIPE, check=True, universal_newlines=True).stdout
    return {re.sub(r"\bpacket\b", "packets", m[2]): int(m[1])
        for m in re.finditer(r"^\t(\d+) (.*)$", text, re.M)}


def main():
    if sys.argv[1:] == ["-n"]:
        if missing:
            print(missing)
        return 1 if missing else 0
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    patience = float(sys.argv[1])
    outside = Wire(sys.argv[2], "02:00:00:00:00:02", PEER, GATEWAY, patience)
    inside = Wire(sys.argv[3], "02:00:00:00:01:02", HOST, GATEWAY_IN,
        patience)
    with open(sys.argv[4]) as suites:
        tunnels = [Tunnel(line, outside, inside, sys.argv[5:])
            for line in suites]
    check(tunnels, "no tunnel in " + sys.argv[4])
    for tunnel in tunnels:
        try:
            tunnel.run()
        except Wrong as e:
            print("%s: %s" % (tunnel.name, e))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
