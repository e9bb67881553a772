/* rule_plan.c - what a run asks of documents: sets of rules, their bounds by language. */
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

const struct set *
rules_find_set(struct span name)
{
	for (size_t i = 0; i < nrule_sets; i++)
		if (span_eq(name, span_of(rule_sets[i]->name)))
			return rule_sets[i];
	return NULL;
}

size_t
ruleplan_place(const struct ruleplan *p, const struct set *s)
{
	for (size_t i = 0; i < p->nsets; i++)
		if (p->set[i] == s)
			return i;
	return SIZE_MAX;
}

bool
ruleplan_use(struct ruleplan *p, const struct set *s)
{
	size_t at = p->nsets;

	if (ruleplan_place(p, s) != SIZE_MAX)
		return false;
	/* A set that edits comes before all that do not: they see what it leaves. */
	if (s->edit)
		for (at = 0; at < p->nsets && p->set[at]->edit;)
			at++;
	memmove(&p->set[at + 1], &p->set[at], (p->nsets - at) * sizeof *p->set);
	p->set[at] = s;
	p->nsets++;
	return true;
}

struct wordlist *
ruleplan_stop_words(struct ruleplan *p, struct section *in, const struct set *s)
{
	struct wordlist *l = xcalloc(1, sizeof *l);

	p->list = xrealloc(p->list, p->nlists + 1, sizeof *p->list);
	p->list[p->nlists++] = l;
	in->stop_words[ruleplan_place(p, s)] = l;
	return l;
}

static void
add_words(struct wordlist *l, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		wordlist_add(l, (struct span){ words, n });
		words += n + (words[n] == ' ');
	}
}

void
ruleplan_begin(struct ruleplan *p)
{
	size_t n = 0;

	for (size_t k = 0; k < p->nsets; k++) {
		p->first[k] = n;
		n += p->set[k]->nrules;
	}
	p->first[p->nsets] = n;
	p->base.bound = arena_alloc(&p->mem, xmul(n + 1, sizeof(double)));
	for (size_t k = 0; k < p->nsets; k++) {
		for (size_t i = 0; i < p->set[k]->nrules; i++)
			p->base.bound[p->first[k] + i] = p->set[k]->rule[i].bound;
		if (p->set[k]->stop_words)
			add_words(ruleplan_stop_words(p, &p->base, p->set[k]),
			    p->set[k]->stop_words);
	}
}

struct section *
ruleplan_add(struct ruleplan *p, struct span lang)
{
	size_t n = p->first[p->nsets];
	struct section *s;

	for (size_t i = 0; i < p->nsections; i++)
		if (span_eq(span_of(p->section[i]->lang), lang))
			return NULL;
	if (p->nsections == RULES_MAX_LANGS)
		return NULL;
	s = arena_alloc(&p->mem, sizeof *s);
	*s = p->base;
	s->lang = arena_copy(&p->mem, lang);
	s->bound = arena_alloc(&p->mem, xmul(n + 1, sizeof(double)));
	memcpy(s->bound, p->base.bound, n * sizeof(double));
	p->section = xrealloc(p->section, p->nsections + 1, sizeof *p->section);
	p->section[p->nsections++] = s;
	return s;
}

/* The number of a rule among those of the chosen sets; SIZE_MAX: there is none. */
static size_t
find_rule(const struct ruleplan *p, struct span id)
{
	for (size_t k = 0; k < p->nsets; k++)
		for (size_t i = 0; i < p->set[k]->nrules; i++)
			if (span_eq(id, span_of(p->set[k]->rule[i].id)))
				return p->first[k] + i;
	return SIZE_MAX;
}

static const struct rule *
rule_at(const struct ruleplan *p, size_t n)
{
	size_t k = 0;

	while (n >= p->first[k + 1])
		k++;
	return &p->set[k]->rule[n - p->first[k]];
}

/* Why id names no rule of a chosen set. */
static const char *
unknown_rule(const struct ruleplan *p, struct span id)
{
	const char *names[512], *near;
	size_t n = 0;

	for (size_t k = 0; k < nrule_sets; k++)
		for (size_t i = 0; i < rule_sets[k]->nrules && n < 512; i++) {
			const char *name = rule_sets[k]->rule[i].id;

			if (span_eq(id, span_of(name)))
				return wrong("'%s': the set '%s' is not chosen: add it "
					     "to the others",
				    name, rule_sets[k]->name);
			names[n++] = name;
		}
	near = opt_nearest(id, names, n);
	if (near)
		return wrong(
		    "unknown rule '%.*s': did you mean '%s'", quoted(id), id.p, near);
	return wrong(
	    "unknown rule '%.*s': tamis-quality(1) lists them", quoted(id), id.p);
}

