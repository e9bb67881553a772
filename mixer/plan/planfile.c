/* planfile.c - a blend plan as its author wrote it: parsed and checked line by line. */
#include "mixer/plan/planfile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/planfile_impl.h"

#define MAX_SEQ	  (UINT64_C(1) << 24)
#define MAX_SHARD (UINT64_C(1) << 32)

int
plan_bad(struct plan_parser *ps, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return err_set(ps->err, EXIT_DATA, "%s:%u: %s", ps->name, ps->w.line, what);
}

static bool
name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("._/+-", c));
}

int
plan_check_name(struct plan_parser *ps, struct span s)
{
	bool ok = s.n > 0 && s.n <= PLAN_MAX_NAME;

	for (size_t i = 0; ok && i < s.n; i++)
		ok = name_byte(s.p[i]);
	return ok ? 0
		  : plan_bad(ps,
			"'%.*s' is no name: use up to %d letters, digits and . _ / + -",
			quoted(s), s.p, PLAN_MAX_NAME);
}

static uint32_t
find_phase(const struct plan *p, struct span s)
{
	for (uint32_t i = 0; i < p->nphases; i++)
		if (span_eq(span_of(p->phase[i].name), s))
			return i;
	return UINT32_MAX;
}

uint32_t
plan_find_group(const struct plan *p, struct span s)
{
	for (uint32_t i = 0; i < p->ngroups; i++)
		if (span_eq(span_of(p->group[i].name), s))
			return i;
	return UINT32_MAX;
}

int
plan_decimal(struct plan_parser *ps, struct span s, unsigned places, uint64_t *out)
{
	const char *why = decimal_parse(s, places, out);

	return why ? plan_bad(ps, "'%.*s': %s", quoted(s), s.p, why) : 0;
}

int
plan_share(struct plan_parser *ps, struct span s, uint64_t *out)
{
	if (plan_decimal(ps, s, SHARE_PLACES, out) < 0)
		return -1;
	if (*out > SHARE_ONE)
		return plan_bad(ps, "'%.*s': a share is at most 1: write 0.7 for 70 %%",
		    quoted(s), s.p);
	return 0;
}

int
plan_epochs(struct plan_parser *ps, struct span s, uint64_t *out)
{
	if (plan_decimal(ps, s, CAP_PLACES, out) < 0)
		return -1;
	if (*out == 0 || *out > 255 * CAP_ONE)
		return plan_bad(ps,
		    "'%.*s' epochs: a source is used more than 0 and up to 255 times",
		    quoted(s), s.p);
	return 0;
}

bool
plan_key(struct span word, struct span *key, struct span *value)
{
	const char *eq = memchr(word.p, '=', word.n);

	if (!eq || memchr(word.p, '/', (size_t)(eq - word.p)))
		return false;
	*key = (struct span){ word.p, (size_t)(eq - word.p) };
	*value = span_from(word, key->n + 1);
	return true;
}

int
plan_key_once(struct plan_parser *ps, size_t at, struct span key)
{
	struct span other, value;

	for (size_t i = 2; i < at; i++)
		if (plan_key(ps->w.v[i], &other, &value) && span_eq(other, key))
			return plan_bad(
			    ps, "a second '%.*s=': keep one", quoted(key), key.p);
	return 0;
}

int
plan_phase_weight(
    struct plan_parser *ps, struct span key, struct span value, uint64_t *weight)
{
	struct span name = span_from(key, strlen("weight."));
	uint32_t i = find_phase(ps->p, name);

	if (i == UINT32_MAX)
		return plan_bad(ps,
		    "no phase '%.*s' above: name one of the plan's phases", quoted(name),
		    name.p);
	return plan_share(ps, value, &weight[i]);
}

/* ---- lines of the whole run ---- */

/* Lines "KEY N": once each, a whole number from least to most. */
static int
parse_single(struct plan_parser *ps, bool seen, uint64_t *out)
{
	struct span key = ps->w.v[0];

	if (seen)
		return plan_bad(ps, "a second '%.*s': keep one", quoted(key), key.p);
	if (ps->w.n != 2)
		return plan_bad(ps, "'%.*s' takes one number", quoted(key), key.p);
	return plan_decimal(ps, ps->w.v[1], 0, out);
}

