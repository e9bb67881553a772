/* check_blend.h - what tamis blend finds in the shards of a run, and how it is told. */
#ifndef TAMIS_CHECK_BLEND_H
#define TAMIS_CHECK_BLEND_H

#include "mixer/check/repeat_distance.h"
#include "mixer/check/share_error.h"
#include "mixer/check/shuffle_test.h"

enum { BLEND_POINTS = 512 }; /* of a curve */

struct blend_check {
	const char *dir;		/* of the run */
	const struct resolved *rp;	/* of its plan.lock */
	uint64_t first, end;		/* samples of the run that are looked at */
	const struct train_batch *only; /* they are this batch; NULL: they are not one */
	bool as_planned;
	struct share_error shares;
	struct shuffle_test shuffle;
	struct repeat_distance repeats;
	/* Ids of documents that are nearest to themselves, one a source; NULL: none. */
	char **copy_id, **fragment_id;
	/*
	 * curve[i * ngroups + g]: tokens of group g, without pad, in stretch i, of
	 * `points` of `step` samples each, but for the last one.
	 */
	uint64_t *curve, step, points;
};

/* ---- blend_sums.c: what was counted of phases [from, to) ---- */

/* Tokens that there was room for: all samples, with pad. */
uint64_t blend_room(const struct blend_check *v, uint32_t from, uint32_t to);
/* The part of them that is planned for a share, one a phase, in parts of SHARE_ONE. */
share_parts blend_planned(
    const struct blend_check *v, uint32_t from, uint32_t to, const uint64_t *weight);

struct drawn {
	uint64_t samples, tokens, pad; /* tokens: without pad */
};

struct drawn blend_source(
    const struct blend_check *v, uint32_t from, uint32_t to, uint32_t s);
struct drawn blend_group(
    const struct blend_check *v, uint32_t from, uint32_t to, uint32_t g);
struct drawn blend_all(const struct blend_check *v, uint32_t from, uint32_t to);

/* Samples of a source that would come one after another by chance, on average, in
 * thousandths; 0 if there is no other source. */
uint64_t blend_chance_run(const struct blend_check *v, uint32_t s);
/* Phases of which there are samples. */
uint32_t blend_phases(const struct blend_check *v);

/* ---- the ways to tell it ---- */

void blend_table(const struct blend_check *v, struct buf *b);
void blend_json(const struct blend_check *v, struct buf *b);
void blend_svg(const struct blend_check *v, struct buf *b);

#endif
