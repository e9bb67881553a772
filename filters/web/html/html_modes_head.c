/* html_modes_head.c - the insertion modes up to <body>: HTML standard, 13.2.6.4.1 to .6.
 */
#include "filters/web/html/html_doctype.h"
#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"

/* The text of the token is white space, which the mode ignores; else the rest of it is to
 * be processed. */
static bool
only_space(struct html_parser *p)
{
	if (p->token.kind != TOKEN_TEXT)
		return false;
	take_space(p);
	return p->token.text.n == 0;
}

/* 13.2.6.4.1 */
bool
initial(struct html_parser *p)
{
	const struct html_tokenizer *t = &p->source;

	if (only_space(p))
		return true;
	if (p->token.kind == TOKEN_COMMENT) {
		insert_comment_in(p, 0);
		return true;
	}
	p->mode = BEFORE_HTML;
	p->quirks = true;
	if (p->token.kind == TOKEN_DOCTYPE) {
		const struct span s = html_text_span(t, p->token.text);
		const struct html_doctype d = html_doctype_read(s, s.p + s.n < t->end);

		p->quirks = html_doctype_is_quirky(&d);
		if (p->exact) {
			const uint32_t node = dom_new(&p->dom, DOM_DOCTYPE, 0, 0);

			node_of(p, node)->text = p->token.text;
			dom_insert(&p->dom, node, (struct dom_place){ 0, 0 });
		}
		return true;
	}
	return false;
}

/* Whether the token is an end tag that the modes before <body> ignore. */
static bool
is_stray_end(const struct html_parser *p)
{
	if (p->token.kind != TOKEN_END)
		return false;
	switch (token_tag(p)) {
	case T_HEAD:
	case T_BODY:
	case T_HTML:
	case T_BR:
		return false;
	default:
		return true;
	}
}

/* 13.2.6.4.2 */
bool
before_html(struct html_parser *p)
{
	if (only_space(p) || p->token.kind == TOKEN_DOCTYPE || is_stray_end(p))
		return true;
	if (p->token.kind == TOKEN_COMMENT) {
		insert_comment_in(p, 0);
		return true;
	}
	p->mode = BEFORE_HEAD;
	if (is_start(p, T_HTML)) {
		insert_element(p);
		return true;
	}
	insert_implied(p, T_HTML);
	return false;
}

/* 13.2.6.4.3 */
bool
before_head(struct html_parser *p)
{
	if (only_space(p) || p->token.kind == TOKEN_DOCTYPE || is_stray_end(p))
		return true;
	if (p->token.kind == TOKEN_COMMENT) {
		insert_comment(p);
		return true;
	}
	if (is_start(p, T_HTML))
		return in_body(p);
	p->mode = IN_HEAD;
	if (is_start(p, T_HEAD)) {
		p->head = insert_element(p);
		return true;
	}
	p->head = insert_implied(p, T_HEAD);
	return false;
}

static bool
leave_head(struct html_parser *p)
{
	pop(p);
	p->mode = AFTER_HEAD;
	return false;
}

static bool
start_in_head(struct html_parser *p)
{
	switch (token_tag(p)) {
	case T_HTML:
		return in_body(p);
	case T_BASE:
	case T_BASEFONT:
	case T_BGSOUND:
	case T_LINK:
	case T_META:
		insert_void(p);
		return true;
	case T_TITLE:
		insert_raw_text(p, CONTENT_RCDATA);
		return true;
	case T_NOFRAMES:
	case T_STYLE:
		insert_raw_text(p, CONTENT_RAWTEXT);
		return true;
	case T_SCRIPT:
		insert_raw_text(p, CONTENT_SCRIPT);
		return true;
	case T_NOSCRIPT:
		if (p->noscript == NOSCRIPT_RAW) {
			insert_raw_text(p, CONTENT_RAWTEXT);
		} else if (p->noscript == NOSCRIPT_APART) {
			open_noscript(p);
		} else {
			insert_element(p);
			p->mode = IN_HEAD_NOSCRIPT;
		}
		return true;
	case T_TEMPLATE:
		start_template(p);
		return true;
	case T_HEAD:
		return true;
	default:
		return leave_head(p);
	}
}

/* 13.2.6.4.4 */
bool
in_head(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		return p->token.text.n == 0 || leave_head(p);
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_START:
		return start_in_head(p);
	case TOKEN_END:
		if (token_tag(p) == T_TEMPLATE) {
			close_template(p);
			return true;
		}
		if (is_stray_end(p))
			return true;
		leave_head(p);
		return token_tag(p) == T_HEAD;
	default:
		return leave_head(p);
	}
}

/* 13.2.6.4.5 */
bool
in_head_noscript(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		if (p->token.text.n == 0)
			return true;
		break;
	case TOKEN_COMMENT:
		return in_head(p);
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_START:
		switch (token_tag(p)) {
		case T_HTML:
			return in_body(p);
		case T_BASEFONT:
		case T_BGSOUND:
		case T_LINK:
		case T_META:
		case T_NOFRAMES:
		case T_STYLE:
			return in_head(p);
		case T_HEAD:
		case T_NOSCRIPT:
			return true;
		default:
			break;
		}
		break;
	case TOKEN_END:
		if (token_tag(p) != T_BR && token_tag(p) != T_NOSCRIPT)
			return true;
		break;
	default:
		break;
	}
	pop(p);
	p->mode = IN_HEAD;
	return p->token.kind == TOKEN_END && token_tag(p) == T_NOSCRIPT;
}

/* Elements of <head> that come after it go into it. */
static bool
in_head_again(struct html_parser *p)
{
	int i;

	push(p, p->head);
	in_head(p);
	i = scan_last(p->open.node, 0, p->open.n, p->head);
	if (i >= 0)
		remove_open(p, i);
	return true;
}

/* 13.2.6.4.6 */
bool
after_head(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, take_space(p));
		if (p->token.text.n == 0)
			return true;
		break;
	case TOKEN_COMMENT:
		insert_comment(p);
		return true;
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_START:
		switch (token_tag(p)) {
		case T_HTML:
			return in_body(p);
		case T_BODY:
			insert_element(p);
			p->frameset_ok = false;
			p->mode = IN_BODY;
			return true;
		case T_FRAMESET:
			insert_element(p);
			p->mode = IN_FRAMESET;
			return true;
		case T_BASE:
		case T_BASEFONT:
		case T_BGSOUND:
		case T_LINK:
		case T_META:
		case T_NOFRAMES:
		case T_SCRIPT:
		case T_STYLE:
		case T_TEMPLATE:
		case T_TITLE:
			return in_head_again(p);
		case T_HEAD:
			return true;
		default:
			break;
		}
		break;
	case TOKEN_END:
		if (token_tag(p) == T_TEMPLATE)
			return in_head(p);
		if (is_stray_end(p) || token_tag(p) == T_HEAD)
			return true;
		break;
	default:
		break;
	}
	insert_implied(p, T_BODY);
	p->mode = IN_BODY;
	return false;
}
