/* html_markdown.h - the state of a writer of Markdown, shared by its parts. */
#ifndef TAMIS_HTML_MARKDOWN_H
#define TAMIS_HTML_MARKDOWN_H

#include "filters/web/page/html_list.h"
#include "filters/web/page/html_tree.h"

/*
 * html_markdown.c    visits the elements
 * html_md_lines.c    begins and ends lines, cells and blocks
 * html_md_table.c    decides which tables are written as tables
 * html_md_inline.c   writes emphasis, inline code, links and images
 * html_md_escape.c   writes text with backslashes where it would be markup
 */

/* Characters, as CommonMark distinguishes them next to a delimiter.  Parsers differ in
 * whether symbols are punctuation. */
enum md_class { MD_SPACE, MD_PUNCT, MD_SYMBOL, MD_WORD };

/* The markup around words that can be open. */
enum { MD_SPANS = MARK_LINK + 1 };

/* The kinds of text.  In code nothing is markup, in formulas only references and tags. */
enum md_text { MD_PROSE, MD_FORMULA, MD_CODE };

/* A run of one character of the text, which may be markup, depending on later ones. */
struct md_doubt {
	uint32_t at; /* in the output */
	uint32_t n;
	char c;
	bool opens, closes; /* a delimiter; opens, of others: at the start of a line */
};

/* Markup that encloses words of a block. */
struct md_span {
	uint32_t at; /* of its delimiter in the output */
	uint8_t kind;
	bool starts; /* a line */
};

/* The inline part of a writer. */
struct md_inline {
	const struct html_tree *t;
	struct buf *out;
	struct span base;    /* of addresses */
	struct buf *scratch; /* for one call */
	struct buf target;   /* of the open link */
	struct buf image;    /* its address */
	uint64_t targets;    /* bytes of addresses that may still be written */

	unsigned in[MD_SPANS]; /* the number of elements around the next word, by MARK_ */
	bool given_up[MD_SPANS]; /* no parser would read the markup of these elements */
	const struct html_mark *since[MD_SPANS]; /* the outermost of them */
	const struct html_mark *link;		 /* the innermost */
	uint32_t
	    linked;	/* the latest address: that of a copied element is written once */
	bool new_code;	/* the next word is in another <code> than the last one */
	bool no_strong; /* it is implied */
	bool tex;	/* the text is a formula */
	bool cell;	/* in a row: '|' is escaped */

	struct md_span open[MD_SPANS];
	unsigned depth;
	bool starred, coded, struck; /* the block has such markup */
	uint32_t line;		     /* where the text of the line begins in the output */
	uint32_t lead;	 /* where markup begins a line; UINT32_MAX: it does not */
	uint32_t closed; /* the end of the latest delimiter that closed */

	struct md_doubt *doubt; /* of the block, in order */
	size_t doubts, doubt_cap;

	const char *text_end;		/* a formula in the text ends before */
	const char *math_end;		/* the end of a formula in the text itself */
	const char *seen[2], *found[2]; /* see html_md_escape.c */
	const char *refused[2];		/* ends of what is not a formula */
};

/* A table that is written as one. */
enum {
	MD_COVERED = 32, /* later columns have no cells of several rows */
	MD_USED = 64	 /* later columns are written even if they are empty */
};
struct md_grid {
	uint32_t table;		   /* its node; 0: none */
	size_t columns;		   /* of the header, without empty ones */
	bool header;		   /* the first row is one */
	uint64_t used;		   /* columns with text */
	uint16_t left[MD_COVERED]; /* rows that the cell above still covers */
	size_t column;		   /* of the next cell */
};

/* Deeper blockquotes and items are written as part of the outer one. */
enum { MD_BOXES = 10, MD_PREFIX = 40 /* bytes of the prefix of a line */, MD_LISTS = 64 };

/* A blockquote or an item of a list. */
struct md_box {
	uint32_t node;
	bool item;
	bool printed;  /* the marker of the item */
	uint8_t width; /* of the prefix of further lines */
	uint8_t list;  /* index of the list of the item */
	char marker[HTML_NUMBER + 6];
};

struct md_list {
	struct html_list numbers;
	bool begun; /* an item is printed */
};

