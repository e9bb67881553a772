/* import.c - make a shard of the tokens that another program wrote. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/driver/common.h"
#include "lib/driver/tty.h"
#include "lib/io/inputs.h"
#include "lib/io/stream.h"
#include "lib/text/utf8.h"
#include "shards/layout_in.h"
#include "shards/prefix_lock.h"
#include "shards/tshard/tshard.h"
#include "shards/tshard_err.h"
#include "tok/tamis_tok.h"

struct import {
	const char *from, *model, *source;
	uint64_t vocab, eod, bos, pad, bytes;
};

#define UNSET UINT64_MAX

static const struct import defaults = {
	.vocab = UNSET, .eod = UNSET, .bos = UNSET, .pad = UNSET, .bytes = UNSET
};

static const struct opt opts[] = {
	OPT_STR(0, "from", struct import, from, "LAYOUT",
	    "megatron, datatrove, olmo, llm.c or nanogpt"),
	OPT_STR('m', "model", struct import, model, "FILE",
	    "SentencePiece model that the ids are of"),
	OPT_U64(0, "vocab", struct import, vocab,
	    "number of token ids; default: the model's"),
	OPT_U64(0, "eod", struct import, eod, "token id that ends each document"),
	OPT_U64(0, "bos", struct import, bos, "token id that begins each document"),
	OPT_U64(0, "pad", struct import, pad, "token id that fills samples"),
	OPT_U64(0, "bytes", struct import, bytes,
	    "bytes per token, 2 or 4, if the files do not tell"),
	OPT_STR(0, "source", struct import, source, "NAME",
	    "name of the source; default: base name of the output"),
	OPT_END,
};

enum { MOST_MODEL_BYTES = 1 << 30 };

struct import_job {
	const struct import *t;
	const struct common *c;
	const struct token_layout *l;
	struct layout_hints hints;
	struct tshard_facts facts;
	struct tshard_writer *w;
	uint64_t docs, tokens, empty;
	uint64_t ended;	  /* documents that lacked eod */
	uint64_t unbegun; /* documents that lack bos */
	bool within;	  /* the document has tokens */
	uint32_t last;	  /* token of the document so far */
	struct json_writer meta;
	struct buf text, id;
	struct progress progress;
};

/* ---- options ---- */

static int
read_model(struct import_job *j, struct err *err)
{
	struct buf model = { 0 };
	struct tamis_tok *tok;
	char why[sizeof err->msg];

	if (!j->t->model)
		return 0;
	if (file_get(j->t->model, MOST_MODEL_BYTES, &model, err) < 0)
		return -1;
	tshard_sha256(model.p, model.n, j->facts.tokenizer);
	buf_free(&model);
	tok = tamis_tok_open(j->t->model, why, sizeof why);
	if (!tok)
		return err_set(err, errno == EINVAL ? EXIT_DATA : EXIT_SYSTEM, "%s", why);
	j->facts.vocab = tamis_tok_vocab(tok);
	tamis_tok_close(tok);
	return 0;
}

static int
take_token(
    const char *name, uint64_t value, uint32_t vocab, uint32_t *out, struct err *err)
{
	*out = TSHARD_NONE;
	if (value == UNSET)
		return 0;
	if (value >= vocab)
		return err_set(err, EXIT_USAGE,
		    "--%s %" PRIu64 ": is not below the vocabulary of %" PRIu32, name,
		    value, vocab);
	*out = (uint32_t)value;
	return 0;
}

static int
check_vocab(struct import_job *j, struct err *err)
{
	const struct import *t = j->t;

	if (t->vocab != UNSET) {
		if (t->vocab < 1 || t->vocab > UINT32_C(1) << 31)
			return err_set(err, EXIT_USAGE,
			    "--vocab %" PRIu64 ": must be from 1 to 2^31", t->vocab);
		if (t->vocab < j->facts.vocab)
			return err_set(err, EXIT_USAGE,
			    "--vocab %" PRIu64 ": the model has %" PRIu32 " ids",
			    t->vocab, j->facts.vocab);
		j->facts.vocab = (uint32_t)t->vocab;
	}
	if (j->facts.vocab == 0)
		return err_set(err, EXIT_USAGE,
		    "no vocabulary: name its model with -m, or its size with --vocab");
	if (t->bytes != UNSET && t->bytes != 2 && t->bytes != 4)
		return err_set(
		    err, EXIT_USAGE, "--bytes %" PRIu64 ": must be 2 or 4", t->bytes);
	j->hints.width =
	    t->bytes != UNSET ? (uint32_t)t->bytes : tshard_width(j->facts.vocab);
	return 0;
}

