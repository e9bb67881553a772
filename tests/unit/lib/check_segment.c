/* check_segment.c - words and sentences: by examples, and against ICU's iterators. */
#include <check.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "lib/text/segment.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

Suite *segment_suite(void);

static uint64_t state;
static const uint32_t *classes;
static struct words w;

static void
setup(void)
{
	struct err err = { 0 };

	state = 1;
	classes = unicode_classes();
	ck_assert_int_eq(words_open(&w, &err), 0);
}

static void
teardown(void)
{
	words_close(&w);
}

static uint32_t
next_random(uint32_t below)
{
	return (uint32_t)((random_bits(&state) >> 33) % below);
}

/* A copy in a block of exactly its size, so that a sanitizer sees an overrun. */
static struct span
exact(const struct buf *b)
{
	char *p = calloc(b->n ? b->n : 1, 1);

	if (b->n)
		memcpy(p, b->p, b->n);
	return (struct span){ p, b->n };
}

static void
drop(struct span s)
{
	union {
		const char *p;
		void *q;
	} u = { .p = s.p };

	free(u.q);
}

static void
put_words(struct buf *out, struct span text, bool portable)
{
	w.portable = portable;
	words_split(&w, text);
	out->n = 0;
	for (size_t i = 0; i < w.n; i++) {
		buf_put(out, word(&w, i).p, word(&w, i).n);
		buf_putc(out, '|');
	}
}

static void
put_sentences(struct buf *out, struct span text)
{
	struct sentences it = { .text = text };
	struct span s;

	out->n = 0;
	while (sentences_next(&it, &s)) {
		buf_put(out, s.p, s.n);
		buf_putc(out, '|');
	}
}

static const struct {
	const char *text, *words;
} word_rows[] = {
	{ "", "" },
	{ " \n\t\xc2\xa0\xe2\x80\x8b", "" },
	{ "a", "a|" },
	{ "Don't stop: 3.14 or 3,5.", "Don't|stop|:|3.14|or|3,5|.|" },
	{ "don\xe2\x80\x99t caf\xc3\xa9.", "don\xe2\x80\x99t|caf\xc3\xa9|.|" },
	{ "snake_case __x__ a-b", "snake_case|__x__|a|-|b|" },
	{ "a.b a..b a.1 1.a 1'2 a'1", "a.b|a|..|b|a|.|1|1|.|a|1'2|a|'|1|" },
	{ "... --- -=- ## \"\"", "...|---|-|=|-|##|\"\"|" },
	{ "me@example.org @", "me@example.org|@|" },
	{ "http://example.org/z", "http|:|//|example.org|/|z|" },
	{ "e\xcc\x81t\xc3\xa9 \xcc\x81x .\xcc\x81.",
	    "e\xcc\x81t\xc3\xa9|\xcc\x81|x|.\xcc\x81|.|" },
	{ "\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d "
	  "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab",
	    "\xf0\x9f\x91\x8d\xf0\x9f\x91\x8d|\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa|"
	    "\xf0\x9f\x87\xab|" },
	{ "\xd7\x90\"\xd7\x91 \xd7\x90' \xd7\x90\"",
	    "\xd7\x90\"\xd7\x91|\xd7\x90'|\xd7\x90|\"|" },
	{ "1\xe2\x80\xaf"
	  "000",
	    "1|000|" },
	{ "\xe6\xbc\xa2\xe5\xad\x97 3\xe6\x9c\x88",
	    "\xe6\xbc\xa2\xe5\xad\x97|3|\xe6\x9c\x88|" },
	/* Thai: "language" twice, with a mark at its end. */
	{ "\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2\xe0\xb8\xa0\xe0\xb8\xb2\xe0"
	  "\xb8\xa9\xe0\xb8\xb2",
	    "\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2|"
	    "\xe0\xb8\xa0\xe0\xb8\xb2\xe0\xb8\xa9\xe0\xb8\xb2|" },
	{ "x\x1cy\x7fz", "x|y|\x7f|z|" },
};

/* Each also after and before plain text, which is read in blocks. */
START_TEST(words)
{
	struct buf out = { 0 }, text = { 0 }, want = { 0 };
	struct span s;

	for (size_t pad = 0; pad < 200; pad++) {
		text.n = want.n = 0;
		for (size_t i = 0; i < pad; i++) {
			buf_puts(&text, "ab "), buf_puts(&want, "ab|");
			if (i % 3 == 0)
				buf_putc(&text, ' ');
		}
		buf_puts(&text, word_rows[_i].text);
		buf_puts(&want, word_rows[_i].words);
		for (size_t i = 0; i < pad; i++)
			buf_puts(&text, " ab"), buf_puts(&want, "ab|");
		s = exact(&text);
		for (int portable = 0; portable < 2; portable++) {
			put_words(&out, s, portable);
			buf_putc(&out, '\0'), buf_putc(&want, '\0');
			ck_assert_str_eq(out.p, want.p);
			want.n--;
		}
		drop(s);
	}
	buf_free(&out);
	buf_free(&text);
	buf_free(&want);
}
END_TEST

