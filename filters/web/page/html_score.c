/*
 * html_score.c - find the main text of a page and the boilerplate in it.
 *
 * The first pass over the flat tree counts characters.  The second drops elements that
 * class, id, tag or role call boilerplate, unless they hold much of the prose.  The
 * rest is counted again, and the root of the main text is chosen by hints or by score.
 * Prose is a run of text of one block that is long enough to be a sentence and not mostly
 * links.  The score is based on Arc90's Readability.  All constants were tuned on the
 * test pages of trafilatura.
 */
#include "filters/web/page/html_tree.h"
#include "lib/base/chars.h"

/* Lengths are in visible characters, shares in per cent. */
enum {
	PROSE_MIN = 25, /* a shorter run of text is not prose */
	/* An element with more of the page's prose is kept in spite of a hint. */
	BOILER_KEEP = 70,
	STRONG_KEEP = 50,
	WEAK_KEEP = 5,
	PROSE_LEFT = 10,   /* share of prose that dropping must leave */
	ARTICLE_MIN = 250, /* prose outside the comments that makes a page an article */
	ROOT_MIN = 150,	   /* prose of a root that is chosen by its hints */
	ROOT_CLIMB = 80,   /* climb from the best score to an element with this share */
	PART_MIN = 10,	   /* share of a further part of the main text */
	LEAD_CLIMB = 5,	   /* levels above the root that may hold an introduction */
	LEAD_MAX = 1000,   /* prose of the longest introduction */
	/* A list with at least three links is dropped if it is shorter than LIST_MAX and
	   LIST_LINKED of it is links; with any link if it is shorter than LIST_SHORT and
	   MOSTLY_LINKED of it is links. */
	LIST_MAX = 800,
	LIST_LINKED = 50,
	LIST_SHORT = 100,
	MOSTLY_LINKED = 80,
	/* A paragraph is dropped if it is shorter and this share of it is links. */
	PARA_SHORT = 100,
	PARA_LINKED = 70,
};

/* An element before its content is summed up. */
static inline void
count_from_none(struct html_node *n)
{
	n->links = n->links_here;
	n->score = n->chars = n->linked = n->own = n->prose = 0;
}

/* Sum up the characters of each node, and set N_LAST.  The order is from last to first,
 * so that a node comes after its content, and the last child of a node before all others.
 */
static void
count(struct html_tree *t)
{
	count_from_none(&t->node[0]);
	for (size_t i = t->n; i-- > 0;) {
		struct html_node *n = &t->node[i], *up = &t->node[n->parent];

		if (n->tag != T_TEXT && n->end == i + 1)
			count_from_none(n);
		if (i > 0 && n->end == up->end) {
			count_from_none(up);
			n->flags |= N_LAST;
		}
		if (n->tag == T_TEXT) {
			up->chars += n->chars;
			*(n->flags & N_LINK ? &up->linked : &up->own) += n->chars;
			continue;
		}
		if (n->flags & N_BLOCK && n->own >= PROSE_MIN && n->own > n->linked / 2)
			n->prose += n->own;
		if (n->flags & N_DROP || i == 0)
			continue;
		up->chars += n->chars;
		up->linked += n->linked;
		up->prose += n->prose;
		up->links += n->links;
		if (!(n->flags & N_BLOCK))
			up->own += n->own;
	}
}

static bool
at_least(uint64_t part, uint64_t per_cent, uint64_t whole)
{
	return part * 100 >= whole * per_cent;
}

/* The share of prose above which a node is kept in spite of its hints; -1: no hints. */
static int
keep_from(uint32_t flags)
{
	if (flags & N_BOILER)
		return BOILER_KEEP;
	if (flags & N_STRONG)
		return STRONG_KEEP;
	return flags & N_WEAK ? WEAK_KEEP : -1;
}

/* Drop the nodes with hints of boilerplate that hold little of the prose. */
static void
drop_boilerplate(struct html_tree *t)
{
	const uint64_t all = t->node[0].prose;

	for (size_t i = 1; i < t->n; i++) {
		struct html_node *n = &t->node[i];
		const int keep = keep_from(n->flags);

		if (keep >= 0 && (uint64_t)n->prose * 100 <= (uint64_t)keep * all &&
		    !html_is_in_sentence(t, i))
			n->flags |= N_DROP;
		if (n->flags & N_DROP)
			i = n->end - 1;
	}
}

/* Drop the comments of readers, unless the rest is too short to be an article: then they
 * are the main text.  Returns whether any were dropped. */
