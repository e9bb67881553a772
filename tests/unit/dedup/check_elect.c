/* check_elect.c - test that partitions decide as all documents at once. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dedup/elect.h"
#include "tests/unit/dedup/near_make.h"
#include "tests/unit/testing.h"

Suite *elect_suite(void);

/* For the shingles of a partition, and for the records of the pool. */
static const struct {
	uint64_t memory, limit;
} limits[] = {
	{ 1, 0 },
	{ 1, UINT64_C(1) << 30 },
	{ 200, 2000 },
	{ 2000, 0 },
	{ UINT64_C(1) << 30, UINT64_C(1) << 30 },
};

enum { SAME = 20 };

/* Documents with the shingles of one of make_set, by numbers that it does not have. */
struct twins {
	size_t n;
	uint64_t kept[SAME], removed[SAME];
};

static bool
in_bucket(const struct make_set *m, uint64_t number)
{
	for (size_t i = 0; i < m->nbuckets; i++)
		for (size_t k = 0; k < m->bucket[i].n; k++)
			if (m->bucket[i].number[k] == number)
				return true;
	return false;
}

static void
make_twins(const struct make_set *m, struct twins *t, uint64_t *rng)
{
	t->n = random_below(rng, SAME);
	for (size_t i = 0; i < t->n; i++) {
		t->kept[i] = m->doc[random_below(rng, m->ndocs)].doc.number;
		t->removed[i] = 100000 + i;
	}
}

/* The ids are the numbers. */
static int
give_id(struct elect *e, uint64_t number, struct err *err)
{
	char id[32];
	const int n = snprintf(id, sizeof id, "id %llu", (unsigned long long)number);

	return elect_wants_id(e, number)
		   ? elect_id(e, number, (struct span){ id, (size_t)n }, err)
		   : 0;
}

/* Give e all that it takes, the documents in the order of m. */
static int
run(struct elect *e, const struct make_set *m, const struct twins *t, struct err *err)
{
	for (size_t i = 0; i < m->ndocs; i++)
		if (m->doc[i].doc.age)
			elect_old(e, m->doc[i].doc.number, m->doc[i].removed);
	for (size_t i = 0; i < t->n; i++)
		if (elect_same(e, t->kept[i], t->removed[i], err) < 0)
			return -1;
	for (size_t i = 0; i < m->nbuckets; i++)
		if (elect_bucket(e, m->bucket[i].number, m->bucket[i].n, err) < 0)
			return -1;
	if (elect_connect(e, err) < 0)
		return -1;
	for (size_t i = 0; i < m->ndocs; i++)
		if (elect_doc(e, &m->doc[i].doc, err) < 0)
			return -1;
	if (elect_deal(e, err) < 0)
		return -1;
	for (size_t i = 0; i < m->ndocs; i++) {
		const struct leader_doc *d = &m->doc[i];

		MUST(elect_wants(e, d->doc.number) ==
		     (in_bucket(m, d->doc.number) &&
			 !(d->doc.age != NEAR_NEW && d->removed)));
		if (elect_wants(e, d->doc.number) &&
		    elect_shingles(
			e, d->doc.number, d->doc.content, d->shingle, d->n, err) < 0)
			return -1;
		if (give_id(e, d->doc.number, err) < 0)
			return -1;
	}
	return elect_run(e, err);
}

/* An old document leads itself: an earlier run has the facts about it. */
static uint64_t
leader_of(const struct make_set *m, uint64_t number)
{
	const struct leader_doc *d = make_find(m, number);

	return d->removed && d->doc.age == NEAR_NEW ? d->leader : number;
}

/* The documents and twins that are removed in favour of a leader. */
static uint64_t
removed_for(const struct make_set *m, const struct twins *t, uint64_t leader)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->ndocs; i++)
		n += m->doc[i].removed && m->doc[i].doc.age == NEAR_NEW &&
		     m->doc[i].leader == leader;
	for (size_t i = 0; i < t->n; i++)
		n += leader_of(m, t->kept[i]) == leader;
	return n;
}

