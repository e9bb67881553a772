/* epoch_parts.c - maps the samples drawn from a source to its epochs and documents. */
#include "mixer/plan/epoch_parts.h"

#include <stdlib.h>

#include "mixer/plan/decimal.h"

/* Tokens of repeat r, or samples with pack bestfit. */
static uint64_t
repeat_size(const struct resolved_source *s, uint32_t len_class, uint32_t r)
{
	return s->packed ? s->packed[len_class * s->nrepeats + r].samples : s->tokens[r];
}

static uint64_t
epoch_size(const struct resolved_source *s, uint32_t len_class)
{
	uint64_t sum = 0;

	for (uint32_t r = 0; r < s->nrepeats; r++)
		sum += repeat_size(s, len_class, r);
	return sum;
}

/* Tokens or samples before part p. */
static uint64_t
size_before(const struct resolved_source *s, uint32_t len_class, uint64_t p)
{
	uint64_t sum = p / s->nrepeats * epoch_size(s, len_class);

	for (uint32_t r = 0; r < p % s->nrepeats; r++)
		sum += repeat_size(s, len_class, r);
	return sum;
}

uint64_t
epoch_part_token(const struct resolved_source *s, uint64_t p)
{
	return size_before(s, 0, p);
}

uint64_t
epoch_part_first(const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t p)
{
	const struct resolved_source *src = &rp->source[s];
	uint64_t seq = rp->class_seq[len_class], size = size_before(src, len_class, p);

	return src->packed ? size : size / seq + (size % seq > 0);
}

uint64_t
epoch_part_of(const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t i)
{
	const struct resolved_source *src = &rp->source[s];
	uint64_t epoch = epoch_size(src, len_class),
		 at = src->packed ? i : i * rp->class_seq[len_class];
	uint64_t p = at / epoch * src->nrepeats;

	at %= epoch;
	for (uint32_t r = 0; at >= repeat_size(src, len_class, r); r++, p++)
		at -= repeat_size(src, len_class, r);
	return p;
}

uint64_t
epoch_part_end(const struct resolved_source *s)
{
	return s->cap == RESOLVED_NONE ? RESOLVED_MAX_PARTS
				       : (s->cap + CAP_ONE - 1) / CAP_ONE * s->nrepeats;
}

uint64_t
epoch_part_limit(
    const struct resolved *rp, uint32_t s, uint32_t len_class, const uint64_t *count)
{
	const struct resolved_source *src = &rp->source[s];
	uint64_t cap =
	    src->cap == RESOLVED_NONE ? RESOLVED_MAX_PARTS * CAP_ONE : src->cap;
	uint64_t parts = epoch_part_end(src), most, used = 0;

	/*
	 * Subtract what the other length classes use, in units of 1 / CAP_ONE, rounded
	 * down.
	 */
	for (uint32_t c = 0; c < rp->nclasses; c++) {
		uint64_t n = count[c * rp->nsources + s], begun;

		if (c == len_class || n == 0)
			continue;
		used += src->packed
			    ? muldiv(n, CAP_ONE, epoch_size(src, c))
			    : muldiv(n * rp->class_seq[c], CAP_ONE, epoch_size(src, c));
		begun = epoch_part_of(rp, s, c, n - 1) + 1;
		parts = parts > begun ? parts - begun : 0;
	}
	if (used >= cap)
		return 0;
	most = muldiv_up(epoch_size(src, len_class), cap - used,
	    CAP_ONE * (src->packed ? 1 : (uint64_t)rp->class_seq[len_class]));
	return most < epoch_part_first(rp, s, len_class, parts)
		   ? most
		   : epoch_part_first(rp, s, len_class, parts);
}

uint64_t
epoch_part_text(const struct resolved *rp, uint32_t s, uint32_t len_class, uint64_t n)
{
	const struct resolved_source *src = &rp->source[s];
	uint64_t text, end;

	if (!src->packed) {
		text = n * rp->class_seq[len_class];
		end = epoch_part_token(src, epoch_part_end(src));
		return text < end ? text : end;
	}
	text = n / epoch_size(src, len_class) * resolved_epoch_tokens(src);
	n %= epoch_size(src, len_class);
	for (uint32_t r = 0; n > 0; r++) {
		uint64_t size = repeat_size(src, len_class, r),
			 part = n < size ? n : size;

		text += size == 0 ? 0 : muldiv(src->tokens[r], part, size);
		n -= part;
	}
	return text;
}

/* ---- the parts that a run uses ---- */

struct part_numbers {
	uint8_t *epoch; /* [part]: its epoch in SEG */
	uint32_t n;
};

struct epoch_parts {
	const struct resolved *rp;
	uint64_t *before;	     /* [k * nsources + s] */
	uint64_t *total;	     /* [len_class * nsources + s] */
	struct part_numbers *number; /* [len_class * nsources + s] */
};

