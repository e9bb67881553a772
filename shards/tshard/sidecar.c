/* sidecar.c - write .sdx, and rewrite that of a finished shard for a longer run. */
#include "shards/tshard/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- writing ---- */

static int
hash_sink(void *ctx, const unsigned char *p, size_t n, struct tshard_error *e)
{
	(void)e;
	tsi_hasher_add(ctx, p, n);
	return 0;
}

static int
lay_out(struct tsi_hasher *hash, struct tsi_sdx_section *v, size_t n,
    struct tshard_header *h, struct tshard_error *e)
{
	uint64_t at = TSI_HEADER + n * TSI_ENTRY;

	for (size_t i = 0; i < n; i++) {
		at = (at + TSI_ENTRY - 1) / TSI_ENTRY * TSI_ENTRY;
		v[i].t.offset = at;
		at += v[i].t.bytes;
		tsi_hasher_reset(hash);
		for (int k = 0; k < 2; k++)
			if (tsi_spool_feed(&v[i].part[k], hash_sink, hash, e) < 0)
				return -1;
		v[i].t.xxh3 = tsi_hasher_64(hash);
	}
	h->n_sections = (uint32_t)n;
	h->sdx_bytes = (at + 7) / 8 * 8 + TSI_END;
	return 0;
}

struct sdx_out {
	int fd;
	const char *path;
};

static int
sdx_sink(void *ctx, const unsigned char *p, size_t n, struct tshard_error *e)
{
	const struct sdx_out *o = ctx;

	return tsi_write(o->fd, p, n, o->path, e);
}

int
tsi_sdx_write(const struct tshard_writer *w, struct tshard_header *h,
    struct tsi_sdx_section *v, size_t n, struct tshard_error *e)
{
	static const unsigned char zero[TSI_ENTRY];
	const char *path = w->tmp[TSI_SDX];
	unsigned char b[TSI_HEADER];
	uint64_t at = TSI_HEADER + n * TSI_ENTRY;
	int fd = w->fd[TSI_SDX];
	struct sdx_out out = { fd, path };

