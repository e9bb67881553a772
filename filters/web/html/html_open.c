/* html_open.c - the stack of open elements of tree construction: HTML standard, 13.2.4.2.
 */
#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"
#include "lib/base/err.h"

/* E_ of HTML elements. */
static const uint8_t html_flags[T_KNOWN] = {
#define NEAR(t)	   [T_##t] = E_SPECIAL,
#define SPECIAL(t) [T_##t] = E_SPECIAL | E_ITEM_BOUND,
#define BOUND(t)   [T_##t] = E_SPECIAL | E_ITEM_BOUND | E_SCOPE,
	/* clang-format off */
	NEAR(ADDRESS) SPECIAL(AREA) SPECIAL(ARTICLE) SPECIAL(ASIDE) SPECIAL(BASE)
	SPECIAL(BASEFONT) SPECIAL(BGSOUND) SPECIAL(BLOCKQUOTE) SPECIAL(BODY) SPECIAL(BR)
	SPECIAL(CENTER) SPECIAL(COL) SPECIAL(COLGROUP) SPECIAL(DD) SPECIAL(DETAILS)
	SPECIAL(DIR) NEAR(DIV) SPECIAL(DL) SPECIAL(DT) SPECIAL(EMBED) SPECIAL(FIELDSET)
	SPECIAL(FIGCAPTION) SPECIAL(FIGURE) SPECIAL(FOOTER) SPECIAL(FORM) SPECIAL(FRAME)
	SPECIAL(FRAMESET) SPECIAL(H1) SPECIAL(H2) SPECIAL(H3) SPECIAL(H4) SPECIAL(H5)
	SPECIAL(H6) SPECIAL(HEAD) SPECIAL(HEADER) SPECIAL(HGROUP) SPECIAL(HR) SPECIAL(IFRAME)
	SPECIAL(IMG) SPECIAL(INPUT) SPECIAL(KEYGEN) SPECIAL(LI) SPECIAL(LINK)
	SPECIAL(LISTING) SPECIAL(MAIN) SPECIAL(MENU) SPECIAL(META) SPECIAL(NAV)
	SPECIAL(NOEMBED) SPECIAL(NOFRAMES) SPECIAL(NOSCRIPT) NEAR(P) SPECIAL(PARAM)
	SPECIAL(PLAINTEXT) SPECIAL(PRE) SPECIAL(SCRIPT) SPECIAL(SEARCH) SPECIAL(SECTION)
	SPECIAL(SOURCE) SPECIAL(STYLE) SPECIAL(SUMMARY) SPECIAL(TBODY) SPECIAL(TEXTAREA)
	SPECIAL(TFOOT) SPECIAL(THEAD) SPECIAL(TITLE) SPECIAL(TR) SPECIAL(TRACK) SPECIAL(WBR)
	SPECIAL(XMP)
	BOUND(APPLET) BOUND(CAPTION) BOUND(MARQUEE) BOUND(OBJECT) BOUND(SELECT) BOUND(TD)
	BOUND(TH)
						    /* clang-format on */
						    [T_HTML] = E_SPECIAL | E_ITEM_BOUND |
							       E_SCOPE | E_TABLE,
	[T_TABLE] = E_SPECIAL | E_ITEM_BOUND | E_SCOPE | E_TABLE,
	[T_TEMPLATE] = E_SPECIAL | E_ITEM_BOUND | E_SCOPE | E_TABLE,
	[T_BUTTON] = E_SPECIAL | E_ITEM_BOUND | E_BUTTON,
	[T_OL] = E_SPECIAL | E_ITEM_BOUND | E_LIST,
	[T_UL] = E_SPECIAL | E_ITEM_BOUND | E_LIST,
};

/* Whether the encoding of an <annotation-xml> makes it an HTML integration point. */
static bool
holds_html(const struct html_parser *p, uint32_t at)
{
	static const struct span types[] = { { "text/html", 9 },
		{ "application/xhtml+xml", 21 } };
	struct span value;

	if (at == NO_TAG || !html_find_attr(&p->source, at, SPAN("encoding"), &value))
		return false;
	for (int i = 0; i < 2; i++)
		if (value.n == types[i].n && ascii_eq(value.p, types[i].p, value.n))
			return true;
	return false;
}

