/* reshard_origin.c - SRC and META of an output of reshard: where its documents are from.
 */
#include <stdlib.h>

#include "lib/text/json.h"
#include "lib/text/json_writer.h"
#include "lib/text/utf8.h"
#include "shards/reshard.h"
#include "shards/tshard_err.h"

#define NO_ROW UINT32_MAX

int
reshard_open(const struct reshard_job *j, size_t i, unsigned flags, struct tshard **s,
    struct err *err)
{
	struct tshard_error e = { 0 };
	unsigned char digest[32];

	if (tshard_open(s, j->in[i].path, flags, &e) < 0)
		return err_tshard(err, &e);
	tshard_digest(*s, digest);
	if (memcmp(digest, j->in[i].digest, sizeof digest) == 0)
		return 0;
	err_set(err, EXIT_DATA,
	    "%s: the shard has changed since it was checked: run again",
	    tshard_prefix(*s));
	tshard_close(*s);
	*s = NULL;
	return -1;
}

size_t
reshard_source(struct reshard_job *j, const char *name)
{
	struct reshard_sources *s = &j->sources;
	uint64_t *number;
	bool fresh;

	if (j->t->source)
		name = j->t->source;
	number = table_put(&s->numbers, hash128(span_of(name), 0), &fresh);
	if (fresh) {
		GROW(s->v, s->n, s->cap);
		s->v[s->n] =
		    (struct reshard_source){ .name = xstrdup(name), .row = NO_ROW };
		*number = s->n++;
	}
	return (size_t)*number;
}

void
reshard_sources_free(struct reshard_sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].name);
	free(s->v);
	table_free(&s->numbers);
}

/* ---- META ---- */

/* Append the value of a field of a JSON object on one line; nothing if there is none. */
static void
put_field(struct span json, const char *key, struct buf *out)
{
	struct json_error wrong;
	struct json_fields m = { 0 };
	struct arena mem = { 0 };

	if (utf8_valid(json) && !memchr(json.p, '\n', json.n) &&
	    json_scan(json, &m, &mem, &wrong) >= 0)
		for (size_t i = 0; i < m.n; i++)
			if (span_eq(m.v[i].key, span_of(key)))
				buf_put(out, m.v[i].value.p, m.v[i].value.n);
	arena_free(&mem);
	free(m.v);
}

int
reshard_meta_field(
    const struct tshard *s, const char *key, struct buf *out, struct err *err)
{
	struct tshard_error e = { 0 };
	char *meta;
	size_t n;

	if (tshard_meta(s, &meta, &n, &e) < 0)
		return err_tshard(err, &e);
	put_field((struct span){ meta, n }, key, out);
	free(meta);
	return 0;
}

/* META of the current output, and the provenance of inputs that it already contains. */
struct origin_meta {
	struct buf text;
	struct json_writer w;
	struct hash128 *known;
	size_t n, cap, bytes;
	struct buf one; /* provenance of one input */
};

static void
begin_meta(struct origin_meta *m)
{
	m->w.out = &m->text;
	jw_object(&m->w);
	jw_object(jw_key(&m->w, "provenance"));
	jw_text(jw_key(&m->w, "command"), "reshard");
	jw_array(jw_key(&m->w, "inputs"));
}

/*
 * Embed the provenance of an input: whole if it is new and fits, else its hash.  As in
 * reports, it must not grow without limit over many stages and inputs.
 */
static void
put_provenance(struct origin_meta *m)
{
	enum { ROOM = 64 << 10 };
	struct hash128 h = hash128(buf_span(&m->one), 0);
	bool known = m->one.n > ROOM - m->bytes;
	char hex[33];

	for (size_t i = 0; i < m->n && !known; i++)
		known = m->known[i].lo == h.lo && m->known[i].hi == h.hi;
	if (known) {
		hash128_hex(h, hex);
		jw_text(jw_key(&m->w, "provenance_xxh3_128"), hex);
		return;
	}
	jw_raw(jw_key(&m->w, "provenance"), buf_span(&m->one));
	GROW(m->known, m->n, m->cap);
	m->known[m->n++] = h;
	m->bytes += m->one.n;
}

static int
put_input(struct origin_meta *m, const struct reshard_input *in, const struct tshard *s,
    struct err *err)
{
	char hex[65];

	m->one.n = 0;
	if (reshard_meta_field(s, "provenance", &m->one, err) < 0)
		return -1;
	tshard_hex(in->digest, sizeof in->digest, hex);
	jw_object(&m->w);
	jw_text(jw_key(&m->w, "digest"), hex);
	jw_text(jw_key(&m->w, "name"), in->name);
	if (m->one.n > 0)
		put_provenance(m);
	jw_end(&m->w);
	return 0;
}

static void
end_meta(struct origin_meta *m, const struct reshard_job *j)
{
	jw_end(&m->w);
	jw_object(jw_key(&m->w, "options"));
	opt_report(j->options, &m->w);
	jw_end(&m->w);
	jw_text(jw_key(&m->w, "tamis"), VERSION);
	jw_end(&m->w);
	if (j->tokenizer.n > 0)
		jw_raw(jw_key(&m->w, "tokenizer"), buf_span(&j->tokenizer));
	jw_end(&m->w);
}

/* ---- SRC ---- */

/* The sources of an output, and their parts in the order of the inputs. */
struct origin {
	struct tshard_source *src;
	size_t n, cap;
	struct origin_part {
		uint32_t row; /* of SRC */
		struct tshard_part part;
	} * part;
	size_t n_parts, part_cap;
	struct origin_meta meta;
};

