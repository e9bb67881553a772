/*
 * unigram.h - find the best segmentation of a text by a unigram model, as SentencePiece
 * does.
 *
 * SentencePiece adds scores from the start of the sentence on, as floats, so what is
 * nearly equal is decided by rounding, and rounding depends on all the text before
 * (src/unigram_model.cc, EncodeOptimized).  These functions take that sum, and have its
 * arithmetic.
 *
 * SentencePiece 0.1.97 to 0.2.1 compares unrounded sums with rounded ones.  0.2.2 and
 * 0.2.3 compare rounded ones, begin again from 0 where a sum leaves +-100,000, and score
 * user-defined symbols in another way.
 */
#ifndef TAMIS_UNIGRAM_H
#define TAMIS_UNIGRAM_H

#include "tok/engine/pieces.h"
#include "tok/ids.h"

struct unigram {
	const struct pieces *p;
	double *score;	 /* by id, as SentencePiece adds it */
	float *single;	 /* the same as floats, right for NORMAL pieces */
	float unk_score; /* added as a float */
	bool is_new;	 /* as SentencePiece 0.2.2 and later */
	uint64_t *start; /* a bit for each hash of the start of a piece */
	unsigned shift;
};

/* p and m must live as long, m for this call only.  0, or -1 when memory is out. */
int unigram_open(
    struct unigram *u, const struct pieces *p, const struct model *m, bool is_new);
void unigram_free(struct unigram *u);

/* Scratch of one thread.  Zero it to begin. */
struct unigram_work {
	struct unigram_node *node;
	uint64_t *hash;
	uint32_t *end;
	size_t cap;
};

/*
 * The segmentation of a short text that begins where the sum is 0.
 *
 * It is also that of the text where the sum is b, if |b| < limit: then no rounding can
 * change a choice.
 */
enum { UNIGRAM_SHORT = 32 };
struct unigram_path {
	uint32_t id[UNIGRAM_SHORT]; /* of tokens; <unk> for each unknown character */
	uint8_t end[UNIGRAM_SHORT];
	size_t n;
	float limit; /* below 0: there is no such b */
};

void unigram_short(
    const struct unigram *u, const char *text, size_t n, struct unigram_path *path);
/* The sum after token id, from the sum before it. */
static inline float
unigram_add(const struct unigram *u, float sum, uint32_t id)
{
	return id == u->p->unk ? u->unk_score + sum : (float)(u->score[id] + (double)sum);
}

/*
 * The same for a NORMAL piece.  A sum of two floats that is rounded to double and then to
 * float is the sum rounded to float, since 53 >= 2 * 24 + 2 (Figueroa 1995).
 */
static inline float
unigram_add_normal(const struct unigram *u, float sum, uint32_t id)
{
	return u->single[id] + sum;
}
/*
 * Append the ids of a text of any length where the sum is *sum, which becomes the sum
 * after it.  Takes time linear in n, and memory for a part alone.  0, or -1 when memory
 * is out.
 */
int unigram_long(const struct unigram *u, struct unigram_work *w, const char *text,
    size_t n, float *sum, struct token_ids *ids);
void unigram_work_free(struct unigram_work *w);

#endif
