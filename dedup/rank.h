/* rank.h - messages about a field whose number ranks documents. */
#ifndef TAMIS_RANK_H
#define TAMIS_RANK_H

#include "lib/driver/filter.h"

/* Call doc_bad for a document in whose field num_json finds no number.  option: the one
 * that names the field, without its dashes. */
void rank_bad(struct doc *d, const char *option, const char *field);

#endif
