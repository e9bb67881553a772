/* where.c - find the document of a token, and the tokens of documents. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/io/stream.h"
#include "lib/text/json_writer.h"
#include "shards/documents.h"
#include "shards/each_shard.h"
#include "shards/printable.h"
#include "shards/tshard_err.h"

struct where {
	struct opt_list id, url, domain;
	const char *list, *positions;
	unsigned kind;
	bool json;
};

static const struct where defaults = { .kind = DOC_BY_LINE };

static const struct opt opts[] = {
	OPT_LIST(0, "id", struct where, id, "ID", "find the tokens of this document"),
	OPT_LIST(0, "url", struct where, url, "URL", "find those of documents from here"),
	OPT_LIST(0, "domain", struct where, domain, "DOMAIN",
	    "find those of documents from this domain, and from domains below it"),
	OPT_STR(0, "list", struct where, list, "FILE",
	    "find those of documents that a file names, one per line"),
	OPT_ENUM(0, "kind", struct where, kind, DOC_NAME_KINDS,
	    "what the lines of --list are; default: each begins with its kind"),
	OPT_STR(0, "positions", struct where, positions, "FILE",
	    "read SAMPLE:POSITION from a file, one per line"),
	OPT_BOOL(0, "json", struct where, json, "print one JSON object per line"),
	OPT_END,
};

enum { MOST_BYTES = 1 << 30 };

/* The sections that tell which document a token is of. */
#define ROWS "SEGIDX? SEG? DOC DOCID? SRC"

struct token_finder {
	const struct where *t;
	struct doc_list list;
	uint64_t *hits;	      /* rows of DOC, for each entry of the list */
	bool no_ids;	      /* a shard stores no ids */
	struct doc_list gone; /* the tombstones of the run */
	struct buf out;

	/* The shard of the last position: positions are often close to each other. */
	const char *path;
	struct tshard_run *run; /* NULL: path is a shard */
	struct tshard *s;
	size_t no;     /* its line in run.tsv */
	bool *checked; /* for each line: the rows of the shard are right */
};

static int
flush(struct token_finder *f, struct err *err)
{
	size_t n = f->out.n;

	f->out.n = 0;
	if (n > 0 && fwrite(f->out.p, 1, n, stdout) != n)
		return err_errno(err, "cannot write standard output");
	return 0;
}

/* ---- output ---- */

/* token: at `position` of the sample; or TSHARD_NONE for the whole range. */
static void
put_json(struct token_finder *f, const struct document_range *r, const struct document *d,
    uint64_t position, uint32_t token)
{
	struct json_writer w = { .out = &f->out };
	char hash[33];
	struct buf flags = { 0 };

	jw_object(&w);
	jw_u64(jw_key(&w, "sample"), r->sample);
	if (token != TSHARD_NONE) {
		jw_u64(jw_key(&w, "position"), position);
		jw_u64(jw_key(&w, "token"), token);
	}
	jw_u64(jw_key(&w, "first"), r->first);
	jw_u64(jw_key(&w, "last"), r->last);
	jw_text(jw_key(&w, "source"), d->source);
	if (!(r->flags & TSHARD_SEG_PAD)) {
		tshard_hex(d->d.id_hash, 16, hash);
		if (d->id && !d->taken_down)
			jw_text(jw_key(&w, "id"), d->id);
		jw_text(jw_key(&w, "id_hash"), hash);
		if (d->url && *d->url)
			jw_text(jw_key(&w, "url"), d->url);
		jw_u64(jw_key(&w, "ordinal"), d->d.ordinal);
		jw_u64(jw_key(&w, "offset"),
		    r->offset + (token != TSHARD_NONE ? position - r->first : 0));
	}
	jw_u64(jw_key(&w, "epoch"), r->epoch);
	put_flag_words(&flags, r->flags, d->taken_down);
	jw_str(jw_key(&w, "flags"), buf_span(&flags));
	jw_end(&w);
	buf_putc(&f->out, '\n');
	buf_free(&flags);
}

