/* encode.c - documents to token ids: a DOCS shard, or lines of ids or pieces to look at.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/num.h"
#include "lib/driver/filter.h"
#include "lib/io/publish.h"
#include "lib/text/json.h"
#include "shards/tshard/tshard.h"
#include "tok/encode_split.h"
#include "tok/fim.h"
#include "tok/model_io.h"

/* SentencePiece counts bytes in int, and its normalizer may triple them. */
#define MAX_TEXT ((size_t)512 << 20)

struct encode {
	const char *model_path, *eod_name, *source, *number, *fim_ids;
	bool ids, pieces;
	struct fim fim;

	/* Set by open. */
	struct model model;
	struct sp *sp;
	struct cutter *cutter;
	/* For what does not begin a text; NULL: the same, no dummy prefix is put there.
	 */
	struct sp *inner_sp;
	struct cutter *inner_cutter;
	uint32_t eod; /* MODEL_NO_ID: none */
	const char *prefix;
	bool quiet;
	struct tshard_writer *writer; /* one of these two */
	struct lines_out lines;

	/* What went by. */
	uint64_t docs, tokens;
};

/* What map hands to the sink. */
struct tokens {
	size_t n;	 /* with eod; 0: the document is empty */
	uint16_t number; /* the member --number, or 0 */
	uint8_t flags;	 /* of its segments */
	uint32_t id[];
};

static const struct encode defaults = { .fim = { .spm = 0.5 } };

static const struct opt opts[] = {
	/* Its path says nothing about its bytes; META names their SHA-256. */
	OPT_NOREPORT(OPT_T_STR, 'm', "model", struct encode, model_path, "FILE",
	    "the tokenizer: a SentencePiece model"),
	OPT_STR(0, "eod", struct encode, eod_name, "ID|PIECE|none",
	    "ends each document; default: the model's eos"),
	OPT_STR(0, "source", struct encode, source, "NAME",
	    "name of this source; default: the output's base name"),
	OPT_STR(0, "number", struct encode, number, "NAME",
	    "keep this member of each document, a number, in the shard"),
	OPT_DOUBLE(0, "fim", struct encode, fim.rate,
	    "share of documents to split for filling in the middle; default: 0"),
	OPT_DOUBLE(0, "fim-spm", struct encode, fim.spm,
	    "share of those with the suffix first; default: 0.5"),
	OPT_STR(0, "fim-ids", struct encode, fim_ids, "PRE,SUF,MID",
	    "ids or pieces before prefix, suffix and middle; default: "
	    "<fim_prefix>,<fim_suffix>,<fim_middle>"),
	OPT_BOOL(
	    0, "ids", struct encode, ids, "write a line of ids per document, no shard"),
	OPT_BOOL(0, "pieces", struct encode, pieces,
	    "write a JSON array of pieces per document, no shard"),
	OPT_END,
};

static int
tell(struct err *err, const struct tshard_error *e)
{
	return err_set(err, e->code, "%s", e->msg);
}

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
			    "%s: the model has no eos piece: name one that ends "
			    "documents "
			    "with --eod, or none",
			    e->model_path);
		return 0;
	}
	return model_choose(&e->model, e->model_path, "eod", name, &e->eod, err);
}

