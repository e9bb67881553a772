/* check_sketch.c - test shingles, sketches as estimates of similarity, and band keys. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "dedup/sketch.h"
#include "dedup/words.h"
#include "tests/unit/testing.h"

Suite *sketch_suite(void);

/* Each shingle is that of its five words alone. */
START_TEST(shingles_of_each_window)
{
	uint64_t rng = 1, word[300], hash[300], sum, one;

	for (size_t n = 0; n < 300; n++) {
		size_t got;

		for (size_t i = 0; i < n; i++)
			hash[i] = word[i] = random_below(&rng, n % 3 ? UINT64_MAX : 3);
		got = shingles_of(hash, n, &sum);
		MUST(got == (n == 0 ? 0 : n < SHINGLE_WORDS ? 1 : n - SHINGLE_WORDS + 1));
		for (size_t i = 0; i < got && n >= SHINGLE_WORDS; i++) {
			uint64_t window[SHINGLE_WORDS];

			memcpy(window, word + i, sizeof window);
			MUST(shingles_of(window, SHINGLE_WORDS, &one) == 1);
			MUST(hash[i] == window[0] && one == window[0]);
		}
		for (size_t i = 0; i < got; i++)
			sum -= hash[i];
		MUST(sum == 0);
	}
}
END_TEST

/* Other words, another order and another number of words make other shingles. */
START_TEST(shingles_differ)
{
	uint64_t v[8][SHINGLE_WORDS] = { { 1, 2, 3, 4, 5 }, { 2, 1, 3, 4, 5 },
		{ 1, 2, 3, 4, 6 }, { 5, 4, 3, 2, 1 }, { 1, 2, 3, 4 }, { 1, 2, 3 },
		{ 1, 2 }, { 1 } };
	static const size_t n[8] = { 5, 5, 5, 5, 4, 3, 2, 1 };
	uint64_t sum;

	for (size_t i = 0; i < 8; i++) {
		shingles_of(v[i], n[i], &sum);
		for (size_t k = 0; k < i; k++)
			ck_assert(v[i][0] != v[k][0]);
	}
}
END_TEST

static int
ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Hashes that differ in these bits only. */
static const struct {
	size_t n;
	uint64_t mask;
} orders[] = {
	{ 0, 0 },
	{ 1, UINT64_MAX },
	{ 2, UINT64_MAX },
	{ 47, UINT64_MAX },
	{ 48, UINT64_MAX },
	{ 49, UINT64_MAX },
	{ 49, 7 },
	{ 1000, 0 },
	{ 4096, UINT64_MAX },
	{ 4096, 0xffffffff },
	{ 4097, UINT64_MAX },
	{ SIZED(200000, 20000), 0 },
	{ SIZED(200000, 20000), 1 },
	{ SIZED(200000, 20000), 0xffff },
	{ SIZED(200000, 20000), 0xffffffff },
	{ SIZED(200000, 20000), UINT64_C(0xffff00000000ffff) },
	{ SIZED(200000, 20000), UINT64_C(0xffffff0000000000) },
	{ SIZED(1 << 20, 50000), UINT64_MAX },
	{ SIZED((1 << 20) + 1, 50000), UINT64_C(0x3fffff) },
};

/* In time that is linear whatever the hashes are: random, ascending, descending. */
START_TEST(sorts_and_removes_repetitions)
{
	const size_t n = orders[_i].n;
	uint64_t *hash = xcalloc(n + 1, sizeof *hash), *tmp = xcalloc(n + 1, sizeof *tmp),
		 *want = xcalloc(n + 1, sizeof *want), *set = xcalloc(n + 1, sizeof *set),
		 rng = 1;

	for (int form = 0; form < 3; form++) {
		size_t distinct = 0;

		for (size_t i = 0; i < n; i++)
			hash[i] = UINT64_C(0x123456789abcdef0) ^
				  (random_bits(&rng) & orders[_i].mask);
		memcpy(want, hash, n * sizeof *want);
		qsort(want, n, sizeof *want, ascending);
		for (size_t i = 0; i < n && form; i++)
			hash[i] = form == 1 ? want[i] : want[n - 1 - i];
		for (size_t i = 0; i < n; i++)
			if (i == 0 || want[i] != want[i - 1])
				want[distinct++] = want[i];
		MUST(shingles_sort(hash, tmp, n, set) == distinct);
		MUST(memcmp(set, want, distinct * sizeof *want) == 0);
	}
	free(hash);
	free(tmp);
	free(set);
	free(want);
}
END_TEST

