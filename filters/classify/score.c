/* score.c - combine the probabilities of some labels into one score. */
#include "filters/classify/score.h"

#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/mem.h"
#include "lib/base/num.h"
#include "lib/text/directives.h"

/* A message lists at most this many labels. */
enum { SHOWN = 10 };

static void
add(struct score_rule *r, uint32_t label, double weight)
{
	r->label = xrealloc(r->label, r->n + 1, sizeof *r->label);
	r->weight = xrealloc(r->weight, r->n + 1, sizeof *r->weight);
	r->label[r->n] = label;
	r->weight[r->n++] = weight;
}

/* Set an error that lists the labels of the model.  Returns -1. */
static int
no_label(const struct fasttext *m, const char *path, struct span name, struct err *err)
{
	const uint32_t n = fasttext_labels(m);
	struct buf known = { 0 };

	for (uint32_t i = 0; i < n && i < SHOWN; i++) {
		struct span s = fasttext_label(m, i);

		buf_putf(&known, " %.*s", quoted(s), s.p);
	}
	if (n > SHOWN)
		buf_putf(&known, " and %u more", n - SHOWN);
	buf_putc(&known, '\0');
	err_set(err, EXIT_USAGE, "%s: no label '%.*s': choose with --label from%s", path,
	    quoted(name), name.p, known.p);
	buf_free(&known);
	return -1;
}

/* Parse one "LABEL[=W]". */
static int
add_part(struct score_rule *r, const struct fasttext *m, const char *path,
    struct span part, struct err *err)
{
	struct span name = part;
	double weight = 1;
	const char *why;
	uint32_t label;
	char w[32];

	if (fasttext_find(m, part, &label)) {
		add(r, label, 1);
		return 0;
	}
	while (name.n && name.p[name.n - 1] != '=')
		name.n--;
	if (name.n == 0)
		return no_label(m, path, part, err);
	name.n--;
	part = span_from(part, name.n + 1);
	if (part.n >= sizeof w)
		return err_set(err, EXIT_USAGE,
		    "--label: weight has %zu digits, limit is %zu: round it", part.n,
		    sizeof w - 1);
	memcpy(w, part.p, part.n);
	w[part.n] = '\0';
	if ((why = num_double(w, &weight)))
		return err_set(err, EXIT_USAGE, "--label: weight '%s': %s", w, why);
	if (!fasttext_find(m, name, &label))
		return no_label(m, path, name, err);
	add(r, label, weight);
	return 0;
}

int
score_parse(struct score_rule *r, const struct fasttext *m, const char *path,
    const char *spec, struct err *err)
{
	struct span s = spec ? span_of(spec) : SPAN("hq");
	uint32_t label;

	if (fasttext_find(m, s, &label)) {
		add(r, label, 1);
		return 0;
	}
	if (!spec)
		return no_label(m, path, s, err);
	while (list_next(&spec, &s))
		if (add_part(r, m, path, s, err) < 0)
			return -1;
	return 0;
}

void
score_free(struct score_rule *r)
{
	free(r->label);
	free(r->weight);
	*r = (struct score_rule){ 0 };
}

float
score_sum(const struct score_rule *r, const float *p)
{
	double sum = 0;

	for (size_t i = 0; i < r->n; i++)
		sum += r->weight[i] * (double)p[i];
	return (float)sum + 0.0f;
}
