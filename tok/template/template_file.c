/* template_file.c - read the files of chat templates, and find their controls. */
#include "tok/template/template_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/io/stream.h"
#include "lib/text/utf8.h"

enum { FILE_MAX = 1 << 20, CONTROLS_MAX = 64, LIST_MAX = 512 };

static const char *const form_name[CHAT_FORMS] = {
	[CHAT_BEGIN] = "begin",
	[CHAT_SYSTEM] = "system",
	[CHAT_NO_SYSTEM] = "no-system",
	[CHAT_FIRST] = "first",
	[CHAT_AFTER] = "after-system",
	[CHAT_USER] = "user",
	[CHAT_ASSISTANT] = "assistant",
	[CHAT_TOOL] = "tool",
	[CHAT_STOP] = "stop",
};

/* A template file that is read. */
struct template_reader {
	struct chat_template *t;
	const char *name;
	unsigned line;
	struct span rest; /* of the line */
	struct err *err;
};

static int wrong(struct template_reader *r, const char *fmt, ...) PRINTF(2, 3);

/* Set the error of a line.  Returns -1. */
static int
wrong(struct template_reader *r, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	return err_set(r->err, EXIT_USAGE, "%s: line %u: %s", r->name, r->line, what);
}

/* Whether the line has another word; then rest begins with it. */
static bool
more(struct template_reader *r)
{
	while (r->rest.n && (is_blank(r->rest.p[0]) || r->rest.p[0] == '\r'))
		r->rest = span_from(r->rest, 1);
	return r->rest.n > 0 && r->rest.p[0] != '#';
}

/* Read a word that is not quoted. */
static struct span
next_word(struct template_reader *r)
{
	struct span w = r->rest;

	w.n = 0;
	while (w.n < r->rest.n && !is_space(r->rest.p[w.n]) && r->rest.p[w.n] != '"')
		w.n++;
	r->rest = span_from(r->rest, w.n);
	return w;
}

/* Read the character after a backslash. */
static int
put_escape(struct template_reader *r, struct buf *out)
{
	static const char from[] = "ntr\"\\", to[] = "\n\t\r\"\\";
	const char *at;

	if (r->rest.n == 0)
		return wrong(r, "the string does not end: close it with '\"'");
	at = memchr(from, r->rest.p[0], sizeof from - 1);
	if (!at)
		return wrong(r,
		    "'\\%c' is unknown in a string: use \\n, \\t, \\r, \\\" or \\\\",
		    r->rest.p[0]);
	buf_putc(out, to[at - from]);
	r->rest = span_from(r->rest, 1);
	return 0;
}

/* Read a string in quotes; it is borrowed from the template. */
static int
next_string(struct template_reader *r, struct span *out)
{
	struct buf b = { 0 };
	int rc = 0;

	r->rest = span_from(r->rest, 1);
	while (rc == 0 && (r->rest.n == 0 || r->rest.p[0] != '"')) {
		if (r->rest.n == 0) {
			rc = wrong(r, "the string does not end: close it with '\"'");
			break;
		}
		if (r->rest.p[0] == '\\') {
			r->rest = span_from(r->rest, 1);
			rc = put_escape(r, &b);
			continue;
		}
		buf_putc(&b, r->rest.p[0]);
		r->rest = span_from(r->rest, 1);
	}
	if (rc == 0) {
		r->rest = span_from(r->rest, 1);
		*out =
		    (struct span){ arena_copy(&r->t->mem, b.n ? buf_span(&b) : SPAN("")),
			    b.n };
		if (b.n == 0)
			rc = wrong(r, "an empty string: leave it out");
	}
	buf_free(&b);
	return rc;
}

static int
read_controls(struct template_reader *r)
{
	struct chat_template *t = r->t;

	while (more(r)) {
		struct span s = SPAN("");

		if (r->rest.p[0] != '"')
			return wrong(
			    r, "a control is not in quotes: write it as a string");
		if (next_string(r, &s) < 0)
			return -1;
		if (t->n == CONTROLS_MAX)
			return wrong(r,
			    "more than %d controls: name only what the forms use",
			    CONTROLS_MAX - CHAT_NAMED);
		for (size_t i = CHAT_NAMED; i < t->n; i++)
			if (span_eq(t->control[i].text, s))
				return wrong(r, "'%.*s' is a control already: remove one",
				    (int)s.n, s.p);
		GROW(t->control, t->n, t->cap);
		t->control[t->n++] = (struct chat_control){ s, MODEL_NO_ID };
	}
	return 0;
}

static void
add_part(struct chat_form *f, struct chat_part part)
{
	GROW(f->part, f->n, f->cap);
	f->part[f->n++] = part;
}

