/* clues.h - what a text states about its language: its "#!" line, its modelines. */
#ifndef TAMIS_CLUES_H
#define TAMIS_CLUES_H

#include "lib/base/span.h"

/* All results are borrowed from the text, and empty if there is none. */

/* The interpreter of the "#!" line, without directories and env. */
struct span clues_shebang(struct span text);
/* The program that a shell script re-executes itself with, as in: exec tclsh "$0". */
struct span clues_exec(struct span text);
/* The mode in a modeline of vim or Emacs, near the beginning or end of the text. */
struct span clues_modeline(struct span text);

#endif
