/* bestfit.h - which documents share a sample, so that none is cut that fits into one. */
#ifndef TAMIS_BESTFIT_H
#define TAMIS_BESTFIT_H

#include <stdint.h>

#define BESTFIT_WINDOW	65536u		       /* documents that are packed together */
#define BESTFIT_SEQ_MAX (UINT32_C(1) << 24)    /* tokens of a sample */
#define BESTFIT_LEN_MAX (UINT32_C(0x7fffffff)) /* tokens of a document */

/* A stretch of a document of the window, in tokens. */
struct bestfit_piece {
	uint32_t doc; /* index into the window */
	uint32_t offset, tokens;
};

/*
 * Best-fit decreasing (Ding et al. 2024, arXiv 2404.10830) over a window of documents.
 * What a document has beyond a whole number of samples, and each shorter document, is
 * packed, longest first (of the same length the earlier document first), into the sample
 * with the least room that suffices (of several, the one that got that room last), or
 * else into a new one.  Before that a document longer than a sample is cut into pieces of
 * `seq` tokens, each of which is a sample of its own; nothing else is ever cut.
 *
 * Samples are numbered in the order of the first piece in each: by document, then offset.
 */
struct bestfit;

/*
 * For samples of seq tokens, 1..BESTFIT_SEQ_MAX.  Takes about 9 bytes for each of them
 * and 5 MB; one thread at a time may pack with it.
 */
struct bestfit *bestfit_new(uint32_t seq);
void bestfit_free(struct bestfit *b); /* NULL is fine */

/*
 * How many samples n documents (at most BESTFIT_WINDOW) of len[i] tokens
 * (1..BESTFIT_LEN_MAX) make.  Keeps nothing, but ends what a pack has left.
 * Linear in n, whatever the lengths, and so is bestfit_pack.
 */
uint64_t bestfit_count(struct bestfit *b, const uint32_t *len, uint32_t n);

/* The same number; keeps what each sample holds, in memory linear in n. */
uint64_t bestfit_pack(struct bestfit *b, const uint32_t *len, uint32_t n);

/*
 * The *n pieces of sample i of the last pack, in the order of the documents.  They are
 * *whole if the sample is one piece of a long document, else borrowed until the next pack
 * or count.  O(log n); any number of threads may ask at once.
 */
const struct bestfit_piece *bestfit_sample(
    const struct bestfit *b, uint64_t i, struct bestfit_piece *whole, uint32_t *n);

/*
 * Keeps the fragments of each document apart in training.  Sample number i of the last
 * pack is to be trained at place[i], in 0..of-1, all different, as if at random.  Deals
 * the samples to these numbers anew, so that bestfit_sample(b, i) is another one after
 * it: the places of two samples with pieces of one document are then more than of / 256
 * apart, wherever that can be; fragment_spread.h says more.  Linear in the samples.
 */
void bestfit_spread(struct bestfit *b, const uint64_t *pos, uint64_t of);

#endif
