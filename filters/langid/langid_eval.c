/* langid_eval.c - the command that measures langid accuracy on labelled documents. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/langid/identify.h"
#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/stream.h"

enum { BINS = 20, LANGS_MAX = 4096 };

/* A language that occurs as a true language or as a guess. */
struct eval_lang {
	char *name;
	uint64_t documents, guesses, correct;
};

/* One document; gold and guess are indices of langid_eval.lang. */
struct eval_doc {
	uint32_t gold, guess;
	float p;
};

struct langid_eval {
	const char *model_path, *gold, *same;
	double precision;
	const char *output;
	struct langid_model *model;

	struct eval_lang *lang;
	size_t langs;
	struct eval_doc *doc;
	size_t docs, doc_cap;
};

static const struct langid_eval defaults = { .gold = "lang" };

static const struct opt opts[] = {
	OPT_STR('m', "model", struct langid_eval, model_path, "FILE",
	    "langid-train or fastText model to use instead of the built-in one"),
	OPT_STR('g', "gold", struct langid_eval, gold, "FIELD",
	    "field with the true language"),
	OPT_STR(
	    0, "same", struct langid_eval, same, "A=B,...", "count a guess of A as B"),
	OPT_DOUBLE(0, "precision", struct langid_eval, precision,
	    "write the thresholds that reach precision X, instead of scores"),
	OPT_END,
};

static void
eval_close(void *self)
{
	struct langid_eval *e = self;

	if (e->model)
		langid_model_close(e->model);
	free(e->model);
	for (size_t i = 0; i < e->langs; i++)
		free(e->lang[i].name);
	free(e->lang);
	free(e->doc);
}

static int
eval_open(void *self, struct setup *setup, struct err *err)
{
	struct langid_eval *e = self;
	const struct common *c = setup->c;

	e->output = c->output;
	if (!(e->precision >= 0 && e->precision < 1))
		return err_set(err, EXIT_USAGE,
		    "--precision %s: must be at least 0 and below 1",
		    NUM_TEXT(e->precision));
	e->model = xcalloc(1, sizeof *e->model);
	if (langid_model_open(e->model, e->model_path, err) == 0)
		return 0;
	eval_close(self);
	return -1;
}

/* What map hands to the sink for one document. */
struct eval_result {
	struct span gold, guess;
	float p;
};

/* The B of A=B in a comma-separated list, or a itself. */
static struct span
counted_as(const char *same, struct span a)
{
	struct span item;

	while (list_next(&same, &item)) {
		const char *eq = memchr(item.p, '=', item.n);

		if (eq && span_eq((struct span){ item.p, (size_t)(eq - item.p) }, a))
			return span_from(item, (size_t)(eq - item.p) + 1);
	}
	return a;
}

static void
eval_map(const void *self, void *scratch, struct doc *d)
{
	const struct langid_eval *e = self;
	struct eval_result *r = doc_alloc(d, sizeof *r);
	struct langid_guess g;

	if (!doc_str(d, span_of(e->gold), &r->gold)) {
		doc_bad(d,
		    "field '%s' is missing or not a string: name the field of the true "
		    "language with --gold",
		    e->gold);
		return;
	}
	g = langid_guess(e->model, scratch, doc_text(d), 0);
	if (g.label == BROKEN_MODEL) {
		doc_bad(d, "model weights contain NaN: re-download or retrain the model");
		return;
	}
	r->guess = counted_as(e->same,
	    span_of(g.label == NO_LABEL ? "und" : e->model->label[g.label].lang));
	r->p = (float)g.p;
	doc_state_set(d, r);
}

