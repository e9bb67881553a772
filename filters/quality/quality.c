/* quality.c - drop documents that fail rules on words, lines and repetition. */
#include <math.h>
#include <stdlib.h>

#include "filters/quality/rule_plan.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/io/stream.h"
#include "lib/text/json_writer.h"

enum { OTHER_FAIL, OTHER_BASE, OTHER_DROP, OTHER_KEEP };

struct quality {
	struct opt_list rules, set;
	unsigned other_lang;
	bool segments;

	/* Set by quality_open(). */
	bool tag;
	struct rule_plan plan;
};

static const struct quality defaults = { 0 };

static const struct opt opts[] = {
	OPT_LIST('R', "rules", struct quality, rules, "FILE",
	    "rule sets, comma-separated, or one rule file"),
	OPT_LIST(0, "set", struct quality, set, "RULE=VALUE",
	    "override a bound; off disables the rule"),
	OPT_ENUM(0, "other-lang", struct quality, other_lang, "fail|base|drop|keep",
	    "what to do with languages that the rule file lacks"),
	OPT_BOOL(0, "segments", struct quality, segments,
	    "add the words and sentences that the rules use"),
	OPT_END,
};

/* The scratch of one thread. */
struct quality_scratch {
	struct measure m;
	struct buf out;
	double *value; /* features of all chosen sets, in order */
};

static void
use_rule_file(struct setup *setup, const char *path, struct span text)
{
	struct buf name = { 0 }, version = { 0 };
	char hex[33];

	hash128_hex(hash128(text, 0), hex);
	buf_putf(&name, "rules %s", path_base(path));
	buf_putf(&version, "xxh3_128 %s", hex);
	setup_uses(setup, buf_span(&name), buf_span(&version));
	buf_free(&name);
	buf_free(&version);
}

/* The sets and the rule file, at most one, that --rules names. */
struct rule_choice {
	const struct rule_set *set[RULES_MAX_SETS];
	size_t nsets;
	char *file;
};

static int
choose_one(struct rule_choice *c, struct span name, struct err *err)
{
	const struct rule_set *s = rule_set_find(name);
	struct buf all = { 0 };

	if (s) {
		for (size_t i = 0; i < c->nsets; i++)
			if (c->set[i] == s)
				return err_set(err, EXIT_USAGE,
				    "--rules: rule set '%s' is given twice", s->name);
		c->set[c->nsets++] = s;
		return 0;
	}
	if (memchr(name.p, '/', name.n) || memchr(name.p, '.', name.n)) {
		if (c->file)
			return err_set(err, EXIT_USAGE,
			    "--rules: two rule files, '%s' and '%.*s', limit is one",
			    c->file, (int)name.n, name.p);
		c->file = xcalloc(name.n + 1, 1);
		memcpy(c->file, name.p, name.n);
		return 0;
	}
	for (size_t i = 0; i < nrule_sets; i++)
		buf_putf(&all, " %s", rule_sets[i]->name);
	buf_putc(&all, '\0');
	err_set(err, EXIT_USAGE,
	    "--rules: unknown rule set '%.*s': choose from%s, or a file with '.' or '/' "
	    "in "
	    "its name",
	    (int)name.n, name.p, all.p);
	buf_free(&all);
	return -1;
}

static int
choose(const struct opt_list *list, struct rule_choice *c, struct err *err)
{
	struct span name;

	for (size_t i = 0; i < list->n; i++)
		for (const char *p = list->v[i]; list_next(&p, &name);)
			if (choose_one(c, name, err) < 0)
				return -1;
	return 0;
}

static int
load_file(
    struct quality *q, const struct rule_choice *c, struct setup *setup, struct err *err)
{
	struct buf text = { 0 };
	int rc = file_get(c->file, RULES_MAX_BYTES, &text, err);

	if (rc == 0)
		rc = rule_file_parse(
		    buf_span(&text), c->file, c->set, c->nsets, &q->plan, err);
	if (rc == 0)
		use_rule_file(setup, c->file, buf_span(&text));
	buf_free(&text);
	if (rc == 0 && q->plan.segmenter[0] &&
	    strcmp(q->plan.segmenter, segment_name()) != 0)
		rc = err_set(err, EXIT_DATA,
		    "%s: bounds are for segmenter '%s', this tamis has '%s': regenerate "
		    "the file, or remove its 'segmenter' line",
		    c->file, q->plan.segmenter, segment_name());
	return rc;
}

/* Apply one --set, "RULE=VALUE,RULE=VALUE". */
static int
set_rules(struct quality *q, const char *list, struct err *err)
{
	const char *rest = list, *why;
	struct span one;

	while (list_next(&rest, &one)) {
		const char *eq = memchr(one.p, '=', one.n);

		if (!eq || eq == one.p)
			return err_set(
			    err, EXIT_USAGE, "--set '%s': write RULE=VALUE,...", list);
		why = rule_plan_set(&q->plan, NULL,
		    (struct span){ one.p, (size_t)(eq - one.p) },
		    span_from(one, (size_t)(eq - one.p) + 1));
		if (why)
			return err_set(err, EXIT_USAGE, "--set: %s", why);
	}
	return 0;
}

