/* html_page.h - extract the text of a web page, all of it or its main content. */
#ifndef TAMIS_HTML_PAGE_H
#define TAMIS_HTML_PAGE_H

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Read-only tables, shared by all threads. */
struct html_tables;
struct html_tables *html_tables_new(void);
void html_tables_free(struct html_tables *t);

struct html_model;
struct html_judge;

/* One thread's parser.  The tables must outlive it. */
struct html;
struct html *html_new(const struct html_tables *t);
void html_free(struct html *h);
/* Judge the blocks of each page by a model, which must outlive the parser.  NULL, the
 * default: the rules decide alone. */
void html_use_model(struct html *h, const struct html_model *m);
struct html_tree;
struct html_blocks;
/* The tree of the latest page and its blocks, which are found now if no model judged
 * them. */
void html_blocks_of(
    struct html *h, const struct html_tree **tree, const struct html_blocks **blocks);
/* What the model found on the latest page; NULL: it has none. */
const struct html_judge *html_judge_of(const struct html *h);

/* The limit of a page, in bytes: offsets have 32 bits. */
#define HTML_MAX ((size_t)1 << 31)

/* What of a page is written, and how. */
struct html_options {
	bool main_only;	 /* omit navigation, advertisements and other boilerplate */
	bool markdown;	 /* else plain text */
	bool links;	 /* write the addresses of links; only with markdown */
	bool images;	 /* write the alternative texts of images, and addresses */
	bool xml;	 /* the page is XHTML: "<div/>" is a whole element */
	struct span url; /* of the page, to make addresses absolute; may be empty */
};

/* Valid until the next html_extract() with the same parser. */
struct html_page {
	struct span text;  /* lines that end in '\n'; may be empty */
	struct span title; /* may be empty */
};
/*
 * Extract text and title of a page, which is valid UTF-8 without NUL and shorter than
 * HTML_MAX.  Time and memory are linear in the size of the page, even for hostile input.
 */
void html_extract(struct html *h, struct span page, const struct html_options *options,
    struct html_page *out);

/*
 * Have see() look at the document of each page, and at the text of its <title>, before
 * html_extract() extracts the text.  Both are valid during the call.
 */
struct html_document;
typedef void html_see_fn(
    void *arg, const struct html_document *document, struct span title);
void html_watch(struct html *h, html_see_fn *see, void *arg);

/* Whether bytes look like the beginning of a web page (WHATWG MIME Sniffing). */
bool html_looks_like(struct span start);
/*
 * The charset that a page declares in an XML declaration or a <meta>, wherever that is
 * except in comments, scripts and the like.  Unknown labels do not count.  Empty if there
 * is none.
 */
struct span html_declared_charset(struct span page);

#endif
