/* html_modes_body.c - the insertion mode "in body": HTML standard, 13.2.6.4.7. */
#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"

/* The groups of start tags with a rule of their own, in the order of the standard. */
enum start_rule {
	START_OTHER,
	START_HTML,
	START_HEAD_CONTENT,
	START_BODY,
	START_FRAMESET,
	START_BLOCK,
	START_HEADING,
	START_PRE,
	START_FORM,
	START_LI,
	START_DD_DT,
	START_PLAINTEXT,
	START_BUTTON,
	START_A,
	START_FORMATTING,
	START_NOBR,
	START_OBJECT,
	START_TABLE,
	START_VOID,
	START_INPUT,
	START_PARAM,
	START_HR,
	START_IMAGE,
	START_TEXTAREA,
	START_XMP,
	START_IFRAME,
	START_NOEMBED,
	START_NOSCRIPT,
	START_SELECT,
	START_OPTION,
	START_OPTGROUP,
	START_RB,
	START_RP,
	START_MATH,
	START_SVG,
	START_IGNORED,
};

/* clang-format off */
static const unsigned char start_rules[T_COUNT] = {
	[T_HTML] = START_HTML, [T_BASE] = START_HEAD_CONTENT, [T_BASEFONT] = START_HEAD_CONTENT,
	[T_BGSOUND] = START_HEAD_CONTENT, [T_LINK] = START_HEAD_CONTENT, [T_META] = START_HEAD_CONTENT,
	[T_NOFRAMES] = START_HEAD_CONTENT, [T_SCRIPT] = START_HEAD_CONTENT, [T_STYLE] = START_HEAD_CONTENT,
	[T_TEMPLATE] = START_HEAD_CONTENT, [T_TITLE] = START_HEAD_CONTENT, [T_BODY] = START_BODY,
	[T_FRAMESET] = START_FRAMESET, [T_ADDRESS] = START_BLOCK, [T_ARTICLE] = START_BLOCK,
	[T_ASIDE] = START_BLOCK, [T_BLOCKQUOTE] = START_BLOCK, [T_CENTER] = START_BLOCK,
	[T_DETAILS] = START_BLOCK, [T_DIALOG] = START_BLOCK, [T_DIR] = START_BLOCK, [T_DIV] = START_BLOCK,
	[T_DL] = START_BLOCK, [T_FIELDSET] = START_BLOCK, [T_FIGCAPTION] = START_BLOCK,
	[T_FIGURE] = START_BLOCK, [T_FOOTER] = START_BLOCK, [T_HEADER] = START_BLOCK,
	[T_HGROUP] = START_BLOCK, [T_MAIN] = START_BLOCK, [T_MENU] = START_BLOCK, [T_NAV] = START_BLOCK,
	[T_OL] = START_BLOCK, [T_P] = START_BLOCK, [T_SEARCH] = START_BLOCK, [T_SECTION] = START_BLOCK,
	[T_SUMMARY] = START_BLOCK, [T_UL] = START_BLOCK, [T_H1] = START_HEADING, [T_H2] = START_HEADING,
	[T_H3] = START_HEADING, [T_H4] = START_HEADING, [T_H5] = START_HEADING, [T_H6] = START_HEADING,
	[T_PRE] = START_PRE, [T_LISTING] = START_PRE, [T_FORM] = START_FORM, [T_LI] = START_LI,
	[T_DD] = START_DD_DT, [T_DT] = START_DD_DT, [T_PLAINTEXT] = START_PLAINTEXT,
	[T_BUTTON] = START_BUTTON, [T_A] = START_A, [T_B] = START_FORMATTING, [T_BIG] = START_FORMATTING,
	[T_CODE] = START_FORMATTING, [T_EM] = START_FORMATTING, [T_FONT] = START_FORMATTING,
	[T_I] = START_FORMATTING, [T_S] = START_FORMATTING, [T_SMALL] = START_FORMATTING,
	[T_STRIKE] = START_FORMATTING, [T_STRONG] = START_FORMATTING, [T_TT] = START_FORMATTING,
	[T_U] = START_FORMATTING, [T_NOBR] = START_NOBR, [T_APPLET] = START_OBJECT,
	[T_MARQUEE] = START_OBJECT, [T_OBJECT] = START_OBJECT, [T_TABLE] = START_TABLE,
	[T_AREA] = START_VOID, [T_BR] = START_VOID, [T_EMBED] = START_VOID, [T_IMG] = START_VOID,
	[T_KEYGEN] = START_VOID, [T_WBR] = START_VOID, [T_INPUT] = START_INPUT, [T_PARAM] = START_PARAM,
	[T_SOURCE] = START_PARAM, [T_TRACK] = START_PARAM, [T_HR] = START_HR, [T_IMAGE] = START_IMAGE,
	[T_TEXTAREA] = START_TEXTAREA, [T_XMP] = START_XMP, [T_IFRAME] = START_IFRAME,
	[T_NOEMBED] = START_NOEMBED, [T_NOSCRIPT] = START_NOSCRIPT, [T_SELECT] = START_SELECT,
	[T_OPTION] = START_OPTION, [T_OPTGROUP] = START_OPTGROUP, [T_RB] = START_RB, [T_RTC] = START_RB,
	[T_RP] = START_RP, [T_RT] = START_RP, [T_MATH] = START_MATH, [T_SVG] = START_SVG,
	[T_CAPTION] = START_IGNORED, [T_COL] = START_IGNORED, [T_COLGROUP] = START_IGNORED,
	[T_FRAME] = START_IGNORED, [T_HEAD] = START_IGNORED, [T_TBODY] = START_IGNORED,
	[T_TD] = START_IGNORED, [T_TFOOT] = START_IGNORED, [T_TH] = START_IGNORED,
	[T_THEAD] = START_IGNORED, [T_TR] = START_IGNORED,
};
/* clang-format on */

