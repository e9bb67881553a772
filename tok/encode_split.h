/*
 * encode_split.h - split a text into parts that encode to the same ids as the whole.
 *
 * SentencePiece's BPE takes more than linear time.  With a splitter, long documents are
 * encoded in linear time.
 */
#ifndef TAMIS_ENCODE_SPLIT_H
#define TAMIS_ENCODE_SPLIT_H

#include "tok/model.h"
#include "tok/sp.h"

/*
 * Rewrites the text by the model's normalizer first, as SentencePiece does, then splits
 * by a lemma about BPE: each merge makes a piece.  If no piece contains the
 * characters a and b next to each other, no merge spans a|b, whatever the scores.  A
 * user-defined symbol, which is matched leftmost-longest, does not span it either.  The
 * two sides then encode as if each were alone.
 */
struct splitter;

/*
 * A splitter for m, which must live as long.  If the lemma does not hold for m, the
 * splitter never splits, and splitter_refusal gives the reason.  To be freed by
 * splitter_free.  Many threads may use one splitter.
 */
struct splitter *splitter_new(const struct model *m);
void splitter_free(struct splitter *s); /* NULL is fine */
/* Why it never splits, as a static phrase: "it is not a BPE model".  NULL: it splits. */
const char *splitter_refusal(const struct splitter *s);
/*
 * Do what sp_encode does, on parts of at least `least` bytes; 0 chooses the fastest size.
 * sp is used only if the splitter never splits, and may else be NULL.  Appends to ids.
 * Returns 0, or an error as sp_encode does.
 */
int splitter_encode(const struct splitter *s, const struct sp *sp, const char *text,
    size_t n, size_t least, struct sp_ids *ids);

#endif
