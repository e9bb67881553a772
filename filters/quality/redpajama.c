/* redpajama.c - the quality signals of RedPajama-V2 that a text alone gives. */
#include <math.h>

#include "filters/quality/ngrams.h"
#include "filters/quality/rule_set.h"
#include "lib/base/num.h"
#include "lib/text/utf8.h"

enum {
	WORDS,
	SENTENCES,
	WORD_LENGTH,
	SYMBOLS,
	ELLIPSIS_LINES,
	NO_ALPHA_WORDS,
	UNIQUE_WORDS,
	ENTROPY,
	CAPS_WORDS,
	STOP_WORDS,
	LOREM_IPSUM,
	CURLY_BRACKETS,
	TOP_2,
	DUP_5 = TOP_2 + 3,
	LINE_PUNCT = DUP_5 + 6,
	LINE_BULLETS,
	LINE_UPPER,
	LINE_NUMERIC,
	LINE_JAVASCRIPT,
	NFEATURES
};

/* V2 rounds to 8 places.  What it gives for each line is summed up here. */
static const struct feature features[NFEATURES] = {
	[WORDS] = { "rpv2.word_count", 0 },
	[SENTENCES] = { "rpv2.num_sentences", 0 },
	[WORD_LENGTH] = { "rpv2.mean_word_length", 8 },
	[SYMBOLS] = { "rpv2.symbol_to_word_ratio", 8 },
	[ELLIPSIS_LINES] = { "rpv2.frac_lines_end_with_ellipsis", 8 },
	[NO_ALPHA_WORDS] = { "rpv2.frac_no_alph_words", 8 },
	[UNIQUE_WORDS] = { "rpv2.frac_unique_words", 8 },
	[ENTROPY] = { "rpv2.unigram_entropy", 8 },
	[CAPS_WORDS] = { "rpv2.frac_all_caps_words", 8 },
	[STOP_WORDS] = { "rpv2.stop_word_fraction", 8 },
	[LOREM_IPSUM] = { "rpv2.lorem_ipsum", 8 },
	[CURLY_BRACKETS] = { "rpv2.curly_bracket", 8 },
	[TOP_2] = { "rpv2.frac_chars_top_2gram", 8 },
	[TOP_2 + 1] = { "rpv2.frac_chars_top_3gram", 8 },
	[TOP_2 + 2] = { "rpv2.frac_chars_top_4gram", 8 },
	[DUP_5] = { "rpv2.frac_chars_dupe_5grams", 8 },
	[DUP_5 + 1] = { "rpv2.frac_chars_dupe_6grams", 8 },
	[DUP_5 + 2] = { "rpv2.frac_chars_dupe_7grams", 8 },
	[DUP_5 + 3] = { "rpv2.frac_chars_dupe_8grams", 8 },
	[DUP_5 + 4] = { "rpv2.frac_chars_dupe_9grams", 8 },
	[DUP_5 + 5] = { "rpv2.frac_chars_dupe_10grams", 8 },
	[LINE_PUNCT] = { "rpv2.lines_terminal_punctuation", 8 },
	[LINE_BULLETS] = { "rpv2.lines_bulletpoint", 8 },
	[LINE_UPPER] = { "rpv2.lines_uppercase", 8 },
	[LINE_NUMERIC] = { "rpv2.lines_numerical", 8 },
	[LINE_JAVASCRIPT] = { "rpv2.lines_javascript", 0 },
};

/* V2 leaves the bounds to its users: all are off until they are set. */
#define AT(where) "RedPajama-Data 6d2cee9 quality_signals/" where
#define MIN_RULE(id, f, unit, where)                                                     \
	{                                                                                \
		"rpv2.min_" id, f, RULE_MIN, unit, NAN, AT(where)                        \
	}
#define MAX_RULE(id, f, unit, where)                                                     \
	{                                                                                \
		"rpv2.max_" id, f, RULE_MAX, unit, NAN, AT(where)                        \
	}