static bool
is_heading(uint32_t code)
{
	return code >= T_H1 && code <= T_H6;
}

/* <html> and <body>: the element gets the attributes that it lacks. */
static void
add_attributes(struct html_parser *p, uint32_t node)
{
	GROW(p->more, p->more_n, p->more_cap);
	p->more[p->more_n++] =
	    (struct html_more_attrs){ node, p->token.at, p->token.attr };
}

/* The index of <body> on the stack; -1: the second element is another. */
static int
find_body(const struct html_parser *p)
{
	return p->open.n > 1 && p->open.code[1] == T_BODY ? 1 : -1;
}

static void
start_frameset(struct html_parser *p)
{
	if (find_body(p) < 0 || !p->frameset_ok || p->noscript_end)
		return;
	dom_remove(&p->dom, p->open.node[1]);
	pop_to(p, 1);
	insert_element(p);
	p->mode = IN_FRAMESET;
}

/* <li>, <dd> and <dt> close their kind, unless another special element is in between. */
static void
start_item(struct html_parser *p)
{
	const unsigned tag = token_tag(p);

	const int li = find_open(p, T_LI), dd = find_open(p, T_DD),
		  dt = find_open(p, T_DT);
	const int i = tag == T_LI ? li : dd > dt ? dd : dt;

	if (i > 0 && scan_last_flag(p->open.flags, 0, p->open.n, E_ITEM_BOUND) <= i)
		pop_to(p, i);
	close_p(p);
	insert_element(p);
	p->frameset_ok = false;
}

static void
start_form(struct html_parser *p)
{
	const bool template = p->open.count[T_TEMPLATE] > 0;
	uint32_t form;

	if (p->form && !template)
		return;
	close_p(p);
	form = insert_element(p);
	if (!template)
		p->form = form;
}

static void
start_formatting(struct html_parser *p)
{
	reconstruct_formatting(p);
	push_formatting(p, insert_element(p));
}

static void
start_a(struct html_parser *p)
{
	int i = find_formatting(p, T_A);

	if (i >= 0) {
		const uint32_t node = p->formatting.node[i];
		int at;

		adoption_agency(p, T_A);
		i = find_entry(p, node);
		if (i >= 0)
			remove_formatting(p, i);
		at = scan_last(p->open.node, 0, p->open.n, node);
		if (at >= 0)
			remove_open(p, at);
	}
	start_formatting(p);
}

static void
start_nobr(struct html_parser *p)
{
	reconstruct_formatting(p);
	if (in_scope(p, T_NOBR, SCOPE)) {
		adoption_agency(p, T_NOBR);
		reconstruct_formatting(p);
	}
	push_formatting(p, insert_element(p));
}

static void
start_input(struct html_parser *p)
{
	struct span type;

	if (in_scope(p, T_SELECT, SCOPE))
		pop_until(p, T_SELECT);
	reconstruct_formatting(p);
	insert_void(p);
	if (!html_find_attr(&p->source, p->token.at, SPAN("type"), &type) ||
	    type.n != 6 || !ascii_eq(type.p, "hidden", 6))
		p->frameset_ok = false;
}

static void
start_raw(struct html_parser *p)
{
	switch (token_tag(p)) {
	case T_TEXTAREA:
		p->skip_line_end = true;
		p->frameset_ok = false;
		insert_raw_text(p, CONTENT_RCDATA);
		return;
	case T_XMP:
		close_p(p);
		reconstruct_formatting(p);
		p->frameset_ok = false;
		break;
	case T_IFRAME:
		p->frameset_ok = false;
		break;
	default:
		break;
	}
	insert_raw_text(p, CONTENT_RAWTEXT);
}

