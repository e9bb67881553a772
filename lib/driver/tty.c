/* tty.c - the progress line; the only file that reads the clock. */
#include "lib/driver/tty.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t quarter = 250000000; /* of a second, in ns */

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void
progress_init(struct progress *p, bool on)
{
	const uint64_t t = now();

	*p = (struct progress){ .on = on, .start = t, .last = t };
}

bool
progress_due(struct progress *p)
{
	uint64_t t;

	if (!p->on || (t = now()) - p->last < quarter)
		return false;
	p->last = t;
	return true;
}

void
progress_line(struct progress *p, const char *fmt, ...)
{
	char text[160], line[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	n = snprintf(line, sizeof line, "\r\033[K%s", text);
	p->shown = true;
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		p->on = false;
}

void
progress_clear(struct progress *p)
{
	if (p->shown && write(STDERR_FILENO, "\r\033[K", 4) < 0)
		p->on = false;
	p->shown = false;
}

void
progress_put_time(struct buf *b, double seconds)
{
	const unsigned s = seconds < 3.6e8 ? (unsigned)(seconds + 0.5) : 360000000u;

	if (s >= 3600)
		buf_putf(b, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
	else
		buf_putf(b, "%u:%02u", s / 60, s % 60);
}

double
progress_seconds(const struct progress *p)
{
	return (double)(now() - p->start) * 1e-9;
}
