/* quality.c - drop documents that break rules on words, lines and repetition. */
#include <math.h>
#include <stdlib.h>

#include "filters/quality/rule_plan.h"
#include "lib/base/chars.h"
#include "lib/base/hash.h"
#include "lib/base/num.h"
#include "lib/io/stream.h"
#include "lib/text/json.h"

enum { OTHER_FAIL, OTHER_BASE, OTHER_DROP, OTHER_KEEP };

struct quality {
	struct opt_list rules, set;
	unsigned other_lang;
	bool segments;

	/* Set by open. */
	bool tag;
	struct ruleplan plan;
};

static const struct quality defaults = { 0 };

static const struct opt opts[] = {
	OPT_LIST('R', "rules", struct quality, rules, "FILE",
	    "sets of rules, separated by commas, or a file that chooses them"),
	OPT_LIST(0, "set", struct quality, set, "RULE=VALUE",
	    "another bound for a rule; off: without it"),
	OPT_ENUM(0, "other-lang", struct quality, other_lang, "fail|base|drop|keep",
	    "what becomes of languages that the rule file does not name"),
	OPT_BOOL(0, "segments", struct quality, segments,
	    "add the words and sentences that the rules see"),
	OPT_END,
};

/* One thread's. */
struct scratch {
	struct measure m;
	struct buf out;
	double *value; /* of all features of the chosen sets */
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

/* What --rules names: sets, and at most one file. */
struct chosen {
	const struct set *set[RULES_MAX_SETS];
	size_t nsets;
	char *file;
};

static int
choose_one(struct chosen *c, struct span name, struct err *err)
{
	const struct set *s = rules_find_set(name);
	struct buf all = { 0 };

	if (s) {
		for (size_t i = 0; i < c->nsets; i++)
			if (c->set[i] == s)
				return err_set(err, EXIT_USAGE,
				    "--rules: '%s' twice: name it once", s->name);
		c->set[c->nsets++] = s;
		return 0;
	}
	if (memchr(name.p, '/', name.n) || memchr(name.p, '.', name.n)) {
		if (c->file)
			return err_set(err, EXIT_USAGE,
			    "--rules: two files: name one, and sets besides it");
		c->file = xcalloc(name.n + 1, 1);
		memcpy(c->file, name.p, name.n);
		return 0;
	}
	for (size_t i = 0; i < nrule_sets; i++)
		buf_putf(&all, " %s", rule_sets[i]->name);
	buf_putc(&all, '\0');
	err_set(err, EXIT_USAGE,
	    "--rules: no set '%.*s': know%s; a file's name has a '.' or a '/'",
	    (int)name.n, name.p, all.p);
	buf_free(&all);
	return -1;
}

static int
choose(const struct opt_list *list, struct chosen *c, struct err *err)
{
	for (size_t i = 0; i < list->n; i++)
		for (const char *p = list->v[i];; p++) {
			size_t n = strcspn(p, ",");

			if (choose_one(c, (struct span){ p, n }, err) < 0)
				return -1;
			p += n;
			if (!*p)
				break;
		}
	return 0;
}

static int
load_file(struct quality *q, const struct chosen *c, struct setup *setup, struct err *err)
{
	struct buf text = { 0 };
	int rc = file_get(c->file, RULES_MAX_BYTES, &text, err);

	if (rc == 0)
		rc = rulefile_parse(
		    buf_span(&text), c->file, c->set, c->nsets, &q->plan, err);
	if (rc == 0)
		use_rule_file(setup, c->file, buf_span(&text));
	buf_free(&text);
	if (rc == 0 && q->plan.segmenter[0] &&
	    strcmp(q->plan.segmenter, segment_name()) != 0)
		rc = err_set(err, EXIT_DATA,
		    "%s: made for words by '%s', but these are by '%s': derive it again, "
		    "or take out its line 'segmenter'",
		    c->file, q->plan.segmenter, segment_name());
	return rc;
}

/* "RULE=VALUE,RULE=VALUE" */
static int
set_rules(struct quality *q, const char *list, struct err *err)
{
	for (const char *p = list;; p++) {
		struct span one = { p, strcspn(p, ",") };
		const char *eq = memchr(one.p, '=', one.n), *why;

		if (!eq || eq == one.p)
			return err_set(
			    err, EXIT_USAGE, "--set '%s': write RULE=VALUE,...", list);
		why = ruleplan_set(&q->plan, NULL,
		    (struct span){ one.p, (size_t)(eq - one.p) },
		    span_from(one, (size_t)(eq - one.p) + 1));
		if (why)
			return err_set(err, EXIT_USAGE, "--set: %s", why);
		p += one.n;
		if (!*p)
			return 0;
	}
}

static int
make_plan(struct quality *q, const struct chosen *c, struct setup *setup, struct err *err)
{
	const char *why;

	if (c->file) {
		if (load_file(q, c, setup, err) < 0)
			return -1;
	} else {
		for (size_t i = 0; i < c->nsets; i++)
			ruleplan_use(&q->plan, c->set[i]);
		ruleplan_begin(&q->plan);
	}
	for (size_t i = 0; i < q->set.n; i++)
		if (set_rules(q, q->set.v[i], err) < 0)
			return -1;
	why = ruleplan_finish(&q->plan);
	if (why)
		return err_set(err, c->file ? EXIT_DATA : EXIT_USAGE, "%s%s%s",
		    c->file ? c->file : "", c->file ? ": " : "", why);
	if (q->plan.nsets == 0 && !q->segments)
		return err_set(err, EXIT_USAGE,
		    "no rules: choose some with --rules, such as "
		    "--rules gopher-rep,gopher,c4,fineweb");
	if (q->other_lang != OTHER_FAIL && !q->plan.nsections)
		return err_set(err, EXIT_USAGE,
		    "--other-lang: no rule file that tells languages apart: leave it "
		    "out");
	return 0;
}

static void
quality_close(void *self)
{
	struct quality *q = self;

	ruleplan_free(&q->plan);
}

static int
quality_open(void *self, struct setup *setup, struct err *err)
{
	struct quality *q = self;
	struct chosen chosen = { 0 };
	int rc;

	q->tag = setup->c->tag;
	unicode_classes();
	setup_uses(setup, SPAN("segmenter"), span_of(segment_name()));
	rc = choose(&q->rules, &chosen, err);
	if (rc == 0)
		rc = make_plan(q, &chosen, setup, err);
	if (rc < 0)
		quality_close(q);
	free(chosen.file);
	return rc;
}

static int
quality_open_thread(const void *self, void **scratch, struct err *err)
{
	const struct quality *q = self;
	struct scratch *t = xcalloc(1, sizeof *t);
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
	struct scratch *t = scratch;

	measure_close(&t->m);
	buf_free(&t->out);
	free(t->value);
	free(t);
}

/* The rules for d; NULL: none, and what becomes of d is settled. */
static const struct section *
section_of(const struct quality *q, struct doc *d)
{
	const struct section *s;
	struct span lang;

	if (q->plan.nsections == 0)
		return &q->plan.base;
	if (!doc_str(d, SPAN("lang"), &lang)) {
		doc_bad(d, "no member 'lang', by which the rule file tells languages "
			   "apart: add it with langid, or leave these documents out");
		return NULL;
	}
	s = ruleplan_find(&q->plan, lang);
	if (s)
		return s;
	if (q->other_lang == OTHER_BASE)
		return &q->plan.base;
	if (q->other_lang == OTHER_DROP)
		doc_drop(d, "quality.lang");
	else if (q->other_lang == OTHER_FAIL)
		doc_bad(d,
		    "no rules for language '%.*s': add it to the rule file, or say with "
		    "--other-lang what becomes of it",
		    lang.n < 64 ? (int)lang.n : 64, lang.p);
	return NULL;
}

/* Drop d for each rule of a set that its values break.  Returns whether there was one. */
static bool
judge(struct doc *d, const struct set *set, const struct settings *s, const double *value)
{
	bool broken = false;

	for (size_t i = 0; i < set->nrules; i++) {
		const struct rule *r = &set->rule[i], *next = r + 1;
		bool a = r->feature != NO_FEATURE &&
			 rule_broken(r->kind, value[r->feature], s->bound[i]);

		if (a && r->unit == UNIT_LINE && i + 1 < set->nrules &&
		    next->unit == UNIT_LINE &&
		    rule_broken(next->kind, value[next->feature], s->bound[i + 1]) &&
		    value[next->feature] < value[r->feature]) {
			doc_drop_value(
			    d, next->id, value[next->feature], s->bound[i + 1]);
			doc_drop_value(d, r->id, value[r->feature], s->bound[i]);
			i++;
		} else if (a) {
			doc_drop_value(d, r->id, value[r->feature], s->bound[i]);
		}
		broken = broken || a;
	}
	return broken;
}

static void
put_values(struct buf *out, const struct set *set, const double *value)
{
	for (size_t i = 0; i < set->nfeatures; i++) {
		if (out->n > 1)
			buf_putc(out, ',');
		json_quote(out, span_of(set->feature[i].id));
		buf_putc(out, ':');
		num_put(out, value[i], set->feature[i].places);
	}
}

static void
set_raw(struct doc *d, struct span key, const struct buf *b)
{
	char *p = doc_alloc(d, b->n);

	doc_set_raw(d, key, (struct span){ memcpy(p, b->p, b->n), b->n });
}

static void
set_segments(struct doc *d, struct scratch *t)
{
	const struct words *w = measure_words(&t->m);
	struct sentences it = { .text = t->m.text };
	struct buf *b = &t->out;
	struct span s;

	b->n = 0;
	buf_putc(b, '[');
	for (size_t i = 0; i < w->n; i++) {
		if (i)
			buf_putc(b, ',');
		json_quote(b, word(w, i));
	}
	buf_putc(b, ']');
	set_raw(d, SPAN("words"), b);
	b->n = 0;
	buf_putc(b, '[');
	while (sentences_next(&it, &s)) {
		if (b->n > 1)
			buf_putc(b, ',');
		json_quote(b, s);
	}
	buf_putc(b, ']');
	set_raw(d, SPAN("sentences"), b);
}

/* Measure d by all sets of s, and judge it.  Returns whether a rule is broken. */
static bool
apply_rules(
    const struct quality *q, const struct section *s, struct scratch *t, struct doc *d)
{
	const struct ruleplan *p = &q->plan;
	double *value = t->value;
	bool broken = false;

	for (size_t k = 0; k < p->nsets; value += p->set[k++]->nfeatures)
		if (p->set[k]->edit && !s->skip[k])
			p->set[k]->edit(&t->m, &s->settings[k], d, value);
	t->out.n = 0;
	buf_putc(&t->out, '{');
	value = t->value;
	for (size_t k = 0; k < p->nsets; value += p->set[k++]->nfeatures) {
		if (s->skip[k])
			continue;
		if (p->set[k]->measure)
			p->set[k]->measure(&t->m, &s->settings[k], d, value);
		if (judge(d, p->set[k], &s->settings[k], value))
			broken = true;
		if (q->tag)
			put_values(&t->out, p->set[k], value);
	}
	buf_putc(&t->out, '}');
	if (q->tag)
		set_raw(d, SPAN("q"), &t->out);
	return broken;
}

static void
quality_map(const void *self, void *scratch, struct doc *d)
{
	const struct quality *q = self;
	struct scratch *t = scratch;
	struct span text = doc_text(d);
	const struct section *s;

	if (text.n > SEGMENT_MAX) {
		doc_bad(d, "a text of %zu bytes: too long to count in: split it", text.n);
		return;
	}
	s = section_of(q, d);
	if (!s)
		return;
	measure_text(&t->m, text, q->tag);
	/* The text of what is dropped stays as it was, for the rejects. */
	if (!apply_rules(q, s, t, d) && !span_eq(t->m.text, text)) {
		doc_count(d, "quality.edited_texts", 1);
		doc_set_text(d, (struct span){ memcpy(doc_alloc(d, t->m.text.n),
						   t->m.text.p, t->m.text.n),
				    t->m.text.n });
	}
	if (q->segments)
		set_segments(d, t);
}

const struct filter filter_quality = {
	.name = "quality",
	.summary = "drop documents that break rules on words, lines and repetition",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = quality_open,
	.map = quality_map,
	.close = quality_close,
	.open_thread = quality_open_thread,
	.close_thread = quality_close_thread,
};
