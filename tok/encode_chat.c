/*
 * encode_chat.c - encode conversations by a chat template.
 *
 * A text is cut at controls and generation points alone.  So a prompt has the ids that a
 * server computes for it, and a token is a target or not, never in part.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"
#include "lib/text/messages.h"
#include "tok/encode_work.h"

/* Tokens of a document so far. */
static uint64_t
count_ids(const struct encode_work *s)
{
	return (s->file.fd >= 0 ? s->file.n : 0) + s->ids.n;
}

/* Tokens [from, to) are targets. */
static void
add_targets(struct encode_chat *c, uint64_t from, uint64_t to)
{
	/* No token comes before the first one, so that it cannot be a target. */
	if (from == 0)
		from = 1;
	if (from >= to)
		return;
	c->targets += to - from;
	if (c->n_ranges > 0 && c->range[c->n_ranges - 1].to == from) {
		c->range[c->n_ranges - 1].to = to;
		return;
	}
	GROW(c->range, c->n_ranges, c->range_cap);
	c->range[c->n_ranges++] = (struct target_range){ from, to };
}

/* Encode the text that was rendered from `at` to `end`.  False: the document is bad. */
static bool
put_stretch(struct encode_work *s, size_t at, size_t end, bool target)
{
	const struct chat_options *o = &s->e->chat;
	struct encode_chat *c = &s->chat;
	const bool begins = at == 0 && (c->rendered.n == 0 || c->rendered.cut[0].at > 0);
	const uint64_t before = count_ids(s);

	if (at == end)
		return true;
	/* The dummy prefix of a model belongs to a text that begins the conversation. */
	if (!encode_put(s, begins || !o->prefixes ? &s->e->tokenizer : &o->inner,
		(struct span){ c->rendered.text.p + at, end - at }))
		return false;
	if (target)
		add_targets(c, before, count_ids(s));
	return true;
}

static void
put_cut(struct encode_work *s, const struct chat_cut *k)
{
	struct encode_chat *c = &s->chat;
	const uint64_t before = count_ids(s);

	if (k->control == CHAT_NO_CONTROL) {
		if (c->points++ == c->answers_before)
			c->prompt_tokens = before;
		return;
	}
	encode_add_id(s, s->e->chat.template.control[k->control].id);
	if (k->target)
		add_targets(c, before, before + 1);
}

/* Encode what was rendered.  False: the document is bad. */
static bool
put_rendered(struct encode_work *s)
{
	struct encode_chat *c = &s->chat;
	const struct chat_text *r = &c->rendered;
	bool on = r->loss == CHAT_LOSS_ALL;
	size_t at = 0;

	c->n_ranges = c->points = 0;
	c->targets = c->prompt_tokens = 0;
	s->keeps = true;
	for (size_t i = 0; i < r->n; i++) {
		if (!put_stretch(s, at, r->cut[i].at, on))
			return false;
		put_cut(s, &r->cut[i]);
		on = r->cut[i].target_on;
		at = r->cut[i].at;
	}
	return put_stretch(s, at, r->text.n, on);
}

/* Encode the first n turns.  Returns the number of tokens, or 0: the document is bad. */
static uint64_t
put_turns(struct encode_work *s, size_t n)
{
	struct encode_chat *c = &s->chat;
	const struct messages turns = { c->turns.v, n, c->turns.cap };
	struct message_problem p;

	id_file_close(&s->file);
	s->file.fd = -1;
	if (chat_render(&c->rendered, &turns, &c->mem, &p) < 0) {
		doc_bad(c->d, "field '%s': %s", c->field, p.what);
		return 0;
	}
	encode_begin(
	    s, c->d, c->rendered.text.n ? buf_span(&c->rendered.text) : SPAN(""));
	return put_rendered(s) ? count_ids(s) : 0;
}

static size_t
count_answers(const struct messages *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->v[i].role == ROLE_ASSISTANT;
	return n;
}

/* The number of turns up to and with answer k, from 1. */
static size_t
turns_to_answer(const struct messages *m, size_t k)
{
	size_t i = 0;

	while (m->v[i].role != ROLE_ASSISTANT || --k > 0)
		i++;
	return i + 1;
}

/* Encode as many turns as have at most --seq tokens, up to an answer.  Returns the number
 * of tokens; 0: the document is bad or dropped. */
