/* constructs.h - constructs that tell one language from others like it. */
#ifndef TAMIS_CONSTRUCTS_H
#define TAMIS_CONSTRUCTS_H

#include "filters/codeid/file_names.h"

enum code_where { CODE_AT_START, CODE_AT_LINE, CODE_ANYWHERE };

/*
 * A text is in `lang` if it has all of the patterns, each at such a place, where it would
 * else be taken for one of `from`: a list of languages; or "*", any; or "+", any but
 * documents, which quote code.
 *
 * Patterns: ' ' is one blank or more, '@' letters, digits, '_' and '.', one or more, '%'
 * anything on the line, '$' behind all else the end of the line; '\' makes the next one
 * itself.  CODE_AT_START: where the text begins, CODE_AT_LINE: where a line does, blanks
 * before it left out in both.
 */
struct code_rule {
	const char *lang, *from;
	enum code_where where;
	const char *pattern;
	const char *also; /* NULL, or a pattern that is to be at a line's beginning */
	bool fold;	  /* letters in the pattern are lower case and stand for both */
};

extern const struct code_rule code_rules[];
extern const size_t code_rules_n;

enum {
	CODE_MAGIC_BYTES = 4096, /* of a text that are looked at */
	CODE_RULES_MAX = 256
};

/* The rules with their languages looked up. */
struct code_magic {
	unsigned lang[CODE_RULES_MAX];
	struct code_set from[CODE_RULES_MAX];
};

void code_magic_open(struct code_magic *m);

/*
 * The first rule that takes the text out of a language of `from` into one of `to`, or
 * NULL.  named: only rules that name a language of `from`, and look at the text's start.
 */
const struct code_rule *code_magic_find(const struct code_magic *m, struct span text,
    const struct code_set *from, const struct code_set *to, bool named);

/* Whether text has this pattern at such a place: for tests. */
bool code_magic_has(
    struct span text, enum code_where where, const char *pattern, bool fold);

#endif