static void
put_line(struct token_finder *f, const struct document_range *r, const struct document *d,
    uint64_t position, uint32_t token)
{
	struct buf *b = &f->out;

	buf_putf(b, "%" PRIu64 "\t", r->sample);
	if (token != TSHARD_NONE)
		buf_putf(b, "%" PRIu64 "\t%" PRIu32 "\t", position, token);
	else
		buf_putf(b, "%" PRIu32 "\t%" PRIu32 "\t", r->first, r->last);
	put_printable(b, d->source);
	buf_putc(b, '\t');
	put_printable(b, d->id ? d->id : "");
	buf_putc(b, '\t');
	put_printable(b, d->url ? d->url : "");
	if (r->flags & TSHARD_SEG_PAD)
		buf_puts(b, "\t\t");
	else
		buf_putf(b, "\t%" PRIu64 "\t%" PRIu64, d->d.ordinal,
		    r->offset + (token != TSHARD_NONE ? position - r->first : 0));
	buf_putf(b, "\t%u\t", r->epoch);
	put_flag_words(b, r->flags, d->taken_down);
	buf_putc(b, '\n');
}

static int
put_range(struct token_finder *f, const struct tshard *s, const struct document_range *r,
    uint64_t position, uint32_t token, struct err *err)
{
	struct document d = { .source = tshard_sources(s)[r->source].name };

	if (!(r->flags & TSHARD_SEG_PAD) && document_get(s, r->row, &d, err) < 0)
		return -1;
	f->no_ids |= !d.id && !(r->flags & TSHARD_SEG_PAD);
	if (!d.id && r->flags & TSHARD_SEG_NO_LOSS)
		d.taken_down = doc_list_match(&f->gone, hash128_of(d.d.id_hash),
				   (struct span){ "", 0 }, NULL, NULL) > 0;
	(f->t->json ? put_json : put_line)(f, r, &d, position, token);
	document_free(&d);
	return flush(f, err);
}

static void
put_head(struct token_finder *f, const char *columns)
{
	if (!f->t->json)
		buf_putf(&f->out,
		    "sample\t%s\tsource\tid\turl\tordinal\toffset\tepoch\tflags\n",
		    columns);
}

/* ---- from a token to its document ---- */

/* Open the shard of a sample; *local is the number of the sample in it. */
static int
find_shard(struct token_finder *f, uint64_t sample, uint64_t *local, struct err *err)
{
	const struct tshard_header *h;
	struct tshard_error e = { 0 };
	size_t no;

	if (f->run) {
		if (tshard_run_find(f->run, sample, &no, local) < 0)
			return err_set(err, EXIT_DATA,
			    "%s: sample %" PRIu64 " does not exist: the run has %" PRIu64,
			    f->path, sample, tshard_run_samples(f->run));
		if (f->s && f->no == no)
			return 0;
		tshard_close(f->s);
		f->s = NULL;
		f->no = no;
		if (tshard_run_shard(f->run, no, TSHARD_CHECK, &f->s, &e) < 0 ||
		    (!f->checked[no] && tshard_check(f->s, ROWS, &e) < 0))
			return err_tshard(err, &e);
		f->checked[no] = true;
		return 0;
	}
	h = tshard_header(f->s);
	*local = sample - h->first_sample;
	if (sample >= h->first_sample &&
	    *local < (h->kind == TSHARD_DOCS ? h->docs : h->samples))
		return 0;
	return err_set(err, EXIT_DATA,
	    "%s: %s %" PRIu64 " does not exist: the shard has %" PRIu64 ", from %" PRIu64
	    " on",
	    tshard_prefix(f->s), h->kind == TSHARD_DOCS ? "document" : "sample", sample,
	    h->kind == TSHARD_DOCS ? h->docs : h->samples, h->first_sample);
}

static int
find_token(struct token_finder *f, uint64_t sample, uint64_t position, struct err *err)
{
	struct tshard_error e = { 0 };
	struct document_range r;
	uint64_t local, first;
	uint32_t token, n;

	if (find_shard(f, sample, &local, err) < 0 ||
	    document_at(f->s, local, position, &r, err) < 0)
		return -1;
	first = local * tshard_header(f->s)->seq_len;
	if ((tshard_header(f->s)->kind == TSHARD_DOCS &&
		tshard_doc_at(f->s, local, &first, &n, &e) < 0) ||
	    tshard_tokens(f->s, first + position, 1, &token, &e) < 0)
		return err_tshard(err, &e);
	return put_range(f, f->s, &r, position, token, err);
}