/* Number the parts of a length class that its samples up to `end` need. */
static bool
give_numbers(
    struct epoch_parts *p, uint32_t s, uint32_t len_class, uint64_t end, uint32_t *given)
{
	const struct resolved *rp = p->rp;
	const struct resolved_source *src = &rp->source[s];
	struct part_numbers *v = &p->number[len_class * rp->nsources + s];
	uint64_t need = epoch_part_of(rp, s, len_class, end - 1) + 1;

	/*
	 * The last sample of a part may reach into the next part, or through several
	 * short ones.
	 */
	end = epoch_part_first(rp, s, len_class, need) * rp->class_seq[len_class];
	while (!src->packed && need < epoch_part_end(src) && need <= UINT8_MAX + 1 &&
	       epoch_part_token(src, need) < end)
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
number_source(struct epoch_parts *p, uint32_t s)
{
	const struct resolved *rp = p->rp;
	uint32_t given = 0;

	for (uint32_t k = 0; k < rp->nphases; k++) {
		uint32_t len_class = rp->phase[k].len_class;
		uint64_t *total = &p->total[len_class * rp->nsources + s];
		uint64_t n = resolved_drawn(rp, k, s);

		p->before[k * rp->nsources + s] = *total;
		*total += n;
		if (n > 0 && !give_numbers(p, s, len_class, *total, &given))
			return false;
	}
	return true;
}

struct epoch_parts *
epoch_parts_new(const struct resolved *rp, struct err *err)
{
	struct epoch_parts *p = xcalloc(1, sizeof *p);
	size_t n = xmul(rp->nclasses, rp->nsources);

	p->rp = rp;
	p->before = xcalloc(xmul(rp->nphases, rp->nsources), sizeof *p->before);
	p->total = xcalloc(n, sizeof *p->total);
	p->number = xcalloc(n, sizeof *p->number);
	for (uint32_t s = 0; s < rp->nsources; s++) {
		if (number_source(p, s))
			continue;
		err_set(err, EXIT_DATA,
		    "source '%s': its documents are used more than %d times, the limit "
		    "of "
		    "the format: set cap= or add documents",
		    rp->source[s].name, UINT8_MAX + 1);
		epoch_parts_free(p);
		return NULL;
	}
	return p;
}

void
epoch_parts_free(struct epoch_parts *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < (size_t)p->rp->nclasses * p->rp->nsources; i++)
		free(p->number[i].epoch);
	free(p->before);
	free(p->total);
	free(p->number);
	free(p);
}

uint8_t
epoch_parts_seg_epoch(
    const struct epoch_parts *p, uint32_t s, uint32_t len_class, uint64_t part)
{
	return p->number[len_class * p->rp->nsources + s].epoch[part];
}

uint64_t
epoch_parts_before(const struct epoch_parts *p, uint32_t s, uint32_t k)
{
	return p->before[k * p->rp->nsources + s];
}

uint64_t
epoch_parts_total(const struct epoch_parts *p, uint32_t s, uint32_t len_class)
{
	return p->total[len_class * p->rp->nsources + s];
}

uint64_t
epoch_parts_begun(const struct epoch_parts *p, uint32_t s, uint32_t len_class)
{
	return p->number[len_class * p->rp->nsources + s].n;
}

/* ---- permutations ---- */

struct part_order {
	bool known;
	uint64_t part, first, end;
	struct permute permute;
};

struct sample_order {
	const struct epoch_parts *p;
	struct part_order *v; /* [len_class * nsources + s] */
};

struct sample_order *
sample_order_new(const struct epoch_parts *p)
{
	struct sample_order *o = xcalloc(1, sizeof *o);

	o->p = p;
	o->v = xcalloc(xmul(p->rp->nclasses, p->rp->nsources), sizeof *o->v);
	return o;
}

void
sample_order_free(struct sample_order *o)
{
	if (!o)
		return;
	free(o->v);
	free(o);
}

static const struct part_order *
part_order_of(struct sample_order *o, uint32_t s, uint32_t len_class, uint64_t part)
{
	const struct resolved *rp = o->p->rp;
	struct part_order *v = &o->v[len_class * rp->nsources + s];

	if (v->known && v->part == part)
		return v;
	v->known = true;
	v->part = part;
	v->first = epoch_part_first(rp, s, len_class, part);
	v->end = epoch_part_first(rp, s, len_class, part + 1);
	permute_init(&v->permute, v->end - v->first, rp->seed,
	    span_of(rp->source[s].name), epoch_parts_seg_epoch(o->p, s, len_class, part));
	return v;
}

struct sample_pos
sample_order_pos(struct sample_order *o, uint32_t s, uint32_t len_class, uint64_t i)
{
	const struct part_order *v = &o->v[len_class * o->p->rp->nsources + s];

	if (!v->known || i < v->first || i >= v->end)
		v = part_order_of(
		    o, s, len_class, epoch_part_of(o->p->rp, s, len_class, i));
	return (struct sample_pos){ s, len_class, v->part,
		permute_at(&v->permute, i - v->first) };
}

uint64_t
sample_order_number(struct sample_order *o, const struct sample_pos *at)
{
	const struct part_order *v =
	    part_order_of(o, at->source, at->len_class, at->part);

	return v->first + permute_inverse(&v->permute, at->index);
}
