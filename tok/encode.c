/* encode.c - encode documents into a DOCS shard, or into lines of ids or pieces. */
#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "shards/tshard_err.h"
#include "tok/encode.h"
#include "tok/sp.h"

static const struct encode defaults = { .fim = { .spm = 0.5 } };

static const struct opt opts[] = {
	/* Reports leave out the path; META has the SHA-256 of the bytes. */
	OPT_NOREPORT(OPT_T_STR, 'm', "model", struct encode, model_path, "FILE",
	    "SentencePiece model to encode with"),
	OPT_STR(0, "eod", struct encode, eod_name, "ID|PIECE|none",
	    "token that ends each document; default: the model's eos"),
	OPT_BOOL(
	    0, "bos", struct encode, add_bos, "begin each document with the model's bos"),
	OPT_ENUM(0, "engine", struct encode, options.engine, "auto|tamis|sentencepiece",
	    "encode with our code or with the library; default: ours if it can"),
	OPT_ENUM(0, "ties", struct encode, options.ties, "auto|0.1.97|0.2.2",
	    "SentencePiece version whose choice among equal scores of a unigram model to "
	    "make; default: 0.1.97"),
	OPT_BOOL(0, "no-user-defined", struct encode, options.plain_symbols,
	    "take user-defined symbols in documents for plain text"),
	OPT_BOOL(0, "check", struct encode, check,
	    "take a document for bad if its ids do not decode to its text"),
	OPT_STR(0, "source", struct encode, source, "NAME",
	    "name of the source; default: base name of the output"),
	OPT_STR(0, "number", struct encode, number, "FIELD",
	    "store this numeric field of each document in the shard"),
	OPT_NOREPORT(OPT_T_STR, 0, "tombstones", struct encode, tombstones, "FILE",
	    "drop the documents that this list names, as takedown writes it"),
	OPT_DOUBLE(0, "fim", struct encode, fim.rate,
	    "share of documents to split for fill-in-the-middle; default: 0"),
	OPT_DOUBLE(0, "fim-spm", struct encode, fim.spm,
	    "share of those in SPM order; default: 0.5"),
	OPT_STR(0, "fim-ids", struct encode, fim_ids, "PRE,SUF,MID",
	    "ids or pieces before prefix, suffix and middle; default: "
	    "<fim_prefix>,<fim_suffix>,<fim_middle>"),
	/* The report has the XXH3-128 of the template. */
	OPT_NOREPORT(OPT_T_STR, 0, "template", struct encode, chat.name, "NAME|FILE",
	    "encode conversations, the field messages, by this chat template"),
	OPT_ENUM(0, "loss", struct encode, chat.loss, "assistant|last|all|none",
	    "tokens of conversations that are trained; default: of all answers"),
	OPT_ENUM(0, "control", struct encode, chat.policy, "refuse|text|parse",
	    "what to do with the control strings of the template in a turn; default: "
	    "refuse"),
	OPT_U64(0, "seq", struct encode, chat.seq,
	    "tokens that a conversation may have; default: any number"),
	OPT_ENUM(0, "truncate", struct encode, chat.truncate, "refuse|drop|turns",
	    "what to do with longer ones; default: refuse"),
	OPT_BOOL(0, "prompt-only", struct encode, chat.prompt_only,
	    "end at the next answer, which a model is to generate"),
	OPT_BOOL(0, "pairs", struct encode, chat.pairs,
	    "encode preferences, the fields prompt, chosen and rejected"),
	OPT_STR(0, "labels", struct encode, chat.label_names, "A,B,...",
	    "store these numeric fields, such as rewards; of pairs, chosen_A and "
	    "rejected_A"),
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
		if (e->eod == MODEL_NO_ID && !e->chat.name)
			return err_set(err, EXIT_USAGE,
			    "%s: the model has no eos piece: name the token that ends "
			    "documents with --eod ID|PIECE, or write --eod none",
			    e->model_path);
		return 0;
	}
	return model_choose(&e->model, e->model_path, "eod", name, &e->eod, err);
}

