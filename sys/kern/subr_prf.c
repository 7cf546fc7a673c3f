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
 * Formatted printing: into memory, to the console and the message ring.
 *
 * The console's lock is a word of its own and not a mutex: it is taken in
 * any context, by mutexes that panic too, and nothing yields under it.
 */

#include <sys/param.h>
#include <sys/systm.h>
#include <sys/proc.h>
#include <machine/md.h>

#define MSGBUFSIZE	65536
#define PRFBUFSIZE	256	/* to the console in such pieces */
#define NUMBUFSIZE	24	/* digits of 2^64 in octal, and a sign */

/* Where the characters of one call go. */
struct sink {
	char		*sk_buf;
	size_t		 sk_size;	/* bytes of sk_buf */
	size_t		 sk_used;	/* bytes there, at most sk_size */
	size_t		 sk_total;	/* bytes that came */
	void		(*sk_flush)(struct sink *);	/* when full, or NULL */
	int		 sk_flags;
};
#define SK_QUIET	0x1	/* not to the console */

struct spec {
	int	 sp_flags;
	int	 sp_width;
	int	 sp_prec;	/* -1: none given */
	int	 sp_size;	/* bytes of the argument */
};
#define SP_LEFT		0x01
#define SP_PLUS		0x02
#define SP_SPACE	0x04
#define SP_ALT		0x08
#define SP_ZERO		0x10
#define SP_UPPER	0x20

const char *panicstr;

static unsigned int prf_lock;		/* protects the ring; console order */
static char	msgbuf[MSGBUFSIZE];
static unsigned long msgbuf_total;	/* bytes ever written */
static struct proc *panic_proc;		/* who panicked first */

static void
sink_char(struct sink *sk, char c)
{
	if (sk->sk_used == sk->sk_size && sk->sk_flush != NULL)
		sk->sk_flush(sk);
	if (sk->sk_used < sk->sk_size)
		sk->sk_buf[sk->sk_used++] = c;
	sk->sk_total++;
}

static void
sink_fill(struct sink *sk, char c, int n)
{
	while (n-- > 0)
		sink_char(sk, c);
}

static void
sink_mem(struct sink *sk, const char *p, size_t n)
{
	while (n-- > 0)
		sink_char(sk, *p++);
}

static void
put_string(struct sink *sk, const struct spec *sp, const char *s, size_t n)
{
	int pad = sp->sp_width > (int)n ? sp->sp_width - (int)n : 0;

	if (!(sp->sp_flags & SP_LEFT))
		sink_fill(sk, ' ', pad);
	sink_mem(sk, s, n);
	if (sp->sp_flags & SP_LEFT)
		sink_fill(sk, ' ', pad);
}

/* The digits of v, written up to end; returns where they start. */
static char *
fmt_digits(char *end, uint64_t v, unsigned int base, int upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

	for (; v != 0; v /= base)
		*--end = digits[v % base];
	return (end);
}

static void
put_number(struct sink *sk, const struct spec *sp, uint64_t v,
    unsigned int base, const char *prefix)
{
	char buf[NUMBUFSIZE], *end = buf + sizeof(buf), *p;
	int n, zeros, pad, plen = strlen(prefix);

	p = fmt_digits(end, v, base, sp->sp_flags & SP_UPPER);
	n = end - p;
	zeros = (sp->sp_prec < 0 ? 1 : sp->sp_prec) - n;
	if (base == 8 && (sp->sp_flags & SP_ALT) && zeros <= 0)
		zeros = 1;
	if (zeros < 0)
		zeros = 0;
	pad = sp->sp_width - plen - zeros - n;
	if ((sp->sp_flags & (SP_ZERO | SP_LEFT)) == SP_ZERO &&
	    sp->sp_prec < 0 && pad > 0) {
		zeros += pad;
		pad = 0;
	}
	if (!(sp->sp_flags & SP_LEFT))
		sink_fill(sk, ' ', pad);
	sink_mem(sk, prefix, plen);
	sink_fill(sk, '0', zeros);
	sink_mem(sk, p, n);
	if (sp->sp_flags & SP_LEFT)
		sink_fill(sk, ' ', pad);
}

static void
put_signed(struct sink *sk, const struct spec *sp, int64_t v)
{
	const char *sign = "";

	if (v < 0)
		sign = "-";
	else if (sp->sp_flags & SP_PLUS)
		sign = "+";
	else if (sp->sp_flags & SP_SPACE)
		sign = " ";
	put_number(sk, sp, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, sign);
}

