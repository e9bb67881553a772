/* langid_train.c - the command that trains a langid model on labelled documents. */
#include <inttypes.h>

#include "filters/langid/labelled_text.h"
#include "filters/langid/noisy_sample.h"
#include "filters/models/train_command.h"
#include "lib/base/num.h"

struct langid_train {
	struct train_command train;
	uint64_t rows; /* log2 */
	struct langid_corpus corpus;
};

static const struct langid_train defaults = { .train = TRAIN_DEFAULTS, .rows = 16 };

static const struct opt opts[] = {
	TRAIN_OPT_SAMPLES(struct langid_train),
	OPT_U64(0, "rows", struct langid_train, rows, "2^N rows of 16 bytes"),
	TRAIN_OPT_RATE(struct langid_train),
	TRAIN_OPT_FOCUS(struct langid_train,
	    "languages to focus on: others are sampled a third as often"),
	OPT_END,
};

static int
train_open(void *self, struct setup *setup, struct err *err)
{
	struct langid_train *t = self;

	if (t->rows < 8 || t->rows > 24)
		return err_set(
		    err, EXIT_USAGE, "--rows %" PRIu64 ": must be from 8 to 24", t->rows);
	return train_command_open(&t->train, "langid-train", setup->c, err);
}

static int
train_write(void *self, struct doc *d, struct err *err)
{
	struct langid_train *t = self;
	struct span lang, script = { 0 }, source = { 0 }, weight;
	double w = 1;

	if (!doc_str(d, SPAN("lang"), &lang))
		return train_command_err(
		    err, d, "field 'lang' is missing or not a string");
	doc_str(d, SPAN("lang_script"), &script);
	doc_str(d, SPAN("source"), &source);
	if (doc_get(d, SPAN("weight"), &weight) &&
	    (!num_json(weight, &w) || !(w > 0 && w <= 1000))) {
		err_set(err, EXIT_DATA,
		    "field 'weight' is %.*s: must be a number above 0, at most 1000",
		    weight.n > 40 ? 40 : (int)weight.n, weight.p);
		return train_command_err(err, d, NULL);
	}
	if (langid_corpus_add(&t->corpus,
		&(struct langid_source){ lang, script, source, w }, doc_text(d), err) < 0)
		return train_command_err(err, d, NULL);
	return 0;
}

static size_t
draw(void *ctx, struct linear_random *r, uint32_t *row, size_t *label)
{
	struct langid_train *t = ctx;

	return langid_draw_sample(&t->corpus, r, 64 - (unsigned)t->rows, row, label);
}

static const char *
label_name(const void *ctx, size_t i)
{
	return ((const struct langid_train *)ctx)->corpus.label[i].name;
}

static int
train_finish(void *self, struct span report, struct err *err)
{
	struct langid_train *t = self;
	const struct langid_corpus *c = &t->corpus;
	struct train_model model = { .kind = "lang",
		.log2_rows = (unsigned)t->rows,
		.ctx = t,
		.label = label_name,
		.draw = draw };
	struct buf extra = { 0 };
	int rc;

	if (langid_corpus_ready(&t->corpus, t->train.focus, err) < 0)
		return -1;
	char_codes_write(&c->codes, &extra);
	model.extra = buf_span(&extra);
	model.labels = c->n;
	rc = train_command_run(&t->train, &model, err);
	if (rc == 0 && !t->train.quiet)
		msg("%zu labels, %zu line%s, %.1f MB of text", c->n, c->lines,
		    plural(c->lines), (double)c->bytes * 1e-6);
	buf_free(&extra);
	return rc;
}

static void
train_close(void *self)
{
	langid_corpus_free(&((struct langid_train *)self)->corpus);
}

static const struct sink train_sink = { .write = train_write, .finish = train_finish };

const struct filter filter_langid_train = {
	.name = "langid-train",
	.summary = "train a langid model on labelled documents",
	.example = "tamis langid-train -o my.model --focus de,fr,it,rm texts.jsonl.zst",
	.operands = "-o MODEL [FILE...]",
	.output = "MODEL",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = train_open,
	.map = train_command_map,
	.close = train_close,
	.sink = &train_sink,
};
