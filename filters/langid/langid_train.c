/* langid_train.c - documents with their languages to a model that tells languages apart.
 */
#include <stdlib.h>

#include "filters/langid/labelled_text.h"
#include "filters/models/linear_train.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/driver/tty.h"
#include "lib/io/stream.h"

struct langid_train {
	uint64_t samples, rows, seed;
	double rate;
	const char *focus;
	const char *output;
	bool quiet;
	struct progress progress;
	struct langid_corpus corpus;
};

static const struct langid_train defaults = {
	.samples = 16000000,
	.rows = 16,
	.rate = 0.5,
};

static const struct opt opts[] = {
	OPT_BYTES(0, "samples", struct langid_train, samples,
	    "stretches of text to learn from"),
	OPT_U64(0, "rows", struct langid_train, rows, "2^N rows of 16 bytes"),
	OPT_DOUBLE(0, "rate", struct langid_train, rate, "of learning, at the beginning"),
	OPT_STR(0, "focus", struct langid_train, focus, "LANG,...",
	    "languages that are wanted: others are seen a third as often"),
	OPT_END,
};

static int
train_open(void *self, struct setup *setup, struct err *err)
{
	struct langid_train *t = self;
	const struct common *c = setup->c;

	t->output = c->output;
	t->seed = c->seed;
	t->quiet = c->quiet;
	if (!t->output || strcmp(t->output, "-") == 0)
		return err_set(err, EXIT_USAGE, "no output: name the model with -o FILE");
	if (t->samples < 1000)
		return err_set(err, EXIT_USAGE, "--samples: write 1000 or more");
	if (t->rows < 8 || t->rows > 24)
		return err_set(err, EXIT_USAGE, "--rows: write 8 to 24");
	if (!(t->rate > 0 && t->rate <= 10))
		return err_set(err, EXIT_USAGE, "--rate: write 0.01 to 10");
	progress_init(&t->progress, c);
	return 0;
}

/* The text is decoded by many threads at once; the sink only copies it. */
static void
train_map(const void *self, void *scratch, struct doc *d)
{
	doc_text(d);
}

static int
train_write(void *self, struct doc *d, struct err *err)
{
	struct langid_train *t = self;
	struct span lang, script = { 0 }, source = { 0 }, weight;
	double w = 1;

	if (!doc_str(d, SPAN("lang"), &lang))
		return err_set(err, EXIT_DATA,
		    "%.*s: no member 'lang': each document needs its language",
		    (int)doc_id(d).n, doc_id(d).p);
	doc_str(d, SPAN("lang_script"), &script);
	doc_str(d, SPAN("source"), &source);
	if (doc_get(d, SPAN("weight"), &weight) &&
	    (!num_json(weight, &w) || !(w > 0 && w <= 1000)))
		return err_set(err, EXIT_DATA,
		    "%.*s: 'weight' is no number above 0: mend it, or leave it out",
		    (int)doc_id(d).n, doc_id(d).p);
	return langid_corpus_add(&t->corpus,
	    &(struct langid_source){ lang, script, source, w }, doc_text(d), err);
}

static void
show(void *ctx, uint64_t done, double loss)
{
	struct langid_train *t = ctx;

	if (progress_due(&t->progress))
		progress_line(&t->progress,
		    "langid-train: %.1f of %.1f M samples  loss %.4f",
		    (double)done * 1e-6, (double)t->samples * 1e-6, loss);
}

static size_t
draw(void *ctx, struct linear_random *r, uint32_t *row, size_t *label)
{
	struct langid_train *t = ctx;

	return langid_corpus_draw(&t->corpus, r, 64 - (unsigned)t->rows, row, label);
}

static int
train_finish(void *self, struct span report, struct err *err)
{
	struct langid_train *t = self;
	struct langid_corpus *c = &t->corpus;
	struct linear_task task = { .log2_rows = (unsigned)t->rows,
		.samples = t->samples,
		.seed = t->seed,
		.rate = t->rate,
		.ctx = t,
		.draw = draw,
		.progress = show };
	struct buf file = { 0 }, extra = { 0 };
	struct linear m;
	int rc;

	if (langid_corpus_ready(c, t->focus, err) < 0)
		return -1;
	task.labels = c->n;
	linear_train(&task, &m);
	progress_clear(&t->progress);
	m.label = xcalloc(m.labels, sizeof *m.label);
	for (size_t i = 0; i < m.labels; i++)
		memcpy(m.label[i], c->label[i].name, sizeof *m.label);
	letters_write(&c->letters, &extra);
	m.extra = buf_span(&extra);
	linear_write(&m, "lang", &file);
	rc = file_put(t->output, buf_span(&file), 0666, err);
	if (rc == 0 && !t->quiet)
		msg("%zu labels, %zu lines, %.1f MB of text", c->n, c->lines,
		    (double)c->bytes * 1e-6);
	free(m.label);
	linear_trained_free(&m);
	buf_free(&extra);
	buf_free(&file);
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
	.summary = "train a model for langid on documents with languages",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = train_open,
	.map = train_map,
	.close = train_close,
	.sink = &train_sink,
};
