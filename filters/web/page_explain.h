/* page_explain.h - show the blocks of a page, and why they are kept or dropped. */
#ifndef TAMIS_PAGE_EXPLAIN_H
#define TAMIS_PAGE_EXPLAIN_H

#include "filters/web/page/html_page.h"
#include "lib/base/mem.h"

/*
 * Append the blocks of the latest page as lines of text or as part of an HTML page.
 * name: of the page, UTF-8.
 */
void page_explain(struct html *html, bool as_html, struct span name, struct buf *out);

/* What begins the HTML page. */
extern const char page_explain_head[];

#endif
