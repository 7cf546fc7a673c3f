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

/* Made by golden.py. */
/* sha1: of p - 1, most significant octet first */
static const struct {
	uint16_t	 group;
	const char	*sha1;
} modp_golden[] = {
	{ IKE_DH_MODP768, "5dd722da1d69ba554e7cce13b96b9fe8eb59a3a1" },
	{ IKE_DH_MODP1024, "cff0b316e95bd27ac7d95ad9eddacb4303e38f0c" },
	{ IKE_DH_MODP1536, "e34879fed29c6346eec99468682f1cf2d765063f" },
	{ IKE_DH_MODP2048, "ded186cd72cb0c64b23591a0c06f895bf64856fd" },
	{ IKE_DH_MODP3072, "47e281c5abdce191f22fc1a0f502f2f9a94438fa" },
	{ IKE_DH_MODP4096, "4151742410a9a5e30acbf5de345146c71d96ef14" },
	{ IKE_DH_MODP6144, "63ce8c3924286cd04188057278fe789caebf20b1" },
	{ IKE_DH_MODP8192, "2b1cfc261f69a59123223fe20608807cf56f8088" },
};
