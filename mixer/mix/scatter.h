/*
 * scatter.h - a shuffle larger than memory, in two passes over the disk: first the
 * samples of each stretch of a source, sorted by the order of training, into a file of
 * their own; then each shard takes its samples, a run of them, from every file.
 */
#ifndef TAMIS_SCATTER_H
#define TAMIS_SCATTER_H

#include "mixer/mix/gather.h"
#include "mixer/mix/scatterfile.h"

/* All jobs of a run. */
struct scatter_plan {
	const struct resolved *rp;
	const struct epoch_parts *parts;
	const char *dir; /* of the files */
	unsigned char plan[32];
	bool ids;
	struct scatter_job *job;
	size_t n;
};

/* Fill in job and n: jobs that take about `bytes` of memory each. */
void scatter_divide(struct scatter_plan *p, uint64_t bytes);
void scatter_plan_free(struct scatter_plan *p);

/* The name of job i's file, NUL-terminated in b. */
void scatter_name(const struct scatter_plan *p, size_t i, struct buf *b);
/* Whether it is there, whole and of this plan. */
bool scatter_done(const struct scatter_plan *p, size_t i);
/* Make it, with *v for memory.  0, or -1 with *err and nothing left behind. */
int scatter_do(const struct scatter_plan *p, size_t i, struct gatherer *g,
    struct samples *v, struct err *err);

/*
 * Samples [first, first + n) of source s at a length, in the order of training, into
 * slots slot[0..n-1] of *out, which are empty.  Files of all jobs must be there.
 */
int scatter_fetch(const struct scatter_plan *p, uint32_t s, uint32_t len_class,
    uint64_t first, uint32_t n, const uint32_t *slot, struct samples *out,
    struct err *err);

#endif
