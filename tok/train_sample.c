/* train_sample.c - sample documents by key, and cut them into lines for the trainer. */
#include "tok/train_sample.h"

#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/text/utf8.h"

struct train_doc {
	uint64_t key, order; /* order: documents added before */
	char *text;
	size_t n;
	uint64_t weight;
};

static bool
before(const struct train_doc *a, const struct train_doc *b)
{
	return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void
sift_up(struct train_doc *h, size_t i)
{
	while (i > 0 && before(&h[(i - 1) / 2], &h[i])) {
		struct train_doc t = h[i];

		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

static void
sift_down(struct train_doc *h, size_t n, size_t i)
{
	for (;;) {
		size_t most = i;

		for (size_t kid = 2 * i + 1; kid <= 2 * i + 2 && kid < n; kid++)
			if (before(&h[most], &h[kid]))
				most = kid;
		if (most == i)
			return;

		struct train_doc t = h[i];

		h[i] = h[most];
		h[most] = t;
		i = most;
	}
}

void
train_sample_add(struct train_sample *s, uint64_t key, struct span text, uint64_t weight)
{
	struct train_doc new = { key, s->all_docs, NULL, text.n, weight };

	s->all_docs++;
	s->all_bytes += text.n;
	if (text.n == 0)
		return;
	/* It would be the first to be removed again. */
	if (s->budget && s->held >= s->budget && !before(&new, &s->heap[0]))
		return;
	GROW(s->heap, s->n, s->cap);
	new.text = xmalloc(text.n);
	memcpy(new.text, text.p, text.n);
	s->heap[s->n] = new;
	sift_up(s->heap, s->n++);
	s->held += text.n;
	while (s->budget && s->held - s->heap[0].n >= s->budget) {
		s->held -= s->heap[0].n;
		free(s->heap[0].text);
		s->heap[0] = s->heap[--s->n];
		sift_down(s->heap, s->n, 0);
	}
}

static int
by_key(const void *a, const void *b)
{
	return before(a, b) ? -1 : 1;
}

void
train_sample_start(struct train_sample *s)
{
	if (s->n > 0)
		qsort(s->heap, s->n, sizeof *s->heap, by_key);
}

static bool
inside_char(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the document, in whole characters, that fit into the budget after `used`. */
static size_t
within_budget(const struct train_sample *s, uint64_t used, const struct train_doc *d)
{
	size_t n = d->n;

	if (!s->budget || used + n <= s->budget)
		return n;
	n = (size_t)(s->budget - used);
	while (n > 0 && inside_char(d->text[n]))
		n--;
	return n;
}

/*
 * Where to cut a line that is too long: before its last run of spaces, where the trainer
 * ends a word anyway.  A line without spaces is cut between characters.
 */
static size_t
cut_long(struct span s)
{
	size_t at = TRAIN_LINE_MAX;

	for (size_t i = TRAIN_LINE_MAX; i > 1; i--)
		if (s.p[i] == ' ' && s.p[i - 1] != ' ')
			return i;
	while (at > 1 && inside_char(s.p[at]))
		at--;
	return at;
}

/* Where lines of text that fit end, before the first line that is not empty; 0: nowhere.
 */
static size_t
after_newline(struct span s)
{
	for (size_t i = TRAIN_LINE_MAX; i > 0; i--)
		if (s.p[i - 1] == '\n' && s.p[i] != '\n' && s.p[i] != '\r')
			return i;
	return 0;
}

/* The length of the first line of text; *end is the length of its line end. */
static size_t
line_length(struct train_lines *s, struct span text, size_t *end)
{
	*end = 0;
	for (size_t i = 0; i < text.n && i <= TRAIN_LINE_MAX; i++) {
		if (text.p[i] == '\n' && !s->newlines) {
			/* A carriage return is part of the line end. */
			*end = i > 0 && text.p[i - 1] == '\r' ? 2 : 1;
			return i + 1 - *end;
		}
		/* The trainer uses U+2585 as a mark and skips lines that contain it. */
		if (text.p[i] == '\xe2' && text.n - i >= 3 && text.p[i + 1] == '\x96' &&
		    text.p[i + 2] == '\x85') {
			*end = 3;
			s->dropped++;
			return i;
		}
	}
	if (text.n <= TRAIN_LINE_MAX)
		return text.n;
	if (s->newlines) {
		const size_t at = after_newline(text);

		if (at > 0)
			return at;
	}
	s->cut++;
	return cut_long(text);
}

bool
train_line_next(struct train_lines *l, struct span *rest, struct span *line)
{
	while (rest->n) {
		size_t end, n = line_length(l, *rest, &end);

		*line = (struct span){ rest->p, n };
		*rest = span_from(*rest, n + end);
		l->n += n > 0;
		if (n > 0)
			return true;
	}
	return false;
}

bool
train_sample_has_spaces(const struct train_sample *s, double share)
{
	uint64_t used = 0, chars = 0, spaces = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct train_doc *d = &s->heap[i];
		const size_t n = within_budget(s, used, d);

		for (size_t k = 0; k < n; k++) {
			chars += !inside_char(d->text[k]);
			spaces += d->text[k] == ' ';
		}
		used += n;
	}
	return (double)spaces > share * (double)chars;
}

bool
train_sample_next(struct train_sample *s, struct span *line)
{
	if (s->first.n) {
		size_t n = 0;

		utf8_next(s->first, &n);
		*line = (struct span){ s->first.p, n };
		s->first = span_from(s->first, n);
		return true;
	}
	for (; s->doc < s->n; s->doc++) {
		struct train_doc *d = &s->heap[s->doc];
		const size_t n = within_budget(s, s->used_bytes, d);

		if (!s->rest.p)
			s->rest = (struct span){ d->text, n };
		s->weight = d->weight;
		if (train_line_next(&s->lines, &s->rest, line))
			return true;
		s->rest.p = NULL;
		s->used_docs += n > 0;
		s->used_bytes += n;
		free(d->text);
		d->text = NULL;
	}
	return false;
}

void
train_sample_free(struct train_sample *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->heap[i].text);
	free(s->heap);
	*s = (struct train_sample){ 0 };
}