static void
add_control(struct chat_template *t, struct chat_form *f, unsigned control)
{
	t->uses_bos |= control == CHAT_BOS;
	t->uses_eos |= control == CHAT_EOS;
	add_part(f, (struct chat_part){ .kind = CHAT_CONTROL, .control = control });
}

/* The longest control that s begins with, or -1. */
static int
control_at(const struct chat_template *t, struct span s)
{
	int best = -1;

	for (size_t i = 0; i < t->n; i++) {
		const struct span c = t->control[i].text;

		if (c.n && span_starts(s, c) &&
		    (best < 0 || c.n > t->control[best].text.n))
			best = (int)i;
	}
	return best;
}

int
chat_find_control(const struct chat_template *t, struct span s, size_t *at)
{
	size_t first = s.n;
	int found = -1;

	/* Most texts have none.  Controls begin with few different bytes. */
	for (size_t k = 0; k < t->n_begins; k++) {
		const char *p = s.p + *at, *const end = s.p + first;
		int control;

		while (p < end && (p = memchr(p, t->begins[k], (size_t)(end - p)))) {
			control = control_at(t, span_from(s, (size_t)(p - s.p)));
			if (control >= 0) {
				found = control;
				first = (size_t)(p - s.p);
				break;
			}
			p++;
		}
	}
	*at = first;
	return found;
}

/* Add a string of a form, cut at the controls in it. */
static void
add_literal(struct chat_template *t, struct chat_form *f, struct span s)
{
	size_t at = 0;
	int control;

	while ((control = chat_find_control(t, s, &at)) >= 0) {
		if (at > 0)
			add_part(f, (struct chat_part){
					.kind = CHAT_LITERAL, .literal = { s.p, at } });
		add_control(t, f, (unsigned)control);
		s = span_from(s, at + t->control[control].text.n);
		at = 0;
	}
	if (s.n > 0)
		add_part(f, (struct chat_part){ .kind = CHAT_LITERAL, .literal = s });
}

static size_t
count_parts(const struct chat_form *f, enum chat_part_kind from, enum chat_part_kind to)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->part[i].kind >= from && f->part[i].kind <= to;
	return n;
}

/* Check that a form has what it needs. */
static int
check_form(struct template_reader *r, enum chat_form_kind kind)
{
	const struct chat_form *f = &r->t->form[kind];
	const size_t texts = count_parts(f, CHAT_TEXT, CHAT_TRIMMED_END);
	const size_t points = count_parts(f, CHAT_POINT, CHAT_POINT);
	const bool turn =
	    kind != CHAT_BEGIN && kind != CHAT_NO_SYSTEM && kind != CHAT_STOP;

	if (turn && texts != 1)
		return wrong(r,
		    "'%s' has the text of the turn %s: write text, trimmed or "
		    "trimmed-end once",
		    form_name[kind], texts ? "twice" : "nowhere");
	if (!turn && texts != 0)
		return wrong(r, "'%s' is not a turn and has no text: remove the word",
		    form_name[kind]);
	if (kind != CHAT_ASSISTANT && points)
		return wrong(r, "'%s' is not generated: only assistant has a '|'",
		    form_name[kind]);
	if (kind != CHAT_ASSISTANT)
		return 0;
	if (points != 1)
		return wrong(r,
		    "'assistant' has %s '|': write one, where a server hands "
		    "over to the model",
		    points ? "more than one" : "no");
	for (size_t i = 0; f->part[i].kind != CHAT_POINT; i++)
		if (f->part[i].kind >= CHAT_TEXT && f->part[i].kind <= CHAT_TRIMMED_END)
			return wrong(r, "the text of 'assistant' is before the '|': the "
					"model writes it, so put it after");
	return 0;
}

static int
read_form(struct template_reader *r, enum chat_form_kind kind)
{
	struct chat_form *f = &r->t->form[kind];

	if (f->given)
		return wrong(r, "'%s' a second time: remove one", form_name[kind]);
	f->given = true;
	while (more(r)) {
		struct span w = SPAN("");

		if (r->rest.p[0] == '"') {
			if (next_string(r, &w) < 0)
				return -1;
			add_literal(r->t, f, w);
			continue;
		}
		w = next_word(r);
		if (span_eq(w, SPAN("text")))
			add_part(f, (struct chat_part){ .kind = CHAT_TEXT });
		else if (span_eq(w, SPAN("trimmed")))
			add_part(f, (struct chat_part){ .kind = CHAT_TRIMMED });
		else if (span_eq(w, SPAN("trimmed-end")))
			add_part(f, (struct chat_part){ .kind = CHAT_TRIMMED_END });
		else if (span_eq(w, SPAN("|")))
			add_part(f, (struct chat_part){ .kind = CHAT_POINT });
		else if (span_eq(w, SPAN("bos")))
			add_control(r->t, f, CHAT_BOS);
		else if (span_eq(w, SPAN("eos")))
			add_control(r->t, f, CHAT_EOS);
		else
			return wrong(r,
			    "'%.*s' is not a part of a form: write a string in quotes, "
			    "text, "
			    "trimmed, trimmed-end, bos, eos or |",
			    (int)(w.n < 40 ? w.n : 40), w.p);
	}
	return check_form(r, kind);
}

