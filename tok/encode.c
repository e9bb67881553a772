/* encode.c - encode documents into a DOCS shard, or into lines of ids or pieces. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/publish.h"
#include "lib/text/json_writer.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard_err.h"
#include "tok/encode_split.h"
#include "tok/fim.h"
#include "tok/model_io.h"

/* SentencePiece counts bytes in an int, and its normalizer may triple them. */
#define MAX_TEXT ((size_t)512 << 20)

struct encode {
	const char *model_path, *eod_name, *source, *number, *fim_ids;
	bool ids, pieces;
	struct fim fim;

	/* Set by open. */
	struct model model;
	struct sp *sp;
	struct splitter *splitter;
	uint32_t eod; /* MODEL_NO_ID: none */
	const char *prefix;
	bool quiet;
	struct tshard_writer *writer; /* NULL: lines */
	struct lines_out lines;

	uint64_t docs, tokens; /* written */
};

/* The result of map for the sink. */
struct tokens {
	size_t n;	 /* with eod; 0: the document is empty */
	uint16_t number; /* the field --number, or 0 */
	uint8_t flags;	 /* TSHARD_SEG_FIM_PSM or TSHARD_SEG_FIM_SPM */
	uint32_t id[];
};

static const struct encode defaults = { .fim = { .spm = 0.5 } };

static const struct opt opts[] = {
	/* Reports leave out the path; META has the SHA-256 of the bytes. */
	OPT_NOREPORT(OPT_T_STR, 'm', "model", struct encode, model_path, "FILE",
	    "SentencePiece model to encode with"),
	OPT_STR(0, "eod", struct encode, eod_name, "ID|PIECE|none",
	    "token that ends each document; default: the model's eos"),
	OPT_STR(0, "source", struct encode, source, "NAME",
	    "name of the source; default: base name of the output"),
	OPT_STR(0, "number", struct encode, number, "NAME",
	    "store this numeric field of each document in the shard"),
	OPT_DOUBLE(0, "fim", struct encode, fim.rate,
	    "share of documents to split for fill-in-the-middle; default: 0"),
	OPT_DOUBLE(0, "fim-spm", struct encode, fim.spm,
	    "share of those in SPM order; default: 0.5"),
	OPT_STR(0, "fim-ids", struct encode, fim_ids, "PRE,SUF,MID",
	    "ids or pieces before prefix, suffix and middle; default: "
	    "<fim_prefix>,<fim_suffix>,<fim_middle>"),
	OPT_BOOL(
	    0, "ids", struct encode, ids, "write one line of ids per document, no shard"),
	OPT_BOOL(0, "pieces", struct encode, pieces,
	    "write one JSON array of pieces per document, no shard"),
	OPT_END,
};

static int
choose_eod(struct encode *e, struct err *err)
{
	const char *name = e->eod_name;

	e->eod = MODEL_NO_ID;
	if (name && strcmp(name, "none") == 0)
		return 0;
	if (!name) {
		e->eod = e->model.eos;
		if (e->eod == MODEL_NO_ID)
			return err_set(err, EXIT_USAGE,
			    "%s: the model has no eos piece: name the token that ends "
			    "documents with --eod ID|PIECE, or write --eod none",
			    e->model_path);
		return 0;
	}
	return model_choose(&e->model, e->model_path, "eod", name, &e->eod, err);
}

static int
open_fim(struct encode *e, const struct common *c, struct err *err)
{
	if (!(e->fim.rate >= 0 && e->fim.rate <= 1 && e->fim.spm >= 0 && e->fim.spm <= 1))
		return err_set(err, EXIT_USAGE,
		    "--fim %g, --fim-spm %g: out of range: write 0 to 1", e->fim.rate,
		    e->fim.spm);
	if (e->fim.rate == 0 && c->where)
		return err_set(err, EXIT_USAGE,
		    "--where selects the documents that --fim may split, and --fim is 0: "
		    "set --fim, or filter documents before encode");
	if (e->fim.rate == 0)
		return 0;
	e->fim.seed = c->seed;
	return fim_open(&e->fim, &e->model, e->model_path, e->fim_ids, e->eod, err);
}

