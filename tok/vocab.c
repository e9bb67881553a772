/* vocab.c - train a SentencePiece model on documents, reproducibly. */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/driver/tty.h"
#include "lib/io/stream.h"
#include "lib/text/unicode.h"
#include "lib/text/utf8.h"
#include "tok/doc_weights.h"
#include "tok/model_io.h"
#include "tok/sp.h"
#include "tok/train/bpe_trainer.h"
#include "tok/train/word_tally.h"
#include "tok/train_sample.h"
#include "tok/vocab_library.h"

#define BYTE_PIECES 256
/* Far above any vocabulary in use. */
#define MAX_SIZE   ((uint64_t)1 << 24)
#define MIN_MEMORY ((uint64_t)1 << 20)
/* The library holds its text in memory. */
#define LIBRARY_SAMPLE 100000000

enum { TYPE_BPE, TYPE_UNIGRAM };
enum { TRAINER_TAMIS, TRAINER_LIBRARY };

struct vocab {
	struct vocab_settings set;
	uint64_t sample, memory;
	unsigned preset, trainer, type;
	const char *user, *control, *special, *required, *weight;
	bool newlines;

	/* Set by open. */
	const char *output;
	uint64_t seed;
	bool quiet, verbose, shows_progress;
	struct doc_weights weights;
	struct bpe_trainer *bpe; /* NULL: the library trains */
	bool whole;		 /* count all text as it comes, without a sample */

	struct train_sample text; /* also the counts of what was used */

	/* While training. */
	struct progress progress;
	_Atomic uint64_t pieces; /* chosen so far; 0: not known */
};

/* The words of a document, from map to the sink. */
struct doc_words {
	struct counted *word;
	size_t n;
	uint64_t weight;
	struct train_lines lines;
};

static const struct vocab defaults = {
	.set = { .size = 256000, .coverage = 0.9999 },
	.memory = (uint64_t)1 << 30,
};

static const struct opt opts[] = {
	OPT_ENUM(0, "preset", struct vocab, preset, "nemotron",
	    "settings of a known tokenizer"),
	OPT_U64(0, "size", struct vocab, set.size, "number of pieces"),
	OPT_BYTES(0, "sample", struct vocab, sample,
	    "train on about BYTES of text; default: all, or 100M with SentencePiece"),
	OPT_ENUM(0, "type", struct vocab, type, "bpe|unigram", "model type"),
	OPT_ENUM(0, "trainer", struct vocab, trainer, "tamis|sentencepiece",
	    "trainer of BPE models; SentencePiece trains unigram models"),
	OPT_BYTES('m', "memory", struct vocab, memory,
	    "memory for counting words; rare words are sampled to fit"),
	OPT_DOUBLE(0, "coverage", struct vocab, set.coverage,
	    "share of characters that get a piece; the rest become bytes"),
	OPT_STR(0, "required-chars", struct vocab, required, "CHARS",
	    "characters that get a piece in any case"),
	OPT_STR(0, "weight", struct vocab, weight, "FIELD:VALUE=W,...",
	    "count documents W times by the value of a field"),
	OPT_STR(0, "user-symbols", struct vocab, user, "A,B,...",
	    "pieces that always match as a whole"),
	OPT_STR(0, "control-symbols", struct vocab, control, "A,B,...",
	    "pieces that no text matches"),
	OPT_STR(0, "special-ids", struct vocab, special, "NAME=ID,...",
	    "ids of unk, bos, eos and pad; none: no such piece; default: 0, 1, 2, 3"),
	OPT_BOOL(0, "newlines", struct vocab, newlines,
	    "learn pieces with newlines, for code"),
	OPT_END,
};

static void
vocab_close(void *self)
{
	struct vocab *v = self;

	train_sample_free(&v->text);
	bpe_trainer_free(v->bpe);
	doc_weights_free(&v->weights);
	symbols_free(&v->set.user);
	symbols_free(&v->set.control);
	buf_free(&v->set.required);
}

