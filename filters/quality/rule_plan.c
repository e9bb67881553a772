/* rule_plan.c - the rule sets, bounds and languages of one run. */
#include "filters/quality/rule_plan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/text/directives.h"

static const char *wrong(const char *fmt, ...) PRINTF(1, 2);

static const char *
wrong(const char *fmt, ...)
{
	static char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return what;
}

size_t
rule_plan_index(const struct rule_plan *p, const struct rule_set *s)
{
	for (size_t i = 0; i < p->nsets; i++)
		if (p->set[i] == s)
			return i;
	return SIZE_MAX;
}

bool
rule_plan_use(struct rule_plan *p, const struct rule_set *s)
{
	size_t at = p->nsets;

	if (rule_plan_index(p, s) != SIZE_MAX)
		return false;
	/* Sets that edit the text come first, so that all others measure the edited
	 * text. */
	if (s->edit)
		for (at = 0; at < p->nsets && p->set[at]->edit;)
			at++;
	for (size_t i = at; i < p->nsets; i++)
		if (!p->set[i]->on_edited)
			p->moved = s;
	memmove(&p->set[at + 1], &p->set[at], (p->nsets - at) * sizeof *p->set);
	p->set[at] = s;
	p->nsets++;
	return true;
}

struct word_list *
rule_plan_add_stop_words(
    struct rule_plan *p, struct lang_rules *in, const struct rule_set *s)
{
	struct word_list *l = xcalloc(1, sizeof *l);

	p->list = xrealloc(p->list, p->nlists + 1, sizeof *p->list);
	p->list[p->nlists++] = l;
	in->set[rule_plan_index(p, s)].stop_words = l;
	return l;
}

/* Allocate the bounds of s, for the caller to fill in. */
static void
new_bounds(struct rule_plan *p, struct lang_rules *s)
{
	s->bound = arena_alloc(&p->mem, xmul(p->first[p->nsets] + 1, sizeof *s->bound));
	for (size_t k = 0; k < p->nsets; k++)
		s->set[k].bound = s->bound + p->first[k];
}

static void
add_words(struct word_list *l, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		word_list_add(l, (struct span){ words, n });
		words += n + (words[n] == ' ');
	}
}

void
rule_plan_set_defaults(struct rule_plan *p)
{
	size_t n = 0;

	for (size_t k = 0; k < p->nsets; k++) {
		p->first[k] = n;
		n += p->set[k]->nrules;
	}
	p->first[p->nsets] = n;
	new_bounds(p, &p->base);
	for (size_t k = 0; k < p->nsets; k++) {
		for (size_t i = 0; i < p->set[k]->nrules; i++)
			p->base.bound[p->first[k] + i] = p->set[k]->rule[i].bound;
		if (p->set[k]->stop_words)
			add_words(rule_plan_add_stop_words(p, &p->base, p->set[k]),
			    p->set[k]->stop_words);
	}
}

struct lang_rules *
rule_plan_add_lang(struct rule_plan *p, struct span lang)
{
	struct lang_rules *s;

	for (size_t i = 0; i < p->nlangs; i++)
		if (span_eq(span_of(p->lang[i]->lang), lang))
			return NULL;
	if (p->nlangs == RULES_MAX_LANGS)
		return NULL;
	s = arena_alloc(&p->mem, sizeof *s);
	*s = p->base;
	s->lang = arena_copy(&p->mem, lang);
	new_bounds(p, s);
	memcpy(s->bound, p->base.bound, p->first[p->nsets] * sizeof *s->bound);
	p->lang = xrealloc(p->lang, p->nlangs + 1, sizeof *p->lang);
	p->lang[p->nlangs++] = s;
	return s;
}

/* The index of a rule in lang_rules.bound, or SIZE_MAX. */
static size_t
find_rule(const struct rule_plan *p, struct span id)
{
	for (size_t k = 0; k < p->nsets; k++)
		for (size_t i = 0; i < p->set[k]->nrules; i++)
			if (span_eq(id, span_of(p->set[k]->rule[i].id)))
				return p->first[k] + i;
	return SIZE_MAX;
}

static const struct rule *
rule_at(const struct rule_plan *p, size_t n)
{
	size_t k = 0;

	while (n >= p->first[k + 1])
		k++;
	return &p->set[k]->rule[n - p->first[k]];
}

/* A message about an id that is not a rule of a chosen set. */
static const char *
unknown_rule(const struct rule_plan *p, struct span id)
{
	const char *names[512], *near;
	size_t n = 0;

	for (size_t k = 0; k < nrule_sets; k++)
		for (size_t i = 0; i < rule_sets[k]->nrules && n < 512; i++) {
			const char *name = rule_sets[k]->rule[i].id;

			if (span_eq(id, span_of(name)))
				return wrong("rule '%s' belongs to rule set '%s', which "
					     "is not chosen",
				    name, rule_sets[k]->name);
			names[n++] = name;
		}
	near = opt_nearest(id, names, n);
	if (near)
		return wrong(
		    "unknown rule '%.*s': did you mean '%s'", quoted(id), id.p, near);
	return wrong("unknown rule '%.*s': see 'tamis rules'", quoted(id), id.p);
}

