/* join_answers.c - add answers, scores or fields from other files to documents, by id. */
#include <inttypes.h>
#include <stdlib.h>

#include "filters/align/answer_index.h"
#include "filters/align/attributes.h"
#include "filters/align/request.h"
#include "lib/base/num.h"
#include "lib/base/table.h"
#include "lib/text/directives.h"

enum { MISSING_KEEP, MISSING_DROP, MISSING_ERROR };

struct joining {
	struct opt_list with;
	const char *key, *as;
	uint64_t choices, round;
	unsigned missing, dup, ids;
	bool need_stop;

	const struct common *c;
	struct request_rules rules;
	struct answer_index index;
	struct table seen; /* ids of documents */
	bool as_answer, as_score;
};

/* The scratch of one thread. */
struct join_scratch {
	struct answered *answered;
	struct response response;
	struct buf line;
};

static const struct joining defaults = {
	.key = "custom_id", .as = "answer", .choices = 1, .missing = MISSING_ERROR
};

static const struct opt opts[] = {
	OPT_NOREPORT(OPT_T_LIST, 0, "with", struct joining, with, "FILE",
	    "file of responses or fields, a directory or glob; may be given again"),
	OPT_STR(0, "key", struct joining, key, "FIELD", "field with the id, in FILE"),
	OPT_STR(0, "as", struct joining, as, "WHAT",
	    "answer: add it as a turn; score: set its scores; else a field to set"),
	OPT_ENUM(0, "missing", struct joining, missing, "keep|drop|error",
	    "documents without a good answer"),
	OPT_ENUM(0, "dup", struct joining, dup, DUP_WORDS,
	    "of several good answers: one by content, the first, or none"),
	OPT_BOOL(0, "need-stop", struct joining, need_stop,
	    "an answer that did not end by itself is not good"),
	OPT_U64('n', "choices", struct joining, choices,
	    "an answer with fewer choices is not good"),
	OPT_U64(
	    0, "round", struct joining, round, "set the field gen_round to N; 0: do not"),
	OPT_ENUM(0, "ids", struct joining, ids, IDS_WORDS,
	    "ids of documents where they have one, or by their content"),
	OPT_END,
};

static void
join_close(void *self)
{
	struct joining *j = self;

	answer_index_free(&j->index);
	table_free(&j->seen);
}

static int
join_open(void *self, struct setup *setup, struct err *err)
{
	struct joining *j = self;

	setup->no_text = true;
	j->c = setup->c;
	j->as_answer = strcmp(j->as, "answer") == 0;
	j->as_score = strcmp(j->as, "score") == 0;
	j->rules = (struct request_rules){ .c = setup->c,
		.ids = j->ids,
		.turns = j->as_answer,
		.flags = j->as_answer ? TURNS_END_USER : 0 };
	j->index.c = setup->c;
	j->index.dup = j->dup;
	j->index.rules = (struct answer_rules){
		.key = j->key, .need_stop = j->need_stop, .choices = j->choices
	};
	if (j->with.n == 0)
		err_set(err, EXIT_USAGE, "no file of answers: name one by --with");
	else if (j->choices < 1 || j->choices > RESPONSE_CHOICES)
		err_set(err, EXIT_USAGE, "-n %" PRIu64 ": must be 1 to %d", j->choices,
		    RESPONSE_CHOICES);
	else if (j->as[0] == '\0')
		err_set(err, EXIT_USAGE, "--as '': name a field, or answer or score");
	else if (strcmp(j->as, setup->c->id) == 0 || strcmp(j->as, "messages") == 0)
		err_set(err, EXIT_USAGE,
		    "--as %s: the documents need this field: name another", j->as);
	else if (answer_index_read(&j->index, &j->with, "--with", false, setup, err) == 0)
		return 0;
	join_close(j);
	return -1;
}

static int
join_open_thread(const void *self, void **scratch, struct err *err)
{
	struct join_scratch *s = xcalloc(1, sizeof *s);
	void *answered;

	if (answered_open(self, &answered, err) < 0) {
		free(s);
		return -1;
	}
	s->answered = answered;
	*scratch = s;
	return 0;
}

static void
join_close_thread(void *scratch)
{
	struct join_scratch *s = scratch;

	answered_close(s->answered);
	response_free(&s->response);
	buf_free(&s->line);
	free(s);
}

/* No good answer: state is that of the best one, ANSWER_GOOD if there is none. */
static void
handle_missing(
    const struct joining *j, struct doc *d, struct span id, enum answer_state state)
{
	static const char *const rule[] = { "join.missing", "join.short", "join.cut",
		"join.empty", "join.none", "join.error" };
	static const char *const count[] = { "without an answer", "with too few choices",
		"with an answer that did not end by itself", "with an empty answer",
		"with a response without choices", "with an error of the server" };

	if (j->missing == MISSING_DROP)
		doc_drop(d, rule[state]);
	else if (j->missing == MISSING_KEEP)
		doc_count(d, count[state], 1);
	else if (state == ANSWER_GOOD)
		doc_bad(d,
		    "no answer has its id '%.*s': see --missing, or ask again with "
		    "tamis batch",
		    quoted(id), id.p);
	else
		doc_bad(d, "no good answer for its id '%.*s': %s: see --missing",
		    quoted(id), id.p, answer_state_text(state));
}

/* Set a field to a JSON value that is copied. */
static void
set_field(const struct joining *j, struct doc *d, struct span name, struct span json)
{
	const struct span copy = doc_copy(d, json);

	if (!span_eq(name, span_of(j->c->text)))
		doc_set_raw(d, name, copy);
	else if (json.p[0] == '"') {
		struct arena mem = { 0 };

		doc_set_text(d, doc_copy(d, json_unquote(copy, &mem)));
		arena_free(&mem);
	} else
		doc_bad(d, "the text would become a value that is not a string");
}

