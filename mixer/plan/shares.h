/* shares.h - prints a table of planned and achieved shares, tokens and epochs. */
#ifndef TAMIS_SHARES_H
#define TAMIS_SHARES_H

#include "mixer/plan/resolved.h"

/* Append the table of a resolved plan. */
void shares_put(const struct resolved *rp, struct buf *b);

/* Pieces of the table, for callers with counts of their own. */

struct shares_row {
	const char *name;
	bool source;		    /* otherwise a group, which has no epochs */
	uint64_t planned, achieved; /* in millionths of all tokens */
	uint64_t samples, tokens;   /* without pad */
	uint64_t epoch, cap; /* tokens of an epoch; cap as in struct resolved_source */
};

int shares_width(const struct resolved *rp); /* of the column of names, in bytes */
void shares_put_head(int width, struct buf *b);
void shares_put_row(const struct shares_row *r, int width, struct buf *b);

#endif
