/* html_tree.h - a web page as a flat tree of elements and texts. */
#ifndef TAMIS_HTML_TREE_H
#define TAMIS_HTML_TREE_H

#include <stdint.h>

#include "filters/web/html/html_document.h"
#include "filters/web/page/html_class_facts.h"
#include "filters/web/page/html_class_words.h"
#include "filters/web/page/html_page_kind.h"
#include "lib/base/mem.h"
#include "lib/base/span.h"

/* Properties of a tag; html_tree.c has the table. */
enum {
	TAG_VOID = 1 << 0,	/* has no content and no end tag */
	TAG_BLOCK = 1 << 1,	/* begins and ends a line */
	TAG_NEVER = 1 << 2,	/* its content is never shown as text */
	TAG_BOILER = 1 << 3,	/* its content is boilerplate */
	TAG_PLAIN = 1 << 4,	/* formatting only: it gets no node */
	TAG_HINTS = 1 << 5,	/* its class and id can be hints of boilerplate */
	TAG_CONTENT = 1 << 6,	/* its class and id can be hints of main content */
	TAG_SCRIPT = 1 << 7,	/* a superscript or subscript: it always gets a node */
	TAG_COMPANION = 1 << 8, /* see N_COMPANION; html_recast() sets it */
};

/* An element: its tag and attributes, with references decoded. */
struct start_tag {
	unsigned tag;			      /* T_ */
	uint32_t at, first_attr;	      /* as in dom_node */
	unsigned has;			      /* bit A_x: attr[A_x] is set */
	struct span attr[A_COUNT];	      /* values */
	struct html_class_facts *class_facts; /* if A_CLASS is set */
};

/* Properties of a node.  Bits that class and id can set are below 1 << 16. */
enum {
	N_LINK = 1 << 0,    /* text: inside a link */
	N_GUTTER = N_LINK,  /* hint: the numbers of lines of code; no element has it */
	N_BLOCK = 1 << 1,   /* begins and ends a line */
	N_DROP = 1 << 2,    /* omitted from the main text, with its content */
	N_NAMED = N_DROP,   /* hint: a class may have a name of html_class_facts.c */
	N_HIDDEN = 1 << 3,  /* not visible to readers */
	N_STRONG = 1 << 4,  /* class or id is a strong hint of boilerplate */
	N_WEAK = 1 << 5,    /* class or id is a weak hint of boilerplate */
	N_COMMENT = 1 << 6, /* class or id is a hint of reader comments */
	/* Class or id is a hint of main content, from the most reliable to the least. */
	N_CONTENT1 = 1 << 7,
	N_CONTENT2 = 1 << 8,
	N_CONTENT3 = 1 << 9,
	N_CONTENT4 = 1 << 10,
	N_CONTENT5 = 1 << 11,
	N_FORUM = 1 << 12,	 /* class or id is a hint of a forum */
	N_LAST = 1 << 13,	 /* the last child of its parent */
	N_BOILER = 1 << 14,	 /* its tag or role means boilerplate */
	N_LEAD = 1 << 15,	 /* class or id is a hint of an introduction */
	N_KEEP = 1 << 16,	 /* the root of a part of the main text */
	N_HOLDS_BLOCK = 1 << 17, /* a cell or row that contains blocks */
	/* The source of a quotation or the caption of code: kept where its parent is. */
	N_COMPANION = 1 << 19,
	N_TO_PLACE = 1 << 18, /* text: inside a link to a place in a page */
	/* Invisible by its style until scripts show it: boilerplate, of any size that is
	 * not most of the page. */
	N_UNSEEN = 1 << 20,
};

/* An element or text.  Nodes are in document order; node i contains nodes i + 1 to end -
 * 1.  Lengths are in visible characters. */
struct html_node {
	uint32_t parent, end;
	uint32_t flags; /* N_ */
	uint32_t tag;	/* T_ */
	uint32_t off,
	    len; /* text: its bytes in html_tree.text; element: off is dom_node.at */
	uint32_t chars;	     /* all characters */
	uint32_t linked;     /* characters in links */
	uint32_t own;	     /* characters outside links and inner blocks */
	uint32_t prose;	     /* characters in runs long enough to be prose */
	uint32_t links;	     /* number of links */
	uint32_t links_here; /* number of links outside inner nodes */
	uint32_t score;	     /* as a candidate for the root of the main text */
	int8_t words; /* element: what its class and id say, see html_class_words.c */
	/* Element: a hash of its class, if there are such weights; text of <pre>: bytes
	 * of indentation before `off`. */
	uint32_t look;
};

