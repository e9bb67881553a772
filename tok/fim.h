/* fim.h - fill-in-the-middle: which documents are split, where, and how the parts stand.
 */
#ifndef TAMIS_FIM_H
#define TAMIS_FIM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"
#include "tok/encode_split.h"

/* Zero it, and set rate, spm and seed. */
struct fim {
	double rate;		/* share of documents that are split, 0 to 1 */
	double spm;		/* share of SPM among those */
	uint32_t pre, suf, mid; /* ids that stand before the parts */
	uint64_t seed;
	/* The model without its dummy prefix; NULL: it has none. */
	struct sp *sp;
	struct cutter *cutter;
};

/*
 * Find the ids that "PRE,SUF,MID" names, each an id or a piece (NULL: what StarCoder
 * calls them), and make ready for encoding with m.  path: of m.  Returns 0, or -1 with
 * *err; fim_close in any case.
 */
int fim_open(struct fim *f, const struct model *m, const char *path, const char *ids,
    uint32_t eod, struct err *err);
void fim_close(struct fim *f);
/* Whether this is one of the ids that stand before the parts. */
static inline bool
fim_reserves(const struct fim *f, uint32_t id)
{
	return f->rate > 0 && (id == f->pre || id == f->suf || id == f->mid);
}

enum fim_kind { FIM_NONE, FIM_PSM, FIM_SPM };

/* Bytes [0, a) are the prefix, [a, b) the middle, [b, n) the suffix. */
struct fim_cut {
	enum fim_kind kind;
	size_t a, b;
};

/*
 * Follows from f, id and text alone.  Both cuts are uniform over the places before,
 * between and behind the characters, and may be the same: a part may be empty (bigcode's
 * Megatron-LM, gpt_dataset.py).  text: valid UTF-8.
 */
struct fim_cut fim_choose(const struct fim *f, struct span id, struct span text);

/*
 * Append the ids of prefix, middle and suffix to ids, each part encoded alone; *n: how
 * many of each.  cutter and sp: of the model as it is, for what begins the text.  Returns
 * 0, or -1 as cut_encode does.
 */
int fim_encode(const struct fim *f, const struct fim_cut *cut,
    const struct cutter *cutter, const struct sp *sp, struct span text,
    struct sp_ids *ids, size_t n[3]);

/*
 * The parts in the order that the kind asks for: PRE prefix SUF suffix MID middle, or
 * PRE SUF suffix MID prefix middle.  ids, n: as fim_encode gives them.  Writes 3 more
 * than they are to out.
 */
void fim_arrange(const struct fim *f, enum fim_kind kind, const uint32_t *ids,
    const size_t n[3], uint32_t *out);

#endif
