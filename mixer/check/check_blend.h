/* check_blend.h - the result of check-blend, and the ways to print it. */
#ifndef TAMIS_CHECK_BLEND_H
#define TAMIS_CHECK_BLEND_H

#include "mixer/check/repeat_distance.h"
#include "mixer/check/share_error.h"
#include "mixer/check/shuffle_test.h"

enum { BLEND_POINTS = 512 }; /* of a curve */

struct blend_check {
	const char *dir;		/* of the run */
	const struct resolved *rp;	/* its plan.lock */
	uint64_t first, end;		/* samples of the run that were checked */
	const struct train_batch *only; /* set if they are one batch */
	bool as_planned;
	struct share_error shares;
	struct shuffle_test shuffle;
	struct repeat_distance repeats;
	/* The id of the document with the shortest distance, one per source, or NULL. */
	char **copy_id, **fragment_id;
	/*
	 * curve[i * ngroups + g]: tokens of group g, without padding, at point i.  A
	 * point covers `step` samples, the last one perhaps fewer.
	 */
	uint64_t *curve, step, points;
};

/* ---- blend_sums.c: sums over phases [from, to) ---- */

/* Tokens of all samples, with padding. */
uint64_t blend_room(const struct blend_check *v, uint32_t from, uint32_t to);
/* The planned part of them for weight[phase], times SHARE_ONE. */
share_parts blend_planned(
    const struct blend_check *v, uint32_t from, uint32_t to, const uint64_t *weight);

struct drawn {
	uint64_t samples, tokens, pad; /* tokens: without padding */
};

/* A range of phases and its totals. */
struct phase_range {
	uint32_t from, to;
	uint64_t room;
	struct drawn all;
};

struct phase_range blend_range(const struct blend_check *v, uint32_t from, uint32_t to);
struct drawn blend_source(
    const struct blend_check *v, uint32_t from, uint32_t to, uint32_t s);
struct drawn blend_group(
    const struct blend_check *v, uint32_t from, uint32_t to, uint32_t g);
struct drawn blend_all(const struct blend_check *v, uint32_t from, uint32_t to);

/*
 * The mean run of successive samples of source s in a random order, in thousandths; 0 if
 * it is the only source.
 */
uint64_t blend_chance_run(const struct blend_check *v, uint32_t s);
/* Phases with samples. */
uint32_t blend_phases(const struct blend_check *v);

/* ---- output ---- */

void blend_table(const struct blend_check *v, struct buf *b);
void blend_json(const struct blend_check *v, struct buf *b);
void blend_svg(const struct blend_check *v, struct buf *b);

#endif
