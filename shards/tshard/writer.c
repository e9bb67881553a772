/* writer.c - begin a shard, stream its payload to disk, free the writer. */
#include "shards/tshard/writer.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Checksums are computed of SUM bytes at a time, which stay in the second-level cache.
 * PIECE bytes are written at a time.  A payload that is smaller is written like any file.
 * SPOOL bytes of a section are kept in memory.
 */
enum { SUM = 4 * TSI_BLOCK, PIECE = 8 * SUM, SPOOL = 4 << 20 };

int
tsi_writer_bad_use(struct tshard_writer *w, struct tshard_error *e, const char *what)
{
	return tsi_fail(e, TSHARD_DATA, "%s: document %llu, sample %llu: %s",
	    w->path[TSI_BIN], (unsigned long long)w->docs, (unsigned long long)w->samples,
	    what);
}

static int
check_facts(const char *prefix, const struct tshard_facts *f, struct tshard_error *e)
{
	const char *what = NULL;

	if (f->kind < TSHARD_DOCS || f->kind > TSHARD_REWARD)
		what = "kind must be DOCS, SAMPLES, SFT, PREF or REWARD";
	else if (f->vocab == 0 || f->vocab > 1u << 31)
		what = "vocab must be 1 to 2147483648";
	else if ((f->kind == TSHARD_DOCS) != (f->seq_len == 0))
		what = "seq_len must be 0 in DOCS, and above 0 in samples";
	else if (f->seq_len > INT32_MAX)
		what = "seq_len must be below 2147483648";
	else if ((f->eod != TSHARD_NONE && f->eod >= f->vocab) ||
		 (f->pad != TSHARD_NONE && f->pad >= f->vocab) ||
		 (f->bos != TSHARD_NONE && f->bos >= f->vocab))
		what = "eod, pad and bos must be below vocab, or none";
	else if (f->number && f->kind != TSHARD_DOCS)
		what = "only DOCS can have a number for each document";
	else if (f->number && !tsi_number_ok(f->number))
		what =
		    "the name of the documents' number must be 1 to 63 of A-Za-z0-9._/+-";
	else if (strlen(prefix) == 0 || prefix[strlen(prefix) - 1] == '/')
		what = "the prefix has no base name: name one like tok/en";
	return what ? tsi_fail(e, TSHARD_DATA, "%s: %s", prefix, what) : 0;
}

static int
make_names(struct tshard_writer *w, const char *prefix)
{
	char host[HOST_NAME_MAX + 1] = "localhost";

	gethostname(host, sizeof host - 1);
	for (char *s = host; *s != '\0'; s++)
		if (*s == '/')
			*s = '_';
	for (int i = 0; i < 3; i++) {
		w->path[i] = tsi_format("%s%s", prefix, tsi_ext[i]);
		w->tmp[i] = tsi_format(
		    "%s%s.%s.%ld.tmp", prefix, tsi_ext[i], host, (long)getpid());
		if (!w->path[i] || !w->tmp[i])
			return -1;
	}
	return 0;
}

/* In DOCS, most rows wait in files. */
static void
begin_spools(struct tshard_writer *w)
{
	struct tsi_spool *s[] = { &w->doc, &w->text_at, &w->text, &w->docflag,
		&w->docnum };

	for (size_t i = 0; i < sizeof s / sizeof *s; i++) {
		s[i]->most = w->f.kind == TSHARD_DOCS ? SPOOL : 0;
		s[i]->path = w->tmp[TSI_SDX];
	}
	tsi_align_begin(w, w->f.kind == TSHARD_DOCS ? SPOOL : 0);
}

/* DOCNUM starts with its name. */
static int
begin_number(struct tshard_writer *w, struct tshard_error *e)
{
	unsigned char name[TSI_NUMBER] = { 0 };

	if (!w->f.number)
		return 0;
	memcpy(name, w->f.number, strlen(w->f.number));
	w->f.number = NULL; /* the caller owns it; docnum is not empty from here on */
	return tsi_spool_put(&w->docnum, name, sizeof name, e);
}

void
tsi_temporary(const struct tshard_writer *w, int which, int there)
{
	if (w->f.temporary)
		w->f.temporary(w->tmp[which], there);
}

int
tsi_check_free(const struct tshard_writer *w, struct tshard_error *e)
{
	if (w->f.force || access(w->path[TSI_SDX], F_OK) < 0)
		return 0;
	return tsi_fail(e, TSHARD_DATA,
	    "%s: exists: remove the shard, or replace it with --force", w->path[TSI_SDX]);
}