static int
open_fim(struct encode *e, const struct common *c, struct err *err)
{
	if (!(e->fim.rate >= 0 && e->fim.rate <= 1 && e->fim.spm >= 0 && e->fim.spm <= 1))
		return err_set(
		    err, EXIT_USAGE, "--fim and --fim-spm are shares: write 0 to 1");
	if (e->fim.rate == 0 && c->where)
		return err_set(err, EXIT_USAGE,
		    "--where: encode takes all documents: filter them before; or say "
		    "with --fim what to split of these");
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
	e->cutter = cutter_new(&e->model);
	if (!e->cutter || nested < 0)
		return err_set(err, EXIT_SYSTEM, "%s: out of memory", e->model_path);
	if (nested > MODEL_MAX_NESTED)
		return err_set(err, EXIT_DATA,
		    "%s: more than %d user-defined symbols begin one another, "
		    "which SentencePiece cannot match: use another model",
		    e->model_path, MODEL_MAX_NESTED);
	e->sp = sp_open(e->model.bytes, e->model.n_bytes, why, sizeof why);
	if (!e->sp)
		return err_set(err, EXIT_DATA,
		    "%s: SentencePiece refuses the model: %s: "
		    "train one with 'tamis vocab'",
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
	struct tshard_error te;
	const char *slash;

	if (!c->output || strcmp(c->output, "-") == 0)
		return err_set(err, EXIT_USAGE,
		    "no output: name the shard with -o PREFIX, or ask for --ids");
	e->prefix = c->output;
	slash = strrchr(e->prefix, '/');
	source.name = e->source ? e->source : slash ? slash + 1 : e->prefix;
	if (source.name[0] == '\0')
		return err_set(err, EXIT_USAGE,
		    "'%s': a shard needs a name: write -o PREFIX, not a folder",
		    e->prefix);
	tshard_sha256(e->model.bytes, e->model.n_bytes, facts.tokenizer);
	if (tshard_writer_open(&e->writer, e->prefix, &facts, &te) != 0) {
		e->writer = NULL;
		return tell(err, &te);
	}
	if (tshard_writer_sources(e->writer, &source, 1, &te) != 0)
		return tell(err, &te);
	return 0;
}

static void
encode_close(void *self)
{
	struct encode *e = self;

	tshard_writer_abort(e->writer);
	lines_out_close(&e->lines);
	cutter_free(e->cutter);
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
		return err_set(
		    err, EXIT_USAGE, "--number goes into a shard: leave it out");
	n = strspn(e->number, TSHARD_NUMBER_CHARS);
	if (n == 0 || n > TSHARD_NUMBER_NAME || e->number[n] != '\0')
		return err_set(err, EXIT_USAGE,
		    "--number '%s': a shard keeps names of 1 to %d of A-Za-z0-9._/+-: "
		    "rename the member",
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
		err_set(err, EXIT_USAGE, "--ids and --pieces: choose one");
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
	if (rc == 0 && c->verbose && cutter_whole(e->cutter))
		msg("%s: long documents go through in one piece, slowly: %s",
		    e->model_path, cutter_whole(e->cutter));
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

/* A raw U+2581 in the text will come back as a space: SentencePiece knows but one. */
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

/* That no token of the text is one of those that only we may put there. */
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
			    "the text holds token %" PRIu32 " '%.*s', which ends "
			    "documents: choose a control piece with --eod, which no text "
			    "holds, or take it out of the text",
			    id, shown, p->text);
		else
			doc_bad(d,
			    "the text holds token %" PRIu32 " '%.*s', which marks the "
			    "parts of a split one: choose control pieces with --fim-ids, "
			    "which no text holds, or take it out of the text",
			    id, shown, p->text);
		return false;
	}
	return true;
}

/* Tokenize d into its own memory; NULL if it is bad. */
static struct tokens *
tokenize(const struct encode *e, struct sp_ids *ids, struct doc *d, bool may_split)
{
	static const uint8_t flags[] = {
		[FIM_PSM] = TSHARD_SEG_FIM_PSM, [FIM_SPM] = TSHARD_SEG_FIM_SPM
	};
	struct span text = doc_text(d);
	struct fim_cut cut = { .kind = FIM_NONE };
	struct tokens *t;
	size_t n[3];
	int rc;

	if (text.n > MAX_TEXT) {
		doc_bad(d, "the text is too long to encode: cut it, or lower --max-doc");
		return NULL;
	}
	if (may_split && e->fim.rate > 0)
		cut = fim_choose(&e->fim, doc_id(d), text);
	ids->n = 0;
	if (cut.kind == FIM_NONE)
		rc = cut_encode(e->cutter, e->sp, text.p, text.n, 0, ids);
	else
		rc = fim_encode(&e->fim, &cut, e->cutter, e->sp, text, ids, n);
	if (rc < 0) {
		doc_bad(d, "SentencePiece cannot encode this text: its model, or too "
			   "little memory");
		return NULL;
	}
	if (!check_reserved(e, ids, d))
		return NULL;
	t = doc_alloc(d, sizeof *t + (ids->n + 4) * sizeof *t->id);
	*t = (struct tokens){ .n = ids->n };
	if (ids->n == 0)
		return t;
	if (cut.kind == FIM_NONE) {
		memcpy(t->id, ids->v, ids->n * sizeof *t->id);
	} else {
		fim_arrange(&e->fim, cut.kind, ids->v, n, t->id);
		t->n += 3;
		t->flags = flags[cut.kind];
	}
	if (e->eod != MODEL_NO_ID)
		t->id[t->n++] = e->eod;
	return t;
}

