/* html_names.h - the names of tags as numbers. */
#ifndef TAMIS_HTML_NAMES_H
#define TAMIS_HTML_NAMES_H

#include <stdint.h>

#include "lib/base/span.h"

/* The tags that are treated differently from unknown ones. */
/* clang-format off */
#define HTML_TAGS(X) \
	X(A) X(ABBR) X(ACRONYM) X(ADDRESS) X(ANNOTATION) X(ANNOTATION_XML) X(APPLET) \
	X(AREA) X(ARTICLE) X(ASIDE) X(AUDIO) X(B) X(BASE) X(BASEFONT) X(BDI) X(BDO) \
	X(BGSOUND) X(BIG) X(BLOCKQUOTE) X(BODY) X(BR) X(BUTTON) X(CANVAS) X(CAPTION) \
	X(CENTER) X(CITE) X(CODE) X(COL) X(COLGROUP) X(DATALIST) X(DD) X(DEL) X(DESC) \
	X(DETAILS) X(DFN) X(DIALOG) X(DIR) X(DIV) X(DL) X(DT) X(EM) X(EMBED) \
	X(FIELDSET) X(FIGCAPTION) X(FIGURE) X(FONT) X(FOOTER) X(FOREIGNOBJECT) X(FORM) \
	X(FRAME) X(FRAMESET) X(H1) X(H2) X(H3) X(H4) X(H5) X(H6) X(HEAD) X(HEADER) \
	X(HGROUP) X(HR) X(HTML) X(I) X(IFRAME) X(IMAGE) X(IMG) X(INPUT) X(INS) X(KBD) \
	X(KEYGEN) X(LABEL) X(LEGEND) X(LI) X(LINK) X(LISTING) X(MAIN) X(MALIGNMARK) \
	X(MAP) X(MARK) X(MARQUEE) X(MATH) X(MENU) X(META) X(METER) X(MGLYPH) X(MI) \
	X(MN) X(MO) X(MS) X(MTEXT) X(NAV) X(NOBR) X(NOEMBED) X(NOFRAMES) X(NOSCRIPT) \
	X(OBJECT) X(OL) X(OPTGROUP) X(OPTION) X(OUTPUT) X(P) X(PARAM) X(PICTURE) \
	X(PLAINTEXT) X(PRE) X(PROGRESS) X(Q) X(RB) X(RP) X(RT) X(RTC) X(RUBY) X(S) \
	X(SAMP) X(SCRIPT) X(SEARCH) X(SECTION) X(SELECT) X(SMALL) X(SOURCE) X(SPAN) \
	X(STRIKE) X(STRONG) X(STYLE) X(SUB) X(SUMMARY) X(SUP) X(SVG) X(TABLE) X(TBODY) \
	X(TD) X(TEMPLATE) X(TEXTAREA) X(TFOOT) X(TH) X(THEAD) X(TIME) X(TITLE) X(TR) \
	X(TRACK) X(TT) X(U) X(UL) X(VAR) X(VIDEO) X(WBR) X(XMP)
/* clang-format on */

enum {
#define X(t) T_##t,
	HTML_TAGS(X)
#undef X
	    T_KNOWN,	  /* number of known tags */
	T_TEXT = T_KNOWN, /* a text node */
	T_OTHER,	  /* an unknown tag */
	T_COUNT
};

/*
 * A code stands for a namespace and a name.  The lower 9 bits of a known name are its T_.
 * An unknown name has CODE_UNKNOWN and a hash; two of a page practically never have the
 * same.
 */
enum {
	CODE_UNKNOWN = 1 << 8,
	CODE_SLOTS = 1 << 9, /* the lower bits count elements by name */
	CODE_NAME = (1 << 29) - 1,
	CODE_SVG = 1 << 29,
	CODE_MATHML = 1 << 30,
	CODE_FOREIGN = CODE_SVG | CODE_MATHML,
};

/* The T_ of a code, in any namespace. */
static inline unsigned
html_tag_of(uint32_t code)
{
	return code & CODE_UNKNOWN ? T_OTHER : code & (CODE_UNKNOWN - 1);
}

/* A slot of the hash table of tag names. */
struct tag_row {
	uint64_t key; /* the last 8 bytes of the name */
	unsigned char n, tag;
};

struct html_names {
	struct tag_row tag[512];
};

void html_names_init(struct html_names *names);

static inline size_t
html_name_slot(uint64_t key)
{
	return (size_t)(key * 0x9E3779B97F4A7C15u >> 55);
}

/* The same as html_code(), of any name. */
uint32_t html_find_code(
    const struct html_names *names, const char *p, size_t n, uint64_t key);

/* The code of a name of n bytes in any case; key: its last 8 bytes in lower case, the
 * first of them in the highest byte. */
static inline uint32_t
html_code(const struct html_names *names, const char *p, size_t n, uint64_t key)
{
	const struct tag_row *row = &names->tag[html_name_slot(key)];

	if (row->key == key && row->n == n && n <= sizeof key)
		return row->tag;
	return html_find_code(names, p, n, key);
}

/* The same, of a name without its key. */
uint32_t html_code_of(const struct html_names *names, struct span name);
/* The name of a known tag, in capitals, with '_' for '-'. */
const char *html_tag_name(unsigned tag);

#endif
