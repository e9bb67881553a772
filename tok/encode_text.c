/* encode_text.c - the token ids of one document, checked and counted block by block. */
#include <inttypes.h>
#include <stdlib.h>

#include "tok/encode_work.h"
#include "tok/sp.h"

/* SentencePiece counts bytes in an int, and its normalizer may triple them. */
#define SP_MAX_TEXT ((size_t)512 << 20)

/* Ids of a document that stay in memory; if it has more, all are in a file. */
#define BLOCK ((size_t)1 << 20)

/* Tokens that encode adds must not occur in the text.  False: the document is bad. */
static bool
check_reserved(const struct encode *e, const uint32_t *ids, size_t n, struct doc *d)
{
	for (size_t i = 0; i < n && e->reserves; i++) {
		const uint32_t id = ids[i];
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

/* Check and count the ids that are new.  last: the text has no more. */
static int
see_ids(struct encode_work *s, bool last)
{
	const struct encode *e = s->e;
	const uint32_t *ids = s->ids.v + s->seen;
	const size_t n = s->ids.n - s->seen;

	s->bad = !check_reserved(e, ids, n, s->d);
	if (s->bad)
		return -1;
	if (s->compares && loss_next(&s->check, ids, n, last) < 0)
		no_memory();
	if (s->keeps) {
		s->n_text += n;
		s->unknown += count_unknown(&e->model, ids, n);
		s->symbols += count_type(&e->model, e->symbols, ids, n);
	}
	s->seen = s->ids.n;
	return 0;
}

/* Move the block to the file.  A failure is not the document's fault, so --on-bad=skip
 * must not skip it. */
static void
move_to_file(struct encode_work *s)
{
	struct err err = { 0 };

	if ((s->file.fd < 0 && id_file_open(&s->file, s->e->tmp, &err) < 0) ||
	    id_file_put(&s->file, s->ids.v, s->ids.n, &err) < 0)
		die(err.code, "%s", err.msg);
}

/* As token_ids.full. */
static int
take_block(void *to, struct token_ids *ids)
{
	struct encode_work *s = to;

	if (see_ids(s, false) < 0)
		return -1;
	if (s->keeps)
		move_to_file(s);
	s->ids.n = s->seen = 0;
	return 0;
}

int
encode_open_thread(const void *self, void **scratch, struct err *err)
{
	struct encode_work *s = xcalloc(1, sizeof *s);

	*scratch = s;
	s->e = self;
	s->ids = (struct token_ids){ .most = BLOCK, .full = take_block, .to = s };
	s->file.fd = -1;
	s->work = text_encoder_work_new();
	if (!s->work)
		no_memory();
	return 0;
}

void
encode_close_thread(void *scratch)
{
	struct encode_work *s = scratch;

	token_ids_free(&s->ids);
	loss_free(&s->check);
	text_encoder_work_free(s->work);
	encode_chat_close(&s->chat);
	free(s);
}

void
encode_add_id(struct encode_work *s, uint32_t id)
{
	if (token_ids_reserve(&s->ids, 1) < 0)
		no_memory();
	s->ids.v[s->ids.n++] = id;
	s->seen = s->ids.n;
}

bool
encode_put(struct encode_work *s, const struct tokenizer *t, struct span text)
{
	const int rc = tokenizer_encode(t, s->work, text.p, text.n, &s->ids);

	if (rc == 0)
		return see_ids(s, true) == 0;
	if (s->bad)
		return false;
	/* Lack of memory is not the document's fault, so --on-bad=skip must not skip it.
	 */
	if (rc == SP_NO_MEMORY)
		no_memory();
	doc_bad(s->d,
	    "SentencePiece failed to encode the text: the model does not support it");
	return false;
}

/* Encode the whole text, and count its losses.  False: the document is bad. */
static bool
put_whole(struct encode_work *s, struct span text)
{
	const struct encode *e = s->e;
	const struct text_loss *loss = &s->check.loss;

	s->compares = e->loses || e->check;
	if (!encode_put(s, &e->tokenizer, text))
		return false;
	s->compares = false;
	if (!e->check || loss->at == NOT_LOST)
		return true;
	doc_bad(s->d, "the ids do not decode to the text from its byte %zu on: %s",
	    loss->at + 1, loss->why);
	return false;
}

void
encode_begin(struct encode_work *s, struct doc *d, struct span text)
{
	loss_start(&s->check, &s->e->model, text);
	s->d = d;
	s->text_bytes = text.n;
	s->ids.n = s->seen = 0;
	s->n_text = s->unknown = s->symbols = 0;
	s->bad = s->compares = false;
}

/* Encode the parts of a text, with their marks.  False: the document is bad. */
static bool
put_parts(struct encode_work *s, const struct fim_split *split, struct span text)
{
	const struct encode *e = s->e;
	struct fim_part part[3];

	fim_parts(&e->fim, split, &e->tokenizer, text, part);
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < part[i].n_marks; k++)
			encode_add_id(s, part[i].mark[k]);
		if (!encode_put(s, part[i].tokenizer, part[i].text))
			return false;
	}
	return true;
}

/* Encode all that the result contains.  False: the document is bad. */
static bool
put_all(struct encode_work *s, const struct fim_split *split, struct span text)
{
	const struct encode *e = s->e;

	/* A split could hide a reserved token that the whole text contains. */
	if (split->kind != FIM_NONE && (e->reserves || e->loses || e->check)) {
		s->keeps = false;
		if (!put_whole(s, text))
			return false;
		s->ids.n = s->seen = 0;
	}
	s->keeps = true;
	if (e->add_bos)
		encode_add_id(s, e->model.bos);
	if (split->kind == FIM_NONE ? !put_whole(s, text) : !put_parts(s, split, text))
		return false;
	if (e->eod != MODEL_NO_ID)
		encode_add_id(s, e->eod);
	return true;
}

struct tokens *
encode_result(struct encode_work *s, uint8_t flags)
{
	size_t n = s->ids.n;
	struct tokens *t;

	if (s->file.fd >= 0) {
		move_to_file(s);
		n = 0;
	} else if (s->n_text == 0) {
		n = 0;
	}
	t = doc_alloc(s->d, sizeof *t + n * sizeof *t->id);
	*t = (struct tokens){ .n = s->file.fd >= 0 ? s->file.n : n,
		.file = s->file,
		.text_bytes = s->text_bytes,
		.unknown = s->unknown,
		.symbols = s->symbols,
		.loss = s->check.loss,
		.flags = s->n_text > 0 ? flags : 0 };
	if (n > 0)
		memcpy(t->id, s->ids.v, n * sizeof *t->id);
	s->file.fd = -1;
	return t;
}

struct tokens *
encode_text(const struct encode *e, void *scratch, struct doc *d, bool may_split)
{
	static const uint8_t flags[] = {
		[FIM_PSM] = TSHARD_SEG_FIM_PSM, [FIM_SPM] = TSHARD_SEG_FIM_SPM
	};
	struct encode_work *s = scratch;
	struct span text = doc_text(d);
	struct fim_split split = { .kind = FIM_NONE };

	if (e->tokenizer.sp && text.n > SP_MAX_TEXT) {
		doc_bad(d,
		    "the text has %zu bytes, the limit of SentencePiece is %zu: split "
		    "the document",
		    text.n, SP_MAX_TEXT);
		return NULL;
	}
	if (may_split && e->fim.rate > 0)
		split = fim_choose(&e->fim, doc_id(d), text);
	encode_begin(s, d, text);
	if (!put_all(s, &split, text)) {
		id_file_close(&s->file);
		return NULL;
	}
	return encode_result(s, flags[split.kind]);
}
