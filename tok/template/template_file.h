/*
 * template_file.h - templates, which say how the turns of a conversation become a text.
 *
 * A template is a file of lines, see tamis-template(5); the built-in ones are such files
 * too.  A form is a row of parts: literal text, control tokens, the text of the turn, and
 * in that of an assistant the generation point, where a server hands over to the model.
 */
#ifndef TAMIS_TEMPLATE_FILE_H
#define TAMIS_TEMPLATE_FILE_H

#include "lib/base/err.h"
#include "lib/base/mem.h"
#include "tok/model.h"

enum chat_part_kind {
	CHAT_LITERAL,	  /* text of the template */
	CHAT_CONTROL,	  /* a control token */
	CHAT_TEXT,	  /* the text of the turn */
	CHAT_TRIMMED,	  /* the same without Unicode white space at its ends */
	CHAT_TRIMMED_END, /* the same without it at its end */
	CHAT_POINT,	  /* the generation point */
};

struct chat_part {
	enum chat_part_kind kind;
	struct span literal;
	unsigned control; /* index of chat_template.control */
};

/* What a line of the file gives parts for. */
enum chat_form_kind {
	CHAT_BEGIN,	/* the beginning of each conversation */
	CHAT_SYSTEM,	/* a system turn */
	CHAT_NO_SYSTEM, /* in place of one that is missing */
	CHAT_FIRST,	/* the first turn of the user; default: as the others */
	CHAT_AFTER,	/* the same after a system turn; default: as the first */
	CHAT_USER,
	CHAT_ASSISTANT,
	CHAT_TOOL,
	CHAT_STOP, /* the end of a conversation, after its last answer */
	CHAT_FORMS
};

struct chat_form {
	struct chat_part *part;
	size_t n, cap;
	bool given;
};

/* A string that stands for one token. */
struct chat_control {
	struct span text;
	uint32_t id; /* set by chat_template_bind */
};

/* The first two controls are the model's bos and eos, if any form has them. */
enum { CHAT_BOS, CHAT_EOS, CHAT_NAMED };

struct chat_template {
	struct chat_form form[CHAT_FORMS];
	struct chat_control *control;
	size_t n, cap;
	bool uses_bos, uses_eos;
	/* Parts of CHAT_ASSISTANT: a literal after its last control is not trained if
	 * the next turn begins with a literal, since a token can be part of both. */
	size_t trained;
	/* The control that the stop and the later turns of users begin with, so that it
	 * ends an answer in the middle of a conversation, too; 0: there is none. */
	unsigned turn_end;
	/* The different first bytes of the controls that are used. */
	char begins[256];
	size_t n_begins;
	struct arena mem; /* of the spans */
};

/*
 * Read a template from a built-in one, if `name` is its name, or else from a file of this
 * path.  Returns 0, or -1 with *err; call chat_template_free in any case.
 */
int chat_template_open(struct chat_template *t, const char *name, struct err *err);
/* Read the text of a template file; `name` is for messages.  As chat_template_open. */
int chat_template_parse(
    struct chat_template *t, struct span text, const char *name, struct err *err);
void chat_template_free(struct chat_template *t);

/*
 * Find the ids of the controls.  Each must be one piece of m, the model in file `path`,
 * which must outlive t.  Returns 0, or -1 with *err.
 */
int chat_template_bind(
    struct chat_template *t, const struct model *m, const char *path, struct err *err);

/* Make a template without forms, whose controls are the control pieces of m.  m must
 * outlive t. */
void chat_template_of_controls(struct chat_template *t, const struct model *m);

/*
 * Append the template as a chat_template of tokenizer_config.json, in Jinja, with a
 * `generation` block around all that is trained.  It renders what we do.
 */
void chat_template_jinja(const struct chat_template *t, struct buf *out);

/* Append the template as a file, which reads as the same template. */
void chat_template_put(const struct chat_template *t, struct buf *out);

/* A control in s at or after *at, which is set to its place.  Returns its index, or -1.
 */
int chat_find_control(const struct chat_template *t, struct span s, size_t *at);

/* The built-in templates: the text of one, or an empty span.  `i` counts from 0. */
struct span chat_builtin(const char *name);
const char *chat_builtin_name(size_t i); /* NULL after the last */

#endif
