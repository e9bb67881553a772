/*
 * html_whole.c - keep or drop tables, lists, code and the like as a whole.
 *
 * The scores judge each block on its own.  A table without its header, a term without its
 * definition or a heading without text is worse than either verdict on the whole.  The
 * limits below were chosen on the training pages.
 */
#include "filters/web/judge/html_whole.h"

/* Lengths are in visible characters. */
enum {
	ROW_MAX = 1500,	 /* a longer row is one of a table for layout */
	CELL_BLOCKS = 2, /* and so is a cell with more blocks */
	ITEM_MAX = 300,	 /* a list with a longer item is not a unit */
	CARD_MAX = 800,	 /* an item of several blocks */
	CARD_BLOCKS = 8,
	GROUP_MAX = 600, /* a term with its definitions */
	GROUP_BLOCKS = 6,
	QUOTE_MAX = 2000,
	QUOTE_BLOCKS = 10,
	LEVELS = 6, /* of headings */
};

struct unit {
	size_t first, end; /* blocks */
};

const char *
html_why_name(unsigned why)
{
	static const char *const names[] = {
		[WHY_SCORE] = "score",
		[WHY_TABLE] = "table",
		[WHY_LIST] = "list",
		[WHY_ITEM] = "item",
		[WHY_TERM] = "term",
		[WHY_CODE] = "code",
		[WHY_QUOTE] = "quote",
		[WHY_PROSE] = "prose",
		[WHY_HEADING] = "heading",
		[WHY_EMPTY] = "empty",
		[WHY_COMPANION] = "companion",
		[WHY_COPY] = "copy",
	};

	return names[why];
}

static void
turn(struct html_block *k, bool keep, enum html_why why)
{
	if (k->keep != keep)
		k->why = (uint8_t)why;
	k->keep = keep;
}

static struct unit
range_of(const struct html_blocks *b, size_t node)
{
	const struct html_block_sum *s = &b->sum[node];

	return (struct unit){ s->first, s->first + s->blocks };
}

/* Units. */

/* Whether a unit is kept: if most of its text is, or if it is a table or code that the
 * rules keep and any of it is. */
static bool
is_kept_unit(const struct html_blocks *b, struct unit r, enum html_why why, bool *rules)
{
	uint64_t chars = 0, kept = 0, by_rules = 0;

	for (size_t i = r.first; i < r.end; i++) {
		const struct html_block *k = &b->block[i];

		chars += k->chars;
		kept += k->keep ? k->chars : 0;
		by_rules += k->kept;
	}
	*rules = 2 * by_rules > chars;
	if (*rules && kept > 0 && (why == WHY_TABLE || why == WHY_CODE))
		return true;
	return 2 * kept > chars;
}

/*
 * Give the blocks of a unit one verdict.  The rules drop furniture from a unit that they
 * keep: such a block keeps its own verdict.  Outside tables and code so does every block
 * that the rules drop, and the lists of forums hold posts with their furniture.
 */
static void
decide_whole(struct html_blocks *b, struct unit r, enum html_why why)
{
	const bool strict = why == WHY_TABLE || why == WHY_CODE;
	bool rules;
	const bool keep = is_kept_unit(b, r, why, &rules);

	for (size_t i = r.first; i < r.end; i++) {
		struct html_block *k = &b->block[i];

		if (keep && (rules || !strict) && !html_kept_by_rules(k))
			continue;
		if (!strict &&
		    (k->around.at[AROUND_COMMENT] || k->around.at[AROUND_FORUM]))
			continue;
		turn(k, keep, why);
	}
}

/* Whether a table has rows of data.  Cells are not entered, so that the time of all calls
 * is linear in the nodes. */
static bool
is_data(const struct html_tree *t, const struct html_blocks *b, size_t table)
{
	size_t rows = 0, wide = 0, cells = 0, row = table;

	for (size_t i = table + 1; i < t->node[table].end; i++) {
		const struct html_node *n = &t->node[i];
		const struct html_block_sum *s = &b->sum[i];

		if (n->tag == T_TR) {
			if (s->chars > ROW_MAX)
				return false;
			rows += s->blocks > 0;
			row = i;
			cells = 0;
		} else if (n->tag == T_TD || n->tag == T_TH) {
			if (s->blocks > CELL_BLOCKS)
				return false;
			if (row == n->parent && ++cells == 2)
				wide++;
			i = n->end - 1;
		}
	}
	return rows >= 2 && 2 * wide >= rows;
}

/* Whether all items of a list are short, and most are one block.  Items are not entered.
 */
static bool
is_short_list(const struct html_tree *t, const struct html_blocks *b, size_t list)
{
	size_t items = 0, blocks = 0;

	for (size_t i = list + 1; i < t->node[list].end; i = t->node[i].end) {
		const struct html_block_sum *s = &b->sum[i];

		if (t->node[i].tag == T_TEXT)
			continue;
		if (s->chars > ITEM_MAX || s->blocks > CARD_BLOCKS)
			return false;
		items += s->blocks > 0;
		blocks += s->blocks;
	}
	return items >= 2 && 2 * blocks <= 3 * items;
}

