/* resolved.c - plan.lock: a blend in resolved integers, all that the bytes of a run
 * follow from. */
#include "mixer/plan/resolved.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mixer/plan/decimal.h"
#include "mixer/plan/schedule.h"

static void
put_hex(struct buf *b, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putf(b, "%02x", (unsigned)p[i]);
}

static void
put_number(struct buf *b, char before, uint64_t v)
{
	char s[20];
	size_t n = sizeof s;

	do
		s[--n] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_putc(b, before);
	buf_put(b, s + n, sizeof s - n);
}

/* " KEY=V,V,..." */
static void
put_list(struct buf *b, const char *key, const uint64_t *v, uint64_t n)
{
	buf_putf(b, " %s", key);
	for (uint64_t i = 0; i < n; i++)
		put_number(b, i ? ',' : '=', v[i]);
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
put_packed(const struct lock *l, const struct lock_source *s, struct buf *b)
{
	for (uint32_t c = 0; s->packed && c < l->ncuts; c++)
		for (uint32_t r = 0; r < s->nrounds; r++) {
			const struct lock_packed *p = &s->packed[c * s->nrounds + r];

			buf_putf(b, "packed %" PRIu32 " round=%" PRIu32, l->cut[c], r);
			put_list(b, "windows", p->window, p->n);
			buf_putc(b, '\n');
		}
}

static void
put_source(const struct lock *l, const struct lock_source *s, struct buf *b)
{
	buf_putf(b, "source %s in=%s", s->name, l->group[s->group].name);
	put_list(b, "weight", s->weight, l->nphases);
	if (s->cap == LOCK_NONE)
		buf_puts(b, " cap=none");
	else
		buf_putf(b, " cap=%" PRIu64, s->cap);
	buf_puts(b, s->ncopies ? " copies=" : " copies=none");
	for (uint32_t i = 0; i < s->ncopies; i++)
		buf_putf(b, "%s%u:%" PRIu64, i ? "," : "", (unsigned)s->copies[i].from,
		    s->copies[i].times);
	put_list(b, "documents", s->docs, s->nrounds);
	put_list(b, "tokens", s->tokens, s->nrounds);
	buf_putc(b, '\n');
	for (uint32_t i = 0; i < s->nparts; i++) {
		buf_puts(b, "docs ");
		put_hex(b, s->part[i].digest, 32);
		buf_putf(b, " rows=%" PRIu64, s->part[i].rows);
		put_list(b, "documents", s->part[i].docs, s->nrounds);
		put_list(b, "tokens", s->part[i].tokens, s->nrounds);
		buf_putf(b, " %s\n", s->part[i].path);
	}
	put_packed(l, s, b);
}

static void
put_head(const struct lock *l, struct buf *b)
{
	buf_putf(b, "tamis-lock 1\nseed %" PRIu64 "\nsamples %" PRIu64 "\npack %s\n",
	    l->seed, l->samples, l->bestfit ? "bestfit" : "concat");
	buf_puts(b, "tokenizer ");
	put_hex(b, l->tokenizer, 32);
	buf_putf(b, "\nids vocab=%" PRIu32, l->vocab);
	put_id(b, "eod", l->eod);
	put_id(b, "pad", l->pad);
	put_id(b, "bos", l->bos);
	buf_putc(b, '\n');
	for (uint32_t i = 0; i < l->nbatches; i++)
		buf_putf(b, "batch %" PRIu64 " %" PRIu64 "\n", l->batch[i].first,
		    l->batch[i].samples);
	for (uint32_t i = 0; i < l->nphases; i++)
		buf_putf(b, "phase %s %" PRIu64 " seq=%" PRIu32 " shard=%" PRIu64 "\n",
		    l->phase[i].name, l->phase[i].samples, l->phase[i].seq,
		    l->phase[i].shard);
}

void
lock_render(const struct lock *l, struct buf *b)
{
	put_head(l, b);
	for (uint32_t i = 0; i < l->ngroups; i++) {
		buf_putf(b, "group %s", l->group[i].name);
		put_list(b, "weight", l->group[i].weight, l->nphases);
		buf_putc(b, '\n');
	}
	for (uint32_t i = 0; i < l->nsources; i++)
		put_source(l, &l->source[i], b);
	for (uint64_t i = 0; i <= l->nshards; i++) {
		buf_puts(b, "at");
		put_number(b, ' ', lock_shard_first(l, i));
		for (uint32_t s = 0; s < l->nsources; s++)
			put_number(b, ' ', l->at[i * l->nsources + s]);
		buf_putc(b, '\n');
	}
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

/* ---- phases and shards ---- */

void
lock_settle(struct lock *l)
{
	uint64_t first = 0, shard = 0;

	l->ncuts = 0;
	for (uint32_t k = 0; k < l->nphases; k++) {
		struct lock_phase *ph = &l->phase[k];
		uint32_t c = 0;

		while (c < l->ncuts && l->cut[c] != ph->seq)
			c++;
		if (c == l->ncuts)
			l->cut[l->ncuts++] = ph->seq;
		ph->cut = c;
		ph->first = first;
		ph->first_shard = shard;
		first += ph->samples;
		shard += ph->samples / ph->shard + (ph->samples % ph->shard > 0);
	}
	l->nshards = shard;
}

const struct lock_phase *
lock_phase_of(const struct lock *l, uint64_t shard)
{
	uint32_t k = l->nphases - 1;

	while (l->phase[k].first_shard > shard)
		k--;
	return &l->phase[k];
}

uint64_t
lock_shard_first(const struct lock *l, uint64_t shard)
{
	const struct lock_phase *ph;

	if (shard == l->nshards)
		return l->samples;
	ph = lock_phase_of(l, shard);
	return ph->first + (shard - ph->first_shard) * ph->shard;
}

uint64_t
lock_shard_samples(const struct lock *l, uint64_t shard)
{
	return lock_shard_first(l, shard + 1) - lock_shard_first(l, shard);
}

uint64_t
lock_drawn(const struct lock *l, uint32_t k, uint32_t s)
{
	uint64_t end = k + 1 < l->nphases ? l->phase[k + 1].first_shard : l->nshards;

	return l->at[end * l->nsources + s] -
	       l->at[l->phase[k].first_shard * l->nsources + s];
}

uint64_t
lock_window_first(uint64_t docs, uint64_t n, uint64_t w)
{
	return muldiv(docs, w, n);
}

uint64_t
lock_epoch_tokens(const struct lock_source *s)
{
	uint64_t sum = 0;

	for (uint32_t r = 0; r < s->nrounds; r++)
		sum += s->tokens[r];
	return sum;
}

/* ---- turns ---- */

struct schedule *
lock_schedule(const struct lock *l, uint32_t k)
{
	uint64_t *share = xcalloc(l->nsources + (size_t)1, sizeof *share);
	struct schedule *s;

	for (uint32_t i = 0; i < l->nsources; i++)
		share[i] = l->source[i].weight[k];
	s = schedule_new(SHARE_ONE, share, l->nsources);
	free(share);
	return s;
}

bool
lock_order(const struct lock *l, uint64_t shard, uint16_t *order)
{
	const struct lock_phase *ph = lock_phase_of(l, shard);
	const uint64_t *at = l->at + shard * l->nsources;
	const uint64_t *begin = l->at + ph->first_shard * l->nsources;
	struct schedule *s = lock_schedule(l, (uint32_t)(ph - l->phase));
	uint64_t *count = xcalloc(l->nsources, sizeof *count);
	uint64_t n = lock_shard_samples(l, shard);
	uint64_t slot = lock_shard_first(l, shard) - ph->first;
	bool same;

	for (uint32_t i = 0; i < l->nsources; i++)
		count[i] = at[i] - begin[i];
	same = schedule_near(s, slot, count);
	if (same)
		schedule_seek(s, slot, count);
	for (uint64_t i = 0; i < n && same; i++) {
		uint32_t of = schedule_next(s);

		order[i] = (uint16_t)of;
		count[of]++;
	}
	for (uint32_t i = 0; i < l->nsources; i++)
		count[i] += begin[i];
	same = same && memcmp(count, at + l->nsources, l->nsources * sizeof *count) == 0;
	free(count);
	schedule_free(s);
	return same;
}