uint8_t
element_flags(const struct html_parser *p, uint32_t code, uint32_t at)
{
	const uint8_t bound = E_SPECIAL | E_ITEM_BOUND | E_SCOPE;

	if (!(code & CODE_FOREIGN)) {
		const uint8_t flags = code < T_KNOWN ? html_flags[code] : 0;
		const bool apart = code == T_NOSCRIPT && p->noscript == NOSCRIPT_APART;

		return (uint8_t)(E_HTML | flags | (apart ? bound | E_TABLE : 0));
	}
	switch (code) {
	case CODE_MATHML | T_MI:
	case CODE_MATHML | T_MO:
	case CODE_MATHML | T_MN:
	case CODE_MATHML | T_MS:
	case CODE_MATHML | T_MTEXT:
	case CODE_SVG | T_FOREIGNOBJECT:
	case CODE_SVG | T_DESC:
	case CODE_SVG | T_TITLE:
		return bound | E_POINT;
	case CODE_MATHML | T_ANNOTATION_XML:
		return (uint8_t)(bound | (holds_html(p, at) ? E_POINT : 0));
	default:
		return 0;
	}
}

/* The number of open elements with codes like this one. */
static unsigned short *
count_of(struct html_parser *p, uint32_t code)
{
	return code & CODE_FOREIGN ? &p->open.foreign[code & (CODE_SLOTS - 1)]
				   : &p->open.count[code & (CODE_SLOTS - 1)];
}

static inline void
put_open(struct html_parser *p, int i, uint32_t node)
{
	struct open_elements *o = &p->open;
	struct dom_node *n = node_of(p, node);
	const uint32_t code = n->code;

	o->node[i] = node;
	o->code[i] = code;
	o->flags[i] = code < T_KNOWN && code != T_NOSCRIPT
			  ? (uint8_t)(E_HTML | html_flags[code])
			  : element_flags(p, code, n->at);
	n->open = 1;
	++*count_of(p, code);
}

void
set_open(struct html_parser *p, int i, uint32_t node)
{
	put_open(p, i, node);
}

void
clear_open(struct html_parser *p, int i)
{
	node_of(p, p->open.node[i])->open = 0;
	--*count_of(p, p->open.code[i]);
}

void
close_gap(struct html_parser *p, int from, int to)
{
	struct open_elements *o = &p->open;
	const size_t above = (size_t)(o->n - to);

	memmove(o->node + from, o->node + to, above * sizeof *o->node);
	memmove(o->code + from, o->code + to, above * sizeof *o->code);
	memmove(o->flags + from, o->flags + to, above);
	o->n -= to - from;
	p->source.foreign = o->n && o->code[o->n - 1] & CODE_FOREIGN;
}

void
push(struct html_parser *p, uint32_t node)
{
	if (p->open.n == STACK_MAX)
		BUG("too many open elements");
	put_open(p, p->open.n++, node);
	p->source.foreign = p->open.code[p->open.n - 1] & CODE_FOREIGN;
}

void
pop_to(struct html_parser *p, int n)
{
	struct open_elements *o = &p->open;

	while (o->n > n)
		clear_open(p, --o->n);
	p->source.foreign = o->n && o->code[o->n - 1] & CODE_FOREIGN;
}

void
pop(struct html_parser *p)
{
	pop_to(p, p->open.n - 1);
}

int
find_open(const struct html_parser *p, uint32_t code)
{
	const struct open_elements *o = &p->open;
	const unsigned slot = code & (CODE_SLOTS - 1);

	if (o->n > 0 && o->code[o->n - 1] == code)
		return o->n - 1;
	if (!(code & CODE_FOREIGN ? o->foreign[slot] : o->count[slot]))
		return -1;
	return scan_last(o->code, 0, o->n, code);
}

void
pop_until(struct html_parser *p, uint32_t code)
{
	const int i = find_open(p, code);

	/* The root stays until the end. */
	pop_to(p, i > 0 ? i : 1);
}

