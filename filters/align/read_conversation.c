/* read_conversation.c - layouts that hold one conversation: messages, ShareGPT, Alpaca.
 */
#include "filters/align/conversation.h"
#include "lib/base/chars.h"
#include "lib/text/json.h"

int
read_openai(struct doc *d, struct conversation *c)
{
	struct span raw;

	if (!get_value(d, "messages", &raw)) {
		if (get_value(d, "chosen", &raw) || get_value(d, "rejected", &raw))
			return read_openrlhf(d, c);
		doc_bad(d, "field 'messages' is missing: name the layout with --from");
		return -1;
	}
	c->field = "messages";
	c->same = true;
	return messages_read(raw, &c->turns, &c->problem) < 0 ? bad_turn(d, c, "messages")
							      : 0;
}

static const struct {
	struct span name;
	enum role role;
} speakers[] = {
	{ { "human", 5 }, ROLE_USER },
	{ { "gpt", 3 }, ROLE_ASSISTANT },
	{ { "user", 4 }, ROLE_USER },
	{ { "assistant", 9 }, ROLE_ASSISTANT },
	{ { "system", 6 }, ROLE_SYSTEM },
	{ { "model", 5 }, ROLE_ASSISTANT },
	{ { "chatgpt", 7 }, ROLE_ASSISTANT },
	{ { "bing", 4 }, ROLE_ASSISTANT },
	{ { "bard", 4 }, ROLE_ASSISTANT },
	{ { "tool", 4 }, ROLE_TOOL },
	{ { "function", 8 }, ROLE_TOOL },
	{ { "observation", 11 }, ROLE_TOOL },
};

static int
speaker_role(struct conversation *c, struct span json, size_t turn, enum role *role)
{
	enum { LONG = 40 };
	/* NeMo's conversations for Llama 3 name speakers by their turn marks. */
	const struct span head = SPAN("<|start_header_id|>");
	struct span name = { json.p + 1, json.n - 2 };

	for (size_t i = 0; i < 2; i++)
		if (span_eq(name, speakers[i].name)) {
			*role = speakers[i].role;
			return 0;
		}
	name = decode(c, json);
	name = without_end(span_starts(name, head) ? span_from(name, head.n) : name,
	    SPAN("<|end_header_id|>"));
	for (size_t i = 0; i < sizeof speakers / sizeof *speakers; i++)
		if (name.n == speakers[i].name.n &&
		    ascii_eq(name.p, speakers[i].name.p, name.n)) {
			*role = speakers[i].role;
			return 0;
		}
	return message_problem(&c->problem, turn,
	    "speaker '%.*s%s' is unknown: use human, gpt, system or tool",
	    (int)(name.n > LONG ? LONG : name.n), name.p, name.n > LONG ? "..." : "");
}

/* The fields of a turn in ShareGPT's layout. */
struct spoken {
	struct span from, value;
	size_t more; /* fields other than these */
};

/* The same turn as a message with all its fields: the JSON of the object, from `at` on.
 */
static int
keep_fields(struct conversation *c, struct json_walk w, enum role role, struct span value)
{
	struct buf *b = &c->buf;

	b->n = 0;
	buf_putf(b, "{\"role\":\"%s\",\"content\":", role_name(role));
	buf_put(b, value.p, value.n);
	json_walk_open(&w);
	while (json_walk_more(&w)) {
		const struct span name = json_walk_name(&w), v = json_walk_value(&w);

		if (span_eq(name, SPAN("\"from\"")) || span_eq(name, SPAN("\"value\"")) ||
		    v.p[0] == 'n')
			continue;
		buf_putc(b, ',');
		buf_put(b, name.p, name.n);
		buf_putc(b, ':');
		buf_put(b, v.p, v.n);
	}
	buf_putc(b, '}');
	w = (struct json_walk){ .s = { arena_copy(&c->mem, buf_span(b)), b->n } };
	return messages_read_one(&w, &c->turns, &c->problem);
}

