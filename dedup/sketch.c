/*
 * sketch.c - shingles, Fast Similarity Sketching, and band keys.
 *
 * Sketch: Dahlgaard, Knudsen, Thorup, "Fast Similarity Sketching" (FOCS 2017,
 * arXiv:1704.04370).  In round r, each shingle has a random bin and value; a bin keeps
 * the least value of the first round that reached it.  From round K on, all shingles go
 * to the bin of that number, so 2 K rounds fill all.
 */
#include "dedup/sketch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dedup/mum.h"
#include "lib/base/mem.h"

/* Arbitrary odd numbers (fractional digits of pi). */
#define SHINGLE_A UINT64_C(0x082efa98ec4e6c89)
#define SHINGLE_B UINT64_C(0x452821e638d01377)
#define ROUND_A	  UINT64_C(0xbe5466cf34e90c6d)
#define BAND_A	  UINT64_C(0xc0ac29b7c97c50dd)
#define BAND_B	  UINT64_C(0x3f84d5b5b5470917)

struct sketcher {
	uint32_t bands, rows;
	size_t n;	 /* values of a sketch */
	uint64_t *round; /* a random number for each of the 2 n rounds */
	uint64_t *band;	 /* and for each band */
};

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline uint64_t
finish_shingle(uint64_t h)
{
	return mum(h ^ SHINGLE_A, SHINGLE_B);
}

static inline uint64_t
rotate(uint64_t v, unsigned bits)
{
	return v << bits | v >> (64 - bits);
}

size_t
shingles_of(uint64_t *hash, size_t n)
{
	enum { TURN = 13, LAST = TURN * (SHINGLE_WORDS - 1) };
	/* Word k of the shingle, turned by k * TURN bits; all xored. */
	uint64_t h = 0;
	size_t i;

	for (i = 0; i < n && i < SHINGLE_WORDS; i++)
		h ^= i ? rotate(hash[i], TURN * (unsigned)i) : hash[i];
	if (n <= SHINGLE_WORDS) {
		if (n)
			hash[0] = finish_shingle(h);
		return n ? 1 : 0;
	}
	for (; i < n; i++) {
		const uint64_t first = hash[i - SHINGLE_WORDS];

		hash[i - SHINGLE_WORDS] = finish_shingle(h);
		h = rotate(h ^ first, 64 - TURN) ^ rotate(hash[i], LAST);
	}
	hash[i - SHINGLE_WORDS] = finish_shingle(h);
	return n - SHINGLE_WORDS + 1;
}

uint64_t
shingles_sum(const uint64_t *hash, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += hash[i];
	return sum;
}

/* For short arrays, and for arrays that are nearly sorted.  False: it gave up, as that
 * takes more than `most` moves. */
static bool
insertion_sort(uint64_t *v, size_t n, size_t most)
{
	size_t moves = 0;

	for (size_t i = 1; i < n; i++) {
		const uint64_t x = v[i];
		size_t k = i;

		for (; k && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
		moves += i - k;
		if (moves > most)
			return false;
	}
	return true;
}

enum { RADIX_BITS = 8 };

/* Order by `bits` bits from bit `shift` on, stably. */
static void
counting_sort(const uint64_t *from, uint64_t *to, size_t n, int shift, int bits)
{
	size_t at[(1 << RADIX_BITS) + 1];
	const uint64_t mask = (UINT64_C(1) << bits) - 1;

	memset(at, 0, ((size_t)mask + 2) * sizeof *at);
	for (size_t i = 0; i < n; i++)
		at[(from[i] >> shift & mask) + 1]++;
	for (size_t i = 0; i <= mask; i++)
		at[i + 1] += at[i];
	for (size_t i = 0; i < n; i++)
		to[at[from[i] >> shift & mask]++] = from[i];
}

/* Order by the highest bits, in equal steps of up to RADIX_BITS.  Returns the array that
 * has the result, hash or tmp. */
static uint64_t *
radix_sort(uint64_t *hash, uint64_t *tmp, size_t n, int bits)
{
	for (int steps = (bits + RADIX_BITS - 1) / RADIX_BITS; steps > 0; steps--) {
		const int now = bits / steps;
		uint64_t *from = hash;

		counting_sort(hash, tmp, n, 64 - bits, now);
		bits -= now;
		hash = tmp;
		tmp = from;
	}
	return hash;
}

size_t
shingles_sort(uint64_t *hash, uint64_t *tmp, size_t n)
{
	enum { SHORT = 48, SPARE_BITS = 3 };
	uint64_t *v = hash;
	size_t distinct = 0;
	int bits = SPARE_BITS;

	/* Most hashes that differ do so in their highest log2(n) + SPARE_BITS bits.  A
	 * text made for the purpose could have many that do not. */
	if (n > SHORT) {
		while (n >> (bits - SPARE_BITS))
			bits++;
		v = radix_sort(hash, tmp, n, bits);
	}
	if (!insertion_sort(v, n, n * SHORT))
		v = radix_sort(v, v == hash ? tmp : hash, n, 64);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || v[i] != v[i - 1])
			hash[distinct++] = v[i];
	return distinct;
}