/* Check the characters that must get a piece. */
static int
open_required(struct vocab *v, struct err *err)
{
	const struct span s = v->required ? span_of(v->required) : SPAN("");

	if (!utf8_valid(s))
		return err_set(err, EXIT_USAGE, "--required-chars: not UTF-8");
	for (size_t at = 0, from = 0; at < s.n; from = at) {
		const uint32_t c = utf8_next(s, &at);
		const struct span one = { s.p + from, at - from };

		if (c == '\t' || c == 0x2585)
			return err_set(err, EXIT_USAGE,
			    "--required-chars: U+%04" PRIX32
			    " cannot be learnt: name it in --user-symbols",
			    c);
		for (size_t i = 0; i < v->set.user.n; i++)
			if (span_eq(v->set.user.v[i], one))
				return err_set(err, EXIT_USAGE,
				    "--required-chars: '%.*s' is in --user-symbols, too: "
				    "remove one",
				    (int)one.n, one.p);
		if (c == ' ')
			buf_put(&v->set.required, VOCAB_SPACE.p, VOCAB_SPACE.n);
		else
			buf_put(&v->set.required, one.p, one.n);
	}
	return 0;
}

/* Check the pieces that options name against the size of the model. */
static int
open_pieces(struct vocab *v, struct err *err)
{
	struct vocab_settings *s = &v->set;
	uint64_t fixed = BYTE_PIECES;

	if (s->size == 0 || s->size > MAX_SIZE)
		return err_set(err, EXIT_USAGE,
		    "--size %" PRIu64 ": must be from 1 to %" PRIu64, s->size, MAX_SIZE);
	if (special_ids_parse(&s->special_ids, v->special, s->size, err) < 0)
		return -1;
	s->states_ids = v->special != NULL;
	for (unsigned i = 0; i < SPECIALS; i++)
		fixed += s->special_ids.id[i] != SPECIAL_NONE;
	if (s->size <= fixed)
		return err_set(err, EXIT_USAGE,
		    "--size %" PRIu64 ": a model has %" PRIu64
		    " fixed pieces and at most %" PRIu64 " in all: write 300 to %" PRIu64,
		    s->size, fixed, MAX_SIZE, MAX_SIZE);
	if (symbols_parse(&s->user, "user-symbols", v->user, false, err) < 0 ||
	    symbols_parse(&s->control, "control-symbols", v->control, true, err) < 0 ||
	    symbols_check(&s->user, &s->control, err) < 0)
		return -1;
	s->has_space = symbols_have_space(&s->user);
	s->takes_spaces = symbols_contain_space(&s->user);
	return open_required(v, err);
}

/* Choose the trainer and the text it gets. */
static int
open_trainer(struct vocab *v, struct setup *setup, struct err *err)
{
	const bool library = v->type == TYPE_UNIGRAM || v->trainer == TRAINER_LIBRARY;

	if (v->memory < MIN_MEMORY)
		return err_set(err, EXIT_USAGE,
		    "--memory %" PRIu64 ": must be at least 1Mi", v->memory);
	if (doc_weights_parse(&v->weights, v->weight, err) < 0)
		return -1;
	if (library && v->weight)
		return err_set(err, EXIT_USAGE,
		    "--weight: SentencePiece's trainer has no weights: train BPE with "
		    "--trainer tamis");
	if (library) {
		setup_uses(setup, SPAN("sentencepiece"), span_of(sp_version()));
		v->text.budget = v->sample ? v->sample : LIBRARY_SAMPLE;
		return 0;
	}
	setup_uses(setup, SPAN("icu"), span_of(unicode_version()));
	v->whole = !v->sample;
	v->text.budget = v->sample;
	v->bpe = bpe_trainer_new(&v->set, v->memory, setup->c->tmp);
	return 0;
}