/* About n characters of the kinds that the rules distinguish. */
static void
random_text(struct buf *b, size_t n, bool ascii)
{
	static const uint32_t pool[] = { 'a', 'b', 'Z', '0', '7', '_', '.', '.', ',', ';',
		':', '\'', '"', '@', '-', '(', ')', '!', '?', '\n', '\r', '\t', ' ', ' ',
		' ', 0x1d, 0x7f, 0xa0, 0x85, 0xad, 0xe9, 0xc9, 0xb7, 0x2019, 0x201c,
		0x201d, 0x2026, 0x300, 0x301, 0x200d, 0x200b, 0x200e, 0x2028, 0x5d0,
		0x5d1, 0x5f4, 0x660, 0x661, 0x66b, 0x627, 0x64b, 0x915, 0x94d, 0x964,
		0x1100, 0xac00, 0xff11, 0xff0e, 0x1f44d, 0x1f3fd, 0x1f468, 0x2764, 0xfe0f,
		0x1f1e9, 0x1f1ea, 0x10400, 0x1d7ce, 0x3002, 0xff01, 0x2460, 0x2d0, 0x37e,
		0x55d, 0x589, 0xfe50, 0x2160, 0x24b6, 0xe0041, 0x10ffff, 0xe000 };

	b->n = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t c = pool[next_random(
		    ascii ? 27u : (uint32_t)(sizeof pool / sizeof *pool))];

		for (uint32_t k = next_random(6) ? 1u : next_random(9); k; k--)
			utf8_put(b, c);
	}
}

/* Ends of ICU's segments in bytes; `of` has one element per byte. */
static void
icu_ends(UBreakIteratorType type, struct span s, bool *of)
{
	UErrorCode ec = U_ZERO_ERROR;
	UBreakIterator *it = ubrk_open(type, "", NULL, 0, &ec);
	UChar *u = malloc((s.n + 1) * sizeof *u);
	int32_t n, from = 0, to;
	size_t at = 0;

	memset(of, 0, s.n + 1);
	u_strFromUTF8(u, (int32_t)s.n + 1, &n, s.p, (int32_t)s.n, &ec);
	/* '@' is a letter in ICU 72 and for tamis, but not in other versions. */
	for (int32_t i = 0; i < n && type == UBRK_WORD; i++)
		if (u[i] == '@')
			u[i] = 'x';
	ubrk_setText(it, u, n, &ec);
	MUST(U_SUCCESS(ec));
	while ((to = ubrk_next(it)) != UBRK_DONE) {
		while (from < to)
			from += utf8_next(s, &at) >= 0x10000 ? 2 : 1;
		of[at] = true;
	}
	ubrk_close(it);
	free(u);
}

static bool
sign(uint32_t bits)
{
	enum word_class c = word_class(bits);

	return c == WORD_OTHER || (c >= WORD_MID_LETTER && c <= WORD_DOUBLE_QUOTE);
}

/* Convert ICU's words to ours: without white space, a repeated sign is one word. */
static void
icu_words(struct buf *out, struct span s)
{
	bool *end = malloc(s.n + 1);
	uint32_t last = 0; /* the sign that the word repeats so far; 0: another word */
	bool space = true, cut = true; /* before this character */

	icu_ends(UBRK_WORD, s, end);
	out->n = 0;
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		uint32_t c = utf8_next(s, &at), bits = classes[c];

		if (word_class(bits) == WORD_SPACE) {
			if (!space)
				buf_putc(out, '|');
			space = true;
			last = 0;
			continue;
		}
		cut = end[from] && !space && !(last && c == last);
		if (cut)
			buf_putc(out, '|');
		if (cut || space)
			last = sign(bits) ? c : 0;
		else if (c != last)
			last = 0;
		buf_put(out, s.p + from, at - from);
		space = false;
	}
	if (!space)
		buf_putc(out, '|');
	free(end);
}

/* Assert equality, with the context of the first difference. */
static void
same(const struct buf *a, const struct buf *b, const char *what)
{
	size_t i = 0, from;

	if (span_eq(buf_span(a), buf_span(b)))
		return;
	while (i < a->n && i < b->n && a->p[i] == b->p[i])
		i++;
	from = i < 30 ? 0 : i - 30;
	ck_abort_msg("%s: '%.*s', not '%.*s'", what,
	    (int)(a->n - from < 60 ? a->n - from : 60), a->p + from,
	    (int)(b->n - from < 60 ? b->n - from : 60), b->p + from);
}

