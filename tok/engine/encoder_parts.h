/* encoder_parts.h - what the parts of the encoder share: its tables and its scratch. */
#ifndef TAMIS_ENCODER_PARTS_H
#define TAMIS_ENCODER_PARTS_H

#include "tok/engine/bpe.h"
#include "tok/engine/cuts.h"
#include "tok/engine/normalizer.h"

#include "tok/engine/unigram.h"
#include "tok/engine/units.h"
#include "tok/ids.h"

enum {
	BATCH = 1024,	  /* bytes that are searched for cuts at a time */
	IDS_PER_BYTE = 3, /* a space may be the three bytes of U+2581 */
	IDS_SLACK = 16,	  /* ids that may be written past the last one */
	/* Ids of a batch: of BATCH bytes, the rest of a cached unit before them, and a
	 * symbol across their end.  Longer units make room themselves. */
	BATCH_IDS = IDS_PER_BYTE * (BATCH + 2 * UNIT_MEDIUM) + IDS_SLACK
};

struct text_encoder {
	struct pieces pieces;
	struct user_symbols symbols; /* in inner form */
	struct piece_cuts cuts;
	struct normalizer normalizer;
	struct unigram unigram;
	bool is_unigram;
	bool joins; /* one <unk> stands for neighbouring ones */
};

/* Where a unit may be in the cache. */
struct unit_place {
	uint64_t key[2]; /* of a short unit */
	void *at;	 /* a pair of short units, or a medium unit */
};

struct text_encoder_work {
	struct units units;
	struct bpe_work bpe;
	struct unigram_work unigram;
	struct inner_text text;
	size_t start;	 /* of the unit that is open, in text */
	size_t search;	 /* for a cut before this byte, next */
	size_t patience; /* bytes without a cut before characters are tried */
	float sum;	 /* of scores, of a unigram model */
	struct token_ids *ids;
	const struct text_encoder *encoder;
	/* Of a model that joins <unk>: the ids from `first` on are not joined yet, none
	 * before `unknown` of them is <unk>, and after_unknown states that the id before
	 * them is <unk>.  The rest is the caller's. */
	size_t first, unknown;
	bool after_unknown;
	int (*full)(void *to, struct token_ids *ids);
	void *full_to;
	/* The cuts of a batch, and the units before them. */
	size_t n_cuts;
	size_t cut[BATCH + 2 + CUT_SLACK];
	struct unit_place place[BATCH + 2];
};

/* Append the ids of the units before the cuts of w.  There is room for BATCH_IDS.  <unk>
 * is not joined yet.  0, or -1 when memory is out. */
int encode_units(const struct text_encoder *e, struct text_encoder_work *w);
/*
 * Append the ids of the units of text[0, n) between cuts of characters, up to the last
 * cut.  Returns its place, or -1 when memory is out.
 */
ptrdiff_t encode_between(const struct text_encoder *e, struct text_encoder_work *w,
    const char *text, size_t n);

#endif