int
tsi_create(struct tshard_writer *w, int which, struct tshard_error *e)
{
	unlink(w->tmp[which]);
	w->fd[which] = open(w->tmp[which], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (w->fd[which] < 0)
		return tsi_errno(
		    e, "check the directory", "%s: cannot create", w->tmp[which]);
	w->temporary[which] = true;
	tsi_temporary(w, which, 1);
	return 0;
}

void
tsi_writer_shrink(struct tshard_writer *w)
{
	struct tsi_vec *v[] = { &w->crcs, &w->seg, &w->segidx, &w->next, &w->src,
		&w->meta };
	struct tsi_spool *s[] = { &w->doc, &w->text_at, &w->text, &w->docflag,
		&w->docnum };

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		free(v[i]->p);
		*v[i] = (struct tsi_vec){ .n = 0 };
	}
	for (size_t i = 0; i < sizeof s / sizeof *s; i++)
		tsi_spool_free(s[i]);
	tsi_align_free(w);
	tsi_hasher_free(w->hash);
	free(w->src_tokens);
	free(w->src_samples);
	free(w->buf);
	w->hash = NULL;
	w->src_tokens = w->src_samples = NULL;
	w->buf = NULL;
}

void
tsi_writer_free(struct tshard_writer *w)
{
	for (int i = 0; i < 3; i++) {
		if (w->fd[i] >= 0)
			close(w->fd[i]);
		if (w->temporary[i]) {
			unlink(w->tmp[i]);
			tsi_temporary(w, i, 0);
		}
		free(w->path[i]);
		free(w->tmp[i]);
	}
	tsi_writer_shrink(w);
	free(w);
}

void
tshard_writer_abort(struct tshard_writer *w)
{
	if (w)
		tsi_writer_free(w);
}

struct tshard_writer *
tsi_writer_new(const char *prefix, const struct tshard_facts *facts)
{
	struct tshard_writer *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->fd[0] = w->fd[1] = w->fd[2] = -1;
	w->f = *facts;
	w->width = tshard_width(facts->vocab);
	w->hash = tsi_hasher_new();
	if (w->hash && make_names(w, prefix) == 0)
		return w;
	tsi_writer_free(w);
	return NULL;
}

int
tshard_writer_open(struct tshard_writer **out, const char *prefix,
    const struct tshard_facts *facts, struct tshard_error *e)
{
	struct tshard_writer *w;
	void *buf;

	*out = NULL;
	if (check_facts(prefix, facts, e) < 0)
		return -1;
	w = tsi_writer_new(prefix, facts);
	if (!w)
		return tsi_nomem(e);
	if (posix_memalign(&buf, TSI_DIRECT_ALIGN, PIECE) == 0)
		w->buf = buf;
	if (!w->buf) {
		tsi_nomem(e);
		goto fail;
	}
	begin_spools(w);
	if (begin_number(w, e) < 0 || tsi_check_free(w, e) < 0 ||
	    tsi_create(w, TSI_BIN, e) < 0)
		goto fail;
	*out = w;
	return 0;
fail:
	tsi_writer_free(w);
	return -1;
}

int
tshard_writer_sources(struct tshard_writer *w, const struct tshard_source *v, size_t n,
    struct tshard_error *e)
{
	if (w->n_sources > 0 || w->docs > 0)
		return tsi_writer_bad_use(
		    w, e, "sources are set twice, or after a document: report this bug");
	if (n == 0 || n > 65535)
		return tsi_writer_bad_use(
		    w, e, "a shard has 1 to 65535 sources: report this bug");
	for (size_t i = 0; i < n; i++)
		if (!v[i].name || v[i].name[0] == '\0')
			return tsi_writer_bad_use(w, e, "a source has no name: name it");
	w->src_tokens = calloc(n, sizeof *w->src_tokens);
	w->src_samples = calloc(n, sizeof *w->src_samples);
	if (!w->src_tokens || !w->src_samples)
		return tsi_nomem(e);
	w->n_sources = n;
	return tsi_src_put(&w->src, v, n, e);
}

int
tshard_writer_meta(
    struct tshard_writer *w, const char *json, size_t n, struct tshard_error *e)
{
	w->meta.n = 0;
	return tsi_vec_put(&w->meta, json, n) == 0 ? 0 : tsi_nomem(e);
}

/* ---- payload ---- */

/* Add the bytes since the last call to CRCs and hash.  Only the last block may be short.
 */
static int
sum(struct tshard_writer *w, struct tshard_error *e)
{
	while (w->summed < w->fill) {
		const unsigned char *block = w->buf + w->summed;
		size_t left = w->fill - w->summed,
		       n = left < TSI_BLOCK ? left : TSI_BLOCK;
		unsigned char crc[4];

		tsi_put32(crc, tshard_crc32c(0, block, n));
		if (tsi_vec_put(&w->crcs, crc, 4) < 0)
			return tsi_nomem(e);
		tsi_hasher_add(w->hash, block, n);
		w->summed += n;
	}
	return 0;
}

