/* bpe_trainer.c - train a BPE model on words counted in bounded memory. */
#include "tok/train/bpe_trainer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/text/utf8.h"
#include "tok/train/alphabet.h"
#include "tok/train/bpe_merges.h"
#include "tok/train/bpe_model.h"
#include "tok/train/corpus.h"
#include "tok/train/word_counts.h"

enum { AHEAD = 8 }; /* words to prefetch */

struct bpe_trainer {
	struct vocab_settings *settings;
	uint64_t memory;
	struct fixed_pieces fixed;
	struct word_rules *rules;
	struct word_counts *counts;
	struct alphabet alphabet;
	struct bpe_corpus corpus;
	struct bpe_symbols symbols;
};

struct bpe_trainer *
bpe_trainer_new(struct vocab_settings *settings, uint64_t memory, const char *tmp)
{
	struct bpe_trainer *t = xcalloc(1, sizeof *t);
	struct span *text;

	t->settings = settings;
	t->memory = memory;
	fixed_pieces_set(&t->fixed, settings);
	text = xcalloc(t->fixed.n + 1, sizeof *text);
	for (size_t i = 0; i < t->fixed.n; i++)
		text[i] = t->fixed.v[i].text;
	t->rules = word_rules_new(text, t->fixed.n);
	free(text);
	t->counts = word_counts_new(memory, tmp);
	return t;
}

const struct word_rules *
bpe_trainer_rules(const struct bpe_trainer *t)
{
	return t->rules;
}

int
bpe_trainer_add(struct bpe_trainer *t, const struct counted *words, size_t n,
    uint64_t weight, struct err *err)
{
	for (size_t i = 0; i < n && i < AHEAD; i++)
		word_counts_prefetch(t->counts, words[i].hash);
	for (size_t i = 0; i < n; i++) {
		struct counted w = words[i];

		if (i + AHEAD < n)
			word_counts_prefetch(t->counts, words[i + AHEAD].hash);
		w.count *= weight;
		if (w.count && word_counts_add(t->counts, &w, err) < 0)
			return -1;
	}
	return 0;
}

int
bpe_trainer_put(struct bpe_trainer *t, const struct counted *w, struct err *err)
{
	return word_counts_put(t->counts, w, err);
}

int
bpe_trainer_end(struct bpe_trainer *t, struct err *err)
{
	return word_counts_end(t->counts, err);
}

int
bpe_trainer_each(struct bpe_trainer *t, word_fn *each, void *arg, struct err *err)
{
	return word_counts_each(t->counts, each, arg, err);
}

static int
survey(void *arg, const struct counted *w, struct err *err)
{
	struct bpe_trainer *t = arg;

	alphabet_add(&t->alphabet, w->text, w->count);
	corpus_survey(&t->corpus, w);
	return 0;
}

static int
load(void *arg, const struct counted *w, struct err *err)
{
	struct bpe_trainer *t = arg;

	corpus_add(&t->corpus, &t->alphabet, w);
	return 0;
}

/*
 * Require a piece for the space if its share of the text is too small to get one.  A
 * space would be encoded as the bytes of U+2581, and decode to that.
 */
static void
require_space(struct bpe_trainer *t)
{
	struct vocab_settings *v = t->settings;
	const struct alphabet *a = &t->alphabet;
	const double share = 2 * (1 - v->coverage);

	if (v->has_space || (!v->takes_spaces && (double)a->count[ALPHABET_SPACE] >
						     share * (double)a->all))
		return;
	buf_put(&v->required, VOCAB_SPACE.p, VOCAB_SPACE.n);
}

/* Choose the letters.  0, or -1 with *err if there are too many. */
static int
choose_letters(struct bpe_trainer *t, struct err *err)
{
	const struct vocab_settings *v = t->settings;
	size_t need;

	require_space(t);
	/* SentencePiece's trainer gets them as a line each. */
	alphabet_add(&t->alphabet, buf_span(&v->required), 1);
	alphabet_choose(&t->alphabet, v->coverage, buf_span(&v->required));
	need = t->alphabet.n + t->fixed.n;
	if (need > v->size)
		return err_set(err, EXIT_DATA,
		    "the characters of the text need %zu pieces, --size is %" PRIu64
		    ": raise --size or lower --coverage",
		    need, v->size);
	for (size_t i = 0; i < t->alphabet.n; i++) {
		const uint32_t c = t->alphabet.letter[i].c;

		bpe_symbols_letter(&t->symbols, c, word_rules_class(t->rules, c));
	}
	return 0;
}

static int
put_model(
    struct bpe_trainer *t, struct buf *out, struct bpe_trained *stats, struct err *err)
{
	stats->pieces =
	    bpe_model_put(out, t->settings, &t->fixed, &t->symbols, t->alphabet.n);
	if (!stats->pieces)
		return err_set(err, EXIT_DATA,
		    "the text yields too few pieces for id %" PRIu32
		    " in --special-ids: lower the id, or add text",
		    special_ids_most(&t->settings->special_ids));
	return 0;
}

int
bpe_trainer_finish(struct bpe_trainer *t, void (*progress)(void *ctx, uint64_t merges),
    void *ctx, struct buf *out, struct bpe_trained *stats, struct err *err)
{
	struct bpe_limits limits = {
		.memory = t->memory / 4, .progress = progress, .ctx = ctx
	};

	if (word_counts_each(t->counts, survey, t, err) < 0)
		return -1;
	if (!t->alphabet.all)
		return err_set(
		    err, EXIT_DATA, "no document has text: train on documents with text");
	if (choose_letters(t, err) < 0)
		return -1;
	corpus_fit(&t->corpus, t->memory / 4 * 3);
	if (word_counts_each(t->counts, load, t, err) < 0)
		return -1;
	*stats = (struct bpe_trained){ .words = t->corpus.distinct,
		.kept = t->corpus.kept,
		.least = t->corpus.least,
		.spills = word_counts_spills(t->counts) };
	word_counts_free(t->counts);
	t->counts = NULL;
	limits.merges = t->settings->size - t->fixed.n - t->alphabet.n;
	bpe_merge(&t->corpus, &t->symbols, &limits);
	return put_model(t, out, stats, err);
}

void
bpe_trainer_free(struct bpe_trainer *t)
{
	if (!t)
		return;
	fixed_pieces_free(&t->fixed);
	word_rules_free(t->rules);
	word_counts_free(t->counts);
	alphabet_free(&t->alphabet);
	corpus_free(&t->corpus);
	bpe_symbols_free(&t->symbols);
	free(t);
}
