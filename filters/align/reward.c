/* reward.c - sum the attributes of answers into a reward, and select answers by it. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/align/answered.h"
#include "filters/align/attributes.h"
#include "filters/align/prompt_run.h"

enum { MAX_BOUNDS = sizeof(struct opt_list) / sizeof(char *) };

struct reward {
	const char *weights_text;
	double min;
	struct opt_list attrs;
	uint64_t best; /* answers of one prompt to keep; 0: all */

	struct weights weights;
	struct bound bound[MAX_BOUNDS];
	struct prompt_run prompts;
	struct candidate {
		double reward;
		uint64_t ordinal;
	} * group; /* the answers of the current prompt */
	size_t ngroup, group_cap;
	uint64_t *kept; /* a bit for each document: it is among the best */
	uint64_t nkept; /* words */
};

/* What the first pass finds. */
struct judged {
	struct hash128 prompt;
	double reward;
	bool passes; /* the bounds */
};

static const struct reward defaults = { .weights_text = "nemotron4-340b",
	.min = -INFINITY };

static const struct opt opts[] = {
	OPT_STR(0, "weights", struct reward, weights_text, "LIST",
	    "NAME=WEIGHT,..., or nemotron4-340b or llama3-70b"),
	OPT_DOUBLE(0, "min", struct reward, min, "drop answers whose reward is lower"),
	OPT_LIST(0, "attr", struct reward, attrs, "BOUND",
	    "drop answers that fail a bound, such as correctness>=3; may be given again"),
	OPT_U64(0, "best", struct reward, best,
	    "keep the N answers of each prompt with the highest rewards"),
	OPT_END,
};

static int
reward_open(void *self, struct setup *setup, struct err *err)
{
	struct reward *r = self;

	setup->no_text = true;
	setup->passes = r->best ? 2 : 1;
	if (weights_parse(&r->weights, r->weights_text, err) < 0)
		return -1;
	for (size_t i = 0; i < r->attrs.n; i++)
		if (bound_parse(&r->bound[i], "--attr", r->attrs.v[i], err) < 0)
			return -1;
	return 0;
}

static void
reward_close(void *self)
{
	struct reward *r = self;

	prompt_run_free(&r->prompts);
	free(r->group);
	free(r->kept);
}

/* Whether d passes the bounds.  drop: drop it if not.  False, too, if it is bad. */
static bool
in_bounds(const struct reward *r, struct doc *d, double reward, bool drop)
{
	bool ok = reward >= r->min;
	double v;

	if (!ok && drop)
		doc_drop_value(d, "reward.min", reward, r->min);
	for (size_t i = 0; i < r->attrs.n; i++) {
		if (!attribute_get(d, r->bound[i].name, &v))
			return false;
		if (bound_holds(&r->bound[i], v))
			continue;
		ok = false;
		if (drop)
			doc_drop_value(d, "reward.attr", v, r->bound[i].v);
	}
	return ok;
}

/* Set the reward of d, and drop d if it is out of bounds. */
static bool
act(const struct reward *r, struct doc *d)
{
	double reward;

	if (!weights_sum(&r->weights, d, &reward))
		return false;
	attribute_set(d, SPAN("reward"), reward);
	return in_bounds(r, d, reward, true);
}

static void
reward_map(const void *self, void *scratch, struct doc *d)
{
	const struct reward *r = self;
	struct answered *a = scratch;
	struct judged *j;

	if (!r->best) {
		act(r, d);
		return;
	}
	j = doc_alloc(d, sizeof *j);
	doc_state_set(d, j);
	if (!weights_sum(&r->weights, d, &j->reward) ||
	    !answered_read(a, d, TURNS_END_ASSISTANT))
		return;
	j->passes = in_bounds(r, d, j->reward, false);
	j->prompt = answered_prompt(a);
}

/* The highest reward first; of equal ones, the earlier document. */
static int
by_reward(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->reward != y->reward)
		return x->reward < y->reward ? 1 : -1;
	return x->ordinal < y->ordinal ? -1 : 1;
}

/* Decide on the answers of the current prompt, which are complete. */
static void
end_group(struct reward *r)
{
	if (r->ngroup)
		qsort(r->group, r->ngroup, sizeof *r->group, by_reward);
	for (size_t i = 0; i < r->ngroup && i < r->best; i++) {
		const uint64_t at = r->group[i].ordinal;

		if (at / 64 >= r->nkept) {
			const uint64_t n = (at / 64 + 1) * 2;

			r->kept = xrealloc(r->kept, (size_t)n, sizeof *r->kept);
			memset(r->kept + r->nkept, 0,
			    (size_t)(n - r->nkept) * sizeof *r->kept);
			r->nkept = n;
		}
		r->kept[at / 64] |= (uint64_t)1 << at % 64;
	}
	r->ngroup = 0;
}

static int
reward_fold(void *self, struct doc *d, struct err *err)
{
	struct reward *r = self;
	const struct judged *j = doc_state(d);

	if (!r->best)
		return 0;
	switch (prompt_run_step(&r->prompts, j->prompt, d)) {
	case PROMPT_BAD:
		return 0;
	case PROMPT_NEW:
		end_group(r);
		break;
	case PROMPT_SAME:
		break;
	}
	if (j->passes) {
		GROW(r->group, r->ngroup, r->group_cap);
		r->group[r->ngroup++] = (struct candidate){ j->reward, doc_ordinal(d) };
	}
	return 0;
}

static int
reward_decide(void *self, struct err *err)
{
	end_group(self);
	return 0;
}

static void
reward_apply(const void *self, void *scratch, struct doc *d)
{
	const struct reward *r = self;
	const uint64_t at = doc_ordinal(d);

	/* An answer that fails a bound does not compete. */
	if (act(r, d) && (at / 64 >= r->nkept || !(r->kept[at / 64] >> at % 64 & 1)))
		doc_drop(d, "reward.best");
}

const struct filter filter_reward = {
	.name = "reward",
	.summary = "sum the attributes of answers, and select answers by the reward",
	.example = "tamis reward --attr 'correctness>=3' --best 1 answers.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = reward_open,
	.close = reward_close,
	.map = reward_map,
	.fold = reward_fold,
	.decide = reward_decide,
	.apply = reward_apply,
	.open_thread = answered_open,
	.close_thread = answered_close,
};
