/* planfile.c - a blend plan as its author wrote it: parsed and checked line by line. */
#include "mixer/planfile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/num.h"
#include "mixer/decimal.h"

struct parser {
	struct plan *p;
	const char *name;
	unsigned line;
	struct err *err;
	struct span *tok; /* of the line */
	size_t ntok, cap;
	bool seq, seed, shard;
};

static int bad(struct parser *ps, const char *fmt, ...) PRINTF(2, 3);

static int
bad(struct parser *ps, const char *fmt, ...)
{
	struct buf b = { 0 };
	char what[512];
	va_list ap;
	int rc;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	buf_putf(&b, "%s:%u: %s", ps->name, ps->line, what);
	buf_putc(&b, '\0');
	rc = err_set(ps->err, EXIT_DATA, "%s", b.p);
	buf_free(&b);
	return rc;
}

/* For messages: at most so much of what they quote. */
static int
width(struct span s)
{
	return s.n < 100 ? (int)s.n : 100;
}

static bool
name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("._/+-", c));
}

static int
check_name(struct parser *ps, struct span s)
{
	bool ok = s.n > 0 && s.n <= PLAN_MAX_NAME;

	for (size_t i = 0; ok && i < s.n; i++)
		ok = name_byte(s.p[i]);
	return ok ? 0
		  : bad(ps,
			"'%.*s' is no name: use up to %d letters, digits and . _ / + -",
			width(s), s.p, PLAN_MAX_NAME);
}

static uint32_t
find_phase(const struct plan *p, struct span s)
{
	for (uint32_t i = 0; i < p->nphases; i++)
		if (span_eq(span_of(p->phase[i].name), s))
			return i;
	return UINT32_MAX;
}

static uint32_t
find_group(const struct plan *p, struct span s)
{
	for (uint32_t i = 0; i < p->ngroups; i++)
		if (span_eq(span_of(p->group[i].name), s))
			return i;
	return UINT32_MAX;
}

static int
parse_decimal(struct parser *ps, struct span s, unsigned places, uint64_t *out)
{
	const char *why = decimal_parse(s, places, out);

	return why ? bad(ps, "'%.*s': %s", width(s), s.p, why) : 0;
}

static int
parse_share(struct parser *ps, struct span s, uint64_t *out)
{
	if (parse_decimal(ps, s, SHARE_PLACES, out) < 0)
		return -1;
	if (*out > SHARE_ONE)
		return bad(ps, "'%.*s': a share is at most 1: write 0.7 for 70 %%",
		    width(s), s.p);
	return 0;
}

/* Key and value of "key=value"; a path with '=' is one that has a '/' before it. */
static bool
split_key(struct span tok, struct span *key, struct span *value)
{
	const char *eq = memchr(tok.p, '=', tok.n);

	if (!eq || memchr(tok.p, '/', (size_t)(eq - tok.p)))
		return false;
	*key = (struct span){ tok.p, (size_t)(eq - tok.p) };
	*value = span_from(tok, key->n + 1);
	return true;
}

/* A key given twice hides a slip of the pen. */
static int
check_once(struct parser *ps, size_t at, struct span key)
{
	struct span other, value;

	for (size_t i = 2; i < at; i++)
		if (split_key(ps->tok[i], &other, &value) && span_eq(other, key))
			return bad(ps, "a second '%.*s=': keep one", width(key), key.p);
	return 0;
}

/* weight.PHASE=SHARE into weight[]. */
static int
phase_weight(struct parser *ps, struct span key, struct span value, uint64_t *weight)
{
	struct span name = span_from(key, strlen("weight."));
	uint32_t i = find_phase(ps->p, name);

	if (i == UINT32_MAX)
		return bad(ps, "no phase '%.*s' above: name one of the plan's phases",
		    width(name), name.p);
	return parse_share(ps, value, &weight[i]);
}

/* Lines "KEY N": once each. */
static int
parse_single(struct parser *ps, bool *seen, uint64_t *out)
{
	struct span key = ps->tok[0];

	if (*seen)
		return bad(ps, "a second '%.*s': keep one", width(key), key.p);
	*seen = true;
	if (ps->ntok != 2)
		return bad(ps, "'%.*s' takes one number", width(key), key.p);
	return parse_decimal(ps, ps->tok[1], 0, out);
}

