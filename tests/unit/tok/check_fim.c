/* check_fim.c - fill-in-the-middle: uniform splits that depend on the document alone. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "tok/fim.h"
#include "tok/sp.h"

Suite *fim_suite(void);

/* Seven characters of one to four bytes have eight places to split. */
static const char text[] = "a\xc3\xa9\xe7\xad\x9b\xf0\x9f\x98\x80z\xc3\xa9.";
static const size_t place[] = { 0, 1, 3, 6, 10, 11, 13, 14 };
enum { PLACES = sizeof place / sizeof *place, N = 64000 };

static struct fim_split
choose(const struct fim *f, size_t no)
{
	char id[32];

	snprintf(id, sizeof id, "doc-%zu", no);
	return fim_choose(f, span_of(id), span_of(text));
}

static size_t
place_of(size_t byte)
{
	for (size_t i = 0; i < PLACES; i++)
		if (place[i] == byte)
			return i;
	ck_abort_msg("byte %zu is inside a character", byte);
}

/* Both kinds have their shares, and pairs of places are as frequent as by chance. */
START_TEST(choice_is_even)
{
	const struct fim f = { .rate = 0.8, .spm = 0.25, .seed = 1 };
	double kinds[3] = { 0 }, pair[PLACES][PLACES] = { { 0 } }, split, chi2 = 0;

	for (size_t i = 0; i < N; i++) {
		struct fim_split c = choose(&f, i);

		kinds[c.kind]++;
		if (c.kind == FIM_NONE)
			continue;
		ck_assert_uint_le(c.a, c.b);
		pair[place_of(c.a)][place_of(c.b)]++;
	}
	split = N - kinds[FIM_NONE];
	/* Five standard deviations. */
	ck_assert_double_eq_tol(split / N, 0.8, 5 * 0.4 / 253);
	ck_assert_double_eq_tol(kinds[FIM_SPM] / split, 0.25, 5 * 0.433 / 226);
	for (size_t a = 0; a < PLACES; a++) {
		for (size_t b = a; b < PLACES; b++) {
			double want = split * (a == b ? 1 : 2) / (PLACES * PLACES);

			chi2 += (pair[a][b] - want) * (pair[a][b] - want) / want;
		}
	}
	/* 35 degrees of freedom: 80 is exceeded once in 40,000. */
	ck_assert_double_lt(chi2, 80);
}
END_TEST

START_TEST(choice_is_the_documents)
{
	struct fim f = { .rate = 0.5, .spm = 0.5, .seed = 1 }, more = f, other = f;
	size_t same_seed = 0, same_text = 0;

	more.rate = 0.6;
	other.seed = 2;
	for (size_t i = 0; i < 1000; i++) {
		struct fim_split c = choose(&f, i), d = choose(&more, i), e;
		char id[32];

		/* A higher rate splits more documents and changes none of the earlier
		 * splits. */
		if (c.kind != FIM_NONE)
			ck_assert(c.kind == d.kind && c.a == d.a && c.b == d.b);
		e = choose(&other, i);
		same_seed += c.kind == e.kind && c.a == e.a && c.b == e.b;
		snprintf(id, sizeof id, "doc-%zu", i);
		e = fim_choose(&f, span_of(id), SPAN("another text"));
		same_text += c.kind == e.kind;
	}
	ck_assert_uint_lt(same_seed, 400);
	ck_assert_uint_lt(same_text, 500);
	f.rate = 0;
	ck_assert_int_eq(choose(&f, 1).kind, FIM_NONE);
	f.rate = 1;
	ck_assert_int_ne(choose(&f, 1).kind, FIM_NONE);
	/* An empty text has one place. */
	ck_assert_uint_eq(fim_choose(&f, SPAN("x"), SPAN("")).b, 0);
}
END_TEST

/* The marks and the first bytes of the parts, in order. */
static void
expect_parts(enum fim_kind kind, const char *want)
{
	const struct fim f = { .rate = 1, .pre = 'P', .suf = 'S', .mid = 'M' };
	const struct fim_split split = { kind, 1, 3 };
	struct fim_part part[3];
	struct buf got = { 0 };

	fim_parts(&f, &split, NULL, SPAN("amms"), part);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < part[i].n_marks; k++)
			buf_putc(&got, (char)part[i].mark[k]);
		buf_put(&got, part[i].text.p, part[i].text.n);
	}
	buf_putc(&got, '\0');
	ck_assert_str_eq(got.p, want);
	buf_free(&got);
}