/* Count the documents of each source in rows [from, to) of a shard. */
static int
count_documents(
    const struct tshard *s, uint64_t from, uint64_t to, uint64_t *docs, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_doc_iter *it;
	struct tshard_error e = { 0 };
	struct tshard_doc d;
	int more;

	for (uint32_t i = 0; i < h->n_sources; i++)
		docs[i] = tshard_sources(s)[i].samples;
	if (from == 0 && to == h->docs)
		return 0;
	memset(docs, 0, h->n_sources * sizeof *docs);
	if (tshard_doc_iter_open(&it, s, from, to - from, &e) < 0)
		return err_tshard(err, &e);
	while ((more = tshard_doc_iter_next(it, &d, &e)) > 0)
		docs[d.source]++;
	tshard_doc_iter_close(it);
	return more < 0 ? err_tshard(err, &e) : 0;
}

/* Whether the last part is of this source and input, as those of --source can be. */
static bool
continues_part(const struct origin *o, uint32_t row, const struct reshard_input *in)
{
	const struct origin_part *last = o->n_parts > 0 ? &o->part[o->n_parts - 1] : NULL;

	return last && last->row == row && last->part.name == in->name;
}

/* Add `docs` documents of a source of an input. */
static void
add_part(struct reshard_job *j, struct origin *o, const char *source,
    const struct reshard_input *in, uint64_t docs)
{
	size_t number = reshard_source(j, source);
	struct reshard_source *known = &j->sources.v[number];
	struct tshard_source *src;

	if (known->row == NO_ROW) {
		known->row = (uint32_t)o->n;
		GROW(o->src, o->n, o->cap);
		o->src[o->n++] =
		    (struct tshard_source){ .name = known->name, .weight = 1000000000 };
	}
	src = &o->src[known->row];
	if (docs > 0 && !continues_part(o, known->row, in)) {
		struct origin_part part = { .row = known->row,
			.part = { .name = in->name, .first_row = src->samples } };

		memcpy(part.part.digest, in->digest, sizeof part.part.digest);
		GROW(o->part, o->n_parts, o->part_cap);
		o->part[o->n_parts++] = part;
		src->n_parts++;
	}
	src->samples += docs; /* the writer counts them itself */
}

/* Add rows [from, to) of input i. */
static int
add_input(struct reshard_job *j, struct origin *o, size_t i, uint64_t from, uint64_t to,
    struct err *err)
{
	struct tshard *s;
	uint64_t *docs = NULL;
	uint32_t n;
	int rc;

	if (reshard_open(j, i, 0, &s, err) < 0)
		return -1;
	n = tshard_header(s)->n_sources;
	docs = xcalloc((size_t)n + 1, sizeof *docs);
	rc = count_documents(s, from, to, docs, err);
	for (uint32_t k = 0; k < n && rc == 0; k++)
		add_part(j, o, tshard_sources(s)[k].name, &j->in[i], docs[k]);
	if (rc == 0)
		rc = put_input(&o->meta, &j->in[i], s, err);
	free(docs);
	tshard_close(s);
	return rc;
}

/* Set SRC: the parts of each source follow one another. */
static int
set_sources(const struct origin *o, struct tshard_writer *w, struct err *err)
{
	struct tshard_part *parts = xcalloc(o->n_parts + 1, sizeof *parts);
	size_t *at = xcalloc(o->n + 1, sizeof *at), next = 0;
	struct tshard_error e = { 0 };
	int rc = 0;

	for (size_t i = 0; i < o->n; i++) {
		o->src[i].parts = parts + next;
		at[i] = next;
		next += o->src[i].n_parts;
	}
	for (size_t i = 0; i < o->n_parts; i++)
		parts[at[o->part[i].row]++] = o->part[i].part;
	if (o->n > UINT16_MAX)
		rc = err_set(err, EXIT_DATA,
		    "%zu sources, a shard has at most 65535: name one with --source",
		    o->n);
	else if (tshard_writer_sources(w, o->src, o->n, &e) < 0)
		rc = err_tshard(err, &e);
	free(parts);
	free(at);
	return rc;
}

int
reshard_origin(struct reshard_job *j, size_t k, struct tshard_writer *w, struct err *err)
{
	const struct reshard_cut *begin = &j->cut[k], *end = &j->cut[k + 1];
	struct origin o = { .n = 0 };
	struct tshard_error e = { 0 };
	int rc = 0;

	for (size_t i = 0; i < j->sources.n; i++)
		j->sources.v[i].row = NO_ROW;
	begin_meta(&o.meta);
	for (size_t i = begin->input; rc == 0 && i < j->n_in; i++) {
		uint64_t from = i == begin->input ? begin->row : 0;
		uint64_t to = i == end->input ? end->row : j->in[i].docs;

		if (i > end->input || (i == end->input && to == 0))
			break;
		rc = add_input(j, &o, i, from, to, err);
	}
	end_meta(&o.meta, j);
	if (rc == 0)
		rc = set_sources(&o, w, err);
	if (rc == 0 && tshard_writer_meta(w, o.meta.text.p, o.meta.text.n, &e) < 0)
		rc = err_tshard(err, &e);
	free(o.src);
	free(o.part);
	free(o.meta.known);
	buf_free(&o.meta.text);
	buf_free(&o.meta.one);
	return rc;
}