/* Sizes of sketches: the least, the default, and the limits. */
static const struct {
	uint32_t bands, rows;
} shapes[] = {
	{ 1, 1 },
	{ 1, 7 },
	{ 7, 1 },
	{ 20, 7 },
	{ 33, 3 },
	{ 1024, 16 },
	{ 1, SKETCH_MAX },
};

/*
 * All values are filled, by documents of any size; they do not depend on the order and
 * the repetitions of shingles; and the sketch of a union has the lesser of two values.
 */
START_TEST(sketches_of_unions)
{
	enum { MOST = 40 };
	const uint32_t bands = shapes[_i].bands, rows = shapes[_i].rows;
	struct sketcher *s = sketcher_new(bands, rows, (uint64_t)_i);
	const size_t k = sketcher_values(s);
	uint64_t *value = xcalloc(k, sizeof *value), *one = xcalloc(k, sizeof *one),
		 *least = xcalloc(k, sizeof *least), shingle[MOST + 1], rng = 1;

	ck_assert_uint_eq(k, (size_t)bands * rows);
	for (size_t n = 1; n <= (k > 5000 ? 10 : MOST); n++) {
		for (size_t i = 0; i < n; i++)
			shingle[i] = random_bits(&rng);
		shingle[n] = shingle[0];
		sketch_values(s, shingle + 1, n, value);
		for (size_t i = 0; i < k; i++)
			least[i] = UINT64_MAX;
		for (size_t j = 0; j < n; j++) {
			sketch_values(s, &shingle[j], 1, one);
			for (size_t i = 0; i < k; i++)
				least[i] = one[i] < least[i] ? one[i] : least[i];
		}
		for (size_t i = 0; i < k; i++)
			MUST(value[i] == least[i] && value[i] != UINT64_MAX);
		sketch_values(s, shingle, n + 1, one);
		MUST(memcmp(one, value, k * sizeof *one) == 0);
	}
	free(value);
	free(one);
	free(least);
	sketcher_free(s);
}
END_TEST

/* Without SIMD instructions, the values are the same. */
START_TEST(portable_sketches)
{
	enum { MOST = 700 };
	const uint32_t bands = shapes[_i].bands, rows = shapes[_i].rows;
	struct sketcher *s[2] = { sketcher_new(bands, rows, 1),
		sketcher_new(bands, rows, 1) };
	const size_t k = sketcher_values(s[0]);
	uint64_t *value[2] = { xcalloc(k, sizeof **value), xcalloc(k, sizeof **value) },
		 shingle[MOST], rng = 1;

	sketcher_portable(s[1]);
	for (size_t i = 0; i < MOST; i++)
		shingle[i] = random_bits(&rng);
	for (size_t n = 1; n <= MOST; n += k > 5000 ? 100 : 1) {
		sketch_values(s[0], shingle, n, value[0]);
		sketch_values(s[1], shingle, n, value[1]);
		MUST(memcmp(value[0], value[1], k * sizeof **value) == 0);
	}
	for (size_t i = 0; i < 2; i++) {
		free(value[i]);
		sketcher_free(s[i]);
	}
}
END_TEST

/* The shingle of five words of few. */
static uint64_t
random_shingle(uint64_t *rng)
{
	enum { VOCABULARY = 300 };
	static uint64_t word[VOCABULARY];
	uint64_t hash[SHINGLE_WORDS], sum;

	for (size_t i = 0; i < VOCABULARY && !word[VOCABULARY - 1]; i++) {
		const unsigned char name[2] = { (unsigned char)('a' + i / 26),
			(unsigned char)('a' + i % 26) };

		word[i] = word_hash(name, sizeof name);
	}
	for (size_t i = 0; i < SHINGLE_WORDS; i++)
		hash[i] = word[random_below(rng, VOCABULARY)];
	shingles_of(hash, SHINGLE_WORDS, &sum);
	return hash[0];
}

/* Two documents of which `common` of `of` shingles are in both. */
struct similar {
	uint64_t a[3000], b[3000];
	size_t n, m;
	double similarity;
};

static void
make_similar(struct similar *p, size_t of, double similarity, uint64_t *rng)
{
	const size_t common = (size_t)((double)of * similarity + 0.5);

	p->n = p->m = 0;
	p->similarity = (double)common / (double)of;
	for (size_t i = 0; i < of; i++) {
		const uint64_t x = random_shingle(rng);

		if (i < common || i % 2)
			p->a[p->n++] = x;
		if (i < common || i % 2 == 0)
			p->b[p->m++] = x;
	}
}

/* Documents of so many shingles. */
static const size_t lengths[] = { 5, 60, 250, 1000, 3000 };

