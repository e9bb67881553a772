/* check_fasttext.c - test fastText models of every loss and form against a naive
 * version. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "filters/models/fasttext_impl.h"
#include "tests/unit/filters/fasttext_make.h"

Suite *fasttext_suite(void);

#define ROWS(t) (sizeof(t) / sizeof *(t))

enum { MAX_DIM = 512, MAX_LABELS = 64, MAX_ROWS = 100000 };

static struct err err;
static struct buf file;

/* The probabilities of a text, computed without any optimisation. */
static struct oracle {
	const struct make_spec *m;
	int64_t row[MAX_ROWS];
	size_t rows;
	uint32_t hash[MAX_ROWS];
	size_t hashes;
	float hidden[MAX_DIM];
	double p[MAX_LABELS]; /* < 0: omitted */
	double least;	      /* bound below which hierarchical softmax omits a label */
} o;

static void
setup(void)
{
	err = (struct err){ 0 };
	file.n = 0;
}

static uint32_t
hash(struct span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++) {
		const int32_t c = (int8_t)s.p[i];

		h ^= (uint32_t)c;
		h *= 16777619u;
	}
	return h;
}

static void
add_bucket(uint64_t h)
{
	const int64_t words = make_words(o.m->words);
	int64_t bucket = (int64_t)(h % (uint64_t)o.m->bucket), row = -1;

	if (o.m->pairs < 0)
		row = bucket;
	for (int64_t i = 0; i < o.m->pairs; i++)
		if (o.m->pair[i].bucket == bucket)
			row = o.m->pair[i].row;
	if (row >= 0)
		o.row[o.rows++] = words + row;
}

static int64_t
find(const char *words, struct span w)
{
	int64_t found = -1;

	for (int64_t i = 0; i < make_words(words); i++)
		if (span_eq(make_word(words, i), w))
			found = i;
	return found;
}

static void
add_chars(struct span w)
{
	char s[16384];
	size_t n = w.n + 2;

	s[0] = '<';
	memcpy(s + 1, w.p, w.n);
	s[n - 1] = '>';
	for (size_t i = 0; i < n; i++) {
		int chars = 0;

		for (size_t to = i + 1; (s[i] & 0xc0) != 0x80 && to <= n; to++) {
			if (to < n && (s[to] & 0xc0) == 0x80)
				continue;
			if (++chars > o.m->max_chars)
				break;
			if (chars >= o.m->min_chars &&
			    !(chars == 1 && (i == 0 || to == n)))
				add_bucket(hash((struct span){ s + i, to - i }));
		}
	}
}

static void
add_word(struct span w)
{
	const bool end = span_eq(w, SPAN("</s>"));
	int64_t i = find(o.m->words, w);

	if (i < 0 && (find(o.m->labels, w) >= 0 || span_starts(w, SPAN("__label__"))))
		return;
	if (i >= 0)
		o.row[o.rows++] = i;
	if (!end && o.m->max_chars > 0 && o.m->version != 11)
		add_chars(w);
	o.hash[o.hashes++] = hash(w);
}

static void
add_text(struct span t)
{
	const char *white = " \t\n\v\f\r";
	bool end = false;

	o.rows = o.hashes = 0;
	for (size_t i = 0, to; i < t.n && !end; i = to) {
		for (to = i; to < t.n && !(t.p[to] == 0 || strchr(white, t.p[to])); to++)
			;
		if (to > i)
			add_word((struct span){ t.p + i, to - i });
		end = span_eq((struct span){ t.p + i, to - i }, SPAN("</s>"));
		to += to == i;
	}
	if (!end)
		add_word(SPAN("</s>"));
	for (size_t i = 0; i < o.hashes; i++) {
		uint64_t h = (uint64_t)(int64_t)(int32_t)o.hash[i];

		for (size_t k = i + 1; k < o.hashes && k < i + (size_t)o.m->word_ngrams;
		     k++) {
			h = h * 116049371 + (uint64_t)(int64_t)(int32_t)o.hash[k];
			add_bucket(h);
		}
	}
}

