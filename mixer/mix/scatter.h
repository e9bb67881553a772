/*
 * scatter.h - a shuffle larger than memory, in two passes over the disk.
 *
 * The first pass runs jobs.  A job gathers samples that are close together in the
 * documents of a source, sorts them into training order, and writes them to a file of its
 * own.  The second pass writes the shards: each takes a contiguous run of samples from
 * each file.
 */
#ifndef TAMIS_SCATTER_H
#define TAMIS_SCATTER_H

#include "mixer/mix/gather.h"
#include "mixer/mix/scatterfile.h"

/* The jobs of a run. */
struct scatter_plan {
	const struct resolved *rp;
	const struct epoch_parts *parts;
	const char *dir; /* directory of the scatter files */
	unsigned char plan[32];
	bool ids;
	uint64_t first_shard; /* only samples from this shard on are scattered */
	uint64_t *before;     /* [len_class * nsources + s]: samples before it */
	struct scatter_job *job;
	size_t n;
};

/*
 * Set p->before, p->job and p->n: jobs that take about `bytes` of memory each.  The other
 * members are set.
 */
void scatter_divide(struct scatter_plan *p, uint64_t bytes);
void scatter_plan_free(struct scatter_plan *p);

/* Replace b by the file name of job i, with a NUL. */
void scatter_name(const struct scatter_plan *p, size_t i, struct buf *b);
/* Whether the file of job i exists, is complete and belongs to this plan. */
bool scatter_done(const struct scatter_plan *p, size_t i);
/*
 * Run job i, with *v as memory for samples.  Returns 0, or -1 with *err and no file left.
 */
int scatter_do(const struct scatter_plan *p, size_t i, struct gatherer *g,
    struct samples *v, struct err *err);

/*
 * Read samples [first, first + n) of source s in a length class, in training order, into
 * the empty slots slot[0..n-1] of *out.  The files of all jobs must exist.
 */
int scatter_fetch(const struct scatter_plan *p, uint32_t s, uint32_t len_class,
    uint64_t first, uint32_t n, const uint32_t *slot, struct samples *out,
    struct err *err);

#endif
