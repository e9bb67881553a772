/* check_langid.c - tests of langid: pieces, windows, spans and the languages of known
 * texts. */
#include <check.h>
#include <stdlib.h>

#include "filters/langid/identify.h"
#include "filters/langid/lang_spans.h"
#include "filters/langid/windows.h"
#include "lib/text/utf8.h"

Suite *langid_suite(void);

static struct langid_model model;

static void
open_model(void)
{
	struct err err = { 0 };

	ck_assert_int_eq(langid_model_open(&model, NULL, &err), 0);
}

static void
close_model(void)
{
	langid_model_close(&model);
}

static uint64_t state = 1;

static uint64_t
below(uint64_t n)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	return (state >> 33) % n;
}

/* Make a text that repeats a few words of several scripts, with runs of any length. */
static void
make_text(struct buf *b, size_t words)
{
	static const uint32_t first[] = { 'a', 'A', 0xe0, 0x430, 0x5d0, 0x627, 0x915,
		0xe01, 0x3042, 0x4e00, 0xac00, 0x1f600, 0x2026, 0x300 };

	b->n = 0;
	for (size_t i = 0; i < words; i++) {
		const uint64_t kind = below(sizeof first / sizeof *first);
		size_t n = below(10) ? below(9) : below(400);

		state = below(30) + 1000; /* one of thirty words */
		for (; n > 0; n--)
			utf8_put(b, first[kind] + (uint32_t)below(20));
		state += i * 7919 + b->n;
		buf_puts(b, below(5) ? " " : below(2) ? "\n" : ". 12 ");
	}
}

/* Pieces are in order, hold all letters and only letters, and split no character. */
START_TEST(pieces)
{
	struct buf b = { 0 };

	for (int run = 0; run < 60; run++) {
		struct piece_iter p = { .codes = &model.codes };
		struct span piece;
		size_t end = 0;

		make_text(&b, below(200));
		p.text = buf_span(&b);
		while ((piece = langid_next_piece(&p)).n) {
			const size_t at = (size_t)(piece.p - b.p);

			ck_assert_uint_ge(at, end);
			ck_assert_uint_le(at + piece.n, b.n);
			ck_assert_uint_le(piece.n, PIECE_MAX);
			ck_assert(utf8_valid(piece));
			for (; end < at; end++)
				ck_assert(!langid_in_piece((unsigned char)b.p[end]));
			for (; end < at + piece.n; end++)
				ck_assert(langid_in_piece((unsigned char)b.p[end]));
		}
		for (; end < b.n; end++)
			ck_assert(!langid_in_piece((unsigned char)b.p[end]));
	}
	buf_free(&b);
}
END_TEST

/* The sum of a text, row by row, without cache or windows. */
static void
sum_slowly(struct span text, struct linear_total *t)
{
	struct piece_iter p = { .codes = &model.codes, .text = text };
	uint32_t row[PIECE_FEATURES_MAX];
	struct span piece;

	*t = (struct linear_total){ 0 };
	while ((piece = langid_next_piece(&p)).n) {
		struct linear_sum sum = { 0 };
		const size_t n =
		    langid_features(&model.codes, piece, model.linear.shift, row);

		ck_assert_uint_le(n, 3 * piece.n + 3);
		linear_sum_rows(&model.linear, row, n, &sum);
		linear_total_add(t, &sum);
	}
}

/* Windows are adjacent, have at least the wanted length, and add up, whatever is in the
 * cache. */
START_TEST(windows)
{
	struct langid_cache *cache = langid_cache_new();
	struct buf b = { 0 }, v = { 0 };

	for (int run = 0; run < 300; run++) {
		const size_t step = (size_t)32 << run % 6;
		struct linear_total sum = { 0 }, want;
		const struct langid_window *w;
		size_t n;

		make_text(&b, below(300));
		v.n = 0;
		langid_windows(
		    &model.linear, &model.codes, cache, buf_span(&b), 1000, step, &v);
		w = (const struct langid_window *)(const void *)v.p;
		n = v.n / sizeof *w;
		for (size_t i = 0; i < n; i++) {
			ck_assert_uint_eq(w[i].from, i ? w[i - 1].to : 1000);
			ck_assert_uint_gt(w[i].to, w[i].from);
			ck_assert_uint_le(w[i].sum.n, LINEAR_SUM_MAX);
			if (i + 1 < n)
				ck_assert_uint_ge(
				    w[i].to - w[i].from, step > 64 ? step : step / 2);
			linear_total_add(&sum, &w[i].sum);
		}
		if (n)
			ck_assert_uint_eq(w[n - 1].to, 1000 + b.n);
		sum_slowly(buf_span(&b), &want);
		ck_assert_mem_eq(&sum, &want, sizeof sum);
	}
	langid_cache_free(cache);
	buf_free(&b);
	buf_free(&v);
}
END_TEST

