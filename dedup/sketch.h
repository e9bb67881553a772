/*
 * sketch.h - shingles of a document, and the keys by which near duplicates meet.
 *
 * A shingle is the hash of SHINGLE_WORDS words in a row; a shorter document is one
 * shingle.  Two documents are candidates if they share a band key, which happens with
 * probability 1 - (1 - J^rows)^bands for a Jaccard similarity J of their shingles.
 */
#ifndef TAMIS_SKETCH_H
#define TAMIS_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { SHINGLE_WORDS = 5 };
/* Limits on the number of values of a sketch, bands * rows, and of its bands. */
enum { SKETCH_MAX = 16384, BANDS_MAX = 1024 };
enum { KEY_BITS = 48 }; /* of a band key */

/*
 * Replace the hashes of n words by those of their shingles, in the order of the text and
 * with repetitions.  *sum: a hash of the shingles that does not depend on their order.
 * Returns how many.
 */
size_t shingles_of(uint64_t *hash, size_t n, uint64_t *sum);
/* Store n shingles in set, sorted and without repetitions; set: hash, or elsewhere.
 * Overwrites hash, and tmp, which has room for n.  Returns how many are left. */
size_t shingles_sort(uint64_t *hash, uint64_t *tmp, size_t n, uint64_t *set);

/* Check the values of --bands and --rows.  0, or -1 with *err. */
int sketch_check(uint64_t bands, uint64_t rows, struct err *err);

struct sketcher;
/* rows, bands: at least 1, within the limits. */
struct sketcher *sketcher_new(uint32_t bands, uint32_t rows, uint64_t seed);
void sketcher_portable(struct sketcher *s); /* use no SIMD instructions: for tests */
size_t sketcher_values(const struct sketcher *s); /* bands * rows */
/*
 * Store the band keys of n > 0 shingles in key[bands].  value: room for the sketch.
 * Documents of different scopes share no key.
 */
void sketch_keys(const struct sketcher *s, const uint64_t *shingle, size_t n,
    uint64_t scope, uint64_t *value, uint64_t *key);
/* The sketch itself: value[bands * rows]. */
void sketch_values(
    const struct sketcher *s, const uint64_t *shingle, size_t n, uint64_t *value);
void sketcher_free(struct sketcher *s);

#endif
