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

#define RESOLVED_NONE	    UINT64_MAX
#define RESOLVED_MAX_TOKENS (UINT64_C(1) << 47) /* of one source, once through */

/* Passes over a source, which a byte counts; and documents packed together. */
enum { RESOLVED_MAX_PARTS = 255, RESOLVED_WINDOW = 65536 };

struct resolved_phase {
	const char *name;
	uint64_t samples;
	uint64_t shard; /* samples in each of its shards but the last */
	uint32_t seq;	/* tokens in a sample */
	/* Worked out from the above by lock_settle. */
	uint32_t len_class;   /* its length's place in cut[] */
	uint64_t first;	      /* sample of the run */
	uint64_t first_shard; /* a phase begins with a new shard */
};

/* From sample `first` on, batches are of so many samples.  For reports only. */
struct resolved_batch {
	uint64_t first, samples;
};

struct resolved_group {
	const char *name;
	uint64_t *weight; /* one a phase, in parts of SHARE_ONE */
};

/* A DOCS shard. */
struct resolved_input {
	const char *path;	  /* of its prefix, from the plan's folder */
	uint64_t rows;		  /* documents, whether a round has them or not */
	uint64_t *docs, *tokens;  /* one a round */
	unsigned char digest[32]; /* of its header and section table */
};

/* pack bestfit: how many samples each window of documents of one round comes to. */
struct resolved_packing {
	uint64_t *window, n;
	uint64_t samples; /* their sum */
};

/*
 * A source is gone through in rounds: round r has the documents that come more than r
 * times an epoch.  Without copies there is one round, of all documents.
 */
struct resolved_source {
	const char *name;
	uint32_t group;
	uint64_t *weight; /* of the whole run, one a phase, in parts of SHARE_ONE */
	uint64_t cap;	  /* epochs, in parts of CAP_ONE; LOCK_NONE */
	struct plan_copies *copies;
	uint32_t ncopies, nrepeats;
	uint64_t *docs, *tokens; /* one a round */
	struct resolved_input *input;
	uint32_t ninputs;
	struct resolved_packing *packed; /* [cut * nrounds + round]; NULL: pack concat */
};

struct resolved {
	uint64_t seed, samples;
	bool bestfit;
	unsigned char tokenizer[32];
	uint32_t vocab, eod, pad, bos; /* pad, bos: UINT32_MAX for none */
	struct resolved_batch batch[PLAN_MAX_BATCHES];
	struct resolved_phase *phase;
	struct resolved_group *group;
	struct resolved_source *source;
	uint32_t nbatches, nphases, ngroups, nsources;
	uint32_t class_seq[PLAN_MAX_PHASES],
	    nclasses; /* lengths of samples, as first met */
	uint64_t nshards;
	/* at[i * nsources + s]: samples of source s before shard i; i up to nshards. */
	uint64_t *at;
	struct arena mem; /* of the strings and lists */
};

/* Append the text of plan.lock: the only one there is for these values. */
void resolved_render(const struct resolved *rp, struct buf *b);

/*
 * Parse what lock_render wrote; any other text is EXIT_DATA, with `name` in the message.
 * Returns 0, or -1 with *err; call lock_free in both cases.
 */
int resolved_parse(
    struct span text, const char *name, struct resolved *rp, struct err *err);
void resolved_free(struct resolved *rp);

/* Fill in what follows from the phases: their place in the run, cut[], nshards. */
void resolved_layout(struct resolved *rp);

/* What shard i is of. */
const struct resolved_phase *resolved_phase_of(const struct resolved *rp, uint64_t shard);
uint64_t resolved_shard_first(
    const struct resolved *rp, uint64_t shard); /* its first sample */
uint64_t resolved_shard_samples(const struct resolved *rp, uint64_t shard);
/* Samples of source s in phase k. */
uint64_t resolved_drawn(const struct resolved *rp, uint32_t k, uint32_t s);
/* pack bestfit: the first document of window w, when so many documents fill n windows:
 * as few as can be, and alike. */
uint64_t resolved_window_first(uint64_t docs, uint64_t n, uint64_t w);
/* Tokens of one epoch of a source: all its rounds. */
uint64_t resolved_epoch_tokens(const struct resolved_source *s);

/* The turns of phase k, from its beginning. */
struct schedule *resolved_schedule(const struct resolved *rp, uint32_t k);
/*
 * The source of each sample of a shard into order[].  Returns false if its counts in
 * `at` are not near its shares, or those behind it do not follow from them.
 */
bool resolved_order(const struct resolved *rp, uint64_t shard, uint16_t *order);

#endif
