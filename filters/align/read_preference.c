/* read_preference.c - layouts with two answers to a prompt, or one apart from the prompt.
 */
#include <stdlib.h>

#include "filters/align/conversation.h"
#include "lib/base/num.h"
#include "lib/text/json.h"

static int
missing(struct doc *d, const char *field)
{
	doc_bad(d, "field '%s' is missing", field);
	return -1;
}

/* A number that is missing, or written in another way, must not pass for a reward. */
static int
check_number(struct doc *d, const char *field)
{
	struct span raw;
	double x;

	if (!get_value(d, field, &raw))
		return 0;
	if (!num_json(raw, &x))
		doc_bad(d, "field '%s' is not a number", field);
	else if (x == -100)
		doc_bad(d,
		    "field '%s' is -100, which stands for a missing value: remove the "
		    "field",
		    field);
	else
		return 0;
	return -1;
}

static int
check_rewards(struct doc *d)
{
	return check_number(d, "chosen_reward") < 0 ||
		       check_number(d, "rejected_reward") < 0
		   ? -1
		   : 0;
}

/* A number field by its value; 0 is a tie, for which d is dropped. */
static int
preference(struct doc *d, const char *field, double *x)
{
	struct span raw;

	if (!get_value(d, field, &raw))
		return missing(d, field);
	if (!num_json(raw, x)) {
		doc_bad(d, "field '%s' is not a number", field);
		return -1;
	}
	if (*x == 0)
		doc_drop(d, "chat.tie");
	return *x == 0 ? -1 : 0;
}

static void
append(struct messages *to, const struct messages *m)
{
	for (size_t i = 0; i < m->n; i++) {
		GROW(to->v, to->n, to->cap);
		to->v[to->n++] = m->v[i];
	}
}

/* After read_side: whether a list is a whole conversation, not an answer alone. */
static bool
is_whole(const struct messages *m)
{
	return m->v[0].role == ROLE_USER || m->v[0].role == ROLE_SYSTEM;
}

static int
same_answers(struct doc *d, struct conversation *c)
{
	if (c->chosen.n == 1 && c->rejected.n == 1 && !c->chosen.v[0].ncalls &&
	    !c->rejected.v[0].ncalls &&
	    span_eq(message_text(&c->chosen.v[0], &c->mem),
		message_text(&c->rejected.v[0], &c->mem))) {
		doc_bad(d, "chosen and rejected are the same: drop the pair");
		return -1;
	}
	return 0;
}

/* The prompt that whole conversations share must be the one that is stated apart. */
static int
check_prompt(struct doc *d, struct conversation *c, struct span prompt)
{
	struct messages stated = { 0 };
	bool same = true;

	if (prompt.p[0] == '"') {
		const struct message *last = &c->turns.v[c->turns.n - 1];

		same = span_eq(decode(c, prompt), message_text(last, &c->mem));
	} else if (read_side(d, c, "prompt", prompt, ROLE_USER, &stated) < 0) {
		free(stated.v);
		return -1;
	} else {
		same = stated.n == c->turns.n;
		for (size_t i = 0; i < stated.n && same; i++)
			same = stated.v[i].role == c->turns.v[i].role &&
			       span_eq(message_text(&stated.v[i], &c->mem),
				   message_text(&c->turns.v[i], &c->mem));
	}
	free(stated.v);
	if (!same)
		doc_bad(d, "field 'prompt' differs from the first turns of 'chosen' and "
			   "'rejected'");
	return same ? 0 : -1;
}

/* chosen and rejected, with a prompt or as whole conversations. */
int
read_openrlhf(struct doc *d, struct conversation *c)
{
	struct span prompt, chosen, rejected;
	const bool apart = get_value(d, "prompt", &prompt);

	c->preference = true;
	if (!get_value(d, "chosen", &chosen))
		return missing(d, "chosen");
	if (!get_value(d, "rejected", &rejected))
		return missing(d, "rejected");
	if (check_rewards(d) < 0 ||
	    read_side(d, c, "chosen", chosen, ROLE_ASSISTANT, &c->chosen) < 0 ||
	    read_side(d, c, "rejected", rejected, ROLE_ASSISTANT, &c->rejected) < 0)
		return -1;
	if (is_whole(&c->chosen) != is_whole(&c->rejected)) {
		doc_bad(d,
		    "of chosen and rejected, one is a whole conversation and one an "
		    "answer");
		return -1;
	}
	if (is_whole(&c->chosen)) {
		if (split_common(d, c) < 0)
			return -1;
		return apart ? check_prompt(d, c, prompt) : 0;
	}
	if (!apart)
		return missing(d, "prompt");
	c->same = prompt.p[0] == '[' && chosen.p[0] == '[' && rejected.p[0] == '[';
	return read_side(d, c, "prompt", prompt, ROLE_USER, &c->turns) < 0
		   ? -1
		   : same_answers(d, c);
}

