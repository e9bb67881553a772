/* turn_marks.c - strings that hold turns between marks, as Nemotron-4 and HH-RLHF have.
 */
#include <stdlib.h>

#include "filters/align/conversation.h"
#include "lib/text/json.h"

/* The offset of the first `what` in s, from `at` on; s.n: none. */
static size_t
find(struct span s, size_t at, struct span what)
{
	while (s.n - at >= what.n) {
		const char *p = memchr(s.p + at, what.p[0], s.n - at);

		if (!p)
			break;
		at = (size_t)(p - s.p);
		if (span_starts(span_from(s, at), what))
			return at;
		at++;
	}
	return s.n;
}

static const struct span mark = { "<extra_id_", 10 }, end_mark = { "<extra_id_1>", 12 };

int
has_no_mark(struct conversation *c, struct span text, struct span what, size_t n)
{
	if (find(text, 0, what) == text.n)
		return 0;
	return message_problem(
	    &c->problem, n, "the text has the turn mark '%.*s'", (int)what.n, what.p);
}

struct span
without_end(struct span text, struct span end)
{
	if (text.n >= end.n && span_eq(span_from(text, text.n - end.n), end))
		text.n -= end.n;
	return text;
}

/* The header at s.p[at]: its role and length; 0: none. */
static size_t
header(struct span s, size_t at, enum role *role)
{
	static const struct {
		struct span text;
		enum role role;
	} headers[] = {
		{ { "<extra_id_1>User\n", 17 }, ROLE_USER },
		{ { "<extra_id_1>Assistant\n", 22 }, ROLE_ASSISTANT },
		{ { "<extra_id_0>System\n", 19 }, ROLE_SYSTEM },
	};

	for (size_t i = 0; i < 3; i++)
		if (span_starts(span_from(s, at), headers[i].text)) {
			*role = headers[i].role;
			return headers[i].text.n;
		}
	return 0;
}

int
extra_id_read(struct conversation *c, struct span text, struct messages *m)
{
	enum { LONG = 24 };
	size_t at = 0;

	/* A text before the first mark is the user's. */
	while (at < text.n || m->n == 0) {
		enum role role = ROLE_USER;
		const bool marked = span_starts(span_from(text, at), mark);
		const size_t head = marked ? header(text, at, &role) : 0;
		size_t end;
		struct span body;

		if (m->n && span_eq(span_from(text, at), end_mark))
			break;
		if (marked && (head == 0 || (role == ROLE_SYSTEM && at > 0)))
			return message_problem(&c->problem, m->n + 1,
			    "the turn mark '%.*s' has no place here",
			    (int)(text.n - at < LONG ? text.n - at : LONG), text.p + at);
		at += head;
		end = find(text, at, mark);
		body = (struct span){ text.p + at, end - at };
		if (end < text.n && body.n && body.p[body.n - 1] == '\n')
			body.n--;
		at = end;
		if (body.n || role == ROLE_USER ||
		    (role == ROLE_ASSISTANT && at < text.n))
			add_turn(m, role, quote(c, body));
		else if (at == text.n)
			break;
	}
	return 0;
}

int
extra_id_put(struct conversation *c, const struct messages *m)
{
	static const char *const header_of[] = { "<extra_id_0>System\n",
		"<extra_id_1>User\n", "<extra_id_1>Assistant\n" };

	for (size_t i = 0; i < m->n; i++) {
		const struct span text = message_text(&m->v[i], &c->mem);

		if (has_no_mark(c, text, mark, i + 1) < 0)
			return -1;
		if (m->v[i].role == ROLE_SYSTEM && text.n == 0)
			return message_problem(&c->problem, i + 1,
			    "the system's turn is empty: remove it with --system drop");
		buf_puts(&c->buf, header_of[m->v[i].role]);
		buf_put(&c->buf, text.p, text.n);
		buf_putc(&c->buf, '\n');
	}
	return 0;
}

static const struct span human = { "\n\nHuman:", 8 },
			 assistant = { "\n\nAssistant:", 12 };

/* The offset of the next mark of a speaker, from `at` on; s.n: none. */
static size_t
next_speaker(struct span s, size_t at)
{
	for (; (at = find(s, at, SPAN("\n\n"))) < s.n; at++)
		if (span_starts(span_from(s, at), human) ||
		    span_starts(span_from(s, at), assistant))
			break;
	return at;
}

int
human_read(struct conversation *c, struct span text, struct messages *m)
{
	size_t at = 0, end;

	if (!span_starts(text, human))
		return message_problem(
		    &c->problem, 0, "the text does not start with '\\n\\nHuman:'");
	for (; at < text.n; at = end) {
		const bool user = span_starts(span_from(text, at), human);

		at += user ? human.n : assistant.n;
		at += at < text.n && text.p[at] == ' ';
		end = next_speaker(text, at);
		add_turn(m, user ? ROLE_USER : ROLE_ASSISTANT,
		    quote(c, (struct span){ text.p + at, end - at }));
	}
	return 0;
}

int
human_put(struct conversation *c, const struct messages *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct message *t = &m->v[i];
		const struct span text = message_text(t, &c->mem);

		if (t->role == ROLE_SYSTEM)
			return message_problem(&c->problem, i + 1,
			    "layout hh has no system turns: remove it with --system "
			    "drop");
		if (has_no_mark(c, text, human, i + 1) < 0 ||
		    has_no_mark(c, text, assistant, i + 1) < 0)
			return -1;
		buf_put(&c->buf, t->role == ROLE_USER ? human.p : assistant.p,
		    t->role == ROLE_USER ? human.n : assistant.n);
		buf_putc(&c->buf, ' ');
		buf_put(&c->buf, text.p, text.n);
	}
	return 0;
}
