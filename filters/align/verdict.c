/* verdict.c - keep the answers that follow instructions, or whose judges agree. */
#include <inttypes.h>
#include <stdlib.h>

#include "filters/align/answered.h"
#include "filters/align/conclusion.h"
#include "filters/align/instructions.h"
#include "lib/text/json.h"
#include "lib/text/unicode.h"

enum { CHECK_INSTRUCTIONS, CHECK_YES_NO, CHECK_JUDGE, CHECK_TRUTH };
enum { WANT_ANY, WANT_YES, WANT_NO };

struct verdict {
	unsigned check, want;
	const char *member, *swapped, *truth;
};

static const struct verdict defaults = { .truth = "answer" };

static const struct opt opts[] = {
	OPT_ENUM(0, "check", struct verdict, check, "instructions|yes-no|judge|truth",
	    "what to check"),
	OPT_STR(0, "member", struct verdict, member, "FIELD",
	    "field with the answer; default: the last turn of messages"),
	OPT_STR(0, "swapped", struct verdict, swapped, "FIELD",
	    "field with the judge's answer for the other order; for judge"),
	OPT_STR(0, "truth", struct verdict, truth, "FIELD",
	    "field with the right answer; for truth"),
	OPT_ENUM(0, "want", struct verdict, want, "any|yes|no",
	    "drop the other answers; for yes-no"),
	OPT_END,
};

static int
verdict_open(void *self, struct setup *setup, struct err *err)
{
	const struct verdict *v = self;

	setup->no_text = true;
	unicode_memory_open();
	(void)unicode_classes();
	if (v->check == CHECK_JUDGE && (!v->member || !v->swapped))
		return err_set(err, EXIT_USAGE,
		    "--check judge: name the fields with the two answers of the judge by "
		    "--member and --swapped");
	return 0;
}

static bool
string_field(struct doc *d, const char *name, struct span *s)
{
	if (doc_str(d, span_of(name), s))
		return true;
	doc_bad(d, "field '%s' is missing or not a string", name);
	return false;
}

/* Check one instruction.  Returns -1 after marking d bad. */
static int
follows(struct doc *d, struct answered *a, struct span name, struct span kwargs,
    struct span answer)
{
	char why[160];

	switch (instruction_check(name, kwargs, answer, &a->mem, why)) {
	case FOLLOWED_YES:
		return 1;
	case FOLLOWED_NO:
		return 0;
	case FOLLOWED_BAD:
		break;
	}
	doc_bad(d, "instructions: %s", why);
	return -1;
}

/* The lists instruction_id_list and kwargs, of the same length. */
static void
check_instructions(struct doc *d, struct answered *a, struct span answer)
{
	struct span names, kwargs;
	struct json_walk w, k;
	uint64_t n = 0, followed = 0;
	bool more, more_kwargs;

	if (!doc_get(d, SPAN("instruction_id_list"), &names) || names.p[0] != '[' ||
	    !doc_get(d, SPAN("kwargs"), &kwargs) || kwargs.p[0] != '[') {
		doc_bad(d, "fields 'instruction_id_list' and 'kwargs' must be lists");
		return;
	}
	w = json_walk(names);
	k = json_walk(kwargs);
	for (;; n++) {
		struct span name, params;
		int rc;

		more = json_walk_more(&w);
		more_kwargs = json_walk_more(&k);
		if (!more || !more_kwargs)
			break;
		name = json_walk_value(&w);
		params = json_walk_value(&k);
		name = name.p[0] == '"' ? json_unquote(name, &a->mem) : name;
		rc = follows(d, a, name, params, answer);
		if (rc < 0)
			return;
		followed += (uint64_t)rc;
	}
	if (more != more_kwargs || n == 0)
		doc_bad(d, "fields 'instruction_id_list' and 'kwargs' must have the same "
			   "number of entries, at least one");
	else if (followed < n)
		doc_drop_value(d, "verdict.instructions", (double)followed, (double)n);
}

static void
check_yes_no(const struct verdict *v, struct doc *d, struct span answer)
{
	const char is = conclusion_yes_no(answer);

	if (!is) {
		doc_drop(d, "verdict.unclear");
		return;
	}
	doc_set_str(d, SPAN("verdict"), is == 'y' ? SPAN("yes") : SPAN("no"));
	if (v->want != WANT_ANY && (v->want == WANT_YES) != (is == 'y'))
		doc_drop(d, "verdict.unwanted");
}

/* The judge saw A before B, and then B, named A, before A. */
static void
check_judge(struct doc *d, struct span first, struct span second)
{
	const char a = conclusion_letter(first), b = conclusion_letter(second);

	if (!a || !b)
		doc_drop(d, "verdict.unclear");
	else if (a == 'C' && b == 'C')
		doc_drop(d, "verdict.tie");
	else if (a == b || a == 'C' || b == 'C')
		doc_drop(d, "verdict.disagree");
	else
		doc_set_str(d, SPAN("verdict"), a == 'A' ? SPAN("A") : SPAN("B"));
}

static void
check_truth(struct doc *d, struct span answer, struct span truth)
{
	const struct span found = conclusion_final(answer);

	if (!found.p)
		doc_drop(d, "verdict.unclear");
	else if (!conclusion_same(found, truth))
		doc_drop(d, "verdict.wrong");
}

/* The right answer: a string, or a number as it is written. */
static bool
find_truth(const struct verdict *v, struct doc *d, struct span *truth)
{
	if (doc_get(d, span_of(v->truth), truth) && strchr("-0123456789", truth->p[0]))
		return true;
	return string_field(d, v->truth, truth);
}

static void
verdict_map(const void *self, void *scratch, struct doc *d)
{
	const struct verdict *v = self;
	struct answered *a = scratch;
	struct span answer, other;

	arena_reset(&a->mem);
	if (v->member) {
		if (!string_field(d, v->member, &answer))
			return;
	} else if (answered_read(a, d, TURNS_END_ASSISTANT)) {
		answer = answered_text(a);
	} else {
		return;
	}
	switch (v->check) {
	case CHECK_INSTRUCTIONS:
		check_instructions(d, a, answer);
		return;
	case CHECK_YES_NO:
		check_yes_no(v, d, answer);
		return;
	case CHECK_JUDGE:
		if (string_field(d, v->swapped, &other))
			check_judge(d, answer, other);
		return;
	default:
		if (find_truth(v, d, &other))
			check_truth(d, answer, other);
	}
}

const struct filter filter_verdict = {
	.name = "verdict",
	.summary = "keep answers that follow instructions, or whose verdict is clear",
	.example = "tamis verdict --check judge --member ab --swapped ba judged.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = verdict_open,
	.map = verdict_map,
	.open_thread = answered_open,
	.close_thread = answered_close,
};
