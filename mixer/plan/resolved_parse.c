/* resolved_parse.c - parses plan.lock, which must be exactly what resolved_render
 * writes.
 */
#include "mixer/plan/resolved.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/epoch_parts.h"
#include "mixer/plan/schedule.h"
#include "shards/tshard/tshard_align.h"

struct resolved_reader {
	const char *p, *end;
	struct resolved *rp;
	bool bad;
};

/* Consume `s` if the text continues with it. */
static bool
have(struct resolved_reader *r, const char *s)
{
	size_t n = strlen(s);

	if (r->bad || (size_t)(r->end - r->p) < n || memcmp(r->p, s, n) != 0)
		return false;
	r->p += n;
	return true;
}

static void
need(struct resolved_reader *r, const char *s)
{
	if (!have(r, s))
		r->bad = true;
}

static uint64_t
number(struct resolved_reader *r)
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
bounded_value(struct resolved_reader *r, uint64_t v, uint64_t max)
{
	if (v > max)
		r->bad = true;
	return r->bad ? 0 : v;
}

/* Parse a number up to max. */
static uint64_t
bounded(struct resolved_reader *r, uint64_t max)
{
	return bounded_value(r, number(r), max);
}

/* Copy the text up to the next `stop`; it must not be empty. */
static const char *
text_to(struct resolved_reader *r, char stop)
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
	return arena_copy(&r->rp->mem, (struct span){ start, (size_t)(at - start) });
}

static unsigned
nibble(struct resolved_reader *r, char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	r->bad = true;
	return 0;
}

static void
hash(struct resolved_reader *r, unsigned char out[32])
{
	if (r->bad || r->end - r->p < 64) {
		r->bad = true;
		return;
	}
	for (int i = 0; i < 32; i++, r->p += 2)
		out[i] = (unsigned char)(nibble(r, r->p[0]) << 4 | nibble(r, r->p[1]));
}

static uint32_t
id_or_none(struct resolved_reader *r, const char *key)
{
	need(r, key);
	return have(r, "none") ? UINT32_MAX : (uint32_t)bounded(r, UINT32_MAX - 1);
}

/* Parse " KEY=V,V,...": n numbers up to max. */
static uint64_t *
list(struct resolved_reader *r, const char *key, uint64_t n, uint64_t max)
{
	uint64_t *v = arena_alloc(&r->rp->mem, xmul((size_t)n + 1, sizeof *v));

	need(r, key);
	for (uint64_t i = 0; i < n && !r->bad; i++) {
		if (i > 0)
			need(r, ",");
		v[i] = bounded(r, max);
	}
	return v;
}

/* The number of values in the list that follows, to size it before parsing. */
static uint64_t
ahead(const struct resolved_reader *r, const char *key)
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
read_sections(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;

	if (!have(r, "sections mask="))
		return;
	rp->mask = bounded(r, 1) != 0;
	need(r, " pairs=");
	rp->pairs = bounded(r, 1) != 0;
	need(r, " labels=");
	rp->label = arena_alloc(&rp->mem, TSHARD_MOST_LABELS * sizeof *rp->label);
	while (!have(r, "none\n") && !have(r, "\n") && !r->bad) {
		const char *end = r->p;

		while (end < r->end && *end != ',' && *end != '\n')
			end++;
		if (rp->nlabels == TSHARD_MOST_LABELS || end == r->end) {
			r->bad = true;
			return;
		}
		rp->label[rp->nlabels++] = text_to(r, *end);
		have(r, ",");
	}
	if (!rp->whole || (rp->pairs && !rp->mask))
		r->bad = true;
}

static void
read_head(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;

	need(r, RESOLVED_FIRST_LINE "seed ");
	rp->seed = number(r);
	need(r, "\nsamples ");
	rp->samples = bounded(r, SCHEDULE_MAX);
	need(r, "\npack ");
	rp->bestfit = have(r, "bestfit");
	if (!rp->bestfit)
		need(r, "concat");
	rp->align = 1;
	if (rp->bestfit && have(r, " cut=never align=")) {
		rp->whole = true;
		rp->align = (uint32_t)bounded(r, 65536);
		if (rp->align == 0) {
			r->bad = true;
			rp->align = 1;
		}
	}
	need(r, "\ntokenizer ");
	hash(r, rp->tokenizer);
	need(r, "\nids vocab=");
	rp->vocab = (uint32_t)bounded(r, UINT32_MAX);
	rp->eod = id_or_none(r, " eod=");
	rp->pad = id_or_none(r, " pad=");
	rp->bos = id_or_none(r, " bos=");
	need(r, "\n");
	read_sections(r);
	while (rp->nbatches < PLAN_MAX_BATCHES && have(r, "batch ")) {
		struct resolved_batch *b = &rp->batch[rp->nbatches++];

		b->first = bounded(r, SCHEDULE_MAX);
		need(r, " ");
		b->samples = bounded(r, UINT64_C(1) << 32);
		need(r, "\n");
		if (b->samples == 0 ||
		    (rp->nbatches == 1 ? b->first != 0 : b->first < b[-1].first))
			r->bad = true;
	}
}

