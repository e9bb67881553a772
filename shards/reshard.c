/* reshard.c - merge and split DOCS shards: copy their documents into other shards. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "shards/reshard.h"
#include "shards/shard_inputs.h"
#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

#define UNSET RESHARD_UNSET

/* The limits of a shard. */
#define MOST_TOKENS (UINT64_C(1) << 44)
#define MOST_DOCS   UINT32_MAX

static const struct reshard defaults = { .tokens = UNSET, .shards = UNSET };

static const struct opt opts[] = {
	OPT_U64(0, "tokens", struct reshard, tokens, "most tokens of a shard"),
	OPT_U64(0, "shards", struct reshard, shards,
	    "number of shards; default: one, named PREFIX"),
	OPT_STR(0, "source", struct reshard, source, "NAME",
	    "name of the one source; default: the sources of the inputs"),
	OPT_END,
};

/* ---- inputs ---- */

/* Which fact of shard s differs from that of the first input, or NULL. */
static const char *
differing_fact(const struct reshard_job *r, const struct tshard *s)
{
	const struct tshard_header *a = &r->h, *b = tshard_header(s);
	const char *number = tshard_number_name(s);

	if (memcmp(a->tokenizer, b->tokenizer, sizeof a->tokenizer) != 0)
		return "tokenizer";
	if (a->vocab != b->vocab)
		return "vocabulary size";
	if (a->eod != b->eod)
		return "end-of-document token";
	if (a->pad != b->pad || a->bos != b->bos)
		return "pad or bos token";
	if (!number != !r->number || (number && strcmp(number, r->number) != 0))
		return "document number";
	return NULL;
}

int
reshard_check_facts(
    struct reshard_job *r, const struct tshard *s, const char *path, struct err *err)
{
	struct buf problem = { 0 };
	int same = encoder_facts_add(&r->facts, s, path, &problem, err);

	if (same == 0)
		err_set(err, EXIT_DATA, "%s: %s", path, problem.p);
	buf_free(&problem);
	return same > 0 ? 0 : -1;
}

static int
check_facts(
    struct reshard_job *r, const struct tshard *s, const char *path, struct err *err)
{
	const struct tshard_header *h = tshard_header(s);
	struct tshard_align align;
	const char *what;

	if (h->kind != TSHARD_DOCS)
		return err_set(err, EXIT_DATA,
		    "%s: holds samples, not documents: to change a run, change its plan "
		    "and run "
		    "'tamis mix'",
		    tshard_prefix(s));
	tshard_align_of(s, &align);
	if (align.mask || align.pairs || align.n_labels > 0)
		return err_set(err, EXIT_DATA,
		    "%s: has targets, pairs or labels, which reshard does not write: mix "
		    "it "
		    "as it is, or encode it again",
		    tshard_prefix(s));
	if (!r->first) {
		r->first = xstrdup(tshard_prefix(s));
		r->h = *h;
		r->h.docs = r->h.tokens = 0;
		if (tshard_number_name(s))
			r->number = xstrdup(tshard_number_name(s));
		if (reshard_meta_field(s, "tokenizer", &r->tokenizer, err) < 0)
			return -1;
	}
	what = differing_fact(r, s);
	if (what)
		return err_set(err, EXIT_DATA,
		    "%s: the %s differs from that of %s: encode both with one "
		    "model and equal options",
		    tshard_prefix(s), what, r->first);
	return reshard_check_facts(r, s, path, err);
}

/* A better message than that of a missing .sdx, where the cause is known. */
static int
check_path(const char *path, struct err *err)
{
	struct stat st;
	char *sdx, *idx;
	int rc = 0;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(err, EXIT_DATA,
		    "%s: a run, or a directory without shards: name shards of documents; "
		    "to change a run, change its plan and run 'tamis mix'",
		    path);
	sdx = shard_file(path, ".sdx");
	idx = shard_file(path, ".idx");
	if (access(sdx, F_OK) < 0 && access(idx, F_OK) == 0)
		rc = err_set(err, EXIT_DATA,
		    "%s: a Megatron index without .sdx, which has the tokenizer, ids and "
		    "checksums: encode the documents with 'tamis encode'",
		    idx);
	free(sdx);
	free(idx);
	return rc;
}

/* Look for missing shards of the set of input i, s, unless it is named alone. */
static int
check_set(struct reshard_job *r, size_t i, const struct tshard *s, struct err *err)
{
	struct buf problem = { 0 };
	int rc = 0;

	if ((r->paths.in_dir[i] || r->n_in > 1) &&
	    shard_set_lacks(&r->sets, s, &problem)) {
		if (r->paths.in_dir[i])
			rc = err_set(err, EXIT_DATA,
			    "%s: restore it, or name the others one by one", problem.p);
		else
			warning("%s", problem.p);
	}
	buf_free(&problem);
	return rc;
}

