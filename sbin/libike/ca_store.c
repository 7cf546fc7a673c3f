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
 * What is on the disk.  All of it is read here and nothing later: no name
 * that a peer says is ever part of a path, and nothing is fetched from
 * anywhere.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "store.h"
#include "log.h"

#define FILE_MAX	(16 * 1024 * 1024)	/* octets: a long CRL */
#define KEYFILE		"private/local.key"

/* One file on its way in. */
struct loading {
	struct ca_store	*ld_store;
	const char	*ld_sub;	/* "ca" */
	const char	*ld_base;	/* "root.crt" */
	char		*ld_name;	/* for messages */
	BIO		*ld_bio;
	uint8_t		 ld_idtype;	/* pubkeys/ */
};

/* 0; 1: warned, the file is left out; -1: no memory */
typedef int	 load_fn(struct loading *);

static void
files_clear(struct ca_files *files)
{
	struct ca_file *cf;

	while ((cf = TAILQ_FIRST(files)) != NULL) {
		TAILQ_REMOVE(files, cf, cf_entry);
		X509_free(cf->cf_x509);
		X509_CRL_free(cf->cf_crl);
		EVP_PKEY_free(cf->cf_key);
		id_clear(&cf->cf_id);
		free(cf->cf_name);
		free(cf);
	}
}

static struct ca_file *
files_add(struct ca_files *files, const char *name)
{
	struct ca_file *cf;

	if ((cf = calloc(1, sizeof(*cf))) == NULL ||
	    (cf->cf_name = strdup(name)) == NULL) {
		free(cf);
		return (NULL);
	}
	TAILQ_INSERT_TAIL(files, cf, cf_entry);
	return (cf);
}

static int
nokey(struct ca_store *st, const char *why)
{
	free(st->st_nokey);
	if (asprintf(&st->st_nokey, "%s/" KEYFILE ": %s; see %s(8)",
	    st->st_name, why, st->st_manual) == -1) {
		st->st_nokey = NULL;
		return (-1);
	}
	return (0);
}

struct ca_store *
store_new(const char *dir, const char *called)
{
	const char *slash = strrchr(called, '/');
	struct ca_store *st;
	size_t len = strlen(dir);

	if ((st = calloc(1, sizeof(*st))) == NULL)
		return (NULL);
	TAILQ_INIT(&st->st_cas);
	TAILQ_INIT(&st->st_certs);
	TAILQ_INIT(&st->st_crls);
	TAILQ_INIT(&st->st_pubs);
	st->st_manual = slash != NULL ? slash + 1 : called;
	while (len > 0 && dir[len - 1] == '/')
		len--;
	st->st_dir = strndup(dir, len);
	st->st_name = len > 0 ? strndup(dir, len) : strdup(called);
	st->st_x509 = X509_STORE_new();
	if (st->st_dir == NULL || st->st_name == NULL || st->st_x509 == NULL ||
	    nokey(st, "no private key") == -1) {
		store_free(st);
		return (NULL);
	}
	return (st);
}

void
store_free(struct ca_store *st)
{
	if (st == NULL)
		return;
	files_clear(&st->st_cas);
	files_clear(&st->st_certs);
	files_clear(&st->st_crls);
	files_clear(&st->st_pubs);
	X509_STORE_free(st->st_x509);
	EVP_PKEY_free(st->st_key);
	free(st->st_nokey);
	free(st->st_name);
	free(st->st_dir);
	free(st);
}

/*
 * Not even a passphrase is asked for: there is nobody to answer, and libcrypto
 * would wait at the terminal.
 */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	return (-1);
}

static int
read_all(int fd, struct buf *b)
{
	uint8_t chunk[4096];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0 &&
	    b->b_len < FILE_MAX)
		buf_put(b, chunk, n);
	explicit_bzero(chunk, sizeof(chunk));
	if (n == 0 && b->b_failed)
		errno = ENOMEM;
	else if (n > 0)
		errno = EFBIG;
	return (n == 0 && !b->b_failed ? 0 : -1);
}

