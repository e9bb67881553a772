/* sentences.c - split UTF-8 text into sentences by rules SB3 to SB11 of UAX #29. */
#include "lib/text/segment.h"
#include "lib/text/utf8.h"

struct sentence_scan {
	const uint32_t *classes;
	struct span s;
};

/* The class of the character at `at`; *next: the end of it and its marks (SB5).  At the
 * end of the text SENTENCE_OTHER, which no rule tests. */
static enum sentence_class
class_at(const struct sentence_scan *k, size_t at, size_t *next)
{
	enum sentence_class c = SENTENCE_OTHER;

	*next = at;
	if (at >= k->s.n)
		return c;
	c = sentence_class(k->classes[utf8_next(k->s, next)]);
	if (c == SENTENCE_CR || c == SENTENCE_LF || c == SENTENCE_SEP)
		return c;
	for (size_t i = *next; i < k->s.n; *next = i)
		if (sentence_class(k->classes[utf8_next(k->s, &i)]) != SENTENCE_EXTEND)
			break;
	return c;
}

/* The class of the last character before `at` that is not a mark. */
static enum sentence_class
class_before(const struct sentence_scan *k, size_t from, size_t at)
{
	while (at > from) {
		size_t i;
		enum sentence_class c;

		while (at > from && ((unsigned char)k->s.p[--at] & 0xc0) == 0x80)
			;
		i = at;
		c = sentence_class(k->classes[utf8_next(k->s, &i)]);
		if (c != SENTENCE_EXTEND)
			return c;
	}
	return SENTENCE_OTHER;
}

static bool
ends_paragraph(enum sentence_class c)
{
	return c == SENTENCE_CR || c == SENTENCE_LF || c == SENTENCE_SEP;
}

static bool
is_cased(enum sentence_class c)
{
	return c == SENTENCE_LOWER || c == SENTENCE_UPPER;
}

static bool
is_terminator(enum sentence_class c)
{
	return c == SENTENCE_ATERM || c == SENTENCE_STERM;
}

/* SB8: whether a lower-case letter comes before any other letter, terminator or end. */
static bool
lower_follows(const struct sentence_scan *k, size_t at)
{
	while (at < k->s.n) {
		enum sentence_class c = sentence_class(k->classes[utf8_next(k->s, &at)]);

		if (c == SENTENCE_LOWER)
			return true;
		if (c == SENTENCE_UPPER || c == SENTENCE_LETTER || is_terminator(c) ||
		    ends_paragraph(c))
			return false;
	}
	return false;
}

/*
 * SB6 to SB11 for the terminator at `at` in the sentence that begins at `from`.  Returns
 * where to continue; *end: the sentence ends there.
 */
static size_t
after_terminator(const struct sentence_scan *k, size_t from, size_t at, bool *end)
{
	size_t next, i;
	enum sentence_class c = class_at(k, at, &i), b = class_at(k, i, &next);

	*end = false;
	if (c == SENTENCE_ATERM &&
	    (b == SENTENCE_NUMERIC ||
		(b == SENTENCE_UPPER && is_cased(class_before(k, from, at)))))
		return i;
	while (b == SENTENCE_CLOSE)
		i = next, b = class_at(k, i, &next);
	while (b == SENTENCE_SPACE)
		i = next, b = class_at(k, i, &next);
	if (b == SENTENCE_CONTINUE || is_terminator(b) ||
	    (c == SENTENCE_ATERM && lower_follows(k, i)))
		return i;
	*end = !ends_paragraph(b); /* the caller ends it there */
	return i;
}

/* Skip ASCII that ends neither a sentence nor a paragraph. */
static size_t
plain_run(struct span s, size_t i)
{
	for (; i < s.n; i++) {
		unsigned char b = (unsigned char)s.p[i];

		if (b >= 0x80 || b == '.' || b == '!' || b == '?' || b == '\n' ||
		    b == '\r')
			break;
	}
	return i;
}

/* The end of the sentence that begins at `from`, with the white space after it. */
static size_t
sentence_end(const struct sentence_scan *k, size_t from)
{
	size_t i = from;

	while ((i = plain_run(k->s, i)) < k->s.n) {
		size_t at = i;
		enum sentence_class c = sentence_class(k->classes[utf8_next(k->s, &i)]);
		bool end;

		if (ends_paragraph(c)) {
			bool crlf = c == SENTENCE_CR && i < k->s.n && k->s.p[i] == '\n';

			return i + crlf;
		}
		if (is_terminator(c)) {
			i = after_terminator(k, from, at, &end);
			if (end)
				return i;
		}
	}
	return k->s.n;
}

static bool
is_space(const struct sentence_scan *k, struct span s, size_t at)
{
	return k->classes[utf8_next(s, &at)] & CHAR_SPACE;
}

/* s without the white space around it. */
static struct span
trim(const struct sentence_scan *k, struct span s)
{
	while (s.n && is_space(k, s, 0)) {
		size_t next = 0;

		utf8_next(s, &next);
		s = span_from(s, next);
	}
	for (size_t at = s.n; at > 0; s.n = at) {
		while (((unsigned char)s.p[--at] & 0xc0) == 0x80)
			;
		if (!is_space(k, s, at))
			break;
	}
	return s;
}

bool
sentences_next(struct sentences *it, struct span *sentence)
{
	struct sentence_scan k = { unicode_classes(), it->text };

	while (it->at < it->text.n) {
		size_t from = it->at;

		it->at = sentence_end(&k, from);
		*sentence = trim(&k, (struct span){ it->text.p + from, it->at - from });
		if (sentence->n)
			return true;
	}
	return false;
}
