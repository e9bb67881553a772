/* codeid_train.c - documents with their languages to a model for codeid. */
#include <stdio.h>
#include <stdlib.h>

#include "filters/codeid/labelled_code.h"
#include "lib/driver/filter.h"
#include "lib/driver/tty.h"
#include "lib/io/stream.h"

struct codeid_train {
	uint64_t samples, seed;
	double rate;
	const char *focus, *output;
	bool quiet;
	struct progress progress;
	struct code_corpus *corpus;
	struct code_set focused;
};

static const struct codeid_train defaults = {
	.samples = 16000000,
	.rate = 0.5,
};

static const struct opt opts[] = {
	OPT_BYTES(0, "samples", struct codeid_train, samples,
	    "stretches of text to learn from"),
	OPT_DOUBLE(0, "rate", struct codeid_train, rate, "of learning, at the beginning"),
	OPT_STR(0, "focus", struct codeid_train, focus, "LANG,...",
	    "languages that are wanted: they are seen half as often again"),
	OPT_END,
};

static int
train_open(void *self, struct setup *setup, struct err *err)
{
	struct codeid_train *t = self;
	const struct common *c = setup->c;

	t->output = c->output;
	t->seed = c->seed;
	t->quiet = c->quiet;
	if (!t->output || strcmp(t->output, "-") == 0)
		return err_set(err, EXIT_USAGE, "no output: name the model with -o FILE");
	if (t->samples < 1000)
		return err_set(err, EXIT_USAGE, "--samples: write 1000 or more");
	if (!(t->rate > 0 && t->rate <= 10))
		return err_set(err, EXIT_USAGE, "--rate: write 0.01 to 10");
	if (t->focus && code_set_parse(&t->focused, "focus", t->focus, NULL, err) < 0)
		return -1;
	t->corpus = xcalloc(1, sizeof *t->corpus);
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
	struct codeid_train *t = self;
	struct span lang, source = { 0 };
	unsigned found;

	if (!doc_str(d, SPAN("code_lang"), &lang))
		return err_set(err, EXIT_DATA,
		    "%.*s: no member 'code_lang': each document needs its language",
		    (int)doc_id(d).n, doc_id(d).p);
	found = code_lang_find(lang);
	if (found == CODE_NONE)
		return err_set(err, EXIT_DATA,
		    "%.*s: no language '%.*s': man tamis-codeid lists them",
		    (int)doc_id(d).n, doc_id(d).p, (int)lang.n, lang.p);
	doc_str(d, SPAN("source"), &source);
	code_corpus_add(t->corpus, found, source, doc_text(d));
	return 0;
}

static void
show(void *ctx, uint64_t done, double loss)
{
	struct codeid_train *t = ctx;

	if (progress_due(&t->progress))
		progress_line(&t->progress,
		    "codeid-train: %.1f of %.1f M samples  loss %.4f",
		    (double)done * 1e-6, (double)t->samples * 1e-6, loss);
}

static size_t
draw(void *ctx, struct linear_random *r, uint32_t *row, size_t *label)
{
	struct codeid_train *t = ctx;

	return code_corpus_draw(t->corpus, r, row, label);
}

static int
train_finish(void *self, struct span report, struct err *err)
{
	struct codeid_train *t = self;
	struct code_corpus *c = t->corpus;
	struct linear_task task = { .log2_rows = CODE_BAG_BITS,
		.samples = t->samples,
		.seed = t->seed,
		.rate = t->rate,
		.ctx = t,
		.draw = draw,
		.progress = show };
	struct buf file = { 0 };
	struct linear m;
	int rc;

	if (code_corpus_ready(c, &t->focused, err) < 0)
		return -1;
	task.labels = c->n;
	linear_train(&task, &m);
	progress_clear(&t->progress);
	m.label = xcalloc(m.labels, sizeof *m.label);
	for (size_t i = 0; i < m.labels; i++)
		snprintf(
		    m.label[i], sizeof *m.label, "%s", code_langs[c->class[i].lang].name);
	linear_write(&m, "code", &file);
	rc = file_put(t->output, buf_span(&file), 0666, err);
	if (rc == 0 && !t->quiet)
		msg("%zu languages, %zu texts, %.1f MB", c->n, c->texts,
		    (double)c->bytes * 1e-6);
	free(m.label);
	linear_trained_free(&m);
	buf_free(&file);
	return rc;
}

static void
train_close(void *self)
{
	struct codeid_train *t = self;

	if (t->corpus)
		code_corpus_free(t->corpus);
	free(t->corpus);
}

static const struct sink train_sink = { .write = train_write, .finish = train_finish };

const struct filter filter_codeid_train = {
	.name = "codeid-train",
	.summary = "train a model for codeid on documents with languages",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = train_open,
	.map = train_map,
	.close = train_close,
	.sink = &train_sink,
};
