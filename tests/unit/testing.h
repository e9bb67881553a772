/* testing.h - what unit tests share: random numbers, and a check for inner loops. */
#ifndef TESTS_UNIT_TESTING_H
#define TESTS_UNIT_TESTING_H

#include <check.h>
#include <stdint.h>

/* ck_assert reports each success to the parent, which is slow in inner loops. */
#define MUST(what)                                                                       \
	do {                                                                             \
		if (!(what))                                                             \
			ck_abort_msg(#what);                                             \
	} while (0)

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators").
 * *state is not 0. */
static inline uint64_t
random_bits(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

#endif
