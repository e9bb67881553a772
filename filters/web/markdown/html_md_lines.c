/* html_md_lines.c - write the lines of Markdown: prefixes, blank lines, rows and code. */
#include "filters/web/markdown/html_markdown.h"
#include "lib/base/chars.h"

/* Lines and their prefixes. */

static void
put_spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_putc(out, ' ');
}

static void
trim_spaces(struct md *w)
{
	while (w->out->n > w->start && w->out->p[w->out->n - 1] == ' ')
		w->out->n--;
}

/* Begin a line, with the markers of items that have none yet. */
void
md_put_prefix(struct md *w)
{
	for (size_t i = 0; i < w->boxes; i++) {
		struct md_box *b = &w->box[i];
		const bool skipped = i + 1 < w->boxes && b[1].item && !b[1].printed;

		if (b->printed) {
			put_spaces(w->out, b->width);
		} else if (!b->item) {
			buf_puts(w->out, "> ");
		} else if (skipped) {
			b->width =
			    0; /* only the marker of the innermost item is written */
		} else {
			buf_puts(w->out, b->marker);
		}
		if (b->item && !b->printed) {
			b->printed = true;
			w->list[b->list].begun = true;
		}
	}
	w->in.line = (uint32_t)w->out->n;
}

/* Write a blank line between two blocks. */
static void
put_blank_line(struct md *w)
{
	for (size_t i = 0; i < w->common; i++) {
		if (w->box[i].item)
			put_spaces(w->out, w->box[i].printed ? w->box[i].width : 0);
		else
			buf_puts(w->out, "> ");
	}
	trim_spaces(w);
	buf_putc(w->out, '\n');
}

/* Whether the next block continues the lines of the last one: it begins an item that
 * follows another one, or is the first one in an item. */
static bool
is_tight(const struct md *w)
{
	size_t i = 0, marked;

	while (i < w->boxes && (!w->box[i].item || w->box[i].printed))
		i++;
	if (i == w->boxes || w->bare)
		return false;
	if (w->list[w->box[i].list].begun)
		return true;
	/* Only the marker of the innermost item is written. */
	for (marked = i; marked + 1 < w->boxes && w->box[marked + 1].item;)
		marked++;
	/* Other numbers cannot interrupt a paragraph. */
	return i > 0 && w->box[i - 1].item && w->box[i - 1].width > 0 && w->common == i &&
	       (w->box[marked].marker[0] == '-' ||
		   strcmp(w->box[marked].marker, "1. ") == 0);
}

/* Begin the first line of a block. */
static void
begin_lines(struct md *w)
{
	const bool rule = w->rule && w->out->n > w->start && w->rule_boxes == w->boxes &&
			  w->common == w->boxes;

	if (w->out->n > w->start && !is_tight(w))
		put_blank_line(w);
	w->common = w->boxes;
	if (rule) {
		md_put_prefix(w);
		buf_puts(w->out, "---\n");
		put_blank_line(w);
	}
	w->rule = false;
	md_put_prefix(w);
	w->bare =
	    w->boxes > 0 && w->box[w->boxes - 1].item && w->box[w->boxes - 1].width == 0;
}

void
md_begin_block(struct md *w)
{
	begin_lines(w);
	if (w->heading) {
		const unsigned level = w->t->node[w->heading].tag - T_H1 + 1;

		for (unsigned i = 0; i < level; i++)
			buf_putc(w->out, '#');
		buf_putc(w->out, ' ');
		w->in.line = (uint32_t)w->out->n;
	}
	w->open = w->first_line = true;
}

/* At the end of a line: escape what would begin another block. */
void
md_end_line(struct md *w)
{
	const size_t line = w->in.line;
	struct span s;
	size_t at;

	trim_spaces(w);
	s = (struct span){ w->out->p + line, w->out->n - line };
	if (w->heading) {
		/* "#" at the end would close the heading. */
		for (at = s.n; at > 0 && s.p[at - 1] == '#';)
			at--;
		if (at < s.n && (at == 0 || s.p[at - 1] == ' '))
			md_escape_at(&w->in, line + s.n - 1);
		return;
	}
	if (w->in.lead == line || s.n == 0)
		return;
	if (span_starts(s, SPAN("```")))
		w->in.coded = true;
	at = md_find_marker(s, w->first_line);
	if (at < s.n)
		md_escape_at(&w->in, line + at);
}