static void
read_phases(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;
	uint64_t samples = 0;

	while (rp->nphases < PLAN_MAX_PHASES && have(r, "phase ")) {
		struct resolved_phase ph = { .name = text_to(r, ' ') };

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
		rp->phase =
		    xrealloc(rp->phase, rp->nphases + (size_t)1, sizeof *rp->phase);
		rp->phase[rp->nphases++] = ph;
	}
	if (samples != rp->samples || samples == 0)
		r->bad = true;
	resolved_layout(rp);
}

static void
read_groups(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;

	while (rp->ngroups < PLAN_MAX_GROUPS && have(r, "group ")) {
		struct resolved_group g = { .name = text_to(r, ' ') };

		g.weight = list(r, " weight=", rp->nphases, SHARE_ONE);
		need(r, "\n");
		rp->group =
		    xrealloc(rp->group, rp->ngroups + (size_t)1, sizeof *rp->group);
		rp->group[rp->ngroups++] = g;
	}
}

static uint32_t
group_named(struct resolved_reader *r, const char *name)
{
	for (uint32_t g = 0; g < r->rp->ngroups; g++)
		if (strcmp(r->rp->group[g].name, name) == 0)
			return g;
	r->bad = true;
	return 0;
}

static void
read_copies(struct resolved_reader *r, struct resolved_source *s)
{
	need(r, " copies=");
	if (have(r, "none"))
		return;
	s->copies = arena_alloc(&r->rp->mem, PLAN_MAX_COPIES * sizeof *s->copies);
	do {
		struct plan_copies *c = &s->copies[s->ncopies];

		if (s->ncopies == PLAN_MAX_COPIES) {
			r->bad = true;
			return;
		}
		c->from = (uint16_t)bounded(r, UINT16_MAX);
		need(r, ":");
		c->times = bounded(r, RESOLVED_MAX_PARTS * CAP_ONE);
		if (s->ncopies > 0 && c->from <= c[-1].from)
			r->bad = true;
		s->ncopies++;
	} while (have(r, ",") && !r->bad);
}

static void
read_inputs(struct resolved_reader *r, struct resolved_source *s)
{
	uint64_t docs[RESOLVED_MAX_PARTS] = { 0 }, tokens[RESOLVED_MAX_PARTS] = { 0 };
	uint64_t cap = 0;

	while (have(r, "docs ")) {
		struct resolved_input p = { 0 };

		hash(r, p.digest);
		need(r, " rows=");
		p.rows = bounded(r, UINT64_C(1) << 40);
		p.docs = list(r, " documents=", s->nrepeats, p.rows);
		p.tokens = list(r, " tokens=", s->nrepeats, RESOLVED_MAX_TOKENS);
		need(r, " ");
		p.path = text_to(r, '\n');
		need(r, "\n");
		if (r->bad)
			return;
		for (uint32_t i = 0; i < s->nrepeats; i++) {
			docs[i] += p.docs[i];
			tokens[i] += p.tokens[i];
		}
		GROW(s->input, s->ninputs, cap);
		s->input[s->ninputs++] = p;
	}
	if (memcmp(docs, s->docs, s->nrepeats * sizeof *docs) != 0 ||
	    memcmp(tokens, s->tokens, s->nrepeats * sizeof *tokens) != 0)
		r->bad = true;
}

