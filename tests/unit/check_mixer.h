/* check_mixer.h - the parts of the suite of mixer/, and plans with sources of given
 * sizes. */
#ifndef TAMIS_CHECK_MIXER_H
#define TAMIS_CHECK_MIXER_H

#include <check.h>

#include "mixer/plan/resolved.h"

enum { GIVEN_ROUNDS = 3 };

/* A source in place of shards: tokens of each round up to the first 0, in one document.
 */
struct given {
	uint64_t tokens[GIVEN_ROUNDS];
};

/*
 * Parse and resolve `text` with its sources as given, all but the opening of shards; with
 * pack bestfit each round makes as many samples as full ones and one more.  "p" is the
 * plan's name in messages.  Returns 0 or -1 with *err; call lock_free in both cases.
 */
int given_resolve(
    const char *text, const struct given *source, struct resolved *rp, struct err *err);
/* The same up to the shares, whether the sources can give them or not. */
int given_shares(
    const char *text, const struct given *source, struct resolved *rp, struct err *err);

TCase *schedule_tcase(void);	/* check_schedule.c */
TCase *epoch_parts_tcase(void); /* check_epoch_parts.c */
TCase *shares_tcase(void);	/* check_shares.c */
TCase *scatterfile_tcase(void); /* check_scatterfile.c */

#endif
