/* page_explain.c - show the blocks of a page, and why they are kept or dropped. */
#include "filters/web/page_explain.h"

#include "filters/web/judge/html_judge.h"
#include "filters/web/judge/html_whole.h"
#include "filters/web/page_engine.h"
#include "lib/base/chars.h"

const char page_explain_head[] =
    "<!doctype html>\n<meta charset=\"utf-8\">\n<title>tamis extract-explain</title>\n"
    "<style>\n"
    "body { font: 15px/1.4 sans-serif; max-width: 60em; margin: 1em auto }\n"
    "p { margin: 2px 0; padding: 2px 6px; white-space: pre-wrap }\n"
    "i { float: right; font: 11px monospace; color: #555; margin-left: 1em }\n"
    ".keep { background: #dff3df } .drop { background: #f8dddd }\n"
    ".never { background: #eee; color: #777 }\n"
    ".changed { border-left: 5px solid #c80 }\n"
    "</style>\n"
    "<p><span class=\"keep\">kept</span> <span class=\"drop\">dropped</span> "
    "<span class=\"never\">hidden or furniture, never kept</span> "
    "<span class=\"changed\">the rules decide otherwise</span>\n";

/* The kinds of elements around a block, as in html_blocks.h. */
static const char *const around[AROUND_COUNT] = {
	[AROUND_LIST] = "list",
	[AROUND_ITEM] = "item",
	[AROUND_TABLE] = "table",
	[AROUND_CELL] = "cell",
	[AROUND_NAV] = "nav",
	[AROUND_HEADER] = "header",
	[AROUND_FOOTER] = "footer",
	[AROUND_ASIDE] = "aside",
	[AROUND_FORM] = "form",
	[AROUND_ARTICLE] = "article",
	[AROUND_MAIN] = "main",
	[AROUND_SECTION] = "section",
	[AROUND_QUOTE] = "quote",
	[AROUND_STRONG] = "boilerplate",
	[AROUND_WEAK] = "perhaps-boilerplate",
	[AROUND_BOILER] = "boilerplate-tag",
	[AROUND_COMMENT] = "comments",
	[AROUND_CONTENT1] = "content-1",
	[AROUND_CONTENT2] = "content-2",
	[AROUND_CONTENT3] = "content-3",
	[AROUND_CONTENT4] = "content-4",
	[AROUND_CONTENT5] = "content-5",
	[AROUND_FORUM] = "forum",
	[AROUND_LEAD] = "lead",
};

struct explanation {
	const struct html_tree *tree;
	const struct html_blocks *blocks;
	const struct html_judge *judge; /* NULL: the rules alone */
	bool as_html;
	struct buf *out;
};

/* Append text with white space made single spaces, and for HTML with references. */
static void
put_plain(const struct explanation *e, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char c = s.p[i];

		if (is_space(c)) {
			if (e->out->n > 0 && e->out->p[e->out->n - 1] != ' ')
				buf_putc(e->out, ' ');
		} else if (e->as_html && c == '<') {
			buf_puts(e->out, "&lt;");
		} else if (e->as_html && c == '&') {
			buf_puts(e->out, "&amp;");
		} else {
			buf_putc(e->out, c);
		}
	}
}

/* The cell or other block that a text is in, if it is one of the nearest elements. */
static uint32_t
box_of(const struct html_tree *t, size_t text)
{
	enum { BOX_CLIMB = 8 };
	uint32_t up = t->node[text].parent;

	for (int k = 0; k < BOX_CLIMB && up && !(t->node[up].flags & N_BLOCK); k++)
		up = t->node[up].parent;
	return up;
}

/* Append the text of nodes, with a space between those of different cells or lines. */
static void
put_text(const struct explanation *e, size_t from, size_t to)
{
	const struct html_tree *t = e->tree;
	uint32_t box = 0;
	bool apart = false;

	for (size_t i = from; i < to; i++) {
		const struct html_node *n = &t->node[i];

		apart |= n->tag == T_BR;
		if (n->tag != T_TEXT || n->chars == 0)
			continue;
		if (apart || (box && box != box_of(t, i)))
			put_plain(e, SPAN(" "));
		put_plain(e, (struct span){ t->text.p + n->off, n->len });
		box = box_of(t, i);
		apart = false;
	}
}

/* Append the name of the element of a block, and the kinds of those around it. */
static void
put_around(const struct explanation *e, const struct html_block *b)
{
	for (const char *tag = html_tag_name(e->tree->node[b->around.box].tag); *tag;
	     tag++)
		buf_putc(e->out, ascii_lower(*tag));
	for (size_t i = 0; i < AROUND_COUNT; i++)
		if (around[i] && b->around.at[i])
			buf_putf(e->out, " %s", around[i]);
}

static bool
is_kept(const struct explanation *e, const struct html_block *b)
{
	return e->judge && e->judge->decided ? b->keep : html_kept_by_rules(b);
}

static void
put_block(const struct explanation *e, const struct html_block *b)
{
	const bool keep = is_kept(e, b), by_rules = html_kept_by_rules(b);
	const char *verdict = keep ? "keep" : "drop", *rules = keep == by_rules ? ""
							       : keep ? " rules:drop"
								      : " rules:keep";

	if (e->as_html)
		buf_putf(e->out, "<p class=\"%s%s\"><i>", verdict,
		    keep == by_rules ? "" : " changed");
	else
		buf_putf(e->out, "%s ", verdict);
	if (e->judge)
		buf_putf(e->out, "%.2f%s ", html_model_probability(b->score[1]), rules);
	if (e->judge && e->judge->decided && keep != (b->score[1] >= e->judge->bound))
		buf_putf(e->out, "for:%s ", html_why_name(b->why));
	put_around(e, b);
	buf_puts(e->out, e->as_html ? "</i>" : ": ");
	put_text(e, b->first, b->last + 1);
	buf_putc(e->out, '\n');
}

/* Append the text of nodes that are in no block. */
static void
put_rest(const struct explanation *e, size_t from, size_t to)
{
	const size_t before = e->out->n;
	size_t start;

	buf_puts(e->out, e->as_html ? "<p class=\"never\">" : "never: ");
	start = e->out->n;
	put_text(e, from, to);
	if (e->out->n == start || (e->out->n == start + 1 && e->out->p[start] == ' '))
		e->out->n = before;
	else
		buf_putc(e->out, '\n');
}

static void
put_title(const struct explanation *e, struct span name)
{
	buf_puts(e->out, e->as_html ? "<h2>" : "page ");
	put_plain(e, name);
	if (e->judge && e->judge->type_p > 0)
		buf_putf(e->out, ": %s %.2f", page_type_name(e->judge->type),
		    e->judge->type_p);
	buf_puts(e->out, e->judge && e->judge->decided ? ", decided by the model"
						       : ", decided by the rules");
	buf_puts(e->out, e->as_html ? "</h2>\n" : "\n");
}

void
page_explain(struct html *html, bool as_html, struct span name, struct buf *out)
{
	struct explanation e = { .as_html = as_html, .out = out };
	size_t at = 1;

	html_blocks_of(html, &e.tree, &e.blocks);
	e.judge = html_judge_of(html);
	put_title(&e, name);
	for (size_t i = 0; i < e.blocks->n; i++) {
		const struct html_block *b = &e.blocks->block[i];

		put_rest(&e, at, b->first);
		put_block(&e, b);
		at = b->last + 1;
	}
	put_rest(&e, at, e.tree->n);
}