void
md_end_block(struct md *w)
{
	if (w->open) {
		md_close_all(&w->in);
		md_end_line(w);
		md_end_inline(&w->in);
		buf_putc(w->out, '\n');
	}
	w->open = w->space = w->bar = false;
	w->breaks = 0;
}

/* Tables. */

static void
put_cells(struct md *w, size_t n, const char *cell)
{
	for (size_t i = 0; i < n; i++)
		buf_puts(w->out, cell);
}

static void
put_delimiters(struct md *w)
{
	md_put_prefix(w);
	buf_putc(w->out, '|');
	put_cells(w, w->grid.columns, " --- |");
	buf_putc(w->out, '\n');
}

/* Begin the row of the first cell with text. */
static void
begin_row(struct md *w)
{
	if (w->rows++ == 0) {
		begin_lines(w);
		if (!w->grid.header) {
			buf_putc(w->out, '|');
			put_cells(w, w->grid.columns, "  |");
			buf_putc(w->out, '\n');
			put_delimiters(w);
			md_put_prefix(w);
		}
	} else {
		md_put_prefix(w);
	}
	buf_putc(w->out, '|');
	w->row_open = true;
	w->written = 0;
}

void
md_begin_cell(struct md *w)
{
	if (!w->row_open)
		begin_row(w);
	if (w->column > w->written)
		put_cells(w, w->column - w->written, "  |");
	buf_putc(w->out, ' ');
	w->written = w->column + 1;
	w->cell_open = true;
}

void
md_end_cell(struct md *w)
{
	if (w->cell_open) {
		md_end_inline(&w->in);
		trim_spaces(w);
		buf_puts(w->out, " |");
	}
	w->in_cell = w->cell_open = w->cell_break = w->space = false;
	w->in.cell = w->in.no_strong = false;
	w->breaks = 0;
}

void
md_end_row(struct md *w)
{
	const size_t columns = md_grid_end_row(&w->grid);
	const size_t whole = w->rows == 1 ? w->grid.columns : columns;

	if (!w->row_open)
		return;
	if (whole > w->written)
		put_cells(w, whole - w->written, "  |");
	buf_putc(w->out, '\n');
	w->row_open = false;
	if (w->rows == 1 && w->grid.header)
		put_delimiters(w);
}

/* Code. */

/* The number of backticks of a fence: more than the code has in a row. */
static size_t
fence_length(struct span s)
{
	size_t run = 0, longest = 2;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest + 1;
}

static void
put_fence(struct md *w, size_t n)
{
	while (n-- > 0)
		buf_putc(w->out, '`');
}

/* The code without blank lines at its ends. */
static struct span
trim_code(struct span s)
{
	size_t blank = 0, text = s.n, end;

	while (text > 0 && is_space(s.p[text - 1]))
		text--;
	for (end = text; end < s.n && text > 0 && s.p[end] != '\n'; end++)
		;
	s.n = end;
	for (size_t i = 0; i < s.n && is_space(s.p[i]); i++)
		blank = s.p[i] == '\n' ? i + 1 : blank;
	return blank > 0 ? span_from(s, blank) : s;
}

void
md_put_code(struct md *w)
{
	struct span s = trim_code(buf_span(&w->code));
	size_t fence;

	if (s.n == 0)
		return;
	fence = fence_length(s);
	begin_lines(w);
	put_fence(w, fence);
	for (size_t i = 0; i < w->language.n; i++)
		buf_putc(w->out, ascii_lower(w->language.p[i]));
	buf_putc(w->out, '\n');
	while (s.n > 0) {
		const char *nl = memchr(s.p, '\n', s.n);
		const size_t n = nl ? (size_t)(nl - s.p) : s.n;

		md_put_prefix(w);
		buf_put(w->out, s.p, n);
		if (n == 0)
			trim_spaces(w);
		buf_putc(w->out, '\n');
		s = span_from(s, nl ? n + 1 : n);
	}
	md_put_prefix(w);
	put_fence(w, fence);
	buf_putc(w->out, '\n');
}
