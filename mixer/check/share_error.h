/* share_error.h - measures exactly how far a run is from the shares of its plan. */
#ifndef TAMIS_SHARE_ERROR_H
#define TAMIS_SHARE_ERROR_H

#include "lib/base/num.h"
#include "mixer/plan/resolved.h"

/* Samples times SHARE_ONE. */
typedef u128 share_parts;

/* The largest difference between a count and its share. */
struct worst_share {
	bool any;
	share_parts off;
	uint32_t id; /* source or group */
	uint64_t at; /* samples of the run so far; or a batch number */
};

struct phase_error {
	uint64_t from, n;	    /* samples before the range; samples counted */
	uint64_t *samples, *tokens; /* one per source; tokens without padding */
	uint64_t *group;	    /* samples, one per group */
	struct worst_share source, any_group; /* at any prefix; only if from is 0 */
	struct worst_share end;		      /* of a source, at the end of the range */
};

/* The batch of one training step. */
struct train_batch {
	uint64_t no, first, samples; /* no: from 0; first: sample of the run */
};

/*
 * Batches, clipped to the range.  chi2 is the sum of (count - share)^2 / share over
 * sources and batches; df is its degrees of freedom.  Random sampling gives chi2 / df =
 * 1, a schedule much less.
 */
struct batch_error {
	uint64_t n;
	struct worst_share source, group;
	double chi2;
	uint64_t df;
};

struct share_error {
	const struct resolved *rp; /* borrowed */
	uint64_t first, end;	   /* samples of the run */
	struct phase_error *phase;
	struct batch_error batches;
	struct open_batch *open;
};

enum { BATCH_DEFAULT = 1024 }; /* samples, if the plan has no batch lines */

/*
 * Batch number `no`, and the batch of a sample.  The last batch size continues past the
 * end of the run.
 */
struct train_batch train_batch_at(const struct resolved *rp, uint64_t no);
struct train_batch train_batch_of(const struct resolved *rp, uint64_t sample);

/* Count samples [first, end) of the run, at least one. */
void share_error_init(
    struct share_error *a, const struct resolved *rp, uint64_t first, uint64_t end);
/* The next sample is of source s and has `tokens` tokens that are not padding. */
void share_error_add(struct share_error *a, uint32_t s, uint64_t tokens);
/* Close the last phase and the last batch. */
void share_error_finish(struct share_error *a);
void share_error_free(struct share_error *a);

/*
 * Whether, throughout each phase, every group stayed within one sample of its share and
 * every source within 1.5.  A range that begins within a phase has an error at both ends,
 * so a source may then be off by 3 samples.
 */
bool share_error_as_planned(const struct share_error *a);

#endif
