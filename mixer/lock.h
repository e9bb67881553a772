/* lock.h - plan.lock: a blend in resolved integers, all that the bytes of a run follow
 * from. */
#ifndef TAMIS_LOCK_H
#define TAMIS_LOCK_H

#include <stdint.h>

#include "lib/err.h"
#include "lib/mem.h"
#include "lib/span.h"

#define LOCK_NONE	UINT64_MAX
#define LOCK_MAX_TOKENS (UINT64_C(1) << 47) /* of one source */

enum { LOCK_MAX_EPOCHS = 255 };

struct lock_phase {
	const char *name;
	uint64_t samples;
};

struct lock_group {
	const char *name;
	uint64_t *weight; /* one a phase, in parts of SHARE_ONE */
};

/* A DOCS shard. */
struct lock_part {
	const char *path; /* of its prefix, from the plan's folder */
	uint64_t docs, tokens;
	unsigned char sdx[32]; /* its tshard_digest */
};

struct lock_source {
	const char *name;
	uint32_t group;
	uint64_t *weight;      /* of the whole run, one a phase, in parts of SHARE_ONE */
	uint64_t cap;	       /* in parts of CAP_ONE; LOCK_NONE */
	uint64_t docs, tokens; /* of one epoch */
	struct lock_part *part;
	uint32_t nparts;
};

struct lock {
	uint32_t seq;
	uint64_t seed, samples;
	uint64_t shard; /* samples in each shard but the last */
	unsigned char tokenizer[32];
	uint32_t vocab, eod, pad, bos; /* pad, bos: UINT32_MAX for none */
	struct lock_phase *phase;
	struct lock_group *group;
	struct lock_source *source;
	uint32_t nphases, ngroups, nsources;
	uint64_t nshards;
	/* at[i * nsources + s]: samples of source s before shard i; i up to nshards. */
	uint64_t *at;
	struct arena mem; /* of the strings and weights */
};

/* Append the text of plan.lock: the only one there is for these values. */
void lock_render(const struct lock *l, struct buf *b);

/*
 * Parse what lock_render wrote; any other text is EXIT_DATA, with `name` in the message.
 * Returns 0, or -1 with *err; call lock_free in both cases.
 */
int lock_parse(struct span text, const char *name, struct lock *l, struct err *err);
void lock_free(struct lock *l);

/* Samples of a source that its cap allows, or else the byte that counts epochs. */
uint64_t lock_limit(const struct lock *l, const struct lock_source *s);
/* The token at which a source's stream ends: whole epochs; LOCK_NONE without a cap. */
uint64_t lock_end(const struct lock_source *s);
/* Samples of shard i. */
uint64_t lock_shard_samples(const struct lock *l, uint64_t i);

/* The source of one sample after another, phase by phase. */
struct schedule;
struct lock_order {
	const struct lock *l;
	struct schedule *schedule;
	uint32_t phase;
	uint64_t left; /* in the phase */
};
void lock_order_init(struct lock_order *o, const struct lock *l);
uint32_t lock_order_next(struct lock_order *o); /* at most l->samples times */
void lock_order_release(struct lock_order *o);

#endif
