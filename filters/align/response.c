/* response.c - one line of a file of answers: of a batch of requests, or of scores. */
#include "filters/align/response.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/text/directives.h"
#include "lib/text/json_walk.h"

enum { STATUS_OK = 200, WHY = 200 };

const char *
answer_state_text(enum answer_state s)
{
	static const char *const text[] = { "", "it has fewer choices than -n",
		"it did not end by itself", "a choice has no content",
		"it has neither choices nor a score", "the server returned an error" };

	return text[s];
}

static bool
is_number(char first)
{
	return first == '-' || is_digit(first);
}

/* Whether s is a number as JSON writes it, without an exponent. */
static bool
is_plain_number(struct span s)
{
	size_t i = s.n && s.p[0] == '-', digits = i;

	while (i < s.n && is_digit(s.p[i]))
		i++;
	if (i == digits || (s.p[digits] == '0' && i > digits + 1))
		return false;
	if (i == s.n)
		return true;
	digits = i + 1;
	for (i = digits; i < s.n && s.p[digits - 1] == '.' && is_digit(s.p[i]); i++)
		;
	return i == s.n && i > digits;
}

/* Read a value that must begin with `first`; null is the same as missing.  0, or -1. */
static int
read_as(struct json_walk *w, char first, struct span *v)
{
	const char c = json_walk_peek(w);
	const struct span value = json_walk_value(w);

	if (c == first)
		*v = value;
	return c == first || c == 'n' ? 0 : -1;
}

static int
read_u64(struct json_walk *w, uint64_t *v)
{
	const struct span value = json_walk_value(w);

	*v = 0;
	for (size_t i = 0; i < value.n; i++) {
		if (!is_digit(value.p[i]) || i == 9)
			return -1;
		*v = *v * 10 + (uint64_t)(value.p[i] - '0');
	}
	return 0;
}

static int
fail(char why[WHY], const char *what)
{
	snprintf(why, WHY, "%s", what);
	return -1;
}

static int
read_message(struct json_walk *w, struct choice *c, char why[WHY])
{
	if (json_walk_peek(w) != '{')
		return fail(why, "message of a choice is not an object");
	json_walk_open(w);
	while (json_walk_more(w)) {
		const struct span name = json_walk_name(w);

		if (span_eq(name, SPAN("\"content\""))) {
			if (read_as(w, '"', &c->content) < 0)
				return fail(why, "content of a choice is not a string");
		} else if (span_eq(name, SPAN("\"tool_calls\""))) {
			if (read_as(w, '[', &c->tool_calls) < 0)
				return fail(why, "tool_calls of a choice is not a list");
		} else {
			(void)json_walk_value(w);
		}
	}
	if (c->tool_calls.p) {
		struct json_walk in = json_walk(c->tool_calls);

		if (!json_walk_more(&in))
			c->tool_calls.p = NULL;
	}
	return 0;
}

static int
read_logprobs(struct json_walk *w, struct choice *c, char why[WHY])
{
	if (json_walk_peek(w) != '{') {
		(void)json_walk_value(w);
		return 0;
	}
	json_walk_open(w);
	while (json_walk_more(w)) {
		const struct span name = json_walk_name(w);

		if (!span_eq(name, SPAN("\"content\"")))
			(void)json_walk_value(w);
		else if (read_as(w, '[', &c->scores) < 0)
			return fail(why, "content of logprobs is not a list");
	}
	return 0;
}

