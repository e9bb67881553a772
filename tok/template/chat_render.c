/* chat_render.c - render conversations by a template. */
#include "tok/template/chat_render.h"

#include <stdlib.h>

#include "lib/text/utf8.h"

/* White space of Python's str.strip(). */
static bool
is_white(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 ||
	       c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
	       c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

struct span
chat_strip(struct span s, bool begin)
{
	while (begin && s.n) {
		size_t at = 0;

		if (!is_white(utf8_next(s, &at)))
			break;
		s = span_from(s, at);
	}
	while (s.n) {
		size_t last = s.n - 1, at;

		while (last > 0 && ((unsigned char)s.p[last] & 0xc0) == 0x80)
			last--;
		at = last;
		if (!is_white(utf8_next(s, &at)))
			break;
		s.n = last;
	}
	return s;
}

/* What render knows of the turn that it adds. */
struct rendering {
	struct chat_text *c;
	struct arena *mem;
	struct message_problem *p;
	size_t turn; /* from 1; 0: a form without a turn */
	bool on;     /* what follows is a target */
};

static void
cut(struct rendering *r, int control, bool target)
{
	struct chat_text *c = r->c;

	GROW(c->cut, c->n, c->cap);
	c->cut[c->n++] = (struct chat_cut){ c->text.n, control, target, r->on };
}

static int
put_turn_text(struct rendering *r, struct span s)
{
	struct chat_text *c = r->c;
	size_t at = 0;
	int control;

	while (
	    c->policy != CHAT_PLAIN && (control = chat_find_control(c->t, s, &at)) >= 0) {
		const struct span name = c->t->control[control].text;

		if (c->policy == CHAT_REFUSE)
			return message_problem(r->p, r->turn,
			    "the text has '%.*s', a control of the template: remove it, "
			    "or "
			    "choose --control text or parse",
			    (int)(name.n < 64 ? name.n : 64), name.p);
		buf_put(&c->text, s.p, at);
		cut(r, control, r->on);
		s = span_from(s, at + name.n);
		at = 0;
	}
	buf_put(&c->text, s.p, s.n);
	return 0;
}

/* Add parts of a form.  The targets begin at a point if `trains`. */
static int
put_parts(struct rendering *r, const struct chat_part *part, size_t n,
    const struct message *m, bool trains)
{
	struct span s;

	for (size_t i = 0; i < n; i++) {
		switch (part[i].kind) {
		case CHAT_LITERAL:
			buf_put(&r->c->text, part[i].literal.p, part[i].literal.n);
			break;
		case CHAT_CONTROL:
			cut(r, (int)part[i].control, r->on);
			break;
		case CHAT_POINT:
			r->on |= trains;
			cut(r, CHAT_NO_CONTROL, false);
			break;
		default:
			s = message_text(m, r->mem);
			if (part[i].kind != CHAT_TEXT)
				s = chat_strip(s, part[i].kind == CHAT_TRIMMED);
			if (put_turn_text(r, s) < 0)
				return -1;
		}
	}
	return 0;
}

/* The targets end.  If no text follows the last cut, that says so; else a control comes
 * next. */
static void
end_targets(struct rendering *r)
{
	struct chat_text *c = r->c;

	r->on = c->loss == CHAT_LOSS_ALL;
	if (c->n > 0 && c->cut[c->n - 1].at == c->text.n)
		c->cut[c->n - 1].target_on = r->on;
}

static int
put_assistant(struct rendering *r, const struct message *m, bool trains)
{
	const struct chat_template *t = r->c->t;
	const struct chat_form *f = &t->form[CHAT_ASSISTANT];

	if (m->tool_calls.p)
		return message_problem(r->p, r->turn,
		    "a template has no form for tool_calls: render such conversations "
		    "elsewhere, to the fields prompt and completion");
	if (put_parts(r, f->part, t->trained, m, trains) < 0)
		return -1;
	if (t->trained == f->n)
		return 0;
	end_targets(r);
	return put_parts(r, f->part + t->trained, f->n - t->trained, m, false);
}

/* Add a turn that is not the assistant's.  answered: one that is trained is before it. */
static int
put_turn(
    struct rendering *r, enum chat_form_kind kind, const struct message *m, bool answered)
{
	const struct chat_template *t = r->c->t;
	const struct chat_form *f = &t->form[kind];
	const bool ends = answered && t->turn_end && f->n > 0 &&
			  f->part[0].kind == CHAT_CONTROL &&
			  f->part[0].control == t->turn_end;

	end_targets(r);
	if (!ends)
		return put_parts(r, f->part, f->n, m, false);
	cut(r, (int)t->turn_end, true);
	return put_parts(r, f->part + 1, f->n - 1, m, false);
}

/* The form of a turn of the user. */
static enum chat_form_kind
user_form(const struct chat_template *t, const struct messages *m, size_t i)
{
	const bool system = m->v[0].role == ROLE_SYSTEM;

	if (i > system)
		return CHAT_USER;
	if (system && t->form[CHAT_AFTER].given)
		return CHAT_AFTER;
	return t->form[CHAT_FIRST].given ? CHAT_FIRST : CHAT_USER;
}

static enum chat_form_kind
form_of(const struct chat_template *t, const struct messages *m, size_t i)
{
	switch (m->v[i].role) {
	case ROLE_SYSTEM:
		return CHAT_SYSTEM;
	case ROLE_USER:
		return user_form(t, m, i);
	case ROLE_ASSISTANT:
		return CHAT_ASSISTANT;
	default:
		return CHAT_TOOL;
	}
}

static int
check_form(struct rendering *r, enum chat_form_kind kind, enum role role)
{
	if (r->c->t->form[kind].given)
		return 0;
	if (kind == CHAT_SYSTEM)
		return message_problem(r->p, r->turn,
		    "the template has no system turn: remove it by chat --system drop");
	return message_problem(r->p, r->turn,
	    "the template has no form for the role %s: use another template, or render "
	    "such conversations elsewhere",
	    role_name(role));
}

/* The index of the last answer; m->n: none. */
static size_t
last_answer(const struct messages *m)
{
	size_t i = m->n;

	while (i > 0 && m->v[i - 1].role != ROLE_ASSISTANT)
		i--;
	return i ? i - 1 : m->n;
}

static int
put_turns(struct rendering *r, const struct messages *m)
{
	const struct chat_template *t = r->c->t;
	const size_t last = last_answer(m);
	bool trains = false;

	for (size_t i = 0; i < m->n; i++) {
		const enum chat_form_kind kind = form_of(t, m, i);
		const bool answered = trains;

		r->turn = i + 1;
		if (check_form(r, kind, m->v[i].role) < 0)
			return -1;
		trains = kind == CHAT_ASSISTANT && r->c->loss != CHAT_LOSS_NONE &&
			 (r->c->loss != CHAT_LOSS_LAST || i == last);
		if (kind == CHAT_ASSISTANT) {
			end_targets(r);
			if (put_assistant(r, &m->v[i], trains) < 0)
				return -1;
		} else if (put_turn(r, kind, &m->v[i], answered) < 0) {
			return -1;
		}
	}
	return 0;
}

/* Add what is before the generation point of the next answer. */
static int
put_prompt_end(struct rendering *r)
{
	const struct chat_form *f = &r->c->t->form[CHAT_ASSISTANT];
	size_t n = 0;

	while (f->part[n].kind != CHAT_POINT)
		n++;
	r->on = r->c->loss == CHAT_LOSS_ALL;
	return put_parts(r, f->part, n, NULL, false);
}

int
chat_render(struct chat_text *c, const struct messages *m, struct arena *mem,
    struct message_problem *p)
{
	struct rendering r = {
		.c = c, .mem = mem, .p = p, .on = c->loss == CHAT_LOSS_ALL
	};
	const struct chat_form *form = c->t->form;
	const struct chat_form *none = &form[CHAT_NO_SYSTEM];

	c->text.n = c->n = 0;
	put_parts(&r, form[CHAT_BEGIN].part, form[CHAT_BEGIN].n, NULL, false);
	if (m->n > 0 && m->v[0].role != ROLE_SYSTEM)
		put_parts(&r, none->part, none->n, NULL, false);
	if (put_turns(&r, m) < 0)
		return -1;
	if (c->prompt)
		return put_prompt_end(&r);
	return put_parts(&r, form[CHAT_STOP].part, form[CHAT_STOP].n, NULL, false);
}

void
chat_take_rendered(struct chat_text *c, struct span prompt, struct span completion)
{
	struct rendering r = { .c = c, .on = c->loss == CHAT_LOSS_ALL };

	c->text.n = c->n = 0;
	put_turn_text(&r, prompt);
	r.on = true;
	cut(&r, CHAT_NO_CONTROL, false);
	put_turn_text(&r, completion);
}

void
chat_text_free(struct chat_text *c)
{
	buf_free(&c->text);
	free(c->cut);
}

void
chat_text_put(const struct chat_text *c, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct chat_cut *k = &c->cut[i];

		buf_put(out, c->text.p + at, k->at - at);
		at = k->at;
		if (k->control != CHAT_NO_CONTROL)
			buf_put(out, c->t->control[k->control].text.p,
			    c->t->control[k->control].text.n);
	}
	buf_put(out, c->text.p + at, c->text.n - at);
}
