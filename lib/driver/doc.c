/* doc.c - one document: what it says, what is changed about it, how it is written again.
 */
#include "lib/driver/doc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/num.h"

static const struct edit *
find_edit(const struct doc *d, struct span key)
{
	for (const struct edit *e = d->edits; e; e = e->next)
		if (span_eq(e->key, key))
			return e;
	return NULL;
}

/* An empty buffer, and what was put there, in the document's memory. */
static struct buf *
scratch(struct doc *d)
{
	d->block->scratch.n = 0;
	return &d->block->scratch;
}

static struct span
keep(struct doc *d, const struct buf *b)
{
	return (struct span){ arena_copy(&d->block->mem, buf_span(b)), b->n };
}

static struct span
quoted(struct doc *d, struct span s)
{
	struct buf *b = scratch(d);

	json_quote(b, s);
	return keep(d, b);
}

struct span
doc_text(struct doc *d)
{
	if (!d->text.p)
		d->text =
		    d->raw_text.n ? json_unquote(d->raw_text, &d->block->mem) : SPAN("");
	return d->text;
}

bool
doc_get(struct doc *d, struct span key, struct span *raw)
{
	const struct edit *e = find_edit(d, key);

	if (e) {
		*raw = e->raw.p ? e->raw : quoted(d, d->text);
		return true;
	}
	for (size_t i = 0; i < d->nmembers; i++)
		if (span_eq(d->member[i].key, key)) {
			*raw = d->member[i].value;
			return true;
		}
	return false;
}

bool
doc_str(struct doc *d, struct span key, struct span *s)
{
	struct span raw;

	if (span_eq(key, run_text_key(d->block->run))) {
		*s = doc_text(d);
		return true;
	}
	if (!doc_get(d, key, &raw) || raw.p[0] != '"')
		return false;
	*s = json_unquote(raw, &d->block->mem);
	return true;
}

struct span
doc_id(struct doc *d)
{
	const char *slash = strrchr(d->path, '/'), *base = slash ? slash + 1 : d->path;
	struct span s;
	char *p;
	size_t n;

	if (doc_str(d, run_id_key(d->block->run), &s))
		return s;
	if (strcmp(d->path, "-") == 0)
		base = "stdin";
	n = strlen(base) + 22;
	p = doc_alloc(d, n);
	return (struct span){ p, (size_t)snprintf(p, n, "%s:%" PRIu64, base, d->place) };
}

uint64_t
doc_ordinal(const struct doc *d)
{
	return d->ordinal;
}

void *
doc_alloc(struct doc *d, size_t n)
{
	return arena_alloc(&d->block->mem, n);
}

static void **
carry_slot(struct doc *d)
{
	if (d->stage < 2)
		return &d->carry[d->stage];
	if (!d->more_carry) {
		d->more_carry = doc_alloc(d, (MAX_STAGES - 2) * sizeof *d->more_carry);
		memset(d->more_carry, 0, (MAX_STAGES - 2) * sizeof *d->more_carry);
	}
	return &d->more_carry[d->stage - 2];
}

void
doc_state_set(struct doc *d, void *p)
{
	*carry_slot(d) = p;
}

void *
doc_state(const struct doc *d)
{
	return d->stage < 2    ? d->carry[d->stage]
	       : d->more_carry ? d->more_carry[d->stage - 2]
			       : NULL;
}

/* Last write wins; the place among the members stays that of the first. */
static void
set(struct doc *d, struct span key, struct span raw)
{
	struct edit **at = &d->edits, *e;

	for (; (e = *at); at = &e->next)
		if (span_eq(e->key, key)) {
			e->raw = raw;
			return;
		}
	e = doc_alloc(d, sizeof *e);
	*e = (struct edit){ .key = key, .raw = raw };
	*at = e;
}

void
doc_set_text(struct doc *d, struct span text)
{
	d->text = text.p ? text : SPAN("");
	set(d, run_text_key(d->block->run), (struct span){ NULL, 0 });
}

void
doc_set_raw(struct doc *d, struct span key, struct span json)
{
	if (span_eq(key, run_text_key(d->block->run)))
		BUG("the text is set by doc_set_text");
	set(d, key, json);
}

void
doc_set_str(struct doc *d, struct span key, struct span value)
{
	if (span_eq(key, run_text_key(d->block->run)))
		doc_set_text(d, value);
	else
		set(d, key, quoted(d, value));
}

void
doc_set_u64(struct doc *d, struct span key, uint64_t value)
{
	char *p = doc_alloc(d, 21);

	doc_set_raw(
	    d, key, (struct span){ p, (size_t)snprintf(p, 21, "%" PRIu64, value) });
}

