/* encode.c - documents to token ids: a DOCS shard, or lines of ids or pieces to look at.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/filter.h"
#include "lib/json.h"
#include "lib/num.h"
#include "lib/stream.h"
#include "shards/tshard.h"
#include "tok/cut.h"
#include "tok/files.h"

/* SentencePiece counts bytes in int, and its normalizer may triple them. */
#define MAX_TEXT ((size_t)512 << 20)

struct encode {
	const char *model_path, *eod_name, *source;
	bool ids, pieces;

	/* Set by open. */
	struct model model;
	struct sp *sp;
	struct cutter *cutter;
	uint32_t eod; /* MODEL_NO_ID: none */
	const char *prefix;
	bool quiet;
	struct tshard_writer *writer; /* one of these two */
	struct lines_out lines;

	/* What went by. */
	struct sp_ids spare;
	uint64_t docs, tokens, eods;
};

/* What map hands to the sink. */
struct tokens {
	size_t n; /* with eod; 0: the document is empty */
	uint32_t inner_eods;
	uint32_t id[];
};

static const struct encode defaults = { 0 };

static const struct opt opts[] = {
	/* Its path says nothing about its bytes; META names their SHA-256. */
	OPT_LOCAL(OPT_T_STR, 'm', "model", struct encode, model_path, "FILE",
	    "the tokenizer: a SentencePiece model"),
	OPT_STR(0, "eod", struct encode, eod_name, "ID|PIECE|none",
	    "ends each document; default: the model's eos"),
	OPT_STR(0, "source", struct encode, source, "NAME",
	    "name of this source; default: the output's base name"),
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

static bool
all_digits(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && s[n] == '\0';
}

static int
choose_eod(struct encode *e, struct err *err)
{
	const char *name = e->eod_name;
	uint64_t id;

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
	if (all_digits(name)) {
		if (num_u64(name, &id) || id >= e->model.n)
			return err_set(err, EXIT_USAGE,
			    "--eod %s: no such id: '%s' has ids below %" PRIu32, name,
			    e->model_path, e->model.n);
		e->eod = (uint32_t)id;
		return 0;
	}
	e->eod = model_find(&e->model, name, strlen(name));
	if (e->eod == MODEL_NO_ID)
		return err_set(err, EXIT_USAGE,
		    "--eod '%s': '%s' has no such piece: name another, or an id", name,
		    e->model_path);
	return 0;
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
	sp_ids_free(&e->spare);
	cutter_free(e->cutter);
	sp_close(e->sp);
	model_free(&e->model);
}

static int
encode_open(void *self, const struct common *c, struct err *err)
{
	struct encode *e = self;
	int rc = -1;

	e->quiet = c->quiet;
	if (e->ids && e->pieces) {
		err_set(err, EXIT_USAGE, "--ids and --pieces: choose one");
		goto out;
	}
	if (open_model(e, err) < 0)
		goto out;
	if (e->ids || e->pieces) {
		rc = lines_out_open(&e->lines, c->output, c->level, err);
	} else {
		rc = open_shard(e, c, err);
	}
	if (rc == 0 && c->verbose && cutter_whole(e->cutter))
		say("%s: long documents go through in one piece, slowly: %s",
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

/* Tokenize d into its own memory; NULL if it is bad. */
static struct tokens *
tokenize(const struct encode *e, struct sp_ids *ids, struct doc *d)
{
	struct span text = doc_text(d);
	struct tokens *t;

	if (text.n > MAX_TEXT) {
		doc_bad(d, "the text is too long to encode: cut it, or lower --max-doc");
		return NULL;
	}
	ids->n = 0;
	if (cut_encode(e->cutter, e->sp, text.p, text.n, 0, ids) < 0) {
		doc_bad(d, "SentencePiece cannot encode this text: its model, or too "
			   "little memory");
		return NULL;
	}
	t = doc_alloc(d, sizeof *t + (ids->n + 1) * sizeof *t->id);
	*t = (struct tokens){ .n = ids->n };
	if (ids->n == 0)
		return t;
	for (size_t i = 0; i < ids->n; i++)
		t->inner_eods += ids->v[i] == e->eod;
	memcpy(t->id, ids->v, ids->n * sizeof *t->id);
	if (e->eod != MODEL_NO_ID)
		t->id[t->n++] = e->eod;
	return t;
}

static void
encode_map(const void *self, void *scratch, struct doc *d)
{
	const struct encode *e = self;
	struct tokens *t = tokenize(e, scratch, d);

	if (!t)
		return;
	doc_carry(d, t);
	doc_count(d, "encode.tokens", t->n);
	doc_count(d, "encode.eod_in_text", t->inner_eods);
	if (e->model.escapes)
		doc_count(d, "encode.u2581", count_u2581(doc_text(d)));
	if (t->n == 0)
		doc_drop(d, "encode.empty");
}

static int
write_doc(struct encode *e, struct doc *d, const struct tokens *t, struct err *err)
{
	struct tshard_doc row = { .ordinal = doc_ordinal(d) };
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
	const struct tokens *t = doc_carried(d);

	/* --where let it pass by map; what reaches the end is encoded all the same. */
	if (!t)
		t = tokenize(e, &e->spare, d);
	if (!t)
		return err_set(err, EXIT_DATA,
		    "a document cannot be encoded: leave out --where to see which");
	if (t->n == 0)
		return 0;
	e->docs++;
	e->tokens += t->n;
	e->eods += t->inner_eods;
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
	if (e->eods > 0)
		warning("%" PRIu64 " tokens inside documents are eod %" PRIu32
			" '%.*s': choose a control piece with --eod",
		    e->eods, e->eod, (int)eod.n, eod.p);
	if ((e->writer ? commit_shard(e, report, err)
		       : lines_out_commit(&e->lines, err)) < 0)
		return -1;
	if (e->quiet || e->ids || e->pieces)
		return 0;
	if (e->eod != MODEL_NO_ID)
		say("%" PRIu64 " tokens, %" PRIu64 " of them eod %" PRIu32
		    " '%.*s' behind each document",
		    e->tokens, e->docs, e->eod, (int)eod.n, eod.p);
	else
		say("%" PRIu64 " tokens in %" PRIu64 " documents, without eod", e->tokens,
		    e->docs);
	return 0;
}

static const struct sink encode_sink = { .write = encode_write, .finish = encode_finish };

const struct filter filter_encode = {
	.name = "encode",
	.summary = "turn documents into token ids, with a SentencePiece model",
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