static bool
drop_comments(struct html_tree *t)
{
	uint64_t rest = t->node[0].prose;
	bool any = false;

	for (int pass = 0; pass < 2 && !t->forum; pass++) {
		for (size_t i = 1; i < t->n; i++) {
			struct html_node *n = &t->node[i];

			if (!(n->flags & N_DROP) && n->flags & N_COMMENT) {
				rest -= pass == 0 ? n->prose : 0;
				n->flags |= pass == 0 ? 0 : N_DROP;
				any |= pass > 0;
				i = n->end - 1;
			}
			if (n->flags & N_DROP)
				i = n->end - 1;
		}
		if (rest < ARTICLE_MIN)
			return false;
	}
	return any;
}

/* The outermost node with this hint and the most prose; 0: none. */
static size_t
best_hinted(const struct html_tree *t, uint32_t hint)
{
	size_t best = 0;

	for (size_t i = 1; t->all_flags & hint && i < t->n; i++) {
		const struct html_node *n = &t->node[i];

		if (n->flags & N_DROP) {
			i = n->end - 1;
		} else if (n->flags & hint) {
			if (n->prose > (best ? t->node[best].prose : 0))
				best = i;
			i = n->end - 1;
		}
	}
	return best;
}

/* The node with the best score as in Readability: a paragraph adds its score to its
 * parent, half to the next ancestor, a sixth to the one above; 0: none. */
static size_t
best_scored(struct html_tree *t)
{
	uint64_t top = 0;
	size_t best = 0;

	for (size_t i = 1; i < t->n; i++) {
		const struct html_node *n = &t->node[i];
		uint32_t up = n->parent, score;

		if (n->flags & N_DROP) {
			i = n->end - 1;
			continue;
		}
		if (n->tag == T_TEXT || !(n->flags & N_BLOCK) || n->own < PROSE_MIN)
			continue;
		score = 600 + (n->own > 300 ? 1800 : n->own * 6);
		for (int d = 0; d < 3; d++) {
			t->node[up].score += d == 0   ? score
					     : d == 1 ? score / 2
						      : score / 6;
			if (up == 0)
				break;
			up = t->node[up].parent;
		}
	}
	for (size_t i = 1; i < t->n; i++) {
		const struct html_node *n = &t->node[i];
		uint64_t score;

		if (n->flags & N_DROP) {
			i = n->end - 1;
			continue;
		}
		if (n->chars == 0 || n->tag == T_TEXT)
			continue;
		score = n->score * ((uint64_t)(n->chars - n->linked) * 256 / n->chars);
		if (score > top) {
			top = score;
			best = i;
		}
	}
	return best;
}

/* The root of the main text. */
static size_t
choose_root(struct html_tree *t)
{
	static const struct {
		uint32_t hint, need;
	} order[] = { { N_CONTENT1, 40 }, { N_CONTENT2, 50 }, { N_CONTENT3, 50 },
		{ N_CONTENT5, 50 }, { N_CONTENT4, 50 } };
	const uint32_t all = t->node[0].prose;
	size_t best;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		best = best_hinted(t, order[i].hint);
		/* In a forum the best node is usually just one of many posts. */
		if (best && t->node[best].prose >= ROOT_MIN &&
		    at_least(
			t->node[best].prose, t->forum ? ROOT_CLIMB : order[i].need, all))
			return best;
	}
	best = best_scored(t);
	while (best && !at_least(t->node[best].prose, ROOT_CLIMB, all))
		best = t->node[best].parent;
	return best;
}

/*
 * Whether a list, table or block is little more than links.  The last child of a parent
 * may be longer: it is more often a "read more" than part of the text.
 */
static bool
is_links(const struct html_node *n)
{
	const bool last = n->flags & N_LAST;

	if (n->links == 0)
		return false;
	switch (n->tag) {
	case T_UL:
	case T_OL:
	case T_DL:
	case T_DIV:
	case T_SECTION:
		if (n->links >= 3 && n->chars < LIST_MAX &&
		    at_least(n->linked, LIST_LINKED, n->chars))
			return true;
		return n->chars < (last ? 3 : 1) * (uint32_t)LIST_SHORT &&
		       at_least(n->linked, MOSTLY_LINKED, n->chars);
	case T_P:
		return n->chars < (last ? 2 : 1) * (uint32_t)PARA_SHORT &&
		       at_least(n->linked, PARA_LINKED, n->chars);
	case T_TABLE:
		return at_least(n->linked, MOSTLY_LINKED, n->chars);
	default:
		return false;
	}
}