/* Documents determine the number of windows, and with the tokens bound their samples. */
static void
read_packed(struct resolved_reader *r, struct resolved_source *s)
{
	const struct resolved *rp = r->rp;

	if (!rp->bestfit || r->bad)
		return;
	s->packed = arena_alloc(
	    &r->rp->mem, xmul(xmul(rp->nclasses, s->nrepeats), sizeof *s->packed));
	for (uint32_t c = 0; c < rp->nclasses; c++)
		for (uint32_t i = 0; i < s->nrepeats && !r->bad; i++) {
			struct resolved_packing *p = &s->packed[c * s->nrepeats + i];

			need(r, "packed ");
			if (bounded(r, UINT32_MAX) != rp->class_seq[c])
				r->bad = true;
			need(r, " round=");
			if (bounded(r, UINT32_MAX) != i)
				r->bad = true;
			assert(rp->class_seq[c] > 0);
			p->n = resolved_windows(s, s->docs[i]);
			p->samples = 0;
			if (ahead(r, " windows=") != p->n)
				r->bad = true;
			p->window = list(r, " windows=", r->bad ? 0 : p->n,
			    RESOLVED_WINDOW + RESOLVED_MAX_TOKENS / rp->class_seq[c]);
			need(r, "\n");
			for (uint64_t w = 0; w < p->n && !r->bad; w++) {
				p->samples += p->window[w];
				if (p->window[w] == 0)
					r->bad = true;
			}
			if (p->samples > s->docs[i] + s->tokens[i] / rp->class_seq[c])
				r->bad = true;
		}
}

static void
read_hold(struct resolved_reader *r, struct resolved_source *s)
{
	if (!have(r, " hold="))
		return;
	s->hold = bounded(r, SHARE_ONE);
	need(r, " held=");
	s->held_docs = bounded(r, UINT64_C(1) << 48);
	need(r, ",");
	s->held_tokens = bounded(r, UINT64_C(1) << 56);
	s->only_held = have(r, " only=held");
}

static void
read_units(struct resolved_reader *r, struct resolved_source *s)
{
	const struct resolved *rp = r->rp;

	s->answers = 1;
	s->take = RESOLVED_NONE;
	if (rp->pairs) {
		need(r, " answers=");
		s->answers = (uint32_t)bounded(r, RESOLVED_WINDOW);
	}
	s->takes = have(r, " take=");
	if (s->takes && !have(r, "all"))
		s->take = bounded(r, UINT64_C(1) << 48);
	if (s->answers == 0 ||
	    (s->takes && (!rp->whole || rp->nphases != 1 ||
			     (s->cap != RESOLVED_NONE && s->cap % CAP_ONE != 0))) ||
	    (rp->nsources > 0 && s->takes != rp->source[0].takes)) {
		r->bad = true;
		s->answers = 1;
	}
}

static void
read_source(struct resolved_reader *r, struct resolved_source *s)
{
	need(r, " in=");
	s->group = group_named(r, text_to(r, ' '));
	s->weight = list(r, " weight=", r->rp->nphases, SHARE_ONE);
	need(r, " cap=");
	s->cap = have(r, "none") ? RESOLVED_NONE
				 : bounded(r, (uint64_t)RESOLVED_MAX_PARTS * CAP_ONE);
	read_copies(r, s);
	s->nrepeats =
	    (uint32_t)bounded_value(r, ahead(r, " documents="), RESOLVED_MAX_PARTS);
	s->docs = list(r, " documents=", s->nrepeats, UINT64_C(1) << 48);
	s->tokens = list(r, " tokens=", s->nrepeats, RESOLVED_MAX_TOKENS);
	read_hold(r, s);
	read_units(r, s);
	need(r, "\n");
	if (s->cap == 0 || s->nrepeats == 0 || (s->nrepeats > 1 && s->ncopies == 0))
		r->bad = true;
	for (uint32_t i = 0; i < s->nrepeats && !r->bad; i++)
		if (s->tokens[i] == 0 || s->docs[i] == 0)
			r->bad = true;
}

static void
read_sources(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;

	while (rp->nsources < PLAN_MAX_SOURCES && have(r, "source ")) {
		struct resolved_source s = { .name = text_to(r, ' ') };

		read_source(r, &s);
		rp->source =
		    xrealloc(rp->source, rp->nsources + (size_t)1, sizeof *rp->source);
		rp->source[rp->nsources++] = s;
		if (r->bad)
			return;
		read_inputs(r, &rp->source[rp->nsources - 1]);
		if (!r->bad)
			read_packed(r, &rp->source[rp->nsources - 1]);
		resolved_set_order(rp, &rp->source[rp->nsources - 1]);
	}
}

/* The schedule requires weights that sum to 1. */
static void
check_weights(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;
	uint64_t *left = xcalloc(rp->ngroups + (size_t)1, sizeof *left);

	for (uint32_t k = 0; k < rp->nphases; k++) {
		uint64_t sum = 0;

		for (uint32_t g = 0; g < rp->ngroups; g++)
			sum += left[g] = rp->group[g].weight[k];
		if (sum != SHARE_ONE)
			r->bad = true;
		for (uint32_t s = 0; s < rp->nsources; s++) {
			if (left[rp->source[s].group] < rp->source[s].weight[k])
				r->bad = true;
			left[rp->source[s].group] -= rp->source[s].weight[k];
		}
		for (uint32_t g = 0; g < rp->ngroups; g++)
			if (left[g] != 0)
				r->bad = true;
	}
	free(left);
}