static uint64_t
shorten(struct encode_work *s)
{
	const struct messages *m = &s->chat.turns;
	size_t fits = 0, too_many = count_answers(m);

	while (too_many - fits > 1) {
		const size_t k = fits + (too_many - fits) / 2;
		const uint64_t n = put_turns(s, turns_to_answer(m, k));

		if (n == 0)
			return 0;
		*(n <= s->e->chat.seq ? &fits : &too_many) = k;
	}
	if (fits == 0) {
		doc_drop(s->chat.d, "encode.too_long");
		return 0;
	}
	doc_count(s->chat.d, "encode.turns_cut", m->n - turns_to_answer(m, fits));
	return put_turns(s, turns_to_answer(m, fits));
}

/* Apply --truncate to a document of n tokens.  Returns the number of tokens; 0: the
 * document is bad or dropped. */
static uint64_t
limit(struct encode_work *s, uint64_t n)
{
	const struct chat_options *o = &s->e->chat;

	if (o->seq == 0 || n <= o->seq)
		return n;
	if (o->truncate == CHAT_TRUNCATE_TURNS)
		return shorten(s);
	if (o->truncate == CHAT_TRUNCATE_DROP)
		doc_drop(s->chat.d, "encode.too_long");
	else
		doc_bad(s->chat.d,
		    "the %s %" PRIu64 " tokens, --seq is %" PRIu64
		    ": choose --truncate drop%s, or a larger --seq",
		    o->pairs ? "two answers and their prompts have" : "conversation has",
		    n, o->seq, o->pairs ? "" : " or turns");
	return 0;
}

/* Append the turns in a field.  False: the document is bad. */
static bool
read_field(struct encode_chat *c, const char *field, bool append)
{
	struct message_problem p;
	struct json_walk w;
	struct span raw;

	c->field = field;
	if (!doc_get(c->d, span_of(field), &raw)) {
		doc_bad(
		    c->d, "no field '%s': convert other layouts by tamis chat", field);
		return false;
	}
	if (!append && messages_read(raw, &c->turns, &p) < 0)
		goto bad;
	if (append && raw.p[0] != '[') {
		message_problem(
		    &p, 0, "not a list of messages: convert it by tamis chat");
		goto bad;
	}
	w = json_walk(raw);
	while (append && json_walk_more(&w))
		if (messages_read_one(&w, &c->turns, &p) < 0)
			goto bad;
	return true;
bad:
	doc_bad(c->d, "field '%s': %s", field, p.what);
	return false;
}

static bool
check_turns(struct encode_chat *c, unsigned end)
{
	struct message_problem p;

	if (messages_check(&c->turns, end, &c->mem, &p) == 0)
		return true;
	doc_bad(c->d, "field '%s': %s", c->field, p.what);
	return false;
}

/* Read the labels of a row, the fields PREFIX + name.  False: the document is bad. */
static bool
read_labels(const struct encode *e, struct encode_chat *c, const char *prefix, float *v)
{
	char name[64];

	for (size_t i = 0; i < e->chat.n_labels; i++) {
		struct span raw;
		double x;

		v[i] = NAN;
		snprintf(name, sizeof name, "%s%s", prefix, e->chat.label[i]);
		if (!doc_get(c->d, span_of(name), &raw) || span_eq(raw, SPAN("null")))
			continue;
		if (!num_json(raw, &x) || !isfinite((float)x)) {
			doc_bad(c->d,
			    "field '%s' is not a number of 32 bits: write a number, or "
			    "null "
			    "where there is none",
			    name);
			return false;
		}
		v[i] = (float)x;
	}
	return true;
}

/* The result of the turns that were encoded, a row of the shard. */
static struct tokens *
take_row(struct encode_work *s, const char *label_prefix)
{
	struct encode_chat *c = &s->chat;
	const size_t bytes = c->n_ranges * sizeof *c->range;
	struct tokens *t = encode_result(s, 0);

	t->targets = c->targets;
	t->n_ranges = c->n_ranges;
	t->range = doc_alloc(c->d, bytes ? bytes : 1);
	if (bytes)
		memcpy(t->range, c->range, bytes);
	t->prompt_tokens = (uint32_t)c->prompt_tokens;
	t->label = doc_alloc(c->d, (s->e->chat.n_labels + 1) * sizeof *t->label);
	if (read_labels(s->e, c, label_prefix, t->label))
		return t;
	tokens_close(t);
	return NULL;
}