/* The index of a language, added if it is new; LANGS_MAX if there are too many. */
static uint32_t
find_lang(struct langid_eval *e, struct span name)
{
	struct eval_lang *n;

	for (size_t i = 0; i < e->langs; i++)
		if (span_eq(span_of(e->lang[i].name), name))
			return (uint32_t)i;
	if (e->langs == LANGS_MAX)
		return LANGS_MAX;
	e->lang = xrealloc(e->lang, e->langs + 1, sizeof *e->lang);
	n = &e->lang[e->langs];
	*n = (struct eval_lang){ .name = xmalloc(name.n + 1) };
	memcpy(n->name, name.p, name.n);
	n->name[name.n] = '\0';
	return (uint32_t)e->langs++;
}

static int
eval_write(void *self, struct doc *d, struct err *err)
{
	struct langid_eval *e = self;
	const struct eval_result *r = doc_state(d);
	struct eval_doc *v;

	GROW(e->doc, e->docs, e->doc_cap);
	v = &e->doc[e->docs++];
	v->gold = find_lang(e, r->gold);
	v->guess = find_lang(e, r->guess);
	v->p = r->p;
	if (v->gold == LANGS_MAX || v->guess == LANGS_MAX)
		return err_set(err, EXIT_DATA,
		    "field '%s' has more than %d values: name the field of the true "
		    "language with --gold",
		    e->gold, LANGS_MAX);
	e->lang[v->gold].documents++;
	e->lang[v->guess].guesses++;
	e->lang[v->gold].correct += v->gold == v->guess;
	return 0;
}

static double
share(uint64_t part, uint64_t whole)
{
	return whole ? 100 * (double)part / (double)whole : 0;
}

static double
f1(const struct eval_lang *n)
{
	return share(2 * n->correct, n->documents + n->guesses);
}

/* Append the wrong guesses for documents of one language, the most frequent first. */
static void
put_errors(const struct langid_eval *e, size_t gold, struct buf *out)
{
	enum { ERRORS_MAX = 5 };
	uint64_t *count = xcalloc(e->langs, sizeof *count);

	for (size_t i = 0; i < e->docs; i++)
		if (e->doc[i].gold == gold && e->doc[i].guess != gold)
			count[e->doc[i].guess]++;
	for (int k = 0; k < ERRORS_MAX; k++) {
		size_t most = 0;

		for (size_t i = 1; i < e->langs; i++)
			if (count[i] > count[most])
				most = i;
		if (!count[most])
			break;
		buf_putf(
		    out, "%s%s:%" PRIu64, k ? " " : "", e->lang[most].name, count[most]);
		count[most] = 0;
	}
	free(count);
}

/* The expected calibration error: the mean difference, over bins of probability, between
 * the predicted and the observed accuracy. */
static double
calibration_error(const struct langid_eval *e)
{
	double predicted[BINS] = { 0 }, observed[BINS] = { 0 }, sum = 0;

	for (size_t i = 0; i < e->docs; i++) {
		const struct eval_doc *v = &e->doc[i];
		const size_t bin = v->p < 1 ? (size_t)(v->p * BINS) : BINS - 1;

		predicted[bin] += (double)v->p;
		observed[bin] += v->gold == v->guess;
	}
	for (size_t i = 0; i < BINS; i++)
		sum += predicted[i] > observed[i] ? predicted[i] - observed[i]
						  : observed[i] - predicted[i];
	return e->docs ? sum / (double)e->docs : 0;
}