static int
open_all(struct vocab *v, struct setup *setup, struct err *err)
{
	const struct common *c = setup->c;

	v->output = c->output;
	v->seed = c->seed;
	v->quiet = c->quiet;
	v->verbose = c->verbose;
	v->shows_progress = common_progress(c);
	v->text.lines.newlines = v->newlines;
	memory_open();
	unicode_memory_open();
	if (!v->output || strcmp(v->output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output file: name the model with -o FILE");
	if (file_put_check(v->output, err) < 0)
		return -1;
	if (!(v->set.coverage >= 0.9 && v->set.coverage <= 1))
		return err_set(err, EXIT_USAGE,
		    "--coverage %s: out of range: write 0.9 to 1",
		    NUM_TEXT(v->set.coverage));
	if (open_pieces(v, err) < 0)
		return -1;
	return open_trainer(v, setup, err);
}

static int
vocab_open(void *self, struct setup *setup, struct err *err)
{
	if (open_all(self, setup, err) == 0)
		return 0;
	vocab_close(self);
	return -1;
}

static int
vocab_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct word_tally));
	return 0;
}

static void
vocab_close_thread(void *scratch)
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

/* Decode and count the text here, in parallel; the sink only adds or copies it. */
static void
vocab_map(const void *self, void *scratch, struct doc *d)
{
	const struct vocab *v = self;
	struct word_tally *t = scratch;
	struct span rest = doc_text(d), line;
	struct doc_words *words;

	if (!v->whole)
		return;
	words = doc_alloc(d, sizeof *words);
	*words = (struct doc_words){ .weight = doc_weights_of(&v->weights, d),
		.lines = { .newlines = v->newlines } };
	word_tally_start(t);
	while (words->weight && train_line_next(&words->lines, &rest, &line))
		word_tally_line(t, bpe_trainer_rules(v->bpe), line);
	words->n = t->n;
	words->word = copy_words(d, t->word, t->n);
	doc_state_set(d, words);
}

static int
add_whole(struct vocab *v, struct doc *d, struct err *err)
{
	const struct doc_words *words = doc_state(d);
	const size_t n = doc_text(d).n;
	struct train_sample *s = &v->text;

	s->all_docs++;
	s->all_bytes += n;
	if (n == 0 || words->weight == 0)
		return 0;
	s->used_docs++;
	s->used_bytes += n;
	s->lines.n += words->lines.n;
	s->lines.cut += words->lines.cut;
	s->lines.dropped += words->lines.dropped;
	return bpe_trainer_add(v->bpe, words->word, words->n, words->weight, err);
}

static int
vocab_write(void *self, struct doc *d, struct err *err)
{
	struct vocab *v = self;

	if (v->whole)
		return add_whole(v, d, err);
	train_sample_add(&v->text, hash64(doc_id(d), v->seed), doc_text(d),
	    doc_weights_of(&v->weights, d));
	return 0;
}

/* Count the words of the sample. */
static int
add_sample(struct vocab *v, struct err *err)
{
	struct word_tally t = { 0 };
	struct span line;
	int rc = 0;

	while (rc == 0 && train_sample_next(&v->text, &line)) {
		word_tally_start(&t);
		word_tally_line(&t, bpe_trainer_rules(v->bpe), line);
		rc = bpe_trainer_add(v->bpe, t.word, t.n, v->text.weight, err);
	}
	word_tally_free(&t);
	return rc;
}

static void
note_pieces(void *ctx, uint64_t n)
{
	struct vocab *v = ctx;

	atomic_store_explicit(&v->pieces, n, memory_order_relaxed);
}

static void
show_training(void *ctx)
{
	struct vocab *v = ctx;
	const uint64_t n = atomic_load_explicit(&v->pieces, memory_order_relaxed);
	const double seconds = progress_seconds(&v->progress);
	struct buf b = { 0 };

	buf_puts(&b, "vocab: training  ");
	progress_put_time(&b, seconds);
	if (n > 0)
		buf_putf(&b, "  %" PRIu64 "%s of %" PRIu64 " pieces", n,
		    v->type == TYPE_BPE ? "" : " candidates", v->set.size);
	if (n > 0 && n < v->set.size && v->type == TYPE_BPE) {
		buf_puts(&b, "  ");
		progress_put_time(&b, seconds * (double)(v->set.size - n) / (double)n);
		buf_puts(&b, " left");
	}
	buf_putc(&b, '\0');
	progress_line(&v->progress, "%s", b.p);
	buf_free(&b);
}

