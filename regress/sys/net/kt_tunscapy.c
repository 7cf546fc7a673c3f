/*
 * Copyright (c) 2026 The um project
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

#include "kt_tunlib.h"
#include "kt_scapy.h"

/*
 * What scapy has encrypted: every cipher and MAC, ESP and AH, over IPv4 and
 * IPv6, in UDP and not, with extended numbers and not.
 */

static int
digit(char c)
{
	return (c <= '9' ? c - '0' : c - 'a' + 10);
}

static int
bytes(const char *text, u_int8_t *p)
{
	int n;

	for (n = 0; text[2 * n] != '\0'; n++)
		p[n] = digit(text[2 * n]) << 4 | digit(text[2 * n + 1]);
	return (n);
}

static int
findalg(const char *name)
{
	int i;

	for (i = 0; i < ktun_nalgs; i++)
		if (strcmp(ktun_algs[i].ta_name, name) == 0)
			break;
	return (i);
}

static int
findmac(const char *name)
{
	int i;

	for (i = 0; i < ktun_nmacs; i++)
		if (strcmp(ktun_macs[i].tm_name, name) == 0)
			break;
	return (i);
}

static void
receive(const u_int8_t *p, int len)
{
	struct mbuf *m = m_getpacket(M_WAIT, 64, len, 0);

	m->m_len = m->m_pkthdr.len = len;
	memcpy(mtod(m, u_int8_t *), p, len);
	ktun_in(&kti1, m);
	ktun_settle();
}

static int passed;

static void
check(const struct scapy *sc)
{
	static u_int8_t outer[512], inner[512], got[512];
	int olen = bytes(sc->sc_outer, outer);
	int ilen = bytes(sc->sc_inner, inner);
	struct tdb *ah = NULL;
	struct mbuf *m;
	struct ktun t;

	memset(&t, 0, sizeof(t));
	t.t_oaf = sc->sc_oaf;
	t.t_natt = sc->sc_natt;
	t.t_mtu = t.t_link = 1500;
	if (sc->sc_proto == IPPROTO_ESP)
		t.t_alg = findalg(sc->sc_alg);
	t.t_inflags = sc->sc_esn ? TDBF_ESN : 0;
	KT_ASSERT(t.t_alg < ktun_nalgs);
	KT_EQ(ktun_begin(&t), 0);
	if (sc->sc_proto == IPPROTO_AH)
		ah = ktun_ah(&t, IPSP_DIRECTION_IN, KTUN_SPI,
		    findmac(sc->sc_alg));
	if (sc->sc_esn)
		t.t_in->tdb_rpl = (u_int64_t)SCAPY_HIGH << 32;
	/* a bit of the ICV is another; UDP with a checksum counts it itself */
	outer[olen - 1] ^= 1;
	receive(outer, olen);
	KT_ASSERT(ktun_arrived() == NULL);
	KT_EQ(ktun_losses() > 0, !sc->sc_natt || sc->sc_oaf == AF_INET);
	outer[olen - 1] ^= 1;
	receive(outer, olen);
	KT_EQ(ktun_losses(), 0);
	m = ktun_arrived();
	KT_ASSERT(m != NULL);
	KT_EQ(m->m_pkthdr.len, ilen);
	m_copydata(m, 0, ilen, got);
	KT_MEMEQ(got, inner, ilen);
	m_freem(m);
	if (ah != NULL)
		ksec_delete(ah);
	KT_EQ(ktun_end(), 0);
	passed++;
}

KTEST(tun_scapy, "ESP and AH as scapy makes them")
{
	u_int i;

	passed = 0;
	for (i = 0; i < nitems(scapy); i++) {
		check(&scapy[i]);
		if (passed != (int)i + 1) {
			kt_say("vector %u: %s over IPv%d, udp %d, esn %d\n",
			    i, scapy[i].sc_alg, scapy[i].sc_oaf == AF_INET ?
			    4 : 6, scapy[i].sc_natt, scapy[i].sc_esn);
			break;
		}
	}
}