static bool
is_small(const struct html_block_sum *s, size_t chars, size_t blocks)
{
	return s->chars <= chars && s->blocks <= blocks;
}

/* The kind of unit that a node is.  within: it holds a table. */
static enum html_why
unit_of(const struct html_tree *t, const struct html_blocks *b, size_t i, bool within)
{
	switch (t->node[i].tag) {
	case T_TABLE:
		return !within && is_data(t, b, i) ? WHY_TABLE : WHY_SCORE;
	case T_UL:
	case T_OL:
		return is_short_list(t, b, i) ? WHY_LIST : WHY_SCORE;
	case T_LI:
		return is_small(&b->sum[i], CARD_MAX, CARD_BLOCKS) ? WHY_ITEM : WHY_SCORE;
	case T_PRE:
		return WHY_CODE;
	case T_BLOCKQUOTE:
	case T_FIGURE:
		return is_small(&b->sum[i], QUOTE_MAX, QUOTE_BLOCKS) ? WHY_QUOTE
								     : WHY_SCORE;
	default:
		return WHY_SCORE;
	}
}

/* Decide units from the last to the first, so that an outer one overrules those in it.
 * Their limits bound how deep they nest. */
static void
decide_units(struct html_blocks *b, const struct html_tree *t)
{
	size_t table = t->n, code = t->n; /* the one that begins next */

	for (size_t i = t->n; i-- > 1;) {
		const struct html_node *n = &t->node[i];
		enum html_why why = WHY_SCORE;

		if (b->sum[i].blocks > 1)
			why = unit_of(t, b, i, table < n->end);
		/* No limit bounds code in code. */
		if (why == WHY_CODE && code < n->end)
			why = WHY_SCORE;
		if (n->tag == T_TABLE)
			table = i;
		if (n->tag == T_PRE)
			code = i;
		if (why != WHY_SCORE)
			decide_whole(b, range_of(b, i), why);
	}
}

/* Terms and their definitions. */

struct group {
	size_t first, defs, end; /* blocks: of the terms, of the definitions */
};

static void
decide_group(struct html_blocks *b, const struct group *g)
{
	uint64_t chars = 0;
	bool any = false;

	if (g->first == g->defs || g->defs >= g->end)
		return;
	for (size_t i = g->first; i < g->end; i++) {
		chars += b->block[i].chars;
		any |= i >= g->defs && b->block[i].keep;
	}
	if (chars <= GROUP_MAX && g->end - g->first <= GROUP_BLOCKS) {
		decide_whole(b, (struct unit){ g->first, g->end }, WHY_TERM);
		return;
	}
	/* The terms are the heading of a long definition. */
	for (size_t i = g->first; i < g->defs; i++)
		if (!any || html_kept_by_rules(&b->block[i]))
			turn(&b->block[i], any, WHY_TERM);
}

/* Decide each group of terms with the definitions that follow them directly. */
static void
decide_groups(struct html_blocks *b, const struct html_tree *t)
{
	struct group g = { 0 };
	bool in_defs = false;

	for (size_t i = 1; i < t->n; i++) {
		const struct html_node *n = &t->node[i];
		const struct unit r = range_of(b, i);

		if (n->tag == T_DT) {
			if (in_defs || g.end != r.first) {
				decide_group(b, &g);
				g.first = r.first;
			}
			g.defs = g.end = r.end;
			in_defs = false;
			i = n->end - 1;
		} else if (n->tag == T_DD && g.end == r.first) {
			g.end = r.end;
			in_defs = true;
		}
	}
	decide_group(b, &g);
}

/* Blocks and their neighbours. */

/* The level of a heading; 0: another block. */
static unsigned
level_of(const struct html_tree *t, const struct html_block *k)
{
	const unsigned tag = t->node[k->around.box].tag;

	return tag >= T_H1 && tag <= T_H6 ? tag - T_H1 + 1 : 0;
}

/* Whether the rules keep a paragraph that is prose by its length and links. */
static bool
is_prose(const struct html_tree *t, const struct html_block *k)
{
	enum { PROSE_MIN = 80 };
	const unsigned tag = t->node[k->around.box].tag;

	return html_kept_by_rules(k) && level_of(t, k) == 0 && tag != T_TR &&
	       tag != T_LI && tag != T_PRE && k->chars >= PROSE_MIN &&
	       4 * (uint64_t)k->linked <= k->chars;
}

/* Whether two blocks are in the same element, or one is beside the other's text. */
static bool
is_sibling(
    const struct html_tree *t, const struct html_block *a, const struct html_block *b)
{
	const uint32_t in_a = t->node[a->around.box].parent,
		       in_b = t->node[b->around.box].parent;

	return in_a == in_b || a->around.box == in_b || b->around.box == in_a ||
	       a->around.box == b->around.box;
}

