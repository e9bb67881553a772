/* html_judge.c - judge the blocks of a page by the model, and keep or drop them. */
#include "filters/web/judge/html_judge.h"

#include <stdlib.h>

#include "filters/web/judge/html_whole.h"

/* The features of so many batches of blocks are kept between the stages. */
enum { BATCHES_KEPT = 64 };
/* A page with fewer characters or blocks is left to the rules. */
enum { CHARS_MIN = 200, BLOCKS_MIN = 3 };
/* And so is one of many nodes with fewer bytes of HTML each.  Of 1,810 real pages the
 * densest has 22; an attack has 3. */
enum { NODES_MANY = 16384, NODE_BYTES = 12 };
/* The model is certain that a page has no main text if no block that the rules keep has
 * this score. */
enum { CERTAIN = -3 * JUDGE_ONE };
/* The lowest bound of scores. */
enum { BOUND_MIN = -JUDGE_ONE };

static int16_t
score_of(int32_t sum)
{
	const int32_t score = sum / (MODEL_ONE / JUDGE_ONE);

	return (int16_t)(score < INT16_MIN   ? INT16_MIN
			 : score > INT16_MAX ? INT16_MAX
					     : score);
}

/* 16 bytes in a register of every processor that has vectors. */
enum { WIDTH = 16 };
typedef uint8_t bytes __attribute__((vector_size(WIDTH)));

