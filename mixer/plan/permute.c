/* permute.c - a pseudo-random permutation of 0..n-1 in constant memory. */
#include "mixer/plan/permute.h"

#include <assert.h>

#include "lib/base/hash.h"

/* Vigna's splitmix64, for the round keys. */
static uint64_t
splitmix(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

void
permute_init(
    struct permute *p, uint64_t n, uint64_t seed, struct span source, uint64_t epoch)
{
	uint64_t state = hash64(source, seed);
	unsigned bits = 0;

	state ^= epoch;
	state = splitmix(&state);
	while (bits < 62 && (UINT64_C(1) << bits) < n)
		bits++;
	p->n = n;
	p->half = (bits + 1) / 2;
	p->mask = (UINT64_C(1) << p->half) - 1;
	for (int i = 0; i < PERMUTE_ROUNDS; i++)
		p->key[i] = splitmix(&state);
}

static inline uint64_t
mix(uint64_t v, uint64_t key)
{
	uint64_t z = (v ^ key) * UINT64_C(0x9e3779b97f4a7c15);

	z ^= z >> 32;
	z *= UINT64_C(0xd6e8feb86659fd93);
	return z >> 29;
}

/*
 * A balanced Feistel network permutes 0..2^(2 * half)-1, which is below 4n.  Cycle
 * walking (Black and Rogaway 2002) restricts it to 0..n-1: values of n or more are
 * permuted again until they are below n.  Four rounds looked random in all our tests; six
 * leave a margin.
 */
uint64_t
permute_at(const struct permute *p, uint64_t i)
{
	uint64_t left, right, next;

	assert(i < p->n);
	if (p->n < 2)
		return 0;
	do {
		left = i >> p->half;
		right = i & p->mask;
		for (int r = 0; r < PERMUTE_ROUNDS; r++) {
			next = left ^ (mix(right, p->key[r]) & p->mask);
			left = right;
			right = next;
		}
		i = left << p->half | right;
	} while (i >= p->n);
	return i;
}

uint64_t
permute_inverse(const struct permute *p, uint64_t number)
{
	uint64_t left, right, before;

	assert(number < p->n);
	if (p->n < 2)
		return 0;
	do {
		left = number >> p->half;
		right = number & p->mask;
		for (int r = PERMUTE_ROUNDS; r-- > 0;) {
			before = right ^ (mix(left, p->key[r]) & p->mask);
			right = left;
			left = before;
		}
		number = left << p->half | right;
	} while (number >= p->n);
	return number;
}
