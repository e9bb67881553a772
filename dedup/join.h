/*
 * join.h - find all pairs of sets that are similar, exactly and in memory.
 *
 * Prefix filtering (Chaudhuri, Ganti, Kaushik, ICDE 2006; Bayardo, Ma, Srikant, WWW
 * 2007): in a common order of all elements, the rarest first, two similar sets have an
 * element in common among the first few of each.
 */
#ifndef TAMIS_JOIN_H
#define TAMIS_JOIN_H

#include "dedup/leaders.h"

/* Limits on the sets and on the sum of their sizes. */
#define JOIN_SETS_MAX	  UINT32_MAX
#define JOIN_ELEMENTS_MAX ((UINT64_C(1) << 33) - 2)
/* Bytes of memory per set, and per element of a set, at most. */
enum { JOIN_SET_BYTES = 52, JOIN_ELEMENT_BYTES = 18 };

struct join;
/* threshold: as in leaders.h, above 0. */
struct join *join_new(enum measure measure, uint64_t threshold);
/*
 * Add a set of n > 0 elements, sorted and without repetitions.  Elements are hashes: all
 * their bits are random.  Returns its number; numbers count from 0.
 */
uint32_t join_add(struct join *j, const uint64_t *element, uint32_t n);
uint32_t join_sets(const struct join *j);
uint64_t join_elements(const struct join *j); /* the sum of all sizes */
/* The number of elements of a set. */
uint32_t join_size(const struct join *j, uint32_t set);

/* common: the number of elements that sets a and b have in common. */
typedef void join_pair(void *arg, uint32_t a, uint32_t b, uint64_t common);
/*
 * Call pair() for each pair of similar sets, once, and with a before b in `order`, a
 * permutation of all sets.  The pairs come in the order of b.  Call it once, after the
 * last set.
 */
void join_run(struct join *j, const uint32_t *order, join_pair *pair, void *arg);
/* The elements that two sets have in common.  After join_run. */
uint64_t join_common(const struct join *j, uint32_t a, uint32_t b);
void join_free(struct join *j); /* NULL is fine */

#endif
