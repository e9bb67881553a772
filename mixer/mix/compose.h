/* compose.h - one shard of a run: its samples gathered from the sources. */
#ifndef TAMIS_COMPOSE_H
#define TAMIS_COMPOSE_H

#include "mixer/mix/scatter.h"

/* What all shards of a run share. */
struct mix_run {
	const struct resolved *rp;
	const struct epoch_parts *parts;
	struct doc_store *store;
	const struct scatter_plan *scatter; /* NULL: straight from the documents */
	unsigned char plan[32]; /* SHA-256 of plan.lock; the run id is its first half */
	const char *dir;
	bool ids;	 /* keep the ids of the documents */
	uint64_t memory; /* bytes for the samples of one thread */
	struct tshard_part *inputs;
	struct tshard_source *src; /* one a source, as SRC wants them */
	struct buf meta;
};

/* Fill in r->src and r->meta for r->l. */
void run_meta_fill(struct mix_run *r);
void run_meta_free(struct mix_run *r);

/* What one thread needs to make shards. */
struct composer;
struct composer *composer_new(const struct mix_run *r);
void composer_free(struct composer *c); /* NULL is fine */

/* Write shard `no`.  Returns 0, or -1 with *err and nothing left behind. */
int compose(struct composer *c, uint64_t no, struct err *err);
/* The first pass: job i of r->scatter. */
int compose_job(struct composer *c, size_t i, struct err *err);

#endif
