/*
 * html_markdown.c - write the text of an html_tree as Markdown: CommonMark 0.31, with the
 * tables and strikethrough of GFM.
 *
 * Blocks are separated by blank lines, except the items of lists and the rows of tables.
 * Each line begins with the prefixes of the blockquotes and items around it.  A block
 * begins with its first word, so that none is empty.
 */
#include "filters/web/markdown/html_markdown.h"

#include <stdio.h>

#include "filters/web/page/html_walk.h"
#include "lib/base/chars.h"

static uint32_t
index_of(const struct md *w, const struct html_node *n)
{
	return (uint32_t)(n - w->t->node);
}

static struct md_list *
innermost(struct md *w)
{
	return w->lists > 0 && w->lists <= MD_LISTS ? &w->list[w->lists - 1] : NULL;
}

/* Words. */

/* Write what precedes the next word.  Returns whether that is a blank. */
static bool
put_lead(struct md *w)
{
	bool space = w->space;

	if (w->in_cell) {
		if (w->cell_open && w->cell_break) {
			md_close_for(&w->in, '<');
			md_close_code(&w->in);
			md_guard_backslash(&w->in);
			buf_puts(w->out, "<br>");
			space = false;
		} else if (!w->cell_open) {
			md_begin_cell(w);
			space = false;
		}
		w->cell_break = false;
	} else if (w->open && w->breaks > 0 && w->heading) {
		space = true;
	} else if (w->open && w->breaks == 1) {
		md_close_for(&w->in, ' ');
		md_close_code(&w->in);
		md_end_line(w);
		buf_puts(w->out, "  \n");
		md_put_prefix(w);
		w->in.lead = UINT32_MAX;
		w->first_line = false;
		space = false;
	} else {
		if (w->breaks > 1)
			md_end_block(w);
		space &= w->open;
		if (!w->open) {
			md_begin_block(w);
		} else if (w->bar) {
			md_close_for(&w->in, ' ');
			buf_puts(w->out, " | ");
			space = false;
		}
	}
	w->space = w->bar = false;
	w->breaks = 0;
	return space;
}

/* Add the text of <pre> without its first line end and without carriage returns. */
static void
put_verbatim(struct md *w, struct span s)
{
	if (w->pre_start && s.n > 0 && s.p[0] == '\r')
		s = span_from(s, 1);
	if (w->pre_start && s.n > 0 && s.p[0] == '\n')
		s = span_from(s, 1);
	w->pre_start = false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r')
			buf_putc(&w->code, s.p[i]);
	}
}

static void
put_text(void *self, struct span s)
{
	struct md *w = self;
	const char *p = s.p, *end = p + s.n;

	if (w->pre) {
		put_verbatim(w, s);
		return;
	}
	w->in.text_end = end;
	while (p < end) {
		const char *word = p;
		size_t gap = 0;

		while (p < end && (gap = html_space_at(p, end)) == 0 &&
		       !html_soft_hyphen_at(p, end))
			p++;
		if (p > word) {
			const bool space = put_lead(w);

			md_put_word(
			    &w->in, (struct span){ word, (size_t)(p - word) }, space);
		}
		if (p == end)
			break;
		w->space |= gap > 0;
		p += gap ? gap : 2;
	}
}

static void
put_mark(void *self, const struct html_mark *m)
{
	struct md *w = self;
	struct html_raw alt;

	if (m->kind == MARK_LANGUAGE) {
		w->language =
		    (struct span){ w->t->source->begin + m->value.at, m->value.n };
		w->language_node = m->parent;
	} else if (m->kind == MARK_IMAGE) {
		if (w->pre == 0 && md_find_image(&w->in, m, &alt)) {
			const bool space = put_lead(w);

			md_put_image(&w->in, alt, space);
		}
	} else {
		md_take_mark(&w->in, m);
	}
}

/* Write the sign of an exponent or index before it. */
static void
enter_script(struct md *w, const struct html_node *n)
{
	const struct span before = { w->out->p + w->start, w->out->n - w->start };
	const char sign = n->tag == T_SUP ? '^' : '_';
	enum html_script script;

	if (w->pre || w->space || w->breaks || w->bar || w->cell_break ||
	    !(w->open || w->cell_open))
		return;
	script = html_script_in(w->t, n, before);
	if (!script)
		return;
	md_close_for(&w->in, sign);
	md_guard_backslash(&w->in);
	buf_putc(w->out, sign);
	w->brace = script == SCRIPT_BRACED;
	if (w->brace)
		buf_putc(w->out, '{');
}

static void
end_code_line(struct md *w)
{
	if (w->code.n > 0 && w->code.p[w->code.n - 1] != '\n')
		buf_putc(&w->code, '\n');
}

/* Elements. */