/* number: a document, or a twin of `of`. */
static void
expect_fact(const struct elect *e, const struct make_set *m, const struct twins *t,
    uint64_t number, const struct leader_doc *of)
{
	const uint64_t leader = leader_of(m, of->doc.number),
		       count = removed_for(m, t, leader);
	const double similarity = leader == of->doc.number ? 1 : of->similarity;
	const bool removed = number != leader;
	char id[32];
	struct fact f;

	MUST(elect_removed(e, number) ==
	     (removed || (number == of->doc.number && of->removed)));
	MUST(elect_find(e, number, &f) == (count > 0));
	if (count == 0)
		return;
	snprintf(id, sizeof id, "id %llu", (unsigned long long)leader);
	MUST(f.removed == removed && f.count == count && span_eq(f.id, span_of(id)));
	MUST(fabs(f.similarity - similarity) < 0.00005001);
}

static void
expect_facts(const struct elect *e, const struct make_set *m, const struct twins *t)
{
	for (size_t i = 0; i < m->ndocs; i++)
		expect_fact(e, m, t, m->doc[i].doc.number, &m->doc[i]);
	for (size_t i = 0; i < t->n; i++) {
		MUST(bits_has(elect_twins(e), t->removed[i]));
		expect_fact(e, m, t, t->removed[i], make_find(m, t->kept[i]));
	}
}

START_TEST(partitions_change_nothing)
{
	static struct make_set m;
	struct spill_pool pool = { .dir = "/tmp", .limit = limits[_i].limit };
	struct elect_options o = {
		.memory = limits[_i].memory, .details = true, .ids = true
	};
	uint64_t rng = 12345, most = 0;
	struct err err = { 0 };

	for (int round = 0; round < SIZED(300, 60); round++) {
		struct twins t;
		struct elect *e;
		uint64_t large;

		make_near(&m, 1 + random_below(&rng, 2000), &rng);
		large = make_decide(&m);
		make_twins(&m, &t, &rng);
		make_shuffle(&m, &rng);
		o.leaders = m.o;
		e = elect_new(&o, &pool);
		MUST(run(e, &m, &t, &err) == 0);
		expect_facts(e, &m, &t);
		MUST(elect_stats(e)->same == t.n);
		MUST(elect_stats(e)->leaders.large == large);
		if (elect_stats(e)->partitions > most)
			most = elect_stats(e)->partitions;
		elect_free(e);
	}
	MUST(
	    limits[_i].memory == 1 ? most > 3 : limits[_i].memory < 1 << 20 || most == 1);
	ck_assert_uint_eq(pool.used, 0);
	ck_assert_uint_eq(pool.file, 0);
}
END_TEST

enum { PAIRS = 30, PAIR_BYTES = 160 + 2 * sizeof(struct near_doc) };

/* Pairs of documents, each in a bucket: two of three are similar. */
static void
run_pairs(struct elect *e)
{
	uint64_t shingle[10];
	struct err err = { 0 };
	struct near_doc d[2 * PAIRS];

	for (uint64_t i = 0; i < PAIRS; i++) {
		const uint64_t number[2] = { 2 * i, 2 * i + 1 };

		MUST(elect_bucket(e, number, 2, &err) == 0);
	}
	MUST(elect_connect(e, &err) == 0);
	for (uint64_t i = 0; i < 2 * (uint64_t)PAIRS; i++) {
		d[i] = (struct near_doc){ .number = i, .length = i % 7, .shingles = 10 };
		MUST(elect_doc(e, &d[i], &err) == 0);
	}
	MUST(elect_deal(e, &err) == 0);
	for (uint64_t i = 0; i < 2 * (uint64_t)PAIRS; i++) {
		for (uint64_t k = 0; k < 10; k++)
			shingle[k] = k + (i / 2 % 3 == 0 && i % 2 ? 100 : 0);
		MUST(elect_shingles(e, i, 0, shingle, 10, &err) == 0);
	}
	MUST(elect_run(e, &err) == 0);
}

