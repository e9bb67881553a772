/* testing.h - what unit tests share: random numbers, sizes, and a check for inner
 * loops. */
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

/* The size of a test: the second under a sanitizer, which takes several times as long. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SIZED(plain, sanitized) (sanitized)
#else
#define SIZED(plain, sanitized) (plain)
#endif

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

/* A number below n, which is at least 1. */
static inline uint64_t
random_below(uint64_t *state, uint64_t n)
{
	return random_bits(state) % n;
}

#endif
