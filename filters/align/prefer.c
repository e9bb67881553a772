/* prefer.c - pair the better and worse answers of each prompt by their rewards. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "filters/align/answered.h"
#include "filters/align/attributes.h"
#include "filters/align/line_output.h"
#include "filters/align/prompt_run.h"
#include "lib/base/num.h"
#include "lib/text/json.h"

enum { PICK_BEST_WORST, PICK_BEST_RANDOM, PICK_ALL };
enum { MAX_ANSWERS = 4096 }; /* of one prompt */

/* The fields that a pair has from its chosen answer, and what its rejected one may have
 * different.  The fields of --field follow. */
static const char *const provenance[] = { "topic", "task", "instruction", "source",
	"gen_model", "gen_round" };
enum { GEN_MODEL = 4, NPROVENANCE = 6 };
enum { MAX_FIELDS = NPROVENANCE + sizeof(struct opt_list) / sizeof(char *) };

/* One answer.  The spans are JSON. */
struct rated {
	struct hash128 prompt, text; /* of the answer */
	double reward;
	uint64_t length;   /* characters */
	bool first;	   /* of its prompt */
	bool used;	   /* in a pair */
	struct span turns; /* those of the prompt, with commas */
	struct span answer;
	struct span id; /* p == NULL: none */
	struct span field[MAX_FIELDS];
};

struct prefer {
	unsigned pick;
	double margin, min_chosen, max_ratio;
	struct opt_list fields;

	const struct common *c;
	uint64_t seed;
	struct prompt_run prompts;
	struct rated *group;
	size_t ngroup, group_cap;
	struct arena mem; /* of the group */
	struct line_output out;
	uint64_t answers, used;
	uint64_t nprompts, candidates, pairs, ties, single;
	uint64_t below_margin, below_chosen, below_length;
};

static const struct prefer defaults = { .min_chosen = -INFINITY, .max_ratio = INFINITY };

static const struct opt opts[] = {
	OPT_ENUM(0, "pick", struct prefer, pick, "best-worst|best-random|all",
	    "pairs of each prompt"),
	OPT_DOUBLE(0, "margin", struct prefer, margin,
	    "least difference of the two rewards; default: any above 0"),
	OPT_DOUBLE(0, "min-chosen", struct prefer, min_chosen,
	    "least reward of the chosen answer"),
	OPT_DOUBLE(0, "max-length-ratio", struct prefer, max_ratio,
	    "greatest length of the longer answer by that of the shorter; default: any"),
	OPT_LIST(0, "field", struct prefer, fields, "FIELD",
	    "copy FIELD of the chosen answer, too; may be given again"),
	OPT_END,
};

static int
prefer_open(void *self, struct setup *setup, struct err *err)
{
	struct prefer *p = self;

	setup->no_text = true;
	p->c = setup->c;
	p->seed = setup->c->seed;
	if (p->margin < 0)
		return err_set(err, EXIT_USAGE,
		    "--margin %s: the chosen answer has the higher reward: use 0 or more",
		    NUM_TEXT(p->margin));
	if (p->max_ratio < 1)
		return err_set(err, EXIT_USAGE,
		    "--max-length-ratio %s: it is that of the longer answer to the "
		    "shorter: use 1 or more",
		    NUM_TEXT(p->max_ratio));
	if (line_output_open(&p->out, setup->c, err) == 0)
		return 0;
	line_output_free(&p->out);
	return -1;
}

static void
prefer_close(void *self)
{
	struct prefer *p = self;

	prompt_run_free(&p->prompts);
	free(p->group);
	arena_free(&p->mem);
	line_output_free(&p->out);
}

static const char *
field_name(const struct prefer *p, size_t i)
{
	return i < NPROVENANCE ? provenance[i] : p->fields.v[i - NPROVENANCE];
}

