/* html_features.c - compute the features of a block of text from it, its neighbours, the
 * elements around it, and its page. */
#include "filters/web/judge/html_features.h"

#include <stdlib.h>

/* Sums over the blocks before a block, one row of each for every block and the end. */
enum { SUM_CHARS, SUM_LINKED, SUM_KEPT, SUM_STOPS, SUM_SCORE, SUM_LIKELY, SUMS };
/* More memory is freed after its page, or every thread would keep it. */
enum { BLOCKS_KEPT = 1 << 16 };
/* What shows that there is nothing to measure. */
enum { NONE = 255, FAR = 60 };

static uint8_t
at_most(uint64_t n, unsigned max)
{
	return (uint8_t)(n < max ? n : max);
}

/* A number on a logarithmic scale of 8 steps per octave. */
static uint8_t
scale(uint32_t n)
{
	unsigned octave;

	if (n == 0)
		return 0;
	octave = 31u - (unsigned)__builtin_clz(n);
	return at_most(
	    octave * 8u + (unsigned)(((uint64_t)n << 3) >> octave & 7) + 1, 254);
}

/* The share of a part in two-hundredths. */
static uint8_t
share(uint32_t part, uint32_t whole)
{
	if (whole == 0)
		return NONE;
	if (part >= whole)
		return 200;
	if (part < UINT32_MAX / 200)
		return (uint8_t)(part * 200 / whole);
	return (uint8_t)((uint64_t)part * 200 / whole);
}

/* Elements of text before elements of structure. */
static uint8_t
tag_rank(unsigned tag)
{
	static const uint8_t rank[T_COUNT] = {
		[T_P] = 1,
		[T_BLOCKQUOTE] = 2,
		[T_PRE] = 3,
		[T_LI] = 4,
		[T_DD] = 5,
		[T_DT] = 6,
		[T_TR] = 7,
		[T_TD] = 8,
		[T_TH] = 9,
		[T_CAPTION] = 10,
		[T_FIGCAPTION] = 11,
		[T_FIGURE] = 12,
		[T_H1] = 20,
		[T_H2] = 21,
		[T_H3] = 22,
		[T_H4] = 23,
		[T_H5] = 24,
		[T_H6] = 25,
		[T_SUMMARY] = 26,
		[T_DIV] = 30,
		[T_ARTICLE] = 31,
		[T_SECTION] = 32,
		[T_MAIN] = 33,
		[T_ADDRESS] = 34,
		[T_UL] = 35,
		[T_OL] = 36,
		[T_TABLE] = 37,
		[T_CENTER] = 38,
		[T_HEADER] = 39,
		[T_FORM] = 40,
		[T_FIELDSET] = 41,
		[T_ASIDE] = 42,
		[T_NAV] = 43,
		[T_FOOTER] = 44,
		[T_BODY] = 45,
	};

	return rank[tag] ? rank[tag] : 50;
}

static bool
is_heading(unsigned tag)
{
	return tag >= T_H1 && tag <= T_H6;
}

static const uint32_t *
sums(const struct html_page_features *f, size_t block)
{
	return f->sums + block * SUMS;
}

/* Sum up the blocks; *page: their total. */
static void
sum_blocks(struct html_page_features *f, struct html_block *page)
{
	const struct html_blocks *b = f->blocks;
	uint32_t *s;

	if (f->cap > BLOCKS_KEPT)
		html_features_free(f);
	if (!f->sums || b->n + 1 > f->cap) {
		f->cap = (b->n + 1) * 2;
		f->sums = xrealloc(f->sums, f->cap, SUMS * sizeof *f->sums);
		f->near = xrealloc(f->near, f->cap, sizeof *f->near);
	}
	s = f->sums;
	memset(s, 0, SUMS * sizeof *s);
	for (size_t i = 0; i < b->n; i++, s += SUMS) {
		const struct html_block *k = &b->block[i];

		s[SUMS + SUM_CHARS] = s[SUM_CHARS] + k->chars;
		s[SUMS + SUM_LINKED] = s[SUM_LINKED] + k->linked;
		s[SUMS + SUM_KEPT] = s[SUM_KEPT] + k->kept;
		s[SUMS + SUM_STOPS] = s[SUM_STOPS] + k->stops;
		s[SUMS + SUM_SCORE] = s[SUMS + SUM_LIKELY] = 0;
		page->words += k->words;
		page->prices += k->prices > 0;
		page->years += k->years > 0;
		page->digits += k->digits;
		page->commas += k->commas;
	}
	page->chars = s[SUM_CHARS];
	page->linked = s[SUM_LINKED];
	page->kept = s[SUM_KEPT];
	page->stops = s[SUM_STOPS];
}

