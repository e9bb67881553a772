/* compose.h - writes one shard of a run, or runs one scatter job. */
#ifndef TAMIS_COMPOSE_H
#define TAMIS_COMPOSE_H

#include "mixer/mix/scatter.h"

/* Shared by all shards of a run. */
struct mix_run {
	const struct resolved *rp;
	const struct epoch_parts *parts;
	struct doc_store *store;
	const struct scatter_plan *scatter; /* NULL: gather from the documents */
	unsigned char plan[32]; /* SHA-256 of plan.lock; its first half is the run id */
	/* The run continues a shorter one, with this SHA-256; see extend.h. */
	bool extends;
	unsigned char old_plan[32];
	uint64_t old_shards; /* that have the same samples */
	const char *dir;
	bool ids;	 /* store the ids and URLs of documents */
	uint64_t memory; /* for the samples of one thread */
	struct tshard_part *inputs;
	struct tshard_source *src; /* one per source, for SRC */
	struct buf meta;
};

/* Set r->src, r->inputs and r->meta from r->rp and r->plan. */
void run_meta_fill(struct mix_run *r);
void run_meta_free(struct mix_run *r);

/* What the header of shard `no` states. */
struct tshard_facts mix_shard_facts(const struct mix_run *r, uint64_t no);
/* The name of shard `no` without extension, into out of n bytes.  0, or -1 with *err. */
int mix_shard_prefix(
    const struct mix_run *r, uint64_t no, char *out, size_t n, struct err *err);

/* The working memory of one thread. */
struct composer;
struct composer *composer_new(const struct mix_run *r);
void composer_free(struct composer *c); /* NULL is fine */

/* Write shard `no`.  Returns 0, or -1 with *err and no files left. */
int compose(struct composer *c, uint64_t no, struct err *err);
/* Run job i of r->scatter, in the first pass of a two-pass mix. */
int compose_job(struct composer *c, size_t i, struct err *err);

#endif
