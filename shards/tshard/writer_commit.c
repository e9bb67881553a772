/* writer_commit.c - write .idx and .sdx and publish the shard; .sdx commits it. */
#include "shards/tshard/writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- .idx ---- */

struct idx_out {
	int fd;
	const char *path;
	struct tsi_hasher *hash;
	unsigned char buf[1 << 16];
	size_t fill;
	uint64_t bytes;
};

static int
idx_flush(struct idx_out *o, struct tshard_error *e)
{
	int rc = tsi_write(o->fd, o->buf, o->fill, o->path, e);

	tsi_hasher_add(o->hash, o->buf, o->fill);
	o->bytes += o->fill;
	o->fill = 0;
	return rc;
}

static int
idx_sink(void *ctx, const unsigned char *p, size_t n, struct tshard_error *e)
{
	struct idx_out *o = ctx;

	if (n > sizeof o->buf - o->fill && idx_flush(o, e) < 0)
		return -1;
	memcpy(o->buf + o->fill, p, n);
	o->fill += n;
	return 0;
}

static int
write_idx(struct tshard_writer *w, const struct tshard_header *h,
    unsigned char idxhash[32], struct tshard_error *e)
{
	struct idx_out *o = calloc(1, sizeof *o);
	struct tsi_spool seg = { .buf = w->seg }, index = { .buf = w->segidx };
	bool docs = w->f.kind == TSHARD_DOCS;
	struct tsi_cursor segidx;
	struct tsi_walk walk;
	int rc = -1;

	if (!o)
		return tsi_nomem(e);
	memset(&walk, 0, sizeof walk);
	if (tsi_cursor_spool(
		&walk.rows, docs ? &w->doc : &seg, docs ? TSI_DOC : TSI_SEG, e) < 0 ||
	    tsi_cursor_spool(&segidx, &index, 8, e) < 0)
		goto out;
	if (tsi_create(w, TSI_IDX, e) < 0)
		goto out;
	o->fd = w->fd[TSI_IDX];
	o->path = w->tmp[TSI_IDX];
	o->hash = w->hash; /* the hash of the payload is in the header already */
	tsi_hasher_reset(o->hash);
	if (tsi_idx_feed(h, &walk, docs ? NULL : &segidx, idx_sink, o, e) < 0 ||
	    idx_flush(o, e) < 0)
		goto out;
	tsi_put64(idxhash, o->bytes);
	tsi_put64(idxhash + 8, 0);
	tsi_hasher_128(o->hash, idxhash + 16);
	rc = 0;
out:
	tsi_cursor_close(&walk.rows);
	free(o);
	return rc;
}

/* ---- .sdx ---- */

enum { CRITICAL = 1, MOST = 14 };

static void
add_spool(struct tsi_sdx_section *v, size_t *n, const char *tag,
    const struct tsi_spool *bytes, uint32_t elem, uint32_t flags)
{
	struct tsi_sdx_section *s = &v[(*n)++];

	memset(s, 0, sizeof *s);
	memcpy(s->t.tag, tag, strlen(tag));
	s->part[0] = *bytes;
	s->t.bytes = tsi_spool_bytes(bytes);
	s->t.elem_bytes = elem;
	s->t.flags = flags;
	if (elem > 0)
		s->t.count = s->t.bytes / elem;
}

static void
add(struct tsi_sdx_section *v, size_t *n, const char *tag, const struct tsi_vec *bytes,
    uint32_t elem, uint32_t flags)
{
	add_spool(v, n, tag, &(struct tsi_spool){ .buf = *bytes }, elem, flags);
}

static size_t
list_align(const struct tshard_writer *w, struct tsi_sdx_section *v)
{
	const struct tsi_align_out *a = &w->align;
	size_t n = 0;

	if (a->mask)
		add_spool(v, &n, "MASK", &a->bits, 1, CRITICAL);
	if (a->pairs)
		add_spool(v, &n, "PAIR", &a->pair, TSI_PAIR, CRITICAL);
	if (a->n_labels > 0) {
		add(v, &n, "LABEL", &a->names, 0, a->mask ? 0 : CRITICAL);
		v[n - 1].part[1] = a->label;
		v[n - 1].t.bytes += tsi_spool_bytes(&a->label);
		v[n - 1].t.count = a->n_rows;
	}
	return n;
}

/* FORMAT: in the order of tamis-shard(5). */
static size_t
list_sections(struct tshard_writer *w, const struct tsi_vec *idxhash,
    struct tsi_sdx_section v[MOST])
{
	size_t n = 0;

	add(v, &n, "IDXHASH", idxhash, 32, CRITICAL);
	add(v, &n, "BLKCRC", &w->crcs, 4, CRITICAL);
	if (w->f.kind != TSHARD_DOCS) {
		add(v, &n, "SEGIDX", &w->segidx, 8, CRITICAL);
		add(v, &n, "SEG", &w->seg, TSI_SEG, CRITICAL);
		add(v, &n, "NEXT", &w->next, 4, CRITICAL);
	}
	n += list_align(w, v + n);
	add_spool(v, &n, "DOC", &w->doc, TSI_DOC, 0);
	if (w->f.kind == TSHARD_DOCS || w->f.ids) {
		add_spool(v, &n, "DOCID", &w->text_at, 0,
		    w->f.kind == TSHARD_DOCS ? CRITICAL : 0);
		v[n - 1].part[1] = w->text;
		v[n - 1].t.bytes += tsi_spool_bytes(&w->text);
		v[n - 1].t.count = w->docs;
	}
	if (w->flagged)
		add_spool(v, &n, "DOCFLAG", &w->docflag, 1, 0);
	if (tsi_spool_bytes(&w->docnum) > 0) {
		add_spool(v, &n, "DOCNUM", &w->docnum, 0, 0);
		v[n - 1].t.count = w->docs;
	}
	add(v, &n, "SRC", &w->src, 0, 0);
	v[n - 1].t.count = w->n_sources;
	add(v, &n, "META", &w->meta, 1, 0);
	return n;
}

