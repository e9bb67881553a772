/* fuzz_messages.c - messages: any list of a JSON object can be read; texts are UTF-8, and
 * parts lie inside. */
#include <stdint.h>
#include <stdlib.h>

#include "lib/text/json.h"
#include "lib/text/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
inside(struct span part, struct span whole)
{
	return !part.p || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void
check_turn(const struct message *t, struct span whole, struct arena *mem)
{
	size_t calls = 0;

	must(inside(t->json, whole) && inside(t->content, t->json) &&
	     inside(t->tool_calls, t->json) && inside(t->name, t->json));
	must(utf8_valid(message_text(t, mem)));
	must(t->content.p || t->ncalls);
	if (!t->tool_calls.p)
		return;
	for (struct json_walk w = json_walk(t->tool_calls); json_walk_more(&w); calls++)
		must(inside(tool_call_next(&w).name, t->json));
	must(calls == t->ncalls);
}

static void
check_list(struct span json, struct messages *t, struct arena *mem)
{
	struct message_problem p = { SIZE_MAX, "" };

	if (messages_read(json, t, &p) < 0) {
		must(p.turn != SIZE_MAX && p.what[0]);
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		check_turn(&t->v[i], json, mem);
	for (unsigned flags = 0; flags < 8; flags++)
		if (messages_check(t, flags, mem, &p) < 0)
			must(p.what[0] && p.turn <= t->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct json_fields f = { 0 };
	struct json_error e;
	struct arena mem = { 0 };
	struct messages t = { 0 };

	if (json_scan((struct span){ (const char *)p, n }, &f, &mem, &e) >= 0)
		for (size_t i = 0; i < f.n; i++)
			check_list(f.v[i].value, &t, &mem);
	free(t.v);
	free(f.v);
	arena_free(&mem);
	return 0;
}
