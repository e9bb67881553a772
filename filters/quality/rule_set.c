/* rule_set.c - the list of all rule sets, and how values fail rules. */
#include "filters/quality/rule_set.h"

extern const struct rule_set rule_set_gopher, rule_set_gopher_rep, rule_set_c4,
    rule_set_c4_para, rule_set_fineweb;
extern const struct rule_set rule_set_nemo, rule_set_dolma, rule_set_dclm, rule_set_rpv2,
    rule_set_code;

const struct rule_set *const rule_sets[] = {
	&rule_set_gopher,
	&rule_set_gopher_rep,
	&rule_set_c4,
	&rule_set_c4_para,
	&rule_set_fineweb,
	&rule_set_nemo,
	&rule_set_dolma,
	&rule_set_dclm,
	&rule_set_rpv2,
	&rule_set_code,
};

const size_t nrule_sets = sizeof rule_sets / sizeof *rule_sets;

const struct rule_set *
rule_set_find(struct span name)
{
	for (size_t i = 0; i < nrule_sets; i++)
		if (span_eq(name, span_of(rule_sets[i]->name)))
			return rule_sets[i];
	return NULL;
}

bool
rule_fails(enum rule_kind kind, double value, double bound)
{
	switch (kind) {
	case RULE_MIN:
		return value < bound;
	case RULE_MAX:
		return value > bound;
	case RULE_UNDER:
		return value >= bound;
	case RULE_OVER:
		return value <= bound;
	}
	return false;
}
