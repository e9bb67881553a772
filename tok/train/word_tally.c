/* word_tally.c - count the words of one document, on any thread. */
#include "tok/train/word_tally.h"

#include <stdlib.h>

void
word_tally_start(struct word_tally *t)
{
	if (t->n < t->slots / 16) {
		for (size_t i = 0; i < t->n; i++) {
			size_t at = t->word[i].hash & (t->slots - 1);

			while (t->slot[at] != i + 1)
				at = (at + 1) & (t->slots - 1);
			t->slot[at] = 0;
		}
	} else if (t->slots) {
		memset(t->slot, 0, t->slots * sizeof *t->slot);
	}
	t->n = 0;
	arena_reset(&t->lines);
}

/* The slot of a word, or the free one for it. */
static uint32_t *
find_slot(const struct word_tally *t, struct span text, uint64_t hash)
{
	size_t at = hash & (t->slots - 1);

	while (t->slot[at]) {
		const struct counted *w = &t->word[t->slot[at] - 1];

		if (w->hash == hash && span_eq(w->text, text))
			break;
		at = (at + 1) & (t->slots - 1);
	}
	return &t->slot[at];
}

static void
grow(struct word_tally *t)
{
	free(t->slot);
	t->slots = t->slots ? 2 * t->slots : 1024;
	t->slot = xcalloc(t->slots, sizeof *t->slot);
	for (size_t i = 0; i < t->n; i++)
		*find_slot(t, t->word[i].text, t->word[i].hash) = (uint32_t)i + 1;
}

void
word_tally_line(struct word_tally *t, const struct word_rules *s, struct span line)
{
	struct span text = word_rules_line(line, &t->copy), word;
	size_t at = 0;

	if (text.p != line.p)
		text.p = arena_copy(&t->lines, text);
	while (word_rules_next(s, text, &at, &word)) {
		const uint64_t hash = word_key(word);
		uint32_t *slot;

		if (2 * t->n >= t->slots)
			grow(t);
		slot = find_slot(t, word, hash);
		if (!*slot) {
			GROW(t->word, t->n, t->cap);
			t->word[t->n++] = (struct counted){ hash, word, 0 };
			*slot = (uint32_t)t->n;
		}
		t->word[*slot - 1].count++;
	}
}

void
word_tally_free(struct word_tally *t)
{
	free(t->word);
	free(t->slot);
	buf_free(&t->copy);
	arena_free(&t->lines);
	*t = (struct word_tally){ 0 };
}
