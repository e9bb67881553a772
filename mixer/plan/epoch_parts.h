/* epoch_parts.h - which stretch of which pass over its documents a sample of a source is.
 */
#ifndef TAMIS_EPOCH_PARTS_H
#define TAMIS_EPOCH_PARTS_H

#include "mixer/plan/permute.h"
#include "mixer/plan/resolved.h"

/*
 * Samples of one length drawn from one source are numbered over the whole run: its own
 * order of training.  A pass goes once through the documents of a round; the passes of an
 * epoch are its rounds, one after the other.
 *
 * pack concat: the passes follow one another without a gap and are cut into samples; a
 * sample belongs to the pass that its first token lies in.  pack bestfit: a pass has the
 * samples of its windows.
 *
 * A pass's samples are permuted among themselves.  Passes at different lengths are
 * different ones: all passes over a source are numbered, as epochs in SEG, in the order
 * in which the run first needs them.
 */

/* The first sample that belongs to pass p of source s cut to length l->cut[cut]. */
uint64_t pass_first(const struct lock *l, uint32_t s, uint32_t cut, uint64_t p);
/* pack concat: the token of the source's stream with which pass p begins. */
uint64_t pass_token(const struct lock_source *s, uint64_t p);
/* The pass that sample i belongs to. */
uint64_t pass_of(const struct lock *l, uint32_t s, uint32_t cut, uint64_t i);
/* The pass at which a source's stream ends, whole epochs: LOCK_MAX_PASSES without a cap.
 */
uint64_t pass_end(const struct lock_source *s);
/*
 * Samples of length l->cut[cut] that the cap of source s allows in all, with what it has
 * given at other lengths: count[c * l->nsources + s].
 */
uint64_t pass_limit(
    const struct lock *l, uint32_t s, uint32_t cut, const uint64_t *count);

/* Where a sample's tokens are. */
struct spot {
	uint32_t source, cut;
	uint64_t pass;	 /* at this length, from 0 */
	uint64_t number; /* in the pass, before the permutation */
};

struct passes; /* of a run: what follows from all of l->at */

/* l is borrowed.  NULL with *err if a source is gone through more often than a byte can
 * count. */
struct passes *passes_new(const struct lock *l, struct err *err);
void passes_free(struct passes *p); /* NULL is fine */

/* The number of pass `pass` among all over its source. */
uint8_t passes_epoch(const struct passes *p, uint32_t s, uint32_t cut, uint64_t pass);

/* Samples of a length that source s gives before phase k, and in the whole run. */
uint64_t passes_before(const struct passes *p, uint32_t s, uint32_t k);
uint64_t passes_total(const struct passes *p, uint32_t s, uint32_t cut);

/* One thread's permutations: of the pass that it was asked for last, for each source. */
struct orders;
struct orders *orders_new(const struct passes *p);
void orders_free(struct orders *o); /* NULL is fine */

/* Sample i of source s at a length, in the order of training. */
struct spot orders_spot(struct orders *o, uint32_t s, uint32_t cut, uint64_t i);
/* The way back: i of a spot.  Of the samples of its pass some may lie behind the run's
 * end. */
uint64_t orders_number(struct orders *o, const struct spot *at);

#endif
