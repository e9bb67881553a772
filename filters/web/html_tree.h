/* html_tree.h - a page as a flat tree of what its text stands in. */
#ifndef TAMIS_HTML_TREE_H
#define TAMIS_HTML_TREE_H

#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/base/span.h"

/* What a tag name means to us.  TAG_ prefixed bits; see the table in html_names.c. */
enum {
	TAG_VOID = 1 << 0,   /* has no content and no end tag */
	TAG_BLOCK = 1 << 1,  /* begins and ends a line */
	TAG_NEVER = 1 << 2,  /* what it holds is never text */
	TAG_BOILER = 1 << 3, /* what it holds is not the page's main text */
	TAG_PLAIN = 1 << 4,  /* formatting only: leaves no trace in the tree */
	TAG_CLASSY = 1 << 5, /* its class and id say what it is for */
	TAG_BODY = 1 << 6,   /* its class and id may say that it is the main text */
};

/* Every tag of HTML that is not like an unknown one. */
/* clang-format off */
#define HTML_TAGS(X) \
	X(A) X(ABBR) X(ACRONYM) X(ADDRESS) X(ANNOTATION) X(APPLET) X(AREA) \
	X(ARTICLE) X(ASIDE) X(AUDIO) X(B) X(BASE) X(BDI) X(BDO) X(BIG) X(BLOCKQUOTE) \
	X(BODY) X(BR) X(BUTTON) X(CANVAS) X(CAPTION) X(CENTER) X(CITE) X(CODE) \
	X(COL) X(COLGROUP) X(DATALIST) X(DD) X(DEL) X(DETAILS) X(DFN) X(DIALOG) \
	X(DIR) X(DIV) X(DL) X(DT) X(EM) X(EMBED) X(FIELDSET) X(FIGCAPTION) X(FIGURE) \
	X(FONT) X(FOOTER) X(FORM) X(FRAME) X(FRAMESET) X(H1) X(H2) X(H3) X(H4) X(H5) \
	X(H6) X(HEAD) X(HEADER) X(HGROUP) X(HR) X(HTML) X(I) X(IFRAME) X(IMG) \
	X(INPUT) X(INS) X(KBD) X(LABEL) X(LEGEND) X(LI) X(LINK) X(LISTING) X(MAIN) \
	X(MAP) X(MARK) X(MARQUEE) X(MENU) X(META) X(METER) X(NAV) X(NOBR) X(NOEMBED) \
	X(NOFRAMES) X(NOSCRIPT) X(OBJECT) X(OL) X(OPTGROUP) X(OPTION) X(OUTPUT) X(P) \
	X(PARAM) X(PICTURE) X(PRE) X(PROGRESS) X(Q) X(RP) X(RT) X(S) X(SAMP) \
	X(SCRIPT) X(SEARCH) X(SECTION) X(SELECT) X(SMALL) X(SOURCE) X(SPAN) \
	X(STRIKE) X(STRONG) X(STYLE) X(SUB) X(SUMMARY) X(SUP) X(SVG) X(TABLE) \
	X(TBODY) X(TD) X(TEMPLATE) X(TEXTAREA) X(TFOOT) X(TH) X(THEAD) X(TIME) \
	X(TITLE) X(TR) X(TRACK) X(TT) X(U) X(UL) X(VAR) X(VIDEO) X(WBR) X(XMP)
/* clang-format on */

enum {
#define X(t) T_##t,
	HTML_TAGS(X)
#undef X
	    T_KNOWN,	  /* how many are known */
	T_TEXT = T_KNOWN, /* a node of text */
	T_OTHER,	  /* any name not known */
	T_COUNT		  /* how many there are */
};

/* The attributes that say what an element is for. */
enum {
	A_CLASS,
	A_ID,
	A_ROLE,
	A_STYLE,
	A_ITEMPROP,
	A_HIDDEN,
	A_ARIA_HIDDEN,
	A_HREF,
	A_COUNT
};

/* A start tag as libxml2 read it: entities resolved, names in lower case. */
struct start {
	unsigned tag;		   /* T_ */
	unsigned has;		   /* bit A_x: the attribute is there */
	struct span attr[A_COUNT]; /* its value */
};