/* The features that neighbours have, too. */
static void
find_near(const struct html_page_features *f, size_t i, uint8_t out[F_NEAR_END])
{
	const struct html_block *b = &f->blocks->block[i];
	const int words = b->around.sum / 8;

	out[F_CHARS] = scale(b->chars);
	out[F_LINKED] = share(b->linked, b->chars);
	out[F_TAG] = tag_rank(f->tree->node[b->around.box].tag);
	out[F_KEPT] = share(b->kept, b->chars);
	out[F_WORDS] = (uint8_t)(128 + (words < -127 ? -127 : words > 127 ? 127 : words));
	out[F_STOPS] = scale(b->stops);
}

static uint8_t
further(uint8_t distance, bool here)
{
	return here ? 1 : distance < FAR ? (uint8_t)(distance + 1) : FAR;
}

/* Compute what needs the blocks in order. */
static void
find_distances(struct html_page_features *f)
{
	const struct html_blocks *b = f->blocks;
	uint8_t kept = FAR, heading = FAR;
	uint32_t after_h1 = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct html_near_features *n = &f->near[i];

		find_near(f, i, n->near);
		if (f->tree->node[b->block[i].around.box].tag == T_H1)
			after_h1 = 1;
		else
			after_h1 += after_h1 > 0;
		n->after_h1 = scale(after_h1);
		n->kept_before = kept;
		n->heading_before = heading;
		kept = further(kept, b->block[i].kept > 0);
		heading = further(
		    heading, is_heading(f->tree->node[b->block[i].around.box].tag));
	}
	kept = heading = FAR;
	for (size_t i = b->n; i-- > 0;) {
		struct html_near_features *n = &f->near[i];

		n->kept_after = kept;
		n->heading_after = heading;
		kept = further(kept, b->block[i].kept > 0);
		heading = further(
		    heading, is_heading(f->tree->node[b->block[i].around.box].tag));
	}
}

void
html_features_begin(
    struct html_page_features *f, const struct html_tree *t, struct html_blocks *b)
{
	enum { ITEM, ROW, PARAGRAPH, HEADING, FORMATTED, OTHER, KINDS };
	uint32_t of_kind[KINDS] = { 0 }, count[AROUND_COUNT] = { 0 }, keeps = 0;
	struct html_block page = { 0 };
	unsigned k = 0;

