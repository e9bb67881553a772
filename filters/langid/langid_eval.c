/* langid_eval.c - how often langid is right: per language, and where it is not. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/langid/identify.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/stream.h"

enum { BINS = 20, NAMES_MAX = 4096 };

struct name {
	char *name;
	uint64_t documents, guesses, right;
};

struct verdict {
	uint32_t gold, guess;
	float p;
};

struct langid_eval {
	const char *model_path, *gold, *same;
	double precision;
	const char *output;
	struct langid_model *model;

	struct name *name; /* languages of documents and of guesses */
	size_t names;
	struct verdict *v;
	size_t n, cap;
};

static const struct langid_eval defaults = { .gold = "lang" };

static const struct opt opts[] = {
	OPT_STR('m', "model", struct langid_eval, model_path, "FILE",
	    "a model of langid-train or fastText, in place of ours"),
	OPT_STR('g', "gold", struct langid_eval, gold, "NAME",
	    "member with the language that a document is in"),
	OPT_STR(0, "same", struct langid_eval, same, "A=B,...",
	    "a guess of A counts as one of B"),
	OPT_DOUBLE(0, "precision", struct langid_eval, precision,
	    "write thresholds with which so much of what is kept is right"),
	OPT_END,
};

static void
eval_close(void *self)
{
	struct langid_eval *e = self;

	if (e->model)
		langid_model_close(e->model);
	free(e->model);
	for (size_t i = 0; i < e->names; i++)
		free(e->name[i].name);
	free(e->name);
	free(e->v);
}

static int
eval_open(void *self, struct setup *setup, struct err *err)
{
	struct langid_eval *e = self;
	const struct common *c = setup->c;

	e->output = c->output;
	if (!(e->precision >= 0 && e->precision < 1))
		return err_set(err, EXIT_USAGE, "--precision: write 0 to 0.999");
	e->model = xcalloc(1, sizeof *e->model);
	if (langid_model_open(e->model, e->model_path, err) == 0)
		return 0;
	eval_close(self);
	return -1;
}

struct mark {
	struct span gold, guess;
	float p;
};

/* The B of A=B in a list, or A itself. */
static struct span
counted_as(const char *same, struct span a)
{
	for (const char *p = same; p && *p;) {
		const size_t n = strcspn(p, ","), eq = strcspn(p, "=");

		if (eq < n && span_eq((struct span){ p, eq }, a))
			return (struct span){ p + eq + 1, n - eq - 1 };
		p += n + (p[n] == ',');
	}
	return a;
}

static void
eval_map(const void *self, void *scratch, struct doc *d)
{
	const struct langid_eval *e = self;
	struct mark *m = doc_alloc(d, sizeof *m);
	struct langid_guess g;

	if (!doc_str(d, span_of(e->gold), &m->gold)) {
		doc_bad(
		    d, "no member '%s' to compare with: name yours with --gold", e->gold);
		return;
	}
	g = langid_guess(e->model, scratch, doc_text(d), 0);
	if (g.label == BROKEN_MODEL) {
		doc_bad(d,
		    "the model has a weight that is no number: copy or train it again");
		return;
	}
	m->guess = counted_as(e->same,
	    span_of(g.label == NO_LABEL ? "und" : e->model->label[g.label].lang));
	m->p = (float)g.p;
	doc_state_set(d, m);
}

/* The number of a name; NAMES_MAX: there are too many. */
static uint32_t
find_name(struct langid_eval *e, struct span name)
{
	struct name *n;

	for (size_t i = 0; i < e->names; i++)
		if (span_eq(span_of(e->name[i].name), name))
			return (uint32_t)i;
	if (e->names == NAMES_MAX)
		return NAMES_MAX;
	e->name = xrealloc(e->name, e->names + 1, sizeof *e->name);
	n = &e->name[e->names];
	*n = (struct name){ .name = xmalloc(name.n + 1) };
	memcpy(n->name, name.p, name.n);
	n->name[name.n] = '\0';
	return (uint32_t)e->names++;
}

static int
eval_write(void *self, struct doc *d, struct err *err)
{
	struct langid_eval *e = self;
	const struct mark *m = doc_state(d);
	struct verdict *v;

	if (e->n == e->cap) {
		e->cap = e->cap ? e->cap * 2 : 1024;
		e->v = xrealloc(e->v, e->cap, sizeof *e->v);
	}
	v = &e->v[e->n++];
	v->gold = find_name(e, m->gold);
	v->guess = find_name(e, m->guess);
	v->p = m->p;
	if (v->gold == NAMES_MAX || v->guess == NAMES_MAX)
		return err_set(err, EXIT_DATA,
		    "more than %d languages: does the member '%s' name languages",
		    NAMES_MAX, e->gold);
	e->name[v->gold].documents++;
	e->name[v->guess].guesses++;
	e->name[v->gold].right += v->gold == v->guess;
	return 0;
}

