/* inputs.h - keep outputs from replacing the files that this program reads. */
#ifndef TAMIS_INPUTS_H
#define TAMIS_INPUTS_H

#include <sys/stat.h>

#include "lib/base/err.h"

/*
 * Note a file that is read, and refuse one that is also standard output: the program
 * would read what it writes.  Only regular files count.  path: for the message, "-" for
 * standard input.  Any thread may call this.  0, or -1 with *err (EXIT_USAGE).
 */
int inputs_note(const struct stat *st, const char *path, struct err *err);
/* The same for the file `path`.  One that does not exist is not noted. */
int inputs_note_path(const char *path, struct err *err);
/* The same for the files that a prefix forms with n endings: ".bin", ".idx", ".sdx". */
int inputs_note_prefix(
    const char *prefix, const char *const *ending, size_t n, struct err *err);
/* Refuse an output that is a file noted as an input.  0, or -1 with *err (EXIT_USAGE). */
int inputs_check(const char *output, struct err *err);
/* Forget all inputs: at the end of a run, or to replace one that was read. */
void inputs_clear(void);

#endif
