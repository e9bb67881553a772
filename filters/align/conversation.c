/* conversation.c - the working memory of chat, and steps that several layouts share. */
#include "filters/align/conversation.h"

#include <stdlib.h>

#include "lib/text/json.h"

void
conversation_clear(struct conversation *c)
{
	c->turns.n = c->chosen.n = c->rejected.n = 0;
	c->preference = c->same = false;
	c->field = NULL;
	arena_reset(&c->mem);
}

void
conversation_free(struct conversation *c)
{
	free(c->turns.v);
	free(c->chosen.v);
	free(c->rejected.v);
	arena_free(&c->mem);
	buf_free(&c->buf);
}

void
add_turn(struct messages *m, enum role role, struct span content)
{
	GROW(m->v, m->n, m->cap);
	m->v[m->n++] = (struct message){ .role = role, .content = content };
}

struct span
decode(struct conversation *c, struct span json)
{
	return memchr(json.p, '\\', json.n) ? json_unquote(json, &c->mem)
					    : (struct span){ json.p + 1, json.n - 2 };
}

struct span
quote(struct conversation *c, struct span text)
{
	struct buf b = { 0 };
	struct span s;

	json_quote(&b, text);
	s = (struct span){ arena_copy(&c->mem, buf_span(&b)), b.n };
	buf_free(&b);
	return s;
}

int
get_string(struct doc *d, const char *field, struct span *raw)
{
	if (!get_value(d, field, raw))
		return 0;
	if (raw->p[0] == '"')
		return 1;
	doc_bad(d, "field '%s' is not a string", field);
	return -1;
}

int
bad_turn(struct doc *d, const struct conversation *c, const char *field)
{
	if (field)
		doc_bad(d, "field '%s': %s", field, c->problem.what);
	else
		doc_bad(d, "layout %s: %s", c->layout, c->problem.what);
	return -1;
}

int
read_side(struct doc *d, struct conversation *c, const char *field, struct span raw,
    enum role role, struct messages *m)
{
	struct json_walk w = { .s = raw };

	m->n = 0;
	if (raw.p[0] == '"') {
		add_turn(m, role, raw);
		return 0;
	}
	if (raw.p[0] == '{' ? messages_read_one(&w, m, &c->problem) < 0
			    : messages_read(raw, m, &c->problem) < 0)
		return bad_turn(d, c, field);
	if (m->n == 0) {
		doc_bad(d, "field '%s': the list has no turn", field);
		return -1;
	}
	return 0;
}

/* Whether two turns say the same. */
static bool
same_turn(struct conversation *c, const struct message *a, const struct message *b)
{
	if (a->role != b->role || a->ncalls != b->ncalls ||
	    (a->ncalls && !span_eq(a->tool_calls, b->tool_calls)))
		return false;
	return (a->content.p && b->content.p && span_eq(a->content, b->content)) ||
	       span_eq(message_text(a, &c->mem), message_text(b, &c->mem));
}

int
split_common(struct doc *d, struct conversation *c)
{
	const struct messages *a = &c->chosen, *b = &c->rejected;
	size_t n = 0;

	while (n < a->n && n < b->n && same_turn(c, &a->v[n], &b->v[n]))
		n++;
	if (n == a->n || n == b->n) {
		doc_bad(d,
		    n == a->n && n == b->n
			? "chosen and rejected are the same: drop the pair"
			: "%s ends at turn %zu, where %s continues: it has no answer of "
			  "its own",
		    n == a->n ? "chosen" : "rejected", n,
		    n == a->n ? "rejected" : "chosen");
		return -1;
	}
	if (a->v[n].role != ROLE_ASSISTANT || b->v[n].role != ROLE_ASSISTANT) {
		doc_bad(d,
		    "chosen and rejected differ at turn %zu, which is not the "
		    "assistant's: "
		    "they have different prompts",
		    n + 1);
		return -1;
	}
	c->turns.n = 0;
	for (size_t i = 0; i < n; i++) {
		GROW(c->turns.v, c->turns.n, c->turns.cap);
		c->turns.v[c->turns.n++] = a->v[i];
	}
	memmove(c->chosen.v, a->v + n, (a->n - n) * sizeof *a->v);
	memmove(c->rejected.v, b->v + n, (b->n - n) * sizeof *b->v);
	c->chosen.n -= n;
	c->rejected.n -= n;
	return 0;
}
