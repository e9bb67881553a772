/* check_words.c - test canonical words against a slow reference, and pin their hashes. */
#include <check.h>
#include <stdlib.h>

#include "dedup/letters.h"
#include "dedup/words.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"
#include "tests/unit/testing.h"

Suite *words_suite(void);

/* Words as texts: `word` ends with a 0 each. */
struct word_list {
	struct buf word;
	size_t *end, n, cap;
};

/* The state of the reference. */
struct word_reader {
	struct word_list *to;
	struct buf open;  /* the canonical form of a run of letters and numbers */
	bool digit;	  /* its last character is a digit */
	uint32_t *letter; /* a run of letters of a script without spaces */
	size_t n, cap;
};

static const struct letters *letters;

static void
setup(void)
{
	letters = letters_table();
}

static void
add_word(struct word_list *v, struct span s)
{
	GROW(v->end, v->n, v->cap);
	buf_put(&v->word, s.p, s.n);
	v->end[v->n++] = v->word.n;
}

static struct span
word_at(const struct word_list *v, size_t i)
{
	const size_t from = i ? v->end[i - 1] : 0;

	return (struct span){ v->word.p + from, v->end[i] - from };
}

static void
word_list_free(struct word_list *v)
{
	buf_free(&v->word);
	free(v->end);
}

static void
end_word(struct word_reader *r)
{
	if (r->open.n)
		add_word(r->to, buf_span(&r->open));
	r->open.n = 0;
	r->digit = false;
}

static void
end_unspaced(struct word_reader *r)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < r->n && (i == 0 || i + 1 < r->n); i++) {
		b.n = 0;
		utf8_put(&b, r->letter[i]);
		if (i + 1 < r->n)
			utf8_put(&b, r->letter[i + 1]);
		add_word(r->to, buf_span(&b));
	}
	r->n = 0;
	buf_free(&b);
}

static void
read_token(struct word_list *to, struct span s)
{
	struct word_reader r = { .to = to };

	for (size_t at = 0; at < s.n;) {
		const uint32_t form = letter_of(letters, utf8_next(s, &at));

		if (form == LETTER_MARK)
			continue;
		if (form & LETTER_UNSPACED) {
			end_word(&r);
			GROW(r.letter, r.n, r.cap);
			r.letter[r.n++] = form & ~LETTER_UNSPACED;
			continue;
		}
		end_unspaced(&r);
		if (form == LETTER_SPACE)
			end_word(&r);
		else if (form != '0' || !r.digit)
			utf8_put(&r.open, form);
		r.digit = form == '0';
	}
	end_unspaced(&r);
	end_word(&r);
	buf_free(&r.open);
	free(r.letter);
}

/* The canonical words of s, by the definition in words.h. */
static void
read_words(struct word_list *to, struct span s)
{
	size_t numbers = 0;

	for (size_t n; s.n; s = span_from(s, n)) {
		bool number = true;

		for (n = 0; n < s.n && (is_digit(s.p[n]) ||
					   (ascii_lower(s.p[n]) >= 'a' &&
					       ascii_lower(s.p[n]) <= 'z') ||
					   s.p[n] < 0);
		     n++)
			number &= is_digit(s.p[n]);
		if (n == 0) {
			n = 1;
			continue;
		}
		numbers = number ? numbers + 1 : 0;
		if (numbers > WORDS_NUMBERS)
			add_word(to, (struct span){ s.p, n });
		else
			read_token(to, (struct span){ s.p, n });
	}
}

/* The halves of a * b, xored, in steps of 32 bits. */
static uint64_t
slow_mum(uint64_t a, uint64_t b)
{
	const uint64_t al = a & UINT32_MAX, ah = a >> 32, bl = b & UINT32_MAX,
		       bh = b >> 32, ll = al * bl, lh = al * bh, hl = ah * bl,
		       middle = (ll >> 32) + (lh & UINT32_MAX) + (hl & UINT32_MAX);

	return (a * b) ^ (ah * bh + (lh >> 32) + (hl >> 32) + (middle >> 32));
}

