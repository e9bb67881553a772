/* resolved_parse.c - reading plan.lock back, byte for byte as lock_render writes it. */
#include "mixer/plan/resolved.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/schedule.h"

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

static uint64_t
bounded_value(struct reader *r, uint64_t v, uint64_t max)
{
	if (v > max)
		r->bad = true;
	return r->bad ? 0 : v;
}

/* A number up to max. */
static uint64_t
bounded(struct reader *r, uint64_t max)
{
	return bounded_value(r, number(r), max);
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

/* " KEY=V,V,...": n numbers up to max. */
static uint64_t *
list(struct reader *r, const char *key, uint64_t n, uint64_t max)
{
	uint64_t *v = arena_alloc(&r->l->mem, xmul((size_t)n + 1, sizeof *v));

	need(r, key);
	for (uint64_t i = 0; i < n && !r->bad; i++) {
		if (i > 0)
			need(r, ",");
		v[i] = bounded(r, max);
	}
	return v;
}

/* How many numbers, set apart by commas, lie ahead up to the next space or line end. */
static uint64_t
ahead(const struct reader *r, const char *key)
{
	size_t n = strlen(key);
	uint64_t count = 1;

	if (r->bad || (size_t)(r->end - r->p) < n || memcmp(r->p, key, n) != 0)
		return 0;
	for (const char *p = r->p + n; p < r->end && *p != ' ' && *p != '\n'; p++)
		count += *p == ',';
	return count;
}

static void
read_head(struct reader *r)
{
	struct lock *l = r->l;

	need(r, "tamis-lock 1\nseed ");
	l->seed = number(r);
	need(r, "\nsamples ");
	l->samples = bounded(r, SCHEDULE_MAX);
	need(r, "\npack ");
	l->bestfit = have(r, "bestfit");
	if (!l->bestfit)
		need(r, "concat");
	need(r, "\ntokenizer ");
	hash(r, l->tokenizer);
	need(r, "\nids vocab=");
	l->vocab = (uint32_t)bounded(r, UINT32_MAX);
	l->eod = id_or_none(r, " eod=");
	l->pad = id_or_none(r, " pad=");
	l->bos = id_or_none(r, " bos=");
	need(r, "\n");
	while (l->nbatches < PLAN_MAX_BATCHES && have(r, "batch ")) {
		struct lock_batch *b = &l->batch[l->nbatches++];

		b->first = bounded(r, SCHEDULE_MAX);
		need(r, " ");
		b->samples = bounded(r, UINT64_C(1) << 32);
		need(r, "\n");
		if (b->samples == 0 ||
		    (l->nbatches == 1 ? b->first != 0 : b->first < b[-1].first))
			r->bad = true;
	}
}

static void
read_phases(struct reader *r)
{
	struct lock *l = r->l;
	uint64_t samples = 0;

	while (l->nphases < PLAN_MAX_PHASES && have(r, "phase ")) {
		struct lock_phase ph = { .name = text_to(r, ' ') };

		need(r, " ");
		ph.samples = bounded(r, SCHEDULE_MAX);
		need(r, " seq=");
		ph.seq = (uint32_t)bounded(r, UINT64_C(1) << 24);
		need(r, " shard=");
		ph.shard = bounded(r, UINT64_C(1) << 32);
		need(r, "\n");
		samples += ph.samples;
		if (r->bad || ph.samples == 0 || ph.seq == 0 || ph.shard == 0) {
			r->bad = true;
			return;
		}
		l->phase = xrealloc(l->phase, l->nphases + (size_t)1, sizeof *l->phase);
		l->phase[l->nphases++] = ph;
	}
	if (samples != l->samples || samples == 0)
		r->bad = true;
	lock_settle(l);
}

static void
read_groups(struct reader *r)
{
	struct lock *l = r->l;

	while (l->ngroups < PLAN_MAX_GROUPS && have(r, "group ")) {
		struct lock_group g = { .name = text_to(r, ' ') };

		g.weight = list(r, " weight=", l->nphases, SHARE_ONE);
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
read_copies(struct reader *r, struct lock_source *s)
{
	need(r, " copies=");
	if (have(r, "none"))
		return;
	s->copies = arena_alloc(&r->l->mem, PLAN_MAX_COPIES * sizeof *s->copies);
	do {
		struct plan_copies *c = &s->copies[s->ncopies];

		if (s->ncopies == PLAN_MAX_COPIES) {
			r->bad = true;
			return;
		}
		c->from = (uint16_t)bounded(r, UINT16_MAX);
		need(r, ":");
		c->times = bounded(r, LOCK_MAX_PASSES * CAP_ONE);
		if (s->ncopies > 0 && c->from <= c[-1].from)
			r->bad = true;
		s->ncopies++;
	} while (have(r, ",") && !r->bad);
}

static void
read_parts(struct reader *r, struct lock_source *s)
{
	uint64_t docs[LOCK_MAX_PASSES] = { 0 }, tokens[LOCK_MAX_PASSES] = { 0 };
	uint64_t cap = 0;

	while (have(r, "docs ")) {
		struct lock_part p = { 0 };

		hash(r, p.digest);
		need(r, " rows=");
		p.rows = bounded(r, UINT64_C(1) << 40);
		p.docs = list(r, " documents=", s->nrounds, p.rows);
		p.tokens = list(r, " tokens=", s->nrounds, LOCK_MAX_TOKENS);
		need(r, " ");
		p.path = text_to(r, '\n');
		need(r, "\n");
		if (r->bad)
			return;
		for (uint32_t i = 0; i < s->nrounds; i++) {
			docs[i] += p.docs[i];
			tokens[i] += p.tokens[i];
		}
		if (s->nparts == cap) {
			cap = cap ? 2 * cap : 4;
			s->part = xrealloc(s->part, cap, sizeof *s->part);
		}
		s->part[s->nparts++] = p;
	}
	if (memcmp(docs, s->docs, s->nrounds * sizeof *docs) != 0 ||
	    memcmp(tokens, s->tokens, s->nrounds * sizeof *tokens) != 0)
		r->bad = true;
}

/* Windows are of so many documents, so their number is known; as are the samples that
 * tokens need at least and documents at most. */
static void
read_packed(struct reader *r, struct lock_source *s)
{
	const struct lock *l = r->l;

	if (!l->bestfit || r->bad)
		return;
	s->packed =
	    arena_alloc(&r->l->mem, xmul(xmul(l->ncuts, s->nrounds), sizeof *s->packed));
	for (uint32_t c = 0; c < l->ncuts; c++)
		for (uint32_t i = 0; i < s->nrounds && !r->bad; i++) {
			struct lock_packed *p = &s->packed[c * s->nrounds + i];

			need(r, "packed ");
			if (bounded(r, UINT32_MAX) != l->cut[c])
				r->bad = true;
			need(r, " round=");
			if (bounded(r, UINT32_MAX) != i)
				r->bad = true;
			assert(l->cut[c] > 0);
			p->n = (s->docs[i] + LOCK_WINDOW - 1) / LOCK_WINDOW;
			p->samples = 0;
			if (ahead(r, " windows=") != p->n)
				r->bad = true;
			p->window = list(r, " windows=", r->bad ? 0 : p->n,
			    LOCK_WINDOW + LOCK_MAX_TOKENS / l->cut[c]);
			need(r, "\n");
			for (uint64_t w = 0; w < p->n && !r->bad; w++) {
				p->samples += p->window[w];
				if (p->window[w] == 0)
					r->bad = true;
			}
			if (p->samples > s->docs[i] + s->tokens[i] / l->cut[c])
				r->bad = true;
		}
}

static void
read_source(struct reader *r, struct lock_source *s)
{
	need(r, " in=");
	s->group = group_named(r, text_to(r, ' '));
	s->weight = list(r, " weight=", r->l->nphases, SHARE_ONE);
	need(r, " cap=");
	s->cap =
	    have(r, "none") ? LOCK_NONE : bounded(r, (uint64_t)LOCK_MAX_PASSES * CAP_ONE);
	read_copies(r, s);
	s->nrounds = (uint32_t)bounded_value(r, ahead(r, " documents="), LOCK_MAX_PASSES);
	s->docs = list(r, " documents=", s->nrounds, UINT64_C(1) << 48);
	s->tokens = list(r, " tokens=", s->nrounds, LOCK_MAX_TOKENS);
	need(r, "\n");
	if (s->cap == 0 || s->nrounds == 0 || (s->nrounds > 1 && s->ncopies == 0))
		r->bad = true;
	for (uint32_t i = 0; i < s->nrounds && !r->bad; i++)
		if (s->tokens[i] == 0 || s->docs[i] == 0)
			r->bad = true;
}

static void
read_sources(struct reader *r)
{
	struct lock *l = r->l;

	while (l->nsources < PLAN_MAX_SOURCES && have(r, "source ")) {
		struct lock_source s = { .name = text_to(r, ' ') };

		read_source(r, &s);
		l->source =
		    xrealloc(l->source, l->nsources + (size_t)1, sizeof *l->source);
		l->source[l->nsources++] = s;
		if (r->bad)
			return;
		read_parts(r, &l->source[l->nsources - 1]);
		if (!r->bad)
			read_packed(r, &l->source[l->nsources - 1]);
	}
}

/* Shares that do not add up would lead the schedule astray. */
static void
check_weights(struct reader *r)
{
	struct lock *l = r->l;
	uint64_t *left = xcalloc(l->ngroups + (size_t)1, sizeof *left);

	for (uint32_t k = 0; k < l->nphases; k++) {
		uint64_t sum = 0;

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
	free(left);
}

static void
read_counts(struct reader *r)
{
	struct lock *l = r->l;
	uint64_t n, left = (uint64_t)(r->end - r->p);

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

/* Counts go up, to all samples; nobody takes more than the cap allows. */
static void
check_counts(struct reader *r)
{
	const struct lock *l = r->l;
	uint64_t *count = xcalloc(xmul(l->ncuts, l->nsources), sizeof *count);

	for (uint64_t i = 0; i <= l->nshards && !r->bad; i++) {
		const uint64_t *at = l->at + i * l->nsources;
		uint64_t sum = 0;

		for (uint32_t s = 0; s < l->nsources; s++) {
			sum += at[s];
			if (i > 0 && at[s] < (at - l->nsources)[s])
				r->bad = true;
		}
		if (sum != lock_shard_first(l, i))
			r->bad = true;
	}
	for (uint32_t k = 0; k < l->nphases && !r->bad; k++)
		for (uint32_t s = 0; s < l->nsources; s++)
			count[l->phase[k].cut * l->nsources + s] += lock_drawn(l, k, s);
	for (uint32_t c = 0; c < l->ncuts && !r->bad; c++)
		for (uint32_t s = 0; s < l->nsources; s++)
			if (count[c * l->nsources + s] > pass_limit(l, s, c, count))
				r->bad = true;
	free(count);
}

int
lock_parse(struct span text, const char *name, struct lock *l, struct err *err)
{
	struct reader r = { .p = text.p, .end = text.p + text.n, .l = l };
	struct buf again = { 0 };
	unsigned line = 1;

	*l = (struct lock){ 0 };
	read_head(&r);
	read_phases(&r);
	read_groups(&r);
	read_sources(&r);
	if (!r.bad)
		check_weights(&r);
	if (!r.bad)
		read_counts(&r);
	if (!r.bad)
		check_counts(&r);
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
