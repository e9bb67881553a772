/* vocab.c - train a SentencePiece model on documents, reproducibly. */
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/text/unicode.h"
#include "tok/model_io.h"
#include "tok/sp.h"
#include "tok/train/word_tally.h"
#include "tok/train_sample.h"
#include "tok/vocab_library.h"
#include "tok/vocab_training.h"
#include "tok/vocab_words.h"

/* The library holds its text in memory. */
#define LIBRARY_SAMPLE 100000000
/* The least coverage that it accepts. */
#define LIBRARY_COVERAGE 0.98

enum { TYPE_BPE, TYPE_UNIGRAM };
enum { TRAINER_TAMIS, TRAINER_LIBRARY };

struct vocab {
	struct vocab_settings set;
	uint64_t sample, memory;
	unsigned preset, trainer, type;
	const char *weight;
	struct piece_options pieces;

	/* Set by open. */
	const struct common *c;
	struct publish model;
	struct file_digest digest; /* of the model */
	bool whole;		   /* count all text as it comes, without a sample */

	struct vocab_words words;
	struct train_sample text; /* also the counts of what was used */
};

static const struct vocab defaults = {
	.set = { .size = 256000, .coverage = 0.9999 },
	.memory = VOCAB_MEMORY_DEFAULT,
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
	OPT_STR(0, "required-chars", struct vocab, pieces.required, "CHARS",
	    "characters that get a piece in any case"),
	OPT_STR(0, "weight", struct vocab, weight, "FIELD:VALUE=W,...",
	    "count documents W times by the value of a field"),
	OPT_STR(0, "user-symbols", struct vocab, pieces.user, "A,B,...",
	    "pieces that always match as a whole"),
	OPT_STR(0, "control-symbols", struct vocab, pieces.control, "A,B,...",
	    "pieces that no text matches"),
	OPT_STR(0, "special-ids", struct vocab, pieces.special, "NAME=ID,...",
	    "ids of unk, bos, eos and pad; none: no such piece; default: 0, 1, 2, 3"),
	OPT_BOOL(0, "newlines", struct vocab, words.newlines,
	    "learn pieces with newlines, for code"),
	OPT_END,
};

static void
vocab_close(void *self)
{
	struct vocab *v = self;

	publish_abort(&v->model);
	train_sample_free(&v->text);
	bpe_trainer_free(v->words.bpe);
	doc_weights_free(&v->words.weights);
	vocab_settings_free(&v->set);
}

/* Choose the trainer and the text it gets. */
static int
open_trainer(struct vocab *v, struct setup *setup, struct err *err)
{
	const bool library = v->type == TYPE_UNIGRAM || v->trainer == TRAINER_LIBRARY;

	if (vocab_memory_check(v->memory, err) < 0)
		return -1;
	if (doc_weights_parse(&v->words.weights, v->weight, err) < 0)
		return -1;
	if (library && v->weight)
		return err_set(err, EXIT_USAGE,
		    "--weight: SentencePiece's trainer has no weights: train BPE with "
		    "--trainer tamis");
	if (library && v->set.coverage < LIBRARY_COVERAGE)
		return err_set(err, EXIT_USAGE,
		    "--coverage %s: out of range of SentencePiece's trainer: write %s to "
		    "1",
		    NUM_TEXT(v->set.coverage), NUM_TEXT(LIBRARY_COVERAGE));
	if (library) {
		setup_uses(setup, SPAN("sentencepiece"), span_of(sp_version()));
		v->text.budget = v->sample ? v->sample : LIBRARY_SAMPLE;
		return 0;
	}
	v->whole = !v->sample;
	v->text.budget = v->sample;
	v->words.bpe = bpe_trainer_new(&v->set, v->memory, setup->c->tmp);
	return 0;
}