/* Blocks of 16 bytes, the last padded with zeros, which no word contains. */
static uint64_t
slow_hash(struct span s)
{
	uint64_t h = 0;

	do {
		const size_t n = s.n < 16 ? s.n : 16;
		uint64_t half[2] = { 0 };

		for (size_t i = 0; i < n; i++)
			half[i / 8] |= (uint64_t)(unsigned char)s.p[i] << 8 * (i % 8);
		s = span_from(s, n);
		h = slow_mum(half[0] ^ UINT64_C(0x243f6a8885a308d3) ^ h,
		    half[1] ^ UINT64_C(0x13198a2e03707345));
	} while (s.n);
	return h;
}

/* Compare the words of s in an allocation of its size.  w: used before, or not. */
static void
expect_reference(struct near_words *w, struct span s)
{
	char *copy = memcpy(xmalloc(s.n + 1), s.p ? s.p : "", s.n);
	struct word_list want = { 0 };

	copy = xrealloc(copy, s.n ? s.n : 1, 1);
	read_words(&want, s);
	words_of(w, letters, (struct span){ copy, s.n });
	for (size_t i = 0; i < w->n && i < want.n; i++)
		if (w->hash[i] != slow_hash(word_at(&want, i)))
			ck_abort_msg("word %zu of %zu in %zu bytes is not '%.*s'", i,
			    want.n, s.n, (int)word_at(&want, i).n, word_at(&want, i).p);
	ck_assert_uint_eq(w->n, want.n);
	word_list_free(&want);
	free(copy);
}

/* With all instructions, and with fewer. */
static void
expect_all(struct near_words w[WORDS_CODES], struct span s)
{
	for (int i = 0; i < WORDS_CODES; i++) {
		w[i].code = (enum words_code)i;
		expect_reference(&w[i], s);
	}
}

static void
free_all(struct near_words w[WORDS_CODES])
{
	for (int i = 0; i < WORDS_CODES; i++)
		words_free(&w[i]);
}

static const struct {
	const char *text, *want; /* want: each word in brackets */
} texts[] = {
	{ "", "" },
	{ " ", "" },
	{ "a", "[a]" },
	{ "The quick, brown FOX!", "[the][quick][brown][fox]" },
	{ "Caf\u00e9 2024-06", "[cafe][0][0]" },
	{ "Cafe\u0301 2\u03010\u0301", "[cafe][0]" },
	{ "don't e-mail a_b", "[don][t][e][mail][a][b]" },
	{ "x86 mp3s 1a22b333", "[x0][mp0s][0a0b0]" },
	{ "1\u0662\u06f3\u0969\U0001d7d2", "[0]" },
	{ "\u0301 \u0301", "" },
	{ "co\u00adoperate co\u200boperate zero\u200dwidth",
	    "[cooperate][co][operate][zerowidth]" },
	{ "\u0401\u0436 \u0419\u043e\u0434", "[\u0435\u0436][\u0438\u043e\u0434]" },
	{ "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
	    "[\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3]" },
	{ "\ud55c\uad6d\uc5b4 \uae00", "[\ud55c\uad6d\uc5b4][\uae00]" },
	{ "\u6f22", "[\u6f22]" },
	{ "\u6f22\u5b57\u8a9e", "[\u6f22\u5b57][\u5b57\u8a9e]" },
	{ "\u6f22\u5b57\u3002\u8a9e", "[\u6f22\u5b57][\u8a9e]" },
	{ "a\u6f22b\u6f22\u5b57c1\u6f222",
	    "[a][\u6f22][b][\u6f22\u5b57][c0][\u6f22][0]" },
	{ "\u304b\u3099\u30fc \u30ab", "[\u304b\u30fc][\u30ab]" },
	{ "\u304d\u3053\u3054 \u30d0\u30b9",
	    "[\u304d\u3053][\u3053\u3053][\u30cf\u30b9]" },
	{ "\u0e44\u0e17\u0e48\u0e22", "[\u0e44\u0e17][\u0e17\u0e22]" },
	{ "\U00020000\U00030000\U00031350",
	    "[\U00020000\U00030000][\U00030000\U00031350]" },
	{ "\U0001f600\U00010400\U0001f600", "[\U00010428]" },
	{ "\u212a\u023a\u1e9e", "[k\u2c65\u00df]" },
};