static void
start_noscript(struct html_parser *p)
{
	switch (p->noscript) {
	case NOSCRIPT_RAW:
		insert_raw_text(p, CONTENT_RAWTEXT);
		break;
	case NOSCRIPT_MARKUP:
		reconstruct_formatting(p);
		insert_element(p);
		break;
	case NOSCRIPT_APART:
		open_noscript(p);
	}
}

static void
start_select(struct html_parser *p)
{
	if (in_scope(p, T_SELECT, SCOPE)) {
		pop_until(p, T_SELECT);
		return;
	}
	reconstruct_formatting(p);
	insert_element(p);
	p->frameset_ok = false;
}

static void
start_option(struct html_parser *p)
{
	if (in_scope(p, T_SELECT, SCOPE))
		generate_implied_end_tags(
		    p, token_tag(p) == T_OPTION ? T_OPTGROUP : MARKER);
	else if (current_code(p) == T_OPTION)
		pop(p);
	reconstruct_formatting(p);
	insert_element(p);
}

static void
start_ruby_text(struct html_parser *p, uint32_t except)
{
	if (in_scope(p, T_RUBY, SCOPE))
		generate_implied_end_tags(p, except);
	insert_element(p);
}

static void
start_foreign_root(struct html_parser *p, uint32_t space)
{
	reconstruct_formatting(p);
	insert_foreign(p, space);
	if (p->token.self_closing)
		pop(p);
}

/* Tags that end a <p> and are inserted. */
static void
start_block(struct html_parser *p, enum start_rule rule)
{
	if (rule != START_TABLE || !p->quirks)
		close_p(p);
	if (rule == START_HEADING && is_heading(current_code(p)))
		pop(p);
	if (rule == START_HR && in_scope(p, T_SELECT, SCOPE))
		generate_implied_end_tags(p, MARKER);
	if (rule == START_HR)
		insert_void(p);
	else
		insert_element(p);
	if (rule == START_PRE)
		p->skip_line_end = true;
	if (rule == START_PLAINTEXT)
		p->source.content = CONTENT_PLAINTEXT;
	if (rule == START_TABLE)
		p->mode = IN_TABLE;
	if (rule == START_PRE || rule == START_TABLE || rule == START_HR)
		p->frameset_ok = false;
}

static void
start_button(struct html_parser *p)
{
	if (in_scope(p, T_BUTTON, SCOPE)) {
		generate_implied_end_tags(p, MARKER);
		pop_until(p, T_BUTTON);
	}
	reconstruct_formatting(p);
	insert_element(p);
	p->frameset_ok = false;
}

/* <html> and <body> again. */
static void
start_root(struct html_parser *p)
{
	if (p->open.count[T_TEMPLATE])
		return;
	if (token_tag(p) == T_HTML) {
		add_attributes(p, p->open.node[0]);
	} else if (find_body(p) > 0) {
		p->frameset_ok = false;
		add_attributes(p, p->open.node[1]);
	}
}

/* The rules of few tags. */
static void
start_special(struct html_parser *p, enum start_rule rule)
{
	switch (rule) {
	case START_IMAGE:
		p->token.code = T_IMG;
		/* fall through */
	case START_VOID:
		reconstruct_formatting(p);
		insert_void(p);
		p->frameset_ok = false;
		break;
	case START_INPUT:
		start_input(p);
		break;
	case START_PARAM:
		insert_void(p);
		break;
	case START_TEXTAREA:
	case START_XMP:
	case START_IFRAME:
	case START_NOEMBED:
		start_raw(p);
		break;
	case START_NOSCRIPT:
		start_noscript(p);
		break;
	case START_SELECT:
		start_select(p);
		break;
	case START_OPTION:
	case START_OPTGROUP:
		start_option(p);
		break;
	case START_RB:
		start_ruby_text(p, MARKER);
		break;
	case START_RP:
		start_ruby_text(p, T_RTC);
		break;
	case START_MATH:
		start_foreign_root(p, CODE_MATHML);
		break;
	case START_SVG:
		start_foreign_root(p, CODE_SVG);
		break;
	default: /* START_IGNORED */
		break;
	}
}