START_TEST(parts_in_order)
{
	expect_parts(FIM_PSM, "PaSsMmm");
	expect_parts(FIM_SPM, "PSsMamm");
}
END_TEST

/* ---- parts, each encoded alone ---- */

static bool
next_line(void *ctx, const char **line, size_t *n)
{
	int *left = ctx;

	*line = "the mill and the sieve";
	*n = strlen(*line);
	return (*left)-- > 0;
}

/* A model with a dummy prefix, as most models have. */
static void
open_model(struct model *m, struct sp **sp)
{
	static const struct sp_setting settings[] = { { "vocab_size", "290" },
		{ "model_type", "bpe" }, { "byte_fallback", "true" },
		{ "add_dummy_prefix", "true" }, { "remove_extra_whitespaces", "false" },
		{ "normalization_rule_name", "identity" },
		{ "hard_vocab_limit", "false" }, { "control_symbols", "<p>,<s>,<m>" },
		{ "num_threads", "1" } };
	int left = 50;
	char *bytes, why[500];
	const char *what;
	size_t n;

	ck_assert_msg(sp_train(settings, sizeof settings / sizeof *settings,
			  (struct sp_lines){ .next = next_line, .ctx = &left }, 3, &bytes,
			  &n, why, sizeof why) == 0,
	    "%s", why);
	ck_assert_int_eq(model_parse(m, bytes, n, &what), 0);
	ck_assert(m->dummy_prefix);
	*sp = sp_open(bytes, n, why, sizeof why);
	ck_assert_ptr_nonnull(*sp);
	free(bytes);
}

/* The parts decode to the text for any split: only the first gets the dummy prefix. */
START_TEST(no_space_inside)
{
	static const char whole[] = "the mill  and\xc3\xa9 the sieve";
	const size_t len = sizeof whole - 1;
	struct fim f = { .rate = 1 };
	struct err err = { 0 };
	struct token_ids ids = { 0 };
	const struct tokenizer_options options = { 0 };
	struct text_encoder_work *work = text_encoder_work_new();
	struct tokenizer t;
	struct model m;
	struct sp *sp;
	struct fim_part part[3];
	size_t got;
	char *back;

	open_model(&m, &sp);
	ck_assert_int_eq(tokenizer_open(&t, &m, "m", &options, &err), 0);
	ck_assert_msg(fim_open(&f, &m, "m", &options, "<p>,<s>,<m>", m.eos, &err) == 0,
	    "%s", err.msg);
	for (size_t a = 0; a <= len; a++) {
		for (size_t b = a; b <= len; b++) {
			const struct fim_split cut = { FIM_PSM, a, b };
			/* prefix, suffix, middle: read as prefix, middle, suffix */
			static const size_t order[] = { 0, 2, 1 };

			if ((whole[a] & 0xc0) == 0x80 || (whole[b] & 0xc0) == 0x80)
				continue;
			ids.n = 0;
			fim_parts(&f, &cut, &t, SPAN(whole), part);
			for (size_t i = 0; i < 3; i++) {
				const struct fim_part *p = &part[order[i]];

				ck_assert_int_eq(tokenizer_encode(p->tokenizer, work,
						     p->text.p, p->text.n, &ids),
				    0);
			}
			ck_assert_int_eq(model_decode(&m, ids.v, ids.n, &back, &got), 0);
			ck_assert_str_eq(back, whole);
			free(back);
		}
	}
	token_ids_free(&ids);
	fim_close(&f);
	tokenizer_close(&t);
	text_encoder_work_free(work);
	sp_close(sp);
	model_free(&m);
}
END_TEST

Suite *
fim_suite(void)
{
	Suite *s = suite_create("fim");
	TCase *t = tcase_create("fim");

	tcase_add_test(t, choice_is_even);
	tcase_add_test(t, choice_is_the_documents);
	tcase_add_test(t, parts_in_order);
	tcase_add_test(t, no_space_inside);
	suite_add_tcase(s, t);
	return s;
}