static int
open_model(struct encode *e, struct err *err)
{
	char why[200];
	int nested;

	if (!e->model_path)
		return err_set(err, EXIT_USAGE, "no model: name one with -m FILE");
	if (model_load(&e->model, e->model_path, err) < 0 || choose_eod(e, err) < 0)
		return -1;
	nested = model_nested(&e->model);
	e->splitter = splitter_new(&e->model);
	if (!e->splitter || nested < 0)
		return err_set(err, EXIT_SYSTEM, "%s: out of memory", e->model_path);
	if (nested > MODEL_MAX_NESTED)
		return err_set(err, EXIT_DATA,
		    "%s: %d user-defined symbols or more are prefixes of one another, "
		    "and "
		    "SentencePiece allows %d: use another model",
		    e->model_path, nested, MODEL_MAX_NESTED);
	e->sp = sp_open(e->model.bytes, e->model.n_bytes, why, sizeof why);
	if (!e->sp)
		return err_set(err, EXIT_DATA,
		    "%s: SentencePiece refuses the model: %s: name another, or train one "
		    "with 'tamis vocab'",
		    e->model_path, why);
	return 0;
}

static int
open_shard(struct encode *e, const struct common *c, struct err *err)
{
	struct tshard_facts facts = { .kind = TSHARD_DOCS,
		.vocab = e->model.n,
		.eod = e->eod,
		.pad = e->model.pad,
		.bos = e->model.bos,
		.number = e->number,
		.force = c->force,
		.temporary = temporary_note };
	struct tshard_source source = { .weight = 1000000000 };
	struct tshard_error te = { 0 };

	if (!c->output || strcmp(c->output, "-") == 0)
		return err_set(err, EXIT_USAGE,
		    "no output shard: name it with -o PREFIX, or write --ids");
	e->prefix = c->output;
	source.name = e->source ? e->source : path_base(e->prefix);
	if (source.name[0] == '\0')
		return err_set(err, EXIT_USAGE,
		    "-o '%s': the prefix has no base name: write DIRECTORY/NAME",
		    e->prefix);
	tshard_sha256(e->model.bytes, e->model.n_bytes, facts.tokenizer);
	if (tshard_writer_open(&e->writer, e->prefix, &facts, &te) < 0) {
		e->writer = NULL;
		return err_tshard(err, &te);
	}
	if (tshard_writer_sources(e->writer, &source, 1, &te) < 0)
		return err_tshard(err, &te);
	return 0;
}

static void
encode_close(void *self)
{
	struct encode *e = self;

	tshard_writer_abort(e->writer);
	lines_out_close(&e->lines);
	splitter_free(e->splitter);
	sp_close(e->sp);
	fim_close(&e->fim);
	model_free(&e->model);
}

static int
check_number(const struct encode *e, struct err *err)
{
	size_t n;

	if (!e->number)
		return 0;
	if (e->ids || e->pieces)
		return err_set(err, EXIT_USAGE,
		    "--number: only a shard stores it, and --ids and --pieces write "
		    "none: "
		    "choose one");
	n = strspn(e->number, TSHARD_NUMBER_CHARS);
	if (n == 0 || n > TSHARD_NUMBER_NAME || e->number[n] != '\0')
		return err_set(err, EXIT_USAGE,
		    "--number '%s': a shard stores names of 1 to %d characters "
		    "A-Za-z0-9._/+-: rename the field",
		    e->number, TSHARD_NUMBER_NAME);
	return 0;
}

static int
encode_open(void *self, struct setup *setup, struct err *err)
{
	struct encode *e = self;
	const struct common *c = setup->c;
	int rc = -1;

	e->quiet = c->quiet;
	setup->all_docs = true;
	if (e->ids && e->pieces) {
		err_set(
		    err, EXIT_USAGE, "--ids and --pieces cannot be combined: choose one");
		goto out;
	}
	if (check_number(e, err) < 0)
		goto out;
	if (open_model(e, err) < 0 || open_fim(e, c, err) < 0)
		goto out;
	if (e->ids || e->pieces) {
		rc = lines_out_open(&e->lines, c->output, c->level, err);
	} else {
		rc = open_shard(e, c, err);
	}
	if (rc == 0 && c->verbose && splitter_refusal(e->splitter))
		msg("%s: long documents are encoded slowly, as a whole: %s",
		    e->model_path, splitter_refusal(e->splitter));
out:
	if (rc < 0)
		encode_close(e);
	return rc;
}

static int
encode_open_thread(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct sp_ids));
	return 0;
}

static void
encode_close_thread(void *scratch)
{
	sp_ids_free(scratch);
	free(scratch);
}

/* Each U+2581 of the text decodes to a space: pieces do not distinguish them. */
static uint64_t
count_u2581(struct span s)
{
	uint64_t n = 0;
	const char *p = s.p, *end = s.p + s.n;

	while (end - p >= 3 && (p = memchr(p, '\xe2', (size_t)(end - p) - 2))) {
		n += p[1] == '\x96' && p[2] == '\x81';
		p++;
	}
	return n;
}

