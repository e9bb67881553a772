/* identify_code.c - combine file name, clues, constructs and model into one answer. */
#include "filters/codeid/identify_code.h"

#include "filters/codeid/clues.h"
#include "lib/base/num.h"

/* The least probability with which the model overrules a weak file name. */
static const double veto_p = 0.98;

/* A text with fewer features is empty or repeats one word. */
enum { FEATURES_MIN = 8 };

/* The accuracy of each kind of evidence, measured with tests/bench/codeid_eval.py. */
static const double accuracy[CODE_BYS] = { [CODE_BY_NAME] = 0.995,
	[CODE_BY_EXT] = 0.995,
	[CODE_BY_SHEBANG] = 0.985,
	[CODE_BY_MODELINE] = 0.93,
	[CODE_BY_CONSTRUCT] = 0.985 };

/* The path is relative to the root of the source tree, where make runs. */
__asm__(".section .rodata\n"
	".balign 64\n"
	"codeid_model_bytes:\n"
	".incbin \"filters/codeid/codeid.model\"\n"
	"codeid_model_end:\n"
	".byte 0\n"
	".text\n");

extern const char codeid_model_bytes[], codeid_model_end[];

static int
open_model(struct linear_model *m, const char *path, struct err *err)
{
	const struct span built_in = { codeid_model_bytes,
		(size_t)(codeid_model_end - codeid_model_bytes) };

	return path ? linear_open(m, path, "code", err)
		    : linear_parse(m, built_in, "code", "built-in model", err);
}

/* Look up the language of each label.  Returns -1 if it is not a model of codeid-train.
 */
