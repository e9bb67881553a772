/* fuzz_turn_marks.c - strings with turn marks: turns written and read again are the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "filters/align/conversation.h"
#include "lib/text/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_same(struct conversation *c, const struct messages *a, const struct messages *b)
{
	must(a->n == b->n);
	for (size_t i = 0; i < a->n; i++) {
		must(a->v[i].role == b->v[i].role);
		must(span_eq(
		    message_text(&a->v[i], &c->mem), message_text(&b->v[i], &c->mem)));
	}
}

static void
check_extra_id(struct conversation *c, struct span s)
{
	conversation_clear(c);
	c->buf.n = 0;
	if (extra_id_read(c, s, &c->turns) < 0 || c->turns.n == 0)
		return;
	must(extra_id_put(c, &c->turns) == 0);
	buf_puts(&c->buf, "<extra_id_1>");
	must(extra_id_read(c, buf_span(&c->buf), &c->chosen) == 0);
	check_same(c, &c->turns, &c->chosen);
}

static void
check_human(struct conversation *c, struct span s)
{
	conversation_clear(c);
	c->buf.n = 0;
	if (human_read(c, s, &c->turns) < 0)
		return;
	must(human_put(c, &c->turns) == 0);
	must(human_read(c, buf_span(&c->buf), &c->chosen) == 0);
	check_same(c, &c->turns, &c->chosen);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct span s = { (const char *)p, n };
	struct conversation c = { .layout = "fuzz" };

	if (n && utf8_valid(s) && !memchr(p, 0, n)) {
		check_extra_id(&c, s);
		check_human(&c, s);
	}
	conversation_free(&c);
	return 0;
}
