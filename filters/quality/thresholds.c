/* thresholds.c - derive per-language bounds of rules from a reference corpus. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/quality/prose_words.h"
#include "filters/quality/rule_plan.h"
#include "filters/quality/threshold_methods.h"
#include "filters/quality/top_words.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/base/table.h"
#include "lib/io/stream.h"
#include "lib/text/json.h"
#include "lib/text/utf8.h"

/* A document in the sample of its language: the sample keeps the smallest keys. */
struct sampled_doc {
	uint64_t key, ordinal;
	double value[];
};

struct language {
	char *name;
	uint64_t docs, words;	   /* words of prose */
	struct sampled_doc **heap; /* a max-heap by key */
	size_t n;
	struct top_words count;
};

struct thresholds {
	struct opt_list rules;
	unsigned method;
	const char *english;
	uint64_t sample, min_docs, stop_words;
	double stop_share;

	/* Set by thresholds_open(). */
	const char *output;
	uint64_t seed;
	bool quiet;
	struct rule_plan plan;
	size_t nfeatures;

	struct table index; /* hash of the name -> index in language */
	struct language *language;
	size_t nlanguages;
};

static const struct thresholds defaults = {
	.english = "en",
	.method = METHOD_QUANTILE,
	.sample = 5000,
	.min_docs = 100,
	.stop_words = 8,
	.stop_share = 0.008,
};

static const struct opt opts[] = {
	OPT_LIST('R', "rules", struct thresholds, rules, "SET,...",
	    "rule sets to derive bounds for"),
	OPT_ENUM(0, "method", struct thresholds, method,
	    "english|zmatch|quantile|tail10|median-ratio", "how to derive the bounds"),
	OPT_STR(0, "english", struct thresholds, english, "LANG",
	    "language that the sets' own bounds are for"),
	OPT_U64(0, "sample", struct thresholds, sample,
	    "measure at most N documents per language"),
	OPT_U64(0, "min-docs", struct thresholds, min_docs,
	    "skip languages with fewer documents"),
	OPT_DOUBLE(0, "stop-share", struct thresholds, stop_share,
	    "words with at least this share of all words are stop words"),
	OPT_U64(0, "stop-words", struct thresholds, stop_words,
	    "the N most frequent words are always stop words"),
	OPT_END,
};

/* What map measures in a document: feature values, and its different words. */
struct doc_values {
	struct span lang;
	double *value;
	struct word_count *word;
	size_t nwords;
	uint64_t words;
};

static int
choose(struct thresholds *t, const char *list, struct err *err)
{
	struct span name;

	while (list_next(&list, &name)) {
		const struct rule_set *s = rule_set_find(name);

		if (!s)
			return err_set(err, EXIT_USAGE,
			    "--rules: unknown rule set '%.*s': see 'tamis rules -S'",
			    (int)name.n, name.p);
		if (s->edit)
			return err_set(err, EXIT_USAGE,
			    "--rules: rule set '%s' edits texts: choose sets that do not",
			    s->name);
		if (!rule_plan_use(&t->plan, s))
			return err_set(err, EXIT_USAGE,
			    "--rules: rule set '%s' is given twice", s->name);
	}
	return 0;
}

