/* check_buckets.c - test the search for documents with a key, or all shingles, in common.
 */
#include <check.h>
#include <stdlib.h>

#include "dedup/buckets.h"
#include "dedup/same.h"
#include "tests/unit/testing.h"

Suite *buckets_suite(void);

enum { DOCS = 300, BANDS = 4 };

/* Memory for the records of a pool, none, some or all; and to load them, in ranges of a
 * partition or all. */
enum { POOLS = 6 };

static struct spill_pool
pool_of(int i)
{
	static const uint64_t limits[] = { 0, 5000, 1 << 30 };

	return (struct spill_pool){
		.dir = "/tmp", .limit = limits[i % 3], .memory = i / 3 ? 1 << 30 : 1
	};
}

/* A document and one of its keys. */
struct keyed {
	uint64_t key, number;
};

static int
by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* The buckets that are found, as numbers after their count. */
struct found {
	uint64_t *v;
	size_t n, cap;
	size_t calls, stop; /* the call that returns -1; 0: none */
};

static void
note(struct found *f, uint64_t x)
{
	GROW(f->v, f->n, f->cap);
	f->v[f->n++] = x;
}

static int
note_bucket(void *arg, const uint64_t *number, size_t n, struct err *err)
{
	struct found *f = arg;

	note(f, n);
	for (size_t i = 0; i < n; i++)
		note(f, number[i]);
	return ++f->calls == f->stop ? err_set(err, EXIT_NO, "stop") : 0;
}

/* All keys of a set of documents, and the documents to leave out. */
struct keys {
	struct keyed v[DOCS * BANDS];
	size_t docs, bands;
	struct bitset without;
};

static uint64_t
random_key(const uint64_t *few, uint64_t *rng)
{
	const uint64_t last = (UINT64_C(1) << KEY_BITS) - 1;

	switch (random_below(rng, 8)) {
	case 0:
		return random_bits(rng) & last;
	case 1:
		return last;
	case 2:
		return random_below(rng, 3) << KEY_REST_BITS;
	default:
		return few[random_below(rng, 32)] & last;
	}
}

static void
make_keys(struct keys *k, uint64_t *rng)
{
	const uint64_t stride = UINT64_C(1) << random_below(rng, 12);
	uint64_t few[32], number = random_below(rng, stride);

	/* Half of them are in the last partition. */
	for (size_t i = 0; i < 32; i++)
		few[i] = random_bits(rng) | (i % 2 ? UINT64_C(255) << KEY_REST_BITS : 0);
	*k = (struct keys){ .docs = random_below(rng, DOCS + 1),
		.bands = 1 + random_below(rng, BANDS) };
	for (size_t i = 0; i < k->docs; i++) {
		for (size_t b = 0; b < k->bands; b++)
			k->v[i * k->bands + b] =
			    (struct keyed){ random_key(few, rng), number };
		if (random_below(rng, 8) == 0)
			bits_add(&k->without, number);
		number += 1 + random_below(rng, stride);
	}
}

static void
add_keys(struct buckets *b, const struct keys *k)
{
	struct err err = { 0 };

	for (size_t i = 0; i < k->docs; i++) {
		uint64_t key[BANDS];

		for (size_t j = 0; j < k->bands; j++)
			key[j] = k->v[i * k->bands + j].key;
		MUST(buckets_add(b, k->v[i * k->bands].number, key, k->bands, &err) == 0);
	}
}

/* The buckets by definition; base is added to the numbers. */
static void
list_buckets(struct keys *k, bool all, uint64_t base, struct found *f)
{
	const size_t n = k->docs * k->bands;
	uint64_t member[DOCS];

	qsort(k->v, n, sizeof *k->v, by_key);
	for (size_t i = 0, j; i < n; i = j) {
		size_t members = 0;

		for (j = i; j < n && k->v[j].key == k->v[i].key; j++) {
			const uint64_t number = k->v[j].number;

			if (!all && bits_has(&k->without, number))
				continue;
			if (!members || member[members - 1] != number + base)
				member[members++] = number + base;
		}
		if (members >= 2)
			note_bucket(f, member, members, NULL);
	}
}

