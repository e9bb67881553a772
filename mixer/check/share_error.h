/* share_error.h - what a run has had of each source, against what its plan says, exactly.
 */
#ifndef TAMIS_SHARE_ERROR_H
#define TAMIS_SHARE_ERROR_H

#include "mixer/plan/resolved.h"

/* Samples in parts of SHARE_ONE. */
__extension__ typedef unsigned __int128 parts;

/* The farthest that a count was from its share. */
struct worst {
	bool any;
	parts off;
	uint32_t who; /* source or group */
	uint64_t at; /* samples of the run that had been by then; the number of a batch */
};

struct achieved_phase {
	uint64_t from, n;	    /* samples of it that are left out before; counted */
	uint64_t *samples, *tokens; /* one a source; tokens without pad */
	uint64_t *group;	    /* samples, one a group */
	struct worst source, any_group; /* at any prefix; not where from > 0 */
	struct worst end;		/* of a source, where the counting ended */
};

/* A training step. */
struct batch {
	uint64_t no, first, samples; /* from 0; sample of the run */
};

/*
 * Batches, cut where the range begins and ends.  chi2: the sum over batches of
 * (count - share)^2 / share over sources; df: its degrees of freedom.  Sources drawn by
 * chance would have chi2 / df = 1; those of a schedule have much less.
 */
struct achieved_batches {
	uint64_t n;
	struct worst source;
	double chi2;
	uint64_t df;
};

struct achieved {
	const struct lock *l; /* borrowed */
	uint64_t first, end;  /* the range: samples of the run */
	struct achieved_phase *phase;
	struct achieved_batches batches;
	struct filling *filling;
};

enum { BATCH_DEFAULT = 1024 }; /* samples, where a plan has no batch lines */

/* Batch `no`, and that of a sample; those behind the run's end go on. */
struct batch batch_number(const struct lock *l, uint64_t no);
struct batch batch_of(const struct lock *l, uint64_t sample);

/* To count samples [first, end) of the run, which are at least one. */
void achieved_init(
    struct achieved *a, const struct lock *l, uint64_t first, uint64_t end);
/* The next sample is of source s, with so many tokens that are not pad. */
void achieved_add(struct achieved *a, uint32_t s, uint64_t tokens);
/* After the last sample: the end of the last phase and batch. */
void achieved_finish(struct achieved *a);
void achieved_free(struct achieved *a);

/*
 * Whether no source was ever a sample or more away from its share since a phase began.
 * Of a range that begins within a phase: whether no source is farther off in it than the
 * two ends of such a stretch can be.
 */
bool achieved_as_planned(const struct achieved *a);

#endif