static int
check_bos(const struct encode *e, struct err *err)
{
	if (e->add_bos && e->model.bos == MODEL_NO_ID)
		return err_set(err, EXIT_USAGE,
		    "--bos: '%s' has no bos piece: use another model, or omit --bos",
		    e->model_path);
	return 0;
}

/* Whether a text can contain the piece id. */
static bool
matches_text(const struct encode *e, uint32_t id)
{
	return id != MODEL_NO_ID && e->model.piece[id].type != MODEL_CONTROL;
}

static int
open_fim(struct encode *e, const struct common *c, struct err *err)
{
	if (!(e->fim.rate >= 0 && e->fim.rate <= 1 && e->fim.spm >= 0 && e->fim.spm <= 1))
		return err_set(err, EXIT_USAGE,
		    "--fim %s, --fim-spm %s: out of range: write 0 to 1",
		    NUM_TEXT(e->fim.rate), NUM_TEXT(e->fim.spm));
	if (e->fim.rate == 0 && c->where)
		return err_set(err, EXIT_USAGE,
		    "--where selects the documents that --fim may split, and --fim is 0: "
		    "set --fim, or filter documents before encode");
	if (e->fim.rate == 0 && e->fim.spm != defaults.fim.spm)
		return err_set(err, EXIT_USAGE,
		    "--fim-spm divides the documents that --fim splits, and --fim is 0: "
		    "set --fim");
	e->reserves = !e->chat.name && matches_text(e, e->eod);
	if (e->fim.rate == 0)
		return 0;
	e->fim.seed = c->seed;
	if (fim_open(&e->fim, &e->model, e->model_path, &e->options, e->fim_ids, e->eod,
		err) < 0)
		return -1;
	e->reserves |= matches_text(e, e->fim.pre) || matches_text(e, e->fim.suf) ||
		       matches_text(e, e->fim.mid);
	return 0;
}

static int
open_model(struct encode *e, struct err *err)
{
	if (!e->model_path)
		return err_set(err, EXIT_USAGE, "no model: name one with -m FILE");
	if (model_load(&e->model, e->model_path, err) < 0 || choose_eod(e, err) < 0 ||
	    check_bos(e, err) < 0)
		return -1;
	if (chat_options_open(&e->chat, &e->model, e->model_path, &e->options, err) < 0)
		return -1;
	e->loses = model_loses_text(&e->model, e->options.plain_symbols);
	e->symbols = type_ids_of(&e->model, MODEL_USER_DEFINED);
	stats_open(&e->stats, &e->model);
	return tokenizer_open(&e->tokenizer, &e->model, e->model_path, &e->options, err);
}

static int
open_shard(struct encode *e, const struct common *c, struct err *err)
{
	struct tshard_facts facts = { .kind = TSHARD_DOCS,
		.vocab = e->model.n,
		.eod = e->chat.name ? TSHARD_NONE : e->eod,
		.pad =
		    e->chat.name && e->model.pad == MODEL_NO_ID ? e->eod : e->model.pad,
		.bos = e->model.bos,
		.number = e->number,
		.force = c->force,
		.temporary = temporary_note };
	struct tshard_source source = { .weight = 1000000000 };
	const struct tshard_align align = {
		.mask = e->chat.loss != CHAT_LOSS_NONE && !e->chat.prompt_only,
		.pairs = e->chat.pairs,
		.labels = e->chat.label,
		.n_labels = e->chat.n_labels,
	};
	const struct output_name other[] = { { "--rejects", c->rejects },
		{ "--report", c->report } };
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
	if (prefix_distinct(e->prefix, other, 2, err) < 0 ||
	    prefix_lock(&e->lock, e->prefix, false, err) < 0)
		return -1;
	if (tshard_writer_open(&e->writer, e->prefix, &facts, &te) < 0) {
		e->writer = NULL;
		return err_tshard(err, &te);
	}
	if (tshard_writer_sources(e->writer, &source, 1, &te) < 0 ||
	    (e->chat.name && tshard_writer_align(e->writer, &align, &te) < 0))
		return err_tshard(err, &te);
	return 0;
}

