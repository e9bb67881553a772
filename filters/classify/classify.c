/* classify.c - score documents by fastText classifiers: quality, topic, whatever they
 * learned. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/classify/bins.h"
#include "filters/classify/score.h"
#include "filters/models/fasttext.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/text/json.h"
#include "lib/text/utf8.h"

enum { NEWLINE_SPACE, NEWLINE_GLUE, NEWLINE_FIRST };
enum { PLACES = 6 }; /* of numbers that are written */

/* What is kept of the memory that a giant text made grow. */
enum { KEEP = 1 << 20 };

enum { MAX_MODELS = sizeof(struct opt_list) / sizeof(char *) };

struct classify {
	struct opt_list path, label, as;
	unsigned newline;
	double min;
	uint64_t top, pareto, bins, min_bin;
	const char *edges, *save_edges, *best;

	/* Set by open. */
	size_t n; /* models */
	struct model {
		struct fasttext *ft;
		struct score_rule rule;
		char *name, *label_name, *top_name, *bin_name; /* members */
		struct bins bins;
	} model[MAX_MODELS];
	uint64_t seed;

	/* Of each document: n records, at n times its ordinal. */
	struct scored *seen;
	size_t nseen, cap;
};

struct scratch {
	struct fasttext_scratch *ft[MAX_MODELS];
	struct fasttext_guess *guess; /* the best labels of one */
	float *p;		      /* those of the labels of a score */
	struct buf line, json;
};

static const struct classify defaults = { .min = -INFINITY };

static const struct opt opts[] = {
	OPT_LIST('m', "model", struct classify, path, "FILE",
	    "a fastText model; may be given again"),
	OPT_LIST('l', "label", struct classify, label, "LABELS",
	    "what its score is: LABEL[=W],...; default: hq"),
	OPT_LIST(
	    'a', "as", struct classify, as, "NAME", "write its score as member NAME"),
	OPT_ENUM('n', "newline", struct classify, newline, "space|glue|first",
	    "what the model sees of line ends"),
	OPT_DOUBLE(0, "min", struct classify, min, "drop documents with a lower score"),
	OPT_U64(0, "pareto", struct classify, pareto,
	    "keep documents at random, better ones more often"),
	OPT_U64(0, "top", struct classify, top, "write the N best labels, no --label"),
	OPT_U64(
	    'b', "bins", struct classify, bins, "N bins of scores that hold equal bytes"),
	OPT_STR(0, "edges", struct classify, edges, "FILE",
	    "bins by the edges in FILE: one pass"),
	OPT_NOREPORT(OPT_T_STR, 0, "save-edges", struct classify, save_edges, "FILE",
	    "write the edges of --bins to FILE"),
	OPT_STR(0, "best", struct classify, best, "NAME",
	    "write the highest bin of all models as NAME"),
	OPT_U64(0, "min-bin", struct classify, min_bin,
	    "drop documents whose highest bin is lower"),
	OPT_END,
};

static bool
has_bins(const struct classify *c)
{
	return c->bins > 0 || c->edges;
}

/* What needs one model, or bins, or none. */
static int
check_options(const struct classify *c, const struct common *common, struct err *err)
{
	const char *out[] = { common->output, common->rejects, common->report };

	if (c->path.n == 0)
		return err_set(err, EXIT_USAGE, "no model: name one with -m FILE");
	if (c->as.n > c->path.n || c->label.n > c->path.n)
		return err_set(err, EXIT_USAGE,
		    "more of --as or --label than of --model: give one to each model");
	if (c->path.n > 1 && c->as.n < c->path.n)
		return err_set(err, EXIT_USAGE,
		    "several models, and not a name for each: give --as NAME to each");
	if (c->path.n > 1 && (c->min > -INFINITY || c->pareto))
		return err_set(err, EXIT_USAGE,
		    "--min and --pareto mean the score of one model: run them one by "
		    "one");
	if (c->top && (c->label.n || has_bins(c)))
		return err_set(err, EXIT_USAGE,
		    "--top is for all labels: leave out --label and bins");
	if (c->top > UINT32_MAX || c->pareto > 64)
		return err_set(err, EXIT_USAGE,
		    "a number for --top or --pareto that is too large: take a smaller "
		    "one");
	if (c->bins == 1 || c->bins > BINS_MAX)
		return err_set(
		    err, EXIT_USAGE, "--bins: write a number from 2 to %d", BINS_MAX);
	if (c->bins && c->edges)
		return err_set(err, EXIT_USAGE,
		    "--edges and --bins: either bins that are known, or new ones");
	if (!c->bins && c->save_edges)
		return err_set(err, EXIT_USAGE, "--save-edges: give --bins, too");
	if (!has_bins(c) && (c->min_bin || c->best))
		return err_set(err, EXIT_USAGE,
		    "--min-bin and --best need bins: give --bins or --edges");
	if (c->bins && c->min_bin >= c->bins)
		return err_set(err, EXIT_USAGE,
		    "--min-bin is above the last bin: nothing could pass");
	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		if (c->save_edges && out[i] && strcmp(c->save_edges, out[i]) == 0)
			return err_set(err, EXIT_USAGE,
			    "--save-edges and another output are both '%s': name two "
			    "files",
			    c->save_edges);
	return 0;
}

