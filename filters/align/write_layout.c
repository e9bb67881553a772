/* write_layout.c - write a conversation or preference in each layout. */
#include "filters/align/conversation.h"
#include "lib/text/json.h"

struct span
content_string(struct conversation *c, const struct message *m)
{
	if (m->content.p && m->content.p[0] == '"')
		return m->content;
	return quote(c, message_text(m, &c->mem));
}

/* The fields of a message other than role and content, each with a comma before it. */
static void
put_more(struct buf *b, const struct message *m)
{
	struct json_walk w;

	if (!m->json.p || !m->more)
		return;
	w = json_walk(m->json);
	while (json_walk_more(&w)) {
		const struct span name = json_walk_name(&w), v = json_walk_value(&w);

		if (span_eq(name, SPAN("\"role\"")) || span_eq(name, SPAN("\"content\"")))
			continue;
		buf_putc(b, ',');
		buf_put(b, name.p, name.n);
		buf_putc(b, ':');
		buf_put(b, v.p, v.n);
	}
}

void
put_message(struct conversation *c, const struct message *m)
{
	static const struct span head[] = {
		[ROLE_SYSTEM] = { "{\"role\":\"system\",\"content\":", 27 },
		[ROLE_USER] = { "{\"role\":\"user\",\"content\":", 25 },
		[ROLE_ASSISTANT] = { "{\"role\":\"assistant\",\"content\":", 30 },
		[ROLE_TOOL] = { "{\"role\":\"tool\",\"content\":", 25 },
	};
	struct buf *b = &c->buf;
	struct span s;

	if (m->json.p && !m->alias && (!m->content.p || m->content.p[0] == '"')) {
		buf_put(b, m->json.p, m->json.n);
		return;
	}
	s = m->content.p ? content_string(c, m) : SPAN("null");
	buf_put(b, head[m->role].p, head[m->role].n);
	buf_put(b, s.p, s.n);
	put_more(b, m);
	buf_putc(b, '}');
}

void
put_messages(struct conversation *c, const struct messages *m)
{
	buf_putc(&c->buf, '[');
	for (size_t i = 0; i < m->n; i++) {
		if (i)
			buf_putc(&c->buf, ',');
		put_message(c, &m->v[i]);
	}
	buf_putc(&c->buf, ']');
}

/* Set a field to what c->buf holds, and empty that. */
static void
set_built(struct doc *d, struct conversation *c, const char *field)
{
	doc_set_raw(d, span_of(field), doc_copy(d, buf_span(&c->buf)));
	c->buf.n = 0;
}

static void
set_list(
    struct doc *d, struct conversation *c, const char *field, const struct messages *m)
{
	put_messages(c, m);
	set_built(d, c, field);
}

static void
set_string(struct doc *d, struct conversation *c, const char *field, struct span json)
{
	buf_put(&c->buf, json.p, json.n);
	set_built(d, c, field);
}

/* The text in c->buf as a string of a field. */
static void
set_text(struct doc *d, struct conversation *c, const char *field)
{
	const struct span json = quote(c, buf_span(&c->buf));

	c->buf.n = 0;
	set_string(d, c, field, json);
}

/* Whether the layout, which has texts alone, can hold m.  Further fields of messages are
 * counted, since they are lost.  0, or -1 with d bad. */
static int
only_texts(
    struct doc *d, struct conversation *c, const char *layout, const struct messages *m)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].ncalls || m->v[i].role == ROLE_TOOL) {
			message_problem(
			    &c->problem, i + 1, "layout %s has no tools", layout);
			return bad_turn(d, c, c->field);
		}
		lost += m->v[i].more;
	}
	doc_count(d, "chat.turns_with_lost_fields", lost);
	return 0;
}

static struct messages
first(const struct messages *m, size_t n)
{
	return (struct messages){ m->v, n, n };
}

/* Whether the last turn is the assistant's.  0, or -1 with d bad. */
static int
has_answer(struct doc *d, struct conversation *c, const char *layout)
{
	const struct messages *m = &c->turns;

	if (m->v[m->n - 1].role == ROLE_ASSISTANT)
		return 0;
	message_problem(&c->problem, m->n,
	    "layout %s ends with an answer: this turn is the %s's", layout,
	    role_name(m->v[m->n - 1].role));
	return bad_turn(d, c, c->field);
}

int
write_openai(struct doc *d, struct conversation *c)
{
	if (!c->preference) {
		set_list(d, c, "messages", &c->turns);
		return 0;
	}
	set_list(d, c, "prompt", &c->turns);
	set_list(d, c, "chosen", &c->chosen);
	set_list(d, c, "rejected", &c->rejected);
	return 0;
}