/* The member --number, rounded down.  False: the document is bad. */
static bool
read_number(const struct encode *e, struct doc *d, uint16_t *out)
{
	struct span raw;
	double v;

	*out = 0;
	if (!e->number)
		return true;
	if (!doc_get(d, span_of(e->number), &raw) || !num_json(raw, &v) || v < 0) {
		doc_bad(d,
		    "no member '%s' with a number from 0 on: add it, or leave these "
		    "documents out",
		    e->number);
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

/* All documents are encoded; --where selects those that --fim may split. */
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
	struct tshard_error te;
	char tag[16] = "";

	doc_str(d, SPAN("url"), &url);
	if (doc_str(d, SPAN("lang"), &lang) && lang.n < sizeof tag)
		memcpy(tag, lang.p, lang.n);
	row.language = tshard_lang_pack(tag);
	if (tshard_writer_put(e->writer, t->id, t->n, &te) != 0 ||
	    tshard_writer_end_doc(e->writer, &row, id.p, id.n, url.p, url.n, &te) != 0)
		return tell(err, &te);
	return 0;
}

static void
put_pieces(const struct model *m, const struct tokens *t, struct buf *b)
{
	buf_putc(b, '[');
	for (size_t i = 0; i < t->n; i++) {
		const struct model_piece *p = &m->piece[t->id[i]];

		if (i > 0)
			buf_putc(b, ',');
		json_quote(b, (struct span){ p->text, p->n });
	}
	buf_puts(b, "]\n");
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

	if (t->n == 0) /* dropped, but for --tag */
		return 0;
	e->docs++;
	e->tokens += t->n;
	return e->writer ? write_doc(e, d, t, err) : write_line(e, t, err);
}

static void
put_id(struct buf *b, const char *key, uint32_t id)
{
	if (id == MODEL_NO_ID)
		buf_putf(b, "\"%s\":null,", key);
	else
		buf_putf(b, "\"%s\":%" PRIu32 ",", key, id);
}

/* META: members in the order of their names, so that equal facts are equal bytes. */
static void
put_meta(const struct encode *e, struct span report, struct buf *b)
{
	const struct model *m = &e->model;
	const char *slash = strrchr(e->model_path, '/');
	unsigned char sha[32];
	char hex[65];

	tshard_sha256(m->bytes, m->n_bytes, sha);
	tshard_hex(sha, sizeof sha, hex);
	buf_puts(b, "{\"provenance\":");
	buf_put(b, report.p, report.n);
	buf_puts(b, ",\"tokenizer\":{");
	put_id(b, "bos", m->bos);
	put_id(b, "eod", e->eod);
	if (e->eod != MODEL_NO_ID) {
		buf_puts(b, "\"eod_piece\":");
		json_quote(b, (struct span){ m->piece[e->eod].text, m->piece[e->eod].n });
		buf_putc(b, ',');
	}
	buf_puts(b, "\"model\":");
	json_quote_any(b, span_of(slash ? slash + 1 : e->model_path));
	buf_putc(b, ',');
	put_id(b, "pad", m->pad);
	buf_putf(b, "\"sha256\":\"%s\",\"type\":\"%s\",", hex,
	    m->kind == MODEL_BPE       ? "bpe"
	    : m->kind == MODEL_UNIGRAM ? "unigram"
				       : "other");
	put_id(b, "unk", m->unk);
	buf_putf(b, "\"vocab\":%" PRIu32 "}}", m->n);
}

static int
commit_shard(struct encode *e, struct span report, struct err *err)
{
	struct tshard_error te;
	struct buf meta = { 0 };
	int rc;

	put_meta(e, report, &meta);
	rc = tshard_writer_meta(e->writer, meta.p, meta.n, &te);
	buf_free(&meta);
	if (rc == 0) {
		rc = tshard_writer_commit(e->writer, NULL, &te);
		e->writer = NULL;
	}
	return rc == 0 ? 0 : tell(err, &te);
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
		    " '%.*s' behind each document",
		    e->tokens, e->docs, e->eod, (int)eod.n, eod.p);
	else
		msg("%" PRIu64 " tokens in %" PRIu64 " documents, without eod", e->tokens,
		    e->docs);
	return 0;
}

static const struct sink encode_sink = { .write = encode_write, .finish = encode_finish };

const struct filter filter_encode = {
	.name = "encode",
	.summary = "turn documents into token ids, with a SentencePiece model",
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
