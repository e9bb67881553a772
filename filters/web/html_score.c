/*
 * html_score.c - find where a page has its main text, and the boilerplate in it.
 *
 * Sweeps over the flat tree: count; drop what names call boilerplate, unless it holds
 * much of the page's prose; count what is left and choose the root.  Prose is a run of
 * text of one block, long enough to be a sentence and not mostly links.  The idea of the
 * score is that of Arc90's Readability; the figures were tuned on the pages of
 * trafilatura's tests.
 */
#include "filters/web/html_tree.h"

/* All lengths are in visible characters, all shares in per cent. */
enum {
	PROSE_MIN = 25, /* a run of text that counts as prose */
	/* The share of the page's prose in an element above which its names are not
	   believed. */
	BOILER_KEEP = 70,
	STRONG_KEEP = 50,
	WEAK_KEEP = 5,
	PROSE_LEFT = 10,   /* the share of prose that dropping must leave */
	ARTICLE_MIN = 250, /* prose above comments that makes it an article */
	ROOT_MIN = 150,	   /* prose in a root that is chosen by its names */
	ROOT_CLIMB = 80,   /* share at which the climb from the best score ends */
	PART_MIN = 10,	   /* share of a part beside the root that is kept, too */
	LEAD_CLIMB = 5,	 /* elements above the root in which an introduction may stand */
	LEAD_MAX = 1000, /* prose of an introduction at most */
	/* Lists of links: so long, and such a share in links; or short and almost all. */
	LIST_MAX = 800,
	LIST_LINKED = 50,
	LIST_FEW = 100,
	ALMOST_ALL = 80,
	/* Paragraphs of links. */
	LINE_FEW = 100,
	LINE_LINKED = 70,
};