static void
sum_rows(void)
{
	float row[MAX_DIM], scale = (float)(1.0 / (double)o.rows);

	for (int32_t k = 0; k < o.m->dim; k++)
		o.hidden[k] = 0;
	for (size_t i = 0; i < o.rows; i++) {
		float norm = make_row(o.m, false, o.row[i], row);

		for (int32_t k = 0; k < o.m->dim; k++)
			o.hidden[k] += norm * row[k];
	}
	for (int32_t k = 0; k < o.m->dim; k++)
		o.hidden[k] *= scale;
}

static float
dot(int64_t i)
{
	float row[MAX_DIM], d = 0, norm = make_row(o.m, true, i, row);

	for (int32_t k = 0; k < o.m->dim; k++)
		d += row[k] * o.hidden[k];
	return d * norm;
}

/* A node of the Huffman tree. */
struct node {
	int64_t count;
	int left, right; /* -1: a label */
	int made;	 /* -1: a label; else the number of the inner node */
};

static void
go_down(/* NOLINT(misc-no-recursion): a node for each label */
    const struct node *v, int i, float score)
{
	float f;

	if (score < (float)log(1e-5))
		return;
	if (v[i].left < 0) {
		o.p[i] = exp((double)score);
		return;
	}
	/* fastText computes in float, which matters at the ends of the sigmoid. */
	f = 1 + (float)exp(-(double)dot(v[i].made));
	f = (float)(1 / (double)f);
	go_down(v, v[i].left, score + (float)log((double)(1 - f) + 1e-5));
	go_down(v, v[i].right, score + (float)log((double)f + 1e-5));
}

/* Join the two least frequent nodes: later labels first, then earlier inner nodes. */
static void
predict_hs(int labels)
{
	struct node v[2 * MAX_LABELS] = { { 0 } };
	bool used[2 * MAX_LABELS] = { false };
	int n = labels;

	for (int i = 0; i < labels; i++)
		v[i] = (struct node){ make_count(i), -1, -1, -1 };
	while (n < 2 * labels - 1) {
		int pick[2];

		for (int k = 0; k < 2; k++) {
			int best = -1;

			for (int i = 0; i < n; i++) {
				const bool label = i < labels;

				if (used[i])
					continue;
				if (best < 0 || v[i].count < v[best].count ||
				    (v[i].count == v[best].count &&
					(label || best < labels)))
					best = i;
			}
			pick[k] = best;
			used[best] = true;
		}
		v[n] = (struct node){ v[pick[0]].count + v[pick[1]].count, pick[0],
			pick[1], n - labels };
		n++;
	}
	for (int i = 0; i < labels; i++)
		o.p[i] = -1;
	go_down(v, n - 1, 0);
}

static double
table_sigmoid(double x)
{
	double step = floor((x + 8) * 32);

	return x < -8 ? 0 : x > 8 ? 1 : 1 / (1 + exp(-(step / 32 - 8)));
}

static void
predict(const struct make_spec *m, struct span text)
{
	const int labels = (int)make_words(m->labels);
	double most = -INFINITY, sum = 0;

	o.m = m;
	add_text(text);
	if (o.rows == 0)
		return;
	sum_rows();
	if (m->loss == MAKE_HS) {
		predict_hs(labels);
		return;
	}
	for (int i = 0; i < labels; i++)
		most = fmax(most, (double)dot(i));
	for (int i = 0; i < labels; i++) {
		o.p[i] = m->loss == MAKE_SOFTMAX ? exp((double)dot(i) - most)
						 : table_sigmoid((double)dot(i));
		sum += o.p[i];
	}
	for (int i = 0; i < labels; i++)
		o.p[i] = (m->loss == MAKE_SOFTMAX ? o.p[i] / sum : o.p[i]) + 1e-5;
}