/* What sums of many pairs tell of a class of lengths and a similarity. */
struct sums {
	double hits, chance, hit_variance; /* pairs with a band in common */
	double error, squares, variance;   /* of estimates */
};

enum { B = 20, R = 7, K = B * R };

static void
add_pair(struct sums *t, const struct sketcher *s, const struct similar *p)
{
	const double j = p->similarity, chance = 1 - pow(1 - pow(j, R), B);
	uint64_t value[2][K], key[2][B];
	size_t equal = 0, keys = 0;
	double error;

	sketch_keys(s, p->a, p->n, 0, value[0], key[0]);
	sketch_keys(s, p->b, p->m, 0, value[1], key[1]);
	for (size_t b = 0; b < B; b++) {
		const bool same =
		    memcmp(&value[0][b * R], &value[1][b * R], R * sizeof **value) == 0;

		MUST((key[0][b] == key[1][b]) == same);
		MUST(key[0][b] >> KEY_BITS == 0);
		keys += same;
	}
	for (size_t i = 0; i < K; i++)
		equal += value[0][i] == value[1][i];
	error = (double)equal / K - j;
	t->hits += keys > 0;
	t->chance += chance;
	t->hit_variance += chance * (1 - chance);
	t->error += error;
	t->squares += error * error;
	t->variance += j * (1 - j) / K;
}

/*
 * In class _i of lengths: values agree as often as the similarity says, with a variance
 * that is not above that of independent hashes; documents share a key as often as theory
 * says.  Bounds are 4 standard deviations.
 */
START_TEST(sketches_estimate_similarity)
{
	static struct similar p;
	const int pairs = SIZED(600, 100);
	uint64_t rng = (uint64_t)_i + 1;

	for (uint64_t seed = 0; seed < 3; seed++) {
		struct sketcher *s = sketcher_new(B, R, seed);

		for (int j = 5; j <= 9; j++) {
			struct sums t = { 0 };

			for (int i = 0; i < pairs; i++) {
				make_similar(&p,
				    lengths[_i] +
					random_below(&rng, lengths[_i + 1] - lengths[_i]),
				    j / 10., &rng);
				if (p.n && p.m)
					add_pair(&t, s, &p);
			}
			ck_assert_msg(
			    fabs(t.hits - t.chance) <= 4 * sqrt(t.hit_variance) + 0.5,
			    "J %g: %g of %g", j / 10., t.hits, t.chance);
			ck_assert_msg(fabs(t.error) <= 4 * sqrt(t.variance),
			    "J %g: bias %g", j / 10., t.error / pairs);
			ck_assert_msg(
			    t.squares <= t.variance * (1 + 4 * sqrt(2. / pairs)),
			    "J %g: variance %g", j / 10., t.squares / t.variance);
		}
		sketcher_free(s);
	}
}
END_TEST

/* Documents of 1 to 10 shingles with none in common share a value only by chance. */
START_TEST(tiny_documents)
{
	struct sketcher *s = sketcher_new(B, R, 0);
	uint64_t rng = 1, equal = 0;

	for (int round = 0; round < 2000; round++) {
		uint64_t shingle[20], value[2][K], key[2][B];

		for (size_t i = 0; i < 20; i++)
			shingle[i] = random_bits(&rng);
		sketch_keys(s, shingle, 1 + random_below(&rng, 10), 0, value[0], key[0]);
		sketch_keys(
		    s, shingle + 10, 1 + random_below(&rng, 10), 0, value[1], key[1]);
		for (size_t i = 0; i < K; i++)
			equal += value[0][i] == value[1][i];
		for (size_t b = 0; b < B; b++)
			MUST(key[0][b] != key[1][b]);
	}
	ck_assert_uint_eq(equal, 0);
	sketcher_free(s);
}
END_TEST

/* Keys fill their range evenly (chi-square of 256 parts), and scopes share none. */
START_TEST(keys_are_even)
{
	enum { DOCS = SIZED(4000, 1000) };
	struct sketcher *s = sketcher_new(B, R, 5);
	uint64_t rng = 1, parts[2][256] = { { 0 } };

	for (int doc = 0; doc < DOCS; doc++) {
		uint64_t shingle[30], value[K], key[3][B];

		for (size_t i = 0; i < 30; i++)
			shingle[i] = random_bits(&rng);
		for (size_t scope = 0; scope < 3; scope++)
			sketch_keys(s, shingle, 30, scope, value, key[scope]);
		for (size_t b = 0; b < B; b++) {
			MUST(key[0][b] != key[1][b] && key[1][b] != key[2][b] &&
			     key[0][b] != key[2][b]);
			parts[0][key[0][b] >> (KEY_BITS - 8)]++;
			parts[1][key[0][b] & 255]++;
		}
	}
	for (int end = 0; end < 2; end++) {
		const double mean = DOCS * B / 256.;
		double chi = 0;

		for (size_t i = 0; i < 256; i++) {
			const double off = (double)parts[end][i] - mean;

			chi += off * off / mean;
		}
		ck_assert_msg(fabs(chi - 255) < 4 * sqrt(2 * 255.), "chi-square %g", chi);
	}
	sketcher_free(s);
}
END_TEST

