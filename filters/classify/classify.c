/* classify.c - score documents with fastText classifiers. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/classify/bins.h"
#include "filters/classify/score.h"
#include "filters/models/fasttext.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/text/json_writer.h"
#include "lib/text/utf8.h"

enum { NEWLINE_SPACE, NEWLINE_GLUE, NEWLINE_FIRST };
enum { PLACES = 6 };	  /* decimals of scores */
enum { PARETO_MAX = 64 }; /* the loop of pareto_draw() stays short */

/* Free buffers that grew beyond this many bytes, so that one huge document does not hold
 * memory. */
enum { SCRATCH_KEEP = 1 << 20 };

enum { MAX_MODELS = sizeof(struct opt_list) / sizeof(char *) };

struct classify {
	struct opt_list path, label, as;
	unsigned newline;
	double min;
	uint64_t top, pareto, bins, min_bin;
	const char *edges, *save_edges, *best;

	/* Set by classify_open(). */
	size_t n; /* number of models */
	struct model {
		struct fasttext *ft;
		struct score_rule rule;
		char *name, *label_name, *top_name, *bin_name; /* fields to write */
		struct bins bins;
	} model[MAX_MODELS];
	uint64_t seed;

	/* Scores of the first pass: n records for each document, by its ordinal. */
	struct scored *seen;
	size_t nseen, cap;
};

struct classify_scratch {
	struct fasttext_scratch *ft[MAX_MODELS];
	struct fasttext_guess *guess; /* the best labels of one model */
	float *p;		      /* probabilities of the labels of one score */
	struct buf line, json;
};

static const struct classify defaults = { .min = -INFINITY };

static const struct opt opts[] = {
	OPT_LIST(
	    'm', "model", struct classify, path, "FILE", "fastText model; repeatable"),
	OPT_LIST('l', "label", struct classify, label, "LABELS",
	    "labels that make up the score: LABEL[=W],...; default: hq"),
	OPT_LIST('a', "as", struct classify, as, "FIELD", "write the score to FIELD"),
	OPT_ENUM(0, "newline", struct classify, newline, "space|glue|first",
	    "how the model sees line endings"),
	OPT_DOUBLE(0, "min", struct classify, min, "drop documents that score lower"),
	OPT_U64(0, "pareto", struct classify, pareto,
	    "keep documents at random, favouring high scores"),
	OPT_U64(
	    0, "top", struct classify, top, "write the N best labels, without --label"),
	OPT_U64('b', "bins", struct classify, bins, "assign N score bins of equal bytes"),
	OPT_STR(0, "edges", struct classify, edges, "FILE",
	    "assign bins by the edges in FILE, in one pass"),
	OPT_NOREPORT(OPT_T_STR, 0, "save-edges", struct classify, save_edges, "FILE",
	    "write the edges of --bins to FILE"),
	OPT_STR(0, "best", struct classify, best, "FIELD",
	    "write the highest bin over all models to FIELD"),
	OPT_U64(0, "min-bin", struct classify, min_bin,
	    "drop documents whose highest bin is lower"),
	OPT_ALIAS(
	    OPT_T_ENUM, 'n', "newline", struct classify, newline, "space|glue|first"),
	OPT_END,
};

static bool
has_bins(const struct classify *c)
{
	return c->bins > 0 || c->edges;
}

/* Refuse options that contradict each other. */
static int
check_options(const struct classify *c, const struct common *common, struct err *err)
{
	const char *out[] = { common->output, common->rejects, common->report };

	if (c->path.n == 0)
		return err_set(err, EXIT_USAGE, "no model: give one with -m FILE");
	if (c->as.n > c->path.n || c->label.n > c->path.n)
		return err_set(err, EXIT_USAGE,
		    "%zu --as and %zu --label for %zu --model: give at most one of each "
		    "to a model",
		    c->as.n, c->label.n, c->path.n);
	if (c->path.n > 1 && c->as.n < c->path.n)
		return err_set(err, EXIT_USAGE,
		    "%zu --model but %zu --as: give one to each model", c->path.n,
		    c->as.n);
	if (c->path.n > 1 && (c->min > -INFINITY || c->pareto))
		return err_set(err, EXIT_USAGE,
		    "--min and --pareto work with one model, %zu are given", c->path.n);
	if (c->top && (c->label.n || has_bins(c)))
		return err_set(err, EXIT_USAGE,
		    "--top cannot be combined with --label, --bins or --edges");
	if (c->top > UINT32_MAX)
		return err_set(err, EXIT_USAGE, "--top is %" PRIu64 ", limit is %u",
		    c->top, UINT32_MAX);
	if (c->pareto > PARETO_MAX)
		return err_set(err, EXIT_USAGE, "--pareto is %" PRIu64 ", limit is %d",
		    c->pareto, PARETO_MAX);
	if (c->bins == 1 || c->bins > BINS_MAX)
		return err_set(err, EXIT_USAGE,
		    "--bins is %" PRIu64 ", must be from 2 to %d", c->bins, BINS_MAX);
	if (c->bins && c->edges)
		return err_set(err, EXIT_USAGE, "--bins cannot be combined with --edges");
	if (!c->bins && c->save_edges)
		return err_set(err, EXIT_USAGE, "--save-edges requires --bins");
	if (!has_bins(c) && (c->min_bin || c->best))
		return err_set(
		    err, EXIT_USAGE, "--min-bin and --best require --bins or --edges");
	if (c->bins && c->min_bin >= c->bins)
		return err_set(err, EXIT_USAGE,
		    "--min-bin is %" PRIu64 ", the last bin is %" PRIu64, c->min_bin,
		    c->bins - 1);
	for (size_t i = 0; i < sizeof out / sizeof *out; i++)
		if (c->save_edges && out[i] && strcmp(c->save_edges, out[i]) == 0)
			return err_set(err, EXIT_USAGE,
			    "'%s' is given for --save-edges and for another output",
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

/* Refuse field names that are equal or reserved. */
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
			return err_set(err, EXIT_USAGE,
			    "--as, --best: field name is empty or not UTF-8");
		for (size_t k = 0; k < i; k++)
			if (strcmp(name[i], name[k]) == 0)
				return err_set(err, EXIT_USAGE,
				    "field '%s' is in use already: choose another with "
				    "--as or --best",
				    name[i]);
	}
	return 0;
}