/* Parse a model in an allocation of its exact size, one model at a time. */
static struct fasttext *
parse(const struct make_spec *m)
{
	static unsigned char *copy;
	struct fasttext *f;

	file.n = 0;
	make_model(m, &file, NULL);
	free(copy);
	copy = memcpy(xmalloc(file.n), file.p, file.n);
	f = ft_parse(copy, file.n, "model", &err);
	ck_assert_msg(f != NULL, "%s", err.msg);
	return f;
}

/* All labels, the best label, and each label by itself must match the oracle. */
static void
check_oracle(const struct make_spec *m, const struct fasttext *f,
    struct fasttext_scratch *s, struct span text)
{
	const uint32_t labels = fasttext_labels(f);
	struct fasttext_guess all[MAX_LABELS], one;
	int n = fasttext_predict(f, s, text, labels, all), answers = 0;

	predict(m, text);
	ck_assert_int_eq(n == 0, o.rows == 0);
	if (o.rows == 0)
		return;
	for (uint32_t i = 0; i < labels; i++) {
		float p;

		answers += o.p[i] >= 0;
		ck_assert_int_eq(fasttext_score(f, s, text, &i, 1, &p), 1);
		if (fabs((double)p - fmax(o.p[i], 0)) > 2e-6)
			ck_abort_msg("label %u of '%.*s': %.8f, not %.8f", i, (int)text.n,
			    text.p, (double)p, o.p[i]);
	}
	ck_assert_int_eq(n, answers);
	for (int i = 0; i < n; i++) {
		float p;

		ck_assert(i == 0 || all[i].p <= all[i - 1].p);
		fasttext_score(f, s, text, &all[i].label, 1, &p);
		ck_assert(p >= all[i].p && p <= all[i].p);
	}
	ck_assert_int_eq(fasttext_predict(f, s, text, 1, &one), 1);
	ck_assert(one.label == all[0].label || one.p >= all[0].p);
}

static const char *const texts[] = {
	"",
	" ",
	"the cat",
	"the  cat\tsat on\nthe\vmat\f\r",
	"cat",
	"unknown words only",
	"a </s> the cat",
	"</s>",
	"__label__a the __label__zz __label__b",
	"\xc3\xa9t\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80 na\xc3\xafve",
	"123456789 123456789012345 1234567890123456 12345678901234567 x",
	("1234567890123456789012345678901 12345678901234567890123456789012 "
	 "123456789012345678901234567890123 1234567890123456789012345678901234567890"),
	"12345678123456781234567812345678 12345678123456780234567812345678",
	("\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97"
	 "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97 "
	 "\x80\x80 \x80 a\x80\x80\x80\x80\x80\x80z"),
	/* 64 bytes, 65 bytes, and a word that crosses the boundary */
	"aaaaaaa bbbbbbb ccccccc ddddddd eeeeeee fffffff ggggggg hhhhhhhh",
	"aaaaaaa bbbbbbb ccccccc ddddddd eeeeeee fffffff ggggggg hhhhhhhh ",
	"aaaaaaa bbbbbbb ccccccc ddddddd eeeeeee fffffff ggggggg hhhh iiiiiii the cat",
};

#define LABELS9 "__label__a __label__b c __label__d e __label__f __label__g h __label__i"

static const struct make_pair some[] = { { 3, 0 }, { 7, 5 }, { 90, 1 }, { 96, 2 },
	{ 40, 3 }, { 64, 4 }, { 63, 6 }, { 3, 7 }, { 12, 0 } };