START_TEST(canonical_words)
{
	const struct span s = span_of(texts[_i].text);
	struct word_list v = { 0 };
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf got = { 0 };

	read_words(&v, s);
	for (size_t i = 0; i < v.n; i++)
		buf_putf(&got, "[%.*s]", (int)word_at(&v, i).n, word_at(&v, i).p);
	ck_assert_msg(span_eq(buf_span(&got), span_of(texts[_i].want)),
	    "'%s': %.*s, want %s", texts[_i].text, (int)got.n, got.p, texts[_i].want);
	expect_all(w, s);
	free_all(w);
	word_list_free(&v);
	buf_free(&got);
}
END_TEST

/* Part of the format of sketches: a change needs another WORDS_VERSION. */
static const struct {
	const char *word;
	uint64_t hash;
} pinned[] = {
	{ "a", UINT64_C(0x6e2fbd941936c089) },
	{ "0", UINT64_C(0x16cb30a6f2b0d358) },
	{ "the", UINT64_C(0x44f91a7855612282) },
	{ "cafe", UINT64_C(0xabadeab2d3f3be42) },
	{ "deduplicatenear", UINT64_C(0xfab2e04d5be513c4) },
	{ "deduplicatenears", UINT64_C(0x1005c0647a5917c5) },
	{ "deduplicatenearly", UINT64_C(0x20fc3118cf149d0e) },
	{ "deduplicatenearlydeduplicatenear", UINT64_C(0x73f62b4d5914c90d) },
	{ "deduplicatenearlydeduplicatenearx", UINT64_C(0x1a032a13d4a4548d) },
	{ "\u6f22\u5b57", UINT64_C(0x6aa4a30f9ba1ae02) },
	{ "\U00020000\U00030000", UINT64_C(0xb0ab276419fabd96) },
};

START_TEST(hashes_are_pinned)
{
	const struct span s = span_of(pinned[_i].word);
	const uint64_t got = word_hash((const unsigned char *)s.p, s.n);

	ck_assert_int_eq(WORDS_VERSION, 3);
	ck_assert_msg(got == pinned[_i].hash, "%s: %#llx", s.p, (unsigned long long)got);
	ck_assert(got == slow_hash(s));
}
END_TEST

/* Words of all sizes around the blocks of the hash and of the search. */
START_TEST(sizes_of_words)
{
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf b = { 0 };

	for (size_t n = 0; n <= 200; n++) {
		b.n = 0;
		for (size_t k = 0; k < 5; k++) {
			for (size_t i = 0; i < n + k % 3; i++)
				buf_putc(&b, (char)("aB"[i % 2] + (char)(i % 25)));
			buf_putc(&b, ".\n-"[k % 3]);
			expect_all(w, buf_span(&b));
		}
	}
	free_all(w);
	buf_free(&b);
}
END_TEST

/* Numbers in a row, across blocks, and what ends the row. */
START_TEST(rows_of_numbers)
{
	static const char *const between[] = { " ", ", ", ".", " x ", " 5kg ", " \u00e9 ",
		" \u0661 ", "\n-" };
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf b = { 0 };

	for (size_t round = 0; round < 400; round++) {
		b.n = 0;
		for (size_t i = 0; i < round % 90; i++) {
			buf_putf(&b, "%zu", i * round * 7919 % 100000);
			buf_puts(&b, between[i % 11 == 10 ? round % 8 : round / 8 % 3]);
		}
		expect_all(w, buf_span(&b));
	}
	free_all(w);
	buf_free(&b);
}
END_TEST

