/* check_rules.c - test n-grams, phrases, word counts and bounds against naive
 * versions. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "filters/quality/dup_ngrams.h"
#include "filters/quality/ngrams.h"
#include "filters/quality/phrases.h"
#include "filters/quality/threshold_methods.h"
#include "filters/quality/top_words.h"
#include "tests/unit/testing.h"

Suite *rules_suite(void);

static uint64_t state;
static struct measure m;

static void
setup(void)
{
	struct err err = { 0 };

	state = 1;
	ck_assert_int_eq(measure_open(&m, &err), 0);
}

static void
teardown(void)
{
	measure_close(&m);
}

static uint32_t
next_random(uint32_t below)
{
	return (uint32_t)((random_bits(&state) >> 33) % below);
}

/* Write n words of `kinds` different ones.  Some are prefixes of others, and some
 * stretches repeat. */
static void
random_words(struct buf *b, size_t n, uint32_t kinds)
{
	b->n = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t k = next_random(kinds);

		if (b->n > 200 && next_random(12) == 0) {
			size_t from = next_random((uint32_t)b->n / 2), take = 100;

			while (((unsigned char)b->p[from] & 0xc0) == 0x80)
				from++;
			while (from + take < b->n && b->p[from + take] != ' ')
				take++;
			buf_reserve(b, take);
			buf_put(b, b->p + from, from + take < b->n ? take : 0);
			buf_putc(b, ' ');
		}
		buf_putf(b,
		    k % 7 == 0	 ? "%u"
		    : k % 7 == 1 ? "\xc3\xa9%u"
				 : "w%u",
		    k < 9 ? k : k * 37 % 1000);
		buf_puts(b, next_random(9) ? " " : k % 2 ? " 1 1" : ". ");
	}
}

/* Write words i to i + n - 1, with or without a space between them. */
static void
put_gram(struct buf *b, const struct words *w, size_t i, size_t n, bool space)
{
	b->n = 0;
	for (size_t k = i; k < i + n; k++) {
		if (space && k > i)
			buf_putc(b, ' ');
		buf_put(b, word(w, k).p, word(w, k).n);
	}
}

static bool
same_gram(const struct words *w, size_t i, size_t j, size_t n, bool space)
{
	static struct buf a, b;

	put_gram(&a, w, i, n, space);
	put_gram(&b, w, j, n, space);
	return span_eq(buf_span(&a), buf_span(&b));
}

/* datatrove's find_top_duplicate in quadratic time. */
static double
slow_top(const struct words *w, size_t n)
{
	static struct buf b;
	size_t most = 0, at = 0;

	for (size_t i = 0; i + n <= w->n; i++) {
		size_t count = 0;

		for (size_t j = 0; j + n <= w->n; j++)
			count += same_gram(w, i, j, n, true);
		if (count > most)
			most = count, at = i;
	}
	if (most == 0)
		return 0;
	put_gram(&b, w, at, n, true);
	return (double)(most * count_chars(buf_span(&b)));
}

/* datatrove's find_all_duplicate in quadratic time. */
static double
slow_repeated(const struct words *w, size_t n)
{
	static struct buf b;
	size_t *seen = calloc(w->n + 1, sizeof *seen), nseen = 0, sum = 0;

	for (size_t i = 0; i + n <= w->n;) {
		size_t k = 0;

		while (k < nseen && !same_gram(w, i, seen[k], n, false))
			k++;
		if (k < nseen) {
			put_gram(&b, w, i, n, false);
			sum += count_chars(buf_span(&b));
			i += n;
		} else {
			seen[nseen++] = i++;
		}
	}
	free(seen);
	return (double)sum;
}

/* Write words of one repeated letter, so that n-grams differ only in length. */
static void
random_runs(struct buf *b, size_t n)
{
	b->n = 0;
	for (size_t i = 0; i < n; i++) {
		for (uint32_t k = next_random(14) + 1; k; k--)
			buf_putc(b, 'a');
		buf_putc(b, ' ');
	}
}

START_TEST(grams)
{
	struct buf text = { 0 };

	for (int trial = 0; trial < 80; trial++) {
		double limit[NGRAM_VALUES], found[NGRAM_VALUES], want[NGRAM_VALUES],
		    loose[NGRAM_VALUES];
		const struct words *w;

		if (trial % 4 == 0)
			random_runs(&text, next_random(140));
		else
			random_words(&text, next_random(140), trial % 3 ? 12u : 200u);
		measure_text(&m, buf_span(&text), true);
		w = measure_words(&m);
		for (size_t k = 0; k < NGRAM_VALUES; k++)
			limit[k] = -1;
		dup_ngrams_count(&m, limit, found);
		for (size_t k = 0; k < NGRAM_VALUES; k++) {
			want[k] =
			    k < NGRAM_TOPS ? slow_top(w, k + 2) : slow_repeated(w, k + 2);
			MUST(found[k] == want[k]);
			limit[k] = (double)next_random(200);
		}
		/* With a limit, the count or NAN if it is within the limit. */
		dup_ngrams_count(&m, limit, loose);
		for (size_t k = 0; k < NGRAM_VALUES; k++)
			MUST(isnan(loose[k]) ? want[k] <= limit[k] : loose[k] == want[k]);
	}
	buf_free(&text);
}
END_TEST

struct seen {
	size_t calls;
};

static void
see(void *ctx, const struct ngrams *g)
{
	struct seen *s = ctx;

	s->calls++;
	MUST(g->positions == g->w->n - g->n + 1);
	for (size_t i = 0; i < g->positions; i++) {
		size_t count = 0, first = SIZE_MAX;

		for (size_t j = 0; j < g->positions; j++)
			if (same_gram(g->w, i, j, g->n, true)) {
				count++;
				first = first == SIZE_MAX ? j : first;
			}
		MUST(ngram_count(g, i) == count);
		if (g->id[i] != NGRAM_ONCE)
			MUST(g->first[g->id[i]] == first);
	}
}

