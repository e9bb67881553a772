/* fuzz_rules.c - fuzz rule files: each is refused with a message or makes a valid
 * plan. */
#include <math.h>
#include <stdlib.h>

#include "filters/quality/rule_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static void
check_lang_rules(const struct rule_plan *p, const struct lang_rules *s)
{
	for (size_t k = 0; k < p->nsets; k++) {
		const struct rule_set *set = p->set[k];

		check(s->set[k].bound == s->bound + p->first[k]);
		check(!set->stop_words == !s->set[k].stop_words);
		for (size_t i = 0; i < set->nrules; i++) {
			double v = s->set[k].bound[i];

			check(isnan(v) || (isfinite(v) && v >= 0));
			check(!(v > 1) || set->rule[i].unit == UNIT_COUNT ||
			      set->rule[i].unit == UNIT_NUMBER);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rule_plan p = { 0 };
	struct err err = { 0 };

	if (rule_file_parse((struct span){ (const char *)data, size }, "x.rules", NULL, 0,
		&p, &err) < 0 ||
	    rule_plan_finish(&p, "x.rules", &err) < 0) {
		check(err.code == EXIT_DATA && err.msg[0] != '\0');
	} else {
		check(p.nsets <= nrule_sets);
		check_lang_rules(&p, &p.base);
		for (size_t i = 0; i < p.nlangs; i++) {
			check_lang_rules(&p, p.lang[i]);
			check(rule_plan_find_lang(&p, span_of(p.lang[i]->lang)) ==
			      p.lang[i]);
		}
	}
	rule_plan_free(&p);
	return 0;
}