static int
parse_seq(struct parser *ps)
{
	uint64_t v = 0;

	if (parse_single(ps, &ps->seq, &v) < 0)
		return -1;
	if (v < 1 || v > UINT64_C(1) << 24)
		return bad(ps, "seq %" PRIu64 ": a sample has 1 to 16777216 tokens", v);
	ps->p->seq = (uint32_t)v;
	return 0;
}

static int
parse_shard(struct parser *ps)
{
	if (parse_single(ps, &ps->shard, &ps->p->shard) < 0)
		return -1;
	if (ps->p->shard < 1 || ps->p->shard > UINT64_C(1) << 32)
		return bad(ps, "shard %" PRIu64 ": a shard has 1 to 4294967296 samples",
		    ps->p->shard);
	return 0;
}

static int
parse_phase(struct parser *ps)
{
	struct plan *p = ps->p;
	struct plan_phase ph = { 0 };
	uint64_t seq = 0;

	if (ps->ntok < 3 || ps->ntok > 4)
		return bad(ps, "a phase is 'phase NAME TOKENS', or 'phase NAME max'");
	if (check_name(ps, ps->tok[1]) < 0)
		return -1;
	if (find_phase(p, ps->tok[1]) != UINT32_MAX)
		return bad(ps, "a second phase '%.*s': give it another name",
		    width(ps->tok[1]), ps->tok[1].p);
	if (p->ngroups > 0)
		return bad(ps, "phases stand above the groups: move this line up");
	if (p->nphases == PLAN_MAX_PHASES)
		return bad(ps, "too many phases: at most %d", PLAN_MAX_PHASES);
	if (p->nphases > 0 && p->phase[p->nphases - 1].tokens == PLAN_UNSET)
		return bad(
		    ps, "nothing is left after a phase of 'max': make it the last");
	if (span_eq(ps->tok[2], SPAN("max")))
		ph.tokens = PLAN_UNSET;
	else if (parse_decimal(ps, ps->tok[2], 0, &ph.tokens) < 0)
		return -1;
	if (ps->ntok == 4) {
		if (!span_starts(ps->tok[3], SPAN("seq=")))
			return bad(ps, "unknown key in '%.*s': a phase knows seq=N",
			    width(ps->tok[3]), ps->tok[3].p);
		if (parse_decimal(ps, span_from(ps->tok[3], 4), 0, &seq) < 0)
			return -1;
		if (!ps->seq || seq != p->seq)
			return bad(ps, "a phase of its own sample length: one run has "
				       "one, write 'seq' above "
				       "and plan the other phase as a run of its own");
	}
	ph.name = arena_copy(&p->mem, ps->tok[1]);
	p->phase = xrealloc(p->phase, p->nphases + (size_t)1, sizeof *p->phase);
	p->phase[p->nphases++] = ph;
	return 0;
}

static int
parse_group(struct parser *ps)
{
	struct plan *p = ps->p;
	struct plan_group *g;
	struct span key, value;
	uint64_t weight;

	if (ps->ntok < 3)
		return bad(ps, "a group is 'group NAME WEIGHT'");
	if (check_name(ps, ps->tok[1]) < 0 || parse_share(ps, ps->tok[2], &weight) < 0)
		return -1;
	if (find_group(p, ps->tok[1]) != UINT32_MAX)
		return bad(ps, "a second group '%.*s': give it another name",
		    width(ps->tok[1]), ps->tok[1].p);
	if (p->nphases == 0)
		return bad(ps, "no phase above: write 'phase NAME TOKENS' first");
	if (p->ngroups == PLAN_MAX_GROUPS)
		return bad(ps, "too many groups: at most %d", PLAN_MAX_GROUPS);
	p->group = xrealloc(p->group, p->ngroups + (size_t)1, sizeof *p->group);
	g = &p->group[p->ngroups++];
	g->name = arena_copy(&p->mem, ps->tok[1]);
	g->line = ps->line;
	for (size_t i = 0; i < PLAN_MAX_PHASES; i++)
		g->weight[i] = weight;
	for (size_t i = 3; i < ps->ntok; i++) {
		if (!split_key(ps->tok[i], &key, &value) ||
		    !span_starts(key, SPAN("weight.")))
			return bad(ps,
			    "unknown key '%.*s': a group knows weight.PHASE=SHARE",
			    width(ps->tok[i]), ps->tok[i].p);
		if (check_once(ps, i, key) < 0 ||
		    phase_weight(ps, key, value, g->weight) < 0)
			return -1;
	}
	return 0;
}

