/* languages.h - the programming languages that codeid knows, and sets of them. */
#ifndef TAMIS_LANGUAGES_H
#define TAMIS_LANGUAGES_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

/* A language.  Lists are words separated by blanks; NULL: none. */
struct code_lang {
	const char *name;
	const char *ext;  /* file extensions, lower case; '?' after one: weak evidence */
	const char *file; /* whole file names */
	const char *interp; /* interpreters on "#!" lines, without versions */
	const char *mode;   /* editor modes, unless they equal a name or extension */
};

/* Sorted by name.  The rest of codeid identifies a language by its index. */
extern const struct code_lang code_langs[];
extern const size_t code_langs_n;

enum { CODE_LANGS_MAX = 256, CODE_NONE = CODE_LANGS_MAX };

/* The index of the language of this name, or CODE_NONE. */
unsigned code_lang_find(struct span name);

/* A set of languages. */
struct code_set {
	uint64_t bits[CODE_LANGS_MAX / 64];
};

static inline void
code_set_add(struct code_set *s, unsigned lang)
{
	s->bits[lang / 64] |= (uint64_t)1 << lang % 64;
}

static inline bool
code_set_has(const struct code_set *s, unsigned lang)
{
	return s->bits[lang / 64] >> lang % 64 & 1;
}

struct code_set code_set_and(struct code_set a, struct code_set b);
unsigned code_set_count(const struct code_set *s);
/* The language of the set with the lowest index, or CODE_NONE. */
unsigned code_set_first(const struct code_set *s);

/* The value of code_lang for a text whose language is unknown. */
#define CODE_UNKNOWN "unknown"

/*
 * Parse the value of --option, a comma-separated list of languages.  unknown: NULL, or
 * set to true if the list has CODE_UNKNOWN.  Returns 0, or -1 with *err (EXIT_USAGE) if a
 * name is not a language.
 */
int code_set_parse(struct code_set *set, const char *option, const char *list,
    bool *unknown, struct err *err);

/* A total order of byte strings, that of code_langs. */
int code_compare_names(struct span a, struct span b);

#endif