static void
drop_links(struct html_tree *t, size_t root)
{
	for (size_t i = root + 1; i < t->node[root].end; i++) {
		struct html_node *n = &t->node[i];

		if (!(n->flags & N_DROP) && n->tag != T_TEXT && is_links(n))
			n->flags |= N_DROP;
		if (n->flags & N_DROP)
			i = n->end - 1;
	}
}

static bool
is_heading(const struct html_node *n)
{
	return n->tag >= T_H1 && n->tag <= T_H6;
}

/* Drop headings without text after them, because it was dropped or never existed. */
static void
drop_headings(struct html_tree *t, size_t root)
{
	size_t heading = 0;
	bool gone = false;

	for (size_t i = root + 1; i < t->node[root].end; i++) {
		struct html_node *n = &t->node[i];

		if (n->flags & N_DROP) {
			gone = true;
			i = n->end - 1;
		} else if (is_heading(n)) {
			if (heading && gone && n->tag <= t->node[heading].tag)
				t->node[heading].flags |= N_DROP;
			heading = i;
			gone = false;
			i = n->end - 1;
		} else if (n->tag == T_TEXT && n->chars > 0) {
			heading = 0;
		}
	}
	if (heading)
		t->node[heading].flags |= N_DROP;
}

/* Undo all drops, except of nodes that are hidden or have a flag of `except`. */
static void
undrop(struct html_tree *t, uint32_t except)
{
	for (size_t i = 1; i < t->n; i++) {
		if (!(t->node[i].flags & (N_HIDDEN | except)))
			t->node[i].flags &= ~(uint32_t)N_DROP;
	}
	count(t);
}

/* Keep introductions that are outside the root but in the same article. */
static void
keep_lead(struct html_tree *t, size_t root)
{
	size_t from = root;

	for (int up = 0; up < LEAD_CLIMB && from > 0; up++) {
		from = t->node[from].parent;
		if (t->node[from].flags & (N_CONTENT2 | N_CONTENT5))
			break;
	}
	for (size_t i = from + 1; i < root; i++) {
		struct html_node *n = &t->node[i];

		if (n->flags & N_DROP) {
			i = n->end - 1;
		} else if (n->flags & N_LEAD && n->end <= root && n->prose >= PROSE_MIN &&
			   n->prose < LEAD_MAX) {
			n->flags |= N_KEEP;
			i = n->end - 1;
		}
	}
}

/* If the root has a hint of main content, keep other nodes with the same hint that are
 * not small. */
static void
keep_parts(struct html_tree *t, size_t root)
{
	const uint32_t hint = t->node[root].flags & N_CONTENT1;

	for (size_t i = 1; hint && i < t->n; i++) {
		struct html_node *n = &t->node[i];

		if (!(n->flags & (N_DROP | N_KEEP)) && n->flags & hint &&
		    at_least(n->prose, PART_MIN, t->node[0].prose)) {
			n->flags |= N_KEEP;
			drop_links(t, i);
			drop_headings(t, i);
		}
		if (n->flags & (N_DROP | N_KEEP | hint))
			i = n->end - 1;
	}
}

/* Drop boilerplate and the comments of readers, unless little of the prose is left. */
static void
drop_hinted(struct html_tree *t)
{
	const uint32_t all = t->node[0].prose;

	drop_boilerplate(t);
	count(t);
	if (drop_comments(t))
		count(t);
	if (!at_least(t->node[0].prose, PROSE_LEFT, all))
		undrop(t, N_BOILER);
	if (!at_least(t->node[0].prose, PROSE_LEFT, all))
		undrop(t, 0);
}

/* A pass over a page of a million elements takes longer than to parse it, so that each is
 * left out if it cannot find anything. */
void
html_tree_find_main(struct html_tree *t)
{
	size_t root;

	for (size_t i = 1; t->all_flags & N_HIDDEN && i < t->n; i++) {
		if (t->node[i].flags & N_HIDDEN)
			t->node[i].flags |= N_DROP;
	}
	count(t);
	if (t->all_flags & (N_BOILER | N_STRONG | N_WEAK | N_COMMENT))
		drop_hinted(t);
	root = choose_root(t);
	html_drop_furniture(t);
	if (t->node[root].links > 0)
		drop_links(t, root);
	if (memchr(&t->has_tag[T_H1], true, T_H6 - T_H1 + 1))
		drop_headings(t, root);
	html_drop_permalinks(t, 0);
	t->node[root].flags |= N_KEEP;
	keep_lead(t, root);
	keep_parts(t, root);
}
