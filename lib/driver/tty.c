/* tty.c - the progress line; the only file that reads the clock. */
#include "lib/driver/tty.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

struct ticker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* by the monotonic clock */
	bool stop;
	void (*show)(void *ctx);
	void *ctx;
};

static void *
tick(void *arg)
{
	struct ticker *t = arg;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	pthread_mutex_lock(&t->lock);
	while (!t->stop) {
		t->show(t->ctx);
		until.tv_nsec += (long)quarter;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		while (
		    !t->stop && pthread_cond_timedwait(&t->wake, &t->lock, &until) == 0)
			;
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

struct ticker *
ticker_start(void (*show)(void *ctx), void *ctx)
{
	struct ticker *t = xcalloc(1, sizeof *t);
	pthread_condattr_t attr;

	t->show = show;
	t->ctx = ctx;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&t->thread, NULL, tick, t) != 0) {
		free(t);
		return NULL;
	}
	return t;
}

void
ticker_stop(struct ticker *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->lock);
	free(t);
}
