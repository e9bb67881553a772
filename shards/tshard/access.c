/* access.c - read the tokens, documents, segments and metadata of an open shard. */
#include "shards/tshard/tshard_impl.h"

#include <stdlib.h>

const struct tshard_header *
tshard_header(const struct tshard *s)
{
	return &s->h;
}

const char *
tshard_prefix(const struct tshard *s)
{
	return s->prefix;
}

void
tshard_digest(const struct tshard *s, unsigned char out[32])
{
	struct tsi_sha table = s->table;

	tsi_sha_sum(&table, out);
}

const struct tshard_source *
tshard_sources(const struct tshard *s)
{
	return s->src;
}

static int
out_of_range(const struct tshard *s, const char *what, uint64_t no, uint64_t count,
    struct tshard_error *e)
{
	tsi_fail(e, TSHARD_DATA, "%s: %s %llu does not exist: the shard has %llu",
	    s->prefix, what, (unsigned long long)no, (unsigned long long)count);
	return -1;
}

/* Rows [first, first + n) of a section whose elements have one size. */
static int
rows(const struct tshard *s, const char *tag, const char *what, uint64_t first,
    uint64_t n, void *out, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, tag);

	if (!sec || first > sec->count || n > sec->count - first)
		return out_of_range(s, what,
		    !sec || first > sec->count ? first : first + n - 1,
		    sec ? sec->count : 0, e);
	return tshard_section_read(
	    s, sec, first * sec->elem_bytes, out, (size_t)(n * sec->elem_bytes), e);
}

/* ---- tokens ---- */

/* Name the samples that have tokens in a block: they are lost with it. */
static int
bad_block(const struct tshard *s, uint64_t no, size_t size, struct tshard_error *e)
{
	uint64_t at = no * TSI_BLOCK, first = at / tsi_width(s->h.encoding);
	uint64_t last = (at + size - 1) / tsi_width(s->h.encoding);

	if (s->h.kind != TSHARD_DOCS)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: byte %llu: the checksum of block %llu, samples %llu to %llu, "
		    "differs: use an intact copy",
		    s->path[TSI_BIN], (unsigned long long)at, (unsigned long long)no,
		    (unsigned long long)s->h.first_sample + first / s->h.seq_len,
		    (unsigned long long)s->h.first_sample + last / s->h.seq_len);
	return tsi_fail(e, TSHARD_DATA,
	    "%s: byte %llu: the checksum of block %llu, tokens %llu to %llu, differs: "
	    "use an intact copy",
	    s->path[TSI_BIN], (unsigned long long)at, (unsigned long long)no,
	    (unsigned long long)first, (unsigned long long)last);
}

int
tsi_read_blocks(const struct tshard *s, uint64_t no, size_t n, unsigned char *out,
    struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "BLKCRC");
	size_t got = tsi_direct_read(s->direct, out, n, no * TSI_BLOCK);
	unsigned char crc[4 * 64];

	if (tsi_pread(s->fd[TSI_BIN], out + got, n - got, no * TSI_BLOCK + got,
		s->path[TSI_BIN], e) < 0)
		return -1;
	if (!(s->flags & TSHARD_CHECK))
		return 0;
	for (size_t at = 0, k = 0; at < n; at += TSI_BLOCK, k++, no++) {
		size_t size = n - at < TSI_BLOCK ? n - at : TSI_BLOCK;
		size_t left = (n - at + TSI_BLOCK - 1) / TSI_BLOCK;

		if (k % 64 == 0 && tshard_section_read(s, sec, no * 4, crc,
				       4 * (left < 64 ? left : 64), e) < 0)
			return -1;
		if (tshard_crc32c(0, out + at, size) == tsi_get32(crc + 4 * (k % 64)))
			continue;
		return bad_block(s, no, size, e);
	}
	return 0;
}

/* Bytes [at, at + n) of the payload, by the whole blocks that contain them. */
static int
read_checked(const struct tshard *s, uint64_t at, size_t n, unsigned char *out,
    struct tshard_error *e)
{
	unsigned char *block = NULL;
	int rc = -1;

