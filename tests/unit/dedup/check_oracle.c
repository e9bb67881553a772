/* check_oracle.c - the exact near duplicates: pairs, removals and judgements are those
 * that follow from the definitions. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "dedup/oracle.h"
#include "dedup/sketch.h"
#include "tests/unit/testing.h"

Suite *oracle_suite(void);

enum { DOCS = 120, SIZE_MAX_OF_SET = 90 };

/* Documents, of which some derive from earlier ones, and all that follows for them. */
struct corpus {
	struct oracle_doc doc[DOCS];
	uint64_t set[DOCS][SIZE_MAX_OF_SET];
	uint32_t n[DOCS];
	bool similar[DOCS][DOCS];
	uint64_t pairs;
};

/* An element: of a small vocabulary, a medium one, or of one document alone. */
static uint64_t
random_element(uint64_t *state)
{
	uint64_t kind = random_below(state, 3), word;

	word = kind == 0   ? random_below(state, 40)
	       : kind == 1 ? random_below(state, 2000) + 1000
			   : random_bits(state);
	return hash64((struct span){ (const char *)&word, sizeof word }, 0);
}

/* Replace some elements of document i, a copy of an earlier one, and cut its end. */
static uint32_t
random_set(struct corpus *c, uint32_t i, uint64_t *state)
{
	uint64_t tmp[SIZE_MAX_OF_SET], *set = c->set[i];
	const uint64_t changes = random_below(state, 4) * random_below(state, 8);
	uint32_t n;

	if (i && random_below(state, 4)) {
		const uint32_t from = (uint32_t)random_below(state, i);

		n = c->n[from];
		memcpy(set, c->set[from], n * sizeof *set);
		for (uint64_t k = 0; n && k < changes; k++)
			set[random_below(state, n)] = random_element(state);
		if (n && random_below(state, 3) == 0)
			n = (uint32_t)random_below(state, n) + 1;
	} else {
		n = (uint32_t)random_below(
		    state, random_below(state, 2) ? 8 : SIZE_MAX_OF_SET);
		for (uint32_t k = 0; k < n; k++)
			set[k] = random_element(state);
	}
	return (uint32_t)shingles_sort(set, tmp, n, set);
}

static bool
similar(const struct corpus *c, enum measure measure, uint64_t threshold, uint32_t a,
    uint32_t b)
{
	const uint64_t n = c->n[a], m = c->n[b];
	uint64_t common = 0, of;

	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < m; k++)
			common += c->set[a][i] == c->set[b][k];
	of = measure == MEASURE_JACCARD ? n + m - common : n < m ? n : m;
	return n && m && common * SIMILARITY_ONE >= threshold * of;
}

static void
make_corpus(struct corpus *c, enum measure measure, uint64_t threshold, uint64_t *state)
{
	static char id[DOCS][8];

	c->pairs = 0;
	for (uint32_t i = 0; i < DOCS; i++) {
		c->n[i] = random_set(c, i, state);
		snprintf(id[i], sizeof id[i], "%u", i);
		c->doc[i] =
		    (struct oracle_doc){ .doc = { .number = i,
					     .priority = (double)random_below(state, 2),
					     .length = random_below(state, 20),
					     .content = random_below(state, 2) },
			    .id = span_of(id[i]),
			    .kept = random_below(state, 3) > 0 };
		for (uint32_t k = 0; k < i; k++) {
			c->similar[i][k] = c->similar[k][i] =
			    similar(c, measure, threshold, i, k);
			c->pairs += c->similar[i][k];
		}
	}
}

/* Documents by rank, the best first. */
static void
rank(const struct corpus *c, uint32_t *order)
{
	for (uint32_t i = 0; i < DOCS; i++) {
		uint32_t k = i;

		for (; k && near_doc_order(&c->doc[i].doc, &c->doc[order[k - 1]].doc) < 0;
		     k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
}

static void
remove_greedily(struct corpus *c, const uint32_t *order)
{
	for (uint32_t i = 0; i < DOCS; i++)
		for (uint32_t k = 0; k < i; k++)
			c->doc[order[i]].removed |=
			    c->similar[order[i]][order[k]] && !c->doc[order[k]].removed;
}

/* The documents of the largest component: all of one take the least number in it. */
static uint64_t
largest(const struct corpus *c)
{
	uint32_t label[DOCS];
	uint64_t size[DOCS] = { 0 }, most = 0;
	bool changed = true;

	for (uint32_t i = 0; i < DOCS; i++)
		label[i] = i;
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < DOCS; i++)
			for (uint32_t k = 0; k < DOCS; k++)
				if (c->similar[i][k] && label[k] < label[i]) {
					label[i] = label[k];
					changed = true;
				}
	}
	for (uint32_t i = 0; i < DOCS; i++)
		if (c->n[i] && ++size[label[i]] > most)
			most = size[label[i]];
	return most;
}

