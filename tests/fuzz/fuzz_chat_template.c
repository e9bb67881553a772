/*
 * fuzz_chat_template.c - chat templates: any file is rejected with a message, or reads as
 * the same template when it is written, and renders any conversation in order.
 */
#include <stdlib.h>

#include "tok/template/chat_render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

/* A template that is written reads as itself. */
static void
use_file(const struct chat_template *t)
{
	struct chat_template again;
	struct buf first = { 0 }, second = { 0 };
	struct err err = { 0 };

	chat_template_put(t, &first);
	check(chat_template_parse(&again, buf_span(&first), "again", &err) == 0);
	chat_template_put(&again, &second);
	check(span_eq(buf_span(&first), buf_span(&second)));
	check(again.trained == t->trained && again.turn_end == t->turn_end);
	second.n = 0;
	chat_template_jinja(t, &second);
	chat_template_free(&again);
	buf_free(&first);
	buf_free(&second);
}

static void
use_conversation(const struct chat_template *t, struct span json)
{
	struct chat_text c = { .t = t };
	struct messages m = { 0 };
	struct arena mem = { 0 };
	struct buf whole = { 0 };
	struct message_problem p;

	for (unsigned k = 0; k < 16; k++) {
		c.policy = k % 2 ? CHAT_PARSE : CHAT_PLAIN;
		c.loss = k / 4;
		c.prompt = k & 2;
		if (messages_read(json, &m, &p) < 0 || chat_render(&c, &m, &mem, &p) < 0)
			break;
		for (size_t i = 0; i < c.n; i++) {
			check(c.cut[i].at <= c.text.n);
			check(i == 0 || c.cut[i - 1].at <= c.cut[i].at);
			check(c.loss != CHAT_LOSS_NONE ||
			      !(c.cut[i].target || c.cut[i].target_on));
		}
		whole.n = 0;
		chat_text_put(&c, &whole);
		check(whole.n >= c.text.n);
	}
	free(m.v);
	chat_text_free(&c);
	arena_free(&mem);
	buf_free(&whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char talk[] =
	    "[{\"role\":\"system\",\"content\":\" s "
	    "\"},{\"role\":\"user\",\"content\":\"\\u2003"
	    "u<a>\"},{\"role\":\"assistant\",\"content\":\"a \\n\"},{\"role\":\"user\","
	    "\"content\":\"b\"},{\"role\":\"assistant\",\"content\":\"<u>\"}]";
	struct chat_template t;
	struct err err = { 0 };

	if (chat_template_parse(
		&t, (struct span){ (const char *)data, size }, "fuzz", &err) == 0) {
		use_file(&t);
		use_conversation(&t, SPAN(talk));
	} else {
		check(err.code == EXIT_USAGE && err.msg[0] != '\0');
	}
	chat_template_free(&t);
	return 0;
}