	f->tree = t;
	f->blocks = b;
	sum_blocks(f, &page);
	if (!f->climb)
		f->climb = xmalloc(CLIMB_MEMO * sizeof *f->climb);
	memset(f->climb, 0, CLIMB_MEMO * sizeof *f->climb);
	find_distances(f);
	for (size_t i = 0; i < b->n; i++) {
		const struct html_block *block = &b->block[i];
		const unsigned tag = t->node[block->around.box].tag;
		const unsigned kind = tag == T_P		    ? PARAGRAPH
				      : tag == T_LI		    ? ITEM
				      : tag == T_TR || tag == T_TD  ? ROW
				      : is_heading(tag)		    ? HEADING
				      : tag == T_PRE || tag == T_DD ? FORMATTED
								    : OTHER;
		of_kind[kind]++;
		keeps += block->kept > 0;
		for (unsigned a = AROUND_ARTICLE; a < AROUND_COUNT; a++)
			count[a] += block->around.at[a] > 0;
	}
	f->page[k++] = scale((uint32_t)b->n);
	f->page[k++] = scale(page.chars);
	f->page[k++] = share(page.linked, page.chars);
	f->page[k++] = share(page.kept, page.chars);
	f->page[k++] = scale(page.kept);
	f->page[k++] = share(keeps, (uint32_t)b->n);
	f->page[k++] = share(b->sum[0].prose, page.chars);
	f->page[k++] = scale(b->sum[0].prose);
	f->page[k++] = scale(page.words);
	f->page[k++] = share(page.prices, (uint32_t)b->n);
	f->page[k++] = share(page.years, (uint32_t)b->n);
	f->page[k++] = share(page.digits, page.chars);
	f->page[k++] = share(page.commas, page.words);
	f->page[k++] = t->forum;
	f->page[k++] = scale((uint32_t)t->title.n);
	for (unsigned kind = 0; kind < OTHER; kind++)
		f->page[k++] = share(of_kind[kind], (uint32_t)b->n);
	f->page[k++] = share(count[AROUND_ARTICLE], (uint32_t)b->n);
	f->page[k++] = share(count[AROUND_MAIN], (uint32_t)b->n);
	f->page[k++] = share(count[AROUND_COMMENT], (uint32_t)b->n);
	f->page[k++] = share(count[AROUND_FORUM], (uint32_t)b->n);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		f->page[k++] = at_most(t->kinds.count[kind], 20);
	_Static_assert(
	    15 + OTHER + 4 + KIND_COUNT == PAGE_FEATURES, "one value for each");
}

void
html_features_free(struct html_page_features *f)
{
	free(f->sums);
	free(f->near);
	free(f->climb);
	f->climb = NULL;
	f->sums = NULL;
	f->near = NULL;
	f->cap = 0;
}

static void
put_own(const struct html_block *b, uint8_t *out)
{
	out[F_WORD_COUNT] = scale(b->words);
	out[F_WORD_LENGTH] = at_most(b->chars * 4 / (b->words + 1), 250);
	out[F_SHORT_WORDS] = share(b->short_words, b->words);
	out[F_COMMAS] = scale(b->commas);
	out[F_COMMA_SHARE] = share(b->commas * 4, b->words);
	out[F_STOP_SHARE] = share(b->stops * 4, b->words);
	out[F_DIGITS] = share(b->digits, b->chars);
	out[F_CAPITALS] = share(b->capitals, b->words);
	out[F_SIGNS] = at_most(b->signs, 100);
	out[F_PRICES] = at_most(b->prices, 20);
	out[F_YEARS] = at_most(b->years, 20);
	out[F_RIGHTS] = at_most(b->rights, 3);
	out[F_LINKS] = at_most(b->links, 100);
	out[F_END] = (uint8_t)(b->ends_stop * 4 + b->ends_colon * 2 + b->starts_low);
	out[F_IN_TITLE] = b->in_title;
	out[F_DEPTH] = at_most(b->around.depth, 250);
	out[F_BOX_WORDS] = (uint8_t)(128 + b->around.words);
	out[F_BEST_WORDS] = (uint8_t)(128 + b->around.best);
	out[F_WORST_WORDS] = (uint8_t)(128 + b->around.worst);
}

