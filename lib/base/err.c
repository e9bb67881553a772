/* err.c - error values, and one-line messages with control characters masked. */
#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *err_prog = "tamis";

/* The length of the UTF-8 sequence at s, and its code point; 0: ill-formed. */
static size_t
sequence(const char *s, uint32_t *c)
{
	const unsigned char lead = (unsigned char)*s;
	const size_t n = lead < 0x80   ? 1
			 : lead < 0xc2 ? 0
			 : lead < 0xe0 ? 2
			 : lead < 0xf0 ? 3
			 : lead < 0xf5 ? 4
				       : 0;

	*c = n < 2 ? lead : lead & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	return n;
}

/* C0 and C1 controls, and the characters that change the direction of text. */
static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e ||
	       c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

/*
 * Messages quote text from the web: it must not control the terminal, add lines or
 * reverse their order.  Ill-formed bytes may be controls in another encoding.
 */
size_t
err_mask(char *s)
{
	const char *start = s;
	char *to = s;
	uint32_t c;

	while (*s) {
		const size_t n = sequence(s, &c);

		if (n == 0 || is_control(c)) {
			*to++ = '?';
			s += n ? n : 1;
			continue;
		}
		memmove(to, s, n);
		to += n;
		s += n;
	}
	*to = '\0';
	return (size_t)(to - start);
}

/* A NUL, as from "%c", would end the message. */
static void
mask_nul(char *s, size_t n)
{
	char *nul;

	while ((nul = memchr(s, '\0', n)))
		*nul = '?';
}

__attribute__((format(printf, 2, 0))) static void
put_line(const char *word, const char *fmt, va_list ap)
{
	char line[2048];
	size_t n, room = sizeof line - 1;
	int k;

	k = snprintf(line, room, "%s: %s", err_prog, word);
	n = k < 0 ? 0 : (size_t)k;
	if (n < room && (k = vsnprintf(line + n, room - n, fmt, ap)) > 0)
		n += (size_t)k;
	if (n >= room)
		n = room - 1;
	mask_nul(line, n);
	line[n] = '\0';
	n = err_mask(line);
	line[n] = '\n';
	while (write(STDERR_FILENO, line, n + 1) < 0 && errno == EINTR)
		;
}

int
err_set(struct err *e, int code, const char *fmt, ...)
{
	const size_t most = sizeof e->msg - 1;
	va_list ap;
	int n;

	if (e->code)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	if (n > 0)
		mask_nul(e->msg, (size_t)n < most ? (size_t)n : most);
	return -1;
}

/* ": FIX" for a failed system call, or "" if the error explains itself. */
static const char *
advice(int error)
{
	switch (error) {
	case EFBIG:
		return ": raise the limit (ulimit -f), or use another file system";
	case EMFILE:
		return ": raise the limit (ulimit -n)";
	case ENFILE:
		return ": end other programs, or raise fs.file-max";
	case ENOSPC:
		return ": free disk space";
	case EDQUOT:
		return ": free disk space within your quota";
	case EROFS:
		return ": use another directory";
	default:
		return "";
	}
}

int
err_errno(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	char what[sizeof e->msg - 128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	/* A wrong path is a usage error: running the command again cannot help. */
	return err_set(e, saved == ENOENT || saved == ENOTDIR ? EXIT_USAGE : EXIT_SYSTEM,
	    "%s: %s%s", what, strerror(saved), advice(saved));
}

int
err_prefix(struct err *e, const char *who)
{
	const size_t n = strlen(who) + 2, room = sizeof e->msg - n - 1;
	const size_t len = strnlen(e->msg, room);

	if (!e->code)
		return -1;
	memmove(e->msg + n, e->msg, len);
	e->msg[n + len] = '\0';
	memcpy(e->msg, who, n - 2);
	memcpy(e->msg + n - 2, ": ", 2);
	return -1;
}

void
msg(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
}

void
warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("warning: ", fmt, ap);
	va_end(ap);
}

static void (*before_dying)(void);

void
err_on_die(void (*f)(void))
{
	before_dying = f;
}

void
die(int code, const char *fmt, ...)
{
	static atomic_flag dying = ATOMIC_FLAG_INIT;
	va_list ap;

	/* Threads that run out of memory together give one message. */
	while (atomic_flag_test_and_set(&dying))
		pause();
	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
	if (before_dying)
		before_dying();
	_exit(code);
}

static unsigned memory_options;

void
no_memory_options(unsigned options)
{
	memory_options |= options;
}

void
die_no_memory(const char *purpose)
{
	static const char *const fix[] = { "fewer threads (-j)", "a smaller --memory",
		"a smaller --max-doc" };
	char line[128] = ": end other programs";
	size_t n = 0;

	for (unsigned i = 0; i < sizeof fix / sizeof *fix; i++)
		if (memory_options >> i & 1)
			n += (size_t)snprintf(line + n, sizeof line - n, "%s%s",
			    n ? ", or " : ": try ", fix[i]);
	die(EXIT_SYSTEM, "out of memory%s%s", purpose, line);
}

void
bug(const char *file, int line, const char *what)
{
	msg("BUG: %s:%d: %s: please report this", file, line, what);
	abort();
}