/* Tokens that encode adds must not occur in the text.  False: the document is bad. */
static bool
check_reserved(const struct encode *e, const struct sp_ids *ids, struct doc *d)
{
	for (size_t i = 0; i < ids->n; i++) {
		uint32_t id = ids->v[i];
		const struct model_piece *p;
		int shown;

		if (id != e->eod && !fim_reserves(&e->fim, id))
			continue;
		p = &e->model.piece[id];
		shown = p->n < 64 ? (int)p->n : 64;
		if (id == e->eod)
			doc_bad(d,
			    "the text contains token %" PRIu32 " '%.*s', which ends "
			    "documents: name a control piece with --eod, or remove it "
			    "from the text",
			    id, shown, p->text);
		else
			doc_bad(d,
			    "the text contains token %" PRIu32 " '%.*s', which marks the "
			    "parts of a split document: name control pieces with "
			    "--fim-ids, or remove it from the text",
			    id, shown, p->text);
		return false;
	}
	return true;
}

/* Encode d.  The result lives as long as d; NULL if d is bad. */
static struct tokens *
tokenize(const struct encode *e, struct sp_ids *ids, struct doc *d, bool may_split)
{
	static const uint8_t flags[] = {
		[FIM_PSM] = TSHARD_SEG_FIM_PSM, [FIM_SPM] = TSHARD_SEG_FIM_SPM
	};
	struct span text = doc_text(d);
	struct fim_split split = { .kind = FIM_NONE };
	struct tokens *t;
	size_t n[3];
	int rc;

	if (text.n > MAX_TEXT) {
		doc_bad(d, "the text has %zu bytes, the limit is %zu: split the document",
		    text.n, MAX_TEXT);
		return NULL;
	}
	if (may_split && e->fim.rate > 0)
		split = fim_choose(&e->fim, doc_id(d), text);
	ids->n = 0;
	if (split.kind == FIM_NONE)
		rc = splitter_encode(e->splitter, e->sp, text.p, text.n, 0, ids);
	else
		rc = fim_encode(&e->fim, &split, e->splitter, e->sp, text, ids, n);
	if (rc < 0) {
		doc_bad(d, "SentencePiece failed to encode the text: the model does not "
			   "support it, or memory is out");
		return NULL;
	}
	if (!check_reserved(e, ids, d))
		return NULL;
	t = doc_alloc(d, sizeof *t + (ids->n + 4) * sizeof *t->id);
	*t = (struct tokens){ .n = ids->n };
	if (ids->n == 0)
		return t;
	if (split.kind == FIM_NONE) {
		memcpy(t->id, ids->v, ids->n * sizeof *t->id);
	} else {
		fim_arrange(&e->fim, split.kind, ids->v, n, t->id);
		t->n += 3;
		t->flags = flags[split.kind];
	}
	if (e->eod != MODEL_NO_ID)
		t->id[t->n++] = e->eod;
	return t;
}

/* The field --number, rounded down, at most 65535.  False: the document is bad. */
static bool
read_number(const struct encode *e, struct doc *d, uint16_t *out)
{
	struct span raw;
	double v;

	*out = 0;
	if (!e->number)
		return true;
	if (!doc_get(d, span_of(e->number), &raw) || !num_json(raw, &v) || v < 0) {
		doc_bad(
		    d, "field '%s' is missing or not a non-negative number", e->number);
		return false;
	}
	*out = v < UINT16_MAX ? (uint16_t)v : UINT16_MAX;
	return true;
}

static void
encode_document(const struct encode *e, void *scratch, struct doc *d, bool may_split)
{
	struct tokens *t = tokenize(e, scratch, d, may_split);

	if (!t || !read_number(e, d, &t->number))
		return;
	doc_state_set(d, t);
	doc_count(d, "encode.tokens", t->n);
	doc_count(d, "encode.fim_psm", t->flags == TSHARD_SEG_FIM_PSM);
	doc_count(d, "encode.fim_spm", t->flags == TSHARD_SEG_FIM_SPM);
	if (e->model.escapes)
		doc_count(d, "encode.u2581", count_u2581(doc_text(d)));
	if (t->n == 0)
		doc_drop(d, "encode.empty");
}

/* All documents are encoded; --where selects the documents that --fim may split. */
static void
encode_map(const void *self, void *scratch, struct doc *d)
{
	encode_document(self, scratch, d, doc_selected(d));
}

static int
write_doc(struct encode *e, struct doc *d, const struct tokens *t, struct err *err)
{
	struct tshard_doc row = {
		.ordinal = doc_ordinal(d), .number = t->number, .flags = t->flags
	};
	struct span id = doc_id(d), url = { NULL, 0 }, lang;
	struct tshard_error te = { 0 };
	char tag[16] = "";

	doc_str(d, SPAN("url"), &url);
	if (doc_str(d, SPAN("lang"), &lang) && lang.n < sizeof tag)
		memcpy(tag, lang.p, lang.n);
	row.language = tshard_lang_pack(tag);
	if (tshard_writer_put(e->writer, t->id, t->n, &te) < 0 ||
	    tshard_writer_end_doc(e->writer, &row, id.p, id.n, url.p, url.n, &te) < 0)
		return err_tshard(err, &te);
	return 0;
}