START_TEST(char_code_tables)
{
	struct char_codes again;
	struct buf b = { 0 };

	char_codes_write(&model.codes, &b);
	ck_assert(span_eq(buf_span(&b), model.linear.extra));
	ck_assert(char_codes_read(&again, buf_span(&b)));
	ck_assert_mem_eq(&again, &model.codes, sizeof again);
	for (size_t n = 0; n < b.n; n++)
		ck_assert(!char_codes_read(&again, (struct span){ b.p, n }));
	/* Case is folded, a digit has no code, a script of one label has one code. */
	ck_assert_uint_eq(model.codes.code['A'], 'a');
	ck_assert_uint_eq(model.codes.code[0xc9], 0xe9);
	ck_assert_uint_eq(model.codes.code['7'], 0);
	ck_assert_uint_eq(model.codes.code[0xac00], model.codes.code[0xd7a3]);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *text, *lang, *alt;
} known[] = {
	{ "", NULL, NULL },
	{ "12 34 -- 5", NULL, NULL },
	{ "The quick brown fox jumps over the lazy dog.", "en", NULL },
	{ "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG.", "en", NULL },
	{ "Die Würde des Menschen ist unantastbar.", "de", NULL },
	{ "Tous les êtres humains naissent libres et égaux.", "fr", NULL },
	{ "Правительство объявило о новых мерах поддержки.", "ru", NULL },
	{ "Уряд оголосив про нові заходи підтримки населення.", "uk", NULL },
	/* Latin letters that look Cyrillic */
	{ "Прeдсeдник je изjaвиo дa ћe oдржaти кoнфeрeнциjу", "sr", NULL },
	{ "Predsednik je izjavio da će održati konferenciju za štampu", "sr", NULL },
	{ "政府宣布了新的支持措施。", "zh", NULL },
	{ "政府は新しい支援策を発表しました。", "ja", NULL },
	{ "정부는 새로운 지원책을 발표했다.", "ko", NULL },
	{ "รัฐบาลประกาศมาตรการใหม่", "th", NULL },
	{ "सरकार ने नई योजना की घोषणा की है।", "hi", NULL },
	{ "mujhe nahi pata ki tum kya bol rahe ho lekin mai aaunga", "hi", NULL },
	{ "for (int i = 0; i < n; i++) { sum += a[i] * b[i]; return sum; }", "zxx",
	    NULL },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "und",
	    NULL },
	{ "3q2+78r+AAECA+Hx9QkYmZhMGQ0f3K2bV9sTqL1yJ8zKpO4uWnRgXcDeFh", "und", NULL },
	{ "Das Parlament hat gestern über den Haushalt beraten und ihn mit großer "
	  "Mehrheit angenommen. The committee will meet again next week to discuss "
	  "what remains of the proposal.",
	    "de", "en" },
};

START_TEST(languages)
{
	struct langid_scratch *s = langid_scratch_new(&model);
	const struct span text = span_of(known[_i].text);
	/* The cache of words does not change the result. */
	for (int twice = 0; twice < 2; twice++) {
		const struct langid_guess g = langid_guess(&model, s, text, 8192);

		if (!known[_i].lang) {
			ck_assert_int_eq(g.label, NO_LABEL);
			continue;
		}
		ck_assert_int_ne(g.label, NO_LABEL);
		ck_assert_str_eq(model.label[g.label].lang, known[_i].lang);
		ck_assert(g.p > 0.6 && g.p <= 1);
		ck_assert_int_eq(g.alt != NO_LABEL, known[_i].alt != NULL);
		if (known[_i].alt)
			ck_assert_str_eq(model.label[g.alt].lang, known[_i].alt);
	}
	langid_scratch_free(s);
}
END_TEST

/* Spans cover the whole text in order, and neighbours differ. */
START_TEST(spans)
{
	struct langid_scratch *s = langid_scratch_new(&model);
	struct buf b = { 0 };

	for (int run = 0; run < 60; run++) {
		const struct langid_span *v;
		size_t n;

		make_text(&b, run < 55 ? below(500) : 20000);
		v = langid_spans(&model, s, buf_span(&b), &n);
		ck_assert(n == 0 || b.n > 0);
		for (size_t i = 0; i < n; i++) {
			ck_assert_uint_eq(v[i].from, i ? v[i - 1].to : 0);
			ck_assert_uint_gt(v[i].to, v[i].from);
			ck_assert(v[i].to == b.n ||
				  ((unsigned char)b.p[v[i].to] & 0xc0) != 0x80);
			ck_assert(i == 0 || v[i].label != v[i - 1].label);
			ck_assert(v[i].p >= 0 && v[i].p <= 1);
		}
		if (n)
			ck_assert_uint_eq(v[n - 1].to, b.n);
	}
	langid_scratch_free(s);
	buf_free(&b);
}
END_TEST

START_TEST(allowed)
{
	struct langid_scratch *s = langid_scratch_new(&model);
	struct err err = { 0 };
	struct langid_guess g;

	ck_assert_int_eq(langid_model_allow(&model, "fr,xx", &err), -1);
	ck_assert_int_eq(err.code, EXIT_USAGE);
	err = (struct err){ 0 };
	ck_assert_int_eq(langid_model_allow(&model, "fr,it", &err), 0);
	g = langid_guess(
	    &model, s, SPAN("The quick brown fox jumps over the lazy dog"), 99);
	ck_assert(strcmp(model.label[g.label].lang, "fr") == 0 ||
		  strcmp(model.label[g.label].lang, "it") == 0);
	ck_assert(g.p >= 0.5);
	langid_scratch_free(s);
}
END_TEST

Suite *
langid_suite(void)
{
	Suite *s = suite_create("langid");
	TCase *t = tcase_create("langid");

	tcase_add_checked_fixture(t, open_model, close_model);
	tcase_add_test(t, pieces);
	tcase_add_test(t, windows);
	tcase_add_test(t, char_code_tables);
	tcase_add_loop_test(t, languages, 0, (int)(sizeof known / sizeof *known));
	tcase_add_test(t, spans);
	tcase_add_test(t, allowed);
	suite_add_tcase(s, t);
	return s;
}