static int
open_all(struct vocab *v, struct setup *setup, struct err *err)
{
	v->c = setup->c;
	v->text.lines.newlines = v->words.newlines;
	memory_open();
	unicode_memory_open();
	if (vocab_output_check(v->c->output, "model", err) < 0 ||
	    vocab_coverage_check(v->set.coverage, err) < 0)
		return -1;
	if (vocab_settings_open(&v->set, &v->pieces, err) < 0)
		return -1;
	if (open_trainer(v, setup, err) < 0)
		return -1;
	return vocab_output_open(&v->model, v->c->output, err);
}

static int
vocab_open(void *self, struct setup *setup, struct err *err)
{
	if (open_all(self, setup, err) == 0)
		return 0;
	vocab_close(self);
	return -1;
}

/* Decode and count the text here, in parallel; the sink only adds or copies it. */
static void
vocab_map(const void *self, void *scratch, struct doc *d)
{
	const struct vocab *v = self;

	if (v->whole)
		vocab_words_map(&v->words, scratch, d);
}

static int
vocab_write(void *self, struct doc *d, struct err *err)
{
	struct vocab *v = self;
	struct value_weight *match;
	uint64_t weight;

	if (v->whole)
		return vocab_words_add(&v->words, d, err);
	weight = doc_weights_of(&v->words.weights, d, &match);
	doc_weights_note(match);
	train_sample_add(&v->text, hash64(doc_id(d), v->c->seed), doc_text(d), weight);
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
		word_tally_line(&t, bpe_trainer_rules(v->words.bpe), line);
		rc = bpe_trainer_add(v->words.bpe, t.word, t.n, v->text.weight, err);
	}
	word_tally_free(&t);
	return rc;
}

static int
train(void *self, note_fn *note, void *ctx, struct buf *model, struct bpe_trained *stats,
    struct err *err)
{
	struct vocab *v = self;
	const struct library_run run = { v->type == TYPE_UNIGRAM, v->c->verbose, note,
		ctx };

	if (!v->whole)
		train_sample_start(&v->text);
	if (!v->words.bpe)
		return library_train(&v->set, &run, &v->text, model, err);
	if (!v->whole && add_sample(v, err) < 0)
		return -1;
	return bpe_trainer_finish(v->words.bpe, note, ctx, model, stats, err);
}

static struct train_totals
totals(const void *self)
{
	const struct vocab *v = self;
	const struct train_sample *s = &v->text;

	if (v->whole)
		return v->words.totals;
	return (struct train_totals){ .docs = s->all_docs,
		.bytes = s->all_bytes,
		.used_docs = s->used_docs,
		.used_bytes = s->used_bytes,
		.lines = s->lines.n,
		.cut = s->lines.cut,
		.dropped = s->lines.dropped };
}

static int
vocab_finish(void *self, struct span report, struct err *err)
{
	struct vocab *v = self;
	const struct vocab_training t = { .file = &v->model,
		.digest = &v->digest,
		.command = "vocab",
		.c = v->c,
		.size = v->set.size,
		.candidates = v->type == TYPE_UNIGRAM,
		.unit = v->weight ? DOC_WEIGHT_ONE : 1,
		.counts = v->words.bpe != NULL,
		.counts_documents = true,
		.samples = !v->whole && v->text.budget < v->text.all_bytes,
		.train = train,
		.self = v,
		.totals = totals };

	if (v->whole ? v->words.totals.used_docs == 0 : v->text.n == 0)
		return err_set(
		    err, EXIT_DATA, "no document has text: train on documents with text");
	doc_weights_unmatched(&v->words.weights, warning);
	return vocab_training_run(&t, err);
}

static struct file_digest
vocab_output(const void *self)
{
	const struct vocab *v = self;

	return v->digest;
}

static const struct sink vocab_sink = {
	.write = vocab_write, .finish = vocab_finish, .output = vocab_output
};

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
	.open_thread = vocab_words_open_thread,
	.close_thread = vocab_words_close_thread,
	.close = vocab_close,
	.sink = &vocab_sink,
};