static int
check_options(struct import_job *j, int n, struct err *err)
{
	const char *output = j->c->output;

	j->l = layout_to_read(j->t->from, err);
	if (!j->l)
		return -1;
	if (n == 0)
		return err_set(err, EXIT_USAGE, "no FILE: name a file of tokens");
	if (!output || strcmp(output, "-") == 0 || path_base(output)[0] == '\0')
		return err_set(
		    err, EXIT_USAGE, "no output shard: name it with -o PREFIX");
	if (j->t->source && j->t->source[0] == '\0')
		return err_set(err, EXIT_USAGE, "--source '': must not be empty");
	if (read_model(j, err) < 0 || check_vocab(j, err) < 0 ||
	    take_token("eod", j->t->eod, j->facts.vocab, &j->facts.eod, err) < 0 ||
	    take_token("bos", j->t->bos, j->facts.vocab, &j->facts.bos, err) < 0 ||
	    take_token("pad", j->t->pad, j->facts.vocab, &j->facts.pad, err) < 0)
		return -1;
	j->hints.eod = j->facts.eod;
	j->hints.bos = j->facts.bos;
	return 0;
}

/* ---- META ---- */

static void
begin_meta(struct import_job *j)
{
	j->meta.out = &j->text;
	jw_object(&j->meta);
	jw_object(jw_key(&j->meta, "provenance"));
	jw_text(jw_key(&j->meta, "command"), "import");
	jw_array(jw_key(&j->meta, "inputs"));
}

static void
put_input(struct import_job *j, const struct layout_in *in, const char *path)
{
	uint64_t bytes;
	struct hash128 h = layout_in_hash(in, &bytes);
	char hex[33];

	hash128_hex(h, hex);
	jw_object(&j->meta);
	jw_u64(jw_key(&j->meta, "bytes"), bytes);
	jw_text(jw_key(&j->meta, "name"), path_base(path));
	jw_text(jw_key(&j->meta, "tokens_xxh3"), hex);
	jw_end(&j->meta);
}

static int
end_meta(struct import_job *j, struct err *err)
{
	const struct opt_set options = { opts, (void *)(uintptr_t)j->t };
	struct tshard_error e = { 0 };

	jw_end(&j->meta);
	jw_object(jw_key(&j->meta, "options"));
	opt_report(&options, &j->meta);
	jw_end(&j->meta);
	jw_text(jw_key(&j->meta, "tamis"), VERSION);
	jw_end(&j->meta);
	jw_end(&j->meta);
	return tshard_writer_meta(j->w, j->text.p, j->text.n, &e) < 0
		   ? err_tshard(err, &e)
		   : 0;
}

/* ---- documents ---- */

/* Append tokens.  at: the number of the first one in the file. */
static int
put_tokens(struct import_job *j, const struct layout_part *part, const char *path,
    uint64_t at, struct err *err)
{
	struct tshard_error e = { 0 };

	for (size_t i = 0; i < part->n; i++)
		if (part->ids[i] >= j->facts.vocab)
			return err_set(err, EXIT_DATA,
			    "%s: token %" PRIu64 " is %" PRIu32
			    ", the vocabulary has %" PRIu32
			    ": name the model that encoded the tokens, or set --bytes",
			    path, at + i, part->ids[i], j->facts.vocab);
	if (part->n > 0 && tshard_writer_put(j->w, part->ids, part->n, &e) < 0)
		return err_tshard(err, &e);
	j->tokens += part->n;
	if (progress_due(&j->progress))
		progress_line(&j->progress, "import: %s: %llu documents, %.1f Gtok",
		    path_base(path), (unsigned long long)j->docs,
		    (double)j->tokens / 1e9);
	if (part->n > 0) {
		j->unbegun += !j->within && part->ids[0] != j->facts.bos;
		j->within = true;
		j->last = part->ids[part->n - 1];
	}
	return 0;
}