/* Whether a heading holds only what fits one line.  The time is constant. */
static bool
is_plain_heading(const struct html_tree *t, const struct html_node *h)
{
	enum { NODES_MAX = 64, TEXT_MAX = 1000 };
	const struct html_node *end = t->node + h->end;
	size_t text = 0;

	if (end - h > NODES_MAX)
		return false;
	for (const struct html_node *n = h + 1; n < end; n++) {
		if (n->tag == T_TEXT)
			text += n->len;
		else if (html_is_list(n) || html_is_verbatim(n) || n->tag == T_TABLE ||
			 n->tag == T_BLOCKQUOTE || n->tag == T_HR ||
			 (n->tag >= T_H1 && n->tag <= T_H6))
			return false;
	}
	return text <= TEXT_MAX;
}

/* The marker of the next item, which is also counted. */
static void
make_marker(struct md *w, const struct html_node *n, struct md_box *b)
{
	struct md_list *list = innermost(w);
	char text[HTML_NUMBER];
	long number;

	b->width = 2;
	snprintf(b->marker, sizeof b->marker, "- ");
	b->list = (uint8_t)(list ? w->lists - 1 : 0);
	if (!list || !list->numbers.ordered)
		return;
	number = html_list_count(w->t, n, &list->numbers);
	html_list_format(&list->numbers, number, text);
	/* CommonMark has only numbers: others are the beginning of the text. */
	if (number >= 0 && is_digit(text[0]))
		b->width = (uint8_t)snprintf(b->marker, sizeof b->marker, "%s. ", text);
	else
		snprintf(b->marker, sizeof b->marker, "- %s. ", text);
}

/* Open a blockquote or an item. */
static void
push_box(struct md *w, const struct html_node *n, bool item)
{
	struct md_box b = { .node = index_of(w, n), .item = item, .width = 2 };
	size_t width = 0;

	if (item)
		make_marker(w, n, &b);
	for (size_t i = 0; i < w->boxes; i++)
		width += w->box[i].width;
	if (w->boxes < MD_BOXES && width + b.width <= MD_PREFIX)
		w->box[w->boxes++] = b;
}

static void
pop_box(struct md *w, const struct html_node *n)
{
	if (w->boxes > 0 && w->box[w->boxes - 1].node == index_of(w, n))
		w->boxes--;
	if (w->common > w->boxes)
		w->common = w->boxes;
}

/* Enter an element of a table that is written as one. */
static void
enter_grid(struct md *w, const struct html_node *n)
{
	if (n->tag == T_TD || n->tag == T_TH) {
		md_end_cell(w);
		w->column = md_grid_cell(&w->grid, w->t, n);
		w->in_cell = w->in.cell = true;
		w->in.no_strong = n->tag == T_TH;
	} else if (w->in_cell && n->flags & N_BLOCK) {
		w->cell_break = w->cell_open;
	} else if (n->flags & N_BLOCK) {
		md_end_block(w);
	}
}

static void
leave_grid(struct md *w, const struct html_node *n)
{
	if (n->tag == T_TD || n->tag == T_TH) {
		md_end_cell(w);
	} else if (n->tag == T_TR) {
		md_end_cell(w);
		md_end_row(w);
	} else if (n->tag == T_TABLE) {
		w->grid.table = 0;
		md_end_block(w);
	} else if (w->in_cell) {
		w->cell_break |= n->flags & N_BLOCK && w->cell_open;
	} else if (n->flags & N_BLOCK) {
		md_end_block(w);
	}
}

static void
enter_list(struct md *w, const struct html_node *n)
{
	struct md_list *list;

	w->lists++;
	list = innermost(w);
	if (list) {
		html_list_begin(w->t, n, &list->numbers);
		list->begun = false;
	}
}

/* Enter an element that begins a line. */
static void
enter_block(struct md *w, const struct html_node *n)
{
	md_end_block(w);
	if (html_is_list(n)) {
		enter_list(w, n);
	} else if (n->tag == T_LI) {
		push_box(w, n, true);
	} else if (n->tag == T_BLOCKQUOTE) {
		push_box(w, n, false);
	} else if (n->tag >= T_H1 && n->tag <= T_H6) {
		w->heading = is_plain_heading(w->t, n) ? index_of(w, n) : 0;
		w->in.no_strong = w->heading != 0;
	} else if (n->tag == T_HR) {
		w->rule = true;
		w->rule_boxes = w->boxes;
	} else if (n->tag == T_TABLE) {
		md_grid_begin(&w->grid, w->t, index_of(w, n), w->skip);
		w->rows = 0;
	}
}

static void
leave_script(struct md *w)
{
	if (w->brace) {
		md_close_for(&w->in, '}');
		md_guard_backslash(&w->in);
		buf_putc(w->out, '}');
	}
	w->brace = false;
}

/* End the line of a block in code. */
static void
end_code_block(struct md *w, const struct html_node *n)
{
	if (html_is_blank_line(w->t, n))
		buf_putc(&w->code, '\n');
	else
		end_code_line(w);
}

static void
enter_break(struct md *w)
{
	if (w->pre)
		buf_putc(&w->code, '\n');
	else if (w->in_cell)
		w->cell_break = w->cell_open;
	else if (w->open)
		w->breaks++;
}

