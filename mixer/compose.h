/* compose.h - one shard of a run: its samples gathered from the sources. */
#ifndef TAMIS_COMPOSE_H
#define TAMIS_COMPOSE_H

#include "mixer/lock.h"
#include "mixer/pool.h"

/* What all shards of a run share. */
struct run {
	const struct lock *l;
	const struct pool *pool;
	unsigned char plan[32]; /* SHA-256 of plan.lock; the run id is its first half */
	const char *dir;
	bool ids; /* keep the ids of the documents */
	struct tshard_part *parts;
	struct tshard_source *src; /* one a source, as SRC wants them */
	struct buf meta;
};

/* Fill in r->src and r->meta for r->l. */
void run_describe(struct run *r);
void run_release(struct run *r);

/* What one thread needs to make shards. */
struct composer;
struct composer *composer_new(const struct run *r);
void composer_free(struct composer *c); /* NULL is fine */

/*
 * Write shard `no`: order[i] is the source of its sample i, count[s] how many samples of
 * s came before.  Returns 0, or -1 with *err and nothing left behind.
 */
int compose(struct composer *c, uint64_t no, const uint16_t *order, const uint64_t *count,
    struct err *err);

/*
 * Sample number i of a source in the order of training -> its number in the order of the
 * packed stream: permuted among the samples that begin in the same epoch.
 */
uint64_t stream_sample(const struct lock *l, uint32_t s, uint64_t i);

#endif
