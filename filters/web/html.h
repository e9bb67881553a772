/* html.h - the text of a web page: all of it, or its main content. */
#ifndef TAMIS_HTML_H
#define TAMIS_HTML_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Tables shared by all threads. */
struct html_rules;
struct html_rules *html_rules_new(void);
void html_rules_free(struct html_rules *r);

/* Scratch of one thread; rules must outlive it. */
struct html;
struct html *html_new(const struct html_rules *r);
void html_free(struct html *h);

/* The most bytes of one page: offsets in it are kept in 32 bits. */
#define HTML_MAX ((size_t)1 << 31)

/*
 * Text and title of a page (valid UTF-8 without NUL, less than HTML_MAX bytes).  The
 * spans are valid until the next call.  Time and memory are linear in the page, whatever
 * it holds.  main_only: without navigation, advertisements and the like.
 */
struct html_page {
	struct span text;  /* lines that end in '\n'; empty: nothing found */
	struct span title; /* may be empty */
};
void html_extract(
    struct html *h, struct span page, bool main_only, struct html_page *out);

/* Version of the libxml2 headers we were compiled with, "2.9.14", for reports. */
const char *html_library_version(void);

/* Whether bytes look like the start of a web page (WHATWG MIME sniffing). */
bool html_looks_like(struct span start);
/*
 * The charset that a page declares of itself in its first 1024 bytes, <meta> or an XML
 * declaration.  Empty where there is none.
 */
struct span html_declared_charset(struct span page);

#endif
