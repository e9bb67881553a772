/*
 * bpe_model.c - write a BPE model as SentencePiece's trainer does.
 *
 * The fields and their order are those of sentencepiece_model.proto.  The model states a
 * setting if vocab gives it to SentencePiece's trainer, too; so equal pieces give equal
 * files.
 */
#include "tok/train/bpe_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "tok/model.h"
#include "tok/train_sample.h"

enum { WIRE_NUMBER = 0, WIRE_BYTES = 2, WIRE_FLOAT = 5 };

/* Fields of ModelProto, ModelProto.SentencePiece, TrainerSpec and NormalizerSpec. */
enum {
	MODEL_PIECES = 1,
	MODEL_TRAINER = 2,
	MODEL_NORMALIZER = 3,

	PIECE_TEXT = 1,
	PIECE_SCORE = 2,
	PIECE_TYPE = 3,

	TRAINER_TYPE = 3,
	TRAINER_SIZE = 4,
	TRAINER_COVERAGE = 10,
	TRAINER_THREADS = 16,
	TRAINER_LINE_MAX = 18,
	TRAINER_SPLIT_DIGITS = 25,
	TRAINER_SPACES_ONLY = 26,
	TRAINER_CONTROL = 30,
	TRAINER_USER = 31,
	TRAINER_HARD_LIMIT = 33,
	TRAINER_BYTE_FALLBACK = 35,
	TRAINER_REQUIRED = 36,
	TRAINER_UNK = 40, /* then bos, eos and pad */

	NORMALIZER_NAME = 1,
	NORMALIZER_CHARSMAP = 2,
	NORMALIZER_DUMMY_PREFIX = 3,
	NORMALIZER_TRIMS = 4,
};

static void
put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_putc(b, (char)(v | 0x80));
	buf_putc(b, (char)v);
}

static void
put_number(struct buf *b, unsigned field, uint64_t v)
{
	put_varint(b, field << 3 | WIRE_NUMBER);
	put_varint(b, v);
}

static void
put_bytes(struct buf *b, unsigned field, struct span s)
{
	put_varint(b, field << 3 | WIRE_BYTES);
	put_varint(b, s.n);
	if (s.n)
		buf_put(b, s.p, s.n);
}

static void
put_float(struct buf *b, unsigned field, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof bits);
	put_varint(b, field << 3 | WIRE_FLOAT);
	for (unsigned i = 0; i < 32; i += 8)
		buf_putc(b, (char)(bits >> i));
}

/* A copy with U+2581 for spaces. */
static struct span
escaped(struct arena *a, struct span s)
{
	struct buf b = { 0 };
	struct span copy;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ')
			buf_puts(&b, "\xe2\x96\x81");
		else
			buf_putc(&b, s.p[i]);
	copy = (struct span){ arena_copy(a, buf_span(&b)), b.n };
	buf_free(&b);
	return copy;
}

