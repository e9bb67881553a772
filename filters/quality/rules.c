/* rules.c - list the rules of quality, or the contents of a rule file. */
#include <math.h>
#include <stdio.h>

#include "filters/quality/rule_plan.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/io/stream.h"

struct rules_conf {
	bool sets;
};

static const struct rules_conf defaults = { 0 };

static const struct opt opts[] = {
	OPT_BOOL('S', "sets", struct rules_conf, sets, "list only the rule sets"),
	OPT_END,
};

static void
put_bound(struct buf *out, const struct rule *r, double bound)
{
	if (isnan(bound))
		buf_puts(out, "off");
	else if (r->unit == UNIT_SWITCH || r->unit == UNIT_LINE)
		buf_puts(out, "on");
	else
		num_put(out, bound, r->unit == UNIT_COUNT ? 0 : 6);
}

/* How a value must relate to the bound. */
static const char *
relation(const struct rule *r)
{
	static const char *const words[] = { [RULE_MIN] = "at least",
		[RULE_MAX] = "at most",
		[RULE_UNDER] = "below",
		[RULE_OVER] = "above" };

	if (r->feature == NO_FEATURE)
		return "setting";
	return r->unit == UNIT_LINE ? "no line" : words[r->kind];
}

static void
put_set(struct buf *out, const struct rule_set *s)
{
	for (size_t i = 0; i < s->nrules; i++) {
		const struct rule *r = &s->rule[i];

		buf_putf(out, "%s\t%s\t", r->id, relation(r));
		put_bound(out, r, r->bound);
		buf_putf(out, "\t%s\t%s\n",
		    r->feature == NO_FEATURE ? "-" : s->feature[r->feature].id,
		    r->source);
	}
}

static void
put_lang_rules(struct buf *out, const struct rule_plan *p, const struct lang_rules *s)
{
	for (size_t k = 0; k < p->nsets; k++) {
		if (s->skip[k])
			continue;
		for (size_t i = 0; i < p->set[k]->nrules; i++) {
			const struct rule *r = &p->set[k]->rule[i];

			buf_putf(out, "%s\t%s\t", s->lang ? s->lang : "-", r->id);
			put_bound(out, r, s->set[k].bound[i]);
			buf_putc(out, '\n');
		}
	}
}

/* List the bounds of a rule file, language by language. */
static int
put_file(struct buf *out, const char *path, struct err *err)
{
	struct rule_plan p = { 0 };
	struct buf text = { 0 };
	int rc = file_get(path, RULES_MAX_BYTES, &text, err);

	if (rc == 0)
		rc = rule_file_parse(buf_span(&text), path, NULL, 0, &p, err);
	if (rc == 0)
		rc = rule_plan_finish(&p, path, err);
	if (rc == 0) {
		put_lang_rules(out, &p, &p.base);
		for (size_t i = 0; i < p.nlangs; i++)
			put_lang_rules(out, &p, p.lang[i]);
	}
	rule_plan_free(&p);
	buf_free(&text);
	return rc;
}

static int
rules_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct rules_conf *conf = self;
	struct buf out = { 0 };
	int rc = 0;

	if (n > 0 && conf->sets)
		return err_set(err, EXIT_USAGE, "--sets takes no operands");
	for (size_t i = 0; n == 0 && i < nrule_sets; i++)
		if (conf->sets)
			buf_putf(
			    &out, "%s\t%s\n", rule_sets[i]->name, rule_sets[i]->summary);
		else
			put_set(&out, rule_sets[i]);
	for (int i = 0; rc == 0 && i < n; i++) {
		const struct rule_set *s = rule_set_find(span_of(operand[i]));

		if (s)
			put_set(&out, s);
		else
			rc = put_file(&out, operand[i], err);
	}
	if (rc == 0)
		fwrite(out.p, 1, out.n, stdout); /* main checks stdout for errors */
	buf_free(&out);
	return rc;
}

const struct tool tool_rules = {
	.name = "rules",
	.summary = "list the rules of quality, or the contents of a rule file",
	.example = "tamis rules gopher",
	.operands = "[SET|FILE...]",
	.common = "",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = rules_run,
};
