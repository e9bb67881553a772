/* pool.c - the sources of a run as streams of tokens, read at any place. */
#include "mixer/pool.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { STRIDE = 256 }; /* documents between two known starts; read in one piece */

struct part {
	struct tshard *shard;
	uint64_t first_token, first_doc; /* in the source's epoch */
	uint64_t docs, tokens;
	uint64_t *start; /* of every STRIDEth document, in the shard */
};

struct stream {
	struct part *part;
	uint32_t n;
};

struct pool {
	const struct lock *l;
	struct stream *stream; /* one a source */
};

struct pool_reader {
	const struct pool *p;
	const struct part *part; /* that docs are of; NULL: none yet */
	uint64_t first, n;	 /* rows of it in docs */
	uint64_t start;		 /* of the first one */
	struct tshard_doc docs[STRIDE];
};

static int
from_tshard(struct err *err, const struct tshard_error *e)
{
	return err_set(err, e->code, "%s", e->msg);
}

/* Three descriptors a shard are soon more than the usual 1024. */
static void
raise_file_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int
index_part(struct part *part, struct err *err)
{
	struct tshard_doc docs[STRIDE];
	struct tshard_error e = { 0 };
	uint64_t sum = 0, n;

	part->start = xcalloc((size_t)(part->docs / STRIDE + 1), sizeof *part->start);
	for (uint64_t row = 0; row < part->docs; row += n) {
		n = part->docs - row < STRIDE ? part->docs - row : STRIDE;
		if (tshard_docs(part->shard, row, (size_t)n, docs, &e) < 0)
			return from_tshard(err, &e);
		part->start[row / STRIDE] = sum;
		for (uint64_t i = 0; i < n; i++)
			sum += docs[i].tokens;
	}
	if (sum != part->tokens)
		return err_set(err, EXIT_DATA,
		    "%s.sdx: its documents have %" PRIu64 " tokens, its payload %" PRIu64
		    ": encode it again",
		    tshard_prefix(part->shard), sum, part->tokens);
	return 0;
}

/* What is read of a sidecar here is what the plan was resolved with. */
static int
check_sections(const struct tshard *s, struct tshard_error *e)
{
	static const char *const tag[] = { "DOC", "DOCFLAG", "DOCNUM" };

	for (size_t i = 0; i < sizeof tag / sizeof *tag; i++) {
		const struct tshard_section *sec = tshard_section(s, tag[i]);

		if (sec && tshard_section_check(s, sec, e) < 0)
			return -1;
	}
	return 0;
}

static int
open_part(
    const struct lock_part *lp, const char *root, struct part *part, struct err *err)
{
	struct tshard_error e = { 0 };
	const struct tshard_header *h;
	unsigned char sum[32];
	struct buf path = { 0 };
	int rc = -1;

	buf_putf(&path, "%s/%s.sdx", root, lp->path);
	buf_putc(&path, '\0');
	if (access(path.p, F_OK) < 0) {
		err_set(err, EXIT_DATA,
		    "%s: not there: name the folder that the plan's paths begin in with "
		    "--root",
		    path.p);
		goto out;
	}
	if (tshard_open(&part->shard, path.p, TSHARD_CHECK, &e) < 0 ||
	    check_sections(part->shard, &e) < 0) {
		from_tshard(err, &e);
		goto out;
	}
	tshard_digest(part->shard, sum);
	h = tshard_header(part->shard);
	if (memcmp(sum, lp->sdx, sizeof sum) != 0 || h->kind != TSHARD_DOCS ||
	    h->docs != lp->docs || h->tokens != lp->tokens) {
		err_set(err, EXIT_DATA,
		    "%s: not the shard that the plan was resolved with: run tamis plan "
		    "again",
		    path.p);
		goto out;
	}
	part->docs = lp->docs;
	part->tokens = lp->tokens;
	rc = index_part(part, err);
out:
	buf_free(&path);
	return rc;
}

