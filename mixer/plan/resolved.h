/* resolved.h - plan.lock: a blend in resolved integers, all that the bytes of a run
 * follow from. */
#ifndef TAMIS_RESOLVED_H
#define TAMIS_RESOLVED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "mixer/plan/planfile.h"

#define LOCK_NONE	UINT64_MAX
#define LOCK_MAX_TOKENS (UINT64_C(1) << 47) /* of one source, once through */

/* Passes over a source, which a byte counts; and documents packed together. */
enum { LOCK_MAX_PASSES = 255, LOCK_WINDOW = 65536 };

struct lock_phase {
	const char *name;
	uint64_t samples;
	uint64_t shard; /* samples in each of its shards but the last */
	uint32_t seq;	/* tokens in a sample */
	/* Worked out from the above by lock_settle. */
	uint32_t cut;	      /* its length's place in cut[] */
	uint64_t first;	      /* sample of the run */
	uint64_t first_shard; /* a phase begins with a new shard */
};

/* From sample `first` on, batches are of so many samples.  For reports only. */
struct lock_batch {
	uint64_t first, samples;
};

struct lock_group {
	const char *name;
	uint64_t *weight; /* one a phase, in parts of SHARE_ONE */
};

/* A DOCS shard. */
struct lock_part {
	const char *path;	  /* of its prefix, from the plan's folder */
	uint64_t rows;		  /* documents, whether a round has them or not */
	uint64_t *docs, *tokens;  /* one a round */
	unsigned char digest[32]; /* of its header and section table */
};

/* pack bestfit: how many samples each window of documents of one round comes to. */
struct lock_packed {
	uint64_t *window, n;
	uint64_t samples; /* their sum */
};

/*
 * A source is gone through in rounds: round r has the documents that come more than r
 * times an epoch.  Without copies there is one round, of all documents.
 */
struct lock_source {
	const char *name;
	uint32_t group;
	uint64_t *weight; /* of the whole run, one a phase, in parts of SHARE_ONE */
	uint64_t cap;	  /* epochs, in parts of CAP_ONE; LOCK_NONE */
	struct plan_copies *copies;
	uint32_t ncopies, nrounds;
	uint64_t *docs, *tokens; /* one a round */
	struct lock_part *part;
	uint32_t nparts;
	struct lock_packed *packed; /* [cut * nrounds + round]; NULL: pack concat */
};

struct lock {
	uint64_t seed, samples;
	bool bestfit;
	unsigned char tokenizer[32];
	uint32_t vocab, eod, pad, bos; /* pad, bos: UINT32_MAX for none */
	struct lock_batch batch[PLAN_MAX_BATCHES];
	struct lock_phase *phase;
	struct lock_group *group;
	struct lock_source *source;
	uint32_t nbatches, nphases, ngroups, nsources;
	uint32_t cut[PLAN_MAX_PHASES], ncuts; /* lengths of samples, as first met */
	uint64_t nshards;
	/* at[i * nsources + s]: samples of source s before shard i; i up to nshards. */
	uint64_t *at;
	struct arena mem; /* of the strings and lists */
};

/* Append the text of plan.lock: the only one there is for these values. */
void lock_render(const struct lock *l, struct buf *b);

/*
 * Parse what lock_render wrote; any other text is EXIT_DATA, with `name` in the message.
 * Returns 0, or -1 with *err; call lock_free in both cases.
 */
int lock_parse(struct span text, const char *name, struct lock *l, struct err *err);
void lock_free(struct lock *l);

/* Fill in what follows from the phases: their place in the run, cut[], nshards. */
void lock_settle(struct lock *l);

/* What shard i is of. */
const struct lock_phase *lock_phase_of(const struct lock *l, uint64_t shard);
uint64_t lock_shard_first(const struct lock *l, uint64_t shard); /* its first sample */
uint64_t lock_shard_samples(const struct lock *l, uint64_t shard);
/* Samples of source s in phase k. */
uint64_t lock_drawn(const struct lock *l, uint32_t k, uint32_t s);
/* pack bestfit: the first document of window w, when so many documents fill n windows:
 * as few as can be, and alike. */
uint64_t lock_window_first(uint64_t docs, uint64_t n, uint64_t w);
/* Tokens of one epoch of a source: all its rounds. */
uint64_t lock_epoch_tokens(const struct lock_source *s);

/* The turns of phase k, from its beginning. */
struct schedule *lock_schedule(const struct lock *l, uint32_t k);
/*
 * The source of each sample of a shard into order[].  Returns false if its counts in
 * `at` are not near its shares, or those behind it do not follow from them.
 */
bool lock_order(const struct lock *l, uint64_t shard, uint16_t *order);

#endif
