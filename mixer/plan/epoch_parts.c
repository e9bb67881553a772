/* epoch_parts.c - which stretch of which pass over its documents a sample of a source is.
 */
#include "mixer/plan/epoch_parts.h"

#include <stdlib.h>

#include "mixer/plan/decimal.h"

/* Tokens of round r, or samples that it is packed into. */
static uint64_t
round_size(const struct lock_source *s, uint32_t cut, uint32_t r)
{
	return s->packed ? s->packed[cut * s->nrounds + r].samples : s->tokens[r];
}

static uint64_t
epoch_size(const struct lock_source *s, uint32_t cut)
{
	uint64_t sum = 0;

	for (uint32_t r = 0; r < s->nrounds; r++)
		sum += round_size(s, cut, r);
	return sum;
}

/* Tokens or samples before pass p. */
static uint64_t
size_before(const struct lock_source *s, uint32_t cut, uint64_t p)
{
	uint64_t sum = p / s->nrounds * epoch_size(s, cut);

	for (uint32_t r = 0; r < p % s->nrounds; r++)
		sum += round_size(s, cut, r);
	return sum;
}

uint64_t
pass_token(const struct lock_source *s, uint64_t p)
{
	return size_before(s, 0, p);
}

uint64_t
pass_first(const struct lock *l, uint32_t s, uint32_t cut, uint64_t p)
{
	const struct lock_source *src = &l->source[s];
	uint64_t seq = l->cut[cut], size = size_before(src, cut, p);

	return src->packed ? size : size / seq + (size % seq > 0);
}

uint64_t
pass_of(const struct lock *l, uint32_t s, uint32_t cut, uint64_t i)
{
	const struct lock_source *src = &l->source[s];
	uint64_t epoch = epoch_size(src, cut), at = src->packed ? i : i * l->cut[cut];
	uint64_t p = at / epoch * src->nrounds;

	at %= epoch;
	for (uint32_t r = 0; at >= round_size(src, cut, r); r++, p++)
		at -= round_size(src, cut, r);
	return p;
}

uint64_t
pass_end(const struct lock_source *s)
{
	return s->cap == LOCK_NONE ? LOCK_MAX_PASSES
				   : (s->cap + CAP_ONE - 1) / CAP_ONE * s->nrounds;
}

uint64_t
pass_limit(const struct lock *l, uint32_t s, uint32_t cut, const uint64_t *count)
{
	const struct lock_source *src = &l->source[s];
	uint64_t cap = src->cap == LOCK_NONE ? LOCK_MAX_PASSES * CAP_ONE : src->cap;
	uint64_t passes = pass_end(src), most, used = 0;

	/* What the other lengths have used up, in parts of CAP_ONE, rounded down. */
	for (uint32_t c = 0; c < l->ncuts; c++) {
		uint64_t n = count[c * l->nsources + s], begun;

		if (c == cut || n == 0)
			continue;
		used += src->packed ? muldiv(n, CAP_ONE, epoch_size(src, c))
				    : muldiv(n * l->cut[c], CAP_ONE, epoch_size(src, c));
		begun = pass_of(l, s, c, n - 1) + 1;
		passes = passes > begun ? passes - begun : 0;
	}
	if (used >= cap)
		return 0;
	most = muldiv_up(epoch_size(src, cut), cap - used,
	    CAP_ONE * (src->packed ? 1 : (uint64_t)l->cut[cut]));
	return most < pass_first(l, s, cut, passes) ? most
						    : pass_first(l, s, cut, passes);
}

/* ---- of a run ---- */

struct numbers {
	uint8_t *epoch; /* of the passes at one length */
	uint32_t n;
};

struct passes {
	const struct lock *l;
	uint64_t *before;	/* [k * nsources + s] */
	uint64_t *total;	/* [cut * nsources + s] */
	struct numbers *number; /* [cut * nsources + s] */
};

/* Give numbers to the passes at a length that samples up to `end` need. */
static bool
give_numbers(struct passes *p, uint32_t s, uint32_t cut, uint64_t end, uint32_t *given)
{
	const struct lock *l = p->l;
	const struct lock_source *src = &l->source[s];
	struct numbers *v = &p->number[cut * l->nsources + s];
	uint64_t need = pass_of(l, s, cut, end - 1) + 1;

	/* The last sample of a pass may go on into the next one, and through short ones.
	 */
	end = pass_first(l, s, cut, need) * l->cut[cut];
	while (!src->packed && need < pass_end(src) && need <= UINT8_MAX + 1 &&
	       pass_token(src, need) < end)
		need++;
	if (need <= v->n)
		return true;
	if (*given + (need - v->n) > UINT8_MAX + 1)
		return false;
	v->epoch = xrealloc(v->epoch, (size_t)need, sizeof *v->epoch);
	while (v->n < need)
		v->epoch[v->n++] = (uint8_t)(*given)++;
	return true;
}