static void
expect_found(const struct found *got, const struct found *want)
{
	MUST(got->n == want->n);
	MUST(got->n == 0 || memcmp(got->v, want->v, got->n * sizeof *got->v) == 0);
}

START_TEST(buckets_as_defined)
{
	struct spill_pool pool = pool_of(_i);
	uint64_t rng = (uint64_t)_i + 1;
	struct err err = { 0 };

	for (int round = 0; round < SIZED(100, 20); round++) {
		static struct keys k;
		struct found got = { 0 }, want = { 0 };
		struct buckets *b = buckets_new(&pool);

		make_keys(&k, &rng);
		add_keys(b, &k);
		MUST(buckets_find(b, &k.without, note_bucket, &got, &err) == 0);
		list_buckets(&k, false, 0, &want);
		expect_found(&got, &want);
		buckets_free(b);
		bits_free(&k.without);
		free(got.v);
		free(want.v);
	}
	ck_assert_uint_eq(pool.used, 0);
	ck_assert_uint_eq(pool.file, 0);
}
END_TEST

/* Through sorted records, as in a file of sketches. */
START_TEST(records_round_trip)
{
	struct spill_pool pool = pool_of(_i);
	uint64_t rng = (uint64_t)_i + 1;
	struct err err = { 0 };

	for (int round = 0; round < SIZED(20, 5); round++) {
		static struct keys k;
		const uint64_t base = random_below(&rng, UINT64_C(1) << 39);
		struct found got = { 0 }, want = { 0 };
		struct buckets *b = buckets_new(&pool), *again = buckets_new(&pool);
		struct buf sorted = { 0 };
		size_t records = 0;

		make_keys(&k, &rng);
		add_keys(b, &k);
		for (size_t part = 0; part < KEY_PARTS; part++) {
			sorted.n = 0;
			MUST(buckets_sorted(b, part, &sorted, &err) == 0);
			MUST(buckets_add_records(again, part, buf_span(&sorted), base,
				 UINT64_MAX, &err) == 0);
			records += sorted.n / KEY_RECORD;
		}
		MUST(records == k.docs * k.bands);
		MUST(buckets_find(again, NULL, note_bucket, &got, &err) == 0);
		list_buckets(&k, true, base, &want);
		expect_found(&got, &want);
		buckets_free(b);
		buckets_free(again);
		bits_free(&k.without);
		buf_free(&sorted);
		free(got.v);
		free(want.v);
	}
}
END_TEST

static int
note_same(void *arg, uint64_t kept, uint64_t removed, struct err *err)
{
	struct found *f = arg;

	note(f, removed);
	note(f, kept);
	return ++f->calls == f->stop ? err_set(err, EXIT_NO, "stop") : 0;
}

static int
note_doc(void *arg, const struct near_doc *d, struct err *err)
{
	struct found *f = arg;

	note(f, d->number);
	return ++f->calls == f->stop ? err_set(err, EXIT_NO, "stop") : 0;
}

static void
make_same(struct near_doc *v, size_t n, uint64_t *rng)
{
	uint64_t few[20];

	/* Half of them are in the first partition. */
	for (size_t i = 0; i < 20; i++)
		few[i] = random_bits(rng) >> (i % 2 ? 8 : 0);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct near_doc){ .number = i * 3,
			.priority = (double)random_below(rng, 2),
			.priority_rest = (int16_t)random_below(rng, 2),
			.length = random_below(rng, 2),
			.content = random_below(rng, 2),
			.id = random_below(rng, 2),
			.sum = random_below(rng, 4) ? few[random_below(rng, 20)]
						    : random_bits(rng),
			.shingles = 5 + (random_below(rng, 8) == 0) };
}

/* The first by rank of the documents with the shingles of d. */
static uint64_t
first_same(const struct near_doc *v, size_t n, const struct near_doc *d)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].sum == d->sum && v[i].shingles == d->shingles &&
		    near_doc_order(&v[i], d) < 0)
			d = &v[i];
	return d->number;
}

