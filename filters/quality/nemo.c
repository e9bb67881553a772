/* nemo.c - the rule set nemo: the heuristic filters of NeMo Curator for English. */
#include <math.h>

#include "filters/quality/ngrams.h"
#include "filters/quality/phrases.h"
#include "filters/quality/rule_set.h"
#include "lib/base/chars.h"
#include "lib/text/utf8.h"

enum {
	NON_ALNUM,
	SYMBOL_WORDS,
	NUMBERS,
	URLS,
	WHITE_SPACE,
	PARENS,
	BOILERPLATE,
	UNIQUE_LINES,
	UNIQUE_PARAS,
	UNIQUE_LINE_CHARS,
	UNIQUE_PARA_CHARS,
	WORDS,
	NO_ENDMARK,
	ALPHA_WORDS,
	COMMON_WORDS,
	WORD_LENGTH,
	LONGEST_WORD,
	ELLIPSIS_LINES,
	NGRAMS,
	BULLET_LINES = NGRAMS + NGRAM_VALUES,
	NFEATURES
};

static const struct feature features[NFEATURES] = {
	[NON_ALNUM] = { "nemo.non_alnum", 6 },
	[SYMBOL_WORDS] = { "nemo.symbol_words", 6 },
	[NUMBERS] = { "nemo.numbers", 6 },
	[URLS] = { "nemo.urls", 6 },
	[WHITE_SPACE] = { "nemo.white_space", 6 },
	[PARENS] = { "nemo.parentheses", 6 },
	[BOILERPLATE] = { "nemo.boilerplate_paras", 6 },
	[UNIQUE_LINES] = { "nemo.unique_lines", 6 },
	[UNIQUE_PARAS] = { "nemo.unique_paras", 6 },
	[UNIQUE_LINE_CHARS] = { "nemo.unique_line_chars", 6 },
	[UNIQUE_PARA_CHARS] = { "nemo.unique_para_chars", 6 },
	[WORDS] = { "nemo.words", 0 },
	[NO_ENDMARK] = { "nemo.lines_without_end_mark", 6 },
	[ALPHA_WORDS] = { "nemo.alpha_words", 6 },
	[COMMON_WORDS] = { "nemo.common_words", 0 },
	[WORD_LENGTH] = { "nemo.word_length", 6 },
	[LONGEST_WORD] = { "nemo.longest_word", 0 },
	[ELLIPSIS_LINES] = { "nemo.ellipsis_lines", 6 },
	NGRAM_FEATURES("nemo", NGRAMS),
	[BULLET_LINES] = { "nemo.bullet_lines", 6 },
};

/* Order and bounds are those of heuristic_filter_english_pipeline.yaml. */
#define AT(where) "NeMo Curator 1e2e4275 heuristic/" where
#define RULE(kind, id, feature, unit, bound, where)                                      \
	{                                                                                \
		"nemo." id, feature, kind, unit, bound, AT(where)                        \
	}
#define MAX_RULE(id, f, bound, where)                                                    \
	RULE(RULE_MAX, "max_" id, f, UNIT_FRACTION, bound, where)
#define MIN_RULE(id, f, bound, where)                                                    \
	RULE(RULE_MIN, "min_" id, f, UNIT_FRACTION, bound, where)