static struct oracle_result
judge(const struct corpus *c, const uint32_t *order)
{
	struct oracle_result r = { .largest = largest(c), .pairs = c->pairs };

	for (uint32_t i = 0; i < DOCS; i++) {
		const struct oracle_doc *d = &c->doc[order[i]];
		bool near = false, before = false;

		for (uint32_t k = 0; k < DOCS; k++) {
			if (!c->similar[order[i]][order[k]] || !c->doc[order[k]].kept)
				continue;
			near = true;
			before |= k < i;
			r.kept_pairs += d->kept && k < i;
		}
		r.without_words += c->n[order[i]] == 0;
		r.removed += d->removed;
		r.judged_removed += !d->kept;
		r.agreed += !d->kept && d->removed;
		r.unjustified += !d->kept && !near;
		r.missed += d->kept && before;
	}
	return r;
}

static uint64_t
sum_bins(const struct oracle_result *r)
{
	uint64_t sum = 0;

	for (int i = 0; i < ORACLE_BINS; i++)
		sum += r->bin[i];
	return sum;
}

static void
compare(struct corpus *c, enum measure measure, uint64_t threshold, uint64_t *state)
{
	struct oracle o;
	struct oracle_result want;
	uint32_t order[DOCS];

	make_corpus(c, measure, threshold, state);
	oracle_init(&o, measure, threshold, true);
	for (uint32_t i = 0; i < DOCS; i++)
		oracle_add(&o, &c->doc[i], c->set[i], c->n[i]);
	oracle_run(&o);
	rank(c, order);
	remove_greedily(c, order);
	want = judge(c, order);
	for (uint32_t i = 0; i < DOCS; i++) {
		MUST(o.doc[i].doc.number == order[i]);
		MUST(o.doc[i].removed == c->doc[order[i]].removed);
	}
	MUST(o.r.without_words == want.without_words);
	MUST(o.r.pairs == want.pairs);
	MUST(sum_bins(&o.r) == want.pairs);
	MUST(o.r.removed == want.removed);
	MUST(o.r.largest == want.largest);
	MUST(o.r.judged_removed == want.judged_removed);
	MUST(o.r.agreed == want.agreed);
	MUST(o.r.unjustified == want.unjustified);
	MUST(o.r.missed == want.missed);
	MUST(o.r.kept_pairs == want.kept_pairs);
	oracle_free(&o);
}

START_TEST(definitions)
{
	static const uint64_t thresholds[] = { 1, 50000, 300000, 500000, 700000, 800000,
		812345, 950000, SIMILARITY_ONE };
	struct corpus *c = xcalloc(1, sizeof *c);
	uint64_t state = 1;

	for (int round = 0; round < 8; round++)
		for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++) {
			compare(c, MEASURE_JACCARD, thresholds[t], &state);
			compare(c, MEASURE_CONTAINMENT, thresholds[t], &state);
		}
	free(c);
}
END_TEST

/* Without documents, without words, and with nothing in common. */
START_TEST(few)
{
	struct oracle o;
	const uint64_t a[] = { 1, UINT64_MAX }, b[] = { 0 };
	const struct oracle_doc d = { .id = SPAN("x"), .kept = true };

	oracle_init(&o, MEASURE_JACCARD, 800000, true);
	oracle_run(&o);
	ck_assert_uint_eq(o.r.pairs, 0);
	ck_assert_uint_eq(o.r.largest, 0);
	oracle_free(&o);
	oracle_init(&o, MEASURE_CONTAINMENT, 800000, true);
	oracle_add(&o, &d, a, 2);
	oracle_add(&o, &d, b, 1);
	oracle_add(&o, &d, b, 0);
	oracle_run(&o);
	ck_assert_uint_eq(o.r.pairs, 0);
	ck_assert_uint_eq(o.r.largest, 1);
	ck_assert_uint_eq(o.r.without_words, 1);
	ck_assert_uint_eq(o.r.unjustified + o.r.missed, 0);
	oracle_free(&o);
}
END_TEST

Suite *
oracle_suite(void)
{
	Suite *s = suite_create("oracle");
	TCase *t = tcase_create("oracle");

	tcase_add_test(t, definitions);
	tcase_add_test(t, few);
	suite_add_tcase(s, t);
	return s;
}