/* Check input i, all but its payload. */
static int
check_input(struct reshard_job *r, size_t i, struct err *err)
{
	struct reshard_input *in = &r->in[i];
	struct tshard_error e = { 0 };
	struct tshard *s;
	int rc;

	in->path = r->paths.v[i];
	if (check_path(in->path, err) < 0)
		return -1;
	if (tshard_open(&s, in->path, 0, &e) < 0)
		return err_tshard(err, &e);
	in->name = xstrdup(path_base(tshard_prefix(s)));
	in->docs = tshard_header(s)->docs;
	tshard_digest(s, in->digest);
	rc = check_facts(r, s, in->path, err);
	if (rc == 0)
		rc = check_set(r, i, s, err);
	if (rc == 0 &&
	    tshard_check(s, "BLKCRC DOC DOCID DOCNUM? DOCFLAG? SRC META", &e) < 0)
		rc = err_tshard(err, &e);
	r->h.docs += in->docs;
	r->h.tokens += tshard_header(s)->tokens;
	tshard_close(s);
	return rc;
}

/* A shard that is listed twice would have its documents twice. */
static int
check_distinct(const struct reshard_job *r, struct err *err)
{
	struct table seen = { 0 };
	int rc = 0;

	for (size_t i = 0; i < r->n_in && rc == 0; i++) {
		const char *digest = (const char *)r->in[i].digest;
		bool fresh;
		uint64_t *first =
		    table_put(&seen, hash128((struct span){ digest, 32 }, 0), &fresh);

		if (fresh)
			*first = i;
		else
			rc = err_set(err, EXIT_DATA, "%s: duplicates %s: keep one",
			    r->in[i].path, r->in[*first].path);
	}
	table_free(&seen);
	return rc;
}

/* No output may replace an input. */
static int
note_inputs(const struct reshard_job *r, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < r->paths.n && rc == 0; i++) {
		char *prefix = shard_file(r->paths.v[i], "");

		rc = shard_note_inputs(prefix, err);
		free(prefix);
	}
	return rc;
}

static int
find_inputs(struct reshard_job *r, int n, char **operand, struct err *err)
{
	const char *file = r->c->files_from;
	size_t all;
	char **v;
	int rc;

	if (n == 0 && !file)
		return err_set(err, EXIT_USAGE,
		    "no PATH: name shards of documents, or a directory of them");
	v = common_operands(r->c, n, operand, &r->listed, &all, err);
	if (!v)
		return -1;
	rc = shard_paths_add(&r->paths, (int)all, v, err);
	free(v);
	if (rc < 0 || note_inputs(r, err) < 0)
		return -1;
	if (r->paths.n == 0)
		return err_set(err, EXIT_DATA, "no shards: '%s' names none",
		    file ? file : operand[0]);
	r->n_in = r->paths.n;
	r->in = xcalloc(r->n_in, sizeof *r->in);
	return 0;
}

/* ---- cuts ---- */

/* The output that documents go to at present. */
struct cutter {
	uint64_t docs, tokens;		 /* in it so far */
	uint64_t docs_left, tokens_left; /* not yet in any output */
	uint64_t begin_left;		 /* tokens_left when it began */
};

/* Whether the next document, of n tokens, begins the next output. */
static bool
begins_output(const struct reshard_job *r, const struct cutter *c, uint32_t n)
{
	uint64_t left = r->t->shards - r->n_out; /* outputs not begun */

	if (c->docs == 0)
		return false;
	if (r->t->tokens != UNSET)
		return c->docs == MOST_DOCS || c->tokens + n > r->t->tokens;
	if (left == 0 || c->docs_left == left)
		return left > 0;
	/*
	 * An output takes its share of the tokens that were left when it began, and a
	 * document goes where its middle is.
	 */
	return (u128)(2 * c->tokens + n) * (left + 1) >= (u128)2 * c->begin_left;
}

static void
add_cut(struct reshard_job *j, size_t input, uint64_t row)
{
	GROW(j->cut, j->n_out, j->cap);
	j->cut[j->n_out++] = (struct reshard_cut){ input, row };
}

static int
cut_input(struct reshard_job *r, size_t i, struct cutter *c, struct err *err)
{
	struct tshard_doc_iter *it = NULL;
	struct tshard_error e = { 0 };
	struct tshard *s;
	struct tshard_doc d;
	int more = -1;

	if (reshard_open(r, i, 0, &s, err) < 0)
		return -1;
	if (tshard_doc_iter_open(&it, s, 0, tshard_header(s)->docs, &e) == 0)
		for (uint64_t row = 0; (more = tshard_doc_iter_next(it, &d, &e)) > 0;
		     row++) {
			if (begins_output(r, c, d.tokens)) {
				add_cut(r, i, row);
				c->docs = c->tokens = 0;
				c->begin_left = c->tokens_left;
			}
			c->docs++;
			c->tokens += d.tokens;
			c->docs_left--;
			c->tokens_left -= d.tokens;
		}
	tshard_doc_iter_close(it);
	tshard_close(s);
	return more < 0 ? err_tshard(err, &e) : 0;
}