/* Words whose letters have two bytes, with another character in each place. */
START_TEST(letters_of_two_bytes)
{
	static const uint32_t other[] = { 'x', '7', ' ', 0xe9 /* e */, 0xab /* space */,
		0x301 /* mark */, 0x661 /* digit */, 0xac00, 0x6f22, 0x10400 };
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf b = { 0 };

	for (size_t n = 0; n <= 40; n++)
		for (size_t at = 0; at <= n; at++) {
			b.n = 0;
			for (size_t i = 0; i < n; i++)
				utf8_put(&b, i == at ? other[(n + at) % 10]
						     : 0x410 + (uint32_t)(i % 64));
			expect_all(w, buf_span(&b));
			utf8_put(&b, other[(n + at) % 10]);
			expect_all(w, buf_span(&b));
		}
	free_all(w);
	buf_free(&b);
}
END_TEST

/* What may be cut in two where the text is cut into pieces. */
static const char *const items[] = {
	"1234567890123456789012345678901234567890",
	"1\u06612\u06623\u0663",
	"a1b22c333d4444e55555",
	"\u6f22\u5b57\u8a9e\u6f22\u5b57\u8a9e\u6f22\u5b57\u8a9e\u6f22\u5b57\u8a9e",
	"a\u6f22b\u5b57c\u8a9e \u6f22 \u5b57 1\u8a9e2",
	"\u6f22\u0301\u0301\u5b57\u0301\u0301\u8a9e\u0301",
	"e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301e",
	"1\u03012\u03013\u03014\u03015\u03016\u03017\u03018\u0301",
	"\U00020000\U00020001\U00030000\U0001d7ce\U0001d7cf\U000e0100\U00020002",
	"a b c d e f g h i j k l m n o p q r s t u v w x y z",
	"\u00c9t\u00c9\u00c9\u00c9-\u00c9-\u00c9\u00c9",
	"                  ,,,,,,,,,,,,,,,,,,,,    ",
};

enum { PIECE = 4096 }; /* of words.c */

/* Item _i at each place near the ends of the first two pieces, after a word or a space.
 */
START_TEST(pieces_leave_no_trace)
{
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf b = { 0 };

	for (size_t piece = 1; piece <= 2; piece++)
		for (size_t back = 0; back < 60; back += SIZED(1, 7)) {
			const bool spaced = back % 2;

			b.n = 0;
			while (b.n < PIECE * piece - back)
				buf_putc(&b,
				    spaced && b.n % 7 == 0 ? ' ' : (char)('a' + b.n % 7));
			buf_puts(&b, items[_i]);
			expect_all(w, buf_span(&b));
			buf_puts(&b, items[_i]);
			buf_puts(&b, " end");
			expect_all(w, buf_span(&b));
		}
	free_all(w);
	buf_free(&b);
}
END_TEST

/* Ranges of code points, each of one kind. */
static const struct {
	uint32_t first, n;
} kinds[] = {
	{ 'a', 26 },
	{ 'A', 26 },
	{ '0', 10 },
	{ ' ', 16 },
	{ 0, 0x80 },
	{ 0xc0, 0x180 },
	{ 0x300, 0x70 },
	{ 0x370, 0x190 },
	{ 0x660, 10 },
	{ 0x900, 0x400 },
	{ 0xe00, 0x80 },
	{ 0x1000, 0xa0 },
	{ 0x1e00, 0x200 },
	{ 0x3041, 0xbf },
	{ 0x4e00, 0x5200 },
	{ 0xac00, 0x2ba4 },
	{ 0xff00, 0xf0 },
	{ 0x10400, 0x50 },
	{ 0x1d400, 0x400 },
	{ 0x1f600, 0x50 },
	{ 0x20000, 0xa6e0 },
	{ 0x2fff0, 0x20 },
	{ 0x323a0, 0x20 },
	{ 0xe00f0, 0x110 },
};

