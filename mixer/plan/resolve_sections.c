/* resolve_sections.c - checks that all shards of a plan have the same targets, pairs and
 * labels.
 */
#include <inttypes.h>

#include "mixer/plan/resolve.h"
#include "shards/tshard/tshard_align.h"
#include "shards/tshard_err.h"

static bool
same_labels(const struct resolved *rp, const struct tshard_align *a)
{
	bool same = rp->nlabels == a->n_labels;

	for (uint32_t i = 0; same && i < rp->nlabels; i++)
		same = strcmp(rp->label[i], a->labels[i]) == 0;
	return same;
}

static void
set_sections(struct resolved *rp, const struct tshard_align *a)
{
	rp->mask = a->mask;
	rp->pairs = a->pairs;
	rp->nlabels = a->n_labels;
	rp->label =
	    arena_alloc(&rp->mem, xmul(a->n_labels + (size_t)1, sizeof *rp->label));
	for (uint32_t i = 0; i < a->n_labels; i++)
		rp->label[i] = arena_copy(&rp->mem, span_of(a->labels[i]));
}

/* The answers of each pair of the shard: *answers, if it is the same for all. */
static int
count_answers(struct tshard *shard, uint32_t *answers, struct tshard_error *e)
{
	enum { SOME = 1024 };
	const uint64_t docs = tshard_header(shard)->docs;
	struct tshard_pair p[SOME];
	uint32_t now = 0;
	size_t n;

	*answers = 0;
	for (uint64_t at = 0; at < docs; at += n) {
		n = docs - at < SOME ? (size_t)(docs - at) : SOME;
		if (tshard_pairs(shard, at, n, p, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++) {
			if (p[i].rank == 0 && at + i > 0) {
				*answers = *answers == 0 || *answers == now ? now : 1;
				now = 0;
			}
			if (p[i].rank != now || *answers == 1) {
				*answers = 1;
				return 0;
			}
			now++;
		}
	}
	if (docs > 0)
		*answers = *answers == 0 || *answers == now ? now : 1;
	return 0;
}

static int
check_answers(const char *name, const struct plan_source *s, struct tshard *shard,
    struct resolved_source *out, struct err *err)
{
	struct tshard_error e = { 0 };
	uint32_t answers;

	if (tshard_check(shard, "PAIR", &e) < 0 || count_answers(shard, &answers, &e) < 0)
		return err_tshard(err, &e);
	if (answers == 0)
		return 0;
	if (answers == 1 || answers > RESOLVED_WINDOW ||
	    (out->answers > 1 && answers != out->answers))
		return err_set(err, EXIT_DATA,
		    "%s:%u: source '%s': the prompts in %s do not all have the same "
		    "number of answers: put each number into a source of its own",
		    name, s->line, s->name, tshard_prefix(shard));
	out->answers = answers;
	return 0;
}

int
resolve_sections(const struct plan *p, const char *name, const struct plan_source *s,
    struct tshard *shard, struct resolved *rp, struct resolved_source *out,
    struct err *err)
{
	bool first = rp->nsources == 1 && out->ninputs == 0;
	struct tshard_align a;

	tshard_align_of(shard, &a);
	if (first)
		set_sections(rp, &a);
	if (rp->mask != (a.mask != 0) || rp->pairs != (a.pairs != 0) ||
	    !same_labels(rp, &a))
		return err_set(err, EXIT_DATA,
		    "%s:%u: source '%s': MASK, PAIR or the labels of %s are not those of "
		    "the shards before it: mix them in runs of their own",
		    name, s->line, s->name, tshard_prefix(shard));
	if (resolved_kind(rp) == TSHARD_SAMPLES && p->align > 1)
		return err_set(err, EXIT_DATA,
		    "%s:%u: source '%s': %s has no targets or labels, so it cannot have "
		    "padding inside a sample: leave out align=",
		    name, s->line, s->name, tshard_prefix(shard));
	if (resolved_kind(rp) != TSHARD_SAMPLES && !p->whole)
		return err_set(err, EXIT_DATA,
		    "%s:%u: source '%s': %s has conversations, which stay whole: write "
		    "'pack bestfit cut=never'",
		    name, s->line, s->name, tshard_prefix(shard));
	if (a.pairs && !a.mask)
		return err_set(err, EXIT_DATA,
		    "%s:%u: source '%s': %s has pairs and no targets: encode it with "
		    "--template",
		    name, s->line, s->name, tshard_prefix(shard));
	return a.pairs ? check_answers(name, s, shard, out, err) : 0;
}
