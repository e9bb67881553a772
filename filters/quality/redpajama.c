/* redpajama.c - the rule set rpv2: RedPajama-V2's quality signals of the text itself. */
#include <math.h>

#include "filters/quality/ngrams.h"
#include "filters/quality/rule_set.h"
#include "lib/base/chars.h"
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
	NGRAMS,
	LINE_PUNCT = NGRAMS + NGRAM_VALUES,
	LINE_BULLETS,
	LINE_UPPER,
	LINE_NUMERIC,
	LINE_JAVASCRIPT,
	NFEATURES
};

/* RedPajama-V2 rounds to 8 places.  Its signals per line are aggregated to one value
 * here. */
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
	[NGRAMS] = { "rpv2.frac_chars_top_2gram", 8 },
	[NGRAMS + 1] = { "rpv2.frac_chars_top_3gram", 8 },
	[NGRAMS + 2] = { "rpv2.frac_chars_top_4gram", 8 },
	[NGRAMS + 3] = { "rpv2.frac_chars_dupe_5grams", 8 },
	[NGRAMS + 4] = { "rpv2.frac_chars_dupe_6grams", 8 },
	[NGRAMS + 5] = { "rpv2.frac_chars_dupe_7grams", 8 },
	[NGRAMS + 6] = { "rpv2.frac_chars_dupe_8grams", 8 },
	[NGRAMS + 7] = { "rpv2.frac_chars_dupe_9grams", 8 },
	[NGRAMS + 8] = { "rpv2.frac_chars_dupe_10grams", 8 },
	[LINE_PUNCT] = { "rpv2.lines_terminal_punctuation", 8 },
	[LINE_BULLETS] = { "rpv2.lines_bulletpoint", 8 },
	[LINE_UPPER] = { "rpv2.lines_uppercase", 8 },
	[LINE_NUMERIC] = { "rpv2.lines_numerical", 8 },
	[LINE_JAVASCRIPT] = { "rpv2.lines_javascript", 0 },
};

/* RedPajama-V2 leaves the bounds to its users, so all rules are off by default. */
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
	MAX_RULE("frac_lines_end_with_ellipsis", ELLIPSIS_LINES, UNIT_FRACTION,
	    "natural_language.py"),
	MAX_RULE(
	    "frac_no_alph_words", NO_ALPHA_WORDS, UNIT_FRACTION, "natural_language.py"),
	MIN_RULE("frac_unique_words", UNIQUE_WORDS, UNIT_FRACTION, "natural_language.py"),
	MIN_RULE("unigram_entropy", ENTROPY, UNIT_NUMBER, "natural_language.py"),
	MAX_RULE("frac_all_caps_words", CAPS_WORDS, UNIT_FRACTION, "natural_language.py"),
	MIN_RULE("stop_word_fraction", STOP_WORDS, UNIT_FRACTION, "content.py"),
	MAX_RULE("lorem_ipsum", LOREM_IPSUM, UNIT_NUMBER, "content.py"),
	MAX_RULE("curly_bracket", CURLY_BRACKETS, UNIT_FRACTION, "content.py"),
	MAX_RULE("frac_chars_top_2gram", NGRAMS, UNIT_NUMBER, "repetitions.py"),
	MAX_RULE("frac_chars_top_3gram", NGRAMS + 1, UNIT_NUMBER, "repetitions.py"),
	MAX_RULE("frac_chars_top_4gram", NGRAMS + 2, UNIT_NUMBER, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_5grams", NGRAMS + 3, UNIT_FRACTION, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_6grams", NGRAMS + 4, UNIT_FRACTION, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_7grams", NGRAMS + 5, UNIT_FRACTION, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_8grams", NGRAMS + 6, UNIT_FRACTION, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_9grams", NGRAMS + 7, UNIT_FRACTION, "repetitions.py"),
	MAX_RULE("frac_chars_dupe_10grams", NGRAMS + 8, UNIT_FRACTION, "repetitions.py"),
	MIN_RULE("lines_terminal_punctuation", LINE_PUNCT, UNIT_FRACTION, "lines.py"),
	MAX_RULE("lines_bulletpoint", LINE_BULLETS, UNIT_FRACTION, "lines.py"),
	MAX_RULE("lines_uppercase", LINE_UPPER, UNIT_FRACTION, "lines.py"),
	MAX_RULE("lines_numerical", LINE_NUMERIC, UNIT_FRACTION, "lines.py"),
	MAX_RULE("lines_javascript", LINE_JAVASCRIPT, UNIT_COUNT, "lines.py"),
};

/* Whether c matches \w in Python's re module. */
static bool
is_word(const struct measure *m, uint32_t c)
{
	return c == '_' || (m->classes[c] & (CHAR_ALPHA | CHAR_NUMBER));
}

/* Whether c is in Python's string.punctuation, which RedPajama-V2 removes. */
static bool
is_punct(uint32_t c)
{
	return c < 0x80 && c > ' ' && c != 0x7f && !(c >= '0' && c <= '9') &&
	       !((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Normalise text as RedPajama-V2 does: lower case, decomposed (NFD), without punctuation,
 * one space for each run of white space. */
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
			buf_putc(out, ascii_lower((char)c));
		} else {
			unicode_put_folded(out, c);
		}
	}
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
}