void
doc_set_num(struct doc *d, struct span key, double value, int places)
{
	struct buf *b = scratch(d);

	num_put(b, value, places);
	doc_set_raw(d, key, keep(d, b));
}

static struct broken *
drop(struct doc *d, const char *rule)
{
	struct broken *b = doc_alloc(d, sizeof *b);

	*b = (struct broken){ .next = d->broken, .rule = rule, .stage = d->stage };
	d->broken = b;
	if (!run_tags(d->block->run, d->stage))
		d->dropped = true;
	return b;
}

void
doc_drop(struct doc *d, const char *rule)
{
	drop(d, rule);
}

void
doc_drop_value(struct doc *d, const char *rule, double value, double threshold)
{
	struct broken *b = drop(d, rule);

	b->value = value;
	b->threshold = threshold;
	b->measured = true;
}

static void
put_drops(/* NOLINT(misc-no-recursion): a filter's rules are few */
    const struct broken *b, size_t stage, struct buf *out)
{
	if (!b || b->stage != stage)
		return;
	/* They are kept last first. */
	put_drops(b->next, stage, out);
	if (b->next && b->next->stage == stage)
		buf_putc(out, ',');
	buf_putf(out, "{\"rule\":\"%s\"", b->rule);
	if (b->measured) {
		buf_puts(out, ",\"value\":");
		num_put(out, b->value, 6);
		buf_puts(out, ",\"threshold\":");
		num_put(out, b->threshold, 6);
	}
	buf_putc(out, '}');
}

struct span
doc_drops(struct doc *d)
{
	struct buf *b = scratch(d);

	buf_putc(b, '[');
	if (d->broken)
		put_drops(d->broken, d->broken->stage, b);
	buf_putc(b, ']');
	return keep(d, b);
}

void
counts_add(struct counts *c, const char *what, uint64_t n)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].what == what || strcmp(c->v[i].what, what) == 0) {
			c->v[i].n += n;
			return;
		}
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 16;
		c->v = xrealloc(c->v, c->cap, sizeof *c->v);
	}
	c->v[c->n++] = (struct count){ what, n };
}

void
doc_count(struct doc *d, const char *what, uint64_t n)
{
	if (n)
		counts_add(&d->block->counts, what, n);
}

bool
doc_repair(const struct doc *d)
{
	return run_common(d->block->run)->on_bad == ON_BAD_REPAIR;
}

void
doc_bad_at(
    struct doc *d, const char *path, const char *unit, uint64_t place, const char *what)
{
	struct buf b = { 0 };

	if (d->bad)
		return;
	buf_putf(&b, "%s:%s%" PRIu64 ": %s",
	    strcmp(path, "-") == 0 ? "standard input" : path, unit, place, what);
	d->bad = arena_copy(&d->block->mem, buf_span(&b));
	buf_free(&b);
}

void
doc_bad(struct doc *d, const char *fmt, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	doc_bad_at(
	    d, d->path, run_by_line(d->block->run) ? "" : " record ", d->place, what);
}

static void
put_value(const struct doc *d, const struct edit *e, struct buf *out)
{
	if (e->raw.p)
		buf_put(out, e->raw.p, e->raw.n);
	else
		json_quote(out, d->text);
}

void
doc_emit(const struct doc *d, struct span text_key, struct buf *out)
{
	struct span json = d->json.n ? d->json : SPAN("{}");
	const char *from = json.p, *end = json.p + json.n, *last;
	size_t members = d->nmembers;

	for (size_t i = 0; d->edits && i < d->nmembers; i++) {
		const struct member *m = &d->member[i];
		const struct edit *e = find_edit(d, m->key);

		if (!e)
			continue;
		buf_put(out, from, (size_t)(m->value.p - from));
		put_value(d, e, out);
		from = m->value.p + m->value.n;
	}
	/* New members go behind the last one's value, else behind the brace. */
	if (members)
		last = d->member[members - 1].value.p + d->member[members - 1].value.n;
	else
		last = (const char *)memchr(json.p, '{', json.n) + 1;
	buf_put(out, from, (size_t)(last - from));
	for (const struct edit *e = d->edits; e; e = e->next) {
		bool known = false;

		for (size_t i = 0; i < d->nmembers && !known; i++)
			known = span_eq(d->member[i].key, e->key);
		if (known)
			continue;
		if (members++)
			buf_putc(out, ',');
		json_quote(out, e->key);
		buf_putc(out, ':');
		put_value(d, e, out);
	}
	buf_put(out, last, (size_t)(end - last));
	buf_putc(out, '\n');
}