static int
write_sdx(struct tshard_writer *w, struct tshard_header *h, const struct tsi_vec *idxhash,
    struct tshard_error *e)
{
	struct tsi_sdx_section v[MOST];
	size_t n = list_sections(w, idxhash, v);

	return tsi_create(w, TSI_SDX, e) < 0 ? -1 : tsi_sdx_write(w, h, v, n, e);
}

/* ---- together ---- */

static void
fill_header(const struct tshard_writer *w, struct tshard_header *h)
{
	memset(h, 0, sizeof *h);
	h->major = 1;
	h->minor = w->align.set ? 2 : w->padded;
	h->bin_bytes = w->bin_bytes;
	h->kind = w->f.kind;
	h->encoding = w->width == 2 ? TSHARD_U16 : TSHARD_U32;
	h->bits_per_token = 8 * w->width;
	h->vocab = w->f.vocab;
	h->seq_len = w->f.seq_len;
	h->tokens = w->tokens;
	h->samples = w->samples;
	h->segments = w->segments;
	h->docs = w->docs;
	h->first_sample = w->f.first_sample;
	h->run_samples = w->f.run_samples;
	h->shard_no = w->f.shard_no;
	h->shard_count = w->f.shard_count;
	h->eod = w->f.eod;
	h->pad = w->f.pad;
	h->bos = w->f.bos;
	h->n_sources = (uint32_t)w->n_sources;
	tsi_hasher_128(w->hash, h->payload);
	memcpy(h->tokenizer, w->f.tokenizer, 32);
	memcpy(h->plan, w->f.plan, 32);
	memcpy(h->run_id, w->f.run_id, 16);
	h->seed = w->f.seed;
	h->loss_tokens = w->align.mask ? w->align.targets : w->loss_tokens;
}

static int
publish(struct tshard_writer *w, struct tshard_error *e)
{
	if (tsi_check_free(w, e) < 0)
		return -1;
	/* When replacing: without .sdx there is no shard, so a mixed one never appears.
	 */
	if (w->f.force && unlink(w->path[TSI_SDX]) < 0 && errno != ENOENT)
		return tsi_errno(e, "check the directory",
		    "%s: cannot remove the old shard", w->path[TSI_SDX]);
	for (int i = 0; i < 3; i++) {
		if (rename(w->tmp[i], w->path[i]) < 0)
			return tsi_errno(e, "check the directory",
			    "%s: cannot rename to this", w->path[i]);
		w->temporary[i] = false;
		tsi_temporary(w, i, 0);
	}
	return tsi_fsync_dir(w->path[TSI_SDX], e);
}

static int
sync_and_close(struct tshard_writer *w, struct tshard_error *e)
{
	for (int i = 0; i < 3; i++)
		if (fsync(w->fd[i]) < 0)
			return tsi_errno(
			    e, "check the file system", "%s: cannot sync", w->tmp[i]);
	for (int i = 0; i < 3; i++) {
		int fd = w->fd[i];

		w->fd[i] = -1;
		if (close(fd) < 0)
			return tsi_errno(
			    e, "check the file system", "%s: cannot close", w->tmp[i]);
	}
	return 0;
}

static int
finish(struct tshard_writer *w, struct tshard_error *e)
{
	unsigned char raw[32];
	struct tsi_vec idxhash = { .p = raw, .n = sizeof raw };

	if (w->broken || w->in_doc > 0 || w->in_sample > 0 || w->in_seg)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: the shard ends inside a document or sample: report this bug",
		    w->path[TSI_BIN]);
	if (w->n_sources == 0)
		return tsi_fail(e, TSHARD_DATA,
		    "%s: the shard has no sources: report this bug", w->path[TSI_BIN]);
	if (w->f.kind != TSHARD_DOCS && w->samples == 0 &&
	    tsi_vec_put(&w->segidx, (unsigned char[8]){ 0 }, 8) < 0)
		return tsi_nomem(e);
	if (w->f.kind == TSHARD_DOCS || w->f.ids) {
		unsigned char b[8];

		tsi_put64(b, tsi_spool_bytes(&w->text));
		if (tsi_spool_put(&w->text_at, b, 8, e) < 0)
			return -1;
	}
	if (tsi_align_finish(w, e) < 0)
		return -1;
	for (size_t i = 0; i < w->n_sources; i++)
		tsi_src_count(&w->src, i, w->src_tokens[i], w->src_samples[i]);
	if (tsi_writer_flush(w, e) < 0)
		return -1;
	fill_header(w, &w->h);
	if (write_idx(w, &w->h, raw, e) < 0 || write_sdx(w, &w->h, &idxhash, e) < 0)
		return -1;
	return sync_and_close(w, e);
}

int
tshard_writer_finish(struct tshard_writer *w, struct tshard_error *e)
{
	if (w->finished)
		return 0;
	if (finish(w, e) < 0) {
		w->broken = true;
		return -1;
	}
	w->finished = w->broken = true; /* nothing more can be put */
	tsi_writer_shrink(w);
	return 0;
}

int
tshard_writer_commit(
    struct tshard_writer *w, struct tshard_header *out, struct tshard_error *e)
{
	int rc = tshard_writer_finish(w, e);

	if (rc == 0)
		rc = publish(w, e);
	if (rc == 0 && out)
		*out = w->h;
	tsi_writer_free(w);
	return rc;
}
