/* template_jinja.c - write a template as the Jinja string that servers render. */
#include "tok/template/template_file.h"

/* Append a string of Jinja. */
static void
put_string(struct span s, struct buf *out)
{
	buf_putc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '\n':
			buf_puts(out, "\\n");
			break;
		case '\t':
			buf_puts(out, "\\t");
			break;
		case '\r':
			buf_puts(out, "\\r");
			break;
		case '\'':
		case '\\':
			buf_putc(out, '\\');
			buf_putc(out, s.p[i]);
			break;
		default:
			buf_putc(out, s.p[i]);
		}
	}
	buf_putc(out, '\'');
}

static void
put_part(const struct chat_template *t, const struct chat_part *part, struct buf *out)
{
	switch (part->kind) {
	case CHAT_LITERAL:
		put_string(part->literal, out);
		break;
	case CHAT_CONTROL:
		if (part->control == CHAT_BOS)
			buf_puts(out, "bos_token");
		else if (part->control == CHAT_EOS)
			buf_puts(out, "eos_token");
		else
			put_string(t->control[part->control].text, out);
		break;
	case CHAT_TRIMMED:
		buf_puts(out, "message['content'] | trim");
		break;
	case CHAT_TRIMMED_END:
		buf_puts(out, "message['content'].rstrip()");
		break;
	default:
		buf_puts(out, "message['content']");
	}
}

/* Append the parts [from, to) of a form. */
static void
put_parts(const struct chat_template *t, const struct chat_form *f, size_t from,
    size_t to, struct buf *out)
{
	if (from == to)
		return;
	buf_puts(out, "{{ ");
	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_puts(out, " ~ ");
		put_part(t, &f->part[i], out);
	}
	buf_puts(out, " }}");
}

static void
put_form(const struct chat_template *t, enum chat_form_kind kind, struct buf *out)
{
	put_parts(t, &t->form[kind], 0, t->form[kind].n, out);
}

static void
put_trained(const struct chat_template *t, const struct chat_form *f, size_t from,
    size_t to, struct buf *out)
{
	buf_puts(out, "{% generation %}");
	put_parts(t, f, from, to, out);
	buf_puts(out, "{% endgeneration %}");
}

/* A turn after the first answer: its control may end that. */
static void
put_later(const struct chat_template *t, enum chat_form_kind kind, struct buf *out)
{
	const struct chat_form *f = &t->form[kind];
	const bool ends = t->turn_end && f->n > 0 && f->part[0].kind == CHAT_CONTROL &&
			  f->part[0].control == t->turn_end;

	if (ends)
		put_trained(t, f, 0, 1, out);
	put_parts(t, f, ends, f->n, out);
}

static size_t
point_of(const struct chat_form *f)
{
	size_t i = 0;

	while (f->part[i].kind != CHAT_POINT)
		i++;
	return i;
}

static void
put_user(const struct chat_template *t, struct buf *out)
{
	const enum chat_form_kind first =
	    t->form[CHAT_FIRST].given ? CHAT_FIRST : CHAT_USER;

	buf_puts(out, "{% elif message['role'] == 'user' %}{% if loop.index0 == 0 %}");
	put_form(t, first, out);
	buf_puts(out, "{% elif loop.index0 == 1 and messages[0]['role'] == 'system' %}");
	put_form(t, t->form[CHAT_AFTER].given ? CHAT_AFTER : first, out);
	buf_puts(out, "{% else %}");
	put_later(t, CHAT_USER, out);
	buf_puts(out, "{% endif %}");
}

static void
put_system(const struct chat_template *t, struct buf *out)
{
	buf_puts(out, "{% if message['role'] == 'system' %}");
	if (t->form[CHAT_SYSTEM].given)
		put_form(t, CHAT_SYSTEM, out);
	else
		buf_puts(out, "{{ raise_exception('the template has no system turn') }}");
}

void
chat_template_jinja(const struct chat_template *t, struct buf *out)
{
	const struct chat_form *answer = &t->form[CHAT_ASSISTANT];
	const size_t point = point_of(answer);

	put_form(t, CHAT_BEGIN, out);
	if (t->form[CHAT_NO_SYSTEM].n) {
		buf_puts(out, "{% if messages[0]['role'] != 'system' %}");
		put_form(t, CHAT_NO_SYSTEM, out);
		buf_puts(out, "{% endif %}");
	}
	buf_puts(out, "{% for message in messages %}");
	put_system(t, out);
	put_user(t, out);
	buf_puts(out, "{% elif message['role'] == 'assistant' %}");
	put_parts(t, answer, 0, point, out);
	put_trained(t, answer, point + 1, t->trained, out);
	put_parts(t, answer, t->trained, answer->n, out);
	if (t->form[CHAT_TOOL].given) {
		buf_puts(out, "{% elif message['role'] == 'tool' %}");
		put_later(t, CHAT_TOOL, out);
	}
	buf_puts(out, "{% else %}{{ raise_exception('unknown role') }}{% endif %}"
		      "{% endfor %}{% if add_generation_prompt %}");
	put_parts(t, answer, 0, point, out);
	if (t->form[CHAT_STOP].n) {
		buf_puts(out, "{% else %}");
		put_trained(t, &t->form[CHAT_STOP], 0, t->form[CHAT_STOP].n, out);
	}
	buf_puts(out, "{% endif %}\n");
}
