/* doc.c - one document: its fields, the edits to it, and its record with them applied. */
#include "lib/driver/doc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/base/num.h"

void
doc_scan(struct doc *d)
{
	if (!d->unscanned)
		return;
	d->unscanned = false;
	jsonl_scan(d);
}

static const struct edit *
find_edit(const struct doc *d, struct span key)
{
	for (const struct edit *e = d->edits; e; e = e->next)
		if (span_eq(e->key, key))
			return e;
	return NULL;
}

/* The value of a field that doc_remove removed. */
static const char removed[1];

static bool
is_removed(const struct edit *e)
{
	return e->raw.p == removed;
}

/* An empty buffer to build one value in; keep() copies the value to the arena. */
static struct buf *
scratch(struct doc *d)
{
	d->block->scratch.n = 0;
	return &d->block->scratch;
}

static struct span
keep(struct doc *d, const struct buf *b)
{
	return doc_copy(d, buf_span(b));
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
	d->block->text_read = true;
	if (!d->text.p)
		doc_scan(d);
	if (!d->text.p)
		d->text =
		    d->raw_text.n ? json_unquote(d->raw_text, &d->block->mem) : SPAN("");
	return d->text;
}

bool
doc_get(struct doc *d, struct span key, struct span *raw)
{
	const struct edit *e = find_edit(d, key);

	if (e && is_removed(e))
		return false;
	if (e) {
		*raw = e->raw.p ? e->raw : quoted(d, d->text);
		return true;
	}
	doc_scan(d);
	for (size_t i = 0; i < d->nfields; i++)
		if (span_eq(d->field[i].key, key)) {
			*raw = d->field[i].value;
			return true;
		}
	return false;
}

bool
doc_str(struct doc *d, struct span key, struct span *s)
{
	struct span raw;

	if (span_eq(key, d->block->env->text_key)) {
		*s = doc_text(d);
		return true;
	}
	if (!doc_get(d, key, &raw) || raw.p[0] != '"')
		return false;
	*s = json_unquote(raw, &d->block->mem);
	return true;
}

/* The id of d's own: a string, or an integer as its text. */
static bool
own_id(struct doc *d, struct span *id)
{
	const struct span key = d->block->env->id_key;
	struct span raw;
	size_t i;

	if (!doc_get(d, key, &raw))
		return false;
	if (raw.p[0] == '"')
		return doc_str(d, key, id);
	for (i = raw.p[0] == '-'; i < raw.n && is_digit(raw.p[i]); i++)
		;
	*id = raw;
	return i == raw.n;
}

struct span
doc_id(struct doc *d)
{
	const char *base = strcmp(d->path, "-") == 0 ? "stdin" : path_base(d->path);
	struct buf *b;
	struct span s;

	if (own_id(d, &s))
		return s;
	b = scratch(d);
	buf_putf(b, "%s:%" PRIu64, base, d->place);
	if (d->part)
		buf_putf(b, ".%" PRIu32, d->part);
	return keep(d, b);
}

uint64_t
doc_ordinal(const struct doc *d)
{
	return d->ordinal;
}

bool
doc_selected(const struct doc *d)
{
	return !(d->unselected >> d->stage & 1);
}

void *
doc_alloc(struct doc *d, size_t n)
{
	return arena_alloc(&d->block->mem, n);
}

struct span
doc_copy(struct doc *d, struct span s)
{
	return (struct span){ arena_copy(&d->block->mem, s), s.n };
}

static void **
state_slot(struct doc *d)
{
	if (d->stage < 2)
		return &d->state[d->stage];
	if (!d->more_state) {
		d->more_state = doc_alloc(d, (MAX_STAGES - 2) * sizeof *d->more_state);
		memset(d->more_state, 0, (MAX_STAGES - 2) * sizeof *d->more_state);
	}
	return &d->more_state[d->stage - 2];
}

void
doc_state_set(struct doc *d, void *p)
{
	*state_slot(d) = p;
}

void *
doc_state(const struct doc *d)
{
	return d->stage < 2    ? d->state[d->stage]
	       : d->more_state ? d->more_state[d->stage - 2]
			       : NULL;
}

/* The last write wins; the field keeps the position of the first. */
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
	set(d, d->block->env->text_key, (struct span){ NULL, 0 });
}

void
doc_set_raw(struct doc *d, struct span key, struct span json)
{
	if (span_eq(key, d->block->env->text_key))
		BUG("doc_set_raw cannot set the text");
	set(d, key, json);
}