static int
source_key(struct parser *ps, struct plan_source *s, struct span key, struct span value)
{
	if (span_eq(key, SPAN("in"))) {
		s->group = find_group(ps->p, value);
		if (s->group == UINT32_MAX)
			return bad(ps,
			    "no group '%.*s' above: write 'group %.*s WEIGHT' first",
			    width(value), value.p, width(value), value.p);
		return 0;
	}
	if (span_eq(key, SPAN("cap"))) {
		if (parse_decimal(ps, value, CAP_PLACES, &s->cap) < 0)
			return -1;
		if (s->cap == 0 || s->cap > 255 * CAP_ONE)
			return bad(ps,
			    "cap '%.*s': a source is used more than 0 and up to 255 "
			    "times",
			    width(value), value.p);
		return 0;
	}
	if (span_starts(key, SPAN("weight.")))
		return phase_weight(ps, key, value, s->weight);
	if (!span_eq(key, SPAN("weight")))
		return bad(ps,
		    "unknown key '%.*s': a source knows in= weight= weight.PHASE= cap=, "
		    "and a path "
		    "with '=' needs a '/' before it",
		    width(key), key.p);
	return 0;
}

/* weight= holds for the phases that have no weight.PHASE=, wherever it stands. */
static int
source_weight(struct parser *ps, struct plan_source *s)
{
	struct span key, value;
	uint64_t weight;

	for (size_t i = 2; i < ps->ntok; i++) {
		if (!split_key(ps->tok[i], &key, &value) || !span_eq(key, SPAN("weight")))
			continue;
		if (parse_share(ps, value, &weight) < 0)
			return -1;
		for (uint32_t k = 0; k < ps->p->nphases; k++)
			s->weight[k] = weight;
	}
	return 0;
}

static int
parse_source(struct parser *ps)
{
	struct plan *p = ps->p;
	struct plan_source s = {
		.group = UINT32_MAX, .cap = PLAN_UNSET, .line = ps->line
	};
	struct span key, value;

	if (ps->ntok < 2)
		return bad(ps, "a source is 'source NAME SHARDS... in=GROUP'");
	if (check_name(ps, ps->tok[1]) < 0)
		return -1;
	for (uint32_t i = 0; i < p->nsources; i++)
		if (span_eq(span_of(p->source[i].name), ps->tok[1]))
			return bad(ps, "a second source '%.*s': give it another name",
			    width(ps->tok[1]), ps->tok[1].p);
	if (p->nsources == PLAN_MAX_SOURCES)
		return bad(ps, "too many sources: at most %d", PLAN_MAX_SOURCES);
	s.name = arena_copy(&p->mem, ps->tok[1]);
	s.glob = arena_alloc(&p->mem, xmul(ps->ntok, sizeof *s.glob));
	s.weight = arena_alloc(&p->mem, xmul(p->nphases + (size_t)1, sizeof *s.weight));
	for (uint32_t i = 0; i < p->nphases; i++)
		s.weight[i] = PLAN_UNSET;
	if (source_weight(ps, &s) < 0)
		return -1;
	for (size_t i = 2; i < ps->ntok; i++)
		if (!split_key(ps->tok[i], &key, &value))
			s.glob[s.nglob++] = arena_copy(&p->mem, ps->tok[i]);
		else if (check_once(ps, i, key) < 0 || source_key(ps, &s, key, value) < 0)
			return -1;
	if (s.group == UINT32_MAX)
		return bad(ps, "source '%s' is in no group: add in=GROUP", s.name);
	if (s.nglob == 0)
		return bad(ps, "source '%s' has no shards: name them before in=", s.name);
	p->source = xrealloc(p->source, p->nsources + (size_t)1, sizeof *p->source);
	p->source[p->nsources++] = s;
	return 0;
}

