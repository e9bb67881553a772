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
#include "tok/model_io.h"
#include "tok/sp.h"
#include "tok/train_sample.h"
#include "tok/vocab_symbols.h"

#define BYTE_PIECES 256
#define SPACE	    "\xe2\x96\x81" /* U+2581, a space in pieces */
/* Far above any vocabulary in use. */
#define MAX_SIZE ((uint64_t)1 << 24)

enum { TYPE_BPE, TYPE_UNIGRAM };

struct vocab {
	uint64_t size, sample;
	unsigned type;
	double coverage;
	const char *user, *control, *special;
	bool newlines;

	/* Set by open. */
	const char *output;
	uint64_t seed;
	bool quiet, verbose, shows_progress;
	struct special_ids special_ids;
	struct buf user_csv, control_csv;
	bool has_space;	   /* a user symbol is one space */
	bool takes_spaces; /* a user symbol contains spaces, which train no other piece */

	struct train_sample sample_text;

	/* While training. */
	struct progress progress;
	_Atomic uint64_t pieces; /* as sp_lines.pieces reports; 0: not known */
};

static const struct vocab defaults = {
	.size = 256000,
	.sample = 100000000,
	.coverage = 0.9999,
};

static const struct opt opts[] = {
	OPT_U64(0, "size", struct vocab, size, "number of pieces"),
	OPT_BYTES(0, "sample", struct vocab, sample,
	    "train on about BYTES of text; 0: all of it"),
	OPT_ENUM(0, "type", struct vocab, type, "bpe|unigram", "model type"),
	OPT_DOUBLE(0, "coverage", struct vocab, coverage,
	    "share of characters that get a piece; the rest become bytes"),
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

	train_sample_free(&v->sample_text);
	buf_free(&v->user_csv);
	buf_free(&v->control_csv);
}

/* Check the pieces that options name against the size of the model. */
static int
open_pieces(struct vocab *v, struct err *err)
{
	struct symbols user = { 0 }, control = { 0 };
	uint64_t fixed = BYTE_PIECES;
	int rc = -1;

	if (v->size == 0 || v->size > MAX_SIZE) {
		err_set(err, EXIT_USAGE, "--size %" PRIu64 ": must be from 1 to %" PRIu64,
		    v->size, MAX_SIZE);
		goto out;
	}
	if (special_ids_parse(&v->special_ids, v->special, v->size, err) < 0)
		goto out;
	for (unsigned i = 0; i < SPECIALS; i++)
		fixed += v->special_ids.id[i] != SPECIAL_NONE;
	if (v->size <= fixed) {
		err_set(err, EXIT_USAGE,
		    "--size %" PRIu64 ": a model has %" PRIu64
		    " fixed pieces and at most %" PRIu64 " in all: write 300 to %" PRIu64,
		    v->size, fixed, MAX_SIZE, MAX_SIZE);
		goto out;
	}
	if (symbols_parse(&user, "user-symbols", v->user, false, err) < 0 ||
	    symbols_parse(&control, "control-symbols", v->control, true, err) < 0 ||
	    symbols_check(&user, &control, err) < 0)
		goto out;
	symbols_csv(&user, &v->user_csv);
	symbols_csv(&control, &v->control_csv);
	v->has_space = symbols_have_space(&user);
	v->takes_spaces = symbols_contain_space(&user);
	rc = 0;
out:
	symbols_free(&user);
	symbols_free(&control);
	return rc;
}