int
read_bridge(struct doc *d, struct conversation *c)
{
	struct span prompt, completion;

	if (!get_value(d, "prompt", &prompt))
		return missing(d, "prompt");
	if (read_side(d, c, "prompt", prompt, ROLE_USER, &c->turns) < 0)
		return -1;
	if (!get_value(d, "completion", &completion))
		return 0;
	if (read_side(d, c, "completion", completion, ROLE_ASSISTANT, &c->chosen) < 0)
		return -1;
	append(&c->turns, &c->chosen);
	return 0;
}

int
read_trl(struct doc *d, struct conversation *c)
{
	struct span raw;

	return get_value(d, "chosen", &raw) || get_value(d, "rejected", &raw)
		   ? read_openrlhf(d, c)
		   : read_bridge(d, c);
}

/* The two strings of a pair.  0, or -1. */
static int
get_answers(struct doc *d, const char *a, const char *b, struct span *chosen,
    struct span *rejected)
{
	int got = get_string(d, a, chosen);

	if (got == 0)
		return missing(d, a);
	if (got < 0)
		return -1;
	got = get_string(d, b, rejected);
	if (got == 0)
		return missing(d, b);
	return got < 0 ? -1 : 0;
}

int
read_hh(struct doc *d, struct conversation *c)
{
	struct span chosen, rejected;

	c->preference = true;
	if (get_answers(d, "chosen", "rejected", &chosen, &rejected) < 0)
		return -1;
	if (human_read(c, decode(c, chosen), &c->chosen) < 0)
		return bad_turn(d, c, "chosen");
	if (human_read(c, decode(c, rejected), &c->rejected) < 0)
		return bad_turn(d, c, "rejected");
	return split_common(d, c);
}

/* A text without turn marks but for one at its end, as a turn of the assistant. */
static int
read_answer(struct doc *d, struct conversation *c, const char *field, struct span raw,
    struct messages *m)
{
	const struct span whole = decode(c, raw),
			  text = without_end(whole, SPAN("\n<extra_id_1>"));

	if (has_no_mark(c, text, SPAN("<extra_id_"), 1) < 0)
		return bad_turn(d, c, field);
	add_turn(m, ROLE_ASSISTANT, text.n == whole.n ? raw : quote(c, text));
	return 0;
}

/* A prompt with turn marks, or a list of messages. */
static int
read_prompt(struct doc *d, struct conversation *c, const char *field)
{
	struct span raw, text;

	if (!get_value(d, field, &raw))
		return missing(d, field);
	if (raw.p[0] != '"')
		return read_side(d, c, field, raw, ROLE_USER, &c->turns);
	text = decode(c, raw);
	if (has_no_mark(c, text, SPAN("<extra_id_"), 1) == 0)
		add_turn(&c->turns, ROLE_USER, raw);
	else if (extra_id_read(c, text, &c->turns) < 0)
		return bad_turn(d, c, field);
	return 0;
}

/* The answer of a field: a string with an end mark, or messages. */
static int
read_response(
    struct doc *d, struct conversation *c, const char *field, struct messages *m)
{
	struct span raw;

	if (!get_value(d, field, &raw))
		return missing(d, field);
	return raw.p[0] == '"' ? read_answer(d, c, field, raw, m)
			       : read_side(d, c, field, raw, ROLE_ASSISTANT, m);
}

int
read_aligner(struct doc *d, struct conversation *c)
{
	struct span raw;

	if (read_prompt(d, c, "prompt") < 0 || check_rewards(d) < 0)
		return -1;
	if (get_value(d, "response", &raw)) {
		if (read_response(d, c, "response", &c->chosen) < 0)
			return -1;
		append(&c->turns, &c->chosen);
		return 0;
	}
	c->preference = true;
	return read_response(d, c, "chosen_response", &c->chosen) < 0 ||
		       read_response(d, c, "rejected_response", &c->rejected) < 0
		   ? -1
		   : same_answers(d, c);
}

/* The two answers that a number prefers one of: the first if it is negative. */
static int
read_preferred(struct doc *d, struct conversation *c, const char *first,
    const char *second, const char *number)
{
	struct span a, b;
	double x;

	if (get_answers(d, first, second, &a, &b) < 0 || preference(d, number, &x) < 0)
		return -1;
	c->preference = true;
	if (read_answer(d, c, first, a, x < 0 ? &c->chosen : &c->rejected) < 0 ||
	    read_answer(d, c, second, b, x < 0 ? &c->rejected : &c->chosen) < 0)
		return -1;
	return same_answers(d, c);
}

int
read_helpsteer2(struct doc *d, struct conversation *c)
{
	static const char *const attribute[] = { "helpfulness", "correctness",
		"coherence", "complexity", "verbosity" };
	struct span raw;

	if (read_prompt(d, c, "prompt") < 0)
		return -1;
	if (get_value(d, "response_1", &raw))
		return read_preferred(
		    d, c, "response_1", "response_2", "preference_strength");
	for (size_t i = 0; i < sizeof attribute / sizeof *attribute; i++)
		if (check_number(d, attribute[i]) < 0)
			return -1;
	if (read_response(d, c, "response", &c->chosen) < 0)
		return -1;
	append(&c->turns, &c->chosen);
	return 0;
}

