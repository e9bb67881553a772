/* plantake.c - parses how a blend plan packs and takes whole documents. */
#include <inttypes.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/planfile_impl.h"

/* ---- pack ---- */

static int
parse_align(struct plan_parser *ps, struct span value)
{
	uint64_t v;

	if (plan_decimal(ps, value, 0, &v) < 0)
		return -1;
	if (v < 1 || v > 65536)
		return plan_bad(
		    ps, "align=%" PRIu64 " is out of range: use 1 to 65536 tokens", v);
	ps->p->align = (uint32_t)v;
	return 0;
}

int
plan_pack_keys(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct span key, value;

	for (size_t i = 2; i < ps->w.n; i++) {
		struct span word = ps->w.v[i];

		if (!plan_key(word, &key, &value) ||
		    (!span_eq(key, SPAN("cut")) && !span_eq(key, SPAN("align"))))
			return plan_bad(ps,
			    "unknown key in '%.*s': pack takes cut=never and align=N",
			    quoted(word), word.p);
		if (plan_key_once(ps, i, key) < 0)
			return -1;
		if (span_eq(key, SPAN("align"))) {
			if (parse_align(ps, value) < 0)
				return -1;
			continue;
		}
		if (!span_eq(value, SPAN("never")))
			return plan_bad(ps,
			    "cut= '%.*s' is not possible: write cut=never", quoted(value),
			    value.p);
		p->whole = true;
	}
	if (p->whole && !p->bestfit)
		return plan_bad(
		    ps, "pack concat cuts documents: write 'pack bestfit cut=never'");
	if (p->align > 1 && !p->whole)
		return plan_bad(ps,
		    "align= needs whole documents: write 'pack bestfit cut=never "
		    "align=%" PRIu32 "'",
		    p->align);
	return 0;
}

/* ---- take ---- */

/* A share "2%" or "2.5%". */
static int
parse_percent(struct plan_parser *ps, struct plan_source *s, struct span text)
{
	const unsigned places = SHARE_PLACES - 2;
	uint64_t v;

	text.n--;
	if (plan_decimal(ps, text, places, &v) < 0)
		return -1;
	if (v == 0 || v > SHARE_ONE)
		return plan_bad(ps,
		    "take '%.*s%%' is out of range: use more than 0 and at most 100 %%",
		    quoted(text), text.p);
	s->take = TAKE_SHARE;
	s->take_size = v;
	return 0;
}

int
plan_take_line(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct plan_source *s = NULL;
	struct span size;

	if (ps->w.n != 3)
		return plan_bad(
		    ps, "'take' takes a source and a size: write 'take NAME all'");
	for (uint32_t i = 0; i < p->nsources; i++)
		if (span_eq(span_of(p->source[i].name), ps->w.v[1]))
			s = &p->source[i];
	if (!s)
		return plan_bad(ps, "unknown source '%.*s': define it above this line",
		    quoted(ps->w.v[1]), ps->w.v[1].p);
	if (s->take != TAKE_NONE)
		return plan_bad(ps, "duplicate line 'take %s': keep one", s->name);
	size = ps->w.v[2];
	if (span_eq(size, SPAN("all"))) {
		s->take = TAKE_ALL;
		return 0;
	}
	if (s->hold > 0 || s->ncopies > 0)
		return plan_bad(ps,
		    "source '%s' has hold= or copies=, so its examples are not counted: "
		    "write 'take %s all'",
		    s->name, s->name);
	if (size.p[size.n - 1] == '%')
		return parse_percent(ps, s, size);
	if (plan_decimal(ps, size, 0, &s->take_size) < 0)
		return -1;
	if (s->take_size == 0)
		return plan_bad(
		    ps, "take 0 leaves nothing of source '%s': remove both", s->name);
	s->take = TAKE_COUNT;
	return 0;
}

int
plan_check_take(struct plan_parser *ps)
{
	const struct plan *p = ps->p;
	uint32_t takes = 0;

	for (uint32_t k = 0; k < p->nphases; k++)
		if (p->phase[k].seq % p->align != 0)
			return err_set(ps->err, EXIT_DATA,
			    "%s: phase '%s': samples of %" PRIu32
			    " tokens are not a multiple of align=%" PRIu32
			    ": change one of them",
			    ps->name, p->phase[k].name, p->phase[k].seq, p->align);
	for (uint32_t s = 0; s < p->nsources; s++)
		takes += p->source[s].take != TAKE_NONE;
	if (takes == 0)
		return 0;
	for (uint32_t s = 0; s < p->nsources; s++) {
		const struct plan_source *src = &p->source[s];

		if (src->take == TAKE_NONE)
			return err_set(ps->err, EXIT_DATA,
			    "%s:%u: source '%s' has no take line, others have: add 'take "
			    "%s all'",
			    ps->name, src->line, src->name, src->name);
		if (src->cap != PLAN_UNSET && src->cap % CAP_ONE != 0)
			return err_set(ps->err, EXIT_DATA,
			    "%s:%u: source '%s': with take, cap= is a whole number of "
			    "epochs",
			    ps->name, src->line, src->name);
	}
	if (!p->whole)
		return err_set(ps->err, EXIT_DATA,
		    "%s: take counts whole documents: add 'pack bestfit cut=never'",
		    ps->name);
	if (p->nphases != 1 || p->phase[0].tokens != PLAN_UNSET)
		return err_set(ps->err, EXIT_DATA,
		    "%s: take determines the length of the run: write one phase, 'phase "
		    "%s max'",
		    ps->name, p->phase[0].name);
	if (p->ngroups != 1)
		return err_set(ps->err, EXIT_DATA,
		    "%s: take determines all shares: write one group, 'group all 1'",
		    ps->name);
	return 0;
}