static void
note_begins(struct chat_template *t)
{
	t->n_begins = 0;
	for (size_t i = 0; i < t->n; i++)
		if (t->control[i].text.n &&
		    !memchr(t->begins, t->control[i].text.p[0], t->n_begins))
			t->begins[t->n_begins++] = t->control[i].text.p[0];
}

static int
read_line(struct template_reader *r)
{
	const struct span w = next_word(r);

	if (span_eq(w, SPAN("control"))) {
		for (size_t k = 0; k < CHAT_FORMS; k++)
			if (r->t->form[k].given)
				return wrong(r,
				    "'control' after a form: put it before all "
				    "forms");
		if (read_controls(r) < 0)
			return -1;
		note_begins(r->t);
		return 0;
	}
	for (size_t k = 0; k < CHAT_FORMS; k++)
		if (span_eq(w, span_of(form_name[k])))
			return read_form(r, (enum chat_form_kind)k);
	return wrong(r,
	    "'%.*s' is unknown: write control, begin, system, no-system, first, "
	    "after-system, user, assistant, tool or stop",
	    (int)(w.n < 40 ? w.n : 40), w.p);
}

static bool
begins_with_control(const struct chat_form *f)
{
	return f->n > 0 && f->part[0].kind == CHAT_CONTROL;
}

/* Check the whole template, and find the control that ends answers in the middle. */
static int
finish(struct template_reader *r)
{
	struct chat_template *t = r->t;
	const struct chat_form *user = &t->form[CHAT_USER], *stop = &t->form[CHAT_STOP];

	for (size_t k = CHAT_USER; k <= CHAT_ASSISTANT; k++)
		if (!t->form[k].given)
			return err_set(r->err, EXIT_USAGE,
			    "%s: no line '%s': a template has user and assistant",
			    r->name, form_name[k]);
	if (begins_with_control(stop) && begins_with_control(user) &&
	    user->part[0].control == stop->part[0].control)
		t->turn_end = stop->part[0].control;
	t->trained = t->form[CHAT_ASSISTANT].n;
	if (begins_with_control(user) && (stop->n == 0 || begins_with_control(stop)) &&
	    (t->form[CHAT_TOOL].n == 0 || begins_with_control(&t->form[CHAT_TOOL])))
		return 0;
	while (t->form[CHAT_ASSISTANT].part[t->trained - 1].kind == CHAT_LITERAL)
		t->trained--;
	if (t->form[CHAT_ASSISTANT].part[t->trained - 1].kind != CHAT_CONTROL)
		return err_set(r->err, EXIT_USAGE,
		    "%s: no control ends an answer, so that a model would not learn to "
		    "stop: add eos to 'assistant' after the text",
		    r->name);
	return 0;
}

int
chat_template_parse(
    struct chat_template *t, struct span text, const char *name, struct err *err)
{
	struct template_reader r = { .t = t, .name = name, .err = err };
	bool begun = false;

	memset(t, 0, sizeof *t);
	for (t->n = 0; t->n < CHAT_NAMED; t->n++) {
		GROW(t->control, t->n, t->cap);
		t->control[t->n] = (struct chat_control){ SPAN(""), MODEL_NO_ID };
	}
	if (!utf8_valid(text))
		return err_set(err, EXIT_USAGE, "%s: not UTF-8: convert it", name);
	while (text.n > 0) {
		const char *end = memchr(text.p, '\n', text.n);

		r.rest = (struct span){ text.p, end ? (size_t)(end - text.p) : text.n };
		text = span_from(text, end ? r.rest.n + 1 : r.rest.n);
		r.line++;
		if (!more(&r))
			continue;
		if (!begun && !span_eq(span_trim(r.rest), SPAN("tamis-template 1")))
			return wrong(&r, "not a chat template: its first line is "
					 "'tamis-template 1'");
		if (begun && read_line(&r) < 0)
			return -1;
		begun = true;
	}
	if (!begun)
		return err_set(err, EXIT_USAGE,
		    "%s: empty: a chat template begins with 'tamis-template 1'", name);
	return finish(&r);
}

/* Append the names of the built-in templates. */
static void
put_names(char *out, size_t size)
{
	const char *name;
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; (name = chat_builtin_name(i)) && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", i ? ", " : "", name);
}

