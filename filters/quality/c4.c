/* c4.c - the rule set c4: drops lines and counts sentences, as datatrove does. */
#include <math.h>

#include "filters/quality/phrases.h"
#include "filters/quality/rule_set.h"
#include "lib/text/utf8.h"

enum { SENTENCES, LOREM_IPSUM, CURLY_BRACKET, NFEATURES };

static const struct feature features[NFEATURES] = {
	[SENTENCES] = { "c4.sentences", 0 },
	[LOREM_IPSUM] = { "c4.lorem_ipsum", 0 },
	[CURLY_BRACKET] = { "c4.curly_bracket", 0 },
};

#define AT(line) "datatrove 0.10.1 c4_filters.py:" line

enum {
	MAX_WORD_CHARS,
	CITATIONS,
	TERMINAL_PUNCT,
	MIN_LINE_WORDS,
	JAVASCRIPT,
	POLICY,
	NO_LOREM,
	NO_CURLY,
	MIN_SENTENCES,
	NRULES
};

static const struct rule rules[NRULES] = {
	[MAX_WORD_CHARS] = { "c4.max_word_chars", NO_FEATURE, RULE_MAX, UNIT_COUNT, 1000,
	    AT("99") },
	[CITATIONS] = { "c4.citations", NO_FEATURE, RULE_MAX, UNIT_SWITCH, 1, AT("103") },
	[TERMINAL_PUNCT] = { "c4.terminal_punct", NO_FEATURE, RULE_MAX, UNIT_SWITCH, 1,
	    AT("106") },
	[MIN_LINE_WORDS] = { "c4.min_line_words", NO_FEATURE, RULE_MIN, UNIT_COUNT, 3,
	    AT("110") },
	[JAVASCRIPT] = { "c4.javascript", NO_FEATURE, RULE_MAX, UNIT_SWITCH, 1,
	    AT("118") },
	[POLICY] = { "c4.policy", NO_FEATURE, RULE_MAX, UNIT_SWITCH, 1, AT("125") },
	[NO_LOREM] = { "c4.max_lorem_ipsum", LOREM_IPSUM, RULE_MAX, UNIT_LINE, 0,
	    AT("115") },
	[NO_CURLY] = { "c4.max_curly_bracket", CURLY_BRACKET, RULE_MAX, UNIT_LINE, 0,
	    AT("122") },
	[MIN_SENTENCES] = { "c4.min_sentences", SENTENCES, RULE_MIN, UNIT_COUNT, 5,
	    AT("132") },
};

enum {
	PHRASE_LOREM = 1,
	PHRASE_JAVASCRIPT = 2,
	PHRASE_POLICY = 4,
};

static const struct phrase phrases[] = {
	PHRASE("lorem ipsum", 0, 4, PHRASE_LOREM),
	PHRASE("javascript", 0, 2, PHRASE_JAVASCRIPT),
	PHRASE("terms of use", 7, 9, PHRASE_POLICY),
	PHRASE("privacy policy", 3, 6, PHRASE_POLICY),
	PHRASE("cookie policy", 3, 7, PHRASE_POLICY),
	PHRASE("uses cookies", 8, 3, PHRASE_POLICY),
	PHRASE("use of cookies", 10, 5, PHRASE_POLICY),
	PHRASE("use cookies", 7, 2, PHRASE_POLICY),
};

enum { NPHRASES = sizeof phrases / sizeof *phrases };

/* What happened to a line. */
enum fate { KEPT, LONG_WORD, NO_PUNCT, FEW_WORDS, WITH_JAVASCRIPT, WITH_POLICY, FATES };

static const char *const counts[FATES] = {
	[KEPT] = "c4.lines_kept",
	[LONG_WORD] = "c4.lines_long_word",
	[NO_PUNCT] = "c4.lines_no_terminal_punct",
	[FEW_WORDS] = "c4.lines_few_words",
	[WITH_JAVASCRIPT] = "c4.lines_javascript",
	[WITH_POLICY] = "c4.lines_policy",
};

/* The state of editing one document. */
struct editor {
	struct measure *m;
	const double *bound;
	unsigned may_contain;	   /* phrases that occur in the uncut text */
	bool curly, bracket;	   /* whether the text has a '{', a '[' */
	struct span line;	   /* the current line, stripped */
	size_t number;		   /* line number, from 1 */
	size_t lorem_at, curly_at; /* first line that contains one; 0: none */
	size_t sentences;
};

static bool
is_on(const struct editor *e, int rule)
{
	return !isnan(e->bound[rule]);
}

/* Count words between white space, at most up to `enough`. */
static size_t
count_words(const uint32_t *classes, struct span s, double enough)
{
	size_t n = 0, i = 0;
	bool space = true;

	while (i < s.n && (double)n < enough) {
		bool before = space;

		space = classes[utf8_next(s, &i)] & CHAR_SPACE;
		n += before && !space;
	}
	return n;
}

/* Whether a word has more than `most` code points. */
static bool
has_long_word(const uint32_t *classes, struct span s, double most)
{
	size_t chars = 0, i = 0;

	if ((double)s.n <= most)
		return false;
	while (i < s.n) {
		bool space = classes[utf8_next(s, &i)] & CHAR_SPACE;

		chars = space ? 0 : chars + 1;
		if ((double)chars > most)
			return true;
	}
	return false;
}

