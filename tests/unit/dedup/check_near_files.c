/* check_near_files.c - test that sketches and bits are read as they were written. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "dedup/keep_file.h"
#include "tests/unit/testing.h"

Suite *near_files_suite(void);

enum { DOCS = 50, BANDS = 3 };

struct content {
	struct near_doc doc[DOCS];
	uint64_t key[DOCS][BANDS];
	size_t n, at;
	uint64_t base;
};

static void
make(struct content *c, uint64_t *rng)
{
	*c = (struct content){ .n = random_below(rng, DOCS + 1),
		.base = random_below(rng, UINT64_C(1) << 39) };
	for (size_t i = 0; i < c->n; i++) {
		c->doc[i] = (struct near_doc){ .number = c->base + i,
			.priority = (double)random_bits(rng) - 1e19,
			.priority_rest = (int16_t)((int)random_below(rng, 2049) - 1024),
			.length = random_bits(rng) >> 20,
			.content = random_bits(rng),
			.id = random_bits(rng),
			.sum = random_bits(rng),
			.shingles = random_below(rng, 3) ? random_bits(rng) >> 16 : 0 };
		for (size_t k = 0; k < BANDS; k++)
			c->key[i][k] = random_bits(rng) >> (64 - KEY_BITS);
	}
}

static int
expect_doc(void *arg, const struct near_doc *d, struct err *err)
{
	struct content *c = arg;

	while (c->doc[c->at].shingles == 0)
		c->at++;
	MUST(near_doc_order(d, &c->doc[c->at]) == 0);
	MUST(near_doc_same(d, &c->doc[c->at]));
	MUST(d->number == c->doc[c->at++].number);
	return 0;
}

/* The number of records of all partitions, which have the keys of c. */
static size_t
count_keys(const struct sketch_file *f, const struct content *c)
{
	struct buf b = { 0 };
	struct err err;
	size_t n = 0;

	for (size_t part = 0; part < KEY_PARTS; part++) {
		b.n = 0;
		MUST(sketch_file_keys(f, part, &b, &err) == 0);
		for (size_t i = 0; i < b.n; i += KEY_RECORD, n++) {
			const unsigned char *p = (const unsigned char *)b.p + i;
			const uint64_t key = (uint64_t)part << KEY_REST_BITS | load40(p);
			bool known = false;

			for (size_t k = 0; k < BANDS; k++)
				known |= c->key[load40(p + 5)][k] == key;
			MUST(known);
		}
	}
	buf_free(&b);
	return n;
}

/* Write c to path, and open it. */
static void
write_sketches(const char *path, const struct content *c, struct hash128 source,
    struct sketch_file *f)
{
	struct spill_pool pool = { .dir = "/tmp" };
	const struct sketch_options o = { BANDS, 4, 5, 6, 7 };
	struct err err;
	struct sketch_writer *w = sketch_writer_open(path, &o, &pool, &err);

	ck_assert_ptr_nonnull(w);
	for (size_t i = 0; i < c->n; i++)
		MUST(sketch_writer_add(w, &c->doc[i], c->key[i], &err) == 0);
	MUST(sketch_writer_finish(w, source, &err) == 0);
	MUST(access(path, F_OK) < 0);
	MUST(sketch_writer_commit(w, &err) == 0);
	sketch_writer_free(w);
	MUST(sketch_file_open(f, path, &err) == 0);
	MUST(memcmp(&f->options, &o, sizeof o) == 0);
}

static void
expect_bits(
    const char *path, const struct content *c, const struct sketch_file *f, uint64_t *rng)
{
	struct bitset removed = { 0 };
	struct keep_file k;
	struct err err;

	for (size_t i = 0; i < c->n; i++)
		if (random_below(rng, 2))
			bits_add(&removed, 1000 + i);
	MUST(keep_file_put(path, &removed, 1000, f, &err) == 0);
	MUST(keep_file_get(&k, path, "", &err) == 0);
	MUST(hash128_eq(k.source, f->source) && hash128_eq(k.sketches, f->digest));
	MUST(k.documents == c->n);
	for (size_t i = 0; i < c->n; i++)
		MUST(keep_file_has(&k, i) == !bits_has(&removed, 1000 + i));
	keep_file_free(&k);
	bits_free(&removed);
}

START_TEST(files_round_trip)
{
	const char *tmp = getenv("TMPDIR");
	char dir[64], path[80];
	uint64_t rng = (uint64_t)_i + 1;

	snprintf(dir, sizeof dir, "%.40s/near_files.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/f", dir);
	for (int round = 0; round < 20; round++) {
		static struct content c;
		struct sketch_file f;
		struct hash128 source;
		struct err err;
		size_t with = 0;

		make(&c, &rng);
		source = (struct hash128){ random_bits(&rng), random_bits(&rng) };
		for (size_t i = 0; i < c.n; i++)
			with += c.doc[i].shingles > 0;
		write_sketches(path, &c, source, &f);
		ck_assert_uint_eq(f.documents, c.n);
		ck_assert(hash128_eq(f.source, source));
		MUST(sketch_file_docs(&f, c.base, expect_doc, &c, &err) == 0);
		ck_assert_uint_eq(count_keys(&f, &c), with * BANDS);
		unlink(path);
		expect_bits(path, &c, &f, &rng);
		unlink(path);
		sketch_file_close(&f);
	}
	rmdir(dir);
}
END_TEST

Suite *
near_files_suite(void)
{
	Suite *s = suite_create("near_files");
	TCase *t = tcase_create("near_files");

	tcase_add_loop_test(t, files_round_trip, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