static const struct make_spec forms[] = {
	{ 12, 5, 1, MAKE_SOFTMAX, 3, 0, 0, 0, "</s> the cat", "a b", -1, NULL, 3, 0, 0,
	    0 },
	{ 12, 1, 1, MAKE_SOFTMAX, 3, 0, 0, 0, "the", "__label__a", -1, NULL, 1, 0, 0, 0 },
	{ 12, 16, 2, MAKE_HS, 3, 97, 0, 0, "</s> the cat", LABELS9, -1, NULL, 100, 0, 0,
	    0 },
	{ 12, 32, 3, MAKE_NS, 3, 97, 1, 3, "</s> the cat", LABELS9, -1, NULL, 100, 0, 0,
	    0 },
	{ 12, 64, 1, MAKE_OVA, 3, 97, 2, 4, "the cat", LABELS9, -1, NULL, 100, 0, 0, 0 },
	{ 12, 100, 5, MAKE_SOFTMAX, 3, 97, 3, 6, "</s> the cat", LABELS9, -1, NULL, 100,
	    0, 0, 0 },
	{ 12, 7, 1, MAKE_HS, 3, 97, 0, 2, "</s> the the", "x", -1, NULL, 100, 0, 0, 0 },
	{ 11, 8, 2, MAKE_HS, 3, 97, 2, 4, "</s> the cat", LABELS9, -1, NULL, 100, 0, 0,
	    0 },
	{ 12, 8, 1, MAKE_HS, 3, 97, 5, 4, "</s> the cat", "a b c", -1, NULL, 3, 0, 0, 0 },
	/* Quantised, with an uneven last part, norms and a quantised output matrix. */
	{ 12, 5, 1, MAKE_SOFTMAX, 3, 97, 2, 4, "</s> the cat", LABELS9, -1, NULL, 100, 2,
	    0, 0 },
	{ 12, 16, 2, MAKE_HS, 3, 97, 2, 4, "</s> the cat", LABELS9, 9, some, 11, 2, 1,
	    0 },
	{ 12, 16, 2, MAKE_HS, 3, 97, 2, 4, "</s> the cat", LABELS9, 9, some, 11, 2, 1,
	    1 },
	{ 12, 13, 1, MAKE_OVA, 3, 97, 2, 4, "</s> the cat", LABELS9, 9, some, 11, 3, 0,
	    1 },
	{ 12, 3, 2, MAKE_NS, 3, 97, 0, 0, "</s> the cat", "a b c", 0, NULL, 3, 4, 1, 1 },
};

/* Predict with words looked up and cached, with and without the CPU's extensions. */
START_TEST(predicts)
{
	const struct make_spec *m = &forms[_i];
	struct fasttext *f = parse(m);
	struct fasttext_scratch *s = fasttext_scratch_new(f);

	for (size_t i = 0; i < 3 * ROWS(texts); i++) {
		const struct span t = span_of(texts[i % ROWS(texts)]);
		/* An allocation of the exact size, so that sanitizers see any read past
		 * the end. */
		char *copy = memcpy(xmalloc(t.n + 1), t.p, t.n);

		if (i == 2 * ROWS(texts)) {
			f->avx2 = f->popcnt = false;
			fasttext_scratch_free(s);
			s = fasttext_scratch_new(f);
		}
		copy = xrealloc(copy, t.n, 1);
		check_oracle(m, f, s, (struct span){ copy, t.n });
		free(copy);
	}
	fasttext_scratch_free(s);
	fasttext_close(f);
}
END_TEST

/* A quantised matrix too large to decode at open, pruned or not. */
START_TEST(large)
{
	enum { PAIRS = 9000 };
	static struct make_pair pairs[PAIRS];
	struct make_spec m = { 12, 500, 2, MAKE_HS, 3, 20000, 2, 4, "</s> the cat",
		LABELS9, _i ? PAIRS : -1, pairs, _i ? PAIRS + 3 : 20003, 250, true,
		false };
	struct fasttext_scratch *s;
	struct fasttext *f;

	for (int32_t i = 0; i < PAIRS; i++) {
		pairs[i].bucket = i * 7919 % 20000;
		pairs[i].row = PAIRS - 1 - i;
	}
	f = parse(&m);
	ck_assert(f->in.coded);
	s = fasttext_scratch_new(f);
	for (size_t i = 0; i < ROWS(texts); i++)
		check_oracle(&m, f, s, span_of(texts[i]));
	fasttext_scratch_free(s);
	fasttext_close(f);
}
END_TEST

