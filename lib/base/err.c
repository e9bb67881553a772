/* err.c - error values, and one-line messages with control bytes masked. */
#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *err_prog = "tamis";

/* Messages quote text from the web: it must not control the terminal or add lines. */
static void
mask(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
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
	line[n] = '\0';
	mask(line);
	line[n] = '\n';
	while (write(STDERR_FILENO, line, n + 1) < 0 && errno == EINTR)
		;
}

int
err_set(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (e->code)
		return -1;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	return -1;
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
	return err_set(e, EXIT_SYSTEM, "%s: %s", what, strerror(saved));
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
	va_list ap;

	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
	if (before_dying)
		before_dying();
	_exit(code);
}

void
bug(const char *file, int line, const char *what)
{
	msg("BUG: %s:%d: %s: please report this", file, line, what);
	abort();
}