static int
check(const struct thresholds *t, struct err *err)
{
	if (!t->output || strcmp(t->output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output: give a rule file with -o FILE");
	if (file_put_check(t->output, err) < 0)
		return -1;
	if (t->sample < 10 || t->sample > 10000000)
		return err_set(err, EXIT_USAGE,
		    "--sample is %" PRIu64 ", must be from 10 to 10000000", t->sample);
	if (!(t->stop_share > 0 && t->stop_share <= 1))
		return err_set(err, EXIT_USAGE,
		    "--stop-share is %s, must be above 0 and at most 1",
		    NUM_TEXT(t->stop_share));
	if (t->stop_words > 1000)
		return err_set(err, EXIT_USAGE,
		    "--stop-words is %" PRIu64 ", limit is 1000", t->stop_words);
	return 0;
}

static int
thresholds_open(void *self, struct setup *setup, struct err *err)
{
	struct thresholds *t = self;
	const struct common *c = setup->c;
	int rc;

	t->output = c->output;
	t->seed = c->seed;
	t->quiet = c->quiet;
	unicode_classes();
	rc = check(t, err);
	for (size_t i = 0; rc == 0 && i < t->rules.n; i++)
		rc = choose(t, t->rules.v[i], err);
	if (rc == 0 && t->rules.n == 0)
		rc = choose(t, "gopher-rep,gopher,fineweb", err);
	if (rc == 0) {
		rule_plan_set_defaults(&t->plan);
		rc = rule_plan_finish(&t->plan, NULL, err);
	}
	if (rc < 0) {
		rule_plan_free(&t->plan);
		return -1;
	}
	setup_uses(setup, SPAN("segmenter"), span_of(segment_name()));
	for (size_t k = 0; k < t->plan.nsets; k++)
		t->nfeatures += t->plan.set[k]->nfeatures;
	return 0;
}

static void
thresholds_close(void *self)
{
	struct thresholds *t = self;

	for (size_t i = 0; i < t->nlanguages; i++) {
		struct language *l = &t->language[i];

		for (size_t k = 0; k < l->n; k++)
			free(l->heap[k]);
		free(l->heap);
		free(l->name);
		top_words_free(&l->count);
	}
	free(t->language);
	table_free(&t->index);
	rule_plan_free(&t->plan);
}

enum { STOP_WORD_MAX = 128 /* bytes; longer words would only fill memory */ };

struct thresholds_scratch {
	struct measure m;
	struct top_words count;
};

static int
thresholds_open_thread(const void *self, void **scratch, struct err *err)
{
	struct thresholds_scratch *s = xcalloc(1, sizeof *s);

	if (measure_open(&s->m, err) < 0) {
		free(s);
		return -1;
	}
	*scratch = s;
	return 0;
}

static void
thresholds_close_thread(void *scratch)
{
	struct thresholds_scratch *s = scratch;

	measure_close(&s->m);
	top_words_free(&s->count);
	free(s);
}

/* List the different words of the text, without URLs and markup, with their counts. */
static void
count_words(struct thresholds_scratch *s, struct doc *d, struct doc_values *f)
{
	struct prose_words it = { .m = &s->m };
	struct top_words *c = &s->count;
	struct span w;

	top_words_free(c);
	while (prose_words_next(&it, &w)) {
		if (w.n <= STOP_WORD_MAX)
			top_words_add(c, w, 1);
		f->words++;
	}
	f->nwords = c->n;
	f->word = doc_alloc(d, c->n * sizeof *f->word);
	for (size_t i = 0; i < c->n; i++)
		f->word[i] = (struct word_count){ doc_copy(d, c->v[i].word), c->v[i].n };
}

static void
thresholds_map(const void *self, void *scratch, struct doc *d)
{
	const struct thresholds *t = self;
	struct thresholds_scratch *s = scratch;
	struct span text = doc_text(d), lang;
	struct doc_values *f = doc_alloc(d, sizeof *f);
	double *value;

	if (!doc_str(d, SPAN("lang"), &lang) || lang.n == 0 || lang.n > 64) {
		doc_bad(
		    d, "field 'lang' is missing or not a language: add it with langid");
		return;
	}
	if (text.n > SEGMENT_MAX) {
		doc_bad(d, "text is %zu bytes, limit is %zu: split the document", text.n,
		    SEGMENT_MAX);
		return;
	}
	*f = (struct doc_values){ .lang = lang };
	f->value = value = doc_alloc(d, t->nfeatures * sizeof *value);
	measure_text(&s->m, text, true);
	for (size_t k = 0; k < t->plan.nsets; value += t->plan.set[k++]->nfeatures)
		t->plan.set[k]->measure(&s->m, &t->plan.base.set[k], d, value);
	count_words(s, d, f);
	doc_state_set(d, f);
}

/* Find or add a language.  NULL with *err if there would be too many. */
static struct language *
find_language(struct thresholds *t, struct span name, struct err *err)
{
	bool fresh;
	uint64_t *at = table_put(&t->index, hash128(name, 0), &fresh);
	struct language *l;

	if (!fresh)
		return &t->language[*at];
	if (t->nlanguages == RULES_MAX_LANGS) {
		err_set(err, EXIT_DATA,
		    "field 'lang' has more than %d different values: check that it "
		    "holds languages",
		    RULES_MAX_LANGS);
		return NULL;
	}
	*at = t->nlanguages;
	t->language = xrealloc(t->language, t->nlanguages + 1, sizeof *t->language);
	l = &t->language[t->nlanguages++];
	*l = (struct language){ .name = xcalloc(name.n + 1, 1) };
	memcpy(l->name, name.p, name.n);
	return l;
}

static bool
larger(const struct sampled_doc *a, const struct sampled_doc *b)
{
	return a->key != b->key ? a->key > b->key : a->ordinal > b->ordinal;
}

static void
sift_up(struct sampled_doc **heap, size_t i)
{
	while (i > 0 && larger(heap[i], heap[(i - 1) / 2])) {
		struct sampled_doc *s = heap[i];

		heap[i] = heap[(i - 1) / 2];
		heap[(i - 1) / 2] = s;
		i = (i - 1) / 2;
	}
}

static void
sift_down(struct sampled_doc **heap, size_t n)
{
	for (size_t i = 0, child; (child = 2 * i + 1) < n; i = child) {
		struct sampled_doc *s = heap[i];

		if (child + 1 < n && larger(heap[child + 1], heap[child]))
			child++;
		if (!larger(heap[child], s))
			return;
		heap[i] = heap[child];
		heap[child] = s;
	}
}

/* Sample the documents with the smallest hashes of their ids, so that the sample does not
 * depend on the order of the input. */
static void
add_sample(struct thresholds *t, struct language *l, struct doc *d, const double *value)
{
	struct sampled_doc *s;
	struct sampled_doc new = { hash64(doc_id(d), t->seed), doc_ordinal(d) };

	if (l->n == t->sample) {
		if (!larger(l->heap[0], &new))
			return;
		s = l->heap[0];
	} else {
		l->heap = xrealloc(l->heap, l->n + 1, sizeof(struct sampled_doc *));
		s = xmalloc(sizeof *s + t->nfeatures * sizeof(double));
	}
	s->key = new.key;
	s->ordinal = new.ordinal;
	memcpy(s->value, value, t->nfeatures * sizeof *value);
	if (l->n == t->sample) {
		sift_down(l->heap, l->n);
	} else {
		l->heap[l->n] = s;
		sift_up(l->heap, l->n++);
	}
}

static int
thresholds_write(void *self, struct doc *d, struct err *err)
{
	struct thresholds *t = self;
	const struct doc_values *f = doc_state(d);
	struct language *l = find_language(t, f->lang, err);

	if (!l)
		return -1;
	l->docs++;
	l->words += f->words;
	for (size_t i = 0; i < f->nwords; i++)
		top_words_add(&l->count, f->word[i].word, f->word[i].n);
	add_sample(t, l, d, f->value);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct language *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Collect the finite values of feature k in a language's sample; out has room for all. */
static struct feature_values
values_of(const struct language *l, size_t k, double *out)
{
	struct feature_values v = { .v = out };

	for (size_t i = 0; l && i < l->n; i++)
		if (isfinite(l->heap[i]->value[k]))
			out[v.n++] = l->heap[i]->value[k];
	return v;
}

/* Bounds on counts are not derived: the amount of text depends on the source, not on the
 * language. */
static bool
is_derived(const struct rule *r)
{
	return r->feature != NO_FEATURE &&
	       (r->unit == UNIT_FRACTION || r->unit == UNIT_NUMBER) && !isnan(r->bound);
}

/* Write the bound of a rule, or why it is left out.  Returns whether it is. */
static bool
put_bound(const struct rule *r, double bound, bool leave_out, struct buf *out)
{
	buf_putf(out, leave_out ? "# left out: %s " : "set %s ", r->id);
	num_put(out, bound, 3);
	buf_putc(out, '\n');
	return leave_out;
}

/* Derive the bounds of a language, and append the names of rules without to `left`. */
static void
put_bounds(const struct thresholds *t, const struct language *english,
    const struct language *l, struct buf *out, struct buf *left)
{
	double *a = xcalloc(t->sample + 1, sizeof *a),
	       *b = xcalloc(t->sample + 1, sizeof *b);
	size_t first = 0;

	for (size_t k = 0; k < t->plan.nsets; first += t->plan.set[k++]->nfeatures)
		for (size_t i = 0; i < t->plan.set[k]->nrules; i++) {
			const struct rule *r = &t->plan.set[k]->rule[i];
			struct feature_values of_english, of_other;
			double bound;

			if (!is_derived(r))
				continue;
			of_english = values_of(english, first + (size_t)r->feature, a);
			of_other = values_of(l, first + (size_t)r->feature, b);
			bound = threshold_derive(
			    t->method, r, r->bound, &of_english, &of_other);
			if (put_bound(r, bound,
				t->method != METHOD_ENGLISH &&
				    threshold_is_degenerate(r, bound, &of_other),
				out))
				buf_putf(left, "%s%s", left->n ? ", " : "", r->id);
		}
	free(a);
	free(b);
}

/* Whether word i, in descending order of frequency, is a stop word. */
static bool
is_stop_word(const struct thresholds *t, const struct language *l, size_t i)
{
	return i < l->count.n && i < WORD_LIST_MAX &&
	       (i < t->stop_words ||
		   (double)l->count.v[i].n >= t->stop_share * (double)l->words);
}

static void
put_stop_words(const struct thresholds *t, struct language *l, struct buf *out)
{
	top_words_sort(&l->count);
	for (size_t k = 0; k < t->plan.nsets; k++) {
		/* Without words of its own, a language keeps the default list, whose
		 * words it does not contain. */
		if (!t->plan.set[k]->stop_words || !is_stop_word(t, l, 0))
			continue;
		buf_putf(out, "stopwords %s", t->plan.set[k]->name);
		for (size_t i = 0; is_stop_word(t, l, i); i++) {
			buf_putc(out, ' ');
			buf_put(out, l->count.v[i].word.p, l->count.v[i].word.n);
		}
		buf_putc(out, '\n');
	}
}

/* Whether name denotes a language and can be written as one word of a rule file. */
static bool
is_language(const char *name)
{
	return strcmp(name, "und") != 0 && strcmp(name, "zxx") != 0 &&
	       !strpbrk(name, " \t\r\n") && name[0] != '#';
}

static void
put_head(const struct thresholds *t, struct buf *out)
{
	static const char *const methods[] = { "english", "zmatch", "quantile", "tail10",
		"median-ratio" };

	buf_puts(out, "tamis-rules 1\n# bounds by thresholds, method ");
	buf_puts(out, methods[t->method]);
	buf_putf(out, "\nsegmenter %s\nuse", segment_name());
	for (size_t k = 0; k < t->plan.nsets; k++)
		buf_putf(out, " %s", t->plan.set[k]->name);
	buf_putc(out, '\n');
}

static int
thresholds_finish(void *self, struct span report, struct err *err)
{
	struct thresholds *t = self;
	const struct language *english = NULL;
	struct buf out = { 0 }, left = { 0 };
	size_t written = 0;
	int rc;

	if (t->nlanguages)
		qsort(t->language, t->nlanguages, sizeof *t->language, by_name);
	for (size_t i = 0; i < t->nlanguages; i++)
		if (strcmp(t->language[i].name, t->english) == 0)
			english = &t->language[i];
	if (t->method != METHOD_TAIL10 && t->method != METHOD_ENGLISH &&
	    (!english || english->docs < t->min_docs))
		return err_set(err, EXIT_DATA,
		    "language '%s' has %" PRIu64 " documents, --min-docs is %" PRIu64
		    ": add some, or use --method tail10",
		    t->english, english ? english->docs : 0, t->min_docs);
	put_head(t, &out);
	for (size_t i = 0; i < t->nlanguages; i++) {
		struct language *l = &t->language[i];

		if (l->docs < t->min_docs || !is_language(l->name))
			continue;
		buf_putf(&out,
		    "\nlang %s\n# %" PRIu64 " documents, %" PRIu64 " words, sample %zu\n",
		    l->name, l->docs, l->words, l->n);
		left.n = 0;
		put_bounds(t, english, l, &out, &left);
		if (left.n > 0)
			warning("language '%s': no bound for %.*s, which half of the "
				"documents would fail or only perfect ones pass: check "
				"that the corpus is good text",
			    l->name, (int)left.n, left.p);
		put_stop_words(t, l, &out);
		written++;
	}
	rc = out.n > RULES_MAX_BYTES
		 ? err_set(err, EXIT_DATA,
		       "rule file is %zu bytes, limit is %d: choose fewer rule sets or "
		       "raise --min-docs",
		       out.n, (int)RULES_MAX_BYTES)
		 : file_put(t->output, buf_span(&out), 0666, err);
	buf_free(&out);
	buf_free(&left);
	if (rc == 0 && !t->quiet)
		msg("derived rules for %zu of %zu language%s", written, t->nlanguages,
		    plural(t->nlanguages));
	return rc;
}

static const struct sink thresholds_sink = {
	.write = thresholds_write,
	.finish = thresholds_finish,
};

const struct filter filter_thresholds = {
	.name = "thresholds",
	.summary = "derive per-language bounds of rules from a reference corpus",
	.example = "tamis thresholds -o wiki.rules wiki.jsonl.zst",
	.operands = "-o FILE [FILE...]",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = thresholds_open,
	.map = thresholds_map,
	.close = thresholds_close,
	.open_thread = thresholds_open_thread,
	.close_thread = thresholds_close_thread,
	.sink = &thresholds_sink,
};