/* value as a bound of rule r, or what is wrong with it. */
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
		return wrong("%s '%.*s': write on or off", r->id, quoted(value), value.p);
	if (value.n < sizeof text && !memchr(value.p, '\0', value.n)) {
		memcpy(text, value.p, value.n);
		text[value.n] = '\0';
		if (!num_double(text, bound) && *bound >= 0 &&
		    (r->unit != UNIT_SHARE || *bound <= 1) &&
		    (r->unit != UNIT_COUNT ||
			(*bound <= 1e15 && *bound == floor(*bound))))
			return NULL;
	}
	return wrong("%s '%.*s': write %s, or off", r->id, quoted(value), value.p,
	    r->unit == UNIT_SHARE   ? "a number from 0 to 1"
	    : r->unit == UNIT_COUNT ? "a whole number"
				    : "a number from 0");
}

const char *
ruleplan_set(struct ruleplan *p, struct section *in, struct span id, struct span value)
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
	for (size_t i = 0; i < p->nsections; i++)
		p->section[i]->bound[n] = bound;
	return NULL;
}

static int
by_lang(const void *a, const void *b)
{
	const struct section *const *x = a, *const *y = b;

	return strcmp((*x)->lang, (*y)->lang);
}

/* Two rules on one feature, of which no value could keep both. */
static const char *
crossed(const struct section *s, const char *min, const char *max)
{
	if (!s->lang)
		return wrong("%s is above %s: nothing could pass", min, max);
	return wrong("line %u, language '%s': %s is above %s: nothing could pass",
	    s->line, s->lang, min, max);
}

static const char *
check_section(const struct ruleplan *p, const struct section *s)
{
	for (size_t k = 0; k < p->nsets; k++) {
		const struct set *set = p->set[k];
		const double *bound = s->bound + p->first[k];

		for (size_t i = 0; i < set->nrules; i++)
			for (size_t j = 0; j < set->nrules; j++) {
				const struct rule *a = &set->rule[i], *b = &set->rule[j];

				if (a->feature != NO_FEATURE &&
				    a->feature == b->feature && a->kind == RULE_MIN &&
				    b->kind == RULE_MAX && bound[i] > bound[j])
					return crossed(s, a->id, b->id);
			}
	}
	return NULL;
}

static void
finish_section(const struct ruleplan *p, struct section *s)
{
	for (size_t k = 0; k < p->nsets; k++)
		s->settings[k] = (struct settings){ .bound = s->bound + p->first[k],
			.stop_words = s->stop_words[k] };
}

const char *
ruleplan_finish(struct ruleplan *p)
{
	const char *why = check_section(p, &p->base);

	finish_section(p, &p->base);
	for (size_t i = 0; i < p->nsections && !why; i++) {
		finish_section(p, p->section[i]);
		why = check_section(p, p->section[i]);
	}
	if (p->nsections)
		qsort(p->section, p->nsections, sizeof *p->section, by_lang);
	return why;
}

const struct section *
ruleplan_find(const struct ruleplan *p, struct span lang)
{
	size_t from = 0, to = p->nsections;

	while (from < to) {
		size_t at = from + (to - from) / 2;
		struct span s = span_of(p->section[at]->lang);
		size_t n = s.n < lang.n ? s.n : lang.n;
		int order = n ? memcmp(s.p, lang.p, n) : 0;

		if (order == 0 && s.n == lang.n)
			return p->section[at];
		if (order < 0 || (order == 0 && s.n < lang.n))
			from = at + 1;
		else
			to = at;
	}
	return NULL;
}

void
ruleplan_free(struct ruleplan *p)
{
	for (size_t i = 0; i < p->nlists; i++) {
		wordlist_free(p->list[i]);
		free(p->list[i]);
	}
	free(p->list);
	free(p->section);
	arena_free(&p->mem);
	*p = (struct ruleplan){ 0 };
}