static void
put_place(const struct html_page_features *f, size_t i, uint8_t *out)
{
	const struct html_blocks *b = f->blocks;
	const uint32_t *s = sums(f, i), *all = sums(f, b->n);
	const struct html_near_features *near = &f->near[i];
	const struct html_block *first = &b->block[b->block[i].group];
	const uint8_t heading = near->heading_before;

	out[F_INDEX] = scale((uint32_t)i);
	out[F_INDEX_LEFT] = scale((uint32_t)(b->n - 1 - i));
	out[F_PLACE] = share((uint32_t)i, (uint32_t)b->n);
	out[F_PLACE_CHARS] = share(s[SUM_CHARS], all[SUM_CHARS]);
	out[F_KEPT_BEFORE] = near->kept_before;
	out[F_KEPT_AFTER] = near->kept_after;
	out[F_KEPT_SIDE] = share(s[SUM_KEPT], all[SUM_KEPT]);
	out[F_HEADING_BEFORE] = heading;
	out[F_HEADING_TAG] =
	    heading == FAR
		? 0
		: tag_rank(f->tree->node[b->block[i - heading].around.box].tag);
	out[F_HEADING_AFTER] = near->heading_after;
	out[F_AFTER_H1] = near->after_h1;
	out[F_COPIES] = at_most(b->block[i].copies, 20);
	out[F_COPY] = b->block[i].same != i;
	out[F_MEMBERS] = scale(first->members);
	out[F_MEMBER_CHARS] = scale(first->member_chars / first->members);
	out[F_MEMBER_LINKED] = share(first->member_linked, first->member_chars);
}

/* The block around an element; of the page, itself. */
static uint32_t
block_above(const struct html_tree *t, uint32_t node)
{
	do
		node = t->node[node].parent;
	while (!(t->node[node].flags & N_BLOCK));
	return node;
}

/* 16 bytes in a register of every processor that has vectors. */
typedef uint8_t bytes __attribute__((vector_size(16)));

/* The distances to the elements around a block. */
static void
put_around(const struct html_around_block *a, uint8_t *out)
{
	uint8_t distance[AROUND_ROOM];

	_Static_assert(sizeof distance % sizeof(bytes) == 0, "whole vectors");
	for (unsigned k = 0; k < AROUND_ROOM; k += sizeof(bytes)) {
		bytes at, away, far, none;

		memcpy(&at, a->at + k, sizeof at);
		away = (uint8_t)a->depth - at;
		far = (bytes)(away > FAR - 1);
		none = (bytes)(at == 0);
		away = (away & ~far) | ((FAR - 1) & far);
		away = (away & ~none) | (FAR & none);
		memcpy(distance + k, &away, sizeof away);
	}
	memcpy(out + F_AROUND, distance, AROUND_COUNT);
}

/* The sums over an element. */
static void
find_climb(const struct html_page_features *f, uint32_t node, uint8_t *to)
{
	const struct html_block_sum *s = &f->blocks->sum[node], *all = f->blocks->sum;

	to[0] = scale(s->chars);
	to[1] = share(s->linked, s->chars);
	to[2] = scale(s->blocks);
	to[3] = at_most(s->longest, 250);
	to[4] = share(s->chars, all->chars);
	to[5] = share(s->prose, all->prose);
}

/* The sums over the innermost elements, most of which are around the block before it,
 * too. */
static void
put_climb(const struct html_page_features *f, size_t i, uint8_t *out)
{
	uint32_t node = f->blocks->block[i].around.box;

	for (size_t k = 0; k < CLIMB; k++) {
		struct html_climb *c = &f->climb[node % CLIMB_MEMO];

		if (c->node != node + 1) {
			c->node = node + 1;
			find_climb(f, node, c->value);
		}
		memcpy(out + F_CLIMB + k * CLIMB_FEATURES, c->value, CLIMB_FEATURES);
		node = block_above(f->tree, node);
	}
}

static void
put_windows(const struct html_page_features *f, size_t i, uint8_t *out)
{
	static const size_t size[WINDOWS] = { 4, 15 };
	const size_t n = f->blocks->n;

	for (size_t w = 0; w < WINDOWS; w++) {
		const uint32_t *from = sums(f, i > size[w] ? i - size[w] : 0);
		const uint32_t *to = sums(f, n - i > size[w] ? i + size[w] + 1 : n);
		uint8_t *at = out + F_WINDOW + w * WINDOW_FEATURES;
		const uint32_t chars = to[SUM_CHARS] - from[SUM_CHARS];

		at[0] = scale(chars);
		at[1] = share(to[SUM_LINKED] - from[SUM_LINKED], chars);
		at[2] = share(to[SUM_KEPT] - from[SUM_KEPT], chars);
		at[3] = scale(to[SUM_STOPS] - from[SUM_STOPS]);
	}
}

