/* vocab_count.c - count the words of documents into a file, for vocab-train. */
#include <stdlib.h>

#include "lib/driver/filter.h"
#include "lib/text/unicode.h"
#include "tok/model_io.h"
#include "tok/vocab_training.h"
#include "tok/vocab_words.h"

struct vocab_count {
	struct vocab_settings set;
	uint64_t memory;
	const char *weight;
	struct piece_options pieces;
	const char *preset, *training; /* to refuse: options of other commands */

	/* Set by open. */
	const struct common *c;
	struct vocab_words words;
	struct counts_writer *writer;
};

static const struct vocab_count defaults = {
	.set = { .size = VOCAB_SIZE_MAX },
	.memory = VOCAB_MEMORY_DEFAULT,
};

static const struct opt opts[] = {
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct vocab_count, memory, "BYTES",
	    "memory for counting words; more are spilled to --tmp"),
	OPT_STR(0, "weight", struct vocab_count, weight, "FIELD:VALUE=W,...",
	    "count documents W times by the value of a field"),
	OPT_STR(0, "user-symbols", struct vocab_count, pieces.user, "A,B,...",
	    "pieces that always match as a whole"),
	OPT_STR(0, "control-symbols", struct vocab_count, pieces.control, "A,B,...",
	    "pieces that no text matches"),
	OPT_STR(0, "special-ids", struct vocab_count, pieces.special, "NAME=ID,...",
	    "ids of unk, bos, eos and pad; none: no such piece; default: 0, 1, 2, 3"),
	OPT_BOOL(0, "newlines", struct vocab_count, words.newlines,
	    "learn pieces with newlines, for code"),
	OPT_ALIAS(OPT_T_STR, 0, "preset", struct vocab_count, preset, "NAME"),
	OPT_ALIAS(OPT_T_STR, 0, "size", struct vocab_count, training, "N"),
	OPT_ALIAS(OPT_T_STR, 0, "coverage", struct vocab_count, training, "X"),
	OPT_ALIAS(OPT_T_STR, 0, "required-chars", struct vocab_count, training, "CHARS"),
	OPT_END,
};

static void
count_close(void *self)
{
	struct vocab_count *v = self;

	counts_writer_free(v->writer);
	bpe_trainer_free(v->words.bpe);
	doc_weights_free(&v->words.weights);
	vocab_settings_free(&v->set);
}

static struct span
setting(const char *option)
{
	return option ? span_of(option) : SPAN("");
}

static int
open_all(struct vocab_count *v, struct setup *setup, struct err *err)
{
	const struct counts_settings settings = { {
	    [COUNTS_ICU] = span_of(unicode_version()),
	    [COUNTS_NEWLINES] = v->words.newlines ? SPAN("yes") : SPAN(""),
	    [COUNTS_WEIGHT] = setting(v->weight),
	    [COUNTS_USER] = setting(v->pieces.user),
	    [COUNTS_CONTROL] = setting(v->pieces.control),
	    [COUNTS_SPECIAL] = setting(v->pieces.special),
	} };

	v->c = setup->c;
	memory_open();
	unicode_memory_open();
	if (vocab_foreign_check(v->preset, v->training,
		"--size, --coverage, --required-chars", "vocab-train", err) < 0 ||
	    vocab_output_check(v->c->output, "counts", err) < 0 ||
	    vocab_settings_open(&v->set, &v->pieces, err) < 0 ||
	    vocab_memory_check(v->memory, err) < 0 ||
	    doc_weights_parse(&v->words.weights, v->weight, err) < 0)
		return -1;
	v->words.bpe = bpe_trainer_new(&v->set, v->memory, v->c->tmp);
	v->writer = counts_writer_open(v->c->output, &settings, err);
	return v->writer ? 0 : -1;
}

static int
count_open(void *self, struct setup *setup, struct err *err)
{
	if (open_all(self, setup, err) == 0)
		return 0;
	count_close(self);
	return -1;
}

static void
count_map(const void *self, void *scratch, struct doc *d)
{
	const struct vocab_count *v = self;

	vocab_words_map(&v->words, scratch, d);
}

static int
count_write(void *self, struct doc *d, struct err *err)
{
	struct vocab_count *v = self;

	return vocab_words_add(&v->words, d, err);
}

static int
count_finish(void *self, struct span report, struct err *err)
{
	struct vocab_count *v = self;

	if (bpe_trainer_each(v->words.bpe, counts_writer_put, v->writer, err) < 0 ||
	    counts_writer_commit(v->writer, &v->words.totals, err) < 0)
		return -1;
	if (v->c->quiet)
		return 0;
	vocab_totals_print("counted the words of", &v->words.totals);
	/* Not a warning: another file may have the value. */
	doc_weights_unmatched(&v->words.weights, msg);
	return 0;
}

static struct file_digest
count_output(const void *self)
{
	const struct vocab_count *v = self;
	struct file_digest d;

	d.hash = counts_writer_hash(v->writer, &d.bytes);
	return d;
}

static const struct sink count_sink = {
	.write = count_write, .finish = count_finish, .output = count_output
};

const struct filter filter_vocab_count = {
	.name = "vocab-count",
	.summary = "count the words of documents for vocab-train",
	.example = "tamis vocab-count -o en.counts en.jsonl.zst",
	.operands = "-o COUNTS [FILE...]",
	.output = "COUNTS",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = count_open,
	.map = count_map,
	.open_thread = vocab_words_open_thread,
	.close_thread = vocab_words_close_thread,
	.close = count_close,
	.sink = &count_sink,
};