static int
check_seq(struct plan_parser *ps, uint64_t v)
{
	return v >= 1 && v <= MAX_SEQ
		   ? 0
		   : plan_bad(
			 ps, "seq %" PRIu64 ": a sample has 1 to 16777216 tokens", v);
}

static int
check_shard(struct plan_parser *ps, uint64_t v)
{
	return v >= 1 && v <= MAX_SHARD
		   ? 0
		   : plan_bad(
			 ps, "shard %" PRIu64 ": a shard has 1 to 4294967296 samples", v);
}

/* What phases below have unless they say otherwise. */
static int
parse_default(struct plan_parser *ps, uint64_t *out)
{
	if (ps->p->nphases > 0)
		return plan_bad(ps, "'%.*s' stands above the phases: move this line up",
		    quoted(ps->w.v[0]), ps->w.v[0].p);
	return parse_single(ps, *out != PLAN_UNSET, out);
}

static int
parse_seq(struct plan_parser *ps)
{
	return parse_default(ps, &ps->seq) < 0 ? -1 : check_seq(ps, ps->seq);
}

static int
parse_shard(struct plan_parser *ps)
{
	return parse_default(ps, &ps->shard) < 0 ? -1 : check_shard(ps, ps->shard);
}

static int
parse_seed(struct plan_parser *ps)
{
	bool seen = ps->seed;

	ps->seed = true;
	return parse_single(ps, seen, &ps->p->seed);
}

static int
parse_pack(struct plan_parser *ps)
{
	if (ps->pack)
		return plan_bad(ps, "a second 'pack': keep one");
	ps->pack = true;
	ps->p->bestfit = ps->w.n == 2 && span_eq(ps->w.v[1], SPAN("bestfit"));
	if (ps->w.n != 2 || (!ps->p->bestfit && !span_eq(ps->w.v[1], SPAN("concat"))))
		return plan_bad(ps, "write 'pack concat' or 'pack bestfit'");
	return 0;
}

static int
parse_batch(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct plan_batch *b = &p->batch[p->nbatches];

	if (ps->w.n != 3)
		return plan_bad(ps, "a batch is 'batch TOKENS SAMPLES': from so many "
				    "tokens on, so many samples a step");
	if (p->nbatches == PLAN_MAX_BATCHES)
		return plan_bad(ps, "too many batches: at most %d", PLAN_MAX_BATCHES);
	if (plan_decimal(ps, ps->w.v[1], 0, &b->first) < 0 ||
	    plan_decimal(ps, ps->w.v[2], 0, &b->samples) < 0)
		return -1;
	if (b->samples < 1 || b->samples > MAX_SHARD)
		return plan_bad(ps, "a batch has 1 to 4294967296 samples");
	if (p->nbatches == 0 ? b->first != 0 : b->first <= b[-1].first)
		return plan_bad(ps, "batches go up from 0 tokens: put them in order");
	p->nbatches++;
	return 0;
}

static int
phase_key(struct plan_parser *ps, struct plan_phase *ph, size_t at)
{
	struct span key, value;
	uint64_t seq;

	if (!plan_key(ps->w.v[at], &key, &value) ||
	    (!span_eq(key, SPAN("seq")) && !span_eq(key, SPAN("shard"))))
		return plan_bad(ps,
		    "unknown key in '%.*s': a phase knows seq=N and shard=N",
		    quoted(ps->w.v[at]), ps->w.v[at].p);
	if (plan_key_once(ps, at, key) < 0)
		return -1;
	if (span_eq(key, SPAN("shard")))
		return plan_decimal(ps, value, 0, &ph->shard) < 0
			   ? -1
			   : check_shard(ps, ph->shard);
	if (plan_decimal(ps, value, 0, &seq) < 0 || check_seq(ps, seq) < 0)
		return -1;
	ph->seq = (uint32_t)seq;
	return 0;
}

