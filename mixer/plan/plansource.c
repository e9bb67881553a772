/* plansource.c - parses the group and source lines of a blend plan. */
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/planfile_impl.h"

/* ---- groups ---- */

/* Parse alpha=A or temperature=T; the temperature is 1 / alpha. */
static int
parse_alpha(struct plan_parser *ps, struct span key, struct span value, double *alpha)
{
	bool direct = span_eq(key, SPAN("alpha"));
	uint64_t v = 0;

	if (plan_decimal(ps, value, CAP_PLACES, &v) < 0)
		return -1;
	if (direct ? v > CAP_ONE : v < CAP_ONE || v > 1000 * CAP_ONE)
		return plan_bad(ps, "%.*s '%.*s' is out of range: use %s", quoted(key),
		    key.p, quoted(value), value.p, direct ? "0 to 1" : "1 to 1000");
	*alpha = direct ? (double)v / (double)CAP_ONE : (double)CAP_ONE / (double)v;
	return 0;
}

static int
group_key(
    struct plan_parser *ps, struct plan_group *g, struct span key, struct span value)
{
	if (span_starts(key, SPAN("weight.")))
		return plan_phase_weight(ps, key, value, g->weight, g->relative);
	if (span_eq(key, SPAN("alpha")) || span_eq(key, SPAN("temperature")))
		return parse_alpha(ps, key, value, &g->alpha);
	if (span_eq(key, SPAN("unimax")))
		return plan_epochs(ps, value, &g->unimax);
	if (span_eq(key, SPAN("cap")))
		return plan_epochs(ps, value, &g->cap);
	if (span_eq(key, SPAN("min")))
		return plan_share(ps, value, &g->least);
	if (span_eq(key, SPAN("max")))
		return plan_share(ps, value, &g->most);
	return plan_bad(ps,
	    "unknown key '%.*s': a group takes weight.PHASE= alpha= temperature= unimax= "
	    "min= max= cap=",
	    quoted(key), key.p);
}

/* Reject keys that contradict each other. */
static int
check_group(struct plan_parser *ps, const struct plan_group *g)
{
	char least[DECIMAL_TEXT], most[DECIMAL_TEXT];
	struct span key, value;
	unsigned ways = 0;

	for (size_t i = 3; i < ps->w.n; i++)
		if (plan_key(ps->w.v[i], &key, &value))
			ways += span_eq(key, SPAN("alpha")) ||
				span_eq(key, SPAN("temperature")) ||
				span_eq(key, SPAN("unimax"));
	if (ways > 1)
		return plan_bad(
		    ps, "alpha=, temperature= and unimax= exclude each other: keep one");
	if (g->unimax != PLAN_UNSET && (g->least > 0 || g->most < SHARE_ONE))
		return plan_bad(ps, "unimax= cannot be combined with min= or max=: for "
				    "bounds on equal shares use alpha=0");
	if (g->least > g->most)
		return plan_bad(ps, "min=%s exceeds max=%s: lower min=",
		    decimal_text(g->least, SHARE_PLACES, least),
		    decimal_text(g->most, SHARE_PLACES, most));
	return 0;
}

int
plan_group_line(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct plan_group *g;
	struct span key, value;
	uint64_t weight;
	u128 relative = 0;

	if (ps->w.n < 3)
		return plan_bad(ps, "'group' is incomplete: write 'group NAME SHARE'");
	if (plan_check_name(ps, ps->w.v[1]) < 0 ||
	    plan_weight(ps, ps->w.v[2], &weight, ps->relative ? &relative : NULL) < 0)
		return -1;
	if (plan_find_group(p, ps->w.v[1]) != UINT32_MAX)
		return plan_bad(ps, "duplicate group '%.*s': rename one",
		    quoted(ps->w.v[1]), ps->w.v[1].p);
	if (p->nphases == 0)
		return plan_bad(ps,
		    "group '%.*s' precedes the phases: add 'phase NAME TOKENS' above",
		    quoted(ps->w.v[1]), ps->w.v[1].p);
	if (ps->weights && ps->weights_at > 0)
		return plan_bad(ps,
		    "group '%.*s' follows 'weights', which follows a group: move that "
		    "line above or below all groups",
		    quoted(ps->w.v[1]), ps->w.v[1].p);
	if (p->ngroups == PLAN_MAX_GROUPS)
		return plan_bad(ps, "too many groups, the limit is %d", PLAN_MAX_GROUPS);
	p->group = xrealloc(p->group, p->ngroups + (size_t)1, sizeof *p->group);
	g = &p->group[p->ngroups++];
	*g = (struct plan_group){ .name = arena_copy(&p->mem, ps->w.v[1]),
		.line = ps->w.line,
		.alpha = 1,
		.unimax = PLAN_UNSET,
		.most = SHARE_ONE,
		.cap = PLAN_UNSET };
	if (ps->relative)
		g->relative = arena_alloc(&p->mem, PLAN_MAX_PHASES * sizeof *g->relative);
	for (size_t i = 0; i < PLAN_MAX_PHASES; i++) {
		g->weight[i] = weight;
		if (g->relative)
			g->relative[i] = relative;
	}
	for (size_t i = 3; i < ps->w.n; i++) {
		if (!plan_key(ps->w.v[i], &key, &value))
			return plan_bad(ps, "'%.*s' is not of the form KEY=VALUE",
			    quoted(ps->w.v[i]), ps->w.v[i].p);
		if (plan_key_once(ps, i, key) < 0 || group_key(ps, g, key, value) < 0)
			return -1;
	}
	return check_group(ps, g);
}

