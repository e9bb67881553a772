/* shares.h - a blend as a table for people: planned and achieved shares, tokens, epochs.
 */
#ifndef TAMIS_SHARES_H
#define TAMIS_SHARES_H

#include "mixer/plan/resolved.h"

/* All of a plan. */
void shares_put(const struct resolved *rp, struct buf *b);

/* The parts of it, for whoever has other counts to show in the same columns. */

struct shares_row {
	const char *name;
	bool source;		    /* else a group, which has no epochs */
	uint64_t planned, achieved; /* in millionths of all tokens */
	uint64_t samples, tokens;
	uint64_t epoch, cap; /* tokens of an epoch; as in struct lock_source */
};

int shares_width(const struct resolved *rp); /* of the column of names */
void shares_put_head(int width, struct buf *b);
void shares_put_row(const struct shares_row *r, int width, struct buf *b);

#endif