/* The indices of all languages, by name.  The caller frees them. */
static size_t *
sort_langs(const struct langid_eval *e)
{
	size_t *order = xcalloc(e->langs + 1, sizeof *order);

	for (size_t i = 0, k; i < e->langs; i++) {
		for (k = i;
		     k > 0 && strcmp(e->lang[i].name, e->lang[order[k - 1]].name) < 0;
		     k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

static void
put_scores(const struct langid_eval *e, struct buf *out)
{
	size_t *order = sort_langs(e);
	double sum = 0;
	uint64_t correct = 0, languages = 0;

	buf_puts(out, "lang\tdocuments\tprecision\trecall\tf1\ttaken for\n");
	for (size_t k = 0; k < e->langs; k++) {
		const size_t i = order[k];
		const struct eval_lang *n = &e->lang[i];

		if (!n->documents)
			continue;
		buf_putf(out, "%s\t%" PRIu64 "\t", n->name, n->documents);
		num_put(out, share(n->correct, n->guesses), 2);
		buf_putc(out, '\t');
		num_put(out, share(n->correct, n->documents), 2);
		buf_putc(out, '\t');
		num_put(out, f1(n), 2);
		buf_putc(out, '\t');
		put_errors(e, i, out);
		buf_putc(out, '\n');
		sum += f1(n);
		correct += n->correct;
		languages++;
	}
	buf_putf(out, "all\t%zu\taccuracy ", e->docs);
	num_put(out, share(correct, e->docs), 2);
	buf_puts(out, "\tmacro-F1 ");
	num_put(out, languages ? sum / (double)languages : 0, 2);
	buf_puts(out, "\tcalibration error ");
	num_put(out, calibration_error(e), 4);
	buf_putc(out, '\n');
	free(order);
}

static int
by_descending_p(const void *a, const void *b)
{
	const struct eval_doc *x = a, *y = b;

	return x->p < y->p ? 1 : x->p > y->p ? -1 : 0;
}

/*
 * The lowest threshold at which the guesses of a language reach the wanted precision; 1
 * if there is none.  e->doc is sorted by descending probability.
 */
static double
threshold_of(const struct langid_eval *e, size_t language)
{
	uint64_t guesses = 0, correct = 0;
	float threshold = 1, last = 2;

	for (size_t i = 0; i <= e->docs; i++) {
		const struct eval_doc *v = &e->doc[i];

		if (i < e->docs && v->guess != language)
			continue;
		if (guesses && (i == e->docs || v->p < last) &&
		    (double)correct >= e->precision * (double)guesses)
			threshold = last;
		if (i == e->docs)
			break;
		guesses++;
		correct += v->gold == language;
		last = v->p;
	}
	/* Printed with four decimals: round down, or the document at it would be lost. */
	return floor((double)threshold * 1e4) / 1e4;
}

static void
put_thresholds(struct langid_eval *e, struct buf *out)
{
	size_t *order = sort_langs(e);

	if (e->docs)
		qsort(e->doc, e->docs, sizeof *e->doc, by_descending_p);
	for (size_t k = 0; k < e->langs; k++) {
		const size_t l = order[k];

		if (!e->lang[l].documents || !e->lang[l].guesses)
			continue;
		buf_putf(out, "%s ", e->lang[l].name);
		num_put(out, threshold_of(e, l), 4);
		buf_putc(out, '\n');
	}
	free(order);
}

static int
eval_finish(void *self, struct span report, struct err *err)
{
	struct langid_eval *e = self;
	struct out *out = out_open(e->output, 0, 0666, err);
	struct buf b = { 0 };
	int rc = -1;

	if (!out)
		return -1;
	if (e->precision > 0)
		put_thresholds(e, &b);
	else
		put_scores(e, &b);
	if (out_write(out, buf_span(&b), err) < 0)
		out_abort(out);
	else
		rc = out_commit(out, err);
	buf_free(&b);
	return rc;
}

static int
eval_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = langid_scratch_new(((const struct langid_eval *)self)->model);
	return 0;
}

static void
eval_close_thread(void *scratch)
{
	langid_scratch_free(scratch);
}

static const struct sink eval_sink = { .write = eval_write, .finish = eval_finish };

const struct filter filter_langid_eval = {
	.name = "langid-eval",
	.summary = "measure langid accuracy on labelled documents",
	.example = "tamis langid-eval --gold label --same nn=no test.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = eval_open,
	.map = eval_map,
	.close = eval_close,
	.open_thread = eval_open_thread,
	.close_thread = eval_close_thread,
	.sink = &eval_sink,
};