static int
vocab_open(void *self, struct setup *setup, struct err *err)
{
	struct vocab *v = self;
	const struct common *c = setup->c;

	v->output = c->output;
	v->seed = c->seed;
	v->quiet = c->quiet;
	v->verbose = c->verbose;
	v->shows_progress = common_progress(c);
	v->sample_text.budget = v->sample;
	v->sample_text.newlines = v->newlines;
	memory_open();
	setup_uses(setup, SPAN("sentencepiece"), span_of(sp_version()));
	if (!v->output || strcmp(v->output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output file: name the model with -o FILE");
	if (file_put_check(v->output, err) < 0)
		return -1;
	if (!(v->coverage >= 0.9 && v->coverage <= 1))
		return err_set(err, EXIT_USAGE,
		    "--coverage %s: out of range: write 0.9 to 1", NUM_TEXT(v->coverage));
	return open_pieces(v, err);
}

/* Decode the text here, in parallel; the sink only copies it. */
static void
vocab_map(const void *self, void *scratch, struct doc *d)
{
	doc_text(d);
}

static int
vocab_write(void *self, struct doc *d, struct err *err)
{
	struct vocab *v = self;

	train_sample_add(&v->sample_text, hash64(doc_id(d), v->seed), doc_text(d));
	return 0;
}

static bool
next_line(void *ctx, const char **line, size_t *n)
{
	struct vocab *v = ctx;
	struct span s;

	if (!train_sample_next(&v->sample_text, &s))
		return false;
	*line = s.p;
	*n = s.n;
	return true;
}

/* The number after `phrase` in the trainer's message; false if there is none. */
static bool
number_after(const char *msg, const char *phrase, uint64_t *v)
{
	const char *p = strstr(msg, phrase);
	char digits[24];
	size_t n;

	if (!p)
		return false;
	p += strlen(phrase);
	n = strspn(p, "0123456789");
	if (n == 0 || n >= sizeof digits)
		return false;
	memcpy(digits, p, n);
	digits[n] = '\0';
	return !num_u64(digits, v);
}

/* Reword the messages of the trainer that users see. */
static int
explain(const struct vocab *v, const char *why, struct err *err)
{
	char vs[40];
	uint64_t n;

	snprintf(vs, sizeof vs, " %" PRIu64 " vs ", v->size);
	if (number_after(why, vs, &n))
		return err_set(err, EXIT_DATA,
		    "the characters of the text need %" PRIu64
		    " pieces, --size is %" PRIu64 ": raise --size or lower --coverage",
		    n, v->size);
	/* A check in TrainerInterface::Serialize. */
	if (strstr(why, "pieces_size() - 1"))
		return err_set(err, EXIT_DATA,
		    "the text yields too few pieces for id %" PRIu32
		    " in --special-ids: lower the id, or add text",
		    special_ids_most(&v->special_ids));
	return err_set(err, EXIT_DATA,
	    "SentencePiece cannot train: %s: change the text or the options", why);
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
	struct buf b = { 0 };

	buf_puts(&b, "vocab: training  ");
	progress_put_time(&b, progress_seconds(&v->progress));
	if (n > 0)
		buf_putf(&b, "  %" PRIu64 "%s of %" PRIu64 " pieces", n,
		    v->type == TYPE_BPE ? "" : " candidates", v->size);
	buf_putc(&b, '\0');
	progress_line(&v->progress, "%s", b.p);
	buf_free(&b);
}

/* Train with the progress line on, if the user wants it. */
static int
train_visibly(struct vocab *v, const struct sp_setting *settings, size_t n_settings,
    char **model, size_t *n, char *why, size_t why_n)
{
	struct sp_lines lines = { .next = next_line, .ctx = v };
	struct ticker *ticker = NULL;
	int rc;

	progress_init(&v->progress, v->shows_progress);
	if (v->progress.on) {
		lines.pieces = note_pieces;
		ticker = ticker_start(show_training, v);
	}
	rc = sp_train(
	    settings, n_settings, lines, v->verbose ? 1 : 3, model, n, why, why_n);
	ticker_stop(ticker);
	progress_clear(&v->progress);
	return rc;
}

/*
 * Whether the model may get no piece for a space, since only the most frequent characters
 * do that make up the coverage.  A space is then encoded as the bytes of U+2581, and
 * decodes to that.
 */
static bool
lacks_space(const struct vocab *v)
{
	/* The trainer computes with floats, so leave a margin. */
	const double share = 2 * (1 - v->coverage);

	return !v->has_space &&
	       (v->takes_spaces || !train_sample_has_spaces(&v->sample_text, share));
}

static int
train(struct vocab *v, char **model, size_t *n, struct err *err)
{
	char size[24], most[24], ids[SPECIALS][16], why[400] = "";
	struct buf coverage = { 0 };

	num_put(&coverage, v->coverage, 6);
	buf_putc(&coverage, '\0');

	/* The settings of Nemotron-4 (arXiv 2402.16819, section 2).  With one thread,
	 * training is reproducible. */
	struct sp_setting settings[] = {
		{ "model_type", v->type == TYPE_BPE ? "bpe" : "unigram" },
		{ "vocab_size", size },
		{ "byte_fallback", "true" },
		{ "split_digits", "true" },
		{ "normalization_rule_name", "identity" },
		{ "remove_extra_whitespaces", "false" },
		{ "add_dummy_prefix", "false" },
		{ "allow_whitespace_only_pieces", "true" },
		{ "max_sentence_length", most },
		{ "pad_id", ids[SPECIAL_PAD] },
		{ "num_threads", "1" },
		{ "hard_vocab_limit", "false" },
		{ "character_coverage", coverage.p },
		{ "user_defined_symbols", v->user_csv.p },
		{ "control_symbols", v->control_csv.p },
		/* The model states these if they are set. */
		{ "unk_id", v->special ? ids[SPECIAL_UNK] : NULL },
		{ "bos_id", v->special ? ids[SPECIAL_BOS] : NULL },
		{ "eos_id", v->special ? ids[SPECIAL_EOS] : NULL },
		{ "required_chars", v->sample_text.adds_space ? SPACE : NULL },
	};
	int rc;

	snprintf(size, sizeof size, "%" PRIu64, v->size);
	snprintf(most, sizeof most, "%d", TRAIN_LINE_MAX);
	for (unsigned i = 0; i < SPECIALS; i++)
		snprintf(
		    ids[i], sizeof ids[i], "%" PRId32, (int32_t)v->special_ids.id[i]);
	rc = train_visibly(
	    v, settings, sizeof settings / sizeof *settings, model, n, why, sizeof why);
	buf_free(&coverage);
	if (rc == SP_NO_MEMORY)
		no_memory();
	return rc < 0 ? explain(v, why, err) : 0;
}

static void
summarize(const struct vocab *v)
{
	const struct train_sample *s = &v->sample_text;
	struct buf b = { 0 };

	buf_putf(&b, "trained on ");
	num_put_si(&b, (double)s->used_bytes, "B");
	buf_puts(&b, " of ");
	num_put_si(&b, (double)s->all_bytes, "B");
	buf_putf(&b,
	    ", %" PRIu64 " of %" PRIu64 " documents, %" PRIu64 " lines (%" PRIu64
	    " cut at the limit, %" PRIu64 " U+2585 dropped)",
	    s->used_docs, s->all_docs, s->used_lines, s->cut, s->dropped);
	msg("%.*s", (int)b.n, b.p);
	buf_free(&b);
}

static int
vocab_finish(void *self, struct span report, struct err *err)
{
	struct vocab *v = self;
	struct model check;
	const char *why;
	char *model = NULL;
	uint64_t pieces = 0;
	size_t n;
	int rc;

	if (v->sample_text.n == 0)
		return err_set(
		    err, EXIT_DATA, "no document has text: train on documents with text");
	train_sample_start(&v->sample_text);
	/* The trainer aborts if a required character is not in the text. */
	v->sample_text.adds_space = lacks_space(v);
	rc = train(v, &model, &n, err);
	if (rc == 0 && model_parse(&check, model, n, &why) == 0) {
		pieces = check.n;
		model_free(&check);
	} else if (rc == 0) {
		if (why == model_no_memory)
			no_memory();
		BUG("model_parse refuses the model that the trainer wrote");
	}
	if (rc == 0)
		rc = file_put(v->output, (struct span){ model, n }, 0666, err);
	free(model);
	if (rc == 0 && pieces < v->size)
		warning("the text yields %" PRIu64 " pieces, --size is %" PRIu64
			": add text for more",
		    pieces, v->size);
	if (rc == 0 && !v->quiet)
		summarize(v);
	return rc;
}

static const struct sink vocab_sink = { .write = vocab_write, .finish = vocab_finish };

const struct filter filter_vocab = {
	.name = "vocab",
	.summary = "train a SentencePiece vocabulary on documents",
	.example = "tamis vocab -o corpus.model --sample 300M en.jsonl.zst de.jsonl.zst",
	.operands = "-o MODEL [FILE...]",
	.output = "MODEL",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = vocab_open,
	.map = vocab_map,
	.close = vocab_close,
	.sink = &vocab_sink,
};