START_TEST(same_as_defined)
{
	struct spill_pool pool = pool_of(_i);
	uint64_t rng = (uint64_t)_i + 1;
	struct err err = { 0 };

	for (int round = 0; round < SIZED(60, 20); round++) {
		struct near_doc v[DOCS];
		const size_t n = random_below(&rng, DOCS + 1);
		struct found pairs = { 0 }, docs = { 0 };
		struct bitset seen = { 0 };
		struct same *s = same_new(&pool);
		size_t removed = 0;

		make_same(v, n, &rng);
		for (size_t i = 0; i < n; i++)
			MUST(same_add(s, &v[i], &err) == 0);
		MUST(same_find(s, note_same, &pairs, &err) == 0);
		for (size_t i = 0; i < pairs.n; i += 2) {
			MUST(!bits_has(&seen, pairs.v[i]));
			bits_add(&seen, pairs.v[i]);
			MUST(pairs.v[i + 1] == first_same(v, n, &v[pairs.v[i] / 3]));
		}
		for (size_t i = 0; i < n; i++)
			removed += first_same(v, n, &v[i]) != v[i].number;
		MUST(pairs.n == 2 * removed);
		bits_free(&seen);
		MUST(same_docs(s, note_doc, &docs, &err) == 0);
		for (size_t i = 0; i < docs.n; i++) {
			MUST(!bits_has(&seen, docs.v[i]));
			bits_add(&seen, docs.v[i]);
		}
		MUST(docs.n == n);
		same_free(s);
		bits_free(&seen);
		free(pairs.v);
		free(docs.v);
	}
}
END_TEST

/* The first -1 ends a search. */
START_TEST(errors_stop)
{
	struct spill_pool pool = pool_of(_i);
	struct buckets *b = buckets_new(&pool);
	struct same *s = same_new(&pool);
	struct found f = { .stop = 3 };
	struct err err = { 0 };

	for (uint64_t i = 0; i < 20; i++) {
		const uint64_t key[2] = { i / 2, UINT64_C(0xffffffffffff) - i / 4 };
		const struct near_doc d = { .number = i, .sum = i / 5 << 60 };

		ck_assert_int_eq(buckets_add(b, i, key, 2, &err), 0);
		ck_assert_int_eq(same_add(s, &d, &err), 0);
	}
	ck_assert_int_eq(buckets_find(b, NULL, note_bucket, &f, &err), -1);
	ck_assert_uint_eq(f.calls, 3);
	f.calls = 0;
	ck_assert_int_eq(same_find(s, note_same, &f, &err), -1);
	ck_assert_uint_eq(f.calls, 3);
	f.calls = 0;
	ck_assert_int_eq(same_docs(s, note_doc, &f, &err), -1);
	ck_assert_uint_eq(f.calls, 3);
	ck_assert_int_eq(err.code, EXIT_NO);
	buckets_free(b);
	same_free(s);
	buckets_free(NULL);
	same_free(NULL);
	free(f.v);
	ck_assert_uint_eq(pool.used, 0);
}
END_TEST

/* Numbers of members, at the edges of words of bits. */
START_TEST(numbers_of_bits)
{
	struct bitset b = { 0 };
	uint64_t rng = 1, members[2000], n = 0;

	for (uint64_t i = random_below(&rng, 70); n < 2000;
	     i += 1 + random_below(&rng, 200)) {
		members[n++] = i;
		MUST(!bits_has(&b, i));
		bits_add(&b, i);
		bits_add(&b, i);
		MUST(bits_has(&b, i) && !bits_has(&b, i + 1));
	}
	ck_assert_uint_eq(bits_index(&b), n);
	for (uint64_t i = 0; i < n; i++)
		MUST(bits_number(&b, members[i]) == i);
	ck_assert(!bits_has(&b, UINT64_C(1) << 40));
	bits_free(&b);
	ck_assert_uint_eq(bits_index(&b), 0);
	bits_free(&b);
}
END_TEST

Suite *
buckets_suite(void)
{
	Suite *s = suite_create("buckets");
	TCase *t = tcase_create("buckets");

	tcase_add_loop_test(t, buckets_as_defined, 0, POOLS);
	tcase_add_loop_test(t, records_round_trip, 0, POOLS);
	tcase_add_loop_test(t, same_as_defined, 0, POOLS);
	tcase_add_loop_test(t, errors_stop, 0, POOLS);
	tcase_add_test(t, numbers_of_bits);
	suite_add_tcase(s, t);
	return s;
}
