/* lock.c - plan.lock: a blend in resolved integers, all that the bytes of a run follow
 * from. */
#include "mixer/lock.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/decimal.h"
#include "mixer/schedule.h"

static void
put_hex(struct buf *b, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putf(b, "%02x", (unsigned)p[i]);
}

/* ",V,V,..." with `first` in place of the first comma. */
static void
put_list(struct buf *b, const char *first, const uint64_t *v, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buf_putf(b, "%s%" PRIu64, i ? "," : first, v[i]);
}

static void
put_id(struct buf *b, const char *key, uint32_t id)
{
	if (id == UINT32_MAX)
		buf_putf(b, " %s=none", key);
	else
		buf_putf(b, " %s=%" PRIu32, key, id);
}

static void
put_source(const struct lock *l, const struct lock_source *s, struct buf *b)
{
	buf_putf(b, "source %s in=%s", s->name, l->group[s->group].name);
	put_list(b, " weight=", s->weight, l->nphases);
	if (s->cap == LOCK_NONE)
		buf_puts(b, " cap=none");
	else
		buf_putf(b, " cap=%" PRIu64, s->cap);
	buf_putf(b, " documents=%" PRIu64 " tokens=%" PRIu64 "\n", s->docs, s->tokens);
	for (uint32_t i = 0; i < s->nparts; i++) {
		buf_puts(b, "docs ");
		put_hex(b, s->part[i].sdx, 32);
		buf_putf(b, " documents=%" PRIu64 " tokens=%" PRIu64 " %s\n",
		    s->part[i].docs, s->part[i].tokens, s->part[i].path);
	}
}

void
lock_render(const struct lock *l, struct buf *b)
{
	buf_putf(b,
	    "tamis-lock 1\nseq %" PRIu32 "\nseed %" PRIu64 "\nshard %" PRIu64 "\n",
	    l->seq, l->seed, l->shard);
	buf_putf(b, "samples %" PRIu64 "\ntokenizer ", l->samples);
	put_hex(b, l->tokenizer, 32);
	buf_putf(b, "\nids vocab=%" PRIu32, l->vocab);
	put_id(b, "eod", l->eod);
	put_id(b, "pad", l->pad);
	put_id(b, "bos", l->bos);
	buf_putc(b, '\n');
	for (uint32_t i = 0; i < l->nphases; i++)
		buf_putf(
		    b, "phase %s %" PRIu64 "\n", l->phase[i].name, l->phase[i].samples);
	for (uint32_t i = 0; i < l->ngroups; i++) {
		buf_putf(b, "group %s", l->group[i].name);
		put_list(b, " weight=", l->group[i].weight, l->nphases);
		buf_putc(b, '\n');
	}
	for (uint32_t i = 0; i < l->nsources; i++)
		put_source(l, &l->source[i], b);
	for (uint64_t i = 0; i <= l->nshards; i++) {
		uint64_t first = i < l->nshards ? i * l->shard : l->samples;

		buf_putf(b, "at %" PRIu64, first);
		for (uint32_t s = 0; s < l->nsources; s++)
			buf_putf(b, " %" PRIu64, l->at[i * l->nsources + s]);
		buf_putc(b, '\n');
	}
}

uint64_t
lock_limit(const struct lock *l, const struct lock_source *s)
{
	uint64_t cap = s->cap == LOCK_NONE ? LOCK_MAX_EPOCHS * CAP_ONE : s->cap;

	return muldiv_up(s->tokens, cap, CAP_ONE * (uint64_t)l->seq);
}

uint64_t
lock_end(const struct lock_source *s)
{
	return s->cap == LOCK_NONE ? LOCK_NONE
				   : s->tokens * ((s->cap + CAP_ONE - 1) / CAP_ONE);
}

uint64_t
lock_shard_samples(const struct lock *l, uint64_t i)
{
	return i + 1 < l->nshards ? l->shard : l->samples - i * l->shard;
}

void
lock_free(struct lock *l)
{
	for (uint32_t i = 0; i < l->nsources; i++)
		free(l->source[i].part);
	free(l->phase);
	free(l->group);
	free(l->source);
	free(l->at);
	arena_free(&l->mem);
	*l = (struct lock){ 0 };
}

static void
begin_phase(struct lock_order *o)
{
	const struct lock *l = o->l;
	uint64_t *group = xcalloc(l->ngroups + (size_t)1, sizeof *group);
	uint64_t *source = xcalloc(l->nsources + (size_t)1, sizeof *source);
	uint32_t *of = xcalloc(l->nsources + (size_t)1, sizeof *of);

	for (uint32_t g = 0; g < l->ngroups; g++)
		group[g] = l->group[g].weight[o->phase];
	for (uint32_t s = 0; s < l->nsources; s++) {
		source[s] = l->source[s].weight[o->phase];
		of[s] = l->source[s].group;
	}
	schedule_free(o->schedule);
	o->schedule = schedule_new(SHARE_ONE, group, l->ngroups, source, of, l->nsources);
	o->left = l->phase[o->phase].samples;
	free(group);
	free(source);
	free(of);
}

void
lock_order_init(struct lock_order *o, const struct lock *l)
{
	*o = (struct lock_order){ .l = l };
	begin_phase(o);
}

uint32_t
lock_order_next(struct lock_order *o)
{
	while (o->left == 0 && o->phase + 1 < o->l->nphases) {
		o->phase++;
		begin_phase(o);
	}
	o->left--;
	return schedule_next(o->schedule);
}

void
lock_order_release(struct lock_order *o)
{
	schedule_free(o->schedule);
	o->schedule = NULL;
}