	while (n > 0) {
		uint64_t no = at / TSI_BLOCK, start = no * TSI_BLOCK;
		uint64_t left = s->h.bin_bytes - start;
		size_t in = (size_t)(at - start), take = n;

		if (in == 0 && (n >= TSI_BLOCK || n == left)) {
			if (n < left)
				take -= n % TSI_BLOCK;
			if (tsi_read_blocks(s, no, take, out, e) < 0)
				goto out;
		} else {
			size_t size = left < TSI_BLOCK ? (size_t)left : TSI_BLOCK;

			if (!block && !(block = malloc(TSI_BLOCK))) {
				tsi_nomem(e);
				goto out;
			}
			if (tsi_read_blocks(s, no, size, block, e) < 0)
				goto out;
			take = n < size - in ? n : size - in;
			memcpy(out, block + in, take);
		}
		out += take;
		at += take;
		n -= take;
	}
	rc = 0;
out:
	free(block);
	return rc;
}

static int
tokens(const struct tshard *s, uint64_t first, size_t n, void *payload, bool check,
    struct tshard_error *e)
{
	uint32_t width = tsi_width(s->h.encoding);

	if (first > s->h.tokens || n > s->h.tokens - first)
		return out_of_range(s, "token",
		    first > s->h.tokens ? first : first + n - 1, s->h.tokens, e);
	if (check)
		return read_checked(s, first * width, n * width, payload, e);
	return tsi_pread(
	    s->fd[TSI_BIN], payload, n * width, first * width, s->path[TSI_BIN], e);
}

int
tshard_tokens_raw(const struct tshard *s, uint64_t first, size_t n, void *payload,
    struct tshard_error *e)
{
	return tokens(s, first, n, payload, (s->flags & TSHARD_CHECK) != 0, e);
}

int
tshard_tokens_again(const struct tshard *s, uint64_t first, size_t n, void *payload,
    struct tshard_error *e)
{
	return tokens(s, first, n, payload, false, e);
}

void
tsi_widen(const unsigned char *payload, size_t n, uint32_t width, uint32_t *ids)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t id =
		    width == 2 ? tsi_get16(payload + 2 * i) : tsi_get32(payload + 4 * i);

		ids[i] = id;
	}
}

int
tshard_tokens(const struct tshard *s, uint64_t first, size_t n, uint32_t *ids,
    struct tshard_error *e)
{
	/* Read narrow tokens to the end of the room for wide ones, and widen them there.
	 */
	uint32_t width = tsi_width(s->h.encoding);
	unsigned char *raw = (unsigned char *)ids + (4 - width) * n;

	if (tshard_tokens_raw(s, first, n, raw, e) < 0)
		return -1;
	tsi_widen(raw, n, width, ids);
	return 0;
}

/* ---- documents ---- */

const char *
tshard_number_name(const struct tshard *s)
{
	return s->number[0] == '\0' ? NULL : s->number;
}

enum { EXTRAS = 4096 }; /* rows whose number or flags are read at a time */

/* Add numbers and flags to rows that exist. */
static int
add_extras(const struct tshard *s, uint64_t first, size_t n, struct tshard_doc *out,
    struct tshard_error *e)
{
	const struct tshard_section *flag = tshard_section(s, "DOCFLAG");
	const struct tshard_section *number = tshard_section(s, "DOCNUM");
	unsigned char raw[2 * EXTRAS];

	for (size_t at = 0, k; at < n && (flag || number); at += k) {
		uint64_t row = first + at;

		k = n - at < EXTRAS ? n - at : EXTRAS;
		if (number && tshard_section_read(
				  s, number, TSI_NUMBER + 2 * row, raw, 2 * k, e) < 0)
			return -1;
		for (size_t i = 0; i < k && number; i++)
			out[at + i].number = tsi_get16(raw + 2 * i);
		if (flag && tshard_section_read(s, flag, row, raw, k, e) < 0)
			return -1;
		for (size_t i = 0; i < k && flag; i++)
			out[at + i].flags = raw[i];
	}
	return 0;
}

