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

/*
 * A daemon's requests about SAs, to a kernel: run by kernel.sh, in one that
 * has 192.0.2.8/24 on um0 and sec0 at 10.9.0.1, where 10.9.0.2 is behind it.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <netinet/in.h>

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kt.h"

static struct kernel	*k;
static int		 request;
static int		 upcall;

/* the last that expired */
static struct {
	uint32_t	 spi;
	int		 soft;
	int		 hard;
	struct ike_addr	 dst;
} gone;

static void
expire(void *arg, uint32_t spi, const struct ike_addr *dst, int hard)
{
	CHECK(arg == &gone);
	gone.spi = spi;
	gone.dst = *dst;
	if (hard)
		gone.hard++;
	else
		gone.soft++;
}

static int
shows(const char *what)
{
	return (says("ipsecctl -ss -vvk", what));
}

/* Until one has expired so often, or some seconds have passed. */
static void
await(const int *count, int want)
{
	struct pollfd pfd = { .fd = upcall, .events = POLLIN };
	int i;

	for (i = 0; i < 150 && *count < want; i++) {
		CHECK(poll(&pfd, 1, 200) != -1);
		CHECK(kernel_input(k) == 0);
	}
	CHECK(*count == want);
}

static struct ksa
t_make(void)
{
	struct ksa in = sa(0, 0), out = sa(1, 0);
	struct ike_id me, peer;
	uint32_t spi;

	CHECK(id_parse("left.example", &me) == 0);
	CHECK(id_parse("right@example.com", &peer) == 0);
	IS(kernel_getspi(k, &in, &in.ks_spi), 0);
	CHECK(in.ks_spi >= 0x100);
	IS(kernel_getspi(k, &in, &spi), 0);
	CHECK(spi != in.ks_spi);
	CHECK(shows("state larval"));

	in.ks_larval = in.ks_esn = 1;
	in.ks_srcid = &peer;
	in.ks_dstid = &me;
	in.ks_soft_s = 900;
	in.ks_hard_s = 1000;
	IS(kernel_addsa(k, &in), 0);
	CHECK(shows("auth gmac-aes-128 enc aes-gcm") ||
	    shows("enc aes-128-gcm"));
	CHECK(shows("replay 64 flags 0x404<tunnel,esn>"));
	CHECK(shows("interface: sec0 direction in"));
	CHECK(shows("UFQDN/right@example.com"));
	CHECK(shows("FQDN/left.example"));
	CHECK(shows("lifetime_soft: alloc 0 bytes 0 add 900 first 0"));
	CHECK(shows("lifetime_hard: alloc 0 bytes 0 add 1000 first 0"));
	/* it is no larval one any more, and there is one of the name */
	in.ks_larval = 0;
	IS(kernel_addsa(k, &in), EEXIST);

	out.ks_spi = 0x12345678;
	out.ks_encr.xf_id = IKE_ENCR_AES_CBC;
	out.ks_ekeylen = 16;
	out.ks_integ.xf_id = IKE_INTEG_SHA2_256;
	out.ks_akey = key;
	out.ks_akeylen = 32;
	out.ks_hard_bytes = 1000000;
	out.ks_udpencap = 1;
	out.ks_udpport = 40000;
	out.ks_srcid = &me;
	out.ks_dstid = &peer;
	IS(kernel_addsa(k, &out), 0);
	CHECK(shows("spi 0x12345678 auth hmac-sha2-256 enc aes"));
	CHECK(shows("flags 0x204<tunnel,udpencap>"));
	CHECK(shows("udpencap: udpencap port 40000"));
	CHECK(shows("interface: sec0 direction out"));
	id_clear(&me);
	id_clear(&peer);
	IS(kernel_delsa(k, &in), 0);
	IS(kernel_delsa(k, &in), ESRCH);
	return (out);
}

