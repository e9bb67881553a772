/* file_names.h - what a file's name says about its programming language. */
#ifndef TAMIS_FILE_NAMES_H
#define TAMIS_FILE_NAMES_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/span.h"

/* A language: lists of words with blanks between, NULL where there are none. */
struct code_lang {
	const char *name;
	const char *ext;  /* of its files, lower case; '?' behind: says little */
	const char *file; /* whole names of files */
	const char *run;  /* interpreters on "#!" lines, without versions */
	const char *mode; /* what editors call it, where that is no extension of it */
};

/* Sorted by name; a language's place in it is how the rest of codeid calls it. */
extern const struct code_lang code_langs[];
extern const size_t code_langs_n;

enum { CODE_LANGS_MAX = 256, CODE_NONE = CODE_LANGS_MAX };

/* Some of the languages. */
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
/* The first language that is in it, or CODE_NONE. */
unsigned code_set_first(const struct code_set *s);

/* What the languages of texts are called that have none. */
#define CODE_UNKNOWN "unknown"

/*
 * The set that an option names: languages, separated by commas.  unknown: NULL, or set if
 * CODE_UNKNOWN is among them.  0, or -1 with *err (EXIT_USAGE): one is no language.
 */
int code_set_parse(struct code_set *set, const char *option, const char *list,
    bool *unknown, struct err *err);

struct code_key {
	struct span word;
	unsigned lang;
	bool weak;
};

/* The table's words, each list sorted. */
struct code_names {
	struct code_key *ext, *file, *run, *mode;
	size_t exts, files, runs, modes;
};

void code_names_open(struct code_names *n); /* to be freed by code_names_close */
void code_names_close(struct code_names *n);

/* The language of this name, or CODE_NONE. */
unsigned code_lang_find(struct span name);

/* Why a language is taken to be what it is. */
enum code_by {
	CODE_BY_NOTHING,
	CODE_BY_NAME,
	CODE_BY_EXT,
	CODE_BY_SHEBANG,
	CODE_BY_MODELINE,
	CODE_BY_MAGIC,
	CODE_BY_MODEL,
	CODE_BYS
};

/* What a name says: languages it may be (maybe none), and if that is to be trusted. */
struct code_named {
	struct code_set set;
	enum code_by by; /* CODE_BY_NOTHING: the set is empty */
	bool weak;
};

/* path: a path, a URL, or the name alone; empty is fine. */
struct code_named code_by_name(const struct code_names *n, struct span path);
/* The languages of an interpreter, its version cut off, or of an editor's mode. */
struct code_set code_by_run(const struct code_names *n, struct span program);
struct code_set code_by_mode(const struct code_names *n, struct span mode);

#endif