/* A writer. */
struct md {
	struct md_inline in;
	const struct html_tree *t;
	struct buf *out;
	struct buf code; /* of the open <pre> */
	size_t start;	 /* offset of this page in out */
	uint32_t skip;	 /* flags of nodes to omit */
	bool open;	 /* in a block */
	bool first_line; /* of the block */
	/* What precedes the next word. */
	bool space;	 /* a blank */
	bool bar;	 /* " | " */
	bool brace;	 /* '}' follows the exponent */
	bool rule;	 /* a thematic break, if the number of boxes is still the same */
	unsigned breaks; /* the number of <br> */
	size_t rule_boxes;

	uint32_t heading; /* its node; 0: none */
	unsigned pre;	  /* number of open <pre> elements */
	bool pre_start;	  /* at the beginning of the outermost one */
	struct span language;
	uint32_t language_node; /* the element of that language */

	struct md_box box[MD_BOXES];
	size_t boxes, common; /* common: with the last block */
	bool bare;	      /* the last block is in an item without a marker */
	struct md_list list[MD_LISTS];
	size_t lists;

	struct md_grid grid;
	bool in_cell, cell_open, cell_break, row_open;
	size_t rows, column, written; /* written: cells of the row */
};

/* Write a word.  space: a blank is before it. */
void md_put_word(struct md_inline *in, struct span word, bool space);
/* Close the markup that the next character `c` is not in. */
void md_close_for(struct md_inline *in, char c);
/* Close code before the end of a line, which it cannot span. */
void md_close_code(struct md_inline *in);
void md_close_all(struct md_inline *in);
/* At the end of a block or cell: close all, and escape what would be markup. */
void md_end_inline(struct md_inline *in);
/* Prepare the image of a mark.  Returns false if it is not written. */
bool md_find_image(struct md_inline *in, const struct html_mark *m, struct html_raw *alt);
void md_put_image(struct md_inline *in, struct html_raw alt, bool space);
/* Note where an inline element begins or ends. */
void md_take_mark(struct md_inline *in, const struct html_mark *m);
bool md_is_open(const struct md_inline *in, unsigned kind);
/* Insert a backslash at an offset of the current block. */
void md_escape_at(struct md_inline *in, size_t at);
void md_free_inline(struct md_inline *in);

/* Write a word of html_tree.text, which is not empty. */
void md_put_text(struct md_inline *in, struct span word, enum md_text text);
/* Whether the line is empty but for delimiters. */
bool md_at_line_start(const struct md_inline *in);
/* Before punctuation that the text does not have: double a backslash of the text. */
void md_guard_backslash(struct md_inline *in);
/* Insert the backslashes that depend on the whole block. */
void md_escape_doubts(struct md_inline *in);
enum md_class md_class_of(uint32_t c);
/* The class of the first character of valid UTF-8. */
enum md_class md_class_at(struct span s);
/* The class of the last character before an offset of a buffer. */
enum md_class md_class_before(const struct buf *out, size_t at);
/* The offset in a line of the character that must be escaped so that the line does not
 * begin another block; s.n: none. */
size_t md_find_marker(struct span s, bool first_line);

/* Begin a line with its prefix, and the markers of items that have none yet. */
void md_put_prefix(struct md *w);
void md_begin_block(struct md *w);
void md_end_line(struct md *w);
void md_end_block(struct md *w);
void md_begin_cell(struct md *w);
void md_end_cell(struct md *w);
void md_end_row(struct md *w);
/* Write the text of the outermost <pre> as a fenced block. */
void md_put_code(struct md *w);

/* Begin a table.  Returns false if it is to be written as blocks: it is for layout, or
 * has cells that Markdown cannot hold. */
bool md_grid_begin(
    struct md_grid *g, const struct html_tree *t, size_t table, uint32_t skip);
/* The column of the next cell of a row, empty ones not counted.  */
size_t md_grid_cell(
    struct md_grid *g, const struct html_tree *t, const struct html_node *cell);
/* Pass the cells of a part of the table that is omitted: columns to their right and rows
 * below must not move there. */
void md_grid_omit(
    struct md_grid *g, const struct html_tree *t, const struct html_node *part);
/* The number of columns of the row that ends. */
size_t md_grid_end_row(struct md_grid *g);

#endif