/* Encode the field messages. */
static struct tokens *
put_conversation(struct encode_work *s)
{
	const struct chat_options *o = &s->e->chat;
	struct encode_chat *c = &s->chat;

	if (!read_field(c, "messages", false) ||
	    !check_turns(c, o->prompt_only ? TURNS_END_USER : TURNS_END_ASSISTANT))
		return NULL;
	c->answers_before = SIZE_MAX;
	if (limit(s, put_turns(s, c->turns.n)) == 0)
		return NULL;
	if (c->targets == 0 && !o->prompt_only && o->loss != CHAT_LOSS_NONE) {
		doc_drop(c->d, "encode.no_target");
		return NULL;
	}
	return take_row(s, "");
}

static bool
read_string(struct encode_chat *c, const char *field, struct span *out)
{
	if (doc_str(c->d, span_of(field), out))
		return true;
	doc_bad(c->d, "no string '%s': --template none takes rendered text", field);
	return false;
}

/* Encode the fields prompt and completion, which were rendered elsewhere. */
static struct tokens *
put_completion(struct encode_work *s)
{
	struct encode_chat *c = &s->chat;
	struct span prompt, completion;

	if (!read_string(c, "prompt", &prompt) ||
	    !read_string(c, "completion", &completion))
		return NULL;
	chat_take_rendered(&c->rendered, prompt, completion);
	encode_begin(
	    s, c->d, c->rendered.text.n ? buf_span(&c->rendered.text) : SPAN(""));
	c->answers_before = SIZE_MAX;
	if (!put_rendered(s) || limit(s, count_ids(s)) == 0)
		return NULL;
	if (c->targets == 0) {
		doc_drop(c->d, "encode.no_target");
		return NULL;
	}
	return take_row(s, "");
}

/* Encode the field prompt and one of its answers. */
static struct tokens *
put_answer(struct encode_work *s, const char *field, const char *label_prefix)
{
	struct encode_chat *c = &s->chat;

	if (!read_field(c, "prompt", false) || !check_turns(c, TURNS_END_USER))
		return NULL;
	c->answers_before = count_answers(&c->turns);
	if (!read_field(c, field, true) || !check_turns(c, TURNS_END_ASSISTANT) ||
	    put_turns(s, c->turns.n) == 0)
		return NULL;
	return take_row(s, label_prefix);
}

static bool
is_same(const struct tokens *a, const struct tokens *b)
{
	return a->n == b->n && a->file.fd < 0 && b->file.fd < 0 &&
	       memcmp(a->id, b->id, a->n * sizeof *a->id) == 0;
}

/* Encode the fields prompt, chosen and rejected: two rows with one prompt. */
static struct tokens *
put_pair(struct encode_work *s)
{
	struct tokens *chosen = put_answer(s, "chosen", "chosen_"), *rejected;

	if (!chosen)
		return NULL;
	rejected = put_answer(s, "rejected", "rejected_");
	if (!rejected)
		goto bad;
	if (is_same(chosen, rejected)) {
		doc_drop(s->chat.d, "encode.same_answers");
		goto bad;
	}
	if (limit(s, chosen->n + rejected->n) == 0)
		goto bad;
	chosen->next = rejected;
	return chosen;
bad:
	if (rejected)
		tokens_close(rejected);
	tokens_close(chosen);
	return NULL;
}

struct tokens *
encode_conversation(const struct encode *e, void *scratch, struct doc *d)
{
	struct encode_work *s = scratch;
	struct encode_chat *c = &s->chat;
	struct tokens *t;

	arena_reset(&c->mem);
	c->d = d;
	c->rendered.t = &e->chat.template;
	c->rendered.policy = e->chat.policy;
	c->rendered.loss = e->chat.loss;
	c->rendered.prompt = e->chat.prompt_only;
	t = e->chat.pairs      ? put_pair(s)
	    : e->chat.rendered ? put_completion(s)
			       : put_conversation(s);
	id_file_close(&s->file);
	s->file.fd = -1;
	return t;
}

void
encode_chat_close(struct encode_chat *c)
{
	free(c->turns.v);
	free(c->range);
	chat_text_free(&c->rendered);
	arena_free(&c->mem);
}