int
write_trl(struct doc *d, struct conversation *c)
{
	const struct messages *m = &c->turns;
	const bool answered = m->v[m->n - 1].role == ROLE_ASSISTANT;
	const struct messages prompt = first(m, m->n - answered);

	if (c->preference)
		return write_openai(d, c);
	set_list(d, c, "prompt", &prompt);
	if (answered) {
		buf_putc(&c->buf, '[');
		put_message(c, &m->v[m->n - 1]);
		buf_putc(&c->buf, ']');
		set_built(d, c, "completion");
	}
	return 0;
}

/* Turns as ShareGPT's from and value.  names: of the roles. */
static int
put_spoken(struct doc *d, struct conversation *c, const char *layout,
    const char *const names[4], size_t from)
{
	const struct messages *m = &c->turns;
	struct buf *b = &c->buf;

	buf_putc(b, '[');
	for (size_t i = from; i < m->n; i++) {
		const struct message *t = &m->v[i];
		const struct span s = content_string(c, t);

		if (t->ncalls || !names[t->role]) {
			b->n = 0;
			message_problem(&c->problem, i + 1, "layout %s has no %s", layout,
			    t->ncalls ? "tool calls" : "turns of tools");
			return bad_turn(d, c, c->field);
		}
		buf_puts(b, i > from ? ",{\"from\":\"" : "{\"from\":\"");
		buf_puts(b, names[t->role]);
		buf_puts(b, "\",\"value\":");
		buf_put(b, s.p, s.n);
		put_more(b, t);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
	set_built(d, c, "conversations");
	return 0;
}

int
write_sharegpt(struct doc *d, struct conversation *c)
{
	static const char *const names[] = { "system", "human", "gpt", "tool" };

	return put_spoken(d, c, "sharegpt", names, 0);
}

/* The system's turn, which the layout states apart, must have a text.  0, or -1. */
static int
full_system(struct doc *d, struct conversation *c)
{
	if (c->turns.v[0].role != ROLE_SYSTEM || message_text(&c->turns.v[0], &c->mem).n)
		return 0;
	message_problem(
	    &c->problem, 1, "the system's turn is empty: remove it with --system drop");
	return bad_turn(d, c, c->field);
}

int
write_nemo(struct doc *d, struct conversation *c)
{
	static const char *const names[] = { "System", "User", "Assistant", NULL };
	const struct message *t = &c->turns.v[0];
	const bool system = t->role == ROLE_SYSTEM;
	struct span raw;

	if (full_system(d, c) < 0)
		return -1;
	set_string(d, c, "system", system ? content_string(c, t) : SPAN("\"\""));
	if (put_spoken(d, c, "nemo", names, system) < 0)
		return -1;
	if (!doc_get(d, SPAN("mask"), &raw))
		doc_set_raw(d, SPAN("mask"), SPAN("\"User\""));
	if (!doc_get(d, SPAN("type"), &raw))
		doc_set_raw(d, SPAN("type"), SPAN("null"));
	return 0;
}

/* One question and one answer, with an empty field between them unless that is NULL. */
static int
write_single(struct doc *d, struct conversation *c, const char *layout,
    const char *question, const char *material, const char *answer)
{
	const struct messages *m = &c->turns;

	if (only_texts(d, c, layout, m) < 0)
		return -1;
	if (m->v[0].role == ROLE_SYSTEM) {
		message_problem(&c->problem, 1,
		    "layout %s has no system turns: remove it with --system drop",
		    layout);
		return bad_turn(d, c, c->field);
	}
	if (m->n != 2) {
		message_problem(&c->problem, m->n,
		    "layout %s has one question and one answer: there are %zu turns",
		    layout, m->n);
		return bad_turn(d, c, c->field);
	}
	set_string(d, c, question, content_string(c, &m->v[0]));
	if (material)
		doc_set_raw(d, span_of(material), SPAN("\"\""));
	set_string(d, c, answer, content_string(c, &m->v[1]));
	return 0;
}

int
write_alpaca(struct doc *d, struct conversation *c)
{
	return write_single(d, c, "alpaca", "instruction", "input", "output");
}

int
write_dolly(struct doc *d, struct conversation *c)
{
	return write_single(d, c, "dolly", "instruction", "context", "response");
}

int
write_nemo_sft(struct doc *d, struct conversation *c)
{
	return write_single(d, c, "nemo-sft", "input", NULL, "output");
}

int
write_bridge(struct doc *d, struct conversation *c)
{
	return write_single(d, c, "bridge", "prompt", NULL, "completion");
}

/* The prompt and one answer as a list of messages. */
static void
put_whole(struct conversation *c, const struct messages *answer)
{
	put_messages(c, &c->turns);
	c->buf.p[c->buf.n - 1] = ',';
	for (size_t i = 0; i < answer->n; i++) {
		if (i)
			buf_putc(&c->buf, ',');
		put_message(c, &answer->v[i]);
	}
	buf_putc(&c->buf, ']');
}

int
write_openrlhf(struct doc *d, struct conversation *c)
{
	put_whole(c, &c->chosen);
	set_built(d, c, "chosen");
	put_whole(c, &c->rejected);
	set_built(d, c, "rejected");
	return 0;
}

int
write_hh(struct doc *d, struct conversation *c)
{
	const struct messages *answer[] = { &c->chosen, &c->rejected };
	static const char *const field[] = { "chosen", "rejected" };

	for (int i = 0; i < 2; i++) {
		if (only_texts(d, c, "hh", &c->turns) < 0 ||
		    only_texts(d, c, "hh", answer[i]) < 0)
			return -1;
		if (human_put(c, &c->turns) < 0 || human_put(c, answer[i]) < 0) {
			c->buf.n = 0;
			return bad_turn(d, c, c->field);
		}
		set_text(d, c, field[i]);
	}
	return 0;
}

/* Turns before an answer, with the mark after which it begins. */
static int
set_marked_prompt(struct doc *d, struct conversation *c, const struct messages *m)
{
	if (m->v[0].role != ROLE_SYSTEM)
		buf_puts(&c->buf, "<extra_id_0>System\n\n");
	if (extra_id_put(c, m) < 0) {
		c->buf.n = 0;
		return bad_turn(d, c, c->field);
	}
	buf_puts(&c->buf, "<extra_id_1>Assistant\n");
	set_text(d, c, "prompt");
	return 0;
}

/* One answer and the mark that ends it. */
static int
set_marked_answer(
    struct doc *d, struct conversation *c, const char *field, const struct messages *m)
{
	struct span text;

	if (m->n != 1) {
		message_problem(&c->problem, m->n,
		    "layout aligner has answers of one turn: there are %zu", m->n);
		return bad_turn(d, c, c->field);
	}
	text = message_text(&m->v[0], &c->mem);
	if (has_no_mark(c, text, SPAN("<extra_id_"), 1) < 0)
		return bad_turn(d, c, c->field);
	buf_put(&c->buf, text.p, text.n);
	buf_puts(&c->buf, "\n<extra_id_1>");
	set_text(d, c, field);
	return 0;
}

int
write_aligner(struct doc *d, struct conversation *c)
{
	const size_t n = c->turns.n - !c->preference;
	const struct messages prompt = first(&c->turns, n);
	const struct messages last = { c->turns.v + n, 1, 1 };

	if ((!c->preference && has_answer(d, c, "aligner") < 0) ||
	    only_texts(d, c, "aligner", &c->turns) < 0 ||
	    only_texts(d, c, "aligner", &c->chosen) < 0 ||
	    only_texts(d, c, "aligner", &c->rejected) < 0 ||
	    set_marked_prompt(d, c, &prompt) < 0)
		return -1;
	if (!c->preference)
		return set_marked_answer(d, c, "response", &last);
	return set_marked_answer(d, c, "chosen_response", &c->chosen) < 0 ||
		       set_marked_answer(d, c, "rejected_response", &c->rejected) < 0
		   ? -1
		   : 0;
}

int
write_nemo_rl(struct doc *d, struct conversation *c)
{
	set_list(d, c, "context", &c->turns);
	buf_puts(&c->buf, "[{\"rank\":0,\"completion\":");
	put_messages(c, &c->chosen);
	buf_puts(&c->buf, "},{\"rank\":1,\"completion\":");
	put_messages(c, &c->rejected);
	buf_puts(&c->buf, "}]");
	set_built(d, c, "completions");
	return 0;
}

/* A prompt begins and ends with a text of the user, without a mark before the first. */
int
write_helpsteer2(struct doc *d, struct conversation *c)
{
	const struct span user = SPAN("<extra_id_1>User\n");
	const struct messages prompt = first(&c->turns, c->turns.n - 1);
	struct span text;

	if (has_answer(d, c, "helpsteer2") < 0 ||
	    only_texts(d, c, "helpsteer2", &c->turns) < 0)
		return -1;
	if (c->turns.v[0].role == ROLE_SYSTEM) {
		message_problem(&c->problem, 1,
		    "layout helpsteer2 has no system turns: remove it with --system "
		    "drop");
		return bad_turn(d, c, c->field);
	}
	if (extra_id_put(c, &prompt) < 0 ||
	    has_no_mark(c, message_text(&c->turns.v[c->turns.n - 1], &c->mem),
		SPAN("<extra_id_"), c->turns.n) < 0) {
		c->buf.n = 0;
		return bad_turn(d, c, c->field);
	}
	text = (struct span){ c->buf.p + user.n, c->buf.n - user.n - 1 };
	text = quote(c, text);
	c->buf.n = 0;
	set_string(d, c, "prompt", text);
	set_string(d, c, "response", content_string(c, &c->turns.v[c->turns.n - 1]));
	return 0;
}
