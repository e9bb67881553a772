/* identify_code.c - the language of a text, from its name, its lines, and a model. */
#include "filters/codeid/identify_code.h"

#include "filters/codeid/clues.h"
#include "lib/base/num.h"

/* What a model must say to overrule a name that says little. */
static const double veto = 0.98;

/* A text with fewer features is one word, again and again, or none. */
enum { FEATURES_MIN = 8 };

/* How often each kind of evidence is right, as tests/bench/codeid_eval.py finds it. */
static const double right[CODE_BYS] = { [CODE_BY_NAME] = 0.995,
	[CODE_BY_EXT] = 0.995,
	[CODE_BY_SHEBANG] = 0.985,
	[CODE_BY_MODELINE] = 0.93,
	[CODE_BY_MAGIC] = 0.985 };

/* The file as it is, from the folder that make runs in. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"codeid_model_bytes:\n"
	".incbin \"filters/codeid/codeid.model\"\n"
	"codeid_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char codeid_model_bytes[], codeid_model_end[];

static int
open_model(struct linear *m, const char *path, struct err *err)
{
	const struct span inside = { codeid_model_bytes,
		(size_t)(codeid_model_end - codeid_model_bytes) };

	return path ? linear_open(m, path, "code", err)
		    : linear_use(m, inside, "code", "the model inside tamis", err);
}

/* The languages of the model's labels.  -1: it is not a model for codeid. */
static int
look_up_labels(struct code_guesser *g, const char *name, struct err *err)
{
	if (g->model.shift != 64 - CODE_BAG_BITS)
		return err_set(err, EXIT_DATA, "%s: not of 2^%d rows: train it again",
		    name, CODE_BAG_BITS);
	for (size_t q = 0; q < g->model.labels; q++) {
		g->lang[q] = code_lang_find(span_of(g->model.label[q]));
		if (g->lang[q] == CODE_NONE)
			return err_set(err, EXIT_DATA,
			    "%s: '%s' is no language that codeid knows: train the model "
			    "with this version of tamis",
			    name, g->model.label[q]);
	}
	return 0;
}

int
code_guesser_open(struct code_guesser *g, const char *path, struct err *err)
{
	*g = (struct code_guesser){ .prose = code_lang_find(SPAN("text")),
		.shell = code_lang_find(SPAN("shell")) };
	if (open_model(&g->model, path, err) < 0)
		return -1;
	if (look_up_labels(g, path ? path : "the model inside tamis", err) < 0) {
		linear_close(&g->model);
		return -1;
	}
	code_names_open(&g->names);
	code_magic_open(&g->magic);
	code_set_add(&g->xml, code_lang_find(SPAN("xml")));
	for (unsigned i = 0; i < code_langs_n; i++)
		code_set_add(&g->allowed, i);
	return 0;
}

void
code_guesser_close(struct code_guesser *g)
{
	code_names_close(&g->names);
	linear_close(&g->model);
}

static struct code_guess
certain(unsigned lang, enum code_by by)
{
	return (struct code_guess){ lang, by, right[by] };
}

/* Fill in scores for the text; false if there is too little in it to go by. */
static bool
score(const struct code_guesser *g, struct code_scratch *s, struct span text)
{
	struct linear_total total = { 0 };

	code_bag_of(&s->bag, text);
	for (size_t i = 0; i < s->bag.n; i += LINEAR_SUM_MAX) {
		const size_t left = s->bag.n - i;
		struct linear_sum sum = { 0 };

		linear_sum_rows(&g->model, s->bag.feature + i,
		    left < LINEAR_SUM_MAX ? left : LINEAR_SUM_MAX, &sum);
		linear_total_add(&total, &sum);
	}
	if (total.n < FEATURES_MIN)
		return false;
	linear_scores(&g->model, &total, s->score);
	return true;
}

/* The best label of the set, with its probability among them. */
static struct code_guess
best_of(const struct code_guesser *g, const struct code_scratch *s,
    const struct code_set *set)
{
	struct code_guess best = { CODE_NONE, CODE_BY_MODEL, 0 };
	float top = 0;
	double sum = 0;

	for (size_t q = 0; q < g->model.labels; q++)
		if (code_set_has(set, g->lang[q]) &&
		    (best.lang == CODE_NONE || s->score[q] > top)) {
			top = s->score[q];
			best.lang = g->lang[q];
		}
	for (size_t q = 0; q < g->model.labels; q++)
		if (code_set_has(set, g->lang[q]))
			sum += num_exp((double)(s->score[q] - top));
	best.p = best.lang == CODE_NONE ? 0 : 1 / sum;
	return best;
}

