/* html_document.h - build the document tree of a web page. */
#ifndef TAMIS_HTML_DOCUMENT_H
#define TAMIS_HTML_DOCUMENT_H

#include "filters/web/html/html_dom.h"
#include "filters/web/html/html_tokenizer.h"

/*
 * Tree construction as in the HTML standard, 13.2.6.  Time and memory are linear in the
 * size of the page: the limits below hold where the standard has none.  A page within
 * them gets the tree of the standard.  No text is lost beyond them.
 */
enum {
	/* Deeper elements are not made, unless they hold only raw text or nothing.
	 * Browsers have the same limit. */
	HTML_DEPTH = 512,
	/* Active formatting elements since the last marker; the oldest are forgotten. */
	HTML_FORMATTING = 64,
	/* Nodes; the text after that many is kept without its tags.  A real page has a
	 * node for each 14 bytes; "<p>a" would take 18 times its time per byte. */
	HTML_NODES = 1 << 20,
	HTML_BYTES_PER_NODE = 4,
	HTML_FREE_NODES = 1 << 16,
	/* Formatting elements are copied into blocks once per so many bytes. */
	HTML_BYTES_PER_COPY = 4,
	HTML_FREE_COPIES = 4096,
};

enum html_noscript {
	NOSCRIPT_RAW,	 /* scripting is enabled: it is raw text */
	NOSCRIPT_MARKUP, /* scripting is disabled */
	/* It is markup that cannot change the tree outside of it.  Pages are tested with
	 * scripting, and what is in <noscript> is often not well-formed. */
	NOSCRIPT_APART,
};

struct html_parser;
struct html_parser *html_parser_new(
    const struct html_names *names, const struct html_references *references);
void html_parser_free(struct html_parser *p);

/* A <body> or <html> tag whose attributes its element has, too. */
struct html_more_attrs {
	uint32_t node, at, attr; /* as in html_token */
};

/* What html_parse() returns, valid until the next call.  The attributes and texts of the
 * nodes are in the tokenizer. */
struct html_document {
	const struct html_tokenizer *source;
	const struct html_dom *dom;
	const struct html_more_attrs *more;
	size_t more_n;
};

enum html_parse_flags {
	HTML_EXACT = 1 << 0, /* keep comments, and references to control characters */
	HTML_XML = 1 << 1,   /* the page is XHTML: see struct html_tokenizer */
};

/* Parse a page, which is valid UTF-8, shorter than TEXT_DECODED, and must outlive the
 * document. */
struct html_document html_parse(
    struct html_parser *p, struct span page, enum html_noscript noscript, unsigned flags);

#endif