/* SAMPLE:POSITION, both in decimal digits.  code: of the error. */
static int
find_text(struct token_finder *f, struct span s, int code, struct err *err)
{
	char text[64] = "", *colon;
	uint64_t sample, position;

	if (s.n < sizeof text)
		memcpy(text, s.p, s.n);
	colon = strchr(text, ':');
	if (colon)
		*colon = '\0';
	if (!colon || num_u64(text, &sample) || num_u64(colon + 1, &position))
		return err_set(err, code,
		    "'%.*s': not a token: write SAMPLE:POSITION, both counted from 0",
		    s.n < 100 ? (int)s.n : 100, s.p);
	return find_token(f, sample, position, err);
}

static int
find_lines(struct token_finder *f, struct err *err)
{
	const char *name =
	    strcmp(f->t->positions, "-") == 0 ? "standard input" : f->t->positions;
	struct buf text = { 0 }, place = { 0 };
	int rc = file_get(f->t->positions, MOST_BYTES, &text, err);
	struct span rest = buf_span(&text);

	for (size_t no = 1; rc == 0 && rest.n > 0; no++) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		struct span line = span_trim((struct span){ rest.p, n });

		rest = span_from(rest, end ? n + 1 : n);
		if (line.n > 0)
			rc = find_text(f, line, EXIT_DATA, err);
		if (rc < 0) {
			buf_putf(&place, "%s:%zu", name, no);
			buf_putc(&place, '\0');
			err_prefix(err, place.p);
		}
	}
	buf_free(&text);
	buf_free(&place);
	return rc;
}

static int
find_tokens(struct token_finder *f, int n, char **position, struct err *err)
{
	struct tshard_error e = { 0 };
	struct stat st;
	int rc = 0;

	if (stat(f->path, &st) == 0 && S_ISDIR(st.st_mode)
		? tshard_run_open(&f->run, f->path, &e) < 0
		: tshard_open(&f->s, f->path, TSHARD_CHECK, &e) < 0 ||
		      tshard_check(f->s, ROWS, &e) < 0) {
		tshard_close(f->s);
		return err_tshard(err, &e);
	}
	if (f->run)
		f->checked = xcalloc(tshard_run_shards(f->run) + 1, sizeof *f->checked);
	put_head(f, "position\ttoken");
	for (int i = 0; i < n && rc == 0; i++)
		rc = find_text(f, span_of(position[i]), EXIT_USAGE, err);
	if (rc == 0 && f->t->positions)
		rc = find_lines(f, err);
	free(f->checked);
	tshard_close(f->s);
	tshard_run_close(f->run);
	return rc;
}

/* ---- from documents to tokens ---- */

static void
count_hit(void *ctx, size_t entry)
{
	((struct token_finder *)ctx)->hits[entry]++;
}

static int
put_rows(struct token_finder *f, const struct tshard *s, const struct document_rows *rows,
    struct err *err)
{
	struct document_range r;
	int rc = 0;

	for (uint64_t i = 0; i < tshard_header(s)->docs && rc == 0; i++) {
		if (!document_rows_has(rows, (uint32_t)i))
			continue;
		rc = document_at(s, i, 0, &r, err);
		if (rc == 0)
			rc = put_range(f, s, &r, 0, TSHARD_NONE, err);
	}
	return rc;
}

static int
put_segments(struct token_finder *f, const struct tshard *s,
    const struct document_rows *rows, struct err *err)
{
	struct tshard_sample_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_sample sample;
	int more = -1, rc = 0;

	if (tshard_sample_iter_open(&it, s, 0, tshard_header(s)->samples, &e) == 0)
		while (rc == 0 &&
		       (more = tshard_sample_iter_next(it, &sample, NULL, &e)) > 0)
			for (uint32_t i = 0; i < sample.n_segs && rc == 0; i++) {
				const struct tshard_seg *g = &sample.segs[i];
				const struct document_range r = { .sample = sample.number,
					.first = g->start,
					.last = g[1].start - 1,
					.row = g->row,
					.offset = g->offset,
					.epoch = g->epoch,
					.flags = g->flags,
					.source = g->source };

				if (!(g->flags & TSHARD_SEG_PAD) &&
				    document_rows_has(rows, g->row))
					rc = put_range(f, s, &r, 0, TSHARD_NONE, err);
			}
	tshard_sample_iter_close(it);
	return more < 0 ? err_tshard(err, &e) : rc;
}

