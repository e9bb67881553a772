/* html_modes_rest.c - the insertion modes of raw text, templates, framesets, <noscript>,
 * and after <body>: HTML standard, 13.2.6.4.8 and .16 to .21. */
#include "filters/web/html/html_document_state.h"
#include "lib/base/chars.h"

/* 13.2.6.4.8: the text of <script>, <title>, <textarea>, ... */
bool
in_text(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_text(p, p->token.text);
		return true;
	case TOKEN_END:
	case TOKEN_EOF:
		pop(p);
		p->mode = p->original_mode;
		return p->token.kind == TOKEN_END;
	default:
		return true;
	}
}

void
start_template(struct html_parser *p)
{
	insert_element(p);
	push_marker(p);
	p->frameset_ok = false;
	p->mode = IN_TEMPLATE;
	p->template_mode[p->templates++] = IN_TEMPLATE;
}

void
close_template(struct html_parser *p)
{
	if (!p->open.count[T_TEMPLATE])
		return;
	generate_all_implied_end_tags(p);
	pop_until(p, T_TEMPLATE);
	clear_to_marker(p);
	p->templates--;
	reset_insertion_mode(p);
}

void
open_noscript(struct html_parser *p)
{
	if (p->noscript_end)
		return;
	reconstruct_formatting(p);
	if (p->source.xml && p->token.self_closing) {
		insert_void(p);
		return;
	}
	insert_element(p);
	push_marker(p);
	p->mode = IN_BODY;
	p->noscript_end = p->source.end;
	p->source.content_tag = T_NOSCRIPT;
	p->source.end = html_find_end_tag(&p->source);
}

/* At the end of what a <noscript> holds. */
void
close_noscript(struct html_parser *p)
{
	p->source.p = p->source.end;
	p->source.end = p->noscript_end;
	p->source.content = CONTENT_DATA;
	p->noscript_end = NULL;
	if (p->mode == IN_TABLE_TEXT)
		in_table_text(p);
	while (find_open(p, T_TEMPLATE) > find_open(p, T_NOSCRIPT))
		close_template(p);
	if (p->open.count[T_NOSCRIPT]) {
		pop_until(p, T_NOSCRIPT);
		clear_to_marker(p);
	}
	reset_insertion_mode(p);
}

static bool
switch_template_mode(struct html_parser *p, enum insertion_mode mode)
{
	p->template_mode[p->templates - 1] = (unsigned char)mode;
	p->mode = mode;
	return false;
}

/* 13.2.6.4.16 */
bool
in_template(struct html_parser *p)
{
	if (p->token.kind == TOKEN_EOF)
		return end_of_page(p);
	if (p->token.kind == TOKEN_END) {
		if (token_tag(p) == T_TEMPLATE)
			close_template(p);
		return true;
	}
	if (p->token.kind != TOKEN_START)
		return in_body(p);
	switch (token_tag(p)) {
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
		return in_head(p);
	case T_CAPTION:
	case T_COLGROUP:
	case T_TBODY:
	case T_TFOOT:
	case T_THEAD:
		return switch_template_mode(p, IN_TABLE);
	case T_COL:
		return switch_template_mode(p, IN_COLUMN_GROUP);
	case T_TR:
		return switch_template_mode(p, IN_TABLE_BODY);
	case T_TD:
	case T_TH:
		return switch_template_mode(p, IN_ROW);
	default:
		return switch_template_mode(p, IN_BODY);
	}
}

bool
end_of_page(struct html_parser *p)
{
	if (!p->open.count[T_TEMPLATE])
		return true;
	close_template(p);
	return false;
}

/* White space in a text that is otherwise ignored.  After </html> it is that of a body.
 */
static void
insert_spaces(struct html_parser *p)
{
	while (p->token.text.n) {
		const struct html_text space = take_space(p);

		if (space.n && p->mode == AFTER_AFTER_FRAMESET)
			reconstruct_formatting(p);
		insert_text(p, space);
		while (p->token.text.n &&
		       !is_space(html_text_span(&p->source, p->token.text).p[0])) {
			p->token.text.at++;
			p->token.text.n--;
		}
	}
}

/* 13.2.6.4.17 and .20: after </body> and after </html> */
bool
after_body(struct html_parser *p)
{
	struct html_text rest;
	bool space;

	switch (p->token.kind) {
	case TOKEN_TEXT:
		rest = p->token.text;
		p->token.text = take_space(p);
		space = p->token.text.n == rest.n;
		if (p->token.text.n)
			in_body(p);
		if (space)
			return true;
		rest.at += p->token.text.n;
		rest.n -= p->token.text.n;
		p->token.text = rest;
		break;
	case TOKEN_COMMENT:
		insert_comment_in(p, p->mode == AFTER_BODY ? p->open.node[0] : 0);
		return true;
	case TOKEN_DOCTYPE:
	case TOKEN_EOF:
		return true;
	case TOKEN_START:
		if (token_tag(p) == T_HTML)
			return in_body(p);
		break;
	case TOKEN_END:
		if (token_tag(p) == T_HTML && p->mode == AFTER_BODY) {
			p->mode = AFTER_AFTER_BODY;
			return true;
		}
		break;
	default:
		break;
	}
	p->mode = IN_BODY;
	return false;
}

/* 13.2.6.4.18, .19 and .21 */
bool
in_frameset(struct html_parser *p)
{
	switch (p->token.kind) {
	case TOKEN_TEXT:
		insert_spaces(p);
		break;
	case TOKEN_COMMENT:
		if (p->mode == AFTER_AFTER_FRAMESET)
			insert_comment_in(p, 0);
		else
			insert_comment(p);
		break;
	case TOKEN_START:
		if (token_tag(p) == T_HTML)
			return in_body(p);
		if (token_tag(p) == T_NOFRAMES)
			return in_head(p);
		if (p->mode == IN_FRAMESET && token_tag(p) == T_FRAMESET)
			insert_element(p);
		else if (p->mode == IN_FRAMESET && token_tag(p) == T_FRAME)
			insert_void(p);
		break;
	case TOKEN_END:
		if (p->mode == AFTER_FRAMESET && token_tag(p) == T_HTML)
			p->mode = AFTER_AFTER_FRAMESET;
		if (p->mode != IN_FRAMESET || token_tag(p) != T_FRAMESET ||
		    p->open.n == 1)
			break;
		pop(p);
		if (current_code(p) != T_FRAMESET)
			p->mode = AFTER_FRAMESET;
		break;
	default:
		break;
	}
	return true;
}
