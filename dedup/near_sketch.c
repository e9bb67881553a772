/* near_sketch.c - pass documents through, and write their sketches to a file. */
#include <stdlib.h>

#include "dedup/letters.h"
#include "dedup/near_view.h"
#include "dedup/sketch_file.h"
#include "lib/io/inputs.h"
#include "lib/io/publish.h"
#include "lib/io/stream.h"

struct near_sketch {
	const char *path; /* of the sketches; NULL: beside the output */
	uint64_t bands, rows, memory;
	struct near_view view;

	struct sketcher *sketcher;
	struct spill_pool pool;
	struct sketch_writer *writer;
	const struct setup *setup;
	struct near_scope_use scope;
};

static const struct near_sketch defaults = { .bands = 20, .rows = 7 };

static const struct opt opts[] = {
	OPT_NOREPORT(OPT_T_STR, 0, "sketches", struct near_sketch, path, "FILE",
	    "write the sketches to FILE; default: the output with .near appended"),
	OPT_U64(0, "bands", struct near_sketch, bands, "bands of a sketch"),
	OPT_U64(0, "rows", struct near_sketch, rows, "rows of a band"),
	OPT_STR(0, "scope", struct near_sketch, view.scope, "FIELD,...",
	    "compare only documents with equal values in these fields"),
	OPT_STR(0, "priority", struct near_sketch, view.priority, "FIELD",
	    "prefer to keep documents with the larger number in FIELD"),
	OPT_NOREPORT(OPT_T_BYTES, 'm', "memory", struct near_sketch, memory, "BYTES",
	    "approximate memory to use; default: a quarter of RAM"),
	OPT_END,
};

/* What map leaves for fold. */
struct sketch_state {
	struct near_doc doc;
	struct near_scope scope;
	uint64_t key[]; /* of each band, unless the document has no words */
};

struct sketch_thread {
	struct near_scratch s;
	uint64_t *value; /* a sketch */
};

/* The path of the sketches: --sketches, or beside the output. */
static int
choose_path(
    const struct near_sketch *x, const struct common *c, struct buf *b, struct err *err)
{
	if (x->path && strcmp(x->path, "-") == 0)
		return err_set(err, EXIT_USAGE, "--sketches '-': not a file name");
	if (x->path) {
		buf_puts(b, x->path);
		buf_putc(b, '\0');
		return file_put_check(x->path, err);
	}
	if (!c->output || strcmp(c->output, "-") == 0 ||
	    strncmp(c->output, "/dev/", 5) == 0)
		return err_set(err, EXIT_USAGE,
		    "the output has no name: name the sketches with --sketches FILE");
	sketch_path(b, c->output);
	return 0;
}

static uint64_t
hash_option(const char *s)
{
	return s ? hash64(span_of(s), 1) : 0;
}

/* Whether the sketches are of the input, since there is no output. */
static bool
writes_nothing(const struct common *c)
{
	return c->output && strcmp(c->output, "/dev/null") == 0;
}

/* Refuse sketches that would replace an input, or another output. */
static int
check_outputs(const char *path, const struct setup *setup, struct err *err)
{
	struct buf own = { 0 };
	int rc;

	if (setup->c->split_by)
		return err_set(err, EXIT_USAGE,
		    "--split-by '%s': sketches are of one output: run near-sketch on "
		    "each",
		    setup->c->split_by);
	if (writes_nothing(setup->c) && setup->ninputs != 1)
		return err_set(err, EXIT_USAGE,
		    "--output '/dev/null': sketches are of one file: name one of the %zu "
		    "inputs",
		    setup->ninputs);
	if (setup->c->output)
		buf_putf(&own, "%s.report.json", setup->c->output);
	buf_putc(&own, '\0');
	rc = publish_distinct(
	    (const struct output_name[]){ { "--sketches", path },
		{ "--output", setup->c->output }, { "--rejects", setup->c->rejects },
		{ "--report", setup->c->report } },
	    4, err);
	/* --report may name the report of --output. */
	if (rc == 0)
		rc = publish_distinct(
		    (const struct output_name[]){ { "--sketches", path },
			{ "the report of --output", setup->c->output ? own.p : NULL } },
		    2, err);
	for (size_t i = 0; i < setup->ninputs && rc == 0; i++)
		rc = inputs_note_path(setup->input[i], err);
	if (rc == 0)
		rc = inputs_check(path, err);
	/* The documents may replace their own input. */
	inputs_clear();
	buf_free(&own);
	return rc;
}