START_TEST(words_as_icu)
{
	struct buf text = { 0 }, ours = { 0 }, theirs = { 0 };

	for (int i = 0; i < 40000; i++) {
		struct span s;

		random_text(&text, next_random(i % 50 ? 60 : 460), i % 2);
		s = exact(&text);
		icu_words(&theirs, s);
		put_words(&ours, s, i % 4 < 2);
		same(&ours, &theirs, "words");
		drop(s);
	}
	buf_free(&text);
	buf_free(&ours);
	buf_free(&theirs);
}
END_TEST

/* The AVX2 path counts and splits as the portable one does. */
START_TEST(words_portable)
{
	struct buf text = { 0 }, ours = { 0 }, theirs = { 0 };

	for (int i = 0; i < 20000; i++) {
		struct words a;
		struct span s;

		random_text(&text, next_random(300), i % 8 != 0);
		s = exact(&text);
		put_words(&ours, s, false);
		a = w;
		put_words(&theirs, s, true);
		same(&ours, &theirs, "portable words");
		MUST(a.letters == w.letters && a.symbols == w.symbols);
		MUST(a.chars == w.chars && a.symbol_chars == w.symbol_chars);
		for (size_t k = 0; k < 64; k++)
			MUST(w.bytes[w.at[w.n] + k] == 0);
		drop(s);
	}
	buf_free(&text);
	buf_free(&ours);
	buf_free(&theirs);
}
END_TEST

static const struct {
	const char *text, *sentences;
} sentence_rows[] = {
	{ "", "" },
	{ " \n \r\n", "" },
	{ "One. Two! Three?", "One.|Two!|Three?|" },
	{ "One.Two 3.14 e.g. this", "One.Two 3.14 e.g. this|" },
	{ "Mr. Smith went. \"No.\" (Yes.) end", "Mr.|Smith went.|\"No.\"|(Yes.) end|" },
	{ "A line\nanother\r\n\r\nthird", "A line|another|third|" },
	{ "Wait... what. Oh... No.", "Wait... what.|Oh...|No.|" },
	{ "U.S. Army. etc. and so on", "U.S.|Army. etc. and so on|" },
	{ "\xe3\x81\x82\xe3\x80\x82\xe3\x81\x84\xe3\x80\x82",
	    "\xe3\x81\x82\xe3\x80\x82|\xe3\x81\x84\xe3\x80\x82|" },
};

START_TEST(sentences)
{
	struct buf out = { 0 };

	put_sentences(&out, span_of(sentence_rows[_i].text));
	buf_putc(&out, '\0');
	ck_assert_str_eq(out.p, sentence_rows[_i].sentences);
	buf_free(&out);
}
END_TEST

static void
icu_sentences(struct buf *out, struct span s)
{
	bool *end = malloc(s.n + 1);
	size_t from = 0;

	icu_ends(UBRK_SENTENCE, s, end);
	out->n = 0;
	for (size_t at = 1; at <= s.n; at++)
		if (end[at]) {
			struct sentences it = { .text = { s.p + from, at - from } };
			size_t a = 0, b = 0, last = 0;

			/* Trim. */
			for (size_t i = 0; i < it.text.n;) {
				size_t k = i;

				if (!(classes[utf8_next(it.text, &i)] & CHAR_SPACE)) {
					if (!last)
						a = k;
					last = b = i;
				}
			}
			if (last) {
				buf_put(out, it.text.p + a, b - a);
				buf_putc(out, '|');
			}
			from = at;
		}
	free(end);
}

START_TEST(sentences_as_icu)
{
	struct buf text = { 0 }, ours = { 0 }, theirs = { 0 };

	for (int i = 0; i < 40000; i++) {
		struct span s;

		random_text(&text, next_random(80), i % 2);
		s = exact(&text);
		icu_sentences(&theirs, s);
		put_sentences(&ours, s);
		same(&ours, &theirs, "sentences");
		drop(s);
	}
	buf_free(&text);
	buf_free(&ours);
	buf_free(&theirs);
}
END_TEST

Suite *
segment_suite(void)
{
	Suite *s = suite_create("segment");
	TCase *t = tcase_create("segment");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, words, 0, sizeof word_rows / sizeof *word_rows);
	tcase_add_test(t, words_as_icu);
	tcase_add_test(t, words_portable);
	tcase_add_loop_test(
	    t, sentences, 0, sizeof sentence_rows / sizeof *sentence_rows);
	tcase_add_test(t, sentences_as_icu);
	suite_add_tcase(s, t);
	return s;
}