/* ---- sources ---- */

/* Parse one FROM:TIMES; FROM must ascend. */
static int
parse_copies_item(struct plan_parser *ps, struct plan_source *s, struct span item)
{
	const char *colon = memchr(item.p, ':', item.n);
	uint64_t from, times;
	size_t at;

	if (!colon)
		return plan_bad(ps,
		    "copies= item '%.*s' is not FROM:TIMES: write copies=2:1.5,10:3",
		    quoted(item), item.p);
	if (s->ncopies == PLAN_MAX_COPIES)
		return plan_bad(
		    ps, "copies= has too many items, the limit is %d", PLAN_MAX_COPIES);
	at = (size_t)(colon - item.p);
	if (plan_decimal(ps, (struct span){ item.p, at }, 0, &from) < 0 ||
	    plan_decimal(ps, span_from(item, at + 1), CAP_PLACES, &times) < 0)
		return -1;
	if (from > UINT16_MAX)
		return plan_bad(ps,
		    "copies= item '%.*s': FROM is out of range: use 0 to 65535",
		    quoted(item), item.p);
	if (times > 255 * CAP_ONE)
		return plan_bad(ps,
		    "copies= item '%.*s': TIMES is out of range: use 0 to 255",
		    quoted(item), item.p);
	if (s->ncopies > 0 && from <= s->copies[s->ncopies - 1].from)
		return plan_bad(ps,
		    "copies= item '%.*s' follows FROM %u: sort the items by FROM",
		    quoted(item), item.p, (unsigned)s->copies[s->ncopies - 1].from);
	s->copies[s->ncopies++] = (struct plan_copies){ (uint16_t)from, times };
	return 0;
}

/* Parse copies=FROM:TIMES,... */
static int
parse_copies(struct plan_parser *ps, struct plan_source *s, struct span value)
{
	const char *comma;

	s->copies = arena_alloc(&ps->p->mem, PLAN_MAX_COPIES * sizeof *s->copies);
	do {
		struct span item = value;

		comma = memchr(value.p, ',', value.n);
		if (comma) {
			item.n = (size_t)(comma - value.p);
			value = span_from(value, item.n + 1);
		}
		if (parse_copies_item(ps, s, item) < 0)
			return -1;
	} while (comma);
	return 0;
}

static int
parse_times(struct plan_parser *ps, struct span value, uint64_t *times)
{
	if (plan_decimal(ps, value, CAP_PLACES, times) < 0)
		return -1;
	if (*times == 0 || *times > 1000 * CAP_ONE)
		return plan_bad(ps,
		    "times '%.*s' is out of range: use more than 0 and at most 1000",
		    quoted(value), value.p);
	return 0;
}

