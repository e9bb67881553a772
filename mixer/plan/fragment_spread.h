/* fragment_spread.h - deals samples to places in the training order, fragments of a
 * document apart.
 */
#ifndef TAMIS_FRAGMENT_SPREAD_H
#define TAMIS_FRAGMENT_SPREAD_H

#include <stdint.h>

#define FRAGMENT_NONE UINT64_MAX

/* A document whose fragments are in several samples, which are numbered from 0. */
struct doc_fragments {
	uint64_t first, n; /* the samples that it has alone, 1 or more */
	uint64_t shared;   /* one that it shares with others, or SPREAD_NONE */
};

/*
 * Sample number i comes at place[i] in an order of `of` samples, all different, all below
 * `of`.  Deals the samples to the numbers anew and returns which sample has number i, in
 * an array of `samples` (at least 1) for the caller to free.
 *
 * Two samples of one document come more than of / 256 apart wherever there are places
 * enough.  That was so in every window tried with 2048 samples or more at random places:
 * for documents with at most 64 fragments among others of all lengths, and for those with
 * at most 32 among none but such.  Otherwise they come as far apart as was found.
 * Linear in the samples; 24 bytes of memory for each while it works.
 */
uint64_t *fragment_spread(const struct doc_fragments *docs, uint32_t n, uint64_t samples,
    const uint64_t *pos, uint64_t of);

#endif
