/* html_whole.h - keep or drop tables, lists, code and the like as a whole. */
#ifndef TAMIS_HTML_WHOLE_H
#define TAMIS_HTML_WHOLE_H

#include "filters/web/judge/html_blocks.h"

/* Make the verdicts of blocks coherent after their scores set them.  The time is linear
 * in the nodes of the tree. */
void html_make_whole(struct html_blocks *b, const struct html_tree *t);
/* The word for one of enum html_why. */
const char *html_why_name(unsigned why);

#endif
