/* encode_sink.c - write encoded documents to a shard, or as lines of ids or pieces. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "shards/tshard_err.h"
#include "tok/encode.h"
#include "tok/encode_meta.h"

enum { BLOCK = 1 << 16 }; /* ids that are copied at a time */

/* Write n ids of a document, the first of which has number `at`. */
static int
put_block(struct encode *e, const uint32_t *ids, size_t n, uint64_t at,
    struct json_writer *w, struct err *err)
{
	struct tshard_error te = { 0 };

	if (e->writer)
		return tshard_writer_put(e->writer, ids, n, &te) < 0
			   ? err_tshard(err, &te)
			   : 0;
	if (e->pieces)
		put_pieces(&e->model, ids, n, w);
	else
		put_ids(ids, n, at == 0, &e->lines.raw);
	return lines_out_flush(&e->lines, err);
}

static int
put_tokens(struct encode *e, struct tokens *t, struct json_writer *w, struct err *err)
{
	uint32_t *ids;
	int rc = 0;

	if (t->file.fd < 0)
		return put_block(e, t->id, t->n, 0, w, err);
	ids = xmalloc(BLOCK * sizeof *ids);
	for (uint64_t at = 0, n; rc == 0 && at < t->n; at += n) {
		n = t->n - at < BLOCK ? t->n - at : BLOCK;
		rc = id_file_get(&t->file, at, ids, n, err);
		if (rc < 0)
			break;
		t->byte_tokens += stats_use(&e->stats, ids, n);
		rc = put_block(e, ids, n, at, w, err);
	}
	free(ids);
	return rc;
}

/* Write the targets, the pair and the labels of a row. */
static int
write_align(struct encode *e, struct doc *d, const struct tokens *t, uint16_t rank,
    struct tshard_error *te)
{
	const struct tshard_pair pair = { doc_ordinal(d), t->prompt_tokens, rank };

	for (size_t i = 0; i < t->n_ranges; i++)
		if (tshard_writer_targets(e->writer, (uint32_t)t->range[i].from,
			(uint32_t)t->range[i].to, te) < 0)
			return -1;
	if (e->chat.pairs && tshard_writer_pair(e->writer, &pair, te) < 0)
		return -1;
	if (e->chat.n_labels == 0)
		return 0;
	return tshard_writer_label(e->writer, (uint32_t)t->n - 1, t->label, te);
}

static int
write_doc(
    struct encode *e, struct doc *d, struct tokens *t, uint16_t rank, struct err *err)
{
	struct tshard_doc row = {
		.ordinal = doc_ordinal(d), .number = t->number, .flags = t->flags
	};
	struct span id = doc_id(d), url = { NULL, 0 };
	struct tshard_error te = { 0 };

	doc_str(d, SPAN("url"), &url);
	row.language = t->language;
	if (put_tokens(e, t, NULL, err) < 0)
		return -1;
	if (e->chat.name && write_align(e, d, t, rank, &te) < 0)
		return err_tshard(err, &te);
	if (tshard_writer_end_doc(e->writer, &row, id.p, id.n, url.p, url.n, &te) < 0)
		return err_tshard(err, &te);
	return 0;
}

static int
write_line(struct encode *e, struct tokens *t, struct err *err)
{
	struct json_writer w = { .out = &e->lines.raw };

	if (e->pieces)
		jw_array(&w);
	if (put_tokens(e, t, &w, err) < 0)
		return -1;
	if (e->pieces)
		jw_end(&w);
	buf_putc(&e->lines.raw, '\n');
	return lines_out_flush(&e->lines, err);
}

/* Count a row that is written. */
static void
count_row(struct encode *e, struct doc *d, const struct tokens *t)
{
	const struct token_counts c = { .documents = 1,
		.text_bytes = t->text_bytes,
		.tokens = t->n,
		.byte_tokens = t->byte_tokens,
		.unknown = t->unknown };
	struct span source;
	char language[4];

	e->tokens += t->n;
	e->targets += t->targets;
	e->losses.unknown += t->unknown;
	e->losses.changed += t->loss.changed;
	e->losses.newlines += t->loss.newlines;
	tshard_lang_name(t->language, language);
	if (!doc_str(d, SPAN("source"), &source))
		source = (struct span){ NULL, 0 };
	stats_add(&e->stats, language[0] ? span_of(language) : SPAN("und"), source, &c);
}

static int
encode_write(void *self, struct doc *d, struct err *err)
{
	struct encode *e = self;
	struct tokens *t = doc_state(d);
	uint16_t rank = 0;
	int rc = 0;

	for (struct tokens *row = t; row && rc == 0; row = row->next) {
		rc = e->writer ? write_doc(e, d, row, rank++, err)
			       : write_line(e, row, err);
		count_row(e, d, row);
	}
	tokens_close(t);
	e->docs++;
	return rc;
}

static int
commit_shard(struct encode *e, struct span report, struct err *err)
{
	struct tshard_error te = { 0 };
	struct tokenizer_facts facts = { &e->model, e->model_path, e->eod, e->add_bos,
		e->options.plain_symbols, e->tokenizer.ties };
	struct buf meta = { 0 };
	int rc;

	put_meta(&facts, report, &meta);
	rc = tshard_writer_meta(e->writer, meta.p, meta.n, &te);
	buf_free(&meta);
	if (rc == 0) {
		rc = tshard_writer_commit(e->writer, NULL, &te);
		e->writer = NULL;
	}
	return rc == 0 ? 0 : err_tshard(err, &te);
}

static int
encode_finish(void *self, struct span report, struct err *err)
{
	struct encode *e = self;
	struct span eod = SPAN("");

	if (e->eod != MODEL_NO_ID)
		eod = (struct span){ e->model.piece[e->eod].text,
			e->model.piece[e->eod].n };
	if ((e->writer ? commit_shard(e, report, err)
		       : lines_out_commit(&e->lines, err)) < 0)
		return -1;
	warn_of_losses(&e->losses, e->docs, &e->model, e->model_path);
	if (e->quiet || e->ids || e->pieces)
		return 0;
	if (e->chat.name)
		msg("%" PRIu64 " token%s, %" PRIu64 " of them trained, in %" PRIu64
		    " conversation%s",
		    e->tokens, plural(e->tokens), e->targets, e->docs, plural(e->docs));
	else if (e->eod != MODEL_NO_ID)
		msg("%" PRIu64 " token%s, %" PRIu64 " of them eod %" PRIu32
		    " '%.*s', one after each document",
		    e->tokens, plural(e->tokens), e->docs, e->eod, (int)eod.n, eod.p);
	else
		msg("%" PRIu64 " token%s in %" PRIu64 " document%s, no eod", e->tokens,
		    plural(e->tokens), e->docs, plural(e->docs));
	if (e->docs > 0)
		stats_print(&e->stats);
	return 0;
}

static void
encode_statistics(const void *self, struct json_writer *w)
{
	stats_put(&((const struct encode *)self)->stats, w);
}

const struct sink encode_sink = {
	.write = encode_write,
	.statistics = encode_statistics,
	.finish = encode_finish,
	.prefix = true,
};
