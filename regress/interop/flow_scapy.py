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


"""Hosts with which scapy_flow.sh's machine has policies: AH and ESP.

usage: flow_scapy.py -n
       flow_scapy.py seconds wire suites command ...

-n says in one line what is missing here, and fails then.  Otherwise: how
long to wait for a packet; the machine's wire; a file with a line for each
host: its address, "ah" or "esp", "transport" or "tunnel", the names of
cipher and hash for scapy or "-", the SPIs, keys of the cipher and keys of
the hash, each of the SA from the machine and of the one to it; and how to
run a command on the machine.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import esp_scapy  # noqa: E402

if not esp_scapy.missing:
    from scapy.layers.inet import ICMP, IP
    from scapy.layers.ipsec import AH, ESP, IPSecIntegrityError
    from scapy.layers.ipsec import SecurityAssociation
    from scapy.layers.l2 import ARP
    from scapy.packet import Raw

US, FIRST = "192.0.2.1", "192.0.2.2"
SIZES = list(range(5)) + [64, 255, 1000, 1300]
chance, check, same = esp_scapy.chance, esp_scapy.check, esp_scapy.same


class Wire(esp_scapy.Wire):
    """An end at which a host has many addresses."""

    def answer(self, frame):
        if ARP in frame and frame[ARP].op == 1 and frame.pdst != US:
            self.transmit(frame.hwsrc, ARP(op=2, hwsrc=self.ether,
                psrc=frame.pdst, hwdst=frame.hwsrc, pdst=frame.psrc))


class Host:
    def __init__(self, line, wire, command):
        self.addr, proto, mode, cipher, mac, spis, enc, auth = line.split()
        self.name = " ".join((proto, mode, cipher, mac))
        self.wire, self.command = wire, command
        self.proto = AH if proto == "ah" else ESP
        self.tunnel = mode == "tunnel"
        self.algs = [None if a == "-" else a for a in (cipher, mac)]
        self.keys = [[bytes.fromhex(k) for k in pair.split(":")]
            for pair in (enc, auth)]
        self.spis = [int(s) for s in spis.split(":")]
        self.theirs = self.sa(0, US, self.addr)
        self.ours = self.sa(1, self.addr, US)
        self.seq = 0

    def sa(self, way, src, dst):
        header = IP(src=src, dst=dst) if self.tunnel else None
        extra = {}
        if self.proto is ESP:
            extra = {"crypt_algo": self.algs[0],
                "crypt_key": self.keys[0][way]}
        return SecurityAssociation(self.proto, spi=self.spis[way],
            auth_algo=self.algs[1], auth_key=self.keys[1][way] or None,
            tunnel_header=header, **extra)

    def decrypt(self):
        data = self.wire.receive()
        packet = IP(data)
        check(self.proto in packet, "not protected: " + packet.summary())
        del packet.chksum
        same(bytes(packet), data, "outer header with its checksum")
        self.seq += 1
        check(packet[self.proto].seq == self.seq, "number %d, expected %d" %
            (packet[self.proto].seq, self.seq))
        try:
            inner = self.theirs.decrypt(IP(data))
        except IPSecIntegrityError as e:
            raise esp_scapy.Wrong("the ICV: %r" % e) from None
        inner = IP(bytes(inner))
        check((inner.src, inner.dst) == (US, self.addr), "inner header: " +
            inner.summary())
        del inner.chksum, inner.len
        inner = IP(bytes(inner))
        check(ICMP in inner, "inside: " + inner.summary())
        if self.proto is AH:
            self.sealed(packet, inner, data)
        return inner

    def sealed(self, packet, inner, data):
        """What scapy makes of the packet inside is, byte for byte, it."""
        outer = IP(bytes(self.theirs.encrypt(inner.copy(),
            seq_num=self.seq)))
        if self.tunnel:
            outer.tos, outer.id = packet.tos, packet.id
            outer.flags, outer.ttl = packet.flags, packet.ttl
            del outer.chksum
            same(bytes(outer)[20 + 12 + 32:], data[20 + 12 + 32:],
                "what AH is around")
        else:
            same(bytes(outer), data, "AH")

    def ping(self, size):
        pattern = chance.randbytes(16)
        ping = subprocess.Popen(self.command + ["ping", "-c", "1", "-q",
            "-w", "5", "-s", str(size), "-p", pattern.hex(), self.addr],
            stdout=subprocess.DEVNULL)
        try:
            inner = self.decrypt()
            data = bytes(inner[ICMP].payload)
            check(inner[ICMP].type == 8, "not a ping")
            same(data, (pattern * (size // 16 + 1))[:size],
                "ping of %d bytes" % size)
            self.send(IP(src=self.addr, dst=US) / ICMP(type=0,
                id=inner[ICMP].id, seq=inner[ICMP].seq) / Raw(data))
            check(ping.wait(self.wire.patience + 5) == 0,
                "ping of %d bytes: no answer" % size)
        finally:
            if ping.poll() is None:
                ping.kill()
                ping.wait()

    def send(self, packet):
        self.wire.send(self.ours.encrypt(IP(bytes(packet))))

    def answered(self, size):
        request = IP(src=self.addr, dst=US) / ICMP(id=size,
            seq=size ^ 0xffff) / Raw(chance.randbytes(size))
        self.send(request)
        reply = self.decrypt()
        request[ICMP].type = 0
        same(bytes(reply[ICMP]), bytes(request[ICMP]), "answer to %d bytes" %
            size)

    def refused(self):
        """In the clear, forged, and once more: no answer."""
        request = IP(bytes(IP(src=self.addr, dst=US) / ICMP(id=1) /
            Raw(chance.randbytes(40))))
        self.wire.send(request)
        seq = self.ours.seq_num
        real = bytes(self.ours.encrypt(request.copy()))
        for at in (-1, -17, 20 + 12, 20 + 6):
            self.wire.send(IP(esp_scapy.flip(real, at)))
        self.wire.send(IP(real))
        check(self.decrypt()[ICMP].type == 0, "no answer")
        self.wire.send(IP(real))
        check(self.ours.seq_num == seq + 1, "scapy's number")

    def run(self):
        self.ping(56)
        for size in SIZES:
            self.answered(size)
        self.refused()
        self.answered(7)
        self.wire.quiet()


def main():
    if sys.argv[1:] == ["-n"]:
        if esp_scapy.missing:
            print(esp_scapy.missing)
        return 1 if esp_scapy.missing else 0
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    wire = Wire(sys.argv[2], "02:00:00:00:00:02", FIRST, US,
        float(sys.argv[1]))
    with open(sys.argv[3]) as lines:
        hosts = [Host(line, wire, sys.argv[4:]) for line in lines]
    for host in hosts:
        try:
            host.run()
        except esp_scapy.Wrong as e:
            print("%s: %s" % (host.name, e))
            return 1
    return 0


sys.exit(main())
