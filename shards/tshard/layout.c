/* layout.c - encode and decode headers and rows, as in tamis-shard(5). */
#include "shards/tshard/tshard_impl.h"

static const unsigned char magic[8] = { 0x89, 'S', 'D', 'X', '\r', '\n', 0x1a, '\n' };

void
tsi_header_put(const struct tshard_header *h, unsigned char out[TSI_HEADER])
{
	memset(out, 0, TSI_HEADER);
	memcpy(out, magic, sizeof magic);
	tsi_put16(out + 8, h->major);
	tsi_put16(out + 10, h->minor);
	tsi_put32(out + 12, TSI_HEADER);
	tsi_put64(out + 16, h->sdx_bytes);
	tsi_put64(out + 24, h->bin_bytes);
	tsi_put32(out + 32, h->kind);
	tsi_put32(out + 36, h->encoding);
	tsi_put32(out + 40, h->bits_per_token);
	tsi_put32(out + 44, h->vocab);
	tsi_put32(out + 48, h->seq_len);
	tsi_put32(out + 52, TSI_BLOCK_LOG2);
	tsi_put64(out + 56, h->tokens);
	tsi_put64(out + 64, h->samples);
	tsi_put64(out + 72, h->segments);
	tsi_put64(out + 80, h->docs);
	tsi_put64(out + 88, h->first_sample);
	tsi_put64(out + 96, h->run_samples);
	tsi_put32(out + 104, h->shard_no);
	tsi_put32(out + 108, h->shard_count);
	tsi_put32(out + 112, h->eod);
	tsi_put32(out + 116, h->pad);
	tsi_put32(out + 120, h->bos);
	tsi_put32(out + 124, h->n_sections);
	memcpy(out + 128, h->payload, 16);
	memcpy(out + 144, h->tokenizer, 32);
	memcpy(out + 176, h->plan, 32);
	memcpy(out + 208, h->run_id, 16);
	tsi_put64(out + 224, h->seed);
	tsi_put64(out + 232, h->loss_tokens);
	tsi_put32(out + 240, h->n_sources);
	tsi_put32(out + 252, tshard_crc32c(0, out, 252));
}

void
tsi_header_get(const unsigned char in[TSI_HEADER], struct tshard_header *h)
{
	h->major = tsi_get16(in + 8);
	h->minor = tsi_get16(in + 10);
	h->sdx_bytes = tsi_get64(in + 16);
	h->bin_bytes = tsi_get64(in + 24);
	h->kind = tsi_get32(in + 32);
	h->encoding = tsi_get32(in + 36);
	h->bits_per_token = tsi_get32(in + 40);
	h->vocab = tsi_get32(in + 44);
	h->seq_len = tsi_get32(in + 48);
	h->tokens = tsi_get64(in + 56);
	h->samples = tsi_get64(in + 64);
	h->segments = tsi_get64(in + 72);
	h->docs = tsi_get64(in + 80);
	h->first_sample = tsi_get64(in + 88);
	h->run_samples = tsi_get64(in + 96);
	h->shard_no = tsi_get32(in + 104);
	h->shard_count = tsi_get32(in + 108);
	h->eod = tsi_get32(in + 112);
	h->pad = tsi_get32(in + 116);
	h->bos = tsi_get32(in + 120);
	h->n_sections = tsi_get32(in + 124);
	memcpy(h->payload, in + 128, 16);
	memcpy(h->tokenizer, in + 144, 32);
	memcpy(h->plan, in + 176, 32);
	memcpy(h->run_id, in + 208, 16);
	h->seed = tsi_get64(in + 224);
	h->loss_tokens = tsi_get64(in + 232);
	h->n_sources = tsi_get32(in + 240);
}

/* Only a wrong magic means that the file is not a sidecar; one bit of it may be flipped.
 */
int
tsi_header_check(
    struct tshard *s, const unsigned char raw[TSI_HEADER], struct tshard_error *e)
{
	uint32_t diff = tsi_get32(raw + 252) ^ tshard_crc32c(0, raw, 252);
	size_t at;
	unsigned bit;

	if (diff != 0 && tsi_crc_locate(diff, 252, &at, &bit))
		return tsi_bad(s, e, TSI_SDX, at,
		    "bit %u of the header is flipped: use an intact copy", bit);
	for (at = 0; at < sizeof magic; at++)
		if (raw[at] != magic[at])
			return tsi_bad(s, e, TSI_SDX, at,
			    "not the sidecar of a shard: name a shard that tamis wrote");
	if (diff != 0)
		return tsi_bad(s, e, TSI_SDX, 252,
		    "the checksum of the header differs: use an intact copy");
	tsi_header_get(raw, &s->h);
	if (s->h.major != 1)
		return tsi_bad(s, e, TSI_SDX, 8,
		    "format %u, this library reads 1: use a newer tamis", s->h.major);
	if (tsi_get32(raw + 12) != TSI_HEADER || tsi_get32(raw + 52) != TSI_BLOCK_LOG2)
		return tsi_bad(s, e, TSI_SDX, 12,
		    "header of %u bytes and blocks of 2^%u, this library reads 256 and "
		    "16: use a newer tamis",
		    tsi_get32(raw + 12), tsi_get32(raw + 52));
	if (s->h.kind < TSHARD_DOCS || s->h.kind > TSHARD_REWARD)
		return tsi_bad(s, e, TSI_SDX, 32,
		    "kind %u, this library reads 1 to 5: use a newer tamis", s->h.kind);
	if (s->h.encoding > TSHARD_U32 ||
	    s->h.bits_per_token != 8 * tsi_width(s->h.encoding))
		return tsi_bad(s, e, TSI_SDX, 36,
		    "payload encoding %u of %u bits, this library reads u16 and u32: use "
		    "a newer tamis",
		    s->h.encoding, s->h.bits_per_token);
	return 0;
}