static char *
append(char *to, struct span s)
{
	if (s.n)
		memcpy(to, s.p, s.n);
	return to + s.n;
}

/* The turns of d, JSON, with a further one. */
static void
add_turn(struct doc *d, struct span messages, const struct choice *c)
{
	const struct span role = SPAN(",{\"role\":\"assistant\",\"content\":"),
			  calls = SPAN(",\"tool_calls\":"),
			  content = c->content.p ? c->content : SPAN("null");
	struct span open = messages;
	char *json, *to;

	while (open.p[open.n - 1] != ']')
		open.n--;
	open.n--;
	/* Answers are most of the data: no copy more than this one. */
	json = doc_alloc(d, open.n + role.n + content.n + calls.n + c->tool_calls.n + 2);
	to = append(append(append(json, open), role), content);
	if (c->tool_calls.p)
		to = append(append(to, calls), c->tool_calls);
	to = append(to, SPAN("}]"));
	doc_set_raw(d, SPAN("messages"), (struct span){ json, (size_t)(to - json) });
}

static void
set_provenance(const struct joining *j, struct join_scratch *s, struct doc *d,
    const struct choice *c)
{
	if (s->response.model.p)
		doc_set_raw(d, SPAN("gen_model"), doc_copy(d, s->response.model));
	if (c->finish.p)
		doc_set_raw(d, SPAN("gen_finish"), doc_copy(d, c->finish));
	if (j->round)
		doc_set_u64(d, SPAN("gen_round"), j->round);
}

/* A document for each choice: as a turn, or as a field. */
static void
set_choices(
    const struct joining *j, struct join_scratch *s, struct doc *d, struct span messages)
{
	const struct response *r = &s->response;

	if (r->nchoices == 0) {
		doc_bad(d, "its response has no choices: see --as score");
		return;
	}
	for (size_t i = 0; i < r->nchoices; i++) {
		const struct choice *c = &r->choice[i];
		struct doc *to = i ? doc_new(d) : d;

		if (j->as_answer) {
			add_turn(to, messages, c);
			set_provenance(j, s, to, c);
		} else if (c->content.p) {
			set_field(j, to, span_of(j->as), c->content);
		} else {
			doc_bad(d, "its answer calls a tool and has no text");
			return;
		}
	}
}

static void
set_scores(const struct joining *j, struct join_scratch *s, struct doc *d)
{
	struct score v[RESPONSE_SCORES];
	char why[200];
	const size_t n = response_scores(&s->response, &j->index.rules, v, why);

	if (n == 0)
		doc_bad(d, "its response cannot be read as scores: %s", why);
	for (size_t i = 0; i < n; i++) {
		const struct span name = v[i].name;

		if (span_eq(name, SPAN("messages")) ||
		    span_eq(name, span_of(j->c->text)) ||
		    span_eq(name, span_of(j->c->id))) {
			doc_bad(d, "a score has the name '%.*s', a field of the document",
			    quoted(name), name.p);
			return;
		}
		doc_set_raw(d, doc_copy(d, name), doc_copy(d, v[i].number));
	}
}

/* Copy the field --as of a record. */
static void
set_from_record(const struct joining *j, struct join_scratch *s, struct doc *d)
{
	const struct json_fields *f = &s->response.fields;

	for (size_t i = 0; i < f->n; i++)
		if (span_eq(f->v[i].key, span_of(j->as))) {
			set_field(j, d, span_of(j->as), f->v[i].value);
			return;
		}
	doc_bad(
	    d, "the line with its id has neither 'response' nor the field '%s'", j->as);
}

static void
join_map(const void *self, void *scratch, struct doc *d)
{
	const struct joining *j = self;
	struct join_scratch *s = scratch;
	struct hash128 *id = doc_alloc(d, sizeof *id);
	const struct answer_entry *e;
	struct request q;
	char why[200];

	*id = (struct hash128){ 0 };
	doc_state_set(d, id);
	if (!request_read(&j->rules, s->answered, d, &q))
		return;
	*id = hash128(q.id, 0);
	e = answer_index_get(&j->index, q.id);
	if (!e || e->state != ANSWER_GOOD)
		handle_missing(j, d, q.id, e ? (enum answer_state)e->state : ANSWER_GOOD);
	else if (answer_index_load(&j->index, e, &s->line, &s->response, why) < 0)
		doc_bad(d, "%s", why);
	else if (j->as_score)
		set_scores(j, s, d);
	else if (s->response.record && j->as_answer)
		doc_bad(d, "the line with its id has no 'response': see --as");
	else if (s->response.record)
		set_from_record(j, s, d);
	else
		set_choices(j, s, d, q.messages);
}

static int
join_fold(void *self, struct doc *d, struct err *err)
{
	struct joining *j = self;
	const struct hash128 *id = doc_state(d);
	bool fresh;

	if (!id) /* a further choice */
		return 0;
	(void)table_put(&j->seen, *id, &fresh);
	if (!fresh)
		doc_bad(d, "another document has the same id: drop it with tamis exact, "
			   "or give the documents ids");
	return 0;
}

static void
join_remark(const void *self)
{
	answer_index_remark(&((const struct joining *)self)->index);
}

const struct filter filter_join = {
	.name = "join",
	.summary = "add answers, scores or fields of other files to documents, by id",
	.example = "tamis join --with 'a/*.jsonl' --missing drop prompts.jsonl",
	.opts = opts,
	.defaults = &defaults,
	.size = sizeof defaults,
	.open = join_open,
	.close = join_close,
	.map = join_map,
	.fold = join_fold,
	.remark = join_remark,
	.open_thread = join_open_thread,
	.close_thread = join_close_thread,
};