static int
write_piece(struct tshard_writer *w, struct tshard_error *e)
{
	if (tsi_direct_write(
		w->fd[TSI_BIN], &w->direct, w->buf, w->fill, w->tmp[TSI_BIN], e) < 0)
		return -1;
	w->bin_bytes += w->fill;
	w->fill = w->summed = 0;
	return 0;
}

/* SUM more bytes are full, and perhaps the piece. */
static int
end_sum(struct tshard_writer *w, struct tshard_error *e)
{
	if (sum(w, e) < 0)
		return -1;
	if (w->fill < PIECE)
		return 0;
	if (w->bin_bytes == 0)
		w->direct = tsi_direct_begin(w->fd[TSI_BIN]);
	return write_piece(w, e);
}

int
tsi_writer_flush(struct tshard_writer *w, struct tshard_error *e)
{
	if (sum(w, e) < 0)
		return -1;
	/* The rest is not aligned. */
	if (w->direct)
		tsi_direct_end(w->fd[TSI_BIN]);
	w->direct = false;
	return write_piece(w, e);
}

/* Check that n more tokens may be put now, and count them. */
static int
count_tokens(struct tshard_writer *w, size_t n, struct tshard_error *e)
{
	if (w->broken)
		return tsi_writer_bad_use(
		    w, e, "the writer failed before: report this bug");
	if (w->f.kind == TSHARD_DOCS) {
		if (n > INT32_MAX - w->in_doc)
			return tsi_writer_bad_use(
			    w, e, "a document has more than 2147483647 tokens: split it");
		w->in_doc += n;
	} else {
		if (!w->in_seg)
			return tsi_writer_bad_use(
			    w, e, "tokens are outside any segment: report this bug");
		if (n > w->f.seq_len - w->in_sample)
			return tsi_writer_bad_use(w, e,
			    "a sample has more than seq_len tokens: report this bug");
		w->in_sample += (uint32_t)n;
	}
	w->tokens += n;
	return 0;
}

/* Encode k tokens into the buffer, which has room for them. */
static void
encode(struct tshard_writer *w, const uint32_t *ids, size_t k)
{
	unsigned char *to = w->buf + w->fill;

	if (w->width == 4 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
		memcpy(to, ids, 4 * k);
	} else if (w->width == 4) {
		for (size_t i = 0; i < k; i++)
			tsi_put32(to + 4 * i, ids[i]);
	} else {
		for (size_t i = 0; i < k; i++)
			tsi_put16(to + 2 * i, (uint16_t)ids[i]);
	}
}

int
tsi_writer_bad_id(struct tshard_writer *w, uint32_t id, struct tshard_error *e)
{
	w->broken = true;
	return tsi_fail(e, TSHARD_DATA,
	    "%s: document %llu, sample %llu: token %u, the vocabulary has %u: use the "
	    "model that encoded the tokens",
	    w->path[TSI_BIN], (unsigned long long)w->docs, (unsigned long long)w->samples,
	    id, w->f.vocab);
}

/* Put n ids or, if raw, n tokens in payload encoding. */
static int
put(struct tshard_writer *w, const void *tokens, bool raw, size_t n,
    struct tshard_error *e)
{
	const uint32_t *ids = raw ? NULL : tokens;
	const unsigned char *bytes = raw ? tokens : NULL;

	if (n == 0)
		return 0;
	if (count_tokens(w, n, e) < 0) {
		w->broken = true;
		return -1;
	}
	while (n > 0) {
		size_t k = (SUM - (w->fill - w->summed)) / w->width, bad;
		const unsigned char *at = w->buf + w->fill;

		if (k > n)
			k = n;
		if (!raw) {
			if (!tsi_ids_ok(ids, k, 4, w->f.vocab, &bad))
				return tsi_writer_bad_id(w, ids[bad], e);
			encode(w, ids, k);
			ids += k;
		} else {
			memcpy(w->buf + w->fill, bytes, k * w->width);
			if (!tsi_ids_ok(at, k, w->width, w->f.vocab, &bad))
				return tsi_writer_bad_id(w,
				    w->width == 2 ? tsi_get16(at + 2 * bad)
						  : tsi_get32(at + 4 * bad),
				    e);
			bytes += k * w->width;
		}
		w->fill += k * w->width;
		w->last = w->width == 2 ? tsi_get16(w->buf + w->fill - 2)
					: tsi_get32(w->buf + w->fill - 4);
		n -= k;
		if (w->fill - w->summed == SUM && end_sum(w, e) < 0) {
			w->broken = true;
			return -1;
		}
	}
	return 0;
}

int
tshard_writer_put(
    struct tshard_writer *w, const uint32_t *ids, size_t n, struct tshard_error *e)
{
	return put(w, ids, false, n, e);
}

int
tshard_writer_put_raw(
    struct tshard_writer *w, const void *payload, size_t n, struct tshard_error *e)
{
	return put(w, payload, true, n, e);
}
