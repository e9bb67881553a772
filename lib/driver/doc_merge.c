/* doc_merge.c - merge fields that several runs with --tag write: objects, and field
 * "drop". */
#include <stdlib.h>

#include "lib/base/chars.h"
#include "lib/driver/doc.h"

/* The fields of an object; freed by the caller.  False: it is not a valid object. */
static bool
scan(struct doc *d, struct span json, struct json_fields *f)
{
	struct json_error e;

	return json.n > 0 && json.p[0] == '{' &&
	       json_scan(json, f, &d->block->mem, &e) >= 0;
}

static const struct json_field *
find_field(const struct json_fields *f, struct span key)
{
	for (size_t i = 0; i < f->n; i++)
		if (span_eq(f->v[i].key, key))
			return &f->v[i];
	return NULL;
}

static void
put_field(struct buf *out, struct span key, struct span value)
{
	if (out->n > 1)
		buf_putc(out, ',');
	json_quote(out, key);
	buf_putc(out, ':');
	buf_put(out, value.p, value.n);
}

static struct span
keep(struct doc *d, struct buf *b)
{
	const struct span s = { arena_copy(&d->block->mem, buf_span(b)), b->n };

	buf_free(b);
	return s;
}

void
doc_merge_object(struct doc *d, struct span key, struct span json)
{
	struct json_fields old = { 0 }, new = { 0 };
	struct buf b = { 0 };
	struct span raw;

	if (!doc_get(d, key, &raw) || raw.p[0] == 'n') {
		doc_set_raw(d, key, json);
		return;
	}
	if (!scan(d, raw, &old) || !scan(d, json, &new)) {
		doc_bad(d,
		    "field '%.*s' is not an object and would be lost: rename it, or omit "
		    "--tag",
		    (int)key.n, key.p);
		goto out;
	}
	buf_putc(&b, '{');
	for (size_t i = 0; i < old.n; i++) {
		const struct json_field *f = find_field(&new, old.v[i].key);

		put_field(&b, old.v[i].key, f ? f->value : old.v[i].value);
	}
	for (size_t i = 0; i < new.n; i++)
		if (!find_field(&old, new.v[i].key))
			put_field(&b, new.v[i].key, new.v[i].value);
	buf_putc(&b, '}');
	doc_set_raw(d, key, keep(d, &b));
out:
	free(old.v);
	free(new.v);
}

/* The length of the valid JSON value at the front of s. */
static size_t
value_length(struct span s)
{
	size_t depth = 0, i = 0;
	bool string = false;

	for (; i < s.n; i++) {
		const char c = s.p[i];

		if (string) {
			i += c == '\\';
			string = c != '"';
		} else if (c == '"') {
			string = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if (depth == 0 && (c == ',' || c == ']')) {
			break;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return i;
}

/* Whether the stage of d's last hit hit the rule that an item of "drop" names. */
static bool
hit_again(struct doc *d, struct span item)
{
	struct json_fields f = { 0 };
	const struct json_field *rule =
	    scan(d, item, &f) ? find_field(&f, SPAN("rule")) : NULL;
	bool found = false;

	if (rule && rule->value.p[0] == '"') {
		const struct span name = json_unquote(rule->value, &d->block->mem);

		for (const struct rule_hit *h = d->hits;
		     h && h->stage == d->hits->stage && !found; h = h->next)
			found = span_eq(span_of(h->rule), name);
	}
	free(f.v);
	return found;
}

struct span
doc_merged_drops(struct doc *d)
{
	const struct span drops = doc_drops(d);
	struct buf b = { 0 };
	struct span old;

	if (!doc_get(d, SPAN("drop"), &old) || old.p[0] != '[')
		return drops;
	buf_putc(&b, '[');
	old = span_from(old, 1);
	while (old.n) {
		const size_t n = value_length(old);
		const struct span item = span_trim((struct span){ old.p, n });

		if (item.n && !hit_again(d, item)) {
			buf_put(&b, item.p, item.n);
			buf_putc(&b, ',');
		}
		old = span_from(old, n < old.n ? n + 1 : n);
	}
	buf_put(&b, drops.p + 1, drops.n - 1);
	return keep(d, &b);
}
