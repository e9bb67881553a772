/* resolve_docs.c - finds and opens the DOCS shards that the sources of a plan name. */
#include "mixer/plan/resolve.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "mixer/plan/decimal.h"
#include "mixer/plan/holdout.h"
#include "mixer/plan/upsample.h"
#include "shards/encoder_facts.h"
#include "shards/shard_inputs.h"
#include "shards/shard_set.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard_err.h"

struct finder {
	const struct plan *plan;
	const char *name, *root;
	struct resolved *rp;
	const char *first; /* the shard that set the tokenizer and the ids */
	struct encoder_facts facts;
	struct shard_sets sets;
	struct err *err;
	struct buf path;
};

/* A shard that a source names. */
struct match {
	char *path;
	bool by_glob;
};

/* Append a directory name with the special characters of glob escaped. */
static void
put_literal(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (strchr("*?[]\\", *s))
			buf_putc(b, '\\');
		buf_putc(b, *s);
	}
}

static bool
ends_in(const char *s, const char *suffix)
{
	size_t n = strlen(s), k = strlen(suffix);

	return n >= k && strcmp(s + n - k, suffix) == 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int
same_model(struct finder *f, const struct plan_source *s, const char *path,
    const struct tshard_header *h)
{
	struct resolved *rp = f->rp;
	const char *what = NULL;

	if (!f->first) {
		memcpy(rp->tokenizer, h->tokenizer, sizeof rp->tokenizer);
		rp->vocab = h->vocab;
		rp->eod = h->eod;
		rp->pad = h->pad;
		rp->bos = h->bos;
		f->first = arena_copy(&rp->mem, span_of(path));
		return 0;
	}
	if (memcmp(rp->tokenizer, h->tokenizer, sizeof rp->tokenizer) != 0)
		what = "tokenizer";
	else if (rp->vocab != h->vocab)
		what = "vocabulary size";
	else if (rp->eod != h->eod)
		what = "end-of-document token";
	else if (rp->pad != h->pad || rp->bos != h->bos)
		what = "pad or bos token";
	return what ? err_set(f->err, EXIT_DATA,
			  "%s:%u: source '%s': the %s of %s differs from that of %s: "
			  "encode both with one model",
			  f->name, s->line, s->name, what, path, f->first)
		    : 0;
}

/* Equal texts must have equal ids, also at their start and where a unigram model has
 * ties. */
static int
same_facts(struct finder *f, const struct plan_source *s, const char *path,
    const struct tshard *shard)
{
	const char *kept = arena_copy(&f->rp->mem, span_of(path));
	struct buf problem = { 0 };
	int same = encoder_facts_add(&f->facts, shard, kept, &problem, f->err);

	if (same == 0)
		err_set(f->err, EXIT_DATA, "%s:%u: source '%s': %s %s", f->name, s->line,
		    s->name, path, problem.p);
	buf_free(&problem);
	return same > 0 ? 0 : -1;
}

/*
 * Count the documents and tokens of a shard by repeat; its first one is in `row` of the
 * source.  Adds repeats to the source as needed.
 */
static int
count_repeats(struct finder *f, const struct plan_source *s, const struct tshard *shard,
    struct resolved_source *out, uint64_t row, uint64_t *docs, uint64_t *tokens)
{
	uint32_t copies = 0;
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard_doc d;
	int more = -1;

	if (s->ncopies > 0 && !tshard_number_name(shard))
		return err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s': copies= needs document numbers and %s has none: "
		    "encode it with --number=FIELD",
		    f->name, s->line, s->name, tshard_prefix(shard));
	if (tshard_doc_iter_open(&it, shard, 0, tshard_header(shard)->docs, &e) == 0)
		for (; (more = tshard_doc_iter_next(it, &d, &e)) > 0; row++) {
			if (upsample_starts(out, row))
				copies = upsample_copies(out, f->rp->seed, row, &d);
			if (held_out(out->hold, d.id_hash)) {
				out->held_docs++;
				out->held_tokens += d.tokens;
			}
			if (copies > out->nrepeats)
				out->nrepeats = copies;
			for (uint32_t r = 0; r < copies; r++) {
				docs[r]++;
				tokens[r] += d.tokens;
			}
		}
	tshard_doc_iter_close(it);
	return more < 0 ? err_tshard(f->err, &e) : 0;
}