START_TEST(ngrams)
{
	struct buf text = { 0 };

	for (int trial = 0; trial < 30; trial++) {
		struct seen s = { 0 };

		random_words(&text, next_random(60), 10);
		measure_text(&m, buf_span(&text), true);
		ngrams_each(&m, measure_words(&m), 10, see, &s);
		MUST(s.calls == (measure_words(&m)->n < 10 && measure_words(&m)->n > 0
					? measure_words(&m)->n - 1
				    : measure_words(&m)->n ? 9
							   : 0));
	}
	buf_free(&text);
}
END_TEST

static const struct phrase list[] = {
	PHRASE("lorem ipsum", 0, 4, 1),
	PHRASE("javascript", 0, 2, 2),
	PHRASE("use of cookies", 10, 5, 4),
	PHRASE("use cookies", 7, 2, 4),
};

START_TEST(phrases)
{
	static const char *const parts[] = { "lorem ipsum", "Lorem Ipsum", "loremipsum",
		"JAVASCRIPT", "javascrip", "use of cookies", "USE cookies",
		"use of cookie", " ", "x", "\xc3\xa9", "l", "j", "u", "L\x0frem ipsum" };
	struct buf text = { 0 };

	for (int trial = 0; trial < 20000; trial++) {
		unsigned want = 0;
		struct span s;

		text.n = 0;
		for (uint32_t k = next_random(30); k; k--)
			buf_puts(&text, parts[next_random(trial % 5 ? 15u : 3u)]);
		s = buf_span(&text);
		for (size_t f = 0; f < sizeof list / sizeof *list; f++)
			for (size_t i = 0; i + list[f].n <= s.n; i++) {
				size_t k = 0;

				while (k < list[f].n &&
				       (s.p[i + k] == list[f].text[k] ||
					   (s.p[i + k] >= 'A' && s.p[i + k] <= 'Z' &&
					       s.p[i + k] + 32 == list[f].text[k])))
					k++;
				want |= k == list[f].n ? list[f].bit : 0u;
			}
		MUST(phrases_in(list, 4, s, true) == want);
		MUST(phrases_in(list, 4, s, false) == want);
	}
	buf_free(&text);
}
END_TEST

START_TEST(counts)
{
	struct top_words c = { 0 };
	char name[16];
	uint64_t all = 0;

	/* Among many words the frequent ones keep their ranks and approximate counts. */
	for (uint32_t i = 0; i < 400000; i++) {
		int n = snprintf(name, sizeof name, "%u",
		    i % 4 ? 100 + next_random(1u << 20) : next_random(10));

		top_words_add(&c, (struct span){ name, (size_t)n }, 1);
		all++;
	}
	MUST(c.n <= TOP_WORDS_MAX);
	top_words_sort(&c);
	for (size_t i = 0; i < 10; i++) {
		MUST(c.v[i].word.n == 1);
		MUST(c.v[i].n <= 11000 && c.v[i].n + all / (TOP_WORDS_MAX / 2) >= 9000);
	}
	top_words_free(&c);
}
END_TEST

static double
bound_of(enum threshold_method method, enum rule_kind kind, double bound, const double *a,
    size_t na, const double *b, size_t nb)
{
	const struct rule r = { "x", 0, kind, UNIT_FRACTION, bound, "" };
	double va[8], vb[8];
	struct feature_values english = { va, na }, other = { vb, nb };

	memcpy(va, a, na * sizeof *a);
	memcpy(vb, b, nb * sizeof *b);
	return threshold_derive(method, &r, bound, &english, &other);
}

START_TEST(bounds)
{
	static const double a[] = { 0.4, 0.1, 0.2, 0.3 }, b[] = { 0.2, 0.8, 0.6, 0.4 };
	static const double same[] = { 0.5, 0.5 };

	/* 3 of 4 English documents are within the bound, so 3 of 4 of the others must
	 * be. */
	ck_assert_double_eq_tol(
	    bound_of(METHOD_QUANTILE, RULE_MAX, 0.3, a, 4, b, 4), 0.6, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_QUANTILE, RULE_MIN, 0.15, a, 4, b, 4), 0.2, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_QUANTILE, RULE_MAX, 0.9, a, 4, b, 4), 0.9, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_QUANTILE, RULE_MIN, 0.05, a, 4, b, 4), 0.05, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_ZMATCH, RULE_MAX, 0.35, a, 4, b, 4), 0.7, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_ZMATCH, RULE_MAX, 0.35, same, 2, b, 4), 0.35, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_ZMATCH, RULE_MAX, 0.6, a, 4, b, 4), 1, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_TAIL10, RULE_MAX, 0.3, a, 0, b, 4), 0.8, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_TAIL10, RULE_MIN, 0.3, a, 0, b, 4), 0.2, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_MEDIAN, RULE_MAX, 0.1, a, 4, b, 4), 0.2, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_ENGLISH, RULE_MAX, 0.1234, a, 4, b, 4), 0.1234, 1e-9);
	ck_assert_double_eq_tol(
	    bound_of(METHOD_QUANTILE, RULE_MAX, 0.3, a, 4, b, 0), 0.3, 1e-9);
}
END_TEST

Suite *
rules_suite(void)
{
	Suite *s = suite_create("rules");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, grams);
	tcase_add_test(t, ngrams);
	tcase_add_test(t, phrases);
	tcase_add_test(t, counts);
	tcase_add_test(t, bounds);
	suite_add_tcase(s, t);
	return s;
}