int
tshard_docs(const struct tshard *s, uint64_t first, size_t n, struct tshard_doc *out,
    struct tshard_error *e)
{
	/* Read rows to the end of the room for decoded ones, and decode them there. */
	unsigned char *raw = (unsigned char *)out + (sizeof *out - TSI_DOC) * n;

	if (rows(s, "DOC", "document", first, n, raw, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct tshard_doc d;

		tsi_doc_get(raw + i * TSI_DOC, &d);
		out[i] = d;
	}
	return add_extras(s, first, n, out, e);
}

int
tshard_doc_at(const struct tshard *s, uint64_t row, uint64_t *first, uint32_t *n,
    struct tshard_error *e)
{
	uint32_t width = tsi_width(s->h.encoding);
	struct tshard_doc d;
	unsigned char at[8];
	uint64_t byte = TSI_IDX_HEADER + 4 * s->h.docs + 8 * row;

	if (s->h.kind != TSHARD_DOCS || row >= s->h.docs)
		return out_of_range(s, "document", row, s->h.docs, e);
	if (tshard_docs(s, row, 1, &d, e) < 0 ||
	    tsi_pread(s->fd[TSI_IDX], at, 8, byte, s->path[TSI_IDX], e) < 0)
		return -1;
	*first = tsi_get64(at) / width;
	*n = d.tokens;
	if (tsi_get64(at) % width != 0 || *first > s->h.tokens ||
	    *n > s->h.tokens - *first)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: byte %llu: document %llu is outside the payload of %llu tokens: "
		    "use an intact copy",
		    s->path[TSI_IDX], (unsigned long long)byte, (unsigned long long)row,
		    (unsigned long long)s->h.tokens);
	return 0;
}

int
tshard_docid(
    const struct tshard *s, uint64_t row, char **id, char **url, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "DOCID");
	unsigned char raw[24];
	uint64_t text = 16 * s->h.docs + 8, a, b, c;
	char *p;

	*id = *url = NULL;
	if (!sec)
		return 0;
	if (row >= s->h.docs)
		return out_of_range(s, "document", row, s->h.docs, e);
	if (tshard_section_read(s, sec, row * 16, raw, sizeof raw, e) < 0)
		return -1;
	a = tsi_get64(raw);
	b = tsi_get64(raw + 8);
	c = tsi_get64(raw + 16);
	if (a > b || b > c || c > sec->bytes - text)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: byte %llu: DOCID row %llu is outside its section: use an intact "
		    "copy",
		    s->path[TSI_SDX], (unsigned long long)sec->offset + row * 16,
		    (unsigned long long)row);
	p = malloc((size_t)(c - a) + 2);
	if (!p)
		return tsi_nomem(e);
	if (tshard_section_read(s, sec, text + a, p, (size_t)(b - a), e) < 0 ||
	    tshard_section_read(s, sec, text + b, p + (b - a) + 1, (size_t)(c - b), e) <
		0) {
		free(p);
		return -1;
	}
	p[b - a] = '\0';
	p[c - a + 1] = '\0';
	*id = p;
	*url = p + (b - a) + 1;
	return 0;
}

int
tshard_docids(const struct tshard *s, uint64_t first, size_t n, char **text, uint64_t *at,
    struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "DOCID");
	uint64_t base = 16 * s->h.docs + 8, start;
	unsigned char *raw = (unsigned char *)at;
	bool good = true;

	*text = NULL;
	if (!sec)
		return 0;
	if (first > s->h.docs || n > s->h.docs - first)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: documents [%llu, %llu) do not exist: the shard has %llu",
		    s->prefix, (unsigned long long)first, (unsigned long long)first + n,
		    (unsigned long long)s->h.docs);
	if (tshard_section_read(s, sec, first * 16, raw, 16 * n + 8, e) < 0)
		return -1;
	start = tsi_get64(raw);
	for (size_t i = 0; i < 2 * n + 1; i++) {
		uint64_t to = tsi_get64(raw + 8 * i);

		good = good && to >= start && to <= sec->bytes - base &&
		       (i == 0 || to - start >= at[i - 1]);
		at[i] = to - start;
	}
	if (!good)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: byte %llu: DOCID rows from %llu on are outside the section: use "
		    "an intact copy",
		    s->path[TSI_SDX], (unsigned long long)sec->offset + first * 16,
		    (unsigned long long)first);
	*text = malloc((size_t)at[2 * n] + 1);
	if (!*text)
		return tsi_nomem(e);
	if (tshard_section_read(s, sec, base + start, *text, (size_t)at[2 * n], e) == 0)
		return 0;
	free(*text);
	*text = NULL;
	return -1;
}