static int
parse_phase(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct plan_phase ph = { .shard = ps->shard };
	struct span name;

	if (ps->w.n < 3)
		return plan_bad(
		    ps, "a phase is 'phase NAME TOKENS', or 'phase NAME max'");
	name = ps->w.v[1];
	if (plan_check_name(ps, name) < 0)
		return -1;
	if (find_phase(p, name) != UINT32_MAX)
		return plan_bad(ps, "a second phase '%.*s': give it another name",
		    quoted(name), name.p);
	if (p->ngroups > 0)
		return plan_bad(ps, "phases stand above the groups: move this line up");
	if (p->nphases == PLAN_MAX_PHASES)
		return plan_bad(ps, "too many phases: at most %d", PLAN_MAX_PHASES);
	if (p->nphases > 0 && p->phase[p->nphases - 1].tokens == PLAN_UNSET)
		return plan_bad(
		    ps, "nothing is left after a phase of 'max': make it the last");
	if (span_eq(ps->w.v[2], SPAN("max")))
		ph.tokens = PLAN_UNSET;
	else if (plan_decimal(ps, ps->w.v[2], 0, &ph.tokens) < 0)
		return -1;
	if (ps->seq != PLAN_UNSET)
		ph.seq = (uint32_t)ps->seq;
	for (size_t i = 3; i < ps->w.n; i++)
		if (phase_key(ps, &ph, i) < 0)
			return -1;
	if (ph.seq == 0)
		return plan_bad(ps, "no 'seq' above: write 'seq 4096' first, or seq=4096 "
				    "behind the phase");
	ph.name = arena_copy(&p->mem, name);
	p->phase = xrealloc(p->phase, p->nphases + (size_t)1, sizeof *p->phase);
	p->phase[p->nphases++] = ph;
	return 0;
}

/* ---- the whole ---- */

static const struct {
	const char *key;
	int (*parse)(struct plan_parser *ps);
} lines[] = {
	{ "seq", parse_seq },
	{ "seed", parse_seed },
	{ "shard", parse_shard },
	{ "pack", parse_pack },
	{ "batch", parse_batch },
	{ "phase", parse_phase },
	{ "group", plan_group_line },
	{ "source", plan_source_line },
};

static int
parse_line(struct plan_parser *ps)
{
	struct span key = ps->w.v[0];

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (span_eq(key, span_of(lines[i].key)))
			return lines[i].parse(ps);
	return plan_bad(ps,
	    "unknown key '%.*s': know seq seed shard pack batch phase group source",
	    quoted(key), key.p);
}

static int
parse_lines(struct plan_parser *ps)
{
	bool first = true;

	while (directives_next(&ps->w)) {
		if (memchr(ps->w.whole.p, '\0', ps->w.whole.n))
			return plan_bad(ps, "a NUL byte: a plan is text");
		if (first && (ps->w.n != 2 || !span_eq(ps->w.v[0], SPAN("tamis-plan")) ||
				 !span_eq(ps->w.v[1], SPAN("1"))))
			return plan_bad(
			    ps, "not a plan: its first line is 'tamis-plan 1'");
		if (!first && parse_line(ps) < 0)
			return -1;
		first = false;
	}
	if (first)
		return plan_bad(ps, "an empty plan: its first line is 'tamis-plan 1'");
	return 0;
}

/* What only the whole plan can tell. */
static int
check_whole(struct plan_parser *ps)
{
	const struct plan *p = ps->p;

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
	struct plan_parser ps = { .p = p,
		.name = name,
		.err = err,
		.w.text = text,
		.seq = PLAN_UNSET,
		.shard = PLAN_UNSET };
	int rc;

	*p = (struct plan){ 0 };
	if (text.n > PLAN_MAX_BYTES)
		return err_set(err, EXIT_DATA,
		    "%s: larger than a plan can be: is it the right file", name);
	rc = parse_lines(&ps);
	if (rc == 0)
		rc = check_whole(&ps);
	directives_free(&ps.w);
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
