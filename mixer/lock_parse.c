/* lock_parse.c - reading plan.lock back, byte for byte as lock_render writes it. */
#include "mixer/lock.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/decimal.h"
#include "mixer/planfile.h"
#include "mixer/schedule.h"

struct reader {
	const char *p, *end;
	struct lock *l;
	bool bad;
};

/* Take `s` off the front if it is there. */
static bool
have(struct reader *r, const char *s)
{
	size_t n = strlen(s);

	if (r->bad || (size_t)(r->end - r->p) < n || memcmp(r->p, s, n) != 0)
		return false;
	r->p += n;
	return true;
}

static void
need(struct reader *r, const char *s)
{
	if (!have(r, s))
		r->bad = true;
}

static uint64_t
number(struct reader *r)
{
	uint64_t v = 0;
	const char *start = r->p;

	for (; !r->bad && r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*r->p - '0'), &v))
			r->bad = true;
	if (r->p == start)
		r->bad = true;
	return r->bad ? 0 : v;
}

/* A number up to max. */
static uint64_t
bounded(struct reader *r, uint64_t max)
{
	uint64_t v = number(r);

	if (v > max)
		r->bad = true;
	return r->bad ? 0 : v;
}

/* Up to the next byte of `stop`, at least one byte; copied. */
static const char *
text_to(struct reader *r, char stop)
{
	const char *start = r->p, *at;

	if (r->bad)
		return "";
	at = memchr(start, stop, (size_t)(r->end - start));
	if (!at || at == start || memchr(start, '\n', (size_t)(at - start)) ||
	    memchr(start, '\0', (size_t)(at - start))) {
		r->bad = true;
		return "";
	}
	r->p = at;
	return arena_copy(&r->l->mem, (struct span){ start, (size_t)(at - start) });
}

static unsigned
nibble(struct reader *r, char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	r->bad = true;
	return 0;
}

static void
hash(struct reader *r, unsigned char out[32])
{
	if (r->bad || r->end - r->p < 64) {
		r->bad = true;
		return;
	}
	for (int i = 0; i < 32; i++, r->p += 2)
		out[i] = (unsigned char)(nibble(r, r->p[0]) << 4 | nibble(r, r->p[1]));
}

static uint32_t
id_or_none(struct reader *r, const char *key)
{
	need(r, key);
	return have(r, "none") ? UINT32_MAX : (uint32_t)bounded(r, UINT32_MAX - 1);
}

static uint64_t *
weights(struct reader *r)
{
	uint64_t *v = arena_alloc(&r->l->mem, PLAN_MAX_PHASES * sizeof *v);

	need(r, " weight=");
	for (uint32_t i = 0; i < r->l->nphases; i++) {
		if (i > 0)
			need(r, ",");
		v[i] = bounded(r, SHARE_ONE);
	}
	return v;
}

static void
read_head(struct reader *r)
{
	struct lock *l = r->l;

	need(r, "tamis-lock 1\nseq ");
	l->seq = (uint32_t)bounded(r, UINT64_C(1) << 24);
	need(r, "\nseed ");
	l->seed = number(r);
	need(r, "\nshard ");
	l->shard = bounded(r, UINT64_C(1) << 32);
	need(r, "\nsamples ");
	l->samples = bounded(r, SCHEDULE_MAX);
	need(r, "\ntokenizer ");
	hash(r, l->tokenizer);
	need(r, "\nids vocab=");
	l->vocab = (uint32_t)bounded(r, UINT32_MAX);
	l->eod = id_or_none(r, " eod=");
	l->pad = id_or_none(r, " pad=");
	l->bos = id_or_none(r, " bos=");
	need(r, "\n");
	if (!r->bad && (l->seq == 0 || l->shard == 0 || l->samples == 0))
		r->bad = true;
}

static void
read_groups(struct reader *r)
{
	struct lock *l = r->l;

	while (l->nphases < PLAN_MAX_PHASES && have(r, "phase ")) {
		struct lock_phase ph = { .name = text_to(r, ' ') };

		need(r, " ");
		ph.samples = bounded(r, SCHEDULE_MAX);
		need(r, "\n");
		l->phase = xrealloc(l->phase, l->nphases + (size_t)1, sizeof *l->phase);
		l->phase[l->nphases++] = ph;
	}
	while (l->ngroups < PLAN_MAX_GROUPS && have(r, "group ")) {
		struct lock_group g = { .name = text_to(r, ' ') };

		g.weight = weights(r);
		need(r, "\n");
		l->group = xrealloc(l->group, l->ngroups + (size_t)1, sizeof *l->group);
		l->group[l->ngroups++] = g;
	}
}

static uint32_t
group_named(struct reader *r, const char *name)
{
	for (uint32_t g = 0; g < r->l->ngroups; g++)
		if (strcmp(r->l->group[g].name, name) == 0)
			return g;
	r->bad = true;
	return 0;
}