static int
open_model(struct classify *c, size_t i, struct setup *setup, struct err *err)
{
	struct model *m = &c->model[i];
	const char *name = i < c->as.n ? c->as.v[i] : "score";
	const char *path = c->path.v[i];
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
	buf_putf(&version, "%s %s", path_base(path), hex);
	setup_uses(setup, buf_span(&key), buf_span(&version));
	buf_free(&key);
	buf_free(&version);
	if (c->edges && bins_load(c->edges, &m->bins, span_of(name), err) < 0)
		return -1;
	if (c->edges && c->min_bin > m->bins.n)
		return err_set(err, EXIT_USAGE,
		    "--min-bin is %" PRIu64 ", the last bin of '%s' is %zu", c->min_bin,
		    c->edges, m->bins.n);
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
	setup->passes = c->bins > 0 ? 2 : 1;
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
	struct classify_scratch *s = xcalloc(1, sizeof *s);
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
	struct classify_scratch *s = scratch;

	for (size_t i = 0; i < MAX_MODELS; i++)
		fasttext_scratch_free(s->ft[i]);
	free(s->guess);
	free(s->p);
	buf_free(&s->line);
	buf_free(&s->json);
	free(s);
}

/* The text as the models see it.  To fastText a text is one line, and newlines are white
 * space. */
static struct span
model_line(const struct classify *c, struct classify_scratch *s, struct span text)
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

static void
set_json(struct doc *d, const char *name, struct span json)
{
	doc_set_raw(d, span_of(name), doc_copy(d, json));
}

/* Write the best label, and with --top above 1 the list of the best labels. */
static void
set_top(const struct classify *c, const struct model *m, struct classify_scratch *s,
    struct doc *d, int n)
{
	struct json_writer best = { .out = &s->json }, all = best;

	doc_set_num(d, span_of(m->name), n > 0 ? (double)s->guess[0].p : 0, PLACES);
	s->json.n = 0;
	jw_str(&best, n > 0 ? fasttext_label(m->ft, s->guess[0].label) : SPAN(""));
	set_json(d, m->label_name, buf_span(&s->json));
	if (c->top == 1)
		return;
	s->json.n = 0;
	jw_array(&all);
	for (int i = 0; i < n; i++) {
		jw_array(&all);
		jw_str(&all, fasttext_label(m->ft, s->guess[i].label));
		jw_num(&all, (double)s->guess[i].p, PLACES);
		jw_end(&all);
	}
	jw_end(&all);
	set_json(d, m->top_name, buf_span(&s->json));
}

/* Score one line with model i.  Returns false if a weight is NaN or infinite. */
static bool
score_model(const struct classify *c, size_t i, struct classify_scratch *s, struct doc *d,
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

/* Score a document with all models.  Returns false if the document was marked as bad. */
static bool
score_doc(
    const struct classify *c, struct classify_scratch *s, struct doc *d, float *score)
{
	struct span line = model_line(c, s, doc_text(d));
	size_t i = 0;

	while (i < c->n && score_model(c, i, s, d, line, &score[i]))
		i++;
	if (s->line.cap > SCRATCH_KEEP)
		buf_free(&s->line);
	if (i < c->n)
		doc_bad(d,
		    "%s: model weights contain NaN or infinity: download or retrain the "
		    "model",
		    c->path.v[i]);
	return i == c->n;
}

/*
 * Keep a document with a probability that grows with its score: if 1 - score is below a
 * number drawn from a Pareto (Lomax) distribution of shape --pareto, as for GPT-3 (Brown
 * et al., arXiv:2005.14165, appendix A).  The draw depends only on the id and the seed.
 */
static void
pareto_draw(const struct classify *c, struct doc *d, float score)
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

/* Write the fields and drop the document where its scores say so. */
static void
apply_scores(const struct classify *c, struct doc *d, const float *score)
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
		pareto_draw(c, d, score[0]);
}

static void
classify_map(const void *self, void *scratch, struct doc *d)
{
	const struct classify *c = self;
	float *score = doc_alloc(d, c->n * sizeof *score);

	if (!score_doc(c, scratch, d, score))
		return;
	if (c->bins)
		doc_state_set(d, score);
	else
		apply_scores(c, d, score);
}

/* Keep the scores of the first pass for the second one. */
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
		    "--save-edges: the input has no text, so there are no edges");
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
	apply_scores(c, d, score);
}

const struct filter filter_classify = {
	.name = "classify",
	.summary = "score documents with fastText classifiers",
	.example = "tamis classify -m hq.bin --bins 10 --min-bin 9 docs.jsonl.zst",
	.operands = "-m MODEL [FILE...]",
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
	.selects = true,
};