static void
encode_close(void *self)
{
	struct encode *e = self;

	tshard_writer_abort(e->writer);
	lockfile_release(&e->lock);
	lines_out_close(&e->lines);
	tokenizer_close(&e->tokenizer);
	fim_close(&e->fim);
	chat_options_close(&e->chat);
	stats_close(&e->stats);
	model_free(&e->model);
	doc_list_free(&e->refused);
}

/* Refuse options that would have no effect. */
static int
check_unused(const struct encode *e, const struct common *c, struct err *err)
{
	const bool lines = e->ids || e->pieces;

	if (c->tag)
		return err_set(err, EXIT_USAGE, "--tag: encode does not write documents");
	if (!lines && c->level)
		return err_set(err, EXIT_USAGE,
		    "-z: a shard is not compressed: use -z with --ids or --pieces");
	if (lines && e->source)
		return err_set(err, EXIT_USAGE,
		    "--source: only a shard stores it, and --ids and --pieces write "
		    "none: choose one");
	return 0;
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

/* Name the model in the report of lines.  A shard names it in META. */
static void
use_model(const struct encode *e, struct setup *setup)
{
	unsigned char sha[32];
	char hex[65];

	tshard_sha256(e->model.bytes, e->model.n_bytes, sha);
	tshard_hex(sha, sizeof sha, hex);
	setup_uses(setup, SPAN("model"), span_of(hex));
}

/* Refuse options that texts or conversations alone have. */
static int
check_chat(const struct encode *e, const struct common *c, struct err *err)
{
	const struct chat_options *o = &e->chat;

	if (chat_options_check(o, err) < 0)
		return -1;
	if (!o->name)
		return 0;
	if (e->eod_name || e->add_bos)
		return err_set(err, EXIT_USAGE,
		    "%s: the chat template says how conversations begin and end: omit "
		    "it, "
		    "or change the template",
		    e->eod_name ? "--eod" : "--bos");
	if (e->fim.rate != 0 || e->check || c->where)
		return err_set(err, EXIT_USAGE,
		    "%s: not for conversations: omit it, or omit --template",
		    e->check   ? "--check"
		    : c->where ? "--where"
			       : "--fim");
	return 0;
}

/* Name the chat template in the report. */
static void
use_template(const struct encode *e, struct setup *setup)
{
	struct buf jinja = { 0 };
	char hex[33];

	if (!e->chat.name)
		return;
	setup->no_text = true;
	if (e->chat.rendered) {
		setup_uses(setup, SPAN("template"), span_of(e->chat.name));
		return;
	}
	chat_template_jinja(&e->chat.template, &jinja);
	hash128_hex(hash128(buf_span(&jinja), 0), hex);
	setup_uses(setup, SPAN("template xxh3_128"), span_of(hex));
	buf_free(&jinja);
}

static int
open_tombstones(struct encode *e, struct setup *setup, struct err *err)
{
	char hex[33];

	if (!e->tombstones)
		return 0;
	if (doc_list_read(&e->refused, e->tombstones, DOC_BY_LINE, err) < 0)
		return -1;
	hash128_hex(e->refused.sum, hex);
	setup_uses(setup, SPAN("tombstones xxh3_128"), span_of(hex));
	return 0;
}

/* Whether a document was taken down and must not come back. */
static bool
is_refused(const struct encode *e, struct doc *d)
{
	struct span url;

	if (e->refused.n == 0)
		return false;
	if (!doc_str(d, SPAN("url"), &url))
		url = (struct span){ "", 0 };
	return doc_list_match(&e->refused, hash128(doc_id(d), 0), url, NULL, NULL) > 0;
}

static int
encode_open(void *self, struct setup *setup, struct err *err)
{
	struct encode *e = self;
	const struct common *c = setup->c;
	int rc = -1;

	e->quiet = c->quiet;
	e->tmp = common_tmp(c);
	memory_open();
	setup->all_docs = true;
	if (e->ids && e->pieces) {
		err_set(
		    err, EXIT_USAGE, "--ids and --pieces cannot be combined: choose one");
		goto out;
	}
	if (check_unused(e, c, err) < 0 || check_number(e, err) < 0 ||
	    check_chat(e, c, err) < 0 || open_tombstones(e, setup, err) < 0)
		goto out;
	if (open_model(e, err) < 0 || open_fim(e, c, err) < 0)
		goto out;
	use_template(e, setup);
	if (e->tokenizer.ties)
		setup_uses(setup, SPAN("unigram_ties"), span_of(e->tokenizer.ties));
	if (e->tokenizer.sp) {
		setup_uses(setup, SPAN("sentencepiece"), span_of(sp_version()));
		setup_uses(
		    setup, SPAN("sentencepiece_reason"), span_of(e->tokenizer.reason));
	}
	if (e->ids || e->pieces) {
		use_model(e, setup);
		rc = lines_out_open(&e->lines, c->output, c->level, err);
	} else {
		rc = open_shard(e, c, err);
	}
	if (rc == 0 && e->tokenizer.sp && !c->quiet &&
	    e->options.engine != TOKENIZER_SENTENCEPIECE)
		msg("%s: the model %s: SentencePiece encodes, slower, and long documents "
		    "take much memory",
		    e->model_path, e->tokenizer.reason);
out:
	if (rc < 0)
		encode_close(e);
	return rc;
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

/* The language of a document as shards store it. */
static uint16_t
language_of(struct doc *d)
{
	struct span lang;
	char tag[16] = "";

	if (doc_str(d, SPAN("lang"), &lang) && lang.n < sizeof tag)
		memcpy(tag, lang.p, lang.n);
	return tshard_lang_pack(tag);
}

static void
count_losses(struct doc *d, const struct tokens *t)
{
	doc_count(d, "encode.user_defined", t->symbols);
	doc_count(d, "encode.changed", t->loss.changed);
	doc_count(d, "encode.newlines_lost", t->loss.newlines);
	if (t->unknown == 0)
		return;
	doc_count(d, "encode.unk", t->unknown);
	doc_count(d, unknown_of_language(t->language), t->unknown);
}

static void
encode_document(const struct encode *e, void *scratch, struct doc *d, bool may_split)
{
	struct tokens *t;

	if (is_refused(e, d)) {
		doc_drop(d, "encode.tombstone");
		return;
	}
	t = e->chat.name ? encode_conversation(e, scratch, d)
			 : encode_text(e, scratch, d, may_split);
	if (!t)
		return;
	if (!read_number(e, d, &t->number)) {
		tokens_close(t);
		return;
	}
	doc_state_set(d, t);
	for (struct tokens *row = t; row; row = row->next) {
		row->language = language_of(d);
		row->number = t->number;
		if (row->file.fd < 0)
			row->byte_tokens = stats_use(&e->stats, row->id, row->n);
		doc_count(d, "encode.tokens", row->n);
		doc_count(d, "encode.targets", row->targets);
	}
	doc_count(d, "encode.fim_psm", t->flags == TSHARD_SEG_FIM_PSM);
	doc_count(d, "encode.fim_spm", t->flags == TSHARD_SEG_FIM_SPM);
	if (e->model.escapes && !e->chat.name)
		doc_count(d, "encode.u2581", count_u2581(doc_text(d)));
	if (t->n > 0)
		count_losses(d, t);
	else
		doc_drop(d, "encode.empty");
}

/* All documents are encoded; --where selects the documents that --fim may split. */
static void
encode_map(const void *self, void *scratch, struct doc *d)
{
	encode_document(self, scratch, d, doc_selected(d));
}

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