/* ---- samples ---- */

const char *
tsi_wrong_seg(const struct tshard_header *h, const struct tshard_seg *v, size_t i)
{
	if (i == 0 && v[i].start != 0)
		return "the first segment does not start at token 0";
	if (i > 0 && v[i].start <= v[i - 1].start)
		return "a segment does not start after the one before it";
	if (v[i].start >= h->seq_len)
		return "a segment starts past the end of its sample";
	if (v[i].source >= h->n_sources)
		return "a segment of a source that the shard does not have";
	if (v[i].source != v[0].source)
		return "segments of two sources in one sample";
	if (!(v[i].flags & TSHARD_SEG_PAD) && v[i].row >= h->docs)
		return "a segment of a document that the shard does not have";
	return NULL;
}

int
tshard_segs(const struct tshard *s, uint64_t sample, struct tshard_seg **segs, size_t *n,
    struct tshard_error *e)
{
	unsigned char range[16], *raw = NULL;
	struct tshard_seg *v = NULL;
	const char *wrong = NULL;
	uint64_t a, b;

	if (s->h.kind == TSHARD_DOCS || sample >= s->h.samples)
		return out_of_range(s, "sample", sample, s->h.samples, e);
	if (rows(s, "SEGIDX", "sample", sample, 2, range, e) < 0)
		return -1;
	a = tsi_get64(range);
	b = tsi_get64(range + 8);
	if (a >= b || b > s->h.segments || b - a > s->h.seq_len) {
		wrong = "the number of segments is out of range";
		goto out;
	}
	raw = malloc((size_t)(b - a) * TSI_SEG);
	v = calloc((size_t)(b - a), sizeof *v);
	if (!raw || !v) {
		tsi_nomem(e);
		goto out;
	}
	if (rows(s, "SEG", "segment", a, b - a, raw, e) < 0)
		goto out;
	for (size_t i = 0; i < b - a && !wrong; i++) {
		tsi_seg_get(raw + i * TSI_SEG, &v[i]);
		wrong = tsi_wrong_seg(&s->h, v, i);
	}
	if (wrong)
		goto out;
	free(raw);
	*segs = v;
	*n = (size_t)(b - a);
	return 0;
out:
	if (wrong)
		tsi_fail(e, TSHARD_DATA, "%s: sample %llu: %s: use an intact copy",
		    s->path[TSI_SDX], (unsigned long long)s->h.first_sample + sample,
		    wrong);
	free(raw);
	free(v);
	return -1;
}

int
tshard_next(const struct tshard *s, uint64_t first, size_t n, uint32_t *out,
    struct tshard_error *e)
{
	unsigned char *raw = (unsigned char *)out;

	if (rows(s, "NEXT", "sample", first, n, raw, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = tsi_get32(raw + 4 * i);
	return 0;
}

int
tshard_meta(const struct tshard *s, char **json, size_t *n, struct tshard_error *e)
{
	const struct tshard_section *sec = tshard_section(s, "META");

	*json = sec ? malloc((size_t)sec->bytes + 1) : NULL;
	if (!*json)
		return tsi_nomem(e);
	if (tshard_section_read(s, sec, 0, *json, (size_t)sec->bytes, e) < 0) {
		free(*json);
		*json = NULL;
		return -1;
	}
	*n = (size_t)sec->bytes;
	(*json)[*n] = '\0';
	return 0;
}