/* The innermost open elements: nodes of these tags; 0: none. */
struct html_cells {
	uint32_t td, th, row, figure;
	size_t heading; /* one plus the offset of the text of a heading; 0: none */
	bool quote;	/* inside a <blockquote> */
	bool code;	/* inside a <code> or the like */
	bool line;	/* inside a <div> of a line of code */
	bool signature; /* inside a table that Doxygen makes of a function */
	bool file;	/* inside a table that GitHub makes of the lines of a file */
};

/* An open element. */
struct open_tag {
	uint32_t tag;
	uint32_t node; /* its own node, or that of its parent */
	bool made;     /* `node` is its own */
	bool quoted;   /* a quotation mark follows it */
	/* what holds again after it */
	bool link, hidden, pre;
	struct html_cells cells;
};

/*
 * The last element whose id is a hint of boilerplate, until its first text.  Generators
 * of documentation make the id of a section from its heading, so that a chapter on menus
 * has the id "menus".
 */
struct html_own_heading {
	uint32_t node;	/* 0: none */
	unsigned by_id; /* hints that only the id gave */
	bool chapter;	/* its class is one of such sections */
	size_t heading; /* depth of the open heading that begins the element; 0: none */
	size_t from;	/* offset of its text */
	size_t n;	/* length of the name */
	char name[64];	/* the id, reduced: see html_tree.c */
};

/* An open element that holds the numbers of lines of code if all its text is numbers. */
struct html_gutter {
	uint32_t node; /* 0: none */
	size_t depth;  /* of the open element */
	size_t from;   /* offset of its text */
};

/* Bytes of a page, with references as the page has them. */
struct html_raw {
	uint32_t at, n;
};

enum html_mark_kind {
	MARK_STRONG,
	MARK_EM,
	MARK_DEL,
	MARK_CODE,
	MARK_LINK,     /* value: the address */
	MARK_TEX,      /* around the source of a formula */
	MARK_IMAGE,    /* value.at: the offset of its tag */
	MARK_LANGUAGE, /* value: the language of the code in the parent of the mark */
	MARK_KINDS
};

/* Sets of marks. */
enum {
	WANT_FORMAT = 1 << 0, /* all but links and images */
	WANT_LINKS = 1 << 1,
	WANT_IMAGES = 1 << 2,
};

/*
 * A place in the text where an inline element begins or ends.  Such elements have no
 * nodes, so that the main text does not depend on the format.  Marks are in document
 * order.
 */
struct html_mark {
	uint32_t node;	 /* the first node that was added later */
	uint32_t parent; /* the innermost node around it */
	uint32_t at;	 /* the offset in html_tree.text */
	uint8_t kind;	 /* MARK_ */
	bool end;	 /* of the element */
	bool kept;	 /* an image that the rules keep */
	struct html_raw value;
};

/* One page.  Node 0 is the body. */
struct html_tree {
	unsigned want; /* WANT_: the marks to record; set by the caller */
	struct html_mark *mark;
	size_t marks, mark_cap;
	struct html_raw base; /* the address of <base>, with WANT_LINKS or WANT_IMAGES */
	const struct html_class_hints *hints;
	const struct html_tokenizer *source; /* of the attributes of the nodes */
	struct html_node *node;
	size_t n, cap;
	uint32_t all_flags;    /* N_ bits that any node had when it was added */
	bool has_tag[T_COUNT]; /* of any node */
	struct buf text;       /* with room for SCAN_STEP more bytes */
	struct buf title;
	struct buf tex; /* the latest formula */
	struct open_tag *open;
	size_t depth, open_cap;
	struct html_cells cells;
	struct span noframes;	      /* the text of a <noframes>, which is markup */
	const int8_t *words;	      /* weights of words in class and id, or NULL */
	struct html_page_kinds kinds; /* if there are such weights */
	struct html_class_memo classes;
	bool show_noscript; /* <noscript> is like any other element */
	bool has_noscript;  /* else: there was one that is not empty */
	unsigned quotes;    /* number of open <q> with quotation marks */
	bool link;	    /* inside a link */
	bool hidden;	    /* inside an element that is N_HIDDEN */
	bool pre;	    /* inside a <pre> */
	bool to_place;	    /* the latest link was to a place in a page */
	bool split;	    /* the next text is not part of the last link */
	bool broken;	    /* a block or <br> separates the next text from the last */
	bool ended;	    /* a link or <span> ended after the last text */
	bool apart;	    /* and another one began */
	size_t indent;	    /* bytes of white space in code before its next text */
	bool titled;	    /* the title is complete */
	bool forum;	    /* class or id of the body is a hint of a forum */
	struct html_own_heading own;
	struct html_gutter gutter;
	struct buf value[A_COUNT]; /* decoded attributes */
	size_t values_left;	   /* bytes of attributes that may still be read */
};

