/* encode_work.h - how one thread of encode collects the ids of a document. */
#ifndef TAMIS_ENCODE_WORK_H
#define TAMIS_ENCODE_WORK_H

#include "tok/encode.h"
#include "tok/template/chat_render.h"

/* Scratch for conversations. */
struct encode_chat {
	struct doc *d;
	const char *field; /* that the turns are from */
	struct messages turns;
	struct chat_text rendered;
	struct arena mem;
	/* Of what was encoded: */
	struct target_range *range;
	size_t n_ranges, range_cap;
	uint64_t targets;
	size_t points, answers_before; /* generation points; answers of the prompt */
	uint64_t prompt_tokens;	       /* up to the point after those */
};

struct encode_work {
	const struct encode *e;
	struct text_encoder_work *work;
	struct loss_check check;

	/* The document, and how to treat the ids that come: */
	struct doc *d;
	bool keeps;    /* they belong to the result */
	bool compares; /* they are those of the whole text */
	/* A block of ids: those of v[0, seen) are checked and counted. */
	struct token_ids ids;
	size_t seen;
	uint64_t text_bytes;
	uint64_t n_text; /* ids of the text that are kept, so far */
	uint64_t unknown, symbols;
	struct id_file file; /* the blocks before; fd -1: there are none */
	bool bad;	     /* d is, and a message is set */

	struct encode_chat chat;
};

/* Begin a document, whose text is compared with what its ids decode to. */
void encode_begin(struct encode_work *s, struct doc *d, struct span text);
/* Append the ids of a text.  False: the document is bad. */
bool encode_put(struct encode_work *s, const struct tokenizer *t, struct span text);
/* Append an id that encode adds. */
void encode_add_id(struct encode_work *s, uint32_t id);
/* The ids since encode_begin, which live as long as the document.  flags: of tokens. */
struct tokens *encode_result(struct encode_work *s, uint8_t flags);

void encode_chat_close(struct encode_chat *c);

#endif
