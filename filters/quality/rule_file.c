/* rule_file.c - parse a rule file, tamis-rules(5). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "filters/quality/rule_plan.h"
#include "lib/text/directives.h"
#include "lib/text/utf8.h"

struct rule_parser {
	struct rule_plan *p;
	struct lang_rules *in; /* the language that lines apply to; NULL: all */
	const char *name;
	struct err *err;
	struct directives w; /* the current line */
	bool begun;	     /* defaults are loaded: too late for more sets */
	const struct rule_set *const *more;
	size_t nmore;
	struct span *seen; /* rules already set for this language */
	size_t nseen, seen_cap;
	bool stop_words[RULES_MAX_SETS]; /* already given for this language */
};

static int bad(struct rule_parser *ps, const char *fmt, ...) PRINTF(2, 3);

static int
bad(struct rule_parser *ps, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return err_set(ps->err, EXIT_DATA, "%s:%u: %s", ps->name, ps->w.line, what);
}

static int
parse_use(struct rule_parser *ps)
{
	if (ps->begun)
		return bad(ps, "'use' must come before 'set', 'stopwords' and 'lang'");
	for (size_t i = 1; i < ps->w.n; i++) {
		const struct rule_set *s = rule_set_find(ps->w.v[i]);

		if (!s)
			return bad(ps, "unknown rule set '%.*s': see 'tamis rules -S'",
			    quoted(ps->w.v[i]), ps->w.v[i].p);
		if (!rule_plan_use(ps->p, s))
			return bad(ps, "rule set '%s' is already chosen", s->name);
	}
	return 0;
}

static int
parse_segmenter(struct rule_parser *ps)
{
	struct span s = ps->w.v[ps->w.n - 1];

	if (ps->w.n != 2 || s.n >= sizeof ps->p->segmenter)
		return bad(ps, "'segmenter' takes one name of at most %zu bytes",
		    sizeof ps->p->segmenter - 1);
	if (ps->p->segmenter[0])
		return bad(ps, "'segmenter' is given twice");
	memcpy(ps->p->segmenter, s.p, s.n);
	ps->p->segmenter[s.n] = '\0';
	return 0;
}

/* End the list of sets and load their defaults. */
static void
begin(struct rule_parser *ps)
{
	if (ps->begun)
		return;
	for (size_t i = 0; i < ps->nmore; i++)
		rule_plan_use(ps->p, ps->more[i]);
	rule_plan_set_defaults(ps->p);
	ps->begun = true;
}

/* Setting a rule twice for the same language is an error: one of the two would be
 * ignored. */
static int
check_once(struct rule_parser *ps, struct span id)
{
	for (size_t i = 0; i < ps->nseen; i++)
		if (span_eq(ps->seen[i], id))
			return bad(ps, "rule '%.*s' is set twice%s%s", quoted(id), id.p,
			    ps->in ? " for language " : "", ps->in ? ps->in->lang : "");
	GROW(ps->seen, ps->nseen, ps->seen_cap);
	ps->seen[ps->nseen++] = id;
	return 0;
}

static int
parse_set(struct rule_parser *ps)
{
	const char *why;

	if (ps->w.n != 3)
		return bad(ps, "'set' takes two words: write 'set RULE VALUE'");
	why =
	    rule_plan_set(ps->p, ps->in ? ps->in : &ps->p->base, ps->w.v[1], ps->w.v[2]);
	return why ? bad(ps, "%s", why) : check_once(ps, ps->w.v[1]);
}

/* The index of the chosen set that a line names; SIZE_MAX after an error. */
static size_t
named_set(struct rule_parser *ps, struct span name)
{
	const struct rule_set *s = rule_set_find(name);
	size_t k = s ? rule_plan_index(ps->p, s) : SIZE_MAX;

	if (k == SIZE_MAX)
		bad(ps, "rule set '%.*s' is not chosen: add it to 'use'", quoted(name),
		    name.p);
	return k;
}