static void
t_refused(void)
{
	struct ksa ks = sa(1, 0);

	ks.ks_spi = 0x777;
	ks.ks_encr.xf_id = 99;
	IS(kernel_addsa(k, &ks), EPROTONOSUPPORT);
	CHECK(strstr(kernel_reason(EPROTONOSUPPORT, &ks), "99") != NULL);
	ks.ks_encr.xf_id = IKE_ENCR_BLOWFISH;
	IS(kernel_addsa(k, &ks), EINVAL);
	CHECK(strstr(kernel_reason(EINVAL, &ks), "Blowfish") != NULL);
	/* no such larval one */
	ks = sa(0, 0);
	ks.ks_spi = 0x777;
	ks.ks_larval = 1;
	IS(kernel_addsa(k, &ks), ESRCH);
}

static void
t_move(struct ksa *out)
{
	struct ksa to = *out;

	to.ks_src = addr("192.0.2.8");
	to.ks_dst = addr("192.0.2.10");
	to.ks_udpport = 40001;
	IS(kernel_movesa(k, out, &to), 0);
	CHECK(shows("esp tunnel from 192.0.2.8 to 192.0.2.10 spi 0x12345678"));
	CHECK(shows("udpencap: udpencap port 40001"));
	CHECK(shows("interface: sec0 direction out"));
	/* only our own end */
	*out = to;
	to.ks_src = addr("192.0.2.7");
	IS(kernel_movesa(k, out, &to), 0);
	CHECK(shows("esp tunnel from 192.0.2.7 to 192.0.2.10 spi 0x12345678"));
	/* back into plain ESP it cannot go */
	*out = to;
	to.ks_udpencap = 0;
	IS(kernel_movesa(k, out, &to), EOPNOTSUPP);
	to.ks_udpencap = 1;
	to.ks_src = addr("192.0.2.8");
	to.ks_dst = addr("192.0.2.9");
	IS(kernel_movesa(k, out, &to), 0);
	*out = to;
	to.ks_spi++;
	IS(kernel_movesa(k, &to, out), ESRCH);
}

static void
t_stat(const struct ksa *out)
{
	struct ksa_stat st;
	int64_t t = time(NULL);

	IS(kernel_statsa(k, out, &st), 0);
	CHECK(st.kt_bytes == 0 && st.kt_packets == 0 && st.kt_lastuse == 0);
	(void)says("ping -c 2 -i 0.1 -w 1 10.9.0.2", "");
	IS(kernel_statsa(k, out, &st), 0);
	CHECK(st.kt_packets == 2);
	CHECK(st.kt_bytes >= 2 * 84 && st.kt_bytes < 2 * 200);
	CHECK(st.kt_lastuse >= t - 2 && st.kt_lastuse <= time(NULL) + 2);
	IS(kernel_delsa(k, out), 0);
	IS(kernel_statsa(k, out, &st), ESRCH);
}

static void
t_expire(void)
{
	struct ksa ks = sa(1, 0);

	/* by bytes: the second packet is too much */
	ks.ks_spi = 0x1000;
	ks.ks_soft_bytes = 80;
	ks.ks_hard_bytes = 150;
	IS(kernel_addsa(k, &ks), 0);
	(void)says("ping -c 2 -i 0.1 -w 1 10.9.0.2", "");
	await(&gone.hard, 1);
	CHECK(gone.soft == 1 && gone.spi == 0x1000);
	CHECK(addr_same(&gone.dst, &ks.ks_dst));
	IS(kernel_delsa(k, &ks), ESRCH);

	memset(&gone, 0, sizeof(gone));
	ks.ks_spi = 0x1001;
	ks.ks_soft_bytes = ks.ks_hard_bytes = 0;
	ks.ks_soft_s = 1;
	ks.ks_hard_s = 2;
	IS(kernel_addsa(k, &ks), 0);
	await(&gone.soft, 1);
	CHECK(gone.hard == 0 && gone.spi == 0x1001);
	await(&gone.hard, 1);
	IS(kernel_delsa(k, &ks), ESRCH);
}

