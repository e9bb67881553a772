/* samples.c - samples in memory, while their documents are being gathered. */
#include "mixer/samples.h"

#include <assert.h>
#include <stdlib.h>

enum { TEXT_GUESS = 100 }; /* bytes of an id and a URL */

void
samples_init(struct samples *v, uint32_t seq, uint32_t width, uint64_t bytes)
{
	uint64_t each = (uint64_t)seq * width + sizeof *v->slot;
	uint64_t cap = bytes / each;

	*v = (struct samples){ .seq = seq, .width = width };
	v->cap = cap < 1 ? 1 : cap > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)cap;
	v->slot = xcalloc(v->cap, sizeof *v->slot);
	v->tokens = xmalloc(xmul(v->cap, xmul(seq, width)));
}

void
samples_free(struct samples *v)
{
	free(v->slot);
	free(v->tokens);
	free(v->stretch);
	buf_free(&v->text);
	*v = (struct samples){ 0 };
}

uint64_t
samples_cost(const struct lock_source *s, uint32_t seq, uint32_t width, bool ids)
{
	uint64_t docs = 0, tokens = lock_epoch_tokens(s), stretches;

	for (uint32_t r = 0; r < s->nrounds; r++)
		docs += s->docs[r];
	stretches = (uint64_t)((double)docs * seq / (double)tokens) + 2;
	return (uint64_t)seq * width + sizeof(struct slot) +
	       stretches * (sizeof(struct stretch) + (ids ? TEXT_GUESS : 0));
}

void
samples_reset(struct samples *v, uint32_t n)
{
	assert(n <= v->cap);
	v->n = n;
	v->nstretches = 0;
	v->text.n = 0;
	for (uint32_t i = 0; i < n; i++)
		v->slot[i] = (struct slot){ .first = SAMPLES_NO_STRETCH,
			.last = SAMPLES_NO_STRETCH,
			.next = TSHARD_NONE };
}

unsigned char *
samples_tokens(const struct samples *v, uint32_t slot)
{
	return v->tokens + (size_t)slot * v->seq * v->width;
}

unsigned char *
samples_add(struct samples *v, uint32_t slot, const struct place *at, uint32_t offset,
    uint32_t n, uint8_t epoch)
{
	struct slot *s = &v->slot[slot];
	uint32_t at_token = s->fill, i = v->nstretches++;
	struct stretch *t;

	assert(n <= v->seq - s->fill);
	if (i == v->stretch_cap) {
		v->stretch_cap = v->stretch_cap ? 2 * v->stretch_cap : 1024;
		v->stretch = xrealloc(v->stretch, v->stretch_cap, sizeof *v->stretch);
	}
	t = &v->stretch[i];
	*t = (struct stretch){ .doc = at->doc,
		.offset = offset,
		.tokens = n,
		.whole = at->d.tokens,
		.link = SAMPLES_NO_STRETCH,
		.text = v->text.n,
		.id_bytes = (uint32_t)at->id.n,
		.url_bytes = (uint32_t)at->url.n,
		.language = at->d.language,
		.epoch = epoch,
		.flags = at->d.flags };
	memcpy(t->id_hash, at->d.id_hash, sizeof t->id_hash);
	buf_put(&v->text, at->id.p, at->id.n);
	buf_put(&v->text, at->url.p, at->url.n);
	if (s->last == SAMPLES_NO_STRETCH)
		s->first = i;
	else
		v->stretch[s->last].link = i;
	s->last = i;
	s->fill += n;
	s->epoch = epoch;
	return samples_tokens(v, slot) + (size_t)at_token * v->width;
}
