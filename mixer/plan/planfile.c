/* planfile.c - parses and checks a blend plan line by line. */
#include "mixer/plan/planfile.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
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
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
	       (c && strchr("._/+-", c));
}

int
plan_check_name(struct plan_parser *ps, struct span s)
{
	bool ok = s.n > 0 && s.n <= PLAN_MAX_NAME;

	for (size_t i = 0; ok && i < s.n; i++)
		ok = name_byte(s.p[i]);
	return ok ? 0
		  : plan_bad(ps,
			"invalid name '%.*s': use 1 to %d letters, digits and . _ / + -",
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
	char limit[DECIMAL_TEXT];

	switch (decimal_parse(s, places, out)) {
	case DECIMAL_SYNTAX:
		return plan_bad(ps, "'%.*s' is not a number: write 8e12, 1.5M or 0.25",
		    quoted(s), s.p);
	case DECIMAL_LARGE:
		return plan_bad(ps, "'%.*s' is too large, the limit is %s", quoted(s),
		    s.p, decimal_text(UINT64_MAX, places, limit));
	case DECIMAL_FINE:
		return places == 0
			   ? plan_bad(ps, "'%.*s' is not an integer", quoted(s), s.p)
			   : plan_bad(ps, "'%.*s' has too many decimals, the limit is %u",
				 quoted(s), s.p, places);
	case DECIMAL_OK:
		break;
	}
	return 0;
}

int
plan_share(struct plan_parser *ps, struct span s, uint64_t *out)
{
	if (plan_decimal(ps, s, SHARE_PLACES, out) < 0)
		return -1;
	if (*out > SHARE_ONE)
		return plan_bad(
		    ps, "share '%.*s' exceeds 1: write 0.7 for 70 %%", quoted(s), s.p);
	return 0;
}

int
plan_hold(struct plan_parser *ps, struct span s, uint64_t *out)
{
	enum decimal_error e = decimal_parse(s, SHARE_PLACES, out);

	if (e == DECIMAL_LARGE || (e == DECIMAL_OK && *out > SHARE_ONE))
		return plan_bad(ps, "hold '%.*s': must be from 0 to 1", quoted(s), s.p);
	return e == DECIMAL_OK ? 0 : plan_decimal(ps, s, SHARE_PLACES, out);
}

int
plan_epochs(struct plan_parser *ps, struct span s, uint64_t *out)
{
	if (plan_decimal(ps, s, CAP_PLACES, out) < 0)
		return -1;
	if (*out == 0 || *out > 255 * CAP_ONE)
		return plan_bad(ps,
		    "'%.*s' epochs are out of range: use more than 0 and at most 255",
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
			    ps, "duplicate key '%.*s=': keep one", quoted(key), key.p);
	return 0;
}

int
plan_phase_weight(struct plan_parser *ps, struct span key, struct span value,
    uint64_t *weight, u128 *relative)
{
	struct span name = span_from(key, strlen("weight."));
	uint32_t i = find_phase(ps->p, name);

	if (i == UINT32_MAX)
		return plan_bad(ps,
		    "unknown phase '%.*s' in '%.*s=': define it above the groups",
		    quoted(name), name.p, quoted(key), key.p);
	return plan_weight(ps, value, &weight[i], relative ? &relative[i] : NULL);
}

/* ---- lines that concern the whole run ---- */

/* Parse a line "KEY N", which may occur once; N is an integer. */
static int
parse_single(struct plan_parser *ps, bool seen, uint64_t *out)
{
	struct span key = ps->w.v[0];

	if (seen)
		return plan_bad(
		    ps, "duplicate line '%.*s': keep one", quoted(key), key.p);
	if (ps->w.n != 2)
		return plan_bad(ps, "'%.*s' takes one number: write '%.*s N'",
		    quoted(key), key.p, quoted(key), key.p);
	return plan_decimal(ps, ps->w.v[1], 0, out);
}

/* Parse a default for the sources; they must be below it. */
static int
parse_hold(struct plan_parser *ps)
{
	if (ps->p->nsources > 0)
		return plan_bad(ps, "'hold' must precede the sources: move this line up");
	if (ps->hold != PLAN_UNSET)
		return plan_bad(ps, "duplicate line 'hold': keep one");
	if (ps->w.n != 2)
		return plan_bad(ps, "'hold' takes one number: write 'hold 0.01'");
	return plan_hold(ps, ps->w.v[1], &ps->hold);
}

static int
parse_only(struct plan_parser *ps)
{
	if (ps->p->nsources > 0)
		return plan_bad(ps, "'only' must precede the sources: move this line up");
	if (ps->only_held)
		return plan_bad(ps, "duplicate line 'only': keep one");
	if (ps->w.n != 2 || !span_eq(ps->w.v[1], SPAN("held")))
		return plan_bad(ps, "'only' takes one word: write 'only held'");
	ps->only_held = true;
	return 0;
}

static int
check_seq(struct plan_parser *ps, uint64_t v)
{
	return v >= 1 && v <= MAX_SEQ
		   ? 0
		   : plan_bad(ps,
			 "seq %" PRIu64 " is out of range: use 1 to 16777216 tokens", v);
}

static int
check_shard(struct plan_parser *ps, uint64_t v)
{
	return v >= 1 && v <= MAX_SHARD
		   ? 0
		   : plan_bad(ps,
			 "shard %" PRIu64 " is out of range: use 1 to 4294967296 samples",
			 v);
}

/* Parse a default for the phases below it. */
static int
parse_default(struct plan_parser *ps, uint64_t *out)
{
	if (ps->p->nphases > 0)
		return plan_bad(ps, "'%.*s' must precede the phases: move this line up",
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
		return plan_bad(ps, "duplicate line 'pack': keep one");
	ps->pack = true;
	if (ps->w.n < 2)
		return plan_bad(
		    ps, "'pack' takes a word: write 'pack concat' or 'pack bestfit'");
	ps->p->bestfit = span_eq(ps->w.v[1], SPAN("bestfit"));
	if (!ps->p->bestfit && !span_eq(ps->w.v[1], SPAN("concat")))
		return plan_bad(ps,
		    "unknown packing '%.*s': write 'pack concat' or 'pack bestfit'",
		    quoted(ps->w.v[1]), ps->w.v[1].p);
	return plan_pack_keys(ps);
}

static int
parse_batch(struct plan_parser *ps)
{
	struct plan *p = ps->p;
	struct plan_batch *b = &p->batch[p->nbatches];

	if (ps->w.n != 3)
		return plan_bad(
		    ps, "'batch' takes two numbers: write 'batch TOKENS SAMPLES'");
	if (p->nbatches == PLAN_MAX_BATCHES)
		return plan_bad(
		    ps, "too many batch lines, the limit is %d", PLAN_MAX_BATCHES);
	if (plan_decimal(ps, ps->w.v[1], 0, &b->first) < 0 ||
	    plan_decimal(ps, ps->w.v[2], 0, &b->samples) < 0)
		return -1;
	if (b->samples < 1 || b->samples > MAX_SHARD)
		return plan_bad(ps,
		    "batch size %" PRIu64 " is out of range: use 1 to 4294967296 samples",
		    b->samples);
	if (p->nbatches == 0 && b->first != 0)
		return plan_bad(ps,
		    "the first batch line begins at %" PRIu64 " tokens, not at 0",
		    b->first);
	if (p->nbatches > 0 && b->first <= b[-1].first)
		return plan_bad(ps,
		    "batch at %" PRIu64 " tokens follows the one at %" PRIu64
		    ": sort the batch lines",
		    b->first, b[-1].first);
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
		    "unknown key in '%.*s': a phase takes seq=N and shard=N",
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
		return plan_bad(ps, "'phase' is incomplete: write 'phase NAME TOKENS' or "
				    "'phase NAME max'");
	name = ps->w.v[1];
	if (plan_check_name(ps, name) < 0)
		return -1;
	if (find_phase(p, name) != UINT32_MAX)
		return plan_bad(
		    ps, "duplicate phase '%.*s': rename one", quoted(name), name.p);
	if (p->ngroups > 0)
		return plan_bad(ps,
		    "phase '%.*s' must precede the groups: move this line up",
		    quoted(name), name.p);
	if (p->nphases == PLAN_MAX_PHASES)
		return plan_bad(ps, "too many phases, the limit is %d", PLAN_MAX_PHASES);
	if (p->nphases > 0 && p->phase[p->nphases - 1].tokens == PLAN_UNSET)
		return plan_bad(ps,
		    "phase '%.*s' follows phase '%s' of 'max' tokens: make 'max' the "
		    "last phase",
		    quoted(name), name.p, p->phase[p->nphases - 1].name);
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
		return plan_bad(ps,
		    "phase '%.*s' has no sample length: add 'seq 4096' above it, or "
		    "seq=4096 to this line",
		    quoted(name), name.p);
	ph.name = arena_copy(&p->mem, name);
	p->phase = xrealloc(p->phase, p->nphases + (size_t)1, sizeof *p->phase);
	p->phase[p->nphases++] = ph;
	return 0;
}

/* ---- all lines ---- */

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
	{ "weights", plan_weights_line },
	{ "hold", parse_hold },
	{ "only", parse_only },
	{ "group", plan_group_line },
	{ "source", plan_source_line },
	{ "take", plan_take_line },
};

static int
parse_line(struct plan_parser *ps)
{
	struct span key = ps->w.v[0];

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (span_eq(key, span_of(lines[i].key)))
			return lines[i].parse(ps);
	return plan_bad(ps,
	    "unknown line '%.*s': use seq, seed, shard, pack, batch, phase, weights, "
	    "hold, only, group, source or take",
	    quoted(key), key.p);
}

static int
parse_lines(struct plan_parser *ps)
{
	bool first = true;

	while (directives_next(&ps->w)) {
		if (memchr(ps->w.whole.p, '\0', ps->w.whole.n))
			return plan_bad(ps, "NUL byte: a plan must be plain text");
		if (first && (ps->w.n != 2 || !span_eq(ps->w.v[0], SPAN("tamis-plan")) ||
				 !span_eq(ps->w.v[1], SPAN("1"))))
			return plan_bad(ps,
			    "not a blend plan: the first line must be 'tamis-plan 1'");
		if (!first && parse_line(ps) < 0)
			return -1;
		first = false;
	}
	if (first)
		return err_set(ps->err, EXIT_DATA,
		    "%s: empty plan: the first line must be 'tamis-plan 1'", ps->name);
	return 0;
}

/* Checks that need all lines of the plan. */
static int
check_whole(struct plan_parser *ps)
{
	const struct plan *p = ps->p;

	if (p->nphases == 0)
		return err_set(ps->err, EXIT_DATA,
		    "%s: no phases: add 'phase NAME TOKENS'", ps->name);
	if (p->nsources == 0)
		return err_set(ps->err, EXIT_DATA,
		    "%s: no sources: add 'source NAME SHARDS... in=GROUP'", ps->name);
	return plan_check_weights(ps) < 0 ? -1 : plan_check_take(ps);
}

int
plan_parse(struct span text, const char *name, struct plan *p, struct err *err)
{
	struct plan_parser ps = { .p = p,
		.name = name,
		.err = err,
		.w.text = text,
		.seq = PLAN_UNSET,
		.shard = PLAN_UNSET,
		.hold = PLAN_UNSET };
	int rc;

	*p = (struct plan){ .align = 1 };
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		ps.w.text = span_from(text, 3); /* a byte order mark */
	if (text.n > PLAN_MAX_BYTES)
		return err_set(err, EXIT_DATA, "%s: plan is %zu bytes, the limit is %d",
		    name, text.n, PLAN_MAX_BYTES);
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
