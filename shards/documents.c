/* documents.c - from a token of a shard to its document, and from documents to rows. */
#include "shards/documents.h"

#include <inttypes.h>
#include <stdlib.h>

#include "shards/tshard_err.h"

enum { ROWS = 1024 }; /* read at a time */

bool
document_taken_down(const struct tshard_doc *d, const char *id, const char *url)
{
	unsigned char empty[16];

	if (!id || *id || *url)
		return false;
	tshard_xxh3_128("", 0, empty);
	return memcmp(empty, d->id_hash, sizeof empty) != 0;
}

int
document_get(const struct tshard *s, uint64_t row, struct document *out, struct err *err)
{
	struct tshard_error e = { 0 };

	*out = (struct document){ .source = "" };
	if (tshard_docs(s, row, 1, &out->d, &e) < 0 ||
	    tshard_docid(s, row, &out->id, &out->url, &e) < 0)
		return err_tshard(err, &e);
	if (out->d.source < tshard_header(s)->n_sources)
		out->source = tshard_sources(s)[out->d.source].name;
	out->taken_down = document_taken_down(&out->d, out->id, out->url);
	return 0;
}

void
document_free(struct document *d)
{
	free(d->id);
	d->id = d->url = NULL;
}

static int
no_position(const struct tshard *s, uint64_t position, uint64_t n, const char *of,
    uint64_t number, struct err *err)
{
	return err_set(err, EXIT_DATA,
	    "%s: token %" PRIu64 " of %s %" PRIu64 " does not exist: it has %" PRIu64
	    " tokens, from 0 on",
	    tshard_prefix(s), position, of, number, n);
}

static int
row_at(const struct tshard *s, uint64_t row, uint64_t position,
    struct document_range *out, struct err *err)
{
	struct tshard_error e = { 0 };
	struct tshard_doc d;

	if (tshard_docs(s, row, 1, &d, &e) < 0)
		return err_tshard(err, &e);
	if (position >= d.tokens)
		return no_position(s, position, d.tokens, "document", row, err);
	*out = (struct document_range){ .sample = row,
		.last = d.tokens - 1,
		.row = (uint32_t)row,
		.flags = d.flags,
		.source = d.source };
	return 0;
}

int
document_at(const struct tshard *s, uint64_t local, uint64_t position,
    struct document_range *out, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_error e = { 0 };
	struct tshard_seg *seg;
	size_t n, i = 0;

	if (h->kind == TSHARD_DOCS)
		return row_at(s, local, position, out, err);
	if (position >= h->seq_len)
		return no_position(
		    s, position, h->seq_len, "sample", h->first_sample + local, err);
	if (tshard_segs(s, local, &seg, &n, &e) < 0)
		return err_tshard(err, &e);
	while (i + 1 < n && seg[i + 1].start <= position)
		i++;
	*out = (struct document_range){ .sample = h->first_sample + local,
		.first = seg[i].start,
		.last = (i + 1 < n ? seg[i + 1].start : h->seq_len) - 1,
		.row = seg[i].row,
		.offset = seg[i].offset,
		.epoch = seg[i].epoch,
		.flags = seg[i].flags,
		.source = seg[i].source };
	free(seg);
	return 0;
}

struct hash128
hash128_of(const unsigned char canonical[16])
{
	struct hash128 h = { 0 };

	for (int i = 0; i < 8; i++) {
		h.hi = h.hi << 8 | canonical[i];
		h.lo = h.lo << 8 | canonical[8 + i];
	}
	return h;
}

/* Find the rows among [first, first + n). */
static int
find_rows(const struct tshard *s, const struct doc_list *list, uint64_t first, size_t n,
    void (*found)(void *ctx, size_t entry), void *ctx, struct document_rows *out,
    struct err *err)
{
	struct tshard_doc *doc = xcalloc(n, sizeof *doc);
	uint64_t *at = xcalloc(2 * n + 1, sizeof *at);
	struct tshard_error e = { 0 };
	char *text = NULL;
	int rc = 0;

	if (tshard_docs(s, first, n, doc, &e) < 0 ||
	    (list->by_url && tshard_docids(s, first, n, &text, at, &e) < 0))
		rc = err_tshard(err, &e);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct span url = { "", 0 };

		if (text)
			url = (struct span){ text + at[2 * i + 1],
				(size_t)(at[2 * i + 2] - at[2 * i + 1]) };
		if (doc_list_match(list, hash128_of(doc[i].id_hash), url, found, ctx) ==
		    0)
			continue;
		out->bit[(first + i) / 8] |= (unsigned char)(1 << (first + i) % 8);
		out->n++;
	}
	free(text);
	free(at);
	free(doc);
	return rc;
}

int
documents_find(const struct tshard *s, const struct doc_list *list,
    void (*found)(void *ctx, size_t entry), void *ctx, struct document_rows *out,
    struct err *err)
{
	const uint64_t docs = tshard_header(s)->docs;
	struct tshard_error e = { 0 };
	int rc = 0;

	*out = (struct document_rows){ 0 };
	if (list->by_url && !tshard_section(s, "DOCID"))
		return err_set(err, EXIT_DATA,
		    "%s: the shard stores no URLs: name documents by id, or mix the run "
		    "without --no-ids",
		    tshard_prefix(s));
	/* With a flipped bit, a document could have another id or URL, and stay. */
	if (tshard_check(s, list->by_url ? "DOC DOCID" : "DOC", &e) < 0)
		return err_tshard(err, &e);
	out->bit = xcalloc((size_t)(docs / 8) + 1, 1);
	for (uint64_t row = 0; row < docs && rc == 0; row += ROWS)
		rc = find_rows(s, list, row,
		    docs - row < ROWS ? (size_t)(docs - row) : ROWS, found, ctx, out,
		    err);
	if (rc == 0 && out->n > 0 && tshard_check(s, "DOCID? SEGIDX? SEG? SRC", &e) < 0)
		rc = err_tshard(err, &e);
	return rc;
}

void
document_rows_free(struct document_rows *r)
{
	free(r->bit);
	r->bit = NULL;
}

void
put_flag_words(struct buf *b, uint8_t flags, bool taken_down)
{
	static const struct {
		uint8_t flag;
		const char *word;
	} v[] = { { TSHARD_SEG_PAD, "pad" }, { TSHARD_SEG_NO_LOSS, "no-loss" },
		{ TSHARD_SEG_FIM_PSM, "fim-psm" }, { TSHARD_SEG_FIM_SPM, "fim-spm" } };
	const char *comma = "";

	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		if (flags & v[i].flag) {
			buf_putf(b, "%s%s", comma, v[i].word);
			comma = ",";
		}
	if (taken_down)
		buf_putf(b, "%staken-down", comma);
}
