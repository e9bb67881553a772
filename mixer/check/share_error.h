/* share_error.h - what a run has had of each source, against what its plan says, exactly.
 */
#ifndef TAMIS_SHARE_ERROR_H
#define TAMIS_SHARE_ERROR_H

#include "mixer/plan/resolved.h"

/* Samples in parts of SHARE_ONE. */
__extension__ typedef unsigned __int128 share_parts;

/* The farthest that a count was from its share. */
struct worst_share {
	bool any;
	share_parts off;
	uint32_t id; /* source or group */
	uint64_t at; /* samples of the run that had been by then; the number of a batch */
};

struct phase_error {
	uint64_t from, n;	    /* samples of it that are left out before; counted */
	uint64_t *samples, *tokens; /* one a source; tokens without pad */
	uint64_t *group;	    /* samples, one a group */
	struct worst_share source, any_group; /* at any prefix; not where from > 0 */
	struct worst_share end;		      /* of a source, where the counting ended */
};

/* A training step. */
struct train_batch {
	uint64_t no, first, samples; /* from 0; sample of the run */
};

/*
 * Batches, cut where the range begins and ends.  chi2: the sum over batches of
 * (count - share)^2 / share over sources; df: its degrees of freedom.  Sources drawn by
 * chance would have chi2 / df = 1; those of a schedule have much less.
 */
struct batch_error {
	uint64_t n;
	struct worst_share source;
	double chi2;
	uint64_t df;
};

struct share_error {
	const struct resolved *rp; /* borrowed */
	uint64_t first, end;	   /* the range: samples of the run */
	struct phase_error *phase;
	struct batch_error batches;
	struct open_batch *open;
};

enum { BATCH_DEFAULT = 1024 }; /* samples, where a plan has no batch lines */

/* Batch `no`, and that of a sample; those behind the run's end go on. */
struct train_batch train_batch_at(const struct resolved *rp, uint64_t no);
struct train_batch train_batch_of(const struct resolved *rp, uint64_t sample);

/* To count samples [first, end) of the run, which are at least one. */
void share_error_init(
    struct share_error *a, const struct resolved *rp, uint64_t first, uint64_t end);
/* The next sample is of source s, with so many tokens that are not pad. */
void share_error_add(struct share_error *a, uint32_t s, uint64_t tokens);
/* After the last sample: the end of the last phase and batch. */
void share_error_finish(struct share_error *a);
void share_error_free(struct share_error *a);

/*
 * Whether no source was ever a sample or more away from its share since a phase began.
 * Of a range that begins within a phase: whether no source is farther off in it than the
 * two ends of such a stretch can be.
 */
bool share_error_as_planned(const struct share_error *a);

#endif
