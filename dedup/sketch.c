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
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "dedup/mum.h"
#include "lib/base/mem.h"

/* Arbitrary odd numbers (fractional digits of pi). */
#define SHINGLE_A UINT64_C(0x082efa98ec4e6c89)
#define SHINGLE_B UINT64_C(0x452821e638d01377)
#define ROUND_A	  UINT64_C(0xbe5466cf34e90c6d)
#define BAND_A	  UINT64_C(0xc0ac29b7c97c50dd)
#define BAND_B	  UINT64_C(0x3f84d5b5b5470917)

/* Bins that fit a register. */
enum { BITS_MIN = 256 };

struct sketcher {
	uint32_t bands, rows;
	size_t n;	 /* values of a sketch */
	uint64_t *round; /* a random odd number for each of the 2 n rounds */
	uint64_t *band;	 /* and for each band */
	bool simd;
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
shingles_of(uint64_t *hash, size_t n, uint64_t *sum)
{
	enum { TURN = 13, LAST = TURN * (SHINGLE_WORDS - 1) };
	/* Word k of the shingle, turned by k * TURN bits; all xored. */
	uint64_t h = 0, total = 0;
	size_t i;

	for (i = 0; i < n && i < SHINGLE_WORDS; i++)
		h ^= i ? rotate(hash[i], TURN * (unsigned)i) : hash[i];
	for (; i < n; i++) {
		const uint64_t first = hash[i - SHINGLE_WORDS];

		total += hash[i - SHINGLE_WORDS] = finish_shingle(h);
		h = rotate(h ^ first, 64 - TURN) ^ rotate(hash[i], LAST);
	}
	i = n > SHINGLE_WORDS ? n - SHINGLE_WORDS : 0;
	if (n)
		total += hash[i] = finish_shingle(h);
	*sum = total;
	return n ? i + 1 : 0;
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
shingles_sort(uint64_t *hash, uint64_t *tmp, size_t n, uint64_t *set)
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
	for (size_t i = 0; i + 1 < n; i++) {
		set[distinct] = v[i];
		distinct += v[i] != v[i + 1];
	}
	if (n)
		set[distinct++] = v[n - 1];
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
		s->round[i] = next_random(&seed) | 1;
	for (size_t i = 0; i < bands; i++)
		s->band[i] = next_random(&seed);
#if defined(__x86_64__)
	s->simd = s->n <= BITS_MIN && __builtin_cpu_supports("avx2");
#endif
	return s;
}

void
sketcher_portable(struct sketcher *s)
{
	s->simd = false;
}

size_t
sketcher_values(const struct sketcher *s)
{
	return s->n;
}

/* The bin of a shingle in a later round, by multiply-shift: shingles are random. */
static inline uint32_t
later_bin(uint64_t shingle, uint64_t salt, uint32_t bins)
{
	return ((uint32_t)shingle * (uint32_t)salt >> 16) * bins >> 16;
}

/* Bins without a value: a bit each, at least BITS_MIN. */
struct open_bins {
	uint64_t bit[SKETCH_MAX / 64];
	size_t words;
};

/* A bit for each of up to 64 shingles, from shingle[i] on: it is in an open bin. */
static uint64_t
in_open(const uint64_t *shingle, size_t i, size_t n, uint64_t salt, uint32_t bins,
    const struct open_bins *open)
{
	uint64_t mask = 0;

	for (size_t k = n; k-- > i;) {
		const uint32_t bin = later_bin(shingle[k], salt, bins);

		mask = mask << 1 | (open->bit[bin / 64] >> bin % 64 & 1);
	}
	return mask << i;
}

#if defined(__x86_64__)
/* The same, for up to BITS_MIN bins. */
__attribute__((target("avx2"))) static uint64_t
in_open_avx2(const uint64_t *shingle, size_t n, uint64_t salt, uint32_t bins,
    const struct open_bins *open)
{
	const __m256i map = _mm256_loadu_si256((const __m256i *)(const void *)open->bit),
		      salts = _mm256_set1_epi32((int)(uint32_t)salt),
		      factor = _mm256_set1_epi32((int)bins), top = _mm256_set1_epi32(31);
	uint64_t mask = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		const __m256i *const p = (const __m256i *)(const void *)(shingle + i);
		const __m256 pairs =
		    _mm256_shuffle_ps(_mm256_castsi256_ps(_mm256_loadu_si256(p)),
			_mm256_castsi256_ps(_mm256_loadu_si256(p + 1)), 0x88);
		const __m256i low = _mm256_permute4x64_epi64(
				  _mm256_castps_si256(pairs), 0xd8),
			      high =
				  _mm256_srli_epi32(_mm256_mullo_epi32(low, salts), 16),
			      bin =
				  _mm256_srli_epi32(_mm256_mullo_epi32(high, factor), 16),
			      word = _mm256_permutevar8x32_epi32(
				  map, _mm256_srli_epi32(bin, 5)),
			      bit =
				  _mm256_sllv_epi32(word, _mm256_andnot_si256(bin, top));

		mask |= (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(bit))
			<< i;
	}
	return i < n ? mask | in_open(shingle, i, n, salt, bins, open) : mask;
}
#endif

/* All shingles in round r after the first: the bin of each, and its value there.  Few
 * bins are open by then, so a mask lists the shingles that are in one. */
static void
round_later(const struct sketcher *s, size_t r, const uint64_t *shingle, size_t n,
    uint64_t *value, struct open_bins *open)
{
	const uint64_t salt = s->round[r];
	const uint32_t bins = (uint32_t)s->n;
	struct open_bins before;

	memcpy(before.bit, open->bit, open->words * sizeof *open->bit);
	for (; n; shingle += 64) {
		const size_t now = n < 64 ? n : 64;
		uint64_t mask;

#if defined(__x86_64__)
		if (s->simd)
			mask = in_open_avx2(shingle, now, salt, bins, &before);
		else
#endif
			mask = in_open(shingle, 0, now, salt, bins, &before);
		for (; mask; mask &= mask - 1) {
			const uint64_t x = shingle[__builtin_ctzll(mask)],
				       v = (uint64_t)r << 48 |
					   mum(x ^ salt, ROUND_A) >> 16;
			const uint32_t bin = later_bin(x, salt, bins);

			value[bin] = v < value[bin] ? v : value[bin];
			open->bit[bin / 64] &= ~(UINT64_C(1) << bin % 64);
		}
		n -= now;
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

static void
find_open(struct open_bins *open, const uint64_t *value, size_t n)
{
	open->words = n <= BITS_MIN ? BITS_MIN / 64 : (n + 63) / 64;
	for (size_t i = 0; i < open->words; i++) {
		uint64_t bits = 0;

		for (size_t k = n < 64 * (i + 1) ? n : 64 * (i + 1); k-- > 64 * i;)
			bits = bits << 1 | (value[k] == UINT64_MAX);
		open->bit[i] = bits;
	}
}

static bool
any_open(const struct open_bins *open)
{
	uint64_t any = 0;

	for (size_t i = 0; i < open->words; i++)
		any |= open->bit[i];
	return any;
}

void
sketch_values(
    const struct sketcher *s, const uint64_t *shingle, size_t n, uint64_t *value)
{
	struct open_bins open;

	memset(value, 255, s->n * sizeof *value);
	round_first(shingle, n, value, s->n);
	find_open(&open, value, s->n);
	for (size_t r = 1; r < s->n && any_open(&open); r++)
		round_later(s, r, shingle, n, value, &open);
	if (!any_open(&open))
		return;
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
