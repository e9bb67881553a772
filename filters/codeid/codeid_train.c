/* codeid_train.c - the command that trains a codeid model on labelled documents. */
#include <stdlib.h>

#include "filters/codeid/labelled_code.h"
#include "filters/models/train_command.h"
#include "lib/base/num.h"

struct codeid_train {
	struct train_command train;
	struct code_corpus *corpus;
	struct code_set focus;
};

static const struct codeid_train defaults = { .train = TRAIN_DEFAULTS };

static const struct opt opts[] = {
	TRAIN_OPT_SAMPLES(struct codeid_train),
	TRAIN_OPT_RATE(struct codeid_train),
	TRAIN_OPT_FOCUS(
	    struct codeid_train, "languages to focus on: sampled 1.5 times as often"),
	OPT_END,
};

static int
train_open(void *self, struct setup *setup, struct err *err)
{
	struct codeid_train *t = self;

	if (train_command_open(&t->train, "codeid-train", setup->c, err) < 0)
		return -1;
	if (t->train.focus &&
	    code_set_parse(&t->focus, "focus", t->train.focus, NULL, err) < 0)
		return -1;
	t->corpus = xcalloc(1, sizeof *t->corpus);
	return 0;
}

static int
train_write(void *self, struct doc *d, struct err *err)
{
	struct codeid_train *t = self;
	struct span lang, source = { 0 };
	unsigned found;

	if (!doc_str(d, SPAN("code_lang"), &lang))
		return train_command_err(
		    err, d, "field 'code_lang' is missing or not a string");
	found = code_lang_find(lang);
	if (found == CODE_NONE) {
		err_set(err, EXIT_DATA,
		    "field 'code_lang': unknown language '%.*s': tamis-codeid(1) lists "
		    "them",
		    (int)lang.n, lang.p);
		return train_command_err(err, d, NULL);
	}
	doc_str(d, SPAN("source"), &source);
	code_corpus_add(t->corpus, found, source, doc_text(d));
	return 0;
}

static size_t
draw(void *ctx, struct linear_random *r, uint32_t *row, size_t *label)
{
	struct codeid_train *t = ctx;

	return code_corpus_draw(t->corpus, r, row, label);
}

static const char *
label_name(const void *ctx, size_t i)
{
	return code_langs[((const struct codeid_train *)ctx)->corpus->class[i].lang].name;
}

static int
train_finish(void *self, struct span report, struct err *err)
{
	struct codeid_train *t = self;
	struct code_corpus *c = t->corpus;
	struct train_model model = { .kind = "code",
		.log2_rows = CODE_FEATURE_BITS,
		.ctx = t,
		.label = label_name,
		.draw = draw };
	int rc;

	if (code_corpus_ready(c, &t->focus, err) < 0)
		return -1;
	model.labels = c->n;
	rc = train_command_run(&t->train, &model, err);
	if (rc == 0 && !t->train.quiet)
		msg("%zu languages, %zu text%s, %.1f MB", c->n, c->texts,
		    plural(c->texts), (double)c->bytes * 1e-6);
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
	.summary = "train a codeid model on labelled documents",
	.example = "tamis codeid-train -o my.model --focus c,cpp,rust repos.jsonl.zst",
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