static int
by_id(const void *a, const void *b)
{
	const struct fixed_piece *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool
is_special(const struct vocab_settings *v, uint32_t id)
{
	for (unsigned i = 0; i < SPECIALS; i++)
		if (v->special_ids.id[i] == id)
			return true;
	return false;
}

/* Give the next id that no special piece has to a piece. */
static void
add_free(struct fixed_pieces *f, const struct vocab_settings *v, uint32_t *id,
    struct span text, uint8_t type)
{
	while (is_special(v, *id))
		++*id;
	f->v[f->n++] = (struct fixed_piece){ (*id)++, text, type };
}

void
fixed_pieces_set(struct fixed_pieces *f, const struct vocab_settings *v)
{
	static const char *const special[SPECIALS] = { "<unk>", "<s>", "</s>", "<pad>" };
	uint32_t id = 0;

	f->v = xcalloc(SPECIALS + v->control.n + v->user.n + 256, sizeof *f->v);
	for (unsigned i = 0; i < SPECIALS; i++)
		if (v->special_ids.id[i] != SPECIAL_NONE)
			f->v[f->n++] = (struct fixed_piece){ v->special_ids.id[i],
				span_of(special[i]),
				i == SPECIAL_UNK ? MODEL_UNKNOWN : MODEL_CONTROL };
	for (size_t i = 0; i < v->control.n; i++)
		add_free(f, v, &id, escaped(&f->text, v->control.v[i]), MODEL_CONTROL);
	for (size_t i = 0; i < v->user.n; i++)
		add_free(f, v, &id, escaped(&f->text, v->user.v[i]), MODEL_USER_DEFINED);
	for (unsigned i = 0; i < 256; i++) {
		char text[8];

		snprintf(text, sizeof text, "<0x%02X>", i);
		add_free(f, v, &id, escaped(&f->text, span_of(text)), MODEL_BYTE);
	}
	qsort(f->v, f->n, sizeof *f->v, by_id);
}

void
fixed_pieces_free(struct fixed_pieces *f)
{
	free(f->v);
	arena_free(&f->text);
	*f = (struct fixed_pieces){ 0 };
}

static void
put_trainer(struct buf *b, const struct vocab_settings *v, const struct fixed_pieces *f,
    uint32_t pieces)
{
	put_number(b, TRAINER_TYPE, MODEL_BPE);
	put_number(b, TRAINER_SIZE, pieces);
	put_float(b, TRAINER_COVERAGE, (float)v->coverage);
	put_number(b, TRAINER_THREADS, 1);
	put_number(b, TRAINER_LINE_MAX, TRAIN_LINE_MAX);
	put_number(b, TRAINER_SPLIT_DIGITS, true);
	put_number(b, TRAINER_SPACES_ONLY, true);
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].type == MODEL_CONTROL && !is_special(v, f->v[i].id))
			put_bytes(b, TRAINER_CONTROL, f->v[i].text);
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].type == MODEL_USER_DEFINED)
			put_bytes(b, TRAINER_USER, f->v[i].text);
	put_number(b, TRAINER_HARD_LIMIT, false);
	put_number(b, TRAINER_BYTE_FALLBACK, true);
	if (v->required.n)
		put_bytes(b, TRAINER_REQUIRED, buf_span(&v->required));
	for (unsigned i = 0; i < SPECIALS; i++)
		if (v->states_ids || i == SPECIAL_PAD)
			put_number(b, TRAINER_UNK + i,
			    v->special_ids.id[i] == SPECIAL_NONE ? UINT64_MAX
								 : v->special_ids.id[i]);
}

static void
put_normalizer(struct buf *b)
{
	put_bytes(b, NORMALIZER_NAME, SPAN("identity"));
	put_bytes(b, NORMALIZER_CHARSMAP, SPAN(""));
	put_number(b, NORMALIZER_DUMMY_PREFIX, false);
	put_number(b, NORMALIZER_TRIMS, false);
}

/* The number of the symbol with the n-th piece: merges, then letters. */
static uint32_t
symbol_of(const struct bpe_symbols *s, size_t letters, size_t n)
{
	const size_t merges = s->n - letters;

	return (uint32_t)(n < merges ? letters + n : n - merges);
}

uint32_t
bpe_model_put(struct buf *out, const struct vocab_settings *v,
    const struct fixed_pieces *f, const struct bpe_symbols *s, size_t letters)
{
	const uint32_t pieces = (uint32_t)(f->n + s->n);
	struct buf b = { 0 };
	size_t fixed = 0;

	if (f->n && f->v[f->n - 1].id >= pieces)
		return 0;
	for (uint32_t id = 0; id < pieces; id++) {
		const bool is_fixed = fixed < f->n && f->v[fixed].id == id;
		const size_t n = id - fixed;

		b.n = 0;
		if (is_fixed) {
			put_bytes(&b, PIECE_TEXT, f->v[fixed].text);
			put_float(&b, PIECE_SCORE, 0);
			put_number(&b, PIECE_TYPE, f->v[fixed++].type);
		} else {
			put_bytes(&b, PIECE_TEXT,
			    bpe_symbols_text(s, symbol_of(s, letters, n)));
			put_float(&b, PIECE_SCORE, -(float)n);
		}
		put_bytes(out, MODEL_PIECES, buf_span(&b));
	}
	b.n = 0;
	put_trainer(&b, v, f, pieces);
	put_bytes(out, MODEL_TRAINER, buf_span(&b));
	b.n = 0;
	put_normalizer(&b);
	put_bytes(out, MODEL_NORMALIZER, buf_span(&b));
	buf_free(&b);
	return pieces;
}