/* More words than the cache holds, more rows than one batch sums. */
START_TEST(eviction)
{
	const struct make_spec *m = &forms[5];
	struct fasttext *f = parse(m);
	struct fasttext_scratch *s = fasttext_scratch_new(f);
	struct buf t = { 0 };

	for (int i = 0; i < 200; i++)
		buf_putf(&t, "w%d the%c", i * 7919 % 1000, i % 3 ? ' ' : '\n');
	check_oracle(m, f, s, buf_span(&t));
	for (int k = 0; k < 30; k++) {
		struct buf u = { 0 };
		struct fasttext_guess g;

		for (int i = 0; i < 5000; i++)
			buf_putf(&u, "x%dy%dabcdefghijkl ", k, i);
		ck_assert_int_eq(fasttext_predict(f, s, buf_span(&u), 1, &g), 1);
		buf_free(&u);
		if (k % 10 == 0)
			check_oracle(m, f, s, buf_span(&t));
	}
	t.n = 0;
	for (int i = 0; i < 2000; i++)
		buf_puts(&t, "long");
	check_oracle(m, f, s, buf_span(&t));
	buf_free(&t);
	fasttext_scratch_free(s);
	fasttext_close(f);
}
END_TEST

/* Sums and products of any width must equal the naive ones bit by bit. */
START_TEST(sums)
{
	struct make_spec spec = forms[4];
	struct fasttext_scratch *s;
	struct fasttext *f;

	spec.dim = _i / 2;
	f = parse(&spec);
	f->avx2 = f->avx2 && _i % 2;
	s = fasttext_scratch_new(f);
	o.m = &spec;
	o.rows = 0;
	for (int64_t i = 0; i < 99; i++)
		o.row[o.rows++] = i * 37 % 99;
	sum_rows();
	for (size_t i = 0; i < o.rows; i++)
		s->row[s->nrows++] = (uint32_t)o.row[i];
	ft_add_rows(f, s);
	for (int32_t k = 0; k < spec.dim; k++)
		s->sum[k] *= (float)(1.0 / (double)o.rows);
	ck_assert_mem_eq(s->sum, o.hidden, (size_t)spec.dim * sizeof *s->sum);
	ft_dot_all(f, s);
	for (uint32_t i = 0; i < f->labels; i++) {
		float want = dot(i), alone = ft_dot(f, s, i);

		ck_assert_mem_eq(&s->score[i], &want, sizeof want);
		ck_assert_mem_eq(&alone, &want, sizeof want);
	}
	fasttext_scratch_free(s);
	fasttext_close(f);
}
END_TEST

START_TEST(names)
{
	struct make_spec m = make_plain;
	struct fasttext *f;
	uint32_t i;

	m.labels = "b __label__a a __label____label__x";
	f = parse(&m);
	ck_assert_uint_eq(fasttext_labels(f), 4);
	ck_assert(span_eq(fasttext_label(f, 1), SPAN("__label__a")));
	ck_assert(fasttext_find(f, SPAN("__label__a"), &i) && i == 1);
	ck_assert(fasttext_find(f, SPAN("a"), &i) && i == 2);
	ck_assert(fasttext_find(f, SPAN("b"), &i) && i == 0);
	ck_assert(fasttext_find(f, SPAN("__label__x"), &i) && i == 3);
	ck_assert(!fasttext_find(f, SPAN("__label__b"), &i));
	ck_assert(!fasttext_find(f, SPAN(""), &i));
	fasttext_close(f);
	fasttext_close(NULL);
	fasttext_scratch_free(NULL);
}
END_TEST

Suite *
fasttext_suite(void)
{
	Suite *s = suite_create("fasttext");
	TCase *t = tcase_create("fasttext");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, predicts, 0, (int)ROWS(forms));
	tcase_add_loop_test(t, large, 0, 2);
	tcase_add_test(t, eviction);
	tcase_add_loop_test(t, sums, 2, 280);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return s;
}