static int
read_choice(struct json_walk *w, struct choice *c, char why[WHY])
{
	if (json_walk_peek(w) != '{')
		return fail(why, "a choice is not an object");
	json_walk_open(w);
	while (json_walk_more(w)) {
		const struct span name = json_walk_name(w);
		int rc = 0;

		if (span_eq(name, SPAN("\"message\"")))
			rc = read_message(w, c, why);
		else if (span_eq(name, SPAN("\"logprobs\"")))
			rc = read_logprobs(w, c, why);
		else if (span_eq(name, SPAN("\"finish_reason\"")))
			rc = read_as(w, '"', &c->finish) < 0
				 ? fail(why, "finish_reason is not a string")
				 : 0;
		else if (span_eq(name, SPAN("\"index\"")))
			rc = read_u64(w, &c->index) < 0
				 ? fail(why, "index of a choice is not a small number")
				 : 0;
		else
			(void)json_walk_value(w);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int
read_choices(struct json_walk *w, struct response *r, char why[WHY])
{
	if (json_walk_peek(w) != '[') {
		(void)json_walk_value(w);
		return 0;
	}
	json_walk_open(w);
	while (json_walk_more(w)) {
		struct choice c = { .index = r->nchoices };
		size_t i;

		if (read_choice(w, &c, why) < 0)
			return -1;
		if (r->nchoices == RESPONSE_CHOICES)
			return fail(why, "more than 1024 choices");
		GROW(r->choice, r->nchoices, r->choice_cap);
		for (i = r->nchoices++; i && r->choice[i - 1].index > c.index; i--)
			r->choice[i] = r->choice[i - 1];
		if (i && r->choice[i - 1].index == c.index)
			return fail(why, "two choices have the same index");
		r->choice[i] = c;
	}
	return 0;
}

/* A number, or a list with one number in it, or in a list in it. */
static struct span
only_number(struct span value)
{
	for (int depth = 0; value.p[0] == '[' && depth < 2; depth++) {
		struct json_walk w = json_walk(value);

		if (!json_walk_more(&w))
			return (struct span){ NULL, 0 };
		value = json_walk_value(&w);
		if (json_walk_more(&w))
			return (struct span){ NULL, 0 };
	}
	return is_number(value.p[0]) ? value : (struct span){ NULL, 0 };
}

/* data[0].score, or data[0].data of pooling. */
static void
read_data(struct json_walk *w, struct response *r)
{
	if (json_walk_peek(w) != '[') {
		(void)json_walk_value(w);
		return;
	}
	json_walk_open(w);
	for (bool first = true; json_walk_more(w); first = false) {
		struct json_walk in;

		if (!first || json_walk_peek(w) != '{') {
			(void)json_walk_value(w);
			continue;
		}
		in = json_walk(json_walk_value(w));
		while (json_walk_more(&in)) {
			const struct span name = json_walk_name(&in),
					  value = json_walk_value(&in);

			if (span_eq(name, SPAN("\"score\"")) ||
			    span_eq(name, SPAN("\"data\"")))
				r->score = only_number(value);
		}
	}
}

/* The response, or its body: both have some of the same fields. */
static int
read_body(/* NOLINT(misc-no-recursion): body is not read again in a body */
    struct json_walk *w, struct response *r, bool in_body, char why[WHY])
{
	json_walk_open(w);
	while (json_walk_more(w)) {
		const struct span name = json_walk_name(w);
		int rc = 0;

		if (span_eq(name, SPAN("\"choices\"")))
			rc = read_choices(w, r, why);
		else if (span_eq(name, SPAN("\"data\"")))
			read_data(w, r);
		else if (span_eq(name, SPAN("\"model\"")))
			rc = read_as(w, '"', &r->model) < 0
				 ? fail(why, "model is not a string")
				 : 0;
		else if (span_eq(name, SPAN("\"error\"")) && json_walk_peek(w) != 'n')
			r->error = json_walk_value(w);
		else if (!in_body && span_eq(name, SPAN("\"status_code\"")))
			rc = read_u64(w, &r->status) < 0
				 ? fail(why, "status_code is not a number of HTTP")
				 : 0;
		else if (!in_body && span_eq(name, SPAN("\"body\"")) &&
			 json_walk_peek(w) == '{')
			rc = read_body(w, r, true, why);
		else
			(void)json_walk_value(w);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* The value of the field with the id: a string, or an integer as its text. */
static int
read_key(struct response *r, struct span value, const char *name, char why[WHY])
{
	r->key = value;
	if (value.p[0] == '"') {
		r->key = json_unquote(value, &r->mem);
		return 0;
	}
	for (size_t i = value.p[0] == '-'; i < value.n; i++)
		if (!is_digit(value.p[i])) {
			snprintf(why, WHY, "field '%.60s' is not a string", name);
			return -1;
		}
	return 0;
}

int
response_parse(
    struct response *r, struct span line, const struct answer_rules *rules, char why[WHY])
{
	struct json_error e;
	struct span key = { NULL, 0 };

	arena_reset(&r->mem);
	r->key = r->error = r->model = r->score = key;
	r->nchoices = 0;
	r->status = 0;
	r->record = true;
	if (json_scan(line, &r->fields, &r->mem, &e) < 0) {
		snprintf(why, WHY, "byte %zu: %s", e.at + 1, e.what);
		return -1;
	}
	for (size_t i = 0; i < r->fields.n; i++) {
		const struct json_field *f = &r->fields.v[i];
		struct json_walk w = { .s = f->value };

		if (span_eq(f->key, span_of(rules->key)))
			key = f->value;
		if (span_eq(f->key, SPAN("response"))) {
			r->record = false;
			if (f->value.p[0] == '{' && read_body(&w, r, false, why) < 0)
				return -1;
		} else if (span_eq(f->key, SPAN("error"))) {
			r->record = false;
			if (f->value.p[0] != 'n')
				r->error = f->value;
		}
	}
	if (!key.p) {
		snprintf(why, WHY, "field '%.60s', which holds the id, is missing",
		    rules->key);
		return -1;
	}
	return read_key(r, key, rules->key, why);
}

/* Whether a JSON string, or NULL, has no more than white space. */
static bool
is_empty(struct span s)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		const bool escaped = s.p[i] == '\\';

		i += escaped;
		if (escaped ? !strchr("nrt", s.p[i]) : !is_space(s.p[i]))
			return false;
	}
	return true;
}

enum answer_state
response_state(const struct response *r, const struct answer_rules *rules)
{
	if (r->record)
		return ANSWER_GOOD;
	if (r->error.p || (r->status && r->status != STATUS_OK))
		return ANSWER_ERROR;
	if (r->score.p)
		return ANSWER_GOOD;
	if (r->nchoices == 0)
		return ANSWER_NONE;
	for (size_t i = 0; i < r->nchoices; i++) {
		const struct choice *c = &r->choice[i];

		if (!c->tool_calls.p && !c->scores.p && is_empty(c->content))
			return ANSWER_EMPTY;
	}
	for (size_t i = 0; rules->need_stop && i < r->nchoices; i++) {
		const struct span finish = r->choice[i].finish;

		if (!span_eq(finish, SPAN("\"stop\"")) &&
		    !span_eq(finish, SPAN("\"tool_calls\"")))
			return ANSWER_CUT;
	}
	return r->nchoices < rules->choices ? ANSWER_SHORT : ANSWER_GOOD;
}

static void
put_part(struct buf *b, struct span s)
{
	const uint64_t n = s.p ? s.n : UINT64_MAX;

	buf_put(b, &n, sizeof n);
	if (s.p)
		buf_put(b, s.p, s.n);
}

struct hash128
response_content(struct response *r)
{
	struct buf b = { 0 };
	struct hash128 h;

	if (r->record) {
		for (size_t i = 0; i < r->fields.n; i++) {
			put_part(&b, r->fields.v[i].key);
			put_part(&b, r->fields.v[i].value);
		}
	} else {
		put_part(&b, r->model);
		put_part(&b, r->score);
	}
	for (size_t i = 0; i < r->nchoices; i++) {
		const struct choice *c = &r->choice[i];

		put_part(&b, c->content);
		put_part(&b, c->tool_calls);
		put_part(&b, c->finish);
		put_part(&b, c->scores);
	}
	h = hash128(buf_span(&b), 0);
	buf_free(&b);
	return h;
}

void
response_free(struct response *r)
{
	free(r->fields.v);
	free(r->choice);
	arena_free(&r->mem);
	*r = (struct response){ 0 };
}

/* Append a score.  False with why: no room, no name, or a second one of its name. */
static bool
add_score(struct score v[RESPONSE_SCORES], size_t *n, struct score s, char why[WHY])
{
	const char *problem = NULL;

	if (*n == RESPONSE_SCORES)
		problem = "more than 64 scores";
	else if (s.name.n == 0)
		problem = "a score has no name";
	for (size_t i = 0; !problem && i < *n; i++)
		if (span_eq(v[i].name, s.name))
			problem = "two scores have the same name";
	if (problem) {
		fail(why, problem);
		return false;
	}
	v[(*n)++] = s;
	return true;
}

/* Those of [{"token":"helpfulness","logprob":1.6},...].  0: not of that form. */
static size_t
logprob_scores(struct response *r, struct score v[RESPONSE_SCORES], char why[WHY])
{
	struct json_walk w = json_walk(r->choice[0].scores);
	size_t n = 0;

	while (json_walk_more(&w)) {
		struct score s = { { NULL, 0 }, { NULL, 0 } };

		if (json_walk_peek(&w) == '{') {
			json_walk_open(&w);
			while (json_walk_more(&w)) {
				const struct span name = json_walk_name(&w),
						  value = json_walk_value(&w);

				if (span_eq(name, SPAN("\"token\"")) && value.p[0] == '"')
					s.name = json_unquote(value, &r->mem);
				else if (span_eq(name, SPAN("\"logprob\"")) &&
					 is_number(value.p[0]))
					s.number = value;
			}
		} else {
			(void)json_walk_value(&w);
		}
		s.name = span_trim(s.name);
		if (!s.number.p) {
			fail(why, "an entry of logprobs has no token and logprob");
			return 0;
		}
		if (!add_score(v, &n, s, why))
			return 0;
	}
	if (n == 0)
		fail(why, "logprobs have no entry");
	return n;
}

/* Those of a text such as "helpfulness:1.5,verbosity:0.25". */
static size_t
text_scores(struct span text, struct score v[RESPONSE_SCORES], char why[WHY])
{
	size_t n = 0;

	text = span_trim(text);
	while (text.n) {
		const char *end = memchr(text.p, ',', text.n), *colon;
		const size_t len = end ? (size_t)(end - text.p) : text.n;
		const struct span item = span_trim((struct span){ text.p, len });
		struct score s;

		text = span_from(text, len + (end != NULL));
		colon = memchr(item.p, ':', item.n);
		s.name = (struct span){ item.p, colon ? (size_t)(colon - item.p) : 0 };
		s.number = colon ? span_trim(span_from(item, s.name.n + 1)) : item;
		if (!colon || !is_plain_number(s.number)) {
			snprintf(why, WHY,
			    "the content '%.*s' is not a list of NAME:SCORE, and "
			    "logprobs are null",
			    quoted(item), item.p);
			return 0;
		}
		if (!add_score(v, &n, s, why))
			return 0;
	}
	if (n == 0)
		fail(why, "the content is empty, and logprobs are null");
	return n;
}

size_t
response_scores(struct response *r, const struct answer_rules *rules,
    struct score v[RESPONSE_SCORES], char why[WHY])
{
	size_t n = 0;

	if (r->record) {
		for (size_t i = 0; i < r->fields.n; i++) {
			const struct json_field *f = &r->fields.v[i];

			if (is_number(f->value.p[0]) &&
			    !span_eq(f->key, span_of(rules->key)) &&
			    !add_score(v, &n, (struct score){ f->key, f->value }, why))
				return 0;
		}
		if (n == 0)
			fail(why, "no field has a number");
		return n;
	}
	if (r->score.p) {
		v[0] = (struct score){ SPAN("score"), r->score };
		return 1;
	}
	if (r->nchoices != 1)
		fail(why, "it has more than one choice: scores are of one");
	else if (r->choice[0].scores.p)
		n = logprob_scores(r, v, why);
	else if (r->choice[0].content.p)
		n = text_scores(json_unquote(r->choice[0].content, &r->mem), v, why);
	else
		fail(why, "it has no score");
	return n;
}
