/* alphabet.c - the characters that get a piece of their own, chosen by their counts. */
#include "tok/train/alphabet.h"

#include <stdlib.h>

#include "lib/text/utf8.h"

#define CODE_POINTS 0x110000

void
alphabet_add(struct alphabet *a, struct span word, uint64_t count)
{
	if (!a->count)
		a->count = xcalloc(CODE_POINTS, sizeof *a->count);
	for (size_t at = 0; at < word.n;) {
		uint32_t c = utf8_next(word, &at);

		if (c == 0)
			continue;
		if (c == ' ')
			c = ALPHABET_SPACE;
		a->count[c] += count;
		a->all += count;
	}
}

static int
by_count(const void *a, const void *b)
{
	const struct letter *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->c > y->c) - (x->c < y->c);
}

static int
by_need(const void *a, const void *b)
{
	const struct letter *x = a, *y = b;

	return x->required != y->required ? y->required - x->required : by_count(a, b);
}

/* All characters that were counted or are required. */
static void
collect(struct alphabet *a, struct span required)
{
	bool *needed = xcalloc(CODE_POINTS, sizeof *needed);
	size_t cap = 0;

	if (!a->count)
		a->count = xcalloc(CODE_POINTS, sizeof *a->count);
	for (size_t at = 0; at < required.n;)
		needed[utf8_next(required, &at)] = true;
	for (uint32_t c = 1; c < CODE_POINTS; c++) {
		if (!a->count[c] && !needed[c])
			continue;
		GROW(a->letter, a->n, cap);
		a->letter[a->n++] = (struct letter){ c, a->count[c], needed[c] };
	}
	free(needed);
}

void
alphabet_choose(struct alphabet *a, double coverage, struct span required)
{
	uint64_t covered = 0;
	size_t kept = 0;

	collect(a, required);
	if (a->n)
		qsort(a->letter, a->n, sizeof *a->letter, by_need);
	/* Floats, as in SentencePiece's trainer, so that both choose the same. */
	for (size_t i = 0; i < a->n; i++) {
		const struct letter letter = a->letter[i];

		if (!letter.required &&
		    (float)((double)covered / (double)a->all) >= (float)coverage)
			break;
		covered += letter.count;
		if (letter.c != '\t')
			a->letter[kept++] = letter;
	}
	a->n = kept;
	if (a->n)
		qsort(a->letter, a->n, sizeof *a->letter, by_count);
	a->id = xcalloc(CODE_POINTS, sizeof *a->id);
	for (size_t i = 0; i < a->n; i++)
		a->id[a->letter[i].c] = (uint32_t)i + 1;
}

void
alphabet_free(struct alphabet *a)
{
	free(a->count);
	free(a->letter);
	free(a->id);
	*a = (struct alphabet){ 0 };
}