static int
sketch_open(void *self, struct setup *setup, struct err *err)
{
	struct near_sketch *x = self;
	struct buf path = { 0 };
	int rc = -1;

	setup->last = true;
	x->setup = setup;
	if (sketch_check(x->bands, x->rows, err) < 0 ||
	    near_scope_check(&x->view, err) < 0 ||
	    spill_pool_init(&x->pool, x->memory, setup->c->tmp, err) < 0 ||
	    choose_path(x, setup->c, &path, err) < 0)
		goto out;
	if (check_outputs(path.p, setup, err) < 0)
		goto out;
	x->view.letters = letters_table();
	x->sketcher = sketcher_new((uint32_t)x->bands, (uint32_t)x->rows, setup->c->seed);
	x->writer = sketch_writer_open(path.p,
	    &(struct sketch_options){ .bands = x->bands,
		.rows = x->rows,
		.seed = setup->c->seed,
		.scope = hash_option(x->view.scope),
		.priority = hash_option(x->view.priority) },
	    &x->pool, err);
	rc = x->writer ? 0 : -1;
	if (rc < 0)
		sketcher_free(x->sketcher);
out:
	buf_free(&path);
	return rc;
}

static void
sketch_close(void *self)
{
	struct near_sketch *x = self;

	sketch_writer_free(x->writer);
	sketcher_free(x->sketcher);
}

static int
sketch_open_thread(const void *self, void **scratch, struct err *err)
{
	const struct near_sketch *x = self;
	struct sketch_thread *t = xcalloc(1, sizeof *t);

	t->value = xmalloc(sketcher_values(x->sketcher) * sizeof *t->value);
	*scratch = t;
	return 0;
}

static void
sketch_close_thread(void *scratch)
{
	struct sketch_thread *t = scratch;

	near_scratch_free(&t->s);
	free(t->value);
	free(t);
}

static void
sketch_map(const void *self, void *scratch, struct doc *d)
{
	const struct near_sketch *x = self;
	struct sketch_thread *t = scratch;
	struct sketch_state *st = doc_alloc(d, sizeof *st + x->bands * sizeof st->key[0]);

	st->doc = near_describe(&x->view, &t->s, d, &st->scope);
	if (st->doc.shingles)
		sketch_keys(x->sketcher, t->s.words.hash, t->s.n, st->scope.hash,
		    t->value, st->key);
	doc_state_set(d, st);
}

static int
sketch_fold(void *self, struct doc *d, struct err *err)
{
	struct near_sketch *x = self;
	const struct sketch_state *st = doc_state(d);

	near_scope_note(&x->scope, st->scope);
	return sketch_writer_add(x->writer, &st->doc, st->key, err);
}

/*
 * The digest of the file of documents: the output, or the input if there is none and its
 * lines are the documents.  The output ends in a newline, which the input may lack.
 */
static int
digest_documents(const struct near_sketch *x, struct hash128 *to, struct err *err)
{
	const struct setup *s = x->setup;
	const struct file_digest out = setup_output(s);
	struct file_digest in;

	*to = out.hash;
	if (!writes_nothing(s->c))
		return 0;
	in = setup_input(s, 0);
	if (!hash128_eq(in.hash, out.hash) && in.bytes + 1 != out.bytes)
		return err_set(err, EXIT_DATA,
		    "%s: not the documents that were sketched: write these with -o FILE",
		    s->input[0]);
	*to = in.hash;
	return 0;
}

static int
sketch_end(void *self, struct err *err)
{
	struct near_sketch *x = self;
	struct hash128 documents;

	return digest_documents(x, &documents, err) < 0
		   ? -1
		   : sketch_writer_finish(x->writer, documents, err);
}

static int
sketch_publish(void *self, struct err *err)
{
	struct near_sketch *x = self;

	return sketch_writer_commit(x->writer, err);
}

static void
sketch_remark(const void *self)
{
	const struct near_sketch *x = self;

	near_scope_warn(&x->view, &x->scope);
}

const struct filter filter_near_sketch = {
	.name = "near-sketch",
	.summary = "pass documents through, and write their sketches for near-match",
	.example = "tamis near-sketch -o a.jsonl.zst raw.jsonl.zst",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = sketch_open,
	.close = sketch_close,
	.map = sketch_map,
	.fold = sketch_fold,
	.end = sketch_end,
	.publish = sketch_publish,
	.remark = sketch_remark,
	.open_thread = sketch_open_thread,
	.close_thread = sketch_close_thread,
};
