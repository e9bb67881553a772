/* fragment_spread.h - renumbers samples so that fragments of a document are far apart. */
#ifndef TAMIS_FRAGMENT_SPREAD_H
#define TAMIS_FRAGMENT_SPREAD_H

#include <stdint.h>

#define FRAGMENT_NONE UINT64_MAX

/* The samples that hold fragments of one document. */
struct doc_fragments {
	uint64_t first, n; /* samples of this document alone, at least 1 */
	uint64_t shared;   /* a sample shared with other documents, or FRAGMENT_NONE */
};

/*
 * Sample number i has position pos[i] in an order of `of` samples.  Positions are
 * distinct and below `of`.  Renumbers the samples, at least 1.
 * Returns an array, for the caller to free, of which sample has number i.
 *
 * Two samples of one document are more than of / 256 positions apart wherever the
 * positions allow it.  That held in every window tried of 2048 samples or more at random
 * positions, for documents of at most 64 fragments among documents of all lengths, and
 * for documents of at most 32 fragments among such documents only.  Elsewhere they are as
 * far apart as the search finds.  Time is linear in the samples; so is memory, 24 bytes
 * each.
 */
uint64_t *fragment_spread(const struct doc_fragments *docs, uint32_t n, uint64_t samples,
    const uint64_t *pos, uint64_t of);

#endif
