/* html_tokenizer.h - split a web page into tags, text and comments. */
#ifndef TAMIS_HTML_TOKENIZER_H
#define TAMIS_HTML_TOKENIZER_H

#include "filters/web/html/html_names.h"
#include "filters/web/html/html_references.h"
#include "lib/base/mem.h"
#include "lib/base/span.h"

/*
 * The tokenizer of the HTML standard, 13.2.5.  The caller pulls tokens from one page.
 * They refer to the page by offset, and to a buffer of decoded text where the page has
 * character references.
 */

/* Bytes of the page, or of the decoded text if `at` has TEXT_DECODED. */
struct html_text {
	uint32_t at, n;
};
#define TEXT_DECODED ((uint32_t)1 << 31)

/* The attributes whose values are kept. */
enum {
	A_CLASS,
	A_ID,
	A_ROLE,
	A_STYLE,
	A_ITEMPROP,
	A_HIDDEN,
	A_ARIA_HIDDEN,
	A_POPOVER,
	A_HREF,
	A_REL,
	A_COUNT
};

/* An attribute of a tag, one of A_. */
struct html_attr {
	uint32_t at, n; /* its value in the page, without quotes */
	uint8_t name;	/* A_ */
	bool last;	/* of its tag */
	bool coded;	/* the value may have references */
};

enum html_token_kind {
	TOKEN_TEXT,
	TOKEN_NUL, /* U+0000 in text */
	TOKEN_START,
	TOKEN_END,
	TOKEN_COMMENT,
	TOKEN_DOCTYPE,
	TOKEN_EOF,
};

struct html_token {
	enum html_token_kind kind;
	bool self_closing;     /* start tag */
	uint32_t code;	       /* tag: see html_names.h */
	uint32_t at;	       /* tag, doctype: offset of its '<' in the page */
	uint32_t attr;	       /* start tag: its first attribute; 0: none of A_ */
	struct html_text text; /* text, comment */
};

/* How the tokenizer reads text. */
enum html_content {
	CONTENT_DATA,
	CONTENT_RCDATA,	 /* references, no tags */
	CONTENT_RAWTEXT, /* neither */
	CONTENT_SCRIPT,
	CONTENT_PLAINTEXT,
	CONTENT_CDATA,
};

struct html_tokenizer {
	const struct html_names *names;
	const struct html_references *references;
	const char *begin, *p, *end;
	/* Set by the caller between tokens.  The tokenizer returns to CONTENT_DATA at the
	 * end tag `content_tag`. */
	enum html_content content;
	uint32_t content_tag;
	bool foreign;  /* "<![CDATA[" begins a section */
	bool controls; /* references to control characters are decoded; else dropped */
	/* The page is XHTML: "<script/>" and the like are whole elements, with an end tag
	 * as the next token, and CDATA sections are text. */
	bool xml;
	bool no_cdata_end;    /* no section ends from here on */
	uint32_t self_closed; /* the element whose end tag is next; T_COUNT: none */
	struct buf decoded;
	struct html_attr *attr; /* of all tags; the first is unused */
	size_t attrs, attr_cap;
	struct buf page; /* the page with normalized line ends, if it has others */
};

/* Begin a page, which is valid UTF-8 and shorter than TEXT_DECODED, and must outlive the
 * tokens.  Memory is reused. */
void html_tokenizer_begin(struct html_tokenizer *t, struct span page);
void html_tokenizer_next(struct html_tokenizer *t, struct html_token *token);
void html_tokenizer_free(struct html_tokenizer *t);
/* The place of the end tag `content_tag`, or the end of the page. */
const char *html_find_end_tag(const struct html_tokenizer *t);

static inline struct span
html_text_span(const struct html_tokenizer *t, struct html_text s)
{
	return s.at & TEXT_DECODED
		   ? (struct span){ t->decoded.p + (s.at & ~TEXT_DECODED), s.n }
		   : (struct span){ t->begin + s.at, s.n };
}

/* Read the tag at t->p, whose name begins at `name`.  One that the page ends in is
 * dropped. */
void html_read_tag(struct html_tokenizer *t, struct html_token *token, const char *name);
/* Whether the name of the tag `code`, which is a known one, is at p, and ends there. */
bool html_is_tag(const struct html_tokenizer *t, const char *p, uint32_t code);

/* An attribute as the page has it. */
struct html_raw_attr {
	struct span name, value;
	uint64_t key; /* the last 8 bytes of the name in lower case */
	bool coded;   /* the value may have references */
};

/*
 * The next attribute of the tag at `*p`, which is after its name or an attribute.
 * Returns false at the end of the tag: *p is then at its '>', or at `end` if it has none.
 */
bool html_next_attr(
    const char **p, const char *end, struct html_raw_attr *a, bool *self_closing);
/* The place after the name of the tag at offset `at` of the page. */
const char *html_tag_attrs(const struct html_tokenizer *t, uint32_t at);
/* Find an attribute of the start tag at `at` by its name in lower case. */
bool html_find_attr(
    const struct html_tokenizer *t, uint32_t at, struct span name, struct span *value);
/* Append a value with its references decoded. */
void html_decode_value(
    const struct html_tokenizer *t, struct span value, struct buf *out);

/*
 * The length of the comment at the front of s, which begins with "<!--"; 0: it has no
 * end.  "<!-->" and "<!--->" are whole comments, and "--!>" ends one.
 */
size_t html_comment_length(struct span s);

#endif