static void
read_counts(struct resolved_reader *r)
{
	struct resolved *rp = r->rp;
	uint64_t n, left = (uint64_t)(r->end - r->p);

	/* Each number takes at least two bytes of text. */
	if (rp->nsources == 0 || rp->nshards > left ||
	    rp->nshards + 1 > left / 2 / rp->nsources) {
		r->bad = true;
		return;
	}
	n = (rp->nshards + 1) * rp->nsources;
	rp->at = xcalloc((size_t)n, sizeof *rp->at);
	for (uint64_t i = 0; i <= rp->nshards && !r->bad; i++) {
		need(r, "at ");
		number(r);
		for (uint32_t s = 0; s < rp->nsources; s++) {
			need(r, " ");
			rp->at[i * rp->nsources + s] = bounded(r, SCHEDULE_MAX);
		}
		need(r, "\n");
	}
}

/* Counts must not decrease, must sum to the samples so far, and must respect the caps. */
static void
check_counts(struct resolved_reader *r)
{
	const struct resolved *rp = r->rp;
	uint64_t *count = xcalloc(xmul(rp->nclasses, rp->nsources), sizeof *count);

	for (uint64_t i = 0; i <= rp->nshards && !r->bad; i++) {
		const uint64_t *at = rp->at + i * rp->nsources;
		uint64_t sum = 0;

		for (uint32_t s = 0; s < rp->nsources; s++) {
			sum += at[s];
			if (i > 0 && at[s] < (at - rp->nsources)[s])
				r->bad = true;
		}
		if (sum != resolved_shard_first(rp, i))
			r->bad = true;
	}
	for (uint32_t k = 0; k < rp->nphases && !r->bad; k++)
		for (uint32_t s = 0; s < rp->nsources; s++)
			count[rp->phase[k].len_class * rp->nsources + s] +=
			    resolved_drawn(rp, k, s);
	for (uint32_t s = 0; s < rp->nsources && !r->bad && resolved_takes(rp); s++)
		if (count[s] != resolved_taken(rp, s))
			r->bad = true;
	for (uint32_t c = 0; c < rp->nclasses && !r->bad; c++)
		for (uint32_t s = 0; s < rp->nsources; s++)
			if (count[c * rp->nsources + s] >
			    epoch_part_limit(rp, s, c, count))
				r->bad = true;
	free(count);
}

/* Refuse a text that was edited or damaged, or that another version wrote. */
static int
check_seal(struct span text, const char *name, struct err *err)
{
	enum { LAST_LINE = 5 + 32 + 1 };
	struct buf b = { 0 };
	bool same;

	if (span_starts(text, SPAN("tamis-lock ")) &&
	    !span_starts(text, SPAN(RESOLVED_FIRST_LINE)))
		return err_set(err, EXIT_DATA,
		    "%s: resolved by another version of tamis: regenerate it with 'tamis "
		    "plan -o'",
		    name);
	if (text.n < LAST_LINE)
		return err_set(err, EXIT_DATA, "%s: not a valid plan.lock", name);
	text.n -= LAST_LINE;
	buf_put(&b, text.p, text.n);
	resolved_seal(&b, 0);
	same = memcmp(b.p + text.n, text.p + text.n, LAST_LINE) == 0;
	buf_free(&b);
	return same
		   ? 0
		   : err_set(err, EXIT_DATA,
			 "%s: the checksum in the last line differs: the file was edited "
			 "or damaged: regenerate it with 'tamis plan -o'",
			 name);
}

int
resolved_parse(struct span text, const char *name, struct resolved *rp, struct err *err)
{
	struct resolved_reader r = { .p = text.p, .end = text.p + text.n, .rp = rp };
	struct buf again = { 0 };
	unsigned line = 1;

	*rp = (struct resolved){ 0 };
	if (check_seal(text, name, err) < 0)
		return -1;
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
		resolved_render(rp, &again);
		if (!span_eq(buf_span(&again), text))
			r.bad = true;
		buf_free(&again);
	}
	if (!r.bad)
		return 0;
	for (const char *p = text.p; p < r.p; p++)
		line += *p == '\n';
	return err_set(err, EXIT_DATA,
	    "%s:%u: not a valid plan.lock: regenerate it with 'tamis plan -o'", name,
	    line);
}
