/* fim.h - fill-in-the-middle: which documents are split, where, and in which order. */
#ifndef TAMIS_FIM_H
#define TAMIS_FIM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"
#include "tok/tokenizer.h"

/* Zero it, and set rate, spm and seed. */
struct fim {
	double rate;		/* share of documents that are split, 0 to 1 */
	double spm;		/* share of SPM among those, 0 to 1 */
	uint32_t pre, suf, mid; /* ids that mark prefix, suffix and middle */
	uint64_t seed;
	bool prefixes;		/* the model has a dummy prefix */
	struct tokenizer inner; /* if so: without it */
};

/*
 * Prepare to split texts for model m of file `path`.  ids: "PRE,SUF,MID", each an id or a
 * piece; NULL means StarCoder's names.  They must differ from each other and from
 * eod.  Returns 0, or -1 with *err; call fim_close in any case.
 */
int fim_open(struct fim *f, const struct model *m, const char *path,
    const struct tokenizer_options *o, const char *ids, uint32_t eod, struct err *err);
void fim_close(struct fim *f);
/* Whether id marks a part, and so may not occur in a text. */
static inline bool
fim_reserves(const struct fim *f, uint32_t id)
{
	return f->rate > 0 && (id == f->pre || id == f->suf || id == f->mid);
}

enum fim_kind { FIM_NONE, FIM_PSM, FIM_SPM };

/* Bytes [0, a) are the prefix, [a, b) the middle, [b, n) the suffix. */
struct fim_split {
	enum fim_kind kind;
	size_t a, b;
};

/*
 * How to split a document of this id and text, which is valid UTF-8.  The result depends
 * on f, id and text alone.  a and b are drawn uniformly from the places between
 * characters, both ends included, so each part may be empty (bigcode's Megatron-LM,
 * gpt_dataset.py).
 */
struct fim_split fim_choose(const struct fim *f, struct span id, struct span text);

/* A part of a split document: marks, then a text that is encoded alone. */
struct fim_part {
	uint32_t mark[2];
	size_t n_marks;
	struct span text;
	const struct tokenizer *tokenizer;
};

/*
 * The parts in the order of the split: PRE prefix SUF suffix MID middle, or PRE SUF
 * suffix MID prefix middle.  t is the tokenizer of the whole text.
 */
void fim_parts(const struct fim *f, const struct fim_split *split,
    const struct tokenizer *t, struct span text, struct fim_part part[3]);

#endif
