/* answered.c - the conversation of a document, read for filters that judge its answer. */
#include "filters/align/answered.h"

#include <stdlib.h>

int
answered_open(const void *self, void **scratch, struct err *err)
{
	*scratch = xcalloc(1, sizeof(struct answered));
	return 0;
}

void
answered_close(void *scratch)
{
	struct answered *a = scratch;

	free(a->turns.v);
	arena_free(&a->mem);
	buf_free(&a->buf);
	free(a);
}

bool
answered_read(struct answered *a, struct doc *d, unsigned flags)
{
	struct message_problem p;
	struct span json;

	arena_reset(&a->mem);
	if (!doc_get(d, SPAN("messages"), &json)) {
		doc_bad(d, "field 'messages' is missing: write conversations with tamis "
			   "chat");
		return false;
	}
	if (messages_read(json, &a->turns, &p) < 0 ||
	    messages_check(&a->turns, flags, &a->mem, &p) < 0) {
		doc_bad(d, "messages: %s", p.what);
		return false;
	}
	return true;
}

static void
put_part(struct buf *b, struct span s)
{
	const uint64_t n = s.n;

	buf_put(b, &n, sizeof n);
	buf_put(b, s.p, s.n);
}

struct hash128
answered_hash(struct answered *a, size_t n)
{
	struct buf *b = &a->buf;

	b->n = 0;
	for (size_t i = 0; i < n; i++) {
		const struct message *t = &a->turns.v[i];

		put_part(b, span_of(role_name(t->role)));
		put_part(b, message_text(t, &a->mem));
		put_part(b, t->tool_calls.p ? t->tool_calls : SPAN(""));
	}
	return hash128(buf_span(b), 0);
}

struct hash128
answered_prompt(struct answered *a)
{
	return answered_hash(a, a->turns.n - 1);
}

struct span
answered_text(struct answered *a)
{
	return message_text(&a->turns.v[a->turns.n - 1], &a->mem);
}