static const struct rule rules[] = {
	MAX_RULE("non_alnum", NON_ALNUM, 0.25, "string.py:NonAlphaNumericFilter"),
	MAX_RULE("symbol_words", SYMBOL_WORDS, 0.1, "string.py:SymbolsToWordsFilter"),
	MAX_RULE("numbers", NUMBERS, 0.15, "string.py:NumbersFilter"),
	MAX_RULE("urls", URLS, 0.2, "string.py:UrlsFilter"),
	MAX_RULE("white_space", WHITE_SPACE, 0.25, "string.py:WhiteSpaceFilter"),
	MAX_RULE("parentheses", PARENS, 0.1, "string.py:ParenthesesFilter"),
	MAX_RULE(
	    "boilerplate_paras", BOILERPLATE, 0.4, "string.py:BoilerPlateStringFilter"),
	MIN_RULE("unique_lines", UNIQUE_LINES, 0.7, "repetition.py:RepeatedLinesFilter"),
	MIN_RULE(
	    "unique_paras", UNIQUE_PARAS, 0.7, "repetition.py:RepeatedParagraphsFilter"),
	MIN_RULE("unique_line_chars", UNIQUE_LINE_CHARS, 0.8,
	    "repetition.py:RepeatedLinesByCharFilter"),
	MIN_RULE("unique_para_chars", UNIQUE_PARA_CHARS, 0.8,
	    "repetition.py:RepeatedParagraphsByCharFilter"),
	RULE(RULE_MIN, "min_words", WORDS, UNIT_COUNT, 50, "string.py:WordCountFilter"),
	RULE(RULE_MAX, "max_words", WORDS, UNIT_COUNT, 100000,
	    "string.py:WordCountFilter"),
	MAX_RULE(
	    "lines_without_end_mark", NO_ENDMARK, 0.85, "string.py:PunctuationFilter"),
	MIN_RULE(
	    "alpha_words", ALPHA_WORDS, 0.8, "string.py:WordsWithoutAlphabetsFilter"),
	RULE(RULE_MIN, "min_common_words", COMMON_WORDS, UNIT_COUNT, 2,
	    "string.py:CommonEnglishWordsFilter"),
	RULE(RULE_MIN, "min_word_length", WORD_LENGTH, UNIT_NUMBER, 3,
	    "string.py:MeanWordLengthFilter"),
	RULE(RULE_MAX, "max_word_length", WORD_LENGTH, UNIT_NUMBER, 10,
	    "string.py:MeanWordLengthFilter"),
	RULE(RULE_MAX, "max_longest_word", LONGEST_WORD, UNIT_COUNT, 1000,
	    "string.py:LongWordFilter"),
	MAX_RULE("ellipsis_lines", ELLIPSIS_LINES, 0.3, "string.py:EllipsisFilter"),
	NGRAM_RULES("nemo", NGRAMS, UNIT_FRACTION,
	    AT("repetition.py:RepeatingTopNGramsFilter"),
	    AT("repetition.py:RepeatingDuplicateNGramsFilter")),
	MAX_RULE("bullet_lines", BULLET_LINES, 0.9, "string.py:BulletsFilter"),
};

enum { LOREM = 1, POLICY = 2 };

/* NeMo lists whole cookie notices; one distinctive sentence of each is enough here. */
static const struct phrase phrases[] = {
	PHRASE("lorem ipsum", 0, 4, LOREM),
	PHRASE("terms of use", 7, 9, POLICY),
	PHRASE("privacy policy", 3, 6, POLICY),
	PHRASE("cookie policy", 3, 7, POLICY),
	PHRASE("uses cookies", 8, 3, POLICY),
	PHRASE("privacy overview", 3, 9, POLICY),
	PHRASE("use of cookies", 10, 5, POLICY),
	PHRASE("use cookies", 7, 2, POLICY),
	PHRASE("privacy & cookies policy", 8, 3, POLICY),
	PHRASE("privacy and cookies policy", 3, 12, POLICY),
	PHRASE("necessary cookies are absolutely essential for the website to function "
	       "properly",
	    10, 3, POLICY),
	PHRASE("any cookies that may not be particularly necessary for the website to "
	       "function",
	    7, 2, POLICY),
	PHRASE(
	    "if you continue to browse this site without changing your cookie settings, "
	    "you agree to this use",
	    5, 12, POLICY),
};

enum { NPHRASES = sizeof phrases / sizeof *phrases };

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* Count the code points of URLs, by NeMo's regular expression. */
static size_t
url_chars(struct span s)
{
	const char *p, *end = s.p + s.n;
	size_t sum = 0;

	while ((p = find_substring(s, SPAN("http")))) {
		size_t left = (size_t)(end - p), i = left > 4 && p[4] == 's' ? 5 : 4,
		       from;

		if (!span_starts(span_from((struct span){ p, left }, i), SPAN("://"))) {
			s = (struct span){ p + 4, left - 4 };
			continue;
		}
		from = i + 3;
		for (i = from; i < left;)
			if (is_alnum(p[i]) || strchr("$-_@.&+/:=?#~!*(),", p[i]))
				i++;
			else if (p[i] == '%' && left - i > 2 &&
				 hex_digit(p[i + 1]) >= 0 && hex_digit(p[i + 2]) >= 0)
				i += 3;
			else
				break;
		if (i > from)
			sum += i;
		s = (struct span){ p + i, left - i };
	}
	return sum;
}

