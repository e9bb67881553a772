/* html_md_table.c - decide which tables can be tables of Markdown, and place their cells.
 */
#include "filters/web/markdown/html_markdown.h"
#include "lib/base/chars.h"

/* A cell with more bytes of text is one of layout. */
enum { CELL_MAX = 1500 };

static bool
is_cell(const struct html_node *n)
{
	return n->tag == T_TD || n->tag == T_TH;
}

/* Whether an element cannot be in a cell. */
static bool
is_large(const struct html_node *n)
{
	return n->tag == T_TABLE || n->tag == T_PRE || n->tag == T_LISTING ||
	       n->tag == T_XMP || n->tag == T_BLOCKQUOTE || n->tag == T_HR ||
	       (n->tag >= T_H1 && n->tag <= T_H6);
}

/* An attribute that is a number from 1 to max; 1 if it is not. */
static size_t
count_in(
    const struct html_tree *t, const struct html_node *n, struct span name, size_t max)
{
	struct span value;
	size_t v = 0;

	if (!html_tree_attr(t, n, name, &value))
		return 1;
	value = span_trim(value);
	for (size_t i = 0; i < value.n && is_digit(value.p[i]) && v <= max; i++)
		v = v * 10 + (size_t)(value.p[i] - '0');
	return v < 1 ? 1 : v > max ? max : v;
}

/* The index of a column among the written ones. */
static size_t
written_column(const struct md_grid *g, size_t column)
{
	const size_t more = column > MD_USED ? column - MD_USED : 0;
	uint64_t before = g->used;
	size_t n = 0;

	if (column < MD_USED)
		before &= ((uint64_t)1 << column) - 1;
	for (; before; before &= before - 1)
		n++;
	return n + more;
}

/* Skip the columns that cells of earlier rows cover. */
static void
skip_covered(struct md_grid *g)
{
	while (g->column < MD_COVERED && g->left[g->column] > 0)
		g->left[g->column++]--;
}

size_t
md_grid_cell(struct md_grid *g, const struct html_tree *t, const struct html_node *cell)
{
	enum { COLUMNS_MAX = 16, ROWS_MAX = 1000 };
	size_t across, down, column;

	skip_covered(g);
	column = written_column(g, g->column);
	across = count_in(t, cell, SPAN("colspan"), COLUMNS_MAX);
	down = count_in(t, cell, SPAN("rowspan"), ROWS_MAX);
	for (size_t i = 0; i < across; i++, g->column++) {
		if (g->column < MD_COVERED)
			g->left[g->column] = (uint16_t)(down - 1);
	}
	return column;
}

size_t
md_grid_end_row(struct md_grid *g)
{
	const size_t columns = g->column;

	for (; g->column < MD_COVERED; g->column++) {
		if (g->left[g->column] > 0)
			g->left[g->column]--;
	}
	g->column = 0;
	return written_column(g, columns);
}

void
md_grid_omit(struct md_grid *g, const struct html_tree *t, const struct html_node *part)
{
	const struct html_node *row = NULL;

	if (part->flags & N_HIDDEN)
		return;
	for (const struct html_node *n = part; n < t->node + part->end; n++) {
		if (n->tag == T_TR) {
			if (row)
				md_grid_end_row(g);
			row = n;
		} else if (is_cell(n)) {
			md_grid_cell(g, t, n);
			n = t->node + n->end - 1;
		}
	}
	if (row)
		md_grid_end_row(g);
}

/* What a table consists of, found in one pass. */
struct census {
	size_t rows;	       /* with text */
	size_t columns;	       /* of the widest row */
	size_t cells, headers; /* of the current row; headers: <th> */
	size_t column;	       /* of the current cell */
	uint64_t used;	       /* columns with text */
	size_t text;	       /* bytes in the current cell */
	size_t row_text;
	bool header; /* of the first row with text */
	bool thead;
};

static void
end_row(struct census *c, struct md_grid *g)
{
	const size_t columns = md_grid_end_row(g);

	if (c->row_text > 0) {
		if (c->rows++ == 0)
			c->header = c->cells > 0 && (c->headers == c->cells || c->thead);
		if (columns > c->columns)
			c->columns = columns;
	}
	c->cells = c->headers = c->row_text = 0;
}

/* Count the rows and columns of a table.  Returns false if a cell is too large. */
static bool
take_census(struct md_grid *g, const struct html_tree *t, size_t table, uint32_t skip,
    struct census *c)
{
	const struct html_node *all = t->node;
	size_t row = 0;

	for (size_t i = table + 1; i < all[table].end; i++) {
		const struct html_node *n = &all[i];

		if (row && i >= all[row].end) {
			end_row(c, g);
			row = 0;
		}
		if (n->flags & skip) {
			md_grid_omit(g, t, n);
			i = n->end - 1;
		} else if (n->tag == T_TEXT) {
			c->text += n->len;
			c->row_text += row ? n->chars : 0;
			if (row && n->chars > 0 && c->column < MD_USED)
				c->used |= (uint64_t)1 << c->column;
			if (c->text > CELL_MAX)
				return false;
		} else if (is_large(n)) {
			return false;
		} else if (n->tag == T_TR) {
			row = i;
			c->thead = all[n->parent].tag == T_THEAD;
		} else if (is_cell(n)) {
			c->column = md_grid_cell(g, t, n);
			c->cells++;
			c->headers += n->tag == T_TH;
			c->text = 0;
		} else if (n->tag == T_CAPTION) {
			c->text = 0;
		}
	}
	if (row)
		end_row(c, g);
	return true;
}

bool
md_grid_begin(struct md_grid *g, const struct html_tree *t, size_t table, uint32_t skip)
{
	struct census c = { 0 };
	struct span role;

	memset(g, 0, sizeof *g);
	g->used = UINT64_MAX;
	if (html_tree_attr(t, &t->node[table], SPAN("role"), &role) &&
	    (span_eq(role, SPAN("presentation")) || span_eq(role, SPAN("none"))))
		return false;
	if (!take_census(g, t, table, skip, &c) || c.rows < 2)
		return false;
	memset(g, 0, sizeof *g);
	/* Images count as text, but are not in the tree. */
	g->used = t->want & WANT_IMAGES ? UINT64_MAX : c.used;
	g->columns = written_column(g, c.columns);
	g->header = c.header;
	if (g->columns < 2)
		return false;
	g->table = (uint32_t)table;
	return true;
}