/* Length of a citation mark, "[12]", "[edit]" or "[citation needed]", at the start of s,
 * or 0. */
static size_t
citation_length(const uint32_t *classes, struct span s)
{
	size_t i = 1, next;

	if (span_starts(s, SPAN("[edit]")))
		return 6;
	if (span_starts(s, SPAN("[citation needed]")))
		return 17;
	for (next = i; i < s.n; i = next)
		if (!(classes[utf8_next(s, &next)] & CHAR_DECIMAL))
			break;
	return i < s.n && s.p[i] == ']' ? i + 1 : 0;
}

/* Remove citation marks from e->line, which then points into m->tmp2.  Returns whether
 * there were any. */
static bool
cut_citations(struct editor *e)
{
	struct buf *out = &e->m->tmp2;
	struct span s = e->line;
	const char *p;
	bool cut = false;

	out->n = 0;
	while ((p = memchr(s.p, '[', s.n))) {
		size_t before = (size_t)(p - s.p), n;

		n = citation_length(e->m->classes, span_from(s, before));
		cut = cut || n;
		buf_put(out, s.p, before + (n ? 0 : 1));
		s = span_from(s, before + (n ? n : 1));
	}
	if (!cut)
		return false;
	buf_put(out, s.p, s.n);
	e->line = buf_span(out);
	return true;
}

static bool
ends_well(struct span s)
{
	char end = s.n ? s.p[s.n - 1] : ' ';

	return (end == '.' || end == '?' || end == '!' || end == '"' || end == '\'') &&
	       !(end == '.' && span_ends(s, SPAN("...")));
}

static size_t
count_sentences(struct span line, double enough)
{
	struct sentences it = { .text = line };
	struct span s;
	size_t n = 0;

	while ((double)n < enough && sentences_next(&it, &s))
		n++;
	/* datatrove counts a line that held only citation marks as a sentence. */
	return n ? n : 1;
}

/* Decide on e->line, in the order of datatrove's checks. */
static enum fate
judge_line(struct editor *e)
{
	const uint32_t *classes = e->m->classes;
	struct span whole = e->line; /* as it was before citation marks are removed */
	double least = e->bound[MIN_LINE_WORDS];
	unsigned found = e->may_contain;

	if (is_on(e, MAX_WORD_CHARS) &&
	    has_long_word(classes, whole, e->bound[MAX_WORD_CHARS]))
		return LONG_WORD;
	if (e->bracket && is_on(e, CITATIONS) && cut_citations(e))
		found = PHRASE_LOREM | PHRASE_JAVASCRIPT | PHRASE_POLICY;
	if (is_on(e, TERMINAL_PUNCT) && !ends_well(e->line))
		return NO_PUNCT;
	if (is_on(e, MIN_LINE_WORDS) &&
	    (double)count_words(classes, whole, least) < least)
		return FEW_WORDS;
	if (found)
		found = phrases_in_lowered(phrases, NPHRASES, e->line, &e->m->tmp);
	if ((found & PHRASE_LOREM) && !e->lorem_at)
		e->lorem_at = e->number;
	if ((found & PHRASE_JAVASCRIPT) && is_on(e, JAVASCRIPT))
		return WITH_JAVASCRIPT;
	if (e->curly && !e->curly_at && memchr(e->line.p, '{', e->line.n))
		e->curly_at = e->number;
	if ((found & PHRASE_POLICY) && is_on(e, POLICY))
		return WITH_POLICY;
	return KEPT;
}

static void
keep_line(struct editor *e, double enough)
{
	struct buf *out = &e->m->edited;

	if ((double)e->sentences < enough)
		e->sentences += count_sentences(e->line, enough - (double)e->sentences);
	buf_put(out, e->line.p, e->line.n);
	buf_putc(out, '\n');
}

static void
edit(struct measure *m, const struct rule_bounds *s, struct doc *d, double *value)
{
	struct editor e = { .m = m, .bound = s->bound };
	struct py_lines it = { .text = m->text, .classes = m->classes };
	double enough = m->exact ? INFINITY : s->bound[MIN_SENTENCES];
	size_t n[FATES] = { 0 };
	struct span line;

	it.unicode_newlines = measure_unicode_newlines(m);
	e.may_contain = phrases_in_lowered(phrases, NPHRASES, m->text, &m->tmp);
	e.curly = m->text.n && memchr(m->text.p, '{', m->text.n);
	e.bracket = m->text.n && memchr(m->text.p, '[', m->text.n);
	m->edited.n = 0;
	while (py_lines_next(&it, &line)) {
		enum fate fate;

		e.number++;
		e.line = py_strip(m->classes, line);
		fate = judge_line(&e);
		n[fate]++;
		if (fate == KEPT)
			keep_line(&e, enough);
	}
	for (size_t i = 0; i < FATES; i++)
		doc_count(d, counts[i], n[i]);
	value[SENTENCES] = (double)e.sentences;
	value[LOREM_IPSUM] = (double)e.lorem_at;
	value[CURLY_BRACKET] = (double)e.curly_at;
	measure_text(m, py_strip(m->classes, buf_span(&m->edited)), m->exact);
}

const struct rule_set rule_set_c4 = {
	.name = "c4",
	.summary = "C4's rules, as datatrove implements them; edits lines",
	.feature = features,
	.nfeatures = NFEATURES,
	.rule = rules,
	.nrules = NRULES,
	.edit = edit,
};
