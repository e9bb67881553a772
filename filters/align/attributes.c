/* attributes.c - numbers that judge an answer, such as helpfulness, in fields. */
#include "filters/align/attributes.h"

#include <math.h>
#include <stdio.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/directives.h"

enum { ABSENT = -100 }; /* the label of absent attributes in files for regression */

/* The words for a JSON value that is not a number. */
static const char *
kind_of(char first)
{
	switch (first) {
	case '"':
		return "a string";
	case 'n':
		return "null";
	case '[':
		return "a list";
	case '{':
		return "an object";
	default:
		return "true or false";
	}
}

bool
attribute_get(struct doc *d, struct span name, double *v)
{
	struct span raw;

	if (!doc_get(d, name, &raw))
		doc_bad(d,
		    "field '%.*s' is missing: a missing attribute is not 0: add it",
		    quoted(name), name.p);
	else if (raw.p[0] != '-' && !is_digit(raw.p[0]))
		doc_bad(d, "field '%.*s' is %s: write a number", quoted(name), name.p,
		    kind_of(raw.p[0]));
	else if (!num_json(raw, v) || !isfinite(*v))
		doc_bad(d, "field '%.*s' is %.*s: write a finite number", quoted(name),
		    name.p, quoted(raw), raw.p);
	else if (*v == ABSENT)
		doc_bad(d,
		    "field '%.*s' is -100, which marks an absent label: remove "
		    "the document or add the label",
		    quoted(name), name.p);
	else
		return true;
	return false;
}

void
attribute_put(struct buf *b, double v)
{
	char text[400];
	const char *e;
	uint64_t exponent;

	snprintf(text, sizeof text, "%.17g", v == 0 ? 0.0 : v);
	e = strchr(text, 'e');
	if (e) {
		/* The digits after the point that make 17 in all. */
		if (num_u64(e + 2, &exponent))
			BUG("an exponent that is not a number");
		snprintf(
		    text, sizeof text, "%.*f", e[1] == '-' ? 16 + (int)exponent : 0, v);
	}
	buf_puts(b, text);
}

void
attribute_set(struct doc *d, struct span name, double v)
{
	struct buf b = { 0 };

	attribute_put(&b, v);
	doc_set_raw(d, name, doc_copy(d, buf_span(&b)));
	buf_free(&b);
}

int
bound_parse(struct bound *b, const char *option, const char *s, struct err *err)
{
	const size_t n = strcspn(s, "<>=");
	const char *at = s + n, *why;

	*b = (struct bound){ .name = { s, n } };
	if (n == 0 || (*at != '<' && *at != '>'))
		return err_set(err, EXIT_USAGE,
		    "%s '%s': not a bound: write it as helpfulness>=3", option, s);
	b->below = *at++ == '<';
	b->equal = *at == '=';
	at += b->equal;
	why = num_double(at, &b->v);
	if (why)
		return err_set(
		    err, EXIT_USAGE, "%s '%s': '%s' is %s", option, s, at, why);
	return 0;
}

bool
bound_holds(const struct bound *b, double v)
{
	return b->equal && v == b->v ? true : b->below ? v < b->v : v > b->v;
}

static const struct {
	const char *name, *weights;
} presets[] = {
	{ "nemotron4-340b", "helpfulness=.3,correctness=.74,coherence=.46,complexity=.47,"
			    "verbosity=-.33" },
	{ "llama3-70b",
	    "helpfulness=.65,correctness=.8,coherence=.45,complexity=.55,verbosity=-.4" },
};

static int
parse_weight(struct weights *w, struct span item, struct err *err)
{
	const char *eq = memchr(item.p, '=', item.n), *why;
	struct span name = { item.p, eq ? (size_t)(eq - item.p) : item.n };
	char number[64] = { 0 };
	double v;

	if (!eq || name.n == 0 || item.n - name.n - 1 >= sizeof number)
		return err_set(err, EXIT_USAGE,
		    "--weights: '%.*s' is not NAME=WEIGHT: write helpfulness=.3,"
		    "correctness=.7 or a preset, %s",
		    quoted(item), item.p, WEIGHTS_PRESETS);
	memcpy(number, eq + 1, item.n - name.n - 1);
	why = num_double(number, &v);
	if (why)
		return err_set(err, EXIT_USAGE, "--weights: '%s' of '%.*s' is %s", number,
		    quoted(name), name.p, why);
	for (size_t i = 0; i < w->n; i++)
		if (span_eq(w->v[i].name, name))
			return err_set(err, EXIT_USAGE,
			    "--weights: '%.*s' occurs twice: remove one", quoted(name),
			    name.p);
	if (w->n == sizeof w->v / sizeof *w->v)
		return err_set(
		    err, EXIT_USAGE, "--weights: more than %zu attributes", w->n);
	w->v[w->n++] = (struct weight){ name, v };
	return 0;
}

int
weights_parse(struct weights *w, const char *s, struct err *err)
{
	struct span item;

	w->n = 0;
	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
		if (strcmp(s, presets[i].name) == 0)
			s = presets[i].weights;
	while (list_next(&s, &item))
		if (parse_weight(w, item, err) < 0)
			return -1;
	return 0;
}

bool
weights_sum(const struct weights *w, struct doc *d, double *sum)
{
	double v;

	*sum = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (!attribute_get(d, w->v[i].name, &v))
			return false;
		*sum += w->v[i].v * v;
	}
	if (isfinite(*sum))
		return true;
	doc_bad(d, "the weighted sum of the attributes is not finite");
	return false;
}