	if (lay_out(w->hash, v, n, h, e) < 0)
		return -1;
	tsi_header_put(h, b);
	if (tsi_write(fd, b, TSI_HEADER, path, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		tsi_entry_put(&v[i].t, b);
		if (tsi_write(fd, b, TSI_ENTRY, path, e) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (tsi_write(fd, zero, (size_t)(v[i].t.offset - at), path, e) < 0 ||
		    tsi_spool_feed(&v[i].part[0], sdx_sink, &out, e) < 0 ||
		    tsi_spool_feed(&v[i].part[1], sdx_sink, &out, e) < 0)
			return -1;
		at = v[i].t.offset + v[i].t.bytes;
	}
	tsi_end_put(h->sdx_bytes, b);
	if (tsi_write(fd, zero, (size_t)(h->sdx_bytes - TSI_END - at), path, e) < 0)
		return -1;
	return tsi_write(fd, b, TSI_END, path, e);
}

/* ---- rewriting ---- */

/* A shard whose sidecar is rewritten. */
struct rewrite {
	struct tshard *s;
	const struct tshard_facts *f;
	const struct tshard_source *src;
	size_t n_src;
	const char *meta;
	size_t meta_n;
	struct tsi_sdx_section *v;
	struct tsi_vec *bytes; /* of the sections */
};

/* SRC of the longer run; the shard's own tokens and samples stay. */
static int
put_sources(const struct rewrite *r, struct tsi_vec *out, struct tshard_error *e)
{
	if (tsi_src_put(out, r->src, r->n_src, e) < 0)
		return -1;
	for (uint32_t i = 0; i < r->s->h.n_sources; i++)
		tsi_src_count(out, i, r->s->src[i].tokens, r->s->src[i].samples);
	return 0;
}

/* A section as it is, compared with its checksum. */
static int
copy_section(const struct tshard *s, const struct tshard_section *sec,
    struct tsi_hasher *hash, struct tsi_vec *out, struct tshard_error *e)
{
	unsigned char *to = tsi_vec_more(out, (size_t)sec->bytes);

	if (!to && sec->bytes > 0)
		return tsi_nomem(e);
	if (tshard_section_read(s, sec, 0, to, (size_t)sec->bytes, e) < 0)
		return -1;
	tsi_hasher_reset(hash);
	tsi_hasher_add(hash, to, (size_t)sec->bytes);
	return tsi_hasher_64(hash) == sec->xxh3
		   ? 0
		   : tsi_fail(e, TSHARD_DATA,
			 "%s: byte %llu: the checksum of section %s differs: use an "
			 "intact copy",
			 s->path[TSI_SDX], (unsigned long long)sec->offset, sec->tag);
}

static int
collect(struct rewrite *r, struct tsi_hasher *hash, struct tshard_error *e)
{
	for (uint32_t i = 0; i < r->s->h.n_sections; i++) {
		struct tsi_sdx_section *v = &r->v[i];
		struct tsi_vec *b = &r->bytes[i];
		int rc;

		v->t = r->s->sec[i];
		if (strcmp(v->t.tag, "SRC") == 0) {
			rc = put_sources(r, b, e);
			v->t.count = r->n_src;
		} else if (strcmp(v->t.tag, "META") == 0) {
			rc = tsi_vec_put(b, r->meta, r->meta_n) < 0 ? tsi_nomem(e) : 0;
			v->t.count = r->meta_n;
		} else {
			rc = copy_section(r->s, &r->s->sec[i], hash, b, e);
		}
		if (rc < 0)
			return -1;
		v->part[0] = (struct tsi_spool){ .buf = *b };
		v->t.bytes = b->n;
	}
	return 0;
}

static int
publish(struct tshard_writer *w, struct tshard_error *e)
{
	int fd = w->fd[TSI_SDX];

	if (fsync(fd) < 0)
		return tsi_errno(e, "free disk space and try again", "%s: cannot sync",
		    w->tmp[TSI_SDX]);
	if (rename(w->tmp[TSI_SDX], w->path[TSI_SDX]) < 0)
		return tsi_errno(e, "check the directory", "%s: cannot rename to this",
		    w->path[TSI_SDX]);
	w->temporary[TSI_SDX] = false;
	tsi_temporary(w, TSI_SDX, 0);
	w->fd[TSI_SDX] = -1;
	if (close(fd) < 0)
		return tsi_errno(
		    e, "check the file system", "%s: cannot close", w->path[TSI_SDX]);
	return tsi_fsync_dir(w->path[TSI_SDX], e);
}

static int
write_again(struct rewrite *r, struct tshard_writer *w, struct tshard_error *e)
{
	const struct tshard_facts *f = r->f;
	struct tshard_header h = r->s->h;

	if (h.kind == TSHARD_DOCS || h.n_sources > r->n_src ||
	    h.first_sample != f->first_sample || h.shard_no != f->shard_no)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: not a shard of the longer run: report this bug",
		    w->path[TSI_SDX]);
	h.run_samples = f->run_samples;
	h.shard_count = f->shard_count;
	h.n_sources = (uint32_t)r->n_src;
	memcpy(h.plan, f->plan, sizeof h.plan);
	memcpy(h.run_id, f->run_id, sizeof h.run_id);
	if (collect(r, w->hash, e) < 0 || tsi_create(w, TSI_SDX, e) < 0 ||
	    tsi_sdx_write(w, &h, r->v, h.n_sections, e) < 0)
		return -1;
	return publish(w, e);
}

int
tshard_lengthen(const char *prefix, const struct tshard_facts *facts,
    const struct tshard_source *v, size_t n, const char *meta, size_t meta_n,
    struct tshard_error *e)
{
	struct rewrite r = {
		.f = facts, .src = v, .n_src = n, .meta = meta, .meta_n = meta_n
	};
	struct tshard_writer *w = tsi_writer_new(prefix, facts);
	int rc = -1;

	if (!w) {
		tsi_nomem(e);
		goto out;
	}
	if (tshard_open(&r.s, prefix, 0, e) < 0)
		goto out;
	r.v = calloc(r.s->h.n_sections, sizeof *r.v);
	r.bytes = calloc(r.s->h.n_sections, sizeof *r.bytes);
	rc = !r.v || !r.bytes ? tsi_nomem(e) : write_again(&r, w, e);
	for (uint32_t i = 0; r.bytes && i < r.s->h.n_sections; i++)
		free(r.bytes[i].p);
	free(r.v);
	free(r.bytes);
	tshard_close(r.s);
out:
	if (w)
		tsi_writer_free(w);
	return rc;
}