/* Is it a file and, if it has to be, a secret?  -1: warned. */
static int
file_check(int fd, const char *name, int secret)
{
	struct stat sb;

	if (fstat(fd, &sb) == -1)
		log_warn("%s", name);
	else if (!S_ISREG(sb.st_mode))
		log_warnx("%s: not a regular file", name);
	else if (secret && (sb.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		log_warnx("%s: others than its owner may read or write it: "
		    "chmod 600 %s", name, name);
	else
		return (0);
	errno = EINVAL;
	return (-1);
}

/* errno ENOENT: not there, and not warned. */
static int
file_read(const char *path, const char *name, int secret, struct buf *b)
{
	int fd, error = 0;

	/* non-blocking: a fifo must not keep us */
	if ((fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) == -1) {
		error = errno;
		if (error != ENOENT)
			log_warn("%s", name);
		errno = error;
		return (-1);
	}
	if (file_check(fd, name, secret) == -1)
		error = errno;
	else if (read_all(fd, b) == -1) {
		error = errno;
		log_warn("%s", name);
	}
	close(fd);
	if (error == 0)
		return (0);
	buf_clear(b);
	errno = error;
	return (-1);
}

static int
store_read(struct ca_store *st, const char *sub, int secret, struct buf *b)
{
	char path[PATH_MAX], name[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", st->st_dir, sub) >=
	    sizeof(path) || (size_t)snprintf(name, sizeof(name), "%s/%s",
	    st->st_name, sub) >= sizeof(name)) {
		log_warnx("%s/%s: name too long", st->st_name, sub);
		errno = ENAMETOOLONG;
		return (-1);
	}
	return (file_read(path, name, secret, b));
}

static void
cert_dates(const X509 *x, const char *name)
{
	if (X509_cmp_current_time(X509_get0_notAfter(x)) < 0)
		log_warnx("%s: %s has expired: renew it", name,
		    cert_subject(x));
	else if (X509_cmp_current_time(X509_get0_notBefore(x)) > 0)
		log_warnx("%s: %s is not valid yet: is the clock right?",
		    name, cert_subject(x));
}

/* Takes x over.  As load_fn. */
static int
cert_keep(struct ca_files *files, const char *name, X509 *x)
{
	const char *fault = key_fault(X509_get0_pubkey(x));
	struct ca_file *cf;

	TAILQ_FOREACH(cf, files, cf_entry)
		if (X509_cmp(cf->cf_x509, x) == 0) {
			X509_free(x);
			return (0);
		}
	if (fault != NULL) {
		log_warnx("%s: %s: %s", name, cert_subject(x), fault);
		X509_free(x);
		return (1);
	}
	if ((cf = files_add(files, name)) == NULL) {
		X509_free(x);
		return (-1);
	}
	cf->cf_x509 = x;
	cert_dates(x, name);
	return (0);
}

/* A file may hold several. */
static int
load_certs(struct loading *ld, struct ca_files *files)
{
	unsigned int n = 0;
	X509 *x;

	while ((x = PEM_read_bio_X509(ld->ld_bio, NULL, no_passphrase,
	    NULL)) != NULL) {
		n++;
		if (cert_keep(files, ld->ld_name, x) == -1)
			return (-1);
	}
	if (n > 0 && ERR_GET_REASON(ERR_peek_last_error()) ==
	    PEM_R_NO_START_LINE) {
		ERR_clear_error();
		return (0);
	}
	log_warnx("%s: certificate %u cannot be read: %s; PEM is wanted "
	    "(openssl x509 -inform DER -in FILE)", ld->ld_name, n + 1,
	    ca_liberror());
	return (1);
}

static int
load_ca(struct loading *ld)
{
	return (load_certs(ld, &ld->ld_store->st_cas));
}

static int
load_cert(struct loading *ld)
{
	return (load_certs(ld, &ld->ld_store->st_certs));
}

static int
load_crl(struct loading *ld)
{
	struct ca_store *st = ld->ld_store;
	struct ca_file *cf;
	X509_CRL *crl;

	crl = PEM_read_bio_X509_CRL(ld->ld_bio, NULL, no_passphrase, NULL);
	if (crl == NULL) {
		log_warnx("%s: no CRL in PEM: %s; certificates of its CA are "
		    "refused", ld->ld_name, ca_liberror());
		return (1);
	}
	if ((cf = files_add(&st->st_crls, ld->ld_name)) == NULL) {
		X509_CRL_free(crl);
		return (-1);
	}
	cf->cf_crl = crl;
	return (X509_STORE_add_crl(st->st_x509, crl) ? 0 : -1);
}

/* The name of a file below pubkeys/. */
static int
pub_id(const struct loading *ld, struct ike_id *id)
{
	struct ike_id there = { ld->ld_idtype, 0, NULL };
	struct ike_addr addr;
	char *why = NULL;
	int error;

	there.id_len = strlen(ld->ld_base);
	there.id_data = (uint8_t *)ld->ld_base;
	if (ld->ld_idtype == IKE_ID_IPV4 || ld->ld_idtype == IKE_ID_IPV6) {
		if (addr_pton(ld->ld_base, &addr) == -1 || addr.ia_family !=
		    (ld->ld_idtype == IKE_ID_IPV4 ? 4 : 6))
			return (-1);
		there.id_len = addr_len(&addr);
		there.id_data = addr.ia_addr;
	}
	error = id_check(&there, &why);
	free(why);
	return (error == 0 ? id_copy(id, &there) : -1);
}

static int
load_pub(struct loading *ld)
{
	struct ca_file *cf;
	struct ike_id id;
	const char *fault;
	EVP_PKEY *key;

	if (pub_id(ld, &id) == -1) {
		log_warnx("%s: its name is no identity of this kind",
		    ld->ld_name);
		return (1);
	}
	key = PEM_read_bio_PUBKEY(ld->ld_bio, NULL, no_passphrase, NULL);
	fault = key != NULL ? key_fault(key) : ca_liberror();
	if (fault == NULL && (cf = files_add(&ld->ld_store->st_pubs,
	    ld->ld_name)) != NULL) {
		cf->cf_key = key;
		cf->cf_id = id;
		return (0);
	}
	if (fault != NULL)
		log_warnx("%s: no public key in PEM that is good here: %s",
		    ld->ld_name, fault);
	EVP_PKEY_free(key);
	id_clear(&id);
	return (fault != NULL ? 1 : -1);
}

static int
load_one(struct loading *ld, load_fn *fn)
{
	struct buf b = { 0 };
	char sub[PATH_MAX];
	int error;

	if ((size_t)snprintf(sub, sizeof(sub), "%s/%s", ld->ld_sub,
	    ld->ld_base) >= sizeof(sub)) {
		log_warnx("%s/%s: name too long", ld->ld_sub, ld->ld_base);
		return (1);
	}
	if (store_read(ld->ld_store, sub, 0, &b) == -1)
		return (errno == ENOMEM ? -1 : 1);
	if (asprintf(&ld->ld_name, "%s/%s", ld->ld_store->st_name, sub) == -1)
		ld->ld_name = NULL;
	ld->ld_bio = BIO_new_mem_buf(b.b_data != NULL ? b.b_data :
	    (uint8_t *)"", b.b_len);
	ERR_clear_error();
	error = ld->ld_name == NULL || ld->ld_bio == NULL ? -1 : fn(ld);
	BIO_free(ld->ld_bio);
	free(ld->ld_name);
	buf_clear(&b);
	return (error);
}

static int
name_cmp(const void *a, const void *b)
{
	return (strcmp(*(char *const *)a, *(char *const *)b));
}

static void
names_free(char **names, size_t n)
{
	while (n > 0)
		free(names[--n]);
	free(names);
}

/* The names that end so, in order; -1: no memory */
static int
dir_names(DIR *dir, const char *suffix, char ***namesp, size_t *np)
{
	char **names = NULL, **more;
	const struct dirent *de;
	size_t n = 0, len, end = strlen(suffix);

	while ((de = readdir(dir)) != NULL) {
		len = strlen(de->d_name);
		if (de->d_name[0] == '.' || len <= end ||
		    strcmp(de->d_name + len - end, suffix) != 0)
			continue;
		more = reallocarray(names, n + 1, sizeof(*names));
		if (more != NULL)
			names = more;
		if (more == NULL ||
		    (names[n] = strdup(de->d_name)) == NULL) {
			names_free(names, n);
			return (-1);
		}
		n++;
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), name_cmp);
	*namesp = names;
	*np = n;
	return (0);
}

static DIR *
dir_open(const struct ca_store *st, const char *sub)
{
	char path[PATH_MAX];
	DIR *dir = NULL;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", st->st_dir, sub) >=
	    sizeof(path))
		errno = ENAMETOOLONG;
	else
		dir = opendir(path);
	if (dir == NULL && errno != ENOENT)
		log_warn("%s/%s", st->st_name, sub);
	return (dir);
}

