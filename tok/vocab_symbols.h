/* vocab_symbols.h - the options of vocab that name pieces, and all settings of a model.
 */
#ifndef TAMIS_VOCAB_SYMBOLS_H
#define TAMIS_VOCAB_SYMBOLS_H

#include "lib/base/err.h"
#include "lib/base/mem.h"

/* A list of symbols.  Zero it to begin; release it with symbols_free. */
struct symbols {
	struct span *v;
	size_t n, cap;
	struct arena text;
};

/*
 * Parse the list "A,B,...", NULL for none, with \n, \t, \r, \\ and \, as in C.
 * option: its name.  control: no text may match the symbols.  0, or -1 with *err.
 */
int symbols_parse(struct symbols *s, const char *option, const char *list, bool control,
    struct err *err);
/* Whether both lists can be pieces of one model.  0, or -1 with *err. */
int symbols_check(
    const struct symbols *user, const struct symbols *control, struct err *err);
/* Whether a symbol is one space, and whether one contains a space; U+2581 is a space. */
bool symbols_have_space(const struct symbols *s);
bool symbols_contain_space(const struct symbols *s);
/* Append the CSV that the trainer takes, spaces as U+2581, and a NUL. */
void symbols_csv(const struct symbols *s, struct buf *csv);
void symbols_free(struct symbols *s);

enum { SPECIAL_UNK, SPECIAL_BOS, SPECIAL_EOS, SPECIAL_PAD, SPECIALS };

struct special_ids {
	uint32_t id[SPECIALS]; /* or SPECIAL_NONE */
};

#define SPECIAL_NONE 0xffffffffu

/* The name of a special piece in options: "unk".  Static. */
const char *special_name(unsigned which);
/*
 * Parse "unk=0,bos=none,...", NULL for none, over the defaults 0, 1, 2 and 3.  Ids are
 * below size.  0, or -1 with *err.
 */
int special_ids_parse(
    struct special_ids *s, const char *list, uint64_t size, struct err *err);
/* The largest id. */
uint32_t special_ids_most(const struct special_ids *s);

#define VOCAB_SPACE SPAN("\xe2\x96\x81") /* U+2581, a space in pieces */

/* The settings that both trainers follow. */
struct vocab_settings {
	uint64_t size; /* pieces, at most */
	double coverage;
	struct special_ids special_ids;
	bool states_ids; /* the model states the ids of unk, bos and eos */
	struct symbols user, control;
	bool has_space;	   /* a user symbol is one space */
	bool takes_spaces; /* a user symbol contains spaces, which train no other piece */
	struct buf required; /* characters that get a piece, U+2581 for a space */
};

/* Far above any vocabulary in use. */
#define VOCAB_SIZE_MAX ((uint64_t)1 << 24)

/* The options that name pieces, as given; NULL: none. */
struct piece_options {
	const char *user, *control, *special, *required;
};

/* Fill in all but size and coverage, which are set.  0, or -1 with *err. */
int vocab_settings_open(
    struct vocab_settings *s, const struct piece_options *o, struct err *err);
void vocab_settings_free(struct vocab_settings *s);

#endif