/* As many components form a partition as fit the memory, at least one; their number
 * changes nothing else. */
START_TEST(partitions_fill_memory)
{
	static const uint64_t per[] = { 0, 1, 2, 3, 7, 29, 30, 1000 };
	const uint64_t fit = per[_i] ? per[_i] : 1;
	struct spill_pool pool = { .dir = "/tmp", .limit = 1 << 20 };
	const struct elect_options o = { .leaders = { .threshold = 800000, .best = 10 },
		.memory = (per[_i] + 1) * PAIR_BYTES - 1 };
	struct elect *e = elect_new(&o, &pool);

	run_pairs(e);
	ck_assert_uint_eq(elect_stats(e)->partitions, (PAIRS + fit - 1) / fit);
	ck_assert_uint_eq(elect_stats(e)->removed, PAIRS - PAIRS / 3);
	for (uint64_t i = 0; i < PAIRS; i++) {
		/* The longer one is kept. */
		const uint64_t longer = 2 * i + (2 * i % 7 < (2 * i + 1) % 7);
		const bool similar = i % 3 != 0;

		MUST(elect_removed(e, longer ^ 1) == similar);
		MUST(!elect_removed(e, longer));
	}
	elect_free(e);
}
END_TEST

/* A document whose shingles do not come, or come from another text. */
START_TEST(changed_input)
{
	struct spill_pool pool = { .dir = "/tmp", .limit = 1 << 20 };
	const struct elect_options o = { .leaders = { .threshold = 800000, .best = 10 },
		.memory = 1 << 20 };
	const uint64_t number[2] = { 3, 5 }, shingle = 1;
	const struct near_doc d[2] = { { .number = 3, .content = 9 },
		{ .number = 5, .content = 9 } };
	struct elect *e = elect_new(&o, &pool);
	struct err err = { 0 };

	ck_assert_int_eq(elect_bucket(e, number, 2, &err), 0);
	ck_assert_int_eq(elect_connect(e, &err), 0);
	ck_assert_int_eq(elect_doc(e, &d[0], &err), 0);
	ck_assert_int_eq(elect_doc(e, &d[1], &err), 0);
	ck_assert_int_eq(elect_deal(e, &err), 0);
	ck_assert_int_eq(elect_shingles(e, 3, 0, &shingle, 1, &err), 0);
	ck_assert_int_eq(elect_run(e, &err), -1);
	ck_assert_int_eq(err.code, EXIT_DATA);
	ck_assert_uint_eq(elect_stats(e)->changed, 3);
	elect_free(e);
	elect_free(NULL);
}
END_TEST

/* Without documents, without candidates. */
START_TEST(nothing_to_elect)
{
	static const struct make_set m;
	struct spill_pool pool = { .dir = "/tmp" };
	const struct elect_options o = { .details = true };
	const struct twins t = { .n = (size_t)_i, .kept = { 1 }, .removed = { 2 } };
	struct elect *e = elect_new(&o, &pool);
	struct err err = { 0 };
	struct fact f;

	ck_assert_int_eq(run(e, &m, &t, &err), 0);
	ck_assert(!elect_removed(e, 1));
	ck_assert_int_eq(elect_removed(e, 2), _i);
	ck_assert_int_eq(elect_find(e, 1, &f), _i);
	elect_free(e);
}
END_TEST

Suite *
elect_suite(void)
{
	Suite *s = suite_create("elect");
	TCase *t = tcase_create("elect");

	tcase_add_loop_test(
	    t, partitions_change_nothing, 0, (int)(sizeof limits / sizeof *limits));
	tcase_add_loop_test(t, partitions_fill_memory, 0, 8);
	tcase_add_loop_test(t, changed_input, 0, 2);
	tcase_add_loop_test(t, nothing_to_elect, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
