/* file_names.h - find the programming languages that a file name, an interpreter or an
 * editor mode suggests. */
#ifndef TAMIS_FILE_NAMES_H
#define TAMIS_FILE_NAMES_H

#include "filters/codeid/languages.h"

/* A word of a list in code_langs. */
struct file_name_word {
	struct span word;
	unsigned lang;
	bool weak;
};

/* All words of code_langs, each kind of list sorted. */
struct file_names {
	struct file_name_word *ext, *file, *interp, *mode;
	size_t exts, files, interps, modes;
};

void file_names_open(struct file_names *n); /* free with file_names_close() */
void file_names_close(struct file_names *n);

/* The evidence for a language. */
enum code_by {
	CODE_BY_NONE,
	CODE_BY_NAME,
	CODE_BY_EXT,
	CODE_BY_SHEBANG,
	CODE_BY_MODELINE,
	CODE_BY_CONSTRUCT,
	CODE_BY_MODEL,
	CODE_BYS
};

/* The languages that a file name suggests. */
struct file_name_match {
	struct code_set set; /* may be empty */
	enum code_by by;     /* CODE_BY_NONE: the set is empty */
	bool weak;	     /* the content should confirm it */
};

/* path: a path, a URL or a name alone; may be empty. */
struct file_name_match file_names_by_path(const struct file_names *n, struct span path);
/* The languages of an interpreter; a version such as the 3.11 of python3.11 is ignored.
 */
struct code_set file_names_by_interpreter(
    const struct file_names *n, struct span program);
/* The languages of an editor mode, in any case. */
struct code_set file_names_by_mode(const struct file_names *n, struct span mode);

#endif