static char *
join(const char *name, const char *suffix)
{
	struct buf b = { 0 };

	buf_puts(&b, name);
	buf_puts(&b, suffix);
	buf_putc(&b, '\0');
	return b.p;
}

/* No two members of one name, and none that has a meaning. */
static int
check_names(const struct classify *c, const struct common *common, struct err *err)
{
	const char *name[4 * MAX_MODELS + 4] = { common->text, common->id, "drop" };
	size_t n = 3;

	for (size_t i = 0; i < c->n; i++) {
		const struct model *m = &c->model[i];
		const char *own[] = { m->name, m->label_name, m->top_name, m->bin_name };

		for (size_t k = 0; k < sizeof own / sizeof *own; k++)
			name[n++] = own[k];
	}
	if (c->best)
		name[n++] = c->best;
	for (size_t i = 3; i < n; i++) {
		if (!*name[i] || !utf8_valid(span_of(name[i])))
			return err_set(
			    err, EXIT_USAGE, "--as, --best: a name is UTF-8, not empty");
		for (size_t k = 0; k < i; k++)
			if (strcmp(name[i], name[k]) == 0)
				return err_set(err, EXIT_USAGE,
				    "two members called '%s': choose with --as, --best",
				    name[i]);
	}
	return 0;
}

static int
open_model(struct classify *c, size_t i, struct setup *setup, struct err *err)
{
	struct model *m = &c->model[i];
	const char *name = i < c->as.n ? c->as.v[i] : "score";
	const char *path = c->path.v[i], *slash = strrchr(path, '/');
	const char *label = i < c->label.n ? c->label.v[i] : NULL;
	struct buf key = { 0 }, version = { 0 };
	char hex[33];

	m->name = join(name, "");
	m->label_name = join(name, "_label");
	m->top_name = join(name, "_top");
	m->bin_name = join(name, "_bin");
	m->ft = fasttext_open(path, err);
	if (!m->ft)
		return -1;
	hash128_hex(fasttext_hash(m->ft), hex);
	buf_putf(&key, "model %s", name);
	buf_putf(&version, "%s %s", slash ? slash + 1 : path, hex);
	setup_uses(setup, buf_span(&key), buf_span(&version));
	buf_free(&key);
	buf_free(&version);
	if (c->edges && bins_load(c->edges, &m->bins, span_of(name), err) < 0)
		return -1;
	if (c->edges && c->min_bin > m->bins.n)
		return err_set(err, EXIT_USAGE,
		    "--min-bin is above the last bin of %s: nothing could pass",
		    c->edges);
	return c->top ? 0 : score_parse(&m->rule, m->ft, path, label, err);
}

static void
classify_close(void *self)
{
	struct classify *c = self;

	for (size_t i = 0; i < c->n; i++) {
		struct model *m = &c->model[i];

		fasttext_close(m->ft);
		score_free(&m->rule);
		free(m->bins.edge);
		free(m->name);
		free(m->label_name);
		free(m->top_name);
		free(m->bin_name);
	}
	free(c->seen);
}

static int
classify_open(void *self, struct setup *setup, struct err *err)
{
	const struct common *common = setup->c;
	struct classify *c = self;
	int rc = check_options(c, common, err);

	c->seed = common->seed;
	for (; rc == 0 && c->n < c->path.n; c->n++)
		rc = open_model(c, c->n, setup, err);
	setup->second_pass = c->bins > 0;
	if (rc == 0)
		rc = check_names(c, common, err);
	if (rc < 0)
		classify_close(c);
	return rc;
}