/* The TAG_ bits of each tag. */
extern const unsigned short html_tag_flags[T_COUNT];

/* Build the tree of a document, reusing t's memory.  The document must outlive calls of
 * html_tree_attr(). */
void html_tree_build(
    struct html_tree *t, const struct html_document *d, bool show_noscript);
void html_tree_free(struct html_tree *t);
/* Find an attribute of an element by its name in lower case.  The value has its
 * references as the page has them.  The time is linear in the length of the tag. */
bool html_tree_attr(const struct html_tree *t, const struct html_node *n,
    struct span name, struct span *value);

/* Whether a class attribute has this name in its list. */
bool html_has_class(struct span value, struct span name);
/*
 * Whether an element of the document is a formula whose TeX source is known: MathML with
 * an annotation or alttext, a script of MathJax, or an image whose alt is TeX.  *out: the
 * source between "$", or "$$" for one on a line of its own.
 */
bool html_tex_of(
    const struct html_document *d, const struct dom_node *n, struct buf *out);
/*
 * The text of a <math>, in one line: "x^2", "1/2".  Returns false if it holds anything
 * but MathML.  The time of all calls for a document is linear in its size.
 */
bool html_mathml_text(
    const struct html_document *d, const struct dom_node *math, struct buf *out);
/* Whether an element shows a formula whose MathML, which MathJax adds for readers of the
 * screen, is next to it. */
bool html_is_shown_mathml(const struct html_document *d, const struct dom_node *n);
/* Whether an element shows a formula that follows or precedes it as a source or MathML.
 */
bool html_is_formula_copy(
    const struct html_document *d, const struct dom_node *n, const struct start_tag *s);
/* How an exponent or index is written after its sign. */
enum html_script { SCRIPT_NONE, SCRIPT_BARE, SCRIPT_BRACED };
/* Whether a superscript or subscript (sup: which) is clearly an exponent or index.
 * before: the text of the line before it; after: the text after it. */
enum html_script html_script_of(
    struct span before, struct span script, struct span after, bool sup);

/* Whether a <template> is a declarative shadow root, whose content browsers show. */
bool html_is_shadow_root(const struct html_document *d, const struct dom_node *n);
/*
 * Change the tag of an element that is text although its tag means boilerplate: a button
 * that begins a heading, an admonition, the source of a quotation, the caption of code or
 * of a table, <code> that is a block, the author of a quotation, the table of a function
 * or file.  A closed <dialog> is hidden.  flags: those of its tag.  Returns the TAG_
 * flags that count.  The time is linear in the length of the tag.
 */
unsigned html_recast(struct html_tree *t, const struct html_document *d,
    const struct dom_node *n, struct start_tag *s, unsigned flags);
/*
 * Whether a space is missing between the last text and one that follows in another link
 * or <span>: a word is followed by a capital letter or digit.  Such elements are buttons,
 * badges or columns by their style.
 */
bool html_is_apart(const struct html_tree *t, struct span next);
/* Note an element that html_recast() asks for, after the element was opened. */
void html_note_place(struct html_tree *t, const struct start_tag *s);

/* Record the mark of an element of an html_tree with `want`: before its node is added,
 * and after it was closed. */
void html_mark_begin(struct html_tree *t, const struct start_tag *s);
void html_mark_end(struct html_tree *t, unsigned tag);
/* Record the beginning or end of the source of a formula. */
void html_mark_tex(struct html_tree *t, bool end);
/* Record the language of code that the class of an open element names, if it does. */
void html_mark_language(struct html_tree *t, const struct start_tag *s);

/* The quotation mark that English pages have before or after a <q> inside `depth` others.
 */