/* Add up every node, last to first: what is in a node comes before it. */
static void
count(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct node *n = &t->node[i];

		n->links = n->links_here;
		n->score = 0;
		if (n->tag != T_TEXT)
			n->chars = n->linked = n->own = n->prose = 0;
	}
	for (size_t i = t->n; i-- > 0;) {
		struct node *n = &t->node[i], *up = &t->node[n->parent];

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

/* The share of the page's prose, per cent, above which a mark on a node is not believed.
 */
static int
keep_from(uint32_t flags)
{
	if (flags & N_BOILER)
		return BOILER_KEEP;
	if (flags & N_STRONG)
		return STRONG_KEEP;
	return flags & N_WEAK ? WEAK_KEEP : -1;
}

/* Drop what is marked, unless it holds too much of the prose. */
static void
drop_marked(struct tree *t)
{
	const uint64_t all = t->node[0].prose;

	for (size_t i = 1; i < t->n; i++) {
		struct node *n = &t->node[i];
		const int keep = keep_from(n->flags);

		if (keep >= 0 && (uint64_t)n->prose * 100 <= (uint64_t)keep * all)
			n->flags |= N_DROP;
		if (n->flags & N_DROP)
			i = n->end - 1;
	}
}

/* Drop what readers wrote below an article; without an article it is the main text. */
static void
drop_comments(struct tree *t)
{
	uint64_t rest = t->node[0].prose;

	for (int pass = 0; pass < 2 && !t->forum; pass++) {
		for (size_t i = 1; i < t->n; i++) {
			struct node *n = &t->node[i];

			if (!(n->flags & N_DROP) && n->flags & N_COMMENT) {
				rest -= pass == 0 ? n->prose : 0;
				n->flags |= pass == 0 ? 0 : N_DROP;
				i = n->end - 1;
			}
			if (n->flags & N_DROP)
				i = n->end - 1;
		}
		if (rest < ARTICLE_MIN)
			return;
	}
}

/* The outermost node so marked with the most prose; 0: none. */
static size_t
best_marked(const struct tree *t, uint32_t mark)
{
	size_t best = 0;

	for (size_t i = 1; i < t->n; i++) {
		const struct node *n = &t->node[i];

		if (n->flags & N_DROP) {
			i = n->end - 1;
		} else if (n->flags & mark) {
			if (n->prose > (best ? t->node[best].prose : 0))
				best = i;
			i = n->end - 1;
		}
	}
	return best;
}

/* Readability's score: a paragraph speaks for its parent, and less for those above. */
static size_t
best_scored(struct tree *t)
{
	uint64_t top = 0;
	size_t best = 0;

	for (size_t i = 1; i < t->n; i++) {
		const struct node *n = &t->node[i];
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
		const struct node *n = &t->node[i];
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

static size_t
choose_root(struct tree *t)
{
	static const struct {
		uint32_t mark, need;
	} order[] = { { N_BODY1, 40 }, { N_BODY2, 50 }, { N_BODY3, 50 }, { N_BODY5, 50 },
		{ N_BODY4, 50 } };
	const uint32_t all = t->node[0].prose;
	size_t best;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		best = best_marked(t, order[i].mark);
		/* In a forum the best is but one of many posts. */
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
 * Lists, tables and blocks that are little more than links.  What ends its parent is more
 * often a "read more" than what the text goes on behind.
 */
static bool
is_links(const struct node *n)
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
		return n->chars < (last ? 3 : 1) * (uint32_t)LIST_FEW &&
		       at_least(n->linked, ALMOST_ALL, n->chars);
	case T_P:
		return n->chars < (last ? 2 : 1) * (uint32_t)LINE_FEW &&
		       at_least(n->linked, LINE_LINKED, n->chars);
	case T_TABLE:
		return at_least(n->linked, ALMOST_ALL, n->chars);
	default:
		return false;
	}
}

static void
drop_links(struct tree *t, size_t root)
{
	for (size_t i = root + 1; i < t->node[root].end; i++) {
		struct node *n = &t->node[i];

		if (!(n->flags & N_DROP) && n->tag != T_TEXT && is_links(n))
			n->flags |= N_DROP;
		if (n->flags & N_DROP)
			i = n->end - 1;
	}
}

static bool
is_heading(const struct node *n)
{
	return n->tag >= T_H1 && n->tag <= T_H6;
}

/* Headings of nothing: what they stood over was dropped, or never was. */
static void
drop_headings(struct tree *t, size_t root)
{
	size_t heading = 0;
	bool gone = false;

	for (size_t i = root + 1; i < t->node[root].end; i++) {
		struct node *n = &t->node[i];

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

static void
mark_last(struct tree *t)
{
	for (size_t i = 1; i < t->n; i++) {
		if (t->node[i].end == t->node[t->node[i].parent].end)
			t->node[i].flags |= N_LAST;
	}
}

/* Forget what was dropped but for what is hidden and, if so asked, for its tag. */
static void
undrop(struct tree *t, uint32_t except)
{
	for (size_t i = 1; i < t->n; i++) {
		if (!(t->node[i].flags & (N_HIDDEN | except)))
			t->node[i].flags &= ~(uint32_t)N_DROP;
	}
	count(t);
}

/* Keep the introductions before the root that are of the same article. */
static void
keep_lead(struct tree *t, size_t root)
{
	size_t from = root;

	for (int up = 0; up < LEAD_CLIMB && from > 0; up++) {
		from = t->node[from].parent;
		if (t->node[from].flags & (N_BODY2 | N_BODY5))
			break;
	}
	for (size_t i = from + 1; i < root; i++) {
		struct node *n = &t->node[i];

		if (n->flags & N_DROP) {
			i = n->end - 1;
		} else if (n->flags & N_LEAD && n->end <= root && n->prose >= PROSE_MIN &&
			   n->prose < LEAD_MAX) {
			n->flags |= N_KEEP;
			i = n->end - 1;
		}
	}
}

/* Text in several parts of the same name: keep those that are not small. */
static void
keep_parts(struct tree *t, size_t root)
{
	const uint32_t mark = t->node[root].flags & N_BODY1;

	for (size_t i = 1; mark && i < t->n; i++) {
		struct node *n = &t->node[i];

		if (!(n->flags & (N_DROP | N_KEEP)) && n->flags & mark &&
		    at_least(n->prose, PART_MIN, t->node[0].prose)) {
			n->flags |= N_KEEP;
			drop_links(t, i);
			drop_headings(t, i);
		}
		if (n->flags & (N_DROP | N_KEEP | mark))
			i = n->end - 1;
	}
}

void
tree_main(struct tree *t)
{
	uint32_t all;
	size_t root;

	for (size_t i = 1; i < t->n; i++) {
		if (t->node[i].flags & N_HIDDEN)
			t->node[i].flags |= N_DROP;
	}
	count(t);
	all = t->node[0].prose;
	drop_marked(t);
	count(t);
	drop_comments(t);
	count(t);
	if (!at_least(t->node[0].prose, PROSE_LEFT, all))
		undrop(t, N_BOILER);
	if (!at_least(t->node[0].prose, PROSE_LEFT, all))
		undrop(t, 0);
	root = choose_root(t);
	mark_last(t);
	drop_links(t, root);
	drop_headings(t, root);
	t->node[root].flags |= N_KEEP;
	keep_lead(t, root);
	keep_parts(t, root);
}
