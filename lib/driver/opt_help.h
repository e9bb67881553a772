/* opt_help.h - the option list of --help: at most 80 columns, with the defaults. */
#ifndef TAMIS_OPT_HELP_H
#define TAMIS_OPT_HELP_H

#include "lib/driver/opt.h"

/* Append the list.  defaults: the struct that the rows describe, in its initial state. */
void opt_help(const struct opt *rows, const void *defaults, struct buf *out);

#endif
