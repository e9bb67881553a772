/* resolved.h - a resolved plan, in integers that determine every byte of a run. */
#ifndef TAMIS_RESOLVED_H
#define TAMIS_RESOLVED_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "lib/base/span.h"
#include "mixer/plan/permute.h"
#include "mixer/plan/planfile.h"

/* 2: groups take turns before their sources do, and the last line is a hash. */
#define RESOLVED_FIRST_LINE "tamis-lock 2\n"
#define RESOLVED_NONE	    UINT64_MAX
#define RESOLVED_MAX_TOKENS (UINT64_C(1) << 47) /* of one epoch of a source */

/* The epoch byte of SEG limits the parts; the packer limits the documents of a window. */
enum { RESOLVED_MAX_PARTS = 255, RESOLVED_WINDOW = 65536 };

struct resolved_phase {
	const char *name;
	uint64_t samples;
	uint64_t shard; /* samples per shard; the last one may have fewer */
	uint32_t seq;	/* tokens per sample */
	/* Set by resolved_layout. */
	uint32_t len_class;   /* index of seq in class_seq[] */
	uint64_t first;	      /* its first sample in the run */
	uint64_t first_shard; /* its first shard; no shard spans two phases */
};

/* From sample `first` of the run on, a batch has this many samples.  For reports only. */
struct resolved_batch {
	uint64_t first, samples;
};

struct resolved_group {
	const char *name;
	uint64_t *weight; /* one per phase, in units of 1 / SHARE_ONE */
};

/* One input of a source: a DOCS shard. */
struct resolved_input {
	const char *path;	  /* prefix, relative to the directory of the plan */
	uint64_t rows;		  /* documents in the shard, used or not */
	uint64_t *docs, *tokens;  /* used, one entry per repeat */
	unsigned char digest[32]; /* SHA-256 of its header and section table */
};

/* With pack bestfit: the number of samples of each window of one repeat. */
struct resolved_packing {
	uint64_t *window, n;
	uint64_t samples; /* sum over the windows */
};

/*
 * An epoch of a source consists of repeats.  Repeat r has the documents that are used
 * more than r times per epoch.  Without copies= there is one repeat, of all documents.
 */
struct resolved_source {
	const char *name;
	uint32_t group;
	uint64_t *weight; /* share of the whole run, one per phase, in 1 / SHARE_ONE */
	uint64_t cap;	  /* epochs, in units of 1 / CAP_ONE, or RESOLVED_NONE */
	struct plan_copies *copies;
	uint32_t ncopies, nrepeats;
	uint64_t hold;	/* fraction of documents held out, in 1 / SHARE_ONE */
	bool only_held; /* these documents are used, and not the others */
	/*
	 * Answers to a prompt, which are adjacent rows and stay together; otherwise 1.  A
	 * unit is so many rows.
	 */
	uint32_t answers;
	/*
	 * A plan with take lines uses `take` units per epoch, or all if it is
	 * RESOLVED_NONE: units that `order` maps to a number below it.
	 */
	bool takes;
	uint64_t take;
	struct permute *order;		 /* NULL: all units */
	uint64_t held_docs, held_tokens; /* held out, used or not, without copies */
	uint64_t *docs, *tokens;	 /* one per repeat */
	struct resolved_input *input;
	uint32_t ninputs;
	struct resolved_packing *packed; /* [len_class * nrepeats + r]; NULL: concat */
};

struct resolved {
	uint64_t seed, samples;
	bool bestfit;
	bool whole;	    /* documents are never cut, and start at multiples of align */
	uint32_t align;	    /* 1 unless whole */
	bool mask, pairs;   /* all shards have MASK; PAIR */
	const char **label; /* the names in LABEL of all shards */
	uint32_t nlabels;
	unsigned char tokenizer[32];
	uint32_t vocab, eod, pad, bos; /* UINT32_MAX: none */
	struct resolved_batch batch[PLAN_MAX_BATCHES];
	struct resolved_phase *phase;
	struct resolved_group *group;
	struct resolved_source *source;
	uint32_t nbatches, nphases, ngroups, nsources;
	uint32_t class_seq[PLAN_MAX_PHASES],
	    nclasses; /* length classes: the distinct seq */
	uint64_t nshards;
	/*
	 * at[i * nsources + s]: samples of source s before shard i, for i up to nshards.
	 */
	uint64_t *at;
	struct arena mem; /* holds the strings and lists */
};

/* Append the text of plan.lock.  Equal plans have equal texts. */
void resolved_render(const struct resolved *rp, struct buf *b);
/* Append the last line: the XXH3-128 of the text from byte `from` of b on. */
void resolved_seal(struct buf *b, size_t from);

/*
 * Parse what resolved_render writes.  Any other text is EXIT_DATA; `name` begins the
 * message.  Returns 0, or -1 with *err; call resolved_free in both cases.
 */
int resolved_parse(
    struct span text, const char *name, struct resolved *rp, struct err *err);
void resolved_free(struct resolved *rp);

/*
 * Derive the layout of the run from its phases: where each begins, class_seq[], nshards.
 */
void resolved_layout(struct resolved *rp);

/* The phase of a shard of the run. */
const struct resolved_phase *resolved_phase_of(const struct resolved *rp, uint64_t shard);
uint64_t resolved_shard_first(
    const struct resolved *rp, uint64_t shard); /* first sample in the run */
uint64_t resolved_shard_samples(const struct resolved *rp, uint64_t shard);
/* Samples of source s in phase k. */
uint64_t resolved_drawn(const struct resolved *rp, uint32_t k, uint32_t s);
/* Whether take lines determine the length and the shares of the run. */
bool resolved_takes(const struct resolved *rp);
/* With take lines: the samples of source s in the run. */
uint64_t resolved_taken(const struct resolved *rp, uint32_t s);
/* Set s->order, after the inputs of s are known. */
void resolved_set_order(struct resolved *rp, struct resolved_source *s);
/* The kind of the shards of the run: enum tshard_kind. */
uint32_t resolved_kind(const struct resolved *rp);
/* The tokens of a sample that a whole document of n tokens takes. */
static inline uint64_t
resolved_slot(const struct resolved *rp, uint64_t n)
{
	return (n + rp->align - 1) / rp->align * rp->align;
}
/* The windows of `docs` documents: the units of a window are at most RESOLVED_WINDOW. */
static inline uint64_t
resolved_windows(const struct resolved_source *s, uint64_t docs)
{
	return (docs / s->answers + RESOLVED_WINDOW - 1) / RESOLVED_WINDOW;
}
/*
 * With pack bestfit: the first of window w of n windows over `docs` documents, or units.
 * Window sizes differ by at most one.
 */
uint64_t resolved_window_first(uint64_t docs, uint64_t n, uint64_t w);
/* Whether the rows of a source decide which of its documents occur, and how often. */
static inline bool
resolved_selects(const struct resolved_source *s)
{
	return s->ncopies > 0 || s->hold > 0 || s->order;
}
/* Tokens of one epoch of a source, all repeats together. */
uint64_t resolved_epoch_tokens(const struct resolved_source *s);

/* The schedule of phase k, at its beginning. */
struct group_schedule *resolved_schedule(const struct resolved *rp, uint32_t k);
/*
 * Write the source of each sample of a shard to order[].  Returns false if the counts in
 * `at` before the shard do not fit its shares, or those after it do not follow.
 */
bool resolved_order(const struct resolved *rp, uint64_t shard, uint16_t *order);

#endif