struct span html_quote_mark(unsigned depth, bool end);
/* Whether the page itself has one before a <q>, or at the beginning of its text. */
bool html_is_quoted(const struct html_tree *t, struct span text);

/* The tables that html_class_hints_of() uses. */
struct html_class_hints *html_class_hints_new(void);
void html_class_hints_free(struct html_class_hints *h);
/* What the phrases in a class or id say: N_ bits for a class; for an id, shifted by 16.
 */
uint32_t html_class_hints_find(const struct html_class_hints *h, struct span value);
/* The N_ bits that class, id, role and other attributes of a tag with these TAG_ flags
 * set.  *by_id: those of them that only the id sets, except hints of main content. */
unsigned html_class_hints_of(const struct html_class_hints *h, const struct start_tag *s,
    unsigned flags, unsigned *by_id);

/* Find the main text: set N_KEEP on its roots and N_DROP on boilerplate. */
void html_tree_find_main(struct html_tree *t);
/*
 * Images in elements without text.  Rules drop such elements where they are links, and
 * the judge drops elements without kept text.  The first function keeps the former.  The
 * second one notes which images the rules keep, and the last one keeps the elements
 * between such images and kept text.
 */
void html_keep_images(struct html_tree *t);
void html_note_images(struct html_tree *t);
void html_restore_images(struct html_tree *t);
/* Append the text as lines.  main_only: only of N_KEEP nodes, without N_DROP nodes; else
 * all visible text.  scratch: for its own use. */
void html_tree_put_text(
    const struct html_tree *t, bool main_only, struct buf *scratch, struct buf *out);
/* Append the text as Markdown.  It has the same words.  base: of addresses; may be empty.
 */
void html_tree_put_markdown(const struct html_tree *t, bool main_only, struct span base,
    struct buf *scratch, struct buf *out);

/* The hint of a class that marks furniture: text for screen readers, [edit], permalinks.
 */
uint32_t html_furniture_hint(const struct start_tag *s);
/* Whether an element may hold the numbers of the lines of code.  hints: its N_ bits. */
bool html_may_be_gutter(
    const struct html_tree *t, const struct start_tag *s, uint32_t hints);
/* At the end of an element that may be a gutter: hide it if it holds only numbers. */
void html_end_gutter(struct html_tree *t);
/* Drop marks of notes, numbers that lists have twice, skip links, pagers, labels of share
 * buttons and advertisements, and cookie notices.  html_tree_find_main() calls it after
 * it counted characters. */
void html_drop_furniture(struct html_tree *t);
/* Hide the cells of numbers that are next to cells of code: those of its lines. */
void html_hide_line_numbers(struct html_tree *t);
/*
 * Give <div>s that hold the lines of code the tag of <pre>, and text of code its
 * indentation.  The scores of the judge are those without.  The time is linear in the
 * size of the page.
 */
void html_recast_code(struct html_tree *t);
/* Whether a <div> is an empty line of code. */
bool html_is_blank_line(const struct html_tree *t, const struct html_node *n);
/* Keep the elements in code that the rules drop for their classes, which are those of
 * tokens, such as "keyword". */
void html_keep_tokens(struct html_tree *t);
/* Drop superscripts that are lists of links to notes, after the judge has seen them. */
void html_drop_note_lists(struct html_tree *t);
/* Hide links without visible text and labels that scripts replace, after the judge has
 * seen them. */
void html_hide_labels(struct html_tree *t);
/* Drop the links of headings, definitions and table captions below a node to themselves
 * and to their sources, and links at the ends of lines that are only a sign. */
void html_drop_permalinks(struct html_tree *t, size_t root);
/*
 * Whether an inline element is within a sentence: its class names what it is, such as the
 * author of a quotation, but the sentence is broken without it.  The bylines at the
 * beginning of a line are too short to be one.
 */
bool html_is_in_sentence(const struct html_tree *t, size_t i);

enum html_phrase {
	PHRASE_SKIP,   /* a link that skips the navigation */
	PHRASE_PAGER,  /* a link to the previous or next page */
	PHRASE_LINE,   /* a line of its own */
	PHRASE_COOKIE, /* the beginning of a notice */
	PHRASE_PLACE,  /* a link of a heading to itself */
};
/* Whether a text is such a phrase, or begins with one.  The time is constant. */
bool html_is_phrase(struct span s, enum html_phrase kind);

#endif
