/* samples.c - samples in memory, while their documents are being gathered. */
#include "mixer/mix/samples.h"

#include <assert.h>
#include <stdlib.h>

enum {
	TEXT_GUESS = 100, /* bytes of an id and a URL */
	ROOM = 32 << 20,
	PAGE = 4096,
};

void
samples_free(struct samples *v)
{
	for (size_t i = 0; i < v->rooms; i++)
		free(v->room[i].p);
	free(v->room);
	free(v->slot);
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
samples_begin(struct samples *v, uint32_t seq, uint32_t width, uint32_t n)
{
	v->seq = seq;
	v->width = width;
	if (n > v->cap) {
		v->cap = n;
		v->slot = xrealloc(v->slot, n, sizeof *v->slot);
	}
	v->n = n;
	v->at = v->used = 0;
	v->nstretches = 0;
	v->text.n = 0;
	for (uint32_t i = 0; i < n; i++)
		v->slot[i] = (struct slot){ .first = SAMPLES_NO_STRETCH,
			.last = SAMPLES_NO_STRETCH,
			.next = TSHARD_NONE };
}

unsigned char *
samples_room(struct samples *v, size_t n)
{
	n = (n + PAGE - 1) / PAGE * PAGE;
	while (v->at < v->rooms && n > v->room[v->at].size - v->used) {
		v->at++;
		v->used = 0;
	}
	if (v->at == v->rooms) {
		struct room r = { .size = n > ROOM ? n : ROOM };

		r.p = large_alloc(r.size);
		v->room = xrealloc(v->room, v->rooms + 1, sizeof *v->room);
		v->room[v->rooms++] = r;
	}
	v->used += n;
	return v->room[v->at].p + v->used - n;
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
	if (!s->tokens)
		s->tokens = samples_room(v, (size_t)v->seq * v->width);
	return s->tokens + (size_t)at_token * v->width;
}
