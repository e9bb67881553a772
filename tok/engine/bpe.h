/*
 * bpe.h - merge the characters of a text by byte-pair encoding, as SentencePiece does.
 *
 * The pair whose piece has the highest score merges first, the leftmost of equals
 * (src/bpe_model.cc).
 */
#ifndef TAMIS_BPE_H
#define TAMIS_BPE_H

#include "tok/engine/pieces.h"
#include "tok/ids.h"

/* Scratch of one thread.  Zero it to begin. */
struct bpe_work {
	struct bpe_symbol *symbol;
	uint64_t *hash, *heap;
	size_t cap; /* bytes of text that they are for */
	struct bpe_window {
		uint32_t *end; /* of each token, from the first byte of the window on */
		size_t n, cap;
		size_t from;
	} window[2];
};

/*
 * Put the ids of the n bytes, 1 to BPE_SHORT, of text, in inner form and whole
 * characters, at `to`, which has room for 3 * n.  Returns their number.
 */
enum { BPE_SHORT = 32 };
size_t bpe_short(const struct pieces *p, const char *text, size_t n, uint32_t *to);
/*
 * Append the ids of any number of bytes.  Takes time linear in n, and memory for a part
 * of them alone.  0, or -1 when memory is out.
 */
int bpe_long(const struct pieces *p, struct bpe_work *w, const char *text, size_t n,
    struct token_ids *ids);
void bpe_work_free(struct bpe_work *w);

#endif
