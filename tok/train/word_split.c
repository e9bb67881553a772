/* word_split.c - split text into words: stretches that no piece of a BPE model crosses.
 */
#include "tok/train/word_split.h"

#include <stdlib.h>

#include "lib/text/unicode.h"
#include "lib/text/utf8.h"

#define CODE_POINTS 0x110000
#define SPACE	    "\xe2\x96\x81" /* U+2581 */

struct word_rules {
	uint8_t class[CODE_POINTS];
	bool starts[256];    /* whether a symbol starts with a byte */
	struct span *symbol; /* in order of bytes, ' ' for U+2581 */
	size_t n;
	struct arena text;
};

static unsigned
class_of(uint32_t c, unsigned han)
{
	unsigned script;

	if (c == ' ' || c == 0x2581)
		return CLASS_SPACE;
	if (c == '\t' || c == 0)
		return CLASS_SYMBOL;
	if ((c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19))
		return CLASS_DIGIT;
	if (c == 0x30fc) /* the long vowel of Katakana */
		return han;
	script = unicode_script(c);
	if (script == 0)
		return unicode_inherits_script(c) ? CLASS_INHERITED : 0;
	if (script == unicode_script(0x3042) || script == unicode_script(0x30a2))
		return han;
	return script < CLASS_INHERITED ? script : 0;
}

static int
by_bytes(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	const int d = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return d ? d : (x->n > y->n) - (x->n < y->n);
}

struct word_rules *
word_rules_new(const struct span *symbols, size_t n)
{
	struct word_rules *s = xcalloc(1, sizeof *s);
	const unsigned han = unicode_script(0x4e00);
	struct buf copy = { 0 };

	for (uint32_t c = 0; c < CODE_POINTS; c++)
		s->class[c] = (uint8_t)class_of(c, han);
	s->symbol = xcalloc(n + 1, sizeof *s->symbol);
	for (size_t i = 0; i < n; i++) {
		const struct span text = word_rules_line(symbols[i], &copy);

		if (text.n == 0)
			continue;
		s->symbol[s->n++] = (struct span){ arena_copy(&s->text, text), text.n };
		s->starts[(unsigned char)text.p[0]] = true;
	}
	qsort(s->symbol, s->n, sizeof *s->symbol, by_bytes);
	buf_free(&copy);
	return s;
}

void
word_rules_free(struct word_rules *s)
{
	if (!s)
		return;
	free(s->symbol);
	arena_free(&s->text);
	free(s);
}

unsigned
word_rules_class(const struct word_rules *s, uint32_t c)
{
	return s->class[c];
}

bool
classes_join(unsigned left, unsigned right)
{
	if (left == CLASS_SYMBOL || right == CLASS_SYMBOL || left == CLASS_DIGIT ||
	    right == CLASS_DIGIT)
		return false;
	if (left == CLASS_SPACE)
		return true;
	if (right == CLASS_SPACE)
		return false;
	return left == right || left == CLASS_INHERITED || right == CLASS_INHERITED;
}

struct span
word_rules_line(struct span line, struct buf *copy)
{
	const char *const end = line.p + line.n;
	const char *from = line.p, *p = line.p;

	copy->n = 0;
	while ((p = memchr(p, SPACE[0], (size_t)(end - p)))) {
		if (end - p < 3 || memcmp(p, SPACE, 3) != 0) {
			p++;
			continue;
		}
		buf_put(copy, from, (size_t)(p - from));
		buf_putc(copy, ' ');
		from = p += 3;
	}
	if (copy->n == 0)
		return line;
	buf_put(copy, from, (size_t)(end - from));
	return buf_span(copy);
}

/* The length of the longest symbol at the front of s, or 0. */
static size_t
symbol_at(const struct word_rules *sp, struct span s)
{
	size_t lo = 0, hi = sp->n, longest = 0;

	/* The symbols in [lo, hi) start with the first `i` bytes of s. */
	for (size_t i = 0; i < s.n && lo < hi; i++) {
		const unsigned char c = (unsigned char)s.p[i];
		size_t a = lo, b = hi, end = hi;

		while (a < b) {
			const size_t mid = a + (b - a) / 2;
			const struct span t = sp->symbol[mid];

			if (t.n <= i || (unsigned char)t.p[i] < c)
				a = mid + 1;
			else
				b = mid;
		}
		for (lo = a; a < end;) {
			const size_t mid = a + (end - a) / 2;

			if ((unsigned char)sp->symbol[mid].p[i] <= c)
				a = mid + 1;
			else
				end = mid;
		}
		hi = end;
		if (lo < hi && sp->symbol[lo].n == i + 1)
			longest = i + 1;
	}
	return longest;
}

static size_t
symbol_starts(const struct word_rules *s, struct span line, size_t at)
{
	return s->starts[(unsigned char)line.p[at]] ? symbol_at(s, span_from(line, at))
						    : 0;
}

bool
word_rules_next(
    const struct word_rules *s, struct span line, size_t *at, struct span *word)
{
	static const char symbol[] = { WORD_SYMBOL };
	const size_t start = *at;
	size_t n, end = start;
	unsigned class;

	if (start == line.n)
		return false;
	n = symbol_starts(s, line, start);
	if (n) {
		*at += n;
		*word = (struct span){ symbol, 1 };
		return true;
	}
	class = s->class[utf8_next(line, &end)];
	while (end < line.n) {
		size_t next = end;
		const unsigned right = s->class[utf8_next(line, &next)];

		if (!classes_join(class, right) || symbol_starts(s, line, end))
			break;
		class = right;
		end = next;
	}
	*at = end;
	*word = (struct span){ line.p + start, end - start };
	return true;
}