static const struct rule rules[] = {
	MIN_RULE("word_count", WORDS, UNIT_COUNT, "natural_language.py"),
	MAX_RULE("word_count", WORDS, UNIT_COUNT, "natural_language.py"),
	MIN_RULE("num_sentences", SENTENCES, UNIT_COUNT, "natural_language.py"),
	MIN_RULE("mean_word_length", WORD_LENGTH, UNIT_NUMBER, "natural_language.py"),
	MAX_RULE("mean_word_length", WORD_LENGTH, UNIT_NUMBER, "natural_language.py"),
	MAX_RULE("symbol_to_word_ratio", SYMBOLS, UNIT_NUMBER, "natural_language.py"),
	MAX_RULE("frac_lines_end_with_ellipsis", ELLIPSIS_LINES, UNIT_SHARE,
	    "natural_language.py"),
	MAX_RULE("frac_no_alph_words", NO_ALPHA_WORDS, UNIT_SHARE, "natural_language.py"),
	MIN_RULE("frac_unique_words", UNIQUE_WORDS, UNIT_SHARE, "natural_language.py"),
	MIN_RULE("unigram_entropy", ENTROPY, UNIT_NUMBER, "natural_language.py"),
	MAX_RULE("frac_all_caps_words", CAPS_WORDS, UNIT_SHARE, "natural_language.py"),
	MIN_RULE("stop_word_fraction", STOP_WORDS, UNIT_SHARE, "content.py"),
	MAX_RULE("lorem_ipsum", LOREM_IPSUM, UNIT_NUMBER, "content.py"),
	MAX_RULE("curly_bracket", CURLY_BRACKETS, UNIT_SHARE, "content.py"),
	MAX_RULE("frac_chars_top_2gram", TOP_2, UNIT_NUMBER, "repetitions.py"),
	MAX_RULE("frac_chars_top_3gram", TOP_2 + 1, UNIT_NUMBER, "repetitions.py"),
	MAX_RULE("frac_chars_top_4gram", TOP_2 + 2, UNIT_NUMBER, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_5grams", DUP_5, UNIT_SHARE, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_6grams", DUP_5 + 1, UNIT_SHARE, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_7grams", DUP_5 + 2, UNIT_SHARE, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_8grams", DUP_5 + 3, UNIT_SHARE, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_9grams", DUP_5 + 4, UNIT_SHARE, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_10grams", DUP_5 + 5, UNIT_SHARE, "repetitions.py"),
	MIN_RULE("lines_terminal_punctuation", LINE_PUNCT, UNIT_SHARE, "lines.py"),
	MAX_RULE("lines_bulletpoint", LINE_BULLETS, UNIT_SHARE, "lines.py"),
	MAX_RULE("lines_uppercase", LINE_UPPER, UNIT_SHARE, "lines.py"),
	MAX_RULE("lines_numerical", LINE_NUMERIC, UNIT_SHARE, "lines.py"),
	MAX_RULE("lines_javascript", LINE_JAVASCRIPT, UNIT_COUNT, "lines.py"),
};

/* Part of a word to Python's re. */
static bool
is_word(const struct measure *m, uint32_t c)
{
	return c == '_' || (m->classes[c] & (CHAR_ALPHA | CHAR_NUMBER));
}