static void
put_pieces(const struct model *m, const struct tokens *t, struct buf *b)
{
	struct json_writer w = { .out = b };

	jw_array(&w);
	for (size_t i = 0; i < t->n; i++) {
		const struct model_piece *p = &m->piece[t->id[i]];

		jw_str(&w, (struct span){ p->text, p->n });
	}
	jw_end(&w);
	buf_putc(b, '\n');
}

static void
put_ids(const struct tokens *t, struct buf *b)
{
	for (size_t i = 0; i < t->n; i++) {
		char digits[10];
		size_t n = 0;
		uint32_t v = t->id[i];

		do
			digits[n++] = (char)('0' + v % 10);
		while (v /= 10);
		if (i > 0)
			buf_putc(b, ' ');
		while (n > 0)
			buf_putc(b, digits[--n]);
	}
	buf_putc(b, '\n');
}

static int
write_line(struct encode *e, const struct tokens *t, struct err *err)
{
	if (e->pieces)
		put_pieces(&e->model, t, &e->lines.raw);
	else
		put_ids(t, &e->lines.raw);
	return lines_out_flush(&e->lines, err);
}

static int
encode_write(void *self, struct doc *d, struct err *err)
{
	struct encode *e = self;
	const struct tokens *t = doc_state(d);

	if (t->n == 0) /* only with --tag: else it was dropped */
		return 0;
	e->docs++;
	e->tokens += t->n;
	return e->writer ? write_doc(e, d, t, err) : write_line(e, t, err);
}

static void
put_id(struct json_writer *w, const char *key, uint32_t id)
{
	jw_key(w, key);
	if (id == MODEL_NO_ID)
		jw_null(w);
	else
		jw_u64(w, id);
}

/* META.  Fields are in the order of their names, so equal facts give equal bytes. */
static void
put_meta(const struct encode *e, struct span report, struct buf *b)
{
	const struct model *m = &e->model;
	struct json_writer w = { .out = b };
	unsigned char sha[32];
	char hex[65];

	tshard_sha256(m->bytes, m->n_bytes, sha);
	tshard_hex(sha, sizeof sha, hex);
	jw_object(&w);
	jw_raw(jw_key(&w, "provenance"), report);
	jw_object(jw_key(&w, "tokenizer"));
	put_id(&w, "bos", m->bos);
	put_id(&w, "eod", e->eod);
	if (e->eod != MODEL_NO_ID) {
		const struct model_piece *p = &m->piece[e->eod];

		jw_str(jw_key(&w, "eod_piece"), (struct span){ p->text, p->n });
	}
	jw_text(jw_key(&w, "model"), path_base(e->model_path));
	put_id(&w, "pad", m->pad);
	jw_text(jw_key(&w, "sha256"), hex);
	jw_text(jw_key(&w, "type"), m->kind == MODEL_BPE       ? "bpe"
				    : m->kind == MODEL_UNIGRAM ? "unigram"
							       : "other");
	put_id(&w, "unk", m->unk);
	jw_u64(jw_key(&w, "vocab"), m->n);
	jw_end(&w);
	jw_end(&w);
}

static int
commit_shard(struct encode *e, struct span report, struct err *err)
{
	struct tshard_error te = { 0 };
	struct buf meta = { 0 };
	int rc;

	put_meta(e, report, &meta);
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
	if (e->quiet || e->ids || e->pieces)
		return 0;
	if (e->eod != MODEL_NO_ID)
		msg("%" PRIu64 " tokens, %" PRIu64 " of them eod %" PRIu32
		    " '%.*s', one after each document",
		    e->tokens, e->docs, e->eod, (int)eod.n, eod.p);
	else
		msg("%" PRIu64 " tokens in %" PRIu64 " documents, no eod", e->tokens,
		    e->docs);
	return 0;
}

static const struct sink encode_sink = { .write = encode_write, .finish = encode_finish };

const struct filter filter_encode = {
	.name = "encode",
	.summary = "encode documents into a token shard with a SentencePiece model",
	.example = "tamis encode -m corpus.model -o tok/en en.jsonl.zst",
	.operands = "-m MODEL -o PREFIX [FILE...]",
	.output = "PREFIX",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = encode_open,
	.map = encode_map,
	.close = encode_close,
	.open_thread = encode_open_thread,
	.close_thread = encode_close_thread,
	.sink = &encode_sink,
};
