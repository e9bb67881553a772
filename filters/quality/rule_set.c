/* rule_set.c - the sets of rules there are, and when a value breaks a rule. */
#include "filters/quality/rule_set.h"

extern const struct set set_gopher, set_gopher_rep, set_c4, set_c4_para, set_fineweb;
extern const struct set set_nemo, set_dolma, set_dclm, set_rpv2, set_code;

const struct set *const rule_sets[] = {
	&set_gopher,
	&set_gopher_rep,
	&set_c4,
	&set_c4_para,
	&set_fineweb,
	&set_nemo,
	&set_dolma,
	&set_dclm,
	&set_rpv2,
	&set_code,
};

const size_t nrule_sets = sizeof rule_sets / sizeof *rule_sets;

bool
rule_broken(enum rule_kind kind, double value, double bound)
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