static bool
settle_source(struct passes *p, uint32_t s)
{
	const struct lock *l = p->l;
	uint32_t given = 0;

	for (uint32_t k = 0; k < l->nphases; k++) {
		uint32_t cut = l->phase[k].cut;
		uint64_t *total = &p->total[cut * l->nsources + s];
		uint64_t n = lock_drawn(l, k, s);

		p->before[k * l->nsources + s] = *total;
		*total += n;
		if (n > 0 && !give_numbers(p, s, cut, *total, &given))
			return false;
	}
	return true;
}

struct passes *
passes_new(const struct lock *l, struct err *err)
{
	struct passes *p = xcalloc(1, sizeof *p);
	size_t n = xmul(l->ncuts, l->nsources);

	p->l = l;
	p->before = xcalloc(xmul(l->nphases, l->nsources), sizeof *p->before);
	p->total = xcalloc(n, sizeof *p->total);
	p->number = xcalloc(n, sizeof *p->number);
	for (uint32_t s = 0; s < l->nsources; s++) {
		if (settle_source(p, s))
			continue;
		err_set(err, EXIT_DATA,
		    "source '%s': more than %d passes over its documents, which a byte "
		    "counts: give it a cap, or more documents",
		    l->source[s].name, UINT8_MAX + 1);
		passes_free(p);
		return NULL;
	}
	return p;
}

void
passes_free(struct passes *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < (size_t)p->l->ncuts * p->l->nsources; i++)
		free(p->number[i].epoch);
	free(p->before);
	free(p->total);
	free(p->number);
	free(p);
}

uint8_t
passes_epoch(const struct passes *p, uint32_t s, uint32_t cut, uint64_t pass)
{
	return p->number[cut * p->l->nsources + s].epoch[pass];
}

uint64_t
passes_before(const struct passes *p, uint32_t s, uint32_t k)
{
	return p->before[k * p->l->nsources + s];
}

uint64_t
passes_total(const struct passes *p, uint32_t s, uint32_t cut)
{
	return p->total[cut * p->l->nsources + s];
}

/* ---- permutations ---- */

struct order {
	bool known;
	uint64_t pass, first, end;
	struct permute permute;
};

struct orders {
	const struct passes *p;
	struct order *v; /* [cut * nsources + s] */
};

struct orders *
orders_new(const struct passes *p)
{
	struct orders *o = xcalloc(1, sizeof *o);

	o->p = p;
	o->v = xcalloc(xmul(p->l->ncuts, p->l->nsources), sizeof *o->v);
	return o;
}

void
orders_free(struct orders *o)
{
	if (!o)
		return;
	free(o->v);
	free(o);
}

static const struct order *
order_of(struct orders *o, uint32_t s, uint32_t cut, uint64_t pass)
{
	const struct lock *l = o->p->l;
	struct order *v = &o->v[cut * l->nsources + s];

	if (v->known && v->pass == pass)
		return v;
	v->known = true;
	v->pass = pass;
	v->first = pass_first(l, s, cut, pass);
	v->end = pass_first(l, s, cut, pass + 1);
	permute_init(&v->permute, v->end - v->first, l->seed, span_of(l->source[s].name),
	    passes_epoch(o->p, s, cut, pass));
	return v;
}

struct spot
orders_spot(struct orders *o, uint32_t s, uint32_t cut, uint64_t i)
{
	const struct order *v = &o->v[cut * o->p->l->nsources + s];

	if (!v->known || i < v->first || i >= v->end)
		v = order_of(o, s, cut, pass_of(o->p->l, s, cut, i));
	return (struct spot){ s, cut, v->pass, permute_at(&v->permute, i - v->first) };
}

uint64_t
orders_number(struct orders *o, const struct spot *at)
{
	const struct order *v = order_of(o, at->source, at->cut, at->pass);

	return v->first + permute_inverse(&v->permute, at->number);
}