static int
cut_outputs(struct reshard_job *r, struct err *err)
{
	struct cutter c = { .docs_left = r->h.docs,
		.tokens_left = r->h.tokens,
		.begin_left = r->h.tokens };

	if (r->t->shards != UNSET && r->t->shards > r->h.docs)
		return err_set(err, EXIT_USAGE,
		    "--shards %" PRIu64 ": exceeds the number of documents, %" PRIu64,
		    r->t->shards, r->h.docs);
	if (!r->numbered && (r->h.docs > MOST_DOCS || r->h.tokens > MOST_TOKENS))
		return err_set(err, EXIT_DATA,
		    "%" PRIu64 " documents of %" PRIu64 " tokens, a shard has at most "
		    "%" PRIu32 " of 2^44: write several with --tokens",
		    r->h.docs, r->h.tokens, MOST_DOCS);
	add_cut(r, 0, 0);
	for (size_t i = 0; i < r->n_in && r->numbered; i++)
		if (cut_input(r, i, &c, err) < 0)
			return -1;
	add_cut(r, r->n_in, 0);
	r->n_out--;
	r->out = xcalloc(r->n_out, sizeof(struct tshard_writer *));
	return 0;
}

/* ---- together ---- */

static int
check_options(const struct reshard_job *r, struct err *err)
{
	const struct reshard *t = r->t;
	const char *output = r->c->output;

	if (t->tokens != UNSET && t->shards != UNSET)
		return err_set(err, EXIT_USAGE,
		    "--tokens and --shards cannot be combined: choose one");
	if (t->tokens != UNSET && (t->tokens < 1 || t->tokens > MOST_TOKENS))
		return err_set(err, EXIT_USAGE,
		    "--tokens %" PRIu64 ": must be from 1 to %" PRIu64, t->tokens,
		    MOST_TOKENS);
	if (t->shards != UNSET && (t->shards < 1 || t->shards > UINT32_MAX))
		return err_set(err, EXIT_USAGE,
		    "--shards %" PRIu64 ": must be from 1 to %" PRIu32, t->shards,
		    UINT32_MAX);
	if (t->source && t->source[0] == '\0')
		return err_set(err, EXIT_USAGE, "--source '': must not be empty");
	if (!output || strcmp(output, "-") == 0)
		return err_set(
		    err, EXIT_USAGE, "no output shard: name it with -o PREFIX");
	if (path_base(output)[0] == '\0')
		return err_set(err, EXIT_USAGE,
		    "-o '%s': the prefix has no base name: write DIRECTORY/NAME", output);
	if (r->numbered && strcmp(path_base(output), "shard") == 0)
		return err_set(err, EXIT_USAGE,
		    "-o '%s': shard-00000 is a name for runs of 'tamis mix': choose "
		    "another base name",
		    output);
	return 0;
}

static int
reshard_shards(struct reshard_job *r, int n, char **operand, struct err *err)
{
	if (check_options(r, err) < 0 || find_inputs(r, n, operand, err) < 0 ||
	    prefix_lock(&r->lock, r->c->output, r->numbered, err) < 0 ||
	    reshard_check_outputs(r, SIZE_MAX, err) < 0)
		return -1;
	for (size_t i = 0; i < r->n_in; i++)
		if (check_input(r, i, err) < 0)
			return -1;
	if (check_distinct(r, err) < 0 || cut_outputs(r, err) < 0 ||
	    reshard_check_outputs(r, r->n_out, err) < 0 || reshard_copy(r, err) < 0 ||
	    reshard_publish(r, err) < 0)
		return -1;
	if (!r->c->quiet)
		msg("%" PRIu64 " documents, %" PRIu64 " tokens, from %zu to %zu shard%s",
		    r->h.docs, r->h.tokens, r->n_in, r->n_out, plural(r->n_out));
	return 0;
}

static void
job_free(struct reshard_job *r)
{
	while (r->n_begun > 0)
		tshard_writer_abort(r->out[--r->n_begun]);
	lockfile_release(&r->lock);
	for (size_t i = 0; i < r->n_in; i++)
		free(r->in[i].name);
	free(r->in);
	reshard_sources_free(&r->sources);
	buf_free(&r->tokenizer);
	free(r->cut);
	free(r->out);
	free(r->number);
	free(r->first);
	shard_sets_free(&r->sets);
	shard_paths_free(&r->paths);
	buf_free(&r->listed);
}

static int
reshard_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	const struct reshard *t = self;
	const struct opt_set options = { opts, self };
	struct reshard_job r = { .t = t,
		.options = &options,
		.c = c,
		.numbered = t->tokens != UNSET || t->shards != UNSET };
	int rc = reshard_shards(&r, n, operand, err);

	job_free(&r);
	return rc;
}

const struct tool tool_reshard = {
	.name = "reshard",
	.summary = "merge and split document shards",
	.example = "tamis reshard --tokens 1G -o tok/en parts/",
	.operands = "-o PREFIX PATH...",
	.output = "PREFIX",
	.common = " output files-from force ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = reshard_run,
};