static int
find_in_shard(void *ctx, const struct tshard *s, struct err *err)
{
	struct token_finder *f = ctx;
	struct document_rows rows;
	int rc = documents_find(s, &f->list, count_hit, f, &rows, err);

	if (rc == 0 && rows.n > 0)
		rc = tshard_header(s)->kind == TSHARD_DOCS
			 ? put_rows(f, s, &rows, err)
			 : put_segments(f, s, &rows, err);
	document_rows_free(&rows);
	return rc;
}

static int
find_documents(struct token_finder *f, struct err *err)
{
	int rc;

	f->hits = xcalloc(f->list.n + 1, sizeof *f->hits);
	put_head(f, "first\tlast");
	rc = each_shard(f->path, 0, find_in_shard, f, err);
	if (rc == 0)
		rc = flush(f, err);
	for (size_t i = 0; i < f->list.n && rc >= 0; i++)
		if (f->hits[i] == 0) {
			msg(doc_list_covers(&f->gone, &f->list.v[i])
				? "%s: documents with %s '%s' were taken down"
				: "%s: no token of a document with %s '%s'",
			    f->path, doc_name_words[f->list.v[i].kind],
			    f->list.v[i].value);
			rc = EXIT_NO;
		}
	return rc;
}

/* ---- together ---- */

static int
make_list(struct token_finder *f, struct err *err)
{
	const struct where *t = f->t;
	const struct opt_list *const named[] = { &t->id, &t->url, &t->domain };

	for (int k = DOC_BY_ID; k <= DOC_BY_DOMAIN; k++)
		for (size_t i = 0; i < named[k]->n; i++)
			if (doc_list_add(&f->list, (enum doc_name_kind)k,
				span_of(named[k]->v[i]), err) < 0)
				return -1;
	if (!t->list)
		return 0;
	if (doc_list_read(&f->list, t->list, (enum doc_name_kind)t->kind, err) < 0)
		return -1;
	if (f->list.n == 0)
		return err_set(err, EXIT_DATA, "%s: names no document",
		    strcmp(t->list, "-") == 0 ? "standard input" : t->list);
	return 0;
}

/* A run of takedown has lost documents, of which it stores no URLs. */
static int
read_gone(struct token_finder *f, struct err *err)
{
	struct buf path = { 0 };
	int rc = 0;

	buf_path(&path, f->path, TOMBSTONES);
	if (access(path.p, F_OK) == 0)
		rc = doc_list_read(&f->gone, path.p, DOC_BY_LINE, err);
	buf_free(&path);
	return rc;
}

static int
check_options(const struct where *t, bool by_name, int n, struct err *err)
{
	if (n == 0)
		return err_set(
		    err, EXIT_USAGE, "no PATH: name a shard or the directory of a run");
	if (by_name && (n > 1 || t->positions))
		return err_set(err, EXIT_USAGE,
		    "tokens and documents cannot be looked up at once: name either");
	if (!by_name && n == 1 && !t->positions)
		return err_set(err, EXIT_USAGE,
		    "nothing to look up: name a token by SAMPLE:POSITION, or a document "
		    "by --id, --url, --domain or --list");
	if (t->kind != DOC_BY_LINE && !t->list)
		return err_set(err, EXIT_USAGE,
		    "--kind: says what the lines of --list are: name the list");
	return 0;
}

static int
where_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct where *t = self;
	struct token_finder f = { .t = t };
	bool by_name = t->id.n > 0 || t->url.n > 0 || t->domain.n > 0 || t->list;
	int rc;

	if (check_options(t, by_name, n, err) < 0)
		return -1;
	f.path = operand[n - 1];
	rc = make_list(&f, err);
	if (rc == 0)
		rc = read_gone(&f, err);
	if (rc == 0)
		rc = by_name ? find_documents(&f, err)
			     : find_tokens(&f, n - 1, operand, err);
	if (rc >= 0 && f.no_ids)
		warning("%s: stores no ids and URLs: mix without --no-ids to store them; "
			"'ordinal' is the row in the source",
		    f.path);
	doc_list_free(&f.list);
	doc_list_free(&f.gone);
	free(f.hits);
	buf_free(&f.out);
	return rc;
}

const struct tool tool_where = {
	.name = "where",
	.summary = "find the document of a token, and the tokens of documents",
	.example = "tamis where 17:203 shards/",
	.operands = "SAMPLE:POSITION... PATH",
	.common = "",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = where_run,
};