static int
make_plan(
    struct quality *q, const struct rule_choice *c, struct setup *setup, struct err *err)
{
	if (c->file) {
		if (load_file(q, c, setup, err) < 0)
			return -1;
	} else {
		for (size_t i = 0; i < c->nsets; i++)
			rule_plan_use(&q->plan, c->set[i]);
		rule_plan_set_defaults(&q->plan);
	}
	for (size_t i = 0; i < q->set.n; i++)
		if (set_rules(q, q->set.v[i], err) < 0)
			return -1;
	if (rule_plan_finish(&q->plan, c->file, err) < 0)
		return -1;
	if (q->plan.nsets == 0 && !q->segments)
		return err_set(err, EXIT_USAGE,
		    "no rules: choose rule sets, such as --rules gopher-rep,gopher");
	if (q->other_lang != OTHER_FAIL && !q->plan.nlangs)
		return err_set(err, EXIT_USAGE,
		    "--other-lang requires a rule file with per-language sections");
	return 0;
}

/* Sets listed before one that edits still measure the text that it has edited. */
static void
warn_of_order(const struct rule_plan *p)
{
	struct buf before = { 0 }, after = { 0 };

	for (size_t i = 0; i < p->nsets; i++) {
		const struct rule_set *s = p->set[i];
		struct buf *b = s->edit || s->on_edited ? &after : &before;

		buf_putf(b, "%s%s", b->n ? "," : "", s->name);
	}
	warning("--rules: %s edits texts before %.*s measures them: to measure the "
		"original text, run 'chain quality -R %.*s : quality -R %.*s'",
	    p->moved->name, (int)before.n, before.p, (int)before.n, before.p,
	    (int)after.n, after.p);
	buf_free(&before);
	buf_free(&after);
}

static bool
has_bound(const struct rule_plan *p, const struct lang_rules *in)
{
	for (size_t k = 0; k < p->nsets; k++)
		for (size_t i = 0; i < p->set[k]->nrules; i++)
			if (p->set[k]->rule[i].feature != NO_FEATURE &&
			    !isnan(in->set[k].bound[i]))
				return true;
	return false;
}

/* Without a bound no document can be dropped, and without an edit none can change. */
static bool
has_effect(const struct quality *q)
{
	const struct rule_plan *p = &q->plan;

	if (q->tag || q->segments || q->other_lang == OTHER_DROP)
		return true;
	for (size_t k = 0; k < p->nsets; k++)
		if (p->set[k]->edit)
			return true;
	for (size_t i = 0; i < p->nlangs; i++)
		if (has_bound(p, p->lang[i]))
			return true;
	return has_bound(p, &p->base);
}

static void
quality_close(void *self)
{
	struct quality *q = self;

	rule_plan_free(&q->plan);
}

static int
quality_open(void *self, struct setup *setup, struct err *err)
{
	struct quality *q = self;
	struct rule_choice chosen = { 0 };
	int rc;

	q->tag = setup->c->tag;
	unicode_classes();
	setup_uses(setup, SPAN("segmenter"), span_of(segment_name()));
	rc = choose(&q->rules, &chosen, err);
	if (rc == 0)
		rc = make_plan(q, &chosen, setup, err);
	if (rc == 0 && q->plan.moved && !setup->c->quiet)
		warn_of_order(&q->plan);
	if (rc == 0 && !setup->c->quiet && !has_effect(q))
		warning("no rule has a bound, so every document is kept: set bounds with "
			"--set, or measure with --tag");
	if (rc < 0)
		quality_close(q);
	free(chosen.file);
	return rc;
}

static int
quality_open_thread(const void *self, void **scratch, struct err *err)
{
	const struct quality *q = self;
	struct quality_scratch *t = xcalloc(1, sizeof *t);
	size_t n = 0;

	if (measure_open(&t->m, err) < 0) {
		free(t);
		return -1;
	}
	for (size_t k = 0; k < q->plan.nsets; k++)
		n += q->plan.set[k]->nfeatures;
	t->value = xcalloc(n + 1, sizeof *t->value);
	*scratch = t;
	return 0;
}

static void
quality_close_thread(void *scratch)
{
	struct quality_scratch *t = scratch;

	measure_close(&t->m);
	buf_free(&t->out);
	free(t->value);
	free(t);
}

/* The rules for d, or NULL if none apply; then d is already marked as bad, dropped or
 * kept. */
static const struct lang_rules *
rules_for(const struct quality *q, struct doc *d)
{
	const struct lang_rules *s;
	struct span lang;

	if (q->plan.nlangs == 0)
		return &q->plan.base;
	if (!doc_str(d, SPAN("lang"), &lang)) {
		doc_bad(d, "field 'lang' is missing or not a string: add it with langid");
		return NULL;
	}
	s = rule_plan_find_lang(&q->plan, lang);
	if (s)
		return s;
	if (q->other_lang == OTHER_BASE)
		return &q->plan.base;
	if (q->other_lang == OTHER_DROP)
		doc_drop(d, "quality.lang");
	else if (q->other_lang == OTHER_FAIL)
		doc_bad(d,
		    "rule file has no language '%.*s': add it, or choose with "
		    "--other-lang",
		    lang.n < 64 ? (int)lang.n : 64, lang.p);
	return NULL;
}

