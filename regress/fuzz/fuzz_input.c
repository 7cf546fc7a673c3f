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
 * The octets of inputs for engines: how they are read, the payloads that any
 * message may have, and seeds.
 */
#include <string.h>

#include "fuzz.h"
#include "fuzz_input.h"

uint8_t
get(struct span *s)
{
	uint8_t v = 0;

	(void)span_get8(s, &v);
	return (v);
}

void
get_octets(struct span *s, struct span *part)
{
	size_t len = get(s);

	(void)span_take(s, len < s->s_len ? len : s->s_len, part);
}

void
put_spi(uint8_t *p, uint32_t spi)
{
	p[0] = spi >> 24;
	p[1] = spi >> 16;
	p[2] = spi >> 8;
	p[3] = spi;
}

void
pay_raw(struct msgb *mb, const struct about *a, struct span *s)
{
	struct span data;

	mb_open(mb, get(s));
	get_octets(s, &data);
	buf_put(&mb->mb_buf, data.s_data, data.s_len);
	mb_close(mb);
}

/* Without any form at all. */
void
pay_chain(struct msgb *mb, const struct about *a, struct span *s)
{
	struct span data;

	get_octets(s, &data);
	buf_put(&mb->mb_buf, data.s_data, data.s_len);
}

void
get_payloads(struct msgb *mb, pay_fn *const *pays, unsigned int npays,
    const struct about *a, struct span *s)
{
	unsigned int n = get(s) % 16;

	while (n-- > 0)
		pays[get(s) % npays](mb, a, s);
}

void
seed_records(uint8_t opt, uint8_t begin, const struct script *sc)
{
	uint8_t b[256] = { opt, begin };

	if (sc->sc_len > sizeof(b) - 2)
		wrong("a script of %zu octets", sc->sc_len);
	memcpy(b + 2, sc->sc_octets, sc->sc_len);
	seed(b, 2 + sc->sc_len);
}

void
seed_inputs(const struct script *sc, unsigned int n)
{
	for (; n > 0; n--, sc++)
		seed(sc->sc_octets, sc->sc_len);
}
