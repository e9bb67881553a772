/* constructs.h - constructs that distinguish a language from others like it. */
#ifndef TAMIS_CONSTRUCTS_H
#define TAMIS_CONSTRUCTS_H

#include "filters/codeid/languages.h"

/* Where a pattern must match.  AT_START and AT_LINE skip blanks before it. */
enum construct_place {
	AT_START, /* of the text */
	AT_LINE,  /* at the beginning of a line */
	ANYWHERE
};

/*
 * A text that would otherwise be labelled as one of `from` is in `lang` if both patterns
 * match.
 *
 * In a pattern, ' ' matches one or more blanks; '@' one or more letters, digits, '_', '.'
 * and non-ASCII bytes; '%' anything within the line; '$' blanks up to the line end.
 * '\\' makes the next character literal.
 */
struct construct {
	const char *lang;
	/* Names of languages; "*": all; "+": all except languages that quote code. */
	const char *from;
	enum construct_place place;
	const char *pattern;
	const char *also; /* NULL, or a second pattern, AT_LINE */
	bool fold; /* letters of the pattern, which are lower case, match both cases */
};

extern const struct construct construct_table[];
extern const size_t construct_table_n;

enum {
	CONSTRUCT_BYTES_MAX = 4096, /* of a text that are examined */
	CONSTRUCTS_MAX = 256
};

/* The table with its languages looked up. */
struct constructs {
	unsigned lang[CONSTRUCTS_MAX];
	struct code_set from[CONSTRUCTS_MAX];
};

void constructs_open(struct constructs *c);

/*
 * The first construct of the text whose `from` has a language of *from and whose `lang`
 * is in *to, or NULL.  named: use only constructs AT_START that list their `from` by
 * name.
 */
const struct construct *constructs_find(const struct constructs *c, struct span text,
    const struct code_set *from, const struct code_set *to, bool named);

#endif