static void
read_parts(struct reader *r, struct lock_source *s)
{
	uint64_t docs = 0, tokens = 0, cap = 0;

	while (have(r, "docs ")) {
		struct lock_part p = { 0 };

		hash(r, p.sdx);
		need(r, " documents=");
		p.docs = bounded(r, UINT64_C(1) << 40);
		need(r, " tokens=");
		p.tokens = bounded(r, LOCK_MAX_TOKENS);
		need(r, " ");
		p.path = text_to(r, '\n');
		need(r, "\n");
		docs += p.docs;
		tokens += p.tokens;
		if (s->nparts == cap) {
			cap = cap ? 2 * cap : 4;
			s->part = xrealloc(s->part, cap, sizeof *s->part);
		}
		s->part[s->nparts++] = p;
		if (r->bad)
			return;
	}
	if (docs != s->docs || tokens != s->tokens)
		r->bad = true;
}

static void
read_sources(struct reader *r)
{
	struct lock *l = r->l;

	while (l->nsources < PLAN_MAX_SOURCES && have(r, "source ")) {
		struct lock_source s = { .name = text_to(r, ' ') };

		need(r, " in=");
		s.group = group_named(r, text_to(r, ' '));
		s.weight = weights(r);
		need(r, " cap=");
		s.cap =
		    have(r, "none") ? LOCK_NONE : bounded(r, LOCK_MAX_EPOCHS * CAP_ONE);
		need(r, " documents=");
		s.docs = bounded(r, UINT64_C(1) << 48);
		need(r, " tokens=");
		s.tokens = bounded(r, LOCK_MAX_TOKENS);
		need(r, "\n");
		if (s.cap == 0 || s.tokens == 0)
			r->bad = true;
		l->source =
		    xrealloc(l->source, l->nsources + (size_t)1, sizeof *l->source);
		l->source[l->nsources++] = s;
		read_parts(r, &l->source[l->nsources - 1]);
	}
}

/* Shares that do not add up would lead the schedule astray. */
static void
check_weights(struct reader *r)
{
	struct lock *l = r->l;
	uint64_t *left = xcalloc(l->ngroups + (size_t)1, sizeof *left);
	uint64_t samples = 0;

	for (uint32_t k = 0; k < l->nphases; k++) {
		uint64_t sum = 0;

		samples += l->phase[k].samples;
		for (uint32_t g = 0; g < l->ngroups; g++)
			sum += left[g] = l->group[g].weight[k];
		if (sum != SHARE_ONE)
			r->bad = true;
		for (uint32_t s = 0; s < l->nsources; s++) {
			if (left[l->source[s].group] < l->source[s].weight[k])
				r->bad = true;
			left[l->source[s].group] -= l->source[s].weight[k];
		}
		for (uint32_t g = 0; g < l->ngroups; g++)
			if (left[g] != 0)
				r->bad = true;
	}
	if (samples != l->samples)
		r->bad = true;
	free(left);
}

static void
read_counts(struct reader *r)
{
	struct lock *l = r->l;
	uint64_t n, left = (uint64_t)(r->end - r->p);

	l->nshards = (l->samples - 1) / l->shard + 1;
	/* Every number takes two bytes at least. */
	if (l->nsources == 0 || l->nshards > left ||
	    l->nshards + 1 > left / 2 / l->nsources) {
		r->bad = true;
		return;
	}
	n = (l->nshards + 1) * l->nsources;
	l->at = xcalloc((size_t)n, sizeof *l->at);
	for (uint64_t i = 0; i <= l->nshards && !r->bad; i++) {
		need(r, "at ");
		number(r);
		for (uint32_t s = 0; s < l->nsources; s++) {
			need(r, " ");
			l->at[i * l->nsources + s] = bounded(r, SCHEDULE_MAX);
		}
		need(r, "\n");
	}
}

/* Nobody may take more than the cap, nor come to an epoch that a byte cannot count. */
static void
check_limits(struct reader *r)
{
	const struct lock *l = r->l;

	for (uint32_t i = 0; i < l->nsources && !r->bad; i++)
		if (l->at[l->nshards * l->nsources + i] > lock_limit(l, &l->source[i]))
			r->bad = true;
}

int
lock_parse(struct span text, const char *name, struct lock *l, struct err *err)
{
	struct reader r = { .p = text.p, .end = text.p + text.n, .l = l };
	struct buf again = { 0 };
	unsigned line = 1;

	*l = (struct lock){ 0 };
	read_head(&r);
	read_groups(&r);
	read_sources(&r);
	if (!r.bad)
		check_weights(&r);
	if (!r.bad)
		read_counts(&r);
	if (!r.bad)
		check_limits(&r);
	if (!r.bad) {
		lock_render(l, &again);
		if (!span_eq(buf_span(&again), text))
			r.bad = true;
		buf_free(&again);
	}
	if (!r.bad)
		return 0;
	for (const char *p = text.p; p < r.p; p++)
		line += *p == '\n';
	return err_set(err, EXIT_DATA,
	    "%s:%u: not as tamis plan writes it: make it again with tamis plan -o", name,
	    line);
}