int
sketch_check(uint64_t bands, uint64_t rows, struct err *err)
{
	if (bands < 1 || bands > BANDS_MAX)
		return err_set(err, EXIT_USAGE,
		    "--bands %" PRIu64 ": must be from 1 to %d", bands, BANDS_MAX);
	if (rows < 1 || rows > SKETCH_MAX || bands * rows > SKETCH_MAX)
		return err_set(err, EXIT_USAGE,
		    "--rows %" PRIu64
		    ": must be at least 1, and bands times rows at most %d",
		    rows, SKETCH_MAX);
	return 0;
}

struct sketcher *
sketcher_new(uint32_t bands, uint32_t rows, uint64_t seed)
{
	struct sketcher *s = xcalloc(1, sizeof *s);

	*s = (struct sketcher){ .bands = bands, .rows = rows, .n = (size_t)bands * rows };
	s->round = xcalloc(2 * s->n, sizeof *s->round);
	s->band = xcalloc(bands, sizeof *s->band);
	for (size_t i = 0; i < 2 * s->n; i++)
		s->round[i] = next_random(&seed);
	for (size_t i = 0; i < bands; i++)
		s->band[i] = next_random(&seed);
	s->round[0] = 0;
	return s;
}

size_t
sketcher_values(const struct sketcher *s)
{
	return s->n;
}

/* All shingles in one round: the bin of each, and its value there. */
static void
round_all(const uint64_t *shingle, size_t n, uint64_t salt, uint64_t tag, uint64_t *value,
    uint64_t bins)
{
	for (size_t i = 0; i < n; i++) {
		const u128 p = (u128)mum(shingle[i] ^ salt, ROUND_A) * bins;
		const uint64_t v = tag | (uint64_t)p >> 16;
		uint64_t *bin = &value[p >> 64];

		*bin = v < *bin ? v : *bin;
	}
}

/* Round 0 needs no salt: shingles are random. */
static void
round_first(const uint64_t *shingle, size_t n, uint64_t *value, uint64_t bins)
{
	for (size_t i = 0; i < n; i++) {
		const u128 p = (u128)shingle[i] * bins;
		const uint64_t v = (uint64_t)p >> 16;
		uint64_t *bin = &value[p >> 64];

		*bin = v < *bin ? v : *bin;
	}
}

static uint64_t
least_value(const uint64_t *shingle, size_t n, uint64_t salt)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const uint64_t v = mum(shingle[i] ^ salt, ROUND_A);

		least = v < least ? v : least;
	}
	return least >> 16;
}

static bool
all_filled(const uint64_t *value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (value[i] == UINT64_MAX)
			return false;
	return true;
}

void
sketch_values(
    const struct sketcher *s, const uint64_t *shingle, size_t n, uint64_t *value)
{
	for (size_t i = 0; i < s->n; i++)
		value[i] = UINT64_MAX;
	round_first(shingle, n, value, s->n);
	for (size_t r = 1; r < s->n && !all_filled(value, s->n); r++)
		round_all(shingle, n, s->round[r], (uint64_t)r << 48, value, s->n);
	for (size_t i = 0; i < s->n; i++)
		if (value[i] == UINT64_MAX)
			value[i] = (uint64_t)(s->n + i) << 48 |
				   least_value(shingle, n, s->round[s->n + i]);
}

void
sketch_keys(const struct sketcher *s, const uint64_t *shingle, size_t n, uint64_t scope,
    uint64_t *value, uint64_t *key)
{
	const uint64_t *v = value;

	sketch_values(s, shingle, n, value);
	for (uint32_t b = 0; b < s->bands; b++) {
		uint64_t h = mum(s->band[b] ^ scope, BAND_A);

		for (uint32_t r = 0; r < s->rows; r++)
			h = mum(h ^ *v++, BAND_B);
		key[b] = h >> (64 - KEY_BITS);
	}
}

void
sketcher_free(struct sketcher *s)
{
	if (!s)
		return;
	free(s->round);
	free(s->band);
	free(s);
}