static __attribute__((noinline)) void
start_tag(struct html_parser *p)
{
	const enum start_rule rule = start_rules[token_tag(p)];

	switch (rule) {
	case START_OTHER:
		reconstruct_formatting(p);
		insert_element(p);
		break;
	case START_HTML:
	case START_BODY:
		start_root(p);
		break;
	case START_HEAD_CONTENT:
		in_head(p);
		break;
	case START_FRAMESET:
		start_frameset(p);
		break;
	case START_BLOCK:
	case START_HEADING:
	case START_PRE:
	case START_PLAINTEXT:
	case START_TABLE:
	case START_HR:
		start_block(p, rule);
		break;
	case START_FORM:
		start_form(p);
		break;
	case START_LI:
	case START_DD_DT:
		start_item(p);
		break;
	case START_BUTTON:
		start_button(p);
		break;
	case START_A:
		start_a(p);
		break;
	case START_FORMATTING:
		start_formatting(p);
		break;
	case START_NOBR:
		start_nobr(p);
		break;
	case START_OBJECT:
		reconstruct_formatting(p);
		insert_element(p);
		push_marker(p);
		p->frameset_ok = false;
		break;
	default:
		start_special(p, rule);
	}
}

/* End tags. */

void
any_other_end_tag(struct html_parser *p)
{
	const int i = find_open(p, p->token.code);

	if (i > 0 && scan_last_flag(p->open.flags, 0, p->open.n, E_SPECIAL) <= i)
		pop_to(p, i);
}

/* Close the element of the token and those in it, if it is in scope. */
static bool
end_in_scope(struct html_parser *p, unsigned scope)
{
	if (p->open.n > 1 && current_code(p) == p->token.code) {
		pop(p);
		return true;
	}
	if (!in_scope(p, p->token.code, scope))
		return false;
	pop_until(p, p->token.code);
	return true;
}

static void
end_form(struct html_parser *p)
{
	const uint32_t form = p->form;
	int i;

	if (p->open.count[T_TEMPLATE]) {
		end_in_scope(p, SCOPE);
		return;
	}
	p->form = 0;
	if (!form || !node_of(p, form)->open)
		return;
	i = scan_last(p->open.node, 0, p->open.n, form);
	if (scan_last_flag(p->open.flags, 0, p->open.n, SCOPE) > i)
		return;
	generate_implied_end_tags(p, MARKER);
	remove_open(p, scan_last(p->open.node, 0, p->open.n, form));
}

static void
end_heading(struct html_parser *p)
{
	if (!heading_in_scope(p))
		return;
	while (!is_heading(current_code(p)))
		pop(p);
	pop(p);
}

static bool
end_body(struct html_parser *p)
{
	if (!in_scope(p, T_BODY, SCOPE))
		return true;
	p->mode = AFTER_BODY;
	return token_tag(p) == T_BODY;
}

static void
end_br(struct html_parser *p)
{
	reconstruct_formatting(p);
	dom_insert(&p->dom, dom_new(&p->dom, T_BR, NO_TAG, 0),
	    appropriate_place(p, current_node(p)));
	p->frameset_ok = false;
}

static void
end_p(struct html_parser *p)
{
	if (!in_scope(p, T_P, BUTTON_SCOPE))
		insert_implied(p, T_P);
	pop_until(p, T_P);
}

static __attribute__((noinline)) bool
end_tag(struct html_parser *p)
{
	switch (start_rules[token_tag(p)]) {
	case START_HTML:
	case START_BODY:
		return end_body(p);
	case START_BLOCK:
		if (token_tag(p) == T_P)
			end_p(p);
		else
			end_in_scope(p, SCOPE);
		break;
	case START_PRE:
	case START_BUTTON:
	case START_SELECT:
	case START_DD_DT:
		end_in_scope(p, SCOPE);
		break;
	case START_FORM:
		end_form(p);
		break;
	case START_LI:
		end_in_scope(p, LIST_SCOPE);
		break;
	case START_HEADING:
		end_heading(p);
		break;
	case START_A:
	case START_FORMATTING:
	case START_NOBR:
		adoption_agency(p, p->token.code);
		break;
	case START_OBJECT:
		if (end_in_scope(p, SCOPE))
			clear_to_marker(p);
		break;
	default:
		if (token_tag(p) == T_TEMPLATE)
			close_template(p);
		else if (token_tag(p) == T_BR)
			end_br(p);
		else
			any_other_end_tag(p);
	}
	return true;
}

/* Text is the most frequent token, and needs none of the registers of the others. */
bool
in_body(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		reconstruct_formatting(p);
		insert_text(p, p->token.text);
		if (p->frameset_ok && !is_all_space(p, p->token.text))
			p->frameset_ok = false;
		return true;
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_START:
		start_tag(p);
		return true;
	case TOKEN_END:
		return end_tag(p);
	case TOKEN_EOF:
		return end_of_page(p);
	default:
		return true;
	}
}