/* A glob may match only some shards of a set, but the others must exist. */
static int
whole_set(struct finder *f, const struct plan_source *s, const struct tshard *shard)
{
	struct buf problem = { 0 };
	int rc = 0;

	if (shard_set_lacks(&f->sets, shard, &problem))
		rc = err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s': %s: restore it, or name the others one by one",
		    f->name, s->line, s->name, problem.p);
	buf_free(&problem);
	return rc;
}

/* Open one shard and fill in *input. */
static int
open_input(struct finder *f, const struct plan_source *s, const struct match *from,
    struct resolved_source *out, struct resolved_input *input)
{
	const char *path = from->path;
	size_t skip = strlen(f->root) + 1, size = sizeof *input->docs;
	struct tshard_error e = { 0 };
	struct tshard *shard = NULL;
	const struct tshard_header *h;
	int rc = -1;

	if (tshard_open(&shard, path, 0, &e) < 0)
		return err_tshard(f->err, &e);
	tshard_digest(shard, input->digest);
	h = tshard_header(shard);
	if (shard_note_inputs(tshard_prefix(shard), f->err) < 0)
		goto out;
	if (h->kind != TSHARD_DOCS) {
		err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s': %s holds samples, not documents: name a shard "
		    "that encode wrote",
		    f->name, s->line, s->name, path);
		goto out;
	}
	if (same_model(f, s, path, h) < 0 || same_facts(f, s, path, shard) < 0 ||
	    resolve_sections(f->plan, f->name, s, shard, f->rp, out, f->err) < 0 ||
	    (from->by_glob && whole_set(f, s, shard) < 0))
		goto out;
	input->path = arena_copy(&f->rp->mem,
	    (struct span){ path + skip, strlen(path) - skip - strlen(".sdx") });
	input->rows = h->docs;
	input->docs = memcpy(arena_alloc(&f->rp->mem, size), &h->docs, size);
	input->tokens = memcpy(arena_alloc(&f->rp->mem, size), &h->tokens, size);
	rc = 0;
out:
	tshard_close(shard);
	return rc;
}

/* Open a shard again, to count what the source selects of it. */
static int
count_input(struct finder *f, const struct plan_source *s, struct resolved_source *out,
    struct resolved_input *input, uint64_t row)
{
	uint64_t docs[RESOLVED_MAX_PARTS] = { 0 }, tokens[RESOLVED_MAX_PARTS] = { 0 };
	const size_t size = sizeof docs;
	struct tshard_error e = { 0 };
	struct tshard *shard = NULL;
	int rc;

	f->path.n = 0;
	buf_putf(&f->path, "%s/%s", f->root, input->path);
	buf_putc(&f->path, '\0');
	if (tshard_open(&shard, f->path.p, 0, &e) < 0)
		return err_tshard(f->err, &e);
	rc = count_repeats(f, s, shard, out, row, docs, tokens);
	tshard_close(shard);
	input->docs = memcpy(arena_alloc(&f->rp->mem, size), docs, size);
	input->tokens = memcpy(arena_alloc(&f->rp->mem, size), tokens, size);
	return rc;
}

/* Turn the size of a take line into units, and choose them. */
static int
choose_units(struct finder *f, const struct plan_source *s, struct resolved_source *out)
{
	uint64_t units = 0;

	for (uint32_t i = 0; i < out->ninputs; i++)
		units += out->input[i].rows / out->answers;
	out->takes = s->take != TAKE_NONE;
	out->take = RESOLVED_NONE;
	if (s->take == TAKE_COUNT || s->take == TAKE_SHARE)
		out->take = s->take == TAKE_COUNT
				? s->take_size
				: muldiv(units, s->take_size, SHARE_ONE);
	if (out->take != RESOLVED_NONE && (out->take == 0 || out->take > units))
		return err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s' has %" PRIu64 " examples, take asks for %" PRIu64
		    ": change that line",
		    f->name, s->line, s->name, units, out->take);
	if (out->take == units)
		out->take = RESOLVED_NONE;
	resolved_set_order(f->rp, out);
	return 0;
}

