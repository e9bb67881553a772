/* chat_render.h - the text of a conversation by a template, cut where tokens begin. */
#ifndef TAMIS_CHAT_RENDER_H
#define TAMIS_CHAT_RENDER_H

#include "lib/text/messages.h"
#include "tok/template/template_file.h"

/* What to do with a control string in the text of a turn, which could forge a turn. */
enum chat_policy {
	CHAT_REFUSE, /* the conversation is bad */
	CHAT_PLAIN,  /* it is text like any other */
	CHAT_PARSE,  /* it is the control, as transformers have it */
};

/* The tokens that are trained. */
enum chat_loss {
	CHAT_LOSS_ANSWERS, /* all answers */
	CHAT_LOSS_LAST,	   /* the last one */
	CHAT_LOSS_ALL,
	CHAT_LOSS_NONE,
};

/* A place where tokens begin: a control, or the generation point. */
struct chat_cut {
	size_t at;	/* offset in chat_text.text */
	int control;	/* index of chat_template.control; CHAT_NO_CONTROL: a point */
	bool target;	/* the control is trained */
	bool target_on; /* and the text after it */
};

enum { CHAT_NO_CONTROL = -1 };

/* A conversation as text without its controls, which are cuts.  Zero it to begin.  The
 * options are set by the caller. */
struct chat_text {
	const struct chat_template *t;
	enum chat_policy policy;
	enum chat_loss loss;
	bool prompt; /* up to the next answer, which is to be generated */

	struct buf text;
	struct chat_cut *cut; /* in order; text before the first one is a target only
				 with CHAT_LOSS_ALL */
	size_t n, cap;
};

/*
 * Render the turns of m, which messages_check has accepted, in place of what c holds.
 * mem: for texts, until the caller resets it.  Returns 0, or -1 with *p.
 */
int chat_render(struct chat_text *c, const struct messages *m, struct arena *mem,
    struct message_problem *p);
/* Take a prompt and its completion, which are rendered already.  Strings of controls are
 * controls, but with CHAT_PLAIN. */
void chat_take_rendered(struct chat_text *c, struct span prompt, struct span completion);
void chat_text_free(struct chat_text *c);

/* Append the whole text, with the strings of its controls, as a server renders it. */
void chat_text_put(const struct chat_text *c, struct buf *out);

/* s without the white space at its ends that Python's str.strip() removes; begin: also at
 * its beginning. */
struct span chat_strip(struct span s, bool begin);

#endif
