/* html_sanitize.h - rewrite a page so that every version of libxml2 reads it alike. */
#ifndef TAMIS_HTML_SANITIZE_H
#define TAMIS_HTML_SANITIZE_H

#include "filters/web/html_references.h"
#include "lib/base/mem.h"

/*
 * The page, or a copy in *copy shorter than `limit` bytes.  In the copy, character
 * references are decoded, and what libxml2 treats badly is replaced.  *end_tags: the
 * number of end tags.
 */
struct span html_sanitize(const struct html_references *refs, struct span page,
    size_t limit, struct buf *copy, uint64_t *end_tags);

/*
 * The length of the comment at the front of s, which begins with "<!--"; 0: it has no
 * end. As in the HTML standard, "<!-->" and "<!--->" are whole comments, and "--!>" ends
 * one.
 */
size_t html_comment_length(struct span s);

#endif
