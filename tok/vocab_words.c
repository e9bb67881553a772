/* vocab_words.c - count the words of documents: in parallel, then into one trainer. */
#include "tok/vocab_words.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/driver/filter.h"
#include "tok/train/word_tally.h"
#include "tok/train_sample.h"

/* The words of a document, from map to the sink. */
struct doc_words {
	struct counted *word;
	size_t n;
	uint64_t weight;
	struct value_weight *match;
	struct train_lines lines;
};

int
vocab_words_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct word_tally));
	return 0;
}

void
vocab_words_close_thread(void *scratch)
{
	word_tally_free(scratch);
	free(scratch);
}

/* A copy of n words that lives as long as the document. */
static struct counted *
copy_words(struct doc *d, const struct counted *words, size_t n)
{
	struct counted *copy = doc_alloc(d, n * sizeof *copy);
	size_t bytes = 0;
	char *text;

	for (size_t i = 0; i < n; i++)
		bytes += words[i].text.n;
	text = doc_alloc(d, bytes);
	for (size_t i = 0; i < n; i++) {
		copy[i] = words[i];
		copy[i].text.p = memcpy(text, words[i].text.p, words[i].text.n);
		text += words[i].text.n;
	}
	return copy;
}

void
vocab_words_map(const struct vocab_words *v, void *scratch, struct doc *d)
{
	struct word_tally *t = scratch;
	struct span rest = doc_text(d), line;
	struct doc_words *words = doc_alloc(d, sizeof *words);

	*words = (struct doc_words){ .lines = { .newlines = v->newlines } };
	words->weight = doc_weights_of(&v->weights, d, &words->match);
	word_tally_start(t);
	while (words->weight && train_line_next(&words->lines, &rest, &line))
		word_tally_line(t, bpe_trainer_rules(v->bpe), line);
	words->n = t->n;
	words->word = copy_words(d, t->word, t->n);
	doc_state_set(d, words);
}

int
vocab_words_add(struct vocab_words *v, struct doc *d, struct err *err)
{
	const struct doc_words *words = doc_state(d);
	const size_t n = doc_text(d).n;
	struct train_totals *t = &v->totals;

	doc_weights_note(words->match);
	t->docs++;
	t->bytes += n;
	if (n == 0 || words->weight == 0)
		return 0;
	t->used_docs++;
	t->used_bytes += n;
	t->lines += words->lines.n;
	t->cut += words->lines.cut;
	t->dropped += words->lines.dropped;
	return bpe_trainer_add(v->bpe, words->word, words->n, words->weight, err);
}

int
vocab_memory_check(uint64_t memory, struct err *err)
{
	if (memory < VOCAB_MEMORY_MIN)
		return err_set(err, EXIT_USAGE,
		    "--memory %" PRIu64 ": must be at least 1Mi", memory);
	return 0;
}
