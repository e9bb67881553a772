/* scatterfile.c - encodes and decodes the parts of a file of scattered samples. */
#include "mixer/mix/scatterfile.h"

static const unsigned char magic[8] = { 'T', 'A', 'M', 'I', 'S', 'S', 'C', 'T' };

/* ---- little-endian numbers ---- */

static uint32_t
get32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t
get64(const unsigned char *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static void
put32(unsigned char *p, uint32_t v)
{
	p[0] = (unsigned char)v;
	p[1] = (unsigned char)(v >> 8);
	p[2] = (unsigned char)(v >> 16);
	p[3] = (unsigned char)(v >> 24);
}

static void
put64(unsigned char *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

/* ---- header, index, tail ---- */

void
scatterfile_put_header(const struct scatter_header *h, unsigned char out[SCATTER_HEADER])
{
	memset(out, 0, SCATTER_HEADER);
	memcpy(out, magic, sizeof magic);
	put32(out + 8, h->version);
	memcpy(out + 16, h->plan, sizeof h->plan);
	put32(out + 48, h->job.source);
	put32(out + 52, h->job.len_class);
	put64(out + 56, h->job.part);
	put64(out + 64, h->job.first);
	put64(out + 72, h->job.n);
	put32(out + 80, tshard_crc32c(0, out, 80));
}

bool
scatterfile_get_header(const unsigned char in[SCATTER_HEADER], struct scatter_header *h)
{
	if (memcmp(in, magic, sizeof magic) != 0 ||
	    get32(in + 80) != tshard_crc32c(0, in, 80))
		return false;
	h->version = get32(in + 8);
	memcpy(h->plan, in + 16, sizeof h->plan);
	h->job = (struct scatter_job){ .source = get32(in + 48),
		.len_class = get32(in + 52),
		.part = get64(in + 56),
		.first = get64(in + 64),
		.n = get64(in + 72) };
	return true;
}

void
scatterfile_put_entry(const struct scatter_entry *e, unsigned char out[SCATTER_ENTRY])
{
	put64(out, e->number);
	put64(out + 8, e->offset);
	put64(out + 16, e->bytes);
	put32(out + 24, e->crc);
	put32(out + 28, 0);
}

void
scatterfile_get_entry(const unsigned char in[SCATTER_ENTRY], struct scatter_entry *e)
{
	*e = (struct scatter_entry){ .number = get64(in),
		.offset = get64(in + 8),
		.bytes = get64(in + 16),
		.crc = get32(in + 24) };
}

void
scatterfile_put_tail(const struct scatter_tail *t, unsigned char out[SCATTER_TAIL])
{
	memset(out, 0, SCATTER_TAIL);
	memcpy(out, magic, sizeof magic);
	put64(out + 8, t->entries);
	put64(out + 16, t->index);
	put32(out + 24, tshard_crc32c(0, out, 24));
}

bool
scatterfile_get_tail(const unsigned char in[SCATTER_TAIL], struct scatter_tail *t)
{
	if (memcmp(in, magic, sizeof magic) != 0 ||
	    get32(in + 24) != tshard_crc32c(0, in, 24))
		return false;
	t->entries = get64(in + 8);
	t->index = get64(in + 16);
	return true;
}

/* ---- records ---- */

static void
put_segment(struct buf *b, const struct sample_segment *t)
{
	unsigned char s[SCATTER_SEGMENT];

	put64(s, t->doc);
	put32(s + 8, t->offset);
	put32(s + 12, t->tokens);
	put32(s + 16, t->whole);
	put32(s + 20, t->id_bytes);
	put32(s + 24, t->url_bytes);
	put32(s + 28, t->language | (uint32_t)t->epoch << 16 | (uint32_t)t->flags << 24);
	memcpy(s + 32, t->id_hash, sizeof t->id_hash);
	put32(s + 48, t->align_bytes);
	buf_put(b, s, sizeof s);
}

void
scatterfile_put_record(const struct samples *v, uint32_t slot, struct buf *front,
    struct span *tokens, struct scatter_entry *e)
{
	const struct sample_buf *s = &v->sample[slot];
	unsigned char r[SCATTER_RECORD] = { 0 };
	uint32_t nsegments = 0, text_bytes = 0;

	*tokens = (struct span){ (const char *)s->tokens, (size_t)s->fill * v->width };
	front->n = 0;
	buf_put(front, r, sizeof r);
	for (uint32_t i = s->first; i != SAMPLES_NO_SEGMENT; i = v->segment[i].link) {
		put_segment(front, &v->segment[i]);
		nsegments++;
	}
	for (uint32_t i = s->first; i != SAMPLES_NO_SEGMENT; i = v->segment[i].link) {
		const struct sample_segment *t = &v->segment[i];
		size_t n = (size_t)t->id_bytes + t->url_bytes + t->align_bytes;

		buf_put(front, v->text.p + t->text, n);
		text_bytes += (uint32_t)n;
	}
	put64(r, e->number);
	put32(r + 8, s->fill);
	put32(r + 12, s->next);
	put32(r + 16, s->source | (uint32_t)s->epoch << 16);
	put32(r + 20, nsegments);
	put32(r + 24, text_bytes);
	memcpy(front->p, r, sizeof r);
	e->bytes = front->n + tokens->n;
	e->crc =
	    tshard_crc32c(tshard_crc32c(0, front->p, front->n), tokens->p, tokens->n);
}

/*
 * Add the segment at p, whose id and URL begin at *text, to the sample.  Returns false if
 * it has more tokens or more text than are left.
 */
static bool
get_segment(const unsigned char *p, const unsigned char **text, uint64_t text_bytes,
    uint32_t slot, struct samples *out)
{
	uint32_t offset = get32(p + 8), tokens = get32(p + 12), rest = get32(p + 28);
	struct doc_pos at = { .doc = get64(p) };

	at.d.tokens = get32(p + 16);
	at.d.language = (uint16_t)rest;
	at.d.flags = (uint8_t)(rest >> 24);
	memcpy(at.d.id_hash, p + 32, sizeof at.d.id_hash);
	at.id = (struct span){ (const char *)*text, get32(p + 20) };
	at.url = (struct span){ at.id.p + at.id.n, get32(p + 24) };
	at.align = (struct span){ at.url.p + at.url.n, get32(p + 48) };
	if (tokens > out->seq - out->sample[slot].fill ||
	    (uint64_t)at.id.n + at.url.n + at.align.n > text_bytes)
		return false;
	*text += at.id.n + at.url.n + at.align.n;
	samples_add(out, slot, &at, offset, tokens, (uint8_t)(rest >> 16));
	return true;
}

bool
scatterfile_get_record(
    unsigned char *p, const struct scatter_entry *e, uint32_t slot, struct samples *out)
{
	struct sample_buf *s = &out->sample[slot];
	uint32_t fill, nsegments, source;
	const unsigned char *text;
	uint64_t front;

	if (e->bytes < SCATTER_RECORD)
		return false;
	fill = get32(p + 8);
	source = get32(p + 16);
	nsegments = get32(p + 20);
	front = SCATTER_RECORD + (uint64_t)nsegments * SCATTER_SEGMENT + get32(p + 24);
	if (get64(p) != e->number || fill > out->seq ||
	    e->bytes != front + (uint64_t)fill * out->width ||
	    tshard_crc32c(0, p, (size_t)e->bytes) != e->crc)
		return false;
	s->tokens = p + front;
	text = p + SCATTER_RECORD + (size_t)nsegments * SCATTER_SEGMENT;
	for (uint32_t i = 0; i < nsegments; i++)
		if (!get_segment(p + SCATTER_RECORD + (size_t)i * SCATTER_SEGMENT, &text,
			(uint64_t)(s->tokens - text), slot, out))
			return false;
	if (s->fill != fill)
		return false;
	s->next = get32(p + 12);
	s->source = (uint16_t)source;
	s->epoch = (uint8_t)(source >> 16);
	return true;
}
