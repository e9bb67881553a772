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
uint64_t epoch_part_first(
    const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t p);
/* pack concat: the token of the source's stream with which pass p begins. */
uint64_t epoch_part_token(const struct resolved_source *s, uint64_t p);
/* The pass that sample i belongs to. */
uint64_t epoch_part_of(
    const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t i);
/* The pass at which a source's stream ends, whole epochs: LOCK_MAX_PASSES without a cap.
 */
uint64_t epoch_part_end(const struct resolved_source *s);
/*
 * Samples of length l->cut[cut] that the cap of source s allows in all, with what it has
 * given at other lengths: count[c * l->nsources + s].
 */
uint64_t epoch_part_limit(
    const struct resolved *rp, uint32_t s, uint32_t len_class, const uint64_t *count);

/* Where a sample's tokens are. */
struct sample_pos {
	uint32_t source, len_class;
	uint64_t part;	 /* at this length, from 0 */
	uint64_t index; /* in the pass, before the permutation */
};

struct epoch_parts; /* of a run: what follows from all of l->at */

/* l is borrowed.  NULL with *err if a source is gone through more often than a byte can
 * count. */
struct epoch_parts *epoch_parts_new(const struct resolved *rp, struct err *err);
void epoch_parts_free(struct epoch_parts *p); /* NULL is fine */

/* The number of pass `pass` among all over its source. */
uint8_t epoch_parts_seg_epoch(
    const struct epoch_parts *p, uint32_t s, uint32_t len_class, uint64_t part);

/* Samples of a length that source s gives before phase k, and in the whole run. */
uint64_t epoch_parts_before(const struct epoch_parts *p, uint32_t s, uint32_t k);
uint64_t epoch_parts_total(const struct epoch_parts *p, uint32_t s, uint32_t len_class);

/* One thread's permutations: of the pass that it was asked for last, for each source. */
struct sample_order;
struct sample_order *sample_order_new(const struct epoch_parts *p);
void sample_order_free(struct sample_order *o); /* NULL is fine */

/* Sample i of source s at a length, in the order of training. */
struct sample_pos sample_order_pos(
    struct sample_order *o, uint32_t s, uint32_t len_class, uint64_t i);
/* The way back: i of a spot.  Of the samples of its pass some may lie behind the run's
 * end. */
uint64_t sample_order_number(struct sample_order *o, const struct sample_pos *at);

#endif