/* Drop d for every rule of a set that its values fail.  Returns whether there was one. */
static bool
check_rules(struct doc *d, const struct rule_set *set, const struct rule_bounds *s,
    const double *value)
{
	bool failed = false;

	for (size_t i = 0; i < set->nrules; i++) {
		const struct rule *r = &set->rule[i], *next = r + 1;
		bool a = r->feature != NO_FEATURE &&
			 rule_fails(r->kind, value[r->feature], s->bound[i]);

		if (a && r->unit == UNIT_LINE && i + 1 < set->nrules &&
		    next->unit == UNIT_LINE &&
		    rule_fails(next->kind, value[next->feature], s->bound[i + 1]) &&
		    value[next->feature] < value[r->feature]) {
			doc_drop_value(
			    d, next->id, value[next->feature], s->bound[i + 1]);
			doc_drop_value(d, r->id, value[r->feature], s->bound[i]);
			i++;
		} else if (a) {
			doc_drop_value(d, r->id, value[r->feature], s->bound[i]);
		}
		failed = failed || a;
	}
	return failed;
}

static void
put_values(struct json_writer *w, const struct rule_set *set, const double *value)
{
	for (size_t i = 0; i < set->nfeatures; i++)
		jw_num(jw_any_key(w, span_of(set->feature[i].id)), value[i],
		    set->feature[i].places);
}

static void
set_segments(struct doc *d, struct quality_scratch *t)
{
	const struct words *w = measure_words(&t->m);
	struct sentences it = { .text = t->m.text };
	struct json_writer json = { .out = &t->out };
	struct span s;

	t->out.n = 0;
	jw_array(&json);
	for (size_t i = 0; i < w->n; i++)
		jw_str(&json, word(w, i));
	jw_end(&json);
	doc_set_raw(d, SPAN("words"), doc_copy(d, buf_span(&t->out)));
	json = (struct json_writer){ .out = &t->out };
	t->out.n = 0;
	jw_array(&json);
	while (sentences_next(&it, &s))
		jw_str(&json, s);
	jw_end(&json);
	doc_set_raw(d, SPAN("sentences"), doc_copy(d, buf_span(&t->out)));
}

/* Measure d with all sets that apply to it and check their rules.  Returns whether one
 * failed. */
static bool
apply_rules(const struct quality *q, const struct lang_rules *s,
    struct quality_scratch *t, struct doc *d)
{
	const struct rule_plan *p = &q->plan;
	struct json_writer json = { .out = &t->out };
	double *value = t->value;
	bool failed = false;

	for (size_t k = 0; k < p->nsets; value += p->set[k++]->nfeatures)
		if (p->set[k]->edit && !s->skip[k])
			p->set[k]->edit(&t->m, &s->set[k], d, value);
	t->out.n = 0;
	jw_object(&json);
	value = t->value;
	for (size_t k = 0; k < p->nsets; value += p->set[k++]->nfeatures) {
		if (s->skip[k])
			continue;
		if (p->set[k]->measure)
			p->set[k]->measure(&t->m, &s->set[k], d, value);
		if (check_rules(d, p->set[k], &s->set[k], value))
			failed = true;
		if (q->tag)
			put_values(&json, p->set[k], value);
	}
	jw_end(&json);
	if (q->tag)
		doc_merge_object(d, SPAN("q"), doc_copy(d, buf_span(&t->out)));
	return failed;
}

static void
quality_map(const void *self, void *scratch, struct doc *d)
{
	const struct quality *q = self;
	struct quality_scratch *t = scratch;
	struct span text = doc_text(d);
	const struct lang_rules *s;

	if (text.n > SEGMENT_MAX) {
		doc_bad(d, "text is %zu bytes, limit is %zu: split the document", text.n,
		    SEGMENT_MAX);
		return;
	}
	s = rules_for(q, d);
	if (!s)
		return;
	measure_text(&t->m, text, q->tag);
	/* The rejects show a dropped document's text as it was before editing. */
	if (!apply_rules(q, s, t, d) && !span_eq(t->m.text, text)) {
		doc_count(d, "quality.edited_texts", 1);
		doc_set_text(d, doc_copy(d, t->m.text));
	}
	if (q->segments)
		set_segments(d, t);
}

const struct filter filter_quality = {
	.name = "quality",
	.summary = "drop documents that fail rules on words, lines and repetition",
	.example = "tamis quality --rules gopher,c4 -r rejects.jsonl docs.jsonl.zst",
	.operands = "--rules=SET,... [FILE...]",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = quality_open,
	.map = quality_map,
	.close = quality_close,
	.open_thread = quality_open_thread,
	.close_thread = quality_close_thread,
};
