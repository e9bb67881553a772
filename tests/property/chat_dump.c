/* chat_dump.c - render conversations by a chat template, for
 * tests/property/chat_template.py.
 *
 * usage: chat_dump NAME|FILE [prompt|count] <CONVERSATIONS
 * Reads JSON lists of messages, one a line.  Writes for each
 * {"text":...,"trained":[[from, to]...]}, with offsets in bytes of the text, or
 * {"problem":...}.  bos is <s>, eos </s>. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/text/json.h"
#include "tok/template/chat_render.h"

static size_t bytes; /* of texts that were counted */

/* Write the ranges of the text that are trained. */
static void
put_trained(const struct chat_text *c, struct buf *out)
{
	size_t at = 0, from = 0, to = 0;
	bool on = false, any = false;

	buf_puts(out, ",\"trained\":[");
	for (size_t i = 0; i <= c->n; i++) {
		const size_t begin = i ? c->cut[i - 1].at : 0;
		const size_t end = i < c->n ? c->cut[i].at : c->text.n;
		size_t n = end - begin;

		for (int control = 0; control < 2; control++) {
			const bool is = control ? i < c->n && c->cut[i].target : on;

			if (control)
				n = i < c->n && c->cut[i].control != CHAT_NO_CONTROL
					? c->t->control[c->cut[i].control].text.n
					: 0;
			if (n > 0 && is && from < to && to == at) {
				to = at + n;
			} else if (n > 0 && is) {
				if (from < to)
					buf_putf(
					    out, "%s[%zu,%zu]", any ? "," : "", from, to);
				any |= from < to;
				from = at;
				to = at + n;
			}
			at += n;
		}
		on = i < c->n && c->cut[i].target_on;
	}
	if (from < to)
		buf_putf(out, "%s[%zu,%zu]", any ? "," : "", from, to);
	buf_puts(out, "]}\n");
}

static void
put_line(struct chat_text *c, struct messages *m, struct span line, struct arena *mem)
{
	struct buf text = { 0 }, out = { 0 };
	struct message_problem p;

	if (messages_read(line, m, &p) < 0 || chat_render(c, m, mem, &p) < 0) {
		buf_puts(&out, "{\"problem\":");
		json_quote(&out, span_of(p.what));
		buf_puts(&out, "}\n");
	} else {
		chat_text_put(c, &text);
		buf_puts(&out, "{\"text\":");
		json_quote(&out, text.n ? buf_span(&text) : SPAN(""));
		put_trained(c, &out);
	}
	fwrite(out.p, 1, out.n, stdout);
	buf_free(&text);
	buf_free(&out);
}

/* Render, for tests/bench/chat_encode.sh. */
static void
count_line(struct chat_text *c, struct messages *m, struct span line, struct arena *mem)
{
	struct message_problem p;

	if (messages_read(line, m, &p) < 0 || chat_render(c, m, mem, &p) < 0)
		die(EXIT_DATA, "%s", p.what);
	bytes += c->text.n;
}

int
main(int argc, char **argv)
{
	struct chat_template t;
	struct chat_text c = { .t = &t, .prompt = argc > 2 && *argv[2] == 'p' };
	const bool counts = argc > 2 && *argv[2] == 'c';
	struct messages m = { 0 };
	struct arena mem = { 0 };
	struct err err = { 0 };
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (argc < 2 || chat_template_open(&t, argv[1], &err) < 0)
		die(EXIT_USAGE, "%s", argc < 2 ? "name a template" : err.msg);
	t.control[CHAT_BOS].text = t.uses_bos ? SPAN("<s>") : SPAN("");
	t.control[CHAT_EOS].text = t.uses_eos ? SPAN("</s>") : SPAN("");
	while ((n = getline(&line, &cap, stdin)) > 0) {
		const struct span s = { line, (size_t)n - (line[n - 1] == '\n') };

		arena_reset(&mem);
		(counts ? count_line : put_line)(&c, &m, s, &mem);
	}
	if (counts)
		printf("%zu\n", bytes);
	free(line);
	free(m.v);
	chat_text_free(&c);
	chat_template_free(&t);
	arena_free(&mem);
	return 0;
}