/* End the document with eod.  Its id is that of its layout, or FILE:NUMBER. */
static int
end_document(struct import_job *j, const struct layout_part *part, const char *name,
    uint64_t number, struct err *err)
{
	const struct tshard_doc d = { .ordinal = j->docs,
		.flags = part->loss ? 0 : TSHARD_SEG_NO_LOSS };
	const uint32_t eod = j->facts.eod;
	struct tshard_error e = { 0 };

	if (eod != TSHARD_NONE && j->last != eod) {
		if (tshard_writer_put(j->w, &eod, 1, &e) < 0)
			return err_tshard(err, &e);
		j->tokens++;
		j->ended++;
	}
	j->within = false;
	j->id.n = 0;
	if (part->id && utf8_valid(span_of(part->id)))
		buf_puts(&j->id, part->id);
	else
		buf_putf(&j->id, "%s:%" PRIu64, name, number);
	if (tshard_writer_end_doc(j->w, &d, j->id.p, j->id.n, NULL, 0, &e) < 0)
		return err_tshard(err, &e);
	j->docs++;
	return 0;
}

static int
import_file(struct import_job *j, const char *path, struct err *err)
{
	struct layout_in *in;
	struct layout_part part;
	uint64_t number = 0, at = 0;
	int more = -1;

	if (layout_in_open(&in, j->l, path, &j->hints, err) == 0)
		while ((more = layout_in_next(in, &part, err)) > 0) {
			more = put_tokens(j, &part, path, at, err);
			at += part.n;
			if (more == 0 && part.ends)
				more = end_document(
				    j, &part, path_base(path), number++, err);
			if (more < 0)
				break;
		}
	if (more == 0) {
		put_input(j, in, path);
		j->empty += layout_in_empty(in);
	}
	layout_in_close(in);
	return more;
}

/* ---- the command ---- */

static int
begin_shard(struct import_job *j, struct err *err)
{
	struct tshard_source source = { .weight = 1000000000 };
	struct tshard_error e = { 0 };

	source.name = j->t->source ? j->t->source : path_base(j->c->output);
	j->facts.kind = TSHARD_DOCS;
	j->facts.force = j->c->force;
	j->facts.temporary = temporary_note;
	if (tshard_writer_open(&j->w, j->c->output, &j->facts, &e) < 0 ||
	    tshard_writer_sources(j->w, &source, 1, &e) < 0)
		return err_tshard(err, &e);
	begin_meta(j);
	return 0;
}

static int
end_shard(struct import_job *j, struct err *err)
{
	struct tshard_writer *w = j->w;
	struct tshard_error e = { 0 };

	if (j->docs == 0)
		return err_set(err, EXIT_DATA, "no document: the files are empty");
	if (end_meta(j, err) < 0)
		return -1;
	j->w = NULL;
	if (tshard_writer_commit(w, NULL, &e) < 0)
		return err_tshard(err, &e);
	if (j->empty > 0)
		warning("%" PRIu64 " document%s without tokens dropped", j->empty,
		    plural(j->empty));
	if (j->ended > 0)
		warning(
		    "eod added to %" PRIu64 " document%s", j->ended, plural(j->ended));
	if (j->unbegun > 0 && j->facts.bos != TSHARD_NONE)
		warning("%" PRIu64 " document%s without bos %" PRIu32 " in front",
		    j->unbegun, plural(j->unbegun), j->facts.bos);
	if (!j->c->quiet)
		msg("%" PRIu64 " document%s, %" PRIu64 " tokens", j->docs,
		    plural(j->docs), j->tokens);
	return 0;
}

static int
import_run(void *self, const struct common *c, int n, char **operand, struct err *err)
{
	struct import_job j = { .t = self, .c = c };
	struct lockfile lock = { 0 };
	int rc = check_options(&j, n, err);

	for (int i = 0; i < n && rc == 0; i++)
		rc = inputs_note_path(operand[i], err);
	if (rc == 0)
		rc = prefix_lock(&lock, c->output, false, err);
	progress_init(&j.progress, common_progress(c));
	if (rc == 0)
		rc = begin_shard(&j, err);
	for (int i = 0; i < n && rc == 0; i++)
		rc = import_file(&j, operand[i], err);
	progress_clear(&j.progress);
	if (rc == 0)
		rc = end_shard(&j, err);
	if (j.w)
		tshard_writer_abort(j.w);
	lockfile_release(&lock);
	buf_free(&j.text);
	buf_free(&j.id);
	return rc;
}

const struct tool tool_import = {
	.name = "import",
	.summary = "make a shard of the tokens that another program wrote",
	.example = "tamis import --from datatrove -m tok.model --eod 2 -o tok/en "
		   "00000_tokens.ds",
	.operands = "--from LAYOUT -m MODEL | --vocab N -o PREFIX FILE...",
	.output = "PREFIX",
	.common = " output force progress ",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.run = import_run,
};
