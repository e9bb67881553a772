/* epoch_parts.h - maps the samples drawn from a source to its epochs and documents. */
#ifndef TAMIS_EPOCH_PARTS_H
#define TAMIS_EPOCH_PARTS_H

#include "mixer/plan/permute.h"
#include "mixer/plan/resolved.h"

/*
 * An epoch of a source has one part per repeat, see struct resolved_source.  An epoch
 * part reads the documents of its repeat once, in order.  Parts follow each other without
 * end: part p is repeat p % nrepeats of epoch p / nrepeats.
 *
 * The samples of one length class that the run draws from a source are numbered in
 * training order.  With pack concat, the parts form one stream of tokens that is cut into
 * samples; a sample belongs to the part of its first token.  With pack bestfit, the
 * samples of a part are those of its windows.  Within a part, a permutation maps sample
 * numbers to samples.
 *
 * Each length class has a stream of its own.  SEG counts the parts of all streams of a
 * source together, in the order in which the run first needs them, as "epochs".
 */

/* The number of the first sample of part p of source s, in a length class. */
uint64_t epoch_part_first(
    const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t p);
/* With pack concat: the token of the source's stream at which part p begins. */
uint64_t epoch_part_token(const struct resolved_source *s, uint64_t p);
/* The part of sample number i. */
uint64_t epoch_part_of(
    const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t i);
/*
 * The part at which the stream of a source ends: its cap rounded up to whole epochs, or
 * RESOLVED_MAX_PARTS without a cap.
 */
uint64_t epoch_part_end(const struct resolved_source *s);
/*
 * The number of samples of a length class that the cap of source s allows, given the
 * samples it gives to the other classes: count[c * rp->nsources + s].
 */
uint64_t epoch_part_limit(
    const struct resolved *rp, uint32_t s, uint32_t len_class, const uint64_t *count);

/*
 * The tokens without pad of the first n samples of a length class.  With pack bestfit,
 * pad in the part begun last counts as if it were spread evenly.
 */
uint64_t epoch_part_text(
    const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t n);

/* One sample of a source. */
struct sample_pos {
	uint32_t source, len_class;
	uint64_t part;	/* of the stream of its length class, from 0 */
	uint64_t index; /* in its part, before the permutation */
};

struct epoch_parts; /* the epoch parts that a whole run uses */

/*
 * rp is borrowed.  Returns NULL with *err if the run needs more parts of a source than
 * the epoch byte of SEG can number.
 */
struct epoch_parts *epoch_parts_new(const struct resolved *rp, struct err *err);
void epoch_parts_free(struct epoch_parts *p); /* NULL is fine */

/* The epoch of a part as SEG numbers it. */
uint8_t epoch_parts_seg_epoch(
    const struct epoch_parts *p, uint32_t s, uint32_t len_class, uint64_t part);

/*
 * Samples of source s before phase k, counting phases of the same length class only; and
 * samples of a class in the whole run.
 */
uint64_t epoch_parts_before(const struct epoch_parts *p, uint32_t s, uint32_t k);
uint64_t epoch_parts_total(const struct epoch_parts *p, uint32_t s, uint32_t len_class);
/* The number of parts that these samples need, at least in part. */
uint64_t epoch_parts_begun(const struct epoch_parts *p, uint32_t s, uint32_t len_class);

/*
 * The training order of the samples of each source.  It keeps the permutation of the part
 * used last, so each thread needs its own.
 */
struct sample_order;
struct sample_order *sample_order_new(const struct epoch_parts *p);
void sample_order_free(struct sample_order *o); /* NULL is fine */

/* Sample number i of source s in a length class. */
struct sample_pos sample_order_pos(
    struct sample_order *o, uint32_t s, uint32_t len_class, uint64_t i);
/*
 * The inverse: the number of a sample.  In the last part it may be past the end of the
 * run.
 */
uint64_t sample_order_number(struct sample_order *o, const struct sample_pos *at);

#endif
