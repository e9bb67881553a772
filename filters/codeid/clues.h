/* clues.h - what a text says of itself: its "#!" line, its lines to editors. */
#ifndef TAMIS_CLUES_H
#define TAMIS_CLUES_H

#include "lib/base/span.h"

/* The interpreter on the first line, without its folder and without env; or empty. */
struct span code_shebang(struct span text);
/* The program that a shell script starts to read itself: exec tclsh "$0"; or empty. */
struct span code_exec(struct span text);
/* The mode that a line for vim or Emacs, near the beginning or end, names; or empty. */
struct span code_modeline(struct span text);

#endif