struct pool *
pool_open(const struct lock *l, const char *root, struct err *err)
{
	struct pool *p = xcalloc(1, sizeof *p);

	raise_file_limit();
	p->l = l;
	p->stream = xcalloc(l->nsources, sizeof *p->stream);
	for (uint32_t s = 0; s < l->nsources; s++) {
		const struct lock_source *ls = &l->source[s];
		struct stream *st = &p->stream[s];
		uint64_t docs = 0, tokens = 0;

		st->part = xcalloc(ls->nparts, sizeof *st->part);
		for (uint32_t i = 0; i < ls->nparts; i++) {
			struct part *part = &st->part[st->n++];

			if (open_part(&ls->part[i], root, part, err) < 0) {
				pool_close(p);
				return NULL;
			}
			part->first_doc = docs;
			part->first_token = tokens;
			docs += part->docs;
			tokens += part->tokens;
		}
	}
	return p;
}

void
pool_close(struct pool *p)
{
	if (!p)
		return;
	for (uint32_t s = 0; s < p->l->nsources; s++) {
		for (uint32_t i = 0; i < p->stream[s].n; i++) {
			tshard_close(p->stream[s].part[i].shard);
			free(p->stream[s].part[i].start);
		}
		free(p->stream[s].part);
	}
	free(p->stream);
	free(p);
}

struct pool_reader *
pool_reader_new(const struct pool *p)
{
	struct pool_reader *r = xcalloc(1, sizeof *r);

	r->p = p;
	return r;
}

void
pool_reader_free(struct pool_reader *r)
{
	free(r);
}

/* The part that holds token `at` of an epoch. */
static const struct part *
part_at(const struct stream *st, uint64_t at)
{
	uint32_t lo = 0, hi = st->n - 1, mid;

	while (lo < hi) {
		mid = lo + (hi - lo + 1) / 2;
		if (st->part[mid].first_token <= at)
			lo = mid;
		else
			hi = mid - 1;
	}
	return &st->part[lo];
}

/* Documents from row k * STRIDE of a part into the reader. */
static int
load(struct pool_reader *r, const struct part *part, uint64_t k, struct err *err)
{
	struct tshard_error e = { 0 };
	uint64_t first = k * STRIDE;
	uint64_t n = part->docs - first < STRIDE ? part->docs - first : STRIDE;

	if (r->part == part && r->first == first)
		return 0;
	r->part = NULL;
	if (tshard_docs(part->shard, first, (size_t)n, r->docs, &e) < 0)
		return from_tshard(err, &e);
	r->part = part;
	r->first = first;
	r->n = n;
	r->start = part->start[k];
	return 0;
}

int
pool_find(
    struct pool_reader *r, uint32_t s, uint64_t at, struct place *out, struct err *err)
{
	const struct part *part = part_at(&r->p->stream[s], at);
	uint64_t token = at - part->first_token, lo = 0, hi = (part->docs - 1) / STRIDE,
		 start, i;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo + 1) / 2;

		if (part->start[mid] <= token)
			lo = mid;
		else
			hi = mid - 1;
	}
	if (load(r, part, lo, err) < 0)
		return -1;
	start = r->start;
	for (i = 0; i + 1 < r->n && token - start >= r->docs[i].tokens; i++)
		start += r->docs[i].tokens;
	*out = (struct place){
		.shard = part->shard,
		.token = token,
		.left = part->tokens - token,
		.row = r->first + i,
		.doc = part->first_doc + r->first + i,
		.offset = (uint32_t)(token - start),
		.d = r->docs[i],
	};
	return 0;
}

int
pool_next(struct pool_reader *r, struct place *at, struct err *err)
{
	uint64_t rest = at->d.tokens - at->offset, row = at->row + 1;

	at->token += rest;
	at->left -= rest;
	if (at->left == 0)
		return 0;
	if (load(r, r->part, row / STRIDE, err) < 0)
		return -1;
	at->doc++;
	at->row = row;
	at->offset = 0;
	at->d = r->docs[row - r->first];
	return 0;
}