void
remove_open(struct html_parser *p, int i)
{
	clear_open(p, i);
	close_gap(p, i, i + 1);
}

bool
in_scope(const struct html_parser *p, uint32_t code, unsigned scope)
{
	const int i = find_open(p, code);

	return i >= 0 &&
	       scan_last_flag(p->open.flags, i + 1, p->open.n, (uint8_t)scope) < 0;
}

bool
heading_in_scope(const struct html_parser *p)
{
	const struct open_elements *o = &p->open;
	unsigned open = 0;
	int bound;

	for (unsigned h = T_H1; h <= T_H6; h++)
		open += o->count[h];
	if (!open)
		return false;
	bound = scan_last_flag(o->flags, 0, o->n, SCOPE);
	return scan_last_between(o->code, bound + 1, o->n, T_H1, T_H6) >= 0;
}

static bool
is_implied_end(uint32_t code)
{
	switch (code) {
	case T_DD:
	case T_DT:
	case T_LI:
	case T_OPTGROUP:
	case T_OPTION:
	case T_P:
	case T_RB:
	case T_RP:
	case T_RT:
	case T_RTC:
		return true;
	default:
		return false;
	}
}

void
generate_implied_end_tags(struct html_parser *p, uint32_t except)
{
	while (is_implied_end(current_code(p)) && current_code(p) != except)
		pop(p);
}

void
generate_all_implied_end_tags(struct html_parser *p)
{
	for (;;) {
		switch (current_code(p)) {
		case T_CAPTION:
		case T_COLGROUP:
		case T_TBODY:
		case T_TD:
		case T_TFOOT:
		case T_TH:
		case T_THEAD:
		case T_TR:
			break;
		default:
			if (!is_implied_end(current_code(p)))
				return;
		}
		pop(p);
	}
}

void
close_p(struct html_parser *p)
{
	if (in_scope(p, T_P, BUTTON_SCOPE))
		pop_until(p, T_P);
}

void
clear_back_to(struct html_parser *p, const unsigned char *tags, size_t n)
{
	for (;; pop(p)) {
		const uint32_t code = current_code(p);

		if (code == T_HTML || code == T_TEMPLATE ||
		    (code == T_NOSCRIPT && p->noscript == NOSCRIPT_APART) ||
		    (code < T_KNOWN && memchr(tags, (int)code, n)))
			return;
	}
}

/* The modes of elements, of which the innermost counts. */
static const struct {
	unsigned char tag, mode;
} element_modes[] = {
	{ T_TEMPLATE, IN_TEMPLATE },
	{ T_NOSCRIPT, IN_BODY },
	{ T_TD, IN_CELL },
	{ T_TH, IN_CELL },
	{ T_TR, IN_ROW },
	{ T_TBODY, IN_TABLE_BODY },
	{ T_THEAD, IN_TABLE_BODY },
	{ T_TFOOT, IN_TABLE_BODY },
	{ T_CAPTION, IN_CAPTION },
	{ T_COLGROUP, IN_COLUMN_GROUP },
	{ T_TABLE, IN_TABLE },
	{ T_HEAD, IN_HEAD },
	{ T_FRAMESET, IN_FRAMESET },
};

void
reset_insertion_mode(struct html_parser *p)
{
	const struct open_elements *o = &p->open;
	int innermost = o->n > 1 && o->code[1] == T_BODY;

	p->mode = innermost ? IN_BODY : p->head ? AFTER_HEAD : BEFORE_HEAD;
	for (size_t k = 0; k < sizeof element_modes / sizeof *element_modes; k++) {
		const unsigned tag = element_modes[k].tag;
		int i;

		if (!o->count[tag] ||
		    (tag == T_NOSCRIPT && p->noscript != NOSCRIPT_APART))
			continue;
		i = scan_last(o->code, innermost + 1, o->n, tag);
		if (i > 0) {
			innermost = i;
			p->mode = tag == T_TEMPLATE ? p->template_mode[p->templates - 1]
						    : element_modes[k].mode;
		}
	}
}
