/* page_text.h - extract the text of pages in tests. */
#ifndef PAGE_TEXT_H
#define PAGE_TEXT_H

#include "filters/web/page/html_page.h"

/* A fixture. */
void page_set_up(void);
void page_tear_down(void);

/* The text of a page, which must be UTF-8 as the page is. */
struct html_page page_extract(struct span page, bool main_only);
struct html_page page_extract_as(struct span page, const struct html_options *options);
void assert_span(struct span got, const char *want);

#endif
