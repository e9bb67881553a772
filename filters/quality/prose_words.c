/* prose_words.c - step through the words of a text that are prose: not URLs or markup. */
#include "filters/quality/prose_words.h"

#include "lib/base/chars.h"
#include "lib/base/err.h"
#include "lib/text/utf8.h"

/* The longest tag that is recognized, in bytes. */
enum { TAG_MAX = 4096 };

/* Whether the word has a letter and begins with something other than a number. */
static bool
is_word(const struct measure *m, struct span w)
{
	size_t i = 0;

	if (w.n == 0 || (m->classes[utf8_next(w, &i)] & CHAR_NUMBER))
		return false;
	for (i = 0; i < w.n;)
		if (m->classes[utf8_next(w, &i)] & CHAR_ALPHA)
			return true;
	return false;
}

static size_t
next_space(struct span text, size_t at)
{
	while (at < text.n && !is_space(text.p[at]))
		at++;
	return at;
}

/* The end of the tag around `at`, which follows its '<'; 0: it is not a tag. */
static size_t
tag_end(struct span text, size_t at)
{
	const size_t end = text.n - at > TAG_MAX ? at + TAG_MAX : text.n;

	for (; at < end && text.p[at] != '<'; at++)
		if (text.p[at] == '>')
			return at + 1;
	return 0;
}

/* The end of the URL or the markup that the word [from, to) begins or is; 0: neither. */
static size_t
markup_end(struct span text, size_t from, size_t to)
{
	const char before = from > 0 ? text.p[from - 1] : ' ';
	const struct span w = { text.p + from, to - from };
	const struct span rest = span_from(text, to);

	if (span_starts(rest, SPAN("://")) ||
	    (span_eq(w, SPAN("www")) && span_starts(rest, SPAN("."))) ||
	    (span_starts(w, SPAN("www.")) && w.n > 4))
		return next_space(text, to);
	if (before == '<' || (from > 1 && text.p[from - 2] == '<' &&
				 (before == '/' || before == '!' || before == '?')))
		return tag_end(text, to);
	if (before == '\\' || (before == '&' && span_starts(rest, SPAN(";"))))
		return to;
	return 0;
}

/* The place of the next word in the text: measure_words() leaves out white space only. */
static size_t
find_word(struct prose_words *p)
{
	size_t at = p->at, next = at;

	while (next < p->m->text.n &&
	       word_class(p->m->classes[utf8_next(p->m->text, &next)]) == WORD_SPACE)
		at = next;
	return at;
}

bool
prose_words_next(struct prose_words *p, struct span *next)
{
	const struct words *w = measure_words(p->m);
	const struct span text = p->m->text;

	while (p->i < w->n) {
		const struct span s = word(w, p->i++);
		const size_t from = find_word(p);
		size_t end;

		if (!span_starts(span_from(text, from), s))
			BUG("a word is not in the text");
		p->at = from + s.n;
		if (from < p->after || !is_word(p->m, s))
			continue;
		end = markup_end(text, from, from + s.n);
		if (end > 0) {
			p->after = end;
			continue;
		}
		*next = s;
		return true;
	}
	return false;
}