/* Interleave the first and the second half of a square. */
static inline void
interleave(const bytes v[WIDTH], bytes to[WIDTH])
{
#define PAIR(i, j)                                                                       \
	to[j] = __builtin_shufflevector(v[i], v[(i) + WIDTH / 2], 0, 16, 1, 17, 2, 18,   \
	    3, 19, 4, 20, 5, 21, 6, 22, 7, 23);                                          \
	to[(j) + 1] = __builtin_shufflevector(v[i], v[(i) + WIDTH / 2], 8, 24, 9, 25,    \
	    10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
	PAIR(0, 0);
	PAIR(1, 2);
	PAIR(2, 4);
	PAIR(3, 6);
	PAIR(4, 8);
	PAIR(5, 10);
	PAIR(6, 12);
	PAIR(7, 14);
#undef PAIR
}

/* Turn WIDTH features of WIDTH blocks: those of a block are a row of `from`, and those of
 * all blocks one of `to`. */
static void
turn_square(uint8_t (*from)[JUDGE_FEATURES], size_t at, uint8_t *to)
{
	bytes v[WIDTH], next[WIDTH];

	for (size_t i = 0; i < WIDTH; i++)
		memcpy(&v[i], from[i] + at, sizeof v[i]);
	/* The binary logarithm of WIDTH is 4. */
	interleave(v, next);
	interleave(next, v);
	interleave(v, next);
	interleave(next, v);
	for (size_t i = 0; i < WIDTH; i++)
		memcpy(to + i * MODEL_LANES, &v[i], sizeof v[i]);
}

/* The features of MODEL_LANES blocks from i on.  Those of the first stage are kept for
 * the second where there is room. */
static uint8_t *
features_of(struct html_judge *j, size_t i, size_t n, unsigned stage)
{
	const size_t batch = i / MODEL_LANES;
	const bool room = batch < BATCHES_KEPT - 1;
	const size_t from = stage == FOREST_STAGE2 && room ? F_STAGE1 : 0;
	const size_t to = stage == FOREST_STAGE1 ? F_STAGE1 : F_STAGE2;
	uint8_t *x = j->x[room ? batch : BATCHES_KEPT - 1];

	for (size_t k = 0; k < n; k++) {
		if (from == 0)
			html_features_of(&j->features, i + k, j->row[k]);
		if (stage == FOREST_STAGE2)
			html_features_of_scores(&j->features, i + k, j->row[k]);
	}
	for (size_t lane = 0; lane < n; lane += WIDTH)
		for (size_t at = from; at < to; at += WIDTH)
			turn_square(j->row + lane, at, x + at * MODEL_LANES + lane);
	return x;
}

/* Compute the scores of all blocks in one stage. */
static void
judge_stage(struct html_judge *j, unsigned stage)
{
	struct html_blocks *b = &j->blocks;
	int32_t sum[MODEL_LANES];

	for (size_t i = 0; i < b->n; i += MODEL_LANES) {
		const size_t n = b->n - i < MODEL_LANES ? b->n - i : MODEL_LANES;

		html_model_scores(j->model, stage, features_of(j, i, n, stage), sum);
		for (size_t k = 0; k < n; k++)
			b->block[i + k].score[stage] = score_of(sum[k]);
	}
}

/* Find the most likely type of the page. */
static void
find_type(struct html_judge *j)
{
	const uint8_t *x = features_of(j, 0, 1, FOREST_STAGE2);
	int32_t sum[MODEL_LANES];
	double all = 0, p[PAGE_TYPES];

	j->type = PAGE_ARTICLE;
	for (unsigned k = 0; k < PAGE_TYPES; k++) {
		html_model_scores(j->model, FOREST_TYPES + k, x, sum);
		p[k] = html_model_probability(score_of(sum[0]));
		all += p[k];
		if (p[k] > p[j->type])
			j->type = (enum html_page_type)k;
	}
	j->type_p = p[j->type] / all;
}

enum { BINS = 256, BIN_SIZE = JUDGE_ONE / 16 };

/* The bin of a score; the middle one begins at 0. */
static int
bin_of(int score)
{
	const int at = score + BINS / 2 * BIN_SIZE;

	return at < 0 ? 0 : at >= BINS * BIN_SIZE ? BINS - 1 : at / BIN_SIZE;
}

/*
 * The bound of scores that is best for the expected F1 of a page: the probabilities say
 * how much of the text above each bound, and of all text, is main text.  So a page of
 * which little is certain has a lower bound.
 */
static int16_t
best_bound(const struct html_blocks *b)
{
	uint64_t chars[BINS] = { 0 }, seen = 0;
	double likely[BINS] = { 0 }, all = 0, above = 0, best = -1;
	int bound = BINS / 2;

	for (size_t i = 0; i < b->n; i++)
		chars[bin_of(b->block[i].score[1])] += b->block[i].chars;
	for (int i = 0; i < BINS; i++) {
		if (!chars[i])
			continue;
		likely[i] =
		    (double)chars[i] * html_model_probability((i - BINS / 2) * BIN_SIZE);
		all += likely[i];
	}
	for (int i = BINS - 1; i >= 0; i--) {
		double f1;

		if (!chars[i])
			continue;
		seen += chars[i];
		above += likely[i];
		f1 = above / ((double)seen + all);
		if (f1 > best) {
			best = f1;
			bound = i;
		}
	}
	bound = (bound - BINS / 2) * BIN_SIZE;
	return (int16_t)(bound > BOUND_MIN ? bound : BOUND_MIN);
}

/* Whether two blocks have the same text, byte by byte. */
static bool
same_text(
    const struct html_tree *t, const struct html_block *a, const struct html_block *b)
{
	if (a->chars != b->chars || a->last - a->first != b->last - b->first)
		return false;
	for (size_t i = a->first, k = b->first; i <= a->last; i++, k++) {
		const struct html_node *m = &t->node[i], *n = &t->node[k];

		if (m->tag != n->tag || m->len != n->len)
			return false;
		if (m->tag == T_TEXT &&
		    memcmp(t->text.p + m->off, t->text.p + n->off, m->len) != 0)
			return false;
	}
	return true;
}

/* Drop a copy of a block, and in a quotation the label before it, such as "Anna wrote:".
 */
static void
drop_copy(struct html_blocks *b, struct html_block *k)
{
	enum { LABEL_MAX = 60 };

	k->keep = false;
	k->why = WHY_COPY;
	if (k == b->block || !k->around.at[AROUND_QUOTE])
		return;
	k--;
	if (k->keep && k->around.at[AROUND_QUOTE] && k->ends_colon &&
	    k->chars <= LABEL_MAX) {
		k->keep = false;
		k->why = WHY_COPY;
	}
}

/* Whether a copy is better than another: outside a quotation, else of a higher score. */
static bool
is_better(const struct html_block *a, const struct html_block *b)
{
	const bool in_a = a->around.at[AROUND_QUOTE], in_b = b->around.at[AROUND_QUOTE];

	return in_a != in_b ? in_b : a->score[1] > b->score[1];
}

/* Keep one copy of a line that a page repeats, such as a quotation of an earlier post.
 * Articles and manuals may repeat themselves, and so may
 * code and tables. */
static void
drop_copies(struct html_judge *j, const struct html_tree *t)
{
	enum { WORDS_MIN = 8 };
	struct html_blocks *b = &j->blocks;

	if (j->type == PAGE_ARTICLE || j->type == PAGE_DOCUMENTATION)
		return;
	for (size_t i = 0; i < b->n; i++) {
		struct html_block *k = &b->block[i], *first = &b->block[k->same];
		struct html_block *best = &b->block[first->best];
		const unsigned tag = t->node[k->around.box].tag;

		if (first == k)
			first->best = (uint32_t)i;
		if (first == k || !k->keep || k->words < WORDS_MIN || tag == T_PRE ||
		    tag == T_TR || !same_text(t, best, k))
			continue;
		if (is_better(k, best)) {
			if (best->keep)
				drop_copy(b, best);
			first->best = (uint32_t)i;
		} else if (best->keep) {
			drop_copy(b, k);
		}
	}
}

/* Set the verdicts.  Returns false if the rules decide. */
static bool
decide(struct html_judge *j)
{
	struct html_blocks *b = &j->blocks;
	uint64_t chars = 0, kept = 0;
	bool certain = true;

	j->bound = best_bound(b);
	for (size_t i = 0; i < b->n; i++) {
		struct html_block *k = &b->block[i];

		k->keep = k->score[1] >= j->bound;
		chars += k->chars;
		kept += k->keep ? k->chars : 0;
		if (k->kept > 0 && k->score[1] > CERTAIN)
			certain = false;
	}
	if (b->n < BLOCKS_MIN || chars < CHARS_MIN)
		return false;
	return kept > 0 || certain;
}

/* Set N_KEEP and N_DROP by the verdicts. */
static void
apply(const struct html_blocks *b, struct html_tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct html_node *n = &t->node[i];

		n->score = 0;
		n->flags &= ~(uint32_t)N_KEEP;
		if (i > 0 && !html_is_fixed(t, n))
			n->flags &= ~(uint32_t)N_DROP;
		else if (i > 0)
			n->flags |= N_DROP;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct html_block *k = &b->block[i];

		for (size_t m = k->first; m <= k->last; m++) {
			struct html_node *n = &t->node[m];

			if (n->tag != T_TEXT || n->chars == 0)
				continue;
			if (k->keep)
				n->score = 1;
			else
				n->flags |= N_DROP;
		}
	}
	/* An element without any kept text is dropped as a whole. */
	for (size_t i = t->n; i-- > 1;) {
		struct html_node *n = &t->node[i];

		if (n->score && !(n->flags & N_DROP))
			t->node[n->parent].score = 1;
		else if (n->tag != T_TEXT && n->tag != T_BR)
			n->flags |= N_DROP;
	}
	t->node[0].flags |= N_KEEP;
}

