/* request.c - the request that a document makes: its conversation and its id. */
#include "filters/align/request.h"

#include "lib/base/chars.h"

/* The conversation of d, JSON. */
static bool
read_turns(const struct request_rules *rules, struct answered *a, struct doc *d,
    struct span *messages)
{
	struct message_problem p;
	struct span text;

	arena_reset(&a->mem);
	if (!doc_get(d, SPAN("messages"), messages)) {
		if (!doc_get(d, span_of(rules->c->text), &text) || text.p[0] != '"') {
			doc_bad(d,
			    "fields 'messages' and '%s' are missing: one must hold "
			    "the prompt",
			    rules->c->text);
			return false;
		}
		a->buf.n = 0;
		buf_puts(&a->buf, "[{\"role\":\"user\",\"content\":");
		buf_put(&a->buf, text.p, text.n);
		buf_puts(&a->buf, "}]");
		*messages = doc_copy(d, buf_span(&a->buf));
	}
	if (messages_read(*messages, &a->turns, &p) == 0 &&
	    messages_check(&a->turns, rules->flags, &a->mem, &p) == 0)
		return true;
	doc_bad(d, "messages: %s", p.what);
	return false;
}

/* The id that d has, as text. */
static bool
own_id(const struct request_rules *rules, struct doc *d, struct span *id)
{
	const struct span key = span_of(rules->c->id);
	struct span raw;

	if (rules->ids == IDS_CONTENT || !doc_get(d, key, &raw))
		return false;
	if (raw.p[0] == '"')
		return doc_str(d, key, id);
	for (size_t i = raw.p[0] == '-'; i < raw.n; i++)
		if (!is_digit(raw.p[i]))
			return false;
	*id = raw;
	return true;
}

bool
request_read(const struct request_rules *rules, struct answered *a, struct doc *d,
    struct request *r)
{
	const bool own = own_id(rules, d, &r->id);
	char hex[33];

	r->messages = (struct span){ NULL, 0 };
	if ((!own || rules->turns) && !read_turns(rules, a, d, &r->messages))
		return false;
	if (own) {
		if (r->id.n > 0 && r->id.n <= REQUEST_ID_MAX)
			return true;
		doc_bad(d,
		    "the id has %zu bytes, servers accept 1 to %d: use --ids content",
		    r->id.n, REQUEST_ID_MAX);
		return false;
	}
	hash128_hex(answered_hash(a, a->turns.n), hex);
	r->id = doc_copy(d, (struct span){ hex, 16 });
	return true;
}