int
read_helpsteer3(struct doc *d, struct conversation *c)
{
	return read_prompt(d, c, "context") < 0
		   ? -1
		   : read_preferred(d, c, "response1", "response2", "overall_preference");
}

/* NeMo's ratings: a list of nine numbers, of which -100 stands for a missing one. */
static int
read_ratings(struct doc *d, struct span label)
{
	static const char *const name[] = { "quality", "toxicity", "humor", "creativity",
		"helpfulness", "correctness", "coherence", "complexity", "verbosity" };
	enum { RATINGS = sizeof name / sizeof *name };
	struct json_walk w = json_walk(label);
	struct span raw;
	size_t n = 0;
	double x;

	for (; json_walk_more(&w); n++) {
		raw = json_walk_value(&w);
		if (!num_json(raw, &x)) {
			doc_bad(d, "field 'label': entry %zu is not a number", n + 1);
			return -1;
		}
		if (n < RATINGS && x != -100)
			doc_set_raw(d, span_of(name[n]), raw);
	}
	if (n == RATINGS)
		return 0;
	doc_bad(
	    d, "field 'label' has %zu numbers: it has 9, from quality to verbosity", n);
	return -1;
}

int
read_regression(struct doc *d, struct conversation *c)
{
	struct span raw, text, label;
	const int got = get_string(d, "text", &raw);

	if (got <= 0)
		return got ? -1 : missing(d, "text");
	if (!get_value(d, "label", &label) || label.p[0] != '[') {
		doc_bad(d, "field 'label' is missing or not a list");
		return -1;
	}
	c->field = "text";
	text = without_end(decode(c, raw), SPAN("\n<extra_id_2>"));
	if (extra_id_read(c, text, &c->turns) < 0)
		return bad_turn(d, c, "text");
	return read_ratings(d, label);
}

/* One of the two completions of NeMo-RL. */
struct completion_entry {
	double rank;
	struct span answer, reward; /* p == NULL: none */
};

static int
read_completion(struct doc *d, struct json_walk *w, struct completion_entry *e)
{
	*e = (struct completion_entry){ .rank = -1 };
	if (json_walk_peek(w) != '{') {
		doc_bad(d, "field 'completions': an entry is not an object");
		return -1;
	}
	json_walk_open(w);
	while (json_walk_more(w)) {
		const struct span name = json_walk_name(w), v = json_walk_value(w);

		if (span_eq(name, SPAN("\"rank\"")) && !num_json(v, &e->rank)) {
			doc_bad(d, "field 'completions': a rank is not a number");
			return -1;
		}
		if (span_eq(name, SPAN("\"completion\"")))
			e->answer = v;
		if (span_eq(name, SPAN("\"reward\"")))
			e->reward = v;
	}
	if (!e->answer.p || e->answer.p[0] == 'n' || e->rank < 0) {
		doc_bad(d, "field 'completions': an entry has no completion, or no rank");
		return -1;
	}
	return 0;
}

int
read_nemo_rl(struct doc *d, struct conversation *c)
{
	struct completion_entry e[2];
	struct json_walk w;
	struct span raw;
	size_t n = 0, best;

	if (!get_value(d, "context", &raw))
		return missing(d, "context");
	if (read_side(d, c, "context", raw, ROLE_USER, &c->turns) < 0)
		return -1;
	if (!get_value(d, "completions", &raw) || raw.p[0] != '[') {
		doc_bad(d, "field 'completions' is missing or not a list");
		return -1;
	}
	for (w = json_walk(raw); json_walk_more(&w); n++) {
		struct completion_entry extra;

		if (read_completion(d, &w, n < 2 ? &e[n] : &extra) < 0)
			return -1;
	}
	if (n != 2) {
		doc_bad(d, "field 'completions' has %zu entries: two are supported", n);
		return -1;
	}
	if (e[0].rank == e[1].rank) {
		doc_drop(d, "chat.tie");
		return -1;
	}
	best = e[1].rank < e[0].rank;
	if (read_side(d, c, "completions", e[best].answer, ROLE_ASSISTANT, &c->chosen) <
		0 ||
	    read_side(
		d, c, "completions", e[!best].answer, ROLE_ASSISTANT, &c->rejected) < 0)
		return -1;
	if (e[best].reward.p && e[!best].reward.p) {
		doc_set_raw(d, SPAN("chosen_reward"), e[best].reward);
		doc_set_raw(d, SPAN("rejected_reward"), e[!best].reward);
	}
	c->preference = true;
	return check_rewards(d) < 0 ? -1 : same_answers(d, c);
}