/* Measure the shares of some classes of code points. */
static void
measure_chars_by_kind(struct measure *m, double *value)
{
	size_t chars = measure_chars(m), alnum = 0, decimal = 0, white = 0, parens = 0;
	struct span s = m->text;

	for (size_t i = 0; i < s.n;) {
		uint32_t c = utf8_next(s, &i);

		decimal += c >= '0' && c <= '9';
		/* MATHEMATICAL LEFT and RIGHT ANGLE BRACKET */
		if (c == 0x27e8 || c == 0x27e9)
			parens++;
		if (c >= 0x80)
			continue;
		alnum += is_alnum((char)c) || (c && strchr("\n?!,.", (int)c));
		white += c && strchr("\t\n\r\b ", (int)c);
		parens += c && strchr("{}[]()", (int)c);
	}
	value[NON_ALNUM] = chars ? ratio(chars - alnum, chars) : 1;
	value[NUMBERS] = chars ? ratio(decimal, chars) : 1;
	value[URLS] = chars ? ratio(url_chars(s), chars) : 1;
	value[WHITE_SPACE] = chars ? ratio(white, chars) : 1;
	value[PARENS] = chars ? ratio(parens, chars) : 1;
}

/* Whether s ends with an ellipsis mark or, if whole, is one. */
static bool
is_ellipsis(struct span s, bool whole)
{
	static const char *const marks[] = { "...", "[...]", ELLIPSIS, "(...)",
		"[\xe2\x80\xa6]", "-\xc2\xbb", "read more..", "read more" };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (whole ? span_eq(s, span_of(marks[i]))
			  : span_ends(s, span_of(marks[i])))
			return true;
	return false;
}

/* Whether a word has more runs of '#' than half of its code points. */
static bool
is_hash(struct span s)
{
	size_t runs = 0;

	for (size_t i = 0; i < s.n; i++)
		runs += s.p[i] == '#' && (i == 0 || s.p[i - 1] != '#');
	return runs && 2 * runs > count_chars(s);
}

static void
measure_words_by_kind(struct measure *m, const struct rule_bounds *s, double *value)
{
	const struct words *w = measure_ws_words(m);
	size_t symbols = 0, alpha = 0, common = 0, chars = 0, longest = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct span one = word(w, i);
		size_t n = 0;
		uint32_t any = 0;

		for (size_t at = 0; at < one.n; n++)
			any |= m->classes[utf8_next(one, &at)];
		symbols += is_ellipsis(one, true) || is_hash(one);
		alpha += (any & CHAR_ALPHABETIC) != 0;
		common += word_list_find(s->stop_words, one) >= 0;
		chars += n;
		longest = n > longest ? n : longest;
	}
	value[WORDS] = (double)w->n;
	value[SYMBOL_WORDS] = w->n ? ratio(symbols, w->n) : 1;
	value[ALPHA_WORDS] = w->n ? ratio(alpha, w->n) : 0;
	value[COMMON_WORDS] = (double)common;
	value[WORD_LENGTH] = w->n ? ratio(chars, w->n) : 0;
	value[LONGEST_WORD] = w->n ? (double)longest : INFINITY;
}

static const uint32_t bullet_chars[] = { 0x2022, 0x2023, 0x2043, 0x204c, 0x204d, 0x2219,
	0x25cb, 0x25cf, 0x25d8, 0x25e6, 0x29be, 0x29bf };

/* Measure NeMo's "sentences": non-blank lines.  Duplicates are compared with the white
 * space around them. */
static void
measure_lines_by_kind(struct measure *m, double *value)
{
	size_t lines = 0, once = 0, chars = 0, once_chars = 0, ends = 0, dots = 0,
	       bullets = 0;

	measure_lines(m);
	for (size_t i = 0; i < m->lines.n; i++) {
		const struct text_part *p = &m->lines.v[i];
		struct span l = text_part_span(m, p);
		size_t n = count_chars(l);

		if (p->blank)
			continue;
		lines++;
		chars += n;
		once += !p->dup;
		once_chars += p->dup ? 0 : n;
		l = py_strip(m->classes, l);
		ends += strchr(".?!\"'", l.p[l.n - 1]) != NULL;
		bullets += starts_with_any(
		    l, bullet_chars, sizeof bullet_chars / sizeof *bullet_chars);
		m->tmp.n = 0;
		lower_ascii(&m->tmp, l.n > 16 ? span_from(l, l.n - 16) : l);
		dots += is_ellipsis(buf_span(&m->tmp), false);
	}
	value[UNIQUE_LINES] = ratio(once, lines);
	value[UNIQUE_LINE_CHARS] = ratio(once_chars, chars);
	value[NO_ENDMARK] = lines ? ratio(lines - ends, lines) : 1;
	value[ELLIPSIS_LINES] = lines ? ratio(dots, lines) : 1;
	value[BULLET_LINES] = lines ? ratio(bullets, lines) : 1;
}