struct tag_row {
	char name[12];
	unsigned char n; /* bytes of the name; 0: an empty slot */
	unsigned short tag;
};

/* Tables made once, read by all threads. */
struct html_names {
	struct tag_row tag[512];
	unsigned short flags[T_COUNT]; /* by T_ */
};

void html_names_init(struct html_names *names);
unsigned html_tag(const struct html_names *names, const char *name); /* T_ */
unsigned html_attr(const char *name);				     /* A_, or A_COUNT */

/* What a node is or holds.  What a name may say is in the low 16 bits. */
enum {
	N_LINK = 1 << 0,    /* text: inside a link */
	N_BLOCK = 1 << 1,   /* begins and ends a line */
	N_DROP = 1 << 2,    /* not of the main text, nor is what is in it */
	N_HIDDEN = 1 << 3,  /* not shown to readers at all */
	N_STRONG = 1 << 4,  /* its names say boilerplate ... */
	N_WEAK = 1 << 5,    /* ... or perhaps */
	N_COMMENT = 1 << 6, /* its names say comments of readers */
	N_BODY1 = 1 << 7,   /* its names say main text, from the surest ... */
	N_BODY2 = 1 << 8,
	N_BODY3 = 1 << 9,
	N_BODY4 = 1 << 10,
	N_BODY5 = 1 << 11,	 /* ... to the vaguest */
	N_FORUM = 1 << 12,	 /* of the page: what readers write is its main text */
	N_LAST = 1 << 13,	 /* its parent has no later child */
	N_BOILER = 1 << 14,	 /* its tag says boilerplate */
	N_LEAD = 1 << 15,	 /* its names say introduction */
	N_KEEP = 1 << 16,	 /* main text begins here */
	N_HOLDS_BLOCK = 1 << 17, /* a cell or row with lines of its own */
};

/* Element or text, in document order: what is in node i is i + 1 .. end - 1. */
struct node {
	uint32_t parent, end;
	uint32_t flags;	     /* N_ */
	uint32_t tag;	     /* T_ */
	uint32_t off, len;   /* text: where in tree.text, bytes */
	uint32_t chars;	     /* visible characters in it ... */
	uint32_t linked;     /* ... of which in links */
	uint32_t own;	     /* visible, outside links and of no block inside */
	uint32_t prose;	     /* of all runs of text long enough to be prose */
	uint32_t links;	     /* number of links in it ... */
	uint32_t links_here; /* ... of which in no node inside it */
	uint32_t score;
};

struct open_tag {
	uint32_t tag;
	uint32_t node; /* its node, or its parent's where it has none */
	uint32_t prev; /* 1 + place of the next one out of this tag; 0: none */
	bool made;     /* the node is its own */
};

/* One page.  Node 0 is its body. */
struct tree {
	const struct html_names *names;
	const struct html_marks *marks;
	struct node *node;
	size_t n, cap;
	struct buf text, title;
	struct open_tag *open;
	size_t depth, open_cap;
	uint32_t last[T_COUNT]; /* 1 + place of the innermost open one; 0: none */
	size_t never; /* depth + 1 at which text stopped counting; 0: it counts */
	bool link, broken, titled;
	bool forum; /* the page calls itself one */
};

/*
 * Build t anew, keeping its memory: begin, then what stands in the page in its order,
 * then finish.  A page is less than 2 GiB.
 */
void tree_begin(struct tree *t);
void tree_start(struct tree *t, const struct start *s);
void tree_end(struct tree *t, unsigned tag);
void tree_chars(struct tree *t, struct span text);
void tree_finish(struct tree *t);
void tree_free(struct tree *t);

/* What class, id, role and the like say: N_ bits. */
struct html_marks *html_marks_new(void);
void html_marks_free(struct html_marks *m);
unsigned html_marks_of(const struct html_marks *m, const struct start *s, unsigned flags);

/* Judge: set N_KEEP on what holds the main text, N_DROP on what is not it. */
void tree_main(struct tree *t);
/* Append the text of all that N_KEEP is on but what is dropped, or all that is shown. */
void tree_text(const struct tree *t, bool main_only, struct buf *out);

#endif