/* The near features of block i; NONE if there is no such block. */
static void
put_near(const struct html_page_features *f, size_t i, uint8_t *out)
{
	if (i < f->blocks->n)
		memcpy(out, f->near[i].near, F_NEAR_END);
	else
		memset(out, NONE, F_NEAR_END);
}

void
html_features_of(const struct html_page_features *f, size_t i, uint8_t *out)
{
	put_near(f, i, out);
	put_own(&f->blocks->block[i], out);
	put_place(f, i, out);
	put_around(&f->blocks->block[i].around, out);
	put_climb(f, i, out);
	for (size_t k = 0; k < NEAR; k++) {
		uint8_t *to = out + F_NEAR + 2 * k * F_NEAR_END;

		put_near(f, i > k ? i - k - 1 : SIZE_MAX, to);
		put_near(f, i + k + 1, to + F_NEAR_END);
	}
	put_windows(f, i, out);
	memcpy(out + F_PAGE, f->page, PAGE_FEATURES);
}

/* A score as a feature: 16 steps per unit of the logarithm of the odds. */
static uint8_t
score_of(const struct html_block *b)
{
	const int score = b->score[0] / (JUDGE_ONE / 16);

	return (uint8_t)(128 + (score < -127 ? -127 : score > 127 ? 127 : score));
}

void
html_features_begin_scores(struct html_page_features *f)
{
	const struct html_blocks *b = f->blocks;
	uint32_t *s = f->sums;

	for (size_t i = 0; i < b->n; i++)
		b->block[i].member_score = 0;
	for (size_t i = 0; i < b->n; i++, s += SUMS) {
		const struct html_block *k = &b->block[i];

		b->block[k->group].member_score += score_of(k);
		s[SUMS + SUM_SCORE] = s[SUM_SCORE] + score_of(k);
		s[SUMS + SUM_LIKELY] = s[SUM_LIKELY] + (k->score[0] > 0 ? k->chars : 0);
	}
}

/* The mean score of some blocks. */
static uint8_t
mean_score(const struct html_page_features *f, size_t from, size_t to)
{
	if (from == to)
		return 128;
	return (uint8_t)((sums(f, to)[SUM_SCORE] - sums(f, from)[SUM_SCORE]) /
			 (uint32_t)(to - from));
}

void
html_features_of_scores(const struct html_page_features *f, size_t i, uint8_t *out)
{
	enum { WINDOW = 8 };
	const struct html_blocks *b = f->blocks;
	const struct html_block *first = &b->block[b->block[i].group];
	const size_t n = b->n;
	uint32_t node = b->block[i].around.box;

	out[F_SCORE] = score_of(&b->block[i]);
	for (size_t k = 1; k <= NEAR_SCORES; k++) {
		uint8_t *to = out + F_SCORE_NEAR + 2 * (k - 1);

		to[0] = i >= k ? score_of(&b->block[i - k]) : 0;
		to[1] = i + k < n ? score_of(&b->block[i + k]) : 0;
	}
	out[F_SCORE_WINDOW] = mean_score(
	    f, i > WINDOW ? i - WINDOW : 0, n - i > WINDOW ? i + WINDOW + 1 : n);
	for (unsigned k = 0; k < CLIMB; k++) {
		const struct html_block_sum *s = &b->sum[node];

		out[F_SCORE_CLIMB + k] = mean_score(f, s->first, s->first + s->blocks);
		node = block_above(f->tree, node);
	}
	out[F_SCORE_GROUP] = (uint8_t)(first->member_score / first->members);
	out[F_SCORE_PAGE] = mean_score(f, 0, n);
	out[F_SCORE_KEPT] = share(sums(f, n)[SUM_LIKELY], sums(f, n)[SUM_CHARS]);
}