static int
train(struct vocab *v, struct buf *model, struct bpe_trained *stats, struct err *err)
{
	void (*const note)(void *, uint64_t) = v->progress.on ? note_pieces : NULL;
	const struct library_run run = { v->type == TYPE_UNIGRAM, v->verbose, note, v };

	if (!v->whole)
		train_sample_start(&v->text);
	if (!v->bpe)
		return library_train(&v->set, &run, &v->text, model, err);
	if (!v->whole && add_sample(v, err) < 0)
		return -1;
	return bpe_trainer_finish(v->bpe, note, v, model, stats, err);
}

/* Train with the progress line on, if the user wants it. */
static int
train_visibly(
    struct vocab *v, struct buf *model, struct bpe_trained *stats, struct err *err)
{
	struct ticker *ticker = NULL;
	int rc;

	progress_init(&v->progress, v->shows_progress);
	if (v->progress.on) {
		show_training(v);
		ticker = ticker_start(show_training, v);
	}
	rc = train(v, model, stats, err);
	ticker_stop(ticker);
	progress_clear(&v->progress);
	return rc;
}

static void
summarize(const struct vocab *v, const struct bpe_trained *stats)
{
	const struct train_sample *s = &v->text;
	struct buf b = { 0 };

	buf_putf(&b, "trained on ");
	num_put_si(&b, (double)s->used_bytes, "B");
	buf_puts(&b, " of ");
	num_put_si(&b, (double)s->all_bytes, "B");
	buf_putf(&b,
	    ", %" PRIu64 " of %" PRIu64 " documents, %" PRIu64 " lines (%" PRIu64
	    " cut at the limit, %" PRIu64 " U+2585 dropped)",
	    s->used_docs, s->all_docs, s->lines.n, s->lines.cut, s->lines.dropped);
	msg("%.*s", (int)b.n, b.p);
	buf_free(&b);
	if (stats->kept < stats->words)
		msg("trained on %" PRIu64 " of %" PRIu64
		    " words, a sample of the words with counts below %" PRIu64
		    ": raise --memory for all",
		    stats->kept, stats->words,
		    stats->least / (v->weight ? DOC_WEIGHT_ONE : 1));
	if (v->verbose && v->bpe)
		msg("counted %" PRIu64 " words, with %" PRIu64 " spills", stats->words,
		    stats->spills);
}

/* The number of pieces of the model that a trainer wrote. */
static uint64_t
count_pieces(const struct buf *model)
{
	struct model check;
	const char *why;
	uint64_t n;

	if (model_parse(&check, model->p, model->n, &why) < 0) {
		if (why == model_no_memory)
			no_memory();
		BUG("model_parse refuses the model that the trainer wrote");
	}
	n = check.n;
	model_free(&check);
	return n;
}

static int
vocab_finish(void *self, struct span report, struct err *err)
{
	struct vocab *v = self;
	struct bpe_trained stats = { 0 };
	struct buf model = { 0 };
	uint64_t pieces = 0;
	int rc;

	if (v->whole ? v->text.used_docs == 0 : v->text.n == 0)
		return err_set(
		    err, EXIT_DATA, "no document has text: train on documents with text");
	rc = train_visibly(v, &model, &stats, err);
	if (rc == 0)
		pieces = count_pieces(&model);
	if (rc == 0)
		rc = file_put(v->output, buf_span(&model), 0666, err);
	buf_free(&model);
	if (rc == 0 && pieces < v->set.size)
		warning("the text yields %" PRIu64 " pieces, --size is %" PRIu64
			": add text for more",
		    pieces, v->set.size);
	if (rc == 0 && !v->quiet)
		summarize(v, &stats);
	return rc;
}

static const struct sink vocab_sink = { .write = vocab_write, .finish = vocab_finish };

const struct filter filter_vocab = {
	.name = "vocab",
	.summary = "train a SentencePiece vocabulary on documents",
	.example = "tamis vocab -o corpus.model en.jsonl.zst de.jsonl.zst",
	.operands = "-o MODEL [FILE...]",
	.output = "MODEL",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = vocab_open,
	.map = vocab_map,
	.open_thread = vocab_open_thread,
	.close_thread = vocab_close_thread,
	.close = vocab_close,
	.sink = &vocab_sink,
};
