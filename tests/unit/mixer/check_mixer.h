/* check_mixer.h - the test cases of mixer/, and plans whose sources have given sizes. */
#ifndef TAMIS_CHECK_MIXER_H
#define TAMIS_CHECK_MIXER_H

#include <check.h>

#include "mixer/plan/resolved.h"

enum { GIVEN_ROUNDS = 3 };

/* A source without shards: tokens per repeat up to the first 0, one document each. */
struct given {
	uint64_t tokens[GIVEN_ROUNDS];
};

/*
 * Parse and resolve `text` without opening shards.  With pack bestfit, each repeat makes
 * one sample more than it fills.  "p" is the plan's name in messages.  Returns 0, or -1
 * with *err; call resolved_free in both cases.
 */
int given_resolve(
    const char *text, const struct given *source, struct resolved *rp, struct err *err);
/* The same without counting samples, so sources may be too small. */
int given_shares(
    const char *text, const struct given *source, struct resolved *rp, struct err *err);

TCase *schedule_tcase(void);	   /* check_schedule.c */
TCase *group_schedule_tcase(void); /* check_group_schedule.c */
TCase *epoch_parts_tcase(void);	   /* check_epoch_parts.c */
TCase *shares_tcase(void);	   /* check_shares.c */
TCase *scatterfile_tcase(void);	   /* check_scatterfile.c */
TCase *encoder_facts_tcase(void);  /* check_encoder_facts.c */

#endif