static int
read_spoken(struct conversation *c, struct json_walk *w)
{
	const struct json_walk start = *w;
	const size_t turn = c->turns.n + 1;
	struct spoken t = { .more = 0 };
	enum role role = ROLE_USER;

	if (json_walk_peek(w) != '{')
		return message_problem(&c->problem, turn, "the turn is not an object");
	json_walk_open(w);
	while (json_walk_more(w)) {
		const struct span name = json_walk_name(w), v = json_walk_value(w);

		if (span_eq(name, SPAN("\"from\"")) && !t.from.p)
			t.from = v;
		else if (span_eq(name, SPAN("\"value\"")) && !t.value.p)
			t.value = v;
		else if (v.p[0] != 'n')
			t.more++;
	}
	if (!t.from.p || t.from.p[0] != '"')
		return message_problem(
		    &c->problem, turn, "field 'from' is missing or not a string");
	if (!t.value.p || t.value.p[0] != '"')
		return message_problem(
		    &c->problem, turn, "field 'value' is missing or not a string");
	if (speaker_role(c, t.from, turn, &role) < 0)
		return -1;
	if (t.more)
		return keep_fields(c, start, role, t.value);
	add_turn(&c->turns, role, t.value);
	return 0;
}

/* Whether the first turn of a list names its speaker as messages do. */
static bool
has_messages(struct span raw)
{
	struct json_walk w = json_walk(raw);

	if (!json_walk_more(&w) || json_walk_peek(&w) != '{')
		return false;
	json_walk_open(&w);
	while (json_walk_more(&w)) {
		const struct span name = json_walk_name(&w);

		if (span_eq(name, SPAN("\"role\"")))
			return true;
		if (span_eq(name, SPAN("\"from\"")))
			return false;
		(void)json_walk_value(&w);
	}
	return false;
}

/* The text of a field `system`, before all turns, unless it is empty. */
static int
read_system(struct doc *d, struct conversation *c)
{
	struct span raw;
	const int got = get_string(d, "system", &raw);

	if (got > 0 && raw.n > 2)
		add_turn(&c->turns, ROLE_SYSTEM, raw);
	return got < 0 ? -1 : 0;
}

int
read_sharegpt(struct doc *d, struct conversation *c)
{
	struct span raw;
	struct json_walk w;

	c->field = "conversations";
	if (!get_value(d, "conversations", &raw) || raw.p[0] != '[') {
		doc_bad(d, "field 'conversations' is missing or not a list");
		return -1;
	}
	if (read_system(d, c) < 0)
		return -1;
	w = json_walk(raw);
	if (has_messages(raw)) {
		while (json_walk_more(&w))
			if (messages_read_one(&w, &c->turns, &c->problem) < 0)
				return bad_turn(d, c, c->field);
		return 0;
	}
	while (json_walk_more(&w))
		if (read_spoken(c, &w) < 0)
			return bad_turn(d, c, c->field);
	return 0;
}

/* Two JSON strings with an empty line between them; without it if one is empty. */
static struct span
join(struct conversation *c, struct span a, struct span b)
{
	char *p;

	if (a.n == 2 || b.n == 2)
		return a.n == 2 ? b : a;
	p = arena_alloc(&c->mem, xadd(a.n, xadd(b.n, 2)));
	memcpy(p, a.p, a.n - 1);
	memcpy(p + a.n - 1, "\\n\\n", 4);
	memcpy(p + a.n + 3, b.p + 1, b.n - 1);
	return (struct span){ p, a.n + b.n + 2 };
}

/* One question with an answer.  material: a field to append to the question, or NULL. */
static int
read_single(struct doc *d, struct conversation *c, const char *question,
    const char *material, const char *answer)
{
	struct span q, m = SPAN("\"\""), a;
	int got;

	if (read_system(d, c) < 0)
		return -1;
	if ((got = get_string(d, question, &q)) == 0)
		doc_bad(d, "field '%s' is missing", question);
	if (got <= 0)
		return -1;
	if ((got = get_string(d, answer, &a)) == 0)
		doc_bad(d, "field '%s' is missing", answer);
	if (got <= 0 || (material && get_string(d, material, &m) < 0))
		return -1;
	add_turn(&c->turns, ROLE_USER, join(c, q, m));
	add_turn(&c->turns, ROLE_ASSISTANT, a);
	return 0;
}

int
read_alpaca(struct doc *d, struct conversation *c)
{
	struct span raw;

	if (get_value(d, "history", &raw) && !span_eq(raw, SPAN("[]"))) {
		doc_bad(d,
		    "field 'history' has further turns: this layout has one question "
		    "and one answer");
		return -1;
	}
	return read_single(d, c, "instruction", "input", "output");
}

int
read_dolly(struct doc *d, struct conversation *c)
{
	return read_single(d, c, "instruction", "context", "response");
}

int
read_nemo_sft(struct doc *d, struct conversation *c)
{
	return read_single(d, c, "input", NULL, "output");
}