int
chat_template_open(struct chat_template *t, const char *name, struct err *err)
{
	const struct span text = chat_builtin(name);
	char names[LIST_MAX];
	struct buf file = { 0 };
	int rc;

	memset(t, 0, sizeof *t);
	if (text.n)
		return chat_template_parse(t, text, name, err);
	if (!strpbrk(name, "./")) {
		put_names(names, sizeof names);
		return err_set(err, EXIT_USAGE,
		    "'%s': not a built-in chat template: name a file as ./FILE, or one "
		    "of "
		    "%s",
		    name, names);
	}
	rc = file_get(name, FILE_MAX, &file, err);
	if (rc == 0)
		rc = chat_template_parse(
		    t, file.n ? buf_span(&file) : SPAN(""), name, err);
	buf_free(&file);
	return rc;
}

static void
put_string(struct span s, struct buf *out)
{
	static const char from[] = "\n\t\r\"\\", to[] = "ntr\"\\";

	buf_putc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		const char *at = memchr(from, s.p[i], sizeof from - 1);

		if (at)
			buf_putc(out, '\\');
		buf_putc(out, at ? to[at - from] : s.p[i]);
	}
	buf_putc(out, '"');
}

static void
put_part(const struct chat_template *t, const struct chat_part *part, struct buf *out)
{
	static const char *const word[] = {
		[CHAT_TEXT] = "text",
		[CHAT_TRIMMED] = "trimmed",
		[CHAT_TRIMMED_END] = "trimmed-end",
		[CHAT_POINT] = "|",
	};

	buf_putc(out, ' ');
	if (part->kind == CHAT_LITERAL)
		put_string(part->literal, out);
	else if (part->kind != CHAT_CONTROL)
		buf_puts(out, word[part->kind]);
	else if (part->control < CHAT_NAMED)
		buf_puts(out, part->control == CHAT_BOS ? "bos" : "eos");
	else
		put_string(t->control[part->control].text, out);
}

void
chat_template_put(const struct chat_template *t, struct buf *out)
{
	buf_puts(out, "tamis-template 1\n");
	for (size_t i = CHAT_NAMED; i < t->n; i++) {
		buf_puts(out, i == CHAT_NAMED ? "control " : " ");
		put_string(t->control[i].text, out);
	}
	if (t->n > CHAT_NAMED)
		buf_putc(out, '\n');
	for (size_t k = 0; k < CHAT_FORMS; k++) {
		const struct chat_form *f = &t->form[k];

		if (!f->given)
			continue;
		buf_puts(out, form_name[k]);
		for (size_t i = 0; i < f->n; i++)
			put_part(t, &f->part[i], out);
		buf_putc(out, '\n');
	}
}

void
chat_template_free(struct chat_template *t)
{
	for (size_t k = 0; k < CHAT_FORMS; k++)
		free(t->form[k].part);
	free(t->control);
	arena_free(&t->mem);
	memset(t, 0, sizeof *t);
}

/* Set a control to the model's bos or eos. */
static int
bind_end(struct chat_control *c, const struct model *m, const char *path, uint32_t id,
    const char *name, struct err *err)
{
	if (id == MODEL_NO_ID)
		return err_set(err, EXIT_USAGE,
		    "%s: the model has no %s piece, and the template has one: use "
		    "another "
		    "model, or a template file without it",
		    path, name);
	*c = (struct chat_control){ { m->piece[id].text, m->piece[id].n }, id };
	return 0;
}

int
chat_template_bind(
    struct chat_template *t, const struct model *m, const char *path, struct err *err)
{
	if (t->uses_bos &&
	    bind_end(&t->control[CHAT_BOS], m, path, m->bos, "bos", err) < 0)
		return -1;
	if (t->uses_eos &&
	    bind_end(&t->control[CHAT_EOS], m, path, m->eos, "eos", err) < 0)
		return -1;
	for (size_t i = CHAT_NAMED; i < t->n; i++) {
		struct chat_control *c = &t->control[i];

		c->id = model_find(m, c->text.p, c->text.n);
		if (c->id == MODEL_NO_ID ||
		    (m->piece[c->id].type != MODEL_CONTROL &&
			m->piece[c->id].type != MODEL_USER_DEFINED))
			return err_set(err, EXIT_USAGE,
			    "%s: '%.*s' of the template is not one token of this model: "
			    "use "
			    "a model with this control or user-defined piece, or a "
			    "template "
			    "file without it",
			    path, (int)(c->text.n < 64 ? c->text.n : 64), c->text.p);
	}
	note_begins(t);
	return 0;
}

void
chat_template_of_controls(struct chat_template *t, const struct model *m)
{
	memset(t, 0, sizeof *t);
	for (uint32_t id = 0; id < m->n; id++) {
		const struct model_piece *p = &m->piece[id];

		if (p->type != MODEL_CONTROL || p->n == 0)
			continue;
		GROW(t->control, t->n, t->cap);
		t->control[t->n++] = (struct chat_control){ { p->text, p->n }, id };
	}
	note_begins(t);
}