static int
classify_open_thread(const void *self, void **scratch, struct err *err)
{
	const struct classify *c = self;
	struct scratch *s = xcalloc(1, sizeof *s);
	size_t guesses = 0, labels = 0;

	*scratch = s;
	for (size_t i = 0; i < c->n; i++) {
		const struct model *m = &c->model[i];

		s->ft[i] = fasttext_scratch_new(m->ft);
		if (fasttext_labels(m->ft) > guesses)
			guesses = fasttext_labels(m->ft);
		if (m->rule.n > labels)
			labels = m->rule.n;
	}
	s->guess = xcalloc(c->top < guesses ? c->top + 1 : guesses, sizeof *s->guess);
	s->p = xcalloc(labels + 1, sizeof *s->p);
	return 0;
}

static void
classify_close_thread(void *scratch)
{
	struct scratch *s = scratch;

	for (size_t i = 0; i < MAX_MODELS; i++)
		fasttext_scratch_free(s->ft[i]);
	free(s->guess);
	free(s->p);
	buf_free(&s->line);
	buf_free(&s->json);
	free(s);
}

/* The text as the models are to see it: to them a line, with newlines as white space. */
static struct span
line_of(const struct classify *c, struct scratch *s, struct span text)
{
	if (c->newline == NEWLINE_SPACE)
		return text;
	s->line.n = 0;
	while (text.n > 0) {
		const char *end = memchr(text.p, '\n', text.n);
		const size_t n = end ? (size_t)(end - text.p) : text.n;

		if (c->newline == NEWLINE_FIRST)
			return (struct span){ text.p, n };
		buf_put(&s->line, text.p, n);
		text = span_from(text, end ? n + 1 : n);
	}
	return buf_span(&s->line);
}

/* What a model's label is in JSON. */
static void
put_label(const struct model *m, uint32_t label, struct buf *out)
{
	json_quote_any(out, fasttext_label(m->ft, label));
}

static void
set_json(struct doc *d, const char *name, struct span json)
{
	char *p = memcpy(doc_alloc(d, json.n), json.p, json.n);

	doc_set_raw(d, span_of(name), (struct span){ p, json.n });
}

/* The best label, and if there are to be more than one, all of them. */
static void
set_top(const struct classify *c, const struct model *m, struct scratch *s, struct doc *d,
    int n)
{
	doc_set_num(d, span_of(m->name), n > 0 ? (double)s->guess[0].p : 0, PLACES);
	s->json.n = 0;
	if (n > 0)
		put_label(m, s->guess[0].label, &s->json);
	else
		buf_puts(&s->json, "\"\"");
	set_json(d, m->label_name, buf_span(&s->json));
	if (c->top == 1)
		return;
	s->json.n = 0;
	buf_putc(&s->json, '[');
	for (int i = 0; i < n; i++) {
		buf_puts(&s->json, i ? ",[" : "[");
		put_label(m, s->guess[i].label, &s->json);
		buf_putc(&s->json, ',');
		num_put(&s->json, (double)s->guess[i].p, PLACES);
		buf_putc(&s->json, ']');
	}
	buf_putc(&s->json, ']');
	set_json(d, m->top_name, buf_span(&s->json));
}

/* The score that a model gives a line.  False: the model is damaged. */
static bool
ask(const struct classify *c, size_t i, struct scratch *s, struct doc *d,
    struct span line, float *score)
{
	const struct model *m = &c->model[i];
	const uint32_t labels = fasttext_labels(m->ft);
	int n;

	if (c->top) {
		n = fasttext_predict(m->ft, s->ft[i], line,
		    c->top < labels ? (uint32_t)c->top : labels, s->guess);
		if (n >= 0)
			set_top(c, m, s, d, n);
		*score = n > 0 ? s->guess[0].p : 0;
	} else {
		n = fasttext_score(m->ft, s->ft[i], line, m->rule.label, m->rule.n, s->p);
		*score = n > 0 ? score_sum(&m->rule, s->p) : 0;
	}
	return n >= 0;
}

/* The scores of a document.  False: it is marked bad. */
static bool
rate(const struct classify *c, struct scratch *s, struct doc *d, float *score)
{
	struct span line = line_of(c, s, doc_text(d));
	size_t i = 0;

	while (i < c->n && ask(c, i, s, d, line, &score[i]))
		i++;
	if (s->line.cap > KEEP)
		buf_free(&s->line);
	if (i < c->n)
		doc_bad(d, "%s: a weight in this model is no number: get it again",
		    c->path.v[i]);
	return i == c->n;
}