/* Append a run of one kind, or any code points. */
static void
put_run(struct buf *b, uint64_t *rng)
{
	static const uint64_t longest[] = { 3, 10, 40, 40, 300, 9000 };
	const size_t kind = random_below(rng, sizeof kinds / sizeof *kinds + 6);
	const uint64_t n = random_below(rng, longest[random_below(rng, 6)] + 1);

	for (uint64_t i = 0; i < n; i++) {
		uint32_t c;

		if (kind < sizeof kinds / sizeof *kinds)
			c = kinds[kind].first +
			    (uint32_t)random_below(rng, kinds[kind].n);
		else if (kind == sizeof kinds / sizeof *kinds)
			c = (uint32_t)random_below(rng, 0x110000);
		else /* most words are short and in lower case */
			c = random_below(rng, 6) ? 'a' + (uint32_t)random_below(rng, 26)
						 : ' ';
		if (c < 0xd800 || c > 0xdfff)
			utf8_put(b, c);
	}
	if (random_below(rng, 2))
		buf_putc(b, ' ');
}

START_TEST(random_texts)
{
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf b = { 0 };
	uint64_t rng = (uint64_t)_i + 1;

	for (int round = 0; round < SIZED(100, 10); round++) {
		b.n = 0;
		for (uint64_t runs = random_below(&rng, 40); runs; runs--)
			put_run(&b, &rng);
		expect_all(w, buf_span(&b));
	}
	free_all(w);
	buf_free(&b);
}
END_TEST

/* Each code point below U+40000, in the company of letters and alone. */
START_TEST(every_code_point)
{
	struct near_words w[WORDS_CODES] = { { 0 } };
	struct buf b = { 0 };

	for (uint32_t c = 0; c < 0x40000; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		utf8_put(&b, c);
		if (c % 2)
			buf_putc(&b, "x 7-"[c / 2 % 4]);
		if (c % 256 == 255) {
			expect_all(w, buf_span(&b));
			b.n = 0;
		}
	}
	free_all(w);
	buf_free(&b);
}
END_TEST

enum { HUGE = SIZED(16 << 20, 1 << 20) };

static const struct {
	const char *unit;
	bool one; /* word of all */
} hostile[] = {
	{ "a", true },
	{ "7", true },
	{ "a7", true },
	{ "7\u0661", true },
	{ "\u0301", false },
	{ "a\u0301", true },
	{ "\u6f22", false },
	{ "\u6f22\u0301", false },
	{ "\u6f22a", false },
	{ "a ", false },
	{ " ", false },
	{ "\u023a", true },
};

/* Time and memory are linear in the text: HUGE bytes of one kind. */
START_TEST(hostile_texts)
{
	const struct span unit = span_of(hostile[_i].unit);
	const size_t units = HUGE / unit.n;
	struct near_words w = { 0 };
	struct buf b = { 0 };

	for (size_t i = 0; i < units; i++)
		buf_put(&b, unit.p, unit.n);
	words_of(&w, letters, buf_span(&b));
	if (hostile[_i].one)
		ck_assert_uint_eq(w.n, 1);
	else if (strstr(unit.p, "\u6f22a"))
		ck_assert_uint_eq(w.n, 2 * units);
	else if (strstr(unit.p, "\u6f22"))
		ck_assert_uint_eq(w.n, units - 1);
	else
		ck_assert_uint_eq(w.n, unit.p[0] == 'a' ? units : 0);
	if (strcmp(unit.p, "a") == 0)
		ck_assert(w.hash[0] == slow_hash(buf_span(&b)));
	if (strcmp(unit.p, "7") == 0)
		ck_assert(w.hash[0] == slow_hash(SPAN("0")));
	words_free(&w);
	buf_free(&b);
}
END_TEST

#define LOOP(t, test, table)                                                             \
	tcase_add_loop_test(t, test, 0, (int)(sizeof(table) / sizeof *(table)))

Suite *
words_suite(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("words");

	tcase_add_checked_fixture(t, setup, NULL);
	LOOP(t, canonical_words, texts);
	LOOP(t, hashes_are_pinned, pinned);
	tcase_add_test(t, sizes_of_words);
	tcase_add_test(t, rows_of_numbers);
	tcase_add_test(t, letters_of_two_bytes);
	LOOP(t, pieces_leave_no_trace, items);
	tcase_add_loop_test(t, random_texts, 0, 8);
	tcase_add_test(t, every_code_point);
	LOOP(t, hostile_texts, hostile);
	suite_add_tcase(s, t);
	return s;
}