/* Keep paragraphs between kept blocks of which one is a sibling. */
static void
fill_holes(struct html_blocks *b, const struct html_tree *t)
{
	enum { HOLE_MAX = 6 };
	size_t last = b->n; /* the last kept block */

	for (size_t i = 0; i < b->n; i++) {
		if (!b->block[i].keep)
			continue;
		for (size_t k = last + 1; k < i && i - last <= HOLE_MAX + 1; k++) {
			struct html_block *hole = &b->block[k];

			if (is_prose(t, hole) && (is_sibling(t, hole, &b->block[last]) ||
						     is_sibling(t, hole, &b->block[i])))
				turn(hole, true, WHY_PROSE);
		}
		last = i;
	}
}

/* Whether block i is the companion of block `of`, and in its element. */
static bool
is_companion(const struct html_blocks *b, size_t i, size_t of)
{
	const uint32_t in = b->block[i].around.company;
	const struct html_block_sum *s = &b->sum[in];

	return in && of - s->first < s->blocks;
}

/* Keep the source of a quotation that is kept, and the caption of such code. */
static void
keep_companions(struct html_blocks *b)
{
	for (size_t i = 1; i < b->n; i++)
		if (is_companion(b, i, i - 1) && b->block[i - 1].keep)
			turn(&b->block[i], true, WHY_COMPANION);
	for (size_t i = b->n; i-- > 1;)
		if (is_companion(b, i - 1, i) && b->block[i].keep)
			turn(&b->block[i - 1], true, WHY_COMPANION);
}

/* Whether the next block before or after block i, beyond short labels, is kept. */
static bool
is_next_kept(const struct html_blocks *b, size_t i, bool before)
{
	enum { LABELS = 3, LABEL_MAX = 40 };

	for (int k = 0; k <= LABELS; k++) {
		if (before ? i == 0 : i + 1 >= b->n)
			return false;
		i = before ? i - 1 : i + 1;
		if (b->block[i].keep)
			return true;
		if (b->block[i].chars > LABEL_MAX)
			return false;
	}
	return false;
}

/* Keep code that the rules keep next to kept blocks. */
static void
keep_code(struct html_blocks *b, const struct html_tree *t)
{
	for (size_t i = 0; i < b->n; i++) {
		struct html_block *k = &b->block[i];

		if (!k->keep && t->node[k->around.box].tag == T_PRE &&
		    html_kept_by_rules(k) &&
		    (is_next_kept(b, i, true) || is_next_kept(b, i, false)))
			turn(k, true, WHY_CODE);
	}
}

/* The text below the headings of each level, from the end of the page on. */
struct below {
	bool kept, dropped, heading; /* heading: one of the same or a higher level */
};

/* Keep or drop a heading by the text below it. */
static void
decide_heading(struct html_block *k, const struct below *below)
{
	if (below->kept && html_kept_by_rules(k))
		turn(k, true, WHY_HEADING);
	/* Links are items of a list. */
	if (!below->kept && (below->dropped || !below->heading) &&
	    2 * (uint64_t)k->linked < k->chars)
		turn(k, false, WHY_EMPTY);
}

/* Keep a title that the rules keep if its element continues with kept text: a paragraph,
 * a term or a heading.  That of news has its own element, or is above a byline. */
static void
decide_title(struct html_blocks *b, const struct html_tree *t, size_t i)
{
	struct html_block *k = &b->block[i];
	const struct html_block *next = k + 1;
	const struct html_node *in = &t->node[t->node[k->around.box].parent];
	const uint32_t box = i + 1 < b->n ? next->around.box : 0;

	if (box == 0 || !next->keep || !html_kept_by_rules(k))
		return;
	if (is_sibling(t, k, next) ||
	    (box < in->end && (level_of(t, next) > 1 || t->node[box].tag == T_DT)))
		turn(k, true, WHY_HEADING);
}

/* Keep the headings of kept text, and drop those without.  Where these are not few for
 * the text, they are the text. */
static void
decide_headings(struct html_blocks *b, const struct html_tree *t)
{
	enum { TIMES = 20 };
	struct below below[LEVELS + 1] = { { 0 } };
	uint64_t empty = 0, kept = 0;

	for (size_t i = b->n; i-- > 0;) {
		struct html_block *k = &b->block[i];
		const unsigned level = level_of(t, k);

		if (level > 1)
			decide_heading(k, &below[level]);
		else if (level == 1)
			decide_title(b, t, i);
		if (k->why == WHY_EMPTY)
			empty += k->chars;
		else if (k->keep && level == 0)
			kept += k->chars;
		for (unsigned l = 1; l <= LEVELS; l++) {
			if (level == 0) {
				below[l].kept |= k->keep;
				below[l].dropped |= !k->keep;
			} else if (l >= level) {
				below[l] = (struct below){ .heading = true };
			}
		}
	}
	for (size_t i = 0; i < b->n && empty * TIMES > kept; i++)
		if (b->block[i].why == WHY_EMPTY)
			turn(&b->block[i], true, WHY_SCORE);
}

void
html_make_whole(struct html_blocks *b, const struct html_tree *t)
{
	decide_units(b, t);
	decide_groups(b, t);
	fill_holes(b, t);
	keep_code(b, t);
	decide_headings(b, t);
	keep_companions(b);
}