static int
source_key(
    struct plan_parser *ps, struct plan_source *s, struct span key, struct span value)
{
	if (span_eq(key, SPAN("in"))) {
		s->group = plan_find_group(ps->p, value);
		if (s->group == UINT32_MAX)
			return plan_bad(ps,
			    "unknown group '%.*s': add 'group %.*s SHARE' above",
			    quoted(value), value.p, quoted(value), value.p);
		return 0;
	}
	if (span_eq(key, SPAN("cap")))
		return plan_epochs(ps, value, &s->cap);
	if (span_eq(key, SPAN("times")))
		return parse_times(ps, value, &s->times);
	if (span_eq(key, SPAN("copies")))
		return parse_copies(ps, s, value);
	if (span_eq(key, SPAN("hold")))
		return plan_hold(ps, value, &s->hold);
	if (span_eq(key, SPAN("only"))) {
		s->only_held = true;
		return span_eq(value, SPAN("held"))
			   ? 0
			   : plan_bad(ps, "only= '%.*s' is not possible: write only=held",
				 quoted(value), value.p);
	}
	if (span_starts(key, SPAN("weight.")))
		return plan_phase_weight(ps, key, value, s->weight, s->relative);
	if (!span_eq(key, SPAN("weight")))
		return plan_bad(ps,
		    "unknown key '%.*s': a source takes in= weight= weight.PHASE= cap= "
		    "times= copies= hold= only=; a path that contains '=' needs a '/' "
		    "before it",
		    quoted(key), key.p);
	return 0;
}

/* weight= holds for every phase without a weight.PHASE=, so it is applied first. */
static int
source_weight(struct plan_parser *ps, struct plan_source *s)
{
	struct span key, value;
	uint64_t weight;
	u128 relative = 0;

	for (size_t i = 2; i < ps->w.n; i++) {
		if (!plan_key(ps->w.v[i], &key, &value) || !span_eq(key, SPAN("weight")))
			continue;
		if (plan_weight(ps, value, &weight, s->relative ? &relative : NULL) < 0)
			return -1;
		for (uint32_t k = 0; k < ps->p->nphases; k++) {
			s->weight[k] = weight;
			if (s->relative)
				s->relative[k] = relative;
		}
	}
	return 0;
}

static int
source_words(struct plan_parser *ps, struct plan_source *s)
{
	struct plan *p = ps->p;
	struct span key, value;

	s->name = arena_copy(&p->mem, ps->w.v[1]);
	s->glob = arena_alloc(&p->mem, xmul(ps->w.n, sizeof *s->glob));
	s->weight = arena_alloc(&p->mem, xmul(p->nphases + (size_t)1, sizeof *s->weight));
	for (uint32_t i = 0; i < p->nphases; i++)
		s->weight[i] = PLAN_UNSET;
	if (ps->relative) {
		size_t size = xmul(p->nphases + (size_t)1, sizeof *s->relative);

		s->relative = memset(arena_alloc(&p->mem, size), 0, size);
	}
	if (source_weight(ps, s) < 0)
		return -1;
	for (size_t i = 2; i < ps->w.n; i++)
		if (!plan_key(ps->w.v[i], &key, &value))
			s->glob[s->nglob++] = arena_copy(&p->mem, ps->w.v[i]);
		else if (plan_key_once(ps, i, key) < 0 ||
			 source_key(ps, s, key, value) < 0)
			return -1;
	return 0;
}

int
plan_source_line(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct plan_source s = { .group = UINT32_MAX,
		.cap = PLAN_UNSET,
		.times = CAP_ONE,
		.hold = ps->hold == PLAN_UNSET ? 0 : ps->hold,
		.only_held = ps->only_held,
		.line = ps->w.line };

	if (ps->w.n < 2)
		return plan_bad(
		    ps, "'source' is incomplete: write 'source NAME SHARDS... in=GROUP'");
	if (plan_check_name(ps, ps->w.v[1]) < 0)
		return -1;
	for (uint32_t i = 0; i < p->nsources; i++)
		if (span_eq(span_of(p->source[i].name), ps->w.v[1]))
			return plan_bad(ps, "duplicate source '%.*s': rename one",
			    quoted(ps->w.v[1]), ps->w.v[1].p);
	if (p->nsources == PLAN_MAX_SOURCES)
		return plan_bad(
		    ps, "too many sources, the limit is %d", PLAN_MAX_SOURCES);
	if (source_words(ps, &s) < 0)
		return -1;
	if (s.group == UINT32_MAX)
		return plan_bad(ps, "source '%s' has no group: add in=GROUP", s.name);
	if (s.nglob == 0)
		return plan_bad(
		    ps, "source '%s' has no shards: list them before in=", s.name);
	if (s.only_held && s.hold == 0)
		return plan_bad(ps,
		    "source '%s' holds out no documents, but uses only such: add "
		    "hold=0.01, or remove the source",
		    s.name);
	if (s.cap == PLAN_UNSET)
		s.cap = p->group[s.group].cap;
	p->source = xrealloc(p->source, p->nsources + (size_t)1, sizeof *p->source);
	p->source[p->nsources++] = s;
	return 0;
}