/* Part of the format of sketches, with WORDS_VERSION: keys of ten words from 1 on. */
static const struct {
	uint32_t bands, rows;
	uint64_t seed, scope, words, first, last; /* keys */
} pinned[] = {
	{ 1, 1, 0, 0, 10, UINT64_C(0xf2d31fb8e958), UINT64_C(0xf2d31fb8e958) },
	{ 20, 7, 0, 0, 10, UINT64_C(0x9ed43863313a), UINT64_C(0x02748061dc88) },
	{ 20, 7, 1, 0, 10, UINT64_C(0x6de2351323d1), UINT64_C(0x9f7b1fa9091e) },
	{ 20, 7, 0, 9, 10, UINT64_C(0xb0a6e8f0f96a), UINT64_C(0xcac2685673c4) },
	{ 20, 7, 0, 0, 1, UINT64_C(0x1a2ddc8ed539), UINT64_C(0xb1885c3e6b41) },
	{ 20, 7, 0, 0, 1000, UINT64_C(0xed089725f792), UINT64_C(0x3f93d04b8754) },
	{ 1024, 16, 0, 0, 10, UINT64_C(0x5895cb7216b1), UINT64_C(0x0a5a0a608ab1) },
	{ 1, SKETCH_MAX, 0, 0, 10, UINT64_C(0x393f9a358138), UINT64_C(0x393f9a358138) },
};

START_TEST(keys_are_pinned)
{
	struct sketcher *s =
	    sketcher_new(pinned[_i].bands, pinned[_i].rows, pinned[_i].seed);
	uint64_t *value = xcalloc(sketcher_values(s), sizeof *value),
		 *key = xcalloc(pinned[_i].bands, sizeof *key), hash[1000], sum;
	size_t n = pinned[_i].words;

	ck_assert_int_eq(WORDS_VERSION, 3);
	for (size_t i = 0; i < n; i++)
		hash[i] = i + 1;
	n = shingles_of(hash, n, &sum);
	sketch_keys(s, hash, n, pinned[_i].scope, value, key);
	ck_assert_msg(
	    key[0] == pinned[_i].first && key[pinned[_i].bands - 1] == pinned[_i].last,
	    "UINT64_C(%#llx), UINT64_C(%#llx)", (unsigned long long)key[0],
	    (unsigned long long)key[pinned[_i].bands - 1]);
	free(value);
	free(key);
	sketcher_free(s);
}
END_TEST

START_TEST(limits_of_options)
{
	struct err err = { 0 };

	ck_assert_int_eq(sketch_check(1, 1, &err), 0);
	ck_assert_int_eq(sketch_check(1024, 16, &err), 0);
	ck_assert_int_eq(sketch_check(1, SKETCH_MAX, &err), 0);
	ck_assert_int_eq(sketch_check(0, 1, &err), -1);
	ck_assert_int_eq(sketch_check(1, 0, &err), -1);
	ck_assert_int_eq(sketch_check(1025, 1, &err), -1);
	ck_assert_int_eq(sketch_check(1024, 17, &err), -1);
	ck_assert_int_eq(sketch_check(2, UINT64_C(1) << 63, &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
}
END_TEST

#define LOOP(t, test, table)                                                             \
	tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

Suite *
sketch_suite(void)
{
	Suite *s = suite_create("sketch");
	TCase *t = tcase_create("sketch");

	tcase_add_test(t, shingles_of_each_window);
	tcase_add_test(t, shingles_differ);
	LOOP(t, sorts_and_removes_repetitions, orders);
	LOOP(t, sketches_of_unions, shapes);
	LOOP(t, portable_sketches, shapes);
	tcase_add_loop_test(t, sketches_estimate_similarity, 0,
	    (int)(sizeof lengths / sizeof *lengths) - 1);
	tcase_add_test(t, tiny_documents);
	tcase_add_test(t, keys_are_even);
	LOOP(t, keys_are_pinned, pinned);
	tcase_add_test(t, limits_of_options);
	suite_add_tcase(s, t);
	return s;
}
