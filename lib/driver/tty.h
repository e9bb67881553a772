/* tty.h - the progress line on a terminal, updated four times a second at most. */
#ifndef TAMIS_TTY_H
#define TAMIS_TTY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"

struct progress {
	bool on;
	bool shown;
	uint64_t start, last; /* nanoseconds */
};

void progress_init(struct progress *p, bool on);
/* Whether a line is due now.  Cheap enough to call once per block. */
bool progress_due(struct progress *p);
/* Replace the line: "near: 1.2 GB  84 MB/s".  Call it when one is due. */
void progress_line(struct progress *p, const char *fmt, ...) PRINTF(2, 3);
void progress_clear(struct progress *p);
/* Append a duration in seconds as "0:42", "12:05" or "3:00:10". */
void progress_put_time(struct buf *b, double seconds);
double progress_seconds(const struct progress *p); /* since progress_init */

/*
 * Call show(ctx) now and four times a second, on a thread of its own, for work that does
 * not return in between.  NULL if no thread can be started.
 */
struct ticker;
struct ticker *ticker_start(void (*show)(void *ctx), void *ctx);
void ticker_stop(struct ticker *t); /* NULL is fine */

#endif