static int
look_up_labels(struct code_guesser *g, const char *name, struct err *err)
{
	if (g->model.shift != 64 - CODE_FEATURE_BITS)
		return err_set(err, EXIT_DATA,
		    "%s: model has 2^%u rows, codeid needs 2^%d: retrain it", name,
		    64 - g->model.shift, CODE_FEATURE_BITS);
	for (size_t q = 0; q < g->model.labels; q++) {
		g->lang[q] = code_lang_find(span_of(g->model.label[q]));
		if (g->lang[q] == CODE_NONE)
			return err_set(err, EXIT_DATA,
			    "%s: label '%s' is not a language of codeid: retrain the "
			    "model with this version of tamis",
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
	if (look_up_labels(g, path ? path : "built-in model", err) < 0) {
		linear_close(&g->model);
		return -1;
	}
	file_names_open(&g->names);
	constructs_open(&g->constructs);
	code_set_add(&g->xml, code_lang_find(SPAN("xml")));
	for (unsigned i = 0; i < code_langs_n; i++)
		code_set_add(&g->allowed, i);
	return 0;
}

void
code_guesser_close(struct code_guesser *g)
{
	file_names_close(&g->names);
	linear_close(&g->model);
}

/* An answer that needs no model. */
static struct code_guess
certain(unsigned lang, enum code_by by)
{
	return (struct code_guess){ lang, by, accuracy[by] };
}

/* Score all labels for the text.  Returns false if it has too few features. */
static bool
score(const struct code_guesser *g, struct code_scratch *s, struct span text)
{
	struct linear_total total = { 0 };

	code_features_of_text(&s->features, text);
	for (size_t i = 0; i < s->features.n; i += LINEAR_SUM_MAX) {
		const size_t left = s->features.n - i;
		struct linear_sum sum = { 0 };

		linear_sum_rows(&g->model, s->features.feature + i,
		    left < LINEAR_SUM_MAX ? left : LINEAR_SUM_MAX, &sum);
		linear_total_add(&total, &sum);
	}
	if (total.n < FEATURES_MIN)
		return false;
	linear_scores(&g->model, &total, s->score);
	return true;
}

/* The best label of the set, with its probability among the labels of the set. */
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

/* Identify by the "#!" line or a modeline, among a set.  Returns CODE_NONE if they do not
 * decide; *left is reduced to the languages that they suggest, if any. */
static struct code_guess
by_clues(const struct code_guesser *g, struct span text, const struct code_set *among,
    struct code_set *left)
{
	const struct span program = clues_shebang(text), mode = clues_modeline(text);
	struct code_set set;

	if (mode.n) {
		set = code_set_and(file_names_by_mode(&g->names, mode), *among);
		if (code_set_count(&set) == 1)
			return certain(code_set_first(&set), CODE_BY_MODELINE);
		if (code_set_count(&set))
			*left = set;
	}
	if (program.n) {
		set = file_names_by_interpreter(&g->names, program);
		if (code_set_has(&set, g->shell)) {
			const struct code_set run =
			    file_names_by_interpreter(&g->names, clues_exec(text));

			set = code_set_count(&run) ? run : set;
		}
		set = code_set_and(set, *among);
		if (code_set_count(&set) == 1)
			return certain(code_set_first(&set), CODE_BY_SHEBANG);
		if (code_set_count(&set))
			*left = set;
	}
	return (struct code_guess){ CODE_NONE, CODE_BY_NONE, 0 };
}

/* The first language of a set that nothing narrows down. */
static struct code_guess
first_of(const struct code_set *set, enum code_by by)
{
	struct code_guess r = certain(code_set_first(set), by);

	r.p /= code_set_count(set);
	return r;
}

/* The name suggests several languages, or is weak evidence: let the content decide. */
static struct code_guess
among_named(const struct code_guesser *g, struct code_scratch *s,
    const struct file_name_match *named, struct span text)
{
	struct code_set set = named->set;
	struct code_guess r = by_clues(g, text, &named->set, &set), all;
	const struct construct *construct;

	if (r.lang != CODE_NONE)
		return r;
	if (code_set_count(&set) > 1) {
		construct = constructs_find(&g->constructs, text, &set, &set, false);
		if (construct)
			return certain(
			    code_lang_find(span_of(construct->lang)), CODE_BY_CONSTRUCT);
	}
	if (!score(g, s, text))
		return first_of(&set, named->by);
	all = best_of(g, s, &g->allowed);
	if (named->weak && all.p >= veto_p && !code_set_has(&set, all.lang) &&
	    (all.lang == g->prose || code_set_count(&set) == 1))
		return all;
	if (code_set_count(&set) == 1)
		return first_of(&set, named->by);
	r = best_of(g, s, &set);
	/* The model may have a label for none of them. */
	return r.lang == CODE_NONE ? first_of(&set, named->by) : r;
}

/* No name suggests a language. */
static struct code_guess
by_content(const struct code_guesser *g, struct code_scratch *s, struct span text)
{
	struct code_set set = g->allowed, top = { 0 };
	struct code_guess r = by_clues(g, text, &g->allowed, &set);
	const struct construct *construct;

	if (r.lang != CODE_NONE)
		return r;
	if (!score(g, s, text))
		return r;
	r = best_of(g, s, &set);
	if (r.lang == CODE_NONE)
		return r;
	code_set_add(&top, r.lang);
	construct = constructs_find(&g->constructs, text, &top, &set, false);
	if (construct)
		return certain(
		    code_lang_find(span_of(construct->lang)), CODE_BY_CONSTRUCT);
	if (r.p < g->min_p)
		r.lang = CODE_NONE;
	return r;
}

struct code_guess
code_guess(const struct code_guesser *g, struct code_scratch *s, struct span path,
    struct span text)
{
	struct file_name_match named = file_names_by_path(&g->names, path);
	const struct construct *construct;

	named.set = code_set_and(named.set, g->allowed);
	if (code_set_count(&named.set) == 0)
		return by_content(g, s, text);
	if (named.weak || code_set_count(&named.set) > 1)
		return among_named(g, s, &named, text);
	construct = constructs_find(&g->constructs, text, &named.set, &g->xml, true);
	if (construct)
		return certain(
		    code_lang_find(span_of(construct->lang)), CODE_BY_CONSTRUCT);
	return certain(code_set_first(&named.set), named.by);
}