/* Whether a page is so dense that the time to judge it would be many times that of other
 * pages of its size. */
static bool
is_dense(const struct html_tree *t)
{
	return t->n > NODES_MANY &&
	       (size_t)(t->source->end - t->source->begin) / t->n < NODE_BYTES;
}

void
html_judge_page(struct html_judge *j, struct html_tree *t)
{
	j->decided = false;
	j->passed = is_dense(t);
	if (j->passed)
		return;
	if (!j->x)
		j->x = xcalloc(BATCHES_KEPT, sizeof *j->x);
	if (!j->row)
		j->row = xcalloc(MODEL_LANES, sizeof *j->row);
	html_blocks_find(&j->blocks, t);
	html_features_begin(&j->features, t, &j->blocks);
	if (j->blocks.n == 0)
		return;
	/* A model without trees is for training. */
	if (j->model->first[FOREST_TYPES] == 0)
		return;
	judge_stage(j, FOREST_STAGE1);
	html_features_begin_scores(&j->features);
	judge_stage(j, FOREST_STAGE2);
	find_type(j);
	j->decided = decide(j);
	if (!j->decided)
		return;
	html_recast_code(t);
	html_make_whole(&j->blocks, t);
	drop_copies(j, t);
	if (t->want & WANT_IMAGES)
		html_note_images(t);
	apply(&j->blocks, t);
	if (t->want & WANT_IMAGES)
		html_restore_images(t);
	html_drop_furniture(t);
	html_drop_permalinks(t, 0);
}

void
html_judge_free(struct html_judge *j)
{
	html_blocks_free(&j->blocks);
	html_features_free(&j->features);
	free(j->x);
	free(j->row);
	j->x = NULL;
	j->row = NULL;
}