static const char *
parse_flags(const char *f, struct spec *sp)
{
	for (;; f++) {
		switch (*f) {
		case '-':
			sp->sp_flags |= SP_LEFT;
			break;
		case '+':
			sp->sp_flags |= SP_PLUS;
			break;
		case ' ':
			sp->sp_flags |= SP_SPACE;
			break;
		case '#':
			sp->sp_flags |= SP_ALT;
			break;
		case '0':
			sp->sp_flags |= SP_ZERO;
			break;
		default:
			return (f);
		}
	}
}

static const char *
parse_int(const char *f, int *v)
{
	for (*v = 0; *f >= '0' && *f <= '9'; f++)
		if (*v < 100000)
			*v = *v * 10 + (*f - '0');
	return (f);
}

static const char *
parse_size(const char *f, struct spec *sp)
{
	sp->sp_size = sizeof(int);
	switch (*f) {
	case 'h':
		sp->sp_size = sizeof(short);
		if (*++f != 'h')
			return (f);
		sp->sp_size = sizeof(char);
		return (f + 1);
	case 'l':
		sp->sp_size = sizeof(long);
		return (*++f == 'l' ? f + 1 : f);
	case 'j':
	case 'q':
	case 't':
	case 'z':
		sp->sp_size = sizeof(long);
		return (f + 1);
	default:
		return (f);
	}
}

/* The argument list, where a function can take from it by reference. */
struct args {
	va_list	 ar_ap;
};

static const char *
parse_spec(const char *f, struct spec *sp, struct args *ar)
{
	sp->sp_flags = 0;
	sp->sp_prec = -1;
	f = parse_flags(f, sp);
	if (*f == '*') {
		sp->sp_width = va_arg(ar->ar_ap, int);
		if (sp->sp_width < 0) {
			sp->sp_flags |= SP_LEFT;
			sp->sp_width = -sp->sp_width;
		}
		f++;
	} else
		f = parse_int(f, &sp->sp_width);
	if (*f == '.') {
		if (*++f == '*') {
			sp->sp_prec = va_arg(ar->ar_ap, int);
			f++;
		} else
			f = parse_int(f, &sp->sp_prec);
	}
	return (parse_size(f, sp));
}

static int64_t
arg_signed(struct args *ar, const struct spec *sp)
{
	switch (sp->sp_size) {
	case sizeof(char):
		return ((signed char)va_arg(ar->ar_ap, int));
	case sizeof(short):
		return ((short)va_arg(ar->ar_ap, int));
	case sizeof(int):
		return (va_arg(ar->ar_ap, int));
	default:
		return (va_arg(ar->ar_ap, long));
	}
}

static uint64_t
arg_unsigned(struct args *ar, const struct spec *sp)
{
	switch (sp->sp_size) {
	case sizeof(char):
		return ((unsigned char)va_arg(ar->ar_ap, unsigned int));
	case sizeof(short):
		return ((unsigned short)va_arg(ar->ar_ap, unsigned int));
	case sizeof(int):
		return (va_arg(ar->ar_ap, unsigned int));
	default:
		return (va_arg(ar->ar_ap, unsigned long));
	}
}

static void
put_hex(struct sink *sk, struct spec *sp, uint64_t v, int upper)
{
	if (upper)
		sp->sp_flags |= SP_UPPER;
	put_number(sk, sp, v, 16, !(sp->sp_flags & SP_ALT) || v == 0 ? "" :
	    upper ? "0X" : "0x");
}

/* One conversion; 0 when there is no such. */
static int
put_spec(struct sink *sk, struct spec *sp, struct args *ar, char conv)
{
	const char *s;
	char c;

	switch (conv) {
	case 'd':
	case 'i':
		put_signed(sk, sp, arg_signed(ar, sp));
		return (1);
	case 'u':
		put_number(sk, sp, arg_unsigned(ar, sp), 10, "");
		return (1);
	case 'o':
		put_number(sk, sp, arg_unsigned(ar, sp), 8, "");
		return (1);
	case 'x':
	case 'X':
		put_hex(sk, sp, arg_unsigned(ar, sp), conv == 'X');
		return (1);
	case 'p':
		put_number(sk, sp, (uintptr_t)va_arg(ar->ar_ap, void *), 16,
		    "0x");
		return (1);
	case 'c':
		c = va_arg(ar->ar_ap, int);
		put_string(sk, sp, &c, 1);
		return (1);
	case 's':
		if ((s = va_arg(ar->ar_ap, const char *)) == NULL)
			s = "(null)";
		put_string(sk, sp, s, sp->sp_prec < 0 ? strlen(s) :
		    strnlen(s, sp->sp_prec));
		return (1);
	case '%':
		sink_char(sk, '%');
		return (1);
	default:
		return (0);
	}
}