/* Punctuation of ASCII, which V2 takes out. */
static bool
is_punct(uint32_t c)
{
	return c < 0x80 && c > ' ' && c != 0x7f && !(c >= '0' && c <= '9') &&
	       !((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The text in small letters, decomposed, without punctuation; a space for white space. */
static void
normalise(const struct measure *m, struct span s, struct buf *out)
{
	out->n = 0;
	buf_reserve(out, s.n);
	for (size_t i = 0; i < s.n;) {
		uint32_t c = utf8_next(s, &i);

		if (is_punct(c))
			continue;
		if (m->classes[c] & CHAR_SPACE) {
			if (out->n && out->p[out->n - 1] != ' ')
				buf_putc(out, ' ');
		} else if (c < 0x80) {
			buf_putc(out, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
		} else {
			unicode_put_folded(out, c);
		}
	}
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
}

/* Words of normalised text. */
static void
split_normal(struct words *w, struct span s)
{
	words_begin(w, s.n);
	while (s.n) {
		const char *space = memchr(s.p, ' ', s.n);
		size_t n = space ? (size_t)(space - s.p) : s.n;

		words_add(w, (struct span){ s.p, n });
		s = span_from(s, n + (space != NULL));
	}
	words_end(w);
}

/* NLTK's WordPunctTokenizer: runs of word characters, and of what is neither those nor
 * white space. */
static void
measure_raw_words(struct measure *m, const struct settings *s, double *value)
{
	struct span t = m->text;
	size_t n = 0, none = 0, caps = 0, stop = 0, symbols, next = 0;

	for (size_t from = 0; from < t.n; from = next) {
		uint32_t c, any = 0;
		bool inside, latin = false;
		size_t i = next = from;

		c = utf8_next(t, &next);
		if (m->classes[c] & CHAR_SPACE)
			continue;
		for (inside = is_word(m, c); i < t.n; i = next) {
			next = i;
			c = utf8_next(t, &next);
			if ((m->classes[c] & CHAR_SPACE) || is_word(m, c) != inside)
				break;
			any |= m->classes[c];
			latin = latin || (c < 0x80 && (m->classes[c] & CHAR_ALPHA));
		}
		next = i;
		n++;
		none += !latin;
		caps += (any & (CHAR_UPPER | CHAR_LOWER)) == CHAR_UPPER;
		stop += wordlist_find(
			    s->stop_words, (struct span){ t.p + from, i - from }) >= 0;
	}
	symbols = count_byte(t, '#') + count_substring(t, SPAN("...")) +
		  count_substring(t, SPAN("\xe2\x80\xa6"));
	value[SYMBOLS] = share(symbols, n);
	value[NO_ALPHA_WORDS] = share(none, n);
	value[CAPS_WORDS] = share(caps, n);
	value[STOP_WORDS] = s->stop_words->n ? share(stop, n) : NAN;
}

/* \b[^.!?]+[.!?]* as Python's re finds it. */
static size_t
count_sentences(const struct measure *m)
{
	struct span s = m->text;
	bool before = false; /* a word character */
	size_t n = 0;

	for (size_t i = 0, next = 0; i < s.n; i = next) {
		uint32_t c = utf8_next(s, &next);
		bool word = is_word(m, c);

		if (word == before || strchr(".!?", c < 0x80 ? (int)c : ' ')) {
			before = word;
			continue;
		}
		n++;
		while (next < s.n && !strchr(".!?", s.p[next]))
			next++;
		while (next < s.n && strchr(".!?", s.p[next]))
			next++;
		i = next;
		while (i > 0 && ((unsigned char)s.p[--i] & 0xc0) == 0x80)
			;
		before = is_word(m, utf8_next(s, &i));
	}
	return n;
}

struct see {
	const uint32_t *at; /* words in characters */
	size_t chars;	    /* of all words */
	double *value;
};

static void
see_ngrams(void *ctx, const struct ngrams *g)
{
	struct see *k = ctx;
	size_t most, top;

	if (g->n > 4) {
		k->value[DUP_5 + g->n - 5] = share(ngrams_covered(g, k->at), k->chars);
		return;
	}
	top = ngrams_first_top(g, &most);
	k->value[TOP_2 + g->n - 2] =
	    most > 1 ? share(most * (k->at[top + g->n] - k->at[top]), k->chars) : 0;
}

/* Different words, and the entropy of their distribution in nats. */
static void
measure_distribution(struct measure *m, const struct words *w, double *value)
{
	uint32_t *of = measure_array(m, 0, w->n), *count = measure_array(m, 3, w->n);
	size_t different = ngrams_number_words(m, w, of, count);
	double entropy = 0;

	for (size_t i = 0; i < different; i++)
		entropy -= share(count[i], w->n) * num_ln(share(count[i], w->n));
	value[UNIQUE_WORDS] = share(different, w->n);
	value[ENTROPY] = w->n ? entropy : NAN;
}

static void
measure_normal(struct measure *m, double *value)
{
	struct see k = { .value = value };
	struct words *w = &m->other;
	size_t chars;

	normalise(m, m->text, &m->a);
	chars = count_chars(buf_span(&m->a));
	value[LOREM_IPSUM] =
	    chars ? share(count_substring(buf_span(&m->a), SPAN("lorem ipsum")), chars)
		  : 0;
	split_normal(w, buf_span(&m->a));
	measure_distribution(m, w, value);
	k.at = measure_char_at(m, w);
	k.chars = k.at[w->n];
	value[WORDS] = (double)w->n;
	value[WORD_LENGTH] = share(k.chars, w->n);
	for (size_t i = TOP_2; i < LINE_PUNCT; i++)
		value[i] = 0;
	ngrams_each(m, w, 2, 10, see_ngrams, &k);
}

static bool
starts_with_bullet(struct span s)
{
	static const uint32_t bullets[] = { 0x2022, 0x2023, 0x25b6, 0x25c0, 0x25e6,
		0x25a0, 0x25a1, 0x25aa, 0x25ab, 0x2013 };
	size_t at = 0;
	uint32_t c = s.n ? utf8_next(s, &at) : 0;

	for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
		if (c == bullets[i])
			return true;
	return false;
}

struct line_sums {
	size_t lines, ellipses, punct, bullets, javascript;
	double upper, numeric; /* sums of shares */
};

/* line: with its line feed. */
static void
add_line(struct measure *m, struct span line, struct line_sums *sum)
{
	struct span end = py_rstrip(m->classes, line), norm;
	size_t upper = 0, numeric = 0, from = 0;

	for (size_t i = 0; i < line.n;)
		upper += (m->classes[utf8_next(line, &i)] & CHAR_UPPER) != 0;
	normalise(m, line, &m->b);
	norm = buf_span(&m->b);
	for (size_t i = 0; i < norm.n;) {
		uint32_t c = utf8_next(norm, &i);

		numeric += (m->classes[c] & CHAR_NUMBER) != 0;
		if (i == norm.n || norm.p[i] == ' ') {
			sum->javascript += span_eq(
			    (struct span){ norm.p + from, i - from }, SPAN("javascript"));
			from = i + 1;
		}
	}
	sum->lines++;
	sum->ellipses +=
	    span_ends(end, SPAN("...")) || span_ends(end, SPAN("\xe2\x80\xa6"));
	sum->punct += (end.n && strchr(".!?", end.p[end.n - 1])) ||
		      span_ends(end, SPAN("\xe2\x80\x9d"));
	sum->bullets += starts_with_bullet(py_lstrip(m->classes, line));
	sum->upper += share(upper, count_chars(line));
	sum->numeric += norm.n ? share(numeric, count_chars(norm)) : 0;
}

static void
measure_by_line(struct measure *m, double *value)
{
	struct line_sums sum = { 0 };
	struct span s = m->text;

	while (s.n) {
		const char *nl = memchr(s.p, '\n', s.n);
		size_t n = nl ? (size_t)(nl - s.p) + 1 : s.n;

		add_line(m, (struct span){ s.p, n }, &sum);
		s = span_from(s, n);
	}
	value[ELLIPSIS_LINES] = share(sum.ellipses, sum.lines);
	value[LINE_PUNCT] = share(sum.punct, sum.lines);
	value[LINE_BULLETS] = share(sum.bullets, sum.lines);
	value[LINE_UPPER] = sum.upper / (double)sum.lines;
	value[LINE_NUMERIC] = sum.numeric / (double)sum.lines;
	value[LINE_JAVASCRIPT] = (double)sum.javascript;
}

static void
measure(struct measure *m, const struct settings *s, struct doc *d, double *value)
{
	size_t curly = count_byte(m->text, '{') + count_byte(m->text, '}');

	measure_raw_words(m, s, value);
	measure_normal(m, value);
	measure_by_line(m, value);
	value[SENTENCES] = (double)count_sentences(m);
	value[CURLY_BRACKETS] = m->text.n ? share(curly, measure_chars(m)) : 0;
}

const struct set set_rpv2 = {
	.name = "rpv2",
	.summary = "the quality signals of RedPajama-V2",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = sizeof rules / sizeof *rules,
	.measure = measure,
	.stop_words = "",
};