/* An SA of an interface that comes later. */
static void
t_later(void)
{
	struct ksa in = sa(0, 7), out = sa(1, 7);

	in.ks_spi = out.ks_spi = 0x2000;
	IS(kernel_addsa(k, &in), 0);
	IS(kernel_addsa(k, &out), 0);
	CHECK(system("ifconfig sec7 create && ifconfig sec7 inet 10.7.0.1 "
	    "10.7.0.2 up") == 0);
	CHECK(says("ifconfig sec7", "status: active"));
	CHECK(says("ifconfig sec7 destroy", "") == 1);
	CHECK(system("ifconfig sec7 create && ifconfig sec7 up") == 0);
	CHECK(says("ifconfig sec7", "status: active"));
	IS(kernel_delsa(k, &in), 0);
	IS(kernel_delsa(k, &out), 0);
	CHECK(says("ifconfig sec7", "status: down"));
	CHECK(system("ifconfig sec7 destroy") == 0);
}

static void
small(int s)
{
	int size = 8192;

	CHECK(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size,
	    sizeof(size)) == 0);
}

/* More SAs than one dump has room for; those of other units stay. */
static void
t_flush(void)
{
	static const unsigned int units[] = { 3, 4 };
	const unsigned int n = 400;
	struct ksa ks;
	unsigned int i;

	small(request);
	CHECK(kernel_flush(k, units, 2) == 0);
	for (i = 0; i < n; i++) {
		ks = sa(i & 1, i % 8 == 0 ? 5 : 3 + i % 2);
		ks.ks_spi = 0x3000 + i;
		IS(kernel_addsa(k, &ks), 0);
	}
	CHECK(kernel_flush(k, units, 0) == 0);
	CHECK(kernel_flush(k, units, 2) == n - n / 8);
	CHECK(kernel_flush(k, units, 2) == 0);
	CHECK(shows("interface: sec5"));
	CHECK(!shows("interface: sec3") && !shows("interface: sec4"));
	i = 5;
	CHECK(kernel_flush(k, &i, 1) == n / 8);
}

/* Nobody looks at the socket for a while: it is told, once, and goes on. */
static void
t_lost(void)
{
	struct ksa ks = sa(1, 0), other = sa(1, 0);
	int i;

	small(upcall);
	other.ks_spi = 0x4000;
	for (i = 0; i < 3000; i++)
		IS(kernel_delsa(k, &other), ESRCH);
	logged[0] = '\0';
	CHECK(kernel_input(k) == 0);
	CHECK(strstr(logged, "were lost") != NULL);
	memset(&gone, 0, sizeof(gone));
	ks.ks_spi = 0x4001;
	ks.ks_hard_s = 1;
	IS(kernel_addsa(k, &ks), 0);
	await(&gone.hard, 1);
}

/* The machine is switched off below us. */
static void
t_off(const struct ksa *ks)
{
	int i;

	printf("ready\n");
	fflush(stdout);
	for (i = 0; i < 300 && kernel_input(k) == 0; i++)
		usleep(100000);
	CHECK(kernel_input(k) == -1);
	CHECK(kernel_delsa(k, ks) != 0);
}

int
main(int argc, char **argv)
{
	struct ksa in = sa(0, 0), out;

	if (kernel_open(&request, &upcall) == -1)
		err(1, "kernel_open");
	CHECK((k = kernel_new(request, upcall, expire, &gone)) != NULL);
	/* without one for each way, nothing is sent */
	in.ks_spi = 0x900;
	IS(kernel_addsa(k, &in), 0);
	if (argc > 1)
		t_off(&in);
	else {
		out = t_make();
		t_refused();
		t_move(&out);
		t_stat(&out);
		t_expire();
		t_later();
		t_flush();
		t_lost();
	}
	kernel_free(k);
	return (0);
}
