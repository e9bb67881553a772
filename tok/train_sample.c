/* train_sample.c - samples documents by key, and cuts them where the trainer can take
 * them. */
#include "tok/train_sample.h"

#include <stdlib.h>

#include "lib/base/mem.h"

struct sampled {
	uint64_t key, order; /* order: of arrival */
	char *text;
	size_t n;
};

static bool
before(const struct sampled *a, const struct sampled *b)
{
	return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void
sift_up(struct sampled *h, size_t i)
{
	while (i > 0 && before(&h[(i - 1) / 2], &h[i])) {
		struct sampled t = h[i];

		h[i] = h[(i - 1) / 2];
		h[(i - 1) / 2] = t;
		i = (i - 1) / 2;
	}
}

static void
sift_down(struct sampled *h, size_t n, size_t i)
{
	for (;;) {
		size_t most = i;

		for (size_t kid = 2 * i + 1; kid <= 2 * i + 2 && kid < n; kid++)
			if (before(&h[most], &h[kid]))
				most = kid;
		if (most == i)
			return;

		struct sampled t = h[i];

		h[i] = h[most];
		h[most] = t;
		i = most;
	}
}

void
lines_add(struct lines *l, uint64_t key, struct span text)
{
	struct sampled s = { key, l->all_docs, NULL, text.n };

	l->all_docs++;
	l->all_bytes += text.n;
	if (text.n == 0)
		return;
	/* It would be the first to go again. */
	if (l->budget && l->held >= l->budget && !before(&s, &l->heap[0]))
		return;
	if (l->n == l->cap) {
		l->cap = l->cap ? xmul(l->cap, 2) : 1024;
		l->heap = xrealloc(l->heap, l->cap, sizeof *l->heap);
	}
	s.text = xmalloc(text.n);
	memcpy(s.text, text.p, text.n);
	l->heap[l->n] = s;
	sift_up(l->heap, l->n++);
	l->held += text.n;
	while (l->budget && l->held - l->heap[0].n >= l->budget) {
		l->held -= l->heap[0].n;
		free(l->heap[0].text);
		l->heap[0] = l->heap[--l->n];
		sift_down(l->heap, l->n, 0);
	}
}

static int
by_key(const void *a, const void *b)
{
	return before(a, b) ? -1 : 1;
}

void
lines_start(struct lines *l)
{
	if (l->n > 0)
		qsort(l->heap, l->n, sizeof *l->heap, by_key);
}

static bool
inside_char(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the document that fit the budget, whole characters. */
static size_t
within_budget(const struct lines *l, const struct sampled *s)
{
	size_t n = s->n;

	if (!l->budget || l->used_bytes + n <= l->budget)
		return n;
	n = (size_t)(l->budget - l->used_bytes);
	while (n > 0 && inside_char(s->text[n]))
		n--;
	return n;
}

/*
 * Where a line that is too long is cut: before its last run of spaces, where the trainer
 * parts words anyway, else before any character.
 */
static size_t
cut_long(struct span s)
{
	size_t at = LINES_MAX;

	for (size_t i = LINES_MAX; i > 1; i--)
		if (s.p[i] == ' ' && s.p[i - 1] != ' ')
			return i;
	while (at > 1 && inside_char(s.p[at]))
		at--;
	return at;
}

/* Length of the line at the front of s, and of what ends it. */
static size_t
line_length(struct lines *l, struct span s, size_t *end)
{
	*end = 0;
	for (size_t i = 0; i < s.n && i <= LINES_MAX; i++) {
		if (s.p[i] == '\n') {
			/* A carriage return belongs to the line's end, not to its text.
			 */
			*end = i > 0 && s.p[i - 1] == '\r' ? 2 : 1;
			return i + 1 - *end;
		}
		/* U+2585 is the trainer's own mark: it skips lines that hold one. */
		if (s.p[i] == '\xe2' && s.n - i >= 3 && s.p[i + 1] == '\x96' &&
		    s.p[i + 2] == '\x85') {
			*end = 3;
			l->dropped++;
			return i;
		}
	}
	if (s.n <= LINES_MAX)
		return s.n;
	l->cut++;
	return cut_long(s);
}

bool
lines_next(struct lines *l, struct span *line)
{
	while (l->doc < l->n) {
		struct sampled *s = &l->heap[l->doc];
		size_t n = within_budget(l, s);

		while (l->at < n) {
			struct span rest = { s->text + l->at, n - l->at };
			size_t end, len = line_length(l, rest, &end);

			l->at += len + end;
			if (len > 0) {
				*line = (struct span){ rest.p, len };
				l->used_lines++;
				return true;
			}
		}
		l->used_docs += n > 0;
		l->used_bytes += n;
		free(s->text);
		s->text = NULL;
		l->doc++;
		l->at = 0;
	}
	return false;
}

void
lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->heap[i].text);
	free(l->heap);
	*l = (struct lines){ 0 };
}