/* Measure paragraphs: the text split at "\n\n", empty ones included. */
static void
measure_paras(struct measure *m, double *value)
{
	struct span s = m->text;
	size_t once = 0, chars = 0, once_chars = 0, policy = 0;
	const char *p;
	bool lorem = false;

	m->paras.n = 0;
	do {
		struct span part;
		unsigned is;

		p = find_substring(s, SPAN("\n\n"));
		part = (struct span){ s.p, p ? (size_t)(p - s.p) : s.n };
		s = span_from(s, part.n + (p ? 2 : 0));
		text_parts_add(m, &m->paras, (size_t)(part.p - m->text.p), part.n);
		is = phrases_in_lowered(phrases, NPHRASES, part, &m->tmp);
		lorem = lorem || (is & LOREM);
		policy += (is & POLICY) != 0;
	} while (p);
	text_parts_mark_dups(m, &m->paras);
	for (size_t i = 0; i < m->paras.n; i++) {
		const struct text_part *a = &m->paras.v[i];
		size_t n = count_chars(text_part_span(m, a));

		chars += n;
		once += !a->dup;
		once_chars += a->dup ? 0 : n;
	}
	value[BOILERPLATE] = lorem ? 1 : ratio(policy, m->paras.n);
	value[UNIQUE_PARAS] =
	    py_strip(m->classes, m->text).n ? ratio(once, m->paras.n) : 0;
	value[UNIQUE_PARA_CHARS] = ratio(once_chars, chars);
}

enum { SHORT_GRAM = 64 /* bytes, up to which a naive search is as fast */ };

/* count_substring() in linear time for long patterns (Knuth, Morris and Pratt, 1977).
 * Uses the table of m. */
static size_t
count_long(struct measure *m, struct span s, struct span what)
{
	size_t mask, n = 0, k = 0; /* bytes of `what` matched so far */
	uint32_t *less = measure_table(m, what.n + 1, &mask);

	for (size_t i = 1; i < what.n; i++) {
		while (k && what.p[i] != what.p[k])
			k = less[k];
		k += what.p[i] == what.p[k];
		less[i + 1] = (uint32_t)k;
	}
	k = 0;
	for (size_t i = 0; i < s.n; i++) {
		while (k && s.p[i] != what.p[k])
			k = less[k];
		k += s.p[i] == what.p[k];
		if (k == what.n) {
			n++;
			k = 0;
		}
	}
	return n;
}

/* The share of the text that removing the most frequent n-gram, its words joined by
 * spaces, would delete.  Of equally frequent ones the first counts; NeMo's choice is
 * undefined. */
static double
top_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	size_t most, at = ngrams_first_top(g, &most);
	struct buf *b = &t->m->tmp2;
	size_t copies;

	b->n = 0;
	for (size_t i = at; i < at + g->n; i++) {
		if (i > at)
			buf_putc(b, ' ');
		buf_put(b, word(g->w, i).p, word(g->w, i).n);
	}
	copies = b->n > SHORT_GRAM ? count_long(t->m, t->m->text, buf_span(b))
				   : count_substring(t->m->text, buf_span(b));
	return ratio(copies * count_chars(buf_span(b)), measure_chars(t->m));
}

/* The share of second and later copies, spaces included; overlaps count once. */
static double
dup_ratio(const struct ngram_text *t, const struct ngrams *g)
{
	size_t sum = 0, over = 0, n = g->n;

	for (size_t i = 0; i < g->positions; i++) {
		uint32_t id = g->id[i];

		if (id != NGRAM_ONCE && g->first[id] != i) {
			sum += t->char_at[i + n] - t->char_at[i + over];
			sum += n - over < n - 1 ? n - over : n - 1;
			over = n;
		}
		over -= over > 0;
	}
	return ratio(sum, measure_chars(t->m));
}

static void
measure(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	const struct ngram_text t = ngram_text_of(m, measure_ws_words(m));

	measure_chars_by_kind(m, value);
	measure_words_by_kind(m, s, value);
	measure_lines_by_kind(m, value);
	measure_paras(m, value);
	ngrams_measure(&t, top_ratio, dup_ratio, 1, value + NGRAMS);
}

const struct rule_set rule_set_nemo = {
	.name = "nemo",
	.summary = "NeMo Curator's heuristic filters for English",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = sizeof rules / sizeof *rules,
	.measure = measure,
	.stop_words = GOPHER_STOP_WORDS,
};