static void
enter(void *self, const struct html_node *n)
{
	struct md *w = self;

	if (n->tag == T_BR) {
		enter_break(w);
	} else if (n->tag == T_SUP || n->tag == T_SUB) {
		enter_script(w, n);
	} else if (html_is_verbatim(n)) {
		if (w->pre == 0) {
			md_end_block(w);
			w->code.n = 0;
		}
		w->pre_start = w->pre++ == 0;
	} else if (w->pre) {
		if (n->flags & N_BLOCK)
			end_code_line(w);
	} else if (w->heading) {
		w->space |= (n->flags & N_BLOCK) != 0;
	} else if (w->grid.table) {
		enter_grid(w, n);
	} else if (html_is_inline_cell(w->t, n)) {
		w->bar = w->open;
		w->in.cell = !html_is_lone_cell(w->t, n);
	} else if (n->flags & N_BLOCK) {
		enter_block(w, n);
	}
}

static void
leave_block(struct md *w, const struct html_node *n)
{
	md_end_block(w);
	if (html_is_list(n))
		w->lists -= w->lists > 0;
	else if (n->tag == T_LI || n->tag == T_BLOCKQUOTE)
		pop_box(w, n);
}

static void
leave(void *self, const struct html_node *n)
{
	struct md *w = self;

	if (n->tag == T_SUP)
		leave_script(w);
	if (html_is_verbatim(n)) {
		end_code_line(w);
		if (--w->pre == 0)
			md_put_code(w);
	} else if (w->pre) {
		if (n->flags & N_BLOCK)
			end_code_block(w, n);
	} else if (w->heading && index_of(w, n) != w->heading) {
		w->space |= (n->flags & N_BLOCK) != 0;
	} else if (w->heading) {
		md_end_block(w);
		w->heading = 0;
		w->in.no_strong = false;
	} else if (w->grid.table) {
		leave_grid(w, n);
	} else if (html_is_inline_cell(w->t, n)) {
		w->in.cell = false;
	} else if (n->flags & N_BLOCK) {
		leave_block(w, n);
	}
	if (w->language.n > 0 && index_of(w, n) == w->language_node)
		w->language = SPAN("");
}

/* A block that is omitted still separates the words before it from those after it. */
static void
omit_block(struct md *w, const struct html_node *n)
{
	if (w->pre)
		end_code_block(w, n);
	else if (w->heading)
		w->space = true;
	else if (w->in_cell)
		w->cell_break = w->cell_open;
	else if (w->grid.table)
		md_grid_omit(&w->grid, w->t, n);
	else if (!html_is_inline_cell(w->t, n))
		md_end_block(w);
}

static void
omit(void *self, const struct html_node *n)
{
	struct md *w = self;
	struct md_list *list = innermost(w);

	if (n->flags & N_HIDDEN)
		return;
	if (n->tag == T_LI && !w->grid.table && list && list->numbers.ordered)
		html_list_count(w->t, n, &list->numbers);
	if (n->flags & N_BLOCK)
		omit_block(w, n);
}

static const struct html_form markdown_form = { enter, leave, omit, put_text, put_mark };

/* Write node `root` and its content. */
static void
put_node(struct md *w, struct html_walk *walk, size_t root)
{
	const struct html_node *n = &w->t->node[root];

	/* The root of the main text can be an item without its list, or a cell. */
	if (n->flags & N_BLOCK && n->tag != T_LI && n->tag != T_TD && n->tag != T_TH &&
	    n->tag != T_TR)
		enter(w, n);
	html_walk(w->t, root, w->skip, walk, &markdown_form, w);
	leave_script(w);
	if (w->pre) {
		w->pre = 0;
		md_put_code(w);
	}
	if (w->grid.table) {
		md_end_cell(w);
		md_end_row(w);
	}
	md_end_block(w);
	w->boxes = w->common = w->lists = 0;
	w->heading = w->grid.table = 0;
	w->in.cell = w->in.no_strong = w->in.tex = false;
	memset(w->in.in, 0, sizeof w->in.in);
	w->language = SPAN("");
}

void
html_tree_put_markdown(const struct html_tree *t, bool main_only, struct span base,
    struct buf *scratch, struct buf *out)
{
	/* More bytes of addresses than the page has can only be made of copies. */
	enum { TARGETS = 4, TARGETS_MIN = 4096 };
	const size_t page = (size_t)(t->source->end - t->source->begin);
	struct md w = {
		.t = t,
		.out = out,
		.start = out->n,
		.skip = main_only ? N_DROP | N_HIDDEN : N_HIDDEN,
		.in = { .t = t,
		    .out = out,
		    .base = base,
		    .scratch = scratch,
		    .targets = (uint64_t)page * TARGETS + TARGETS_MIN,
		    .lead = UINT32_MAX },
	};
	struct html_walk walk = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		if (!main_only || t->node[i].flags & N_KEEP) {
			put_node(&w, &walk, i);
			i = t->node[i].end - 1;
		}
	}
	md_free_inline(&w.in);
	buf_free(&w.code);
}
