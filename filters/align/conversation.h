/* conversation.h - inside chat: a conversation or preference, and the layouts that it is
 * read from and written to. */
#ifndef TAMIS_CONVERSATION_H
#define TAMIS_CONVERSATION_H

#include "lib/base/mem.h"
#include "lib/driver/filter.h"
#include "lib/text/messages.h"

/* The working memory of one thread.  Messages are read again for each document. */
struct conversation {
	struct messages turns;		  /* all turns, or the prompt of a preference */
	struct messages chosen, rejected; /* of a preference: its two answers */
	bool preference;
	bool same;	    /* the record states it just as write_openai would */
	const char *layout; /* that it was read as */
	const char *field;  /* that the turns were read from; NULL: several */
	struct span system; /* of --system, as a JSON string */
	struct arena mem;   /* for this document */
	struct buf buf;	    /* to build values in */
	struct message_problem problem;
};

/* Start over with another document. */
void conversation_clear(struct conversation *c);
void conversation_free(struct conversation *c);

/* Append a turn.  content: a JSON string in the record or in c->mem. */
void add_turn(struct messages *m, enum role role, struct span content);
/* Decode a JSON string, quote a text as one; in c->mem if not in place. */
struct span decode(struct conversation *c, struct span json);
struct span quote(struct conversation *c, struct span text);

/* The value of a field that is not null; else *raw stays as it is. */
static inline bool
get_value(struct doc *d, const char *field, struct span *raw)
{
	struct span value;

	if (!doc_get(d, span_of(field), &value) || value.p[0] == 'n')
		return false;
	*raw = value;
	return true;
}

/* The same for a string: another value makes d bad.  1; 0: missing; -1: bad. */
int get_string(struct doc *d, const char *field, struct span *raw);

/*
 * Read one layout.  0; -1: d is bad, or is dropped.  The turns are not checked, but an
 * answer has at least one turn.
 */
typedef int read_fn(struct doc *d, struct conversation *c);
read_fn read_openai, read_sharegpt, read_alpaca, read_dolly, read_nemo_sft, read_trl,
    read_bridge, read_openrlhf, read_hh, read_aligner, read_nemo_rl, read_helpsteer2,
    read_helpsteer3, read_regression;

/* Read a string as one turn of a role, a list as messages, an object as one of them. */
int read_side(struct doc *d, struct conversation *c, const char *field, struct span raw,
    enum role role, struct messages *m);
/* Split two whole conversations, in c->chosen and c->rejected, after their common turns,
 * which go to c->turns. */
int split_common(struct doc *d, struct conversation *c);

/*
 * Write a checked conversation as fields of d.  0, or -1: it cannot be stated in this
 * layout, and d is bad.
 */
typedef int write_fn(struct doc *d, struct conversation *c);
write_fn write_openai, write_sharegpt, write_nemo, write_alpaca, write_dolly,
    write_nemo_sft, write_trl, write_bridge, write_openrlhf, write_hh, write_aligner,
    write_nemo_rl, write_helpsteer2;

/* Append messages as a list. */
void put_messages(struct conversation *c, const struct messages *m);
void put_message(struct conversation *c, const struct message *m);
/* The content of a turn as a JSON string. */
struct span content_string(struct conversation *c, const struct message *m);

/*
 * The marks of two kinds of strings: "<extra_id_1>User\n" and "\n\nHuman: ".
 *
 * The readers append the turns of a text.  extra_id_read ignores an empty last turn of
 * the assistant, where the model answers.  Returns 0, or -1 with c->problem. The writers
 * append turns to c->buf, not quoted.  Returns 0, or -1 with c->problem: a text has
 * marks.
 */
int extra_id_read(struct conversation *c, struct span text, struct messages *m);
int extra_id_put(struct conversation *c, const struct messages *m);
int human_read(struct conversation *c, struct span text, struct messages *m);
int human_put(struct conversation *c, const struct messages *m);
/* A text without an end mark, if it has that. */
struct span without_end(struct span text, struct span end);
/* 0, or -1 with c->problem: the text of turn n has the mark. */
int has_no_mark(struct conversation *c, struct span text, struct span mark, size_t n);

/* Make d bad for c->problem.  field: where it is; NULL: in c->layout.  Returns -1. */
int bad_turn(struct doc *d, const struct conversation *c, const char *field);

/*
 * The trees of --from oasst.  First oasst_check for each message, from any thread, then
 * oasst_note in order, then oasst_link, then oasst_read from any thread.
 */
struct oasst;
/* pairs: preferences, not conversations.  answered: that end with an answer. */
struct oasst *oasst_new(bool pairs, bool answered);
void oasst_check(struct doc *d); /* marks d bad if it is not a message */
void oasst_note(struct oasst *o, struct doc *d);
void oasst_link(struct oasst *o);
/* The conversation that ends at the message d, or the preference between the answers to
 * it.  0; -1: d is dropped or bad. */
int oasst_read(const struct oasst *o, struct doc *d, struct conversation *c);
void oasst_free(struct oasst *o);

#endif