void
doc_set_str(struct doc *d, struct span key, struct span value)
{
	if (span_eq(key, d->block->env->text_key))
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

void
doc_remove(struct doc *d, struct span key)
{
	set(d, key, (struct span){ removed, 0 });
}

/* Give d, the latest document made of p, the id of p with its number appended. */
static void
set_part_id(struct doc *p, struct doc *d)
{
	struct span id;
	struct buf *b;

	if (!own_id(p, &id))
		return;
	b = scratch(p);
	buf_put(b, id.p, id.n);
	buf_putf(b, ".%" PRIu32, p->nmade);
	id = keep(p, b);
	doc_set_str(d, p->block->env->id_key, id);
}

struct doc *
doc_new(struct doc *p)
{
	struct doc *d = doc_alloc(p, sizeof *d);

	doc_scan(p);
	*d = *p;
	d->edits = NULL;
	for (const struct edit *e = p->edits; e; e = e->next)
		set(d, e->key, e->raw);
	d->hits = NULL;
	d->dropped = false;
	d->made = d->next_made = NULL;
	d->last_made = NULL;
	d->nmade = 0;
	d->part = ++p->nmade;
	memset(d->state, 0, sizeof d->state);
	d->more_state = NULL;
	set_part_id(p, d);
	if (p->last_made)
		*p->last_made = d;
	else
		p->made = d;
	p->last_made = &d->next_made;
	p->block->made = true;
	return d;
}

struct doc *
block_add(struct block *b, const struct doc *init)
{
	GROW(b->doc, b->ndocs, b->doc_cap);
	b->doc[b->ndocs] = *init;
	return &b->doc[b->ndocs++];
}

/* Append d and the documents made of it to b. */
static void
list_made(/* NOLINT(misc-no-recursion): as deep as the chain has stages */
    struct block *b, const struct doc *d)
{
	struct doc *made = d->made, *copy = block_add(b, d);

	copy->made = NULL;
	copy->last_made = NULL;
	for (; made; made = made->next_made)
		list_made(b, made);
}

void
block_list_made(struct block *b)
{
	struct doc *old = b->doc;
	size_t n = b->ndocs;

	if (!b->made)
		return;
	b->made = false;
	b->doc = NULL;
	b->ndocs = b->doc_cap = 0;
	for (size_t i = 0; i < n; i++)
		list_made(b, &old[i]);
	free(old);
}

void
block_free(struct block *b)
{
	arena_free(&b->mem);
	buf_free(&b->data);
	buf_free(&b->out);
	buf_free(&b->rejects);
	buf_free(&b->scratch);
	free(b->slice);
	free(b->doc);
	free(b->fields.v);
	free(b->counts.v);
}

static struct rule_hit *
drop(struct doc *d, const char *rule)
{
	struct rule_hit *b = doc_alloc(d, sizeof *b);

	*b = (struct rule_hit){ .next = d->hits, .rule = rule, .stage = d->stage };
	d->hits = b;
	if (!(d->block->env->tags >> d->stage & 1))
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
	struct rule_hit *b = drop(d, rule);

	b->value = value;
	b->threshold = threshold;
	b->measured = true;
}

static void
put_drops(/* NOLINT(misc-no-recursion): a filter has few rules */
    const struct rule_hit *b, size_t stage, struct buf *out)
{
	if (!b || b->stage != stage)
		return;
	/* The list is in reverse order. */
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
	if (d->hits)
		put_drops(d->hits, d->hits->stage, b);
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
	GROW(c->v, c->n, c->cap);
	c->v[c->n++] = (struct named_count){ what, n };
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
	return d->block->env->repair;
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
	doc_bad_at(d, d->path, d->block->env->by_line ? "" : " record ", d->place, what);
}

void
doc_bad_overlong(struct doc *d, uint64_t max_doc)
{
	doc_bad(d,
	    "record exceeds --max-doc %" PRIu64 " bytes: raise it or split the record",
	    max_doc);
}

static void
put_value(const struct doc *d, const struct edit *e, struct buf *out)
{
	if (e->raw.p)
		buf_put(out, e->raw.p, e->raw.n);
	else
		json_quote(out, d->text);
}

/*
 * Append json, the record of d, up to its last value, with the values of edits in place
 * of those of its fields.  Returns the number of fields that remain.
 */
static size_t
put_fields(const struct doc *d, struct span json, struct buf *out)
{
	const char *from = json.p, *last = (const char *)memchr(json.p, '{', json.n) + 1;
	size_t kept = 0;

	for (size_t i = 0; i < d->nfields; i++) {
		const struct json_field *f = &d->field[i];
		const char *end = f->value.p + f->value.n;
		const struct edit *e = find_edit(d, f->key);

		kept++;
		if (e && is_removed(e)) {
			buf_put(out, from, (size_t)(last - from));
			/* Without a field before it, the comma after it goes, too. */
			if (--kept == 0 && i + 1 < d->nfields) {
				end = (const char *)memchr(
					  end, ',', json.n - (size_t)(end - json.p)) +
				      1;
				while (is_blank(*end))
					end++;
			}
			from = end;
		} else if (e) {
			buf_put(out, from, (size_t)(f->value.p - from));
			put_value(d, e, out);
			from = end;
		}
		last = end;
	}
	buf_put(out, from, (size_t)(last - from));
	return kept;
}

/* Whether d's record has the field. */
static bool
in_record(const struct doc *d, struct span key)
{
	for (size_t i = 0; i < d->nfields; i++)
		if (span_eq(d->field[i].key, key))
			return true;
	return false;
}

void
doc_emit(const struct doc *d, struct buf *out)
{
	const struct span json = d->json.n ? d->json : SPAN("{}");
	const char *end = json.p + json.n, *last;
	size_t fields;

	if (!d->edits) {
		buf_put(out, json.p, json.n);
		buf_putc(out, '\n');
		return;
	}
	fields = put_fields(d, json, out);
	/* New fields follow the last one's value, or the brace if there is none. */
	for (const struct edit *e = d->edits; e; e = e->next) {
		if (is_removed(e) || in_record(d, e->key))
			continue;
		if (fields++)
			buf_putc(out, ',');
		json_quote(out, e->key);
		buf_putc(out, ':');
		put_value(d, e, out);
	}
	last = d->nfields
		   ? d->field[d->nfields - 1].value.p + d->field[d->nfields - 1].value.n
		   : (const char *)memchr(json.p, '{', json.n) + 1;
	buf_put(out, last, (size_t)(end - last));
	buf_putc(out, '\n');
}
