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
 * RSA keys of two ends, and what each knows of the other's.
 */
#include <sys/stat.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "world.h"

static char	 dir[2][1024];
static const char *const dirs[] = { "", "/ca", "/certs", "/crls", "/private",
    "/pubkeys", "/pubkeys/fqdn" };
#define NDIRS	(sizeof(dirs) / sizeof(dirs[0]))

static void
secrets_path(char *path, size_t len, int which, const char *name)
{
	if (snprintf(path, len, "%s%s", dir[which], name) >= len)
		errx(2, "%s: too long", dir[which]);
}

static void
secrets_remove(void)
{
	static const char *const files[] = { "/private/local.key",
	    "/pubkeys/fqdn/a.example", "/pubkeys/fqdn/b.example" };
	char path[1100];
	size_t i;
	int w;

	for (w = 0; w < 2; w++) {
		for (i = 0; i < 3; i++) {
			secrets_path(path, sizeof(path), w, files[i]);
			unlink(path);
		}
		for (i = NDIRS; i-- > 0; ) {
			secrets_path(path, sizeof(path), w, dirs[i]);
			rmdir(path);
		}
	}
}

static FILE *
secrets_open(int which, const char *name)
{
	char path[1100];
	FILE *f;

	secrets_path(path, sizeof(path), which, name);
	if ((f = fopen(path, "w")) == NULL || fchmod(fileno(f), 0600) == -1)
		err(2, "%s", path);
	return (f);
}

static void
secrets_make(int which)
{
	const char *name = which == 0 ? "/pubkeys/fqdn/a.example" :
	    "/pubkeys/fqdn/b.example";
	EVP_PKEY *key;
	FILE *f;

	if ((key = EVP_RSA_gen(2048)) == NULL)
		errx(2, "EVP_RSA_gen");
	f = secrets_open(which, "/private/local.key");
	if (PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) != 1)
		errx(2, "PEM_write_PrivateKey");
	fclose(f);
	f = secrets_open(!which, name);
	if (PEM_write_PUBKEY(f, key) != 1)
		errx(2, "PEM_write_PUBKEY");
	fclose(f);
	EVP_PKEY_free(key);
}

const char *
secrets_dir(int which)
{
	const char *w = getenv("W");
	char path[1100];
	size_t i;
	int n;

	if (dir[which][0] != '\0')
		return (dir[which]);
	for (n = 0; n < 2; n++) {
		snprintf(dir[n], sizeof(dir[n]), "%s/simXXXXXX",
		    w == NULL ? "/tmp" : w);
		if (mkdtemp(dir[n]) == NULL)
			err(2, "%s", dir[n]);
		for (i = 1; i < NDIRS; i++) {
			secrets_path(path, sizeof(path), n, dirs[i]);
			if (mkdir(path, 0700) == -1)
				err(2, "%s", path);
		}
	}
	atexit(secrets_remove);
	secrets_make(0);
	secrets_make(1);
	return (dir[which]);
}