void
tsi_entry_put(const struct tshard_section *s, unsigned char out[TSI_ENTRY])
{
	memset(out, 0, TSI_ENTRY);
	memcpy(out, s->tag, strnlen(s->tag, 8));
	tsi_put64(out + 8, s->offset);
	tsi_put64(out + 16, s->bytes);
	tsi_put64(out + 24, s->count);
	tsi_put32(out + 32, s->elem_bytes);
	tsi_put32(out + 36, s->flags);
	tsi_put64(out + 40, s->xxh3);
	tsi_put32(out + 60, tshard_crc32c(0, out, 60));
}

void
tsi_entry_get(const unsigned char in[TSI_ENTRY], struct tshard_section *s)
{
	memcpy(s->tag, in, 8);
	s->tag[8] = '\0';
	s->offset = tsi_get64(in + 8);
	s->bytes = tsi_get64(in + 16);
	s->count = tsi_get64(in + 24);
	s->elem_bytes = tsi_get32(in + 32);
	s->flags = tsi_get32(in + 36);
	s->xxh3 = tsi_get64(in + 40);
}

void
tsi_doc_put(const struct tshard_doc *d, unsigned char out[TSI_DOC])
{
	memcpy(out, d->id_hash, 16);
	tsi_put64(out + 16, d->ordinal);
	tsi_put32(out + 24, d->tokens);
	tsi_put16(out + 28, d->source);
	tsi_put16(out + 30, d->language);
}

void
tsi_doc_get(const unsigned char in[TSI_DOC], struct tshard_doc *d)
{
	memcpy(d->id_hash, in, 16);
	d->ordinal = tsi_get64(in + 16);
	d->tokens = tsi_get32(in + 24);
	d->source = tsi_get16(in + 28);
	d->language = tsi_get16(in + 30);
	d->number = 0;
	d->flags = 0;
}

bool
tsi_number_ok(const char *s)
{
	size_t n = strspn(s, TSHARD_NUMBER_CHARS);

	return n > 0 && n <= TSHARD_NUMBER_NAME && s[n] == '\0';
}

void
tsi_seg_put(const struct tshard_seg *s, unsigned char out[TSI_SEG])
{
	tsi_put32(out, s->start);
	tsi_put32(out + 4, s->row);
	tsi_put32(out + 8, s->offset);
	tsi_put16(out + 12, s->source);
	out[14] = s->epoch;
	out[15] = s->flags;
}

void
tsi_seg_get(const unsigned char in[TSI_SEG], struct tshard_seg *s)
{
	s->start = tsi_get32(in);
	s->row = tsi_get32(in + 4);
	s->offset = tsi_get32(in + 8);
	s->source = tsi_get16(in + 12);
	s->epoch = in[14];
	s->flags = in[15];
}

void
tsi_end_put(uint64_t sdx_bytes, unsigned char out[TSI_END])
{
	memcpy(out, "SDXEND\0\0", 8);
	tsi_put64(out + 8, sdx_bytes);
}

uint64_t
tsi_idx_bytes(uint64_t sequences, uint64_t documents)
{
	return TSI_IDX_HEADER + 12 * sequences + 8 * (documents + 1);
}

/* Compilers vectorize loops of a fixed length. */
enum { STRIDE = 512 };

/* Tokens at any address, of any effective type. */
typedef uint16_t any16 __attribute__((may_alias, aligned(1)));
typedef uint32_t any32 __attribute__((may_alias, aligned(1)));

static bool
any_above16(const any16 *v, uint16_t limit)
{
	uint16_t most = 0;

	for (int i = 0; i < STRIDE; i++)
		most = v[i] > most ? v[i] : most;
	return most > limit;
}

static bool
any_above32(const any32 *v, uint32_t limit)
{
	uint32_t borrow = 0;

	/* With limit < 2^31, the top bit is set if v > limit. */
	for (int i = 0; i < STRIDE; i++)
		borrow |= (limit - v[i]) | v[i];
	return borrow >> 31 != 0;
}

bool
tsi_ids_ok(const void *payload, size_t n, uint32_t width, uint32_t vocab, size_t *bad)
{
	const unsigned char *p = payload;
	const bool native = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	size_t i = 0;

	if (width == 2 && vocab > 65535)
		return true;
	for (; native && n - i >= STRIDE; i += STRIDE) {
		if (width == 2
			? any_above16((const any16 *)(p + i * 2), (uint16_t)(vocab - 1))
			: any_above32((const any32 *)(p + i * 4), vocab - 1))
			break;
	}
	for (; i < n; i++) {
		uint32_t id = width == 2 ? tsi_get16(p + i * 2) : tsi_get32(p + i * 4);

		if (id >= vocab) {
			*bad = i;
			return false;
		}
	}
	return true;
}