static int
parse_line(struct parser *ps)
{
	struct span key = ps->tok[0];

	if (span_eq(key, SPAN("seq")))
		return parse_seq(ps);
	if (span_eq(key, SPAN("seed")))
		return parse_single(ps, &ps->seed, &ps->p->seed);
	if (span_eq(key, SPAN("shard")))
		return parse_shard(ps);
	if (span_eq(key, SPAN("phase")))
		return parse_phase(ps);
	if (span_eq(key, SPAN("group")))
		return parse_group(ps);
	if (span_eq(key, SPAN("source")))
		return parse_source(ps);
	return bad(ps, "unknown key '%.*s': know seq seed shard phase group source",
	    width(key), key.p);
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Words of a line; '#' at the start of one ends the line. */
static void
split_line(struct parser *ps, struct span line)
{
	size_t i = 0, start;

	ps->ntok = 0;
	while (i < line.n) {
		if (is_space(line.p[i])) {
			i++;
			continue;
		}
		if (line.p[i] == '#')
			return;
		for (start = i; i < line.n && !is_space(line.p[i]);)
			i++;
		if (ps->ntok == ps->cap) {
			ps->cap = ps->cap ? 2 * ps->cap : 16;
			ps->tok = xrealloc(ps->tok, ps->cap, sizeof *ps->tok);
		}
		ps->tok[ps->ntok++] = (struct span){ line.p + start, i - start };
	}
}

static int
parse_lines(struct parser *ps, struct span text)
{
	bool first = true;

	while (text.n > 0) {
		const char *nl = memchr(text.p, '\n', text.n);
		struct span line = { text.p, nl ? (size_t)(nl - text.p) : text.n };

		text = span_from(text, line.n + (nl != NULL));
		ps->line++;
		if (memchr(line.p, '\0', line.n))
			return bad(ps, "a NUL byte: a plan is text");
		split_line(ps, line);
		if (ps->ntok == 0)
			continue;
		if (first && (ps->ntok != 2 || !span_eq(ps->tok[0], SPAN("tamis-plan")) ||
				 !span_eq(ps->tok[1], SPAN("1"))))
			return bad(ps, "not a plan: its first line is 'tamis-plan 1'");
		if (!first && parse_line(ps) < 0)
			return -1;
		first = false;
	}
	if (first)
		return bad(ps, "an empty plan: its first line is 'tamis-plan 1'");
	return 0;
}

/* What only the whole plan can tell. */
static int
check_whole(struct parser *ps)
{
	const struct plan *p = ps->p;

	if (!ps->seq)
		return err_set(
		    ps->err, EXIT_DATA, "%s: no 'seq': add 'seq 4096'", ps->name);
	if (p->nphases == 0)
		return err_set(ps->err, EXIT_DATA,
		    "%s: no phase: add 'phase NAME TOKENS'", ps->name);
	if (p->nsources == 0)
		return err_set(ps->err, EXIT_DATA,
		    "%s: no source: add 'source NAME SHARDS... in=GROUP'", ps->name);
	for (uint32_t k = 0; k < p->nphases; k++) {
		struct buf b = { 0 };
		uint64_t sum = 0;

		for (uint32_t g = 0; g < p->ngroups; g++)
			sum += p->group[g].weight[k];
		if (sum == SHARE_ONE)
			continue;
		decimal_put(&b, sum > SHARE_ONE ? sum - SHARE_ONE : SHARE_ONE - sum,
		    SHARE_PLACES);
		buf_putc(&b, '\0');
		err_set(ps->err, EXIT_DATA,
		    "%s: phase '%s': group weights sum to %s too %s: make it 1", ps->name,
		    p->phase[k].name, b.p, sum > SHARE_ONE ? "much" : "little");
		buf_free(&b);
		return -1;
	}
	return 0;
}

int
plan_parse(struct span text, const char *name, struct plan *p, struct err *err)
{
	struct parser ps = { .p = p, .name = name, .err = err };
	int rc;

	*p = (struct plan){ .shard = PLAN_UNSET };
	if (text.n > PLAN_MAX_BYTES)
		return err_set(err, EXIT_DATA,
		    "%s: larger than a plan can be: is it the right file", name);
	rc = parse_lines(&ps, text);
	if (rc == 0)
		rc = check_whole(&ps);
	free(ps.tok);
	return rc;
}

void
plan_free(struct plan *p)
{
	free(p->phase);
	free(p->group);
	free(p->source);
	arena_free(&p->mem);
	*p = (struct plan){ 0 };
}