static int
select_documents(
    struct finder *f, const struct plan_source *s, struct resolved_source *out)
{
	uint64_t row = 0;

	if (choose_units(f, s, out) < 0)
		return -1;
	for (uint32_t i = 0; i < out->ninputs && resolved_selects(out); i++) {
		if (count_input(f, s, out, &out->input[i], row) < 0)
			return -1;
		row += out->input[i].rows;
	}
	return 0;
}

/* A directory that does not exist just matches nothing. */
static int
stop_listing(const char *path, int e)
{
	return e != ENOENT && e != ENOTDIR;
}

/* The length of a pattern without the ending of one of the files of a shard. */
static int
prefix_length(const char *pattern)
{
	bool ending = ends_in(pattern, ".sdx") || ends_in(pattern, ".bin") ||
		      ends_in(pattern, ".idx");

	return (int)strlen(pattern) - (ending ? 4 : 0);
}

/* Match the pattern, which may name any of the three files of a shard. */
static int
match(struct finder *f, const char *pattern, int length, glob_t *g)
{
	f->path.n = 0;
	put_literal(&f->path, f->root);
	buf_putf(&f->path, "/%.*s.sdx", length, pattern);
	buf_putc(&f->path, '\0');
	return glob(f->path.p, GLOB_NOSORT, stop_listing, g);
}

static int
add_glob(struct finder *f, const struct plan_source *s, const char *pattern,
    struct match **list, size_t *n)
{
	int length = prefix_length(pattern), rc;
	glob_t g = { 0 };

	if (pattern[0] == '/')
		return err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s': path '%s' is absolute: make it relative to the "
		    "directory of the plan",
		    f->name, s->line, s->name, pattern);
	rc = match(f, pattern, length, &g);
	if (rc == GLOB_NOMATCH) {
		rc = err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s': no shard matches '%.*s.sdx' in '%s': encode it "
		    "first, or fix the path",
		    f->name, s->line, s->name, length, pattern, f->root);
	} else if (rc == GLOB_NOSPACE) {
		rc = err_set(f->err, EXIT_SYSTEM, "%s:%u: source '%s': out of memory",
		    f->name, s->line, s->name);
	} else if (rc != 0) {
		rc = err_set(f->err, EXIT_SYSTEM,
		    "%s:%u: source '%s': cannot list '%s': check the permissions of its "
		    "directory",
		    f->name, s->line, s->name, pattern);
	} else {
		*list = xrealloc(*list, xadd(*n, g.gl_pathc), sizeof **list);
		for (size_t i = 0; i < g.gl_pathc; i++)
			(*list)[(*n)++] = (struct match){ xstrdup(g.gl_pathv[i]),
				strpbrk(pattern, "*?[") != NULL };
	}
	globfree(&g);
	return rc;
}

static int
add_up(struct finder *f, const struct plan_source *s, struct resolved_source *out)
{
	size_t size = xmul(out->nrepeats, sizeof *out->docs);

	out->docs = memset(arena_alloc(&f->rp->mem, size), 0, size);
	out->tokens = memset(arena_alloc(&f->rp->mem, size), 0, size);
	for (uint32_t i = 0; i < out->ninputs; i++)
		for (uint32_t r = 0; r < out->nrepeats; r++) {
			out->docs[r] += out->input[i].docs[r];
			out->tokens[r] += out->input[i].tokens[r];
		}
	if (out->tokens[0] == 0 && out->hold > 0)
		return err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s' has no tokens: %" PRIu64
		    " of its documents are held out%s",
		    f->name, s->line, s->name, out->held_docs,
		    out->only_held ? ": raise hold=, or remove the source"
				   : ": lower hold=");
	if (out->tokens[0] == 0)
		return err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s' has no tokens: add shards, or remove the source",
		    f->name, s->line, s->name);
	if (resolved_epoch_tokens(out) > RESOLVED_MAX_TOKENS)
		return err_set(f->err, EXIT_DATA,
		    "%s:%u: source '%s' has %" PRIu64
		    " tokens, the limit is 2^47: split it into two sources",
		    f->name, s->line, s->name, resolved_epoch_tokens(out));
	return 0;
}