/* By its first line or by what it says to editors, within a set; CODE_NONE: by neither.
 * left: what is possible yet, if they say that much. */
static struct code_guess
by_clues(const struct code_guesser *g, struct span text, const struct code_set *among,
    struct code_set *left)
{
	const struct span program = code_shebang(text), mode = code_modeline(text);
	struct code_set set;

	if (mode.n) {
		set = code_set_and(code_by_mode(&g->names, mode), *among);
		if (code_set_count(&set) == 1)
			return certain(code_set_first(&set), CODE_BY_MODELINE);
		if (code_set_count(&set))
			*left = set;
	}
	if (program.n) {
		set = code_by_run(&g->names, program);
		if (code_set_has(&set, g->shell)) {
			const struct code_set run =
			    code_by_run(&g->names, code_exec(text));

			set = code_set_count(&run) ? run : set;
		}
		set = code_set_and(set, *among);
		if (code_set_count(&set) == 1)
			return certain(code_set_first(&set), CODE_BY_SHEBANG);
		if (code_set_count(&set))
			*left = set;
	}
	return (struct code_guess){ CODE_NONE, CODE_BY_NOTHING, 0 };
}

/* Nothing tells the languages of a set apart. */
static struct code_guess
first_of(const struct code_set *set, enum code_by by)
{
	struct code_guess r = certain(code_set_first(set), by);

	r.p /= code_set_count(set);
	return r;
}

/* A name that leaves several languages, or one that it does not vouch for. */
static struct code_guess
among_named(const struct code_guesser *g, struct code_scratch *s,
    const struct code_named *named, struct span text)
{
	struct code_set set = named->set;
	struct code_guess r = by_clues(g, text, &named->set, &set), all;
	const struct code_rule *rule;

	if (r.lang != CODE_NONE)
		return r;
	if (code_set_count(&set) > 1) {
		rule = code_magic_find(&g->magic, text, &set, &set, false);
		if (rule)
			return certain(
			    code_lang_find(span_of(rule->lang)), CODE_BY_MAGIC);
	}
	if (!score(g, s, text))
		return first_of(&set, named->by);
	all = best_of(g, s, &g->allowed);
	if (named->weak && all.p >= veto && !code_set_has(&set, all.lang) &&
	    (all.lang == g->prose || code_set_count(&set) == 1))
		return all;
	if (code_set_count(&set) == 1)
		return first_of(&set, named->by);
	r = best_of(g, s, &set);
	/* The model may know none of them. */
	return r.lang == CODE_NONE ? first_of(&set, named->by) : r;
}

static struct code_guess
by_content(const struct code_guesser *g, struct code_scratch *s, struct span text)
{
	struct code_set set = g->allowed, top = { 0 };
	struct code_guess r = by_clues(g, text, &g->allowed, &set);
	const struct code_rule *rule;

	if (r.lang != CODE_NONE)
		return r;
	if (!score(g, s, text))
		return r;
	r = best_of(g, s, &set);
	if (r.lang == CODE_NONE)
		return r;
	code_set_add(&top, r.lang);
	rule = code_magic_find(&g->magic, text, &top, &set, false);
	if (rule)
		return certain(code_lang_find(span_of(rule->lang)), CODE_BY_MAGIC);
	if (r.p < g->min_p)
		r.lang = CODE_NONE;
	return r;
}

struct code_guess
code_guess(const struct code_guesser *g, struct code_scratch *s, struct span path,
    struct span text)
{
	struct code_named named = code_by_name(&g->names, path);
	const struct code_rule *rule;

	named.set = code_set_and(named.set, g->allowed);
	if (code_set_count(&named.set) == 0)
		return by_content(g, s, text);
	if (named.weak || code_set_count(&named.set) > 1)
		return among_named(g, s, &named, text);
	rule = code_magic_find(&g->magic, text, &named.set, &g->xml, true);
	if (rule)
		return certain(code_lang_find(span_of(rule->lang)), CODE_BY_MAGIC);
	return certain(code_set_first(&named.set), named.by);
}
