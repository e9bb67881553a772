/* vocab.c - train a SentencePiece model on documents, reproducibly. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/stream.h"
#include "lib/text/utf8.h"
#include "tok/model_io.h"
#include "tok/sp.h"
#include "tok/train_sample.h"

/* Every model has <unk>, <s>, </s>, <pad> and 256 byte pieces. */
#define FIXED_PIECES 260
/* Far above any vocabulary in use. */
#define MAX_SIZE ((uint64_t)1 << 24)

enum { TYPE_BPE, TYPE_UNIGRAM };

struct vocab {
	uint64_t size, sample;
	unsigned type;
	double coverage;
	const char *user, *control;

	/* Set by open. */
	const char *output;
	uint64_t seed;
	bool quiet, verbose;
	struct buf user_csv, control_csv;

	struct train_sample sample_text;
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
	    "pieces that no text matches, numbered after <pad>"),
	OPT_END,
};

static bool
one_char(struct span s)
{
	size_t at = 0;

	utf8_next(s, &at);
	return at == s.n;
}

static bool
reserved(struct span s)
{
	static const char *const names[] = { "<unk>", "<s>", "</s>", "<pad>" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_eq(s, span_of(names[i])))
			return true;
	return s.n == 6 && span_starts(s, SPAN("<0x")) && s.p[5] == '>';
}

/* Whether the first n items of a list contain s. */
static bool
named_before(const char *list, size_t n, struct span s)
{
	struct span item;

	while (n-- > 0 && list_next(&list, &item))
		if (span_eq(item, s))
			return true;
	return false;
}

/* The problem with symbol `no` of a list, and how to fix it; or NULL. */
static const char *
wrong_symbol(struct span s, const char *list, size_t no, const char *others, bool control)
{
	if (s.n == 0)
		return "is empty: write A,B without empty items";
	if (!utf8_valid(s) || memchr(s.p, '\n', s.n))
		return "is not UTF-8 on one line: write another";
	/* SentencePiece would take the character for the symbol, and fail. */
	if (control && one_char(s))
		return "is one character, which texts contain: write a longer one";
	if (reserved(s))
		return "is a piece of every model: remove it";
	if (named_before(list, no, s) || (others && list_has(others, s)))
		return "occurs twice: remove one";
	return NULL;
}

/* Append the symbols as the CSV that the trainer takes, spaces as U+2581. */
static int
quote_symbols(const char *option, const char *list, const char *others, bool control,
    struct buf *csv, struct err *err)
{
	const char *rest = list;
	struct span s;

	for (size_t no = 0; list_next(&rest, &s); no++) {
		const char *wrong = wrong_symbol(s, list, no, others, control);

		if (wrong)
			return err_set(err, EXIT_USAGE, "--%s: symbol %zu, '%.*s', %s",
			    option, no + 1, (int)s.n, s.p, wrong);
		buf_puts(csv, csv->n ? ",\"" : "\"");
		for (size_t i = 0; i < s.n; i++) {
			if (s.p[i] == '"')
				buf_puts(csv, "\"\"");
			else if (s.p[i] == ' ')
				buf_puts(csv, "\xe2\x96\x81");
			else
				buf_putc(csv, s.p[i]);
		}
		buf_putc(csv, '"');
	}
	buf_putc(csv, '\0');
	return 0;
}

static void
add_symbols(struct model *m, const char *list)
{
	struct span s;

	while (list_next(&list, &s)) {
		m->piece = xrealloc(m->piece, (size_t)m->n + 1, sizeof *m->piece);
		m->piece[m->n++] = (struct model_piece){
			.text = s.p, .n = (uint32_t)s.n, .type = MODEL_USER_DEFINED
		};
	}
}

/* The trainer matches all symbols with the matcher that model_nested describes. */
static int
check_nested(const struct vocab *v, struct err *err)
{
	struct model m = { 0 };
	int nested;

	add_symbols(&m, v->user);
	add_symbols(&m, v->control);
	nested = m.n > 0 ? model_nested(&m) : 0;
	free(m.piece);
	if (nested > MODEL_MAX_NESTED)
		return err_set(err, EXIT_USAGE,
		    "--user-symbols, --control-symbols: %d symbols or more are prefixes "
		    "of one another, and SentencePiece allows %d: remove some",
		    nested, MODEL_MAX_NESTED);
	return 0;
}

static void
vocab_close(void *self)
{
	struct vocab *v = self;

	train_sample_free(&v->sample_text);
	buf_free(&v->user_csv);
	buf_free(&v->control_csv);
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
	v->sample_text.budget = v->sample;
	memory_open();
	setup_uses(setup, SPAN("sentencepiece"), span_of(sp_version()));
	if (!v->output || strcmp(v->output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output file: name the model with -o FILE");
	if (v->size <= FIXED_PIECES || v->size > MAX_SIZE)
		return err_set(err, EXIT_USAGE,
		    "--size %" PRIu64
		    ": a model has 260 fixed pieces and at most %" PRIu64
		    " in all: write 300 to %" PRIu64,
		    v->size, MAX_SIZE, MAX_SIZE);
	if (!(v->coverage >= 0.9 && v->coverage <= 1))
		return err_set(err, EXIT_USAGE,
		    "--coverage %g: out of range: write 0.9 to 1", v->coverage);
	if (quote_symbols("user-symbols", v->user, NULL, false, &v->user_csv, err) < 0 ||
	    quote_symbols(
		"control-symbols", v->control, v->user, true, &v->control_csv, err) < 0 ||
	    check_nested(v, err) < 0) {
		vocab_close(v);
		return -1;
	}
	return 0;
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
	return err_set(err, EXIT_DATA,
	    "SentencePiece cannot train: %s: change the text or the options", why);
}

static int
train(struct vocab *v, char **model, size_t *n, struct err *err)
{
	char size[24], most[24], why[400] = "";
	struct buf coverage = { 0 };
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
		{ "pad_id", "3" },
		{ "num_threads", "1" },
		{ "hard_vocab_limit", "false" },
		{ "character_coverage", NULL },
		{ "user_defined_symbols", v->user_csv.p },
		{ "control_symbols", v->control_csv.p },
	};
	size_t n_settings = sizeof settings / sizeof *settings;
	int rc;

	snprintf(size, sizeof size, "%" PRIu64, v->size);
	snprintf(most, sizeof most, "%d", TRAIN_LINE_MAX);
	num_put(&coverage, v->coverage, 6);
	buf_putc(&coverage, '\0');
	settings[n_settings - 3].value = coverage.p;
	rc = sp_train(settings, n_settings, (struct sp_lines){ next_line, v },
	    v->verbose ? 1 : 3, model, n, why, sizeof why);
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