/*
 * Whether a document is kept with a probability that grows with its score: if a number
 * drawn from a Pareto distribution of shape a, as numpy has it, is above 1 - score (Brown
 * et al., "Language Models are Few-Shot Learners").  Each id draws its own number.
 */
static void
draw(const struct classify *c, struct doc *d, float score)
{
	const double chance = (double)(hash64(doc_id(d), c->seed) >> 11) * 0x1p-53;
	double keep = 1;

	if (score >= 1)
		return;
	for (uint64_t i = 0; i < c->pareto; i++)
		keep /= 2 - (double)score;
	if (chance >= keep)
		doc_drop_value(d, "classify.pareto", keep, chance);
}

/* What follows from the scores. */
static void
decide(const struct classify *c, struct doc *d, const float *score)
{
	uint64_t best = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct model *m = &c->model[i];
		uint64_t bin = bins_find(&m->bins, score[i]);

		doc_set_num(d, span_of(m->name), (double)score[i], PLACES);
		if (has_bins(c))
			doc_set_u64(d, span_of(m->bin_name), bin);
		if (bin > best)
			best = bin;
		doc_count(d, "classify.zero_scores", fpclassify(score[i]) == FP_ZERO);
	}
	if (c->best)
		doc_set_u64(d, span_of(c->best), best);
	if ((double)score[0] < c->min)
		doc_drop_value(d, "classify.min", (double)score[0], c->min);
	if (best < c->min_bin)
		doc_drop_value(d, "classify.min_bin", (double)best, (double)c->min_bin);
	if (c->pareto)
		draw(c, d, score[0]);
}

static void
classify_map(const void *self, void *scratch, struct doc *d)
{
	const struct classify *c = self;
	float *score = doc_alloc(d, c->n * sizeof *score);

	if (!rate(c, scratch, d, score))
		return;
	if (c->bins)
		doc_state_set(d, score);
	else
		decide(c, d, score);
}

/* Note the scores of the first pass where the second one finds them. */
static int
classify_fold(void *self, struct doc *d, struct err *err)
{
	struct classify *c = self;
	const float *score = doc_state(d);
	size_t at, n;

	if (!c->bins)
		return 0;
	at = xmul(c->n, (size_t)doc_ordinal(d));
	n = doc_text(d).n;
	if (at + c->n > c->cap) {
		c->cap = xmul(xadd(at, c->n), 2);
		c->seen = xrealloc(c->seen, c->cap, sizeof *c->seen);
	}
	for (; c->nseen < at; c->nseen++)
		c->seen[c->nseen] = (struct scored){ .score = NAN };
	for (size_t i = 0; i < c->n; i++)
		c->seen[c->nseen++] = (struct scored){ score[i],
			n < UINT32_MAX ? (uint32_t)n : UINT32_MAX };
	return 0;
}

static int
classify_decide(void *self, struct err *err)
{
	struct classify *c = self;
	const size_t docs = c->nseen / c->n;
	struct span name[MAX_MODELS];
	struct bins bins[MAX_MODELS];
	bool empty = false;

	for (size_t i = 0; i < c->n; i++) {
		struct model *m = &c->model[i];

		empty = bins_make(&m->bins, c->bins, c->seen + i, docs, c->n) < 0;
		name[i] = span_of(m->name);
		bins[i] = m->bins;
	}
	if (!c->save_edges)
		return 0;
	if (empty)
		return err_set(err, EXIT_DATA,
		    "--save-edges: no text, and so no edges: give some documents");
	return bins_save(c->save_edges, bins, name, c->n, err);
}

static void
classify_apply(const void *self, void *scratch, struct doc *d)
{
	const struct classify *c = self;
	const struct scored *seen = c->seen + doc_ordinal(d) * c->n;
	float *score = doc_alloc(d, c->n * sizeof *score);

	for (size_t k = 0; k < c->n; k++)
		score[k] = seen[k].score;
	decide(c, d, score);
}

const struct filter filter_classify = {
	.name = "classify",
	.summary = "score documents by fastText classifiers",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = classify_open,
	.map = classify_map,
	.fold = classify_fold,
	.close = classify_close,
	.open_thread = classify_open_thread,
	.close_thread = classify_close_thread,
	.decide = classify_decide,
	.apply = classify_apply,
};