/*
 * Before one is opened: a list that cannot be read, or is damaged, must not
 * make good what it has revoked.
 */
static void
want_crls(struct ca_store *st)
{
	X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(st->st_x509),
	    X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

static int
load_dir(struct ca_store *st, const char *sub, const char *suffix,
    uint8_t idtype, load_fn *fn)
{
	struct loading ld;
	char **names;
	size_t i, n;
	int error;
	DIR *dir;

	if ((dir = dir_open(st, sub)) == NULL) {
		if (errno != ENOENT && fn == load_crl)
			want_crls(st);
		return (0);
	}
	error = dir_names(dir, suffix, &names, &n);
	closedir(dir);
	if (error == -1)
		return (-1);
	if (n > 0 && fn == load_crl)
		want_crls(st);
	for (i = 0; i < n && error != -1; i++) {
		ld = (struct loading){ .ld_store = st, .ld_sub = sub,
		    .ld_base = names[i], .ld_idtype = idtype };
		error = load_one(&ld, fn);
	}
	names_free(names, n);
	return (error == -1 ? -1 : 0);
}

/* What the octets of local.key are worth. */
static int
key_keep(struct ca_store *st, const struct buf *pem)
{
	EVP_PKEY *key;
	const char *fault;
	BIO *bio;

	if ((bio = BIO_new_mem_buf(pem->b_data, pem->b_len)) == NULL)
		return (-1);
	ERR_clear_error();
	key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	fault = key != NULL ? key_fault(key) : ca_liberror();
	if (fault == NULL) {
		st->st_key = key;
		return (0);
	}
	log_warnx("%s/" KEYFILE ": no private key in PEM, without "
	    "passphrase, that is good here: %s", st->st_name, fault);
	EVP_PKEY_free(key);
	return (nokey(st, fault));
}

static int
load_key(struct ca_store *st, const struct buf *pem)
{
	struct buf b = { 0 };
	int error;

	if (pem != NULL)
		return (pem->b_len > 0 ? key_keep(st, pem) : 0);
	if (store_read(st, KEYFILE, 1, &b) == -1)
		return (errno == ENOENT ? 0 :
		    nokey(st, "cannot be used, the log says why"));
	error = b.b_len > 0 ? key_keep(st, &b) : nokey(st, "is empty");
	buf_clear(&b);
	return (error);
}

/* Nothing needs local.pub but the peers that get a copy: is it the one? */
static void
check_localpub(struct ca_store *st)
{
	struct buf b = { 0 };
	EVP_PKEY *pub = NULL;
	BIO *bio;

	if (st->st_key == NULL || store_read(st, "local.pub", 0, &b) == -1)
		return;
	if (b.b_len > 0 &&
	    (bio = BIO_new_mem_buf(b.b_data, b.b_len)) != NULL) {
		pub = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
		BIO_free(bio);
	}
	if (pub == NULL || EVP_PKEY_eq(pub, st->st_key) != 1)
		log_warnx("%s/local.pub is not the public key of " KEYFILE
		    ": openssl pkey -in " KEYFILE " -pubout -out local.pub",
		    st->st_name);
	ERR_clear_error();
	EVP_PKEY_free(pub);
	buf_clear(&b);
}

/*
 * Level 1: 80 bits of security, so that no signature of a certificate is
 * with MD5 or SHA1.  No purpose: what IKE certificates are said to be for
 * varies (RFC 4945 5.1.3.12).
 */
static int
set_param(struct ca_store *st, int partialchain)
{
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(st->st_x509);
	struct ca_file *cf;

	X509_VERIFY_PARAM_set_depth(param, CA_MAXDEPTH);
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	if (partialchain)
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	TAILQ_FOREACH(cf, &st->st_cas, cf_entry)
		if (!X509_STORE_add_cert(st->st_x509, cf->cf_x509))
			return (-1);
	return (0);
}

int
store_load(struct ca_store *st, const struct buf *pem, int partialchain)
{
	static const struct {
		const char	*sub;
		uint8_t		 type;
	} pubs[] = {
		{ "pubkeys/ipv4",	IKE_ID_IPV4 },
		{ "pubkeys/ipv6",	IKE_ID_IPV6 },
		{ "pubkeys/fqdn",	IKE_ID_FQDN },
		{ "pubkeys/ufqdn",	IKE_ID_UFQDN }
	};
	size_t i;

	if (load_key(st, pem) == -1 ||
	    load_dir(st, "ca", ".crt", 0, load_ca) == -1 ||
	    load_dir(st, "certs", ".crt", 0, load_cert) == -1 ||
	    load_dir(st, "crls", ".crl", 0, load_crl) == -1 ||
	    set_param(st, partialchain) == -1)
		return (-1);
	check_localpub(st);
	for (i = 0; i < sizeof(pubs) / sizeof(pubs[0]); i++)
		if (load_dir(st, pubs[i].sub, "", pubs[i].type,
		    load_pub) == -1)
			return (-1);
	return (0);
}

int
store_readkey(const char *dir, const char *called, struct buf *pem)
{
	struct ca_store *st;
	int error;

	if ((st = store_new(dir, called)) == NULL)
		return (-1);
	error = store_read(st, KEYFILE, 1, pem);
	store_free(st);
	return (error);
}