/* Parse the value of rule r.  Returns NULL, or a message. */
static const char *
parse_bound(const struct rule *r, struct span value, double *bound)
{
	bool is_switch = r->unit == UNIT_SWITCH || r->unit == UNIT_LINE;
	char text[64];

	*bound = NAN;
	if (span_eq(value, SPAN("off")))
		return NULL;
	if (is_switch && span_eq(value, SPAN("on"))) {
		*bound = r->unit == UNIT_SWITCH;
		return NULL;
	}
	if (is_switch)
		return wrong(
		    "%s is '%.*s': write on or off", r->id, quoted(value), value.p);
	if (value.n < sizeof text && !memchr(value.p, '\0', value.n)) {
		memcpy(text, value.p, value.n);
		text[value.n] = '\0';
		if (!num_double(text, bound) && *bound >= 0 &&
		    (r->unit != UNIT_FRACTION || *bound <= 1) &&
		    (r->unit != UNIT_COUNT ||
			(*bound <= 1e15 && *bound == floor(*bound))))
			return NULL;
	}
	return wrong("%s is '%.*s': write %s, or off", r->id, quoted(value), value.p,
	    r->unit == UNIT_FRACTION ? "a number from 0 to 1"
	    : r->unit == UNIT_COUNT  ? "a whole number up to 10^15"
				     : "a number of 0 or more");
}

const char *
rule_plan_set(
    struct rule_plan *p, struct lang_rules *in, struct span id, struct span value)
{
	size_t n = find_rule(p, id);
	double bound;
	const char *why;

	if (n == SIZE_MAX)
		return unknown_rule(p, id);
	why = parse_bound(rule_at(p, n), value, &bound);
	if (why)
		return why;
	if (in) {
		in->bound[n] = bound;
		return NULL;
	}
	p->base.bound[n] = bound;
	for (size_t i = 0; i < p->nlangs; i++)
		p->lang[i]->bound[n] = bound;
	return NULL;
}

static int
by_lang(const void *a, const void *b)
{
	const struct lang_rules *const *x = a, *const *y = b;

	return strcmp((*x)->lang, (*y)->lang);
}

/* No value satisfies both rules, which are on the same feature. */
static bool
is_crossed(const struct rule *min, double least, const struct rule *max, double most)
{
	return min->feature != NO_FEATURE && min->feature == max->feature &&
	       min->kind == RULE_MIN && max->kind == RULE_MAX && least > most;
}

static int
check_lang_rules(const struct rule_plan *p, const struct lang_rules *s, const char *path,
    struct err *err)
{
	struct buf place = { 0 };
	int rc = 0;

	if (path && s->lang)
		buf_putf(&place, "%s:%u: language '%s': ", path, s->line, s->lang);
	else if (path)
		buf_putf(&place, "%s: ", path);
	buf_putc(&place, '\0');
	for (size_t k = 0; k < p->nsets && rc == 0; k++) {
		const struct rule_set *set = p->set[k];
		const double *bound = s->set[k].bound;

		for (size_t i = 0; i < set->nrules; i++)
			for (size_t j = 0; j < set->nrules; j++)
				if (is_crossed(
					&set->rule[i], bound[i], &set->rule[j], bound[j]))
					rc = err_set(err, path ? EXIT_DATA : EXIT_USAGE,
					    "%s%s %.15g is above %s %.15g: no document "
					    "can pass",
					    place.p, set->rule[i].id, bound[i],
					    set->rule[j].id, bound[j]);
	}
	buf_free(&place);
	return rc;
}

int
rule_plan_finish(struct rule_plan *p, const char *path, struct err *err)
{
	int rc = check_lang_rules(p, &p->base, path, err);

	for (size_t i = 0; i < p->nlangs && rc == 0; i++)
		rc = check_lang_rules(p, p->lang[i], path, err);
	if (p->nlangs)
		qsort(p->lang, p->nlangs, sizeof *p->lang, by_lang);
	return rc;
}

const struct lang_rules *
rule_plan_find_lang(const struct rule_plan *p, struct span lang)
{
	size_t from = 0, to = p->nlangs;

	while (from < to) {
		size_t at = from + (to - from) / 2;
		struct span s = span_of(p->lang[at]->lang);
		size_t n = s.n < lang.n ? s.n : lang.n;
		int order = n ? memcmp(s.p, lang.p, n) : 0;

		if (order == 0 && s.n == lang.n)
			return p->lang[at];
		if (order < 0 || (order == 0 && s.n < lang.n))
			from = at + 1;
		else
			to = at;
	}
	return NULL;
}

void
rule_plan_free(struct rule_plan *p)
{
	for (size_t i = 0; i < p->nlists; i++) {
		word_list_free(p->list[i]);
		free(p->list[i]);
	}
	free(p->list);
	free(p->lang);
	arena_free(&p->mem);
	*p = (struct rule_plan){ 0 };
}
