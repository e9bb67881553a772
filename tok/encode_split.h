/*
 * encode_split.h - where a text may be cut so that its parts, each encoded alone, give
 * the very ids that SentencePiece gives for the whole: what makes long documents linear.
 */
#ifndef TAMIS_ENCODE_SPLIT_H
#define TAMIS_ENCODE_SPLIT_H

#include "tok/model.h"
#include "tok/sp.h"

struct cutter;

/*
 * What can be proved about m from its vocabulary alone.  Never NULL: a model about which
 * nothing can be proved gets a cutter that never cuts, and cutter_whole says why.
 * NULL only when memory is out.  m is not kept.
 *
 * The lemma (BPE): a merge makes a piece, so if no piece holds the characters a, b next
 * to each other, no merge ever spans a|b, whatever the scores; and a user-defined symbol,
 * matched leftmost-longest, cannot either.  Then the two sides are encoded as if alone.
 */
struct cutter *cutter_new(const struct model *m);
void cutter_free(struct cutter *c); /* NULL is fine */
/* NULL: it cuts.  Otherwise why it never does: "a unigram model", a static phrase. */
const char *cutter_whole(const struct cutter *c);
/*
 * The first safe cut of n bytes of valid UTF-8 that is at least `least` (not 0)
 * bytes from the front; n if there is none.
 */
size_t cutter_next(const struct cutter *c, const char *s, size_t n, size_t least);

/*
 * sp_encode, in parts of at least `least` bytes where c allows (0: what is fastest).
 * Appends to ids; returns 0, or -1 as sp_encode does.
 */
int cut_encode(const struct cutter *c, const struct sp *sp, const char *s, size_t n,
    size_t least, struct sp_ids *ids);

#endif
