/* html_foreign.c - SVG and MathML in a page: HTML standard, 13.2.6.5. */
#include "filters/web/html/html_document_state.h"

/* Start tags of HTML that end foreign content. */
static bool
breaks_out(const struct html_parser *p)
{
	struct span value;

	switch (token_tag(p)) {
	case T_B:
	case T_BIG:
	case T_BLOCKQUOTE:
	case T_BODY:
	case T_BR:
	case T_CENTER:
	case T_CODE:
	case T_DD:
	case T_DIV:
	case T_DL:
	case T_DT:
	case T_EM:
	case T_EMBED:
	case T_H1:
	case T_H2:
	case T_H3:
	case T_H4:
	case T_H5:
	case T_H6:
	case T_HEAD:
	case T_HR:
	case T_I:
	case T_IMG:
	case T_LI:
	case T_LISTING:
	case T_MENU:
	case T_META:
	case T_NOBR:
	case T_OL:
	case T_P:
	case T_PRE:
	case T_RUBY:
	case T_S:
	case T_SMALL:
	case T_SPAN:
	case T_STRONG:
	case T_STRIKE:
	case T_SUB:
	case T_SUP:
	case T_TABLE:
	case T_TT:
	case T_U:
	case T_UL:
	case T_VAR:
		return true;
	case T_FONT:
		return html_find_attr(&p->source, p->token.at, SPAN("color"), &value) ||
		       html_find_attr(&p->source, p->token.at, SPAN("face"), &value) ||
		       html_find_attr(&p->source, p->token.at, SPAN("size"), &value);
	default:
		return false;
	}
}

/* Leave foreign content for the rules of the insertion mode. */
static bool
leave(struct html_parser *p)
{
	while (!(p->open.flags[p->open.n - 1] & (E_HTML | E_POINT)))
		pop(p);
	return rules_of_mode(p);
}

static bool
end_tag(struct html_parser *p)
{
	const struct open_elements *o = &p->open;
	int i, mathml;

	if (token_tag(p) == T_BR || token_tag(p) == T_P)
		return leave(p);
	i = find_open(p, CODE_SVG | p->token.code);
	mathml = find_open(p, CODE_MATHML | p->token.code);
	i = i > mathml ? i : mathml;
	/* The search ends at an element of HTML. */
	if (i < 0 || scan_last_flag(o->flags, i + 1, o->n, E_HTML) >= 0)
		return rules_of_mode(p);
	pop_to(p, i);
	return true;
}

bool
in_foreign_content(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_NUL:
		buf_puts(&p->source.decoded, "\xEF\xBF\xBD");
		insert_text(
		    p, (struct html_text){
			   (uint32_t)(p->source.decoded.n - 3) | TEXT_DECODED, 3 });
		return true;
	case TOKEN_TEXT:
		insert_text(p, p->token.text);
		if (p->frameset_ok && !is_all_space(p, p->token.text))
			p->frameset_ok = false;
		return true;
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_START:
		if (breaks_out(p))
			return leave(p);
		insert_foreign(p, current_code(p) & CODE_FOREIGN);
		if (p->token.self_closing)
			pop(p);
		return true;
	case TOKEN_END:
		return end_tag(p);
	default:
		return true;
	}
}
