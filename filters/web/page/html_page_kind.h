/* html_page_kind.h - what the data of a page for machines say about its kind. */
#ifndef TAMIS_HTML_PAGE_KIND_H
#define TAMIS_HTML_PAGE_KIND_H

#include <stdint.h>

#include "filters/web/html/html_document.h"
#include "lib/base/span.h"

/* Kinds of types in JSON-LD, and values of og:type. */
enum html_page_kind {
	KIND_ARTICLE,
	KIND_PRODUCT,
	KIND_FORUM,
	KIND_LIST,
	KIND_COMPANY,
	KIND_FAQ,
	KIND_SITE,
	KIND_OG_ARTICLE,
	KIND_OG_PRODUCT,
	KIND_OG_SITE,
	KIND_COUNT,
};

/* How often each occurs, at most 255 times. */
struct html_page_kinds {
	uint8_t count[KIND_COUNT];
};

/* Count the types in the text of a <script>.  Only its beginning is read. */
void html_kinds_of_script(struct html_page_kinds *k, struct span text);
/* Count the value of a <meta> if it is og:type. */
void html_kinds_of_meta(
    struct html_page_kinds *k, const struct html_tokenizer *t, uint32_t at);

#endif