static double
share(uint64_t part, uint64_t whole)
{
	return whole ? 100 * (double)part / (double)whole : 0;
}

static double
f1(const struct name *n)
{
	return share(2 * n->right, n->documents + n->guesses);
}

/* What documents of one language were taken for, most frequent first. */
static void
put_errors(const struct langid_eval *e, size_t gold, struct buf *out)
{
	enum { MOST = 5 };
	uint64_t *count = xcalloc(e->names, sizeof *count);

	for (size_t i = 0; i < e->n; i++)
		if (e->v[i].gold == gold && e->v[i].guess != gold)
			count[e->v[i].guess]++;
	for (int k = 0; k < MOST; k++) {
		size_t most = 0;

		for (size_t i = 1; i < e->names; i++)
			if (count[i] > count[most])
				most = i;
		if (!count[most])
			break;
		buf_putf(
		    out, "%s%s:%" PRIu64, k ? " " : "", e->name[most].name, count[most]);
		count[most] = 0;
	}
	free(count);
}

/* The mean difference of what was said and what was so (expected calibration error). */
static double
calibration_error(const struct langid_eval *e)
{
	double said[BINS] = { 0 }, was[BINS] = { 0 }, sum = 0;

	for (size_t i = 0; i < e->n; i++) {
		const struct verdict *v = &e->v[i];
		const size_t bin = v->p < 1 ? (size_t)(v->p * BINS) : BINS - 1;

		said[bin] += (double)v->p;
		was[bin] += v->gold == v->guess;
	}
	for (size_t i = 0; i < BINS; i++)
		sum += said[i] > was[i] ? said[i] - was[i] : was[i] - said[i];
	return e->n ? sum / (double)e->n : 0;
}

/* Languages by name: e->names of them, the caller's to free. */
static size_t *
ordered(const struct langid_eval *e)
{
	size_t *order = xcalloc(e->names + 1, sizeof *order);

	for (size_t i = 0, k; i < e->names; i++) {
		for (k = i;
		     k > 0 && strcmp(e->name[i].name, e->name[order[k - 1]].name) < 0;
		     k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

static void
put_scores(const struct langid_eval *e, struct buf *out)
{
	size_t *order = ordered(e);
	double sum = 0;
	uint64_t right = 0, languages = 0;

	buf_puts(out, "lang\tdocuments\tprecision\trecall\tf1\ttaken for\n");
	for (size_t k = 0; k < e->names; k++) {
		const size_t i = order[k];
		const struct name *n = &e->name[i];

		if (!n->documents)
			continue;
		buf_putf(out, "%s\t%" PRIu64 "\t", n->name, n->documents);
		num_put(out, share(n->right, n->guesses), 2);
		buf_putc(out, '\t');
		num_put(out, share(n->right, n->documents), 2);
		buf_putc(out, '\t');
		num_put(out, f1(n), 2);
		buf_putc(out, '\t');
		put_errors(e, i, out);
		buf_putc(out, '\n');
		sum += f1(n);
		right += n->right;
		languages++;
	}
	buf_putf(out, "all\t%zu\taccuracy ", e->n);
	num_put(out, share(right, e->n), 2);
	buf_puts(out, "\tmacro-F1 ");
	num_put(out, languages ? sum / (double)languages : 0, 2);
	buf_puts(out, "\tcalibration error ");
	num_put(out, calibration_error(e), 4);
	buf_putc(out, '\n');
	free(order);
}

static int
by_p(const void *a, const void *b)
{
	const struct verdict *x = a, *y = b;

	return x->p < y->p ? 1 : x->p > y->p ? -1 : 0;
}

/*
 * The least probability at and above which enough of the guesses of a language are right;
 * 1 if there is none.  e->v is sorted by p.
 */
static double
threshold_of(const struct langid_eval *e, size_t language)
{
	uint64_t guesses = 0, right = 0;
	float threshold = 1, last = 2;

	for (size_t i = 0; i <= e->n; i++) {
		const struct verdict *v = &e->v[i];

		if (i < e->n && v->guess != language)
			continue;
		if (guesses && (i == e->n || v->p < last) &&
		    (double)right >= e->precision * (double)guesses)
			threshold = last;
		if (i == e->n)
			break;
		guesses++;
		right += v->gold == language;
		last = v->p;
	}
	/* It is written in four places, and must not be above itself there. */
	return floor((double)threshold * 1e4) / 1e4;
}

static void
put_thresholds(struct langid_eval *e, struct buf *out)
{
	size_t *order = ordered(e);

	if (e->n)
		qsort(e->v, e->n, sizeof *e->v, by_p);
	for (size_t k = 0; k < e->names; k++) {
		const size_t l = order[k];

		if (!e->name[l].documents || !e->name[l].guesses)
			continue;
		buf_putf(out, "%s ", e->name[l].name);
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
	if (out_write(out, buf_span(&b), buf_span(&b), err) < 0)
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
	.summary = "how often langid is right on documents with languages",
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