static int
parse_stop_words(struct rule_parser *ps)
{
	struct lang_rules *in = ps->in ? ps->in : &ps->p->base;
	struct word_list *list;
	size_t k;

	if (ps->w.n < 3)
		return bad(ps,
		    "'stopwords' takes a rule set and words: write 'stopwords SET "
		    "WORD ...'");
	k = named_set(ps, ps->w.v[1]);
	if (k == SIZE_MAX)
		return -1;
	if (!ps->p->set[k]->stop_words)
		return bad(ps, "rule set '%s' uses no stop words", ps->p->set[k]->name);
	if (ps->stop_words[k])
		return bad(ps,
		    "stop words of '%s' are given twice: write them on one line",
		    ps->p->set[k]->name);
	ps->stop_words[k] = true;
	if (ps->w.n - 2 > WORD_LIST_MAX)
		return bad(ps, "%zu stop words, limit is %d: keep the most frequent",
		    ps->w.n - 2, WORD_LIST_MAX);
	list = rule_plan_add_stop_words(ps->p, in, ps->p->set[k]);
	for (size_t i = 2; i < ps->w.n; i++)
		if (!word_list_add(list, ps->w.v[i]))
			return bad(ps, "stop word '%.*s' is given twice",
			    quoted(ps->w.v[i]), ps->w.v[i].p);
	return 0;
}

static int
parse_skip(struct rule_parser *ps)
{
	if (!ps->in)
		return bad(ps, "'skip' must come after 'lang'");
	if (ps->w.n < 2)
		return bad(ps, "'skip' takes rule sets: write 'skip SET ...'");
	for (size_t i = 1; i < ps->w.n; i++) {
		size_t k = named_set(ps, ps->w.v[i]);

		if (k == SIZE_MAX)
			return -1;
		ps->in->skip[k] = true;
	}
	return 0;
}

static int
parse_lang(struct rule_parser *ps)
{
	if (ps->w.n != 2 || ps->w.v[1].n > 64)
		return bad(ps, "'lang' takes one language code of at most 64 bytes");
	ps->in = rule_plan_add_lang(ps->p, ps->w.v[1]);
	if (!ps->in && ps->p->nlangs == RULES_MAX_LANGS)
		return bad(ps, "too many languages, limit is %d", RULES_MAX_LANGS);
	if (!ps->in)
		return bad(ps, "language '%.*s' is given twice", quoted(ps->w.v[1]),
		    ps->w.v[1].p);
	ps->in->line = ps->w.line;
	ps->nseen = 0;
	memset(ps->stop_words, 0, sizeof ps->stop_words);
	return 0;
}

static int
parse_line(struct rule_parser *ps)
{
	struct span key = ps->w.v[0];

	if (span_eq(key, SPAN("use")))
		return parse_use(ps);
	if (span_eq(key, SPAN("segmenter")))
		return parse_segmenter(ps);
	begin(ps);
	if (span_eq(key, SPAN("set")))
		return parse_set(ps);
	if (span_eq(key, SPAN("stopwords")))
		return parse_stop_words(ps);
	if (span_eq(key, SPAN("lang")))
		return parse_lang(ps);
	if (span_eq(key, SPAN("skip")))
		return parse_skip(ps);
	return bad(ps,
	    "unknown directive '%.*s': choose from use segmenter set stopwords lang "
	    "skip",
	    quoted(key), key.p);
}

static int
parse_lines(struct rule_parser *ps, struct span text)
{
	const struct span bom = SPAN("\xef\xbb\xbf");
	bool first = true;

	if (span_starts(text, bom))
		text = span_from(text, bom.n);
	ps->w.text = text;
	while (directives_next(&ps->w)) {
		if (memchr(ps->w.whole.p, '\0', ps->w.whole.n) ||
		    !utf8_valid(ps->w.whole))
			return bad(ps, "line is not valid UTF-8 or contains a NUL byte");
		if (first && (ps->w.n != 2 || !span_eq(ps->w.v[0], SPAN("tamis-rules")) ||
				 !span_eq(ps->w.v[1], SPAN("1"))))
			return bad(ps,
			    "not a rule file: the first line must be 'tamis-rules 1'");
		if (!first && parse_line(ps) < 0)
			return -1;
		first = false;
	}
	if (first)
		return err_set(ps->err, EXIT_DATA,
		    "%s: not a rule file: the first line must be 'tamis-rules 1'",
		    ps->name);
	return 0;
}

int
rule_file_parse(struct span text, const char *name, const struct rule_set *const *more,
    size_t nmore, struct rule_plan *p, struct err *err)
{
	struct rule_parser ps = { .p = p,
		.name = name,
		.err = err,
		.more = more,
		.nmore = nmore,
		.w.whole_comment = true };
	int rc;

	if (text.n > RULES_MAX_BYTES)
		return err_set(err, EXIT_DATA,
		    "%s: file is %zu bytes, limit of a rule file is %d", name, text.n,
		    (int)RULES_MAX_BYTES);
	rc = parse_lines(&ps, text);
	if (rc == 0)
		begin(&ps);
	directives_free(&ps.w);
	free(ps.seen);
	return rc;
}
