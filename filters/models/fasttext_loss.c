/* fasttext_loss.c - compute label probabilities from the hidden layer of a fastText
 * model. */
#include <math.h>
#include <stdlib.h>

#include "filters/models/fasttext_impl.h"
#include "lib/base/num.h"

/* fastText's logarithm, which is finite for p = 0 and at most 1e-5. */
static float
log_of(float p)
{
	return (float)num_ln((double)p + 1e-5);
}

/* Hierarchical softmax omits labels whose score is lower. */
static float
log_of_zero(void)
{
	return log_of(0);
}

static float
probability(float score)
{
	return (float)num_exp((double)score);
}

static float
sigmoid_exact(float x)
{
	float e = (float)num_exp(-(double)x);

	return (float)(1.0 / (double)(1 + e));
}

void
ft_sigmoid_build(float table[FT_SIGMOID + 1])
{
	for (int i = 0; i <= FT_SIGMOID; i++) {
		float x = (float)(i * 16) / FT_SIGMOID - 8;

		table[i] = (float)(1.0 / (1.0 + (double)(float)num_exp(-(double)x)));
	}
}

static float
sigmoid(const struct fasttext *m, float x)
{
	if (x < -8)
		return 0;
	if (x > 8)
		return 1;
	return m->sigmoid[(size_t)((x + 8) * FT_SIGMOID / 8 / 2)];
}

/*
 * Repeatedly join the two least frequent nodes that have no parent.  Labels are sorted by
 * descending frequency, and of equally frequent nodes the inner one is taken first, as
 * libfasttext does.
 */
bool
ft_tree_build(struct ft_tree *t, const struct ft_dict *d)
{
	const uint32_t labels = d->n - d->words, inner = labels - 1;
	int64_t *count = xcalloc(2 * (size_t)labels, sizeof *count);
	uint32_t *depth = xcalloc(2 * (size_t)labels, sizeof *depth);
	uint32_t leaf = labels, node = labels;
	bool sound = labels <= UINT32_MAX / 2;

	t->child = xcalloc(labels, sizeof *t->child);
	t->parent = xcalloc(2 * (size_t)labels, sizeof *t->parent);
	for (uint32_t i = 0; i < labels && sound; i++) {
		count[i] = ft_dict_count(d, i);
		/* The bounds prevent overflow, and the use of nodes before they exist. */
		sound = count[i] >= 0 && count[i] < INT64_C(1000000000000000);
	}
	for (uint32_t i = 0; i < inner && sound; i++) {
		uint32_t *pair = t->child[i], self = labels + i;

		for (int k = 0; k < 2; k++) {
			bool take_leaf =
			    leaf > 0 && (node == self || count[leaf - 1] < count[node]);

			pair[k] = take_leaf ? --leaf : node++;
			t->parent[pair[k]] = self;
		}
		sound =
		    !__builtin_add_overflow(count[pair[0]], count[pair[1]], &count[self]);
	}
	/* A parent's number is higher than those of its children, so this goes from the
	 * root down. */
	t->depth = 1;
	for (uint32_t i = inner; i-- > 0 && sound;)
		for (int k = 0; k < 2; k++) {
			uint32_t c = t->child[i][k];

			depth[c] = depth[labels + i] + 1;
			if (depth[c] + 1 > t->depth)
				t->depth = depth[c] + 1;
		}
	free(count);
	free(depth);
	return sound;
}

/* A min-heap by probability.  Which of several equal guesses survive, and in which order,
 * depends on the implementation, so this is libstdc++'s push_heap. */
static void
sift_up(struct fasttext_guess *heap, size_t i, struct fasttext_guess g)
{
	while (i > 0 && heap[(i - 1) / 2].p > g.p) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = g;
}

/* libstdc++'s pop_heap: move the top to the end, let the hole sink to a leaf along the
 * lower children, fill it with the last element and sift that up. */
static void
pop(struct fasttext_guess *heap, size_t n)
{
	struct fasttext_guess last = heap[--n];
	size_t hole = 0, child;

	heap[n] = heap[0];
	while ((child = 2 * hole + 2) < n) {
		if (heap[child].p > heap[child - 1].p)
			child--;
		heap[hole] = heap[child];
		hole = child;
	}
	if (child == n) {
		heap[hole] = heap[n - 1];
		hole = n - 1;
	}
	sift_up(heap, hole, last);
}

/* Add g to the k best guesses if it is one of them.  The heap holds log-probabilities in
 * .p. */
static void
keep(struct fasttext_guess *heap, size_t *n, uint32_t k, struct fasttext_guess g)
{
	sift_up(heap, (*n)++, g);
	if (*n > k)
		pop(heap, (*n)--);
}

/* Sort the heap into guess, best first, and turn scores into probabilities. */
static int
finish(struct fasttext_guess *heap, size_t n, struct fasttext_guess *guess)
{
	for (size_t left = n; left > 1; left--)
		pop(heap, left);
	for (size_t i = 0; i < n; i++)
		guess[i] =
		    (struct fasttext_guess){ heap[i].label, probability(heap[i].p) };
	return (int)n;
}

