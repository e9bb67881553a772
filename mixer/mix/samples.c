/* samples.c - holds samples in memory while their documents are gathered. */
#include "mixer/mix/samples.h"

#include <assert.h>
#include <stdlib.h>

enum {
	TEXT_GUESS = 100, /* typical bytes of an id and a URL */
	BLOCK_BYTES = 32 << 20,
	PAGE = 4096,
};

void
samples_free(struct samples *v)
{
	for (size_t i = 0; i < v->nblocks; i++)
		free(v->block[i].p);
	free(v->block);
	free(v->sample);
	free(v->segment);
	buf_free(&v->text);
	*v = (struct samples){ 0 };
}

uint64_t
samples_cost(const struct resolved_source *s, uint32_t seq, uint32_t width, bool ids)
{
	uint64_t docs = 0, tokens = resolved_epoch_tokens(s), segments;

	for (uint32_t r = 0; r < s->nrepeats; r++)
		docs += s->docs[r];
	segments = (uint64_t)((double)docs * seq / (double)tokens) + 2;
	/* The last part is an upper bound for MASK. */
	return (uint64_t)seq * width + seq / 8 + sizeof(struct sample_buf) +
	       segments * (sizeof(struct sample_segment) + (ids ? TEXT_GUESS : 0));
}

void
samples_begin(struct samples *v, uint32_t seq, uint32_t width, uint32_t n)
{
	v->seq = seq;
	v->width = width;
	if (n > v->cap) {
		v->cap = n;
		v->sample = xrealloc(v->sample, n, sizeof *v->sample);
	}
	v->n = n;
	v->at = v->used = 0;
	v->nsegments = 0;
	v->text.n = 0;
	for (uint32_t i = 0; i < n; i++)
		v->sample[i] = (struct sample_buf){ .first = SAMPLES_NO_SEGMENT,
			.last = SAMPLES_NO_SEGMENT,
			.next = TSHARD_NONE };
}

unsigned char *
samples_alloc(struct samples *v, size_t n)
{
	n = (n + PAGE - 1) / PAGE * PAGE;
	while (v->at < v->nblocks && n > v->block[v->at].size - v->used) {
		v->at++;
		v->used = 0;
	}
	if (v->at == v->nblocks) {
		struct token_block r = { .size = n > BLOCK_BYTES ? n : BLOCK_BYTES };

		r.p = large_alloc(r.size);
		v->block = xrealloc(v->block, v->nblocks + 1, sizeof *v->block);
		v->block[v->nblocks++] = r;
	}
	v->used += n;
	return v->block[v->at].p + v->used - n;
}

unsigned char *
samples_add(struct samples *v, uint32_t slot, const struct doc_pos *at, uint32_t offset,
    uint32_t n, uint8_t epoch)
{
	struct sample_buf *s = &v->sample[slot];
	uint32_t at_token = s->fill, i = v->nsegments++;
	struct sample_segment *t;

	assert(n <= v->seq - s->fill);
	GROW(v->segment, i, v->segment_cap);
	t = &v->segment[i];
	*t = (struct sample_segment){ .doc = at->doc,
		.offset = offset,
		.tokens = n,
		.whole = at->d.tokens,
		.link = SAMPLES_NO_SEGMENT,
		.text = v->text.n,
		.id_bytes = (uint32_t)at->id.n,
		.url_bytes = (uint32_t)at->url.n,
		.align_bytes = (uint32_t)at->align.n,
		.language = at->d.language,
		.epoch = epoch,
		.flags = at->d.flags };
	memcpy(t->id_hash, at->d.id_hash, sizeof t->id_hash);
	buf_put(&v->text, at->id.p, at->id.n);
	buf_put(&v->text, at->url.p, at->url.n);
	buf_put(&v->text, at->align.p, at->align.n);
	if (s->last == SAMPLES_NO_SEGMENT)
		s->first = i;
	else
		v->segment[s->last].link = i;
	s->last = i;
	s->fill += n;
	s->epoch = epoch;
	if (!s->tokens)
		s->tokens = samples_alloc(v, (size_t)v->seq * v->width);
	return s->tokens + (size_t)at_token * v->width;
}