/* Split normalised text into words. */
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

/* Measure the words of NLTK's WordPunctTokenizer: runs of word characters, and runs of
 * other characters that are not white space. */
static void
measure_raw_words(struct measure *m, const struct rule_bounds *s, double *value)
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
		stop += word_list_find(
			    s->stop_words, (struct span){ t.p + from, i - from }) >= 0;
	}
	symbols = count_byte(t, '#') + count_substring(t, SPAN("...")) +
		  count_substring(t, SPAN(ELLIPSIS));
	value[SYMBOLS] = ratio(symbols, n);
	value[NO_ALPHA_WORDS] = ratio(none, n);
	value[CAPS_WORDS] = ratio(caps, n);
	value[STOP_WORDS] = s->stop_words->n ? ratio(stop, n) : NAN;
}

/* Count the matches of \b[^.!?]+[.!?]* in Python's re module. */
static size_t
count_sentences(const struct measure *m)
{
	struct span s = m->text;
	bool before = false; /* the previous character matched \w */
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

static double
top_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	size_t most, top = ngrams_first_top(g, &most);

	return most > 1
		   ? ratio(most * (t->char_at[top + g->n] - t->char_at[top]), t->chars)
		   : 0;
}

static double
dup_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	return ratio(ngrams_covered(g, t->char_at), t->chars);
}

/* Measure the share of different words, and the entropy of their distribution in nats. */
static void
measure_distribution(struct measure *m, const struct words *w, double *value)
{
	uint32_t *id = measure_scratch(m, SCRATCH_WORD_IDS, w->n);
	uint32_t *count = measure_scratch(m, SCRATCH_COUNTS, w->n);
	size_t different = ngrams_number_words(m, w, id, count);
	double entropy = 0;

	for (size_t i = 0; i < different; i++)
		entropy -= ratio(count[i], w->n) * num_ln(ratio(count[i], w->n));
	value[UNIQUE_WORDS] = ratio(different, w->n);
	value[ENTROPY] = w->n ? entropy : NAN;
}

static void
measure_normal(struct measure *m, double *value)
{
	struct words *w = &m->custom_words;
	struct ngram_text t;
	size_t chars;

	normalise(m, m->text, &m->tmp);
	chars = count_chars(buf_span(&m->tmp));
	value[LOREM_IPSUM] =
	    chars ? ratio(count_substring(buf_span(&m->tmp), SPAN("lorem ipsum")), chars)
		  : 0;
	split_normal(w, buf_span(&m->tmp));
	measure_distribution(m, w, value);
	t = ngram_text_of(m, w);
	value[WORDS] = (double)w->n;
	value[WORD_LENGTH] = ratio(t.chars, w->n);
	ngrams_measure(&t, top_ratio, dup_ratio, 0, value + NGRAMS);
}

static const uint32_t bullet_chars[] = { 0x2022, 0x2023, 0x25b6, 0x25c0, 0x25e6, 0x25a0,
	0x25a1, 0x25aa, 0x25ab, 0x2013 };

struct line_sums {
	size_t lines, ellipses, punct, bullets, javascript;
	double upper, numeric; /* sums of ratios */
};

/* Add a line, which includes its line feed. */
static void
add_line(struct measure *m, struct span line, struct line_sums *sum)
{
	struct span end = py_rstrip(m->classes, line), norm;
	size_t upper = 0, numeric = 0, from = 0;

	for (size_t i = 0; i < line.n;)
		upper += (m->classes[utf8_next(line, &i)] & CHAR_UPPER) != 0;
	normalise(m, line, &m->tmp2);
	norm = buf_span(&m->tmp2);
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
	sum->ellipses += span_ends(end, SPAN("...")) || span_ends(end, SPAN(ELLIPSIS));
	sum->punct += (end.n && strchr(".!?", end.p[end.n - 1])) ||
		      span_ends(end, SPAN("\xe2\x80\x9d"));
	sum->bullets += starts_with_any(py_lstrip(m->classes, line), bullet_chars,
	    sizeof bullet_chars / sizeof *bullet_chars);
	sum->upper += ratio(upper, count_chars(line));
	sum->numeric += norm.n ? ratio(numeric, count_chars(norm)) : 0;
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
	value[ELLIPSIS_LINES] = ratio(sum.ellipses, sum.lines);
	value[LINE_PUNCT] = ratio(sum.punct, sum.lines);
	value[LINE_BULLETS] = ratio(sum.bullets, sum.lines);
	value[LINE_UPPER] = sum.upper / (double)sum.lines;
	value[LINE_NUMERIC] = sum.numeric / (double)sum.lines;
	value[LINE_JAVASCRIPT] = (double)sum.javascript;
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	size_t curly = count_byte(m->text, '{') + count_byte(m->text, '}');

	measure_raw_words(m, s, value);
	measure_normal(m, value);
	measure_by_line(m, value);
	value[SENTENCES] = (double)count_sentences(m);
	value[CURLY_BRACKETS] = m->text.n ? ratio(curly, measure_chars(m)) : 0;
}

const struct rule_set rule_set_rpv2 = {
	.name = "rpv2",
	.summary = "RedPajama-V2's quality signals",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = sizeof rules / sizeof *rules,
	.measure = measure,
	.stop_words = "",
};