static int
find_source(struct finder *f, const struct plan_source *s, struct resolved_source *out)
{
	struct match *list = NULL;
	size_t n = 0;
	int rc = -1;

	for (size_t i = 0; i < s->nglob; i++)
		if (add_glob(f, s, s->glob[i], &list, &n) < 0)
			goto out;
	if (n > 0)
		qsort(list, n, sizeof *list, by_name);
	out->input = xcalloc(n, sizeof *out->input);
	for (size_t i = 0; i < n; i++) {
		struct resolved_input *p = &out->input[out->ninputs];

		if (strchr(list[i].path, '\n')) {
			err_set(f->err, EXIT_DATA,
			    "%s:%u: source '%s': path '%s' contains a newline: rename "
			    "the shard",
			    f->name, s->line, s->name, list[i].path);
			goto out;
		}
		if (i > 0 && strcmp(list[i].path, list[i - 1].path) == 0)
			continue;
		if (open_input(f, s, &list[i], out, p) < 0)
			goto out;
		out->ninputs++;
	}
	rc = select_documents(f, s, out) < 0 ? -1 : add_up(f, s, out);
out:
	for (size_t i = 0; i < n; i++)
		free(list[i].path);
	free(list);
	return rc;
}

struct owner {
	const unsigned char *digest;
	uint32_t source, input;
};

static int
by_digest(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;
	int d = memcmp(x->digest, y->digest, 32);

	if (d)
		return d;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return x->input < y->input ? -1 : x->input > y->input;
}

/* A shard listed twice would be used more often than its cap allows. */
static int
check_distinct(struct finder *f)
{
	const struct resolved *rp = f->rp;
	struct owner *v;
	size_t n = 0, k = 0;
	int rc = 0;

	for (uint32_t s = 0; s < rp->nsources; s++)
		n += rp->source[s].ninputs;
	v = xcalloc(n, sizeof *v);
	for (uint32_t s = 0; s < rp->nsources; s++)
		for (uint32_t i = 0; i < rp->source[s].ninputs; i++)
			v[k++] = (struct owner){ rp->source[s].input[i].digest, s, i };
	qsort(v, n, sizeof *v, by_digest);
	for (size_t i = 1; i < n && rc == 0; i++)
		if (memcmp(v[i].digest, v[i - 1].digest, 32) == 0)
			rc = err_set(f->err, EXIT_DATA,
			    "%s: shard '%s' of source '%s' duplicates '%s' of source "
			    "'%s': keep one, and raise its weight or cap",
			    f->name, rp->source[v[i].source].input[v[i].input].path,
			    rp->source[v[i].source].name,
			    rp->source[v[i - 1].source].input[v[i - 1].input].path,
			    rp->source[v[i - 1].source].name);
	free(v);
	return rc;
}

int
resolve_docs(const struct plan *p, const char *name, const char *root,
    struct resolved *rp, struct err *err)
{
	struct finder f = { .plan = p, .name = name, .root = root, .rp = rp, .err = err };
	int rc = 0;

	rp->source = xcalloc(p->nsources, sizeof *rp->source);
	for (uint32_t i = 0; i < p->nsources && rc == 0; i++) {
		struct resolved_source *s = &rp->source[rp->nsources++];

		s->name = arena_copy(&rp->mem, span_of(p->source[i].name));
		s->group = p->source[i].group;
		s->nrepeats = s->answers = 1;
		s->ncopies = p->source[i].ncopies;
		s->copies = arena_alloc(&rp->mem, PLAN_MAX_COPIES * sizeof *s->copies);
		if (s->ncopies > 0)
			memcpy(s->copies, p->source[i].copies,
			    s->ncopies * sizeof *s->copies);
		s->cap =
		    p->source[i].cap == PLAN_UNSET ? RESOLVED_NONE : p->source[i].cap;
		s->hold = p->source[i].hold;
		s->only_held = p->source[i].only_held;
		rc = find_source(&f, &p->source[i], s);
	}
	if (rc == 0)
		rc = check_distinct(&f);
	shard_sets_free(&f.sets);
	buf_free(&f.path);
	return rc;
}