static uint64_t
characters(struct span s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
prefer_map(const void *self, void *scratch, struct doc *d)
{
	const struct prefer *p = self;
	struct answered *a = scratch;
	struct rated *r = doc_alloc(d, sizeof *r);
	struct span text;

	*r = (struct rated){ 0 };
	doc_state_set(d, r);
	if (!attribute_get(d, SPAN("reward"), &r->reward) ||
	    !answered_read(a, d, TURNS_END_ASSISTANT))
		return;
	text = answered_text(a);
	r->prompt = answered_prompt(a);
	r->text = hash128(text, 0);
	r->length = characters(text);
	r->answer = a->turns.v[a->turns.n - 1].json;
	a->buf.n = 0;
	for (size_t i = 0; i + 1 < a->turns.n; i++) {
		if (i)
			buf_putc(&a->buf, ',');
		buf_put(&a->buf, a->turns.v[i].json.p, a->turns.v[i].json.n);
	}
	r->turns = doc_copy(d, buf_span(&a->buf));
	doc_get(d, span_of(p->c->id), &r->id);
	for (size_t i = 0; i < NPROVENANCE + p->fields.n; i++)
		doc_get(d, span_of(field_name(p, i)), &r->field[i]);
}

static int
prefer_fold(void *self, struct doc *d, struct err *err)
{
	struct prefer *p = self;
	struct rated *r = doc_state(d);

	r->first = prompt_run_step(&p->prompts, r->prompt, d) == PROMPT_NEW;
	return 0;
}

/* The name of a pair: by its content, so that it is the same wherever the answers are. */
static void
put_id(const struct rated *c, const struct rated *r, struct json_writer *w)
{
	const struct hash128 parts[] = { c->prompt, c->text, r->text };
	char hex[33];

	hash128_hex(hash128((struct span){ (const char *)parts, sizeof parts }, 0), hex);
	jw_str(jw_key(w, "id"), (struct span){ hex, 16 });
}

static void
put_list(const char *key, struct span turns, struct json_writer *w)
{
	jw_array(jw_key(w, key));
	jw_raw(w, turns);
	jw_end(w);
}

static void
put_reward(const char *key, double v, struct json_writer *w)
{
	struct buf b = { 0 };

	attribute_put(&b, v);
	jw_raw(jw_key(w, key), buf_span(&b));
	buf_free(&b);
}

static void
put_pair(struct prefer *p, const struct rated *c, const struct rated *r)
{
	struct json_writer writer = { .out = &p->out.b }, *w = &writer;

	jw_object(w);
	put_id(c, r, w);
	put_list("prompt", c->turns, w);
	put_list("chosen", c->answer, w);
	put_list("rejected", r->answer, w);
	put_reward("chosen_reward", c->reward, w);
	put_reward("rejected_reward", r->reward, w);
	if (c->id.p)
		jw_raw(jw_key(w, "chosen_id"), c->id);
	if (r->id.p)
		jw_raw(jw_key(w, "rejected_id"), r->id);
	for (size_t i = 0; i < NPROVENANCE + p->fields.n; i++)
		if (c->field[i].p)
			jw_raw(jw_any_key(w, span_of(field_name(p, i))), c->field[i]);
	/* The generator of the rejected answer, where it is another one. */
	if (r->field[GEN_MODEL].p && !span_eq(r->field[GEN_MODEL], c->field[GEN_MODEL]))
		jw_raw(jw_key(w, "rejected_gen_model"), r->field[GEN_MODEL]);
	if (r->field[GEN_MODEL + 1].p &&
	    !span_eq(r->field[GEN_MODEL + 1], c->field[GEN_MODEL + 1]))
		jw_raw(jw_key(w, "rejected_gen_round"), r->field[GEN_MODEL + 1]);
	jw_end(w);
	buf_putc(&p->out.b, '\n');
}

/* Whether neither of two answers is better. */
static bool
is_tie(const struct rated *a, const struct rated *b)
{
	return a->reward == b->reward || hash128_eq(a->text, b->text);
}

/* Write the candidate, or count why not.  c has the higher reward unless it is a tie. */
static int
consider(struct prefer *p, struct rated *c, struct rated *r, struct err *err)
{
	const double longer = (double)(c->length > r->length ? c->length : r->length),
		     shorter = (double)(c->length > r->length ? r->length : c->length);

	p->candidates++;
	if (is_tie(c, r)) {
		p->ties++;
	} else if (c->reward - r->reward < p->margin) {
		p->below_margin++;
	} else if (c->reward < p->min_chosen) {
		p->below_chosen++;
	} else if (longer > p->max_ratio * shorter) {
		p->below_length++;
	} else {
		p->pairs++;
		p->used += (uint64_t)!c->used + (uint64_t)!r->used;
		c->used = r->used = true;
		put_pair(p, c, r);
		return line_output_flush(&p->out, err);
	}
	return 0;
}

/* The first answer with the highest reward. */
static struct rated *
best_of(struct prefer *p)
{
	struct rated *best = p->group;

	for (size_t i = 1; i < p->ngroup; i++)
		if (p->group[i].reward > best->reward)
			best = &p->group[i];
	return best;
}

/* The first answer with the lowest reward. */
static struct rated *
worst_of(struct prefer *p)
{
	struct rated *worst = p->group;

	for (size_t i = 1; i < p->ngroup; i++)
		if (p->group[i].reward < worst->reward)
			worst = &p->group[i];
	return worst;
}

/* One of the answers that are worse than the best, by the seed and the prompt; any other
 * one if all are as good. */
static struct rated *
random_of(struct prefer *p, const struct rated *best)
{
	const uint64_t random = hash64(
	    (struct span){ (const char *)&best->prompt, sizeof best->prompt }, p->seed);
	struct rated *found = best == p->group ? p->group + 1 : p->group;
	uint64_t n = 0, pick;

	for (size_t i = 0; i < p->ngroup; i++)
		n += !is_tie(best, &p->group[i]);
	pick = n ? random % n : 0;
	for (size_t i = 0; i < p->ngroup; i++)
		if (!is_tie(best, &p->group[i]) && pick-- == 0)
			found = &p->group[i];
	return found;
}

static int
consider_all(struct prefer *p, struct err *err)
{
	for (size_t i = 0; i < p->ngroup; i++)
		for (size_t k = i + 1; k < p->ngroup; k++) {
			struct rated *a = &p->group[i], *b = &p->group[k];

			if ((a->reward >= b->reward ? consider(p, a, b, err)
						    : consider(p, b, a, err)) < 0)
				return -1;
		}
	return 0;
}

static int
end_prompt(struct prefer *p, struct err *err)
{
	int rc = 0;

	if (p->ngroup == 0)
		return 0;
	p->nprompts++;
	if (p->ngroup == 1) {
		p->candidates++;
		p->single++;
	} else if (p->pick == PICK_ALL) {
		rc = consider_all(p, err);
	} else {
		struct rated *best = best_of(p), *other = worst_of(p);

		if (p->pick == PICK_BEST_RANDOM || other == best)
			other = random_of(p, best);
		rc = consider(p, best, other, err);
	}
	p->ngroup = 0;
	arena_reset(&p->mem);
	return rc;
}

static void
copy(struct prefer *p, struct span *s)
{
	if (s->p)
		s->p = arena_copy(&p->mem, *s);
}

static int
prefer_write(void *self, struct doc *d, struct err *err)
{
	struct prefer *p = self;
	struct rated *r = doc_state(d);

	if (r->first && end_prompt(p, err) < 0)
		return -1;
	if (p->ngroup == MAX_ANSWERS)
		return err_set(err, EXIT_DATA,
		    "document %.*s: its prompt has more than %d answers: select some "
		    "with tamis reward --best",
		    (int)(doc_id(d).n < 100 ? doc_id(d).n : 100), doc_id(d).p,
		    MAX_ANSWERS);
	GROW(p->group, p->ngroup, p->group_cap);
	p->answers++;
	p->group[p->ngroup] = *r;
	r = &p->group[p->ngroup++];
	copy(p, &r->turns);
	copy(p, &r->answer);
	copy(p, &r->id);
	for (size_t i = 0; i < NPROVENANCE + p->fields.n; i++)
		copy(p, &r->field[i]);
	return 0;
}

static int
prefer_end(void *self, struct err *err)
{
	return end_prompt(self, err);
}

static uint64_t
prefer_drops(const void *self, const char **rule)
{
	const struct prefer *p = self;

	*rule = "prefer.unpaired";
	return p->answers - p->used;
}

static void
prefer_statistics(const void *self, struct json_writer *w)
{
	const struct prefer *p = self;

	jw_u64(jw_key(w, "prompts"), p->nprompts);
	jw_u64(jw_key(w, "candidates"), p->candidates);
	jw_u64(jw_key(w, "pairs"), p->pairs);
	jw_u64(jw_key(w, "ties"), p->ties);
	jw_u64(jw_key(w, "below_margin"), p->below_margin);
	jw_u64(jw_key(w, "below_min_chosen"), p->below_chosen);
	jw_u64(jw_key(w, "above_length_ratio"), p->below_length);
	jw_u64(jw_key(w, "single"), p->single);
}

static int
prefer_finish(void *self, struct span report, struct err *err)
{
	struct prefer *p = self;

	return line_output_commit(&p->out, err);
}

static struct file_digest
prefer_output(const void *self)
{
	return line_output_digest(&((const struct prefer *)self)->out);
}

static void
prefer_remark(const void *self)
{
	const struct prefer *p = self;

	if (!p->c->quiet)
		msg("%" PRIu64 " candidate%s of %" PRIu64 " prompt%s: %" PRIu64
		    " pair%s, %" PRIu64 " tie%s, %" PRIu64 " below a bound, %" PRIu64
		    " single",
		    p->candidates, plural(p->candidates), p->nprompts,
		    plural(p->nprompts), p->pairs, plural(p->pairs), p->ties,
		    plural(p->ties), p->below_margin + p->below_chosen + p->below_length,
		    p->single);
}

static const struct sink prefer_sink = {
	.write = prefer_write,
	.drops = prefer_drops,
	.statistics = prefer_statistics,
	.finish = prefer_finish,
	.output = prefer_output,
};

const struct filter filter_prefer = {
	.name = "prefer",
	.summary = "pair better and worse answers of each prompt by their rewards",
	.example = "tamis prefer --margin 0.5 --min-chosen 4 -o pairs.jsonl rated.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = prefer_open,
	.close = prefer_close,
	.map = prefer_map,
	.fold = prefer_fold,
	.end = prefer_end,
	.remark = prefer_remark,
	.open_thread = answered_open,
	.close_thread = answered_close,
	.selects = true,
	.sink = &prefer_sink,
};