/* Compute the scores of both children of an inner node; score[0] is its own on entry.
 * Returns false if a weight is NaN or infinite. */
static bool
descend(
    const struct fasttext *m, struct fasttext_scratch *s, uint32_t inner, float score[2])
{
	float f = ft_dot(m, s, inner);

	if (!isfinite(f))
		return false;
	f = sigmoid_exact(f);
	score[1] = score[0] + log_of(f);
	score[0] += log_of((float)(1.0 - (double)f));
	return true;
}

/* Depth-first search, left child first, that prunes what cannot be among the best k. */
static int
predict_tree(const struct fasttext *m, struct fasttext_scratch *s, uint32_t k,
    struct fasttext_guess *guess)
{
	const float least = log_of_zero();
	size_t n = 0, todo = 0;

	s->stack[todo++] = (struct ft_step){ 2 * m->labels - 2, 0 };
	while (todo > 0) {
		struct ft_step at = s->stack[--todo];
		float score[2] = { at.score, 0 };

		if (at.score < least || (n == k && at.score < s->heap[0].p))
			continue;
		if (at.node < m->labels) {
			keep(
			    s->heap, &n, k, (struct fasttext_guess){ at.node, at.score });
			continue;
		}
		if (!descend(m, s, at.node - m->labels, score))
			return -1;
		for (int c = 1; c >= 0; c--)
			s->stack[todo++] =
			    (struct ft_step){ m->tree.child[at.node - m->labels][c],
				    score[c] };
	}
	return finish(s->heap, n, guess);
}

/* The probability of one label, from the root down to its leaf; -1 for a damaged
 * model. */
static float
score_leaf(const struct fasttext *m, struct fasttext_scratch *s, uint32_t label)
{
	const float least = log_of_zero();
	const uint32_t root = 2 * m->labels - 2;
	size_t n = 0;
	float at[2] = { 0 };

	for (uint32_t node = label; node != root; node = m->tree.parent[node])
		s->stack[n++].node = node;
	for (uint32_t node = root; n > 0; node = s->stack[n].node) {
		uint32_t inner = node - m->labels;

		if (!descend(m, s, inner, at))
			return -1;
		at[0] = at[m->tree.child[inner][1] == s->stack[--n].node];
		if (at[0] < least)
			return 0;
	}
	return probability(at[0]);
}

/* Compute the output layer.  Returns false if a weight is NaN or infinite. */
static bool
activate(const struct fasttext *m, struct fasttext_scratch *s)
{
	float most, sum = 0;

	ft_dot_all(m, s);
	for (uint32_t i = 0; i < m->labels; i++)
		if (!isfinite(s->score[i]))
			return false;
	if (m->loss != FT_SOFTMAX) {
		for (uint32_t i = 0; i < m->labels; i++)
			s->score[i] = sigmoid(m, s->score[i]);
		return true;
	}
	most = s->score[0];
	for (uint32_t i = 1; i < m->labels; i++)
		most = s->score[i] > most ? s->score[i] : most;
	for (uint32_t i = 0; i < m->labels; i++) {
		s->score[i] = (float)num_exp((double)(s->score[i] - most));
		sum += s->score[i];
	}
	for (uint32_t i = 0; i < m->labels; i++)
		s->score[i] /= sum;
	return true;
}

static int
predict_all(const struct fasttext *m, struct fasttext_scratch *s, uint32_t k,
    struct fasttext_guess *guess)
{
	size_t n = 0;
	double bound = 0;

	if (!activate(m, s))
		return -1;
	for (uint32_t i = 0; i < m->labels; i++) {
		struct fasttext_guess g = { i, 0 };

		/* Skip the logarithm where it cannot change the result: rounding to float
		 * cannot make up for a difference of 4e-6. */
		if (n == k && (double)s->score[i] + 1e-5 < bound)
			continue;
		g.p = log_of(s->score[i]);
		if (n == k && g.p < s->heap[0].p)
			continue;
		keep(s->heap, &n, k, g);
		if (n == k)
			bound = ((double)s->score[s->heap[0].label] + 1e-5) * (1 - 4e-6);
	}
	return finish(s->heap, n, guess);
}

int
fasttext_predict(const struct fasttext *m, struct fasttext_scratch *s, struct span text,
    uint32_t k, struct fasttext_guess *guess)
{
	if (!ft_hidden(m, s, text))
		return 0;
	return m->loss == FT_HS ? predict_tree(m, s, k, guess)
				: predict_all(m, s, k, guess);
}

int
fasttext_score(const struct fasttext *m, struct fasttext_scratch *s, struct span text,
    const uint32_t *label, size_t n, float *p)
{
	int rc = 0;

	if (ft_hidden(m, s, text))
		rc = m->loss == FT_HS || activate(m, s) ? 1 : -1;
	for (size_t i = 0; i < n && rc == 1; i++) {
		p[i] = m->loss == FT_HS ? score_leaf(m, s, label[i])
					: probability(log_of(s->score[label[i]]));
		if (p[i] < 0)
			rc = -1;
	}
	for (size_t i = 0; i < n && rc != 1; i++)
		p[i] = 0;
	return rc;
}