static void
sink_format(struct sink *sk, const char *fmt, va_list ap)
{
	struct args ar;
	struct spec sp;
	const char *end;

	va_copy(ar.ar_ap, ap);
	for (; *fmt != '\0'; fmt++) {
		if (*fmt != '%') {
			sink_char(sk, *fmt);
			continue;
		}
		end = parse_spec(fmt + 1, &sp, &ar);
		if (!put_spec(sk, &sp, &ar, *end)) {
			/* its argument is unknown, so are all behind it */
			sink_mem(sk, fmt, strlen(fmt));
			break;
		}
		fmt = end;
	}
	va_end(ar.ar_ap);
}

int
vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct sink sk = { .sk_buf = buf, .sk_size = size > 0 ? size - 1 : 0 };

	sink_format(&sk, fmt, ap);
	if (size > 0)
		buf[sk.sk_used] = '\0';
	return (sk.sk_total);
}

int
snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return (n);
}

static void
prf_enter(void)
{
	unsigned int spins = 0;

	while (__atomic_exchange_n(&prf_lock, 1, __ATOMIC_ACQUIRE)) {
		/* a thread that panicked while it printed never lets go */
		if (spins >= 10000 && READ_ONCE(panicstr) != NULL)
			return;
		if (++spins % 100 == 0)
			md_yield();
		CPU_BUSY_CYCLE();
	}
}

static void
prf_leave(void)
{
	__atomic_store_n(&prf_lock, 0, __ATOMIC_RELEASE);
}

static void
msgbuf_write(const char *p, size_t n)
{
	while (n-- > 0)
		msgbuf[msgbuf_total++ % MSGBUFSIZE] = *p++;
}

unsigned long
msgbuf_read(char *buf, unsigned long n)
{
	unsigned long i;

	prf_enter();
	n = ulmin(n, ulmin(msgbuf_total, MSGBUFSIZE));
	for (i = 0; i < n; i++)
		buf[i] = msgbuf[(msgbuf_total - n + i) % MSGBUFSIZE];
	prf_leave();
	return (n);
}

/* With the lock held. */
static void
sink_flush(struct sink *sk)
{
	msgbuf_write(sk->sk_buf, sk->sk_used);
	if (!(sk->sk_flags & SK_QUIET))
		md_console(sk->sk_buf, sk->sk_used);
	sk->sk_used = 0;
}

static int
vprintf_to(int flags, const char *fmt, va_list ap)
{
	char buf[PRFBUFSIZE];
	struct sink sk = { .sk_buf = buf, .sk_size = sizeof(buf),
	    .sk_flush = sink_flush, .sk_flags = flags };

	prf_enter();
	sink_format(&sk, fmt, ap);
	sink_flush(&sk);
	prf_leave();
	return (sk.sk_total);
}

int
vprintf(const char *fmt, va_list ap)
{
	return (vprintf_to(0, fmt, ap));
}

int
printf(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	return (n);
}

void
log(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf_to(level >= LOG_DEBUG ? SK_QUIET : 0, fmt, ap);
	va_end(ap);
}

/*
 * A second panic: of the same thread, there is nothing left to say; of
 * another, let the first one speak.
 */
static void __dead
panic_again(void)
{
	int i;

	for (i = 0; i < 10000 && READ_ONCE(panic_proc) != curproc; i++)
		md_yield();
	md_abort();
}

void
panic(const char *fmt, ...)
{
	static char text[1024];
	static unsigned int panicking;
	char line[sizeof(text) + 16];
	va_list ap;
	int n;

	if (__atomic_exchange_n(&panicking, 1, __ATOMIC_SEQ_CST))
		panic_again();
	WRITE_ONCE(panic_proc, curproc);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	__atomic_store_n(&panicstr, text, __ATOMIC_RELEASE);

	n = snprintf(line, sizeof(line), "panic: %s\n", text);
	prf_enter();
	msgbuf_write(line, n);
	md_alert(line, n);
	prf_leave();
	md_abort();
}

void
__assert(const char *kind, const char *file, int line, const char *expr)
{
	panic("kernel %sassertion \"%s\" failed: file \"%s\", line %d", kind,
	    expr, file, line);
}
